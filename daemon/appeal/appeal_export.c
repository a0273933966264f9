/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What exports need of an appeal: any version that was ever published, since who signed it signed
 * that one; where its page is; and the audit row that says who took which list, written before the
 * first name leaves.
 */
#include "appeal/appeal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "store/job.h"
#include "text/language.h"
#include <inttypes.h>
#include <stdlib.h>

enum us_err appeal_load_version(struct reader *reader, struct site *site,
                                const struct appeal *appeal, int64_t version, struct appeal **out,
                                struct fault *fault)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_VERSIONS, VALUES(value_int(appeal->id)));
    struct str known = STR_INIT;
    bool is_known = false;
    enum us_err err;

    while (query_next(query)) {
        int64_t number = query_int(query, 0);

        is_known = is_known || number == version;
        str_append_format(&known, "%s%" PRId64, known.len > 0 ? ", " : "", number);
    }
    err = query_end(query);
    if (err == US_OK && !is_known) {
        if (known.len == 0)
            fault_set(fault, NULL, 0, "the appeal %s has not been published in any version",
                      appeal->slug);
        else
            fault_set(fault, NULL, 0, "of the appeal %s these versions have been published: %s",
                      appeal->slug, str_text(&known));
        err = US_NOT_FOUND;
    }
    str_free(&known);
    return err == US_OK ? appeal_load_id(reader, site, appeal->id, version, out) : err;
}

char *appeal_address(const struct site *site, const struct appeal *appeal, const char *language)
{
    const struct config *config = site_config(site);

    if (language_find(language) == NULL)
        language = config->site_default_language;
    return mem_format("%s/%s/%s", config->site_url, language, appeal->slug);
}

static bool take_source(struct query *query, struct appeal_source *out)
{
    const void *stored;
    size_t stored_len;

    *out = (struct appeal_source){.language = query_text(query, 0)};
    out->text = query_blob(query, 1, &out->len);
    stored = query_blob(query, 2, &stored_len);
    if (out->language == NULL || out->text == NULL || stored_len != DIGEST_SIZE)
        return false;
    digest_sha256(out->text, out->len, out->digest);
    return digest_is_equal(out->digest, stored, DIGEST_SIZE);
}

enum us_err appeal_each_source(struct reader *reader, int64_t appeal, int64_t version,
                               bool (*on_source)(const struct appeal_source *source, void *arg),
                               void *arg)
{
    struct query *query =
        query_start(reader, STATEMENT_APPEAL_TEXTS, VALUES(value_int(appeal), value_int(version)));
    enum us_err err = US_OK, end;

    while (query_next(query)) {
        struct appeal_source source;

        if (!take_source(query, &source)) {
            err = US_CORRUPT;
            break;
        }
        if (!on_source(&source, arg))
            break;
    }
    end = query_end(query);
    return end != US_OK ? end : err;
}

enum us_err appeal_note_export(struct site *site, const struct appeal_export *what)
{
    struct str said = STR_INIT;
    struct job *job = job_new();
    enum us_err err;

    str_append_format(&said, "audience %s", what->audience);
    if (what->addressee != NULL)
        str_append_format(&said, ", addressee %s", what->addressee);
    if (what->version != 0)
        str_append_format(&said, ", version %" PRId64, what->version);
    else
        str_append_text(&said, ", every version");
    str_append_format(&said, ", %" PRId64 " named", what->named);
    if (what->reason != NULL)
        str_append_format(&said, ": %s", what->reason);
    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = what->actor,
                           .act = what->act,
                           .subject = what->slug,
                           .reason = str_text(&said),
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    str_free(&said);
    return err;
}
