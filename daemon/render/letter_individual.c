/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organisation writes itself: its name, town and the day of its signature stand where the
 * issuer's letterhead does in a joint letter, and its representative signs. The issuer's own number
 * and signatories are not in it.
 */
#include "render/letter_individual.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/letter_cover.h"
#include "render/letter_ilo.h"
#include "render/profile.h"
#include "text/locale.h"
#include <stdlib.h>
#include <string.h>

#define HEAD_LINES 4

static bool is_said(const char *text)
{
    return text && text[0];
}

/* Two texts that may run different ways. */
static char *place_of(const struct letter *letter, const struct letter_signatory *signatory)
{
    const char *country =
        is_said(signatory->country) ? locale_country(letter->language, signatory->country) : NULL;
    if (is_said(signatory->town) && country)
        return mem_format("\u2068%s\u2069, %s", signatory->town, country);
    return mem_string(is_said(signatory->town) ? signatory->town : country);
}

/* Name, Latin form, place, affiliation. */
static void draw_head(struct sheet *sheet, const struct letter *letter,
                      const struct letter_signatory *signatory, const char *group)
{
    const bool is_other = is_said(signatory->organisation_latin) &&
                          strcmp(signatory->organisation_latin, signatory->organisation) != 0;
    char *place = place_of(letter, signatory);
    const char *const lines[HEAD_LINES] = {signatory->organisation,
                                           is_other ? signatory->organisation_latin : NULL, place,
                                           signatory->affiliation};
    const char *const own = letter->language->code;
    struct sheet_style style = letter_own_style(letter, 13);
    style.align = PANGO_ALIGN_CENTER;
    style.is_kept = style.is_whole = true;
    style.line_spacing = 1.2;
    style.bookmark_level = 1;
    for (size_t i = 0; i < HEAD_LINES; i++) {
        if (!is_said(lines[i]))
            continue;
        style.is_bold = i == 0;
        style.bookmark = i == 0 ? signatory->organisation : NULL;
        style.bookmark_over = i == 0 ? group : NULL;
        style.direction = lines[i] == place ? own : NULL; /* a name has its own */
        sheet_text(sheet, lines[i], NULL, &style);
        style.size = 10;
        style.before = 2;
    }
    sheet_space(sheet, 9);
    sheet_rule(sheet, 0);
    sheet_space(sheet, 14);
    free(place);
}

static void draw_signature(struct sheet *sheet, const struct letter *letter,
                           const struct letter_signatory *signatory)
{
    const char *const titles[] = {signatory->organisation, signatory->capacity};
    const struct letter_signer signer = {.titles = titles,
                                         .title_count = is_said(signatory->capacity) ? 2 : 1,
                                         .name = signatory->representative};
    letter_draw_closing(sheet, letter, true);
    letter_draw_signer(sheet, letter, &signer, letter->copies.count > 0);
}

void letter_individual_draw(struct sheet *sheet, const struct letter *letter,
                            const struct markdown *body, const struct letter_signatory *signatory,
                            const char *group)
{
    draw_head(sheet, letter, signatory, group);
    letter_draw_small_print(sheet, letter);
    letter_draw_reference(sheet, letter, is_said(signatory->town) ? signatory->town : NULL,
                          signatory->has_day, signatory->signed_on, NULL);
    letter_draw_addressee(sheet, letter);
    letter_draw_subject(sheet, letter);
    letter_draw_salutation(sheet, letter);
    if (letter->edition != LETTER_WHOLE)
        letter_cover_draw_referring(sheet, letter);
    if (letter->edition != LETTER_ACCESSION) {
        letter_cover_draw_intro(sheet, letter);
        letter_draw_body(sheet, letter, body);
    }
    draw_signature(sheet, letter, signatory);
    if (profile_is_ilo(letter))
        letter_ilo_draw_particulars(sheet, letter, signatory);
    letter_cover_draw_copies(sheet, letter);
}
