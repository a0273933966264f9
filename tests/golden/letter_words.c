/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Nobody of these exists. Names stand in Latin, Cyrillic, Arabic and Chinese letters. */
#include "letter_words.h"

/* Days since 1970. */
#define DAY_2021_06_01 18779
#define DAY_2021_12_31 18992
#define DAY_2022_01_08 19000
#define DAY_2022_01_09 19001

const struct letter_words letter_words[LETTER_WORDS] = {
    {"en",
     {{"en", "EASTERN SECRETARIAT OF FREE UNIONS"},
      {"en", "12 Harbour Road, London E14 9XX"},
      {"en", "Telephone +44 20 7946 0000 · office@unions.example"}},
     "London",
     "Statement",
     {"on the right to strike", "and the freedom of association of oil workers"},
     "We write to you on behalf of the independent unions of eleven countries. Since December the "
     "workers of the western oil fields have asked for nothing but what the law of the country and "
     "its international obligations already grant them: to form the organisations of their own "
     "choosing, to bargain, and, where bargaining is refused, to stop work.\n\n"
     "The answer has been dismissals, the dissolution of two unions by a court, and prison for "
     "three of their officers. *No charge* that was brought against them names an act of "
     "violence. What is punished is the office they held.\n\n"
     "We therefore ask you to:\n\n"
     "- release the officers of the oil workers’ unions and withdraw the charges;\n"
     "- restore the registration of both unions, with all their property and rights;\n"
     "- bring the law on unions into line with the conventions that the country has ratified, in "
     "consultation with all representative organisations, and publish a date by which this will "
     "have been done.\n\n"
     "We remain at your disposal for any further information.\n",
     {"Secretary", "Eastern Secretariat of Free Unions"},
     "Anne Example",
     {"Minister of Labour and Social Protection", "Ministry of Labour",
      "Mangilik El Avenue 8, Entrance 6", "010000 Astana, Kazakhstan"},
     "Embassy of Kazakhstan in London",
     {"Ministry of Justice", "Prosecutor General’s Office"},
     {"Western Oil Company", "Legal Department, 5 Quay Street", "Rotterdam"},
     {"Office of the High Commissioner for Human Rights", "Palais des Nations", "1211 Geneva 10"},
     {"World Federation of Example Unions", "International Department", "Brussels"}},
    {"ru",
     {{"en", "Eastern Secretariat of Free Unions"},
      {"ru", "ВОСТОЧНЫЙ СЕКРЕТАРИАТ СВОБОДНЫХ ПРОФСОЮЗОВ"},
      {"ru", "101000, Москва, ул. Заводская, д. 5"},
      {"ru", "Тел. +7 (495) 000-00-00, office@unions.example"}},
     "Москва",
     "Заявление",
     {"о праве на забастовку", "и свободе объединения нефтяников"},
     "Мы обращаемся к вам от имени независимых профсоюзов одиннадцати стран. С декабря рабочие "
     "западных нефтяных месторождений требуют лишь того, что уже признаёт за ними закон страны и "
     "её международные обязательства: создавать организации по собственному выбору, вести "
     "переговоры и прекращать работу, когда в переговорах отказано.\n\n"
     "В ответ последовали увольнения, ликвидация двух профсоюзов по решению суда и тюремное "
     "заключение троих их руководителей. *Ни одно* из предъявленных им обвинений не называет "
     "насильственных действий. Наказывают за должность, которую они занимали.\n\n"
     "Поэтому мы требуем:\n\n"
     "- освободить руководителей профсоюзов нефтяников и снять с них обвинения;\n"
     "- восстановить регистрацию обоих профсоюзов со всем их имуществом и правами;\n"
     "- привести закон о профсоюзах в соответствие с ратифицированными конвенциями, "
     "проведя консультации со всеми представительными организациями, и назвать срок, к которому "
     "это будет сделано.\n\n"
     "Готовы предоставить любые дополнительные сведения.\n",
     {"Секретарь", "Восточного секретариата свободных профсоюзов"},
     "А. Б. Примерова",
     {"Министру труда и социальной защиты населения", "Министерство труда",
      "010000, г. Астана, пр. Мангилик Ел, д. 8", "Казахстан"},
     "Посольство Казахстана в Москве",
     {"Министерство юстиции", "Генеральная прокуратура"},
     {"Западная нефтяная компания", "Юридический отдел", "Роттердам"},
     {"Управление Верховного комиссара по правам человека", "Дворец Наций", "1211 Женева 10"},
     {"Всемирная федерация примерных профсоюзов", "Международный отдел", "Брюссель"}},
    {"fr",
     {{"fr", "SECRÉTARIAT ORIENTAL DES SYNDICATS LIBRES"},
      {"fr", "12, rue du Port, 75010 Paris"},
      {"fr", "Tél. : +33 1 99 00 00 00"},
      {"ar", "الأمانة الشرقية للنقابات الحرة"},
      {"ar", "باريس"}},
     "Paris",
     "Déclaration",
     {"sur le droit de grève", "et la liberté syndicale des travailleurs du pétrole"},
     "Nous nous adressons à vous au nom des syndicats indépendants de onze pays. Depuis décembre, "
     "les travailleurs des champs pétroliers de l’ouest ne demandent que ce que la loi du pays et "
     "ses engagements internationaux leur accordent déjà : constituer les organisations de leur "
     "choix, négocier et, lorsque la négociation est refusée, cesser le travail.\n\n"
     "La réponse a été le licenciement, la dissolution de deux syndicats par un tribunal et la "
     "prison pour trois de leurs dirigeants. *Aucune* des accusations portées contre eux ne fait "
     "état d’un acte de violence. C’est leur fonction qui est punie.\n\n"
     "Nous vous demandons par conséquent :\n\n"
     "- de libérer les dirigeants des syndicats du pétrole et d’abandonner les poursuites ;\n"
     "- de rétablir l’enregistrement des deux syndicats, avec tous leurs biens et droits ;\n"
     "- de mettre la loi sur les syndicats en conformité avec les conventions ratifiées, en "
     "consultation avec toutes les organisations représentatives, et de publier la date à laquelle "
     "ce sera fait.\n\n"
     "Nous restons à votre disposition pour tout renseignement complémentaire.\n",
     {"Secrétaire", "Secrétariat oriental des syndicats libres"},
     "Anne Exemple",
     {"Monsieur le Ministre du Travail et de la Protection sociale", "Ministère du Travail",
      "8, avenue Mangilik El", "010000 Astana, Kazakhstan"},
     "Ambassade du Kazakhstan à Paris",
     {"Ministère de la Justice", "Parquet général"},
     {"Compagnie pétrolière de l’Ouest", "Service juridique, 5, quai du Nord", "Rotterdam"},
     {"Haut-Commissariat aux droits de l’homme", "Palais des Nations", "1211 Genève 10"},
     {"Fédération mondiale des syndicats exemplaires", "Département international", "Bruxelles"}},
    {"es",
     {{"es", "SECRETARIADO ORIENTAL DE SINDICATOS LIBRES"},
      {"es", "Calle del Puerto, 12, 28010 Madrid"},
      {"es", "Tel.: +34 910 000 000 · office@unions.example"}},
     "Madrid",
     "Declaración",
     {"sobre el derecho de huelga", "y la libertad sindical de los trabajadores del petróleo"},
     "Nos dirigimos a usted en nombre de los sindicatos independientes de once países. Desde "
     "diciembre, los trabajadores de los campos petroleros del oeste no piden sino lo que la ley "
     "del país y sus compromisos internacionales ya les reconocen: constituir las organizaciones "
     "que estimen convenientes, negociar y, cuando se les niega la negociación, dejar de "
     "trabajar.\n\n"
     "La respuesta han sido los despidos, la disolución de dos sindicatos por un tribunal y la "
     "cárcel para tres de sus dirigentes. *Ninguno* de los cargos presentados contra ellos "
     "menciona "
     "un acto de violencia. Se castiga el puesto que ocupaban.\n\n"
     "Por ello le pedimos:\n\n"
     "- que libere a los dirigentes de los sindicatos petroleros y retire los cargos;\n"
     "- que restablezca el registro de ambos sindicatos, con todos sus bienes y derechos;\n"
     "- que ajuste la ley de sindicatos a los convenios ratificados, en consulta con todas las "
     "organizaciones representativas, y publique la fecha en que ello se habrá hecho.\n\n"
     "Quedamos a su disposición para cualquier información adicional.\n",
     {"Secretaria", "Secretariado Oriental de Sindicatos Libres"},
     "Ana Ejemplo",
     {"Ministra de Trabajo y Protección Social", "Ministerio de Trabajo", "Avenida Mangilik El, 8",
      "010000 Astaná, Kazajistán"},
     "Embajada de Kazajistán en Madrid",
     {"Ministerio de Justicia", "Fiscalía General"},
     {"Compañía Petrolera del Oeste", "Departamento jurídico, Muelle Norte, 5", "Rotterdam"},
     {"Oficina del Alto Comisionado para los Derechos Humanos", "Palacio de las Naciones",
      "1211 Ginebra 10"},
     {"Federación Mundial de Sindicatos Ejemplares", "Departamento Internacional", "Bruselas"}},
};

/* Initiators first, the others by country: no language's order, which is not the letter's to make.
 */
const struct letter_signatory letter_signatories[LETTER_SIGNATORIES] = {
    {.organisation = "Независимый профсоюз нефтяников «Жанарту»",
     .organisation_latin = "Independent Oil Workers’ Union “Zhanartu”",
     .country = "KZ",
     .town = "Жанаозен",
     .affiliation = "World Federation of Example Unions",
     .has_members = true,
     .members = 4300,
     .representative = "Ерлан Примеров",
     .capacity = "председатель",
     .is_initiator = true,
     .has_day = true,
     .signed_on = DAY_2022_01_08,
     .legal_name = "Общественное объединение «Независимый профсоюз нефтяников “Жанарту”»",
     .address = "130200, Жанаозен, 3-й микрорайон, д. 12",
     .coverage = "нефтяная отрасль Мангистауской области",
     .registration = LETTER_REFUSED,
     .mandate = "Решение правления",
     .has_mandate_date = true,
     .mandate_date = DAY_2022_01_08,
     .has_members_date = true,
     .members_date = DAY_2021_12_31},
    {.organisation = "Dock Workers’ Federation",
     .country = "GB",
     .town = "Liverpool",
     .has_members = true,
     .members = 61250,
     .representative = "Margaret Example",
     .capacity = "General Secretary",
     .is_initiator = true,
     .has_day = true,
     .signed_on = DAY_2022_01_08,
     .address = "1 Pier Head, Liverpool L3 1XX",
     .coverage = "national",
     .registration = LETTER_REGISTERED,
     .mandate = "Executive Council",
     .has_mandate_date = true,
     .mandate_date = DAY_2022_01_08,
     .has_members_date = true,
     .members_date = DAY_2021_06_01},
    {.organisation = "World Council of Seafarers",
     .has_members = true,
     .members = 512000,
     .representative = "João Exemplo",
     .capacity = "President",
     .has_day = true,
     .signed_on = DAY_2022_01_09},
    {.organisation = "中华海员工会",
     .organisation_latin = "Chinese Seamen’s Union",
     .country = "CN",
     .town = "上海",
     .representative = "王伟",
     .capacity = "主席",
     .has_day = true,
     .signed_on = DAY_2022_01_09,
     .registration = LETTER_EXILE},
    {.organisation = "النقابة المستقلة لعمال النفط والغاز",
     .organisation_latin = "Independent Union of Oil and Gas Workers",
     .country = "EG",
     .town = "السويس",
     .affiliation = "الاتحاد العالمي",
     .has_members = true,
     .members = 18000,
     .representative = "محمد علي",
     .capacity = "الأمين العام",
     .has_day = true,
     .signed_on = DAY_2022_01_09,
     .address = "شارع الجيش ١٢، السويس",
     .registration = LETTER_DISSOLVED},
    {.organisation = "Fédération des travailleurs de l’énergie et des industries chimiques",
     .country = "FR",
     .town = "Montreuil",
     .affiliation = "Confédération du travail",
     .has_members = true,
     .members = 50000,
     .representative = "Élodie Exemple",
     .capacity = "secrétaire générale adjointe chargée des relations internationales",
     .has_day = true,
     .signed_on = DAY_2022_01_09},
    {.organisation = "Union syndicale de la raffinerie", .country = "FR", .town = "Le Havre"},
    {.organisation = "Профсоюз горняков и металлургов Караганды",
     .organisation_latin = "Karaganda Miners’ and Metalworkers’ Union",
     .country = "KZ",
     .town = "Караганда",
     .has_members = true,
     .members = 900,
     .representative = "Б. Образцова",
     .has_day = true,
     .signed_on = DAY_2022_01_09,
     .registration = LETTER_REGISTERED},
    {.organisation = "Shipyard Workers of the North",
     .country = "NO",
     .has_members = true,
     .members = 2400,
     .has_day = true,
     .signed_on = DAY_2022_01_09},
};
