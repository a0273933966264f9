/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How the site is, on one screen: numbers, appeals as far as they fit, and at the end, next to
 * where one types, what is wrong. The exit status says whether anything is.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/gather.h"
#include "cli/lay.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/table.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define WEEK 7
#define APPEALS_LEAST 3 /* are shown however small the screen is */

static const struct gather kinds[] = {
    {&row_status, "status", .is_item = true},
    {&row_status_appeal, "appeals", false},
    {&row_problem, "problems", false},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- the numbers ---- */

/* ", 3 held" and the like, where there are any. */
static void append_count(struct str *out, int64_t count, const char *word)
{
    char number[LAY_NUMBER];

    if (count == 0)
        return;
    lay_number(count, number);
    str_append_format(out, "%s%s %s", out->len > 0 ? ", " : "", number, word);
}

/* Those that wait, since when, and how many of them are held or came just now. */
static void append_waiting(struct str *out, const json_t *status)
{
    int64_t held = gather_number(status, "held"), recent = gather_number(status, "waiting_recent"),
            waiting = gather_number(status, "confirmed") + held;
    struct str more = STR_INIT;
    char number[LAY_NUMBER];

    if (waiting == 0)
        return;
    lay_number(waiting, number);
    str_append_format(out, ", %s %s for a moderator since %s", number,
                      waiting == 1 ? "waits" : "wait", gather_text(status, "waiting_since"));
    append_count(&more, held, "held");
    append_count(&more, recent, "new within two hours");
    if (more.len > 0)
        str_append_format(out, " (%s)", str_text(&more));
    str_free(&more);
}

static void print_signatures(const struct lay *lay, const json_t *status)
{
    struct str text = STR_INIT;
    char number[LAY_NUMBER];

    lay_number(gather_number(status, "listed"), number);
    str_append_format(&text, "%s listed", number);
    append_waiting(&text, status);
    append_count(&text, gather_number(status, "refused"), "refused");
    append_count(&text, gather_number(status, "struck"), "struck");
    append_count(&text, gather_number(status, "withdrawn"), "withdrawn");
    lay_line(lay, "signatures", str_text(&text));
    str_free(&text);
}

static void print_rates(const struct lay *lay, const json_t *status)
{
    char today[LAY_NUMBER], pending[LAY_NUMBER];
    int64_t count = gather_number(status, "pending");
    char *text;

    lay_number(gather_number(status, "confirmed_today"), today);
    lay_number(count, pending);
    text = mem_format("%s today, %.1f a day in the week before", today,
                      (double)gather_number(status, "confirmed_week") / WEEK);
    lay_line(lay, "confirmed", text);
    free(text);
    text = count == 0
               ? mem_string("no form waits for its confirmation by mail")
               : mem_format("%s %s for %s confirmation by mail", pending,
                            count == 1 ? "form waits" : "forms wait", count == 1 ? "its" : "their");
    lay_line(lay, "pending", text);
    free(text);
}

/* Microseconds of an RFC 3339 time as the service writes them; 0 where there is none. */
static int64_t read_time(const json_t *row, const char *key)
{
    struct tm parts = {0};
    const char *end = strptime(gather_text(row, key), "%Y-%m-%dT%H:%M:%SZ", &parts);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&parts) * CLOCK_SECOND : 0;
}

/* How long ago that was, as the service's clock has it. */
static void print_ago(const json_t *status, const char *key, char out[LAY_NUMBER])
{
    int64_t span = read_time(status, "now") - read_time(status, key);

    lay_span(span > 0 ? span : 0, out);
}

static void print_mail(const struct lay *lay, const json_t *status)
{
    struct str text = STR_INIT;
    char ago[LAY_NUMBER];
    int64_t waiting = gather_number(status, "mail_waiting");

    append_count(&text, waiting, waiting == 1 ? "waits" : "wait");
    if (waiting == 0)
        str_append_text(&text, "none waits");
    print_ago(status, "mail_oldest_at", ago);
    if (waiting > 0)
        str_append_format(&text, ", the oldest for %s", ago);
    append_count(&text, gather_number(status, "mail_tried"), "tried in vain so far");
    append_count(&text, gather_number(status, "mail_news"), "of news");
    append_count(&text, gather_number(status, "mail_failed"), "given up");
    if (strcmp(gather_text(status, "transport"), "spool") == 0)
        str_append_text(&text, "; it is written to a folder, and reaches nobody");
    lay_line(lay, "mail", str_text(&text));
    str_free(&text);
}

static void print_disk(const struct lay *lay, const json_t *status)
{
    char free_bytes[LAY_NUMBER], size[LAY_NUMBER], database[LAY_NUMBER], wal[LAY_NUMBER];
    char *text;

    lay_bytes(gather_number(status, "disk_free"), free_bytes);
    lay_bytes(gather_number(status, "disk_size"), size);
    lay_bytes(gather_number(status, "database"), database);
    lay_bytes(gather_number(status, "wal"), wal);
    text = mem_format("%s of %s free; the database has %s, its log %s",
                      gather_has(status, "disk_free") ? free_bytes : "?",
                      gather_has(status, "disk_size") ? size : "?", database, wal);
    lay_line(lay, "disk", text);
    free(text);
}

/* A file's name without its folder, which `config show` tells. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static void print_care(const struct lay *lay, const json_t *status)
{
    const char *tls = gather_text(status, "tls_ends_on"),
               *seal = gather_text(status, "seal_ends_on");
    struct str visible = STR_INIT;
    char ago[LAY_NUMBER];
    char *text;

    print_ago(status, "backup_at", ago);
    screen_make_visible(base_name(gather_text(status, "backup_to")), false, &visible);
    /* A file of the service's, or who asked for one and got it. */
    text = gather_has(status, "backup_at")
               ? mem_format("the last was made %s ago%s %s", ago,
                            strchr(gather_text(status, "backup_to"), '/') != NULL ? ":" : ", for",
                            str_text(&visible))
               : mem_string("none was ever made");
    lay_line(lay, "backup", text);
    free(text);
    str_free(&visible);
    if (tls[0] == '\0' && seal[0] == '\0')
        return;
    text = mem_format("%s%s%s%s%s", tls[0] != '\0' ? "of the site until " : "", tls,
                      tls[0] != '\0' && seal[0] != '\0' ? ", " : "",
                      seal[0] != '\0' ? "of its seal until " : "", seal);
    lay_line(lay, "certificate", text);
    free(text);
}

static void print_head(const struct lay *lay, const json_t *status)
{
    bool is_running = gather_number(status, "running") != 0;
    char ago[LAY_NUMBER];
    char *version = mem_format("Undersign %s", gather_text(status, "version"));
    char *text;

    print_ago(status, "started_at", ago);
    text = is_running ? mem_format(" has been running for %s", ago)
                      : mem_string(" is not running; its store was opened for this alone");
    lay_paint(lay, PAINT_HEADING, version);
    lay_wrap(lay, 2, screen_width(version), is_running ? PAINT_PLAIN : PAINT_BAD, text);
    lay_wrap(lay, 2, 0, PAINT_PLAIN, gather_text(status, "url"));
    str_append_char(lay->out, '\n');
    free(text);
    free(version);
}

static void print_numbers(const struct lay *lay, const json_t *status)
{
    print_head(lay, status);
    print_signatures(lay, status);
    print_rates(lay, status);
    print_mail(lay, status);
    print_disk(lay, status);
    print_care(lay, status);
}

/* ---- the appeals ---- */

static const struct row_column shown_columns[] = {
    {"appeal", ROW_TEXT, true},    {"state", ROW_TEXT, true},   {"listed", ROW_NUMBER, true},
    {"waiting", ROW_NUMBER, true}, {"today", ROW_NUMBER, true}, {"week_before", ROW_NUMBER, true},
};
static const struct row_schema shown = {"appeals", shown_columns,
                                        sizeof(shown_columns) / sizeof(shown_columns[0])};

/* So many as there is room for; drafts last, since nobody signs them. */
static void print_appeals(const struct lay *lay, const json_t *appeals, size_t room)
{
    size_t count = json_array_size(appeals), printed = 0;
    struct table *table = table_new(&shown, lay->columns, lay->is_painted);

    if (count > room && room > 1)
        room--; /* for the line that says so */
    for (int drafts = 0; drafts < 2; drafts++) {
        size_t index;
        json_t *appeal;
        json_array_foreach(appeals, index, appeal)
        {
            const char *state = gather_text(appeal, "state");
            if ((strcmp(state, "draft") == 0) != (drafts == 1) || printed >= room)
                continue;
            table_add(
                table,
                (struct row_value[]){
                    row_text(gather_text(appeal, "appeal")),
                    row_text(state),
                    row_number(gather_number(appeal, "listed")),
                    row_number(gather_number(appeal, "confirmed") + gather_number(appeal, "held")),
                    row_number(gather_number(appeal, "confirmed_today")),
                    row_number(gather_number(appeal, "confirmed_week")),
                },
                lay->out);
            printed++;
        }
    }
    table_end(table, lay->out);
    table_free(table);
    if (printed < count)
        str_append_format(lay->out, "and %zu more: undersign appeal list\n", count - printed);
}

/* ---- what is wrong ---- */

static void print_problem(const struct lay *lay, const json_t *problem)
{
    const char *command = gather_text(problem, "command");
    struct str text = STR_INIT;
    size_t width, of_command = screen_width(command);

    screen_make_visible(gather_text(problem, "problem"), false, &text);
    width = screen_width(str_text(&text));
    str_append_text(lay->out, "  ");
    if (2 + width + 2 + of_command <= lay->columns) {
        str_append_text(lay->out, str_text(&text));
        for (size_t i = 2 + width; i < lay->columns - of_command; i++)
            str_append_char(lay->out, ' ');
    } else {
        lay_wrap(lay, 2, 2, PAINT_PLAIN, str_text(&text));
        str_append_text(lay->out, "    ");
    }
    lay_paint(lay, PAINT_HEADING, command);
    str_append_char(lay->out, '\n');
    str_free(&text);
}

/* Of one level; how many. */
static size_t print_problems(const struct lay *lay, const json_t *problems, const char *level)
{
    bool is_wrong = strcmp(level, "wrong") == 0;
    size_t index, count = 0;
    json_t *problem;

    json_array_foreach(problems, index, problem)
    {
        if (strcmp(gather_text(problem, "level"), level) != 0)
            continue;
        if (count++ == 0) {
            str_append_char(lay->out, '\n');
            lay_paint(lay, is_wrong ? PAINT_BAD : PAINT_HEADING,
                      is_wrong ? "WRONG, and what to type" : "TO KNOW, and what to type");
            str_append_char(lay->out, '\n');
        }
        print_problem(lay, problem);
    }
    return count;
}

/* ---- the screen ---- */

static size_t count_lines(const struct str *text)
{
    size_t lines = 0;

    for (const char *at = str_text(text); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

static bool is_wrong(const json_t *answer)
{
    size_t index;
    json_t *problem;

    json_array_foreach(json_object_get(answer, "problems"), index, problem)
    {
        if (strcmp(gather_text(problem, "level"), "wrong") == 0)
            return true;
    }
    return false;
}

static bool print_screen(const struct options *options, const json_t *answer)
{
    struct str head = STR_INIT, tail = STR_INIT, middle = STR_INIT;
    struct lay lay = {.columns = screen_columns(STDOUT_FILENO),
                      .is_painted = paint_is_on(options, STDOUT_FILENO)};
    const json_t *problems = json_object_get(answer, "problems"),
                 *appeals = json_object_get(answer, "appeals");
    struct output *output = output_new(options, OUTPUT_ITEM);
    size_t rows = screen_rows(STDOUT_FILENO), used;

    lay.out = &head;
    print_numbers(&lay, answer);
    lay.out = &tail;
    if (print_problems(&lay, problems, "wrong") == 0) {
        str_append_char(&tail, '\n');
        lay_paint(&lay, PAINT_GOOD, "Nothing is wrong.");
        str_append_char(&tail, '\n');
    }
    (void)print_problems(&lay, problems, "note");
    used = count_lines(&head) + count_lines(&tail) + 3; /* a blank, the table's head, the prompt */
    lay.out = &middle;
    if (json_array_size(appeals) > 0) {
        str_append_char(&middle, '\n');
        print_appeals(&lay, appeals, rows > used + APPEALS_LEAST ? rows - used : APPEALS_LEAST);
    }
    output_text(output, str_text(&head));
    output_text(output, str_text(&middle));
    output_text(output, str_text(&tail));
    str_free(&head);
    str_free(&middle);
    str_free(&tail);
    return output_end(output);
}

int perform_status(const struct options *options)
{
    json_t *answer;
    int status = gather_ask(options, kinds, KINDS, &answer);
    bool is_written;

    if (status != EX_OK)
        return status;
    is_written = output_choose(options) == OUTPUT_TABLE
                     ? print_screen(options, answer)
                     : gather_print(options, kinds, KINDS, answer);
    status = is_wrong(answer) ? TALK_STATUS_PARTLY : EX_OK;
    json_decref(answer);
    return is_written ? status : perform_broken_output();
}
