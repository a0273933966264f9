/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether what is there holds: the counters, the configuration. */
#include "appeal/signature.h"
#include "base/mem.h"
#include "control/work.h"
#include <stdlib.h>

struct differences {
    struct answer *answer;
    bool is_stopped;
};

static void add_difference(const char *what, void *arg)
{
    struct differences *differences = arg;

    if (!differences->is_stopped)
        differences->is_stopped =
            !answer_row(differences->answer, (struct row_value[]){row_text(what)});
}

enum us_err check_work_counts(struct call *call)
{
    struct differences differences = {.answer = call->answer};
    int64_t rows = 0;
    bool holds = false;
    enum us_err err;

    answer_columns(call->answer, &row_difference);
    err = signature_check(call->site, add_difference, &differences, &rows, &holds);
    if (err == US_OK)
        answer_single(call->answer, &row_checked,
                      (struct row_value[]){row_number(rows), row_flag(holds)});
    return err == US_OK ? call->answer->err : err;
}

enum us_err check_work_show_config(struct call *call)
{
    answer_columns(call->answer, &row_option);
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        char *name = mem_format("%s.%s", option->section, option->name);
        char *value = config_show(call->config, option);
        bool goes_on =
            answer_row(call->answer, (struct row_value[]){
                                         row_text(name),
                                         row_text(option->secret && value != NULL ? "***" : value),
                                         row_text(option->fallback),
                                         row_flag(option->reloadable),
                                         row_text(option->help),
                                     });
        free(name);
        free(value);
        if (!goes_on)
            break;
    }
    return call->answer->err;
}

enum us_err check_work_check_config(struct call *call)
{
    struct config *config;
    /* The file as it is now, not as it was when the service read it. */
    enum us_err err = config_load(call->config->path, &config, &call->fault);

    if (err != US_OK)
        return err;
    answer_columns(call->answer, &row_option);
    config_free(config);
    return call->answer->err;
}
