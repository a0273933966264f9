/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Organisations' logos, for who decides whether they may be seen. */
#include "appeal/logo.h"
#include "base/mem.h"
#include "control/image_row.h"
#include "control/work.h"
#include <stdlib.h>

static enum us_err read_logo(struct reader *reader, struct call *call, void *arg)
{
    const char *id = call->request->arguments[0];
    struct logo logo;
    enum us_err err = logo_of(reader, id, &logo);
    char *name;

    (void)arg;
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "there is no logo of a signature %s", id);
    if (err != US_OK)
        return err;
    name = mem_format("%s.png", id);
    image_row_add(call->answer, name, logo.png, logo.len);
    free(name);
    logo_clear(&logo);
    return US_OK;
}

enum us_err logo_work_show(struct call *call)
{
    return call_read(call, read_logo, NULL);
}

enum us_err logo_work_remove(struct call *call)
{
    enum us_err err = call_check_reason(call);

    if (err != US_OK)
        return err;
    return logo_remove(call->site, call->request->arguments[0], call->actor,
                       call->request->options[OPTION_REASON], &call->fault);
}
