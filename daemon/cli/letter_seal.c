/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The bytes are searched, not the document's structure: a seal holds when it covers the whole file
 * but for the one hole that it stands in, and in the hole there is nothing but its digits. Then
 * every other byte is as it was sealed, whatever it says, and no structure can make it otherwise.
 */
#include "cli/letter_seal.h"
#include "base/mem.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "/ByteRange"
#define MARKS_MOST 64
#define HOLE_MOST (4 * SEAL_CMS_MOST + 2)

struct pdf {
    const char *data;
    size_t len;
};

struct range { /* [0 hole end rest] */
    size_t hole, end, rest;
};

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

static const char *read_number(const char *at, const char *end, size_t *out)
{
    size_t number = 0;
    const char *from = at = skip_blanks(at, end);

    while (at < end && isdigit((unsigned char)*at) && at - from < 12)
        number = number * 10 + (size_t)(*at++ - '0');
    *out = number;
    return at == from ? NULL : at;
}

/* "[ 0 n n n ]" */
static bool read_range(const char *at, const char *end, struct range *out)
{
    size_t first;

    at = skip_blanks(at, end);
    if (at == end || *at != '[')
        return false;
    if ((at = read_number(at + 1, end, &first)) == NULL || first != 0 ||
        (at = read_number(at, end, &out->hole)) == NULL ||
        (at = read_number(at, end, &out->end)) == NULL ||
        (at = read_number(at, end, &out->rest)) == NULL)
        return false;
    at = skip_blanks(at, end);
    return at < end && *at == ']';
}

static bool is_hole(const struct pdf *pdf, const struct range *range)
{
    if (range->end > pdf->len || range->hole + 2 > range->end ||
        range->end - range->hole > HOLE_MOST || pdf->data[range->hole] != '<' ||
        pdf->data[range->end - 1] != '>')
        return false;
    for (size_t i = range->hole + 1; i < range->end - 1; i++) {
        if (!isxdigit((unsigned char)pdf->data[i]))
            return false;
    }
    return (range->end - range->hole) % 2 == 0;
}

static enum us_err check_range(const struct pdf *pdf, const struct range *range,
                               struct seal_found *out, struct fault *fault)
{
    const size_t most = (range->end - range->hole - 2) / 2;
    crypto_hash_sha256_state state;
    uint8_t digest[DIGEST_SIZE], *cms = mem_alloc(most + 1);
    size_t len = 0;
    enum us_err err;

    (void)sodium_hex2bin(cms, most + 1, pdf->data + range->hole + 1, 2 * most, NULL, &len, NULL);
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)pdf->data, range->hole);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)pdf->data + range->end, range->rest);
    (void)crypto_hash_sha256_final(&state, digest);
    err = seal_check(digest, cms, len, out, fault);
    free(cms);
    return err == US_INVALID ? US_CORRUPT : err;
}

/* Tries every seal that there may be; the one that covers the file is its last. */
static enum us_err check_pdf(const struct pdf *pdf, struct seal_found *out, struct fault *fault)
{
    const char *at = pdf->data, *end = pdf->data + pdf->len;
    bool has_seal = false;

    for (int i = 0; i < MARKS_MOST; i++) {
        struct range range;
        at = memmem(at, (size_t)(end - at), MARK, strlen(MARK));
        if (at == NULL)
            break;
        at += strlen(MARK);
        if (!read_range(at, end, &range))
            continue;
        has_seal = true;
        if (is_hole(pdf, &range) && range.end + range.rest == pdf->len)
            return check_range(pdf, &range, out, fault);
    }
    if (!has_seal)
        return US_NOT_FOUND;
    fault_set(fault, NULL, 0,
              "the seal does not cover the whole file: something was added to it, or taken off");
    return US_CORRUPT;
}

enum us_err letter_seal_check(const char *path, struct seal_found *out, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    struct pdf pdf;
    void *data;
    enum us_err err;

    if (fd < 0 || fstat(fd, &info) != 0) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        err = fd >= 0 ? US_IO : errno == ENOENT ? US_NOT_FOUND : US_DENIED;
        goto done;
    }
    err = US_INVALID;
    if (!S_ISREG(info.st_mode) || info.st_size < 8) {
        fault_set(fault, NULL, 0, "%s is no PDF", path);
        goto done;
    }
    data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        fault_set(fault, NULL, 0, "cannot read %s: %s", path, strerror(errno));
        err = US_IO;
        goto done;
    }
    pdf = (struct pdf){data, (size_t)info.st_size};
    if (memcmp(pdf.data, "%PDF-", 5) == 0)
        err = check_pdf(&pdf, out, fault);
    else
        fault_set(fault, NULL, 0, "%s is no PDF", path);
    (void)munmap(data, pdf.len);

done:
    if (fd >= 0)
        close(fd);
    return err;
}
