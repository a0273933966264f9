/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whose site it is, and becoming that account. A database opened by anybody else would leave files
 * that the service cannot write; so without a running service only its account acts, or root as it.
 */
#ifndef CONTROL_OWNER_H
#define CONTROL_OWNER_H

#include "base/config.h"
#include "base/err.h"
#include "base/fault.h"

/* US_DENIED with a fault when it is somebody else's. A site whose folder is not there yet is
 * nobody's. */
US_MUST_CHECK enum us_err owner_check(const struct config *config, struct fault *fault);
/* The owner of the database, else of its folder. Root becomes that account for good; US_DENIED with
 * a fault for everybody else. */
US_MUST_CHECK enum us_err owner_become(const struct config *config, struct fault *fault);

#endif
