/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is done to text that people typed. Names keep their script and their letters; only their
 * normal form and surrounding blanks change. Input is valid UTF-8 (base/utf8.h checks it).
 */
#ifndef TEXT_UNICODE_H
#define TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

/* NFC, blanks at both ends cut, runs of blanks inside made one space. Caller frees. */
char *unicode_clean(const char *text);
/* NFC with line structure kept: CRLF and CR become LF; nothing else changes. Caller frees. */
char *unicode_clean_lines(const char *text);
/* The form in which two spellings of one name meet for the duplicate check: NFKC, case folded,
 * punctuation and blanks out, accents kept. Caller frees. */
char *unicode_fold(const char *text);
/* Folded words separated by one space, accents off, for searching by word beginnings. */
char *unicode_search_key(const char *text);
/* Length in grapheme clusters, as a person counts. */
size_t unicode_length(const char *text);
/* Whether more than that many code points follow each other without a place to break the line. */
bool unicode_has_long_word(const char *text, size_t len, size_t most);
/* At most `most` grapheme clusters, with an ellipsis when something was cut. Caller frees. */
char *unicode_shorten(const char *text, size_t most);

/* A mailbox as it is kept and compared: blanks cut, NFC, the domain through UTS 46 to ASCII lower
 * case, the local part as typed. NULL when it is none: one "@", a dot-atom (RFC 5322, UTF-8 by RFC
 * 6531) of at most 64 bytes, a domain with a dot, at most 254 bytes in all. Caller frees. */
char *unicode_mailbox(const char *typed);
/* The same mailbox for hashing: local part case folded too. Caller frees. */
char *unicode_mailbox_key(const char *mailbox);

/* Names for files: Latin lower-case letters, digits and single dashes between them, at most `most`
 * bytes, "" where nothing is left. They do not tell two texts apart. The caller frees the name. One
 * thread at a time. */
struct unicode_namer;
struct unicode_namer *unicode_namer_new(void);
void unicode_namer_free(struct unicode_namer *namer);
char *unicode_namer_name(const struct unicode_namer *namer, const char *text, size_t most);

#endif
