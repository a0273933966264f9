/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The signed letter. The service sends the document's fields, its lines and what the signatures add
 * up to, then who signed; the page is made here, from the moment the first signatory comes.
 */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/copy.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "render/letter.h"
#include "text/language.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define LINES_MOST 10000

struct lines {
    char **texts;
    struct letter_line *letterhead; /* of the letterhead alone: language and text */
    size_t count;
};

struct job {
    char *slug, *language, *number, *place, *kind, *addressee, *addressee_name;
    char *addressee_language, *salutation, *closing, *body, *site;
    struct letter letter;
    struct lines letterhead, address, title, signer_lines;
    struct letter_signer *signers;
    bool has_letter, has_totals, is_signer_open;
    const char *output; /* as asked for; NULL: by default */
    char *path;         /* where the letter is written */
    struct copy copy;   /* when that is standard output in the end */
    struct letter_writer *writer;
    int status; /* of what failed here */
};

/* ---- keeping what is sent ---- */

static char *keep(const struct row_value *value)
{
    return value->is_set ? mem_string(value->text) : NULL;
}

static void keep_letter(struct job *job, const struct row_value *values)
{
    struct letter *letter = &job->letter;

    if (job->has_letter)
        return;
    job->has_letter = true;
    letter->has_date = values[5].is_set;
    letter->date = values[5].number;
    job->slug = keep(&values[0]);
    letter->text_language = job->language = keep(&values[2]);
    letter->number = job->number = keep(&values[3]);
    letter->place = job->place = keep(&values[4]);
    letter->kind = job->kind = keep(&values[6]);
    job->addressee = keep(&values[7]);
    letter->addressee_name = job->addressee_name = keep(&values[8]);
    letter->addressee_language = job->addressee_language = keep(&values[9]);
    letter->salutation = job->salutation = keep(&values[10]);
    letter->closing = job->closing = keep(&values[11]);
    letter->body = job->body = keep(&values[12]);
    letter->site = job->site = keep(&values[13]);
}

static void keep_totals(struct job *job, const struct row_value *values)
{
    job->has_totals = true;
    job->letter.named = values[2].number;
    job->letter.counted = values[3].number;
    job->letter.members = values[4].number;
    job->letter.countries = values[5].number;
}

static size_t add_line(struct lines *lines, const struct row_value *values)
{
    lines->texts = mem_resize(lines->texts, lines->count + 1, sizeof(*lines->texts));
    lines->texts[lines->count] = keep(&values[3]);
    lines->letterhead = mem_resize(lines->letterhead, lines->count + 1, sizeof(*lines->letterhead));
    lines->letterhead[lines->count] = (struct letter_line){
        .language = values[2].is_set ? mem_string(values[2].text) : NULL,
        .text = lines->texts[lines->count],
    };
    return lines->count++;
}

/* A signer's titles come before its name, which is sent (as null) also where there is none. */
static void keep_signer(struct job *job, const struct row_value *values, bool is_name)
{
    struct letter *letter = &job->letter;
    struct letter_signer *signer;
    size_t index;

    if (!job->is_signer_open) {
        job->signers = mem_resize(job->signers, letter->signer_count + 1, sizeof(*job->signers));
        job->signers[letter->signer_count] = (struct letter_signer){.title_count = 0};
        job->is_signer_open = true;
    }
    index = add_line(&job->signer_lines, values);
    signer = &job->signers[letter->signer_count];
    if (!is_name) {
        signer->title_count++;
        return;
    }
    signer->name = job->signer_lines.texts[index];
    letter->signer_count++;
    job->is_signer_open = false;
}

static bool keep_line(struct job *job, const struct row_value *values)
{
    const char *part = values[0].is_set ? values[0].text : "";

    if (job->letterhead.count + job->address.count + job->title.count + job->signer_lines.count >=
        LINES_MOST)
        return false;
    if (strcmp(part, "letterhead") == 0 && values[3].is_set)
        add_line(&job->letterhead, values);
    else if (strcmp(part, "address") == 0 && values[3].is_set)
        add_line(&job->address, values);
    else if (strcmp(part, "title") == 0 && values[3].is_set)
        add_line(&job->title, values);
    else if (strcmp(part, "signer-title") == 0 && values[3].is_set)
        keep_signer(job, values, false);
    else if (strcmp(part, "signer-name") == 0)
        keep_signer(job, values, true);
    return true;
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->texts[i]);
        free((char *)(uintptr_t)lines->letterhead[i].language);
    }
    free(lines->texts);
    free(lines->letterhead);
}

static void job_clear(struct job *job)
{
    char *texts[] = {job->slug,       job->language,  job->number,         job->place,
                     job->kind,       job->addressee, job->addressee_name, job->addressee_language,
                     job->salutation, job->closing,   job->body,           job->site,
                     job->path};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    free_lines(&job->letterhead);
    free_lines(&job->address);
    free_lines(&job->title);
    free_lines(&job->signer_lines);
    free(job->signers);
    copy_end(&job->copy);
}

/* ---- making the letter ---- */

/* The default name is made of what the service sent; it must stay in this folder. */
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

static bool choose_path(struct job *job)
{
    struct fault fault = {.text = ""};

    if (job->output != NULL && strcmp(job->output, "-") == 0) {
        enum us_err err = copy_begin(&job->copy, "letter.pdf", &fault);
        if (err != US_OK) {
            job->status = talk_failure(err, &fault, NULL);
            return false;
        }
        job->path = mem_string(job->copy.path);
        return true;
    }
    if (job->output != NULL) {
        job->path = mem_string(job->output);
        return true;
    }
    if (!is_plain(job->slug) || !is_plain(job->language) ||
        (job->addressee != NULL && !is_plain(job->addressee))) {
        talk_error("the appeal's name makes no file name; give one with -o FILE");
        job->status = EX_USAGE;
        return false;
    }
    job->path =
        mem_format("%s-%s%s%s.pdf", job->slug, job->language, job->addressee != NULL ? "-" : "",
                   job->addressee != NULL ? job->addressee : "");
    return true;
}

static void point_lines(struct job *job)
{
    struct letter *letter = &job->letter;
    size_t line = 0;

    letter->letterhead = job->letterhead.letterhead;
    letter->letterhead_count = job->letterhead.count;
    letter->titles = (const char *const *)job->title.texts;
    letter->title_count = job->title.count;
    letter->addressee_lines = (const char *const *)job->address.texts;
    letter->addressee_line_count = job->address.count;
    letter->signers = job->signers;
    for (size_t i = 0; i < letter->signer_count; i++) {
        job->signers[i].titles = (const char *const *)job->signer_lines.texts + line;
        line += job->signers[i].title_count + 1; /* and the name */
    }
}

static bool begin(struct job *job)
{
    struct fault fault = {.text = ""};
    enum us_err err;

    if (!job->has_letter || !job->has_totals || job->language == NULL || job->body == NULL) {
        talk_error("the service sent no letter");
        job->status = EX_PROTOCOL;
        return false;
    }
    if (!choose_path(job))
        return false;
    point_lines(job);
    job->letter.language = language_find(job->language);
    if (job->letter.language == NULL)
        job->letter.language = language_find("en");
    err = letter_begin(&job->letter, job->path, &job->writer, &fault);
    if (err != US_OK)
        job->status = talk_failure(err, &fault, NULL);
    return err == US_OK;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    struct job *job = arg;

    if (row_schema_begins(schema, &row_signatory))
        return begin(job);
    if (row_schema_begins(schema, &row_letter) || row_schema_begins(schema, &row_line) ||
        row_schema_begins(schema, &row_totals))
        return true;
    talk_error("the service sent columns that this version does not know");
    job->status = EX_PROTOCOL;
    return false;
}

static bool add_signatory(struct job *job, const struct row_value *values)
{
    struct fault fault = {.text = ""};
    const struct letter_signatory signatory = {
        .organisation = values[0].text,
        .organisation_latin = values[1].text,
        .country = values[2].text,
        .town = values[3].text,
        .has_members = values[4].is_set,
        .members = values[4].number,
        .representative = values[5].text,
        .capacity = values[6].text,
    };
    enum us_err err = letter_add(job->writer, &signatory, &fault);

    if (err != US_OK)
        job->status = talk_failure(err, &fault, NULL);
    return err == US_OK;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct job *job = arg;

    if (strcmp(schema->name, row_signatory.name) == 0)
        return add_signatory(job, values);
    if (strcmp(schema->name, row_letter.name) == 0)
        keep_letter(job, values);
    else if (strcmp(schema->name, row_totals.name) == 0)
        keep_totals(job, values);
    else
        return keep_line(job, values);
    return true;
}

static void tell(const struct options *options, const struct job *job, int pages)
{
    bool is_output = job->copy.path != NULL;

    if (options_has(options, OPTION_JSON) && !is_output) {
        json_t *object =
            json_pack("{s:s, s:s, s:s?, s:i, s:I, s:I}", "file", job->path, "language",
                      job->language, "addressee", job->addressee, "pages", pages, "named",
                      (json_int_t)job->letter.named, "counted", (json_int_t)job->letter.counted);
        json_dumpf(object, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(object);
    }
    talk_note("%s: %d page%s, %" PRId64 " named, %" PRId64 " only counted%s.",
              is_output ? "Letter" : job->path, pages, pages == 1 ? "" : "s", job->letter.named,
              job->letter.counted,
              job->letter.counted > 0 ? " (they chose not to be named to this reader)" : "");
}

static int finish(const struct options *options, struct job *job)
{
    struct fault fault = {.text = ""};
    struct letter_writer *writer = job->writer;
    int pages = 0;
    enum us_err err;

    if (writer == NULL) {
        talk_error("the service sent no letter");
        return EX_PROTOCOL;
    }
    job->writer = NULL;
    err = letter_end(writer, &pages, &fault);
    if (err == US_OK && job->copy.path != NULL)
        err = copy_send(&job->copy, stdout, &fault);
    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    tell(options, job, pages);
    return EX_OK;
}

/* What can be said before anything is asked for. */
static int check_output(const char *output)
{
    struct stat there;

    if (output == NULL)
        return EX_OK;
    if (strcmp(output, "-") == 0 && isatty(STDOUT_FILENO) != 0) {
        talk_error("a PDF is nothing for a terminal; name a file with -o FILE");
        return EX_USAGE;
    }
    if (strcmp(output, "-") != 0 && stat(output, &there) == 0 && !S_ISREG(there.st_mode)) {
        talk_error("%s is there and is no file; name another with -o FILE", output);
        return EX_CANTCREAT;
    }
    return EX_OK;
}

int perform_letter(const struct options *options)
{
    struct job job = {.output = options->values[OPTION_OUTPUT]};
    const struct client_handler handler = {on_columns, on_row, &job};
    const struct ask ask = {.arguments = NULL};
    int status = check_output(job.output);

    if (status != EX_OK)
        return status;
    if (language_open(NULL) != US_OK) {
        talk_error("the locale C.UTF-8 is missing on this machine");
        return EX_OSFILE;
    }
    status = ask_once(options, &ask, &handler);
    if (status == EX_OK)
        status = finish(options, &job);
    else if (job.status != EX_OK)
        status = job.status;
    if (job.writer != NULL)
        letter_abandon(job.writer);
    job_clear(&job);
    return status;
}
