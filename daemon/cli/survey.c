/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/survey.h"
#include "base/mem.h"
#include "cli/cell.h"
#include "cli/talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kind {
    const struct row_schema *schema;
    const char *key;
    bool is_list;
};

static const struct kind kinds[] = {
    {&row_backup, "backup", false},      {&row_database_check, "checks", true},
    {&row_difference, "damages", true},  {&row_database_facts, "databases", true},
    {&row_database_loss, "loss", false}, {&row_database_keys, "keys", false},
    {&row_database_back, "back", true},  {&row_restored, "restored", false},
    {&row_database_held, "held", true},  {&row_database, "database", false},
    {&row_vacuumed, "vacuumed", false},
};

static const struct kind *find_kind(const struct row_schema *schema)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].schema->name, schema->name) == 0 &&
            row_schema_begins(schema, kinds[i].schema))
            return &kinds[i];
    }
    return NULL;
}

void survey_init(struct survey *survey)
{
    *survey = (struct survey){.found = json_object()};
}

void survey_settle(struct survey *survey)
{
    progress_end(survey->progress);
    survey->progress = NULL;
    free(survey->phase);
    survey->phase = NULL;
}

void survey_free(struct survey *survey)
{
    survey_settle(survey);
    json_decref(survey->found);
    survey->found = NULL;
}

static bool on_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (find_kind(schema) != NULL)
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct survey *survey = arg;
    const struct kind *kind = find_kind(schema);
    json_t *row = kind->schema == &row_difference ? cell_json(ROW_TEXT, &values[0])
                                                  : cell_row_json(schema, values);
    json_t *list = json_object_get(survey->found, kind->key);

    if (!kind->is_list) {
        json_object_set_new(survey->found, kind->key, row);
        return true;
    }
    if (list == NULL) {
        list = json_array();
        json_object_set_new(survey->found, kind->key, list);
    }
    json_array_append_new(list, row);
    return true;
}

void survey_on_progress(int64_t done, int64_t total, const char *what, void *arg)
{
    static const int64_t mebibyte = INT64_C(1) << 20;
    struct survey *survey = arg;
    bool is_bytes = strcmp(what, "bytes") == 0;

    if (total == 0)
        return;
    if (survey->phase == NULL || strcmp(survey->phase, what) != 0) {
        survey_settle(survey);
        survey->phase = mem_string(what);
        survey->progress =
            progress_new(is_bytes ? "MiB" : survey->phase, is_bytes ? total / mebibyte + 1 : total);
    }
    progress_show(survey->progress, is_bytes ? done / mebibyte : done);
}

struct client_handler survey_handler(struct survey *survey)
{
    return (struct client_handler){
        .on_columns = on_columns,
        .on_row = on_row,
        .arg = survey,
        .on_progress = survey_on_progress,
    };
}

bool survey_holds(const struct survey *survey)
{
    const json_t *checks = json_object_get(survey->found, "checks"), *check;
    size_t i;

    json_array_foreach(checks, i, check)
    {
        if (!json_is_true(json_object_get(check, "holds")))
            return false;
    }
    return json_array_size(checks) > 0;
}

void survey_print(const struct survey *survey)
{
    const json_t *damages = json_object_get(survey->found, "damages");
    const json_t *checks = json_object_get(survey->found, "checks"), *entry;
    size_t i;

    json_array_foreach(checks, i, entry)
        printf("%-4s %-11s %s\n", json_is_true(json_object_get(entry, "holds")) ? "good" : "BAD",
               json_string_value(json_object_get(entry, "what")),
               json_string_value(json_object_get(entry, "found")));
    json_array_foreach(damages, i, entry) printf("     %s\n", json_string_value(entry));
}

char *survey_size(int64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        size /= 1024;
        unit++;
    }
    return mem_format("%.*f %s", unit == 0 ? 0 : 1, size, units[unit]);
}
