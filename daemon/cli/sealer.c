/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/sealer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "proto/command.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct sealer {
    struct finish_sealer finish;
    struct client *client;
    char *name, *note;
    uint8_t *cms; /* while an answer comes */
    size_t len;
    bool is_wrong; /* what came is no answer */
};

static enum us_err request(struct sealer *sealer, enum command_id id, const char *argument,
                           const struct client_handler *handler, struct fault *fault)
{
    char *command = mem_format("%s %s", command_table[id].noun, command_table[id].verb);
    const struct frame_request_params params = {
        .command = command,
        .arguments = &argument,
        .argument_count = argument != NULL ? 1 : 0,
    };
    enum us_err err = client_request(sealer->client, &params, NULL, handler, fault);

    free(command);
    return err;
}

static bool on_show(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct sealer *sealer = arg;

    if (row_schema_begins(schema, &row_seal) && values[0].is_set && sealer->name == NULL)
        sealer->name = mem_string(values[0].text);
    return true;
}

static bool decode(const char *text, struct sealer *sealer)
{
    size_t len = strlen(text);
    const char *end;

    if (len > sodium_base64_ENCODED_LEN(SEAL_CMS_MOST, sodium_base64_VARIANT_ORIGINAL))
        return false;
    free(sealer->cms);
    sealer->cms = mem_alloc(SEAL_CMS_MOST);
    return sodium_base642bin(sealer->cms, SEAL_CMS_MOST, text, len, NULL, &sealer->len, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           *end == '\0';
}

static bool on_sealed(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct sealer *sealer = arg;

    if (!row_schema_begins(schema, &row_sealed))
        return true;
    sealer->is_wrong = !values[0].is_set || !decode(values[0].text, sealer);
    free(sealer->note);
    sealer->note = values[3].is_set ? mem_string(values[3].text) : NULL;
    return true;
}

static enum us_err sign(const uint8_t digest[DIGEST_SIZE], uint8_t **out, size_t *len,
                        struct fault *fault, void *arg)
{
    struct sealer *sealer = arg;
    const struct client_handler handler = {.on_row = on_sealed, .arg = sealer};
    char hex[DIGEST_HEX_SIZE];
    enum us_err err;

    digest_hex(digest, hex);
    sealer->len = 0;
    err = request(sealer, COMMAND_SEAL_SIGN, hex, &handler, fault);
    if (err != US_OK)
        return err;
    if (sealer->cms == NULL || sealer->is_wrong || sealer->len == 0) {
        fault_set(fault, NULL, 0, "the service sent no seal");
        return US_IO;
    }
    *out = sealer->cms;
    *len = sealer->len;
    sealer->cms = NULL;
    return US_OK;
}

enum us_err sealer_open(struct client *client, struct sealer **out, struct fault *fault)
{
    struct sealer *sealer = MEM_NEW(struct sealer);
    const struct client_handler handler = {.on_row = on_show, .arg = sealer};
    enum us_err err;

    sealer->client = client;
    err = request(sealer, COMMAND_SEAL_SHOW, NULL, &handler, fault);
    if (err == US_OK && sealer->name == NULL)
        err = US_NOT_FOUND;
    else if (err == US_NOT_FOUND)
        err = US_INVALID; /* of something else, which the fault names */
    if (err != US_OK) {
        sealer_free(sealer);
        return err;
    }
    sealer->finish = (struct finish_sealer){
        .name = sealer->name,
        .at = clock_now(),
        .sign = sign,
        .arg = sealer,
    };
    *out = sealer;
    return US_OK;
}

const struct finish_sealer *sealer_finish(const struct sealer *sealer)
{
    return &sealer->finish;
}

const char *sealer_note(const struct sealer *sealer)
{
    return sealer->note;
}

void sealer_free(struct sealer *sealer)
{
    if (sealer == NULL)
        return;
    free(sealer->name);
    free(sealer->note);
    free(sealer->cms);
    free(sealer);
}
