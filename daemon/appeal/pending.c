/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * While a signature waits for its mailbox's owner, all that was typed lies under the key of the day
 * of its submission. Hashes of a mailbox are taken over the form in which two spellings of it meet.
 */
#include "appeal/pending.h"
#include "appeal/pack.h"
#include "base/mem.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>

#define PENDING_CONTEXT "pending"

static bool keep_blob(struct query *query, int column, void *out, size_t size)
{
    size_t len;
    const void *data = query_blob(query, column, &len);
    if (!data || len != size)
        return false;
    memcpy(out, data, size);
    return true;
}

enum us_err pending_read(struct query *query, struct pending *out)
{
    struct pending p = {
        .id = query_int(query, 0),
        .appeal = query_int(query, 1),
        .version = query_int(query, 2),
        .code_tries = query_int(query, 5),
        .signature = query_int(query, 7),
        .expires_at = query_int(query, 8),
    };
    const char *language = query_text(query, 3), *state = query_text(query, 6);
    const char *spoken = query_text(query, 10);
    if (!language || strlen(language) >= sizeof p.language || !state || !spoken ||
        strlen(spoken) >= sizeof p.spoken ||
        !keep_blob(query, 4, p.text_digest, sizeof p.text_digest))
        return US_CORRUPT;
    memcpy(p.language, language, strlen(language) + 1);
    memcpy(p.spoken, spoken, strlen(spoken) + 1);
    p.is_confirmed = strcmp(state, "confirmed") == 0;
    const void *data = query_blob(query, 9, &p.len);
    p.data = mem_copy(data, p.len);
    *out = p;
    return US_OK;
}

enum us_err pending_find(struct reader *reader, int64_t id, struct pending *out)
{
    enum us_err read = US_NOT_FOUND;
    struct query *query = query_start(reader, STATEMENT_PENDING_FIND, VALUES(value_int(id)));
    if (query_next(query))
        read = pending_read(query, out);
    enum us_err err = query_end(query);
    if (err && read == US_OK)
        pending_clear(out);
    return err ? err : read;
}

enum us_err pending_find_token(struct reader *reader, struct site *site, const char *token,
                               int64_t now, struct pending *out)
{
    int64_t row;
    enum us_err err = token_read(site_keyring(site), TOKEN_CONFIRM, token, &row);
    if (err)
        return err == US_INVALID ? US_NOT_FOUND : err;
    err = pending_find(reader, row, out);
    if (err || out->expires_at > now)
        return err;
    pending_clear(out);
    return US_EXPIRED;
}

void pending_clear(struct pending *pending)
{
    free(pending->data);
    *pending = (struct pending){0};
}

enum us_err pending_seal(struct site *site, int64_t id, int64_t day,
                         const struct submission *submission, uint8_t **out, size_t *len)
{
    struct pack *pack;
    enum us_err err = pack_make((const char *const *)submission->values, FIELD_COUNT, &pack);
    if (err)
        return err;
    err = keyring_day_encrypt(site_keyring(site), day, PENDING_CONTEXT, id, pack->data, pack->len,
                              out, len);
    pack_free(pack);
    return err;
}

/* What signing_check() had made of the words. */
static enum us_err parse_words(struct submission *submission)
{
    const char *members = submission->values[FIELD_MEMBERS];
    if (!signature_kind_from_name(submission->values[FIELD_KIND], &submission->kind) ||
        !submission->values[FIELD_VISIBILITY] ||
        !visibility_from_name(submission->values[FIELD_VISIBILITY], &submission->visibility) ||
        !submission->values[FIELD_ORGANISATION] || !submission->values[FIELD_EMAIL])
        return US_CORRUPT;
    submission->has_members = members != NULL;
    submission->members = members ? strtoll(members, NULL, 10) : 0;
    return US_OK;
}

enum us_err pending_unseal(struct site *site, const struct pending *pending, struct submission *out)
{
    struct submission submission = {.kind = SIGNATURE_KIND_COUNT};
    uint8_t *plain;
    size_t len;
    enum us_err err = keyring_day_decrypt(site_keyring(site), PENDING_CONTEXT, pending->id,
                                          pending->data, pending->len, &plain, &len);
    if (err)
        return err;
    err = pack_read(plain, len, submission.values, FIELD_COUNT);
    keyring_wipe_free(plain, len);
    if (!err)
        err = parse_words(&submission);
    if (err) {
        submission_clear(&submission);
        return err;
    }
    memcpy(submission.language, pending->spoken, sizeof submission.language);
    *out = submission;
    explicit_bzero(&submission, sizeof submission);
    return US_OK;
}

enum us_err pending_hash_site(struct site *site, const char *mailbox,
                              uint8_t out[KEYRING_HASH_SIZE])
{
    char *key = unicode_mailbox_key(mailbox);
    enum us_err err = keyring_site_hash(site_keyring(site), "mailbox", key, strlen(key), out);
    pack_wipe_text(key);
    return err;
}

enum us_err pending_hash_mailbox(struct site *site, int64_t appeal, const char *mailbox,
                                 uint8_t out[KEYRING_HASH_SIZE])
{
    char *key = unicode_mailbox_key(mailbox);
    enum us_err err = keyring_appeal_hash(site_keyring(site), appeal, key, strlen(key), out);
    pack_wipe_text(key);
    return err;
}

enum us_err pending_hash_unique(struct site *site, int64_t appeal, const char *mailbox,
                                const char *organisation, uint8_t out[KEYRING_HASH_SIZE])
{
    char *key = unicode_mailbox_key(mailbox), *name = unicode_fold(organisation);
    /* The NUL between them is part of what is hashed: no mailbox has one. */
    size_t first = strlen(key) + 1, len = first + strlen(name);
    char *both = mem_alloc(len + 1);
    memcpy(both, key, first);
    memcpy(both + first, name, len - first + 1);
    enum us_err err = keyring_appeal_hash(site_keyring(site), appeal, both, len, out);
    keyring_wipe_free(both, len);
    pack_wipe_text(key);
    free(name);
    return err;
}
