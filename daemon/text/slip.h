/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whether one name is another with a slip of the hand put right. Names are compared folded
 * (unicode_fold()), so that case, blanks and punctuation count for nothing.
 */
#ifndef TEXT_SLIP_H
#define TEXT_SLIP_H

#include <stdbool.h>
#include <stddef.h>

#define SLIP_LENGTH_MOST 512 /* folded code points; a longer name is a slip of its equal alone */
#define SLIP_STEPS_LEAST 3   /* so many steps are a slip, however short the names are */
#define SLIP_SHARE 4         /* else one in so many code points of the longer name */

/* The least number of code points put in, taken out or replaced that makes one of the other
 * (Levenshtein), of texts as they are; SIZE_MAX where either has more than SLIP_LENGTH_MOST. */
size_t slip_distance(const char *a, const char *b);
bool slip_is(const char *was, const char *now);

#endif
