/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Conversions for ICU, in one place; sizes are worked out before, so nothing is tried twice. */
#include "text/icu.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

void icu_check(UErrorCode status, const char *what)
{
    if (U_SUCCESS(status))
        return;
    log_error("ICU: %s: %s", what, u_errorName(status));
    abort();
}

UChar *icu_wide(const char *text, size_t len, int32_t *wide_len)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *wide = mem_resize(NULL, len + 1, sizeof *wide);
    u_strFromUTF8WithSub(wide, (int32_t)len + 1, wide_len, text, (int32_t)len, 0xFFFD, NULL,
                         &status);
    icu_check(status, "u_strFromUTF8");
    wide[*wide_len] = 0;
    return wide;
}

char *icu_narrow(const UChar *wide, int32_t wide_len)
{
    UErrorCode status = U_ZERO_ERROR;
    const size_t cap = (size_t)wide_len * 3 + 1;
    char *text = mem_alloc(cap);
    int32_t len = 0;
    u_strToUTF8WithSub(text, (int32_t)cap, &len, wide, wide_len, 0xFFFD, NULL, &status);
    icu_check(status, "u_strToUTF8");
    text[len] = '\0';
    return text;
}

char *icu_transliterate(const char *rule, const char *text, size_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t rule_len, wide_len;
    UChar *wide_rule = icu_wide(rule, strlen(rule), &rule_len);
    UTransliterator *transliterator =
        utrans_openU(wide_rule, rule_len, UTRANS_FORWARD, NULL, 0, NULL, &status);
    free(wide_rule);
    icu_check(status, "utrans_openU");
    UChar *wide = icu_wide(text, len, &wide_len);
    const int32_t room = wide_len * 8 + 64; /* a Chinese character becomes a syllable */
    UChar *work = mem_alloc((size_t)room * sizeof *work);
    u_memcpy(work, wide, wide_len);
    int32_t limit = wide_len;
    utrans_transUChars(transliterator, work, &wide_len, room, 0, &limit, &status);
    icu_check(status, "utrans_transUChars");
    char *out = icu_narrow(work, wide_len);
    utrans_close(transliterator);
    free(work);
    free(wide);
    return out;
}
