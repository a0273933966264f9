/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Anybody may have this mail sent to any mailbox, so it says nothing that the mailbox's owner may
 * not know, and holds a few links only. Two spellings of one name are one organisation, by the hash
 * that the duplicate check goes by.
 */
#include "appeal/outbox_links.h"
#include "appeal/outbox_name.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define ROWS_MOST 128 /* of one mailbox and appeal; quotas allow fewer */

struct making {
    struct site *site;
    int64_t appeal, now;
    const char *mailbox;
    struct outbox_link links[2 * OUTBOX_LINKS_MOST];
    uint8_t names[2 * OUTBOX_LINKS_MOST][KEYRING_HASH_SIZE]; /* with the mailbox */
    size_t count, waiting;
};

static void wipe_links(struct outbox_link *links, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pack_wipe_text(links[i].organisation);
    if (count > 0)
        explicit_bzero(links, count * sizeof *links);
}

void outbox_links_free(struct outbox_mail *mail)
{
    wipe_links(mail->links, mail->link_count);
    free(mail->links);
    mail->links = NULL;
    mail->link_count = 0;
}

static bool has_name(const struct making *making, const uint8_t name[KEYRING_HASH_SIZE])
{
    for (size_t i = 0; i < making->count; i++)
        if (memcmp(making->names[i], name, KEYRING_HASH_SIZE) == 0)
            return true;
    return false;
}

static enum us_err add_signed(struct making *making, struct query *query)
{
    struct outbox_link link = {.organisation = NULL};
    const char *id = query_text(query, 1), *organisation = query_text(query, 2);
    size_t len;
    const void *name = query_blob(query, 3, &len);
    enum signature_state state;
    if (!id || strlen(id) >= sizeof link.public_id || !organisation || len != KEYRING_HASH_SIZE ||
        !signature_state_from_name(query_text(query, 4), &state))
        return US_CORRUPT;
    enum us_err err =
        token_make(site_keyring(making->site), TOKEN_WITHDRAW, query_int(query, 0), link.withdraw);
    if (err)
        return err;
    memcpy(link.public_id, id, strlen(id) + 1);
    link.organisation = outbox_name_make(organisation);
    link.is_ended = signature_state_is_ended(state);
    memcpy(making->names[making->count], name, len);
    making->links[making->count++] = link;
    return US_OK;
}

static enum us_err find_signed(struct reader *reader, struct making *making)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err = pending_hash_mailbox(making->site, making->appeal, making->mailbox, hash);
    if (err)
        return err;
    struct query *query =
        query_start(reader, STATEMENT_SIGNATURE_BY_MAILBOX,
                    VALUES(value_int(making->appeal), value_blob(hash, sizeof hash),
                           value_int(OUTBOX_LINKS_MOST)));
    while (!err && query_next(query))
        err = add_signed(making, query);
    enum us_err end = query_end(query);
    return err ? err : end;
}

static enum us_err make_waiting(const struct making *making, const struct pending *pending,
                                struct outbox_link *link)
{
    struct keyring *keyring = site_keyring(making->site);
    enum us_err err = token_make(keyring, TOKEN_CONFIRM, pending->id, link->token);
    if (!err)
        err = token_make(keyring, TOKEN_WITHDRAW, pending->id, link->withdraw);
    if (!err && pending->code_tries < PENDING_CODE_TRIES)
        err = token_code_make(keyring, pending->id, link->code);
    return err;
}

/* A row that cannot be opened any more keeps no other from being told. */
static enum us_err add_waiting(struct making *making, const struct pending *pending)
{
    struct submission submission;
    uint8_t name[KEYRING_HASH_SIZE];
    enum us_err err = pending_unseal(making->site, pending, &submission);
    if (err)
        return err == US_EXPIRED || err == US_CORRUPT ? US_OK : err;
    err = pending_hash_unique(making->site, making->appeal, making->mailbox,
                              submission.values[FIELD_ORGANISATION], name);
    if (!err && !has_name(making, name)) {
        struct outbox_link *link = &making->links[making->count];
        err = make_waiting(making, pending, link);
        if (!err) {
            link->organisation = outbox_name_make(submission.values[FIELD_ORGANISATION]);
            memcpy(making->names[making->count++], name, sizeof name);
            making->waiting++;
        }
    }
    submission_clear(&submission);
    return err;
}

static enum us_err find_waiting(struct reader *reader, struct making *making)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    enum us_err err = pending_hash_site(making->site, making->mailbox, hash);
    if (err)
        return err;
    struct query *query =
        query_start(reader, STATEMENT_PENDING_BY_MAILBOX,
                    VALUES(value_blob(hash, sizeof hash), value_int(making->appeal),
                           value_int(making->now), value_int(ROWS_MOST)));
    while (!err && making->waiting < OUTBOX_LINKS_MOST && query_next(query)) {
        struct pending pending;
        if (pending_read(query, &pending))
            continue;
        if (!pending.is_confirmed)
            err = add_waiting(making, &pending);
        pending_clear(&pending);
    }
    enum us_err end = query_end(query);
    return err ? err : end;
}

enum us_err outbox_links_make(struct site *site, struct reader *reader, int64_t appeal, int64_t now,
                              struct outbox_mail *mail)
{
    struct making making = {.site = site, .appeal = appeal, .now = now, .mailbox = mail->recipient};
    enum us_err err = find_signed(reader, &making);
    if (!err)
        err = find_waiting(reader, &making);
    if (!err && making.count > 0) {
        mail->links = mem_copy(making.links, making.count * sizeof *making.links);
        mail->link_count = making.count;
        explicit_bzero(&making, sizeof making);
        return US_OK;
    }
    wipe_links(making.links, sizeof making.links / sizeof *making.links);
    return err;
}
