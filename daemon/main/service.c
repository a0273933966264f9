/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Wiring. The main thread starts everything and then only waits for signals and for the hour when
 * what is past its term is deleted.
 */
#include "main/service.h"
#include "appeal/act.h"
#include "appeal/backup_place.h"
#include "appeal/delivery.h"
#include "appeal/retention.h"
#include "appeal/review.h"
#include "appeal/site_check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/server.h"
#include "http/server.h"
#include "mail/runner.h"
#include "main/site_open.h"
#include "page/site.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define LOCK_WAIT_SECONDS 10 /* a command without a daemon may hold the lock for its moment */
#define DRAIN_SECONDS 10
#define EXPIRY_SECONDS 600

struct service {
    const struct config *config;
    struct site_parts parts;
    struct page_site *pages;
    struct mail_runner *mail;
    struct control_server *control;
    struct http_server *http;
};

static void signal_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void service_block_signals(void)
{
    sigset_t set;
    signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static enum us_err start_http(struct service *service, struct fault *fault)
{
    const struct config *config = service->config;
    const struct http_server_params params = {.listen = config->http_listen,
                                              .tls_certificate = config->http_tls_certificate,
                                              .tls_key = config->http_tls_key,
                                              .trusted_proxies = config->http_trusted_proxies,
                                              .threads = (int)config->http_web_threads,
                                              .connections = (int)config->http_connections,
                                              .connections_per_prefix =
                                                  (int)config->http_connections_per_prefix,
                                              .on_request = page_site_on_request,
                                              .arg = service->pages,
                                              .takes_upload = page_site_takes_upload,
                                              .on_error = page_site_on_error};
    enum us_err err = http_server_new(&params, &service->http, fault);
    if (err == US_OK)
        err = http_server_start(service->http);
    return err;
}

/* Of the file that was read a moment ago. */
static void note_certificate(struct service *service)
{
    struct site_ends ends;
    site_check_ends(service->config, &ends);
    site_set_tls_end(service->parts.site, ends.tls);
}

enum us_err service_start(const struct config *config, struct service **out, struct fault *fault)
{
    struct service *service = MEM_NEW(struct service);
    service->config = config;
    enum us_err err = site_open(config, LOCK_WAIT_SECONDS, &service->parts, fault);
    if (err != US_OK)
        goto err_stop;
    /* What a pulled plug left behind; before anybody can make anything new. */
    backup_sweep(config);
    backup_place_sweep(config);
    err = delivery_sweep(service->parts.site);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "the letters' files could not be looked through (%s)",
                  err_name(err));
        goto err_stop;
    }
    err = act_sweep(service->parts.site);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "acts that were cut off could not be looked for (%s)",
                  err_name(err));
        goto err_stop;
    }
    err = review_release_all(service->parts.site);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "what moderators looked at could not be set free (%s)",
                  err_name(err));
        goto err_stop;
    }
    service->pages = page_site_new(service->parts.site);
    err = mail_runner_start(service->parts.site, &service->mail, fault);
    if (err != US_OK)
        goto err_stop;
    err = control_server_start(service->parts.site, &service->control, fault);
    if (err != US_OK)
        goto err_stop;
    err = start_http(service, fault);
    if (err != US_OK)
        goto err_stop;
    note_certificate(service);
    site_set_started(service->parts.site, clock_now());
    log_info("listening on %s", config->http_listen);
    *out = service;
    return US_OK;

err_stop:
    service_stop(service);
    return err;
}

/* A signal waits that ends the service: what is not deleted now, is at the next start. */
static bool is_told_to_stop(void *arg)
{
    sigset_t waiting;
    (void)arg;
    return sigpending(&waiting) == 0 &&
           (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

static void expire(struct service *service)
{
    enum us_err err =
        retention_run(service->parts.site, &(struct retention_run){.actor = "service",
                                                                   .now = clock_now(),
                                                                   .wants_stop = is_told_to_stop});
    if (err != US_OK && err != US_CANCELLED)
        log_error("what is past its term could not be deleted: %s", err_name(err));
}

static bool goes_on(int64_t done, int64_t total, const char *what, void *arg)
{
    (void)done;
    (void)total;
    (void)what;
    return !is_told_to_stop(arg);
}

static void back_up(struct service *service)
{
    struct fault fault = {.text = ""};
    const struct backup_params params = {.actor = "service", .on_progress = goes_on};
    struct backup_made made;
    char line[1200];
    if (!backup_is_due(service->config, clock_now()))
        return;
    enum us_err err = backup_create(service->parts.site, &params, &made, &fault);
    if (err == US_OK) {
        log_info("backup: made %s (%lld bytes)", made.path, (long long)made.bytes);
        backup_made_clear(&made);
    } else if (err != US_CANCELLED) {
        if (fault.text[0] == '\0')
            fault_set(&fault, NULL, 0, "%s", err_name(err));
        fault_print(&fault, line, sizeof line);
        log_error("backup: could not be made: %s", line);
    }
}

static void reload(struct service *service)
{
    struct fault fault = {0};
    char line[1200];
    if (http_server_reload(service->http, &fault) == US_OK) {
        note_certificate(service);
        log_info("reloaded the certificate");
        return;
    }
    fault_print(&fault, line, sizeof line);
    log_error("not reloaded, the old certificate stays: %s", line);
}

void service_run(struct service *service)
{
    sigset_t set;
    signal_set(&set);
    expire(service);
    back_up(service);
    for (;;) {
        const struct timespec wait = {.tv_sec = EXPIRY_SECONDS};
        int caught = sigtimedwait(&set, NULL, &wait);
        if (caught == SIGHUP)
            reload(service);
        else if (caught == SIGTERM || caught == SIGINT)
            return;
        else if (caught < 0 && errno == EAGAIN) {
            expire(service);
            back_up(service);
        }
    }
}

void service_stop(struct service *service)
{
    if (!service)
        return;
    if (service->http)
        http_server_stop(service->http, DRAIN_SECONDS);
    control_server_stop(service->control);
    mail_runner_stop(service->mail);
    site_close_store(&service->parts);
    /* The last completions of the store may still have answered exchanges: the server goes after
     * it. */
    http_server_free(service->http);
    page_site_free(service->pages);
    site_close(&service->parts);
    free(service);
}
