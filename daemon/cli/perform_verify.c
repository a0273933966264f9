/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Verifying what anybody may have made. A bundle is walked twice: first for the manifest, its
 * signature and the key, then for everything else, of which no more is unpacked than the manifest
 * says that there is. A file's name decides nothing; its first bytes say what it is.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/bundle.h"
#include "cli/copy.h"
#include "cli/csv_count.h"
#include "cli/letter_seal.h"
#include "cli/manifest.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "cli/verdict.h"
#include "crypto/key_file.h"
#include "crypto/minisign.h"
#include "crypto/random.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define KEY_MOST 4096

static const char *const small_names[] = {BUNDLE_MANIFEST, BUNDLE_SIGNATURE, BUNDLE_KEY};
#define SMALL (sizeof(small_names) / sizeof(small_names[0]))
#define NOT_SMALL SMALL

struct check {
    const struct options *options;
    const char *path;
    struct verdict *verdict;
    struct str small[SMALL];
    bool has_small[SMALL];
    struct manifest manifest;
    struct copy letter; /* unpacked for its seal */
    /* Of the file that comes now. */
    size_t current;                   /* in small */
    const struct manifest_file *file; /* NULL: not in the manifest */
    crypto_hash_sha256_state state;
    int64_t size;
    FILE *out;
    struct csv_count rows;
    bool is_seen[MANIFEST_FILES_MOST], is_letter_whole, is_list_whole;
    size_t good;
};

static size_t small_index(const char *name)
{
    size_t i = 0;

    while (i < SMALL && strcmp(small_names[i], name) != 0)
        i++;
    return i;
}

/* ---- a seal, in words ---- */

static void tell_seal(struct verdict *verdict, const struct seal_found *found)
{
    const struct seal_facts *facts = &found->facts;
    char fingerprint[SEAL_FINGERPRINT_SIZE], day[16], time[24];
    int64_t now = clock_now();

    seal_print_fingerprint(facts, fingerprint);
    clock_print_day(clock_day(facts->ends_at), day);
    verdict_holds(verdict,
                  "The letter's seal covers every byte of it: nothing was changed since it "
                  "was sealed by \"%s\".",
                  facts->name);
    verdict_note(verdict,
                 "The seal's certificate, valid until %s%s, has the SHA-256 fingerprint %s", day,
                 now > facts->ends_at ? " (it has run out)" : "", fingerprint);
    if (facts->is_self_signed)
        verdict_note(verdict,
                     "That certificate is self-signed: it proves that the same site sealed "
                     "it, not whose site it is. Compare the fingerprint with the one that "
                     "the site shows (`undersign key show`).");
    else
        verdict_note(verdict,
                     "An authority issued that certificate; a PDF reader says whether it is "
                     "one that is trusted.");
    if (found->has_time) {
        clock_print(found->stamped_at, time);
        verdict_note(verdict,
                     "A timestamp says that the seal was there at %s, by the word of \"%s\".", time,
                     found->stamp.name);
    } else {
        verdict_note(verdict,
                     "The seal has no timestamp: when it was made is the site's own word.");
    }
}

/* A seal that holds may still not be the one that the manifest speaks of. */
static void compare_seal(struct verdict *verdict, const struct manifest *manifest, const char *name)
{
    if (manifest->seal == NULL)
        verdict_fails(verdict,
                      "The manifest says that the letter has no seal, but it has one of \"%s\".",
                      name);
    else if (strcmp(manifest->seal, name) != 0)
        verdict_fails(verdict,
                      "The manifest says that the letter's seal is that of \"%s\", but it is one "
                      "of \"%s\".",
                      manifest->seal, name);
}

/* What was sealed; manifest NULL: of a letter alone, whose seal is all that there is to hold. */
static enum us_err check_letter(struct verdict *verdict, const char *path,
                                const struct manifest *manifest, struct fault *fault)
{
    bool is_needed = manifest == NULL || manifest->seal != NULL;
    struct seal_found found;
    enum us_err err = letter_seal_check(path, &found, fault);

    if (err == US_OK) {
        tell_seal(verdict, &found);
        if (manifest != NULL)
            compare_seal(verdict, manifest, found.facts.name);
        seal_found_clear(&found);
        return US_OK;
    }
    if (err == US_NOT_FOUND && fault->text[0] == '\0') {
        if (is_needed)
            verdict_fails(verdict, "The letter has no seal: nothing shows that it is as it was.");
        else
            verdict_note(verdict, "The letter has no seal of its own.");
        return US_OK;
    }
    if (err == US_CORRUPT || err == US_INVALID) {
        verdict_fails(verdict, "The letter's seal does not hold: %s.", fault->text);
        return US_OK;
    }
    return err;
}

/* ---- the first walk ---- */

static enum us_err on_small_file(const char *name, void *arg, struct fault *fault)
{
    struct check *check = arg;

    (void)fault;
    check->current = small_index(name);
    if (check->current != NOT_SMALL)
        check->has_small[check->current] = true;
    return US_OK;
}

static enum us_err on_small_data(const void *data, size_t len, void *arg, struct fault *fault)
{
    struct check *check = arg;

    if (check->current == NOT_SMALL)
        return US_LIMITED; /* the rest is for the second walk */
    if (check->small[check->current].len + len > BUNDLE_SMALL_MOST) {
        fault_set(fault, NULL, 0, "%s in it is too long", small_names[check->current]);
        return US_INVALID;
    }
    str_append(&check->small[check->current], data, len);
    return US_OK;
}

static enum us_err on_small_end(void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    return US_OK;
}

/* Ours stand first; so the walk may end at the first file that is none of them. */
static enum us_err read_small(struct check *check, struct fault *fault)
{
    const struct bundle_handler handler = {on_small_file, on_small_data, on_small_end, check};
    enum us_err err = bundle_walk(check->path, &handler, fault);

    if (err != US_OK && err != US_LIMITED)
        return err;
    for (size_t i = 0; i < SMALL; i++) {
        if (!check->has_small[i]) {
            fault_set(fault, NULL, 0, "it is no bundle: %s does not stand at its beginning",
                      small_names[i]);
            return US_INVALID;
        }
    }
    return US_OK;
}

/* ---- the signature ---- */

static enum us_err read_given_key(const char *path, struct minisign_public *out,
                                  struct fault *fault)
{
    struct key_file file = {AT_FDCWD, path, .fault = fault};
    char text[KEY_MOST + 1] = "";
    size_t len = 0;
    enum us_err err = key_file_read(&file, text, KEY_MOST, &len);

    if (err == US_OK && (strlen(text) != len || minisign_public_read(text, out) != US_OK)) {
        fault_set(fault, path, 0, "is no public key of a site (undersign.pub)");
        err = US_INVALID;
    }
    return err;
}

static void tell_key(struct check *check, const struct minisign_public *key, bool is_given)
{
    char id[MINISIGN_ID_SIZE], *text = minisign_public_text(key), *line = strchr(text, '\n') + 1;

    line[strcspn(line, "\n")] = '\0';
    minisign_print_id(key, id);
    verdict_holds(check->verdict, "The manifest is signed with the key %s%s.", id,
                  is_given ? ", the one of --key" : "");
    if (!is_given)
        verdict_note(check->verdict,
                     "That key came with the bundle, so it proves only that the parts belong "
                     "together. Compare it with the site's own (undersign.pub there, or `undersign "
                     "key show`): %s",
                     line);
    free(text);
}

/* Whether the manifest is the one that was signed; then it may be read. */
static bool check_signature(struct check *check, const struct minisign_public *given)
{
    struct minisign_public key, own;
    const struct str *manifest = &check->small[0];
    char *comment;
    bool has_own = minisign_public_read(str_text(&check->small[2]), &own) == US_OK;

    if (!has_own && given == NULL) {
        verdict_fails(check->verdict, "The key in it (%s) is none.", BUNDLE_KEY);
        return false;
    }
    key = given != NULL ? *given : own;
    if (strlen(str_text(&check->small[1])) != check->small[1].len ||
        minisign_verify(&key, str_text(manifest), manifest->len, str_text(&check->small[1]),
                        &comment) != US_OK) {
        verdict_fails(check->verdict, "The manifest is not signed with %s.",
                      given != NULL ? "the key of --key" : "the key that came with it");
        return false;
    }
    tell_key(check, &key, given != NULL);
    verdict_note(check->verdict, "The signature's comment: %s", comment);
    free(comment);
    if (given != NULL && (!has_own || memcmp(&own, given, sizeof(own)) != 0))
        verdict_fails(check->verdict,
                      "The key that lies in the bundle is another than that of --key.");
    return true;
}

static void tell_manifest(struct check *check)
{
    const struct manifest *manifest = &check->manifest;
    char time[24];

    clock_print(manifest->made_at, time);
    verdict_note(check->verdict,
                 "It is edition %" PRId64 " (%s, %s) of version %" PRId64
                 " of the appeal %s, to the addressee %s (%s), in %s: %" PRId64
                 " organisations named, %" PRId64 " only counted.",
                 manifest->edition, manifest->kind, manifest->form, manifest->version,
                 manifest->appeal, manifest->addressee, manifest->addressee_kind,
                 manifest->language, manifest->named, manifest->counted);
    verdict_note(check->verdict, "It was made at %s by %s; the appeal stands at %s", time,
                 manifest->made_by, manifest->site);
}

/* ---- the second walk ---- */

static enum us_err on_file(const char *name, void *arg, struct fault *fault)
{
    struct check *check = arg;

    check->current = small_index(name);
    check->file = check->current != NOT_SMALL ? NULL : manifest_find(&check->manifest, name);
    check->size = 0;
    (void)crypto_hash_sha256_init(&check->state);
    if (check->current == NOT_SMALL && check->file == NULL) {
        verdict_fails(check->verdict, "%s is in the bundle, but not in its manifest.", name);
        return US_OK;
    }
    if (check->file == NULL)
        return US_OK;
    check->is_seen[check->file - check->manifest.files] = true;
    if (strcmp(name, BUNDLE_LETTER) != 0)
        return US_OK;
    check->out = fopen(check->letter.path, "we");
    if (check->out != NULL)
        return US_OK;
    fault_set(fault, NULL, 0, "cannot write %s: %s", check->letter.path, strerror(errno));
    return US_IO;
}

/* No more is unpacked than the manifest says; of what it does not know, nothing. */
static enum us_err on_data(const void *data, size_t len, void *arg, struct fault *fault)
{
    struct check *check = arg;
    int64_t most = check->file != NULL ? check->file->size : (int64_t)BUNDLE_SMALL_MOST;

    check->size += (int64_t)len;
    if (check->size > most) {
        fault_set(fault, NULL, 0, "%s is longer than the manifest says",
                  check->file != NULL ? check->file->name : "a file that it does not name");
        return US_CORRUPT;
    }
    (void)crypto_hash_sha256_update(&check->state, data, len);
    if (check->file != NULL && strcmp(check->file->name, BUNDLE_LIST) == 0)
        csv_count_add(&check->rows, data, len);
    if (check->out != NULL && fwrite(data, 1, len, check->out) != len) {
        fault_set(fault, NULL, 0, "cannot write %s: %s", check->letter.path, strerror(errno));
        return US_IO;
    }
    return US_OK;
}

static enum us_err on_end(void *arg, struct fault *fault)
{
    struct check *check = arg;
    uint8_t digest[DIGEST_SIZE];
    bool is_same;

    if (check->out != NULL) {
        FILE *out = check->out;
        check->out = NULL;
        if (fclose(out) != 0) {
            fault_set(fault, NULL, 0, "cannot write %s: %s", check->letter.path, strerror(errno));
            return US_IO;
        }
    }
    if (check->file == NULL)
        return US_OK;
    (void)crypto_hash_sha256_final(&check->state, digest);
    is_same = check->size == check->file->size &&
              digest_is_equal(digest, check->file->digest, DIGEST_SIZE);
    if (is_same)
        check->good++;
    else
        verdict_fails(check->verdict, "%s is not the file that the manifest has the digest of.",
                      check->file->name);
    if (strcmp(check->file->name, BUNDLE_LETTER) == 0)
        check->is_letter_whole = is_same;
    if (strcmp(check->file->name, BUNDLE_LIST) == 0)
        check->is_list_whole = is_same;
    return US_OK;
}

/* What a bundle is for: without them all the rest may be as the manifest says, and is nothing. */
static void check_needed(struct check *check)
{
    static const char *const needed[] = {BUNDLE_LETTER, BUNDLE_LIST};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (manifest_find(&check->manifest, needed[i]) == NULL)
            verdict_fails(check->verdict, "The manifest knows no %s, which every bundle has.",
                          needed[i]);
    }
}

static void check_list(struct check *check)
{
    int64_t rows = csv_count_rows(&check->rows), named = check->manifest.named;

    if (!check->is_list_whole)
        return;
    if (rows == named)
        verdict_holds(check->verdict, "%s has as many rows as the manifest says are named.",
                      BUNDLE_LIST);
    else if (rows < 0)
        verdict_fails(check->verdict, "%s is empty: not even a header is there.", BUNDLE_LIST);
    else
        verdict_fails(check->verdict,
                      "The manifest says that %" PRId64 " are named, but %s has %" PRId64 " row%s.",
                      named, BUNDLE_LIST, rows, rows == 1 ? "" : "s");
}

static enum us_err check_files(struct check *check, struct fault *fault)
{
    const struct bundle_handler handler = {on_file, on_data, on_end, check};
    enum us_err err = copy_begin(&check->letter, BUNDLE_LETTER, fault);

    if (err == US_OK)
        err = bundle_walk(check->path, &handler, fault);
    if (check->out != NULL)
        fclose(check->out);
    if (err != US_OK)
        return err;
    for (size_t i = 0; i < check->manifest.file_count; i++) {
        if (!check->is_seen[i])
            verdict_fails(check->verdict, "%s is missing.", check->manifest.files[i].name);
    }
    if (check->good == check->manifest.file_count)
        verdict_holds(check->verdict,
                      "All %zu files are as the manifest says, by size and SHA-256.", check->good);
    check_needed(check);
    check_list(check);
    if (check->is_letter_whole)
        return check_letter(check->verdict, check->letter.path, &check->manifest, fault);
    return US_OK;
}

/* ---- what it is ---- */

static enum us_err check_bundle(struct check *check, struct fault *fault)
{
    const char *path = check->options->values[OPTION_KEY];
    struct minisign_public given;
    struct fault reason = {.text = ""};
    enum us_err err = US_OK;

    if (path != NULL)
        err = read_given_key(path, &given, fault);
    if (err != US_OK)
        return err;
    err = read_small(check, fault);
    if (err != US_OK || !check_signature(check, path != NULL ? &given : NULL))
        return err;
    if (manifest_read(str_text(&check->small[0]), check->small[0].len, &check->manifest, &reason) !=
        US_OK) {
        verdict_fails(check->verdict, "The manifest cannot be read: %s.", reason.text);
        return US_OK;
    }
    tell_manifest(check);
    return check_files(check, fault);
}

static int finish(struct check *check, enum us_err err, const struct fault *fault)
{
    /* What the archive itself is made wrong by is one more finding. */
    if (err == US_INVALID && fault->file[0] == '\0')
        verdict_fails(check->verdict, "%s.", fault->text);
    else if (err == US_CORRUPT)
        verdict_fails(check->verdict, "%s.", fault->text);
    else if (err != US_OK)
        return talk_failure(err, fault, NULL);
    if (!verdict_print(check->verdict, check->options))
        return perform_broken_output();
    return verdict_is_good(check->verdict) ? EX_OK : EX_DATAERR;
}

static bool begins_as_letter(const char *path)
{
    FILE *file = fopen(path, "re");
    char head[5];
    bool is_letter = file != NULL && fread(head, 1, sizeof(head), file) == sizeof(head) &&
                     memcmp(head, "%PDF-", sizeof(head)) == 0;

    if (file != NULL)
        fclose(file);
    return is_letter;
}

int perform_verify(const struct options *options)
{
    struct check *check = MEM_NEW(struct check);
    struct fault fault = {.text = ""};
    enum us_err err;
    int status;

    random_open();
    check->options = options;
    check->path = options->arguments[0];
    if (begins_as_letter(check->path)) {
        check->verdict = verdict_new("letter");
        err = check_letter(check->verdict, check->path, NULL, &fault);
        if (options_has(options, OPTION_KEY))
            verdict_note(check->verdict,
                         "--key is for bundles; a letter's seal has a certificate.");
    } else {
        check->verdict = verdict_new("bundle");
        err = check_bundle(check, &fault);
    }
    status = finish(check, err, &fault);

    for (size_t i = 0; i < SMALL; i++)
        str_free(&check->small[i]);
    manifest_clear(&check->manifest);
    copy_end(&check->letter);
    verdict_free(check->verdict);
    free(check);
    return status;
}
