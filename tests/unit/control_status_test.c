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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* Each letter of which nobody knows, and an appeal's key that is gone. */
static void test_after_a_restore(void **state)
{
    struct facts *facts = *state;
    char slug[] = "trial", other[] = "other", addressee[] = "president";
    struct backup_held rows[] = {{slug, addressee, 3}, {other, addressee, 1}};
    struct site_mark_lost lost = {.slug = slug, .appeal = 77, .count = 1};
    char *list = mem_format("ls -l %s", facts->world.keys);

    facts->status.held = (struct backup_held_list){rows, 1};
    assert_told(facts, true,
                "undersign delivery record trial --edition 3 --how mail --on DAY, or --how none",
                "edition 3 of trial was on its way to president");
    facts->status.held.count = 2;
    assert_int_equal(look(facts, "", "").wrong, 2);
    facts->status.held.count = 0;
    facts->facts.lost = &lost;
    assert_told(facts, true, list, "appeal-77.key, the key of trial, is gone from");
    free(list);
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

static void test_certificate(void **state)
{
    struct facts *facts = *state;
    char *command = mem_format("kill -HUP %ld", (long)getpid());
    int64_t now = facts->status.now;

    facts->facts.tls_end = facts->facts.tls_file_end = now - CLOCK_DAY;
    assert_int_equal(look(facts, "", "").wrong, 0); /* of the file, `config check` tells */
    facts->facts.tls_file_end = now + 90 * CLOCK_DAY;
    assert_told(facts, true, command, "visitors still get the certificate that ended on");
    facts->facts.tls_end = now + 10 * CLOCK_DAY;
    assert_told(facts, true, command, "visitors still get the certificate that ends on");
    facts->facts.tls_end = now + 80 * CLOCK_DAY;
    assert_told(facts, false, command, "which the service has not read yet");
    free(command);
}

static void test_overdue(void **state)
{
    struct facts *facts = *state;

    facts->status.overdue.refused = 2;
    assert_told(facts, true, "undersign retention run",
                "of 2 refused or struck signatures are past");
    facts->status.overdue = (struct retention_overdue){.appeals = 1};
    assert_told(facts, true, "undersign retention run", "of 1 archived appeal are past");
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
    assert_told(facts, true, command, "only 1 MiB are free on the database's disk");
    facts->status.store_disk.free = INT64_C(1) << 30;
    assert_told(facts, false, command, "1024 MiB are free");
    facts->status.store_disk.free = -1; /* nobody knows */
    assert_int_equal(look(facts, "", "").wrong + look(facts, "", "").notes, 0);
    facts->status.wal = INT64_C(1) << 30;
    assert_told(facts, false, "undersign db status", "1024 MiB");
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
    assert_told(facts, false, "undersign mail test ADDRESS", "for 59 min: the relay");
    mail->oldest_at = facts->status.now - CLOCK_SECOND;
    assert_told(facts, false, "undersign mail test ADDRESS", "for less than a minute");
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
    char path[] = "/x/undersign.db.before-1";
    struct backup_kept kept = {.oldest = NULL};

    facts->backup.made_at = facts->status.now - 3 * CLOCK_DAY - CLOCK_SECOND;
    assert_told(facts, true, "undersign backup create", "the last backup is 3 days old");
    facts->world.config.backup_every_hours = 72;
    assert_int_equal(look(facts, "", "").wrong, 0);
    facts->facts.kept = &kept;
    assert_int_equal(look(facts, "", "").notes, 0);
    kept = (struct backup_kept){path, 2};
    assert_told(facts, false, "rm /x/undersign.db.before-1", "(and others), holds persons");
    facts->facts.kept = NULL;
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

/* What is written to is nothing else, and nothing is written over. */
static void test_paths(void **state)
{
    struct facts *facts = *state;
    FILE *file = fopen(facts->socket, "w");

    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_told(facts, true, "undersign config check", "is no socket");
    assert_int_equal(unlink(facts->socket), 0);
    facts->world.config.control_socket = facts->world.config.store_path;
    assert_true(look(facts, "undersign config check", "is named by [store] path too").found == 1);
}

/* The service's account itself, which no longer gets into its folder. */
static void test_shut_out(void **state)
{
    struct facts *facts = *state;
    int status = 1;
    pid_t child;

    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(facts->world.folder, 0700), 0);
    child = fork();
    if (child == 0) {
        bool is_told =
            setuid(65534) == 0 &&
            look(facts, "undersign config check", "account may not write there: chown ").found > 0;
        _exit(is_told ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
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
        TEST(test_well),          TEST(test_after_a_restore), TEST(test_service),
        TEST(test_certificate),   TEST(test_paths),           TEST(test_shut_out),
        TEST(test_disk),          TEST(test_overdue),         TEST(test_mail),
        TEST(test_care),          TEST(test_queue),           TEST(test_appeals),
        TEST(test_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
