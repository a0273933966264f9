/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "control/choice.h"
#include "base/clock.h"
#include "base/str.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const audience_names[AUDIENCE_COUNT] = {
    [AUDIENCE_PUBLIC] = "public",
    [AUDIENCE_GOVERNMENT] = "government",
    [AUDIENCE_COMPANY] = "company",
    [AUDIENCE_FEDERATION] = "federation",
    [AUDIENCE_INTERNATIONAL] = "international",
};

const char *choice_audience_name(enum audience audience)
{
    return audience_names[audience];
}

/* Puts the version that --version asks for in the published one's place. */
static enum us_err choose_version(struct reader *reader, struct call *call, struct appeal **appeal,
                                  int64_t *out)
{
    struct appeal *chosen;
    int64_t version;
    enum us_err err = choice_number(call, OPTION_OF_VERSION, &version);

    if (err == US_OK)
        err = appeal_load_version(reader, call->site, *appeal, version, &chosen, &call->fault);
    if (err != US_OK)
        return err;
    appeal_free(*appeal);
    *appeal = chosen;
    *out = version;
    return US_OK;
}

enum us_err choice_load_appeal(struct reader *reader, struct call *call, struct appeal **out,
                               int64_t *version)
{
    struct appeal *appeal;
    int64_t chosen = 0;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    if (err != US_OK)
        return err;
    if (call->request->options[OPTION_OF_VERSION] != NULL)
        err = choose_version(reader, call, &appeal, &chosen);
    if (err != US_OK) {
        appeal_free(appeal);
        return err;
    }
    *out = appeal;
    *version = chosen;
    return US_OK;
}

enum us_err choice_find_addressee(struct call *call, const struct appeal *appeal, const char *id,
                                  const struct addressee **out)
{
    const struct settings *settings = appeal->settings;
    struct str known = STR_INIT;

    for (size_t i = 0; i < settings->addressee_count; i++) {
        const struct addressee *addressee = &settings->addressees[i];
        if (strcmp(addressee->id, id) == 0) {
            *out = addressee;
            str_free(&known);
            return US_OK;
        }
        str_append_format(&known, "%s%s", i > 0 ? ", " : "", addressee->id);
    }
    if (known.len == 0)
        fault_set(&call->fault, NULL, 0, "the appeal %s has no addressees", settings->slug);
    else
        fault_set(&call->fault, NULL, 0, "the appeal %s has no addressee \"%s\"; it has: %s",
                  settings->slug, id, str_text(&known));
    str_free(&known);
    return US_NOT_FOUND;
}

enum us_err choice_check_published(struct call *call, const struct appeal *appeal)
{
    if (appeal->published_version != 0)
        return US_OK;
    fault_set(&call->fault, NULL, 0,
              "the appeal %s has not been published, so nobody can have signed it", appeal->slug);
    return US_CONFLICT;
}

enum us_err choice_number(struct call *call, enum command_option_id option, int64_t *out)
{
    const char *typed = call->request->options[option];
    int64_t number = 0;
    char *end;

    if (typed != NULL && typed[0] >= '0' && typed[0] <= '9') {
        errno = 0;
        number = strtoll(typed, &end, 10);
        if (errno != 0 || *end != '\0')
            number = 0;
    }
    if (number < 1) {
        fault_set(&call->fault, NULL, 0, "--%s N is needed, a whole number from 1",
                  command_options[option].name);
        return US_INVALID;
    }
    *out = number;
    return US_OK;
}

/* In capitals too: some show a digest so. */
static int hex_of(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    int n = found != NULL ? (int)(found - digits) : -1;

    return n < 16 ? n : n - 6;
}

enum us_err choice_digest(struct call *call, const char *typed, uint8_t out[32])
{
    uint8_t digest[32];
    bool is_good = strlen(typed) == 2 * sizeof(digest);

    for (size_t i = 0; is_good && i < sizeof(digest); i++) {
        int high = hex_of(typed[2 * i]), low = hex_of(typed[2 * i + 1]);
        is_good = high >= 0 && low >= 0;
        digest[i] = (uint8_t)(is_good ? high << 4 | low : 0);
    }
    if (!is_good) {
        fault_set(&call->fault, NULL, 0, "a digest is SHA-256 in 64 hexadecimal digits");
        return US_INVALID;
    }
    memcpy(out, digest, sizeof(digest));
    return US_OK;
}

enum us_err choice_day(struct call *call, enum command_option_id option, int64_t *out)
{
    const char *typed = call->request->options[option];

    if (typed == NULL) {
        *out = clock_day(clock_now());
        return US_OK;
    }
    if (clock_parse_day(typed, out))
        return US_OK;
    fault_set(&call->fault, NULL, 0, "--%s is a day that exists, written YYYY-MM-DD",
              command_options[option].name);
    return US_INVALID;
}
