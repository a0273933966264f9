/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* signature_check() (signature.h) on a reader at hand: of the live database, or of a copy. */
#ifndef APPEAL_SIGNATURE_CHECK_H
#define APPEAL_SIGNATURE_CHECK_H

#include "base/err.h"
#include "store/query.h"
#include <stdbool.h>
#include <stdint.h>

struct signature_check_params {
    void (*on_difference)(const char *what, void *arg);
    bool (*on_progress)(int64_t rows, void *arg); /* false: stop, with US_CANCELLED; NULL: none */
    void *arg;
};
struct signature_checked {
    int64_t rows;
    int64_t words; /* whose order or search words are not those of this ICU: no damage by itself */
    bool holds;
};
US_MUST_CHECK enum us_err signature_check_rows(struct reader *reader,
                                               const struct signature_check_params *params,
                                               struct signature_checked *out);

#endif
