/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The one table of commands: data only. The command line's parser, its help, its suggestions, the
 * completion and the check of what comes over the socket are all made from it; a test holds the
 * manual page against it.
 */
#ifndef PROTO_COMMAND_H
#define PROTO_COMMAND_H

#include "proto/command_id.h"
#include "proto/option_id.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Who may have the service do it: members of the Unix group that [roles] names, of those above it,
 * the service's account and root. */
enum command_role { COMMAND_ADMINISTRATOR, COMMAND_ORGANISER, COMMAND_MODERATOR };

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
    enum command_role role;     /* the least one; the strictest where the table says nothing */
    bool is_change;             /* changes something, or writes a file */
    bool can_try;               /* with --dry-run says what it would change, and changes nothing */
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
/* "moderator", "organiser", "administrator" */
const char *command_role_name(enum command_role role);
bool command_is_noun(const char *word); /* that people type */
/* The option of that long name, a command's own before a global one; COMMAND_COUNT: of no command
 * in particular. OPTION_COUNT when there is none. */
enum command_option_id command_option_find(enum command_id command, const char *name);
/* The command takes that option, as its own or as a global one. */
bool command_takes(enum command_id command, enum command_option_id option);
/* A request for the command may come with it. */
bool command_is_sent(enum command_id command, enum command_option_id option);

#endif
