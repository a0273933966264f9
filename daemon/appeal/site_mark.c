/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/site_mark.h"
#include "appeal/site.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/query.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct found {
    bool is_marked;
    uint8_t mark[KEYRING_HASH_SIZE];
    enum us_err err;
};

enum us_err site_mark_read(struct reader *reader, bool *is_marked, uint8_t out[KEYRING_HASH_SIZE])
{
    struct query *query = query_start(reader, STATEMENT_SITE_MARK_READ, VALUES_NONE);
    bool has_row = query_next(query), is_good = false;

    if (has_row) {
        size_t len = 0;
        const void *mark = query_blob(query, 0, &len);
        is_good = mark != NULL && len == KEYRING_HASH_SIZE;
        if (is_good)
            memcpy(out, mark, KEYRING_HASH_SIZE);
    }
    *is_marked = has_row;
    enum us_err err = query_end(query);
    return err == US_OK && has_row && !is_good ? US_CORRUPT : err;
}

static void read_mark(struct reader *reader, void *arg)
{
    struct found *found = arg;

    found->err = site_mark_read(reader, &found->is_marked, found->mark);
}

static enum us_err find_mark(struct store *store, struct found *found, struct fault *fault)
{
    enum us_err err = store_read_wait(store, read_mark, found);

    if (err == US_OK)
        err = found->err;
    if (err != US_OK)
        fault_set(fault, NULL, 0, "which keys the database goes with cannot be read (%s)",
                  err_name(err));
    return err;
}

/* ---- the appeals' keys ---- */

struct losing {
    const char *folder;
    struct site_mark_lost lost;
    void (*on_lost)(int64_t appeal, const char *slug, void *arg); /* NULL: the first is enough */
    void *arg;
    enum us_err err;
};

static enum us_err look_for(struct reader *reader, struct losing *losing)
{
    struct query *query =
        query_start(reader, STATEMENT_SITE_MARK_APPEALS, VALUES(value_blob("", 0)));
    struct site_mark_lost *lost = &losing->lost;

    while (query_next(query)) {
        int64_t appeal = query_int(query, 0);
        const char *slug = query_text(query, 1);
        /* A folder that cannot be looked into is told by whoever opens it. */
        if (keyring_peek_appeal(losing->folder, appeal) != US_NOT_FOUND)
            continue;
        if (lost->count++ == 0) {
            lost->slug = mem_string(slug != NULL ? slug : "");
            lost->appeal = appeal;
        }
        if (losing->on_lost != NULL)
            losing->on_lost(appeal, slug, losing->arg);
    }
    return query_end(query);
}

static void read_lost(struct reader *reader, void *arg)
{
    struct losing *losing = arg;

    losing->err = look_for(reader, losing);
}

static enum us_err find_lost(struct store *store, struct losing *losing)
{
    enum us_err err = store_read_wait(store, read_lost, losing);

    if (err == US_OK)
        err = losing->err;
    if (err != US_OK) {
        free(losing->lost.slug);
        losing->lost = (struct site_mark_lost){.slug = NULL};
    }
    return err;
}

enum us_err site_mark_find_lost(struct reader *reader, const char *keys_folder,
                                struct site_mark_lost *out)
{
    struct losing losing = {.folder = keys_folder};
    enum us_err err = look_for(reader, &losing);

    if (err == US_OK)
        *out = losing.lost;
    else
        free(losing.lost.slug);
    return err;
}

enum us_err site_mark_look(struct site *site, struct site_mark_lost *out)
{
    struct losing losing = {.folder = site_config(site)->keys_folder};
    enum us_err err = find_lost(site_store(site), &losing);

    if (err == US_OK)
        *out = losing.lost;
    return err;
}

static enum us_err check_appeals(const struct config *config, struct store *store,
                                 struct fault *fault)
{
    struct losing losing = {.folder = config->keys_folder};
    enum us_err err = find_lost(store, &losing);

    if (err != US_OK) {
        fault_set(fault, NULL, 0, "which keys the appeals go with cannot be read (%s)",
                  err_name(err));
        return err;
    }
    if (losing.lost.count == 0)
        return US_OK;
    fault_set(fault, config->keys_folder, 0,
              "there is no appeal-%" PRId64 ".key here, the key of the appeal %s%s, which was "
              "signed: put it back, or the copy of the folder of keys. With a new one whoever "
              "signed could sign once more. If it is lost for good, see --adopt-keys in "
              "undersignd(8)",
              losing.lost.appeal, losing.lost.slug,
              losing.lost.count > 1 ? " (and others lack theirs)" : "");
    free(losing.lost.slug);
    return US_MISFIT;
}

enum us_err site_mark_check(const struct config *config, struct store *store, bool adopts,
                            struct fault *fault)
{
    struct found found = {.err = US_IO};
    uint8_t mark[KEYRING_HASH_SIZE];
    enum us_err err = find_mark(store, &found, fault);

    if (err != US_OK || !found.is_marked || adopts)
        return err;
    err = keyring_peek_mark(config->keys_folder, mark);
    if (err == US_OK && memcmp(mark, found.mark, sizeof(mark)) == 0)
        return check_appeals(config, store, fault);
    if (err != US_OK && err != US_NOT_FOUND)
        return US_OK; /* opening them says what is wrong with them */
    fault_set(fault, config->keys_folder, 0,
              "%s: put the folder of keys back, or its copy, or name where it is now ([keys] "
              "folder in %s). If they are lost for good, see --adopt-keys in undersignd(8)",
              err == US_OK ? "site.key is not the key that this database goes with"
                           : "there is no site.key here, but this database has had keys",
              config->path);
    return US_MISFIT;
}

/* ---- adopting ---- */

struct adopting {
    struct keyring *keyring;
    struct job *job;
    enum us_err err;
};

static void add_adopted(struct job *job, const char *slug)
{
    job_add_audit(job,
                  &(struct job_audit){
                      .at = clock_now(), .actor = "service", .act = "keys.adopt", .subject = slug});
}

static void adopt_appeal(int64_t appeal, const char *slug, void *arg)
{
    struct adopting *adopting = arg;
    uint8_t hash[KEYRING_HASH_SIZE];

    if (adopting->err == US_OK)
        adopting->err = keyring_appeal_hash(adopting->keyring, appeal, "", 0, hash);
    if (adopting->err != US_OK)
        return;
    add_adopted(adopting->job, slug);
    log_warning("the appeal %s has a new key: whoever signed it can sign it once more", slug);
}

static enum us_err adopt_appeals(struct store *store, const char *folder, struct adopting *adopting,
                                 size_t *count)
{
    struct losing losing = {.folder = folder, .on_lost = adopt_appeal, .arg = adopting};
    enum us_err err = find_lost(store, &losing);

    *count = losing.lost.count;
    free(losing.lost.slug);
    return err == US_OK ? adopting->err : err;
}

static enum us_err adopt(const struct config *config, struct store *store, struct keyring *keyring,
                         const struct found *found, const uint8_t mark[KEYRING_HASH_SIZE])
{
    bool is_same = found->is_marked && memcmp(mark, found->mark, KEYRING_HASH_SIZE) == 0;
    struct adopting adopting = {.keyring = keyring, .job = job_new()};
    size_t count;
    enum us_err err = adopt_appeals(store, config->keys_folder, &adopting, &count);

    if (!is_same) {
        (void)job_add(adopting.job, STATEMENT_SITE_MARK_DELETE, VALUES_NONE);
        (void)job_add(adopting.job, STATEMENT_SITE_MARK_INSERT,
                      VALUES(value_blob(mark, KEYRING_HASH_SIZE)));
    }
    if (!is_same && found->is_marked)
        add_adopted(adopting.job, NULL);
    if (err == US_OK && (!is_same || count > 0))
        err = store_run(store, adopting.job);
    job_free(adopting.job);
    if (err == US_OK && !is_same && found->is_marked)
        log_warning("from now on the database goes with other keys; links mailed before lead "
                    "nowhere");
    return err;
}

static enum us_err mark_new(struct store *store, const uint8_t mark[KEYRING_HASH_SIZE])
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_add(job, STATEMENT_SITE_MARK_INSERT, VALUES(value_blob(mark, KEYRING_HASH_SIZE)));
    err = store_run(store, job);
    job_free(job);
    return err;
}

enum us_err site_mark_keep(const struct config *config, struct store *store,
                           struct keyring *keyring, bool adopts, struct fault *fault)
{
    struct found found = {.err = US_IO};
    uint8_t mark[KEYRING_HASH_SIZE];
    enum us_err err = find_mark(store, &found, fault);

    if (err == US_OK)
        err = keyring_mark(keyring, mark);
    if (err == US_OK && adopts)
        err = adopt(config, store, keyring, &found, mark);
    else if (err == US_OK && !found.is_marked)
        err = mark_new(store, mark);
    if (err != US_OK && fault->text[0] == '\0')
        fault_set(fault, NULL, 0, "which keys the database goes with cannot be noted (%s)",
                  err_name(err));
    return err;
}

bool site_mark_is_there(const struct site *site)
{
    uint8_t kept[KEYRING_HASH_SIZE], found[KEYRING_HASH_SIZE];

    return keyring_mark(site_keyring(site), kept) == US_OK &&
           keyring_peek_mark(site_config(site)->keys_folder, found) == US_OK &&
           memcmp(kept, found, sizeof(kept)) == 0;
}
