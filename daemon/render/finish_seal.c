/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * PAdES (ETSI EN 319 142-1): an invisible signature field whose ByteRange is the whole file but for
 * the hole that the signature stands in. Where the hole is, is known only once the file is written;
 * so the numbers are written as wide as they may become, and replaced where they stand. The file
 * is handed on in parts, since a long letter is large enough to be held once.
 */
#include "render/finish_seal.h"
#include "base/clock.h"
#include "base/mem.h"
#include "text/language.h"
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLE_BYTES ((size_t)16 * 1024)
#define HOLE_DIGITS (2 * HOLE_BYTES)
#define WIDEST 9999999999LL
#define RANGE_HELD "/ByteRange [ 0 9999999999 9999999999 9999999999 ]"
#define RANGE_LEN (sizeof(RANGE_HELD) - 1)
#define CONTENTS_KEY " /Contents <"
#define DATE_SIZE 32

/* F: printed, not to be moved; a rectangle without an area is not shown (ISO 32000-2, 12.7.5.5). */
#define FIELD_FLAGS 132
/* There are signatures, and whoever saves the file must append, not rewrite. */
#define FORM_FLAGS 3

static void put(qpdf_data qpdf, qpdf_oh dictionary, const char *key, qpdf_oh value)
{
    qpdf_oh_replace_key(qpdf, dictionary, key, value);
}

static qpdf_oh name(qpdf_data qpdf, const char *text)
{
    return qpdf_oh_new_name(qpdf, text);
}

static qpdf_oh integers(qpdf_data qpdf, const long long *numbers)
{
    qpdf_oh array = qpdf_oh_new_array(qpdf);

    for (int i = 0; i < 4; i++)
        qpdf_oh_append_item(qpdf, array, qpdf_oh_new_integer(qpdf, numbers[i]));
    return array;
}

/* D:20261122022153+00'00' */
static void print_date(int64_t at, char out[DATE_SIZE])
{
    char time[24], digits[16];
    size_t count = 0;

    clock_print(at, time);
    for (const char *c = time; *c != '\0' && count < 14; c++) {
        if (*c >= '0' && *c <= '9')
            digits[count++] = *c;
    }
    digits[count] = '\0';
    snprintf(out, DATE_SIZE, "D:%s+00'00'", digits);
}

/* /Type, /ByteRange and /Contents together make libqpdf keep it out of object streams, and write
 * /Contents as it must stand in a file that is signed. */
static qpdf_oh make_signature(qpdf_data qpdf, const struct finish_sealer *sealer,
                              const char *language)
{
    const struct language *spoken = language_find(language);
    qpdf_oh signature = qpdf_oh_new_dictionary(qpdf);
    char *hole = mem_zero(HOLE_BYTES), date[DATE_SIZE];

    if (spoken == NULL)
        spoken = language_find("en");
    print_date(sealer->at, date);
    put(qpdf, signature, "/Type", name(qpdf, "/Sig"));
    put(qpdf, signature, "/Filter", name(qpdf, "/Adobe.PPKLite"));
    put(qpdf, signature, "/SubFilter", name(qpdf, "/ETSI.CAdES.detached"));
    put(qpdf, signature, "/ByteRange", integers(qpdf, (long long[]){0, WIDEST, WIDEST, WIDEST}));
    put(qpdf, signature, "/Contents", qpdf_oh_new_binary_string(qpdf, hole, HOLE_BYTES));
    put(qpdf, signature, "/M", qpdf_oh_new_string(qpdf, date));
    put(qpdf, signature, "/Name", qpdf_oh_new_unicode_string(qpdf, sealer->name));
    put(qpdf, signature, "/Reason",
        qpdf_oh_new_unicode_string(
            qpdf, message_get(spoken, "This site made the letter. It is not the signature of any "
                                      "organisation that the letter names.")));
    free(hole);
    return qpdf_make_indirect_object(qpdf, signature);
}

void finish_seal_prepare(qpdf_data qpdf, const struct finish_sealer *sealer, const char *language)
{
    qpdf_oh page = qpdf_get_page_n(qpdf, 0), field = qpdf_oh_new_dictionary(qpdf);
    qpdf_oh form = qpdf_oh_new_dictionary(qpdf), fields = qpdf_oh_new_array(qpdf);
    qpdf_oh annotations = qpdf_oh_get_key(qpdf, page, "/Annots");

    put(qpdf, field, "/Type", name(qpdf, "/Annot"));
    put(qpdf, field, "/Subtype", name(qpdf, "/Widget"));
    put(qpdf, field, "/FT", name(qpdf, "/Sig"));
    put(qpdf, field, "/T", qpdf_oh_new_string(qpdf, "Seal"));
    put(qpdf, field, "/V", make_signature(qpdf, sealer, language));
    put(qpdf, field, "/F", qpdf_oh_new_integer(qpdf, FIELD_FLAGS));
    put(qpdf, field, "/Rect", integers(qpdf, (long long[]){0, 0, 0, 0}));
    put(qpdf, field, "/P", page);
    field = qpdf_make_indirect_object(qpdf, field);

    if (!qpdf_oh_is_array(qpdf, annotations)) {
        annotations = qpdf_oh_new_array(qpdf);
        put(qpdf, page, "/Annots", annotations);
    }
    qpdf_oh_append_item(qpdf, annotations, field);
    qpdf_oh_append_item(qpdf, fields, field);
    put(qpdf, form, "/Fields", fields);
    put(qpdf, form, "/SigFlags", qpdf_oh_new_integer(qpdf, FORM_FLAGS));
    put(qpdf, qpdf_get_root(qpdf), "/AcroForm", form);
}

/* ---- once it is written ---- */

struct places {       /* offsets in the written file */
    size_t range;     /* of RANGE_HELD */
    size_t hole, end; /* of "<" and behind ">" */
};

/* The held places must be there once: were there a second, it would not be known which is meant. */
static bool find_places(const struct finish_part *written, struct places *out)
{
    const char *data = written->data, *end = data + written->len;
    const char *range = memmem(data, written->len, RANGE_HELD, RANGE_LEN);
    const char *after = range == NULL ? NULL : range + RANGE_LEN, *hole;
    const size_t key = strlen(CONTENTS_KEY);

    if (range == NULL || memmem(after, (size_t)(end - after), RANGE_HELD, RANGE_LEN) != NULL ||
        (size_t)(end - after) < key + HOLE_DIGITS + 1 || memcmp(after, CONTENTS_KEY, key) != 0)
        return false;
    hole = after + key - 1;
    for (size_t i = 1; i <= HOLE_DIGITS; i++) {
        if (hole[i] != '0')
            return false;
    }
    if (hole[HOLE_DIGITS + 1] != '>')
        return false;
    out->range = (size_t)(range - data);
    out->hole = (size_t)(hole - data);
    out->end = out->hole + HOLE_DIGITS + 2;
    return true;
}

static bool take_digest(const struct finish_seal *seal, size_t hole_part, uint8_t out[32])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; i < seal->count && is_good; i++) {
        if (i != hole_part)
            is_good = EVP_DigestUpdate(context, seal->parts[i].data, seal->parts[i].len) == 1;
    }
    is_good = is_good && EVP_DigestFinal_ex(context, out, NULL) == 1;
    EVP_MD_CTX_free(context);
    return is_good;
}

static void fill_hole(char *contents, const uint8_t *cms, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        contents[1 + 2 * i] = digits[cms[i] >> 4];
        contents[2 + 2 * i] = digits[cms[i] & 15];
    }
}

static void lay_out(const struct finish_part *written, const struct places *places,
                    struct finish_seal *seal)
{
    const char *data = written->data;
    const size_t after = places->range + RANGE_LEN;

    seal->range = mem_format("/ByteRange [ 0 %-10zu %-10zu %-10zu ]", places->hole, places->end,
                             written->len - places->end);
    seal->contents = mem_alloc(HOLE_DIGITS + 2);
    memset(seal->contents, '0', HOLE_DIGITS + 2);
    seal->contents[0] = '<';
    seal->contents[HOLE_DIGITS + 1] = '>';
    seal->parts[0] = (struct finish_part){data, places->range};
    seal->parts[1] = (struct finish_part){seal->range, RANGE_LEN};
    seal->parts[2] = (struct finish_part){data + after, places->hole - after};
    seal->parts[3] = (struct finish_part){seal->contents, HOLE_DIGITS + 2};
    seal->parts[4] = (struct finish_part){data + places->end, written->len - places->end};
    seal->count = FINISH_PARTS;
}

enum us_err finish_seal_make(const struct finish_part *written, const struct finish_sealer *sealer,
                             struct finish_seal *out, struct fault *fault)
{
    struct finish_seal seal = {.count = 0};
    struct places places;
    uint8_t digest[32], *cms = NULL;
    size_t len = 0;
    enum us_err err;

    if ((unsigned long long)written->len > WIDEST || !find_places(written, &places)) {
        fault_set(fault, NULL, 0, "the letter cannot be sealed: the seal's place is not in it");
        return US_IO;
    }
    lay_out(written, &places, &seal);
    if (!take_digest(&seal, 3, digest)) {
        fault_set(fault, NULL, 0, "the letter cannot be sealed: its digest cannot be taken");
        err = US_IO;
        goto done;
    }
    err = sealer->sign(digest, &cms, &len, fault, sealer->arg);
    if (err == US_OK && (len == 0 || len > HOLE_BYTES)) {
        fault_set(fault, NULL, 0, "the letter cannot be sealed: a seal of %zu bytes does not fit",
                  len);
        err = US_INVALID;
    }
    if (err == US_OK)
        fill_hole(seal.contents, cms, len);

done:
    free(cms);
    if (err == US_OK)
        *out = seal;
    else
        finish_seal_clear(&seal);
    return err;
}

void finish_seal_clear(struct finish_seal *seal)
{
    free(seal->range);
    free(seal->contents);
    *seal = (struct finish_seal){.count = 0};
}
