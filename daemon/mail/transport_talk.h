/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a relay says while it is sent a test mail, as somebody who mends its settings wants to read
 * it: its last answer word for word, and how the way there was encrypted. Never what we said, which
 * holds a password; and no mailbox that the relay repeats.
 */
#ifndef MAIL_TRANSPORT_TALK_H
#define MAIL_TRANSPORT_TALK_H

#include <stddef.h>

struct transport_talk;

struct transport_talk *transport_talk_new(void);
void transport_talk_free(struct transport_talk *talk); /* NULL is fine */
/* Bytes of an answer: one line or several, in any pieces that end with a line. */
void transport_talk_hear(struct transport_talk *talk, const char *data, size_t len);
/* What libcurl tells of the connection. */
void transport_talk_note(struct transport_talk *talk, const char *data, size_t len);
/* One line with the last answer, or `error` where there was none; a second with the encryption,
 * where there was some. error NULL: it was taken. The caller's. */
char *transport_talk_tell(const struct transport_talk *talk, const char *error);

#endif
