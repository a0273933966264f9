/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A name in Latin letters for somebody who cannot read its script. By rule, not as its bearer would
 * write it: whoever shows it says so. */
#ifndef TEXT_LATIN_H
#define TEXT_LATIN_H

/* NULL where the name has no letters but Latin ones. The caller's. Any thread. */
char *latin_make(const char *name);

#endif
