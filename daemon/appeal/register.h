/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The register: lists of organisations that federations know, one a source, each replaced as a
 * whole. A name is looked for by its key (text/name_key.h), in which spellings and scripts meet,
 * then by how like it is. It tells what is known; who may sign is decided elsewhere.
 */
#ifndef APPEAL_REGISTER_H
#define APPEAL_REGISTER_H

#include "appeal/signature_record.h"
#include "store/query.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTER_SOURCE_MOST 64 /* bytes of a list's name */

/* An organisation as a list has it; borrowed while a callback runs. */
struct register_entry {
    const char *source;
    const char *name;
    const char *country;     /* "" for an international one */
    const char *affiliation; /* "" for none */
    const char *aliases;     /* '|' between them; "" for none */
    const char *domains;     /* blanks between them; "" for none */
    const char *met;         /* found: the spelling of it that met; NULL in a list */
    unsigned likeness;       /* found: percent; 100: the same key */
    bool has_domain;         /* found: the domain that was asked for is one of its own */
};
typedef bool register_callback(const struct register_entry *entry, void *arg); /* false: stop */

struct register_question {
    const char *name;
    const char *country; /* those of it and international ones alone; NULL: of all countries */
    const char *domain;  /* of a mailbox, for has_domain; NULL: none */
    unsigned least;      /* percent; 100: the same key alone; 0: NAME_KEY_NEAR */
    size_t most;         /* at most so many, the likest first; 0: 10 */
};
/* Quick in a register of 100,000: it looks at those that share a word's beginning. */
US_MUST_CHECK enum us_err register_match(struct reader *reader,
                                         const struct register_question *question,
                                         register_callback *on_entry, void *arg);

/* All of one list, or of all (source NULL), by source and name; any number. */
US_MUST_CHECK enum us_err register_each(struct reader *reader, const char *source,
                                        register_callback *on_entry, void *arg);
struct register_source {
    const char *name; /* borrowed */
    int64_t organisations, imported_at;
};
US_MUST_CHECK enum us_err
register_sources(struct reader *reader,
                 void (*on_source)(const struct register_source *source, void *arg), void *arg);

/* What lets an organisation be listed without a moderator, where its appeal's policy allows: a list
 * has its name (by its key), its country and its mailbox's domain, which no provider gives to
 * anybody, and nobody ever signed this appeal by any of its names but who withdrew. *source is the
 * list's name, the caller's; NULL: it is for a moderator. */
struct register_claim {
    int64_t appeal;
    const char *name, *country, *mailbox; /* country NULL: international */
};
US_MUST_CHECK enum us_err register_knows(struct reader *reader, struct site *site,
                                         const struct register_claim *claim, char **source);
/* In front of its row: US_CONFLICT of the job when another one of it was stored meanwhile. */
void register_expect_first(struct job *job, const struct signature_record *record);

/* Takes a whole list out. US_NOT_FOUND. Waits. */
US_MUST_CHECK enum us_err register_remove(struct site *site, const char *actor, const char *source,
                                          const char *reason, int64_t *removed);

#endif
