/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What travels as rows: a schema is a name and its typed columns, sent once as a column header
 * before its rows. Both ends share these tables, and the column names are the JSON keys and the
 * CSV's columns, so they are stable: columns are added at the end and never renamed.
 */
#ifndef PROTO_ROW_H
#define PROTO_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_COLUMNS_MOST 64
#define ROW_TEXTS_MOST 1024 /* in all lists of one row */

enum row_type {
    ROW_TEXT,
    ROW_NUMBER,
    ROW_DAY,   /* days since 1970-01-01; shown as YYYY-MM-DD */
    ROW_TIME,  /* microseconds since 1970 UTC; shown by RFC 3339 */
    ROW_FLAG,  /* true or false */
    ROW_TEXTS, /* a list of texts */
};

struct row_column {
    const char *name;
    enum row_type type;
    bool is_brief; /* shown in a table on a terminal, where not everything fits */
};

struct row_schema {
    const char *name;
    const struct row_column *columns;
    size_t count;
};

struct row_value {  /* borrowed */
    bool is_set;    /* false: there is none (null) */
    int64_t number; /* number, day, time; 1 or 0 for a flag */
    const char *text;
    const char *const *texts;
    size_t count; /* of texts */
};

extern const struct row_schema row_appeal;      /* in a list */
extern const struct row_schema row_appeal_full; /* the same and more, before its addressees */
extern const struct row_schema row_addressee;
extern const struct row_schema row_imported;  /* what an import did */
extern const struct row_schema row_published; /* what a publication did */
extern const struct row_schema row_signature;
extern const struct row_schema row_queue;             /* the same, and the mail domain */
extern const struct row_schema row_signature_ilo;     /* the same with the block for the ILO */
extern const struct row_schema row_signature_contact; /* the same with the sealed mailbox: base64,
                                                       * and the ids it is bound to */
extern const struct row_schema row_list;              /* what a list holds, before its rows */
extern const struct row_schema row_decision;          /* what became of one id */
extern const struct row_schema row_totals;            /* of what an audience may see */
extern const struct row_schema row_letter;            /* a letter's single fields */
extern const struct row_schema row_line;              /* its lines, in order */
extern const struct row_schema row_signatory;
extern const struct row_schema row_image;    /* the letterhead's */
extern const struct row_schema row_edition;  /* and what became of it */
extern const struct row_schema row_response; /* an addressee's */
extern const struct row_schema row_public_letter;
extern const struct row_schema row_mail;
extern const struct row_schema row_difference; /* what a check found */
extern const struct row_schema row_checked;    /* what it says at its end */
extern const struct row_schema row_option;     /* of the configuration */
extern const struct row_schema row_keys;       /* what people compare: the site's public keys */
extern const struct row_schema row_seal;       /* whose seal letters get */
extern const struct row_schema row_sealed;     /* a letter's seal */
extern const struct row_schema row_signed;     /* a manifest's signature */
extern const struct row_schema row_bundle;     /* what a bundle's manifest says of its edition */
extern const struct row_schema row_source;     /* a text as it was imported */
extern const struct row_schema row_update;     /* the organiser's news */
extern const struct row_schema row_update_text;
extern const struct row_schema row_update_contact; /* sealed, and the ids it is bound to */
extern const struct row_schema row_update_mail;    /* what became of one */
/* row_review.c: one signature with what helps to judge it */
extern const struct row_schema row_review_left, row_review, row_review_other, row_review_known,
    row_review_note, row_review_decision, row_review_reason, row_noted;
/* row_act.c: acts on many signatures */
extern const struct row_schema row_act, row_act_signature, row_act_preview, row_act_count,
    row_act_result;
extern const struct row_schema row_audit, row_audit_entry, row_audit_verdict;
extern const struct row_schema row_turned;    /* whether an appeal takes signatures */
extern const struct row_schema row_retention; /* a rule, and what is due by it */
extern const struct row_schema row_erased;    /* with the certificate */

/* row_status.c: how the site is, an appeal in numbers, mail by hand, the configuration */
extern const struct row_schema row_status, row_status_appeal, row_problem, row_stats, row_stats_day,
    row_stats_country, row_stats_affiliation, row_mailed, row_mail_test, row_finding;

/* row_backup.c */
extern const struct row_schema row_backup, row_database_check, row_database_facts,
    row_database_loss, row_database_keys, row_database_back, row_database_held, row_restored,
    row_database, row_vacuumed;
extern const struct row_schema row_register_source, row_register_imported, row_register_fault,
    row_register_removed, row_organisation, row_organisation_met; /* row_register.c */
extern const struct row_schema row_duplicate, row_merged;

/* All of them, ended by NULL. */
extern const struct row_schema *const row_schemas[];

/* The schema of that name; NULL when there is none. */
const struct row_schema *row_schema_find(const char *name);
/* The columns are the same, in the same order; the other may have more behind them. */
bool row_schema_begins(const struct row_schema *other, const struct row_schema *schema);
/* The words of the types in a column header: "text", "number", ... */
const char *row_type_name(enum row_type type);
bool row_type_from_name(const char *name, enum row_type *out);

static inline struct row_value row_null(void)
{
    return (struct row_value){.is_set = false};
}
/* NULL is null. */
static inline struct row_value row_text(const char *text)
{
    return (struct row_value){.is_set = text != NULL, .text = text};
}
/* Also a day and a time. */
static inline struct row_value row_number(int64_t number)
{
    return (struct row_value){.is_set = true, .number = number};
}
static inline struct row_value row_number_if(bool is_set, int64_t number)
{
    return (struct row_value){.is_set = is_set, .number = number};
}
static inline struct row_value row_flag(bool flag)
{
    return (struct row_value){.is_set = true, .number = flag};
}
static inline struct row_value row_texts(const char *const *texts, size_t count)
{
    return (struct row_value){.is_set = true, .texts = texts, .count = count};
}

#endif
