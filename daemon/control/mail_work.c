/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mail that has not left. An id is a text: 63 bits do not survive a JSON reader's floating point.
 */
#include "appeal/outbox.h"
#include "control/work.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct search {
    struct answer *answer;
    const char *id; /* NULL: all */
    bool is_found;
};

static bool add_mail(const struct outbox_row *row, void *arg)
{
    struct search *search = arg;
    char id[24];

    snprintf(id, sizeof(id), "%" PRId64, row->id);
    if (search->id != NULL && strcmp(search->id, id) != 0)
        return true;
    search->is_found = true;
    return answer_row(search->answer,
                      (struct row_value[]){
                          row_text(id),
                          row_text(row->template),
                          row_text(row->slug),
                          row_text(row->language),
                          row_text(row->state),
                          row_number(row->attempts),
                          row_number(row->next_at),
                          row_number(row->created_at),
                          row_text(row->last_error),
                      }) &&
           search->id == NULL;
}

static enum us_err read_mails(struct reader *reader, struct call *call, void *arg)
{
    (void)call;
    return outbox_each(reader, add_mail, arg);
}

enum us_err mail_work_list(struct call *call)
{
    struct search search = {.answer = call->answer};

    answer_columns(call->answer, &row_mail);
    return call_read(call, read_mails, &search);
}

enum us_err mail_work_show(struct call *call)
{
    struct search search = {.answer = call->answer, .id = call->request->arguments[0]};
    enum us_err err;

    answer_columns(call->answer, &row_mail);
    err = call_read(call, read_mails, &search);
    if (err == US_OK && !search.is_found) {
        fault_set(&call->fault, NULL, 0, "no mail %s is waiting; those that have left are not kept",
                  search.id);
        return US_NOT_FOUND;
    }
    return err;
}
