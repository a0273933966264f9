/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_letters.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char addressees[] =
    "[addressee.plant]\nkind = company\nname = The plant\nlanguage = en\n"
    "[addressee.ituc]\nkind = federation\nname = ITUC\nlanguage = en\nemail = ituc@world.example\n"
    "[addressee.ilo]\nkind = international\nname = ILO\nlanguage = en\nemail = ilo@un.example\n"
    "procedure = complaint\ngovernment = KZ\nconventions = C087 C098\ncase = 3283\n"
    "salutation = Dear Director-General,\ncover =\n    Attached is a letter.\n    It is signed.\n"
    "[addressee.un]\nkind = international\nname = UN\nlanguage = en\nemail = un@un.example\n"
    "[addressee.press]\nkind = press\nrole = copy\nname = The press\nlanguage = en\n"
    "email = press@news.example\n";
/* Behind it comes the world's own [addressee.president], which has no mailbox. */
static const char government[] =
    "[addressee.ministry]\nkind = government\nname = Министерство\nlanguage = ru\n"
    "email = office@gov.example\n";

void letters_publish(struct world *world, const char *settings)
{
    char *all =
        mem_format("policy = after\nilo_block = yes\n%s%s%s", settings, addressees, government);

    world_publish(world, "trial", all, "О новом законе");
    free(all);
}

void letters_make_world(struct world *world, const char *settings)
{
    world_make(world, "policy = after\n");
    world->config.limits_mails_per_appeal = 100000;
    world->config.limits_mails_per_day = 100000;
    world->config.limits_organisations_per_mailbox = 100000;
    world->config.site_url = (char *)(uintptr_t) "https://appeals.example";
    letters_publish(world, settings);
}

int letters_setup(void **state)
{
    struct world *world = MEM_NEW(struct world);

    letters_make_world(world, "");
    *state = world;
    return 0;
}

int letters_teardown(void **state)
{
    world_remove(*state);
    free(*state);
    return 0;
}

void letters_sign_submission(struct world *world, struct submission *submission,
                             char id[LETTERS_ID_SIZE])
{
    struct signing_receipt receipt;
    struct outbox_mail mail;

    assert_int_equal(world_submit(world, submission), US_OK);
    submission_clear(submission);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
    assert_int_equal(receipt.state, SIGNATURE_LISTED);
    if (id != NULL)
        memcpy(id, receipt.public_id, sizeof(receipt.public_id));
}

void letters_sign(struct world *world, const char *name, const char *country,
                  enum visibility visibility, char id[LETTERS_ID_SIZE])
{
    struct submission submission;
    char *representative = mem_format("Head of %s", name);

    world_fill(&submission, name, NULL);
    world_set(&submission, FIELD_COUNTRY, country);
    world_set(&submission, FIELD_VISIBILITY, visibility_name(visibility));
    world_set(&submission, FIELD_REPRESENTATIVE, representative);
    free(representative);
    letters_sign_submission(world, &submission, id);
}

struct reading {
    struct world *world;
    const struct letters_edition *what;
    struct str said;
    struct edition_draft *draft;
    struct fault *fault;
    enum us_err err;
};

static bool on_signature(const struct signature *signature, void *arg)
{
    struct str *said = arg;

    str_append_format(said, "%s%s", signature->is_initiator ? "*" : "", signature->organisation);
    if (signature->representative != NULL)
        str_append_format(said, "(%s)", signature->representative);
    if (signature->ilo != NULL)
        str_append_format(said, "[%s]",
                          signature->ilo->legal_name != NULL ? signature->ilo->legal_name : "-");
    str_append_char(said, ';');
    return true;
}

static void read_work(struct reader *reader, void *arg)
{
    struct reading *reading = arg;
    const struct appeal *appeal = reading->world->appeal;
    const struct addressee *addressee =
        settings_addressee(appeal->settings, reading->what->addressee);

    assert_non_null(addressee);
    reading->err = edition_read(reader, reading->world->site,
                                &(struct edition_params){
                                    .appeal = appeal,
                                    .addressee = addressee,
                                    .language = addressee->language,
                                    .kind = reading->what->kind,
                                    .form = reading->what->form,
                                },
                                on_signature, &reading->said, &reading->draft, reading->fault);
}

enum us_err letters_read(struct world *world, const struct letters_edition *what, char **said,
                         struct edition_draft **draft, struct fault *fault)
{
    struct reading reading = {.world = world, .what = what, .fault = fault};

    *fault = (struct fault){.text = ""};
    world_read(world, read_work, &reading);
    *draft = reading.draft;
    *said = str_take(&reading.said);
    return reading.err;
}

char *letters_file(int64_t number)
{
    return mem_format("%%PDF-1.7\nletter %" PRId64 "\n", number);
}

int64_t letters_draw(struct world *world, const struct letters_edition *what)
{
    uint8_t digest[DIGEST_SIZE];
    struct edition_draft *draft;
    struct fault fault;
    char *said, *file;
    int64_t number;

    if (letters_read(world, what, &said, &draft, &fault) != US_OK)
        fail_msg("%s", fault.text);
    free(said);
    assert_int_equal(edition_store(world->site, draft, "unix:test", NULL, &number), US_OK);
    edition_draft_free(draft);
    file = letters_file(number);
    digest_sha256(file, strlen(file), digest);
    free(file);
    assert_int_equal(edition_drawn(world->site, world->appeal->id, number, digest), US_OK);
    return number;
}

enum us_err letters_send(struct world *world, int64_t number, struct fault *fault)
{
    char *file = letters_file(number);
    enum us_err err;

    *fault = (struct fault){.text = ""};
    err = delivery_send(world->site,
                        &(struct delivery_send){
                            .appeal = world->appeal,
                            .number = number,
                            .file = file,
                            .len = strlen(file),
                            .actor = "unix:test",
                            .now = world->now,
                        },
                        fault);
    free(file);
    return err;
}

void letters_accept(struct world *world)
{
    struct outbox_mail mail;

    world_take_mail(world, &mail);
    assert_int_equal(mail.template, OUTBOX_DELIVERY);
    outbox_mail_free(&mail);
}

int64_t letters_deliver(struct world *world, const struct letters_edition *what)
{
    int64_t number = letters_draw(world, what);
    struct fault fault;

    if (letters_send(world, number, &fault) != US_OK)
        fail_msg("%s", fault.text);
    letters_accept(world);
    return number;
}

struct finding {
    int64_t appeal, number;
    struct edition *out;
    enum us_err err;
};

static void find_work(struct reader *reader, void *arg)
{
    struct finding *finding = arg;

    finding->err = edition_find(reader, finding->appeal, finding->number, finding->out);
}

void letters_find(struct world *world, int64_t number, struct edition *out)
{
    struct finding finding = {.appeal = world->appeal->id, .number = number, .out = out};

    world_read(world, find_work, &finding);
    assert_int_equal(finding.err, US_OK);
}

void letters_strike(struct world *world, const char *id)
{
    bool changed;

    assert_int_equal(world_decide(world, id, DECISION_STRIKE, "found false", &changed), US_OK);
    assert_true(changed);
}

size_t letters_count_files(const struct world *world, const char *folder)
{
    char *path = mem_format("%s/%s", world->folder, folder);
    DIR *open = opendir(path);
    struct dirent *entry;
    size_t count = 0;

    while (open != NULL && (entry = readdir(open)) != NULL)
        count += entry->d_name[0] != '.';
    if (open != NULL)
        closedir(open);
    free(path);
    return count;
}
