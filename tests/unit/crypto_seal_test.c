/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The seal: keys and certificates that fit or do not, signatures that OpenSSL's own program
 * verifies, timestamps by a real responder (openssl ts), and everything that must be found out.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "crypto/seal.h"
#include "tests/unit/crypto_place.h"
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME "Профсоюзная площадка «Пример»"

/* Runs a command of the shell in the folder; gives its exit status. */
__attribute__((format(printf, 2, 3))) static int run(const struct place *place, const char *format,
                                                     ...)
{
    char *command, *line;
    va_list args;
    int status;

    va_start(args, format);
    assert_true(vasprintf(&command, format, args) >= 0);
    va_end(args);
    line = mem_format("cd %s && { %s ; } >said 2>&1", place->keys, command);
    status = system(line);
    free(line);
    free(command);
    return status;
}

static void *read_file(const struct place *place, const char *name, size_t *len)
{
    char *path = place_path(place, name), *bytes = mem_zero(1 << 17);
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    *len = fread(bytes, 1, (1 << 17) - 1, file);
    fclose(file);
    free(path);
    return bytes;
}

static void write_file(const struct place *place, const char *name, const void *data, size_t len)
{
    char *path = place_path(place, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static enum us_err make(const struct place *place, const char *key, const char *certificate,
                        const char *name, struct fault *fault)
{
    char *key_path = place_path(place, key), *certificate_path = place_path(place, certificate);
    enum us_err err = seal_make(key_path, certificate_path, name, fault);

    free(key_path);
    free(certificate_path);
    return err;
}

static enum us_err open_seal(const struct place *place, const char *key, const char *certificate,
                             struct seal **out, struct fault *fault)
{
    char *key_path = place_path(place, key), *certificate_path = place_path(place, certificate);
    enum us_err err = seal_open(key_path, certificate_path, out, fault);

    free(key_path);
    free(certificate_path);
    return err;
}

static struct seal *made_seal(const struct place *place)
{
    struct fault fault = {.text = ""};
    struct seal *seal;

    assert_int_equal(make(place, "seal.key", "seal.crt", NAME, &fault), US_OK);
    assert_int_equal(open_seal(place, "seal.key", "seal.crt", &seal, &fault), US_OK);
    return seal;
}

/* ---- keys and certificates ---- */

static mode_t mode_of(const struct place *place, const char *name)
{
    char *path = place_path(place, name);
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    free(path);
    return info.st_mode & 0777;
}

static void test_a_pair_is_made_whole(void **state)
{
    struct place *place = *state;
    struct fault fault = {.text = ""};
    struct seal *seal = made_seal(place);
    const struct seal_facts *facts = seal_facts(seal);

    assert_string_equal(seal_name(seal), NAME);
    assert_true(facts->is_self_signed);
    assert_true(facts->ends_at > clock_now() + 9 * 365 * CLOCK_DAY);
    assert_int_equal(mode_of(place, "seal.key"), 0600);
    assert_int_equal(mode_of(place, "seal.crt"), 0644);
    assert_int_equal(run(place, "openssl x509 -in seal.crt -noout -checkend 0"), 0);
    seal_free(seal);
    /* The service's other keys lie in the same folder; they let it be. */
    place_reopen(place);

    /* Neither is overwritten, nor half of a pair added. */
    assert_int_equal(make(place, "seal.key", "other.crt", NAME, &fault), US_DUPLICATE);
    assert_false(place_has(place, "other.crt"));
    assert_int_equal(make(place, "other.key", "seal.crt", NAME, &fault), US_DUPLICATE);
    assert_false(place_has(place, "other.key"));
    assert_int_equal(make(place, "nowhere/other.key", "nowhere/other.crt", NAME, &fault),
                     US_NOT_FOUND);
    assert_int_equal(make(place, "other.key", "nowhere/other.crt", NAME, &fault), US_NOT_FOUND);
    assert_false(place_has(place, "other.key"));
}

static void test_names_of_seals(void **state)
{
    static const char *const wrong[] = {
        "", "two\nlines", "\xff", "x\xe2\x80\xaey",
        "0123456789012345678901234567890123456789012345678901234567890123x"};
    struct place *place = *state;
    struct fault fault;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        fault.text[0] = '\0';
        assert_int_equal(make(place, "seal.key", "seal.crt", wrong[i], &fault), US_INVALID);
        assert_non_null(strstr(fault.text, "1 to 64 characters"));
        assert_false(place_has(place, "seal.key"));
    }
    /* 64 characters are more bytes. */
    assert_int_equal(make(place, "seal.key", "seal.crt",
                          "щщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщщ",
                          &fault),
                     US_OK);
}

static void expect_refused(const struct place *place, const char *key, const char *certificate,
                           enum us_err expected, const char *word)
{
    struct fault fault = {.text = ""};
    struct seal *seal = NULL;

    assert_int_equal(open_seal(place, key, certificate, &seal, &fault), expected);
    if (strstr(fault.text, word) == NULL)
        fail_msg("\"%s\" is not in: %s", word, fault.text);
}

/* A certificate for the seal's key, good between two moments from now, in seconds. */
static void certify(const struct place *place, const char *name, long from, long until)
{
    char *key_path = place_path(place, "seal.key"), *path = place_path(place, name);
    FILE *key_file = fopen(key_path, "r"), *file = fopen(path, "w");
    EVP_PKEY *key = PEM_read_PrivateKey(key_file, NULL, NULL, NULL);
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_get_subject_name(certificate);

    assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7), 1);
    assert_int_equal(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                                (const unsigned char *)"Seven", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(certificate, subject), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until);
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    fclose(key_file);
    fclose(file);
    free(key_path);
    free(path);
}

static void test_what_does_not_fit_is_refused(void **state)
{
    struct place *place = *state;
    struct fault fault = {.text = ""};
    char *path = place_path(place, "seal.key");

    seal_free(made_seal(place));
    assert_int_equal(make(place, "b.key", "b.crt", "Another", &fault), US_OK);

    expect_refused(place, "none.key", "none.crt", US_NOT_FOUND, "no seal");
    expect_refused(place, "seal.key", "none.crt", US_INVALID, "missing beside the key");
    expect_refused(place, "none.key", "seal.crt", US_INVALID, "missing beside the certificate");
    expect_refused(place, "seal.key", "b.crt", US_INVALID, "not the certificate of the key");
    expect_refused(place, "seal.crt", "seal.crt", US_DENIED, "read by others");
    expect_refused(place, "seal.key", "b.key", US_INVALID, "no certificate");

    assert_int_equal(chmod(path, 0640), 0);
    expect_refused(place, "seal.key", "seal.crt", US_DENIED, "read by others");
    assert_int_equal(chmod(path, 0600), 0);

    certify(place, "old.crt", -86400 * 3, -86400 * 2);
    expect_refused(place, "seal.key", "old.crt", US_INVALID, "was valid until");
    certify(place, "new.crt", 86400 * 2, 86400 * 3);
    expect_refused(place, "seal.key", "new.crt", US_INVALID, "not valid before");

    assert_int_equal(run(place, "umask 077; openssl pkey -in seal.key -aes256 -passout pass:x "
                                "-out locked.key"),
                     0);
    expect_refused(place, "locked.key", "seal.crt", US_INVALID, "passphrase");
    assert_int_equal(run(place,
                         "umask 077; openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=weak "
                         "-keyout weak.key -out weak.crt"),
                     0);
    expect_refused(place, "weak.key", "weak.crt", US_INVALID, "at least 2048");
    assert_int_equal(run(place, "umask 077; openssl req -x509 -newkey ed25519 -nodes -subj /CN=ed "
                                "-keyout ed.key -out ed.crt"),
                     0);
    expect_refused(place, "ed.key", "ed.crt", US_INVALID, "RSA key");
    write_file(place, "empty.key", "", 0);
    assert_int_equal(run(place, "chmod 600 empty.key"), 0);
    expect_refused(place, "empty.key", "seal.crt", US_INVALID, "no private key");
    assert_int_equal(run(place, "for i in 1 2 3 4 5 6 7 8 9 10; do cat seal.crt; done >many.crt"),
                     0);
    expect_refused(place, "seal.key", "many.crt", US_INVALID, "more than 9");
    free(path);
}

/* ---- signatures ---- */

static const char content[] = "the bytes that a PDF's ByteRange covers\n";

/* Seals the content; the CMS is in "cms", too. */
static uint8_t *sealed(const struct place *place, const struct seal *seal,
                       const struct seal_time *time, size_t *len, bool *has_time)
{
    struct fault fault = {.text = ""};
    uint8_t digest[DIGEST_SIZE], *cms = NULL;

    digest_sha256(content, strlen(content), digest);
    assert_int_equal(seal_sign(seal, digest, time, &cms, len, has_time, &fault), US_OK);
    assert_true(*len <= SEAL_CMS_MOST);
    assert_int_equal(*has_time, fault.text[0] == '\0' && time != NULL && time->ask != NULL);
    write_file(place, "cms", cms, *len);
    write_file(place, "content", content, strlen(content));
    return cms;
}

static enum us_err check(const char *text, const uint8_t *cms, size_t len, struct seal_found *out,
                         struct fault *fault)
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(text, strlen(text), digest);
    return seal_check(digest, cms, len, out, fault);
}

static void expect_sealed(const struct place *place, const struct seal *seal)
{
    struct fault fault = {.text = ""};
    struct seal_found found;
    bool has_time = true;
    size_t len;
    uint8_t *cms = sealed(place, seal, NULL, &len, &has_time);

    assert_false(has_time);
    assert_int_equal(check(content, cms, len, &found, &fault), US_OK);
    assert_string_equal(found.facts.name, seal_name(seal));
    assert_memory_equal(found.facts.fingerprint, seal_facts(seal)->fingerprint, DIGEST_SIZE);
    assert_false(found.has_time);
    seal_found_clear(&found);
    assert_int_equal(check("other bytes", cms, len, &found, &fault), US_CORRUPT);
    assert_non_null(strstr(fault.text, "digest differs"));
    /* Without a signing time, which PAdES says elsewhere; with the certificate's digest. */
    assert_int_equal(run(place, "openssl cms -cmsout -print -inform DER -in cms"), 0);
    assert_int_not_equal(run(place, "openssl cms -cmsout -print -inform DER -in cms | "
                                    "grep -q signingTime"),
                         0);
    assert_int_equal(run(place, "openssl cms -cmsout -print -inform DER -in cms | "
                                "grep -q signingCertificateV2"),
                     0);
    free(cms);
}

static void test_openssl_verifies_a_seal(void **state)
{
    struct place *place = *state;
    struct fault fault = {.text = ""};
    struct seal *seal = made_seal(place);

    expect_sealed(place, seal);
    assert_int_equal(run(place, "openssl cms -verify -binary -cades -inform DER -in cms "
                                "-content content -CAfile seal.crt -purpose any"),
                     0);
    assert_int_equal(run(place, "echo more >>content"), 0);
    assert_int_not_equal(run(place, "openssl cms -verify -binary -cades -inform DER -in cms "
                                    "-content content -CAfile seal.crt -purpose any"),
                         0);
    seal_free(seal);

    /* A bought one: RSA, with the authority's certificate behind it. */
    assert_int_equal(
        run(place, "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Authority -days 9 "
                   "-keyout ca.key -out ca.crt && umask 077 && openssl req -newkey rsa:2048 -nodes "
                   "-subj /CN=Bought -keyout r.key -out r.csr && openssl x509 -req -in r.csr -days "
                   "9 -CA ca.crt -CAkey ca.key -CAcreateserial -out r.crt && cat ca.crt >>r.crt"),
        0);
    assert_int_equal(open_seal(place, "r.key", "r.crt", &seal, &fault), US_OK);
    assert_string_equal(seal_name(seal), "Bought");
    assert_false(seal_facts(seal)->is_self_signed);
    expect_sealed(place, seal);
    assert_int_equal(run(place, "openssl cms -verify -binary -cades -inform DER -in cms "
                                "-content content -CAfile ca.crt -purpose any"),
                     0);
    seal_free(seal);
}

/* Whatever byte is changed, nothing else is ever said to have been sealed by this certificate. */
static void test_a_changed_seal_is_found_out(void **state)
{
    struct place *place = *state;
    struct seal *seal = made_seal(place);
    bool has_time;
    size_t len, accepted = 0;
    uint8_t *cms = sealed(place, seal, NULL, &len, &has_time);
    uint8_t *hole = mem_zero(len + 100);

    for (size_t i = 0; i < len; i++) {
        struct fault fault = {.text = ""};
        struct seal_found found;
        cms[i] ^= 1;
        if (check(content, cms, len, &found, &fault) == US_OK) {
            accepted++;
            assert_memory_equal(found.facts.fingerprint, seal_facts(seal)->fingerprint,
                                DIGEST_SIZE);
            seal_found_clear(&found);
        } else {
            assert_string_not_equal(fault.text, "");
        }
        cms[i] ^= 1;
    }
    /* Version numbers and the list of digests at the head are hints that are not signed. */
    assert_true(accepted < 20);

    /* Zeros may follow, since the hole is larger, and nothing else may. */
    struct fault fault = {.text = ""};
    struct seal_found found;
    memcpy(hole, cms, len);
    assert_int_equal(check(content, hole, len + 100, &found, &fault), US_OK);
    seal_found_clear(&found);
    hole[len + 99] = 1;
    assert_int_equal(check(content, hole, len + 100, &found, &fault), US_INVALID);
    assert_int_equal(check(content, cms, len - 1, &found, &fault), US_INVALID);
    assert_int_equal(check(content, (const uint8_t *)"", 0, &found, &fault), US_INVALID);
    free(hole);
    free(cms);
    seal_free(seal);
}

/* Another certificate of the same key, issuer and number does not take the first one's place. */
static void test_a_swapped_certificate_is_found_out(void **state)
{
    struct place *place = *state;
    struct fault fault = {.text = ""};
    struct seal_found found;
    struct seal *seal;
    bool has_time;
    size_t len, from_len;
    uint8_t *cms, *from;
    const unsigned char *at;

    seal_free(made_seal(place));
    /* A signature's length is not always the same. */
    do {
        certify(place, "a.crt", -60, 86400);
        certify(place, "b.crt", -60, 86400 * 300);
    } while (run(place, "for i in a b; do openssl x509 -in $i.crt -outform DER -out $i.der; done; "
                        "test $(wc -c <a.der) = $(wc -c <b.der)") != 0);
    assert_int_equal(open_seal(place, "seal.key", "a.crt", &seal, &fault), US_OK);
    cms = sealed(place, seal, NULL, &len, &has_time);
    assert_int_equal(check(content, cms, len, &found, &fault), US_OK);
    seal_found_clear(&found);
    free(cms);
    seal_free(seal);

    from = read_file(place, "b.der", &from_len);
    at = from;
    X509 *other = d2i_X509(NULL, &at, (long)from_len);
    free(from);
    cms = read_file(place, "cms", &len);
    at = cms;
    CMS_ContentInfo *parsed = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    free(cms);
    assert_non_null(other);
    assert_non_null(parsed);
    /* The new one beside the old, then the old one taken out of the middle of the bytes. */
    STACK_OF(X509) *held = CMS_get1_certs(parsed);
    unsigned char *old_der = NULL, *new_der = NULL, *der = NULL;
    int old_len = i2d_X509(sk_X509_value(held, 0), &old_der), new_len = i2d_X509(other, &new_der);
    int der_len = i2d_CMS_ContentInfo(parsed, &der);
    assert_int_equal(old_len, new_len);
    unsigned char *place_of = memmem(der, (size_t)der_len, old_der, (size_t)old_len);
    assert_non_null(place_of);
    memcpy(place_of, new_der, (size_t)new_len);
    assert_int_equal(check(content, der, (size_t)der_len, &found, &fault), US_CORRUPT);
    assert_non_null(strstr(fault.text, "does not name the certificate"));
    OPENSSL_free(old_der);
    OPENSSL_free(new_der);
    OPENSSL_free(der);
    sk_X509_pop_free(held, X509_free);
    X509_free(other);
    CMS_ContentInfo_free(parsed);
}

/* ---- time ---- */

static void make_authority(const struct place *place)
{
    static const char config[] = "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = "
                                 "builtin\nsigner_cert = tsa.crt\nsigner_key = tsa.key\n"
                                 "signer_digest = sha256\ndefault_policy = 1.2.3.4\n"
                                 "digests = sha256\naccuracy = secs:1\n"
                                 "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n";

    write_file(place, "ts.cnf", config, strlen(config));
    write_file(place, "serial", "01\n", 3);
    assert_int_equal(
        run(place, "openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=Clock' -days 9 -keyout "
                   "tsa.key -out tsa.crt -addext extendedKeyUsage=critical,timeStamping "
                   "-addext keyUsage=critical,digitalSignature"),
        0);
}

enum way { AWAY, RIGHT, GARBAGE, STALE, REFUSING, FORGED };

struct authority {
    struct place *place;
    enum way way;
};

static enum us_err ask(const uint8_t *query, size_t len, uint8_t **reply, size_t *reply_len,
                       void *arg)
{
    struct authority *authority = arg;
    struct place *place = authority->place;
    char *bytes;

    if (authority->way == AWAY)
        return US_IO;
    if (authority->way != STALE) /* else the last one's answer */
        write_file(place, "query", query, len);
    if (authority->way == REFUSING)
        assert_int_equal(run(place, "openssl ts -query -digest %0128d -sha512 -out query", 0), 0);
    (void)run(place, "openssl ts -reply -config ts.cnf -queryfile query -out reply");
    bytes = read_file(place, "reply", reply_len);
    if (authority->way == GARBAGE)
        *reply_len = 20;
    if (authority->way == FORGED)
        bytes[*reply_len - 4] ^= 1; /* in the signature */
    *reply = (uint8_t *)bytes;
    return US_OK;
}

static void test_seals_are_stamped(void **state)
{
    struct place *place = *state;
    struct authority authority = {place, RIGHT};
    struct seal_time time = {ask, &authority};
    struct fault fault = {.text = ""};
    struct seal *seal = made_seal(place);
    struct seal_found found;
    bool has_time = false;
    size_t len;
    uint8_t *cms;

    make_authority(place);
    cms = sealed(place, seal, &time, &len, &has_time);
    assert_true(has_time);
    assert_int_equal(check(content, cms, len, &found, &fault), US_OK);
    assert_true(found.has_time);
    assert_true(found.stamped_at > clock_now() - CLOCK_HOUR &&
                found.stamped_at < clock_now() + CLOCK_HOUR);
    assert_string_equal(found.stamp.name, "Clock");
    assert_string_equal(found.facts.name, NAME);
    seal_found_clear(&found);
    assert_int_equal(run(place, "openssl cms -verify -binary -cades -inform DER -in cms "
                                "-content content -CAfile seal.crt -purpose any"),
                     0);
    free(cms);
    seal_free(seal);
}

/* The stamp of another seal, put beside this one's signature. */
static void test_a_foreign_stamp_is_found_out(void **state)
{
    struct place *place = *state;
    struct authority authority = {place, RIGHT};
    struct seal_time time = {ask, &authority};
    struct fault fault = {.text = ""};
    struct seal *seal = made_seal(place);
    struct seal_found found;
    bool has_time = false;
    size_t len, token_len;
    uint8_t *cms, *token;
    const unsigned char *at;
    unsigned char *der = NULL;

    make_authority(place);
    free(sealed(place, seal, &time, &len, &has_time));
    assert_int_equal(run(place, "openssl ts -reply -in reply -token_out -out token"), 0);
    token = read_file(place, "token", &token_len);
    cms = sealed(place, seal, NULL, &len, &has_time);
    at = cms;
    CMS_ContentInfo *parsed = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(parsed), 0);
    assert_int_equal(CMS_unsigned_add1_attr_by_NID(signer, NID_id_smime_aa_timeStampToken,
                                                   V_ASN1_SEQUENCE, token, (int)token_len),
                     1);
    int der_len = i2d_CMS_ContentInfo(parsed, &der);
    assert_int_equal(check(content, der, (size_t)der_len, &found, &fault), US_CORRUPT);
    assert_non_null(strstr(fault.text, "timestamp does not hold"));
    CMS_ContentInfo_free(parsed);
    OPENSSL_free(der);
    free(token);
    free(cms);
    seal_free(seal);
}

static void test_no_authority_holds_a_letter_up(void **state)
{
    static const struct {
        enum way way;
        const char *word;
    } ways[] = {
        {AWAY, "did not answer"}, {GARBAGE, "no reply"},     {STALE, "no stamp for this seal"},
        {REFUSING, "no stamp"},   {FORGED, "does not hold"},
    };
    struct place *place = *state;
    struct seal *seal = made_seal(place);
    struct authority authority = {place, RIGHT};
    struct seal_time time = {ask, &authority};
    size_t len;
    bool has_time;

    make_authority(place);
    free(sealed(place, seal, &time, &len, &has_time));
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct fault fault = {.text = ""};
        struct seal_found found;
        uint8_t digest[DIGEST_SIZE], *cms = NULL;
        authority.way = ways[i].way;
        digest_sha256(content, strlen(content), digest);
        assert_int_equal(seal_sign(seal, digest, &time, &cms, &len, &has_time, &fault), US_OK);
        assert_false(has_time);
        if (strstr(fault.text, ways[i].word) == NULL)
            fail_msg("\"%s\" is not in: %s", ways[i].word, fault.text);
        assert_int_equal(check(content, cms, len, &found, &fault), US_OK);
        assert_false(found.has_time);
        seal_found_clear(&found);
        free(cms);
    }
    seal_free(seal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_pair_is_made_whole, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_names_of_seals, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_refused, place_make,
                                        place_remove),
        cmocka_unit_test_setup_teardown(test_openssl_verifies_a_seal, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_a_changed_seal_is_found_out, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_a_swapped_certificate_is_found_out, place_make,
                                        place_remove),
        cmocka_unit_test_setup_teardown(test_seals_are_stamped, place_make, place_remove),
        cmocka_unit_test_setup_teardown(test_a_foreign_stamp_is_found_out, place_make,
                                        place_remove),
        cmocka_unit_test_setup_teardown(test_no_authority_holds_a_letter_up, place_make,
                                        place_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
