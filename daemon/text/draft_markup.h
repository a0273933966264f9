/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A line of plain text as CommonMark that reads as exactly that line. */
#ifndef TEXT_DRAFT_MARKUP_H
#define TEXT_DRAFT_MARKUP_H

#include "base/str.h"
#include <stdbool.h>

/* marked has \1 and \2 where bold begins and ends (text/draft_line.h); its first skip bytes, a
 * list's mark, are left out. is_start: it stands at a line's beginning, where more characters act.
 * Addresses in angle brackets stay links. */
void draft_markup_line(struct str *out, const char *marked, size_t skip, bool is_start);

#endif
