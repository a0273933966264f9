/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether an authority is trusted is for the reader of a letter to say, who has roots to go by.
 * Here it is seen to that what gets into a letter is a stamp at all: for these bytes, in answer to
 * this question, and signed by the certificate in it.
 */
#include "crypto/timestamp.h"
#include "base/mem.h"
#include "crypto/certificate.h"
#include "crypto/random.h"
#include <openssl/cms.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_SIZE 8

/* A query for the digest, with a nonce, that asks for the certificate as well. */
static TS_REQ *make_query(const uint8_t digest[DIGEST_SIZE])
{
    TS_REQ *query = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_INTEGER *nonce = ASN1_INTEGER_new();
    unsigned char bytes[DIGEST_SIZE];
    uint64_t number = (uint64_t)random_id();
    bool is_made = query != NULL && imprint != NULL && algorithm != NULL && nonce != NULL;

    memcpy(bytes, digest, sizeof(bytes));
    is_made = is_made &&
              X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
              TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
              TS_MSG_IMPRINT_set_msg(imprint, bytes, sizeof(bytes)) == 1 &&
              ASN1_INTEGER_set_uint64(nonce, number) == 1 && TS_REQ_set_version(query, 1) == 1 &&
              TS_REQ_set_msg_imprint(query, imprint) == 1 && TS_REQ_set_nonce(query, nonce) == 1 &&
              TS_REQ_set_cert_req(query, 1) == 1;
    ASN1_INTEGER_free(nonce);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    if (is_made)
        return query;
    TS_REQ_free(query);
    return NULL;
}

/* The token's own signature, by the certificate in it; that certificate is described. */
static enum us_err check_signature(const uint8_t *token, size_t len, struct seal_facts *signer,
                                   struct fault *fault)
{
    const unsigned char *at = token;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    STACK_OF(X509) *signers = NULL;
    enum us_err err = US_CORRUPT;

    if (cms == NULL || at != token + len) {
        fault_set(fault, NULL, 0, "it is no token of RFC 3161");
        err = US_INVALID;
        goto done;
    }
    if (CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1 ||
        (signers = CMS_get0_signers(cms)) == NULL || sk_X509_num(signers) != 1) {
        fault_set(fault, NULL, 0, "its signature does not hold: %s", certificate_reason());
        goto done;
    }
    if (signer != NULL)
        certificate_describe(sk_X509_value(signers, 0), signer);
    err = US_OK;

done:
    sk_X509_free(signers);
    CMS_ContentInfo_free(cms);
    return err;
}

static enum us_err check_reply(TS_REQ *query, TS_RESP *reply, struct fault *fault)
{
    TS_VERIFY_CTX *wanted = TS_REQ_to_TS_VERIFY_CTX(query, NULL);
    enum us_err err = US_OK;

    /* Status, version, imprint and nonce. */
    if (wanted == NULL || TS_RESP_verify_response(wanted, reply) != 1) {
        fault_set(fault, NULL, 0, "the timestamp authority's answer is no stamp for this seal: %s",
                  certificate_reason());
        err = US_INVALID;
    }
    TS_VERIFY_CTX_free(wanted);
    return err;
}

/* Takes the token out of a reply, when it is one to the query. */
static enum us_err take_token(TS_REQ *query, const uint8_t *bytes, size_t len, uint8_t **token,
                              size_t *token_len, struct fault *fault)
{
    const unsigned char *at = bytes;
    TS_RESP *reply = d2i_TS_RESP(NULL, &at, (long)len);
    unsigned char *der = NULL;
    enum us_err err;
    int size;

    if (reply == NULL) {
        (void)certificate_reason();
        fault_set(fault, NULL, 0, "what the timestamp authority answered is no reply of RFC 3161");
        return US_INVALID;
    }
    err = check_reply(query, reply, fault);
    if (err != US_OK)
        goto done;
    size = i2d_PKCS7(TS_RESP_get_token(reply), &der);
    if (size <= 0) {
        fault_set(fault, NULL, 0, "the timestamp cannot be kept: %s", certificate_reason());
        err = US_INVALID;
        goto done;
    }
    err = check_signature(der, (size_t)size, NULL, fault);
    if (err == US_OK) {
        *token = mem_copy(der, (size_t)size);
        *token_len = (size_t)size;
    }
    OPENSSL_free(der);

done:
    TS_RESP_free(reply);
    return err;
}

enum us_err timestamp_get(const struct seal_time *time, const void *data, size_t len,
                          uint8_t **token, size_t *token_len, struct fault *fault)
{
    uint8_t digest[DIGEST_SIZE], *reply = NULL;
    unsigned char *der = NULL;
    size_t reply_len = 0;
    enum us_err err = US_INVALID;
    TS_REQ *query;
    int size;

    digest_sha256(data, len, digest);
    query = make_query(digest);
    size = query == NULL ? 0 : i2d_TS_REQ(query, &der);
    if (size <= 0) {
        fault_set(fault, NULL, 0, "no timestamp can be asked for: %s", certificate_reason());
        goto done;
    }
    err = time->ask(der, (size_t)size, &reply, &reply_len, time->arg);
    if (err != US_OK) {
        fault_set(fault, NULL, 0, "the timestamp authority did not answer");
        goto done;
    }
    err = take_token(query, reply, reply_len, token, token_len, fault);

done:
    free(reply);
    OPENSSL_free(der);
    TS_REQ_free(query);
    return err;
}

/* That the token is about these bytes, and when it was made. */
static enum us_err check_token(PKCS7 *token, const void *data, size_t len, int64_t *at,
                               struct fault *fault)
{
    TS_VERIFY_CTX *wanted = TS_VERIFY_CTX_new();
    TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(token);
    BIO *bytes = BIO_new_mem_buf(data, (int)len);
    enum us_err err = US_CORRUPT;

    if (wanted != NULL && info != NULL && bytes != NULL) {
        (void)TS_VERIFY_CTX_set_flags(wanted, TS_VFY_VERSION | TS_VFY_DATA);
        (void)TS_VERIFY_CTX_set_data(wanted, bytes); /* takes it */
        bytes = NULL;
        if (TS_RESP_verify_token(wanted, token) == 1)
            err = US_OK;
    }
    if (err == US_OK)
        *at = certificate_time(TS_TST_INFO_get_time(info));
    else
        fault_set(fault, NULL, 0, "it is not about this: %s", certificate_reason());
    BIO_free(bytes);
    TS_TST_INFO_free(info);
    TS_VERIFY_CTX_free(wanted);
    return err;
}

enum us_err timestamp_check(const uint8_t *token, size_t token_len, const void *data, size_t len,
                            int64_t *at, struct seal_facts *signer, struct fault *fault)
{
    const unsigned char *from = token;
    PKCS7 *parsed = d2i_PKCS7(NULL, &from, (long)token_len);
    enum us_err err;

    if (parsed == NULL) {
        fault_set(fault, NULL, 0, "it is no token of RFC 3161: %s", certificate_reason());
        return US_INVALID;
    }
    err = check_token(parsed, data, len, at, fault);
    if (err == US_OK)
        err = check_signature(token, token_len, signer, fault);
    PKCS7_free(parsed);
    return err;
}
