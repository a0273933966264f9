/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Publication: what the site goes by is copied when it is published, so that no policy, no closing
 * day and no image takes effect because a file was imported.
 */
#include "appeal/appeal_current.h"
#include "appeal/appeal_image.h"
#include "base/clock.h"
#include <string.h>

static bool is_live(const struct appeal_current *current)
{
    return current->published_version == current->version && current->state == APPEAL_OPEN &&
           current->live != NULL && current->live_len == current->settings_len &&
           memcmp(current->live, current->settings, current->live_len) == 0 &&
           appeal_image_is_same(&current->image, &current->live_image);
}

static struct job *make_publication(const struct appeal_current *current,
                                    const struct settings *settings, const char *actor)
{
    const struct appeal_bytes file = {current->settings, current->settings_len};
    int64_t now = clock_now();
    struct value values[APPEAL_ROW_VALUES + 1];
    struct job *job = job_new();

    appeal_current_row(settings, file, current->id, current->version, values);
    values[APPEAL_ROW_VALUES] = value_int(now);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH, US_CONFLICT, values, APPEAL_ROW_VALUES + 1);
    (void)job_expect(job, STATEMENT_APPEAL_PUBLISH_SETTINGS, US_CONFLICT,
                     VALUES(value_int(current->id), value_int(current->version),
                            value_blob(file.data, file.len)));
    job_add_audit(
        job, &(struct job_audit){
                 .at = now, .actor = actor, .act = "appeal.publish", .subject = current->slug});
    return job;
}

static enum us_err try_publish(struct site *site, const struct appeal_current *current,
                               const char *actor)
{
    struct settings *settings;
    struct fault fault;
    struct job *job;
    enum us_err err;

    if (is_live(current))
        return US_OK;
    if (document_parse_settings((const char *)current->settings, current->settings_len, &settings,
                                &fault) != US_OK)
        return US_CORRUPT;
    job = make_publication(current, settings, actor);
    err = store_run(site_store(site), job);
    job_free(job);
    settings_free(settings);
    if (err == US_OK)
        site_changed(site, current->id, true);
    return err;
}

enum us_err appeal_publish(struct site *site, const char *slug, const char *actor, int64_t *version,
                           struct fault *fault)
{
    struct appeal_current current = {.slug = slug};
    struct organiser_public key;
    enum us_err err = appeal_current_find(site, &current);

    if (err == US_OK && !current.exists) {
        fault_set(fault, NULL, 0, "there is no appeal \"%.64s\"", slug);
        err = US_NOT_FOUND;
        goto end;
    }
    if (err != US_OK)
        goto told;
    /* Without a key the first union's mailbox would have nowhere to go. */
    err = site_organiser_key(site, &key, fault);
    if (err != US_OK) {
        err = err == US_NOT_FOUND ? US_CONFLICT : err;
        goto end;
    }

    err = try_publish(site, &current, actor);
    for (int i = 1; i < APPEAL_TRIES && err == US_CONFLICT; i++) {
        err = appeal_current_find(site, &current);
        if (err == US_OK)
            err = try_publish(site, &current, actor);
    }
told:
    err = appeal_current_tell(fault, err);
    if (err == US_OK)
        *version = current.version;
end:
    appeal_current_clear(&current);
    return err;
}
