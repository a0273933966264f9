/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A statement's parameters, in the order of $1, $2, ... Borrowed data; jobs copy what they are
 * given. */
#ifndef STORE_VALUE_H
#define STORE_VALUE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum value_type {
    VALUE_NULL,
    VALUE_INT,
    VALUE_TEXT,
    VALUE_BLOB,
    VALUE_AUDIT_SEQ,
    VALUE_AUDIT_DIGEST
};

struct value {
    enum value_type type;
    int64_t number;
    const void *data;
    size_t len;
};

static inline struct value value_null(void)
{
    return (struct value){.type = VALUE_NULL};
}
static inline struct value value_int(int64_t number)
{
    return (struct value){.type = VALUE_INT, .number = number};
}
/* NULL text is NULL in the store. */
static inline struct value value_text(const char *text)
{
    return (struct value){
        .type = text ? VALUE_TEXT : VALUE_NULL, .data = text, .len = text ? strlen(text) : 0};
}
static inline struct value value_blob(const void *data, size_t len)
{
    return (struct value){.type = data ? VALUE_BLOB : VALUE_NULL, .data = data, .len = len};
}
/* The sequence number of the last entry of the audit chain when the step is run: it grows with each
 * audited change. */
static inline struct value value_audit_seq(void)
{
    return (struct value){.type = VALUE_AUDIT_SEQ};
}

#define VALUES(...)                                                                                \
    (const struct value[]){__VA_ARGS__},                                                           \
        sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define VALUES_NONE NULL, 0

#endif
