/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* As the server reads them: a key may be readable by a group (whoever renews certificates has one),
 * but may have no passphrase, since nobody sits there to type it. */
#include "crypto/certificate_pair.h"
#include "crypto/certificate.h"
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

static int refuse_passphrase(char *out, int size, int is_writing, void *arg)
{
    (void)out, (void)size, (void)is_writing, (void)arg;
    return -1;
}

static BIO *open_file(const char *path, struct fault *fault)
{
    BIO *file = BIO_new_file(path, "r");

    if (file == NULL) {
        (void)certificate_reason();
        fault_set(fault, path, 0, "cannot be read: %s", strerror(errno));
    }
    return file;
}

static X509 *read_certificate(const char *path, struct fault *fault)
{
    BIO *file = open_file(path, fault);
    X509 *certificate;

    if (file == NULL)
        return NULL;
    certificate = PEM_read_bio_X509(file, NULL, refuse_passphrase, NULL);
    if (certificate == NULL)
        fault_set(fault, path, 0, "holds no certificate in PEM: %s", certificate_reason());
    BIO_free(file);
    return certificate;
}

static EVP_PKEY *read_key(const char *path, struct fault *fault)
{
    BIO *file = open_file(path, fault);
    EVP_PKEY *key;

    if (file == NULL)
        return NULL;
    key = PEM_read_bio_PrivateKey(file, NULL, refuse_passphrase, NULL);
    if (key == NULL)
        fault_set(fault, path, 0, "holds no private key in PEM without a passphrase: %s",
                  certificate_reason());
    BIO_free(file);
    return key;
}

enum us_err certificate_pair_read(const char *certificate_path, const char *key_path,
                                  struct seal_facts *out, struct fault *fault)
{
    X509 *certificate = read_certificate(certificate_path, fault);
    EVP_PKEY *key = certificate == NULL || key_path == NULL ? NULL : read_key(key_path, fault);
    enum us_err err = certificate == NULL || (key_path != NULL && key == NULL) ? US_INVALID : US_OK;

    if (err == US_OK && key != NULL && X509_check_private_key(certificate, key) != 1) {
        (void)certificate_reason();
        fault_set(fault, certificate_path, 0, "is not the certificate of the key %s", key_path);
        err = US_INVALID;
    }
    if (err == US_OK)
        certificate_describe(certificate, out);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return err;
}
