/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which names are one organisation's: pairs that must meet, that must be near, that must not be. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "text/name_key.h"
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static unsigned likeness(const char *a, const char *b)
{
    char *x = name_key_make(a), *y = name_key_make(b);
    const unsigned found = name_key_likeness(x, y);
    assert_int_equal(found, name_key_likeness(y, x));
    free(x);
    free(y);
    return found;
}

static const char *const same[][2] = {
    /* Scripts and romanisations. */
    {"Жанарту", "Zhanartu"},
    {"Профсоюз «Жанарту»", "Profsojuz Janartu"},
    {"Профсоюз «Жанарту»", "Profsoyuz \"Zhanartu\""},
    {"Қазақстан", "Kazakhstan"},
    {"Казахстан", "Қазақстан"},
    {"Казахстан", "Kazahstan"},
    {"Qazaqstan", "Kazakhstan"},
    {"Жаңаөзен", "Zhanaozen"},
    {"Жанаозен", "Janaozen"},
    {"Шахтёр", "Шахтер"},
    {"Шахтёр", "Shakhtyor"},
    {"Шахтёр", "Shahter"},
    {"Щит", "Shchit"},
    {"Щит", "Schit"},
    {"Харьков", "Kharkov"},
    {"Царицын", "Tsaritsyn"},
    {"Чайка", "Čajka"},
    {"Чайка", "Chaika"},
    {"Союз «Юность»", "Soiuz Iunost'"},
    {"Союз «Юность»", "Sojuz Yunost"},
    {"Рязань", "Riazan"},
    {"Объединение профсоюзов", "Obyedineniye profsoyuzov"},
    {"Объединение профсоюзов", "Ob'edinenie profsoiuzov"},
    {"Объединение профсоюзов", "Obiedinenie profsojuzov"},
    {"Конфедерация труда России", "Konfederatsiya Truda Rossii"},
    {"Независимый профсоюз нефтяников", "Nezavisimyi profsoiuz neftianikov"},
    {"Независимый профсоюз нефтяников", "Nezavisimyy profsoyuz neftyanikov"},
    {"Таджикистан", "Tajikistan"},
    {"Азербайджан", "Azerbaijan"},
    {"工会", "Gonghui"},
    {"上海海员", "上海 海员"},
    {"上海海员", "上海　海员"},
    {"コーヒー・ユニオン", "コーヒーユニオン"},
    {"สหภาพ แรงงาน", "สหภาพแรงงาน"},
    {"中华全国总工会", "中華全國總工會"},
    {"نقابة عمال النفط", "نقابه عمال النفط"},
    {"الإتحاد العام للعمال", "الاتحاد العام للعمال"},
    {"الاتحـاد", "الاتحاد"},
    {"Εργατική Ένωση", "Ergatiki Enosi"},
    /* Case, accents, letters of their own, width. */
    {"Confédération générale du travail", "CONFEDERATION GENERALE DU TRAVAIL"},
    {"Türkiye İşçi Sendikası", "Turkiye Isci Sendikasi"},
    {"TÜRKİYE İŞÇİ SENDİKASI", "Türkiye İşçi Sendikası"},
    {"Müller", "Mueller"},
    {"Straße", "Strasse"},
    {"NSZZ „Solidarność”", "NSZZ Solidarnosc"},
    {"União Geral dos Trabalhadores", "Uniao Geral dos Trabalhadores"},
    {"Ｕｎｉｏｎ", "Union"},
    /* Word order, small words, punctuation. */
    {"Union of Oil Workers", "Oil Workers' Union"},
    {"Oil Workers’ Union", "The Oil Workers Union"},
    {"Union of Workers & Employees", "Union of Employees and Workers"},
    {"L'Union des travailleurs", "Union des Travailleurs"},
    {"IG Metall", "IG-Metall"},
    {"Профсоюз учителей в г. Алматы", "Профсоюз учителей Алматы"},
    {"Local No. 7 of the Teamsters", "Teamsters, Local 7"},
    {"Профсоюз №7", "Профсоюз № 7"},
    /* Legal forms and abbreviations. */
    {"ОО «Шахтёр»", "Общественное объединение \"Шахтер\""},
    {"ОЮЛ «Союз учителей»", "Союз учителей"},
    {"ТОО «Казмунай»", "Kazmunay LLP"},
    {"Gewerkschaft für Bergbau e.V.", "Gewerkschaft fuer Bergbau e. V."},
    {"Union des Travailleurs ASBL", "Union des Travailleurs"},
    {"Oil Workers' Union (NGO)", "Oil Workers' Union, Inc."},
    {"Unión General de Trabajadores (U.G.T.)", "Union General de Trabajadores UGT"},
    {"Sindicato CC.OO.", "Sindicato CCOO"},
};

static const char *const near[][2] = {
    {"Oil Workers Union", "Oil Worker Union"},
    {"Independent Trade Union of Miners", "Independent Union of Miners"},
    {"Профсоюз «Жанарту»", "Профсоюз «Жанарту» РК"},
    {"Профсоюз нефтяников Жанаозена", "Профсоюз нефтяников Жанаозен"},
    {"Sindicato de Trabajadores Mineros", "Sindicato de los Trabajadores Minero"},
    {"Feministes Unies", "Feministes-Unies de"},
};

static const char *const different[][2] = {
    {"Oil Workers Union", "Coal Workers Union"},
    {"Union of Oil Workers of Kazakhstan", "Union of Oil Workers of Kyrgyzstan"},
    {"Local 7 of the Teamsters", "Local 8 of the Teamsters"},
    {"Профсоюз нефтяников", "Профсоюз газовиков"},
    {"Syndicat des mineurs", "Syndicat des marins"},
    {"Федерация профсоюзов Алматы", "Профсоюз Алматы"},
    {"Gewerkschaft der Polizei", "Gewerkschaft der Eisenbahn"},
    {"Sindicato de Panaderos", "Sindicato de Maestros"},
    {"نقابة عمال النفط", "نقابة المعلمين"},
    {"中国海员工会", "中国教育工会"},
    {"Petrol-İş", "Maden-İş"},
    {"Профсоюз учителей «Жантаз»", "Профсоюз учителей «Жанна»"},
    {"Union", "Federation"},
    {"Teamsters Local 7", "Teamsters"},
    /* Much in common, and one word each of their own; other numbers, or one. */
    {"Związek Zawodowy Ouvrières du Bâtiment w Győr",
     "Związek Zawodowy Ouvrières du Bâtiment w São Luís"},
    {"Local 7 of the Brotherhood of Teamsters, Chauffeurs and Warehousemen",
     "Local 8 of the Brotherhood of Teamsters, Chauffeurs and Warehousemen"},
    {"Local 7 of the Brotherhood of Teamsters, Chauffeurs and Warehousemen",
     "Brotherhood of Teamsters, Chauffeurs and Warehousemen (Local)"},
};

static void spellings_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char *a = name_key_make(same[i][0]), *b = name_key_make(same[i][1]);
        if (strcmp(a, b) != 0)
            print_message("%s -> %s; %s -> %s\n", same[i][0], a, same[i][1], b);
        assert_string_equal(a, b);
        assert_int_equal(name_key_likeness(a, b), 100);
        free(a);
        free(b);
    }
}

/* Where one is in a script without blanks, and only for them. */
static void syllables_meet(void **state)
{
    static const char *const joined[][2] = {
        {"全国石油工会", "quan guo shi you gong hui"},
        {"全国石油工会", "Quanguo shiyou gonghui"},
        {"全国石油工会", "Quánguó Shíyóu Gōnghuì"},
        {"全国石油工会（上海）", "Quanguo Shiyou Gonghui (Shanghai)"},
        {"上海第7工会", "Shanghai di 7 gonghui"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof joined / sizeof *joined; i++) {
        char *a = name_key_make_joined(joined[i][0]), *b = name_key_make_joined(joined[i][1]);
        assert_string_equal(a, b);
        assert_true(name_key_is_unspaced(joined[i][0]));
        assert_false(name_key_is_unspaced(joined[i][1]));
        free(a);
        free(b);
    }
    assert_true(name_key_is_unspaced("Union สหภาพ"));
    assert_true(name_key_is_unspaced("コーヒー"));
    assert_false(name_key_is_unspaced("Профсоюз «Жанарту»"));
    assert_false(name_key_is_unspaced("نقابة عمال"));
    assert_false(name_key_is_unspaced(""));
    /* Elsewhere a blank counts as ever. */
    char *a = name_key_make("Petrol İş"), *b = name_key_make("Petroliş");
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

static void near_ones_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        const unsigned found = likeness(near[i][0], near[i][1]);
        if (found < NAME_KEY_NEAR)
            print_message("%s | %s: %u\n", near[i][0], near[i][1], found);
        assert_in_range(found, NAME_KEY_NEAR, 100);
    }
}

static void others_are_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        const unsigned found = likeness(different[i][0], different[i][1]);
        if (found >= NAME_KEY_NEAR)
            print_message("%s | %s: %u\n", different[i][0], different[i][1], found);
        assert_in_range(found, 0, NAME_KEY_NEAR - 1);
    }
}

static void nothing_is_like_nothing(void **state)
{
    char *blank = name_key_make(" \xe2\x80\x94 !?"), *form = name_key_make("ООО"),
         *other = name_key_make("e.V.");
    (void)state;
    assert_string_equal(blank, "");
    assert_int_equal(name_key_likeness(blank, blank), 0);
    assert_int_equal(name_key_likeness(blank, form), 0);
    /* A name of nothing but a legal form is that. */
    assert_string_not_equal(form, "");
    assert_string_not_equal(form, other);
    free(blank);
    free(form);
    free(other);
}

static void long_names_are_bounded(void **state)
{
    char name[8001];
    (void)state;
    for (size_t i = 0; i + 3 < sizeof name; i += 3)
        memcpy(name + i, i % 12 == 0 ? "\xe5\xb7\xa5" : "\xe4\xbc\x9a", 3);
    name[sizeof name - 1] = '\0';
    name[sizeof name - 2] = ' ';
    name[sizeof name - 3] = ' ';
    char *key = name_key_make(name);
    assert_in_range(strlen(key), 1, NAME_KEY_MOST);
    free(key);
    memset(name, 'a', sizeof name - 1);
    for (size_t i = 1; i < sizeof name - 1; i += 2)
        name[i] = i % 4 == 1 ? ' ' : 'b';
    key = name_key_make(name);
    assert_in_range(strlen(key), 1, NAME_KEY_MOST);
    assert_int_equal(name_key_likeness(key, key), 100);
    free(key);
}

/* Accents without end over a letter, lone marks, a joiner: what names can be made of. */
static void odd_names_are_taken(void **state)
{
    static const char *const odd[] = {"A\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
                                      "\xcc\x81",
                                      "\xe2\x80\x8d",
                                      "\xf0\x9f\x98\x80",
                                      "'",
                                      ".",
                                      "...",
                                      "l'",
                                      "7",
                                      "\xef\xb7\xba",
                                      "\xe0\xb8\x81\xe0\xb8\xb2\xe0\xb8\xa3"};
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        free(name_key_make(odd[i]));
}

static void *make_many(void *arg)
{
    size_t wrong = 0;
    for (int i = 0; i < 2000; i++) {
        char *key = name_key_make(i % 2 ? "中华全国总工会" : "نقابة عمال النفط");
        wrong += strcmp(key, ((char **)arg)[i % 2]) != 0;
        free(key);
    }
    return (void *)(uintptr_t)wrong;
}

static void threads_share_it(void **state)
{
    char *keys[2] = {name_key_make("نقابة عمال النفط"), name_key_make("中华全国总工会")};
    pthread_t threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, keys), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    free(keys[0]);
    free(keys[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_meet),         cmocka_unit_test(near_ones_are_told),
        cmocka_unit_test(others_are_not),         cmocka_unit_test(nothing_is_like_nothing),
        cmocka_unit_test(long_names_are_bounded), cmocka_unit_test(odd_names_are_taken),
        cmocka_unit_test(threads_share_it),       cmocka_unit_test(syllables_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
