/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/call.h"
#include "base/utf8.h"
#include <string.h>

#define REASON_MOST 1000 /* bytes */

struct reading {
    call_reading *function;
    struct call *call;
    void *arg;
    enum us_err err;
};

static bool goes_on(void *arg)
{
    return !answer_is_cancelled(arg);
}

static void run_reading(struct reader *reader, void *arg)
{
    struct reading *reading = arg;

    /* A client that is gone, and a service that stops, need not wait for a walk of minutes. */
    reader_watch(reader, goes_on, reading->call->answer);
    reading->err = reading->function(reader, reading->call, reading->arg);
}

enum us_err call_read(struct call *call, call_reading *function, void *arg)
{
    struct reading reading = {.function = function, .call = call, .arg = arg};
    enum us_err err = store_read_wait(site_store(call->site), run_reading, &reading);

    if (err == US_OK)
        err = reading.err;
    /* A walk that was broken off is not a failure of the store; why it was, the answer knows. */
    return err == US_OK ? call->answer->err : err;
}

enum us_err call_load_appeal(struct reader *reader, struct call *call, struct appeal **out)
{
    const char *slug = call->request->arguments[0];
    enum us_err err = appeal_load_any(reader, call->site, slug, out);

    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "there is no appeal \"%s\"; `undersign appeal list` says which there are", slug);
    return err;
}

enum us_err call_check_reason(struct call *call)
{
    const char *reason = call->request->options[OPTION_REASON];

    if (reason == NULL ||
        (strlen(reason) <= REASON_MOST && !utf8_has_forbidden(reason, strlen(reason), false)))
        return US_OK;
    fault_set(&call->fault, NULL, 0,
              "a reason is one line of at most %d bytes, without control characters", REASON_MOST);
    return US_INVALID;
}
