/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a long letter costs against a bare loop of Pango and Cairo, with one layout, over the same
 * cells in the same run: a ratio, so that it means the same on every machine. Nothing is asserted.
 */
#include "render/letter.h"
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROWS 10000
#define ROWS_A_PAGE 24

static const struct letter_signatory rows[] = {
    {"Независимый профсоюз «Пример»", "Primer Independent Union", "KZ", "Алматы", true, 1200,
     "А. Б. Примеров", "председатель"},
    {"Union of Workers of Example", NULL, "KZ", "London", true, 50000, "A. Example", "Secretary"},
    {"Syndicat des travailleurs du pétrole", NULL, "KZ", "Paris", false, 0, "M. Exemple",
     "secrétaire générale"},
};
#define KINDS (sizeof rows / sizeof *rows)

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double letter_time(const char *path)
{
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    const struct letter letter = {
        .language = language_find("ru"), .text_language = "ru", .body = "Текст.\n", .named = ROWS};
    double begin = seconds();
    int pages;
    enum us_err err = letter_begin(&letter, path, &writer, &fault);
    for (int i = 0; i < ROWS && err == US_OK; i++)
        err = letter_add(writer, &rows[(size_t)i % KINDS], &fault);
    if (err != US_OK || letter_end(writer, &pages, &fault) != US_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    return seconds() - begin;
}

static double bare_time(const char *path)
{
    double begin = seconds();
    cairo_surface_t *surface = cairo_pdf_surface_create(path, 595.276, 841.89);
    cairo_t *cairo = cairo_create(surface);
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Noto Serif");
    pango_font_description_set_absolute_size(font, 10 * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, 450 * PANGO_SCALE);
    for (int i = 0; i < ROWS; i++) {
        const struct letter_signatory *row = &rows[(size_t)i % KINDS];
        char text[512];
        snprintf(text, sizeof text, "%s (%s), %s · %lld\u2028%s, %s", row->organisation,
                 row->organisation_latin ? row->organisation_latin : "", row->town,
                 (long long)row->members, row->representative, row->capacity);
        pango_layout_set_text(layout, text, -1);
        cairo_move_to(cairo, 70, 60 + 29 * (i % ROWS_A_PAGE));
        pango_cairo_show_layout(cairo, layout);
        if (i % ROWS_A_PAGE == ROWS_A_PAGE - 1)
            cairo_show_page(cairo);
    }
    pango_font_description_free(font);
    g_object_unref(layout);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    return seconds() - begin;
}

int main(void)
{
    char path[64];
    snprintf(path, sizeof path, "letter_bench.%ld.pdf", (long)getpid());
    if (language_open("locale") != US_OK)
        return 1;
    bare_time(path); /* fonts are found and read once */
    unlink(path);
    double bare = bare_time(path);
    unlink(path);
    double letter = letter_time(path);
    unlink(path);
    printf("letter: %d rows in %.2f s of CPU, bare Pango and Cairo %.2f s: %.2f times as much\n",
           ROWS, letter, bare, letter / bare);
    return 0;
}
