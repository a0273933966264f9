/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The statement catalogue: sql/catalogue.sql, turned into an enum and a table when building, so
 * that the two cannot drift apart. A test prepares every statement on a fresh database.
 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "store/statement_id.h" /* built from sql/catalogue.sql: enum statement, STATEMENT_COUNT */
#include <stdbool.h>

struct statement_entry {
    const char *name; /* "audit_insert" */
    const char *sql;
    int parameters; /* highest $n */
    bool is_read;
};

extern const struct statement_entry statement_table[STATEMENT_COUNT];

struct statement_migration {
    int number;       /* from 1, without a gap */
    const char *name; /* "initial" */
    const char *sql;
};

extern const struct statement_migration statement_migrations[]; /* ended by number 0 */
/* sql/bootstrap.sql: makes the table that remembers migrations, where it is missing. */
extern const char statement_bootstrap[];

#endif
