/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether the service can work with what its configuration names: folders it must write to, keys it
 * must read and nobody else, certificates and how long they hold. The file's words were looked at
 * before (base/config.h); no network is asked.
 */
#ifndef APPEAL_SITE_CHECK_H
#define APPEAL_SITE_CHECK_H

#include "base/config.h"
#include <stdbool.h>
#include <stdint.h>

struct site_finding { /* borrowed while the callback runs */
    bool is_error;    /* the service would not start, or would fail at work; else a warning */
    const char *section, *option; /* of the configuration */
    const char *file;             /* at fault; NULL: none */
    const char *text;             /* a sentence */
};
typedef void site_on_finding(const struct site_finding *finding, void *arg);

#define SITE_CHECK_SOON 21 /* days before a certificate's end from which on it is told */

void site_check(const struct config *config, int64_t now, site_on_finding *on_finding, void *arg);
/* Whether the folder of keys has those that the database began with, without which the service does
 * not start. Reads the database; a running service tells it by itself. */
void site_check_mark(const struct config *config, site_on_finding *on_finding, void *arg);

/* When the certificates end; 0: there is none, or it cannot be read. */
struct site_ends {
    int64_t tls, seal;
};
void site_check_ends(const struct config *config, struct site_ends *out);

#endif
