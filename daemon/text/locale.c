/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Countries, dates, numbers and order. What ICU needs for a language is opened when the language is
 * first asked for, once, and never closed: it lives as long as the program. Collators and number
 * formatters are immutable and shared; ICU promises that for no date formatter, which has a lock.
 */
#include "config.h" /* qsort_r */

#include "base/mem.h"
#include "text/icu.h"
#include "text/locale.h"
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/unumberformatter.h>
#include <unicode/uregion.h>

#define LANGUAGES_MOST 32
#define COUNTRIES_MOST (26 * 26)
#define MILLISECONDS_PER_DAY 86400000.0

struct tools {
    pthread_once_t once;
    UCollator *collator;
    UNumberFormatter *numbers;
    UDateFormat *dates, *months;
    pthread_mutex_t dates_lock;
    struct country *countries; /* in the language's order */
    size_t country_count;
};

static struct tools all_tools[LANGUAGES_MOST] = {
    [0 ... LANGUAGES_MOST - 1] = {.once = PTHREAD_ONCE_INIT,
                                  .dates_lock = PTHREAD_MUTEX_INITIALIZER},
};
/* pthread_once takes no argument: which language is being opened, per thread. */
static _Thread_local const struct language *opening;

static UCollator *root_collator;
static pthread_once_t root_once = PTHREAD_ONCE_INIT;

/* ISO 3166-1 as ICU's regions know it: a territory that was not withdrawn and has a number;
 * reserved codes (the Canary Islands' IC) have none. Kosovo's XK has a private one. */
bool locale_is_country(const char *code)
{
    UErrorCode status = U_ZERO_ERROR;
    if (!code || strlen(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' ||
        code[1] > 'Z')
        return false;
    const URegion *region = uregion_getRegionFromCode(code, &status);
    if (U_FAILURE(status) || strcmp(uregion_getRegionCode(region), code) != 0 ||
        uregion_getType(region) != URGN_TERRITORY)
        return false;
    return uregion_getNumericCode(region) > 0;
}

static int compare_countries(const void *a, const void *b, void *collator)
{
    const struct country *x = a, *y = b;
    UErrorCode status = U_ZERO_ERROR;
    return ucol_strcollUTF8(collator, x->name, -1, y->name, -1, &status);
}

static void open_countries(struct tools *tools, const char *locale)
{
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names = uldn_open(locale, ULDN_STANDARD_NAMES, &status);
    icu_check(status, "uldn_open");
    tools->countries = mem_resize(NULL, COUNTRIES_MOST, sizeof *tools->countries);
    for (int i = 0; i < COUNTRIES_MOST; i++) {
        const char code[3] = {(char)('A' + i / 26), (char)('A' + i % 26), '\0'};
        if (!locale_is_country(code))
            continue;
        UChar name[256];
        const int32_t len = uldn_regionDisplayName(names, code, name, 256, &status);
        icu_check(status, "uldn_regionDisplayName");
        struct country *country = &tools->countries[tools->country_count++];
        memcpy(country->code, code, sizeof code);
        country->name = icu_narrow(name, len);
    }
    uldn_close(names);
    qsort_r(tools->countries, tools->country_count, sizeof *tools->countries, compare_countries,
            tools->collator);
}

static void append_wide(struct str *out, const UChar *wide, int32_t len)
{
    char *text = icu_narrow(wide, len);
    str_append_text(out, text);
    free(text);
}

static void format_number(const struct tools *tools, int64_t number, struct str *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar digits[64];
    UFormattedNumber *result = unumf_openResult(&status);
    unumf_formatInt(tools->numbers, number, result, &status);
    const int32_t len = unumf_resultToString(result, digits, 64, &status);
    unumf_closeResult(result);
    icu_check(status, "unumf_formatInt");
    append_wide(out, digits, len);
}

static void open_tools(void)
{
    static const UChar utc[] = u"UTC";
    UErrorCode status = U_ZERO_ERROR;
    char locale[ULOC_FULLNAME_CAPACITY];
    struct tools *tools = &all_tools[opening - language_table];
    uloc_forLanguageTag(opening->locale, locale, sizeof locale, NULL, &status);
    tools->collator = ucol_open(locale, &status);
    tools->numbers = unumf_openForSkeletonAndLocale(u"", 0, locale, &status);
    tools->dates = udat_open(UDAT_NONE, UDAT_LONG, locale, utc, -1, NULL, 0, &status);
    UChar pattern[64];
    UDateTimePatternGenerator *patterns = udatpg_open(locale, &status);
    (void)udatpg_getBestPattern(patterns, u"yMMMM", 5, pattern, 64, &status);
    udatpg_close(patterns);
    tools->months = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, pattern, -1, &status);
    icu_check(status, "opening a language");
    open_countries(tools, locale);
    /* ICU compiles a formatter when it has been used a few times: better before it is shared. */
    for (int i = 0; i < 5; i++) {
        struct str out = STR_INIT;
        format_number(tools, i, &out);
        str_free(&out);
    }
}

static struct tools *tools_of(const struct language *language)
{
    const size_t i = (size_t)(language - language_table);
    assert(i < LANGUAGES_MOST);
    opening = language;
    pthread_once(&all_tools[i].once, open_tools);
    return &all_tools[i];
}

const struct country *locale_countries(const struct language *language, size_t *count)
{
    const struct tools *tools = tools_of(language);
    *count = tools->country_count;
    return tools->countries;
}

const char *locale_country(const struct language *language, const char *code)
{
    const struct tools *tools = tools_of(language);
    for (size_t i = 0; i < tools->country_count; i++)
        if (strcmp(tools->countries[i].code, code) == 0)
            return tools->countries[i].name;
    return code;
}

static void format_day(struct tools *tools, UDateFormat *format, int64_t day, struct str *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar date[256];
    pthread_mutex_lock(&tools->dates_lock);
    const int32_t len =
        udat_format(format, (double)day * MILLISECONDS_PER_DAY, date, 256, NULL, &status);
    pthread_mutex_unlock(&tools->dates_lock);
    icu_check(status, "udat_format");
    append_wide(out, date, len);
}

void locale_date(const struct language *language, int64_t day, struct str *out)
{
    struct tools *tools = tools_of(language);
    format_day(tools, tools->dates, day, out);
}

void locale_month(const struct language *language, int64_t day, struct str *out)
{
    struct tools *tools = tools_of(language);
    format_day(tools, tools->months, day, out);
}

void locale_number(const struct language *language, int64_t number, struct str *out)
{
    format_number(tools_of(language), number, out);
}

int locale_compare(const struct language *language, const char *a, const char *b)
{
    UErrorCode status = U_ZERO_ERROR;
    const int order = ucol_strcollUTF8(tools_of(language)->collator, a, -1, b, -1, &status);
    icu_check(status, "ucol_strcollUTF8");
    return order;
}

static void open_root(void)
{
    UErrorCode status = U_ZERO_ERROR;
    root_collator = ucol_open("", &status);
    icu_check(status, "ucol_open");
}

uint8_t *locale_key(const char *text, size_t most, size_t *len)
{
    pthread_once(&root_once, open_root);
    int32_t wide_len = 0;
    UChar *wide = icu_wide(text, strlen(text), &wide_len);
    /* The length counts the zero byte that ends a key and orders nothing. */
    const int32_t full = ucol_getSortKey(root_collator, wide, wide_len, NULL, 0);
    uint8_t *key = mem_alloc((size_t)full + 1);
    ucol_getSortKey(root_collator, wide, wide_len, key, full);
    free(wide);
    *len = full > 0 ? (size_t)full - 1 : 0;
    if (*len > most)
        *len = most;
    return key;
}
