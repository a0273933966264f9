/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The optional block for the ILO. Days are asked for as year, month, day, the one order that means
 * the same everywhere; day.month.year with full stops can mean nothing else and is taken too, while
 * 03/04/2026 may be two days and is not. Digits of any script will do.
 */
#include "appeal/signing_ilo.h"
#include "appeal/pack.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>

#define EARLIEST_YEAR 1850 /* no union has decided anything before */

bool signing_ilo_is_field(enum signing_field field)
{
    return field >= FIELD_LEGAL_NAME && field <= FIELD_MEMBERS_DATE;
}

bool signing_ilo_registration(const char *value)
{
    enum registration registration;
    return registration_from_name(value, &registration);
}

struct day_parts {
    int number[3];
    size_t digits[3];
    UChar32 mark; /* between them */
};

/* Three numbers with the same mark between them. */
static bool read_parts(const char *text, struct day_parts *out)
{
    size_t len = strlen(text), part = 0;
    for (size_t pos = 0; pos < len;) {
        UChar32 c = (UChar32)utf8_next(text, len, &pos);
        int32_t digit = u_charDigitValue(c);
        if (digit >= 0) {
            if (++out->digits[part] > 4)
                return false;
            out->number[part] = 10 * out->number[part] + digit;
            continue;
        }
        if (out->digits[part] == 0 || part == 2 || (part == 1 && c != out->mark))
            return false;
        out->mark = c;
        part++;
    }
    return part == 2 && out->digits[2] > 0;
}

static bool parse_day(const char *text, int64_t *day)
{
    struct day_parts parts = {0};
    char written[48];
    if (!read_parts(text, &parts))
        return false;
    bool is_backwards = parts.mark == '.' && parts.digits[2] == 4;
    int year = parts.number[is_backwards ? 2 : 0], last = parts.number[is_backwards ? 0 : 2];
    if (year < EARLIEST_YEAR || parts.number[1] > 12 || last > 31 ||
        (parts.mark != '-' && parts.mark != '.' && parts.mark != '/'))
        return false;
    snprintf(written, sizeof written, "%04d-%02d-%02d", year, parts.number[1], last);
    return clock_parse_day(written, day);
}

enum signing_problem signing_ilo_day(char **value, int64_t today)
{
    char written[16];
    int64_t day;
    if (!parse_day(*value, &day))
        return PROBLEM_MALFORMED;
    /* Where the sun rises first it is tomorrow already. */
    if (day > today + 1)
        return PROBLEM_AHEAD;
    clock_print_day(day, written);
    pack_wipe_text(*value);
    *value = mem_string(written);
    return PROBLEM_NONE;
}

static const char *text_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

bool signing_has_ilo(const struct submission *submission, struct signature_ilo *out)
{
    char *const *values = submission->values;
    *out = (struct signature_ilo){
        .legal_name = text_or_null(values[FIELD_LEGAL_NAME]),
        .address = text_or_null(values[FIELD_ADDRESS]),
        .coverage = text_or_null(values[FIELD_COVERAGE]),
        .mandate = text_or_null(values[FIELD_MANDATE]),
    };
    if (values[FIELD_REGISTRATION])
        (void)registration_from_name(values[FIELD_REGISTRATION], &out->registration);
    if (values[FIELD_MANDATE_DATE])
        out->has_mandate_date = clock_parse_day(values[FIELD_MANDATE_DATE], &out->mandate_date);
    if (values[FIELD_MEMBERS_DATE])
        out->has_members_date = clock_parse_day(values[FIELD_MEMBERS_DATE], &out->members_date);
    return out->legal_name || out->address || out->coverage || out->mandate ||
           out->registration != REGISTRATION_UNSTATED || out->has_mandate_date ||
           out->has_members_date;
}
