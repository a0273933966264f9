/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One value of a row, as text and as JSON. */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include "base/str.h"
#include "proto/row.h"
#include <jansson.h>

/* Appends it as text: nothing for null, "yes" and "no", YYYY-MM-DD, RFC 3339, lists by commas. */
void cell_print(enum row_type type, const struct row_value *value, struct str *out);
/* A new reference. Never NULL. */
json_t *cell_json(enum row_type type, const struct row_value *value);
/* A row as an object whose keys are the columns, in their order. A new reference. */
json_t *cell_row_json(const struct row_schema *schema, const struct row_value *values);

#endif
