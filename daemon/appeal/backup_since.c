/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/backup_since.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_ROW,
    COLUMN_ID,
    COLUMN_STATE,
    COLUMN_SIGNED_ON,
    COLUMN_ERASED,
    COLUMN_DECIDED_ON,
    COLUMN_UPDATES,
    COLUMN_LOGO,
    COLUMN_UNTIL
};

void backup_known_clear(struct backup_known *known)
{
    free(known->id);
    known->id = NULL;
}

static enum us_err read_known(struct query *query, bool is_absent, struct backup_known *out)
{
    const char *state = query_text(query, COLUMN_STATE);
    size_t len = 0;
    const void *logo = query_blob(query, COLUMN_LOGO, &len);
    struct backup_known known = {
        .row = query_int(query, COLUMN_ROW),
        .is_erased = query_int(query, COLUMN_ERASED) != 0,
        .has_decision = !query_is_null(query, COLUMN_DECIDED_ON),
        .decided_on = query_int(query, COLUMN_DECIDED_ON),
        .signed_on = query_int(query, COLUMN_SIGNED_ON),
        .wants_news = query_int(query, COLUMN_UPDATES) != 0,
        .has_logo = logo != NULL && len == DIGEST_SIZE,
        .has_end = !query_is_null(query, COLUMN_UNTIL),
        .until = query_int(query, COLUMN_UNTIL),
        .is_absent = is_absent,
    };

    if (state == NULL || !signature_state_from_name(state, &known.state))
        return US_CORRUPT;
    if (known.has_logo)
        memcpy(known.logo, logo, DIGEST_SIZE);
    known.id = mem_string(query_text(query, COLUMN_ID));
    *out = known;
    return US_OK;
}

enum us_err backup_known_page(struct reader *reader, struct backup_known_place *place,
                              struct backup_known *out, size_t most, size_t *count)
{
    struct query *query;
    enum us_err err, read = US_OK;

    if (!place->has_begun)
        *place = (struct backup_known_place){.row = INT64_MIN, .has_begun = true};
    query =
        query_start(reader, place->is_absent ? STATEMENT_SINCE_ABSENT : STATEMENT_SINCE_SIGNATURES,
                    VALUES(value_int(place->row), value_int((int64_t)most)));
    for (*count = 0; read == US_OK && *count < most && query_next(query);) {
        read = read_known(query, place->is_absent, &out[*count]);
        if (read == US_OK)
            place->row = out[(*count)++].row;
    }
    err = query_end(query);
    if (err == US_OK)
        err = read;
    if (*count < most) {
        place->is_over = place->is_absent;
        place->is_absent = true;
        place->row = INT64_MIN;
    }
    return err;
}

enum us_err backup_known_find(struct reader *reader, const struct backup_known *known,
                              struct backup_known *out)
{
    struct query *query = query_start(reader, STATEMENT_SINCE_FIND,
                                      VALUES(value_int(known->row), value_text(known->id)));
    struct backup_known found = {.id = NULL};
    enum us_err read = query_next(query) ? read_known(query, false, &found) : US_NOT_FOUND;
    enum us_err err = query_end(query);

    if (err == US_OK && read == US_OK)
        *out = found;
    else
        backup_known_clear(&found);
    return err == US_OK ? read : err;
}

/* How near to the list it is. */
static int nearness(enum signature_state state)
{
    switch (state) {
    case SIGNATURE_LISTED:
        return 3;
    case SIGNATURE_CONFIRMED:
        return 2;
    case SIGNATURE_HELD:
        return 1;
    default:
        return 0;
    }
}

struct backup_since backup_since_compare(const struct backup_known *now,
                                         const struct backup_known *then)
{
    struct backup_since since = {.withdraws = false};
    bool is_nearer;

    if (then->state == SIGNATURE_WITHDRAWN)
        return since;
    since.withdraws = now->state == SIGNATURE_WITHDRAWN;
    if (since.withdraws)
        return since;
    since.drops_logo =
        then->has_logo && (!now->has_logo || memcmp(now->logo, then->logo, sizeof(now->logo)) != 0);
    is_nearer = nearness(now->state) > nearness(then->state);
    since.moves = now->state != then->state && !is_nearer;
    since.is_undone = is_nearer && !now->is_absent;
    /* All of one that is refused or struck is erased, of a listed one only the person. */
    since.erases = now->is_erased &&
                   (!then->is_erased || (since.moves && signature_state_is_ended(now->state) &&
                                         !signature_state_is_ended(then->state)));
    since.drops_news = then->wants_news && !now->wants_news && !since.erases;
    return since;
}

bool backup_since_is_carried(const struct backup_since *since)
{
    return since->withdraws || since->erases || since->moves || since->drops_news ||
           since->drops_logo;
}

bool backup_since_ends_form(const struct backup_known *now)
{
    return now->is_erased || now->state == SIGNATURE_WITHDRAWN ||
           signature_state_is_ended(now->state);
}
