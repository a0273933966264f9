/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The signature is made step by step, since only a digest comes, and since CMS_SignerInfo_sign()
 * puts in a signing time, which a PDF says elsewhere and a PAdES signature must not (ETSI EN 319
 * 142-1, section 6.3): OpenSSL makes the structure and the attributes, and the attributes are
 * signed here.
 */
#include "crypto/seal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/certificate.h"
#include "crypto/key_file.h"
#include "crypto/timestamp.h"
#include <fcntl.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST ((size_t)64 * 1024)
#define CHAIN_MOST 8
#define RSA_LEAST 2048

struct seal {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * chain; /* behind the certificate */
    struct seal_facts facts;
};

/* ---- opening ---- */

/* A key with a passphrase cannot be opened by a service that nobody sits at. */
static int on_passphrase(char *buffer, int size, int is_writing, void *arg)
{
    (void)buffer, (void)size, (void)is_writing;
    *(bool *)arg = true;
    return -1;
}

static bool is_usable(const EVP_PKEY *key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return EVP_PKEY_get_bits(key) >= RSA_LEAST;
    case EVP_PKEY_EC:
        return EVP_PKEY_get_bits(key) >= 256;
    default:
        return false;
    }
}

static enum us_err read_key(const char *path, EVP_PKEY **out, struct fault *fault)
{
    struct key_file file = {AT_FDCWD, path, .is_private = true, .fault = fault};
    char *text = mem_zero(FILE_MOST);
    bool has_passphrase = false;
    BIO *bytes = NULL;
    EVP_PKEY *key = NULL;
    size_t len = 0;
    enum us_err err = key_file_read(&file, text, FILE_MOST, &len);

    if (err != US_OK)
        goto done;
    bytes = BIO_new_mem_buf(text, (int)len);
    key = PEM_read_bio_PrivateKey(bytes, NULL, on_passphrase, &has_passphrase);
    if (key == NULL && has_passphrase)
        fault_set(fault, path, 0,
                  "is protected by a passphrase; the service needs the key without one");
    else if (key == NULL)
        fault_set(fault, path, 0, "holds no private key in PEM: %s", certificate_reason());
    else if (!is_usable(key))
        fault_set(fault, path, 0,
                  "must be an RSA key of at least %d bits, or one of an elliptic curve (P-256)",
                  RSA_LEAST);
    err = key == NULL || !is_usable(key) ? US_INVALID : US_OK;

done:
    (void)certificate_reason();
    BIO_free(bytes);
    OPENSSL_cleanse(text, FILE_MOST);
    free(text);
    if (err == US_OK)
        *out = key;
    else
        EVP_PKEY_free(key);
    return err;
}

static enum us_err read_certificates(const char *path, struct seal *seal, struct fault *fault)
{
    struct key_file file = {AT_FDCWD, path, .fault = fault};
    char *text = mem_zero(FILE_MOST);
    BIO *bytes = NULL;
    X509 *next;
    size_t len = 0;
    enum us_err err = key_file_read(&file, text, FILE_MOST, &len);

    if (err != US_OK)
        goto done;
    bytes = BIO_new_mem_buf(text, (int)len);
    seal->certificate = PEM_read_bio_X509(bytes, NULL, NULL, NULL);
    if (seal->certificate == NULL) {
        fault_set(fault, path, 0, "holds no certificate in PEM: %s", certificate_reason());
        err = US_INVALID;
        goto done;
    }
    while ((next = PEM_read_bio_X509(bytes, NULL, NULL, NULL)) != NULL) {
        if (sk_X509_num(seal->chain) < CHAIN_MOST && sk_X509_push(seal->chain, next) > 0)
            continue;
        X509_free(next);
        fault_set(fault, path, 0, "holds more than %d certificates", CHAIN_MOST + 1);
        err = US_INVALID;
        break;
    }

done:
    (void)certificate_reason(); /* the file's end counts as an error there */
    BIO_free(bytes);
    free(text);
    return err;
}

static enum us_err check_pair(const struct seal *seal, const char *path, struct fault *fault)
{
    char day[16];
    int64_t now = clock_now();

    if (X509_check_private_key(seal->certificate, seal->key) != 1) {
        (void)certificate_reason();
        fault_set(fault, path, 0, "is not the certificate of the key that it stands beside");
        return US_INVALID;
    }
    if (now < seal->facts.begins_at) {
        clock_print_day(clock_day(seal->facts.begins_at), day);
        fault_set(fault, path, 0, "is not valid before %s", day);
        return US_INVALID;
    }
    if (now > seal->facts.ends_at) {
        clock_print_day(clock_day(seal->facts.ends_at), day);
        fault_set(fault, path, 0, "was valid until %s: letters cannot be sealed with it", day);
        return US_INVALID;
    }
    return US_OK;
}

enum us_err seal_open(const char *key_path, const char *certificate_path, struct seal **out,
                      struct fault *fault)
{
    bool has_key = access(key_path, F_OK) == 0;
    bool has_certificate = access(certificate_path, F_OK) == 0;
    struct seal *seal;
    enum us_err err;

    if (!has_key && !has_certificate) {
        fault_set(fault, key_path, 0, "there is no seal");
        return US_NOT_FOUND;
    }
    if (!has_key || !has_certificate) {
        fault_set(fault, has_key ? certificate_path : key_path, 0, "is missing beside the %s %s",
                  has_key ? "key" : "certificate", has_key ? key_path : certificate_path);
        return US_INVALID;
    }
    seal = MEM_NEW(struct seal);
    seal->chain = sk_X509_new_null();
    err = read_key(key_path, &seal->key, fault);
    if (err == US_OK)
        err = read_certificates(certificate_path, seal, fault);
    if (err == US_OK) {
        certificate_describe(seal->certificate, &seal->facts);
        err = check_pair(seal, certificate_path, fault);
    }
    if (err == US_OK)
        *out = seal;
    else
        seal_free(seal);
    return err == US_NOT_FOUND ? US_INVALID : err;
}

void seal_free(struct seal *seal)
{
    if (seal == NULL)
        return;
    EVP_PKEY_free(seal->key);
    X509_free(seal->certificate);
    sk_X509_pop_free(seal->chain, X509_free);
    seal_facts_clear(&seal->facts);
    free(seal);
}

const char *seal_name(const struct seal *seal)
{
    return seal->facts.name;
}

const struct seal_facts *seal_facts(const struct seal *seal)
{
    return &seal->facts;
}

/* ---- signing ---- */

/* The structure with all signed attributes but no signature. CMS_CADES puts the certificate's
 * digest among them (ESS signing-certificate-v2). */
static CMS_ContentInfo *begin_cms(const struct seal *seal, const uint8_t digest[DIGEST_SIZE],
                                  CMS_SignerInfo **signer)
{
    const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_CADES | CMS_PARTIAL | CMS_NOSMIMECAP;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, seal->chain, NULL, flags);
    ASN1_OBJECT *data = OBJ_nid2obj(NID_pkcs7_data);

    *signer = cms == NULL ? NULL
                          : CMS_add1_signer(cms, seal->certificate, seal->key, EVP_sha256(), flags);
    if (*signer == NULL ||
        CMS_signed_add1_attr_by_NID(*signer, NID_pkcs9_contentType, V_ASN1_OBJECT, data, -1) != 1 ||
        CMS_signed_add1_attr_by_NID(*signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest,
                                    DIGEST_SIZE) != 1) {
        CMS_ContentInfo_free(cms);
        return NULL;
    }
    return cms;
}

/* What is signed: the attributes as a SET OF, in DER's order (RFC 5652, section 5.4). */
static int encode_attributes(CMS_SignerInfo *signer, unsigned char **out)
{
    STACK_OF(X509_ATTRIBUTE) *attributes = sk_X509_ATTRIBUTE_new_null();
    int count = CMS_signed_get_attr_count(signer), len = 0;

    for (int i = 0; attributes != NULL && i < count; i++) {
        if (sk_X509_ATTRIBUTE_push(attributes, CMS_signed_get_attr(signer, i)) <= 0)
            goto done;
    }
    len = ASN1_item_i2d((const ASN1_VALUE *)attributes, out, ASN1_ITEM_rptr(PKCS7_ATTR_SIGN));

done:
    sk_X509_ATTRIBUTE_free(attributes);
    return len;
}

static bool sign_attributes(const struct seal *seal, CMS_SignerInfo *signer)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char *attributes = NULL, *signature = NULL;
    int attributes_len = encode_attributes(signer, &attributes);
    size_t len = 0;
    bool is_signed = false;

    if (context == NULL || attributes_len <= 0 ||
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, seal->key) != 1 ||
        EVP_DigestSign(context, NULL, &len, attributes, (size_t)attributes_len) != 1)
        goto done;
    signature = mem_alloc(len);
    is_signed =
        EVP_DigestSign(context, signature, &len, attributes, (size_t)attributes_len) == 1 &&
        ASN1_OCTET_STRING_set(CMS_SignerInfo_get0_signature(signer), signature, (int)len) == 1;

done:
    free(signature);
    OPENSSL_free(attributes);
    EVP_MD_CTX_free(context);
    return is_signed;
}

/* Has the signature stamped and puts the token beside it (RFC 3161, appendix A). */
static bool add_time(CMS_SignerInfo *signer, const struct seal_time *time, struct fault *fault)
{
    const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(signer);
    uint8_t *token = NULL;
    size_t len = 0;
    bool is_added = false;

    if (time == NULL || time->ask == NULL ||
        timestamp_get(time, ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature),
                      &token, &len, fault) != US_OK)
        return false;
    is_added = CMS_unsigned_add1_attr_by_NID(signer, NID_id_smime_aa_timeStampToken,
                                             V_ASN1_SEQUENCE, token, (int)len) == 1;
    if (!is_added)
        fault_set(fault, NULL, 0, "the timestamp cannot be kept: %s", certificate_reason());
    free(token);
    return is_added;
}

static void *encode(CMS_ContentInfo *cms, size_t *len)
{
    unsigned char *der = NULL;
    int size = i2d_CMS_ContentInfo(cms, &der);
    void *out = size > 0 ? mem_copy(der, (size_t)size) : NULL;

    *len = size > 0 ? (size_t)size : 0;
    OPENSSL_free(der);
    return out;
}

enum us_err seal_sign(const struct seal *seal, const uint8_t digest[DIGEST_SIZE],
                      const struct seal_time *time, uint8_t **out, size_t *len, bool *has_time,
                      struct fault *fault)
{
    CMS_SignerInfo *signer;
    CMS_ContentInfo *cms = begin_cms(seal, digest, &signer);
    uint8_t *sealed = NULL, *stamped = NULL;
    size_t sealed_len = 0, stamped_len = 0;

    if (cms != NULL && sign_attributes(seal, signer))
        sealed = encode(cms, &sealed_len);
    if (sealed == NULL) {
        fault_set(fault, NULL, 0, "the seal cannot be made: %s", certificate_reason());
        CMS_ContentInfo_free(cms);
        return US_INVALID;
    }
    if (sealed_len > SEAL_CMS_MOST) {
        fault_set(fault, NULL, 0,
                  "the seal's certificates are too long: %zu bytes, and at most %zu", sealed_len,
                  SEAL_CMS_MOST);
        free(sealed);
        CMS_ContentInfo_free(cms);
        return US_INVALID;
    }
    if (add_time(signer, time, fault))
        stamped = encode(cms, &stamped_len);
    if (stamped != NULL && stamped_len > SEAL_CMS_MOST) {
        fault_set(fault, NULL, 0, "the timestamp is too long to be kept");
        free(stamped);
        stamped = NULL;
    }
    CMS_ContentInfo_free(cms);
    *has_time = stamped != NULL;
    *out = stamped != NULL ? stamped : sealed;
    *len = stamped != NULL ? stamped_len : sealed_len;
    if (stamped != NULL)
        free(sealed);
    return US_OK;
}
