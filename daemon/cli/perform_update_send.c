/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An update by mail. The service gives out the sealed mailboxes of those who asked and were sent
 * nothing yet; they are opened here, with a key that it never sees, all of them before anything is
 * sent: a wrong key sends nothing. Then it is said how many there are, and asked. The mailboxes go
 * back in batches; what was queued stays queued, so a second run goes on where this one ended.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "cli/perform.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include "crypto/organiser.h"
#include "crypto/random.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define BATCH 200 /* mailboxes in one request */
#define TITLE 3   /* columns of row_update */
#define WANTED 4
#define MAILED 5

struct sending {
    const struct options *options;
    struct organiser_secret secret;
    char *title;
    int64_t wanted, mailed;
    bool is_told;      /* these were */
    char **words;      /* ids and mailboxes by turns */
    size_t count, cap; /* words */
    size_t closed;     /* mailboxes that the key does not open */
    struct progress *progress;
    int64_t done, failed;
};

/* ---- opening ---- */

static bool on_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_update) || row_schema_begins(schema, &row_update_text) ||
        row_schema_begins(schema, &row_update_contact) ||
        row_schema_begins(schema, &row_update_mail))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

/* The caller's, to be wiped; NULL: it was sealed to another key. */
static char *open_mailbox(const struct sending *sending, const struct row_value *values)
{
    const char *contact = values[1].is_set ? values[1].text : "";
    uint8_t *sealed = mem_alloc(strlen(contact) + 1), *plain = NULL;
    size_t len = 0, plain_len = 0;
    char *mailbox = NULL;

    if (sodium_base642bin(sealed, strlen(contact), contact, strlen(contact), NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
        organiser_unseal(&sending->secret, values[2].number, values[3].number, sealed, len, &plain,
                         &plain_len) == US_OK &&
        utf8_is_valid((const char *)plain, plain_len))
        mailbox = mem_string_part((const char *)plain, plain_len);
    if (plain != NULL)
        explicit_bzero(plain, plain_len);
    free(plain);
    free(sealed);
    return mailbox;
}

static void keep(struct sending *sending, const struct row_value *values)
{
    char *mailbox = open_mailbox(sending, values);

    if (mailbox == NULL || !values[0].is_set) {
        free(mailbox);
        sending->closed++;
        return;
    }
    if (sending->count + 2 > sending->cap) {
        sending->cap = sending->cap > 0 ? 2 * sending->cap : 64;
        sending->words = mem_resize(sending->words, sending->cap, sizeof(*sending->words));
    }
    sending->words[sending->count++] = mem_string(values[0].text);
    sending->words[sending->count++] = mailbox;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct sending *sending = arg;

    if (strcmp(schema->name, row_update.name) == 0) {
        free(sending->title);
        sending->title = mem_string(values[TITLE].is_set ? values[TITLE].text : "");
        sending->wanted = values[WANTED].number;
        sending->mailed = values[MAILED].number;
        sending->is_told = true;
    } else if (strcmp(schema->name, row_update_contact.name) == 0) {
        keep(sending, values);
    }
    return true;
}

static void clear(struct sending *sending)
{
    for (size_t i = 0; i < sending->count; i++) {
        explicit_bzero(sending->words[i], strlen(sending->words[i]));
        free(sending->words[i]);
    }
    free(sending->words);
    free(sending->title);
    organiser_wipe(&sending->secret);
    progress_end(sending->progress);
}

static int open_key(struct sending *sending)
{
    union { /* the callback's argument is not const in its type */
        const char *path;
        void *arg;
    } key = {.path = sending->options->values[OPTION_KEY]};
    struct fault fault = {.text = ""};
    enum us_err err;

    if (key.path == NULL) {
        talk_error("update send: needs --key FILE, the organiser's private key");
        return EX_USAGE;
    }
    random_open();
    err = organiser_open_secret(key.path, passphrase_ask, key.arg, &sending->secret, &fault);
    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

/* ---- asking ---- */

/* Whether there is anything to send with that key. */
static int check_opened(const struct sending *sending)
{
    const char *key = sending->options->values[OPTION_KEY];

    if (!sending->is_told) {
        talk_error("the service did not say what the update is");
        return EX_PROTOCOL;
    }
    if (sending->closed == 0)
        return EX_OK;
    if (sending->count == 0) {
        talk_error("%s opens none of the %zu mailboxes: it is another key than the one they were "
                   "sealed to; nothing was sent",
                   key, sending->closed);
        return EX_DATAERR;
    }
    talk_note("%s does not open %zu of the mailboxes, which were sealed to another key; they are "
              "left out. Run it again with that key.",
              key, sending->closed);
    return EX_OK;
}

static int ask_before(const struct sending *sending)
{
    size_t count = sending->count / 2;
    char *question;
    int status;

    talk_note("Update %s: %s", sending->options->arguments[1], sending->title);
    talk_note("%" PRId64 " signator%s for news; for %" PRId64 " a mail was queued before.",
              sending->wanted, sending->wanted == 1 ? "y asked" : "ies asked", sending->mailed);
    question = mem_format("Mail it to %zu signator%s? It cannot be taken back.", count,
                          count == 1 ? "y" : "ies");
    status = confirm_question(sending->options, question);
    free(question);
    return status;
}

/* ---- sending ---- */

static bool on_queued(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct sending *sending = arg;

    (void)schema;
    if (values[1].number != 0) {
        sending->done++;
    } else {
        sending->failed++;
        progress_end(sending->progress);
        sending->progress = NULL;
        talk_error("%s: refused: it has left the list, wants no news any more, was sent this "
                   "before, or another mailbox signed",
                   values[0].is_set ? values[0].text : "");
    }
    progress_show(sending->progress, sending->done + sending->failed);
    return true;
}

static int send_batches(struct client *client, struct sending *sending)
{
    const struct client_handler handler = {on_columns, on_queued, sending};
    const char *words[2 + 2 * BATCH] = {sending->options->arguments[0],
                                        sending->options->arguments[1]};
    struct ask ask = {
        .command = COMMAND_UPDATE_QUEUE, .arguments = words, .progress = &sending->progress};
    int status = EX_OK;

    sending->progress = progress_new("Queueing", (int64_t)(sending->count / 2));
    for (size_t at = 0; at < sending->count && status == EX_OK;) {
        size_t n = sending->count - at < (size_t)2 * BATCH ? sending->count - at : 2 * BATCH;

        memcpy(words + 2, sending->words + at, n * sizeof(*words));
        ask.argument_count = 2 + n;
        status = ask_send(client, sending->options, &ask, &handler);
        at += n;
    }
    progress_end(sending->progress);
    sending->progress = NULL;
    return status;
}

static void tell(const struct sending *sending, int status)
{
    if (options_has(sending->options, OPTION_JSON)) {
        json_t *object =
            json_pack("{s:I, s:I, s:I}", "queued", (json_int_t)sending->done, "failed",
                      (json_int_t)sending->failed, "unopened", (json_int_t)sending->closed);

        output_json(sending->options, object);
        json_decref(object);
    }
    talk_note("%" PRId64 " queued, %" PRId64 " failed%s", sending->done, sending->failed,
              status != EX_OK ? "; run it again to go on where it ended" : "");
}

static int send_all(struct client *client, struct sending *sending)
{
    const struct client_handler handler = {on_columns, on_row, sending};
    const struct ask ask = {.arguments = NULL};
    int status = ask_send(client, sending->options, &ask, &handler);

    if (status == EX_OK)
        status = check_opened(sending);
    if (status != EX_OK)
        return status;
    if (sending->count > 0) {
        status = ask_before(sending);
        if (status != EX_OK)
            return status;
        status = send_batches(client, sending);
    } else {
        talk_note("Nobody is left to send it to: of %" PRId64 " signator%s for news each was sent "
                  "it.",
                  sending->wanted, sending->wanted == 1 ? "y that asked" : "ies that asked");
    }
    tell(sending, status);
    if (status == EX_OK && (sending->failed > 0 || sending->closed > 0))
        status = TALK_STATUS_PARTLY;
    return fflush(stdout) == 0 ? status : perform_broken_output();
}

int perform_update_send(const struct options *options)
{
    struct sending sending = {.options = options};
    struct client *client;
    int status = confirm_can_ask(options);

    if (status == EX_OK)
        status = open_key(&sending);
    if (status == EX_OK)
        status = ask_open(options, &client);
    if (status == EX_OK) {
        status = send_all(client, &sending);
        client_close(client);
    }
    clear(&sending);
    return status;
}
