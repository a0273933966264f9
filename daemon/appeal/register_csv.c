/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Everything that is wrong is told at once, so that a list is mended in one go; then nothing of it
 * is taken. A column that nobody knows is refused, since a misspelt "domain" would leave a
 * register that lets nobody in.
 */
#include "appeal/register_csv.h"
#include "appeal/register_record.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/locale.h"
#include "text/name_key.h"
#include "text/unicode.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MOST 200 /* characters, as in the form */
#define ALIASES_MOST 30
#define DOMAINS_MOST 30
#define KNOWN "the columns are name, aliases, country, domains and affiliation"

enum column { COLUMN_NAME, COLUMN_ALIASES, COLUMN_COUNTRY, COLUMN_DOMAINS, COLUMN_AFFILIATION };
#define COLUMNS (COLUMN_AFFILIATION + 1)
static const char *const column_names[COLUMNS] = {"name", "aliases", "country", "domains",
                                                  "affiliation"};

struct reading {
    struct register_reader reader;
    struct register_record record;
    size_t columns;      /* of the header */
    int places[COLUMNS]; /* where each stands; -1: it does not */
    int line;            /* of the record at hand */
    size_t faults;
    void (*on_fault)(int line, const char *what, void *arg);
    void *arg;
};

static void __attribute__((format(printf, 3, 4)))
complain(struct reading *reading, int line, const char *format, ...)
{
    struct fault fault = {.text = ""};
    va_list args;
    if (reading->faults++ >= REGISTER_FAULTS_MOST)
        return;
    va_start(args, format);
    vsnprintf(fault.text, sizeof fault.text, format, args);
    va_end(args);
    fault.text[utf8_cut(fault.text, strlen(fault.text), sizeof fault.text - 4)] = '\0';
    reading->on_fault(line, fault.text, reading->arg);
}

/* ---- the bytes and the header ---- */

static int line_of(const char *data, const char *at)
{
    int line = 1;
    for (; data < at; data++)
        line += *data == '\n' || (*data == '\r' && data[1] != '\n');
    return line;
}

/* Tells the line: of a table in another encoding it is the first with a letter of another script.
 */
static bool check_text(struct reading *reading, const char *data, size_t len)
{
    if (utf8_is_valid(data, len))
        return true;
    const char *at = data, *end = data + len;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        const size_t line_len = (size_t)((next ? next : end) - at);
        if (!utf8_is_valid(at, line_len))
            break;
        at += line_len + (next != NULL);
    }
    complain(reading, line_of(data, at),
             "the file is not UTF-8; in a spreadsheet, save it as \"CSV UTF-8\"");
    return false;
}

static bool read_header(struct reading *reading)
{
    const struct register_record *record = &reading->record;
    const size_t before = reading->faults;
    for (size_t i = 0; i < COLUMNS; i++)
        reading->places[i] = -1;
    reading->columns = record->count;
    if (record->problem)
        complain(reading, record->line, "%s", record->problem);
    for (size_t i = 0; i < record->count; i++) {
        char *name = unicode_clean(register_record_field(record, i));
        size_t known = 0;
        while (known < COLUMNS && strcasecmp(column_names[known], name) != 0)
            known++;
        if (known == COLUMNS)
            complain(reading, record->line, "there is no column \"%.60s\"; " KNOWN, name);
        else if (reading->places[known] >= 0)
            complain(reading, record->line, "the column %s stands there twice",
                     column_names[known]);
        else
            reading->places[known] = (int)i;
        free(name);
    }
    if (reading->places[COLUMN_NAME] < 0 && reading->faults == before)
        complain(reading, record->line, "the first line names the columns; name is missing");
    return reading->faults == before;
}

/* ---- one row ---- */

/* The cell's text, cleaned; NULL, and a complaint, where it is no text for a list. */
static char *take_text(struct reading *reading, enum column column, const char *typed)
{
    if (utf8_has_forbidden(typed, strlen(typed), false)) {
        complain(reading, reading->line, "%s has control characters", column_names[column]);
        return NULL;
    }
    char *text = unicode_clean(typed);
    if (utf8_length(text, strlen(text)) <= NAME_MOST)
        return text;
    complain(reading, reading->line, "%s is longer than %d characters", column_names[column],
             NAME_MOST);
    free(text);
    return NULL;
}

static const char *cell(const struct reading *reading, enum column column)
{
    const int place = reading->places[column];
    return place < 0 ? "" : register_record_field(&reading->record, (size_t)place);
}

static char *take_name(struct reading *reading, char **key)
{
    char *name = take_text(reading, COLUMN_NAME, cell(reading, COLUMN_NAME));
    if (!name)
        return NULL;
    *key = name_key_make(name);
    if (**key)
        return name;
    complain(reading, reading->line, "%s", *name ? "name has no letters" : "name is empty");
    free(*key);
    free(name);
    return NULL;
}

/* Other spellings that say nothing new are left out. */
static char *take_aliases(struct reading *reading, const char *name_key)
{
    char *typed = mem_string(cell(reading, COLUMN_ALIASES)), *rest = NULL;
    char *keys[ALIASES_MOST + 1] = {mem_string(name_key)};
    size_t count = 1;
    struct str aliases = STR_INIT;
    bool is_good = true;
    for (char *part = strtok_r(typed, "|", &rest); part && is_good;
         part = strtok_r(NULL, "|", &rest)) {
        char *alias = take_text(reading, COLUMN_ALIASES, part);
        char *key = alias ? name_key_make(alias) : NULL;
        bool is_known = !key || *key == '\0';
        for (size_t i = 0; !is_known && i < count; i++)
            is_known = strcmp(keys[i], key) == 0;
        is_good = alias != NULL;
        if (!is_known && count > ALIASES_MOST) {
            complain(reading, reading->line, "there are more than %d aliases", ALIASES_MOST);
            is_good = false;
        } else if (!is_known) {
            str_append_text(&aliases, aliases.len > 0 ? "|" : "");
            str_append_text(&aliases, alias);
            keys[count++] = key;
            key = NULL;
        }
        free(key);
        free(alias);
    }
    for (size_t i = 0; i < count; i++)
        free(keys[i]);
    free(typed);
    char *out = str_take(&aliases);
    if (is_good)
        return out;
    free(out);
    return NULL;
}

static char *take_country(struct reading *reading)
{
    char *country = unicode_clean(cell(reading, COLUMN_COUNTRY));
    for (char *at = country; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    if (*country == '\0' || locale_is_country(country))
        return country;
    complain(reading, reading->line,
             "\"%.40s\" is no country; write its two letters (KZ, FR), or nothing for an "
             "international organisation",
             country);
    free(country);
    return NULL;
}

/* In the form in which mailboxes keep theirs. */
static char *take_domain(struct reading *reading, const char *typed)
{
    char *mailbox = mem_format("x@%s", *typed == '@' ? typed + 1 : typed);
    char *clean = unicode_mailbox(mailbox);
    char *domain = clean ? mem_string(clean + 2) : NULL;
    free(mailbox);
    free(clean);
    if (domain && strncmp(domain, "www.", 4) != 0)
        return domain;
    complain(reading, reading->line,
             "\"%.80s\" is no domain of mailboxes; of mail@union.example it is union.example",
             typed);
    free(domain);
    return NULL;
}

static int compare_texts(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static char *take_domains(struct reading *reading)
{
    static const char blanks[] = " \t|,;";
    char *typed = unicode_clean(cell(reading, COLUMN_DOMAINS)), *rest = NULL;
    char *domains[DOMAINS_MOST];
    size_t count = 0;
    struct str text = STR_INIT;
    bool is_good = true;
    for (char *part = strtok_r(typed, blanks, &rest); part && is_good;
         part = strtok_r(NULL, blanks, &rest)) {
        if (count == DOMAINS_MOST) {
            complain(reading, reading->line, "there are more than %d domains", DOMAINS_MOST);
            is_good = false;
        } else {
            domains[count] = take_domain(reading, part);
            is_good = domains[count] != NULL;
            count += is_good;
        }
    }
    qsort(domains, count, sizeof *domains, compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(domains[i], domains[i - 1]) != 0) {
            str_append_text(&text, text.len > 0 ? " " : "");
            str_append_text(&text, domains[i]);
        }
    }
    for (size_t i = 0; i < count; i++)
        free(domains[i]);
    free(typed);
    char *out = str_take(&text);
    if (is_good)
        return out;
    free(out);
    return NULL;
}

static void clear_row(struct register_row *row)
{
    free(row->name);
    free(row->aliases);
    free(row->country);
    free(row->domains);
    free(row->affiliation);
}

static bool is_empty(const struct register_record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (register_record_field(record, i)[strspn(register_record_field(record, i), " \t")])
            return false;
    return true;
}

static bool take_row(struct reading *reading, struct register_row *row)
{
    const struct register_record *record = &reading->record;
    char *key = NULL;
    *row = (struct register_row){.line = record->line};
    reading->line = record->line;
    if (record->problem) {
        complain(reading, record->line, "%s", record->problem);
        return false;
    }
    if (record->count != reading->columns) {
        complain(reading, record->line, "there are %zu cells; the first line has %zu columns",
                 record->count, reading->columns);
        return false;
    }
    row->name = take_name(reading, &key);
    row->aliases = key && row->name ? take_aliases(reading, key) : NULL;
    if (row->name)
        free(key);
    row->country = take_country(reading);
    row->domains = take_domains(reading);
    row->affiliation = take_text(reading, COLUMN_AFFILIATION, cell(reading, COLUMN_AFFILIATION));
    if (row->name && row->aliases && row->country && row->domains && row->affiliation)
        return true;
    clear_row(row);
    return false;
}

/* ---- all of them ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct register_row *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order == 0)
        order = strcmp(x->country, y->country);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void check_twice(struct reading *reading, const struct register_table *table)
{
    for (size_t i = 1; i < table->count; i++) {
        const struct register_row *a = &table->rows[i - 1], *b = &table->rows[i];
        if (strcmp(a->name, b->name) == 0 && strcmp(a->country, b->country) == 0)
            complain(reading, b->line, "the organisation stands in line %d already", a->line);
    }
}

static void read_rows(struct reading *reading, struct register_table *table)
{
    size_t room = 0;
    while (register_reader_next(&reading->reader, &reading->record)) {
        struct register_row row;
        if (is_empty(&reading->record) && !reading->record.problem)
            continue;
        if (table->count == REGISTER_ROWS_MOST) {
            complain(reading, reading->record.line, "a list has at most %zu organisations",
                     REGISTER_ROWS_MOST);
            return;
        }
        if (!take_row(reading, &row))
            continue;
        if (table->count == room) {
            room = room > 0 ? room * 2 : 256;
            table->rows = mem_resize(table->rows, room, sizeof *table->rows);
        }
        table->rows[table->count++] = row;
    }
}

void register_table_clear(struct register_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        clear_row(&table->rows[i]);
    free(table->rows);
    *table = (struct register_table){.count = 0};
}

enum us_err register_csv_read(const char *data, size_t len,
                              void (*on_fault)(int line, const char *what, void *arg), void *arg,
                              struct register_table *out)
{
    struct reading reading = {.on_fault = on_fault, .arg = arg};
    struct register_table table = {.count = 0};
    if (!check_text(&reading, data, len))
        return US_INVALID;
    register_reader_open(&reading.reader, data, len);
    if (!register_reader_next(&reading.reader, &reading.record))
        complain(&reading, 0, "the file is empty; its first line names the columns");
    else if (read_header(&reading))
        read_rows(&reading, &table);
    if (table.count > 1)
        qsort(table.rows, table.count, sizeof *table.rows, compare_rows);
    check_twice(&reading, &table);
    if (reading.faults == 0 && table.count == 0)
        complain(&reading, 0, "there is no organisation in the file");
    if (reading.faults > REGISTER_FAULTS_MOST) {
        char *more = mem_format("and %zu more", reading.faults - REGISTER_FAULTS_MOST);
        on_fault(0, more, arg);
        free(more);
    }
    register_record_clear(&reading.record);
    if (reading.faults > 0) {
        register_table_clear(&table);
        return US_INVALID;
    }
    *out = table;
    return US_OK;
}
