/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Countries, dates, numbers and order, by ICU. All results are opened once per language and shared;
 * every function is thread-safe.
 */
#ifndef TEXT_LOCALE_H
#define TEXT_LOCALE_H

#include "base/err.h"
#include "base/str.h"
#include "text/language.h"
#include <stdbool.h>
#include <stdint.h>

struct country {
    char code[3];     /* ISO 3166-1 alpha-2, upper case (and XK) */
    const char *name; /* in the language */
};

/* The countries in the language's order; static memory. *count gives how many. */
const struct country *locale_countries(const struct language *language, size_t *count);
/* An official ISO 3166-1 alpha-2 code (or XK), upper case. */
bool locale_is_country(const char *code);
/* The country's short name; the code itself when it is unknown. Static memory. */
const char *locale_country(const struct language *language, const char *code);

/* A day (days since 1970) written out: "7 January 2022", "7 января 2022 г.". */
void locale_date(const struct language *language, int64_t day, struct str *out);
/* The month of a day: "January 2022", "январь 2022 г.". */
void locale_month(const struct language *language, int64_t day, struct str *out);
/* A count with the language's grouping: "2,300,000", "2 300 000". */
void locale_number(const struct language *language, int64_t number, struct str *out);

/* Order of names in a language: <0, 0, >0, as strcmp. */
int locale_compare(const struct language *language, const char *a, const char *b);
/* ICU root collation key, bytes that memcmp orders, at most `most` long. Caller frees. */
uint8_t *locale_key(const char *text, size_t most, size_t *len);

#endif
