/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages that say what cannot be done, and where to go on; ready in every language from the start,
 * so that they can be given from any thread and when nothing else works. */
#ifndef PAGE_ERROR_H
#define PAGE_ERROR_H

#include "appeal/site.h"
#include "base/err.h"
#include "http/exchange.h"
#include "http/response.h"
#include "text/language.h"
#include <stdbool.h>

enum error_kind {
    ERROR_BAD_REQUEST,
    ERROR_FOREIGN_FORM,
    ERROR_NOT_OPEN,
    ERROR_PAUSED,
    ERROR_NOT_FOUND,
    ERROR_LINK_UNKNOWN,
    ERROR_METHOD, /* of a page that is only read */
    ERROR_METHOD_FORM,
    ERROR_TIMEOUT,
    ERROR_SIGNED_ALREADY,
    ERROR_TOO_MANY_ORGANISATIONS,
    ERROR_DECIDED,
    ERROR_CLOSED,
    ERROR_LINK_EXPIRED,
    ERROR_TOO_LARGE,
    ERROR_LONG_ADDRESS,
    ERROR_MEDIA_TYPE,
    ERROR_MISDIRECTED,
    ERROR_LIMITED,
    ERROR_LONG_HEADERS,
    ERROR_INTERNAL,
    ERROR_NOT_IMPLEMENTED,
    ERROR_BUSY,
    ERROR_VERSION,
    ERROR_KIND_COUNT
};

struct errors;

struct errors *errors_new(struct site *site);
void errors_free(struct errors *errors); /* NULL is fine */
/* One reference. */
struct http_response *errors_get(struct errors *errors, enum error_kind kind,
                                 const struct language *language, bool is_tls);
/* The page for a status that the server itself answers; ERROR_INTERNAL for one it does not know. */
enum error_kind errors_kind_of_status(int status);
/* What a failed read or write of the store means to a visitor. */
enum error_kind errors_kind_of(enum us_err err);

#endif
