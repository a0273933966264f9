/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "appeal/backup_place.h"
#include "control/actor.h"
#include "control/owner.h"
#include "control/stdio.h"
#include "proto/frame.h"
#include "proto/socket.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define STDIO_CHUNK 65536
#define STDIO_HELLO_MS 9000 /* less than a client waits: it is to hear why */

/* ---- relaying ---- */

/* Copies what one side has to say; false when it has nothing more to say or the other is gone. */
static bool copy_some(int from, int to)
{
    char bytes[STDIO_CHUNK];
    ssize_t n;

    do
        n = read(from, bytes, sizeof(bytes));
    while (n < 0 && errno == EINTR);
    return n > 0 && frame_write(to, bytes, (size_t)n, -1) == US_OK;
}

static int relay(int fd)
{
    struct fault fault = {.text = ""};
    struct pollfd sides[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = fd, .events = POLLIN},
    };

    /* Its hello is the first thing that is said at all. */
    if (poll(&sides[1], 1, STDIO_HELLO_MS) == 0) {
        fault_set(&fault, NULL, 0,
                  "the service does not answer: it said nothing for %d seconds; `systemctl restart "
                  "undersignd` may help",
                  STDIO_HELLO_MS / 1000);
        session_refuse(STDOUT_FILENO, US_IO, &fault);
        return EX_UNAVAILABLE;
    }

    for (;;) {
        if (poll(sides, 2, -1) < 0 && errno != EINTR)
            return EX_OSERR;
        if (sides[1].revents != 0 && !copy_some(fd, STDOUT_FILENO))
            return EX_OK;
        if (sides[0].revents != 0 && !copy_some(STDIN_FILENO, fd)) {
            /* The client hung up: the service hears so, ends what it does, and hangs up too. */
            shutdown(fd, SHUT_WR);
            sides[0].fd = -1;
        }
    }
}

/* ---- alone ---- */

static enum us_err open_as_owner(const struct config *config, struct site **out,
                                 struct fault *fault, void *arg)
{
    const struct session_opener *opener = arg;
    enum us_err err = owner_become(config, fault);

    return err == US_OK ? opener->open(config, out, fault, opener->arg) : err;
}

static void close_again(struct site *site, void *arg)
{
    const struct session_opener *opener = arg;

    opener->close(site, opener->arg);
}

static int serve_alone(const struct config *config, const struct session_opener *opener)
{
    struct session_opener as_owner = {
        .open = open_as_owner,
        .close = close_again,
        .arg = (void *)(uintptr_t)opener,
    };
    struct fault fault = {.text = ""};
    char actor[ACTOR_SIZE];

    if (owner_check(config, &fault) != US_OK) {
        session_refuse(STDOUT_FILENO, US_DENIED, &fault);
        return EX_NOPERM;
    }
    /* Whoever started this acts, whichever account it becomes. */
    actor_name(getuid(), actor);
    session_run(&(struct session_params){
        .config = config,
        .opener = &as_owner,
        .actor = actor,
        .rank = ROLE_ADMINISTRATOR,
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
    });
    return EX_OK;
}

int stdio_run(const struct config *config, const struct session_opener *opener)
{
    struct fault fault = {.text = ""};
    enum us_err err;
    int fd;

    signal(SIGPIPE, SIG_IGN);
    err = socket_connect(config->control_socket, &fd, &fault);
    if (err == US_OK) {
        int status = relay(fd);
        close(fd);
        return status;
    }
    if (err == US_NOT_FOUND)
        return serve_alone(config, opener);
    session_refuse(STDOUT_FILENO, err, &fault);
    return err == US_DENIED ? EX_NOPERM : EX_UNAVAILABLE;
}

int stdio_run_backup(const struct config *config, int file)
{
    struct fault fault = {.text = ""};
    char actor[ACTOR_SIZE];
    struct backup_place *place;
    enum us_err err = US_OK;

    signal(SIGPIPE, SIG_IGN);
    actor_name(getuid(), actor);
    if (config != NULL)
        err = owner_become(config, &fault);
    if (err != US_OK) {
        session_refuse(STDOUT_FILENO, err, &fault);
        return EX_NOPERM;
    }
    place = backup_place_new(file);
    session_run(&(struct session_params){
        .config = config,
        .actor = actor,
        .rank = ROLE_ADMINISTRATOR,
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .place = place,
    });
    backup_place_free(place);
    return EX_OK;
}

int stdio_refuse(enum us_err err, const struct fault *fault)
{
    signal(SIGPIPE, SIG_IGN);
    session_refuse(STDOUT_FILENO, err, fault);
    return err == US_DENIED ? EX_NOPERM : EX_CONFIG;
}
