/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A spreadsheet (Office Open XML) for render/grid.h: every text is written as a string, never as a
 * formula; days are dates; the head stays in sight and is repeated on each sheet.
 */
#ifndef RENDER_XLSX_H
#define RENDER_XLSX_H

#include "render/grid.h"

struct xlsx;

US_MUST_CHECK enum us_err xlsx_begin(const struct grid_params *params, struct xlsx **out,
                                     struct fault *fault);
US_MUST_CHECK enum us_err xlsx_add(struct xlsx *xlsx, const struct row_value *values,
                                   struct fault *fault);
/* Writes it into the params' file. Frees in any case. */
US_MUST_CHECK enum us_err xlsx_end(struct xlsx *xlsx, struct fault *fault);
void xlsx_abandon(struct xlsx *xlsx);

#endif
