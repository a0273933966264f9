/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The command line's parts: arguments taken apart, what a terminal may be shown, tables, formats,
 * ids, files that are whole or not there, and that the command table is what help and completion
 * say. The commands themselves are tested against the real programs in tests/cli.
 */
#include "base/mem.h"
#include "cli/file.h"
#include "cli/help.h"
#include "cli/ids.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/talk.h"
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- arguments ---- */

#define PARSE(options, ...) parse((char *[]){(char[]){"undersign"}, __VA_ARGS__, NULL}, (options))
#define W(text)                                                                                    \
    (char[])                                                                                       \
    {                                                                                              \
        text                                                                                       \
    }

static enum us_err parse(char *const *argv, struct options *options)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    return options_parse(argc, argv, options);
}

static void test_options_may_stand_anywhere(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(PARSE(&options, W("--json"), W("signature"), W("--state=held"), W("list"),
                           W("--site"), W("dir"), W("slug")),
                     US_OK);
    assert_int_equal(options.command, COMMAND_SIGNATURE_LIST);
    assert_int_equal(options.argument_count, 1);
    assert_string_equal(options.arguments[0], "slug");
    assert_string_equal(options.values[OPTION_STATE], "held");
    assert_string_equal(options.values[OPTION_SITE], "dir");
    assert_true(options_has(&options, OPTION_JSON));
    assert_false(options_has(&options, OPTION_YES));
    options_clear(&options);

    assert_int_equal(PARSE(&options, W("export"), W("csv"), W("-oout"), W("x")), US_OK);
    assert_string_equal(options.values[OPTION_OUTPUT], "out");
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("export"), W("csv"), W("-o"), W("-"), W("x")), US_OK);
    assert_string_equal(options.values[OPTION_OUTPUT], "-");
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("signature"), W("show"), W("-"), W("--"), W("--json")),
                     US_OK);
    assert_int_equal(options.argument_count, 2);
    assert_string_equal(options.arguments[1], "--json");
    assert_false(options_has(&options, OPTION_JSON));
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("queue")), US_OK);
    assert_int_equal(options.command, COMMAND_QUEUE);
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("--version")), US_OK);
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("signature"), W("approve"), W("--help")), US_OK);
    assert_string_equal(options.verb, "approve");
    options_clear(&options);
}

static void test_wrong_arguments_are_refused(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(PARSE(&options, NULL), US_INVALID);
    assert_int_equal(PARSE(&options, W("apeal"), W("list")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("lst")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("show")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("x")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("show"), W("\xff")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("show"), W("\xd1\x84")), US_OK);
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("signature"), W("list"), W("x"), W("-w"), W("name=\xff")),
                     US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("--state"), W("held")), US_INVALID);
    assert_int_equal(PARSE(&options, W("signature"), W("list"), W("x"), W("--state=lost")),
                     US_INVALID);
    assert_int_equal(PARSE(&options, W("delivery"), W("record"), W("x"), W("--how=pigeon")),
                     US_INVALID);
    assert_int_equal(PARSE(&options, W("delivery"), W("record"), W("x"), W("--on=2026-02-30")),
                     US_INVALID);
    assert_int_equal(PARSE(&options, W("export"), W("csv"), W("x"), W("--version=0")), US_INVALID);
    assert_int_equal(PARSE(&options, W("export"), W("csv"), W("x"), W("-e"), W("x")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("--jsn")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("-z")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("--json=1")), US_INVALID);
    assert_int_equal(PARSE(&options, W("appeal"), W("list"), W("--site")), US_INVALID);
    assert_int_equal(PARSE(&options, W("queue"), W("--site"), W("a"), W("--config"), W("b")),
                     US_INVALID);
    assert_int_equal(PARSE(&options, W("queue"), W("--site"), W("a"), W("--site"), W("b")),
                     US_INVALID);
}

static const char *next_word(size_t index, const char *noun)
{
    static const char *const words[] = {"approve", "show", "strike", NULL};

    (void)noun;
    return words[index];
}

static void test_suggestions(void **state)
{
    (void)state;
    assert_string_equal(options_suggest("aprove", next_word, NULL), "approve");
    assert_string_equal(options_suggest("shwo", next_word, NULL), "show");
    assert_string_equal(options_suggest("strik", next_word, NULL), "strike");
    assert_string_equal(options_suggest("appr", next_word, NULL), "approve"); /* begun */
    assert_null(options_suggest("publish", next_word, NULL));
    assert_null(options_suggest("x", next_word, NULL));
    assert_null(options_suggest("", next_word, NULL));
}

static void test_one_format(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(PARSE(&options, W("queue"), W("--json"), W("--jsonl")), US_INVALID);
    assert_int_equal(PARSE(&options, W("queue"), W("--jsonl"), W("--json")), US_INVALID);
    assert_int_equal(PARSE(&options, W("queue"), W("--jsonl")), US_OK);
    assert_true(options_has(&options, OPTION_JSONL) && options_has(&options, OPTION_JSON));
    options_clear(&options);
    assert_int_equal(PARSE(&options, W("queue"), W("--json")), US_OK);
    assert_false(options_has(&options, OPTION_JSONL));
    options_clear(&options);
}

/* ---- ids ---- */

static int read_ids(const char *input, const char *const *arguments, size_t count, struct ids *ids)
{
    struct options options = {.arguments = (const char **)(uintptr_t)arguments,
                              .argument_count = count};
    FILE *file = tmpfile();
    int status;

    fputs(input, file);
    rewind(file);
    status = ids_read(&options, file, ids);
    fclose(file);
    return status;
}

static void test_ids(void **state)
{
    static const char *const typed[] = {"b", "a", "b"}, *const dash[] = {"x", "-"};
    struct ids ids;
    char large[IDS_LENGTH_MOST + 2];

    (void)state;
    assert_int_equal(read_ids("", typed, 3, &ids), EX_OK);
    assert_int_equal(ids.count, 2);
    assert_string_equal(ids.items[0], "b");
    assert_string_equal(ids.items[1], "a");
    ids_clear(&ids);
    assert_int_equal(read_ids(" q\n\tw x\r\nq", dash, 2, &ids), EX_OK);
    assert_int_equal(ids.count, 3);
    assert_string_equal(ids.items[0], "x");
    assert_string_equal(ids.items[1], "q");
    assert_string_equal(ids.items[2], "w");
    ids_clear(&ids);
    assert_int_equal(read_ids("", dash + 1, 1, &ids), EX_OK);
    assert_int_equal(ids.count, 0);
    ids_clear(&ids);
    memset(large, 'a', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    assert_int_equal(read_ids(large, dash, 2, &ids), EX_DATAERR);
    assert_int_equal(read_ids("id\x1b[2J", dash, 2, &ids), EX_DATAERR);
}

/* ---- files ---- */

static size_t count_files(const char *folder)
{
    DIR *open = opendir(folder);
    size_t count = 0;

    while (readdir(open) != NULL)
        count++;
    closedir(open);
    return count - 2; /* . and .. */
}

static char *read_text(const char *path)
{
    char bytes[64] = "";
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return NULL;
    bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
    fclose(file);
    return mem_string(bytes);
}

static void test_files_are_whole(void **state)
{
    char folder[] = "/tmp/undersign-cli.XXXXXX";
    struct fault fault = {.text = ""};
    struct stat there;
    struct file file;
    char *path, *link, *fifo, *text;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = mem_format("%s/list.csv", folder);
    link = mem_format("%s/link.csv", folder);
    fifo = mem_format("%s/fifo", folder);

    assert_int_equal(file_open(path, &file, &fault), US_OK);
    fputs("half", file.stream);
    fflush(file.stream);
    assert_int_equal(access(path, F_OK), -1);
    file_abandon(&file);
    assert_int_equal(count_files(folder), 0);

    assert_int_equal(file_open(path, &file, &fault), US_OK);
    fputs("first", file.stream);
    assert_int_equal(file_finish(&file, &fault), US_OK);
    assert_int_equal(stat(path, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0600);

    /* The old one stays until the new one is whole, and a link stays a link. */
    assert_int_equal(symlink("list.csv", link), 0);
    assert_int_equal(file_open(link, &file, &fault), US_OK);
    fputs("second", file.stream);
    text = read_text(path);
    assert_string_equal(text, "first");
    free(text);
    assert_int_equal(file_finish(&file, &fault), US_OK);
    text = read_text(path);
    assert_string_equal(text, "second");
    free(text);
    assert_int_equal(lstat(link, &there), 0);
    assert_true(S_ISLNK(there.st_mode));
    assert_int_equal(count_files(folder), 2);

    /* What is no file is written to, not replaced. Never a device here: a test must do no harm
     * where it fails. */
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_int_equal(file_open(fifo, &file, &fault), US_OK);
    fputs("through", file.stream);
    assert_int_equal(file_finish(&file, &fault), US_OK);
    assert_int_equal(lstat(fifo, &there), 0);
    assert_true(S_ISFIFO(there.st_mode));
    char through[8] = "";
    assert_int_equal(read(reader, through, 7), 7);
    assert_string_equal(through, "through");
    close(reader);
    unlink(fifo);

    /* What cannot be written whole is not there, and the old one is. */
    const struct rlimit none = {0, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(file_open(path, &file, &fault), US_OK);
    fputs("lost", file.stream);
    enum us_err err = file_finish(&file, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
    assert_int_equal(err, US_IO);
    text = read_text(path);
    assert_string_equal(text, "second");
    free(text);
    assert_int_equal(count_files(folder), 2);
    assert_int_not_equal(file_open("/nowhere/list.csv", &file, &fault), US_OK);
    assert_non_null(strstr(fault.text, "/nowhere/list.csv"));

    unlink(link);
    unlink(path);
    rmdir(folder);
    free(fifo);
    free(link);
    free(path);
}

/* ---- help and completion ---- */

static bool has_line(const struct str *text, const char *line)
{
    char *found = mem_format("\n%s\n", line);
    char *all = mem_format("\n%s", str_text(text));
    bool has = strstr(all, found) != NULL;

    free(found);
    free(all);
    return has;
}

/* The steps between our own programs are nothing for people: not to read, not to type. */
static void assert_is_hidden(enum command_id id, const char *all)
{
    const struct command *command = &command_table[id];
    struct str said = STR_INIT;
    char *name = mem_format("  %s %s ", command->noun, command->verb);
    char *typed[] = {W("undersign"), mem_string(command->noun), mem_string(command->verb), W("x"),
                     NULL};
    struct options options;

    assert_null(strstr(all, name));
    assert_int_equal(help_print(command->noun, command->verb, &said), US_NOT_FOUND);
    help_complete(NULL, 0, &said);
    assert_true(command_is_noun(command->noun) || !has_line(&said, command->noun));
    str_clear(&said);
    help_complete(typed + 1, 1, &said);
    assert_false(has_line(&said, command->verb));
    assert_int_equal(parse(typed, &options), US_INVALID);
    free(typed[1]);
    free(typed[2]);
    free(name);
    str_free(&said);
}

/* Whole: "--for" is not in "--form". */
static bool names_option(const char *text, const char *option)
{
    size_t len = strlen(option);

    while ((text = strstr(text, option)) != NULL) {
        if (strchr("abcdefghijklmnopqrstuvwxyz-", text[len]) == NULL || text[len] == '\0')
            return true;
        text += len;
    }
    return false;
}

static void test_help_says_all(void **state)
{
    struct str all = STR_INIT;

    (void)state;
    assert_int_equal(help_print(NULL, NULL, &all), US_OK);
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (command->is_hidden) {
            assert_is_hidden((enum command_id)id, str_text(&all));
            continue;
        }
        struct str one = STR_INIT, synopsis = STR_INIT, words = STR_INIT;
        char *name = mem_format("  %s%s%s ", command->noun, command->verb != NULL ? " " : "",
                                command->verb != NULL ? command->verb : "");

        assert_non_null(strstr(str_text(&all), name));
        assert_int_equal(help_print(command->noun, command->verb, &one), US_OK);
        help_synopsis((enum command_id)id, &synopsis);
        assert_non_null(strstr(str_text(&one), str_text(&synopsis)));
        for (int option = 0; option < OPTION_COUNT; option++) {
            char *written = mem_format("--%s", command_options[option].name);
            /* Of two with one name the command's own is meant. */
            if (command_option_find((enum command_id)id, command_options[option].name) ==
                (enum command_option_id)option)
                assert_int_equal(
                    names_option(str_text(&one), written),
                    command_takes((enum command_id)id, (enum command_option_id)option));
            free(written);
        }
        /* The completion offers the noun, behind it the verb, behind that the options. */
        help_complete(NULL, 0, &words);
        assert_true(has_line(&words, command->noun));
        str_clear(&words);
        if (command->verb != NULL) {
            help_complete((char *[]){(char *)(uintptr_t)command->noun}, 1, &words);
            assert_true(has_line(&words, command->verb));
            str_clear(&words);
        }
        help_complete(
            (char *[]){(char *)(uintptr_t)command->noun, (char *)(uintptr_t)command->verb},
            command->verb != NULL ? 2 : 1, &words);
        for (int option = 0; option < OPTION_COUNT; option++) {
            char *written = mem_format("--%s", command_options[option].name);
            if (command_option_find((enum command_id)id, command_options[option].name) ==
                (enum command_option_id)option)
                assert_int_equal(
                    has_line(&words, written),
                    command_takes((enum command_id)id, (enum command_option_id)option));
            free(written);
        }
        str_free(&one);
        str_free(&synopsis);
        str_free(&words);
        free(name);
    }
    for (char *line = all.data, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        assert_true(strlen(line) < 80);
    }
    str_free(&all);
    assert_int_equal(help_print("nothing", NULL, &all), US_NOT_FOUND);
    assert_int_equal(help_print("appeal", "nothing", &all), US_NOT_FOUND);
    assert_int_equal(help_print("appeal", NULL, &all), US_OK);
    str_free(&all);
}

/* Whatever can be typed can be run; of the hidden ones those that are processes of their own. */
static void test_every_command_is_performed(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        if (!run_has((enum command_id)id) && (!command->is_hidden || command->is_local))
            fail_msg("nothing carries out %s %s", command->noun,
                     command->verb != NULL ? command->verb : "");
    }
}

/* What changes something and cannot be tried refuses --dry-run; what reads takes it. */
static void test_trying(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command *command = &command_table[id];
        char *words[] = {W("undersign"),
                         W("--dry-run"),
                         (char *)(uintptr_t)command->noun,
                         (char *)(uintptr_t)command->verb,
                         W("x"),
                         W("y"),
                         W("z")};
        int used = command->verb != NULL ? 4 : 3;
        struct options options;
        enum us_err err;

        if (command->is_hidden || command->least > 3)
            continue;
        memmove(words + used, words + 4, 3 * sizeof(*words));
        err = options_parse(used + (int)command->least, words, &options);
        assert_int_equal(err, command->is_change && !command->can_try ? US_INVALID : US_OK);
        if (err == US_OK)
            options_clear(&options);
    }
}

static void test_completion_of_values(void **state)
{
    struct str words = STR_INIT;

    (void)state;
    help_complete((char *[]){W("signature"), W("list"), W("--state")}, 3, &words);
    assert_true(has_line(&words, "held"));
    assert_false(has_line(&words, "--json"));
    str_clear(&words);
    help_complete((char *[]){W("--site"), W("x")}, 2, &words);
    assert_true(has_line(&words, "appeal"));
    str_clear(&words);
    help_complete((char *[]){W("export"), W("csv"), W("-o")}, 3, &words);
    assert_true(has_line(&words, "FILE"));
    str_clear(&words);
    help_complete((char *[]){W("export"), W("letter"), W("--paper")}, 3, &words);
    assert_string_equal(str_text(&words), "A4\nLetter\n");
    str_clear(&words);
    help_complete((char *[]){W("update"), W("publish"), W("x")}, 3, &words);
    assert_true(has_line(&words, "DIR"));
    str_clear(&words);
    help_complete((char *[]){W("appeal"), W("shield"), W("x")}, 3, &words);
    assert_true(has_line(&words, "on") && has_line(&words, "off"));
    str_free(&words);
}

static void test_statuses(void **state)
{
    (void)state;
    for (int err = US_OK + 1; err <= US_CANCELLED; err++) {
        int status = talk_status((enum us_err)err);
        assert_true((status >= EX__BASE && status <= EX__MAX) || status == TALK_STATUS_INTERRUPTED);
        assert_int_not_equal(status, EX_SOFTWARE);
    }
    assert_int_equal(talk_status(US_OK), 0);
    assert_int_equal(talk_status(US_DENIED), EX_NOPERM);
    assert_int_equal(talk_status(US_BUSY), EX_TEMPFAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_may_stand_anywhere),
        cmocka_unit_test(test_wrong_arguments_are_refused),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_one_format),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_files_are_whole),
        cmocka_unit_test(test_help_says_all),
        cmocka_unit_test(test_every_command_is_performed),
        cmocka_unit_test(test_trying),
        cmocka_unit_test(test_completion_of_values),
        cmocka_unit_test(test_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
