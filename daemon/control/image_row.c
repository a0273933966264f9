/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/image_row.h"
#include "base/mem.h"
#include <openssl/evp.h>
#include <stdlib.h>

void image_row_add(struct answer *answer, const char *name, const void *data, size_t len)
{
    unsigned char *base64 = mem_alloc(4 * ((len + 2) / 3) + 1);

    (void)EVP_EncodeBlock(base64, data, (int)len);
    answer_single(answer, &row_image,
                  (struct row_value[]){row_text(name), row_text((char *)base64)});
    free(base64);
}
