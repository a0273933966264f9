/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Languages and messages, by glibc's gettext. A language is a text domain, so a request needs no
 * locale of its own and no lock of ours; dgettext costs a quarter of a microsecond. With a locale
 * other than "C" gettext looks at LANGUAGE too, which would send every domain to one language: it
 * is taken out of the environment.
 */
#include "text/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include <errno.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uloc.h>
#include <unistd.h>

#define ACCEPT_MOST 1024 /* bytes of the header that are read */
#define ACCEPT_PARTS_MOST 32
#define CONTEXT_MOST 512 /* bytes of context and message in the sources */

const struct language language_table[] = {
    {"en", "English", "en-GB", false},
    {"fr", "Français", "fr", false},
    {"es", "Español", "es", false},
    {"ru", "Русский", "ru", false},
    {"kk", "Қазақша", "kk", false},
    {"ar", "العربية", "ar-u-nu-latn", true},
    {"zh", "简体中文", "zh-Hans", false},
    {"de", "Deutsch", "de", false},
    {"pt", "Português", "pt-PT", false},
    {"tr", "Türkçe", "tr", false},
    {NULL, NULL, NULL, false},
};

/* "undersign-ru" */
static void domain_name(const struct language *language, char out[32])
{
    snprintf(out, 32, "undersign-%s", language->code);
}

/* A build tree and an unpacked archive carry their catalogues beside the program. */
static char *folder_beside_program(void)
{
    char path[PATH_MAX];
    const ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0)
        return NULL;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    char *messages = mem_format("%s/locale/C/LC_MESSAGES", path);
    char *folder = access(messages, X_OK) == 0 ? mem_format("%s/locale", path) : NULL;
    free(messages);
    return folder;
}

enum us_err language_open(const char *folder)
{
    unsetenv("LANGUAGE");
    if (!setlocale(LC_ALL, "C.UTF-8") && !setlocale(LC_ALL, "C.utf8")) {
        log_error("the locale C.UTF-8 is missing on this system");
        return US_IO;
    }
    char *own = folder ? mem_string(folder) : folder_beside_program();
    for (const struct language *l = language_table; l->code; l++) {
        char domain[32];
        domain_name(l, domain);
        if (!bindtextdomain(domain, own ? own : UNDERSIGN_LOCALE_DIR) ||
            !bind_textdomain_codeset(domain, "UTF-8")) {
            log_error("cannot bind the messages of %s: %s", l->code, strerror(errno));
            free(own);
            return US_IO;
        }
    }
    free(own);
    return US_OK;
}

const struct language *language_find(const char *code)
{
    for (const struct language *l = language_table; code && l->code; l++)
        if (strcmp(l->code, code) == 0)
            return l;
    return NULL;
}

/* The language of a range by RFC 4647's lookup: "pt-BR" finds "pt". */
static const struct language *find_range(const char *range, size_t len)
{
    while (len > 0) {
        for (const struct language *l = language_table; l->code; l++)
            if (strlen(l->code) == len && strncasecmp(l->code, range, len) == 0)
                return l;
        while (len > 0 && range[--len] != '-')
            ;
    }
    return NULL;
}

/* RFC 9110, 12.4.2: ";q=" and 0 to 1 with at most three decimals, in thousandths; -1 when
 * malformed. */
static int read_weight(const char *text, const char *end)
{
    int weight = 1000, digit = 100;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    if (text == end)
        return weight;
    if (*text++ != ';')
        return -1;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    if (end - text < 3 || (text[0] != 'q' && text[0] != 'Q') || text[1] != '=' ||
        (text[2] != '0' && text[2] != '1'))
        return -1;
    weight = text[2] == '1' ? 1000 : 0;
    text += 3;
    if (text < end && *text == '.')
        for (text++; text < end && *text >= '0' && *text <= '9'; text++, digit /= 10)
            weight += (*text - '0') * digit;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    return text == end && weight <= 1000 ? weight : -1;
}

const struct language *language_negotiate(const char *accept, const char *fallback)
{
    const struct language *last = language_find(fallback), *best = NULL;
    int best_weight = 0;
    if (!last)
        last = language_find("en");
    const char *p = accept ? accept : "", *stop = p + strnlen(p, ACCEPT_MOST);
    for (int parts = 0; p < stop && parts < ACCEPT_PARTS_MOST; parts++) {
        const char *end = memchr(p, ',', (size_t)(stop - p));
        if (!end)
            end = stop;
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        size_t len = 0;
        while (p + len < end && !strchr("; \t", p[len]))
            len++;
        const int weight = read_weight(p + len, end);
        if (weight > best_weight) {
            const struct language *found = len == 1 && *p == '*' ? last : find_range(p, len);
            if (found) {
                best = found;
                best_weight = weight;
            }
        }
        p = end + 1;
    }
    return best ? best : last;
}

bool language_is_rtl(const char *code)
{
    char locale[ULOC_FULLNAME_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    uloc_forLanguageTag(code, locale, sizeof locale, &parsed, &status);
    return status == U_ZERO_ERROR && parsed > 0 && uloc_isRightToLeft(locale);
}

/* How many of the characters from a to z, or A to Z, stand at the beginning. */
static size_t count_letters(const char *text, size_t len, char first, char last)
{
    size_t count = 0;

    while (count < len && text[count] >= first && text[count] <= last)
        count++;
    return count;
}

bool language_is_tag(const char *tag, size_t len)
{
    size_t letters = count_letters(tag, len, 'a', 'z');

    if (letters < 2 || letters > 3 || len > 15)
        return false;
    tag += letters, len -= letters;

    /* "-Hant": a script. */
    if (len >= 5 && tag[0] == '-' && count_letters(tag + 1, 1, 'A', 'Z') == 1 &&
        count_letters(tag + 2, len - 2, 'a', 'z') == 3)
        tag += 5, len -= 5;
    /* "-TW", "-419": a country or region. */
    if (len == 3 && tag[0] == '-' && count_letters(tag + 1, 2, 'A', 'Z') == 2)
        len = 0;
    else if (len == 4 && tag[0] == '-' && count_letters(tag + 1, 3, '0', '9') == 3)
        len = 0;
    return len == 0;
}

const char *message_get(const struct language *language, const char *msgid)
{
    char domain[32];
    if (!*msgid) /* gettext would give the catalogue's header */
        return msgid;
    domain_name(language, domain);
    return dgettext(domain, msgid);
}

const char *message_plural(const struct language *language, const char *one, const char *many,
                           unsigned long n)
{
    char domain[32];
    domain_name(language, domain);
    return dngettext(domain, one, many, n);
}

const char *message_context(const struct language *language, const char *context, const char *msgid)
{
    char domain[32], key[CONTEXT_MOST];
    domain_name(language, domain);
    /* The form in which msgfmt stores a context; longer ones are not in our sources. */
    const int len = snprintf(key, sizeof key, "%s\004%s", context, msgid);
    if (len < 0 || (size_t)len >= sizeof key)
        return msgid;
    const char *found = dgettext(domain, key);
    return found == key ? msgid : found;
}

static const char *find_value(va_list args, const char *name, size_t len)
{
    const char *key, *value = NULL;
    va_list copy;
    va_copy(copy, args);
    while ((key = va_arg(copy, const char *)) != NULL) {
        const char *next = va_arg(copy, const char *);
        if (strlen(key) == len && memcmp(key, name, len) == 0)
            value = next;
    }
    va_end(copy);
    return value;
}

char *message_fill(const char *pattern, ...)
{
    struct str out = STR_INIT;
    va_list args;
    va_start(args, pattern);
    for (const char *open; (open = strchr(pattern, '{')) != NULL;) {
        const char *close = strchr(open, '}');
        const char *value = close ? find_value(args, open + 1, (size_t)(close - open) - 1) : NULL;
        /* A brace that names nothing is text. */
        str_append(&out, pattern, (size_t)(open - pattern) + (value ? 0 : 1));
        if (value)
            str_append_text(&out, value);
        pattern = value ? close + 1 : open + 1;
    }
    va_end(args);
    str_append_text(&out, pattern);
    return str_take(&out);
}
