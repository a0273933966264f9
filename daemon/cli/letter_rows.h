/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter as the service sends it, in rows, made into what render/letter.h draws: its fields, the
 * letterhead's image, its lines, what the signatories add up to, then each of them.
 */
#ifndef CLI_LETTER_ROWS_H
#define CLI_LETTER_ROWS_H

#include "base/err.h"
#include "base/fault.h"
#include "proto/row.h"
#include "render/letter.h"
#include <stdbool.h>

struct letter_rows;

struct letter_rows *letter_rows_new(void);
void letter_rows_free(struct letter_rows *rows);
/* Those columns are known here. */
bool letter_rows_know(const struct row_schema *schema);
/* Keeps a row that is none of a signatory's. US_INVALID with a fault for what makes no letter. */
US_MUST_CHECK enum us_err letter_rows_keep(struct letter_rows *rows,
                                           const struct row_schema *schema,
                                           const struct row_value *values, struct fault *fault);
/* Everything came that comes before the signatories. The letter is borrowed from the rows, the
 * language that the interface speaks chosen; language_open() was called. US_INVALID with a fault
 * when something is missing. */
US_MUST_CHECK enum us_err letter_rows_end(struct letter_rows *rows, struct letter **out,
                                          struct fault *fault);
/* A signatory's row; borrowed from the values. */
void letter_rows_signatory(const struct row_value *values, struct letter_signatory *out);

/* What else the service said; borrowed, NULL for what is not there. */
struct letter_facts {
    const char *slug, *language, *addressee, *addressee_name, *email;
    int64_t version, as_of;
};
void letter_rows_facts(const struct letter_rows *rows, struct letter_facts *out);

#endif
