/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of appeal.ini, indexed by their enums. */
#ifndef APPEAL_DOCUMENT_NAMES_H
#define APPEAL_DOCUMENT_NAMES_H

extern const char *const document_policy_names[3], *const document_form_names[2],
                                                       *const document_role_names[3],
                                                           *const document_kind_names[5],
                                                               *const document_procedure_names[4];

#endif
