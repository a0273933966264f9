/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The order in which things happen decides what can be left behind: the file is drawn (and sealed)
 * under another name, the service keeps its digest, and only then it takes its place. Whatever
 * fails or is interrupted before leaves no file, and an edition that nobody can deliver, since the
 * service knows no file of it.
 */
#include "cli/draw.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/letter_rows.h"
#include "cli/sealer.h"
#include "cli/separate.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include "cli/target.h"
#include "crypto/digest.h"
#include "text/language.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

struct drawing {
    struct client *client;
    const struct draw_params *params;
    struct letter_rows *rows;
    struct letter *letter; /* the rows'; NULL before they are whole */
    struct letter_writer *writer;
    struct separate *separate; /* in place of the writer */
    struct sealer *sealer;     /* NULL: the site has no seal, or it is not wanted */
    struct progress *progress;
    struct target target;
    int status; /* of what failed here, and has been said */
};

/* Says what failed. The name it was written under is nobody's: the one that was asked for is told.
 */
static int tell_failure(struct drawing *drawing, enum us_err err, const struct fault *fault)
{
    const struct target *target = &drawing->target;
    struct fault told = *fault;

    if (target->temporary != NULL &&
        strncmp(fault->file, target->temporary, strlen(target->temporary)) == 0)
        fault_set(&told, target->path, fault->line, "%s", fault->text);
    progress_end(drawing->progress);
    drawing->progress = NULL;
    return talk_failure(err, &told, NULL);
}

static bool fail(struct drawing *drawing, enum us_err err, const struct fault *fault)
{
    drawing->status = tell_failure(drawing, err, fault);
    return false;
}

/* ---- where it goes ---- */

/* The default name is made of what the service sent; it must stay in its folder. */
static bool is_plain(const char *word)
{
    if (word == NULL || word[0] == '\0' || word[0] == '.' || word[0] == '-')
        return false;
    for (; *word != '\0'; word++) {
        if (!isalnum((unsigned char)*word) && strchr("-_.", *word) == NULL)
            return false;
    }
    return true;
}

/* SLUG-LL[-ADDRESSEE][-supplement].pdf; NULL where no name can be made. */
static char *default_path(const struct drawing *drawing, const struct letter_facts *facts)
{
    static const char *const kinds[] = {
        [LETTER_WHOLE] = "",
        [LETTER_SUPPLEMENT] = "-supplement",
        [LETTER_ACCESSION] = "-accession",
    };
    const struct draw_params *params = drawing->params;
    bool has_addressee = facts->addressee != NULL;

    if (!is_plain(facts->slug) || !is_plain(facts->language) ||
        (has_addressee && !is_plain(facts->addressee)))
        return NULL;
    return mem_format("%s%s%s-%s%s%s%s%s", params->in != NULL ? params->in : "",
                      params->in != NULL ? "/" : "", facts->slug, facts->language,
                      has_addressee ? "-" : "", has_addressee ? facts->addressee : "",
                      kinds[drawing->letter->edition], params->is_separate ? "" : ".pdf");
}

static bool open_target(struct drawing *drawing)
{
    const struct draw_params *params = drawing->params;
    struct fault fault = {.text = ""};
    struct letter_facts facts;
    enum us_err err;
    char *path;

    letter_rows_facts(drawing->rows, &facts);
    path = params->path != NULL ? mem_string(params->path) : default_path(drawing, &facts);
    if (path == NULL) {
        talk_error("the appeal's name makes no file name; give one with -o FILE");
        drawing->status = EX_USAGE;
        return false;
    }
    err = params->is_separate ? target_open_folder(path, &drawing->target, &fault)
                              : target_open_file(path, &drawing->target, &fault);
    free(path);
    if (err != US_OK)
        fail(drawing, err, &fault);
    if (err == US_DENIED || err == US_IO)
        drawing->status = EX_CANTCREAT;
    return err == US_OK;
}

/* ---- drawing ---- */

static void show_progress(int64_t done, int64_t named, void *arg)
{
    struct drawing *drawing = arg;

    (void)named;
    progress_show(drawing->progress, done);
}

static bool begin_writer(struct drawing *drawing)
{
    struct fault fault = {.text = ""};
    enum us_err err =
        letter_begin(drawing->letter, drawing->target.temporary, &drawing->writer, &fault);

    if (err == US_OK)
        return true;
    fail(drawing, err, &fault);
    if (err == US_NOT_FOUND)
        drawing->status = EX_OSFILE; /* a font: nothing that was named on the command line */
    return false;
}

/* Everything but the signatories is there. */
static bool begin(struct drawing *drawing)
{
    const struct options *options = drawing->params->options;
    const char *paper = options->values[OPTION_PAPER];
    struct fault fault = {.text = ""};
    struct letter_facts facts;

    if (drawing->letter != NULL)
        return true;
    if (letter_rows_end(drawing->rows, &drawing->letter, &fault) != US_OK) {
        fail(drawing, US_INVALID, &fault);
        drawing->status = EX_PROTOCOL;
        return false;
    }
    letter_rows_facts(drawing->rows, &facts);
    drawing->letter->paper =
        paper != NULL && strcasecmp(paper, "letter") == 0 ? LETTER_US : LETTER_A4;
    if (!open_target(drawing))
        return false;
    drawing->progress = progress_new("Drawing", drawing->letter->named);
    drawing->letter->on_progress = show_progress;
    drawing->letter->progress_arg = drawing;
    if (drawing->sealer != NULL)
        drawing->letter->sealer = sealer_finish(drawing->sealer);
    if (!drawing->params->is_separate)
        return begin_writer(drawing);
    drawing->separate = separate_new();
    return true;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct drawing *drawing = arg;

    if (!letter_rows_know(schema)) {
        talk_error("the service sent columns that this version does not know");
        drawing->status = EX_PROTOCOL;
        return false;
    }
    return strcmp(schema->name, row_signatory.name) != 0 || begin(drawing);
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct drawing *drawing = arg;
    struct fault fault = {.text = ""};
    struct letter_signatory signatory;
    enum us_err err;

    if (strcmp(schema->name, row_signatory.name) != 0) {
        err = letter_rows_keep(drawing->rows, schema, values, &fault);
        if (err == US_OK)
            return true;
        fail(drawing, err, &fault);
        drawing->status = EX_PROTOCOL;
        return false;
    }
    if (drawing->separate != NULL) {
        separate_keep(drawing->separate, values);
        return true;
    }
    letter_rows_signatory(values, &signatory);
    err = letter_add(drawing->writer, &signatory, &fault);
    return err == US_OK || fail(drawing, err, &fault);
}

/* ---- asking ---- */

/* A seal that is there but cannot be used is an error: a letter goes out without one only where
 * that was asked for. */
static int open_sealer(struct drawing *drawing)
{
    struct fault fault = {.text = ""};
    enum us_err err;

    if (options_has(drawing->params->options, OPTION_NO_SEAL))
        return EX_OK;
    err = sealer_open(drawing->client, &drawing->sealer, &fault);
    return err == US_OK || err == US_NOT_FOUND ? EX_OK : talk_failure(err, &fault, NULL);
}

static int ask_for_letter(struct drawing *drawing)
{
    const struct draw_params *params = drawing->params;
    const struct client_handler handler = {on_columns, on_row, drawing};
    const struct frame_option instead[] = {
        {command_options[OPTION_TO].name, params->addressee},
        {command_options[OPTION_ALL].name, NULL},
        {command_options[OPTION_FORM].name,
         params->is_separate ? "individual" : params->options->values[OPTION_FORM]},
    };
    const struct ask ask = {
        .command = COMMAND_EXPORT_LETTER,
        .arguments = &params->slug,
        .argument_count = 1,
        .options = instead,
        .option_count = sizeof(instead) / sizeof(instead[0]),
        .progress = &drawing->progress,
    };
    int status = ask_send(drawing->client, params->options, &ask, &handler);

    return status != EX_OK && drawing->status != EX_OK ? drawing->status : status;
}

static enum us_err take_digest(const char *path, uint8_t digest[DIGEST_SIZE], struct fault *fault)
{
    FILE *file = fopen(path, "re");
    enum us_err err = US_OK;

    if (file == NULL || !digest_sha256_file(file, digest)) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        err = US_IO;
    }
    if (file != NULL)
        fclose(file);
    return err;
}

static enum us_err finish_writer(struct drawing *drawing, struct drawn *drawn, struct fault *fault)
{
    struct letter_writer *writer = drawing->writer;
    enum us_err err;

    drawing->writer = NULL;
    err = letter_end(writer, &drawn->pages, fault);
    drawn->files = 1;
    return err == US_OK ? take_digest(drawing->target.temporary, drawn->digest, fault) : err;
}

static enum us_err finish_separate(struct drawing *drawing, struct drawn *drawn,
                                   struct fault *fault)
{
    struct separate_outcome outcome;
    enum us_err err = separate_draw(drawing->separate, drawing->letter, drawing->target.temporary,
                                    &outcome, fault);

    if (err != US_OK)
        return err;
    drawn->pages = outcome.pages;
    drawn->files = outcome.files;
    memcpy(drawn->digest, outcome.digest, sizeof(drawn->digest));
    return US_OK;
}

/* Draws what is left, seals. */
static int finish(struct drawing *drawing, struct drawn *drawn)
{
    struct fault fault = {.text = ""};
    enum us_err err;

    /* The last signatory may have come and gone without a row of its kind: none were named. */
    if (drawing->letter == NULL) {
        talk_error("the service sent no letter");
        return EX_PROTOCOL;
    }
    err = drawing->separate != NULL ? finish_separate(drawing, drawn, &fault)
                                    : finish_writer(drawing, drawn, &fault);
    progress_end(drawing->progress);
    drawing->progress = NULL;
    if (err == US_OK && *stop_flag() != 0)
        err = US_CANCELLED;
    if (err == US_OK && drawing->sealer != NULL && sealer_note(drawing->sealer) != NULL)
        talk_note("%s", sealer_note(drawing->sealer));
    return err == US_OK ? EX_OK : tell_failure(drawing, err, &fault);
}

/* The service keeps the digest: by it a delivery is found again. */
static int tell_digest(struct drawing *drawing, const struct drawn *drawn)
{
    const struct client_handler handler = {NULL, NULL, NULL};
    char hex[DIGEST_HEX_SIZE], number[24];
    const char *const arguments[] = {drawing->params->slug, hex};
    const struct frame_option instead = {command_options[OPTION_EDITION].name, number};
    const struct ask ask = {
        .command = COMMAND_EDITION_DRAWN,
        .arguments = arguments,
        .argument_count = 2,
        .options = &instead,
        .option_count = 1,
    };

    if (drawn->edition == 0)
        return EX_OK;
    digest_hex(drawn->digest, hex);
    snprintf(number, sizeof(number), "%" PRId64, drawn->edition);
    return ask_send(drawing->client, drawing->params->options, &ask, &handler);
}

static int put_in_place(struct drawing *drawing, struct drawn *drawn)
{
    struct fault fault = {.text = ""};
    char *path =
        mem_string(drawing->params->path != NULL ? drawing->params->path : drawing->target.path);
    enum us_err err = target_finish(&drawing->target, &fault);

    if (err != US_OK) {
        free(path);
        return talk_failure(err, &fault, NULL);
    }
    drawn->path = path;
    return EX_OK;
}

static char *keep(const char *text)
{
    return text != NULL ? mem_string(text) : NULL;
}

static void keep_facts(const struct drawing *drawing, struct drawn *drawn)
{
    const struct letter *letter = drawing->letter;
    struct letter_facts facts;

    letter_rows_facts(drawing->rows, &facts);
    drawn->slug = keep(facts.slug);
    drawn->language = keep(facts.language);
    drawn->addressee = keep(facts.addressee);
    drawn->addressee_name = keep(facts.addressee_name);
    drawn->email = keep(facts.email);
    drawn->seal = letter->sealer != NULL ? keep(letter->sealer->name) : NULL;
    drawn->edition = letter->edition_number;
    drawn->kind = letter->edition;
    drawn->version = facts.version;
    drawn->as_of = facts.as_of;
    drawn->named = letter->named;
    drawn->counted = letter->counted;
    drawn->is_individual = letter->is_individual;
}

static void drawing_clear(struct drawing *drawing)
{
    if (drawing->writer != NULL)
        letter_abandon(drawing->writer);
    separate_free(drawing->separate);
    letter_rows_free(drawing->rows);
    sealer_free(drawing->sealer);
    progress_end(drawing->progress);
    target_abandon(&drawing->target);
}

int draw_letter(struct client *client, const struct draw_params *params, struct drawn *out)
{
    struct drawing drawing = {.client = client, .params = params, .rows = letter_rows_new()};
    struct drawn drawn = {.path = NULL};
    int status;

    if (language_open(NULL) != US_OK) {
        talk_error("the locale C.UTF-8 is missing on this machine");
        letter_rows_free(drawing.rows);
        return EX_OSFILE;
    }
    status = open_sealer(&drawing);
    if (status == EX_OK)
        status = ask_for_letter(&drawing);
    if (status == EX_OK)
        status = finish(&drawing, &drawn);
    if (status == EX_OK) {
        keep_facts(&drawing, &drawn);
        status = tell_digest(&drawing, &drawn);
    }
    if (status == EX_OK)
        status = put_in_place(&drawing, &drawn);
    drawing_clear(&drawing);
    if (status == EX_OK)
        *out = drawn;
    else
        drawn_clear(&drawn);
    return status;
}
