/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The service's drawer for what strangers upload, in a process of its own (base/child.h). */
#include "base/mem.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include "render/logo.h"
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define INPUT_MOST (256 * 1024)

int perform_draw_logo(const struct options *options)
{
    static const struct logo_size size = {.most_width = 320, .most_height = 160};
    struct fault fault = {.text = ""};
    struct str out = STR_INIT;
    char *input = mem_alloc(INPUT_MOST + 1);
    size_t len = fread(input, 1, INPUT_MOST + 1, stdin);
    int status = EX_DATAERR;

    (void)options;
    if (len > INPUT_MOST)
        talk_error("more than %d bytes came", INPUT_MOST);
    else if (logo_draw(input, len, &size, &out, &fault) != US_OK)
        talk_error("%s", fault.text);
    else if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
        status = perform_broken_output();
    else
        status = EX_OK;
    str_free(&out);
    free(input);
    return status;
}
