/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A finished and sealed file, as poppler's pdfsig and qpdf see it: whole, tagged, signed from the
 * first byte to the last; and everything that was changed since is found out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "render/finish.h"
#include "render_rig.h"
#include <cairo-pdf.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "Площадка «Пример» (test)"
#define AT INT64_C(1795318913000000) /* 2026-11-22T03:41:53Z */

/* Some tagged pages with a link, whose annotation the page has already. */
static char *draw(const struct rig *rig, int pages)
{
    char *path = mem_format("%s/drawn.pdf", rig->folder);
    cairo_surface_t *surface = cairo_pdf_surface_create(path, 595, 842);
    cairo_t *cr = cairo_create(surface);

    for (int i = 0; i < pages; i++) {
        char text[32];
        snprintf(text, sizeof text, "Page %d", i + 1);
        cairo_tag_begin(cr, "P", NULL);
        cairo_move_to(cr, 72, 72);
        cairo_show_text(cr, text);
        cairo_tag_end(cr, "P");
        cairo_tag_begin(cr, CAIRO_TAG_LINK, "uri='https://site.example/'");
        cairo_move_to(cr, 72, 100);
        cairo_show_text(cr, "site.example");
        cairo_tag_end(cr, CAIRO_TAG_LINK);
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
    return path;
}

struct signer {
    struct seal *seal;
    size_t pad; /* bytes that the answer is made longer by */
    enum us_err err;
};

static enum us_err sign(const uint8_t digest[32], uint8_t **out, size_t *len, struct fault *fault,
                        void *arg)
{
    struct signer *signer = arg;
    bool has_time;
    enum us_err err;

    if (signer->err != US_OK) {
        fault_set(fault, NULL, 0, "the service keeps its seal");
        return signer->err;
    }
    err = seal_sign(signer->seal, digest, NULL, out, len, &has_time, fault);
    if (err == US_OK && signer->pad > 0) {
        *out = mem_resize(*out, *len + signer->pad, 1);
        memset(*out + *len, 0, signer->pad);
        *len += signer->pad;
    }
    return err;
}

static struct seal *make_seal(const struct rig *rig)
{
    char *key = mem_format("%s/seal.key", rig->folder);
    char *certificate = mem_format("%s/seal.crt", rig->folder);
    struct fault fault = {.text = ""};
    struct seal *seal;

    random_open();
    assert_int_equal(seal_make(key, certificate, NAME, &fault), US_OK);
    assert_int_equal(seal_open(key, certificate, &seal, &fault), US_OK);
    free(key);
    free(certificate);
    return seal;
}

static enum us_err finish(const struct rig *rig, const char *drawn, struct signer *signer,
                          struct fault *fault)
{
    struct finish_sealer sealer = {.name = NAME, .at = AT, .sign = sign, .arg = signer};
    struct finish_params params = {
        .from = drawn,
        .to = rig->path,
        .language = "ru",
        .sealer = signer == NULL ? NULL : &sealer,
    };

    return finish_pdf(&params, fault);
}

/* The seal's certificate is not the machine's to trust; what it signed is what is asked here. */
static char *ask_pdfsig(const struct rig *rig)
{
    char *database = mem_format("%s/nss", rig->folder), *said;

    mkdir(database, 0700);
    said = rig_run("HOME=%s pdfsig %s 2>&1 || true", database, rig->path);
    free(rig_run("rm -r %s", database));
    free(database);
    return said;
}

static void expect_said(const char *said, const char *words, bool is_there)
{
    if ((strstr(said, words) != NULL) != is_there)
        fail_msg("\"%s\" should %sbe in:\n%s", words, is_there ? "" : "not ", said);
}

static char *read_all(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *bytes = mem_alloc(1 << 20);

    assert_non_null(file);
    *len = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void write_all(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void a_sealed_file_is_whole(void **state)
{
    struct rig *rig = *state;
    char *drawn = draw(rig, 3), *said, *bytes;
    struct signer signer = {.seal = make_seal(rig)};
    struct fault fault = {.text = ""};
    unsigned long long range[3];
    struct stat info;
    size_t len;

    assert_int_equal(finish(rig, drawn, &signer, &fault), US_OK);
    said = rig_run("qpdf --check %s 2>&1", rig->path);
    expect_said(said, "No syntax or stream encoding errors", true);
    free(said);
    said = ask_pdfsig(rig);
    expect_said(said, "Signature is Valid", true);
    expect_said(said, "Total document signed", true);
    expect_said(said, "ETSI.CAdES.detached", true);
    expect_said(said, NAME, true);
    expect_said(said, "Nov 22 2026", true);
    free(said);
    said = rig_run("pdfinfo %s", rig->path);
    expect_said(said, "Tagged:          yes", true);
    free(said);
    said = rig_run("pdfinfo -struct %s", rig->path);
    expect_said(said, "P", true);
    free(said);
    said = rig_text(rig, "");
    expect_said(said, "Page 3", true);
    free(said);

    /* The range is the whole file but for the hole. */
    bytes = read_all(rig->path, &len);
    const char *at = memmem(bytes, len, "/ByteRange [ 0 ", 15);
    assert_non_null(at);
    assert_int_equal(sscanf(at + 15, "%llu %llu %llu", &range[0], &range[1], &range[2]), 3);
    assert_int_equal(range[1] + range[2], len);
    assert_int_equal(range[1] - range[0], 2 * SEAL_CMS_MOST + 2);
    assert_int_equal(bytes[range[0]], '<');
    assert_int_equal(bytes[range[1] - 1], '>');
    free(bytes);
    assert_int_equal(stat(rig->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    /* The links are still on their pages, the first page's beside the seal. */
    said = rig_run("pdfinfo -url %s | grep -c Annotation", rig->path);
    assert_int_equal(atoi(said), 3);
    free(said);
    said = rig_run("qpdf --qdf --object-streams=disable %s - | grep -a -c '/Lang'", rig->path);
    assert_int_equal(atoi(said), 1);
    free(said);
    seal_free(signer.seal);
    free(drawn);
}

/* The document's identifier, which stands at the end. */
static char *find_id(char *bytes, size_t len)
{
    char *id = NULL;

    for (char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), "/ID [", 5)) != NULL; at++)
        id = at;
    assert_non_null(id);
    return id;
}

static void changes_are_found_out(void **state)
{
    struct rig *rig = *state;
    char *drawn = draw(rig, 1), *said, *bytes;
    struct signer signer = {.seal = make_seal(rig)};
    struct fault fault = {.text = ""};
    size_t len;

    assert_int_equal(finish(rig, drawn, &signer, &fault), US_OK);
    bytes = read_all(rig->path, &len);

    /* A digit of the document's identifier, at the very end. */
    char *id = find_id(bytes, len);
    id = (char *)memchr(id, '<', 20) + 1;
    id[0] = id[0] == '1' ? '2' : '1';
    write_all(rig->path, bytes, len);
    said = ask_pdfsig(rig);
    expect_said(said, "Signature is Valid", false);
    expect_said(said, "Digest Mismatch", true);
    free(said);
    free(bytes);

    /* Bytes behind the end: what was signed still is, but it is not all there is. */
    assert_int_equal(finish(rig, drawn, &signer, &fault), US_OK);
    bytes = read_all(rig->path, &len);
    memcpy(bytes + len, "\n% more\n", 8);
    write_all(rig->path, bytes, len + 8);
    said = ask_pdfsig(rig);
    expect_said(said, "Total document signed", false);
    free(said);
    free(bytes);
    seal_free(signer.seal);
    free(drawn);
}

static void without_a_seal_it_is_deterministic(void **state)
{
    struct rig *rig = *state;
    char *drawn = draw(rig, 2), *first, *second;
    struct fault fault = {.text = ""};
    size_t first_len, second_len;

    assert_int_equal(finish(rig, drawn, NULL, &fault), US_OK);
    first = read_all(rig->path, &first_len);
    assert_null(memmem(first, first_len, "/Sig", 4));
    assert_int_equal(finish(rig, drawn, NULL, &fault), US_OK);
    second = read_all(rig->path, &second_len);
    assert_int_equal(first_len, second_len);
    assert_memory_equal(first, second, first_len);
    free(second);
    free(drawn);

    /* The identifier is made from what is in the file, so that another file has another one, also
     * when it is made within the same second. */
    drawn = draw(rig, 3);
    assert_int_equal(finish(rig, drawn, NULL, &fault), US_OK);
    second = read_all(rig->path, &second_len);
    assert_memory_not_equal(find_id(first, first_len), find_id(second, second_len), 70);
    free(first);
    free(second);
    free(drawn);
}

/* A seal that does not come, or does not fit, leaves no file; one that just fits does. */
static void a_seal_that_fails_leaves_no_file(void **state)
{
    struct rig *rig = *state;
    char *drawn = draw(rig, 1), *said;
    struct signer signer = {.seal = make_seal(rig), .err = US_BUSY};
    struct fault fault = {.text = ""};
    uint8_t *cms = NULL, digest[32] = {0};
    size_t len;

    assert_int_equal(finish(rig, drawn, &signer, &fault), US_BUSY);
    assert_string_equal(fault.text, "the service keeps its seal");
    assert_int_equal(access(rig->path, F_OK), -1);
    signer.err = US_OK;
    assert_int_equal(sign(digest, &cms, &len, &fault, &signer), US_OK);
    free(cms);
    signer.pad = SEAL_CMS_MOST; /* and the seal itself */
    assert_int_equal(finish(rig, drawn, &signer, &fault), US_INVALID);
    assert_non_null(strstr(fault.text, "does not fit"));
    assert_int_equal(access(rig->path, F_OK), -1);
    /* A few bytes of room are left, since a signature's length is not always the same. */
    signer.pad = SEAL_CMS_MOST - len - 8;
    assert_int_equal(finish(rig, drawn, &signer, &fault), US_OK);
    said = ask_pdfsig(rig);
    expect_said(said, "Total document signed", true);
    free(said);
    seal_free(signer.seal);
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sealed_file_is_whole, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(changes_are_found_out, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(without_a_seal_it_is_deterministic, rig_open, rig_close),
        cmocka_unit_test_setup_teardown(a_seal_that_fails_leaves_no_file, rig_open, rig_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
