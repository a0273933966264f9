/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What both halves of a document share: languages' tags, and giving documents back. */
#include "appeal/document.h"
#include "text/language.h"
#include <stdlib.h>

bool document_is_language(const char *tag, size_t len)
{
    return language_is_tag(tag, len);
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
    free_words(addressee->conventions, addressee->convention_count);
    free(addressee->case_number);
    free_words(addressee->cover, addressee->cover_count);
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
    free_words(settings->initiators, settings->initiator_count);
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
    free(text->original);
    free(text->body);
    free(text);
}
