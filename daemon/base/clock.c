/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The calendar is the proleptic Gregorian one of ISO 8601, in UTC; the C library's gmtime_r and
 * timegm know it. Years outside 0000 to 9999 are printed as the nearest day that has four digits.
 */
#include "base/clock.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FIRST_DAY INT64_C(-719528) /* 0000-01-01 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */
#define DAY_SECONDS (CLOCK_DAY / CLOCK_SECOND)

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now); /* both clocks are always there */
    return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0 ? 1 : 0);
}

int64_t clock_day(int64_t wall)
{
    return floor_divide(wall, CLOCK_DAY);
}

/* The parts of a time whose year has four digits. */
static struct tm split(int64_t seconds)
{
    time_t time;
    struct tm parts;

    if (seconds < FIRST_DAY * DAY_SECONDS)
        seconds = FIRST_DAY * DAY_SECONDS;
    if (seconds > (LAST_DAY + 1) * DAY_SECONDS - 1)
        seconds = (LAST_DAY + 1) * DAY_SECONDS - 1;
    time = (time_t)seconds;
    (void)gmtime_r(&time, &parts); /* fails only for years that do not fit an int */
    return parts;
}

void clock_print_day(int64_t day, char out[16])
{
    struct tm parts;

    if (day < FIRST_DAY)
        day = FIRST_DAY;
    if (day > LAST_DAY)
        day = LAST_DAY;
    parts = split(day * DAY_SECONDS);
    (void)snprintf(out, 16, "%04u-%02u-%02u", (unsigned)(parts.tm_year + 1900) % 10000U,
                   (unsigned)(parts.tm_mon + 1) % 100U, (unsigned)parts.tm_mday % 100U);
}

void clock_print(int64_t wall, char out[24])
{
    struct tm parts = split(floor_divide(wall, CLOCK_SECOND));

    (void)snprintf(out, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                   (unsigned)(parts.tm_year + 1900) % 10000U, (unsigned)(parts.tm_mon + 1) % 100U,
                   (unsigned)parts.tm_mday % 100U, (unsigned)parts.tm_hour % 100U,
                   (unsigned)parts.tm_min % 100U, (unsigned)parts.tm_sec % 100U);
}

static int read_digits(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

bool clock_parse_day(const char *text, int64_t *day)
{
    static const char shape[] = "dddd-dd-dd";
    struct tm parts = {0};
    char again[16];
    int64_t found;

    /* The loop ends at the first character that is out of shape, so it never passes the end. */
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    }

    /* timegm takes 31 February for 3 March; printing it again shows whether the day exists, and
     * whether anything stands behind it. */
    parts.tm_year = read_digits(text, 4) - 1900;
    parts.tm_mon = read_digits(text + 5, 2) - 1;
    parts.tm_mday = read_digits(text + 8, 2);
    found = floor_divide((int64_t)timegm(&parts), DAY_SECONDS);
    clock_print_day(found, again);
    if (strcmp(again, text) != 0)
        return false;
    *day = found;
    return true;
}
