/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/separate.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/letter_rows.h"
#include "cli/stop.h"
#include "crypto/digest.h"
#include "text/unicode.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST 60     /* of an organisation's, in bytes */
#define COLUMN_LATIN 1   /* of row_signatory */
#define COLUMN_COUNTRY 2 /* the same */
#define COLUMN_ID 7      /* the same */

struct kept { /* a row, its texts owned */
    struct row_value *values;
    char *name; /* of its file */
    char hex[DIGEST_HEX_SIZE];
};

struct separate {
    struct kept *items;
    size_t count;
    struct unicode_namer *namer;
};

struct separate *separate_new(void)
{
    struct separate *separate = MEM_NEW(struct separate);

    separate->namer = unicode_namer_new();
    return separate;
}

void separate_free(struct separate *separate)
{
    if (separate == NULL)
        return;
    for (size_t i = 0; i < separate->count; i++) {
        for (size_t k = 0; k < row_signatory.count; k++)
            free((char *)(uintptr_t)separate->items[i].values[k].text);
        free(separate->items[i].values);
        free(separate->items[i].name);
    }
    free(separate->items);
    unicode_namer_free(separate->namer);
    free(separate);
}

/* "kz-nezavisimyi-profsoiuz-k3v9m0q2xw7ra.pdf". The id tells all apart, also from one drawing to
 * the next; it has no characters that a file name could not have, but is not trusted to. */
static char *make_name(const struct separate *separate, const struct row_value *values)
{
    static const char blank[] = "";
    const char *texts[] = {values[COLUMN_COUNTRY].text,
                           values[values[COLUMN_LATIN].is_set ? COLUMN_LATIN : 0].text,
                           values[COLUMN_ID].text};
    struct str name = STR_INIT;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *word =
            unicode_namer_name(separate->namer, texts[i] != NULL ? texts[i] : blank, NAME_MOST);
        if (word[0] != '\0')
            str_append_format(&name, "%s%s", name.len > 0 ? "-" : "", word);
        free(word);
    }
    str_append_text(&name, ".pdf");
    return str_take(&name);
}

void separate_keep(struct separate *separate, const struct row_value *values)
{
    struct kept *kept;

    if (separate->count % 64 == 0)
        separate->items =
            mem_resize(separate->items, separate->count + 64, sizeof(*separate->items));
    kept = &separate->items[separate->count++];
    *kept = (struct kept){.name = make_name(separate, values)};
    kept->values = mem_copy(values, row_signatory.count * sizeof(*values));
    for (size_t i = 0; i < row_signatory.count; i++)
        kept->values[i].text = values[i].is_set ? mem_string(values[i].text) : NULL;
}

static enum us_err take_digest(const char *path, char hex[DIGEST_HEX_SIZE], struct fault *fault)
{
    uint8_t digest[DIGEST_SIZE];
    FILE *file = fopen(path, "re");
    bool is_read = file != NULL && digest_sha256_file(file, digest);

    if (!is_read)
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    if (is_read)
        digest_hex(digest, hex);
    return is_read ? US_OK : US_IO;
}

static enum us_err draw_one(struct kept *kept, const struct letter *letter, const char *folder,
                            int *pages, struct fault *fault)
{
    struct letter one = *letter;
    struct letter_signatory signatory;
    struct letter_writer *writer;
    char *path = mem_format("%s/%s", folder, kept->name);
    enum us_err err;

    letter_rows_signatory(kept->values, &signatory);
    one.named = 1;
    one.counted = 0;
    one.members = signatory.has_members ? signatory.members : 0;
    one.countries = signatory.country != NULL;
    one.on_progress = NULL;
    err = letter_begin(&one, path, &writer, fault);
    if (err == US_OK) {
        err = letter_add(writer, &signatory, fault);
        if (err == US_OK)
            err = letter_end(writer, pages, fault);
        else
            letter_abandon(writer);
    }
    if (err == US_OK)
        err = take_digest(path, kept->hex, fault);
    free(path);
    return err;
}

static int compare_names(const void *a, const void *b)
{
    const struct kept *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* US_CORRUPT when two have one name, so that one file would have taken another's place. */
static enum us_err take_list_digest(const struct separate *separate, uint8_t out[DIGEST_SIZE],
                                    struct fault *fault)
{
    const struct kept **order = mem_resize(NULL, separate->count + 1, sizeof(*order));
    struct str list = STR_INIT;
    enum us_err err = US_OK;

    for (size_t i = 0; i < separate->count; i++)
        order[i] = &separate->items[i];
    qsort(order, separate->count, sizeof(*order), compare_names);
    for (size_t i = 0; i < separate->count; i++) {
        if (i > 0 && strcmp(order[i - 1]->name, order[i]->name) == 0) {
            fault_set(fault, NULL, 0, "the service sent two organisations under one id");
            err = US_CORRUPT;
        }
        str_append_format(&list, "%s  %s\n", order[i]->hex, order[i]->name);
    }
    digest_sha256(str_text(&list), list.len, out);
    str_free(&list);
    free(order);
    return err;
}

enum us_err separate_draw(const struct separate *separate, const struct letter *letter,
                          const char *folder, struct separate_outcome *out, struct fault *fault)
{
    struct separate_outcome outcome = {.files = (int64_t)separate->count};
    enum us_err err = US_OK;

    for (size_t i = 0; i < separate->count && err == US_OK; i++) {
        int pages = 0;
        err = *stop_flag() != 0 ? US_CANCELLED
                                : draw_one(&separate->items[i], letter, folder, &pages, fault);
        outcome.pages += pages;
        if (letter->on_progress != NULL)
            letter->on_progress((int64_t)i + 1, (int64_t)separate->count, letter->progress_arg);
    }
    if (err == US_OK)
        err = take_list_digest(separate, outcome.digest, fault);
    if (err == US_OK)
        *out = outcome;
    return err;
}
