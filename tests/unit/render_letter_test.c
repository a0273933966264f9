/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters as their readers get them: the words are taken out of the finished file by poppler, in
 * four languages of the interface and in Arabic, and the file is checked by qpdf. What goes wrong
 * with disks and paths leaves no file behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/finish.h"
#include "render/letter.h"
#include "render_rig.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct letter_line letterhead[] = {
    {"en", "Federation of Free Unions"},
    {"en", "Secretariat for the East"},
    {"", ""},
    {NULL, "ФЕДЕРАЦИЯ СВОБОДНЫХ ПРОФСОЮЗОВ"},
    {"ru", "Адрес: 101000, ул. Заводская, д. 5"},
};
static const char *const address[] = {"4 route des Morillons", "CH-1211 Geneva 22", "Switzerland"};
static const char *const office[] = {"Председатель Секретариата", "Федерации профсоюзов"};
static const struct letter_signer signers[] = {{office, 2, "А. Б. Примеров"},
                                               {NULL, 0, "В. Г. Примерова"}};

/* What a document says in its language. */
struct words {
    const char *language, *kind, *titles[2], *salutation, *closing;
    const char *paragraphs[2], *demands[3];
};

static const struct words documents[] = {
    {"ru",
     "Заявление",
     {"Секретариата Федерации", "о праве на забастовку"},
     "Уважаемый господин Генеральный директор!",
     "С уважением,",
     {"Мы, независимые профсоюзы, обращаемся к вам впервые по этому вопросу, потому что закон, "
      "который готовится, лишит рабочих права на объединение.",
      "Молчание стоило бы нам слишком дорого — и «вам» тоже."},
     {"Отозвать законопроект № 5!", "Освободить осуждённых.", "Прекратить преследования…"}},
    {"en",
     "Statement",
     {"of the Secretariat", "on the right to strike"},
     "Dear Director-General,",
     "Yours faithfully,",
     {"We, the independent unions, write to you for the first time, because the law that is being "
      "drafted would take from workers the office, the affiliation and the final word.",
      "Silence would cost us too much."},
     {"Withdraw the bill.", "Free those convicted.", "End the persecution."}},
    {"fr",
     "Déclaration",
     {"du Secrétariat", "sur le droit de grève"},
     "Monsieur le Directeur général,",
     "Veuillez agréer nos salutations distinguées.",
     {"Nous, syndicats indépendants, nous adressons à vous pour la première fois : la loi en "
      "préparation priverait les travailleurs du droit de s’organiser où ils le veulent.",
      "Se taire coûterait trop cher à nos sœurs et à nos frères."},
     {"Retirer le projet de loi.", "Libérer les condamnés.", "Cesser les poursuites."}},
    {"es",
     "Declaración",
     {"del Secretariado", "sobre el derecho de huelga"},
     "Señor Director General:",
     "Atentamente,",
     {"Los sindicatos independientes nos dirigimos a usted por primera vez, porque la ley en "
      "preparación privaría a los trabajadores del derecho de sindicación.",
      "¿Callar? Nos costaría demasiado."},
     {"Retirar el proyecto de ley.", "Liberar a los condenados.", "Poner fin al acoso."}},
};

static const struct letter_signatory named[] = {
    {"نقابة عمال النفط", "Oil Workers Union", "EG", "القاهرة", true, 50000, "محمد علي",
     "الأمين العام"},
    {"中华海员工会", "Seafarers Union", "CN", "上海", false, 0, "王伟", "主席"},
    {"Независимый профсоюз «Жанарту»", "Zhanartu", "KZ", "Алматы", true, 1200, "А. Примеров",
     "председатель"},
    {"Unison & Friends", NULL, "GB", "London", true, 7000, NULL, "a capacity of nobody"},
    {"World Federation", NULL, NULL, NULL, false, 0, "M. Example", NULL},
};
#define NAMED (sizeof named / sizeof *named)

static char *body_of(const struct words *words)
{
    return mem_format("%s\n\n**%s**\n\n- %s\n- %s\n\nP.S.\n\n1. *%s*\n", words->paragraphs[0],
                      words->paragraphs[1], words->demands[0], words->demands[1],
                      words->demands[2]);
}

static struct letter letter_of(const struct words *words, const char *body)
{
    int64_t day;
    assert_true(clock_parse_day("2026-11-07", &day));
    const struct language *language = language_find(words->language);
    return (struct letter){
        .language = language ? language : language_find("en"),
        .text_language = words->language,
        .letterhead = letterhead,
        .letterhead_count = sizeof letterhead / sizeof *letterhead,
        .number = "01-22",
        .place = "Москва",
        .has_date = true,
        .date = day,
        .kind = words->kind,
        .titles = words->titles,
        .title_count = 2,
        .addressee_name = "Director-General, ILO",
        .addressee_language = "en",
        .addressee_lines = address,
        .addressee_line_count = sizeof address / sizeof *address,
        .salutation = words->salutation,
        .closing = words->closing,
        .body = body,
        .signers = signers,
        .signer_count = 2,
        .named = (int64_t)NAMED,
        .counted = 2,
        .members = 58200,
        .countries = 4,
        .site = "undersign.example/ru/appeal",
    };
}

/* Ends in US_OK or says what was told. Signatories repeat where more are announced. */
static enum us_err write_letter(const struct letter *letter, const char *path, int *pages,
                                struct fault *fault)
{
    struct letter_writer *writer;
    enum us_err err = letter_begin(letter, path, &writer, fault);
    if (err != US_OK)
        return err;
    for (int64_t i = 0; i < letter->named; i++) {
        err = letter_add(writer, &named[(uint64_t)i * NAMED / (uint64_t)letter->named], fault);
        if (err != US_OK) {
            letter_abandon(writer);
            return err;
        }
    }
    return letter_end(writer, pages, fault);
}

static int write_well(const struct letter *letter, const char *path)
{
    struct fault fault = {.text = ""};
    int pages;
    if (write_letter(letter, path, &pages, &fault) != US_OK)
        fail_msg("%s", fault.text);
    return pages;
}

static void letters_hold_every_word_in_order(void **state)
{
    struct rig *rig = *state;
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
        const struct words *words = &documents[d];
        char *body = body_of(words);
        struct letter letter = letter_of(words, body);
        const struct language *l = letter.language;
        char *reference = phrase_reference(l, true, letter.date, letter.number);
        const struct phrase_counts counts = {
            .organisations = letter.named + 2, .countries = 4, .members = 58200};
        char *sentence = phrase_counts(l, &counts);
        const char *const parts[] = {"Federation of Free Unions",
                                     "Secretariat for the East",
                                     "ФЕДЕРАЦИЯ СВОБОДНЫХ ПРОФСОЮЗОВ",
                                     "Адрес: 101000, ул. Заводская, д. 5",
                                     reference,
                                     "Москва Director-General, ILO 4 route des Morillons "
                                     "CH-1211 Geneva 22 Switzerland",
                                     words->kind,
                                     words->titles[0],
                                     words->titles[1],
                                     words->salutation,
                                     words->paragraphs[0],
                                     words->paragraphs[1],
                                     "1.",
                                     words->demands[0],
                                     "2.",
                                     words->demands[1],
                                     "P.S. 3.",
                                     words->demands[2],
                                     words->closing,
                                     "Председатель Секретариата Федерации профсоюзов",
                                     "А. Б. Примеров В. Г. Примерова",
                                     message_get(l, "Signed by"),
                                     sentence,
                                     locale_country(l, "EG"),
                                     locale_country(l, "CN"),
                                     "中华海员工会 (Seafarers Union), 上海 王伟, 主席",
                                     locale_country(l, "KZ"),
                                     "Независимый профсоюз «Жанарту» (Zhanartu), Алматы",
                                     "А. Примеров, председатель",
                                     locale_country(l, "GB"),
                                     "Unison & Friends, London",
                                     message_get(l, "International organisations"),
                                     "World Federation M. Example"};
        write_well(&letter, rig->path);
        char *text = rig_text(rig, "");
        rig_assert_in_order(text, parts, sizeof parts / sizeof *parts);
        free(text);
        free(sentence);
        free(reference);
        free(body);
    }
}

static void names_come_out_of_the_file(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[0]);
    struct letter letter = letter_of(&documents[0], body);
    write_well(&letter, rig->path);
    char *text = rig_text(rig, "");
    for (size_t i = 0; i < NAMED; i++) {
        assert_non_null(strstr(text, named[i].organisation));
        if (named[i].representative)
            assert_non_null(strstr(text, named[i].representative));
        if (named[i].representative && named[i].capacity)
            assert_non_null(strstr(text, named[i].capacity));
    }
    /* Where the person may not be seen, nothing of the person is there. */
    assert_null(strstr(text, "nobody"));
    free(text);
    free(body);
}

static void addressee_stands_on_the_far_side(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[1]);
    struct letter letter = letter_of(&documents[1], body);
    double edges[2];
    write_well(&letter, rig->path);
    rig_find_word(rig, "Morillons", edges);
    assert_true(edges[0] > 290 && edges[1] < 540);
    rig_find_word(rig, "Withdraw", edges);
    assert_true(edges[0] < 120);
    letter.addressee_name = NULL;
    write_well(&letter, rig->path);
    char *text = rig_text(rig, "");
    assert_null(strstr(text, "Morillons"));
    free(text);
    free(body);
}

static void arabic_runs_from_the_right(void **state)
{
    struct rig *rig = *state;
    static const struct words words = {
        "ar",
        "بيان",
        {"بيان النقابات المستقلة", "بشأن الحق في الإضراب"},
        "السيد الوزير المحترم",
        "مع التقدير",
        {"نحن النقابات المستقلة نتوجه إليكم لأول مرة بشأن هذه المسألة لأن القانون قيد الإعداد "
         "سيحرم العمال من حقهم في تكوين نقاباتهم الخاصة ولا يمكننا السكوت عن ذلك",
         "الفقرة الثانية قصيرة"},
        {"نطالب بسحب مشروع القانون", "نطالب بالإفراج عن المدانين", "نتضامن مع المضربين"}};
    char *body = body_of(&words);
    struct letter letter = letter_of(&words, body);
    write_well(&letter, rig->path);
    char *text = rig_text(rig, "");
    const char *const parts[] = {words.titles[0],     words.titles[1],     words.salutation,
                                 words.paragraphs[0], words.paragraphs[1], words.demands[0],
                                 words.demands[1],    words.demands[2],    words.closing};
    rig_assert_in_order(text, parts, sizeof parts / sizeof *parts);
    free(text);
    double edges[2];
    /* Its lines end at the margin: in the boxes of letters, since a line of boxes is one letter. */
    text = rig_run("pdftotext -l 1 -bbox %s - | tr '\"' ' ' |"
                   " awk '/<word/ && $7 > 536 && $7 < 539.5' | wc -l",
                   rig->path);
    assert_true(atoi(text) >= 7);
    free(text);
    /* The list is in the interface's language, which is not Arabic yet: from the left. */
    text = rig_run("pdftotext -bbox %s - | grep '>Signed<'", rig->path);
    assert_int_equal(sscanf(text, " <word xMin=\"%lf\"", &edges[0]), 1);
    assert_true(edges[0] > 70 && edges[0] < 75);
    free(text);
    free(body);
}

static void pages_are_numbered(void **state)
{
    struct rig *rig = *state;
    for (size_t d = 0; d < sizeof documents / sizeof *documents; d++) {
        char *body = body_of(&documents[d]);
        struct letter letter = letter_of(&documents[d], body);
        letter.named = 200;
        int pages = write_well(&letter, rig->path);
        assert_true(pages >= 5);
        char total[16], number[16];
        snprintf(total, sizeof total, "%d", pages);
        char *text = rig_text(rig, ""), *page = text;
        for (int i = 1; i <= pages; i++) {
            char *end = strchr(page, '\f');
            assert_non_null(end);
            *end = '\0';
            snprintf(number, sizeof number, "%d", i);
            char *foot = message_fill(message_get(letter.language, "Page {page} of {pages}"),
                                      "page", number, "pages", total, NULL);
            assert_non_null(strstr(page, foot));
            assert_non_null(strstr(page, letter.site));
            free(foot);
            page = end + 1;
        }
        assert_true(*page == '\0');
        free(text);
        char *said = rig_run("pdfinfo %s | grep '^Pages: *%d$'", rig->path, pages);
        free(said);
        free(body);
    }
}

/* The page's last line above its foot is no heading, and its first is no row's second half. */
static void check_ends(char *page)
{
    static const char *const headings[] = {"Signed by", "Egypt", "China", "Kazakhstan",
                                           "United",    "Yours", "Dear"};
    char *last = NULL;
    for (char *line = strtok(page, "\n"); line; line = strtok(NULL, "\n")) {
        line += strspn(line, " ");
        if (!last)
            assert_int_not_equal(strncmp(line, "А. Примеров", strlen("А. Примеров")), 0);
        if (line[0] && strncmp(line, "Page ", 5) != 0)
            last = line;
    }
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        assert_int_not_equal(strncmp(last, headings[i], strlen(headings[i])), 0);
}

/* Whatever goes before them. */
static void headings_never_end_a_page(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[1]);
    for (int lines = 0; lines < 24; lines++) {
        struct letter letter = letter_of(&documents[1], body);
        letter.named = 40;
        letter.site = NULL;
        int pages = write_well(&letter, rig->path), checked = 0;
        char *text = rig_text(rig, "-layout");
        for (char *page = text, *end; (end = strchr(page, '\f')); page = end + 1, checked++) {
            *end = '\0';
            check_ends(page);
        }
        assert_int_equal(checked, pages);
        free(text);
        char *longer = mem_format("%s\n\nMore.\n", body);
        free(body);
        body = longer;
    }
    free(body);
}

#define IDENTIFIER "qpdf --show-object=trailer %s | grep -o '/ID .[^]]*'"

static void same_letters_have_same_bytes(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[0]);
    struct letter letter = letter_of(&documents[0], body);
    char *other = mem_format("%s/other.pdf", rig->folder);
    letter.named = 200;
    assert_true(write_well(&letter, rig->path) >= 5);
    write_well(&letter, other);
    free(rig_run("cmp %s %s", rig->path, other));
    letter.number = "01-23";
    write_well(&letter, other);
    free(rig_run("! cmp -s %s %s", rig->path, other));
    /* Also the identifier is made from what is in the file, not from the time. */
    char *first = rig_run(IDENTIFIER, rig->path), *second = rig_run(IDENTIFIER, other);
    assert_true(strlen(first) > 60);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
    free(other);
    free(body);
}

static void files_are_sound(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[2]);
    struct letter letter = letter_of(&documents[2], body);
    write_well(&letter, rig->path);
    free(rig_run("qpdf --check %s 2>&1", rig->path));
    free(rig_run("pdfinfo %s | grep -q '^Tagged: *yes$'", rig->path));
    free(rig_run("pdfinfo %s | grep -q '^Title: *du Secrétariat sur le droit de grève$'",
                 rig->path));
    free(rig_run("pdfinfo -struct %s | grep -q 'H1'", rig->path));
    free(
        rig_run("qpdf --qdf --object-streams=disable %s - | grep -aq '^  /Lang (fr)$'", rig->path));
    /* From the right: object's two numbers, Unicode table, subset, embedded. */
    char *fonts = rig_run("pdffonts %s | tail -n +3", rig->path);
    assert_non_null(strstr(fonts, "NotoSerif"));
    free(fonts);
    free(rig_run("! pdffonts %s | tail -n +3 | awk '$(NF-4) != \"yes\" || $(NF-2) != \"yes\"'"
                 " | grep .",
                 rig->path));
    free(body);
}

/* A plea: a text and nothing else. */
static void bare_letters_have_no_empty_parts(void **state)
{
    struct rig *rig = *state;
    const struct letter letter = {.language = language_find("ru"),
                                  .text_language = "ru",
                                  .body = "Мы просим о **помощи**.\n"};
    assert_int_equal(write_well(&letter, rig->path), 1);
    char *text = rig_text(rig, "");
    assert_true(strncmp(text, "Мы просим о помощи.\n", strlen("Мы просим о помощи.\n")) == 0);
    assert_null(strstr(text, message_get(letter.language, "Signed by")));
    free(text);
    free(rig_run("pdfinfo %s | grep -q '^Title: *%s$'", rig->path,
                 message_get(letter.language, "An appeal")));
}

static off_t size_of_only_file(const struct rig *rig)
{
    char *said = rig_run("stat -c %%s %s/*", rig->folder);
    off_t size = atol(said);
    free(said);
    return size;
}

static void long_lists_are_streamed(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {.text = ""};
    char *body = body_of(&documents[0]);
    struct letter letter = letter_of(&documents[0], body);
    struct letter_writer *writer;
    int pages;
    letter.named = 3000;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    off_t before = 0;
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "Профсоюз-%d", i);
        const struct letter_signatory signatory = {.organisation = name, .country = "KZ"};
        assert_int_equal(letter_add(writer, &signatory, &fault), US_OK);
        if (i % 1000 == 999) { /* on its way to the disk */
            assert_true(size_of_only_file(rig) > before);
            before = size_of_only_file(rig);
        }
    }
    assert_int_equal(letter_end(writer, &pages, &fault), US_OK);
    assert_true(pages > 50);
    assert_int_equal(rig_count_files(rig), 1);
    char *text = rig_text(rig, "");
    const char *const parts[] = {"Профсоюз-0", "Профсоюз-1499", "Профсоюз-2999"};
    rig_assert_in_order(text, parts, 3);
    char *foot = message_fill(message_get(letter.language, "Page {page}"), "page", "7", NULL);
    assert_non_null(strstr(text, foot));
    free(foot);
    free(text);
    free(body);
}

static void wrong_counts_are_refused(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[1]);
    static const int64_t announced[] = {0, 3, 2500};
    for (size_t i = 0; i < sizeof announced / sizeof *announced; i++)
        for (int64_t off = -1; off <= 1; off += 2) {
            struct fault fault = {.text = ""};
            struct letter letter = letter_of(&documents[1], body);
            struct letter_writer *writer;
            enum us_err err = US_OK;
            int pages;
            letter.named = announced[i];
            if (letter.named + off < 0)
                continue;
            assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
            for (int64_t n = 0; n < letter.named + off && err == US_OK; n++)
                err = letter_add(writer, &named[0], &fault);
            if (off > 0) {
                assert_int_equal(err, US_CORRUPT);
                letter_abandon(writer);
            } else {
                assert_int_equal(err, US_OK);
                assert_int_equal(letter_end(writer, &pages, &fault), US_CORRUPT);
            }
            assert_true(fault.text[0] != '\0');
            assert_int_equal(rig_count_files(rig), 0);
        }
    free(body);
}

static void abandoned_letters_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[1]);
    for (int64_t count = 5; count < 5000; count += 4000) {
        struct fault fault = {.text = ""};
        struct letter letter = letter_of(&documents[1], body);
        struct letter_writer *writer;
        letter.named = count;
        assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
        for (int64_t i = 0; i < count / 2; i++)
            assert_int_equal(letter_add(writer, &named[0], &fault), US_OK);
        letter_abandon(writer);
        assert_int_equal(rig_count_files(rig), 0);
    }
    letter_abandon(NULL);
    /* What was there before stays. */
    free(rig_run("echo before > %s", rig->path));
    struct fault fault = {.text = ""};
    struct letter letter = letter_of(&documents[1], body);
    struct letter_writer *writer;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    letter_abandon(writer);
    free(rig_run("grep -qx before %s", rig->path));
    write_well(&letter, rig->path);
    free(rig_run("qpdf --check %s 2>&1", rig->path));
    free(body);
}

static void unwritable_paths_are_told(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[1]);
    struct letter letter = letter_of(&documents[1], body);
    char *nowhere = mem_format("%s/none/letter.pdf", rig->folder);
    char *link = mem_format("%s/link", rig->folder);
    assert_int_equal(symlink("/dev/full", link), 0);
    /* A device would be replaced by the letter. */
    const char *const paths[] = {nowhere, rig->folder, "/dev/full", link};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fault fault = {.text = ""};
        struct letter_writer *writer;
        assert_int_equal(letter_begin(&letter, paths[i], &writer, &fault), US_IO);
        assert_true(fault.text[0] != '\0');
    }
    struct stat found;
    assert_int_equal(stat("/dev/full", &found), 0);
    assert_true(S_ISCHR(found.st_mode));
    assert_int_equal(rig_count_files(rig), 1);
    letter.body = "<b>no letter</b>";
    struct fault fault = {.text = ""};
    struct letter_writer *writer;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_INVALID);
    free(link);
    free(nowhere);
    free(body);
}

static off_t size_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_size;
}

/* -1: as large as they like. */
static void limit_files(off_t most)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = most < 0 ? limit.rlim_max : (rlim_t)most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A limit on the size of files is a disk that fills up there, at every stage of the work. */
static void full_disks_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[0]);
    int failed = 0;
    signal(SIGXFSZ, SIG_IGN);
    for (int64_t count = 40; count < 5000; count += 2500) {
        struct letter letter = letter_of(&documents[0], body);
        letter.named = count;
        write_well(&letter, rig->path);
        const off_t size = size_of(rig->path);
        unlink(rig->path);
        const off_t limits[] = {0, 100, 20000, size / 2, size - 4000, size - 1, size * 8};
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            struct fault fault = {.text = ""};
            int pages;
            limit_files(limits[i]);
            enum us_err err = write_letter(&letter, rig->path, &pages, &fault);
            limit_files(-1);
            if (err == US_OK) {
                assert_true(limits[i] >= size);
                free(rig_run("qpdf --check %s 2>&1", rig->path));
                unlink(rig->path);
            } else {
                assert_int_equal(err, US_IO);
                assert_true(fault.text[0] != '\0');
                failed++;
            }
            assert_int_equal(rig_count_files(rig), 0);
        }
    }
    assert_int_equal(failed, 2 * 6);
    signal(SIGXFSZ, SIG_DFL);
    free(body);
}

/* The finished file is smaller than what is drawn, so the disks above are full before it is begun.
 */
static void finishing_fails_on_full_disks(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[0]), *finished = mem_format("%s/finished", rig->folder);
    struct letter letter = letter_of(&documents[0], body);
    write_well(&letter, rig->path);
    struct fault fault = {.text = ""};
    assert_int_equal(finish_pdf(rig->path, finished, "ru", &fault), US_OK);
    const off_t limits[] = {0, 100, 4096, size_of(finished) - 1};
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        limit_files(limits[i]);
        enum us_err err = finish_pdf(rig->path, finished, "ru", &fault);
        limit_files(-1);
        assert_int_equal(err, US_IO);
        assert_non_null(strstr(fault.text, strerror(EFBIG)));
    }
    signal(SIGXFSZ, SIG_DFL);
    /* Nor is what is no PDF finished. */
    free(rig_run("head -c 500 /dev/zero > %s", rig->path));
    assert_int_equal(finish_pdf(rig->path, finished, "ru", &fault), US_IO);
    free(finished);
    free(body);
}

/* Something comes into the way after the letter was begun. */
static void late_hindrances_leave_no_file(void **state)
{
    struct rig *rig = *state;
    char *body = body_of(&documents[0]);
    struct fault fault = {.text = ""};
    struct letter letter = letter_of(&documents[0], body);
    struct letter_writer *writer;
    int pages;
    letter.named = 1;
    assert_int_equal(letter_begin(&letter, rig->path, &writer, &fault), US_OK);
    assert_int_equal(letter_add(writer, &named[0], &fault), US_OK);
    assert_int_equal(mkdir(rig->path, 0700), 0);
    assert_int_equal(letter_end(writer, &pages, &fault), US_IO);
    assert_true(fault.text[0] != '\0');
    assert_int_equal(rig_count_files(rig), 1);
    free(body);
}

#define LETTER_TEST(test) cmocka_unit_test_setup_teardown(test, rig_open, rig_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LETTER_TEST(letters_hold_every_word_in_order),
        LETTER_TEST(names_come_out_of_the_file),
        LETTER_TEST(addressee_stands_on_the_far_side),
        LETTER_TEST(arabic_runs_from_the_right),
        LETTER_TEST(pages_are_numbered),
        LETTER_TEST(headings_never_end_a_page),
        LETTER_TEST(same_letters_have_same_bytes),
        LETTER_TEST(files_are_sound),
        LETTER_TEST(bare_letters_have_no_empty_parts),
        LETTER_TEST(long_lists_are_streamed),
        LETTER_TEST(wrong_counts_are_refused),
        LETTER_TEST(abandoned_letters_leave_no_file),
        LETTER_TEST(unwritable_paths_are_told),
        LETTER_TEST(full_disks_leave_no_file),
        LETTER_TEST(finishing_fails_on_full_disks),
        LETTER_TEST(late_hindrances_leave_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
