/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * "Wrong" is what harms if nobody does anything, and makes the command end with 1, so that a
 * monitor can call somebody; the rest is a note. The bounds are chosen so that a healthy site is
 * silent: a relay that is away for minutes, or yesterday's queue, wakes nobody.
 */
#include "control/status_problem.h"
#include "base/clock.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DISK_WRONG (INT64_C(256) << 20)
#define DISK_NOTE (INT64_C(2) << 30)
#define WAL_NOTE (INT64_C(512) << 20)
#define MAIL_LATE CLOCK_HOUR
#define QUEUE_LATE 3  /* days that a signature waits */
#define BACKUP_LATE 3 /* days */

struct telling {
    const struct status_facts *facts;
    status_on_problem *on_problem;
    void *arg;
    bool is_wrong; /* which of the two are told now */
};

__attribute__((format(printf, 4, 5))) static void tell(const struct telling *telling, bool is_wrong,
                                                       const char *command, const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    if (is_wrong != telling->is_wrong)
        return;
    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return;
    telling->on_problem(&(struct status_problem){is_wrong, text, command}, telling->arg);
    free(text);
}

static const char *plural(int64_t count, const char *one, const char *more)
{
    return count == 1 ? one : more;
}

/* "2 h", "3 days": how long, for a sentence. */
static void print_span(int64_t span, char out[32])
{
    if (span < CLOCK_MINUTE)
        (void)snprintf(out, 32, "less than a minute");
    else if (span < 2 * CLOCK_HOUR)
        (void)snprintf(out, 32, "%" PRId64 " min", span / CLOCK_MINUTE);
    else if (span < 2 * CLOCK_DAY)
        (void)snprintf(out, 32, "%" PRId64 " hours", span / CLOCK_HOUR);
    else
        (void)snprintf(out, 32, "%" PRId64 " days", span / CLOCK_DAY);
}

static void tell_service(const struct telling *telling)
{
    const struct status *status = telling->facts->status;

    if (status->started_at == 0)
        tell(telling, true, "systemctl start undersignd",
             "undersignd is not running: nobody can sign, and no mail leaves");
    else if (telling->facts->configured_at > status->started_at)
        tell(telling, false, "undersign config check && systemctl restart undersignd",
             "the configuration was changed after the service started; it goes by the old one");
}

static void tell_keys(const struct telling *telling)
{
    const char *folder = telling->facts->config->keys_folder;
    char *look = mem_format("ls -l %s", folder);

    if (telling->facts->lacks_keys)
        tell(telling, true, look,
             "the site's key is gone from %s: put the folder back before undersignd is started "
             "anew, which refuses without it",
             folder);
    else if (telling->facts->lost != NULL)
        tell(telling, true, look,
             "appeal-%" PRId64 ".key, the key of %s, is gone from %s%s: put the folder back "
             "before undersignd is started anew, which refuses without it",
             telling->facts->lost->appeal, telling->facts->lost->slug, folder,
             telling->facts->lost->count > 1 ? ", and other appeals' too" : "");
    free(look);
}

/* A certificate is read at the start and at SIGHUP. */
static void tell_certificate(const struct telling *telling)
{
    const struct status_facts *facts = telling->facts;
    char day[16], *again;

    if (facts->status->started_at == 0 || facts->tls_end == 0 || facts->tls_file_end == 0 ||
        facts->tls_end == facts->tls_file_end)
        return;
    clock_print_day(clock_day(facts->tls_end), day);
    again = mem_format("kill -HUP %ld", (long)getpid()); /* the service answers this itself */
    tell(telling, facts->tls_end - facts->status->now < SITE_CHECK_SOON * CLOCK_DAY, again,
         "visitors still get the certificate that %s on %s; the file holds another, which the "
         "service has not read yet",
         facts->tls_end <= facts->status->now ? "ended" : "ends", day);
    free(again);
}

static void tell_disk(const struct telling *telling)
{
    const struct status *status = telling->facts->status;
    int64_t left = status->store_disk.free;
    char *look = mem_format("df -h %s", telling->facts->config->folder);

    if (status->is_failing)
        tell(
            telling, true, look,
            left >= 0 && left < DISK_WRONG
                ? "the disk is full: nobody can sign until there is room again"
                : "the database cannot be written, so nobody can sign; the service's log says why");
    else if (left >= 0 && left < DISK_WRONG)
        tell(telling, true, look, "only %" PRId64 " MiB are free on the database's disk",
             left >> 20);
    else if (left >= 0 && left < DISK_NOTE)
        tell(telling, false, look, "%" PRId64 " MiB are free on the database's disk", left >> 20);
    if (telling->facts->config->mail_transport == CONFIG_TRANSPORT_SPOOL &&
        status->mail_disk.size != status->store_disk.size && status->mail_disk.free >= 0 &&
        status->mail_disk.free < DISK_WRONG)
        tell(telling, true, "df -h", "only %" PRId64 " MiB are free where mail is written to",
             status->mail_disk.free >> 20);
    if (status->wal > WAL_NOTE)
        tell(telling, false, "undersign db status",
             "the database's log (-wal) has grown to %" PRId64 " MiB", status->wal >> 20);
    free(look);
}

static void tell_mail(const struct telling *telling)
{
    const struct status_mail *mail = &telling->facts->status->mail;
    int64_t age = telling->facts->status->now - mail->oldest_at;
    char span[32];

    if (mail->failed > 0)
        tell(telling, true, "undersign mail list", "%" PRId64 " %s given up%s%s", mail->failed,
             plural(mail->failed, "mail was", "mails were"), mail->last_error != NULL ? ": " : "",
             mail->last_error != NULL ? mail->last_error : "");
    print_span(age, span);
    if (mail->tried > 0)
        tell(telling, age >= MAIL_LATE, "undersign mail test ADDRESS",
             "%" PRId64 " %s the relay, for %s%s%s", mail->tried,
             plural(mail->tried, "mail waits for", "mails wait for"), span,
             mail->last_error != NULL ? ": " : "",
             mail->last_error != NULL ? mail->last_error : "");
    else if (mail->waiting > mail->news && age >= MAIL_LATE &&
             telling->facts->status->started_at != 0)
        tell(telling, true, "undersign mail list", "mail has not left for %s", span);
}

/* Each has a command of its own. */
static void tell_held(const struct telling *telling)
{
    const struct backup_held_list *held = &telling->facts->status->held;

    for (size_t i = 0; i < held->count; i++) {
        const struct backup_held *row = &held->rows[i];
        char *record = mem_format("undersign delivery record %s --edition %" PRId64
                                  " --how mail --on DAY, or --how none",
                                  row->slug, row->number);
        tell(telling, true, record,
             "edition %" PRId64 " of %s was on its way to %s when the backup was made that was "
             "restored: ask whether it arrived, and note it",
             row->number, row->slug, row->addressee);
        free(record);
    }
}

static void tell_backup(const struct telling *telling)
{
    const struct status *status = telling->facts->status;
    const struct backup_last *backup = telling->facts->backup;
    int64_t late = BACKUP_LATE * CLOCK_DAY,
            every = 2 * telling->facts->config->backup_every_hours * CLOCK_HOUR;
    bool has_signatures = false;
    char span[32];

    for (int i = 0; i < SIGNATURE_STATE_COUNT; i++)
        has_signatures = has_signatures || status->signatures[i] > 0;
    if (every > late)
        late = every;
    if (backup == NULL) {
        tell(telling, has_signatures, "undersign backup create", "no backup was ever made");
    } else if (status->now - backup->made_at > late) {
        print_span(status->now - backup->made_at, span);
        tell(telling, true, "undersign backup create", "the last backup is %s old", span);
    }
}

/* Nothing else deletes it. */
static void tell_kept(const struct telling *telling)
{
    const struct backup_kept *kept = telling->facts->kept;
    char *command;

    if (kept == NULL || kept->count == 0)
        return;
    command = mem_format("rm %s", kept->oldest);
    tell(telling, false, command,
         "%s, from before a restore%s, holds persons who were erased since: remove it when nobody "
         "needs it (undersign-backup(1) tells how to go back to it)",
         kept->oldest, kept->count > 1 ? " (and others)" : "");
    free(command);
}

static void tell_queue(const struct telling *telling)
{
    const struct status *status = telling->facts->status;
    int64_t waiting = status->signatures[SIGNATURE_CONFIRMED] + status->signatures[SIGNATURE_HELD];
    char day[16];

    if (!status->has_waiting || waiting == 0)
        return;
    clock_print_day(status->waiting_since, day);
    tell(telling, clock_day(status->now) - status->waiting_since >= QUEUE_LATE,
         "undersign moderate", "%" PRId64 " %s for a moderator since %s", waiting,
         plural(waiting, "signature waits", "signatures wait"), day);
}

/* The service deletes by itself, every hour: what is left longer, it cannot delete. */
static void tell_overdue(const struct telling *telling)
{
    const struct retention_overdue *overdue = &telling->facts->status->overdue;

    if (overdue->refused > 0)
        tell(telling, true, "undersign retention run",
             "the persons of %" PRId64 " refused or struck %s past their term and not deleted",
             overdue->refused, plural(overdue->refused, "signature are", "signatures are"));
    if (overdue->appeals > 0)
        tell(telling, true, "undersign retention run",
             "the persons of %" PRId64 " archived %s past their term and not deleted",
             overdue->appeals, plural(overdue->appeals, "appeal are", "appeals are"));
}

static void tell_appeals(const struct telling *telling)
{
    const struct status *status = telling->facts->status;

    for (size_t i = 0; i < status->appeal_count; i++) {
        const struct status_appeal *appeal = &status->appeals[i];
        char *off = mem_format("undersign appeal shield %s off", appeal->slug);
        char *resume = mem_format("undersign appeal resume %s", appeal->slug);
        if (appeal->is_shielded)
            tell(telling, false, off, "%s is shielded: narrower limits, nothing lists by itself",
                 appeal->slug);
        if (strcmp(appeal->state, "paused") == 0)
            tell(telling, false, resume, "%s is paused: nobody can sign it", appeal->slug);
        free(off);
        free(resume);
    }
}

static void on_finding(const struct site_finding *finding, void *arg)
{
    /* What is only wanting before a site goes public is for `config check` to tell. */
    bool is_lasting =
        strcmp(finding->section, "site") != 0 && strcmp(finding->section, "mail") != 0;

    if (finding->is_error || is_lasting)
        tell(arg, finding->is_error, "undersign config check", "[%s] %s: %s%s%s", finding->section,
             finding->option, finding->file != NULL ? finding->file : "",
             finding->file != NULL ? ": " : "", finding->text);
}

static void tell_all(struct telling *telling)
{
    tell_service(telling);
    tell_certificate(telling);
    tell_keys(telling);
    tell_disk(telling);
    tell_mail(telling);
    tell_held(telling);
    tell_queue(telling);
    tell_backup(telling);
    tell_kept(telling);
    tell_overdue(telling);
    site_check(telling->facts->config, telling->facts->status->now, on_finding, telling);
    tell_appeals(telling);
}

void status_problem_each(const struct status_facts *facts, status_on_problem *on_problem, void *arg)
{
    struct telling telling = {facts, on_problem, arg, .is_wrong = true};

    tell_all(&telling);
    telling.is_wrong = false;
    tell_all(&telling);
}
