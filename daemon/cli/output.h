/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rows on standard output, as the options want them: a table on a terminal (with a pager where it
 * is long), tab-separated without a header into a pipe, JSON, or JSON a row at a time. A list is
 * one JSON array; an item is an object, shown to people as names and values.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/options.h"
#include "proto/row.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum output_format { OUTPUT_TABLE, OUTPUT_TSV, OUTPUT_JSON, OUTPUT_JSONL };
enum output_shape {
    OUTPUT_LIST,
    OUTPUT_ITEM,  /* one object */
    OUTPUT_ITEMS, /* several: a JSON array */
};

struct output;

/* By --json, --jsonl and --null; else what suits standard output. */
enum output_format output_choose(const struct options *options);
/* On standard output, or into that file. options: borrowed. */
struct output *output_new(const struct options *options, enum output_shape shape);
struct output *output_new_to(FILE *file, const struct options *options, enum output_shape shape);
/* The item is followed by a list, which stands in its object under that name, but on lines of its
 * own with --jsonl. Said before any row; borrowed. */
void output_with_list(struct output *output, const char *name);
/* Begins; again with the same columns for what comes in parts; with others for the list of an
 * item. */
void output_columns(struct output *output, const struct row_schema *schema);
/* False when it cannot be written. */
bool output_row(struct output *output, const struct row_schema *schema,
                const struct row_value *values);
/* Text for people among the rows, as it is: for OUTPUT_TABLE and OUTPUT_TSV alone. */
void output_text(struct output *output, const char *text);
/* Whoever reads in the pager had enough: what comes more is dropped, and need not be asked for. */
bool output_is_quit(const struct output *output);
/* Ends and frees. False when something could not be written; errno says why. */
bool output_end(struct output *output);
void output_free(struct output *output); /* without ending: what came is not whole */
/* How many rows there were. */
size_t output_rows(const struct output *output);

/* Prints one value on standard output: over lines, or with --jsonl on one (of an array: each of its
 * values). False when it cannot be written. */
bool output_json(const struct options *options, const json_t *value);

#endif
