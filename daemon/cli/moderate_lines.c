/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The same without a terminal's tricks: a signature is printed as text (or, for programs, as a line
 * of JSON), a line is read that says what to do with it, and so on until "q" or the input's end.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/client.h"
#include "cli/moderate_facts.h"
#include "cli/moderate_input.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MOST 4096

struct lines {
    struct moderate *moderate;
    bool is_json, is_terminal, is_over, is_done, is_broken;
    bool has_offered; /* reasons, for the signature that is looked at */
    bool is_text;     /* the line that was read is */
    size_t failed;    /* lines that were not done */
    char buffer[LINE_MOST];
    size_t len;
    bool is_end;
};

static void print_json(struct lines *lines, json_t *value)
{
    if (value == NULL)
        return;
    if (json_dumpf(value, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF || fflush(stdout) != 0)
        lines->is_broken = true;
}

static void show(struct lines *lines)
{
    struct moderate *moderate = lines->moderate;
    struct facts facts = {.columns = 0};
    struct review *now = moderate_now(moderate);
    struct str text = STR_INIT;

    if (lines->is_json) {
        json_t *object = review_json(now);
        json_object_set_new(object, "waiting", json_integer(moderate->left.waiting));
        json_object_set_new(object, "held", json_integer(moderate->left.held));
        print_json(lines, object);
        json_decref(object);
        return;
    }
    str_append_format(&text, "\n%s %s (%s), %lld wait, %lld held\n",
                      review_text(now, REVIEW_APPEAL), review_text(now, REVIEW_ID),
                      review_text(now, REVIEW_STATE), (long long)moderate->left.waiting,
                      (long long)moderate->left.held);
    facts_add(&facts, now);
    facts_print(&facts, 0, facts.count, paint_is_on(moderate->options, STDOUT_FILENO), &text);
    facts_clear(&facts);
    if (fputs(str_text(&text), stdout) == EOF || fflush(stdout) != 0)
        lines->is_broken = true;
    str_free(&text);
    if (lines->is_terminal)
        (void)tcflush(STDIN_FILENO, TCIFLUSH);
}

static void show_details(struct lines *lines)
{
    struct facts facts = {.columns = 0};
    struct str text = STR_INIT;

    if (lines->is_json)
        return; /* all of it has been printed */
    facts_add_details(&facts, moderate_now(lines->moderate));
    facts_print(&facts, 0, facts.count, false, &text);
    if (fputs(str_text(&text), stdout) == EOF || fflush(stdout) != 0)
        lines->is_broken = true;
    facts_clear(&facts);
    str_free(&text);
}

/* For programs: a line behind each that was typed, so that nobody waits for one that never comes.
 */
static void print_result(struct lines *lines, const char *line)
{
    const struct moderate *moderate = lines->moderate;
    json_t *object;

    if (moderate->result != NULL) {
        print_json(lines, moderate->result);
        return;
    }
    if (line[strspn(line, " \t\r")] == '\0' || lines->is_over)
        return;
    object = json_pack("{s:s?}", "line", lines->is_text ? line : NULL);
    if (moderate->is_bad) {
        json_object_set_new(object, "error", json_string("not-done"));
        json_object_set_new(object, "reason", json_string(str_text(&moderate->said)));
    }
    print_json(lines, object);
    json_decref(object);
}

/* What became of the last thing done: for programs a line, for people on standard error. */
static void tell(struct lines *lines, const char *line)
{
    struct moderate *moderate = lines->moderate;

    if (lines->is_json)
        print_result(lines, line);
    if (str_text(&moderate->said)[0] != '\0' && moderate->is_bad) {
        talk_error("%s", str_text(&moderate->said));
        lines->failed++;
    } else if (str_text(&moderate->said)[0] != '\0' && !lines->is_json) {
        talk_note("%s", str_text(&moderate->said));
    }
    moderate_say(moderate, false, "%s", "");
}

/* A line without its end, in the buffer; false at the input's end, for one that is too long, or
 * after a signal. */
static bool read_line(struct lines *lines, char **out)
{
    int minutes = 0;

    free(*out);
    *out = NULL;
    for (;;) {
        char *end = memchr(lines->buffer, '\n', lines->len);
        ssize_t n;
        if (end != NULL || (lines->is_end && lines->len > 0)) {
            size_t taken = end != NULL ? (size_t)(end - lines->buffer) : lines->len;
            *out = mem_string_part(lines->buffer, taken);
            lines->is_text =
                memchr(lines->buffer, '\0', taken) == NULL && utf8_is_valid(lines->buffer, taken);
            taken += end != NULL;
            memmove(lines->buffer, lines->buffer + taken, lines->len - taken);
            lines->len -= taken;
            return true;
        }
        if (lines->is_end || lines->len == LINE_MOST)
            return false;
        switch (terminal_wait(STDIN_FILENO, client_fd(lines->moderate->client), MODERATE_KEEP_MS)) {
        case TERMINAL_IS_SOURCE: /* gone, which a request finds and says */
            if (!moderate_keep(lines->moderate) && lines->moderate->status != EX_OK)
                return false;
            continue;
        case TERMINAL_SIGNAL:
            if (*stop_flag() != 0)
                return false;
            continue;
        case TERMINAL_TIME:
            if (minutes++ < MODERATE_AWAKE_MINUTES && !moderate_keep(lines->moderate))
                return false;
            continue;
        case TERMINAL_IS_READY:
            break;
        }
        n = read(STDIN_FILENO, lines->buffer + lines->len, LINE_MOST - lines->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            lines->is_end = true;
        else
            lines->len += (size_t)n;
    }
}

static void print_help(void)
{
    static const char *const lines[] = {
        "l         list it on the site",
        "r REASON  refuse it; its signatory is told why (r alone: reasons used before)",
        "h         hold it for a closer look",
        "s         skip it; it comes again at the end",
        "u         undo the last thing done",
        "n TEXT    keep a note beside it, for moderators alone",
        "o         all that is like it, and all that was done about it",
        "q         quit",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        talk_note("%s", lines[i]);
}

static bool is_word(const char *line, const char *letter, const char *word, const char **rest)
{
    size_t len = strcspn(line, " \t\r");

    if ((strlen(letter) != len || strncmp(line, letter, len) != 0) &&
        (strlen(word) != len || strncmp(line, word, len) != 0))
        return false;
    *rest = line + len + strspn(line + len, " \t\r");
    return true;
}

static void decide(struct lines *lines, enum moderate_act act, const char *reason)
{
    struct moderate *moderate = lines->moderate;

    lines->has_offered = false;
    if (moderate_send(moderate, moderate_take(moderate), act, reason))
        (void)moderate_fill(moderate);
}

/* Their numbers count for this signature alone: the one used last comes to the front. */
static void offer_reasons(struct lines *lines)
{
    char *const *reasons = lines->moderate->reasons;

    if (lines->is_json)
        return;
    for (size_t i = 0; i < MODERATE_REASONS && reasons[i] != NULL; i++) {
        struct str visible = STR_INIT;
        screen_make_visible(reasons[i], false, &visible);
        talk_note("%zu  %s", i + 1, str_text(&visible));
        str_free(&visible);
        lines->has_offered = true;
    }
}

/* True: it was done, or tried. */
static bool refuse(struct lines *lines, const char *reason)
{
    struct moderate *moderate = lines->moderate;
    char *taken;

    if (reason[0] == '\0') {
        offer_reasons(lines);
        moderate_say(moderate, true, "a reason is needed: r REASON%s",
                     lines->has_offered ? ", or r and the number of one of these" : "");
        return false;
    }
    reason = moderate_reason(moderate, reason, lines->has_offered);
    if (reason == NULL)
        return false;
    taken = mem_string(reason); /* the list that it stands in changes */
    decide(lines, MODERATE_REFUSE, taken);
    free(taken);
    return true;
}

/* Does what a line says. True: the signature that is looked at is to be shown (again). */
static bool obey(struct lines *lines, const char *line)
{
    struct moderate *moderate = lines->moderate;
    const char *rest = "";

    json_decref(moderate->result);
    moderate->result = NULL;
    if (!lines->is_text) {
        moderate_say(moderate, true, "nothing was done for a line that is not UTF-8");
        return false;
    }
    line += strspn(line, " \t");
    if (line[0] == '\0' || line[0] == '\r')
        return false;
    if (is_word(line, "q", "quit", &rest)) {
        lines->is_over = true;
    } else if (is_word(line, "u", "undo", &rest)) {
        lines->has_offered = false;
        (void)moderate_undo(moderate);
    } else if (is_word(line, "?", "help", &rest)) {
        print_help();
        return false;
    } else if (moderate_now(moderate) == NULL) {
        moderate_say(moderate, true, "nothing was done for \"%s\": nothing is left; type u or q",
                     line);
        /* Nothing comes any more, however long one types: `yes s | undersign moderate` ends. */
        lines->is_done = !lines->is_terminal;
        return false;
    } else if (is_word(line, "l", "list", &rest) && rest[0] == '\0') {
        decide(lines, MODERATE_LIST, NULL);
    } else if (is_word(line, "h", "hold", &rest) && rest[0] == '\0') {
        decide(lines, MODERATE_HOLD, NULL);
    } else if (is_word(line, "s", "skip", &rest) && rest[0] == '\0') {
        decide(lines, MODERATE_SKIP, NULL);
    } else if (is_word(line, "r", "refuse", &rest)) {
        return refuse(lines, rest);
    } else if (is_word(line, "n", "note", &rest) && rest[0] != '\0') {
        (void)moderate_note(moderate, rest);
        return false;
    } else if (is_word(line, "o", "open", &rest)) {
        show_details(lines);
        return false;
    } else {
        moderate_say(moderate, true,
                     "nothing was done for \"%s\": type l, r REASON, h, s, u, n TEXT, "
                     "o, ? or q",
                     line);
        return false;
    }
    return true;
}

/* Nothing is left in this round: said once; the last thing done can still be undone. */
static void tell_over(struct lines *lines)
{
    const struct moderate_left *left = &lines->moderate->left;

    if (lines->is_json) {
        json_t *object = json_pack("{s:b, s:I, s:I}", "over", 1, "put_off",
                                   (json_int_t)left->put_off, "taken", (json_int_t)left->taken);
        print_json(lines, object);
        json_decref(object);
    } else if (lines->moderate->is_trial && left->waiting + left->held > 0) {
        talk_note("That was the last one. All of them wait still.");
    } else if (left->put_off > 0) {
        talk_note("All others are done; %lld that were skipped or held still wait.",
                  (long long)left->put_off);
    } else if (left->taken > 0) {
        talk_note("Nothing is left here; others look at %lld now.", (long long)left->taken);
    } else {
        talk_note("Nothing waits for a moderator.");
    }
}

static void end(struct lines *lines)
{
    json_t *object;

    if (!lines->is_json)
        return;
    object = moderate_summary_json(lines->moderate);
    print_json(lines, object);
    json_decref(object);
}

int moderate_lines(struct moderate *moderate)
{
    struct lines *lines = MEM_NEW(struct lines);
    enum output_format format = output_choose(moderate->options);
    char *line = NULL;
    bool is_to_show = true;
    int status;

    lines->moderate = moderate;
    lines->is_json = format == OUTPUT_JSON || format == OUTPUT_JSONL;
    lines->is_terminal = isatty(STDIN_FILENO) != 0;
    if (moderate->is_trial && !lines->is_json)
        talk_note("A trial: nobody is kept from what you see, and nothing that you type is done.");
    while (!lines->is_over && !lines->is_done && !lines->is_broken && moderate->status == EX_OK) {
        if (is_to_show && moderate_now(moderate) != NULL)
            show(lines);
        else if (is_to_show)
            tell_over(lines);
        if (lines->is_terminal)
            fputs("l, r REASON, h, s, u, n TEXT, o, ?, q: ", stderr);
        if (lines->is_broken || !read_line(lines, &line))
            break;
        is_to_show = obey(lines, line);
        if (moderate->status == EX_OK)
            tell(lines, line);
    }
    free(line);
    end(lines);
    if (*stop_flag() != 0)
        status = TALK_STATUS_INTERRUPTED;
    else if (lines->is_broken)
        status = perform_broken_output();
    else if (moderate->status != EX_OK)
        status = moderate->status;
    else
        status = lines->failed > 0 ? TALK_STATUS_PARTLY : EX_OK;
    free(lines);
    return status;
}
