/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Finding what a filter is about among a million rows while pages are served: the rows are walked
 * in the order of their ids, which are random, so that windows of equal width hold about as many
 * rows. Each window is one short read; what comes out is looked at, and its domains opened, between
 * the reads, where no reader thread waits.
 */
#include "appeal/act.h"
#include "appeal/act_burst.h"
#include "appeal/signature_domain.h"
#include "base/mem.h"
#include "crypto/keyring.h"
#include <stdlib.h>
#include <string.h>

#define WINDOW_ROWS 4000 /* about; also the most that one read gives */

enum {
    COLUMN_ID,
    COLUMN_STATE,
    COLUMN_COUNTRY,
    COLUMN_SIGNED_ON,
    COLUMN_HOUR,
    COLUMN_MEMBERS,
    COLUMN_VISIBILITY,
    COLUMN_KIND,
    COLUMN_VERSION,
    COLUMN_ORGANISATION,
    COLUMN_ORGANISATION_LATIN,
    COLUMN_SEARCH,
    COLUMN_AFFILIATION,
    COLUMN_DOMAIN,
    COLUMN_HAS_MAILBOX
};

struct candidate { /* a row that the statement gave */
    int64_t row;
    struct filter_facts facts; /* their strings lie in block */
    char country[4];
    bool has_mailbox;
    char *block;
    uint8_t *domain; /* encrypted; NULL: gone */
    size_t domain_len;
};

struct walk {
    struct site *site;
    const struct act_question *question;
    const struct act_watch *watch;
    struct filter_bounds bounds;
    uint8_t domain_hash[KEYRING_HASH_SIZE];
    bool has_domain_hash;
    struct act_bursts *bursts; /* NULL: not asked for */
    int64_t total;             /* rows of the whole site */
    int64_t from, to;          /* the window's ids */
    struct candidate *candidates;
    size_t count;
    enum us_err err;
    struct act_choice choice;
    size_t cap;
};

/* ---- reading a window ---- */

static const char *keep(char **at, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *kept = memcpy(*at, text, size);
    *at += size;
    return kept;
}

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Only what is asked for is copied. */
static void copy_texts(const struct filter *filter, struct query *query, struct candidate *out)
{
    bool asks_name = filter_asks(filter, FILTER_NAME);
    const char *name = asks_name ? query_text(query, COLUMN_ORGANISATION) : NULL;
    const char *latin = asks_name ? query_text(query, COLUMN_ORGANISATION_LATIN) : NULL;
    const char *search = asks_name ? query_text(query, COLUMN_SEARCH) : NULL;
    const char *affiliation =
        filter_asks(filter, FILTER_AFFILIATION) ? query_text(query, COLUMN_AFFILIATION) : NULL;
    char *at = out->block = mem_alloc(text_size(name) + text_size(latin) + text_size(search) +
                                      text_size(affiliation) + 1);
    out->facts.organisation = keep(&at, name);
    out->facts.organisation_latin = keep(&at, latin);
    out->facts.search = keep(&at, search);
    out->facts.affiliation = keep(&at, affiliation);
    if (filter_asks(filter, FILTER_DOMAIN) && !query_is_null(query, COLUMN_DOMAIN)) {
        const void *domain = query_blob(query, COLUMN_DOMAIN, &out->domain_len);
        out->domain = mem_copy(domain, out->domain_len);
    }
}

/* False: a word in it is none of ours; then nobody decides on it by a filter. */
static bool copy_candidate(const struct walk *walk, struct query *query, struct candidate *out)
{
    const char *country = query_text(query, COLUMN_COUNTRY);
    *out = (struct candidate){.row = query_int(query, COLUMN_ID)};
    struct filter_facts *facts = &out->facts;
    if (!signature_state_from_name(query_text(query, COLUMN_STATE), &facts->state) ||
        !visibility_from_name(query_text(query, COLUMN_VISIBILITY), &facts->visibility) ||
        !signature_kind_from_name(query_text(query, COLUMN_KIND), &facts->kind) || !country ||
        strlen(country) >= sizeof out->country)
        return false;
    memcpy(out->country, country, strlen(country) + 1);
    facts->day = query_int(query, COLUMN_SIGNED_ON);
    facts->has_hour = !query_is_null(query, COLUMN_HOUR);
    facts->hour = query_int(query, COLUMN_HOUR);
    facts->has_members = !query_is_null(query, COLUMN_MEMBERS);
    facts->members = query_int(query, COLUMN_MEMBERS);
    facts->version = query_int(query, COLUMN_VERSION);
    out->has_mailbox = query_int(query, COLUMN_HAS_MAILBOX) != 0;
    copy_texts(walk->question->filter, query, out);
    return true;
}

static struct query *start_page(struct reader *reader, const struct walk *walk)
{
    const struct filter_bounds *b = &walk->bounds;
    return query_start(
        reader, STATEMENT_FILTER_PAGE,
        VALUES(value_int(walk->from), value_int(walk->to), value_int(walk->question->appeal),
               value_int(walk->choice.as_of), value_text(b->states), value_text(b->countries),
               value_text(b->kinds), value_text(b->visibilities), value_text(b->word),
               value_int(b->day_least), value_int(b->day_most), value_int(b->version_least),
               value_int(b->version_most), value_int(b->needs_hour), value_int(b->hour_least),
               value_int(b->hour_most), value_int(b->needs_members), value_int(b->members_least),
               value_int(b->members_most), value_int(WINDOW_ROWS),
               walk->has_domain_hash ? value_blob(walk->domain_hash, sizeof walk->domain_hash)
                                     : value_null()));
}

/* Where a window has more rows than thought, it ends behind the last one read. */
static void read_window(struct reader *reader, void *arg)
{
    struct walk *walk = arg;
    struct query *query = start_page(reader, walk);
    int64_t seen = 0, last = walk->from;
    walk->count = 0;
    while (query_next(query)) {
        last = query_int(query, COLUMN_ID);
        seen++;
        if (copy_candidate(walk, query, &walk->candidates[walk->count]))
            walk->count++;
    }
    walk->err = query_end(query);
    if (seen == WINDOW_ROWS)
        walk->to = last;
}

static void read_start(struct reader *reader, void *arg)
{
    struct walk *walk = arg;
    struct query *query = query_start(reader, STATEMENT_FILTER_ROWS, VALUES_NONE);
    if (query_next(query))
        walk->total = query_int(query, 0);
    walk->err = query_end(query);
    if (walk->err)
        return;
    query = query_start(reader, STATEMENT_AUDIT_LAST_SEQ, VALUES_NONE);
    if (query_next(query) && walk->choice.as_of == 0)
        walk->choice.as_of = query_int(query, 0);
    walk->err = query_end(query);
}

static void read_bursts(struct reader *reader, void *arg)
{
    struct walk *walk = arg;
    struct query *query = query_start(
        reader, STATEMENT_FILTER_BURSTS,
        VALUES(value_int(walk->from), value_int(walk->to), value_int(walk->question->appeal)));
    while (query_next(query))
        act_bursts_add(walk->bursts, &(struct act_burst){.country = query_text(query, 0),
                                                         .day = query_int(query, 1),
                                                         .has_hour = !query_is_null(query, 2),
                                                         .hour = query_int(query, 2),
                                                         .count = query_int(query, 3)});
    walk->err = query_end(query);
}

/* ---- looking at what came out ---- */

static void take(struct walk *walk, const struct candidate *candidate)
{
    struct act_choice *choice = &walk->choice;
    if (choice->count == walk->cap) {
        walk->cap = walk->cap ? 2 * walk->cap : 1024;
        choice->chosen = mem_resize(choice->chosen, walk->cap, sizeof *choice->chosen);
    }
    struct act_chosen *chosen = &choice->chosen[choice->count++];
    *chosen = (struct act_chosen){.row = candidate->row,
                                  .state = (uint8_t)candidate->facts.state,
                                  .has_mailbox = candidate->has_mailbox};
    memcpy(chosen->country, candidate->country, sizeof chosen->country);
}

/* Opens its domain only where everything else holds: it is what costs. */
static void look_at(struct walk *walk, struct candidate *candidate)
{
    struct filter_facts *facts = &candidate->facts;
    char *domain = NULL;
    facts->country = candidate->country;
    if (walk->bursts)
        facts->burst =
            act_bursts_find(walk->bursts, &(struct act_burst){.country = candidate->country,
                                                              .day = facts->day,
                                                              .has_hour = facts->has_hour,
                                                              .hour = facts->hour});
    if (candidate->domain && filter_match(walk->question->filter, facts) != FILTER_NO &&
        signature_domain_open(walk->site, candidate->row, candidate->domain, candidate->domain_len,
                              &domain) == US_OK)
        facts->domain = domain;
    enum filter_verdict verdict = filter_match(walk->question->filter, facts);
    if (verdict == FILTER_YES)
        take(walk, candidate);
    walk->choice.unknown += verdict == FILTER_UNKNOWN;
    if (domain)
        explicit_bzero(domain, strlen(domain));
    free(domain);
}

static enum us_err look_at_all(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct candidate *candidate = &walk->candidates[i];
        if (!walk->err)
            look_at(walk, candidate);
        free(candidate->block);
        free(candidate->domain);
    }
    walk->count = 0;
    if (!walk->err && walk->choice.count > ACT_CHOSEN_MOST)
        walk->err = US_LIMITED;
    return walk->err;
}

/* ---- the walk ---- */

static enum us_err read_one(struct walk *walk, void (*work)(struct reader *, void *))
{
    enum us_err err = store_read_wait(site_store(walk->site), work, walk);
    return err ? err : walk->err;
}

static bool is_stopped(const struct walk *walk)
{
    return walk->watch && walk->watch->wants_stop && walk->watch->wants_stop(walk->watch->arg);
}

static void tell(const struct walk *walk, int64_t part)
{
    /* Ids are at most INT64_MAX, and the share of them that lies behind is the share of the rows.
     */
    if (walk->watch && walk->watch->on_progress)
        walk->watch->on_progress(part, walk->total, "signatures looked at", walk->watch->arg);
}

/* Runs a read on each window, and what is to be done behind it. */
static enum us_err each_window(struct walk *walk, void (*work)(struct reader *, void *),
                               enum us_err (*behind)(struct walk *))
{
    int64_t windows = walk->total / WINDOW_ROWS + 1, width = INT64_MAX / windows;
    walk->from = INT64_MIN;
    for (int64_t i = 0; i < windows;) {
        int64_t end = i == windows - 1 ? INT64_MAX : (i + 1) * width;
        walk->to = end;
        enum us_err err = read_one(walk, work);
        if (!err && behind)
            err = behind(walk);
        if (err)
            return err;
        if (is_stopped(walk))
            return US_CANCELLED;
        if (walk->to == end)
            tell(walk, walk->total * ++i / windows);
        if (walk->to == INT64_MAX)
            break;
        walk->from = walk->to + 1;
    }
    return US_OK;
}

enum us_err act_choose(struct site *site, const struct act_question *question,
                       const struct act_watch *watch, struct act_choice *out)
{
    struct walk walk = {
        .site = site, .question = question, .watch = watch, .choice.as_of = question->as_of};
    const char *domain = filter_bound_domain(question->filter);
    filter_bounds(question->filter, &walk.bounds);
    enum us_err err = US_OK;
    if (domain) {
        err = signature_domain_hash(site, domain, walk.domain_hash);
        walk.has_domain_hash = !err;
    }
    if (!err)
        err = read_one(&walk, read_start);
    if (!err && filter_asks(question->filter, FILTER_BURST)) {
        walk.bursts = act_bursts_new();
        err = each_window(&walk, read_bursts, NULL);
    }
    walk.candidates = mem_alloc(WINDOW_ROWS * sizeof *walk.candidates);
    if (!err)
        err = each_window(&walk, read_window, look_at_all);
    walk.err = err;
    err = look_at_all(&walk); /* frees what a broken read left */
    free(walk.candidates);
    act_bursts_free(walk.bursts);
    if (err) {
        act_choice_clear(&walk.choice);
        return err;
    }
    *out = walk.choice;
    return US_OK;
}

void act_choice_clear(struct act_choice *choice)
{
    free(choice->chosen);
    *choice = (struct act_choice){0};
}

bool act_choice_has(const struct act_choice *choice, int64_t row)
{
    size_t low = 0, high = choice->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (choice->chosen[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < choice->count && choice->chosen[low].row == row;
}
