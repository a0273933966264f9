/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Appeals paused, resumed, closed, reopened, archived; and their shield. */
#include "appeal/appeal_state.h"
#include "base/clock.h"
#include "control/work.h"
#include <string.h>

static struct appeal_turning turning_of(const struct call *call)
{
    return (struct appeal_turning){
        .slug = call->request->arguments[0],
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .now = clock_now(),
        .is_trial = call->request->options[OPTION_DRY_RUN] != NULL,
    };
}

static void add_turned(struct call *call, const struct appeal_turned *turned)
{
    answer_single(call->answer, &row_turned,
                  (struct row_value[]){
                      row_text(call->request->arguments[0]),
                      row_text(appeal_state_name(turned->state)),
                      row_flag(turned->changed),
                      row_flag(turned->is_shielded),
                      row_number_if(turned->closing != 0, turned->closing),
                      row_number(turned->days_lost),
                      row_flag(call->request->options[OPTION_DRY_RUN] != NULL),
                  });
}

static enum appeal_turn turn_of(enum command_id command)
{
    switch (command) {
    case COMMAND_APPEAL_PAUSE:
        return TURN_PAUSE;
    case COMMAND_APPEAL_RESUME:
        return TURN_RESUME;
    case COMMAND_APPEAL_CLOSE:
        return TURN_CLOSE;
    case COMMAND_APPEAL_REOPEN:
        return TURN_REOPEN;
    default:
        return TURN_ARCHIVE;
    }
}

enum us_err appeal_state_work_turn(struct call *call)
{
    const struct appeal_turning what = turning_of(call);
    struct appeal_turned turned;
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = appeal_state_turn(call->site, turn_of(call->request->command), &what, &turned,
                                &call->fault);
    if (err == US_OK)
        add_turned(call, &turned);
    return err;
}

enum us_err appeal_state_work_shield(struct call *call)
{
    const struct appeal_turning what = turning_of(call);
    const char *word = call->request->arguments[1];
    bool is_on = strcmp(word, "on") == 0;
    struct appeal_turned turned;
    enum us_err err = call_check_reason(call);

    if (err == US_OK && !is_on && strcmp(word, "off") != 0) {
        fault_set(&call->fault, NULL, 0, "a shield is on or off: `undersign appeal shield %s on`",
                  what.slug);
        err = US_INVALID;
    }
    if (err == US_OK)
        err = appeal_state_shield(call->site, is_on, &what, &turned, &call->fault);
    if (err == US_OK)
        add_turned(call, &turned);
    return err;
}
