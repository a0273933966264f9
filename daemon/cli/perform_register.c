/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The register: a list is read here and goes to the service as it is, which reads its rows; what is
 * wrong with it comes back line by line.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include "cli/upload.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define BLOB_NAME "register.csv"
#define FILE_MOST ((size_t)16 * 1024 * 1024)

struct told {
    const struct options *options;
    struct progress *progress;
    size_t faults;
    bool is_trial, is_broken;
};

static bool print_json(struct told *told, const struct row_schema *schema,
                       const struct row_value *values)
{
    json_t *object;

    if (!options_has(told->options, OPTION_JSON) && !options_has(told->options, OPTION_JSONL))
        return true;
    object = cell_row_json(schema, values);
    told->is_broken = !output_json(told->options, object);
    json_decref(object);
    return !told->is_broken;
}

static bool expect_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_register_fault) ||
        row_schema_begins(schema, &row_register_imported) ||
        row_schema_begins(schema, &row_register_removed))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

/* ---- import ---- */

/* As editors find it: FILE:LINE: what. What stood in the file is made visible. */
static void tell_fault(struct told *told, const struct row_value *values)
{
    struct str visible = STR_INIT;

    screen_make_visible(values[1].text, false, &visible);
    if (values[0].is_set)
        talk_note("%s:%" PRId64 ": %s", told->options->arguments[0], values[0].number,
                  str_text(&visible));
    else
        talk_note("%s: %s", told->options->arguments[0], str_text(&visible));
    str_free(&visible);
    told->faults++;
}

static void tell_import(const struct told *told, const struct row_value *values)
{
    const char *source = values[0].text;
    const int64_t added = values[1].number, changed = values[2].number, removed = values[3].number,
                  same = values[4].number;

    if (added + changed + removed == 0) {
        talk_note("List %s is unchanged: %" PRId64 " organisation%s.", source, same,
                  same == 1 ? "" : "s");
        return;
    }
    talk_note("List %s%s: %" PRId64 " added, %" PRId64 " changed, %" PRId64 " removed, %" PRId64
              " as before.",
              source, told->is_trial ? " would change" : "", added, changed, removed, same);
    if (values[5].number > 0)
        talk_note("%" PRId64 " of its domains %s to providers that give a mailbox to anybody: "
                  "%s let%s nobody in.",
                  values[5].number, values[5].number == 1 ? "belongs" : "belong",
                  values[5].number == 1 ? "it" : "they", values[5].number == 1 ? "s" : "");
}

static bool on_import(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct told *told = arg;

    progress_end(told->progress);
    told->progress = NULL;
    if (strcmp(schema->name, row_register_fault.name) == 0) {
        tell_fault(told, values);
        return true;
    }
    tell_import(told, values);
    return print_json(told, schema, values);
}

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct told *told = arg;

    (void)what;
    if (told->progress == NULL)
        told->progress = progress_new("Taking organisations in", total);
    progress_show(told->progress, done);
}

static int open_list(const char *path, struct upload *upload)
{
    struct fault fault = {.text = ""};
    enum us_err err = upload_open(path, BLOB_NAME, upload, &fault);

    if (err == US_OK && upload->len > FILE_MOST) {
        upload_close(upload);
        fault_set(&fault, NULL, 0, "%s is too large: a list has at most %zu MiB", path,
                  FILE_MOST / (1024 * 1024));
        err = US_LIMITED;
    }
    if (err == US_OK)
        return EX_OK;
    talk_error("%s", fault.text);
    return err == US_LIMITED ? EX_DATAERR : EX_NOINPUT;
}

int perform_register_import(const struct options *options)
{
    struct told told = {.options = options, .is_trial = options_has(options, OPTION_DRY_RUN)};
    const struct client_handler handler = {.on_columns = expect_columns,
                                           .on_row = on_import,
                                           .arg = &told,
                                           .on_progress = on_progress};
    struct upload upload;
    int status;
    struct ask ask;

    if (strcmp(options->arguments[0], "-") == 0 && !options_has(options, OPTION_SOURCE)) {
        talk_error("register import: standard input has no name: give the list one with "
                   "--source NAME");
        return EX_USAGE;
    }
    status = open_list(options->arguments[0], &upload);
    if (status != EX_OK)
        return status;
    ask =
        (struct ask){.blobs = upload.blobs, .blob_count = upload.count, .progress = &told.progress};
    status = ask_once(options, &ask, &handler);
    progress_end(told.progress);
    upload_close(&upload);
    if (told.is_broken)
        return perform_broken_output();
    if (status == EX_OK && told.faults > 0) {
        talk_error("nothing of the list was taken in");
        status = EX_DATAERR;
    }
    return status;
}

/* ---- remove ---- */

static bool on_removed(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct told *told = arg;

    talk_note(told->is_trial ? "List %s would go, with %" PRId64 " organisation%s."
                             : "List %s is out of the register: %" PRId64 " organisation%s.",
              values[0].text, values[1].number, values[1].number == 1 ? "" : "s");
    return print_json(told, schema, values);
}

int perform_register_remove(const struct options *options)
{
    struct told told = {.options = options, .is_trial = options_has(options, OPTION_DRY_RUN)};
    const struct client_handler handler = {
        .on_columns = expect_columns, .on_row = on_removed, .arg = &told};
    const struct ask ask = {.arguments = NULL};
    int status = confirm_name(options,
                              "This takes the whole list out of the register. Signatures that were "
                              "listed by it stay listed.",
                              options->arguments[0]);

    if (status == EX_OK)
        status = ask_once(options, &ask, &handler);
    return told.is_broken ? perform_broken_output() : status;
}
