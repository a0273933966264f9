/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a view borrows while its page is rendered, freed in one go behind it. */
#ifndef PAGE_SCRATCH_H
#define PAGE_SCRATCH_H

#include "base/str.h"
#include <stddef.h>

struct scratch_item;

struct scratch {
    struct scratch_item *items;
    size_t count, cap;
};

/* Keeps a malloced block until the end and gives it back; NULL stays NULL. */
void *scratch_take(struct scratch *scratch, void *block);
/* Keeps anything that has its own way to be freed. */
void scratch_keep(struct scratch *scratch, void (*destroy)(void *thing), void *thing);
void *scratch_zero(struct scratch *scratch, size_t count, size_t size); /* count 0 gives NULL */
char *scratch_copy(struct scratch *scratch, const char *text);          /* NULL gives NULL */
char *scratch_str(struct scratch *scratch, struct str *str);            /* empties str */
char *scratch_format(struct scratch *scratch, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scratch_free(struct scratch *scratch); /* the newest first */

#endif
