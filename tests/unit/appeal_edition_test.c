/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whom an edition names, whom it counts, and which ids it freezes. On a real store with real keys.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/edition_ids.h"
#include "appeal_letters.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_reads(struct world *world, const struct letters_edition *what,
                         const char *expected, int64_t counted)
{
    struct edition_draft *draft;
    struct fault fault;
    char *said;

    if (letters_read(world, what, &said, &draft, &fault) != US_OK)
        fail_msg("%s: %s", what->addressee, fault.text);
    assert_string_equal(said, expected);
    assert_int_equal(edition_draft_totals(draft)->counted, counted);
    edition_draft_free(draft);
    free(said);
}

static void assert_refused(struct world *world, const struct letters_edition *what,
                           const char *part)
{
    struct edition_draft *draft = NULL;
    struct fault fault;
    char *said;

    assert_int_equal(letters_read(world, what, &said, &draft, &fault), US_CONFLICT);
    assert_null(draft);
    assert_non_null(strstr(fault.text, part));
    free(said);
}

/* ---- the table ---- */

/* The design's table once more, by hand: C counted, O organisation, P organisation and person. */
static const struct {
    const char *addressee;
    const char *cells; /* public, organisation, recipients, international, counted */
} matrix[] = {
    {"press", "POCCC"}, {"president", "POPCC"}, {"plant", "POPCC"},
    {"ituc", "POPPC"},  {"ilo", "PPPPC"},       {"un", "PPPPC"},
};

static void say(struct str *out, char cell, const char *name)
{
    if (cell == 'O')
        str_append_format(out, "%s;", name);
    if (cell == 'P')
        str_append_format(out, "%s(Head of %s);", name, name);
}

/* Each visibility, each addressee, both forms: named ones, what is said of them, the counts, and
 * that all five ids are frozen whatever is shown. */
static void test_matrix(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < VISIBILITY_COUNT; i++)
        letters_sign(world, visibility_name((enum visibility)i), "KZ", (enum visibility)i, NULL);
    for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
        static const enum visibility by_name[] = {VISIBILITY_COUNTED, VISIBILITY_INTERNATIONAL,
                                                  VISIBILITY_ORGANISATION, VISIBILITY_PUBLIC,
                                                  VISIBILITY_RECIPIENTS};
        struct str joint = STR_INIT, individual = STR_INIT;
        int64_t named = 0, persons = 0;
        for (size_t k = 0; k < VISIBILITY_COUNT; k++) {
            char cell = matrix[i].cells[by_name[k]];
            const char *name = visibility_name(by_name[k]);
            say(&joint, cell, name);
            if (cell == 'P')
                say(&individual, cell, name);
            named += cell != 'C';
            persons += cell == 'P';
        }
        assert_reads(world, LETTERS_JOINT(matrix[i].addressee), str_text(&joint), 5 - named);
        assert_reads(world, LETTERS_INDIVIDUAL(matrix[i].addressee), str_text(&individual),
                     5 - persons);
        str_free(&joint);
        str_free(&individual);

        struct edition edition;
        letters_find(world, letters_draw(world, LETTERS_JOINT(matrix[i].addressee)), &edition);
        assert_int_equal(edition.totals.named, named);
        assert_int_equal(edition.totals.counted, 5 - named);
        assert_int_equal(edition.totals.members, named * 1200);
        assert_int_equal(edition.totals.countries, 1);
        edition_clear(&edition);
    }
    assert_int_equal(world_number(world, "SELECT MIN(LENGTH(signatures)) FROM edition"), 5 * 8);
    assert_int_equal(world_number(world, "SELECT MAX(LENGTH(signatures)) FROM edition"), 5 * 8);
    /* What is stored is what was read, in the order of the ids, big-endian. */
    assert_int_equal(
        world_number(world, "SELECT COUNT(*) FROM edition WHERE hex(signatures) <> "
                            "(SELECT group_concat(h, '') FROM (SELECT printf('%016X', id) AS h "
                            "FROM signature ORDER BY id))"),
        0);
}

struct public_read {
    struct world *world;
    struct str said;
    struct signature_totals totals;
    enum us_err err;
};

static bool on_public(const struct signature *signature, void *arg)
{
    struct public_read *read = arg;

    str_append_format(&read->said, "%s%s;", signature->is_initiator ? "*" : "",
                      signature->organisation);
    assert_null(signature->ilo);
    return true;
}

static void public_work(struct reader *reader, void *arg)
{
    struct public_read *read = arg;
    const struct edition_params params = {.appeal = read->world->appeal, .language = "en"};

    read->err =
        edition_each_public(reader, read->world->site, &params, on_public, read, &read->totals);
}

/* Those who began it come first, in the settings' order, wherever they are from; whoever may not be
 * named is no initiator that anybody sees. */
static void test_initiators(void **state)
{
    struct world *world = *state;
    char first[LETTERS_ID_SIZE], second[LETTERS_ID_SIZE], hidden[LETTERS_ID_SIZE],
        struck[LETTERS_ID_SIZE];
    struct public_read read = {.world = world};
    char *settings;

    letters_sign(world, "Armenian", "AM", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "Zambian", "ZM", VISIBILITY_PUBLIC, first);
    letters_sign(world, "Kazakh", "KZ", VISIBILITY_ORGANISATION, second);
    letters_sign(world, "Hidden", "KZ", VISIBILITY_COUNTED, hidden);
    letters_sign(world, "Struck", "KZ", VISIBILITY_PUBLIC, struck);
    assert_reads(world, LETTERS_JOINT("plant"),
                 "Armenian(Head of Armenian);Kazakh;Struck(Head of Struck);"
                 "Zambian(Head of Zambian);",
                 1);
    letters_strike(world, struck);
    settings =
        mem_format("initiators = %s %s %s\n  %s 00000zzzzzzzz\n", first, second, hidden, struck);
    letters_publish(world, settings);
    free(settings);
    assert_reads(world, LETTERS_JOINT("plant"),
                 "*Zambian(Head of Zambian);*Kazakh;Armenian(Head of Armenian);", 1);
    assert_reads(world, LETTERS_INDIVIDUAL("plant"),
                 "*Zambian(Head of Zambian);Armenian(Head of Armenian);", 2);
    /* In what everybody may have too. */
    world_read(world, public_work, &read);
    assert_int_equal(read.err, US_OK);
    assert_string_equal(str_text(&read.said), "*Zambian;*Kazakh;Armenian;");
    assert_int_equal(read.totals.named, 3);
    assert_int_equal(read.totals.counted, 1);
    assert_int_equal(read.totals.countries, 3);
    str_free(&read.said);
}

/* The block for the ILO goes to the ILO: to an addressee with a procedure, and to nobody else. */
static void test_ilo(void **state)
{
    struct world *world = *state;
    struct submission submission;

    world_fill(&submission, "Union", NULL);
    world_set(&submission, FIELD_LEGAL_NAME, "Union of everybody, registered");
    letters_sign_submission(world, &submission, NULL);
    letters_sign(world, "Other", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_reads(world, LETTERS_JOINT("ilo"),
                 "Other(Head of Other);"
                 "Union(Айгуль Представитель)[Union of everybody, registered];",
                 0);
    assert_reads(world, LETTERS_JOINT("un"), "Other(Head of Other);Union(Айгуль Представитель);",
                 0);
    assert_reads(world, LETTERS_JOINT("ituc"), "Other(Head of Other);Union(Айгуль Представитель);",
                 0);
    assert_reads(world, LETTERS_JOINT("president"),
                 "Other(Head of Other);Union(Айгуль Представитель);", 0);
    assert_false(world_has_bytes(world, "Union of everybody"));

    /* A flipped bit is no empty block. */
    world_close(world);
    world_sql(world, "UPDATE signature SET ilo = CAST(substr(ilo, 1, length(ilo) - 1) || x'00' "
                     "AS BLOB) WHERE ilo IS NOT NULL");
    world_open(world);
    struct edition_draft *draft = NULL;
    struct fault fault;
    char *said;
    assert_int_equal(letters_read(world, LETTERS_JOINT("ilo"), &said, &draft, &fault), US_CORRUPT);
    assert_non_null(strstr(fault.text, "cannot be opened"));
    assert_null(draft);
    free(said);
    assert_reads(world, LETTERS_JOINT("un"), "Other(Head of Other);Union(Айгуль Представитель);",
                 0);
}

/* ---- after a delivery ---- */

static void test_supplement(void **state)
{
    struct world *world = *state;
    struct edition_draft *draft;
    struct fault fault;
    struct edition edition;
    int64_t letter, supplement;
    char *said;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "Hidden", "KZ", VISIBILITY_COUNTED, NULL);
    assert_refused(world, LETTERS_SUPPLEMENT("ituc"),
                   "no letter of version 2 has been delivered to ituc");
    assert_refused(world, LETTERS_ACCESSION("ituc"), "an accession");
    /* What was only made, or went to somebody else, is nothing to refer to. */
    (void)letters_draw(world, LETTERS_JOINT("ituc"));
    (void)letters_deliver(world, LETTERS_JOINT("ilo"));
    assert_refused(world, LETTERS_SUPPLEMENT("ituc"), "delivered");

    letter = letters_deliver(world, LETTERS_JOINT("ituc"));
    /* Who was counted in the letter is no newcomer. */
    assert_refused(world, LETTERS_SUPPLEMENT("ituc"), "nobody has signed since");
    letters_sign(world, "B", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(world, "C", "KZ", VISIBILITY_COUNTED, NULL);
    assert_reads(world, LETTERS_SUPPLEMENT("ituc"), "B(Head of B);", 1);
    assert_reads(world, LETTERS_JOINT("ituc"), "A(Head of A);B(Head of B);", 2);

    /* On its way counts as sent; what it refers to is what was delivered last. */
    supplement = letters_draw(world, LETTERS_SUPPLEMENT("ituc"));
    letters_find(world, supplement, &edition);
    assert_int_equal(edition.supplement_of, letter);
    assert_int_equal(edition.kind, EDITION_SUPPLEMENT);
    edition_clear(&edition);
    assert_int_equal(letters_send(world, supplement, &fault), US_OK);
    assert_refused(world, LETTERS_SUPPLEMENT("ituc"), "nobody has signed since");
    letters_accept(world);
    letters_sign(world, "D", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_int_equal(letters_read(world, LETTERS_SUPPLEMENT("ituc"), &said, &draft, &fault), US_OK);
    assert_string_equal(said, "D(Head of D);");
    assert_int_equal(edition_draft_refers(draft)->number, supplement);
    edition_draft_free(draft);
    free(said);
    /* Whoever accedes, accedes to the letter. */
    assert_int_equal(letters_read(world, LETTERS_ACCESSION("ituc"), &said, &draft, &fault), US_OK);
    assert_string_equal(said, "D(Head of D);");
    assert_int_equal(edition_draft_refers(draft)->number, letter);
    assert_int_equal(edition_draft_refers(draft)->totals.counted, 1);
    edition_draft_free(draft);
    free(said);
    /* Others have not seen any of them. */
    assert_reads(world, LETTERS_SUPPLEMENT("ilo"), "B(Head of B);D(Head of D);", 1);
    assert_int_equal(letters_read(world, LETTERS_JOINT("ituc"), &said, &draft, &fault), US_OK);
    assert_null(edition_draft_refers(draft));
    edition_draft_free(draft);
    free(said);
}

/* Those of another version are in no edition of this one, and what was delivered of that one is
 * nothing that this one could refer to. */
static void test_versions(void **state)
{
    struct world *world = *state;
    char *all;

    letters_sign(world, "Old", "KZ", VISIBILITY_PUBLIC, NULL);
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
    all = mem_format("policy = after\n[addressee.ituc]\nkind = federation\nname = ITUC\n"
                     "language = en\nemail = ituc@world.example\n");
    world_publish(world, "trial", all, "Другой текст");
    free(all);
    assert_int_equal(world->appeal->version, 3);
    letters_sign(world, "New", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_reads(world, LETTERS_JOINT("ituc"), "New(Head of New);", 0);
    assert_refused(world, LETTERS_SUPPLEMENT("ituc"), "no letter of version 3");
}

static void test_nobody_for_individual(void **state)
{
    struct world *world = *state;

    letters_sign(world, "A", "KZ", VISIBILITY_ORGANISATION, NULL);
    assert_refused(world, LETTERS_INDIVIDUAL("plant"), "no individual letters");
    assert_reads(world, LETTERS_JOINT("plant"), "A;", 0);
}

/* ---- kept ---- */

struct storing {
    struct world *world;
    int64_t number;
};

static void *store_one(void *arg)
{
    struct storing *storing = arg;

    storing->number = letters_draw(storing->world, LETTERS_JOINT("plant"));
    return NULL;
}

/* Two at once get two numbers, and none is left out. */
static void test_numbers(void **state)
{
    enum { THREADS = 8 };
    struct world *world = *state;
    struct storing storing[THREADS];
    pthread_t threads[THREADS];
    uint8_t digest[DIGEST_SIZE] = {1};

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    for (size_t i = 0; i < THREADS; i++) {
        storing[i].world = world;
        assert_int_equal(pthread_create(&threads[i], NULL, store_one, &storing[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(world_number(world, "SELECT COUNT(DISTINCT number) FROM edition"), THREADS);
    assert_int_equal(world_number(world, "SELECT MAX(number) FROM edition"), THREADS);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'export.letter'"),
                     THREADS);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit_detail WHERE reason LIKE "
                                         "'edition 3, letter, addressee plant, version 2, 1 "
                                         "named, 0 counted'"),
                     1);

    /* A file is drawn once. */
    assert_int_equal(edition_drawn(world->site, world->appeal->id, 3, digest), US_CONFLICT);
    assert_int_equal(edition_drawn(world->site, world->appeal->id, 99, digest), US_NOT_FOUND);
    assert_int_equal(edition_drawn(world->site, 1, 3, digest), US_NOT_FOUND);
}

struct again {
    struct world *world;
    struct edition edition;
    struct str said;
    int64_t gone;
    enum us_err err;
};

static bool say_name(const struct signature *signature, void *arg)
{
    struct again *again = arg;

    str_append_format(&again->said, "%s%s%s;", signature->organisation,
                      signature->representative != NULL ? "+" : "",
                      signature->ilo != NULL ? "!" : "");
    return true;
}

static void again_work(struct reader *reader, void *arg)
{
    struct again *again = arg;

    again->err = edition_each_signature(reader, again->world->site, &again->edition, say_name,
                                        again, &again->gone);
}

static void assert_again(struct world *world, int64_t number, const char *expected, int64_t gone)
{
    struct again again = {.world = world};

    letters_find(world, number, &again.edition);
    world_read(world, again_work, &again);
    assert_int_equal(again.err, US_OK);
    assert_string_equal(str_text(&again.said), expected);
    assert_int_equal(again.gone, gone);
    edition_clear(&again.edition);
    str_free(&again.said);
}

/* What goes with a letter names whom the letter names: nobody who came later, nobody who is gone.
 */
static void test_once_more(void **state)
{
    struct world *world = *state;
    char id[LETTERS_ID_SIZE], hidden[LETTERS_ID_SIZE];
    int64_t joint, individual;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, id);
    letters_sign(world, "B", "KZ", VISIBILITY_ORGANISATION, NULL);
    letters_sign(world, "C", "KZ", VISIBILITY_COUNTED, hidden);
    joint = letters_draw(world, LETTERS_JOINT("plant"));
    individual = letters_draw(world, LETTERS_INDIVIDUAL("plant"));
    letters_sign(world, "Later", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_again(world, joint, "A+;B;", 0);
    assert_again(world, individual, "A+;", 0);
    letters_strike(world, id);
    assert_again(world, joint, "B;", 1);
    letters_strike(world, hidden);
    assert_again(world, joint, "B;", 2);
    assert_again(world, individual, "", 2);
}

static bool count_edition(const struct edition *edition, void *arg)
{
    int64_t *count = arg;

    assert_int_equal(edition->number, ++*count);
    return true;
}

struct walk {
    int64_t appeal, count;
    enum us_err err;
};

static void each_work(struct reader *reader, void *arg)
{
    struct walk *walk = arg;

    walk->err = edition_each(reader, walk->appeal, count_edition, &walk->count);
}

static void test_each(void **state)
{
    struct world *world = *state;
    struct walk walk = {.appeal = world->appeal->id};

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    for (int i = 0; i < 70; i++) /* more than two pages */
        (void)letters_draw(world, LETTERS_JOINT("plant"));
    world_read(world, each_work, &walk);
    assert_int_equal(walk.err, US_OK);
    assert_int_equal(walk.count, 70);
}

/* Made and never delivered: gone after thirty days; but the newest number stays, so that none is
 * given twice, and so does what was delivered. */
static void test_forget(void **state)
{
    struct world *world = *state;
    int64_t later = clock_now() + (EDITION_FORGET_DAYS + 1) * CLOCK_DAY;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    (void)letters_draw(world, LETTERS_JOINT("plant"));
    (void)letters_deliver(world, LETTERS_JOINT("ituc"));
    (void)letters_draw(world, LETTERS_JOINT("plant"));
    assert_int_equal(edition_forget(world->site, clock_now()), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition"), 3);
    assert_int_equal(edition_forget(world->site, later), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition"), 2);
    assert_int_equal(world_number(world, "SELECT MIN(number) FROM edition"), 2);
    assert_int_equal(letters_draw(world, LETTERS_JOINT("plant")), 4);
    assert_int_equal(edition_forget(world->site, later), US_OK);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM edition"), 2);
}

/* ---- sets of ids ---- */

static void test_ids(void **state)
{
    struct edition_ids set = {.count = 0}, read = {.count = 0}, other = {.count = 0};
    size_t len;
    uint8_t *packed;

    (void)state;
    for (int64_t i = 200; i > 0; i--)
        edition_ids_add(&set, i * INT64_C(46116860184273879));
    edition_ids_add(&set, 200 * INT64_C(46116860184273879));
    edition_ids_sort(&set);
    assert_int_equal(set.count, 200);
    packed = edition_ids_pack(&set, &len);
    assert_int_equal(len, 1600);
    assert_int_equal(edition_ids_read(&read, packed, len - 1), US_CORRUPT);
    assert_int_equal(read.count, 0);
    assert_int_equal(edition_ids_read(&read, packed, len), US_OK);
    edition_ids_sort(&read);
    assert_true(edition_ids_are_equal(&set, &read));
    assert_true(edition_ids_has(&set, 7 * INT64_C(46116860184273879)));
    assert_false(edition_ids_has(&set, 7));
    assert_false(edition_ids_has(&other, 7));
    assert_false(edition_ids_meet(&set, &other));
    edition_ids_add(&other, 7);
    assert_false(edition_ids_meet(&set, &other));
    edition_ids_add(&other, 9 * INT64_C(46116860184273879));
    edition_ids_sort(&other);
    assert_true(edition_ids_meet(&set, &other));
    assert_false(edition_ids_are_equal(&set, &other));
    free(packed);
    edition_ids_clear(&set);
    edition_ids_clear(&read);
    edition_ids_clear(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test_setup_teardown(test_matrix, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_initiators, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_ilo, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_supplement, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_versions, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_nobody_for_individual, letters_setup,
                                        letters_teardown),
        cmocka_unit_test_setup_teardown(test_numbers, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_once_more, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_each, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_forget, letters_setup, letters_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
