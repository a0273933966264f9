/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/audit.h"
#include "store/query.h"
#include <string.h>

#define AUDIT_PAGE 500

void audit_commit(const struct job_audit *audit, const uint8_t salt[AUDIT_SALT_SIZE],
                  uint8_t out[DIGEST_SIZE])
{
    struct digest *digest = digest_new("undersign audit words 1");
    digest_blob(digest, salt, AUDIT_SALT_SIZE);
    digest_text(digest, audit->actor);
    digest_text(digest, audit->subject);
    digest_text(digest, audit->reason);
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

static bool audit_is_same(struct query *query, int column, const uint8_t expected[DIGEST_SIZE])
{
    size_t len = 0;
    const void *found = query_blob(query, column, &len);
    return found && len == DIGEST_SIZE && memcmp(found, expected, DIGEST_SIZE) == 0;
}

static bool audit_begins(const char *act, const char *with)
{
    return strncmp(act, with, strlen(with)) == 0;
}

/* Whether something erases the words of such entries (erasure_reasons and retention_reasons in
 * sql/catalogue.sql): what was written about a signature, or about an appeal. That it was erased is
 * never forgotten. */
static bool audit_may_lose_words(const char *act)
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

/* Checks the entry under the cursor against the chain's end so far, which it moves on. */
static bool audit_check_entry(struct query *query, struct audit_chain *chain, bool *is_erased)
{
    if (query_int(query, 0) != chain->seq + 1 || query_is_null(query, 2))
        return false;
    size_t len = 0;
    const uint8_t *commitment = query_blob(query, 3, &len);
    if (!commitment || len != DIGEST_SIZE)
        return false;
    *is_erased = query_is_null(query, 5);
    if (*is_erased && !audit_may_lose_words(query_text(query, 2)))
        return false;
    if (!*is_erased) {
        struct job_audit words = {.actor = query_text(query, 6),
                                  .subject = query_text(query, 7),
                                  .reason = query_text(query, 8)};
        const uint8_t *salt = query_blob(query, 5, &len);
        uint8_t expected[DIGEST_SIZE];
        if (!salt || len != AUDIT_SALT_SIZE)
            return false;
        audit_commit(&words, salt, expected);
        if (!audit_is_same(query, 3, expected))
            return false;
    }
    audit_extend(chain, query_int(query, 1), query_text(query, 2), commitment);
    return audit_is_same(query, 4, chain->digest);
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
            verdict->at = query_int(query, 1);
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
