/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The bytes of a stranger's picture are looked at here for what they claim to be, and for nothing
 * else; what decodes them is a process that has nothing to lose. One at a time is drawn, so that
 * uploads hold up one reader thread at most.
 */
#include "appeal/logo.h"
#include "appeal/signature_row.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/job.h"
#include <stdlib.h>
#include <string.h>

#define PNG_HEADER 24 /* up to width and height */
#define DRAW_SECONDS 3
#define DRAW_MEMORY ((size_t)1024 * 1024 * 1024)

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_png(const void *data, size_t len)
{
    return len >= PNG_HEADER && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool is_jpeg(const void *data, size_t len)
{
    return len >= PNG_HEADER && memcmp(data, "\xff\xd8\xff", 3) == 0;
}

static bool read_size(const void *data, size_t len, uint32_t *width, uint32_t *height)
{
    const uint8_t *bytes = data;
    if (!is_png(data, len))
        return false;
    *width = big_endian(bytes + 16);
    *height = big_endian(bytes + 20);
    return *width > 0 && *height > 0 && *width <= LOGO_WIDTH_MOST && *height <= LOGO_HEIGHT_MOST;
}

void logo_clear(struct logo *logo)
{
    free(logo->png);
    *logo = (struct logo){0};
}

static enum us_err take_png(struct query *query, struct logo *out)
{
    struct logo logo = {0};
    const void *data = query_blob(query, 0, &logo.len);
    if (!data || !read_size(data, logo.len, &logo.width, &logo.height))
        return US_CORRUPT;
    logo.png = mem_copy(data, logo.len);
    *out = logo;
    return US_OK;
}

static enum us_err find_of_row(struct reader *reader, int64_t signature, struct logo *out)
{
    enum us_err found = US_NOT_FOUND;
    struct query *query =
        query_start(reader, STATEMENT_LOGO_BY_SIGNATURE, VALUES(value_int(signature)));
    if (query_next(query))
        found = take_png(query, out);
    enum us_err err = query_end(query);
    if (err && !found)
        logo_clear(out);
    return err ? err : found;
}

/* ---- a signatory's ---- */

/* Whether the row is a signature that may have one now. */
static enum us_err look(struct reader *reader, struct site *site, const char *token,
                        struct signature_row *out)
{
    struct signature seen;
    struct appeal *appeal;
    int64_t row;
    enum us_err err = token_read(site_keyring(site), TOKEN_WITHDRAW, token, &row);
    if (err)
        return err == US_INVALID ? US_NOT_FOUND : err;
    err = signature_row_find(reader, row, out);
    if (err)
        return err;
    const struct signature *s = &out->signature;
    err = appeal_load_id(reader, site, s->appeal, s->version, &appeal);
    if (!err) {
        bool may = appeal->settings->takes_logos &&
                   signature_show(s, AUDIENCE_PUBLIC, &seen) != SHOWN_COUNTED &&
                   (s->state == SIGNATURE_CONFIRMED || s->state == SIGNATURE_HELD);
        err = may ? US_OK : US_CONFLICT;
        appeal_free(appeal);
    }
    if (err)
        signature_row_clear(out);
    return err;
}

static enum us_err draw(struct site *site, const void *data, size_t len, struct logo *out)
{
    static const char *const arguments[] = {"draw", "logo", NULL};
    struct fault fault = {.line = 0};
    if (len > LOGO_UPLOAD_MOST || (!is_png(data, len) && !is_jpeg(data, len)))
        return US_INVALID;
    if (site_renderer(site) == NULL)
        return US_IO;
    if (!site_take_drawing(site))
        return US_BUSY;
    enum us_err err = child_run(
        &(struct child_task){
            .program = site_renderer(site),
            .arguments = arguments,
            .input = data,
            .input_len = len,
            .output_most = LOGO_PNG_MOST,
            .memory_most = DRAW_MEMORY,
            .seconds = DRAW_SECONDS,
        },
        &out->png, &out->len, &fault);
    site_end_drawing(site);
    if (err == US_EXPIRED || err == US_LIMITED)
        err = US_INVALID;
    if (!err && !read_size(out->png, out->len, &out->width, &out->height)) {
        logo_clear(out);
        err = US_IO;
    }
    if (err && err != US_INVALID)
        log_error("logo: the renderer failed: %s", fault.text);
    return err;
}

struct change {
    struct site *site;
    signatory_done *on_done;
    void *arg;
};

static void on_written(struct job *job, enum us_err err, void *arg)
{
    struct change *change = arg;
    (void)job;
    change->on_done(err, change->arg);
    free(change);
}

static void submit(struct site *site, struct job *job, signatory_done *on_done, void *arg)
{
    struct change *change = MEM_NEW(struct change);
    *change = (struct change){.site = site, .on_done = on_done, .arg = arg};
    store_submit(site_store(site), job, on_written, change);
}

/* Its time is the day, as that of the signature: not when somebody was at the screen. */
static void add_audit(struct job *job, const struct signature *s, const char *act, int64_t now)
{
    job_add_audit(job, &(struct job_audit){
                           .at = clock_day(now) * CLOCK_DAY,
                           .actor = "signatory",
                           .act = act,
                           .subject = s->id,
                       });
}

void logo_put(struct reader *reader, struct site *site, const char *token, const void *data,
              size_t len, int64_t now, signatory_done *on_done, void *arg)
{
    struct signature_row row;
    struct logo logo = {0};
    uint8_t digest[DIGEST_SIZE];
    enum us_err err = look(reader, site, token, &row);
    if (err) {
        on_done(err, arg);
        return;
    }
    err = draw(site, data, len, &logo);
    if (err) {
        on_done(err, arg);
    } else {
        struct job *job = job_new();
        digest_sha256(logo.png, logo.len, digest);
        (void)job_expect(job, STATEMENT_LOGO_PUT, US_CONFLICT,
                         VALUES(value_int(row.signature.row), value_blob(digest, sizeof digest),
                                value_blob(logo.png, logo.len)));
        add_audit(job, &row.signature, "logo.put", now);
        submit(site, job, on_done, arg);
    }
    logo_clear(&logo);
    signature_row_clear(&row);
}

void logo_drop(struct reader *reader, struct site *site, const char *token, int64_t now,
               signatory_done *on_done, void *arg)
{
    struct signature_row row;
    struct logo logo;
    enum us_err err = look(reader, site, token, &row);
    if (err) {
        on_done(err, arg);
        return;
    }
    err = find_of_row(reader, row.signature.row, &logo);
    if (err) {
        on_done(err == US_NOT_FOUND ? US_OK : err, arg);
    } else {
        logo_clear(&logo);
        struct job *job = job_new();
        (void)job_expect(job, STATEMENT_LOGO_DROP, US_CONFLICT,
                         VALUES(value_int(row.signature.row)));
        add_audit(job, &row.signature, "logo.drop", now);
        submit(site, job, on_done, arg);
    }
    signature_row_clear(&row);
}

/* ---- readers' ---- */

enum us_err logo_find(struct reader *reader, const uint8_t digest[DIGEST_SIZE], struct logo *out)
{
    enum us_err found = US_NOT_FOUND;
    struct query *query =
        query_start(reader, STATEMENT_LOGO_BY_DIGEST, VALUES(value_blob(digest, DIGEST_SIZE)));
    /* Two organisations may have one picture; it is shown when one of them is. */
    while (found && query_next(query)) {
        enum visibility visibility;
        const char *name = query_text(query, 1);
        if (!name || !visibility_from_name(name, &visibility) ||
            visibility_shown(visibility, AUDIENCE_PUBLIC) == SHOWN_COUNTED)
            continue;
        found = take_png(query, out);
    }
    enum us_err err = query_end(query);
    if (err && !found)
        logo_clear(out);
    return err ? err : found;
}

static bool on_row(const struct signature *signature, void *arg)
{
    *(int64_t *)arg = signature->row;
    return true;
}

enum us_err logo_of(struct reader *reader, const char *public_id, struct logo *out)
{
    int64_t row;
    enum us_err err = signature_find(reader, public_id, on_row, &row);
    return err ? err : find_of_row(reader, row, out);
}

static enum us_err take_row(struct query *query, logo_callback *on_logo, void *arg, bool *goes_on)
{
    struct signature_row row;
    struct signature seen;
    size_t digest_len, size_len;
    enum us_err err = signature_row_read(query, &row);
    if (err)
        return err;
    const void *digest = query_blob(query, SIGNATURE_ROW_COLUMNS, &digest_len);
    const uint8_t *size = query_blob(query, SIGNATURE_ROW_COLUMNS + 1, &size_len);
    if (!digest || digest_len != DIGEST_SIZE || !size || size_len != 8)
        err = US_CORRUPT;
    else if (signature_show(&row.signature, AUDIENCE_PUBLIC, &seen) != SHOWN_COUNTED)
        *goes_on = on_logo(&seen, digest, big_endian(size), big_endian(size + 4), arg);
    signature_row_clear(&row);
    return err;
}

/* The word of a visibility that everybody may see the organisation under; "" for the others. */
static struct value shown_word(enum visibility visibility)
{
    return value_text(visibility_shown(visibility, AUDIENCE_PUBLIC) == SHOWN_COUNTED
                          ? ""
                          : visibility_name(visibility));
}

enum us_err logo_each(struct reader *reader, int64_t appeal, int64_t version, int64_t skip,
                      logo_callback *on_logo, void *arg)
{
    enum us_err read = US_OK;
    bool goes_on = true;
    struct query *query =
        query_start(reader, STATEMENT_LOGO_PAGE,
                    VALUES(value_int(appeal), value_int(version), value_int(skip),
                           value_int(LOGO_PAGE + 1), shown_word(VISIBILITY_PUBLIC),
                           shown_word(VISIBILITY_ORGANISATION), shown_word(VISIBILITY_RECIPIENTS),
                           shown_word(VISIBILITY_INTERNATIONAL), shown_word(VISIBILITY_COUNTED)));
    while (!read && goes_on && query_next(query))
        read = take_row(query, on_logo, arg, &goes_on);
    enum us_err err = query_end(query);
    return err ? err : read;
}

/* ---- a moderator's ---- */

struct removal {
    const char *public_id;
    struct signature signature;
    enum us_err err;
};

static bool on_removed(const struct signature *signature, void *arg)
{
    struct removal *removal = arg;
    removal->signature = (struct signature){
        .row = signature->row, .appeal = signature->appeal, .state = signature->state};
    return true;
}

static void read_removal(struct reader *reader, void *arg)
{
    struct removal *removal = arg;
    removal->err = signature_find(reader, removal->public_id, on_removed, removal);
}

enum us_err logo_remove(struct site *site, const char *public_id, const char *actor,
                        const char *reason, struct fault *fault)
{
    struct removal removal = {.public_id = public_id};
    enum us_err err = store_read_wait(site_store(site), read_removal, &removal);
    if (!err)
        err = removal.err;
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0, "there is no signature with this id");
    if (err)
        return err;
    struct job *job = job_new();
    (void)job_expect(job, STATEMENT_LOGO_DELETE, US_NOT_FOUND,
                     VALUES(value_int(removal.signature.row)));
    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = actor,
                           .act = "logo.remove",
                           .subject = public_id,
                           .reason = reason,
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0, "this signature has no logo");
    else if (!err)
        site_changed(site, removal.signature.appeal, true);
    return err;
}
