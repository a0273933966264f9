/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The optional block for the ILO as it lies in a signature's row: packed and encrypted under the
 * site's key (context "ilo", bound to the row), so that no list and no page can hold it by mistake.
 * It is opened only while an edition to the ILO is read.
 */
#ifndef APPEAL_SIGNATURE_ILO_H
#define APPEAL_SIGNATURE_ILO_H

#include "appeal/signature.h"
#include "appeal/site.h"

/* The block of the signature with that internal id. *out is the caller's (free()), NULL where
 * everything was left empty: then the column is NULL. US_INVALID when it is too long for a row. */
US_MUST_CHECK enum us_err signature_ilo_seal(struct site *site, int64_t row,
                                             const struct signature_ilo *ilo, uint8_t **out,
                                             size_t *len);

struct signature_ilo_opened { /* signature_ilo_clear() it */
    struct signature_ilo ilo; /* its strings are the texts below */
    char *texts[4];
};
/* US_CORRUPT when it does not check out. */
US_MUST_CHECK enum us_err signature_ilo_open(struct site *site, int64_t row, const void *data,
                                             size_t len, struct signature_ilo_opened *out);
void signature_ilo_clear(struct signature_ilo_opened *opened); /* wipes */

#endif
