/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a form may say. Each field passes the same gate (well-formed text without control or
 * direction-overriding characters, of a bounded size, NFC), then its own rule. Values are only
 * replaced by their clean forms when all is well, so that a visitor gets back what they typed.
 */
#include "appeal/pack.h"
#include "appeal/signing_ilo.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/locale.h"
#include "text/unicode.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define MEMBERS_MOST INT64_C(500000000)

static const struct field {
    const char *name;
    size_t most;
    bool is_needed, has_letter; /* a name that must have a letter in it */
} fields[FIELD_COUNT] = {
    [FIELD_ORGANISATION] = {"organisation", 200, true, true},
    [FIELD_ORGANISATION_LATIN] = {"organisation_latin", 200, false, true},
    [FIELD_KIND] = {"kind", 20, true, false},
    [FIELD_COUNTRY] = {"country", 2, false, false}, /* needed by its own rule */
    [FIELD_TOWN] = {"town", 100, false, false},
    [FIELD_AFFILIATION] = {"affiliation", 200, false, false},
    [FIELD_MEMBERS] = {"members", 20, false, false},
    [FIELD_REPRESENTATIVE] = {"representative", 120, true, true},
    [FIELD_CAPACITY] = {"capacity", 120, true, true},
    [FIELD_EMAIL] = {"email", 254, true, false},
    [FIELD_VISIBILITY] = {"visibility", 20, true, false},
    [FIELD_LEGAL_NAME] = {"legal_name", 200, false, true},
    [FIELD_ADDRESS] = {"address", 300, false, true},
    [FIELD_COVERAGE] = {"coverage", 200, false, true},
    [FIELD_REGISTRATION] = {"registration", 20, false, false},
    [FIELD_MANDATE] = {"mandate", 200, false, true},
    [FIELD_MANDATE_DATE] = {"mandate_date", 20, false, false},
    [FIELD_MEMBERS_DATE] = {"members_date", 20, false, false},
    [FIELD_UPDATES] = {"updates", 20, false, false},
    [FIELD_CONSENT] = {"consent", 20, true, false},
};

const char *signing_field_name(enum signing_field field)
{
    return fields[field].name;
}

size_t signing_field_most(enum signing_field field)
{
    return fields[field].most;
}

void submission_clear(struct submission *submission)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        pack_wipe_text(submission->values[i]);
    explicit_bzero(submission, sizeof *submission);
}

static bool has_letter(const char *text)
{
    size_t len = strlen(text);
    for (size_t pos = 0; pos < len;) {
        UChar32 c = (UChar32)utf8_next(text, len, &pos);
        if (u_isalpha(c) && !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
            return true;
    }
    return false;
}

/* Whether the letters in it are Latin ones, and there is one. Letters of no script (the modifier
 * apostrophes of transliterations) may stand among them. */
static bool is_latin(const char *text)
{
    size_t len = strlen(text);
    bool has_latin = false;
    for (size_t pos = 0; pos < len;) {
        UChar32 c = (UChar32)utf8_next(text, len, &pos);
        if (!u_isalpha(c))
            continue;
        UErrorCode status = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript(c, &status);
        if (script == USCRIPT_LATIN)
            has_latin = true;
        else if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED)
            return false;
    }
    return has_latin;
}

/* The gate. *clean is set with PROBLEM_NONE only; NULL for an empty field. */
static enum signing_problem clean_value(enum signing_field field, const char *typed, char **clean)
{
    size_t most = fields[field].most, len = typed ? strlen(typed) : 0;
    *clean = NULL;
    if (len == 0)
        return fields[field].is_needed ? PROBLEM_MISSING : PROBLEM_NONE;
    /* A decomposed spelling may be longer than what is kept, but not by any amount. */
    if (len > 16 * most)
        return PROBLEM_TOO_LONG;
    if (!utf8_is_valid(typed, len) || utf8_has_forbidden(typed, len, false))
        return PROBLEM_FORBIDDEN;
    char *text = unicode_clean(typed);
    enum signing_problem problem = PROBLEM_NONE;
    len = strlen(text);
    if (len == 0)
        problem = fields[field].is_needed ? PROBLEM_MISSING : PROBLEM_NONE;
    else if (utf8_length(text, len) > most)
        problem = PROBLEM_TOO_LONG;
    else if (fields[field].has_letter && !has_letter(text))
        problem = PROBLEM_MALFORMED;
    if (problem || len == 0)
        pack_wipe_text(text);
    else
        *clean = text;
    return problem;
}

/* Blanks, commas and dots between groups of digits, as languages write large numbers. */
static bool is_grouping(UChar32 c)
{
    return c == ' ' || c == ',' || c == '.' || c == 0xA0 || c == 0x2009 || c == 0x202F;
}

/* The groups after the first have three digits (two are taken before the last, as in India), so
 * that "1.5" and "2,50" are not taken for fifteen and two hundred and fifty. */
static bool parse_members(const char *text, int64_t *out)
{
    size_t len = strlen(text), group = 0, groups = 0;
    int64_t number = 0;
    for (size_t pos = 0; pos < len;) {
        UChar32 c = (UChar32)utf8_next(text, len, &pos);
        if (is_grouping(c)) {
            if (group == 0 || group > 3 || (groups > 0 && group < 2))
                return false;
            groups++;
            group = 0;
            continue;
        }
        int32_t digit = u_charDigitValue(c);
        if (digit < 0)
            return false;
        number = 10 * number + digit;
        group++;
        if (number > MEMBERS_MOST)
            return false;
    }
    if (group == 0 || (groups > 0 && group != 3) || number < 1)
        return false;
    *out = number;
    return true;
}

static bool is_among(char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return count == 0;
}

static enum signing_problem check_kind(const struct appeal *appeal, const char *value,
                                       struct submission *parsed)
{
    if (!signature_kind_from_name(value, &parsed->kind))
        return PROBLEM_UNKNOWN;
    const struct settings *settings = appeal->settings;
    return is_among(settings->kinds, settings->kind_count, value) ? PROBLEM_NONE
                                                                  : PROBLEM_NOT_ALLOWED;
}

/* value may be NULL. An international body has no country to be held against the list. */
static enum signing_problem check_country(const struct appeal *appeal, bool is_international,
                                          char *value)
{
    const struct settings *settings = appeal->settings;
    if (!value)
        return is_international ? PROBLEM_NONE : PROBLEM_MISSING;
    for (char *c = value; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    if (!locale_is_country(value))
        return PROBLEM_UNKNOWN;
    return is_among(settings->countries, settings->country_count, value) ? PROBLEM_NONE
                                                                         : PROBLEM_NOT_ALLOWED;
}

static void replace(char **value, char *by)
{
    pack_wipe_text(*value);
    *value = by;
}

static enum signing_problem check_members(char **value, struct submission *parsed)
{
    if (!parse_members(*value, &parsed->members))
        return PROBLEM_MALFORMED;
    parsed->has_members = true;
    replace(value, mem_format("%lld", (long long)parsed->members));
    return PROBLEM_NONE;
}

static enum signing_problem check_email(char **value)
{
    char *mailbox = unicode_mailbox(*value);
    if (!mailbox)
        return PROBLEM_MALFORMED;
    replace(value, mailbox);
    return PROBLEM_NONE;
}

/* A box that was ticked, kept as one word. */
static enum signing_problem check_ticked(char **value, const char *kept)
{
    const char *const yes[] = {kept, "yes", "on", "1"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(*value, yes[i]) == 0) {
            replace(value, mem_string(kept));
            return PROBLEM_NONE;
        }
    }
    return PROBLEM_UNKNOWN;
}

/* What a check is made with, and what comes of it. */
struct check {
    const struct appeal *appeal;
    int64_t day;
    struct submission parsed;
};

/* The rule of one field over its clean value, which is there. */
static enum signing_problem check_value(enum signing_field field, struct check *check)
{
    const struct appeal *appeal = check->appeal;
    struct submission *parsed = &check->parsed;
    char **value = &parsed->values[field];
    switch (field) {
    case FIELD_ORGANISATION_LATIN:
        return is_latin(*value) ? PROBLEM_NONE : PROBLEM_MALFORMED;
    case FIELD_KIND:
        return check_kind(appeal, *value, parsed);
    case FIELD_MEMBERS:
        return check_members(value, parsed);
    case FIELD_EMAIL:
        return check_email(value);
    case FIELD_VISIBILITY:
        return visibility_from_name(*value, &parsed->visibility) ? PROBLEM_NONE : PROBLEM_UNKNOWN;
    case FIELD_REGISTRATION:
        return signing_ilo_registration(*value) ? PROBLEM_NONE : PROBLEM_UNKNOWN;
    case FIELD_MANDATE_DATE:
    case FIELD_MEMBERS_DATE:
        return signing_ilo_day(value, check->day);
    case FIELD_UPDATES:
        return check_ticked(value, "yes");
    case FIELD_CONSENT:
        return check_ticked(value, SIGNING_CONSENT_VERSION);
    default:
        return PROBLEM_NONE;
    }
}

/* Whether anybody will ever read the block for the ILO. */
static bool takes_ilo(const struct submission *submission, const struct appeal *appeal)
{
    enum visibility visibility;
    const char *chosen = submission->values[FIELD_VISIBILITY];
    return appeal->settings->asks_ilo && !(chosen && visibility_from_name(chosen, &visibility) &&
                                           visibility == VISIBILITY_COUNTED);
}

/* Puts the clean values into the place of those that were typed. */
static void take_parsed(struct submission *submission, struct submission *parsed)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        replace(&submission->values[i], parsed->values[i]);
        parsed->values[i] = NULL;
    }
    submission->kind = parsed->kind;
    submission->visibility = parsed->visibility;
    submission->has_members = parsed->has_members;
    submission->members = parsed->members;
}

size_t signing_check(struct submission *submission, const struct appeal *appeal, int64_t day,
                     enum signing_problem problems[FIELD_COUNT])
{
    struct check check = {.appeal = appeal, .day = day, .parsed.kind = SIGNATURE_KIND_COUNT};
    struct submission *parsed = &check.parsed;
    bool has_ilo = takes_ilo(submission, appeal);
    size_t count = 0;
    for (enum signing_field i = 0; i < FIELD_COUNT; i++) {
        problems[i] = PROBLEM_NONE;
        if (signing_ilo_is_field(i) && !has_ilo)
            continue;
        problems[i] = clean_value(i, submission->values[i], &parsed->values[i]);
        if (!problems[i] && parsed->values[i])
            problems[i] = check_value(i, &check);
    }
    if (!problems[FIELD_COUNTRY])
        problems[FIELD_COUNTRY] = check_country(appeal, parsed->kind == SIGNATORY_INTERNATIONAL,
                                                parsed->values[FIELD_COUNTRY]);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        count += problems[i] != PROBLEM_NONE;
    if (count == 0)
        take_parsed(submission, parsed);
    submission_clear(parsed);
    return count;
}

size_t signing_check_names(struct submission *submission,
                           enum signing_problem problems[FIELD_COUNT])
{
    static const enum signing_field names[] = {FIELD_ORGANISATION, FIELD_ORGANISATION_LATIN};
    struct check check = {.parsed.kind = SIGNATURE_KIND_COUNT};
    struct submission *parsed = &check.parsed;
    size_t count = 0;
    for (enum signing_field i = 0; i < FIELD_COUNT; i++)
        problems[i] = PROBLEM_NONE;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum signing_field field = names[i];
        problems[field] = clean_value(field, submission->values[field], &parsed->values[field]);
        if (!problems[field] && parsed->values[field])
            problems[field] = check_value(field, &check);
        count += problems[field] != PROBLEM_NONE;
    }
    for (size_t i = 0; count == 0 && i < sizeof names / sizeof *names; i++) {
        replace(&submission->values[names[i]], parsed->values[names[i]]);
        parsed->values[names[i]] = NULL;
    }
    submission_clear(parsed);
    return count;
}
