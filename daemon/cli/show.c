/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/show.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <string.h>
#include <sysexits.h>

struct showing {
    const struct show *show;
    struct output *output;
};

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct showing *showing = arg;
    const struct show *show = showing->show;

    if (!row_schema_begins(schema, show->item) && !row_schema_begins(schema, show->list)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    output_columns(showing->output, schema);
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct showing *showing = arg;
    const struct show *show = showing->show;

    if (strcmp(schema->name, show->list->name) != 0 && show->on_item != NULL)
        show->on_item(values, show->arg);
    if (!output_row(showing->output, schema, values)) {
        perform_broken_output();
        return false;
    }
    return !output_is_quit(showing->output);
}

int show_item(const struct options *options, const struct show *show)
{
    struct showing showing = {.show = show, .output = output_new(options, OUTPUT_ITEM)};
    const struct client_handler handler = {on_columns, on_row, &showing};
    const struct ask ask = {.arguments = NULL};
    bool is_quit;
    int status;

    output_with_list(showing.output, show->list_key);
    status = ask_once(options, &ask, &handler);
    is_quit = output_is_quit(showing.output);
    if (status != EX_OK && !is_quit) {
        output_free(showing.output);
        return status;
    }
    return output_end(showing.output) ? EX_OK : perform_broken_output();
}
