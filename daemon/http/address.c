/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Addresses are only ever compared and hashed here, never printed: none may reach a log. What a
 * stranger writes into X-Forwarded-For stands before what our proxy adds, hence reading from the
 * end.
 */
#include "http/address.h"
#include "base/mem.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ADDRESS_TEXT_SIZE 64

struct address_range {
    struct address base;
    int bits;
};

struct address_set {
    size_t count;
    struct address_range *ranges;
};

static struct address address_of_v6(const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct address address = {.len = 16};
    memcpy(address.bytes, bytes, 16);
    if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        address = (struct address){.len = 4};
        memcpy(address.bytes, bytes + 12, 4);
    }
    return address;
}

struct address address_from_socket(const struct sockaddr *socket)
{
    struct address address = {.len = 0};
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, socket, sizeof v4);
        address.len = 4;
        memcpy(address.bytes, &v4.sin_addr, 4);
    } else if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, socket, sizeof v6);
        address = address_of_v6(v6.sin6_addr.s6_addr);
    }
    return address;
}

bool address_parse(struct http_span text, struct address *out)
{
    /* Brackets and ports: off. */
    if (text.len > 0 && text.data[0] == '[') {
        const char *end = memchr(text.data, ']', text.len);
        if (end == NULL)
            return false;
        text = (struct http_span){text.data + 1, (size_t)(end - text.data) - 1};
    } else if (text.len > 0) {
        const char *colon = memchr(text.data, ':', text.len);
        if (colon != NULL &&
            memchr(colon + 1, ':', text.len - (size_t)(colon - text.data) - 1) == NULL)
            text.len = (size_t)(colon - text.data);
    }

    char copy[ADDRESS_TEXT_SIZE];
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    uint8_t bytes[16];
    if (inet_pton(AF_INET, copy, bytes) == 1) {
        *out = (struct address){.len = 4};
        memcpy(out->bytes, bytes, 4);
        return true;
    }
    if (inet_pton(AF_INET6, copy, bytes) == 1) {
        *out = address_of_v6(bytes);
        return true;
    }
    return false;
}

size_t address_prefix(const struct address *address, uint8_t out[16])
{
    size_t len = address->len == 16 ? 8 : (size_t)address->len;
    memcpy(out, address->bytes, len);
    return len;
}

static bool range_parse(struct http_span text, struct address_range *out)
{
    const char *slash = memchr(text.data, '/', text.len);
    struct http_span base = {text.data, slash == NULL ? text.len : (size_t)(slash - text.data)};
    if (!address_parse(base, &out->base))
        return false;
    out->bits = out->base.len * 8;
    if (slash == NULL)
        return true;

    size_t digits = text.len - base.len - 1;
    int bits = 0;
    if (digits < 1 || digits > 3)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (slash[1 + i] < '0' || slash[1 + i] > '9')
            return false;
        bits = bits * 10 + (slash[1 + i] - '0');
    }
    if (bits > out->bits)
        return false;
    out->bits = bits;
    return true;
}

enum us_err address_set_new(const char *text, struct address_set **out, struct fault *fault)
{
    struct address_set *set = MEM_NEW(struct address_set);
    const char *at = text == NULL ? "" : text;
    for (;;) {
        at += strspn(at, " \t");
        size_t len = strcspn(at, " \t");
        if (len == 0)
            break;
        set->ranges = mem_resize(set->ranges, set->count + 1, sizeof *set->ranges);
        if (!range_parse((struct http_span){at, len}, &set->ranges[set->count])) {
            fault_set(fault, NULL, 0,
                      "\"%.*s\" is not an address or a prefix like 10.0.0.0/8 or 2001:db8::/32",
                      (int)len, at);
            address_set_free(set);
            return US_INVALID;
        }
        set->count++;
        at += len;
    }
    *out = set;
    return US_OK;
}

void address_set_free(struct address_set *set)
{
    if (set == NULL)
        return;
    free(set->ranges);
    free(set);
}

static bool range_has(const struct address_range *range, const struct address *address)
{
    if (address->len == 0 || range->base.len != address->len)
        return false;
    size_t whole = (size_t)range->bits / 8;
    if (memcmp(range->base.bytes, address->bytes, whole) != 0)
        return false;
    int rest = range->bits % 8;
    return rest == 0 || (range->base.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

bool address_set_has(const struct address_set *set, const struct address *address)
{
    for (size_t i = 0; i < set->count; i++) {
        if (range_has(&set->ranges[i], address))
            return true;
    }
    return false;
}

/* Takes the last comma-separated item off *rest, trimmed. */
static bool last_item(struct http_span *rest, struct http_span *item)
{
    if (rest->len == 0)
        return false;
    size_t from = rest->len, to = rest->len;
    while (from > 0 && rest->data[from - 1] != ',')
        from--;
    rest->len = from > 0 ? from - 1 : 0;
    while (from < to && (rest->data[from] == ' ' || rest->data[from] == '\t'))
        from++;
    while (to > from && (rest->data[to - 1] == ' ' || rest->data[to - 1] == '\t'))
        to--;
    *item = (struct http_span){rest->data + from, to - from};
    return true;
}

static bool field_is(const struct http_field *field, const char *name)
{
    return field->name.len == strlen(name) &&
           strncasecmp(field->name.data, name, field->name.len) == 0;
}

/* Steps through one field's items from its end; true when the visitor is found or the trail is
 * lost. */
static bool follow_field(const struct address_set *trusted, struct http_span list,
                         struct address *visitor)
{
    struct http_span item;
    while (last_item(&list, &item)) {
        struct address address;
        if (!address_parse(item, &address))
            return true;
        *visitor = address;
        if (!address_set_has(trusted, &address))
            return true;
    }
    return false;
}

void address_find_visitor(const struct address_set *trusted, const struct http_request *request,
                          struct address *visitor, bool *is_tls)
{
    if (!address_set_has(trusted, visitor))
        return;
    bool has_scheme = false, has_visitor = false;
    for (size_t i = request->field_count; i-- > 0;) {
        const struct http_field *field = &request->fields[i];
        struct http_span list = field->value, item;
        if (!has_visitor && field_is(field, "x-forwarded-for")) {
            has_visitor = follow_field(trusted, list, visitor);
        } else if (!has_scheme && field_is(field, "x-forwarded-proto") && last_item(&list, &item)) {
            has_scheme = true;
            if (http_span_is(item, "https"))
                *is_tls = true;
            else if (http_span_is(item, "http"))
                *is_tls = false;
        }
    }
}
