/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the store holds of an appeal, as import and publication go by it. */
#ifndef APPEAL_APPEAL_CURRENT_H
#define APPEAL_APPEAL_CURRENT_H

#include "appeal/appeal.h"
#include "crypto/digest.h"
#include "store/job.h"

#define APPEAL_TRIES 16 /* how often others may come first */

/* What the store holds of that slug. */
struct appeal_current {
    const char *slug; /* looked for */
    enum us_err err;
    bool exists, is_signed;
    int64_t id, version, published_version, days_lost;
    enum appeal_state state;
    uint8_t *settings; /* as imported last */
    size_t settings_len;
    struct appeal_image image; /* of the letterhead; without a name: none */
    uint8_t *live;             /* settings that the site goes by; NULL: never published */
    size_t live_len;
    struct appeal_image live_image;
    struct appeal_current_text {
        char language[16];
        uint8_t digest[DIGEST_SIZE];
    } * texts;
    size_t count;
};

/* Reads what there is of current->slug, in one transaction; clears what was read before. Waits. */
US_MUST_CHECK enum us_err appeal_current_find(struct site *site, struct appeal_current *current);
void appeal_current_clear(struct appeal_current *current); /* but for the slug */
/* Sets the fault where the store did not take it; others coming first too often is US_BUSY. */
US_MUST_CHECK enum us_err appeal_current_tell(struct fault *fault, enum us_err err);

/* The appeal's row, in the order that appeal_insert and appeal_publish share: id, version, what of
 * the settings statements look at, the settings themselves. */
#define APPEAL_ROW_VALUES 8

struct appeal_bytes {
    const void *data;
    size_t len;
};

void appeal_current_row(const struct settings *settings, struct appeal_bytes file, int64_t appeal,
                        int64_t version, struct value values[]);

#endif
