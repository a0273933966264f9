/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A file's content packed for keeping elsewhere, of any size in constant memory: a head of text
 * lines that anybody can read, the content compressed (zstd), sealed to a public key where one is
 * given (a random key in crypto_box_seal, then crypto_secretstream over chunks, the head
 * authenticated with the first), and the SHA-256 of all of it at the end. What is cut off, added or
 * flipped is found: by the seal where there is one, by the digest in any case.
 */
#ifndef CRYPTO_VAULT_H
#define CRYPTO_VAULT_H

#include "base/err.h"
#include "base/fault.h"
#include "crypto/organiser.h"
#include <stdbool.h>
#include <stddef.h>

#define VAULT_HEAD_MOST 65536
#define VAULT_NAME_SIZE 33 /* of a key: the beginning of its BLAKE2b, in hexadecimal digits */

/* Takes the next piece, at most some 64 KiB. */
typedef enum us_err vault_sink(const void *data, size_t len, void *arg);

struct vault_writer;
/* head: lines, each ended, none empty. key NULL: not sealed. The first error, of the sink too,
 * is final. */
US_MUST_CHECK enum us_err vault_writer_new(const char *head, const struct organiser_public *key,
                                           vault_sink *sink, void *arg, struct vault_writer **out);
US_MUST_CHECK enum us_err vault_write(struct vault_writer *writer, const void *data, size_t len);
US_MUST_CHECK enum us_err vault_finish(struct vault_writer *writer);
void vault_writer_free(struct vault_writer *writer); /* wipes; NULL is fine */

struct vault_reader;
/* Reads the head from a descriptor, which stays the caller's. US_INVALID with a fault: no such
 * file. */
US_MUST_CHECK enum us_err vault_reader_new(int fd, struct vault_reader **out, struct fault *fault);
void vault_reader_free(struct vault_reader *reader);
const char *vault_head(const struct vault_reader *reader); /* the lines given to the writer */
/* Names the key that it is sealed to, as vault_name(); NULL: it is not sealed. */
const char *vault_sealed_to(const struct vault_reader *reader);
void vault_name(const struct organiser_public *key, char out[VAULT_NAME_SIZE]);
/* US_DENIED: it is sealed to another key. */
US_MUST_CHECK enum us_err vault_open(struct vault_reader *reader,
                                     const struct organiser_secret *key);
/* Up to `size` bytes of the content; *len 0: it was all of it, and everything checked out.
 * US_CORRUPT, US_IO; US_DENIED while it is sealed and not opened. */
US_MUST_CHECK enum us_err vault_read(struct vault_reader *reader, void *data, size_t size,
                                     size_t *len);
/* Instead of vault_read(), without a key: whether the file is whole, by its digest alone. */
US_MUST_CHECK enum us_err vault_check(struct vault_reader *reader);

#endif
