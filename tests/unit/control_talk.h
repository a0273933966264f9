/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A conversation with the service over a control socket, as any program could hold one. */
#ifndef CONTROL_TALK_H
#define CONTROL_TALK_H

#include "appeal_world.h"
#include "control/session.h"
#include "proto/frame.h"
#include <pthread.h>

struct talk { /* one conversation, with the session on a thread of its own */
    struct session_params params;
    pthread_t thread;
    bool has_thread;
    int fd;
    struct frame_reader *reader;
};

/* A site whose folder the service spools into. */
void talk_make_world(struct world *world);
/* Sends, and frees the bytes. */
void talk_send(struct talk *talk, struct str *bytes);
/* The next frame, which must be of that type. */
void talk_read(struct talk *talk, enum frame_type type, struct frame *frame);
/* Both hellos. */
void talk_greet(struct talk *talk);
/* The session itself, for a thread; arg: the talk. */
void *talk_run_session(void *arg);
/* opener NULL: the world is open already. */
void talk_begin(struct talk *talk, struct world *world, const struct session_opener *opener);
void talk_end(struct talk *talk);
/* argument NULL: none. */
void talk_ask(struct talk *talk, const char *command, const char *argument,
              const struct frame_option *options, size_t count);
/* Its rows of one schema, a line each; the caller's. */
char *talk_read_answer(struct talk *talk, const char *schema);
void talk_assert_answer(struct talk *talk, const char *schema, const char *expected);
/* An error, in whose sentence that part stands. */
void talk_assert_error(struct talk *talk, enum us_err err, const char *part);

#endif
