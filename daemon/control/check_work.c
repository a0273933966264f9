/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether the counters hold. */
#include "appeal/signature.h"
#include "control/work.h"

struct differences {
    struct answer *answer;
    bool is_stopped;
};

static void add_difference(const char *what, void *arg)
{
    struct differences *differences = arg;

    if (!differences->is_stopped)
        differences->is_stopped =
            !answer_row(differences->answer, (struct row_value[]){row_text(what)});
}

enum us_err check_work_counts(struct call *call)
{
    struct differences differences = {.answer = call->answer};
    int64_t rows = 0;
    bool holds = false;
    enum us_err err;

    answer_columns(call->answer, &row_difference);
    err = signature_check(call->site, add_difference, &differences, &rows, &holds);
    if (err == US_OK)
        answer_single(call->answer, &row_checked,
                      (struct row_value[]){row_number(rows), row_flag(holds)});
    return err == US_OK ? call->answer->err : err;
}
