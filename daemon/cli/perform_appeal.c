/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Appeals: the folder is read here, on the client's side, since the service need not be able to
 * read it, or may run on another machine.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "render/image.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define SETTINGS "appeal.ini"
#define ORIGINAL "original." /* what a text was drafted from; it is kept, and stays where it is */
#define LETTERHEAD_PNG "letterhead.png"
#define LETTERHEAD_SVG "letterhead.svg"
#define FILES_MOST 64
#define FILE_SIZE_MOST (512 * 1024)
#define IMAGE_SIDE 100 /* points; any would do to look at one */

/* ---- import ---- */

static int choose_entry(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    if (entry->d_name[0] == '.' || strncmp(entry->d_name, ORIGINAL, strlen(ORIGINAL)) == 0)
        return 0;
    if (strcmp(entry->d_name, SETTINGS) == 0 || strcmp(entry->d_name, LETTERHEAD_PNG) == 0 ||
        strcmp(entry->d_name, LETTERHEAD_SVG) == 0 ||
        (len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0))
        return 1;
    talk_note("%s is no part of an appeal and is left out.", entry->d_name);
    return 0;
}

/* Reads a whole file, bounded before anything is allocated for it. */
static int read_file(const char *path, void **data, size_t *len)
{
    FILE *file = fopen(path, "re");
    char *bytes;
    size_t n;

    if (file == NULL) {
        talk_error("cannot read %s: %s", path, strerror(errno));
        return EX_NOINPUT;
    }
    bytes = mem_alloc(FILE_SIZE_MOST + 1);
    n = fread(bytes, 1, FILE_SIZE_MOST + 1, file);
    if (ferror(file) != 0 || n > FILE_SIZE_MOST) {
        if (n > FILE_SIZE_MOST)
            talk_note("%s: the file is too large: at most %d KiB are allowed", path,
                      FILE_SIZE_MOST / 1024);
        else
            talk_error("cannot read %s: %s", path, strerror(errno));
        fclose(file);
        free(bytes);
        return n > FILE_SIZE_MOST ? EX_DATAERR : EX_NOINPUT;
    }
    fclose(file);
    *data = bytes;
    *len = n;
    return EX_OK;
}

/* An image that cannot be drawn is told before anybody signs, not when the letter is made. */
static int check_image(const char *name, const char *path, const void *data, size_t len)
{
    struct fault fault = {.text = ""};
    const struct image_params params = {
        .data = data,
        .len = len,
        .is_svg = strcmp(name, LETTERHEAD_SVG) == 0,
        .most_width = IMAGE_SIDE,
        .most_height = IMAGE_SIDE,
    };
    cairo_surface_t *image;
    double size[2];

    if (strcmp(name, LETTERHEAD_PNG) != 0 && !params.is_svg)
        return EX_OK;
    if (image_open(&params, &image, size, &fault) != US_OK) {
        talk_note("%s: %s", path, fault.text);
        return EX_DATAERR;
    }
    cairo_surface_destroy(image);
    return EX_OK;
}

static void free_blobs(struct client_blob *blobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)blobs[i].name);
        free((void *)(uintptr_t)blobs[i].data);
    }
}

static int read_folder(const char *folder, struct client_blob blobs[FILES_MOST], size_t *count)
{
    char *settings = mem_format("%s/" SETTINGS, folder);
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, choose_entry, alphasort);
    int status = EX_OK;

    *count = 0;
    if (n < 0) {
        talk_error("cannot read the folder %s: %s", folder, strerror(errno));
        status = EX_NOINPUT;
    } else if (access(settings, F_OK) != 0) {
        talk_error("%s is not an appeal's folder: there is no " SETTINGS
                   " in it; undersign-appeal(5) says what is",
                   folder);
        status = EX_NOINPUT;
    } else if (n > FILES_MOST) {
        talk_error("%s has %d files; at most %d make an appeal", folder, n, FILES_MOST);
        status = EX_DATAERR;
    }
    for (int i = 0; i < n; i++) {
        if (status == EX_OK) {
            char *path = mem_format("%s/%s", folder, entries[i]->d_name);
            void *data = NULL;
            size_t len = 0;
            status = read_file(path, &data, &len);
            if (status == EX_OK)
                status = check_image(entries[i]->d_name, path, data, len);
            if (status != EX_OK)
                free(data);
            else
                blobs[(*count)++] = (struct client_blob){mem_string(entries[i]->d_name), data, len};
            free(path);
        }
        free(entries[i]);
    }
    free(entries);
    free(settings);
    return status;
}

struct told { /* one row, kept for a sentence */
    const struct options *options;
    bool is_json;
};

static void print_object(const struct options *options, const struct row_schema *schema,
                         const struct row_value *values)
{
    json_t *object = cell_row_json(schema, values);

    output_json(options, object);
    json_decref(object);
}

/* What was taken in, without what is to be done about it. */
static void tell_change(const char *slug, const char *change, int64_t version, int64_t languages)
{
    if (strcmp(change, "new") == 0)
        talk_note("Imported appeal %s: version %" PRId64 " in %" PRId64 " language%s.", slug,
                  version, languages, languages == 1 ? "" : "s");
    else if (strcmp(change, "unchanged") == 0)
        talk_note("Appeal %s is unchanged (version %" PRId64 ").", slug, version);
    else if (strcmp(change, "settings") == 0)
        talk_note("Appeal %s: took the changed settings; its texts are the same (version %" PRId64
                  ").",
                  slug, version);
    else if (strcmp(change, "replaced") == 0)
        talk_note("Appeal %s: replaced the texts of version %" PRId64 ", which nobody has signed.",
                  slug, version);
    else
        talk_note("Appeal %s: what is published or signed stays as it is, texts and addressees; "
                  "this is version %" PRId64 ", all texts of it.",
                  slug, version);
}

static bool on_imported(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    const struct told *told = arg;
    const char *slug = values[0].text;

    if (told->is_json)
        print_object(told->options, schema, values);
    tell_change(slug, values[1].text, values[2].number, values[3].number);
    if (values[4].number != 0) {
        char *site = ask_site_words(told->options);

        talk_note("The site does not go by it yet. Publish it with: undersign%s appeal publish %s",
                  site, slug);
        free(site);
    }
    return true;
}

static bool expect_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    /* What is taken out of a row by its place must be in that place. */
    if (row_schema_begins(schema, &row_imported) || row_schema_begins(schema, &row_published))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

int perform_import(const struct options *options)
{
    struct client_blob blobs[FILES_MOST];
    struct told told = {options, options_has(options, OPTION_JSON)};
    const struct client_handler handler = {expect_columns, on_imported, &told};
    struct ask ask = {.blobs = blobs, .folder = options->arguments[0]};
    int status = read_folder(options->arguments[0], blobs, &ask.blob_count);

    if (status == EX_OK)
        status = ask_once(options, &ask, &handler);
    free_blobs(blobs, ask.blob_count);
    return status;
}

/* ---- publish ---- */

static bool on_published(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    const struct told *told = arg;
    char day[16];

    if (told->is_json)
        print_object(told->options, schema, values);
    talk_note("Appeal %s is published: version %" PRId64 ".", values[0].text, values[1].number);
    if (values[2].is_set)
        talk_note("But the pictures for links to it could not be drawn: %s. When that is mended, "
                  "publish it again.",
                  values[2].text);
    if (strcmp(values[3].text, "open") != 0)
        talk_note("It stays %s: it takes no signatures.", values[3].text);
    else if (values[4].is_set && values[4].number < clock_day(clock_now())) {
        clock_print_day(values[4].number, day);
        talk_note(
            "It takes no signatures: its closing day, %s, is past. Set a later one (closes in "
            "its appeal.ini), import and publish it again.",
            day);
    }
    return true;
}

/* What publishing would leave behind: signatures stay under the version that was signed. */
struct outlook {
    int64_t published, newest, signatures; /* signatures: listed, of the published version */
};

static int64_t find_number(const struct row_schema *schema, const struct row_value *values,
                           const char *name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (strcmp(schema->columns[i].name, name) == 0)
            return values[i].number;
    }
    return 0;
}

static bool on_outlook(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct outlook *outlook = arg;

    if (strcmp(schema->name, row_appeal_full.name) == 0)
        *outlook = (struct outlook){
            .published = find_number(schema, values, "published_version"),
            .newest = find_number(schema, values, "newest_version"),
            .signatures = find_number(schema, values, "signatures"),
        };
    return true;
}

static bool take_columns(const struct row_schema *schema, void *arg)
{
    (void)schema;
    (void)arg;
    return true;
}

static int look_at_appeal(struct client *client, const struct options *options,
                          struct outlook *outlook)
{
    const struct client_handler handler = {take_columns, on_outlook, outlook};
    const struct ask ask = {.arguments = NULL};
    struct options show = *options;

    show.command = COMMAND_APPEAL_SHOW;
    return ask_send(client, &show, &ask, &handler);
}

/* Says what a new version does to the signatures that there are, and asks. */
static int ask_before_publishing(const struct options *options, const struct outlook *outlook)
{
    char *question;
    int status;

    if (outlook->published == 0 || outlook->published == outlook->newest ||
        outlook->signatures == 0)
        return EX_OK;
    talk_note("Version %" PRId64 " has %" PRId64 " listed signature%s. They stay under that "
              "version: the page will count and name those of version %" PRId64
              ", and say how many signed an earlier one; export them with --version %" PRId64 ".",
              outlook->published, outlook->signatures, outlook->signatures == 1 ? "" : "s",
              outlook->newest, outlook->published);
    question = mem_format("Publish version %" PRId64 "?", outlook->newest);
    status = confirm_question(options, question);
    free(question);
    return status;
}

int perform_publish(const struct options *options)
{
    struct told told = {options, options_has(options, OPTION_JSON)};
    const struct client_handler handler = {expect_columns, on_published, &told};
    const struct ask ask = {.arguments = NULL};
    struct outlook outlook = {0};
    struct client *client;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    status = look_at_appeal(client, options, &outlook);
    if (status == EX_OK)
        status = ask_before_publishing(options, &outlook);
    if (status == EX_OK)
        status = ask_send(client, options, &ask, &handler);
    client_close(client);
    return status;
}

/* ---- show ---- */

int perform_appeal(const struct options *options)
{
    const struct show show = {
        .item = &row_appeal_full, .list = &row_addressee, .list_key = "addressees"};

    return show_item(options, &show);
}
