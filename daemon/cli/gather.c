/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/gather.h"
#include "base/str.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

struct gathering {
    const struct gather *kinds;
    size_t count;
    json_t *answer;
};

static const struct gather *find_kind(const struct gathering *gathering, const char *name)
{
    for (size_t i = 0; i < gathering->count; i++) {
        if (strcmp(gathering->kinds[i].schema->name, name) == 0)
            return &gathering->kinds[i];
    }
    return NULL;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    const struct gather *kind = find_kind(arg, schema->name);

    if (kind != NULL && row_schema_begins(schema, kind->schema))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct gathering *gathering = arg;
    const struct gather *kind = find_kind(gathering, schema->name);
    json_t *row;

    if (kind == NULL)
        return false;
    row = cell_row_json(schema, values);
    if (kind->is_item) {
        json_object_update_missing(gathering->answer, row);
        json_decref(row);
    } else {
        json_array_append_new(json_object_get(gathering->answer, kind->key), row);
    }
    return true;
}

int gather_ask(const struct options *options, const struct gather *kinds, size_t count,
               json_t **out)
{
    struct gathering gathering = {kinds, count, json_object()};
    const struct client_handler handler = {on_columns, on_row, &gathering};
    const struct ask ask = {.arguments = NULL};
    json_t *lists = json_object();
    int status;

    /* The item's fields first, whichever kind comes first. */
    for (size_t i = 0; i < count; i++) {
        if (!kinds[i].is_item)
            json_object_set_new(gathering.answer, kinds[i].key, json_array());
    }
    status = ask_once(options, &ask, &handler);
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].is_item)
            continue;
        json_object_set(lists, kinds[i].key, json_object_get(gathering.answer, kinds[i].key));
        json_object_del(gathering.answer, kinds[i].key);
    }
    json_object_update(gathering.answer, lists);
    json_decref(lists);
    if (status == EX_OK)
        *out = gathering.answer;
    else
        json_decref(gathering.answer);
    return status;
}

/* ---- for programs ---- */

static void append_value(const json_t *value, struct str *out)
{
    if (json_is_string(value))
        screen_make_visible(json_string_value(value), true, out);
    else if (json_is_integer(value))
        str_append_format(out, "%" PRId64, (int64_t)json_integer_value(value));
    else if (json_is_boolean(value))
        str_append_text(out, json_is_true(value) ? "yes" : "no");
}

static void append_item(const struct gather *kind, const json_t *row, char end, struct str *out)
{
    for (size_t i = 0; i < kind->schema->count; i++) {
        const char *name = kind->schema->columns[i].name;
        str_append_format(out, "%s\t", name);
        append_value(json_object_get(row, name), out);
        str_append_char(out, end);
    }
}

static void append_rows(const struct gather *kind, const json_t *rows, char end, struct str *out)
{
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row)
    {
        for (size_t i = 0; i < kind->schema->count; i++) {
            if (i > 0)
                str_append_char(out, '\t');
            append_value(json_object_get(row, kind->schema->columns[i].name), out);
        }
        str_append_char(out, end);
    }
}

/* Each row says what it is, since lines of different kinds follow each other. */
static bool print_lines(const struct options *options, const struct gather *kinds, size_t count,
                        const json_t *answer)
{
    json_t *lines = json_array(), *item = json_object();
    bool is_written;

    json_object_update(item, (json_t *)(uintptr_t)answer);
    for (size_t i = 0; i < count; i++) {
        size_t index;
        json_t *row, *rows = json_object_get(answer, kinds[i].key);
        if (!kinds[i].is_item)
            json_object_del(item, kinds[i].key);
        json_array_foreach(rows, index, row)
        {
            json_t *line = json_object();
            json_object_set_new(line, "of", json_string(kinds[i].key));
            json_object_update(line, row);
            json_array_append_new(lines, line);
        }
    }
    if (json_object_size(item) > 0)
        json_array_insert(lines, 0, item);
    json_decref(item);
    is_written = output_json(options, lines);
    json_decref(lines);
    return is_written;
}

bool gather_print(const struct options *options, const struct gather *kinds, size_t count,
                  const json_t *answer)
{
    enum output_format format = output_choose(options);
    char end = options_has(options, OPTION_NULL) ? '\0' : '\n';
    struct str text = STR_INIT;
    bool is_written;

    if (format == OUTPUT_JSON)
        return output_json(options, answer);
    if (format == OUTPUT_JSONL)
        return print_lines(options, kinds, count, answer);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_append_char(&text, end);
        if (kinds[i].is_item)
            append_item(&kinds[i], answer, end, &text);
        else
            append_rows(&kinds[i], json_object_get(answer, kinds[i].key), end, &text);
    }
    is_written = fwrite(str_text(&text), 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    str_free(&text);
    return is_written;
}

/* ---- fields ---- */

const char *gather_text(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text != NULL ? text : "";
}

int64_t gather_number(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);

    return json_is_boolean(value) ? json_is_true(value) : (int64_t)json_integer_value(value);
}

bool gather_has(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);

    return value != NULL && !json_is_null(value);
}
