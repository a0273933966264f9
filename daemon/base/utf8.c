/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A decoder that follows RFC 3629, section 4: no overlong forms, no surrogates, nothing above
 * U+10FFFF. What it cannot read it takes as one byte, so that no caller ever stands still or reads
 * past the end, even on text that was not checked.
 */
#include "base/utf8.h"

#define MALFORMED UINT32_MAX

static uint32_t decode(const unsigned char *text, size_t len, size_t *size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    size_t count;
    uint32_t point;

    *size = 1;
    if (lead < 0x80)
        return lead;
    if (lead >= 0xc2 && lead <= 0xdf)
        count = 2;
    else if (lead >= 0xe0 && lead <= 0xef)
        count = 3;
    else if (lead >= 0xf0 && lead <= 0xf4)
        count = 4;
    else
        return MALFORMED;
    if (count > len)
        return MALFORMED;

    point = lead & (0x7fU >> count);
    for (size_t i = 1; i < count; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return MALFORMED;
        point = point << 6 | (text[i] & 0x3f);
    }
    if (point < least[count] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return MALFORMED;
    *size = count;
    return point;
}

bool utf8_is_valid(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size;

    for (size_t i = 0; i < len; i += size) {
        uint32_t point = decode(bytes + i, len - i, &size);

        if (point == MALFORMED || point == 0)
            return false;
    }
    return true;
}

size_t utf8_length(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t pos = 0; pos < len; count++)
        (void)utf8_next(text, len, &pos);
    return count;
}

size_t utf8_cut(const char *text, size_t len, size_t most)
{
    if (len <= most)
        return len;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

uint32_t utf8_next(const char *text, size_t len, size_t *pos)
{
    size_t size;
    uint32_t point = decode((const unsigned char *)text + *pos, len - *pos, &size);

    *pos += size;
    return point != MALFORMED ? point : 0xfffd;
}

static bool is_forbidden(uint32_t point, bool lines_allowed)
{
    if (point < 0x20)
        return !lines_allowed || (point != '\t' && point != '\n' && point != '\r');
    if (point < 0x7f)
        return false;
    return point <= 0x9f                             /* DEL and C1 */
           || (point >= 0x2028 && point <= 0x202e)   /* separators, embeddings and overrides */
           || (point >= 0x2066 && point <= 0x2069)   /* isolates */
           || point == 0xfeff                        /* byte order mark */
           || (point >= 0xfff9 && point <= 0xfffb)   /* interlinear anchors */
           || (point >= 0xe0000 && point <= 0xe007f) /* tags */
           || point == 0x115f || point == 0x1160 || point == 0x3164 ||
           point == 0xffa0 /* Hangul fillers: letters that show nothing */
           || (point >= 0xe000 && point <= 0xf8ff) || point >= 0xf0000 /* private use */
           || (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) == 0xfffe;
}

bool utf8_has_forbidden(const char *text, size_t len, bool lines_allowed)
{
    size_t size;

    for (size_t i = 0; i < len; i += size) {
        uint32_t point = decode((const unsigned char *)text + i, len - i, &size);

        if (point == MALFORMED || is_forbidden(point, lines_allowed))
            return true;
    }
    return false;
}
