/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the lists that everybody sees cost the store: durable signatures a second that are listed at
 * once and named, with all that is kept for searches and lists, against those that are counted only
 * and stand on no list. Rounds take turns, each on top of the rows of those before.
 * listing_bench [ROWS [ROUNDS]]
 */
/* cmocka's header wants these four before it; the world of the tests asserts by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/counter.h"
#include "appeal/signature_record.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IN_FLIGHT 256

struct bench {
    struct world world;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t in_flight, failed;
};

static void on_done(struct job *job, enum us_err err, void *arg)
{
    struct bench *bench = arg;
    (void)job;
    pthread_mutex_lock(&bench->lock);
    bench->in_flight--;
    bench->failed += err != US_OK;
    pthread_cond_signal(&bench->changed);
    pthread_mutex_unlock(&bench->lock);
}

static struct job *make_job(struct bench *bench, const char *visibility)
{
    static const char *const places[] = {"Mayak",   "Unité", "Заря",
                                         "Harbour", "Север", "Solidarity"};
    static const char *const countries[] = {"KZ", "GB", "FR", "ES", "UA", "EG", "BR", "IN"};
    struct submission submission;
    struct signature_record record;
    char name[128];
    int64_t id = random_id();
    world_fill(&submission, NULL, NULL);
    snprintf(name, sizeof name, "Независимый профсоюз работников «%s» №%u",
             places[(uint64_t)id % 6], (unsigned)((uint64_t)id % 100000));
    world_set(&submission, FIELD_ORGANISATION, name);
    world_set(&submission, FIELD_ORGANISATION_LATIN, "Independent Workers Union");
    world_set(&submission, FIELD_AFFILIATION, "ITUC, IndustriALL");
    world_set(&submission, FIELD_COUNTRY, countries[(uint64_t)id % 8]);
    if (!visibility_from_name(visibility, &submission.visibility))
        abort();
    const struct pending pending = {
        .id = id, .appeal = bench->world.appeal->id, .version = 1, .language = "ru"};
    if (signature_record_make(bench->world.site,
                              &(struct signature_record_params){
                                  .pending = &pending,
                                  .submission = &submission,
                                  .organiser = &bench->world.organiser_key,
                                  .state = SIGNATURE_LISTED,
                                  .signed_on = clock_day(bench->world.now),
                              },
                              &record))
        abort();
    random_bytes(record.unique_hash, sizeof record.unique_hash);
    struct job *job = job_new();
    signature_record_add(job, &record);
    counter_add(job, &record.signature, SIGNATURE_LISTED, 1);
    job_add_audit(job, &(struct job_audit){.at = bench->world.now,
                                           .actor = "signatory",
                                           .act = "signature.confirm",
                                           .subject = record.signature.id});
    signature_record_clear(&record);
    submission_clear(&submission);
    return job;
}

/* Microseconds of processor that the program has used. */
static double worked(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

struct rate {
    double by_clock, work; /* signatures a second; microseconds of processor each */
};

/* They are made before, so that the store alone is measured. */
static struct rate run(struct bench *bench, size_t rows, const char *visibility)
{
    struct job **jobs = mem_resize(NULL, rows, sizeof *jobs);
    for (size_t i = 0; i < rows; i++)
        jobs[i] = make_job(bench, visibility);
    int64_t begin = clock_monotonic();
    double before = worked();
    for (size_t i = 0; i < rows; i++) {
        pthread_mutex_lock(&bench->lock);
        while (bench->in_flight == IN_FLIGHT)
            pthread_cond_wait(&bench->changed, &bench->lock);
        bench->in_flight++;
        pthread_mutex_unlock(&bench->lock);
        store_submit(bench->world.store, jobs[i], on_done, bench);
    }
    pthread_mutex_lock(&bench->lock);
    while (bench->in_flight > 0)
        pthread_cond_wait(&bench->changed, &bench->lock);
    pthread_mutex_unlock(&bench->lock);
    free(jobs);
    return (struct rate){(double)rows * CLOCK_SECOND / (double)(clock_monotonic() - begin),
                         (worked() - before) / (double)rows};
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? (size_t)atol(argv[1]) : 20000;
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    struct bench bench = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    world_make(&bench.world, "policy = after\n");
    printf("listing_bench: durable signatures a second, %zu in each round\n", rows);
    for (int i = 0; i < rounds; i++) {
        struct rate counted = run(&bench, rows, "counted"), named = run(&bench, rows, "public");
        printf("  counted %6.0f (%3.0f us of processor)  named and listed %6.0f (%3.0f us)  "
               "ratios %.2f by the clock, %.2f by processor\n",
               counted.by_clock, counted.work, named.by_clock, named.work,
               named.by_clock / counted.by_clock, counted.work / named.work);
    }
    if (bench.failed > 0)
        printf("  %zu failed\n", bench.failed);
    world_remove(&bench.world);
    return bench.failed > 0;
}
