/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* backup restore: check, say what goes and what comes, ask, put in place. */
#include "base/config.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/confirm.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/sealed_file.h"
#include "cli/survey.h"
#include "cli/talk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define BACK_SHOWN 20

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "none";
}

static void tell_database(const char *title, const json_t *facts)
{
    talk_note(
        "%s: signatures %" PRId64 ", of them listed %" PRId64 ", the newest of %s; waiting to "
        "be confirmed %" PRId64 "; last act %s.",
        title, number_of(facts, "signatures"), number_of(facts, "listed"),
        text_of(facts, "newest_on"), number_of(facts, "pending"), text_of(facts, "last_act_at"));
}

/* Those that are carried over, or the others. */
static void tell_back(const json_t *back, bool of_carried)
{
    const json_t *entry;
    int64_t shown = 0;
    size_t i;

    json_array_foreach(back, i, entry)
    {
        if (json_is_true(json_object_get(entry, "carried")) == of_carried && shown++ < BACK_SHOWN)
            talk_note("  %s (now %s)", text_of(entry, "id"), text_of(entry, "state"));
    }
    if (shown > BACK_SHOWN)
        talk_note("  and %" PRId64 " more; --json shows them all", shown - BACK_SHOWN);
}

static void tell_loss(const json_t *found)
{
    const json_t *loss = json_object_get(found, "loss"), *back = json_object_get(found, "back");

    if (loss == NULL) {
        talk_note("There is no present database that can be read. Who withdrew, was erased, or was "
                  "struck since the backup was made is in it as before: do it again before the "
                  "service starts (undersign signature erase ID, signature strike ID), if you know "
                  "who it was; and look at the appeals (appeal list). Only of appeals whose "
                  "persons were all erased the folder of keys tells: they are erased again.");
        return;
    }
    if (number_of(loss, "lost") > 0)
        talk_note("Signatures that came since, from %s on, and will be gone: %" PRId64 ".",
                  text_of(loss, "since"), number_of(loss, "lost"));
    else
        talk_note("No signature came since.");
    if (number_of(loss, "carried") > 0)
        talk_note("Signatures that were withdrawn, erased or taken off the list since, or want no "
                  "more news: %" PRId64 ". The restore does that again.",
                  number_of(loss, "carried"));
    if (number_of(loss, "appeals") > 0)
        talk_note("Appeals that were opened, closed, shielded or the like since: %" PRId64
                  ". They stay as they are now.",
                  number_of(loss, "appeals"));
    tell_back(back, true);
    if (number_of(loss, "undone") > 0) {
        talk_note("Approved or restored since, and as they were when the backup was made: %" PRId64
                  ". Do the same to them again:",
                  number_of(loss, "undone"));
        tell_back(back, false);
    }
}

/* Before anything is done: with other keys the service would not start. */
static void tell_keys(const json_t *found, const struct config *config)
{
    const json_t *keys = json_object_get(found, "keys");

    if (keys == NULL)
        return;
    if (json_is_true(json_object_get(keys, "fit"))) {
        if (number_of(keys, "lost") > 0)
            talk_note("The folder of keys, %s, lacks the keys of appeals: %" PRId64
                      ". The service will not start with this backup until they are back there, "
                      "from the copy of the folder.",
                      config->keys_folder, number_of(keys, "lost"));
        return;
    }
    talk_note("The folder of keys, %s, %s. The service will not start with this backup until the "
              "copy of the folder that goes with it is back there.",
              config->keys_folder,
              json_is_true(json_object_get(keys, "there"))
                  ? "has another site.key than this backup goes with"
                  : "has no site.key");
}

static void tell_sides(const json_t *found, const char *site)
{
    const json_t *backup = json_object_get(found, "backup"), *facts;
    int64_t mails = 0;
    size_t i;

    talk_note("The backup of %s, made %s, is good.", text_of(backup, "site"),
              text_of(backup, "made_at"));
    if (strcmp(text_of(backup, "site"), site) != 0)
        talk_note("This site is %s: links in mails that were sent lead to the other address.",
                  site);
    json_array_foreach(json_object_get(found, "databases"), i, facts)
    {
        bool is_backup = strcmp(text_of(facts, "of"), "backup") == 0;
        tell_database(is_backup ? "The backup" : "The present database", facts);
        if (is_backup)
            mails = number_of(facts, "mails");
    }
    tell_loss(found);
    if (mails > 0)
        talk_note("Mails that waited when it was made, though they may have gone since: %" PRId64
                  ". Links to confirm go out again, but to nobody who withdrew; letters, decisions "
                  "and news are stopped until "
                  "you say whether they left.",
                  mails);
}

/* What was about to leave then, and does not by itself. */
static void tell_held(const json_t *found, const json_t *done)
{
    const json_t *row;
    size_t i;

    if (number_of(done, "letters") > 0)
        talk_note("Letters that were delivered since, and are on record as delivered, as in the "
                  "database from before: %" PRId64 ".",
                  number_of(done, "letters"));
    json_array_foreach(json_object_get(found, "held"), i, row)
    {
        if (i == 0)
            talk_note("Letters that were on their way. Ask the addressee, or look into the "
                      "relay's log, whether each arrived; nothing goes to that addressee before "
                      "you note it, once the service runs:");
        talk_note("  undersign delivery record %s --edition %" PRId64
                  " --how mail --on DAY    (to %s; --how none: it never left)",
                  text_of(row, "appeal"), number_of(row, "edition"), text_of(row, "addressee"));
    }
    if (number_of(done, "held_mails") > 0)
        talk_note("Mails about decisions, and news, that waited then and may have left since: "
                  "%" PRId64
                  ". They were stopped: undersign mail list shows them, mail retry ID sends one, "
                  "mail drop ID forgets it.",
                  number_of(done, "held_mails"));
}

/* What was done again: where no database from before could be read, the folder of keys told. */
static void tell_carried(const json_t *found, const json_t *done)
{
    bool has_before = json_object_get(found, "loss") != NULL;

    if (number_of(done, "carried") > 0)
        talk_note("%s: signatures %" PRId64 ".",
                  has_before ? "Withdrawn, erased or taken off the list again, as in the database "
                               "from before"
                             : "Erased again, as the folder of keys tells",
                  number_of(done, "carried"));
    if (number_of(done, "appeals") > 0)
        talk_note("%s: appeals %" PRId64 "; undersign appeal list shows them.",
                  has_before ? "Open or not, and shielded or not, as in the database from before"
                             : "Archived, and their persons erased again, as the folder of keys "
                               "tells",
                  number_of(done, "appeals"));
    if (number_of(done, "acts") > 0)
        talk_note("Acts on many signatures since, which keep their numbers: %" PRId64
                  "; undersign act list shows them, act undo still takes one back.",
                  number_of(done, "acts"));
    if (!json_is_true(json_object_get(done, "carried_all")))
        talk_note("The database from before could not be read to its end: who withdrew, was "
                  "erased or was struck since the backup was made may be in it as before.");
}

/* A log that stays behind would be played into the database that is moved there. */
static void tell_way_back(const json_t *done)
{
    const char *kept = json_string_value(json_object_get(done, "kept"));
    const char *path = text_of(done, "database");

    if (kept == NULL)
        return;
    talk_note("The database from before is kept as %s; remove it when nobody needs it. To go back "
              "to it, stop the service, move %s, and %s-wal and %s-shm where they are there, away "
              "together, and only then that one to its place (man undersign-backup, EXAMPLES).",
              kept, path, path, path);
}

static int put(const struct options *options, struct client *client, struct survey *survey)
{
    const struct client_handler handler = survey_handler(survey);
    const char *nothing = NULL;
    const struct ask ask = {.command = COMMAND_BACKUP_PLACE, .arguments = &nothing};
    const json_t *done, *keys = json_object_get(survey->found, "keys");
    int status = ask_send(client, options, &ask, &handler);

    if (status != EX_OK)
        return status;
    done = json_object_get(survey->found, "restored");
    talk_note("The backup is in place.");
    tell_carried(survey->found, done);
    tell_held(survey->found, done);
    tell_way_back(done);
    if (json_is_true(json_object_get(keys, "fit")) && number_of(keys, "lost") == 0)
        talk_note("Start the service now, and look: undersign check counts");
    else
        talk_note("Put the copy of the folder of keys back, without which the service does not "
                  "start; then start it, and look: undersign check counts");
    return EX_OK;
}

static int ask_and_put(const struct options *options, const struct config *config,
                       struct client *client, struct survey *survey)
{
    const char *slash = strrchr(config->folder, '/');
    const char *name = slash != NULL && slash[1] != '\0' ? slash + 1 : config->folder;
    char *what;
    int status;

    tell_sides(survey->found, config->site_url);
    tell_keys(survey->found, config);
    what = mem_format("This puts the backup in the place of the database of %s, in the folder %s.",
                      config->site_url, config->folder);
    status = confirm_name(options, what, name);
    free(what);
    if (status == EX_OK && options_has(options, OPTION_DRY_RUN))
        talk_note("Nothing was changed.");
    else if (status == EX_OK)
        status = put(options, client, survey);
    return status;
}

static int restore(const struct options *options, const struct config *config,
                   const struct sealed_file *file, struct survey *survey)
{
    struct client *client = NULL;
    int status = sealed_file_start(file, config->path, &client);

    if (status == EX_OK)
        status = sealed_file_examine(file, client, options, "restore", survey);
    survey_settle(survey);
    if (status == EX_OK && !survey_holds(survey)) {
        survey_print(survey);
        talk_error("%s: the backup is damaged; nothing was changed", options->arguments[0]);
        status = EX_DATAERR;
    } else if (status == EX_OK) {
        status = ask_and_put(options, config, client, survey);
    }
    client_close(client);
    return status;
}

int perform_restore(const struct options *options)
{
    struct fault fault = {.text = ""};
    struct config *config;
    struct sealed_file file;
    struct survey survey;
    char *path;
    enum us_err err;
    int status = confirm_can_ask(options);

    if (status != EX_OK)
        return status;
    if (options_has(options, OPTION_HOST)) {
        talk_error("backup restore: a database is put back on the machine it belongs to: log in "
                   "there (ssh %s), stop the service, and run this without --host",
                   options->values[OPTION_HOST]);
        return EX_USAGE;
    }
    path = ask_config_path(options);
    err = config_load(path, &config, &fault);
    free(path);
    if (err != US_OK) {
        talk_failure(err, &fault, NULL);
        return EX_CONFIG;
    }
    survey_init(&survey);
    status = sealed_file_open(options, options->arguments[0], &file);
    if (status == EX_OK) {
        status = restore(options, config, &file, &survey);
        sealed_file_close(&file);
    }
    if (status == EX_OK && options_has(options, OPTION_JSON))
        status = output_json(options, survey.found) ? EX_OK : perform_broken_output();
    survey_free(&survey);
    config_free(config);
    return status;
}
