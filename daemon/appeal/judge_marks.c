/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which facts should be seen first. All thresholds of suspicion stand here. */
#include "appeal/judge_others.h"
#include "text/name_key.h"

const char *judge_mark_name(enum judge_mark mark)
{
    static const char *const names[JUDGE_MARK_COUNT] = {
        [JUDGE_REFUSED_NAME] = "refused-name",
        [JUDGE_REFUSED_MAILBOX] = "refused-mailbox",
        [JUDGE_REFUSED_DOMAIN] = "refused-domain",
        [JUDGE_DISPOSABLE] = "disposable",
        [JUDGE_TWICE] = "twice",
        [JUDGE_FOREIGN_DOMAIN] = "foreign-domain",
        [JUDGE_BURST] = "burst",
        [JUDGE_ALIKE] = "alike",
        [JUDGE_MAILBOX] = "mailbox",
        [JUDGE_RENAMED] = "renamed",
        [JUDGE_FREE] = "free",
        [JUDGE_NEAR] = "near",
        [JUDGE_KNOWN] = "known",
        [JUDGE_KNOWN_DOMAIN] = "known-domain",
    };
    return names[mark];
}

static bool is_bad(enum signature_state state)
{
    return state == SIGNATURE_REFUSED || state == SIGNATURE_STRUCK;
}

static unsigned mark_other(const struct signature *signature, const struct judge_other *other)
{
    bool is_here = other->appeal == signature->appeal;
    unsigned marks = 0;
    if (is_bad(other->state)) {
        if (other->likeness >= NAME_KEY_NEAR || other->is_registered_one)
            marks |= 1U << JUDGE_REFUSED_NAME;
        if (other->has_mailbox)
            marks |= 1U << JUDGE_REFUSED_MAILBOX;
    } else if (other->state != SIGNATURE_WITHDRAWN) {
        if ((other->likeness == 100 || other->is_registered_one) && is_here)
            marks |= 1U << JUDGE_TWICE;
        else if (other->likeness >= NAME_KEY_NEAR && is_here)
            marks |= 1U << JUDGE_ALIKE;
        if (other->has_mailbox)
            marks |= 1U << JUDGE_MAILBOX;
    }
    return marks;
}

/* A name with its domain is known, whatever else stands in the register. The domain of somebody
 * else, or a name whose domains are others, is a stranger in a known coat. */
static unsigned mark_known(const struct judged *judged)
{
    bool is_known = false, is_foreign = false, is_near = false;
    for (size_t i = 0; i < judged->known_count; i++) {
        const struct judge_known *known = &judged->known[i];
        bool is_named = known->likeness == 100;
        bool is_own = known->has_domain && judged->domain_kind == DOMAIN_OWN;
        if (known->likeness >= NAME_KEY_NEAR && is_own)
            return 1U << JUDGE_KNOWN_DOMAIN;
        if (known->likeness == 0 || (is_named && judged->domain && known->has_domains))
            is_foreign = true;
        is_known = is_known || is_named;
        is_near =
            is_near || (known->likeness >= NAME_KEY_NEAR && judged->domain && known->has_domains);
    }
    if (is_foreign)
        return 1U << JUDGE_FOREIGN_DOMAIN;
    if (is_known)
        return 1U << JUDGE_KNOWN;
    return is_near ? 1U << JUDGE_NEAR : 0;
}

void judge_mark(const struct signature *signature, struct judged *judged)
{
    unsigned marks = mark_known(judged);
    bool is_free = judged->domain && judged->domain_kind == DOMAIN_FREE;
    for (size_t i = 0; i < judged->other_count; i++)
        marks |= mark_other(signature, &judged->others[i]);
    if (!is_free && judged->of_domain[SIGNATURE_REFUSED] + judged->of_domain[SIGNATURE_STRUCK] > 0)
        marks |= 1U << JUDGE_REFUSED_DOMAIN;
    if (judged->domain && judged->domain_kind == DOMAIN_DISPOSABLE)
        marks |= 1U << JUDGE_DISPOSABLE;
    if (is_free)
        marks |= 1U << JUDGE_FREE;
    if (judged->burst >= JUDGE_BURST_LEAST ||
        (!is_free && judged->burst_domain >= JUDGE_BURST_DOMAIN))
        marks |= 1U << JUDGE_BURST;
    if (judged->was)
        marks |= 1U << JUDGE_RENAMED;
    judged->marks = marks;
}
