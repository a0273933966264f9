/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Frames on their way out. Each is packed behind four bytes that are filled in at its end; one that
 * got too large is cut off again, so that a stream never holds half a frame.
 */
#include "proto/frame.h"
#include <assert.h>
#include <errno.h>
#include <msgpack.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LENGTH_SIZE 4

static int put_bytes(void *arg, const char *data, size_t len)
{
    struct str *out = arg;

    str_append(out, data, len);
    return 0;
}

static size_t put_start(struct str *out, msgpack_packer *packer, enum frame_type type,
                        size_t elements)
{
    size_t start = out->len;

    str_append(out, "\0\0\0\0", LENGTH_SIZE);
    msgpack_packer_init(packer, out, put_bytes);
    msgpack_pack_array(packer, elements + 1);
    msgpack_pack_uint8(packer, (uint8_t)type);
    return start;
}

static enum us_err put_finish(struct str *out, size_t start)
{
    size_t len = out->len - start - LENGTH_SIZE;

    if (len > FRAME_MOST) {
        out->len = start;
        out->data[start] = '\0';
        return US_INVALID;
    }
    for (int i = 0; i < LENGTH_SIZE; i++)
        out->data[start + (size_t)i] = (char)(uint8_t)(len >> (8 * (LENGTH_SIZE - 1 - i)));
    return US_OK;
}

static void put_text(msgpack_packer *packer, const char *text)
{
    if (text == NULL)
        msgpack_pack_nil(packer);
    else
        msgpack_pack_str_with_body(packer, text, strlen(text));
}

enum us_err frame_put_hello(struct str *out, const char *program)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_HELLO, 2);

    msgpack_pack_int64(&packer, FRAME_VERSION);
    put_text(&packer, program);
    return put_finish(out, start);
}

enum us_err frame_put_request(struct str *out, const struct frame_request_params *params)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_REQUEST, 4);

    put_text(&packer, params->command);
    msgpack_pack_array(&packer, params->argument_count);
    for (size_t i = 0; i < params->argument_count; i++)
        put_text(&packer, params->arguments[i]);
    msgpack_pack_map(&packer, params->option_count);
    for (size_t i = 0; i < params->option_count; i++) {
        put_text(&packer, params->options[i].name);
        put_text(&packer, params->options[i].value);
    }
    msgpack_pack_int64(&packer, (int64_t)params->blobs);
    return put_finish(out, start);
}

enum us_err frame_put_blob(struct str *out, const char *name, const void *data, size_t len)
{
    msgpack_packer packer;
    size_t start;

    if (len > FRAME_BLOB_MOST)
        return US_INVALID;
    start = put_start(out, &packer, FRAME_BLOB, 2);
    put_text(&packer, name);
    msgpack_pack_bin_with_body(&packer, data, len);
    return put_finish(out, start);
}

enum us_err frame_put_columns(struct str *out, const struct row_schema *schema)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_COLUMNS, 2);

    assert(schema->count <= ROW_COLUMNS_MOST);
    put_text(&packer, schema->name);
    msgpack_pack_array(&packer, schema->count);
    for (size_t i = 0; i < schema->count; i++) {
        msgpack_pack_array(&packer, 3);
        put_text(&packer, schema->columns[i].name);
        put_text(&packer, row_type_name(schema->columns[i].type));
        if (schema->columns[i].is_brief)
            msgpack_pack_true(&packer);
        else
            msgpack_pack_false(&packer);
    }
    return put_finish(out, start);
}

static void put_value(msgpack_packer *packer, enum row_type type, const struct row_value *value)
{
    if (!value->is_set) {
        msgpack_pack_nil(packer);
        return;
    }
    switch (type) {
    case ROW_TEXT:
        put_text(packer, value->text);
        break;
    case ROW_NUMBER:
    case ROW_DAY:
    case ROW_TIME:
        msgpack_pack_int64(packer, value->number);
        break;
    case ROW_FLAG:
        if (value->number != 0)
            msgpack_pack_true(packer);
        else
            msgpack_pack_false(packer);
        break;
    case ROW_TEXTS:
        assert(value->count <= ROW_TEXTS_MOST);
        msgpack_pack_array(packer, value->count);
        for (size_t i = 0; i < value->count; i++)
            put_text(packer, value->texts[i]);
        break;
    }
}

enum us_err frame_put_row(struct str *out, const struct row_schema *schema,
                          const struct row_value *values)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_ROW, schema->count);

    for (size_t i = 0; i < schema->count; i++)
        put_value(&packer, schema->columns[i].type, &values[i]);
    return put_finish(out, start);
}

enum us_err frame_put_progress(struct str *out, int64_t done, int64_t total, const char *what)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_PROGRESS, 3);

    msgpack_pack_int64(&packer, done);
    msgpack_pack_int64(&packer, total);
    put_text(&packer, what);
    return put_finish(out, start);
}

enum us_err frame_put_error(struct str *out, enum us_err err, const struct fault *fault)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, FRAME_ERROR, 4);

    put_text(&packer, err_name(err));
    put_text(&packer, fault->file);
    msgpack_pack_int64(&packer, fault->line);
    put_text(&packer, fault->text);
    return put_finish(out, start);
}

static void put_bare(struct str *out, enum frame_type type)
{
    msgpack_packer packer;
    size_t start = put_start(out, &packer, type, 0);

    /* Two bytes cannot be too many. */
    if (put_finish(out, start) != US_OK)
        assert(false);
}

void frame_put_end(struct str *out)
{
    put_bare(out, FRAME_END);
}

void frame_put_cancel(struct str *out)
{
    put_bare(out, FRAME_CANCEL);
}

enum us_err frame_write(int fd, const void *data, size_t len, int timeout_ms)
{
    const char *at = data;

    while (len > 0) {
        struct pollfd waiting = {.fd = fd, .events = POLLOUT};
        ssize_t n;
        int ready;

        /* Poll first: a blocking descriptor would otherwise wait without an end. */
        ready = poll(&waiting, 1, timeout_ms);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return US_IO;
        if (ready == 0)
            return US_BUSY;
        n = write(fd, at, len < 65536 ? len : 65536);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return US_IO;
        at += n;
        len -= (size_t)n;
    }
    return US_OK;
}
