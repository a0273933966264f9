/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/outbox_delivery.h"
#include "appeal/site_file.h"
#include "base/clock.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *outbox_delivery_path(const struct site *site, const char *token)
{
    char *name = mem_format("%s.pdf", token);
    char *path = site_file_path(site, SITE_FILE_OUTGOING, name);

    free(name);
    return path;
}

void outbox_delivery_free(struct outbox_delivery *delivery)
{
    if (delivery == NULL)
        return;
    for (size_t i = 0; i < delivery->cover_count; i++)
        free(delivery->cover[i]);
    free(delivery->cover);
    free(delivery->addressee);
    free(delivery->salutation);
    free(delivery->address);
    free(delivery->path);
    free(delivery->file_name);
    free(delivery);
}

/* What is written in the addressee's language fits a mail in that language alone. */
static void fill_words(const struct addressee *addressee, const char *language,
                       struct outbox_delivery *delivery)
{
    delivery->addressee = mem_string(addressee->name);
    if (strcmp(addressee->language, language) != 0)
        return;
    delivery->salutation = mem_string(addressee->salutation);
    delivery->cover = mem_zero((addressee->cover_count + 1) * sizeof(*delivery->cover));
    for (size_t i = 0; i < addressee->cover_count; i++)
        delivery->cover[delivery->cover_count++] = mem_string(addressee->cover[i]);
}

enum us_err outbox_delivery_make(struct site *site, const struct appeal *appeal,
                                 const struct edition *edition, const char *token,
                                 struct outbox_delivery **out)
{
    const struct addressee *addressee = settings_addressee(appeal->settings, edition->addressee);
    struct outbox_delivery *delivery;

    if (addressee == NULL || token == NULL || !edition->has_file)
        return US_NOT_FOUND;
    delivery = MEM_NEW(struct outbox_delivery);
    delivery->appeal = appeal->id;
    delivery->path = outbox_delivery_path(site, token);
    if (access(delivery->path, R_OK) != 0) {
        outbox_delivery_free(delivery);
        return US_NOT_FOUND;
    }
    fill_words(addressee, edition->language, delivery);
    delivery->address = appeal_address(site, appeal, edition->language);
    delivery->number = edition->number;
    delivery->kind = edition->kind;
    delivery->form = edition->form;
    delivery->totals = edition->totals;
    delivery->file_name =
        mem_format("%s-%s-%s.pdf", appeal->slug, edition->language, edition->addressee);
    memcpy(delivery->digest, edition->file_digest, sizeof(delivery->digest));
    *out = delivery;
    return US_OK;
}

void outbox_delivery_accepted(struct job *job, const struct outbox_mail *mail, int64_t now)
{
    char *said = mem_format("edition %" PRId64 ": the relay took it", mail->delivery->number);

    (void)job_add(job, STATEMENT_EDITION_MAILED,
                  VALUES(value_int(mail->reference), value_int(clock_day(now))));
    job_add_audit(job, &(struct job_audit){
                           .at = now,
                           .actor = "service",
                           .act = "delivery.accepted",
                           .subject = mail->slug,
                           .reason = said,
                       });
    free(said);
}

void outbox_delivery_failed(struct job *job, int64_t edition, int64_t now)
{
    (void)job_add(job, STATEMENT_EDITION_FAIL, VALUES(value_int(edition)));
    job_add_audit(job,
                  &(struct job_audit){.at = now, .actor = "service", .act = "delivery.failed"});
}
