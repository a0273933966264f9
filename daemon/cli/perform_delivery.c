/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Deliveries: one by mail, which asks before anything leaves; one made by hand, noted; an answer,
 * noted; and what there was. Files that were delivered or that came stay here: their digests go.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/show.h"
#include "cli/talk.h"
#include "crypto/digest.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Of row_edition, by place. */
enum {
    EDITION_NUMBER = 0,
    EDITION_ADDRESSEE = 1,
    EDITION_STATE = 6,
    EDITION_HOW = 8,
    EDITION_DAY = 9,
    EDITION_WITHDRAWN = 18,
    EDITION_STRUCK = 19,
};

static int need(const struct options *options, enum command_option_id option)
{
    const struct command *command = &command_table[options->command];

    if (options_has(options, option))
        return EX_OK;
    talk_error("%s %s: needs --%s %s", command->noun, command->verb, command_options[option].name,
               command_options[option].value);
    return EX_USAGE;
}

/* "sha256:HEX NAME" of a file; NULL where it cannot be read, which has been said. The caller's. */
static char *describe_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    FILE *file = fopen(path, "re");
    bool is_read = file != NULL && digest_sha256_file(file, digest);

    if (!is_read)
        talk_error("cannot read %s: %s", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    if (!is_read)
        return NULL;
    digest_hex(digest, hex);
    return mem_format("sha256:%s %s", hex, slash != NULL ? slash + 1 : path);
}

struct told { /* the one row that comes */
    const struct row_schema *expected;
    struct output *output; /* NULL: not asked for */
    int64_t number, day;
    bool has_day, is_told;
    char *addressee, *state, *how;
};

static void keep(char **into, const struct row_value *value)
{
    free(*into);
    *into = value->is_set ? mem_string(value->text) : NULL;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    const struct told *told = arg;

    if (!row_schema_begins(schema, told->expected)) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    if (told->output != NULL)
        output_columns(told->output, schema);
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct told *told = arg;

    told->is_told = true;
    told->number = values[EDITION_NUMBER].number;
    if (told->expected == &row_edition) {
        keep(&told->addressee, &values[EDITION_ADDRESSEE]);
        keep(&told->state, &values[EDITION_STATE]);
        keep(&told->how, &values[EDITION_HOW]);
        told->has_day = values[EDITION_DAY].is_set;
        told->day = values[EDITION_DAY].number;
    }
    return told->output == NULL || output_row(told->output, schema, values) ||
           (perform_broken_output(), false);
}

/* Asks for what answers with one row, and prints that as JSON where JSON is wanted. */
static int ask_told(const struct options *options, const struct ask *ask, struct told *told)
{
    const struct client_handler handler = {on_columns, on_row, told};
    int status;

    if (options_has(options, OPTION_JSON))
        told->output = output_new(options, OUTPUT_ITEM);
    status = ask_once(options, ask, &handler);
    if (status == EX_OK && !told->is_told) {
        talk_error("the service did not say what it did");
        status = EX_PROTOCOL;
    }
    if (told->output != NULL && status != EX_OK)
        output_free(told->output);
    else if (told->output != NULL && !output_end(told->output))
        status = perform_broken_output();
    told->output = NULL;
    return status;
}

static void told_clear(struct told *told)
{
    free(told->addressee);
    free(told->state);
    free(told->how);
}

/* Sends the command as typed, with a file's digest in the file's place. */
static int ask_with_file(const struct options *options, struct told *told)
{
    const char *path = options->values[OPTION_FILE];
    struct frame_option instead = {command_options[OPTION_FILE].name, NULL};
    const struct ask ask = {.options = &instead, .option_count = 1};
    char *file = NULL;
    int status;

    if (path != NULL && (file = describe_file(path)) == NULL)
        return EX_NOINPUT;
    instead.value = file;
    status = ask_told(options, &ask, told);
    free(file);
    return status;
}

/* ---- record, respond ---- */

int perform_record(const struct options *options)
{
    struct told told = {.expected = &row_edition};
    char day[16] = "that day";
    int status = need(options, OPTION_HOW);

    if (status == EX_OK &&
        options_has(options, OPTION_EDITION) == options_has(options, OPTION_FILE)) {
        talk_error("delivery record: say which letter it was: --edition N, or --file FILE, the "
                   "letter itself");
        status = EX_USAGE;
    }
    if (status == EX_OK)
        status = ask_with_file(options, &told);
    if (status == EX_OK && !told.has_day) {
        talk_note("Edition %" PRId64 ": noted that it never left; to send the letter: undersign "
                  "delivery send %s --to %s",
                  told.number, options->arguments[0],
                  told.addressee != NULL ? told.addressee : "ADDRESSEE");
    } else if (status == EX_OK) {
        clock_print_day(told.day, day);
        talk_note("Edition %" PRId64 ": noted as delivered to %s on %s (%s).", told.number,
                  told.addressee != NULL ? told.addressee : "nobody", day,
                  told.how != NULL ? told.how : "unknown");
    }
    told_clear(&told);
    return status;
}

int perform_respond(const struct options *options)
{
    struct told told = {.expected = &row_response};
    int status = need(options, OPTION_EDITION);

    if (status == EX_OK)
        status = need(options, OPTION_NOTE);
    if (status == EX_OK)
        status = ask_with_file(options, &told);
    if (status == EX_OK)
        talk_note("Noted an answer to edition %" PRId64 ".", told.number);
    told_clear(&told);
    return status;
}

/* ---- show ---- */

struct gone { /* from an edition's list since it was made */
    int64_t withdrawn, struck;
};

static void keep_gone(const struct row_value *values, void *arg)
{
    struct gone *gone = arg;

    gone->withdrawn = values[EDITION_WITHDRAWN].number;
    gone->struck = values[EDITION_STRUCK].number;
}

static void tell_gone(int64_t number, const char *what, const char *one, const char *many)
{
    if (number > 0)
        talk_note("%" PRId64 " organisation%s in it %s %s since; %s in no later edition.", number,
                  number == 1 ? "" : "s", number == 1 ? one : many, what,
                  number == 1 ? "it is" : "they are");
}

int perform_delivery(const struct options *options)
{
    struct gone gone = {.withdrawn = 0};
    const struct show show = {.item = &row_edition,
                              .list = &row_response,
                              .list_key = "answers",
                              .on_item = keep_gone,
                              .arg = &gone};
    int status = need(options, OPTION_EDITION);

    if (status == EX_OK)
        status = show_item(options, &show);
    if (status == EX_OK) {
        tell_gone(gone.withdrawn, "withdrawn", "has", "have");
        tell_gone(gone.struck, "been struck", "has", "have");
    }
    return status;
}
