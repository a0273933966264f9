/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/judge.h"
#include "appeal/judge_others.h"
#include "appeal/register.h"
#include "appeal/signature_domain.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/latin.h"
#include "text/locale.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

static uint8_t *copy_blob(struct query *query, int column, size_t *len)
{
    const void *data = query_blob(query, column, len);
    return data && *len > 0 ? mem_copy(data, *len) : NULL;
}

static void own_clear(struct judge_own *own)
{
    free(own->name_key);
    free(own->latin_key);
    free(own->name_joined);
    free(own->latin_joined);
    free(own->search);
    free(own->domain_hash);
    free(own->mailbox_hash);
}

/* A domain that cannot be opened any more keeps nobody from deciding. */
static void take_domain(struct query *query, struct site *site, const struct signature *signature,
                        struct judged *judged)
{
    size_t len;
    const void *data = query_blob(query, 0, &len);
    enum us_err err = signature_domain_open(site, signature->row, data, len, &judged->domain);
    if (err && err != US_NOT_FOUND)
        log_warning("moderation: the mail domain of signature %s cannot be opened", signature->id);
    if (!err && site_domains(site))
        judged->domain_kind = domain_lists_find(site_domains(site), judged->domain);
}

static enum us_err read_own(struct reader *reader, struct site *site,
                            const struct signature *signature, struct judge_own *own,
                            struct judged *judged)
{
    struct query *query =
        query_start(reader, STATEMENT_JUDGE_OWN, VALUES(value_int(signature->row)));
    bool is_there = query_next(query);
    if (is_there) {
        take_domain(query, site, signature, judged);
        own->domain_hash = copy_blob(query, 1, &own->domain_hash_len);
        own->mailbox_hash = copy_blob(query, 2, &own->mailbox_hash_len);
        judged->has_hour = !query_is_null(query, 3);
        judged->hour = query_int(query, 3);
        const char *key = query_text(query, 4);
        own->name_key = mem_string(key ? key : "");
        judged->has_mailbox = query_int(query, 8) != 0;
        own->search = mem_string(query_text(query, 5));
        judged->was = mem_string(query_text(query, 6));
        judged->was_latin = mem_string(query_text(query, 7));
    }
    enum us_err err = query_end(query);
    if (!err && !is_there)
        err = US_NOT_FOUND;
    /* A name that was changed and changed back is as it was. */
    if (judged->was && strcmp(judged->was, signature->organisation) == 0) {
        free(judged->was);
        judged->was = NULL;
    }
    own->latin_key = signature->organisation_latin ? name_key_make(signature->organisation_latin)
                                                   : mem_string("");
    own->latin_joined = signature->organisation_latin
                            ? name_key_make_other(signature->organisation_latin, own->latin_key)
                            : mem_string("");
    own->name_joined =
        name_key_make_other(signature->organisation, own->name_key ? own->name_key : "");
    own->is_unspaced = name_key_is_unspaced(signature->organisation);
    return err;
}

static enum us_err count_domain(struct reader *reader, const struct signature *signature,
                                const struct judge_own *own, struct judged *judged)
{
    enum us_err err = US_OK;
    for (int state = 0; !err && own->domain_hash && state < SIGNATURE_STATE_COUNT; state++) {
        struct query *query = query_start(reader, STATEMENT_JUDGE_DOMAIN_COUNT,
                                          VALUES(value_blob(own->domain_hash, own->domain_hash_len),
                                                 value_text(signature_state_name(state)),
                                                 value_int(JUDGE_COUNT_MOST + 1)));
        if (query_next(query))
            judged->of_domain[state] =
                query_int(query, 0) - (state == (int)signature->state ? 1 : 0);
        err = query_end(query);
    }
    return err;
}

static enum us_err count_burst(struct reader *reader, const struct signature *signature,
                               const struct judge_own *own, struct judged *judged)
{
    if (!judged->has_hour)
        return US_OK;
    struct query *query =
        query_start(reader, STATEMENT_JUDGE_BURST,
                    VALUES(value_int(signature->appeal), value_int(judged->hour),
                           value_text(signature->country ? signature->country : ""),
                           value_blob(own->domain_hash, own->domain_hash_len),
                           value_int(JUDGE_COUNT_MOST + 1)));
    if (query_next(query)) {
        judged->burst = query_int(query, 0) - 1;
        judged->burst_domains = query_int(query, 1);
        judged->burst_domain = query_int(query, 2) - (own->domain_hash ? 1 : 0);
    }
    return query_end(query);
}

/* Where the next one goes; NULL: it is there already, or there is no room. */
static struct judge_known *new_known(struct judged *judged, const char *source, const char *name)
{
    for (size_t i = 0; i < judged->known_count; i++)
        if (strcmp(judged->known[i].source, source) == 0 &&
            strcmp(judged->known[i].name, name) == 0)
            return NULL;
    if (judged->known_count == JUDGE_KNOWN_MOST)
        return NULL;
    return &judged->known[judged->known_count++];
}

static bool on_known(const struct register_entry *entry, void *arg)
{
    struct judge_known *known = new_known(arg, entry->source, entry->name);
    if (known)
        *known = (struct judge_known){
            .name = mem_string(entry->name),
            .source = mem_string(entry->source),
            .country = mem_string(entry->country),
            .affiliation = mem_string(entry->affiliation),
            .likeness = entry->likeness,
            .has_domain = entry->has_domain,
            .has_domains = entry->domains && *entry->domains,
        };
    return true;
}

static enum us_err read_known_domain(struct reader *reader, struct judged *judged)
{
    struct query *query =
        query_start(reader, STATEMENT_JUDGE_REGISTER_DOMAIN,
                    VALUES(value_text(judged->domain), value_int(JUDGE_KNOWN_MOST)));
    while (query_next(query)) {
        struct judge_known *known = new_known(judged, query_text(query, 1), query_text(query, 0));
        if (known)
            *known = (struct judge_known){
                .name = mem_string(query_text(query, 0)),
                .source = mem_string(query_text(query, 1)),
                .country = mem_string(query_text(query, 2)),
                .affiliation = mem_string(query_text(query, 3)),
                .has_domain = true,
                .has_domains = true,
            };
    }
    return query_end(query);
}

static enum us_err read_known(struct reader *reader, const struct signature *signature,
                              struct judged *judged)
{
    const char *const names[] = {signature->organisation, signature->organisation_latin};
    enum us_err err = US_OK;
    for (size_t i = 0; !err && i < 2; i++)
        if (names[i])
            err = register_match(reader,
                                 &(struct register_question){.name = names[i],
                                                             .domain = judged->domain,
                                                             .most = JUDGE_KNOWN_MOST - 1},
                                 on_known, judged);
    /* A free provider that somebody put into a register is still nobody's own. */
    if (!err && judged->domain && judged->domain_kind == DOMAIN_OWN)
        err = read_known_domain(reader, judged);
    return err;
}

static enum us_err read_notes(struct reader *reader, const struct signature *signature,
                              struct judged *judged)
{
    struct query *query =
        query_start(reader, STATEMENT_MODERATOR_NOTE_PAGE,
                    VALUES(value_int(signature->row), value_int(JUDGE_NOTES_MOST)));
    while (query_next(query) && judged->note_count < JUDGE_NOTES_MOST)
        judged->notes[judged->note_count++] =
            (struct judge_note){.at = query_int(query, 0),
                                .actor = mem_string(query_text(query, 1)),
                                .text = mem_string(query_text(query, 2))};
    return query_end(query);
}

static enum us_err read_decisions(struct reader *reader, const struct signature *signature,
                                  struct judged *judged)
{
    struct query *query =
        query_start(reader, STATEMENT_JUDGE_AUDIT,
                    VALUES(value_text(signature->id), value_int(JUDGE_NOTES_MOST)));
    while (query_next(query) && judged->decision_count < JUDGE_NOTES_MOST)
        judged->decisions[judged->decision_count++] =
            (struct judge_decision){.at = query_int(query, 0),
                                    .act = mem_string(query_text(query, 1)),
                                    .actor = mem_string(query_text(query, 2)),
                                    .reason = mem_string(query_text(query, 3))};
    return query_end(query);
}

enum us_err judge_signature(struct reader *reader, struct site *site,
                            const struct signature *signature, struct judged *out)
{
    struct judge_own own = {0};
    *out = (struct judged){0};
    enum us_err err = read_own(reader, site, signature, &own, out);
    if (!err)
        err = count_domain(reader, signature, &own, out);
    if (!err)
        err = count_burst(reader, signature, &own, out);
    if (!err)
        err = judge_others(reader, signature, &own, out);
    if (!err)
        err = read_known(reader, signature, out);
    if (!err)
        err = read_notes(reader, signature, out);
    if (!err)
        err = read_decisions(reader, signature, out);
    own_clear(&own);
    if (err) {
        judge_clear(out);
        return err;
    }
    if (!signature->organisation_latin)
        out->latin = latin_make(signature->organisation);
    if (signature->country)
        out->country_name = locale_country(language_find("en"), signature->country);
    judge_mark(signature, out);
    return US_OK;
}

void judge_clear(struct judged *judged)
{
    for (size_t i = 0; i < judged->other_count; i++) {
        free(judged->others[i].id);
        free(judged->others[i].slug);
        free(judged->others[i].organisation);
        free(judged->others[i].country);
    }
    for (size_t i = 0; i < judged->known_count; i++) {
        free(judged->known[i].name);
        free(judged->known[i].source);
        free(judged->known[i].country);
        free(judged->known[i].affiliation);
    }
    for (size_t i = 0; i < judged->note_count; i++) {
        free(judged->notes[i].actor);
        free(judged->notes[i].text);
    }
    for (size_t i = 0; i < judged->decision_count; i++) {
        free(judged->decisions[i].act);
        free(judged->decisions[i].actor);
        free(judged->decisions[i].reason);
    }
    free(judged->latin);
    free(judged->was);
    free(judged->was_latin);
    free(judged->domain);
    *judged = (struct judged){0};
}
