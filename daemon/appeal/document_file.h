/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The form that all LANG.md files share: a head of "key: value" lines between two lines "---", then
 * a CommonMark body. What the keys mean is for who reads the file. Every fault names file and line.
 */
#ifndef APPEAL_DOCUMENT_FILE_H
#define APPEAL_DOCUMENT_FILE_H

#include "base/err.h"
#include "base/fault.h"
#include "text/markdown.h"
#include <stdbool.h>
#include <stddef.h>

struct document_file { /* while it is read; borrows name and data */
    const char *name;
    const char *data;
    size_t len, pos;
    int line; /* the line that was taken last */
    struct fault *fault;
    const char *value; /* of the head line that is being taken, borrowed; blanks are cut */
    size_t value_len;
    int comments, comment_line; /* lines of the head that begin with "#", and the first one's */
};

/* Says what is wrong in the line that was taken last; false. */
#define DOCUMENT_FAIL(file, ...)                                                                   \
    (fault_set((file)->fault, (file)->name, (file)->line, __VA_ARGS__), false)

/* The file is named by a language, which is told, and holds UTF-8 text without control characters.
 */
bool document_file_open(struct document_file *file, const char *name, const char *data, size_t len,
                        char language[16], struct fault *fault);
/* Gives each pair of the head to on_pair, whose false ends it; a file may have no head. */
bool document_file_read_head(struct document_file *file,
                             bool (*on_pair)(struct document_file *file, const char *key,
                                             size_t len, void *arg),
                             void *arg);
/* The value as the caller's own text. */
char *document_file_value(const struct document_file *file);
/* What stands behind the head, and its first line; the caller's. */
bool document_file_read_body(struct document_file *file, char **body, int *line);

struct document_body { /* borrowed */
    const char *name;  /* the file's */
    const char *text;
    int line;
    bool is_news; /* not a letter's: markdown_parse_news() */
};
/* US_INVALID: it is none that can be shown or printed. */
US_MUST_CHECK enum us_err document_file_parse_body(const struct document_body *body,
                                                   struct markdown **out, struct fault *fault);

#endif
