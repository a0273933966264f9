/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Draws the letters that letters_test.py holds against the kept ones: each profile in four
 * languages, FOLDER/PROFILE.LL.pdf. Usage: letter_golden CATALOGUES FOLDER
 */
#include "base/mem.h"
#include "letter_words.h"
#include "text/language.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_WRITTEN 18999   /* 7 January 2022 */
#define DAY_DELIVERED 19002 /* 10 January 2022 */
#define DAY_MADE 19037      /* 14 February 2022 */

static struct letter plain_letter(const struct letter_words *words)
{
    static struct letter_signer signer;
    size_t lines = 0;
    while (words->letterhead[lines].text)
        lines++;
    signer = (struct letter_signer){words->offices, 2, words->name};
    return (struct letter){
        .language = language_find(words->language),
        .text_language = words->language,
        .letterhead = words->letterhead,
        .letterhead_count = lines,
        .number = "01-22",
        .place = words->place,
        .has_date = true,
        .date = DAY_WRITTEN,
        .kind = words->kind,
        .titles = {words->titles, 2},
        .addressee_language = words->language,
        .edition_number = 4,
        .edition_date = DAY_MADE,
        .body = words->body,
        .signers = &signer,
        .signer_count = 1,
        .named = LETTER_SIGNATORIES,
        .counted = 3,
        .members = 648850,
        .countries = 6,
        .site = "undersign.example/oil-workers",
    };
}

static void address(struct letter *letter, const char *const *block, size_t count)
{
    letter->addressee_name = block[0];
    letter->addressee_lines = (struct letter_lines){block + 1, count - 1};
}

static void set_public(struct letter *letter, const struct letter_words *words)
{
    (void)words;
    letter->edition_number = letter->edition_date = 0;
}

static void set_government(struct letter *letter, const struct letter_words *words)
{
    letter->profile = LETTER_GOVERNMENT;
    address(letter, words->minister, 4);
    letter->via = (struct letter_lines){&words->embassy, 1};
    letter->copies = (struct letter_lines){words->copies, 2};
}

static void set_company(struct letter *letter, const struct letter_words *words)
{
    letter->profile = LETTER_COMPANY;
    letter->paper = LETTER_US;
    address(letter, words->company, 3);
}

static const char *const conventions[] = {"C087", "C098", "C999"};

static void set_international(struct letter *letter, const struct letter_words *words)
{
    letter->profile = LETTER_INTERNATIONAL;
    address(letter, words->fund, 3);
    letter->conventions = (struct letter_lines){conventions, 2};
}

static void set_ilo(struct letter *letter, enum letter_procedure procedure)
{
    letter->profile = LETTER_INTERNATIONAL;
    letter->procedure = procedure;
    letter->government = "KZ";
    letter->conventions = (struct letter_lines){conventions, 3};
}

static void set_complaint(struct letter *letter, const struct letter_words *words)
{
    (void)words;
    set_ilo(letter, LETTER_COMPLAINT);
    letter->case_number = "3283";
}

static void set_representation(struct letter *letter, const struct letter_words *words)
{
    (void)words;
    set_ilo(letter, LETTER_REPRESENTATION);
}

static void set_information(struct letter *letter, const struct letter_words *words)
{
    (void)words;
    set_ilo(letter, LETTER_INFORMATION);
}

static void set_federation(struct letter *letter, const struct letter_words *words)
{
    letter->profile = LETTER_FEDERATION;
    address(letter, words->federation, 3);
    letter->asked_of = (struct letter_lines){words->minister, 1};
}

static void set_press(struct letter *letter, const struct letter_words *words)
{
    (void)words;
    letter->profile = LETTER_PRESS;
}

static void set_individual(struct letter *letter, const struct letter_words *words)
{
    set_government(letter, words);
    letter->is_individual = true;
    letter->counted = 0;
    letter->named = 4;
}

static void set_individual_complaint(struct letter *letter, const struct letter_words *words)
{
    set_complaint(letter, words);
    letter->is_individual = true;
    letter->named = 1;
}

static void set_supplement(struct letter *letter, const struct letter_words *words)
{
    set_government(letter, words);
    letter->edition = LETTER_SUPPLEMENT;
    letter->refers_number = 3;
    letter->refers_date = DAY_DELIVERED;
    letter->refers_named = 21;
    letter->refers_counted = 4;
}

static void set_accession(struct letter *letter, const struct letter_words *words)
{
    set_complaint(letter, words);
    letter->edition = LETTER_ACCESSION;
    letter->addressee_name = language_find(words->language)
                                 ? message_get(letter->language, "International Labour Office")
                                 : NULL;
    letter->refers_number = 3;
    letter->refers_date = DAY_DELIVERED;
}

static void set_individual_supplement(struct letter *letter, const struct letter_words *words)
{
    set_complaint(letter, words);
    letter->edition = LETTER_SUPPLEMENT;
    letter->is_individual = true;
    letter->named = 1;
    letter->counted = 0;
    letter->refers_number = 3;
    letter->refers_date = DAY_DELIVERED;
}

static void set_individual_accession(struct letter *letter, const struct letter_words *words)
{
    set_accession(letter, words);
    letter->is_individual = true;
    letter->named = 1;
}

static const struct {
    const char *name;
    void (*set)(struct letter *letter, const struct letter_words *words);
} kinds[] = {
    {"public", set_public},
    {"government", set_government},
    {"company", set_company},
    {"international", set_international},
    {"complaint", set_complaint},
    {"representation", set_representation},
    {"information", set_information},
    {"federation", set_federation},
    {"press", set_press},
    {"individual", set_individual},
    {"individual-complaint", set_individual_complaint},
    {"individual-supplement", set_individual_supplement},
    {"individual-accession", set_individual_accession},
    {"supplement", set_supplement},
    {"accession", set_accession},
};

static int draw(const struct letter *letter, const char *path)
{
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    int pages;
    enum us_err err = letter_begin(letter, path, &writer, &fault);
    for (int64_t i = 0; err == US_OK && i < letter->named; i++) {
        err = letter_add(writer, &letter_signatories[i], &fault);
        if (err != US_OK)
            letter_abandon(writer);
    }
    if (err == US_OK)
        err = letter_end(writer, &pages, &fault);
    if (err != US_OK)
        fprintf(stderr, "%s: %s\n", path, fault.text);
    return err == US_OK ? 0 : 1;
}

int main(int count, char **values)
{
    int status = 0;
    if (count != 3) {
        fprintf(stderr, "Usage: letter_golden CATALOGUES FOLDER\n");
        return 64;
    }
    if (language_open(values[1]) != US_OK)
        return 78;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t w = 0; w < LETTER_WORDS; w++) {
            struct letter letter = plain_letter(&letter_words[w]);
            char *path =
                mem_format("%s/%s.%s.pdf", values[2], kinds[i].name, letter_words[w].language);
            kinds[i].set(&letter, &letter_words[w]);
            status |= draw(&letter, path);
            free(path);
        }
    return status;
}
