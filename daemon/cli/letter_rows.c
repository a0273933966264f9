/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/letter_rows.h"
#include "base/mem.h"
#include "cli/image_row.h"
#include <stdlib.h>
#include <string.h>

#define LINES_MOST 10000

/* The columns of row_letter, in their order. */
enum {
    COLUMN_SLUG,
    COLUMN_VERSION,
    COLUMN_LANGUAGE,
    COLUMN_NUMBER,
    COLUMN_PLACE,
    COLUMN_DATE,
    COLUMN_KIND,
    COLUMN_ADDRESSEE,
    COLUMN_ADDRESSEE_NAME,
    COLUMN_ADDRESSEE_LANGUAGE,
    COLUMN_SALUTATION,
    COLUMN_CLOSING,
    COLUMN_BODY,
    COLUMN_SITE,
    COLUMN_ADDRESSEE_KIND,
    COLUMN_FORM,
    COLUMN_EDITION,
    COLUMN_EDITION_NUMBER,
    COLUMN_EDITION_DAY,
    COLUMN_REFERS_NUMBER,
    COLUMN_REFERS_DAY,
    COLUMN_REFERS_NAMED,
    COLUMN_REFERS_COUNTED,
    COLUMN_PROCEDURE,
    COLUMN_GOVERNMENT,
    COLUMN_CASE_NUMBER,
    COLUMN_SEAL,
    COLUMN_EMAIL,
    COLUMN_AS_OF,
    COLUMN_COUNT
};

enum part { /* of its lines */
            PART_LETTERHEAD,
            PART_ADDRESS,
            PART_TITLE,
            PART_ASKED,
            PART_VIA,
            PART_COPY,
            PART_CONVENTION,
            PART_SIGNER_TITLE,
            PART_SIGNER_NAME,
            PART_COUNT
};
static const char *const part_names[PART_COUNT] = {
    [PART_LETTERHEAD] = "letterhead",
    [PART_ADDRESS] = "address",
    [PART_TITLE] = "title",
    [PART_ASKED] = "asked",
    [PART_VIA] = "via",
    [PART_COPY] = "copy",
    [PART_CONVENTION] = "convention",
    [PART_SIGNER_TITLE] = "signer-title",
    [PART_SIGNER_NAME] = "signer-name",
};

struct lines {
    char **texts, **languages;
    size_t count;
};

struct letter_rows {
    struct letter letter;
    char *texts[COLUMN_COUNT]; /* of the columns that are texts */
    int64_t version, as_of;
    struct lines parts[PART_SIGNER_TITLE];
    struct lines signer_lines; /* all signers' titles and names, as they came */
    struct letter_line *letterhead;
    struct letter_signer *signers;
    unsigned char *image;
    size_t line_count;
    bool has_letter, has_totals, is_signer_open;
};

struct letter_rows *letter_rows_new(void)
{
    return MEM_NEW(struct letter_rows);
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->texts[i]);
        free(lines->languages[i]);
    }
    free(lines->texts);
    free(lines->languages);
}

void letter_rows_free(struct letter_rows *rows)
{
    if (rows == NULL)
        return;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        free(rows->texts[i]);
    for (size_t i = 0; i < PART_SIGNER_TITLE; i++)
        free_lines(&rows->parts[i]);
    free_lines(&rows->signer_lines);
    free(rows->letterhead);
    free(rows->signers);
    free(rows->image);
    free(rows);
}

bool letter_rows_know(const struct row_schema *schema)
{
    return row_schema_begins(schema, &row_letter) || row_schema_begins(schema, &row_image) ||
           row_schema_begins(schema, &row_line) || row_schema_begins(schema, &row_totals) ||
           row_schema_begins(schema, &row_signatory);
}

/* ---- single fields ---- */

static bool is_word(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

/* The place of a word in a list; -1 when it is none of them. */
static int find_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] != NULL && strcmp(words[i], word) == 0)
            return (int)i;
    }
    return -1;
}

/* What stands in the letter by an enum. A word that is not known would make another letter than the
 * one that is meant: no letter is better. */
static enum us_err choose_words(struct letter_rows *rows, struct fault *fault)
{
    static const char *const profiles[] = {
        [LETTER_PUBLIC] = "public",         [LETTER_GOVERNMENT] = "government",
        [LETTER_COMPANY] = "company",       [LETTER_INTERNATIONAL] = "international",
        [LETTER_FEDERATION] = "federation", [LETTER_PRESS] = "press",
    };
    static const char *const editions[] = {
        [LETTER_WHOLE] = "letter",
        [LETTER_SUPPLEMENT] = "supplement",
        [LETTER_ACCESSION] = "accession",
    };
    static const char *const procedures[] = {
        [LETTER_NO_PROCEDURE] = "",
        [LETTER_COMPLAINT] = "complaint",
        [LETTER_REPRESENTATION] = "representation",
        [LETTER_INFORMATION] = "information",
    };
    struct letter *letter = &rows->letter;
    const char *kind = rows->texts[COLUMN_ADDRESSEE_KIND], *edition = rows->texts[COLUMN_EDITION];
    const char *procedure = rows->texts[COLUMN_PROCEDURE], *form = rows->texts[COLUMN_FORM];
    int profile =
        find_word(profiles, sizeof(profiles) / sizeof(profiles[0]), kind != NULL ? kind : "public");
    int which = find_word(editions, sizeof(editions) / sizeof(editions[0]),
                          edition != NULL ? edition : "letter");
    int step = find_word(procedures, sizeof(procedures) / sizeof(procedures[0]),
                         procedure != NULL ? procedure : "");

    if (profile < 0 || which < 0 || step < 0 ||
        (form != NULL && !is_word(form, "joint") && !is_word(form, "individual"))) {
        fault_set(fault, NULL, 0,
                  "the service sent a kind of letter that this version does not know");
        return US_INVALID;
    }
    letter->profile = (enum letter_profile)profile;
    letter->edition = (enum letter_edition)which;
    letter->procedure = (enum letter_procedure)step;
    letter->is_individual = is_word(form, "individual");
    return US_OK;
}

static enum us_err keep_letter(struct letter_rows *rows, const struct row_value *values,
                               struct fault *fault)
{
    struct letter *letter = &rows->letter;

    if (rows->has_letter)
        return US_OK;
    rows->has_letter = true;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (row_letter.columns[i].type == ROW_TEXT && values[i].is_set)
            rows->texts[i] = mem_string(values[i].text);
    }
    rows->version = values[COLUMN_VERSION].number;
    rows->as_of = values[COLUMN_AS_OF].number;
    letter->has_date = values[COLUMN_DATE].is_set;
    letter->date = values[COLUMN_DATE].number;
    letter->edition_number = values[COLUMN_EDITION_NUMBER].number;
    letter->edition_date = values[COLUMN_EDITION_DAY].number;
    letter->refers_number = values[COLUMN_REFERS_NUMBER].number;
    letter->refers_date = values[COLUMN_REFERS_DAY].number;
    letter->refers_named = values[COLUMN_REFERS_NAMED].number;
    letter->refers_counted = values[COLUMN_REFERS_COUNTED].number;
    letter->text_language = rows->texts[COLUMN_LANGUAGE];
    letter->number = rows->texts[COLUMN_NUMBER];
    letter->place = rows->texts[COLUMN_PLACE];
    letter->kind = rows->texts[COLUMN_KIND];
    letter->addressee_name = rows->texts[COLUMN_ADDRESSEE_NAME];
    letter->addressee_language = rows->texts[COLUMN_ADDRESSEE_LANGUAGE];
    letter->salutation = rows->texts[COLUMN_SALUTATION];
    letter->closing = rows->texts[COLUMN_CLOSING];
    letter->body = rows->texts[COLUMN_BODY];
    letter->site = rows->texts[COLUMN_SITE];
    letter->government = rows->texts[COLUMN_GOVERNMENT];
    letter->case_number = rows->texts[COLUMN_CASE_NUMBER];
    return choose_words(rows, fault);
}

static void keep_totals(struct letter_rows *rows, const struct row_value *values)
{
    rows->has_totals = true;
    rows->letter.named = values[2].number;
    rows->letter.counted = values[3].number;
    rows->letter.members = values[4].number;
    rows->letter.countries = values[5].number;
}

static enum us_err keep_image(struct letter_rows *rows, const struct row_value *values,
                              struct fault *fault)
{
    const char *name = values[0].is_set ? values[0].text : "";
    const char *suffix = strrchr(name, '.');
    enum us_err err;

    if (rows->image != NULL)
        return US_OK;
    err = image_row_read(values, &rows->image, &rows->letter.image_len, fault);
    if (err != US_OK)
        return err;
    rows->letter.image = rows->image;
    rows->letter.is_svg = suffix != NULL && strcmp(suffix, ".svg") == 0;
    return US_OK;
}

/* ---- lines ---- */

static size_t add_line(struct lines *lines, const struct row_value *values)
{
    lines->texts = mem_resize(lines->texts, lines->count + 1, sizeof(*lines->texts));
    lines->languages = mem_resize(lines->languages, lines->count + 1, sizeof(*lines->languages));
    lines->texts[lines->count] = values[3].is_set ? mem_string(values[3].text) : NULL;
    lines->languages[lines->count] = values[2].is_set ? mem_string(values[2].text) : NULL;
    return lines->count++;
}

/* A signer's titles come before its name, which is sent (as null) also where there is none. */
static void keep_signer(struct letter_rows *rows, const struct row_value *values, bool is_name)
{
    struct letter *letter = &rows->letter;
    struct letter_signer *signer;
    size_t index;

    if (!rows->is_signer_open) {
        rows->signers = mem_resize(rows->signers, letter->signer_count + 1, sizeof(*rows->signers));
        rows->signers[letter->signer_count] = (struct letter_signer){.title_count = 0};
        rows->is_signer_open = true;
    }
    index = add_line(&rows->signer_lines, values);
    signer = &rows->signers[letter->signer_count];
    if (!is_name) {
        signer->title_count++;
        return;
    }
    signer->name = rows->signer_lines.texts[index];
    letter->signer_count++;
    rows->is_signer_open = false;
}

static enum us_err keep_line(struct letter_rows *rows, const struct row_value *values,
                             struct fault *fault)
{
    int part = find_word(part_names, PART_COUNT, values[0].is_set ? values[0].text : "");

    if (++rows->line_count > LINES_MOST) {
        fault_set(fault, NULL, 0, "the service sent more lines than a letter can have");
        return US_INVALID;
    }
    if (part == PART_SIGNER_NAME || (part == PART_SIGNER_TITLE && values[3].is_set))
        keep_signer(rows, values, part == PART_SIGNER_NAME);
    else if (part >= 0 && part < PART_SIGNER_TITLE && values[3].is_set)
        add_line(&rows->parts[part], values);
    return US_OK;
}

enum us_err letter_rows_keep(struct letter_rows *rows, const struct row_schema *schema,
                             const struct row_value *values, struct fault *fault)
{
    if (strcmp(schema->name, row_letter.name) == 0)
        return keep_letter(rows, values, fault);
    if (strcmp(schema->name, row_image.name) == 0)
        return keep_image(rows, values, fault);
    if (strcmp(schema->name, row_line.name) == 0)
        return keep_line(rows, values, fault);
    if (strcmp(schema->name, row_totals.name) == 0)
        keep_totals(rows, values);
    return US_OK;
}

/* ---- the whole ---- */

static struct letter_lines point_at(const struct lines *lines)
{
    return (struct letter_lines){(const char *const *)lines->texts, lines->count};
}

static void point_lines(struct letter_rows *rows)
{
    const struct lines *head = &rows->parts[PART_LETTERHEAD];
    struct letter *letter = &rows->letter;
    size_t line = 0;

    rows->letterhead = mem_resize(rows->letterhead, head->count + 1, sizeof(*rows->letterhead));
    for (size_t i = 0; i < head->count; i++)
        rows->letterhead[i] = (struct letter_line){head->languages[i], head->texts[i]};
    letter->letterhead = rows->letterhead;
    letter->letterhead_count = head->count;
    letter->titles = point_at(&rows->parts[PART_TITLE]);
    letter->addressee_lines = point_at(&rows->parts[PART_ADDRESS]);
    letter->asked_of = point_at(&rows->parts[PART_ASKED]);
    letter->via = point_at(&rows->parts[PART_VIA]);
    letter->copies = point_at(&rows->parts[PART_COPY]);
    letter->conventions = point_at(&rows->parts[PART_CONVENTION]);
    letter->signers = rows->signers;
    for (size_t i = 0; i < letter->signer_count; i++) {
        rows->signers[i].titles = (const char *const *)rows->signer_lines.texts + line;
        line += rows->signers[i].title_count + 1; /* and the name */
    }
}

enum us_err letter_rows_end(struct letter_rows *rows, struct letter **out, struct fault *fault)
{
    if (!rows->has_letter || !rows->has_totals || rows->texts[COLUMN_LANGUAGE] == NULL ||
        rows->texts[COLUMN_BODY] == NULL) {
        fault_set(fault, NULL, 0, "the service sent no letter");
        return US_INVALID;
    }
    point_lines(rows);
    rows->letter.language = language_find(rows->texts[COLUMN_LANGUAGE]);
    if (rows->letter.language == NULL)
        rows->letter.language = language_find("en");
    *out = &rows->letter;
    return US_OK;
}

static enum letter_registration find_registration(const char *word)
{
    static const char *const words[] = {
        [LETTER_UNSTATED] = "",       [LETTER_REGISTERED] = "registered",
        [LETTER_REFUSED] = "refused", [LETTER_DISSOLVED] = "dissolved",
        [LETTER_EXILE] = "exile",
    };
    int found = find_word(words, sizeof(words) / sizeof(words[0]), word != NULL ? word : "");

    return found < 0 ? LETTER_UNSTATED : (enum letter_registration)found;
}

void letter_rows_signatory(const struct row_value *values, struct letter_signatory *out)
{
    *out = (struct letter_signatory){
        .organisation = values[0].text,
        .organisation_latin = values[1].text,
        .country = values[2].text,
        .town = values[3].text,
        .has_members = values[4].is_set,
        .members = values[4].number,
        .representative = values[5].text,
        .capacity = values[6].text,
        .affiliation = values[8].text,
        .is_initiator = values[9].is_set && values[9].number != 0,
        .has_day = values[10].is_set,
        .signed_on = values[10].number,
        .legal_name = values[11].text,
        .address = values[12].text,
        .coverage = values[13].text,
        .registration = find_registration(values[14].text),
        .mandate = values[15].text,
        .has_mandate_date = values[16].is_set,
        .mandate_date = values[16].number,
        .has_members_date = values[17].is_set,
        .members_date = values[17].number,
    };
}

void letter_rows_facts(const struct letter_rows *rows, struct letter_facts *out)
{
    *out = (struct letter_facts){
        .slug = rows->texts[COLUMN_SLUG],
        .language = rows->texts[COLUMN_LANGUAGE],
        .addressee = rows->texts[COLUMN_ADDRESSEE],
        .addressee_name = rows->texts[COLUMN_ADDRESSEE_NAME],
        .email = rows->texts[COLUMN_EMAIL],
        .version = rows->version,
        .as_of = rows->as_of,
    };
}
