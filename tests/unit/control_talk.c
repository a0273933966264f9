/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control_talk.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

void *talk_run_session(void *arg)
{
    struct talk *talk = arg;

    session_run(&talk->params);
    close(talk->params.in);
    return NULL;
}

void talk_send(struct talk *talk, struct str *bytes)
{
    assert_int_equal(frame_write(talk->fd, bytes->data, bytes->len, -1), US_OK);
    str_free(bytes);
}

void talk_read(struct talk *talk, enum frame_type type, struct frame *frame)
{
    assert_int_equal(frame_read(talk->reader, talk->fd, -1, NULL, frame), US_OK);
    if (frame->type == FRAME_ERROR && type != FRAME_ERROR)
        fail_msg("unexpected error: %s", frame->text);
    assert_int_equal(frame->type, type);
}

/* Both hellos. */
void talk_greet(struct talk *talk)
{
    struct str bytes = STR_INIT;
    struct frame frame;

    talk->reader = frame_reader_new();
    talk_read(talk, FRAME_HELLO, &frame);
    assert_int_equal(frame.number, FRAME_VERSION);
    assert_int_equal(frame_put_hello(&bytes, "control_test"), US_OK);
    talk_send(talk, &bytes);
}

void talk_begin(struct talk *talk, struct world *world, const struct session_opener *opener)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    talk->params = (struct session_params){
        .config = &world->config,
        .site = opener == NULL ? world->site : NULL,
        .opener = opener,
        .actor = "unix:tester",
        .rank = ROLE_ADMINISTRATOR,
        .in = pair[1],
        .out = pair[1],
    };
    talk->fd = pair[0];
    talk->has_thread = true;
    assert_int_equal(pthread_create(&talk->thread, NULL, talk_run_session, talk), 0);
    talk_greet(talk);
}

void talk_end(struct talk *talk)
{
    close(talk->fd);
    if (talk->has_thread)
        pthread_join(talk->thread, NULL);
    frame_reader_free(talk->reader);
}

void talk_ask(struct talk *talk, const char *command, const char *argument,
              const struct frame_option *options, size_t count)
{
    struct str bytes = STR_INIT;

    assert_int_equal(frame_put_request(&bytes,
                                       &(struct frame_request_params){
                                           .command = command,
                                           .arguments = &argument,
                                           .argument_count = argument != NULL ? 1 : 0,
                                           .options = options,
                                           .option_count = count,
                                       }),
                     US_OK);
    talk_send(talk, &bytes);
}

/* Reads an answer: rows of a schema are written one on a line, values between bars. */
char *talk_read_answer(struct talk *talk, const char *schema)
{
    struct str out = STR_INIT;
    struct frame frame;
    char name[32] = "";

    for (;;) {
        assert_int_equal(frame_read(talk->reader, talk->fd, -1, NULL, &frame), US_OK);
        if (frame.type == FRAME_END)
            return str_take(&out);
        if (frame.type == FRAME_ERROR)
            fail_msg("unexpected error: %s", frame.text);
        if (frame.type == FRAME_COLUMNS)
            snprintf(name, sizeof(name), "%s", frame.name);
        if (frame.type != FRAME_ROW || strcmp(name, schema) != 0)
            continue;
        for (size_t i = 0; i < frame.count; i++) {
            const struct row_value *value = &frame.values[i];
            if (!value->is_set)
                str_append_text(&out, "-");
            else if (value->text != NULL)
                str_append_text(&out, value->text);
            else if (value->texts != NULL)
                str_append_format(&out, "[%zu]", value->count);
            else
                str_append_format(&out, "%lld", (long long)value->number);
            str_append_char(&out, '|');
        }
        str_append_char(&out, '\n');
    }
}

void talk_assert_answer(struct talk *talk, const char *schema, const char *expected)
{
    char *answer = talk_read_answer(talk, schema);

    assert_string_equal(answer, expected);
    free(answer);
}

void talk_assert_error(struct talk *talk, enum us_err err, const char *part)
{
    struct frame frame;

    talk_read(talk, FRAME_ERROR, &frame);
    assert_string_equal(frame.name, err_name(err));
    if (strstr(frame.text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, frame.text);
}

void talk_make_world(struct world *world)
{
    world_make(world, "");
    world->config.folder = world->folder;
}
