/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The published letters' files in memory, one copy of each for everybody who is being sent it. They
 * are large and never change under their digest, so what is bounded is all that is held at once:
 * what the page cache keeps, and what slow visitors are still being sent. Thread-safe.
 */
#ifndef PAGE_LETTERS_H
#define PAGE_LETTERS_H

#include "appeal/delivery.h"
#include <stddef.h>

struct letters;
struct letter_file;

struct letters *letters_new(size_t most);   /* bytes */
void letters_free(struct letters *letters); /* no file may be out; NULL is fine */

/* One reference to the file's bytes, which are those that were published: reads it where nobody has
 * it. On a reader thread. US_BUSY: too much is held; US_IO, US_CORRUPT: it is not there, or is
 * another. */
US_MUST_CHECK enum us_err letters_open(struct letters *letters, const struct public_letter *letter,
                                       struct letter_file **out);
struct letter_file *letter_file_ref(struct letter_file *file);
void letter_file_unref(struct letter_file *file); /* NULL is fine; any thread */
const void *letter_file_data(const struct letter_file *file, size_t *len);
/* An entity tag: the same as long as the bytes are. */
const char *letter_file_tag(const struct letter_file *file);

#endif
