/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the tests of editions and deliveries share: short ways to sign, to make a letter and to send
 * it, on a world of appeal_world.h whose appeal lists when it is confirmed. */
#ifndef TESTS_APPEAL_LETTERS_H
#define TESTS_APPEAL_LETTERS_H

#include "appeal/delivery.h"
#include "appeal_world.h"

#define LETTERS_ID_SIZE 32

/* A world with an appeal to a government (president), a company (plant), a federation (ituc), the
 * ILO (ilo, with a procedure), a body of the UN (un, without one) and the press (press). settings:
 * further lines of [appeal]. Mailboxes all but the company. */
void letters_make_world(struct world *world, const char *settings);
/* cmocka's setup and teardown: *state is such a world without further settings. */
int letters_setup(void **state);
int letters_teardown(void **state);
void letters_publish(struct world *world, const char *settings);

/* Signs, confirms; the signature is listed. id may be NULL. */
void letters_sign(struct world *world, const char *name, const char *country,
                  enum visibility visibility, char id[LETTERS_ID_SIZE]);
/* The same of a submission filled by the caller; clears it. */
void letters_sign_submission(struct world *world, struct submission *submission,
                             char id[LETTERS_ID_SIZE]);

struct letters_edition {
    const char *addressee;
    enum edition_kind kind;
    enum letter_form form;
};
#define LETTERS_JOINT(id) (&(const struct letters_edition){(id), EDITION_LETTER, FORM_JOINT})
#define LETTERS_INDIVIDUAL(id)                                                                     \
    (&(const struct letters_edition){(id), EDITION_LETTER, FORM_INDIVIDUAL})
#define LETTERS_SUPPLEMENT(id)                                                                     \
    (&(const struct letters_edition){(id), EDITION_SUPPLEMENT, FORM_JOINT})
#define LETTERS_ACCESSION(id) (&(const struct letters_edition){(id), EDITION_ACCESSION, FORM_JOINT})
/* Reads an edition. *said: whom it names, "*" before initiators, "(REPRESENTATIVE)" behind where it
 * is shown, "[LEGAL NAME]" behind that where it is known; each followed by ";". The caller's, as
 * the draft (NULL where it failed). */
enum us_err letters_read(struct world *world, const struct letters_edition *what, char **said,
                         struct edition_draft **draft, struct fault *fault);
/* Reads, stores, and says that the file letters_file() was drawn. Its number. */
int64_t letters_draw(struct world *world, const struct letters_edition *what);
/* The file of an edition, the caller's. */
char *letters_file(int64_t number);
enum us_err letters_send(struct world *world, int64_t number, struct fault *fault);
/* The mail that waits is taken by the relay, on the world's day. */
void letters_accept(struct world *world);
/* Draws, sends and has it delivered. */
int64_t letters_deliver(struct world *world, const struct letters_edition *what);
void letters_find(struct world *world, int64_t number, struct edition *out);
void letters_strike(struct world *world, const char *id);
/* How many files a folder of the site has. */
size_t letters_count_files(const struct world *world, const char *folder);

#endif
