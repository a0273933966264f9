/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * RFC 4180, and what spreadsheets make of it: other separators, line ends of one character, quotes
 * within a field that does not begin with one (ООО "Ромашка"), which are text.
 */
#include "appeal/register_record.h"
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static char choose_separator(const char *at, const char *end)
{
    static const char candidates[] = ",;\t";
    size_t counts[sizeof candidates - 1] = {0}, best = 0;
    bool is_quoted = false;
    for (; at < end && (is_quoted || (*at != '\n' && *at != '\r')); at++) {
        const char *found = *at ? strchr(candidates, *at) : NULL;
        if (*at == '"')
            is_quoted = !is_quoted;
        else if (found && !is_quoted)
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < sizeof counts / sizeof *counts; i++)
        best = counts[i] > counts[best] ? i : best;
    return candidates[best];
}

/* Past a line end of either kind; false where there is none. */
static bool take_line_end(struct register_reader *reader)
{
    if (reader->at == reader->end || (*reader->at != '\r' && *reader->at != '\n'))
        return false;
    if (*reader->at == '\r' && reader->end - reader->at > 1 && reader->at[1] == '\n')
        reader->at++;
    reader->at++;
    reader->line++;
    return true;
}

void register_reader_open(struct register_reader *reader, const char *data, size_t len)
{
    *reader = (struct register_reader){.at = data, .end = data + len, .line = 1};
    if (len >= 3 && memcmp(data, BYTE_ORDER_MARK, 3) == 0)
        reader->at += 3;
    if (reader->end - reader->at > 5 && memcmp(reader->at, "sep=", 4) == 0 &&
        (reader->at[5] == '\r' || reader->at[5] == '\n')) {
        reader->separator = reader->at[4];
        reader->at += 5;
        (void)take_line_end(reader);
    } else {
        reader->separator = choose_separator(reader->at, reader->end);
    }
}

static void put(struct register_record *record, size_t start, char c)
{
    if (record->text.len - start < REGISTER_FIELD_MOST)
        str_append_char(&record->text, c);
    else if (!record->problem)
        record->problem = "a cell is longer than 16 KiB";
}

/* A line end in quotes is text: a blank one. */
static void read_quoted(struct register_reader *reader, struct register_record *record,
                        size_t start)
{
    reader->at++;
    while (reader->at < reader->end) {
        if (take_line_end(reader)) {
            put(record, start, ' ');
            continue;
        }
        const char c = *reader->at++;
        if (c == '"' && (reader->at == reader->end || *reader->at != '"'))
            return;
        if (c == '"')
            reader->at++;
        put(record, start, c);
    }
    record->problem = "a quotation mark opens a cell and nothing closes it";
    record->is_lost = true;
}

static void read_field(struct register_reader *reader, struct register_record *record)
{
    const size_t start = record->text.len;
    if (record->count < REGISTER_FIELDS_MOST)
        record->starts[record->count++] = start;
    else if (!record->problem)
        record->problem = "there are more than 32 columns";
    if (reader->at < reader->end && *reader->at == '"') {
        read_quoted(reader, record, start);
        if (reader->at < reader->end && *reader->at != reader->separator && *reader->at != '\r' &&
            *reader->at != '\n' && !record->problem)
            record->problem = "text stands behind the quotation mark that closes a cell; within "
                              "one it is written twice";
    }
    while (reader->at < reader->end && *reader->at != reader->separator && *reader->at != '\r' &&
           *reader->at != '\n')
        put(record, start, *reader->at++);
    str_append_char(&record->text, '\0');
}

bool register_reader_next(struct register_reader *reader, struct register_record *record)
{
    struct str text = record->text;
    str_clear(&text);
    *record = (struct register_record){.text = text, .line = reader->line};
    if (reader->at == reader->end)
        return false;
    for (;;) {
        read_field(reader, record);
        if (reader->at == reader->end || take_line_end(reader))
            return true;
        reader->at++; /* the separator */
    }
}

const char *register_record_field(const struct register_record *record, size_t i)
{
    return record->text.data + record->starts[i];
}

void register_record_clear(struct register_record *record)
{
    str_free(&record->text);
}
