/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Compression happens once a page, on a reader thread, and is then shared by everybody who reads
 * it. gzip at its usual level and brotli at 5 cost about a millisecond for a long appeal; files
 * that never change get the best of both when the service starts.
 */
#include "page/compress.h"
#include "base/mem.h"
#include <assert.h>
#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

/* The window bits that make zlib write a gzip file, and a bare deflate stream. */
#define BITS_GZIP (15 + 16)
#define BITS_RAW (-15)

const char *compress_name(enum encoding encoding)
{
    static const char *const names[ENCODING_COUNT] = {
        [ENCODING_GZIP] = "gzip",
        [ENCODING_BROTLI] = "br",
    };
    return names[encoding];
}

/* Whether a list item's parameters say q=0, in any of its spellings: "not this one". */
static bool is_refused(const char *params, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if ((params[i] != 'q' && params[i] != 'Q') || params[i + 1] != '=')
            continue;
        for (i += 2; i < len && (params[i] == '0' || params[i] == '.'); i++)
            ;
        return i == len || params[i] < '0' || params[i] > '9';
    }
    return false;
}

bool compress_takes(struct http_span accept, enum encoding encoding)
{
    const char *wanted = compress_name(encoding);
    const char *at = accept.data, *end = at + accept.len;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma == NULL ? end : comma;
        while (at < stop && (*at == ' ' || *at == '\t'))
            at++;
        const char *name = at;
        while (at < stop && *at != ';' && *at != ' ' && *at != '\t')
            at++;
        if (strlen(wanted) == (size_t)(at - name) &&
            strncasecmp(name, wanted, (size_t)(at - name)) == 0)
            return !is_refused(at, (size_t)(stop - at));
        at = comma == NULL ? end : comma + 1;
    }
    return false;
}

enum encoding compress_choose(struct http_span accept)
{
    if (compress_takes(accept, ENCODING_BROTLI))
        return ENCODING_BROTLI;
    return compress_takes(accept, ENCODING_GZIP) ? ENCODING_GZIP : ENCODING_IDENTITY;
}

/* Deflates in one go; flush Z_FINISH ends the stream, Z_FULL_FLUSH leaves it open at a byte's end.
 */
static void *deflate_all(int bits, int level, int flush, const void *data, size_t len,
                         size_t *out_len)
{
    z_stream stream = {0};
    if (len > UINT32_MAX / 2 ||
        deflateInit2(&stream, level, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t cap = deflateBound(&stream, (uLong)len) + 64;
    Bytef *out = mem_alloc(cap);
    /* zlib declares what it only reads as writable. */
    union {
        const void *in;
        Bytef *next;
    } input = {.in = data};
    stream.next_in = input.next;
    stream.avail_in = (uInt)len;
    stream.next_out = out;
    stream.avail_out = (uInt)cap;
    int result = deflate(&stream, flush);
    *out_len = cap - stream.avail_out;
    deflateEnd(&stream);
    if (result != (flush == Z_FINISH ? Z_STREAM_END : Z_OK)) {
        free(out);
        return NULL;
    }
    return out;
}

static void *brotli_all(int quality, const void *data, size_t len, size_t *out_len)
{
    size_t cap = BrotliEncoderMaxCompressedSize(len);
    if (cap == 0)
        return NULL;
    uint8_t *out = mem_alloc(cap);
    *out_len = cap;
    if (!BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, len, data, out_len,
                               out)) {
        free(out);
        return NULL;
    }
    return out;
}

void *compress_data(enum encoding encoding, const void *data, size_t len, bool is_once,
                    size_t *out_len)
{
    assert(encoding != ENCODING_IDENTITY);
    size_t got = 0;
    void *out = encoding == ENCODING_GZIP
                    ? deflate_all(BITS_GZIP, is_once ? 9 : 6, Z_FINISH, data, len, &got)
                    : brotli_all(is_once ? 11 : 5, data, len, &got);
    if (out == NULL || got >= len) {
        free(out);
        return NULL;
    }
    *out_len = got;
    return mem_resize(out, got, 1);
}

struct compress_slot {
    void *before, *after; /* deflate streams without head and foot */
    size_t before_size, after_size;
    size_t before_len, after_len; /* of what they hold */
    uLong before_crc, after_crc;
};

struct compress_slot *compress_slot_new(const char *before, size_t before_len, const char *after,
                                        size_t after_len)
{
    struct compress_slot *slot = MEM_NEW(struct compress_slot);
    slot->before_len = before_len;
    slot->after_len = after_len;
    slot->before = deflate_all(BITS_RAW, 9, Z_FULL_FLUSH, before, before_len, &slot->before_size);
    slot->after = deflate_all(BITS_RAW, 9, Z_FINISH, after, after_len, &slot->after_size);
    slot->before_crc = crc32(0, (const Bytef *)before, (uInt)before_len);
    slot->after_crc = crc32(0, (const Bytef *)after, (uInt)after_len);
    if (slot->before == NULL || slot->after == NULL) {
        compress_slot_free(slot);
        return NULL;
    }
    return slot;
}

void compress_slot_free(struct compress_slot *slot)
{
    if (slot == NULL)
        return;
    free(slot->before);
    free(slot->after);
    free(slot);
}

static uint8_t *put_number(uint8_t *at, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(number >> (8 * i));
    return at;
}

static uint8_t *put_data(uint8_t *at, const void *data, size_t len)
{
    memcpy(at, data, len);
    return at + len;
}

void *compress_slot_fill(const struct compress_slot *slot, const char *text, size_t len,
                         size_t *out_len)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255}; /* RFC 1952, 2.3.1 */
    assert(len <= UINT16_MAX);
    size_t size = sizeof head + slot->before_size + 5 + len + slot->after_size + 8;
    uint8_t *out = mem_alloc(size), *at = put_data(out, head, sizeof head);
    at = put_data(at, slot->before, slot->before_size);
    at = put_number(at, 0, 1); /* stored, not the last block */
    at = put_number(at, (uint32_t)len, 2);
    at = put_number(at, ~(uint32_t)len, 2);
    at = put_data(at, text, len);
    at = put_data(at, slot->after, slot->after_size);
    uLong crc = crc32(0, (const Bytef *)text, (uInt)len);
    crc = crc32_combine(slot->before_crc, crc, (z_off_t)len);
    crc = crc32_combine(crc, slot->after_crc, (z_off_t)slot->after_len);
    at = put_number(at, (uint32_t)crc, 4);
    at = put_number(at, (uint32_t)(slot->before_len + len + slot->after_len), 4);
    assert((size_t)(at - out) == size);
    *out_len = size;
    return out;
}
