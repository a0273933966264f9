/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One interface over sockets and OpenSSL, so that the connection's states know neither. Over TLS
 * the pieces of a response are gathered into one record's worth, since each SSL_write costs a
 * record.
 */
#include "http/channel.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum channel_result socket_result(ssize_t n)
{
    if (n > 0)
        return CHANNEL_OK;
    if (n == 0)
        return CHANNEL_END;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? CHANNEL_WANT_READ
                                                                     : CHANNEL_FAILED;
}

static enum channel_result ssl_result(SSL *ssl, int n)
{
    switch (SSL_get_error(ssl, n)) {
    case SSL_ERROR_NONE:
        return CHANNEL_OK;
    case SSL_ERROR_WANT_READ:
        return CHANNEL_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return CHANNEL_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return CHANNEL_END;
    default:
        return CHANNEL_FAILED;
    }
}

enum channel_result channel_handshake(struct channel *channel)
{
    ERR_clear_error();
    return ssl_result(channel->ssl, SSL_do_handshake(channel->ssl));
}

enum channel_result channel_read(struct channel *channel, void *out, size_t size, size_t *got,
                                 bool *is_drained)
{
    if (channel->ssl == NULL) {
        ssize_t n = recv(channel->fd, out, size, 0);
        *got = n > 0 ? (size_t)n : 0;
        *is_drained = *got < size;
        return socket_result(n);
    }
    ERR_clear_error();
    *got = 0;
    int n = SSL_read_ex(channel->ssl, out, size, got);
    *is_drained = n != 1 || SSL_has_pending(channel->ssl) == 0;
    return n == 1 ? CHANNEL_OK : ssl_result(channel->ssl, n);
}

static enum channel_result write_plain(struct channel *channel, const struct iovec *pieces,
                                       int count, size_t *sent)
{
    struct iovec copy[8];
    if (count > 8)
        count = 8;
    memcpy(copy, pieces, (size_t)count * sizeof copy[0]);
    /* sendmsg() is writev() that can be told not to raise SIGPIPE. */
    struct msghdr message = {.msg_iov = copy, .msg_iovlen = (size_t)count};
    ssize_t n = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
    *sent = n > 0 ? (size_t)n : 0;
    enum channel_result result = socket_result(n);
    return result == CHANNEL_WANT_READ ? CHANNEL_WANT_WRITE : result;
}

enum channel_result channel_write(struct channel *channel, const struct iovec *pieces, int count,
                                  char *scratch, size_t *sent)
{
    if (channel->ssl == NULL)
        return write_plain(channel, pieces, count, sent);
    size_t len = 0;
    for (int i = 0; i < count && len < CHANNEL_SCRATCH_SIZE; i++) {
        size_t room = CHANNEL_SCRATCH_SIZE - len;
        size_t part = pieces[i].iov_len < room ? pieces[i].iov_len : room;
        if (part > 0)
            memcpy(scratch + len, pieces[i].iov_base, part);
        len += part;
    }
    ERR_clear_error();
    *sent = 0;
    int n = SSL_write_ex(channel->ssl, scratch, len, sent);
    return n == 1 ? CHANNEL_OK : ssl_result(channel->ssl, n);
}

void channel_shut(struct channel *channel)
{
    if (channel->ssl != NULL && SSL_is_init_finished(channel->ssl)) {
        /* close_notify once, as far as the socket takes it; his is not waited for. */
        ERR_clear_error();
        (void)SSL_shutdown(channel->ssl);
    }
    (void)shutdown(channel->fd, SHUT_WR);
}

enum channel_result channel_discard(struct channel *channel, char *scratch, size_t *got)
{
    ssize_t n = recv(channel->fd, scratch, CHANNEL_SCRATCH_SIZE, 0);
    *got = n > 0 ? (size_t)n : 0;
    return socket_result(n);
}

void channel_close(struct channel *channel)
{
    if (channel->ssl != NULL)
        SSL_free(channel->ssl);
    if (channel->fd >= 0)
        close(channel->fd);
    *channel = (struct channel){.fd = -1, .ssl = NULL};
}
