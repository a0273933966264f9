/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail to a relay through libcurl's multi interface on the mail thread's event base: it keeps
 * connections, speaks STARTTLS, TLS and AUTH. With STARTTLS asked for, nothing leaves unencrypted.
 * A 5xx counts as final only after the recipient was named, since before that it tells of the relay
 * or of our configuration, and waiting may mend it; but for 552, by which a relay that was told the
 * size beforehand (RFC 1870) says that it takes none so large.
 */
#include "base/log.h"
#include "base/mem.h"
#include "mail/transport_kind.h"
#include "mail/transport_talk.h"
#include <curl/curl.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MOST 4L
#define CONNECT_SECONDS 30L
#define SEND_SECONDS 180L
#define TEST_CONNECT_SECONDS 15L /* somebody sits and waits for it */
#define TEST_SECONDS 45L
#define SLOWEST 16384 /* bytes a second: a large message gets the time that this speed takes */
#define TOO_LARGE 552
#define SOCKETS_MOST 64 /* more than connections, so that every one has a place */

struct smtp {
    CURLM *multi;
    struct event_base *base;
    struct event *timer;
    const struct config *config;
    char *url;
    char *password;                      /* NULL: no AUTH */
    struct delivery *first;              /* under way */
    pthread_mutex_t lock;                /* over what follows */
    curl_socket_t sockets[SOCKETS_MOST]; /* open ones; CURL_SOCKET_BAD: a free place */
    bool is_interrupted;
};

struct delivery {
    struct smtp *smtp;
    CURL *easy;
    struct curl_slist *recipients;
    const struct transport_message *message;
    transport_on_fate *on_fate;
    void *arg;
    size_t sent;
    bool recipient_named;
    struct transport_talk *talk; /* of a test; else NULL */
    struct delivery *next, *previous;
};

static void delivery_free(struct delivery *delivery)
{
    struct smtp *smtp = delivery->smtp;
    if (delivery->previous)
        delivery->previous->next = delivery->next;
    else
        smtp->first = delivery->next;
    if (delivery->next)
        delivery->next->previous = delivery->previous;
    curl_multi_remove_handle(smtp->multi, delivery->easy);
    curl_easy_cleanup(delivery->easy);
    curl_slist_free_all(delivery->recipients);
    transport_talk_free(delivery->talk);
    free(delivery);
}

/* The delivery is gone before its owner hears of it, so that the owner may do as it likes. */
static void delivery_end(struct delivery *delivery, enum transport_fate fate, const char *error)
{
    struct transport_talk *talk = delivery->talk;
    char *said = talk ? transport_talk_tell(talk, error) : NULL;
    const struct transport_message *message = delivery->message;
    transport_on_fate *on_fate = delivery->on_fate;
    void *arg = delivery->arg;
    delivery_free(delivery);
    on_fate(message, fate, said ? said : error, arg);
    free(said);
}

static void delivery_judge(struct delivery *delivery, CURLcode result)
{
    long code = 0;
    char error[128];
    if (result == CURLE_OK) {
        delivery_end(delivery, TRANSPORT_ACCEPTED, NULL);
        return;
    }
    curl_easy_getinfo(delivery->easy, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 400)
        snprintf(error, sizeof error, "the relay answered %ld (%s)", code,
                 curl_easy_strerror(result));
    else
        snprintf(error, sizeof error, "%s", curl_easy_strerror(result));
    bool is_final = code == TOO_LARGE || (delivery->recipient_named && code >= 500 && code <= 599);
    delivery_end(delivery, is_final ? TRANSPORT_REFUSED : TRANSPORT_LATER, error);
}

static void smtp_finish(struct smtp *smtp)
{
    CURLMsg *said;
    int left;
    while ((said = curl_multi_info_read(smtp->multi, &left))) {
        struct delivery *delivery = NULL;
        CURLcode result = said->data.result;
        if (said->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(said->easy_handle, CURLINFO_PRIVATE, &delivery);
        delivery_judge(delivery, result);
    }
}

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
    struct smtp *smtp = arg;
    int running;
    int action = (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(smtp->multi, fd, action, &running);
    smtp_finish(smtp);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct smtp *smtp = arg;
    int running;
    (void)fd;
    (void)what;
    curl_multi_socket_action(smtp->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    smtp_finish(smtp);
}

static int on_want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *assigned)
{
    struct smtp *smtp = arg;
    struct event *event = assigned;
    (void)easy;
    if (event)
        event_free(event);
    event = NULL;
    if (what != CURL_POLL_REMOVE) {
        short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
                               (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);
        event = event_new(smtp->base, fd, wanted, on_socket_ready, smtp);
        if (event)
            event_add(event, NULL);
    }
    curl_multi_assign(smtp->multi, fd, event);
    return 0;
}

static int on_want_timer(CURLM *multi, long milliseconds, void *arg)
{
    struct smtp *smtp = arg;
    (void)multi;
    if (milliseconds < 0) {
        event_del(smtp->timer);
    } else {
        struct timeval after = {milliseconds / 1000, milliseconds % 1000 * 1000};
        event_add(smtp->timer, &after);
    }
    return 0;
}

/* First line of the file, without its line end. */
static enum us_err read_password(const char *path, char **out, struct fault *fault)
{
    char line[1024];
    FILE *file = fopen(path, "re");
    if (!file || !fgets(line, sizeof line, file)) {
        fault_set(fault, path, 0, "the relay's password cannot be read");
        if (file)
            fclose(file);
        return US_INVALID;
    }
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    *out = mem_string(line);
    explicit_bzero(line, sizeof line);
    return US_OK;
}

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct smtp *smtp = arg;
    (void)purpose;
    pthread_mutex_lock(&smtp->lock);
    curl_socket_t fd =
        smtp->is_interrupted
            ? CURL_SOCKET_BAD
            : socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    for (size_t i = 0; fd != CURL_SOCKET_BAD && i < SOCKETS_MOST; i++) {
        if (smtp->sockets[i] == CURL_SOCKET_BAD) {
            smtp->sockets[i] = fd;
            break;
        }
    }
    pthread_mutex_unlock(&smtp->lock);
    return fd;
}

static int on_close_socket(void *arg, curl_socket_t fd)
{
    struct smtp *smtp = arg;
    pthread_mutex_lock(&smtp->lock);
    for (size_t i = 0; i < SOCKETS_MOST; i++)
        if (smtp->sockets[i] == fd)
            smtp->sockets[i] = CURL_SOCKET_BAD;
    int result = close(fd);
    pthread_mutex_unlock(&smtp->lock);
    return result;
}

/* libcurl waits, and its thread with it, for the answer to its goodbye on a connection and for the
 * one that follows a message's last byte, which may take a relay long that looks into a large file;
 * one that is silent would hold up the service's end. With its sockets shut down nothing is waited
 * for. */
static void smtp_interrupt(void *self)
{
    struct smtp *smtp = self;
    pthread_mutex_lock(&smtp->lock);
    smtp->is_interrupted = true;
    for (size_t i = 0; i < SOCKETS_MOST; i++)
        if (smtp->sockets[i] != CURL_SOCKET_BAD)
            shutdown(smtp->sockets[i], SHUT_RDWR);
    pthread_mutex_unlock(&smtp->lock);
}

static void smtp_close(void *self)
{
    struct smtp *smtp = self;
    smtp_interrupt(smtp);
    while (smtp->first)
        delivery_end(smtp->first, TRANSPORT_LATER, "the service is stopping");
    curl_multi_cleanup(smtp->multi);
    if (smtp->timer)
        event_free(smtp->timer);
    if (smtp->password)
        explicit_bzero(smtp->password, strlen(smtp->password));
    free(smtp->password);
    free(smtp->url);
    pthread_mutex_destroy(&smtp->lock);
    free(smtp);
    curl_global_cleanup();
}

static enum us_err smtp_open(const struct config *config, struct event_base *base, void **out,
                             struct fault *fault)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        fault_set(fault, NULL, 0, "libcurl cannot start");
        return US_IO;
    }
    struct smtp *smtp = MEM_NEW(struct smtp);
    enum us_err err = US_OK;
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    for (size_t i = 0; i < SOCKETS_MOST; i++)
        smtp->sockets[i] = CURL_SOCKET_BAD;
    pthread_mutex_init(&smtp->lock, NULL);
    smtp->config = config;
    smtp->base = base;
    smtp->url = mem_format("%s://%s:%d/%s",
                           config->mail_smtp_tls == CONFIG_SMTP_TLS_IMPLICIT ? "smtps" : "smtp",
                           config->mail_smtp_host, (int)config->mail_smtp_port, host);
    smtp->multi = curl_multi_init();
    smtp->timer = event_new(base, -1, 0, on_timer, smtp);
    if (!smtp->multi || !smtp->timer) {
        fault_set(fault, NULL, 0, "the mail transport cannot start");
        err = US_IO;
    }
    if (err == US_OK && config->mail_smtp_user && config->mail_smtp_password_file)
        err = read_password(config->mail_smtp_password_file, &smtp->password, fault);
    if (err != US_OK) {
        smtp_close(smtp);
        return err;
    }
    curl_multi_setopt(smtp->multi, CURLMOPT_SOCKETFUNCTION, on_want_socket);
    curl_multi_setopt(smtp->multi, CURLMOPT_SOCKETDATA, smtp);
    curl_multi_setopt(smtp->multi, CURLMOPT_TIMERFUNCTION, on_want_timer);
    curl_multi_setopt(smtp->multi, CURLMOPT_TIMERDATA, smtp);
    curl_multi_setopt(smtp->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MOST);
    *out = smtp;
    return US_OK;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *arg)
{
    struct delivery *delivery = arg;
    size_t left = delivery->message->len - delivery->sent, part = size * count;
    if (part > left)
        part = left;
    memcpy(buffer, delivery->message->bytes + delivery->sent, part);
    delivery->sent += part;
    return part;
}

/* libcurl does not tell which command a reply was to; what it sends does. Nothing is logged. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
    struct delivery *delivery = arg;
    (void)easy;
    if (delivery->talk && type == CURLINFO_HEADER_IN)
        transport_talk_hear(delivery->talk, data, len);
    else if (delivery->talk && type == CURLINFO_TEXT)
        transport_talk_note(delivery->talk, data, len);
    if (type == CURLINFO_HEADER_OUT && len >= 8 && strncasecmp(data, "RCPT TO:", 8) == 0)
        delivery->recipient_named = true;
    return 0;
}

static void delivery_set_options(struct delivery *delivery)
{
    struct smtp *smtp = delivery->smtp;
    CURL *easy = delivery->easy;
    char from[320];
    snprintf(from, sizeof from, "<%s>", smtp->config->mail_from);
    curl_easy_setopt(easy, CURLOPT_URL, smtp->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     smtp->config->mail_smtp_tls == CONFIG_SMTP_TLS_NONE ? (long)CURLUSESSL_NONE
                                                                         : (long)CURLUSESSL_ALL);
    if (smtp->config->mail_smtp_ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, smtp->config->mail_smtp_ca);
    if (smtp->password) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, smtp->config->mail_smtp_user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, smtp->password);
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, delivery->recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)delivery->message->len);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, delivery);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, delivery);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT,
                     SEND_SECONDS + (long)(delivery->message->len / SLOWEST));
    if (delivery->talk) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, TEST_CONNECT_SECONDS);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT, TEST_SECONDS);
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_PRIVATE, delivery);
}

static void smtp_send(void *self, const struct transport_message *message,
                      transport_on_fate *on_fate, void *arg)
{
    struct smtp *smtp = self;
    char to[320];
    snprintf(to, sizeof to, "<%s>", message->recipient);
    CURL *easy = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    if (!easy || !recipients) {
        curl_easy_cleanup(easy);
        curl_slist_free_all(recipients);
        on_fate(message, TRANSPORT_LATER, "libcurl has no room", arg);
        return;
    }
    struct delivery *delivery = MEM_NEW(struct delivery);
    *delivery = (struct delivery){.smtp = smtp,
                                  .easy = easy,
                                  .recipients = recipients,
                                  .message = message,
                                  .on_fate = on_fate,
                                  .arg = arg,
                                  .next = smtp->first};
    if (message->is_test)
        delivery->talk = transport_talk_new();
    if (smtp->first)
        smtp->first->previous = delivery;
    smtp->first = delivery;
    delivery_set_options(delivery);
    curl_multi_add_handle(smtp->multi, easy);
}

const struct transport_kind transport_smtp = {smtp_open, smtp_send, smtp_interrupt, smtp_close};
