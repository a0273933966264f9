/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The ways in which things fail. Callers tell them apart, since each chooses another HTTP
 * status, exit code or retry. A failure is logged once, where its cause is known; a sentence for
 * people travels in a struct fault (fault.h) where one is due.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define US_MUST_CHECK __attribute__((warn_unused_result))

enum us_err {
    US_OK = 0,
    US_NOT_FOUND, /* no such row, file, key, page */
    US_DUPLICATE, /* it is there already; nothing was changed */
    US_EXPIRED,   /* it was good once: a link after its term, an appeal after its closing */
    US_LIMITED,   /* a rate limit or quota was reached; later it may pass */
    US_DENIED,    /* this caller may not do that, or a secret did not match */
    US_INVALID,   /* the input breaks its rules; a fault or field errors say which */
    US_CONFLICT,  /* the state does not allow it: a refused row cannot be confirmed */
    US_BUSY,      /* a bounded queue is full, or a deadline passed; try again */
    US_FULL,      /* the disk is full; reads go on */
    US_IO,        /* a read, write or peer failed */
    US_CORRUPT,   /* stored data does not check out */
    US_CANCELLED, /* the caller went away or asked to stop */
    US_MISFIT,    /* what the configuration names does not go together: other keys */
};

/* A short lower-case name for logs and the control protocol: "not-found". Never NULL. */
const char *err_name(enum us_err err);
/* The inverse; an unknown name gives US_IO. */
enum us_err err_from_name(const char *name);

#endif
