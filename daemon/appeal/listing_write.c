/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Everything follows from the signature itself, so that what was put in is taken out again whole.
 * Affiliations are typed in one field, parted by commas or semicolons of any script.
 */
#include "appeal/listing_write.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool listing_is_named(const struct signature *signature)
{
    return visibility_shown(signature->visibility, AUDIENCE_PUBLIC) != SHOWN_COUNTED;
}

const char *listing_kind_name(enum listing_kind kind)
{
    static const char *const names[LISTING_KIND_COUNT] = {
        [LISTING_ALL] = "country",
        [LISTING_COUNTRY] = "country",
        [LISTING_DAY] = "day",
        [LISTING_AFFILIATION] = "affiliation",
    };
    assert((unsigned)kind < LISTING_KIND_COUNT);
    return names[kind];
}

static void copy_cut(char out[LISTING_TERM_SIZE], const char *text)
{
    size_t len = utf8_cut(text, strlen(text), LISTING_TERM_SIZE - 1);
    memcpy(out, text, len);
    out[len] = '\0';
}

void listing_fold_affiliation(const char *typed, char out[LISTING_TERM_SIZE])
{
    char *folded = unicode_fold(typed);
    copy_cut(out, folded);
    free(folded);
}

static struct listing_place *add_place(struct listing_terms *terms, enum listing_kind kind)
{
    assert(terms->place_count < LISTING_PLACES_MOST);
    struct listing_place *place = &terms->places[terms->place_count++];
    place->kind = listing_kind_name(kind);
    return place;
}

static void add_affiliation(struct listing_terms *terms, const char *text, size_t len)
{
    char *part = mem_string_part(text, len);
    char *clean = unicode_clean(part);
    char term[LISTING_TERM_SIZE];
    listing_fold_affiliation(clean, term);
    bool is_new = term[0] != '\0' && terms->place_count < LISTING_PLACES_MOST;
    for (size_t i = 2; is_new && i < terms->place_count; i++)
        is_new = strcmp(terms->places[i].term, term) != 0;
    if (is_new) {
        struct listing_place *place = add_place(terms, LISTING_AFFILIATION);
        copy_cut(place->term, term);
        copy_cut(place->name, clean);
    }
    free(clean);
    free(part);
}

bool listing_parts_affiliations(uint32_t c)
{
    return c == ',' || c == ';' || c == 0x060c || c == 0x061b || c == 0x3001 || c == 0xff0c ||
           c == 0xff1b;
}

static void add_affiliations(struct listing_terms *terms, const char *text)
{
    size_t len = strlen(text), from = 0, at = 0;
    while (at < len) {
        size_t start = at;
        if (!listing_parts_affiliations(utf8_next(text, len, &at)))
            continue;
        add_affiliation(terms, text + from, start - from);
        from = at;
    }
    add_affiliation(terms, text + from, len - from);
}

void listing_terms_make(const struct signature *signature, struct listing_terms *out)
{
    char day[16];
    out->place_count = 0;
    struct listing_place *country = add_place(out, LISTING_COUNTRY);
    copy_cut(country->term, signature->country ? signature->country : "");
    copy_cut(country->name, country->term);
    struct listing_place *signed_on = add_place(out, LISTING_DAY);
    clock_print_day(signature->signed_on, day);
    copy_cut(signed_on->term, day);
    copy_cut(signed_on->name, day);
    if (signature->affiliation)
        add_affiliations(out, signature->affiliation);
    const char *latin = signature->organisation_latin;
    char *both = mem_format("%s %s", signature->organisation, latin ? latin : "");
    search_words_index(both, &out->words);
    free(both);
}

void listing_add(struct job *job, const struct signature *s, int by)
{
    if (!listing_is_named(s))
        return;
    /* Who hands over a part of a signature would put in or leave behind what nobody takes out. */
    assert(s->row != 0 && s->organisation != NULL);
    struct listing_terms *terms = mem_alloc(sizeof *terms);
    listing_terms_make(s, terms);
    for (size_t i = 0; i < terms->place_count; i++) {
        const struct listing_place *place = &terms->places[i];
        const struct value appeal = value_int(s->appeal), version = value_int(s->version),
                           kind = value_text(place->kind), term = value_text(place->term);
        (void)job_add(job, by > 0 ? STATEMENT_LISTING_PLACE_ADD : STATEMENT_LISTING_PLACE_REMOVE,
                      VALUES(appeal, version, kind, term, value_int(s->row)));
        (void)job_add(job, STATEMENT_LISTING_COUNT_ADD,
                      VALUES(appeal, version, kind, term, value_text(place->name), value_int(by),
                             value_int(s->has_members ? by * s->members : 0)));
        if (by < 0)
            (void)job_add(job, STATEMENT_LISTING_COUNT_FORGET, VALUES(appeal, version, kind, term));
    }
    for (size_t i = 0; i < terms->words.count; i++)
        (void)job_add(job, by > 0 ? STATEMENT_LISTING_WORD_ADD : STATEMENT_LISTING_WORD_REMOVE,
                      VALUES(value_int(s->appeal), value_int(s->version),
                             value_text(terms->words.words[i]), value_int(s->row)));
    free(terms);
}
