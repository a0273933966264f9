/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Opening a backup, and putting it in the database's place. The backup is a descriptor that the
 * command line has opened: whoever may read the file, not the service, decides. What comes out of
 * it is looked through before anything is done with it.
 */
#ifndef APPEAL_BACKUP_PLACE_H
#define APPEAL_BACKUP_PLACE_H

#include "appeal/backup_check.h"
#include "appeal/backup_compare.h"
#include "appeal/backup_hold.h"

struct backup_place;

struct backup_place *backup_place_new(int fd); /* fd stays the caller's; can be read twice */
/* Lets the site go, and removes what was unpacked and not put in place; NULL is fine. */
void backup_place_free(struct backup_place *place);

/* What it is, once it has been unpacked. */
const struct backup_head *backup_place_head(const struct backup_place *place);
const char *backup_place_sealed_to(const struct backup_place *place); /* NULL: to nobody */
int64_t backup_place_bytes(const struct backup_place *place);

/* Unpacks it, checks all of it as backup_check(); what is wrong with the file itself stands among
 * the verdicts as "file". With config NULL into a folder for temporary files, where it never has a
 * name; else beside that site's database, whose lock is taken and kept: US_BUSY while a service
 * runs. US_DENIED: it is sealed, and the key (NULL: none) is not the one. */
US_MUST_CHECK enum us_err backup_place_unpack(struct backup_place *place,
                                              const struct config *config,
                                              const struct organiser_secret *key,
                                              const struct backup_check_params *params, bool *holds,
                                              struct fault *fault);
/* After it held, with a config: what both databases hold. *has_now: there is a database now, and it
 * can be read. */
struct backup_sides {
    struct backup_facts backup, now;
    struct backup_loss loss;
    bool has_now;
    int64_t lost_keys;       /* appeals that were signed and whose key is not there */
    bool has_keys, keys_fit; /* there is a site's key; it is the one that the backup goes with */
};
US_MUST_CHECK enum us_err backup_place_compare(struct backup_place *place,
                                               backup_on_change *on_change, void *arg,
                                               struct backup_sides *out, struct fault *fault);
/* Then puts it in place, brought up to this program's schema, with an entry in its audit log; who
 * withdrew or was erased since it was made is so in it again (backup_carry.h), and what was about
 * to leave is stopped (backup_hold.h). Cut off at any moment, the one or the other is there, whole.
 */
struct backup_placed {  /* owned; backup_placed_clear() */
    char *kept;         /* where the database that was there stands now; NULL: none was */
    int64_t carried;    /* signatures that what became of them since was done to again */
    int64_t appeals;    /* and appeals */
    int64_t acts;       /* on many signatures, that it knows of again */
    bool is_whole;      /* all of the database that was there could be read for that, or none was */
    int64_t letters;    /* delivered since: it knows of them again */
    int64_t held_mails; /* about decisions, and news: as if given up */
    struct backup_held_list held;
};
void backup_placed_clear(struct backup_placed *placed);
US_MUST_CHECK enum us_err backup_place_put(struct backup_place *place, const char *actor,
                                           const char *reason, struct backup_placed *out,
                                           struct fault *fault);
/* At the service's start: a database that was unpacked and never put in place. */
void backup_place_sweep(const struct config *config);

#endif
