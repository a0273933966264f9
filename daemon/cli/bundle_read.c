/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libarchive reads the whole of an archive's directory into memory before it gives the first name.
 * So the archive's end is looked at first: where the directory begins and how long it is, which is
 * bounded; what lies elsewhere or says otherwise (archives of more than 4 GiB, a comment behind the
 * end, junk before the beginning of the directory) no bundle of ours has.
 */
#include "base/mem.h"
#include "cli/bundle.h"
#include "cli/manifest.h"
#include "cli/stop.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MOST (MANIFEST_FILES_MOST + 3)
#define SIZE_MOST (MANIFEST_ALL_MOST + 64 * 1024 * 1024)
#define DIRECTORY_MOST 65536
#define END_SIZE 22
#define END_MARK "PK\5\6"
#define LONG_SIZE 20 /* of the locator that stands before the end of large archives */
#define LONG_MARK "PK\6\7"
#define BLOCK 65536

struct names {
    char seen[FILES_MOST][MANIFEST_NAME_MOST + 1];
    size_t count;
};

static uint32_t little_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool is_end(const unsigned char *tail, off_t size)
{
    const unsigned char *end = tail + LONG_SIZE;
    uint32_t length = little_endian(end + 12), offset = little_endian(end + 16);

    return memcmp(end, END_MARK, 4) == 0 && memcmp(tail, LONG_MARK, 4) != 0 &&
           length <= DIRECTORY_MOST && (off_t)offset + length + END_SIZE == size;
}

static enum us_err check_end(const char *path, struct fault *fault)
{
    unsigned char tail[LONG_SIZE + END_SIZE];
    FILE *file = fopen(path, "re");
    enum us_err err = US_INVALID;
    off_t size;

    if (file == NULL) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        return errno == ENOENT ? US_NOT_FOUND : errno == EACCES ? US_DENIED : US_IO;
    }
    if (fseeko(file, 0, SEEK_END) == 0 && (size = ftello(file)) >= (off_t)sizeof(tail) &&
        size <= SIZE_MOST && fseeko(file, -(off_t)sizeof(tail), SEEK_END) == 0 &&
        fread(tail, 1, sizeof(tail), file) == sizeof(tail) && is_end(tail, size))
        err = US_OK;
    else
        fault_set(fault, NULL, 0, "it is no bundle: a zip archive of its kind ends otherwise");
    fclose(file);
    return err;
}

static enum us_err refuse(struct archive *archive, struct fault *fault)
{
    const char *said = archive_error_string(archive);

    fault_set(fault, NULL, 0, "the archive is broken: %s", said != NULL ? said : "no reason given");
    return US_INVALID;
}

/* What the entry is, before a byte of it is unpacked. */
static enum us_err check_entry(struct archive_entry *entry, struct names *names,
                               struct fault *fault)
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL || !manifest_is_name(name)) {
        fault_set(fault, NULL, 0, "it holds a file under a name that no bundle has: %s",
                  name != NULL ? name : "none");
        return US_INVALID;
    }
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_is_encrypted(entry) != 0) {
        fault_set(fault, NULL, 0, "%s in it is no plain file", name);
        return US_INVALID;
    }
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->seen[i], name) == 0) {
            fault_set(fault, NULL, 0, "it holds %s twice", name);
            return US_INVALID;
        }
    }
    if (names->count == FILES_MOST) {
        fault_set(fault, NULL, 0, "it holds more than %d files", FILES_MOST);
        return US_INVALID;
    }
    memcpy(names->seen[names->count++], name, strlen(name) + 1);
    return US_OK;
}

static enum us_err read_data(struct archive *archive, const struct bundle_handler *handler,
                             struct fault *fault)
{
    static const size_t piece = BLOCK;
    char *bytes = mem_alloc(piece);
    enum us_err err = US_OK;
    la_ssize_t n;

    while ((n = archive_read_data(archive, bytes, piece)) > 0) {
        err = handler->on_data(bytes, (size_t)n, handler->arg, fault);
        if (err == US_OK && *stop_flag() != 0)
            err = US_CANCELLED;
        if (err != US_OK)
            break;
    }
    if (err == US_OK && n < 0)
        err = refuse(archive, fault);
    free(bytes);
    return err;
}

static enum us_err read_files(struct archive *archive, const struct bundle_handler *handler,
                              struct fault *fault)
{
    struct names *names = MEM_NEW(struct names);
    struct archive_entry *entry;
    enum us_err err = US_OK;
    int code = ARCHIVE_OK;

    while (err == US_OK && (code = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        err = check_entry(entry, names, fault);
        if (err == US_OK)
            err = handler->on_file(archive_entry_pathname(entry), handler->arg, fault);
        if (err == US_OK)
            err = read_data(archive, handler, fault);
        if (err == US_OK)
            err = handler->on_end(handler->arg, fault);
    }
    if (err == US_OK && code != ARCHIVE_EOF)
        err = refuse(archive, fault);
    free(names);
    return err;
}

enum us_err bundle_walk(const char *path, const struct bundle_handler *handler, struct fault *fault)
{
    struct archive *archive;
    enum us_err err = check_end(path, fault);

    if (err != US_OK)
        return err;
    archive = archive_read_new();
    if (archive_read_support_format_zip_seekable(archive) != ARCHIVE_OK ||
        archive_read_open_filename(archive, path, BLOCK) != ARCHIVE_OK)
        err = refuse(archive, fault);
    else
        err = read_files(archive, handler, fault);
    (void)archive_read_free(archive);
    return err;
}
