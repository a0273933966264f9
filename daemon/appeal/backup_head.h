/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a backup says of itself in its head, which can be read without any key. */
#ifndef APPEAL_BACKUP_HEAD_H
#define APPEAL_BACKUP_HEAD_H

#include "base/err.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include <stddef.h>
#include <stdint.h>

struct backup_table {
    char *name;
    int64_t rows;
};

struct backup_head {
    char *site;    /* its public address */
    char *program; /* that made it: "undersign 0.1.0" */
    int64_t made_at;
    int64_t schema;              /* number of the last migration */
    int64_t bytes;               /* of the plain database */
    uint8_t digest[DIGEST_SIZE]; /* its SHA-256 */
    struct backup_table *tables; /* by name */
    size_t count;
};

/* Lines as vault_writer_new() takes them. The caller's. */
char *backup_head_print(const struct backup_head *head);
/* US_INVALID with a fault for what is no head of a backup, or of one that a newer program made. */
US_MUST_CHECK enum us_err backup_head_read(const char *text, struct backup_head *out,
                                           struct fault *fault);
void backup_head_clear(struct backup_head *head);
/* -1: there is no such table in it. */
int64_t backup_head_rows(const struct backup_head *head, const char *table);

#endif
