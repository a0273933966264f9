/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a letter's profile, form and edition make of it, as its reader finds it in the file. How
 * each looks in every language, tests/golden/letters_test.py holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "render_rig.h"
#include "render_sample.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EN 1 /* of sample_documents */

/* The words of a page, or of all (0), in the order of the file. */
static char *page_text(const struct rig *rig, int page)
{
    char *options = page > 0 ? mem_format("-raw -f %d -l %d", page, page) : mem_string("-raw");
    char *text = rig_text(rig, options);
    free(options);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    rig_assert_in_order(text, &part, 1);
}

static void assert_lacks(const char *text, const char *word)
{
    if (strstr(text, word))
        fail_msg("\"%s\" stands in:\n%s", word, text);
}

/* No real one: what is in the seal, render_finish_test.c looks at. */
static enum us_err sign_nothing(const uint8_t digest[32], uint8_t **out, size_t *len,
                                struct fault *fault, void *arg)
{
    (void)fault;
    (void)arg;
    *out = mem_alloc(32);
    memcpy(*out, digest, 32);
    *len = 32;
    return US_OK;
}

static void seals_say_whose_they_are(void **state)
{
    struct rig *rig = *state;
    const struct finish_sealer sealer = {.name = "Example Office", .sign = sign_nothing};
    static const char said[] = "The digital seal in this file is that of Example Office, which "
                               "runs this site; it is not the signature of each organisation.";
    char *body = sample_body(&sample_documents[EN]);
    for (int is_individual = 0; is_individual < 2; is_individual++) {
        struct letter letter = sample_letter(&sample_documents[EN], body);
        letter.is_individual = is_individual;
        sample_write_well(&letter, rig->path);
        char *text = page_text(rig, 0);
        assert_lacks(text, "seal");
        free(text);
        letter.sealer = &sealer;
        int pages = sample_write_well(&letter, rig->path);
        /* On the first page of each. */
        for (int page = 1; page <= pages; page += is_individual ? 1 : pages) {
            text = page_text(rig, page);
            if (strstr(text, "Page 1 of"))
                assert_has(text, said);
            free(text);
        }
    }
    free(body);
}

/* Each with its own name at its head and its own page numbers, in the outline below its country. */
static void individual_letters_are_each_ones_own(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.is_individual = true;
    letter.counted = 0;
    int pages = sample_write_well(&letter, rig->path), begun = 0;
    for (int page = 1; page <= pages; page++) {
        char *text = page_text(rig, page);
        if (strstr(text, "Page 1 of 1")) {
            const struct letter_signatory *signatory = &sample_named[begun++];
            const char *const own[] = {"4 route des Morillons", "Withdraw the bill.", "Yours"};
            rig_assert_in_order(text, own, 3);
            if (begun > 1) { /* Arabic is taken out of the file in another order */
                assert_has(text, signatory->organisation);
                if (signatory->representative)
                    assert_has(text, signatory->representative);
            }
            for (int i = 1; i < SAMPLE_NAMED; i++)
                if (i != begun - 1)
                    assert_lacks(text, sample_named[i].organisation);
        }
        assert_lacks(text, "Signed by");
        assert_lacks(text, "Federation of Free Unions");
        assert_lacks(text, "01-22");
        free(text);
    }
    assert_int_equal(begun, SAMPLE_NAMED);
    assert_int_equal(pages, SAMPLE_NAMED);
    char *outline =
        rig_run("qpdf --json --json-key=outlines %s | grep '\"title\"' | tr -d '\\n'", rig->path);
    const char *at = outline;
    for (int i = 0; i < SAMPLE_NAMED; i++) {
        at = strstr(at, sample_named[i].organisation);
        assert_non_null(at);
    }
    assert_non_null(strstr(outline, "\"Egypt\""));
    assert_non_null(strstr(outline, "\"International organisations\""));
    free(outline);
    free(body);
}

static void one_individual_letter_is_a_file(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.is_individual = true;
    letter.named = 1;
    assert_int_equal(sample_write_well(&letter, rig->path), 1);
    letter.named = 0;
    struct fault fault = {.text = ""};
    int pages;
    assert_int_equal(sample_write(&letter, rig->path, &pages, &fault), US_CORRUPT);
    assert_true(fault.text[0] != '\0');
    free(body);
}

static void titles_run_from_the_second_page(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    static const char title[] = "of the Secretariat on the right to strike";
    letter.profile = LETTER_PUBLIC;
    letter.named = 100;
    assert_true(sample_write_well(&letter, rig->path) >= 3);
    char *first = page_text(rig, 1), *second = page_text(rig, 2);
    assert_int_not_equal(strncmp(first, title, strlen(title)), 0);
    assert_int_equal(strncmp(second, title, strlen(title)), 0);
    free(first);
    free(second);
    free(body);
}

/* The line with the enclosure counts the pages behind; a list that streams by is not counted. */
static void enclosures_are_counted(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.named = 100;
    int pages = sample_write_well(&letter, rig->path);
    char *said = mem_format("Enclosure: list of signatories (%d pages)", pages - 1);
    char *text = page_text(rig, 1);
    assert_true(pages >= 4);
    assert_has(text, said);
    free(text);
    free(said);
    letter.named = 2001;
    pages = sample_write_well(&letter, rig->path);
    text = page_text(rig, 1);
    assert_has(text, "Enclosure: list of signatories");
    assert_lacks(text, "pages)");
    assert_lacks(text, "Page 1 of");
    free(text);
    text = page_text(rig, pages);
    said = mem_format("Page %d of %d", pages, pages);
    assert_has(text, said);
    free(text);
    free(said);
    letter.named = letter.counted = 0;
    assert_int_equal(sample_write_well(&letter, rig->path), 1);
    text = page_text(rig, 1);
    assert_lacks(text, "Enclosure");
    free(text);
    free(body);
}

static void only_the_ilo_is_told_of_procedures(void **state)
{
    struct rig *rig = *state;
    static const char *const conventions[] = {"C087", "C999"};
    static const struct {
        enum letter_procedure procedure;
        const char *said;
    } cases[] = {
        {LETTER_COMPLAINT, "submitted as a complaint to the Committee on Freedom of Association of "
                           "the Governing Body, against the Government of the following country: "
                           "Kazakhstan."},
        {LETTER_REPRESENTATION, "representation under article 24 of the Constitution of the "
                                "International Labour Organization. The Member concerned: "
                                "Kazakhstan."},
        {LETTER_INFORMATION, "submitted for information. It is neither a complaint to the "
                             "Committee on Freedom of Association nor a representation"},
    };
    char *body = sample_body(&sample_documents[EN]);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter letter = sample_letter(&sample_documents[EN], body);
        letter.profile = LETTER_INTERNATIONAL;
        letter.procedure = cases[i].procedure;
        letter.government = "KZ";
        letter.case_number = "3283";
        letter.conventions = (struct letter_lines){conventions, 2};
        sample_write_well(&letter, rig->path);
        char *text = page_text(rig, 0);
        static const char facts[] =
            "Freedom of Association and Protection of the Right to Organise Convention, 1948 "
            "(No. 87) Convention No. 999 Case No. 3283";
        const char *const parts[] = {"Director-General, ILO", cases[i].said, facts};
        rig_assert_in_order(text, parts, 3);
        assert_lacks(text, "26 of the");
        free(text);
        /* Its own address where none was given. */
        letter.addressee_lines.count = 0;
        sample_write_well(&letter, rig->path);
        text = page_text(rig, 1);
        assert_has(text, "The Director-General International Labour Office 4 route des Morillons "
                         "CH-1211 Geneva 22 Switzerland");
        free(text);
        /* A government hears nothing of it. */
        letter.profile = LETTER_GOVERNMENT;
        sample_write_well(&letter, rig->path);
        text = page_text(rig, 0);
        assert_lacks(text, "Committee");
        assert_lacks(text, "Convention");
        assert_lacks(text, "3283");
        free(text);
    }
    free(body);
}

/* What a union told for the ILO stands in its table alone. */
static void particulars_are_for_the_ilo(void **state)
{
    struct rig *rig = *state;
    const struct letter_signatory signatory = {.organisation = "First union",
                                               .country = "KZ",
                                               .affiliation = "Second federation",
                                               .legal_name = "Legal union",
                                               .address = "Third street",
                                               .coverage = "fourth region",
                                               .mandate = "Fifth council",
                                               .registration = LETTER_REFUSED,
                                               .representative = "Sixth person",
                                               .capacity = "secretary",
                                               .has_mandate_date = true,
                                               .mandate_date = 19000,
                                               .has_members = true,
                                               .members = 77,
                                               .has_members_date = true,
                                               .members_date = 18992};
    static const char *const told[] = {"Legal name: Legal union",
                                       "Third street",
                                       "fourth region",
                                       "registration refused",
                                       "Mandate: Fifth council, 8 January",
                                       "on 31 December 2021"};
    char *body = sample_body(&sample_documents[EN]);
    for (int form = 0; form < 4; form++) {
        struct fault fault = {.text = ""};
        struct letter letter = sample_letter(&sample_documents[EN], body);
        struct letter_writer *writer;
        int pages;
        letter.profile = LETTER_INTERNATIONAL;
        letter.procedure = form < 2 ? LETTER_INFORMATION : LETTER_NO_PROCEDURE;
        letter.is_individual = form % 2;
        letter.named = 1;
        assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
        assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
        assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
        char *text = page_text(rig, 0);
        for (size_t i = 0; i < sizeof told / sizeof *told; i++)
            if (form < 2)
                assert_has(text, told[i]);
            else
                assert_lacks(text, told[i]);
        assert_has(text, "Second federation");
        assert_has(text, "Sixth person");
        free(text);
    }
    free(body);
}

/* Neither repeats the text; both say what they refer to. */
static void supplements_and_accessions_refer(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.edition = LETTER_SUPPLEMENT;
    letter.refers_number = 3;
    letter.refers_date = 19002;
    letter.refers_named = 20;
    letter.refers_counted = 1;
    sample_write_well(&letter, rig->path);
    char *text = page_text(rig, 0);
    static const char letter_text[] =
        "In addition to our letter (Ref. 01-22, 7 November 2026, dispatch No. 3), delivered on 10 "
        "January 2022 and signed by 21 organisations,";
    const char *const supplement[] = {"Re: Further signatories",
                                      letter_text,
                                      "Since then 7 more organisations have signed it.",
                                      "Yours",
                                      "Signed since",
                                      "Zhanartu"};
    rig_assert_in_order(text, supplement, 6);
    assert_lacks(text, "Withdraw");
    free(text);
    letter.edition = LETTER_ACCESSION;
    sample_write_well(&letter, rig->path);
    text = page_text(rig, 0);
    static const char associate[] = "The organisations named in the enclosed list associate "
                                    "themselves with the communication";
    const char *const accession[] = {"Re: Accession to a communication",
                                     associate,
                                     "Communication: Statement of the Secretariat on the right",
                                     "Ref. 01-22, 7 November 2026, dispatch No. 3",
                                     "Addressed to: Director-General, ILO",
                                     "Delivered on: 10 January 2022",
                                     "Organisations that associate themselves",
                                     "Zhanartu"};
    rig_assert_in_order(text, accession, 8);
    assert_lacks(text, "Withdraw");
    free(text);
    free(body);
}

static void initiators_stand_first(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    const struct letter letter = {
        .language = language_find("en"), .text_language = "en", .body = "A text.\n", .named = 3};
    const struct letter_signatory rows[] = {
        {.organisation = "Alpha", .country = "NO", .town = "Oslo", .is_initiator = true},
        {.organisation = "Beta", .country = "KZ", .is_initiator = true},
        {.organisation = "Gamma", .country = "KZ"}};
    const char *const parts[] = {"Initiators", "Alpha Oslo, Norway", "Beta Kazakhstan",
                                 "Kazakhstan", "Gamma"};
    int pages;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(letter_add(writer, &rows[i], &fault), US_OK);
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    char *text = page_text(rig, 0);
    rig_assert_in_order(text, parts, 5);
    /* There is nothing to say of members or of persons: no column says so. */
    assert_lacks(text, "Members");
    assert_lacks(text, "Represented");
    free(text);
}

struct told {
    int64_t times, last, named;
};

static void note_progress(int64_t drawn, int64_t named, void *arg)
{
    struct told *told = arg;
    assert_true(drawn > told->last);
    told->times++;
    told->last = drawn;
    told->named = named;
}

static void progress_is_told(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    for (int64_t named = 300; named < 5000; named += 2000) {
        struct told told = {0};
        struct letter letter = sample_letter(&sample_documents[EN], body);
        letter.named = named;
        letter.on_progress = note_progress;
        letter.progress_arg = &told;
        sample_write_well(&letter, rig->path);
        assert_int_equal(told.last, named);
        assert_int_equal(told.named, named);
        assert_int_equal(told.times, named / 256 + 1);
    }
    free(body);
}

/* Whole tables are tagged up to 2,000 rows, headings and paragraphs always. */
static void long_tables_are_not_tagged(void **state)
{
    struct rig *rig = *state;
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    letter.named = 2000;
    sample_write_well(&letter, rig->path);
    free(rig_run("pdfinfo -struct %s | grep -q TD", rig->path));
    letter.named = 2001;
    sample_write_well(&letter, rig->path);
    free(rig_run("! pdfinfo -struct %s | grep -q TD", rig->path));
    free(rig_run("pdfinfo -struct %s | grep -q H1", rig->path));
    free(body);
}

/* A character that no font has, in the appeal's own words and in those of a signatory: of a short
 * list, a long one, an own letter. */
static void odd_characters_stop_own_words_alone(void **state)
{
    struct rig *rig = *state;
    static const char odd[] = "\U000F0000"; /* for private use */
    char *body = sample_body(&sample_documents[EN]);
    for (int place = 0; place < 4; place++) {
        struct fault fault = {.text = ""};
        struct letter letter = sample_letter(&sample_documents[EN], body);
        struct letter_writer *writer;
        const struct letter_signatory signatory = {.organisation = odd, .country = "KZ"};
        int pages;
        letter.named = place == 2 ? 3000 : 1;
        letter.is_individual = place == 3;
        if (place == 0)
            letter.salutation = odd;
        enum us_err err = letter_begin(&letter, rig->path, &writer, &fault);
        if (place == 0) {
            assert_int_equal(err, US_NOT_FOUND);
            assert_non_null(strstr(fault.text, "U+F0000"));
            assert_int_equal(rig_count_files(rig), 0);
            continue;
        }
        assert_int_equal(err, US_OK);
        assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
        if (place == 2)
            letter_abandon(writer);
        else
            assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    }
    free(body);
}

static void images_stand_over_the_letterhead(void **state)
{
    struct rig *rig = *state;
    static const char picture[] = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>"
                                  "<rect width='40' height='20' fill='red'/></svg>";
    char *body = sample_body(&sample_documents[EN]);
    struct letter letter = sample_letter(&sample_documents[EN], body);
    sample_write_well(&letter, rig->path);
    char *before = rig_run("pdftotext -l 1 -bbox %s - | grep '>Secretariat<'", rig->path);
    letter.image = picture;
    letter.image_len = sizeof picture - 1;
    letter.is_svg = true;
    sample_write_well(&letter, rig->path);
    char *after = rig_run("pdftotext -l 1 -bbox %s - | grep '>Secretariat<'", rig->path);
    double y[2];
    assert_int_equal(sscanf(before, " <word xMin=\"%*f\" yMin=\"%lf\"", &y[0]), 1);
    assert_int_equal(sscanf(after, " <word xMin=\"%*f\" yMin=\"%lf\"", &y[1]), 1);
    assert_true(y[1] > y[0] + 60);
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    letter.is_svg = false; /* it is no PNG */
    free(rig_run("rm %s", rig->path));
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_INVALID);
    assert_true(fault.text[0] != '\0');
    assert_int_equal(rig_count_files(rig), 0);
    free(before);
    free(after);
    free(body);
}

#define PROFILE_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROFILE_TEST(seals_say_whose_they_are),
        PROFILE_TEST(individual_letters_are_each_ones_own),
        PROFILE_TEST(one_individual_letter_is_a_file),
        PROFILE_TEST(titles_run_from_the_second_page),
        PROFILE_TEST(enclosures_are_counted),
        PROFILE_TEST(only_the_ilo_is_told_of_procedures),
        PROFILE_TEST(particulars_are_for_the_ilo),
        PROFILE_TEST(supplements_and_accessions_refer),
        PROFILE_TEST(initiators_stand_first),
        PROFILE_TEST(progress_is_told),
        PROFILE_TEST(long_tables_are_not_tagged),
        PROFILE_TEST(odd_characters_stop_own_words_alone),
        PROFILE_TEST(images_stand_over_the_letterhead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
