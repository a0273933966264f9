/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Somebody may type "Win at example.com" for an organisation and a stranger's mailbox: our mail
 * must not carry it as a link. A blank behind every dot, colon and sign that could join two parts
 * of an address breaks it for all eyes to see, and leaves "S.A.T. No.5" readable. The dots that
 * domain names may have in other scripts (UTS 46) count as dots.
 */
#include "appeal/outbox_name.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <string.h>
#include <unicode/uchar.h>

#define NAME_MOST 80

static bool is_dot(UChar32 c)
{
    return c == '.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61 || c == 0x2024;
}

static bool is_colon(UChar32 c)
{
    return c == ':' || c == 0xFF1A || c == 0xFE55;
}

static bool is_at(UChar32 c)
{
    return c == '@' || c == 0xFF20 || c == 0xFE6B;
}

/* Whether a blank goes between c and what follows it; next is 0 at the end. */
static bool needs_blank(UChar32 c, UChar32 next)
{
    if (next == 0 || u_isUWhiteSpace(next))
        return false;
    if (is_at(c) || is_at(next) || is_colon(c))
        return true;
    /* "://" is broken at its colon, "//" and "\\" between their signs. */
    if ((c == '/' && next == '/') || (c == '\\' && next == '\\'))
        return true;
    return is_dot(c) && !u_ispunct(next);
}

char *outbox_name_make(const char *organisation)
{
    struct str out = STR_INIT;
    size_t len = strlen(organisation);
    for (size_t pos = 0; pos < len;) {
        size_t start = pos, after;
        UChar32 c = (UChar32)utf8_next(organisation, len, &pos), next = 0;
        after = pos;
        if (after < len)
            next = (UChar32)utf8_next(organisation, len, &after);
        str_append(&out, organisation + start, pos - start);
        if (needs_blank(c, next) && !u_isUWhiteSpace(c))
            str_append_char(&out, ' ');
    }
    char *name = unicode_shorten(str_text(&out), NAME_MOST);
    str_free(&out);
    return name;
}
