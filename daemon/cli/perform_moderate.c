/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `moderate`: by keys on a terminal, by lines elsewhere; and what is said at its end. */
#include "cli/moderate_input.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <sysexits.h>

static int sit(struct moderate *moderate)
{
    enum output_format format = output_choose(moderate->options);
    struct terminal *terminal = NULL;
    int status;

    if (format != OUTPUT_JSON && format != OUTPUT_JSONL && terminal_is_there())
        terminal = terminal_open();
    if (terminal == NULL)
        return moderate_lines(moderate);
    status = moderate_keys(moderate, terminal);
    terminal_close(terminal);
    return status;
}

int perform_moderate(const struct options *options)
{
    struct moderate moderate;
    struct str summary = STR_INIT;
    int status = moderate_open(options, &moderate);

    if (status == EX_OK)
        status = sit(&moderate);
    if (moderate.client != NULL) {
        moderate_summary(&moderate, &summary);
        if (str_text(&moderate.broken)[0] != '\0' && status != TALK_STATUS_INTERRUPTED)
            talk_error("%s. What was said to be done is done; whether the last decision was taken, "
                       "the next run shows: start `undersign moderate` again, it goes on where "
                       "this ended",
                       str_text(&moderate.broken));
        else if (str_text(&moderate.said)[0] != '\0' && moderate.is_bad)
            talk_error("%s", str_text(&moderate.said));
        talk_note("%s", str_text(&summary));
    }
    str_free(&summary);
    moderate_close(&moderate);
    return status;
}
