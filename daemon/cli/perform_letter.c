/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters as files: one, one for each addressee, a folder of individual ones, and the one that
 * everybody may have.
 */
#include "base/mem.h"
#include "cli/copy.h"
#include "cli/draw.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include "cli/upload.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define ADDRESSEES_MOST 1000

/* ---- what was typed ---- */

static bool is_output(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];

    return path != NULL && strcmp(path, "-") == 0;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return word == NULL || strcasecmp(word, a) == 0 || strcasecmp(word, b) == 0;
}

/* Why the options do not go together; NULL when they do. */
static const char *find_clash(const struct options *options)
{
    bool to = options_has(options, OPTION_TO), all = options_has(options, OPTION_ALL);
    bool since = options_has(options, OPTION_SUPPLEMENT) || options_has(options, OPTION_ACCESSION);
    const char *form = options->values[OPTION_FORM];
    bool is_individual = form != NULL && strcmp(form, "individual") == 0;

    if (!is_one_of(options->values[OPTION_PAPER], "A4", "Letter"))
        return "--paper is A4 or Letter";
    if (form != NULL && strcmp(form, "joint") != 0 && strcmp(form, "individual") != 0)
        return "--form is joint or individual";
    if (to && all)
        return "--to and --all exclude each other";
    if (options_has(options, OPTION_SUPPLEMENT) && options_has(options, OPTION_ACCESSION))
        return "--supplement and --accession exclude each other";
    if (since && !to && !all)
        return "--supplement and --accession follow a letter that was delivered to somebody: name "
               "the addressee with --to";
    if (all && options_has(options, OPTION_OF_VERSION))
        return "--all goes to the addressees of the published version; with --version name each "
               "with --to";
    if (options_has(options, OPTION_PUBLISH) && (to || all))
        return "--publish puts up what the public may see; leave --to and --all out";
    if (!to && !all && (options_has(options, OPTION_SEPARATE) || is_individual))
        return "individual letters say who signs for each organisation: name the addressee with "
               "--to";
    if (options_has(options, OPTION_SEPARATE)) {
        if (form != NULL && !is_individual)
            return "--separate is for individual letters; a joint one is one file";
    }
    if (is_output(options) && (all || options_has(options, OPTION_SEPARATE)))
        return "several files do not go to standard output; name a folder with -o DIR";
    if (is_output(options) && isatty(STDOUT_FILENO) != 0)
        return "a PDF is nothing for a terminal; name a file with -o FILE";
    return NULL;
}

int perform_check_letter(const struct options *options)
{
    const struct command *command = &command_table[options->command];
    const char *clash = find_clash(options);

    if (clash == NULL)
        return EX_OK;
    talk_error("%s %s: %s", command->noun, command->verb, clash);
    return EX_USAGE;
}

/* Said before anything is asked for: an edition that nobody can write is made for nothing. */
static int check_output(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];
    bool is_folder = options_has(options, OPTION_ALL) || options_has(options, OPTION_SEPARATE);
    struct stat there;

    if (path == NULL || is_output(options) || stat(path, &there) != 0)
        return EX_OK;
    if (is_folder && !S_ISDIR(there.st_mode)) {
        talk_error("%s is there and is no folder; name another with -o DIR", path);
        return EX_CANTCREAT;
    }
    if (!is_folder && !S_ISREG(there.st_mode)) {
        talk_error("%s is there and is no file; name another with -o FILE", path);
        return EX_CANTCREAT;
    }
    return EX_OK;
}

/* ---- onto the appeal's page ---- */

struct published {
    char *address;
};

static bool on_public_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_public_letter))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_public_row(const struct row_schema *schema, const struct row_value *values,
                          void *arg)
{
    struct published *published = arg;

    (void)schema;
    if (published->address == NULL && values[2].is_set)
        published->address = mem_string(values[2].text);
    return true;
}

static int send_public(struct client *client, const struct options *options,
                       const struct drawn *drawn, const struct upload *upload,
                       struct published *out)
{
    const struct client_handler handler = {on_public_columns, on_public_row, out};
    char *pages = mem_format("%d", drawn->pages), *named = mem_format("%" PRId64, drawn->named);
    char *version = mem_format("%" PRId64, drawn->version);
    char *as_of = mem_format("%" PRId64, drawn->as_of);
    const char *const arguments[] = {drawn->slug, pages, named, as_of};
    const struct frame_option instead[] = {
        {command_options[OPTION_LANG].name, drawn->language},
        {command_options[OPTION_OF_VERSION].name, version},
    };
    const struct ask ask = {
        .command = COMMAND_LETTER_PUBLISH,
        .arguments = arguments,
        .argument_count = 4,
        .options = instead,
        .option_count = 2,
        .blobs = upload->blobs,
        .blob_count = upload->count,
    };
    int status = ask_send(client, options, &ask, &handler);

    free(pages);
    free(named);
    free(version);
    free(as_of);
    return status;
}

static int publish(struct client *client, const struct options *options, const struct drawn *drawn,
                   struct published *out)
{
    struct fault fault = {.text = ""};
    struct upload upload;
    enum us_err err = upload_open(drawn->path, "letter.pdf", &upload, &fault);
    int status;

    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    status = send_public(client, options, drawn, &upload, out);
    upload_close(&upload);
    if (status == EX_OK)
        talk_note("The appeal's page offers it: %s",
                  out->address != NULL ? out->address : drawn->slug);
    return status;
}

/* ---- one letter ---- */

static int draw_to_output(struct client *client, const struct options *options,
                          struct draw_params *params, struct drawn *drawn, struct copy *copy)
{
    struct fault fault = {.text = ""};
    enum us_err err = copy_begin(copy, "letter.pdf", &fault);
    int status;

    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    params->path = copy->path;
    status = draw_letter(client, params, drawn);
    if (status == EX_OK && is_output(options)) {
        err = copy_send(copy, stdout, &fault);
        if (err != US_OK)
            status = talk_failure(err, &fault, NULL);
    }
    return status;
}

/* A letter that is only put up, or goes to standard output, leaves no file here. */
static int draw_one(struct client *client, const struct options *options)
{
    struct draw_params params = {
        .options = options,
        .slug = options->arguments[0],
        .addressee = options->values[OPTION_TO],
        .path = options->values[OPTION_OUTPUT],
        .is_separate = options_has(options, OPTION_SEPARATE),
    };
    bool is_passing = is_output(options) || (options_has(options, OPTION_PUBLISH) && !params.path);
    struct copy copy = {.path = NULL};
    struct drawn drawn = {.path = NULL};
    struct published published = {.address = NULL};
    int status = is_passing ? draw_to_output(client, options, &params, &drawn, &copy)
                            : draw_letter(client, &params, &drawn);

    if (status == EX_OK) {
        struct drawn told = drawn;
        char name[] = "Letter"; /* the file's own is gone in a moment */
        told.path = is_passing ? name : drawn.path;
        drawn_tell(&told);
        if (options_has(options, OPTION_PUBLISH))
            status = publish(client, options, &drawn, &published);
    }
    if (status == EX_OK && options_has(options, OPTION_JSON) && !is_output(options)) {
        json_t *object = drawn_json(&drawn);
        if (is_passing)
            json_object_set_new(object, "file", json_null());
        if (options_has(options, OPTION_PUBLISH))
            json_object_set_new(object, "address", json_string(published.address));
        output_json(options, object);
        json_decref(object);
    }
    if (status == EX_OK && fflush(stdout) != 0)
        status = perform_broken_output();
    copy_end(&copy);
    free(published.address);
    drawn_clear(&drawn);
    return status;
}

/* ---- one for each addressee ---- */

struct addressees {
    char **ids;
    size_t count;
};

static bool take_columns(const struct row_schema *schema, void *arg)
{
    (void)schema;
    (void)arg;
    return true;
}

static bool on_addressee(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct addressees *list = arg;

    if (!row_schema_begins(schema, &row_addressee) || list->count >= ADDRESSEES_MOST)
        return true;
    list->ids = mem_resize(list->ids, list->count + 1, sizeof(*list->ids));
    list->ids[list->count++] = mem_string(values[0].text);
    return true;
}

static int find_addressees(const struct options *options, struct addressees *out)
{
    const struct client_handler handler = {take_columns, on_addressee, out};
    const struct ask ask = {.command = COMMAND_APPEAL_SHOW};
    int status = ask_once(options, &ask, &handler);

    if (status == EX_OK && out->count == 0) {
        talk_error("the appeal %s has no addressees", options->arguments[0]);
        status = EX_DATAERR;
    }
    return status;
}

/* What stops everything: the next letter would meet it again. */
static bool is_final(int status)
{
    return status == TALK_STATUS_INTERRUPTED || status == EX_UNAVAILABLE || status == EX_IOERR ||
           status == EX_CANTCREAT;
}

/* A new conversation for each: where one breaks off, the next is not the worse for it. */
static int draw_for(const struct options *options, const char *addressee, json_t *list)
{
    const struct draw_params params = {
        .options = options,
        .slug = options->arguments[0],
        .addressee = addressee,
        .in = options->values[OPTION_OUTPUT],
        .is_separate = options_has(options, OPTION_SEPARATE),
    };
    struct drawn drawn = {.path = NULL};
    struct client *client;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    status = draw_letter(client, &params, &drawn);
    client_close(client);
    if (status == EX_OK) {
        drawn_tell(&drawn);
        json_array_append_new(list, drawn_json(&drawn));
    } else if (!is_final(status)) { /* else what was said is not about this letter */
        talk_error("there is no letter to %s", addressee);
    }
    drawn_clear(&drawn);
    return status;
}

static int draw_all(const struct options *options)
{
    const char *folder = options->values[OPTION_OUTPUT];
    struct addressees list = {.ids = NULL};
    json_t *letters = json_array();
    size_t done = 0;
    bool is_made = false; /* the folder, by us */
    int status = find_addressees(options, &list), last = EX_OK;

    if (status == EX_OK && folder != NULL) {
        is_made = mkdir(folder, 0700) == 0;
        if (!is_made && errno != EEXIST) {
            talk_error("cannot make the folder %s: %s", folder, strerror(errno));
            status = EX_CANTCREAT;
        }
    }
    for (size_t i = 0; i < list.count && status == EX_OK; i++) {
        int one = draw_for(options, list.ids[i], letters);
        done += one == EX_OK;
        last = one != EX_OK ? one : last;
        if (is_final(one))
            status = one;
    }
    if (status == EX_OK && last != EX_OK)
        status = TALK_STATUS_PARTLY;
    if (is_made && done == 0)
        (void)rmdir(folder); /* it stays if somebody put something into it meanwhile */
    if (options_has(options, OPTION_JSON) && (status == EX_OK || status == TALK_STATUS_PARTLY)) {
        output_json(options, letters);
        if (fflush(stdout) != 0)
            status = perform_broken_output();
    }
    if (list.count > 0 && last != EX_OK)
        talk_note("%zu of %zu letters written.", done, list.count);
    json_decref(letters);
    for (size_t i = 0; i < list.count; i++)
        free(list.ids[i]);
    free(list.ids);
    return status;
}

int perform_letter(const struct options *options)
{
    struct client *client;
    int status = perform_check_letter(options);

    if (status == EX_OK)
        status = check_output(options);
    if (status != EX_OK)
        return status;
    if (options_has(options, OPTION_ALL))
        return draw_all(options);
    status = ask_open(options, &client);
    if (status != EX_OK)
        return status;
    status = draw_one(client, options);
    client_close(client);
    return status;
}
