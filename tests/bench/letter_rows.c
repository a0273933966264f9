/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter_rows.h"
#include <stdio.h>

#define WORDS 10
#define NAMES 24

/* clang-format off */
static const struct script {
    const char *pattern; /* trade, town, number */
    const char *trades[WORDS], *towns[WORDS * 2], *affiliations[WORDS], *capacities[WORDS];
    const char *first[NAMES], *last[NAMES];
    const char *syllables[WORDS]; /* a family's name is made of three of them and an ending */
} scripts[] = {
    {"Union of %s Workers of %s, Local %d",
     {"Oil and Gas", "Metal", "Railway", "Public Service", "Health Care", "Textile and Garment",
      "Construction", "Education", "Transport", "Food and Agricultural"},
     {"London", "Montréal", "São Paulo", "Nairobi", "Manchester", "Marseille", "Gdańsk", "İzmir",
      "Buenos Aires", "Kuala Lumpur", "Johannesburg", "Dar es Salaam", "Göteborg", "Zaragoza",
      "Antwerpen", "Porto Alegre", "Valparaíso", "Liège", "Timișoara", "Đà Nẵng"},
     {"ITUC", "WFTU", "IndustriALL", "PSI", "ITF", "UNI Global Union", "BWI", "IUF", "EPSU", "CGT"},
     {"President", "General Secretary", "secrétaire générale", "Vorsitzender", "presidente",
      "Secretary for International Affairs", "Treasurer", "délégué syndical", "sekretarz", "başkan"},
     {"Anna", "Björn", "Carlos", "Denise", "Émile", "Fatma", "Grace", "Håkon", "Inês", "James",
      "Katarzyna", "Luís", "Marie-Claire", "Nguyễn", "Olga", "Peter", "Quentin", "Rosa", "Søren",
      "Teresa", "Ursula", "Vincent", "Wanjiru", "Zoë"},
     {"Andersson", "Brown", "da Silva", "Dubois", "Fernández", "García", "Hernández", "Ivanescu",
      "Jensen", "Kowalska", "Lefèvre", "Müller", "Nowak", "O’Connor", "Pereira", "Rossi", "Smith",
      "Thorsen", "Usman", "Van der Merwe", "Williams", "Yılmaz", "Ziegler", "Okonkwo"},
     {"ba", "der", "ga", "lin", "mo", "ne", "ros", "sta", "vi", "zé"}},
    {"Независимый профсоюз работников %s «%s», первичная организация № %d",
     {"горной промышленности", "образования", "здравоохранения", "транспорта", "связи", "торговли",
      "культуры", "строительства", "энергетики", "нефтегазового комплекса"},
     {"Алматы", "Караганда", "Бишкек", "Київ", "Харків", "Минск", "Гомель", "София", "Београд",
      "Скопје", "Ташкент", "Улаанбаатар", "Жезказган", "Екатеринбург", "Новосибирск", "Запоріжжя",
      "Одеса", "Пловдив", "Ниш", "Петропавл"},
     {"КТР", "ФПРК", "КВПУ", "ФПУ", "БКДП", "Подкрепа", "КНСБ", "ССП", "Жанарту", "МКП"},
     {"председатель", "заместитель председателя", "секретарь", "голова", "председател",
      "генеральный секретарь", "төраға", "казначей", "член президиума", "представитель"},
     {"Алексей", "Богдан", "Вера", "Галина", "Дмитрий", "Елена", "Жанна", "Зоя", "Иван", "Ксения",
      "Людмила", "Марат", "Нурлан", "Оксана", "Пётр", "Раиса", "Светлана", "Тарас", "Ульяна",
      "Фёдор", "Христо", "Юлия", "Ярослав", "Айгуль"},
     {"Абдрахманов", "Бондаренко", "Васильева", "Григорьев", "Данилюк", "Ермеков", "Жуков",
      "Захарченко", "Иванов", "Ковальчук", "Лисицына", "Мельник", "Нурпеисов", "Орлова", "Петров",
      "Рахимов", "Сидоренко", "Ткаченко", "Уваров", "Федорова", "Христов", "Цветкова", "Шевченко",
      "Юсупова"},
     {"бе", "вар", "да", "ко", "лин", "мо", "ни", "рас", "те", "шу"}},
    {"النقابة المستقلة لعمال %s في %s رقم %d",
     {"النقل", "البترول", "التعليم", "الصحة", "النسيج", "البناء", "الكهرباء", "المناجم", "الموانئ",
      "الزراعة"},
     {"القاهرة", "بغداد", "تونس", "الجزائر", "الرباط", "بيروت", "عمان", "البصرة", "صنعاء", "الخرطوم",
      "الإسكندرية", "دمشق", "طرابلس", "صفاقس", "وهران", "الدار البيضاء", "السويس", "الموصل", "عدن",
      "غزة"},
     {"الاتحاد العام", "الاتحاد المستقل", "اتحاد النقابات", "الاتحاد العربي", "الاتحاد الوطني",
      "المؤتمر الدائم", "الاتحاد الدولي", "الكونفدرالية", "الجامعة العامة", "الاتحاد الجهوي"},
     {"رئيس النقابة", "الأمين العام", "أمين الصندوق", "نائب الرئيس", "عضو المجلس", "ممثل", "رئيسة",
      "الكاتب العام", "منسق", "المتحدث"},
     {"محمد", "أحمد", "فاطمة", "علي", "خديجة", "يوسف", "مريم", "حسن", "زينب", "عمر", "ليلى", "كريم",
      "سعاد", "طارق", "نور", "سمير", "هدى", "رشيد", "أمينة", "خالد", "منى", "جمال", "سلمى", "فريد"},
     {"البصري", "المصري", "حداد", "النجار", "بن صالح", "العلوي", "خوري", "منصور", "سعيد", "الشامي",
      "قاسم", "رمضان", "الطيب", "عباس", "الحسيني", "مرزوق", "بركات", "درويش", "الزهراني", "فارس",
      "شكري", "العمري", "سليمان", "عثمان"},
     {"با", "در", "سم", "ني", "كر", "لو", "حم", "تي", "فا", "شر"}},
    {"%s工会%s第%d分会",
     {"海员", "纺织", "铁路", "煤矿", "教育", "建筑", "电子", "医务", "邮电", "食品"},
     {"上海", "北京", "广州", "深圳", "香港", "台北", "高雄", "武汉", "成都", "重庆", "天津", "南京",
      "杭州", "大连", "青岛", "厦门", "東京", "大阪", "名古屋", "福岡"},
     {"全国总工会", "独立工联", "职工盟", "産別会議", "全国联合会", "地方总工会", "海员联盟", "教协",
      "國際運聯", "連合"},
     {"主席", "秘书长", "副主席", "委員長", "書記長", "代表", "理事", "财务", "顾问", "干事"},
     {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
      "超", "秀英", "霞", "平", "刚", "桂英", "建华", "志强"},
     {"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
      "何", "高", "林", "罗", "郑", "梁", "谢", "宋"},
     {NULL}},
};
/* clang-format on */

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Most families have a name that is not in any list of twenty. */
static void print_family(char *out, size_t size, const struct script *script, uint32_t *state)
{
    uint32_t kind = next(state) % 4;
    const char *last = script->last[next(state) % NAMES];
    if (!script->syllables[0] || kind == 0) {
        snprintf(out, size, "%s", last);
        return;
    }
    size_t at = 0;
    for (int i = 0; i < 3; i++)
        at += (size_t)snprintf(out + at, size - at, "%s", script->syllables[next(state) % WORDS]);
    if (script == &scripts[0])
        out[0] = (char)(out[0] - 'a' + 'A');
}

static const struct script *choose_script(uint32_t at)
{
    at %= 100;
    return &scripts[at < 55 ? 0 : at < 75 ? 1 : at < 88 ? 2 : 3];
}

/* The pattern is one of the table's own, with the same three places in each. */
static void print_name(char *out, size_t size, const struct script *script, const char *words[2],
                       int number)
{
    size_t at = 0;
    int word = 0;
    for (const char *from = script->pattern; *from && at + 64 < size; from++) {
        if (*from != '%')
            out[at++] = *from;
        else if (*++from == 's')
            at += (size_t)snprintf(out + at, size - at, "%s", words[word++]);
        else
            at += (size_t)snprintf(out + at, size - at, "%d", number);
    }
    out[at] = '\0';
}

void letter_row_make(struct letter_row *row, int64_t number, int64_t count)
{
    uint32_t state = (uint32_t)number * 2654435761u + 1;
    const struct script *script = choose_script(next(&state));
    uint32_t trade = next(&state) % WORDS, town = next(&state) % (WORDS * 2);
    int local = (int)(next(&state) % 900) + 1;
    const char *words[2] = {script->trades[trade], script->towns[town]};
    print_name(row->organisation, sizeof row->organisation, script, words, local);
    words[0] = scripts[0].trades[trade];
    words[1] = scripts[0].towns[town];
    print_name(row->latin, sizeof row->latin, &scripts[0], words, local);
    char family[64];
    print_family(family, sizeof family, script, &state);
    snprintf(row->representative, sizeof row->representative,
             script == &scripts[3] ? "%2$s%1$s" : "%1$s %2$s", script->first[next(&state) % NAMES],
             family);
    /* Codes in the alphabet's order: most are a country's, the others stand as they are. */
    int64_t country = number * LETTER_ROWS_COUNTRIES / count;
    row->country[0] = (char)('A' + country / 6);
    row->country[1] = (char)('A' + country % 6 * 4);
    row->country[2] = '\0';
    row->signatory = (struct letter_signatory){
        .organisation = row->organisation,
        .organisation_latin = script == &scripts[0] ? NULL : row->latin,
        .country = row->country,
        .town = script->towns[town],
        .affiliation = next(&state) % 3 ? script->affiliations[next(&state) % WORDS] : NULL,
        .has_members = true,
        .members = 20 + next(&state) % 60000,
        .representative = row->representative,
        .capacity = script->capacities[next(&state) % WORDS]};
}
