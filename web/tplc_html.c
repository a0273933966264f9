/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The HTML side of the template compiler: a state machine over literal text, after the tokeniser of
 * the HTML standard (13.2.5), cut down to what our templates write. Every state in which a value
 * could change the document's structure refuses values.
 */
#include "tplc_html.h"
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* Appends in lower case; false when the name is longer than any that HTML has. */
static bool name_append(char name[32], char c)
{
    const size_t len = strlen(name);
    if (len >= 31)
        return false;
    name[len] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    name[len + 1] = '\0';
    return true;
}

static enum html_attribute attribute_kind(const char *name)
{
    static const char *const addresses[] = {
        "href", "src",      "action",     "formaction", "poster",   "cite",       "data",
        "icon", "manifest", "background", "longdesc",   "codebase", "xlink:href", NULL};
    static const char *const closed[] = {"style",  "srcset",     "imagesrcset", "srcdoc",
                                         "ping",   "from",       "to",          "by",
                                         "values", "http-equiv", NULL};
    if (is_one_of(name, addresses))
        return HTML_ADDRESS;
    if (is_one_of(name, closed) || strncmp(name, "on", 2) == 0)
        return HTML_CLOSED;
    return HTML_PLAIN;
}

/* Which text follows a start tag. */
static void tag_close(struct html *html)
{
    static const char *const raw[] = {"script",  "style",    "xmp",       "iframe",
                                      "noembed", "noframes", "plaintext", NULL};
    static const char *const like_text[] = {"title", "textarea", NULL};
    html->place = HTML_TEXT;
    if (strcmp(html->tag, "pre") == 0)
        html->is_in_pre = !html->is_end_tag;
    if (html->is_end_tag)
        return;
    if (is_one_of(html->tag, raw))
        html->place = HTML_RAW;
    else if (is_one_of(html->tag, like_text))
        html->place = HTML_LIKE_TEXT;
}

/* "</name" of the element that is open, as the tokeniser looks for it. */
static bool is_end_of(const struct html *html, const char *text, size_t len)
{
    const size_t name = strlen(html->tag);
    return len > name + 2 && text[0] == '<' && text[1] == '/' &&
           strncasecmp(text + 2, html->tag, name) == 0 &&
           (is_blank(text[name + 2]) || text[name + 2] == '>' || text[name + 2] == '/');
}

/* A "<" in text. Comments are taken whole and not printed. */
static const char *feed_less(struct html *html, const char *text, size_t len, size_t *used,
                             FILE *out)
{
    if (len >= 4 && memcmp(text, "<!--", 4) == 0) {
        const char *end = memmem(text + 4, len - 4, "-->", 3);
        if (!end)
            return "a directive, or the end of the file, inside a comment";
        *used = (size_t)(end - text) + 3;
        return NULL;
    }
    html->is_broken = false;
    html->is_end_tag = len >= 2 && text[1] == '/';
    html->tag[0] = '\0';
    if (len >= 9 && strncasecmp(text, "<!doctype", 9) == 0) {
        html->place = HTML_DECLARATION;
        *used = 9;
    } else {
        const size_t name = html->is_end_tag ? 2 : 1;
        if (len > name && !is_letter(text[name]))
            return "\"<\" begins no tag here; write &lt;";
        html->place = HTML_TAG_OPEN;
        *used = name;
    }
    fwrite(text, 1, *used, out);
    return NULL;
}

static const char *feed_text(struct html *html, const char *text, size_t len, size_t *used,
                             FILE *out)
{
    size_t run = 0;
    if (text[0] == '<')
        return feed_less(html, text, len, used, out);
    while (run < len && is_blank(text[run]))
        run++;
    if (run > 0 && !html->is_in_pre) {
        *used = run;
        if (!html->is_broken && memchr(text, '\n', run)) {
            fputc('\n', out);
            html->is_broken = true;
        } else if (!html->is_broken) {
            fwrite(text, 1, run, out);
        }
        return NULL;
    }
    html->is_broken = false;
    *used = run > 0 ? run : 1;
    fwrite(text, 1, *used, out);
    return NULL;
}

/* Inside script, style, title, textarea: everything up to the element's own end tag. Where values
 * may be put, a stray "<" is refused: a value behind it could complete an end tag. */
static const char *feed_element(struct html *html, const char *text, size_t len, size_t *used,
                                FILE *out)
{
    *used = 1;
    if (is_end_of(html, text, len)) {
        html->place = HTML_TAG_NAME;
        html->is_end_tag = true;
        *used = strlen(html->tag) + 2;
    } else if (text[0] == '<' && html->place == HTML_LIKE_TEXT) {
        return "\"<\" begins no tag here; write &lt;";
    }
    fwrite(text, 1, *used, out);
    return NULL;
}

static const char *feed_in_tag(struct html *html, char c)
{
    if (c == '>') {
        tag_close(html);
        return NULL;
    }
    if (is_blank(c)) {
        html->place = HTML_TAG;
        return NULL;
    }
    if (c == '/') {
        html->place = HTML_GAP;
        return NULL;
    }
    switch (html->place) {
    case HTML_TAG_OPEN:
    case HTML_TAG_NAME:
        html->place = HTML_TAG_NAME;
        return is_name_char(c) && name_append(html->tag, c) ? NULL : "a tag with such a name";
    case HTML_TAG:
        html->name[0] = '\0';
        html->place = HTML_ATTRIBUTE;
        if (html->is_end_tag)
            return "an end tag takes no attributes";
        return is_name_char(c) && name_append(html->name, c) ? NULL
                                                             : "an attribute with such a name";
    case HTML_ATTRIBUTE:
        if (c == '=') {
            if (strcmp(html->name, "http-equiv") == 0)
                return "http-equiv is for headers to say";
            html->place = HTML_EQUALS;
            html->attribute = attribute_kind(html->name);
            return NULL;
        }
        return is_name_char(c) && name_append(html->name, c) ? NULL
                                                             : "an attribute with such a name";
    default:
        return "a blank or the tag's end must follow here";
    }
}

static const char *feed_value(struct html *html, char c)
{
    if (html->place == HTML_EQUALS) {
        html->is_fresh = true;
        html->place = HTML_UNQUOTED;
        html->quote = c;
        if (c == '"' || c == '\'')
            html->place = HTML_VALUE;
        else if (!is_name_char(c) && c != '/' && c != '#')
            return "such a value needs quotes";
    } else if (html->place == HTML_UNQUOTED) {
        if (is_blank(c))
            html->place = HTML_TAG;
        else if (c == '>')
            tag_close(html);
        else if (!is_name_char(c) && c != '/' && c != '#')
            return "such a value needs quotes";
    } else if (c == html->quote) {
        html->place = HTML_GAP;
    } else {
        html->is_fresh = false;
    }
    return NULL;
}

const char *html_feed(struct html *html, const char *text, size_t len, size_t *at, FILE *out)
{
    const char *wrong = NULL;
    size_t used = 1;
    for (*at = 0; *at < len; *at += used) {
        const char c = text[*at];
        used = 1;
        switch (html->place) {
        case HTML_TEXT:
            wrong = feed_text(html, text + *at, len - *at, &used, out);
            break;
        case HTML_LIKE_TEXT:
        case HTML_RAW:
            wrong = feed_element(html, text + *at, len - *at, &used, out);
            break;
        case HTML_DECLARATION:
            if (c == '>')
                html->place = HTML_TEXT;
            fputc(c, out);
            break;
        case HTML_EQUALS:
        case HTML_UNQUOTED:
        case HTML_VALUE:
            wrong = feed_value(html, c);
            fputc(c, out);
            break;
        default:
            wrong = feed_in_tag(html, c);
            fputc(c, out);
        }
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *value_print(struct html *html, enum html_print what)
{
    const bool is_fresh = html->is_fresh;
    html->is_fresh = false;
    if (what == HTML_PRINT_MARKUP)
        return "{{html}} in an attribute";
    if (html->attribute == HTML_CLOSED)
        return "nothing may be put into this attribute";
    if (html->attribute == HTML_ADDRESS && what != HTML_PRINT_ADDRESS)
        return "this attribute holds an address and takes only {{url}}";
    if (html->attribute == HTML_ADDRESS && !is_fresh)
        return "{{url}} must be the first thing in the attribute";
    return NULL;
}

const char *html_print(struct html *html, enum html_print what)
{
    html->is_broken = false;
    switch (html->place) {
    case HTML_TEXT:
        return NULL;
    case HTML_LIKE_TEXT:
        return what == HTML_PRINT_MARKUP ? "markup inside title or textarea" : NULL;
    case HTML_VALUE:
        return value_print(html, what);
    case HTML_RAW:
        return "inside a script, a style or their like";
    case HTML_DECLARATION:
        return "inside a declaration";
    case HTML_TAG_OPEN:
    case HTML_TAG_NAME:
        return "in a tag's name";
    case HTML_EQUALS:
    case HTML_UNQUOTED:
        return "in an attribute without quotes";
    default:
        return "inside a tag";
    }
}

const char *html_turn(struct html *html)
{
    switch (html->place) {
    case HTML_TAG_NAME:
    case HTML_ATTRIBUTE:
    case HTML_UNQUOTED:
        /* What follows must not run on with the name or value: it could become another. */
        html->place = HTML_GAP;
        return NULL;
    case HTML_TAG_OPEN:
        return "in a tag's name";
    case HTML_EQUALS:
        return "in an attribute without quotes";
    case HTML_DECLARATION:
        return "inside a declaration";
    default:
        return NULL;
    }
}

bool html_join(struct html *into, const struct html *other)
{
    into->is_broken = into->is_broken && other->is_broken;
    const bool is_in_tag = into->place == HTML_TAG || into->place == HTML_GAP;
    if (is_in_tag && (other->place == HTML_TAG || other->place == HTML_GAP)) {
        if (other->place == HTML_GAP)
            into->place = HTML_GAP;
        return strcmp(into->tag, other->tag) == 0 && into->is_end_tag == other->is_end_tag;
    }
    if (into->place != other->place || into->is_in_pre != other->is_in_pre)
        return false;
    if (into->place == HTML_LIKE_TEXT || into->place == HTML_RAW)
        return strcmp(into->tag, other->tag) == 0;
    if (into->place == HTML_VALUE) {
        into->is_fresh = into->is_fresh && other->is_fresh;
        return into->quote == other->quote && into->attribute == other->attribute &&
               strcmp(into->tag, other->tag) == 0;
    }
    return true;
}
