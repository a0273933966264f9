/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The options' names in the code. Their table is command_options.c. */
#ifndef PROTO_OPTION_ID_H
#define PROTO_OPTION_ID_H

/* Options are few, so one enum serves all commands and the global ones. */
enum command_option_id {
    OPTION_SITE,
    OPTION_CONFIG,
    OPTION_HOST,
    OPTION_JSON,
    OPTION_JSONL,
    OPTION_NULL,
    OPTION_NO_PAGER,
    OPTION_COLOR,
    OPTION_DRY_RUN,
    OPTION_REASON,
    OPTION_YES,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_STATE,
    OPTION_WHERE,
    OPTION_TELL,
    OPTION_SINCE,
    OPTION_LAST,
    OPTION_SOURCE,
    OPTION_SEAL_TO,
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
    OPTION_AS_OF, /* what an act's preview saw */
    OPTION_COUNT
};

#endif
