/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Readers who ask for pages in turn, each request at its own moment whatever the others take (an
 * open loop), over connections that stay open; a time runs from the moment a request was due, so
 * that a stall is counted for all who would have met it. Readers sit at other machines: where the
 * system allows it this is of a real-time class, lest what it waits for the processor itself be
 * taken for the service's. Asks 127.0.0.1 alone.
 *
 * page_load PORT PAGES_A_SECOND SECONDS PATH...
 *
 * Ends after that many seconds, or when its input ends. Prints a line of JSON, then each request's
 * path, by its place from 0, and microseconds, in the order they were answered in.
 */
#include "config.h" /* ppoll() and strcasestr() are extensions */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 24
#define RATE_MOST 2000
#define SECONDS_MOST 240
#define WAITING_MOST 65536 /* requests that are due and have no connection */
#define HEAD_MOST 8192
#define GRACE INT64_C(10000000000) /* for the last answers */
#define SECOND INT64_C(1000000000)

struct connection {
    int fd;
    bool is_asking;
    size_t path;
    int64_t due;
    char head[HEAD_MOST + 1]; /* of the answer */
    size_t head_len;
    bool has_head;
    size_t body_left;
};

struct load {
    int port;
    int64_t rate, period;
    char **paths;
    size_t path_count;
    struct connection connections[CONNECTIONS];
    int64_t waiting[WAITING_MOST];
    size_t waiting_first, waiting_count;
    uint64_t dice;
    bool is_over;               /* the input has ended */
    size_t asked, failed, lost; /* lost: connections that the service closed */
    int64_t *times, *delays; /* answers'; by how much requests went out too late, which is ours */
    size_t *of;              /* the paths that they are of */
    size_t time_count, delay_count, most;
    char chunk[65536];
};

static int64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * SECOND + at.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "page_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void open_connection(struct load *load, struct connection *connection)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)load->port),
        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
    };
    int on = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 ||
        connect(connection->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect");
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) != 0)
        die("fcntl");
    connection->is_asking = false;
}

static void send_request(struct load *load, struct connection *connection, int64_t due)
{
    char text[1024];
    connection->path = load->asked % load->path_count;
    int len = snprintf(text, sizeof text,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/html\r\n"
                       "Accept-Encoding: gzip, br\r\n\r\n",
                       load->paths[connection->path], load->port);
    connection->is_asking = true;
    connection->due = due;
    connection->head_len = 0;
    connection->has_head = false;
    load->delays[load->delay_count++] = now() - due;
    load->asked++;
    if (len >= (int)sizeof text || write(connection->fd, text, (size_t)len) != len) {
        /* The service may have closed it since: that one is asked again. */
        close(connection->fd);
        load->lost++;
        open_connection(load, connection);
        connection->is_asking = true;
        if (len >= (int)sizeof text || write(connection->fd, text, (size_t)len) != len)
            die("cannot ask");
    }
}

static struct connection *find_free(struct load *load)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (!load->connections[i].is_asking)
            return &load->connections[i];
    }
    return NULL;
}

static void ask(struct load *load, int64_t due)
{
    struct connection *connection = find_free(load);
    if (connection) {
        send_request(load, connection, due);
        return;
    }
    if (load->waiting_count == WAITING_MOST)
        die("too many requests wait");
    load->waiting[(load->waiting_first + load->waiting_count++) % WAITING_MOST] = due;
}

static void end_answer(struct load *load, struct connection *connection, bool is_good)
{
    load->failed += !is_good;
    load->of[load->time_count] = connection->path;
    load->times[load->time_count++] = now() - connection->due;
    connection->is_asking = false;
    if (!is_good) {
        close(connection->fd);
        open_connection(load, connection);
    }
    if (load->waiting_count > 0) {
        int64_t due = load->waiting[load->waiting_first];
        load->waiting_first = (load->waiting_first + 1) % WAITING_MOST;
        load->waiting_count--;
        send_request(load, connection, due);
    }
}

/* Takes what came of an answer's head, and how long its body is. False: it is none of ours. */
static bool take_head(struct connection *connection, const char *data, size_t len, size_t *used)
{
    size_t before = connection->head_len, room = HEAD_MOST - before;
    size_t taken = len < room ? len : room;
    memcpy(connection->head + before, data, taken);
    connection->head_len += taken;
    connection->head[connection->head_len] = '\0';
    *used = taken;
    char *end = strstr(connection->head, "\r\n\r\n");
    if (!end)
        return connection->head_len < HEAD_MOST;
    size_t head_len = (size_t)(end - connection->head) + 4;
    *used = head_len - before;
    *end = '\0';
    const char *length = strcasestr(connection->head, "\r\nContent-Length:");
    if (!length || strncmp(connection->head, "HTTP/1.1 200 ", 13) != 0)
        return false;
    connection->body_left = (size_t)strtoull(length + 17, NULL, 10);
    connection->has_head = true;
    return true;
}

static void read_answer(struct load *load, struct connection *connection)
{
    while (connection->is_asking) {
        ssize_t n = read(connection->fd, load->chunk, sizeof load->chunk);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            end_answer(load, connection, false);
            return;
        }
        size_t used = 0, len = (size_t)n;
        if (!connection->has_head && !take_head(connection, load->chunk, len, &used)) {
            end_answer(load, connection, false);
            return;
        }
        if (!connection->has_head)
            continue;
        bool is_too_much = len - used > connection->body_left;
        connection->body_left -= is_too_much ? 0 : len - used;
        if (is_too_much || connection->body_left == 0)
            end_answer(load, connection, !is_too_much);
    }
}

/* Moments come evenly, each at random within its share, so that they beat with nothing. */
static int64_t next_moment(struct load *load, int64_t began, size_t turn)
{
    load->dice ^= load->dice << 13;
    load->dice ^= load->dice >> 7;
    load->dice ^= load->dice << 17;
    return began + (int64_t)turn * load->period +
           (int64_t)(load->dice % (uint64_t)(load->period + 1));
}

/* Waits for answers until then, or for the input's end. */
static void wait_until(struct load *load, int64_t until)
{
    struct pollfd waiting[CONNECTIONS + 1] = {
        {.fd = load->is_over ? -1 : STDIN_FILENO, .events = POLLIN}};
    for (size_t i = 0; i < CONNECTIONS; i++)
        waiting[i + 1] = (struct pollfd){.fd = load->connections[i].fd, .events = POLLIN};
    int64_t left = until - now();
    struct timespec term = {.tv_sec = left > 0 ? left / SECOND : 0,
                            .tv_nsec = left > 0 ? left % SECOND : 0};
    if (ppoll(waiting, CONNECTIONS + 1, &term, NULL) < 0 && errno != EINTR)
        die("ppoll");
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *connection = &load->connections[i];
        if (waiting[i + 1].revents && connection->is_asking) {
            read_answer(load, connection);
        } else if (waiting[i + 1].revents) { /* closed while nothing was asked */
            close(connection->fd);
            load->lost++;
            open_connection(load, connection);
        }
    }
    char ignored[64];
    if (waiting[0].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
        load->is_over = true;
}

static void run(struct load *load, int64_t seconds)
{
    int64_t began = now(), end = began + seconds * SECOND;
    size_t turn = 0;
    while (!load->is_over && turn < load->most) {
        int64_t due = next_moment(load, began, turn++);
        if (due >= end)
            break;
        while (!load->is_over && now() < due)
            wait_until(load, due);
        if (!load->is_over)
            ask(load, due);
    }
    end = now() + GRACE;
    while (load->time_count < load->asked + load->waiting_count && now() < end)
        wait_until(load, now() + SECOND / 100);
    load->failed += load->asked + load->waiting_count - load->time_count;
}

static int compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

static bool make_realtime(void)
{
    const struct sched_param param = {.sched_priority = 10};
    (void)mlockall(MCL_CURRENT | MCL_FUTURE);
    return sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: page_load PORT PAGES_A_SECOND SECONDS PATH...\n", stderr);
        return 2;
    }
    struct load *load = calloc(1, sizeof *load);
    int64_t seconds = strtoll(argv[3], NULL, 10);
    if (!load)
        die("memory");
    load->port = (int)strtol(argv[1], NULL, 10);
    load->rate = strtoll(argv[2], NULL, 10);
    load->paths = argv + 4;
    load->path_count = (size_t)argc - 4;
    load->dice = UINT64_C(0x9e3779b97f4a7c15);
    if (load->rate < 1 || load->rate > RATE_MOST || seconds < 1 || seconds > SECONDS_MOST) {
        fprintf(stderr, "page_load: at most %d pages a second, for at most %d seconds\n", RATE_MOST,
                SECONDS_MOST);
        return 2;
    }
    load->period = SECOND / load->rate;
    load->most = (size_t)(load->rate * seconds);
    load->times = calloc(2 * (load->most + CONNECTIONS), sizeof *load->times);
    load->of = calloc(load->most + CONNECTIONS, sizeof *load->of);
    if (!load->times || !load->of)
        die("memory");
    load->delays = load->times + load->most + CONNECTIONS;
    for (size_t i = 0; i < CONNECTIONS; i++)
        open_connection(load, &load->connections[i]);
    bool is_realtime = make_realtime();
    run(load, seconds);
    qsort(load->delays, load->delay_count, sizeof *load->delays, compare);
    printf("{\"asked\": %zu, \"failed\": %zu, \"lost\": %zu, \"is_realtime\": %s, "
           "\"late_p99\": %.1f, \"late_most\": %.1f}\n",
           load->asked, load->failed, load->lost, is_realtime ? "true" : "false",
           load->delay_count ? (double)load->delays[load->delay_count * 99 / 100] / 1000 : 0.0,
           load->delay_count ? (double)load->delays[load->delay_count - 1] / 1000 : 0.0);
    for (size_t i = 0; i < load->time_count; i++)
        printf("%zu %.1f\n", load->of[i], (double)load->times[i] / 1000);
    free(load->times);
    free(load->of);
    free(load);
    return 0;
}
