/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/image_row.h"
#include "base/mem.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum us_err image_row_read(const struct row_value *values, unsigned char **out, size_t *len,
                           struct fault *fault)
{
    const char *text = values[1].is_set ? values[1].text : "";
    size_t text_len = strlen(text), room = text_len / 4 * 3 + 3;
    unsigned char *image = mem_alloc(room);

    if (sodium_base642bin(image, room, text, text_len, NULL, len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        fault_set(fault, NULL, 0, "the service sent an image that cannot be read");
        free(image);
        return US_INVALID;
    }
    *out = image;
    return US_OK;
}
