/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Everything is written as it comes, so that a list of a million needs no memory: the table keeps
 * its first rows, the pager a screen, and JSON nothing.
 */
#include "cli/output.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cell.h"
#include "cli/pager.h"
#include "cli/paint.h"
#include "cli/screen.h"
#include "cli/table.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
    int fd;
    enum output_format format;
    enum output_shape shape;
    bool is_painted; /* headings and states */
    char end;        /* of a row for programs */
    struct pager *pager;
    struct table *table; /* of a list on a terminal */
    const char *list;    /* an item's: its name in JSON; NULL: none */
    char *schema;        /* of the item */
    bool is_listing;     /* the item's list has begun */
    size_t rows, listed; /* listed: of the item's list */
    bool is_failed;
    int error;
};

static enum output_format choose(const struct options *options, int fd)
{
    if (options_has(options, OPTION_JSONL))
        return OUTPUT_JSONL;
    if (options_has(options, OPTION_JSON))
        return OUTPUT_JSON;
    return options_has(options, OPTION_NULL) || isatty(fd) == 0 ? OUTPUT_TSV : OUTPUT_TABLE;
}

enum output_format output_choose(const struct options *options)
{
    return choose(options, STDOUT_FILENO);
}

struct output *output_new_to(FILE *file, const struct options *options, enum output_shape shape)
{
    struct output *output = MEM_NEW(struct output);

    output->fd = fileno(file);
    output->format = choose(options, output->fd);
    output->shape = shape;
    output->is_painted = paint_is_on(options, output->fd);
    output->end = options_has(options, OPTION_NULL) ? '\0' : '\n';
    output->pager = pager_new(options, file);
    return output;
}

struct output *output_new(const struct options *options, enum output_shape shape)
{
    return output_new_to(stdout, options, shape);
}

void output_with_list(struct output *output, const char *name)
{
    output->list = name;
}

/* A failure is kept until somebody asks. */
static void put(struct output *output, const char *text, size_t len)
{
    if (!output->is_failed && !pager_write(output->pager, text, len)) {
        output->is_failed = true;
        output->error = errno;
    }
}

static void put_text(struct output *output, const char *text)
{
    put(output, text, strlen(text));
}

void output_text(struct output *output, const char *text)
{
    put_text(output, text);
}

/* The shape of the rows that come now. */
static enum output_shape shape_now(const struct output *output)
{
    return output->is_listing ? OUTPUT_LIST : output->shape;
}

void output_columns(struct output *output, const struct row_schema *schema)
{
    if (output->list != NULL && output->schema == NULL)
        output->schema = mem_string(schema->name);
    else if (output->list != NULL && strcmp(output->schema, schema->name) != 0)
        output->is_listing = true;
    if (output->format == OUTPUT_TABLE && shape_now(output) == OUTPUT_LIST && output->table == NULL)
        output->table = table_new(schema, screen_columns(output->fd), output->is_painted);
}

/* ---- JSON ---- */

static int put_json_part(const char *text, size_t len, void *arg)
{
    put(arg, text, len);
    return 0;
}

static void write_json(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    json_t *object = cell_row_json(schema, values);
    bool is_single = output->shape == OUTPUT_ITEM && !output->is_listing;
    size_t before = output->is_listing ? output->listed : output->rows;

    if (output->format == OUTPUT_JSONL) {
        json_dump_callback(object, put_json_part, output, JSON_COMPACT);
        put(output, &output->end, 1);
    } else if (is_single && output->list == NULL) {
        json_dump_callback(object, put_json_part, output, JSON_INDENT(2));
        put_text(output, "\n");
    } else if (is_single) {
        /* The list stands in its object, which stays open for it. */
        char *text = json_dumps(object, JSON_INDENT(2));
        size_t len = text != NULL ? strlen(text) : 0;
        put(output, text, len > 2 ? len - 2 : 0);
        put_text(output, ",\n  \"");
        put_text(output, output->list);
        put_text(output, "\": [");
        free(text);
    } else {
        put_text(output, output->is_listing ? before == 0 ? "\n" : ",\n"
                         : before == 0      ? "[\n"
                                            : ",\n");
        json_dump_callback(object, put_json_part, output, 0);
    }
    json_decref(object);
}

static void end_json(struct output *output)
{
    if (output->list != NULL && output->rows > 0)
        put_text(output, output->listed > 0 ? "\n  ]\n}\n" : "]\n}\n");
    else if (output->shape != OUTPUT_ITEM)
        put_text(output, output->rows == 0 ? "[]\n" : "\n]\n");
}

/* ---- text ---- */

static enum paint choose_paint(const struct output *output, const char *column, const char *word)
{
    return output->is_painted ? paint_choose(column, word) : PAINT_PLAIN;
}

/* What a program can take apart again: TAB, LF and the backslash are escaped. */
static void write_tabs(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    struct str line = STR_INIT;

    for (size_t i = 0; i < schema->count; i++) {
        struct str text = STR_INIT;
        enum paint paint;

        cell_print(schema->columns[i].type, &values[i], &text);
        paint = choose_paint(output, schema->columns[i].name, str_text(&text));
        if (i > 0)
            str_append_char(&line, '\t');
        paint_begin(paint, &line);
        screen_make_visible(str_text(&text), true, &line);
        paint_end(paint, &line);
        str_free(&text);
    }
    put(output, str_text(&line), line.len);
    put(output, &output->end, 1);
    str_free(&line);
}

/* One name and its value: aligned for people, behind a TAB for programs. */
static void write_field(struct output *output, const char *name, int widest, const char *text)
{
    bool is_table = output->format == OUTPUT_TABLE;
    enum paint heading = output->is_painted ? PAINT_HEADING : PAINT_PLAIN;
    enum paint paint = choose_paint(output, name, text);
    struct str shown = STR_INIT, line = STR_INIT;

    screen_make_visible(text, !is_table, &shown);
    paint_begin(heading, &line);
    str_append_text(&line, name);
    paint_end(heading, &line);
    if (is_table)
        str_append_format(&line, "%*s  ", widest - (int)strlen(name), "");
    else
        str_append_char(&line, '\t');
    paint_begin(paint, &line);
    if (is_table)
        screen_isolate(str_text(&shown), &line);
    else
        str_append_text(&line, str_text(&shown));
    paint_end(paint, &line);
    str_append(&line, &output->end, 1);
    put(output, str_text(&line), line.len);
    str_free(&shown);
    str_free(&line);
}

static void write_item(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    int widest = 0;

    for (size_t i = 0; i < schema->count; i++) {
        int width = (int)strlen(schema->columns[i].name);
        widest = width > widest ? width : widest;
    }
    if (output->rows > 0)
        put(output, &output->end, 1);
    for (size_t i = 0; i < schema->count; i++) {
        struct str text = STR_INIT;
        cell_print(schema->columns[i].type, &values[i], &text);
        if (output->format == OUTPUT_TSV || text.len > 0)
            write_field(output, schema->columns[i].name, widest, str_text(&text));
        str_free(&text);
    }
}

static void write_list_row(struct output *output, const struct row_schema *schema,
                           const struct row_value *values)
{
    struct str text = STR_INIT;

    if (output->is_listing && output->listed == 0)
        put(output, &output->end, 1);
    if (output->format == OUTPUT_TSV) {
        write_tabs(output, schema, values);
        return;
    }
    table_add(output->table, values, &text);
    put(output, str_text(&text), text.len);
    str_free(&text);
}

/* ---- rows ---- */

bool output_row(struct output *output, const struct row_schema *schema,
                const struct row_value *values)
{
    if (output->format == OUTPUT_JSON || output->format == OUTPUT_JSONL)
        write_json(output, schema, values);
    else if (shape_now(output) == OUTPUT_LIST)
        write_list_row(output, schema, values);
    else
        write_item(output, schema, values);
    if (output->is_listing)
        output->listed++;
    output->rows++;
    errno = output->error;
    return !output->is_failed;
}

bool output_is_quit(const struct output *output)
{
    return pager_is_quit(output->pager);
}

bool output_end(struct output *output)
{
    bool is_written;

    if (output->table != NULL) {
        struct str text = STR_INIT;
        table_end(output->table, &text);
        put(output, str_text(&text), text.len);
        str_free(&text);
    }
    if (output->format == OUTPUT_JSON)
        end_json(output);
    is_written = pager_end(output->pager) && !output->is_failed;
    if (output->is_failed)
        errno = output->error;
    output->pager = NULL;
    output_free(output);
    return is_written;
}

void output_free(struct output *output)
{
    int saved = errno;

    if (output == NULL)
        return;
    pager_free(output->pager);
    table_free(output->table);
    free(output->schema);
    free(output);
    errno = saved;
}

size_t output_rows(const struct output *output)
{
    return output->rows;
}

bool output_json(const struct options *options, const json_t *value)
{
    const json_t *item;
    size_t index;

    if (!options_has(options, OPTION_JSONL)) {
        json_dumpf(value, stdout, JSON_INDENT(2));
        putchar('\n');
    } else if (!json_is_array(value)) {
        json_dumpf(value, stdout, JSON_COMPACT);
        putchar('\n');
    } else {
        json_array_foreach(value, index, item)
        {
            json_dumpf(item, stdout, JSON_COMPACT);
            putchar('\n');
        }
    }
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}
