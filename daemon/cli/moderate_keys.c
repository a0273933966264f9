/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One key for each decision. So that no key decides on what nobody has read: what was typed before
 * a signature appeared is forgotten, and for a moment after it appeared decisions are not taken, so
 * that a key held down or hit twice does one thing. The next signature is there already when a key
 * is pressed; what the service made of the last one is said below it when it is known.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/client.h"
#include "cli/moderate_facts.h"
#include "cli/moderate_input.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define READING_TIME (4 * CLOCK_SECOND / 10) /* less than anybody needs to see what came */
#define LINE_MOST 900                        /* bytes of a reason or a note */
#define ROWS_AROUND 4                        /* the head, a blank, what was said, the keys */

enum view { VIEW_SIGNATURE, VIEW_DETAILS, VIEW_HELP, VIEW_REASON, VIEW_NOTE };

struct keys {
    struct moderate *moderate;
    struct terminal *terminal;
    enum view view;
    size_t top;       /* of the details: the first line that is seen */
    bool is_more;     /* there are more below */
    struct str typed; /* a reason or a note */
    bool is_painted;
    int64_t shown_at, pressed_at; /* on the clock that only grows */
    const char *working;          /* what is being done; NULL: nothing */
};

static const char *const help[] = {
    "l  list it on the site",
    "r  refuse it: asks for the reason, which its signatory is told",
    "h  hold it for a closer look; skip: h again",
    "s  skip it: it comes again at the end, others may take it",
    "u  undo the last thing you did; again: the one before",
    "n  keep a note beside it, for moderators alone",
    "o  open all that is like it, and all that was done about it",
    "q  quit; the next time it goes on where you are",
    "",
    "!! likely false    ! worth a look    - a hint    + known",
    "Nobody else is shown what you see. What is marked may be true all the same:",
    "a mailbox at a free provider is all that many small unions have.",
    NULL,
};

/* ---- drawing ---- */

static void add_head(const struct keys *keys, size_t columns, struct str *out)
{
    const struct moderate_left *left = &keys->moderate->left;
    struct review *now = moderate_now(keys->moderate);
    struct str line = STR_INIT;

    if (keys->moderate->is_trial)
        str_append_text(&line, "[trial: nothing is done] ");
    if (now != NULL && strcmp(review_text(now, REVIEW_STATE), "confirmed") != 0)
        str_append_format(&line, "[%s] ", review_text(now, REVIEW_STATE));
    str_append_format(&line, "%s%s%lld wait", now != NULL ? review_text(now, REVIEW_APPEAL) : "",
                      now != NULL ? "  " : "", (long long)left->waiting);
    if (left->held > 0)
        str_append_format(&line, ", %lld held", (long long)left->held);
    if (left->taken > 0)
        str_append_format(&line, ", %lld with others", (long long)left->taken);
    if (keys->is_painted)
        paint_begin(PAINT_OVER, out);
    screen_cut(str_text(&line), columns, out);
    if (keys->is_painted)
        paint_end(PAINT_OVER, out);
    str_append_text(out, "\n");
    str_free(&line);
}

static void add_one(enum paint paint, bool is_painted, const char *text, size_t columns,
                    struct str *out)
{
    struct str visible = STR_INIT;

    screen_make_visible(text, false, &visible);
    if (is_painted)
        paint_begin(paint, out);
    screen_cut(str_text(&visible), columns, out);
    if (is_painted)
        paint_end(paint, out);
    str_free(&visible);
}

/* The end of what is typed: it is what the cursor stands at. */
static void add_typed(const char *question, const struct str *typed, size_t columns,
                      struct str *out)
{
    const char *text = str_text(typed);
    struct str visible = STR_INIT;
    size_t room = columns > screen_width(question) + 2 ? columns - screen_width(question) - 1 : 1;

    screen_make_visible(text, false, &visible);
    text = str_text(&visible);
    while (screen_width(text) > room) {
        size_t pos = 0;
        (void)utf8_next(text, strlen(text), &pos);
        text += pos;
    }
    str_append_text(out, question);
    str_append_text(out, text);
    str_free(&visible);
}

static void add_keys(const struct keys *keys, size_t columns, struct str *out)
{
    bool is_there = moderate_now(keys->moderate) != NULL;
    const char *wide =
        is_there ? "l list  r refuse  h hold  s skip  u undo  n note  o open  ? help  q quit"
        : keys->moderate->is_over && keys->moderate->is_trial
            ? "a again from the first  c check for new ones  u undo  q quit"
        : keys->moderate->is_over ? "a again those put off  c check for new ones  u undo  q quit"
                                  : "c try again  u undo  q quit";
    const char *narrow =
        is_there ? "l r h s  u undo n note o open ? q quit" : "a again  c check  u undo  q quit";
    /* The way out and the way to know first: what does not fit is cut at the end. */
    const char *least = is_there ? "? help q quit l r h s u n o" : "q quit c check a again u";

    switch (keys->view) {
    case VIEW_REASON:
        add_typed("Reason: ", &keys->typed, columns, out);
        return;
    case VIEW_NOTE:
        add_typed("Note: ", &keys->typed, columns, out);
        return;
    case VIEW_DETAILS:
        add_one(PAINT_HEADING, keys->is_painted,
                keys->is_more || keys->top > 0 ? "space on  b back  other keys: close"
                                               : "any key: close",
                columns, out);
        return;
    case VIEW_HELP:
        add_one(PAINT_HEADING, keys->is_painted, "any key: close", columns, out);
        return;
    case VIEW_SIGNATURE:
        add_one(PAINT_HEADING, keys->is_painted,
                screen_width(wide) <= columns     ? wide
                : screen_width(narrow) <= columns ? narrow
                                                  : least,
                columns, out);
    }
}

static void add_reasons(const struct keys *keys, struct facts *facts)
{
    facts_add_line(facts, PAINT_PLAIN, "");
    facts_add_line(
        facts, PAINT_PLAIN,
        "Why? The signatory is told. Enter takes it, Esc or nothing typed: not refused.");
    for (size_t i = 0; i < MODERATE_REASONS && keys->moderate->reasons[i] != NULL; i++) {
        char *line = mem_format("%zu  " FACTS_NAME, i + 1, keys->moderate->reasons[i]);
        facts_add_line(facts, PAINT_PLAIN, line);
        free(line);
    }
}

static void add_end(const struct keys *keys, struct facts *facts)
{
    const struct moderate *moderate = keys->moderate;
    struct str summary = STR_INIT;
    char *line = NULL;

    if (!moderate->is_over) {
        facts_add_line(facts, PAINT_WAITS, "The service did not give the next one.");
        return;
    }
    if (moderate->is_trial && moderate->left.waiting + moderate->left.held > 0)
        line = mem_string("That was the last one. All of them wait still.");
    else if (moderate->left.put_off > 0)
        line = mem_format("All others are done. %lld that you skipped or held still wait.",
                          (long long)moderate->left.put_off);
    else if (moderate->left.taken > 0)
        line = mem_format("Nothing is left for you; others look at %lld now.",
                          (long long)moderate->left.taken);
    facts_add_line(facts, PAINT_GOOD, line != NULL ? line : "Nothing waits for a moderator.");
    moderate_summary(moderate, &summary);
    facts_add_line(facts, PAINT_PLAIN, "");
    facts_add_line(facts, PAINT_PLAIN, str_text(&summary));
    str_free(&summary);
    free(line);
}

static void fill_body(struct keys *keys, struct facts *facts, size_t rows)
{
    struct review *now = moderate_now(keys->moderate);

    if (keys->view == VIEW_HELP) {
        for (size_t i = 0; help[i] != NULL; i++)
            facts_add_line(facts, PAINT_PLAIN, help[i]);
    } else if (now == NULL) {
        add_end(keys, facts);
    } else if (keys->view == VIEW_DETAILS) {
        facts->is_short = false;
        facts_add_details(facts, now);
        keys->is_more = facts->count > keys->top + rows;
        return;
    } else {
        struct facts below = {.columns = facts->columns, .is_short = true};
        size_t room = rows;
        facts_add(facts, now);
        if (keys->view == VIEW_REASON) {
            add_reasons(keys, &below);
            room = rows > below.count ? rows - below.count : 1;
        }
        facts_fit(facts, room);
        facts->lines =
            mem_resize(facts->lines, facts->count + below.count + 1, sizeof(*facts->lines));
        for (size_t i = 0; i < below.count; i++)
            facts->lines[facts->count++] = below.lines[i];
        free(below.lines);
    }
    if (facts->count > rows)
        facts_fit(facts, rows);
}

static void draw(struct keys *keys)
{
    struct str screen = STR_INIT;
    size_t rows, columns, room;
    struct facts facts = {.is_short = true};

    terminal_size(keys->terminal, &rows, &columns);
    facts.columns = columns;
    room = rows > ROWS_AROUND + 1 ? rows - ROWS_AROUND : 1;
    fill_body(keys, &facts, room);
    add_head(keys, columns, &screen);
    str_append_text(&screen, "\n");
    facts_print(&facts, keys->view == VIEW_DETAILS ? keys->top : 0, room, keys->is_painted,
                &screen);
    for (size_t at = facts.count < room ? facts.count : room; at < room; at++)
        str_append_text(&screen, "\n");
    if (keys->working != NULL)
        add_one(PAINT_OVER, keys->is_painted, keys->working, columns, &screen);
    else
        add_one(keys->moderate->is_bad ? PAINT_BAD : PAINT_GOOD, keys->is_painted,
                str_text(&keys->moderate->said), columns, &screen);
    str_append_text(&screen, "\n");
    add_keys(keys, columns, &screen);
    terminal_draw(keys->terminal, &screen);
    facts_clear(&facts);
    str_free(&screen);
}

/* ---- doing ---- */

/* A signature is on the screen that was not there before. */
static void show_new(struct keys *keys)
{
    keys->view = VIEW_SIGNATURE;
    keys->top = 0;
    draw(keys);
    terminal_flush(keys->terminal);
    keys->shown_at = clock_monotonic();
}

static void decide(struct keys *keys, enum moderate_act act, const char *reason)
{
    static const char *const working[MODERATE_ACTS] = {
        "Listing the last one ...", "Refusing the last one ...", "Holding the last one ...",
        "Skipping the last one ..."};
    struct moderate *moderate = keys->moderate;
    struct review *review = moderate_take(moderate);
    const struct review *next = moderate_now(moderate);

    keys->working = working[act];
    show_new(keys);
    if (moderate_send(moderate, review, act, reason))
        (void)moderate_fill(moderate);
    keys->working = NULL;
    /* Else the same stands there, and has been read since. */
    if (moderate_now(moderate) != next)
        show_new(keys);
    else
        draw(keys);
}

static void undo(struct keys *keys)
{
    keys->working = "Undoing ...";
    draw(keys);
    (void)moderate_undo(keys->moderate);
    keys->working = NULL;
    show_new(keys);
}

static void open_question(struct keys *keys, enum view view)
{
    keys->view = view;
    str_clear(&keys->typed);
}

static void close_question(struct keys *keys)
{
    keys->view = VIEW_SIGNATURE;
    str_clear(&keys->typed);
}

static void take_line(struct keys *keys)
{
    struct moderate *moderate = keys->moderate;
    char *line = mem_string(str_text(&keys->typed) + strspn(str_text(&keys->typed), " "));
    enum view view = keys->view;

    close_question(keys);
    if (view == VIEW_REASON) {
        const char *reason = moderate_reason(moderate, line, true);
        char *taken = mem_string(reason != NULL ? reason : "");
        free(line);
        line = taken;
    }
    if (line[0] != '\0' && utf8_has_forbidden(line, strlen(line), false))
        moderate_say(moderate, true, "Not done: that holds characters that may not stand there");
    else if (line[0] != '\0' && view == VIEW_REASON)
        decide(keys, MODERATE_REFUSE, line);
    else if (line[0] != '\0')
        (void)moderate_note(moderate, line);
    else if (str_text(&moderate->said)[0] == '\0' || !moderate->is_bad)
        moderate_say(moderate, false, view == VIEW_REASON ? "Not refused" : "No note was made");
    free(line);
}

static void type(struct keys *keys, int key)
{
    struct str *typed = &keys->typed;

    if (key == TERMINAL_ENTER) {
        if (typed->len == 0 || utf8_is_valid(typed->data, typed->len))
            take_line(keys);
    } else if (key == TERMINAL_ESCAPE) {
        close_question(keys);
        moderate_say(keys->moderate, false, "Nothing was done");
    } else if (key == TERMINAL_ERASE && typed->len > 0) {
        do
            typed->len--;
        while (typed->len > 0 && ((unsigned char)typed->data[typed->len] & 0xc0) == 0x80);
        typed->data[typed->len] = '\0';
    } else if (key == 'U' - 64) {
        str_clear(typed);
    } else if (key >= ' ' && key < 256 && key != TERMINAL_ERASE && typed->len < LINE_MOST) {
        str_append_char(typed, (char)key);
    }
}

/* False: a whole character has not come yet, and would be drawn as rubbish. */
static bool is_drawable(const struct keys *keys)
{
    return keys->typed.len == 0 || utf8_is_valid(keys->typed.data, keys->typed.len);
}

static void read_details(struct keys *keys, int key)
{
    size_t rows, columns, page;

    terminal_size(keys->terminal, &rows, &columns);
    page = rows > ROWS_AROUND + 1 ? rows - ROWS_AROUND : 1;
    if (keys->view == VIEW_DETAILS && (key == ' ' || key == TERMINAL_DOWN)) {
        if (keys->is_more)
            keys->top += page;
    } else if (keys->view == VIEW_DETAILS && (key == 'b' || key == TERMINAL_UP)) {
        keys->top -= keys->top < page ? keys->top : page;
    } else {
        keys->view = VIEW_SIGNATURE;
        keys->top = 0;
    }
}

/* Looks whether there is something new. */
static void look_again(struct keys *keys, bool is_round)
{
    if (is_round)
        moderate_again(keys->moderate);
    keys->moderate->is_over = false;
    moderate_say(keys->moderate, false, "%s", "");
    (void)moderate_fill(keys->moderate);
    show_new(keys);
}

/* What a key does where a signature, or its end, is shown. False: it is time to go. */
static bool press(struct keys *keys, int key)
{
    struct moderate *moderate = keys->moderate;
    bool is_there = moderate_now(moderate) != NULL;
    bool is_read = clock_monotonic() - keys->shown_at >= READING_TIME;

    switch (key) {
    case 'q':
    case 'Q':
        return false;
    case 'u':
        undo(keys);
        return true;
    case '?':
        keys->view = VIEW_HELP;
        return true;
    default:
        break;
    }
    if (!is_there && (key == 'a' || key == 'c')) {
        look_again(keys, key == 'a');
        return true;
    }
    if (!is_there || !is_read)
        return true;
    moderate_say(moderate, false, "%s", "");
    if (key == 'l')
        decide(keys, MODERATE_LIST, NULL);
    else if (key == 'h')
        decide(keys, MODERATE_HOLD, NULL);
    else if (key == 's')
        decide(keys, MODERATE_SKIP, NULL);
    else if (key == 'r')
        open_question(keys, VIEW_REASON);
    else if (key == 'n')
        open_question(keys, VIEW_NOTE);
    else if (key == 'o')
        keys->view = VIEW_DETAILS;
    else if (key > ' ' && key < 127)
        moderate_say(moderate, true, "%c is no key here; ? says which there are", key);
    return true;
}

/* Renews the claims while somebody is there. */
static void rest(struct keys *keys)
{
    int64_t silence = clock_monotonic() - keys->pressed_at;

    if (silence < MODERATE_AWAKE_MINUTES * CLOCK_MINUTE)
        (void)moderate_keep(keys->moderate);
    else if (silence < (MODERATE_AWAKE_MINUTES + 1) * CLOCK_MINUTE + CLOCK_SECOND)
        moderate_say(keys->moderate, true,
                     "You have been away: in ten minutes others may be shown this one");
}

int moderate_keys(struct moderate *moderate, struct terminal *terminal)
{
    struct keys keys = {
        .moderate = moderate,
        .terminal = terminal,
        .is_painted = paint_is_on(moderate->options, STDOUT_FILENO),
        .pressed_at = clock_monotonic(),
    };
    bool goes_on = true;
    int status = EX_OK;

    terminal_watch(terminal, client_fd(moderate->client));
    show_new(&keys);
    while (goes_on && moderate->status == EX_OK) {
        int key = terminal_key(terminal, MODERATE_KEEP_MS);
        if (key >= 0)
            keys.pressed_at = clock_monotonic();
        if (key == TERMINAL_STOP || key == TERMINAL_END) {
            status = key == TERMINAL_STOP ? TALK_STATUS_INTERRUPTED : EX_OK;
            break;
        }
        if (key == TERMINAL_SOURCE) /* gone, which the next request finds and says */
            (void)moderate_keep(moderate);
        else if (key == TERMINAL_NOTHING)
            rest(&keys);
        else if (key == TERMINAL_REDRAW || key == TERMINAL_OTHER)
            ;
        else if (keys.view == VIEW_REASON || keys.view == VIEW_NOTE)
            type(&keys, key);
        else if (keys.view != VIEW_SIGNATURE)
            read_details(&keys, key);
        else
            goes_on = press(&keys, key);
        if (goes_on && is_drawable(&keys))
            draw(&keys);
    }
    str_free(&keys.typed);
    return moderate->status != EX_OK ? moderate->status : status;
}
