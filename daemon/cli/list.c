/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What an audience may see the service has decided; here rows become a file, and it is said how
 * much that leaves out, and why. Mailboxes are opened here, with a key that the service never sees.
 */
#include "cli/list.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/file.h"
#include "cli/list_columns.h"
#include "cli/passphrase.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "crypto/organiser.h"
#include "crypto/random.h"
#include "render/grid.h"
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define ROWS_PER_LOOK 1024 /* at the progress */

static const enum command_id commands[] = {
    [LIST_CSV] = COMMAND_EXPORT_CSV,
    [LIST_XLSX] = COMMAND_EXPORT_XLSX,
    [LIST_JSON] = COMMAND_EXPORT_JSON,
    [LIST_JSONL] = COMMAND_EXPORT_JSONL,
};
static const enum grid_format formats[] = {
    [LIST_CSV] = GRID_CSV,
    [LIST_XLSX] = GRID_XLSX,
    [LIST_JSON] = GRID_JSON,
    [LIST_JSONL] = GRID_JSONL,
};

struct listing {
    const struct list_params *params;
    const char *fields; /* NULL: all */
    const char *key;    /* file that opens mailboxes; NULL: they are not asked for */
    char audience[16], addressee[128];
    int64_t version, edition, named, counted, gone;
    bool is_told; /* these were */
    struct organiser_secret secret;
    struct file file;
    struct list_columns columns; /* their names are the client's */
    struct grid *grid;           /* begun with the first row: before, nothing is written */
    struct progress *progress;
    int64_t rows;
    int status; /* of what was said here */
};

/* ---- what comes ---- */

static bool fail(struct listing *listing, enum us_err err, const struct fault *fault)
{
    progress_end(listing->progress);
    listing->progress = NULL;
    /* Whoever read our output has had enough: that needs no words. */
    if (errno == EPIPE && listing->file.stream == stdout && ferror(stdout) != 0)
        listing->status = perform_broken_output();
    else
        listing->status = talk_failure(err, fault, NULL);
    return false;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct listing *listing = arg;

    if (row_schema_begins(schema, &row_list))
        return true;
    if (!row_schema_begins(schema, &row_signature) &&
        !row_schema_begins(schema, &row_signature_ilo) &&
        !(listing->key != NULL && row_schema_begins(schema, &row_signature_contact))) {
        talk_error("the service sent columns that this version does not know");
        listing->status = EX_PROTOCOL;
        return false;
    }
    if (list_columns_choose(schema, listing->fields, &listing->columns))
        return true;
    listing->status = EX_USAGE;
    return false;
}

static int64_t number(const struct row_value *value)
{
    return value->is_set ? value->number : 0;
}

static void keep_totals(struct listing *listing, const struct row_value *values)
{
    snprintf(listing->audience, sizeof(listing->audience), "%s",
             values[0].is_set ? values[0].text : "");
    snprintf(listing->addressee, sizeof(listing->addressee), "%s",
             values[1].is_set ? values[1].text : "");
    listing->version = number(&values[2]);
    listing->edition = number(&values[3]);
    listing->named = number(&values[4]);
    listing->counted = number(&values[5]);
    listing->gone = number(&values[8]);
    listing->is_told = true;
    /* Rows that go to the same terminal would tear the bar apart. */
    if (listing->file.stream != stdout || isatty(STDOUT_FILENO) == 0)
        listing->progress = progress_new("Writing", listing->named);
}

static bool begin(struct listing *listing)
{
    const struct grid_params params = {
        .format = formats[listing->params->format],
        .file = listing->file.stream,
        .columns = listing->columns.columns,
        .count = listing->columns.count,
        .title = listing->params->slug,
    };
    struct fault fault = {.text = ""};
    enum us_err err = grid_begin(&params, &listing->grid, &fault);

    return err == US_OK || fail(listing, err, &fault);
}

/* The mailbox of a row, opened; the caller's, to be wiped. NULL with *holds: there is none. */
static char *open_email(const struct listing *listing, const struct row_value *values, bool *holds)
{
    const struct row_value *contact = &values[row_signature.count];
    uint8_t *sealed, *text = NULL;
    size_t len, text_len = 0;

    *holds = true;
    if (!contact->is_set)
        return NULL;
    sealed = mem_alloc(strlen(contact->text) + 1);
    *holds = sodium_base642bin(sealed, strlen(contact->text), contact->text, strlen(contact->text),
                               NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
             organiser_unseal(&listing->secret, contact[1].number, contact[2].number, sealed, len,
                              &text, &text_len) == US_OK &&
             utf8_is_valid((const char *)text, text_len);
    free(sealed);
    if (!*holds) {
        free(text);
        return NULL;
    }
    return (char *)text;
}

static bool add_row(struct listing *listing, const struct row_value *values, const char *email)
{
    struct row_value chosen[ROW_COLUMNS_MOST];
    struct fault fault = {.text = ""};
    enum us_err err;

    if (listing->grid == NULL && !begin(listing))
        return false;
    for (size_t i = 0; i < listing->columns.count; i++) {
        size_t from = listing->columns.from[i];
        chosen[i] = from == LIST_EMAIL ? row_text(email) : values[from];
    }
    err = grid_add(listing->grid, chosen, &fault);
    if (err != US_OK)
        return fail(listing, err, &fault);
    if (++listing->rows % ROWS_PER_LOOK == 0)
        progress_show(listing->progress, listing->rows);
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct listing *listing = arg;
    bool holds, goes_on;
    char *email;

    if (schema->count == row_list.count && strcmp(schema->name, row_list.name) == 0) {
        keep_totals(listing, values);
        return true;
    }
    if (listing->key == NULL)
        return add_row(listing, values, NULL);
    email = open_email(listing, values, &holds);
    if (!holds) {
        progress_end(listing->progress);
        listing->progress = NULL;
        talk_error("%s does not open the mailbox of signature %s: it is another key than the one "
                   "that mailbox was sealed to",
                   listing->key, values[0].is_set ? values[0].text : "");
        listing->status = EX_DATAERR;
        return false;
    }
    goes_on = add_row(listing, values, email);
    if (email != NULL)
        explicit_bzero(email, strlen(email));
    free(email);
    return goes_on;
}

/* ---- before and after ---- */

static void tell(const struct listing *listing)
{
    if (listing->audience[0] == '\0') {
        talk_note(
            "%" PRId64 " signature%s in %s, with everything. This list holds what signatories "
            "did not agree to show: it is for the organiser alone. Keep it safe and pass it "
            "to nobody.",
            listing->rows, listing->rows == 1 ? "" : "s",
            listing->params->options->values[OPTION_STATE] != NULL ? "that state" : "every state");
        return;
    }
    if (listing->edition != 0)
        talk_note("Edition %" PRId64 ", version %" PRId64
                  ", as %s, audience %s, may see it: %" PRId64 " named.",
                  listing->edition, listing->version, listing->addressee, listing->audience,
                  listing->named);
    else if (listing->addressee[0] != '\0')
        talk_note("Version %" PRId64 ", as %s, audience %s, may see it: %" PRId64 " named.",
                  listing->version, listing->addressee, listing->audience, listing->named);
    else
        talk_note("Version %" PRId64 ", as the public may see it: %" PRId64 " named.",
                  listing->version, listing->named);
    if (listing->counted > 0)
        talk_note("%" PRId64 " more %s listed and only counted: their signatories chose not to be "
                  "named to this audience.",
                  listing->counted, listing->counted == 1 ? "is" : "are");
    if (listing->gone > 0)
        talk_note("%" PRId64 " whom the edition held %s not listed any more and left out.",
                  listing->gone, listing->gone == 1 ? "is" : "are");
}

/* Why the options do not go together. The service says so too, to whoever asks it otherwise. */
static bool is_clash(const struct options *options)
{
    static const enum command_option_id others[] = {OPTION_ALL, OPTION_OF_VERSION, OPTION_STATE,
                                                    OPTION_CONTACTS};
    const char *state = options->values[OPTION_STATE];
    bool is_all = options_has(options, OPTION_ALL);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (options_has(options, OPTION_EDITION) && options_has(options, others[i])) {
            talk_error("--edition and --%s exclude each other: an edition has its addressee, its "
                       "version and its signatories",
                       command_options[others[i]].name);
            return true;
        }
    }
    if (is_all && options_has(options, OPTION_FOR)) {
        talk_error("--all and --for exclude each other: one is everything for the organiser, the "
                   "other what an addressee may see");
        return true;
    }
    if (!is_all && state != NULL && strcmp(state, "listed") != 0) {
        talk_error("only listed signatures may be shown to others; for those in another state add "
                   "--all, for the organiser alone");
        return true;
    }
    return false;
}

/* What is wrong with the options before anything is asked for. */
static int check(struct listing *listing)
{
    const struct options *options = listing->params->options;
    bool has_contacts = options_has(options, OPTION_CONTACTS);

    if (is_clash(options))
        return EX_USAGE;
    if (has_contacts && !options_has(options, OPTION_ALL)) {
        talk_error("--contacts goes with --all alone: mailboxes are the organiser's to know, and "
                   "nobody else's");
        return EX_USAGE;
    }
    if (has_contacts != options_has(options, OPTION_KEY)) {
        talk_error(has_contacts ? "--contacts needs --key FILE, the organiser's private key"
                                : "--key is for --contacts: without it there is nothing to open");
        return EX_USAGE;
    }
    if (!list_columns_check(listing->fields, has_contacts))
        return EX_USAGE;
    if (listing->params->format == LIST_XLSX && listing->params->path == NULL &&
        isatty(STDOUT_FILENO) != 0) {
        talk_error("a spreadsheet is nothing for a terminal; name a file with -o FILE");
        return EX_USAGE;
    }
    listing->key = has_contacts ? options->values[OPTION_KEY] : NULL;
    return EX_OK;
}

static int open_key(struct listing *listing)
{
    union { /* the callback's argument is not const in its type */
        const char *path;
        void *arg;
    } key = {.path = listing->key};
    struct fault fault = {.text = ""};
    enum us_err err;

    if (listing->key == NULL)
        return EX_OK;
    random_open();
    err = organiser_open_secret(listing->key, passphrase_ask, key.arg, &listing->secret, &fault);
    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

static int request(struct client *client, struct listing *listing)
{
    const struct list_params *params = listing->params;
    const struct client_handler handler = {on_columns, on_row, listing};
    char edition[24];
    const struct frame_option instead[] = {
        {"edition", edition}, {"version", NULL}, {"for", NULL},
        {"all", NULL},        {"state", NULL},   {"contacts", NULL},
    };
    struct ask ask = {
        .command = commands[params->format],
        .arguments = &params->slug,
        .argument_count = 1,
        .progress = &listing->progress,
    };
    int status;

    if (params->edition != 0) {
        snprintf(edition, sizeof(edition), "%" PRId64, params->edition);
        ask.options = instead;
        ask.option_count = sizeof(instead) / sizeof(instead[0]);
    }
    listing->status = EX_OK;
    status = ask_send(client, params->options, &ask, &handler);
    if (listing->status != EX_OK)
        return listing->status;
    if (status == EX_OK && !listing->is_told) {
        talk_error("the service did not say what the list holds");
        return EX_PROTOCOL;
    }
    return status;
}

/* A list of nobody is a list, with its columns. */
static int finish(struct listing *listing)
{
    struct fault fault = {.text = ""};
    struct grid *grid;
    enum us_err err;

    if (listing->grid == NULL && !begin(listing))
        return listing->status;
    grid = listing->grid;
    listing->grid = NULL;
    err = grid_end(grid, &fault);
    if (err != US_OK) {
        fail(listing, err, &fault);
        return listing->status;
    }
    progress_end(listing->progress);
    listing->progress = NULL;
    err = file_finish(&listing->file, &fault);
    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

int list_write(struct client *client, const struct list_params *params, int64_t *rows)
{
    struct listing listing = {
        .params = params,
        .fields = params->options->values[OPTION_FIELDS],
    };
    struct fault fault = {.text = ""};
    enum us_err err;
    int status = check(&listing);

    if (status == EX_OK)
        status = open_key(&listing);
    if (status != EX_OK)
        return status;
    err = file_open(params->path != NULL ? params->path : "-", &listing.file, &fault);
    if (err != US_OK) {
        organiser_wipe(&listing.secret);
        talk_failure(err, &fault, NULL);
        return EX_CANTCREAT;
    }
    status = request(client, &listing);
    organiser_wipe(&listing.secret);
    if (status == EX_OK)
        status = finish(&listing);
    grid_abandon(listing.grid);
    progress_end(listing.progress);
    file_abandon(&listing.file);
    if (status != EX_OK)
        return status;
    tell(&listing);
    *rows = listing.rows;
    return EX_OK;
}
