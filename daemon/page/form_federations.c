/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Affiliations that the form suggests: the world's federations, and the national centres of the
 * countries where the page's language is at home. Names are names and are not translated. Nobody is
 * held to them, and none is left out for a reason: a centre missing here is typed.
 */
#include "page/form_words.h"
#include "page/scratch.h"
#include <string.h>

static const char *const global[] = {
    "ITUC",
    "WFTU",
    "IndustriALL Global Union",
    "Public Services International (PSI)",
    "Education International (EI)",
    "IUF",
    "ITF",
    "BWI",
    "UNI Global Union",
    "IFJ",
    "EPSU",
    "ETUC",
};

/* Parted by semicolons. */
static const struct {
    const char *language, *centres;
} national[] = {
    {"ru", "ФНПР;КТР;БКДП;ФПРК;Содружество труда Казахстана;ФПУ;КВПУ;КПА"},
    {"en", "TUC;AFL-CIO;CLC;ACTU;ICTU;COSATU;NLC;CITU;AITUC;INTUC"},
    {"fr", "CGT;CFDT;FO;Solidaires;FGTB-ABVV;CSC-ACV;USS-SGB;CSN;UGTT;UNSAS"},
    {"es", "CCOO;UGT;ELA;USO;CGT-RA;CTA-A;CUT Chile;CUT Colombia;CGTP;PIT-CNT"},
    {"kk", "ҚРКФ;Қазақстан Еңбек достастығы;ФНПР;КТР"},
    {"ar", "UGTT;UGTA;UMT;CDT;CGATA;GFJTU;PGFTU;FENASOL"},
    {"zh", "中华全国总工会 (ACFTU);香港工會聯合會 (HKFTU);全國產業總工會 (TCTU);MTUC;NTUC"},
    {"de", "DGB;ÖGB;SGB;Travail.Suisse;dbb"},
    {"pt", "CUT Brasil;Força Sindical;CTB;CSP-Conlutas;CGTP-IN;UGT;UNTA-CS;OTM-CS"},
    {"tr", "DİSK;TÜRK-İŞ;HAK-İŞ;KESK;TÜRK-SEN"},
};

const char *const *form_federations(struct scratch *scratch, const struct language *language,
                                    size_t *count)
{
    const char *list = "";
    for (size_t i = 0; i < sizeof national / sizeof national[0]; i++) {
        if (strcmp(national[i].language, language->code) == 0)
            list = national[i].centres;
    }
    size_t global_count = sizeof global / sizeof global[0], n = 0;
    const char **names = scratch_zero(scratch, global_count + strlen(list), sizeof *names);
    for (size_t i = 0; i < global_count; i++)
        names[n++] = global[i];
    for (char *name = scratch_copy(scratch, list); *name != '\0';) {
        size_t len = strcspn(name, ";");
        names[n++] = name;
        name += len;
        if (*name != '\0')
            *name++ = '\0';
    }
    *count = n;
    return names;
}
