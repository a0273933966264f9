/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Imports and publications at the same moment, by threads that start together: they must come out
 * as if one had followed the other. Each round is a new chance for a missing guard to show.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_rig.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INI "[appeal]\nslug = salt-cape\nauthoritative = ru\n"

#define ROUNDS 60

struct racer {
    struct appeal_rig *rig;
    struct appeal_rig_files files;
    pthread_barrier_t *start;
    enum us_err err;
    struct appeal_import import;
};

static void *run_import(void *arg)
{
    struct racer *racer = arg;
    struct fault fault;

    (void)pthread_barrier_wait(racer->start);
    racer->err = appeal_rig_import(racer->rig, &racer->files, &racer->import, &fault);
    return NULL;
}

static void race(struct racer *racers, size_t count)
{
    pthread_t threads[8];
    pthread_barrier_t start;

    (void)pthread_barrier_init(&start, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        racers[i].start = &start;
        assert_int_equal(pthread_create(&threads[i], NULL, run_import, &racers[i]), 0);
    }
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_barrier_destroy(&start);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(racers[i].err, US_OK);
}

static void test_new_slug_at_once_is_one_appeal(void **state)
{
    struct appeal_rig *rig = *state;

    for (int round = 0; round < ROUNDS; round++) {
        char *ini = mem_format("[appeal]\nslug = round-%d\nauthoritative = ru\n", round);
        struct racer racers[4];
        int made = 0;

        for (size_t i = 0; i < 4; i++)
            racers[i] = (struct racer){.rig = rig, .files = {ini, "One.", i % 2 ? "Two." : NULL}};
        race(racers, 4);
        for (size_t i = 0; i < 4; i++) {
            made += racers[i].import.what == IMPORT_NEW ? 1 : 0;
            assert_int_equal(racers[i].import.version, 1);
        }
        assert_int_equal(made, 1);
        free(ini);
    }
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal"), ROUNDS);
}

/* Whether the appeal is what these files say, settings and texts alike. */
static bool is_of(const struct appeal *appeal, const struct appeal_rig_files *files)
{
    const char *bodies[] = {files->ru, files->en};
    static const char *const languages[] = {"ru", "en"};
    struct fault fault;
    struct settings *settings;
    bool is_same;

    assert_int_equal(document_parse_settings(files->ini, strlen(files->ini), &settings, &fault),
                     US_OK);
    is_same = settings->has_closing == appeal->settings->has_closing &&
              settings->closes_on == appeal->settings->closes_on;
    settings_free(settings);
    for (size_t i = 0; i < 2; i++) {
        const struct text *text = appeal_text(appeal, languages[i]);

        if ((text == NULL) != (bodies[i] == NULL) ||
            (text != NULL && strcmp(text->body, bodies[i]) != 0))
            is_same = false;
    }
    return is_same;
}

/* Whoever comes last, settings and texts are from one and the same import. */
static void race_two(struct appeal_rig *rig, const struct appeal_rig_files *before,
                     const struct appeal_rig_files *one, const struct appeal_rig_files *two)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct racer first = {.rig = rig, .files = *before};
        struct racer racers[2] = {{.rig = rig, .files = *one}, {.rig = rig, .files = *two}};
        struct appeal *appeal;

        race(&first, 1);
        race(racers, 2);
        appeal = appeal_rig_load(rig, "salt-cape", true);
        if (!is_of(appeal, one) && !is_of(appeal, two))
            fail_msg("round %d: closing %d, %s", round, (int)appeal->settings->has_closing,
                     appeal->texts[0]->body);
        appeal_free(appeal);
    }
}

#define CLOSES INI "closes = 3000-01-01\n"

static void test_settings_do_not_meet_other_texts(void **state)
{
    const struct appeal_rig_files before = {INI, "One.", NULL}, settings = {CLOSES, "One.", NULL};

    race_two(*state, &before, &settings, &(struct appeal_rig_files){INI, "Two.", NULL});
}

static void test_settings_do_not_meet_another_language(void **state)
{
    const struct appeal_rig_files before = {INI, "One.", NULL}, settings = {CLOSES, "One.", NULL};

    race_two(*state, &before, &settings, &(struct appeal_rig_files){INI, "One.", "Two."});
}

static void test_settings_do_not_meet_other_settings(void **state)
{
    const struct appeal_rig_files before = {INI, "One.", NULL}, settings = {CLOSES, "One.", NULL};

    race_two(*state, &before, &settings,
             &(struct appeal_rig_files){INI "closes = 4000-01-01\n", "Two.", "Two."});
}

/* Of two that change what is published one makes the next version and the other replaces it. */
static void test_new_versions_at_once_are_one(void **state)
{
    struct appeal_rig *rig = *state;

    appeal_rig_add_organiser(rig);
    for (int64_t round = 1; round <= ROUNDS; round++) {
        char *one = mem_format("One %d.", (int)round), *two = mem_format("Two %d.", (int)round);
        struct racer racers[2] = {{.rig = rig, .files = {INI, one, NULL}},
                                  {.rig = rig, .files = {INI, two, NULL}}};
        struct fault fault;
        int64_t version;

        race(racers, 2);
        assert_int_equal(racers[0].import.version, round);
        assert_int_equal(racers[1].import.version, round);
        assert_true((racers[0].import.what == IMPORT_REPLACED) !=
                    (racers[1].import.what == IMPORT_REPLACED));
        assert_int_equal(appeal_publish(rig->site, "salt-cape", "unix:tester", &version, &fault),
                         US_OK);
        assert_int_equal(version, round);
        free(one);
        free(two);
    }
}

struct publisher {
    struct appeal_rig *rig;
    const char *slug;
    pthread_barrier_t *start;
    enum us_err err;
    int64_t version; /* that was published */
    int64_t shown;   /* what the pages showed then: that one or a later one */
    bool saw_one;    /* its text was the first one */
};

static void *run_publish(void *arg)
{
    struct publisher *publisher = arg;
    struct fault fault;
    struct appeal *appeal;

    (void)pthread_barrier_wait(publisher->start);
    publisher->err = appeal_publish(publisher->rig->site, publisher->slug, "unix:tester",
                                    &publisher->version, &fault);
    appeal = appeal_rig_load(publisher->rig, publisher->slug, false);
    publisher->shown = appeal->version;
    publisher->saw_one = strcmp(appeal->texts[0]->body, "One.") == 0;
    appeal_free(appeal);
    return NULL;
}

/* What was published once is what is shown ever after, whoever imports at the same moment; and each
 * version is published once. */
static void test_published_text_never_changes(void **state)
{
    struct appeal_rig *rig = *state;

    appeal_rig_add_organiser(rig);
    for (int round = 0; round < ROUNDS; round++) {
        char slug[32], sql[256];
        char *ini;
        struct racer before, racer;
        struct publisher publishers[2];
        pthread_barrier_t start;
        pthread_t threads[3];

        (void)snprintf(slug, sizeof(slug), "round-%d", round);
        ini = mem_format("[appeal]\nslug = %s\nauthoritative = ru\n", slug);
        before = (struct racer){.rig = rig, .files = {ini, "One.", NULL}};
        race(&before, 1);

        (void)pthread_barrier_init(&start, NULL, 3);
        racer = (struct racer){.rig = rig, .files = {ini, "Two.", NULL}, .start = &start};
        assert_int_equal(pthread_create(&threads[2], NULL, run_import, &racer), 0);
        for (int i = 0; i < 2; i++) {
            publishers[i] = (struct publisher){.rig = rig, .slug = slug, .start = &start};
            assert_int_equal(pthread_create(&threads[i], NULL, run_publish, &publishers[i]), 0);
        }
        for (int i = 0; i < 3; i++)
            (void)pthread_join(threads[i], NULL);
        (void)pthread_barrier_destroy(&start);

        assert_int_equal(racer.err, US_OK);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(publishers[i].err, US_OK);
            (void)snprintf(sql, sizeof(sql),
                           "SELECT source = CAST('One.' AS BLOB) FROM appeal_text "
                           "JOIN appeal ON appeal.id = appeal "
                           "WHERE slug = '%s' AND appeal_text.version = %d",
                           slug, (int)publishers[i].shown);
            assert_int_equal(appeal_rig_number(rig, sql), publishers[i].saw_one ? 1 : 0);
        }
        (void)snprintf(sql, sizeof(sql),
                       "SELECT COUNT(*) FROM audit JOIN audit_detail USING (seq) "
                       "WHERE act = 'appeal.publish' AND subject = '%s'",
                       slug);
        assert_int_equal(appeal_rig_number(rig, sql),
                         publishers[0].version == publishers[1].version ? 1 : 2);
        free(ini);
    }
}

/* Other addressees are taken into a draft, or they make a version of their own: never into what was
 * published in between, where the next publication would give them what others signed. */
static void test_published_addressees_never_change(void **state)
{
    struct appeal_rig *rig = *state;

    appeal_rig_add_organiser(rig);
    for (int round = 0; round < ROUNDS; round++) {
        char slug[32];
        char *ini, *other;
        struct racer before, racer;
        struct publisher publisher;
        pthread_barrier_t start;
        pthread_t threads[2];

        (void)snprintf(slug, sizeof(slug), "round-%d", round);
        ini = mem_format("[appeal]\nslug = %s\nauthoritative = ru\n", slug);
        other = mem_format("%s[addressee.ilo]\nkind = international\nname = ILO\n", ini);
        before = (struct racer){.rig = rig, .files = {ini, "One.", NULL}};
        race(&before, 1);

        (void)pthread_barrier_init(&start, NULL, 2);
        racer = (struct racer){.rig = rig, .files = {other, "One.", NULL}, .start = &start};
        publisher = (struct publisher){.rig = rig, .slug = slug, .start = &start};
        assert_int_equal(pthread_create(&threads[0], NULL, run_publish, &publisher), 0);
        assert_int_equal(pthread_create(&threads[1], NULL, run_import, &racer), 0);
        for (int i = 0; i < 2; i++)
            (void)pthread_join(threads[i], NULL);
        (void)pthread_barrier_destroy(&start);
        assert_int_equal(racer.err, US_OK);
        assert_int_equal(publisher.err, US_OK);
        free(ini);
        free(other);
    }
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal JOIN publication "
                                            "ON publication.appeal = appeal.id "
                                            "AND publication.version = appeal.version "
                                            "WHERE publication.settings <> appeal.settings"),
                     0);
}

static int set_up(void **state)
{
    struct appeal_rig *rig = MEM_NEW(struct appeal_rig);

    appeal_rig_open(rig);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    appeal_rig_close(*state);
    free(*state);
    return 0;
}

#define ON_A_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SITE(test_new_slug_at_once_is_one_appeal),
        ON_A_SITE(test_settings_do_not_meet_other_texts),
        ON_A_SITE(test_settings_do_not_meet_another_language),
        ON_A_SITE(test_settings_do_not_meet_other_settings),
        ON_A_SITE(test_new_versions_at_once_are_one),
        ON_A_SITE(test_published_text_never_changes),
        ON_A_SITE(test_published_addressees_never_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
