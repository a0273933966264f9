/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The lists of words that draft_word.c goes by, folded, in Russian, English, French and Spanish.
 * Each ends with NULL; a word that ends with "*" is the beginning of one.
 */
#ifndef TEXT_DRAFT_LIST_H
#define TEXT_DRAFT_LIST_H

#define DRAFT_LIST_LANGUAGES 4

extern const char *const draft_list_kinds[];
extern const char *const draft_list_contacts[];
extern const char *const draft_list_salutations[];
extern const char *const draft_list_closings[];
extern const char *const draft_list_addressees[];
extern const char *const draft_list_enclosures[];
extern const char *const draft_list_pages[];
extern const char *const draft_list_we[];           /* at a line's beginning: begins a sentence */
extern const char *const draft_list_demand_nouns[]; /* they begin titles */
extern const char *const draft_list_offices[];
extern const char *const draft_list_bodies[];
extern const char *const draft_list_demands[];
extern const char *const draft_list_we_demands[]; /* other words too, unless "we" stands before */
extern const char *const draft_list_months[DRAFT_LIST_LANGUAGES][12];
extern const char *const draft_list_fillers[];
extern const char *const draft_list_number_marks[];
extern const char *const draft_list_particles[]; /* of a person's name */

#endif
