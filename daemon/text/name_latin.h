/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A name in plain Latin letters, before anything in it is told apart or left out: for name_key.c.
 */
#ifndef TEXT_NAME_LATIN_H
#define TEXT_NAME_LATIN_H

#include <stdbool.h>

struct str;

/* Appends it to an empty one: a-z and 0-9, what was between words as one blank, and full stops
 * within words where they were ("e.v"). Any thread. */
void name_latin_write(const char *name, struct str *out);
/* Has letters of a script that is written without blanks (Chinese, kana, Thai): those of a
 * romanisation of it stand anywhere, and those within it are not written. */
bool name_latin_is_unspaced(const char *name);
/* Has Latin letters and no others. */
bool name_latin_is_latin(const char *name);

#endif
