/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parts of the commands on signatures where they come with --where. */
#ifndef CONTROL_ACT_WORK_H
#define CONTROL_ACT_WORK_H

#include "appeal/moderation.h"
#include "control/call.h"

US_MUST_CHECK enum us_err act_work_decide(struct call *call, enum decision decision);
US_MUST_CHECK enum us_err act_work_list_signatures(struct call *call, bool has_state,
                                                   enum signature_state state);

#endif
