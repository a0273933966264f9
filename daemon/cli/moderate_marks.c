/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate_marks.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/moderate_facts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_bad(const struct row_value *other)
{
    return strcmp(other[OTHER_STATE].text, "refused") == 0 ||
           strcmp(other[OTHER_STATE].text, "struck") == 0;
}

enum wanted {
    WANT_BAD_NAME,
    WANT_BAD_MAILBOX,
    WANT_BAD_DOMAIN,
    WANT_SAME,
    WANT_ALIKE,
    WANT_MAILBOX
};

static bool is_wanted(const struct review *review, const struct row_value *other,
                      enum wanted wanted)
{
    bool is_live = !is_bad(other) && strcmp(other[OTHER_STATE].text, "withdrawn") != 0;
    bool is_here = strcmp(other[OTHER_APPEAL].text, review_text(review, REVIEW_APPEAL)) == 0;
    bool is_one = other[OTHER_REGISTERED].number != 0;
    int64_t likeness = other[OTHER_LIKENESS].is_set ? other[OTHER_LIKENESS].number : 0;

    switch (wanted) {
    case WANT_BAD_NAME:
        return is_bad(other) && (likeness > 0 || is_one);
    case WANT_BAD_MAILBOX:
        return is_bad(other) && other[OTHER_MAILBOX].number != 0;
    case WANT_BAD_DOMAIN:
        return is_bad(other) && other[OTHER_DOMAIN].number != 0;
    case WANT_SAME:
        return is_live && is_here && (likeness == 100 || is_one);
    case WANT_ALIKE:
        return is_live && is_here && likeness > 0 && likeness < 100 && !is_one;
    case WANT_MAILBOX:
        return is_live && other[OTHER_MAILBOX].number != 0;
    }
    return false;
}

static const struct row_value *find(const struct review *review, enum wanted wanted, size_t *count)
{
    const struct row_value *found = NULL;

    *count = 0;
    for (size_t i = 0; i < review->parts[PART_OTHER].count; i++) {
        const struct row_value *other = review_row(review, PART_OTHER, i);
        if (!is_wanted(review, other, wanted))
            continue;
        if (found == NULL)
            found = other;
        ++*count;
    }
    return found;
}

/* "“X” was refused (signed 2026-11-20), 98 % alike, and 2 more" */
static char *tell_other(const struct review *review, enum wanted wanted)
{
    size_t count;
    const struct row_value *other = find(review, wanted, &count);
    char day[16], alike[32] = "", more[32] = "";
    const char *one = "";

    if (other == NULL)
        return mem_string("press o");
    clock_print_day(other[OTHER_SIGNED_ON].number, day);
    if (other[OTHER_REGISTERED].number != 0)
        one = ", the register has both as one organisation";
    else if (other[OTHER_LIKENESS].is_set && other[OTHER_LIKENESS].number < 100)
        snprintf(alike, sizeof(alike), ", %" PRId64 " %% alike", other[OTHER_LIKENESS].number);
    if (count > 1)
        snprintf(more, sizeof(more), ", and %zu more", count - 1);
    return mem_format("%s: \u201c" FACTS_NAME "\u201d (%s%s)%s%s", other[OTHER_STATE].text,
                      other[OTHER_ORGANISATION].text, day, alike, one, more);
}

static char *tell_domain(const struct review *review)
{
    return mem_format("of those from %s, %" PRId64 " refused and %" PRId64 " struck",
                      review_text(review, REVIEW_DOMAIN),
                      review_number(review, REVIEW_DOMAIN_REFUSED),
                      review_number(review, REVIEW_DOMAIN_STRUCK));
}

static char *tell_burst(const struct review *review)
{
    int64_t all = review_number(review, REVIEW_BURST);
    int64_t same = review_number(review, REVIEW_BURST_DOMAIN);
    const char *country = review_text(review, REVIEW_COUNTRY);

    return mem_format("%s%" PRId64 " more from %s in the same hour, %" PRId64
                      " of them from its mail domain; %" PRId64 " domains",
                      all >= 1000 ? "over " : "", all >= 1000 ? 1000 : all,
                      *country ? country : "no country", same,
                      review_number(review, REVIEW_BURST_DOMAINS));
}

/* What the register says against it, or for it. */
static char *tell_known(const struct review *review)
{
    const struct review_list *known = &review->parts[PART_KNOWN];
    const char *domain = review_text(review, REVIEW_DOMAIN);
    bool is_known = review_has_mark(review, "known-domain");

    for (size_t i = 0; i < known->count; i++) {
        const struct row_value *row = review_row(review, PART_KNOWN, i);
        bool has_name =
            row[KNOWN_LIKENESS].is_set && row[KNOWN_LIKENESS].number >= (is_known ? 1 : 100);
        bool has_domain = row[KNOWN_DOMAIN].number != 0;
        if (is_known && has_name && has_domain)
            return mem_format("the register (" FACTS_NAME ") has the name and %s: \u201c" FACTS_NAME
                              "\u201d",
                              row[KNOWN_SOURCE].text, domain, row[KNOWN_ORGANISATION].text);
        if (!is_known && has_name)
            return mem_format("the register (" FACTS_NAME ") has the name%s: \u201c" FACTS_NAME
                              "\u201d",
                              row[KNOWN_SOURCE].text,
                              row[KNOWN_DOMAINS].number != 0 ? " with other mail domains"
                                                             : ", and no mail domains",
                              row[KNOWN_ORGANISATION].text);
        if (!is_known && !row[KNOWN_LIKENESS].is_set)
            return mem_format("the register (" FACTS_NAME ") has %s as that of \u201c" FACTS_NAME
                              "\u201d",
                              row[KNOWN_SOURCE].text, domain, row[KNOWN_ORGANISATION].text);
    }
    return mem_string("press o");
}

static char *tell_near(const struct review *review)
{
    const struct review_list *known = &review->parts[PART_KNOWN];

    for (size_t i = 0; i < known->count; i++) {
        const struct row_value *row = review_row(review, PART_KNOWN, i);
        if (row[KNOWN_LIKENESS].is_set && row[KNOWN_DOMAINS].number != 0)
            return mem_format("the register (" FACTS_NAME ") has, with other mail domains: "
                              "\u201c" FACTS_NAME "\u201d, %" PRId64 " %% alike",
                              row[KNOWN_SOURCE].text, row[KNOWN_ORGANISATION].text,
                              row[KNOWN_LIKENESS].number);
    }
    return mem_string("press o");
}

static char *tell(const struct review *review, const char *name)
{
    if (strcmp(name, "refused-name") == 0)
        return tell_other(review, WANT_BAD_NAME);
    if (strcmp(name, "refused-mailbox") == 0)
        return tell_other(review, WANT_BAD_MAILBOX);
    if (strcmp(name, "refused-domain") == 0)
        return tell_domain(review);
    if (strcmp(name, "disposable") == 0)
        return mem_format("mailboxes of %s live for minutes", review_text(review, REVIEW_DOMAIN));
    if (strcmp(name, "twice") == 0)
        return tell_other(review, WANT_SAME);
    if (strcmp(name, "alike") == 0)
        return tell_other(review, WANT_ALIKE);
    if (strcmp(name, "mailbox") == 0)
        return tell_other(review, WANT_MAILBOX);
    if (strcmp(name, "burst") == 0)
        return tell_burst(review);
    if (strcmp(name, "renamed") == 0)
        return mem_format("it was confirmed as \u201c" FACTS_NAME "\u201d",
                          review_text(review, REVIEW_WAS));
    if (strcmp(name, "free") == 0)
        return mem_format("anybody can have a mailbox at %s", review_text(review, REVIEW_DOMAIN));
    if (strcmp(name, "near") == 0)
        return tell_near(review);
    return tell_known(review);
}

size_t marks_make(const struct review *review, struct mark out[MARKS_MOST])
{
    static const struct {
        const char *name;
        enum mark_grade grade;
        const char *word;
    } words[] = {
        {"refused-name", MARK_LOUD, "REFUSED BEFORE"},
        {"refused-mailbox", MARK_LOUD, "REFUSED MAILBOX"},
        {"refused-domain", MARK_LOUD, "REFUSED DOMAIN"},
        {"disposable", MARK_LOUD, "THROWAWAY MAIL"},
        {"twice", MARK_LOUD, "SIGNED ALREADY"},
        {"foreign-domain", MARK_LOUD, "NOT ITS DOMAIN"},
        {"burst", MARK_LOOK, "BURST"},
        {"alike", MARK_LOOK, "MUCH ALIKE"},
        {"mailbox", MARK_LOOK, "SAME MAILBOX"},
        {"renamed", MARK_LOOK, "RENAMED"},
        {"free", MARK_HINT, "FREE MAIL"},
        {"near", MARK_HINT, "NEAR KNOWN NAME"},
        {"known", MARK_HINT, "KNOWN NAME"},
        {"known-domain", MARK_GOOD, "IN THE REGISTER"},
    };
    size_t count = 0;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && count < MARKS_MOST; i++) {
        if (review_has_mark(review, words[i].name))
            out[count++] =
                (struct mark){words[i].grade, words[i].word, tell(review, words[i].name)};
    }
    return count;
}
