/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/help.h"
#include "base/mem.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HELP_WIDTH 78
#define HELP_COLUMN 28

/* Appends words in lines of at most HELP_WIDTH, each behind `indent` blanks; the first line begins
 * at column `at`. */
static void wrap(const char *text, size_t indent, size_t at, struct str *out)
{
    bool is_first = true;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (!is_first && at + 1 + len > HELP_WIDTH) {
            str_append_format(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!is_first) {
            str_append_char(out, ' ');
            at++;
        }
        str_append(out, text, len);
        at += len;
        is_first = false;
        text += len + strspn(text + len, " ");
    }
    str_append_char(out, '\n');
}

static void print_option(enum command_option_id id, struct str *out)
{
    const struct command_option *option = &command_options[id];
    size_t start = out->len, used;

    if (option->letter != 0)
        str_append_format(out, "  -%c, --%s", option->letter, option->name);
    else
        str_append_format(out, "      --%s", option->name);
    if (option->value != NULL)
        str_append_format(out, " %s", option->value);
    used = out->len - start;
    if (used + 2 > HELP_COLUMN) {
        str_append_char(out, '\n');
        used = 0;
    }
    str_append_format(out, "%*s", (int)(HELP_COLUMN - used), "");
    wrap(option->help, HELP_COLUMN, HELP_COLUMN, out);
}

/* The command's own option of that name takes its place. */
static bool is_hidden(enum command_id command, enum command_option_id id)
{
    return command_option_find(command, command_options[id].name) != id;
}

static void print_globals(enum command_id command, struct str *out)
{
    str_append_text(out, "\nOptions of every command:\n");
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (command_options[id].is_global && !is_hidden(command, (enum command_option_id)id))
            print_option((enum command_option_id)id, out);
    }
}

void help_synopsis(enum command_id id, struct str *out)
{
    const struct command *command = &command_table[id];

    str_append_format(out, "undersign %s", command->noun);
    if (command->verb != NULL)
        str_append_format(out, " %s", command->verb);
    for (int option = 0; option < OPTION_COUNT; option++) {
        const struct command_option *entry = &command_options[option];
        if ((command->options & COMMAND_BIT(option)) == 0)
            continue;
        if (entry->letter != 0)
            str_append_format(out, " [-%c", entry->letter);
        else
            str_append_format(out, " [--%s", entry->name);
        if (entry->value != NULL)
            str_append_format(out, " %s", entry->value);
        str_append_char(out, ']');
    }
    if (command->arguments[0] != '\0')
        str_append_format(out, " %s", command->arguments);
}

static void print_summary(enum command_id id, struct str *out)
{
    const struct command *command = &command_table[id];
    char *name = mem_format("%s%s%s", command->noun, command->verb != NULL ? " " : "",
                            command->verb != NULL ? command->verb : "");

    str_append_format(out, "  %-*s", HELP_COLUMN - 2, name);
    wrap(command->summary, HELP_COLUMN, HELP_COLUMN, out);
    free(name);
}

static void print_command(enum command_id id, struct str *out)
{
    const struct command *command = &command_table[id];

    str_append_text(out, "Usage: ");
    help_synopsis(id, out);
    str_append_text(out, "\n\n");
    wrap(command->summary, 0, 0, out);
    if (command->help != NULL) {
        str_append_char(out, '\n');
        wrap(command->help, 0, 0, out);
    }
    if (!command->is_local)
        str_append_format(out, "\nNeeds the role %s.\n", command_role_name(command->role));
    if (command->takes_ids)
        str_append_text(out, "\n- in place of an ID reads ids from standard input.\n");
    if (command->options != 0)
        str_append_text(out, "\nOptions:\n");
    for (int option = 0; option < OPTION_COUNT; option++) {
        if ((command->options & COMMAND_BIT(option)) != 0)
            print_option((enum command_option_id)option, out);
    }
    print_globals(id, out);
}

static void print_summaries(const char *noun, struct str *out)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!command_table[id].is_hidden &&
            (noun == NULL || strcmp(command_table[id].noun, noun) == 0))
            print_summary((enum command_id)id, out);
    }
}

enum us_err help_print(const char *noun, const char *verb, struct str *out)
{
    enum command_id id;

    if (noun == NULL) {
        str_append_text(out, "Usage: undersign NOUN VERB [OPTIONS] [ARGUMENTS]\n\n");
        print_summaries(NULL, out);
        print_globals(COMMAND_COUNT, out);
        str_append_char(out, '\n');
        wrap("The site is the one in $UNDERSIGN_SITE, else that of "
             "/etc/undersign/undersign.conf. undersign(1) says more.",
             0, 0, out);
        return US_OK;
    }
    id = command_find_shown(noun, verb);
    if (id != COMMAND_COUNT) {
        print_command(id, out);
        return US_OK;
    }
    if (verb != NULL || !command_is_noun(noun))
        return US_NOT_FOUND;
    str_append_format(out, "Usage: undersign %s VERB [OPTIONS] [ARGUMENTS]\n\n", noun);
    print_summaries(noun, out);
    print_globals(COMMAND_COUNT, out);
    return US_OK;
}

/* ---- completion ---- */

static void add_word(const char *word, struct str *out)
{
    str_append_text(out, word);
    str_append_char(out, '\n');
}

/* The option that a word is, when it stands without its value; OPTION_COUNT otherwise. */
static enum command_option_id waiting_option(enum command_id command, const char *word)
{
    enum command_option_id id = OPTION_COUNT;

    if (word[0] == '-' && word[1] == '-') {
        id = command_option_find(command, word + 2);
    } else if (word[0] == '-' && word[1] != '\0' && word[2] == '\0') {
        for (int i = 0; i < OPTION_COUNT; i++) {
            if (command_options[i].letter == word[1])
                id = (enum command_option_id)i;
        }
    }
    return id != OPTION_COUNT && command_options[id].value != NULL ? id : OPTION_COUNT;
}

/* What the option takes: its words, or a name that the shell knows. */
static void add_values(enum command_option_id id, struct str *out)
{
    const struct command_option *option = &command_options[id];

    for (size_t i = 0; option->words != NULL && option->words[i] != NULL; i++)
        add_word(option->words[i], out);
    if (strcmp(option->value, "DIR") == 0)
        add_word("DIR", out);
    else if (strcmp(option->value, "FILE") == 0 || strcmp(option->value, "PATH") == 0)
        add_word("FILE", out);
}

/* Which of the command's arguments comes next: a file or a folder, or one of some words ("on|off"),
 * can be told. */
static void add_argument(enum command_id command, size_t index, struct str *out)
{
    char *arguments = mem_string(command_table[command].arguments), *rest = NULL;
    char *word = strtok_r(arguments, " ", &rest);

    while (word != NULL && index-- > 0)
        word = strtok_r(NULL, " ", &rest);
    if (word != NULL && (strcmp(word, "FILE") == 0 || strcmp(word, "DIR") == 0)) {
        add_word(word, out);
    } else if (word != NULL && islower((unsigned char)word[0])) {
        for (char *other = NULL, *one = strtok_r(word, "|", &other); one != NULL;
             one = strtok_r(NULL, "|", &other))
            add_word(one, out);
    }
    free(arguments);
}

static void add_options(enum command_id command, struct str *out)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (command == COMMAND_COUNT ? command_options[id].is_global
                                     : command_takes(command, (enum command_option_id)id) &&
                                           !is_hidden(command, (enum command_option_id)id))
            str_append_format(out, "--%s\n", command_options[id].name);
    }
}

static void add_nouns(struct str *out)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!command_table[id].is_hidden &&
            (id == 0 || strcmp(command_table[id].noun, command_table[id - 1].noun) != 0))
            add_word(command_table[id].noun, out);
    }
}

static void add_verbs(const char *noun, struct str *out)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!command_table[id].is_hidden && strcmp(command_table[id].noun, noun) == 0 &&
            command_table[id].verb != NULL)
            add_word(command_table[id].verb, out);
    }
}

void help_complete(char *const *words, size_t count, struct str *out)
{
    const char *noun = NULL, *verb = NULL;
    size_t arguments = 0;
    enum command_option_id waiting = OPTION_COUNT;
    enum command_id command = COMMAND_COUNT;

    for (size_t i = 0; i < count; i++) {
        if (waiting != OPTION_COUNT)
            waiting = OPTION_COUNT; /* this word was its value */
        else if (words[i][0] == '-')
            waiting = waiting_option(command, words[i]);
        else if (noun == NULL)
            command = command_find_shown(noun = words[i], NULL);
        else if (command != COMMAND_COUNT && command != COMMAND_HELP)
            arguments++;
        else if (verb == NULL) {
            verb = words[i];
            command = command == COMMAND_COUNT ? command_find_shown(noun, verb) : command;
        }
    }
    if (waiting != OPTION_COUNT) {
        add_values(waiting, out);
        return;
    }
    if (noun == NULL || (command == COMMAND_HELP && verb == NULL))
        add_nouns(out);
    else if (command == COMMAND_HELP)
        add_verbs(verb, out);
    else if (command == COMMAND_COUNT && verb == NULL)
        add_verbs(noun, out);
    else if (command != COMMAND_COUNT)
        add_argument(command, arguments, out);
    add_options(command, out);
}
