/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* backup create and verify. */
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/sealed_file.h"
#include "cli/survey.h"
#include "cli/talk.h"
#include "crypto/random.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- backup create ---- */

struct creating {
    struct survey survey; /* first: what the handlers' argument is */
    const char *path;     /* -o; NULL: into the site's folder */
    struct file file;
    bool is_broken; /* the file could not be written */
};

static bool on_blob(const void *data, size_t len, void *arg)
{
    struct creating *creating = arg;

    creating->is_broken = fwrite(data, 1, len, creating->file.stream) != len;
    return !creating->is_broken;
}

static int ask_for_it(const struct options *options, struct creating *creating)
{
    struct client_handler handler = survey_handler(&creating->survey);
    struct organiser_public key;
    const struct client_blob blob = {"key", key.bytes, sizeof(key.bytes)};
    const char *seal_to = options->values[OPTION_SEAL_TO];
    const struct ask ask = {
        .command = creating->path != NULL ? COMMAND_BACKUP_SEND : COMMAND_BACKUP_CREATE,
        .blobs = &blob,
        .blob_count = seal_to != NULL ? 1 : 0,
        .progress = &creating->survey.progress,
    };
    struct fault fault = {.text = ""};
    enum us_err err;

    if (creating->path != NULL)
        handler.on_blob = on_blob;
    random_open();
    err = seal_to != NULL ? organiser_read_public(seal_to, &key, &fault) : US_OK;
    return err == US_OK ? ask_once(options, &ask, &handler) : talk_failure(err, &fault, NULL);
}

static int finish_file(struct creating *creating, int status)
{
    struct fault fault = {.text = ""};
    enum us_err err;

    if (creating->path == NULL)
        return status;
    if (creating->is_broken)
        talk_error(strcmp(creating->path, "-") == 0 ? "cannot write to standard output"
                                                    : "cannot write %s; nothing of it stays",
                   creating->path);
    if (status != EX_OK || creating->is_broken) {
        file_abandon(&creating->file);
        return creating->is_broken ? EX_IOERR : status;
    }
    err = file_finish(&creating->file, &fault);
    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* host: where it is made, where that is another machine. */
static void tell_made(const json_t *made, const char *path, const char *host, bool is_trial)
{
    const char *name = path != NULL ? path : json_string_value(json_object_get(made, "name"));
    char *plain = survey_size(number_of(made, "database_bytes"));
    char *size = survey_size(number_of(made, "bytes"));
    bool is_sealed = json_is_true(json_object_get(made, "sealed"));

    if (is_trial) {
        talk_note("There is room. A backup would hold a database of %s%s. Nothing was written.",
                  plain, is_sealed ? ", sealed" : "");
    } else {
        talk_note("The backup is made: signatures %" PRId64 ", %s, as a database %s%s.",
                  number_of(made, "signatures"), size, plain,
                  is_sealed ? "; only its private key opens it" : "");
        if (number_of(made, "removed") > 0)
            talk_note("Older ones removed: %" PRId64 " ([backup] keep).",
                      number_of(made, "removed"));
        talk_note("The service's keys are not in it: keep a copy of the folder of keys, and of "
                  "undersign.conf, in another place than the backups.");
        if (name != NULL && strcmp(name, "-") != 0)
            talk_note(path == NULL && host != NULL
                          ? "To check it, on that machine: undersign backup verify %s"
                          : "To check it: undersign backup verify %s",
                      name);
    }
    free(plain);
    free(size);
}

static int print_made(const struct options *options, const json_t *made, const char *path)
{
    const char *name = json_string_value(json_object_get(made, "name"));

    if (path != NULL && strcmp(path, "-") == 0)
        return EX_OK; /* standard output is the backup */
    if (options_has(options, OPTION_JSON))
        return output_json(options, made) ? EX_OK : perform_broken_output();
    if (path == NULL && name != NULL)
        puts(name);
    return fflush(stdout) == 0 ? EX_OK : perform_broken_output();
}

int perform_backup_create(const struct options *options)
{
    bool is_trial = options_has(options, OPTION_DRY_RUN);
    struct creating creating = {
        .path = is_trial ? NULL : options->values[OPTION_OUTPUT],
    };
    struct fault fault = {.text = ""};
    const json_t *made;
    enum us_err err = US_OK;
    int status;

    if (creating.path != NULL && strcmp(creating.path, "-") == 0 && isatty(STDOUT_FILENO) != 0) {
        talk_error("a backup is nothing for a terminal; name a file with -o FILE");
        return EX_USAGE;
    }
    /* The last good backup, or a sealed one, is not what one made by mistake may take the place of.
     */
    if (options->values[OPTION_OUTPUT] != NULL)
        err = file_check_new(options->values[OPTION_OUTPUT], &fault);
    if (err == US_OK && creating.path != NULL)
        err = file_open_new(creating.path, &creating.file, &fault);
    if (err != US_OK) {
        talk_failure(err, &fault, NULL);
        return EX_CANTCREAT;
    }
    survey_init(&creating.survey);
    status = ask_for_it(options, &creating);
    survey_settle(&creating.survey);
    status = finish_file(&creating, status);
    made = json_object_get(creating.survey.found, "backup");
    if (status == EX_OK && made == NULL) {
        talk_error("the service did not say what it made");
        status = EX_PROTOCOL;
    }
    if (status == EX_OK) {
        tell_made(made, creating.path, options->values[OPTION_HOST], is_trial);
        status = print_made(options, made, creating.path);
    }
    survey_free(&creating.survey);
    return status;
}

/* ---- backup verify ---- */

static void tell_backup(const json_t *backup)
{
    const char *made = json_string_value(json_object_get(backup, "made_at"));
    const char *site = json_string_value(json_object_get(backup, "site"));

    if (made != NULL && site != NULL)
        talk_note("A backup of %s, made %s.", site, made);
}

int perform_backup_verify(const struct options *options)
{
    struct sealed_file file;
    struct survey survey;
    struct client *client = NULL;
    int status = sealed_file_open(options, options->arguments[0], &file);

    if (status != EX_OK)
        return status;
    survey_init(&survey);
    status = sealed_file_start(&file, NULL, &client);
    if (status == EX_OK)
        status = sealed_file_examine(&file, client, options, NULL, &survey);
    client_close(client);
    survey_settle(&survey);
    sealed_file_close(&file);
    if (status == EX_OK && options_has(options, OPTION_JSON)) {
        json_object_set_new(survey.found, "holds", json_boolean(survey_holds(&survey)));
        status = output_json(options, survey.found) ? EX_OK : perform_broken_output();
    } else if (status == EX_OK) {
        tell_backup(json_object_get(survey.found, "backup"));
        survey_print(&survey);
        status = fflush(stdout) == 0 ? EX_OK : perform_broken_output();
    }
    if (status == EX_OK && survey_holds(&survey)) {
        talk_note("The backup is good.");
    } else if (status == EX_OK) {
        talk_error("%s: the backup is damaged: do not rely on it", options->arguments[0]);
        status = EX_DATAERR;
    }
    survey_free(&survey);
    return status;
}
