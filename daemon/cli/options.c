/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/options.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>

#define WORD_MOST 32

/* ---- suggestions ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: letters put in, left out, changed, or two swapped. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MOST + 1];
    size_t la = strlen(a), lb = strlen(b);

    if (la > WORD_MOST || lb > WORD_MOST)
        return WORD_MOST;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            now[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

/* That so many letters are wrong can be a slip. */
static size_t most_distance(const char *word)
{
    return least(2, strlen(word) / 2);
}

static bool is_alike(const char *word, const char *candidate)
{
    return distance(word, candidate) <= most_distance(word);
}

/* The only one of those that begin with the word; NULL: none does, or several. */
static const char *find_beginning(const char *word, options_words *next, const char *noun)
{
    const char *found = NULL, *candidate;

    for (size_t i = 0; (candidate = next(i, noun)) != NULL; i++) {
        if (strncmp(candidate, word, strlen(word)) != 0)
            continue;
        if (found != NULL && strcmp(found, candidate) != 0)
            return NULL;
        found = candidate;
    }
    return found;
}

const char *options_suggest(const char *word, options_words *next, const char *noun)
{
    const char *best = NULL, *candidate;
    size_t best_distance = most_distance(word) + 1;

    for (size_t i = 0; (candidate = next(i, noun)) != NULL; i++) {
        size_t d = distance(word, candidate);
        if (d < best_distance) {
            best = candidate;
            best_distance = d;
        }
    }
    return best != NULL || strlen(word) < 2 ? best : find_beginning(word, next, noun);
}

static const char *next_noun(size_t index, const char *noun)
{
    (void)noun;
    if (index >= COMMAND_COUNT)
        return NULL;
    return command_table[index].is_hidden ? "" : command_table[index].noun;
}

static const char *next_verb(size_t index, const char *noun)
{
    const struct command *command = &command_table[index];

    if (index >= COMMAND_COUNT)
        return NULL;
    return command->verb != NULL && !command->is_hidden && strcmp(command->noun, noun) == 0
               ? command->verb
               : "";
}

/* The noun that has that verb, where only one has: "undersign approve" says what is meant. */
static const char *find_noun_of(const char *verb)
{
    const char *found = NULL;

    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (command->is_hidden || command->verb == NULL || strcmp(command->verb, verb) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = command->noun;
    }
    return found;
}

static enum us_err refuse_noun(const char *word)
{
    const char *meant = find_noun_of(word);

    if (meant != NULL) {
        talk_error("there is no command \"%s\"; did you mean \"%s %s\"?", word, meant, word);
        return US_INVALID;
    }
    meant = options_suggest(word, next_noun, NULL);
    if (meant != NULL)
        talk_error("there is no command \"%s\"; did you mean \"%s\"?", word, meant);
    else
        talk_error("there is no command \"%s\"; `undersign help` says what there is", word);
    return US_INVALID;
}

static enum us_err refuse_verb(const char *noun, const char *word)
{
    const char *meant = options_suggest(word, next_verb, noun);

    if (meant != NULL)
        talk_error("there is no command \"%s %s\"; did you mean \"%s %s\"?", noun, word, noun,
                   meant);
    else
        talk_error("there is no command \"%s %s\"; `undersign help %s` says what there is", noun,
                   word, noun);
    return US_INVALID;
}

/* Those of the command first: an option of another one would be refused next. */
static const char *next_option(size_t index, const char *noun)
{
    (void)noun;
    return index < OPTION_COUNT ? command_options[index].name : NULL;
}

static const char *next_global(size_t index, const char *noun)
{
    (void)noun;
    if (index >= OPTION_COUNT)
        return NULL;
    return command_options[index].is_global ? command_options[index].name : "";
}

static enum us_err refuse_option(enum command_id command, const char *name)
{
    const char *meant = NULL;

    if (command != COMMAND_COUNT) {
        size_t best = WORD_MOST;
        for (int id = 0; id < OPTION_COUNT; id++) {
            const char *candidate = command_options[id].name;
            if (!command_takes(command, (enum command_option_id)id) || !is_alike(name, candidate) ||
                distance(name, candidate) >= best)
                continue;
            best = distance(name, candidate);
            meant = candidate;
        }
    }
    if (meant == NULL)
        meant = options_suggest(name, command == COMMAND_COUNT ? next_option : next_global, NULL);
    if (meant != NULL)
        talk_error("there is no option --%s; did you mean --%s?", name, meant);
    else if (command != COMMAND_COUNT)
        talk_error("there is no option --%s; `undersign help %s%s%s` says what there is", name,
                   command_table[command].noun, command_table[command].verb != NULL ? " " : "",
                   command_table[command].verb != NULL ? command_table[command].verb : "");
    else
        talk_error("there is no option --%s; `undersign help` says what there is", name);
    return US_INVALID;
}

/* ---- options ---- */

static enum command_option_id find_letter(char letter)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (command_options[id].letter == letter)
            return (enum command_option_id)id;
    }
    return OPTION_COUNT;
}

/* What the words so far say: an option of the same name as a global one is the command's own behind
 * it. */
static enum command_id command_so_far(const struct options *options)
{
    enum command_id command = COMMAND_COUNT;

    if (options->argument_count > 0)
        command = command_find_shown(options->arguments[0], NULL);
    if (command == COMMAND_COUNT && options->argument_count > 1)
        command = command_find_shown(options->arguments[0], options->arguments[1]);
    return command;
}

/* Takes the option at argv[*i] with its value, and moves on to the last word taken. */
static enum us_err take_option(char *const *argv, int argc, int *i, struct options *options)
{
    const char *word = argv[*i];
    const char *value = NULL;
    enum command_id command = command_so_far(options);
    enum command_option_id id;

    if (word[1] == '-') {
        const char *equals = strchr(word, '=');
        char *name = mem_string_part(word + 2, equals != NULL ? (size_t)(equals - word - 2)
                                                              : strlen(word + 2));
        enum us_err err;
        id = command_option_find(command, name);
        err = id == OPTION_COUNT ? refuse_option(command, name) : US_OK;
        free(name);
        if (err != US_OK)
            return err;
        value = equals != NULL ? equals + 1 : NULL;
    } else {
        id = find_letter(word[1]);
        if (id == OPTION_COUNT) {
            talk_error("there is no option \"-%c\"; `undersign help` says what there is", word[1]);
            return US_INVALID;
        }
        value = word[2] != '\0' ? word + 2 : NULL;
    }
    if (command_options[id].value == NULL && value != NULL) {
        talk_error("the option --%s takes no value", command_options[id].name);
        return US_INVALID;
    }
    if (command_options[id].value != NULL && value == NULL) {
        if (*i + 1 >= argc) {
            talk_error("the option --%s needs a value: %s", command_options[id].name,
                       command_options[id].value);
            return US_INVALID;
        }
        value = argv[++*i];
    }
    if (options_has(options, id) && value != NULL && strcmp(options->values[id], value) != 0) {
        talk_error("the option --%s was given twice", command_options[id].name);
        return US_INVALID;
    }
    options->values[id] = value != NULL ? value : "";
    return US_OK;
}

/* Who asks for two ways of writing at once gets one that they did not expect. */
static enum us_err check_format(struct options *options)
{
    if (!options_has(options, OPTION_JSONL))
        return US_OK;
    if (options_has(options, OPTION_JSON)) {
        talk_error("--json and --jsonl are two ways of writing: give one of them");
        return US_INVALID;
    }
    options->values[OPTION_JSON] = ""; /* most that writes one object asks for this alone */
    return US_OK;
}

/* ---- commands ---- */

static bool is_number(const char *value)
{
    size_t len = strlen(value);

    return len == strspn(value, "0123456789") && len < 19 && value[strspn(value, "0")] != '\0';
}

/* What can be told of a value without asking the service. */
static enum us_err check_value(const struct command_option *option, const char *value)
{
    const char *const *word = option->words;
    struct str known = STR_INIT;
    int64_t day;

    if (option->is_number && !is_number(value)) {
        talk_error("--%s is a whole number from 1", option->name);
        return US_INVALID;
    }
    if (option->is_day && !clock_parse_day(value, &day)) {
        talk_error("--%s is a day, YYYY-MM-DD", option->name);
        return US_INVALID;
    }
    if (word == NULL)
        return US_OK;
    for (; *word != NULL; word++) {
        if (strcmp(*word, value) == 0) {
            str_free(&known);
            return US_OK;
        }
        str_append_format(&known, "%s%s", known.len > 0 ? ", " : "", *word);
    }
    talk_error("--%s: \"%s\" is none of these: %s", option->name, value, str_text(&known));
    str_free(&known);
    return US_INVALID;
}

/* The protocol carries UTF-8 alone. */
static enum us_err check_encoding(const struct options *options)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *value = options->values[id];
        if (value != NULL && !utf8_is_valid(value, strlen(value))) {
            talk_error("the value of --%s is not UTF-8", command_options[id].name);
            return US_INVALID;
        }
    }
    for (size_t i = 0; i < options->argument_count; i++) {
        if (!utf8_is_valid(options->arguments[i], strlen(options->arguments[i]))) {
            talk_error("word %zu of the command is not UTF-8", i + 1);
            return US_INVALID;
        }
    }
    return US_OK;
}

static enum us_err check_values(const struct options *options)
{
    enum us_err err = US_OK;

    for (int id = 0; id < OPTION_COUNT && err == US_OK; id++) {
        if (options->values[id] != NULL)
            err = check_value(&command_options[id], options->values[id]);
    }
    return err;
}

/* The name of one of a command's arguments. The caller's. */
static char *find_argument(const char *arguments, size_t index)
{
    for (; index > 0 && strchr(arguments, ' ') != NULL; index--)
        arguments = strchr(arguments, ' ') + 1;
    return mem_string_part(arguments, strcspn(arguments, " "));
}

static enum us_err check_arguments(const struct options *options)
{
    const struct command *command = &command_table[options->command];
    const char *gap = command->verb != NULL ? " " : "";
    const char *verb = command->verb != NULL ? command->verb : "";

    for (int id = 0; id < OPTION_COUNT; id++) {
        if (options->values[id] != NULL &&
            !command_takes(options->command, (enum command_option_id)id)) {
            talk_error("%s%s%s does not take --%s; `undersign help %s%s%s` says what it takes",
                       command->noun, gap, verb, command_options[id].name, command->noun, gap,
                       verb);
            return US_INVALID;
        }
    }
    if (options->argument_count < command->least || options->argument_count > command->most) {
        bool is_few = options->argument_count < command->least;
        char *missing = find_argument(command->arguments, options->argument_count);
        talk_error("%s%s%s: %s%s; it is used so: undersign %s%s%s%s%s", command->noun, gap, verb,
                   is_few ? missing : "that is too much", is_few ? " is missing" : "",
                   command->noun, gap, verb, command->arguments[0] != '\0' ? " " : "",
                   command->arguments);
        free(missing);
        return US_INVALID;
    }
    if (options_has(options, OPTION_DRY_RUN) && command->is_change && !command->can_try) {
        talk_error("%s%s%s cannot be tried with --dry-run; nothing was done", command->noun, gap,
                   verb);
        return US_INVALID;
    }
    return US_OK;
}

/* A hidden command that needs no service is one that the service starts itself, as a process of its
 * own; the other hidden ones nobody types. */
static bool is_started_by_service(const struct options *options)
{
    enum command_id id = options->argument_count > 1
                             ? command_find(options->arguments[0], options->arguments[1])
                             : COMMAND_COUNT;

    return id != COMMAND_COUNT && command_table[id].is_hidden && command_table[id].is_local;
}

/* Finds the command in the words, and makes the rest its arguments. */
static enum us_err find_command(struct options *options)
{
    size_t used = 0;

    options->command = COMMAND_COUNT;
    if (options->argument_count > 0)
        options->noun = options->arguments[used++];
    if (options->noun == NULL)
        return US_OK;
    if (is_started_by_service(options)) {
        options->verb = options->arguments[used++];
        options->command = command_find(options->noun, options->verb);
    } else if (!command_is_noun(options->noun)) {
        return refuse_noun(options->noun);
    } else {
        options->command = command_find_shown(options->noun, NULL);
    }
    if (options->command == COMMAND_COUNT) {
        if (options->argument_count > 1)
            options->verb = options->arguments[used++];
        if (options->verb != NULL)
            options->command = command_find_shown(options->noun, options->verb);
        if (options->verb != NULL && options->command == COMMAND_COUNT)
            return refuse_verb(options->noun, options->verb);
    }
    options->argument_count -= used;
    memmove(options->arguments, options->arguments + used,
            options->argument_count * sizeof(*options->arguments));
    return US_OK;
}

enum us_err options_parse(int argc, char *const *argv, struct options *out)
{
    struct options options = {.command = COMMAND_COUNT};
    bool is_ended = false, is_asking;
    enum us_err err = US_OK;

    options.arguments = mem_zero(((size_t)argc + 1) * sizeof(*options.arguments));
    for (int i = 1; i < argc && err == US_OK; i++) {
        if (!is_ended && strcmp(argv[i], "--") == 0)
            is_ended = true;
        else if (is_ended || argv[i][0] != '-' || argv[i][1] == '\0')
            options.arguments[options.argument_count++] = argv[i];
        else
            err = take_option(argv, argc, &i, &options);
    }
    if (err == US_OK)
        err = check_format(&options);
    is_asking = options_has(&options, OPTION_HELP) || options_has(&options, OPTION_VERSION);
    if (err == US_OK)
        err = check_encoding(&options);
    if (err == US_OK)
        err = find_command(&options);
    if (err == US_OK && !is_asking && options.command == COMMAND_COUNT) {
        if (options.noun != NULL)
            talk_error("%s: what should be done? `undersign help %s` says what there is",
                       options.noun, options.noun);
        else
            talk_error("what should be done? `undersign help` says what there is");
        err = US_INVALID;
    }
    if (err == US_OK && !is_asking)
        err = check_arguments(&options);
    if (err == US_OK && !is_asking)
        err = check_values(&options);
    if (err == US_OK && options_has(&options, OPTION_SITE) &&
        options_has(&options, OPTION_CONFIG)) {
        talk_error("--site and --config name the same thing: give one of them");
        err = US_INVALID;
    }
    if (err != US_OK) {
        options_clear(&options);
        return err;
    }
    *out = options;
    return US_OK;
}

void options_clear(struct options *options)
{
    free(options->arguments);
    options->arguments = NULL;
}
