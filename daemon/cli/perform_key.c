/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keys that are made here: the organiser's pair, whose private half goes nowhere, and the seal. */
#include "base/mem.h"
#include "cli/output.h"
#include "cli/passphrase.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "crypto/organiser.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int print_paths(const struct options *options, const char *name, const char *path,
                       const char *other_name, const char *other_path)
{
    json_t *object;

    if (!options_has(options, OPTION_JSON))
        return EX_OK;
    object = json_pack("{s:s, s:s}", name, path, other_name, other_path);
    output_json(options, object);
    json_decref(object);
    return fflush(stdout) == 0 ? EX_OK : perform_broken_output();
}

static int refuse(enum us_err err, const struct fault *fault)
{
    int status = talk_failure(err, fault, NULL);

    /* Whatever stands in a file's way, it is the file that could not be made. */
    return err == US_CANCELLED || err == US_LIMITED || err == US_INVALID ? status : EX_CANTCREAT;
}

/* ---- the organiser's ---- */

static enum us_err make_pair(const struct options *options, const char *path, struct fault *fault)
{
    char passphrase[PASSPHRASE_SIZE];
    struct organiser_public key;
    enum us_err err;

    if (!options_has(options, OPTION_PASSPHRASE))
        return organiser_make(path, &key, fault);
    err = passphrase_choose(path, passphrase, fault);
    if (err == US_OK)
        err = organiser_make_locked(path, passphrase, &key, fault);
    explicit_bzero(passphrase, sizeof(passphrase));
    return err;
}

static int make_organiser(const struct options *options, const char *path)
{
    bool is_locked = options_has(options, OPTION_PASSPHRASE);
    struct fault fault = {.text = ""};
    char *public_path;
    enum us_err err = make_pair(options, path, &fault);
    int status;

    if (err != US_OK)
        return refuse(err, &fault);
    public_path = mem_format("%s.pub", path);
    status = print_paths(options, "private", path, "public", public_path);
    talk_note("%s is the private key%s: keep it off the server, and keep a copy%s; without it "
              "nobody can read the signatories' addresses.",
              path, is_locked ? ", under the passphrase" : "",
              is_locked ? ", of the passphrase too" : "");
    talk_note("%s is the public key: it goes to the site (keys.organiser in undersign.conf).",
              public_path);
    free(public_path);
    return status;
}

/* ---- the seal ---- */

/* "seal.crt" beside "seal.key", as the configuration's defaults have them; else FILE.crt. */
static char *name_certificate(const char *path)
{
    size_t len = strlen(path);
    bool has_ending = len > 4 && strcmp(path + len - 4, ".key") == 0;

    return mem_format("%.*s.crt", (int)(has_ending ? len - 4 : len), path);
}

static int make_seal(const struct options *options, const char *path)
{
    const char *name = options->values[OPTION_NAME];
    struct fault fault = {.text = ""};
    char *certificate_path;
    enum us_err err;
    int status;

    if (name == NULL || name[0] == '\0') {
        talk_error("key new --seal: say with --name TEXT whose seal it is, the organisation that "
                   "runs the site");
        return EX_USAGE;
    }
    if (options_has(options, OPTION_PASSPHRASE)) {
        talk_error("key new --seal: a seal's key has no passphrase, since the service opens it by "
                   "itself");
        return EX_USAGE;
    }
    certificate_path = name_certificate(path);
    err = seal_make(path, certificate_path, name, &fault);
    if (err != US_OK) {
        free(certificate_path);
        return refuse(err, &fault);
    }
    status = print_paths(options, "key", path, "certificate", certificate_path);
    talk_note("%s is the seal's private key: it goes to the server, readable by the service's "
              "account alone (key under [seal] in undersign.conf).",
              path);
    talk_note("%s is its certificate (certificate under [seal]). It is self-signed: it shows that "
              "letters come from the same site, not who runs it.",
              certificate_path);
    free(certificate_path);
    return status;
}

int perform_key(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];

    if (path == NULL || path[0] == '\0' || strcmp(path, "-") == 0) {
        talk_error("key new: name the file of the private key with -o FILE");
        return EX_USAGE;
    }
    random_open();
    if (options_has(options, OPTION_SEAL))
        return make_seal(options, path);
    if (options_has(options, OPTION_NAME)) {
        talk_error("key new: --name is for a seal's certificate; add --seal, or leave it out");
        return EX_USAGE;
    }
    return make_organiser(options, path);
}
