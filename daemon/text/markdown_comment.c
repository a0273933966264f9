/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/markdown_comment.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_html(cmark_node *node)
{
    const cmark_node_type type = cmark_node_get_type(node);

    return type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
}

/* CommonMark ends an HTML block with the line that a comment ends on, whatever else stands there;
 * and a comment that is never ended holds the rest of the letter. */
static const char *check_html(const char *html)
{
    for (bool is_first = true;; is_first = false) {
        html += strspn(html, " \t\r\n");
        if (*html == '\0')
            return NULL;
        if (strncmp(html, "<!--", 4) != 0 && !is_first)
            return "words cannot stand behind a comment that begins its line; give it a line of "
                   "its "
                   "own";
        if (strncmp(html, "<!--", 4) != 0)
            return "HTML is not allowed in a letter, but for comments; write \\< for a plain <";
        html = strstr(html + 4, "-->");
        if (html == NULL)
            return "a comment begins here with <!-- and never ends with -->";
        html += 3;
    }
}

static bool has_mark(const char *text)
{
    return text != NULL && strstr(text, "<!--") != NULL;
}

const char *markdown_comment_wrong(cmark_node *node)
{
    static const char printed[] = "a comment must begin at the margin, or within its demand's "
                                  "text: here it would be printed";

    if (is_html(node))
        return check_html(cmark_node_get_literal(node));
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_CODE_BLOCK:
        if (has_mark(cmark_node_get_fence_info(node)))
            return printed;
        return has_mark(cmark_node_get_literal(node)) ? printed : NULL;
    case CMARK_NODE_CODE:
        return has_mark(cmark_node_get_literal(node)) ? printed : NULL;
    case CMARK_NODE_LINK:
        return has_mark(cmark_node_get_title(node)) ? printed : NULL;
    default:
        break;
    }
    /* Within a line, CommonMark takes a comment with "--" inside for words. */
    if (has_mark(cmark_node_get_literal(node)))
        return "a comment is written <!-- so -->, without -- inside";
    return NULL;
}

/* An HTML block may hold several. */
static size_t count_in(const char *html)
{
    size_t count = 0;

    while ((html = strstr(html, "<!--")) != NULL) {
        const char *end = strstr(html + 4, "-->");

        count++;
        html = end != NULL ? end + 3 : html + 4;
    }
    return count;
}

/* Inline nodes know no line in every release of cmark: then that of the block is given. */
static int line_of(cmark_node *node)
{
    while (node != NULL && cmark_node_get_start_line(node) == 0)
        node = cmark_node_parent(node);
    return node != NULL ? cmark_node_get_start_line(node) : 0;
}

struct markdown_comments markdown_comment_count(cmark_node *root)
{
    struct markdown_comments found = {.count = 0};
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (event != CMARK_EVENT_ENTER || !is_html(node))
            continue;
        if (found.count == 0)
            found.line = line_of(node);
        found.count += count_in(cmark_node_get_literal(node));
    }
    cmark_iter_free(iter);
    return found;
}

static bool has_blank_end(cmark_node *node)
{
    const char *text;

    if (node == NULL || cmark_node_get_type(node) != CMARK_NODE_TEXT)
        return node == NULL || cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK ||
               cmark_node_get_type(node) == CMARK_NODE_LINEBREAK;
    text = cmark_node_get_literal(node);
    return text[0] != '\0' && text[strlen(text) - 1] == ' ';
}

/* "one <!-- x --> two" is not to become "one  two", nor "one <!-- x -->" to end with a blank. */
static void close_gap(cmark_node *before, cmark_node *after)
{
    if (after != NULL && cmark_node_get_type(after) == CMARK_NODE_TEXT) {
        const char *text = cmark_node_get_literal(after);

        if (text[0] == ' ' && has_blank_end(before)) {
            char *rest = mem_string(text + strspn(text, " "));

            cmark_node_set_literal(after, rest);
            free(rest);
        }
    } else if (has_blank_end(after) && before != NULL && has_blank_end(before) &&
               cmark_node_get_type(before) == CMARK_NODE_TEXT) {
        const char *text = cmark_node_get_literal(before);
        size_t len = strlen(text);
        char *rest;

        while (len > 0 && text[len - 1] == ' ')
            len--;
        rest = mem_string_part(text, len);
        cmark_node_set_literal(before, rest);
        free(rest);
    }
}

void markdown_comment_drop(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (event != CMARK_EVENT_ENTER || !is_html(node))
            continue;
        /* A leaf is entered and not left: the iterator stands behind it already. */
        if (cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE)
            close_gap(cmark_node_previous(node), cmark_node_next(node));
        cmark_node_unlink(node);
        cmark_node_free(node);
    }
    cmark_iter_free(iter);
}
