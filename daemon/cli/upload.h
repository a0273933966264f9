/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file that goes to the service with a request, in blobs as large as frames may be. */
#ifndef CLI_UPLOAD_H
#define CLI_UPLOAD_H

#include "base/err.h"
#include "base/fault.h"
#include "cli/client.h"

#define UPLOAD_MOST ((size_t)32 * 1024 * 1024)
#define UPLOAD_BLOBS (UPLOAD_MOST / FRAME_BLOB_MOST + 1)

struct upload {
    void *data;
    size_t len;
    struct client_blob blobs[UPLOAD_BLOBS];
    size_t count;
};

/* path: "-" is standard input. name: what the blobs are called, borrowed. US_LIMITED where it is
 * larger than may be sent. */
US_MUST_CHECK enum us_err upload_open(const char *path, const char *name, struct upload *out,
                                      struct fault *fault);
void upload_close(struct upload *upload);

#endif
