/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The organiser's news to a signatory that asked for it; for compose.c alone. */
#ifndef MAIL_COMPOSE_UPDATE_H
#define MAIL_COMPOSE_UPDATE_H

#include "appeal/outbox.h"
#include "base/config.h"
#include "base/str.h"
#include "text/language.h"

void compose_update(const struct config *config, const struct outbox_mail *mail,
                    const struct language *language, int64_t now, struct str *out);

#endif
