/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Internet addresses as limits and trusted proxies see them. An IPv4 address that came over an IPv6
 * socket (::ffff:192.0.2.1) is the IPv4 address.
 */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include "base/err.h"
#include "base/fault.h"
#include "http/exchange.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    uint8_t bytes[16];
    int len; /* 4, 16, or 0: no internet address */
};

struct address_set;

struct address address_from_socket(const struct sockaddr *socket);
/* "192.0.2.1", "2001:db8::1", and as proxies write them "[2001:db8::1]:443", "192.0.2.1:443". */
bool address_parse(struct http_span text, struct address *out);
/* What one visitor has to himself: an IPv4 address whole, of IPv6 the first 64 bits. The bytes go
 * to out, their number is returned. */
size_t address_prefix(const struct address *address, uint8_t out[16]);

/* "127.0.0.1 10.0.0.0/8 2001:db8::/32"; NULL gives an empty set. US_INVALID with a fault. */
US_MUST_CHECK enum us_err address_set_new(const char *text, struct address_set **out,
                                          struct fault *fault);
void address_set_free(struct address_set *set);
bool address_set_has(const struct address_set *set, const struct address *address);

/* Who visits, and whether by TLS, when peer is in the set: X-Forwarded-For is read from its end,
 * past further trusted addresses, to the first that is not; X-Forwarded-Proto by its last word.
 * What a proxy left out, or what cannot be read, leaves *visitor and *is_tls as they are. */
void address_find_visitor(const struct address_set *trusted, const struct http_request *request,
                          struct address *visitor, bool *is_tls);

#endif
