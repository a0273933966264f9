/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading a filter: words, one after the other, with the place of each, so that what is wrong can
 * be shown where it stands. Whoever types this does so at night: each refusal says what would do.
 */
#include "appeal/filter.h"
#include "appeal/filter_parts.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/slip.h"
#include <stdlib.h>
#include <string.h>

#define SHOWN_BEFORE 60 /* bytes around the place at fault */
#define SHOWN_BEHIND 40
#define SLIP_MOST 2

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    size_t at, len; /* in the text; a quoted one without its quotes */
};

struct parse {
    const char *text;
    size_t next;
    struct token token; /* that is looked at */
    struct fault *fault;
};

/* ---- what is wrong ---- */

static void append_blanks(struct str *out, size_t count)
{
    while (count-- > 0)
        str_append_char(out, ' ');
}

/* The sentence, then the filter with a caret under the place. */
static enum us_err refuse(struct parse *parse, size_t at, const char *sentence)
{
    const char *text = parse->text;
    size_t len = strlen(text), from = 0, to = len;
    struct str shown = STR_INIT;
    if (at > SHOWN_BEFORE)
        from = utf8_cut(text, len, at - SHOWN_BEFORE);
    if (to > at + SHOWN_BEHIND)
        to = utf8_cut(text, len, at + SHOWN_BEHIND);
    str_append(&shown, text + from, to - from);
    str_append_text(&shown, "\n  ");
    append_blanks(&shown, utf8_length(text + from, at - from));
    str_append_char(&shown, '^');
    fault_set(parse->fault, NULL, 0, "%s\n  %s", sentence, str_text(&shown));
    str_free(&shown);
    return US_INVALID;
}

static enum us_err refuse_take(struct parse *parse, size_t at, char *sentence)
{
    enum us_err err = refuse(parse, at, sentence);
    free(sentence);
    return err;
}

/* ---- words ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_sign(char c)
{
    return c != '\0' && strchr("=!<>(),", c) != NULL;
}

static enum us_err read_quoted(struct parse *parse)
{
    char quote = parse->text[parse->next];
    const char *from = parse->text + parse->next + 1, *end = strchr(from, quote);
    if (!end)
        return refuse(parse, parse->next, "this quote has no end");
    parse->token = (struct token){TOKEN_QUOTED, (size_t)(from - parse->text), (size_t)(end - from)};
    parse->next = (size_t)(end - parse->text) + 1;
    return US_OK;
}

/* Moves on to the next word. */
static enum us_err advance(struct parse *parse)
{
    const char *text = parse->text;
    while (is_blank(text[parse->next]))
        parse->next++;
    size_t at = parse->next;
    char c = text[at];
    if (c == '\0') {
        parse->token = (struct token){TOKEN_END, at, 0};
        return US_OK;
    }
    if (c == '\'' || c == '"')
        return read_quoted(parse);
    if (is_sign(c)) {
        bool is_double = (c == '!' || c == '<' || c == '>') && text[at + 1] == '=';
        parse->next += is_double ? 2 : 1;
        parse->token = (struct token){TOKEN_SIGN, at, parse->next - at};
        return US_OK;
    }
    while (text[parse->next] != '\0' && !is_blank(text[parse->next]) &&
           !is_sign(text[parse->next]) && text[parse->next] != '\'' && text[parse->next] != '"')
        parse->next++;
    parse->token = (struct token){TOKEN_WORD, at, parse->next - at};
    return US_OK;
}

static bool is_token(const struct parse *parse, enum token_kind kind, const char *text)
{
    const struct token *token = &parse->token;
    return token->kind == kind && token->len == strlen(text) &&
           strncasecmp(parse->text + token->at, text, token->len) == 0;
}

static bool is_word(const struct parse *parse, const char *word)
{
    return is_token(parse, TOKEN_WORD, word);
}

static char *copy_token(const struct parse *parse)
{
    return mem_string_part(parse->text + parse->token.at, parse->token.len);
}

/* ---- fields and operators ---- */

static enum us_err refuse_field(struct parse *parse, const char *word)
{
    struct str sentence = STR_INIT;
    size_t best = SLIP_MOST + 1;
    const char *meant = NULL;
    for (int i = 0; i < FILTER_FIELD_COUNT; i++) {
        size_t steps = slip_distance(word, filter_rules[i].name);
        if (steps < best && steps * 2 <= strlen(word)) {
            best = steps;
            meant = filter_rules[i].name;
        }
    }
    if (is_word(parse, "and") || is_word(parse, "or"))
        return refuse(parse, parse->token.at,
                      "a field is due here, as in: country = VA and domain = x.example");
    str_append_format(&sentence, "there is no field %.40s", word);
    if (is_word(parse, "id"))
        str_append_text(&sentence, ": ids are given as they are, without --where");
    if (meant) {
        str_append_format(&sentence, "; did you mean %s?", meant);
    } else {
        str_append_text(&sentence, "; there are");
        for (int i = 0; i < FILTER_FIELD_COUNT; i++)
            str_append_format(&sentence, "%s %s", i ? "," : "", filter_rules[i].name);
    }
    return refuse_take(parse, parse->token.at, str_take(&sentence));
}

static enum us_err read_field(struct parse *parse, struct filter_term *term)
{
    if (parse->token.kind != TOKEN_WORD)
        return refuse(parse, parse->token.at,
                      "a field is due here, as in: country = VA and domain = x.example");
    for (int i = 0; i < FILTER_FIELD_COUNT; i++) {
        if (is_word(parse, filter_rules[i].name)) {
            term->field = (enum filter_field)i;
            return advance(parse);
        }
    }
    char *word = copy_token(parse);
    enum us_err err = refuse_field(parse, word);
    free(word);
    return err;
}

struct operator_sign {
    const char *sign;
    enum filter_operator how;
};

static const struct operator_sign signs[] = {
    {"=", FILTER_EQUAL},    {"!=", FILTER_UNEQUAL}, {"<", FILTER_LESS},
    {"<=", FILTER_AT_MOST}, {">", FILTER_MORE},     {">=", FILTER_AT_LEAST},
};

static bool find_operator(const struct parse *parse, enum filter_operator *out)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (is_token(parse, TOKEN_SIGN, signs[i].sign)) {
            *out = signs[i].how;
            return true;
        }
    }
    *out = is_word(parse, "in") ? FILTER_IN : FILTER_LIKE;
    return is_word(parse, "in") || is_word(parse, "like");
}

static enum us_err refuse_operator(struct parse *parse, const struct filter_rule *rule)
{
    struct str sentence = STR_INIT;
    str_append_format(&sentence, "behind %s stands =, !=", rule->name);
    if (rule->operators & FILTER_OPERATOR(FILTER_LESS))
        str_append_text(&sentence, ", <, <=, >, >=");
    if (rule->operators & FILTER_OPERATOR(FILTER_LIKE))
        str_append_text(&sentence, ", like");
    str_append_text(&sentence, " or in (...)");
    return refuse_take(parse, parse->token.at, str_take(&sentence));
}

/* "not day < X" is "day >= X": what has no number is found by neither. */
static void turn_around(struct filter_term *term)
{
    static const enum filter_operator others[] = {
        [FILTER_LESS] = FILTER_AT_LEAST,
        [FILTER_AT_MOST] = FILTER_MORE,
        [FILTER_MORE] = FILTER_AT_MOST,
        [FILTER_AT_LEAST] = FILTER_LESS,
    };
    if (!term->is_negated || term->how < FILTER_LESS || term->how > FILTER_AT_LEAST)
        return;
    term->how = others[term->how];
    term->is_negated = false;
}

static enum us_err read_operator(struct parse *parse, struct filter_term *term)
{
    const struct filter_rule *rule = &filter_rules[term->field];
    bool is_not = is_word(parse, "not");
    enum us_err err = is_not ? advance(parse) : US_OK;
    if (err)
        return err;
    if (!find_operator(parse, &term->how) || !(rule->operators & FILTER_OPERATOR(term->how)) ||
        (is_not && term->how != FILTER_IN && term->how != FILTER_LIKE))
        return refuse_operator(parse, rule);
    if (term->how == FILTER_UNEQUAL) {
        term->how = FILTER_EQUAL;
        is_not = true;
    }
    term->is_negated = term->is_negated != is_not;
    turn_around(term);
    return advance(parse);
}

/* ---- values ---- */

static enum us_err check_value(struct parse *parse, const struct filter_term *term)
{
    const struct filter_rule *rule = &filter_rules[term->field];
    if (term->how == FILTER_EQUAL && is_token(parse, TOKEN_SIGN, "="))
        return refuse(parse, parse->token.at, "that is one = too much: write =");
    if (parse->token.kind != TOKEN_WORD && parse->token.kind != TOKEN_QUOTED)
        return refuse_take(parse, parse->token.at,
                           mem_format("a value is due here: %s", rule->allowed));
    if (parse->token.len > FILTER_VALUE_MOST)
        return refuse_take(parse, parse->token.at,
                           mem_format("a value has at most %d bytes", FILTER_VALUE_MOST));
    if (term->count == FILTER_VALUES_MOST)
        return refuse_take(
            parse, parse->token.at,
            mem_format("there are at most %d values in one term", FILTER_VALUES_MOST));
    return US_OK;
}

static enum us_err read_value(struct parse *parse, struct filter_term *term)
{
    const struct filter_rule *rule = &filter_rules[term->field];
    enum us_err err = check_value(parse, term);
    if (err)
        return err;
    term->values = mem_resize(term->values, term->count + 1, sizeof *term->values);
    struct filter_value *value = &term->values[term->count++];
    *value = (struct filter_value){0};
    bool is_equal = term->how == FILTER_EQUAL || term->how == FILTER_IN;
    value->is_none = rule->has_none && is_equal && is_word(parse, "none");
    if (!value->is_none) {
        char *typed = copy_token(parse);
        bool is_good = rule->read(typed, term->how == FILTER_LIKE, value);
        free(typed);
        if (!is_good && term->field == FILTER_COUNTRY && parse->token.len == 2)
            return refuse_take(parse, parse->token.at,
                               mem_format("there is no country %.2s; a country is its two letters, "
                                          "such as VA, or none",
                                          parse->text + parse->token.at));
        if (!is_good)
            return refuse(parse, parse->token.at, rule->allowed);
    }
    return advance(parse);
}

static enum us_err read_values(struct parse *parse, struct filter_term *term)
{
    if (term->how != FILTER_IN)
        return read_value(parse, term);
    if (!is_token(parse, TOKEN_SIGN, "("))
        return refuse(parse, parse->token.at, "behind in stands a list: (VALUE, VALUE)");
    for (;;) {
        enum us_err err = advance(parse);
        if (!err)
            err = read_value(parse, term);
        if (err)
            return err;
        if (is_token(parse, TOKEN_SIGN, ")"))
            return advance(parse);
        if (!is_token(parse, TOKEN_SIGN, ","))
            return refuse(parse, parse->token.at, "a list goes on with a comma or ends with )");
    }
}

static enum us_err read_term(struct parse *parse, struct filter *filter)
{
    if (filter->count == FILTER_TERMS_MOST)
        return refuse_take(parse, parse->token.at,
                           mem_format("there are at most %d terms", FILTER_TERMS_MOST));
    struct filter_term *term = &filter->terms[filter->count++];
    enum us_err err = US_OK;
    if (is_word(parse, "not")) {
        term->is_negated = true;
        err = advance(parse);
    }
    if (!err)
        err = read_field(parse, term);
    if (!err)
        err = read_operator(parse, term);
    return err ? err : read_values(parse, term);
}

static enum us_err read_terms(struct parse *parse, struct filter *filter)
{
    enum us_err err = advance(parse);
    if (!err)
        err = read_term(parse, filter);
    while (!err && parse->token.kind != TOKEN_END) {
        if (!is_word(parse, "and"))
            return refuse(
                parse, parse->token.at,
                is_word(parse, "or")
                    ? "terms are joined by and; of one field, in (...) takes several values"
                    : "terms are joined by and; a value with blanks stands in quotes");
        err = advance(parse);
        if (!err)
            err = read_term(parse, filter);
    }
    return err;
}

static bool check_text(const char *text, struct fault *fault)
{
    size_t len = strlen(text);
    if (len > FILTER_LENGTH_MOST)
        fault_set(fault, NULL, 0, "a filter has at most %d bytes", FILTER_LENGTH_MOST);
    else if (!utf8_is_valid(text, len) || utf8_has_forbidden(text, len, false))
        fault_set(fault, NULL, 0, "a filter is one line of text, without control characters");
    else
        return true;
    return false;
}

enum us_err filter_parse(const char *text, struct filter **out, struct fault *fault)
{
    if (!check_text(text, fault))
        return US_INVALID;
    struct filter *filter = MEM_NEW(struct filter);
    struct parse parse = {.text = text, .fault = fault};
    enum us_err err = read_terms(&parse, filter);
    if (err) {
        filter_free(filter);
        return err;
    }
    *out = filter;
    return US_OK;
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++) {
        for (size_t k = 0; k < filter->terms[i].count; k++)
            free(filter->terms[i].values[k].text);
        free(filter->terms[i].values);
    }
    free(filter);
}

bool filter_asks(const struct filter *filter, enum filter_field field)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->terms[i].field == field)
            return true;
    }
    return false;
}
