/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What several answers of the API hold. */
#ifndef PAGE_API_PART_H
#define PAGE_API_PART_H

#include "appeal/appeal.h"
#include "page/api_json.h"

#define API_PART_ROOT "/api/v1/appeals"

/* {"self": ...}: the links of an answer at API_PART_ROOT/SLUG and rest. */
json_t *api_part_links(const struct appeal *appeal, const char *rest);
/* As the appeal's page shows it: its name and role, nothing of how to reach it. */
json_t *api_part_addressee(const struct addressee *addressee);

#endif
