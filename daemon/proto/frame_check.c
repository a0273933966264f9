/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One pass over the headers of a MessagePack object
 * (github.com/msgpack/msgpack/blob/master/spec.md). Nothing is decoded: it is only asked whether
 * decoding it costs no more than it should.
 */
#include "proto/frame_check.h"
#include <stdint.h>

struct part {          /* what one header says */
    uint64_t skip;     /* bytes of payload */
    uint64_t children; /* objects inside */
};

static bool read_length(const uint8_t *data, size_t len, size_t *pos, int width, uint64_t *out)
{
    uint64_t value = 0;

    if (len - *pos < (size_t)width)
        return false;
    for (int i = 0; i < width; i++)
        value = value << 8 | data[(*pos)++];
    *out = value;
    return true;
}

/* Reads the header at *pos and moves behind it. */
static bool read_header(const uint8_t *data, size_t len, size_t *pos, struct part *part)
{
    uint8_t head = data[(*pos)++];

    *part = (struct part){0};
    if (head <= 0x7f || head >= 0xe0) /* small integers */
        return true;
    if (head <= 0x8f) { /* small map */
        part->children = 2 * (uint64_t)(head & 0x0f);
        return true;
    }
    if (head <= 0x9f) { /* small array */
        part->children = head & 0x0f;
        return true;
    }
    if (head <= 0xbf) { /* small string */
        part->skip = head & 0x1f;
        return true;
    }
    switch (head) {
    case 0xc0: /* nil, false, true */
    case 0xc2:
    case 0xc3:
        return true;
    case 0xc4: /* binary and strings of 8, 16, 32 bits of length */
    case 0xd9:
        return read_length(data, len, pos, 1, &part->skip);
    case 0xc5:
    case 0xda:
        return read_length(data, len, pos, 2, &part->skip);
    case 0xc6:
    case 0xdb:
        return read_length(data, len, pos, 4, &part->skip);
    case 0xcc: /* integers of 8, 16, 32, 64 bits */
    case 0xd0:
        part->skip = 1;
        return true;
    case 0xcd:
    case 0xd1:
        part->skip = 2;
        return true;
    case 0xce:
    case 0xd2:
        part->skip = 4;
        return true;
    case 0xcf:
    case 0xd3:
        part->skip = 8;
        return true;
    case 0xdc: /* arrays and maps */
        return read_length(data, len, pos, 2, &part->children);
    case 0xdd:
        return read_length(data, len, pos, 4, &part->children);
    case 0xde:
        if (!read_length(data, len, pos, 2, &part->children))
            return false;
        part->children *= 2;
        return true;
    case 0xdf:
        if (!read_length(data, len, pos, 4, &part->children))
            return false;
        part->children *= 2;
        return true;
    default: /* floats, extensions, 0xc1 */
        return false;
    }
}

bool frame_check(const void *bytes, size_t len)
{
    const uint8_t *data = bytes;
    uint64_t waiting[FRAME_DEPTH_MOST + 1] = {1}; /* objects still to come, per depth */
    size_t depth = 0, pos = 0, objects = 0;

    for (;;) {
        struct part part;

        while (waiting[depth] == 0) {
            if (depth == 0)
                return pos == len;
            depth--;
        }
        if (pos >= len || ++objects > FRAME_OBJECTS_MOST || !read_header(data, len, &pos, &part))
            return false;
        waiting[depth]--;
        if (part.skip > len - pos)
            return false;
        pos += (size_t)part.skip;
        if (part.children > 0) {
            if (depth == FRAME_DEPTH_MOST)
                return false;
            waiting[++depth] = part.children;
        }
    }
}
