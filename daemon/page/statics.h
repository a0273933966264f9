/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files that never change under their name: stylesheet and icon, compressed once at the start. */
#ifndef PAGE_STATICS_H
#define PAGE_STATICS_H

#include "http/exchange.h"
#include <stdbool.h>

struct statics;

struct statics *statics_new(void);
void statics_free(struct statics *statics); /* NULL is fine */
/* Answers with the file of that hashed name; false, and no answer, when there is none. */
bool statics_reply(struct statics *statics, struct http_exchange *exchange, const char *name);

#endif
