/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The columns of a list: those that came, or those that --fields names, in its order. */
#ifndef CLI_LIST_COLUMNS_H
#define CLI_LIST_COLUMNS_H

#include "proto/row.h"
#include <stdbool.h>
#include <stddef.h>

#define LIST_EMAIL ((size_t)-1) /* the column that is opened here */

struct list_columns {
    struct row_column columns[ROW_COLUMNS_MOST]; /* names borrowed */
    size_t from[ROW_COLUMNS_MOST];               /* index into a row's values, or LIST_EMAIL */
    size_t count;
};

/* What --fields names are columns of some list, each named once; else says what is wrong. NULL is
 * fine. */
bool list_columns_check(const char *fields, bool has_contacts);
/* Of rows of that schema, which the columns borrow from; else says what is wrong. */
bool list_columns_choose(const struct row_schema *schema, const char *fields,
                         struct list_columns *out);

#endif
