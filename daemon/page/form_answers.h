/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The answers of the form as they were typed, on their way between its pages. */
#ifndef PAGE_FORM_ANSWERS_H
#define PAGE_FORM_ANSWERS_H

#include "appeal/signing.h"
#include "http/exchange.h"
#include "page/rendered.h"
#include <stdbool.h>

#define FORM_MEMBERS_UNSAID "members_unsaid" /* a choice of the form alone */

struct form_answers {
    char *values[FIELD_COUNT]; /* owned; NULL where the form had none */
    char nonce[PAGE_NONCE_LEN + 1];
    bool is_members_unsaid; /* then the number of members is not read, but kept */
};

/* False for what no browser sends: a repeated field, broken encoding. Without a good nonce there is
 * a new one. */
US_MUST_CHECK bool form_answers_read(struct http_span body, struct form_answers *out);
/* The answers as the domain is to have them. */
void form_answers_copy(const struct form_answers *answers, struct submission *out);
void form_answers_clear(struct form_answers *answers); /* wipes */

#endif
