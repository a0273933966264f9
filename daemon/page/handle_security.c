/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whom to tell of a hole in the site's security (RFC 9116). Such a file must expire, so that nobody
 * writes to who left long ago; here the service answers for it as long as it runs, and so the term
 * begins anew each day.
 */
#include "base/clock.h"
#include "base/str.h"
#include "page/reply.h"
#include "page/visit.h"

#define TERM_DAYS 180

static void append_languages(struct str *out)
{
    str_append_text(out, "Preferred-Languages: ");
    for (const struct language *language = language_table; language->code != NULL; language++)
        str_append_format(out, "%s%s", language == language_table ? "" : ", ", language->code);
    str_append_char(out, '\n');
}

void handle_security(const struct visit *visit)
{
    const struct config *config = site_config(visit->pages->site);
    if (config->site_contact == NULL) {
        visit_error(visit, ERROR_NOT_FOUND);
        return;
    }
    struct str text = STR_INIT;
    char expires[24];
    clock_print((clock_day(clock_now()) + TERM_DAYS) * CLOCK_DAY, expires);
    str_append_format(&text, "Contact: %s\nExpires: %s\n", config->site_contact, expires);
    append_languages(&text);
    str_append_format(&text, "Canonical: %s/.well-known/security.txt\n", config->site_url);
    struct reply_head head = {
        .type = "text/plain; charset=utf-8",
        .caching = "public, max-age=86400",
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(200, &head);
    size_t len = text.len;
    http_response_take_body(response, str_take(&text), len);
    http_reply(visit->exchange, response);
}
