/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a value of the configuration must look like. A service that starts with a wrong value fails
 * later and far from the cause, so whatever can be seen from the text alone is refused at the
 * start.
 */
#include "base/config_check.h"
#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_LOW "abcdefghijklmnopqrstuvwxyz"
#define LETTERS_HIGH "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define WORD_MOST 128

/* Copies the next word of a list; false at its end. A longer word is cut, and so will not do. */
static bool next_word(const char **list, char word[WORD_MOST])
{
    size_t len;

    *list += strspn(*list, " \t");
    len = strcspn(*list, " \t");
    if (len == 0)
        return false;
    memset(word, 0, WORD_MOST);
    memcpy(word, *list, len < WORD_MOST ? len : WORD_MOST - 1);
    *list += len;
    return true;
}

/* Whether a text is a decimal number without sign, at most `most`. */
static bool is_number(const char *text, long most)
{
    size_t len = strspn(text, DIGITS);

    return len > 0 && len <= 5 && text[len] == '\0' && strtol(text, NULL, 10) <= most;
}

static bool is_host(const char *text, size_t len)
{
    return len > 0 && len <= 253 && text[0] != '-' && text[0] != '.' &&
           strspn(text, LETTERS_LOW LETTERS_HIGH DIGITS "-.") >= len;
}

static bool is_address(int family, const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(family, text, address) == 1;
}

const char *config_check_filled(const char *value)
{
    return value[0] != '\0' ? NULL : "must not be empty";
}

const char *config_check_site(const char *value)
{
    static const char allowed[] =
        "must be http:// or https:// and a host, perhaps with :PORT, and nothing behind it";
    const char *host = value, *port;
    size_t len;

    if (strncmp(value, "https://", 8) == 0)
        host += 8;
    else if (strncmp(value, "http://", 7) == 0)
        host += 7;
    else
        return allowed;

    if (host[0] == '[') {
        char address[INET6_ADDRSTRLEN] = "";

        len = strcspn(host, "]");
        if (host[len] != ']' || len - 1 >= sizeof(address))
            return allowed;
        memcpy(address, host + 1, len - 1);
        if (!is_address(AF_INET6, address))
            return allowed;
        port = host + len + 1;
    } else {
        len = strcspn(host, ":");
        if (!is_host(host, len))
            return allowed;
        port = host + len;
    }
    return port[0] == '\0' || (port[0] == ':' && is_number(port + 1, 65535)) ? NULL : allowed;
}

const char *config_check_url(const char *value)
{
    const char *host = strncmp(value, "https://", 8) == 0  ? value + 8
                       : strncmp(value, "http://", 7) == 0 ? value + 7
                                                           : NULL;

    if (host == NULL || !is_host(host, strcspn(host, ":/")) ||
        strpbrk(value, " \t\"<>\\^`{|}") != NULL)
        return "must be the address of a page, beginning with http:// or https://";
    return NULL;
}

const char *config_check_language(const char *value)
{
    size_t len = strspn(value, LETTERS_LOW);

    /* Languages, and scripts or regions behind them: "ru", "zh-Hans", "pt-BR". */
    if (len != 2 && len != 3)
        return "must be a language code, such as en or zh-Hans";
    while (value[len] == '-') {
        size_t part = strspn(value + len + 1, LETTERS_LOW LETTERS_HIGH DIGITS);

        if (part < 2 || part > 8)
            break;
        len += 1 + part;
    }
    return value[len] == '\0' ? NULL : "must be a language code, such as en or zh-Hans";
}

const char *config_check_countries(const char *value)
{
    char word[WORD_MOST];

    while (next_word(&value, word)) {
        if (strlen(word) != 2 || strspn(word, LETTERS_HIGH) != 2)
            return "must be ISO 3166-1 codes of two capital letters, separated by spaces";
    }
    return NULL;
}

static bool is_endpoint(char *word)
{
    char *colon = strrchr(word, ':');
    size_t len;

    if (colon == NULL || !is_number(colon + 1, 65535))
        return false;
    *colon = '\0';
    len = strlen(word);
    if (word[0] == '[' && word[len - 1] == ']') {
        word[len - 1] = '\0';
        return is_address(AF_INET6, word + 1);
    }
    return is_address(AF_INET, word);
}

const char *config_check_listen(const char *value)
{
    char word[WORD_MOST];
    size_t count = 0;
    bool good = true;

    for (; good && next_word(&value, word); count++)
        good = is_endpoint(word);
    return good && count > 0 ? NULL
                             : "must be ADDRESS:PORT, several separated by spaces, such as "
                               "127.0.0.1:8080 or [::1]:8080";
}

const char *config_check_prefixes(const char *value)
{
    char word[WORD_MOST];

    while (next_word(&value, word)) {
        char *slash = strchr(word, '/');
        int family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET;

        if (slash != NULL)
            *slash++ = '\0';
        if (!is_address(family, word) ||
            (slash != NULL && !is_number(slash, family == AF_INET ? 32 : 128)))
            return "must be addresses or prefixes separated by spaces, such as 127.0.0.1 or "
                   "10.0.0.0/8";
    }
    return NULL;
}

const char *config_check_mailbox(const char *value)
{
    const char *at = strrchr(value, '@');

    if (at == NULL || at == value || at - value > 64 ||
        strcspn(value, " \t<>()[],;:\\\"@") != (size_t)(at - value) ||
        !is_host(at + 1, strlen(at + 1)))
        return "must be a plain mail address, such as undersign@example.org";
    return NULL;
}

/* A URI as security.txt names it (RFC 9116 section 2.5.3). */
const char *config_check_contact(const char *value)
{
    static const char allowed[] =
        "must be mailto: and a plain mail address, or the address of a page, beginning with "
        "https://";

    for (const char *c = value; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~')
            return allowed;
    }
    if (strncmp(value, "mailto:", 7) == 0)
        return config_check_mailbox(value + 7) == NULL ? NULL : allowed;
    return strncmp(value, "https://", 8) == 0 && config_check_url(value) == NULL ? NULL : allowed;
}

const char *config_check_host(const char *value)
{
    return is_host(value, strlen(value)) || is_address(AF_INET6, value)
               ? NULL
               : "must be the name or address of a host";
}

/* Whether there is such a group only the machine that it runs on can tell. */
const char *config_check_group(const char *value)
{
    size_t len = strlen(value);

    return len > 0 && len < WORD_MOST && value[0] != '-' && strcspn(value, " \t:,/") == len
               ? NULL
               : "must be the name of one Unix group";
}
