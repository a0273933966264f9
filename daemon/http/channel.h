/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A visitor's socket, plain or under TLS, never blocking. */
#ifndef HTTP_CHANNEL_H
#define HTTP_CHANNEL_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#define CHANNEL_SCRATCH_SIZE 16384 /* a TLS record */

struct channel {
    int fd;
    SSL *ssl; /* NULL: plain */
};

enum channel_result {
    CHANNEL_OK,
    CHANNEL_WANT_READ,  /* again when the socket is readable */
    CHANNEL_WANT_WRITE, /* again when it is writable */
    CHANNEL_END,        /* the visitor closed his side */
    CHANNEL_FAILED,
};

enum channel_result channel_handshake(struct channel *channel);
/* Reads what is there, at most size bytes; *is_drained when nothing more is known to wait. */
enum channel_result channel_read(struct channel *channel, void *out, size_t size, size_t *got,
                                 bool *is_drained);
/* Writes some of the pieces' bytes, in order; scratch holds CHANNEL_SCRATCH_SIZE bytes. After a
 * WANT the same bytes must come again. */
enum channel_result channel_write(struct channel *channel, const struct iovec *pieces, int count,
                                  char *scratch, size_t *sent);
/* Tells the visitor that nothing more comes. What he still sends is read by channel_discard(). */
void channel_shut(struct channel *channel);
enum channel_result channel_discard(struct channel *channel, char *scratch, size_t *got);
void channel_close(struct channel *channel); /* a closed one stays closed */

#endif
