/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The letterhead's image, one file of an appeal's folder: what may be one, and reading it. */
#ifndef APPEAL_APPEAL_IMAGE_H
#define APPEAL_APPEAL_IMAGE_H

#include "appeal/appeal.h"

#define APPEAL_IMAGE_MOST (256 * 1024)

/* Whether a file is called as one. */
bool appeal_image_is_named(const char *name);
/* US_INVALID with a fault for one that is too large, or is not what its name says. */
US_MUST_CHECK enum us_err appeal_image_check(const struct appeal_file *file, struct fault *fault);
/* Copies the two columns, name and bytes, from that one on. */
void appeal_image_keep(struct query *query, int column, struct appeal_image *out);
bool appeal_image_is_same(const struct appeal_image *one, const struct appeal_image *other);

#endif
