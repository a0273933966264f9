/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter on its way to its addressee; for compose.c alone. */
#ifndef MAIL_COMPOSE_DELIVERY_H
#define MAIL_COMPOSE_DELIVERY_H

#include "appeal/outbox.h"
#include "base/config.h"
#include "base/str.h"
#include "text/language.h"

US_MUST_CHECK enum us_err compose_delivery(const struct config *config,
                                           const struct outbox_mail *mail,
                                           const struct language *language, int64_t now,
                                           struct str *out);

#endif
