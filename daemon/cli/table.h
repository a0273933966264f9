/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rows as a table on a terminal: aligned, cut to its width, and nothing in it that could act there.
 * The first TABLE_KEPT rows are kept until all are there, since they say how wide the columns are;
 * where more come the widths stay, so that a list of a million needs no more memory than they.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/str.h"
#include "proto/row.h"
#include <stdbool.h>

#define TABLE_KEPT 2000

struct table;

/* A table of the schema's brief columns, no line of it wider than `columns`; the schema is copied.
 * is_painted: headings and states in colour. */
struct table *table_new(const struct row_schema *schema, size_t columns, bool is_painted);
void table_free(struct table *table);
/* Takes a row in, and appends what can be printed by now. */
void table_add(struct table *table, const struct row_value *values, struct str *out);
/* Appends the rest; nothing when there were no rows. */
void table_end(struct table *table, struct str *out);

#endif
