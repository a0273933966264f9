/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who prefers not to say how many members there are says so by a choice of its own, so that an
 * empty field is not taken for one that was overlooked. The choice goes before a number that was
 * typed; the number stays on the page, should the choice be taken back.
 */
#include "page/form_answers.h"
#include "base/mem.h"
#include "page/nonce.h"
#include <stdlib.h>
#include <string.h>

/* As long as a request's body may be: what is too long for its field is told so beside it, and
 * given back to be shortened. */
#define VALUE_MOST (64 * 1024)

static bool read_one(struct http_span body, const char *name, size_t most, char **out)
{
    *out = NULL;
    if (http_form_count(body, name) > 1)
        return false;
    enum us_err err = http_form_get(body, name, most, out);
    return err == US_OK || err == US_NOT_FOUND;
}

bool form_answers_read(struct http_span body, struct form_answers *out)
{
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        if (!read_one(body, signing_field_name(field), VALUE_MOST, &out->values[field]))
            return false;
    }
    char *unsaid;
    if (!read_one(body, FORM_MEMBERS_UNSAID, VALUE_MOST, &unsaid))
        return false;
    out->is_members_unsaid = unsaid != NULL && unsaid[0] != '\0';
    free(unsaid);
    char *nonce = NULL;
    uint8_t bytes[SIGNING_NONCE_SIZE];
    if (http_form_get(body, "nonce", PAGE_NONCE_LEN, &nonce) == US_OK && nonce_read(nonce, bytes))
        memcpy(out->nonce, nonce, sizeof out->nonce);
    else
        nonce_make(out->nonce);
    free(nonce);
    return true;
}

void form_answers_copy(const struct form_answers *answers, struct submission *out)
{
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        bool is_left_out = field == FIELD_MEMBERS && answers->is_members_unsaid;
        if (answers->values[field] != NULL && !is_left_out)
            out->values[field] = mem_string(answers->values[field]);
    }
}

void form_answers_clear(struct form_answers *answers)
{
    for (enum signing_field field = 0; field < FIELD_COUNT; field++) {
        if (answers->values[field] != NULL)
            explicit_bzero(answers->values[field], strlen(answers->values[field]));
        free(answers->values[field]);
    }
    explicit_bzero(answers, sizeof *answers);
}
