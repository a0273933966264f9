/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The cache of rendered pages, with its clock, its queue and its store in the test's hands: who is
 * served what, when it is rendered again, and what is never served.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/mem.h"
#include "page/cache.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define APPEAL 7

struct queued {
    void (*work)(struct reader *reader, void *arg);
    void *arg;
};

struct rig {
    struct cache *cache;
    int64_t now, tick;
    struct site_generation generation;
    struct queued queue[16];
    size_t queued;
    bool is_full, is_missing;
    int renders;
    int removals_while_rendering; /* that many renders are overtaken by a removal */
    bool is_change_while_rendering;
};

static enum us_err on_render(struct reader *reader, const struct page_key *key, int64_t now,
                             struct page_made *made, void *arg)
{
    struct rig *rig = arg;
    (void)reader;
    (void)now;
    rig->renders++;
    if (rig->is_missing)
        return US_NOT_FOUND;
    if (rig->removals_while_rendering > 0) {
        rig->removals_while_rendering--;
        rig->generation.removals++;
        rig->generation.changes++;
    }
    if (rig->is_change_while_rendering)
        rig->generation.changes++;
    made->appeal = key->slug[0] ? APPEAL : 0;
    made->html = mem_format("page %d of %s", rig->renders, key->slug);
    made->len = strlen(made->html);
    return US_OK;
}

static struct site_generation on_generation(int64_t appeal, void *arg)
{
    struct rig *rig = arg;
    assert_true(appeal == APPEAL || appeal == 0);
    return rig->generation;
}

static void on_refresh(struct reader *reader, void *arg)
{
    (void)reader;
    (void)arg;
}

static enum us_err on_queue(void (*work)(struct reader *reader, void *work_arg), void *work_arg,
                            void *arg)
{
    struct rig *rig = arg;
    if (rig->is_full)
        return US_BUSY;
    assert_true(rig->queued < 16);
    rig->queue[rig->queued++] = (struct queued){work, work_arg};
    return US_OK;
}

static int64_t on_now(void *arg)
{
    return ((struct rig *)arg)->now;
}

static int64_t on_tick(void *arg)
{
    return ((struct rig *)arg)->tick;
}

static void rig_open_fresh(struct rig *rig, size_t entries, int64_t fresh)
{
    *rig = (struct rig){.now = 1000 * CLOCK_DAY + CLOCK_HOUR, .tick = 50 * CLOCK_SECOND};
    rig->cache = cache_new(&(struct cache_params){
        .entries = entries,
        .bytes = 1 << 20,
        .fresh = fresh,
        .render = on_render,
        .generation = on_generation,
        .refresh = on_refresh,
        .queue = on_queue,
        .now = on_now,
        .tick = on_tick,
        .arg = rig,
    });
}

static void rig_open(struct rig *rig, size_t entries)
{
    rig_open_fresh(rig, entries, 0);
}

static void rig_run(struct rig *rig)
{
    for (size_t i = 0; i < rig->queued; i++)
        rig->queue[i].work(NULL, rig->queue[i].arg);
    rig->queued = 0;
}

struct got {
    struct rendered *page; /* a reference, so that no other page gets its address */
    enum us_err err;
    int calls;
};

static void on_page(struct rendered *page, enum us_err err, void *arg)
{
    struct got *got = arg;
    got->page = page ? rendered_ref(page) : NULL;
    got->err = err;
    got->calls++;
}

static void ask(struct rig *rig, const char *slug, struct got *got)
{
    struct page_key key = {.kind = slug[0] ? PAGE_APPEAL : PAGE_HOME,
                           .language = &language_table[0]};
    strcpy(key.slug, slug);
    *got = (struct got){0};
    cache_get(rig->cache, &key, on_page, got);
}

/* Asks, renders where that is needed, and gives the page, whose reference is the caller's. */
static struct rendered *fetch(struct rig *rig, const char *slug)
{
    struct got got;
    ask(rig, slug, &got);
    rig_run(rig);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.err, US_OK);
    assert_non_null(got.page);
    return got.page;
}

static void everybody_waits_for_one_render(void **state)
{
    (void)state;
    struct rig rig;
    struct got got[5];
    rig_open(&rig, 10);
    for (int i = 0; i < 5; i++)
        ask(&rig, "one", &got[i]);
    assert_int_equal(got[0].calls, 0);
    assert_int_equal(rig.queued, 1);
    rig_run(&rig);
    /* Twice: only the first rendering told whose changes the page follows. */
    assert_int_equal(rig.renders, 2);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(got[i].calls, 1);
        assert_ptr_equal(got[i].page, got[0].page);
        rendered_unref(got[i].page);
    }
    struct rendered *again = fetch(&rig, "one");
    assert_ptr_equal(again, got[0].page);
    assert_int_equal(rig.renders, 2);
    rendered_unref(again);
    cache_free(rig.cache);
}

/* What costs more may be kept for longer. */
static void change_renders_once_in_its_time(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_fresh(&rig, 10, CLOCK_MINUTE);
    struct rendered *first = fetch(&rig, "one");
    rig.generation.changes++;
    rig.tick += CLOCK_MINUTE - 1;
    struct rendered *same = fetch(&rig, "one");
    assert_ptr_equal(same, first);
    rig.tick += 1;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    rendered_unref(first);
    rendered_unref(same);
    rendered_unref(second);
    cache_free(rig.cache);
}

static void change_renders_once_a_second(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.generation.changes++;
    rig.tick += CLOCK_SECOND - 1;
    struct rendered *same = fetch(&rig, "one");
    assert_ptr_equal(same, first);
    rig.tick += 1;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    assert_int_equal(rig.renders, 3);
    /* Nothing has changed: however old, it is served. */
    rig.tick += 3600 * CLOCK_SECOND;
    struct rendered *kept = fetch(&rig, "one");
    assert_ptr_equal(kept, second);
    rendered_unref(first);
    rendered_unref(same);
    rendered_unref(second);
    rendered_unref(kept);
    cache_free(rig.cache);
}

/* In the last quarter of its time a page is made anew behind those who ask. */
static void ageing_page_keeps_nobody_waiting(void **state)
{
    (void)state;
    struct rig rig;
    struct got got[3];
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.generation.changes++;
    rig.tick += CLOCK_SECOND / 2;
    ask(&rig, "one", &got[0]);
    assert_int_equal(rig.queued, 0);
    rig.tick += CLOCK_SECOND / 4;
    ask(&rig, "one", &got[1]);
    ask(&rig, "one", &got[2]);
    assert_int_equal(rig.queued, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(got[i].calls, 1);
        assert_ptr_equal(got[i].page, first);
        rendered_unref(got[i].page);
    }
    /* Who comes when its time is over waits for the rendering that is under way. */
    rig.tick += CLOCK_SECOND / 4;
    ask(&rig, "one", &got[0]);
    assert_int_equal(got[0].calls, 0);
    assert_int_equal(rig.queued, 1);
    rig_run(&rig);
    assert_ptr_not_equal(got[0].page, first);
    rendered_unref(got[0].page);
    rendered_unref(first);
    cache_free(rig.cache);
}

/* Also a page that was made long ago is seen for a second of an act, and no longer. */
static void act_ages_pages(void **state)
{
    (void)state;
    struct rig rig;
    struct got got;
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.tick += CLOCK_HOUR;
    rendered_unref(fetch(&rig, "one"));
    rig.generation.steps++;
    rig.tick += CLOCK_SECOND - 1;
    ask(&rig, "one", &got);
    assert_ptr_equal(got.page, first);
    rendered_unref(got.page);
    assert_int_equal(rig.queued, 1);
    rig.tick += 1;
    ask(&rig, "one", &got);
    assert_int_equal(got.calls, 0);
    rig_run(&rig);
    assert_ptr_not_equal(got.page, first);
    rendered_unref(first);
    rendered_unref(got.page);
    /* Nobody has asked since before the step: when that was, nobody knows. */
    first = fetch(&rig, "one");
    rig.generation.steps++;
    rig.tick += CLOCK_SECOND;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    rendered_unref(first);
    rendered_unref(second);
    cache_free(rig.cache);
}

static void change_during_render_is_not_missed(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 10);
    rig.is_change_while_rendering = true;
    struct rendered *first = fetch(&rig, "one");
    rig.is_change_while_rendering = false;
    rig.tick += CLOCK_SECOND;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    rendered_unref(first);
    rendered_unref(second);
    cache_free(rig.cache);
}

static void removal_holds_at_once(void **state)
{
    (void)state;
    struct rig rig;
    struct got got;
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.generation.removals++;
    ask(&rig, "one", &got);
    assert_int_equal(got.calls, 0); /* not even within the second */
    rig_run(&rig);
    assert_int_equal(got.err, US_OK);
    assert_ptr_not_equal(got.page, first);
    rendered_unref(first);
    rendered_unref(got.page);
    cache_free(rig.cache);
}

static void removal_during_render_renders_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 10);
    rendered_unref(fetch(&rig, "one"));
    rig.generation.removals++;
    rig.removals_while_rendering = 3;
    int before = rig.renders;
    rendered_unref(fetch(&rig, "one"));
    assert_int_equal(rig.renders - before, 4);
    /* Without end it gives up rather than show what was removed. */
    struct got got;
    rig.generation.removals++;
    rig.removals_while_rendering = 1000;
    ask(&rig, "one", &got);
    rig_run(&rig);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.err, US_BUSY);
    assert_null(got.page);
    cache_free(rig.cache);
}

static void another_day_renders(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.now += CLOCK_DAY;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    rendered_unref(first);
    rendered_unref(second);
    cache_free(rig.cache);
}

static void busy_store_leaves_the_old_page(void **state)
{
    (void)state;
    struct rig rig;
    struct got got;
    rig_open(&rig, 10);
    struct rendered *first = fetch(&rig, "one");
    rig.is_full = true;
    rig.generation.changes++;
    rig.tick += 10 * CLOCK_SECOND;
    ask(&rig, "one", &got);
    assert_int_equal(got.err, US_OK);
    assert_ptr_equal(got.page, first);
    rendered_unref(got.page);
    /* Unless somebody may have gone from it with an act's steps, */
    rig.generation.steps++;
    ask(&rig, "one", &got);
    assert_int_equal(got.err, US_BUSY);
    assert_null(got.page);
    rig.generation.steps--;
    /* or has. */
    rig.generation.removals++;
    ask(&rig, "one", &got);
    assert_int_equal(got.err, US_BUSY);
    assert_null(got.page);
    /* And it comes back when the store does. */
    rig.is_full = false;
    struct rendered *second = fetch(&rig, "one");
    assert_ptr_not_equal(second, first);
    /* A page that was never there is simply busy. */
    rig.is_full = true;
    ask(&rig, "two", &got);
    assert_int_equal(got.err, US_BUSY);
    rendered_unref(first);
    rendered_unref(second);
    cache_free(rig.cache);
}

static void missing_page_is_not_kept(void **state)
{
    (void)state;
    struct rig rig;
    struct got got;
    rig_open(&rig, 10);
    rig.is_missing = true;
    ask(&rig, "none", &got);
    rig_run(&rig);
    assert_int_equal(got.err, US_NOT_FOUND);
    rig.is_missing = false; /* it is published */
    rendered_unref(fetch(&rig, "none"));
    cache_free(rig.cache);
}

static void entries_are_bounded(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, 3);
    static const char *const slugs[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        rendered_unref(fetch(&rig, slugs[i]));
    rendered_unref(fetch(&rig, "a")); /* asked for again: "b" is the oldest now */
    rendered_unref(fetch(&rig, "d"));
    int before = rig.renders;
    rendered_unref(fetch(&rig, "a"));
    rendered_unref(fetch(&rig, "c"));
    rendered_unref(fetch(&rig, "d"));
    assert_int_equal(rig.renders, before);
    rendered_unref(fetch(&rig, "b"));
    assert_true(rig.renders > before);
    cache_free(rig.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_waits_for_one_render),
        cmocka_unit_test(change_renders_once_a_second),
        cmocka_unit_test(change_renders_once_in_its_time),
        cmocka_unit_test(ageing_page_keeps_nobody_waiting),
        cmocka_unit_test(act_ages_pages),
        cmocka_unit_test(change_during_render_is_not_missed),
        cmocka_unit_test(removal_holds_at_once),
        cmocka_unit_test(removal_during_render_renders_again),
        cmocka_unit_test(another_day_renders),
        cmocka_unit_test(busy_store_leaves_the_old_page),
        cmocka_unit_test(missing_page_is_not_kept),
        cmocka_unit_test(entries_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
