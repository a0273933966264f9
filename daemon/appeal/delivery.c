/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people note of deliveries: one made by hand, an answer that came; and what became of those
 * whom a delivered letter holds. */
#include "appeal/delivery.h"
#include "appeal/edition_walk.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "crypto/random.h"
#include "store/job.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REFERENCE_MOST 200  /* bytes */
#define ATTACHMENT_MOST 255 /* of a file's name */
#define IDS_PER_READ 10000  /* in one read transaction */

struct found {
    int64_t appeal, number;
    struct edition edition;
    enum us_err err;
};

static void read_edition(struct reader *reader, void *arg)
{
    struct found *found = arg;

    found->err = edition_find(reader, found->appeal, found->number, &found->edition);
}

static enum us_err find(struct site *site, const struct appeal *appeal, int64_t number,
                        struct edition *out, struct fault *fault)
{
    struct found found = {.appeal = appeal->id, .number = number};
    enum us_err err = store_read_wait(site_store(site), read_edition, &found);

    if (err == US_OK)
        err = found.err;
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0,
                  "the appeal %s has no edition %" PRId64 "; `undersign delivery list` says which "
                  "there are",
                  appeal->slug, number);
    if (err == US_OK)
        *out = found.edition;
    return err;
}

struct text_rule {
    const char *name;
    size_t most;
    bool may_break; /* into lines */
};

static bool check_text(const char *text, const struct text_rule *rule, struct fault *fault)
{
    size_t len = text != NULL ? strlen(text) : 0;

    if (len <= rule->most &&
        (len == 0 || (utf8_is_valid(text, len) && !utf8_has_forbidden(text, len, rule->may_break))))
        return true;
    fault_set(fault, NULL, 0, "%s is text of at most %zu bytes, without control characters",
              rule->name, rule->most);
    return false;
}

static const struct text_rule note_rule = {"the note", DELIVERY_NOTE_MOST, true};
static const struct text_rule reference_rule = {"the reference", REFERENCE_MOST, false};
static const struct text_rule attachment_rule = {"the attachment's name", ATTACHMENT_MOST, false};

struct day_rule {
    int64_t first;
    int64_t early;      /* by how many days it may seem to be before the first */
    const char *before; /* what the first is the day of */
};

/* Days are told by people all over the world: tomorrow here may be today there. */
static bool check_day(int64_t day, const struct day_rule *rule, struct fault *fault)
{
    char text[16];

    if (day > clock_day(clock_now()) + 1) {
        clock_print_day(day, text);
        fault_set(fault, NULL, 0, "%s is still to come", text);
        return false;
    }
    if (day < rule->first - rule->early) {
        clock_print_day(rule->first, text);
        fault_set(fault, NULL, 0, "that was before %s, on %s", rule->before, text);
        return false;
    }
    return true;
}

static void add_audit(struct job *job, const char *act, const struct appeal *appeal,
                      const struct job_audit *who, const char *said)
{
    struct job_audit audit = *who;
    struct str reason = STR_INIT;

    str_append_text(&reason, said);
    if (who->reason != NULL)
        str_append_format(&reason, ": %s", who->reason);
    audit.at = clock_now();
    audit.act = act;
    audit.subject = appeal->slug;
    audit.reason = str_text(&reason);
    job_add_audit(job, &audit);
    str_free(&reason);
}

/* ---- made by hand ---- */

static enum us_err check_recordable(const struct edition *edition, bool never_left,
                                    struct fault *fault)
{
    char day[16];

    if (never_left && edition->state != EDITION_HELD) {
        fault_set(fault, NULL, 0,
                  "edition %" PRId64 " is %s: --how none is for one that is held, of which nobody "
                  "knows whether it left",
                  edition->number, edition_state_name(edition->state));
    } else if (edition->state == EDITION_DELIVERED) {
        clock_print_day(edition->delivered_on, day);
        fault_set(fault, NULL, 0, "edition %" PRId64 " was delivered on %s already",
                  edition->number, day);
    } else if (edition->state == EDITION_SENDING) {
        fault_set(fault, NULL, 0, "edition %" PRId64 " is on its way by mail", edition->number);
    } else if (!edition->has_file) {
        fault_set(fault, NULL, 0,
                  "edition %" PRId64
                  " was never drawn to its end, so it cannot have been delivered",
                  edition->number);
    } else {
        return US_OK;
    }
    return US_CONFLICT;
}

static enum us_err store_record(struct site *site, const struct delivery_record *what,
                                const struct edition *edition)
{
    const struct job_audit who = {.actor = what->actor, .reason = what->reason};
    const char *way = what->never_left ? "none" : delivery_way_name(what->way);
    char *said = mem_format("edition %" PRId64 ", addressee %s, by %s", edition->number,
                            edition->addressee, way);
    struct job *job = job_new();
    enum us_err err;

    if (what->never_left)
        (void)job_expect(job, STATEMENT_EDITION_RECORD_NONE, US_CONFLICT,
                         VALUES(value_int(edition->row), value_text(what->note)));
    else
        (void)job_expect(job, STATEMENT_EDITION_RECORD, US_CONFLICT,
                         VALUES(value_int(edition->row), value_text(way),
                                value_int(what->delivered_on), value_text(what->reference),
                                value_text(what->note)));
    add_audit(job, "delivery.record", what->appeal, &who, said);
    err = store_run(site_store(site), job);
    job_free(job);
    free(said);
    return err;
}

enum us_err delivery_record(struct site *site, const struct delivery_record *what,
                            struct fault *fault)
{
    struct edition edition;
    enum us_err err;

    if (!check_text(what->note, &note_rule, fault) ||
        !check_text(what->reference, &reference_rule, fault))
        return US_INVALID;
    err = find(site, what->appeal, what->number, &edition, fault);
    if (err != US_OK)
        return err;
    err = check_recordable(&edition, what->never_left, fault);
    if (err == US_OK && !what->never_left &&
        !check_day(what->delivered_on,
                   &(struct day_rule){.first = clock_day(edition.made_at),
                                      .early = 1,
                                      .before = "the letter was made"},
                   fault))
        err = US_INVALID;
    if (err == US_OK)
        err = store_record(site, what, &edition);
    if (err == US_CONFLICT && fault->text[0] == '\0')
        fault_set(fault, NULL, 0, "edition %" PRId64 " was delivered a moment ago", what->number);
    if (err == US_OK)
        site_changed(site, edition.appeal, false);
    edition_clear(&edition);
    return err;
}

/* ---- answers ---- */

static enum us_err store_response(struct site *site, const struct delivery_response *what,
                                  const struct edition *edition)
{
    const struct job_audit who = {.actor = what->actor, .reason = what->reason};
    char *said =
        mem_format("edition %" PRId64 ", addressee %s", edition->number, edition->addressee);
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_EDITION_GUARD_DELIVERED, US_CONFLICT,
                     VALUES(value_int(edition->row)));
    (void)job_expect(
        job, STATEMENT_RESPONSE_INSERT, US_IO,
        VALUES(value_int(random_id()), value_int(edition->appeal), value_int(edition->number),
               value_int(what->received_on), value_text(what->note), value_text(what->attachment),
               what->attachment != NULL ? value_blob(what->attachment_digest, DIGEST_SIZE)
                                        : value_null()));
    add_audit(job, "delivery.respond", what->appeal, &who, said);
    err = store_run(site_store(site), job);
    job_free(job);
    free(said);
    return err;
}

static bool check_response(const struct delivery_response *what, struct fault *fault)
{
    if (what->note == NULL || what->note[strspn(what->note, " \t\r\n")] == '\0') {
        fault_set(fault, NULL, 0, "a note is needed: what the answer says");
        return false;
    }
    return check_text(what->note, &note_rule, fault) &&
           check_text(what->attachment, &attachment_rule, fault);
}

enum us_err delivery_respond(struct site *site, const struct delivery_response *what,
                             struct fault *fault)
{
    struct edition edition;
    enum us_err err;

    if (!check_response(what, fault))
        return US_INVALID;
    err = find(site, what->appeal, what->number, &edition, fault);
    if (err != US_OK)
        return err;
    if (edition.state != EDITION_DELIVERED) {
        fault_set(fault, NULL, 0,
                  "edition %" PRId64 " has not been delivered, so nobody can have answered it",
                  edition.number);
        err = US_CONFLICT;
    } else if (!check_day(what->received_on,
                          &(struct day_rule){.first = edition.delivered_on,
                                             .before = "the letter was delivered"},
                          fault)) {
        err = US_INVALID;
    }
    if (err == US_OK)
        err = store_response(site, what, &edition);
    if (err == US_OK)
        site_changed(site, edition.appeal, false);
    edition_clear(&edition);
    return err;
}

/* Rows, copied, so that no query is open while somebody looks at them. */
struct copied {
    struct delivery_response response;
    char *note, *attachment;
};

static void copy_response(struct query *query, struct copied *out)
{
    size_t len;
    const void *digest = query_blob(query, 4, &len);

    *out = (struct copied){.note = mem_string(query_text(query, 2)),
                           .attachment = mem_string(query_text(query, 3))};
    out->response = (struct delivery_response){
        .number = query_int(query, 0),
        .received_on = query_int(query, 1),
        .note = out->note,
        .attachment = out->attachment,
    };
    if (digest != NULL && len == sizeof(out->response.attachment_digest))
        memcpy(out->response.attachment_digest, digest, len);
}

enum us_err delivery_each_response(struct reader *reader, int64_t appeal, int64_t number,
                                   bool (*on_response)(const struct delivery_response *response,
                                                       void *arg),
                                   void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_RESPONSE_LIST, VALUES(value_int(appeal), value_int(number)));
    struct copied *rows = NULL;
    size_t count = 0;
    bool goes_on = true;
    enum us_err err;

    while (query_next(query)) {
        rows = mem_resize(rows, count + 1, sizeof(*rows));
        copy_response(query, &rows[count++]);
    }
    err = query_end(query);
    for (size_t i = 0; i < count; i++) {
        goes_on = goes_on && err == US_OK && on_response(&rows[i].response, arg);
        free(rows[i].note);
        free(rows[i].attachment);
    }
    free(rows);
    return err;
}

/* ---- since ---- */

static enum us_err count_one(struct reader *reader, int64_t row, struct delivery_since *since)
{
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_STATE, VALUES(value_int(row)));
    enum signature_state state = SIGNATURE_WITHDRAWN; /* a row that is gone was asked to go */

    if (query_next(query) && !signature_state_from_name(query_text(query, 0), &state))
        state = SIGNATURE_LISTED; /* damaged; signature_check() tells */
    since->withdrawn += state == SIGNATURE_WITHDRAWN;
    since->struck += state == SIGNATURE_STRUCK;
    return query_end(query);
}

enum us_err delivery_look(struct reader *reader, const struct edition *edition,
                          struct delivery_since *out)
{
    struct delivery_since since = {0};
    struct edition_ids ids;
    enum us_err err = edition_read_ids(reader, edition->row, &ids);

    if (err != US_OK)
        return err;
    for (size_t i = 0; err == US_OK && i < ids.count; i++) {
        err = count_one(reader, ids.ids[i], &since);
        if (i % IDS_PER_READ == IDS_PER_READ - 1)
            reader_refresh(reader);
    }
    edition_ids_clear(&ids);
    if (err == US_OK)
        *out = since;
    return err;
}
