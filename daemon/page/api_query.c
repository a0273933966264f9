/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A table says which parameters a list has, how each is checked and where in the key it goes. */
#include "page/api_query.h"
#include "appeal/listing.h"
#include "base/clock.h"
#include "http/percent.h"
#include "page/api_list.h"
#include "text/locale.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS "0123456789abcdefghjkmnpqrstvwxyz" /* of a public id */
#define NEWS_DIGITS_MOST 9

static bool take_number(const char *value, int most, struct page_key *key)
{
    size_t len = strlen(value);
    if (len == 0 || len > 3 || strspn(value, "0123456789") != len || value[0] == '0')
        return false;
    key->number = atoi(value);
    return key->number <= most;
}

static bool take_limit(const char *value, struct page_key *key)
{
    return take_number(value, API_LIST_MOST, key);
}

static bool take_news_limit(const char *value, struct page_key *key)
{
    return take_number(value, API_LIST_NEWS_MOST, key);
}

static bool take_after(const char *value, struct page_key *key)
{
    size_t len = strlen(value);
    if (len == 0 || len >= sizeof key->after || strspn(value, ID_DIGITS ".") != len)
        return false;
    memcpy(key->after, value, len + 1);
    return true;
}

static bool take_news_after(const char *value, struct page_key *key)
{
    size_t len = strlen(value);
    if (len == 0 || len > NEWS_DIGITS_MOST || strspn(value, "0123456789") != len || value[0] == '0')
        return false;
    memcpy(key->after, value, len + 1);
    return true;
}

static bool take_term(const char *value, struct page_key *key)
{
    size_t len = strlen(value);
    if (len == 0 || len >= sizeof key->term)
        return false;
    memcpy(key->term, value, len + 1);
    return true;
}

static bool take_country(const char *value, struct page_key *key)
{
    return (strcmp(value, API_LIST_NOWHERE) == 0 || locale_is_country(value)) &&
           take_term(value, key);
}

static bool take_day(const char *value, struct page_key *key)
{
    int64_t day;
    return clock_parse_day(value, &day) && take_term(value, key);
}

static bool take_affiliation(const char *value, struct page_key *key)
{
    char term[LISTING_TERM_SIZE];
    listing_fold_affiliation(value, term);
    return take_term(term, key);
}

static bool take_words(const char *value, struct page_key *key)
{
    return strlen(value) <= LISTING_SEARCH_MOST && take_term(value, key);
}

struct parameter {
    const char *name; /* NULL ends a list of them */
    bool is_filter;
    bool (*take)(const char *value, struct page_key *key);
    const char *detail;
};
static const struct parameter signatory_parameters[] = {
    {"limit", false, take_limit, "It must be a number from 1 to 200."},
    {"after", false, take_after, "It must be what a next link gave, or the id of a signatory."},
    {"country", true, take_country,
     "It must be an ISO 3166-1 alpha-2 code in capital letters, or none."},
    {"day", true, take_day, "It must be a day, YYYY-MM-DD."},
    {"affiliation", true, take_affiliation, "It must name an affiliation."},
    {"q", true, take_words, "It must be words of at most 200 bytes."},
    {.name = NULL},
};
static const struct parameter update_parameters[] = {
    {"limit", false, take_news_limit, "It must be a number from 1 to 20."},
    {"after", false, take_news_after, "It must be the number of an update."},
    {.name = NULL},
};
static const struct parameter no_parameters[] = {{.name = NULL}};

static const struct parameter *parameters_of(enum page_kind kind)
{
    if (kind == PAGE_API_SIGNATORIES)
        return signatory_parameters;
    return kind == PAGE_API_UPDATES ? update_parameters : no_parameters;
}

static bool refuse(struct api_query_fault *fault, const char *detail)
{
    fault->detail = detail;
    return false;
}

/* seen: a bit for each parameter that came before. */
static bool take_pair(struct http_span name, struct http_span value, struct page_key *key,
                      unsigned *seen, struct api_query_fault *fault)
{
    const struct parameter *parameter = parameters_of(key->kind);
    unsigned bit = 1;
    char text[PAGE_TERM_SIZE];
    if (!percent_decode(name, true, fault->parameter, sizeof fault->parameter)) {
        fault->parameter[0] = '\0';
        return refuse(fault, "There is no parameter with such a name.");
    }
    while (parameter->name != NULL && strcmp(parameter->name, fault->parameter) != 0) {
        parameter++;
        bit <<= 1;
    }
    if (parameter->name == NULL)
        return refuse(fault, "There is no such parameter here.");
    if (*seen & bit)
        return refuse(fault, "It stands there twice.");
    *seen |= bit;
    if (parameter->is_filter && key->filter[0] != '\0')
        return refuse(fault, "Only one of country, day, affiliation and q can be asked for.");
    if (!percent_decode(value, true, text, sizeof text) || !parameter->take(text, key))
        return refuse(fault, parameter->detail);
    if (parameter->is_filter)
        snprintf(key->filter, sizeof key->filter, "%s", parameter->name);
    return true;
}

bool api_query_read(struct http_span query, struct page_key *key, struct api_query_fault *fault)
{
    struct http_span name, value;
    unsigned seen = 0;
    *fault = (struct api_query_fault){0};
    if (key->kind == PAGE_API_SIGNATORIES)
        key->number = API_LIST_USUAL;
    else if (key->kind == PAGE_API_UPDATES)
        key->number = API_LIST_NEWS_MOST;
    while (http_form_next(&query, &name, &value)) {
        if (!take_pair(name, value, key, &seen, fault))
            return false;
    }
    return true;
}
