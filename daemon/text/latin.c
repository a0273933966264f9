/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/latin.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/icu.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define NAME_MOST 1000 /* bytes that are looked at */

static bool has_other_letters(const char *name, size_t len)
{
    for (size_t at = 0; at < len;) {
        UChar32 c = (UChar32)utf8_next(name, len, &at);
        UErrorCode status = U_ZERO_ERROR;
        if (u_isalpha(c) && uscript_getScript(c, &status) != USCRIPT_LATIN)
            return true;
    }
    return false;
}

char *latin_make(const char *name)
{
    /* ICU's general way writes Cyrillic as scholars do ("profsoûz"), and others with marks. */
    static const char rule[] = "Russian-Latin/BGN; Any-Latin; NFD; [:Mn:] Remove; NFC";
    const size_t size = utf8_cut(name, strlen(name), NAME_MOST);
    if (!has_other_letters(name, size))
        return NULL;
    UErrorCode status = U_ZERO_ERROR;
    int32_t rule_len, len;
    UChar *wide_rule = icu_wide(rule, strlen(rule), &rule_len);
    UTransliterator *transliterator =
        utrans_openU(wide_rule, rule_len, UTRANS_FORWARD, NULL, 0, NULL, &status);
    free(wide_rule);
    icu_check(status, "utrans_openU");
    UChar *wide = icu_wide(name, size, &len);
    const int32_t room = len * 8 + 64; /* a Chinese character becomes a syllable */
    UChar *work = mem_alloc((size_t)room * sizeof *work);
    u_memcpy(work, wide, len);
    int32_t limit = len;
    utrans_transUChars(transliterator, work, &len, room, 0, &limit, &status);
    icu_check(status, "utrans_transUChars");
    char *out = icu_narrow(work, len);
    utrans_close(transliterator);
    free(work);
    free(wide);
    return out;
}
