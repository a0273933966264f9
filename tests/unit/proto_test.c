/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The control protocol's frames: what goes out comes in again, however it is cut up on the way;
 * what no honest peer sends is refused before it costs anything; the tables name nothing twice.
 */
#include "base/mem.h"
#include "proto/command.h"
#include "proto/frame.h"
#include "proto/frame_check.h"
#include "proto/request.h"
#include "proto/row.h"
#include "proto/socket.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

static void put_one_of_each(struct str *out)
{
    static const char *const arguments[] = {"x", "", "\xd0\xb6"};
    static const struct frame_option options[] = {{"state", "held"}, {"all", ""}};
    static const char *const languages[] = {"ru", "", "en"};
    const struct fault fault = {.file = "ru.md", .line = 7, .text = "no"};

    assert_int_equal(frame_put_hello(out, "undersign test"), US_OK);
    assert_int_equal(
        frame_put_request(
            out, &(struct frame_request_params){"signature list", arguments, 3, options, 2, 5}),
        US_OK);
    assert_int_equal(frame_put_blob(out, "ru.md", "a\0b", 3), US_OK);
    assert_int_equal(frame_put_columns(out, &row_appeal), US_OK);
    /* An empty text and an empty list between others: they must not reach into their neighbours. */
    assert_int_equal(frame_put_row(out, &row_appeal,
                                   (struct row_value[ROW_COLUMNS_MOST]){
                                       row_text("slug"),
                                       row_text(""),
                                       row_number(-5),
                                       row_texts(languages, 3),
                                       row_null(),
                                       row_number(INT64_MAX),
                                       row_flag(true),
                                   }),
                     US_OK);
    assert_int_equal(frame_put_progress(out, 3, 0, "rows"), US_OK);
    assert_int_equal(frame_put_error(out, US_CONFLICT, &fault), US_OK);
    frame_put_end(out);
    frame_put_cancel(out);
}

static void check_frame(const struct frame *frame, int index)
{
    static const enum frame_type types[] = {FRAME_HELLO,   FRAME_REQUEST, FRAME_BLOB,
                                            FRAME_COLUMNS, FRAME_ROW,     FRAME_PROGRESS,
                                            FRAME_ERROR,   FRAME_END,     FRAME_CANCEL};

    assert_int_equal(frame->type, types[index]);
    switch (frame->type) {
    case FRAME_HELLO:
        assert_int_equal(frame->number, FRAME_VERSION);
        assert_string_equal(frame->name, "undersign test");
        break;
    case FRAME_REQUEST:
        assert_string_equal(frame->name, "signature list");
        assert_int_equal(frame->argument_count, 3);
        assert_string_equal(frame->arguments[0], "x");
        assert_string_equal(frame->arguments[1], "");
        assert_string_equal(frame->arguments[2], "\xd0\xb6");
        assert_int_equal(frame->option_count, 2);
        assert_string_equal(frame->options[0].name, "state");
        assert_string_equal(frame->options[0].value, "held");
        assert_string_equal(frame->options[1].value, "");
        assert_int_equal(frame->number, 5);
        break;
    case FRAME_BLOB:
        assert_string_equal(frame->name, "ru.md");
        assert_int_equal(frame->len, 3);
        assert_memory_equal(frame->data, "a\0b", 3);
        break;
    case FRAME_COLUMNS:
        assert_string_equal(frame->name, "appeal");
        assert_int_equal(frame->count, row_appeal.count);
        assert_string_equal(frame->columns[3].name, "languages");
        assert_int_equal(frame->columns[3].type, ROW_TEXTS);
        break;
    case FRAME_ROW:
        assert_string_equal(frame->values[0].text, "slug");
        assert_string_equal(frame->values[1].text, "");
        assert_int_equal(frame->values[2].number, -5);
        assert_int_equal(frame->values[3].count, 3);
        assert_string_equal(frame->values[3].texts[0], "ru");
        assert_string_equal(frame->values[3].texts[1], "");
        assert_string_equal(frame->values[3].texts[2], "en");
        assert_false(frame->values[4].is_set);
        assert_true(frame->values[5].number == INT64_MAX);
        assert_int_equal(frame->count, row_appeal.count);
        assert_int_equal(frame->values[6].number, 1);
        break;
    case FRAME_PROGRESS:
        assert_int_equal(frame->number, 3);
        assert_string_equal(frame->name, "rows");
        break;
    case FRAME_ERROR:
        assert_string_equal(frame->name, "conflict");
        assert_string_equal(frame->file, "ru.md");
        assert_int_equal(frame->line, 7);
        assert_string_equal(frame->text, "no");
        break;
    default:
        break;
    }
}

/* Every frame, fed in pieces of every small size. */
static void test_frames_come_back(void **state)
{
    struct str bytes = STR_INIT;

    (void)state;
    put_one_of_each(&bytes);
    for (size_t piece = 1; piece < 80; piece++) {
        struct frame_reader *reader = frame_reader_new();
        struct frame frame;
        int count = 0;

        for (size_t at = 0; at < bytes.len; at += piece) {
            frame_reader_feed(reader, bytes.data + at,
                              piece < bytes.len - at ? piece : bytes.len - at);
            while (frame_reader_next(reader, &frame) == US_OK)
                check_frame(&frame, count++);
        }
        assert_int_equal(count, 9);
        assert_int_equal(frame_reader_next(reader, &frame), US_BUSY);
        frame_reader_free(reader);
    }
    str_free(&bytes);
}

static enum us_err read_bytes(const void *payload, size_t len)
{
    struct frame_reader *reader = frame_reader_new();
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                       (uint8_t)len};
    struct frame frame;
    enum us_err err;

    frame_reader_feed(reader, head, 4);
    frame_reader_feed(reader, payload, len);
    err = frame_reader_next(reader, &frame);
    if (err == US_INVALID) {
        /* What is broken stays broken, whatever follows. */
        struct str end = STR_INIT;
        frame_put_end(&end);
        frame_reader_feed(reader, end.data, end.len);
        assert_int_equal(frame_reader_next(reader, &frame), US_INVALID);
        str_free(&end);
    }
    frame_reader_free(reader);
    return err;
}

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void test_nonsense_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_bytes(BYTES(0x91, FRAME_END)), US_OK);
    assert_int_equal(read_bytes(BYTES(FRAME_END)), US_INVALID);             /* no array */
    assert_int_equal(read_bytes(BYTES(0x90)), US_INVALID);                  /* no type */
    assert_int_equal(read_bytes(BYTES(0x91, 0x63)), US_INVALID);            /* unknown type */
    assert_int_equal(read_bytes(BYTES(0x92, FRAME_END, 1)), US_INVALID);    /* too much */
    assert_int_equal(read_bytes(BYTES(0x91, FRAME_END, 0xc0)), US_INVALID); /* and behind it */
    assert_int_equal(read_bytes(BYTES(0x93, FRAME_HELLO, 1)), US_INVALID);  /* cut off */
    assert_int_equal(read_bytes(BYTES(0x93, FRAME_HELLO, 1, 0xa1, 0)), US_INVALID);    /* NUL */
    assert_int_equal(read_bytes(BYTES(0x93, FRAME_HELLO, 1, 0xa1, 0xff)), US_INVALID); /* UTF-8 */
    assert_int_equal(read_bytes(BYTES(0x93, FRAME_HELLO, 1, 0xc4, 1, 'a')), US_INVALID);
    assert_int_equal(read_bytes(BYTES(0x92, FRAME_ROW, 1)), US_INVALID);     /* before columns */
    assert_int_equal(read_bytes(BYTES(0x91, 0xca, 0, 0, 0, 0)), US_INVALID); /* a float */
    assert_int_equal(read_bytes(BYTES(0xd4, 1, 2)), US_INVALID);             /* an extension */
    /* Where more may come, it is of the same few kinds. */
    assert_int_equal(read_bytes(BYTES(0x94, FRAME_HELLO, 1, 0xa1, 'x', 2)), US_OK);
    assert_int_equal(read_bytes(BYTES(0x94, FRAME_HELLO, 1, 0xa1, 'x', 0xca, 0, 0, 0, 0)),
                     US_INVALID);
}

static void test_rows_keep_to_their_columns(void **state)
{
    struct str bytes = STR_INIT;
    struct frame_reader *reader = frame_reader_new();
    struct frame frame;

    (void)state;
    assert_int_equal(frame_put_columns(&bytes, &row_checked), US_OK);
    assert_int_equal(
        frame_put_row(&bytes, &row_published,
                      (struct row_value[ROW_COLUMNS_MOST]){row_text("x"), row_number(1)}),
        US_OK);
    frame_reader_feed(reader, bytes.data, bytes.len);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    assert_int_equal(frame_reader_next(reader, &frame), US_INVALID);
    frame_reader_free(reader);
    str_free(&bytes);

    /* More columns than were announced. */
    reader = frame_reader_new();
    assert_int_equal(frame_put_columns(&bytes, &row_difference), US_OK);
    assert_int_equal(
        frame_put_row(&bytes, &row_published, (struct row_value[ROW_COLUMNS_MOST]){row_text("x")}),
        US_OK);
    frame_reader_feed(reader, bytes.data, bytes.len);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    assert_int_equal(frame_reader_next(reader, &frame), US_INVALID);
    frame_reader_free(reader);
    str_free(&bytes);

    /* The same number of columns, of other types. */
    static const struct row_column number[] = {{"rows", ROW_NUMBER, true},
                                               {"holds", ROW_NUMBER, true}};
    static const struct row_schema other = {"checked", number, 2};
    reader = frame_reader_new();
    assert_int_equal(frame_put_columns(&bytes, &row_checked), US_OK);
    assert_int_equal(
        frame_put_row(&bytes, &other, (struct row_value[]){row_number(1), row_number(115)}), US_OK);
    frame_reader_feed(reader, bytes.data, bytes.len);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    assert_int_equal(frame_reader_next(reader, &frame), US_INVALID);
    frame_reader_free(reader);
    str_free(&bytes);
}

/* A header may claim four thousand million elements; memory is limited here so that believing it
 * would end the child. */
static void test_claims_are_not_believed(void **state)
{
    static const uint8_t claims[][9] = {
        {0xdd, 0xff, 0xff, 0xff, 0xff, FRAME_END}, /* array */
        {0xdf, 0xff, 0xff, 0xff, 0xff, FRAME_END}, /* map */
        {0x92, 1, 0xdd, 0x10, 0, 0, 0, 1, 1},      /* inside */
        {0xdb, 0xff, 0xff, 0xff, 0xff, 'a'},       /* string */
        {0xc6, 0xff, 0xff, 0xff, 0xff, 'a'},       /* binary */
    };
    uint8_t deep[64];

    (void)state;
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        assert_false(frame_check(claims[i], sizeof(claims[i])));
        assert_int_equal(read_bytes(claims[i], sizeof(claims[i])), US_INVALID);
    }
    memset(deep, 0x91, sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = 1;
    assert_false(frame_check(deep, sizeof(deep)));
    assert_true(frame_check(deep + sizeof(deep) - 1 - FRAME_DEPTH_MOST, FRAME_DEPTH_MOST + 1));
    assert_false(frame_check(deep + sizeof(deep) - 2 - FRAME_DEPTH_MOST, FRAME_DEPTH_MOST + 2));
    assert_false(frame_check(deep, 0));
}

static void test_sizes_are_bounded(void **state)
{
    struct str bytes = STR_INIT;
    char *large = mem_alloc(FRAME_MOST + 1);
    struct frame_reader *reader = frame_reader_new();
    struct frame frame;

    (void)state;
    memset(large, 'x', FRAME_MOST);
    large[FRAME_MOST] = '\0';
    assert_int_equal(frame_put_hello(&bytes, "first"), US_OK);
    size_t before = bytes.len;
    assert_int_equal(frame_put_hello(&bytes, large), US_INVALID);
    assert_int_equal(bytes.len, before);
    assert_int_equal(frame_put_blob(&bytes, "x", large, FRAME_MOST), US_INVALID);
    assert_int_equal(frame_put_blob(&bytes, "x", large, FRAME_BLOB_MOST), US_OK);
    frame_reader_feed(reader, bytes.data, bytes.len);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    assert_int_equal(frame.len, FRAME_BLOB_MOST);
    /* A length that no frame has is refused at once, not waited for. */
    frame_reader_feed(reader, "\x00\x10\x00\x01", 4);
    assert_int_equal(frame_reader_next(reader, &frame), US_INVALID);
    frame_reader_free(reader);
    str_free(&bytes);
    free(large);
}

static void test_reading_a_descriptor(void **state)
{
    struct frame_reader *reader = frame_reader_new();
    struct str bytes = STR_INIT;
    volatile sig_atomic_t stop = 1;
    struct frame frame;
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    frame_put_end(&bytes);
    assert_int_equal(frame_read(reader, pair[0], 20, NULL, &frame), US_BUSY);
    assert_int_equal(frame_read(reader, pair[0], -1, &stop, &frame), US_CANCELLED);
    assert_int_equal(frame_write(pair[1], bytes.data, bytes.len, -1), US_OK);
    assert_int_equal(frame_read(reader, pair[0], -1, NULL, &frame), US_OK);
    assert_int_equal(frame.type, FRAME_END);
    /* Hung up between two frames, and within one. */
    assert_int_equal(frame_write(pair[1], bytes.data, bytes.len - 1, -1), US_OK);
    close(pair[1]);
    assert_int_equal(frame_read(reader, pair[0], -1, NULL, &frame), US_IO);
    frame_reader_free(reader);
    close(pair[0]);

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    reader = frame_reader_new();
    assert_int_equal(frame_read(reader, pair[0], -1, NULL, &frame), US_NOT_FOUND);
    assert_int_equal(frame_write(pair[0], bytes.data, bytes.len, -1), US_IO);
    frame_reader_free(reader);
    str_free(&bytes);
    close(pair[0]);
}

static void test_writing_gives_up(void **state)
{
    char *large = mem_zero(FRAME_MOST);
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    /* Nobody reads: neither for ever nor by dropping a part. */
    assert_int_equal(frame_write(pair[0], large, FRAME_MOST, 50), US_BUSY);
    close(pair[0]);
    close(pair[1]);
    free(large);
}

/* ---- tables ---- */

static void test_commands(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        assert_non_null(command->noun);
        assert_non_null(command->arguments);
        assert_non_null(command->summary);
        assert_true(command->least <= command->most);
        assert_true(command->is_hidden || command_is_noun(command->noun));
        assert_int_equal(command_find(command->noun, command->verb), id);
        for (int option = 0; option < OPTION_COUNT; option++)
            assert_false((command->options & COMMAND_BIT(option)) != 0 &&
                         command_options[option].is_global);
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        assert_non_null(command_options[id].help);
        if (id != OPTION_OF_VERSION)
            assert_int_equal(command_option_find(COMMAND_COUNT, command_options[id].name), id);
        for (int other = 0; other < id; other++)
            assert_false(command_options[id].letter != 0 &&
                         command_options[id].letter == command_options[other].letter);
    }
    assert_int_equal(command_find("appeal", NULL), COMMAND_COUNT);
    assert_int_equal(command_find("queue", "list"), COMMAND_COUNT);
    assert_int_equal(command_option_find(COMMAND_COUNT, "x"), OPTION_COUNT);
    /* One name, two options: a command's own stands before the global one. */
    assert_int_equal(command_option_find(COMMAND_COUNT, "version"), OPTION_VERSION);
    assert_int_equal(command_option_find(COMMAND_QUEUE, "version"), OPTION_VERSION);
    assert_int_equal(command_option_find(COMMAND_EXPORT_CSV, "version"), OPTION_OF_VERSION);
    assert_int_equal(command_option_find(COMMAND_EXPORT_LETTER, "version"), OPTION_OF_VERSION);
    assert_true(command_takes(COMMAND_EXPORT_CSV, OPTION_ALL));
    assert_true(command_takes(COMMAND_QUEUE, OPTION_JSON));
    assert_false(command_takes(COMMAND_QUEUE, OPTION_ALL));
}

static void test_schemas(void **state)
{
    static const char *const signature[] = {
        "id",         "appeal",   "state",       "organisation", "organisation_latin", "kind",
        "country",    "town",     "affiliation", "members",      "representative",     "capacity",
        "visibility", "language", "signed_on",   "version"};
    struct row_schema less = row_signature;

    (void)state;
    for (size_t i = 0; row_schemas[i] != NULL; i++) {
        const struct row_schema *schema = row_schemas[i];
        assert_ptr_equal(row_schema_find(schema->name), schema);
        assert_true(schema->count <= ROW_COLUMNS_MOST);
        for (size_t k = 0; k < schema->count; k++) {
            for (size_t j = 0; j < k; j++)
                assert_string_not_equal(schema->columns[j].name, schema->columns[k].name);
        }
    }
    assert_null(row_schema_find("x"));
    /* What programs rely on. */
    assert_int_equal(row_signature.count, sizeof(signature) / sizeof(signature[0]));
    for (size_t i = 0; i < row_signature.count; i++)
        assert_string_equal(row_signature.columns[i].name, signature[i]);
    less.count--;
    assert_true(row_schema_begins(&row_signature, &less));
    assert_false(row_schema_begins(&less, &row_signature));
    assert_false(row_schema_begins(&row_appeal, &row_appeal_full));
}

static enum us_err read_request(const struct frame_request_params *params, struct request *out,
                                struct fault *fault)
{
    struct frame_reader *reader = frame_reader_new();
    struct str bytes = STR_INIT;
    struct frame frame;
    enum us_err err;

    assert_int_equal(frame_put_request(&bytes, params), US_OK);
    frame_reader_feed(reader, bytes.data, bytes.len);
    assert_int_equal(frame_reader_next(reader, &frame), US_OK);
    err = request_read(&frame, out, fault);
    frame_reader_free(reader);
    str_free(&bytes);
    return err;
}

static void test_requests_are_checked(void **state)
{
    static const char *const two[] = {"one", "two"};
    const struct frame_option held = {"state", "held"}, all = {"all", ""}, json = {"json", ""};
    const struct frame_option twice[] = {held, held};
    struct request request;
    struct fault fault;

    (void)state;
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 1, &held, 1, 0},
                     &request, &fault),
        US_OK);
    assert_int_equal(request.command, COMMAND_SIGNATURE_LIST);
    assert_string_equal(request.arguments[0], "one");
    assert_string_equal(request.options[OPTION_STATE], "held");
    request_clear(&request);

    static const char *const unknown[] = {"nothing", "appeal", "appeal ", "appeal list x", ""};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        assert_int_equal(
            read_request(&(struct frame_request_params){unknown[i], two, 1, NULL, 0, 0}, &request,
                         &fault),
            US_INVALID);
    /* What is done without the service is nothing to ask it for. */
    assert_int_equal(read_request(&(struct frame_request_params){"key new", NULL, 0, NULL, 0, 0},
                                  &request, &fault),
                     US_INVALID);
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 2, NULL, 0, 0}, &request,
                     &fault),
        US_INVALID);
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 0, NULL, 0, 0}, &request,
                     &fault),
        US_INVALID);
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 1, &all, 1, 0}, &request,
                     &fault),
        US_INVALID);
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 1, &json, 1, 0},
                     &request, &fault),
        US_INVALID);
    assert_int_equal(
        read_request(&(struct frame_request_params){"signature list", two, 1, twice, 2, 0},
                     &request, &fault),
        US_INVALID);
}

/* ---- the socket ---- */

static void use_socket(const char *path)
{
    struct fault fault = {.text = ""};
    struct stat there;
    int listener, client;

    assert_int_equal(socket_connect(path, &client, &fault), US_NOT_FOUND);
    mode_t before = umask(0);
    assert_int_equal(socket_listen(path, 0600, &listener, &fault), US_OK);
    umask(before);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 07777, 0600);
    assert_int_equal(socket_connect(path, &client, &fault), US_OK);
    close(client);
    close(listener);
    /* One that a dead service left behind: nobody listens, and the next takes its place. */
    assert_int_equal(socket_connect(path, &client, &fault), US_NOT_FOUND);
    before = umask(077);
    assert_int_equal(socket_listen(path, 0666, &listener, &fault), US_OK);
    umask(before);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 07777, 0666);
    close(listener);
    socket_remove(path);
    assert_int_equal(stat(path, &there), -1);
    /* Anything else that lies there is somebody's. */
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(socket_listen(path, 0600, &listener, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "no socket"));
    socket_remove(path);
    assert_int_equal(unlink(path), 0);
}

/* In a folder like /tmp, another account may have put what listens there. */
static void test_strangers_socket(void **state)
{
    char folder[] = "/tmp/undersign-proto.XXXXXX";
    struct fault fault = {.text = ""};
    int listener, client, ready[2];
    char *path, seen;
    pid_t child;

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 01777), 0);
    path = mem_format("%s/control.sock", folder);
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        if (setuid(65534) != 0 || socket_listen(path, 0666, &listener, &fault) != US_OK ||
            write(ready[1], "", 1) != 1)
            _exit(1);
        alarm(60); /* nobody is left waiting where the test fails */
        pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &seen, 1), 1);
    close(ready[0]);
    assert_int_equal(socket_connect(path, &client, &fault), US_DENIED);
    assert_non_null(strstr(fault.text, "somebody else"));
    /* In a folder where nobody else puts anything it is the service's. */
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(socket_connect(path, &client, &fault), US_OK);
    close(client);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    socket_remove(path);
    assert_int_equal(rmdir(folder), 0);
    free(path);
}

static void test_socket(void **state)
{
    char folder[] = "/tmp/undersign-proto.XXXXXX";
    char *deep, *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = mem_format("%s/control.sock", folder);
    use_socket(path);
    free(path);

    /* Longer than an address is. */
    deep = mem_format("%s/%0100d", folder, 1);
    assert_int_equal(mkdir(deep, 0700), 0);
    path = mem_format("%s/control.sock", deep);
    assert_true(strlen(path) > 107);
    use_socket(path);
    free(path);
    rmdir(deep);
    free(deep);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_back),
        cmocka_unit_test(test_nonsense_is_refused),
        cmocka_unit_test(test_rows_keep_to_their_columns),
        cmocka_unit_test(test_claims_are_not_believed),
        cmocka_unit_test(test_sizes_are_bounded),
        cmocka_unit_test(test_reading_a_descriptor),
        cmocka_unit_test(test_writing_gives_up),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_requests_are_checked),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_strangers_socket),
    };
    /* Believing a false claim would need gigabytes: it fails instead of being lazily granted. The
     * sanitizers reserve terabytes of addresses, so there the claim itself is what they report. */
#if !IS_SANITIZED
    setrlimit(RLIMIT_AS, &(struct rlimit){(rlim_t)1 << 30, (rlim_t)1 << 30});
#endif
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
