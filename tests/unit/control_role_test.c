/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who has which role, and that each request is held against it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/mem.h"
#include "control/role.h"
#include "control_talk.h"
#include <cmocka.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STRANGER ((uid_t)4000000000) /* no account has it */

/* Three real groups of this machine that are not root's nor this process's. */
struct groups {
    char *names[3];
    gid_t ids[3];
    struct config config;
};

static int set_up(void **state)
{
    struct groups *groups = MEM_NEW(struct groups);
    const struct group *entry;
    size_t count = 0;

    setgrent();
    while (count < 3 && (entry = getgrent()) != NULL) {
        if (entry->gr_gid == 0 || entry->gr_gid == getegid())
            continue;
        groups->ids[count] = entry->gr_gid;
        groups->names[count++] = mem_string(entry->gr_name);
    }
    endgrent();
    assert_int_equal(count, 3);
    groups->config.roles_moderators = groups->names[0];
    groups->config.roles_organisers = groups->names[1];
    groups->config.roles_administrators = groups->names[2];
    *state = groups;
    return 0;
}

static int tear_down(void **state)
{
    struct groups *groups = *state;

    for (size_t i = 0; i < 3; i++)
        free(groups->names[i]);
    free(groups);
    return 0;
}

static enum role_rank rank_in(const struct groups *groups, gid_t gid, const gid_t *more,
                              size_t count)
{
    return role_of(
        &groups->config,
        &(struct role_peer){.uid = STRANGER, .gid = gid, .groups = more, .count = count});
}

static void test_groups_give_roles(void **state)
{
    const struct groups *groups = *state;
    const gid_t none = (gid_t)4000000000, both[] = {none, groups->ids[0], groups->ids[1]};

    assert_int_equal(rank_in(groups, none, NULL, 0), ROLE_NONE);
    assert_int_equal(rank_in(groups, none, &none, 1), ROLE_NONE);
    /* The login's own group and the others count alike. */
    assert_int_equal(rank_in(groups, groups->ids[0], NULL, 0), ROLE_MODERATOR);
    assert_int_equal(rank_in(groups, none, &groups->ids[0], 1), ROLE_MODERATOR);
    assert_int_equal(rank_in(groups, none, &groups->ids[1], 1), ROLE_ORGANISER);
    assert_int_equal(rank_in(groups, none, &groups->ids[2], 1), ROLE_ADMINISTRATOR);
    /* Of several the highest. */
    assert_int_equal(rank_in(groups, none, both, 3), ROLE_ORGANISER);
    assert_int_equal(rank_in(groups, groups->ids[2], both, 3), ROLE_ADMINISTRATOR);
}

static void test_the_service_and_root(void **state)
{
    const struct config nothing = {.path = NULL};

    (void)state;
    assert_int_equal(role_of(&nothing, &(struct role_peer){.uid = 0, .gid = 1}),
                     ROLE_ADMINISTRATOR);
    assert_int_equal(role_of(&nothing, &(struct role_peer){.uid = geteuid(), .gid = 1}),
                     ROLE_ADMINISTRATOR);
    assert_int_equal(role_of(&nothing, &(struct role_peer){.uid = STRANGER, .gid = 1}), ROLE_NONE);
    /* root's group is not root. */
    assert_int_equal(role_of(&nothing, &(struct role_peer){.uid = STRANGER, .gid = 0}), ROLE_NONE);
}

static void test_groups_that_are_not_there(void **state)
{
    const struct groups *groups = *state;
    struct config config = {.roles_moderators = groups->names[0],
                            .roles_organisers = (char[]){"no-such-group-here"}};
    struct fault fault = {.text = ""};
    const gid_t all[] = {groups->ids[0], groups->ids[1], 0};

    assert_int_equal(role_check_groups(&groups->config, &fault), US_OK);
    assert_int_equal(role_check_groups(&config, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "[roles] organisers"));
    assert_non_null(strstr(fault.text, "no-such-group-here"));
    assert_int_equal(role_of(&config, &(struct role_peer){STRANGER, 0, all, 3}), ROLE_MODERATOR);
    config.roles_moderators = NULL;
    assert_int_equal(role_of(&config, &(struct role_peer){STRANGER, 0, all, 3}), ROLE_NONE);
}

static void test_the_socket_of_a_process(void **state)
{
    const struct groups *groups = *state;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(role_of_socket(&groups->config, pair[0]), ROLE_ADMINISTRATOR);
    close(pair[0]);
    close(pair[1]);
    /* What is no Unix socket has nobody at its other end. */
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(role_of_socket(&groups->config, pair[0]), ROLE_NONE);
    close(pair[0]);
    close(pair[1]);
}

static void test_socket_mode(void **state)
{
    const struct groups *groups = *state;
    const struct config nothing = {.path = NULL};

    assert_int_equal(role_socket_mode(&nothing), 0600);
    assert_int_equal(role_socket_mode(&groups->config), 0666);
    assert_int_equal(role_socket_mode(&(struct config){.roles_administrators = groups->names[0]}),
                     0666);
}

static void test_refusals_say_what_to_do(void **state)
{
    const struct groups *groups = *state;
    const struct config nothing = {.path = NULL};
    struct fault fault = {.text = ""};

    assert_int_equal(
        role_check(&groups->config, ROLE_MODERATOR, &command_table[COMMAND_EXPORT_CSV], &fault),
        US_DENIED);
    assert_non_null(
        strstr(fault.text, "`export csv` needs the role organiser, and you are a moderator"));
    assert_non_null(strstr(fault.text, groups->names[1]));
    assert_int_equal(
        role_check(&nothing, ROLE_ORGANISER, &command_table[COMMAND_MAIL_LIST], &fault), US_DENIED);
    assert_non_null(strstr(fault.text, "needs the role administrator, and you are an organiser"));
    assert_non_null(strstr(fault.text, "[roles] administrators"));
    /* Nobody has typed what the command line asks by itself. */
    assert_int_equal(
        role_check(&nothing, ROLE_ORGANISER, &command_table[COMMAND_BACKUP_SEND], &fault),
        US_DENIED);
    assert_null(strstr(fault.text, "backup send"));
    assert_non_null(strstr(fault.text, "this needs the role administrator"));
    role_explain_none(&groups->config, "unix:ivan", &fault);
    assert_non_null(strstr(fault.text, "you (unix:ivan) have no role"));
    for (size_t i = 0; i < 3; i++)
        assert_non_null(strstr(fault.text, groups->names[i]));
}

/* What each role may, said once more: whoever opens a command to others has to say it here too.
 * What stands in neither is an administrator's, also what no help shows. */
static const enum command_id moderators[] = {
    COMMAND_APPEAL_LIST,
    COMMAND_APPEAL_SHOW,
    COMMAND_APPEAL_SHIELD,
    COMMAND_QUEUE,
    COMMAND_MODERATE,
    COMMAND_SIGNATURE_LIST,
    COMMAND_SIGNATURE_SHOW,
    COMMAND_SIGNATURE_APPROVE,
    COMMAND_SIGNATURE_HOLD,
    COMMAND_SIGNATURE_REFUSE,
    COMMAND_SIGNATURE_STRIKE,
    COMMAND_SIGNATURE_RESTORE,
    COMMAND_SIGNATURE_UNLIST,
    COMMAND_SIGNATURE_NOTE,
    COMMAND_SIGNATURE_DUPLICATES,
    COMMAND_ACT_LIST,
    COMMAND_ACT_SHOW,
    COMMAND_ACT_UNDO,
    COMMAND_REGISTER_LIST,
    COMMAND_REGISTER_MATCH,
    COMMAND_LOGO_SHOW,
    COMMAND_LOGO_REMOVE,
    COMMAND_AUDIT_LIST,
    COMMAND_AUDIT_VERIFY,
    COMMAND_STATUS,
    COMMAND_STATS,
    COMMAND_CHECK_COUNTS,
    COMMAND_REVIEW_NEXT,
    COMMAND_REVIEW_SHOW,
    COMMAND_REVIEW_KEEP,
    COMMAND_REVIEW_SKIP,
    COMMAND_REVIEW_RELEASE,
    COMMAND_REVIEW_REASONS,
    COMMAND_SIGNATURE_MERGE,
};
static const enum command_id organisers[] = {
    COMMAND_APPEAL_IMPORT,    COMMAND_APPEAL_PUBLISH,  COMMAND_APPEAL_PAUSE,
    COMMAND_APPEAL_RESUME,    COMMAND_APPEAL_CLOSE,    COMMAND_APPEAL_REOPEN,
    COMMAND_APPEAL_ARCHIVE,   COMMAND_SIGNATURE_ERASE, COMMAND_REGISTER_IMPORT,
    COMMAND_REGISTER_REMOVE,  COMMAND_EXPORT_CSV,      COMMAND_EXPORT_XLSX,
    COMMAND_EXPORT_JSON,      COMMAND_EXPORT_JSONL,    COMMAND_EXPORT_LETTER,
    COMMAND_EXPORT_BUNDLE,    COMMAND_DELIVERY_SEND,   COMMAND_DELIVERY_RECORD,
    COMMAND_DELIVERY_RESPOND, COMMAND_DELIVERY_LIST,   COMMAND_DELIVERY_SHOW,
    COMMAND_UPDATE_PUBLISH,   COMMAND_UPDATE_LIST,     COMMAND_UPDATE_SHOW,
    COMMAND_UPDATE_REMOVE,    COMMAND_UPDATE_SEND,     COMMAND_KEY_SHOW,
    COMMAND_RETENTION_SHOW,   COMMAND_EDITION_DRAWN,   COMMAND_LETTER_PUBLISH,
    COMMAND_SEAL_SHOW,        COMMAND_SEAL_SIGN,       COMMAND_BUNDLE_SIGN,
    COMMAND_UPDATE_QUEUE,
};

static void test_what_each_role_may(void **state)
{
    const struct groups *groups = *state;
    enum role_rank least[COMMAND_COUNT];
    struct fault fault;

    for (int id = 0; id < COMMAND_COUNT; id++)
        least[id] = ROLE_ADMINISTRATOR;
    for (size_t i = 0; i < sizeof(moderators) / sizeof(moderators[0]); i++)
        least[moderators[i]] = ROLE_MODERATOR;
    for (size_t i = 0; i < sizeof(organisers) / sizeof(organisers[0]); i++)
        least[organisers[i]] = ROLE_ORGANISER;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        for (int rank = ROLE_NONE; rank <= ROLE_ADMINISTRATOR; rank++) {
            if (role_check(&groups->config, (enum role_rank)rank, command, &fault) !=
                (rank >= (int)least[id] ? US_OK : US_DENIED))
                fail_msg("%s %s, rank %d", command->noun,
                         command->verb != NULL ? command->verb : "", rank);
        }
    }
}

/* What the brief for moderators forbids, whatever the table comes to say. */
static void test_what_moderators_never_may(void **state)
{
    static const char *const nouns[] = {"export", "delivery", "update",   "key",  "mail",
                                        "config", "db",       "backup",   "seal", "edition",
                                        "bundle", "letter",   "mailboxes"};

    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (command->is_local)
            continue;
        for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); i++) {
            if (strcmp(command->noun, nouns[i]) == 0)
                assert_int_not_equal(command->role, COMMAND_MODERATOR);
        }
    }
    assert_int_not_equal(command_table[COMMAND_APPEAL_PUBLISH].role, COMMAND_MODERATOR);
    assert_int_not_equal(command_table[COMMAND_SIGNATURE_ERASE].role, COMMAND_MODERATOR);
    assert_int_equal(command_table[COMMAND_AUDIT_EXPORT].role, COMMAND_ADMINISTRATOR);
}

/* ---- over the wire ---- */

static void test_a_session_of_a_moderator(void **state)
{
    struct world world;
    struct talk talk;

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    talk.params.rank = ROLE_MODERATOR; /* it waits for the first request */
    talk_ask(&talk, "appeal list", NULL, NULL, 0);
    free(talk_read_answer(&talk, "appeal"));
    talk_ask(&talk, "mail list", NULL, NULL, 0);
    talk_assert_error(&talk, US_DENIED, "administrator");
    talk_ask(&talk, "seal show", NULL, NULL, 0); /* in no help */
    talk_assert_error(&talk, US_DENIED, "organiser");
    /* The session goes on: it is the request that was refused. */
    talk_ask(&talk, "appeal list", NULL, NULL, 0);
    free(talk_read_answer(&talk, "appeal"));
    talk_end(&talk);
    world_remove(&world);
}

/* Who may not is told so before a file is taken, and what comes behind is not read as requests. */
static void test_files_are_not_taken_from_who_may_not(void **state)
{
    static const char *const trial[] = {"trial"};
    struct world world;
    struct talk talk;
    struct frame frame;
    struct str bytes = STR_INIT;

    (void)state;
    talk_make_world(&world);
    talk_begin(&talk, &world, NULL);
    talk.params.rank = ROLE_MODERATOR; /* it waits for the first request */
    assert_int_equal(frame_put_request(&bytes,
                                       &(struct frame_request_params){
                                           .command = "appeal import",
                                           .arguments = trial,
                                           .argument_count = 1,
                                           .blobs = 2,
                                       }),
                     US_OK);
    talk_send(&talk, &bytes);
    talk_assert_error(&talk, US_DENIED, "needs the role organiser");
    assert_int_equal(frame_read(talk.reader, talk.fd, -1, NULL, &frame), US_NOT_FOUND);
    talk_end(&talk);
    world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_groups_give_roles, set_up, tear_down),
        cmocka_unit_test(test_the_service_and_root),
        cmocka_unit_test_setup_teardown(test_groups_that_are_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_socket_of_a_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_socket_mode, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals_say_what_to_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_each_role_may, set_up, tear_down),
        cmocka_unit_test(test_what_moderators_never_may),
        cmocka_unit_test(test_a_session_of_a_moderator),
        cmocka_unit_test(test_files_are_not_taken_from_who_may_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
