/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The configuration: one INI file, one table (config.c) that names for each option its section,
 * type, default, bounds, whether SIGHUP reloads it, and help. The table drives the parser, the
 * manual page's list and `undersign config show`. A relative path is relative to the file's folder.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_transport { CONFIG_TRANSPORT_SPOOL, CONFIG_TRANSPORT_SMTP };
enum config_smtp_tls { CONFIG_SMTP_TLS_NONE, CONFIG_SMTP_TLS_STARTTLS, CONFIG_SMTP_TLS_IMPLICIT };

#define CONFIG_OPTIONS_MOST 128 /* of the table */

struct config {
    char *path;   /* the file that was read, absolute */
    char *folder; /* its folder, absolute: the site */

    /* [site] */
    char *site_name; /* shown as the site's title */
    char *site_url;  /* public base address, no slash at its end */
    char *site_default_language;
    char *site_contact;   /* who is told of holes in the site's security, a URI; NULL: nobody is */
    char *site_high_risk; /* ISO 3166-1 codes, space-separated */
    /* [http] */
    char *http_listen;          /* "ADDRESS:PORT", "[::1]:8080"; several separated by spaces */
    char *http_tls_certificate; /* PEM chain; NULL: plain HTTP */
    char *http_tls_key;
    char *http_trusted_proxies; /* addresses/prefixes, space-separated; NULL: none */
    int64_t http_web_threads;   /* 0: one per core */
    int64_t http_connections;   /* in all */
    int64_t http_connections_per_prefix;
    /* [store] */
    char *store_path;         /* the SQLite file */
    int64_t store_readers;    /* reader threads */
    int64_t store_read_queue; /* waiting reads before 503 */
    /* [keys] */
    char *keys_folder;
    char
        *keys_organiser; /* public key file contact data is sealed to, unless an appeal names one */
    /* [seal] */
    char *seal_key; /* PEM; letters are sealed where key and certificate are there */
    char *seal_certificate;
    char *seal_timestamp_url; /* RFC 3161 authority; NULL: no timestamps */
    /* [mail] */
    enum config_transport mail_transport;
    char *mail_spool;     /* folder of .eml files */
    char *mail_from;      /* address that mail comes from */
    char *mail_from_name; /* NULL: site_name */
    char *mail_smtp_host;
    int64_t mail_smtp_port;
    enum config_smtp_tls mail_smtp_tls;
    char *mail_smtp_ca;   /* PEM file; NULL: the system's */
    char *mail_smtp_user; /* NULL: no AUTH */
    char *mail_smtp_password_file;
    int64_t mail_decision_minutes; /* before a decision's mail leaves: so long it can be undone */
    /* [control] */
    char *control_socket;
    /* [roles]: the Unix group whose members have it; NULL: nobody but the service's account */
    char *roles_moderators;
    char *roles_organisers;
    char *roles_administrators;
    /* [backup] */
    char *backup_folder;
    char *backup_seal_to;       /* public key file backups are sealed to; NULL: they are not */
    int64_t backup_keep;        /* how many stay in the folder; 0: all */
    int64_t backup_every_hours; /* 0: only when told to */
    /* [limits] */
    int64_t limits_submissions_per_hour;        /* per address prefix; 0: no limit */
    int64_t limits_shield_submissions_per_hour; /* to shielded appeals */
    int64_t limits_codes_per_hour;              /* tries at a typed code, per address prefix */
    int64_t limits_api_per_hour;                /* answers to queries, per address prefix */
    int64_t limits_mails_per_appeal;            /* to one mailbox, a day */
    int64_t limits_mails_per_day;               /* to one mailbox, in all */
    int64_t limits_organisations_per_mailbox;
    /* [retention] */
    int64_t retention_refused_days;   /* after the decision; 0: as an archived appeal's */
    int64_t retention_archive_months; /* after an appeal's archiving; 0: for ever */
    /* [moderation] */
    char *moderation_free_domains; /* files; NULL: the lists that are built in */
    char *moderation_disposable_domains;
    /* [log] */
    enum log_level log_level;

    int lines[CONFIG_OPTIONS_MOST]; /* config_line() */
};

enum config_type { CONFIG_TEXT, CONFIG_PATH, CONFIG_NUMBER, CONFIG_CHOICE };

struct config_option {
    const char *section, *name;
    enum config_type type;
    const char *fallback; /* as it would be written; NULL: not set */
    int64_t least, most;  /* CONFIG_NUMBER */
    const char *choices;  /* CONFIG_CHOICE: words in the enum's order, space-separated */
    bool reloadable, secret;
    const char *help;
    size_t offset; /* into struct config */
    /* What is allowed beyond the type, as a sentence's end ("must be ..."), or NULL when the value
     * will do; no function: nothing more is asked. */
    const char *(*check)(const char *value);
};

/* The table, ended by an entry whose section is NULL. */
extern const struct config_option config_options[];

/* Reads and checks the whole file. On US_INVALID the fault names file and line and what is allowed;
 * US_NOT_FOUND when there is no such file. *out is the caller's. */
US_MUST_CHECK enum us_err config_load(const char *path, struct config **out, struct fault *fault);
/* The same, telling every problem and not the first alone; with US_INVALID there was one. */
US_MUST_CHECK enum us_err config_load_all(const char *path, struct config **out,
                                          void (*on_fault)(const struct fault *fault, void *arg),
                                          void *arg);
void config_free(struct config *config);
/* The file's line on which an option is set; 0: it has its default. */
int config_line(const struct config *config, const struct config_option *option);
/* The folder of the database, which the service may write to, as the configuration's own (/etc)
 * may not be. The caller's. */
char *config_store_folder(const struct config *config);
/* An option's value as it would be written; NULL when it is not set. The caller's. */
char *config_show(const struct config *config, const struct config_option *option);
/* A copy in which the user and the password that an address may carry before its host are hidden;
 * NULL for NULL. */
char *config_mask_user(const char *value);

#endif
