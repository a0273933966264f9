/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One way to open a site, so that a command without a service finds it as the service would. */
#include "main/site_open.h"
#include "appeal/act.h"
#include "appeal/site_mark.h"
#include "base/mem.h"
#include "control/owner.h"
#include "store/lock.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define RENDERER "undersign"
#define REQUEST_LOCK_SECONDS                                                                       \
    2 /* a service that starts or another command; longer means it runs                            \
       */

static enum us_err open_keys(const struct config *config, struct keyring **out, struct fault *fault)
{
    enum us_err err = keyring_open(config->keys_folder, out);
    if (err == US_DENIED)
        fault_set(fault, config->keys_folder, 0,
                  "others than the service's account can read the keys: the folder must have mode "
                  "700, its files 600");
    else if (err != US_OK)
        fault_set(fault, config->keys_folder, 0, "the service's keys cannot be opened (%s)",
                  err_name(err));
    return err;
}

/* The program that draws: the one beside this, as in a build tree, else the installed one. */
static char *find_renderer(void)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    while (len > 0 && path[len - 1] != '/')
        len--;
    char *beside = mem_format("%.*s" RENDERER, len > 0 ? (int)len : 0, path);
    if (len > 0 && access(beside, X_OK) == 0)
        return beside;
    free(beside);
    return mem_string(UNDERSIGN_BIN_DIR "/" RENDERER);
}

static enum us_err open_parts(const struct config *config, int lock_seconds, bool adopts_keys,
                              struct site_parts *out, struct fault *fault)
{
    struct site_parts parts = {0};
    enum us_err err = domain_lists_load(config, &parts.domains, fault);
    if (err != US_OK)
        return err;
    char *lock = lock_name(config->store_path);
    const struct store_params params = {.path = config->store_path,
                                        .lock = lock,
                                        .lock_seconds = lock_seconds,
                                        .readers = (int)config->store_readers,
                                        .read_queue = (int)config->store_read_queue};
    err = store_open(&params, &parts.store, fault);
    free(lock);
    if (err != US_OK)
        goto err_domains;
    /* The store first: it knows whether keys may be made. */
    err = site_mark_check(config, parts.store, adopts_keys, fault);
    if (err != US_OK)
        goto err_store;
    err = open_keys(config, &parts.keyring, fault);
    if (err != US_OK)
        goto err_store;
    err = site_mark_keep(config, parts.store, parts.keyring, adopts_keys, fault);
    if (err != US_OK)
        goto err_keys;
    char *renderer = find_renderer();
    parts.site = site_new(&(struct site_params){.config = config,
                                                .store = parts.store,
                                                .keyring = parts.keyring,
                                                .renderer = renderer,
                                                .domains = parts.domains});
    free(renderer);
    *out = parts;
    return US_OK;

err_keys:
    keyring_free(parts.keyring);
err_store:
    store_close(parts.store);
err_domains:
    domain_lists_free(parts.domains);
    return err;
}

enum us_err site_open(const struct config *config, int lock_seconds, struct site_parts *out,
                      struct fault *fault)
{
    return open_parts(config, lock_seconds, false, out, fault);
}

enum us_err site_adopt_keys(const struct config *config, struct fault *fault)
{
    struct site_parts parts;
    enum us_err err = owner_become(config, fault);
    if (err == US_DENIED) /* it speaks of a service that does not run, but this needs none */
        fault_set(fault, NULL, 0,
                  "only the service's account and root may do that, with the service stopped: run "
                  "this with sudo");
    if (err == US_OK)
        err = open_parts(config, REQUEST_LOCK_SECONDS, true, &parts, fault);
    if (err == US_OK)
        site_close(&parts);
    return err;
}

void site_close_store(struct site_parts *parts)
{
    if (parts->store)
        store_close(parts->store);
    parts->store = NULL;
}

void site_close(struct site_parts *parts)
{
    site_close_store(parts);
    site_free(parts->site);
    keyring_free(parts->keyring);
    domain_lists_free(parts->domains);
    *parts = (struct site_parts){0};
}

static enum us_err open_for_request(const struct config *config, struct site **out,
                                    struct fault *fault, void *arg)
{
    struct site_parts *parts = arg;
    enum us_err err = site_open(config, REQUEST_LOCK_SECONDS, parts, fault);
    if (err != US_OK)
        return err;
    /* Nobody else has the store: what says that it runs was cut off. */
    err = act_sweep(parts->site);
    if (err != US_OK) {
        site_close(parts);
        return err;
    }
    *out = parts->site;
    return US_OK;
}

static void close_after_request(struct site *site, void *arg)
{
    (void)site;
    site_close(arg);
}

struct session_opener site_opener(struct site_parts *parts)
{
    return (struct session_opener){open_for_request, close_after_request, parts};
}
