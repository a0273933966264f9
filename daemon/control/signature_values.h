/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A signature as a row of answers: the values of row_signature. */
#ifndef CONTROL_SIGNATURE_VALUES_H
#define CONTROL_SIGNATURE_VALUES_H

struct signature;
struct row_value;
#define SIGNATURE_VALUES 16 /* the columns of row_signature, among them: */
#define SIGNATURE_VALUES_ID 0
#define SIGNATURE_VALUES_VISIBILITY 12
#define SIGNATURE_VALUES_LANGUAGE 13
#define SIGNATURE_VALUES_SIGNED_ON 14
/* Its values, borrowed from it. */
void signature_values_fill(const struct signature *signature, struct row_value *values);

#endif
