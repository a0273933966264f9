/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * inih splits the lines; the reader below hands them to it one by one, so that its line numbers are
 * the file's, and looks at each first, since inih cuts long lines and drops what follows " ;"
 * without a word. What an organiser wrote is either understood or refused, never half read.
 */
#include "appeal/document_entries.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <ini.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME DOCUMENT_SETTINGS_NAME
#define FILE_MOST (64 * 1024)
#define SECTIONS_MOST 80
#define ENTRIES_MOST 64
#define LINES_MOST 64
#define SECTION_MOST 48 /* inih keeps as much of a section's name and of an option's */
#define NAME_MOST 48

struct scanner {
    const char *data;
    size_t len, pos;
    int line;      /* the line that inih has now */
    bool indented; /* that line begins with a blank */
    bool failed;   /* the fault is set; nothing more is read */
    struct entries *entries;
    struct entry *last; /* what an indented line goes on with */
    struct fault *fault;
};

/* All faults of a file go through here, so the first one wins. */
#define FAIL(scanner, ...)                                                                         \
    (fault_set((scanner)->fault, FILE_NAME, (scanner)->line, __VA_ARGS__), (scanner)->failed = true)

static size_t skip_blanks(const char *line, size_t len)
{
    size_t pos = 0;

    while (pos < len && (line[pos] == ' ' || line[pos] == '\t'))
        pos++;
    return pos;
}

static void add_section(struct scanner *scanner, const char *line)
{
    struct entries *entries = scanner->entries;
    const char *end = strchr(line, ']');
    size_t len = end != NULL ? (size_t)(end - line) - 1 : 0;
    struct entry_section *section;

    if (end == NULL || end[1 + skip_blanks(end + 1, strlen(end + 1))] != '\0' || len == 0 ||
        len > SECTION_MOST) {
        FAIL(scanner,
             "a section is a name of at most %d bytes between \"[\" and \"]\", alone on "
             "its line",
             SECTION_MOST);
        return;
    }
    for (size_t i = 0; i < entries->section_count; i++) {
        if (strlen(entries->sections[i].name) == len &&
            memcmp(entries->sections[i].name, line + 1, len) == 0) {
            FAIL(scanner, "the section [%s] stands on line %d already", entries->sections[i].name,
                 entries->sections[i].line);
            return;
        }
    }
    if (entries->section_count == SECTIONS_MOST) {
        FAIL(scanner, "there may be at most %d sections", SECTIONS_MOST);
        return;
    }
    entries->sections =
        mem_resize(entries->sections, entries->section_count + 1, sizeof(*entries->sections));
    section = &entries->sections[entries->section_count++];
    *section =
        (struct entry_section){.name = mem_string_part(line + 1, len), .line = scanner->line};
    scanner->last = NULL;
}

/* Whether a comment begins behind something in the line. */
static bool has_comment_behind(const char *line, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (line[i] == ';' && (line[i - 1] == ' ' || line[i - 1] == '\t'))
            return true;
    }
    return false;
}

static bool check_line(struct scanner *scanner, const char *line, size_t len, size_t most)
{
    if (!utf8_is_valid(line, len))
        FAIL(scanner, "the file must be UTF-8 text");
    else if (utf8_has_forbidden(line, len, true) || memchr(line, '\r', len) != NULL)
        FAIL(scanner, "a line must not hold control or direction characters");
    else if (len > most)
        FAIL(scanner,
             "a line must not be longer than %zu bytes; a longer value goes on in indented lines",
             most);
    else if (has_comment_behind(line, len))
        FAIL(scanner, "a comment must stand on a line of its own; \";\" may not follow a blank");
    return !scanner->failed;
}

/* inih's reader: one line per call, without its end. */
static char *on_read(char *buffer, int size, void *arg)
{
    struct scanner *scanner = arg;
    const char *line = scanner->data + scanner->pos, *end;
    size_t len, first, most = (size_t)size - 1;

    if (scanner->failed || scanner->pos == scanner->len)
        return NULL;
    end = memchr(line, '\n', scanner->len - scanner->pos);
    len = end != NULL ? (size_t)(end - line) : scanner->len - scanner->pos;
    scanner->pos += len + (end != NULL ? 1 : 0);
    scanner->line++;
    if (len > 0 && line[len - 1] == '\r')
        len--;

    /* A comment may be as long as it likes: it is not read. */
    first = skip_blanks(line, len);
    if (first < len && (line[first] == ';' || line[first] == '#'))
        len = 0;
    if (!check_line(scanner, line, len, most))
        return NULL;
    memcpy(buffer, line, len);
    buffer[len] = '\0';

    scanner->indented = first > 0;
    if (buffer[0] == '[')
        add_section(scanner, buffer);
    return scanner->failed ? NULL : buffer;
}

static void add_line(struct scanner *scanner, struct entry *entry, const char *text)
{
    if (entry->line_count == LINES_MOST) {
        FAIL(scanner, "a value may have at most %d lines", LINES_MOST);
        return;
    }
    entry->lines = mem_resize(entry->lines, entry->line_count + 1, sizeof(*entry->lines));
    entry->lines[entry->line_count++] =
        (struct entry_line){.text = mem_string(text), .line = scanner->line};
}

static void add_entry(struct scanner *scanner, const char *name, const char *value)
{
    struct entries *entries = scanner->entries;
    struct entry_section *section = &entries->sections[entries->section_count - 1];

    for (size_t i = 0; i < section->entry_count; i++) {
        if (strcmp(section->entries[i].name, name) == 0) {
            FAIL(scanner, "[%s] %s is set on line %d already", section->name, name,
                 section->entries[i].line);
            return;
        }
    }
    if (section->entry_count == ENTRIES_MOST) {
        FAIL(scanner, "a section may hold at most %d options", ENTRIES_MOST);
        return;
    }
    section->entries =
        mem_resize(section->entries, section->entry_count + 1, sizeof(*section->entries));
    scanner->last = &section->entries[section->entry_count++];
    *scanner->last = (struct entry){.name = mem_string(name), .line = scanner->line};
    add_line(scanner, scanner->last, value);
}

/* inih's handler: not 0 means that the line was good. */
static int on_entry(void *arg, const char *section, const char *name, const char *value)
{
    struct scanner *scanner = arg;

    (void)section; /* the reader has seen its line */
    if (scanner->failed)
        return 0;
    if (scanner->indented && scanner->last != NULL)
        add_line(scanner, scanner->last, value);
    else if (scanner->indented)
        FAIL(scanner, "a line that begins with a blank goes on with a value; begin options at the "
                      "margin");
    else if (scanner->entries->section_count == 0)
        FAIL(scanner, "\"%s\" stands before any section; the first is [appeal]", name);
    else if (name[0] == '\0' || strlen(name) > NAME_MOST)
        FAIL(scanner, "an option's name has from 1 to %d bytes", NAME_MOST);
    else
        add_entry(scanner, name, value);
    return scanner->failed ? 0 : 1;
}

enum us_err document_entries_read(const char *data, size_t len, struct entries **out,
                                  struct fault *fault)
{
    struct scanner scanner = {.data = data, .len = len, .fault = fault};
    int wrong;

    if (len > FILE_MOST) {
        fault_set(fault, FILE_NAME, 0, "the file must not be larger than %d KiB", FILE_MOST / 1024);
        return US_INVALID;
    }
    /* The mark that some editors set at the beginning says nothing that UTF-8 does not. */
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        scanner.pos = 3;
    scanner.entries = MEM_NEW(struct entries);
    wrong = ini_parse_stream(on_read, &scanner, on_entry, &scanner);

    /* inih goes on behind a line that it cannot split, so that line may come before the fault. */
    if (wrong != 0 && (!scanner.failed || (wrong > 0 && wrong < fault->line))) {
        scanner.line = wrong > 0 ? wrong : 0;
        FAIL(&scanner, "a line must be \"name = value\", \"[section]\", or a comment that begins "
                       "with # or ;");
    }
    if (scanner.failed) {
        document_entries_free(scanner.entries);
        return US_INVALID;
    }
    *out = scanner.entries;
    return US_OK;
}

static void free_section(struct entry_section *section)
{
    for (size_t i = 0; i < section->entry_count; i++) {
        for (size_t k = 0; k < section->entries[i].line_count; k++)
            free(section->entries[i].lines[k].text);
        free(section->entries[i].lines);
        free(section->entries[i].name);
    }
    free(section->entries);
    free(section->name);
}

void document_entries_free(struct entries *entries)
{
    if (entries == NULL)
        return;
    for (size_t i = 0; i < entries->section_count; i++)
        free_section(&entries->sections[i]);
    free(entries->sections);
    free(entries);
}
