/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A boundary counts where RFC 2046 section 5.1.1 says: behind CR LF (or at the very beginning), and
 * followed by CR LF or "--". Whatever a file's name says is passed over: nothing is stored by it.
 */
#include "http/multipart.h"
#include <string.h>
#include <strings.h>

#define BOUNDARY_MOST 70
#define DELIMITER_SIZE (BOUNDARY_MOST + 5)

static const char form_data[] = "multipart/form-data";

struct walk {
    struct http_span rest;
    char delimiter[DELIMITER_SIZE]; /* CR LF, two hyphens, the boundary */
    size_t delimiter_len;
};

bool multipart_is(struct http_span type)
{
    size_t len = sizeof form_data - 1;
    return type.len >= len && strncasecmp(type.data, form_data, len) == 0 &&
           (type.len == len || type.data[len] == ';' || type.data[len] == ' ');
}

static struct http_span after(struct http_span span, size_t count)
{
    return (struct http_span){span.data + count, span.len - count};
}

static struct http_span trim(struct http_span span)
{
    while (span.len > 0 && (span.data[0] == ' ' || span.data[0] == '\t'))
        span = after(span, 1);
    while (span.len > 0 && (span.data[span.len - 1] == ' ' || span.data[span.len - 1] == '\t'))
        span.len--;
    return span;
}

static bool begins(struct http_span span, const char *text, size_t len)
{
    return span.len >= len && memcmp(span.data, text, len) == 0;
}

/* Takes one "; name=value" or "; name="value"" off *rest. In a quoted value browsers write a quote
 * as %22, so the next quote ends it. */
static bool next_parameter(struct http_span *rest, struct http_span *name, struct http_span *value)
{
    struct http_span at = trim(*rest);
    if (at.len == 0 || at.data[0] != ';')
        return false;
    at = trim(after(at, 1));
    const char *equals = at.len == 0 ? NULL : memchr(at.data, '=', at.len);
    if (equals == NULL)
        return false;
    *name = (struct http_span){at.data, (size_t)(equals - at.data)};
    at = after(at, name->len + 1);
    if (at.len > 0 && at.data[0] == '"') {
        at = after(at, 1);
        const char *quote = memchr(at.data, '"', at.len);
        if (quote == NULL)
            return false;
        *value = (struct http_span){at.data, (size_t)(quote - at.data)};
        *rest = after(at, value->len + 1);
        return true;
    }
    const char *end = memchr(at.data, ';', at.len);
    size_t len = end == NULL ? at.len : (size_t)(end - at.data);
    *value = trim((struct http_span){at.data, len});
    *rest = after(at, len);
    return true;
}

static bool is_word(struct http_span span, const char *word)
{
    return span.len == strlen(word) && strncasecmp(span.data, word, span.len) == 0;
}

/* The value of a parameter behind the first ";". US_INVALID: the parameters are malformed. */
static enum us_err find_parameter(struct http_span field, const char *wanted, struct http_span *out)
{
    const char *semicolon = field.len == 0 ? NULL : memchr(field.data, ';', field.len);
    if (semicolon == NULL)
        return US_NOT_FOUND;
    struct http_span rest = after(field, (size_t)(semicolon - field.data)), name, value;
    bool is_found = false;
    while (trim(rest).len > 0) {
        if (!next_parameter(&rest, &name, &value) || (is_found && is_word(name, wanted)))
            return US_INVALID;
        if (is_word(name, wanted)) {
            is_found = true;
            *out = value;
        }
    }
    return is_found ? US_OK : US_NOT_FOUND;
}

static bool start_walk(struct http_span type, struct http_span body, struct walk *walk)
{
    struct http_span boundary;
    if (!multipart_is(type) || find_parameter(type, "boundary", &boundary) != US_OK ||
        boundary.len == 0 || boundary.len > BOUNDARY_MOST)
        return false;
    memcpy(walk->delimiter, "\r\n--", 4);
    memcpy(walk->delimiter + 4, boundary.data, boundary.len);
    walk->delimiter_len = boundary.len + 4;
    walk->rest = body;
    if (!begins(body, walk->delimiter + 2, walk->delimiter_len - 2))
        return false;
    walk->rest = after(body, walk->delimiter_len - 2);
    return true;
}

/* Behind a delimiter: another part (1), the end (0), or neither (-1). */
static int step(struct walk *walk)
{
    if (begins(walk->rest, "\r\n", 2)) {
        walk->rest = after(walk->rest, 2);
        return 1;
    }
    bool is_end = begins(walk->rest, "--", 2) &&
                  (walk->rest.len == 2 || begins(after(walk->rest, 2), "\r\n", 2));
    return is_end ? 0 : -1;
}

/* Takes a line off; false where there is none, or a longer one than a field may have. */
static bool take_line(struct walk *walk, struct http_span *out)
{
    size_t most =
        walk->rest.len < MULTIPART_FIELD_MOST + 2 ? walk->rest.len : MULTIPART_FIELD_MOST + 2;
    const char *end = most < 2 ? NULL : memmem(walk->rest.data, most, "\r\n", 2);
    if (end == NULL)
        return false;
    *out = (struct http_span){walk->rest.data, (size_t)(end - walk->rest.data)};
    walk->rest = after(walk->rest, out->len + 2);
    return true;
}

/* The part's fields; *is_wanted when it is the one of that name. */
static bool read_fields(struct walk *walk, const char *wanted, bool *is_wanted)
{
    static const char disposition[] = "content-disposition:",
                      encoding[] = "content-transfer-encoding:";
    struct http_span line, name;
    int named = 0;
    for (int i = 0; i <= MULTIPART_FIELDS_MOST; i++) {
        if (!take_line(walk, &line))
            return false;
        if (line.len == 0)
            return named == 1;
        if (memchr(line.data, '\0', line.len) != NULL || memchr(line.data, ':', line.len) == NULL)
            return false;
        if (line.len >= sizeof encoding - 1 &&
            strncasecmp(line.data, encoding, sizeof encoding - 1) == 0)
            return false;
        if (line.len < sizeof disposition - 1 ||
            strncasecmp(line.data, disposition, sizeof disposition - 1) != 0)
            continue;
        if (find_parameter(line, "name", &name) != US_OK)
            return false;
        named++;
        *is_wanted = name.len == strlen(wanted) && memcmp(name.data, wanted, name.len) == 0;
    }
    return false;
}

static bool take_content(struct walk *walk, struct http_span *out)
{
    const char *end = walk->rest.len == 0 ? NULL
                                          : memmem(walk->rest.data, walk->rest.len, walk->delimiter,
                                                   walk->delimiter_len);
    if (end == NULL)
        return false;
    *out = (struct http_span){walk->rest.data, (size_t)(end - walk->rest.data)};
    walk->rest = after(walk->rest, out->len + walk->delimiter_len);
    return true;
}

enum us_err multipart_find(struct http_span type, struct http_span body, const char *name,
                           struct http_span *out)
{
    struct walk walk;
    struct http_span content, found = {NULL, 0};
    bool is_found = false, is_wanted = false;
    int next, parts = 0;
    if (!start_walk(type, body, &walk))
        return US_INVALID;
    while ((next = step(&walk)) == 1) {
        if (++parts > MULTIPART_PARTS_MOST || !read_fields(&walk, name, &is_wanted))
            return US_INVALID;
        /* An empty part's delimiter begins with the CR LF that ended its head. */
        walk.rest.data -= 2;
        walk.rest.len += 2;
        if (!take_content(&walk, &content) || (is_wanted && is_found))
            return US_INVALID;
        if (is_wanted) {
            is_found = true;
            found = content.len < 2 ? (struct http_span){content.data, 0} : after(content, 2);
        }
    }
    if (next != 0)
        return US_INVALID;
    if (!is_found)
        return US_NOT_FOUND;
    *out = found;
    return US_OK;
}
