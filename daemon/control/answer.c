/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "control/answer.h"
#include "proto/frame.h"
#include <poll.h>
#include <stdlib.h>

#define ANSWER_ROWS_PER_LOOK 256

struct answer *answer_new(const char *folder, int peer)
{
    struct answer *answer = MEM_NEW(struct answer);

    spool_init(&answer->spool, folder);
    answer->peer = peer;
    return answer;
}

void answer_free(struct answer *answer)
{
    while (answer != NULL) {
        struct answer *next = answer->next;
        spool_free(&answer->spool);
        free(answer);
        answer = next;
    }
}

void answer_columns(struct answer *answer, const struct row_schema *schema)
{
    answer->schema = schema;
    if (answer->err == US_OK)
        answer->err = frame_put_columns(&answer->spool.memory, schema);
}

bool answer_is_cancelled(struct answer *answer)
{
    struct pollfd waiting = {.fd = answer->peer, .events = POLLIN | POLLRDHUP};

    /* Between a request and its end a client has nothing to say but "cancel"; whether it says that
     * or hangs up, there is nobody left to read the rest. */
    if (answer->err == US_OK && answer->peer >= 0 && poll(&waiting, 1, 0) > 0)
        answer->err = US_CANCELLED;
    return answer->err == US_CANCELLED;
}

bool answer_row(struct answer *answer, const struct row_value *values)
{
    if (answer->err == US_OK)
        answer->err = frame_put_row(&answer->spool.memory, answer->schema, values);
    if (answer->err == US_OK)
        answer->err = spool_settle(&answer->spool);
    if (++answer->rows % ANSWER_ROWS_PER_LOOK == 0 && answer_is_cancelled(answer))
        return false;
    return answer->err == US_OK;
}

void answer_single(struct answer *answer, const struct row_schema *schema,
                   const struct row_value *values)
{
    answer_columns(answer, schema);
    if (!answer_row(answer, values))
        return; /* the error is kept */
}

enum us_err answer_send(struct answer *answer, int fd, int timeout_ms)
{
    struct str end = STR_INIT;
    enum us_err err;

    for (; answer != NULL; answer = answer->next) {
        err = spool_send(&answer->spool, fd, timeout_ms);
        if (err != US_OK)
            return err;
    }
    frame_put_end(&end);
    err = frame_write(fd, end.data, end.len, timeout_ms);
    str_free(&end);
    return err;
}
