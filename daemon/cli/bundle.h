/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A bundle is a zip archive without folders: the manifest, its signature and the public key, then
 * the letter, the list and the texts. Reading one trusts nothing in it: names, numbers and sizes
 * are bounded before anything is unpacked, and nothing is ever written under a name from inside.
 */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_SIGNATURE "manifest.json.minisig"
#define BUNDLE_KEY "undersign.pub"
#define BUNDLE_LETTER "letter.pdf"
#define BUNDLE_LIST "list.csv"
#define BUNDLE_SMALL_MOST ((size_t)256 * 1024) /* each of the first three */

/* ---- writing ---- */

struct bundle_writer;

/* Writes to the stream, which stays the caller's; at: the time of every file in it, microseconds.
 */
US_MUST_CHECK enum us_err bundle_writer_new(FILE *stream, int64_t at, struct bundle_writer **out,
                                            struct fault *fault);
US_MUST_CHECK enum us_err bundle_writer_add(struct bundle_writer *writer, const char *name,
                                            const void *data, size_t len, struct fault *fault);
/* Of a file of that size. US_CORRUPT when it is another size by now. */
US_MUST_CHECK enum us_err bundle_writer_add_file(struct bundle_writer *writer, const char *name,
                                                 const char *path, int64_t size,
                                                 struct fault *fault);
/* Ends the archive and frees the writer, in any case. */
US_MUST_CHECK enum us_err bundle_writer_end(struct bundle_writer *writer, struct fault *fault);
void bundle_writer_free(struct bundle_writer *writer);

/* ---- reading ---- */

/* One file of an archive, its bytes in pieces as they are unpacked. */
struct bundle_handler {
    /* May stop the walk by an error, with the fault set. */
    enum us_err (*on_file)(const char *name, void *arg, struct fault *fault);
    enum us_err (*on_data)(const void *data, size_t len, void *arg, struct fault *fault);
    enum us_err (*on_end)(void *arg, struct fault *fault); /* of that file */
    void *arg;
};
/* Walks all files. US_INVALID with a fault when it is no archive of this kind: folders, links,
 * names that no bundle has, the same name twice, too many, something encrypted, a broken checksum.
 */
US_MUST_CHECK enum us_err bundle_walk(const char *path, const struct bundle_handler *handler,
                                      struct fault *fault);

#endif
