/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether a row is one of those that are meant, and what a statement can be bound to. */
#include "appeal/filter.h"
#include "appeal/filter_parts.h"
#include "appeal/listing_write.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

static bool is_like(const struct filter_value *value, const char *text)
{
    size_t len = strlen(text), size = strlen(value->text);
    if (size > len)
        return false;
    if (value->is_open_before && value->is_open_behind)
        return strstr(text, value->text) != NULL;
    if (value->is_open_before)
        return strcmp(text + len - size, value->text) == 0;
    if (value->is_open_behind)
        return strncmp(text, value->text, size) == 0;
    return strcmp(text, value->text) == 0;
}

/* Scripts that are written without blanks: a word stands anywhere in what looks like one. */
static bool is_unspaced(const char *word, size_t len)
{
    size_t at = 0;
    uint32_t c = len > 0 ? utf8_next(word, len, &at) : 0;
    return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x109f) ||
           (c >= 0x1780 && c <= 0x17ff) || (c >= 0x3040 && c <= 0x9fff) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

/* One word of a pattern among folded words. */
static bool has_word(const char *words, const char *word, size_t len, bool is_beginning)
{
    for (const char *at = words; *at;) {
        size_t size = strcspn(at, " ");
        if (size >= len && memcmp(at, word, len) == 0 && (is_beginning || size == len))
            return true;
        at += size + (at[size] == ' ');
    }
    char *inner = is_unspaced(word, len) ? mem_string_part(word, len) : NULL;
    bool has = inner && strstr(words, inner) != NULL;
    free(inner);
    return has;
}

static bool has_all_words(const char *words, const char *pattern)
{
    for (const char *at = pattern; *at;) {
        size_t len = strcspn(at, " "), stars = at[len - 1] == '*';
        if (!has_word(words, at, len - stars, stars > 0))
            return false;
        at += len + (at[len] == ' ');
    }
    return true;
}

static bool is_name(const char *name, const char *key)
{
    char *folded = unicode_search_key(name ? name : "");
    bool is_same = strcmp(folded, key) == 0;
    free(folded);
    return is_same;
}

static bool match_name(const struct filter_term *term, const struct filter_value *value,
                       const struct filter_facts *facts)
{
    if (term->how == FILTER_LIKE)
        return has_all_words(facts->search, value->text);
    return is_name(facts->organisation, value->text) ||
           is_name(facts->organisation_latin, value->text);
}

/* One of the affiliations in a field, or the whole. *is_any: there is one. */
static bool match_part(const char *text, size_t len, const struct filter_value *value, bool *is_any)
{
    char *part = mem_string_part(text, len), *folded = unicode_fold(part);
    bool is_there = folded[0] != '\0',
         is_same = is_there && !value->is_none && is_like(value, folded);
    *is_any = *is_any || is_there;
    free(part);
    free(folded);
    return is_same;
}

static bool match_affiliation(const struct filter_value *value, const char *typed)
{
    const char *text = typed ? typed : "";
    size_t len = strlen(text), from = 0, at = 0;
    bool is_any = false, is_same = match_part(text, len, value, &is_any);
    while (at < len && !is_same) {
        size_t start = at;
        if (!listing_parts_affiliations(utf8_next(text, len, &at)))
            continue;
        is_same = match_part(text + from, start - from, value, &is_any);
        from = at;
    }
    if (!is_same)
        is_same = match_part(text + from, len - from, value, &is_any);
    return value->is_none ? !is_any : is_same;
}

/* ---- numbers ---- */

static bool compare(enum filter_operator how, int64_t number, int64_t with)
{
    switch (how) {
    case FILTER_LESS:
        return number < with;
    case FILTER_AT_MOST:
        return number <= with;
    case FILTER_MORE:
        return number > with;
    case FILTER_AT_LEAST:
        return number >= with;
    default:
        return number == with;
    }
}

/* The number that a row has there; false: it has none. */
static bool find_number(enum filter_field field, const struct filter_facts *facts, int64_t *out)
{
    switch (field) {
    case FILTER_STATE:
        *out = facts->state;
        return true;
    case FILTER_DAY:
        *out = facts->day;
        return true;
    case FILTER_HOUR:
        *out = facts->hour;
        return facts->has_hour;
    case FILTER_BURST:
        *out = facts->burst;
        return true;
    case FILTER_VISIBILITY:
        *out = facts->visibility;
        return true;
    case FILTER_KIND:
        *out = facts->kind;
        return true;
    case FILTER_VERSION:
        *out = facts->version;
        return true;
    default:
        *out = facts->members;
        return facts->has_members;
    }
}

/* ---- terms ---- */

static bool match_value(const struct filter_term *term, const struct filter_value *value,
                        const struct filter_facts *facts)
{
    int64_t number;
    switch (term->field) {
    case FILTER_COUNTRY:
        return strcmp(facts->country, value->is_none ? "" : value->text) == 0;
    case FILTER_DOMAIN:
        return value->is_none ? !facts->domain : facts->domain && is_like(value, facts->domain);
    case FILTER_AFFILIATION:
        return match_affiliation(value, facts->affiliation);
    case FILTER_NAME:
        return match_name(term, value, facts);
    default:
        if (!find_number(term->field, facts, &number))
            return value->is_none;
        return !value->is_none && compare(term->how, number, value->number);
    }
}

static bool has_none(const struct filter_term *term)
{
    for (size_t i = 0; i < term->count; i++) {
        if (term->values[i].is_none)
            return true;
    }
    return false;
}

static enum filter_verdict match_term(const struct filter_term *term,
                                      const struct filter_facts *facts)
{
    bool is_lost = (term->field == FILTER_HOUR && !facts->has_hour) ||
                   (term->field == FILTER_DOMAIN && !facts->domain);
    if (is_lost && !has_none(term))
        return term->field == FILTER_DOMAIN ? FILTER_UNKNOWN : FILTER_NO;
    bool holds = false;
    for (size_t i = 0; i < term->count && !holds; i++)
        holds = match_value(term, &term->values[i], facts);
    return holds != term->is_negated ? FILTER_YES : FILTER_NO;
}

enum filter_verdict filter_match(const struct filter *filter, const struct filter_facts *facts)
{
    enum filter_verdict verdict = FILTER_YES;
    for (size_t i = 0; i < filter->count; i++) {
        enum filter_verdict one = match_term(&filter->terms[i], facts);
        if (one == FILTER_NO)
            return FILTER_NO;
        if (one == FILTER_UNKNOWN)
            verdict = FILTER_UNKNOWN;
    }
    return verdict;
}

/* ---- bounds ---- */

static const char *value_word(enum filter_field field, const struct filter_value *value)
{
    switch (field) {
    case FILTER_STATE:
        return signature_state_name((enum signature_state)value->number);
    case FILTER_KIND:
        return signature_kind_name((enum signature_kind)value->number);
    case FILTER_VISIBILITY:
        return visibility_name((enum visibility)value->number);
    default:
        return value->is_none ? "" : value->text;
    }
}

/* Of two terms about one field the first will do. A set that does not fit binds nothing. */
static void bind_set(const struct filter_term *term, char *out, size_t size)
{
    size_t len = 0;
    if (term->is_negated || out[0] != '\0')
        return;
    for (size_t i = 0; i < term->count; i++) {
        const char *word = value_word(term->field, &term->values[i]);
        if (len + strlen(word) + 3 > size) {
            out[0] = '\0';
            return;
        }
        len += (size_t)snprintf(out + len, size - len, "[%s]", word);
    }
}

static void bind_number(const struct filter_term *term, int64_t *least, int64_t *most)
{
    int64_t low = INT64_MAX, high = INT64_MIN;
    if (term->is_negated || has_none(term))
        return;
    for (size_t i = 0; i < term->count; i++) {
        int64_t number = term->values[i].number;
        low = number < low ? number : low;
        high = number > high ? number : high;
    }
    bool is_low = term->how != FILTER_LESS && term->how != FILTER_AT_MOST;
    bool is_high = term->how != FILTER_MORE && term->how != FILTER_AT_LEAST;
    if (is_low && low > *least)
        *least = low;
    if (is_high && high < *most)
        *most = high;
}

static void bind_word(const struct filter_term *term, char *out, size_t size)
{
    if (term->is_negated || term->count != 1 || out[0] != '\0')
        return;
    const char *word = term->values[0].text;
    size_t len = strcspn(word, " *");
    (void)snprintf(out, size, "%%%s%.*s%%", is_unspaced(word, len) ? "" : " ", (int)len, word);
}

static void bind_term(const struct filter_term *term, struct filter_bounds *out)
{
    switch (term->field) {
    case FILTER_STATE:
        bind_set(term, out->states, sizeof out->states);
        break;
    case FILTER_COUNTRY:
        bind_set(term, out->countries, sizeof out->countries);
        break;
    case FILTER_KIND:
        bind_set(term, out->kinds, sizeof out->kinds);
        break;
    case FILTER_VISIBILITY:
        bind_set(term, out->visibilities, sizeof out->visibilities);
        break;
    case FILTER_DAY:
        bind_number(term, &out->day_least, &out->day_most);
        break;
    case FILTER_HOUR:
        out->needs_hour = out->needs_hour || has_none(term) == term->is_negated;
        bind_number(term, &out->hour_least, &out->hour_most);
        break;
    case FILTER_VERSION:
        bind_number(term, &out->version_least, &out->version_most);
        break;
    case FILTER_MEMBERS:
        out->needs_members = out->needs_members || (!term->is_negated && !has_none(term));
        bind_number(term, &out->members_least, &out->members_most);
        break;
    case FILTER_NAME:
        bind_word(term, out->word, sizeof out->word);
        break;
    default:
        break;
    }
}

void filter_bounds(const struct filter *filter, struct filter_bounds *out)
{
    *out = (struct filter_bounds){
        .day_least = INT64_MIN,
        .day_most = INT64_MAX,
        .version_least = INT64_MIN,
        .version_most = INT64_MAX,
        .hour_least = INT64_MIN,
        .hour_most = INT64_MAX,
        .members_least = INT64_MIN,
        .members_most = INT64_MAX,
    };
    for (size_t i = 0; i < filter->count; i++)
        bind_term(&filter->terms[i], out);
}

const char *filter_bound_domain(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct filter_term *term = &filter->terms[i];
        if (term->field == FILTER_DOMAIN && !term->is_negated && term->count == 1 &&
            term->how != FILTER_LIKE && !term->values[0].is_none)
            return term->values[0].text;
    }
    return NULL;
}
