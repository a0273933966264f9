/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The configuration. A file with mistakes in it cannot be read by a service either, so its words
 * are checked here first, where there is a file here; what they name is looked at by the service,
 * which alone may look into its folders.
 */
#include "base/config.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/gather.h"
#include "cli/lay.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define GUTTER 6 /* for a line's number */

/* ---- show ---- */

static const struct gather show_kinds[] = {{&row_option, "options", false}};

/* The columns that the longest name takes, and the blanks behind it. */
static size_t name_width(const json_t *options)
{
    size_t index, widest = 0;
    json_t *option;

    json_array_foreach(options, index, option)
    {
        const char *name = strchr(gather_text(option, "option"), '.');
        if (name != NULL && strlen(name + 1) > widest)
            widest = strlen(name + 1);
    }
    return widest + 2;
}

static void print_option(const struct lay *lay, const json_t *option, size_t width)
{
    const char *dot = strchr(gather_text(option, "option"), '.');
    const char *name = dot != NULL ? dot + 1 : "";
    bool is_set = gather_has(option, "line"), has_value = gather_has(option, "value");
    struct str value = STR_INIT;
    char line[LAY_NUMBER] = "";

    if (is_set)
        snprintf(line, sizeof(line), "%" PRId64, gather_number(option, "line"));
    str_append_format(lay->out, "%*s  ", GUTTER - 2, line);
    lay_paint(lay, is_set ? PAINT_HEADING : PAINT_PLAIN, name);
    for (size_t i = strlen(name); i < width; i++)
        str_append_char(lay->out, ' ');
    screen_make_visible(gather_text(option, "value"), false, &value);
    if (!has_value)
        str_append_text(&value, "(not set)");
    else if (value.len == 0)
        str_append_text(&value, "(empty)");
    lay_wrap(lay, GUTTER + width, GUTTER + width, is_set ? PAINT_PLAIN : PAINT_OVER,
             str_text(&value));
    str_free(&value);
}

static bool print_options(const struct options *options, const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "options");
    struct str text = STR_INIT;
    const struct lay lay = {&text, screen_columns(STDOUT_FILENO),
                            paint_is_on(options, STDOUT_FILENO)};
    struct output *output = output_new(options, OUTPUT_ITEM);
    size_t width = name_width(rows), index;
    const char *section = "", *file = "";
    json_t *option;

    json_array_foreach(rows, index, option)
    {
        const char *name = gather_text(option, "option");
        size_t len = strcspn(name, ".");
        if (strlen(section) < len || strncmp(section, name, len + 1) != 0) {
            char *heading = mem_format("%s[%.*s]", index > 0 ? "\n" : "", (int)len, name);
            lay_paint(&lay, PAINT_HEADING, heading);
            str_append_char(&text, '\n');
            free(heading);
        }
        section = name;
        if (gather_has(option, "file"))
            file = gather_text(option, "file");
        print_option(&lay, option, width);
    }
    if (file[0] != '\0') {
        char *foot = mem_format("Numbers are lines of %s; what has none is a default.", file);
        str_append_char(&text, '\n');
        lay_wrap(&lay, 0, 0, PAINT_PLAIN, foot);
        free(foot);
    }
    output_text(output, str_text(&text));
    str_free(&text);
    return output_end(output);
}

int perform_config_show(const struct options *options)
{
    json_t *answer;
    int status = gather_ask(options, show_kinds, 1, &answer);
    bool is_written;

    if (status != EX_OK)
        return status;
    switch (output_choose(options)) {
    case OUTPUT_TABLE:
        is_written = print_options(options, answer);
        break;
    case OUTPUT_TSV:
        is_written = gather_print(options, show_kinds, 1, answer);
        break;
    default:
        is_written = output_json(options, json_object_get(answer, "options"));
        break;
    }
    json_decref(answer);
    return is_written ? EX_OK : perform_broken_output();
}

/* ---- check ---- */

static const struct gather check_kinds[] = {{&row_finding, "findings", false}};

static void on_fault(const struct fault *fault, void *arg)
{
    json_t *finding = json_object();

    json_object_set_new(finding, "level", json_string("error"));
    json_object_set_new(finding, "file", json_string(fault->file));
    json_object_set_new(finding, "line", fault->line > 0 ? json_integer(fault->line) : json_null());
    json_object_set_new(finding, "option", json_null());
    json_object_set_new(finding, "problem", json_string(fault->text));
    json_array_append_new(arg, finding);
}

/* What is wrong with the words of a file that lies here; an empty list where nothing is, or where
 * the file is somewhere else. */
static json_t *check_words(const struct options *options)
{
    json_t *findings = json_array();
    struct config *config;
    char *path = options_has(options, OPTION_HOST) ? NULL : ask_config_path(options);

    if (path != NULL && access(path, R_OK) == 0 &&
        config_load_all(path, &config, on_fault, findings) == US_OK)
        config_free(config);
    free(path);
    return findings;
}

/* On standard error, folded where that is a terminal. */
static void say(const char *text)
{
    struct str visible = STR_INIT, out = STR_INIT;
    const struct lay lay = {&out, screen_columns(STDERR_FILENO), false};

    if (lay.columns == 0) {
        talk_note("%s", text);
        return;
    }
    screen_make_visible(text, false, &visible);
    lay_wrap(&lay, 2, 0, PAINT_PLAIN, str_text(&visible));
    fputs(str_text(&out), stderr);
    str_free(&visible);
    str_free(&out);
}

static void tell_finding(const json_t *finding)
{
    const char *file = gather_text(finding, "file"), *option = gather_text(finding, "option"),
               *problem = gather_text(finding, "problem"),
               *warns = strcmp(gather_text(finding, "level"), "warning") == 0 ? "warning: " : "";
    const char *dot = strchr(option, '.');
    struct str line = STR_INIT;

    if (file[0] != '\0')
        str_append_text(&line, file);
    if (gather_has(finding, "line"))
        str_append_format(&line, ":%" PRId64, gather_number(finding, "line"));
    str_append_format(&line, "%s%s", line.len > 0 ? ": " : "", warns);
    if (dot != NULL)
        str_append_format(&line, "[%.*s] %s: ", (int)(dot - option), option, dot + 1);
    else if (option[0] != '\0')
        str_append_format(&line, "[%s]: ", option);
    str_append_text(&line, problem);
    say(str_text(&line));
    str_free(&line);
}

static bool print_findings(const struct options *options, json_t *findings, size_t errors)
{
    json_t *answer;
    bool is_written;

    if (output_choose(options) != OUTPUT_JSON && output_choose(options) != OUTPUT_JSONL)
        return true;
    answer = json_pack("{s:b, s:O}", "holds", (int)(errors == 0), "findings", findings);
    is_written = output_json(options, answer);
    json_decref(answer);
    return is_written;
}

int perform_config_check(const struct options *options)
{
    json_t *findings = check_words(options), *answer = NULL, *finding;
    size_t index, errors = 0, warnings = 0;
    int status = EX_OK;

    if (json_array_size(findings) == 0)
        status = gather_ask(options, check_kinds, 1, &answer);
    if (status == EX_OK && answer != NULL)
        json_array_extend(findings, json_object_get(answer, "findings"));
    json_decref(answer);
    json_array_foreach(findings, index, finding)
    {
        bool is_error = strcmp(gather_text(finding, "level"), "error") == 0;
        tell_finding(finding);
        errors += is_error;
        warnings += !is_error;
    }
    if (status == EX_OK && !print_findings(options, findings, errors))
        status = perform_broken_output();
    json_decref(findings);
    if (status != EX_OK)
        return status;
    if (errors > 0)
        talk_error("the configuration has %zu mistake%s", errors, errors == 1 ? "" : "s");
    else if (warnings > 0)
        talk_note("The configuration is right, with %zu warning%s.", warnings,
                  warnings == 1 ? "" : "s");
    else
        talk_note("The configuration is right.");
    return errors > 0 ? EX_CONFIG : EX_OK;
}
