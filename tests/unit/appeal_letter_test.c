/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The letter that everybody may have, which goes with the first name that does; and the
 * letterhead's image on its way from the folder to what is published. On a real store with real
 * files.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_letters.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the published letter ---- */

struct finding {
    struct world *world;
    const char *language;
    struct public_letter letter;
    int64_t as_of;
    enum us_err err;
};

static void find_work(struct reader *reader, void *arg)
{
    struct finding *finding = arg;

    finding->err = public_letter_find(reader, finding->world->site, finding->world->appeal->id,
                                      finding->language, &finding->letter);
}

/* The path, the caller's; NULL where there is no letter. */
static char *find_path(struct world *world, const char *language)
{
    struct finding finding = {.world = world, .language = language};

    world_read(world, find_work, &finding);
    if (finding.err != US_OK)
        assert_int_equal(finding.err, US_NOT_FOUND);
    return finding.err == US_OK ? finding.letter.path : NULL;
}

static void as_of_work(struct reader *reader, void *arg)
{
    struct finding *finding = arg;

    finding->err = public_letter_as_of(reader, &finding->as_of);
}

static int64_t as_of(struct world *world)
{
    struct finding finding = {.world = world};

    world_read(world, as_of_work, &finding);
    assert_int_equal(finding.err, US_OK);
    return finding.as_of;
}

static enum us_err publish(struct world *world, const char *file, int64_t named, int64_t seen,
                           struct fault *fault)
{
    *fault = (struct fault){.text = ""};
    return public_letter_publish(world->site,
                                 &(struct public_letter_params){
                                     .appeal = world->appeal,
                                     .language = "en",
                                     .file = file,
                                     .len = strlen(file),
                                     .pages = 2,
                                     .named = named,
                                     .now = world->now,
                                     .as_of = seen,
                                     .actor = "unix:test",
                                 },
                                 fault);
}

static void test_publish(void **state)
{
    struct world *world = *state;
    struct finding finding = {.world = world, .language = "en"};
    struct fault fault;
    struct stat file;
    char *path;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_null(find_path(world, "en"));
    assert_int_equal(publish(world, "%PDF-1.7 one", 1, as_of(world), &fault), US_OK);
    world_read(world, find_work, &finding);
    assert_int_equal(finding.err, US_OK);
    assert_int_equal(finding.letter.pages, 2);
    assert_int_equal(finding.letter.named, 1);
    assert_int_equal(finding.letter.size, 12);
    assert_int_equal(finding.letter.version, world->appeal->version);
    assert_int_equal(stat(finding.letter.path, &file), 0);
    assert_int_equal(file.st_size, 12);
    assert_null(find_path(world, "ru"));

    /* The same once more is the same file; another takes its place. */
    assert_int_equal(publish(world, "%PDF-1.7 one", 1, as_of(world), &fault), US_OK);
    assert_int_equal(stat(finding.letter.path, &file), 0);
    assert_int_equal(publish(world, "%PDF-1.7 two", 1, as_of(world), &fault), US_OK);
    assert_int_equal(stat(finding.letter.path, &file), -1);
    path = find_path(world, "en");
    assert_string_not_equal(path, finding.letter.path);
    assert_int_equal(letters_count_files(world, "letters"), 1);
    assert_int_equal(world_number(world, "SELECT COUNT(*) FROM audit WHERE act = 'letter.publish'"),
                     3);
    /* A row without its file is no letter. */
    assert_int_equal(unlink(path), 0);
    assert_null(find_path(world, "en"));
    free(path);
    free(finding.letter.path);
}

static void test_publish_refusals(void **state)
{
    struct world *world = *state;
    struct fault fault = {.text = ""};
    struct public_letter_params what = {.appeal = world->appeal,
                                        .language = "fr",
                                        .file = "%PDF-1.7",
                                        .len = 8,
                                        .pages = 1,
                                        .actor = "unix:test"};

    assert_int_equal(publish(world, "hello", 0, 0, &fault), US_INVALID);
    assert_int_equal(public_letter_publish(world->site, &what, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "no text in \"fr\""));
    what.language = "en";
    what.pages = 0;
    assert_int_equal(public_letter_publish(world->site, &what, &fault), US_INVALID);
    what.pages = 1;
    what.len = DELIVERY_FILE_MOST + 1;
    assert_int_equal(public_letter_publish(world->site, &what, &fault), US_INVALID);

    /* Without knowing when it was drawn, it must at least name as many as it would now. */
    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_int_equal(publish(world, "%PDF-1.7", 2, 0, &fault), US_CONFLICT);
    assert_non_null(strstr(fault.text, "names 2 organisations, but now 1"));
    assert_int_equal(publish(world, "%PDF-1.7", 1, 0, &fault), US_OK);

    /* Another version was published since. */
    int64_t seen = as_of(world);
    struct appeal *old = world->appeal;
    world->appeal = NULL;
    world_publish(world, "trial", "policy = after\n", "Другой текст");
    struct appeal *newer = world->appeal;
    world->appeal = old;
    assert_int_equal(publish(world, "%PDF-1.7 late", 1, seen, &fault), US_CONFLICT);
    /* The letter of the version before is not the page's any more, and goes when it is replaced. */
    assert_null(find_path(world, "en"));
    assert_int_equal(letters_count_files(world, "letters"), 1);
    world->appeal = newer;
    appeal_free(old);
    assert_int_equal(publish(world, "%PDF-1.7 new", 0, 0, &fault), US_OK);
    assert_int_equal(letters_count_files(world, "letters"), 1);
    char *path = find_path(world, "en");
    assert_non_null(path);
    free(path);
}

/* A name that is struck is gone from the site at once, row and file, whatever it chose to show: the
 * letter counted it. And a letter that was drawn before is not put up after. */
static void test_strike_takes_it_off(void **state)
{
    struct world *world = *state;
    char id[LETTERS_ID_SIZE], hidden[LETTERS_ID_SIZE];
    struct fault fault;
    bool changed;
    int64_t seen;
    char *path;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, id);
    letters_sign(world, "B", "KZ", VISIBILITY_COUNTED, hidden);
    letters_sign(world, "C", "KZ", VISIBILITY_PUBLIC, NULL);
    for (int i = 0; i < 2; i++) {
        struct site_generation before = site_generation(world->site, world->appeal->id);
        seen = as_of(world);
        assert_int_equal(publish(world, "%PDF-1.7", 2 - i, seen, &fault), US_OK);
        path = find_path(world, "en");
        assert_non_null(path);
        letters_strike(world, i == 0 ? id : hidden);
        assert_null(find_path(world, "en"));
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(world_number(world, "SELECT COUNT(*) FROM public_letter"), 0);
        assert_true(site_generation(world->site, world->appeal->id).removals > before.removals);
        free(path);

        assert_int_equal(publish(world, "%PDF-1.7", 2 - i, seen, &fault), US_CONFLICT);
        assert_non_null(strstr(fault.text, "taken off"));
        assert_int_equal(letters_count_files(world, "letters"), 0);
    }
    /* What takes nobody off leaves it where it is. */
    seen = as_of(world);
    assert_int_equal(world_decide(world, id, DECISION_RESTORE, NULL, &changed), US_OK);
    assert_int_equal(publish(world, "%PDF-1.7", 2, seen, &fault), US_OK);
    letters_sign(world, "D", "KZ", VISIBILITY_PUBLIC, NULL);
    path = find_path(world, "en");
    assert_non_null(path);
    free(path);
}

static void test_sweep(void **state)
{
    struct world *world = *state;
    struct fault fault;
    char *orphan = mem_format("%s/letters/trial-en-00000000.pdf", world->folder), *path;
    FILE *file;

    letters_sign(world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    assert_int_equal(publish(world, "%PDF-1.7", 1, as_of(world), &fault), US_OK);
    file = fopen(orphan, "we");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(delivery_sweep(world->site), US_OK);
    assert_int_equal(access(orphan, F_OK), -1);
    path = find_path(world, "en");
    assert_non_null(path);
    free(path);
    free(orphan);
}

/* ---- the letterhead's image ---- */

static const char ini[] = "[appeal]\nslug = pictured\nauthoritative = en\n"
                          "[addressee.one]\nkind = company\nname = One\n";
static const char text[] = "---\ntitle: T\n---\n\nText.\n";
static const char png[] = "\x89PNG\r\n\x1a\nsomething";
static const char png2[] = "\x89PNG\r\n\x1a\nanother";
static const char svg[] = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

struct image_case {
    const char *name, *data;
    size_t len;
    const char *second; /* another file's name */
};

static enum us_err import(struct world *world, const struct image_case *image,
                          struct appeal_import *out, struct fault *fault)
{
    struct appeal_file files[4] = {{"appeal.ini", ini, strlen(ini)}, {"en.md", text, strlen(text)}};
    size_t count = 2;

    if (image != NULL)
        files[count++] = (struct appeal_file){image->name, image->data, image->len};
    if (image != NULL && image->second != NULL)
        files[count++] = (struct appeal_file){image->second, svg, strlen(svg)};
    *fault = (struct fault){.text = ""};
    return appeal_import(world->site, files, count, "unix:test", out, fault);
}

struct loading {
    struct world *world;
    struct appeal_image image;
};

static void load_work(struct reader *reader, void *arg)
{
    struct loading *loading = arg;
    struct appeal *appeal;

    assert_int_equal(appeal_load(reader, loading->world->site, "pictured", &appeal), US_OK);
    assert_int_equal(appeal_image_load(reader, appeal, &loading->image), US_OK);
    appeal_free(appeal);
}

static void assert_image(struct world *world, const char *name, const char *data)
{
    struct loading loading = {.world = world};

    world_read(world, load_work, &loading);
    if (name == NULL) {
        assert_null(loading.image.name);
        return;
    }
    assert_string_equal(loading.image.name, name);
    assert_int_equal(loading.image.len, strlen(data));
    assert_memory_equal(loading.image.data, data, loading.image.len);
    appeal_image_clear(&loading.image);
}

static void publish_pictured(struct world *world)
{
    struct fault fault = {.text = ""};
    int64_t version;

    assert_int_equal(appeal_publish(world->site, "pictured", "unix:test", &version, &fault), US_OK);
    assert_int_equal(version, 1);
}

/* It comes with the settings: imported, waiting, published, changed, taken away. */
static void test_image(void **state)
{
    static const struct image_case first = {"letterhead.png", png, sizeof(png) - 1, NULL},
                                   other = {"letterhead.png", png2, sizeof(png2) - 1, NULL},
                                   drawn = {"letterhead.svg", svg, sizeof(svg) - 1, NULL};
    struct world *world = *state;
    struct appeal_import done;
    struct fault fault;

    assert_int_equal(import(world, &first, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_NEW);
    publish_pictured(world);
    assert_image(world, "letterhead.png", png);
    assert_int_equal(import(world, &first, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_UNCHANGED);
    assert_false(done.waits);

    assert_int_equal(import(world, &other, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_SETTINGS);
    assert_true(done.waits);
    assert_image(world, "letterhead.png", png); /* until it is published */
    publish_pictured(world);
    assert_image(world, "letterhead.png", png2);
    assert_int_equal(import(world, &drawn, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_SETTINGS);
    publish_pictured(world);
    assert_image(world, "letterhead.svg", svg);
    assert_int_equal(import(world, NULL, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_SETTINGS);
    assert_true(done.waits);
    publish_pictured(world);
    assert_image(world, NULL, NULL);
    assert_int_equal(import(world, NULL, &done, &fault), US_OK);
    assert_int_equal(done.what, IMPORT_UNCHANGED);
}

static void test_image_refusals(void **state)
{
    struct world *world = *state;
    char *large = mem_zero(256 * 1024 + 1);
    const struct {
        struct image_case image;
        const char *part;
    } cases[] = {
        {{"letterhead.png", svg, sizeof(svg) - 1, NULL}, "not a PNG"},
        {{"letterhead.png", png, 8, NULL}, "not a PNG"},
        {{"letterhead.svg", png, sizeof(png) - 1, NULL}, "not an SVG"},
        {{"letterhead.png", png, sizeof(png) - 1, "letterhead.svg"}, "one image"},
        {{"letterhead.svg", svg, sizeof(svg) - 1, "letterhead.svg"}, "one image"},
        {{"letterhead.png", large, 256 * 1024 + 1, NULL}, "256 KiB"},
        {{"letterhead.gif", png, sizeof(png) - 1, NULL}, "letterhead.png or letterhead.svg"},
    };
    struct appeal_import done;
    struct fault fault;

    memcpy(large, png, sizeof(png) - 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(import(world, &cases[i].image, &done, &fault), US_INVALID);
        assert_non_null(strstr(fault.text, cases[i].part));
        assert_memory_equal(fault.file, "letterhead.", 11);
    }
    free(large);
}

/* Who signed information for the ILO has not signed a complaint: that makes another version. What
 * only says how it is written to does not. */
static void test_procedure_is_signed(void **state)
{
    static const struct {
        const char *options;
        enum appeal_imported what;
    } steps[] = {
        {"procedure = information\ngovernment = KZ\n", IMPORT_NEW},
        {"procedure = information\ngovernment = KZ\nconventions = C087\ncase = 1\n",
         IMPORT_SETTINGS},
        {"procedure = complaint\ngovernment = KZ\n", IMPORT_NEW_VERSION},
        {"procedure = complaint\ngovernment = RU\n", IMPORT_NEW_VERSION},
        {"", IMPORT_NEW_VERSION},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        char *settings = mem_format("[appeal]\nslug = ilo\nauthoritative = en\n[addressee.ilo]\n"
                                    "kind = international\nname = ILO\n%s",
                                    steps[i].options);
        const struct appeal_file files[] = {{"appeal.ini", settings, strlen(settings)},
                                            {"en.md", text, strlen(text)}};
        struct fault fault = {.text = ""};
        struct appeal_import done;
        int64_t version;

        if (appeal_import(world->site, files, 2, "unix:test", &done, &fault) != US_OK)
            fail_msg("%d: %s", fault.line, fault.text);
        assert_int_equal(done.what, steps[i].what);
        assert_int_equal(appeal_publish(world->site, "ilo", "unix:test", &version, &fault), US_OK);
        free(settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_publish, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_publish_refusals, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_strike_takes_it_off, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_sweep, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_image, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_image_refusals, letters_setup, letters_teardown),
        cmocka_unit_test_setup_teardown(test_procedure_is_signed, letters_setup, letters_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
