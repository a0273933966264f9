/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comments in a text: an editor's, and what `appeal draft` asks. They are printed nowhere, but
 * whoever gets the file itself gets them too. */
#include "appeal/document.h"
#include "text/markdown.h"
#include <string.h>

enum us_err document_find_comments(const struct text *text, struct document_comments *out)
{
    struct markdown *markdown;
    struct markdown_comments body;
    struct fault fault;
    enum us_err err = markdown_parse(text->body, strlen(text->body), &markdown, &fault);

    if (err != US_OK)
        return err;
    body = markdown_comments(markdown);
    markdown_free(markdown);
    *out = (struct document_comments){
        .count = text->head_comments + body.count,
        .line = text->head_comment_line,
    };
    if (text->head_comments == 0 && body.count > 0)
        out->line = body.line + text->body_line - 1;
    return US_OK;
}
