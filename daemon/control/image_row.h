/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A picture in an answer: its name, and its bytes by base64. */
#ifndef CONTROL_IMAGE_ROW_H
#define CONTROL_IMAGE_ROW_H

#include "control/answer.h"
#include <stddef.h>

void image_row_add(struct answer *answer, const char *name, const void *data, size_t len);

#endif
