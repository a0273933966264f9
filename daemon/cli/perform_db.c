/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* db status, check, vacuum. */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/survey.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static int ask_survey(const struct options *options, enum command_id command, struct survey *survey)
{
    const struct client_handler handler = survey_handler(survey);
    const struct ask ask = {.command = command, .progress = &survey->progress};
    int status = ask_once(options, &ask, &handler);

    survey_settle(survey);
    return status;
}

/* ---- db status ---- */

static void print_size(const char *what, const json_t *database, const char *key)
{
    const json_t *value = json_object_get(database, key);
    char *size = survey_size(json_integer_value(value));

    if (json_is_integer(value))
        printf("%-13s %s\n", what, size);
    free(size);
}

static void print_status(const json_t *database)
{
    const char *backup = json_string_value(json_object_get(database, "last_backup_at"));

    printf("%-13s %s\n", "database", json_string_value(json_object_get(database, "path")));
    print_size("size", database, "bytes");
    print_size("gaps", database, "free_bytes");
    print_size("log", database, "log_bytes");
    print_size("room on disk", database, "room_bytes");
    printf("%-13s %" PRId64 " of %" PRId64 " bytes\n", "pages", number_of(database, "pages"),
           number_of(database, "page_bytes"));
    printf("%-13s version %" PRId64 ", read by SQLite %s\n", "schema",
           number_of(database, "schema"), json_string_value(json_object_get(database, "library")));
    printf("%-13s process %" PRId64 "\n", "held by", number_of(database, "process"));
    printf("%-13s %s\n", "last backup",
           backup != NULL ? backup : "none yet; make one: undersign backup create");
    if (json_is_true(json_object_get(database, "fails")))
        printf("%-13s fails: the service's log says why\n", "writing");
}

int perform_db_status(const struct options *options)
{
    struct survey survey;
    const json_t *database;
    int status;

    survey_init(&survey);
    status = ask_survey(options, COMMAND_DB_STATUS, &survey);
    database = json_object_get(survey.found, "database");
    if (status == EX_OK && options_has(options, OPTION_JSON))
        status = output_json(options, database) ? EX_OK : perform_broken_output();
    else if (status == EX_OK) {
        print_status(database);
        status = fflush(stdout) == 0 ? EX_OK : perform_broken_output();
    }
    survey_free(&survey);
    return status;
}

/* ---- db check ---- */

int perform_db_check(const struct options *options)
{
    struct survey survey;
    bool holds;
    int status;

    survey_init(&survey);
    status = ask_survey(options, COMMAND_DB_CHECK, &survey);
    holds = survey_holds(&survey);
    if (status == EX_OK && options_has(options, OPTION_JSON)) {
        json_object_set_new(survey.found, "holds", json_boolean(holds));
        status = output_json(options, survey.found) ? EX_OK : perform_broken_output();
    } else if (status == EX_OK) {
        survey_print(&survey);
        status = fflush(stdout) == 0 ? EX_OK : perform_broken_output();
    }
    if (status == EX_OK && holds) {
        talk_note("The database is good.");
    } else if (status == EX_OK) {
        talk_error("the database is damaged: keep a copy of its file as it is, check the disk, and "
                   "put the last good backup back (undersign backup list)");
        status = EX_DATAERR;
    }
    survey_free(&survey);
    return status;
}

/* ---- db vacuum ---- */

/* The question's numbers are those of a trial, which is refused to whom the command is refused. */
static int ask_whether(const struct options *options)
{
    const struct frame_option trial = {command_options[OPTION_DRY_RUN].name, ""};
    const struct ask ask = {.command = COMMAND_DB_VACUUM, .options = &trial, .option_count = 1};
    const json_t *vacuumed;
    char *size, *gaps, *question;
    struct survey survey;
    struct client_handler handler;
    int status;

    survey_init(&survey);
    handler = survey_handler(&survey);
    status = ask_once(options, &ask, &handler);
    survey_settle(&survey);
    vacuumed = json_object_get(survey.found, "vacuumed");
    size = survey_size(number_of(vacuumed, "before_bytes"));
    gaps = survey_size(number_of(vacuumed, "before_bytes") - number_of(vacuumed, "after_bytes"));
    survey_free(&survey);
    question = mem_format("Gaps: %s of %s. Nobody can sign while it is written anew.\n"
                          "Write the database anew?",
                          gaps, size);
    if (status == EX_OK)
        status = confirm_question(options, question);
    free(question);
    free(size);
    free(gaps);
    return status;
}

int perform_db_vacuum(const struct options *options)
{
    const json_t *vacuumed;
    struct survey survey;
    char *before, *after;
    int status = confirm_can_ask(options);

    if (status != EX_OK)
        return status;
    survey_init(&survey);
    status = ask_whether(options);
    if (status == EX_OK)
        status = ask_survey(options, COMMAND_DB_VACUUM, &survey);
    if (status == EX_OK) {
        vacuumed = json_object_get(survey.found, "vacuumed");
        before = survey_size(number_of(vacuumed, "before_bytes"));
        after = survey_size(number_of(vacuumed, "after_bytes"));
        if (json_is_true(json_object_get(vacuumed, "done")))
            talk_note("The database has %s now; it had %s.", after, before);
        else
            talk_note("There is room. The database of %s would have about %s. Nothing was done.",
                      before, after);
        free(before);
        free(after);
        if (options_has(options, OPTION_JSON))
            status = output_json(options, vacuumed) ? EX_OK : perform_broken_output();
    }
    survey_free(&survey);
    return status;
}
