/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter in four languages: everything that a document can have, and names in four scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render_sample.h"
#include <cmocka.h>
#include <stdlib.h>

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

const struct sample_words sample_documents[SAMPLE_DOCUMENTS] = {
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

const struct letter_signatory sample_named[SAMPLE_NAMED] = {
    {.organisation = "نقابة عمال النفط",
     .organisation_latin = "Oil Workers Union",
     .country = "EG",
     .town = "القاهرة",
     .has_members = true,
     .members = 50000,
     .representative = "محمد علي",
     .capacity = "الأمين العام"},
    {.organisation = "中华海员工会",
     .organisation_latin = "Seafarers Union",
     .country = "CN",
     .town = "上海",
     .representative = "王伟",
     .capacity = "主席"},
    {.organisation = "Независимый профсоюз «Жанарту»",
     .organisation_latin = "Zhanartu",
     .country = "KZ",
     .town = "Алматы",
     .affiliation = "Council of Unions",
     .has_members = true,
     .members = 1200,
     .representative = "А. Примеров",
     .capacity = "председатель"},
    {.organisation = "Unison & Friends",
     .country = "GB",
     .town = "London",
     .has_members = true,
     .members = 7000,
     .capacity = "a capacity of nobody"},
    {.organisation = "World Federation", .representative = "M. Example"},
};

char *sample_body(const struct sample_words *words)
{
    return mem_format("%s\n\n**%s**\n\n- %s\n- %s\n\nP.S.\n\n1. *%s*\n", words->paragraphs[0],
                      words->paragraphs[1], words->demands[0], words->demands[1],
                      words->demands[2]);
}

struct letter sample_letter(const struct sample_words *words, const char *body)
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
        .profile = LETTER_GOVERNMENT,
        .titles = {words->titles, 2},
        .addressee_name = "Director-General, ILO",
        .addressee_language = "en",
        .addressee_lines = {address, sizeof address / sizeof *address},
        .salutation = words->salutation,
        .closing = words->closing,
        .body = body,
        .signers = signers,
        .signer_count = 2,
        .named = (int64_t)SAMPLE_NAMED,
        .counted = 2,
        .members = 58200,
        .countries = 4,
        .site = "undersign.example/ru/appeal",
    };
}

enum us_err sample_write(const struct letter *letter, const char *path, int *pages,
                         struct fault *fault)
{
    struct letter_writer *writer;
    enum us_err err = letter_begin(letter, path, &writer, fault);
    if (err != US_OK)
        return err;
    for (int64_t i = 0; i < letter->named; i++) {
        err = letter_add(
            writer, &sample_named[(uint64_t)i * SAMPLE_NAMED / (uint64_t)letter->named], fault);
        if (err != US_OK) {
            letter_abandon(writer);
            return err;
        }
    }
    return letter_end(writer, pages, fault);
}

int sample_write_well(const struct letter *letter, const char *path)
{
    struct fault fault = {.text = ""};
    int pages;
    if (sample_write(letter, path, &pages, &fault) != US_OK)
        fail_msg("%s", fault.text);
    return pages;
}
