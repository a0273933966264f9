/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_signatory_rig.h"
#include "base/mem.h"
#include <cmocka.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

void rig_sign_submission(struct world *world, struct submission *submission, struct rig_signed *out)
{
    struct signing_receipt receipt;
    struct outbox_mail mail;
    assert_int_equal(world_submit(world, submission), US_OK);
    submission_clear(submission);
    world_take_mail(world, &mail);
    assert_int_equal(mail.template, OUTBOX_CONFIRM);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    memcpy(out->id, receipt.public_id, sizeof out->id);
    memcpy(out->token, mail.withdraw, sizeof out->token);
    memcpy(out->confirm, mail.token, sizeof out->confirm);
    outbox_mail_free(&mail);
}

void rig_sign(struct world *world, const char *name, const char *mailbox, struct rig_signed *out)
{
    struct submission submission;
    world_fill(&submission, name, mailbox);
    rig_sign_submission(world, &submission, out);
}

struct call {
    struct world *world;
    const char *token, *texts[2];
    enum signing_problem *problems;
    enum token_purpose purpose;
    bool wants;
    struct signatory **found;
    enum us_err err;
    sem_t done;
    int calls;
};

static void on_done(enum us_err err, void *arg)
{
    struct call *call = arg;
    call->err = err;
    call->calls++;
    sem_post(&call->done);
}

static enum us_err run(struct call *call, void (*work)(struct reader *reader, void *arg))
{
    sem_init(&call->done, 0, 0);
    assert_int_equal(store_read_wait(call->world->store, work, call), US_OK);
    sem_wait(&call->done);
    sem_destroy(&call->done);
    assert_int_equal(call->calls, 1);
    return call->err;
}

static void find_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    struct world *world = call->world;
    on_done(
        call->purpose == TOKEN_UNSUBSCRIBE
            ? signatory_find_subscribed(reader, world->site, call->token, world->now, call->found)
            : signatory_find(reader, world->site, call->token, world->now, call->found),
        call);
}

enum us_err rig_find(struct world *world, const char *token, struct signatory **out)
{
    struct call call = {.world = world, .token = token, .found = out, .purpose = TOKEN_WITHDRAW};
    return run(&call, find_work);
}

enum us_err rig_find_subscribed(struct world *world, const char *token, struct signatory **out)
{
    struct call call = {.world = world, .token = token, .found = out, .purpose = TOKEN_UNSUBSCRIBE};
    return run(&call, find_work);
}

static void withdraw_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signatory_withdraw(reader, call->world->site, call->token, call->texts[0], call->world->now,
                       on_done, call);
}

enum us_err rig_withdraw(struct world *world, const char *token, const char *reason)
{
    struct call call = {.world = world, .token = token, .texts = {reason}};
    return run(&call, withdraw_work);
}

static void correct_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    enum signing_problem problems[FIELD_COUNT];
    if (signatory_correct(reader, call->world->site, call->token, call->texts[0], call->texts[1],
                          call->world->now, call->problems ? call->problems : problems, on_done,
                          call) > 0)
        on_done(US_INVALID, call);
}

enum us_err rig_correct(struct world *world, const char *token, const char *organisation,
                        const char *latin, enum signing_problem *problems)
{
    struct call call = {
        .world = world, .token = token, .texts = {organisation, latin}, .problems = problems};
    return run(&call, correct_work);
}

static void want_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signatory_want_updates(reader, call->world->site, call->purpose, call->token, call->wants,
                           on_done, call);
}

enum us_err rig_want(struct world *world, enum token_purpose purpose, const char *token, bool wants)
{
    struct call call = {.world = world, .token = token, .purpose = purpose, .wants = wants};
    return run(&call, want_work);
}

static void links_work(struct reader *reader, void *arg)
{
    struct call *call = arg;
    signatory_mail_links(reader, call->world->site, call->world->appeal, call->token, "ru", on_done,
                         call);
}

enum us_err rig_mail_links(struct world *world, const char *mailbox)
{
    struct call call = {.world = world, .token = mailbox};
    return run(&call, links_work);
}

int rig_setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = before\n");
    world->config.limits_mails_per_appeal = 1000;
    world->config.limits_mails_per_day = 1000;
    world->config.limits_organisations_per_mailbox = 3;
    *state = world;
    return 0;
}

int rig_teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

int64_t rig_count_audit(struct world *world, const char *act)
{
    char *sql = mem_format("SELECT COUNT(*) FROM audit WHERE act = '%s'", act);
    int64_t count = world_number(world, sql);
    free(sql);
    return count;
}

/* The links that lead to it, in a mail of whatever kind. */
void rig_assert_own_link(struct world *world, const struct outbox_mail *mail, const char *id)
{
    struct signatory *found;
    assert_int_equal(rig_find(world, mail->withdraw, &found), US_OK);
    assert_string_equal(found->public_id, id);
    signatory_free(found);
}
