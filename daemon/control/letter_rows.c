/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/letter_rows.h"
#include "base/mem.h"
#include "control/choice.h"
#include "control/image_row.h"
#include <stdlib.h>
#include <string.h>

static const char *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* An addressee's own salutation is in its own language. */
static const char *find_salutation(const struct letter_rows *rows)
{
    const struct addressee *addressee = rows->addressee;

    if (addressee != NULL && addressee->salutation != NULL &&
        strcmp(addressee->language, rows->text->language) == 0)
        return addressee->salutation;
    return rows->text->salutation;
}

static size_t fill_text(const struct letter_rows *rows, const char *address,
                        struct row_value *values)
{
    const struct addressee *addressee = rows->addressee;
    const struct text *text = rows->text;
    size_t n = 0;

    values[n++] = row_text(rows->appeal->slug);
    values[n++] = row_number(rows->appeal->version);
    values[n++] = row_text(text->language);
    values[n++] = row_text(text->number);
    values[n++] = row_text(text->place);
    values[n++] = row_number_if(text->has_date, text->date);
    values[n++] = row_text(text->kind);
    values[n++] = row_text(addressee != NULL ? addressee->id : NULL);
    values[n++] = row_text(addressee != NULL ? addressee->name : NULL);
    values[n++] = row_text(addressee != NULL ? addressee->language : NULL);
    values[n++] = row_text(find_salutation(rows));
    values[n++] = row_text(text->closing);
    values[n++] = row_text(text->body);
    values[n++] = row_text(address);
    return n;
}

static void fill_edition(const struct letter_rows *rows, const char *seal, struct row_value *values)
{
    static const struct addressee nobody;
    const struct addressee *addressee = rows->addressee != NULL ? rows->addressee : &nobody;
    const struct edition *refers = rows->refers;
    bool is_edition = rows->number != 0;
    size_t n = 0;

    values[n++] = row_text(rows->addressee != NULL ? addressee_kind_name(addressee->kind) : NULL);
    values[n++] = row_text(letter_form_name(rows->form));
    values[n++] = row_text(edition_kind_name(rows->kind));
    values[n++] = row_number_if(is_edition, rows->number);
    values[n++] = row_number_if(is_edition, rows->day);
    values[n++] = row_number_if(refers != NULL, refers != NULL ? refers->number : 0);
    values[n++] = row_number_if(refers != NULL, refers != NULL ? refers->delivered_on : 0);
    values[n++] = row_number_if(refers != NULL, refers != NULL ? refers->totals.named : 0);
    values[n++] = row_number_if(refers != NULL, refers != NULL ? refers->totals.counted : 0);
    values[n++] = row_text(text_or_null(procedure_name(addressee->procedure)));
    values[n++] = row_text(text_or_null(addressee->government));
    values[n++] = row_text(addressee->case_number);
    values[n++] = row_text(seal);
    values[n++] = row_text(addressee->email);
    values[n++] = row_number_if(!is_edition, rows->as_of);
}

static void add_letter(struct call *call, const struct letter_rows *rows)
{
    char *address = appeal_address(call->site, rows->appeal, rows->text->language);
    char *seal = site_seal_name(call->site);
    struct row_value values[ROW_COLUMNS_MOST];
    size_t n = fill_text(rows, address, values);

    fill_edition(rows, seal, values + n);
    answer_single(call->answer, &row_letter, values);
    free(seal);
    free(address);
}

/* ---- lines ---- */

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

static void add_text_lines(struct call *call, const struct letter_rows *rows)
{
    const struct addressee *addressee = rows->addressee;
    const struct text *text = rows->text;

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

/* It decides itself: the letter is aimed at it, not only sent to it. */
static bool is_aimed_at(const struct addressee *addressee)
{
    return addressee->role == ROLE_TO &&
           (addressee->kind == KIND_GOVERNMENT || addressee->kind == KIND_COMPANY);
}

/* The part that another addressee has in this one's letter; NULL: none. */
static const char *find_part(const struct addressee *own, const struct addressee *other)
{
    if (other == own)
        return NULL;
    if (other->role == ROLE_COPY)
        return "copy";
    if (other->role == ROLE_VIA)
        return own->role == ROLE_TO ? "via" : NULL;
    return is_aimed_at(other) && !is_aimed_at(own) ? "asked" : NULL;
}

static void add_addressee_lines(struct call *call, const struct letter_rows *rows)
{
    const struct settings *settings = rows->appeal->settings;
    const struct addressee *own = rows->addressee;
    const char *language = rows->text->language;

    for (size_t i = 0; i < settings->addressee_count; i++) {
        const struct addressee *other = &settings->addressees[i];
        const char *part = find_part(own, other);
        if (part != NULL)
            add_line(call, part, 0, language, addressee_name_in(other, language));
    }
    for (size_t i = 0; i < own->convention_count; i++)
        add_line(call, "convention", 0, language, own->conventions[i]);
}

void letter_rows_add(struct call *call, const struct letter_rows *rows)
{
    enum audience audience =
        rows->addressee != NULL ? addressee_audience(rows->addressee->kind) : AUDIENCE_PUBLIC;

    add_letter(call, rows);
    answer_columns(call->answer, &row_line);
    add_text_lines(call, rows);
    if (rows->addressee != NULL)
        add_addressee_lines(call, rows);
    if (rows->image.name != NULL)
        image_row_add(call->answer, rows->image.name, rows->image.data, rows->image.len);
    answer_single(call->answer, &row_totals,
                  (struct row_value[]){
                      row_text(choice_audience_name(audience)),
                      row_number(rows->appeal->version),
                      row_number(rows->totals.named),
                      row_number(rows->totals.counted),
                      row_number(rows->totals.members),
                      row_number(rows->totals.countries),
                  });
}

void letter_rows_clear(struct letter_rows *rows)
{
    appeal_image_clear(&rows->image);
    appeal_free(rows->appeal);
    *rows = (struct letter_rows){.appeal = NULL};
}
