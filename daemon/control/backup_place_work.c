/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * backup verify and restore, in an undersignd that was started for the one file (undersignd
 * --backup): it is open there already, so that whoever runs the command needs no right to read it
 * left when root has become the service's account.
 */
#include "appeal/backup_place.h"
#include "base/mem.h"
#include "control/backup_report.h"
#include "control/work.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXAMINE_RESTORE "restore"
#define SITE_KEY "site.key"

bool backup_work_serves(enum command_id command)
{
    return command == COMMAND_BACKUP_EXAMINE || command == COMMAND_BACKUP_PLACE;
}

static enum us_err check_place(struct call *call, bool needs_site)
{
    if (call->place != NULL && (call->config != NULL || !needs_site))
        return US_OK;
    fault_set(&call->fault, NULL, 0, "a running service does not do that: stop it first");
    return US_CONFLICT;
}

/* ---- examine ---- */

static enum us_err take_key(struct call *call, struct organiser_secret *out, bool *has_key)
{
    void *data;

    *has_key = call->file_count > 0;
    if (!*has_key)
        return US_OK;
    if (call->file_count != 1 || call->files[0].len != sizeof(*out)) {
        fault_set(&call->fault, NULL, 0, "a private key of %zu bytes was expected", sizeof(*out));
        return US_INVALID;
    }
    data = (void *)(uintptr_t)call->files[0].data;
    memcpy(out, data, sizeof(*out));
    sodium_memzero(data, sizeof(*out));
    return US_OK;
}

static void answer_backup(struct call *call)
{
    const struct backup_head *head = backup_place_head(call->place);
    int64_t signatures = backup_head_rows(head, "signature");
    const char *sealed_to = backup_place_sealed_to(call->place);
    const struct row_value values[] = {
        row_null(),
        row_number_if(head->made_at > 0, head->made_at),
        row_number(backup_place_bytes(call->place)),
        row_number_if(signatures >= 0, signatures),
        row_flag(sealed_to != NULL),
        row_text(head->site),
        row_text(sealed_to),
        row_number_if(head->bytes > 0, head->bytes),
        row_number_if(head->schema > 0, head->schema),
        row_text(head->program),
        row_null(),
        row_null(),
    };

    backup_report_turn(call->answer, &row_backup);
    (void)!answer_row(call->answer, values);
}

static void answer_facts(struct answer *answer, const char *of, const struct backup_facts *facts)
{
    backup_report_turn(answer, &row_database_facts);
    (void)!answer_row(answer, (struct row_value[]){
                                  row_text(of),
                                  row_number(facts->signatures),
                                  row_number(facts->listed),
                                  row_number_if(facts->newest_on != INT64_MIN, facts->newest_on),
                                  row_number(facts->pending),
                                  row_number(facts->mails),
                                  row_number_if(facts->last_act > 0, facts->last_act),
                              });
}

static void add_back(const char *id, const char *state, bool is_carried, void *arg)
{
    backup_report_turn(arg, &row_database_back);
    (void)!answer_row(arg,
                      (struct row_value[]){row_text(id), row_text(state), row_flag(is_carried)});
}

static enum us_err compare(struct call *call)
{
    struct backup_sides sides;
    enum us_err err =
        backup_place_compare(call->place, add_back, call->answer, &sides, &call->fault);

    if (err != US_OK)
        return err;
    answer_facts(call->answer, "backup", &sides.backup);
    backup_report_turn(call->answer, &row_database_keys);
    (void)!answer_row(call->answer,
                      (struct row_value[]){row_flag(sides.has_keys), row_flag(sides.keys_fit),
                                           row_number(sides.lost_keys)});
    if (!sides.has_now)
        return US_OK;
    answer_facts(call->answer, "now", &sides.now);
    backup_report_turn(call->answer, &row_database_loss);
    (void)!answer_row(call->answer, (struct row_value[]){
                                        row_number(sides.loss.lost),
                                        row_number_if(sides.loss.lost > 0, sides.loss.since),
                                        row_number(sides.loss.undone),
                                        row_number(sides.loss.carried),
                                        row_number(sides.loss.appeals),
                                    });
    return US_OK;
}

enum us_err backup_work_examine(struct call *call)
{
    const struct request *request = call->request;
    bool is_restore = request->argument_count > 0, has_key = false, holds = false;
    const struct backup_check_params params = {
        .on_verdict = backup_report_verdict,
        .on_damage = backup_report_damage,
        .on_progress = backup_report_progress,
        .arg = call->answer,
    };
    struct organiser_secret key;
    enum us_err err = check_place(call, is_restore);

    if (err == US_OK)
        err = take_key(call, &key, &has_key);
    if (err != US_OK)
        return err;
    err = backup_place_unpack(call->place, is_restore ? call->config : NULL, has_key ? &key : NULL,
                              &params, &holds, &call->fault);
    organiser_wipe(&key);
    if (err == US_OK)
        answer_backup(call);
    if (err == US_OK && holds && is_restore)
        err = compare(call);
    return err == US_OK ? call->answer->err : err;
}

/* ---- place ---- */

static void answer_held(struct answer *answer, const struct backup_held_list *held)
{
    for (size_t i = 0; i < held->count; i++) {
        backup_report_turn(answer, &row_database_held);
        (void)!answer_row(answer, (struct row_value[]){
                                      row_text(held->rows[i].slug),
                                      row_number(held->rows[i].number),
                                      row_text(held->rows[i].addressee),
                                  });
    }
}

enum us_err backup_work_place(struct call *call)
{
    struct backup_placed placed = {.kept = NULL};
    char *keys;
    enum us_err err = check_place(call, true);

    if (err == US_OK)
        err = call_check_reason(call);
    if (err == US_OK)
        err = backup_place_put(call->place, call->actor, call->request->options[OPTION_REASON],
                               &placed, &call->fault);
    if (err != US_OK)
        return err;
    keys = mem_format("%s/" SITE_KEY, call->config->keys_folder);
    answer_single(call->answer, &row_restored,
                  (struct row_value[]){
                      row_text(call->config->store_path),
                      row_text(placed.kept),
                      row_flag(access(keys, F_OK) == 0),
                      row_number(placed.carried),
                      row_flag(placed.is_whole),
                      row_number(placed.letters),
                      row_number(placed.held_mails),
                      row_number(placed.appeals),
                      row_number(placed.acts),
                  });
    answer_held(call->answer, &placed.held);
    free(keys);
    backup_placed_clear(&placed);
    return call->answer->err;
}
