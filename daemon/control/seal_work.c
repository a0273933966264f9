/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What needs the site's keys: letters' seals and manifests' signatures. Only digests come here, and
 * each that is signed has its audit row before the signature leaves: what the site sealed can be
 * told, and what it did not.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "control/timestamp_fetch.h"
#include "control/work.h"
#include "crypto/minisign.h"
#include "crypto/seal.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The site's seal. US_NOT_FOUND where it has none; the fault names the file and says why it cannot
 * be used. */
static enum us_err open_seal(struct call *call, struct seal **out)
{
    const struct config *config = site_config(call->site);
    struct fault fault = {.text = ""};
    enum us_err err = seal_open(config->seal_key, config->seal_certificate, out, &fault);

    if (err != US_OK && err != US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "the site's seal cannot be used: %s: %s", fault.file,
                  fault.text);
    return err;
}

enum us_err seal_work_show(struct call *call)
{
    struct seal *seal;
    char fingerprint[SEAL_FINGERPRINT_SIZE];
    enum us_err err = open_seal(call, &seal);

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

static void answer_sealed(struct call *call, const struct seal *seal, const uint8_t *cms,
                          size_t len, const char *note)
{
    size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(size);

    (void)sodium_bin2base64(text, size, cms, len, sodium_base64_VARIANT_ORIGINAL);
    answer_single(call->answer, &row_sealed,
                  (struct row_value[]){
                      row_text(text),
                      row_text(seal_name(seal)),
                      row_flag(note == NULL),
                      row_text(note != NULL && note[0] != '\0' ? note : NULL),
                  });
    free(text);
}

static enum us_err make_seal(struct call *call, const struct seal *seal,
                             const uint8_t digest[DIGEST_SIZE])
{
    const char *url = site_config(call->site)->seal_timestamp_url;
    struct timestamp_fetch fetch = {.url = url};
    const struct seal_time time = {url != NULL ? timestamp_fetch_ask : NULL, &fetch};
    struct fault fault = {.text = ""};
    char note[1024] = "";
    uint8_t *cms = NULL;
    size_t len = 0;
    bool has_time = false;
    enum us_err err = seal_sign(seal, digest, &time, &cms, &len, &has_time, &fault);

    if (err != US_OK) {
        call->fault = fault;
        return err;
    }
    if (url != NULL && !has_time) {
        explain_time(&fetch, &fault, note, sizeof(note));
        log_warning("seal: no timestamp: %s%s%s", fault.text, fetch.problem[0] != '\0' ? ": " : "",
                    fetch.problem);
    }
    answer_sealed(call, seal, cms, len, has_time ? NULL : note);
    free(cms);
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
    err = open_seal(call, &seal);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0, "the site has no seal");
    if (err != US_OK)
        return err;
    err = make_seal(call, seal, digest);
    if (err == US_OK)
        err = site_note(call->site, call->actor, "letter.seal", call->request->arguments[0],
                        call->request->options[OPTION_REASON]);
    seal_free(seal);
    return err;
}

/* ---- bundle sign ---- */

static enum us_err open_signing_key(struct call *call, struct minisign_secret **out)
{
    struct fault fault = {.text = ""};
    enum us_err err = minisign_open(site_config(call->site)->keys_folder, out, &fault);

    if (err != US_OK)
        fault_set(&call->fault, NULL, 0, "the site's signing key cannot be used: %s: %s",
                  fault.file, fault.text);
    return err;
}

enum us_err seal_work_sign_bundle(struct call *call)
{
    uint8_t hash[MINISIGN_HASH_SIZE];
    struct minisign_secret *secret;
    struct minisign_public key;
    char *signature, *public_key;
    enum us_err err = read_hex(call, call->request->arguments[0], hash, sizeof(hash));

    if (err == US_OK)
        err = call_check_reason(call);
    if (err == US_OK)
        err = open_signing_key(call, &secret);
    if (err != US_OK)
        return err;
    err = minisign_sign(secret, hash, call->request->arguments[1], &signature);
    minisign_public_of(secret, &key);
    minisign_free(secret);
    if (err != US_OK) {
        fault_set(&call->fault, NULL, 0,
                  "a comment is one line of at most %d bytes, without control characters",
                  MINISIGN_COMMENT_MOST);
        return err;
    }
    err = site_note(call->site, call->actor, "bundle.sign", call->request->arguments[0],
                    call->request->options[OPTION_REASON]);
    public_key = minisign_public_text(&key);
    if (err == US_OK)
        answer_single(call->answer, &row_signed,
                      (struct row_value[]){row_text(signature), row_text(public_key)});
    free(signature);
    free(public_key);
    return err;
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
    char id[MINISIGN_ID_SIZE], fingerprint[SEAL_FINGERPRINT_SIZE] = "", *line = key_line(key);

    minisign_print_id(key, id);
    if (facts != NULL)
        seal_print_fingerprint(facts, fingerprint);
    answer_single(call->answer, &row_keys,
                  (struct row_value[]){
                      row_text(line),
                      row_text(id),
                      row_text(facts == NULL ? NULL : facts->name),
                      row_text(facts == NULL ? NULL : fingerprint),
                      facts == NULL ? row_null() : row_flag(facts->is_self_signed),
                      facts == NULL ? row_null() : row_number(clock_day(facts->ends_at)),
                      row_text(call->fault.text[0] != '\0' ? call->fault.text : NULL),
                      row_text(site_config(call->site)->seal_timestamp_url),
                  });
    free(line);
}

enum us_err seal_work_keys(struct call *call)
{
    struct minisign_secret *secret;
    struct minisign_public key;
    struct seal *seal = NULL;
    enum us_err err = open_signing_key(call, &secret);

    if (err != US_OK)
        return err;
    minisign_public_of(secret, &key);
    minisign_free(secret);
    /* A seal that cannot be used is told with the rest: it is what is to be seen. */
    if (open_seal(call, &seal) != US_OK)
        seal = NULL;
    answer_keys(call, &key, seal);
    call->fault.text[0] = '\0';
    seal_free(seal);
    return US_OK;
}
