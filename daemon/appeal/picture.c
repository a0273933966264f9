/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * All of an appeal's pictures come from one process, one behind the other, and are kept by one job,
 * if what was drawn is still what is published. They are drawn again each time somebody publishes,
 * changed or not: so a site that was moved to another address, or has got a better program, gets
 * new ones.
 */
#include "appeal/picture.h"
#include "appeal/document_heading.h"
#include "base/child.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/job.h"
#include "text/language.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PICTURES_MOST 64
#define PICTURE_MOST (512 * 1024) /* bytes of one */
#define MEMORY_MOST                                                                                \
    ((size_t)2 * 1024 * 1024 * 1024) /* of addresses: fonts are mapped, not read                   \
                                      */
#define SECONDS_MOST 30
#define TRIES 3

struct plan { /* what is to be drawn, and what came of it */
    struct site *site;
    const char *slug;
    enum us_err err;
    int64_t appeal, version;
    json_t *pictures;
    struct planned {
        char language[16];
        const char *kind; /* in the store */
        const uint8_t *png;
        size_t len;
    } items[PICTURES_MOST];
    size_t count;
};

static const char *kind_name(enum picture_kind kind)
{
    return kind == PICTURE_CARD ? "card" : "code";
}

/* ---- what to draw ---- */

/* Without a text there is no such member. */
static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}

static json_t *add_item(struct plan *plan, const char *language, enum picture_kind kind)
{
    json_t *picture = json_object();
    struct planned *item = &plan->items[plan->count++];
    strncpy(item->language, language, sizeof item->language - 1);
    item->kind = kind_name(kind);
    set_text(picture, "kind", item->kind);
    set_text(picture, "language", language);
    json_array_append_new(plan->pictures, picture);
    return picture;
}

static void add_card(struct plan *plan, const struct text *text)
{
    const struct language *language = language_find(text->language);
    char *heading = document_heading(text);
    json_t *picture = add_item(plan, text->language, PICTURE_CARD);
    set_text(picture, "title", heading != NULL ? heading : plan->slug);
    if (text->title_count > 0)
        set_text(picture, "printed_kind", text->kind);
    set_text(picture, "issuer", document_issuer(text));
    set_text(picture, "site", site_config(plan->site)->site_name);
    if (language != NULL)
        set_text(picture, "action", message_get(language, "Sign for your organisation"));
    free(heading);
}

static void add_code(struct plan *plan, const struct appeal *appeal, const char *language)
{
    char *address = appeal_address(plan->site, appeal, language);
    set_text(add_item(plan, language, PICTURE_CODE), "address", address);
    free(address);
}

static void read_plan(struct reader *reader, void *arg)
{
    struct plan *plan = arg;
    struct appeal *appeal;
    plan->err = appeal_load(reader, plan->site, plan->slug, &appeal);
    if (plan->err != US_OK)
        return;
    plan->appeal = appeal->id;
    plan->version = appeal->version;
    for (const struct language *l = language_table; l->code != NULL; l++)
        add_code(plan, appeal, l->code);
    for (size_t i = 0; i < appeal->text_count && plan->count < PICTURES_MOST; i++)
        if (i == 0 || language_find(appeal->texts[i]->language) != NULL)
            add_card(plan, appeal->texts[i]);
    appeal_free(appeal);
}

/* ---- drawing ---- */

/* Takes pictures. */
static enum us_err run_drawer(struct site *site, json_t *pictures, size_t most, void **out,
                              size_t *len, struct fault *fault)
{
    static const char *const arguments[] = {"draw", "pictures", NULL};
    json_t *request = json_object();
    json_object_set_new(request, "pictures", pictures);
    char *input = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    enum us_err err = US_IO;
    if (input == NULL || site_renderer(site) == NULL) {
        fault_set(fault, NULL, 0, "this program has nothing to draw with");
    } else {
        err = child_run(&(struct child_task){.program = site_renderer(site),
                                             .arguments = arguments,
                                             .input = input,
                                             .input_len = strlen(input),
                                             .output_most = most,
                                             .memory_most = MEMORY_MOST,
                                             .seconds = SECONDS_MOST},
                        out, len, fault);
    }
    free(input);
    return err;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The length of the PNG that the bytes begin with; 0: they begin with none. A PNG is a signature
 * and chunks, each a length, a name, the data and a checksum; the last is named IEND. */
static size_t png_length(const uint8_t *data, size_t len)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    size_t at = sizeof signature;
    if (len < at || memcmp(data, signature, at) != 0)
        return 0;
    while (len - at >= 12) {
        size_t chunk = big_endian(data + at);
        bool is_last = memcmp(data + at + 4, "IEND", 4) == 0;
        if (chunk > len - at - 12)
            return 0;
        at += 12 + chunk;
        if (is_last)
            return at;
    }
    return 0;
}

/* Each its own, and nothing behind them. */
static bool part(struct plan *plan, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan->items[i].png = data;
        plan->items[i].len = png_length(data, len);
        if (plan->items[i].len == 0 || plan->items[i].len > PICTURE_MOST)
            return false;
        data += plan->items[i].len;
        len -= plan->items[i].len;
    }
    return len == 0;
}

static enum us_err keep(struct plan *plan)
{
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_APPEAL_GUARD_PUBLISHED, US_CONFLICT,
                     VALUES(value_int(plan->appeal), value_int(plan->version)));
    (void)job_add(job, STATEMENT_PICTURE_DELETE, VALUES(value_int(plan->appeal)));
    for (size_t i = 0; i < plan->count; i++) {
        const struct planned *item = &plan->items[i];
        uint8_t digest[DIGEST_SIZE];
        digest_sha256(item->png, item->len, digest);
        (void)job_expect(job, STATEMENT_PICTURE_INSERT, US_CONFLICT,
                         VALUES(value_int(plan->appeal), value_text(item->language),
                                value_text(item->kind), value_blob(digest, DIGEST_SIZE),
                                value_blob(item->png, item->len)));
    }
    enum us_err err = store_run(site_store(plan->site), job);
    job_free(job);
    /* A page's old picture may not be the last one that is seen of it. */
    if (err == US_OK)
        site_changed(plan->site, plan->appeal, true);
    return err;
}

static enum us_err try_draw(struct site *site, const char *slug, struct fault *fault)
{
    struct plan plan = {.site = site, .slug = slug, .pictures = json_array()};
    void *out = NULL;
    size_t len = 0;
    enum us_err err = store_read_wait(site_store(site), read_plan, &plan);
    if (err == US_OK)
        err = plan.err;
    if (err != US_OK) {
        json_decref(plan.pictures);
        fault_set(fault, NULL, 0, "the appeal could not be read (%s)", err_name(err));
        return err;
    }
    err = run_drawer(site, plan.pictures, plan.count * PICTURE_MOST, &out, &len, fault);
    if (err != US_OK)
        return err;
    if (!part(&plan, out, len)) {
        fault_set(fault, NULL, 0, "what was drawn are not the pictures that were asked for");
        err = US_IO;
    } else if ((err = keep(&plan)) != US_OK) {
        fault_set(fault, NULL, 0, "the pictures could not be kept (%s)", err_name(err));
    }
    free(out);
    return err;
}

enum us_err picture_draw(struct site *site, const char *slug, struct fault *fault)
{
    enum us_err err = try_draw(site, slug, fault);
    for (int i = 1; i < TRIES && err == US_CONFLICT; i++)
        err = try_draw(site, slug, fault);
    return err;
}

enum us_err picture_draw_badge(struct site *site, const char *language, const char *sentence,
                               const char *title, void **png, size_t *len)
{
    json_t *pictures = json_array(), *picture = json_object();
    struct fault fault = {.text = ""};
    void *out;
    if (!site_take_badge(site)) {
        json_decref(pictures);
        json_decref(picture);
        return US_BUSY;
    }
    set_text(picture, "kind", "badge");
    set_text(picture, "language", language);
    set_text(picture, "sentence", sentence);
    set_text(picture, "title", title);
    json_object_set_new(picture, "scale", json_integer(2));
    json_array_append_new(pictures, picture);
    enum us_err err = run_drawer(site, pictures, PICTURE_MOST, &out, len, &fault);
    site_end_badge(site);
    if (err == US_OK && png_length(out, *len) != *len) {
        free(out);
        fault_set(&fault, NULL, 0, "what was drawn is no PNG");
        err = US_IO;
    }
    if (err == US_OK)
        *png = out;
    else
        log_warning("a badge could not be drawn: %s", fault.text);
    return err;
}

/* ---- what was drawn ---- */

static struct query *find(struct reader *reader, const struct appeal *appeal, const char *language,
                          enum picture_kind kind, enum statement statement)
{
    return query_start(
        reader, statement,
        VALUES(value_int(appeal->id), value_text(language), value_text(kind_name(kind))));
}

static enum us_err load(struct reader *reader, const struct appeal *appeal, const char *language,
                        enum picture_kind kind, void **png, size_t *len)
{
    struct query *query = find(reader, appeal, language, kind, STATEMENT_PICTURE_FIND);
    void *copy = NULL;
    size_t size = 0;
    if (query_next(query)) {
        const void *data = query_blob(query, 0, &size);
        copy = mem_copy(data, size);
    }
    enum us_err err = query_end(query);
    if (err == US_OK && copy == NULL)
        err = US_NOT_FOUND;
    if (err != US_OK) {
        free(copy);
        return err;
    }
    *png = copy;
    *len = size;
    return US_OK;
}

enum us_err picture_load(struct reader *reader, const struct appeal *appeal, const char *language,
                         enum picture_kind kind, void **png, size_t *len)
{
    enum us_err err = load(reader, appeal, language, kind, png, len);
    if (err == US_NOT_FOUND)
        err = load(reader, appeal, appeal->settings->authoritative, kind, png, len);
    return err;
}

static enum us_err mark(struct reader *reader, const struct appeal *appeal, const char *language,
                        enum picture_kind kind, char out[PICTURE_MARK_SIZE])
{
    struct query *query = find(reader, appeal, language, kind, STATEMENT_PICTURE_DIGEST);
    char found[DIGEST_HEX_SIZE] = "";
    if (query_next(query)) {
        size_t len;
        const uint8_t *digest = query_blob(query, 0, &len);
        if (len == DIGEST_SIZE)
            digest_hex(digest, found);
    }
    enum us_err err = query_end(query);
    memcpy(out, found, PICTURE_MARK_SIZE - 1);
    out[PICTURE_MARK_SIZE - 1] = '\0';
    return err;
}

enum us_err picture_mark(struct reader *reader, const struct appeal *appeal, const char *language,
                         enum picture_kind kind, char out[PICTURE_MARK_SIZE])
{
    enum us_err err = mark(reader, appeal, language, kind, out);
    if (err == US_OK && out[0] == '\0')
        err = mark(reader, appeal, appeal->settings->authoritative, kind, out);
    return err;
}
