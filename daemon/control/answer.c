/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "control/answer.h"
#include "proto/frame.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_ROWS_PER_LOOK 256
#define ANSWER_TELL_EACH (CLOCK_SECOND / 10)
#define ANSWER_BLOB_MS 60000
#define ANSWER_FOLDER "/var/tmp" /* where no site is at hand */

struct answer *answer_new(const char *folder, int peer)
{
    struct answer *answer = MEM_NEW(struct answer);

    spool_init(&answer->spool, folder);
    answer->peer = peer;
    answer->out = -1;
    return answer;
}

struct answer *answer_open(const struct config *config, int peer)
{
    char *folder = config != NULL ? config_store_folder(config) : mem_string(ANSWER_FOLDER);
    struct answer *answer = answer_new(folder, peer);

    free(folder);
    return answer;
}

bool answer_explain(const struct answer *answer, struct fault *fault)
{
    while (answer != NULL && answer->spool.cause == 0)
        answer = answer->next;
    if (answer == NULL)
        return false;
    if (answer->spool.cause == ENOSPC || answer->spool.cause == EDQUOT)
        fault_set(fault, NULL, 0, "there is no room in %s to hold the answer",
                  answer->spool.folder);
    else
        fault_set(fault, NULL, 0, "the answer cannot be held in %s: %s", answer->spool.folder,
                  strerror(answer->spool.cause));
    return true;
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

/* Between a request and its end a client has nothing to say but "cancel", and that it hangs up. */
bool answer_wants_stop(struct answer *answer)
{
    struct pollfd waiting = {.fd = answer->peer, .events = POLLIN | POLLRDHUP};

    return answer->err == US_CANCELLED || (answer->peer >= 0 && poll(&waiting, 1, 0) > 0);
}

bool answer_is_cancelled(struct answer *answer)
{
    if (answer->err == US_OK && !answer->is_kept && answer_wants_stop(answer))
        answer->err = US_CANCELLED;
    return answer->err == US_CANCELLED;
}

void answer_progress(struct answer *answer, int64_t done, int64_t total, const char *what)
{
    struct pollfd room = {.fd = answer->out, .events = POLLOUT};
    struct str bytes = STR_INIT;
    int64_t now = clock_monotonic();

    if (answer->out < 0 || (answer->told_at != 0 && now - answer->told_at < ANSWER_TELL_EACH) ||
        poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0)
        return;
    answer->told_at = now;
    /* Who is gone is found when the answer's end is sent, or by answer_wants_stop(). */
    if (frame_put_progress(&bytes, done, total, what) == US_OK)
        (void)!frame_write(answer->out, bytes.data, bytes.len, ANSWER_BLOB_MS);
    str_free(&bytes);
}

enum us_err answer_blob(struct answer *answer, const char *name, const void *data, size_t len)
{
    struct str bytes = STR_INIT;
    enum us_err err;

    if (answer->out < 0)
        return US_IO;
    err = frame_put_blob(&bytes, name, data, len);
    if (err == US_OK)
        err = frame_write(answer->out, bytes.data, bytes.len, ANSWER_BLOB_MS);
    str_free(&bytes);
    return err;
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
