/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How the site is: its numbers, its appeals, and what is wrong. */
#include "config.h"

#include "appeal/site_mark.h"
#include "base/clock.h"
#include "control/status_problem.h"
#include "control/work.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_VALUES 36
#define STATUS_KEPT_DAYS 7 /* a database from before a restore may stay without a word */

static struct row_value number_if_known(int64_t number)
{
    return row_number_if(number >= 0, number);
}

static struct row_value day_if_any(int64_t time)
{
    return row_number_if(time != 0, clock_day(time));
}

static const char *transport_name(const struct config *config)
{
    return config->mail_transport == CONFIG_TRANSPORT_SMTP ? "smtp" : "spool";
}

/* The certificate that visitors get. */
static int64_t tls_end(const struct status_facts *facts)
{
    return facts->status->started_at != 0 && facts->tls_end != 0 ? facts->tls_end
                                                                 : facts->tls_file_end;
}

static void add_status(struct call *call, const struct status_facts *facts)
{
    const struct status *status = facts->status;
    const struct status_mail *mail = &status->mail;
    const struct backup_last *backup = facts->backup;

    answer_columns(call->answer, &row_status);
    (void)!answer_row(call->answer,
                      (struct row_value[STATUS_VALUES]){
                          row_text(PACKAGE_VERSION),
                          row_flag(status->started_at != 0),
                          row_number_if(status->started_at != 0, status->started_at),
                          row_number(status->now),
                          row_text(call->config->site_url),
                          row_number(status->schema),
                          row_flag(!status->is_failing && !facts->is_shut_out),
                          row_number(status->signatures[SIGNATURE_CONFIRMED]),
                          row_number(status->signatures[SIGNATURE_HELD]),
                          row_number(status->signatures[SIGNATURE_LISTED]),
                          row_number(status->signatures[SIGNATURE_REFUSED]),
                          row_number(status->signatures[SIGNATURE_STRUCK]),
                          row_number(status->signatures[SIGNATURE_WITHDRAWN]),
                          row_number_if(status->has_waiting, status->waiting_since),
                          row_number(status->waiting_recent),
                          row_number(status->confirmed_today),
                          row_number(status->confirmed_week),
                          row_number(status->pending),
                          row_number(mail->waiting),
                          row_number(mail->news),
                          row_number(mail->tried),
                          row_number(mail->failed),
                          row_number_if(mail->oldest_at != 0, mail->oldest_at),
                          row_text(mail->last_error),
                          number_if_known(status->store_disk.free),
                          number_if_known(status->store_disk.size),
                          number_if_known(status->mail_disk.free),
                          number_if_known(status->mail_disk.size),
                          row_number(status->database),
                          row_number(status->wal),
                          row_number_if(backup != NULL, backup != NULL ? backup->made_at : 0),
                          row_text(backup != NULL ? backup->to : NULL),
                          day_if_any(tls_end(facts)),
                          day_if_any(facts->seal_end),
                          row_text(call->config->folder),
                          row_text(transport_name(call->config)),
                      });
}

static void add_appeals(struct call *call, const struct status *status)
{
    answer_columns(call->answer, &row_status_appeal);
    for (size_t i = 0; i < status->appeal_count; i++) {
        const struct status_appeal *appeal = &status->appeals[i];
        if (!answer_row(call->answer, (struct row_value[]){
                                          row_text(appeal->slug),
                                          row_text(appeal->state),
                                          row_flag(appeal->is_shielded),
                                          row_number(appeal->signatures[SIGNATURE_CONFIRMED]),
                                          row_number(appeal->signatures[SIGNATURE_HELD]),
                                          row_number(appeal->signatures[SIGNATURE_LISTED]),
                                          row_number(appeal->signatures[SIGNATURE_REFUSED]),
                                          row_number(appeal->signatures[SIGNATURE_STRUCK]),
                                          row_number(appeal->signatures[SIGNATURE_WITHDRAWN]),
                                          row_number(appeal->members),
                                          row_number(appeal->confirmed_today),
                                          row_number(appeal->confirmed_week),
                                      }))
            return;
    }
}

static void add_problem(const struct status_problem *problem, void *arg)
{
    struct call *call = arg;

    (void)!answer_row(call->answer, (struct row_value[]){
                                        row_text(problem->is_wrong ? "wrong" : "note"),
                                        row_text(problem->text),
                                        row_text(problem->command),
                                    });
}

static int64_t changed_at(const char *path)
{
    struct stat found;

    return stat(path, &found) == 0 ? (int64_t)found.st_mtim.tv_sec * CLOCK_SECOND : 0;
}

/* Files that are open already stay good in a folder that shuts us out; nothing new gets in. */
static bool is_shut_out(const struct config *config)
{
    char *folder = config_store_folder(config);
    bool is_out = faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0;

    free(folder);
    return is_out;
}

enum us_err status_work_show(struct call *call)
{
    struct status status;
    struct backup_last backup;
    struct site_ends ends;
    struct site_mark_lost lost = {.slug = NULL};
    struct backup_kept kept;
    struct status_facts facts = {
        .status = &status,
        .config = call->config,
        .configured_at = changed_at(call->config->path),
    };
    enum us_err err = status_read(call->site, clock_now(), &status);

    if (err != US_OK)
        return err;
    if (backup_last(call->config, &backup) == US_OK)
        facts.backup = &backup;
    backup_kept_find(call->config, status.now - STATUS_KEPT_DAYS * CLOCK_DAY, &kept);
    facts.kept = &kept;
    site_check_ends(call->config, &ends);
    facts.tls_end = site_tls_end(call->site);
    facts.tls_file_end = ends.tls;
    facts.seal_end = ends.seal;
    facts.is_shut_out = is_shut_out(call->config);
    facts.lacks_keys = !site_mark_is_there(call->site);
    err = site_mark_look(call->site, &lost);
    if (err == US_OK && lost.count > 0)
        facts.lost = &lost;
    add_status(call, &facts);
    add_appeals(call, &status);
    answer_columns(call->answer, &row_problem);
    status_problem_each(&facts, add_problem, call);
    status_clear(&status);
    backup_kept_clear(&kept);
    free(lost.slug);
    return err != US_OK ? err : call->answer->err;
}
