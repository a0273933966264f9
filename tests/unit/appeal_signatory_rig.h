/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Short ways to do what a signatory does, each waiting for its end, on a world of appeal_world.h.
 */
#ifndef TESTS_APPEAL_SIGNATORY_RIG_H
#define TESTS_APPEAL_SIGNATORY_RIG_H

#include "appeal/signatory.h"
#include "appeal_world.h"

struct rig_signed {
    char id[32];                   /* public */
    char token[TOKEN_TEXT_SIZE];   /* of its own page, as the first mail had it */
    char confirm[TOKEN_TEXT_SIZE]; /* the other link in that mail */
};
/* Signs and confirms; no other mail may be due. name, mailbox NULL: the usual ones. */
void rig_sign(struct world *world, const char *name, const char *mailbox, struct rig_signed *out);
/* The same of a submission filled by the caller; clears it. */
void rig_sign_submission(struct world *world, struct submission *submission,
                         struct rig_signed *out);

enum us_err rig_find(struct world *world, const char *token, struct signatory **out);
enum us_err rig_find_subscribed(struct world *world, const char *token, struct signatory **out);
enum us_err rig_withdraw(struct world *world, const char *token, const char *reason);
/* US_INVALID: there are problems. problems may be NULL. */
enum us_err rig_correct(struct world *world, const char *token, const char *organisation,
                        const char *latin, enum signing_problem *problems);
enum us_err rig_want(struct world *world, enum token_purpose purpose, const char *token,
                     bool wants);
enum us_err rig_mail_links(struct world *world, const char *mailbox);

/* A world whose appeal lists nobody by itself; mails without a bound worth speaking of. */
int rig_setup(void **state);
int rig_teardown(void **state);
int64_t rig_count_audit(struct world *world, const char *act);
/* The link in a mail of whatever kind leads to the signature of that id. */
void rig_assert_own_link(struct world *world, const struct outbox_mail *mail, const char *id);

#endif
