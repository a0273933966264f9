/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_check.h"
#include "appeal/signature_check.h"
#include "base/mem.h"
#include "store/audit.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGES_TOLD 100 /* of each kind of check; more say nothing new */

struct check {
    const struct backup_check_params *params;
    const struct backup_head *head;
    struct side *side;
    int64_t total, done; /* signatures */
    int64_t damages;     /* of the verdict at hand */
    size_t tables;       /* of the head, found */
    bool holds;
    int version;
};

static void add_damage(const char *what, void *arg)
{
    struct check *check = arg;

    if (++check->damages <= DAMAGES_TOLD && check->params->on_damage != NULL)
        check->params->on_damage(what, check->params->arg);
}

/* Takes `found`. */
static void conclude(struct check *check, const char *what, char *found)
{
    bool holds = check->damages == 0;

    check->holds = check->holds && holds;
    check->damages = 0;
    if (check->params->on_verdict != NULL)
        check->params->on_verdict(what, holds, found, check->params->arg);
    free(found);
}

static bool goes_on(void *arg)
{
    const struct check *check = arg;

    return check->params->on_progress == NULL ||
           check->params->on_progress(check->done, check->total, "signatures", check->params->arg);
}

static bool on_rows(int64_t rows, void *arg)
{
    struct check *check = arg;

    check->done = rows;
    return goes_on(check);
}

/* A database too damaged to be read through is a finding, and the end. */
static enum us_err take_corrupt(struct check *check, const char *what, enum us_err err)
{
    if (err != US_CORRUPT && err != US_INVALID)
        return err;
    add_damage("it is too damaged to be read through", check);
    conclude(check, what, mem_string("damaged"));
    return US_CORRUPT;
}

static enum us_err check_structure(struct check *check)
{
    enum us_err err = side_integrity(check->side, add_damage, check);

    if (err != US_OK)
        return take_corrupt(check, "structure", err);
    conclude(check, "structure",
             check->damages == 0 ? mem_string("every page is in its place")
                                 : mem_format("%lld damages", (long long)check->damages));
    return US_OK;
}

static enum us_err check_schema(struct check *check)
{
    struct fault fault = {.text = ""};
    enum us_err err = side_schema(check->side, &check->version, &fault);

    if (err != US_OK) {
        add_damage(fault.text, check);
        conclude(check, "schema", mem_string("not one that this program knows"));
        return US_CORRUPT;
    }
    conclude(check, "schema", mem_format("version %d", check->version));
    return US_OK;
}

static void check_table(const char *name, int64_t rows, void *arg)
{
    struct check *check = arg;
    int64_t meant = check->head != NULL ? backup_head_rows(check->head, name) : rows;
    char *what;

    check->tables++;
    if (strcmp(name, "signature") == 0)
        check->total = rows;
    if (meant == rows)
        return;
    what = mem_format("table %s: %lld rows, and the backup was made with %lld", name,
                      (long long)rows, (long long)meant);
    add_damage(what, check);
    free(what);
}

static enum us_err check_tables(struct check *check)
{
    enum us_err err = side_tables(check->side, check_table, check);

    if (err != US_OK)
        return take_corrupt(check, "rows", err);
    if (check->head != NULL && check->tables != check->head->count)
        add_damage("a table that the backup was made with is missing", check);
    conclude(check, "rows",
             mem_format("%zu tables, %lld signatures", check->tables, (long long)check->total));
    return US_OK;
}

static enum us_err check_signatures(struct check *check)
{
    struct signature_check_params params = {
        .on_difference = add_damage, .on_progress = on_rows, .arg = check};
    struct signature_checked found = {.rows = 0};
    struct reader *reader = side_begin(check->side);
    enum us_err err = signature_check_rows(reader, &params, &found);

    side_end(check->side);
    if (err != US_OK)
        return take_corrupt(check, "signatures", err);
    conclude(
        check, "signatures",
        found.words == 0
            ? mem_format("%lld digests, counters and lists counted again", (long long)found.rows)
            : mem_format("%lld digests, counters and lists counted again; %lld names are "
                         "in the order of another ICU",
                         (long long)found.rows, (long long)found.words));
    return US_OK;
}

static enum us_err check_audit(struct check *check)
{
    struct audit_verdict verdict = {.entries = 0};
    struct reader *reader = side_begin(check->side);
    enum us_err err = audit_verify(reader, &verdict);

    side_end(check->side);
    if (err == US_CORRUPT) {
        char *what = mem_format("audit log: entry %lld does not follow from those before it",
                                (long long)verdict.broken);
        add_damage(what, check);
        free(what);
    } else if (err != US_OK) {
        return take_corrupt(check, "audit", err);
    }
    conclude(check, "audit", mem_format("%lld entries in one chain", (long long)verdict.entries));
    return US_OK;
}

enum us_err backup_check(struct side *side, const struct backup_head *head,
                         const struct backup_check_params *params, bool *holds)
{
    struct check check = {.params = params, .head = head, .side = side, .holds = true};
    enum us_err err;

    side_watch(side, goes_on, &check);
    err = check_structure(&check);
    if (err == US_OK)
        err = check_schema(&check);
    if (err == US_OK)
        err = check_tables(&check);
    if (err == US_OK)
        err = check_signatures(&check);
    if (err == US_OK)
        err = check_audit(&check);
    side_watch(side, NULL, NULL);
    if (err == US_CORRUPT)
        err = US_OK; /* it has been told */
    if (err == US_OK)
        *holds = check.holds;
    return err;
}

/* ---- what it holds ---- */

enum us_err backup_read_facts(struct side *side, struct backup_facts *out)
{
    struct reader *reader = side_begin(side);
    struct query *query = query_start(reader, STATEMENT_DATABASE_FACTS, VALUES_NONE);
    struct backup_facts facts = {.signatures = 0};
    enum us_err err;

    if (query_next(query))
        facts = (struct backup_facts){
            .signatures = query_int(query, 0),
            .listed = query_int(query, 1),
            .newest_on = query_is_null(query, 2) ? INT64_MIN : query_int(query, 2),
            .pending = query_int(query, 3),
            .mails = query_int(query, 4),
            .last_act = query_int(query, 5),
        };
    err = query_end(query);
    side_end(side);
    if (err == US_OK)
        *out = facts;
    return err;
}

char *backup_read_mark(struct side *side)
{
    struct query *query = query_start(side_begin(side), STATEMENT_AUDIT_LAST, VALUES_NONE);
    char hex[2 * DIGEST_SIZE + 1], *mark = NULL;

    if (query_next(query)) {
        size_t len = 0;
        const uint8_t *digest = query_blob(query, 1, &len);
        if (digest != NULL && len == DIGEST_SIZE)
            mark = mem_format("%" PRId64 ":%s", query_int(query, 0),
                              sodium_bin2hex(hex, sizeof(hex), digest, len));
    }
    if (query_end(query) != US_OK) {
        free(mark);
        mark = NULL;
    }
    side_end(side);
    return mark;
}
