/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A plain text to the folder of an appeal, on this machine alone. The folder is made whole under
 * another name beside its place and then renamed, so that there is never half of one; the original
 * goes into it byte for byte.
 */
#include "config.h"

#include "base/mem.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include "crypto/digest.h"
#include "text/draft.h"
#include "text/language.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define FILES 3
#define FOLDER_MODE 0755
#define FILE_MODE 0644

struct made { /* a file of the folder */
    char *name;
    const void *data;
    size_t len;
};

struct making {
    const char *path, *language; /* of the original */
    char *folder, *temporary;
    char *data;
    size_t len;
    char digest[DIGEST_HEX_SIZE];
    struct draft *draft;
    struct str text, settings;
};

/* ---- the original ---- */

static int read_original(struct making *making)
{
    FILE *file = fopen(making->path, "re");

    if (file == NULL) {
        talk_error("cannot read %s: %s", making->path, strerror(errno));
        return EX_NOINPUT;
    }
    /* One byte more than allowed shows that there is more. */
    making->data = mem_alloc(DRAFT_FILE_MOST + 1);
    making->len = fread(making->data, 1, DRAFT_FILE_MOST + 1, file);
    if (ferror(file) != 0) {
        talk_error("cannot read %s: %s", making->path, strerror(errno));
        fclose(file);
        return EX_NOINPUT;
    }
    fclose(file);
    return EX_OK;
}

/* "appeal-law" of "texts/appeal-law.ru.txt". */
static char *name_of(const struct making *making)
{
    const char *slash = strrchr(making->path, '/');
    const char *name = slash != NULL ? slash + 1 : making->path;
    const char *dot = strrchr(name, '.');
    size_t len = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
    size_t tag = strlen(making->language);

    if (len > tag + 1 && name[len - tag - 1] == '.' &&
        memcmp(name + len - tag, making->language, tag) == 0)
        len -= tag + 1;
    return mem_string_part(name, len);
}

static int make_draft(struct making *making)
{
    struct fault fault = {.text = ""};
    uint8_t digest[DIGEST_SIZE];
    char *name;

    if (draft_read(making->data, making->len, making->language, &making->draft, &fault) != US_OK) {
        snprintf(fault.file, sizeof(fault.file), "%s", making->path);
        talk_failure(US_INVALID, &fault, NULL);
        return EX_DATAERR;
    }
    digest_sha256(making->data, making->len, digest);
    digest_hex(digest, making->digest);
    draft_write_text(making->draft, making->digest, &making->text);
    name = name_of(making);
    draft_write_settings(making->draft, name, &making->settings);
    free(name);
    return EX_OK;
}

/* ---- the folder ---- */

static int refuse_folder(const char *folder, const char *why)
{
    talk_error("cannot make the folder %s: %s", folder, why);
    return EX_CANTCREAT;
}

static bool is_empty(const char *folder)
{
    DIR *dir = opendir(folder);
    bool is_one = dir != NULL;

    for (struct dirent *entry; is_one && (entry = readdir(dir)) != NULL;)
        is_one = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir != NULL)
        closedir(dir);
    return is_one;
}

/* What stands there already: nothing, or an empty folder that nobody is in. */
static int check_place(struct making *making)
{
    struct stat there, here;
    size_t len = strlen(making->folder);

    while (len > 1 && making->folder[len - 1] == '/')
        making->folder[--len] = '\0';
    if (lstat(making->folder, &there) != 0)
        return errno == ENOENT ? EX_OK : refuse_folder(making->folder, strerror(errno));
    if (!S_ISDIR(there.st_mode))
        return refuse_folder(making->folder, "it is there already, and is no folder");
    if (!is_empty(making->folder))
        return refuse_folder(making->folder, "it is there already, and is not empty");
    if (stat(".", &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
        return refuse_folder(making->folder, "it is the one you are in; name one in it");
    return EX_OK;
}

static bool write_file(const char *folder, const struct made *made)
{
    char *path = mem_format("%s/%s", folder, made->name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    const char *data = made->data;
    size_t done = 0;
    bool is_written = fd >= 0;

    free(path);
    while (is_written && done < made->len) {
        ssize_t n = write(fd, data + done, made->len - done);

        if (n > 0)
            done += (size_t)n;
        else
            is_written = n < 0 && errno == EINTR;
    }
    is_written = is_written && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        is_written = false;
    return is_written;
}

static void remove_temporary(const struct making *making, const struct made files[FILES])
{
    for (size_t i = 0; i < FILES; i++) {
        char *path = mem_format("%s/%s", making->temporary, files[i].name);

        unlink(path);
        free(path);
    }
    rmdir(making->temporary);
}

static int fill_folder(struct making *making, const struct made files[FILES])
{
    mode_t mask = umask(0);

    umask(mask);
    for (size_t i = 0; i < FILES; i++) {
        if (!write_file(making->temporary, &files[i]))
            return refuse_folder(making->folder, strerror(errno));
    }
    if (*stop_flag() != 0) {
        talk_error("interrupted");
        return TALK_STATUS_INTERRUPTED;
    }
    /* mkdtemp() makes a folder for its owner alone; this one is like any other. */
    if (chmod(making->temporary, FOLDER_MODE & ~mask) != 0 ||
        rename(making->temporary, making->folder) != 0)
        return refuse_folder(making->folder, strerror(errno));
    return EX_OK;
}

static int make_folder(struct making *making)
{
    const struct made files[FILES] = {
        {mem_format("%s.md", making->language), str_text(&making->text), making->text.len},
        {mem_string("appeal.ini"), str_text(&making->settings), making->settings.len},
        {mem_format("original.%s.txt", making->language), making->data, making->len},
    };
    int status;

    making->temporary = mem_format("%s.XXXXXX", making->folder);
    if (mkdtemp(making->temporary) == NULL) {
        status = refuse_folder(making->folder, strerror(errno));
    } else {
        status = fill_folder(making, files);
        if (status != EX_OK)
            remove_temporary(making, files);
    }
    for (size_t i = 0; i < FILES; i++)
        free(files[i].name);
    return status;
}

/* ---- what is said ---- */

static void tell_notes(const struct making *making)
{
    const struct draft *draft = making->draft;
    size_t suspects = draft->more_notes;

    for (size_t i = 0; i < draft->note_count; i++) {
        const struct draft_note *note = &draft->notes[i];

        suspects += note->is_suspect;
        talk_note("%s:%d: %s%s", making->path, note->line, note->is_suspect ? "suspect: " : "",
                  note->text);
    }
    if (draft->more_notes > 0)
        talk_note("%zu more are not listed.", draft->more_notes);
    talk_note("Made %s: %s.md, appeal.ini and original.%s.txt (sha256 %s).", making->folder,
              making->language, making->language, making->digest);
    talk_note("%zu suspect%s and %zu question%s stand as comments in %s.md; no word was changed. "
              "Read it, fill in appeal.ini, then: undersign appeal import %s",
              suspects, suspects == 1 ? "" : "s", draft->note_count + draft->more_notes - suspects,
              draft->note_count + draft->more_notes - suspects == 1 ? "" : "s", making->language,
              making->folder);
}

static int print_json(const struct options *options, const struct making *making)
{
    const struct draft *draft = making->draft;
    json_t *notes = json_array();
    json_t *object = json_pack("{s:s, s:s, s:s}", "folder", making->folder, "language",
                               making->language, "original", making->digest);

    for (size_t i = 0; i < draft->note_count; i++)
        json_array_append_new(notes,
                              json_pack("{s:i, s:b, s:s}", "line", draft->notes[i].line, "suspect",
                                        draft->notes[i].is_suspect, "text", draft->notes[i].text));
    json_object_set_new(object, "notes", notes);
    json_object_set_new(object, "more", json_integer((json_int_t)draft->more_notes));
    output_json(options, object);
    json_decref(object);
    return fflush(stdout) == 0 ? EX_OK : perform_broken_output();
}

static int check_options(const struct options *options)
{
    const char *language = options->values[OPTION_LANG], *folder = options->values[OPTION_OUTPUT];

    if (language == NULL)
        talk_error("appeal draft: say which language the text is in, with --lang LL");
    else if (!language_is_tag(language, strlen(language)))
        talk_error("appeal draft: \"%s\" is no language's tag such as ru, en or pt-BR", language);
    else if (folder == NULL || folder[0] == '\0' || strcmp(folder, "-") == 0)
        talk_error("appeal draft: name the folder to make, with -o DIR");
    else
        return EX_OK;
    return EX_USAGE;
}

int perform_draft(const struct options *options)
{
    struct making making = {.path = options->arguments[0],
                            .language = options->values[OPTION_LANG],
                            .text = STR_INIT,
                            .settings = STR_INIT};
    int status = check_options(options);

    if (status != EX_OK)
        return status;
    making.folder = mem_string(options->values[OPTION_OUTPUT]);
    status = check_place(&making);
    if (status == EX_OK)
        status = read_original(&making);
    if (status == EX_OK)
        status = make_draft(&making);
    if (status == EX_OK)
        status = make_folder(&making);
    if (status == EX_OK)
        tell_notes(&making);
    if (status == EX_OK && options_has(options, OPTION_JSON))
        status = print_json(options, &making);
    str_free(&making.text);
    str_free(&making.settings);
    draft_free(making.draft);
    free(making.data);
    free(making.folder);
    free(making.temporary);
    return status;
}
