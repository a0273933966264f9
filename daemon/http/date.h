/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Times as HTTP fields have them (RFC 9110 section 5.6.7). */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stdint.h>

#define DATE_SIZE 30

/* "Sun, 06 Nov 1994 08:49:37 GMT" for seconds since 1970, up to the year 9999. */
void date_print(int64_t seconds, char out[DATE_SIZE]);

#endif
