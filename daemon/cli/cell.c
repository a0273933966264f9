/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/cell.h"
#include "base/clock.h"
#include <inttypes.h>
#include <stdlib.h>

void cell_print(enum row_type type, const struct row_value *value, struct str *out)
{
    char time[24], day[16];

    if (!value->is_set)
        return;
    switch (type) {
    case ROW_TEXT:
        str_append_text(out, value->text);
        break;
    case ROW_NUMBER:
        str_append_format(out, "%" PRId64, value->number);
        break;
    case ROW_DAY:
        clock_print_day(value->number, day);
        str_append_text(out, day);
        break;
    case ROW_TIME:
        clock_print(value->number, time);
        str_append_text(out, time);
        break;
    case ROW_FLAG:
        str_append_text(out, value->number != 0 ? "yes" : "no");
        break;
    case ROW_TEXTS:
        for (size_t i = 0; i < value->count; i++)
            str_append_format(out, "%s%s", i > 0 ? "," : "", value->texts[i]);
        break;
    }
}

/* Running out of memory is the only way these fail, and nobody goes on from that (base/mem.h). */
static json_t *must(json_t *json)
{
    if (json == NULL)
        abort();
    return json;
}

json_t *cell_json(enum row_type type, const struct row_value *value)
{
    struct str text = STR_INIT;
    json_t *json;

    if (!value->is_set)
        return json_null();
    switch (type) {
    case ROW_NUMBER:
        return must(json_integer(value->number));
    case ROW_FLAG:
        return json_boolean(value->number != 0);
    case ROW_TEXTS:
        json = must(json_array());
        for (size_t i = 0; i < value->count; i++)
            json_array_append_new(json, must(json_string(value->texts[i])));
        return json;
    default:
        cell_print(type, value, &text);
        json = must(json_string(str_text(&text)));
        str_free(&text);
        return json;
    }
}

json_t *cell_row_json(const struct row_schema *schema, const struct row_value *values)
{
    json_t *object = must(json_object());

    for (size_t i = 0; i < schema->count; i++)
        json_object_set_new(object, schema->columns[i].name,
                            cell_json(schema->columns[i].type, &values[i]));
    return object;
}
