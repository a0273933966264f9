/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The API's answers about appeals: what is published, the texts to the byte, and the sums. An
 * address in an answer is a path on this site, since a site may be reached by several names and a
 * visitor of an onion service should stay there.
 */
#include "page/api_appeal.h"
#include "appeal/delivery.h"
#include "base/clock.h"
#include "page/api_part.h"
#include <stdlib.h>
#include <string.h>

static const char *state_name(const struct appeal *appeal, int64_t now)
{
    switch (view_door(appeal, now)) {
    case DOOR_OPEN:
        return "open";
    case DOOR_EARLY:
        return "upcoming";
    case DOOR_PAUSED:
        return "paused";
    case DOOR_ARCHIVED:
        return "archived";
    case DOOR_CLOSED:
        break;
    }
    return "closed";
}

/* Where people read a text: a page in a language that the interface does not speak is none. */
static json_t *page_link(const struct appeal *appeal, const struct text *text)
{
    if (language_find(text->language) == NULL)
        return json_null();
    return api_json_link("/%s/%s", text->language, appeal->slug);
}

static json_t *texts_of(struct rendering *r, const struct appeal *appeal)
{
    json_t *texts = api_json_array();
    for (size_t i = 0; i < appeal->text_count; i++) {
        const struct text *text = appeal->texts[i];
        json_t *one = api_json_object(), *links = api_json_object();
        api_json_set(one, "language", api_json_text(text->language));
        api_json_set(one, "title", api_json_text(view_title(r, text)));
        api_json_set(links, "self",
                     api_json_link("%s/%s/texts/%s", API_PART_ROOT, appeal->slug, text->language));
        api_json_set(links, "page", page_link(appeal, text));
        api_json_set(one, "links", links);
        api_json_add(texts, one);
    }
    return texts;
}

/* What the list and the appeal itself both say. */
static json_t *begin_appeal(struct rendering *r, const struct appeal *appeal, int64_t organisations)
{
    const struct settings *settings = appeal->settings;
    json_t *one = api_json_object();
    api_json_set(one, "slug", api_json_text(appeal->slug));
    api_json_set(one, "state", api_json_text(state_name(appeal, r->now)));
    api_json_set(one, "version", api_json_number(appeal->version));
    api_json_set(one, "published_at", api_json_time(appeal->published_at));
    api_json_set(one, "opens_on",
                 settings->has_opening ? api_json_day(settings->opens_on) : json_null());
    api_json_set(one, "closes_on",
                 settings->has_closing ? api_json_day(settings->closes_on) : json_null());
    api_json_set(one, "organisations", api_json_number(organisations));
    api_json_set(one, "authoritative_language", api_json_text(settings->authoritative));
    api_json_set(one, "texts", texts_of(r, appeal));
    return one;
}

struct appeal_list {
    struct rendering *r;
    json_t *appeals;
};

static bool on_appeal(const struct appeal *appeal, const struct appeal_counts *counts, void *arg)
{
    struct appeal_list *list = arg;
    json_t *one = begin_appeal(list->r, appeal, counts->signatures);
    api_json_set(one, "links", api_part_links(appeal, ""));
    api_json_add(list->appeals, one);
    return true;
}

enum us_err api_appeal_list(struct rendering *r, json_t **out)
{
    struct appeal_list list = {r, api_json_array()};
    enum us_err err = appeal_each(r->reader, r->site, true, on_appeal, &list);
    if (err != US_OK) {
        json_decref(list.appeals);
        return err;
    }
    json_t *root = api_json_object(), *links = api_json_object();
    api_json_set(root, "appeals", list.appeals);
    api_json_set(links, "self", api_json_link(API_PART_ROOT));
    api_json_set(root, "links", links);
    *out = root;
    return US_OK;
}

/* Who may sign: an empty list in the settings means that all may, which is null here. */
static json_t *allowed(char *const *words, size_t count)
{
    return count > 0 ? api_json_texts(words, count) : json_null();
}

static json_t *appeal_links(const struct appeal *appeal)
{
    static const char *const parts[] = {"counts", "count", "signatories", "deliveries", "updates"};
    json_t *links = api_part_links(appeal, "");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        api_json_set(links, parts[i],
                     api_json_link("%s/%s/%s", API_PART_ROOT, appeal->slug, parts[i]));
    return links;
}

enum us_err api_appeal_whole(struct rendering *r, const struct appeal *appeal, json_t **out)
{
    const struct settings *settings = appeal->settings;
    struct appeal_counts counts;
    enum us_err err = appeal_count(r->reader, appeal->id, appeal->version, &counts);
    if (err != US_OK)
        return err;
    json_t *root = begin_appeal(r, appeal, counts.signatures), *addressees = api_json_array();
    for (size_t i = 0; i < settings->addressee_count; i++)
        api_json_add(addressees, api_part_addressee(&settings->addressees[i]));
    api_json_set(root, "form", api_json_text(letter_form_name(settings->form)));
    api_json_set(root, "listed", api_json_text(policy_name(settings->policy)));
    api_json_set(root, "kinds", allowed(settings->kinds, settings->kind_count));
    api_json_set(root, "countries", allowed(settings->countries, settings->country_count));
    api_json_set(root, "addressees", addressees);
    api_json_set(root, "links", appeal_links(appeal));
    *out = root;
    return US_OK;
}

/* ---- a text, so that anybody can check what was signed ---- */

struct source_search {
    const char *language;
    json_t *root;
};

static bool on_source(const struct appeal_source *source, void *arg)
{
    struct source_search *search = arg;
    if (strcmp(source->language, search->language) != 0)
        return true;
    api_json_set(search->root, "source", json_stringn(source->text, source->len));
    api_json_set(search->root, "sha256", api_json_hex(source->digest, sizeof source->digest));
    return false;
}

static json_t *letterhead_of(const struct text *text)
{
    json_t *lines = api_json_array();
    for (size_t i = 0; i < text->letterhead_count; i++) {
        const struct localised *line = &text->letterhead[i];
        json_t *one = api_json_object();
        api_json_set(one, "language",
                     api_json_text(line->language[0] ? line->language : text->language));
        api_json_set(one, "text", api_json_text(line->text)); /* null: a gap */
        api_json_add(lines, one);
    }
    return lines;
}

static json_t *signers_of(const struct text *text)
{
    json_t *signers = api_json_array();
    for (size_t i = 0; i < text->signatory_count; i++) {
        const struct issuer_signatory *signer = &text->signatories[i];
        json_t *one = api_json_object();
        api_json_set(one, "titles", api_json_texts(signer->titles, signer->title_count));
        api_json_set(one, "name", api_json_text(signer->name));
        api_json_add(signers, one);
    }
    return signers;
}

/* The file that the organiser published of it, or null. */
static enum us_err letter_of(struct rendering *r, const struct appeal *appeal, const char *language,
                             json_t **out)
{
    struct public_letter letter = {0};
    enum us_err err = public_letter_find(r->reader, r->site, appeal->id, language, &letter);
    *out = json_null();
    if (err == US_NOT_FOUND)
        return US_OK;
    if (err == US_OK) {
        json_t *one = api_json_object();
        api_json_set(one, "url", api_json_link("/%s/%s/letter.pdf", language, appeal->slug));
        api_json_set(one, "published_at", api_json_time(letter.published_at));
        api_json_set(one, "pages", api_json_number(letter.pages));
        api_json_set(one, "bytes", api_json_number(letter.size));
        api_json_set(one, "sha256", api_json_hex(letter.digest, sizeof letter.digest));
        *out = one;
    }
    free(letter.path);
    return err;
}

static void set_document(struct rendering *r, const struct text *text, json_t *root)
{
    api_json_set(root, "letterhead", letterhead_of(text));
    api_json_set(root, "kind", api_json_text(text->kind));
    api_json_set(root, "number", api_json_text(text->number));
    api_json_set(root, "date", text->has_date ? api_json_day(text->date) : json_null());
    api_json_set(root, "place", api_json_text(text->place));
    api_json_set(root, "title", api_json_text(view_title(r, text)));
    api_json_set(root, "title_lines", api_json_texts(text->titles, text->title_count));
    api_json_set(root, "salutation", api_json_text(text->salutation));
    api_json_set(root, "body", api_json_text(text->body));
    api_json_set(root, "closing", api_json_text(text->closing));
    api_json_set(root, "signed_by", signers_of(text));
}

enum us_err api_appeal_text(struct rendering *r, const struct appeal *appeal, const char *language,
                            json_t **out)
{
    const struct text *text = appeal_text(appeal, language);
    if (text == NULL)
        return US_NOT_FOUND;
    json_t *letter;
    enum us_err err = letter_of(r, appeal, language, &letter);
    if (err != US_OK)
        return err;
    json_t *root = api_json_object();
    api_json_set(root, "slug", api_json_text(appeal->slug));
    api_json_set(root, "version", api_json_number(appeal->version));
    api_json_set(root, "language", api_json_text(text->language));
    api_json_set(root, "is_authoritative", json_boolean(text == appeal_authoritative(appeal)));
    set_document(r, text, root);
    struct source_search search = {language, root};
    err = appeal_each_source(r->reader, appeal->id, appeal->version, on_source, &search);
    if (err == US_OK && json_object_get(root, "sha256") == NULL)
        err = US_NOT_FOUND;
    if (err != US_OK) {
        json_decref(letter);
        json_decref(root);
        return err;
    }
    json_t *links = api_json_object();
    api_json_set(root, "letter", letter);
    api_json_set(links, "self",
                 api_json_link("%s/%s/texts/%s", API_PART_ROOT, appeal->slug, text->language));
    api_json_set(links, "page", page_link(appeal, text));
    api_json_set(root, "links", links);
    *out = root;
    return US_OK;
}
