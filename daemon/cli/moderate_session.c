/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate_session.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/cell.h"
#include "cli/moderate_request.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

/* What each act is called by the service, and said of what it was done to. */
static const struct act {
    enum command_id command, undo;
    const char *state, *past, *undone, *would;
} acts[MODERATE_ACTS] = {
    [MODERATE_LIST] = {COMMAND_SIGNATURE_APPROVE, COMMAND_SIGNATURE_UNLIST, "listed", "Listed",
                       "Not listed any more", "It would be listed"},
    [MODERATE_REFUSE] = {COMMAND_SIGNATURE_REFUSE, COMMAND_SIGNATURE_RESTORE, "refused", "Refused",
                         "Not refused any more", "It would be refused"},
    [MODERATE_HOLD] = {COMMAND_SIGNATURE_HOLD, COMMAND_SIGNATURE_RESTORE, "held", "Held",
                       "Not held any more", "It would be held"},
    [MODERATE_SKIP] = {COMMAND_REVIEW_SKIP, COMMAND_COUNT, NULL, "Skipped", "Not skipped any more",
                       "It would be skipped"},
};

static bool make_session(char out[MODERATE_SESSION_SIZE])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char bytes[MODERATE_SESSION_SIZE - 1];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        out[i] = letters[bytes[i] % 32];
    out[sizeof(bytes)] = '\0';
    return true;
}

static bool on_reason(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct moderate *moderate = arg;

    if (!row_schema_begins(schema, &row_review_reason) || !values[0].is_set)
        return true;
    for (size_t i = 0; i < MODERATE_REASONS; i++) {
        if (moderate->reasons[i] == NULL) {
            moderate->reasons[i] = mem_string(values[0].text);
            break;
        }
    }
    return true;
}

int moderate_open(const struct options *options, struct moderate *out)
{
    int status;

    *out = (struct moderate){.options = options, .is_trial = options_has(options, OPTION_DRY_RUN)};
    if (!make_session(out->session)) {
        talk_error("the system gives no random numbers");
        return EX_OSERR;
    }
    status = ask_open(options, &out->client);
    if (status != EX_OK)
        return status;
    if (!moderate_request(out, COMMAND_REVIEW_REASONS,
                          &(struct moderate_words){.on_row = on_reason, .arg = out}) ||
        !moderate_fill(out))
        return out->status;
    return EX_OK;
}

void moderate_close(struct moderate *moderate)
{
    /* Also when the connection broke or a signal came: where it does not get through, the claims
     * end by themselves. */
    stop_forget();
    if (moderate->client != NULL && moderate->status == EX_OK && !moderate->is_trial)
        (void)moderate_request(moderate, COMMAND_REVIEW_RELEASE,
                               &(struct moderate_words){.count = 0});
    client_close(moderate->client);
    for (size_t i = 0; i < moderate->queue_count; i++)
        review_free(moderate->queue[i]);
    for (size_t i = 0; i < moderate->undo_count; i++)
        free(moderate->undos[i].id);
    for (size_t i = 0; i < MODERATE_REASONS; i++)
        free(moderate->reasons[i]);
    free(moderate->undos);
    free(moderate->last);
    str_free(&moderate->said);
    str_free(&moderate->broken);
    json_decref(moderate->result);
}

/* ---- the queue ---- */

struct fetched {
    struct moderate *moderate;
    struct review *review;
};

static bool on_facts(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct fetched *fetched = arg;

    if (row_schema_begins(schema, &row_review_left))
        fetched->moderate->left = (struct moderate_left){
            .at = values[0].number,
            .waiting = values[1].number,
            .held = values[2].number,
            .put_off = values[3].number,
            .taken = values[4].number,
            .is_of_held = values[5].number != 0,
        };
    else
        (void)review_add(fetched->review, schema, values);
    return true;
}

/* *out: its facts; NULL: there are none. False: it failed, which has been said. */
static bool fetch(struct moderate *moderate, enum command_id command,
                  const struct moderate_words *words, struct review **out)
{
    struct fetched fetched = {moderate, review_new()};
    struct moderate_words with = *words;
    bool went_well;

    with.on_row = on_facts;
    with.arg = &fetched;
    went_well = moderate_request(moderate, command, &with);
    *out = fetched.review;
    if (!went_well || !review_is_whole(fetched.review)) {
        review_free(fetched.review);
        *out = NULL;
    }
    return went_well;
}

/* Where in a trial's order it was: among those that wait, or those that are held. What somebody
 * else does to it meanwhile must not move that. */
static char *place_of(const struct review *review)
{
    return mem_format("%s:%s", review->was_among_held ? "held" : "confirmed",
                      review_text(review, REVIEW_ID));
}

/* Behind the last that is there, or the last that was. */
static char *place_of_trial(const struct moderate *moderate)
{
    if (moderate->queue_count > 0)
        return place_of(moderate->queue[moderate->queue_count - 1]);
    return mem_string(moderate->last != NULL ? moderate->last : "0");
}

static bool is_held(const struct review *review)
{
    return strcmp(review_text(review, REVIEW_STATE), "held") == 0;
}

bool moderate_fill(struct moderate *moderate)
{
    /* Asked again even when nothing was left: something may have come, and the counts are told. */
    moderate->is_over = false;
    while (moderate->queue_count < MODERATE_AHEAD && !moderate->is_over) {
        const struct options *options = moderate->options;
        char *since =
            moderate->is_trial ? place_of_trial(moderate) : mem_format("%" PRId64, moderate->since);
        struct review *review;
        bool went_well =
            fetch(moderate, COMMAND_REVIEW_NEXT,
                  &(struct moderate_words){
                      .words = {since, options->argument_count > 0 ? options->arguments[0] : NULL},
                      .count = options->argument_count > 0 ? 2 : 1,
                  },
                  &review);
        free(since);
        if (!went_well)
            break;
        if (moderate->since == 0)
            moderate->since = moderate->left.at;
        if (review == NULL) {
            moderate->is_over = true;
        } else {
            review->was_among_held = moderate->left.is_of_held;
            moderate->queue[moderate->queue_count++] = review;
        }
    }
    return moderate->status == EX_OK;
}

struct review *moderate_now(const struct moderate *moderate)
{
    return moderate->queue_count > 0 ? moderate->queue[0] : NULL;
}

struct review *moderate_take(struct moderate *moderate)
{
    struct review *review = moderate->queue[0];

    free(moderate->last);
    moderate->last = place_of(review);
    moderate->queue_count--;
    memmove(moderate->queue, moderate->queue + 1,
            moderate->queue_count * sizeof(moderate->queue[0]));
    return review;
}

/* In front of the others. The last of them is given up, so that no more are claimed than may be. */
static void put_back(struct moderate *moderate, struct review *review)
{
    if (moderate->queue_count > MODERATE_AHEAD - 1) {
        struct review *last = moderate->queue[--moderate->queue_count];
        if (!moderate->is_trial)
            (void)moderate_request(
                moderate, COMMAND_REVIEW_RELEASE,
                &(struct moderate_words){.words = {review_text(last, REVIEW_ID)}, .count = 1});
        review_free(last);
        moderate->is_over = false;
    }
    memmove(moderate->queue + 1, moderate->queue,
            moderate->queue_count * sizeof(moderate->queue[0]));
    moderate->queue[0] = review;
    moderate->queue_count++;
}

bool moderate_keep(struct moderate *moderate)
{
    return moderate_request(moderate, COMMAND_REVIEW_KEEP, &(struct moderate_words){.count = 0});
}

void moderate_again(struct moderate *moderate)
{
    moderate->since = 0;
    moderate->is_over = false;
    free(moderate->last);
    moderate->last = NULL;
}

/* ---- deciding ---- */

struct decided { /* the row that told what became of it */
    bool came, changed, unreached;
    char *state, *error, *message;
    json_t *json;
};

static bool on_decided(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct decided *decided = arg;

    if (!row_schema_begins(schema, &row_decision) || decided->came)
        return true;
    *decided = (struct decided){
        .came = true,
        .changed = values[3].number != 0,
        .unreached = values[7].number != 0,
        .state = mem_string(values[2].text),
        .error = mem_string(values[4].text),
        .message = mem_string(values[5].text),
        .json = cell_row_json(schema, values),
    };
    return true;
}

static void decided_clear(struct decided *decided)
{
    free(decided->state);
    free(decided->error);
    free(decided->message);
    json_decref(decided->json);
}

/* Until the service tells the counts again. by: 1 done, -1 undone. */
static void count_done(struct moderate *moderate, enum moderate_act act, bool was_held, int by)
{
    if (act == MODERATE_SKIP || moderate->is_trial)
        return;
    moderate->left.waiting -= was_held ? 0 : by;
    moderate->left.held += (act == MODERATE_HOLD ? by : 0) - (was_held ? by : 0);
}

static void remember(struct moderate *moderate, const struct review *review, enum moderate_act act)
{
    moderate->undos =
        mem_resize(moderate->undos, moderate->undo_count + 1, sizeof(*moderate->undos));
    moderate->undos[moderate->undo_count++] = (struct moderate_undo){
        .act = act,
        .was_held = is_held(review),
        .was_among_held = review->was_among_held,
        .id = mem_string(review_text(review, REVIEW_ID)),
    };
    moderate->done[act]++;
    count_done(moderate, act, moderate->undos[moderate->undo_count - 1].was_held, 1);
}

static void remember_reason(struct moderate *moderate, const char *reason)
{
    char *kept = mem_string(reason);
    size_t at = 0;

    while (at < MODERATE_REASONS - 1 && moderate->reasons[at] != NULL &&
           strcmp(moderate->reasons[at], reason) != 0)
        at++;
    free(moderate->reasons[at]);
    memmove(moderate->reasons + 1, moderate->reasons, at * sizeof(moderate->reasons[0]));
    moderate->reasons[0] = kept;
}

const char *moderate_reason(struct moderate *moderate, const char *typed, bool is_offered)
{
    size_t digits = strspn(typed, "0123456789");

    if (digits == 0 || typed[digits + strspn(typed + digits, " \t\r")] != '\0')
        return typed;
    if (!is_offered) {
        moderate_say(moderate, true,
                     "Not refused: a number alone is no reason; r alone shows those used before");
        return NULL;
    }
    if (digits == 1 && typed[0] != '0' && moderate->reasons[typed[0] - '1'] != NULL)
        return moderate->reasons[typed[0] - '1'];
    moderate_say(moderate, true, "There is no such reason yet: type one");
    return NULL;
}

/* Somebody else was first, or the signatory took it back: who, and what. */
static void tell_who(struct moderate *moderate, const struct review *review,
                     struct decided *decided, enum moderate_act act)
{
    const char *name = review_text(review, REVIEW_ORGANISATION);
    struct review *now;
    const struct row_value *last;

    (void)fetch(moderate, COMMAND_REVIEW_SHOW,
                &(struct moderate_words){.words = {review_text(review, REVIEW_ID)}, .count = 1},
                &now);
    last = now != NULL && now->parts[PART_DECISION].count > 0 ? review_row(now, PART_DECISION, 0)
                                                              : NULL;

    if (moderate->status == EX_OK && last != NULL && last[DECISION_ACTOR].is_set) {
        bool has_reason = last[DECISION_REASON].is_set;
        moderate_say(moderate, true, "Not %s by you: %s is %s already, by %s%s%s", acts[act].state,
                     name, review_text(now, REVIEW_STATE), last[DECISION_ACTOR].text,
                     has_reason ? ": " : "", has_reason ? last[DECISION_REASON].text : "");
        json_object_set_new(decided->json, "state", json_string(review_text(now, REVIEW_STATE)));
        json_object_set_new(decided->json, "by", json_string(last[DECISION_ACTOR].text));
        json_object_set_new(decided->json, "reason",
                            has_reason ? json_string(last[DECISION_REASON].text) : json_null());
    } else if (moderate->status == EX_OK)
        moderate_say(moderate, true, "Not %s: %s: %s", acts[act].state, name,
                     decided->message != NULL ? decided->message : "it is so already");
    review_free(now);
}

/* Skipping is no decision: it changes who is shown it when. */
static bool send_skip(struct moderate *moderate, struct review *review)
{
    const char *id = review_text(review, REVIEW_ID);

    if (!moderate_request(moderate, COMMAND_REVIEW_SKIP,
                          &(struct moderate_words){.words = {id}, .count = 1})) {
        if (moderate->status == EX_OK)
            put_back(moderate, review);
        else
            review_free(review);
        return moderate->status == EX_OK;
    }
    remember(moderate, review, MODERATE_SKIP);
    moderate_say(moderate, false, "Skipped, it comes again at the end: %s",
                 review_text(review, REVIEW_ORGANISATION));
    moderate->result = json_pack("{s:s, s:s}", "id", id, "decision", "skip");
    review_free(review);
    return true;
}

static void keep_result(struct moderate *moderate, struct decided *decided)
{
    json_decref(moderate->result);
    moderate->result = decided->json;
    decided->json = NULL;
}

/* A held one waits on: in this run it comes again at the end, as a skipped one does. */
static bool put_off(struct moderate *moderate, const char *id)
{
    return moderate_request(moderate, COMMAND_REVIEW_SKIP,
                            &(struct moderate_words){.words = {id}, .count = 1});
}

/* Nobody is asked: what it would be is said, and it goes on. */
static bool try_act(struct moderate *moderate, struct review *review, enum moderate_act act,
                    const char *reason)
{
    remember(moderate, review, act);
    if (act == MODERATE_REFUSE)
        remember_reason(moderate, reason);
    moderate_say(moderate, false, "%s; nothing was done: %s", acts[act].would,
                 review_text(review, REVIEW_ORGANISATION));
    moderate->result = json_pack("{s:s, s:s, s:s?, s:b}", "id", review_text(review, REVIEW_ID),
                                 "would_be", acts[act].state != NULL ? acts[act].state : "skipped",
                                 "reason", reason, "changed", 0);
    review_free(review);
    return true;
}

bool moderate_send(struct moderate *moderate, struct review *review, enum moderate_act act,
                   const char *reason)
{
    const char *id = review_text(review, REVIEW_ID);
    struct decided decided = {.came = false};
    bool went_well;

    json_decref(moderate->result);
    moderate->result = NULL;
    if (act == MODERATE_HOLD && is_held(review))
        act = MODERATE_SKIP;
    if (moderate->is_trial)
        return try_act(moderate, review, act, reason);
    if (act == MODERATE_SKIP)
        return send_skip(moderate, review);
    went_well = moderate_request(moderate, acts[act].command,
                                 &(struct moderate_words){.is_bare = true,
                                                          .words = {id},
                                                          .count = 1,
                                                          .reason = reason,
                                                          .on_row = on_decided,
                                                          .arg = &decided});
    if (!went_well && moderate->status == EX_OK) {
        /* What failed has been said; nothing was decided, so it is looked at still. */
        moderate->failed++;
        put_back(moderate, review);
        decided_clear(&decided);
        return true;
    }
    if (went_well && decided.came && decided.error == NULL && decided.changed) {
        remember(moderate, review, act);
        if (act == MODERATE_REFUSE)
            remember_reason(moderate, reason);
        moderate_say(moderate, false, "%s: %s%s", acts[act].past,
                     review_text(review, REVIEW_ORGANISATION),
                     decided.unreached ? " (not mailed: its mailbox is not kept any more)" : "");
        if (act == MODERATE_HOLD)
            (void)put_off(moderate, id);
    } else if (went_well) {
        moderate->failed++;
        tell_who(moderate, review, &decided, act);
    }
    keep_result(moderate, &decided);
    decided_clear(&decided);
    review_free(review);
    return moderate->status == EX_OK;
}

/* ---- undoing ---- */

static bool decide_again(struct moderate *moderate, enum command_id command, const char *id,
                         struct decided *decided)
{
    return moderate_request(
        moderate, command,
        &(struct moderate_words){.is_bare = true,
                                 .words = {id},
                                 .count = 1,
                                 .reason = command == COMMAND_SIGNATURE_HOLD ? NULL : "undone",
                                 .on_row = on_decided,
                                 .arg = decided});
}

/* The claim of a skipped one is taken anew by looking at it. */
static bool take_back(struct moderate *moderate, const struct moderate_undo *undo)
{
    struct decided decided = {.came = false}, held = {.came = false};
    bool went_well = true;

    if (undo->act != MODERATE_SKIP && !moderate->is_trial) {
        went_well = decide_again(moderate, acts[undo->act].undo, undo->id, &decided);
        if (went_well && (!decided.came || decided.error != NULL)) {
            moderate_say(moderate, true, "Not undone: %s",
                         decided.message != NULL ? decided.message
                                                 : "the service does not say why");
            went_well = false;
        }
        /* What was held before it was decided on is held again. */
        if (went_well && undo->was_held && undo->act != MODERATE_HOLD)
            went_well = decide_again(moderate, COMMAND_SIGNATURE_HOLD, undo->id, &held);
        keep_result(moderate, &decided);
    }
    decided_clear(&decided);
    decided_clear(&held);
    return went_well;
}

bool moderate_undo(struct moderate *moderate)
{
    struct moderate_undo undo;
    struct review *review;

    json_decref(moderate->result);
    moderate->result = NULL;
    if (moderate->undo_count == 0) {
        moderate_say(moderate, true,
                     "Nothing has been done since you began that u could undo; for what was done "
                     "before: undersign act list, undersign audit list");
        return true;
    }
    undo = moderate->undos[--moderate->undo_count];
    if (!take_back(moderate, &undo)) {
        moderate->failed++;
        free(undo.id);
        return moderate->status == EX_OK;
    }
    (void)fetch(moderate, COMMAND_REVIEW_SHOW,
                &(struct moderate_words){.words = {undo.id}, .count = 1}, &review);
    if (review != NULL) {
        review->was_among_held = undo.was_among_held;
        moderate->done[undo.act]--;
        count_done(moderate, undo.act, undo.was_held, -1);
        moderate->undone++;
        moderate_say(moderate, false, "%s: %s",
                     moderate->is_trial ? "It is as it was; nothing was done"
                                        : acts[undo.act].undone,
                     review_text(review, REVIEW_ORGANISATION));
        put_back(moderate, review);
    }
    free(undo.id);
    return moderate->status == EX_OK;
}

bool moderate_note(struct moderate *moderate, const char *text)
{
    struct review *review = moderate_now(moderate), *anew;
    const char *id = review_text(review, REVIEW_ID);

    json_decref(moderate->result);
    moderate->result = NULL;
    if (moderate->is_trial) {
        moderate->noted++;
        moderate_say(moderate, false, "The note would be kept; nothing was done");
        return true;
    }
    if (!moderate_request(
            moderate, COMMAND_SIGNATURE_NOTE,
            &(struct moderate_words){.is_bare = true, .words = {id, text}, .count = 2}))
        return moderate->status == EX_OK;
    moderate->noted++;
    moderate_say(moderate, false, "The note is kept, for moderators alone");
    moderate->result = json_pack("{s:s, s:s}", "id", id, "note", text);
    (void)fetch(moderate, COMMAND_REVIEW_SHOW, &(struct moderate_words){.words = {id}, .count = 1},
                &anew);
    if (anew != NULL) {
        review_free(review);
        moderate->queue[0] = anew;
    }
    return moderate->status == EX_OK;
}

/* ---- what it was all in all ---- */

void moderate_summary(const struct moderate *moderate, struct str *out)
{
    static const char *const words[MODERATE_ACTS] = {"listed", "refused", "held", "skipped"};

    if (moderate->is_trial)
        str_append_text(out, "nothing was done; it would be: ");
    for (int act = 0; act < MODERATE_ACTS; act++)
        str_append_format(out, "%s%zu %s", act > 0 ? ", " : "", moderate->done[act], words[act]);
    if (moderate->undone > 0)
        str_append_format(out, ", %zu undone", moderate->undone);
    if (moderate->noted > 0)
        str_append_format(out, ", %zu noted", moderate->noted);
    if (moderate->failed > 0)
        str_append_format(out, ", %zu failed", moderate->failed);
}

json_t *moderate_summary_json(const struct moderate *moderate)
{
    return json_pack("{s:{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}}", "summary", "is_trial",
                     moderate->is_trial, "listed", (json_int_t)moderate->done[MODERATE_LIST],
                     "refused", (json_int_t)moderate->done[MODERATE_REFUSE], "held",
                     (json_int_t)moderate->done[MODERATE_HOLD], "skipped",
                     (json_int_t)moderate->done[MODERATE_SKIP], "undone",
                     (json_int_t)moderate->undone, "noted", (json_int_t)moderate->noted, "failed",
                     (json_int_t)moderate->failed);
}
