/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows as a table on a terminal: aligned, cut to its width, and nothing in it that could act there.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/str.h"
#include "proto/row.h"

struct table;

/* A table of the schema's brief columns; the schema is copied. */
struct table *table_new(const struct row_schema *schema);
void table_free(struct table *table);
void table_add(struct table *table, const struct row_value *values);
/* Appends the table, no line wider than `columns`; nothing when there are no rows. */
void table_print(const struct table *table, size_t columns, struct str *out);

#endif
