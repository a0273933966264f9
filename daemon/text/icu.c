/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Conversions for ICU, in one place; sizes are worked out before, so nothing is tried twice. */
#include "text/icu.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <unicode/ustring.h>

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
