/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter by mail. What was sent cannot be taken back: the edition is made and drawn, what it is
 * and what was sent before is said, and it leaves when the addressee's id has been typed. Any other
 * answer, a failure or Ctrl-C before that leaves nothing sent and no file; the edition then is one
 * that was made and never delivered, which the service forgets by itself.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/confirm.h"
#include "cli/copy.h"
#include "cli/draw.h"
#include "cli/output.h"
#include "cli/perform.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include "cli/upload.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* ---- what was sent before ---- */

struct earlier {
    const char *addressee;
    struct str lines; /* for people */
};

static bool on_earlier_columns(const struct row_schema *schema, void *arg)
{
    (void)arg;
    if (row_schema_begins(schema, &row_edition))
        return true;
    talk_error("the service sent columns that this version does not know");
    return false;
}

/* Those that went out to the addressee, or are on their way, or were given up. */
static bool on_earlier(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct earlier *earlier = arg;
    const char *addressee = values[1].text, *state = values[6].text;
    char day[16] = "";

    (void)schema;
    if (addressee == NULL || strcmp(addressee, earlier->addressee) != 0 || state == NULL ||
        strcmp(state, "made") == 0)
        return true;
    if (values[9].is_set)
        clock_print_day(values[9].number, day);
    str_append_format(&earlier->lines,
                      "  edition %" PRId64 ", %s, %s%s%s%s%s: named %" PRId64 ", counted %" PRId64
                      "\n",
                      values[0].number, values[2].is_set ? values[2].text : "letter", state,
                      day[0] != '\0' ? " on " : "", day, values[8].is_set ? ", " : "",
                      values[8].is_set ? values[8].text : "", values[10].number, values[11].number);
    return true;
}

static int find_earlier(struct client *client, const struct options *options,
                        struct earlier *earlier)
{
    const struct client_handler handler = {on_earlier_columns, on_earlier, earlier};
    const struct ask ask = {.command = COMMAND_DELIVERY_LIST};

    return ask_send(client, options, &ask, &handler);
}

/* ---- asking ---- */

static void tell(const struct drawn *drawn, const struct earlier *earlier, size_t size)
{
    static const char *const kinds[] = {
        [LETTER_WHOLE] = "letter",
        [LETTER_SUPPLEMENT] = "supplement",
        [LETTER_ACCESSION] = "accession letter",
    };

    talk_note("To:       %s (%s), %s",
              drawn->addressee_name != NULL ? drawn->addressee_name : drawn->addressee,
              drawn->addressee, drawn->email);
    talk_note("What:     edition %" PRId64 ", %s%s of version %" PRId64
              " in %s, %d page%s, %zu KiB, %s%s",
              drawn->edition, drawn->is_individual ? "individual " : "", kinds[drawn->kind],
              drawn->version, drawn->language, drawn->pages, drawn->pages == 1 ? "" : "s",
              (size + 1023) / 1024, drawn->seal != NULL ? "sealed by " : "not sealed",
              drawn->seal != NULL ? drawn->seal : "");
    talk_note("Names:    %" PRId64 " organisation%s", drawn->named, drawn->named == 1 ? "" : "s");
    talk_note("Counts:   %" PRId64 " more", drawn->counted);
    if (earlier->lines.len == 0)
        talk_note("Before:   nothing went to this addressee.");
    else
        talk_note("Before:");
    for (const char *line = str_text(&earlier->lines); *line != '\0';) {
        const char *end = strchr(line, '\n');
        talk_note("%.*s", (int)(end - line), line);
        line = end + 1;
    }
}

/* ---- sending ---- */

static bool on_sent(const struct row_schema *schema, const struct row_value *values, void *arg)
{
    struct output *output = arg;

    return output == NULL || output_row(output, schema, values) || (perform_broken_output(), false);
}

static int hand_over(struct client *client, const struct options *options,
                     const struct drawn *drawn, const struct upload *upload)
{
    struct output *output =
        options_has(options, OPTION_JSON) ? output_new(options, OUTPUT_ITEM) : NULL;
    const struct client_handler handler = {on_earlier_columns, on_sent, output};
    char *number = mem_format("%" PRId64, drawn->edition);
    const struct frame_option instead = {command_options[OPTION_EDITION].name, number};
    const struct ask ask = {
        .options = &instead,
        .option_count = 1,
        .blobs = upload->blobs,
        .blob_count = upload->count,
    };
    int status = ask_send(client, options, &ask, &handler);

    free(number);
    if (status != EX_OK && output != NULL)
        output_free(output);
    else if (output != NULL && !output_end(output))
        status = perform_broken_output();
    if (status == EX_OK)
        talk_note("Edition %" PRId64 " is in the outbox for %s; `delivery list` says when it was "
                  "delivered.",
                  drawn->edition, drawn->email);
    return status;
}

static int check_drawn(const struct drawn *drawn)
{
    if (drawn->edition == 0 || drawn->addressee == NULL) {
        talk_error("the service made no edition of it");
        return EX_PROTOCOL;
    }
    if (drawn->email != NULL)
        return EX_OK;
    talk_error("%s has no mailbox in the appeal's settings: write the letter with `export letter`, "
               "and note its delivery with `delivery record`",
               drawn->addressee);
    return EX_DATAERR;
}

/* From the drawn file on. */
static int offer(struct client *client, const struct options *options, const struct drawn *drawn,
                 const struct earlier *earlier)
{
    struct fault fault = {.text = ""};
    struct upload upload;
    enum us_err err;
    int status = check_drawn(drawn);

    if (status != EX_OK)
        return status;
    err = upload_open(drawn->path, "letter.pdf", &upload, &fault);
    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    tell(drawn, earlier, upload.len);
    status = confirm_name(options, "It cannot be taken back.", drawn->addressee);
    if (status == EX_OK)
        status = hand_over(client, options, drawn, &upload);
    upload_close(&upload);
    return status;
}

static int draw_and_offer(struct client *client, const struct options *options,
                          const struct earlier *earlier)
{
    struct copy copy = {.path = NULL};
    struct drawn drawn = {.path = NULL};
    struct draw_params params = {
        .options = options,
        .slug = options->arguments[0],
        .addressee = options->values[OPTION_TO],
    };
    struct fault fault = {.text = ""};
    enum us_err err = copy_begin(&copy, "letter.pdf", &fault);
    int status;

    if (err != US_OK)
        return talk_failure(err, &fault, NULL);
    params.path = copy.path;
    status = draw_letter(client, &params, &drawn);
    if (status == EX_OK)
        status = offer(client, options, &drawn, earlier);
    drawn_clear(&drawn);
    copy_end(&copy);
    return status;
}

int perform_send(const struct options *options)
{
    struct earlier earlier = {.addressee = options->values[OPTION_TO]};
    struct client *client;
    int status = perform_check_letter(options);

    if (status == EX_OK && earlier.addressee == NULL) {
        talk_error("delivery send: needs --to ADDRESSEE (an id of `appeal show`)");
        status = EX_USAGE;
    }
    if (status == EX_OK)
        status = confirm_can_ask(options);
    if (status == EX_OK)
        status = ask_open(options, &client);
    if (status != EX_OK)
        return status;
    status = find_earlier(client, options, &earlier);
    if (status == EX_OK)
        status = draw_and_offer(client, options, &earlier);
    client_close(client);
    str_free(&earlier.lines);
    return status;
}
