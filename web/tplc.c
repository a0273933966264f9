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
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MOST 32
#define WORDS_MOST 32

struct branch {
    int line;
    bool is_loop, has_else, has_joined;
    struct html start, joined;
};

struct out {
    FILE *file;
    char *text;
    size_t len;
};

struct template
{
    const char *path;          /* as given, for messages to people */
    char name[128];            /* "web/pages/sign.html" */
    char prefix[32], stem[64]; /* "template_page_", "sign" */
    char suffix[8];            /* "", "_txt" or "_html": the partials' too */
    bool has_output;
    int line, depth;
    char note[256]; /* for translators, before the next message */
    struct html html;
    struct branch branches[DEPTH_MOST];
    char *text;
    struct out head, params, code, literal; /* literal: text since the last directive */
};

__attribute__((format(printf, 2, 3), noreturn)) static void fail(const struct template *t,
                                                                 const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: ", t->path, t->line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static void open_out(struct out *out)
{
    if (!(out->file = open_memstream(&out->text, &out->len)))
        abort();
}

static void close_out(struct out *out)
{
    fclose(out->file);
    free(out->text);
}

static const char *text_of(struct out *out)
{
    return fflush(out->file) == 0 ? out->text : "";
}

/* The last three parts of the path say what is made: folder/kind/NAME.suffix. */
static void read_name(struct template *t, const char *path)
{
    const char *part = path + strlen(path), *dot = strrchr(path, '.');
    char kind[6] = "", next = 0;
    for (int slashes = 0; part > path && (part[-1] != '/' || ++slashes < 3);)
        part--;
    t->path = path;
    if (sscanf(part, "%*[^/]/%5[a-z]/%63[a-z0-9_]%c", kind, t->stem, &next) != 3 || next != '.' ||
        (strcmp(kind, "pages") != 0 && strcmp(kind, "mail") != 0) ||
        (strcmp(dot, ".html") != 0 && strcmp(dot, ".xml") != 0 && strcmp(dot, ".txt") != 0) ||
        strlen(part) >= sizeof t->name)
        fail(t, "a template is called web/pages/NAME.html or web/mail/NAME.txt, in [a-z0-9_]");
    t->html.is_xml = strcmp(dot, ".xml") == 0;
    strcpy(t->name, part);
    t->html.is_plain = strcmp(dot, ".txt") == 0;
    strcpy(t->prefix, kind[0] == 'p' ? "template_page_" : "template_mail_");
    if (kind[0] == 'm')
        snprintf(t->suffix, sizeof t->suffix, "_%s", dot + 1);
}

static void read_file(struct template *t)
{
    FILE *file = fopen(t->path, "rb");
    size_t size = 0;
    const ssize_t len = file ? getdelim(&t->text, &size, '\0', file) : 0;
    if (len <= 0 || strlen(t->text) != (size_t)len)
        fail(t, "cannot be read, is empty or holds a NUL byte");
    fclose(file);
}

/* Behind a C string or character literal that begins at p; NULL when it does not end. */
static char *skip_literal(char *p)
{
    const char quote = *p++;
    for (; *p && *p != quote; p++)
        if (*p == '\n' || (*p == '\\' && !*++p))
            return NULL;
    return *p ? p + 1 : NULL;
}

/* The "}}" of the directive that begins at p; NULL when it has none. */
static char *directive_end(char *p)
{
    if (p[2] == '!')
        return strstr(p, "}}");
    for (p += 2; p && *p && (p[0] != '}' || p[1] != '}');)
        p = *p == '"' || *p == '\'' ? skip_literal(p) : p + 1;
    return p && *p ? p : NULL;
}

static char *trim(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* Cuts text at the blanks outside of brackets and strings; most 0 only checks. Gives how many words
 * there are, or 0 when brackets, quotes or their number are wrong. */
static int split(char *text, char **words, int most)
{
    int count = 0, depth = 0;
    bool is_between = true;
    for (char *p = text; *p;) {
        const bool is_blank = isspace((unsigned char)*p) && depth == 0;
        char *next = *p == '"' || *p == '\'' ? skip_literal(p) : p + 1;
        if (!is_blank && is_between && ++count <= most)
            words[count - 1] = p;
        is_between = is_blank;
        depth += strchr("([{", *p) ? 1 : strchr(")]}", *p) ? -1 : 0;
        if (!next || depth < 0 || *p == ';' || (most > 0 && count > most))
            return 0;
        if (is_blank && most > 0)
            *p = '\0';
        p = next;
    }
    return depth == 0 ? count : 0;
}

static void check_expression(const struct template *t, char *text)
{
    if (split(text, NULL, 0) == 0)
        fail(t, "\"%s\" is no expression", text);
}

/* Text before a directive, and the line that the C compiler names in its messages. */
static void write_line(struct template *t)
{
    const char *text = text_of(&t->literal);
    const size_t len = t->literal.len;
    if (len > 0)
        fprintf(t->code.file, "    template_literal(t, \"");
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            fputs(i + 1 < len ? "\\n\"\n        \"" : "\\n", t->code.file);
        else if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            fprintf(t->code.file, "\\%03o", c);
        else
            putc(c, t->code.file);
    }
    if (len > 0)
        fprintf(t->code.file, "\", %zu);\n", len);
    rewind(t->literal.file);
    fprintf(t->code.file, "#line %d \"%s\"\n", t->line, t->name);
}

static void write_literal(struct template *t, const char *text, size_t len)
{
    size_t at;
    const char *wrong = html_feed(&t->html, text, len, &at, t->literal.file);
    for (size_t i = 0; i < at; i++)
        t->line += text[i] == '\n';
    if (wrong)
        fail(t, "%s", wrong);
    /* Blanks and comments around the first directives are no output. */
    if (!t->has_output && text_of(&t->literal)[strspn(text_of(&t->literal), " \t\r\n")] == '\0')
        rewind(t->literal.file);
    else
        t->has_output = true;
}

/* Before anything that prints. */
static void begin_print(struct template *t, enum html_print what)
{
    const char *wrong = html_print(&t->html, what);
    if (wrong)
        fail(t, "nothing can be put here: %s", wrong);
    write_line(t);
}

/* The words of a {{t}} or {{c}}. */
struct message {
    char *strings[2]; /* context and text, or text, or one and many: C literals */
    int string_count;
    char *count; /* a plural's */
    struct argument {
        const char *name, *kind, *value;
    } arguments[WORDS_MOST];
    int argument_count;
};

static void read_argument(struct template *t, struct message *m, char **words, int *i, int count)
{
    static const char *const kinds[] = {"NUMBER", "PLAIN", "DATE"};
    char *value = strchr(words[*i], '=');
    struct argument *argument = &m->arguments[m->argument_count++];
    *value++ = '\0';
    *argument = (struct argument){words[*i], "TEXT", value};
    for (int k = 0; k < 3; k++)
        if (strcasecmp(value, kinds[k]) == 0 && ++*i == count)
            fail(t, "%s has no value", argument->name);
        else if (strcasecmp(value, kinds[k]) == 0)
            *argument = (struct argument){argument->name, kinds[k], words[*i]};
}

static void read_message(struct template *t, struct message *m, char *rest)
{
    char *words[WORDS_MOST];
    const int count = split(rest, words, WORDS_MOST);
    for (int i = 0; i < count; i++) {
        const size_t name = strspn(words[i], "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (name > 0 && words[i][name] == '=' && words[i][name + 1] != '=')
            read_argument(t, m, words, &i, count);
        else if (words[i][0] == '"' && m->string_count < 2 && !*skip_literal(words[i]))
            m->strings[m->string_count++] = words[i];
        else if (!m->count && m->string_count == 2)
            m->count = words[i];
        else
            fail(t, "\"%s\" is not understood in a message", words[i]);
    }
}

/* Each {place} of a text has its argument; notes in used which are met. */
static void check_places(const struct template *t, const struct message *m, const char *text,
                         bool used[])
{
    for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
        const size_t len = strcspn(p + 1, "}\"");
        bool is_known = m->count && strncmp(p, "{count}", 7) == 0;
        for (int i = 0; i < m->argument_count; i++)
            if (strlen(m->arguments[i].name) == len && !memcmp(m->arguments[i].name, p + 1, len))
                is_known = used[i] = true;
        if (!is_known)
            fail(t, "nothing fills \"%.*s}\"", (int)len + 1, p);
    }
}

static void check_message(const struct template *t, const struct message *m, bool is_context)
{
    bool used[WORDS_MOST] = {false};
    if (m->string_count == 0 || (m->string_count == 2) != (is_context || m->count) ||
        (is_context && m->count) || strcmp(m->strings[m->string_count - 1], "\"\"") == 0)
        fail(t, "a message is {{t TEXT}}, {{t ONE MANY N}} or {{c CONTEXT TEXT}}, then NAME=VALUE");
    for (int i = is_context; i < m->string_count; i++)
        check_places(t, m, m->strings[i], used);
    for (int i = 0; i < m->argument_count; i++)
        if (!used[i])
            fail(t, "the message has no place {%s}", m->arguments[i].name);
}

/* {{t ...}} and {{c ...}}. The comments in the call are for xgettext: what a translator should
 * know, and that msgfmt is to compare a translation's places with the original's. */
static void compile_message(struct template *t, char *rest, bool is_context)
{
    struct message m = {0};
    read_message(t, &m, rest);
    check_message(t, &m, is_context);
    begin_print(t, HTML_PRINT_TEXT);
    FILE *code = t->code.file;
    fprintf(code, "    {\n    const int64_t template_count = (%s);\n", m.count ? m.count : "0");
    fprintf(code, "    const struct template_arg template_args[] = {\n");
    for (int i = 0; i < m.argument_count; i++)
        fprintf(code, "        {.name = \"%s\", .kind = TEMPLATE_ARG_%s, .%s = (%s)},\n",
                m.arguments[i].name, m.arguments[i].kind,
                m.arguments[i].kind[0] == 'T' ? "text" : "number", m.arguments[i].value);
    fprintf(code, "        {\"count\", TEMPLATE_ARG_NUMBER, NULL, template_count},\n    };\n");
    fprintf(code, "    template_message(t,\n");
    if (t->note[0])
        fprintf(code, "        /* %s */\n", t->note);
    if (m.count || m.argument_count > 0)
        fprintf(code, "        /* xgettext:python-brace-format */\n");
    fprintf(code, "        message_%s(t->language, %s%s%s%s), template_args, %d);\n    }\n",
            m.count      ? "plural"
            : is_context ? "context"
                         : "get",
            m.strings[0], m.string_count == 2 ? ", " : "", m.string_count == 2 ? m.strings[1] : "",
            m.count ? ", (unsigned long)template_count" : "", m.argument_count + !!m.count);
    t->note[0] = '\0';
}

/* {{> NAME ARGUMENTS}} */
static void compile_partial(struct template *t, char *rest)
{
    const size_t len = strspn(rest, "abcdefghijklmnopqrstuvwxyz_0123456789");
    char *arguments = trim(rest + len);
    if (len == 0 || (rest[len] && !isspace((unsigned char)rest[len])) ||
        (*arguments && split(arguments, NULL, 0) == 0))
        fail(t, "{{> NAME ARGUMENTS}} names a template of the same folder");
    if (t->html.place != HTML_TEXT)
        fail(t, "nothing can be put here: a partial stands between tags only");
    begin_print(t, HTML_PRINT_TEXT);
    fprintf(t->code.file, "    %s%.*s%s(t%s%s);\n", t->prefix, (int)len, rest, t->suffix,
            *arguments ? ", " : "", arguments);
}

/* A branch or loop begins, goes on or ends here. */
static void turn(struct template *t)
{
    const char *wrong = html_turn(&t->html);
    if (wrong)
        fail(t, "no branch or loop can begin or end here: %s", wrong);
    write_line(t);
}

static void open_branch(struct template *t, bool is_loop)
{
    if (t->depth == DEPTH_MOST)
        fail(t, "too many levels");
    turn(t);
    if (is_loop)
        t->html.is_fresh = false; /* the second round does not begin the attribute */
    t->branches[t->depth++] =
        (struct branch){.line = t->line, .is_loop = is_loop, .start = t->html};
}

/* All arms must end in the same place of the HTML. */
static void join(struct template *t, struct branch *branch, const struct html *html)
{
    if (!branch->has_joined)
        branch->joined = *html;
    else if (!html_join(&branch->joined, html))
        fail(t, "the branches of line %d end in different places of the HTML", branch->line);
    branch->has_joined = true;
}

/* One arm of the innermost branch ends. */
static struct branch *end_arm(struct template *t, bool is_loop, const char *word)
{
    struct branch *branch = t->depth > 0 ? &t->branches[t->depth - 1] : NULL;
    if (!branch || branch->is_loop != is_loop)
        fail(t, "{{%s}} without its beginning", word);
    turn(t);
    join(t, branch, &t->html);
    t->html = branch->start;
    return branch;
}

static void compile_end(struct template *t, bool is_loop)
{
    struct branch *branch = end_arm(t, is_loop, is_loop ? "/each" : "/if");
    if (!branch->has_else)
        join(t, branch, &branch->start);
    if (is_loop && branch->joined.place != branch->start.place)
        fail(t, "the loop of line %d does not end where it began in the HTML", branch->line);
    t->html = branch->joined;
    t->depth--;
    fprintf(t->code.file, "    }\n");
}

/* {{#elif EXPRESSION}}, and {{#else}} with none */
static void compile_else(struct template *t, const char *condition)
{
    struct branch *branch = end_arm(t, false, condition ? "#elif" : "#else");
    if (branch->has_else)
        fail(t, "{{#else}} was the last branch");
    branch->has_else = !condition;
    fprintf(t->code.file, condition ? "    } else if (%s) {\n" : "    } else {\n", condition);
}

/* {{#each ITEM in ITEMS COUNT}} */
static void compile_each(struct template *t, char *rest)
{
    char *words[4];
    if (split(rest, words, 4) != 4 || strcmp(words[1], "in") != 0)
        fail(t, "a loop is {{#each ITEM in ITEMS COUNT}}, with brackets around what holds blanks");
    open_branch(t, true);
    const char *item = words[0];
    fprintf(t->code.file,
            "    for (size_t %s_index = 0, %s_count = (size_t)(%s); %s_index < %s_count;\n"
            "         %s_index++) {\n    __typeof__(&(%s)[0]) const %s = &(%s)[%s_index];\n",
            item, item, words[3], item, item, item, words[2], item, words[2], item);
}

/* True when it was a branch or loop. */
static bool compile_control(struct template *t, const char *word, char *rest)
{
    if (strcmp(word, "#else") == 0) {
        compile_else(t, NULL);
    } else if (strcmp(word, "/if") == 0 || strcmp(word, "/each") == 0) {
        compile_end(t, word[1] == 'e');
    } else if (strcmp(word, "#each") == 0) {
        compile_each(t, rest);
    } else if (strcmp(word, "#if") == 0) {
        check_expression(t, rest);
        open_branch(t, false);
        fprintf(t->code.file, "    if (%s) {\n", rest);
    } else if (strcmp(word, "#elif") == 0) {
        check_expression(t, rest);
        compile_else(t, rest);
    } else {
        return false;
    }
    return true;
}

/* {{EXPRESSION}}, {{number EXPRESSION}} and so on */
static void compile_value(struct template *t, const char *word, char *rest, char *whole)
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
        {NULL, "template_text", HTML_PRINT_TEXT},
    };
    size_t i = 0;
    while (kinds[i].word && (strcmp(word, kinds[i].word) != 0 || !*rest))
        i++;
    char *expression = kinds[i].word ? rest : whole;
    check_expression(t, expression);
    begin_print(t, kinds[i].what);
    fprintf(t->code.file, "    %s(t, (%s));\n", kinds[i].function, expression);
}

static void compile_directive(struct template *t, char *text)
{
    char word[16] = "", *rest;
    const size_t len = text[0] == '>' ? 1 : strcspn(text, " \t\r\n");
    snprintf(word, sizeof word, "%.*s", (int)len, text);
    rest = trim(text + len);
    if (text[0] == '!') {
        if (strncmp(trim(text + 1), "translators:", 12) == 0 && !strstr(text, "*/"))
            snprintf(t->note, sizeof t->note, "%s", trim(text + 1));
        return;
    }
    const bool is_include = strcmp(word, "include") == 0;
    if (is_include || strcmp(word, "param") == 0) {
        if (t->has_output)
            fail(t, "includes and parameters stand before all text");
        fprintf(is_include ? t->head.file : t->params.file, is_include ? "#include %s\n" : ", %s",
                rest);
        return;
    }
    t->has_output = true;
    if (compile_control(t, word, rest))
        return;
    if (word[0] == '>')
        compile_partial(t, rest);
    else if ((strcmp(word, "t") == 0 || strcmp(word, "c") == 0) && *rest)
        compile_message(t, rest, word[0] == 'c');
    else if (strchr("#/&^", text[0]))
        fail(t, "\"{{%s}}\" is not understood", text);
    else
        compile_value(t, word, rest, text);
}

/* Whether a line holds nothing but directives that print nothing there: it leaves no empty line. */
static bool is_bare(char *p)
{
    while (p && *(p += strspn(p, " \t\r")) != '\n' && *p != '\0') {
        char *word = p + 2;
        if (strncmp(p, "{{", 2) != 0 ||
            (!strchr("#/!>", *word) && strncmp(word, "param ", 6) && strncmp(word, "include ", 8)))
            return false;
        p = directive_end(p);
        p = p ? p + 2 : NULL;
    }
    return p != NULL;
}

/* The directive that begins at p; gives what is behind it. */
static char *take_directive(struct template *t, char *p)
{
    char *end = directive_end(p);
    if (!end)
        fail(t, "{{ without its }}");
    *end = '\0';
    int lines = t->line;
    for (const char *c = p; *c; c++)
        lines += *c == '\n';
    compile_directive(t, trim(p + 2));
    t->line = lines;
    return end + 2;
}

static void compile_file(struct template *t, char *p)
{
    bool bare = false;
    for (char *begin = p;;) {
        if (bare)
            p += strspn(p, " \t\r");
        if (bare && *p == '\n') {
            bare = false;
            t->line++;
            p++;
        }
        char *next = strstr(p, "{{"), *end = next ? next : p + strlen(p);
        if (next && !bare) {
            char *line = next;
            while (line > p && strchr(" \t\r", line[-1]))
                line--;
            bare = (line == begin || line[-1] == '\n') && is_bare(line);
            end = bare ? line : next;
        }
        write_literal(t, p, (size_t)(end - p));
        if (!next)
            break;
        p = take_directive(t, next);
    }
    if (t->depth > 0)
        fail(t, "the branch or loop of line %d does not end", t->branches[t->depth - 1].line);
    if (t->html.place != HTML_TEXT)
        fail(t, "the file ends inside a tag or an element that holds text");
    write_line(t);
}

/* Appends what the template became to the output: its prototype or its function. */
static void compile(const char *path, FILE *file, bool is_header)
{
    struct template t = {.line = 1};
    struct out *outs[] = {&t.head, &t.params, &t.code, &t.literal};
    for (size_t i = 0; i < 4; i++)
        open_out(outs[i]);
    read_name(&t, path);
    read_file(&t);
    compile_file(&t, t.text);
    if (is_header) {
        fputs(text_of(&t.head), file);
    } else {
        /* What an expression is must fit what it is printed as, whatever the build's own flags. */
        fprintf(file, "/* Made from %s; do not edit. */\n#include \"%.*stemplates.h\"\n", t.name,
                (int)(strrchr(t.name, '/') + 1 - t.name), t.name);
        fprintf(file, "#pragma GCC diagnostic error \"-Wint-conversion\"\n"
                      "#pragma GCC diagnostic error \"-Wincompatible-pointer-types\"\n"
                      "#pragma GCC diagnostic error \"-Wfloat-conversion\"\n"
                      "#pragma GCC diagnostic error \"-Wimplicit-function-declaration\"\n"
                      "#ifdef __clang__\n"
                      "#pragma clang diagnostic error \"-Wliteral-conversion\"\n"
                      "#endif\n\n");
    }
    fprintf(file, "void %s%s%s(struct template *t%s)", t.prefix, t.stem, t.suffix,
            text_of(&t.params));
    if (is_header)
        fprintf(file, ";\n");
    else
        fprintf(file, "\n{\n    t->is_plain = %s;\n%s}\n", t.html.is_plain ? "true" : "false",
                text_of(&t.code));
    for (size_t i = 0; i < 4; i++)
        close_out(outs[i]);
    free(t.text);
}

int main(int argc, char **argv)
{
    const bool is_header = argc >= 3 && strcmp(argv[1], "-H") == 0;
    if (!is_header && (argc != 3 || argv[1][0] == '-')) {
        fprintf(stderr, "usage: tplc FILE OUTPUT.c\n       tplc -H OUTPUT.h FILE...\n");
        return 64;
    }
    struct out made;
    open_out(&made);
    if (is_header)
        fputs("/* Made by tplc; do not edit. */\n#pragma once\n#include \"text/template.h\"\n",
              made.file);
    for (int i = is_header ? 3 : 1; i < (is_header ? argc : 2); i++)
        compile(argv[i], made.file, is_header);
    /* Only now: a template at fault leaves the output as it was. */
    FILE *file = fopen(argv[2], "w");
    const bool is_lost = !file || fputs(text_of(&made), file) < 0 || fclose(file) != 0;
    if (is_lost)
        fprintf(stderr, "tplc: cannot write %s\n", argv[2]);
    close_out(&made);
    return is_lost;
}
