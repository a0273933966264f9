/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's news: published, listed, taken off, mailed. Mailboxes leave the service as they
 * are kept, sealed; those that come back for a mail are in no log and in no answer.
 */
#include "appeal/update_mail.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/work.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS_MOST 9
#define LIST_MOST 1000   /* the newest ones */
#define MAILBOXES_FROM 2 /* arguments: the appeal, the number, then ids and mailboxes by turns */

struct chosen { /* what the arguments name */
    struct appeal *appeal;
    int64_t number;
};

static enum us_err refuse_number(struct call *call, int64_t number)
{
    fault_set(&call->fault, NULL, 0,
              "the appeal %s has no update %" PRId64
              "; `undersign update list` says which there are",
              call->request->arguments[0], number);
    return US_NOT_FOUND;
}

static enum us_err take_number(struct call *call, int64_t *out)
{
    const char *typed = call->request->arguments[1];
    size_t len = strlen(typed);

    if (len == 0 || len > NUMBER_DIGITS_MOST || strspn(typed, "0123456789") != len ||
        typed[0] == '0') {
        fault_set(&call->fault, NULL, 0,
                  "behind the appeal stands an update's number, such as 1; `undersign update list` "
                  "says which there are");
        return US_INVALID;
    }
    *out = strtoll(typed, NULL, 10);
    return US_OK;
}

static enum us_err read_appeal(struct reader *reader, struct call *call, void *arg)
{
    return call_load_appeal(reader, call, arg);
}

static enum us_err choose(struct call *call, struct chosen *out)
{
    enum us_err err = take_number(call, &out->number);

    if (err == US_OK)
        err = call_check_reason(call);
    return err == US_OK ? call_read(call, read_appeal, &out->appeal) : err;
}

/* ---- rows ---- */

#define NOT_COUNTED (-1)

static bool add_update(struct answer *answer, const struct appeal *appeal,
                       const struct update *update, const struct update_mail_counts *counts)
{
    const char *authoritative = appeal->settings->authoritative;
    const char *languages[UPDATE_FILES_MOST];
    size_t count = 0;

    for (; count < update->text_count && count < UPDATE_FILES_MOST; count++)
        languages[count] = update->texts[count].language;
    return answer_row(answer,
                      (struct row_value[]){
                          row_number(update->number),
                          row_number(update->published_at),
                          row_texts(languages, count),
                          row_text(update_text_in(update, authoritative, authoritative)->title),
                          row_number_if(counts->wanted != NOT_COUNTED, counts->wanted),
                          row_number(counts->queued),
                          row_number_if(counts->left != NOT_COUNTED, counts->left),
                      });
}

/* ---- publish ---- */

struct publishing {
    struct appeal *appeal;
    int64_t number;
};

static enum us_err read_published(struct reader *reader, struct call *call, void *arg)
{
    const struct publishing *publishing = arg;
    const struct appeal *appeal = publishing->appeal;
    struct update_mail_counts counts;
    struct update update;
    enum us_err err = update_find(reader, appeal->id, publishing->number, &update);

    if (err != US_OK)
        return err;
    err = update_mail_count(reader, appeal->id, update.number, &counts);
    if (err == US_OK) {
        answer_columns(call->answer, &row_update);
        (void)add_update(call->answer, appeal, &update, &counts);
    }
    update_clear(&update);
    return err;
}

enum us_err update_work_publish(struct call *call)
{
    struct publishing publishing = {.appeal = NULL};
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = call_read(call, read_appeal, &publishing.appeal);
    if (err != US_OK)
        return err;
    err = update_publish(call->site,
                         &(struct update_publish){
                             .appeal = publishing.appeal,
                             .files = call->files,
                             .count = call->file_count,
                             .actor = call->actor,
                             .reason = call->request->options[OPTION_REASON],
                             .now = clock_now(),
                         },
                         &publishing.number, &call->fault);
    if (err == US_OK)
        err = call_read(call, read_published, &publishing);
    else if (err == US_DUPLICATE)
        fault_set(&call->fault, NULL, 0,
                  "update %" PRId64 " says the same to the byte; nothing was published",
                  publishing.number);
    appeal_free(publishing.appeal);
    return err;
}

/* ---- list, show ---- */

struct listing {
    struct call *call;
    struct reader *reader;
    struct appeal *appeal;
    enum us_err err;
};

static bool on_listed(const struct update *update, void *arg)
{
    struct listing *listing = arg;
    struct update_mail_counts counts = {.wanted = NOT_COUNTED, .left = NOT_COUNTED};

    listing->err = update_mail_count_queued(listing->reader, listing->appeal->id, update->number,
                                            &counts.queued);
    return listing->err == US_OK &&
           add_update(listing->call->answer, listing->appeal, update, &counts);
}

static enum us_err read_list(struct reader *reader, struct call *call, void *arg)
{
    struct listing *listing = arg;
    enum us_err err = call_load_appeal(reader, call, &listing->appeal);

    listing->reader = reader;
    if (err != US_OK)
        return err;
    err = update_each(reader, listing->appeal->id, INT64_MAX, LIST_MOST, on_listed, listing);
    if (err == US_OK)
        err = listing->err;
    appeal_free(listing->appeal);
    return err;
}

enum us_err update_work_list(struct call *call)
{
    struct listing listing = {.call = call};

    answer_columns(call->answer, &row_update);
    return call_read(call, read_list, &listing);
}

static void add_texts(struct call *call, const struct update *update)
{
    answer_columns(call->answer, &row_update_text);
    for (size_t i = 0; i < update->text_count; i++) {
        const struct update_text *text = &update->texts[i];

        if (!answer_row(call->answer,
                        (struct row_value[]){row_text(text->language), row_text(text->title),
                                             row_text(text->body)}))
            return;
    }
}

static enum us_err read_one(struct reader *reader, struct call *call, void *arg)
{
    const struct chosen *chosen = arg;
    struct update_mail_counts counts;
    struct update update;
    enum us_err err = update_find(reader, chosen->appeal->id, chosen->number, &update);

    if (err == US_NOT_FOUND)
        return refuse_number(call, chosen->number);
    if (err != US_OK)
        return err;
    err = update_mail_count(reader, chosen->appeal->id, update.number, &counts);
    if (err == US_OK) {
        answer_columns(call->answer, &row_update);
        if (add_update(call->answer, chosen->appeal, &update, &counts))
            add_texts(call, &update);
    }
    update_clear(&update);
    return err;
}

enum us_err update_work_show(struct call *call)
{
    struct chosen chosen = {.appeal = NULL};
    enum us_err err = choose(call, &chosen);

    if (err == US_OK)
        err = call_read(call, read_one, &chosen);
    appeal_free(chosen.appeal);
    return err;
}

/* ---- remove ---- */

enum us_err update_work_remove(struct call *call)
{
    struct chosen chosen = {.appeal = NULL};
    enum us_err err = choose(call, &chosen);

    if (err != US_OK)
        return err;
    err = update_remove(call->site, &(struct update_remove){
                                        .appeal = chosen.appeal,
                                        .number = chosen.number,
                                        .actor = call->actor,
                                        .reason = call->request->options[OPTION_REASON],
                                        .now = clock_now(),
                                    });
    if (err == US_NOT_FOUND)
        err = refuse_number(call, chosen.number);
    appeal_free(chosen.appeal);
    return err;
}

/* ---- send: what the organiser's program opens ---- */

static bool add_contact(const struct update_contact *contact, void *arg)
{
    struct listing *listing = arg;
    size_t size = sodium_base64_encoded_len(contact->len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(size);
    bool goes_on;

    sodium_bin2base64(text, size, contact->sealed, contact->len, sodium_base64_VARIANT_ORIGINAL);
    goes_on =
        answer_row(listing->call->answer,
                   (struct row_value[]){row_text(contact->id), row_text(text),
                                        row_number(listing->appeal->id), row_number(contact->row)});
    free(text);
    return goes_on;
}

static enum us_err read_contacts(struct reader *reader, struct call *call, void *arg)
{
    const struct chosen *chosen = arg;
    struct listing listing = {.call = call, .reader = reader, .appeal = chosen->appeal};

    answer_columns(call->answer, &row_update_contact);
    return update_mail_each(reader, chosen->appeal->id, chosen->number, add_contact, &listing);
}

enum us_err update_work_send(struct call *call)
{
    struct chosen chosen = {.appeal = NULL};
    struct answer *contacts = answer_open(call->config, call->answer->peer);
    struct answer *first = call->answer;
    enum us_err err = choose(call, &chosen);

    first->next = contacts;
    if (err == US_OK)
        err = call_read(call, read_one, &chosen);
    if (err == US_OK) {
        call->answer = contacts;
        err = call_read(call, read_contacts, &chosen);
        call->answer = first;
    }
    /* Who was given mailboxes, though sealed, stands there before the first of them is sent. */
    if (err == US_OK) {
        char *said = mem_format("update %" PRId64, chosen.number);

        err = site_note(call->site, call->actor, "update.contacts", chosen.appeal->slug, said);
        free(said);
    }
    appeal_free(chosen.appeal);
    return err;
}

/* ---- queue: what it opened ---- */

static void add_results(struct call *call, const struct update_send *what)
{
    answer_columns(call->answer, &row_update_mail);
    for (size_t i = 0; i < what->count; i++) {
        enum us_err err = what->mailboxes[i].err;

        if (!answer_row(call->answer, (struct row_value[]){
                                          row_text(what->mailboxes[i].id), row_flag(err == US_OK),
                                          row_text(err == US_OK ? NULL : "refused")}))
            return;
    }
}

enum us_err update_work_queue(struct call *call)
{
    const struct request *request = call->request;
    struct chosen chosen = {.appeal = NULL};
    size_t count = (request->argument_count - MAILBOXES_FROM) / 2;
    struct update_send what = {
        .mailboxes = mem_zero((count + 1) * sizeof(*what.mailboxes)),
        .count = count,
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
        .now = clock_now(),
    };
    enum us_err err = choose(call, &chosen);

    if (err == US_OK &&
        (count > UPDATE_MAIL_BATCH || request->argument_count != MAILBOXES_FROM + 2 * count)) {
        fault_set(&call->fault, NULL, 0, "each id has its mailbox, at most %d of them at a time",
                  UPDATE_MAIL_BATCH);
        err = US_INVALID;
    }
    if (err == US_OK) {
        for (size_t i = 0; i < count; i++) {
            what.mailboxes[i].id = request->arguments[MAILBOXES_FROM + 2 * i];
            what.mailboxes[i].mailbox = request->arguments[MAILBOXES_FROM + 2 * i + 1];
        }
        what.appeal = chosen.appeal;
        what.number = chosen.number;
        err = update_mail_queue(call->site, &what);
        if (err == US_NOT_FOUND)
            err = refuse_number(call, chosen.number);
    }
    if (err == US_OK)
        add_results(call, &what);
    appeal_free(chosen.appeal);
    free(what.mailboxes);
    return err;
}
