/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What whoever keeps pages is told of an act on many: of each batch that it was a step, of the end
 * that somebody has left the list, so that no page from before is served from then on. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/act.h"
#include "appeal/site.h"
#include "appeal_world.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdlib.h>

struct look {
    struct world *world;
    struct site_generation before, amid; /* amid: behind the first batch */
};

static struct site_generation generation(struct world *world)
{
    return site_generation(world->site, world->appeal->id);
}

static void on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    struct look *look = arg;
    (void)what;
    assert_true(done <= total);
    look->amid = generation(look->world);
}

static void run(struct look *look, enum decision decision, const struct act_choice *choice)
{
    const struct act_watch watch = {.on_progress = on_progress, .arg = look};
    struct act_result result;
    struct fault fault = {.text = ""};
    look->before = generation(look->world);
    assert_int_equal(act_run(look->world->site,
                             &(struct act_params){.appeal = look->world->appeal->id,
                                                  .slug = "trial",
                                                  .decision = decision,
                                                  .filter = "country = KZ",
                                                  .reason = "bots",
                                                  .actor = "unix:test"},
                             choice, &watch, &result, &fault),
                     US_OK);
    assert_int_equal(result.done, 1);
}

static void choose(struct world *world, struct act_choice *out)
{
    struct filter *filter;
    struct fault fault = {.text = ""};
    assert_int_equal(filter_parse("country = KZ", &filter, &fault), US_OK);
    assert_int_equal(
        act_choose(world->site,
                   &(struct act_question){.appeal = world->appeal->id, .filter = filter}, NULL,
                   out),
        US_OK);
    filter_free(filter);
}

static void check_amid(const struct look *look)
{
    assert_true(look->amid.steps > look->before.steps);
    assert_int_equal(look->amid.changes, look->before.changes);
    assert_int_equal(look->amid.removals, look->before.removals);
}

static void test_end_removes(void **state)
{
    struct look look = {.world = *state};
    struct submission submission;
    struct signing_receipt receipt;
    struct outbox_mail mail;
    struct act_choice choice;
    struct act_result result;
    struct fault fault = {.text = ""};
    world_fill(&submission, "Union", "a@kz.example");
    world_set(&submission, FIELD_COUNTRY, "KZ");
    assert_int_equal(world_submit(look.world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(look.world, &mail);
    assert_int_equal(world_confirm(look.world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);

    choose(look.world, &choice);
    run(&look, DECISION_APPROVE, &choice);
    act_choice_clear(&choice);
    check_amid(&look);
    assert_true(generation(look.world).changes > look.before.changes);
    assert_int_equal(generation(look.world).removals, look.before.removals);

    choose(look.world, &choice);
    run(&look, DECISION_STRIKE, &choice);
    act_choice_clear(&choice);
    check_amid(&look);
    assert_true(generation(look.world).removals > look.before.removals);

    /* Undone, nobody is gone from a page. */
    look.before = generation(look.world);
    const struct act_watch watch = {.on_progress = on_progress, .arg = &look};
    assert_int_equal(act_undo(look.world->site,
                              &(struct act_undo){.number = 2, .actor = "unix:test"}, &watch,
                              &result, &fault),
                     US_OK);
    check_amid(&look);
    assert_true(generation(look.world).changes > look.before.changes);
    assert_int_equal(generation(look.world).removals, look.before.removals);
}

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = before\n");
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_end_removes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
