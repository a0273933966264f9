/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Beginning and ending a rendering, and what it keeps alive for the views. */
#include "page/rendering.h"
#include <stdlib.h>

void rendering_open(struct rendering *r, struct site *site, struct reader *reader,
                    const struct language *language, int64_t now)
{
    *r = (struct rendering){.site = site, .reader = reader, .language = language, .now = now};
    template_open(&r->out, language);
}

void rendering_close(struct rendering *r)
{
    template_free(&r->out);
    scratch_free(&r->scratch);
}

char *rendering_take(struct rendering *r, size_t *len)
{
    *len = r->out.out.len;
    return str_take(&r->out.out);
}

static void destroy_appeal(void *appeal)
{
    appeal_free(appeal);
}

void rendering_keep_appeal(struct rendering *r, struct appeal *appeal)
{
    scratch_keep(&r->scratch, destroy_appeal, appeal);
}

enum us_err rendering_load(struct rendering *r, const char *slug, const struct appeal **out)
{
    struct appeal *appeal;
    enum us_err err = appeal_load(r->reader, r->site, slug, &appeal);
    if (err != US_OK)
        return err;
    rendering_keep_appeal(r, appeal);
    *out = appeal;
    return US_OK;
}
