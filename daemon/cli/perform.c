/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The commands that print what the service sends, as it comes. */
#include "cli/perform.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "cli/talk.h"
#include <errno.h>
#include <string.h>
#include <sysexits.h>

static bool on_columns(const struct row_schema *schema, void *arg)
{
    output_columns(arg, schema);
    return true;
}

static bool on_row(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    if (!output_row(arg, schema, values)) {
        perform_broken_output();
        return false;
    }
    return !output_is_quit(arg);
}

int perform_broken_output(void)
{
    /* Whoever read our output has had enough: that needs no words. */
    if (errno != EPIPE)
        talk_error("cannot write the output: %s", strerror(errno));
    return EX_IOERR;
}

static int print_rows(const struct options *options, enum output_shape shape, const char *nothing)
{
    struct output *output = output_new(options, shape);
    const struct client_handler handler = {on_columns, on_row, output};
    const struct ask ask = {.arguments = NULL};
    int status = ask_once(options, &ask, &handler);
    /* A question is answered in a pipe too; JSON answers by []. */
    bool is_said = output_choose(options) == OUTPUT_TABLE ||
                   (options->command == COMMAND_REGISTER_MATCH &&
                    !options_has(options, OPTION_JSON) && !options_has(options, OPTION_JSONL));

    if (status != EX_OK && !output_is_quit(output)) {
        output_free(output);
        return status;
    }
    if (output_rows(output) == 0 && is_said && nothing != NULL)
        talk_note("%s", nothing);
    return output_end(output) ? EX_OK : perform_broken_output();
}

int perform_list(const struct options *options)
{
    static const char *const nothing[COMMAND_COUNT] = {
        [COMMAND_APPEAL_LIST] = "There are no appeals yet.",
        [COMMAND_QUEUE] = "Nothing waits for a moderator.",
        [COMMAND_SIGNATURE_LIST] = "There are no such signatures.",
        [COMMAND_DELIVERY_LIST] = "No edition was made yet.",
        [COMMAND_UPDATE_LIST] = "There is no news yet.",
        [COMMAND_AUDIT_LIST] = "The audit log has no such entries.",
        [COMMAND_SIGNATURE_DUPLICATES] = "No two signatures seem to be one organisation's.",
        [COMMAND_REGISTER_LIST] = "The register has no such list.",
        [COMMAND_REGISTER_MATCH] = "Nothing in the register is like it.",
        [COMMAND_BACKUP_LIST] = "There are no backups yet; make one: undersign backup create",
        [COMMAND_MAIL_LIST] = "No mail is waiting.",
    };

    bool is_all = options->command == COMMAND_REGISTER_LIST && !options_has(options, OPTION_SOURCE);

    return print_rows(options, OUTPUT_LIST,
                      is_all
                          ? "The register is empty; take a list in: undersign register import FILE"
                          : nothing[options->command]);
}

int perform_item(const struct options *options)
{
    return print_rows(options, OUTPUT_ITEM, NULL);
}
