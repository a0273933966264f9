/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Individual letters as a file each. They are kept until all have come, and drawn then: sealing
 * each asks the service, which is sending signatories until then.
 */
#ifndef CLI_SEPARATE_H
#define CLI_SEPARATE_H

#include "base/err.h"
#include "base/fault.h"
#include "proto/row.h"
#include "render/letter.h"
#include <stdint.h>

struct separate;

struct separate *separate_new(void);
void separate_free(struct separate *separate);
/* Keeps a signatory's row. */
void separate_keep(struct separate *separate, const struct row_value *values);

struct separate_outcome {
    int pages; /* of all */
    int64_t files;
    uint8_t digest[32]; /* of their list: lines "HEX  NAME", by name, as sha256sum(1) writes them */
};
/* Draws them all into a folder, named by country, organisation in Latin letters, and id. */
US_MUST_CHECK enum us_err separate_draw(const struct separate *separate,
                                        const struct letter *letter, const char *folder,
                                        struct separate_outcome *out, struct fault *fault);

#endif
