/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the service marked in a signature, in words. undersign-moderate(1) explains each. */
#ifndef CLI_MODERATE_MARKS_H
#define CLI_MODERATE_MARKS_H

#include "cli/moderate_review.h"

enum mark_grade {
    MARK_LOUD, /* likely false */
    MARK_LOOK, /* worth a look */
    MARK_HINT,
    MARK_GOOD
};

#define MARKS_MOST 16
#define MARK_WIDTH 20 /* of a sign and the longest word */

struct mark {
    enum mark_grade grade;
    const char *word; /* "REFUSED BEFORE" */
    char *text;       /* the caller's */
};

/* The loudest first; gives how many. */
size_t marks_make(const struct review *review, struct mark out[MARKS_MOST]);

#endif
