/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Making a schema of its columns: for the files that have some. */
#ifndef PROTO_ROW_SCHEMA_H
#define PROTO_ROW_SCHEMA_H

#include "proto/row.h"

/* row_X of the columns X_columns. */
#define ROW_SCHEMA(called)                                                                         \
    const struct row_schema row_##called = {                                                       \
        .name = #called,                                                                           \
        .columns = called##_columns,                                                               \
        .count = sizeof(called##_columns) / sizeof(called##_columns[0]),                           \
    }

#endif
