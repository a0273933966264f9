/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The audit chain: without a gap whatever fails, and no entry can be changed, taken out or put in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "store/audit.h"
#include "store_rig.h"
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static int set_up(void **state)
{
    static struct rig rig;
    rig_make(&rig);
    rig_open(&rig);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_remove(*state);
    return 0;
}

static void add_audit(struct job *job, int64_t at, const char *subject)
{
    job_add_audit(job, &(struct job_audit){.at = at,
                                           .actor = "unix:moderator",
                                           .act = "signature.approve",
                                           .subject = subject,
                                           .reason = at % 2 ? "известны нам" : NULL});
}

struct verified {
    struct audit_verdict verdict;
    enum us_err err;
};

static void read_verify(struct reader *reader, void *arg)
{
    struct verified *verified = arg;
    verified->err = audit_verify(reader, &verified->verdict);
}

static struct verified verify(struct rig *rig)
{
    struct verified verified = {.err = US_IO};
    assert_int_equal(store_read_wait(rig->store, read_verify, &verified), US_OK);
    return verified;
}

static void add_entries(struct rig *rig, int count)
{
    for (int i = 0; i < count; i++) {
        struct job *job = job_new();
        add_audit(job, 1000 + i, "k3v9m0q2xw7ra");
        assert_int_equal(rig_run(rig, job), US_OK);
    }
}

static void test_the_chain_goes_on_after_failures(void **state)
{
    struct rig *rig = *state;
    struct rig_stop stop;
    assert_int_equal(verify(rig).verdict.entries, 0);
    assert_int_equal(verify(rig).err, US_OK);
    rig_stop_store(rig, &stop);
    /* One group: every third job fails after its entry, by a miss or by a taken key. */
    for (int i = 0; i < 30; i++) {
        char word[16];
        snprintf(word, sizeof word, "%d", i);
        struct job *job = job_new();
        add_audit(job, i, "a");
        add_audit(job, i, NULL); /* two acts in one job */
        if (i % 3 == 1)
            job_expect(job, STATEMENT_TRIAL_DELETE, US_NOT_FOUND, VALUES(value_int(-1)));
        job_add(job, STATEMENT_TRIAL_INSERT,
                VALUES(value_int(i % 3 == 2 ? 0 : i), value_text(word), value_null()));
        store_submit(rig->store, job, NULL, NULL);
    }
    thread_gate_open(&stop.go);
    assert_int_equal(rig_run(rig, job_new()), US_OK);
    assert_int_equal(rig_count(rig), 10);
    struct verified verified = verify(rig);
    assert_int_equal(verified.err, US_OK);
    assert_int_equal(verified.verdict.entries, 20);

    rig_close(rig);
    rig_open(rig); /* the end of the chain is read again */
    add_entries(rig, 2);
    verified = verify(rig);
    assert_int_equal(verified.err, US_OK);
    assert_int_equal(verified.verdict.entries, 22);
}

static void test_the_chain_is_longer_than_a_page(void **state)
{
    struct rig *rig = *state;
    struct job *job = job_new();
    for (int i = 0; i < 1200; i++)
        add_audit(job, i, "a");
    assert_int_equal(rig_run(rig, job), US_OK);
    struct verified verified = verify(rig);
    assert_int_equal(verified.err, US_OK);
    assert_int_equal(verified.verdict.entries, 1200);
}

/* An entry that never had a reason is not counted as one that lost it. */
static void test_erased_reasons_leave_a_good_chain(void **state)
{
    struct rig *rig = *state;
    add_entries(rig, 5);
    assert_int_equal(verify(rig).verdict.erased, 0);
    for (int seq = 3; seq <= 4; seq++) { /* the fourth had one */
        struct job *job = job_new();
        job_expect(job, STATEMENT_TRIAL_ERASE_REASON, US_NOT_FOUND, VALUES(value_int(seq)));
        assert_int_equal(rig_run(rig, job), US_OK);
    }
    struct verified verified = verify(rig);
    assert_int_equal(verified.err, US_OK);
    assert_int_equal(verified.verdict.entries, 5);
    assert_int_equal(verified.verdict.erased, 1);
}

/* Reasons are missing only where something erases them. */
static void test_reasons_that_nothing_erases(void **state)
{
    static const struct {
        const char *act;
        bool may_go;
    } acts[] = {
        {"signature.refuse", true}, {"act.begin", true},        {"appeal.pause", true},
        {"logo.remove", true},      {"signature.erase", false}, {"signature.erase-refused", false},
        {"appeal.publish", false},  {"export.contacts", false}, {"keys.adopt", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct rig rig;
        struct job *job = job_new();
        rig_make(&rig);
        rig_open(&rig);
        job_add_audit(job,
                      &(struct job_audit){.actor = "unix:a", .act = acts[i].act, .reason = "why"});
        assert_int_equal(rig_run(&rig, job), US_OK);
        rig_close(&rig);
        rig_sql(&rig, "UPDATE audit_detail SET reason = NULL, reason_salt = NULL");
        rig_open(&rig);
        struct verified verified = verify(&rig);
        assert_int_equal(verified.verdict.broken, acts[i].may_go ? 0 : 1);
        assert_int_equal(verified.verdict.erased, acts[i].may_go ? 1 : 0);
        rig_remove(&rig);
    }
}

static void test_changes_show(void **state)
{
    static const struct {
        const char *sql;
        int broken;
    } changes[] = {
        {"UPDATE audit SET at = at + 1 WHERE seq = 3", 3},
        {"UPDATE audit SET act = 'signature.refuse' WHERE seq = 1", 1},
        {"UPDATE audit SET commitment = zeroblob(32) WHERE seq = 4", 4},
        {"UPDATE audit SET digest = zeroblob(32) WHERE seq = 5", 5},
        {"UPDATE audit SET digest = x'00' WHERE seq = 2", 2},
        {"UPDATE audit_detail SET actor = 'unix:somebody' WHERE seq = 2", 2},
        {"UPDATE audit_detail SET subject = NULL WHERE seq = 2", 2},
        {"UPDATE audit_detail SET salt = zeroblob(32) WHERE seq = 2", 2},
        {"UPDATE audit_detail SET salt = x'00' WHERE seq = 2", 2},
        /* Who did it, and on what, never goes, with the reason or without. */
        {"DELETE FROM audit_detail WHERE seq = 2", 2},
        {"DELETE FROM audit_detail WHERE seq = 3", 3},
        {"UPDATE audit_detail SET reason = NULL, reason_salt = NULL, actor = '' WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason = NULL, reason_salt = NULL, subject = NULL WHERE seq = 2",
         2},
        /* Without a reason there is none, and no salt or digest either; NULL is not "". */
        {"UPDATE audit_detail SET reason = '' WHERE seq = 3", 3},
        {"UPDATE audit_detail SET reason_salt = zeroblob(32) WHERE seq = 3", 3},
        {"UPDATE audit_detail SET reason_digest = zeroblob(32) WHERE seq = 3", 3},
        {"UPDATE audit_detail SET reason_digest = x'00' WHERE seq = 3", 3},
        /* With one there are all three, and they fit. */
        {"UPDATE audit_detail SET reason = 'another' WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason = NULL WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason_salt = NULL WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason_salt = x'00' WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason_salt = zeroblob(32) WHERE seq = 2", 2},
        {"UPDATE audit_detail SET reason_digest = zeroblob(32) WHERE seq = 2", 2},
        /* An erased one cannot pass for none, nor for another. */
        {"UPDATE audit_detail SET reason = NULL, reason_salt = NULL, reason_digest = NULL "
         "WHERE seq = 2",
         2},
        {"UPDATE audit_detail SET reason = NULL, reason_salt = NULL, reason_digest = zeroblob(32) "
         "WHERE seq = 2",
         2},
        {"DELETE FROM audit WHERE seq = 4", 4},
        {"UPDATE audit SET seq = -1 WHERE seq = 5", 1},
        {"INSERT INTO audit SELECT 0, at, act, commitment, digest FROM audit WHERE seq = 1", 1},
        {"INSERT INTO audit SELECT -7, at, act, commitment, digest FROM audit WHERE seq = 1", 1},
        {"INSERT INTO audit_detail SELECT 9, salt, actor, subject, reason, reason_salt, "
         "reason_digest FROM audit_detail WHERE seq = 1",
         9},
        {"INSERT INTO audit_detail SELECT 0, salt, actor, subject, reason, reason_salt, "
         "reason_digest FROM audit_detail WHERE seq = 1",
         1},
        {"UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;"
         "UPDATE audit SET seq = 3 WHERE seq = 99",
         2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct rig rig;
        rig_make(&rig);
        rig_open(&rig);
        add_entries(&rig, 5);
        rig_close(&rig);
        rig_sql(&rig, changes[i].sql);
        rig_open(&rig);
        struct verified verified = verify(&rig);
        assert_int_equal(verified.err, US_CORRUPT);
        assert_int_equal(verified.verdict.broken, changes[i].broken);
        rig_remove(&rig);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_chain_goes_on_after_failures),
        TEST(test_the_chain_is_longer_than_a_page),
        TEST(test_erased_reasons_leave_a_good_chain),
        cmocka_unit_test(test_reasons_that_nothing_erases),
        cmocka_unit_test(test_changes_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
