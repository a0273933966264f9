/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The template compiler, a tool of the build: turns web/pages/NAME.html and web/mail/NAME.txt or
 * .html into C functions over typed views. The syntax stands in daemon/text/template.h. Expressions
 * are handed on to the C compiler, which checks their types; what this program decides is where
 * they may stand (tplc_html.c), so that a page which could be broken by a value does not build.
 *
 *   tplc FILE OUTPUT.c          compiles one template
 *   tplc -H OUTPUT.h FILE...    writes the prototypes of all of them
 */
#include "tplc_html.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 32
#define ARGUMENTS_MOST 16

struct branch {
    int line;
    bool is_loop, has_else, has_joined;
    struct html start, joined;
};

struct template
{
    const char *path;             /* as given, for messages to people */
    char name[128], folder[32];   /* "web/pages/sign.html", "page" */
    char stem[64], function[128]; /* "sign", "template_page_sign" */
    char suffix[8];               /* "", "_txt" or "_html": the partials' too */
    bool is_html;
    char *text;
    size_t len, at;
    int line;
    char *head, *params; /* #include lines; ", const struct view *v" */
    char *note;          /* for translators, before the next message */
    bool has_output;
    struct html html;
    struct branch branches[DEPTH_MOST];
    int depth;
    FILE *code, *literal; /* literal text since the last directive */
    char *code_data, *literal_data;
    size_t code_len, literal_len;
};

static _Noreturn void fail(const struct template *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void fail(const struct template *t, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: ", t->path, t->line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* Appends to a string of the head. */
static void append(char **to, const char *before, const char *text, const char *after)
{
    char *grown;
    if (asprintf(&grown, "%s%s%s%s", *to ? *to : "", before, text, after) < 0)
        abort();
    free(*to);
    *to = grown;
}

/* ---- reading ---- */

/* The last three parts of the path say what is made: folder/kind/NAME.suffix. */
static void template_name(struct template *t, const char *path)
{
    const char *part = path + strlen(path), *dot = strrchr(path, '.');
    int slashes = 0;
    t->path = path;
    for (; part > path; part--)
        if (part[-1] == '/' && ++slashes == 3)
            break;
    char top[32], kind[32], next;
    if (!dot || slashes < 2 ||
        sscanf(part, "%31[^/]/%31[^/]/%63[a-z0-9_]%c", top, kind, t->stem, &next) != 4 ||
        next != '.' || (strcmp(kind, "pages") != 0 && strcmp(kind, "mail") != 0) ||
        strlen(part) >= sizeof t->name)
        fail(t, "a template is called web/pages/NAME.html or web/mail/NAME.txt, in [a-z0-9_]");
    strcpy(t->name, part);
    strcpy(t->folder, strcmp(kind, "pages") == 0 ? "page" : kind);
    t->is_html = strcmp(dot, ".html") == 0;
    if (!t->is_html && strcmp(dot, ".txt") != 0)
        fail(t, "a template ends in .html or .txt");
    if (strcmp(t->folder, "page") != 0)
        snprintf(t->suffix, sizeof t->suffix, "_%s", dot + 1);
    snprintf(t->function, sizeof t->function, "template_%s_%s%s", t->folder, t->stem, t->suffix);
}

static void template_read(struct template *t, const char *path)
{
    template_name(t, path);
    FILE *file = fopen(path, "rb"), *copy = open_memstream(&t->text, &t->len);
    int c;
    if (!file || !copy)
        fail(t, "cannot be read");
    while ((c = getc(file)) != EOF)
        if (c == '\0')
            fail(t, "holds a NUL byte");
        else
            putc(c, copy);
    if (ferror(file) || fclose(copy) != 0)
        fail(t, "cannot be read");
    fclose(file);
    t->line = 1;
}

static void template_close(struct template *t)
{
    free(t->text);
    free(t->head);
    free(t->params);
    free(t->note);
    memset(t, 0, sizeof *t);
}

/* Behind a C string or character literal that begins at p; NULL when it does not end. */
static const char *skip_literal(const char *p)
{
    const char quote = *p++;
    for (; *p && *p != quote; p++)
        if (*p == '\n' || (*p == '\\' && !*++p))
            return NULL;
    return *p ? p + 1 : NULL;
}

/* Where the directive that begins at p ("{{") ends: at its "}}". NULL when it does not. */
static const char *directive_end(const char *p)
{
    if (p[2] == '!')
        return strstr(p, "}}");
    for (p += 2; p && *p;) {
        if (p[0] == '}' && p[1] == '}')
            return p;
        p = *p == '"' || *p == '\'' ? skip_literal(p) : p + 1;
    }
    return NULL;
}

static const char *skip_blanks(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static void trim(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    memmove(text, skip_blanks(text), strlen(skip_blanks(text)) + 1);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* "word rest" -> rest, or NULL when the text does not begin with that word and a blank. */
static char *after_word(char *text, const char *word)
{
    const size_t len = strlen(word);
    if (strncmp(text, word, len) != 0 || !isspace((unsigned char)text[len]))
        return NULL;
    trim(text + len);
    return text[len] ? text + len : NULL;
}

/* Finds where an expression ends: at a blank outside of brackets and strings for which stop is
 * true. Returns the end of the text when there is none; NULL when brackets or quotes do not match.
 */
static char *expression_end(char *text, bool (*stop)(const char *blank))
{
    int depth = 0;
    for (char *p = text; *p;) {
        if (*p == '"' || *p == '\'') {
            const char *end = skip_literal(p);
            if (!end)
                return NULL;
            p += end - p;
            continue;
        }
        if (strchr("([{", *p))
            depth++;
        if (strchr(")]}", *p) && --depth < 0)
            return NULL;
        if (depth == 0 && isspace((unsigned char)*p) && stop(p))
            return p;
        p++;
    }
    return depth == 0 ? text + strlen(text) : NULL;
}

static bool stop_never(const char *blank)
{
    (void)blank;
    return false;
}

/* Before "name=", which is no comparison. */
static bool stop_at_argument(const char *blank)
{
    const char *p = skip_blanks(blank), *word = p;
    while (is_word(*p))
        p++;
    return p > word && p[0] == '=' && p[1] != '=';
}

/* ---- writing ---- */

static void flush_literal(struct template *t)
{
    fflush(t->literal);
    for (size_t i = 0; i < t->literal_len;) {
        const size_t end = t->literal_len - i > 2000 ? i + 2000 : t->literal_len;
        fprintf(t->code, "    template_literal(t, \"");
        for (size_t k = i; k < end; k++) {
            const unsigned char c = (unsigned char)t->literal_data[k];
            if (c == '\n')
                fputs(k + 1 < end ? "\\n\"\n        \"" : "\\n", t->code);
            else if (c == '"' || c == '\\')
                fprintf(t->code, "\\%c", c);
            else if (c < 0x20 || c >= 0x7f)
                fprintf(t->code, "\\%03o", c);
            else
                putc(c, t->code);
        }
        fprintf(t->code, "\", %zu);\n", end - i);
        i = end;
    }
    rewind(t->literal);
    fflush(t->literal);
    t->literal_len = 0;
}

static void write_line(struct template *t)
{
    flush_literal(t);
    fprintf(t->code, "#line %d \"%s\"\n", t->line, t->name);
}

static void feed(struct template *t, const char *text, size_t len)
{
    size_t at;
    if (!t->is_html) {
        fwrite(text, 1, len, t->literal);
    } else {
        const char *wrong = html_feed(&t->html, text, len, &at, t->literal);
        for (size_t i = 0; wrong && i < at; i++)
            t->line += text[i] == '\n';
        if (wrong)
            fail(t, "%s", wrong);
    }
    for (size_t i = 0; i < len; i++)
        t->line += text[i] == '\n';
}

static void check_place(struct template *t, enum html_print what)
{
    const char *wrong = NULL;
    if (t->is_html)
        wrong = html_print(&t->html, what);
    else if (what == HTML_PRINT_MARKUP)
        wrong = "{{html}} in plain text";
    if (wrong)
        fail(t, "nothing can be put here: %s", wrong);
}

static void check_expression(const struct template *t, char *text)
{
    if (!*text || !expression_end(text, stop_never) || strchr(text, ';'))
        fail(t, "\"%s\" is no expression", text);
}

/* ---- directives that print ---- */

/* {{EXPR}}, {{number EXPR}} and so on. */
static void compile_value(struct template *t, char *text)
{
    static const struct {
        const char *word, *function;
        enum html_print what;
    } kinds[] = {
        {"number", "template_number", HTML_PRINT_TEXT},
        {"plain", "template_plain_number", HTML_PRINT_TEXT},
        {"date", "template_date", HTML_PRINT_TEXT},
        {"url", "template_url", HTML_PRINT_ADDRESS},
        {"html", "template_html", HTML_PRINT_MARKUP},
    };
    const char *function = "template_text";
    enum html_print what = HTML_PRINT_TEXT;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *rest = after_word(text, kinds[i].word);
        if (rest) {
            function = kinds[i].function;
            what = kinds[i].what;
            text = rest;
            break;
        }
    }
    check_expression(t, text);
    check_place(t, what);
    write_line(t);
    fprintf(t->code, "    %s(t, (%s));\n", function, text);
}

struct message {
    char *strings[2]; /* context and text, or text, or one and many: C literals */
    int string_count;
    char *number; /* of a plural */
    char *names[ARGUMENTS_MOST], *values[ARGUMENTS_MOST];
    int argument_count;
};

/* Cuts the directive's text into its parts, in place. */
static void message_read(struct template *t, struct message *m, char *text)
{
    while (*text == '"' && m->string_count < 2) {
        char *end = text + (skip_literal(text) - text);
        const bool is_last = *end == '\0';
        if (!is_last && !isspace((unsigned char)*end))
            fail(t, "a blank must follow %.20s", text);
        *end = '\0';
        m->strings[m->string_count++] = text;
        text = is_last ? end : end + 1;
        text += skip_blanks(text) - text;
    }
    while (*text) {
        char *name = NULL, *end;
        if (isspace((unsigned char)*text) || m->string_count == 0)
            fail(t, "a message begins with its text in quotes");
        if (stop_at_argument(text)) {
            name = text;
            text = strchr(text, '=');
            *text++ = '\0';
        }
        end = expression_end(text, stop_at_argument);
        if (!end || (!name && m->number) || m->argument_count == ARGUMENTS_MOST)
            fail(t, "\"%s\" is not understood", text);
        const bool is_last = *end == '\0';
        *end = '\0';
        trim(text);
        check_expression(t, text);
        if (name) {
            m->names[m->argument_count] = name;
            m->values[m->argument_count++] = text;
        } else {
            m->number = text;
        }
        text = is_last ? end : end + 1;
        text += skip_blanks(text) - text;
    }
}

/* Each {place} has its argument; marks in used[] which were found. */
static void message_check(const struct template *t, const struct message *m, const char *msgid,
                          bool used[])
{
    for (const char *p = strchr(msgid, '{'); p; p = strchr(p + 1, '{')) {
        const size_t len = strcspn(p + 1, "}\"");
        int i = 0;
        while (i < m->argument_count &&
               (strlen(m->names[i]) != len || strncmp(m->names[i], p + 1, len) != 0))
            i++;
        if (i < m->argument_count)
            used[i] = true;
        else if (!m->number || strncmp(p, "{count}", 7) != 0)
            fail(t, "nothing fills \"%.*s}\"", (int)len + 1, p);
    }
}

static void message_write_arguments(struct template *t, const struct message *m)
{
    static const char *const words[] = {"number", "date", "plain"};
    static const char *const kinds[] = {"NUMBER", "DATE", "PLAIN"};
    fprintf(t->code, "    const struct template_arg template_args[] = {\n");
    if (m->number)
        fprintf(t->code, "        {\"count\", TEMPLATE_ARG_NUMBER, NULL, template_count},\n");
    for (int i = 0; i < m->argument_count; i++) {
        const char *kind = NULL;
        char *rest = NULL;
        for (int k = 0; k < 3 && !kind; k++)
            if ((rest = after_word(m->values[i], words[k])))
                kind = kinds[k];
        if (kind)
            fprintf(t->code, "        {\"%s\", TEMPLATE_ARG_%s, NULL, (%s)},\n", m->names[i], kind,
                    rest);
        else
            fprintf(t->code, "        {\"%s\", TEMPLATE_ARG_TEXT, (%s), 0},\n", m->names[i],
                    m->values[i]);
    }
    fprintf(t->code, "    };\n");
}

/* The call that looks the message up. Its comments are for xgettext: what a translator should know,
 * and that msgfmt is to compare the places of the translation with those of the original. */
static void message_write_call(struct template *t, const struct message *m, bool is_context,
                               bool has_places)
{
    if (t->note)
        fprintf(t->code, "        /* %s */\n", t->note);
    if (has_places)
        fprintf(t->code, "        /* xgettext:python-brace-format */\n");
    free(t->note);
    t->note = NULL;
    if (m->number)
        fprintf(t->code,
                "        message_plural(t->language, %s, %s, (unsigned long)template_count)",
                m->strings[0], m->strings[1]);
    else if (is_context)
        fprintf(t->code, "        message_context(t->language, %s, %s)", m->strings[0],
                m->strings[1]);
    else
        fprintf(t->code, "        message_get(t->language, %s)", m->strings[0]);
}

/* {{t ...}} and {{c ...}}. */
static void compile_message(struct template *t, char *text, bool is_context)
{
    struct message m = {0};
    bool used[ARGUMENTS_MOST] = {false};
    message_read(t, &m, text);
    if (is_context ? m.string_count != 2 || m.number : (m.string_count == 2) != !!m.number)
        fail(t, "a message is {{t \"TEXT\"}}, {{t \"ONE\" \"MANY\" NUMBER}} or "
                "{{c \"CONTEXT\" \"TEXT\"}}, then NAME=VALUE");
    if (strcmp(m.strings[is_context], "\"\"") == 0)
        fail(t, "the message is empty");
    for (int i = is_context; i < m.string_count; i++)
        message_check(t, &m, m.strings[i], used);
    for (int i = 0; i < m.argument_count; i++)
        if (!used[i])
            fail(t, "the message has no place {%s}", m.names[i]);
    check_place(t, HTML_PRINT_TEXT);
    write_line(t);
    const bool has_places = m.number || m.argument_count > 0;
    if (!has_places) {
        fprintf(t->code, "    template_text(t,\n");
        message_write_call(t, &m, is_context, false);
        fprintf(t->code, ");\n");
        return;
    }
    fprintf(t->code, "    {\n");
    if (m.number)
        fprintf(t->code, "    const int64_t template_count = (%s);\n", m.number);
    message_write_arguments(t, &m);
    fprintf(t->code, "    template_message(t,\n");
    message_write_call(t, &m, is_context, true);
    fprintf(t->code,
            ",\n        template_args, sizeof template_args / sizeof *template_args);\n    }\n");
}

/* {{> NAME expr, expr}} */
static void compile_partial(struct template *t, char *text)
{
    size_t len = 0;
    while (is_word(text[len]))
        len++;
    char *arguments = text + len;
    if (len == 0 || (*arguments && !isspace((unsigned char)*arguments)))
        fail(t, "{{> NAME}} names a template of the same folder");
    trim(arguments);
    if (*arguments)
        check_expression(t, arguments);
    if (t->is_html && t->html.place != HTML_TEXT)
        fail(t, "nothing can be put here: a partial stands between tags only");
    write_line(t);
    fprintf(t->code, "    template_%s_%.*s%s(t%s%s);\n", t->folder, (int)len, text, t->suffix,
            *arguments ? ", " : "", arguments);
}

/* ---- branches and loops ---- */

static void turn(struct template *t)
{
    const char *wrong = t->is_html ? html_turn(&t->html) : NULL;
    if (wrong)
        fail(t, "no branch or loop can begin or end here: %s", wrong);
    write_line(t);
}

static struct branch *open_branch(struct template *t, bool is_loop)
{
    if (t->depth == DEPTH_MOST)
        fail(t, "too many levels");
    turn(t);
    struct branch *branch = &t->branches[t->depth++];
    *branch = (struct branch){.line = t->line, .is_loop = is_loop};
    if (is_loop)
        t->html.is_fresh = false; /* the second round does not begin the attribute */
    branch->start = t->html;
    return branch;
}

static struct branch *innermost(struct template *t, bool is_loop, const char *word)
{
    if (t->depth == 0 || t->branches[t->depth - 1].is_loop != is_loop)
        fail(t, "{{%s}} without its beginning", word);
    turn(t);
    return &t->branches[t->depth - 1];
}

/* One arm ends: all arms must end in the same place. */
static void join(struct template *t, struct branch *branch)
{
    if (!branch->has_joined)
        branch->joined = t->html;
    else if (!html_join(&branch->joined, &t->html))
        fail(t, "the branches of line %d end in different places of the HTML", branch->line);
    branch->has_joined = true;
    t->html = branch->start;
}

static void compile_each(struct template *t, char *text)
{
    size_t name = 0, cut = 0;
    int depth = 0;
    while (is_word(text[name]))
        name++;
    char *items = name > 0 ? after_word(text + name + 1, "in") : NULL;
    if (items && expression_end(items, stop_never))
        for (size_t i = 0; items[i]; i++) {
            depth += strchr("([{", items[i]) ? 1 : strchr(")]}", items[i]) ? -1 : 0;
            if (depth == 0 && isspace((unsigned char)items[i]))
                cut = i;
        }
    if (cut == 0)
        fail(t, "a loop is {{#each ITEM in ITEMS COUNT}}");
    items[cut] = '\0';
    trim(items);
    open_branch(t, true);
    const int n = (int)name;
    fprintf(t->code,
            "    for (size_t %.*s_index = 0, %.*s_count = (size_t)(%s); %.*s_index < %.*s_count; "
            "%.*s_index++) {\n    __typeof__(&(%s)[0]) const %.*s = &(%s)[%.*s_index];\n",
            n, text, n, text, items + cut + 1, n, text, n, text, n, text, items, n, text, items, n,
            text);
}

static void compile_else(struct template *t, const char *condition)
{
    struct branch *branch = innermost(t, false, condition ? "#elif" : "#else");
    if (branch->has_else)
        fail(t, "{{#else}} was the last branch");
    branch->has_else = !condition;
    join(t, branch);
    if (condition)
        fprintf(t->code, "    } else if (%s) {\n", condition);
    else
        fprintf(t->code, "    } else {\n");
}

static void compile_end(struct template *t, bool is_loop)
{
    struct branch *branch = innermost(t, is_loop, is_loop ? "/each" : "/if");
    join(t, branch);
    if (!branch->has_else)
        join(t, branch);
    if (is_loop && branch->joined.place != branch->start.place)
        fail(t, "the loop of line %d does not end where it began in the HTML", branch->line);
    t->html = branch->joined;
    t->depth--;
    fprintf(t->code, "    }\n");
}

/* True when it was one. */
static bool compile_control(struct template *t, char *text)
{
    char *rest;
    if ((rest = after_word(text, "#if"))) {
        check_expression(t, rest);
        open_branch(t, false);
        fprintf(t->code, "    if (%s) {\n", rest);
    } else if ((rest = after_word(text, "#elif"))) {
        check_expression(t, rest);
        compile_else(t, rest);
    } else if ((rest = after_word(text, "#each"))) {
        compile_each(t, rest);
    } else if (strcmp(text, "#else") == 0) {
        compile_else(t, NULL);
    } else if (strcmp(text, "/if") == 0 || strcmp(text, "/each") == 0) {
        compile_end(t, text[1] == 'e');
    } else {
        return false;
    }
    return true;
}

/* {{include}} and {{param}}: only before any output. */
static bool compile_head(struct template *t, char *text)
{
    char *include = after_word(text, "include"), *param = after_word(text, "param");
    if (!include && !param)
        return false;
    if (t->has_output)
        fail(t, "includes and parameters stand before all text");
    if (include && (*include != '"' || skip_literal(include) != include + strlen(include)))
        fail(t, "{{include \"FOLDER/FILE.h\"}}");
    if (include)
        append(&t->head, "#include ", include, "\n");
    else
        append(&t->params, ", ", param, "");
    return true;
}

static void compile_directive(struct template *t, char *text)
{
    static const char translators[] = "! translators:";
    char *rest;
    if (text[0] == '!') {
        if (strncmp(text, translators, sizeof translators - 1) == 0 && !strstr(text, "*/")) {
            free(t->note);
            t->note = NULL;
            append(&t->note, "", text + 2, "");
        }
        return;
    }
    if (compile_head(t, text))
        return;
    t->has_output = true;
    if (compile_control(t, text))
        return;
    if ((rest = after_word(text, "t")))
        compile_message(t, rest, false);
    else if ((rest = after_word(text, "c")))
        compile_message(t, rest, true);
    else if (text[0] == '>') {
        trim(text + 1);
        compile_partial(t, text + 1);
    } else if (strchr("#/&^", text[0]))
        fail(t, "\"{{%s}}\" is not understood", text);
    else
        compile_value(t, text);
}

/* ---- the whole file ---- */

/* A line that holds nothing but blanks and directives which print no text of their own there: it
 * leaves no empty line behind. Gives the line's end, or NULL. */
static const char *bare_line_end(const char *line)
{
    bool has_directive = false;
    for (const char *p = line;;) {
        while (*p == ' ' || *p == '\t' || *p == '\r')
            p++;
        if (*p == '\n' || *p == '\0')
            return has_directive ? p : NULL;
        if (p[0] != '{' || p[1] != '{')
            return NULL;
        const char *word = skip_blanks(p + 2);
        if (!strchr("#/!>", *word) && strncmp(word, "param ", 6) != 0 &&
            strncmp(word, "include ", 8) != 0)
            return NULL;
        p = directive_end(p);
        if (!p)
            return NULL;
        p += 2;
        has_directive = true;
    }
}

static void compile_literal(struct template *t, const char *bare)
{
    const char *from = t->text + t->at;
    const char *to = strstr(from, "{{");
    const char *line = strchr(from, '\n');
    if (!to)
        to = t->text + t->len;
    /* One line at a time, since each may be bare. */
    if (line && line < to)
        to = line + 1;
    t->at += (size_t)(to - from);
    if (bare) {
        t->line += to > from && to[-1] == '\n';
        return;
    }
    feed(t, from, (size_t)(to - from));
    /* Blanks and comments around the first directives are no output. */
    fflush(t->literal);
    if (!t->has_output && !*skip_blanks(t->literal_data))
        rewind(t->literal);
    else
        t->has_output = true;
}

static void compile_file(struct template *t)
{
    const char *bare = NULL;
    while (t->at < t->len) {
        const char *p = t->text + t->at;
        if (t->at == 0 || p[-1] == '\n')
            bare = bare_line_end(p);
        if (p[0] != '{' || p[1] != '{') {
            compile_literal(t, bare);
            continue;
        }
        const char *end = directive_end(p);
        if (!end)
            fail(t, "{{ without its }}");
        char *text = strndup(p + 2, (size_t)(end - p) - 2);
        if (!text)
            abort();
        for (const char *c = p; c < end; c++)
            t->line += *c == '\n';
        trim(text);
        compile_directive(t, text);
        free(text);
        t->at = (size_t)(end - t->text) + 2;
    }
    if (t->depth > 0) {
        t->line = t->branches[t->depth - 1].line;
        fail(t, "the branch or loop that begins here does not end");
    }
    if (t->is_html && t->html.place != HTML_TEXT)
        fail(t, "the file ends inside a tag or an element that holds text");
    flush_literal(t);
}

static void compile(struct template *t, const char *path)
{
    template_read(t, path);
    t->code = open_memstream(&t->code_data, &t->code_len);
    t->literal = open_memstream(&t->literal_data, &t->literal_len);
    if (!t->code || !t->literal)
        abort();
    compile_file(t);
    fclose(t->literal);
    free(t->literal_data);
    fclose(t->code);
}

static void write_source(FILE *out, const struct template *t)
{
    fprintf(out, "/* Made from %s; do not edit. */\n#include \"%.*stemplates.h\"\n", t->name,
            (int)(strrchr(t->name, '/') + 1 - t->name), t->name);
    /* What an expression is must fit what it is printed as, whatever the build's own flags. */
    fprintf(out, "#pragma GCC diagnostic error \"-Wint-conversion\"\n"
                 "#pragma GCC diagnostic error \"-Wincompatible-pointer-types\"\n"
                 "#pragma GCC diagnostic error \"-Wfloat-conversion\"\n"
                 "#pragma GCC diagnostic error \"-Wimplicit-function-declaration\"\n\n");
    fprintf(out, "void %s(struct template *t%s)\n{\n    t->is_plain = %s;\n%s}\n", t->function,
            t->params ? t->params : "", t->is_html ? "false" : "true", t->code_data);
}

static int close_output(FILE *out, const char *path)
{
    if (ferror(out) | fclose(out)) {
        fprintf(stderr, "tplc: cannot write %s\n", path);
        remove(path);
        return 1;
    }
    return 0;
}

static FILE *open_output(const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out) {
        fprintf(stderr, "tplc: cannot write %s\n", path);
        exit(1);
    }
    return out;
}

int main(int argc, char **argv)
{
    struct template t = {0};
    if (argc >= 3 && strcmp(argv[1], "-H") == 0) {
        FILE *out = open_output(argv[2]);
        fprintf(out,
                "/* Made by tplc; do not edit. */\n#pragma once\n#include \"text/template.h\"\n");
        for (int i = 3; i < argc; i++) {
            compile(&t, argv[i]);
            fprintf(out, "%svoid %s(struct template *t%s);\n", t.head ? t.head : "", t.function,
                    t.params ? t.params : "");
            free(t.code_data);
            template_close(&t);
        }
        return close_output(out, argv[2]);
    }
    if (argc != 3 || argv[1][0] == '-') {
        fprintf(stderr, "usage: tplc FILE OUTPUT.c\n       tplc -H OUTPUT.h FILE...\n");
        return 64;
    }
    compile(&t, argv[1]);
    FILE *out = open_output(argv[2]);
    write_source(out, &t);
    free(t.code_data);
    template_close(&t);
    return close_output(out, argv[2]);
}
