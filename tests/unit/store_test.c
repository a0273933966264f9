/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Jobs and reads: what is acknowledged is there, a job happens as a whole or not at all and fails
 * alone, readers see moments between jobs, and every queue has an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "store/query.h"
#include "store_rig.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    static struct rig rig;
    rig_make(&rig);
    rig_open(&rig);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_remove(*state);
    return 0;
}

/* A job's outcome, written by the store thread, read after it was joined with. */
struct outcome {
    int calls;
    enum us_err err;
    atomic_int *all;
};

static void on_outcome(struct job *job, enum us_err err, void *arg)
{
    struct outcome *outcome = arg;
    (void)job;
    outcome->calls++;
    outcome->err = err;
    if (outcome->all)
        atomic_fetch_add(outcome->all, 1);
}

/* --- many threads --- */

#define THREADS 8
#define JOBS_EACH 250

struct crowd {
    struct rig *rig;
    int number;
    int failed, unseen, uneven;
};

static void read_has(struct reader *reader, void *arg)
{
    int64_t *id = arg;
    struct query *query = query_start(reader, STATEMENT_TRIAL_FIND, VALUES(value_int(*id)));
    bool has = query_next(query);
    if (query_end(query) || !has)
        *id = -1;
}

static void read_evenness(struct reader *reader, void *arg)
{
    struct query *query = query_start(reader, STATEMENT_TRIAL_SUMS, VALUES_NONE);
    bool is_even = query_next(query) && query_int(query, 0) % 2 == 0 && query_int(query, 1) == 0;
    if (query_end(query) || !is_even)
        *(int *)arg += 1;
}

/* Each job puts in a pair of rows whose numbers cancel out. */
static void *crowd_run(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < JOBS_EACH; i++) {
        int64_t id = crowd->number * 1000000 + 2 * i;
        char words[2][32];
        snprintf(words[0], sizeof words[0], "%lld", (long long)id);
        snprintf(words[1], sizeof words[1], "%lld", (long long)id + 1);
        struct job *job = rig_insert(id, words[0], id);
        job_add(job, STATEMENT_TRIAL_INSERT,
                VALUES(value_int(id + 1), value_text(words[1]), value_int(-id)));
        if (rig_run(crowd->rig, job))
            crowd->failed++;
        int64_t seen = id + 1;
        if (store_read_wait(crowd->rig->store, read_has, &seen) || seen < 0)
            crowd->unseen++;
        if (store_read_wait(crowd->rig->store, read_evenness, &crowd->uneven))
            crowd->unseen++;
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    struct rig *rig = *state;
    struct crowd crowds[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){.rig = rig, .number = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_run, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failed, 0);
        assert_int_equal(crowds[i].unseen, 0); /* acknowledged, and a reader does not see it */
        assert_int_equal(crowds[i].uneven, 0); /* half a job was seen */
    }
    assert_int_equal(rig_count(rig), THREADS * JOBS_EACH * 2);
    rig_close(rig);
    rig_open(rig);
    assert_int_equal(rig_count(rig), THREADS * JOBS_EACH * 2);
}

/* --- failing alone --- */

static void test_a_miss_rolls_back_alone(void **state)
{
    struct rig *rig = *state;
    struct rig_stop stop;
    struct outcome outcomes[5] = {0};
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 10)), US_OK);
    rig_stop_store(rig, &stop); /* all that follows is one group */

    store_submit(rig->store, rig_insert(2, "two", 20), on_outcome, &outcomes[0]);
    struct job *missing = rig_insert(3, "three", 30);
    job_expect(missing, STATEMENT_TRIAL_DELETE, US_NOT_FOUND, VALUES(value_int(99)));
    store_submit(rig->store, missing, on_outcome, &outcomes[1]);
    struct job *duplicate = rig_insert(4, "four", 40);
    job_add(duplicate, STATEMENT_TRIAL_INSERT,
            VALUES(value_int(5), value_text("two"), value_null()));
    store_submit(rig->store, duplicate, on_outcome, &outcomes[2]);
    struct job *null = rig_insert(6, "six", 60);
    job_add(null, STATEMENT_TRIAL_INSERT, VALUES(value_int(7), value_null(), value_null()));
    store_submit(rig->store, null, on_outcome, &outcomes[3]);
    store_submit(rig->store, rig_insert(8, "eight", 80), on_outcome, &outcomes[4]);
    thread_gate_open(&stop.go);
    assert_int_equal(rig_run(rig, job_new()), US_OK);

    static const enum us_err expected[] = {US_OK, US_NOT_FOUND, US_DUPLICATE, US_INVALID, US_OK};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].err, expected[i]);
    }
    assert_int_equal(rig_count(rig), 3);
    assert_int_equal(rig_sum(rig), 10 + 20 + 80);
}

static void test_expecting_one_row_is_not_two(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    assert_int_equal(rig_run(rig, rig_insert(2, "two", 2)), US_OK);
    struct job *job = job_new();
    job_expect(job, STATEMENT_TRIAL_ADD_ALL, US_CONFLICT, VALUES(value_int(100)));
    assert_int_equal(rig_run(rig, job), US_CONFLICT);
    job = job_new();
    job_expect(job, STATEMENT_TRIAL_LIST, US_CONFLICT, VALUES_NONE);
    assert_int_equal(rig_run(rig, job), US_CONFLICT);
    assert_int_equal(rig_sum(rig), 3);
    job = job_new();
    size_t step = job_add(job, STATEMENT_TRIAL_ADD_ALL, VALUES(value_int(100)));
    assert_int_equal(store_run(rig->store, job), US_OK);
    assert_int_equal(job_rows(job, step), 2);
    job_free(job);
    assert_int_equal(rig_sum(rig), 203);
}

/* --- values --- */

static void test_results_of_returning(void **state)
{
    struct rig *rig = *state;
    struct job *job = rig_insert(1, "one", 40);
    size_t first =
        job_expect(job, STATEMENT_TRIAL_ADD, US_NOT_FOUND, VALUES(value_int(2), value_int(1)));
    size_t second = job_add(job, STATEMENT_TRIAL_INSERT_DATA,
                            VALUES(value_int(INT64_MIN), value_text("\xd0\xa1\xd0\x9e\xd0\xae"),
                                   value_int(INT64_MAX), value_blob("\0a\0", 3)));
    size_t third = job_add(job, STATEMENT_TRIAL_INSERT_DATA,
                           VALUES(value_int(3), value_text(""), value_null(), value_blob("", 0)));
    size_t none = job_add(job, STATEMENT_TRIAL_ADD, VALUES(value_int(1), value_int(77)));
    size_t len = 9;
    assert_int_equal(store_run(rig->store, job), US_OK);
    assert_int_equal(job_rows(job, 0), 1);
    assert_int_equal(job_rows(job, first), 1);
    assert_int_equal(job_get_int(job, first, 0), 42);
    assert_true(job_get_int(job, second, 0) == INT64_MIN);
    assert_string_equal(job_get_data(job, second, 1, &len), "\xd0\xa1\xd0\x9e\xd0\xae");
    assert_int_equal(len, 6);
    assert_true(job_get_int(job, second, 2) == INT64_MAX);
    assert_memory_equal(job_get_data(job, second, 3, &len), "\0a\0", 3);
    assert_int_equal(len, 3);
    assert_string_equal(job_get_data(job, third, 1, &len), "");
    assert_null(job_get_data(job, third, 2, &len));
    assert_non_null(job_get_data(job, third, 3, &len)); /* empty is not NULL */
    assert_int_equal(len, 0);
    assert_int_equal(job_rows(job, none), 0);
    assert_int_equal(job_get_int(job, none, 0), 0);
    assert_null(job_get_data(job, none, 0, &len));
    job_free(job);
}

static void test_results_of_a_failed_job_are_gone(void **state)
{
    struct rig *rig = *state;
    struct job *job = rig_insert(1, "one", 1);
    size_t step = job_add(job, STATEMENT_TRIAL_ADD, VALUES(value_int(1), value_int(1)));
    job_expect(job, STATEMENT_TRIAL_DELETE, US_CONFLICT, VALUES(value_int(5)));
    assert_int_equal(store_run(rig->store, job), US_CONFLICT);
    assert_int_equal(job_rows(job, step), 0);
    assert_int_equal(job_get_int(job, step, 0), 0);
    job_free(job);
}

struct looked {
    char text[64];
    bool is_null, is_same;
    enum us_err err;
};

/* $2 stands before $1 in the statement, which SQLite would number the other way round. */
static void read_swapped(struct reader *reader, void *arg)
{
    struct looked *looked = arg;
    struct query *query =
        query_start(reader, STATEMENT_TRIAL_SWAPPED, VALUES(value_text("a"), value_text("b")));
    if (query_next(query))
        snprintf(looked->text, sizeof looked->text, "%s", query_text(query, 0));
    looked->err = query_end(query);
}

static void test_parameters_go_by_their_names(void **state)
{
    struct rig *rig = *state;
    struct looked looked = {0};
    assert_int_equal(store_read_wait(rig->store, read_swapped, &looked), US_OK);
    assert_int_equal(looked.err, US_OK);
    assert_string_equal(looked.text, "b;a;?$7--");
}

/* --- reading --- */

static void read_nested(struct reader *reader, void *arg)
{
    struct looked *looked = arg;
    struct query *outer = query_start(reader, STATEMENT_TRIAL_LIST, VALUES_NONE);
    int pairs = 0;
    while (query_next(outer)) {
        struct query *inner = query_start(reader, STATEMENT_TRIAL_LIST, VALUES_NONE);
        while (query_next(inner))
            pairs += query_int(inner, 0) <= query_int(outer, 0);
        looked->err = query_end(inner);
    }
    if (query_end(outer))
        looked->err = US_IO;
    snprintf(looked->text, sizeof looked->text, "%d", pairs);
}

static void test_a_statement_within_itself(void **state)
{
    struct rig *rig = *state;
    struct looked looked = {0};
    for (int i = 1; i <= 4; i++) {
        char word[8];
        snprintf(word, sizeof word, "%d", i);
        assert_int_equal(rig_run(rig, rig_insert(i, word, i)), US_OK);
    }
    assert_int_equal(store_read_wait(rig->store, read_nested, &looked), US_OK);
    assert_int_equal(looked.err, US_OK);
    assert_string_equal(looked.text, "10");
}

struct moment {
    struct thread_gate started, go;
    int64_t before, still, after;
    enum us_err err;
};

static int64_t count_rows(struct reader *reader, enum us_err *err)
{
    struct query *query = query_start(reader, STATEMENT_TRIAL_SUMS, VALUES_NONE);
    int64_t count = query_next(query) ? query_int(query, 0) : -1;
    *err = query_end(query);
    return count;
}

static void read_moment(struct reader *reader, void *arg)
{
    struct moment *moment = arg;
    moment->before = count_rows(reader, &moment->err);
    thread_gate_open(&moment->started);
    thread_gate_wait(&moment->go);
    moment->still = count_rows(reader, &moment->err);
    reader_refresh(reader);
    moment->after = count_rows(reader, &moment->err);
}

static void *run_moment(void *arg)
{
    void **both = arg;
    struct rig *rig = both[0];
    if (store_read_wait(rig->store, read_moment, both[1]))
        abort();
    return NULL;
}

static void test_a_read_sees_one_moment(void **state)
{
    struct rig *rig = *state;
    struct moment moment = {.started = THREAD_GATE_INIT, .go = THREAD_GATE_INIT};
    void *both[] = {rig, &moment};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_moment, both), 0);
    thread_gate_wait(&moment.started);
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    thread_gate_open(&moment.go);
    pthread_join(thread, NULL);
    assert_int_equal(moment.err, US_OK);
    assert_int_equal(moment.before, 0);
    assert_int_equal(moment.still, 0);
    assert_int_equal(moment.after, 1);
}

static void read_forever(struct reader *reader, void *arg)
{
    enum us_err *errs = arg;
    struct query *query = query_start(reader, STATEMENT_TRIAL_FOREVER, VALUES_NONE);
    while (query_next(query))
        ;
    errs[0] = query_end(query);
    (void)count_rows(reader, &errs[1]); /* whatever it says */
    reader_refresh(reader);             /* a new transaction has a new deadline */
    if (count_rows(reader, &errs[2]) != 0)
        errs[2] = US_IO;
    query = query_start(reader, STATEMENT_TRIAL_FOREVER, VALUES_NONE);
    while (query_next(query))
        ;
    errs[3] = query_end(query);
}

static void test_a_read_has_a_deadline(void **state)
{
    struct rig *rig = *state;
    enum us_err errs[4] = {US_IO, US_IO, US_IO, US_IO};
    rig_close(rig);
    rig->params.read_deadline_ms = 200;
    rig_open(rig);
    assert_int_equal(store_read_wait(rig->store, read_forever, errs), US_OK);
    assert_int_equal(errs[0], US_BUSY);
    assert_int_equal(errs[2], US_OK);
    assert_int_equal(errs[3], US_BUSY);
}

/* --- those who wait --- */

static void note_thread(struct reader *reader, void *arg)
{
    (void)reader;
    *(pthread_t *)arg = pthread_self();
}

struct walk {
    struct rig *rig;
    struct thread_gate reached, go;
    int64_t rows;
    enum us_err err;
};

static void read_walk(struct reader *reader, void *arg)
{
    struct walk *walk = arg;
    thread_gate_open(&walk->reached);
    thread_gate_wait(&walk->go);
    walk->rows = count_rows(reader, &walk->err);
}

static void *run_walk(void *arg)
{
    struct walk *walk = arg;
    if (store_read_wait(walk->rig->store, read_walk, walk))
        abort();
    return NULL;
}

static void open_gate(struct reader *reader, void *arg)
{
    (void)reader;
    thread_gate_open(arg);
}

/* However many there are, the threads that the pages are read by stay free. */
static void test_who_waits_takes_no_reader(void **state)
{
    enum { WALKS = 12 };
    struct rig *rig = *state;
    struct thread_gate read = THREAD_GATE_INIT;
    struct walk walks[WALKS];
    pthread_t threads[WALKS], here;
    assert_true(rig->params.readers < WALKS);
    assert_int_equal(store_read_wait(rig->store, note_thread, &here), US_OK);
    assert_true(pthread_equal(here, pthread_self()));
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    for (int i = 0; i < WALKS; i++) {
        walks[i] = (struct walk){.rig = rig, .reached = THREAD_GATE_INIT, .go = THREAD_GATE_INIT};
        assert_int_equal(pthread_create(&threads[i], NULL, run_walk, &walks[i]), 0);
    }
    for (int i = 0; i < WALKS; i++)
        thread_gate_wait(&walks[i].reached);
    assert_int_equal(store_read(rig->store, open_gate, &read), US_OK);
    thread_gate_wait(&read);
    assert_int_equal(rig_run(rig, rig_insert(2, "two", 2)), US_OK);
    for (int i = 0; i < WALKS; i++) {
        thread_gate_open(&walks[i].go);
        pthread_join(threads[i], NULL);
        assert_int_equal(walks[i].err, US_OK);
        assert_int_equal(walks[i].rows, 2); /* its moment is its first question's */
    }
}

static void read_nothing(struct reader *reader, void *arg)
{
    (void)reader;
    (void)arg;
}

static void *close_store(void *arg)
{
    struct rig *rig = arg;
    store_close(rig->store);
    return NULL;
}

static void test_closing_waits_for_those_who_wait(void **state)
{
    struct rig *rig = *state;
    struct walk walk = {.rig = rig, .reached = THREAD_GATE_INIT, .go = THREAD_GATE_INIT};
    pthread_t reading, closing;
    assert_int_equal(rig_run(rig, rig_insert(1, "one", 1)), US_OK);
    assert_int_equal(pthread_create(&reading, NULL, run_walk, &walk), 0);
    thread_gate_wait(&walk.reached);
    assert_int_equal(pthread_create(&closing, NULL, close_store, rig), 0);
    while (store_read(rig->store, read_nothing, NULL) != US_CANCELLED)
        ;
    assert_int_equal(store_read_wait(rig->store, read_nothing, NULL), US_CANCELLED);
    thread_gate_open(&walk.go);
    pthread_join(reading, NULL);
    pthread_join(closing, NULL);
    rig->store = NULL;
    assert_int_equal(walk.err, US_OK);
    assert_int_equal(walk.rows, 1);
}

static bool wants_no_more(void *arg)
{
    ++*(int *)arg;
    return false;
}

struct watched {
    int asked;
    bool goes_on;
    enum us_err err;
};

static void read_watched(struct reader *reader, void *arg)
{
    struct watched *watched = arg;
    reader_watch(reader, wants_no_more, &watched->asked);
    struct query *query = query_start(reader, STATEMENT_TRIAL_FOREVER, VALUES_NONE);
    while (query_next(query))
        ;
    watched->err = query_end(query);
    watched->goes_on = reader_goes_on(reader);
}

static void read_unwatched(struct reader *reader, void *arg)
{
    enum us_err *err = arg;
    bool goes_on = reader_goes_on(reader);
    (void)count_rows(reader, err);
    if (!goes_on)
        *err = US_CANCELLED;
}

static void test_a_watched_read_ends_when_told(void **state)
{
    struct rig *rig = *state;
    struct watched watched = {.goes_on = true};
    enum us_err err = US_IO;
    assert_int_equal(store_read_wait(rig->store, read_watched, &watched), US_OK);
    assert_int_equal(watched.err, US_CANCELLED);
    assert_int_equal(watched.asked, 1);
    assert_false(watched.goes_on);
    /* The next one with that connection is nobody's to watch. */
    assert_int_equal(store_read_wait(rig->store, read_unwatched, &err), US_OK);
    assert_int_equal(err, US_OK);
}

/* --- bounds --- */

static void test_a_full_queue_says_busy(void **state)
{
    struct rig *rig = *state;
    enum { SUBMITTED = 6000 };
    static struct outcome outcomes[SUBMITTED];
    struct rig_stop stop;
    int busy = 0, good = 0;
    memset(outcomes, 0, sizeof outcomes);
    rig_stop_store(rig, &stop);
    for (int i = 0; i < SUBMITTED; i++) {
        char word[16];
        snprintf(word, sizeof word, "%d", i);
        store_submit(rig->store, rig_insert(i, word, 1), on_outcome, &outcomes[i]);
        busy += outcomes[i].calls; /* answered at once: refused */
    }
    thread_gate_open(&stop.go);
    rig_close(rig); /* what was queued is done nevertheless */
    assert_true(busy > 0 && busy < SUBMITTED);
    for (int i = 0; i < SUBMITTED; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_true(outcomes[i].err == US_OK || outcomes[i].err == US_BUSY);
        good += outcomes[i].err == US_OK;
    }
    assert_int_equal(good + busy, SUBMITTED);
    rig_open(rig);
    assert_int_equal(rig_count(rig), good);
}

static void test_large_jobs_fill_the_queue_sooner(void **state)
{
    struct rig *rig = *state;
    static char megabyte[1 << 20];
    struct outcome outcomes[100] = {0};
    struct rig_stop stop;
    int busy = 0;
    rig_stop_store(rig, &stop);
    for (int i = 0; i < 100; i++) {
        struct job *job = job_new();
        char word[16];
        snprintf(word, sizeof word, "%d", i);
        job_add(job, STATEMENT_TRIAL_INSERT_DATA,
                VALUES(value_int(i), value_text(word), value_null(),
                       value_blob(megabyte, sizeof megabyte)));
        store_submit(rig->store, job, on_outcome, &outcomes[i]);
        busy += outcomes[i].calls;
    }
    thread_gate_open(&stop.go);
    assert_int_equal(rig_run(rig, job_new()), US_OK);
    assert_true(busy > 0 && busy < 100);
    assert_int_equal(rig_count(rig), 100 - busy);
}

struct held {
    struct thread_gate reached[2], go[2];
    atomic_int started;
    atomic_int worked;
};

static void read_held(struct reader *reader, void *arg)
{
    struct held *held = arg;
    (void)reader;
    int place = atomic_fetch_add(&held->started, 1);
    if (place < 2) {
        thread_gate_open(&held->reached[place]);
        thread_gate_wait(&held->go[place]);
    }
    atomic_fetch_add(&held->worked, 1);
}

static void test_a_full_read_queue_says_busy(void **state)
{
    struct rig *rig = *state;
    struct held held = {.reached = {THREAD_GATE_INIT, THREAD_GATE_INIT},
                        .go = {THREAD_GATE_INIT, THREAD_GATE_INIT}};
    int taken = 2;
    assert_int_equal(store_read(rig->store, read_held, &held), US_OK);
    assert_int_equal(store_read(rig->store, read_held, &held), US_OK);
    thread_gate_wait(&held.reached[0]);
    thread_gate_wait(&held.reached[1]);
    enum us_err err = US_OK;
    for (; !err && taken < 1000; taken += !err)
        err = store_read(rig->store, read_held, &held);
    thread_gate_open(&held.go[0]);
    thread_gate_open(&held.go[1]);
    rig_close(rig);
    assert_int_equal(err, US_BUSY);
    assert_int_equal(taken, 2 + rig->params.read_queue);
    assert_int_equal(atomic_load(&held.worked), taken);
}

/* A job from a job's on_done, when the store is closing already. */
static void on_done_again(struct job *job, enum us_err err, void *arg)
{
    void **both = arg;
    (void)job;
    (void)err;
    thread_gate_wait(both[1]);
    struct rig *rig = both[0];
    store_submit(rig->store, rig_insert(9, "nine", 9), on_outcome, both[2]);
}

static void *open_later(void *arg)
{
    thread_gate_open(arg);
    return NULL;
}

static void test_closing_answers_everybody(void **state)
{
    struct rig *rig = *state;
    struct thread_gate go = THREAD_GATE_INIT;
    struct outcome outcome = {0};
    struct store *store = rig->store;
    void *all[] = {rig, &go, &outcome};
    pthread_t thread;
    store_submit(store, rig_insert(1, "one", 1), on_done_again, all);
    assert_int_equal(pthread_create(&thread, NULL, open_later, &go), 0);
    store_close(store);
    pthread_join(thread, NULL);
    rig->store = NULL;
    assert_int_equal(outcome.calls, 1);
    assert_true(outcome.err == US_CANCELLED || outcome.err == US_OK);
    rig_open(rig);
    assert_true(rig_has(rig, 1));
    assert_int_equal(rig_has(rig, 9), outcome.err == US_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_many_threads),
        TEST(test_a_miss_rolls_back_alone),
        TEST(test_expecting_one_row_is_not_two),
        TEST(test_results_of_returning),
        TEST(test_results_of_a_failed_job_are_gone),
        TEST(test_parameters_go_by_their_names),
        TEST(test_a_statement_within_itself),
        TEST(test_a_read_sees_one_moment),
        TEST(test_a_read_has_a_deadline),
        TEST(test_who_waits_takes_no_reader),
        TEST(test_closing_waits_for_those_who_wait),
        TEST(test_a_watched_read_ends_when_told),
        TEST(test_a_full_queue_says_busy),
        TEST(test_large_jobs_fill_the_queue_sooner),
        TEST(test_a_full_read_queue_says_busy),
        TEST(test_closing_answers_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
