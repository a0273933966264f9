/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Puts the parts together: listeners, certificate, limits and the web threads; starts and stops
 * them. */
#include "http/server.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/listener.h"
#include "http/worker.h"
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define SERVER_CONNECTIONS 4096
#define SERVER_CONNECTIONS_PER_PREFIX 64
#define SERVER_THREADS_MOST 256
#define SERVER_RESERVE 128 /* descriptors for everything else in the process */

struct http_server {
    struct worker_settings settings;
    int listeners[LISTENER_MOST];
    int worker_count;
    struct worker **workers;
};

static int64_t term(int milliseconds, int seconds)
{
    return milliseconds > 0 ? milliseconds * (CLOCK_SECOND / 1000) : seconds * CLOCK_SECOND;
}

static int count_threads(int wanted)
{
    long count = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        return 1;
    return count < SERVER_THREADS_MOST ? (int)count : SERVER_THREADS_MOST;
}

static void warn_of_file_limit(int connections)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < (rlim_t)connections + SERVER_RESERVE)
        log_warning("http: %d connections are configured, but only %llu files may be open",
                    connections, (unsigned long long)limit.rlim_cur);
}

static struct worker_settings settings_of(const struct http_server_params *params)
{
    return (struct worker_settings){
        .on_request = params->on_request,
        .takes_upload = params->takes_upload,
        .on_error = params->on_error,
        .arg = params->arg,
        .deadline = term(params->deadline_ms, 15),
        .idle = term(params->idle_ms, 30),
        .handshake = term(params->handshake_ms, 10),
        .write = term(params->write_ms, 60),
        .linger = term(params->linger_ms, 2),
    };
}

static enum us_err open_parts(struct http_server *server, const struct http_server_params *params,
                              struct fault *fault)
{
    struct worker_settings *settings = &server->settings;
    enum us_err err = address_set_new(params->trusted_proxies, &settings->trusted, fault);
    if (err != US_OK)
        return err;
    if ((params->tls_certificate == NULL) != (params->tls_key == NULL)) {
        fault_set(fault, NULL, 0, "TLS needs both a certificate and its key");
        return US_INVALID;
    }
    if (params->tls_certificate != NULL) {
        err = tls_new(params->tls_certificate, params->tls_key, &settings->tls, fault);
        if (err != US_OK)
            return err;
    }
    return listener_open_all(params->listen, server->listeners, &settings->listener_count, fault);
}

enum us_err http_server_new(const struct http_server_params *params, struct http_server **out,
                            struct fault *fault)
{
    struct http_server *server = MEM_NEW(struct http_server);
    server->settings = settings_of(params);
    server->settings.listeners = server->listeners;
    int connections = params->connections > 0 ? params->connections : SERVER_CONNECTIONS;
    int per_prefix = params->connections_per_prefix > 0 ? params->connections_per_prefix
                                                        : SERVER_CONNECTIONS_PER_PREFIX;
    server->settings.limits = limits_new(connections, per_prefix);
    warn_of_file_limit(connections);

    enum us_err err = open_parts(server, params, fault);
    int wanted = count_threads(params->threads);
    server->workers = mem_zero((size_t)wanted * sizeof(struct worker *));
    while (err == US_OK && server->worker_count < wanted) {
        err = worker_new(&server->settings, &server->workers[server->worker_count]);
        if (err == US_OK)
            server->worker_count++;
        else
            fault_set(fault, NULL, 0, "no file descriptors are left for the web threads");
    }
    if (err == US_OK)
        *out = server;
    else
        http_server_free(server);
    return err;
}

enum us_err http_server_start(struct http_server *server)
{
    for (int i = 0; i < server->worker_count; i++) {
        enum us_err err = worker_start(server->workers[i]);
        if (err != US_OK) {
            http_server_stop(server, 0);
            return err;
        }
    }
    return US_OK;
}

int http_server_port(const struct http_server *server)
{
    return listener_port(server->listeners[0]);
}

enum us_err http_server_reload(struct http_server *server, struct fault *fault)
{
    return server->settings.tls == NULL ? US_OK : tls_reload(server->settings.tls, fault);
}

void http_server_stop(struct http_server *server, int seconds)
{
    for (int i = 0; i < server->worker_count; i++)
        worker_stop(server->workers[i], seconds);
    for (int i = 0; i < server->worker_count; i++)
        worker_join(server->workers[i]);
    /* The threads were the only ones to accept; now the ports are free for a successor. */
    for (int i = 0; i < server->settings.listener_count; i++) {
        if (server->listeners[i] >= 0)
            close(server->listeners[i]);
        server->listeners[i] = -1;
    }
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    http_server_stop(server, 0);
    for (int i = 0; i < server->worker_count; i++)
        worker_free(server->workers[i]);
    free(server->workers);
    limits_free(server->settings.limits);
    address_set_free(server->settings.trusted);
    tls_free(server->settings.tls);
    free(server);
}
