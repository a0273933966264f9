/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * CSV by RFC 4180: UTF-8, CRLF, quotes doubled; a cell that a spreadsheet would take for a formula
 * (=, +, -, @, TAB, CR at its beginning) gets an apostrophe before it. Streamed.
 */
#ifndef RENDER_CSV_H
#define RENDER_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_BUFFER 8192

struct csv {
    FILE *file;   /* no other thread's */
    size_t cells; /* in this row so far */
    size_t len;
    char buffer[CSV_BUFFER]; /* what the file has not got yet of this row */
};

void csv_text(struct csv *csv, const char *text); /* NULL: an empty cell */
void csv_number(struct csv *csv, int64_t number);
/* Ends the row; false when writing failed. */
bool csv_end_row(struct csv *csv);

#endif
