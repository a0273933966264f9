/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A growing string of bytes, always NUL-terminated behind its length. With a limit it stops growing
 * there and remembers that it did (a sticky flag, checked once at the end).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    char *data; /* NULL while empty; str_text() never is */
    size_t len; /* bytes, without the terminator */
    size_t cap;
    size_t limit;  /* 0: none */
    bool overflow; /* an append would have passed the limit; the data is then cut */
};

#define STR_INIT                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }

void str_append(struct str *str, const void *data, size_t len);
void str_append_text(struct str *str, const char *text);
void str_append_char(struct str *str, char c);
void str_append_format(struct str *str, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Borrowed, valid until the next change; "" for an empty string. */
const char *str_text(const struct str *str);
/* Gives the buffer to the caller (free() it) and leaves str empty. Never NULL. */
char *str_take(struct str *str);
void str_clear(struct str *str); /* keeps the memory */
void str_free(struct str *str);  /* str can be used again */

#endif
