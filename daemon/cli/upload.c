/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/upload.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_READ ((size_t)64 * 1024)

/* Up to its end: of a pipe nobody knows how long it is. */
static enum us_err read_all(FILE *file, const char *path, struct upload *out, struct fault *fault)
{
    size_t len = 0, cap = FIRST_READ, n;
    char *data = mem_alloc(cap);

    errno = 0;
    while ((n = fread(data + len, 1, cap - len, file)) > 0) {
        len += n;
        if (len == cap && cap <= UPLOAD_MOST)
            data = mem_resize(data, cap = 2 * cap <= UPLOAD_MOST ? 2 * cap : UPLOAD_MOST + 1, 1);
    }
    if (ferror(file) == 0 && len <= UPLOAD_MOST) {
        out->data = data;
        out->len = len;
        return US_OK;
    }
    free(data);
    if (ferror(file) == 0) {
        fault_set(fault, NULL, 0, "%s is too large: at most %zu MiB can be sent", path,
                  UPLOAD_MOST / (1024 * 1024));
        return US_LIMITED;
    }
    fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
    return US_IO;
}

enum us_err upload_open(const char *path, const char *name, struct upload *out, struct fault *fault)
{
    struct upload upload = {.data = NULL};
    bool is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "re");
    struct stat there;
    enum us_err err = US_OK;

    if (file == NULL || fstat(fileno(file), &there) != 0) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        err = US_IO;
    } else if ((uint64_t)there.st_size > UPLOAD_MOST) {
        fault_set(fault, NULL, 0, "the file has %.1f MiB; at most %zu MiB can be sent",
                  (double)there.st_size / (1024 * 1024), UPLOAD_MOST / (1024 * 1024));
        err = US_LIMITED;
    } else {
        err = read_all(file, is_input ? "standard input" : path, &upload, fault);
    }
    if (file != NULL && !is_input)
        fclose(file);
    if (err != US_OK)
        return err;
    for (size_t at = 0; at < upload.len; at += FRAME_BLOB_MOST) {
        size_t left = upload.len - at;
        upload.blobs[upload.count++] = (struct client_blob){
            name, (const char *)upload.data + at, left < FRAME_BLOB_MOST ? left : FRAME_BLOB_MOST};
    }
    *out = upload;
    return US_OK;
}

void upload_close(struct upload *upload)
{
    free(upload->data);
    *upload = (struct upload){.data = NULL};
}
