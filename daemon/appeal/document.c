/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What both halves of a document share: languages' tags, and giving documents back. Tags are those
 * of BCP 47 that texts are written in: a language of two or three letters, a script and a country
 * where they are needed, each in its usual case, since the tag stands in addresses and file names.
 */
#include "appeal/document.h"
#include <stdlib.h>

/* How many of the characters from a to z, or A to Z, stand at the beginning. */
static size_t count_letters(const char *text, size_t len, char first, char last)
{
    size_t count = 0;

    while (count < len && text[count] >= first && text[count] <= last)
        count++;
    return count;
}

bool document_is_language(const char *tag, size_t len)
{
    size_t letters = count_letters(tag, len, 'a', 'z');

    if (letters < 2 || letters > 3 || len > 15)
        return false;
    tag += letters, len -= letters;

    /* "-Hant": a script. */
    if (len >= 5 && tag[0] == '-' && count_letters(tag + 1, 1, 'A', 'Z') == 1 &&
        count_letters(tag + 2, len - 2, 'a', 'z') == 3)
        tag += 5, len -= 5;
    /* "-TW", "-419": a country or region. */
    if (len == 3 && tag[0] == '-' && count_letters(tag + 1, 2, 'A', 'Z') == 2)
        len = 0;
    else if (len == 4 && tag[0] == '-' && count_letters(tag + 1, 3, '0', '9') == 3)
        len = 0;
    return len == 0;
}

static void free_words(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

static void free_addressee(struct addressee *addressee)
{
    for (size_t i = 0; i < addressee->name_count; i++)
        free(addressee->names[i].text);
    free(addressee->names);
    free_words(addressee->address, addressee->address_count);
    free(addressee->id);
    free(addressee->name);
    free(addressee->email);
    free(addressee->salutation);
}

void settings_free(struct settings *settings)
{
    if (settings == NULL)
        return;
    for (size_t i = 0; i < settings->addressee_count; i++)
        free_addressee(&settings->addressees[i]);
    free(settings->addressees);
    free_words(settings->kinds, settings->kind_count);
    free_words(settings->countries, settings->country_count);
    free(settings->slug);
    free(settings);
}

static void free_signatory(struct issuer_signatory *signatory)
{
    free_words(signatory->titles, signatory->title_count);
    free(signatory->name);
}

void text_free(struct text *text)
{
    if (text == NULL)
        return;
    for (size_t i = 0; i < text->letterhead_count; i++)
        free(text->letterhead[i].text);
    free(text->letterhead);
    for (size_t i = 0; i < text->signatory_count; i++)
        free_signatory(&text->signatories[i]);
    free(text->signatories);
    free_words(text->titles, text->title_count);
    free(text->kind);
    free(text->number);
    free(text->place);
    free(text->salutation);
    free(text->closing);
    free(text->body);
    free(text);
}
