/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An organisation's logo: saved to be looked at, or taken off. */
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/image_row.h"
#include "cli/perform.h"
#include "cli/talk.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct saving {
    unsigned char *png;
    size_t len;
};

static bool on_image(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct saving *saving = arg;
    struct fault fault = {.text = ""};

    if (!row_schema_begins(schema, &row_image) || saving->png != NULL) {
        talk_error("the service sent columns that this version does not know");
        return false;
    }
    if (image_row_read(values, &saving->png, &saving->len, &fault) == US_OK)
        return true;
    talk_error("%s", fault.text);
    return false;
}

static int save(const char *path, const struct saving *saving)
{
    struct fault fault = {.text = ""};
    struct file file;
    enum us_err err = file_open(path, &file, &fault);

    if (err == US_OK) {
        (void)fwrite(saving->png, 1, saving->len, file.stream);
        err = file_finish(&file, &fault);
    }
    if (err != US_OK) {
        (void)talk_failure(err, &fault, NULL);
        return err == US_FULL || err == US_IO ? EX_IOERR : EX_CANTCREAT;
    }
    if (strcmp(path, "-") != 0)
        talk_note("%s: %zu bytes", path, saving->len);
    return EX_OK;
}

static int perform_show(const struct options *options)
{
    const char *path = options->values[OPTION_OUTPUT];
    struct saving saving = {.png = NULL};
    struct ask ask = {.arguments = NULL};
    int status;

    if (path == NULL) {
        talk_error("logo show: say where the picture shall go with -o FILE");
        return EX_USAGE;
    }
    status = ask_once(options, &ask, &(struct client_handler){NULL, on_image, &saving});
    if (status == EX_OK)
        status = save(path, &saving);
    free(saving.png);
    return status;
}

int perform_logo(const struct options *options)
{
    struct ask ask = {.arguments = NULL};
    int status;

    if (options->command == COMMAND_LOGO_SHOW)
        return perform_show(options);
    status = ask_once(options, &ask, &(struct client_handler){NULL, NULL, NULL});
    if (status == EX_OK)
        talk_note("The logo of %s is off the site.", options->arguments[0]);
    return status;
}
