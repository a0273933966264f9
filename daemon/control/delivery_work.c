/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Deliveries: sent, noted, answered, told. Files of addressees stay with whoever has them; a digest
 * and a name come here. */
#include "appeal/delivery.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/choice.h"
#include "control/work.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FILE_PREFIX "sha256:" /* of --file: "sha256:HEX NAME" */
#define HEX_LEN (2 * DIGEST_SIZE)

/* ---- rows ---- */

struct counts { /* of answers, by edition */
    struct {
        int64_t edition, answers;
    } * of;
    size_t count;
};

static bool count_response(const struct delivery_response *response, void *arg)
{
    struct counts *counts = arg;

    for (size_t i = 0; i < counts->count; i++) {
        if (counts->of[i].edition == response->number) {
            counts->of[i].answers++;
            return true;
        }
    }
    counts->of = mem_resize(counts->of, counts->count + 1, sizeof(*counts->of));
    counts->of[counts->count].edition = response->number;
    counts->of[counts->count++].answers = 1;
    return true;
}

static int64_t find_count(const struct counts *counts, int64_t edition)
{
    for (size_t i = 0; i < counts->count; i++) {
        if (counts->of[i].edition == edition)
            return counts->of[i].answers;
    }
    return 0;
}

/* since: NULL where nobody looked. */
static bool add_edition(struct answer *answer, const struct edition *edition, int64_t answers,
                        const struct delivery_since *since)
{
    char digest[DIGEST_HEX_SIZE];

    digest_hex(edition->file_digest, digest);
    return answer_row(answer,
                      (struct row_value[]){
                          row_number(edition->number),
                          row_text(edition->addressee),
                          row_text(edition_kind_name(edition->kind)),
                          row_text(letter_form_name(edition->form)),
                          row_text(edition->language),
                          row_number(edition->version),
                          row_text(edition_state_name(edition->state)),
                          row_number(edition->made_at),
                          row_text(edition->has_way ? delivery_way_name(edition->way) : NULL),
                          row_number_if(edition->has_delivery, edition->delivered_on),
                          row_number(edition->totals.named),
                          row_number(edition->totals.counted),
                          row_number(edition->totals.members),
                          row_number(edition->totals.countries),
                          row_number_if(edition->supplement_of != 0, edition->supplement_of),
                          row_text(edition->reference),
                          row_text(edition->note),
                          row_text(edition->has_file ? digest : NULL),
                          row_number_if(since != NULL, since != NULL ? since->withdrawn : 0),
                          row_number_if(since != NULL, since != NULL ? since->struck : 0),
                          row_number(answers),
                      });
}

static bool add_response(const struct delivery_response *response, void *arg)
{
    char digest[DIGEST_HEX_SIZE];

    digest_hex(response->attachment_digest, digest);
    return answer_row(arg, (struct row_value[]){
                               row_number(response->number),
                               row_number(response->received_on),
                               row_text(response->note),
                               row_text(response->attachment),
                               row_text(response->attachment != NULL ? digest : NULL),
                           });
}

/* ---- list, show ---- */

struct listing {
    struct answer *answer;
    struct counts counts;
};

static bool list_edition(const struct edition *edition, void *arg)
{
    struct listing *listing = arg;

    return add_edition(listing->answer, edition, find_count(&listing->counts, edition->number),
                       NULL);
}

static enum us_err read_list(struct reader *reader, struct call *call, void *arg)
{
    struct listing listing = {.answer = call->answer};
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    (void)arg;
    if (err != US_OK)
        return err;
    err = delivery_each_response(reader, appeal->id, 0, count_response, &listing.counts);
    if (err == US_OK)
        err = edition_each(reader, appeal->id, list_edition, &listing);
    free(listing.counts.of);
    appeal_free(appeal);
    return err;
}

enum us_err delivery_work_list(struct call *call)
{
    answer_columns(call->answer, &row_edition);
    return call_read(call, read_list, NULL);
}

/* One that an option names, or its file. */
struct subject {
    struct appeal *appeal; /* of the edition's version */
    int64_t number;        /* 0: find it by its file */
    uint8_t digest[DIGEST_SIZE];
    struct edition edition;
    bool has_since;
    struct delivery_since since;
    struct counts counts;
};

static void subject_clear(struct subject *subject)
{
    edition_clear(&subject->edition);
    free(subject->counts.of);
    appeal_free(subject->appeal);
}

static enum us_err find_edition(struct reader *reader, struct call *call, struct subject *subject)
{
    const char *slug = call->request->arguments[0];
    enum us_err err;

    if (subject->number != 0) {
        err = edition_find(reader, subject->appeal->id, subject->number, &subject->edition);
        if (err == US_NOT_FOUND)
            fault_set(&call->fault, NULL, 0,
                      "the appeal %s has no edition %" PRId64
                      "; `undersign delivery list %s` says which there are",
                      slug, subject->number, slug);
        return err;
    }
    err = edition_find_file(reader, subject->appeal->id, subject->digest, &subject->edition);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "the file is none that was drawn for an edition of %s; was it changed?", slug);
    return err;
}

/* The edition, what became of it, and the appeal as it was signed. */
static enum us_err read_subject(struct reader *reader, struct call *call, void *arg)
{
    struct subject *subject = arg;
    struct appeal *chosen;
    enum us_err err;

    edition_clear(&subject->edition);
    appeal_free(subject->appeal);
    subject->appeal = NULL;
    subject->counts.count = 0;
    err = call_load_appeal(reader, call, &subject->appeal);
    if (err == US_OK)
        err = find_edition(reader, call, subject);
    if (err != US_OK)
        return err;
    if (subject->edition.version != subject->appeal->version) {
        err = appeal_load_version(reader, call->site, subject->appeal, subject->edition.version,
                                  &chosen, &call->fault);
        if (err != US_OK)
            return err;
        appeal_free(subject->appeal);
        subject->appeal = chosen;
    }
    err = delivery_each_response(reader, subject->appeal->id, subject->edition.number,
                                 count_response, &subject->counts);
    subject->has_since = subject->edition.state == EDITION_DELIVERED ||
                         subject->edition.state == EDITION_SENDING ||
                         subject->edition.state == EDITION_HELD;
    if (err == US_OK && subject->has_since)
        err = delivery_look(reader, &subject->edition, &subject->since);
    return err;
}

/* Its row, read again: what was done to it stands in it. */
static enum us_err answer_subject(struct call *call, struct subject *subject)
{
    enum us_err err = call_read(call, read_subject, subject);

    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_edition);
    if (!add_edition(call->answer, &subject->edition,
                     find_count(&subject->counts, subject->edition.number),
                     subject->has_since ? &subject->since : NULL))
        return call->answer->err;
    return US_OK;
}

static enum us_err read_responses(struct reader *reader, struct call *call, void *arg)
{
    const struct subject *subject = arg;

    return delivery_each_response(reader, subject->edition.appeal, subject->edition.number,
                                  add_response, call->answer);
}

enum us_err delivery_work_show(struct call *call)
{
    struct subject subject = {.appeal = NULL};
    enum us_err err = choice_number(call, OPTION_EDITION, &subject.number);

    if (err == US_OK)
        err = answer_subject(call, &subject);
    if (err == US_OK && subject.counts.count > 0) {
        answer_columns(call->answer, &row_response);
        err = call_read(call, read_responses, &subject);
    }
    subject_clear(&subject);
    return err;
}

/* ---- what is told of files ---- */

/* --file as it comes: "sha256:HEX NAME"; *name is borrowed from the request. */
static enum us_err read_file_option(struct call *call, uint8_t digest[DIGEST_SIZE],
                                    const char **name)
{
    const char *typed = call->request->options[OPTION_FILE];
    size_t prefix = strlen(FILE_PREFIX);
    char hex[HEX_LEN + 1];

    if (strncmp(typed, FILE_PREFIX, prefix) != 0 || strlen(typed) < prefix + HEX_LEN + 2 ||
        typed[prefix + HEX_LEN] != ' ') {
        fault_set(&call->fault, NULL, 0, "--file comes as sha256:DIGEST NAME");
        return US_INVALID;
    }
    memcpy(hex, typed + prefix, HEX_LEN);
    hex[HEX_LEN] = '\0';
    *name = typed + prefix + HEX_LEN + 1;
    return choice_digest(call, hex, digest);
}

/* ---- send, record, respond ---- */

enum us_err delivery_work_send(struct call *call)
{
    struct subject subject = {.appeal = NULL};
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = choice_number(call, OPTION_EDITION, &subject.number);
    if (err == US_OK && call->file_count != 1) {
        fault_set(&call->fault, NULL, 0, "no letter came with the request");
        err = US_INVALID;
    }
    if (err == US_OK)
        err = call_read(call, read_subject, &subject);
    if (err == US_OK)
        err = delivery_send(call->site,
                            &(struct delivery_send){
                                .appeal = subject.appeal,
                                .number = subject.number,
                                .file = call->files[0].data,
                                .len = call->files[0].len,
                                .actor = call->actor,
                                .reason = call->request->options[OPTION_REASON],
                                .now = clock_now(),
                            },
                            &call->fault);
    if (err == US_OK)
        err = answer_subject(call, &subject);
    subject_clear(&subject);
    return err;
}

static enum us_err read_way(struct call *call, struct delivery_record *out)
{
    const char *typed = call->request->options[OPTION_HOW];

    out->never_left = typed != NULL && strcmp(typed, "none") == 0;
    if (out->never_left || (typed != NULL && delivery_way_from_name(typed, &out->way)))
        return US_OK;
    fault_set(&call->fault, NULL, 0, "--how is mail, post, registered, hand, other or none");
    return US_INVALID;
}

/* By --edition, by --file, or by both where they agree. */
static enum us_err choose_subject(struct call *call, struct subject *subject)
{
    const struct request *request = call->request;
    bool has_file = request->options[OPTION_FILE] != NULL;
    const char *name;
    enum us_err err = US_OK;

    if (!has_file || request->options[OPTION_EDITION] != NULL)
        err = choice_number(call, OPTION_EDITION, &subject->number);
    if (err == US_OK && has_file)
        err = read_file_option(call, subject->digest, &name);
    if (err == US_OK)
        err = call_read(call, read_subject, subject);
    if (err == US_OK && has_file &&
        !(subject->edition.has_file &&
          memcmp(subject->edition.file_digest, subject->digest, DIGEST_SIZE) == 0)) {
        fault_set(&call->fault, NULL, 0,
                  "the file is not the one that was drawn for edition %" PRId64,
                  subject->edition.number);
        err = US_INVALID;
    }
    if (err == US_OK)
        subject->number = subject->edition.number;
    return err;
}

enum us_err delivery_work_record(struct call *call)
{
    const struct request *request = call->request;
    struct subject subject = {.appeal = NULL};
    struct delivery_record what = {
        .reference = request->options[OPTION_REFERENCE],
        .note = request->options[OPTION_NOTE],
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
    };
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = read_way(call, &what);
    if (err == US_OK)
        err = choice_day(call, OPTION_ON, &what.delivered_on);
    if (err == US_OK)
        err = choose_subject(call, &subject);
    what.appeal = subject.appeal;
    what.number = subject.number;
    if (err == US_OK)
        err = delivery_record(call->site, &what, &call->fault);
    if (err == US_OK)
        err = answer_subject(call, &subject);
    subject_clear(&subject);
    return err;
}

static void answer_response(struct call *call, const struct delivery_response *what)
{
    answer_columns(call->answer, &row_response);
    if (!add_response(what, call->answer))
        return; /* the error is kept */
}

enum us_err delivery_work_respond(struct call *call)
{
    const struct request *request = call->request;
    struct subject subject = {.appeal = NULL};
    struct delivery_response what = {
        .note = request->options[OPTION_NOTE],
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
    };
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = choice_number(call, OPTION_EDITION, &subject.number);
    if (err == US_OK)
        err = choice_day(call, OPTION_ON, &what.received_on);
    if (err == US_OK && request->options[OPTION_FILE] != NULL)
        err = read_file_option(call, what.attachment_digest, &what.attachment);
    if (err == US_OK)
        err = call_read(call, read_subject, &subject);
    what.appeal = subject.appeal;
    what.number = subject.number;
    if (err == US_OK)
        err = delivery_respond(call->site, &what, &call->fault);
    if (err == US_OK)
        answer_response(call, &what);
    subject_clear(&subject);
    return err;
}
