/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The one table of commands: data only. The command line's parser, its help, its suggestions, the
 * completion and the check of what comes over the socket are all made from it; a test holds the
 * manual page against it.
 */
#ifndef PROTO_COMMAND_H
#define PROTO_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_id {
    COMMAND_APPEAL_DRAFT,
    COMMAND_APPEAL_IMPORT,
    COMMAND_APPEAL_PUBLISH,
    COMMAND_APPEAL_LIST,
    COMMAND_APPEAL_SHOW,
    COMMAND_QUEUE,
    COMMAND_SIGNATURE_LIST,
    COMMAND_SIGNATURE_SHOW,
    COMMAND_SIGNATURE_APPROVE,
    COMMAND_SIGNATURE_HOLD,
    COMMAND_SIGNATURE_REFUSE,
    COMMAND_SIGNATURE_STRIKE,
    COMMAND_SIGNATURE_RESTORE,
    COMMAND_LOGO_SHOW,
    COMMAND_LOGO_REMOVE,
    COMMAND_EXPORT_CSV,
    COMMAND_EXPORT_XLSX,
    COMMAND_EXPORT_JSON,
    COMMAND_EXPORT_JSONL,
    COMMAND_EXPORT_LETTER,
    COMMAND_EXPORT_BUNDLE,
    COMMAND_VERIFY,
    COMMAND_DELIVERY_SEND,
    COMMAND_DELIVERY_RECORD,
    COMMAND_DELIVERY_RESPOND,
    COMMAND_DELIVERY_LIST,
    COMMAND_DELIVERY_SHOW,
    COMMAND_UPDATE_PUBLISH,
    COMMAND_UPDATE_LIST,
    COMMAND_UPDATE_SHOW,
    COMMAND_UPDATE_REMOVE,
    COMMAND_UPDATE_SEND,
    COMMAND_MAIL_LIST,
    COMMAND_MAIL_SHOW,
    COMMAND_KEY_NEW,
    COMMAND_KEY_SHOW,
    COMMAND_CHECK_COUNTS,
    COMMAND_CONFIG_SHOW,
    COMMAND_CONFIG_CHECK,
    COMMAND_HELP,
    /* Steps of the commands above that need what the service alone has; hidden from people. */
    COMMAND_EDITION_DRAWN,
    COMMAND_LETTER_PUBLISH,
    COMMAND_SEAL_SHOW,
    COMMAND_SEAL_SIGN,
    COMMAND_BUNDLE_SIGN,
    COMMAND_DRAW_PICTURES,
    COMMAND_DRAW_LOGO,
    COMMAND_UPDATE_QUEUE,
    COMMAND_COUNT
};

/* Options are few, so one enum serves all commands and the global ones. */
enum command_option_id {
    OPTION_SITE,
    OPTION_CONFIG,
    OPTION_HOST,
    OPTION_JSON,
    OPTION_REASON,
    OPTION_YES,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_STATE,
    OPTION_TO,
    OPTION_FOR,
    OPTION_ALL,
    OPTION_FIELDS,
    OPTION_CONTACTS,
    OPTION_KEY,
    OPTION_LANG,
    OPTION_OF_VERSION, /* also --version: where a command takes it, it is that one */
    OPTION_FORM,
    OPTION_SUPPLEMENT,
    OPTION_ACCESSION,
    OPTION_EDITION,
    OPTION_PAPER,
    OPTION_SEPARATE,
    OPTION_NO_SEAL,
    OPTION_PUBLISH,
    OPTION_HOW,
    OPTION_ON,
    OPTION_REFERENCE,
    OPTION_NOTE,
    OPTION_FILE,
    OPTION_SEAL,
    OPTION_NAME,
    OPTION_PASSPHRASE,
    OPTION_OUTPUT,
    OPTION_COUNT
};

struct command_option {
    const char *name;  /* "output", of --output */
    char letter;       /* 'o', of -o; 0: none */
    const char *value; /* what it takes, "FILE"; NULL: nothing */
    bool is_global;    /* before or after any command */
    bool is_sent;      /* to the service, as part of a request */
    const char *help;
    bool is_number, is_day;   /* the value is a whole number from 1; a day, YYYY-MM-DD */
    const char *const *words; /* the value is one of these, ended by NULL; NULL: any */
};

struct command {
    const char *noun, *verb;    /* verb NULL: the noun stands alone */
    const char *arguments;      /* "APPEAL", "ID..."; "" for none */
    size_t least, most;         /* how many; most COMMAND_ANY: as many as there are */
    uint64_t options;           /* bits 1 << OPTION_X, beside the global ones */
    uint64_t internal;          /* the same: sent with it by our own client, nobody's to type */
    bool is_local;              /* done without the service */
    bool is_site;               /* needs the database, not only the configuration */
    bool takes_ids;             /* "-" reads the arguments from standard input */
    bool is_hidden;             /* no command of people's: in no help, completion or manual */
    size_t blobs;               /* how many may come with it */
    const char *summary, *help; /* one line, no full stop; more, whole sentences; NULL: nothing */
};

#define COMMAND_ANY ((size_t)-1)
#define COMMAND_BIT(option) (UINT64_C(1) << (option))

extern const struct command command_table[COMMAND_COUNT];
extern const struct command_option command_options[OPTION_COUNT];

/* verb NULL: a noun that stands alone. COMMAND_COUNT when there is no such command. */
enum command_id command_find(const char *noun, const char *verb);
/* The same of those that people type: not the hidden ones. */
enum command_id command_find_shown(const char *noun, const char *verb);
bool command_is_noun(const char *word); /* that people type */
/* The option of that long name, a command's own before a global one; COMMAND_COUNT: of no command
 * in particular. OPTION_COUNT when there is none. */
enum command_option_id command_option_find(enum command_id command, const char *name);
/* The command takes that option, as its own or as a global one. */
bool command_takes(enum command_id command, enum command_option_id option);
/* A request for the command may come with it. */
bool command_is_sent(enum command_id command, enum command_option_id option);

#endif
