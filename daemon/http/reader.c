/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reads a request's head line by line. Verdicts depend only on the bytes in their order, never on
 * how they were cut on the way: each rule looks at a byte when it is its turn, or at a line when
 * its LF came. What is refused, and with what: 400  anything that breaks the grammar; bare CR or
 * LF, control characters, obs-fold, a space before the colon; Content-Length twice, or beside
 * Transfer-Encoding; no Host, or two 411  a lone "chunked" (RFC 9112 section 6.3 allows this
 * answer: forms always say their length) 501  any other transfer coding 413, 414, 431  body,
 * request line, head over their bounds 417  an expectation other than 100-continue 505  a version
 * other than HTTP/1.0 and HTTP/1.1
 */
#include "http/reader.h"
#include "base/mem.h"
#include <assert.h>
#include <string.h>
#include <strings.h>

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(unsigned char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(unsigned char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(unsigned char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* RFC 9110 section 5.6.2 */
static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_alnum((unsigned char)text[i]) &&
            !is_one_of((unsigned char)text[i], "!#$%&'*+-.^_`|~"))
            return false;
    }
    return len > 0;
}

static bool is_text(const char *data, size_t len, const char *text)
{
    return len == strlen(text) && strncasecmp(data, text, len) == 0;
}

static enum reader_verdict refuse(struct reader *reader, int status)
{
    reader->stage = READER_STAGE_BAD;
    reader->status = status;
    return READER_BAD;
}

static struct reader_part part_of(const char *data, const char *at, size_t len)
{
    return (struct reader_part){(uint16_t)(at - data), (uint16_t)len};
}

/* RFC 3986 section 3.3, percent signs well-formed and never NUL: a NUL would end the path early for
 * whoever takes it as a string. */
static bool is_path(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '%') {
            if (len - i < 3 || !is_hex((unsigned char)text[i + 1]) ||
                !is_hex((unsigned char)text[i + 2]))
                return false;
            if (text[i + 1] == '0' && text[i + 2] == '0')
                return false;
            i += 2;
        } else if (!is_alnum(c) && !is_one_of(c, "/-._~!$&'()*+,;=:@")) {
            return false;
        }
    }
    return true;
}

/* Browsers leave more characters of a query unescaped than RFC 3986 has, so any visible ASCII may
 * stand there but the delimiters; its percent signs are the form decoder's to judge. */
static bool is_query(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c >= 0x7f || is_one_of(c, "#\"<>"))
            return false;
    }
    return true;
}

static bool is_port(const char *text, size_t len)
{
    unsigned value = 0;
    if (len > 5)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit((unsigned char)text[i]))
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    return value <= 65535;
}

/* A name, an IPv4 address or a bracketed IPv6 address, perhaps with a port. Narrower than RFC 3986:
 * commas, user names and percent signs in a host only ever serve confusion. */
static bool is_host(const char *text, size_t len)
{
    size_t end = 0;
    if (len > 0 && text[0] == '[') {
        for (end = 1; end < len && text[end] != ']'; end++) {
            if (!is_hex((unsigned char)text[end]) && text[end] != ':' && text[end] != '.')
                return false;
        }
        if (end == len || end == 1)
            return false;
        end++;
    } else {
        while (end < len && (is_alnum((unsigned char)text[end]) || is_one_of(text[end], "-._~")))
            end++;
        if (end == 0)
            return false;
    }
    return end == len || (text[end] == ':' && is_port(text + end + 1, len - end - 1));
}

static bool read_path_and_query(struct reader *reader, const char *data, const char *at, size_t len)
{
    const char *mark = memchr(at, '?', len);
    size_t path_len = mark == NULL ? len : (size_t)(mark - at);
    if (!is_path(at, path_len))
        return false;
    reader->path = part_of(data, at, path_len);
    if (mark != NULL) {
        if (!is_query(mark + 1, len - path_len - 1))
            return false;
        reader->query = part_of(data, mark + 1, len - path_len - 1);
    }
    return true;
}

/* RFC 9112 section 3.2: origin-form, absolute-form, and "*" for OPTIONS. CONNECT's authority-form
 * is a proxy's and refused with everything else. */
static bool read_target(struct reader *reader, const char *data, const char *at, size_t len)
{
    if (at[0] == '/')
        return read_path_and_query(reader, data, at, len);
    if (len == 1 && at[0] == '*' && reader->method == HTTP_OPTIONS) {
        reader->path = part_of(data, at, 1);
        return true;
    }
    size_t scheme = len > 7 && strncasecmp(at, "http://", 7) == 0    ? 7
                    : len > 8 && strncasecmp(at, "https://", 8) == 0 ? 8
                                                                     : 0;
    if (scheme == 0)
        return false;
    const char *host = at + scheme;
    size_t host_len = 0;
    while (scheme + host_len < len && host[host_len] != '/' && host[host_len] != '?')
        host_len++;
    if (!is_host(host, host_len))
        return false;
    reader->is_absolute = true;
    reader->host = part_of(data, host, host_len);
    /* An empty path stays empty here; reader_request() makes it "/". */
    return read_path_and_query(reader, data, host + host_len, len - scheme - host_len);
}

static enum http_method method_of(const char *text, size_t len)
{
    static const struct {
        const char *name;
        enum http_method method;
    } known[] = {
        {"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST}, {"OPTIONS", HTTP_OPTIONS}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        /* Methods are case-sensitive (RFC 9110 section 9.1). */
        if (len == strlen(known[i].name) && memcmp(text, known[i].name, len) == 0)
            return known[i].method;
    }
    return HTTP_METHOD_OTHER;
}

static enum reader_verdict read_request_line(struct reader *reader, const char *data,
                                             const char *line, size_t len)
{
    const char *end = line + len;
    const char *first = memchr(line, ' ', len);
    if (first == NULL || !is_token(line, (size_t)(first - line)))
        return refuse(reader, 400);
    const char *target = first + 1;
    const char *second = memchr(target, ' ', (size_t)(end - target));
    if (second == NULL || second == target)
        return refuse(reader, 400);
    const char *version = second + 1;
    if (end - version != 8 || memcmp(version, "HTTP/", 5) != 0 ||
        !is_digit((unsigned char)version[5]) || version[6] != '.' ||
        !is_digit((unsigned char)version[7]))
        return refuse(reader, 400);
    if (version[5] != '1' || version[7] > '1')
        return refuse(reader, 505);

    reader->is_http10 = version[7] == '0';
    reader->method = method_of(line, (size_t)(first - line));
    if (!read_target(reader, data, target, (size_t)(second - target)))
        return refuse(reader, 400);
    reader->stage = READER_STAGE_FIELDS;
    return READER_MORE;
}

/* Digits and nothing else; a number beyond the bound stops growing there and is refused with 413
 * when the head is whole. */
static bool read_length(struct reader *reader, const char *text, size_t len)
{
    size_t value = 0;
    if (reader->has_length || len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit((unsigned char)text[i]))
            return false;
        value = value * 10 + (size_t)(text[i] - '0');
        if (value > READER_UPLOAD_MOST)
            value = READER_UPLOAD_MOST + 1;
    }
    reader->has_length = true;
    reader->body_len = value;
    return true;
}

static void read_connection(struct reader *reader, const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t end = at;
        while (end < len && text[end] != ',')
            end++;
        size_t from = at, to = end;
        while (from < to && (text[from] == ' ' || text[from] == '\t'))
            from++;
        while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t'))
            to--;
        if (is_text(text + from, to - from, "close"))
            reader->says_close = true;
        else if (is_text(text + from, to - from, "keep-alive"))
            reader->says_keep_alive = true;
        at = end + 1;
    }
}

/* The fields that decide where the request ends and what becomes of the connection. */
static bool read_framing(struct reader *reader, const char *data, struct reader_part name,
                         struct reader_part value)
{
    const char *key = data + name.at, *text = data + value.at;
    if (is_text(key, name.len, "host")) {
        if (reader->host_count++ > 0 || !is_host(text, value.len))
            return false;
        if (!reader->is_absolute)
            reader->host = value;
    } else if (is_text(key, name.len, "content-length")) {
        return read_length(reader, text, value.len);
    } else if (is_text(key, name.len, "transfer-encoding")) {
        if (reader->has_coding || value.len == 0)
            return false;
        reader->has_coding = true;
        reader->has_chunked = is_text(text, value.len, "chunked");
    } else if (is_text(key, name.len, "expect")) {
        if (is_text(text, value.len, "100-continue"))
            reader->expects_continue = true;
        else
            reader->expects_other = true;
    } else if (is_text(key, name.len, "connection")) {
        read_connection(reader, text, value.len);
    }
    return true;
}

static enum reader_verdict read_field(struct reader *reader, const char *data, const char *line,
                                      size_t len)
{
    /* The token rule refuses obs-fold, a space before the colon and an empty name alike. */
    const char *colon = memchr(line, ':', len);
    if (colon == NULL || !is_token(line, (size_t)(colon - line)))
        return refuse(reader, 400);
    if (reader->field_count == READER_FIELDS_MOST)
        return refuse(reader, 431);

    const char *from = colon + 1, *to = line + len;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    struct reader_part name = part_of(data, line, (size_t)(colon - line));
    struct reader_part value = part_of(data, from, (size_t)(to - from));
    if (!read_framing(reader, data, name, value))
        return refuse(reader, 400);
    reader->names[reader->field_count] = name;
    reader->values[reader->field_count] = value;
    reader->field_count++;
    return READER_MORE;
}

static size_t body_most(const struct reader *reader, const char *data)
{
    struct http_span path = {data + reader->path.at, reader->path.len};
    return reader->takes_upload != NULL && reader->takes_upload(path) ? READER_UPLOAD_MOST
                                                                      : READER_BODY_MOST;
}

static enum reader_verdict end_head(struct reader *reader, const char *data)
{
    if (reader->host_count == 0 && !reader->is_http10)
        return refuse(reader, 400);
    if (reader->has_coding) {
        /* RFC 9112 section 6.1: both, or a coding under 1.0, is how requests are smuggled. */
        if (reader->has_length || reader->is_http10)
            return refuse(reader, 400);
        return refuse(reader, reader->has_chunked ? 411 : 501);
    }
    /* RFC 9110 section 10.1.1: from an HTTP/1.0 client the expectation is passed over. */
    if (reader->expects_other && !reader->is_http10)
        return refuse(reader, 417);
    if (reader->body_len > body_most(reader, data))
        return refuse(reader, 413);
    reader->head_len = reader->scanned;
    reader->stage = READER_STAGE_BODY;
    return READER_MORE;
}

static enum reader_verdict read_line(struct reader *reader, const char *data, const char *line,
                                     size_t len)
{
    if (reader->stage == READER_STAGE_FIELDS)
        return len == 0 ? end_head(reader, data) : read_field(reader, data, line, len);
    /* RFC 9112 section 2.2: one empty line before the request is passed over, since some clients
     * put a CR LF behind a form. */
    if (len == 0 && !reader->has_blank) {
        reader->has_blank = true;
        return READER_MORE;
    }
    return read_request_line(reader, data, line, len);
}

static enum reader_verdict read_head(struct reader *reader, const char *data, size_t len)
{
    while (reader->stage < READER_STAGE_BODY && reader->scanned < len) {
        bool is_first = reader->stage == READER_STAGE_LINE;
        if (is_first && reader->scanned - reader->line_at >= READER_LINE_MOST + 2)
            return refuse(reader, 414);
        if (reader->scanned >= READER_HEAD_MOST)
            return refuse(reader, 431);

        unsigned char c = (unsigned char)data[reader->scanned++];
        /* After CR only LF; LF only after CR; of the other controls the tab alone. */
        if (reader->has_cr ? c != '\n' : (c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
            return refuse(reader, 400);
        reader->has_cr = c == '\r';
        if (c != '\n')
            continue;
        const char *line = data + reader->line_at;
        size_t line_len = reader->scanned - reader->line_at - 2;
        reader->line_at = reader->scanned;
        if (read_line(reader, data, line, line_len) == READER_BAD)
            return READER_BAD;
    }
    return READER_MORE;
}

void reader_start(struct reader *reader)
{
    memset(reader, 0, sizeof *reader);
    reader->method = HTTP_METHOD_OTHER;
}

enum reader_verdict reader_feed(struct reader *reader, const char *data, size_t len)
{
    assert(reader->stage >= READER_STAGE_BODY || len >= reader->scanned);
    if (reader->stage < READER_STAGE_BODY && read_head(reader, data, len) == READER_BAD)
        return READER_BAD;
    if (reader->stage == READER_STAGE_BODY && len - reader->head_len >= reader->body_len)
        reader->stage = READER_STAGE_DONE;
    if (reader->stage == READER_STAGE_BAD)
        return READER_BAD;
    return reader->stage == READER_STAGE_DONE ? READER_DONE : READER_MORE;
}

bool reader_wants_continue(const struct reader *reader)
{
    return reader->stage == READER_STAGE_BODY && reader->expects_continue && !reader->is_http10;
}

bool reader_is_upload(const struct reader *reader)
{
    return (reader->stage == READER_STAGE_BODY || reader->stage == READER_STAGE_DONE) &&
           reader->body_len > READER_BODY_MOST;
}

size_t reader_size_most(const struct reader *reader)
{
    return READER_HEAD_MOST + (reader_is_upload(reader) ? READER_UPLOAD_MOST : READER_BODY_MOST);
}

size_t reader_size(const struct reader *reader)
{
    assert(reader->stage == READER_STAGE_DONE);
    return reader->head_len + reader->body_len;
}

static struct http_span span_of(const char *data, struct reader_part part)
{
    return (struct http_span){data + part.at, part.len};
}

struct http_span reader_path(const struct reader *reader, const char *data, size_t len)
{
    if (reader->path.len > 0)
        return span_of(data, reader->path);
    struct http_span line = {data, 0}, path = {data, 0};
    while (line.len < len && data[line.len] != '\r' && data[line.len] != '\n')
        line.len++;
    const char *blank = line.len > 0 ? memchr(data, ' ', line.len) : NULL;
    if (blank == NULL)
        return path;
    path.data = blank + 1;
    while (path.data + path.len < data + line.len && path.data[path.len] != ' ' &&
           path.data[path.len] != '?')
        path.len++;
    return path;
}

struct http_span reader_field(const struct reader *reader, const char *data, const char *name)
{
    const size_t len = strlen(name);
    for (size_t i = 0; i < reader->field_count; i++) {
        const struct http_span have = span_of(data, reader->names[i]);
        if (have.len == len && strncasecmp(have.data, name, len) == 0)
            return span_of(data, reader->values[i]);
    }
    return (struct http_span){"", 0};
}

void reader_request(const struct reader *reader, const char *data, struct http_request *out)
{
    assert(reader->stage == READER_STAGE_DONE);
    *out = (struct http_request){
        .method = reader->method,
        .path = span_of(data, reader->path),
        .query = span_of(data, reader->query),
        .host = span_of(data, reader->host),
        .fields = mem_zero((reader->field_count + 1) * sizeof *out->fields),
        .field_count = reader->field_count,
        .body = {data + reader->head_len, reader->body_len},
        .keeps_alive = !reader->says_close && (!reader->is_http10 || reader->says_keep_alive),
    };
    if (out->path.len == 0)
        out->path = (struct http_span){"/", 1};
    for (size_t i = 0; i < reader->field_count; i++) {
        out->fields[i].name = span_of(data, reader->names[i]);
        out->fields[i].value = span_of(data, reader->values[i]);
    }
}
