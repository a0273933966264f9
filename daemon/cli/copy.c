/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/copy.h"
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COPY_CHUNK 65536

enum us_err copy_begin(struct copy *copy, const char *name, struct fault *fault)
{
    const char *told = getenv("TMPDIR");
    char *folder =
        mem_format("%s/undersign.XXXXXX", told != NULL && told[0] != '\0' ? told : "/tmp");

    if (mkdtemp(folder) == NULL) {
        fault_set(fault, NULL, 0, "cannot make a folder like %s: %s", folder, strerror(errno));
        free(folder);
        return US_IO;
    }
    copy->folder = folder;
    copy->path = mem_format("%s/%s", folder, name);
    return US_OK;
}

enum us_err copy_send(const struct copy *copy, FILE *to, struct fault *fault)
{
    FILE *from = fopen(copy->path, "re");
    char bytes[COPY_CHUNK];
    size_t n;
    enum us_err err = US_OK;

    if (from == NULL) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", copy->path, strerror(errno));
        return US_IO;
    }
    while ((n = fread(bytes, 1, sizeof(bytes), from)) > 0) {
        if (fwrite(bytes, 1, n, to) != n)
            break;
    }
    if (ferror(from) != 0 || fflush(to) != 0 || ferror(to) != 0) {
        fault_set(fault, NULL, 0, "cannot write the output: %s", strerror(errno));
        err = US_IO;
    }
    fclose(from);
    return err;
}

void copy_end(struct copy *copy)
{
    if (copy->path == NULL)
        return;
    unlink(copy->path);
    rmdir(copy->folder);
    free(copy->path);
    free(copy->folder);
    *copy = (struct copy){.path = NULL};
}
