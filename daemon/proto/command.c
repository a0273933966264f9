/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finding commands and options in the tables. */
#include "proto/command.h"
#include <string.h>

enum command_id command_find(const char *noun, const char *verb)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (strcmp(command->noun, noun) != 0 || (command->verb == NULL) != (verb == NULL))
            continue;
        if (verb == NULL || strcmp(command->verb, verb) == 0)
            return (enum command_id)id;
    }
    return COMMAND_COUNT;
}

enum command_id command_find_shown(const char *noun, const char *verb)
{
    enum command_id id = command_find(noun, verb);

    return id != COMMAND_COUNT && command_table[id].is_hidden ? COMMAND_COUNT : id;
}

const char *command_role_name(enum command_role role)
{
    static const char *const names[] = {
        [COMMAND_ADMINISTRATOR] = "administrator",
        [COMMAND_ORGANISER] = "organiser",
        [COMMAND_MODERATOR] = "moderator",
    };

    return names[role];
}

bool command_is_noun(const char *word)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!command_table[id].is_hidden && strcmp(command_table[id].noun, word) == 0)
            return true;
    }
    return false;
}

enum command_option_id command_option_find(enum command_id command, const char *name)
{
    enum command_option_id found = OPTION_COUNT;

    for (int id = 0; id < OPTION_COUNT; id++) {
        if (strcmp(command_options[id].name, name) != 0)
            continue;
        if (command != COMMAND_COUNT && (command_table[command].options & COMMAND_BIT(id)) != 0)
            return (enum command_option_id)id;
        if (found == OPTION_COUNT)
            found = (enum command_option_id)id;
    }
    return found;
}

bool command_takes(enum command_id command, enum command_option_id option)
{
    return command_options[option].is_global ||
           (command_table[command].options & COMMAND_BIT(option)) != 0;
}

bool command_is_sent(enum command_id command, enum command_option_id option)
{
    return command_options[option].is_sent &&
           (command_takes(command, option) ||
            (command_table[command].internal & COMMAND_BIT(option)) != 0);
}
