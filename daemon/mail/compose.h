/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A message from an outbox row: in the signatory's language, plain text with an HTML alternative,
 * headers by RFC 5322, 2047, 3834. It holds no free text of whoever filled in the form but the
 * organisation's name, shortened and without links; its subject is neutral.
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include "appeal/outbox.h"
#include "base/config.h"
#include "base/str.h"

/* Appends the whole message (CRLF line ends) to out. now is its Date. */
void compose_message(const struct config *config, const struct outbox_mail *mail, int64_t now,
                     struct str *out);

#endif
