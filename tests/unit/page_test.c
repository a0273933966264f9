/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The small parts of the site: encodings, entity tags, nonces. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "page/compress.h"
#include "page/nonce.h"
#include "page/reply.h"
#include "page/scratch.h"
#include <brotli/decode.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct http_span span(const char *text)
{
    return (struct http_span){text, strlen(text)};
}

static void encoding_is_negotiated(void **state)
{
    static const struct {
        const char *accept;
        enum encoding wanted;
    } cases[] = {
        {"", ENCODING_IDENTITY},
        {"gzip", ENCODING_GZIP},
        {"gzip, deflate, br", ENCODING_BROTLI},
        {"br;q=0, gzip", ENCODING_GZIP},
        {"br;q=0.000,gzip;q=0.0", ENCODING_IDENTITY},
        {"br;q=0.001", ENCODING_BROTLI},
        {"GZIP", ENCODING_GZIP},
        {"x-gzip, brotli", ENCODING_IDENTITY},
        {" ,, gzip ;q=1", ENCODING_GZIP},
        {"identity", ENCODING_IDENTITY},
        {"gzip;", ENCODING_GZIP},
        {"gzip;q=", ENCODING_IDENTITY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (compress_choose(span(cases[i].accept)) != cases[i].wanted)
            fail_msg("\"%s\" gives %d", cases[i].accept, compress_choose(span(cases[i].accept)));
    }
}

/* Unpacks a whole gzip file, whose sum and length zlib checks. */
static char *gunzip(void *data, size_t len, size_t *out_len)
{
    z_stream stream = {.next_in = data, .avail_in = (uInt)len};
    char *out = malloc(1 << 20);
    assert_non_null(out);
    stream.next_out = (Bytef *)out;
    stream.avail_out = 1 << 20;
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    *out_len = (1 << 20) - stream.avail_out;
    inflateEnd(&stream);
    return out;
}

static char page[40000];

static void fill_page(void)
{
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = "<p class=\"x\">Профсоюз "[(i * 7 + i / 97) % 26];
}

static void compressed_is_the_same(void **state)
{
    (void)state;
    fill_page();
    size_t len, got;
    void *packed = compress_data(ENCODING_GZIP, page, sizeof page, false, &len);
    assert_non_null(packed);
    char *back = gunzip(packed, len, &got);
    assert_int_equal(got, sizeof page);
    assert_memory_equal(back, page, got);
    free(packed);

    packed = compress_data(ENCODING_BROTLI, page, sizeof page, true, &len);
    assert_non_null(packed);
    got = 1 << 20;
    assert_int_equal(BrotliDecoderDecompress(len, packed, &got, (uint8_t *)back),
                     BROTLI_DECODER_RESULT_SUCCESS);
    assert_int_equal(got, sizeof page);
    assert_memory_equal(back, page, got);
    free(packed);
    free(back);
    /* What grows is not worth it. */
    assert_null(compress_data(ENCODING_GZIP, "x", 1, false, &len));
}

static void slot_is_filled_anew(void **state)
{
    (void)state;
    fill_page();
    static const size_t places[] = {0, 1, 12345, sizeof page - 32};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        size_t at = places[i];
        struct compress_slot *slot =
            compress_slot_new(page, at, page + at + 32, sizeof page - at - 32);
        assert_non_null(slot);
        for (int round = 0; round < 2; round++) {
            char nonce[PAGE_NONCE_LEN + 1];
            size_t len, got;
            nonce_make(nonce);
            void *packed = compress_slot_fill(slot, nonce, PAGE_NONCE_LEN, &len);
            char *back = gunzip(packed, len, &got);
            assert_int_equal(got, sizeof page);
            assert_memory_equal(back, page, at);
            assert_memory_equal(back + at, nonce, PAGE_NONCE_LEN);
            assert_memory_equal(back + at + 32, page + at + 32, sizeof page - at - 32);
            free(packed);
            free(back);
        }
        compress_slot_free(slot);
    }
}

static void tags_are_compared(void **state)
{
    (void)state;
    assert_true(reply_tag_is_named(span("\"a.1-br\""), "\"a.1-br\""));
    assert_true(reply_tag_is_named(span("W/\"a.1\""), "\"a.1\""));
    assert_true(reply_tag_is_named(span("\"x\", W/\"y\" ,\"a.1\""), "\"a.1\""));
    assert_true(reply_tag_is_named(span("*"), "\"a.1\""));
    assert_false(reply_tag_is_named(span(""), "\"a.1\""));
    assert_false(reply_tag_is_named(span("\"a.1-br\""), "\"a.1\""));
    assert_false(reply_tag_is_named(span("\"a.10\""), "\"a.1\""));
    assert_false(reply_tag_is_named(span("a.1"), "\"a.1\""));
    assert_false(reply_tag_is_named(span("\"a.1"), "\"a.1\""));
    assert_false(reply_tag_is_named(span("W/"), "\"a.1\""));
}

static void nonces_are_read(void **state)
{
    (void)state;
    char one[PAGE_NONCE_LEN + 1], other[PAGE_NONCE_LEN + 1];
    uint8_t bytes[SIGNING_NONCE_SIZE], unchanged[SIGNING_NONCE_SIZE];
    nonce_make(one);
    nonce_make(other);
    assert_string_not_equal(one, other);
    assert_true(nonce_read("000102030405060708090a0b0c0d0eff", bytes));
    assert_int_equal(bytes[1], 1);
    assert_int_equal(bytes[15], 0xff);
    memcpy(unchanged, bytes, sizeof bytes);
    assert_false(nonce_read("000102030405060708090a0b0c0d0ef", bytes));
    assert_false(nonce_read("000102030405060708090a0b0c0d0eff0", bytes));
    assert_false(nonce_read("g00102030405060708090a0b0c0d0eff", bytes));
    assert_memory_equal(unchanged, bytes, sizeof bytes);
}

static int destroyed[3], destroyed_count;

static void on_destroy(void *thing)
{
    destroyed[destroyed_count++] = *(int *)thing;
}

static void scratch_frees_newest_first(void **state)
{
    (void)state;
    static int things[] = {1, 2, 3};
    struct scratch scratch = {0};
    assert_null(scratch_take(&scratch, NULL));
    assert_null(scratch_copy(&scratch, NULL));
    assert_null(scratch_zero(&scratch, 0, 8));
    assert_string_equal(scratch_format(&scratch, "%s-%d", "a", 7), "a-7");
    for (int i = 0; i < 3; i++)
        scratch_keep(&scratch, on_destroy, &things[i]);
    for (int i = 0; i < 100; i++)
        assert_string_equal(scratch_copy(&scratch, "text"), "text");
    scratch_free(&scratch);
    assert_int_equal(destroyed_count, 3);
    assert_int_equal(destroyed[0], 3);
    assert_int_equal(destroyed[2], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_is_negotiated), cmocka_unit_test(compressed_is_the_same),
        cmocka_unit_test(slot_is_filled_anew),    cmocka_unit_test(tags_are_compared),
        cmocka_unit_test(nonces_are_read),        cmocka_unit_test(scratch_frees_newest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
