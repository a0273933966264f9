/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Drawing an edition: asks the service for it, draws what comes, has it sealed where the site has a
 * seal, and tells the service the file's digest. For export, bundle and delivery alike.
 */
#ifndef CLI_DRAW_H
#define CLI_DRAW_H

#include "cli/ask.h"
#include "render/letter.h"
#include <jansson.h>

struct draw_params {               /* borrowed */
    const struct options *options; /* the site, --lang, --form, --supplement, --paper, ... */
    const char *slug;
    const char *addressee; /* NULL: as the public may see it */
    const char *path;      /* of the PDF; NULL: by the default name */
    const char *in;        /* the folder that the default name stands in; NULL: this one */
    bool is_separate;      /* individual letters, a file each, in a folder of that name */
};

struct drawn { /* owned: drawn_clear(); seal NULL: not sealed */
    char *path, *slug, *language, *addressee, *addressee_name, *email, *seal;
    int64_t edition; /* its number; 0: to nobody in particular, so not counted */
    int64_t version, named, counted;
    int64_t as_of; /* of one for the public: what the service wants to hear when it is published */
    int pages;
    bool is_individual;
    enum letter_edition kind;
    int64_t files;      /* written, where each organisation has its own; else 1 */
    uint8_t digest[32]; /* SHA-256 of the file; of several: of their list as sha256sum writes it */
};

/* Gives the exit status; what failed has been said, and no file is left then. A client whose
 * request was interrupted is of no use any more. */
int draw_letter(struct client *client, const struct draw_params *params, struct drawn *out);
/* "12 pages, names 41 organisations; 3 are only counted, since they chose ..." on standard error.
 */
void drawn_tell(const struct drawn *drawn);
/* The same as an object for programs. A new reference. */
json_t *drawn_json(const struct drawn *drawn);
void drawn_clear(struct drawn *drawn);

#endif
