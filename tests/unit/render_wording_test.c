/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a letter says of those that it does not name, of procedures, of what went before it and of
 * addresses, and that strangers' words leave its lines in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render/letter_ilo.h"
#include "render_rig.h"
#include "render_sample.h"
#include "text/phrase.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RU 0 /* of sample_documents */
#define EN 1

static void assert_has(const char *text, const char *part)
{
    rig_assert_in_order(text, &part, 1);
}

static void assert_lacks(const char *text, const char *word)
{
    if (strstr(text, word))
        fail_msg("\"%s\" stands in:\n%s", word, text);
}

static char *sentence_of(const char *language, const struct phrase_counts *counts)
{
    return phrase_counts(language_find(language), counts);
}

/* Countries and members of the named are not those of all. */
static void counts_are_of_the_named(void **state)
{
    (void)state;
    static const struct {
        struct phrase_counts counts;
        const char *en, *ru;
    } cases[] = {
        {{.organisations = 300, .counted = 56, .countries = 32, .members = 5000},
         "300 organisations. 244 of them are named here, in 32 countries, representing 5,000 "
         "members as stated by them.",
         NULL},
        {{.organisations = 3, .counted = 2, .countries = 1},
         "3 organisations. 1 of them is named here, in 1 country.",
         "3 организации. Из них здесь названа 1, в 1 стране."},
        {{.organisations = 3, .counted = 1, .members = 7},
         "3 organisations. 2 of them are named here, representing 7 members as stated by them.",
         NULL},
        {{.organisations = 3, .counted = 1}, "3 organisations. 2 of them are named here.", NULL},
        {{.organisations = 3, .counted = 3},
         "3 organisations, which are not named here.",
         "3 организации, здесь не названные."},
        {{.organisations = 3, .countries = 1}, "3 organisations in 1 country.", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *en = sentence_of("en", &cases[i].counts), *ru = sentence_of("ru", &cases[i].counts);
        assert_string_equal(en, cases[i].en);
        if (cases[i].ru)
            assert_string_equal(ru, cases[i].ru);
        free(en);
        free(ru);
    }
}

static void lists_say_who_is_named(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    for (int is_press = 0; is_press < 2; is_press++) {
        letter.profile = is_press ? LETTER_PRESS : LETTER_GOVERNMENT;
        sample_write_well(&letter, rig->path);
        char *text = rig_text(rig, "-raw");
        const char *const parts[] = {
            is_press ? "Signed by: 7 organisations. 5 of them are named here, in 4 countries,"
                     : "Signed by 7 organisations. 5 of them are named here, in 4 countries,"};
        rig_assert_in_order(text, parts, 1);
        assert_lacks(text, "7 organisations in");
        free(text);
    }
    free(body);
}

static void every_edition_tells_the_ilo_what_it_is(void **state)
{
    struct rig *rig = *state;
    static const char *const said[] = {
        [LETTER_COMPLAINT] = "submitted as a complaint to the Committee on Freedom of Association",
        [LETTER_REPRESENTATION] = "is a representation under article 24",
        [LETTER_INFORMATION] = "submitted for information."};
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.profile = LETTER_INTERNATIONAL;
    letter.refers_number = 3;
    letter.refers_date = 19002;
    for (int edition = LETTER_WHOLE; edition <= LETTER_ACCESSION; edition++)
        for (int procedure = LETTER_COMPLAINT; procedure <= LETTER_INFORMATION; procedure++) {
            for (int is_individual = 0; is_individual < 2; is_individual++) {
                letter.edition = (enum letter_edition)edition;
                letter.procedure = (enum letter_procedure)procedure;
                letter.government = "KZ";
                letter.is_individual = is_individual;
                sample_write_well(&letter, rig->path);
                char *text = rig_text(rig, "-raw");
                assert_has(text, said[procedure]);
                assert_has(text, "Kazakhstan");
                free(text);
            }
        }
    /* For information alone it may be about no country. */
    letter.edition = LETTER_WHOLE;
    letter.government = NULL;
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "-raw");
    assert_has(text, "submitted for information. It is neither a complaint");
    assert_lacks(text, "Country concerned");
    free(text);
    free(body);
}

static void other_bodies_are_told_the_conventions(void **state)
{
    struct rig *rig = *state;
    static const char *const conventions[] = {"C087", "C999"};
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.profile = LETTER_INTERNATIONAL;
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "-raw");
    assert_lacks(text, "This letter concerns");
    free(text);
    letter.conventions = (struct letter_lines){conventions, 2};
    letter.case_number = "12/2026";
    sample_write_well(&letter, rig->path);
    text = rig_text(rig, "-raw");
    static const char facts[] = "This letter concerns: Freedom of Association and Protection of "
                                "the Right to Organise Convention, 1948 (No. 87) Convention No. "
                                "999 Case No. 12/2026";
    const char *const parts[] = {facts, "Withdraw the bill."};
    rig_assert_in_order(text, parts, 2);
    assert_lacks(text, "Committee");
    assert_lacks(text, "submitted");
    free(text);
    free(body);
}

/* A union's own letter is the ordinary one, with a line about what went before. */
static void own_letters_of_a_supplement_are_whole(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.is_individual = true;
    letter.edition = LETTER_SUPPLEMENT;
    letter.refers_number = 3;
    letter.refers_date = 19002;
    letter.named = 1;
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "-raw");
    static const char follows[] = "This letter follows the one delivered to you on 10 January 2022 "
                                  "(Ref. 01-22, 7 November 2026, dispatch No. 3).";
    const char *const parts[] = {"Re: Statement", follows, "Withdraw the bill.", "Yours"};
    rig_assert_in_order(text, parts, 4);
    assert_lacks(text, "Further signatories");
    assert_lacks(text, "Since then");
    free(text);
    letter.edition = LETTER_ACCESSION;
    sample_write_well(&letter, rig->path);
    text = rig_text(rig, "-raw");
    static const char associates[] = "Our organisation associates itself with the communication";
    const char *const accession[] = {associates, "Ref. 01-22, 7 November 2026, dispatch No. 3"};
    rig_assert_in_order(text, accession, 2);
    assert_lacks(text, "Withdraw");
    free(text);
    letter.edition = LETTER_WHOLE;
    sample_write_well(&letter, rig->path);
    text = rig_text(rig, "-raw");
    assert_lacks(text, "This letter follows");
    free(text);
    free(body);
}

/* The last box of a word on the first page; its edges, from its left and its top. */
static void find_box(const struct rig *rig, const char *word, double box[4])
{
    char *found = rig_run("pdftotext -l 1 -bbox %s - | grep '>%s<' | tail -n 1", rig->path, word);
    if (sscanf(found, " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &box[0],
               &box[1], &box[2], &box[3]) != 4)
        fail_msg("no %s: %s", word, found);
    free(found);
}

/* An Arabic town in an English letter: before its country, before the date, on the left. */
static void foreign_towns_keep_the_order(void **state)
{
    struct rig *rig = *state;
    const struct letter_signatory signatory = {.organisation = "First union",
                                               .country = "ZA",
                                               .town = "البصرة",
                                               .has_day = true,
                                               .signed_on = 19002};
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    int pages;
    letter.is_individual = true;
    letter.named = 1;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    double south[4], africa[4], day[4], year[4];
    find_box(rig, "South", south);
    find_box(rig, "Africa", africa);
    find_box(rig, "10", day);
    find_box(rig, "2022", year);
    assert_true(africa[0] > south[2]);
    /* In the middle, with the town on its left: the country is right of the middle alone. */
    assert_true(south[0] + africa[2] > 595 + 10);
    /* At the left edge, with the town before it. */
    assert_true(day[0] > 85 && day[0] < 130);
    assert_true(year[0] > day[2] && year[0] < 220);
    /* The page's line too. */
    char *place = phrase_place(language_find("en"), "البصرة", true, 19002);
    assert_string_equal(place, "\u2068البصرة\u2069, 10 January 2022");
    free(place);
    free(body);
}

static void addresses_stand_behind_their_words(void **state)
{
    struct rig *rig = *state;
    struct letter letter = sample_letter(&sample_documents[EN], NULL);
    letter.body = "See [the *whole* story](https://x.example/y), <https://z.example/>, or write "
                  "to [us](mailto:us@x.example) or <me@x.example>.\n";
    sample_write_well(&letter, rig->path);
    char *text = rig_text(rig, "-raw");
    assert_has(text,
               "See the whole story <https://x.example/y>, https://z.example/, or write to us "
               "<us@x.example> or me@x.example.");
    free(text);
}

/* Wherever the line would have ended, and each of them is found by a reader's search. */
static void hyphens_do_not_break_names(void **state)
{
    struct rig *rig = *state;
    char *filler = mem_string("Office");
    struct letter letter = sample_letter(&sample_documents[EN], "A text.\n");
    for (int i = 0; i < 40; i++) {
        char *name = mem_format("%s of the Vice-Chancellor", filler);
        letter.addressee_name = name;
        sample_write_well(&letter, rig->path);
        char *text = rig_text(rig, "-raw -l 1");
        if (!strstr(text, "Vice-Chancellor"))
            fail_msg("%s\n%s", name, text);
        free(text);
        free(name);
        char *longer = mem_format("%sn", filler);
        free(filler);
        filler = longer;
    }
    free(filler);
    double wide[4], first[4];
    letter.addressee_name = "International Labour Office, Director-General";
    sample_write_well(&letter, rig->path);
    find_box(rig, "International", first);
    find_box(rig, "Director-General", wide);
    assert_true(wide[1] < first[1] + 2); /* on one line */
    for (int i = 0; i < 2; i++) {
        char *title = letter_ilo_convention(language_find(i ? "ru" : "en"), "C087");
        assert_non_null(strstr(title, i ? "№\u00A087" : "(No.\u00A087)"));
        free(title);
    }
}

/* Whatever the length of what stands over them. */
static void particulars_stand_together(void **state)
{
    struct rig *rig = *state;
    const struct letter_signatory signatory = {.organisation = "First union",
                                               .legal_name = "Legal union",
                                               .address = "Third street",
                                               .coverage = "fourth region",
                                               .mandate = "Fifth council",
                                               .registration = LETTER_REFUSED,
                                               .has_members = true,
                                               .members = 77};
    char *body = sample_body(&sample_documents[EN]);
    int split = 0; /* letters of more than a page */
    for (int lines = 0; lines < 12; lines++) {
        struct fault fault = {.text = ""};
        struct letter letter = sample_letter(&sample_documents[EN], body);
        struct letter_writer *writer;
        int pages;
        letter.profile = LETTER_INTERNATIONAL;
        letter.procedure = LETTER_INFORMATION;
        letter.is_individual = true;
        letter.named = 1;
        assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
        assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
        assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
        char *text = rig_text(rig, "-raw"), *from = strstr(text, "Particulars of");
        assert_non_null(from);
        char *to = strstr(from, "Mandate: Fifth");
        assert_non_null(to);
        assert_null(memchr(from, '\f', (size_t)(to - from)));
        split += pages > 1;
        if (lines <= 6)
            assert_int_equal(pages, 1);
        free(text);
        char *longer = mem_format("%s\n\nMore.\n", body);
        free(body);
        body = longer;
    }
    assert_true(split > 0);
    free(body);
}

/* A language's later lines, behind its name in another language too, are its address. */
static void letterheads_have_one_name_a_language(void **state)
{
    struct rig *rig = *state;
    static const struct letter_line lines[] = {{"en", "Northern"}, {"", ""},
                                               {"ru", "СЕВЕРНОЕ"}, {"", ""},
                                               {"en", "Quay"},     {"en", "Telephone"}};
    struct letter letter = sample_letter(&sample_documents[RU], "A text.\n");
    double first[4], other[4], later[4];
    letter.letterhead = lines;
    letter.letterhead_count = sizeof lines / sizeof *lines;
    sample_write_well(&letter, rig->path);
    find_box(rig, "Northern", first);
    find_box(rig, "СЕВЕРНОЕ", other);
    find_box(rig, "Quay", later);
    assert_true(other[3] - other[1] > first[3] - first[1] - 0.5);
    assert_true(later[3] - later[1] < first[3] - first[1] - 1.5);
}

#define WORDING_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORDING_TEST(counts_are_of_the_named),
        WORDING_TEST(lists_say_who_is_named),
        WORDING_TEST(every_edition_tells_the_ilo_what_it_is),
        WORDING_TEST(other_bodies_are_told_the_conventions),
        WORDING_TEST(own_letters_of_a_supplement_are_whole),
        WORDING_TEST(foreign_towns_keep_the_order),
        WORDING_TEST(addresses_stand_behind_their_words),
        WORDING_TEST(hyphens_do_not_break_names),
        WORDING_TEST(particulars_stand_together),
        WORDING_TEST(letterheads_have_one_name_a_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
