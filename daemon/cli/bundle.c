/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/bundle.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/stop.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK 65536

struct bundle_writer {
    struct archive *archive;
    time_t at;
};

static enum us_err fail(const struct bundle_writer *writer, struct fault *fault)
{
    int code = archive_errno(writer->archive);

    fault_set(fault, NULL, 0, "the bundle cannot be written: %s",
              code == ENOSPC || code == EDQUOT ? strerror(code)
                                               : archive_error_string(writer->archive));
    return code == ENOSPC || code == EDQUOT ? US_FULL : US_IO;
}

enum us_err bundle_writer_new(FILE *stream, int64_t at, struct bundle_writer **out,
                              struct fault *fault)
{
    struct bundle_writer *writer = MEM_NEW(struct bundle_writer);
    enum us_err err;

    /* A zip archive's older kind of time is that of a place: of none, rather than of ours. */
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    writer->at = (time_t)(at / CLOCK_SECOND);
    writer->archive = archive_write_new();
    if (writer->archive != NULL && archive_write_set_format_zip(writer->archive) == ARCHIVE_OK &&
        archive_write_zip_set_compression_deflate(writer->archive) == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(writer->archive, 1) == ARCHIVE_OK &&
        archive_write_open_FILE(writer->archive, stream) == ARCHIVE_OK) {
        *out = writer;
        return US_OK;
    }
    err = fail(writer, fault);
    bundle_writer_free(writer);
    return err;
}

static enum us_err begin_file(struct bundle_writer *writer, const char *name, int64_t size,
                              struct fault *fault)
{
    struct archive_entry *entry = archive_entry_new();
    enum us_err err = US_OK;

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, size);
    archive_entry_set_mtime(entry, writer->at, 0);
    if (archive_write_header(writer->archive, entry) != ARCHIVE_OK)
        err = fail(writer, fault);
    archive_entry_free(entry);
    return err;
}

static enum us_err put(struct bundle_writer *writer, const void *data, size_t len,
                       struct fault *fault)
{
    la_ssize_t done = len == 0 ? 0 : archive_write_data(writer->archive, data, len);

    return done == (la_ssize_t)len ? US_OK : fail(writer, fault);
}

enum us_err bundle_writer_add(struct bundle_writer *writer, const char *name, const void *data,
                              size_t len, struct fault *fault)
{
    enum us_err err = begin_file(writer, name, (int64_t)len, fault);

    return err == US_OK ? put(writer, data, len, fault) : err;
}

static enum us_err copy_file(struct bundle_writer *writer, FILE *from, int64_t size,
                             struct fault *fault)
{
    char bytes[CHUNK];
    int64_t done = 0;
    enum us_err err = US_OK;
    size_t n;

    while (err == US_OK && (n = fread(bytes, 1, sizeof(bytes), from)) > 0) {
        done += (int64_t)n;
        err = done > size ? US_CORRUPT : put(writer, bytes, n, fault);
        if (err == US_OK && *stop_flag() != 0)
            err = US_CANCELLED;
    }
    if (err == US_OK && ferror(from) != 0) {
        fault_set(fault, NULL, 0, "what belongs into the bundle cannot be read: %s",
                  strerror(errno));
        return US_IO;
    }
    if (err == US_OK && done != size)
        err = US_CORRUPT;
    if (err == US_CORRUPT)
        fault_set(fault, NULL, 0, "a file of the bundle was changed while it was packed");
    return err;
}

enum us_err bundle_writer_add_file(struct bundle_writer *writer, const char *name, const char *path,
                                   int64_t size, struct fault *fault)
{
    FILE *from = fopen(path, "re");
    enum us_err err;

    if (from == NULL) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        return US_IO;
    }
    err = begin_file(writer, name, size, fault);
    if (err == US_OK)
        err = copy_file(writer, from, size, fault);
    fclose(from);
    return err;
}

enum us_err bundle_writer_end(struct bundle_writer *writer, struct fault *fault)
{
    enum us_err err = US_OK;

    if (archive_write_close(writer->archive) != ARCHIVE_OK)
        err = fail(writer, fault);
    bundle_writer_free(writer);
    return err;
}

void bundle_writer_free(struct bundle_writer *writer)
{
    if (writer == NULL)
        return;
    (void)archive_write_free(writer->archive);
    free(writer);
}
