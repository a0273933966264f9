/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A mail's payload goes into the store encrypted under the key of the day when it was queued; with
 * that key, or the row, it is gone.
 */
#include "appeal/outbox_queue.h"
#include "appeal/pack.h"
#include "base/clock.h"
#include "crypto/random.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTBOX_CONTEXT "outbox"

enum part { PART_RECIPIENT, PART_FILE, PART_REASON, PART_UPDATE, PART_MERGED, PART_COUNT };

static const char *const template_names[OUTBOX_TEMPLATE_COUNT] = {
    [OUTBOX_CONFIRM] = "confirm", [OUTBOX_ALREADY] = "already", [OUTBOX_LISTED] = "listed",
    [OUTBOX_REFUSED] = "refused", [OUTBOX_LINKS] = "links",     [OUTBOX_DELIVERY] = "delivery",
    [OUTBOX_UPDATE] = "update",   [OUTBOX_TEST] = "test",
};

const char *outbox_template_name(enum outbox_template template)
{
    return template_names[template];
}

enum us_err outbox_queue(struct site *site, struct job *job, const struct outbox_letter *letter)
{
    int64_t id;
    return outbox_queue_id(site, job, letter, &id);
}

enum us_err outbox_queue_id(struct site *site, struct job *job, const struct outbox_letter *letter,
                            int64_t *out)
{
    char update[24];
    const char *const parts[PART_COUNT] = {letter->recipient, letter->file, letter->reason,
                                           letter->update != 0 ? update : NULL, letter->merged};
    int64_t id = random_id();
    struct pack *pack;
    uint8_t *payload;
    size_t len;
    (void)snprintf(update, sizeof update, "%" PRId64, letter->update);
    enum us_err err = pack_make(parts, PART_COUNT, &pack);
    if (err)
        return err;
    err = keyring_day_encrypt(site_keyring(site), clock_day(letter->now), OUTBOX_CONTEXT, id,
                              pack->data, pack->len, &payload, &len);
    pack_free(pack);
    if (err)
        return err;
    (void)job_expect(job, STATEMENT_OUTBOX_INSERT, US_IO,
                     VALUES(value_int(id), value_text(outbox_template_name(letter->template)),
                            value_int(letter->appeal), value_int(letter->reference),
                            value_text(letter->language), value_blob(payload, len),
                            value_int(letter->now),
                            value_int(letter->due_at ? letter->due_at : letter->now)));
    free(payload);
    *out = id;
    return US_OK;
}

void outbox_queue_quotas(struct job *job, const struct config *config, int64_t appeal,
                         const uint8_t hash[KEYRING_HASH_SIZE], int64_t day)
{
    const struct {
        int64_t appeal, most;
    } quotas[] = {{appeal, config->limits_mails_per_appeal}, {0, config->limits_mails_per_day}};
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++)
        (void)job_expect(job, STATEMENT_QUOTA_TAKE, US_LIMITED,
                         VALUES(value_blob(hash, KEYRING_HASH_SIZE), value_int(quotas[i].appeal),
                                value_int(day), value_int(quotas[i].most)));
}

enum us_err outbox_payload_open(struct site *site, int64_t row, const void *data, size_t len,
                                struct outbox_payload *out)
{
    char *parts[PART_COUNT] = {NULL};
    uint8_t *plain;
    size_t plain_len;
    enum us_err err =
        keyring_day_decrypt(site_keyring(site), OUTBOX_CONTEXT, row, data, len, &plain, &plain_len);
    if (err)
        return err;
    err = pack_read(plain, plain_len, parts, PART_COUNT);
    keyring_wipe_free(plain, plain_len);
    if (err)
        return err;
    *out = (struct outbox_payload){.recipient = parts[PART_RECIPIENT],
                                   .file = parts[PART_FILE],
                                   .reason = parts[PART_REASON],
                                   .merged = parts[PART_MERGED]};
    if (parts[PART_UPDATE])
        out->update = strtoll(parts[PART_UPDATE], NULL, 10);
    free(parts[PART_UPDATE]);
    return US_OK;
}

void outbox_payload_clear(struct outbox_payload *payload)
{
    pack_wipe_text(payload->recipient);
    pack_wipe_text(payload->file);
    pack_wipe_text(payload->reason);
    pack_wipe_text(payload->merged);
    *payload = (struct outbox_payload){0};
}
