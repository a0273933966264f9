/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Texts, a word of ours and two days, packed as texts in a fixed order; what is empty is left out.
 */
#include "appeal/signature_ilo.h"
#include "appeal/pack.h"
#include "base/clock.h"
#include <string.h>

#define ILO_CONTEXT "ilo"

enum part {
    PART_LEGAL_NAME,
    PART_ADDRESS,
    PART_COVERAGE,
    PART_MANDATE,
    PART_TEXTS,
    PART_REGISTRATION = PART_TEXTS,
    PART_MANDATE_DATE,
    PART_MEMBERS_DATE,
    PART_COUNT
};

static const char *text_or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static bool is_empty(const char *const parts[PART_COUNT])
{
    for (size_t i = 0; i < PART_COUNT; i++)
        if (parts[i])
            return false;
    return true;
}

enum us_err signature_ilo_seal(struct site *site, int64_t row, const struct signature_ilo *ilo,
                               uint8_t **out, size_t *len)
{
    char mandate_date[16], members_date[16];
    const char *parts[PART_COUNT] = {
        [PART_LEGAL_NAME] = text_or_null(ilo->legal_name),
        [PART_ADDRESS] = text_or_null(ilo->address),
        [PART_COVERAGE] = text_or_null(ilo->coverage),
        [PART_MANDATE] = text_or_null(ilo->mandate),
        [PART_REGISTRATION] = text_or_null(registration_name(ilo->registration)),
    };
    struct pack *pack;
    enum us_err err;

    if (ilo->has_mandate_date) {
        clock_print_day(ilo->mandate_date, mandate_date);
        parts[PART_MANDATE_DATE] = mandate_date;
    }
    if (ilo->has_members_date) {
        clock_print_day(ilo->members_date, members_date);
        parts[PART_MEMBERS_DATE] = members_date;
    }
    if (is_empty(parts)) {
        *out = NULL;
        *len = 0;
        return US_OK;
    }
    err = pack_make(parts, PART_COUNT, &pack);
    if (err)
        return err;
    err =
        keyring_site_encrypt(site_keyring(site), ILO_CONTEXT, row, pack->data, pack->len, out, len);
    pack_free(pack);
    return err;
}

static bool read_day(const char *text, bool *has, int64_t *day)
{
    *has = text != NULL;
    return !text || clock_parse_day(text, day);
}

static enum us_err fill(char *const parts[PART_COUNT], struct signature_ilo_opened *out)
{
    struct signature_ilo *ilo = &out->ilo;

    for (size_t i = 0; i < PART_TEXTS; i++)
        out->texts[i] = parts[i];
    ilo->legal_name = parts[PART_LEGAL_NAME];
    ilo->address = parts[PART_ADDRESS];
    ilo->coverage = parts[PART_COVERAGE];
    ilo->mandate = parts[PART_MANDATE];
    if (parts[PART_REGISTRATION] &&
        !registration_from_name(parts[PART_REGISTRATION], &ilo->registration))
        return US_CORRUPT;
    if (!read_day(parts[PART_MANDATE_DATE], &ilo->has_mandate_date, &ilo->mandate_date) ||
        !read_day(parts[PART_MEMBERS_DATE], &ilo->has_members_date, &ilo->members_date))
        return US_CORRUPT;
    return US_OK;
}

enum us_err signature_ilo_open(struct site *site, int64_t row, const void *data, size_t len,
                               struct signature_ilo_opened *out)
{
    char *parts[PART_COUNT] = {NULL};
    uint8_t *plain;
    size_t plain_len;
    enum us_err err =
        keyring_site_decrypt(site_keyring(site), ILO_CONTEXT, row, data, len, &plain, &plain_len);
    if (err)
        return err;
    err = pack_read(plain, plain_len, parts, PART_COUNT);
    keyring_wipe_free(plain, plain_len);
    if (err)
        return err;
    *out = (struct signature_ilo_opened){.ilo = {.registration = REGISTRATION_UNSTATED}};
    err = fill(parts, out);
    for (size_t i = PART_TEXTS; i < PART_COUNT; i++)
        pack_wipe_text(parts[i]);
    if (err)
        signature_ilo_clear(out);
    return err;
}

void signature_ilo_clear(struct signature_ilo_opened *opened)
{
    for (size_t i = 0; i < PART_TEXTS; i++)
        pack_wipe_text(opened->texts[i]);
    *opened = (struct signature_ilo_opened){.ilo = {.registration = REGISTRATION_UNSTATED}};
}
