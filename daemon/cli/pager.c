/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pager is a process on our terminal. While it is there, Ctrl-C is its own (stop.h): less stops
 * reading on it, and goes on showing what it has.
 */
#include "cli/pager.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/screen.h"
#include "cli/stop.h"
#include "cli/talk.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGER_WORDS_MOST 16

extern char **environ;

struct pager {
    FILE *file;
    struct str held;      /* not written yet */
    size_t columns, rows; /* of the terminal */
    size_t lines, line;   /* held: whole lines on the screen, and where the last one begins */
    bool is_holding;
    FILE *pipe; /* to the pager; NULL: there is none */
    pid_t pid;
    bool is_quit;
};

static const char *choose_program(void)
{
    const char *own = getenv("UNDERSIGN_PAGER"), *common = getenv("PAGER");

    return own != NULL ? own : common;
}

struct pager *pager_new(const struct options *options, FILE *file)
{
    struct pager *pager = MEM_NEW(struct pager);
    const char *program = choose_program(), *term = getenv("TERM");

    pager->file = file;
    pager->columns = screen_columns(fileno(file));
    pager->rows = screen_rows(fileno(file));
    pager->is_holding = pager->columns > 0 && !options_has(options, OPTION_NO_PAGER) &&
                        term != NULL && strcmp(term, "dumb") != 0 &&
                        (program == NULL || (program[0] != '\0' && strcmp(program, "cat") != 0));
    return pager;
}

/* ---- the process ---- */

/* Its environment: ours, and for less, where nobody said anything else, colours, UTF-8, and to end
 * by itself when all fits. */
static char **make_environment(void)
{
    size_t count = 0, added = 0;
    char **made;

    while (environ[count] != NULL)
        count++;
    made = mem_resize(NULL, count + 3, sizeof(*made));
    memcpy(made, environ, count * sizeof(*made));
    if (getenv("LESS") == NULL)
        made[count + added++] = mem_string("LESS=FRX");
    if (getenv("LESSCHARSET") == NULL)
        made[count + added++] = mem_string("LESSCHARSET=utf-8");
    made[count + added] = NULL;
    return made;
}

static void free_environment(char **made)
{
    size_t count = 0;

    while (environ[count] != NULL)
        count++;
    for (char **at = made + count; *at != NULL; at++)
        free(*at);
    free(made);
}

/* Its words; what a shell has to read goes to a shell. */
static void split_words(char *program, char *words[PAGER_WORDS_MOST + 1])
{
    size_t count = 0;

    if (strpbrk(program, "|&;<>()$`\\\"'*?[#~=%") != NULL) {
        static char shell[] = "sh", flag[] = "-c";
        words[0] = shell;
        words[1] = flag;
        words[2] = program;
        words[3] = NULL;
        return;
    }
    for (char *rest = NULL, *word = strtok_r(program, " \t", &rest);
         word != NULL && count < PAGER_WORDS_MOST; word = strtok_r(NULL, " \t", &rest))
        words[count++] = word;
    words[count] = NULL;
}

static int spawn(char *const *words, int input, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **made = make_environment();
    sigset_t usual;
    int err;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawnattr_init(&attributes);
    /* What we ignore it must not. */
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    err = posix_spawnp(pid, words[0], &actions, &attributes, words, made);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free_environment(made);
    return err;
}

/* False when there is no pager to be had: then the terminal gets the text as it is. */
static bool start(struct pager *pager)
{
    const char *named = choose_program();
    char *program = mem_string(named != NULL ? named : "less");
    char *words[PAGER_WORDS_MOST + 1];
    int pipes[2], err;

    split_words(program, words);
    err = words[0] == NULL ? ENOENT : pipe2(pipes, O_CLOEXEC) != 0 ? errno : 0;
    if (err == 0) {
        err = spawn(words, pipes[0], &pager->pid);
        close(pipes[0]);
        if (err == 0)
            pager->pipe = fdopen(pipes[1], "w");
        else
            close(pipes[1]);
    }
    if (err == 0)
        stop_leave_to(pager->pid);
    else if (named != NULL)
        talk_note("The pager \"%s\" cannot be started: %s.", named, strerror(err));
    free(program);
    return err == 0;
}

/* ---- text ---- */

/* The pager's end: it was quit before all was read, which is nobody's fault. */
static bool note_quit(struct pager *pager)
{
    if (errno != EPIPE)
        return false;
    pager->is_quit = true;
    return true;
}

static bool write_on(struct pager *pager, const char *text, size_t len)
{
    if (pager->is_quit || len == 0)
        return true;
    if (pager->pipe != NULL)
        return fwrite(text, 1, len, pager->pipe) == len || note_quit(pager);
    return fwrite(text, 1, len, pager->file) == len;
}

/* Whether what is held would still be seen whole, with the prompt below it. A line that is too
 * long goes on in the next ones. */
static bool is_fitting(struct pager *pager)
{
    const char *text = str_text(&pager->held), *end;

    while ((end = strchr(text + pager->line, '\n')) != NULL) {
        size_t start = pager->line;
        char *line = mem_string_part(text + start, (size_t)(end - text) - start);
        size_t width = screen_width(line);

        free(line);
        pager->lines += width <= pager->columns ? 1 : (width - 1) / pager->columns + 1;
        pager->line = (size_t)(end - text) + 1;
    }
    return pager->lines < pager->rows;
}

static bool let_go(struct pager *pager)
{
    bool is_written = write_on(pager, str_text(&pager->held), pager->held.len);

    pager->is_holding = false;
    str_free(&pager->held);
    return is_written;
}

bool pager_write(struct pager *pager, const char *text, size_t len)
{
    if (!pager->is_holding)
        return write_on(pager, text, len);
    str_append(&pager->held, text, len);
    if (is_fitting(pager))
        return true;
    fflush(pager->file);
    start(pager);
    return let_go(pager);
}

bool pager_is_quit(const struct pager *pager)
{
    return pager->is_quit;
}

static bool finish(struct pager *pager)
{
    bool is_written = true;
    int saved = 0;

    if (pager->pipe == NULL) {
        is_written = fflush(pager->file) == 0 && ferror(pager->file) == 0;
        saved = errno;
    } else {
        if (fclose(pager->pipe) != 0 && !pager->is_quit) {
            is_written = errno == EPIPE;
            saved = errno;
        }
        stop_wait_for(pager->pid);
    }
    str_free(&pager->held);
    free(pager);
    errno = saved;
    return is_written;
}

bool pager_end(struct pager *pager)
{
    bool is_written = !pager->is_holding || let_go(pager);
    int saved = errno;

    if (finish(pager))
        errno = saved;
    else
        is_written = false;
    return is_written;
}

void pager_free(struct pager *pager)
{
    if (pager != NULL)
        (void)finish(pager);
}
