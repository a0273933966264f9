/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a name can lose and still be the same organisation's: articles, small words, legal forms.
 * What kind of organisation it is (union, federation, profsoyuz, branch) stays: there a union and
 * its federation may have all else in common.
 */
#include "text/name_words.h"
#include <string.h>

/* clang-format off */
/* As text/name_latin.h writes them; a blank parts words. Longer ones stand before their beginnings.
 */
static const char *const empty[] = {
    /* Articles, prepositions, conjunctions: en fr es pt de tr ru kk it nl, Arabic's article. */
    "the", "of", "and", "for", "in", "to", "at", "on", "de", "la", "le", "les", "du", "des", "et",
    "d", "l", "au", "aux", "en", "pour", "el", "los", "las", "y", "e", "del", "da", "do", "das",
    "dos", "di", "der", "die", "und", "den", "dem", "von", "fur", "fuer", "im", "zu", "zur", "zum",
    "ve", "i", "v", "vo", "na", "po", "s", "so", "o", "ob", "dlya", "dlia", "pri", "zhane", "jane",
    "van", "het", "al", "a", "an",
    /* Legal forms. */
    "obshchestvennoe obedinenie", "obshchestvennoye obyedineniye", "obshchestvennogo obedineniya",
    "obshchestvennaya organizatsiya", "obshchestvennoy organizatsii",
    "regionalnaya obshchestvennaya organizatsiya", "nekommercheskaya organizatsiya",
    "negosudarstvennaya organizatsiya", "nepravitelstvennaya organizatsiya",
    "nekommercheskoe partnerstvo", "obedinenie yuridicheskikh lits",
    "obshchestvo s ogranichennoy otvetstvennostyu",
    "tovarishchestvo s ogranichennoy otvetstvennostyu", "aktsionernoe obshchestvo",
    "publichnoe aktsionernoe obshchestvo", "zakrytoe aktsionernoe obshchestvo",
    "otkrytoe aktsionernoe obshchestvo", "qogamdyq birlestigi", "qogamdyq birlestik",
    "aktsionerlik qogamy", "non governmental organisation", "non governmental organization",
    "nongovernmental organisation", "nongovernmental organization", "non profit organisation",
    "non profit organization", "nonprofit organisation", "nonprofit organization",
    "association sans but lucratif", "loi 1901", "organizacion no gubernamental",
    "organisation non gouvernementale", "asociacion civil", "sociedad anonima", "societe anonyme",
    "eingetragener verein", "limited liability company", "limited company", "anonim sirketi",
    "limited sirketi", "ooo", "ao", "zao", "oao", "pao", "too", "npo", "nko", "oo", "roo", "moo",
    "ano", "nao", "oyul", "qb", "aq", "zhshs", "ev", "gmbh", "ggmbh", "ag", "asbl", "aisbl", "vzw",
    "ivzw", "ltd", "limited", "inc", "incorporated", "llc", "llp", "plc", "corp", "sa", "sarl",
    "srl", "sas", "bv", "nv", "oy", "ry", "ngo", "ong", "osc", "ac", "ltda", "npc", "registered",
    "reg", "g", "e v", "s a", "a c", "o o",
};

/* As keys have them. What these are of, in en fr es pt de tr ru kk ar zh, stands in the test that
 * holds them together. */
static const char *const common[] = {
    "alam", "alamh", "alamlin", "alatad", "almal", "alnkabat", "alnkabh", "arbeiter",
    "arbeitnehmer", "asokiakao", "asokiakia", "asokiakion", "asokiation", "atad", "birlestigi",
    "birligi", "brank", "bund", "emekileri", "empleados", "emplo", "emplos", "federakao",
    "federaki", "federakia", "federakiasi", "federakion", "federasenu", "federation", "fre",
    "genel", "general", "generale", "geral", "gerale", "geverksafkbund", "geverksaft",
    "geverksaften", "gongui", "halikaralik", "independent", "internakional", "international",
    "iski", "iskiler", "iskileri", "kalisanlari", "kasipodagi", "kasipodak", "kasipodaktar",
    "kizmetkerleri", "kizmetkerlerinin", "konfederakao", "konfederaki", "konfederakia",
    "konfederakion", "konfederasenu", "konfederation", "kunkil", "labor", "labur", "lmal", "lokal",
    "mal", "mestnaia", "mestni", "mezdunarodnaia", "mezdunarodni", "nakional", "nakionalnaia",
    "nakionalni", "national", "nationale", "nezavisimaia", "nezavisimi", "nezavisimih", "nkabat",
    "nkabh", "obedinene", "obedinenia", "obreros", "odagi", "odak", "organisation", "organizaki",
    "organizakia", "organization", "otraslevoi", "perviknaia", "profesionalni", "profesionalnih",
    "profsoiuz", "profsoiuza", "profsoiuzi", "profsoiuznaia", "profsoiuzni", "profsoiuzov",
    "rabokih", "rabotnikov", "regional", "republikan", "respublikalik", "respublikanskaia",
    "respublikanski", "rf", "rk", "salalik", "sendika", "sendikalari", "sendikasi", "sindikal",
    "sindikale", "sindikat", "sindikato", "sindikatos", "sindikats", "soiuz", "soiuza", "soiuzov",
    "svobodni", "svobodnih", "taulsiz", "teritorialnaia", "teritorialni", "trabaiadores",
    "trabalhadores", "trade", "travaileurs", "trudiasihsia", "uniao", "union", "unions",
    "unitaire", "uvrers", "verband", "vorker", "vorkers", "zergilikti", "zongongui", "zumisilar",
    "zumisilari",
};

/* clang-format on */

/* How many of the words the phrase takes; 0: it is another. */
static size_t match(const char *phrase, const struct name_word *words, size_t count)
{
    size_t taken = 0;
    if (count == 0 || phrase[0] != words[0].text[0])
        return 0;
    for (const char *at = phrase; taken < count; at++) {
        const size_t len = strcspn(at, " ");
        if (len != words[taken].len || memcmp(at, words[taken].text, len) != 0)
            return 0;
        taken++;
        at += len;
        if (*at == '\0')
            return taken;
    }
    return 0;
}

size_t name_words_empty(const struct name_word *words, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        const size_t taken = match(empty[i], words, count);
        if (taken > most)
            most = taken;
    }
    return most;
}

bool name_words_is_common(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (common[i][0] == word[0] && strlen(common[i]) == len &&
            memcmp(common[i], word, len) == 0)
            return true;
    return false;
}
