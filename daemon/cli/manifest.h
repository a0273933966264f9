/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A bundle's manifest: what the bundle is, and size and SHA-256 of every file in it. It is JSON, so
 * that anybody's program reads it, and it alone is signed, in minisign's format.
 */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include "base/err.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_FORMAT "undersign-bundle"
#define MANIFEST_VERSION 1
#define MANIFEST_MOST ((size_t)256 * 1024)
#define MANIFEST_FILES_MOST 96
#define MANIFEST_NAME_MOST 63
#define MANIFEST_FILE_MOST (INT64_C(512) * 1024 * 1024)
#define MANIFEST_ALL_MOST (INT64_C(1024) * 1024 * 1024)

struct manifest_file {
    char name[MANIFEST_NAME_MOST + 1];
    int64_t size;
    uint8_t digest[DIGEST_SIZE];
};

struct manifest { /* owned: manifest_clear() */
    char *appeal, *site, *kind, *form, *addressee, *addressee_kind, *language, *authoritative;
    char *made_by, *seal;                    /* seal NULL: the letter is not sealed */
    int64_t version, edition, supplement_of; /* supplement_of 0: none */
    int64_t named, counted, members, countries, pages;
    int64_t made_at;
    struct manifest_file files[MANIFEST_FILES_MOST];
    size_t file_count;
};
void manifest_clear(struct manifest *manifest);

/* A name that a bundle's file may have: letters, digits, "-", "_" and ".", no hidden one, no path.
 */
bool manifest_is_name(const char *name);
/* Adds a file. US_INVALID where the name, the size or the number of files is beyond bounds. */
US_MUST_CHECK enum us_err manifest_add(struct manifest *manifest, const char *name, int64_t size,
                                       const uint8_t digest[DIGEST_SIZE]);
/* NULL when there is none of that name. */
const struct manifest_file *manifest_find(const struct manifest *manifest, const char *name);
/* The JSON, ended by a newline; the caller's. */
char *manifest_print(const struct manifest *manifest);
/* US_INVALID with a fault for what is no manifest of a version that is known. */
US_MUST_CHECK enum us_err manifest_read(const char *text, size_t len, struct manifest *out,
                                        struct fault *fault);

#endif
