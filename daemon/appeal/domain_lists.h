/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a mail domain says of who writes from it: lists of providers that give a mailbox to anybody,
 * and of those whose mailboxes live for minutes. Those in contrib/domains are built in; the
 * configuration may name files in their place. Neither proves anything: they are for moderators.
 */
#ifndef APPEAL_DOMAIN_LISTS_H
#define APPEAL_DOMAIN_LISTS_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"

enum domain_kind {
    DOMAIN_OWN, /* on neither list, so likely the organisation's own */
    DOMAIN_FREE,
    DOMAIN_DISPOSABLE
};

struct domain_lists;

/* config NULL: those built in. US_INVALID, US_NOT_FOUND, US_IO with a fault that names file and
 * line. *out is the caller's. */
US_MUST_CHECK enum us_err domain_lists_load(const struct config *config, struct domain_lists **out,
                                            struct fault *fault);
void domain_lists_free(struct domain_lists *lists);
/* A domain, ASCII, or one below it that is on a list. Any thread. */
enum domain_kind domain_lists_find(const struct domain_lists *lists, const char *domain);
const char *domain_kind_name(enum domain_kind kind); /* "own" */

#endif
