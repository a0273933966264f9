/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The one piece of a stranger's text that a mail holds, made harmless. */
#ifndef APPEAL_OUTBOX_NAME_H
#define APPEAL_OUTBOX_NAME_H

/* The name in at most 80 characters (grapheme clusters), and nothing in it that a mail program
 * would take for a link or an address. Valid UTF-8. Caller frees. */
char *outbox_name_make(const char *organisation);

#endif
