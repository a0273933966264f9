/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A confirmation under way: by link (signing_confirm.c) or by typed code (signing_code.c). Both
 * find a pending row in their own way and end here.
 */
#ifndef APPEAL_SIGNING_CONFIRM_H
#define APPEAL_SIGNING_CONFIRM_H

#include "appeal/pending.h"

enum { CONFIRM_TOKEN, CONFIRM_SLUG = 0, CONFIRM_MAILBOX, CONFIRM_CODE, CONFIRM_TEXTS };

struct confirm { /* released when on_done has been called */
    struct site *site;
    int64_t now;
    signing_confirmed *on_done;
    void *arg;
    void (*find)(struct reader *reader, struct confirm *confirm);
    char *texts[CONFIRM_TEXTS]; /* the token; or slug, mailbox and code. Wiped */
    int64_t code_tries_most;    /* a row with so many wrong codes is not confirmed */
    bool is_repeated;           /* somebody was faster once already */
    struct signing_receipt receipt;
    int64_t appeal;
};

/* Goes on with the row that was found: tells its receipt, or confirms it. */
void signing_confirm_row(struct reader *reader, struct confirm *confirm,
                         const struct pending *pending);
/* Tells the end and releases. */
void signing_confirm_end(struct confirm *confirm, enum us_err err);

#endif
