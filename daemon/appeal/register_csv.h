/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A list of organisations as federations send it: a table with the columns name, aliases, country,
 * domains and affiliation, in any order, of which name alone must be there. CSV by RFC 4180, with
 * commas, or with semicolons or tabs as spreadsheets write it where a comma parts decimals.
 */
#ifndef APPEAL_REGISTER_CSV_H
#define APPEAL_REGISTER_CSV_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>

#define REGISTER_FILE_MOST ((size_t)16 * 1024 * 1024)
#define REGISTER_ROWS_MOST ((size_t)200000)
#define REGISTER_FAULTS_MOST 50 /* that are told; then how many more there are */

struct register_row { /* all owned by the table; as they are kept */
    char *name;
    char *aliases; /* '|' between them, without those that meet the name or another; "" */
    char *country; /* "" for an international one */
    char *domains; /* sorted, blanks between them; "" */
    char *affiliation;
    int line;
};

struct register_table {
    struct register_row *rows; /* by name, then country: no two have both */
    size_t count;
};

/* A file's bytes. US_INVALID with all that is wrong with it told to on_fault, each with its line,
 * and then nothing is taken. */
US_MUST_CHECK enum us_err register_csv_read(const char *data, size_t len,
                                            void (*on_fault)(int line, const char *what, void *arg),
                                            void *arg, struct register_table *out);
void register_table_clear(struct register_table *table);

#endif
