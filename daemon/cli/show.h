/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One thing with what belongs to it: an appeal and its addressees, an edition and its answers. For
 * people the item, a blank line, and the list; for programs one object that holds the list.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/options.h"
#include "proto/row.h"

struct show { /* borrowed */
    const struct row_schema *item, *list;
    const char *list_key; /* the list's name in the object */
    /* Sees the item's values as they come; NULL: nobody wants to. */
    void (*on_item)(const struct row_value *values, void *arg);
    void *arg;
};

/* Sends the command as typed and shows what comes. Gives the exit status. */
int show_item(const struct options *options, const struct show *show);

#endif
