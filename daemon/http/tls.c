/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * TLS 1.2 and 1.3 with forward secrecy only; no renegotiation, no compression, no early data.
 * Sessions resume by tickets, so that nothing is kept here for them. A reload builds a whole new
 * context and swaps it in: a connection holds its own reference to the one it began with.
 */
#include "http/tls.h"
#include "base/mem.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tls {
    pthread_mutex_t lock; /* over context */
    SSL_CTX *context;
    char *certificate, *key;
};

/* A key with a passphrase is refused, not asked about on a terminal that a daemon does not have. */
static int refuse_passphrase(char *out, int size, int writing, void *arg)
{
    (void)out, (void)size, (void)writing, (void)arg;
    return -1;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    (void)ssl, (void)arg;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static enum us_err blame(struct fault *fault, const char *file, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    fault_set(fault, file, 0, "%s (%s)", what, reason == NULL ? "no reason given" : reason);
    ERR_clear_error();
    return US_INVALID;
}

static void set_policy(SSL_CTX *context)
{
    static const unsigned char name[] = "undersign";
    /* A visitor who closes without close_notify closed all the same: lengths tell where a request
     * ends, so nothing can be cut short unseen. */
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
}

static enum us_err context_new(const char *certificate, const char *key, SSL_CTX **out,
                               struct fault *fault)
{
    enum us_err err;
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        return blame(fault, NULL, "OpenSSL does not start");
    set_policy(context);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        err = blame(fault, NULL, "OpenSSL offers no TLS 1.2 with ECDHE");
    else if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        err = blame(fault, certificate, "no certificate chain in PEM form can be read from here");
    else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        err = blame(fault, key,
                    "no private key in PEM form without a passphrase that fits the "
                    "certificate can be read from here");
    else
        err = US_OK;
    if (err == US_OK)
        *out = context;
    else
        SSL_CTX_free(context);
    return err;
}

enum us_err tls_new(const char *certificate, const char *key, struct tls **out, struct fault *fault)
{
    SSL_CTX *context;
    enum us_err err = context_new(certificate, key, &context, fault);
    if (err != US_OK)
        return err;
    struct tls *tls = MEM_NEW(struct tls);
    pthread_mutex_init(&tls->lock, NULL);
    tls->context = context;
    tls->certificate = mem_string(certificate);
    tls->key = mem_string(key);
    *out = tls;
    return US_OK;
}

void tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    pthread_mutex_destroy(&tls->lock);
    SSL_CTX_free(tls->context);
    free(tls->certificate);
    free(tls->key);
    free(tls);
}

enum us_err tls_reload(struct tls *tls, struct fault *fault)
{
    SSL_CTX *context;
    enum us_err err = context_new(tls->certificate, tls->key, &context, fault);
    if (err != US_OK)
        return err;
    pthread_mutex_lock(&tls->lock);
    SSL_CTX *old = tls->context;
    tls->context = context;
    pthread_mutex_unlock(&tls->lock);
    SSL_CTX_free(old);
    return US_OK;
}

SSL *tls_open(struct tls *tls, int fd)
{
    pthread_mutex_lock(&tls->lock);
    SSL *ssl = SSL_new(tls->context);
    pthread_mutex_unlock(&tls->lock);
    if (ssl != NULL && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    if (ssl != NULL)
        SSL_set_accept_state(ssl);
    return ssl;
}
