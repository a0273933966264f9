/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plain texts to drafts: every word is there once and in its order, whatever the text looks like.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/markdown.h"
#include "text_draft_rig.h"
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_word_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRAFT_SAMPLES; i++) {
        struct draft *draft = draft_of(draft_samples[i].text, strlen(draft_samples[i].text),
                                       draft_samples[i].language);
        draft_check_words(draft_samples[i].text, draft);
        draft_free(draft);
    }
}

/* As every word is of every beginning of a text, and of lines in any order. */
static void every_word_is_kept_of_cut_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRAFT_SAMPLES; i++) {
        const size_t len = strlen(draft_samples[i].text);
        for (size_t cut = 1; cut <= len; cut++) {
            if (utf8_cut(draft_samples[i].text, len, cut) != cut)
                continue;
            char *text = mem_string_part(draft_samples[i].text, cut);
            if (strspn(text, " \n") < cut && strcmp(text + strspn(text, "\n"), "*") != 0 &&
                strspn(text, "*\n") < cut) {
                struct draft *draft = draft_of(text, cut, draft_samples[i].language);
                draft_check_words(text, draft);
                draft_free(draft);
            }
            free(text);
        }
    }
}

static size_t next_random(uint32_t *seed, size_t most)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % most;
}

static void every_word_is_kept_of_shuffled_texts(void **state)
{
    (void)state;
    const char *lines[256];
    size_t count = 0;
    uint32_t seed = 7;
    for (size_t i = 0; i < DRAFT_SAMPLES; i++)
        for (const char *at = draft_samples[i].text; *at && count < 256; at += *at == '\n') {
            lines[count++] = at;
            at += strcspn(at, "\n");
        }
    for (int round = 0; round < 8000; round++) {
        struct str text = STR_INIT;
        for (size_t n = 1 + next_random(&seed, 12); n > 0; n--) {
            const char *line = lines[next_random(&seed, count)];
            str_append(&text, line, strcspn(line, "\n"));
            str_append_text(&text, next_random(&seed, 3) == 0 ? "\n" : "\n\n");
        }
        struct draft *draft = NULL;
        struct fault fault = {0};
        if (strspn(str_text(&text), " \n*") < text.len) {
            assert_int_equal(draft_read(str_text(&text), text.len,
                                        draft_samples[next_random(&seed, DRAFT_SAMPLES)].language,
                                        &draft, &fault),
                             US_OK);
            draft_check_words(str_text(&text), draft);
            draft_free(draft);
        }
        str_free(&text);
    }
}

/* ---- parts ---- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_kept),
        cmocka_unit_test(every_word_is_kept_of_cut_texts),
        cmocka_unit_test(every_word_is_kept_of_shuffled_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
