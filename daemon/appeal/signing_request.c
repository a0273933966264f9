/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a link leads to, for the page that shows it: mail scanners open links, so nothing is changed
 * here. A row's term ends also for a link that was used: what happened after it is on the list.
 */
#include "appeal/signing_request.h"
#include "appeal/pack.h"
#include "appeal/pending.h"
#include "appeal/signature_row.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void signing_request_free(struct signing_request *request)
{
    if (!request)
        return;
    appeal_free(request->appeal);
    submission_clear(&request->submission);
    free(request);
}

void signing_request_fill(const struct signature *s, struct submission *out)
{
    const struct {
        enum signing_field field;
        const char *value;
    } values[] = {
        {FIELD_ORGANISATION, s->organisation},
        {FIELD_ORGANISATION_LATIN, s->organisation_latin},
        {FIELD_KIND, signature_kind_name(s->kind)},
        {FIELD_COUNTRY, s->country},
        {FIELD_TOWN, s->town},
        {FIELD_AFFILIATION, s->affiliation},
        {FIELD_REPRESENTATIVE, s->representative},
        {FIELD_CAPACITY, s->capacity},
        {FIELD_VISIBILITY, visibility_name(s->visibility)},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        out->values[values[i].field] = mem_string(values[i].value);
    if (s->has_members)
        out->values[FIELD_MEMBERS] = mem_format("%lld", (long long)s->members);
    out->kind = s->kind;
    out->visibility = s->visibility;
    out->has_members = s->has_members;
    out->members = s->members;
}

static enum us_err fill_confirmed(struct reader *reader, int64_t row,
                                  struct signing_request *request)
{
    struct signature_row found;
    enum us_err err = signature_row_find(reader, row, &found);
    if (err)
        return err;
    const struct signature *s = &found.signature;
    request->state = s->state;
    request->stage = s->state == SIGNATURE_WITHDRAWN ? STAGE_WITHDRAWN : STAGE_CONFIRMED;
    if (s->id)
        strncpy(request->public_id, s->id, sizeof request->public_id - 1);
    signing_request_fill(s, &request->submission);
    signature_row_clear(&found);
    return US_OK;
}

enum us_err signing_find(struct reader *reader, struct site *site, const char *token, int64_t now,
                         struct signing_request **out)
{
    struct pending pending;
    enum us_err err = pending_find_token(reader, site, token, now, &pending);
    if (err)
        return err;
    struct signing_request *request = MEM_NEW(struct signing_request);
    request->row = pending.id;
    memcpy(request->language, pending.spoken, sizeof request->language);
    memcpy(request->submission.language, pending.spoken, sizeof request->language);
    if (pending.is_confirmed)
        err = fill_confirmed(reader, pending.signature, request);
    else
        err = pending_unseal(site, &pending, &request->submission);
    if (!err)
        err = appeal_load_id(reader, site, pending.appeal, pending.version, &request->appeal);
    pending_clear(&pending);
    if (err) {
        signing_request_free(request);
        return err;
    }
    *out = request;
    return US_OK;
}
