/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Organisations that signed twice: side by side, and made one. */
#include "appeal/signature_merge.h"
#include "control/work.h"
#include <string.h>

static bool add_duplicate(const struct signature_duplicate *duplicate, void *arg)
{
    const struct signature *s = duplicate->signature;

    return answer_row(arg, (struct row_value[]){
                               row_number(duplicate->group),
                               row_text(s->id),
                               row_text(signature_state_name(s->state)),
                               row_text(s->organisation),
                               row_text(s->organisation_latin),
                               row_text(s->country),
                               row_text(s->town),
                               row_number_if(s->has_members, s->members),
                               row_text(s->affiliation),
                               row_text(duplicate->domain),
                               row_number(s->signed_on),
                               row_number(duplicate->likeness),
                           });
}

static enum us_err read_duplicates(struct reader *reader, struct call *call, void *arg)
{
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);
    int64_t id;

    (void)arg;
    if (err != US_OK)
        return err;
    id = appeal->id;
    appeal_free(appeal);
    return signature_duplicates(reader, call->site, id, add_duplicate, call->answer);
}

enum us_err merge_work_duplicates(struct call *call)
{
    answer_columns(call->answer, &row_duplicate);
    return call_read(call, read_duplicates, NULL);
}

enum us_err merge_work_merge(struct call *call)
{
    const char *reason = call->request->options[OPTION_REASON];
    const struct signature_merge merge = {
        .keep = call->request->arguments[0],
        .other = call->request->arguments[1],
        .actor = call->actor,
        .reason = reason && reason[strspn(reason, " ")] ? reason : NULL,
        .is_trial = call->request->options[OPTION_DRY_RUN] != NULL,
    };
    struct signature_merged merged;
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = signature_merge(call->site, &merge, &merged, &call->fault);
    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_merged,
                  (struct row_value[]){
                      row_text(merge.keep),
                      row_text(merged.kept),
                      row_text(signature_state_name(merged.kept_state)),
                      row_text(merge.other),
                      row_text(merged.other),
                      row_text(signature_state_name(merged.from)),
                      row_text(signature_state_name(merged.to)),
                      row_number(merged.likeness),
                      row_flag(merged.is_one_country),
                      row_flag(merged.is_told_why),
                      row_flag(merged.is_unreached),
                  });
    signature_merged_clear(&merged);
    return US_OK;
}
