/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A signature told in the form's fields. */
#ifndef APPEAL_SIGNING_REQUEST_H
#define APPEAL_SIGNING_REQUEST_H

#include "appeal/signing.h"

/* The fields as the signature has them; of the mailbox nothing is told any more. */
void signing_request_fill(const struct signature *signature, struct submission *out);

#endif
