/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/sealing.h"
#include <stdio.h>
#include <stdlib.h>

enum us_err sealing_open(const struct site *site, struct seal **out, struct fault *fault)
{
    const struct config *config = site_config(site);
    struct fault cause = {.text = ""};
    enum us_err err = seal_open(config->seal_key, config->seal_certificate, out, &cause);

    if (err != US_OK && err != US_NOT_FOUND)
        fault_set(fault, NULL, 0, "the site's seal cannot be used: %s: %s", cause.file, cause.text);
    return err;
}

enum us_err sealing_open_key(const struct site *site, struct minisign_secret **out,
                             struct fault *fault)
{
    struct fault cause = {.text = ""};
    enum us_err err = minisign_open(site_config(site)->keys_folder, out, &cause);

    if (err != US_OK)
        fault_set(fault, NULL, 0, "the site's signing key cannot be used: %s: %s", cause.file,
                  cause.text);
    return err;
}

enum us_err sealing_seal(struct site *site, const struct sealing_params *params,
                         struct sealing_made *out, struct fault *fault)
{
    struct sealing_made made = {.cms = NULL};
    char hex[DIGEST_HEX_SIZE];
    enum us_err err = seal_sign(params->seal, params->digest, params->time, &made.cms, &made.len,
                                &made.has_time, fault);

    if (err != US_OK)
        return err;
    digest_hex(params->digest, hex);
    err = site_note(site, params->actor, "letter.seal", hex, params->reason);
    if (err == US_OK)
        *out = made;
    else
        sealing_made_clear(&made);
    return err;
}

void sealing_made_clear(struct sealing_made *made)
{
    free(made->cms);
    *made = (struct sealing_made){.cms = NULL};
}

enum us_err sealing_sign(struct site *site, const struct sealing_sign *params, char **out,
                         struct fault *fault)
{
    char hex[2 * MINISIGN_HASH_SIZE + 1], *signature;
    enum us_err err = minisign_sign(params->secret, params->hash, params->comment, &signature);

    if (err != US_OK) {
        fault_set(fault, NULL, 0,
                  "a comment is one line of at most %d bytes, without control characters",
                  MINISIGN_COMMENT_MOST);
        return err;
    }
    for (size_t i = 0; i < MINISIGN_HASH_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", params->hash[i]);
    err = site_note(site, params->actor, "bundle.sign", hex, params->reason);
    if (err == US_OK)
        *out = signature;
    else
        free(signature);
    return err;
}
