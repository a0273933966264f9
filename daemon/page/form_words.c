/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Every sentence of the form that is not on its template: each says what to do, not what went wrong
 * inside. Keyboards and completions follow WCAG 2.2, 1.3.5, and the HTML standard's autofill names.
 */
#include "page/form_words.h"
#include "page/rendering.h"
#include <string.h>

static const struct form_words words[FIELD_COUNT] = {
    [FIELD_ORGANISATION] = {.label = MESSAGE_MARK("Name of the organisation"),
                            .hint = MESSAGE_MARK("In full and in your own script, as it is to "
                                                 "stand under the letter."),
                            .autocomplete = "organization",
                            .type = "text"},
    [FIELD_ORGANISATION_LATIN] = {.label = MESSAGE_MARK("The name in Latin letters"),
                                  .hint = MESSAGE_MARK("If it is written in another script: as it "
                                                       "is known abroad."),
                                  .autocomplete = "off",
                                  .type = "text",
                                  .is_optional = true},
    [FIELD_TOWN] = {.label = MESSAGE_MARK("Town"),
                    .autocomplete = "address-level2",
                    .type = "text",
                    .is_optional = true},
    [FIELD_AFFILIATION] = {.label = MESSAGE_MARK("Affiliations"),
                           .hint = MESSAGE_MARK("The national centre or the international "
                                                "federations that it belongs to."),
                           .autocomplete = "off",
                           .type = "text",
                           .list = "federations",
                           .is_optional = true},
    [FIELD_MEMBERS] = {.label = MESSAGE_MARK("Members it represents"),
                       .hint = MESSAGE_MARK("A number, such as 2300."),
                       .autocomplete = "off",
                       .inputmode = "numeric",
                       .type = "text",
                       .is_optional = true},
    [FIELD_REPRESENTATIVE] = {.label = MESSAGE_MARK("Your name"),
                              .hint = MESSAGE_MARK("The person who signs for the organisation."),
                              .autocomplete = "name",
                              .type = "text"},
    [FIELD_CAPACITY] = {.label = MESSAGE_MARK("In what capacity"),
                        .hint = MESSAGE_MARK("For example: chairperson, general secretary."),
                        .autocomplete = "organization-title",
                        .type = "text"},
    [FIELD_EMAIL] = {.label = MESSAGE_MARK("E-mail address"),
                     .hint = MESSAGE_MARK("Best the organisation's own. We write there to confirm; "
                                          "it is never shown to anybody."),
                     .autocomplete = "email",
                     .inputmode = "email",
                     .type = "email"},
    [FIELD_UPDATES] = {.label = MESSAGE_MARK("Send us news about this appeal by mail")},
    [FIELD_LEGAL_NAME] = {.label = MESSAGE_MARK("Full legal name"),
                          .hint = MESSAGE_MARK("If it is not the name above."),
                          .autocomplete = "off",
                          .type = "text",
                          .is_optional = true},
    [FIELD_ADDRESS] = {.label = MESSAGE_MARK("Permanent address for correspondence"),
                       .autocomplete = "off",
                       .type = "text",
                       .is_optional = true},
    [FIELD_COVERAGE] = {.label = MESSAGE_MARK("Where and in which branch it organises"),
                        .hint = MESSAGE_MARK("For example: the whole country; the oil industry of "
                                             "one region."),
                        .autocomplete = "off",
                        .type = "text",
                        .is_optional = true},
    [FIELD_REGISTRATION] = {.label = MESSAGE_MARK("Is the organisation registered by the state?")},
    [FIELD_MANDATE] = {.label = MESSAGE_MARK("Which body decided to sign"),
                       .hint = MESSAGE_MARK("For example: congress, executive committee, general "
                                            "meeting."),
                       .autocomplete = "off",
                       .type = "text",
                       .is_optional = true},
    [FIELD_MANDATE_DATE] = {.label = MESSAGE_MARK("Day of that decision"),
                            .hint = MESSAGE_MARK("Year, month, day: for example 2026-03-14."),
                            .autocomplete = "off",
                            .type = "text",
                            .is_optional = true},
    [FIELD_MEMBERS_DATE] = {.label = MESSAGE_MARK("Day of the number of members"),
                            .hint = MESSAGE_MARK("Year, month, day: for example 2026-03-14."),
                            .autocomplete = "off",
                            .type = "text",
                            .is_optional = true},
};

const struct form_words *form_words_of(enum signing_field field)
{
    return &words[field];
}

static const char *const missing[FIELD_COUNT] = {
    [FIELD_ORGANISATION] = MESSAGE_MARK("Enter the name of the organisation."),
    [FIELD_KIND] = MESSAGE_MARK("Choose what kind of organisation it is."),
    [FIELD_COUNTRY] = MESSAGE_MARK("Choose the country."),
    [FIELD_REPRESENTATIVE] = MESSAGE_MARK("Enter the name of the person who signs."),
    [FIELD_CAPACITY] = MESSAGE_MARK("Enter in what capacity you sign, such as “chairperson”."),
    [FIELD_EMAIL] = MESSAGE_MARK("Enter an e-mail address, or we cannot send the confirmation."),
    [FIELD_VISIBILITY] = MESSAGE_MARK("Choose who may see the signature."),
    [FIELD_REGISTRATION] = MESSAGE_MARK("Choose whether the organisation is registered."),
    [FIELD_CONSENT] = MESSAGE_MARK("Without your consent the signature cannot be taken."),
};

static const char *const malformed[FIELD_COUNT] = {
    [FIELD_ORGANISATION] = MESSAGE_MARK("The name of the organisation needs letters in it."),
    [FIELD_ORGANISATION_LATIN] =
        MESSAGE_MARK("Write this name in Latin letters, or leave it empty."),
    [FIELD_MEMBERS] = MESSAGE_MARK("Enter the number of members in digits, such as 2300."),
    [FIELD_REPRESENTATIVE] = MESSAGE_MARK("The name of the person needs letters in it."),
    [FIELD_CAPACITY] = MESSAGE_MARK("The capacity needs letters in it."),
    [FIELD_EMAIL] = MESSAGE_MARK("Enter an e-mail address such as office@union.example."),
    [FIELD_LEGAL_NAME] = MESSAGE_MARK("The legal name needs letters in it."),
    [FIELD_ADDRESS] = MESSAGE_MARK("The address needs letters in it."),
    [FIELD_COVERAGE] = MESSAGE_MARK("Say in words where and in which branch it organises."),
    [FIELD_MANDATE] = MESSAGE_MARK("The name of the body that decided needs letters in it."),
    [FIELD_MANDATE_DATE] =
        MESSAGE_MARK("Write the day of the decision as year-month-day, such as 2026-03-14."),
    [FIELD_MEMBERS_DATE] = MESSAGE_MARK(
        "Write the day of the number of members as year-month-day, such as 2026-03-14."),
};

static const char *const too_long[FIELD_COUNT] = {
    [FIELD_ORGANISATION] =
        MESSAGE_MARK("The name of the organisation is too long: shorten it to 200 characters."),
    [FIELD_ORGANISATION_LATIN] =
        MESSAGE_MARK("The name in Latin letters is too long: shorten it to 200 characters."),
    [FIELD_TOWN] = MESSAGE_MARK("The town is too long: shorten it to 100 characters."),
    [FIELD_AFFILIATION] =
        MESSAGE_MARK("The affiliations are too long: shorten them to 200 characters."),
    [FIELD_REPRESENTATIVE] =
        MESSAGE_MARK("The name of the person is too long: shorten it to 120 characters."),
    [FIELD_CAPACITY] = MESSAGE_MARK("The capacity is too long: shorten it to 120 characters."),
    [FIELD_LEGAL_NAME] = MESSAGE_MARK("The legal name is too long: shorten it to 200 characters."),
    [FIELD_ADDRESS] = MESSAGE_MARK("The address is too long: shorten it to 300 characters."),
    [FIELD_COVERAGE] = MESSAGE_MARK(
        "Where and in which branch it organises is too long: shorten it to 200 characters."),
    [FIELD_MANDATE] = MESSAGE_MARK(
        "The name of the body that decided is too long: shorten it to 200 characters."),
};

static const char *const forbidden[FIELD_COUNT] = {
    [FIELD_ORGANISATION] = MESSAGE_MARK("The name of the organisation holds invisible control "
                                        "characters: type it in by hand."),
    [FIELD_ORGANISATION_LATIN] = MESSAGE_MARK("The name in Latin letters holds invisible control "
                                              "characters: type it in by hand."),
    [FIELD_TOWN] = MESSAGE_MARK("The town holds invisible control characters: type it in by hand."),
    [FIELD_AFFILIATION] =
        MESSAGE_MARK("The affiliations hold invisible control characters: type them in by hand."),
    [FIELD_REPRESENTATIVE] = MESSAGE_MARK("The name of the person holds invisible control "
                                          "characters: type it in by hand."),
    [FIELD_CAPACITY] =
        MESSAGE_MARK("The capacity holds invisible control characters: type it in by hand."),
    [FIELD_LEGAL_NAME] =
        MESSAGE_MARK("The legal name holds invisible control characters: type it in by hand."),
    [FIELD_ADDRESS] =
        MESSAGE_MARK("The address holds invisible control characters: type it in by hand."),
    [FIELD_COVERAGE] = MESSAGE_MARK("Where and in which branch it organises holds invisible "
                                    "control characters: type it in by hand."),
    [FIELD_MANDATE] = MESSAGE_MARK("The name of the body that decided holds invisible control "
                                   "characters: type it in by hand."),
};

static const char *const not_allowed[FIELD_COUNT] = {
    [FIELD_KIND] = MESSAGE_MARK("This appeal does not take organisations of that kind."),
    [FIELD_COUNTRY] = MESSAGE_MARK("This appeal does not take organisations from that country."),
};

static const char *const ahead[FIELD_COUNT] = {
    [FIELD_MANDATE_DATE] = MESSAGE_MARK("The day of the decision has not come yet: put it right."),
    [FIELD_MEMBERS_DATE] =
        MESSAGE_MARK("The day of the number of members has not come yet: put it right."),
};

const char *form_words_problem(const struct language *language, enum signing_field field,
                               enum signing_problem problem)
{
    const char *const *table = missing;
    switch (problem) {
    case PROBLEM_TOO_LONG:
        table = too_long;
        break;
    case PROBLEM_FORBIDDEN:
        table = forbidden;
        break;
    case PROBLEM_NOT_ALLOWED:
        table = not_allowed;
        break;
    case PROBLEM_AHEAD:
        table = ahead;
        break;
    case PROBLEM_MALFORMED:
        table = malformed;
        break;
    case PROBLEM_TOO_FAR:
        return message_get(language, "This is more than a slip. Withdraw the signature and sign "
                                     "again with the right name.");
    case PROBLEM_UNKNOWN: /* of a choice that the form does not offer: choose again */
    case PROBLEM_MISSING:
    case PROBLEM_NONE:
        break;
    }
    const char *msgid = table[field];
    if (msgid == NULL) /* a number or an address that is too long or strange is simply none */
        msgid = malformed[field] ? malformed[field] : missing[field];
    return message_get(language, msgid ? msgid : MESSAGE_MARK("Put this field right."));
}

const char *form_words_countries(const struct language *language)
{
    static const struct {
        const char *language, *countries;
    } table[] = {
        {"ru", "KZ RU BY KG UZ TJ UA AM AZ MD"},
        {"en", "GB US IN ZA NG AU CA IE"},
        {"fr", "FR BE CH CA SN CI DZ MA TN"},
        {"es", "ES MX AR CO CL PE VE CU UY"},
        {"kk", "KZ RU UZ"},
        {"ar", "EG MA DZ TN IQ JO LB PS SD"},
        {"zh", "CN HK TW SG MY"},
        {"de", "DE AT CH"},
        {"pt", "BR PT AO MZ"},
        {"tr", "TR CY"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].language, language->code) == 0)
            return table[i].countries;
    }
    return "";
}

const char *view_kind(const struct language *language, enum signature_kind kind)
{
    static const char *const names[SIGNATURE_KIND_COUNT] = {
        [SIGNATORY_INTERNATIONAL] = MESSAGE_MARK("International federation or confederation"),
        [SIGNATORY_NATIONAL] = MESSAGE_MARK("National trade union centre"),
        [SIGNATORY_FEDERATION] = MESSAGE_MARK("Federation of unions in a country or industry"),
        [SIGNATORY_UNION] = MESSAGE_MARK("Trade union"),
        [SIGNATORY_BRANCH] = MESSAGE_MARK("Branch, local or workplace organisation"),
        [SIGNATORY_OTHER] = MESSAGE_MARK("Other organisation"),
    };
    return message_get(language, names[kind]);
}

const char *view_registration(const struct language *language, enum registration registration)
{
    static const char *const names[REGISTRATION_COUNT] = {
        [REGISTRATION_UNSTATED] = MESSAGE_MARK("I prefer not to say"),
        [REGISTRATION_REGISTERED] = MESSAGE_MARK("Yes, registered"),
        [REGISTRATION_REFUSED] = MESSAGE_MARK("No, registration was refused"),
        [REGISTRATION_DISSOLVED] = MESSAGE_MARK("No, dissolved by the authorities"),
        [REGISTRATION_EXILE] = MESSAGE_MARK("No, it works in exile"),
    };
    return message_get(language, names[registration]);
}

const char *view_visibility(const struct language *language, enum visibility visibility,
                            const char **hint)
{
    /* What the table in appeal/visibility.h says, in words. */
    static const struct {
        const char *label, *hint;
    } table[VISIBILITY_COUNT] = {
        [VISIBILITY_PUBLIC] = {MESSAGE_MARK("Everybody: the organisation and my name"),
                               MESSAGE_MARK("This site and every letter show the organisation and "
                                            "your name and capacity.")},
        [VISIBILITY_ORGANISATION] =
            {MESSAGE_MARK("Everybody: the organisation without my name"),
             MESSAGE_MARK("This site and the letters show the organisation alone. Only the ILO and "
                          "other international bodies also see your name and capacity.")},
        [VISIBILITY_RECIPIENTS] =
            {MESSAGE_MARK("Only those who receive the letter"),
             MESSAGE_MARK("This site and the press see one organisation more, and no name. "
                          "Governments, companies, federations and international bodies that the "
                          "letter goes to see the organisation and your name.")},
        [VISIBILITY_INTERNATIONAL] =
            {MESSAGE_MARK("Only federations of unions and international bodies such as the ILO"),
             MESSAGE_MARK("Governments, companies, the press and this site see one organisation "
                          "more, and no name. But the ILO passes allegations on to the government "
                          "concerned, and may have to say who made them.")},
        [VISIBILITY_COUNTED] = {MESSAGE_MARK("Nobody: only count us"),
                                MESSAGE_MARK("No page and no letter names the organisation or you. "
                                             "It is counted.")},
    };
    *hint = message_get(language, table[visibility].hint);
    return message_get(language, table[visibility].label);
}
