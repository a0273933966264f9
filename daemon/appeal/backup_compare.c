/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_compare.h"
#include "appeal/backup_carry_parts.h"
#include "appeal/backup_since.h"
#include "base/mem.h"
#include <stdlib.h>

#define PAGE 500

struct compare {
    struct reader *then;
    backup_on_change *on_change;
    void *arg;
    struct backup_loss loss;
};

static void tell(const struct compare *compare, const char *id, const char *state, bool is_carried)
{
    if (compare->on_change != NULL)
        compare->on_change(id, state, is_carried, compare->arg);
}

static void tell_change(struct compare *compare, const struct backup_known *now,
                        const struct backup_known *then)
{
    struct backup_since since = backup_since_compare(now, then);
    const char *id = now->id != NULL ? now->id : then->id;

    compare->loss.carried += backup_since_is_carried(&since);
    compare->loss.undone += since.is_undone;
    if (since.withdraws || since.moves)
        tell(compare, id, signature_state_name(now->state), true);
    if (since.erases)
        tell(compare, id, "erased", true);
    if (since.drops_news)
        tell(compare, id, "no news", true);
    if (since.drops_logo)
        tell(compare, id, "no logo", true);
    if (since.is_undone)
        tell(compare, id, signature_state_name(now->state), false);
}

static enum us_err compare_row(struct compare *compare, const struct backup_known *now)
{
    struct backup_known then;
    enum us_err err = backup_known_find(compare->then, now, &then);

    if (err == US_NOT_FOUND) {
        if (!now->is_absent && (compare->loss.lost++ == 0 || now->signed_on < compare->loss.since))
            compare->loss.since = now->signed_on;
        return US_OK;
    }
    if (err == US_OK) {
        tell_change(compare, now, &then);
        backup_known_clear(&then);
    }
    return err;
}

static enum us_err compare_signatures(struct reader *now, struct compare *compare)
{
    struct backup_known_place place = {.has_begun = false};
    struct backup_known *known = mem_zero(PAGE * sizeof(*known));
    enum us_err err = US_OK;

    while (err == US_OK && !place.is_over) {
        size_t count;
        err = backup_known_page(now, &place, known, PAGE, &count);
        for (size_t i = 0; i < count; i++) {
            if (err == US_OK)
                err = compare_row(compare, &known[i]);
            backup_known_clear(&known[i]);
        }
    }
    free(known);
    return err;
}

static void tell_appeal(const char *slug, const char *state, void *arg)
{
    struct compare *compare = arg;

    compare->loss.appeals++;
    tell(compare, slug, state, true);
}

enum us_err backup_compare(struct side *now, struct side *old, backup_on_change *on_change,
                           void *arg, struct backup_loss *out)
{
    struct compare compare = {.on_change = on_change, .arg = arg};
    struct reader *reader = side_begin(now);
    enum us_err err;

    compare.then = side_begin(old);
    err = compare_signatures(reader, &compare);
    if (err == US_OK)
        err = backup_compare_appeals(reader, compare.then, tell_appeal, &compare);
    side_end(old);
    side_end(now);
    if (err == US_OK)
        *out = compare.loss;
    return err;
}
