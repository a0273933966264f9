/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Cyrillic goes by a table, since people romanise it in ways that ICU's one does not meet, and the
 * table is quick; Latin letters lose their marks; all other scripts are ICU's to know. Its
 * transliterator takes milliseconds to open and serves one thread at a time: there is one, behind a
 * lock, and it is kept.
 */
#include "text/name_latin.h"
#include "base/mem.h"
#include "base/str.h"
#include "text/icu.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#define RULES "Any-Latin; Latin-ASCII; Any-Lower"
#define GROWTH 8 /* one Chinese character gives up to seven Latin ones, and a blank */

#define CYRILLIC_FIRST 0x0430
#define CYRILLIC_LAST 0x04ff
#define ARABIC_FIRST 0x0600
#define ARABIC_LAST 0x06ff

static UTransliterator *transliterator;
static pthread_mutex_t transliterator_lock = PTHREAD_MUTEX_INITIALIZER;

/* Small letters only: names are case folded before. "" is a sign that is not written. */
/* clang-format off */
static const char *const cyrillic[CYRILLIC_LAST - CYRILLIC_FIRST + 1] = {
#define LETTER(c, latin) [(c) - CYRILLIC_FIRST] = (latin)
    LETTER(0x0430, "a"), LETTER(0x0431, "b"), LETTER(0x0432, "v"), LETTER(0x0433, "g"),
    LETTER(0x0434, "d"), LETTER(0x0435, "e"), LETTER(0x0436, "zh"), LETTER(0x0437, "z"),
    LETTER(0x0438, "i"), LETTER(0x0439, "y"), LETTER(0x043a, "k"), LETTER(0x043b, "l"),
    LETTER(0x043c, "m"), LETTER(0x043d, "n"), LETTER(0x043e, "o"), LETTER(0x043f, "p"),
    LETTER(0x0440, "r"), LETTER(0x0441, "s"), LETTER(0x0442, "t"), LETTER(0x0443, "u"),
    LETTER(0x0444, "f"), LETTER(0x0445, "kh"), LETTER(0x0446, "ts"), LETTER(0x0447, "ch"),
    LETTER(0x0448, "sh"), LETTER(0x0449, "shch"), LETTER(0x044a, ""), LETTER(0x044b, "y"),
    LETTER(0x044c, ""), LETTER(0x044d, "e"), LETTER(0x044e, "yu"), LETTER(0x044f, "ya"),
    /* Ukrainian, Belarusian, Serbian, Macedonian */
    LETTER(0x0451, "e"), LETTER(0x0452, "dj"), LETTER(0x0453, "g"), LETTER(0x0454, "ye"),
    LETTER(0x0455, "dz"), LETTER(0x0456, "i"), LETTER(0x0457, "yi"), LETTER(0x0458, "j"),
    LETTER(0x0459, "lj"), LETTER(0x045a, "nj"), LETTER(0x045b, "c"), LETTER(0x045c, "k"),
    LETTER(0x045d, "i"), LETTER(0x045e, "u"), LETTER(0x045f, "dzh"), LETTER(0x0491, "g"),
    /* Kazakh, Kyrgyz, Uzbek, Tajik, Tatar, Mongolian */
    LETTER(0x0493, "g"), LETTER(0x0497, "j"), LETTER(0x049b, "q"), LETTER(0x04a3, "n"),
    LETTER(0x04af, "u"), LETTER(0x04b1, "u"), LETTER(0x04b3, "h"), LETTER(0x04b7, "j"),
    LETTER(0x04bb, "h"), LETTER(0x04d9, "a"), LETTER(0x04e3, "i"), LETTER(0x04e9, "o"),
    LETTER(0x04ef, "u"),
#undef LETTER
};
/* clang-format on */

/* Latin letters that come apart in no normal form. */
static const struct {
    UChar32 c;
    const char *latin;
} latin[] = {
    {0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"},  {0x0127, "h"},
    {0x0131, "i"},  {0x0138, "k"}, {0x0142, "l"}, {0x014b, "n"},  {0x0153, "oe"}, {0x0167, "t"},
    {0x0180, "b"},  {0x0188, "k"}, {0x018f, "e"}, {0x0192, "f"},  {0x0199, "k"},  {0x01b4, "y"},
    {0x01dd, "e"},  {0x0253, "b"}, {0x0254, "o"}, {0x0256, "d"},  {0x0257, "d"},  {0x0259, "e"},
    {0x025b, "e"},  {0x0260, "g"}, {0x0268, "i"}, {0x0272, "n"},  {0x0289, "u"},
};

struct writing {
    struct str *out;
    const UNormalizer2 *parts;
    UChar *foreign; /* what waits for ICU: a run of other scripts' letters */
    int32_t foreign_len;
    size_t word; /* where in out the word begins that is being written */
};

static const UNormalizer2 *form_of(const UNormalizer2 *(*instance)(UErrorCode *))
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = instance(&status);
    icu_check(status, "unorm2");
    return form;
}

/* One text for upper and lower case, wide and narrow, ligatures and their letters. */
static UChar *fold(const char *name, int32_t *len)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = form_of(unorm2_getNFKCCasefoldInstance);
    int32_t typed_len;
    UChar *typed = icu_wide(name, strlen(name), &typed_len);
    int32_t room = typed_len * 2 + 64;
    UChar *out = mem_resize(NULL, (size_t)room, sizeof *out);
    *len = unorm2_normalize(form, typed, typed_len, out, room, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        room = *len + 1;
        out = mem_resize(out, (size_t)room, sizeof *out);
        *len = unorm2_normalize(form, typed, typed_len, out, room, &status);
    }
    icu_check(status, "unorm2_normalize");
    free(typed);
    return out;
}

static char *transliterate(const UChar *text, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    const int32_t room = (len + 1) * GROWTH;
    UChar *wide = mem_resize(NULL, (size_t)room, sizeof *wide);
    int32_t limit = len;
    u_memcpy(wide, text, len);
    pthread_mutex_lock(&transliterator_lock);
    if (!transliterator) {
        int32_t rules_len;
        UChar *rules = icu_wide(RULES, strlen(RULES), &rules_len);
        transliterator = utrans_openU(rules, rules_len, UTRANS_FORWARD, NULL, 0, NULL, &status);
        icu_check(status, "utrans_openU");
        free(rules);
    }
    utrans_transUChars(transliterator, wide, &len, room, 0, &limit, &status);
    pthread_mutex_unlock(&transliterator_lock);
    if (status == U_BUFFER_OVERFLOW_ERROR)
        len = 0; /* then the name meets none by these letters, rather than a wrong one */
    else
        icu_check(status, "utrans_transUChars");
    char *out = icu_narrow(wide, len);
    free(wide);
    return out;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A run stays one word: syllables that ICU parts (Chinese) were none. */
static void end_foreign(struct writing *writing)
{
    if (writing->foreign_len == 0)
        return;
    char *text = transliterate(writing->foreign, writing->foreign_len);
    for (const char *at = text; *at; at++)
        if (is_plain(*at))
            str_append_char(writing->out, *at);
    free(text);
    writing->foreign_len = 0;
}

static void end_word(struct writing *writing)
{
    struct str *out = writing->out;
    end_foreign(writing);
    while (out->len > writing->word && out->data[out->len - 1] == '.')
        out->data[--out->len] = '\0';
    if (out->len > writing->word)
        str_append_char(out, ' ');
    writing->word = out->len;
}

/* Of a French or Italian article: l'Union, d'Ivoire. */
static bool is_elided(const struct writing *writing)
{
    const struct str *out = writing->out;
    return out->len - writing->word == 1 && strchr("ld", out->data[writing->word]);
}

static bool is_apostrophe(UChar32 c)
{
    static const UChar32 all[] = {'\'',   '`',    0x00b4, 0x02b9, 0x02ba, 0x02bb, 0x02bc,
                                  0x02be, 0x02bf, 0x2018, 0x2019, 0x201b, 0x2032, 0x05f3};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (c == all[i])
            return true;
    return false;
}

/* A letter that a mark was taken off. */
static bool write_base(struct writing *writing, UChar32 c)
{
    UChar apart[8];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t len = unorm2_getDecomposition(writing->parts, c, apart, 8, &status);
    if (U_FAILURE(status) || len < 1 || apart[0] < 'a' || apart[0] > 'z')
        return false;
    str_append_char(writing->out, (char)apart[0]);
    return true;
}

static bool write_known(struct writing *writing, UChar32 c)
{
    if (c >= CYRILLIC_FIRST && c <= CYRILLIC_LAST && cyrillic[c - CYRILLIC_FIRST]) {
        end_foreign(writing);
        str_append_text(writing->out, cyrillic[c - CYRILLIC_FIRST]);
        return true;
    }
    for (size_t i = 0; c < 0x300 && i < sizeof latin / sizeof *latin; i++) {
        if (latin[i].c == c) {
            end_foreign(writing);
            str_append_text(writing->out, latin[i].latin);
            return true;
        }
    }
    const int32_t digit = u_charDigitValue(c);
    if (digit >= 0 && digit <= 9) {
        end_foreign(writing);
        str_append_char(writing->out, (char)('0' + digit));
        return true;
    }
    if (c > 0x24f && (c < 0x1e00 || c > 0x1eff))
        return false;
    end_foreign(writing);
    return write_base(writing, c);
}

/* Arabic is written with and without its vowel signs, and its hamza and alef in several ways. */
static void add_foreign(struct writing *writing, UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar apart[8];
    if (c >= ARABIC_FIRST && c <= ARABIC_LAST) {
        const int32_t len = unorm2_getDecomposition(writing->parts, c, apart, 8, &status);
        if (U_SUCCESS(status) && len > 0)
            c = apart[0];
        if (c == 0x0640 || u_charType(c) == U_NON_SPACING_MARK)
            return;
        c = c == 0x0629 ? 0x0647 : c == 0x0649 || c == 0x06cc ? 0x064a : c == 0x06a9 ? 0x0643 : c;
    }
    /* Greek's eta is read as an i, and written so. */
    c = c == 0x03b7 ? 0x03b9 : c == 0x03ae ? 0x03af : c;
    U16_APPEND_UNSAFE(writing->foreign, writing->foreign_len, c);
}

static void write_character(struct writing *writing, UChar32 c)
{
    if (c < 0x80 && is_plain((char)c)) {
        end_foreign(writing);
        str_append_char(writing->out, (char)c);
    } else if (is_apostrophe(c)) {
        if (is_elided(writing))
            end_word(writing);
    } else if (c == '.') {
        end_foreign(writing);
        if (writing->out->len > writing->word)
            str_append_char(writing->out, '.');
    } else if (u_isalnum(c)) {
        if (!write_known(writing, c))
            add_foreign(writing, c);
    } else if (u_getCombiningClass(c) != 0 || u_charType(c) == U_NON_SPACING_MARK ||
               u_charType(c) == U_COMBINING_SPACING_MARK) {
        if (writing->foreign_len > 0)
            add_foreign(writing, c);
    } else {
        end_word(writing);
    }
}

/* Of a script that is written without blanks: where one stands, it says nothing. */
static bool is_unspaced(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    if (c < 0xe00)
        return false;
    switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
        return true;
    default:
        return c == 0x30fc; /* of both kana */
    }
}

/* A blank, or the dot between words in kana, at text[at - 1], with such a script on both sides. */
static bool is_no_gap(const UChar *text, int32_t len, int32_t at, UChar32 c, UChar32 last)
{
    if (!is_unspaced(last) || (c != ' ' && c != 0x30fb && !u_isUWhiteSpace(c)))
        return false;
    while (at < len && (c == 0x30fb || u_isUWhiteSpace(c)))
        U16_NEXT(text, at, len, c);
    return is_unspaced(c);
}

bool name_latin_is_unspaced(const char *name)
{
    const size_t size = strlen(name);
    for (size_t at = 0; at < size;) {
        UChar32 c;
        U8_NEXT(name, at, size, c);
        if (c > 0 && is_unspaced(c))
            return true;
    }
    return false;
}

bool name_latin_is_latin(const char *name)
{
    const size_t size = strlen(name);
    bool has_any = false;
    for (size_t at = 0; at < size;) {
        UErrorCode status = U_ZERO_ERROR;
        UChar32 c;
        U8_NEXT(name, at, size, c);
        if (c < 0 || !u_isalpha(c))
            continue;
        if (c >= 0x80 && uscript_getScript(c, &status) != USCRIPT_LATIN)
            return false;
        has_any = true;
    }
    return has_any;
}

void name_latin_write(const char *name, struct str *out)
{
    int32_t len, at = 0;
    UChar32 last = 0;
    UChar *text = fold(name, &len);
    struct writing writing = {
        .out = out,
        .parts = form_of(unorm2_getNFDInstance),
        .foreign = mem_resize(NULL, (size_t)len + 1, sizeof(UChar)),
    };
    while (at < len) {
        UChar32 c;
        U16_NEXT(text, at, len, c);
        if (is_no_gap(text, len, at, c, last))
            continue;
        write_character(&writing, c);
        last = c;
    }
    end_word(&writing);
    if (out->len > 0)
        out->data[--out->len] = '\0';
    free(writing.foreign);
    free(text);
}
