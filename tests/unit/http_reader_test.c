/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The request reader against a table of good and bad requests, each cut at every byte. Buffers are
 * of the exact size and newly allocated for each feeding, so that a sanitizer sees a byte read too
 * far and a pointer kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those first */
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/reader.h"
#include <stdlib.h>
#include <string.h>

struct verdict {
    enum reader_verdict verdict;
    int status;
    size_t size;
};

static struct verdict verdict_of(const struct reader *reader, enum reader_verdict verdict)
{
    return (struct verdict){verdict, verdict == READER_BAD ? reader->status : 0,
                            verdict == READER_DONE ? reader_size(reader) : 0};
}

static enum reader_verdict feed_copy(struct reader *reader, const char *data, size_t len)
{
    char *copy = mem_copy(data, len);
    enum reader_verdict verdict = reader_feed(reader, copy, len);
    free(copy);
    return verdict;
}

static struct verdict feed_whole(const char *data, size_t len)
{
    struct reader reader;
    reader_start(&reader);
    enum reader_verdict verdict = feed_copy(&reader, data, len);
    return verdict_of(&reader, verdict);
}

/* In two pieces: a verdict on the first is final. */
static struct verdict feed_cut(const char *data, size_t len, size_t cut)
{
    struct reader reader;
    reader_start(&reader);
    enum reader_verdict verdict = feed_copy(&reader, data, cut);
    if (verdict == READER_MORE)
        verdict = feed_copy(&reader, data, len);
    return verdict_of(&reader, verdict);
}

static struct verdict feed_bytes(const char *data, size_t len)
{
    struct reader reader;
    enum reader_verdict verdict = READER_MORE;
    reader_start(&reader);
    for (size_t i = 1; i <= len && verdict == READER_MORE; i++)
        verdict = feed_copy(&reader, data, i);
    return verdict_of(&reader, verdict);
}

static void assert_same(const char *data, size_t len, size_t cut, struct verdict a,
                        struct verdict b)
{
    if (a.verdict == b.verdict && a.status == b.status && a.size == b.size)
        return;
    print_error("cut at %zu: (%d %d %zu) is not (%d %d %zu): %.*s\n", cut, a.verdict, a.status,
                a.size, b.verdict, b.status, b.size, (int)(len < 200 ? len : 200), data);
    fail();
}

/* The verdict on the whole, after every cut has given the same. */
static struct verdict judge(const char *data, size_t len)
{
    struct verdict whole = feed_whole(data, len);
    /* Long ones are cut at a prime's multiples: each cut costs the length. */
    size_t stride = len > 3000 ? 89 : 1;
    for (size_t cut = 0; cut <= len; cut += stride)
        assert_same(data, len, cut, feed_cut(data, len, cut), whole);
    if (len <= 3000)
        assert_same(data, len, 1, feed_bytes(data, len), whole);
    return whole;
}

/* status 0: a good request; -1: the beginning of one. */
struct sample {
    int status;
    const char *data;
    size_t len;
};

#define S(status, text)                                                                            \
    {                                                                                              \
        status, text, sizeof(text) - 1                                                             \
    }
#define H "Host: a.org\r\n"
#define POST "POST / HTTP/1.1\r\n" H

static const struct sample samples[] = {
    /* Good ones. */
    S(0, "GET / HTTP/1.1\r\n" H "\r\n"),
    S(0, "HEAD / HTTP/1.1\r\n" H "\r\n"),
    S(0, "OPTIONS * HTTP/1.1\r\n" H "\r\n"),
    S(0, "OPTIONS /a HTTP/1.1\r\n" H "\r\n"),
    S(0, "DELETE /x HTTP/1.1\r\n" H "\r\n"),
    S(0, "x!#$%&'*+-.^_`|~9 / HTTP/1.1\r\n" H "\r\n"),
    S(0, "get / HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET / HTTP/1.0\r\n\r\n"),
    S(0, "GET / HTTP/1.0\r\n" H "\r\n"),
    S(0, "\r\nGET / HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /ru/appeal/sign?x=1&y=%zz HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /%D1%80%D1%83 HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /-._~!$&'()*+,;=:@/ HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET //double HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /a/../b HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /%2e%2E%2F HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /? HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /?a?b/c HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET /?a={x|y}[1]^`\\ HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET http://a.org/x HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET HTTPS://a.org:443/x?y HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET http://a.org HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET http://a.org?q HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET http://b.org/ HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET http://[::1]/ HTTP/1.1\r\n" H "\r\n"),
    S(0, "GET / HTTP/1.1\r\nHost: a.org:8080\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\nHost: a.org:\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\nHOST:a.org\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\nhost: \t a.org \t\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X:\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X:   \r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X: a b\tc\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X: \xd0\x9f\xff\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X: a:b:c\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "X: 1\r\nX: 2\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "!#$%&'*+-.^_`|~0aZ: 1\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"),
    S(0, "GET / HTTP/1.1\r\n" H "Connection: foo,,close\r\n\r\n"),
    S(0, POST "Content-Length: 5\r\n\r\nhello"),
    S(0, POST "Content-Length: 0\r\n\r\n"),
    S(0, POST "Content-Length: 0005\r\n\r\nhello"),
    S(0, POST "content-length:5\r\n\r\nhello"),
    S(0, POST "\r\n"),
    S(0, POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"),
    S(0, POST "Content-Length: 5\r\n\r\n\0\r\n\x7f\xff"),
    S(0, "GET / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"),
    S(0, "HEAD / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"),
    S(0, "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"),
    S(0, "POST / HTTP/1.0\r\nExpect: something\r\nContent-Length: 3\r\n\r\nabc"),
    /* Beginnings. */
    S(-1, ""),
    S(-1, "\r"),
    S(-1, "\r\n"),
    S(-1, "G"),
    S(-1, "GET / HTTP/1.1\r"),
    S(-1, "GET / HTTP/1.1\r\n" H),
    S(-1, "GET / HTTP/1.1\r\n" H "\r"),
    S(-1, POST "Content-Length: 5\r\n\r\nhell"),
    S(-1, "GET / HTTP/1.1\r\n" H "X: 1\r\n"),
    /* Framing: where requests are smuggled. */
    S(400, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"),
    S(400, POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello"),
    S(400, POST "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
    S(400, POST "Content-Length: 0\r\nContent-Length: 36\r\n\r\n"),
    S(400, POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5, 5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5,\r\n\r\nhello"),
    S(400, POST "Content-Length: +5\r\n\r\nhello"),
    S(400, POST "Content-Length: -5\r\n\r\nhello"),
    S(400, POST "Content-Length: 0x5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5 5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5;\r\n\r\nhello"),
    S(400, POST "Content-Length: \"5\"\r\n\r\nhello"),
    S(400, POST "Content-Length: 5.0\r\n\r\nhello"),
    S(400, POST "Content-Length: five\r\n\r\nhello"),
    S(400, POST "Content-Length:\r\n\r\n"),
    S(400, POST "Content-Length: \xd9\xa5\r\n\r\nhello"),
    S(400, POST "Content-Length: 5\0\r\n\r\nhello"),
    S(400, POST "Content-Length : 5\r\n\r\nhello"),
    S(400, POST "Content-Length\t: 5\r\n\r\nhello"),
    S(400, POST "Content-Length\v: 5\r\n\r\nhello"),
    S(400, POST "Content-Length: \v5\r\n\r\nhello"),
    S(413, POST "Content-Length: 65537\r\n\r\n"),
    S(413, POST "Content-Length: 18446744073709551621\r\n\r\nhello"),
    S(413, POST "Content-Length: 99999999999999999999999999999999\r\n\r\nhello"),
    S(413, POST "Content-Length: 4294967301\r\n\r\nhello"),
    S(411, POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    S(411, POST "transfer-encoding:CHUNKED\r\n\r\n0\r\n\r\n"),
    S(501, POST "Transfer-Encoding: xchunked\r\n\r\n"),
    S(501, POST "Transfer-Encoding: gzip\r\n\r\n"),
    S(501, POST "Transfer-Encoding: identity\r\n\r\n"),
    S(501, POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
    S(501, POST "Transfer-Encoding: chunked, chunked\r\n\r\n"),
    S(501, POST "Transfer-Encoding: chunked, identity\r\n\r\n"),
    S(501, POST "Transfer-Encoding: chunked;x=y\r\n\r\n"),
    S(501, POST "Transfer-Encoding: \"chunked\"\r\n\r\n"),
    S(501, POST "Transfer-Encoding: ,chunked\r\n\r\n"),
    S(400, POST "Transfer-Encoding:\r\n\r\n"),
    S(400, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
    S(400, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"),
    S(400, POST "Transfer-Encoding : chunked\r\n\r\n"),
    S(400, POST "Transfer-Encoding\n: chunked\r\n\r\n"),
    S(400, POST "Transfer-Encoding: chunked\0z\r\n\r\n"),
    S(400, POST "Transfer-Encoding:\vchunked\r\n\r\n"),
    S(400, POST " Transfer-Encoding: chunked\r\n\r\n"),
    S(400, POST "X: 1\r\n Transfer-Encoding: chunked\r\n\r\n"),
    S(400, POST "X: 1\nTransfer-Encoding: chunked\r\n\r\n"),
    S(400, POST "X: 1\rTransfer-Encoding: chunked\r\n\r\n"),
    S(400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    S(417, POST "Expect: 200-ok\r\nContent-Length: 5\r\n\r\n"),
    S(417, POST "Expect:\r\nContent-Length: 5\r\n\r\n"),
    S(417, POST "Expect: 100-continue, x\r\nContent-Length: 5\r\n\r\n"),
    /* Line ends and folds. */
    S(400, "GET / HTTP/1.1\n" H "\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "\n"),
    S(400, "GET / HTTP/1.1\n\n"),
    S(400, "\nGET / HTTP/1.1\r\n" H "\r\n"),
    S(400, "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"),
    S(400, "\r\rGET / HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/1.1\r\r\n" H "\r\n"),
    S(400, "GET / HTTP/1.1\rHost: a.org\r\r"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\rb\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n Host: a.org\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H " \r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "\r\r\n"),
    /* Fields. */
    S(400, "GET / HTTP/1.1\r\n" H ": empty name\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "no colon\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "a b: c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "a\0b: c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "a(b): c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "a/b: c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "\"a\": c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "\xd0\x90: c\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\x1b[31m\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n"),
    /* Host. */
    S(400, "GET / HTTP/1.1\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H H "\r\n"),
    S(400, "GET / HTTP/1.1\r\n" H "Host: b.org\r\n\r\n"),
    S(400, "GET / HTTP/1.0\r\n" H H "\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost : a.org\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org, b.org\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: user@a.org\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org/x\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org:99999\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org:80a\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a.org:080800\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: <script>\r\n\r\n"),
    S(400, "GET / HTTP/1.1\r\nHost: a%2eorg\r\n\r\n"),
    S(400, "GET http://a.org/ HTTP/1.1\r\n\r\n"),
    /* Request line. */
    S(400, "GET /\r\n" H "\r\n"),
    S(400, "GET\r\n\r\n"),
    S(400, " GET / HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET  / HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /  HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/1.1 \r\n" H "\r\n"),
    S(400, "GET\t/\tHTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a b HTTP/1.1\r\n" H "\r\n"),
    S(400, "G{}T / HTTP/1.1\r\n" H "\r\n"),
    S(400, "G\xc3\x8aT / HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/+1.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/1.\r\n" H "\r\n"),
    S(400, "GET / HTTP/11\r\n" H "\r\n"),
    S(400, "GET / HTTP/1.99\r\n" H "\r\n"),
    S(400, "GET / HTTP/01.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/4294967297.1\r\n" H "\r\n"),
    S(400, "GET / http/1.1\r\n" H "\r\n"),
    S(400, "GET / HTTPS/1.1\r\n" H "\r\n"),
    S(400, "GET / HTTP/2\r\n" H "\r\n"),
    S(505, "GET / HTTP/1.2\r\n" H "\r\n"),
    S(505, "GET / HTTP/0.9\r\n" H "\r\n"),
    S(505, "GET / HTTP/2.0\r\n" H "\r\n"),
    S(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    S(505, "GET / HTTP/9.9\r\n" H "\r\n"),
    /* Targets. */
    S(400, "GET * HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET x HTTP/1.1\r\n" H "\r\n"),
    S(400, "CONNECT a.org:443 HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET ftp://a.org/ HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET http:// HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET http:///x HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET http://u:p@a.org/ HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET http://a.org:x/ HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET http:/a.org/ HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a#b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /?a#b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /sign%00evil HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /% HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /%4 HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /%g0 HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /%0g HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a%?b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a\\b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a<b> HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /\"a\" HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /{a} HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a|b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /[a] HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /\xd1\x80 HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /?\xd1\x80 HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /?<script> HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /?\"a\" HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a\0b HTTP/1.1\r\n" H "\r\n"),
    S(400, "GET /a\x7f HTTP/1.1\r\n" H "\r\n"),
    /* Other protocols. */
    S(400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    S(400, "SSH-2.0-OpenSSH_9.2\r\n"),
    S(400, "EHLO a.org\r\n"),
    S(400, "\0\0\0\0"),
};

static void test_reader_table(void **state)
{
    (void)state;
    assert_true(sizeof samples / sizeof samples[0] >= 120);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *sample = &samples[i];
        struct verdict got = judge(sample->data, sample->len);
        int status = got.verdict == READER_BAD ? got.status : got.verdict == READER_DONE ? 0 : -1;
        if (status != sample->status) {
            print_error("%d instead of %d: %.*s\n", status, sample->status, (int)sample->len,
                        sample->data);
            fail();
        }
        if (status == 0)
            assert_int_equal(got.size, sample->len);
    }
}

/* What follows a request is the next one's and changes nothing. */
static void test_reader_pipelined(void **state)
{
    static const char *const tails[] = {"GET / HTTP/1.1\r\n", "\r\n", "\n", "garbage",
                                        "Host: b\r\n"};
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        for (size_t t = 0; samples[i].status == 0 && t < sizeof tails / sizeof tails[0]; t++) {
            struct str text = STR_INIT;
            str_append(&text, samples[i].data, samples[i].len);
            str_append_text(&text, tails[t]);
            struct verdict got = judge(text.data, text.len);
            assert_int_equal(got.verdict, READER_DONE);
            assert_int_equal(got.size, samples[i].len);
            str_free(&text);
        }
    }
}

/* The end of the head is decided by no byte less: every true prefix of a good request asks for
 * more, and of a bad one either that or the same refusal. */
static void test_reader_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        for (size_t len = 0; len < samples[i].len; len++) {
            struct verdict got = feed_whole(samples[i].data, len);
            if (samples[i].status <= 0)
                assert_int_equal(got.verdict, READER_MORE);
            else if (got.verdict == READER_BAD)
                assert_int_equal(got.status, samples[i].status);
            else
                assert_int_equal(got.verdict, READER_MORE);
        }
    }
}

static struct verdict judge_text(struct str *text)
{
    struct verdict got = judge(text->data, text->len);
    str_free(text);
    return got;
}

static struct str line_of(size_t len)
{
    struct str text = STR_INIT;
    str_append_text(&text, "GET /");
    while (text.len < len - 9)
        str_append_char(&text, 'a');
    str_append_text(&text, " HTTP/1.1\r\n");
    return text;
}

static struct str head_of(size_t len)
{
    struct str text = STR_INIT;
    str_append_text(&text, "GET / HTTP/1.1\r\n" H "X: ");
    while (text.len < len - 4)
        str_append_char(&text, 'a');
    str_append_text(&text, "\r\n\r\n");
    return text;
}

static struct str fields_of(int count)
{
    struct str text = STR_INIT;
    str_append_text(&text, "GET / HTTP/1.1\r\n" H);
    for (int i = 1; i < count; i++)
        str_append_format(&text, "X-%d: %d\r\n", i, i);
    str_append_text(&text, "\r\n");
    return text;
}

static struct str body_of(size_t len)
{
    struct str text = STR_INIT;
    str_append_format(&text, POST "Content-Length: %zu\r\n\r\n", len);
    for (size_t i = 0; i < len; i++)
        str_append_char(&text, '\n');
    return text;
}

static void test_reader_bounds(void **state)
{
    (void)state;
    struct str text = line_of(READER_LINE_MOST);
    str_append_text(&text, H "\r\n");
    assert_int_equal(judge_text(&text).verdict, READER_DONE);
    text = line_of(READER_LINE_MOST + 1);
    assert_int_equal(judge_text(&text).status, 414);
    text = line_of(READER_LINE_MOST * 3);
    assert_int_equal(judge_text(&text).status, 414);

    text = head_of(READER_HEAD_MOST);
    assert_int_equal(judge_text(&text).verdict, READER_DONE);
    text = head_of(READER_HEAD_MOST + 1);
    assert_int_equal(judge_text(&text).status, 431);
    text = head_of(READER_HEAD_MOST * 2);
    assert_int_equal(judge_text(&text).status, 431);

    text = fields_of(READER_FIELDS_MOST);
    assert_int_equal(judge_text(&text).verdict, READER_DONE);
    text = fields_of(READER_FIELDS_MOST + 1);
    assert_int_equal(judge_text(&text).status, 431);

    text = body_of(READER_BODY_MOST);
    assert_int_equal(judge_text(&text).verdict, READER_DONE);
    text = body_of(READER_BODY_MOST + 1);
    assert_int_equal(judge_text(&text).status, 413);
}

/* Reads a good request; data must outlive the request. */
static struct http_request read_good(const char *data)
{
    struct reader reader;
    struct http_request request;
    reader_start(&reader);
    assert_int_equal(reader_feed(&reader, data, strlen(data)), READER_DONE);
    reader_request(&reader, data, &request);
    return request;
}

static void assert_span(struct http_span span, const char *text)
{
    if (!http_span_is(span, text)) {
        print_error("\"%.*s\" is not \"%s\"\n", (int)span.len, span.data, text);
        fail();
    }
}

static void test_reader_request(void **state)
{
    (void)state;
    struct http_request request =
        read_good("POST /a%20b?x=1?y HTTP/1.1\r\nHost: a.org:80\r\nX-One:  1 \r\nx-one: 2\r\n"
                  "Content-Length: 5\r\n\r\nhello");
    assert_int_equal(request.method, HTTP_POST);
    assert_span(request.path, "/a%20b");
    assert_span(request.query, "x=1?y");
    assert_span(request.host, "a.org:80");
    assert_span(request.body, "hello");
    assert_int_equal(request.field_count, 4);
    assert_span(request.fields[1].name, "X-One");
    assert_span(request.fields[1].value, "1");
    assert_span(http_request_field(&request, "x-one"), "1");
    assert_span(http_request_field(&request, "x-on"), "");
    assert_span(http_request_field(&request, "content-length"), "5");
    assert_true(request.keeps_alive);
    free(request.fields);

    request = read_good("GET http://b.org?q HTTP/1.1\r\n" H "\r\n");
    assert_span(request.path, "/");
    assert_span(request.query, "q");
    assert_span(request.host, "b.org");
    free(request.fields);

    request = read_good("OPTIONS * HTTP/1.0\r\n\r\n");
    assert_int_equal(request.method, HTTP_OPTIONS);
    assert_span(request.path, "*");
    assert_span(request.host, "");
    assert_int_equal(request.field_count, 0);
    free(request.fields);
}

static void test_reader_keep_alive(void **state)
{
    static const struct {
        const char *data;
        bool keeps;
    } cases[] = {
        {"GET / HTTP/1.1\r\n" H "\r\n", true},
        {"GET / HTTP/1.1\r\n" H "Connection: CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" H "Connection: foo, close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" H "Connection: foo\t,\tclose ,bar\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" H "Connection: foo\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" H "Connection: closed\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n" H "Connection: keep-alive, close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive, close\r\n\r\n", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = read_good(cases[i].data);
        if (request.keeps_alive != cases[i].keeps)
            print_error("%s\n", cases[i].data);
        assert_int_equal(request.keeps_alive, cases[i].keeps);
        free(request.fields);
    }
}

static void test_reader_continue(void **state)
{
    static const char text[] = POST "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\nab";
    static const char old[] =
        "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    struct reader reader;
    (void)state;
    reader_start(&reader);
    assert_int_equal(reader_feed(&reader, text, sizeof text - 5), READER_MORE);
    assert_false(reader_wants_continue(&reader)); /* the head is not whole */
    assert_int_equal(reader_feed(&reader, text, sizeof text - 3), READER_MORE);
    assert_true(reader_wants_continue(&reader));
    assert_int_equal(reader_feed(&reader, text, sizeof text - 1), READER_DONE);
    assert_false(reader_wants_continue(&reader));
    reader_start(&reader);
    assert_int_equal(reader_feed(&reader, old, sizeof old - 1), READER_MORE);
    assert_false(reader_wants_continue(&reader));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_table),    cmocka_unit_test(test_reader_pipelined),
        cmocka_unit_test(test_reader_prefixes), cmocka_unit_test(test_reader_bounds),
        cmocka_unit_test(test_reader_request),  cmocka_unit_test(test_reader_keep_alive),
        cmocka_unit_test(test_reader_continue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
