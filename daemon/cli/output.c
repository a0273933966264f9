/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/output.h"
#include "base/mem.h"
#include "cli/cell.h"
#include "cli/screen.h"
#include "cli/table.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
    FILE *file;
    enum output_format format;
    enum output_shape shape;
    struct table *table; /* of a list on a terminal */
    size_t rows;
};

enum output_format output_choose(FILE *file, bool is_json)
{
    if (is_json)
        return OUTPUT_JSON;
    return isatty(fileno(file)) != 0 ? OUTPUT_TABLE : OUTPUT_TSV;
}

struct output *output_new(FILE *file, enum output_format format, enum output_shape shape)
{
    struct output *output = MEM_NEW(struct output);

    output->file = file;
    output->format = format;
    output->shape = shape;
    return output;
}

void output_columns(struct output *output, const struct row_schema *schema)
{
    if (output->format == OUTPUT_TABLE && output->shape == OUTPUT_LIST && output->table == NULL)
        output->table = table_new(schema);
}

static void write_json(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    json_t *object = cell_row_json(schema, values);

    if (output->shape == OUTPUT_ITEM) {
        json_dumpf(object, output->file, JSON_INDENT(2));
        fputc('\n', output->file);
    } else {
        fputs(output->rows == 0 ? "[\n" : ",\n", output->file);
        json_dumpf(object, output->file, 0);
    }
    json_decref(object);
}

/* What a program can take apart again: TAB, LF and the backslash are escaped. */
static void write_tabs(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    struct str line = STR_INIT;

    for (size_t i = 0; i < schema->count; i++) {
        struct str text = STR_INIT;
        cell_print(schema->columns[i].type, &values[i], &text);
        if (i > 0)
            str_append_char(&line, '\t');
        screen_make_visible(str_text(&text), true, &line);
        str_free(&text);
    }
    str_append_char(&line, '\n');
    fwrite(line.data, 1, line.len, output->file);
    str_free(&line);
}

/* A name and its value on each line: aligned for people, behind a TAB for programs. */
static void write_item(struct output *output, const struct row_schema *schema,
                       const struct row_value *values)
{
    bool is_table = output->format == OUTPUT_TABLE;
    int widest = 0;

    for (size_t i = 0; i < schema->count; i++) {
        int width = (int)strlen(schema->columns[i].name);
        widest = width > widest ? width : widest;
    }
    if (output->rows > 0)
        fputc('\n', output->file);
    for (size_t i = 0; i < schema->count; i++) {
        struct str text = STR_INIT, shown = STR_INIT;
        cell_print(schema->columns[i].type, &values[i], &text);
        screen_make_visible(str_text(&text), !is_table, &shown);
        if (is_table && text.len > 0)
            fprintf(output->file, "%-*s  %s\n", widest, schema->columns[i].name, str_text(&shown));
        else if (!is_table)
            fprintf(output->file, "%s\t%s\n", schema->columns[i].name, str_text(&shown));
        str_free(&text);
        str_free(&shown);
    }
}

bool output_row(struct output *output, const struct row_schema *schema,
                const struct row_value *values)
{
    if (output->format == OUTPUT_JSON)
        write_json(output, schema, values);
    else if (output->shape != OUTPUT_LIST)
        write_item(output, schema, values);
    else if (output->format == OUTPUT_TABLE)
        table_add(output->table, values);
    else
        write_tabs(output, schema, values);
    output->rows++;
    return ferror(output->file) == 0;
}

bool output_end(struct output *output)
{
    bool is_written;

    if (output->table != NULL) {
        struct str text = STR_INIT;
        table_print(output->table, screen_columns(fileno(output->file)), &text);
        fwrite(str_text(&text), 1, text.len, output->file);
        str_free(&text);
    }
    if (output->format == OUTPUT_JSON && output->shape != OUTPUT_ITEM)
        fputs(output->rows == 0 ? "[]\n" : "\n]\n", output->file);
    is_written = fflush(output->file) == 0 && ferror(output->file) == 0;
    output_free(output);
    return is_written;
}

void output_free(struct output *output)
{
    table_free(output->table);
    free(output);
}

size_t output_rows(const struct output *output)
{
    return output->rows;
}
