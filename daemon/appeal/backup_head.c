/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "name value" lines, in a fixed order but for the tables; an unknown line is a newer program's. */
#include "appeal/backup_head.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MOST 256
#define TABLE_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define NUMBER_MOST 18 /* digits */

char *backup_head_print(const struct backup_head *head)
{
    struct str text = STR_INIT;
    char digest[DIGEST_HEX_SIZE], day[24];

    digest_hex(head->digest, digest);
    clock_print(head->made_at, day);
    str_append_format(&text, "site %s\nprogram %s\nmade %s\nat %" PRId64 "\nschema %" PRId64 "\n",
                      head->site, head->program, day, head->made_at, head->schema);
    str_append_format(&text, "database %" PRId64 "\nsha256 %s\n", head->bytes, digest);
    for (size_t i = 0; i < head->count; i++)
        str_append_format(&text, "rows %" PRId64 " %s\n", head->tables[i].rows,
                          head->tables[i].name);
    return str_take(&text);
}

static bool read_number(const char *text, int64_t *out)
{
    size_t len = strspn(text, "0123456789");

    if (len == 0 || len > NUMBER_MOST || text[len] != '\0')
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

static bool read_text(const char *value, char **out)
{
    if (*out != NULL)
        return false;
    *out = mem_string(value);
    return true;
}

static bool read_digest(const char *text, uint8_t out[DIGEST_SIZE])
{
    size_t len = 0;
    const char *end = NULL;

    return strlen(text) == 2 * DIGEST_SIZE &&
           sodium_hex2bin(out, DIGEST_SIZE, text, 2 * DIGEST_SIZE, NULL, &len, &end) == 0 &&
           len == DIGEST_SIZE && *end == '\0';
}

static bool read_table(char *value, struct backup_head *head)
{
    char *name = strchr(value, ' ');
    int64_t rows = 0;

    if (name == NULL || head->count == TABLES_MOST)
        return false;
    *name++ = '\0';
    if (!read_number(value, &rows) || *name == '\0' || name[strspn(name, TABLE_LETTERS)] != '\0')
        return false;
    head->tables = mem_resize(head->tables, head->count + 1, sizeof(*head->tables));
    head->tables[head->count++] = (struct backup_table){mem_string(name), rows};
    return true;
}

static bool read_line(const char *name, char *value, struct backup_head *head)
{
    if (strcmp(name, "site") == 0)
        return read_text(value, &head->site);
    if (strcmp(name, "program") == 0)
        return read_text(value, &head->program);
    if (strcmp(name, "made") == 0)
        return true; /* for people; "at" says the same */
    if (strcmp(name, "at") == 0)
        return read_number(value, &head->made_at);
    if (strcmp(name, "schema") == 0)
        return read_number(value, &head->schema);
    if (strcmp(name, "database") == 0)
        return read_number(value, &head->bytes);
    if (strcmp(name, "sha256") == 0)
        return read_digest(value, head->digest);
    return strcmp(name, "rows") == 0 && read_table(value, head);
}

enum us_err backup_head_read(const char *text, struct backup_head *out, struct fault *fault)
{
    struct backup_head head = {.site = NULL};
    char *copy = mem_string(text), *rest = copy;
    /* Whoever prints it must not be led by it. */
    bool is_good =
        utf8_is_valid(text, strlen(text)) && !utf8_has_forbidden(text, strlen(text), true);

    while (is_good && *rest != '\0') {
        char *line = rest, *end = strchr(line, '\n'), *value;
        if (end == NULL)
            break;
        *end = '\0';
        rest = end + 1;
        value = strchr(line, ' ');
        is_good = value != NULL;
        if (is_good) {
            *value = '\0';
            is_good = read_line(line, value + 1, &head);
        }
    }
    is_good = is_good && *rest == '\0' && head.site != NULL && head.program != NULL &&
              head.made_at > 0 && head.bytes > 0 && head.schema > 0;
    free(copy);
    if (!is_good) {
        fault_set(fault, NULL, 0, "its head is damaged, or was written by a newer program");
        backup_head_clear(&head);
        return US_INVALID;
    }
    *out = head;
    return US_OK;
}

void backup_head_clear(struct backup_head *head)
{
    for (size_t i = 0; i < head->count; i++)
        free(head->tables[i].name);
    free(head->tables);
    free(head->site);
    free(head->program);
    *head = (struct backup_head){.site = NULL};
}

int64_t backup_head_rows(const struct backup_head *head, const char *table)
{
    for (size_t i = 0; i < head->count; i++) {
        if (strcmp(head->tables[i].name, table) == 0)
            return head->tables[i].rows;
    }
    return -1;
}
