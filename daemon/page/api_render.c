/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which answer of the API a key asks for. All are JSON, and any site's scripts may read them: they
 * hold what everybody may see, and there is no cookie or login that a reader could lend them.
 */
#include "page/api_render.h"
#include "base/mem.h"
#include "page/api_appeal.h"
#include "page/api_list.h"
#include "web/static/static.h"
#include <string.h>

static void copy_description(struct page_made *made)
{
    const struct static_file *file = static_files;
    while (strcmp(file->name, "openapi.json") != 0)
        file++;
    made->html = mem_copy(file->data, file->len);
    made->len = file->len;
}

static enum us_err render_of_appeal(struct rendering *r, const struct page_key *key,
                                    struct page_made *made, json_t **out)
{
    const struct appeal *appeal;
    enum us_err err = rendering_load(r, key->slug, &appeal);
    if (err != US_OK)
        return err;
    made->appeal = appeal->id;
    switch (key->kind) {
    case PAGE_API_APPEAL:
        return api_appeal_whole(r, appeal, out);
    case PAGE_API_TEXT:
        return api_appeal_text(r, appeal, key->text_language, out);
    case PAGE_API_COUNTS:
        return api_list_counts(r, appeal, out);
    case PAGE_API_COUNT:
        return api_list_count(r, appeal, out);
    case PAGE_API_SIGNATORIES:
        return api_list_signatories(r, appeal, key, out);
    case PAGE_API_DELIVERIES:
        return api_list_deliveries(r, appeal, out);
    case PAGE_API_UPDATES:
        return api_list_updates(r, appeal, key, out);
    default:
        return US_NOT_FOUND;
    }
}

enum us_err api_render(struct rendering *r, const struct page_key *key, struct page_made *made)
{
    json_t *root = NULL;
    enum us_err err = US_OK;
    if (key->kind == PAGE_API_DESCRIPTION)
        copy_description(made);
    else if (key->kind == PAGE_API_APPEALS)
        err = api_appeal_list(r, &root);
    else
        err = render_of_appeal(r, key, made, &root);
    if (err != US_OK)
        return err;
    if (root != NULL)
        made->html = api_json_take(root, &made->len);
    made->type = API_JSON_TYPE;
    made->is_open = true;
    return US_OK;
}
