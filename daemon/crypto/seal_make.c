/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A key and a certificate that it signs itself, for sites that have not bought one. It is good for
 * ten years: a letter is filed for longer than a site's key need last, and a seal that has run out
 * makes a genuine letter look doubtful.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "crypto/certificate.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_MOST 64 /* characters: X.520's bound for a common name */
#define YEAR (365L * 24 * 60 * 60)
#define TERM (10 * YEAR)

static bool is_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && utf8_is_valid(name, len) && !utf8_has_forbidden(name, len, false) &&
           utf8_length(name, len) <= NAME_MOST;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool is_added;

    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);

    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (uint64_t)random_id()) ==
               1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), TERM) != NULL &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_NID(subject, NID_organizationName, MBSTRING_UTF8,
                                      (const unsigned char *)name, -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                      (const unsigned char *)name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
           add_extension(certificate, NID_subject_key_identifier, "hash") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

/* Puts what a BIO holds into a new file; path is the same file, as the fault is to name it. */
static enum us_err write_pem(const char *path, BIO *pem, bool is_private, struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    char *folder_path = slash == NULL
                            ? mem_string(".")
                            : mem_string_part(path, slash == path ? 1 : (size_t)(slash - path));
    int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct key_file file = {folder, slash == NULL ? path : slash + 1, is_private, fault};
    enum us_err err;
    char *text;
    long len = BIO_get_mem_data(pem, &text);

    if (folder < 0) {
        err = errno == ENOENT ? US_NOT_FOUND : errno == EACCES ? US_DENIED : US_IO;
        fault_set(fault, path, 0, "its folder cannot be opened: %s", strerror(errno));
    } else {
        err = key_file_write(&file, text, (size_t)len);
        if (err != US_OK)
            fault_set(fault, path, 0, "%s", fault->text);
        (void)close(folder);
    }
    free(folder_path);
    return err;
}

/* The key first: nobody needs a certificate whose key was never kept. */
static enum us_err write_pair(const char *key_path, const char *certificate_path, BIO *key_pem,
                              BIO *certificate_pem, struct fault *fault)
{
    enum us_err err;

    if (access(certificate_path, F_OK) == 0) {
        fault_set(fault, certificate_path, 0, "is there already and is never overwritten");
        return US_DUPLICATE;
    }
    err = write_pem(key_path, key_pem, true, fault);
    if (err != US_OK)
        return err;
    err = write_pem(certificate_path, certificate_pem, false, fault);
    if (err != US_OK)
        (void)unlink(key_path);
    return err;
}

enum us_err seal_make(const char *key_path, const char *certificate_path, const char *name,
                      struct fault *fault)
{
    EVP_PKEY *key = NULL;
    X509 *certificate = X509_new();
    BIO *key_pem = BIO_new(BIO_s_secmem()), *certificate_pem = BIO_new(BIO_s_mem());
    enum us_err err = US_INVALID;

    if (!is_name(name)) {
        fault_set(fault, NULL, 0,
                  "a seal's name is one line of 1 to %d characters: whose site it is", NAME_MOST);
        goto done;
    }
    key = EVP_EC_gen("P-256");
    if (key == NULL || certificate == NULL || key_pem == NULL || certificate_pem == NULL ||
        !fill(certificate, key, name) ||
        PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(certificate_pem, certificate) != 1) {
        fault_set(fault, NULL, 0, "the seal cannot be made: %s", certificate_reason());
        goto done;
    }
    err = write_pair(key_path, certificate_path, key_pem, certificate_pem, fault);

done:
    BIO_free(key_pem);
    BIO_free(certificate_pem);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return err;
}
