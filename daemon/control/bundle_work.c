/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the service gives to a bundle: of which edition it is, by whom and when it is made, and the
 * texts that were signed, byte for byte. The letter and the list are exports like others.
 */
#include "appeal/edition.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/work.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct bundle {
    struct appeal *appeal; /* of the edition's version */
    struct edition edition;
    bool has_edition;
};

static enum us_err find_edition(struct reader *reader, struct call *call, struct bundle *bundle)
{
    const char *typed = call->request->options[OPTION_EDITION];
    int64_t number;
    enum us_err err;
    char *end;

    errno = 0;
    number = typed == NULL ? 0 : strtoll(typed, &end, 10);
    if (typed == NULL || errno != 0 || *end != '\0' || number <= 0) {
        fault_set(&call->fault, NULL, 0, "a bundle is of an edition: name its number");
        return US_INVALID;
    }
    err = edition_find(reader, bundle->appeal->id, number, &bundle->edition);
    bundle->has_edition = err == US_OK;
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "the appeal %s has no edition %s", bundle->appeal->slug,
                  typed);
    return err;
}

static bool add_source(const struct appeal_source *source, void *arg)
{
    struct answer *answer = arg;
    char digest[DIGEST_HEX_SIZE], *text = mem_string_part(source->text, source->len);
    bool goes_on;

    digest_hex(source->digest, digest);
    goes_on = answer_row(
        answer, (struct row_value[]){row_text(source->language), row_text(digest), row_text(text)});
    free(text);
    return goes_on;
}

static void add_bundle(struct call *call, const struct bundle *bundle)
{
    const struct edition *edition = &bundle->edition;
    char *address = appeal_address(call->site, bundle->appeal, edition->language);

    answer_single(
        call->answer, &row_bundle,
        (struct row_value[]){
            row_text(bundle->appeal->slug),
            row_number(edition->version),
            row_number(edition->number),
            row_text(edition_kind_name(edition->kind)),
            row_text(letter_form_name(edition->form)),
            row_text(edition->addressee),
            row_text(addressee_kind_name(edition->addressee_kind)),
            row_text(edition->language),
            row_text(bundle->appeal->settings->authoritative),
            row_number(edition->totals.named),
            row_number(edition->totals.counted),
            row_number(edition->totals.members),
            row_number(edition->totals.countries),
            row_number(clock_now()),
            row_text(call->config->site_name), /* never an account: it reaches a government */
            row_text(address),
            row_number_if(edition->supplement_of != 0, edition->supplement_of),
        });
    free(address);
}

static enum us_err read_bundle(struct reader *reader, struct call *call, void *arg)
{
    struct bundle *bundle = arg;
    struct appeal *of_edition;
    enum us_err err = call_load_appeal(reader, call, &bundle->appeal);

    if (err == US_OK)
        err = find_edition(reader, call, bundle);
    if (err == US_OK)
        err = appeal_load_id(reader, call->site, bundle->appeal->id, bundle->edition.version,
                             &of_edition);
    if (err != US_OK)
        return err;
    appeal_free(bundle->appeal);
    bundle->appeal = of_edition;
    add_bundle(call, bundle);
    answer_columns(call->answer, &row_source);
    return appeal_each_source(reader, of_edition->id, of_edition->version, add_source,
                              call->answer);
}

enum us_err bundle_work_export(struct call *call)
{
    struct bundle bundle = {.appeal = NULL};
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = call_read(call, read_bundle, &bundle);
    if (err == US_OK)
        err = site_note(call->site, call->actor, "export.bundle", bundle.appeal->slug,
                        call->request->options[OPTION_REASON]);
    if (bundle.has_edition)
        edition_clear(&bundle.edition);
    appeal_free(bundle.appeal);
    return err;
}
