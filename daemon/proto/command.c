/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The commands and their options, in the order in which help and manual show them. */
#include "proto/command.h"
#include <string.h>

static const char *const states[] = {"confirmed", "held",      "listed", "refused",
                                     "struck",    "withdrawn", NULL};
static const char *const ways[] = {"mail", "post", "registered", "hand", "other", NULL};

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
        .help = "only those in that state: confirmed, held, listed, refused, struck, withdrawn",
        .words = states},
    [OPTION_TO] = {"to", 't', "ADDRESSEE", .is_sent = true,
        .help = "the addressee it goes to (an id of `appeal show`)"},
    [OPTION_FOR] = {"for", 0, "ADDRESSEE", .is_sent = true,
        .help = "as that addressee may see it (an id of `appeal show`)"},
    [OPTION_ALL] = {"all", 'a', NULL, .is_sent = true,
        .help = "lists: every signature in every state with everything, for the organiser alone; "
                "letters: one to each addressee"},
    [OPTION_FIELDS] = {"fields", 0, "NAME,...",
        .help = "only those columns, in that order"},
    [OPTION_CONTACTS] = {"contacts", 0, NULL, .is_sent = true,
        .help = "with each signatory's mailbox, opened here with --key; only with --all"},
    [OPTION_KEY] = {"key", 'k', "FILE",
        .help = "the key file: the organiser's private one, or the public one to verify with"},
    [OPTION_LANG] = {"lang", 'l', "LL", .is_sent = true,
        .help = "the text in that language"},
    [OPTION_OF_VERSION] = {"version", 0, "N", .is_sent = true,
        .help = "those who signed that version, and its text; else the published one",
        .is_number = true},
    [OPTION_FORM] = {"form", 0, "FORM", .is_sent = true,
        .help = "joint (one letter, many signatories) or individual (each organisation's own); else as "
                "the appeal says"},
    [OPTION_SUPPLEMENT] = {"supplement", 0, NULL, .is_sent = true,
        .help = "only who signed since the last letter delivered to the addressee, with a covering page"},
    [OPTION_ACCESSION] = {"accession", 0, NULL, .is_sent = true,
        .help = "the same as organisations that associate themselves with the letter delivered before"},
    [OPTION_EDITION] = {"edition", 'e', "N", .is_sent = true,
        .help = "the edition of that number (`delivery list`)",
        .is_number = true},
    [OPTION_PAPER] = {"paper", 0, "SIZE",
        .help = "A4 or Letter; else A4"},
    [OPTION_SEPARATE] = {"separate", 0, NULL,
        .help = "individual letters as one file each, in the folder that -o names"},
    [OPTION_NO_SEAL] = {"no-seal", 0, NULL,
        .help = "without the site's digital seal, also where there is one"},
    [OPTION_PUBLISH] = {"publish", 0, NULL,
        .help = "put the letter on the appeal's page, as the public may see it"},
    [OPTION_HOW] = {"how", 0, "WAY", .is_sent = true,
        .help = "mail, post, registered, hand or other", .words = ways},
    [OPTION_ON] = {"on", 0, "DAY", .is_sent = true,
        .help = "the day it was, YYYY-MM-DD; else today", .is_day = true},
    [OPTION_REFERENCE] = {"reference", 0, "TEXT", .is_sent = true,
        .help = "a registered mail's number, or what a receipt says"},
    [OPTION_NOTE] = {"note", 0, "TEXT", .is_sent = true,
        .help = "what there is to say about it"},
    [OPTION_FILE] = {"file", 0, "FILE", .is_sent = true,
        .help = "the letter that was delivered, or the answer that came; the file stays here, its "
                "digest is kept"},
    [OPTION_SEAL] = {"seal", 0, NULL,
        .help = "a key and a self-signed certificate to seal letters with"},
    [OPTION_NAME] = {"name", 0, "TEXT",
        .help = "whose certificate it is: the organisation that runs the site"},
    [OPTION_PASSPHRASE] = {"passphrase", 0, NULL,
        .help = "protect the private key with a passphrase, asked for twice"},
    [OPTION_OUTPUT] = {"output", 'o', "PATH",
        .help = "write to that file, or folder where several come; - is standard output"},
};

#define LIST_OPTIONS                                                                                   \
    (COMMAND_BIT(OPTION_OUTPUT) | COMMAND_BIT(OPTION_FOR) | COMMAND_BIT(OPTION_ALL) |                  \
     COMMAND_BIT(OPTION_OF_VERSION) | COMMAND_BIT(OPTION_EDITION) | COMMAND_BIT(OPTION_STATE) |        \
     COMMAND_BIT(OPTION_FIELDS) | COMMAND_BIT(OPTION_CONTACTS) | COMMAND_BIT(OPTION_KEY))
#define LETTER_OPTIONS                                                                                 \
    (COMMAND_BIT(OPTION_TO) | COMMAND_BIT(OPTION_LANG) | COMMAND_BIT(OPTION_OF_VERSION) |              \
     COMMAND_BIT(OPTION_FORM) | COMMAND_BIT(OPTION_SUPPLEMENT) | COMMAND_BIT(OPTION_ACCESSION) |       \
     COMMAND_BIT(OPTION_PAPER) | COMMAND_BIT(OPTION_NO_SEAL))

const struct command command_table[COMMAND_COUNT] = {
    [COMMAND_APPEAL_DRAFT] = {"appeal", "draft", "FILE", 1, 1,
        COMMAND_BIT(OPTION_LANG) | COMMAND_BIT(OPTION_OUTPUT), .is_local = true,
        .summary = "make an appeal's folder from a plain text",
        .help = "Needs --lang LL and -o DIR. Every word is kept; what is unsure stands as a comment at "
                "its place, for an editor to read before the folder is imported, and to delete before "
                "it is published."},
    [COMMAND_APPEAL_IMPORT] = {"appeal", "import", "DIR", 1, 1, .is_site = true, .blobs = 64,
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
    [COMMAND_LOGO_SHOW] = {"logo", "show", "ID", 1, 1, COMMAND_BIT(OPTION_OUTPUT), .is_site = true,
        .summary = "save the logo that an organisation uploaded, to look at it",
        .help = "Needs -o FILE; the picture is a PNG. Nobody sees it before the signature is listed."},
    [COMMAND_LOGO_REMOVE] = {"logo", "remove", "ID", 1, 1, .is_site = true,
        .summary = "take an organisation's logo off; its signature stays"},
    [COMMAND_EXPORT_CSV] = {"export", "csv", "APPEAL", 1, 1, LIST_OPTIONS, .is_site = true,
        .summary = "write an appeal's signatories as CSV",
        .help = "Without --for and --all: the listed signatures of the published version, as the public "
                "may see them. Any number; columns keep their names."},
    [COMMAND_EXPORT_XLSX] = {"export", "xlsx", "APPEAL", 1, 1, LIST_OPTIONS, .is_site = true,
        .summary = "write an appeal's signatories as a spreadsheet",
        .help = "As `export csv`. More than 1,048,575 go on further sheets."},
    [COMMAND_EXPORT_JSON] = {"export", "json", "APPEAL", 1, 1, LIST_OPTIONS, .is_site = true,
        .summary = "write an appeal's signatories as one JSON document",
        .help = "As `export csv`."},
    [COMMAND_EXPORT_JSONL] = {"export", "jsonl", "APPEAL", 1, 1, LIST_OPTIONS, .is_site = true,
        .summary = "write an appeal's signatories as JSON, one on each line",
        .help = "As `export csv`."},
    [COMMAND_EXPORT_LETTER] = {"export", "letter", "APPEAL", 1, 1,
        LETTER_OPTIONS | COMMAND_BIT(OPTION_ALL) | COMMAND_BIT(OPTION_SEPARATE) |
            COMMAND_BIT(OPTION_PUBLISH) | COMMAND_BIT(OPTION_OUTPUT), .is_site = true,
        .summary = "write the signed letter as PDF",
        .help = "Without --to: as the public may see it. Without --lang: in the addressee's language, "
                "else the authoritative one. Without -o: to SLUG-LL[-ADDRESSEE].pdf; with --all or "
                "--separate, -o names a folder. A letter to an addressee is an edition with a number, "
                "over those who are listed at that moment."},
    [COMMAND_EXPORT_BUNDLE] = {"export", "bundle", "APPEAL", 1, 1,
        LETTER_OPTIONS | COMMAND_BIT(OPTION_OUTPUT), .internal = COMMAND_BIT(OPTION_EDITION),
        .is_site = true, .summary = "write letter, list, original text and a signed manifest as one archive",
        .help = "Needs --to. `undersign verify` and the stock minisign check it."},
    [COMMAND_VERIFY] = {"verify", NULL, "FILE", 1, 1, COMMAND_BIT(OPTION_KEY), .is_local = true,
        .summary = "check a bundle and say what holds",
        .help = "With --key FILE against that public key, else against the one in the bundle, which then "
                "has to be compared with the site's."},
    [COMMAND_DELIVERY_SEND] = {"delivery", "send", "APPEAL", 1, 1, LETTER_OPTIONS,
        .internal = COMMAND_BIT(OPTION_EDITION), .is_site = true, .blobs = 64,
        .summary = "mail the letter to an addressee",
        .help = "Needs --to. Makes an edition, says whom it names, asks, and hands it to the outbox with "
                "the addressee's covering text. Without a terminal it needs --yes."},
    [COMMAND_DELIVERY_RECORD] = {"delivery", "record", "APPEAL", 1, 1,
        COMMAND_BIT(OPTION_EDITION) | COMMAND_BIT(OPTION_FILE) | COMMAND_BIT(OPTION_HOW) |
            COMMAND_BIT(OPTION_ON) | COMMAND_BIT(OPTION_REFERENCE) | COMMAND_BIT(OPTION_NOTE),
        .is_site = true, .summary = "note a delivery made by hand or by post",
        .help = "Names the edition by --edition N, or by --file FILE, the letter itself. Needs --how."},
    [COMMAND_DELIVERY_RESPOND] = {"delivery", "respond", "APPEAL", 1, 1,
        COMMAND_BIT(OPTION_EDITION) | COMMAND_BIT(OPTION_FILE) | COMMAND_BIT(OPTION_ON) |
            COMMAND_BIT(OPTION_NOTE), .is_site = true,
        .summary = "note an addressee's answer",
        .help = "Needs --edition and --note. The appeal's page says that and when it was answered; the "
                "note stays with the site."},
    [COMMAND_DELIVERY_LIST] = {"delivery", "list", "APPEAL", 1, 1, .is_site = true,
        .summary = "list an appeal's editions and what became of them"},
    [COMMAND_DELIVERY_SHOW] = {"delivery", "show", "APPEAL", 1, 1, COMMAND_BIT(OPTION_EDITION),
        .is_site = true, .summary = "show an edition, its answers, and who withdrew since",
        .help = "Needs --edition."},
    [COMMAND_UPDATE_PUBLISH] = {"update", "publish", "APPEAL DIR", 2, 2, .is_site = true, .blobs = 64,
        .summary = "put news about an appeal on its page",
        .help = "Reads each LANG.md of the folder (undersign-appeal(5)), at least one. It stands on the "
                "appeal's page and in its feed at once; `update send` mails it to those who asked."},
    [COMMAND_UPDATE_LIST] = {"update", "list", "APPEAL", 1, 1, .is_site = true,
        .summary = "list an appeal's news"},
    [COMMAND_UPDATE_SHOW] = {"update", "show", "APPEAL NUMBER", 2, 2, .is_site = true,
        .summary = "show an update with its texts"},
    [COMMAND_UPDATE_REMOVE] = {"update", "remove", "APPEAL NUMBER", 2, 2, .is_site = true,
        .summary = "take an update off the site",
        .help = "Mails of it that have not left are not sent. Its number is not given again."},
    [COMMAND_UPDATE_SEND] = {"update", "send", "APPEAL NUMBER", 2, 2, COMMAND_BIT(OPTION_KEY),
        .is_site = true, .summary = "mail an update to the signatories that asked for news",
        .help = "Needs --key, the organiser's private key: mailboxes are opened here, and the service "
                "gets them for this mail alone. Says to how many it goes, and asks; without a terminal "
                "it needs --yes. Each gets an update once; run again, it goes on where it ended."},
    [COMMAND_MAIL_LIST] = {"mail", "list", "", 0, 0, .is_site = true,
        .summary = "list the mails that have not left"},
    [COMMAND_MAIL_SHOW] = {"mail", "show", "ID", 1, 1, .is_site = true,
        .summary = "show a mail that has not left"},
    [COMMAND_KEY_NEW] = {"key", "new", "", 0, 0,
        COMMAND_BIT(OPTION_OUTPUT) | COMMAND_BIT(OPTION_SEAL) | COMMAND_BIT(OPTION_NAME) |
            COMMAND_BIT(OPTION_PASSPHRASE), .is_local = true,
        .summary = "make an organiser's key pair, or a site's seal, on this machine",
        .help = "Needs -o FILE, which gets the private key; FILE.pub gets the public one, which goes to "
                "the site. The private key never does. With --seal: a key FILE and its certificate "
                "FILE.crt (X.crt of X.key), self-signed, for the configuration's [seal]; needs --name."},
    [COMMAND_KEY_SHOW] = {"key", "show", "", 0, 0, .is_site = true,
        .summary = "show the site's public key for bundles and its seal",
        .help = "People who verify a bundle compare its key with this one."},
    [COMMAND_CHECK_COUNTS] = {"check", "counts", "", 0, 0, .is_site = true,
        .summary = "count all signatures again and compare"},
    [COMMAND_CONFIG_SHOW] = {"config", "show", "", 0, 0,
        .summary = "show every option and its value"},
    [COMMAND_CONFIG_CHECK] = {"config", "check", "", 0, 0,
        .summary = "say whether the configuration file is right"},
    [COMMAND_HELP] = {"help", NULL, "[COMMAND]", 0, 2, .is_local = true,
        .summary = "say what a command does"},
    [COMMAND_EDITION_DRAWN] = {"edition", "drawn", "APPEAL DIGEST", 2, 2, COMMAND_BIT(OPTION_EDITION),
        .is_site = true, .is_hidden = true, .summary = "keep the digest of an edition's file"},
    [COMMAND_LETTER_PUBLISH] = {"letter", "publish", "APPEAL PAGES NAMED [AS_OF]", 3, 4,
        COMMAND_BIT(OPTION_LANG) | COMMAND_BIT(OPTION_OF_VERSION), .is_site = true, .is_hidden = true,
        .blobs = 64, .summary = "put a letter on the appeal's page"},
    [COMMAND_SEAL_SHOW] = {"seal", "show", "", 0, 0, .is_site = true, .is_hidden = true,
        .summary = "say whose seal letters get"},
    [COMMAND_SEAL_SIGN] = {"seal", "sign", "DIGEST", 1, 1, .is_site = true, .is_hidden = true,
        .summary = "seal the digest of a letter"},
    [COMMAND_BUNDLE_SIGN] = {"bundle", "sign", "HASH COMMENT", 2, 2, .is_site = true, .is_hidden = true,
        .summary = "sign the hash of a bundle's manifest"},
    [COMMAND_DRAW_LOGO] = {"draw", "logo", "", 0, 0, .is_local = true, .is_hidden = true,
        .summary = "draw a logo anew, from standard input to standard output"},
    [COMMAND_DRAW_PICTURES] = {"draw", "pictures", "", 0, 0, .is_local = true, .is_hidden = true,
        .summary = "draw cards, badges and QR codes for the service"},
    [COMMAND_UPDATE_QUEUE] = {"mailboxes", "give", "APPEAL NUMBER ID MAILBOX...", 4, 1002, .is_site = true,
        .is_hidden = true, .summary = "queue an update's mails to mailboxes that were opened"},
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

enum command_id command_find_shown(const char *noun, const char *verb)
{
    enum command_id id = command_find(noun, verb);

    return id != COMMAND_COUNT && command_table[id].is_hidden ? COMMAND_COUNT : id;
}

bool command_is_noun(const char *word)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!command_table[id].is_hidden && strcmp(command_table[id].noun, word) == 0)
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

bool command_is_sent(enum command_id command, enum command_option_id option)
{
    return command_options[option].is_sent &&
           (command_takes(command, option) ||
            (command_table[command].internal & COMMAND_BIT(option)) != 0);
}
