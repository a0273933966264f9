/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a moderator is told beside a signature, which of it is marked, and that a signature that one
 * session looks at is shown to no other. On a real store with real keys; times are given.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/register_import.h"
#include "appeal/review.h"
#include "appeal/signature_domain.h"
#include "appeal/signature_row.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_SIZE 32
#define HAS(judged, mark) (((judged).marks & 1U << (mark)) != 0)

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = before\n");
    world->config.limits_mails_per_appeal = 1000;
    world->config.limits_mails_per_day = 1000;
    world->config.limits_organisations_per_mailbox = 3;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

/* Signs and confirms among other mails. */
static void sign_in(struct world *world, const char *country, const char *name, const char *latin,
                    const char *mailbox, char id[ID_SIZE])
{
    struct outbox_mail *mails;
    struct submission submission;
    world_fill(&submission, name, mailbox);
    if (latin)
        world_set(&submission, FIELD_ORGANISATION_LATIN, latin);
    if (country)
        world_set(&submission, FIELD_COUNTRY, country);
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    size_t count = world_mails(world, &mails);
    for (size_t i = 0; i < count; i++) {
        struct signing_receipt receipt;
        if (mails[i].template == OUTBOX_CONFIRM) {
            assert_int_equal(world_confirm(world, mails[i].token, &receipt), US_OK);
            snprintf(id, ID_SIZE, "%s", receipt.public_id);
        }
        assert_int_equal(outbox_accepted(world->site, &mails[i], world->now), US_OK);
    }
    world_mails_free(mails, count);
}

static void sign_also(struct world *world, const char *name, const char *latin, const char *mailbox,
                      char id[ID_SIZE])
{
    sign_in(world, NULL, name, latin, mailbox, id);
}

static void sign(struct world *world, const char *name, const char *mailbox, char id[ID_SIZE])
{
    sign_also(world, name, NULL, mailbox, id);
}

struct judging {
    struct world *world;
    const char *id;
    struct judged judged;
    int64_t row;
    enum us_err err;
};

static bool keep_row(const struct signature *signature, void *arg)
{
    ((struct judging *)arg)->row = signature->row;
    return true;
}

static void judge_work(struct reader *reader, void *arg)
{
    struct judging *judging = arg;
    struct signature_row row;
    assert_int_equal(signature_find(reader, judging->id, keep_row, judging), US_OK);
    assert_int_equal(signature_row_find(reader, judging->row, &row), US_OK);
    judging->err = judge_signature(reader, judging->world->site, &row.signature, &judging->judged);
    signature_row_clear(&row);
}

static struct judging judge(struct world *world, const char *id)
{
    struct judging judging = {.world = world, .id = id};
    world_read(world, judge_work, &judging);
    assert_int_equal(judging.err, US_OK);
    return judging;
}

/* ---- lists of domains ---- */

static void test_domain_kinds(void **state)
{
    static const struct {
        const char *domain;
        enum domain_kind kind;
    } kinds[] = {
        {"gmail.com", DOMAIN_FREE},
        {"mail.ru", DOMAIN_FREE},
        {"vip.qq.com", DOMAIN_FREE},
        {"mailinator.com", DOMAIN_DISPOSABLE},
        {"any.mailinator.com", DOMAIN_DISPOSABLE},
        {"union.example", DOMAIN_OWN},
        {"notgmail.com", DOMAIN_OWN},
        {"gmail.com.example", DOMAIN_OWN},
        {"com", DOMAIN_OWN},
        {"", DOMAIN_OWN},
    };
    struct fault fault = {0};
    struct domain_lists *lists;
    (void)state;
    assert_int_equal(domain_lists_load(NULL, &lists, &fault), US_OK);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_int_equal(domain_lists_find(lists, kinds[i].domain), kinds[i].kind);
    domain_lists_free(lists);
}

static enum us_err load_file(struct world *world, const char *text, struct domain_lists **out,
                             struct fault *fault)
{
    char path[128];
    snprintf(path, sizeof path, "%s/free", world->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    struct config config = {.moderation_free_domains = path};
    enum us_err err = domain_lists_load(&config, out, fault);
    remove(path);
    return err;
}

static void test_domain_files(void **state)
{
    struct world *world = *state;
    struct fault fault = {0};
    struct domain_lists *lists;
    assert_int_equal(
        load_file(world, "# ours\n\n  Mail.EXAMPLE # free\r\nb.example", &lists, &fault), US_OK);
    assert_int_equal(domain_lists_find(lists, "mail.example"), DOMAIN_FREE);
    assert_int_equal(domain_lists_find(lists, "b.example"), DOMAIN_FREE);
    assert_int_equal(domain_lists_find(lists, "gmail.com"), DOMAIN_OWN);
    assert_int_equal(domain_lists_find(lists, "mailinator.com"), DOMAIN_DISPOSABLE);
    domain_lists_free(lists);
    static const char *const wrong[] = {
        "a.example\n@b.example\n", "a.example\nб.example\n", "a.example\nc..example\n",
        "a.example\n.example\n",   "a.example\nword\n",      "a.example\nb.example c.example\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fault = (struct fault){0};
        assert_int_equal(load_file(world, wrong[i], &lists, &fault), US_INVALID);
        assert_int_equal(fault.line, 2);
        assert_non_null(strstr(fault.text, "a domain must be written as"));
    }
    char *longest = mem_zero(2000);
    memset(longest, 'a', 1999);
    assert_int_equal(load_file(world, longest, &lists, &fault), US_INVALID);
    free(longest);
    char missing[] = "/nowhere/free.txt";
    struct config config = {.moderation_free_domains = missing};
    assert_int_equal(domain_lists_load(&config, &lists, &fault), US_NOT_FOUND);
}

/* ---- facts ---- */

static void test_nothing_to_tell(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Bakers", "a@bakers.example", id);
    struct judging j = judge(world, id);
    assert_int_equal(j.judged.marks, 0);
    assert_string_equal(j.judged.domain, "bakers.example");
    assert_int_equal(j.judged.domain_kind, DOMAIN_OWN);
    assert_null(j.judged.latin);
    assert_true(j.judged.has_hour);
    assert_int_equal(j.judged.burst, 0);
    assert_int_equal(j.judged.burst_domain, 0);
    assert_int_equal(j.judged.other_count, 0);
    assert_int_equal(j.judged.note_count + j.judged.decision_count + j.judged.known_count, 0);
    judge_clear(&j.judged);
}

static void test_names(void **state)
{
    struct world *world = *state;
    char first[ID_SIZE], same[ID_SIZE], near[ID_SIZE], other[ID_SIZE];
    sign(world, "Профсоюз «Жанарту»", "a@one.example", first);
    sign(world, "Profsoyuz Zhanartu", "a@two.example", same);
    sign(world, "Профсоюз «Жанарта»", "a@three.example", near);
    sign(world, "Seafarers", "a@four.example", other);
    struct judging j = judge(world, same);
    assert_true(HAS(j.judged, JUDGE_TWICE));
    assert_false(HAS(j.judged, JUDGE_REFUSED_NAME));
    assert_string_equal(j.judged.others[0].id, first);
    assert_int_equal(j.judged.others[0].likeness, 100);
    judge_clear(&j.judged);
    assert_int_equal(world_decide(world, first, DECISION_REFUSE, "a fake", NULL), US_OK);
    j = judge(world, same);
    assert_true(HAS(j.judged, JUDGE_REFUSED_NAME));
    assert_false(HAS(j.judged, JUDGE_TWICE));
    assert_false(HAS(j.judged, JUDGE_REFUSED_DOMAIN));
    assert_string_equal(j.judged.others[0].id, first);
    judge_clear(&j.judged);
    j = judge(world, near);
    assert_true(HAS(j.judged, JUDGE_REFUSED_NAME));
    assert_true(HAS(j.judged, JUDGE_ALIKE));
    judge_clear(&j.judged);
    j = judge(world, other);
    assert_int_equal(j.judged.marks, 0);
    judge_clear(&j.judged);
    j = judge(world, first);
    assert_non_null(j.judged.latin);
    assert_non_null(strstr(j.judged.latin, "Zhanartu"));
    assert_int_equal(j.judged.decision_count, 1);
    assert_string_equal(j.judged.decisions[0].act, "signature.refuse");
    assert_string_equal(j.judged.decisions[0].actor, "unix:test");
    assert_string_equal(j.judged.decisions[0].reason, "a fake");
    judge_clear(&j.judged);
}

static bool has_other(const struct judging *j, const char *id, unsigned least)
{
    for (size_t i = 0; i < j->judged.other_count; i++)
        if (strcmp(j->judged.others[i].id, id) == 0)
            return j->judged.others[i].likeness >= least;
    return false;
}

static void on_fault(int line, const char *what, void *arg)
{
    (void)arg;
    fail_msg("line %d: %s", line, what);
}

static void import_list(struct world *world, const char *text)
{
    struct register_table table;
    struct register_imported told;
    struct fault fault = {0};
    const struct register_import list = {.source = "list", .table = &table, .actor = "unix:test"};
    assert_int_equal(register_csv_read(text, strlen(text), on_fault, NULL, &table), US_OK);
    assert_int_equal(register_import(world->site, &list, &told, &fault), US_OK);
    register_table_clear(&table);
}

static bool is_registered_one(const struct judging *j, const char *id)
{
    for (size_t i = 0; i < j->judged.other_count; i++)
        if (strcmp(j->judged.others[i].id, id) == 0)
            return j->judged.others[i].is_registered_one;
    return false;
}

/* Names that are not alike, and one organisation's in the register: what keeps the second from
 * being listed by itself is told with it. In its country alone, as there. */
static void test_registered_names(void **state)
{
    struct world *world = *state;
    char zorb[ID_SIZE], quix[ID_SIZE], british[ID_SIZE], german[ID_SIZE], id[ID_SIZE];
    import_list(world, "name,country,domains,aliases\n"
                       "Racer Zorb,KZ,race.example race2.example,Knobel Quix|Third Name\n"
                       "Bakers,DE,bakers.example,Millers\n");
    sign(world, "Racer Zorb", "a@race.example", zorb);
    sign_in(world, "GB", "Racer Zorb", NULL, "b@race.example", british);
    sign(world, "Knobel Quix", "a@race2.example", quix);
    struct judging j = judge(world, quix);
    assert_true(HAS(j.judged, JUDGE_TWICE));
    assert_true(HAS(j.judged, JUDGE_KNOWN_DOMAIN));
    assert_int_equal(j.judged.other_count, 1);
    assert_string_equal(j.judged.others[0].id, zorb);
    assert_true(j.judged.others[0].is_registered_one);
    assert_int_equal(j.judged.others[0].likeness, 0);
    judge_clear(&j.judged);
    j = judge(world, zorb);
    assert_true(is_registered_one(&j, quix));
    assert_false(is_registered_one(&j, british));
    judge_clear(&j.judged);
    /* Listed or refused it is still the same. */
    assert_int_equal(world_decide(world, zorb, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(world_decide(world, quix, DECISION_REFUSE, "false", NULL), US_OK);
    sign(world, "Third Name", "a@third.example", id);
    j = judge(world, id);
    assert_true(HAS(j.judged, JUDGE_REFUSED_NAME) && HAS(j.judged, JUDGE_TWICE));
    assert_true(is_registered_one(&j, quix) && is_registered_one(&j, zorb));
    judge_clear(&j.judged);
    /* The register's one in another country says nothing. */
    sign(world, "Bakers", "a@b.example", german);
    sign(world, "Millers", "a@m.example", id);
    j = judge(world, id);
    assert_false(HAS(j.judged, JUDGE_TWICE));
    assert_false(is_registered_one(&j, german));
    judge_clear(&j.judged);
    /* A list that was taken out counts no more. */
    import_list(world, "name,country\nRacer Zorb,KZ\n");
    j = judge(world, quix);
    assert_false(HAS(j.judged, JUDGE_TWICE));
    assert_false(is_registered_one(&j, zorb));
    judge_clear(&j.judged);
}

/* Written without blanks, and romanised with them: each is told beside the other. */
static void test_unspaced_names(void **state)
{
    struct world *world = *state;
    char han[ID_SIZE], pinyin[ID_SIZE], near[ID_SIZE], other[ID_SIZE];
    char before[ID_SIZE], after[ID_SIZE], latin[ID_SIZE], id[ID_SIZE];
    sign(world, "中华全国总工会", "a@one.example", han);
    sign(world, "Zhōnghuá Quánguó Zǒnggōnghuì", "a@two.example", pinyin);
    sign(world, "Zhonghua Quanguo Zong Gonghui", "a@three.example", near);
    sign(world, "Beijing Shi Gonghui", "a@four.example", other);
    /* Parted elsewhere, and alike without blanks alone: one on each side. */
    sign(world, "Zhong Huaquan Guozong Gonghai", "a@five.example", before);
    sign(world, "Zhong Huaquan Guozong Gonghuo", "a@six.example", after);
    sign_also(world, "Федерация Китая", "Zhonghua Quanguo Zonggonghui", "a@seven.example", latin);
    /* So many between them in the order of names that nothing is met by chance. */
    for (char letter = 'b'; letter <= 'z'; letter++)
        for (char first = 'N'; first <= 'P'; first++) {
            char name[] = {'M', 'a', 'r', 'i', 'n', 'e', 'r', 's', ' ', first, letter, '\0'};
            char mailbox[] = {'a', '@', first, letter, '.', 'e', 'x',
                              'a', 'm', 'p',   'l',    'e', '\0'};
            sign(world, name, mailbox, id);
        }
    struct judging j = judge(world, pinyin);
    assert_true(HAS(j.judged, JUDGE_ALIKE));
    assert_true(has_other(&j, han, 95));
    assert_false(has_other(&j, other, 1));
    judge_clear(&j.judged);
    j = judge(world, han);
    assert_true(HAS(j.judged, JUDGE_ALIKE));
    assert_true(has_other(&j, pinyin, 95));
    assert_true(has_other(&j, near, 95));
    assert_true(has_other(&j, before, 90));
    assert_true(has_other(&j, after, 90));
    assert_false(has_other(&j, other, 1));
    judge_clear(&j.judged);
    j = judge(world, latin);
    assert_true(has_other(&j, han, 95));
    judge_clear(&j.judged);
    assert_int_equal(world_decide(world, pinyin, DECISION_REFUSE, "a fake", NULL), US_OK);
    j = judge(world, han);
    assert_true(HAS(j.judged, JUDGE_REFUSED_NAME));
    judge_clear(&j.judged);
    j = judge(world, other);
    assert_int_equal(j.judged.marks, 1U << JUDGE_BURST); /* so many at once */
    judge_clear(&j.judged);
}

static void test_mail(void **state)
{
    struct world *world = *state;
    char one[ID_SIZE], two[ID_SIZE], three[ID_SIZE], free_one[ID_SIZE], free_two[ID_SIZE];
    sign(world, "Bakers", "a@own.example", one);
    sign(world, "Drivers", "A@own.example", two);
    sign(world, "Hatters", "b@own.example", three);
    sign(world, "Joiners", "a@gmail.com", free_one);
    sign(world, "Millers", "b@gmail.com", free_two);
    struct judging j = judge(world, one);
    assert_int_equal(j.judged.marks, 1U << JUDGE_MAILBOX);
    assert_int_equal(j.judged.of_domain[SIGNATURE_CONFIRMED], 2);
    assert_int_equal(j.judged.other_count, 2);
    assert_string_equal(j.judged.others[0].id, two);
    assert_true(j.judged.others[0].has_mailbox && j.judged.others[0].has_domain);
    assert_true(!j.judged.others[1].has_mailbox && j.judged.others[1].has_domain);
    judge_clear(&j.judged);
    assert_int_equal(world_decide(world, two, DECISION_REFUSE, "false", NULL), US_OK);
    assert_int_equal(world_decide(world, free_one, DECISION_REFUSE, "false", NULL), US_OK);
    j = judge(world, one);
    assert_int_equal(j.judged.marks, 1U << JUDGE_REFUSED_MAILBOX | 1U << JUDGE_REFUSED_DOMAIN);
    judge_clear(&j.judged);
    j = judge(world, three);
    assert_int_equal(j.judged.marks, 1U << JUDGE_REFUSED_DOMAIN);
    judge_clear(&j.judged);
    /* What others did at a free provider says nothing. */
    j = judge(world, free_two);
    assert_int_equal(j.judged.marks, 1U << JUDGE_FREE);
    assert_int_equal(j.judged.other_count, 0);
    assert_int_equal(j.judged.of_domain[SIGNATURE_REFUSED], 1);
    judge_clear(&j.judged);
}

static void test_domain_forgotten(void **state)
{
    struct world *world = *state;
    uint8_t hash[KEYRING_HASH_SIZE], typed[KEYRING_HASH_SIZE];
    char id[ID_SIZE];
    size_t len;
    sign(world, "Bakers", "a@own.example", id);
    assert_int_equal(signature_domain_hash(world->site, "own.example", hash), US_OK);
    assert_int_equal(signature_domain_hash(world->site, "OWN.example", typed), US_OK);
    assert_memory_equal(hash, typed, sizeof hash);
    uint8_t *kept = world_blob(world, "SELECT domain_hash FROM signature", &len);
    assert_int_equal(len, sizeof hash);
    assert_memory_equal(kept, hash, len);
    free(kept);
    world_close(world);
    world_sql(world, "UPDATE signature SET mail_domain = NULL, domain_hash = NULL, hour = NULL");
    world_open(world);
    struct judging j = judge(world, id);
    assert_null(j.judged.domain);
    assert_false(j.judged.has_hour);
    assert_int_equal(j.judged.marks, 0);
    judge_clear(&j.judged);
}

static void test_burst(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE], name[32], mailbox[32];
    for (int i = 0; i < JUDGE_BURST_LEAST; i++) {
        snprintf(name, sizeof name, "Local %d", i + 1);
        snprintf(mailbox, sizeof mailbox, "a@u%d.example", i);
        sign(world, name, mailbox, id);
    }
    struct judging j = judge(world, id);
    assert_int_equal(j.judged.burst, JUDGE_BURST_LEAST - 1);
    assert_false(HAS(j.judged, JUDGE_BURST));
    judge_clear(&j.judged);
    sign(world, "One more", "a@more.example", id);
    j = judge(world, id);
    assert_int_equal(j.judged.burst, JUDGE_BURST_LEAST);
    assert_int_equal(j.judged.burst_domain, 0);
    assert_int_equal(j.judged.burst_domains, JUDGE_BURST_LEAST + 1);
    assert_true(HAS(j.judged, JUDGE_BURST));
    judge_clear(&j.judged);
    /* Another hour is another burst. */
    world->now += CLOCK_HOUR;
    sign(world, "Later", "a@later.example", id);
    j = judge(world, id);
    assert_int_equal(j.judged.burst, 0);
    judge_clear(&j.judged);
    for (int i = 0; i < JUDGE_BURST_DOMAIN; i++) {
        snprintf(name, sizeof name, "Group %d", i + 1);
        snprintf(mailbox, sizeof mailbox, "m%d@later.example", i);
        sign(world, name, mailbox, id);
    }
    j = judge(world, id);
    assert_int_equal(j.judged.burst_domain, JUDGE_BURST_DOMAIN);
    assert_true(HAS(j.judged, JUDGE_BURST));
    judge_clear(&j.judged);
}

/* ---- claims and notes ---- */

static const struct review_choice any = {.since = INT64_MAX};

static struct review_who session(struct world *world, const char *name)
{
    return (struct review_who){.session = name, .actor = "unix:test", .now = world->now};
}

static int64_t next(struct world *world, const char *name, const struct review_choice *choice)
{
    const struct review_who who = session(world, name);
    struct review_left left;
    int64_t row = -1;
    assert_int_equal(review_next(world->site, &who, choice, &row, &left), US_OK);
    return row;
}

static void test_claims(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Bakers", "a@a.example", id);
    sign(world, "Drivers", "a@b.example", id);
    sign(world, "Hatters", "a@c.example", id);
    int64_t one = next(world, "sessionone", &any), two = next(world, "sessiontwo", &any);
    int64_t three = next(world, "sessionone", &any);
    assert_true(one > 0 && two > 0 && three > 0 && one != two && one != three && two != three);
    assert_int_equal(next(world, "sessiontwo", &any), 0);
    const struct review_who first = session(world, "sessionone");
    const struct review_who second = session(world, "sessiontwo");
    assert_int_equal(review_claim(world->site, &second, one), US_CONFLICT);
    assert_int_equal(review_claim(world->site, &first, one), US_OK);
    /* Nine minutes later it holds still, and is renewed; of the other the term is over then. */
    world->now += 9 * CLOCK_MINUTE;
    const struct review_who later = session(world, "sessionone");
    assert_int_equal(review_keep(world->site, &later), US_OK);
    world->now += 2 * CLOCK_MINUTE;
    assert_int_equal(next(world, "sessionsix", &any), two);
    assert_int_equal(next(world, "sessionsix", &any), 0);
    const struct review_who last = session(world, "sessionone");
    assert_int_equal(review_release(world->site, &last, one), US_OK);
    assert_int_equal(next(world, "sessionsix", &any), one);
    assert_int_equal(review_release(world->site, &last, 0), US_OK);
    assert_int_equal(next(world, "sessionsix", &any), three);
    assert_false(review_is_session("short"));
    assert_false(review_is_session("Session With Blanks"));
}

static void test_order(void **state)
{
    struct world *world = *state;
    char held[ID_SIZE], fresh[ID_SIZE], skipped[ID_SIZE];
    sign(world, "Bakers", "a@a.example", held);
    sign(world, "Drivers", "a@b.example", skipped);
    assert_int_equal(world_decide(world, held, DECISION_HOLD, NULL, NULL), US_OK);
    world->now += CLOCK_DAY;
    sign(world, "Hatters", "a@c.example", fresh);
    const struct review_who who = session(world, "sessionone");
    const struct review_choice round = {.since = world->now};
    struct review_left left;
    int64_t row, first = next(world, "sessionone", &round);
    assert_int_equal(review_skip(world->site, &who, first), US_OK);
    /* The newer confirmed one, then the held one; the skipped one not again in this round. */
    struct judging j = judge(world, fresh);
    assert_int_equal(next(world, "sessionone", &round), j.row);
    judge_clear(&j.judged);
    j = judge(world, held);
    assert_int_equal(next(world, "sessionone", &round), j.row);
    judge_clear(&j.judged);
    assert_int_equal(review_next(world->site, &who, &round, &row, &left), US_OK);
    assert_int_equal(row, 0);
    assert_int_equal(left.put_off, 1);
    assert_int_equal(left.waiting, 2);
    assert_int_equal(left.held, 1);
    assert_int_equal(left.taken, 0);
    /* In the next round, and for another session, it comes. */
    world->now += CLOCK_SECOND;
    assert_int_equal(next(world, "sessiontwo", &any), first);
    const struct review_who two = session(world, "sessiontwo");
    assert_int_equal(review_release(world->site, &two, 0), US_OK);
    const struct review_choice again = {.since = world->now};
    assert_int_equal(next(world, "sessionone", &again), first);
}

static int64_t look(struct world *world, const struct review_place *after, bool is_of_held)
{
    const struct review_who who = session(world, "sessionone");
    struct review_left left;
    int64_t row = -1;
    assert_int_equal(review_look(world->site, &who, &any, after, &row, &left), US_OK);
    assert_int_equal(left.is_of_held, is_of_held);
    return row;
}

/* A trial goes on where it was, whatever others do to the one that it stands at. */
static void test_trial_keeps_its_place(void **state)
{
    static const char *const names[] = {"Bakers", "Drivers", "Hatters", "Millers"};
    struct world *world = *state;
    char ids[4][ID_SIZE];
    int64_t rows[4];
    for (int i = 0; i < 4; i++) {
        char mailbox[32];
        snprintf(mailbox, sizeof mailbox, "a@t%d.example", i);
        sign(world, names[i], mailbox, ids[i]);
        struct judging j = judge(world, ids[i]);
        rows[i] = j.row;
        judge_clear(&j.judged);
        world->now += CLOCK_DAY;
    }
    assert_int_equal(world_decide(world, ids[0], DECISION_HOLD, NULL, NULL), US_OK);
    assert_int_equal(look(world, &(struct review_place){.id = NULL}, false), rows[1]);
    assert_int_equal(world_decide(world, ids[1], DECISION_HOLD, NULL, NULL), US_OK);
    assert_int_equal(look(world, &(struct review_place){.id = ids[1]}, false), rows[2]);
    assert_int_equal(look(world, &(struct review_place){.id = ids[3]}, true), rows[0]);
    const struct review_place of_held = {.id = ids[0], .is_of_held = true};
    assert_int_equal(world_decide(world, ids[0], DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(look(world, &of_held, true), rows[1]);
    assert_int_equal(look(world, &(struct review_place){.id = ids[1], .is_of_held = true}, true),
                     0);
}

static void test_what_waits_no_more(void **state)
{
    struct world *world = *state;
    char id[ID_SIZE];
    sign(world, "Bakers", "a@a.example", id);
    int64_t row = next(world, "sessionone", &any);
    const struct review_who who = session(world, "sessionone");
    assert_int_equal(world_decide(world, id, DECISION_APPROVE, NULL, NULL), US_OK);
    assert_int_equal(review_claim(world->site, &who, row), US_CONFLICT);
    assert_int_equal(next(world, "sessiontwo", &any), 0);
    assert_int_equal(review_release(world->site, &who, 0), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM review"), 0);
}

static void reasons_work(struct reader *reader, void *arg)
{
    char *reasons[REVIEW_REASONS_MOST];
    size_t count;
    (void)arg;
    assert_int_equal(review_reasons(reader, reasons, &count), US_OK);
    assert_int_equal(count, 2);
    assert_string_equal(reasons[0], "b");
    assert_string_equal(reasons[1], "a");
    free(reasons[0]);
    free(reasons[1]);
}

static void more_reasons_work(struct reader *reader, void *arg)
{
    static const char *const expected[] = {"act", "an act 3 of spam", "pact 3", "b", "a"};
    char *reasons[REVIEW_REASONS_MOST];
    size_t count;
    (void)arg;
    assert_int_equal(review_reasons(reader, reasons, &count), US_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(reasons[i], expected[i]);
        free(reasons[i]);
    }
}

static void refuse_new(struct world *world, const char *reason)
{
    static int number;
    char name[32], mailbox[32], id[ID_SIZE];
    snprintf(name, sizeof name, "Branch %d", ++number);
    snprintf(mailbox, sizeof mailbox, "a@v%d.example", number);
    sign(world, name, mailbox, id);
    assert_int_equal(world_decide(world, id, DECISION_REFUSE, reason, NULL), US_OK);
}

static void test_notes_and_reasons(void **state)
{
    struct world *world = *state;
    static const char *const given[] = {"a", "b", "a", "b"};
    const struct review_who who = {.actor = "unix:anna", .now = 5};
    struct fault fault = {0};
    char id[ID_SIZE];
    for (size_t i = 0; i < 4; i++) {
        char name[32], mailbox[32];
        snprintf(name, sizeof name, "Local %zu", i);
        snprintf(mailbox, sizeof mailbox, "a@u%zu.example", i);
        sign(world, name, mailbox, id);
        assert_int_equal(world_decide(world, id, DECISION_REFUSE, given[i], NULL), US_OK);
    }
    world_read(world, reasons_work, NULL);
    /* What the service wrote itself is never offered, what a person gave to an act is. */
    static const char *const unwanted[] = {"act 3", "undone; act 12", MODERATION_MERGED " (s-1).",
                                           MODERATION_MERGED ". again"};
    static const char *const wanted[] = {"pact 3", "an act 3 of spam", "act"};
    for (size_t i = 0; i < 4; i++)
        refuse_new(world, unwanted[i]);
    world_read(world, reasons_work, NULL);
    for (size_t i = 0; i < 3; i++)
        refuse_new(world, wanted[i]);
    world_read(world, more_reasons_work, NULL);
    struct judging j = judge(world, id);
    judge_clear(&j.judged);
    assert_int_equal(review_note(world->site, &who, j.row, "called them", &fault), US_OK);
    assert_int_equal(review_note(world->site, &who, j.row, "two\nlines", &fault), US_INVALID);
    assert_int_equal(review_note(world->site, &who, j.row, "\xff", &fault), US_INVALID);
    assert_int_equal(review_note(world->site, &who, j.row, "", &fault), US_INVALID);
    assert_int_equal(review_note(world->site, &who, j.row + 1, "x", &fault), US_NOT_FOUND);
    j = judge(world, id);
    assert_int_equal(j.judged.note_count, 1);
    assert_string_equal(j.judged.notes[0].text, "called them");
    assert_string_equal(j.judged.notes[0].actor, "unix:anna");
    judge_clear(&j.judged);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain_kinds),
        TEST(test_domain_files),
        TEST(test_nothing_to_tell),
        TEST(test_names),
        TEST(test_registered_names),
        TEST(test_unspaced_names),
        TEST(test_mail),
        TEST(test_domain_forgotten),
        TEST(test_burst),
        TEST(test_claims),
        TEST(test_order),
        TEST(test_trial_keeps_its_place),
        TEST(test_what_waits_no_more),
        TEST(test_notes_and_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
