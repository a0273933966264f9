/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Persons and contact data go in time or when asked: nothing of them is left in the files, counts
 * and the audit chain hold, what tells fakes stays. A run that is cut off is finished by the next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/appeal_state.h"
#include "appeal/erasure.h"
#include "appeal/pending.h"
#include "appeal/retention.h"
#include "appeal/retention_term.h"
#include "appeal/sealing.h"
#include "appeal_letters.h"
#include "appeal_signatory_rig.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/audit.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERSON "Zebediah Quillfeather"
#define CAPACITY "Keeper of the seal"
#define MAILBOX "quill@feather.example"
#define REASON "He told us on the telephone"
#define PERSONS                                                                                    \
    "SELECT COUNT(*) FROM signature WHERE representative IS NOT NULL OR capacity IS NOT NULL "     \
    "OR length(contact) > 0 OR mailbox IS NOT NULL OR mail_domain IS NOT NULL OR ilo IS NOT NULL " \
    "OR domain_hash IS NOT NULL"
#define NAMED "SELECT COUNT(*) FROM signature WHERE representative IS NOT NULL"
#define REASONS "SELECT COUNT(*) FROM audit_detail WHERE reason IS NOT NULL"
/* What the audit log knows of who turned which signature away. */
#define DECIDED                                                                                    \
    "SELECT COUNT(*) FROM audit JOIN audit_detail USING (seq) "                                    \
    "JOIN signature ON public_id = subject WHERE actor = 'unix:test' "                             \
    "AND act IN ('signature.hold', 'signature.refuse', 'signature.strike')"

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    letters_make_world(world, "");
    world->config.keys_folder = world->keys;
    world->config.retention_refused_days = 30;
    world->config.retention_archive_months = 12;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

static void set_policy(struct world *world, const char *policy)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "UPDATE appeal SET policy = '%s'", policy);
    world_close(world);
    world_sql(world, sql);
    world_open(world);
}

static void sign(struct world *world, const char *name, enum visibility visibility,
                 struct rig_signed *out)
{
    struct submission submission;
    world_fill(&submission, name, MAILBOX);
    world_set(&submission, FIELD_VISIBILITY, visibility_name(visibility));
    world_set(&submission, FIELD_REPRESENTATIVE, PERSON);
    world_set(&submission, FIELD_CAPACITY, CAPACITY);
    rig_sign_submission(world, &submission, out);
}

static void drop_mails(struct world *world)
{
    struct outbox_mail *mails;
    size_t count = world_mails(world, &mails);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(outbox_accepted(world->site, &mails[i], world->now), US_OK);
    world_mails_free(mails, count);
}

static enum us_err run(struct world *world, int64_t days_later)
{
    return retention_run(
        world->site,
        &(struct retention_run){.actor = "service", .now = world->now + days_later * CLOCK_DAY});
}

struct overdue {
    struct site *site;
    int64_t now;
    struct retention_overdue found;
    enum us_err err;
};

static void overdue_work(struct reader *reader, void *arg)
{
    struct overdue *overdue = arg;
    overdue->err = retention_overdue_read(reader, overdue->site, overdue->now, &overdue->found);
}

static struct retention_overdue overdue(struct world *world, int64_t days_later)
{
    struct overdue overdue = {.site = world->site, .now = world->now + days_later * CLOCK_DAY};
    world_read(world, overdue_work, &overdue);
    assert_int_equal(overdue.err, US_OK);
    return overdue.found;
}

static void verify_work(struct reader *reader, void *arg)
{
    struct audit_verdict verdict;
    *(enum us_err *)arg = audit_verify(reader, &verdict);
}

static void assert_sound(struct world *world, int64_t rows)
{
    enum us_err err = US_IO;
    assert_int_equal(world_check(world), rows);
    world_read(world, verify_work, &err);
    assert_int_equal(err, US_OK);
}

/* Nothing that tells of the person, once the log has gone into the file. */
static void assert_gone(struct world *world)
{
    world_close(world);
    assert_false(world_has_bytes(world, PERSON));
    assert_false(world_has_bytes(world, CAPACITY));
    assert_false(world_has_bytes(world, REASON));
    world_open(world);
}

static void archive(struct world *world)
{
    const struct appeal_turning what = {.slug = "trial", .actor = "unix:test", .now = world->now};
    struct appeal_turned turned;
    struct fault fault = {.line = 0};
    assert_int_equal(appeal_state_turn(world->site, TURN_ARCHIVE, &what, &turned, &fault), US_OK);
}

/* An entry of the audit log about the appeal. */
static void say(struct world *world, const char *act, const char *reason)
{
    struct job *job = job_new();
    job_add_audit(
        job,
        &(struct job_audit){
            .at = world->now, .actor = "unix:x", .act = act, .subject = "trial", .reason = reason});
    assert_int_equal(store_run(site_store(world->site), job), US_OK);
    job_free(job);
}

/* ---- terms ---- */

static void test_months(void **state)
{
    static const struct {
        const char *day;
        int64_t months;
        const char *later;
    } cases[] = {
        {"2024-01-31", 1, "2024-02-29"},  {"2023-01-31", 1, "2023-02-28"},
        {"2026-12-15", 1, "2027-01-15"},  {"2024-02-29", 12, "2025-02-28"},
        {"2026-11-22", 12, "2027-11-22"}, {"2026-08-31", 1200, "2126-08-31"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t day, later;
        assert_true(clock_parse_day(cases[i].day, &day));
        assert_true(clock_parse_day(cases[i].later, &later));
        assert_int_equal(retention_term_day(day, cases[i].months), later);
    }
}

static void test_refused_and_struck(void **state)
{
    struct world *world = *state;
    struct rig_signed struck, stays, refused;
    struct retention_state states[RETENTION_RULES];
    bool changed;
    sign(world, "Struck", VISIBILITY_PUBLIC, &struck);
    sign(world, "Stays", VISIBILITY_PUBLIC, &stays);
    assert_int_equal(world_decide(world, struck.id, DECISION_STRIKE, REASON, &changed), US_OK);
    set_policy(world, "before");
    sign(world, "Refused", VISIBILITY_PUBLIC, &refused);
    assert_int_equal(world_decide(world, refused.id, DECISION_REFUSE, REASON, &changed), US_OK);
    drop_mails(world);
    assert_int_equal(run(world, 29), US_OK);
    assert_int_equal(world_number(world, PERSONS), 3);
    assert_int_equal(retention_look(world->site, world->now + 29 * CLOCK_DAY, states), US_OK);
    assert_int_equal(states[RETENTION_REFUSED].due, 0);
    assert_true(states[RETENTION_REFUSED].has_next);
    assert_int_equal(states[RETENTION_REFUSED].next_on, clock_day(world->now) + 30);
    assert_int_equal(retention_look(world->site, world->now + 30 * CLOCK_DAY, states), US_OK);
    assert_int_equal(states[RETENTION_REFUSED].due, 2);
    assert_int_equal(overdue(world, 31).refused, 0);
    assert_int_equal(overdue(world, 32).refused, 2);

    int64_t entries = world_number(world, "SELECT COUNT(*) FROM audit_detail");
    int64_t reasons = world_number(world, REASONS);
    assert_int_equal(run(world, 30), US_OK);
    assert_int_equal(world_number(world, PERSONS " AND state <> 'listed' AND mailbox IS NULL"), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'refused' "
                                         "AND organisation = 'Refused' AND length(unique_hash) = "
                                         "16 AND representative IS NULL"),
                     1);
    assert_int_equal(world_number(world, NAMED " AND state = 'listed'"), 1);
    /* Two reasons went, and it is said that they did. Who decided what stays. */
    assert_int_equal(world_number(world, REASONS), reasons - 2 + 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail"), entries + 1);
    assert_int_equal(world_number(world, DECIDED), 2);
    assert_int_equal(rig_count_audit(world, "signature.erase-refused"), 1);
    assert_sound(world, 3);
    assert_int_equal(world_decide(world, struck.id, DECISION_RESTORE, NULL, &changed), US_CONFLICT);
    assert_int_equal(overdue(world, 40).refused, 0);

    /* Once is enough. */
    assert_int_equal(run(world, 31), US_OK);
    assert_int_equal(rig_count_audit(world, "signature.erase-refused"), 1);
}

/* One row that cannot be read, and is the first in its walk, keeps nobody else's data. */
static void test_damaged(void **state)
{
    struct world *world = *state;
    struct rig_signed bad, good;
    bool changed;
    int64_t damaged = -1;
    struct retention_run later = {
        .actor = "service", .now = world->now + 40 * CLOCK_DAY, .damaged = &damaged};
    sign(world, "Bad", VISIBILITY_PUBLIC, &bad);
    sign(world, "Good", VISIBILITY_PUBLIC, &good);
    assert_int_equal(world_decide(world, bad.id, DECISION_STRIKE, REASON, &changed), US_OK);
    assert_int_equal(world_decide(world, good.id, DECISION_STRIKE, REASON, &changed), US_OK);
    world_close(world);
    world_sql(world, "UPDATE signature SET kind = 'unoin', decided_on = decided_on - 1 "
                     "WHERE organisation = 'Bad'");
    world_open(world);
    assert_int_equal(retention_run(world->site, &later), US_CORRUPT);
    assert_int_equal(damaged, 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE "
                                         "representative IS NOT NULL AND organisation = 'Bad'"),
                     1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE "
                                         "representative IS NOT NULL AND organisation = 'Good'"),
                     0);
    /* Nor does it keep the other rules from being gone by; its appeal stays due. */
    archive(world);
    later.now = world->now + 400 * CLOCK_DAY;
    assert_int_equal(retention_run(world->site, &later), US_CORRUPT);
    assert_int_equal(damaged, 2); /* found by both rules */
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM appeal WHERE erased_on IS NULL"), 1);
    assert_int_equal(overdue(world, 400).appeals, 1);
    assert_int_equal(overdue(world, 400).refused, 1);
    world_close(world);
    world_sql(world, "UPDATE signature SET kind = 'union'");
    world_open(world);
    assert_int_equal(retention_run(world->site, &later), US_OK);
    assert_int_equal(damaged, 0);
    assert_int_equal(world_number(world, PERSONS), 0);
    assert_int_equal(overdue(world, 400).appeals, 0);
    assert_int_equal(overdue(world, 400).refused, 0);
}

/* A jobful of damaged rows at the head does not come back in front of the others for ever. */
static void test_many_damaged(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    bool changed;
    int64_t damaged = -1;
    struct retention_run later = {
        .actor = "service", .now = world->now + 40 * CLOCK_DAY, .damaged = &damaged};
    for (int i = 0; i < 130; i++) {
        char name[32], mailbox[48];
        struct submission submission;
        (void)snprintf(name, sizeof name, "Union %d", i);
        (void)snprintf(mailbox, sizeof mailbox, "u%d@union.example", i);
        world_fill(&submission, name, mailbox);
        rig_sign_submission(world, &submission, &signature);
        assert_int_equal(world_decide(world, signature.id, DECISION_STRIKE, REASON, &changed),
                         US_OK);
    }
    world_close(world);
    world_sql(world, "UPDATE signature SET kind = 'unoin', decided_on = decided_on - 1 "
                     "WHERE organisation <> 'Union 7'");
    world_open(world);
    assert_int_equal(retention_run(world->site, &later), US_CORRUPT);
    assert_int_equal(damaged, 129);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE representative IS NULL"), 1);
}

/* Those that wait keep their domain, those decided on lately too; the others lose it, however many
 * of the former stand before them. */
static void test_mailboxes(void **state)
{
    struct world *world = *state;
    struct rig_signed waits, lately, old;
    bool changed;
    set_policy(world, "before");
    sign(world, "Waits", VISIBILITY_PUBLIC, &waits);
    sign(world, "Lately", VISIBILITY_PUBLIC, &lately);
    sign(world, "Old", VISIBILITY_PUBLIC, &old);
    assert_int_equal(world_decide(world, lately.id, DECISION_APPROVE, NULL, &changed), US_OK);
    assert_int_equal(world_decide(world, old.id, DECISION_APPROVE, NULL, &changed), US_OK);
    world_close(world);
    world_sql(world, "UPDATE signature SET signed_on = signed_on - 40");
    world_sql(world,
              "UPDATE signature SET decided_on = decided_on - 31 WHERE organisation = 'Old'");
    world_open(world);
    assert_int_equal(run(world, 0), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE mail_domain IS NULL "
                                         "AND domain_hash IS NULL AND organisation = 'Old'"),
                     1);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE mail_domain IS NOT NULL"), 2);
    assert_int_equal(run(world, 30), US_OK);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE mail_domain IS NOT NULL"), 2);
    assert_int_equal(run(world, 31), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE mail_domain IS NOT "
                                         "NULL AND organisation = 'Waits'"),
                     1);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE mail_domain IS NOT NULL"), 1);
}

static void test_zero_is_never(void **state)
{
    struct world *world = *state;
    struct rig_signed struck;
    bool changed;
    world->config.retention_refused_days = 0;
    world->config.retention_archive_months = 0;
    sign(world, "Struck", VISIBILITY_PUBLIC, &struck);
    assert_int_equal(world_decide(world, struck.id, DECISION_STRIKE, REASON, &changed), US_OK);
    archive(world);
    assert_int_equal(run(world, 36500), US_OK);
    assert_int_equal(world_number(world, NAMED), 1);
    char *after = retention_after(world->site, RETENTION_ARCHIVED);
    assert_string_equal(after, "never");
    free(after);
}

/* ---- archived appeals ---- */

static void test_archived(void **state)
{
    struct world *world = *state;
    struct rig_signed open, withdrawn, refused, waits;
    struct fault fault = {.line = 0};
    struct appeal_turned turned;
    uint8_t hash[KEYRING_HASH_SIZE];
    bool changed;
    int64_t day = retention_term_day(clock_day(world->now), 12) - clock_day(world->now);
    sign(world, "Open", VISIBILITY_PUBLIC, &open);
    sign(world, "Withdrawn", VISIBILITY_PUBLIC, &withdrawn);
    assert_int_equal(rig_withdraw(world, withdrawn.token, REASON), US_OK);
    set_policy(world, "before");
    sign(world, "Refused", VISIBILITY_PUBLIC, &refused);
    sign(world, "Waits", VISIBILITY_PUBLIC, &waits);
    assert_int_equal(world_decide(world, refused.id, DECISION_REFUSE, REASON, &changed), US_OK);
    drop_mails(world);
    world_close(world);
    world_sql(world, "INSERT INTO moderator_note SELECT 1, id, 1, 'unix:x', '" REASON "' "
                     "FROM signature WHERE organisation = 'Open'");
    world_sql(world, "INSERT INTO act (number, appeal, decision, filter, actor, reason, state, "
                     "chosen, began_at) VALUES (1, (SELECT id FROM appeal), 'strike', '" REASON
                     "', 'unix:x', '" REASON "', 'done', 1, 1)");
    world_sql(world, "INSERT INTO act_signature (act, signature, was, became, changed, is_undone) "
                     "SELECT 1, id, 'listed', 'listed', 1, 1 FROM signature "
                     "WHERE organisation = 'Open'");
    world_open(world);
    say(world, "act.strike", REASON);
    say(world, "delivery.record", "edition 1");
    archive(world);
    assert_int_equal(pending_hash_mailbox(world->site, world->appeal->id, "a@b.example", hash),
                     US_OK);

    assert_int_equal(run(world, day - 1), US_OK);
    assert_int_equal(world_number(world, NAMED), 2);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM moderator_note"), 1);

    assert_int_equal(run(world, day), US_OK);
    assert_int_equal(world_number(world, PERSONS), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'listed' "
                                         "AND visibility = 'organisation'"),
                     1);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'withdrawn'"), 2);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM moderator_note"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM act_signature"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM act"), 1);
    assert_int_equal(world_number(world, REASONS " AND reason = 'edition 1'"), 1);
    assert_int_equal(world_number(world, DECIDED), 1);
    assert_int_equal(world_number(world, "SELECT erased_on FROM appeal"),
                     clock_day(world->now) + day);
    assert_int_equal(pending_hash_mailbox(world->site, world->appeal->id, "a@b.example", hash),
                     US_EXPIRED);
    assert_sound(world, 4);
    assert_gone(world);
    assert_sound(world, 4);

    /* It stays archived, and is not gone over again. */
    const struct appeal_turning what = {.slug = "trial", .actor = "unix:test", .now = world->now};
    assert_int_equal(appeal_state_turn(world->site, TURN_REOPEN, &what, &turned, &fault),
                     US_CONFLICT);
    int64_t audits = world_number(world, "SELECT COUNT(*) FROM audit");
    assert_int_equal(run(world, day + 1), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit"), audits);
}

struct stop {
    int after;
};

static bool stops(void *arg)
{
    struct stop *stop = arg;
    return stop->after-- == 0;
}

static void test_cut_off(void **state)
{
    struct world *world = *state;
    const int count = 130; /* more than a jobful */
    for (int i = 0; i < count; i++) {
        char name[32], mailbox[48];
        struct submission submission;
        struct rig_signed signature;
        (void)snprintf(name, sizeof name, "Union %d", i);
        (void)snprintf(mailbox, sizeof mailbox, "u%d@union.example", i);
        world_fill(&submission, name, mailbox);
        rig_sign_submission(world, &submission, &signature);
    }
    archive(world);
    struct stop stop = {.after = 2};
    struct retention_run cut = {
        .actor = "service", .now = world->now + 400 * CLOCK_DAY, .wants_stop = stops, .arg = &stop};
    assert_int_equal(retention_run(world->site, &cut), US_CANCELLED);
    assert_int_equal(world_number(world, NAMED), count - 100);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM appeal WHERE erased_on IS NULL"), 1);
    assert_sound(world, count);
    assert_int_equal(run(world, 400), US_OK);
    assert_int_equal(world_number(world, PERSONS), 0);
    assert_sound(world, count);
}

/* ---- one person's request ---- */

static enum us_err erase(struct world *world, const char *id, struct erasure_made *out,
                         struct fault *fault)
{
    const struct erasure_request request = {
        .id = id, .actor = "unix:test", .reason = "letter of 1 May", .now = world->now};
    *fault = (struct fault){.line = 0};
    return erasure_request_run(world->site, &request, out, fault);
}

static void assert_certified(struct world *world, const struct erasure_made *made)
{
    struct minisign_secret *secret;
    struct minisign_public key;
    struct fault fault;
    char *comment;
    assert_int_equal(sealing_open_key(world->site, &secret, &fault), US_OK);
    minisign_public_of(secret, &key);
    minisign_free(secret);
    assert_int_equal(minisign_verify(&key, made->certificate, strlen(made->certificate),
                                     made->signature, &comment),
                     US_OK);
    free(comment);
    assert_null(strstr(made->certificate, PERSON));
    assert_null(strstr(made->certificate, CAPACITY));
    assert_null(strstr(made->certificate, "feather"));
    assert_null(strstr(made->certificate, "1 May"));
}

static void assert_reads(struct world *world, const struct letters_edition *what,
                         const char *expected)
{
    struct edition_draft *draft;
    struct fault fault;
    char *said;
    assert_int_equal(letters_read(world, what, &said, &draft, &fault), US_OK);
    assert_string_equal(said, expected);
    edition_draft_free(draft);
    free(said);
}

static void test_erase_listed(void **state)
{
    struct world *world = *state;
    struct rig_signed signature, other;
    struct erasure_made made;
    struct fault fault;
    sign(world, "Union", VISIBILITY_PUBLIC, &signature);
    rig_sign(world, "Other", "other@other.example", &other);
    int64_t delivered = letters_deliver(world, LETTERS_JOINT("ituc"));
    int64_t drawn = letters_draw(world, LETTERS_JOINT("ilo"));
    uint64_t removals = site_generation(world->site, world->appeal->id).removals;

    struct erasure_request trial = {
        .id = signature.id, .actor = "unix:test", .now = world->now, .is_trial = true};
    assert_int_equal(erasure_request_run(world->site, &trial, &made, &fault), US_OK);
    assert_true(made.changed);
    assert_null(made.certificate);
    assert_int_equal(world_number(world, PERSONS), 2);

    if (erase(world, signature.id, &made, &fault) != US_OK)
        fail_msg("%s", fault.text);
    assert_true(made.changed);
    assert_int_equal(made.state, SIGNATURE_LISTED);
    assert_certified(world, &made);
    char line[64];
    (void)snprintf(line, sizeof line, "- edition %d to ituc", (int)delivered);
    assert_non_null(strstr(made.certificate, line));
    erasure_made_clear(&made);
    assert_int_equal(world_number(world, PERSONS), 1);
    assert_true(site_generation(world->site, world->appeal->id).removals > removals);
    assert_sound(world, 2);

    /* What was drawn before does not leave; what is drawn now names no person, and sends no
     * individual letter in nobody's name. */
    assert_int_not_equal(letters_send(world, drawn, &fault), US_OK);
    assert_reads(world, LETTERS_JOINT("un"), "Other(Айгуль Представитель);Union;");
    assert_reads(world, LETTERS_INDIVIDUAL("un"), "Other(Айгуль Представитель);");
    assert_gone(world);

    /* Again: nothing is left, and nothing changes. */
    int64_t audits = world_number(world, "SELECT COUNT(*) FROM audit");
    assert_int_equal(erase(world, signature.id, &made, &fault), US_OK);
    assert_false(made.changed);
    assert_null(made.certificate);
    erasure_made_clear(&made);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit"), audits);

    /* The organisation may still leave. */
    assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'withdrawn'"), 1);
    assert_sound(world, 2);
}

static void test_erased_can_be_struck(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct erasure_made made;
    struct fault fault;
    bool changed;
    sign(world, "Union", VISIBILITY_RECIPIENTS, &signature);
    assert_int_equal(erase(world, signature.id, &made, &fault), US_OK);
    erasure_made_clear(&made);
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM signature WHERE visibility = 'recipients'"), 1);
    assert_int_equal(world_decide(world, signature.id, DECISION_STRIKE, REASON, &changed), US_OK);
    assert_true(changed);
    assert_sound(world, 1);
    /* That was a mistake: its organisation had never left. */
    assert_int_equal(world_decide(world, signature.id, DECISION_RESTORE, NULL, &changed), US_OK);
    assert_true(changed);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM signature WHERE state = 'listed'"),
                     1);
    /* Struck again, its signatory withdraws: now nobody brings it back. */
    assert_int_equal(world_decide(world, signature.id, DECISION_STRIKE, REASON, &changed), US_OK);
    assert_int_equal(rig_withdraw(world, signature.token, NULL), US_OK);
    assert_int_equal(rig_count_audit(world, "signature.withdraw-unlisted"), 1);
    assert_int_equal(world_decide(world, signature.id, DECISION_RESTORE, NULL, &changed),
                     US_CONFLICT);
    assert_sound(world, 1);
    assert_gone(world);
}

static void test_erase_while_a_letter_leaves(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct erasure_made made;
    struct fault fault;
    sign(world, "Union", VISIBILITY_PUBLIC, &signature);
    int64_t number = letters_draw(world, LETTERS_JOINT("ituc"));
    assert_int_equal(letters_send(world, number, &fault), US_OK);
    assert_int_equal(erase(world, signature.id, &made, &fault), US_BUSY);
    assert_non_null(strstr(fault.text, "delivery list"));
    assert_int_equal(world_number(world, PERSONS), 1);
    letters_accept(world);
    assert_int_equal(erase(world, signature.id, &made, &fault), US_OK);
    erasure_made_clear(&made);
}

static void test_erase_unlisted(void **state)
{
    struct world *world = *state;
    struct rig_signed waits, refused;
    struct erasure_made made;
    struct fault fault;
    bool changed;
    set_policy(world, "before");
    sign(world, "Waits", VISIBILITY_PUBLIC, &waits);
    sign(world, "Refused", VISIBILITY_PUBLIC, &refused);
    assert_int_equal(world_decide(world, refused.id, DECISION_REFUSE, REASON, &changed), US_OK);
    /* The mail about it is not taken: it holds mailbox and reason. */
    assert_int_equal(erase(world, waits.id, &made, &fault), US_OK);
    assert_int_equal(made.state, SIGNATURE_WITHDRAWN);
    assert_certified(world, &made);
    erasure_made_clear(&made);
    assert_int_equal(erase(world, refused.id, &made, &fault), US_OK);
    assert_int_equal(made.state, SIGNATURE_REFUSED);
    assert_certified(world, &made);
    erasure_made_clear(&made);
    assert_int_equal(world_number(world, PERSONS), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(rig_count_audit(world, "signature.erase-unlisted"), 2);
    assert_sound(world, 2);
    assert_gone(world);
    /* The refused one keeps its place. */
    struct outbox_mail mail;
    world_sign(world, "Refused", MAILBOX);
    world_take_mail(world, &mail);
    assert_int_equal(mail.template, OUTBOX_ALREADY);
    outbox_mail_free(&mail);
}

/* What moderators wrote goes with the person; what the signatory says of it stays. */
static void test_withdrawing_erases_words(void **state)
{
    struct world *world = *state;
    struct rig_signed held, refused;
    bool changed;
    set_policy(world, "before");
    sign(world, "Held", VISIBILITY_PUBLIC, &held);
    sign(world, "Refused", VISIBILITY_PUBLIC, &refused);
    assert_int_equal(world_decide(world, held.id, DECISION_HOLD, REASON, &changed), US_OK);
    assert_int_equal(world_decide(world, refused.id, DECISION_REFUSE, REASON, &changed), US_OK);
    drop_mails(world);
    world_close(world);
    world_sql(world, "INSERT INTO moderator_note SELECT id, id, 1, 'unix:x', '" PERSON "' "
                     "FROM signature");
    world_sql(world, "INSERT INTO review (signature, session, actor, until) "
                     "SELECT id, 's', 'unix:x', 1 FROM signature");
    world_open(world);
    assert_int_equal(rig_withdraw(world, held.token, "we left"), US_OK);
    assert_int_equal(rig_withdraw(world, refused.token, "so did we"), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM moderator_note"), 0);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM review"), 0);
    assert_int_equal(world_number(world, REASONS " AND reason IN ('we left', 'so did we')"), 2);
    assert_int_equal(world_number(world, DECIDED), 2);
    assert_sound(world, 2);
    assert_gone(world);
}

static void test_erase_withdrawn(void **state)
{
    struct world *world = *state;
    struct rig_signed signature;
    struct erasure_made made;
    struct fault fault;
    sign(world, "Union", VISIBILITY_PUBLIC, &signature);
    assert_int_equal(rig_withdraw(world, signature.token, REASON), US_OK);
    assert_int_equal(erase(world, signature.id, &made, &fault), US_OK);
    assert_true(made.changed); /* the reason in the audit log */
    assert_int_equal(made.state, SIGNATURE_WITHDRAWN);
    erasure_made_clear(&made);
    assert_sound(world, 1);
    assert_gone(world);
    assert_int_equal(erase(world, "AAAA-AAAA", &made, &fault), US_NOT_FOUND);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),
        TEST(test_refused_and_struck),
        TEST(test_damaged),
        TEST(test_many_damaged),
        TEST(test_mailboxes),
        TEST(test_zero_is_never),
        TEST(test_archived),
        TEST(test_cut_off),
        TEST(test_erase_listed),
        TEST(test_erased_can_be_struck),
        TEST(test_erase_while_a_letter_leaves),
        TEST(test_erase_unlisted),
        TEST(test_withdrawing_erases_words),
        TEST(test_erase_withdrawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
