/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What is told of a site: each fact brings up its own sentence, with what to type, and a site that
 * is well brings up none. The facts are made here; the folders and keys are real.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_world.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/status_problem.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct facts {
    struct world world;
    char socket[128], backups[128], url[32], from[32];
    struct status status;
    struct backup_last backup;
    struct status_facts facts;
    struct status_appeal appeal;
};

struct looking {
    const char *command, *part;
    int found, wrong, notes;
    bool is_wrong;
};

static int make_facts(void **state)
{
    struct facts *facts = MEM_NEW(struct facts);
    char slug[] = "trial";

    world_make(&facts->world, "");
    facts->status = (struct status){
        .now = facts->world.now,
        .started_at = facts->world.now - CLOCK_DAY,
        .schema = 1,
        .appeals = &facts->appeal,
        .appeal_count = 1,
        .store_disk = {INT64_C(1) << 40, INT64_C(1) << 41},
        .mail_disk = {INT64_C(1) << 40, INT64_C(1) << 41},
    };
    facts->status.signatures[SIGNATURE_LISTED] = 7;
    facts->appeal = (struct status_appeal){.slug = mem_string(slug), .state = "open"};
    facts->backup.made_at = facts->world.now - CLOCK_HOUR;
    facts->facts = (struct status_facts){
        .status = &facts->status,
        .config = &facts->world.config,
        .backup = &facts->backup,
        .configured_at = facts->status.started_at - CLOCK_HOUR,
    };
    /* What a loaded configuration always has. */
    (void)snprintf(facts->socket, sizeof(facts->socket), "%s/socket", facts->world.folder);
    (void)snprintf(facts->backups, sizeof(facts->backups), "%s/backups", facts->world.folder);
    (void)snprintf(facts->url, sizeof(facts->url), "https://trial.example");
    (void)snprintf(facts->from, sizeof(facts->from), "trial@trial.example");
    facts->world.config.folder = facts->world.folder;
    facts->world.config.store_path = facts->world.path;
    facts->world.config.keys_folder = facts->world.keys;
    facts->world.config.control_socket = facts->socket;
    facts->world.config.backup_folder = facts->backups;
    facts->world.config.site_url = facts->url;
    facts->world.config.mail_from = facts->from;
    facts->world.config.mail_transport = CONFIG_TRANSPORT_SMTP;
    *state = facts;
    return 0;
}

static int remove_facts(void **state)
{
    struct facts *facts = *state;

    free(facts->appeal.slug);
    world_remove(&facts->world);
    free(facts);
    return 0;
}

static void on_problem(const struct status_problem *problem, void *arg)
{
    struct looking *looking = arg;

    looking->wrong += problem->is_wrong;
    looking->notes += !problem->is_wrong;
    if (strcmp(problem->command, looking->command) != 0 ||
        strstr(problem->text, looking->part) == NULL)
        return;
    looking->found++;
    looking->is_wrong = problem->is_wrong;
}

static struct looking look(const struct facts *facts, const char *command, const char *part)
{
    struct looking looking = {.command = command, .part = part};

    status_problem_each(&facts->facts, on_problem, &looking);
    return looking;
}

/* Once, alone in its level, and of that level. */
static void assert_told(const struct facts *facts, bool is_wrong, const char *command,
                        const char *part)
{
    struct looking looking = look(facts, command, part);

    if (looking.found != 1)
        fail_msg("\"%s\" is told %d times", part, looking.found);
    assert_int_equal(looking.is_wrong, is_wrong);
    assert_int_equal(looking.wrong, is_wrong ? 1 : 0);
}

static void test_well(void **state)
{
    struct looking looking = look(*state, "", "");

    assert_int_equal(looking.wrong, 0);
    assert_int_equal(looking.notes, 0);
}

static void test_service(void **state)
{
    struct facts *facts = *state;

    facts->facts.configured_at = facts->status.started_at + CLOCK_SECOND;
    assert_told(facts, false, "undersign config check && systemctl restart undersignd", "changed");
    facts->status.started_at = 0;
    assert_told(facts, true, "systemctl start undersignd", "not running");
}

static void test_disk(void **state)
{
    struct facts *facts = *state;
    char *command = mem_format("df -h %s", facts->world.config.folder);

    facts->status.is_failing = true;
    assert_told(facts, true, command, "the database cannot be written");
    facts->status.store_disk.free = INT64_C(1) << 20;
    assert_told(facts, true, command, "the disk is full");
    facts->status.is_failing = false;
    assert_told(facts, true, command, "only 1 MB are free on the database's disk");
    facts->status.store_disk.free = INT64_C(1) << 30;
    assert_told(facts, false, command, "1024 MB are free");
    facts->status.store_disk.free = -1; /* nobody knows */
    assert_int_equal(look(facts, "", "").wrong + look(facts, "", "").notes, 0);
    facts->status.wal = INT64_C(1) << 30;
    assert_told(facts, false, "undersign db status", "1024 MB");
    free(command);
}

static void test_mail(void **state)
{
    struct facts *facts = *state;
    struct status_mail *mail = &facts->status.mail;
    char error[] = "the relay answered 450";

    mail->failed = 1;
    assert_told(facts, true, "undersign mail list", "1 mail was given up");
    *mail = (struct status_mail){.waiting = 2,
                                 .tried = 2,
                                 .oldest_at = facts->status.now - CLOCK_HOUR + CLOCK_SECOND,
                                 .last_error = error};
    assert_told(facts, false, "undersign mail test ADDRESS", "for 59 min already: the relay");
    mail->oldest_at = facts->status.now - CLOCK_HOUR;
    assert_told(facts, true, "undersign mail test ADDRESS",
                "2 mails wait for the relay, for 60 min");
    mail->tried = 0;
    assert_told(facts, true, "undersign mail list", "mail has not left for 60 min");
    /* News may take its time, and with no service it is that which is told. */
    mail->news = 2;
    assert_int_equal(look(facts, "", "").wrong, 0);
    mail->news = 0;
    facts->status.started_at = 0;
    assert_told(facts, true, "systemctl start undersignd", "not running");
    *mail = (struct status_mail){.waiting = 0};
}

static void test_care(void **state)
{
    struct facts *facts = *state;

    facts->backup.made_at = facts->status.now - 3 * CLOCK_DAY - CLOCK_SECOND;
    assert_told(facts, true, "undersign backup create", "the last backup is 3 days old");
    facts->world.config.backup_every_hours = 72;
    assert_int_equal(look(facts, "", "").wrong, 0);
    facts->facts.backup = NULL;
    assert_told(facts, true, "undersign backup create", "no backup was ever made");
    facts->status.signatures[SIGNATURE_LISTED] = 0; /* there is nothing to lose yet */
    assert_told(facts, false, "undersign backup create", "no backup was ever made");
}

static void test_queue(void **state)
{
    struct facts *facts = *state;

    facts->status.has_waiting = true;
    facts->status.waiting_since = clock_day(facts->status.now) - 2;
    facts->status.signatures[SIGNATURE_CONFIRMED] = 1;
    assert_told(facts, false, "undersign moderate", "1 signature waits for a moderator since 20");
    facts->status.waiting_since--;
    facts->status.signatures[SIGNATURE_HELD] = 1;
    assert_told(facts, true, "undersign moderate", "2 signatures wait");
}

static void test_appeals(void **state)
{
    struct facts *facts = *state;

    facts->appeal.is_shielded = true;
    assert_told(facts, false, "undersign appeal shield trial off", "trial is shielded");
    facts->appeal.state = "paused";
    assert_told(facts, false, "undersign appeal resume trial", "trial is paused");
}

static void test_configuration(void **state)
{
    struct facts *facts = *state;

    assert_int_equal(remove(facts->world.config.keys_organiser), 0);
    assert_told(facts, true, "undersign config check", "the organiser's public key is missing");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_facts, remove_facts)
    const struct CMUnitTest tests[] = {
        TEST(test_well), TEST(test_service), TEST(test_disk),    TEST(test_mail),
        TEST(test_care), TEST(test_queue),   TEST(test_appeals), TEST(test_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
