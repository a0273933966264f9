/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The words that tell the parts of a letter in Russian, English, French and Spanish. A text in
 * another language is recognised by its shape alone. All take folded text (draft_word_fold), but
 * for what looks at capitals.
 */
#ifndef TEXT_DRAFT_WORD_H
#define TEXT_DRAFT_WORD_H

#include <stdbool.h>
#include <stddef.h>

/* Case folded, typographic apostrophes made plain. Caller frees. */
char *draft_word_fold(const char *text);

bool draft_word_is_kind(const char *folded); /* nothing but the kind: "open letter", "о б р а щ" */
bool draft_word_begins_kind(const char *folded);
bool draft_word_is_contact(const char *folded); /* an address, a telephone, a web page, a mailbox */
bool draft_word_is_salutation(const char *folded, size_t chars);
bool draft_word_is_closing(const char *folded, size_t chars);
bool draft_word_is_addressee(const char *folded); /* "to the president ..." */
bool draft_word_has_office(const char *folded);   /* an office or a body that signs letters */
bool draft_word_has_body(const char *folded);     /* a union, a federation, a committee */
/* A demand or a declaration: "we call ...", "the unions demand ..." among the first words. */
bool draft_word_is_demand(const char *folded);
/* Its very first words are one, or "we". */
bool draft_word_begins_demand(const char *folded);
/* "Enclosure: a list", "Приложение: список на 3 л.", and a page's number by itself. */
bool draft_word_is_enclosure(const char *folded);
bool draft_word_is_page_number(const char *folded);
/* A person's name: two to five words in capitals or initials, particles between. Not folded. */
bool draft_word_is_name(const char *text);
bool draft_word_has_initials(const char *text); /* "Е.А. Куликов", "V. P. Severina" */
/* Where a name with initials begins that ends the text; 0: nowhere. */
size_t draft_word_name_end(const char *text);
/* How long a name is that stands at the beginning, with a comma or a dash and an office behind it;
 * 0: there is none. */
size_t draft_word_name_front(const char *text);
/* The mark of a point within a demand, "a) ", "(b) ", "2.1. ", with the blanks behind it; 0: none.
 * is_letter: it is no number. */
size_t draft_word_point(const char *text, bool *is_letter);
/* The length of a list's mark with the blanks behind it, "1. ", "2) ", "- "; 0: there is none.
 * number is 0 for a bullet. */
size_t draft_word_mark(const char *text, int *number);
/* How many words of a list stand there; one that ends with "*" is the beginning of a word. */
int draft_word_count(const char *folded, const char *const words[]);

/* The month that a folded word names in one of the four languages, 1 to 12; 0: none. */
int draft_word_month(const char *word, size_t len);
/* Words around a date or a number that say nothing: "от", "dated", "le", "г.". */
bool draft_word_is_filler(const char *word, size_t len);
bool draft_word_is_number_mark(const char *word, size_t len); /* "№", "no.", "ref.:" */

/* The language of a line in another script, or with another language's words, than the text's:
 * static memory, NULL where it is the text's own. is_unsure: it is little more than a guess. */
const char *draft_language_guess(const char *text, const char *folded, const char *language,
                                 bool *is_unsure);

#endif
