/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the register says. Only the newest list of a source counts: all that is read goes through
 * register_source.
 */
#include "appeal/register.h"
#include "appeal/domain_lists.h"
#include "appeal/register_write.h"
#include "appeal/signature_domain.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

enum us_err register_sources(struct reader *reader,
                             void (*on_source)(const struct register_source *source, void *arg),
                             void *arg)
{
    struct query *query = query_start(reader, STATEMENT_REGISTER_SOURCES, VALUES_NONE);
    while (query_next(query))
        on_source(
            &(struct register_source){
                .name = query_text(query, 0),
                .organisations = query_int(query, 1),
                .imported_at = query_int(query, 2),
            },
            arg);
    return query_end(query);
}

struct listing {
    const char *source;
    register_callback *on_entry;
    void *arg;
    bool goes_on;
};

static bool give_row(int64_t id, const struct register_row *row, void *arg)
{
    struct listing *listing = arg;
    (void)id;
    listing->goes_on = listing->on_entry(
        &(struct register_entry){
            .source = listing->source,
            .name = row->name,
            .country = row->country,
            .affiliation = row->affiliation,
            .aliases = row->aliases,
            .domains = row->domains,
        },
        listing->arg);
    return listing->goes_on;
}

/* A list that another one takes the place of meanwhile would end early, and seem to be all. */
static enum us_err each_of(struct reader *reader, struct listing *listing)
{
    int64_t batch, now;
    enum us_err err = register_batch_find(reader, listing->source, &batch);
    if (!err)
        err = register_batch_each(reader, batch, give_row, listing);
    if (!err && listing->goes_on) {
        err = register_batch_find(reader, listing->source, &now);
        if (err == US_NOT_FOUND || (!err && now != batch))
            err = US_BUSY;
    }
    return err;
}

struct names {
    char **names;
    size_t count;
};

static void keep_name(const struct register_source *source, void *arg)
{
    struct names *names = arg;
    names->names = mem_resize(names->names, names->count + 1, sizeof *names->names);
    names->names[names->count++] = mem_string(source->name);
}

enum us_err register_each(struct reader *reader, const char *source, register_callback *on_entry,
                          void *arg)
{
    struct listing listing = {.on_entry = on_entry, .arg = arg, .goes_on = true};
    struct names names = {.count = 0};
    enum us_err err;
    if (source) {
        listing.source = source;
        return each_of(reader, &listing);
    }
    err = register_sources(reader, keep_name, &names);
    for (size_t i = 0; !err && listing.goes_on && i < names.count; i++) {
        listing.source = names.names[i];
        err = each_of(reader, &listing);
    }
    for (size_t i = 0; i < names.count; i++)
        free(names.names[i]);
    free(names.names);
    return err;
}

/* ---- who is let in ---- */

static enum us_err is_first(struct reader *reader, struct site *site,
                            const struct register_claim *claim, const char *key, const char *domain,
                            bool *out)
{
    uint8_t hash[KEYRING_HASH_SIZE];
    struct query *query;
    enum us_err err = signature_domain_hash(site, domain, hash);
    if (err)
        return err;
    query = query_start(reader, STATEMENT_REGISTER_IS_FIRST,
                        VALUES(value_int(claim->appeal), value_text(key),
                               value_text(claim->country ? claim->country : ""),
                               value_blob(hash, sizeof hash)));
    *out = query_next(query);
    return query_end(query);
}

void register_expect_first(struct job *job, const struct signature_record *record)
{
    const struct signature *s = &record->signature;
    (void)job_expect(job, STATEMENT_REGISTER_IS_FIRST, US_CONFLICT,
                     VALUES(value_int(s->appeal), value_text(record->words.name_key),
                            value_text(s->country ? s->country : ""),
                            value_blob(record->domain_hash, sizeof record->domain_hash)));
}

static enum us_err find_source(struct reader *reader, const struct register_claim *claim,
                               const char *key, const char *domain, char **source)
{
    char *found = NULL;
    struct query *query =
        query_start(reader, STATEMENT_REGISTER_KNOWN,
                    VALUES(value_text(key), value_text(claim->country ? claim->country : ""),
                           value_text(domain)));
    if (query_next(query))
        found = mem_string(query_text(query, 0));
    enum us_err err = query_end(query);
    if (err) {
        free(found);
        return err;
    }
    *source = found;
    return US_OK;
}

enum us_err register_knows(struct reader *reader, struct site *site,
                           const struct register_claim *claim, char **source)
{
    const char *at = strrchr(claim->mailbox, '@');
    char *found = NULL;
    bool is_new = false;
    enum us_err err;
    *source = NULL;
    /* Without lists of providers nobody can say whose a domain is. */
    if (!at || !site_domains(site) || domain_lists_find(site_domains(site), at + 1) != DOMAIN_OWN)
        return US_OK;
    char *key = name_key_make(claim->name);
    err = *key ? find_source(reader, claim, key, at + 1, &found) : US_OK;
    if (!err && found)
        err = is_first(reader, site, claim, key, at + 1, &is_new);
    free(key);
    if (err || !is_new)
        free(found);
    else
        *source = found;
    return err;
}

/* ---- taking a list out ---- */

struct count {
    const char *source;
    int64_t organisations;
};

static void count_source(const struct register_source *source, void *arg)
{
    struct count *count = arg;
    if (strcmp(source->name, count->source) == 0)
        count->organisations = source->organisations;
}

static void read_count(struct reader *reader, void *arg)
{
    /* For what is said alone: the job finds out whether it is there. */
    if (register_sources(reader, count_source, arg))
        log_debug("register: a list could not be counted");
}

enum us_err register_remove(struct site *site, const char *actor, const char *source,
                            const char *reason, int64_t *removed)
{
    struct count count = {.source = source};
    struct job *job;
    enum us_err err = store_read_wait(site_store(site), read_count, &count);
    if (err)
        return err;
    job = job_new();
    (void)job_expect(job, STATEMENT_REGISTER_DROP, US_NOT_FOUND, VALUES(value_text(source)));
    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = actor,
                           .act = "register.remove",
                           .subject = source,
                           .reason = reason,
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    if (err)
        return err;
    if (register_sweep(site))
        log_warning("register: a list that counts no more is not deleted; the next import does");
    *removed = count.organisations;
    return US_OK;
}
