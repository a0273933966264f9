/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/sealed_file.h"
#include "cli/ask.h"
#include "cli/passphrase.h"
#include "cli/peer.h"
#include "cli/talk.h"
#include "crypto/random.h"
#include "crypto/vault.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static int open_key(const char *path, struct organiser_secret *out)
{
    union { /* the callback's argument is not const in its type */
        const char *path;
        void *arg;
    } key = {.path = path};
    struct fault fault = {.text = ""};
    enum us_err err = organiser_open_secret(path, passphrase_ask, key.arg, out, &fault);

    return err == US_OK ? EX_OK : talk_failure(err, &fault, NULL);
}

/* Without its key all that can be said is whether it is as it was written. */
static int tell_sealed(const char *path, struct vault_reader *reader)
{
    enum us_err err = vault_check(reader);

    if (err == US_OK) {
        talk_error("%s is whole, and sealed (to %s): name the private key with --key FILE to look "
                   "into it",
                   path, vault_sealed_to(reader));
        return EX_USAGE;
    }
    talk_error("%s is damaged: changed or cut off since it was made", path);
    return EX_DATAERR;
}

static int open_seal(const struct options *options, const char *path, struct sealed_file *file)
{
    const char *key = options->values[OPTION_KEY];
    struct vault_reader *reader;
    struct fault fault = {.text = ""};
    enum us_err err = vault_reader_new(file->fd, &reader, &fault);
    int status = EX_OK;

    if (err != US_OK) {
        talk_error("%s: %s", path, fault.text);
        return talk_status(err);
    }
    file->is_sealed = vault_sealed_to(reader) != NULL;
    if (file->is_sealed && key == NULL)
        status = tell_sealed(path, reader);
    else if (file->is_sealed)
        status = open_key(key, &file->key);
    vault_reader_free(reader);
    return status;
}

int sealed_file_open(const struct options *options, const char *path, struct sealed_file *out)
{
    /* Not to wait for whoever may write into a pipe of that name: it is refused. */
    struct sealed_file file = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    struct stat found;
    int status;

    if (file.fd < 0) {
        talk_error("cannot read %s: %s", path, strerror(errno));
        return EX_NOINPUT;
    }
    random_open();
    if (fstat(file.fd, &found) == 0 && S_ISREG(found.st_mode)) {
        status = open_seal(options, path, &file);
    } else {
        talk_error("%s is no file", path);
        status = EX_NOINPUT;
    }
    if (status == EX_OK)
        *out = file;
    else
        sealed_file_close(&file);
    return status;
}

void sealed_file_close(struct sealed_file *file)
{
    close(file->fd);
    organiser_wipe(&file->key);
    file->fd = -1;
}

int sealed_file_start(const struct sealed_file *file, const char *config, struct client **out)
{
    struct fault fault = {.text = ""};
    struct peer peer;
    enum us_err err = peer_open_backup(config, file->fd, &peer, &fault);

    if (err == US_OK)
        err = client_open(&peer, out, &fault);
    if (err == US_OK)
        return EX_OK;
    talk_failure(err, &fault, NULL);
    return err == US_CANCELLED ? TALK_STATUS_INTERRUPTED : EX_UNAVAILABLE;
}

int sealed_file_examine(const struct sealed_file *file, struct client *client,
                        const struct options *options, const char *what, struct survey *survey)
{
    const struct client_blob blob = {"key", &file->key, sizeof(file->key)};
    const struct client_handler handler = survey_handler(survey);
    const struct ask ask = {
        .command = COMMAND_BACKUP_EXAMINE,
        .arguments = &what,
        .argument_count = what != NULL ? 1 : 0,
        .blobs = &blob,
        .blob_count = file->is_sealed ? 1 : 0,
        .progress = &survey->progress,
    };

    return ask_send(client, options, &ask, &handler);
}
