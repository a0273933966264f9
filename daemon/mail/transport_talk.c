/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An answer is the lines from the first with its code on ("250-...") to the last ("250 ..."). */
#include "mail/transport_talk.h"
#include "base/mem.h"
#include "base/str.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MOST 400
#define ENCRYPTION_MOST 100
#define ENCRYPTION_WORDS "SSL connection using "
#define HIDDEN "[address]"

struct transport_talk {
    struct str answer; /* the last one, in one line */
    bool is_open;      /* more lines of it come */
    struct str encryption;
};

struct transport_talk *transport_talk_new(void)
{
    return MEM_NEW(struct transport_talk);
}

void transport_talk_free(struct transport_talk *talk)
{
    if (!talk)
        return;
    str_free(&talk->answer);
    str_free(&talk->encryption);
    free(talk);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Appends a line's words, each with an "@" hidden, and bytes that are no plain text as "?". */
static void append_words(struct str *out, const char *data, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t start = at, end;
        while (at < len && is_blank(data[at]))
            at++;
        if (at > start && at < len)
            str_append_char(out, ' ');
        for (end = at; end < len && !is_blank(data[end]); end++)
            ;
        if (end > at && memchr(data + at, '@', end - at))
            str_append_text(out, HIDDEN);
        else
            for (size_t i = at; i < end; i++)
                str_append_char(out, data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '?');
        at = end;
    }
}

static void hear_line(struct transport_talk *talk, const char *line, size_t len)
{
    bool has_code = len >= 3 && isdigit((unsigned char)line[0]) &&
                    isdigit((unsigned char)line[1]) && isdigit((unsigned char)line[2]);
    /* 221 answers our goodbye, after all is said. */
    if (!has_code || memcmp(line, "221", 3) == 0)
        return;
    if (!talk->is_open) {
        str_free(&talk->answer);
        append_words(&talk->answer, line, 3);
    }
    talk->is_open = len > 3 && line[3] == '-';
    if (len > 4 && talk->answer.len < ANSWER_MOST) {
        str_append_char(&talk->answer, ' ');
        append_words(&talk->answer, line + 4, len - 4 < ANSWER_MOST ? len - 4 : ANSWER_MOST);
    }
}

void transport_talk_hear(struct transport_talk *talk, const char *data, size_t len)
{
    while (len > 0) {
        const char *end = memchr(data, '\n', len);
        size_t size = end ? (size_t)(end - data) + 1 : len;
        hear_line(talk, data, size);
        data += size;
        len -= size;
    }
}

void transport_talk_note(struct transport_talk *talk, const char *data, size_t len)
{
    static const char words[] = ENCRYPTION_WORDS;
    size_t skip = sizeof words - 1;
    if (len <= skip || memcmp(data, words, skip) != 0)
        return;
    str_free(&talk->encryption);
    len -= skip;
    append_words(&talk->encryption, data + skip, len < ENCRYPTION_MOST ? len : ENCRYPTION_MOST);
}

char *transport_talk_tell(const struct transport_talk *talk, const char *error)
{
    const char *answer = str_text(&talk->answer);
    bool is_refusal = answer[0] == '4' || answer[0] == '5';
    bool is_answer = answer[0] != '\0' && (error == NULL || is_refusal);
    /* A connection that broke behind a good answer: what broke it is what counts. */
    return mem_format("%s%s%s",
                      is_answer ? answer
                      : error   ? error
                                : "",
                      talk->encryption.len > 0 ? "\n" : "", str_text(&talk->encryption));
}
