/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/audit.h"
#include "store/query.h"
#include <string.h>

#define AUDIT_PAGE 500

void audit_commit_reason(const char *reason, const uint8_t salt[AUDIT_SALT_SIZE],
                         uint8_t out[DIGEST_SIZE])
{
    struct digest *digest = digest_new("undersign audit reason 1");
    digest_blob(digest, salt, AUDIT_SALT_SIZE);
    digest_text(digest, reason);
    digest_end(digest, out);
}

void audit_commit(const struct job_audit *audit, const uint8_t salt[AUDIT_SALT_SIZE],
                  const uint8_t *reason, uint8_t out[DIGEST_SIZE])
{
    struct digest *digest = digest_new("undersign audit words 1");
    digest_blob(digest, salt, AUDIT_SALT_SIZE);
    digest_text(digest, audit->actor);
    digest_text(digest, audit->subject);
    if (reason)
        digest_blob(digest, reason, DIGEST_SIZE);
    else
        digest_null(digest);
    digest_end(digest, out);
}

void audit_extend(struct audit_chain *chain, int64_t at, const char *act,
                  const uint8_t commitment[DIGEST_SIZE])
{
    struct digest *digest = digest_new("undersign audit entry 1");
    chain->seq++;
    digest_blob(digest, chain->digest, DIGEST_SIZE);
    digest_number(digest, chain->seq);
    digest_number(digest, at);
    digest_text(digest, act);
    digest_blob(digest, commitment, DIGEST_SIZE);
    digest_end(digest, chain->digest);
}

/* The columns of audit_page. */
enum {
    SEQ,
    AT,
    ACT,
    COMMITMENT,
    CHAINED,
    SALT,
    ACTOR,
    SUBJECT,
    REASON,
    REASON_SALT,
    REASON_DIGEST
};

static const uint8_t *audit_bytes(struct query *query, int column, size_t size)
{
    size_t len = 0;
    const uint8_t *bytes = query_blob(query, column, &len);
    return len == size ? bytes : NULL;
}

static bool audit_is_same(struct query *query, int column, const uint8_t expected[DIGEST_SIZE])
{
    const uint8_t *found = audit_bytes(query, column, DIGEST_SIZE);
    return found && memcmp(found, expected, DIGEST_SIZE) == 0;
}

static bool audit_begins(const char *act, const char *with)
{
    return strncmp(act, with, strlen(with)) == 0;
}

/* Whether something erases the reason of such entries (erasure_reasons and retention_reasons in
 * sql/catalogue.sql): what was written about a signature, or about an appeal. Why it was erased is
 * never forgotten. */
static bool audit_may_lose_reason(const char *act)
{
    static const char *const appeal[] = {"appeal.pause",   "appeal.resume",  "appeal.close",
                                         "appeal.reopen",  "appeal.archive", "appeal.shield",
                                         "appeal.unshield"};
    if (audit_begins(act, "signature.erase"))
        return false;
    for (size_t i = 0; i < sizeof appeal / sizeof *appeal; i++)
        if (strcmp(act, appeal[i]) == 0)
            return true;
    return audit_begins(act, "signature.") || audit_begins(act, "act.") ||
           audit_begins(act, "logo.");
}

/* The reason, or that it was erased: then it and its salt are gone, both, and its digest stands. */
static bool audit_check_reason(struct query *query, bool *is_erased)
{
    bool has_reason = !query_is_null(query, REASON), has_salt = !query_is_null(query, REASON_SALT);
    const uint8_t *salt = audit_bytes(query, REASON_SALT, AUDIT_SALT_SIZE);
    uint8_t expected[DIGEST_SIZE];
    *is_erased = false;
    if (query_is_null(query, REASON_DIGEST))
        return !has_reason && !has_salt;
    if (!has_reason && !has_salt) {
        *is_erased = audit_may_lose_reason(query_text(query, ACT));
        return *is_erased;
    }
    if (!has_reason || !salt)
        return false;
    audit_commit_reason(query_text(query, REASON), salt, expected);
    return audit_is_same(query, REASON_DIGEST, expected);
}

/* Who did it, on what, and why. */
static bool audit_check_words(struct query *query, bool *is_erased)
{
    const struct job_audit words = {.actor = query_text(query, ACTOR),
                                    .subject = query_text(query, SUBJECT)};
    const uint8_t *salt = audit_bytes(query, SALT, AUDIT_SALT_SIZE);
    const uint8_t *reason = audit_bytes(query, REASON_DIGEST, DIGEST_SIZE);
    uint8_t expected[DIGEST_SIZE];
    if (!salt || (!reason && !query_is_null(query, REASON_DIGEST)) ||
        !audit_check_reason(query, is_erased))
        return false;
    audit_commit(&words, salt, reason, expected);
    return audit_is_same(query, COMMITMENT, expected);
}

/* Checks the entry under the cursor against the chain's end so far, which it moves on. */
static bool audit_check_entry(struct query *query, struct audit_chain *chain, bool *is_erased)
{
    const uint8_t *commitment = audit_bytes(query, COMMITMENT, DIGEST_SIZE);
    if (query_int(query, SEQ) != chain->seq + 1 || query_is_null(query, ACT) || !commitment ||
        !audit_check_words(query, is_erased))
        return false;
    audit_extend(chain, query_int(query, AT), query_text(query, ACT), commitment);
    return audit_is_same(query, CHAINED, chain->digest);
}

/* Behind the last entry: nothing may stand before the first or beside none of them. Words between
 * the two have their entry, since no number is left out. */
static enum us_err audit_find_stray(struct reader *reader, struct audit_verdict *verdict)
{
    struct query *query = query_start(reader, STATEMENT_AUDIT_STRAY, VALUES_NONE);
    if (query_next(query)) {
        int64_t seq = query_int(query, 0);
        verdict->broken = seq > 0 ? seq : 1;
    }
    return query_end(query);
}

enum us_err audit_verify_page(struct reader *reader, struct audit_verdict *verdict, bool *is_more)
{
    struct audit_chain chain = {.seq = verdict->entries};
    struct query *query = query_start(reader, STATEMENT_AUDIT_PAGE,
                                      VALUES(value_int(chain.seq), value_int(AUDIT_PAGE)));
    memcpy(chain.digest, verdict->digest, DIGEST_SIZE);
    *is_more = false;
    while (!verdict->broken && query_next(query)) {
        struct audit_chain before = chain;
        bool is_erased = false;
        if (audit_check_entry(query, &chain, &is_erased)) {
            verdict->erased += is_erased;
            verdict->at = query_int(query, AT);
            *is_more = true;
        } else {
            chain = before;
            verdict->broken = before.seq + 1;
        }
    }
    verdict->entries = chain.seq;
    memcpy(verdict->digest, chain.digest, DIGEST_SIZE);
    *is_more = *is_more && !verdict->broken;
    enum us_err err = query_end(query);
    return err || *is_more || verdict->broken ? err : audit_find_stray(reader, verdict);
}

enum us_err audit_verify(struct reader *reader, struct audit_verdict *out)
{
    struct audit_verdict verdict = {0};
    for (bool is_more = true; is_more;) {
        enum us_err err = audit_verify_page(reader, &verdict, &is_more);
        if (err)
            return err;
        reader_refresh(reader);
    }
    *out = verdict;
    return verdict.broken ? US_CORRUPT : US_OK;
}
