/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "render/grid.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/csv.h"
#include "render/xlsx.h"
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct grid {
    struct grid_params params;
    size_t rows;
    struct csv csv;    /* CSV */
    struct xlsx *xlsx; /* XLSX */
    char **names;      /* JSON: of the columns, quoted, with what stands around them */
};

static enum us_err check_file(const struct grid *grid, struct fault *fault)
{
    if (ferror(grid->params.file) == 0)
        return US_OK;
    fault_set(fault, NULL, 0, "cannot write the output: %s", strerror(errno));
    return errno == ENOSPC || errno == EDQUOT ? US_FULL : US_IO;
}

/* ---- CSV ---- */

static void add_csv_cell(struct csv *csv, enum row_type type, const struct row_value *value)
{
    struct str texts = STR_INIT;
    char day[16], time[24];

    if (!value->is_set) {
        csv_text(csv, NULL);
        return;
    }
    switch (type) {
    case ROW_NUMBER:
        csv_number(csv, value->number);
        break;
    case ROW_DAY:
        clock_print_day(value->number, day);
        csv_text(csv, day);
        break;
    case ROW_TIME:
        clock_print(value->number, time);
        csv_text(csv, time);
        break;
    case ROW_FLAG:
        csv_text(csv, value->number != 0 ? "yes" : "no");
        break;
    case ROW_TEXTS:
        for (size_t i = 0; i < value->count; i++)
            str_append_format(&texts, "%s%s", i > 0 ? ", " : "", value->texts[i]);
        csv_text(csv, str_text(&texts));
        str_free(&texts);
        break;
    case ROW_TEXT:
    default:
        csv_text(csv, value->text);
        break;
    }
}

static void add_csv_row(struct grid *grid, const struct row_value *values)
{
    for (size_t i = 0; i < grid->params.count; i++)
        add_csv_cell(&grid->csv, grid->params.columns[i].type, &values[i]);
    (void)csv_end_row(&grid->csv); /* the stream remembers, and is asked */
}

/* ---- JSON ---- */

static int put_json(const char *bytes, size_t len, void *arg)
{
    return fwrite_unlocked(bytes, 1, len, arg) == len ? 0 : -1;
}

/* A text as jansson quotes it. Texts from the service are valid UTF-8. */
static void put_json_text(const char *text, FILE *file)
{
    json_t *json = json_string(text);

    if (json == NULL)
        abort(); /* out of memory, as base/mem.h has it */
    (void)json_dump_callback(json, put_json, file, JSON_ENCODE_ANY);
    json_decref(json);
}

static void put_json_cell(FILE *file, enum row_type type, const struct row_value *value)
{
    char day[16], time[24];

    if (!value->is_set) {
        fputs_unlocked("null", file);
        return;
    }
    switch (type) {
    case ROW_NUMBER:
        fprintf(file, "%" PRId64, value->number);
        break;
    case ROW_DAY:
        clock_print_day(value->number, day);
        put_json_text(day, file);
        break;
    case ROW_TIME:
        clock_print(value->number, time);
        put_json_text(time, file);
        break;
    case ROW_FLAG:
        fputs_unlocked(value->number != 0 ? "true" : "false", file);
        break;
    case ROW_TEXTS:
        for (size_t i = 0; i < value->count; i++) {
            fputs_unlocked(i > 0 ? ", " : "[", file);
            put_json_text(value->texts[i], file);
        }
        fputs_unlocked(value->count > 0 ? "]" : "[]", file);
        break;
    case ROW_TEXT:
    default:
        put_json_text(value->text, file);
        break;
    }
}

static void add_json_row(struct grid *grid, const struct row_value *values)
{
    FILE *file = grid->params.file;

    if (grid->params.format == GRID_JSON)
        fputs_unlocked(grid->rows > 0 ? ",\n" : "[\n", file);
    for (size_t i = 0; i < grid->params.count; i++) {
        fputs_unlocked(grid->names[i], file);
        put_json_cell(file, grid->params.columns[i].type, &values[i]);
    }
    fputs_unlocked(grid->params.format == GRID_JSON ? "}" : "}\n", file);
}

static int append_json(const char *bytes, size_t len, void *arg)
{
    str_append(arg, bytes, len);
    return 0;
}

static void quote_names(struct grid *grid)
{
    grid->names = mem_zero((grid->params.count + 1) * sizeof *grid->names);
    for (size_t i = 0; i < grid->params.count; i++) {
        struct str text = STR_INIT;
        json_t *name = json_string(grid->params.columns[i].name);

        str_append_text(&text, i > 0 ? ", " : "{");
        if (name == NULL || json_dump_callback(name, append_json, &text, JSON_ENCODE_ANY) != 0)
            abort(); /* out of memory: the names are ours */
        json_decref(name);
        str_append_text(&text, ": ");
        grid->names[i] = str_take(&text);
    }
}

/* ---- all ---- */

enum us_err grid_begin(const struct grid_params *params, struct grid **out, struct fault *fault)
{
    struct grid *grid = MEM_NEW(struct grid);
    enum us_err err = US_OK;

    grid->params = *params;
    switch (params->format) {
    case GRID_CSV:
        grid->csv.file = params->file;
        for (size_t i = 0; i < params->count; i++)
            csv_text(&grid->csv, params->columns[i].name);
        (void)csv_end_row(&grid->csv);
        err = check_file(grid, fault);
        break;
    case GRID_XLSX:
        err = xlsx_begin(params, &grid->xlsx, fault);
        break;
    case GRID_JSON:
    case GRID_JSONL:
        quote_names(grid);
        break;
    }
    if (err != US_OK) {
        grid_abandon(grid);
        return err;
    }
    *out = grid;
    return US_OK;
}

enum us_err grid_add(struct grid *grid, const struct row_value *values, struct fault *fault)
{
    if (grid->params.format == GRID_XLSX)
        return xlsx_add(grid->xlsx, values, fault);
    if (grid->params.format == GRID_CSV)
        add_csv_row(grid, values);
    else
        add_json_row(grid, values);
    grid->rows++;
    return check_file(grid, fault);
}

enum us_err grid_end(struct grid *grid, struct fault *fault)
{
    enum us_err err = US_OK;

    if (grid->params.format == GRID_XLSX) {
        struct xlsx *xlsx = grid->xlsx;
        grid->xlsx = NULL;
        err = xlsx_end(xlsx, fault);
    } else if (grid->params.format == GRID_JSON) {
        fputs(grid->rows > 0 ? "\n]\n" : "[]\n", grid->params.file);
    }
    if (err == US_OK)
        err = check_file(grid, fault);
    grid_abandon(grid);
    return err;
}

void grid_abandon(struct grid *grid)
{
    if (grid == NULL)
        return;
    xlsx_abandon(grid->xlsx);
    for (size_t i = 0; grid->names != NULL && i < grid->params.count; i++)
        free(grid->names[i]);
    free(grid->names);
    free(grid);
}
