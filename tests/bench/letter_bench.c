/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a long letter costs, in ratios that mean the same on every machine: against a bare loop of
 * Pango and Cairo with reused layouts over the same cells, and against WeasyPrint on the same rows.
 * Each run is a process of its own, so that its memory is its own too, and they take turns, so that
 * what else the machine does falls on both. The bars are printed with the figures; nothing is
 * asserted.
 */
#include "letter_rows.h"
#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 100000
#define ROUNDS 3
#define WEASY_ROWS 1000
#define BAR_SPEED 0.9
#define BAR_MEMORY 100.0 /* MiB */
#define BAR_WEASY 50.0

/* What a run writes into its pipe. */
struct figures {
    double drawn, finished;      /* seconds of CPU: up to where finishing begins, and in all */
    double drawn_memory, memory; /* the most so far, MiB */
    double file;                 /* MiB */
    int pages;
};

static struct figures figures; /* of this process */

static double cpu_seconds(int who)
{
    struct rusage used;
    getrusage(who, &used);
    return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double memory_used(int who)
{
    struct rusage used;
    getrusage(who, &used);
    return (double)used.ru_maxrss / 1024;
}

static void note_drawn(void)
{
    figures.drawn = cpu_seconds(RUSAGE_SELF);
    figures.drawn_memory = memory_used(RUSAGE_SELF);
}

/* The linker puts this between the letter and finish.c: where drawing ends. */
enum us_err __real_finish_pdf(const struct finish_params *params, struct fault *fault);
enum us_err __wrap_finish_pdf(const struct finish_params *params, struct fault *fault);
enum us_err __wrap_finish_pdf(const struct finish_params *params, struct fault *fault)
{
    note_drawn();
    return __real_finish_pdf(params, fault);
}

static void run_letter(const char *path, int64_t rows)
{
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    struct letter_row row;
    const struct letter letter = {.language = language_find("en"),
                                  .text_language = "en",
                                  .body = "We ask that they be set free.\n",
                                  .kind = "Open letter",
                                  .named = rows,
                                  .members = rows,
                                  .countries = LETTER_ROWS_COUNTRIES,
                                  .site = "undersign.example/en/appeal"};
    enum us_err err = letter_begin(&letter, path, &writer, &fault);
    for (int64_t i = 0; i < rows && err == US_OK; i++) {
        letter_row_make(&row, i, rows);
        err = letter_add(writer, &row.signatory, &fault);
    }
    if (err == US_OK)
        err = letter_end(writer, &figures.pages, &fault);
    if (err != US_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
}

/* The bare loop: a layout for each column and one for its notes, with fonts and widths set once, on
 * pages of the same size. */
#define COLUMNS 4
struct bare {
    cairo_t *cairo;
    PangoLayout *text[COLUMNS], *note[COLUMNS];
};

static const double bare_parts[COLUMNS] = {0.37, 0.24, 0.15, 0.24};
#define BARE_LEFT 70.9
#define BARE_MEASURE 467.7
#define BARE_TOP 56.7
#define BARE_LIMIT 771.0

static PangoLayout *bare_layout(cairo_t *cairo, double width, double size)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoContext *context = pango_layout_get_context(layout);
    PangoFontDescription *font = pango_font_description_from_string(
        "Noto Serif, Amiri, Noto Naskh Arabic, Noto Serif CJK SC, serif");
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_destroy(options);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_font_description_free(font);
    return layout;
}

static double bare_height(PangoLayout *layout, const char *text)
{
    int width, height;
    if (!text)
        return 0;
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_size(layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

static void bare_draw(const struct bare *bare, double y, const char *const *texts, double *height)
{
    double x = BARE_LEFT;
    *height = 0;
    for (int i = 0; i < COLUMNS; i++) {
        const char *text = texts[2 * i], *note = texts[2 * i + 1];
        double own = bare_height(bare->text[i], text), all = own + bare_height(bare->note[i], note);
        if (text) {
            cairo_move_to(bare->cairo, x, y);
            pango_cairo_show_layout(bare->cairo, bare->text[i]);
        }
        if (note) {
            cairo_move_to(bare->cairo, x, y + own);
            pango_cairo_show_layout(bare->cairo, bare->note[i]);
        }
        *height = all > *height ? all : *height;
        x += bare_parts[i] * BARE_MEASURE;
    }
}

static void run_bare(const char *path, int64_t rows)
{
    cairo_surface_t *surface = cairo_pdf_surface_create(path, 595.276, 841.89);
    struct bare bare = {.cairo = cairo_create(surface)};
    struct letter_row row;
    double y = BARE_TOP;
    for (int i = 0; i < COLUMNS; i++) {
        double width = bare_parts[i] * BARE_MEASURE - 10;
        bare.text[i] = bare_layout(bare.cairo, width, 9.5);
        bare.note[i] = bare_layout(bare.cairo, width, 8);
    }
    figures.pages = 1;
    for (int64_t i = 0; i < rows; i++) {
        char members[32];
        double height;
        letter_row_make(&row, i, rows);
        const struct letter_signatory *s = &row.signatory;
        snprintf(members, sizeof members, "%lld", (long long)s->members);
        const char *const texts[2 * COLUMNS] = {s->organisation,   s->organisation_latin,
                                                s->town,           s->affiliation,
                                                members,           NULL,
                                                s->representative, s->capacity};
        bare_draw(&bare, y, texts, &height);
        y += height + 3;
        if (y > BARE_LIMIT) {
            cairo_show_page(bare.cairo);
            y = BARE_TOP;
            figures.pages++;
        }
    }
    for (int i = 0; i < COLUMNS; i++) {
        g_object_unref(bare.text[i]);
        g_object_unref(bare.note[i]);
    }
    cairo_destroy(bare.cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    note_drawn();
}

/* Runs in a process of its own; gives what it measured of itself. */
static bool measure(void (*run)(const char *path, int64_t rows), int64_t rows, struct figures *out)
{
    char path[64];
    int ends[2], status;
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        struct stat found;
        snprintf(path, sizeof path, "letter_bench.%ld.pdf", (long)getpid());
        if (language_open("locale") != US_OK)
            _exit(1);
        run(path, rows);
        figures.finished = cpu_seconds(RUSAGE_SELF);
        figures.memory = memory_used(RUSAGE_SELF);
        figures.file = stat(path, &found) == 0 ? (double)found.st_size / 1048576 : 0;
        unlink(path);
        _exit(write(ends[1], &figures, sizeof figures) == (ssize_t)sizeof figures ? 0 : 1);
    }
    close(ends[1]);
    bool is_read = child > 0 && read(ends[0], out, sizeof *out) == (ssize_t)sizeof *out;
    close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 && is_read;
}

static const char *verdict(bool holds)
{
    return holds ? "holds" : "MISSED";
}

static bool compare_with_bare(void)
{
    struct figures bare, letter, best_bare = {0}, best = {0};
    for (int round = 0; round < ROUNDS; round++) {
        if (!measure(run_bare, ROWS, &bare) || !measure(run_letter, ROWS, &letter))
            return false;
        printf("  round %d: letter %.2f s, bare loop %.2f s of CPU: %.2f times its speed\n",
               round + 1, letter.drawn, bare.drawn, bare.drawn / letter.drawn);
        fflush(stdout);
        if (round == 0 || bare.drawn < best_bare.drawn)
            best_bare = bare;
        if (round == 0 || letter.drawn < best.drawn)
            best = letter;
    }
    double speed = best_bare.drawn / best.drawn;
    printf("drawing %d rows: %.2f s, bare Pango and Cairo %.2f s: %.2f times its speed "
           "(bar %.1f: %s)\n",
           ROWS, best.drawn, best_bare.drawn, speed, BAR_SPEED, verdict(speed >= BAR_SPEED));
    printf("  memory of drawing %.0f MiB (bar: under %.0f: %s), of the bare loop %.0f MiB\n",
           best.drawn_memory, BAR_MEMORY, verdict(best.drawn_memory < BAR_MEMORY),
           best_bare.drawn_memory);
    printf("  finishing: %.2f s more, at most %.0f MiB; %d pages, %.1f MiB of file\n",
           best.finished - best.drawn, best.memory, best.pages, best.file);
    return true;
}

/* The same table: its head again on each page, countries over their rows, notes below. */
static void write_html(const char *path, int64_t rows)
{
    FILE *html = fopen(path, "w");
    char country[3] = "";
    struct letter_row row;
    if (!html)
        return;
    fputs("<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Open letter</title><style>@page"
          "{size:A4;margin:20mm 20mm 25mm 25mm;@bottom-right{content:'Page ' counter(page) ' of ' "
          "counter(pages)}}body{font:9.5pt 'Noto Serif',Amiri,'Noto Serif CJK SC',serif}"
          "table{width:100%}tr{break-inside:avoid}td,th{vertical-align:top;text-align:left}"
          "small{color:#555;display:block}</style><h1>Open letter</h1><table><thead><tr>"
          "<th>Organisation<th>Town, affiliation<th>Members<th>Represented by</thead>",
          html);
    for (int64_t i = 0; i < rows; i++) {
        letter_row_make(&row, i, rows);
        const struct letter_signatory *s = &row.signatory;
        if (strcmp(country, row.country) != 0)
            fprintf(html, "<tr><th colspan=4>%s\n", row.country);
        memcpy(country, row.country, sizeof country);
        fprintf(html,
                "<tr><td>%s<small>%s</small><td>%s<small>%s</small><td>%lld<td>%s"
                "<small>%s</small>\n",
                s->organisation, s->organisation_latin ? s->organisation_latin : "", s->town,
                s->affiliation ? s->affiliation : "", (long long)s->members, s->representative,
                s->capacity);
    }
    fputs("</table></html>\n", html);
    fclose(html);
}

/* CPU seconds of the whole program; below 0 when it is not installed. */
static double weasyprint_time(void)
{
    char html[64], pdf[64];
    int status;
    snprintf(html, sizeof html, "letter_bench.%ld.html", (long)getpid());
    snprintf(pdf, sizeof pdf, "letter_bench.%ld.weasy.pdf", (long)getpid());
    write_html(html, WEASY_ROWS);
    double before = cpu_seconds(RUSAGE_CHILDREN);
    pid_t child = fork();
    if (child == 0) {
        execlp("weasyprint", "weasyprint", "--quiet", html, pdf, (char *)NULL);
        _exit(errno == ENOENT ? 127 : 1);
    }
    bool is_good = child > 0 && waitpid(child, &status, 0) == child && status == 0;
    double spent = cpu_seconds(RUSAGE_CHILDREN) - before;
    unlink(html);
    unlink(pdf);
    return is_good ? spent : -1;
}

static bool compare_with_weasyprint(void)
{
    struct figures letter, best = {0};
    for (int round = 0; round < ROUNDS; round++) {
        if (!measure(run_letter, WEASY_ROWS, &letter))
            return false;
        if (round == 0 || letter.finished < best.finished)
            best = letter;
    }
    double weasyprint = weasyprint_time();
    if (weasyprint < 0) {
        printf("WeasyPrint on %d rows: left out, it is not installed (Debian package weasyprint)\n",
               WEASY_ROWS);
        return true;
    }
    printf("%d rows, the whole program: %.2f s of CPU, WeasyPrint %.2f s: %.0f times its speed "
           "(bar %.0f: %s)\n",
           WEASY_ROWS, best.finished, weasyprint, weasyprint / best.finished, BAR_WEASY,
           verdict(weasyprint / best.finished >= BAR_WEASY));
    printf("  drawn in %.2f s of that, %.0f times its speed; the rest is tags for libqpdf, which "
           "WeasyPrint does not write\n",
           best.drawn, weasyprint / best.drawn);
    return true;
}

int main(void)
{
    return compare_with_bare() && compare_with_weasyprint() ? 0 : 1;
}
