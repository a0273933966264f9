/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An appeal with one version of its texts, as loaded for a page, a form or an export; and what is
 * done with appeals: import, publish, list. The site goes by what was published, settings too: an
 * import changes nothing there. A version that somebody signed, or that is published, is frozen:
 * importing changed texts, or other addressees (id, kind, role), then makes the next version. Who a
 * letter goes to is part of what was signed; when it may be signed, who lists the signatures, and
 * how an addressee is written to may change with the version as it is.
 */
#ifndef APPEAL_APPEAL_H
#define APPEAL_APPEAL_H

#include "appeal/document.h"
#include "appeal/site.h"
#include "store/query.h"

#define APPEAL_SLUG_MOST 64
#define APPEAL_FILES_MOST 64
#define APPEAL_FILE_MOST (512 * 1024)

/* What was said by hand; an open one still opens and closes on its days (appeal_is_open()). */
enum appeal_state { APPEAL_DRAFT, APPEAL_OPEN, APPEAL_PAUSED, APPEAL_CLOSED, APPEAL_ARCHIVED };

struct appeal {
    int64_t id;
    char *slug;
    enum appeal_state state;
    int64_t version; /* of the texts below */
    int64_t newest_version;
    int64_t published_version; /* 0: never published */
    int64_t created_at, published_at;
    int64_t paused_on, closed_on, archived_on; /* days, by hand; 0: it was not */
    int64_t erased_on, days_lost;              /* persons and keys deleted; by pauses */
    bool is_shielded;
    struct settings *settings; /* as published with it, and days lost; a draft's as imported */
    struct text **texts;       /* authoritative first, then by language */
    size_t text_count;
    struct organiser_public organiser; /* the site's where the appeal names none */
    bool has_organiser;
};

/* Loads the published version (US_NOT_FOUND where there is none). */
US_MUST_CHECK enum us_err appeal_load(struct reader *reader, struct site *site, const char *slug,
                                      struct appeal **out);
US_MUST_CHECK enum us_err appeal_load_id(struct reader *reader, struct site *site, int64_t id,
                                         int64_t version, struct appeal **out);
/* The published version, or the newest where none is: for the command line. */
US_MUST_CHECK enum us_err appeal_load_any(struct reader *reader, struct site *site,
                                          const char *slug, struct appeal **out);
/* Another version of an appeal that was loaded: one that has been published at some time. For any
 * other number US_NOT_FOUND, and the fault says which there are. */
US_MUST_CHECK enum us_err appeal_load_version(struct reader *reader, struct site *site,
                                              const struct appeal *appeal, int64_t version,
                                              struct appeal **out, struct fault *fault);
void appeal_free(struct appeal *appeal);
/* The text in a language; NULL when the appeal has none in it. */
const struct text *appeal_text(const struct appeal *appeal, const char *language);
const struct text *appeal_authoritative(const struct appeal *appeal);
/* Whether it takes signatures on that day: open, opened, not past its closing. */
bool appeal_is_open(const struct appeal *appeal, int64_t day);
/* The day on which it closed or will: by hand or as the settings say; 0: no such day. */
int64_t appeal_closing(const struct appeal *appeal);
const char *appeal_state_name(enum appeal_state state);
bool appeal_state_from_name(const char *name, enum appeal_state *out);
/* The address of its page for who reads a text in that language: in it where the interface speaks
 * it, else in the site's own. The caller's. */
char *appeal_address(const struct site *site, const struct appeal *appeal, const char *language);

struct appeal_image { /* the letterhead's; without a name: none. appeal_image_clear() it */
    char *name;       /* "letterhead.png", "letterhead.svg" */
    uint8_t *data;
    size_t len;
};
/* As published with the version that is loaded. */
US_MUST_CHECK enum us_err appeal_image_load(struct reader *reader, const struct appeal *appeal,
                                            struct appeal_image *out);
void appeal_image_clear(struct appeal_image *image);

struct appeal_counts { /* listed signatures of one version */
    int64_t signatures, members, countries;
};
US_MUST_CHECK enum us_err appeal_count(struct reader *reader, int64_t appeal, int64_t version,
                                       struct appeal_counts *out);
/* Listed signatures of the versions before that one. */
US_MUST_CHECK enum us_err appeal_count_earlier(struct reader *reader, int64_t appeal,
                                               int64_t version, int64_t *out);

/* Every appeal (published_only: for visitors), newest publication first. The appeal is the
 * callback's to read only; false ends the walk. */
US_MUST_CHECK enum us_err appeal_each(struct reader *reader, struct site *site, bool published_only,
                                      bool (*on_appeal)(const struct appeal *appeal,
                                                        const struct appeal_counts *counts,
                                                        void *arg),
                                      void *arg);

struct appeal_file {
    const char *name; /* "appeal.ini", "ru.md", "letterhead.png"; others are refused */
    const char *data;
    size_t len;
};
enum appeal_imported {
    IMPORT_NEW,
    IMPORT_UNCHANGED,
    IMPORT_SETTINGS,
    IMPORT_REPLACED,
    IMPORT_NEW_VERSION
};
struct appeal_import {
    enum appeal_imported what;
    char slug[APPEAL_SLUG_MOST + 1];
    int64_t version;
    size_t languages;
    bool waits; /* the site goes by something else until it is published */
};

/* These wait. actor as in struct job_audit. Each writes an audit row. */
US_MUST_CHECK enum us_err appeal_import(struct site *site, const struct appeal_file *files,
                                        size_t count, const char *actor, struct appeal_import *out,
                                        struct fault *fault);
/* Puts the newest version on the site with its settings, and opens a draft: what was paused, closed
 * or archived stays so. Needs an organiser's public key. Days lost count while the settings name
 * the same closing day; another one is taken as it stands.
 * US_INVALID, with a fault: a text of that version still holds comments; who gets a bundle would
 * get them too.
 * Publishing what is published already is US_OK and changes nothing (*version is told all the
 * same). */
US_MUST_CHECK enum us_err appeal_publish(struct site *site, const char *slug, const char *actor,
                                         int64_t *version, struct fault *fault);

struct appeal_source { /* a text's file, byte for byte as it was imported; borrowed */
    const char *language, *text;
    size_t len;
    uint8_t digest[32]; /* SHA-256, as the signatures of that version have it */
};
/* All of a version, by language. US_CORRUPT when a stored text is not the one of its digest. */
US_MUST_CHECK enum us_err
appeal_each_source(struct reader *reader, int64_t appeal, int64_t version,
                   bool (*on_source)(const struct appeal_source *source, void *arg), void *arg);

struct appeal_export {                 /* of signatures, to a person; borrowed */
    const char *act;                   /* "export.csv" */
    const char *slug, *actor, *reason; /* reason NULL: none given */
    const char *audience, *addressee;  /* addressee NULL: none */
    int64_t version;                   /* 0: all */
    int64_t named;
};
/* Its audit row. Waits; before that no row of it may go out. */
US_MUST_CHECK enum us_err appeal_note_export(struct site *site, const struct appeal_export *what);

#endif
