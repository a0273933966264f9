/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What went wrong, told to a person: the file and line at fault where there is one, and a sentence
 * that says what is allowed. Filled by parsers and by commands; printed as "FILE:LINE: SENTENCE".
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

struct fault {
    char file[256]; /* "" when no file is at fault */
    int line;       /* from 1; 0 when no line is at fault */
    char text[768]; /* "" while nothing went wrong */
};

/* Sets the fault; file may be NULL, line 0. Long texts are cut at a character boundary. */
void fault_set(struct fault *fault, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Writes "file:line: text" (or less, where less is known) into out, always terminated. */
void fault_print(const struct fault *fault, char *out, size_t size);

#endif
