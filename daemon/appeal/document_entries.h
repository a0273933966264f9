/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An INI file as sections and entries with their lines, before anybody asks what they mean.
 * Indented lines go on with the value above them. Every name keeps the line it stood on, for
 * faults.
 */
#ifndef APPEAL_DOCUMENT_ENTRIES_H
#define APPEAL_DOCUMENT_ENTRIES_H

#include "base/err.h"
#include "base/fault.h"
#include <stddef.h>

#define DOCUMENT_SETTINGS_NAME "appeal.ini"

struct entry_line {
    char *text; /* blanks at both ends cut */
    int line;
};

struct entry {
    char *name;
    int line;
    struct entry_line *lines; /* the value, one or more; the first may be "" */
    size_t line_count;
};

struct entry_section {
    char *name;
    int line;
    struct entry *entries;
    size_t entry_count;
};

struct entries {
    struct entry_section *sections;
    size_t section_count;
};

/* US_INVALID with a fault for what is no INI file of UTF-8 text, a section or name that comes
 * twice, a line that is too long, or a comment behind a value (inih would drop it without a word).
 */
US_MUST_CHECK enum us_err document_entries_read(const char *data, size_t len, struct entries **out,
                                                struct fault *fault);
void document_entries_free(struct entries *entries);

#endif
