/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lists of contrib/domains, made C by daemon/appeal/domain_words.awk. Each is ended by NULL. */
#ifndef APPEAL_DOMAIN_WORDS_H
#define APPEAL_DOMAIN_WORDS_H

extern const char *const domain_words_free[], *const domain_words_disposable[];

#endif
