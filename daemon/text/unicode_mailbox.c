/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mailboxes as people type them. The syntax is what mail systems of today accept, no more: a
 * dot-atom and a domain name; quoted local parts, comments and address literals are refused.
 * Whether the mailbox exists, only a mail can tell.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/icu.h"
#include "text/unicode.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/ustring.h>

#define TYPED_MOST 1024
#define MAILBOX_MOST 254 /* RFC 5321, 4.5.3.1.3, less the angle brackets */
#define LOCAL_MOST 64    /* RFC 5321, 4.5.3.1.1 */
#define DOMAIN_MOST 253

static UIDNA *idna;
static pthread_once_t idna_once = PTHREAD_ONCE_INIT;

static void open_idna(void)
{
    UErrorCode status = U_ZERO_ERROR;
    idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES |
                               UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                           &status);
    icu_check(status, "uidna_openUTS46");
}

/* RFC 5322's atext, and by RFC 6531 letters beyond ASCII. */
static bool is_atext(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", (int)c));
    return u_isgraph((UChar32)c) && !u_isUWhiteSpace((UChar32)c);
}

static bool is_dot_atom(const char *text, size_t len)
{
    bool is_dot = true; /* none at the beginning */
    for (size_t at = 0; at < len;) {
        const uint32_t c = utf8_next(text, len, &at);
        if (c == '.' ? is_dot : !is_atext(c))
            return false;
        is_dot = c == '.';
    }
    return len > 0 && !is_dot;
}

/* To ASCII and lower case, which UTS 46 does; false when it is no domain that mail could go to. */
static bool read_domain(const char *typed, char out[DOMAIN_MOST + 1])
{
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    pthread_once(&idna_once, open_idna);
    const int32_t len =
        uidna_nameToASCII_UTF8(idna, typed, -1, out, DOMAIN_MOST + 1, &info, &status);
    if (U_FAILURE(status) || info.errors != 0 || len <= 0 || len > DOMAIN_MOST)
        return false;
    const char *dot = strrchr(out, '.');
    /* The last label is never a number: "1.2.3.4" is an address, not a name. */
    return dot && dot > out && dot[1 + strspn(dot + 1, "0123456789")] != '\0';
}

char *unicode_mailbox(const char *typed)
{
    char domain[DOMAIN_MOST + 1] = "";
    if (strlen(typed) > TYPED_MOST)
        return NULL;
    char *clean = unicode_clean(typed), *at = strchr(clean, '@'), *mailbox = NULL;
    const size_t local = at ? (size_t)(at - clean) : 0;
    if (at && local <= LOCAL_MOST && is_dot_atom(clean, local) &&
        !utf8_has_forbidden(clean, strlen(clean), false) && read_domain(at + 1, domain) &&
        local + 1 + strlen(domain) <= MAILBOX_MOST)
        mailbox = mem_format("%.*s@%s", (int)local, clean, domain);
    free(clean);
    return mailbox;
}

char *unicode_mailbox_key(const char *mailbox)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    UChar *wide = icu_wide(mailbox, strlen(mailbox), &len);
    /* Small letters, and no further: by case folding "ß" would be "ss", which is another mailbox,
     * and who has one of the two would be mailed the links of the other. */
    const int32_t cap = len * 3 + 1;
    UChar *small = mem_resize(NULL, (size_t)cap, sizeof *small);
    const int32_t small_len = u_strToLower(small, cap, wide, len, "", &status);
    icu_check(status, "u_strToLower");
    char *text = icu_narrow(small, small_len), *key = unicode_clean(text);
    free(wide);
    free(small);
    free(text);
    return key;
}
