/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a list of organisations: it is refused with at least one reason, or every row is as
 * the register keeps them.
 */
#include "appeal/register_csv.h"
#include "appeal/register_record.h"
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_fault(int line, const char *what, void *arg)
{
    assert(line >= 0 && *what);
    ++*(size_t *)arg;
}

static void read_records(const char *data, size_t size)
{
    struct register_reader reader;
    struct register_record record = {.count = 0};
    register_reader_open(&reader, data, size);
    while (register_reader_next(&reader, &record)) {
        assert(record.count > 0 && record.line >= 1);
        for (size_t i = 0; i < record.count; i++)
            assert(strlen(register_record_field(&record, i)) <= REGISTER_FIELD_MOST);
    }
    register_record_clear(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct register_table table;
    size_t faults = 0;
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    read_records(copy, size);
    if (register_csv_read(copy, size, on_fault, &faults, &table) == US_OK) {
        assert(faults == 0 && table.count > 0);
        for (size_t i = 0; i < table.count; i++) {
            const struct register_row *row = &table.rows[i];
            assert(*row->name && !strchr(row->name, '\n') && strlen(row->country) != 1);
            assert(i == 0 || strcmp(table.rows[i - 1].name, row->name) < 0 ||
                   strcmp(table.rows[i - 1].country, row->country) < 0);
        }
        register_table_clear(&table);
    } else {
        assert(faults > 0 && faults <= REGISTER_FAULTS_MOST + 1);
    }
    free(copy);
    return 0;
}
