/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One table says which step is taken from which state. The row is read, and changed only as it was
 * read: of two people at once the second looks again. Every change takes the appeal's pages out of
 * the caches at once, since they offer the form or say why there is none.
 */
#include "appeal/appeal_state.h"
#include "appeal/appeal_current.h"
#include "base/clock.h"
#include "store/job.h"
#include <string.h>

#define FROM(state) (1U << (state))

static const struct turn_rule {
    const char *act;  /* of the audit row */
    const char *what; /* behind "one cannot" */
    unsigned from;
    enum appeal_state to;
} rules[] = {
    [TURN_PAUSE] = {"appeal.pause", "pause it", FROM(APPEAL_OPEN), APPEAL_PAUSED},
    [TURN_RESUME] = {"appeal.resume", "resume it", FROM(APPEAL_PAUSED), APPEAL_OPEN},
    [TURN_CLOSE] = {"appeal.close", "close it", FROM(APPEAL_OPEN) | FROM(APPEAL_PAUSED),
                    APPEAL_CLOSED},
    [TURN_REOPEN] = {"appeal.reopen", "reopen it", FROM(APPEAL_CLOSED) | FROM(APPEAL_ARCHIVED),
                     APPEAL_OPEN},
    [TURN_ARCHIVE] = {"appeal.archive", "archive it",
                      FROM(APPEAL_OPEN) | FROM(APPEAL_PAUSED) | FROM(APPEAL_CLOSED),
                      APPEAL_ARCHIVED},
};

struct look { /* at the appeal, on a reader thread */
    struct site *site;
    const char *slug;
    struct appeal *appeal;
    enum us_err err;
};

static void read_appeal(struct reader *reader, void *arg)
{
    struct look *look = arg;

    look->err = appeal_load_any(reader, look->site, look->slug, &look->appeal);
}

static enum us_err load(struct site *site, const char *slug, struct appeal **out,
                        struct fault *fault)
{
    struct look look = {.site = site, .slug = slug};
    enum us_err err = store_read_wait(site_store(site), read_appeal, &look);

    if (err == US_OK)
        err = look.err;
    if (err == US_NOT_FOUND)
        fault_set(fault, NULL, 0,
                  "there is no appeal \"%.64s\"; `undersign appeal list` says which there are",
                  slug);
    if (err == US_OK && look.appeal->published_version == 0) {
        fault_set(fault, NULL, 0,
                  "%s is a draft: it takes no signatures before `undersign appeal publish %s`",
                  slug, slug);
        appeal_free(look.appeal);
        err = US_CONFLICT;
    }
    if (err == US_OK)
        *out = look.appeal;
    return err;
}

/* ---- may it ---- */

/* What its state asks for instead. */
static enum us_err refuse_state(const struct appeal *appeal, const char *what, struct fault *fault)
{
    const char *verb = appeal->state == APPEAL_PAUSED ? "resume" : "reopen";

    if (appeal->state == APPEAL_OPEN)
        fault_set(fault, NULL, 0, "%s is open: one cannot %s", appeal->slug, what);
    else
        fault_set(fault, NULL, 0, "%s is %s: one cannot %s; `undersign appeal %s %s` opens it",
                  appeal->slug, appeal_state_name(appeal->state), what, verb, appeal->slug);
    return US_CONFLICT;
}

/* A day that is past closes it whatever is said by hand. */
static enum us_err check_closing(const struct appeal *appeal, enum appeal_turn turn, int64_t today,
                                 struct fault *fault)
{
    const struct settings *settings = appeal->settings;
    char day[16];

    if ((turn != TURN_PAUSE && turn != TURN_REOPEN) || !settings->has_closing ||
        settings->closes_on >= today)
        return US_OK;
    clock_print_day(settings->closes_on, day);
    if (turn == TURN_PAUSE)
        fault_set(fault, NULL, 0, "%s closed on %s; there is nothing to pause", appeal->slug, day);
    else
        fault_set(fault, NULL, 0,
                  "the closing day of %s, %s, is past: set a later one in its appeal.ini (closes), "
                  "`undersign appeal import` and `undersign appeal publish` it, then reopen it",
                  appeal->slug, day);
    return US_CONFLICT;
}

static enum us_err check_turn(const struct appeal *appeal, enum appeal_turn turn, int64_t today,
                              struct fault *fault)
{
    const struct turn_rule *rule = &rules[turn];

    if ((rule->from & FROM(appeal->state)) == 0)
        return refuse_state(appeal, rule->what, fault);
    if (appeal->erased_on != 0) {
        char day[16];

        clock_print_day(appeal->erased_on, day);
        fault_set(fault, NULL, 0,
                  "the persons, contact data and keys of %s were deleted on %s: it stays archived",
                  appeal->slug, day);
        return US_CONFLICT;
    }
    return check_closing(appeal, turn, today, fault);
}

/* ---- the change ---- */

/* Those of a pause that ends today on which it would have taken signatures. */
static int64_t count_lost(const struct appeal *appeal, int64_t today)
{
    int64_t from = appeal->paused_on;

    if (appeal->state != APPEAL_PAUSED || !appeal->settings->has_closing)
        return 0;
    if (appeal->settings->has_opening && appeal->settings->opens_on > from)
        from = appeal->settings->opens_on;
    return today > from ? today - from : 0;
}

static struct value day_or_null(int64_t day)
{
    return day != 0 ? value_int(day) : value_null();
}

static enum us_err write_turn(struct site *site, const struct appeal *appeal, enum appeal_turn turn,
                              const struct appeal_turning *what)
{
    const struct turn_rule *rule = &rules[turn];
    const struct settings *settings = appeal->settings;
    int64_t today = clock_day(what->now);
    bool ends = rule->to == APPEAL_CLOSED || rule->to == APPEAL_ARCHIVED;
    int64_t closed_on = appeal->closed_on != 0 ? appeal->closed_on : today;
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_APPEAL_SET_STATE, US_CONFLICT,
                     VALUES(value_int(appeal->id), value_text(appeal_state_name(rule->to)),
                            rule->to == APPEAL_PAUSED ? value_int(today) : value_null(),
                            ends ? value_int(closed_on) : value_null(),
                            rule->to == APPEAL_ARCHIVED ? value_int(today) : value_null(),
                            value_int(count_lost(appeal, today)),
                            value_text(appeal_state_name(appeal->state)),
                            settings->has_closing ? value_int(settings->closes_on) : value_null(),
                            day_or_null(appeal->paused_on)));
    job_add_audit(job, &(struct job_audit){
                           .at = what->now,
                           .actor = what->actor,
                           .act = rule->act,
                           .subject = appeal->slug,
                           .reason = what->reason,
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    if (err == US_OK)
        site_changed(site, appeal->id, true);
    return err;
}

static void tell_turned(const struct appeal *appeal, enum appeal_turn turn, int64_t today,
                        struct appeal_turned *out)
{
    enum appeal_state to = rules[turn].to;
    int64_t lost = count_lost(appeal, today);
    int64_t day = appeal->settings->has_closing ? appeal->settings->closes_on + lost : 0;

    int64_t closed_on = appeal->closed_on != 0 ? appeal->closed_on : today;

    if ((to == APPEAL_CLOSED || to == APPEAL_ARCHIVED) && (day == 0 || closed_on < day))
        day = closed_on;
    *out = (struct appeal_turned){.changed = true,
                                  .state = to,
                                  .is_shielded = appeal->is_shielded,
                                  .days_lost = lost,
                                  .closing = day};
}

static void tell_same(const struct appeal *appeal, struct appeal_turned *out)
{
    *out = (struct appeal_turned){.state = appeal->state,
                                  .is_shielded = appeal->is_shielded,
                                  .closing = appeal_closing(appeal)};
}

/* *is_refused: looking again would not help. */
static enum us_err turn_once(struct site *site, enum appeal_turn turn,
                             const struct appeal_turning *what, struct appeal_turned *out,
                             bool *is_refused, struct fault *fault)
{
    struct appeal *appeal;
    int64_t today = clock_day(what->now);
    enum us_err err = load(site, what->slug, &appeal, fault);

    if (err != US_OK) {
        *is_refused = true;
        return err;
    }
    if (appeal->state == rules[turn].to) {
        tell_same(appeal, out);
    } else {
        err = check_turn(appeal, turn, today, fault);
        *is_refused = err != US_OK;
        if (err == US_OK && !what->is_trial)
            err = write_turn(site, appeal, turn, what);
        if (err == US_OK)
            tell_turned(appeal, turn, today, out);
    }
    appeal_free(appeal);
    return err;
}

enum us_err appeal_state_turn(struct site *site, enum appeal_turn turn,
                              const struct appeal_turning *what, struct appeal_turned *out,
                              struct fault *fault)
{
    bool is_refused = false;
    enum us_err err = US_CONFLICT;

    for (int i = 0; i < APPEAL_TRIES && err == US_CONFLICT && !is_refused; i++)
        err = turn_once(site, turn, what, out, &is_refused, fault);
    return is_refused || err == US_OK ? err : appeal_current_tell(fault, err);
}

/* ---- the shield ---- */

static enum us_err write_shield(struct site *site, const struct appeal *appeal, bool is_shielded,
                                const struct appeal_turning *what)
{
    struct job *job = job_new();
    enum us_err err;

    (void)job_expect(job, STATEMENT_APPEAL_SET_SHIELD, US_DUPLICATE,
                     VALUES(value_int(appeal->id), value_int(is_shielded)));
    job_add_audit(job, &(struct job_audit){
                           .at = what->now,
                           .actor = what->actor,
                           .act = is_shielded ? "appeal.shield" : "appeal.unshield",
                           .subject = appeal->slug,
                           .reason = what->reason,
                       });
    err = store_run(site_store(site), job);
    job_free(job);
    return err;
}

enum us_err appeal_state_shield(struct site *site, bool is_shielded,
                                const struct appeal_turning *what, struct appeal_turned *out,
                                struct fault *fault)
{
    struct appeal *appeal;
    enum us_err err = load(site, what->slug, &appeal, fault);

    if (err != US_OK)
        return err;
    tell_same(appeal, out);
    if (appeal->is_shielded != is_shielded) {
        err = what->is_trial ? US_OK : write_shield(site, appeal, is_shielded, what);
        out->changed = err == US_OK;
        out->is_shielded = is_shielded;
    }
    appeal_free(appeal);
    if (err == US_DUPLICATE)
        return US_OK; /* somebody else came first with the same */
    return err == US_OK ? err : appeal_current_tell(fault, err);
}
