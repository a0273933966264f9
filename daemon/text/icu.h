/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Between our UTF-8 and ICU's UTF-16, and what to do when ICU itself fails: its data is missing or
 * broken, which no caller can mend, so the program says so and ends, as when memory runs out.
 */
#ifndef TEXT_ICU_H
#define TEXT_ICU_H

#include <stddef.h>
#include <stdint.h>
#include <unicode/utypes.h>

/* Ends the program when status is a failure; what names the call. */
void icu_check(UErrorCode status, const char *what);
/* Valid UTF-8 to UTF-16, terminated; the caller frees. */
UChar *icu_wide(const char *text, size_t len, int32_t *wide_len);
/* The other way; unpaired surrogates become U+FFFD. The caller frees. */
char *icu_narrow(const UChar *wide, int32_t wide_len);
/* By one of ICU's rules, "Any-Latin; Lower". Opens it anew each time, which takes milliseconds.
 * Valid UTF-8; the caller frees. */
char *icu_transliterate(const char *rule, const char *text, size_t len);

#endif
