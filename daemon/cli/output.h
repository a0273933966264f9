/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rows on standard output: a table on a terminal, tab-separated without a header into a pipe, or
 * JSON. A list is one JSON array; an item is an object, shown to people as names and values.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "proto/row.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum output_format { OUTPUT_TABLE, OUTPUT_TSV, OUTPUT_JSON };
enum output_shape {
    OUTPUT_LIST,
    OUTPUT_ITEM,  /* one object */
    OUTPUT_ITEMS, /* several: a JSON array */
};

struct output;

/* JSON when asked for; else what suits the file. */
enum output_format output_choose(FILE *file, bool is_json);
struct output *output_new(FILE *file, enum output_format format, enum output_shape shape);
/* Begins; again with the same columns for what comes in parts. */
void output_columns(struct output *output, const struct row_schema *schema);
/* False when it cannot be written. */
bool output_row(struct output *output, const struct row_schema *schema,
                const struct row_value *values);
/* Ends and frees. False when something could not be written; errno says why. */
bool output_end(struct output *output);
void output_free(struct output *output); /* without ending: what came is not whole */
/* How many rows there were. */
size_t output_rows(const struct output *output);

#endif
