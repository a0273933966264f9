/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A folder for letters, and what poppler's and qpdf's programs say of them: what a reader finds in
 * the file, not what the renderer believes that it wrote.
 */
#ifndef TESTS_RENDER_RIG_H
#define TESTS_RENDER_RIG_H

#include <stdbool.h>
#include <stddef.h>

struct rig {
    char *folder, *path; /* path: a letter's in the folder */
};

/* cmocka's setup and teardown; *state is a struct rig *. */
int rig_open(void **state);
int rig_close(void **state);

/* Runs a command of the shell and gives all it says; fails the test when it fails. Caller frees. */
char *rig_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The letter's text, blanks for the marks of direction that pdftotext puts in. Caller frees. */
char *rig_text(const struct rig *rig, const char *options);
/* Every word of every part stands in the text, in this order. */
void rig_assert_in_order(const char *text, const char *const *parts, size_t count);
/* The left and right edge of the first place of the word on the first page, in points. */
void rig_find_word(const struct rig *rig, const char *word, double edges[2]);
/* How many files there are in the folder. */
size_t rig_count_files(const struct rig *rig);

#endif
