/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Not by strftime(), whose names of days and months follow the process's locale. */
#include "http/date.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

void date_print(int64_t seconds, char out[DATE_SIZE])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t time = (time_t)seconds;
    struct tm tm;
    if (gmtime_r(&time, &tm) == NULL || tm.tm_year < -1900 || tm.tm_year > 8099)
        memset(&tm, 0, sizeof tm);
    char text[64];
    snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
             tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
             tm.tm_sec);
    memcpy(out, text, DATE_SIZE - 1);
    out[DATE_SIZE - 1] = '\0';
}
