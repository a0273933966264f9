/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether everything that is counted was counted right. */
#include "cli/ask.h"
#include "cli/lay.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <jansson.h>
#include <string.h>
#include <sysexits.h>

/* What differs is a sentence each on standard output, or JSON; how it ended is said beside it. */
struct counts {
    struct str lines;
    json_t *differences;
    int64_t rows;
    bool holds, is_told;
};

static bool on_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_difference) || row_schema_begins(schema, &row_checked))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct counts *counts = arg;

    if (strcmp(schema->name, row_checked.name) == 0) {
        counts->rows = values[0].number;
        counts->holds = values[1].number != 0;
        counts->is_told = true;
    } else if (values[0].is_set) {
        screen_make_visible(values[0].text, false, &counts->lines);
        str_append_char(&counts->lines, '\n');
        json_array_append_new(counts->differences, json_string(values[0].text));
    }
    return true;
}

static bool print_counts(const struct options *options, const struct counts *counts)
{
    enum output_format format = output_choose(options);
    struct output *output;
    json_t *answer;
    bool is_written;

    if (format == OUTPUT_JSON || format == OUTPUT_JSONL) {
        answer = json_pack("{s:I, s:b, s:O}", "rows", (json_int_t)counts->rows, "holds",
                           (int)counts->holds, "differences", counts->differences);
        is_written = output_json(options, answer);
        json_decref(answer);
        return is_written;
    }
    output = output_new(options, OUTPUT_LIST);
    output_text(output, str_text(&counts->lines));
    return output_end(output);
}

static void tell(const struct counts *counts)
{
    size_t differences = json_array_size(counts->differences);
    char rows[LAY_NUMBER];

    lay_number(counts->rows, rows);
    if (counts->holds)
        talk_note("Counted %s signature%s again: everything agrees, and no stored signature "
                  "was damaged.",
                  rows, counts->rows == 1 ? "" : "s");
    else
        talk_error("counted %s signature%s again, and %zu thing%s differ%s; nothing was changed. "
                   "Make a backup now (undersign backup create), then compare with an older one",
                   rows, counts->rows == 1 ? "" : "s", differences, differences == 1 ? "" : "s",
                   differences == 1 ? "s" : "");
}

int perform_counts(const struct options *options)
{
    struct counts counts = {.lines = STR_INIT, .differences = json_array()};
    const struct client_handler handler = {on_columns, on_row, &counts};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status == EX_OK && !counts.is_told) {
        talk_error("the service did not say what it found");
        status = EX_PROTOCOL;
    }
    if (status == EX_OK && !print_counts(options, &counts))
        status = perform_broken_output();
    if (status == EX_OK) {
        tell(&counts);
        status = counts.holds ? EX_OK : EX_DATAERR;
    }
    str_free(&counts.lines);
    json_decref(counts.differences);
    return status;
}
