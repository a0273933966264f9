/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the domain works with: configuration, store, keys, and who wants to hear of changes. Made
 * once by main; passed to every function of this layer. Functions that take a struct reader run on
 * a reader thread (inside store_read()); those that say "waits" must not run on a web or the store
 * thread.
 */
#ifndef APPEAL_SITE_H
#define APPEAL_SITE_H

#include "base/config.h"
#include "crypto/keyring.h"
#include "crypto/organiser.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

struct site;
struct domain_lists;

struct site_params {
    const struct config *config; /* borrowed, outlives the site */
    struct store *store;
    struct keyring *keyring;
    const char *renderer; /* path of the program that draws, `undersign`; NULL: nothing is drawn */
    const struct domain_lists *domains; /* borrowed, outlives the site; NULL: it knows none */
};

struct site *site_new(const struct site_params *params);
void site_free(struct site *site);
const struct config *site_config(const struct site *site);
struct store *site_store(const struct site *site);
struct keyring *site_keyring(const struct site *site);
/* For child_run(); NULL where there is none. */
const char *site_renderer(const struct site *site);
/* appeal/domain_lists.h; NULL where there are none. */
const struct domain_lists *site_domains(const struct site *site);
/* The public key contact data is sealed to when an appeal names none: config keys.organiser.
 * US_NOT_FOUND when the site has none. */
US_MUST_CHECK enum us_err site_organiser_key(const struct site *site, struct organiser_public *out,
                                             struct fault *fault);

/* The text of the public key that bundles are verified with, from the folder of keys, where it is
 * made at first use; NULL where it cannot be used, which is logged. The caller's. */
char *site_public_key(const struct site *site);

/* An audit row for an act of the site's that changes nothing it stores ("letter.seal"). subject:
 * what it was done to; reason NULL: none. Waits. */
US_MUST_CHECK enum us_err site_note(struct site *site, const char *actor, const char *act,
                                    const char *subject, const char *reason);

/* Whose seal letters get: the name in the certificate ([seal] certificate), the caller's. NULL
 * where key and certificate are not both there and good; what is wrong with them is logged. */
char *site_seal_name(const struct site *site);

/* When the service that this process is began, by the wall clock; 0: it is a command that opened
 * the site for its own length. Said once, before anybody asks. */
void site_set_started(struct site *site, int64_t at);
int64_t site_started_at(const struct site *site);
/* When the certificate ends that the service holds in memory, which is that in the file only till
 * the file is renewed; 0: it has none. */
void site_set_tls_end(struct site *site, int64_t ends_at);
int64_t site_tls_end(const struct site *site);

/* Whether the configuration marks the country (ISO 3166-1 alpha-2; NULL: none) as one where signing
 * openly is dangerous. */
bool site_is_high_risk(const struct site *site, const char *country);

/* One stranger's picture is drawn at a time: false while another is. Any thread. */
US_MUST_CHECK bool site_take_drawing(struct site *site);
void site_end_drawing(struct site *site);
/* The same of badges, of which two are drawn at a time: each takes a reader thread. */
US_MUST_CHECK bool site_take_badge(struct site *site);
void site_end_badge(struct site *site);

#define SITE_TAG_SIZE 33
/* A tag of some bytes: of what they are, and nothing of when or how often they were made. */
void site_tag(const void *data, size_t len, char out[SITE_TAG_SIZE]);

/* Numbers that grow when what pages show of an appeal has changed (appeal 0: the list of appeals);
 * `removals` counts only changes after which an old page must not be shown any more (a withdrawal,
 * a strike, a new text). `steps` are those of an act on many that is under way, whose end is a
 * change or a removal: till then an old page may be seen for a second. Lock-free, any thread. */
struct site_generation {
    uint64_t changes, removals, steps;
};
struct site_generation site_generation(const struct site *site, int64_t appeal);
void site_changed(struct site *site, int64_t appeal, bool is_removal);
void site_stepped(struct site *site, int64_t appeal);

/* Called (on any thread, must only hand on) when mail was queued. */
void site_watch_mail(struct site *site, void (*on_mail)(void *arg), void *arg);
void site_mail_queued(struct site *site);

/* Which mails are with the transport. Only the process that sends knows, and that is the one in
 * which all else is done too; what a kill leaves behind is due again. Behind the closed gate none
 * leaves, so that whoever found a mail not leaving can end its row: keep it closed for one job. */
#define SITE_LEAVING_MOST 32
void site_mail_gate_close(struct site *site);
void site_mail_gate_open(struct site *site);
bool site_mail_is_leaving(const struct site *site, int64_t id); /* the gate is closed */
void site_mail_leave(struct site *site, int64_t id);            /* the gate is closed */
void site_mail_left(struct site *site, int64_t id); /* its outcome is written; waits for the gate */

#endif
