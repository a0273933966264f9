/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Frames on their way in. A whole frame is copied into a scratch buffer of its own, checked,
 * decoded and its strings terminated in place: their headers have been read by then, and the
 * scratch has one byte more than the frame. So a row costs no allocation, which matters at a
 * million of them.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "proto/frame.h"
#include "proto/frame_check.h"
#include <errno.h>
#include <limits.h>
#include <msgpack.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH_SIZE 4
#define READ_SIZE 65536
#define SLICE_MS 200

struct frame_reader {
    char *data; /* bytes fed; those before `used` are done with */
    size_t used, len, cap;
    char *scratch; /* the frame given out last */
    size_t scratch_cap;
    msgpack_zone zone;
    bool is_broken;
    const char **texts; /* of arguments and lists */
    size_t text_count, text_cap;
    struct frame_option *options;
    size_t option_cap;
    struct row_value values[ROW_COLUMNS_MOST];
    struct row_column columns[ROW_COLUMNS_MOST];
    enum row_type types[ROW_COLUMNS_MOST]; /* of the rows that come now */
    size_t type_count;
    bool has_types;
};

struct frame_reader *frame_reader_new(void)
{
    struct frame_reader *reader = MEM_NEW(struct frame_reader);

    if (!msgpack_zone_init(&reader->zone, 8192))
        abort(); /* out of memory, as base/mem.h has it */
    return reader;
}

void frame_reader_free(struct frame_reader *reader)
{
    if (reader == NULL)
        return;
    msgpack_zone_destroy(&reader->zone);
    free(reader->data);
    free(reader->scratch);
    free(reader->texts);
    free(reader->options);
    free(reader);
}

void frame_reader_feed(struct frame_reader *reader, const void *data, size_t len)
{
    if (reader->used > 0 && reader->used == reader->len)
        reader->used = reader->len = 0;
    if (reader->cap - reader->len < len && reader->used > 0) {
        memmove(reader->data, reader->data + reader->used, reader->len - reader->used);
        reader->len -= reader->used;
        reader->used = 0;
    }
    if (reader->cap - reader->len < len) {
        reader->cap = 2 * reader->cap + len;
        reader->data = mem_resize(reader->data, reader->cap, 1);
    }
    if (len > 0)
        memcpy(reader->data + reader->len, data, len);
    reader->len += len;
}

/* ---- parts of a frame; each false when the peer sent something else ---- */

/* Terminates a string in the scratch buffer. */
static bool take_text(const msgpack_object *object, const char **out)
{
    char *text;

    if (object->type != MSGPACK_OBJECT_STR ||
        !utf8_is_valid(object->via.str.ptr, object->via.str.size))
        return false;
    if (object->via.str.size == 0) { /* the library points somewhere, not behind its header */
        *out = "";
        return true;
    }
    text = (char *)(uintptr_t)object->via.str.ptr;
    text[object->via.str.size] = '\0';
    *out = text;
    return true;
}

static bool take_number(const msgpack_object *object, int64_t *out)
{
    if (object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        *out = object->via.i64;
    else if (object->type == MSGPACK_OBJECT_POSITIVE_INTEGER && object->via.u64 <= INT64_MAX)
        *out = (int64_t)object->via.u64;
    else
        return false;
    return true;
}

/* All lists of a frame lie in one pool, which must not move while pointers lead into it: so it is
 * made large enough for all of them before the first is taken. */
static void reserve_texts(struct frame_reader *reader, size_t count)
{
    reader->text_count = 0;
    if (reader->text_cap < count || reader->texts == NULL) {
        reader->texts = mem_resize(reader->texts, count + 1, sizeof(*reader->texts));
        reader->text_cap = count;
    }
}

static bool take_texts(struct frame_reader *reader, const msgpack_object *object,
                       const char *const **out, size_t *count)
{
    const msgpack_object_array *array = &object->via.array;
    const char **texts = reader->texts + reader->text_count;

    if (object->type != MSGPACK_OBJECT_ARRAY || array->size > reader->text_cap - reader->text_count)
        return false;
    for (uint32_t i = 0; i < array->size; i++) {
        if (!take_text(&array->ptr[i], &texts[i]))
            return false;
    }
    reader->text_count += array->size;
    *out = texts;
    *count = array->size;
    return true;
}

static bool take_options(struct frame_reader *reader, const msgpack_object *object,
                         struct frame *frame)
{
    const msgpack_object_map *map = &object->via.map;

    if (object->type != MSGPACK_OBJECT_MAP || map->size > ROW_COLUMNS_MOST)
        return false;
    if (reader->option_cap < map->size) {
        reader->options = mem_resize(reader->options, map->size, sizeof(*reader->options));
        reader->option_cap = map->size;
    }
    for (uint32_t i = 0; i < map->size; i++) {
        if (!take_text(&map->ptr[i].key, &reader->options[i].name) ||
            !take_text(&map->ptr[i].val, &reader->options[i].value))
            return false;
    }
    frame->options = reader->options;
    frame->option_count = map->size;
    return true;
}

/* ---- frames; `part` are the elements behind the type ---- */

static bool take_hello(const msgpack_object *part, size_t count, struct frame *frame)
{
    /* A later version may say more. */
    return count >= 2 && take_number(&part[0], &frame->number) && take_text(&part[1], &frame->name);
}

static bool take_request(struct frame_reader *reader, const msgpack_object *part, size_t count,
                         struct frame *frame)
{
    if (count != 4 || part[1].type != MSGPACK_OBJECT_ARRAY)
        return false;
    reserve_texts(reader, part[1].via.array.size);
    return take_text(&part[0], &frame->name) &&
           take_texts(reader, &part[1], &frame->arguments, &frame->argument_count) &&
           take_options(reader, &part[2], frame) && take_number(&part[3], &frame->number) &&
           frame->number >= 0;
}

static bool take_blob(const msgpack_object *part, size_t count, struct frame *frame)
{
    if (count != 2 || !take_text(&part[0], &frame->name) || part[1].type != MSGPACK_OBJECT_BIN)
        return false;
    frame->data = part[1].via.bin.ptr;
    frame->len = part[1].via.bin.size;
    return true;
}

static bool take_columns(struct frame_reader *reader, const msgpack_object *part, size_t count,
                         struct frame *frame)
{
    const msgpack_object_array *array = &part[1].via.array;

    if (count != 2 || !take_text(&part[0], &frame->name) || part[1].type != MSGPACK_OBJECT_ARRAY ||
        array->size > ROW_COLUMNS_MOST)
        return false;
    for (uint32_t i = 0; i < array->size; i++) {
        const msgpack_object *column = &array->ptr[i];
        const char *type;

        if (column->type != MSGPACK_OBJECT_ARRAY || column->via.array.size != 3 ||
            !take_text(&column->via.array.ptr[0], &reader->columns[i].name) ||
            !take_text(&column->via.array.ptr[1], &type) ||
            !row_type_from_name(type, &reader->columns[i].type) ||
            column->via.array.ptr[2].type != MSGPACK_OBJECT_BOOLEAN)
            return false;
        reader->columns[i].is_brief = column->via.array.ptr[2].via.boolean;
        reader->types[i] = reader->columns[i].type;
    }
    reader->type_count = array->size;
    reader->has_types = true;
    frame->columns = reader->columns;
    frame->count = array->size;
    return true;
}

static bool take_value(struct frame_reader *reader, const msgpack_object *object,
                       enum row_type type, struct row_value *value)
{
    *value = (struct row_value){.is_set = object->type != MSGPACK_OBJECT_NIL};
    if (!value->is_set)
        return true;
    switch (type) {
    case ROW_TEXT:
        return take_text(object, &value->text);
    case ROW_NUMBER:
    case ROW_DAY:
    case ROW_TIME:
        return take_number(object, &value->number);
    case ROW_FLAG:
        if (object->type != MSGPACK_OBJECT_BOOLEAN)
            return false;
        value->number = object->via.boolean;
        return true;
    case ROW_TEXTS:
        return take_texts(reader, object, &value->texts, &value->count);
    }
    return false;
}

static bool take_row(struct frame_reader *reader, const msgpack_object *part, size_t count,
                     struct frame *frame)
{
    size_t texts = 0;

    if (!reader->has_types || count != reader->type_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (part[i].type == MSGPACK_OBJECT_ARRAY)
            texts += part[i].via.array.size;
    }
    if (texts > ROW_TEXTS_MOST)
        return false;
    reserve_texts(reader, texts);
    for (size_t i = 0; i < count; i++) {
        if (!take_value(reader, &part[i], reader->types[i], &reader->values[i]))
            return false;
    }
    frame->values = reader->values;
    frame->count = count;
    return true;
}

static bool take_error(const msgpack_object *part, size_t count, struct frame *frame)
{
    int64_t line;

    if (count != 4 || !take_text(&part[0], &frame->name) || !take_text(&part[1], &frame->file) ||
        !take_number(&part[2], &line) || line < 0 || line > INT_MAX ||
        !take_text(&part[3], &frame->text))
        return false;
    frame->line = (int)line;
    return true;
}

static bool take_frame(struct frame_reader *reader, const msgpack_object *object,
                       struct frame *frame)
{
    const msgpack_object *part = object->via.array.ptr;
    size_t count;
    int64_t type;

    if (object->type != MSGPACK_OBJECT_ARRAY || object->via.array.size == 0 ||
        !take_number(&part[0], &type))
        return false;
    part++;
    count = object->via.array.size - 1;
    frame->type = (enum frame_type)type;
    switch (type) {
    case FRAME_HELLO:
        return take_hello(part, count, frame);
    case FRAME_REQUEST:
        return take_request(reader, part, count, frame);
    case FRAME_BLOB:
        return take_blob(part, count, frame);
    case FRAME_COLUMNS:
        return take_columns(reader, part, count, frame);
    case FRAME_ROW:
        return take_row(reader, part, count, frame);
    case FRAME_PROGRESS:
        return count == 3 && take_number(&part[0], &frame->number) &&
               take_number(&part[1], &frame->total) && take_text(&part[2], &frame->name);
    case FRAME_END:
    case FRAME_CANCEL:
        return count == 0;
    case FRAME_ERROR:
        return take_error(part, count, frame);
    default:
        return false;
    }
}

static bool decode(struct frame_reader *reader, size_t len, struct frame *frame)
{
    msgpack_object object;
    size_t offset = 0;

    if (!frame_check(reader->scratch, len))
        return false;
    msgpack_zone_clear(&reader->zone);
    if (msgpack_unpack(reader->scratch, len, &offset, &reader->zone, &object) !=
        MSGPACK_UNPACK_SUCCESS)
        return false;
    return take_frame(reader, &object, frame);
}

enum us_err frame_reader_next(struct frame_reader *reader, struct frame *frame)
{
    size_t there = reader->len - reader->used;
    const uint8_t *at;
    size_t len;

    if (reader->is_broken)
        return US_INVALID;
    if (there < LENGTH_SIZE)
        return US_BUSY;
    at = (const uint8_t *)reader->data + reader->used;
    len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (len == 0 || len > FRAME_MOST) {
        reader->is_broken = true;
        return US_INVALID;
    }
    if (there - LENGTH_SIZE < len)
        return US_BUSY;
    if (reader->scratch_cap < len + 1) {
        reader->scratch_cap = 2 * len + 1;
        reader->scratch = mem_resize(reader->scratch, reader->scratch_cap, 1);
    }
    memcpy(reader->scratch, at + LENGTH_SIZE, len);
    reader->used += LENGTH_SIZE + len;

    *frame = (struct frame){0};
    reader->is_broken = !decode(reader, len, frame);
    return reader->is_broken ? US_INVALID : US_OK;
}

/* Waits for bytes. A signal may come just before poll() sleeps, so sleeps are short where one
 * counts. */
static enum us_err wait_readable(int fd, int timeout_ms, const volatile sig_atomic_t *stop)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    int waited = 0;

    for (;;) {
        int slice = timeout_ms < 0 ? -1 : timeout_ms - waited;
        int ready;

        if (stop != NULL && *stop != 0)
            return US_CANCELLED;
        if (stop != NULL && (slice < 0 || slice > SLICE_MS))
            slice = SLICE_MS;
        ready = poll(&waiting, 1, slice);
        if (ready > 0)
            return US_OK;
        if (ready < 0 && errno != EINTR)
            return US_IO;
        if (ready == 0 && timeout_ms >= 0 && (waited += slice) >= timeout_ms)
            return US_BUSY;
    }
}

enum us_err frame_read(struct frame_reader *reader, int fd, int timeout_ms,
                       const volatile sig_atomic_t *stop, struct frame *frame)
{
    char bytes[READ_SIZE];
    enum us_err err;

    while ((err = frame_reader_next(reader, frame)) == US_BUSY) {
        ssize_t n;

        err = wait_readable(fd, timeout_ms, stop);
        if (err != US_OK)
            return err;
        n = read(fd, bytes, sizeof(bytes));
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return US_IO;
        if (n == 0)
            return reader->used == reader->len ? US_NOT_FOUND : US_IO;
        frame_reader_feed(reader, bytes, (size_t)n);
    }
    return err;
}
