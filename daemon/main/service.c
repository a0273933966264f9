/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Wiring. The main thread starts everything and then only waits for signals and for the hour when
 * what is past its term is deleted.
 */
#include "main/service.h"
#include "appeal/delivery.h"
#include "appeal/signing.h"
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

enum us_err service_start(const struct config *config, struct service **out, struct fault *fault)
{
    struct service *service = MEM_NEW(struct service);
    service->config = config;
    enum us_err err = site_open(config, LOCK_WAIT_SECONDS, &service->parts, fault);
    if (err != US_OK)
        goto err_stop;
    /* What a pulled plug left behind; before anybody can make anything new. */
    err = delivery_sweep(service->parts.site);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "the letters' files could not be looked through (%s)",
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
    log_info("listening on %s", config->http_listen);
    *out = service;
    return US_OK;

err_stop:
    service_stop(service);
    return err;
}

static void expire(struct service *service)
{
    enum us_err err = signing_expire(service->parts.site, clock_now());
    if (err == US_OK)
        err = edition_forget(service->parts.site, clock_now());
    if (err != US_OK)
        log_warning("what is past its term could not be deleted: %s", err_name(err));
}

static void reload(struct service *service)
{
    struct fault fault = {0};
    char line[1200];
    if (http_server_reload(service->http, &fault) == US_OK) {
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
    for (;;) {
        const struct timespec wait = {.tv_sec = EXPIRY_SECONDS};
        int caught = sigtimedwait(&set, NULL, &wait);
        if (caught == SIGHUP)
            reload(service);
        else if (caught == SIGTERM || caught == SIGINT)
            return;
        else if (caught < 0 && errno == EAGAIN)
            expire(service);
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
