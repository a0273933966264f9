/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The organiser's news: published, shown, taken off. The folder is read here, since the service
 * need not be able to read it, or may run on another machine. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define FILES_MOST 64
#define FILE_SIZE_MOST (64 * 1024)

/* ---- publish ---- */

static int choose_entry(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    if (entry->d_name[0] == '.')
        return 0;
    if (len > 3 && strcmp(entry->d_name + len - 3, ".md") == 0)
        return 1;
    talk_note("%s is no part of an update and is left out.", entry->d_name);
    return 0;
}

static int read_file(const char *path, struct client_blob *out)
{
    FILE *file = fopen(path, "re");
    char *bytes;
    size_t len;
    int status = EX_OK;

    if (file == NULL) {
        talk_error("cannot read %s: %s", path, strerror(errno));
        return EX_NOINPUT;
    }
    bytes = mem_alloc(FILE_SIZE_MOST + 1);
    len = fread(bytes, 1, FILE_SIZE_MOST + 1, file);
    if (ferror(file) != 0) {
        talk_error("cannot read %s: %s", path, strerror(errno));
        status = EX_NOINPUT;
    } else if (len > FILE_SIZE_MOST) {
        talk_note("%s: the file is too large: at most %d KiB are allowed", path,
                  FILE_SIZE_MOST / 1024);
        status = EX_DATAERR;
    }
    fclose(file);
    if (status == EX_OK)
        *out = (struct client_blob){.data = bytes, .len = len};
    else
        free(bytes);
    return status;
}

static int read_entries(const char *folder, struct dirent *const *entries, int n,
                        struct client_blob blobs[FILES_MOST], size_t *count)
{
    int status = EX_OK;

    if (n < 0) {
        talk_error("cannot read the folder %s: %s", folder, strerror(errno));
        return EX_NOINPUT;
    }
    if (n == 0 || n > FILES_MOST) {
        talk_error(
            "%s holds no update: a file LANG.md for each language, such as en.md (one to %d)",
            folder, FILES_MOST);
        return EX_DATAERR;
    }
    for (int i = 0; status == EX_OK && i < n; i++) {
        char *path = mem_format("%s/%s", folder, entries[i]->d_name);

        status = read_file(path, &blobs[*count]);
        if (status == EX_OK)
            blobs[(*count)++].name = mem_string(entries[i]->d_name);
        free(path);
    }
    return status;
}

static int read_folder(const char *folder, struct client_blob blobs[FILES_MOST], size_t *count)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, choose_entry, alphasort);
    int status = read_entries(folder, entries, n, blobs, count);

    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return status;
}

static bool expect_update(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_update) || row_schema_begins(schema, &row_update_text))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_published(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    const struct options *options = arg;
    char *site = ask_site_words(options);

    if (options_has(options, OPTION_JSON)) {
        json_t *object = cell_row_json(schema, values);
        output_json(options, object);
        json_decref(object);
    }
    talk_note("Update %" PRId64 " stands on the page of %s and in its feed.", values[0].number,
              options->arguments[0]);
    if (values[4].number > 0)
        talk_note("%" PRId64 " %s asked for news by mail; send it with: undersign%s update send %s "
                  "%" PRId64 " --key FILE",
                  values[4].number, values[4].number == 1 ? "signatory has" : "signatories have",
                  site, options->arguments[0], values[0].number);
    free(site);
    return true;
}

int perform_update_publish(const struct options *options)
{
    union { /* the handler's argument is not const in its type */
        const struct options *options;
        void *arg;
    } seen = {.options = options};
    struct client_blob blobs[FILES_MOST] = {{0}};
    const struct client_handler handler = {expect_update, on_published, seen.arg};
    struct ask ask = {.blobs = blobs, .folder = options->arguments[1]};
    int status = read_folder(options->arguments[1], blobs, &ask.blob_count);

    if (status == EX_OK)
        status = ask_once(options, &ask, &handler);
    for (size_t i = 0; i < ask.blob_count; i++) {
        free((char *)(uintptr_t)blobs[i].name);
        free((void *)(uintptr_t)blobs[i].data);
    }
    return status;
}

/* ---- show ---- */

struct showing {
    const struct options *options;
    struct output *output;
};

/* A text as it stands in its file, a line at a time, with nothing in it that could act on a
 * terminal. */
static void print_text(struct output *output, const struct row_value *values)
{
    struct str shown = STR_INIT;
    const char *body = values[2].is_set ? values[2].text : "";

    str_append_format(&shown, "\n%s: ", values[0].text);
    screen_make_visible(values[1].is_set ? values[1].text : "", false, &shown);
    str_append_text(&shown, "\n");
    while (*body != '\0') {
        size_t len = strcspn(body, "\n");
        char *line = mem_string_part(body, len > 0 && body[len - 1] == '\r' ? len - 1 : len);

        str_append_text(&shown, line[0] != '\0' ? "  " : "");
        screen_make_visible(line, false, &shown);
        str_append_text(&shown, "\n");
        free(line);
        body += len + (body[len] == '\n' ? 1 : 0);
    }
    output_text(output, str_text(&shown));
    str_free(&shown);
}

static bool on_shown(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct showing *showing = arg;
    bool is_text = strcmp(schema->name, row_update_text.name) == 0;

    if (is_text && !options_has(showing->options, OPTION_JSON)) {
        print_text(showing->output, values);
    } else if (!output_row(showing->output, schema, values)) {
        perform_broken_output();
        return false;
    }
    return !output_is_quit(showing->output);
}

static bool on_shown_columns(const struct row_schema *schema, void *arg)
{
    struct showing *showing = arg;

    if (!expect_update(schema, NULL))
        return false;
    output_columns(showing->output, schema);
    return true;
}

int perform_update_show(const struct options *options)
{
    struct showing showing = {options, output_new(options, OUTPUT_ITEM)};
    const struct client_handler handler = {on_shown_columns, on_shown, &showing};
    const struct ask ask = {.arguments = NULL};
    int status;

    output_with_list(showing.output, "texts");
    status = ask_once(options, &ask, &handler);
    if (status != EX_OK && !output_is_quit(showing.output)) {
        output_free(showing.output);
        return status;
    }
    return output_end(showing.output) ? EX_OK : perform_broken_output();
}

/* ---- remove ---- */

int perform_update_remove(const struct options *options)
{
    const struct client_handler handler = {NULL, NULL, NULL};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);

    if (status == EX_OK)
        talk_note("Update %s of %s is off the site; what was mailed of it has left.",
                  options->arguments[1], options->arguments[0]);
    return status;
}
