/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From cmark's tree to blocks. The tree is checked first, so that nothing in a letter is dropped in
 * silence; then the top-level lists are renumbered in the tree itself, so that the HTML and the
 * blocks agree; then it is walked once with cmark's iterator, since its depth is the writer's
 * choice and must not be ours on the stack.
 */
#include "text/markdown.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/markdown_comment.h"
#include "text/markdown_plain.h"
#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NEWS_LEVEL 4 /* below the page's title, its news, the title of one */

struct markdown {
    struct block *blocks;
    size_t block_count, block_cap;
    size_t demand_count;
    struct markdown_comments comments;
    char *html;
};

/* Where the walk stands. */
struct walk {
    struct markdown *markdown;
    bool is_news;      /* without demands */
    int lists, quotes; /* how many are open */
    bool is_filling;   /* the last block is an item whose first paragraph may still come */
    struct span *open; /* the last block's last span, while text may still join it */
    struct str run;    /* its text so far */
    int strong, emphasis;
    const char *link; /* of the open link, or NULL */
};

static bool is_allowed_address(const char *url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("\"<>\\", *p))
            return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

/* Inline nodes know no line in every release of cmark: then that of the block is given. */
static int line_of(cmark_node *node)
{
    while (node && cmark_node_get_start_line(node) == 0)
        node = cmark_node_parent(node);
    return node ? cmark_node_get_start_line(node) : 0;
}

static const char *node_wrong(cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE_BLOCK:
    case CMARK_NODE_CODE:
        return markdown_comment_wrong(node);
    case CMARK_NODE_CUSTOM_BLOCK:
    case CMARK_NODE_CUSTOM_INLINE:
        return "HTML is not allowed in a letter; write \\< for a plain <";
    case CMARK_NODE_IMAGE:
        return "images are not allowed in a letter";
    case CMARK_NODE_LINK:
        if (!is_allowed_address(cmark_node_get_url(node)))
            return "a link must begin with https://, http:// or mailto:";
        return markdown_comment_wrong(node);
    default:
        return NULL;
    }
}

static enum us_err check_tree(cmark_node *root, struct fault *fault)
{
    cmark_iter *iter = cmark_iter_new(root);
    enum us_err err = US_OK;
    cmark_event_type event;
    while (err == US_OK && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        const char *wrong = event == CMARK_EVENT_ENTER ? node_wrong(node) : NULL;
        if (wrong) {
            fault_set(fault, NULL, line_of(node), "%s", wrong);
            err = US_INVALID;
        }
    }
    cmark_iter_free(iter);
    return err;
}

static bool is_top_list(cmark_node *node)
{
    return cmark_node_get_type(node) == CMARK_NODE_LIST &&
           cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_DOCUMENT;
}

/* The demands are numbered through; the page's title is its only heading of the first level. */
static void arrange_tree(cmark_node *root)
{
    int next = 1;
    for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
        if (!is_top_list(node))
            continue;
        cmark_node_set_list_type(node, CMARK_ORDERED_LIST);
        cmark_node_set_list_delim(node, CMARK_PERIOD_DELIM);
        cmark_node_set_list_start(node, next);
        for (cmark_node *item = cmark_node_first_child(node); item; item = cmark_node_next(item))
            next++;
    }
}

/* The level of the most important one; 1 where there is none. */
static int highest_heading(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    int highest = 7;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_HEADING &&
            cmark_node_get_heading_level(node) < highest)
            highest = cmark_node_get_heading_level(node);
    }
    cmark_iter_free(iter);
    return highest < 7 ? highest : 1;
}

static void lower_headings(cmark_node *root, int levels)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_HEADING)
            continue;
        const int level = cmark_node_get_heading_level(node);
        cmark_node_set_heading_level(node, level + levels < 6 ? level + levels : 6);
    }
    cmark_iter_free(iter);
}

static void span_close(struct walk *walk)
{
    if (walk->open)
        walk->open->text = str_take(&walk->run);
    walk->open = NULL;
}

static struct block *block_add(struct walk *walk, enum block_kind kind)
{
    struct markdown *m = walk->markdown;
    span_close(walk);
    if (m->block_count == m->block_cap) {
        m->block_cap = m->block_cap ? m->block_cap * 2 : 16;
        m->blocks = mem_resize(m->blocks, m->block_cap, sizeof *m->blocks);
    }
    const int containers = walk->lists + walk->quotes;
    struct block *block = &m->blocks[m->block_count++];
    *block = (struct block){.kind = kind, .level = containers > 0 ? containers - 1 : 0};
    walk->is_filling = false;
    return block;
}

/* Whether text in the walk's present style continues the open span. */
static bool is_same_style(const struct walk *walk, bool is_code)
{
    const struct span *open = walk->open;
    return open && open->is_code == is_code && open->is_strong == (walk->strong > 0) &&
           open->is_emphasis == (walk->emphasis > 0) && !open->link == !walk->link &&
           (!open->link || strcmp(open->link, walk->link) == 0);
}

/* Adds a run of text to the last block. */
static void span_add(struct walk *walk, const char *text, bool is_code)
{
    if (!is_same_style(walk, is_code)) {
        span_close(walk);
        struct block *block = &walk->markdown->blocks[walk->markdown->block_count - 1];
        /* Room in powers of two, so that many spans cost no more than they are. */
        const size_t n = block->span_count;
        if ((n & (n - 1)) == 0)
            block->spans = mem_resize(block->spans, n ? n * 2 : 1, sizeof *block->spans);
        walk->open = &block->spans[block->span_count++];
        *walk->open = (struct span){
            .is_strong = walk->strong > 0,
            .is_emphasis = walk->emphasis > 0,
            .is_code = is_code,
            .link = mem_string(walk->link),
        };
    }
    str_append_text(&walk->run, text);
}

/* A hard line break is a span of its own. */
static void break_add(struct walk *walk)
{
    span_close(walk);
    span_add(walk, "\n", false);
    span_close(walk);
}

static void enter_item(struct walk *walk, cmark_node *item)
{
    cmark_node *list = cmark_node_parent(item);
    int number = 0;
    if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST) {
        /* Counting back is quadratic in a long list; the block before knows better. */
        cmark_node *before = cmark_node_previous(item);
        number = before ? (int)(intptr_t)cmark_node_get_user_data(before) + 1
                        : cmark_node_get_list_start(list);
        cmark_node_set_user_data(item, (void *)(intptr_t)number);
    }
    struct block *block =
        block_add(walk, !walk->is_news && is_top_list(list) ? BLOCK_DEMAND : BLOCK_ITEM);
    block->number = number;
    if (block->kind == BLOCK_DEMAND)
        walk->markdown->demand_count++;
    walk->is_filling = true;
}

static void enter_paragraph(struct walk *walk, cmark_node *node)
{
    switch (cmark_node_get_type(cmark_node_parent(node))) {
    case CMARK_NODE_ITEM:
        if (walk->is_filling)
            walk->is_filling = false; /* its text goes into the item's own block */
        else
            block_add(walk, BLOCK_MORE);
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        block_add(walk, BLOCK_QUOTE);
        break;
    default:
        block_add(walk, BLOCK_PARAGRAPH);
    }
}

static void enter_inline(struct walk *walk, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        span_add(walk, cmark_node_get_literal(node), false);
        break;
    case CMARK_NODE_CODE:
        span_add(walk, cmark_node_get_literal(node), true);
        break;
    case CMARK_NODE_SOFTBREAK:
        span_add(walk, " ", false);
        break;
    case CMARK_NODE_LINEBREAK:
        break_add(walk);
        break;
    case CMARK_NODE_STRONG:
        walk->strong++;
        break;
    case CMARK_NODE_EMPH:
        walk->emphasis++;
        break;
    case CMARK_NODE_LINK:
        walk->link = cmark_node_get_url(node);
        break;
    default:
        break;
    }
}

static void enter(struct walk *walk, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_LIST:
        walk->lists++;
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        walk->quotes++;
        walk->is_filling = false;
        break;
    case CMARK_NODE_ITEM:
        enter_item(walk, node);
        break;
    case CMARK_NODE_PARAGRAPH:
        enter_paragraph(walk, node);
        break;
    case CMARK_NODE_HEADING:
        block_add(walk, BLOCK_HEADING)->level = cmark_node_get_heading_level(node);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        block_add(walk, BLOCK_RULE);
        break;
    case CMARK_NODE_CODE_BLOCK:
        block_add(walk, BLOCK_CODE);
        span_add(walk, cmark_node_get_literal(node), true);
        break;
    default:
        enter_inline(walk, node);
    }
}

static void leave(struct walk *walk, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_LIST:
        walk->lists--;
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        walk->quotes--;
        break;
    case CMARK_NODE_STRONG:
        walk->strong--;
        break;
    case CMARK_NODE_EMPH:
        walk->emphasis--;
        break;
    case CMARK_NODE_LINK:
        walk->link = NULL;
        break;
    default:
        break;
    }
}

static void walk_tree(struct markdown *markdown, cmark_node *root, bool is_news)
{
    struct walk walk = {.markdown = markdown, .is_news = is_news};
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        if (event == CMARK_EVENT_ENTER)
            enter(&walk, cmark_iter_get_node(iter));
        else
            leave(&walk, cmark_iter_get_node(iter));
    }
    cmark_iter_free(iter);
    span_close(&walk);
    str_free(&walk.run);
}

static enum us_err parse(const char *text, size_t len, bool is_news, struct markdown **out,
                         struct fault *fault)
{
    if (len > MARKDOWN_BODY_MOST) {
        fault_set(fault, NULL, 0, "the text may have at most %d bytes", MARKDOWN_BODY_MOST);
        return US_INVALID;
    }
    if (!utf8_is_valid(text, len) || utf8_has_forbidden(text, len, true)) {
        fault_set(fault, NULL, 0, "the text is not UTF-8, or holds control characters");
        return US_INVALID;
    }
    cmark_node *root = cmark_parse_document(text, len, CMARK_OPT_DEFAULT);
    const enum us_err err = check_tree(root, fault);
    if (err == US_OK) {
        struct markdown *markdown = MEM_NEW(struct markdown);
        markdown->comments = markdown_comment_count(root);
        markdown_comment_drop(root);
        if (!is_news)
            arrange_tree(root);
        walk_tree(markdown, root, is_news);
        lower_headings(root, is_news ? NEWS_LEVEL - highest_heading(root) : 1);
        char *html = cmark_render_html(root, CMARK_OPT_DEFAULT);
        markdown->html = mem_string(html);
        free(html);
        *out = markdown;
    }
    cmark_node_free(root);
    return err;
}

enum us_err markdown_parse(const char *text, size_t len, struct markdown **out, struct fault *fault)
{
    return parse(text, len, false, out, fault);
}

enum us_err markdown_parse_news(const char *text, size_t len, struct markdown **out,
                                struct fault *fault)
{
    return parse(text, len, true, out, fault);
}

void markdown_free(struct markdown *markdown)
{
    if (!markdown)
        return;
    for (size_t i = 0; i < markdown->block_count; i++) {
        for (size_t k = 0; k < markdown->blocks[i].span_count; k++) {
            free(markdown->blocks[i].spans[k].text);
            free(markdown->blocks[i].spans[k].link);
        }
        free(markdown->blocks[i].spans);
    }
    free(markdown->blocks);
    free(markdown->html);
    free(markdown);
}

const struct block *markdown_blocks(const struct markdown *markdown, size_t *count)
{
    *count = markdown->block_count;
    return markdown->blocks;
}

struct markdown_comments markdown_comments(const struct markdown *markdown)
{
    return markdown->comments;
}

size_t markdown_demand_count(const struct markdown *markdown)
{
    return markdown->demand_count;
}

struct html markdown_html(const struct markdown *markdown)
{
    return (struct html){markdown->html, strlen(markdown->html)};
}

char *markdown_plain(const struct markdown *markdown)
{
    return markdown_plain_write(markdown->blocks, markdown->block_count);
}
