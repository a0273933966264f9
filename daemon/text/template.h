/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What compiled templates call. web/tplc.c turns each file listed in web/sources.am into a
 * function: web/pages/NAME.html   void template_page_NAME(struct template *t, <the parameters it
 * declares>); web/mail/NAME.txt     void template_mail_NAME_txt(...), plain text web/mail/NAME.html
 * void template_mail_NAME_html(...) with prototypes in "web/pages/templates.h" and
 * "web/mail/templates.h". A template opens with directives (and comments, the SPDX line) and then
 * is text:
 *   {{include "page/view.h"}}             the header that declares its view
 *   {{param const struct sign_view *v}}   a parameter, also for partials; may be repeated
 *   {{v->field}}          escaped text (const char *; NULL prints nothing)
 *   {{number v->count}}   an integer in the language's form      {{plain v->id}}  an integer as
 * digits
 *   {{date v->day}}       a day, written out
 *   {{url v->link}}       a struct url: the only thing that href, src and action take, and first
 * there
 *   {{html v->body}}      a struct html, between tags only
 *   {{t "msgid"}}         a translated message; {{t "Hello {name}, {n}" name=v->name n=number
 * v->n}} fills its places, each escaped on its own (number, plain and date as above); every place
 * needs its value and every value its place; a translator never writes markup
 *   {{t "one organisation" "{count} organisations" v->count}}   plural by an integer; {count} is
 * it; further NAME=VALUE may follow
 *   {{c "context" "msgid"}}               a message with a context; NAME=VALUE may follow
 *   {{#if expr}} {{#elif expr}} {{#else}} {{/if}}     expr is C; all branches end in the same place
 *   {{#each item in v->items v->item_count}} {{/each}}  item is a pointer to each element;
 *                         item_index counts from 0, item_count is how many
 *   {{> NAME expr, expr}} a partial: calls the function of NAME in the same folder (and, in mail,
 * of the same suffix); between tags only
 *   {{! a comment }}      {{! translators: this}} goes to the translators of the next message
 * In {{t}}, {{c}} and {{#each}} an expression that holds blanks stands in brackets.
 * The language is t->language. An address of ours in a file: {{url template_url_path("/about")}};
 * of a static file, with {{include "web/static/static.h"}}: {{url
 * template_url_path(STATIC_STYLE_CSS)}}. In HTML the compiler follows the context: interpolation in
 * an unquoted attribute, a tag name, a comment, a script, a style, an event attribute, a srcset is
 * a build error; an attribute that holds an address takes only {{url}}. Runs of blanks between tags
 * that hold a line break shrink to one line break (not in pre and textarea); HTML comments are left
 * out. A line with nothing but {{#...}},
 * {{/...}}, {{>...}}, {{!...}} leaves no line of its own.
 */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include "base/str.h"
#include "text/language.h"
#include "text/markdown.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct template
{
    struct str out;
    const struct language *language;
    bool is_plain; /* plain text: nothing is escaped; each compiled template sets it */
};

/* A checked address. Made by template_url_path() from our own routes, by template_url_link() from
 * an http, https or mailto address that somebody gave. */
struct url {
    const char *text; /* borrowed; "" prints nothing */
};

void template_open(struct template *t, const struct language *language);
void template_free(struct template *t);

/* A path of ours: must start with "/" and hold only unreserved characters, "/", "?", "=", "&", "%",
 * "#", "-" and the like; otherwise the program is wrong (assert). */
struct url template_url_path(const char *path);
/* Anything else gives "". */
struct url template_url_link(const char *address);
/* An address that hands a link on: to a service of a fixed list, or to the visitor's own mail or
 * message program, with nobody to send it to. What follows is percent-encoded; anything else gives
 * "". */
struct url template_url_share(const char *address);

void template_literal(struct template *t, const char *text, size_t len);
void template_text(struct template *t, const char *text);
void template_number(struct template *t, int64_t number);
void template_plain_number(struct template *t, int64_t number);
void template_date(struct template *t, int64_t day);
void template_url(struct template *t, struct url url);
void template_html(struct template *t, struct html html);

enum template_arg_kind {
    TEMPLATE_ARG_TEXT,
    TEMPLATE_ARG_NUMBER,
    TEMPLATE_ARG_PLAIN,
    TEMPLATE_ARG_DATE
};
struct template_arg {
    const char *name;
    enum template_arg_kind kind;
    const char *text;
    int64_t number;
};
/* pattern is a translated message; its {places} are filled, the rest is escaped text. */
void template_message(struct template *t, const char *pattern, const struct template_arg *args,
                      size_t count);

/* What user text needs around it inside another direction is <bdi> in the template. */

#endif
