/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From the link that confirms to the link by which a signature is seen and withdrawn: who holds the
 * first holds the mails that have the second.
 */
#include "appeal/signatory.h"

enum us_err signatory_token(struct site *site, const char *confirm, char text[TOKEN_TEXT_SIZE])
{
    int64_t row;
    enum us_err err = token_read(site_keyring(site), TOKEN_CONFIRM, confirm, &row);
    return err == US_OK ? token_make(site_keyring(site), TOKEN_WITHDRAW, row, text) : err;
}
