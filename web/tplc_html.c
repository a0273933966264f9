/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The HTML side of the template compiler: a state machine over literal text, after the tokeniser of
 * the HTML standard (13.2.5), cut down to what our templates write. What two parsers could read
 * differently is an error, and so is a value wherever it could change the document's structure.
 */
#include "tplc_html.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list && strcmp(word, *list) != 0)
        list++;
    return *list != NULL;
}

/* Goes to a place outside of attributes. */
static const char *enter(struct html *html, enum html_place place)
{
    html->place = place;
    html->name[0] = html->quote = '\0';
    html->is_fresh = html->is_broken = false;
    return NULL;
}

/* The ">": which text follows. */
static const char *close_tag(struct html *html)
{
    static const char *const raw[] = {"script",  "style",    "xmp",       "iframe",
                                      "noembed", "noframes", "plaintext", NULL};
    static const char *const like_text[] = {"title", "textarea", NULL};
    if (strcmp(html->tag, "pre") == 0)
        html->is_in_pre = !html->is_end_tag;
    if (!html->is_xml && !html->is_end_tag && is_one_of(html->tag, raw))
        return enter(html, HTML_RAW);
    if (!html->is_xml && !html->is_end_tag && is_one_of(html->tag, like_text))
        return enter(html, HTML_LIKE_TEXT);
    html->tag[0] = '\0';
    html->is_end_tag = false;
    return enter(html, HTML_TEXT);
}

/* Adds to a name, in lower case. */
static const char *name_add(char name[32], char c)
{
    const size_t len = strlen(name);
    if (len >= 31 || (!isalnum((unsigned char)c) && !strchr("-_:.", c)))
        return "a name with such a character, or too long";
    name[len] = (char)tolower((unsigned char)c);
    name[len + 1] = '\0';
    return NULL;
}

/* What XML knows without a DTD, at the "&" of a text. */
static bool is_xml_reference(const char *text, size_t len)
{
    static const char *const known[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#", NULL};
    for (size_t i = 0; known[i]; i++)
        if (len >= strlen(known[i]) && memcmp(text, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* The declaration, which is taken whole; 0: there is none. */
static size_t xml_declaration(const struct html *html, const char *text, size_t len)
{
    const char *end = html->is_xml && len >= 6 && memcmp(text, "<?xml ", 6) == 0
                          ? memmem(text, len, "?>", 2)
                          : NULL;
    return end ? (size_t)(end - text) + 2 : 0;
}

/* A "<" in text. Comments are taken whole and not printed, a doctype is taken whole. */
static const char *feed_less(struct html *html, const char *text, size_t len, size_t *used,
                             FILE *out)
{
    const bool is_comment = len >= 4 && memcmp(text, "<!--", 4) == 0;
    const size_t name = len >= 2 && text[1] == '/' ? 2 : 1;
    const size_t declaration = xml_declaration(html, text, len);
    if (declaration > 0) {
        *used = fwrite(text, 1, declaration, out);
        html->is_broken = false;
        return NULL;
    }
    if (is_comment || (len >= 9 && strncasecmp(text, "<!doctype", 9) == 0)) {
        const char *end = is_comment ? memmem(text + 4, len - 4, "-->", 3) : memchr(text, '>', len);
        if (!end)
            return "a directive, or the file's end, inside a comment or declaration";
        *used = (size_t)(end - text) + (is_comment ? 3 : 1);
        if (!is_comment)
            fwrite(text, 1, *used, out);
        html->is_broken = html->is_broken && is_comment;
        return NULL;
    }
    if (len <= name || !isalpha((unsigned char)text[name]))
        return "\"<\" begins no tag here; write &lt;";
    enter(html, HTML_TAG_NAME);
    html->is_end_tag = name == 2;
    *used = fwrite(text, 1, name, out);
    return NULL;
}

/* Between tags. A run of blanks with a line break in it becomes one line break. */
static const char *feed_text(struct html *html, const char *text, size_t len, size_t *used,
                             FILE *out)
{
    size_t run = 0;
    if (text[0] == '<')
        return feed_less(html, text, len, used, out);
    if (text[0] == '&' && html->is_xml && !is_xml_reference(text, len))
        return "XML knows no such reference; write the character";
    while (run < len && isspace((unsigned char)text[run]) && !html->is_in_pre)
        run++;
    *used = run > 0 ? run : 1;
    if (run > 0 && html->is_broken)
        return NULL;
    html->is_broken = run > 0 && memchr(text, '\n', run);
    if (html->is_broken)
        fputc('\n', out);
    else
        fwrite(text, 1, *used, out);
    return NULL;
}

/* Inside script, style, title, textarea: everything up to the element's own end tag. Where values
 * may be put, a stray "<" is refused: a value behind it could complete an end tag. */
static const char *feed_element(struct html *html, const char *text, size_t len, size_t *used,
                                FILE *out)
{
    const size_t end = strlen(html->tag) + 2;
    if (len > end && memcmp(text, "</", 2) == 0 && strncasecmp(text + 2, html->tag, end - 2) == 0 &&
        strchr(" \t\r\n\f/>", text[end])) {
        enter(html, HTML_TAG_NAME);
        html->is_end_tag = true;
        *used = end;
    } else if (text[0] == '<' && html->place == HTML_LIKE_TEXT) {
        return "\"<\" begins no tag here; write &lt;";
    }
    fwrite(text, 1, *used, out);
    return NULL;
}

/* One character inside a tag. */
static const char *feed_tag(struct html *html, char c)
{
    if (html->place == HTML_VALUE) {
        html->is_fresh = false;
        return c == html->quote ? enter(html, HTML_GAP) : NULL;
    }
    if (html->place == HTML_UNQUOTED && html->is_fresh && (c == '"' || c == '\'')) {
        html->place = HTML_VALUE;
        html->quote = c;
        return NULL;
    }
    if (html->is_xml &&
        (html->place == HTML_UNQUOTED || (html->place == HTML_NAME && c != '=' &&
                                          (c == '>' || c == '/' || isspace((unsigned char)c)))))
        return "in XML every attribute has a value in quotes";
    if (c == '>')
        return close_tag(html);
    if (isspace((unsigned char)c))
        return enter(html, HTML_TAG);
    switch (html->place) {
    case HTML_UNQUOTED:
        html->is_fresh = false;
        return isalnum((unsigned char)c) || strchr("-_:./#", c) ? NULL
                                                                : "such a value needs quotes";
    case HTML_TAG_NAME:
        return c == '/' ? enter(html, HTML_GAP) : name_add(html->tag, c);
    case HTML_TAG:
        if (c == '/')
            return enter(html, HTML_GAP);
        html->place = HTML_NAME;
        return html->is_end_tag ? "an end tag takes no attributes" : name_add(html->name, c);
    case HTML_NAME:
        if (c != '=')
            return c == '/' ? enter(html, HTML_GAP) : name_add(html->name, c);
        html->place = HTML_UNQUOTED;
        html->is_fresh = true;
        return strcmp(html->name, "http-equiv") == 0 ? "http-equiv is for headers to say" : NULL;
    default:
        return c == '/' ? NULL : "a blank or the tag's end must follow here";
    }
}

const char *html_feed(struct html *html, const char *text, size_t len, size_t *at, FILE *out)
{
    const char *wrong = NULL;
    size_t used = 1;
    if (html->is_plain) {
        *at = fwrite(text, 1, len, out);
        return NULL;
    }
    for (*at = 0; *at < len; *at += used) {
        used = 1;
        if (html->place == HTML_TEXT) {
            wrong = feed_text(html, text + *at, len - *at, &used, out);
        } else if (html->place == HTML_LIKE_TEXT || html->place == HTML_RAW) {
            wrong = feed_element(html, text + *at, len - *at, &used, out);
        } else {
            wrong = feed_tag(html, text[*at]);
            fputc(text[*at], out);
        }
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *print_value(struct html *html, enum html_print what)
{
    static const char *const addresses[] = {
        "href", "src",      "action",     "formaction", "poster",   "cite",       "data",
        "icon", "manifest", "background", "longdesc",   "codebase", "xlink:href", NULL};
    static const char *const closed[] = {"style", "srcset", "imagesrcset", "srcdoc", "ping",
                                         "from",  "to",     "by",          "values", NULL};
    const bool is_address = is_one_of(html->name, addresses), is_fresh = html->is_fresh;
    html->is_fresh = false;
    if (what == HTML_PRINT_MARKUP)
        return "{{html}} in an attribute";
    if (strncmp(html->name, "on", 2) == 0 || is_one_of(html->name, closed))
        return "nothing may be put into this attribute";
    if (is_address && what != HTML_PRINT_ADDRESS)
        return "this attribute holds an address and takes only {{url}}";
    return is_address && !is_fresh ? "{{url}} must be the first thing in the attribute" : NULL;
}

const char *html_print(struct html *html, enum html_print what)
{
    html->is_broken = false;
    switch (html->place) {
    case HTML_TEXT:
        return (html->is_plain || html->is_xml) && what == HTML_PRINT_MARKUP
                   ? "{{html}} in plain text or XML"
                   : NULL;
    case HTML_LIKE_TEXT:
        return what == HTML_PRINT_MARKUP ? "markup inside title or textarea" : NULL;
    case HTML_VALUE:
        return print_value(html, what);
    case HTML_RAW:
        return "inside a script, a style or their like";
    case HTML_TAG_NAME:
        return "in a tag's name";
    case HTML_UNQUOTED:
        return "in an attribute without quotes";
    default:
        return "inside a tag";
    }
}

const char *html_turn(struct html *html)
{
    if (html->place == HTML_UNQUOTED && html->is_fresh)
        return "in an attribute without quotes";
    /* What follows must not run on with the name or value: it could become another. */
    if (html->place == HTML_TAG_NAME || html->place == HTML_NAME || html->place == HTML_UNQUOTED)
        enter(html, HTML_GAP);
    return NULL;
}

bool html_join(struct html *into, const struct html *other)
{
    if (into->place == HTML_TAG && other->place == HTML_GAP)
        into->place = HTML_GAP;
    into->is_fresh = into->is_fresh && other->is_fresh;
    into->is_broken = into->is_broken && other->is_broken;
    return (into->place == other->place || (into->place == HTML_GAP && other->place == HTML_TAG)) &&
           into->is_end_tag == other->is_end_tag && into->is_in_pre == other->is_in_pre &&
           into->quote == other->quote && strcmp(into->tag, other->tag) == 0 &&
           strcmp(into->name, other->name) == 0;
}
