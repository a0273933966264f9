/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Any bytes, cut anywhere, into the control protocol's reader and on into the check of requests.
 * The first byte chooses the pieces. What comes out must be whole: every text is read to its end.
 */
#include "proto/frame.h"
#include "proto/request.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t seen; /* keeps the reading of what came out from being optimised away */

static void look_at(const char *text)
{
    if (text != NULL)
        seen += strlen(text);
}

static void look_at_frame(const struct frame *frame)
{
    look_at(frame->name);
    look_at(frame->file);
    look_at(frame->text);
    for (size_t i = 0; i < frame->argument_count; i++)
        look_at(frame->arguments[i]);
    for (size_t i = 0; i < frame->option_count; i++) {
        look_at(frame->options[i].name);
        look_at(frame->options[i].value);
    }
    for (size_t i = 0; frame->columns != NULL && i < frame->count; i++)
        look_at(frame->columns[i].name);
    for (size_t i = 0; frame->values != NULL && i < frame->count; i++) {
        look_at(frame->values[i].text);
        for (size_t k = 0; k < frame->values[i].count; k++)
            look_at(frame->values[i].texts[k]);
    }
    for (size_t i = 0; i < frame->len; i++)
        seen += ((const uint8_t *)frame->data)[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_reader *reader = frame_reader_new();
    size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;

    for (size_t at = 1; at < size; at += piece) {
        struct frame frame;
        enum us_err err;

        frame_reader_feed(reader, data + at, piece < size - at ? piece : size - at);
        while ((err = frame_reader_next(reader, &frame)) == US_OK) {
            look_at_frame(&frame);
            if (frame.type == FRAME_REQUEST) {
                struct fault fault;
                struct request request;
                if (request_read(&frame, &request, &fault) == US_OK)
                    request_clear(&request);
            }
        }
        assert(err == US_BUSY || err == US_INVALID);
    }
    frame_reader_free(reader);
    return 0;
}
