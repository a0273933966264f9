/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail by hand: tried again, dropped, tested. Each id is one act of its own, so what cannot be done
 * for one is told and the others go on.
 */
#include "appeal/outbox_hand.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/work.h"
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define TEST_WAIT (60 * CLOCK_SECOND)
#define TEST_LOOK_MS 100

/* ---- retry, drop ---- */

/* 0: no id. */
static int64_t read_id(const char *text)
{
    char *end;
    int64_t id;

    errno = 0;
    id = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' && end != text && text[0] != '+' && id > 0 ? id : 0;
}

static enum us_err change_one(struct call *call, const char *text, bool *changed,
                              struct fault *fault)
{
    const struct outbox_act act = {
        .id = read_id(text),
        .now = clock_now(),
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .is_try = call->request->options[OPTION_DRY_RUN] != NULL,
    };
    enum us_err err = US_NOT_FOUND;

    *changed = false;
    if (act.id != 0)
        err = call->request->command == COMMAND_MAIL_DROP
                  ? outbox_drop(call->site, &act, changed, fault)
                  : outbox_retry(call->site, &act, changed, fault);
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0,
                  "there is no such mail (any more); those that have left are not kept");
    return err;
}

/* What is wrong with one mail, and not with the store. */
static bool is_its_own(enum us_err err)
{
    return err == US_NOT_FOUND || err == US_CONFLICT || err == US_BUSY;
}

enum us_err mail_hand_work_change(struct call *call)
{
    const struct request *request = call->request;
    const char *action = command_table[request->command].verb;
    enum us_err err = call_check_reason(call);

    answer_columns(call->answer, &row_mailed);
    for (size_t i = 0; err == US_OK && i < request->argument_count; i++) {
        struct fault fault = {.text = ""};
        bool changed;
        err = change_one(call, request->arguments[i], &changed, &fault);
        if (err != US_OK && !is_its_own(err))
            break;
        if (!answer_row(call->answer, (struct row_value[]){
                                          row_text(request->arguments[i]),
                                          row_text(action),
                                          row_flag(changed),
                                          row_text(err != US_OK ? err_name(err) : NULL),
                                          row_text(err != US_OK ? fault.text : NULL),
                                      }))
            return call->answer->err;
        err = US_OK;
    }
    return err;
}

/* ---- test ---- */

static void add_outcome(struct call *call, const struct outbox_outcome *outcome)
{
    const struct config *config = call->config;
    bool is_smtp = config->mail_transport == CONFIG_TRANSPORT_SMTP;
    char *relay = mem_format("%s:%" PRId64, config->mail_smtp_host, config->mail_smtp_port);

    answer_single(call->answer, &row_mail_test,
                  (struct row_value[]){
                      row_flag(outcome->is_taken),
                      row_text(is_smtp ? "smtp" : "spool"),
                      row_text(is_smtp ? relay : NULL),
                      row_text(outcome->answer),
                      row_text(outcome->encryption),
                  });
    free(relay);
}

/* Until the mail thread has tried it once. */
static enum us_err wait_for(struct call *call, int64_t id, struct outbox_outcome *out)
{
    int64_t began = clock_monotonic(), passed = 0;

    while (passed < TEST_WAIT) {
        enum us_err err = outbox_test_outcome(call->site, id, out);
        if (err != US_OK || out->is_known)
            return err;
        outbox_outcome_clear(out);
        if (answer_is_cancelled(call->answer))
            return US_CANCELLED;
        answer_progress(call->answer, passed / CLOCK_SECOND, TEST_WAIT / CLOCK_SECOND, "seconds");
        (void)poll(NULL, 0, TEST_LOOK_MS);
        passed = clock_monotonic() - began;
    }
    fault_set(&call->fault, NULL, 0,
              "the relay has not answered within %d seconds; `undersign mail show %" PRId64
              "` says later what became of it",
              (int)(TEST_WAIT / CLOCK_SECOND), id);
    return US_BUSY;
}

enum us_err mail_hand_work_test(struct call *call)
{
    const struct outbox_act act = {
        .now = clock_now(),
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
    };
    struct outbox_outcome outcome = {.is_known = false};
    int64_t id;
    enum us_err err = call_check_reason(call);

    if (err == US_OK && site_started_at(call->site) == 0) {
        fault_set(&call->fault, NULL, 0,
                  "undersignd is not running, so no mail leaves; nothing was sent. Start it "
                  "(systemctl start undersignd) and try again");
        return US_BUSY;
    }
    if (err == US_OK)
        err = outbox_test(call->site, call->request->arguments[0], &act, &id, &call->fault);
    if (err != US_OK)
        return err;
    err = wait_for(call, id, &outcome);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "somebody dropped it before it was sent");
    if (err == US_OK) {
        add_outcome(call, &outcome);
        err = outbox_test_forget(call->site, id);
    }
    outbox_outcome_clear(&outcome);
    return err;
}
