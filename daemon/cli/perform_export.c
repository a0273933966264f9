/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* export csv, xlsx, json, jsonl. */
#include "cli/list.h"
#include "cli/perform.h"
#include <string.h>
#include <sysexits.h>

static enum list_format find_format(enum command_id command)
{
    switch (command) {
    case COMMAND_EXPORT_XLSX:
        return LIST_XLSX;
    case COMMAND_EXPORT_JSON:
        return LIST_JSON;
    case COMMAND_EXPORT_JSONL:
        return LIST_JSONL;
    default:
        return LIST_CSV;
    }
}

int perform_export(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];
    const struct list_params params = {
        .options = options,
        .slug = options->arguments[0],
        .format = find_format(options->command),
        .path = path != NULL && strcmp(path, "-") != 0 ? path : NULL,
    };
    struct client *client;
    int64_t rows;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    status = list_write(client, &params, &rows);
    client_close(client);
    return status;
}
