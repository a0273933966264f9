/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The commands and their options, in the order in which help and manual show them. */
#include "proto/command.h"
#include <string.h>

/* clang-format off */
const struct command_option command_options[OPTION_COUNT] = {
    [OPTION_SITE] = {"site", 0, "DIR", .is_global = true,
        .help = "the site in that folder (its undersign.conf)"},
    [OPTION_CONFIG] = {"config", 0, "FILE", .is_global = true,
        .help = "the site of that configuration file"},
    [OPTION_HOST] = {"host", 0, "[USER@]HOST", .is_global = true,
        .help = "the site on another machine, over ssh"},
    [OPTION_JSON] = {"json", 0, NULL, .is_global = true,
        .help = "print JSON for programs"},
    [OPTION_REASON] = {"reason", 0, "TEXT", .is_global = true, .is_sent = true,
        .help = "why, for the audit log (and for the signatory, when refused)"},
    [OPTION_YES] = {"yes", 'y', NULL, .is_global = true,
        .help = "do not ask"},
    [OPTION_HELP] = {"help", 'h', NULL, .is_global = true,
        .help = "say what a command does"},
    [OPTION_VERSION] = {"version", 'V', NULL, .is_global = true,
        .help = "say which version this is"},
    [OPTION_STATE] = {"state", 's', "STATE", .is_sent = true,
        .help = "only those in that state: confirmed, held, listed, refused, struck, withdrawn"},
    [OPTION_TO] = {"to", 't', "ADDRESSEE", .is_sent = true,
        .help = "as that addressee may see it (an id of `appeal show`)"},
    [OPTION_ALL] = {"all", 'a', NULL, .is_sent = true,
        .help = "every signature in every state with everything, for the organiser alone"},
    [OPTION_LANG] = {"lang", 'l', "LL", .is_sent = true,
        .help = "the text in that language"},
    [OPTION_OF_VERSION] = {"version", 0, "N", .is_sent = true,
        .help = "those who signed that version, and its text; else the published one"},
    [OPTION_OUTPUT] = {"output", 'o', "FILE",
        .help = "write to that file; - is standard output"},
};

const struct command command_table[COMMAND_COUNT] = {
    [COMMAND_APPEAL_IMPORT] = {"appeal", "import", "DIR", 1, 1, .is_site = true,
        .summary = "take an appeal's folder in, or what changed in it",
        .help = "Reads appeal.ini and each LANG.md (undersign-appeal(5)). Nothing changes on the site "
                "before it is published. What is published or signed is frozen: changed texts, and "
                "other addressees, become a new version."},
    [COMMAND_APPEAL_PUBLISH] = {"appeal", "publish", "SLUG", 1, 1, .is_site = true,
        .summary = "put an appeal's newest version and settings on the site",
        .help = "Signatures stay under the version that was signed. Where a new version takes the place "
                "of one that has listed signatures, it asks first; without a terminal it needs --yes."},
    [COMMAND_APPEAL_LIST] = {"appeal", "list", "", 0, 0, .is_site = true,
        .summary = "list the appeals"},
    [COMMAND_APPEAL_SHOW] = {"appeal", "show", "SLUG", 1, 1, .is_site = true,
        .summary = "show an appeal and whom it is addressed to"},
    [COMMAND_QUEUE] = {"queue", NULL, "[APPEAL]", 0, 1, .is_site = true,
        .summary = "list the signatures that wait for a moderator",
        .help = "Those confirmed and those held, oldest day first."},
    [COMMAND_SIGNATURE_LIST] = {"signature", "list", "APPEAL", 1, 1, COMMAND_BIT(OPTION_STATE),
        .is_site = true, .summary = "list an appeal's signatures"},
    [COMMAND_SIGNATURE_SHOW] = {"signature", "show", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "show signatures"},
    [COMMAND_SIGNATURE_APPROVE] = {"signature", "approve", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "list signatures on the site (confirmed and held ones)"},
    [COMMAND_SIGNATURE_HOLD] = {"signature", "hold", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "put signatures aside for a closer look"},
    [COMMAND_SIGNATURE_REFUSE] = {"signature", "refuse", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "refuse signatures that were never listed",
        .help = "Needs --reason, which the signatory is told."},
    [COMMAND_SIGNATURE_STRIKE] = {"signature", "strike", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "take listed signatures off the site, since found false",
        .help = "Needs --reason."},
    [COMMAND_SIGNATURE_RESTORE] = {"signature", "restore", "ID...", 1, COMMAND_ANY, .is_site = true,
        .takes_ids = true, .summary = "undo a refusal or a strike"},
    [COMMAND_EXPORT_CSV] = {"export", "csv", "APPEAL", 1, 1,
        COMMAND_BIT(OPTION_OUTPUT) | COMMAND_BIT(OPTION_TO) | COMMAND_BIT(OPTION_ALL) |
            COMMAND_BIT(OPTION_OF_VERSION), .is_site = true,
        .summary = "write an appeal's signatories as CSV",
        .help = "Without --to and --all: the listed signatures of the published version, as the public "
                "may see them."},
    [COMMAND_EXPORT_LETTER] = {"export", "letter", "APPEAL", 1, 1,
        COMMAND_BIT(OPTION_LANG) | COMMAND_BIT(OPTION_TO) | COMMAND_BIT(OPTION_OUTPUT) |
            COMMAND_BIT(OPTION_OF_VERSION), .is_site = true,
        .summary = "write the signed letter as PDF",
        .help = "Without --to: as the public may see it. Without --lang: in the addressee's language, "
                "else the authoritative one. Without -o: to SLUG-LL[-ADDRESSEE].pdf."},
    [COMMAND_MAIL_LIST] = {"mail", "list", "", 0, 0, .is_site = true,
        .summary = "list the mails that have not left"},
    [COMMAND_MAIL_SHOW] = {"mail", "show", "ID", 1, 1, .is_site = true,
        .summary = "show a mail that has not left"},
    [COMMAND_KEY_NEW] = {"key", "new", "", 0, 0, COMMAND_BIT(OPTION_OUTPUT), .is_local = true,
        .summary = "make an organiser's key pair, on this machine",
        .help = "Needs -o FILE, which gets the private key; FILE.pub gets the public one, which goes to "
                "the site. The private key never does."},
    [COMMAND_CHECK_COUNTS] = {"check", "counts", "", 0, 0, .is_site = true,
        .summary = "count all signatures again and compare"},
    [COMMAND_CONFIG_SHOW] = {"config", "show", "", 0, 0,
        .summary = "show every option and its value"},
    [COMMAND_CONFIG_CHECK] = {"config", "check", "", 0, 0,
        .summary = "say whether the configuration file is right"},
    [COMMAND_HELP] = {"help", NULL, "[COMMAND]", 0, 2, .is_local = true,
        .summary = "say what a command does"},
};
/* clang-format on */

enum command_id command_find(const char *noun, const char *verb)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (strcmp(command->noun, noun) != 0 || (command->verb == NULL) != (verb == NULL))
            continue;
        if (verb == NULL || strcmp(command->verb, verb) == 0)
            return (enum command_id)id;
    }
    return COMMAND_COUNT;
}

bool command_is_noun(const char *word)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (strcmp(command_table[id].noun, word) == 0)
            return true;
    }
    return false;
}

enum command_option_id command_option_find(enum command_id command, const char *name)
{
    enum command_option_id found = OPTION_COUNT;

    for (int id = 0; id < OPTION_COUNT; id++) {
        if (strcmp(command_options[id].name, name) != 0)
            continue;
        if (command != COMMAND_COUNT && (command_table[command].options & COMMAND_BIT(id)) != 0)
            return (enum command_option_id)id;
        if (found == OPTION_COUNT)
            found = (enum command_option_id)id;
    }
    return found;
}

bool command_takes(enum command_id command, enum command_option_id option)
{
    return command_options[option].is_global ||
           (command_table[command].options & COMMAND_BIT(option)) != 0;
}
