/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What Cairo leaves out of a PDF, put in by libqpdf: the language, that a reader shows the title,
 * and, where there is a sealer, the operator's digital seal over the whole file.
 */
#ifndef RENDER_FINISH_H
#define RENDER_FINISH_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>
#include <stdint.h>

struct finish_sealer { /* borrowed */
    const char *name;  /* who seals: the signature dictionary's /Name */
    int64_t at;        /* microseconds since 1970: its /M */
    /* The CMS over that SHA-256 of the signed bytes; *out is freed here. */
    enum us_err (*sign)(const uint8_t digest[32], uint8_t **out, size_t *len, struct fault *fault,
                        void *arg);
    void *arg;
};

struct finish_params { /* borrowed */
    const char *from, *to;
    const char *language;
    const struct finish_sealer *sealer; /* NULL: not sealed, and then deterministic */
};
/* Reads `from`, writes `to` (0600, synced to disk). */
US_MUST_CHECK enum us_err finish_pdf(const struct finish_params *params, struct fault *fault);

#endif
