/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A message from an outbox row, headers by RFC 5322, 2047, 3834. To who signs: in their language,
 * plain text with an HTML alternative. It holds no free text of whoever filled in the form but the
 * organisation's name, shortened and without links; its subject is neutral. To an addressee: a
 * covering text in the addressee's language, and the letter as a file.
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include "appeal/outbox.h"
#include "base/config.h"
#include "base/str.h"

/* Appends the whole message (CRLF line ends) to out. now is its Date. What is in out counts with
 * US_OK only: US_NOT_FOUND, US_CORRUPT: the file to attach is gone, or is another than was to be
 * sent; US_IO: it cannot be read now. */
US_MUST_CHECK enum us_err compose_message(const struct config *config,
                                          const struct outbox_mail *mail, int64_t now,
                                          struct str *out);

#endif
