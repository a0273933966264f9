/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/ids.h"
#include "base/mem.h"
#include "cli/talk.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void add(struct ids *ids, const char *id)
{
    if ((ids->count & (ids->count - 1)) == 0)
        ids->items =
            mem_resize(ids->items, ids->count == 0 ? 1 : 2 * ids->count, sizeof(*ids->items));
    ids->items[ids->count++] = mem_string(id);
}

static int read_words(FILE *input, struct ids *ids)
{
    char word[IDS_LENGTH_MOST + 1];
    size_t len = 0;
    int c;

    do {
        c = getc(input);
        if (c != EOF && c != '\0' && !isspace(c)) {
            if (len == IDS_LENGTH_MOST || !isalnum(c)) {
                word[len] = '\0';
                talk_error("standard input: \"%s...\" is not an id; ids are letters and digits, "
                           "separated by blanks or lines",
                           word);
                return EX_DATAERR;
            }
            word[len++] = (char)c;
        } else if (len > 0) {
            word[len] = '\0';
            add(ids, word);
            len = 0;
        }
    } while (c != EOF && ids->count < IDS_MOST);
    if (ferror(input) != 0) {
        talk_error("cannot read standard input: %s", strerror(errno));
        return EX_IOERR;
    }
    return EX_OK;
}

/* Equal ids in the order in which they were given. */
static int compare(const void *a, const void *b)
{
    char *const *left = *(char *const *const *)a, *const *right = *(char *const *const *)b;
    int order = strcmp(*left, *right);

    return order != 0 ? order : (left > right) - (left < right);
}

/* Keeps the first of each: an id that was given twice is decided once. */
static void drop_repeated(struct ids *ids)
{
    char ***order = mem_resize(NULL, ids->count + 1, sizeof(*order));
    size_t kept = 0;

    for (size_t i = 0; i < ids->count; i++)
        order[i] = &ids->items[i];
    qsort(order, ids->count, sizeof(*order), compare);
    for (size_t i = 1; i < ids->count; i++) {
        if (strcmp(*order[i - 1], *order[i]) == 0) {
            free(*order[i]);
            *order[i] = NULL;
            order[i] = order[i - 1];
        }
    }
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->items[i] != NULL)
            ids->items[kept++] = ids->items[i];
    }
    ids->count = kept;
    free(order);
}

int ids_read(const struct options *options, FILE *input, struct ids *out)
{
    struct ids ids = {.items = NULL};
    int status = EX_OK;

    for (size_t i = 0; i < options->argument_count && status == EX_OK; i++) {
        if (strcmp(options->arguments[i], "-") == 0)
            status = read_words(input, &ids);
        else
            add(&ids, options->arguments[i]);
    }
    if (status != EX_OK) {
        ids_clear(&ids);
        return status;
    }
    drop_repeated(&ids);
    *out = ids;
    return EX_OK;
}

void ids_clear(struct ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->items[i]);
    free(ids->items);
    *ids = (struct ids){.items = NULL};
}
