/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The service's drawer, which it runs as a process of its own (base/child.h): one JSON object on
 * standard input says what to draw, {"pictures": [{"kind": "card", ...}, ...]}, and the PNGs stand
 * on standard output in that order, one behind the other. Every text is there, already in its
 * language: nothing is looked up or opened here but fonts.
 */
#include "base/mem.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "render/picture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define INPUT_MOST (256 * 1024)
#define PICTURES_MOST 64

static const char *text_of(const json_t *picture, const char *name)
{
    return json_string_value(json_object_get(picture, name));
}

static enum us_err draw_one(const json_t *picture, struct str *out, struct fault *fault)
{
    const char *kind = text_of(picture, "kind"), *language = text_of(picture, "language"),
               *title = text_of(picture, "title"), *sentence = text_of(picture, "sentence"),
               *address = text_of(picture, "address");
    bool is_worded = kind != NULL && language != NULL && title != NULL;

    if (is_worded && strcmp(kind, "card") == 0)
        return picture_draw_card(&(struct picture_card){.language = language,
                                                        .title = title,
                                                        .issuer = text_of(picture, "issuer"),
                                                        .kind = text_of(picture, "printed_kind"),
                                                        .site = text_of(picture, "site"),
                                                        .action = text_of(picture, "action")},
                                 out, fault);
    if (is_worded && strcmp(kind, "badge") == 0 && sentence != NULL)
        return picture_draw_badge(&(struct picture_badge){.language = language,
                                                          .title = title,
                                                          .sentence = sentence,
                                                          .scale = (int)json_integer_value(
                                                              json_object_get(picture, "scale"))},
                                  out, fault);
    if (kind != NULL && strcmp(kind, "code") == 0 && address != NULL)
        return picture_draw_code(address, out, fault);
    fault_set(fault, NULL, 0, "this is no picture that can be drawn");
    return US_INVALID;
}

static json_t *read_request(struct fault *fault)
{
    char *input = mem_alloc(INPUT_MOST + 1);
    size_t len = fread(input, 1, INPUT_MOST + 1, stdin);
    json_error_t error;
    json_t *request = NULL;

    if (len > INPUT_MOST)
        fault_set(fault, NULL, 0, "more than %d bytes came to draw", INPUT_MOST);
    else if ((request = json_loadb(input, len, JSON_REJECT_DUPLICATES, &error)) == NULL)
        fault_set(fault, NULL, 0, "what came to draw is no JSON: %s", error.text);
    free(input);
    return request;
}

int perform_draw_pictures(const struct options *options)
{
    struct fault fault = {.text = ""};
    struct str out = STR_INIT;
    json_t *request = read_request(&fault);
    const json_t *pictures = json_object_get(request, "pictures");
    size_t count = json_array_size(pictures);
    enum us_err err = count > 0 && count <= PICTURES_MOST ? US_OK : US_INVALID;

    (void)options;
    if (err != US_OK && request != NULL)
        fault_set(&fault, NULL, 0, "1 to %d pictures can be drawn", PICTURES_MOST);
    for (size_t i = 0; i < count && err == US_OK; i++)
        err = draw_one(json_array_get(pictures, i), &out, &fault);
    json_decref(request);
    if (err == US_OK && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)) {
        str_free(&out);
        return perform_broken_output();
    }
    str_free(&out);
    if (err == US_OK)
        return EX_OK;
    talk_error("%s", fault.text);
    return err == US_INVALID ? EX_DATAERR : EX_UNAVAILABLE;
}
