/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Generations live in a fixed table of atomic counters, found by a hash of the appeal's id: two
 * appeals that share a slot only cost each other a page rendered once more than needed, while no
 * reader ever takes a lock. Slot 0 is the list of appeals, which shows a count of each: whatever
 * changes an appeal changes it too.
 */
#include "appeal/site.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "crypto/seal.h"
#include "store/job.h"
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SLOTS 1024 /* a power of two */
#define BADGES_MOST 2

struct slot {
    atomic_uint_fast64_t changes, removals, steps;
};

/* The organiser's public key as it was read last, and the file it was read from. It stands apart
 * from the site, since asking for the key changes nothing that anybody sees. */
struct key_cache {
    pthread_mutex_t lock;
    bool is_read;
    struct stat file;
    struct organiser_public key;
};

struct site {
    const struct config *config;
    struct store *store;
    struct keyring *keyring;
    char *renderer;
    atomic_int_fast64_t started_at, tls_end;
    const struct domain_lists *domains;
    struct slot slots[SLOTS];

    pthread_mutex_t mail_lock; /* guards the two below, and is held while the first runs */
    void (*on_mail)(void *arg);
    void *mail_arg;

    pthread_mutex_t gate; /* guards the two below */
    int64_t leaving[SITE_LEAVING_MOST];
    size_t leaving_count;

    struct key_cache *key_cache;

    atomic_flag is_drawing;
    atomic_int badges; /* that are being drawn */
};

struct site *site_new(const struct site_params *params)
{
    struct site *site = MEM_NEW(struct site);

    site->config = params->config;
    site->store = params->store;
    site->keyring = params->keyring;
    site->renderer = mem_string(params->renderer);
    site->domains = params->domains;
    (void)pthread_mutex_init(&site->mail_lock, NULL);
    (void)pthread_mutex_init(&site->gate, NULL);
    site->key_cache = MEM_NEW(struct key_cache);
    (void)pthread_mutex_init(&site->key_cache->lock, NULL);
    atomic_flag_clear(&site->is_drawing);
    atomic_init(&site->badges, 0);
    atomic_init(&site->started_at, 0);
    atomic_init(&site->tls_end, 0);
    for (size_t i = 0; i < SLOTS; i++) {
        atomic_init(&site->slots[i].changes, 0);
        atomic_init(&site->slots[i].removals, 0);
        atomic_init(&site->slots[i].steps, 0);
    }
    return site;
}

void site_free(struct site *site)
{
    if (site == NULL)
        return;
    (void)pthread_mutex_destroy(&site->mail_lock);
    (void)pthread_mutex_destroy(&site->gate);
    (void)pthread_mutex_destroy(&site->key_cache->lock);
    free(site->key_cache);
    free(site->renderer);
    free(site);
}

bool site_take_drawing(struct site *site)
{
    return !atomic_flag_test_and_set(&site->is_drawing);
}

void site_end_drawing(struct site *site)
{
    atomic_flag_clear(&site->is_drawing);
}

bool site_take_badge(struct site *site)
{
    if (atomic_fetch_add(&site->badges, 1) < BADGES_MOST)
        return true;
    site_end_badge(site);
    return false;
}

void site_end_badge(struct site *site)
{
    (void)atomic_fetch_sub(&site->badges, 1);
}

const struct config *site_config(const struct site *site)
{
    return site->config;
}

struct store *site_store(const struct site *site)
{
    return site->store;
}

const struct domain_lists *site_domains(const struct site *site)
{
    return site->domains;
}

struct keyring *site_keyring(const struct site *site)
{
    return site->keyring;
}

void site_tag(const void *data, size_t len, char out[SITE_TAG_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    digest_sha256(data, len, digest);
    digest_hex(digest, hex);
    memcpy(out, hex, SITE_TAG_SIZE - 1);
    out[SITE_TAG_SIZE - 1] = '\0';
}

void site_set_started(struct site *site, int64_t at)
{
    atomic_store(&site->started_at, at);
}

int64_t site_started_at(const struct site *site)
{
    return atomic_load(&site->started_at);
}

void site_set_tls_end(struct site *site, int64_t ends_at)
{
    atomic_store(&site->tls_end, ends_at);
}

int64_t site_tls_end(const struct site *site)
{
    return atomic_load(&site->tls_end);
}

const char *site_renderer(const struct site *site)
{
    return site->renderer;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* With the lock held. Looked up before it is read: a file that changes in between is read again the
 * next time. */
static enum us_err find_key(struct key_cache *cache, const char *path, struct fault *fault)
{
    struct organiser_public key;
    struct stat file;
    enum us_err err;

    if (stat(path, &file) != 0) {
        cache->is_read = false;
        fault_set(fault, path, 0,
                  "there is no organiser's public key here: make a pair on the organiser's own "
                  "machine and put the public file in this place ([keys] organiser)");
        return US_NOT_FOUND;
    }
    if (cache->is_read && is_same_file(&file, &cache->file))
        return US_OK;

    cache->is_read = false;
    err = organiser_read_public(path, &key, fault);
    if (err != US_OK)
        return err;
    cache->is_read = true;
    cache->file = file;
    cache->key = key;
    return US_OK;
}

enum us_err site_organiser_key(const struct site *site, struct organiser_public *out,
                               struct fault *fault)
{
    struct key_cache *cache = site->key_cache;
    const char *path = site->config->keys_organiser;
    enum us_err err;

    if (path == NULL) {
        fault_set(fault, NULL, 0,
                  "this site has no organiser's public key: make a pair on the organiser's own "
                  "machine and name the public file in the configuration, [keys] organiser");
        return US_NOT_FOUND;
    }
    (void)pthread_mutex_lock(&cache->lock);
    err = find_key(cache, path, fault);
    if (err == US_OK)
        *out = cache->key;
    (void)pthread_mutex_unlock(&cache->lock);
    return err;
}

char *site_seal_name(const struct site *site)
{
    const struct config *config = site->config;
    struct fault fault = {.text = ""};
    struct seal *seal;
    char *name;
    enum us_err err;

    if (config->seal_key == NULL || config->seal_certificate == NULL)
        return NULL;
    err = seal_open(config->seal_key, config->seal_certificate, &seal, &fault);
    if (err != US_OK) {
        if (err != US_NOT_FOUND)
            log_error("letters are not sealed: %s", fault.text);
        return NULL;
    }
    name = mem_string(seal_name(seal));
    seal_free(seal);
    return name;
}

char *site_public_key(const struct site *site)
{
    struct fault fault = {.text = ""};
    struct minisign_secret *secret;
    struct minisign_public key;

    if (minisign_open(site->config->keys_folder, &secret, &fault) != US_OK) {
        log_error("bundles cannot be signed: %s: %s", fault.file, fault.text);
        return NULL;
    }
    minisign_public_of(secret, &key);
    minisign_free(secret);
    return minisign_public_text(&key);
}

/* Ids are random, so the remainder spreads them. */
static size_t slot_of(int64_t appeal)
{
    return appeal == 0 ? 0 : 1 + (size_t)((uint64_t)appeal % (SLOTS - 1));
}

struct site_generation site_generation(const struct site *site, int64_t appeal)
{
    const struct slot *slot = &site->slots[slot_of(appeal)];

    return (struct site_generation){
        .changes = atomic_load(&slot->changes),
        .removals = atomic_load(&slot->removals),
        .steps = atomic_load(&slot->steps),
    };
}

static void raise_slot(struct slot *slot, bool is_removal)
{
    /* First the stronger of the two: who sees the change sees the removal. */
    if (is_removal)
        (void)atomic_fetch_add(&slot->removals, 1);
    (void)atomic_fetch_add(&slot->changes, 1);
}

void site_changed(struct site *site, int64_t appeal, bool is_removal)
{
    if (appeal != 0)
        raise_slot(&site->slots[slot_of(appeal)], is_removal);
    raise_slot(&site->slots[0], is_removal);
}

void site_stepped(struct site *site, int64_t appeal)
{
    (void)atomic_fetch_add(&site->slots[slot_of(appeal)].steps, 1);
    (void)atomic_fetch_add(&site->slots[0].steps, 1);
}

void site_watch_mail(struct site *site, void (*on_mail)(void *arg), void *arg)
{
    /* After this returns the former watcher is not called any more. */
    (void)pthread_mutex_lock(&site->mail_lock);
    site->on_mail = on_mail;
    site->mail_arg = arg;
    (void)pthread_mutex_unlock(&site->mail_lock);
}

void site_mail_queued(struct site *site)
{
    (void)pthread_mutex_lock(&site->mail_lock);
    if (site->on_mail != NULL)
        site->on_mail(site->mail_arg);
    (void)pthread_mutex_unlock(&site->mail_lock);
}

void site_mail_gate_close(struct site *site)
{
    (void)pthread_mutex_lock(&site->gate);
}

void site_mail_gate_open(struct site *site)
{
    (void)pthread_mutex_unlock(&site->gate);
}

bool site_mail_is_leaving(const struct site *site, int64_t id)
{
    for (size_t i = 0; i < site->leaving_count; i++)
        if (site->leaving[i] == id)
            return true;
    return false;
}

void site_mail_leave(struct site *site, int64_t id)
{
    assert(site->leaving_count < SITE_LEAVING_MOST);
    site->leaving[site->leaving_count++] = id;
}

void site_mail_left(struct site *site, int64_t id)
{
    site_mail_gate_close(site);
    for (size_t i = 0; i < site->leaving_count; i++)
        if (site->leaving[i] == id)
            site->leaving[i--] = site->leaving[--site->leaving_count];
    site_mail_gate_open(site);
}

bool site_is_high_risk(const struct site *site, const char *country)
{
    const char *list = site->config->site_high_risk;

    if (list == NULL || country == NULL || strlen(country) != 2)
        return false;
    for (const char *code = list; *code != '\0'; code += strcspn(code, " ")) {
        code += strspn(code, " ");
        if (strcspn(code, " ") == 2 && strncmp(code, country, 2) == 0)
            return true;
    }
    return false;
}

enum us_err site_note(struct site *site, const char *actor, const char *act, const char *subject,
                      const char *reason)
{
    struct job *job = job_new();
    enum us_err err;

    job_add_audit(job, &(struct job_audit){
                           .at = clock_now(),
                           .actor = actor,
                           .act = act,
                           .subject = subject,
                           .reason = reason,
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}
