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

const char *markdown_comment_wrong(cmark_node *node)
{
    if (is_html(node))
        return check_html(cmark_node_get_literal(node));
    /* Within a line, CommonMark takes a comment with "--" inside for words. */
    if (strstr(cmark_node_get_literal(node), "<!--") != NULL)
        return "a comment is written <!-- so -->, without -- inside";
    return NULL;
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
