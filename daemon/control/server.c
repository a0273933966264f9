/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "base/mem.h"
#include "control/actor.h"
#include "control/role.h"
#include "control/server.h"
#include "control/session.h"
#include "proto/socket.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define YIELDING 10         /* niceness of who serves a client */
#define CONTROL_REST_MS 200 /* when there is no descriptor left */

struct client {
    struct control_server *server;
    int fd; /* -1: the place is free */
    uid_t uid;
    bool is_administrator; /* known to be */
};

struct control_server {
    struct site *site;
    int listener, wake; /* wake: an eventfd that ends the listening thread */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t gone; /* a client is */
    bool is_stopping;
    size_t count;
    struct client clients[CONTROL_CLIENTS_MOST];
};

/* Lists and acts give way to the site's pages. On Linux this is one thread's own. */
static void give_way(void)
{
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), YIELDING) != 0)
        log_warning("control: cannot give way to the site's pages: %s", strerror(errno));
}

static void *serve_client(void *arg)
{
    struct client *client = arg;
    struct control_server *server = client->server;
    const struct config *config = site_config(server->site);
    struct fault fault = {.text = ""};
    char actor[ACTOR_SIZE];
    enum role_rank rank;

    give_way();
    actor_of_peer(client->fd, actor);
    rank = role_of_socket(config, client->fd);
    pthread_mutex_lock(&server->lock);
    client->is_administrator = rank == ROLE_ADMINISTRATOR;
    pthread_mutex_unlock(&server->lock);
    if (rank == ROLE_NONE) {
        role_explain_none(config, actor, &fault);
        session_refuse(client->fd, US_DENIED, &fault);
    } else {
        session_run(&(struct session_params){
            .config = config,
            .site = server->site,
            .actor = actor,
            .rank = rank,
            .in = client->fd,
            .out = client->fd,
        });
    }

    pthread_mutex_lock(&server->lock);
    close(client->fd);
    client->fd = -1;
    server->count--;
    /* Under the lock: once it is released with nobody left, the whole struct may be gone. */
    pthread_cond_broadcast(&server->gone);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* Whose places are kept for them. (uid_t)-1, where the kernel does not tell, is nobody's. */
static bool is_master(uid_t uid)
{
    return uid == 0 || uid == geteuid();
}

static uid_t uid_of(int fd)
{
    struct ucred credentials;
    socklen_t len = sizeof(credentials);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) != 0)
        return (uid_t)-1;
    return credentials.uid;
}

/* Says why there is none for that account. */
static struct client *find_place(struct control_server *server, uid_t uid, struct fault *fault)
{
    size_t own = 0, others = 0;

    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++) {
        const struct client *client = &server->clients[i];
        if (client->fd < 0)
            continue;
        own += client->uid == uid && !client->is_administrator;
        others += !is_master(client->uid);
    }
    if (!is_master(uid) && own >= CONTROL_CLIENTS_EACH) {
        fault_set(fault, NULL, 0,
                  "you have %d connections to the service already; end one of them, or try again "
                  "in a moment",
                  CONTROL_CLIENTS_EACH);
        return NULL;
    }
    fault_set(fault, NULL, 0, "the service has %d clients already; try again in a moment",
              is_master(uid) ? CONTROL_CLIENTS_MOST : CONTROL_CLIENTS_MOST - CONTROL_CLIENTS_KEPT);
    if (!is_master(uid) && others >= CONTROL_CLIENTS_MOST - CONTROL_CLIENTS_KEPT)
        return NULL;
    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++) {
        if (server->clients[i].fd < 0)
            return &server->clients[i];
    }
    return NULL;
}

/* Takes the descriptor. */
static enum us_err add_client(struct control_server *server, int fd, struct fault *fault)
{
    uid_t uid = uid_of(fd);
    struct client *client;
    pthread_attr_t attributes;
    pthread_t thread;
    enum us_err err = US_BUSY;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&server->lock);
    client = find_place(server, uid, fault);
    if (client != NULL && !server->is_stopping) {
        *client = (struct client){.server = server, .fd = fd, .uid = uid};
        if (pthread_create(&thread, &attributes, serve_client, client) == 0) {
            server->count++;
            err = US_OK;
        } else {
            client->fd = -1;
        }
    }
    pthread_mutex_unlock(&server->lock);
    pthread_attr_destroy(&attributes);
    return err;
}

static void accept_client(struct control_server *server)
{
    struct fault fault;
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            poll(NULL, 0, CONTROL_REST_MS);
        return;
    }
    if (add_client(server, fd, &fault) == US_OK)
        return;
    session_refuse(fd, US_BUSY, &fault);
    close(fd);
}

static void *listen_for_clients(void *arg)
{
    struct control_server *server = arg;
    struct pollfd waiting[] = {
        {.fd = server->wake, .events = POLLIN},
        {.fd = server->listener, .events = POLLIN},
    };

    for (;;) {
        if (poll(waiting, 2, -1) < 0 && errno != EINTR)
            log_error("control: poll failed: %s", strerror(errno));
        if ((waiting[0].revents & POLLIN) != 0)
            return NULL;
        if ((waiting[1].revents & POLLIN) != 0)
            accept_client(server);
    }
}

enum us_err control_server_start(struct site *site, struct control_server **out,
                                 struct fault *fault)
{
    struct control_server *server = MEM_NEW(struct control_server);
    struct fault missing = {.text = ""};
    sigset_t all, before;
    enum us_err err;
    int failed;

    server->site = site;
    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++)
        server->clients[i].fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->gone, NULL);
    server->wake = eventfd(0, EFD_CLOEXEC);
    if (server->wake < 0) {
        fault_set(fault, NULL, 0, "cannot make an eventfd: %s", strerror(errno));
        err = US_IO;
        goto err_server;
    }
    err = socket_listen(site_config(site)->control_socket, role_socket_mode(site_config(site)),
                        &server->listener, fault);
    if (err != US_OK)
        goto err_wake;

    if (role_check_groups(site_config(site), &missing) != US_OK)
        log_warning("control: %s", missing.text);

    /* Signals are main's; the threads of the clients inherit this mask from the listening one. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    failed = pthread_create(&server->thread, NULL, listen_for_clients, server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        fault_set(fault, NULL, 0, "cannot start a thread: %s", strerror(failed));
        err = US_IO;
        goto err_listener;
    }
    *out = server;
    return US_OK;

err_listener:
    close(server->listener);
    socket_remove(site_config(site)->control_socket);
err_wake:
    close(server->wake);
err_server:
    pthread_cond_destroy(&server->gone);
    pthread_mutex_destroy(&server->lock);
    free(server);
    return err;
}

void control_server_stop(struct control_server *server)
{
    if (server == NULL)
        return;
    pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    pthread_mutex_unlock(&server->lock);
    if (eventfd_write(server->wake, 1) != 0)
        log_error("control: cannot end the listening thread: %s", strerror(errno));
    pthread_join(server->thread, NULL);
    close(server->listener);
    socket_remove(site_config(server->site)->control_socket);

    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < CONTROL_CLIENTS_MOST; i++) {
        if (server->clients[i].fd >= 0)
            shutdown(server->clients[i].fd, SHUT_RDWR);
    }
    while (server->count > 0)
        pthread_cond_wait(&server->gone, &server->lock);
    pthread_mutex_unlock(&server->lock);

    close(server->wake);
    pthread_cond_destroy(&server->gone);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
