/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The document's form: appeal.ini (what holds for all languages) and one LANG.md per language (a
 * head between two lines "---", then a CommonMark body). undersign-appeal(5) documents it. Parsing
 * is pure; every fault names file and line and says what is allowed. Text is kept as it was
 * written.
 */
#ifndef APPEAL_DOCUMENT_H
#define APPEAL_DOCUMENT_H

#include "appeal/visibility.h"
#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy { POLICY_BEFORE, POLICY_REGISTER, POLICY_AFTER };
enum letter_form { FORM_JOINT, FORM_INDIVIDUAL };
enum addressee_role { ROLE_TO, ROLE_VIA, ROLE_COPY };
enum addressee_kind {
    KIND_GOVERNMENT,
    KIND_COMPANY,
    KIND_INTERNATIONAL,
    KIND_FEDERATION,
    KIND_PRESS
};

/* What a letter to the International Labour Office is, in so many words. Only an addressee of the
 * kind "international" may say it, and it makes that addressee the ILO. A complaint by article 26
 * of its Constitution is not open to unions, so it is none of these. */
enum procedure {
    PROCEDURE_NONE,
    PROCEDURE_COMPLAINT,      /* to the Committee on Freedom of Association */
    PROCEDURE_REPRESENTATION, /* by article 24 */
    PROCEDURE_INFORMATION,    /* neither: for the Office's information */
};

struct localised { /* a text in one language */
    char language[16];
    char *text;
};

struct addressee {
    char *id; /* the section's name: [addressee.president] */
    enum addressee_role role;
    enum addressee_kind kind;
    char language[16];       /* of the letter it gets */
    char *name;              /* in its own language, as in the address block */
    struct localised *names; /* name.LL: for the page in other languages */
    size_t name_count;
    char **address; /* lines */
    size_t address_count;
    char *email;      /* NULL: none */
    char *salutation; /* NULL: the text's */
    enum procedure procedure;
    char government[3]; /* procedure: ISO 3166-1 code of the government concerned; "" elsewhere,
                         * and with PROCEDURE_INFORMATION where none is named */
    char **conventions; /* "C087", as the letter names them; for any international addressee */
    size_t convention_count;
    char *case_number; /* "3283": of the case that the letter belongs to; NULL: none yet */
    char **cover;      /* paragraphs of the mail that a letter goes out with, in the addressee's
                        * language; none: words of ours */
    size_t cover_count;
    int line; /* of its section's name in the file, for faults */
};

struct settings { /* appeal.ini */
    char *slug;
    char authoritative[16];
    int authoritative_line; /* in the file, for faults */
    enum policy policy;
    enum letter_form form;
    enum visibility visibility;
    bool has_opening, has_closing;
    int64_t opens_on, closes_on; /* days */
    char **kinds;                /* which kinds may sign; empty: all */
    size_t kind_count;
    char **countries; /* which countries may sign; empty: all */
    size_t country_count;
    bool asks_ilo;     /* ilo_block = yes: the form has the optional block for the ILO */
    bool takes_logos;  /* logos = yes: organisations may add theirs until they are listed */
    char **initiators; /* public ids of those whose names stand first */
    size_t initiator_count;
    struct addressee *addressees; /* in the file's order */
    size_t addressee_count;
};

struct issuer_signatory {
    char **titles; /* lines over the name */
    size_t title_count;
    char *name; /* may be NULL: titles alone */
};

struct text { /* LANG.md */
    char language[16];
    struct localised
        *letterhead; /* ordered lines, the text's language where none is said; "": a gap */
    size_t letterhead_count;
    char *kind, *number, *place, *salutation, *closing; /* as printed; NULL: none */
    bool has_date;
    int64_t date;
    char **titles; /* the title's lines; none: the document has no title */
    size_t title_count;
    struct issuer_signatory *signatories;
    size_t signatory_count;
    char *original; /* "sha256:HEX" of the file that it was drafted from; NULL: none is named */
    size_t head_comments;  /* lines that begin with "#": for who edits the file */
    int head_comment_line; /* the first one's in the file; 0: there is none */
    char *body;            /* CommonMark */
    int body_line;         /* its first line in the file, for faults */
    uint8_t digest[32];    /* SHA-256 of the file's bytes */
};

US_MUST_CHECK enum us_err document_parse_settings(const char *data, size_t len,
                                                  struct settings **out, struct fault *fault);
void settings_free(struct settings *settings);
/* The addressee of that id; NULL: there is none. */
const struct addressee *settings_addressee(const struct settings *settings, const char *id);
/* name is the file's: "ru.md". The body is parsed too (text/markdown.h), so that its faults show.
 */
US_MUST_CHECK enum us_err document_parse_text(const char *name, const char *data, size_t len,
                                              struct text **out, struct fault *fault);
/* The same for bytes that passed before and were kept: the body is taken as it stands. */
US_MUST_CHECK enum us_err document_read_text(const char *name, const char *data, size_t len,
                                             struct text **out, struct fault *fault);
void text_free(struct text *text);
/* What its readers must not see, in head and body: how many comments, and the first one's line in
 * the file. US_INVALID: the body is none that passed. */
struct document_comments {
    size_t count;
    int line;
};
US_MUST_CHECK enum us_err document_find_comments(const struct text *text,
                                                 struct document_comments *out);

/* A language's tag as file names, options and addresses write it: "ru", "pt-BR", "zh-Hant-TW". */
bool document_is_language(const char *tag, size_t len);

enum audience addressee_audience(enum addressee_kind kind);
const char *addressee_kind_name(enum addressee_kind kind); /* "government" */
const char *addressee_role_name(enum addressee_role role); /* "to" */
const char *procedure_name(enum procedure procedure);      /* "complaint"; "" for none */
const char *policy_name(enum policy policy);
const char *letter_form_name(enum letter_form form);
/* The addressee's name for a page in a language; its own when there is none. */
const char *addressee_name_in(const struct addressee *addressee, const char *language);

#endif
