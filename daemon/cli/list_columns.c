/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/list_columns.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>

static const struct row_column email = {"email", ROW_TEXT, false};

/* All columns that rows of a schema make here. A sealed mailbox is nothing to read: what is opened
 * from it stands in its place. */
static void list_all(const struct row_schema *schema, struct list_columns *out)
{
    bool has_contact = strcmp(schema->name, row_signature_contact.name) == 0;
    size_t count = has_contact ? row_signature.count : schema->count;

    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        out->columns[i] = schema->columns[i];
        out->from[i] = i;
    }
    if (has_contact) {
        out->columns[count] = email;
        out->from[count++] = LIST_EMAIL;
    }
    out->count = count;
}

static bool find(const struct list_columns *all, const char *name, size_t len, size_t *out)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strlen(all->columns[i].name) == len && memcmp(all->columns[i].name, name, len) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static void refuse(const struct list_columns *all, const char *name, size_t len)
{
    struct str known = STR_INIT;

    for (size_t i = 0; i < all->count; i++)
        str_append_format(&known, "%s%s", i > 0 ? ", " : "", all->columns[i].name);
    talk_error("--fields: this list has no column \"%.*s\"; it has: %s", (int)len, name,
               str_text(&known));
    str_free(&known);
}

static bool choose(const struct list_columns *all, const char *fields, struct list_columns *out)
{
    bool is_taken[ROW_COLUMNS_MOST] = {false};

    out->count = 0;
    for (const char *at = fields;; at++) {
        size_t len = strcspn(at, ","), i;

        if (!find(all, at, len, &i)) {
            refuse(all, at, len);
            return false;
        }
        if (is_taken[i]) {
            talk_error("--fields names \"%s\" twice", all->columns[i].name);
            return false;
        }
        is_taken[i] = true;
        out->columns[out->count] = all->columns[i];
        out->from[out->count++] = all->from[i];
        at += len;
        if (*at == '\0')
            return true;
    }
}

bool list_columns_check(const char *fields, bool has_contacts)
{
    struct list_columns all, chosen;

    if (fields == NULL)
        return true;
    list_all(has_contacts ? &row_signature_contact : &row_signature_ilo, &all);
    return choose(&all, fields, &chosen);
}

bool list_columns_choose(const struct row_schema *schema, const char *fields,
                         struct list_columns *out)
{
    struct list_columns all;

    list_all(schema, &all);
    if (fields != NULL)
        return choose(&all, fields, out);
    *out = all;
    return true;
}
