/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The service's side of the control socket, spoken to as any program could: hellos, requests, what
 * is refused, every command on a real site with real signatures, sessions that open the site
 * themselves, clients that hang up, that are too many.
 */
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/actor.h"
#include "control/answer.h"
#include "control/dispatch.h"
#include "control/owner.h"
#include "control/server.h"
#include "control/session.h"
#include "control_talk.h"
#include "proto/frame.h"
#include "proto/socket.h"
#include <errno.h>
#include <pthread.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the conversation ---- */

static void test_hellos(void **state)
{
    struct world world;
    struct talk talk;
    struct str bytes = STR_INIT;
    struct frame frame;

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    talk_ask(&talk, "appeal list", NULL, NULL, 0);
    talk_assert_answer(&talk, "appeal", "trial|open|1|[2]|0|0|0|\n");
    /* The session goes on after an error, and after a request that it does not know. */
    talk_ask(&talk, "appeal show", "nothing", NULL, 0);
    talk_assert_error(&talk, US_NOT_FOUND, "nothing");
    talk_ask(&talk, "appeal burn", "trial", NULL, 0);
    talk_assert_error(&talk, US_INVALID, "appeal burn");
    frame_put_cancel(&bytes); /* came too late: ignored */
    talk_send(&talk, &bytes);
    talk_ask(&talk, "queue", NULL, NULL, 0);
    talk_assert_answer(&talk, "signature", "");
    talk_end(&talk);

    /* Without a hello nothing is done. */
    talk_begin(&talk, &world, NULL);
    talk_end(&talk);
    talk.reader = NULL;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    talk.params.in = talk.params.out = pair[1];
    talk.fd = pair[0];
    assert_int_equal(pthread_create(&talk.thread, NULL, talk_run_session, &talk), 0);
    talk.reader = frame_reader_new();
    talk_read(&talk, FRAME_HELLO, &frame);
    talk_ask(&talk, "appeal list", NULL, NULL, 0);
    talk_assert_error(&talk, US_INVALID, "hello");
    assert_int_equal(frame_read(talk.reader, talk.fd, -1, NULL, &frame), US_NOT_FOUND);
    talk_end(&talk);
    world_remove(&world);
}

static void test_files_are_bounded(void **state)
{
    static const char *const dir[] = {"dir"};
    struct world world;
    struct talk talk;
    struct str bytes = STR_INIT;
    char *large = mem_zero(APPEAL_FILE_MOST + 1);

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    talk_ask(&talk, "appeal import", "dir", NULL, 0);
    talk_assert_error(&talk, US_INVALID, "no files");
    /* Too many are refused before one is read, and the session ends: nothing else could be told
     * from them. */
    assert_int_equal(frame_put_request(&bytes, &(struct frame_request_params){"appeal import", dir,
                                                                              1, NULL, 0, 65}),
                     US_OK);
    talk_send(&talk, &bytes);
    talk_assert_error(&talk, US_INVALID, "64");
    talk_end(&talk);

    talk_begin(&talk, &world, NULL);
    assert_int_equal(frame_put_request(&bytes, &(struct frame_request_params){"appeal import", dir,
                                                                              1, NULL, 0, 1}),
                     US_OK);
    assert_int_equal(frame_put_blob(&bytes, "ru.md", large, APPEAL_FILE_MOST + 1), US_OK);
    talk_send(&talk, &bytes);
    talk_assert_error(&talk, US_INVALID, "at most");
    talk_end(&talk);

    /* A fault comes back with its file and line. */
    talk_begin(&talk, &world, NULL);
    assert_int_equal(frame_put_request(&bytes, &(struct frame_request_params){"appeal import", dir,
                                                                              1, NULL, 0, 1}),
                     US_OK);
    assert_int_equal(frame_put_blob(&bytes, "appeal.ini", "[appeal]\nslug = A B\n", 20), US_OK);
    talk_send(&talk, &bytes);
    struct frame frame;
    talk_read(&talk, FRAME_ERROR, &frame);
    assert_string_equal(frame.name, "invalid");
    assert_string_equal(frame.file, "appeal.ini");
    assert_int_equal(frame.line, 2);
    talk_end(&talk);
    free(large);
    world_remove(&world);
}

/* ---- what the commands do ---- */

static void decide(struct talk *talk, const char *command, const char *id, const char *reason,
                   const char *expected)
{
    const struct frame_option option = {"reason", reason};
    char *line = mem_format("%s|%s|\n", id, expected);

    talk_ask(talk, command, id, &option, reason != NULL ? 1 : 0);
    talk_assert_answer(talk, "decision", line);
    free(line);
}

static void test_moderation(void **state)
{
    struct signing_receipt first, second;
    struct world world;
    struct talk talk;
    char *line;

    (void)state;
    talk_make_world(&world);
    world_signature(&world, "Union One", "one@union.example", &first);
    world_signature(&world, "Union Two", "two@union.example", &second);
    talk_begin(&talk, &world, NULL);

    talk_ask(&talk, "queue", "trial", NULL, 0);
    line = talk_read_answer(&talk, "queue");
    assert_non_null(strstr(line, "Union One"));
    assert_non_null(strstr(line, "Union Two"));
    free(line);
    /* The last column: no mail can tell of it. That of the refusal is due at once. */
    decide(&talk, "signature approve", first.public_id, NULL, "approve|listed|1|-|-|Union One|0");
    decide(&talk, "signature approve", first.public_id, NULL, "approve|listed|0|-|-|Union One|0");
    decide(&talk, "signature hold", second.public_id, NULL, "hold|held|1|-|-|Union Two|0");
    decide(&talk, "signature refuse", second.public_id, "nobody knows it",
           "refuse|refused|1|-|-|Union Two|0");
    decide(&talk, "signature restore", second.public_id, NULL,
           "restore|confirmed|1|-|-|Union Two|1");
    talk_ask(&talk, "signature strike", first.public_id, NULL, 0);
    talk_assert_error(&talk, US_INVALID, "--reason");
    talk_ask(&talk, "signature strike", first.public_id,
             &(struct frame_option){"reason", "a\x1b[2J"}, 1);
    talk_assert_error(&talk, US_INVALID, "control");

    /* Several at once: what cannot be done for one is told in its row. */
    const char *ids[] = {"nothing", second.public_id};
    struct str bytes = STR_INIT;
    assert_int_equal(
        frame_put_request(&bytes, &(struct frame_request_params){.command = "signature approve",
                                                                 .arguments = ids,
                                                                 .argument_count = 2}),
        US_OK);
    talk_send(&talk, &bytes);
    line = mem_format("nothing|approve|-|0|not-found|there is no such signature|-|0|\n"
                      "%s|approve|listed|1|-|-|Union Two|1|\n",
                      second.public_id);
    talk_assert_answer(&talk, "decision", line);
    free(line);

    talk_ask(&talk, "signature list", "trial", &(struct frame_option){"state", "listed"}, 1);
    line = talk_read_answer(&talk, "signature");
    assert_non_null(strstr(line, "Union One"));
    assert_non_null(strstr(line, "Union Two"));
    free(line);
    talk_ask(&talk, "signature list", "trial", &(struct frame_option){"state", "lost"}, 1);
    talk_assert_error(&talk, US_INVALID, "lost");
    talk_ask(&talk, "check counts", NULL, NULL, 0);
    talk_assert_answer(&talk, "checked", "2|1|\n");
    talk_ask(&talk, "mail list", NULL, NULL, 0);
    line = talk_read_answer(&talk, "mail");
    assert_non_null(strstr(line, "|listed|trial|"));
    assert_null(strstr(line, "@"));
    *strchr(line, '|') = '\0';
    talk_ask(&talk, "mail show", line, NULL, 0);
    free(line);
    line = talk_read_answer(&talk, "mail");
    assert_non_null(strstr(line, "|trial|"));
    free(line);
    talk_ask(&talk, "mail show", "1", NULL, 0);
    talk_assert_error(&talk, US_NOT_FOUND, "no mail 1");
    talk_end(&talk);

    /* The log of acts names who acted. */
    assert_int_equal(
        world_number(&world, "SELECT count(*) FROM audit_detail WHERE actor = 'unix:tester'"), 5);
    world_remove(&world);
}

/* ---- rows and slow readers ---- */

static void test_rows_wait_in_a_file(void **state)
{
    char folder[] = "/tmp/undersign-spool.XXXXXX";
    char text[4000], seen[8];
    struct answer *answer;
    struct frame_reader *reader = frame_reader_new();
    struct frame frame;
    size_t rows = 0;
    pid_t child;
    int pair[2];

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    answer = answer_new(folder, -1);
    answer_columns(answer, &row_difference);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    for (int i = 0; i < 1000; i++) {
        snprintf(seen, sizeof(seen), "%07d", i);
        memcpy(text, seen, 7);
        assert_true(answer_row(answer, (struct row_value[]){row_text(text)}));
    }
    assert_true(answer->spool.fd >= 0);
    assert_true(answer->spool.memory.len < SPOOL_MEMORY);
    assert_int_equal(rmdir(folder), 0); /* no name led to it */
    child = fork();
    if (child == 0)
        _exit(answer_send(answer, pair[1], -1) == US_OK ? 0 : 1);
    close(pair[1]);
    do {
        assert_int_equal(frame_read(reader, pair[0], -1, NULL, &frame), US_OK);
        if (frame.type == FRAME_ROW) {
            snprintf(seen, sizeof(seen), "%07zu", rows++);
            assert_memory_equal(frame.values[0].text, seen, 7);
        }
    } while (frame.type != FRAME_END);
    assert_int_equal(rows, 1000);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(pair[0]);
    frame_reader_free(reader);
    answer_free(answer);
}

/* The configuration may lie where nobody writes (/etc): rows wait beside the database. */
static void test_rows_wait_beside_the_database(void **state)
{
    char folder[] = "/tmp/undersign-spool.XXXXXX", etc[] = "/proc/sys", text[4000];
    char *path, *conf;
    struct config config = {.folder = etc};
    struct fault fault = {.text = ""};
    struct answer *answer, *first;

    (void)state;
    assert_non_null(mkdtemp(folder));
    config.store_path = path = mem_format("%s/site.db", folder);
    config.path = conf = mem_format("%s/undersign.conf", etc);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    answer = answer_open(&config, -1);
    answer_columns(answer, &row_difference);
    for (int i = 0; i < 1000; i++)
        assert_true(answer_row(answer, (struct row_value[]){row_text(text)}));
    assert_true(answer->spool.fd >= 0);
    assert_false(answer_explain(answer, &fault));
    answer_free(answer);
    assert_int_equal(rmdir(folder), 0);

    /* Where it cannot be, it is said why, of whichever part of the answer. */
    first = answer_open(&config, -1);
    first->next = answer = answer_open(&config, -1);
    answer_columns(answer, &row_difference);
    for (int i = 0; i < 1000 && answer_row(answer, (struct row_value[]){row_text(text)}); i++)
        ;
    assert_int_equal(answer->err, US_IO);
    assert_true(answer_explain(first, &fault));
    assert_non_null(strstr(fault.text, folder));
    assert_non_null(strstr(fault.text, "No such file"));
    answer->spool.cause = ENOSPC;
    assert_true(answer_explain(first, &fault));
    assert_non_null(strstr(fault.text, "no room"));
    answer_free(first);
    free(path);
    free(conf);
}

static void test_a_client_that_hangs_up_cancels(void **state)
{
    struct answer *answer;
    int pair[2], rows = 0;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    answer = answer_new("/tmp", pair[0]);
    answer_columns(answer, &row_difference);
    assert_false(answer_is_cancelled(answer));
    assert_true(answer_row(answer, (struct row_value[]){row_text("x")}));
    close(pair[1]);
    while (answer_row(answer, (struct row_value[]){row_text("x")}))
        assert_true(++rows < 1000);
    assert_int_equal(answer->err, US_CANCELLED);
    answer_free(answer);
    close(pair[0]);
}

/* ---- without a running service ---- */

static enum us_err open_world(const struct config *config, struct site **out, struct fault *fault,
                              void *arg)
{
    struct world *world = arg;

    (void)config;
    (void)fault;
    world_open(world);
    *out = world->site;
    return US_OK;
}

static void close_world(struct site *site, void *arg)
{
    (void)site;
    world_close(arg);
}

static enum us_err refuse_world(const struct config *config, struct site **out, struct fault *fault,
                                void *arg)
{
    (void)config;
    (void)out;
    (void)arg;
    fault_set(fault, NULL, 0, "somebody else has it");
    return US_BUSY;
}

static void test_a_session_opens_the_site(void **state)
{
    struct world world;
    struct session_opener opener = {open_world, close_world, &world};
    struct session_opener refusing = {refuse_world, close_world, &world};
    struct talk talk;

    (void)state;
    talk_make_world(&world);
    world_close(&world);
    talk_begin(&talk, &world, &opener);
    for (int i = 0; i < 2; i++) {
        talk_ask(&talk, "appeal list", NULL, NULL, 0);
        talk_assert_answer(&talk, "appeal", "trial|open|1|[2]|0|0|0|\n");
    }
    talk_end(&talk);
    talk_begin(&talk, &world, &refusing);
    talk_ask(&talk, "appeal list", NULL, NULL, 0);
    talk_assert_error(&talk, US_BUSY, "somebody else");
    talk_end(&talk);
    world_open(&world);
    world_remove(&world);
}

/* Whose database it is decides, also for root: a child becomes the owner, another is refused. */
static void test_only_the_owner_acts_alone(void **state)
{
    char folder[] = "/tmp/undersign-owner.XXXXXX";
    struct passwd *nobody = getpwnam("nobody");
    struct config config = {.folder = folder};
    int status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    config.store_path = mem_format("%s/undersign.db", folder);
    struct fault fault = {.text = ""};
    assert_int_equal(owner_become(&config, &fault),
                     US_OK); /* the folder's owner, without a change */
    if (geteuid() != 0 || nobody == NULL) {
        rmdir(folder);
        free(config.store_path);
        skip();
    }
    assert_int_equal(chmod(folder, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        bool is_right = setgid(nobody->pw_gid) == 0 && setuid(nobody->pw_uid) == 0 &&
                        owner_become(&config, &fault) == US_DENIED &&
                        strstr(fault.text, "root") != NULL;
        _exit(is_right ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);

    FILE *file = fopen(config.store_path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(chown(config.store_path, nobody->pw_uid, nobody->pw_gid), 0);
    child = fork();
    if (child == 0) {
        bool is_right = owner_become(&config, &fault) == US_OK && getuid() == nobody->pw_uid &&
                        getegid() == nobody->pw_gid && setuid(0) != 0;
        _exit(is_right ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unlink(config.store_path);
    rmdir(folder);
    free(config.store_path);
}

/* ---- the socket ---- */

static void test_server(void **state)
{
    struct world world;
    struct control_server *server;
    struct fault fault = {.text = ""};
    struct talk talks[CONTROL_CLIENTS_MOST], one;
    struct frame frame;
    char actor[ACTOR_SIZE], mine[ACTOR_SIZE];

    (void)state;
    talk_make_world(&world);
    world.config.control_socket = mem_format("%s/control.sock", world.folder);
    assert_int_equal(control_server_start(world.site, &server, &fault), US_OK);
    memset(talks, 0, sizeof(talks));
    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++) {
        assert_int_equal(socket_connect(world.config.control_socket, &talks[i].fd, &fault), US_OK);
        talk_greet(&talks[i]);
        talk_ask(&talks[i], "appeal list", NULL, NULL, 0);
        talk_assert_answer(&talks[i], "appeal", "trial|open|1|[2]|0|0|0|\n");
    }
    actor_of_peer(talks[0].fd, actor);
    actor_name(getuid(), mine);
    assert_string_equal(actor, mine);
    /* One too many is told so, and there is room again when one has gone. */
    memset(&one, 0, sizeof(one));
    assert_int_equal(socket_connect(world.config.control_socket, &one.fd, &fault), US_OK);
    one.reader = frame_reader_new();
    talk_read(&one, FRAME_HELLO, &frame);
    talk_assert_error(&one, US_BUSY, "16");
    talk_end(&one);
    talk_end(&talks[0]);
    for (;;) {
        assert_int_equal(socket_connect(world.config.control_socket, &talks[0].fd, &fault), US_OK);
        talks[0].reader = frame_reader_new();
        talk_read(&talks[0], FRAME_HELLO, &frame);
        struct str bytes = STR_INIT;
        assert_int_equal(frame_put_hello(&bytes, "x"), US_OK);
        frame_put_cancel(&bytes);
        /* It may have hung up on us again: then its reason is there to read. */
        bool is_sent = frame_write(talks[0].fd, bytes.data, bytes.len, -1) == US_OK;
        str_free(&bytes);
        if (is_sent && frame_read(talks[0].reader, talks[0].fd, 200, NULL, &frame) == US_BUSY)
            break;
        talk_end(&talks[0]);
    }
    talk_ask(&talks[0], "appeal list", NULL, NULL, 0);
    talk_assert_answer(&talks[0], "appeal", "trial|open|1|[2]|0|0|0|\n");

    /* Stopping hangs up on everybody and removes the socket. */
    control_server_stop(server);
    assert_int_equal(access(world.config.control_socket, F_OK), -1);
    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++) {
        assert_int_equal(frame_read(talks[i].reader, talks[i].fd, -1, NULL, &frame), US_NOT_FOUND);
        talk_end(&talks[i]);
    }
    free(world.config.control_socket);
    world.config.control_socket = NULL;
    world_remove(&world);
}

/* Whatever the table does not call local the service does, but for what our client makes of hidden
 * commands alone. */
static void test_every_command_is_served(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        bool is_made = id == COMMAND_MODERATE || id == COMMAND_BACKUP_RESTORE;
        if (!dispatch_has((enum command_id)id) && !command->is_local && !is_made)
            fail_msg("nothing serves %s %s", command->noun,
                     command->verb != NULL ? command->verb : "");
    }
}

/* Another client's --dry-run, too: what cannot be tried is not done. */
static void test_trying(void **state)
{
    static const struct frame_option option = {"dry-run", ""};
    struct world world;
    struct talk talk = {.fd = -1};
    size_t refused = 0;

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        char *name;

        if (!dispatch_has((enum command_id)id) || !command->is_change || command->can_try ||
            command->least > 1 || command->blobs > 0)
            continue;
        name = mem_format("%s%s%s", command->noun, command->verb != NULL ? " " : "",
                          command->verb != NULL ? command->verb : "");
        talk_ask(&talk, name, command->least == 1 ? "trial" : NULL, &option, 1);
        talk_assert_error(&talk, US_INVALID, "cannot be tried");
        refused++;
        free(name);
    }
    assert_true(refused > 0);
    talk_ask(&talk, "appeal list", NULL, &option, 1);
    free(talk_read_answer(&talk, "appeal"));
    talk_end(&talk);
    world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_is_served),
        cmocka_unit_test(test_trying),
        cmocka_unit_test(test_hellos),
        cmocka_unit_test(test_files_are_bounded),
        cmocka_unit_test(test_moderation),
        cmocka_unit_test(test_rows_wait_in_a_file),
        cmocka_unit_test(test_rows_wait_beside_the_database),
        cmocka_unit_test(test_a_client_that_hangs_up_cancels),
        cmocka_unit_test(test_a_session_opens_the_site),
        cmocka_unit_test(test_only_the_owner_acts_alone),
        cmocka_unit_test(test_server),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
