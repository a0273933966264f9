/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What an addressee's kind and a language's conventions ask of a letter: where the addressee and
 * the date stand, which salutation and closing it has where the text brings none. Words of ours are
 * put into a letter only where they are in its own language.
 */
#ifndef RENDER_PROFILE_H
#define RENDER_PROFILE_H

#include "render/letter.h"
#include <stdbool.h>

/* The letter is in a language that the interface speaks. */
bool profile_is_spoken(const struct letter *letter);
/* A letter with an addressee: a subject line, a salutation, who signed on pages of their own. */
bool profile_is_addressed(const struct letter *letter);
/* To the International Labour Office, under one of its procedures or for its information. */
bool profile_is_ilo(const struct letter *letter);
/* The addressee's block stands on the side where lines end (ru, fr), not where they begin. */
bool profile_is_addressee_far(const struct letter *letter);
/* Date and number share a line at the beginning's side (ru), or the date stands on the far one. */
bool profile_is_reference_joined(const struct letter *letter);
bool profile_is_date_far(const struct letter *letter);
/* The letter's own, else the profile's; NULL where it has none. Borrowed. */
const char *profile_salutation(const struct letter *letter);
const char *profile_closing(const struct letter *letter);

#endif
