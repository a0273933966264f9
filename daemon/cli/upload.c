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

static enum us_err read_all(FILE *file, size_t len, const char *path, void **out,
                            struct fault *fault)
{
    char *data = mem_alloc(len + 1);

    errno = 0;
    if (fread(data, 1, len + 1, file) == len && ferror(file) == 0) {
        *out = data;
        return US_OK;
    }
    free(data);
    fault_set(fault, NULL, 0, "cannot read %s: %s", path,
              errno != 0 ? strerror(errno) : "it changed meanwhile");
    return US_IO;
}

enum us_err upload_open(const char *path, const char *name, struct upload *out, struct fault *fault)
{
    struct upload upload = {.data = NULL};
    FILE *file = fopen(path, "re");
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
        upload.len = (size_t)there.st_size;
        err = read_all(file, upload.len, path, &upload.data, fault);
    }
    if (file != NULL)
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
