/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Importing, publishing and loading appeals on a real store: what an import makes of what is there,
 * that a text which somebody signed or may be reading never changes, and that imports at once go
 * one after the other.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_rig.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INI "[appeal]\nslug = salt-cape\nauthoritative = ru\n"
#define RU "---\ntitle: Первая\n---\nОдин.\n"
#define EN "Two.\n"

static void expect_import(struct appeal_rig *rig, const struct appeal_rig_files *files,
                          enum appeal_imported what, int64_t version)
{
    struct appeal_import import = {.version = -1};
    struct fault fault = {.line = 0};

    if (appeal_rig_import(rig, files, &import, &fault) != US_OK)
        fail_msg("%s:%d: %s", fault.file, fault.line, fault.text);
    assert_int_equal(import.what, what);
    assert_int_equal(import.version, version);
    assert_string_equal(import.slug, "salt-cape");
    assert_int_equal(import.languages, files->en != NULL ? 2 : 1);
}

static int64_t expect_publish(struct appeal_rig *rig)
{
    struct fault fault = {.line = 0};
    int64_t version = -1;

    if (appeal_publish(rig->site, "salt-cape", "unix:tester", &version, &fault) != US_OK)
        fail_msg("%s: %s", fault.file, fault.text);
    return version;
}

static int64_t count_audit(const struct appeal_rig *rig)
{
    return appeal_rig_number(rig, "SELECT COUNT(*) FROM audit");
}

static int64_t count_acts(const struct appeal_rig *rig, const char *act)
{
    char sql[160];

    (void)snprintf(sql, sizeof(sql),
                   "SELECT COUNT(*) FROM audit JOIN audit_detail USING (seq) WHERE act = '%s' "
                   "AND actor = 'unix:tester' AND subject = 'salt-cape'",
                   act);
    return appeal_rig_number(rig, sql);
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

static void test_import_is_kept_and_loaded(void **state)
{
    struct appeal_rig *rig = *state;
    struct appeal *appeal;

    expect_import(rig,
                  &(struct appeal_rig_files){
                      INI "policy = after\nopens = 2026-01-01\nvisibility = counted\n", RU, EN},
                  IMPORT_NEW, 1);
    assert_null(appeal_rig_load(rig, "salt-cape", false));
    assert_null(appeal_rig_load(rig, "salt", true));
    appeal = appeal_rig_load(rig, "salt-cape", true);
    assert_non_null(appeal);
    assert_true(appeal->id > 0);
    assert_string_equal(appeal->slug, "salt-cape");
    assert_int_equal(appeal->state, APPEAL_DRAFT);
    assert_int_equal(appeal->version, 1);
    assert_int_equal(appeal->newest_version, 1);
    assert_int_equal(appeal->published_version, 0);
    assert_true(appeal->created_at > 0);
    assert_int_equal(appeal->published_at, 0);
    assert_false(appeal->has_organiser);
    assert_int_equal(appeal->settings->policy, POLICY_AFTER);
    assert_int_equal(appeal->text_count, 2);
    assert_string_equal(appeal->texts[0]->language, "ru");
    assert_ptr_equal(appeal_authoritative(appeal), appeal->texts[0]);
    assert_string_equal(appeal_text(appeal, "en")->body, EN);
    assert_null(appeal_text(appeal, "fr"));
    appeal_free(appeal);

    /* What statements look at stands in columns too. */
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal WHERE policy = 'after' "
                                            "AND authoritative = 'ru' AND visibility = 'counted' "
                                            "AND opens_on = 20454 AND closes_on IS NULL"),
                     1);
    assert_int_equal(count_acts(rig, "appeal.import"), 1);
    assert_int_equal(count_audit(rig), 1);
}

static void test_same_files_change_nothing(void **state)
{
    struct appeal_rig *rig = *state;
    struct site_generation before, after;
    struct appeal *appeal;

    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    appeal = appeal_rig_load(rig, "salt-cape", true);
    before = site_generation(rig->site, appeal->id);
    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_UNCHANGED, 1);
    after = site_generation(rig->site, appeal->id);
    assert_int_equal(before.changes, after.changes);
    assert_int_equal(count_audit(rig), 1);
    appeal_free(appeal);
}

static void test_settings_wait_for_publication(void **state)
{
    struct appeal_rig *rig = *state;
    struct site_generation before, after, list;
    struct appeal *appeal;

    appeal_rig_add_organiser(rig);
    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    assert_int_equal(expect_publish(rig), 1);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    before = site_generation(rig->site, appeal->id);
    list = site_generation(rig->site, 0);
    appeal_free(appeal);

    /* Nothing of it is live yet: neither what pages show nor what guards look at. */
    expect_import(rig,
                  &(struct appeal_rig_files){INI "closes = 2026-12-31\npolicy = after\n", RU, EN},
                  IMPORT_SETTINGS, 1);
    assert_int_equal(count_acts(rig, "appeal.settings"), 1);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    assert_false(appeal->settings->has_closing);
    assert_int_equal(appeal->settings->policy, POLICY_BEFORE);
    assert_int_equal(site_generation(rig->site, appeal->id).changes, before.changes);
    appeal_free(appeal);
    appeal = appeal_rig_load(rig, "salt-cape", true);
    assert_false(appeal->settings->has_closing);
    appeal_free(appeal);
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal WHERE closes_on IS NULL "
                                            "AND policy = 'before'"),
                     1);

    assert_int_equal(expect_publish(rig), 1);
    assert_int_equal(count_acts(rig, "appeal.publish"), 2);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    after = site_generation(rig->site, appeal->id);
    assert_true(appeal->settings->has_closing);
    assert_int_equal(appeal->settings->policy, POLICY_AFTER);
    assert_int_equal(appeal->version, 1);
    assert_int_equal(appeal->state, APPEAL_OPEN);
    assert_true(after.changes > before.changes && after.removals > before.removals);
    assert_true(site_generation(rig->site, 0).changes > list.changes);
    assert_int_equal(appeal_rig_number(rig, "SELECT closes_on FROM appeal WHERE policy = 'after'"),
                     appeal->settings->closes_on);
    appeal_free(appeal);

    /* The order of the authoritative text follows them. */
    expect_import(
        rig, &(struct appeal_rig_files){"[appeal]\nslug = salt-cape\nauthoritative = en\n", RU, EN},
        IMPORT_SETTINGS, 1);
    assert_int_equal(expect_publish(rig), 1);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    assert_string_equal(appeal_authoritative(appeal)->language, "en");
    assert_false(appeal->settings->has_closing);
    appeal_free(appeal);
}

static void test_draft_texts_are_replaced(void **state)
{
    struct appeal_rig *rig = *state;
    struct appeal *appeal;

    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", NULL}, IMPORT_REPLACED, 1);
    appeal = appeal_rig_load(rig, "salt-cape", true);
    assert_int_equal(appeal->text_count, 1);
    assert_non_null(strstr(appeal->texts[0]->body, "Ещё"));
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal_text"), 1);
    assert_int_equal(count_acts(rig, "appeal.replace"), 1);
    appeal_free(appeal);
    /* One language more is a change too, and so is one byte. */
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", EN}, IMPORT_REPLACED, 1);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", EN "\n"}, IMPORT_REPLACED, 1);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", NULL}, IMPORT_REPLACED, 1);
}

static void test_published_texts_stay(void **state)
{
    struct appeal_rig *rig = *state;
    struct appeal *appeal, *newest;

    appeal_rig_add_organiser(rig);
    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    assert_int_equal(expect_publish(rig), 1);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", EN}, IMPORT_NEW_VERSION, 2);
    assert_int_equal(count_acts(rig, "appeal.version"), 1);

    /* Both versions have all their texts; the pages show the published one. */
    appeal = appeal_rig_load(rig, "salt-cape", false);
    assert_int_equal(appeal->version, 1);
    assert_int_equal(appeal->newest_version, 2);
    assert_string_equal(appeal->texts[0]->body, "Один.\n");
    assert_int_equal(appeal->text_count, 2);
    appeal_free(appeal);
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal_text WHERE version = 2"),
                     2);

    /* Version 2 is a draft and may still be replaced, until it is published. */
    expect_import(rig, &(struct appeal_rig_files){INI, RU "И ещё.\n", EN}, IMPORT_REPLACED, 2);
    assert_int_equal(expect_publish(rig), 2);
    newest = appeal_rig_load(rig, "salt-cape", false);
    assert_int_equal(newest->version, 2);
    assert_non_null(strstr(newest->texts[0]->body, "И ещё"));
    appeal_free(newest);
    /* Going back to the first words is a change like any other. */
    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW_VERSION, 3);
}

/* Somebody sent the form, or signed: either keeps the texts that were read. */
static void expect_frozen_by(struct appeal_rig *rig, const char *sql)
{
    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    appeal_rig_sql(rig, sql);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", EN}, IMPORT_NEW_VERSION, 2);
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal_text WHERE version = 1"),
                     2);
    /* That one nobody has signed. */
    expect_import(rig, &(struct appeal_rig_files){INI, RU "И ещё.\n", EN}, IMPORT_REPLACED, 2);
}

static void test_pending_signature_keeps_the_text(void **state)
{
    expect_frozen_by(*state, "INSERT INTO pending (id, appeal, version, language, text_digest, "
                             "nonce, mailbox_hash, tries_before, state, "
                             "created_at, expires_at, data) SELECT 1, id, 1, 'ru', x'00', x'00', "
                             "x'00', 0, 'pending', 0, 0, x'00' FROM appeal");
}

static void test_signature_keeps_the_text(void **state)
{
    expect_frozen_by(*state,
                     "INSERT INTO signature (id, public_id, appeal, version, language, "
                     "text_digest, state, organisation, kind, country, visibility, consent, "
                     "signed_on, unique_hash, mailbox_hash, contact, collation, search, "
                     "digest) SELECT 1, 'x', id, 1, 'ru', x'00', 'refused', 'x', 'union', "
                     "'KZ', 'public', 'x', 0, x'00', x'00', x'00', x'00', 'x', x'00' "
                     "FROM appeal");
}

static void test_publishing_needs_an_organisers_key(void **state)
{
    struct appeal_rig *rig = *state;
    struct fault fault = {.line = 0};
    struct appeal *appeal;
    int64_t version = -1, published_at;

    expect_import(rig, &(struct appeal_rig_files){INI, RU, NULL}, IMPORT_NEW, 1);
    assert_int_equal(appeal_publish(rig->site, "salt-cape", "unix:tester", &version, &fault),
                     US_CONFLICT);
    assert_non_null(strstr(fault.text, "organiser"));
    assert_int_equal(version, -1);
    rig->config.keys_organiser = NULL;
    assert_int_equal(appeal_publish(rig->site, "salt-cape", "unix:tester", &version, &fault),
                     US_CONFLICT);
    assert_non_null(strstr(fault.text, "[keys] organiser"));
    rig->config.keys_organiser = rig->organiser;
    assert_null(appeal_rig_load(rig, "salt-cape", false));
    assert_int_equal(count_audit(rig), 1);

    appeal_rig_add_organiser(rig);
    assert_int_equal(appeal_publish(rig->site, "salt", "unix:tester", &version, &fault),
                     US_NOT_FOUND);
    assert_int_equal(expect_publish(rig), 1);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    assert_true(appeal->has_organiser);
    assert_int_equal(appeal->state, APPEAL_OPEN);
    published_at = appeal->published_at;
    assert_true(published_at > 0);
    appeal_free(appeal);

    /* Once more changes nothing; a later version keeps the day of the first. */
    assert_int_equal(count_acts(rig, "appeal.publish"), 1);
    assert_int_equal(expect_publish(rig), 1);
    assert_int_equal(count_acts(rig, "appeal.publish"), 1);
    expect_import(rig, &(struct appeal_rig_files){INI, RU "Ещё.\n", NULL}, IMPORT_NEW_VERSION, 2);
    assert_int_equal(expect_publish(rig), 2);
    appeal = appeal_rig_load(rig, "salt-cape", false);
    assert_int_equal(appeal->published_at, published_at);
    appeal_free(appeal);
}

static void test_files_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        struct appeal_rig_files files;
        const char *file, *says;
        int line;
    } cases[] = {
        {{NULL, RU, NULL}, "appeal.ini", "missing", 0},
        {{INI, NULL, EN}, "appeal.ini", "no file ru.md", 3},
        {{INI, NULL, NULL}, "appeal.ini", "no file ru.md", 3},
        {{INI "[addressee.ilo]\nkind = international\nname = x\nlanguage = fr\n", RU, EN},
         "appeal.ini",
         "gets its letter in fr",
         4},
        {{INI, RU, "<i>x</i>\n"}, "en.md", "HTML", 1},
        {{"[appeal]\n", RU, EN}, "appeal.ini", "must set slug", 1},
    };
    struct appeal_rig *rig = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct appeal_import import;
        struct fault fault = {.line = -1};

        assert_int_equal(appeal_rig_import(rig, &cases[i].files, &import, &fault), US_INVALID);
        assert_string_equal(fault.file, cases[i].file);
        assert_int_equal(fault.line, cases[i].line);
        assert_non_null(strstr(fault.text, cases[i].says));
    }
    assert_int_equal(appeal_rig_number(rig, "SELECT COUNT(*) FROM appeal"), 0);
    assert_int_equal(count_audit(rig), 0);
}

static void expect_refused(struct appeal_rig *rig, const struct appeal_file *files, size_t count,
                           const char *says)
{
    struct appeal_import import;
    struct fault fault = {.line = -1};

    assert_int_equal(appeal_import(rig->site, files, count, "unix:tester", &import, &fault),
                     US_INVALID);
    if (strstr(fault.text, says) == NULL)
        fail_msg("not \"%s\" but \"%s\"", says, fault.text);
}

static void test_other_files_are_refused(void **state)
{
    struct appeal_rig *rig = *state;
    struct appeal_file many[APPEAL_FILES_MOST + 1];
    char *large = mem_alloc(APPEAL_FILE_MOST + 1);
    struct appeal_file ini = {"appeal.ini", INI, strlen(INI)}, ru = {"ru.md", RU, strlen(RU)};

    memset(large, '\n', APPEAL_FILE_MOST + 1);
    expect_refused(rig, (struct appeal_file[]){ini, ru, {"notes.txt", "x", 1}}, 3, "nothing else");
    expect_refused(rig, (struct appeal_file[]){ini, ru, {"../en.md", "x", 1}}, 3, "named by");
    expect_refused(rig, (struct appeal_file[]){ini, ru, {"md", "x", 1}}, 3, "nothing else");
    expect_refused(rig, (struct appeal_file[]){ini, ru, ini}, 3, "twice");
    expect_refused(rig, (struct appeal_file[]){ini, ru, ru}, 3, "twice");
    expect_refused(rig, (struct appeal_file[]){ini, ru, {"en.md", large, APPEAL_FILE_MOST + 1}}, 3,
                   "512 KiB");
    for (size_t i = 0; i <= APPEAL_FILES_MOST; i++)
        many[i] = ru;
    expect_refused(rig, many, APPEAL_FILES_MOST + 1, "at most 64");
    expect_refused(rig, NULL, 0, "missing");
    free(large);
}

static void do_load_broken(struct reader *reader, void *arg)
{
    struct appeal_rig *rig = arg;
    struct appeal *appeal = NULL;

    assert_int_equal(appeal_load_any(reader, rig->site, "salt-cape", &appeal), US_CORRUPT);
    assert_null(appeal);
}

static void test_text_whose_bytes_changed_is_not_shown(void **state)
{
    struct appeal_rig *rig = *state;

    expect_import(rig, &(struct appeal_rig_files){INI, RU, EN}, IMPORT_NEW, 1);
    appeal_rig_sql(rig, "UPDATE appeal_text SET source = CAST('Twe.' AS BLOB) "
                        "WHERE language = 'en'");
    assert_int_equal(store_read_wait(rig->store, do_load_broken, rig), US_OK);
}

static void test_days_for_signing(void **state)
{
    struct settings settings = {
        .has_opening = true, .opens_on = 10, .has_closing = true, .closes_on = 12};
    struct appeal appeal = {.settings = &settings, .state = APPEAL_OPEN, .published_version = 1};

    (void)state;
    assert_false(appeal_is_open(&appeal, 9));
    assert_true(appeal_is_open(&appeal, 10));
    assert_true(appeal_is_open(&appeal, 12));
    assert_false(appeal_is_open(&appeal, 13));
    settings.has_closing = false;
    assert_true(appeal_is_open(&appeal, 1000000));
    settings.has_opening = false;
    assert_true(appeal_is_open(&appeal, 0));
    appeal.state = APPEAL_CLOSED;
    assert_false(appeal_is_open(&appeal, 11));
    appeal.state = APPEAL_OPEN;
    appeal.published_version = 0;
    assert_false(appeal_is_open(&appeal, 11));
}

struct listing {
    struct appeal_rig *rig;
    bool published_only, stops;
    char slugs[128];
    int64_t signatures, members, countries;
};

static bool on_appeal(const struct appeal *appeal, const struct appeal_counts *counts, void *arg)
{
    struct listing *listing = arg;
    size_t len = strlen(listing->slugs);

    (void)snprintf(listing->slugs + len, sizeof(listing->slugs) - len, "%s%s", len > 0 ? " " : "",
                   appeal->slug);
    listing->signatures += counts->signatures;
    listing->members += counts->members;
    listing->countries += counts->countries;
    return !listing->stops;
}

static void do_list(struct reader *reader, void *arg)
{
    struct listing *listing = arg;

    assert_int_equal(
        appeal_each(reader, listing->rig->site, listing->published_only, on_appeal, listing),
        US_OK);
}

static void import_slug(struct appeal_rig *rig, const char *slug, bool is_published)
{
    struct appeal_import import;
    struct fault fault;
    int64_t version;
    char *ini = mem_format("[appeal]\nslug = %s\nauthoritative = ru\n", slug);

    assert_int_equal(
        appeal_rig_import(rig, &(struct appeal_rig_files){ini, RU, NULL}, &import, &fault), US_OK);
    if (is_published)
        assert_int_equal(appeal_publish(rig->site, slug, "unix:tester", &version, &fault), US_OK);
    free(ini);
}

static void test_list_is_in_order_with_counts(void **state)
{
    struct appeal_rig *rig = *state;
    struct listing all = {.rig = rig}, published = {.rig = rig, .published_only = true},
                   first = {.rig = rig, .stops = true};

    appeal_rig_add_organiser(rig);
    import_slug(rig, "b-first", true);
    import_slug(rig, "a-second", true);
    import_slug(rig, "c-draft", false);
    import_slug(rig, "d-broken", true);
    /* A counter of another version, of another state and of a country left again do not count. */
    appeal_rig_sql(rig,
                   "INSERT INTO counter SELECT id, 1, 'listed', 'KZ', 3, 500 FROM appeal "
                   "WHERE slug = 'b-first' UNION ALL SELECT id, 1, 'listed', '', 1, 40 FROM "
                   "appeal WHERE slug = 'b-first' UNION ALL SELECT id, 1, 'listed', 'FR', 0, 0 "
                   "FROM appeal WHERE slug = 'b-first' UNION ALL SELECT id, 1, 'struck', 'DE', "
                   "7, 7 FROM appeal WHERE slug = 'b-first' UNION ALL SELECT id, 2, 'listed', "
                   "'DE', 7, 7 FROM appeal WHERE slug = 'b-first'");
    appeal_rig_sql(rig, "UPDATE publication SET settings = CAST('x' AS BLOB) WHERE appeal = "
                        "(SELECT id FROM appeal WHERE slug = 'd-broken')");
    assert_int_equal(store_read_wait(rig->store, do_list, &all), US_OK);
    assert_int_equal(store_read_wait(rig->store, do_list, &published), US_OK);
    assert_int_equal(store_read_wait(rig->store, do_list, &first), US_OK);
    assert_string_equal(all.slugs, "a-second b-first c-draft");
    assert_string_equal(published.slugs, "a-second b-first");
    assert_string_equal(first.slugs, "a-second");
    assert_int_equal(published.signatures, 4);
    assert_int_equal(published.members, 540);
    assert_int_equal(published.countries, 1);
}

static void count_call(void *arg)
{
    ++*(int *)arg;
}

static void test_site_tells_of_mail_and_of_changes(void **state)
{
    struct appeal_rig *rig = *state;
    int calls = 0;
    struct site_generation list = site_generation(rig->site, 0);
    struct site_generation appeal = site_generation(rig->site, 77);

    site_mail_queued(rig->site); /* nobody listens yet */
    site_watch_mail(rig->site, count_call, &calls);
    site_mail_queued(rig->site);
    assert_int_equal(calls, 1);
    site_watch_mail(rig->site, NULL, NULL);
    site_mail_queued(rig->site);
    assert_int_equal(calls, 1);

    site_changed(rig->site, 77, false);
    assert_int_equal(site_generation(rig->site, 77).changes, appeal.changes + 1);
    assert_int_equal(site_generation(rig->site, 77).removals, appeal.removals);
    assert_int_equal(site_generation(rig->site, 0).changes, list.changes + 1);
    site_changed(rig->site, 77, true);
    assert_int_equal(site_generation(rig->site, 77).removals, appeal.removals + 1);
    site_changed(rig->site, 0, true);
    assert_int_equal(site_generation(rig->site, 77).changes, appeal.changes + 2);
    assert_int_equal(site_generation(rig->site, 0).removals, list.removals + 2);
}

/* A key that is replaced is found without a restart, and one that was taken away is not used on. */
static void test_organisers_key_is_read_again(void **state)
{
    struct appeal_rig *rig = *state;
    struct organiser_public first, second, made;
    struct fault fault = {.line = 0};
    char path[96];

    assert_int_equal(site_organiser_key(rig->site, &first, &fault), US_NOT_FOUND);
    assert_string_equal(fault.file, rig->organiser);
    appeal_rig_add_organiser(rig);
    assert_int_equal(site_organiser_key(rig->site, &first, &fault), US_OK);
    assert_int_equal(site_organiser_key(rig->site, &second, &fault), US_OK);
    assert_memory_equal(&first, &second, sizeof(first));

    (void)snprintf(path, sizeof(path), "%s/other", rig->folder);
    assert_int_equal(organiser_make(path, &made, &fault), US_OK);
    (void)snprintf(path, sizeof(path), "%s/other.pub", rig->folder);
    assert_int_equal(rename(path, rig->organiser), 0);
    assert_int_equal(site_organiser_key(rig->site, &second, &fault), US_OK);
    assert_memory_equal(&second, &made, sizeof(made));
    assert_memory_not_equal(&second, &first, sizeof(first));
    assert_int_equal(remove(rig->organiser), 0);
    assert_int_equal(site_organiser_key(rig->site, &second, &fault), US_NOT_FOUND);
}

#define ON_A_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_SITE(test_import_is_kept_and_loaded),
        ON_A_SITE(test_same_files_change_nothing),
        ON_A_SITE(test_settings_wait_for_publication),
        ON_A_SITE(test_draft_texts_are_replaced),
        ON_A_SITE(test_published_texts_stay),
        ON_A_SITE(test_pending_signature_keeps_the_text),
        ON_A_SITE(test_signature_keeps_the_text),
        ON_A_SITE(test_publishing_needs_an_organisers_key),
        ON_A_SITE(test_files_that_do_not_fit_are_refused),
        ON_A_SITE(test_other_files_are_refused),
        ON_A_SITE(test_text_whose_bytes_changed_is_not_shown),
        cmocka_unit_test(test_days_for_signing),
        ON_A_SITE(test_list_is_in_order_with_counts),
        ON_A_SITE(test_site_tells_of_mail_and_of_changes),
        ON_A_SITE(test_organisers_key_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
