/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Frames of the control protocol, undersign-protocol(7): four bytes of length (big-endian), then
 * one MessagePack array whose first element is the frame's type. A frame is at most 1 MiB. What
 * comes in is checked before anything is allocated for it, and texts are checked to be UTF-8
 * without NUL.
 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include "base/err.h"
#include "base/fault.h"
#include "base/str.h"
#include "proto/row.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_VERSION 1
#define FRAME_MOST ((size_t)1 << 20) /* bytes behind the length */
#define FRAME_BLOB_MOST (FRAME_MOST - 1024)

enum frame_type {
    FRAME_HELLO = 1, /* both sides, first */
    FRAME_REQUEST,   /* client */
    FRAME_BLOB,      /* client, as many as the request announced */
    FRAME_COLUMNS,   /* server: what the rows after it mean */
    FRAME_ROW,
    FRAME_PROGRESS,
    FRAME_END,    /* server: the request was carried out */
    FRAME_ERROR,  /* server: it was not; also instead of an answer to the hello */
    FRAME_CANCEL, /* client */
};

struct frame_option {
    const char *name, *value; /* value "" where the option takes none */
};

struct frame { /* as read; borrowed until the next read from the same reader */
    enum frame_type type;
    int64_t number;   /* hello: version; request: blobs to come; progress: done */
    int64_t total;    /* progress; 0: unknown */
    const char *name; /* hello: program; request: command; blob: name; columns: schema;
                       * progress: of what; error: err_name() */
    const void *data; /* blob */
    size_t len;
    const char *const *arguments; /* request */
    size_t argument_count;
    const struct frame_option *options; /* request */
    size_t option_count;
    const struct row_column *columns; /* columns */
    const struct row_value *values;   /* row; of the shape of the last columns */
    size_t count;                     /* of columns or values */
    const char *file, *text;          /* error */
    int line;
};

/* Each appends one frame. US_INVALID when it would be larger than a frame may be: then nothing is
 * appended. */
US_MUST_CHECK enum us_err frame_put_hello(struct str *out, const char *program);
US_MUST_CHECK enum us_err frame_put_blob(struct str *out, const char *name, const void *data,
                                         size_t len);
US_MUST_CHECK enum us_err frame_put_columns(struct str *out, const struct row_schema *schema);
/* values: as many as the schema has columns, of their types. */
US_MUST_CHECK enum us_err frame_put_row(struct str *out, const struct row_schema *schema,
                                        const struct row_value *values);
US_MUST_CHECK enum us_err frame_put_progress(struct str *out, int64_t done, int64_t total,
                                             const char *what);
US_MUST_CHECK enum us_err frame_put_error(struct str *out, enum us_err err,
                                          const struct fault *fault);
void frame_put_end(struct str *out);
void frame_put_cancel(struct str *out);

struct frame_request_params { /* borrowed */
    const char *command;      /* "signature list" */
    const char *const *arguments;
    size_t argument_count;
    const struct frame_option *options;
    size_t option_count;
    size_t blobs; /* that will follow */
};
US_MUST_CHECK enum us_err frame_put_request(struct str *out,
                                            const struct frame_request_params *params);

/* Reading: bytes are fed as they come, frames taken out as they get whole. */
struct frame_reader;

struct frame_reader *frame_reader_new(void);
void frame_reader_free(struct frame_reader *reader);
void frame_reader_feed(struct frame_reader *reader, const void *data, size_t len);
/* The next whole frame, borrowed until the next call. US_BUSY: none is whole yet. US_INVALID: the
 * peer does not speak the protocol; nothing more can be read. */
US_MUST_CHECK enum us_err frame_reader_next(struct frame_reader *reader, struct frame *frame);
/* Waits for the next frame from a descriptor, timeout_ms for each read (-1: for ever).
 * US_NOT_FOUND: the peer closed between two frames; US_IO: within one, or reading failed; US_BUSY:
 * the time ran out; US_CANCELLED: *stop was set by a signal (stop may be NULL). */
US_MUST_CHECK enum us_err frame_read(struct frame_reader *reader, int fd, int timeout_ms,
                                     const volatile sig_atomic_t *stop, struct frame *frame);

/* Writes all of it, waiting as long as the peer takes bytes at all within timeout_ms (-1: for
 * ever). US_IO when the peer is gone (SIGPIPE must be ignored), US_BUSY when it takes nothing. */
US_MUST_CHECK enum us_err frame_write(int fd, const void *data, size_t len, int timeout_ms);

#endif
