/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names for files. What a name is in Latin letters is ICU's to know. */
#include "base/mem.h"
#include "base/str.h"
#include "text/icu.h"
#include "text/unicode.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utrans.h>

#define RULES "Any-Latin; Latin-ASCII; Any-Lower"
#define GROWTH 8 /* one Chinese character gives up to seven Latin ones, and a blank */

struct unicode_namer {
    UTransliterator *latin;
};

struct unicode_namer *unicode_namer_new(void)
{
    struct unicode_namer *namer = MEM_NEW(struct unicode_namer);
    UErrorCode status = U_ZERO_ERROR;
    int32_t len;
    UChar *rules = icu_wide(RULES, strlen(RULES), &len);

    namer->latin = utrans_openU(rules, len, UTRANS_FORWARD, NULL, 0, NULL, &status);
    icu_check(status, "utrans_openU");
    free(rules);
    return namer;
}

void unicode_namer_free(struct unicode_namer *namer)
{
    if (namer == NULL)
        return;
    utrans_close(namer->latin);
    free(namer);
}

static char *make_latin(const struct unicode_namer *namer, const char *text)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len, limit, room;
    UChar *typed = icu_wide(text, strlen(text), &len), *wide;
    char *latin;

    room = (len + 1) * GROWTH;
    wide = mem_resize(NULL, (size_t)room, sizeof(*wide));
    memcpy(wide, typed, (size_t)len * sizeof(*wide));
    limit = len;
    utrans_transUChars(namer->latin, wide, &len, room, 0, &limit, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR)
        len = 0; /* no name is better than a wrong one: what follows it tells files apart */
    else
        icu_check(status, "utrans_transUChars");
    latin = icu_narrow(wide, len);
    free(wide);
    free(typed);
    return latin;
}

char *unicode_namer_name(const struct unicode_namer *namer, const char *text, size_t most)
{
    char *latin = make_latin(namer, text);
    struct str name = STR_INIT;

    for (const char *c = latin; *c != '\0' && name.len < most; c++) {
        if (isalnum((unsigned char)*c) && (unsigned char)*c < 0x80)
            str_append_char(&name, *c);
        else if (name.len > 0 && name.data[name.len - 1] != '-')
            str_append_char(&name, '-');
    }
    free(latin);
    while (name.len > 0 && name.data[name.len - 1] == '-')
        name.data[--name.len] = '\0';
    return str_take(&name);
}
