/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Checking what a stranger may have made: the structure is parsed by OpenSSL, and of it only what a
 * seal has is accepted: one signer, its certificate inside, SHA-256, detached content, and the
 * attribute that names the certificate, without which another one could take its place.
 */
#include "base/mem.h"
#include "crypto/certificate.h"
#include "crypto/seal.h"
#include "crypto/timestamp.h"
#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/x509.h>
#include <string.h>

#define ONE_VALUE (-3) /* OpenSSL: the attribute is there once, with one value */

static enum us_err refuse(enum us_err err, struct fault *fault, const char *what)
{
    fault_set(fault, NULL, 0, "%s (%s)", what, certificate_reason());
    return err;
}

static const ASN1_STRING *signed_value(const CMS_SignerInfo *signer, int nid, int type)
{
    return CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), ONE_VALUE, type);
}

/* The attribute's digest of the certificate is this certificate's (RFC 5035). */
static bool names_certificate(const CMS_SignerInfo *signer, X509 *certificate)
{
    const ASN1_STRING *value =
        signed_value(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    const unsigned char *at = value == NULL ? NULL : ASN1_STRING_get0_data(value);
    STACK_OF(X509) *chain = sk_X509_new_null();
    ESS_SIGNING_CERT_V2 *named =
        value == NULL ? NULL : d2i_ESS_SIGNING_CERT_V2(NULL, &at, ASN1_STRING_length(value));
    bool is_named = named != NULL && chain != NULL && sk_X509_push(chain, certificate) > 0 &&
                    OSSL_ESS_check_signing_certs(NULL, named, chain, 1) > 0;

    ESS_SIGNING_CERT_V2_free(named);
    sk_X509_free(chain);
    return is_named;
}

static enum us_err check_signer(CMS_SignerInfo *signer, const uint8_t digest[DIGEST_SIZE],
                                X509 **certificate, struct fault *fault)
{
    const ASN1_STRING *said = signed_value(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
    X509_ALGOR *algorithm = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, certificate, &algorithm, NULL);
    if (*certificate == NULL)
        return refuse(US_INVALID, fault, "its certificate is not in it");
    if (algorithm == NULL || OBJ_obj2nid(algorithm->algorithm) != NID_sha256)
        return refuse(US_INVALID, fault, "it is not over SHA-256");
    if (said == NULL || ASN1_STRING_length(said) != DIGEST_SIZE ||
        memcmp(ASN1_STRING_get0_data(said), digest, DIGEST_SIZE) != 0) {
        fault_set(fault, NULL, 0, "the file is not the one that was sealed: its digest differs");
        return US_CORRUPT;
    }
    if (CMS_SignerInfo_verify(signer) != 1)
        return refuse(US_CORRUPT, fault, "its signature does not hold");
    if (!names_certificate(signer, *certificate))
        return refuse(US_CORRUPT, fault, "it does not name the certificate that it was made with");
    return US_OK;
}

static enum us_err check_time(CMS_SignerInfo *signer, struct seal_found *out, struct fault *fault)
{
    int at = CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1);
    const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(signer);
    const ASN1_STRING *token;
    struct fault reason = {.text = ""};

    if (at < 0)
        return US_OK;
    token = CMS_unsigned_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_id_smime_aa_timeStampToken),
                                          ONE_VALUE, V_ASN1_SEQUENCE);
    if (token == NULL ||
        timestamp_check(ASN1_STRING_get0_data(token), (size_t)ASN1_STRING_length(token),
                        ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature),
                        &out->stamped_at, &out->stamp, &reason) != US_OK) {
        fault_set(fault, NULL, 0, "its timestamp does not hold: %s", reason.text);
        return US_CORRUPT;
    }
    out->has_time = true;
    return US_OK;
}

/* Whether everything behind the structure is zeros: nothing may hide in the hole. */
static bool is_padding(const uint8_t *bytes, const uint8_t *end)
{
    while (bytes < end && *bytes == 0)
        bytes++;
    return bytes == end;
}

static enum us_err check_cms(CMS_ContentInfo *cms, const uint8_t digest[DIGEST_SIZE],
                             struct seal_found *out, struct fault *fault)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    CMS_SignerInfo *signer;
    X509 *certificate = NULL;
    enum us_err err;

    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || CMS_is_detached(cms) != 1 ||
        OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data || signers == NULL ||
        sk_CMS_SignerInfo_num(signers) != 1)
        return refuse(US_INVALID, fault, "it is not a signature by one signer over the file");
    (void)CMS_set1_signers_certs(cms, NULL, 0);
    signer = sk_CMS_SignerInfo_value(signers, 0);
    err = check_signer(signer, digest, &certificate, fault);
    if (err != US_OK)
        return err;
    certificate_describe(certificate, &out->facts);
    return check_time(signer, out, fault);
}

enum us_err seal_check(const uint8_t digest[DIGEST_SIZE], const uint8_t *bytes, size_t len,
                       struct seal_found *out, struct fault *fault)
{
    struct seal_found found = {.has_time = false};
    const unsigned char *at = bytes;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    enum us_err err;

    if (cms == NULL || !is_padding(at, bytes + len)) {
        err = refuse(US_INVALID, fault, "it is no signature in the form of CMS");
        goto done;
    }
    err = check_cms(cms, digest, &found, fault);

done:
    CMS_ContentInfo_free(cms);
    (void)certificate_reason();
    if (err == US_OK)
        *out = found;
    else
        seal_found_clear(&found);
    return err;
}

void seal_found_clear(struct seal_found *found)
{
    seal_facts_clear(&found->facts);
    seal_facts_clear(&found->stamp);
}
