/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The daemon's way in: what it was asked, its configuration, then the service or the relay. */
#include "base/log.h"
#include "config.h"
#include "control/stdio.h"
#include "crypto/random.h"
#include "main/arguments.h"
#include "main/service.h"
#include "main/site_open.h"
#include "text/language.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>

/* As many descriptors as the system lets us have: connections are bounded by the configuration. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run_service(const struct config *config)
{
    struct service *service;
    struct fault fault = {0};
    char line[1200];
    service_block_signals();
    raise_descriptors();
    enum us_err err = service_start(config, &service, &fault);
    if (err != US_OK) {
        fault_print(&fault, line, sizeof line);
        log_error("%s", line);
        /* Other keys than the database's; something that the configuration names wrongly. */
        return err == US_MISFIT || err == US_CONFLICT || err == US_INVALID ? EX_CONFIG
                                                                           : EX_UNAVAILABLE;
    }
    service_run(service);
    service_stop(service);
    log_info("stopped");
    return EX_OK;
}

static int adopt_keys(const struct config *config)
{
    struct fault fault = {0};
    char line[1200];
    enum us_err err = site_adopt_keys(config, &fault);
    if (err == US_OK) {
        log_info("the database goes with the keys in %s", config->keys_folder);
        return EX_OK;
    }
    fault_print(&fault, line, sizeof line);
    log_error("%s", line);
    return err == US_DENIED ? EX_NOPERM : EX_UNAVAILABLE;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct config *config = NULL;
    struct fault fault = {0};
    char line[1200];
    int status = arguments_read(argc, argv, &arguments);
    if (status >= 0)
        return status;
    umask(077);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a core would hold mailboxes and keys */
    log_open("undersignd", LOG_LEVEL_INFO);
    random_open();
    enum us_err err = language_open(NULL);
    if (err != US_OK)
        fault_set(&fault, NULL, 0, "the locale C.UTF-8 is missing on this machine");
    else
        err = arguments.is_backup && !arguments.has_config
                  ? US_OK
                  : config_load(arguments.config, &config, &fault);
    if (err == US_OK) {
        struct site_parts parts = {0};
        struct session_opener opener = site_opener(&parts);
        if (config) {
            log_set_level(config->log_level);
            /* Before any thread: what SQLite writes anew stays beside the database. */
            char *folder = config_store_folder(config);
            setenv("SQLITE_TMPDIR", folder, 0);
            free(folder);
        }
        status = arguments.is_check      ? EX_OK
                 : arguments.adopts_keys ? adopt_keys(config)
                 : arguments.is_backup   ? stdio_run_backup(config, ARGUMENTS_BACKUP_FD)
                 : arguments.is_stdio    ? stdio_run(config, &opener)
                                         : run_service(config);
        config_free(config);
        return status;
    }
    if (arguments.is_stdio || arguments.is_backup)
        return stdio_refuse(err, &fault);
    fault_print(&fault, line, sizeof line);
    fprintf(stderr, "undersignd: %s\n", line);
    return EX_CONFIG;
}
