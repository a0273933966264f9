/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What needs the site's keys: letters' seals, manifests' signatures, and showing whose they are. */
#include "appeal/sealing.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/timestamp_fetch.h"
#include "control/work.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum us_err seal_work_show(struct call *call)
{
    struct seal *seal;
    char fingerprint[SEAL_FINGERPRINT_SIZE];
    enum us_err err = sealing_open(call->site, &seal, &call->fault);

    answer_columns(call->answer, &row_seal);
    if (err == US_NOT_FOUND)
        return US_OK; /* no row says so */
    if (err != US_OK)
        return err;
    seal_print_fingerprint(seal_facts(seal), fingerprint);
    const struct row_value values[] = {
        row_text(seal_name(seal)),
        row_text(fingerprint),
        row_flag(seal_facts(seal)->is_self_signed),
        row_number(clock_day(seal_facts(seal)->ends_at)),
    };
    if (!answer_row(call->answer, values))
        err = call->answer->err;
    seal_free(seal);
    return err;
}

/* ---- seal sign ---- */

static enum us_err read_hex(struct call *call, const char *text, uint8_t *out, size_t size)
{
    size_t len = 0;
    const char *end = NULL;

    if (strlen(text) == 2 * size &&
        sodium_hex2bin(out, size, text, 2 * size, NULL, &len, &end) == 0 && len == size &&
        *end == '\0')
        return US_OK;
    fault_set(&call->fault, NULL, 0, "a digest of %zu hexadecimal digits was expected", 2 * size);
    return US_INVALID;
}

static void explain_time(const struct timestamp_fetch *fetch, const struct fault *fault, char *out,
                         size_t size)
{
    snprintf(out, size, "The seal has no timestamp: %s%s%s.", fault->text,
             fetch->problem[0] != '\0' ? ": " : "", fetch->problem);
}

/* note: why there is no timestamp; "" where none was asked for, or there is one. */
static void answer_sealed(struct call *call, const struct seal *seal,
                          const struct sealing_made *made, const char *note)
{
    size_t size = sodium_base64_ENCODED_LEN(made->len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(size);

    (void)sodium_bin2base64(text, size, made->cms, made->len, sodium_base64_VARIANT_ORIGINAL);
    answer_single(call->answer, &row_sealed,
                  (struct row_value[]){
                      row_text(text),
                      row_text(seal_name(seal)),
                      row_flag(made->has_time),
                      row_text(note[0] != '\0' ? note : NULL),
                  });
    free(text);
}

static enum us_err make_seal(struct call *call, const struct seal *seal,
                             const uint8_t digest[DIGEST_SIZE])
{
    const char *url = site_config(call->site)->seal_timestamp_url;
    struct timestamp_fetch fetch = {.url = url};
    const struct seal_time time = {url != NULL ? timestamp_fetch_ask : NULL, &fetch};
    const struct sealing_params params = {
        .seal = seal,
        .digest = digest,
        .time = &time,
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
    };
    struct fault fault = {.text = ""};
    struct sealing_made made;
    char note[1024] = "";
    enum us_err err = sealing_seal(call->site, &params, &made, &fault);

    if (err != US_OK) {
        call->fault = fault;
        return err;
    }
    if (url != NULL && !made.has_time) {
        explain_time(&fetch, &fault, note, sizeof(note));
        log_warning("seal: no timestamp: %s%s%s", fault.text, fetch.problem[0] != '\0' ? ": " : "",
                    fetch.problem);
    }
    answer_sealed(call, seal, &made, note);
    sealing_made_clear(&made);
    return US_OK;
}

enum us_err seal_work_sign(struct call *call)
{
    uint8_t digest[DIGEST_SIZE];
    struct seal *seal;
    enum us_err err = read_hex(call, call->request->arguments[0], digest, sizeof(digest));

    if (err == US_OK)
        err = call_check_reason(call);
    if (err != US_OK)
        return err;
    err = sealing_open(call->site, &seal, &call->fault);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "the site has no seal");
    if (err != US_OK)
        return err;
    err = make_seal(call, seal, digest);
    seal_free(seal);
    return err;
}

/* ---- bundle sign ---- */

enum us_err seal_work_sign_bundle(struct call *call)
{
    uint8_t hash[MINISIGN_HASH_SIZE];
    struct sealing_sign params = {
        .hash = hash,
        .comment = call->request->arguments[1],
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
    };
    struct minisign_secret *secret;
    struct minisign_public key;
    char *signature, *public_key;
    enum us_err err = read_hex(call, call->request->arguments[0], hash, sizeof(hash));

    if (err == US_OK)
        err = call_check_reason(call);
    if (err == US_OK)
        err = sealing_open_key(call->site, &secret, &call->fault);
    if (err != US_OK)
        return err;
    params.secret = secret;
    err = sealing_sign(call->site, &params, &signature, &call->fault);
    minisign_public_of(secret, &key);
    minisign_free(secret);
    if (err != US_OK)
        return err;
    public_key = minisign_public_text(&key);
    answer_single(call->answer, &row_signed,
                  (struct row_value[]){row_text(signature), row_text(public_key)});
    free(signature);
    free(public_key);
    return US_OK;
}

/* ---- key show ---- */

/* The second line of a key's text: what people compare. */
static char *key_line(const struct minisign_public *key)
{
    char *text = minisign_public_text(key), *line = strchr(text, '\n') + 1, *out;

    out = mem_string_part(line, strcspn(line, "\n"));
    free(text);
    return out;
}

static void answer_keys(struct call *call, const struct minisign_public *key,
                        const struct seal *seal)
{
    const struct seal_facts *facts = seal == NULL ? NULL : seal_facts(seal);
    char id[MINISIGN_ID_SIZE], fingerprint[SEAL_FINGERPRINT_SIZE] = "", *line = key_line(key), *url;

    minisign_print_id(key, id);
    if (facts != NULL)
        seal_print_fingerprint(facts, fingerprint);
    url = config_mask_user(site_config(call->site)->seal_timestamp_url);
    answer_single(call->answer, &row_keys,
                  (struct row_value[]){
                      row_text(line),
                      row_text(id),
                      row_text(facts == NULL ? NULL : facts->name),
                      row_text(facts == NULL ? NULL : fingerprint),
                      facts == NULL ? row_null() : row_flag(facts->is_self_signed),
                      facts == NULL ? row_null() : row_number(clock_day(facts->ends_at)),
                      row_text(call->fault.text[0] != '\0' ? call->fault.text : NULL),
                      row_text(url),
                  });
    free(url);
    free(line);
}

enum us_err seal_work_keys(struct call *call)
{
    struct minisign_secret *secret;
    struct minisign_public key;
    struct seal *seal = NULL;
    enum us_err err = sealing_open_key(call->site, &secret, &call->fault);

    if (err != US_OK)
        return err;
    minisign_public_of(secret, &key);
    minisign_free(secret);
    /* A seal that cannot be used is told with the rest: it is what is to be seen. */
    if (sealing_open(call->site, &seal, &call->fault) != US_OK)
        seal = NULL;
    answer_keys(call, &key, seal);
    call->fault.text[0] = '\0';
    seal_free(seal);
    return US_OK;
}
