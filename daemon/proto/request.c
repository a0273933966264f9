/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/request.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

static enum us_err find_command(const char *name, enum command_id *out)
{
    const char *space = strchr(name, ' ');
    char *noun = mem_string_part(name, space == NULL ? strlen(name) : (size_t)(space - name));

    *out = command_find(noun, space == NULL ? NULL : space + 1);
    free(noun);
    return *out == COMMAND_COUNT || command_table[*out].is_local ? US_INVALID : US_OK;
}

static enum us_err take_option(struct request *request, const struct frame_option *option)
{
    enum command_option_id id = command_option_find(request->command, option->name);

    if (id == OPTION_COUNT || !command_is_sent(request->command, id) ||
        request->options[id] != NULL)
        return US_INVALID;
    request->options[id] = mem_string(option->value);
    return US_OK;
}

enum us_err request_read(const struct frame *frame, struct request *out, struct fault *fault)
{
    struct request request = {.blobs = (size_t)frame->number};
    const struct command *command;

    if (find_command(frame->name, &request.command) != US_OK) {
        fault_set(fault, NULL, 0, "there is no command \"%s\" in this service", frame->name);
        return US_INVALID;
    }
    command = &command_table[request.command];
    if (frame->argument_count < command->least || frame->argument_count > command->most) {
        fault_set(fault, NULL, 0, "%s takes other arguments: %s", frame->name, command->arguments);
        return US_INVALID;
    }
    for (size_t i = 0; i < frame->option_count; i++) {
        if (take_option(&request, &frame->options[i]) != US_OK) {
            fault_set(fault, NULL, 0, "%s does not take the option --%s", frame->name,
                      frame->options[i].name);
            request_clear(&request);
            return US_INVALID;
        }
    }
    request.argument_count = frame->argument_count;
    request.arguments = mem_resize(NULL, frame->argument_count + 1, sizeof(char *));
    for (size_t i = 0; i < frame->argument_count; i++)
        request.arguments[i] = mem_string(frame->arguments[i]);
    *out = request;
    return US_OK;
}

void request_clear(struct request *request)
{
    /* Mailboxes may be among them. */
    for (size_t i = 0; i < request->argument_count; i++) {
        explicit_bzero(request->arguments[i], strlen(request->arguments[i]));
        free(request->arguments[i]);
    }
    free(request->arguments);
    for (int i = 0; i < OPTION_COUNT; i++)
        free(request->options[i]);
    *request = (struct request){0};
}
