/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters, editions and deliveries over the control socket, spoken to as any program could: what
 * comes with a letter, what may be uploaded, and what is refused.
 */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_letters.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/session.h"
#include "proto/frame.h"
#include <cmocka.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPTIONS_MOST 8

struct rig {
    struct world world;
    struct session_params params;
    pthread_t thread;
    int fd;
    struct frame_reader *reader;
};

static void *run_session(void *arg)
{
    struct rig *rig = arg;

    session_run(&rig->params);
    close(rig->params.in);
    return NULL;
}

static void hang_up(struct rig *rig)
{
    close(rig->fd);
    pthread_join(rig->thread, NULL);
    frame_reader_free(rig->reader);
}

static void call_up(struct rig *rig)
{
    struct str bytes = STR_INIT;
    struct frame frame;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    rig->params = (struct session_params){
        .config = &rig->world.config,
        .site = rig->world.site,
        .actor = "unix:tester",
        .rank = ROLE_ADMINISTRATOR,
        .in = pair[1],
        .out = pair[1],
    };
    rig->fd = pair[0];
    rig->reader = frame_reader_new();
    assert_int_equal(pthread_create(&rig->thread, NULL, run_session, rig), 0);
    assert_int_equal(frame_read(rig->reader, rig->fd, -1, NULL, &frame), US_OK);
    assert_int_equal(frame_put_hello(&bytes, "control_letter_test"), US_OK);
    assert_int_equal(frame_write(rig->fd, bytes.data, bytes.len, -1), US_OK);
    str_free(&bytes);
}

static int setup(void **state)
{
    struct rig *rig = MEM_NEW(struct rig);

    signal(SIGPIPE, SIG_IGN);
    letters_make_world(&rig->world, "");
    call_up(rig);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    hang_up(rig);
    world_remove(&rig->world);
    free(rig);
    return 0;
}

struct question {
    const char *command;
    const char *arguments[5]; /* ended by NULL; none: the appeal's slug */
    struct frame_option options[OPTIONS_MOST];
    size_t blobs;
};

static void put(struct rig *rig, const struct question *question, struct str *bytes)
{
    static const char *const slug[] = {"trial"};
    size_t arguments = 0, options = 0;

    (void)rig;
    while (question->arguments[arguments] != NULL)
        arguments++;
    while (options < OPTIONS_MOST && question->options[options].name != NULL)
        options++;
    const struct frame_request_params params = {
        .command = question->command,
        .arguments = arguments > 0 ? question->arguments : slug,
        .argument_count = arguments > 0 ? arguments : 1,
        .options = question->options,
        .option_count = options,
        .blobs = question->blobs,
    };
    assert_int_equal(frame_put_request(bytes, &params), US_OK);
}

static void put_blob(struct str *bytes, const char *name, const void *data, size_t len)
{
    assert_int_equal(frame_put_blob(bytes, name, data, len), US_OK);
}

static void post(struct rig *rig, struct str *bytes)
{
    assert_int_equal(frame_write(rig->fd, bytes->data, bytes->len, -1), US_OK);
    str_free(bytes);
}

static void ask(struct rig *rig, const struct question *question)
{
    struct str bytes = STR_INIT;

    put(rig, question, &bytes);
    post(rig, &bytes);
}

/* Rows of all schemas: "SCHEMA name=value ...;", nils left out. The caller's. */
static char *hear(struct rig *rig)
{
    struct str out = STR_INIT;
    struct frame frame;
    const struct row_schema *schema = NULL;

    for (;;) {
        assert_int_equal(frame_read(rig->reader, rig->fd, -1, NULL, &frame), US_OK);
        if (frame.type == FRAME_END)
            return str_take(&out);
        if (frame.type == FRAME_ERROR)
            fail_msg("unexpected error: %s", frame.text);
        if (frame.type == FRAME_COLUMNS)
            schema = row_schema_find(frame.name);
        if (frame.type != FRAME_ROW)
            continue;
        str_append_text(&out, schema->name);
        for (size_t i = 0; i < frame.count; i++) {
            const struct row_value *value = &frame.values[i];
            if (!value->is_set)
                continue;
            str_append_format(&out, " %s=", schema->columns[i].name);
            if (value->text != NULL)
                str_append_text(&out, value->text);
            else
                str_append_format(&out, "%" PRId64, value->number);
        }
        str_append_text(&out, ";\n");
    }
}

static void assert_error(struct rig *rig, enum us_err err, const char *part)
{
    struct frame frame;

    do
        assert_int_equal(frame_read(rig->reader, rig->fd, -1, NULL, &frame), US_OK);
    while (frame.type == FRAME_PROGRESS);
    if (frame.type != FRAME_ERROR)
        fail_msg("no error: \"%s\" was expected", part);
    if (strcmp(frame.name, err_name(err)) != 0 || strstr(frame.text, part) == NULL)
        fail_msg("%s: \"%s\" is not in \"%s\"", frame.name, part, frame.text);
}

static void assert_has(const char *answer, const char *part)
{
    if (strstr(answer, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, answer);
}

static void assert_has_not(const char *answer, const char *part)
{
    if (strstr(answer, part) != NULL)
        fail_msg("\"%s\" is in:\n%s", part, answer);
}

#define LETTER_TO(id)                                                                              \
    (&(const struct question){.command = "export letter", .options = {{"to", (id)}}})

/* ---- letters ---- */

static void test_letter_rows(void **state)
{
    struct rig *rig = *state;
    struct submission submission;
    char *answer;

    letters_sign(&rig->world, "Open", "KZ", VISIBILITY_PUBLIC, NULL);
    letters_sign(&rig->world, "Hidden", "KZ", VISIBILITY_COUNTED, NULL);
    world_fill(&submission, "Union", NULL);
    world_set(&submission, FIELD_LEGAL_NAME, "Registered Union");
    world_set(&submission, FIELD_REGISTRATION, "refused");
    world_set(&submission, FIELD_MEMBERS_DATE, "1970-01-02");
    letters_sign_submission(&rig->world, &submission, NULL);

    ask(rig, LETTER_TO("ilo"));
    answer = hear(rig);
    assert_has(answer, "letter slug=trial version=2 language=en ");
    assert_has(answer, " addressee=ilo addressee_name=ILO addressee_language=en "
                       "salutation=Dear Director-General, ");
    assert_has(answer, " site=https://appeals.example/en/trial addressee_kind=international "
                       "form=joint edition=letter edition_number=1 edition_day=");
    assert_has(answer,
               " procedure=complaint government=KZ case_number=3283 email=ilo@un.example;\n");
    assert_has(answer, "line part=convention signer=0 language=en text=C098;");
    assert_has(answer, "line part=copy signer=0 language=en text=The press;");
    assert_has(answer, "line part=asked signer=0 language=en text=Президент;");
    assert_has(answer, "line part=asked signer=0 language=en text=The plant;");
    assert_has_not(answer, "text=ITUC;");
    assert_has(answer, "totals audience=international version=2 named=2 counted=1 members=2400 "
                       "countries=1;");
    assert_has(answer, " legal_name=Registered Union registration=refused members_on=1;");
    assert_has(answer, "signatory organisation=Open country=KZ members=1200 "
                       "representative=Head of Open ");
    assert_has_not(answer, "Hidden");
    assert_has_not(answer, "as_of");
    assert_has_not(answer, "image");
    free(answer);

    /* Whom it is aimed at is asked for nothing else; and nothing that is the ILO's. */
    ask(rig, LETTER_TO("president"));
    answer = hear(rig);
    assert_has(answer, "edition_number=2 ");
    assert_has_not(answer, "part=asked");
    assert_has_not(answer, "convention");
    assert_has_not(answer, "Registered Union");
    assert_has_not(answer, "email=");
    free(answer);

    /* What everybody may have is no edition. */
    ask(rig, &(struct question){.command = "export letter"});
    answer = hear(rig);
    assert_has_not(answer, "edition_number");
    assert_has_not(answer, "Registered Union");
    assert_has_not(answer, "part=copy");
    assert_has(answer, " as_of=");
    assert_has(answer, "totals audience=public version=2 named=2 counted=1 ");
    free(answer);
    assert_int_equal(world_number(&rig->world, "SELECT COUNT(*) FROM edition"), 2);
    assert_int_equal(
        world_number(&rig->world, "SELECT COUNT(*) FROM audit WHERE act = 'export.letter'"), 3);
}

static void test_letter_refusals(void **state)
{
    static const struct {
        struct question question;
        enum us_err err;
        const char *part;
    } cases[] = {
        {{.command = "export letter", .options = {{"supplement", ""}}}, US_INVALID, "--to"},
        {{.command = "export letter", .options = {{"accession", ""}}}, US_INVALID, "--to"},
        {{.command = "export letter",
          .options = {{"supplement", ""}, {"accession", ""}, {"to", "ilo"}}},
         US_INVALID,
         "exclude each other"},
        {{.command = "export letter", .options = {{"form", "individual"}}}, US_INVALID, "--to"},
        {{.command = "export letter", .options = {{"form", "round"}, {"to", "ilo"}}},
         US_INVALID,
         "joint or individual"},
        {{.command = "export letter", .options = {{"to", "nobody"}}}, US_NOT_FOUND, "ministry"},
        {{.command = "export letter", .options = {{"to", "ilo"}, {"lang", "fr"}}},
         US_INVALID,
         "no text in \"fr\""},
        {{.command = "export letter", .options = {{"to", "ilo"}, {"supplement", ""}}},
         US_CONFLICT,
         "no letter of version 2 has been delivered"},
        {{.command = "export letter", .options = {{"all", ""}}}, US_INVALID, "--to"},
        {{.command = "edition drawn", .arguments = {"trial", "abc"}, .options = {{"edition", "1"}}},
         US_INVALID,
         "64 hexadecimal"},
        {{.command = "delivery show", .options = {{"edition", "0"}}}, US_INVALID, "whole number"},
        {{.command = "delivery show", .options = {{"edition", "1x"}}}, US_INVALID, "whole number"},
        {{.command = "delivery show", .options = {{"edition", "1"}}}, US_NOT_FOUND, "no edition 1"},
        {{.command = "delivery send", .options = {{"edition", "1"}}}, US_INVALID, "no letter came"},
        {{.command = "delivery record", .options = {{"edition", "1"}, {"how", "pigeon"}}},
         US_INVALID,
         "registered"},
        {{.command = "delivery record",
          .options = {{"edition", "1"}, {"how", "post"}, {"on", "2026-02-30"}}},
         US_INVALID,
         "YYYY-MM-DD"},
        {{.command = "delivery record", .options = {{"how", "post"}, {"file", "letter.pdf"}}},
         US_INVALID,
         "sha256:"},
        {{.command = "letter publish", .arguments = {"trial", "x", "1"}}, US_INVALID, "pages"},
    };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ask(rig, &cases[i].question);
        assert_error(rig, cases[i].err, cases[i].part);
    }
    assert_int_equal(world_number(&rig->world, "SELECT COUNT(*) FROM edition"), 0);
    assert_int_equal(
        world_number(&rig->world, "SELECT COUNT(*) FROM audit WHERE act = 'export.letter'"), 0);
}

/* ---- uploads ---- */

/* Breaks the session off; the next one begins anew. */
static void assert_upload_refused(struct rig *rig, struct str *bytes, const char *part)
{
    post(rig, bytes);
    assert_error(rig, US_INVALID, part);
    hang_up(rig);
    call_up(rig);
}

static void test_uploads_are_bounded(void **state)
{
    static const struct question publish = {
        .command = "letter publish", .arguments = {"trial", "1", "0"}, .blobs = 33};
    struct rig *rig = *state;
    char *large = mem_zero(FRAME_BLOB_MOST), *answer;
    struct str bytes = STR_INIT;

    /* More blobs than any letter has; blobs for what takes none. */
    put(rig, &(struct question){.command = "delivery send", .blobs = 65}, &bytes);
    assert_upload_refused(rig, &bytes, "at most 64");
    put(rig, &(struct question){.command = "appeal show", .blobs = 1}, &bytes);
    assert_upload_refused(rig, &bytes, "at most 0");
    /* Pieces of something else. */
    put(rig, &publish, &bytes);
    put_blob(&bytes, "letter.pdf", "%PDF-", 5);
    put_blob(&bytes, "another.pdf", "x", 1);
    assert_upload_refused(rig, &bytes, "only letter.pdf comes");
    /* All pieces small enough, together too large. */
    put(rig, &publish, &bytes);
    for (int i = 0; i < 33; i++)
        put_blob(&bytes, "letter.pdf", large, FRAME_BLOB_MOST);
    assert_upload_refused(rig, &bytes, "at most 33554432");
    /* A line that goes dead is not a letter that is too long. */
    put(rig, &publish, &bytes);
    put_blob(&bytes, "letter.pdf", "%PDF-", 5);
    post(rig, &bytes);
    assert_int_equal(shutdown(rig->fd, SHUT_WR), 0);
    assert_error(rig, US_IO, "broke off: 1 of 33");
    hang_up(rig);
    call_up(rig);
    /* An appeal's files are not joined, whatever their names. */
    put(rig, &(struct question){.command = "appeal import", .arguments = {"dir"}, .blobs = 2},
        &bytes);
    put_blob(&bytes, "letter.pdf", "x", 1);
    put_blob(&bytes, "letter.pdf", "x", 1);
    post(rig, &bytes);
    assert_error(rig, US_INVALID, "nothing else belongs here");

    /* In three pieces, joined in their order. */
    memset(large, ' ', FRAME_BLOB_MOST);
    memcpy(large, "%PDF-", 5);
    put(rig,
        &(struct question){.command = "letter publish",
                           .arguments = {"trial", "1", "0"},
                           .options = {{"lang", "en"}},
                           .blobs = 3},
        &bytes);
    put_blob(&bytes, "letter.pdf", large, FRAME_BLOB_MOST);
    put_blob(&bytes, "letter.pdf", "middle", 6);
    put_blob(&bytes, "letter.pdf", "end", 3);
    post(rig, &bytes);
    answer = hear(rig);
    free(large);
    large = mem_format("address=https://appeals.example/en/trial/letter.pdf pages=1 named=0 "
                       "size=%zu;",
                       FRAME_BLOB_MOST + 9);
    assert_has(answer, large);
    free(large);
    free(answer);
    assert_int_equal(world_number(&rig->world, "SELECT size FROM public_letter"),
                     FRAME_BLOB_MOST + 9);
}

/* ---- from the edition to the answer ---- */

static void digest_of(int64_t number, char hex[DIGEST_HEX_SIZE])
{
    char *file = letters_file(number);
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(file, strlen(file), digest);
    digest_hex(digest, hex);
    free(file);
}

static void send_letter(struct rig *rig, int64_t number)
{
    char *file = letters_file(number), *typed = mem_format("%" PRId64, number);
    struct str bytes = STR_INIT;

    put(rig,
        &(struct question){.command = "delivery send", .options = {{"edition", typed}}, .blobs = 2},
        &bytes);
    put_blob(&bytes, "letter.pdf", file, 5);
    put_blob(&bytes, "letter.pdf", file + 5, strlen(file) - 5);
    post(rig, &bytes);
    free(typed);
    free(file);
}

static void test_delivery(void **state)
{
    struct rig *rig = *state;
    char hex[DIGEST_HEX_SIZE], today[16], *answer, *file;

    clock_print_day(clock_day(clock_now()), today);
    letters_sign(&rig->world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    ask(rig, LETTER_TO("ituc"));
    free(hear(rig));
    digest_of(1, hex);
    const struct question drawn = {
        .command = "edition drawn", .arguments = {"trial", hex}, .options = {{"edition", "1"}}};
    ask(rig, &drawn);
    answer = hear(rig);
    assert_string_equal(answer, "");
    free(answer);
    ask(rig, &drawn);
    assert_error(rig, US_CONFLICT, "was drawn before");

    send_letter(rig, 1);
    answer = hear(rig);
    assert_has(answer, "edition number=1 addressee=ituc kind=letter form=joint language=en "
                       "version=2 state=sending ");
    free(answer);
    send_letter(rig, 1);
    assert_error(rig, US_CONFLICT, "on its way");
    letters_accept(&rig->world);

    /* Another by hand, known by its file. */
    ask(rig, LETTER_TO("plant"));
    free(hear(rig));
    digest_of(2, hex);
    ask(rig, &(struct question){.command = "edition drawn",
                                .arguments = {"trial", hex},
                                .options = {{"edition", "2"}}});
    free(hear(rig));
    file = mem_format("sha256:%s my letter.pdf", hex);
    ask(rig, &(struct question){.command = "delivery record",
                                .options = {{"how", "registered"},
                                            {"file", file},
                                            {"on", today},
                                            {"reference", "RR 1"},
                                            {"note", "two of us"}}});
    answer = hear(rig);
    assert_has(answer, "edition number=2 addressee=plant ");
    assert_has(answer, " state=delivered ");
    assert_has(answer, " how=registered ");
    assert_has(answer, " reference=RR 1 note=two of us ");
    assert_has(answer, " withdrawn_since=0 struck_since=0 responses=0;");
    free(answer);
    file[10] = file[10] == '0' ? '1' : '0';
    ask(rig, &(struct question){.command = "delivery record",
                                .options = {{"how", "post"}, {"file", file}}});
    assert_error(rig, US_NOT_FOUND, "was it changed?");

    /* An answer, with what came with it. */
    ask(rig, &(struct question){
                 .command = "delivery respond",
                 .options = {{"edition", "1"}, {"note", "They will come."}, {"file", file}}});
    answer = hear(rig);
    assert_has(answer, "response edition=1 received_on=");
    assert_has(answer, " note=They will come. attachment=my letter.pdf attachment_digest=");
    free(answer);
    free(file);

    ask(rig, &(struct question){.command = "delivery list"});
    answer = hear(rig);
    assert_has(answer, "edition number=1 addressee=ituc ");
    assert_has(answer, " responses=1;\nedition number=2 ");
    assert_has(answer, " responses=0;");
    assert_has_not(answer, "withdrawn_since");
    free(answer);
    ask(rig, &(struct question){.command = "delivery show", .options = {{"edition", "1"}}});
    answer = hear(rig);
    assert_has(answer, " how=mail ");
    assert_has(answer, " withdrawn_since=0 struck_since=0 responses=1;\nresponse edition=1 ");
    free(answer);
    assert_int_equal(world_number(&rig->world, "SELECT COUNT(*) FROM audit_detail "
                                               "WHERE actor = 'unix:tester'"),
                     5);
}

/* An edition of a version before the published one is sent to whom that version names. */
static void test_delivery_of_old_version(void **state)
{
    struct rig *rig = *state;
    char *answer;
    int64_t number;

    letters_sign(&rig->world, "A", "KZ", VISIBILITY_PUBLIC, NULL);
    number =
        letters_draw(&rig->world, &(struct letters_edition){"ituc", EDITION_LETTER, FORM_JOINT});
    world_publish(&rig->world, "trial", "policy = after\n", "Другой текст");
    send_letter(rig, number);
    answer = hear(rig);
    assert_has(answer, " version=2 state=sending ");
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_letter_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_letter_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uploads_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_delivery, setup, teardown),
        cmocka_unit_test_setup_teardown(test_delivery_of_old_version, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
