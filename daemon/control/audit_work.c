/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The audit log: read, checked, and given away whole. All go through it in short reads, so that
 * pages are served meanwhile. The chain shows what was changed or taken out of its middle; that its
 * end was cut off, or all of it written anew, shows only beside a mark that was noted elsewhere:
 * the last entry's number and digest, which each check prints.
 */
#include "appeal/audit_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/choice.h"
#include "control/work.h"
#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define HEX_SIZE (2 * DIGEST_SIZE + 1)
#define NUMBER_DIGITS 18 /* of an entry's number: more would not fit */

static_assert(AUDIT_SALT_SIZE == DIGEST_SIZE, "one buffer's size serves both");

/* ---- going through it ---- */

struct walk {
    struct answer *answer;
    struct audit_log_filter filter;
    int64_t after, end;
    int64_t wanted; /* going back: still missing */
    audit_log_function *on_entry;
};

static enum us_err read_end(struct reader *reader, struct call *call, void *arg)
{
    (void)call;
    return audit_log_end(reader, &((struct walk *)arg)->end);
}

static enum us_err read_back(struct reader *reader, struct call *call, void *arg)
{
    struct walk *walk = arg;

    (void)call;
    return audit_log_seek(reader, &walk->filter, &walk->after, &walk->wanted);
}

static enum us_err read_some(struct reader *reader, struct call *call, void *arg)
{
    struct walk *walk = arg;

    (void)call;
    return audit_log_read(reader, &walk->filter, walk->after, walk->end, walk->on_entry,
                          walk->answer);
}

/* Finds where the newest `last` begin. */
static enum us_err go_back(struct call *call, struct walk *walk, int64_t last)
{
    enum us_err err = US_OK;

    walk->after = walk->end;
    walk->wanted = last;
    while (err == US_OK && walk->after > 0 && walk->wanted > 0 &&
           !answer_is_cancelled(call->answer))
        err = call_read(call, read_back, walk);
    return err;
}

static enum us_err go_through(struct call *call, struct walk *walk)
{
    int64_t begin = walk->after;
    enum us_err err = US_OK;

    while (err == US_OK && walk->after < walk->end && !answer_is_cancelled(call->answer)) {
        err = call_read(call, read_some, walk);
        walk->after += AUDIT_LOG_RANGE;
        answer_progress(call->answer, walk->after - begin, walk->end - begin, "entries");
    }
    return err;
}

/* ---- audit list ---- */

static bool add_entry(const struct audit_log_entry *entry, bool is_numbered, struct answer *answer)
{
    return answer_row(answer, (struct row_value[]){
                                  row_number_if(is_numbered, entry->seq),
                                  row_number(entry->at),
                                  row_text(entry->actor),
                                  row_text(entry->act),
                                  row_text(entry->subject),
                                  row_text(entry->reason),
                                  row_flag(entry->is_erased),
                              });
}

static bool add_listed(const struct audit_log_entry *entry, void *arg)
{
    return add_entry(entry, true, arg);
}

/* ---- audit list for those who are not administrators ----
 *
 * Of a signature that is listed only the day is kept. Its entry's number, and what stands before
 * and behind it with the minute, would give the hour away: so there are no numbers, and the day's
 * signatories come first of it. */

static bool add_unnumbered(const struct audit_log_entry *entry, void *arg)
{
    return add_entry(entry, false, arg);
}

struct days {
    struct walk walk;
    struct audit_log_part part;
    int64_t count; /* of what was found */
    int64_t skip;  /* of that, from the oldest on */
    bool is_count; /* count only */
};

static enum us_err read_day(struct reader *reader, struct call *call, void *arg)
{
    struct days *days = arg;
    const struct walk *walk = &days->walk;
    int64_t found = 0;
    enum us_err err;

    (void)call;
    days->part.after = walk->after;
    err = audit_log_day(reader, walk->after, walk->end, &days->part.last);
    if (err == US_OK && (days->is_count || days->skip > 0))
        err = audit_log_count_day(reader, &walk->filter, walk->after, days->part.last, &found);
    if (err != US_OK || days->is_count) {
        days->count += found;
        return err;
    }
    days->part.skip = days->skip < found ? days->skip : found;
    days->skip -= days->part.skip;
    return audit_log_read_day(reader, &walk->filter, &days->part, add_unnumbered, walk->answer);
}

static enum us_err go_through_days(struct call *call, struct days *days)
{
    enum us_err err = US_OK;

    days->walk.after = 0;
    while (err == US_OK && days->walk.after < days->walk.end &&
           !answer_is_cancelled(call->answer)) {
        err = call_read(call, read_day, days);
        days->walk.after = days->part.last;
        answer_progress(call->answer, days->walk.after, days->walk.end, "entries");
    }
    return err;
}

static enum us_err list_days(struct call *call, const struct walk *walk, int64_t last)
{
    struct days days = {.walk = *walk, .is_count = true};
    enum us_err err = last > 0 ? go_through_days(call, &days) : US_OK;

    days.is_count = false;
    days.skip = last > 0 && days.count > last ? days.count - last : 0;
    return err == US_OK ? go_through_days(call, &days) : err;
}

/* ---- audit list, for administrators ---- */

enum us_err audit_work_list(struct call *call)
{
    const struct request *request = call->request;
    struct walk walk = {.answer = call->answer, .on_entry = add_listed};
    int64_t since = 0, last = 0;
    enum us_err err = US_OK;

    if (request->argument_count > 0)
        walk.filter.subject = request->arguments[0];
    if (request->options[OPTION_SINCE] != NULL)
        err = choice_day(call, OPTION_SINCE, &since);
    if (err == US_OK && request->options[OPTION_LAST] != NULL)
        err = choice_number(call, OPTION_LAST, &last);
    if (err != US_OK)
        return err;
    walk.filter.since = since * CLOCK_DAY;
    answer_columns(call->answer, &row_audit);
    err = call_read(call, read_end, &walk);
    if (err == US_OK && call->rank != ROLE_ADMINISTRATOR)
        return list_days(call, &walk, last);
    if (err == US_OK && last > 0)
        err = go_back(call, &walk, last);
    if (err == US_OK)
        err = go_through(call, &walk);
    return err;
}

/* ---- audit export ---- */

/* NULL stays NULL. */
static const char *print_hex(const uint8_t *bytes, char out[HEX_SIZE])
{
    if (bytes == NULL)
        return NULL;
    return sodium_bin2hex(out, HEX_SIZE, bytes, DIGEST_SIZE);
}

static bool add_exported(const struct audit_log_entry *entry, void *arg)
{
    char commitment[HEX_SIZE], digest[HEX_SIZE], salt[HEX_SIZE];
    char reason_salt[HEX_SIZE], reason_digest[HEX_SIZE];

    return answer_row(arg, (struct row_value[]){
                               row_number(entry->seq),
                               row_number(entry->at),
                               row_number(entry->at),
                               row_text(entry->act),
                               row_text(print_hex(entry->commitment, commitment)),
                               row_text(print_hex(entry->digest, digest)),
                               row_text(print_hex(entry->salt, salt)),
                               row_text(entry->actor),
                               row_text(entry->subject),
                               row_text(entry->reason),
                               row_text(print_hex(entry->reason_salt, reason_salt)),
                               row_text(print_hex(entry->reason_digest, reason_digest)),
                           });
}

enum us_err audit_work_export(struct call *call)
{
    struct walk walk = {.answer = call->answer, .on_entry = add_exported};
    enum us_err err = call_check_reason(call);

    /* Noted before the first row leaves, and so in what leaves. */
    if (err == US_OK)
        err = site_note(call->site, call->actor, "audit.export", NULL,
                        call->request->options[OPTION_REASON]);
    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_audit_entry);
    err = call_read(call, read_end, &walk);
    return err == US_OK ? go_through(call, &walk) : err;
}

/* ---- audit verify ---- */

struct mark {
    int64_t seq;
    uint8_t digest[DIGEST_SIZE], found[DIGEST_SIZE];
};

struct check {
    struct audit_verdict verdict;
    bool is_more;
};

static enum us_err read_check(struct reader *reader, struct call *call, void *arg)
{
    struct check *check = arg;

    (void)call;
    return audit_verify_page(reader, &check->verdict, &check->is_more);
}

static enum us_err read_mark(struct reader *reader, struct call *call, void *arg)
{
    struct mark *mark = arg;

    (void)call;
    return audit_log_digest(reader, mark->seq, mark->found);
}

/* NUMBER:DIGEST */
static enum us_err parse_mark(struct call *call, const char *typed, struct mark *out)
{
    size_t digits = strspn(typed, "0123456789");

    if (digits == 0 || digits > NUMBER_DIGITS || typed[digits] != ':' ||
        choice_digest(call, typed + digits + 1, out->digest) != US_OK) {
        fault_set(&call->fault, NULL, 0,
                  "\"%s\" is no mark: it is NUMBER:DIGEST, as an earlier `undersign audit verify` "
                  "printed it",
                  typed);
        return US_INVALID;
    }
    out->seq = strtoll(typed, NULL, 10);
    return US_OK;
}

/* What became of a mark in a log whose entries check out up to verdict->entries. */
static enum us_err look_for_mark(struct call *call, const struct audit_verdict *verdict,
                                 struct mark *mark, const char **out)
{
    enum us_err err;

    if (mark->seq > verdict->entries) {
        *out = verdict->broken != 0 ? "unknown" : "missing";
        return US_OK;
    }
    if (mark->seq == 0) { /* of an empty log, before everything */
        memset(mark->found, 0, DIGEST_SIZE);
        err = US_OK;
    } else {
        err = call_read(call, read_mark, mark);
    }
    if (err == US_OK)
        *out = memcmp(mark->found, mark->digest, DIGEST_SIZE) == 0 ? "stands" : "other";
    return err;
}

static enum us_err go_over(struct call *call, struct check *check)
{
    struct walk walk = {.end = 0};
    enum us_err err = call_read(call, read_end, &walk);

    check->is_more = true;
    while (err == US_OK && check->is_more && !answer_is_cancelled(call->answer)) {
        err = call_read(call, read_check, check);
        answer_progress(call->answer, check->verdict.entries, walk.end, "entries");
    }
    return err;
}

enum us_err audit_work_verify(struct call *call)
{
    struct check check = {.is_more = true};
    const struct audit_verdict *verdict = &check.verdict;
    char hex[HEX_SIZE];
    const char *noted = NULL;
    struct mark mark;
    enum us_err err = US_OK;
    char *text;

    if (call->request->argument_count > 0)
        err = parse_mark(call, call->request->arguments[0], &mark);
    if (err == US_OK)
        err = go_over(call, &check);
    if (err == US_OK && call->request->argument_count > 0)
        err = look_for_mark(call, verdict, &mark, &noted);
    if (err != US_OK || call->answer->err != US_OK)
        return err;
    if (verdict->broken != 0)
        log_warning("control: the audit log does not check out from entry %" PRId64 " on",
                    verdict->broken);
    text = mem_format("%" PRId64 ":%s", verdict->entries, print_hex(verdict->digest, hex));
    answer_single(
        call->answer, &row_audit_verdict,
        (struct row_value[]){
            row_flag(verdict->broken == 0 && (noted == NULL || strcmp(noted, "stands") == 0)),
            row_number(verdict->entries),
            row_number(verdict->erased),
            row_number_if(verdict->entries > 0, verdict->at),
            row_text(text),
            row_number_if(verdict->broken != 0, verdict->broken),
            row_text(noted),
        });
    free(text);
    return US_OK;
}
