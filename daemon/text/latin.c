/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/latin.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/icu.h"
#include <stdbool.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

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
    return icu_transliterate(rule, name, size);
}
