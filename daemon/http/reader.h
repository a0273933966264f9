/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The request reader: a pure function over bytes that goes over each byte once, however they
 * arrive, and allocates nothing but the array of fields at the end. It takes what RFC 9110 and RFC
 * 9112 demand and refuses the rest, since every leniency is a way for two programs in a row to
 * disagree about where a request ends.
 */
#ifndef HTTP_READER_H
#define HTTP_READER_H

#include "http/exchange.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READER_LINE_MOST 4096  /* the request line, without its CR LF */
#define READER_HEAD_MOST 16384 /* from the first byte to the empty line's end */
#define READER_FIELDS_MOST 64
#define READER_BODY_MOST 65536
#define READER_UPLOAD_MOST                                                                         \
    286720 /* a body where uploads are taken: 256 KiB and what is around it */

enum reader_verdict {
    READER_MORE, /* a good beginning; feed again when there are more bytes */
    READER_DONE, /* a whole request: reader_size() bytes of those fed */
    READER_BAD,  /* refuse with reader.status and close; what follows cannot be told apart */
};

enum reader_stage {
    READER_STAGE_LINE,
    READER_STAGE_FIELDS,
    READER_STAGE_BODY,
    READER_STAGE_DONE,
    READER_STAGE_BAD
};

struct reader_part { /* offsets from the request's first byte: the buffer may move between calls */
    uint16_t at, len;
};

struct reader {
    enum reader_stage stage;
    int status; /* with READER_BAD: 400, 411, 413, 414, 417, 431, 501 or 505 */
    /* Whether longer bodies may come to the path; NULL: to none. Set behind reader_start(). */
    bool (*takes_upload)(struct http_span path);
    size_t scanned;          /* bytes looked at */
    size_t line_at;          /* where the current line began */
    bool has_cr;             /* the byte before was CR */
    bool has_blank;          /* one empty line before the request line was passed over */
    enum http_method method; /* known once the request line was read */
    bool is_http10;
    bool has_length, has_coding, has_chunked, expects_continue, expects_other;
    bool says_close, says_keep_alive;
    bool is_absolute; /* the target named the host: the Host field only has to be there */
    int host_count;
    struct reader_part path, query, host;
    size_t head_len, body_len;
    size_t field_count;
    struct reader_part names[READER_FIELDS_MOST], values[READER_FIELDS_MOST];
};

void reader_start(struct reader *reader);
/* data is everything received from the request's first byte on, len never less than last time.
 * After READER_DONE or READER_BAD the same verdict comes again. */
enum reader_verdict reader_feed(struct reader *reader, const char *data, size_t len);
/* The client waits for "100 Continue" before it sends the body. */
bool reader_wants_continue(const struct reader *reader);
/* How many bytes a request that began so can have at most, as far as is known now. */
size_t reader_size_most(const struct reader *reader);
/* A longer body than others may send is under way. */
bool reader_is_upload(const struct reader *reader);
/* Whatever the verdict: the path, where the request line was read, else what came of it after the
 * method; empty where nothing did. Not checked; a span into data, which has len bytes. */
struct http_span reader_path(const struct reader *reader, const char *data, size_t len);
/* Whatever the verdict: the first field of that name among the lines that were good, as far as they
 * were read; empty where there is none. A span into data. */
struct http_span reader_field(const struct reader *reader, const char *data, const char *name);
/* After READER_DONE: how many bytes the request took. */
size_t reader_size(const struct reader *reader);
/* After READER_DONE: fills *out with spans into data; out->fields is malloced, the caller's to
 * free. out->is_tls stays false: bytes do not tell. */
void reader_request(const struct reader *reader, const char *data, struct http_request *out);

#endif
