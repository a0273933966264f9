/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The seal of a letter: finding it in a PDF that anybody may have made, and checking it. */
#ifndef CLI_LETTER_SEAL_H
#define CLI_LETTER_SEAL_H

#include "crypto/seal.h"

/* US_OK when the seal holds and covers every byte of the file. US_NOT_FOUND: there is none in it.
 * US_CORRUPT with a fault: it does not hold, or not for the whole file. US_INVALID: it is no PDF.
 * *out is the caller's, only with US_OK. */
US_MUST_CHECK enum us_err letter_seal_check(const char *path, struct seal_found *out,
                                            struct fault *fault);

#endif
