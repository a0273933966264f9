/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What Cairo leaves out of a PDF, put in by libqpdf: the language, and that a reader shows the
 * title. */
#ifndef RENDER_FINISH_H
#define RENDER_FINISH_H

#include "base/err.h"
#include "base/fault.h"

/* Reads `from`, writes `to` (synced to disk). Deterministic. */
US_MUST_CHECK enum us_err finish_pdf(const char *from, const char *to, const char *language,
                                     struct fault *fault);

#endif
