/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The runtime of compiled templates: what prints, and how it is escaped. The five characters are
 * escaped everywhere, so that one function is right between tags and in either kind of quotes;
 * where else a value may stand is the compiler's affair (web/tplc.c).
 */
#include "text/template.h"
#include "text/locale.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define SHARE_MOST 8192 /* bytes; a title in letters of three bytes takes nine of each */
#define LINK_MOST 2048  /* bytes; longer addresses are cut by some mail readers */

void template_open(struct template *t, const struct language *language)
{
    *t = (struct template){.language = language};
}

void template_free(struct template *t)
{
    str_free(&t->out);
}

/* Any byte of a name can follow in an address, but none that ends an attribute or begins a tag. */
static bool is_address_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~/?#=&%+:@!$'()*,;[]", c));
}

static bool is_address(const char *text)
{
    while (is_address_char(*text))
        text++;
    return *text == '\0';
}

struct url template_url_path(const char *path)
{
    /* "//host" would leave the site. */
    const bool is_ours = path[0] == '/' && path[1] != '/' && is_address(path);
    assert(is_ours);
    return (struct url){is_ours ? path : ""};
}

struct url template_url_link(const char *address)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};
    if (!address || strlen(address) > LINK_MOST || !is_address(address))
        return (struct url){""};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const size_t len = strlen(schemes[i]);
        if (strncasecmp(address, schemes[i], len) == 0 && address[len] != '\0')
            return (struct url){address};
    }
    return (struct url){""};
}

struct url template_url_share(const char *address)
{
    static const char *const beginnings[] = {"https://t.me/share/url?", "https://wa.me/?",
                                             "https://vk.com/share.php?", "mailto:?", "sms:?"};
    static const char rest[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%=&";
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        const size_t len = strlen(beginnings[i]);
        if (strncmp(address, beginnings[i], len) == 0 &&
            address[len + strspn(address + len, rest)] == '\0' && strlen(address) <= SHARE_MOST)
            return (struct url){address};
    }
    return (struct url){""};
}

void template_literal(struct template *t, const char *text, size_t len)
{
    str_append(&t->out, text, len);
}

static void print(struct template *t, const char *text, size_t len)
{
    size_t from = 0;
    for (size_t i = 0; i < len && !t->is_plain; i++) {
        const char *name = NULL;
        switch (text[i]) {
        case '&':
            name = "&amp;";
            break;
        case '<':
            name = "&lt;";
            break;
        case '>':
            name = "&gt;";
            break;
        case '"':
            name = "&quot;";
            break;
        case '\'':
            name = "&#39;";
            break;
        default:
            continue;
        }
        str_append(&t->out, text + from, i - from);
        str_append_text(&t->out, name);
        from = i + 1;
    }
    str_append(&t->out, text + from, len - from);
}

void template_text(struct template *t, const char *text)
{
    if (text)
        print(t, text, strlen(text));
}

void template_number(struct template *t, int64_t number)
{
    struct str digits = STR_INIT;
    locale_number(t->language, number, &digits);
    template_text(t, str_text(&digits));
    str_free(&digits);
}

void template_plain_number(struct template *t, int64_t number)
{
    str_append_format(&t->out, "%" PRId64, number);
}

void template_date(struct template *t, int64_t day)
{
    struct str date = STR_INIT;
    locale_date(t->language, day, &date);
    template_text(t, str_text(&date));
    str_free(&date);
}

void template_url(struct template *t, struct url url)
{
    template_text(t, url.text);
}

void template_html(struct template *t, struct html html)
{
    assert(!t->is_plain);
    str_append(&t->out, html.markup, html.len);
}

static void print_argument(struct template *t, const struct template_arg *arg)
{
    switch (arg->kind) {
    case TEMPLATE_ARG_TEXT:
        template_text(t, arg->text);
        break;
    case TEMPLATE_ARG_NUMBER:
        template_number(t, arg->number);
        break;
    case TEMPLATE_ARG_PLAIN:
        template_plain_number(t, arg->number);
        break;
    case TEMPLATE_ARG_DATE:
        template_date(t, arg->number);
        break;
    }
}

static const struct template_arg *find_argument(const struct template_arg *args, size_t count,
                                                const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(args[i].name) == len && memcmp(args[i].name, name, len) == 0)
            return &args[i];
    return NULL;
}

void template_message(struct template *t, const char *pattern, const struct template_arg *args,
                      size_t count)
{
    for (const char *open; (open = strchr(pattern, '{')) != NULL;) {
        const char *close = strchr(open, '}');
        const struct template_arg *arg =
            close ? find_argument(args, count, open + 1, (size_t)(close - open) - 1) : NULL;
        if (arg) {
            print(t, pattern, (size_t)(open - pattern));
            print_argument(t, arg);
            pattern = close + 1;
        } else {
            /* A brace that names nothing is text. */
            print(t, pattern, (size_t)(open - pattern) + 1);
            pattern = open + 1;
        }
    }
    print(t, pattern, strlen(pattern));
}
