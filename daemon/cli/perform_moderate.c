/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `moderate`: by keys on a terminal, by lines elsewhere; and what is said at its end. */
#include "base/mem.h"
#include "cli/moderate_input.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/screen.h"
#include "cli/talk.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#define HELD_MOST 8192 /* bytes that are shown of what was held back, the last ones */

/* ---- what ssh, or a service started for this run, says on standard error ---- */

/* It would stand across the screen that keys are pressed at: so it is held until that is left. */
struct held {
    int file, usual; /* -1: nothing is held */
    off_t shown;     /* up to here */
};

static void hold(struct held *held)
{
    *held = (struct held){.file = memfd_create("said", MFD_CLOEXEC), .usual = -1};
    if (held->file >= 0)
        held->usual = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (held->usual >= 0)
        (void)dup2(held->file, STDERR_FILENO);
}

/* What comes from here on is said at once; what was started meanwhile goes on being held. */
static void hold_others(struct held *held)
{
    if (held->usual >= 0) {
        (void)dup2(held->usual, STDERR_FILENO);
        close(held->usual);
    }
    held->usual = -1;
}

static void show_held(struct held *held)
{
    off_t end = held->file >= 0 ? lseek(held->file, 0, SEEK_END) : 0;
    off_t from = end - held->shown > HELD_MOST ? end - HELD_MOST : held->shown;
    char *bytes = mem_alloc(HELD_MOST + 1), *save = NULL;
    ssize_t n = end > from ? pread(held->file, bytes, (size_t)(end - from), from) : 0;

    bytes[n > 0 ? n : 0] = '\0';
    for (char *line = strtok_r(bytes, "\r\n", &save); line != NULL;
         line = strtok_r(NULL, "\r\n", &save)) {
        struct str visible = STR_INIT;
        screen_make_visible(line, false, &visible);
        fprintf(stderr, "%s\n", str_text(&visible));
        str_free(&visible);
    }
    held->shown = end;
    free(bytes);
}

/* ---- the run ---- */

static bool is_by_keys(const struct options *options)
{
    enum output_format format = output_choose(options);

    return format != OUTPUT_JSON && format != OUTPUT_JSONL && terminal_is_there();
}

static int sit(struct moderate *moderate)
{
    struct terminal *terminal = is_by_keys(moderate->options) ? terminal_open() : NULL;
    int status;

    if (terminal == NULL)
        return moderate_lines(moderate);
    status = moderate_keys(moderate, terminal);
    terminal_close(terminal);
    return status;
}

static void tell_end(const struct moderate *moderate, bool has_begun, int status)
{
    struct str summary = STR_INIT;
    const char *broken = str_text(&moderate->broken), *said = str_text(&moderate->said);

    moderate_summary(moderate, &summary);
    if (broken[0] != '\0' && !has_begun)
        talk_error("%s", broken);
    else if (broken[0] != '\0' && status != TALK_STATUS_INTERRUPTED)
        talk_error("%s. What was said to be done is done; whether the last decision was taken, "
                   "the next run shows: start `undersign moderate` again, it goes on where "
                   "this ended",
                   broken);
    else if (said[0] != '\0' && moderate->is_bad)
        talk_error("%s", said);
    if (has_begun)
        talk_note("%s", str_text(&summary));
    str_free(&summary);
}

int perform_moderate(const struct options *options)
{
    struct moderate moderate;
    struct held held = {.file = -1, .usual = -1};
    bool has_begun;
    int status;

    if (is_by_keys(options))
        hold(&held);
    status = moderate_open(options, &moderate);
    hold_others(&held);
    show_held(&held);
    has_begun = status == EX_OK;
    if (has_begun)
        status = sit(&moderate);
    show_held(&held);
    if (moderate.client != NULL)
        tell_end(&moderate, has_begun, status);
    moderate_close(&moderate);
    if (held.file >= 0)
        close(held.file);
    return status;
}
