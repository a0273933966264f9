/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mail that has not left. An id is a text: 63 bits do not survive a JSON reader's floating point.
 */
#include "appeal/outbox_hand.h"
#include "control/work.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_mail(const struct outbox_row *row, void *arg)
{
    char id[24];

    snprintf(id, sizeof(id), "%" PRId64, row->id);
    return answer_row(arg, (struct row_value[]){
                               row_text(id),
                               row_text(row->template),
                               row_text(row->slug),
                               row_text(row->language),
                               row_text(row->state),
                               row_number(row->attempts),
                               row_number(row->next_at),
                               row_number(row->created_at),
                               row_text(row->last_error),
                               row_flag(row->has_content && strcmp(row->template, "delivery") != 0),
                           });
}

static enum us_err read_mails(struct reader *reader, struct call *call, void *arg)
{
    (void)call;
    return outbox_each(reader, add_mail, arg);
}

enum us_err mail_work_list(struct call *call)
{
    answer_columns(call->answer, &row_mail);
    return call_read(call, read_mails, call->answer);
}

static void show_mail(const struct outbox_row *row, void *arg)
{
    (void)!add_mail(row, arg);
}

static enum us_err find_mail(struct reader *reader, struct call *call, void *arg)
{
    const char *id = call->request->arguments[0];
    char *end;
    int64_t number;
    enum us_err err = US_NOT_FOUND;

    errno = 0;
    number = strtoll(id, &end, 10);
    if (errno == 0 && end != id && *end == '\0')
        err = outbox_find(reader, number, show_mail, arg);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "no mail %s is waiting; those that have left are not kept, and `undersign mail "
                  "list` shows the others",
                  id);
    return err;
}

enum us_err mail_work_show(struct call *call)
{
    answer_columns(call->answer, &row_mail);
    return call_read(call, find_mail, call->answer);
}
