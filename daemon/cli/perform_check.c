/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Checks. */
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void print_json(json_t *object)
{
    json_dumpf(object, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(object);
}

/* ---- check counts ---- */

struct counts {
    bool is_json;
    json_t *differences;
    int64_t rows;
    bool holds, is_told;
};

static bool on_counts_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_difference) || row_schema_begins(schema, &row_checked))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_counts_row(const struct row_schema *schema, const struct row_value *values,
                          void *arg)
{
    struct counts *counts = arg;

    if (strcmp(schema->name, row_checked.name) == 0) {
        counts->rows = values[0].number;
        counts->holds = values[1].number != 0;
        counts->is_told = true;
    } else if (counts->is_json) {
        json_array_append_new(counts->differences, cell_json(ROW_TEXT, &values[0]));
    } else {
        printf("%s\n", values[0].is_set ? values[0].text : "");
    }
    return true;
}

int perform_counts(const struct options *options)
{
    struct counts counts = {
        .is_json = options_has(options, OPTION_JSON),
        .differences = json_array(),
    };
    const struct client_handler handler = {on_counts_columns, on_counts_row, &counts};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status == EX_OK && !counts.is_told) {
        talk_error("the service did not say what it found");
        status = EX_PROTOCOL;
    }
    if (status != EX_OK) {
        json_decref(counts.differences);
        return status;
    }
    if (counts.is_json)
        print_json(json_pack("{s:I, s:b, s:o}", "rows", (json_int_t)counts.rows, "holds",
                             (int)counts.holds, "differences", counts.differences));
    else
        json_decref(counts.differences);
    if (fflush(stdout) != 0)
        return perform_broken_output();
    if (counts.holds)
        talk_note("Counted %" PRId64 " signatures again: everything agrees.", counts.rows);
    else
        talk_error("counted %" PRId64 " signatures again, and not everything agrees", counts.rows);
    return counts.holds ? EX_OK : EX_DATAERR;
}

/* ---- config check ---- */

int perform_config(const struct options *options)
{
    const struct client_handler handler = {.arg = NULL};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status != EX_OK)
        return status;
    if (options_has(options, OPTION_JSON))
        print_json(json_pack("{s:b}", "holds", 1));
    talk_note("The configuration is right.");
    return fflush(stdout) == 0 ? EX_OK : perform_broken_output();
}
