/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plain texts in four languages, and the check that a draft has every word of its original. */
#ifndef TEXT_DRAFT_RIG_H
#define TEXT_DRAFT_RIG_H

#include "text/draft.h"

#define DRAFT_SAMPLES 6

struct draft_sample {
    const char *language, *text;
};
extern const struct draft_sample draft_samples[DRAFT_SAMPLES];
extern const char draft_english[], draft_french[], draft_spanish[], draft_russian[], draft_plea[];

struct draft *draft_of(const char *text, size_t len, const char *language);
/* The file that is drafted from it. The caller's. */
char *draft_written(const char *text, size_t len, const char *language);
/* The words of Markdown as its readers see them. The caller's. */
char *draft_read_markdown(const char *text, bool is_demand);
/* Fails unless every word is there once and in its order. */
void draft_check_words(const char *text, const struct draft *draft);

#endif
