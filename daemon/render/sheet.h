/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Sheets of paper that fill from top to bottom: text is laid out by Pango, set down line by line,
 * and goes on on the next sheet. A text that is kept waits for the one after it. Each sheet gets a
 * foot with its number when it is done. A sheet without a path only counts: the same drawing, so
 * the same breaks, to know the total before the real one.
 */
#ifndef RENDER_SHEET_H
#define RENDER_SHEET_H

#include "base/err.h"
#include "base/fault.h"
#include <pango/pangocairo.h>
#include <stdbool.h>

struct sheet;
struct shape_store;

struct sheet_params {
    const char *path;      /* NULL: only count the pages */
    const char *title;     /* of the document */
    const char *created;   /* ISO 8601 for the file's creation date */
    const char *foot;      /* "Page {page} of {pages}" with both places filled per page */
    const char *foot_note; /* at the other end of the foot: where the letter can be checked; NULL */
    bool is_rtl;
    int total;                  /* pages in all; 0: not known, then the last page alone says it */
    const char *foot_last;      /* the last page's foot where the total is not known before */
    const char *running_title;  /* at the head of every page but a section's first; NULL */
    double width, height;       /* of the paper, points: A4 is 595.28 by 841.89 */
    bool is_tagged;             /* rows of tables too; false: headings and paragraphs alone */
    struct shape_store *shapes; /* of tables, of more than this sheet, borrowed; NULL: its own */
};

enum sheet_font { SHEET_SERIF, SHEET_SANS };

struct sheet_style {
    enum sheet_font font;
    double size; /* points */
    bool is_bold, is_italic;
    double grey;          /* 0: black */
    PangoAlignment align; /* in a paragraph's own direction */
    double indent;        /* from the start edge, points */
    double width;         /* 0: to the other edge */
    double before, after; /* points of white, dropped at a page's top */
    double line_spacing;  /* factor; 0: 1.3 */
    bool is_kept;         /* stands on the page where the next text begins, as a heading does */
    bool is_whole;        /* not broken over pages, where it fits on one */
    /* The language whose direction it takes, whatever script it begins with; NULL: its own, at the
     * sheet's edge. */
    const char *direction;
    const char *language;      /* for shaping */
    const char *tag;           /* PDF structure: "P", "H1", "H2"; NULL: P */
    const char *bookmark;      /* an entry of the outline that leads here; NULL: none */
    int bookmark_level;        /* 0: of the first level; 1: below the last of level 0 */
    const char *bookmark_over; /* an entry of the level above, put in just before it; NULL: none */
};

/* A table whose head stands again on every page, whose rows are never broken over pages, and whose
 * group headings (a country) stand with their first row. */
struct sheet_column {
    const char *head; /* "" for none */
    double part;      /* of the measure; all add up to 1 */
    PangoAlignment align;
};
struct sheet_cell {
    const char *text; /* NULL: empty */
    const char *note; /* below it, smaller and grey; NULL: none */
};

struct sheet *sheet_new(const struct sheet_params *params, struct fault *fault);
/* Text with attributes (may be NULL; not taken), in the flow. At least two lines of a paragraph
 * stand together on a page. */
void sheet_text(struct sheet *sheet, const char *text, PangoAttrList *attributes,
                const struct sheet_style *style);
/* A label in the white before the next text's first line ("1."), on its baseline. */
void sheet_label(struct sheet *sheet, const char *label, const struct sheet_style *style);
void sheet_space(struct sheet *sheet, double points);
/* A thin rule over the whole measure, or a part of it. */
void sheet_rule(struct sheet *sheet, double width);
/* An image in the flow, in the middle; points. The surface stays the caller's. */
void sheet_image(struct sheet *sheet, cairo_surface_t *image, double width, double height);
/* The next text begins a page, with its own numbers where `total` is not 0 (a letter of several in
 * one file). */
void sheet_section(struct sheet *sheet, int total);
/* columns: borrowed until the table ends. Rows may come by the hundred thousand: what they cost is
 * measured by tests/bench/letter_bench.c. */
void sheet_table_begin(struct sheet *sheet, const struct sheet_column *columns, size_t count,
                       const struct sheet_style *style);
void sheet_table_group(struct sheet *sheet, const char *heading, const struct sheet_style *style);
void sheet_table_row(struct sheet *sheet, const struct sheet_cell *cells);
void sheet_table_end(struct sheet *sheet);
double sheet_width(const struct sheet *sheet);
/* US_NOT_FOUND where there is no font at all. Before the first sheet. */
US_MUST_CHECK enum us_err sheet_check_fonts(struct fault *fault);
/* US_NOT_FOUND once a character was set down that no installed font has: it would be printed as an
 * empty box. The fault names it, its script and the package to install. Cheap: may be asked after
 * every row. */
US_MUST_CHECK enum us_err sheet_check(const struct sheet *sheet, struct fault *fault);
/* The same for one text, before anything is drawn. */
US_MUST_CHECK enum us_err sheet_check_text(const char *text, struct fault *fault);
/* A stranger's text as it can be printed: U+FFFD stands for what no installed font has and no font
 * package would bring, so that one sign stops nobody's letter. A table does so with its cells.
 * Caller frees. */
char *sheet_replace_text(const char *text);
/* Finishes the last page and the file. Frees; US_IO when writing failed. */
US_MUST_CHECK enum us_err sheet_end(struct sheet *sheet, int *pages);
void sheet_abandon(struct sheet *sheet); /* the caller removes the file */

#endif
