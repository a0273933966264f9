/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rows as a file, one interface over the formats: CSV (render/csv.h), a spreadsheet (XLSX), a JSON
 * array, or a JSON object on each line. Streamed, in constant memory, any number of rows. Cells are
 * what the row's types say: a day is YYYY-MM-DD, a date in a spreadsheet; a flag yes or no, true or
 * false in JSON and spreadsheets; nothing is an empty cell, null in JSON. No text becomes a
 * formula.
 */
#ifndef RENDER_GRID_H
#define RENDER_GRID_H

#include "base/err.h"
#include "base/fault.h"
#include "proto/row.h"
#include <stdio.h>

enum grid_format { GRID_CSV, GRID_XLSX, GRID_JSON, GRID_JSONL };

#define GRID_SHEET_MOST ((size_t)1048575) /* rows that a sheet has below its head */

struct grid_params { /* borrowed until grid_end() */
    enum grid_format format;
    FILE *file;
    const struct row_column *columns;
    size_t count;
    const char *title;     /* spreadsheets: of the document, and of its sheets */
    size_t rows_per_sheet; /* 0: GRID_SHEET_MOST; more go on further sheets, each with the head */
};

struct grid;

/* The caller's, to be given to grid_end(). A spreadsheet is put together under $TMPDIR. */
US_MUST_CHECK enum us_err grid_begin(const struct grid_params *params, struct grid **out,
                                     struct fault *fault);
/* values: one of each column, of its type. US_FULL, US_IO: writing failed; US_INVALID: a text that
 * the format cannot hold. */
US_MUST_CHECK enum us_err grid_add(struct grid *grid, const struct row_value *values,
                                   struct fault *fault);
/* Writes what is left of it; the file is to be flushed. Frees in any case. */
US_MUST_CHECK enum us_err grid_end(struct grid *grid, struct fault *fault);
/* Frees what is not to be finished; NULL is fine. */
void grid_abandon(struct grid *grid);

#endif
