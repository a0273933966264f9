/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The seal's place in a PDF, and putting it there: for finish.c alone. */
#ifndef RENDER_FINISH_SEAL_H
#define RENDER_FINISH_SEAL_H

#include "render/finish.h"
#include <qpdf/qpdf-c.h>

#define FINISH_PARTS 5

struct finish_part { /* borrowed */
    const void *data;
    size_t len;
};

/* What stands in the file's place in the end, in order; owns what is not the drawn file's. */
struct finish_seal {
    struct finish_part parts[FINISH_PARTS];
    size_t count;
    char *range, *contents;
};

/* Adds the signature field, with places held for what is known later. */
void finish_seal_prepare(qpdf_data qpdf, const struct finish_sealer *sealer, const char *language);
/* Has the written file signed. `written` is borrowed and must outlive *out. */
US_MUST_CHECK enum us_err finish_seal_make(const struct finish_part *written,
                                           const struct finish_sealer *sealer,
                                           struct finish_seal *out, struct fault *fault);
void finish_seal_clear(struct finish_seal *seal);

#endif
