/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The register: its file, taking lists in and out, finding names, and whom it lets in. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/domain_lists.h"
#include "appeal/register.h"
#include "appeal/register_import.h"
#include "appeal/register_record.h"
#include "appeal_rig.h"
#include "base/mem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

struct told {
    size_t count;
    int line; /* of the first */
    char text[256];
};

static void on_fault(int line, const char *what, void *arg)
{
    struct told *told = arg;
    if (told->count++ == 0) {
        told->line = line;
        (void)snprintf(told->text, sizeof told->text, "%s", what);
    }
}

static struct register_table read_list(const char *text)
{
    struct register_table table;
    struct told told = {.count = 0};
    if (register_csv_read(text, strlen(text), on_fault, &told, &table) != US_OK)
        fail_msg("line %d: %s", told.line, told.text);
    return table;
}

static void expect_fault(const char *text, int line, const char *what)
{
    struct register_table table;
    struct told told = {.count = 0};
    assert_int_equal(register_csv_read(text, strlen(text), on_fault, &told, &table), US_INVALID);
    if (told.line != line || !strstr(told.text, what))
        fail_msg("line %d: %s", told.line, told.text);
}

static void cells_are_read(void **state)
{
    static const struct {
        const char *file, *cells; /* '|' between cells, '/' between records */
    } cases[] = {
        {"a,b\nc,d\n", "a|b/c|d"},
        {"a,b\r\nc,d", "a|b/c|d"},
        {"a,b\rc,d\r", "a|b/c|d"},
        {"\xef\xbb\xbf"
         "a;b\nc;d,e",
         "a|b/c|d,e"},
        {"sep=;\r\na,x;b\r\n", "a,x|b"},
        {"a\tb\nc\td;e,f", "a|b/c|d;e,f"},
        {"\"a,1\";\"b;2\"\n\"c\"\"d\";e", "a,1|b;2/c\"d|e"},
        {"\"a\r\nb\",c\n,", "a b|c/|"},
        {"A \"B\" C,d\n", "A \"B\" C|d"},
        {"a\n\nb\n", "a//b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct register_reader reader;
        struct register_record record = {.count = 0};
        struct str seen = STR_INIT;
        bool is_first = true;
        register_reader_open(&reader, cases[i].file, strlen(cases[i].file));
        while (register_reader_next(&reader, &record)) {
            assert_null(record.problem);
            str_append_text(&seen, is_first ? "" : "/");
            is_first = false;
            for (size_t k = 0; k < record.count; k++) {
                str_append_text(&seen, k > 0 ? "|" : "");
                str_append_text(&seen, register_record_field(&record, k));
            }
        }
        assert_string_equal(str_text(&seen), cases[i].cells);
        str_free(&seen);
        register_record_clear(&record);
    }
}

static void rows_are_cleaned(void **state)
{
    struct register_table table =
        read_list("DOMAINS,name,Country,aliases\n"
                  "@B.Example  a.example|b.example, Союз  «А» ,kz,Soiuz A|soyuz a| |Other\n"
                  ",\"B, C\",,\n,,,\n"
                  "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.example,D,PL,\n");
    (void)state;
    assert_int_equal(table.count, 3);
    assert_string_equal(table.rows[0].name, "B, C");
    assert_string_equal(table.rows[0].country, "");
    assert_string_equal(table.rows[1].domains, "xn--e1afmkfd.example");
    const struct register_row *row = &table.rows[2];
    assert_string_equal(row->name, "Союз «А»");
    assert_string_equal(row->country, "KZ");
    assert_string_equal(row->domains, "a.example b.example");
    assert_string_equal(row->aliases, "Other"); /* the others have the name's key */
    assert_string_equal(row->affiliation, "");
    assert_int_equal(row->line, 2);
    register_table_clear(&table);
}

static void bad_files_are_refused(void **state)
{
    char long_cell[REGISTER_FIELD_MOST + 64], *many = mem_alloc(100000);
    (void)state;
    expect_fault("", 0, "empty");
    expect_fault("name\n", 0, "no organisation");
    expect_fault("country\nKZ\n", 1, "name is missing");
    expect_fault("name,nmae\nA,B\n", 1, "no column \"nmae\"");
    expect_fault("name,name\nA,B\n", 1, "twice");
    expect_fault("name\nA\n\xff\n", 3, "UTF-8");
    expect_fault("\xff\xfen\0a\0", 1, "UTF-8");
    expect_fault("name,country\nA,KZ\nB\n", 3, "1 cells; the first line has 2");
    expect_fault("name\n\"A\nB\nC\n", 2, "nothing closes it");
    expect_fault("name\n\"A\"B\n", 2, "written twice");
    expect_fault("name\nA\nB\nA\n", 4, "line 2 already");
    expect_fault("name,country\nA,ZZ\n", 2, "no country");
    expect_fault("name,domains\nA,nodot\n", 2, "no domain");
    expect_fault("name,domains\nA,www.a.example\n", 2, "no domain");
    expect_fault("name\nA\xe2\x80\xae\n", 2, "control characters");
    (void)snprintf(long_cell, sizeof long_cell, "name\n%0*d\n", (int)REGISTER_FIELD_MOST + 1, 7);
    expect_fault(long_cell, 2, "16 KiB");
    strcpy(many, "name");
    for (int i = 0; i < 40; i++)
        strcat(many, ",");
    expect_fault(many, 1, "32 columns");
    strcpy(many, "name,domains\nA,");
    for (int i = 0; i < 31; i++)
        (void)sprintf(many + strlen(many), "a%d.example ", i);
    expect_fault(many, 2, "30 domains");
    strcpy(many, "name,aliases\nA,");
    for (int i = 0; i < 31; i++)
        (void)sprintf(many + strlen(many), "B%d|", i);
    expect_fault(many, 2, "30 aliases");
    free(many);
}

/* ---- the register ---- */

struct world {
    struct appeal_rig rig;
    struct domain_lists *domains;
    struct site *site; /* the rig's with lists of domains */
};

static int open_world(void **state)
{
    struct world *world = MEM_NEW(struct world);
    struct fault fault = {.line = 0};
    appeal_rig_open(&world->rig);
    if (domain_lists_load(NULL, &world->domains, &fault) != US_OK)
        fail_msg("%s", fault.text);
    world->site = site_new(&(struct site_params){.config = &world->rig.config,
                                                 .store = world->rig.store,
                                                 .keyring = world->rig.keyring,
                                                 .domains = world->domains});
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    site_free(world->site);
    domain_lists_free(world->domains);
    appeal_rig_close(&world->rig);
    free(world);
    return 0;
}

static enum us_err import_as(struct world *world, const char *source, const char *text,
                             struct register_imported *out,
                             bool (*on_progress)(size_t, size_t, void *), void *arg)
{
    struct register_table table = read_list(text);
    struct fault fault = {.line = 0};
    const enum us_err err = register_import(world->site,
                                            &(struct register_import){.source = source,
                                                                      .table = &table,
                                                                      .actor = "unix:test",
                                                                      .on_progress = on_progress,
                                                                      .arg = arg},
                                            out, &fault);
    register_table_clear(&table);
    return err;
}

static struct register_imported import_list(struct world *world, const char *source,
                                            const char *text)
{
    struct register_imported imported;
    assert_int_equal(import_as(world, source, text, &imported, NULL, NULL), US_OK);
    return imported;
}

struct asking {
    struct site *site;
    struct register_question question;
    struct register_claim claim;
    struct str seen; /* "LIKENESS NAME (SOURCE)", a comma between */
    char *source;
    enum us_err err;
};

static bool on_entry(const struct register_entry *entry, void *arg)
{
    struct asking *asking = arg;
    str_append_format(&asking->seen, "%s%u %s (%s)%s", asking->seen.len > 0 ? ", " : "",
                      entry->likeness, entry->name, entry->source, entry->has_domain ? " @" : "");
    return true;
}

static void read_match(struct reader *reader, void *arg)
{
    struct asking *asking = arg;
    asking->err = register_match(reader, &asking->question, on_entry, asking);
}

static void expect_match(struct world *world, const struct register_question *question,
                         const char *what)
{
    struct asking asking = {.question = *question};
    assert_int_equal(store_read_wait(world->rig.store, read_match, &asking), US_OK);
    assert_int_equal(asking.err, US_OK);
    assert_string_equal(str_text(&asking.seen), what);
    str_free(&asking.seen);
}

static void expect_name(struct world *world, const char *name, const char *what)
{
    expect_match(world, &(struct register_question){.name = name}, what);
}

static int64_t rows(struct world *world)
{
    return appeal_rig_number(&world->rig, "SELECT (SELECT COUNT(*) FROM organisation) + "
                                          "(SELECT COUNT(*) FROM organisation_name) + "
                                          "(SELECT COUNT(*) FROM organisation_word) + "
                                          "(SELECT COUNT(*) FROM organisation_domain)");
}

static void lists_are_replaced(void **state)
{
    struct world *world = *state;
    struct register_imported told =
        import_list(world, "a",
                    "name,country,domains\nBeta,KZ,b.example\nAlpha,KZ,gmail.com\n"
                    "Alpha,PL,\n");
    assert_int_equal(told.added, 3);
    assert_int_equal(told.free_domains, 1);
    (void)import_list(world, "b", "name\nBeta\n");
    expect_name(world, "BETA", "100 Beta (a), 100 Beta (b)");
    told = import_list(world, "a", "name,country,domains\nBeta,KZ,\nAlpha,KZ,gmail.com\nGamma,,\n");
    assert_int_equal(told.added, 1);
    assert_int_equal(told.changed, 1);
    assert_int_equal(told.removed, 1);
    assert_int_equal(told.unchanged, 1);
    /* 3 and 1 organisations, as many names, as many words, one domain: the old list left nothing.
     */
    assert_int_equal(rows(world), 4 + 4 + 4 + 1);
    int64_t removed;
    assert_int_equal(register_remove(world->site, "unix:test", "a", NULL, &removed), US_OK);
    assert_int_equal(removed, 3);
    assert_int_equal(rows(world), 3);
    assert_int_equal(register_remove(world->site, "unix:test", "a", NULL, &removed), US_NOT_FOUND);
    expect_name(world, "BETA", "100 Beta (b)");
    expect_name(world, "Gamma", "");
}

static bool stop(size_t done, size_t total, void *arg)
{
    (void)done;
    (void)total;
    (void)arg;
    return false;
}

static bool count_jobs(size_t done, size_t total, void *arg)
{
    (void)done;
    (void)total;
    ++*(int *)arg;
    return true;
}

/* Ten organisations of 900 statements each: no job keeps the store for long. */
static void long_rows_make_small_jobs(void **state)
{
    struct world *world = *state;
    struct str list = STR_INIT;
    struct register_imported told;
    int64_t removed;
    int jobs = 0;
    str_append_text(&list, "name,aliases\n");
    for (int i = 0; i < 10; i++) {
        str_append_format(&list, "N%d,", i);
        for (int k = 0; k < 30; k++) {
            str_append_text(&list, k > 0 ? "|" : "");
            for (int w = 0; w < 28; w++)
                str_append_format(&list, "%s%d", w > 0 ? " " : "", 10000 + i * 840 + k * 28 + w);
        }
        str_append_text(&list, "\n");
    }
    assert_int_equal(import_as(world, "a", str_text(&list), &told, count_jobs, &jobs), US_OK);
    assert_int_equal(told.added, 10);
    assert_true(jobs > 3 && jobs < 10);
    assert_int_equal(rows(world), 10 + 10 * 31 + 10 * (30 * 28 + 1));
    assert_int_equal(register_remove(world->site, "unix:test", "a", NULL, &removed), US_OK);
    assert_int_equal(removed, 10);
    assert_int_equal(rows(world), 0);
    str_free(&list);
}

/* While a list is being written: another import of the same one, which wins. */
static bool overtake(size_t done, size_t total, void *arg)
{
    (void)done;
    (void)total;
    struct world *world = arg;
    (void)import_list(world, "a", "name\nWinner\n");
    return true;
}

static void broken_imports_leave_the_old(void **state)
{
    struct world *world = *state;
    struct register_imported told;
    (void)import_list(world, "a", "name\nOld\n");
    assert_int_equal(import_as(world, "a", "name\nNew\n", &told, stop, NULL), US_CANCELLED);
    expect_name(world, "Old", "100 Old (a)");
    expect_name(world, "New", "");
    assert_int_equal(rows(world), 3);
    assert_int_equal(import_as(world, "c", "name\nNew\n", &told, stop, NULL), US_CANCELLED);
    assert_int_equal(appeal_rig_number(&world->rig, "SELECT COUNT(*) FROM register_source"), 1);
    assert_int_equal(import_as(world, "a", "name\nLoser\n", &told, overtake, world), US_CONFLICT);
    expect_name(world, "Winner", "100 Winner (a)");
    expect_name(world, "Loser", "");
    assert_int_equal(rows(world), 3);
}

static void near_names_are_found(void **state)
{
    struct world *world = *state;
    (void)import_list(world, "a",
                      "name,aliases,country,domains\n"
                      "Профсоюз «Жанарту»,Zhanartu Trade Union,KZ,z.example\n"
                      "Union of Oil Workers,,KZ,o.example\nUnion of Oil Workers,,PL,p.example\n"
                      "Union of Oil Workers: Branch,,,i.example\n");
    expect_name(world, "Profsojuz Janartu", "100 Профсоюз «Жанарту» (a)");
    expect_name(world, "Trade union Janarto", "83 Профсоюз «Жанарту» (a)");
    expect_match(
        world,
        &(struct register_question){
            .name = "Oil Workers' Union", .country = "KZ", .domain = "o.example", .least = 100},
        "100 Union of Oil Workers (a) @");
    expect_match(world, &(struct register_question){.name = "Oil Workers' Union", .country = "KZ"},
                 "100 Union of Oil Workers (a), 89 Union of Oil Workers: Branch (a)");
    expect_match(world, &(struct register_question){.name = "Oil Workers' Union", .most = 1},
                 "100 Union of Oil Workers (a)");
    /* The beginning of a domain is another one. */
    expect_match(
        world,
        &(struct register_question){.name = "Profsojuz Janartu", .domain = "z.exam", .least = 100},
        "100 Профсоюз «Жанарту» (a)");
    expect_name(world, "—", "");
    expect_name(world, "Panaderos", "");
}

static void read_claim(struct reader *reader, void *arg)
{
    struct asking *asking = arg;
    asking->err = register_knows(reader, asking->site, &asking->claim, &asking->source);
}

static void expect_known(struct world *world, const struct register_claim *claim,
                         const char *source)
{
    struct asking asking = {.site = world->site, .claim = *claim};
    assert_int_equal(store_read_wait(world->rig.store, read_claim, &asking), US_OK);
    assert_int_equal(asking.err, US_OK);
    if (source)
        assert_string_equal(asking.source ? asking.source : "(none)", source);
    else
        assert_null(asking.source);
    free(asking.source);
}

#define CLAIM(name, country, mailbox) (&(struct register_claim){1, name, country, mailbox})

static void only_the_known_are_let_in(void **state)
{
    struct world *world = *state;
    (void)import_list(world, "a",
                      "name,aliases,country,domains\nЖанарту,ZH Union,KZ,z.example\n"
                      "Free,,KZ,gmail.com mailinator.com\nWorld,,,w.example\n");
    expect_known(world, CLAIM("Zhanartu", "KZ", "x@z.example"), "a");
    expect_known(world, CLAIM("Union ZH", "KZ", "x@z.example"), "a");
    expect_known(world, CLAIM("World", NULL, "x@w.example"), "a");
    expect_known(world, CLAIM("World", "", "x@w.example"), "a");
    expect_known(world, CLAIM("Zhanartu", "PL", "x@z.example"), NULL);
    expect_known(world, CLAIM("Zhanartu", "", "x@z.example"), NULL);
    expect_known(world, CLAIM("World", "KZ", "x@w.example"), NULL);
    expect_known(world, CLAIM("Zhanartu", "KZ", "x@w.example"), NULL);
    expect_known(world, CLAIM("Zhanartu", "KZ", "x@sub.z.example"), NULL);
    expect_known(world, CLAIM("Zhanarto", "KZ", "x@z.example"), NULL);
    expect_known(world, CLAIM("Free", "KZ", "x@gmail.com"), NULL);
    expect_known(world, CLAIM("Free", "KZ", "x@mailinator.com"), NULL);
    expect_known(world, CLAIM("—", "KZ", "x@z.example"), NULL);
    /* Without lists of providers nobody is let in. */
    struct site *site = world->site;
    world->site = world->rig.site;
    expect_known(world, CLAIM("Zhanartu", "KZ", "x@z.example"), NULL);
    world->site = site;
    /* A list that counts no more lets nobody in. */
    (void)import_list(world, "a", "name\nOther\n");
    expect_known(world, CLAIM("Zhanartu", "KZ", "x@z.example"), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_read),
        cmocka_unit_test(rows_are_cleaned),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test_setup_teardown(lists_are_replaced, open_world, close_world),
        cmocka_unit_test_setup_teardown(long_rows_make_small_jobs, open_world, close_world),
        cmocka_unit_test_setup_teardown(broken_imports_leave_the_old, open_world, close_world),
        cmocka_unit_test_setup_teardown(near_names_are_found, open_world, close_world),
        cmocka_unit_test_setup_teardown(only_the_known_are_let_in, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
