/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A picture in the service's answer. */
#ifndef CLI_IMAGE_ROW_H
#define CLI_IMAGE_ROW_H

#include "base/err.h"
#include "base/fault.h"
#include "proto/row.h"
#include <stddef.h>

/* The bytes of a row of row_image; *out is the caller's. US_INVALID with a fault. */
US_MUST_CHECK enum us_err image_row_read(const struct row_value *values, unsigned char **out,
                                         size_t *len, struct fault *fault);

#endif
