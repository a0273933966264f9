/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What several answers of the API hold. An address in an answer is a path on this site, since a
 * site may be reached by several names and a visitor of an onion service should stay there.
 */
#include "page/api_part.h"

json_t *api_part_links(const struct appeal *appeal, const char *rest)
{
    json_t *links = api_json_object();
    api_json_set(links, "self", api_json_link("%s/%s%s", API_PART_ROOT, appeal->slug, rest));
    return links;
}

json_t *api_part_addressee(const struct addressee *addressee)
{
    json_t *one = api_json_object(), *names = api_json_array();
    api_json_set(one, "role", api_json_text(addressee_role_name(addressee->role)));
    api_json_set(one, "name", api_json_text(addressee->name));
    api_json_set(one, "language", api_json_text(addressee->language));
    for (size_t i = 0; i < addressee->name_count; i++) {
        json_t *name = api_json_object();
        api_json_set(name, "language", api_json_text(addressee->names[i].language));
        api_json_set(name, "name", api_json_text(addressee->names[i].text));
        api_json_add(names, name);
    }
    api_json_set(one, "names", names);
    return one;
}
