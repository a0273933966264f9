/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What has had its time, and one person's data: shown, deleted, certified. */
#include "appeal/erasure.h"
#include "appeal/retention.h"
#include "base/clock.h"
#include "control/work.h"
#include <inttypes.h>
#include <stdlib.h>

static void add_states(struct call *call, const struct retention_state *states)
{
    answer_columns(call->answer, &row_retention);
    for (int rule = 0; rule < RETENTION_RULES; rule++) {
        char *after = retention_after(call->site, (enum retention_rule)rule);
        bool goes_on =
            answer_row(call->answer, (struct row_value[]){
                                         row_text(retention_name((enum retention_rule)rule)),
                                         row_text(retention_what((enum retention_rule)rule)),
                                         row_text(after),
                                         row_number(states[rule].due),
                                         row_number_if(states[rule].has_next, states[rule].next_on),
                                     });
        free(after);
        if (!goes_on)
            return;
    }
}

enum us_err retention_work_show(struct call *call)
{
    struct retention_state states[RETENTION_RULES];
    enum us_err err = retention_look(call->site, clock_now(), states);

    if (err == US_OK)
        add_states(call, states);
    return err;
}

static bool wants_stop(void *arg)
{
    const struct call *call = arg;

    return answer_is_cancelled(call->answer);
}

enum us_err retention_work_run(struct call *call)
{
    struct retention_state states[RETENTION_RULES];
    int64_t damaged = 0;
    const struct retention_run run = {
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .now = clock_now(),
        .wants_stop = wants_stop,
        .arg = call,
        .damaged = &damaged,
    };
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = retention_look(call->site, run.now, states);
    if (err == US_OK && call->request->options[OPTION_DRY_RUN] == NULL)
        err = retention_run(call->site, &run);
    if (err == US_CORRUPT && damaged > 0)
        fault_set(&call->fault, NULL, 0,
                  "%" PRId64 " damaged %s not be read and %s persons; all else that was due is "
                  "deleted. `undersign check counts` finds what is damaged, the service's log too",
                  damaged, damaged == 1 ? "signature could" : "signatures could",
                  damaged == 1 ? "keeps its" : "keep their");
    if (err == US_OK || (err == US_CORRUPT && damaged > 0))
        add_states(call, states);
    return err;
}

enum us_err retention_work_erase(struct call *call)
{
    const struct erasure_request request = {
        .id = call->request->arguments[0],
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .now = clock_now(),
        .is_trial = call->request->options[OPTION_DRY_RUN] != NULL,
    };
    struct erasure_made made;
    enum us_err err = call_check_reason(call);

    if (err == US_OK && (request.reason == NULL || request.reason[0] == '\0')) {
        fault_set(&call->fault, NULL, 0,
                  "a reason is needed; add --reason TEXT, without the person's name: it stays in "
                  "the audit log");
        err = US_INVALID;
    }
    if (err == US_OK)
        err = erasure_request_run(call->site, &request, &made, &call->fault);
    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_erased,
                  (struct row_value[]){
                      row_text(request.id),
                      row_text(signature_state_name(made.state)),
                      row_flag(made.changed),
                      row_text(signature_state_name(made.was)),
                      row_text(made.certificate),
                      row_text(made.signature),
                  });
    erasure_made_clear(&made);
    return US_OK;
}
