/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who is in an edition. The ids it freezes are of all who were listed, named and counted ones: so
 * that who was counted in one letter does not come as a newcomer in its supplement. Whom it names
 * is the visibility table's to say. Memory is for the ids alone, 8 bytes each.
 */
#include "appeal/edition_walk.h"
#include "appeal/signature_ilo.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define LETTERS 26

struct walk {
    struct reader *reader;
    struct site *site;
    const struct edition_scope *scope;
    signature_callback *on_signature;
    void *arg;
    struct edition_walked walked;
    bool countries[LETTERS * LETTERS]; /* of those named */
    struct edition_ids initiators;     /* handed out already */
    bool is_initiator;                 /* they are being walked */
    enum us_err err;
    struct fault *fault;
};

static void count_country(struct walk *walk, const char *country)
{
    unsigned first, second;

    if (country == NULL || strlen(country) != 2)
        return;
    first = (unsigned)(country[0] - 'A');
    second = (unsigned)(country[1] - 'A');
    if (first >= LETTERS || second >= LETTERS || walk->countries[first * LETTERS + second])
        return;
    walk->countries[first * LETTERS + second] = true;
    walk->walked.totals.countries++;
}

/* The block of one signature; its text is NULL where nothing was given. */
static enum us_err read_ilo(struct walk *walk, const struct signature *signature,
                            struct signature_ilo_opened *out, bool *has)
{
    struct query *query =
        query_start(walk->reader, STATEMENT_SIGNATURE_ILO, VALUES(value_int(signature->row)));
    uint8_t *data = NULL;
    size_t len = 0;
    enum us_err err;

    if (query_next(query) && !query_is_null(query, 0)) {
        const void *found = query_blob(query, 0, &len);
        data = mem_copy(found, len);
    }
    err = query_end(query);
    *has = false;
    if (err == US_OK && data != NULL) {
        err = signature_ilo_open(walk->site, signature->row, data, len, out);
        *has = err == US_OK;
        if (err != US_OK)
            fault_set(walk->fault, NULL, 0,
                      "what signature %s says for the ILO cannot be opened: it was damaged, or the "
                      "site's key is another one",
                      signature->id);
    }
    free(data);
    return err;
}

/* Hands out one that may be named. */
static bool give(struct walk *walk, struct signature *seen)
{
    struct signature_ilo_opened opened;
    bool has = false, goes_on;

    if (walk->scope->has_ilo)
        walk->err = read_ilo(walk, seen, &opened, &has);
    if (walk->err != US_OK)
        return false;
    seen->ilo = has ? &opened.ilo : NULL;
    seen->is_initiator = walk->is_initiator;
    goes_on = walk->on_signature == NULL || walk->on_signature(seen, walk->arg);
    if (has)
        signature_ilo_clear(&opened);
    walk->walked.is_stopped = !goes_on;
    return goes_on;
}

static bool take(const struct signature *signature, void *arg)
{
    struct walk *walk = arg;
    const struct edition_scope *scope = walk->scope;
    struct signature_totals *totals = &walk->walked.totals;
    struct signature seen;
    enum shown shown;

    if ((scope->only != NULL && !edition_ids_has(scope->only, signature->row)) ||
        (scope->except != NULL && edition_ids_has(scope->except, signature->row)))
        return true;
    if (walk->is_initiator)
        edition_ids_add(&walk->initiators, signature->row);
    edition_ids_add(&walk->walked.ids, signature->row);
    shown = signature_show(signature, scope->audience, &seen);
    if (shown == SHOWN_COUNTED || (scope->form == FORM_INDIVIDUAL && shown != SHOWN_PERSON)) {
        totals->counted++;
        return true;
    }
    totals->named++;
    if (seen.has_members)
        totals->members += seen.members;
    count_country(walk, seen.country);
    return give(walk, &seen);
}

static bool take_initiator(const struct signature *signature, void *arg)
{
    struct walk *walk = arg;
    const struct appeal *appeal = walk->scope->appeal;

    if (signature->appeal == appeal->id && signature->version == appeal->version &&
        signature->state == SIGNATURE_LISTED)
        return take(signature, arg);
    return true;
}

static bool take_other(const struct signature *signature, void *arg)
{
    struct walk *walk = arg;

    return edition_ids_has(&walk->initiators, signature->row) || take(signature, arg);
}

/* In the order in which the settings name them. */
static enum us_err walk_initiators(struct walk *walk)
{
    const struct settings *settings = walk->scope->appeal->settings;

    walk->is_initiator = true;
    for (size_t i = 0; i < settings->initiator_count; i++) {
        enum us_err err =
            signature_find(walk->reader, settings->initiators[i], take_initiator, walk);
        if (err != US_OK && err != US_NOT_FOUND)
            return err;
        if (walk->err != US_OK || walk->walked.is_stopped)
            return walk->err;
    }
    walk->is_initiator = false;
    edition_ids_sort(&walk->initiators);
    return US_OK;
}

enum us_err edition_walk(struct reader *reader, struct site *site,
                         const struct edition_scope *scope, signature_callback *on_signature,
                         void *arg, struct edition_walked *out, struct fault *fault)
{
    struct walk *walk = MEM_NEW(struct walk);
    const struct listed_filter filter = {
        .appeal = scope->appeal->id,
        .version = scope->appeal->version,
        .language = scope->language,
    };
    enum us_err err;

    *walk = (struct walk){.reader = reader,
                          .site = site,
                          .scope = scope,
                          .on_signature = on_signature,
                          .arg = arg,
                          .fault = fault};
    err = walk_initiators(walk);
    if (err == US_OK && !walk->walked.is_stopped)
        err = signature_each_listed_by_country(reader, &filter, take_other, walk);
    if (err == US_OK)
        err = walk->err;
    if (err == US_OK) {
        edition_ids_sort(&walk->walked.ids);
        *out = walk->walked;
    } else {
        edition_ids_clear(&walk->walked.ids);
    }
    edition_ids_clear(&walk->initiators);
    free(walk);
    return err;
}

/* ---- drafts ---- */

const struct signature_totals *edition_draft_totals(const struct edition_draft *draft)
{
    return &draft->edition.totals;
}

const struct edition *edition_draft_refers(const struct edition_draft *draft)
{
    return draft->has_refers ? &draft->refers : NULL;
}

void edition_draft_free(struct edition_draft *draft)
{
    if (draft == NULL)
        return;
    edition_clear(&draft->edition);
    edition_clear(&draft->refers);
    edition_ids_clear(&draft->ids);
    free(draft->slug);
    free(draft);
}

/* A supplement follows the batch that was delivered last; whoever accedes, accedes to the letter.
 */
static enum us_err find_referred(struct reader *reader, const struct edition_params *params,
                                 struct edition_draft *draft, struct fault *fault)
{
    const char *kind = params->kind == EDITION_ACCESSION ? edition_kind_name(EDITION_LETTER) : "";
    enum us_err err;

    err = edition_row_find(reader, STATEMENT_EDITION_LAST_DELIVERED,
                           VALUES(value_int(params->appeal->id), value_int(params->appeal->version),
                                  value_text(params->addressee->id), value_text(kind)),
                           &draft->refers);
    draft->has_refers = err == US_OK;
    if (err != US_NOT_FOUND)
        return err;
    fault_set(fault, NULL, 0,
              "no letter of version %d has been delivered to %s, so there is nothing that %s could "
              "refer to; deliver one first (`undersign delivery send`, `delivery record`)",
              (int)params->appeal->version, params->addressee->id,
              params->kind == EDITION_ACCESSION ? "an accession" : "a supplement");
    return US_CONFLICT;
}

static enum us_err check_draft(const struct edition_draft *draft,
                               const struct edition_params *params, struct fault *fault)
{
    if (draft->has_refers && draft->ids.count == 0 && !draft->is_stopped) {
        fault_set(fault, NULL, 0,
                  "nobody has signed since the last letter that went to %s: there is nothing to "
                  "add",
                  params->addressee->id);
        return US_CONFLICT;
    }
    if (params->form == FORM_INDIVIDUAL && draft->edition.totals.named == 0 && !draft->is_stopped) {
        fault_set(fault, NULL, 0,
                  "no organisation lets %s see who signs for it, so there are no individual "
                  "letters",
                  params->addressee->id);
        return US_CONFLICT;
    }
    return US_OK;
}

static void fill_draft(struct edition_draft *draft, const struct edition_params *params,
                       const struct edition_walked *walked)
{
    struct edition *edition = &draft->edition;

    edition->appeal = params->appeal->id;
    edition->version = params->appeal->version;
    edition->addressee = mem_string(params->addressee->id);
    edition->addressee_kind = params->addressee->kind;
    (void)strncpy(edition->language, params->language, sizeof(edition->language) - 1);
    edition->kind = params->kind;
    edition->form = params->form;
    edition->supplement_of = draft->has_refers ? draft->refers.number : 0;
    edition->totals = walked->totals;
    draft->slug = mem_string(params->appeal->slug);
    draft->ids = walked->ids;
    draft->is_stopped = walked->is_stopped;
}

enum us_err edition_read(struct reader *reader, struct site *site,
                         const struct edition_params *params, signature_callback *on_signature,
                         void *arg, struct edition_draft **out, struct fault *fault)
{
    struct edition_draft *draft = MEM_NEW(struct edition_draft);
    struct edition_ids sent = {.count = 0};
    struct edition_walked walked;
    struct edition_scope scope = {
        .appeal = params->appeal,
        .audience = addressee_audience(params->addressee->kind),
        .language = params->language,
        .form = params->form,
        .has_ilo = params->addressee->procedure != PROCEDURE_NONE,
    };
    enum us_err err = US_OK;

    if (params->kind != EDITION_LETTER) {
        err = find_referred(reader, params, draft, fault);
        if (err == US_OK)
            err = edition_read_sent(reader,
                                    &(struct edition_sent){.appeal = params->appeal->id,
                                                           .version = params->appeal->version,
                                                           .addressee = params->addressee->id},
                                    &sent);
        scope.except = &sent;
    }
    if (err == US_OK)
        err = edition_walk(reader, site, &scope, on_signature, arg, &walked, fault);
    edition_ids_clear(&sent);
    if (err == US_OK) {
        fill_draft(draft, params, &walked);
        err = check_draft(draft, params, fault);
    }
    if (err == US_OK)
        *out = draft;
    else
        edition_draft_free(draft);
    return err;
}

enum us_err edition_each_public(struct reader *reader, struct site *site,
                                const struct edition_params *params,
                                signature_callback *on_signature, void *arg,
                                struct signature_totals *totals)
{
    const struct edition_scope scope = {
        .appeal = params->appeal,
        .audience = AUDIENCE_PUBLIC,
        .language = params->language,
        .form = FORM_JOINT,
    };
    struct fault fault = {.text = ""};
    struct edition_walked walked;
    enum us_err err = edition_walk(reader, site, &scope, on_signature, arg, &walked, &fault);

    if (err != US_OK)
        return err;
    *totals = walked.totals;
    edition_ids_clear(&walked.ids);
    return US_OK;
}

/* ---- once more ---- */

enum us_err edition_each_signature(struct reader *reader, struct site *site,
                                   const struct edition *edition, signature_callback *on_signature,
                                   void *arg, int64_t *gone)
{
    struct fault fault = {.text = ""};
    struct edition_ids ids;
    struct edition_walked walked;
    struct appeal *appeal;
    const struct addressee *addressee;
    enum us_err err = appeal_load_id(reader, site, edition->appeal, edition->version, &appeal);

    if (err != US_OK)
        return err;
    err = edition_read_ids(reader, edition->row, &ids);
    if (err != US_OK) {
        appeal_free(appeal);
        return err;
    }
    addressee = settings_addressee(appeal->settings, edition->addressee);
    const struct edition_scope scope = {
        .appeal = appeal,
        .audience = addressee_audience(edition->addressee_kind),
        .language = edition->language,
        .form = edition->form,
        .has_ilo = addressee != NULL && addressee->kind == edition->addressee_kind &&
                   addressee->procedure != PROCEDURE_NONE,
        .only = &ids,
    };
    err = edition_walk(reader, site, &scope, on_signature, arg, &walked, &fault);
    if (err == US_OK) {
        if (!walked.is_stopped)
            *gone = (int64_t)(ids.count - walked.ids.count);
        edition_ids_clear(&walked.ids);
    }
    edition_ids_clear(&ids);
    appeal_free(appeal);
    return err;
}
