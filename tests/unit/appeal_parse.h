/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files that must be good, parsed. */
#ifndef APPEAL_PARSE_H
#define APPEAL_PARSE_H

#include "appeal/document.h"

struct settings *settings_of(const char *data);
struct text *text_of(const char *name, const char *data, size_t len);

#endif
