/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Only its first bytes are looked at: whether it can be drawn, the program that draws it finds out.
 */
#include "appeal/appeal_image.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define SVG_LOOK 4096 /* where an SVG's root element stands, behind a prologue and comments */

static const char png_signature[] = "\x89PNG\r\n\x1a\n";

bool appeal_image_is_named(const char *name)
{
    return strcmp(name, "letterhead.png") == 0 || strcmp(name, "letterhead.svg") == 0;
}

static bool is_png(const struct appeal_file *file)
{
    size_t len = strlen(png_signature);

    return file->len > len && memcmp(file->data, png_signature, len) == 0;
}

static bool is_svg(const struct appeal_file *file)
{
    size_t len = file->len < SVG_LOOK ? file->len : SVG_LOOK;

    return memmem(file->data, len, "<svg", strlen("<svg")) != NULL;
}

enum us_err appeal_image_check(const struct appeal_file *file, struct fault *fault)
{
    if (file->len > APPEAL_IMAGE_MOST)
        fault_set(fault, file->name, 0, "the letterhead's image must not be larger than %d KiB",
                  APPEAL_IMAGE_MOST / 1024);
    else if (strcmp(file->name, "letterhead.png") == 0 && !is_png(file))
        fault_set(fault, file->name, 0, "this is not a PNG image");
    else if (strcmp(file->name, "letterhead.svg") == 0 && !is_svg(file))
        fault_set(fault, file->name, 0,
                  "this is not an SVG image: there is no <svg> at its beginning");
    else
        return US_OK;
    return US_INVALID;
}

void appeal_image_keep(struct query *query, int column, struct appeal_image *out)
{
    size_t len;
    const void *data = query_blob(query, column + 1, &len);
    const char *name = query_text(query, column);

    *out = (struct appeal_image){.name = NULL};
    if (name == NULL || data == NULL)
        return;
    out->name = mem_string(name);
    out->data = mem_copy(data, len);
    out->len = len;
}

bool appeal_image_is_same(const struct appeal_image *one, const struct appeal_image *other)
{
    if (one->name == NULL || other->name == NULL)
        return one->name == other->name;
    return strcmp(one->name, other->name) == 0 && one->len == other->len &&
           memcmp(one->data, other->data, one->len) == 0;
}

void appeal_image_clear(struct appeal_image *image)
{
    free(image->name);
    free(image->data);
    *image = (struct appeal_image){.name = NULL};
}

enum us_err appeal_image_load(struct reader *reader, const struct appeal *appeal,
                              struct appeal_image *out)
{
    struct query *query = query_start(reader, STATEMENT_APPEAL_IMAGE,
                                      VALUES(value_int(appeal->id), value_int(appeal->version)));
    struct appeal_image image = {.name = NULL};
    enum us_err err;

    if (query_next(query))
        appeal_image_keep(query, 0, &image);
    err = query_end(query);
    if (err == US_OK)
        *out = image;
    else
        appeal_image_clear(&image);
    return err;
}
