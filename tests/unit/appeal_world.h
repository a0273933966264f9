/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the tests of signing share: a folder of their own with a real store, real keys and a
 * published appeal in it, and short ways to sign, to take mail and to confirm, each waiting for its
 * end.
 */
#ifndef TESTS_APPEAL_WORLD_H
#define TESTS_APPEAL_WORLD_H

#include "appeal/domain_lists.h"
#include "appeal/moderation.h"
#include "appeal/outbox.h"
#include "appeal/signing.h"

struct world {
    char folder[64], path[96], lock[96], keys[96], organiser[96];
    struct config config;
    struct organiser_public organiser_key;
    struct store *store;
    struct domain_lists *domains; /* those built in */
    struct keyring *keyring;
    struct site *site;
    struct appeal *appeal; /* "trial", as published */
    int64_t now;           /* of mails and confirmations; moved by the tests */
};

/* settings: lines of [appeal] besides the needed ones, such as "policy = after\n". */
void world_make(struct world *world, const char *settings);
void world_remove(struct world *world);
void world_open(struct world *world);
void world_close(struct world *world);
/* Imports and publishes an appeal; frees and replaces world->appeal when it is "trial". */
void world_publish(struct world *world, const char *slug, const char *settings, const char *title);

/* A form that passes, with another nonce each time. name, mailbox: borrowed, NULL: a usual one. */
void world_fill(struct submission *submission, const char *name, const char *mailbox);
void world_set(struct submission *submission, enum signing_field field, const char *value);
/* Checks (asserts that it passes) and stores. */
enum us_err world_submit(struct world *world, struct submission *submission);
/* Fills, submits, clears; asserts that it is taken. */
void world_sign(struct world *world, const char *name, const char *mailbox);

/* The mails due, or at most 512 of them; returns how many. world_mails_free() them. */
size_t world_mails(struct world *world, struct outbox_mail **mails);
void world_mails_free(struct outbox_mail *mails, size_t count);
/* The only mail that is due, accepted by the relay; outbox_mail_free() it. */
void world_take_mail(struct world *world, struct outbox_mail *mail);

enum us_err world_confirm(struct world *world, const char *token, struct signing_receipt *receipt);
enum us_err world_code(struct world *world, const char *mailbox, const char *code,
                       struct signing_receipt *receipt);
enum us_err world_find(struct world *world, const char *token, struct signing_request **out);
/* Signs, takes the mail, confirms: the receipt of a signature that is there. */
void world_signature(struct world *world, const char *name, const char *mailbox,
                     struct signing_receipt *receipt);
enum us_err world_decide(struct world *world, const char *id, enum decision decision,
                         const char *reason, bool *changed);

/* Asserts that every row and counter holds; returns the rows. */
int64_t world_check(struct world *world);
/* Asks the database's file behind the store's back, without writing. */
int64_t world_number(struct world *world, const char *sql);
/* A blob; free() it. */
uint8_t *world_blob(struct world *world, const char *sql, size_t *len);
/* Writes to it; the store must be closed. */
void world_sql(struct world *world, const char *sql);
/* Whether bytes stand anywhere in the database's files. */
bool world_has_bytes(struct world *world, const char *bytes);

/* Runs work on a reader thread and waits. */
void world_read(struct world *world, void (*work)(struct reader *reader, void *arg), void *arg);

#endif
