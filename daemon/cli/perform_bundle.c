/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A bundle: the letter is drawn and the list written as for any export, into a folder that only
 * this account can read; the service adds the texts and what the edition is; its signature over the
 * manifest comes last, when every digest is known. Then all is packed, under another name until it
 * is whole.
 */
#include "base/mem.h"
#include "base/str.h"
#include "cli/bundle.h"
#include "cli/copy.h"
#include "cli/draw.h"
#include "cli/file.h"
#include "cli/list.h"
#include "cli/manifest.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "crypto/minisign.h"
#include "crypto/random.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define SOURCES_MOST 64

struct source {
    char *name, *text; /* name: "ru.md" */
};

struct packing {
    const struct options *options;
    struct client *client;
    const char *slug, *output;
    struct copy letter, list;
    struct drawn drawn;
    struct manifest manifest;
    struct source sources[SOURCES_MOST];
    size_t source_count;
    bool has_bundle;
    char *text;                   /* of the manifest */
    char *signature, *public_key; /* as the service signed it */
    int status;                   /* of what failed in a handler, and has been said */
};

/* ---- what the service adds ---- */

static char *keep(const struct row_value *value)
{
    return value->is_set ? mem_string(value->text) : mem_string("");
}

static void keep_bundle(struct packing *packing, const struct row_value *values)
{
    struct manifest *manifest = &packing->manifest;

    if (packing->has_bundle)
        return;
    packing->has_bundle = true;
    manifest->appeal = keep(&values[0]);
    manifest->version = values[1].number;
    manifest->edition = values[2].number;
    manifest->kind = keep(&values[3]);
    manifest->form = keep(&values[4]);
    manifest->addressee = keep(&values[5]);
    manifest->addressee_kind = keep(&values[6]);
    manifest->language = keep(&values[7]);
    manifest->authoritative = keep(&values[8]);
    manifest->named = values[9].number;
    manifest->counted = values[10].number;
    manifest->members = values[11].number;
    manifest->countries = values[12].number;
    manifest->made_at = values[13].number;
    manifest->made_by = keep(&values[14]);
    manifest->site = keep(&values[15]);
    manifest->supplement_of = values[16].is_set ? values[16].number : 0;
}

/* A text is taken only as the bytes that the signatories' versions have the digest of. */
static bool keep_source(struct packing *packing, const struct row_value *values)
{
    struct source *source = &packing->sources[packing->source_count];
    char hex[DIGEST_HEX_SIZE];
    uint8_t digest[DIGEST_SIZE];

    if (packing->source_count == SOURCES_MOST || !values[0].is_set || !values[1].is_set ||
        !values[2].is_set)
        return false;
    digest_sha256(values[2].text, strlen(values[2].text), digest);
    digest_hex(digest, hex);
    if (strcmp(hex, values[1].text) != 0)
        return false;
    source->name = mem_format("%s.md", values[0].text);
    source->text = mem_string(values[2].text);
    packing->source_count++;
    return manifest_is_name(source->name);
}

static bool on_bundle_row(const struct row_schema *schema, const struct row_value *values,
                          void *arg)
{
    struct packing *packing = arg;

    if (row_schema_begins(schema, &row_bundle))
        keep_bundle(packing, values);
    else if (row_schema_begins(schema, &row_source) && !keep_source(packing, values)) {
        talk_error("a text that the service sent is not the one of its digest");
        packing->status = EX_PROTOCOL;
        return false;
    }
    return true;
}

static int ask_for_texts(struct packing *packing)
{
    const struct client_handler handler = {.on_row = on_bundle_row, .arg = packing};
    char number[24];
    const struct frame_option instead[] = {
        {command_options[OPTION_EDITION].name, number},
    };
    const struct ask ask = {
        .command = COMMAND_EXPORT_BUNDLE,
        .arguments = &packing->slug,
        .argument_count = 1,
        .options = instead,
        .option_count = sizeof(instead) / sizeof(instead[0]),
    };
    int status;

    snprintf(number, sizeof(number), "%" PRId64, packing->drawn.edition);
    status = ask_send(packing->client, packing->options, &ask, &handler);
    if (status != EX_OK)
        return packing->status != EX_OK ? packing->status : status;
    if (packing->has_bundle && packing->source_count > 0)
        return EX_OK;
    talk_error("the service sent no texts for the bundle");
    return EX_PROTOCOL;
}

static bool on_signed_row(const struct row_schema *schema, const struct row_value *values,
                          void *arg)
{
    struct packing *packing = arg;

    if (!row_schema_begins(schema, &row_signed) || packing->signature != NULL)
        return true;
    packing->signature = keep(&values[0]);
    packing->public_key = keep(&values[1]);
    return true;
}

/* What came back is checked: a bundle that nobody can verify is of no use. */
static bool is_signed(const struct packing *packing)
{
    struct minisign_public key;
    char *comment;

    if (packing->signature == NULL || minisign_public_read(packing->public_key, &key) != US_OK ||
        minisign_verify(&key, packing->text, strlen(packing->text), packing->signature, &comment) !=
            US_OK)
        return false;
    free(comment);
    return true;
}

static int ask_for_signature(struct packing *packing)
{
    const struct client_handler handler = {.on_row = on_signed_row, .arg = packing};
    uint8_t hash[MINISIGN_HASH_SIZE];
    char hex[2 * MINISIGN_HASH_SIZE + 1];
    char *comment = mem_format("timestamp:%" PRId64 " file:%s hashed",
                               packing->manifest.made_at / 1000000, BUNDLE_MANIFEST);
    const char *const arguments[] = {hex, comment};
    const struct ask ask = {
        .command = COMMAND_BUNDLE_SIGN,
        .arguments = arguments,
        .argument_count = 2,
    };
    int status;

    minisign_hash(packing->text, strlen(packing->text), hash);
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    status = ask_send(packing->client, packing->options, &ask, &handler);
    free(comment);
    if (status == EX_OK && !is_signed(packing)) {
        talk_error("what the service sent is no signature over the bundle's manifest");
        status = EX_PROTOCOL;
    }
    return status;
}

/* ---- the manifest ---- */

static bool add_file(struct packing *packing, const char *name, const char *path)
{
    FILE *file = fopen(path, "re");
    uint8_t digest[DIGEST_SIZE];
    struct stat info;
    bool is_added = file != NULL && fstat(fileno(file), &info) == 0 &&
                    digest_sha256_file(file, digest) &&
                    manifest_add(&packing->manifest, name, info.st_size, digest) == US_OK;

    if (file != NULL)
        fclose(file);
    return is_added;
}

static int make_manifest(struct packing *packing)
{
    struct manifest *manifest = &packing->manifest;
    bool is_made = add_file(packing, BUNDLE_LETTER, packing->letter.path) &&
                   add_file(packing, BUNDLE_LIST, packing->list.path);

    for (size_t i = 0; i < packing->source_count && is_made; i++) {
        const struct source *source = &packing->sources[i];
        uint8_t digest[DIGEST_SIZE];
        digest_sha256(source->text, strlen(source->text), digest);
        is_made =
            manifest_add(manifest, source->name, (int64_t)strlen(source->text), digest) == US_OK;
    }
    if (!is_made) {
        talk_error("this is too much for a bundle: at most %" PRId64 " MiB a file and %" PRId64
                   " MiB in all",
                   MANIFEST_FILE_MOST >> 20, MANIFEST_ALL_MOST >> 20);
        return EX_DATAERR;
    }
    manifest->pages = packing->drawn.pages;
    manifest->seal = packing->drawn.seal == NULL ? NULL : mem_string(packing->drawn.seal);
    packing->text = manifest_print(manifest);
    return EX_OK;
}

/* ---- packing ---- */

static enum us_err pack_into(const struct packing *packing, struct bundle_writer *writer,
                             struct fault *fault)
{
    const struct manifest_file *files = packing->manifest.files;
    enum us_err err =
        bundle_writer_add(writer, BUNDLE_MANIFEST, packing->text, strlen(packing->text), fault);

    if (err == US_OK)
        err = bundle_writer_add(writer, BUNDLE_SIGNATURE, packing->signature,
                                strlen(packing->signature), fault);
    if (err == US_OK)
        err = bundle_writer_add(writer, BUNDLE_KEY, packing->public_key,
                                strlen(packing->public_key), fault);
    if (err == US_OK)
        err = bundle_writer_add_file(writer, BUNDLE_LETTER, packing->letter.path, files[0].size,
                                     fault);
    if (err == US_OK)
        err = bundle_writer_add_file(writer, BUNDLE_LIST, packing->list.path, files[1].size, fault);
    for (size_t i = 0; i < packing->source_count && err == US_OK; i++)
        err = bundle_writer_add(writer, packing->sources[i].name, packing->sources[i].text,
                                strlen(packing->sources[i].text), fault);
    return err;
}

static int pack(const struct packing *packing, struct file *file)
{
    struct fault fault = {.text = ""};
    struct bundle_writer *writer;
    enum us_err err = bundle_writer_new(file->stream, packing->manifest.made_at, &writer, &fault);

    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    err = pack_into(packing, writer, &fault);
    if (err == US_OK)
        err = bundle_writer_end(writer, &fault);
    else
        bundle_writer_free(writer);
    if (err == US_OK)
        err = file_finish(file, &fault);
    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

static void tell(const struct packing *packing)
{
    const struct manifest *manifest = &packing->manifest;
    bool is_output = strcmp(packing->output, "-") == 0;
    struct minisign_public key;
    char id[MINISIGN_ID_SIZE] = "";

    if (minisign_public_read(packing->public_key, &key) == US_OK)
        minisign_print_id(&key, id);
    if (options_has(packing->options, OPTION_JSON) && !is_output) {
        json_t *object =
            json_pack("{s:s, s:I, s:s, s:I, s:I, s:s, s:s?}", "file", packing->output, "edition",
                      (json_int_t)manifest->edition, "addressee", manifest->addressee, "named",
                      (json_int_t)manifest->named, "counted", (json_int_t)manifest->counted,
                      "key_id", id, "seal", manifest->seal);
        output_json(packing->options, object);
        json_decref(object);
    }
    talk_note("%s: letter, list and %zu text%s of edition %" PRId64 " to %s; signed with the key "
              "%s, which `undersign key show` shows.",
              is_output ? "Bundle" : packing->output, packing->source_count,
              packing->source_count == 1 ? "" : "s", manifest->edition, manifest->addressee, id);
    talk_note("`undersign verify` and minisign check it.");
}

static int gather(struct packing *packing)
{
    const struct draw_params letter = {
        .options = packing->options,
        .slug = packing->slug,
        .addressee = packing->options->values[OPTION_TO],
        .path = packing->letter.path,
    };
    struct list_params list = {
        .options = packing->options,
        .slug = packing->slug,
        .format = LIST_CSV,
        .path = packing->list.path,
    };
    int64_t rows = 0;
    int status = draw_letter(packing->client, &letter, &packing->drawn);

    if (status != EX_OK)
        return status;
    list.edition = packing->drawn.edition;
    status = list_write(packing->client, &list, &rows);
    if (status != EX_OK)
        return status;
    if (rows != packing->drawn.named) {
        talk_error("somebody withdrew, or was struck, while the bundle was made: the letter names "
                   "%" PRId64 " and the list would name %" PRId64 "; make it again",
                   packing->drawn.named, rows);
        return EX_TEMPFAIL;
    }
    status = ask_for_texts(packing);
    if (status == EX_OK)
        status = make_manifest(packing);
    return status == EX_OK ? ask_for_signature(packing) : status;
}

static void packing_clear(struct packing *packing)
{
    for (size_t i = 0; i < packing->source_count; i++) {
        free(packing->sources[i].name);
        free(packing->sources[i].text);
    }
    copy_end(&packing->letter);
    copy_end(&packing->list);
    drawn_clear(&packing->drawn);
    manifest_clear(&packing->manifest);
    free(packing->text);
    free(packing->signature);
    free(packing->public_key);
}

static int perform(struct packing *packing, struct file *file)
{
    struct fault fault = {.text = ""};
    enum us_err err = copy_begin(&packing->letter, BUNDLE_LETTER, &fault);
    int status;

    if (err == US_OK)
        err = copy_begin(&packing->list, BUNDLE_LIST, &fault);
    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    status = ask_open(packing->options, &packing->client);
    if (status != EX_OK)
        return status;
    status = gather(packing);
    client_close(packing->client);
    if (status == EX_OK)
        status = pack(packing, file);
    return status;
}

static int check(const struct options *options)
{
    const char *output = options->values[OPTION_OUTPUT];

    if (!options_has(options, OPTION_TO)) {
        talk_error("export bundle: name the addressee with --to ADDRESSEE");
        return EX_USAGE;
    }
    if (output == NULL) {
        talk_error("export bundle: name the archive with -o FILE.zip");
        return EX_USAGE;
    }
    if (strcmp(output, "-") == 0 && isatty(STDOUT_FILENO) != 0) {
        talk_error("an archive is nothing for a terminal; name a file with -o FILE.zip");
        return EX_USAGE;
    }
    return perform_check_letter(options);
}

int perform_bundle(const struct options *options)
{
    struct packing *packing;
    struct fault fault = {.text = ""};
    struct file file;
    enum us_err err;
    int status = check(options);

    if (status != EX_OK)
        return status;
    random_open();
    packing = MEM_NEW(struct packing);
    packing->options = options;
    packing->slug = options->arguments[0];
    packing->output = options->values[OPTION_OUTPUT];
    err = file_open(packing->output, &file, &fault);
    if (err != US_OK) {
        talk_failure(err, &fault, NULL);
        status = EX_CANTCREAT;
    } else {
        status = perform(packing, &file);
        if (status == EX_OK)
            tell(packing);
        file_abandon(&file);
    }
    packing_clear(packing);
    free(packing);
    return status;
}
