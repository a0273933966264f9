/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The audit log: checked, and written to a file. (That it is listed needs nothing of its own.) */
#include "base/str.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/file.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* ---- audit verify ---- */

enum { HOLDS, ENTRIES, ERASED, LAST_AT, MARK, BROKEN, NOTED }; /* columns of row_audit_verdict */

struct verdict {
    struct output *output;
    bool is_told, holds;
    int64_t entries, erased, broken;
    char noted[16];
};

static bool on_verdict_columns(const struct row_schema *schema, void *arg)
{
    struct verdict *verdict = arg;

    if (!row_schema_begins(schema, &row_audit_verdict)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    output_columns(verdict->output, schema);
    return true;
}

static bool on_verdict(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct verdict *verdict = arg;

    verdict->is_told = true;
    verdict->holds = values[HOLDS].number != 0;
    verdict->entries = values[ENTRIES].number;
    verdict->erased = values[ERASED].number;
    verdict->broken = values[BROKEN].is_set ? values[BROKEN].number : 0;
    snprintf(verdict->noted, sizeof(verdict->noted), "%s",
             values[NOTED].is_set ? values[NOTED].text : "");
    if (output_row(verdict->output, schema, values))
        return true;
    perform_broken_output();
    return false;
}

static int say_verdict(const struct verdict *verdict)
{
    if (verdict->broken != 0)
        talk_error(
            "the audit log does not check out: entry %" PRId64
            " was changed, moved, put in, taken out, or has lost who did it, on what, or a reason "
            "that nothing erases; only those before it hold",
            verdict->broken);
    else if (strcmp(verdict->noted, "missing") == 0)
        talk_error(
            "the audit log ends before the mark, at entry %" PRId64
            ": entries were cut off its end, or a backup was restored since the mark was noted: "
            "undersign audit list --last 20 shows backup.restore, whose reason says how "
            "far the log before went",
            verdict->entries);
    else if (!verdict->holds)
        talk_error("the entry of the mark is another than it was: the audit log was written anew "
                   "from there, or from before it; or a backup was restored since the mark was "
                   "noted: undersign audit list --last 20 shows backup.restore, whose reason says "
                   "how far the log before went");
    else
        talk_note("The audit log checks out: %" PRId64 " entries, of which %" PRId64
                  " have had their reason erased.%s",
                  verdict->entries, verdict->erased,
                  verdict->noted[0] != '\0' ? " It still holds all that it held at that mark."
                                            : " Note the mark somewhere else: `undersign audit "
                                              "verify MARK` says later whether it stands.");
    return verdict->holds ? EX_OK : EX_DATAERR;
}

int perform_audit_verify(const struct options *options)
{
    struct verdict verdict = {.output = output_new(options, OUTPUT_ITEM)};
    const struct client_handler handler = {on_verdict_columns, on_verdict, &verdict};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status == EX_OK && !verdict.is_told) {
        talk_error("the service did not say what it found");
        status = EX_PROTOCOL;
    }
    if (status != EX_OK) {
        output_free(verdict.output);
        return status;
    }
    if (!output_end(verdict.output))
        return perform_broken_output();
    return say_verdict(&verdict);
}

/* ---- audit export ---- */

struct export
{
    const char *path;
    struct file file; /* opened with the columns */
    bool is_open;
    int64_t entries;
    int status; /* of what was said here */
};

static bool fail(struct export *export, enum us_err err, const struct fault *fault)
{
    if (errno == EPIPE && export->is_open && export->file.stream == stdout) {
        export->status = perform_broken_output();
        return false;
    }
    (void)talk_failure(err, fault, NULL);
    export->status = err == US_FULL || err == US_IO ? EX_IOERR : EX_CANTCREAT;
    return false;
}

static bool on_entry_columns(const struct row_schema *schema, void *arg)
{
    struct export *export = arg;
    struct fault fault = {.text = ""};
    enum us_err err;

    if (!row_schema_begins(schema, &row_audit_entry)) {
        talk_error("the service sent columns that this version does not know");
        export->status = EX_PROTOCOL;
        return false;
    }
    if (export->is_open)
        return true;
    err = file_open_new(export->path, &export->file, &fault);
    export->is_open = err == US_OK;
    if (err != US_OK) {
        (void)fail(export, err, &fault);
        export->status = EX_CANTCREAT;
    }
    return err == US_OK;
}

static bool on_entry(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct export *export = arg;
    struct fault fault = {.text = ""};
    json_t *object = cell_row_json(schema, values);
    bool is_written = json_dumpf(object, export->file.stream, JSON_COMPACT) == 0 &&
                      putc('\n', export->file.stream) != EOF;

    json_decref(object);
    export->entries++;
    if (is_written)
        return true;
    fault_set(&fault, NULL, 0, "cannot write %s: %s", export->path, strerror(errno));
    return fail(export, errno == ENOSPC ? US_FULL : US_IO, &fault);
}

int perform_audit_export(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];
    struct export export = {.path = path != NULL ? path : "-"};
    const struct client_handler handler = {on_entry_columns, on_entry, &export};
    const struct ask ask = {.arguments = NULL};
    struct fault fault = {.text = ""};
    enum us_err err = file_check_new(export.path, &fault);
    int status;

    /* Before the service writes down that the log was exported. */
    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    status = ask_once(options, &ask, &handler);
    if (export.status != EX_OK)
        status = export.status;
    if (status != EX_OK || !export.is_open) {
        if (export.is_open)
            file_abandon(&export.file);
        return status != EX_OK ? status : EX_PROTOCOL;
    }
    if (file_finish(&export.file, &fault) != US_OK) {
        fail(&export, US_IO, &fault);
        return export.status;
    }
    if (strcmp(export.path, "-") != 0)
        talk_note("%s: %" PRId64 " entries", export.path, export.entries);
    return EX_OK;
}
