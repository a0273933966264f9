/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The machinery: whatever is in no table is refused, since a misspelt "closes" would leave an
 * appeal open for ever. All faults name the option's line.
 */
#include "appeal/document_option.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MOST 1000

/* The words of a table, for a sentence. */
bool document_option_refuse(struct place *place, const char *const *names, size_t count)
{
    struct str words = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_append_format(&words, "%s%s", i > 0 ? ", " : "", names[i]);
    (void)OPTION_FAIL(place, "%s must be one of: %s", place->entry->name, str_text(&words));
    str_free(&words);
    return false;
}

bool document_option_choice(struct place *place, const char *value, const char *const *names,
                            size_t count, int *choice)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            *choice = (int)i;
            return true;
        }
    }
    return document_option_refuse(place, names, count);
}

bool document_option_language(struct place *place, const char *value, char out[16])
{
    size_t len = strlen(value);

    if (!document_is_language(value, len))
        return OPTION_FAIL(place, "%s must be a language's tag such as ru, en or pt-BR",
                           place->entry->name);
    memcpy(out, value, len + 1);
    return true;
}

bool document_option_words(struct place *place, const char *value, const struct option_words *words)
{
    while (*value != '\0') {
        size_t len = strcspn(value, " \t");
        char *word = mem_string_part(value, len), **all;

        all = *words->words = mem_resize(*words->words, *words->count + 1, sizeof(*all));
        all[(*words->count)++] = word;
        if (!words->is_good(word))
            return OPTION_FAIL(place,
                               "%s: \"%.*s\" is none of those allowed%s%s; write them with a "
                               "blank between",
                               place->entry->name, (int)utf8_cut(word, len, 40), word,
                               words->like != NULL ? ", such as " : "",
                               words->like != NULL ? words->like : "");
        for (size_t i = 0; i + 1 < *words->count; i++) {
            if (strcmp(all[i], word) == 0)
                return OPTION_FAIL(place, "%s names %s twice", place->entry->name, word);
        }
        value += len + strspn(value + len, " \t");
    }
    if (*words->count == 0)
        return OPTION_FAIL(place, "%s is empty; leave it out %s", place->entry->name,
                           words->without);
    return true;
}

bool document_option_filled(struct place *place, const char *value)
{
    if (value[0] == '\0')
        return OPTION_FAIL(place, "%s is empty", place->entry->name);
    if (strlen(value) > NAME_BYTES_MOST)
        return OPTION_FAIL(place, "%s must not be longer than %d bytes", place->entry->name,
                           NAME_BYTES_MOST);
    return true;
}

bool document_option_lines(struct place *place, char ***lines, size_t *count)
{
    const struct entry *entry = place->entry;

    for (size_t i = 0; i < entry->line_count; i++) {
        if (entry->lines[i].text[0] == '\0')
            continue; /* the first, where the value begins on a line of its own */
        *lines = mem_resize(*lines, *count + 1, sizeof(**lines));
        (*lines)[(*count)++] = mem_string(entry->lines[i].text);
    }
    return *count > 0 || document_option_filled(place, "");
}
static const struct option *find_option(const struct option *options, const char *name)
{
    bool is_name_in = strncmp(name, "name.", strlen("name.")) == 0;

    for (; options->name != NULL; options++) {
        if (strcmp(options->name, is_name_in ? "name.LL" : name) == 0)
            return options;
    }
    return NULL;
}

static bool refuse_option(struct place *place, const struct option *options, const char *section)
{
    struct str known = STR_INIT;
    const char *name = place->entry->name;

    for (const struct option *option = options; option->name != NULL; option++)
        str_append_format(&known, "%s%s", known.len > 0 ? ", " : "", option->name);
    (void)OPTION_FAIL(place, "[%s] knows no option \"%s\"; it knows: %s", section, name,
                      str_text(&known));
    str_free(&known);
    return false;
}

/* Most likely somebody indented the options, which would make one value of them all. */
static bool check_lines(struct place *place, const struct option *options,
                        const struct option *option)
{
    const struct entry *entry = place->entry;

    for (size_t i = 1; i < entry->line_count; i++) {
        const char *text = entry->lines[i].text;
        char *word = mem_string_part(text, strcspn(text, " \t=:"));
        const char *behind = text + strlen(word);
        bool is_option = find_option(options, word) != NULL &&
                         strchr("=:", behind[strspn(behind, " \t")]) != NULL &&
                         behind[strspn(behind, " \t")] != '\0';

        free(word);
        if (!option->is_long || is_option) {
            fault_set(
                place->fault, DOCUMENT_SETTINGS_NAME, entry->lines[i].line,
                "a line that begins with a blank goes on with %s; begin options at the margin",
                entry->name);
            return false;
        }
    }
    return true;
}

static bool take_entry(struct place *place, const struct option *options, const char *section)
{
    const struct entry *entry = place->entry;
    const struct option *option = find_option(options, entry->name);
    struct str value = STR_INIT;
    bool done;

    if (option == NULL)
        return refuse_option(place, options, section);
    if (!check_lines(place, options, option))
        return false;
    if (option->take_lines != NULL)
        return option->take_lines(place);

    for (size_t i = 0; i < entry->line_count; i++)
        str_append_format(&value, "%s%s", value.len > 0 ? " " : "", entry->lines[i].text);
    place->language = entry->name + strcspn(entry->name, ".");
    if (place->language[0] == '.')
        place->language++;
    done = option->take(place, str_text(&value));
    str_free(&value);
    return done;
}

bool document_option_take(const struct place *section_place, const struct option *options,
                          const struct entry_section *section)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        struct place place = *section_place;

        place.entry = &section->entries[i];
        if (!take_entry(&place, options, section->name))
            return false;
    }
    for (const struct option *option = options; option->name != NULL; option++) {
        bool has = !option->is_required;

        for (size_t i = 0; i < section->entry_count && !has; i++)
            has = strcmp(section->entries[i].name, option->name) == 0;
        if (!has) {
            fault_set(section_place->fault, DOCUMENT_SETTINGS_NAME, section->line,
                      "[%s] must set %s", section->name, option->name);
            return false;
        }
    }
    return true;
}
