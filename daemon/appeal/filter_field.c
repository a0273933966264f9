/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fields: what may be asked of each, and how its values are read. Text is folded here, once. */
#include "appeal/filter_parts.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/locale.h"
#include "text/unicode.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS_MOST 15

static bool read_number(const char *typed, bool is_pattern, struct filter_value *out)
{
    size_t len = strlen(typed);
    (void)is_pattern;
    if (len == 0 || len > NUMBER_DIGITS_MOST || typed[strspn(typed, "0123456789")] != '\0')
        return false;
    out->number = strtoll(typed, NULL, 10);
    return true;
}

static bool read_day(const char *typed, bool is_pattern, struct filter_value *out)
{
    (void)is_pattern;
    return clock_parse_day(typed, &out->number);
}

static bool read_hour(const char *typed, bool is_pattern, struct filter_value *out)
{
    char day[11];
    int64_t number;
    (void)is_pattern;
    if (strlen(typed) != 13 || typed[10] != 'T' || !isdigit((unsigned char)typed[11]) ||
        !isdigit((unsigned char)typed[12]))
        return false;
    memcpy(day, typed, 10);
    day[10] = '\0';
    int hour = (typed[11] - '0') * 10 + typed[12] - '0';
    if (hour > 23 || !clock_parse_day(day, &number))
        return false;
    out->number = number * 24 + hour;
    return true;
}

static bool read_country(const char *typed, bool is_pattern, struct filter_value *out)
{
    char code[3] = {0};
    (void)is_pattern;
    if (strlen(typed) != 2)
        return false;
    code[0] = (char)toupper((unsigned char)typed[0]);
    code[1] = (char)toupper((unsigned char)typed[1]);
    if (!locale_is_country(code))
        return false;
    out->text = mem_string(code);
    return true;
}

/* One of the words that an enumeration has, by its place in it. */
static bool read_word(const char *typed, const char *(*name)(size_t index), size_t count,
                      struct filter_value *out)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(typed, name(i)) == 0) {
            out->number = (int64_t)i;
            return true;
        }
    }
    return false;
}

static const char *name_state(size_t index)
{
    return signature_state_name((enum signature_state)index);
}

static const char *name_kind(size_t index)
{
    return signature_kind_name((enum signature_kind)index);
}

static const char *name_visibility(size_t index)
{
    return visibility_name((enum visibility)index);
}

static bool read_state(const char *typed, bool is_pattern, struct filter_value *out)
{
    (void)is_pattern;
    return read_word(typed, name_state, SIGNATURE_STATE_COUNT, out);
}

static bool read_kind(const char *typed, bool is_pattern, struct filter_value *out)
{
    (void)is_pattern;
    return read_word(typed, name_kind, SIGNATURE_KIND_COUNT, out);
}

static bool read_visibility(const char *typed, bool is_pattern, struct filter_value *out)
{
    (void)is_pattern;
    return read_word(typed, name_visibility, VISIBILITY_COUNT, out);
}

/* What stands between the stars that a pattern may have at its ends; NULL: nothing, or one is in
 * the middle. The caller's. */
static char *open_pattern(const char *typed, struct filter_value *out)
{
    size_t len = strlen(typed);
    out->is_open_before = len > 0 && typed[0] == '*';
    out->is_open_behind = len > 1 && typed[len - 1] == '*';
    if (out->is_open_before) {
        typed++;
        len--;
    }
    if (out->is_open_behind)
        len--;
    if (len == 0 || memchr(typed, '*', len))
        return NULL;
    return mem_string_part(typed, len);
}

static bool read_affiliation(const char *typed, bool is_pattern, struct filter_value *out)
{
    char *middle = is_pattern ? open_pattern(typed, out) : mem_string(typed);
    if (!middle)
        return false;
    out->text = unicode_fold(middle);
    free(middle);
    return out->text[0] != '\0';
}

/* As domains are kept: ASCII, lower case. Part of one is not looked at more closely. */
static bool read_domain(const char *typed, bool is_pattern, struct filter_value *out)
{
    if (is_pattern) {
        out->text = open_pattern(typed, out);
        for (char *c = out->text; c && *c; c++) {
            if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
                return false;
            *c = (char)tolower((unsigned char)*c);
        }
        return out->text != NULL;
    }
    char *mailbox = mem_format("x@%s", typed[0] == '@' ? typed + 1 : typed);
    char *kept = unicode_mailbox(mailbox);
    free(mailbox);
    if (!kept)
        return false;
    out->text = mem_string(kept + 2);
    free(kept);
    return true;
}

/* "Öl* arbeiter": folded words, each with its star; a word that folds to several has it behind the
 * last of them. */
static bool read_words(const char *typed, struct filter_value *out)
{
    struct str words = STR_INIT;
    bool is_good = true;
    for (const char *at = typed; is_good && *(at += strspn(at, " ")) != '\0';) {
        size_t len = strcspn(at, " "), stars = len > 0 && at[len - 1] == '*';
        char *word = mem_string_part(at, len - stars), *key = unicode_search_key(word);
        is_good = strchr(word, '*') == NULL && key[0] != '\0';
        str_append_format(&words, "%s%s%s", words.len ? " " : "", key, stars ? "*" : "");
        free(word);
        free(key);
        at += len;
    }
    out->text = str_take(&words);
    return is_good && out->text[0] != '\0';
}

static bool read_name(const char *typed, bool is_pattern, struct filter_value *out)
{
    if (is_pattern)
        return read_words(typed, out);
    out->text = unicode_search_key(typed);
    return out->text[0] != '\0';
}

/* clang-format off */
const struct filter_rule filter_rules[FILTER_FIELD_COUNT] = {
    [FILTER_STATE] = {"state", FILTER_SAME, false,
        "a state is confirmed, held, listed, refused, struck or withdrawn", read_state},
    [FILTER_COUNTRY] = {"country", FILTER_SAME, true,
        "a country is its two letters, such as VA, or none", read_country},
    [FILTER_DAY] = {"day", FILTER_ORDERED, false,
        "a day is YYYY-MM-DD, such as 2026-03-14", read_day},
    [FILTER_HOUR] = {"hour", FILTER_ORDERED, true,
        "an hour is YYYY-MM-DDTHH in UTC, such as 2026-03-14T02, or none", read_hour},
    [FILTER_DOMAIN] = {"domain", FILTER_SAME | FILTER_OPERATOR(FILTER_LIKE), true,
        "a domain is what stands behind a mailbox's @, such as x.example, or none; behind like, "
        "with a * at its beginning or end", read_domain},
    [FILTER_AFFILIATION] = {"affiliation", FILTER_SAME | FILTER_OPERATOR(FILTER_LIKE), true,
        "an affiliation is a name with letters, or none; behind like, with a * at its beginning or "
        "end", read_affiliation},
    [FILTER_NAME] = {"name", FILTER_SAME | FILTER_OPERATOR(FILTER_LIKE), false,
        "a name has letters or digits; behind like, words that a * may end: 'oil* workers'",
        read_name},
    [FILTER_BURST] = {"burst", FILTER_ORDERED, false, "burst is a whole number, 0 or more", read_number},
    [FILTER_VISIBILITY] = {"visibility", FILTER_SAME, false,
        "visibility is public, organisation, recipients, international or counted",
        read_visibility},
    [FILTER_KIND] = {"kind", FILTER_SAME, false,
        "a kind is international, national, federation, union, branch or other", read_kind},
    [FILTER_VERSION] = {"version", FILTER_ORDERED, false, "a version is a whole number, 1 or more",
        read_number},
    [FILTER_MEMBERS] = {"members", FILTER_ORDERED, true,
        "members is a whole number, 0 or more, or none where none was stated", read_number},
};
/* clang-format on */
