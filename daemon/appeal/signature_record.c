/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The mailbox leaves the readable world here: sealed to the organiser, who alone can open it, with
 * a copy for the server's own use that goes once the moderator's decision has been mailed.
 */
#include "appeal/signature_record.h"
#include "appeal/signature_domain.h"
#include "appeal/signature_ilo.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static const char *text_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void fill_signature(const struct signature_record_params *params,
                           struct signature_record *record)
{
    const struct submission *from = params->submission;
    random_public_id(record->public_id);
    record->consent = from->values[FIELD_CONSENT];
    record->spoken = params->pending->spoken;
    record->hour = params->hour;
    record->wants_updates = text_or_null(from->values[FIELD_UPDATES]) != NULL;
    memcpy(record->text_digest, params->pending->text_digest, DIGEST_SIZE);
    record->signature = (struct signature){
        /* The pending one's: the link in the first mail stays its link for good. */
        .row = params->pending->id,
        .id = record->public_id,
        .appeal = params->pending->appeal,
        .version = params->pending->version,
        .language = params->pending->language,
        .state = params->state,
        .organisation = from->values[FIELD_ORGANISATION],
        .organisation_latin = text_or_null(from->values[FIELD_ORGANISATION_LATIN]),
        .kind = from->kind,
        .country = text_or_null(from->values[FIELD_COUNTRY]),
        .town = text_or_null(from->values[FIELD_TOWN]),
        .affiliation = text_or_null(from->values[FIELD_AFFILIATION]),
        .has_members = from->has_members,
        .members = from->has_members ? from->members : 0,
        .representative = text_or_null(from->values[FIELD_REPRESENTATIVE]),
        .capacity = text_or_null(from->values[FIELD_CAPACITY]),
        .visibility = from->visibility,
        .signed_on = params->signed_on,
    };
}

static enum us_err seal_mailbox(struct site *site, const struct signature_record_params *params,
                                struct signature_record *record)
{
    const char *mailbox = params->submission->values[FIELD_EMAIL];
    const char *at = strrchr(mailbox, '@'), *domain = at ? at + 1 : mailbox;
    const struct signature *s = &record->signature;
    enum us_err err = organiser_seal(params->organiser, s->appeal, s->row, mailbox, strlen(mailbox),
                                     &record->contact, &record->contact_len);
    if (!err)
        err = keyring_site_encrypt(site_keyring(site), "mailbox", s->row, mailbox, strlen(mailbox),
                                   &record->mailbox, &record->mailbox_len);
    if (!err)
        err = keyring_site_encrypt(site_keyring(site), "domain", s->row, domain, strlen(domain),
                                   &record->domain, &record->domain_len);
    if (!err)
        err = signature_domain_hash(site, domain, record->domain_hash);
    if (!err)
        err = pending_hash_mailbox(site, s->appeal, mailbox, record->mailbox_hash);
    if (!err)
        err = pending_hash_unique(site, s->appeal, mailbox, s->organisation, record->unique_hash);
    return err;
}

static enum us_err seal_ilo(struct site *site, const struct signature_record_params *params,
                            struct signature_record *record)
{
    struct signature_ilo ilo;
    if (!signing_has_ilo(params->submission, &ilo))
        return US_OK;
    return signature_ilo_seal(site, record->signature.row, &ilo, &record->ilo, &record->ilo_len);
}

enum us_err signature_record_make(struct site *site, const struct signature_record_params *params,
                                  struct signature_record *out)
{
    *out = (struct signature_record){0};
    fill_signature(params, out);
    enum us_err err = seal_mailbox(site, params, out);
    if (!err)
        err = seal_ilo(site, params, out);
    if (err) {
        signature_record_clear(out);
        return err;
    }
    signature_words_make(out->signature.organisation, out->signature.organisation_latin,
                         &out->words);
    const struct signature_facts facts = {
        .signature = &out->signature,
        .consent = out->consent,
        .text_digest = {out->text_digest, DIGEST_SIZE},
        .unique_hash = {out->unique_hash, KEYRING_HASH_SIZE},
        .mailbox_hash = {out->mailbox_hash, KEYRING_HASH_SIZE},
        .contact = {out->contact, out->contact_len},
        .ilo = {out->ilo, out->ilo_len},
    };
    signature_row_digest(&facts, out->digest);
    return US_OK;
}

void signature_record_add(struct job *job, const struct signature_record *record)
{
    const struct signature *s = &record->signature;
    (void)job_expect(
        job, STATEMENT_SIGNATURE_INSERT, US_DUPLICATE,
        VALUES(value_int(s->row), value_text(s->id), value_int(s->appeal), value_int(s->version),
               value_text(s->language), value_blob(record->text_digest, DIGEST_SIZE),
               value_text(signature_state_name(s->state)), value_text(s->organisation),
               value_text(s->organisation_latin), value_text(signature_kind_name(s->kind)),
               value_text(s->country ? s->country : ""), value_text(s->town),
               value_text(s->affiliation), s->has_members ? value_int(s->members) : value_null(),
               value_text(s->representative), value_text(s->capacity),
               value_text(visibility_name(s->visibility)), value_text(record->consent),
               value_int(s->signed_on), value_blob(record->unique_hash, KEYRING_HASH_SIZE),
               value_blob(record->mailbox_hash, KEYRING_HASH_SIZE),
               value_blob(record->contact, record->contact_len),
               value_blob(record->mailbox, record->mailbox_len),
               value_blob(record->domain, record->domain_len),
               value_blob(record->words.collation, record->words.collation_len),
               value_text(record->words.search),
               record->ilo ? value_blob(record->ilo, record->ilo_len) : value_null(),
               value_blob(record->digest, DIGEST_SIZE), value_int(record->wants_updates),
               value_text(record->spoken), value_text(record->words.name_key),
               value_text(record->words.name_joined),
               s->state == SIGNATURE_LISTED ? value_null() : value_int(record->hour),
               value_blob(record->domain_hash, KEYRING_HASH_SIZE), value_audit_seq()));
}

void signature_record_clear(struct signature_record *record)
{
    free(record->contact);
    free(record->mailbox);
    free(record->domain);
    free(record->ilo);
    signature_words_clear(&record->words);
    explicit_bzero(record, sizeof *record);
}
