/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The block for the ILO from the form to the row: kept encrypted, bound to its row, covered by the
 * row's digest; kept only where an appeal asks for it and somebody will read it.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal/signature_ilo.h"
#include "appeal_world.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define LEGAL "Legalname of the union"
#define QUAY "Secretquay 12, Harbour"

static void sign(struct world *world, const char *visibility, struct signing_receipt *receipt)
{
    struct submission submission;
    struct outbox_mail mail;
    world_fill(&submission, NULL, NULL);
    world_set(&submission, FIELD_LEGAL_NAME, LEGAL);
    world_set(&submission, FIELD_ADDRESS, QUAY);
    world_set(&submission, FIELD_COVERAGE, "the oil industry of one region");
    world_set(&submission, FIELD_REGISTRATION, "refused");
    world_set(&submission, FIELD_MANDATE, "Congress");
    world_set(&submission, FIELD_MANDATE_DATE, "2026-03-14");
    world_set(&submission, FIELD_MEMBERS_DATE, "1.1.2026");
    world_set(&submission, FIELD_VISIBILITY, visibility);
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, receipt), US_OK);
    outbox_mail_free(&mail);
}

static void test_kept_encrypted(void **state)
{
    struct world world;
    struct signing_receipt receipt;
    struct signature_ilo_opened opened;
    size_t len;
    (void)state;
    world_make(&world, "ilo_block = yes\n");
    sign(&world, "international", &receipt);
    assert_false(world_has_bytes(&world, LEGAL));
    assert_false(world_has_bytes(&world, QUAY));
    assert_int_equal(world_check(&world), 1);
    int64_t row = world_number(&world, "SELECT id FROM signature");
    uint8_t *blob = world_blob(&world, "SELECT ilo FROM signature", &len);
    assert_int_equal(signature_ilo_open(world.site, row, blob, len, &opened), US_OK);
    assert_string_equal(opened.ilo.legal_name, LEGAL);
    assert_string_equal(opened.ilo.address, QUAY);
    assert_string_equal(opened.ilo.coverage, "the oil industry of one region");
    assert_string_equal(opened.ilo.mandate, "Congress");
    assert_int_equal(opened.ilo.registration, REGISTRATION_REFUSED);
    assert_true(opened.ilo.has_mandate_date && opened.ilo.has_members_date);
    assert_int_equal(opened.ilo.mandate_date, 20526);
    assert_int_equal(opened.ilo.members_date, 20454);
    signature_ilo_clear(&opened);
    /* Put beside another signature it opens no more. */
    assert_int_equal(signature_ilo_open(world.site, row + 1, blob, len, &opened), US_CORRUPT);
    free(blob);
    world_remove(&world);
}

static void test_not_kept(void **state)
{
    static const struct {
        const char *settings, *visibility;
    } cases[] = {{"", "public"}, {"ilo_block = no\n", "public"}, {"ilo_block = yes\n", "counted"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct signing_receipt receipt;
        world_make(&world, cases[i].settings);
        sign(&world, cases[i].visibility, &receipt);
        assert_int_equal(world_number(&world, "SELECT COUNT(*) FROM signature WHERE ilo IS NULL"),
                         1);
        assert_int_equal(world_check(&world), 1);
        world_remove(&world);
    }
}

static void on_difference(const char *what, void *arg)
{
    (void)what;
    ++*(int *)arg;
}

/* A flipped bit, a block that is gone, and one of another signature are all found. */
static void test_check_covers_it(void **state)
{
    static const char *const damages[] = {
        "UPDATE signature SET ilo = CAST(substr(ilo, 1, length(ilo) - 1) || x'00' AS BLOB)",
        "UPDATE signature SET ilo = NULL",
        "UPDATE signature SET ilo = x''",
    };
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct world world;
        struct signing_receipt receipt;
        int64_t rows;
        int differences = 0;
        bool holds;
        world_make(&world, "ilo_block = yes\n");
        sign(&world, "public", &receipt);
        assert_int_equal(world_check(&world), 1);
        world_close(&world);
        world_sql(&world, damages[i]);
        world_open(&world);
        assert_int_equal(signature_check(world.site, on_difference, &differences, &rows, &holds),
                         US_OK);
        assert_false(holds);
        assert_int_equal(differences, 1);
        world_remove(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_encrypted),
        cmocka_unit_test(test_not_kept),
        cmocka_unit_test(test_check_covers_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
