/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* http/ without a socket, but for the reader: forms, routes, responses, addresses, limits, dates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those first */
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/random.h"
#include "http/address.h"
#include "http/date.h"
#include "http/limits.h"
#include "http/reader.h"
#include "http/response.h"
#include "http/route.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

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

static struct http_span span(const char *text)
{
    return (struct http_span){text, strlen(text)};
}

static void assert_form(const char *form, const char *name, enum us_err want, const char *text)
{
    char *out = NULL;
    /* A copy of the exact size: nothing may be read behind it. */
    char *copy = mem_copy(form, strlen(form));
    enum us_err err = http_form_get((struct http_span){copy, strlen(form)}, name, 16, &out);
    free(copy);
    if (err != want || (out != NULL) != (text != NULL) || (out != NULL && strcmp(out, text) != 0)) {
        print_error("%s of \"%s\": %s \"%s\"\n", name, form, err_name(err), out ? out : "-");
        fail();
    }
    free(out);
}

static void test_forms(void **state)
{
    (void)state;
    assert_form("a=1&b=2", "a", US_OK, "1");
    assert_form("a=1&b=2", "b", US_OK, "2");
    assert_form("a=1&b=2", "c", US_NOT_FOUND, NULL);
    assert_form("", "a", US_NOT_FOUND, NULL);
    assert_form("&&a=1&&", "a", US_OK, "1");
    assert_form("a&b=1", "a", US_OK, "");
    assert_form("a=&b=1", "a", US_OK, "");
    assert_form("a", "a", US_OK, "");
    assert_form("a=b=c", "a", US_OK, "b=c");
    assert_form("a=1&a=2", "a", US_OK, "1");
    assert_form("aa=1&a=2", "a", US_OK, "2");
    assert_form("a=x+y%20z%2B", "a", US_OK, "x y z+");
    assert_form("a%5B0%5D=1", "a[0]", US_OK, "1");
    assert_form("%61=1", "a", US_OK, "1");
    assert_form("%zz=0&a=1", "a", US_OK, "1");
    assert_form("a=%D0%9F%d1%80", "a", US_OK, "\xd0\x9f\xd1\x80");
    assert_form("a=%0D%0A", "a", US_OK, "\r\n");
    assert_form("a=1234567890123456", "a", US_OK, "1234567890123456");
    assert_form("a=12345678901234567", "a", US_INVALID, NULL);
    assert_form("a=%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31", "a", US_OK,
                "1111111111111111");
    assert_form("a=%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31", "a", US_INVALID, NULL);
    assert_form("a=%", "a", US_INVALID, NULL);
    assert_form("a=%4", "a", US_INVALID, NULL);
    assert_form("a=%4&b=1", "a", US_INVALID, NULL);
    assert_form("a=%4g", "a", US_INVALID, NULL);
    assert_form("a=%00", "a", US_INVALID, NULL);
    assert_form("a=b%00c", "a", US_INVALID, NULL);
    assert_form("a=%ff", "a", US_INVALID, NULL);
    assert_form("a=%ED%A0%80", "a", US_INVALID, NULL);
    assert_form("a=%C0%80", "a", US_INVALID, NULL);
    assert_form("a=%D0", "a", US_INVALID, NULL);
    assert_int_equal(http_form_count(span("a=1&b=2&a=3&%61=4&aa"), "a"), 3);
    assert_int_equal(http_form_count(span("a=1"), "b"), 0);
    assert_int_equal(http_form_count(span(""), "a"), 0);
}

static const char *const patterns[] = {"/",      "/{}/",        "/static/{}",          "/c/{}",
                                       "/{}/{}", "/{}/{}/sign", "/api/v1/{}/{}/{}/{}", NULL};

static void assert_route(const char *path, int route, const char *parts)
{
    struct route_match match;
    struct str text = STR_INIT;
    bool found = route_find(patterns, span(path), &match);
    for (int i = 0; found && i < match.part_count; i++)
        str_append_format(&text, "%s|", match.parts[i]);
    if (found != (route >= 0) ||
        (found && (match.route != route || strcmp(str_text(&text), parts) != 0))) {
        print_error("%s: %d %s\n", path, found ? match.route : -1, str_text(&text));
        fail();
    }
    str_free(&text);
}

static void test_routes(void **state)
{
    char part[130];
    struct str path = STR_INIT;
    (void)state;
    assert_route("/", 0, "");
    assert_route("/ru/", 1, "ru|");
    assert_route("/ru", -1, NULL);
    assert_route("/static/a.css", 2, "a.css|");
    assert_route("/c/token", 3, "token|");
    assert_route("/ru/x", 4, "ru|x|");
    assert_route("/ru/x/", -1, NULL);
    assert_route("/ru/x/sign", 5, "ru|x|");
    assert_route("/ru/x/%73ign", 5, "ru|x|");
    assert_route("/ru/x/signs", -1, NULL);
    assert_route("/ru/x/sign/", -1, NULL);
    assert_route("/api/v1/a/b/c/d", 6, "a|b|c|d|");
    assert_route("/r%C3%A9/x", 4, "r\xc3\xa9|x|");
    assert_route("/a+b/x", 4, "a+b|x|");
    assert_route("//", -1, NULL);
    assert_route("//x", -1, NULL);
    assert_route("/x//", -1, NULL);
    assert_route("/./x", -1, NULL);
    assert_route("/../x", -1, NULL);
    assert_route("/x/..", -1, NULL);
    assert_route("/%2e%2e/x", -1, NULL);
    assert_route("/%2E/x", -1, NULL);
    assert_route("/.../x", 4, "...|x|");
    assert_route("/a%2Fb/x", -1, NULL);
    assert_route("/a%00b/x", -1, NULL);
    assert_route("/a%0Ab/x", -1, NULL);
    assert_route("/a%7fb/x", -1, NULL);
    assert_route("/a%ffb/x", -1, NULL);
    assert_route("/a%4/x", -1, NULL);
    assert_route("*", -1, NULL);
    assert_route("", -1, NULL);

    memset(part, 'a', sizeof part);
    for (int len = 128; len <= 129; len++) {
        struct route_match match;
        str_append_format(&path, "/c/%.*s", len, part);
        assert_int_equal(route_find(patterns, span(str_text(&path)), &match), len == 128);
        str_clear(&path);
    }
    str_free(&path);
}

static void assert_head(struct http_response *response, const char *want)
{
    const char *head;
    size_t len = http_response_head(response, &head);
    assert_int_equal(len, strlen(want));
    assert_memory_equal(head, want, len);
}

static void test_responses(void **state)
{
    const void *body;
    (void)state;
    struct http_response *response = http_response_new(200);
    http_response_header(response, "X-A", "1");
    http_response_take_body(response, mem_string("hello"), 5);
    assert_head(response, "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n");
    assert_int_equal(http_response_body(response, &body), 5);
    assert_int_equal(http_response_status(response), 200);
    assert_ptr_equal(http_response_ref(response), response);
    http_response_unref(response);
    assert_memory_equal(body, "hello", 5);
    http_response_unref(response);
    http_response_unref(NULL);

    response = http_response_new(404);
    assert_head(response, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n");
    http_response_unref(response);
    response = http_response_new(304);
    http_response_static_body(response, "hello", 5);
    assert_head(response, "HTTP/1.1 304 Not Modified\r\n");
    assert_int_equal(http_response_body(response, &body), 0);
    http_response_unref(response);
    response = http_response_new(204);
    assert_head(response, "HTTP/1.1 204 No Content\r\n");
    http_response_unref(response);
}

static struct address address_of(const char *text)
{
    struct address address = {.len = 0};
    if (!address_parse(span(text), &address))
        print_error("not an address: %s\n", text);
    assert_true(address.len > 0);
    return address;
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {"",      "1.2.3",    "1.2.3.4.5", "256.1.1.1", "a.org",
                                      "[::1",  "unknown",  "1.2.3.4 ",  ":::",       "_hidden",
                                      "12345", "01.2.3.4", "[]"};
    struct address address, other;
    uint8_t a[16], b[16];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(address_parse(span(bad[i]), &address));
    assert_int_equal(address_of("1.2.3.4").len, 4);
    assert_int_equal(address_of("1.2.3.4:80").len, 4);
    assert_int_equal(address_of("::ffff:1.2.3.4").len, 4);
    assert_int_equal(address_of("[2001:db8::1]:443").len, 16);

    address = address_of("2001:db8:1:2:3::4");
    other = address_of("2001:db8:1:2:ffff::9");
    assert_int_equal(address_prefix(&address, a), 8);
    assert_int_equal(address_prefix(&other, b), 8);
    assert_memory_equal(a, b, 8);
    other = address_of("2001:db8:1:3::4");
    (void)address_prefix(&other, b);
    assert_memory_not_equal(a, b, 8);

    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, "::ffff:9.8.7.6", &mapped.sin6_addr), 1);
    address = address_from_socket((const struct sockaddr *)&mapped);
    other = address_of("9.8.7.6");
    assert_memory_equal(&address, &other, sizeof address);
}

static void test_address_sets(void **state)
{
    static const char *const bad[] = {"x",      "10.0.0.0/33", "10.0.0.0/",   "10.0.0.0/8x",
                                      "::/129", "10.0.0.0/-1", "127.0.0.1 a", "10.0.0.0/0008"};
    static const struct {
        const char *address;
        bool has;
    } cases[] = {{"127.0.0.1", true},      {"127.0.0.2", false},   {"10.0.0.0", true},
                 {"10.255.255.255", true}, {"11.0.0.0", false},    {"192.168.3.255", true},
                 {"192.168.4.0", false},   {"2001:db8:1::", true}, {"2001:db9::", false},
                 {"::ffff:10.1.1.1", true}};
    struct address_set *set;
    struct fault fault = {.text = ""};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(address_set_new(bad[i], &set, &fault), US_INVALID);
        assert_string_not_equal(fault.text, "");
    }
    assert_int_equal(
        address_set_new(" 127.0.0.1 10.0.0.0/8  192.168.0.0/22 2001:db8::/32 ", &set, &fault),
        US_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address = address_of(cases[i].address);
        assert_int_equal(address_set_has(set, &address), cases[i].has);
    }
    address_set_free(set);
    assert_int_equal(address_set_new(NULL, &set, &fault), US_OK);
    struct address address = address_of("127.0.0.1");
    assert_false(address_set_has(set, &address));
    address_set_free(set);
}

/* peer, fields, then who is found and whether by TLS. */
static void assert_visitor(const char *peer, const char *fields, const char *want, bool want_tls)
{
    struct address_set *set;
    struct fault fault;
    struct str text = STR_INIT;
    assert_int_equal(address_set_new("127.0.0.1 10.0.0.0/8", &set, &fault), US_OK);
    str_append_format(&text, "GET / HTTP/1.1\r\nHost: a.org\r\n%s\r\n", fields);
    struct http_request request = read_good(str_text(&text));
    struct address visitor = address_of(peer), wanted = address_of(want);
    bool is_tls = false;
    address_find_visitor(set, &request, &visitor, &is_tls);
    if (memcmp(&visitor, &wanted, sizeof visitor) != 0 || is_tls != want_tls) {
        print_error("%s with %s\n", peer, fields);
        fail();
    }
    free(request.fields);
    str_free(&text);
    address_set_free(set);
}

static void test_visitors(void **state)
{
    (void)state;
    assert_visitor("9.9.9.9", "", "9.9.9.9", false);
    assert_visitor("9.9.9.9", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n", "9.9.9.9",
                   false);
    assert_visitor("127.0.0.1", "", "127.0.0.1", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 5.5.5.5, 1.2.3.4\r\n", "1.2.3.4", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 5.5.5.5, 1.2.3.4, 10.0.0.7\r\n", "1.2.3.4",
                   false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 5.5.5.5\r\nx-forwarded-for: 1.2.3.4\r\n",
                   "1.2.3.4", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 10.0.0.7\r\n",
                   "1.2.3.4", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 5.5.5.5, nonsense\r\n", "127.0.0.1", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: nonsense, 10.0.0.7\r\n", "10.0.0.7", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: \r\n", "127.0.0.1", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: 10.0.0.8,10.0.0.7\r\n", "10.0.0.8", false);
    assert_visitor("127.0.0.1", "X-Forwarded-For: [2001:db8::1]:99\r\n", "2001:db8::1", false);
    assert_visitor("127.0.0.1", "X-Forwarded-Proto: https\r\n", "127.0.0.1", true);
    assert_visitor("127.0.0.1", "X-Forwarded-Proto: https, http\r\n", "127.0.0.1", false);
    assert_visitor("127.0.0.1", "X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n",
                   "127.0.0.1", false);
}

static void test_limits(void **state)
{
    struct limits *limits = limits_new(6, 2);
    struct address a = address_of("1.2.3.4"), b = address_of("1.2.3.5");
    struct address v6 = address_of("2001:db8::1"), near = address_of("2001:db8::2");
    uint64_t tickets[8];
    (void)state;
    assert_int_equal(limits_enter(limits, &a, false, &tickets[0]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &a, false, &tickets[1]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &a, false, &tickets[2]), LIMITS_FULL_PREFIX);
    assert_int_equal(limits_enter(limits, &b, false, &tickets[2]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &v6, false, &tickets[3]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &near, false, &tickets[4]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &near, false, &tickets[5]), LIMITS_FULL_PREFIX);
    assert_int_equal(limits_enter(limits, &a, true, &tickets[5]), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &b, false, &tickets[6]), LIMITS_FULL);
    limits_leave(limits, tickets[0]);
    assert_int_equal(limits_enter(limits, &a, false, &tickets[0]), LIMITS_OK);
    limits_leave(limits, tickets[5]);
    assert_int_equal(limits_enter(limits, &b, false, &tickets[5]), LIMITS_OK);
    limits_free(limits);
}

/* Many prefixes come and go; in the end every count is zero again, so each may enter once more. */
static void test_limits_churn(void **state)
{
    enum { MOST = 500, ROUNDS = 20000 };
    static uint64_t tickets[MOST];
    static bool open[MOST];
    static struct address addresses[MOST];
    struct limits *limits = limits_new(MOST, 1);
    unsigned random = 1;
    (void)state;
    for (int i = 0; i < MOST; i++) {
        addresses[i] = (struct address){.bytes = {10, 0, (uint8_t)(i >> 8), (uint8_t)i}, .len = 4};
    }
    for (int round = 0; round < ROUNDS; round++) {
        random = random * 1103515245u + 12345u;
        unsigned i = (random >> 8) % MOST;
        if (open[i]) {
            uint64_t twice;
            assert_int_equal(limits_enter(limits, &addresses[i], false, &twice),
                             LIMITS_FULL_PREFIX);
            limits_leave(limits, tickets[i]);
        } else {
            assert_int_equal(limits_enter(limits, &addresses[i], false, &tickets[i]), LIMITS_OK);
        }
        open[i] = !open[i];
    }
    for (int i = 0; i < MOST; i++) {
        if (open[i])
            limits_leave(limits, tickets[i]);
    }
    for (int i = 0; i < MOST; i++)
        assert_int_equal(limits_enter(limits, &addresses[i], false, &tickets[i]), LIMITS_OK);
    limits_free(limits);
}

static void test_limits_hash(void **state)
{
    struct limits *limits = limits_new(10, 2);
    struct address a = address_of("1.2.3.4"), b = address_of("1.2.3.5");
    struct address v6 = address_of("2001:db8::1"), near = address_of("2001:db8::ffff");
    (void)state;
    uint64_t first = limits_hash(limits, &a, 1000);
    assert_true(limits_hash(limits, &a, 1000 + CLOCK_HOUR - 1) == first);
    assert_true(limits_hash(limits, &b, 1000) != first);
    assert_true(limits_hash(limits, &v6, 1000) == limits_hash(limits, &near, 1000));
    assert_true(limits_hash(limits, &a, 1000 + CLOCK_HOUR) != first);
    limits_free(limits);
}

static void test_dates(void **state)
{
    char text[DATE_SIZE];
    (void)state;
    date_print(784111777, text);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    date_print(0, text);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    date_print(1709210096, text);
    assert_string_equal(text, "Thu, 29 Feb 2024 12:34:56 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_responses),    cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_address_sets), cmocka_unit_test(test_visitors),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_limits_churn),
        cmocka_unit_test(test_limits_hash),  cmocka_unit_test(test_dates),
    };
    random_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
