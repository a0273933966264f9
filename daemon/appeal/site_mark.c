/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/site_mark.h"
#include "appeal/site.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/query.h"
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
        return US_OK;
    if (err != US_OK && err != US_NOT_FOUND)
        return US_OK; /* opening them says what is wrong with them */
    fault_set(fault, config->keys_folder, 0,
              "%s: put the folder of keys back, or its copy, or name where it is now ([keys] "
              "folder in %s). If they are lost for good, see --adopt-keys in undersignd(8)",
              err == US_OK ? "site.key is not the key that this database goes with"
                           : "there is no site.key here, but this database has had keys",
              config->path);
    return US_CONFLICT;
}

enum us_err site_mark_keep(struct store *store, struct keyring *keyring, bool adopts,
                           struct fault *fault)
{
    struct found found = {.err = US_IO};
    uint8_t mark[KEYRING_HASH_SIZE];
    struct job *job;
    enum us_err err = find_mark(store, &found, fault);

    if (err == US_OK)
        err = keyring_mark(keyring, mark);
    if (err != US_OK ||
        (found.is_marked && (!adopts || memcmp(mark, found.mark, sizeof(mark)) == 0)))
        return err;
    job = job_new();
    (void)job_add(job, STATEMENT_SITE_MARK_DELETE, VALUES_NONE);
    (void)job_add(job, STATEMENT_SITE_MARK_INSERT, VALUES(value_blob(mark, sizeof(mark))));
    if (found.is_marked)
        job_add_audit(
            job, &(struct job_audit){.at = clock_now(), .actor = "service", .act = "keys.adopt"});
    err = store_run(store, job);
    job_free(job);
    if (err != US_OK)
        fault_set(fault, NULL, 0, "which keys the database goes with cannot be noted (%s)",
                  err_name(err));
    else if (found.is_marked)
        log_warning("from now on the database goes with other keys; links mailed before lead "
                    "nowhere");
    return err;
}

bool site_mark_is_there(const struct site *site)
{
    uint8_t kept[KEYRING_HASH_SIZE], found[KEYRING_HASH_SIZE];

    return keyring_mark(site_keyring(site), kept) == US_OK &&
           keyring_peek_mark(site_config(site)->keys_folder, found) == US_OK &&
           memcmp(kept, found, sizeof(kept)) == 0;
}
