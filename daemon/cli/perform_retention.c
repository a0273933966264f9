/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What has had its time, deleted now; and one person's data, with a certificate. The certificate's
 * files are opened before anything is erased: a full disk or a folder that is not there is told
 * while there is still something to be done about it.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/file.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- run ---- */

enum { RULE_DUE = 3 }; /* of row_retention */

struct running {
    struct output *output;
    int64_t sum;
};

static bool on_rule_columns(const struct row_schema *schema, void *arg)
{
    struct running *running = arg;

    if (!row_schema_begins(schema, &row_retention)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    output_columns(running->output, schema);
    return true;
}

static bool on_rule(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct running *running = arg;

    running->sum += values[RULE_DUE].number;
    return output_row(running->output, schema, values) || (perform_broken_output(), false);
}

int perform_retention_run(const struct options *options)
{
    struct running running = {.output = output_new(options, OUTPUT_LIST)};
    const struct client_handler handler = {
        .on_columns = on_rule_columns, .on_row = on_rule, .arg = &running};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status != EX_OK) {
        output_free(running.output);
        return status;
    }
    if (!output_end(running.output))
        return perform_broken_output();
    if (running.sum == 0)
        talk_note("Nothing is past its term.");
    else
        talk_note(options_has(options, OPTION_DRY_RUN) ? "%" PRId64 " would be deleted."
                                                       : "%" PRId64 " deleted.",
                  running.sum);
    return EX_OK;
}

/* ---- erase ---- */

enum { ID, STATE, CHANGED, WAS, CERTIFICATE, SIGNATURE }; /* of row_erased */

struct certifying {
    const struct options *options;
    char *path, *signature_path;
    struct file file, signature_file; /* stream NULL: not open */
    bool is_written, has_none;        /* none: nothing was left to erase */
};

static bool on_erased_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_erased))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static void tell_erased(const struct row_value *values, bool is_trial)
{
    const char *id = values[ID].text, *state = values[STATE].text;

    if (values[CHANGED].number == 0)
        talk_note("%s: nothing of the person is left; nothing was changed.", id);
    else if (is_trial)
        talk_note(
            "%s: the person's name, capacity, mailbox, details for the ILO, notes and reasons "
            "would be erased; it is %s and would be %s.",
            id, values[WAS].text, state);
    else
        talk_note("%s: the person's data is erased; the signature is %s.", id, state);
}

static bool write_text(struct file *file, const char *text)
{
    return file->stream != NULL && fputs(text, file->stream) != EOF;
}

static bool on_erased(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct certifying *certifying = arg;
    const struct options *options = certifying->options;
    bool is_trial = options_has(options, OPTION_DRY_RUN), goes_on = true;

    tell_erased(values, is_trial);
    certifying->has_none = values[CHANGED].number == 0 && !values[CERTIFICATE].is_set;
    if (!is_trial && values[CERTIFICATE].is_set && values[SIGNATURE].is_set) {
        certifying->is_written = write_text(&certifying->file, values[CERTIFICATE].text) &&
                                 write_text(&certifying->signature_file, values[SIGNATURE].text);
        /* It is erased by now: what cannot be written to its file is not to be lost. */
        if (!certifying->is_written)
            printf("%s\n%s", values[CERTIFICATE].text, values[SIGNATURE].text);
    }
    if (options_has(options, OPTION_JSON) || options_has(options, OPTION_JSONL)) {
        json_t *object = cell_row_json(schema, values);

        goes_on = output_json(options, object) || (perform_broken_output(), false);
        json_decref(object);
    }
    return goes_on;
}

/* An earlier certificate is evidence, and not to be had again. */
static int check_free(const struct certifying *certifying)
{
    const char *paths[] = {certifying->path, certifying->signature_path};

    if (options_has(certifying->options, OPTION_DRY_RUN))
        return EX_OK;
    for (size_t i = 0; i < 2; i++) {
        if (access(paths[i], F_OK) == 0) {
            talk_error("%s is there already, and a certificate is never written over: name another "
                       "file with -o FILE. Nothing was erased",
                       paths[i]);
            return EX_CANTCREAT;
        }
    }
    return EX_OK;
}

static int open_files(struct certifying *certifying)
{
    struct fault fault = {.text = ""};
    enum us_err err = file_open(certifying->path, &certifying->file, &fault);

    if (err != US_OK) {
        certifying->file.stream = NULL;
    } else {
        err = file_open(certifying->signature_path, &certifying->signature_file, &fault);
        if (err != US_OK) {
            certifying->signature_file.stream = NULL;
            file_abandon(&certifying->file);
        }
    }
    if (err == US_OK)
        return EX_OK;
    (void)talk_failure(err, &fault, NULL);
    talk_note("Nothing was erased.");
    return EX_CANTCREAT;
}

static int finish_files(struct certifying *certifying)
{
    struct fault fault = {.text = ""};
    enum us_err err = file_finish(&certifying->file, &fault);

    if (err != US_OK)
        file_abandon(&certifying->signature_file);
    else
        err = file_finish(&certifying->signature_file, &fault);
    if (err != US_OK) {
        (void)talk_failure(err, &fault, NULL);
        return EX_IOERR;
    }
    talk_note("The certificate is in %s, signed by %s (check it with minisign).", certifying->path,
              certifying->signature_path);
    return EX_OK;
}

static bool pass_columns(const struct row_schema *schema, void *arg)
{
    (void)schema;
    (void)arg;
    return true;
}

static bool pass_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    (void)schema;
    (void)values;
    (void)arg;
    return true;
}

/* What the service refuses it refuses before there are files. */
static int ask_first(const struct options *options)
{
    const struct client_handler handler = {.on_columns = pass_columns, .on_row = pass_row};
    const struct ask ask = {.arguments = NULL};
    struct options trial = *options;

    trial.values[OPTION_DRY_RUN] = "";
    return ask_once(&trial, &ask, &handler);
}

static int erase(struct certifying *certifying)
{
    const struct client_handler handler = {
        .on_columns = on_erased_columns, .on_row = on_erased, .arg = certifying};
    const struct ask ask = {.arguments = NULL};
    bool is_trial = options_has(certifying->options, OPTION_DRY_RUN);
    int status = is_trial ? EX_OK : ask_first(certifying->options);

    if (status == EX_OK && !is_trial)
        status = open_files(certifying);
    if (status != EX_OK)
        return status;
    status = ask_once(certifying->options, &ask, &handler);
    if (is_trial)
        return status;
    if (status == EX_OK && certifying->is_written)
        return finish_files(certifying);
    file_abandon(&certifying->file);
    file_abandon(&certifying->signature_file);
    if (status != EX_OK || certifying->has_none)
        return status;
    talk_error("the certificate could not be written to %s; it stands on standard output",
               certifying->path);
    return EX_IOERR;
}

int perform_erase(const struct options *options)
{
    const char *id = options->arguments[0];
    struct certifying certifying = {.options = options};
    int status;

    if (!options_has(options, OPTION_REASON)) {
        talk_error("signature erase: a reason is needed; add --reason TEXT, without the person's "
                   "name: it stays in the audit log");
        return EX_USAGE;
    }
    if (options_has(options, OPTION_OUTPUT) && strcmp(options->values[OPTION_OUTPUT], "-") == 0) {
        talk_error("signature erase: a certificate is two files: -o FILE, and FILE.minisig beside "
                   "it");
        return EX_USAGE;
    }
    certifying.path = options_has(options, OPTION_OUTPUT)
                          ? mem_string(options->values[OPTION_OUTPUT])
                          : mem_format("undersign-erased-%s.txt", id);
    certifying.signature_path = mem_format("%s.minisig", certifying.path);
    status = check_free(&certifying);
    if (status == EX_OK)
        status =
            confirm_name(options,
                         "This erases the name, the capacity and the mailbox of the person who "
                         "signed, and what was noted about the signature. It cannot be undone.",
                         id);
    if (status == EX_OK)
        status = erase(&certifying);
    free(certifying.path);
    free(certifying.signature_path);
    return status;
}
