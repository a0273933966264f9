/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether a whole database holds: the live one, or what a backup had in it. */
#ifndef APPEAL_BACKUP_CHECK_H
#define APPEAL_BACKUP_CHECK_H

#include "appeal/backup.h"
#include "store/side.h"

struct backup_check_params {
    /* One of some things that were looked at, and what was found. */
    void (*on_verdict)(const char *what, bool holds, const char *found, void *arg);
    /* One damage, before the verdict that it belongs to. */
    void (*on_damage)(const char *what, void *arg);
    backup_progress *on_progress;
    void *arg;
};

/* The file's structure, the schema, rows against `head` (NULL: nothing to compare with), every
 * signature's digest, counters and lists, the audit chain. A damage is no error: *holds tells.
 * Errors are those of reading, and US_CANCELLED. */
US_MUST_CHECK enum us_err backup_check(struct side *side, const struct backup_head *head,
                                       const struct backup_check_params *params, bool *holds);

struct backup_facts { /* what a database holds */
    int64_t signatures, listed, pending, mails;
    int64_t newest_on; /* day of the newest signature; INT64_MIN: there is none */
    int64_t last_act;  /* when the audit log's last entry was made; 0: there is none */
};
US_MUST_CHECK enum us_err backup_read_facts(struct side *side, struct backup_facts *out);
/* The mark of its audit log, NUMBER:DIGEST of the last entry, as audit verify takes it; owned.
 * NULL: there is none, or it cannot be read. */
char *backup_read_mark(struct side *side);

#endif
