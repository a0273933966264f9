/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Answers of several kinds of rows, kept until all are there: for what is drawn as a whole. */
#ifndef CLI_GATHER_H
#define CLI_GATHER_H

#include "cli/options.h"
#include "cli/output.h"
#include "proto/row.h"
#include <jansson.h>

struct gather { /* one kind */
    const struct row_schema *schema;
    const char *key; /* what it is called in JSON */
    bool is_item;    /* one row, whose fields stand in the answer's object itself */
};

/* Sends the command as typed. *out: an object with the item's fields, and an array under each key;
 * the caller's. Gives the exit status, and *out only with EX_OK. */
int gather_ask(const struct options *options, const struct gather *kinds, size_t count,
               json_t **out);
/* Prints it for programs: as JSON, a row on each line of JSON, or separated by tabs, the kinds by
 * an empty line. Not for OUTPUT_TABLE. False when it cannot be written. */
bool gather_print(const struct options *options, const struct gather *kinds, size_t count,
                  const json_t *answer);

/* A field; "" and 0 where there is none. Borrowed. */
const char *gather_text(const json_t *row, const char *key);
int64_t gather_number(const json_t *row, const char *key);
bool gather_has(const json_t *row, const char *key);

#endif
