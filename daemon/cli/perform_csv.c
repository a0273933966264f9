/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A list for a spreadsheet. Its columns are the keys of a signature's JSON. What an audience may
 * see the service has decided; here it is said how much that leaves out, and why.
 */
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "render/csv.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct sheet_writer {
    struct csv csv;
    bool has_totals;
    char audience[16];
    int64_t named, counted, version;
    size_t rows;
};

static void write_cell(struct csv *csv, enum row_type type, const struct row_value *value)
{
    char day[16], time[24];

    if (!value->is_set) {
        csv_text(csv, NULL);
        return;
    }
    switch (type) {
    case ROW_NUMBER:
        csv_number(csv, value->number);
        break;
    case ROW_DAY:
        clock_print_day(value->number, day);
        csv_text(csv, day);
        break;
    case ROW_TIME:
        clock_print(value->number, time);
        csv_text(csv, time);
        break;
    case ROW_FLAG:
        csv_text(csv, value->number != 0 ? "yes" : "no");
        break;
    default:
        csv_text(csv, value->text);
        break;
    }
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct sheet_writer *writer = arg;

    if (row_schema_begins(schema, &row_totals))
        return true;
    if (!row_schema_begins(schema, &row_signature)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    for (size_t i = 0; i < schema->count; i++)
        csv_text(&writer->csv, schema->columns[i].name);
    return csv_end_row(&writer->csv) || (perform_broken_output(), false);
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct sheet_writer *writer = arg;

    if (strcmp(schema->name, row_totals.name) == 0) {
        writer->has_totals = true;
        snprintf(writer->audience, sizeof(writer->audience), "%s",
                 values[0].is_set ? values[0].text : "");
        writer->version = values[1].number;
        writer->named = values[2].number;
        writer->counted = values[3].number;
        return true;
    }
    for (size_t i = 0; i < schema->count; i++)
        write_cell(&writer->csv, schema->columns[i].type, &values[i]);
    writer->rows++;
    return csv_end_row(&writer->csv) || (perform_broken_output(), false);
}

static void tell(const struct options *options, const struct sheet_writer *writer)
{
    const char *to = options->values[OPTION_TO];

    if (!writer->has_totals) {
        talk_note(
            "%zu signatures in every state, with everything. This list holds what signatories "
            "did not agree to show: it is for the organiser alone. Keep it safe and pass it to "
            "nobody.",
            writer->rows);
        return;
    }
    talk_note("Version %" PRId64 ", as %s%s%s%s may see it: %" PRId64 " named.", writer->version,
              to != NULL ? "" : "the public", to != NULL ? to : "", to != NULL ? ", audience " : "",
              to != NULL ? writer->audience : "", writer->named);
    if (writer->counted > 0)
        talk_note("%" PRId64 " more %s listed and only counted: their signatories chose not to be "
                  "named to this audience.",
                  writer->counted, writer->counted == 1 ? "is" : "are");
}

int perform_csv(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];
    struct sheet_writer writer = {.has_totals = false};
    const struct client_handler handler = {on_columns, on_row, &writer};
    const struct ask ask = {.arguments = NULL};
    struct fault fault = {.text = ""};
    struct file file;
    enum us_err err = file_open(path != NULL ? path : "-", &file, &fault);
    int status;

    if (err != US_OK) {
        talk_failure(err, &fault, NULL);
        return EX_CANTCREAT;
    }
    writer.csv.file = file.stream;
    status = ask_once(options, &ask, &handler);
    if (status != EX_OK) {
        file_abandon(&file);
        return status;
    }
    err = file_finish(&file, &fault);
    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    tell(options, &writer);
    return EX_OK;
}
