/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The interface's languages and its messages. One gettext domain per language ("undersign-ru")
 * under locale C.UTF-8 makes glibc's gettext per-request and thread-safe with no generated locales.
 * English is what stands in the sources. Every call takes the language: there is no current one.
 */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct language {
    const char *code;     /* BCP 47, as in addresses: "ru" */
    const char *own_name; /* "Русский" */
    const char *locale;   /* ICU's: "ar-u-nu-latn" for Arabic with Latin digits, "en-GB" */
    bool is_rtl;
};

/* The interface's languages in the order of the switcher, ended by an entry with a NULL code. */
extern const struct language language_table[];

/* Sets the process's locale and binds the catalogues; folder NULL: "locale" beside the running
 * program where that exists, else the installed one. US_IO when C.UTF-8 is missing. Once, first. */
US_MUST_CHECK enum us_err language_open(const char *folder);
/* Exact code; NULL when the interface does not speak it. */
const struct language *language_find(const char *code);
/* What a visitor of "/" gets: RFC 9110's Accept-Language (bounded, malformed parts skipped), else
 * the fallback's code, else English. Never NULL. */
const struct language *language_negotiate(const char *accept, const char *fallback);
/* The direction of any language tag, also one that the interface does not speak ("fa", "he"). */
bool language_is_rtl(const char *code);

/* A tag of BCP 47 as texts are named by: a language of two or three letters, a script and a country
 * where they are needed, each in its usual case, since it stands in addresses and file names. */
bool language_is_tag(const char *tag, size_t len);

/* The message in the language, or msgid itself. Static memory. xgettext finds these calls. */
const char *message_get(const struct language *language, const char *msgid);
const char *message_plural(const struct language *language, const char *one, const char *many,
                           unsigned long n);
/* With a context where the same English word needs two translations (pgettext). */
const char *message_context(const struct language *language, const char *context,
                            const char *msgid);
/* Marks a string for xgettext where it is looked up later, through a table. */
#define MESSAGE_MARK(msgid) (msgid)

/* Fills "{name}" places in a translated pattern. args: name, value, name, value, ..., NULL. The
 * caller frees the result. For plain text only: templates have their own, escaping, form. */
char *message_fill(const char *pattern, ...) __attribute__((sentinel));

#endif
