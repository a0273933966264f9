/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Forms with a file, good and bad; and the reader's longer bodies where uploads are taken. */
#include "base/mem.h"
#include "http/multipart.h"
#include "http/reader.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TYPE "multipart/form-data; boundary=X"
#define HEAD "Content-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n"
#define FILE_PART "--X\r\n" HEAD "Content-Type: image/png\r\n\r\n"

static struct http_span span(const char *text)
{
    return (struct http_span){text, strlen(text)};
}

/* From the heap, so that a sanitizer sees the first byte too many. */
static enum us_err find(const char *type, const char *body, size_t len, struct http_span *out,
                        size_t *at)
{
    char *copy = mem_copy(body, len > 0 ? len : 1);
    enum us_err err = multipart_find(span(type), (struct http_span){copy, len}, "logo", out);
    if (err == US_OK)
        *at = (size_t)(out->data - copy);
    free(copy);
    return err;
}

static void expect(const char *type, const char *body, enum us_err wanted, const char *content)
{
    struct http_span out;
    size_t at = 0;
    enum us_err err = find(type, body, strlen(body), &out, &at);
    if (err != wanted)
        print_error("%s\n%s\n", type, body);
    assert_int_equal(err, wanted);
    if (err != US_OK)
        return;
    assert_int_equal(out.len, strlen(content));
    assert_memory_equal(body + at, content, out.len);
}

/* A form that is good but for its boundary. */
static void expect_boundary(size_t len, enum us_err wanted)
{
    char boundary[100], type[200], body[400];
    memset(boundary, 'b', len);
    boundary[len] = '\0';
    snprintf(type, sizeof type, "multipart/form-data; boundary=%s", boundary);
    snprintf(body, sizeof body, "--%s\r\n" HEAD "\r\np\r\n--%s--", boundary, boundary);
    expect(type, body, wanted, "p");
}

static void good_forms(void **state)
{
    (void)state;
    expect(TYPE, FILE_PART "picture\r\n--X--\r\n", US_OK, "picture");
    expect(TYPE, FILE_PART "picture\r\n--X--", US_OK, "picture");
    expect(TYPE, FILE_PART "\r\n--X--\r\n", US_OK, "");
    expect(TYPE, FILE_PART "a\r\n--\r\nX\r\n\r\n--X--", US_OK, "a\r\n--\r\nX\r\n");
    expect("Multipart/Form-Data; charset=x; Boundary=\"X\"", FILE_PART "p\r\n--X--", US_OK, "p");
    expect(TYPE, "--X\r\ncontent-disposition:form-data;name=logo\r\n\r\np\r\n--X--", US_OK, "p");
    expect(TYPE,
           "--X\r\nContent-Disposition: form-data; name=\"act\"\r\n\r\nlogo\r\n" FILE_PART
           "p\r\n--X\r\nContent-Disposition: form-data; name=\"z\"\r\n\r\nq\r\n--X--",
           US_OK, "p");
    expect(TYPE, "--X\r\nContent-Disposition: form-data; name=\"Logo\"\r\n\r\np\r\n--X--",
           US_NOT_FOUND, NULL);
    /* The name in a file's name is none. */
    expect(
        TYPE,
        "--X\r\nContent-Disposition: form-data; name=\"x\"; filename=\"; name=logo\"\r\n\r\np\r\n"
        "--X--",
        US_NOT_FOUND, NULL);
}

static void bad_forms(void **state)
{
    static const char *const types[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"X",
        "multipart/mixed; boundary=X",
        "multipart/form-datax; boundary=X",
        "multipart/form-data; boundary=X; boundary=X",
        "multipart/form-data; boundary=Y",
    };
    static const char *const bodies[] = {
        "",
        "--X",
        "--X--x",
        "x--X\r\n" HEAD "\r\np\r\n--X--",
        "\r\n" FILE_PART "p\r\n--X--",
        FILE_PART "p",
        FILE_PART "p\r\n--X",
        FILE_PART "p\r\n--X-",
        FILE_PART "p\r\n--Xmore\r\n--X--",
        FILE_PART "p\n--X--",
        FILE_PART "p\r\n" FILE_PART "q\r\n--X--",
        "--X\r\n\r\np\r\n--X--",
        "--X\r\n" HEAD HEAD "\r\np\r\n--X--",
        "--X\r\n" HEAD "Content-Transfer-Encoding: base64\r\n\r\np\r\n--X--",
        "--X\r\n" HEAD "no colon\r\n\r\np\r\n--X--",
        "--X\r\nContent-Disposition: form-data\r\n\r\np\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=\"logo\r\n\r\np\r\n--X--",
        "--X\r\nContent-Disposition: form-data; name=\"logo\"; name=\"b\"\r\n\r\np\r\n--X--",
        "--X\r\n" HEAD
        "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\nH: 1\r\n\r\np\r\n--X--",
    };
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        expect(types[i], FILE_PART "p\r\n--X--", US_INVALID, NULL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        expect(TYPE, bodies[i], US_INVALID, NULL);

    /* A NUL in a head, and every beginning of a good form. */
    static const char nul[] = "--X\r\n" HEAD "A: \0\r\n\r\np\r\n--X--";
    static const char whole[] = FILE_PART "picture\r\n--X--";
    struct http_span out;
    size_t at;
    assert_int_equal(find(TYPE, nul, sizeof nul - 1, &out, &at), US_INVALID);
    for (size_t len = 0; len < sizeof whole - 1; len++)
        assert_int_equal(find(TYPE, whole, len, &out, &at), US_INVALID);
}

static void bounds(void **state)
{
    char field[MULTIPART_FIELD_MOST + 2], body[8192];
    (void)state;
    expect_boundary(0, US_INVALID);
    expect_boundary(70, US_OK);
    expect_boundary(71, US_INVALID);
    for (size_t len = MULTIPART_FIELD_MOST; len <= MULTIPART_FIELD_MOST + 1; len++) {
        memset(field, 'a', len);
        field[1] = ':';
        field[len] = '\0';
        snprintf(body, sizeof body, "--X\r\n" HEAD "%s\r\n\r\np\r\n--X--", field);
        expect(TYPE, body, len == MULTIPART_FIELD_MOST ? US_OK : US_INVALID, "p");
    }
    for (int parts = MULTIPART_PARTS_MOST; parts <= MULTIPART_PARTS_MOST + 1; parts++) {
        body[0] = '\0';
        for (int i = 1; i < parts; i++)
            strcat(body, "--X\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n");
        strcat(body, FILE_PART "p\r\n--X--");
        expect(TYPE, body, parts == MULTIPART_PARTS_MOST ? US_OK : US_INVALID, "p");
    }
}

static bool takes_upload(struct http_span path)
{
    return http_span_is(path, "/logo");
}

static enum reader_verdict post(const char *path, size_t len, bool may, int *status)
{
    struct reader reader;
    char *text = mem_alloc(len + 200);
    int head =
        sprintf(text, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", path, len);
    memset(text + head, 'b', len);
    reader_start(&reader);
    reader.takes_upload = may ? takes_upload : NULL;
    /* What is known when the head is there decides how much is waited for. */
    (void)reader_feed(&reader, text, (size_t)head);
    assert_int_equal(reader_is_upload(&reader),
                     reader.stage == READER_STAGE_BODY && len > READER_BODY_MOST);
    assert_int_equal(reader_size_most(&reader),
                     READER_HEAD_MOST +
                         (reader_is_upload(&reader) ? READER_UPLOAD_MOST : READER_BODY_MOST));
    enum reader_verdict verdict = reader_feed(&reader, text, (size_t)head + len);
    *status = reader.status;
    free(text);
    return verdict;
}

static void longer_bodies_where_uploads_are_taken(void **state)
{
    int status;
    (void)state;
    assert_int_equal(post("/logo", READER_UPLOAD_MOST, true, &status), READER_DONE);
    assert_int_equal(post("/logo", READER_UPLOAD_MOST + 1, true, &status), READER_BAD);
    assert_int_equal(status, 413);
    assert_int_equal(post("/logos", READER_BODY_MOST, true, &status), READER_DONE);
    assert_int_equal(post("/logos", READER_BODY_MOST + 1, true, &status), READER_BAD);
    assert_int_equal(status, 413);
    assert_int_equal(post("/logo", READER_BODY_MOST + 1, false, &status), READER_BAD);
    assert_int_equal(status, 413);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_forms),
        cmocka_unit_test(bad_forms),
        cmocka_unit_test(bounds),
        cmocka_unit_test(longer_bodies_where_uploads_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
