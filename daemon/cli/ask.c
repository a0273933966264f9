/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/ask.h"
#include "base/config.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define ASK_FILE "undersign.conf"
#define ASK_DEFAULT "/etc/undersign/" ASK_FILE
#define ASK_ENVIRONMENT "UNDERSIGN_SITE"

/* The configuration file that was named; NULL when none was. The caller's. */
static char *find_config(const struct options *options)
{
    const char *site = options->values[OPTION_SITE];

    if (options_has(options, OPTION_CONFIG))
        return mem_string(options->values[OPTION_CONFIG]);
    if (site == NULL && !options_has(options, OPTION_HOST))
        site = getenv(ASK_ENVIRONMENT);
    return site == NULL || site[0] == '\0' ? NULL : mem_format("%s/%s", site, ASK_FILE);
}

char *ask_config_path(const struct options *options)
{
    char *path = find_config(options);

    return path != NULL ? path : mem_string(ASK_DEFAULT);
}

static int open_here(const char *path, struct peer *peer)
{
    struct fault fault = {.text = ""};
    struct config *config;
    enum us_err err;
    int status;

    if (access(path, R_OK) != 0) {
        talk_error("cannot read %s: %s; name the site with --site DIR or --config FILE, or in %s",
                   path, strerror(errno), ASK_ENVIRONMENT);
        return EX_CONFIG;
    }
    err = config_load(path, &config, &fault);
    if (err != US_OK) {
        talk_failure(err, &fault, NULL);
        return EX_CONFIG;
    }
    err = peer_open(config->path, config->control_socket, peer, &fault);
    config_free(config);
    if (err == US_OK)
        return EX_OK;
    status = talk_failure(err, &fault, NULL);
    return err == US_IO ? EX_UNAVAILABLE : status;
}

int ask_open(const struct options *options, struct client **out)
{
    const char *host = options->values[OPTION_HOST];
    char *path = find_config(options);
    struct fault fault = {.text = ""};
    struct peer peer;
    enum us_err err;
    int status = EX_OK;

    if (host != NULL) {
        err = peer_open_host(host, path, &peer, &fault);
        if (err != US_OK) {
            talk_failure(err, &fault, NULL);
            status = EX_USAGE;
        }
    } else {
        status = open_here(path != NULL ? path : ASK_DEFAULT, &peer);
    }
    free(path);
    if (status != EX_OK)
        return status;
    err = client_open(&peer, out, &fault);
    if (err == US_OK)
        return EX_OK;
    talk_failure(err, &fault, NULL);
    return err == US_CANCELLED ? TALK_STATUS_INTERRUPTED : EX_UNAVAILABLE;
}

/* What goes instead of an option that was typed; NULL: that one stands. */
static const struct frame_option *find_replacement(const struct ask *ask, const char *name)
{
    for (size_t i = 0; i < ask->option_count; i++) {
        if (strcmp(ask->options[i].name, name) == 0)
            return &ask->options[i];
    }
    return NULL;
}

/* The options that go with the request, into `out`; gives how many. */
static size_t choose_options(const struct options *options, const struct ask *ask,
                             enum command_id command, struct frame_option out[OPTION_COUNT])
{
    size_t count = 0;

    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *name = command_options[id].name;
        const struct frame_option *instead = find_replacement(ask, name);
        const char *value = instead != NULL ? instead->value : options->values[id];
        if (id == OPTION_REASON && ask->reason != NULL)
            value = ask->reason;
        if (value != NULL && command_is_sent(command, (enum command_option_id)id))
            out[count++] = (struct frame_option){name, value};
    }
    return count;
}

int ask_send(struct client *client, const struct options *options, const struct ask *ask,
             const struct client_handler *handler)
{
    enum command_id id = ask->command != 0 ? ask->command : options->command;
    const struct command *command = &command_table[id];
    struct frame_option sent[OPTION_COUNT];
    struct fault fault = {.text = ""};
    char *name = command->verb == NULL ? mem_string(command->noun)
                                       : mem_format("%s %s", command->noun, command->verb);
    struct frame_request_params params = {
        .command = name,
        .arguments = ask->arguments != NULL ? ask->arguments : options->arguments,
        .argument_count = ask->arguments != NULL ? ask->argument_count : options->argument_count,
        .options = sent,
        .option_count = choose_options(options, ask, id, sent),
        .blobs = ask->blob_count,
    };
    enum us_err err = client_request(client, &params, ask->blobs, handler, &fault);

    free(name);
    if (err == US_OK)
        return EX_OK;
    if (ask->progress != NULL) {
        progress_end(*ask->progress);
        *ask->progress = NULL;
    }
    if (err == US_CANCELLED && *stop_flag() == 0)
        return EX_IOERR; /* the handler wanted no more, and has said why */
    /* A configuration that undersignd itself could not read, on another machine say. */
    if (err == US_INVALID && fault.line > 0 && ask->folder == NULL) {
        talk_failure(err, &fault, NULL);
        return EX_CONFIG;
    }
    return talk_failure(err, &fault, ask->folder);
}

int ask_once(const struct options *options, const struct ask *ask,
             const struct client_handler *handler)
{
    struct client *client;
    int status = ask_open(options, &client);

    if (status != EX_OK)
        return status;
    status = ask_send(client, options, ask, handler);
    client_close(client);
    return status;
}

char *ask_site_words(const struct options *options)
{
    static const enum command_option_id ids[] = {OPTION_HOST, OPTION_SITE, OPTION_CONFIG};
    struct str words = STR_INIT;
    char *text;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (options_has(options, ids[i]))
            str_append_format(&words, " --%s %s", command_options[ids[i]].name,
                              options->values[ids[i]]);
    }
    text = mem_string(str_text(&words));
    str_free(&words);
    return text;
}

/* A word as a shell takes it back. */
static void append_quoted(struct str *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./:,@%";

    str_append_char(out, ' ');
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        str_append_text(out, word);
        return;
    }
    str_append_char(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            str_append_text(out, "'\\''");
        else
            str_append_char(out, *word);
    }
    str_append_char(out, '\'');
}

char *ask_typed_words(const struct options *options, const char *more)
{
    const struct command *command = &command_table[options->command];
    struct str words = STR_INIT;

    str_append_format(&words, "undersign %s", command->noun);
    if (command->verb != NULL)
        append_quoted(&words, command->verb);
    for (size_t i = 0; i < options->argument_count; i++)
        append_quoted(&words, options->arguments[i]);
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (options->values[id] == NULL ||
            (id == OPTION_JSON && options_has(options, OPTION_JSONL)))
            continue;
        str_append_format(&words, " --%s", command_options[id].name);
        if (command_options[id].value != NULL)
            append_quoted(&words, options->values[id]);
    }
    if (more != NULL)
        append_quoted(&words, more);
    return str_take(&words);
}
