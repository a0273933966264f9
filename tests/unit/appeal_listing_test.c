/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What everybody may see of the listed ones: the counts, the pages, the search, each against who
 * signed; and that whoever may not be seen is nowhere in them. On a real store.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/listing.h"
#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
    struct world *world = MEM_NEW(struct world);
    world_make(world, "policy = before\n");
    world->config.limits_mails_per_appeal = 100000;
    world->config.limits_mails_per_day = 100000;
    world->config.limits_organisations_per_mailbox = 100000;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

struct entry {
    const char *name, *latin, *country, *visibility, *members, *affiliation;
    int64_t days; /* after the first */
};

/* Signs, confirms and lists. */
static void add(struct world *world, const struct entry *entry, char id[LISTING_ID_SIZE])
{
    struct submission submission;
    struct outbox_mail mail;
    struct signing_receipt receipt;
    bool changed;
    int64_t now = world->now;
    world_fill(&submission, entry->name, NULL);
    world_set(&submission, FIELD_ORGANISATION_LATIN, entry->latin ? entry->latin : "");
    world_set(&submission, FIELD_COUNTRY, entry->country);
    if (entry->country[0] == '\0')
        world_set(&submission, FIELD_KIND, "international");
    world_set(&submission, FIELD_VISIBILITY, entry->visibility ? entry->visibility : "public");
    world_set(&submission, FIELD_MEMBERS, entry->members ? entry->members : "");
    world_set(&submission, FIELD_AFFILIATION, entry->affiliation ? entry->affiliation : "");
    world_set(&submission, FIELD_REPRESENTATIVE, "Person");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    world->now += entry->days * CLOCK_DAY;
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    world->now = now;
    outbox_mail_free(&mail);
    assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                     US_OK);
    world_take_mail(world, &mail);
    outbox_mail_free(&mail);
    memcpy(id, receipt.public_id, LISTING_ID_SIZE);
}

static void decide(struct world *world, const char *id, enum decision decision)
{
    bool changed;
    assert_int_equal(world_decide(world, id, decision, "a reason", &changed), US_OK);
    assert_true(changed);
}

/* ---- asking, each answer as one line of text ---- */

struct asked {
    struct world *world;
    struct listing_filter filter;
    const char *after, *text;
    size_t most, rows_most, sorted_most, walked_most;
    enum us_err err;
    struct str out;
    struct listing_turn turn;
    struct listing_found found;
    struct listing_totals totals;
};

static bool on_count(const struct listing_count *count, void *arg)
{
    struct asked *asked = arg;
    str_append_format(&asked->out, "%s%s=%lld/%lld", asked->out.len ? " " : "", count->name,
                      (long long)count->signatures, (long long)count->members);
    return true;
}

static bool on_name(const struct signature *signature, void *arg)
{
    struct asked *asked = arg;
    str_append_format(&asked->out, "%s%s", asked->out.len ? "|" : "", signature->organisation);
    if (signature->representative)
        str_append_text(&asked->out, "*");
    return true;
}

static void ask_counts(struct reader *reader, void *arg)
{
    struct asked *a = arg;
    a->err = a->most ? listing_each_common(reader, a->filter.appeal, a->filter.version,
                                           a->filter.kind, a->most, on_count, a)
                     : listing_each_count(reader, a->filter.appeal, a->filter.version,
                                          a->filter.kind, on_count, a);
}

static void ask_page(struct reader *reader, void *arg)
{
    struct asked *a = arg;
    a->err = listing_page(reader, &a->filter, a->after, a->most, on_name, a, &a->turn);
}

static void ask_search(struct reader *reader, void *arg)
{
    struct asked *a = arg;
    const struct listing_search search = {
        .appeal = a->filter.appeal,
        .version = a->filter.version,
        .text = a->text,
        .after = a->after,
        .most = a->most,
        .rows_most = a->rows_most,
        .sorted_most = a->sorted_most,
        .walked_most = a->walked_most,
    };
    a->err = listing_search(reader, &search, on_name, a, &a->found);
}

static void ask_total(struct reader *reader, void *arg)
{
    struct asked *a = arg;
    a->err = listing_total(reader, a->filter.appeal, a->filter.version, &a->totals);
}

static void ask(struct world *world, struct asked *asked,
                void (*work)(struct reader *reader, void *arg))
{
    asked->filter.appeal = world->appeal->id;
    asked->filter.version = world->appeal->version;
    world_read(world, work, asked);
}

static void expect_counts(struct world *world, enum listing_kind kind, size_t most,
                          const char *expected)
{
    struct asked asked = {.filter = {.kind = kind}, .most = most};
    ask(world, &asked, ask_counts);
    assert_int_equal(asked.err, US_OK);
    assert_string_equal(str_text(&asked.out), expected);
    str_free(&asked.out);
}

static void expect_page(struct world *world, enum listing_kind kind, const char *term,
                        const char *expected)
{
    struct asked asked = {.filter = {.kind = kind, .term = term}, .most = 100};
    ask(world, &asked, ask_page);
    assert_int_equal(asked.err, US_OK);
    assert_string_equal(str_text(&asked.out), expected);
    assert_false(asked.turn.has_next || asked.turn.has_previous);
    str_free(&asked.out);
}

static void expect_found(struct world *world, const char *text, const char *expected)
{
    struct asked asked = {.text = text, .most = 100};
    ask(world, &asked, ask_search);
    assert_int_equal(asked.err, US_OK);
    if (strcmp(str_text(&asked.out), expected) != 0)
        fail_msg("\"%s\" finds \"%s\", not \"%s\"", text, str_text(&asked.out), expected);
    str_free(&asked.out);
}

static void expect_total(struct world *world, int64_t signatures, int64_t named, int64_t members,
                         int64_t countries)
{
    struct asked asked = {0};
    ask(world, &asked, ask_total);
    assert_int_equal(asked.err, US_OK);
    assert_int_equal(asked.totals.signatures, signatures);
    assert_int_equal(asked.totals.named, named);
    assert_int_equal(asked.totals.members, members);
    assert_int_equal(asked.totals.countries, countries);
}

/* ---- tests ---- */

static void counts_are_of_the_named_and_the_total_of_all(void **state)
{
    struct world *world = *state;
    char id[LISTING_ID_SIZE], day[16], days[200];
    expect_total(world, 0, 0, 0, 0);
    expect_counts(world, LISTING_COUNTRY, 0, "");
    add(world, &(struct entry){"Alpha", NULL, "DE", NULL, "100", "ITUC, Uni Global"}, id);
    add(world, &(struct entry){"Beta", NULL, "DE", "organisation", "20", "ituc; ПСИ", 2}, id);
    add(world, &(struct entry){"Gamma", NULL, "", NULL, NULL, NULL, 2}, id);
    add(world, &(struct entry){"Hidden", NULL, "BY", "recipients", "3", "Secret", 1}, id);
    add(world, &(struct entry){"Hidden two", NULL, "DE", "international", "5", "ITUC", 2}, id);
    add(world, &(struct entry){"Hidden three", NULL, "KZ", "counted", "7", "ITUC", 2}, id);
    expect_total(world, 6, 3, 120, 1);
    expect_counts(world, LISTING_COUNTRY, 0, "=1/0 DE=2/120");
    clock_print_day(clock_day(world->now), day);
    char later[16];
    clock_print_day(clock_day(world->now) + 2, later);
    snprintf(days, sizeof days, "%s=1/100 %s=2/20", day, later);
    expect_counts(world, LISTING_DAY, 0, days);
    expect_counts(world, LISTING_AFFILIATION, 10, "ITUC=2/120 Uni Global=1/100 ПСИ=1/20");
    expect_counts(world, LISTING_AFFILIATION, 1, "ITUC=2/120");
    world_check(world);
}

static void who_leaves_leaves_nothing(void **state)
{
    struct world *world = *state;
    char first[LISTING_ID_SIZE], second[LISTING_ID_SIZE];
    add(world, &(struct entry){"Alpha Union", NULL, "DE", NULL, "100", "ITUC"}, first);
    add(world, &(struct entry){"Beta Union", NULL, "FR", NULL, "10", "Only theirs"}, second);
    decide(world, second, DECISION_STRIKE);
    expect_total(world, 1, 1, 100, 1);
    expect_counts(world, LISTING_COUNTRY, 0, "DE=1/100");
    expect_counts(world, LISTING_AFFILIATION, 10, "ITUC=1/100");
    expect_found(world, "union", "Alpha Union*");
    world_check(world);
    decide(world, first, DECISION_STRIKE);
    static const char *const tables[] = {"listing_place", "listing_word", "listing_count"};
    for (size_t i = 0; i < 3; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", tables[i]);
        assert_int_equal(world_number(world, sql), 0);
    }
    decide(world, second, DECISION_RESTORE);
    expect_counts(world, LISTING_COUNTRY, 0, "FR=1/10");
    expect_found(world, "beta", "Beta Union*");
    world_check(world);
}

static void pages_turn_both_ways(void **state)
{
    struct world *world = *state;
    char ids[7][LISTING_ID_SIZE], hidden[LISTING_ID_SIZE];
    for (int i = 0; i < 7; i++) {
        char name[16];
        snprintf(name, sizeof name, "Union %c", "DBFAGEC"[i]);
        add(world, &(struct entry){name, NULL, i < 5 ? "DE" : "AT", "organisation"}, ids[i]);
    }
    add(world, &(struct entry){"Union Bb", NULL, "DE", "counted"}, hidden);
    expect_page(world, LISTING_COUNTRY, "DE", "Union A|Union B|Union D|Union F|Union G");
    expect_page(world, LISTING_COUNTRY, "FR", "");
    expect_page(world, LISTING_ALL, NULL,
                "Union C|Union E|Union A|Union B|Union D|Union F|Union G");

    static const char *const pages[] = {"Union C|Union E", "Union A|Union B", "Union D|Union F",
                                        "Union G"};
    char after[LISTING_ID_SIZE] = "", starts[4][LISTING_ID_SIZE];
    for (int i = 0; i < 4; i++) {
        struct asked asked = {.filter = {.kind = LISTING_ALL}, .most = 2};
        asked.after = i > 0 ? after : NULL;
        ask(world, &asked, ask_page);
        assert_int_equal(asked.err, US_OK);
        assert_string_equal(str_text(&asked.out), pages[i]);
        assert_int_equal(asked.turn.has_previous, i > 0);
        assert_int_equal(asked.turn.has_next, i < 3);
        strcpy(starts[i], after);
        if (i > 0)
            assert_string_equal(asked.turn.previous, starts[i - 1]);
        strcpy(after, asked.turn.next);
        str_free(&asked.out);
    }
    /* Who is not named, of another part, or never was: all the same. */
    const char *const strangers[] = {hidden, ids[6], "k3v9m0q2xw7ra", ""};
    for (size_t i = 0; i < 4; i++) {
        struct asked asked = {
            .filter = {.kind = LISTING_COUNTRY, .term = "DE"}, .after = strangers[i], .most = 2};
        ask(world, &asked, ask_page);
        assert_int_equal(asked.err, US_NOT_FOUND);
        assert_int_equal(asked.out.len, 0);
    }
    struct asked search = {.text = "union", .after = hidden, .most = 2};
    ask(world, &search, ask_search);
    assert_int_equal(search.err, US_NOT_FOUND);
    /* A page whose first one left goes on where it stood. */
    decide(world, ids[0], DECISION_STRIKE);
    struct asked asked = {.filter = {.kind = LISTING_ALL}, .after = starts[2], .most = 2};
    ask(world, &asked, ask_page);
    assert_string_equal(str_text(&asked.out), "Union F|Union G");
    str_free(&asked.out);
}

static void parts_hold_who_belongs(void **state)
{
    struct world *world = *state;
    char id[LISTING_ID_SIZE], day[16], term[LISTING_TERM_SIZE];
    add(world, &(struct entry){"Alpha", NULL, "DE", NULL, NULL, "Uni Global , ITUC،ПСИ"}, id);
    add(world, &(struct entry){"Beta", NULL, "FR", NULL, NULL, "UNI GLOBAL", 1}, id);
    add(world, &(struct entry){"Gamma", NULL, "FR", "counted", NULL, "UNI GLOBAL", 1}, id);
    listing_fold_affiliation("uni-global", term);
    expect_page(world, LISTING_AFFILIATION, term, "Alpha*|Beta*");
    listing_fold_affiliation("пси", term);
    expect_page(world, LISTING_AFFILIATION, term, "Alpha*");
    clock_print_day(clock_day(world->now) + 1, day);
    expect_page(world, LISTING_DAY, day, "Beta*");
}

static void search_finds_beginnings_of_words(void **state)
{
    struct world *world = *state;
    char id[LISTING_ID_SIZE];
    add(world, &(struct entry){"Независимый профсоюз «Ёлка»", "Yolka Union", "KZ"}, id);
    add(world, &(struct entry){"Syndicat du Pétrole", NULL, "FR", "organisation"}, id);
    add(world, &(struct entry){"全国石油工会分会", NULL, "CN"}, id);
    add(world, &(struct entry){"اتحاد عمال النفط", NULL, "EG"}, id);
    add(world, &(struct entry){"Union of Hidden Workers", NULL, "BY", "recipients"}, id);
    add(world, &(struct entry){"Union Union", NULL, "GB"}, id);
    expect_found(world, "незав", "Независимый профсоюз «Ёлка»*");
    expect_found(world, "ПРОФ  елк", "Независимый профсоюз «Ёлка»*");
    expect_found(world, "yol проф", "Независимый профсоюз «Ёлка»*");
    expect_found(world, "союз", "");
    expect_found(world, "petro", "Syndicat du Pétrole");
    expect_found(world, "PÉTROLE syndicat", "Syndicat du Pétrole");
    expect_found(world, "petroleum", "");
    expect_found(world, "石油", "全国石油工会分会*");
    expect_found(world, "عمال", "اتحاد عمال النفط*");
    expect_found(world, "union", "Union Union*|Независимый профсоюз «Ёлка»*");
    expect_found(world, "hidden", "");
    expect_found(world, "person", "");
    expect_found(world, "u", "Union Union*|Независимый профсоюз «Ёлка»*");
    expect_found(world, "'\"%_<>", "");
    struct asked asked = {.text = " — ", .most = 2};
    ask(world, &asked, ask_search);
    assert_int_equal(asked.err, US_OK);
    assert_true(asked.found.has_no_words);
    char text[LISTING_SEARCH_MOST + 2];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    asked.text = text;
    ask(world, &asked, ask_search);
    assert_int_equal(asked.err, US_INVALID);
    text[sizeof text - 2] = '\0';
    ask(world, &asked, ask_search);
    assert_int_equal(asked.err, US_OK);
}

/* Turns through all pages of a search and back, and gives how many pages there were. */
static int turn_through(struct world *world, size_t sorted_most, size_t walked_most,
                        const char *expected)
{
    struct str all = STR_INIT;
    char places[32][LISTING_ID_SIZE] = {""}, next[LISTING_ID_SIZE] = "";
    bool has_next = true;
    int pages = 0;
    for (; has_next; pages++) {
        struct asked asked = {.text = "union", .after = pages > 0 ? next : NULL, .most = 2};
        asked.sorted_most = sorted_most;
        asked.walked_most = walked_most;
        assert_true(pages < 32);
        strcpy(places[pages], next);
        ask(world, &asked, ask_search);
        assert_int_equal(asked.err, US_OK);
        assert_int_equal(asked.found.count, 6);
        if (all.len > 0 && asked.out.len > 0)
            str_append_char(&all, '|');
        str_append_text(&all, str_text(&asked.out));
        /* Broken off, the way back has places of its own; else it is the same. */
        if (walked_most == 0) {
            assert_int_equal(asked.found.turn.has_previous, pages > 0);
            if (pages > 0)
                assert_string_equal(asked.found.turn.previous, places[pages - 1]);
        }
        has_next = asked.found.turn.has_next;
        strcpy(next, asked.found.turn.next);
        str_free(&asked.out);
    }
    assert_string_equal(str_text(&all), expected);
    str_free(&all);
    return pages;
}

static void a_search_is_bounded_and_whole(void **state)
{
    static const char all[] = "Union 1|Union 5|Union 3|Union 2|Union 4|Union 6";
    struct world *world = *state;
    char id[LISTING_ID_SIZE];
    for (int i = 1; i <= 6; i++) {
        char name[32];
        snprintf(name, sizeof name, "Union %d", i);
        add(world,
            &(struct entry){name, NULL,
                            i % 2 == 0 ? "KZ"
                            : i == 3   ? "CN"
                                       : "AT",
                            "organisation"},
            id);
        snprintf(name, sizeof name, "Workers %d", i);
        add(world, &(struct entry){name, NULL, "DE", "organisation"}, id);
    }
    assert_int_equal(turn_through(world, 0, 0, all), 3);
    assert_int_equal(turn_through(world, 1, 0, all), 3);
    assert_true(turn_through(world, 1, 3, all) > 3);
    struct asked asked = {.text = "union", .most = 2, .rows_most = 5};
    ask(world, &asked, ask_search);
    assert_int_equal(asked.err, US_OK);
    assert_true(asked.found.is_too_many);
    assert_int_equal(asked.out.len, 0);
}

static void copy_file(const char *from, const char *to)
{
    char block[65536];
    size_t len;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((len = fread(block, 1, sizeof block, in)) > 0)
        assert_int_equal(fwrite(block, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void tell_nothing(const char *what, void *arg)
{
    (void)what;
    ++*(int *)arg;
}

static void the_check_sees_each_difference(void **state)
{
    static const char *const harms[] = {
        "UPDATE listing_count SET signatures = signatures + 1 WHERE kind = 'country'",
        "UPDATE listing_count SET members = members - 1 WHERE kind = 'country'",
        "UPDATE listing_count SET signatures = signatures + 1 WHERE kind = 'day'",
        "UPDATE listing_count SET signatures = signatures + 1 WHERE kind = 'affiliation'",
        "DELETE FROM listing_count WHERE kind = 'day'",
        "DELETE FROM listing_place WHERE kind = 'country'",
        "DELETE FROM listing_place WHERE kind = 'affiliation'",
        "UPDATE listing_place SET collation = x'00' WHERE kind = 'day'",
        "DELETE FROM listing_word WHERE word = 'alpha'",
        "INSERT INTO listing_word SELECT appeal, version, 'hidden', id FROM signature "
        "WHERE visibility = 'counted'",
        "INSERT INTO listing_place SELECT appeal, version, 'country', country, collation, id "
        "FROM signature WHERE visibility = 'counted'",
    };
    struct world *world = *state;
    char id[LISTING_ID_SIZE];
    add(world, &(struct entry){"Alpha", NULL, "DE", NULL, "100", "ITUC"}, id);
    add(world, &(struct entry){"Hidden", NULL, "BY", "counted"}, id);
    world_check(world);
    char kept[128];
    snprintf(kept, sizeof kept, "%s.kept", world->path);
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        int told = 0;
        int64_t rows;
        bool holds = true;
        world_close(world);
        copy_file(world->path, kept);
        world_sql(world, harms[i]);
        world_open(world);
        assert_int_equal(signature_check(world->site, tell_nothing, &told, &rows, &holds), US_OK);
        if (holds || told == 0)
            fail_msg("not seen: %s", harms[i]);
        world_close(world);
        copy_file(kept, world->path);
        world_open(world);
        world_check(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_are_of_the_named_and_the_total_of_all, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_leaves_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_turn_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_hold_who_belongs, setup, teardown),
        cmocka_unit_test_setup_teardown(search_finds_beginnings_of_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_search_is_bounded_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(the_check_sees_each_difference, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
