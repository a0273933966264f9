/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters. What an audience may see is decided below, never by the program that draws the file: an
 * identity that the reader of a letter may not know does not leave the service. A letter to an
 * addressee is an edition: it is stored, over the ids it holds, before its first row is sent; one
 * for the public is none, and only noted in the audit log.
 */
#include "appeal/delivery.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/choice.h"
#include "control/letter_rows.h"
#include "control/work.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct letter_work {
    struct letter_rows rows; /* what will be sent before the signatories */
    struct edition_draft *draft;
    struct answer *signatories;
};

static bool add_signatory(const struct signature *signature, void *arg)
{
    static const struct signature_ilo nothing = {.registration = REGISTRATION_UNSTATED};
    const struct signature_ilo *ilo = signature->ilo != NULL ? signature->ilo : &nothing;
    const char *registration = registration_name(ilo->registration);

    return answer_row(arg, (struct row_value[]){
                               row_text(signature->organisation),
                               row_text(signature->organisation_latin),
                               row_text(signature->country),
                               row_text(signature->town),
                               row_number_if(signature->has_members, signature->members),
                               row_text(signature->representative),
                               row_text(signature->capacity),
                               row_text(signature->id),
                               row_text(signature->affiliation),
                               row_flag(signature->is_initiator),
                               row_number(signature->signed_on),
                               row_text(ilo->legal_name),
                               row_text(ilo->address),
                               row_text(ilo->coverage),
                               row_text(registration[0] != '\0' ? registration : NULL),
                               row_text(ilo->mandate),
                               row_number_if(ilo->has_mandate_date, ilo->mandate_date),
                               row_number_if(ilo->has_members_date, ilo->members_date),
                           });
}

/* The text in the language asked for, else the addressee's, else the authoritative one. */
static enum us_err choose_text(struct call *call, struct letter_rows *rows)
{
    const struct appeal *appeal = rows->appeal;
    const char *language = call->request->options[OPTION_LANG];
    struct str known = STR_INIT;

    if (language == NULL) {
        if (rows->addressee != NULL)
            rows->text = appeal_text(appeal, rows->addressee->language);
        if (rows->text == NULL)
            rows->text = appeal_authoritative(appeal);
        return US_OK;
    }
    rows->text = appeal_text(appeal, language);
    if (rows->text != NULL)
        return US_OK;
    for (size_t i = 0; i < appeal->text_count; i++)
        str_append_format(&known, "%s%s", i > 0 ? ", " : "", appeal->texts[i]->language);
    fault_set(&call->fault, NULL, 0, "the appeal %s has no text in \"%s\"; it has: %s",
              appeal->slug, language, str_text(&known));
    str_free(&known);
    return US_INVALID;
}

static enum us_err choose_form(struct call *call, struct letter_rows *rows)
{
    const char *form = call->request->options[OPTION_FORM];

    /* What everybody may have is one letter, whatever the addressees get. */
    rows->form = rows->addressee != NULL ? rows->appeal->settings->form : FORM_JOINT;
    if (form == NULL)
        return US_OK;
    if (strcmp(form, letter_form_name(FORM_JOINT)) == 0) {
        rows->form = FORM_JOINT;
    } else if (strcmp(form, letter_form_name(FORM_INDIVIDUAL)) == 0) {
        rows->form = FORM_INDIVIDUAL;
    } else {
        fault_set(&call->fault, NULL, 0, "--form is joint or individual");
        return US_INVALID;
    }
    return US_OK;
}

/* What the options ask for that only goes with something else. */
static enum us_err check_options(struct call *call)
{
    const struct request *request = call->request;
    bool is_supplement = request->options[OPTION_SUPPLEMENT] != NULL;
    bool is_accession = request->options[OPTION_ACCESSION] != NULL;
    const char *form = request->options[OPTION_FORM], *wrong = NULL;

    if (is_supplement && is_accession)
        wrong = "--supplement and --accession exclude each other";
    else if ((is_supplement || is_accession) && request->options[OPTION_TO] == NULL)
        wrong = "--supplement and --accession refer to what was delivered to somebody: name the "
                "addressee with --to";
    else if (form != NULL && strcmp(form, letter_form_name(FORM_INDIVIDUAL)) == 0 &&
             request->options[OPTION_TO] == NULL)
        wrong = "individual letters say who signs for each organisation, so they are for an "
                "addressee alone: name it with --to";
    else if (request->options[OPTION_ALL] != NULL)
        wrong = "one letter is asked for at a time: --to names its addressee";
    if (wrong == NULL)
        return call_check_reason(call);
    fault_set(&call->fault, NULL, 0, "%s", wrong);
    return US_INVALID;
}

static enum edition_kind chosen_kind(const struct request *request)
{
    if (request->options[OPTION_SUPPLEMENT] != NULL)
        return EDITION_SUPPLEMENT;
    return request->options[OPTION_ACCESSION] != NULL ? EDITION_ACCESSION : EDITION_LETTER;
}

static enum us_err read_edition(struct reader *reader, struct call *call, struct letter_work *work)
{
    struct letter_rows *rows = &work->rows;
    const struct edition_params params = {
        .appeal = rows->appeal,
        .addressee = rows->addressee,
        .language = rows->text->language,
        .kind = rows->kind,
        .form = rows->form,
    };
    enum us_err err = edition_read(reader, call->site, &params, add_signatory, work->signatories,
                                   &work->draft, &call->fault);

    if (err != US_OK)
        return err;
    rows->totals = *edition_draft_totals(work->draft);
    rows->refers = edition_draft_refers(work->draft);
    return US_OK;
}

/* What the public may see is no edition: it has no addressee who could be asked about it. */
static enum us_err read_public(struct reader *reader, struct call *call, struct letter_work *work)
{
    struct letter_rows *rows = &work->rows;
    const struct edition_params params = {.appeal = rows->appeal, .language = rows->text->language};
    enum us_err err = public_letter_as_of(reader, &rows->as_of);

    if (err != US_OK)
        return err;
    return edition_each_public(reader, call->site, &params, add_signatory, work->signatories,
                               &rows->totals);
}

static enum us_err choose(struct reader *reader, struct call *call, struct letter_rows *rows)
{
    const char *to = call->request->options[OPTION_TO];
    int64_t version;
    enum us_err err = choice_load_appeal(reader, call, &rows->appeal, &version);

    if (err == US_OK && to != NULL)
        err = choice_find_addressee(call, rows->appeal, to, &rows->addressee);
    if (err == US_OK)
        err = choose_text(call, rows);
    if (err == US_OK)
        err = choose_form(call, rows);
    if (err == US_OK)
        err = choice_check_published(call, rows->appeal);
    rows->kind = chosen_kind(call->request);
    return err;
}

static enum us_err read_letter(struct reader *reader, struct call *call, void *arg)
{
    struct letter_work *work = arg;
    enum us_err err = choose(reader, call, &work->rows);

    if (err == US_OK)
        err = appeal_image_load(reader, work->rows.appeal, &work->rows.image);
    if (err != US_OK)
        return err;
    answer_columns(work->signatories, &row_signatory);
    return work->rows.addressee != NULL ? read_edition(reader, call, work)
                                        : read_public(reader, call, work);
}

static enum us_err note_public(struct call *call, const struct letter_rows *rows)
{
    const struct appeal_export what = {
        .act = "export.letter",
        .slug = rows->appeal->slug,
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .audience = choice_audience_name(AUDIENCE_PUBLIC),
        .version = rows->appeal->version,
        .named = rows->totals.named,
    };

    return appeal_note_export(call->site, &what);
}

/* Before the first name leaves. */
static enum us_err keep(struct call *call, struct letter_work *work)
{
    work->rows.day = clock_day(clock_now());
    if (work->draft == NULL)
        return note_public(call, &work->rows);
    return edition_store(call->site, work->draft, call->actor,
                         call->request->options[OPTION_REASON], &work->rows.number);
}

enum us_err edition_work_letter(struct call *call)
{
    struct letter_work work = {
        .signatories = answer_open(call->config, call->answer->peer),
    };
    enum us_err err = check_options(call);

    call->answer->next = work.signatories;
    if (err == US_OK)
        err = call_read(call, read_letter, &work);
    if (err == US_OK)
        err = work.signatories->err;
    if (err == US_OK && answer_is_cancelled(call->answer))
        err = US_CANCELLED;
    if (err == US_OK)
        err = keep(call, &work);
    if (err == US_OK)
        letter_rows_add(call, &work.rows);
    edition_draft_free(work.draft);
    letter_rows_clear(&work.rows);
    return err;
}

/* ---- steps of the commands that draw ---- */

static enum us_err load(struct reader *reader, struct call *call, void *arg)
{
    return call_load_appeal(reader, call, arg);
}

enum us_err edition_work_drawn(struct call *call)
{
    uint8_t digest[DIGEST_SIZE];
    struct appeal *appeal = NULL;
    int64_t number;
    enum us_err err = choice_number(call, OPTION_EDITION, &number);

    if (err == US_OK)
        err = choice_digest(call, call->request->arguments[1], digest);
    if (err == US_OK)
        err = call_read(call, load, &appeal);
    if (err == US_OK)
        err = edition_drawn(call->site, appeal->id, number, digest);
    if (err == US_NOT_FOUND && call->fault.text[0] == '\0')
        fault_set(&call->fault, NULL, 0, "the appeal %s has no edition %" PRId64,
                  call->request->arguments[0], number);
    if (err == US_CONFLICT)
        fault_set(&call->fault, NULL, 0, "edition %" PRId64 " of %s was drawn before", number,
                  call->request->arguments[0]);
    appeal_free(appeal);
    return err;
}

static enum us_err read_published(struct reader *reader, struct call *call, void *arg)
{
    int64_t version;
    enum us_err err = choice_load_appeal(reader, call, arg, &version);

    return err == US_OK ? choice_check_published(call, *(struct appeal **)arg) : err;
}

static bool read_count(const char *typed, int64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoll(typed, &end, 10);
    return errno == 0 && *end == '\0' && isdigit((unsigned char)typed[0]);
}

static void add_published(struct call *call, const struct public_letter_params *what)
{
    char *page = appeal_address(call->site, what->appeal, what->language);
    char *address = mem_format("%s/letter.pdf", page);

    answer_single(call->answer, &row_public_letter,
                  (struct row_value[]){
                      row_text(what->language),
                      row_number(what->appeal->version),
                      row_text(address),
                      row_number(what->pages),
                      row_number(what->named),
                      row_number((int64_t)what->len),
                  });
    free(address);
    free(page);
}

enum us_err edition_work_publish(struct call *call)
{
    const struct request *request = call->request;
    struct public_letter_params what = {
        .language = request->options[OPTION_LANG],
        .now = clock_now(),
        .actor = call->actor,
        .reason = request->options[OPTION_REASON],
    };
    struct appeal *appeal = NULL;
    enum us_err err = call_check_reason(call);

    if (err == US_OK &&
        (!read_count(request->arguments[1], &what.pages) ||
         !read_count(request->arguments[2], &what.named) ||
         (request->argument_count > 3 && !read_count(request->arguments[3], &what.as_of)) ||
         call->file_count != 1)) {
        fault_set(&call->fault, NULL, 0,
                  "a letter comes with its pages, whom it names, and a file");
        err = US_INVALID;
    }
    if (err == US_OK)
        err = call_read(call, read_published, &appeal);
    if (err == US_OK) {
        what.appeal = appeal;
        if (what.language == NULL)
            what.language = appeal_authoritative(appeal)->language;
        what.file = call->files[0].data;
        what.len = call->files[0].len;
        err = public_letter_publish(call->site, &what, &call->fault);
    }
    if (err == US_OK)
        add_published(call, &what);
    appeal_free(appeal);
    return err;
}
