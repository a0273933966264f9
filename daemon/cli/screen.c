/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/screen.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#define SCREEN_ELLIPSIS "\u2026"
#define SCREEN_COLUMNS_ELSE 80
#define SCREEN_ROWS_ELSE 24

static size_t width_of(uint32_t c)
{
    switch (u_charType((UChar32)c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
        return 0;
    default:
        break;
    }
    /* Vowels and finals of conjoining Hangul stand in the syllable that their initial opened. */
    if (c >= 0x1160 && c <= 0x11ff)
        return 0;
    switch (u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_WIDE:
    case U_EA_FULLWIDTH:
        return 2;
    default:
        return 1;
    }
}

/* How much wider a character makes what stands before it. Emoji that are joined are one; terminals
 * that do not know this show them side by side, and there is no asking which one this is. */
static size_t width_behind(uint32_t before, uint32_t c)
{
    bool is_joined =
        before == 0x200d && u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC);

    return is_joined ? 0 : width_of(c);
}

size_t screen_width(const char *text)
{
    size_t len = strlen(text), pos = 0, width = 0;
    uint32_t before = 0;

    while (pos < len) {
        uint32_t c = utf8_next(text, len, &pos);
        width += width_behind(before, c);
        before = c;
    }
    return width;
}

/* What could act on a terminal, or turn the reading direction of what follows. Joiners may stay. */
static bool is_active(uint32_t c)
{
    if (c == 0x200c || c == 0x200d)
        return false;
    switch (u_charType((UChar32)c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
        return true;
    default:
        return false;
    }
}

void screen_make_visible(const char *text, bool with_backslash, struct str *out)
{
    size_t len = strlen(text), pos = 0;

    /* A file name or a system's message need not be UTF-8. */
    if (!utf8_is_valid(text, len)) {
        for (; pos < len; pos++) {
            unsigned char c = (unsigned char)text[pos];
            if (c < 0x20 || c >= 0x7f)
                str_append_format(out, "\\x%02x", c);
            else
                str_append_char(out, (char)c);
        }
        return;
    }
    while (pos < len) {
        size_t start = pos;
        uint32_t c = utf8_next(text, len, &pos);
        if (c == '\t')
            str_append_text(out, "\\t");
        else if (c == '\n')
            str_append_text(out, "\\n");
        else if (c == '\r')
            str_append_text(out, "\\r");
        else if (c == '\\' && with_backslash)
            str_append_text(out, "\\\\");
        else if (is_active(c))
            str_append_format(out, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
        else
            str_append(out, text + start, pos - start);
    }
}

static bool has_right_to_left(const char *text)
{
    size_t len = strlen(text), pos = 0;

    while (pos < len) {
        switch (u_charDirection((UChar32)utf8_next(text, len, &pos))) {
        case U_RIGHT_TO_LEFT:
        case U_RIGHT_TO_LEFT_ARABIC:
        case U_ARABIC_NUMBER:
            return true;
        default:
            break;
        }
    }
    return false;
}

void screen_isolate(const char *text, struct str *out)
{
    bool is_turned = has_right_to_left(text);

    if (is_turned)
        str_append_text(out, "\u2068");
    str_append_text(out, text);
    if (is_turned)
        str_append_text(out, "\u2069");
}

size_t screen_cut(const char *text, size_t most, struct str *out)
{
    size_t len = strlen(text), pos = 0, width = 0, fits = 0, fitting = 0;
    uint32_t before = 0;

    /* fits: the bytes that leave room for the ellipsis. */
    while (pos < len) {
        uint32_t c = utf8_next(text, len, &pos);
        size_t w = width_behind(before, c);
        before = c;
        if (width + w + 1 <= most) {
            fits = pos;
            fitting = width + w;
        }
        width += w;
        if (width > most) {
            str_append(out, text, fits);
            if (most == 0)
                return 0;
            str_append_text(out, SCREEN_ELLIPSIS);
            return fitting + 1;
        }
    }
    str_append(out, text, len);
    return width;
}

/* What the terminal says, else what the environment does, else what most have. */
static size_t measure(int fd, bool is_height, const char *variable, size_t otherwise)
{
    const char *told = getenv(variable);
    struct winsize size;
    unsigned long count;

    if (isatty(fd) == 0)
        return 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && (is_height ? size.ws_row : size.ws_col) > 0)
        return is_height ? size.ws_row : size.ws_col;
    count = told != NULL ? strtoul(told, NULL, 10) : 0;
    return count > 0 && count < 10000 ? count : otherwise;
}

size_t screen_columns(int fd)
{
    return measure(fd, false, "COLUMNS", SCREEN_COLUMNS_ELSE);
}

size_t screen_rows(int fd)
{
    return measure(fd, true, "LINES", SCREEN_ROWS_ELSE);
}
