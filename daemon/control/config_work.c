/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The configuration: what each option is and why, and whether the service can work with it. */
#include "appeal/site_check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "control/work.h"
#include <stdlib.h>
#include <string.h>

#define MASK "***"

enum us_err config_work_show(struct call *call)
{
    const struct config *config = call->config;

    answer_columns(call->answer, &row_option);
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        char *name = mem_format("%s.%s", option->section, option->name);
        char *written = config_show(config, option), *value = config_mask_user(written);
        int line = config_line(config, option);
        bool goes_on =
            answer_row(call->answer, (struct row_value[]){
                                         row_text(name),
                                         row_text(option->secret && value != NULL ? MASK : value),
                                         row_text(option->fallback),
                                         row_flag(option->reloadable),
                                         row_text(option->help),
                                         row_number_if(line > 0, line),
                                         row_text(line > 0 ? config->path : NULL),
                                     });
        free(name);
        free(written);
        free(value);
        if (!goes_on)
            break;
    }
    return call->answer->err;
}

/* ---- check ---- */

static void add_finding(struct call *call, bool is_error, const struct fault *where,
                        const char *option, const char *text)
{
    (void)!answer_row(call->answer, (struct row_value[]){
                                        row_text(is_error ? "error" : "warning"),
                                        row_text(where->file[0] != '\0' ? where->file : NULL),
                                        row_number_if(where->line > 0, where->line),
                                        row_text(option),
                                        row_text(text),
                                    });
}

static void on_fault(const struct fault *fault, void *arg)
{
    add_finding(arg, true, fault, NULL, fault->text);
}

static void on_finding(const struct site_finding *finding, void *arg)
{
    struct fault where = {.text = ""};
    char *option = mem_format("%s.%s", finding->section, finding->option);

    fault_set(&where, finding->file, 0, "%s", "");
    add_finding(arg, finding->is_error, &where, option, finding->text);
    free(option);
}

enum us_err config_work_check(struct call *call)
{
    struct config *config;
    struct fault fault = {.text = ""};
    enum us_err err;

    answer_columns(call->answer, &row_finding);
    /* The file as it is now, not as it was when the service read it. */
    err = config_load_all(call->config->path, &config, on_fault, call);
    if (err == US_INVALID)
        return call->answer->err; /* each fault has been told */
    if (err != US_OK) {
        fault_set(&call->fault, call->config->path, 0, "cannot be read");
        return err;
    }
    if (role_check_groups(config, &fault) != US_OK)
        add_finding(call, true, &fault, "roles", fault.text);
    site_check(config, clock_now(), on_finding, call);
    site_check_mark(config, on_finding, call);
    config_free(config);
    return call->answer->err;
}
