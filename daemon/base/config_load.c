/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reads the configuration file. inih splits lines; this adds what an administrator needs: the file
 * and line at fault and what is allowed there. Unknown options, options given twice and values that
 * will not do stop the start, since a misspelt limit that is silently left out protects nobody.
 * A value that is a text may go on in indented lines, which inih keeps to 200 bytes each.
 */
#include "base/config.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MOST 8192

struct loader {
    struct config *config;
    struct fault *fault;
    void (*on_fault)(const struct fault *fault, void *arg); /* NULL: the first one ends it */
    void *arg;
    const char *path; /* as it was given, for faults */
    FILE *file;
    int line;                         /* the line that inih has now */
    bool failed;                      /* there was a fault */
    bool indented;                    /* that line begins with a blank */
    const struct config_option *last; /* what such a line goes on with */
};

/* All faults of a file go through here: the first one wins, or each is told. */
#define FAIL(loader, line_at_fault, ...)                                                           \
    (fault_set((loader)->fault, (loader)->path, (line_at_fault), __VA_ARGS__), tell(loader))

static void tell(struct loader *loader)
{
    loader->failed = true;
    if (loader->on_fault != NULL)
        loader->on_fault(loader->fault, loader->arg);
}

/* Nothing more is read. */
static bool is_over(const struct loader *loader)
{
    return loader->failed && loader->on_fault == NULL;
}

static char **text_field(struct config *config, const struct config_option *option)
{
    return (char **)((char *)config + option->offset);
}

static bool set_number(struct loader *loader, const struct config_option *option, const char *value)
{
    int64_t number;
    char *end;

    errno = 0;
    number = strtoimax(value, &end, 10);
    if (strspn(value, "-0123456789") != strlen(value) || end == value || *end != '\0' ||
        errno != 0 || number < option->least || number > option->most) {
        FAIL(loader, loader->line, "[%s] %s must be a whole number from %" PRId64 " to %" PRId64,
             option->section, option->name, option->least, option->most);
        return false;
    }
    memcpy((char *)loader->config + option->offset, &number, sizeof(number));
    return true;
}

static bool set_choice(struct loader *loader, const struct config_option *option, const char *value)
{
    const char *word = option->choices;
    size_t len = strlen(value);

    for (int choice = 0; len > 0; choice++) {
        size_t size = strcspn(word, " ");

        if (size == len && memcmp(word, value, len) == 0) {
            memcpy((char *)loader->config + option->offset, &choice, sizeof(choice));
            return true;
        }
        if (word[size] == '\0')
            break;
        word += size + 1;
    }
    FAIL(loader, loader->line, "[%s] %s must be one of: %s", option->section, option->name,
         option->choices);
    return false;
}

static bool set_path(struct loader *loader, const struct config_option *option, const char *value)
{
    char **field = text_field(loader->config, option);

    if (value[0] == '\0' && option->fallback != NULL) {
        FAIL(loader, loader->line, "[%s] %s must be the path of a file or folder", option->section,
             option->name);
        return false;
    }
    free(*field);
    if (value[0] == '\0')
        *field = NULL;
    else if (value[0] == '/')
        *field = mem_string(value);
    else
        *field = mem_format("%s%s%s", loader->config->folder,
                            strcmp(loader->config->folder, "/") == 0 ? "" : "/", value);
    return true;
}

static bool set_text(struct loader *loader, const struct config_option *option, const char *value)
{
    char **field = text_field(loader->config, option);
    bool unset = value[0] == '\0' && option->fallback == NULL;
    const char *wrong = option->check != NULL && !unset ? option->check(value) : NULL;

    if (wrong == NULL && utf8_has_forbidden(value, strlen(value), false))
        wrong = "must not hold tabs, control or direction characters";
    if (wrong != NULL) {
        FAIL(loader, loader->line, "[%s] %s %s", option->section, option->name, wrong);
        return false;
    }
    free(*field);
    *field = unset ? NULL : mem_string(value);
    return true;
}

static bool set(struct loader *loader, const struct config_option *option, const char *value)
{
    switch (option->type) {
    case CONFIG_TEXT:
        return set_text(loader, option, value);
    case CONFIG_PATH:
        return set_path(loader, option, value);
    case CONFIG_NUMBER:
        return set_number(loader, option, value);
    case CONFIG_CHOICE:
        return set_choice(loader, option, value);
    }
    return false;
}

/* An indented line goes on with the value before it. */
static bool go_on(struct loader *loader, const char *value)
{
    const struct config_option *option = loader->last;
    char **field = text_field(loader->config, option);
    char *joined;
    bool done;

    /* Most likely somebody indented the options of a section, which would swallow the second. */
    if (option->type != CONFIG_TEXT || strchr(value, '=') != NULL) {
        FAIL(loader, loader->line,
             "a line that begins with a blank goes on with [%s] %s; begin options at the margin",
             option->section, option->name);
        return false;
    }
    joined = mem_format("%s %s", *field != NULL ? *field : "", value);
    if (strlen(joined) > VALUE_MOST) {
        FAIL(loader, loader->line, "[%s] %s must not be longer than %d bytes", option->section,
             option->name, VALUE_MOST);
        done = false;
    } else {
        done = set_text(loader, option, joined);
    }
    free(joined);
    return done;
}

/* Says what there is: the options of a section, or the sections when there is no such section. */
static void refuse_unknown(struct loader *loader, const char *section, const char *name)
{
    struct str known = STR_INIT, sections = STR_INIT;
    const char *before = "";

    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        if (strcmp(option->section, section) == 0)
            str_append_format(&known, "%s%s", known.len > 0 ? ", " : "", option->name);
        if (strcmp(option->section, before) != 0)
            str_append_format(&sections, "%s[%s]", sections.len > 0 ? ", " : "", option->section);
        before = option->section;
    }
    if (known.len > 0)
        FAIL(loader, loader->line, "[%s] knows no option \"%s\"; it knows: %s", section, name,
             str_text(&known));
    else if (section[0] == '\0')
        FAIL(loader, loader->line, "\"%s\" stands before any section; the sections are: %s", name,
             str_text(&sections));
    else
        FAIL(loader, loader->line, "there is no section [%s]; the sections are: %s", section,
             str_text(&sections));
    str_free(&known);
    str_free(&sections);
}

static bool take_option(struct loader *loader, const char *section, const char *name,
                        const char *value)
{
    const struct config_option *option = config_options;

    if (is_over(loader))
        return false;
    if (loader->indented && loader->last != NULL)
        return go_on(loader, value);

    while (option->section != NULL &&
           (strcmp(option->section, section) != 0 || strcmp(option->name, name) != 0))
        option++;
    if (option->section == NULL) {
        refuse_unknown(loader, section, name);
        return false;
    }
    if (loader->config->lines[option - config_options] != 0) {
        FAIL(loader, loader->line, "[%s] %s is set on line %d already", section, name,
             loader->config->lines[option - config_options]);
        return false;
    }
    loader->config->lines[option - config_options] = loader->line;
    loader->last = option;
    return set(loader, option, value);
}

/* inih's handler: not 0 means that the line was good, or that what is wrong with it has been told.
 */
static int on_option(void *arg, const char *section, const char *name, const char *value)
{
    struct loader *loader = arg;

    return take_option(loader, section, name, value) || loader->on_fault != NULL;
}

/* What may stand in a line at all; inih would cut or misread the rest without a word. */
static bool check_line(struct loader *loader, const char *line, size_t len)
{
    size_t mark = loader->line == 1 && len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    if (!utf8_is_valid(line, len)) {
        FAIL(loader, loader->line, "the file must be UTF-8 text");
        return false;
    }
    if (utf8_has_forbidden(line + mark, len - mark, true)) {
        FAIL(loader, loader->line, "a line must not hold control or direction characters");
        return false;
    }
    return true;
}

/* inih's reader: one line per call, without its end, so that inih's line numbers are the file's. */
static char *on_read(char *buffer, int size, void *arg)
{
    struct loader *loader = arg;
    size_t len = 0, most = (size_t)size - 1, first;
    int c;

    if (is_over(loader))
        return NULL;
    while ((c = getc_unlocked(loader->file)) != EOF && c != '\n') {
        if (len < most)
            buffer[len] = (char)c;
        len++;
    }
    if (c == EOF && len == 0)
        return NULL;
    loader->line++;

    /* A comment may be as long as it likes: it is not read. */
    first = 0;
    while (first < len && first < most && (buffer[first] == ' ' || buffer[first] == '\t'))
        first++;
    if (first < len && first < most && (buffer[first] == ';' || buffer[first] == '#'))
        len = 0;
    if (len > most) {
        FAIL(loader, loader->line, "a line must not be longer than %zu bytes", most);
        len = 0;
    } else if (!check_line(loader, buffer, len)) {
        len = 0;
    }
    if (is_over(loader))
        return NULL;
    buffer[len] = '\0';
    loader->indented = first > 0;
    if (buffer[0] == '[')
        loader->last = NULL;
    return buffer;
}

/* What no single option can tell. */
static void check_pairs(struct loader *loader)
{
    const struct config *config = loader->config;
    static const char both[] = "%s and %s go together: set both or neither";

    if ((config->http_tls_certificate == NULL) != (config->http_tls_key == NULL))
        FAIL(loader, 0, both, "[http] tls_certificate", "tls_key");
    else if ((config->mail_smtp_user == NULL) != (config->mail_smtp_password_file == NULL))
        FAIL(loader, 0, both, "[mail] smtp_user", "smtp_password_file");
    else if (config->mail_smtp_user != NULL && config->mail_smtp_tls == CONFIG_SMTP_TLS_NONE)
        FAIL(loader, 0,
             "[mail] smtp_tls must not be none when there is a smtp_user: the password "
             "would travel unencrypted");
}

static void set_defaults(struct loader *loader)
{
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        bool good = option->fallback == NULL || set(loader, option, option->fallback);

        assert(good && option - config_options < CONFIG_OPTIONS_MOST);
        (void)good;
    }
}

static enum us_err read_all(struct loader *loader)
{
    int wrong = ini_parse_stream(on_read, loader, on_option, loader);

    if (ferror(loader->file)) {
        FAIL(loader, 0, "cannot be read: %s", strerror(errno));
        return US_IO;
    }
    if (wrong < 0) {
        FAIL(loader, 0, "cannot be read: out of memory");
        return US_IO;
    }

    /* inih goes on behind a line that it cannot split, so that line may come before the fault. */
    if (wrong > 0 && (!loader->failed || loader->on_fault != NULL || wrong < loader->fault->line))
        FAIL(loader, wrong,
             "a line must be \"name = value\", \"[section]\", or a comment that "
             "begins with # or ;");
    if (!loader->failed)
        check_pairs(loader);
    return loader->failed ? US_INVALID : US_OK;
}

/* The folder is made absolute as it is named; the file itself may be a link to elsewhere. */
static bool find_folder(struct config *config, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *named = slash == NULL ? mem_string(".")
                                : mem_string_part(path, slash == path ? 1 : (size_t)(slash - path));

    config->folder = realpath(named, NULL);
    free(named);
    if (config->folder == NULL)
        return false;
    config->path = mem_format("%s%s%s", config->folder, strcmp(config->folder, "/") == 0 ? "" : "/",
                              slash == NULL ? path : slash + 1);
    return true;
}

static enum us_err load(struct loader *loader, const char *path, struct config **out)
{
    enum us_err err;

    loader->path = path;
    loader->config = MEM_NEW(struct config);
    loader->file = fopen(path, "re");
    if (loader->file == NULL || !find_folder(loader->config, path)) {
        err = errno == ENOENT || errno == ENOTDIR ? US_NOT_FOUND
              : errno == EACCES                   ? US_DENIED
                                                  : US_IO;
        FAIL(loader, 0, "cannot be opened: %s", strerror(errno));
    } else {
        set_defaults(loader);
        err = read_all(loader);
    }

    if (loader->file != NULL)
        (void)fclose(loader->file);
    if (err == US_OK)
        *out = loader->config;
    else
        config_free(loader->config);
    return err;
}

enum us_err config_load(const char *path, struct config **out, struct fault *fault)
{
    struct loader loader = {.fault = fault};

    return load(&loader, path, out);
}

enum us_err config_load_all(const char *path, struct config **out,
                            void (*on_fault)(const struct fault *fault, void *arg), void *arg)
{
    struct fault fault = {.text = ""};
    struct loader loader = {.fault = &fault, .on_fault = on_fault, .arg = arg};

    return load(&loader, path, out);
}
