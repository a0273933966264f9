/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the exports have in common: of which version, for whom. Each failure has its sentence. */
#ifndef CONTROL_CHOICE_H
#define CONTROL_CHOICE_H

#include "appeal/visibility.h"
#include "control/call.h"

/* The appeal that the first argument names, in the published version or the one that --version
 * names; *version is what --version says, 0 where it says nothing. *out is the caller's. */
US_MUST_CHECK enum us_err choice_load_appeal(struct reader *reader, struct call *call,
                                             struct appeal **out, int64_t *version);
/* The addressee of that id, borrowed from the appeal. US_INVALID, and the fault says whom there is.
 */
US_MUST_CHECK enum us_err choice_find_addressee(struct call *call, const struct appeal *appeal,
                                                const char *id, const struct addressee **out);
/* US_CONFLICT for an appeal that was never published: nobody can have signed it. */
US_MUST_CHECK enum us_err choice_check_published(struct call *call, const struct appeal *appeal);
/* An option that is a whole number from 1, such as --edition, and must be there. */
US_MUST_CHECK enum us_err choice_number(struct call *call, enum command_option_id option,
                                        int64_t *out);
/* A SHA-256 digest in 64 hexadecimal digits. */
US_MUST_CHECK enum us_err choice_digest(struct call *call, const char *typed, uint8_t out[32]);
/* An option that is a day, YYYY-MM-DD; today where it is not there. */
US_MUST_CHECK enum us_err choice_day(struct call *call, enum command_option_id option,
                                     int64_t *out);
/* "public", "government", ... as lists and the audit log have it. */
const char *choice_audience_name(enum audience audience);

#endif
