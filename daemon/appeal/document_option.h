/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How options of appeal.ini are taken: a table says which a section knows, a function each how its
 * value is read. For the files that have such a table.
 */
#ifndef APPEAL_DOCUMENT_OPTION_H
#define APPEAL_DOCUMENT_OPTION_H

#include "appeal/document.h"
#include "appeal/document_entries.h"

/* What an option's value goes into, and where it stood. */
struct place {
    struct settings *settings;
    struct addressee *addressee; /* NULL in [appeal] */
    const struct entry *entry;
    const char *language; /* LL of an option name.LL; else "" */
    struct fault *fault;
};

struct option {
    const char *name;
    bool (*take)(struct place *place, const char *value); /* one line, or lines made one */
    bool (*take_lines)(struct place *place);              /* instead: the lines as they are */
    bool is_long;                                         /* may go on in indented lines */
    bool is_required;
};

#define OPTION_FAIL(place, ...)                                                                    \
    (fault_set((place)->fault, DOCUMENT_SETTINGS_NAME, (place)->entry->line, __VA_ARGS__), false)

/* Takes all of a section by its table, which ends with a name NULL. */
bool document_option_take(const struct place *section_place, const struct option *options,
                          const struct entry_section *section);

/* A word of a table of words. */
bool document_option_choice(struct place *place, const char *value, const char *const *names,
                            size_t count, int *choice);
bool document_option_refuse(struct place *place, const char *const *names, size_t count);
bool document_option_language(struct place *place, const char *value, char out[16]);
/* Not empty, and bounded. */
bool document_option_filled(struct place *place, const char *value);

struct option_words { /* words between blanks, each good and none twice */
    bool (*is_good)(const char *word);
    const char *like;    /* an example; NULL: the manual's list says it */
    const char *without; /* what leaving the option out is for: "to allow all" */
    char ***words;
    size_t *count;
};
bool document_option_words(struct place *place, const char *value,
                           const struct option_words *words);
/* Lines that are not empty. */
bool document_option_lines(struct place *place, char ***lines, size_t *count);

/* document_addressee.c: a section [addressee.ID], with what none of its options can tell alone. */
bool document_addressee_take(struct settings *settings, const struct entry_section *section,
                             struct fault *fault);

#endif
