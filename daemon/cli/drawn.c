/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was drawn, told to people and to programs. */
#include "base/str.h"
#include "cli/draw.h"
#include "cli/talk.h"
#include "crypto/digest.h"
#include <inttypes.h>
#include <stdlib.h>

static const char *const kind_names[] = {
    [LETTER_WHOLE] = "letter",
    [LETTER_SUPPLEMENT] = "supplement",
    [LETTER_ACCESSION] = "accession",
};

static const char *plural(int64_t number)
{
    return number == 1 ? "" : "s";
}

void drawn_tell(const struct drawn *drawn)
{
    const char *whom = drawn->addressee != NULL ? "this kind of reader" : "the public";
    struct str line = STR_INIT;

    str_append_format(&line, "%s: ", drawn->path);
    if (drawn->edition > 0)
        str_append_format(&line, "edition %" PRId64 ", ", drawn->edition);
    if (drawn->files != 1)
        str_append_format(&line, "%" PRId64 " letters, ", drawn->files);
    str_append_format(&line, "%d page%s, names %" PRId64 " organisation%s", drawn->pages,
                      plural(drawn->pages), drawn->named, plural(drawn->named));
    if (drawn->counted > 0 && drawn->is_individual)
        str_append_format(&line,
                          "; %" PRId64 " %s no letter: they chose not to be named to %s, or not "
                          "together with their representative",
                          drawn->counted, drawn->counted == 1 ? "has" : "have", whom);
    else if (drawn->counted > 0)
        str_append_format(&line, "; %" PRId64 " %s only counted: they chose not to be named to %s",
                          drawn->counted, drawn->counted == 1 ? "is" : "are", whom);
    if (drawn->seal != NULL)
        str_append_format(&line, "; sealed by %s", drawn->seal);
    talk_note("%s.", str_text(&line));
    str_free(&line);
}

json_t *drawn_json(const struct drawn *drawn)
{
    char hex[DIGEST_HEX_SIZE];

    digest_hex(drawn->digest, hex);
    return json_pack("{s:s, s:s, s:s?, s:i, s:I, s:I, s:o, s:s, s:s, s:I, s:I, s:s, s:s?}", "file",
                     drawn->path, "language", drawn->language, "addressee", drawn->addressee,
                     "pages", drawn->pages, "named", (json_int_t)drawn->named, "counted",
                     (json_int_t)drawn->counted, "edition",
                     drawn->edition > 0 ? json_integer(drawn->edition) : json_null(), "kind",
                     kind_names[drawn->kind], "form", drawn->is_individual ? "individual" : "joint",
                     "version", (json_int_t)drawn->version, "files", (json_int_t)drawn->files,
                     "digest", hex, "seal", drawn->seal);
}

void drawn_clear(struct drawn *drawn)
{
    char *texts[] = {drawn->path,           drawn->slug,  drawn->language, drawn->addressee,
                     drawn->addressee_name, drawn->email, drawn->seal};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    *drawn = (struct drawn){.path = NULL};
}
