/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate_facts.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/moderate_marks.h"
#include "cli/screen.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_WIDTH 13
#define NARROW 50 /* columns below which labels take a shorter place */
#define NARROW_LABEL 8
#define LINES_SHORT 2 /* of one value where lines are few; a name may take three */
#define NAME_LINES 3

/* ---- lines ---- */

/* Makes a text fit for a terminal, and isolates what FACTS_NAME marks in it. */
static void make_shown(const char *text, struct str *out)
{
    while (*text != '\0') {
        bool is_name = *text == '\001';
        size_t len = strcspn(text + is_name, is_name ? "\002" : "\001");
        char *piece = mem_string_part(text + is_name, len);
        struct str visible = STR_INIT;

        screen_make_visible(piece, false, &visible);
        if (is_name)
            screen_isolate(str_text(&visible), out);
        else
            str_append_text(out, str_text(&visible));
        text += is_name + len;
        text += is_name && *text == '\002';
        str_free(&visible);
        free(piece);
    }
}

static void push(struct facts *facts, char *text, enum paint paint, bool is_spare)
{
    facts->lines = mem_resize(facts->lines, facts->count + 1, sizeof(*facts->lines));
    facts->lines[facts->count++] = (struct facts_line){text, paint, is_spare};
}

/* As much of the text as fits, to the last blank where there is one. */
static size_t fit(const char *text, size_t columns)
{
    size_t len = strlen(text), pos = 0, blank = 0;

    while (pos < len) {
        size_t next = pos;
        char *piece;
        size_t width;
        (void)utf8_next(text, len, &next);
        piece = mem_string_part(text, next);
        width = screen_width(piece);
        free(piece);
        if (width > columns)
            return blank > 0 ? blank : pos;
        if (text[pos] == ' ')
            blank = pos;
        pos = next;
    }
    return len;
}

/* Breaks a text over lines behind a label; what is more than `most` lines is cut. */
static void push_wrapped(struct facts *facts, const char *label, size_t width, const char *text,
                         struct facts_line as, size_t most)
{
    size_t room = facts->columns > width + 8 ? facts->columns - width : 8;

    for (size_t i = 0; i == 0 || (*text != '\0' && (most == 0 || i < most)); i++) {
        struct str line = STR_INIT;
        bool is_last = most > 0 && i + 1 == most;
        size_t taken = facts->columns == 0 || is_last ? strlen(text) : fit(text, room);
        char *piece = mem_string_part(text, taken);
        struct str cut = STR_INIT;

        str_append_text(&line, i == 0 ? label : "");
        for (size_t at = i == 0 ? screen_width(label) : 0; at < width; at++)
            str_append_char(&line, ' ');
        if (facts->columns > 0)
            screen_cut(piece, room, &cut);
        else
            str_append_text(&cut, piece);
        str_append_text(&line, str_text(&cut));
        push(facts, str_take(&line), as.paint, as.is_spare);
        str_free(&cut);
        free(piece);
        text += taken;
        text += strspn(text, " ");
    }
}

static size_t label_width(const struct facts *facts)
{
    return facts->columns > 0 && facts->columns < NARROW ? NARROW_LABEL : LABEL_WIDTH;
}

/* What stands in the shorter place. */
static const char *short_label(const char *label)
{
    static const char *const words[][2] = {
        {"Affiliation", "Affil."}, {"Signed by", "Signed"}, {"Shown to", "Shown"},
        {"Confirmed", "When"},     {"Mail from", "Mail"},   {"Same domain", "Same"},
        {"Register", "Regist."},   {"confirmed", "waits"},  {"withdrawn", "gone"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i][0], label) == 0)
            return words[i][1];
    }
    return label;
}

__attribute__((format(printf, 4, 5))) static void add_fact(struct facts *facts, const char *label,
                                                           bool is_spare, const char *format, ...)
{
    struct str visible = STR_INIT, named = STR_INIT;
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    if (text == NULL || text[strspn(text, "\001\002")] == '\0')
        goto end;
    make_shown(text, &visible);
    screen_cut(label_width(facts) == LABEL_WIDTH ? label : short_label(label),
               label_width(facts) - 1, &named);
    push_wrapped(facts, str_text(&named), label_width(facts), str_text(&visible),
                 (struct facts_line){.is_spare = is_spare}, facts->is_short ? LINES_SHORT : 0);
end:
    str_free(&visible);
    str_free(&named);
    free(text);
}

void facts_add_line(struct facts *facts, enum paint paint, const char *text)
{
    struct str visible = STR_INIT;

    make_shown(text, &visible);
    push_wrapped(facts, "", 0, str_text(&visible), (struct facts_line){.paint = paint},
                 facts->is_short ? NAME_LINES : 0);
    str_free(&visible);
}

/* ---- what its form says ---- */

static const char *shown_to(const char *visibility)
{
    static const char *const words[][2] = {
        {"public", "everybody"},
        {"organisation", "everybody, without the person's name"},
        {"recipients", "those the letter is sent to"},
        {"international", "international bodies and federations"},
        {"counted", "nobody; it is only counted"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i][0], visibility) == 0)
            return words[i][1];
    }
    return visibility;
}

static void add_name(struct facts *facts, const struct review *review)
{
    const char *latin = review_text(review, REVIEW_LATIN);
    const char *ours = review_text(review, REVIEW_TRANSLITERATION);
    const char *country = review_text(review, REVIEW_COUNTRY_NAME);
    const char *town = review_text(review, REVIEW_TOWN);
    char *text;

    text = mem_format(FACTS_NAME, review_text(review, REVIEW_ORGANISATION));
    facts_add_line(facts, PAINT_HEADING, text);
    free(text);
    if (*latin != '\0')
        facts_add_line(facts, PAINT_PLAIN, latin);
    else if (*ours != '\0') {
        text = mem_format("%s (our transliteration)", ours);
        facts_add_line(facts, PAINT_OVER, text);
        free(text);
    }
    text = mem_format("%s%s%s%s" FACTS_NAME, review_text(review, REVIEW_KIND), *country ? ", " : "",
                      country, *town ? ", " : "", town);
    facts_add_line(facts, PAINT_PLAIN, text);
    free(text);
}

static void add_form(struct facts *facts, const struct review *review)
{
    const struct row_value *members = review_row(review, PART_MAIN, 0) + REVIEW_MEMBERS;
    const char *capacity = review_text(review, REVIEW_CAPACITY);
    char day[16], time[24];

    add_fact(facts, "Affiliation", true, FACTS_NAME, review_text(review, REVIEW_AFFILIATION));
    if (members->is_set)
        add_fact(facts, "Members", true, "%" PRId64, members->number);
    add_fact(facts, "Signed by", false, FACTS_NAME "%s" FACTS_NAME,
             review_text(review, REVIEW_REPRESENTATIVE), *capacity ? ", " : "", capacity);
    add_fact(facts, "Shown to", true, "%s", shown_to(review_text(review, REVIEW_VISIBILITY)));
    clock_print_day(review_number(review, REVIEW_SIGNED_ON), day);
    if (review_row(review, PART_MAIN, 0)[REVIEW_HOUR].is_set) {
        clock_print(review_number(review, REVIEW_HOUR), time);
        add_fact(facts, "Confirmed", true, "%s, between %.2s and %02d h UTC, the text in %s", day,
                 time + 11, (atoi(time + 11) + 1) % 24, review_text(review, REVIEW_LANGUAGE));
    } else {
        add_fact(facts, "Confirmed", true, "%s, the text in %s", day,
                 review_text(review, REVIEW_LANGUAGE));
    }
}

static const char *kind_words(const char *kind)
{
    if (strcmp(kind, "register") == 0)
        return "its own, as the register says";
    if (strcmp(kind, "free") == 0)
        return "a free provider";
    if (strcmp(kind, "disposable") == 0)
        return "a throwaway provider";
    return "likely its own: on no list of providers";
}

static void add_mail(struct facts *facts, const struct review *review)
{
    static const struct {
        enum review_column column;
        const char *word;
    } counts[] = {
        {REVIEW_DOMAIN_LISTED, "listed"}, {REVIEW_DOMAIN_CONFIRMED, "waiting"},
        {REVIEW_DOMAIN_HELD, "held"},     {REVIEW_DOMAIN_REFUSED, "refused"},
        {REVIEW_DOMAIN_STRUCK, "struck"},
    };
    const char *domain = review_text(review, REVIEW_DOMAIN);
    struct str text = STR_INIT;

    if (review_number(review, REVIEW_HAS_MAILBOX) == 0)
        add_fact(facts, "Mail to", false,
                 "nobody: its mailbox is not kept any more; write to it yourself");
    if (*domain == '\0') {
        add_fact(facts, "Mail from", true, "not kept any more");
        return;
    }
    add_fact(facts, "Mail from", false, "%s (%s)", domain,
             kind_words(review_text(review, REVIEW_DOMAIN_KIND)));
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t count = review_number(review, counts[i].column);
        if (count > 0)
            str_append_format(&text, "%s%s%" PRId64 " %s", text.len > 0 ? ", " : "",
                              count >= 1000 ? "over " : "", count >= 1000 ? 1000 : count,
                              counts[i].word);
    }
    if (text.len > 0)
        add_fact(facts, "Same domain", true, "others from it: %s", str_text(&text));
    str_free(&text);
}

/* "anna" of "unix:anna", "hold" of "signature.hold": here they can be nothing else. */
static const char *without(const char *prefix, const char *word)
{
    size_t len = strlen(prefix);

    return strncmp(word, prefix, len) == 0 ? word + len : word;
}

static void add_words(struct facts *facts, const struct review *review, size_t most)
{
    const struct review_list *notes = &review->parts[PART_NOTE];
    const struct review_list *decisions = &review->parts[PART_DECISION];
    char time[24];

    for (size_t i = 0; i < notes->count && i < most; i++) {
        const struct row_value *note = review_row(review, PART_NOTE, i);
        clock_print(note[NOTE_AT].number, time);
        add_fact(facts, "Note", false, "%.10s %s: " FACTS_NAME, time,
                 without("unix:", note[NOTE_ACTOR].text), note[NOTE_TEXT].text);
    }
    for (size_t i = 0; i < decisions->count && i < most; i++) {
        const struct row_value *decision = review_row(review, PART_DECISION, i);
        const char *actor = decision[DECISION_ACTOR].text;
        if (actor == NULL)
            continue;
        clock_print(decision[DECISION_AT].number, time);
        add_fact(facts, "Before", false, "%.10s %s: %s%s" FACTS_NAME, time, without("unix:", actor),
                 without("signature.", decision[DECISION_ACT].text),
                 decision[DECISION_REASON].is_set ? ": " : "",
                 decision[DECISION_REASON].is_set ? decision[DECISION_REASON].text : "");
    }
}

static void add_marks(struct facts *facts, const struct review *review)
{
    struct mark marks[MARKS_MOST];
    size_t count = marks_make(review, marks);
    const char *const signs[] = {
        [MARK_LOUD] = "!!", [MARK_LOOK] = " !", [MARK_HINT] = " -", [MARK_GOOD] = " +"};
    const enum paint paints[] = {[MARK_LOUD] = PAINT_BAD,
                                 [MARK_LOOK] = PAINT_WAITS,
                                 [MARK_HINT] = PAINT_PLAIN,
                                 [MARK_GOOD] = PAINT_GOOD};

    for (size_t i = 0; i < count; i++) {
        struct str visible = STR_INIT;
        char *label = mem_format("%s %s", signs[marks[i].grade], marks[i].word);
        bool is_narrow = facts->columns > 0 && facts->columns < NARROW;
        /* Where it is narrow, the word is the beginning of the text. */
        char *text = is_narrow ? mem_format("%s: %s", marks[i].word, marks[i].text)
                               : mem_string(marks[i].text);
        make_shown(text, &visible);
        push_wrapped(facts, is_narrow ? signs[marks[i].grade] : label, is_narrow ? 3 : MARK_WIDTH,
                     str_text(&visible),
                     (struct facts_line){.paint = paints[marks[i].grade],
                                         .is_spare = marks[i].grade == MARK_HINT},
                     facts->is_short ? LINES_SHORT : 0);
        str_free(&visible);
        free(label);
        free(text);
        free(marks[i].text);
    }
    if (count > 0)
        push(facts, mem_string(""), PAINT_PLAIN, true);
}

void facts_add(struct facts *facts, const struct review *review)
{
    add_marks(facts, review);
    add_name(facts, review);
    push(facts, mem_string(""), PAINT_PLAIN, true);
    add_form(facts, review);
    add_mail(facts, review);
    add_words(facts, review, facts->is_short ? 2 : SIZE_MAX);
}

void facts_add_details(struct facts *facts, const struct review *review)
{
    const struct review_list *others = &review->parts[PART_OTHER];
    const struct review_list *known = &review->parts[PART_KNOWN];
    char day[16];

    char *name = mem_format(FACTS_NAME, review_text(review, REVIEW_ORGANISATION));
    facts_add_line(facts, PAINT_HEADING, name);
    free(name);
    facts_add_line(facts, PAINT_PLAIN, review_text(review, REVIEW_ID));
    push(facts, mem_string(""), PAINT_PLAIN, false);
    for (size_t i = 0; i < others->count; i++) {
        const struct row_value *other = review_row(review, PART_OTHER, i);
        char *alike = other[OTHER_LIKENESS].is_set
                          ? mem_format(", name %" PRId64 " %% alike", other[OTHER_LIKENESS].number)
                          : mem_string("");
        clock_print_day(other[OTHER_SIGNED_ON].number, day);
        add_fact(facts, other[OTHER_STATE].text, false, FACTS_NAME " (%s %s, %s%s%s%s%s) %s",
                 other[OTHER_ORGANISATION].text, other[OTHER_APPEAL].text,
                 other[OTHER_COUNTRY].text, day, alike,
                 other[OTHER_MAILBOX].number != 0 ? ", same mailbox" : "",
                 other[OTHER_DOMAIN].number != 0 ? ", same mail domain" : "",
                 other[OTHER_REGISTERED].number != 0 ? ", one organisation in the register" : "",
                 other[OTHER_ID].text);
        free(alike);
    }
    if (others->count == 0)
        facts_add_line(
            facts, PAINT_PLAIN,
            "No other signature has a name like it, another of its names in the register, its "
            "mailbox or its mail domain.");
    for (size_t i = 0; i < known->count; i++) {
        const struct row_value *row = review_row(review, PART_KNOWN, i);
        char *alike = row[KNOWN_LIKENESS].is_set
                          ? mem_format(", name %" PRId64 " %% alike", row[KNOWN_LIKENESS].number)
                          : mem_string("");
        add_fact(facts, "Register", false,
                 FACTS_NAME " (%s " FACTS_NAME ", list " FACTS_NAME "%s%s)",
                 row[KNOWN_ORGANISATION].text, row[KNOWN_COUNTRY].text, row[KNOWN_AFFILIATION].text,
                 row[KNOWN_SOURCE].text, alike,
                 row[KNOWN_DOMAIN].number != 0 ? ", its mail domain" : "");
        free(alike);
    }
    add_words(facts, review, SIZE_MAX);
}

/* ---- the screen ---- */

void facts_fit(struct facts *facts, size_t rows)
{
    bool is_cut = false;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = facts->count; i-- > 0 && facts->count > rows;) {
            if (pass == 0 && !facts->lines[i].is_spare)
                continue;
            is_cut = is_cut || facts->lines[i].text[0] != '\0';
            free(facts->lines[i].text);
            memmove(facts->lines + i, facts->lines + i + 1,
                    (facts->count - i - 1) * sizeof(facts->lines[0]));
            facts->count--;
        }
    }
    if (is_cut && facts->count > 0) {
        struct facts_line *last = &facts->lines[facts->count - 1];
        free(last->text);
        last->text = mem_string("... there is more: press o");
        last->paint = PAINT_OVER;
    }
}

void facts_print(const struct facts *facts, size_t from, size_t count, bool is_painted,
                 struct str *out)
{
    for (size_t i = from; i < facts->count && i < from + count; i++) {
        const struct facts_line *line = &facts->lines[i];
        if (is_painted)
            paint_begin(line->paint, out);
        str_append_text(out, line->text);
        if (is_painted)
            paint_end(line->paint, out);
        str_append_char(out, '\n');
    }
}

void facts_clear(struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        free(facts->lines[i].text);
    free(facts->lines);
    facts->lines = NULL;
    facts->count = 0;
}
