/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Taking a federation's list in: it takes the place of the list of the same source, whole and at
 * once, however long writing it takes; signing goes on meanwhile.
 */
#ifndef APPEAL_REGISTER_IMPORT_H
#define APPEAL_REGISTER_IMPORT_H

#include "appeal/register_csv.h"
#include "appeal/site.h"

struct register_import {
    const char *source; /* 1 to REGISTER_SOURCE_MOST bytes */
    const struct register_table *table;
    const char *actor, *reason; /* reason NULL: none */
    bool is_trial;              /* only says what it would do */
    /* May be NULL. false: stop, and leave all as it was. */
    bool (*on_progress)(size_t done, size_t total, void *arg);
    void *arg;
};

struct register_imported {
    int64_t added, changed, removed, unchanged;
    int64_t free_domains; /* that a provider gives to anybody: they let nobody in */
};

/* A list's name as it is kept: of 1 to 64 bytes, no control characters or slashes. */
US_MUST_CHECK enum us_err register_check_source(const char *source, struct fault *fault);
/* Waits. US_CONFLICT when another import of that list began meanwhile; US_CANCELLED. */
US_MUST_CHECK enum us_err register_import(struct site *site, const struct register_import *params,
                                          struct register_imported *out, struct fault *fault);

#endif
