/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Exports. What an audience may see is decided here and below, never by the program that writes the
 * file: an identity that the reader of a list or letter may not know does not leave the service. An
 * export is of one version and names only those who signed that one; who took it stands in the
 * audit log before its first row is sent.
 */
#include "appeal/signature.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/work.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const audience_names[AUDIENCE_COUNT] = {
    [AUDIENCE_PUBLIC] = "public",
    [AUDIENCE_GOVERNMENT] = "government",
    [AUDIENCE_COMPANY] = "company",
    [AUDIENCE_FEDERATION] = "federation",
    [AUDIENCE_INTERNATIONAL] = "international",
};

struct export
{
    struct appeal *appeal;
    const struct addressee *addressee; /* NULL: the public */
    enum audience audience;
    bool is_all;         /* for the organiser: in every state, with everything */
    int64_t version;     /* 0: all */
    int64_t named;       /* how many rows say who */
    struct answer *rows; /* who is named; sent behind what they add up to */
};

/* The version that --version asks for in place of the published one. */
static enum us_err choose_version(struct reader *reader, struct call *call, struct export *export)
{
    const char *typed = call->request->options[OPTION_OF_VERSION];
    struct appeal *chosen;
    char *end;
    int64_t version;
    enum us_err err;

    if (typed == NULL)
        return US_OK;
    errno = 0;
    version = strtoll(typed, &end, 10);
    if (errno != 0 || *end != '\0' || end == typed)
        version = 0;
    err = appeal_load_version(reader, call->site, export->appeal, version, &chosen, &call->fault);
    if (err != US_OK)
        return err == US_NOT_FOUND ? US_INVALID : err;
    appeal_free(export->appeal);
    export->appeal = chosen;
    export->version = version;
    return US_OK;
}

static enum us_err load(struct reader *reader, struct call *call, struct export *export)
{
    enum us_err err = call_load_appeal(reader, call, &export->appeal);

    return err == US_OK ? choose_version(reader, call, export) : err;
}

/* The addressee that --to names; the public where it is not given. */
static enum us_err choose_audience(struct call *call, struct export *export)
{
    const struct settings *settings = export->appeal->settings;
    const char *id = call->request->options[OPTION_TO];
    struct str known = STR_INIT;

    export->audience = AUDIENCE_PUBLIC;
    if (id == NULL)
        return US_OK;
    for (size_t i = 0; i < settings->addressee_count; i++) {
        const struct addressee *addressee = &settings->addressees[i];
        if (strcmp(addressee->id, id) == 0) {
            export->addressee = addressee;
            export->audience = addressee_audience(addressee->kind);
            str_free(&known);
            return US_OK;
        }
        str_append_format(&known, "%s%s", i > 0 ? ", " : "", addressee->id);
    }
    if (known.len == 0)
        fault_set(&call->fault, NULL, 0, "the appeal %s has no addressees", settings->slug);
    else
        fault_set(&call->fault, NULL, 0, "the appeal %s has no addressee \"%s\"; it has: %s",
                  settings->slug, id, str_text(&known));
    str_free(&known);
    return US_INVALID;
}

static enum us_err check_published(struct call *call, const struct appeal *appeal)
{
    if (appeal->published_version != 0)
        return US_OK;
    fault_set(&call->fault, NULL, 0,
              "the appeal %s has not been published, so nobody can have signed it", appeal->slug);
    return US_CONFLICT;
}

/* What only totals hold once the rows are written. */
static void keep_totals(struct export *export, const struct signature_totals *totals)
{
    export->version = export->appeal->version;
    export->named = totals->named;
}

static void add_totals(struct call *call, const struct export *export,
                       const struct signature_totals *totals)
{
    answer_single(call->answer, &row_totals,
                  (struct row_value[]){
                      row_text(audience_names[export->audience]),
                      row_number(export->appeal->version),
                      row_number(totals->named),
                      row_number(totals->counted),
                      row_number(totals->members),
                      row_number(totals->countries),
                  });
}

/* ---- CSV ---- */

static bool add_signature(const struct signature *signature, void *arg)
{
    return signature_work_add(arg, signature);
}

static bool add_shown(const struct signature *signature, void *arg)
{
    return signature_work_add_shown(arg, signature);
}

static enum us_err read_csv(struct reader *reader, struct call *call, void *arg)
{
    struct export *export = arg;
    struct signature_filter filter = {.has_state = false};
    struct signature_totals totals;
    enum us_err err = load(reader, call, export);

    if (err != US_OK)
        return err;
    export->is_all = call->request->options[OPTION_ALL] != NULL;
    answer_columns(export->rows, &row_signature);
    if (export->is_all) {
        filter.appeal = export->appeal->id;
        filter.version = export->version;
        err = signature_each(reader, &filter, add_signature, export->rows);
        export->named = (int64_t) export->rows->rows;
        return err;
    }
    err = choose_audience(call, export);
    if (err == US_OK)
        err = check_published(call, export->appeal);
    if (err == US_OK)
        err = signature_each_shown(
            reader, export->appeal->id, export->appeal->version, export->audience,
            export->addressee != NULL ? add_shown : add_signature, export->rows, &totals);
    if (err != US_OK)
        return err;
    keep_totals(export, &totals);
    add_totals(call, export, &totals);
    return US_OK;
}

static enum us_err note(struct call *call, const struct export *export, const char *act)
{
    const struct appeal_export what = {
        .act = act,
        .slug = export->appeal->slug,
        .actor = call->actor,
        .reason = call->request->options[OPTION_REASON],
        .audience = export->is_all ? "organiser" : audience_names[export->audience],
        .addressee = export->addressee != NULL ? export->addressee->id : NULL,
        .version = export->version,
        .named = export->named,
    };

    return appeal_note_export(call->site, &what);
}

/* Runs a reading whose rows go behind what it adds to the call's answer. */
static enum us_err run_export(struct call *call, call_reading *reading, const char *act)
{
    struct export export = {.rows = answer_new(call->config->folder, call->answer->peer)};
    enum us_err err = call_check_reason(call);

    call->answer->next = export.rows;
    if (err == US_OK)
        err = call_read(call, reading, &export);
    if (err == US_OK)
        err = export.rows->err;
    if (err == US_OK)
        err = note(call, &export, act);
    appeal_free(export.appeal);
    return err;
}

enum us_err export_work_csv(struct call *call)
{
    if (call->request->options[OPTION_ALL] != NULL && call->request->options[OPTION_TO] != NULL) {
        fault_set(&call->fault, NULL, 0, "--all and --to exclude each other");
        return US_INVALID;
    }
    return run_export(call, read_csv, "export.csv");
}

/* ---- letter ---- */

static bool add_signatory(const struct signature *signature, void *arg)
{
    return answer_row(arg, (struct row_value[]){
                               row_text(signature->organisation),
                               row_text(signature->organisation_latin),
                               row_text(signature->country),
                               row_text(signature->town),
                               row_number_if(signature->has_members, signature->members),
                               row_text(signature->representative),
                               row_text(signature->capacity),
                           });
}

/* The text in the language asked for, else the addressee's, else the authoritative one. */
static enum us_err choose_text(struct call *call, const struct export *export,
                               const struct text **out)
{
    const struct appeal *appeal = export->appeal;
    const char *language = call->request->options[OPTION_LANG];
    struct str known = STR_INIT;

    if (language == NULL) {
        *out = export->addressee == NULL ? NULL : appeal_text(appeal, export->addressee->language);
        if (*out == NULL)
            *out = appeal_authoritative(appeal);
        return US_OK;
    }
    *out = appeal_text(appeal, language);
    if (*out != NULL)
        return US_OK;
    for (size_t i = 0; i < appeal->text_count; i++)
        str_append_format(&known, "%s%s", i > 0 ? ", " : "", appeal->texts[i]->language);
    fault_set(&call->fault, NULL, 0, "the appeal %s has no text in \"%s\"; it has: %s",
              appeal->slug, language, str_text(&known));
    str_free(&known);
    return US_INVALID;
}

static void add_line(struct call *call, const char *part, size_t signer, const char *language,
                     const char *text)
{
    const struct row_value values[] = {
        row_text(part),
        row_number((int64_t)signer),
        row_text(language),
        row_text(text),
    };

    if (!answer_row(call->answer, values))
        return; /* the error is kept */
}

static void add_lines(struct call *call, const struct export *export, const struct text *text)
{
    const struct addressee *addressee = export->addressee;

    answer_columns(call->answer, &row_line);
    for (size_t i = 0; i < text->letterhead_count; i++)
        add_line(call, "letterhead", 0, text->letterhead[i].language, text->letterhead[i].text);
    for (size_t i = 0; addressee != NULL && i < addressee->address_count; i++)
        add_line(call, "address", 0, addressee->language, addressee->address[i]);
    for (size_t i = 0; i < text->title_count; i++)
        add_line(call, "title", 0, text->language, text->titles[i]);
    for (size_t i = 0; i < text->signatory_count; i++) {
        const struct issuer_signatory *signer = &text->signatories[i];
        for (size_t k = 0; k < signer->title_count; k++)
            add_line(call, "signer-title", i, text->language, signer->titles[k]);
        /* Also where there is none: it ends the signer. */
        add_line(call, "signer-name", i, text->language, signer->name);
    }
}

static void add_letter(struct call *call, const struct export *export, const struct text *text)
{
    const struct addressee *addressee = export->addressee;
    const char *salutation = text->salutation;
    char *address = appeal_address(call->site, export->appeal, text->language);

    /* An addressee's own salutation is in its own language. */
    if (addressee != NULL && addressee->salutation != NULL &&
        strcmp(addressee->language, text->language) == 0)
        salutation = addressee->salutation;
    answer_single(call->answer, &row_letter,
                  (struct row_value[]){
                      row_text(export->appeal->slug),
                      row_number(export->appeal->version),
                      row_text(text->language),
                      row_text(text->number),
                      row_text(text->place),
                      row_number_if(text->has_date, text->date),
                      row_text(text->kind),
                      row_text(addressee == NULL ? NULL : addressee->id),
                      row_text(addressee == NULL ? NULL : addressee->name),
                      row_text(addressee == NULL ? NULL : addressee->language),
                      row_text(salutation),
                      row_text(text->closing),
                      row_text(text->body),
                      row_text(address),
                  });
    free(address);
    add_lines(call, export, text);
}

static enum us_err read_letter(struct reader *reader, struct call *call, void *arg)
{
    struct export *export = arg;
    struct signature_totals totals;
    const struct text *text;
    enum us_err err = load(reader, call, export);

    if (err == US_OK)
        err = choose_audience(call, export);
    if (err == US_OK)
        err = choose_text(call, export, &text);
    if (err == US_OK)
        err = check_published(call, export->appeal);
    if (err != US_OK)
        return err;
    answer_columns(export->rows, &row_signatory);
    const struct shown_filter shown = {.appeal = export->appeal->id,
                                       .version = export->appeal->version,
                                       .audience = export->audience,
                                       .language = text->language};
    err = signature_each_shown_by_country(reader, &shown, add_signatory, export->rows, &totals);
    if (err != US_OK)
        return err;
    keep_totals(export, &totals);
    add_letter(call, export, text);
    add_totals(call, export, &totals);
    return US_OK;
}

enum us_err export_work_letter(struct call *call)
{
    return run_export(call, read_letter, "export.letter");
}
