/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The mail thread. Everything below runs on it, but for start, stop and the wake-up that signing
 * gives. It asks the outbox for what is due, leaves out what is under way already, and looks again
 * when mail was queued, when one was done, or when the next retry is due.
 *
 * A letter to an addressee may have 45 MB: one of them at a time is in memory, and others wait
 * while the small mails go past.
 */
#include "mail/runner.h"
#include "appeal/outbox.h"
#include "base/clock.h"
#include "base/inbox.h"
#include "base/log.h"
#include "base/mem.h"
#include "mail/compose.h"
#include "mail/transport.h"
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define UNDER_WAY_MOST SITE_LEAVING_MOST
#define RECHECK_MOST (60 * CLOCK_SECOND) /* look at least so often: clocks jump */

struct mail_runner {
    struct site *site;
    struct event_base *base;
    struct inbox *inbox;
    struct event *inbox_event, *timer;
    struct transport *transport;
    pthread_t thread;
    atomic_bool is_woken; /* a wake-up waits in the inbox */
    atomic_bool is_stopping;
    struct parcel *first; /* under way */
    size_t under_way;
    bool has_delivery; /* one of them is a letter to an addressee */
    size_t waiting;    /* letters that were due when it last looked, and wait for that one */
};

struct parcel {
    struct mail_runner *runner;
    struct outbox_mail mail;
    struct str bytes;
    struct transport_message message;
    struct parcel *next;
};

static void runner_look(struct mail_runner *runner);

static void parcel_free(struct parcel *parcel)
{
    outbox_mail_free(&parcel->mail);
    if (parcel->bytes.data)
        explicit_bzero(parcel->bytes.data, parcel->bytes.len);
    str_free(&parcel->bytes);
    free(parcel);
}

static void runner_drop(struct mail_runner *runner, struct parcel *parcel)
{
    struct parcel **at = &runner->first;
    while (*at != parcel)
        at = &(*at)->next;
    *at = parcel->next;
    runner->under_way--;
    if (parcel->mail.delivery)
        runner->has_delivery = false;
    parcel_free(parcel);
}

static void runner_schedule(struct mail_runner *runner, int64_t after)
{
    struct timeval wait = {after / CLOCK_SECOND, after % CLOCK_SECOND};
    event_add(runner->timer, &wait);
}

static void on_fate(const struct transport_message *message, enum transport_fate fate,
                    const char *error, void *arg)
{
    struct parcel *parcel = arg;
    struct mail_runner *runner = parcel->runner;
    enum us_err err = US_OK;
    (void)message;
    if (parcel->mail.template == OUTBOX_TEST) {
        if (!runner->is_stopping)
            err = outbox_tested(runner->site, &parcel->mail, fate == TRANSPORT_ACCEPTED, error);
    } else if (fate == TRANSPORT_ACCEPTED)
        err = outbox_accepted(runner->site, &parcel->mail, clock_now());
    else if (!runner
                  ->is_stopping) /* cut off by us: not the relay's doing, due again at the start */
        err = outbox_refused(runner->site, &parcel->mail, clock_now(), fate == TRANSPORT_REFUSED,
                             error);
    if (fate != TRANSPORT_ACCEPTED && !runner->is_stopping && parcel->mail.template != OUTBOX_TEST)
        log_warning("mail not taken%s: %s", fate == TRANSPORT_REFUSED ? " and given up" : "",
                    error);
    /* What was withdrawn while its mail was under way is gone from the outbox: nothing to note. */
    if (err != US_OK && err != US_NOT_FOUND)
        log_error("the outbox could not note what became of a mail: %s", err_name(err));
    outbox_left(runner->site, &parcel->mail);
    runner_drop(runner, parcel);
    if (!runner->is_stopping)
        runner_schedule(runner, err == US_OK ? 0 : 5 * CLOCK_SECOND);
}

static bool is_under_way(const struct mail_runner *runner, int64_t id)
{
    for (const struct parcel *parcel = runner->first; parcel; parcel = parcel->next)
        if (parcel->mail.id == id)
            return true;
    return false;
}

/* The last look: from here on it is the relay's. */
static void hand_over(struct parcel *parcel)
{
    struct mail_runner *runner = parcel->runner;
    enum us_err err = outbox_look(runner->site, &parcel->mail);
    enum us_err gone = err == US_OK ? outbox_leave(runner->site, &parcel->mail) : US_OK;
    if (err == US_OK && gone == US_OK) {
        transport_send(runner->transport, &parcel->message, on_fate, parcel);
    } else if (err == US_OK) { /* dropped or taken back since it was read; or ask again soon */
        runner_drop(runner, parcel);
        runner_schedule(runner, gone == US_NOT_FOUND ? 0 : 5 * CLOCK_SECOND);
    } else if (err == US_CONFLICT) {
        on_fate(&parcel->message, TRANSPORT_REFUSED, OUTBOX_SOMEBODY_LEFT, parcel);
    } else {
        on_fate(&parcel->message, TRANSPORT_LATER,
                "who is in the letter cannot be looked up now; see the service's log", parcel);
    }
}

static void runner_send(struct mail_runner *runner, struct outbox_mail *mail)
{
    struct parcel *parcel = MEM_NEW(struct parcel);
    parcel->runner = runner;
    parcel->mail = *mail; /* the strings move along */
    *mail = (struct outbox_mail){0};
    enum us_err err =
        compose_message(site_config(runner->site), &parcel->mail, clock_now(), &parcel->bytes);
    parcel->message = (struct transport_message){.id = parcel->mail.id,
                                                 .queued_at = parcel->mail.created_at,
                                                 .recipient = parcel->mail.recipient,
                                                 .bytes = str_text(&parcel->bytes),
                                                 .len = parcel->bytes.len,
                                                 .is_test = parcel->mail.template == OUTBOX_TEST};
    parcel->next = runner->first;
    runner->first = parcel;
    runner->under_way++;
    if (parcel->mail.delivery)
        runner->has_delivery = true;
    if (err == US_OK)
        hand_over(parcel);
    else if (err == US_IO)
        on_fate(&parcel->message, TRANSPORT_LATER, "the letter's file cannot be read", parcel);
    else
        on_fate(&parcel->message, TRANSPORT_REFUSED,
                "the letter's file is not the one that was to be sent", parcel);
}

/* Waits for the next one that is not due yet. */
static void runner_wait(struct mail_runner *runner)
{
    int64_t next = 0, after = RECHECK_MOST;
    if (outbox_next(runner->site, &next) != US_OK)
        after = 5 * CLOCK_SECOND;
    else if (next != 0 && next - clock_now() < after)
        after = next > clock_now() ? next - clock_now() : 0;
    /* What is due and under way stays in the outbox until its fate is known. */
    if (runner->under_way > 0 && after < CLOCK_SECOND)
        after = CLOCK_SECOND;
    runner_schedule(runner, after);
}

/* Sends what may go now; how many. */
static size_t runner_send_due(struct mail_runner *runner, struct outbox_mail *mails, size_t count)
{
    size_t sent = 0;
    runner->waiting = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_new = !is_under_way(runner, mails[i].id);
        bool waits = is_new && mails[i].delivery != NULL && runner->has_delivery;
        if (waits) {
            runner->waiting++;
        } else if (is_new && runner->under_way < UNDER_WAY_MOST) {
            runner_send(runner, &mails[i]);
            sent++;
        }
        outbox_mail_free(&mails[i]);
    }
    return sent;
}

static void runner_look(struct mail_runner *runner)
{
    struct outbox_mail *mails = NULL;
    size_t count = 0, waited = runner->waiting;
    size_t most = UNDER_WAY_MOST + runner->under_way + waited;
    if (runner->under_way >= UNDER_WAY_MOST)
        return;
    enum us_err err = outbox_due(runner->site, clock_now(), most, &mails, &count);
    if (err != US_OK) {
        runner_schedule(runner, 5 * CLOCK_SECOND);
        return;
    }
    size_t sent = runner_send_due(runner, mails, count);
    free(mails);
    if (sent > 0)
        return;
    if (count == most && runner->waiting > waited)
        runner_schedule(runner, 0); /* small mails may be due behind these letters */
    else
        runner_wait(runner);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    runner_look(arg);
}

static void on_inbox(evutil_socket_t fd, short what, void *arg)
{
    struct mail_runner *runner = arg;
    (void)fd;
    (void)what;
    inbox_run(runner->inbox);
}

static void run_wake(void *arg)
{
    struct mail_runner *runner = arg;
    atomic_store(&runner->is_woken, false);
    runner_look(runner);
}

static void on_mail_queued(void *arg)
{
    struct mail_runner *runner = arg;
    if (!atomic_exchange(&runner->is_woken, true))
        inbox_post(runner->inbox, run_wake, runner);
}

static void run_stop(void *arg)
{
    struct mail_runner *runner = arg;
    event_base_loopbreak(runner->base);
}

static void *run_thread(void *arg)
{
    struct mail_runner *runner = arg;
    runner_schedule(runner, 0);
    event_base_dispatch(runner->base);
    transport_free(runner->transport);
    runner->transport = NULL;
    return NULL;
}

static void runner_free(struct mail_runner *runner)
{
    transport_free(runner->transport);
    if (runner->inbox_event)
        event_free(runner->inbox_event);
    if (runner->timer)
        event_free(runner->timer);
    if (runner->base)
        event_base_free(runner->base);
    inbox_free(runner->inbox);
    free(runner);
}

enum us_err mail_runner_start(struct site *site, struct mail_runner **out, struct fault *fault)
{
    struct mail_runner *runner = MEM_NEW(struct mail_runner);
    enum us_err err = US_IO;
    runner->site = site;
    runner->inbox = inbox_new();
    runner->base = event_base_new();
    if (!runner->inbox || !runner->base)
        goto err_free;
    runner->timer = event_new(runner->base, -1, 0, on_timer, runner);
    runner->inbox_event =
        event_new(runner->base, inbox_fd(runner->inbox), EV_READ | EV_PERSIST, on_inbox, runner);
    if (!runner->timer || !runner->inbox_event || event_add(runner->inbox_event, NULL) != 0)
        goto err_free;
    err = transport_new(site_config(site), runner->base, &runner->transport, fault);
    if (err != US_OK)
        goto err_free;
    if (pthread_create(&runner->thread, NULL, run_thread, runner) != 0) {
        err = US_IO;
        goto err_free;
    }
    site_watch_mail(site, on_mail_queued, runner);
    *out = runner;
    return US_OK;

err_free:
    if (fault->text[0] == '\0')
        fault_set(fault, NULL, 0, "the mail thread cannot start");
    runner_free(runner);
    return err;
}

void mail_runner_stop(struct mail_runner *runner)
{
    if (!runner)
        return;
    site_watch_mail(runner->site, NULL, NULL);
    /* Its thread may be waiting for the relay. What is cut off is due again at the next start. */
    atomic_store(&runner->is_stopping, true);
    transport_interrupt(runner->transport);
    inbox_post(runner->inbox, run_stop, runner);
    pthread_join(runner->thread, NULL);
    runner_free(runner);
}
