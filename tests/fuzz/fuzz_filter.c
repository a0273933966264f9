/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Any text as a filter: it is read or refused with a sentence, and what is read looks at a
 * signature with everything and at one with nothing, and makes bounds that end.
 */
#include "appeal/filter.h"
#include "base/mem.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct filter *filter)
{
    const struct filter_facts full = {
        .state = SIGNATURE_LISTED,
        .country = "VA",
        .day = 20526,
        .version = 1,
        .has_hour = true,
        .hour = 20526 * 24,
        .has_members = true,
        .members = 7,
        .domain = "x.example",
        .affiliation = "ITUC, ETUC",
        .organisation = "Union of Workers",
        .organisation_latin = "Union",
        .search = "union of workers union",
        .burst = 3,
    };
    const struct filter_facts bare = {.country = "", .organisation = "", .search = ""};
    struct filter_bounds bounds;
    filter_bounds(filter, &bounds);
    assert(memchr(bounds.countries, '\0', sizeof bounds.countries) != NULL);
    assert(memchr(bounds.word, '\0', sizeof bounds.word) != NULL);
    (void)filter_match(filter, &full);
    (void)filter_match(filter, &bare);
    (void)filter_bound_domain(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_string_part((const char *)data, size);
    struct fault fault = {.text = ""};
    struct filter *filter;
    if (filter_parse(text, &filter, &fault) == US_OK) {
        look(filter);
        filter_free(filter);
    } else {
        assert(fault.text[0] != '\0');
    }
    free(text);
    return 0;
}
