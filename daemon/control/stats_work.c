/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An appeal in numbers: everything that is counted, for whoever draws it. */
#include "appeal/status_stats.h"
#include "control/work.h"

#define AFFILIATIONS_MOST 10

static bool add_day(const struct stats_count *count, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_number(count->day),
                               row_number(count->confirmed),
                               row_number(count->listed),
                           });
}

static bool add_country(const struct stats_count *count, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_text(count->name),
                               row_number(count->listed),
                               row_number(count->waiting),
                               row_number(count->members),
                           });
}

static bool add_affiliation(const struct stats_count *count, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_text(count->name),
                               row_number(count->listed),
                               row_number(count->members),
                           });
}

static void add_total(struct answer *answer, const char *slug, const struct stats_total *total)
{
    answer_single(answer, &row_stats,
                  (struct row_value[]){
                      row_text(slug),
                      row_number(total->signatures[SIGNATURE_CONFIRMED]),
                      row_number(total->signatures[SIGNATURE_HELD]),
                      row_number(total->signatures[SIGNATURE_LISTED]),
                      row_number(total->signatures[SIGNATURE_REFUSED]),
                      row_number(total->signatures[SIGNATURE_STRUCK]),
                      row_number(total->signatures[SIGNATURE_WITHDRAWN]),
                      row_number(total->members),
                  });
}

static enum us_err read_stats(struct reader *reader, struct call *call, void *arg)
{
    struct answer *answer = call->answer;
    struct stats_total total;
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    (void)arg;
    if (err != US_OK)
        return err;
    err = status_stats_total(reader, appeal->id, &total);
    if (err == US_OK) {
        add_total(answer, appeal->slug, &total);
        answer_columns(answer, &row_stats_day);
        err = status_stats_days(reader, appeal->id, add_day, answer);
    }
    if (err == US_OK) {
        answer_columns(answer, &row_stats_country);
        err = status_stats_countries(reader, appeal->id, add_country, answer);
    }
    if (err == US_OK) {
        answer_columns(answer, &row_stats_affiliation);
        err = status_stats_affiliations(reader, appeal->id, AFFILIATIONS_MOST, add_affiliation,
                                        answer);
    }
    appeal_free(appeal);
    return err;
}

enum us_err stats_work_show(struct call *call)
{
    return call_read(call, read_stats, NULL);
}
