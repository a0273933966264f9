/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The records of a CSV file, one after another; for register_csv.c. */
#ifndef APPEAL_REGISTER_RECORD_H
#define APPEAL_REGISTER_RECORD_H

#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

#define REGISTER_FIELDS_MOST 32
#define REGISTER_FIELD_MOST ((size_t)16384) /* bytes of one */

struct register_record {
    struct str text; /* the fields, each ended by NUL */
    size_t starts[REGISTER_FIELDS_MOST];
    size_t count;
    int line;            /* where it begins, from 1 */
    const char *problem; /* a sentence; NULL: it is good. What follows can be read all the same,
                          * unless it is_lost */
    bool is_lost;
};

struct register_reader {
    const char *at, *end; /* what is left of the file */
    char separator;
    int line;
};

/* Past a byte order mark and Excel's "sep=;"; the separator is the one of , ; TAB that the first
 * line has most of. */
void register_reader_open(struct register_reader *reader, const char *data, size_t len);
/* false: there is none any more. The record's memory is used again for the next. */
bool register_reader_next(struct register_reader *reader, struct register_record *record);
const char *register_record_field(const struct register_record *record, size_t i); /* borrowed */
void register_record_clear(struct register_record *record);

#endif
