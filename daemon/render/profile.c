/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Office practice, one line a language: Russian letters (GOST R 7.0.97) put date and number
 * together under the letterhead and the addressee on the right, French ones the addressee and the
 * date on the right, Spanish ones the date on the right, English ones all on the left. Kazakh
 * offices write as Russian ones do; German (DIN 5008), Portuguese and Turkish ones as Spanish ones;
 * Arabic ones too, with left and right exchanged; Chinese ones begin with the addressee at the
 * margin.
 */
#include "render/profile.h"
#include <string.h>

struct convention {
    const char *language;
    bool is_addressee_far, is_reference_joined, is_date_far;
};

static const struct convention conventions[] = {
    {"en", false, false, false}, {"es", false, false, true}, {"fr", true, false, true},
    {"ru", true, true, false},   {"kk", true, true, false},  {"ar", false, false, true},
    {"zh", false, false, true},  {"de", false, false, true}, {"pt", false, false, true},
    {"tr", false, false, true},
};
/* Of a language that is not among them: as an office would that types what it is given. */
static const struct convention other = {NULL, true, true, false};

static const struct convention *convention_of(const struct letter *letter)
{
    if (profile_is_spoken(letter))
        for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
            if (strcmp(conventions[i].language, letter->language->code) == 0)
                return &conventions[i];
    return &other;
}

bool profile_is_spoken(const struct letter *letter)
{
    const char *code = letter->language->code;
    const size_t len = strlen(code);
    return strncmp(letter->text_language, code, len) == 0 &&
           (letter->text_language[len] == '\0' || letter->text_language[len] == '-');
}

bool profile_is_addressed(const struct letter *letter)
{
    return letter->profile == LETTER_GOVERNMENT || letter->profile == LETTER_COMPANY ||
           letter->profile == LETTER_INTERNATIONAL || letter->profile == LETTER_FEDERATION;
}

bool profile_is_ilo(const struct letter *letter)
{
    return letter->profile == LETTER_INTERNATIONAL && letter->procedure != LETTER_NO_PROCEDURE;
}

bool profile_is_addressee_far(const struct letter *letter)
{
    return convention_of(letter)->is_addressee_far;
}

bool profile_is_reference_joined(const struct letter *letter)
{
    return !profile_is_addressed(letter) || convention_of(letter)->is_reference_joined;
}

bool profile_is_date_far(const struct letter *letter)
{
    return convention_of(letter)->is_date_far;
}

const char *profile_salutation(const struct letter *letter)
{
    const struct language *l = letter->language;
    if (letter->salutation)
        return letter->salutation;
    if (!profile_is_spoken(letter))
        return NULL;
    switch (letter->profile) {
    case LETTER_GOVERNMENT:
        /* translators: a letter's first words, to a government whose name for itself is not known;
         * the same for a company, the International Labour Office, a federation of unions. */
        return message_context(l, "salutation", "Excellency,");
    case LETTER_COMPANY:
        return message_context(l, "salutation", "Dear Sir or Madam,");
    case LETTER_INTERNATIONAL:
        return letter->procedure != LETTER_NO_PROCEDURE
                   ? message_context(l, "salutation", "Dear Director-General,")
                   : message_context(l, "salutation", "Dear Sir or Madam,");
    case LETTER_FEDERATION:
        return message_context(l, "salutation", "Dear colleagues,");
    case LETTER_PUBLIC:
    case LETTER_PRESS:
        break;
    }
    return NULL;
}

const char *profile_closing(const struct letter *letter)
{
    const struct language *l = letter->language;
    if (letter->closing)
        return letter->closing;
    if (!profile_is_spoken(letter) || !profile_is_addressed(letter))
        return NULL;
    /* translators: a letter's last words, to an authority or a company; then to a federation of
     * unions. */
    return letter->profile == LETTER_FEDERATION
               ? message_context(l, "closing", "In solidarity,")
               : message_context(l, "closing", "Yours faithfully,");
}
