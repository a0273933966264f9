/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The organiser's news about an appeal: numbered from 1, each with one text per language. A text is
 * a file LANG.md (undersign-appeal(5)): a head with its title, a CommonMark body without comments.
 * What is published stays as it is; it can be taken off the site, and then it is gone from pages,
 * feed and the mails that have not left.
 */
#ifndef APPEAL_UPDATE_H
#define APPEAL_UPDATE_H

#include "appeal/appeal.h"
#include "text/markdown.h"

#define UPDATE_TITLE_MOST 200        /* characters */
#define UPDATE_BODY_MOST (32 * 1024) /* bytes */
#define UPDATE_FILES_MOST 64

struct update_text {
    char language[16];
    char *title; /* one line */
    char *body;  /* CommonMark */
};

struct update {
    int64_t appeal; /* internal */
    int64_t number;
    int64_t published_at;
    struct update_text *texts; /* by language */
    size_t text_count;
};
void update_clear(struct update *update);
void update_text_clear(struct update_text *text);

/* name is the file's: "ru.md". US_INVALID with a fault that names file and line. */
US_MUST_CHECK enum us_err update_parse_text(const char *name, const char *data, size_t len,
                                            struct update_text *out, struct fault *fault);
/* The body, for page (HTML) and mail. US_CORRUPT: it is none that passed. */
US_MUST_CHECK enum us_err update_parse_body(const struct update_text *text, struct markdown **out);
/* What to show to who reads that language: the text in it, else in the appeal's authoritative one,
 * else the first. Borrowed. */
const struct update_text *update_text_in(const struct update *update, const char *language,
                                         const char *authoritative);

/* US_NOT_FOUND where there is none of that number (any more). update_clear() what was found. */
US_MUST_CHECK enum us_err update_find(struct reader *reader, int64_t appeal, int64_t number,
                                      struct update *out);
/* Those on the site with a number below that (INT64_MAX: from the newest), newest first, at most
 * `most`. The update is borrowed; false ends the walk. */
US_MUST_CHECK enum us_err update_each(struct reader *reader, int64_t appeal, int64_t below,
                                      size_t most,
                                      bool (*on_update)(const struct update *update, void *arg),
                                      void *arg);
/* How many are on the site. */
US_MUST_CHECK enum us_err update_count(struct reader *reader, int64_t appeal, int64_t *out);

struct update_publish { /* borrowed */
    const struct appeal *appeal;
    const struct appeal_file *files; /* LANG.md each */
    size_t count;
    const char *actor, *reason; /* reason NULL: none given */
    int64_t now;
};
/* Puts it on the site; tells its number. Waits. US_INVALID with a fault: a file is wrong;
 * US_CONFLICT: the appeal was never published; US_DUPLICATE with the number: the newest one says
 * the same to the byte. */
US_MUST_CHECK enum us_err update_publish(struct site *site, const struct update_publish *what,
                                         int64_t *number, struct fault *fault);

struct update_remove { /* borrowed */
    const struct appeal *appeal;
    int64_t number;
    const char *actor, *reason;
    int64_t now;
};
/* Takes it off the site, and mails that have not left with it. Waits. US_NOT_FOUND. */
US_MUST_CHECK enum us_err update_remove(struct site *site, const struct update_remove *what);

#endif
