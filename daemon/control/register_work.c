/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The register of organisations: lists taken in and out, shown, searched. */
#include "appeal/register.h"
#include "appeal/register_import.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "control/work.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 1000 /* bytes that are matched */
#define MATCHES_MOST 20

/* ---- rows ---- */

struct parts { /* a text cut at a character; row_texts() of it */
    char *text;
    const char *parts[ROW_TEXTS_MOST / 4];
    size_t count;
};

static void parts_open(struct parts *parts, const char *text, const char *separator)
{
    char *rest = NULL;

    *parts = (struct parts){.text = mem_string(text)};
    for (char *part = strtok_r(parts->text, separator, &rest);
         part != NULL && parts->count < sizeof(parts->parts) / sizeof(*parts->parts);
         part = strtok_r(NULL, separator, &rest))
        parts->parts[parts->count++] = part;
}

static struct row_value text_or_null(const char *text)
{
    return row_text(*text != '\0' ? text : NULL);
}

static bool add_entry(const struct register_entry *entry, void *arg)
{
    struct parts aliases, domains;
    bool goes_on;

    parts_open(&aliases, entry->aliases, "|");
    parts_open(&domains, entry->domains, " ");
    goes_on = answer_row(arg, (struct row_value[]){
                                  row_text(entry->name),
                                  row_texts(aliases.parts, aliases.count),
                                  text_or_null(entry->country),
                                  row_texts(domains.parts, domains.count),
                                  text_or_null(entry->affiliation),
                                  row_text(entry->source),
                              });
    free(aliases.text);
    free(domains.text);
    return goes_on;
}

static bool add_match(const struct register_entry *entry, void *arg)
{
    struct parts domains;
    bool goes_on;

    parts_open(&domains, entry->domains, " ");
    goes_on = answer_row(arg, (struct row_value[]){
                                  row_number(entry->likeness),
                                  row_text(entry->name),
                                  row_text(entry->met),
                                  text_or_null(entry->country),
                                  row_texts(domains.parts, domains.count),
                                  text_or_null(entry->affiliation),
                                  row_text(entry->source),
                              });
    free(domains.text);
    return goes_on;
}

static void add_source(const struct register_source *source, void *arg)
{
    if (!answer_row(arg, (struct row_value[]){
                             row_text(source->name),
                             row_number(source->organisations),
                             row_number(source->imported_at),
                         }))
        return; /* the answer knows why */
}

/* ---- import ---- */

static void add_fault(int line, const char *what, void *arg)
{
    if (!answer_row(arg, (struct row_value[]){row_number_if(line > 0, line), row_text(what)}))
        return; /* the answer knows why */
}

static bool on_progress(size_t done, size_t total, void *arg)
{
    answer_progress(arg, (int64_t)done, (int64_t)total, "organisations");
    return !answer_is_cancelled(arg);
}

/* --source, else the file's name. Borrowed from the request. */
static const char *source_of(const struct call *call)
{
    const char *told = call->request->options[OPTION_SOURCE];
    const char *path = call->request->arguments[0], *slash = strrchr(path, '/');

    return told != NULL ? told : slash != NULL ? slash + 1 : path;
}

static enum us_err take_list(struct call *call, const struct register_table *table)
{
    struct register_imported imported;
    const struct register_import import = {
        .source = source_of(call),
        .table = table,
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .is_trial = call->request->options[OPTION_DRY_RUN] != NULL,
        .on_progress = on_progress,
        .arg = call->answer,
    };
    enum us_err err = register_import(call->site, &import, &imported, &call->fault);

    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_register_imported,
                  (struct row_value[]){
                      row_text(import.source),
                      row_number(imported.added),
                      row_number(imported.changed),
                      row_number(imported.removed),
                      row_number(imported.unchanged),
                      row_number(imported.free_domains),
                  });
    return US_OK;
}

/* What is wrong with the file is the answer: rows, of which there may be many. */
enum us_err register_work_import(struct call *call)
{
    struct register_table table;
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = register_check_source(source_of(call), &call->fault);
    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_register_fault);
    /* An empty file comes as none. */
    if (register_csv_read(call->file_count > 0 ? call->files[0].data : "",
                          call->file_count > 0 ? call->files[0].len : 0, add_fault, call->answer,
                          &table) != US_OK)
        return US_OK;
    err = take_list(call, &table);
    register_table_clear(&table);
    return err;
}

/* ---- list, match, remove ---- */

static enum us_err read_sources(struct reader *reader, struct call *call, void *arg)
{
    (void)arg;
    return register_sources(reader, add_source, call->answer);
}

static enum us_err no_source(struct call *call, const char *source)
{
    fault_set(&call->fault, NULL, 0,
              "the register has no list \"%.100s\"; `undersign register list` says which it has",
              source);
    return US_NOT_FOUND;
}

static enum us_err read_entries(struct reader *reader, struct call *call, void *arg)
{
    const char *source = arg;
    enum us_err err = register_each(reader, source, add_entry, call->answer);

    if (err == US_BUSY)
        fault_set(&call->fault, NULL, 0, "the list was taken in anew meanwhile; ask again");
    return err == US_NOT_FOUND ? no_source(call, source) : err;
}

enum us_err register_work_list(struct call *call)
{
    const char *source = call->request->options[OPTION_SOURCE];

    answer_columns(call->answer, source != NULL ? &row_organisation : &row_register_source);
    return source != NULL ? call_read(call, read_entries, (void *)(uintptr_t)source)
                          : call_read(call, read_sources, NULL);
}

static enum us_err read_matches(struct reader *reader, struct call *call, void *arg)
{
    const struct register_question question = {
        .name = call->request->arguments[0],
        .most = MATCHES_MOST,
    };

    (void)arg;
    return register_match(reader, &question, add_match, call->answer);
}

enum us_err register_work_match(struct call *call)
{
    const char *text = call->request->arguments[0];

    if (*text == '\0' || strlen(text) > TEXT_MOST) {
        fault_set(&call->fault, NULL, 0, "a name has 1 to %d bytes", TEXT_MOST);
        return US_INVALID;
    }
    answer_columns(call->answer, &row_organisation_met);
    return call_read(call, read_matches, NULL);
}

struct size {
    const char *source;
    int64_t organisations; /* -1: there is none */
};

static void keep_size(const struct register_source *source, void *arg)
{
    struct size *size = arg;

    if (strcmp(source->name, size->source) == 0)
        size->organisations = source->organisations;
}

static enum us_err read_size(struct reader *reader, struct call *call, void *arg)
{
    (void)call;
    return register_sources(reader, keep_size, arg);
}

enum us_err register_work_remove(struct call *call)
{
    const char *source = call->request->arguments[0];
    struct size size = {source, -1};
    enum us_err err = call_check_reason(call);

    if (err == US_OK)
        err = call_read(call, read_size, &size);
    if (err == US_OK && size.organisations < 0)
        err = US_NOT_FOUND;
    if (err == US_OK && call->request->options[OPTION_DRY_RUN] == NULL)
        err = register_remove(call->site, call->actor, source,
                              call->request->options[OPTION_REASON], &size.organisations);
    if (err == US_NOT_FOUND)
        return no_source(call, source);
    if (err == US_OK)
        answer_single(call->answer, &row_register_removed,
                      (struct row_value[]){row_text(source), row_number(size.organisations)});
    return err;
}
