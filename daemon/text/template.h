/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What compiled templates call. web/tplc.c turns each web/pages/NAME.html (HTML) and web/mail/NAME.txt
 * (plain text) into   void template_NAME(struct template *t, <the parameters it declares>);
 * A template opens with directives and then is text:
 *   {{include "page/view.h"}}             the header that declares its view
 *   {{param const struct sign_view *v}}   a parameter, also for partials; may be repeated
 *   {{v->field}}          escaped text (const char *; NULL prints nothing)
 *   {{number v->count}}   an integer in the language's form      {{plain v->id}}  an integer as digits
 *   {{date v->day}}       a day, written out
 *   {{url v->link}}       a struct url: the only thing that href, src and action take
 *   {{html v->body}}      a struct html
 *   {{t "msgid"}}         a translated message; {{t "Hello {name}" name=v->name n=number v->n}} fills
 *                         its places, each escaped on its own; a translator never writes markup
 *   {{t "one organisation" "{count} organisations" v->count}}   plural by an integer; {count} is it
 *   {{c "context" "msgid"}}               a message with a context
 *   {{#if expr}} {{#elif expr}} {{#else}} {{/if}}     expr is C
 *   {{#each item in v->items v->item_count}} {{/each}}  item is a pointer to each element;
 *                         item_index counts from 0
 *   {{> NAME expr, expr}} a partial: calls template_NAME(t, expr, expr)
 *   {{! a comment }}
 * In HTML the compiler follows the context: interpolation in an unquoted attribute, a tag name, a
 * comment, a script, a style or an event attribute is a build error; an attribute that holds an address
 * takes only {{url}}. Runs of blanks between tags that hold a line break shrink to one line break.
 */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include "base/str.h"
#include "text/language.h"
#include "text/markdown.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct template {
    struct str out;
    const struct language *language;
    bool is_plain; /* plain text: nothing is escaped */
};

/* A checked address. Made by template_url_path() from our own routes, by template_url_link() from an
 * http, https or mailto address that somebody gave. */
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

void template_literal(struct template *t, const char *text, size_t len);
void template_text(struct template *t, const char *text);
void template_number(struct template *t, int64_t number);
void template_plain_number(struct template *t, int64_t number);
void template_date(struct template *t, int64_t day);
void template_url(struct template *t, struct url url);
void template_html(struct template *t, struct html html);

enum template_arg_kind { TEMPLATE_ARG_TEXT, TEMPLATE_ARG_NUMBER, TEMPLATE_ARG_DATE };
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
