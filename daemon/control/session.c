/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "appeal/delivery.h"
#include "appeal/register_csv.h"
#include "appeal/review.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/dispatch.h"
#include "control/session.h"
#include "control/work.h"
#include "proto/frame.h"
#include <stdlib.h>
#include <string.h>

#define SESSION_HELLO_MS 10000
#define SESSION_IDLE_MS 600000
#define SESSION_KEY_MOST 256
#define SESSION_WRITE_MS 600000 /* a pager may rest; the rows are spooled, nobody else waits */

static enum us_err send_error(int out, enum us_err err, const struct fault *fault)
{
    struct str bytes = STR_INIT;
    enum us_err sent = frame_put_error(&bytes, err, fault);

    if (sent == US_OK)
        sent = frame_write(out, bytes.data, bytes.len, SESSION_WRITE_MS);
    str_free(&bytes);
    return sent;
}

static enum us_err send_hello(int out)
{
    struct str bytes = STR_INIT;
    enum us_err err = frame_put_hello(&bytes, "undersignd " PACKAGE_VERSION);

    if (err == US_OK)
        err = frame_write(out, bytes.data, bytes.len, SESSION_HELLO_MS);
    str_free(&bytes);
    return err;
}

void session_refuse(int out, enum us_err err, const struct fault *fault)
{
    if (send_hello(out) != US_OK || send_error(out, err, fault) != US_OK)
        return; /* then there is nobody to tell */
}

static enum us_err read_hello(const struct session_params *params, struct frame_reader *reader)
{
    struct fault fault = {.text = ""};
    struct frame frame;
    enum us_err err = frame_read(reader, params->in, SESSION_HELLO_MS, NULL, &frame);

    if (err == US_OK && frame.type == FRAME_HELLO && frame.number == FRAME_VERSION)
        return US_OK;
    if (err == US_OK && frame.type == FRAME_HELLO)
        fault_set(&fault, NULL, 0,
                  "this is protocol version %d of undersign %s; the client speaks another version",
                  FRAME_VERSION, PACKAGE_VERSION);
    else
        fault_set(&fault, NULL, 0, "this is undersign's control protocol; there was no hello");
    return send_error(params->out, US_INVALID, &fault) == US_OK ? US_INVALID : US_IO;
}

/* ---- the files that come with a request ---- */

struct upload {
    struct appeal_file *files;
    size_t count;
};

static void free_files(struct appeal_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)files[i].name);
        free((char *)(uintptr_t)files[i].data);
    }
    free(files);
}

/* What may come with a command: an appeal's files, each whole and with its name; or one letter
 * or list, cut into blobs of one name that are joined again. */
struct upload_rule {
    bool is_joined;
    size_t most;      /* bytes of a file */
    const char *name; /* that a joined one must have */
};

static const struct upload_rule import_rule = {.most = APPEAL_FILE_MOST};
static const struct upload_rule letter_rule = {true, DELIVERY_FILE_MOST, "letter.pdf"};

static const struct upload_rule key_rule = {true, SESSION_KEY_MOST, "key"};

static const struct upload_rule register_rule = {true, REGISTER_FILE_MOST, "register.csv"};

static const struct upload_rule *find_rule(enum command_id command)
{
    if (command == COMMAND_REGISTER_IMPORT)
        return &register_rule;
    if (command == COMMAND_BACKUP_CREATE || command == COMMAND_BACKUP_SEND ||
        command == COMMAND_BACKUP_EXAMINE)
        return &key_rule;
    return command == COMMAND_APPEAL_IMPORT || command == COMMAND_UPDATE_PUBLISH ? &import_rule
                                                                                 : &letter_rule;
}

static enum us_err refuse_blob(const struct upload_rule *rule, const struct frame *frame,
                               struct fault *fault)
{
    if (frame->type != FRAME_BLOB)
        fault_set(fault, NULL, 0, "something else came where a file was announced");
    else if (rule->is_joined && (frame->name == NULL || strcmp(frame->name, rule->name) != 0))
        fault_set(fault, frame->name, 0, "only %s comes with this command", rule->name);
    else
        fault_set(fault, frame->name, 0, "too long: a file has at most %zu bytes", rule->most);
    return US_INVALID;
}

/* Takes one blob. The last file grows where they are joined. */
static enum us_err take_blob(const struct upload_rule *rule, const struct frame *frame,
                             struct appeal_file *files, size_t *count, struct fault *fault)
{
    struct appeal_file *file = &files[0];
    size_t before = rule->is_joined && *count > 0 ? file->len : 0;
    char *data;

    if (frame->type != FRAME_BLOB || frame->len > rule->most - before ||
        (rule->is_joined && (frame->name == NULL || strcmp(frame->name, rule->name) != 0)))
        return refuse_blob(rule, frame, fault);
    if (!rule->is_joined || *count == 0) {
        file = &files[(*count)++];
        *file = (struct appeal_file){.name = mem_string(frame->name)};
    }
    data = mem_resize((char *)(uintptr_t)file->data, before + frame->len + 1, 1);
    memcpy(data + before, frame->data, frame->len);
    data[before + frame->len] = '\0';
    file->data = data;
    file->len = before + frame->len;
    return US_OK;
}

/* Reads as many blobs as were announced. The first error is final: what follows cannot be told from
 * another request. */
static enum us_err read_files(const struct session_params *params, struct frame_reader *reader,
                              const struct request *request, struct upload *out,
                              struct fault *fault)
{
    const struct upload_rule *rule = find_rule(request->command);
    size_t most = command_table[request->command].blobs;
    struct upload upload = {.files = NULL};
    enum us_err err = US_OK;

    if (request->blobs > most) {
        fault_set(fault, NULL, 0, "too many files: at most %zu come with this command", most);
        return US_INVALID;
    }
    upload.files = mem_zero((request->blobs + 1) * sizeof(*upload.files));
    for (size_t i = 0; err == US_OK && i < request->blobs; i++) {
        struct frame frame;
        err = frame_read(reader, params->in, SESSION_HELLO_MS, NULL, &frame);
        if (err == US_OK) {
            err = take_blob(rule, &frame, upload.files, &upload.count, fault);
        } else {
            fault_set(fault, NULL, 0, "the connection broke off: %zu of %zu pieces of files came",
                      i, request->blobs);
            err = err == US_NOT_FOUND ? US_IO : err; /* it closed, if between two frames */
        }
    }
    if (err == US_OK)
        *out = upload;
    else
        free_files(upload.files, upload.count);
    return err;
}

/* ---- requests ---- */

static enum us_err run_call(const struct session_params *params, struct call *call)
{
    const struct command *command = &command_table[call->request->command];
    bool is_opened = command->is_site && params->site == NULL;
    enum us_err err;

    call->site = params->site;
    if (params->place != NULL && !backup_work_serves(call->request->command)) {
        fault_set(&call->fault, NULL, 0, "only the backup at hand is served here");
        return US_INVALID;
    }
    if (is_opened) {
        err = params->opener->open(params->config, &call->site, &call->fault, params->opener->arg);
        if (err != US_OK) {
            dispatch_explain(err, &call->fault);
            return err;
        }
    }
    err = dispatch_run(call);
    if (is_opened)
        params->opener->close(call->site, params->opener->arg);
    return err;
}

/* ---- moderators who go ---- */

/* What a connection's moderator looks at is free for others when it ends, however it does. */
struct review_used {
    char session[REVIEW_SESSION_MOST + 1]; /* empty: none */
};

static void release_review(const struct session_params *params, struct review_used *used)
{
    const struct review_who who = {used->session, params->actor, clock_now()};
    struct fault fault = {.text = ""};
    struct site *site = params->site;
    enum us_err err = US_OK;

    if (used->session[0] == '\0')
        return;
    if (site == NULL)
        err = params->opener->open(params->config, &site, &fault, params->opener->arg);
    if (err == US_OK)
        err = review_release(site, &who, 0);
    if (err != US_OK)
        log_info("control: what a moderator looked at is free in ten minutes: %s", err_name(err));
    if (params->site == NULL && site != NULL)
        params->opener->close(site, params->opener->arg);
    used->session[0] = '\0';
}

static void note_review(const struct session_params *params, const struct request *request,
                        struct review_used *used)
{
    const char *session = request->argument_count > 0 ? request->arguments[0] : "";
    bool is_claim =
        request->command == COMMAND_REVIEW_NEXT || request->command == COMMAND_REVIEW_SHOW;

    if (request->command == COMMAND_REVIEW_RELEASE && request->argument_count == 1 &&
        strcmp(session, used->session) == 0)
        used->session[0] = '\0';
    if (!is_claim || !review_is_session(session) || request->options[OPTION_DRY_RUN] != NULL ||
        strcmp(session, used->session) == 0)
        return;
    release_review(params, used);
    memcpy(used->session, session, strlen(session) + 1);
}

/* ---- one after another ---- */

/* Carries out what was asked and answers; anything but US_OK ends the session. */
static enum us_err carry_out(const struct session_params *params, struct frame_reader *reader,
                             const struct request *request)
{
    struct upload upload = {.files = NULL};
    struct call call = {
        .config = params->config,
        .actor = params->actor,
        .rank = params->rank,
        .request = request,
    };
    enum us_err err = US_OK;

    /* Nobody sends 64 MiB for what is not theirs to ask. As after any error here, what follows
     * cannot be told from another request. */
    if (request->blobs > 0)
        err = dispatch_check(&call);
    if (err == US_OK)
        err = read_files(params, reader, request, &upload, &call.fault);
    if (err != US_OK)
        return send_error(params->out, err, &call.fault) == US_OK ? err : US_IO;
    call.files = upload.files;
    call.file_count = upload.count;
    call.place = params->place;
    call.answer = answer_open(params->config, params->in);
    call.answer->out = params->out;
    err = run_call(params, &call);
    if (err == US_OK)
        err = answer_send(call.answer, params->out, SESSION_WRITE_MS);
    else
        err = send_error(params->out, err, &call.fault);
    answer_free(call.answer);
    free_files(upload.files, upload.count);
    return err;
}

/* Reads one frame between two answers and does what it asks for. */
static enum us_err serve(const struct session_params *params, struct frame_reader *reader,
                         struct review_used *used)
{
    struct fault fault = {.text = ""};
    struct request request;
    struct frame frame;
    enum us_err err = frame_read(reader, params->in, SESSION_IDLE_MS, NULL, &frame);

    if (err != US_OK)
        return err;
    if (frame.type == FRAME_CANCEL)
        return US_OK; /* of a request that has been answered since */
    if (frame.type != FRAME_REQUEST) {
        fault_set(&fault, NULL, 0, "a request was expected");
        return send_error(params->out, US_INVALID, &fault) == US_OK ? US_INVALID : US_IO;
    }
    err = request_read(&frame, &request, &fault);
    if (err != US_OK) {
        /* Files that follow a request which was not understood cannot be skipped safely. */
        bool goes_on = frame.number == 0;
        enum us_err sent = send_error(params->out, err, &fault);
        return goes_on ? sent : US_INVALID;
    }
    err = carry_out(params, reader, &request);
    note_review(params, &request, used);
    request_clear(&request);
    return err;
}

void session_run(const struct session_params *params)
{
    struct frame_reader *reader = frame_reader_new();
    struct review_used used = {.session = ""};

    if (send_hello(params->out) == US_OK && read_hello(params, reader) == US_OK) {
        while (serve(params, reader, &used) == US_OK)
            ;
    }
    release_review(params, &used);
    frame_reader_free(reader);
}
