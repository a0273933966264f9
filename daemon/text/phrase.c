/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each phrase is one message with places, so that a language can order its words as it likes. */
#include "text/phrase.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/locale.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ICU writes "1 janvier" where every French letter has "1er janvier", and abbreviates a word of the
 * year ("2022 ж.") that Kazakh letters and laws write out. */
void phrase_date(const struct language *language, int64_t day, struct str *out)
{
    struct str date = STR_INIT;
    locale_date(language, day, &date);
    static const char short_year[] = "ж.";
    const char *text = str_text(&date);
    const char *year = strcmp(language->code, "kk") == 0 ? strstr(text, short_year) : NULL;
    if (strcmp(language->code, "fr") == 0 && strncmp(text, "1 ", 2) == 0) {
        str_append_text(out, "1er");
        text++;
    } else if (year) {
        str_append(out, text, (size_t)(year - text));
        str_append_text(out, "жылғы");
        text = year + strlen(short_year);
    }
    str_append_text(out, text);
    str_free(&date);
}

char *phrase_reference(const struct language *language, bool has_date, int64_t date,
                       const char *number)
{
    if (!has_date && !number)
        return NULL;
    struct str written = STR_INIT;
    char numeric[16] = "", day[16] = "";
    if (has_date) {
        phrase_date(language, date, &written);
        clock_print_day(date, day);
        if (strlen(day) == 10) /* YYYY-MM-DD */
            snprintf(numeric, sizeof numeric, "%.2s.%.2s.%.4s", day + 8, day + 5, day);
    }
    const char *pattern;
    if (has_date && number)
        /* translators: the line of a letter with its date and number. {numeric} may stand for
         * {date} where letters write 07.01.2022 there. */
        pattern = message_get(language, "{date} · Ref. {number}");
    else if (has_date)
        /* translators: the same for a letter without a number. */
        pattern = message_get(language, "{date}");
    else
        /* translators: the same for a letter without a date. */
        pattern = message_get(language, "Ref. {number}");
    char *line = message_fill(pattern, "date", str_text(&written), "numeric", numeric, "number",
                              number ? number : "", NULL);
    str_free(&written);
    return line;
}

static char *counted(const struct language *language, const char *pattern, int64_t count)
{
    struct str number = STR_INIT;
    locale_number(language, count, &number);
    char *filled = message_fill(pattern, "count", str_text(&number), NULL);
    str_free(&number);
    return filled;
}

char *phrase_place(const struct language *language, const char *place, bool has_date, int64_t date)
{
    char *isolated = place ? mem_format("\u2068%s\u2069", place) : NULL;
    if (!has_date)
        return isolated;
    struct str written = STR_INIT;
    phrase_date(language, date, &written);
    /* translators: where and when a letter was written, on a line of its own. */
    const char *pattern = place ? message_context(language, "letter", "{place}, {date}")
                                : message_context(language, "letter", "{date}");
    char *line =
        message_fill(pattern, "place", place ? isolated : "", "date", str_text(&written), NULL);
    free(isolated);
    str_free(&written);
    return line;
}

/* Of so many organisations with nobody's name left out. */
static const char *whole_pattern(const struct language *l, const struct phrase_counts *counts)
{
    if (counts->members > 0 && counts->countries > 0)
        return message_plural(
            l, "{organisations} {countries}, representing {members} member as stated by them.",
            "{organisations} {countries}, representing {members} members as stated by them.",
            (unsigned long)counts->members);
    if (counts->members > 0)
        return message_plural(l,
                              "{organisations}, representing {members} member as stated by them.",
                              "{organisations}, representing {members} members as stated by them.",
                              (unsigned long)counts->members);
    return counts->countries > 0 ? message_get(l, "{organisations} {countries}.")
                                 : message_get(l, "{organisations}.");
}

/* What is known of the named alone stands behind how many of them there are. */
static const char *part_pattern(const struct language *l, const struct phrase_counts *counts)
{
    if (counts->members > 0 && counts->countries > 0)
        return message_plural(l,
                              "{organisations}. {named}, {countries}, representing {members} "
                              "member as stated by them.",
                              "{organisations}. {named}, {countries}, representing {members} "
                              "members as stated by them.",
                              (unsigned long)counts->members);
    if (counts->members > 0)
        return message_plural(
            l, "{organisations}. {named}, representing {members} member as stated by them.",
            "{organisations}. {named}, representing {members} members as stated by them.",
            (unsigned long)counts->members);
    return counts->countries > 0 ? message_get(l, "{organisations}. {named}, {countries}.")
                                 : message_get(l, "{organisations}. {named}.");
}

char *phrase_counts(const struct language *language, const struct phrase_counts *counts)
{
    const struct language *l = language;
    const int64_t named = counts->organisations - counts->counted;
    struct str members = STR_INIT;
    if (counts->counted > 0 && named <= 0)
        return counted(l,
                       message_plural(l, "{count} organisation, which is not named here.",
                                      "{count} organisations, which are not named here.",
                                      (unsigned long)counts->organisations),
                       counts->organisations);
    locale_number(l, counts->members, &members);
    char *organisations = counted(l,
                                  message_plural(l, "{count} organisation", "{count} organisations",
                                                 (unsigned long)counts->organisations),
                                  counts->organisations);
    char *countries = counted(l,
                              message_plural(l, "in {count} country", "in {count} countries",
                                             (unsigned long)counts->countries),
                              counts->countries);
    /* translators: of several organisations; a sentence that goes on with countries and members. */
    char *of_them = counted(l,
                            message_plural(l, "{count} of them is named here",
                                           "{count} of them are named here", (unsigned long)named),
                            named);
    const char *pattern = counts->counted > 0 ? part_pattern(l, counts) : whole_pattern(l, counts);
    char *sentence = message_fill(pattern, "organisations", organisations, "countries", countries,
                                  "members", str_text(&members), "named", of_them, NULL);
    free(organisations);
    free(countries);
    free(of_them);
    str_free(&members);
    return sentence;
}
