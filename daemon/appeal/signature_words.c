/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made on confirmation; made again by the check. */
#include "appeal/signature_words.h"
#include "base/mem.h"
#include "text/locale.h"
#include "text/name_key.h"
#include "text/unicode.h"
#include <stdlib.h>

#define COLLATION_MOST 256 /* bytes; names that agree in so many go by id */

void signature_words_make(const char *organisation, const char *latin, struct signature_words *out)
{
    char *both = mem_format("%s %s", organisation, latin ? latin : "");
    out->search = unicode_search_key(both);
    out->collation = locale_key(organisation, COLLATION_MOST, &out->collation_len);
    out->name_key = name_key_make(organisation);
    out->name_joined = name_key_make_other(organisation, out->name_key);
    free(both);
}

void signature_words_clear(struct signature_words *words)
{
    free(words->collation);
    free(words->search);
    free(words->name_key);
    free(words->name_joined);
}
