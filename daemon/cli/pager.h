/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where text on standard output goes. On a terminal it is held until it would scroll away, and then
 * a pager shows it: $UNDERSIGN_PAGER, $PAGER, else less. Anywhere else, and with --no-pager, it
 * goes straight through.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include "cli/options.h"
#include <stdio.h>

struct pager;

/* file: borrowed; what was written to it before is flushed before the pager's text. */
struct pager *pager_new(const struct options *options, FILE *file);
/* False when it cannot be written; errno says why. What comes after the pager was quit is dropped.
 */
bool pager_write(struct pager *pager, const char *text, size_t len);
/* Whoever read had enough: no more needs to be written. */
bool pager_is_quit(const struct pager *pager);
/* Writes what is held, and waits until the pager is quit. Frees. False as above. */
bool pager_end(struct pager *pager);
/* The same, without what is held: it is not whole. */
void pager_free(struct pager *pager);

#endif
