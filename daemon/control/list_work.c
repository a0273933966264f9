/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Lists of signatories. What an audience may see is decided here and below, never by the program
 * that writes the file: an identity that the reader of a list may not know does not leave the
 * service. Who took a list stands in the audit log before its first row is sent. Mailboxes leave it
 * as they are kept, sealed to the organiser.
 */
#include "appeal/edition.h"
#include "base/mem.h"
#include "control/choice.h"
#include "control/signature_values.h"
#include "control/work.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define LIST_VALUES (SIGNATURE_VALUES + 7) /* with the block for the ILO */

struct list {
    struct call *call;
    struct reader *reader;
    struct appeal *appeal;
    const struct addressee *addressee; /* NULL: the public, or the organiser */
    enum audience audience;
    bool is_all;     /* everything, for the organiser */
    int64_t version; /* 0: all */
    int64_t number;  /* of the edition; 0: none */
    int64_t gone;    /* of the edition's, not listed any more */
    struct signature_totals totals;
    struct answer *rows; /* who is named; sent behind what they add up to */
};

static const char *option(const struct list *list, enum command_option_id id)
{
    return list->call->request->options[id];
}

static enum us_err refuse(struct list *list, const char *sentence)
{
    fault_set(&list->call->fault, NULL, 0, "%s", sentence);
    return US_INVALID;
}

/* ---- rows ---- */

static bool add_signature(const struct signature *signature, void *arg)
{
    struct row_value values[SIGNATURE_VALUES];

    signature_values_fill(signature, values);
    return answer_row(((struct list *)arg)->rows, values);
}

/* For anybody but the organiser: an id would join the lists of different readers, the day says when
 * somebody signed, and what was chosen, and in which language, no letter says either. The columns
 * stay, so that programs find the others where they were. */
static void fill_shown(const struct signature *signature, struct row_value *values)
{
    static const size_t kept[] = {SIGNATURE_VALUES_ID, SIGNATURE_VALUES_VISIBILITY,
                                  SIGNATURE_VALUES_LANGUAGE, SIGNATURE_VALUES_SIGNED_ON};

    signature_values_fill(signature, values);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        values[kept[i]] = row_null();
}

static bool add_shown(const struct signature *signature, void *arg)
{
    struct row_value values[SIGNATURE_VALUES];

    fill_shown(signature, values);
    return answer_row(((struct list *)arg)->rows, values);
}

static struct row_value text_if_any(const char *text)
{
    return row_text(text != NULL && text[0] != '\0' ? text : NULL);
}

/* The same with the block for the ILO. */
static bool add_ilo(const struct signature *signature, void *arg)
{
    static const struct signature_ilo none = {.registration = REGISTRATION_UNSTATED};
    const struct signature_ilo *ilo = signature->ilo != NULL ? signature->ilo : &none;
    struct row_value values[LIST_VALUES] = {{0}}, *behind = values + SIGNATURE_VALUES;

    fill_shown(signature, values);
    behind[0] = row_text(ilo->legal_name);
    behind[1] = row_text(ilo->address);
    behind[2] = row_text(ilo->coverage);
    behind[3] = text_if_any(registration_name(ilo->registration));
    behind[4] = row_text(ilo->mandate);
    behind[5] = row_number_if(ilo->has_mandate_date, ilo->mandate_date);
    behind[6] = row_number_if(ilo->has_members_date, ilo->members_date);
    return answer_row(((struct list *)arg)->rows, values);
}

/* The same with the sealed mailbox and what it is bound to. */
static bool add_contact(const struct signature *signature, void *arg)
{
    struct list *list = arg;
    struct row_value values[LIST_VALUES] = {{0}}, *behind = values + SIGNATURE_VALUES;
    uint8_t *sealed;
    size_t len;
    bool goes_on;

    list->rows->err = signature_read_contact(list->reader, signature->row, &sealed, &len);
    if (list->rows->err != US_OK)
        return false;
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = mem_alloc(size);
    sodium_bin2base64(text, size, sealed, len, sodium_base64_VARIANT_ORIGINAL);
    signature_values_fill(signature, values);
    behind[0] = text_if_any(text);
    behind[1] = row_number(signature->appeal);
    behind[2] = row_number(signature->row);
    goes_on = answer_row(list->rows, values);
    free(text);
    free(sealed);
    return goes_on;
}

/* ---- which ---- */

static enum us_err read_all(struct reader *reader, struct list *list)
{
    const char *state = option(list, OPTION_STATE);
    bool has_contacts = option(list, OPTION_CONTACTS) != NULL;
    struct signature_filter filter = {
        .appeal = list->appeal->id,
        .version = list->version,
        .has_state = state != NULL,
    };
    enum us_err err;

    if (state != NULL && !signature_state_from_name(state, &filter.state))
        return refuse(list, "there is no such state: confirmed, held, listed, refused, struck or "
                            "withdrawn");
    answer_columns(list->rows, has_contacts ? &row_signature_contact : &row_signature);
    err = signature_each(reader, &filter, has_contacts ? add_contact : add_signature, list);
    list->totals.named = (int64_t)list->rows->rows;
    return err;
}

/* Once more those of an edition. */
static enum us_err read_edition(struct reader *reader, struct list *list)
{
    struct call *call = list->call;
    struct edition edition;
    const char *typed = option(list, OPTION_EDITION);
    bool has_ilo;
    char *end;
    enum us_err err;

    errno = 0;
    list->number = strtoll(typed, &end, 10);
    if (errno != 0 || *end != '\0' || end == typed || list->number < 1)
        return refuse(list, "an edition is named by its number: 1, 2, 3, ...");
    err = edition_find(reader, list->appeal->id, list->number, &edition);
    if (err == US_NOT_FOUND)
        fault_set(&call->fault, NULL, 0,
                  "the appeal %s has no edition %s; `undersign delivery list %s` says which there "
                  "are",
                  list->appeal->slug, typed, list->appeal->slug);
    if (err != US_OK)
        return err;
    if (edition.version != list->appeal->version) {
        struct appeal *other;
        err = appeal_load_version(reader, call->site, list->appeal, edition.version, &other,
                                  &call->fault);
        if (err == US_OK) {
            appeal_free(list->appeal);
            list->appeal = other;
        }
    }
    if (err == US_OK)
        err = choice_find_addressee(call, list->appeal, edition.addressee, &list->addressee);
    if (err == US_OK && option(list, OPTION_FOR) != NULL &&
        strcmp(option(list, OPTION_FOR), edition.addressee) != 0) {
        fault_set(&call->fault, NULL, 0, "edition %s goes to %s, so nobody else may see it", typed,
                  edition.addressee);
        err = US_INVALID;
    }
    if (err == US_OK) {
        has_ilo = list->addressee->procedure != PROCEDURE_NONE;
        list->audience = addressee_audience(edition.addressee_kind);
        list->version = edition.version;
        answer_columns(list->rows, has_ilo ? &row_signature_ilo : &row_signature);
        err = edition_each_signature(reader, call->site, &edition, has_ilo ? add_ilo : add_shown,
                                     list, &list->gone);
        list->totals = edition.totals;
        list->totals.named = (int64_t)list->rows->rows;
    }
    edition_clear(&edition);
    return err;
}

/* To the ILO in a procedure: what an edition made now would hold. */
static enum us_err read_ilo(struct reader *reader, struct list *list)
{
    const struct edition_params params = {
        .appeal = list->appeal,
        .addressee = list->addressee,
        .language = list->addressee->language,
        .kind = EDITION_LETTER,
        .form = FORM_JOINT,
    };
    struct edition_draft *draft;
    enum us_err err;

    answer_columns(list->rows, &row_signature_ilo);
    err =
        edition_read(reader, list->call->site, &params, add_ilo, list, &draft, &list->call->fault);
    if (err != US_OK)
        return err;
    list->totals = *edition_draft_totals(draft);
    edition_draft_free(draft);
    return US_OK;
}

/* What the public, or an addressee, may see of those who are listed. */
static enum us_err read_shown(struct reader *reader, struct list *list)
{
    const char *id = option(list, OPTION_FOR);
    enum us_err err = US_OK;

    if (id != NULL)
        err = choice_find_addressee(list->call, list->appeal, id, &list->addressee);
    if (err == US_OK)
        err = choice_check_published(list->call, list->appeal);
    if (err != US_OK)
        return err;
    list->version = list->appeal->version;
    if (id != NULL)
        list->audience = addressee_audience(list->addressee->kind);
    if (id != NULL && list->addressee->procedure != PROCEDURE_NONE)
        return read_ilo(reader, list);
    answer_columns(list->rows, &row_signature);
    return signature_each_shown(reader, list->appeal->id, list->version, list->audience, add_shown,
                                list, &list->totals);
}

static void add_totals(struct list *list)
{
    const struct signature_totals *totals = &list->totals;

    answer_single(list->call->answer, &row_list,
                  (struct row_value[]){
                      row_text(list->is_all ? NULL : choice_audience_name(list->audience)),
                      row_text(list->addressee != NULL ? list->addressee->id : NULL),
                      row_number_if(list->version != 0, list->version),
                      row_number_if(list->number != 0, list->number),
                      row_number(totals->named),
                      row_number_if(!list->is_all, totals->counted),
                      row_number_if(!list->is_all, totals->members),
                      row_number_if(!list->is_all, totals->countries),
                      row_number_if(list->number != 0, list->gone),
                  });
}

static enum us_err read_list(struct reader *reader, struct call *call, void *arg)
{
    struct list *list = arg;
    enum us_err err = choice_load_appeal(reader, call, &list->appeal, &list->version);

    list->reader = reader;
    if (err != US_OK)
        return err;
    if (list->is_all)
        err = read_all(reader, list);
    else if (option(list, OPTION_EDITION) != NULL)
        err = read_edition(reader, list);
    else
        err = read_shown(reader, list);
    if (err == US_OK)
        add_totals(list);
    return err;
}

/* ---- who took it ---- */

static const char *act(const struct list *list)
{
    if (option(list, OPTION_CONTACTS) != NULL)
        return "export.contacts";
    switch (list->call->request->command) {
    case COMMAND_EXPORT_XLSX:
        return "export.xlsx";
    case COMMAND_EXPORT_JSON:
        return "export.json";
    case COMMAND_EXPORT_JSONL:
        return "export.jsonl";
    default:
        return "export.csv";
    }
}

static enum us_err note(const struct list *list)
{
    const struct appeal_export what = {
        .act = act(list),
        .slug = list->appeal->slug,
        .actor = list->call->actor,
        .reason = option(list, OPTION_REASON),
        .audience = list->is_all ? "organiser" : choice_audience_name(list->audience),
        .addressee = list->addressee != NULL ? list->addressee->id : NULL,
        .version = list->version,
        .named = list->totals.named,
    };

    return appeal_note_export(list->call->site, &what);
}

static enum us_err check_options(struct list *list)
{
    static const enum command_option_id others[] = {OPTION_ALL, OPTION_OF_VERSION, OPTION_STATE,
                                                    OPTION_CONTACTS};
    const char *state = option(list, OPTION_STATE);
    enum signature_state known;

    if (state != NULL && !signature_state_from_name(state, &known)) {
        fault_set(&list->call->fault, NULL, 0,
                  "\"%s\" is not a state: confirmed, held, listed, refused, struck or withdrawn",
                  state);
        return US_INVALID;
    }
    if (list->is_all && option(list, OPTION_FOR) != NULL)
        return refuse(list, "--all and --for exclude each other: one is everything for the "
                            "organiser, the other what an addressee may see");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (option(list, OPTION_EDITION) != NULL && option(list, others[i]) != NULL) {
            fault_set(&list->call->fault, NULL, 0,
                      "--edition and --%s exclude each other: an edition has its addressee, its "
                      "version and its signatories",
                      command_options[others[i]].name);
            return US_INVALID;
        }
    }
    if (!list->is_all && state != NULL && known != SIGNATURE_LISTED)
        return refuse(list, "only listed signatures may be shown to others; for those in another "
                            "state add --all, for the organiser alone");
    if (!list->is_all && option(list, OPTION_CONTACTS) != NULL)
        return refuse(list, "--contacts goes with --all alone: mailboxes are the organiser's to "
                            "know, and nobody else's");
    return US_OK;
}

enum us_err list_work_export(struct call *call)
{
    struct list list = {
        .call = call,
        .is_all = call->request->options[OPTION_ALL] != NULL,
        .audience = AUDIENCE_PUBLIC,
        .rows = answer_open(call->config, call->answer->peer),
    };
    enum us_err err = call_check_reason(call);

    call->answer->next = list.rows;
    if (err == US_OK)
        err = check_options(&list);
    if (err == US_OK)
        err = call_read(call, read_list, &list);
    if (err == US_OK)
        err = list.rows->err;
    if (err == US_OK)
        err = note(&list);
    appeal_free(list.appeal);
    return err;
}
