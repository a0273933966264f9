/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/moderate_review.h"
#include "base/mem.h"
#include "cli/cell.h"
#include <stdlib.h>
#include <string.h>

static const struct part {
    const struct row_schema *schema;
    const char *key; /* in JSON */
} parts[PART_COUNT] = {
    [PART_MAIN] = {&row_review, "signature"},
    [PART_OTHER] = {&row_review_other, "others"},
    [PART_KNOWN] = {&row_review_known, "known"},
    [PART_NOTE] = {&row_review_note, "notes"},
    [PART_DECISION] = {&row_review_decision, "decisions"},
};

struct review *review_new(void)
{
    return MEM_NEW(struct review);
}

static void value_free(struct row_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        free((char *)(uintptr_t)value->texts[i]);
    free((void *)(uintptr_t)value->texts);
    free((char *)(uintptr_t)value->text);
}

void review_free(struct review *review)
{
    if (review == NULL)
        return;
    for (int part = 0; part < PART_COUNT; part++) {
        struct review_list *list = &review->parts[part];
        for (size_t i = 0; i < list->count * parts[part].schema->count; i++)
            value_free(&list->values[i]);
        free(list->values);
    }
    free(review);
}

static struct row_value value_copy(const struct row_value *from)
{
    struct row_value to = {
        .is_set = from->is_set,
        .number = from->number,
        .text = mem_string(from->text),
        .count = from->count,
    };

    if (from->count > 0) {
        char **texts = mem_zero(from->count * sizeof(*texts));
        for (size_t i = 0; i < from->count; i++)
            texts[i] = mem_string(from->texts[i]);
        to.texts = (const char *const *)texts;
    }
    return to;
}

bool review_add(struct review *review, const struct row_schema *schema,
                const struct row_value *values)
{
    for (int part = 0; part < PART_COUNT; part++) {
        size_t columns = parts[part].schema->count;
        struct review_list *list = &review->parts[part];
        if (!row_schema_begins(schema, parts[part].schema))
            continue;
        list->values = mem_resize(list->values, (list->count + 1) * columns, sizeof(*list->values));
        for (size_t i = 0; i < columns; i++)
            list->values[list->count * columns + i] = value_copy(&values[i]);
        list->count++;
        return true;
    }
    return false;
}

bool review_is_whole(const struct review *review)
{
    return review->parts[PART_MAIN].count > 0;
}

const struct row_value *review_row(const struct review *review, enum review_part part, size_t row)
{
    return review->parts[part].values + row * parts[part].schema->count;
}

const char *review_text(const struct review *review, enum review_column column)
{
    const struct row_value *value = review_row(review, PART_MAIN, 0) + column;

    return value->is_set && value->text != NULL ? value->text : "";
}

int64_t review_number(const struct review *review, enum review_column column)
{
    const struct row_value *value = review_row(review, PART_MAIN, 0) + column;

    return value->is_set ? value->number : 0;
}

bool review_has_mark(const struct review *review, const char *mark)
{
    const struct row_value *marks = review_row(review, PART_MAIN, 0) + REVIEW_MARKS;

    for (size_t i = 0; i < marks->count; i++) {
        if (strcmp(marks->texts[i], mark) == 0)
            return true;
    }
    return false;
}

json_t *review_json(const struct review *review)
{
    json_t *object = json_object();

    for (int part = 0; part < PART_COUNT; part++) {
        json_t *list = json_array();
        for (size_t i = 0; i < review->parts[part].count; i++) {
            json_t *row =
                cell_row_json(parts[part].schema, review_row(review, (enum review_part)part, i));
            if (part == PART_MAIN)
                json_object_set_new(object, parts[part].key, row);
            else
                json_array_append_new(list, row);
        }
        if (part == PART_MAIN)
            json_decref(list);
        else
            json_object_set_new(object, parts[part].key, list);
    }
    return object;
}
