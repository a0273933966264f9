/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/domain_lists.h"
#include "appeal/domain_words.h"
#include "base/mem.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MOST 200000 /* the longest lists that are kept anywhere have half of that */
#define LINE_MOST 512     /* bytes; a domain has 253 at most */
#define DOMAIN_MOST 253

struct list {
    char **domains; /* sorted */
    size_t count;
};

struct domain_lists {
    struct list free, disposable;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_add(struct list *list, const char *domain)
{
    if ((list->count & (list->count - 1)) == 0)
        list->domains =
            mem_resize(list->domains, list->count ? 2 * list->count : 1, sizeof *list->domains);
    list->domains[list->count++] = mem_string(domain);
}

static void list_sort(struct list *list)
{
    if (list->count > 0)
        qsort(list->domains, list->count, sizeof *list->domains, compare);
}

static void list_clear(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->domains[i]);
    free(list->domains);
    *list = (struct list){0};
}

static bool list_has(const struct list *list, const char *domain)
{
    return list->count > 0 &&
           bsearch(&domain, list->domains, list->count, sizeof *list->domains, compare) != NULL;
}

/* Cuts blanks, a comment and the line's end; makes it lower case. */
static char *trim(char *line)
{
    line[strcspn(line, "#\r\n")] = '\0';
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        line[--len] = '\0';
    for (char *at = line; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return line;
}

static bool is_domain(const char *text)
{
    size_t len = strlen(text);
    return len <= DOMAIN_MOST && strchr(text, '.') != NULL && text[0] != '.' && text[0] != '-' &&
           text[len - 1] != '.' && strstr(text, "..") == NULL &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

static enum us_err read_lines(FILE *file, const char *path, struct list *list, struct fault *fault)
{
    char line[LINE_MOST + 2];
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        if (strlen(line) > LINE_MOST || number > LINES_MOST) {
            fault_set(fault, path, number,
                      "a list of domains has at most %d lines of %d bytes, one domain in each",
                      LINES_MOST, LINE_MOST);
            return US_INVALID;
        }
        const char *domain = trim(line);
        if (domain[0] == '\0')
            continue;
        if (!is_domain(domain)) {
            fault_set(fault, path, number,
                      "a domain must be written as example.org, in ASCII (xn-- for others), one in "
                      "a line; a comment begins with #");
            return US_INVALID;
        }
        list_add(list, domain);
    }
    if (!ferror(file))
        return US_OK;
    fault_set(fault, path, 0, "cannot read the list of domains: %s", strerror(errno));
    return US_IO;
}

static enum us_err read_list(const char *path, const char *const *words, struct list *list,
                             struct fault *fault)
{
    enum us_err err = US_OK;
    for (; !path && *words; words++)
        list_add(list, *words);
    if (path) {
        FILE *file = fopen(path, "re");
        if (!file) {
            int why = errno;
            fault_set(fault, path, 0, "cannot open the list of domains: %s", strerror(why));
            return why == ENOENT ? US_NOT_FOUND : US_IO;
        }
        err = read_lines(file, path, list, fault);
        (void)fclose(file);
    }
    list_sort(list);
    return err;
}

enum us_err domain_lists_load(const struct config *config, struct domain_lists **out,
                              struct fault *fault)
{
    struct domain_lists *lists = MEM_NEW(struct domain_lists);
    enum us_err err = read_list(config ? config->moderation_free_domains : NULL, domain_words_free,
                                &lists->free, fault);
    if (!err)
        err = read_list(config ? config->moderation_disposable_domains : NULL,
                        domain_words_disposable, &lists->disposable, fault);
    if (err) {
        domain_lists_free(lists);
        return err;
    }
    *out = lists;
    return US_OK;
}

void domain_lists_free(struct domain_lists *lists)
{
    if (!lists)
        return;
    list_clear(&lists->free);
    list_clear(&lists->disposable);
    free(lists);
}

enum domain_kind domain_lists_find(const struct domain_lists *lists, const char *domain)
{
    bool is_free = false;
    /* mail.example.co.uk, then example.co.uk, then co.uk, which is on no list. */
    for (const char *at = domain; at && strchr(at, '.'); at = strchr(at, '.') + 1) {
        if (list_has(&lists->disposable, at))
            return DOMAIN_DISPOSABLE;
        is_free = is_free || list_has(&lists->free, at);
    }
    return is_free ? DOMAIN_FREE : DOMAIN_OWN;
}

const char *domain_kind_name(enum domain_kind kind)
{
    static const char *const names[] = {
        [DOMAIN_OWN] = "own", [DOMAIN_FREE] = "free", [DOMAIN_DISPOSABLE] = "disposable"};
    return names[kind];
}
