/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How the site is, read at once: numbers from the counters, so that asking costs the same with ten
 * signatures and with a million. What of it is wrong is for others to judge.
 */
#ifndef APPEAL_STATUS_H
#define APPEAL_STATUS_H

#include "appeal/backup_hold.h"
#include "appeal/retention.h"
#include "appeal/signature.h"
#include "appeal/site.h"

struct status_appeal {
    int64_t id;
    char *slug;
    const char *state; /* draft, open, paused, closed, archived; "not open yet" */
    bool is_shielded;
    int64_t signatures[SIGNATURE_STATE_COUNT];
    int64_t members;         /* of the listed ones */
    int64_t confirmed_today; /* whatever became of them */
    int64_t confirmed_week;  /* on the seven days before today */
};

struct status_mail {
    int64_t waiting;   /* news too */
    int64_t news;      /* of these */
    int64_t tried;     /* of these: the relay did not take them yet */
    int64_t failed;    /* given up */
    int64_t oldest_at; /* of those that wait: when it was queued; 0: none waits */
    char *last_error;  /* NULL: none */
};

struct status_disk { /* bytes; -1: nobody knows */
    int64_t free, size;
};

struct status { /* owned; status_clear() */
    int64_t now;
    int64_t started_at; /* the service's; 0: none is running */
    int schema;
    bool is_failing; /* writes fail: the disk is full, or broken */
    struct status_appeal *appeals;
    size_t appeal_count;
    int64_t signatures[SIGNATURE_STATE_COUNT];
    bool has_waiting;
    int64_t waiting_since;  /* day: confirmed or held, and not decided on */
    int64_t waiting_recent; /* of these: confirmed in this hour or the one before */
    int64_t confirmed_today, confirmed_week;
    int64_t pending; /* forms that wait for their confirmation */
    struct retention_overdue overdue;
    struct status_mail mail;
    struct backup_held_list held;
    struct status_disk store_disk, mail_disk; /* mail: of spooled files; as the store's else */
    int64_t database, wal;                    /* bytes of the files */
};

/* Waits. */
US_MUST_CHECK enum us_err status_read(struct site *site, int64_t now, struct status *out);
void status_clear(struct status *status);

#endif
