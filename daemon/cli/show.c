/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/show.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <jansson.h>
#include <string.h>
#include <sysexits.h>

struct showing {
    const struct show *show;
    bool is_json;
    json_t *object;
    struct output *item, *list;
};

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct showing *showing = arg;
    const struct show *show = showing->show;
    enum output_format format = output_choose(stdout, showing->is_json);

    if (!row_schema_begins(schema, show->item) && !row_schema_begins(schema, show->list)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    if (showing->is_json)
        return true;
    if (strcmp(schema->name, show->list->name) == 0) {
        showing->list = output_new(stdout, format, OUTPUT_LIST);
        output_columns(showing->list, schema);
    } else {
        showing->item = output_new(stdout, format, OUTPUT_ITEM);
    }
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct showing *showing = arg;
    const struct show *show = showing->show;
    bool is_list = strcmp(schema->name, show->list->name) == 0;

    if (!is_list && show->on_item != NULL)
        show->on_item(values, show->arg);
    if (showing->is_json && !is_list && showing->object == NULL) {
        showing->object = cell_row_json(schema, values);
        json_object_set_new(showing->object, show->list_key, json_array());
    } else if (showing->is_json && showing->object != NULL) {
        json_array_append_new(json_object_get(showing->object, show->list_key),
                              cell_row_json(schema, values));
    } else if (!showing->is_json) {
        struct output *output = is_list ? showing->list : showing->item;
        if (is_list && output_rows(output) == 0)
            putchar('\n'); /* between the item and its list */
        return output_row(output, schema, values) || (perform_broken_output(), false);
    }
    return true;
}

static int end(struct output *output, int status)
{
    if (output != NULL && !output_end(output) && status == EX_OK)
        return perform_broken_output();
    return status;
}

int show_item(const struct options *options, const struct show *show)
{
    struct showing showing = {.show = show, .is_json = options_has(options, OPTION_JSON)};
    const struct client_handler handler = {on_columns, on_row, &showing};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (showing.object != NULL && status == EX_OK) {
        json_dumpf(showing.object, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(showing.object);
    status = end(showing.item, status);
    status = end(showing.list, status);
    if (fflush(stdout) != 0 && status == EX_OK)
        status = perform_broken_output();
    return status;
}
