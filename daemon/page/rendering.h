/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rendering one page on a reader thread: where views are filled from and what they borrow. The
 * fillers of view_*.c take it; so do the renderers, which fill a view and run its template.
 */
#ifndef PAGE_RENDERING_H
#define PAGE_RENDERING_H

#include "appeal/appeal.h"
#include "appeal/signatory.h"
#include "appeal/signing.h"
#include "page/form_answers.h"
#include "page/rendered.h"
#include "page/scratch.h"
#include "page/view_answers.h"
#include "page/view_appeal.h"
#include "page/view_form.h"
#include "text/phrase.h"

struct rendering {
    struct site *site;
    struct reader *reader; /* NULL where nothing is read */
    const struct language *language;
    int64_t now;
    struct scratch scratch;
    struct template out;
};

void rendering_open(struct rendering *r, struct site *site, struct reader *reader,
                    const struct language *language, int64_t now);
void rendering_close(struct rendering *r);
/* The page's bytes, the caller's. */
char *rendering_take(struct rendering *r, size_t *len);
/* Loads an appeal that lives as long as the rendering. */
enum us_err rendering_load(struct rendering *r, const char *slug, const struct appeal **out);
void rendering_keep_appeal(struct rendering *r, struct appeal *appeal);

/* The public pages: fills made, or US_NOT_FOUND. The cache's renderer. */
US_MUST_CHECK enum us_err render_page(struct rendering *r, const struct page_key *key,
                                      struct page_made *made);
/* The file that an organiser published; US_NOT_FOUND where there is none. */
struct letters;
US_MUST_CHECK enum us_err render_letter(struct rendering *r, struct letters *letters,
                                        const struct page_key *key, struct page_made *made);
/* Private ones, into r->out. */
/* The form with what was typed; problems NULL: to be changed. */
void render_sign_again(struct rendering *r, const struct appeal *appeal,
                       const struct form_answers *typed,
                       const enum signing_problem problems[FIELD_COUNT]);
/* A checked submission, to be looked at before it is sent. */
void render_check(struct rendering *r, const struct appeal *appeal,
                  const struct submission *submission, const struct form_answers *typed);
void render_code_refused(struct rendering *r, const struct appeal *appeal, const char *email,
                         const char *problem);
void render_confirm(struct rendering *r, const struct signing_request *request, const char *token);
void render_receipt_of(struct rendering *r, const struct signing_request *request,
                       const char *token);
void render_receipt(struct rendering *r, const struct appeal *appeal, const char *number,
                    enum signature_state state);

/* The logos; US_NOT_FOUND for a page beyond the last, and where the appeal takes none. */
US_MUST_CHECK enum us_err render_logos(struct rendering *r, const struct appeal *appeal,
                                       int number);

/* From a country marked high-risk: the one choice that keeps the name from every government, also
 * by way of the ILO; and those that show it to one are asked about. */
#define VISIBILITY_CAREFUL VISIBILITY_COUNTED
static inline bool visibility_is_open(enum visibility visibility)
{
    return visibility < VISIBILITY_INTERNATIONAL;
}

/* ---- fillers ---- */

/* "/ru", slug and rest put together: "/ru/slug/sign". slug NULL or "": "/ru/". Borrowed from the
 * rendering. */
struct url view_path(struct rendering *r, const struct language *language, const char *slug,
                     const char *rest);
/* slug and rest say where this page is in other languages; rest NULL: nowhere. */
void view_layout(struct rendering *r, struct layout_view *out, const char *title, const char *slug,
                 const char *rest);
/* Fills out's preview; view_layout() comes first. */
US_MUST_CHECK enum us_err view_preview(struct rendering *r, const struct appeal *appeal,
                                       struct layout_view *out);
/* The text for the page's language, or the authoritative one. */
const struct text *view_text(const struct appeal *appeal, const struct language *language);
/* A text's title on one line; without one its kind; without that its beginning. Never NULL. */
const char *view_title(struct rendering *r, const struct text *text);
const char *view_direction(const char *language);
void view_document(struct rendering *r, const struct appeal *appeal, struct document_view *out);
/* What was done with the letter, and its file. */
US_MUST_CHECK enum us_err view_delivery(struct rendering *r, const struct appeal *appeal,
                                        struct appeal_view *out);
/* The name to show of an addressee, and its language. */
struct view_line view_addressee(struct rendering *r, const struct addressee *addressee);
void view_addressees(struct rendering *r, const struct appeal *appeal, struct appeal_view *out);
enum view_door view_door(const struct appeal *appeal, int64_t now);
/* The day that goes with it; 0: none. */
int64_t view_door_day(const struct appeal *appeal, int64_t now);
/* "41 organisations in 17 countries, representing 2,300,000 members as stated by them." Countries
 * and members are those of the organisations that are named: with the others' in it, each new total
 * would tell about one who chose not to be named. */
const char *view_sentence(struct rendering *r, const struct phrase_counts *counts);

/* Who signed, as everybody may see it: all names by country, or, where there are more than `most`
 * of them, the countries alone; is_short: those that few signed from are put together. */
US_MUST_CHECK enum us_err view_signatories(struct rendering *r, const struct appeal *appeal,
                                           size_t most, bool is_short,
                                           struct signatories_view *out);
/* What a list says of a signatory; has_country: where the heading does not say it. */
struct view_signatory view_signatory(struct rendering *r, const struct signature *signature,
                                     bool has_country);
/* Text as the value of a query in an address. */
const char *view_encoded(struct rendering *r, const char *text);
/* The pages of the signatories, and the signatures in numbers. US_NOT_FOUND for what nobody is on.
 */
US_MUST_CHECK enum us_err render_signatories(struct rendering *r, const struct appeal *appeal,
                                             const struct page_key *key);
US_MUST_CHECK enum us_err render_numbers(struct rendering *r, const struct appeal *appeal);
/* What was searched for; is_long: more than can be. after "": from the first. */
US_MUST_CHECK enum us_err render_search(struct rendering *r, const struct appeal *appeal,
                                        const char *text, bool is_long, const char *after);

/* The form. typed NULL: an empty one, opened for country ("" for none). problems NULL: none. */
struct view_form {
    const struct form_answers *typed;
    const enum signing_problem *problems;
    const char *country, *nonce;
};
void view_sign(struct rendering *r, const struct appeal *appeal, const struct view_form *form,
               struct sign_view *out);
/* The words for a choice on who may see it, and what it means. */
const char *view_visibility(const struct language *language, enum visibility visibility,
                            const char **hint);
/* All the choices, with their words; chosen: the name of one, or NULL. */
const struct view_option *view_visibilities(struct rendering *r, const char *chosen, size_t *count);
/* A submission in words. form: where it can be changed; NULL: nowhere. */
void view_answers(struct rendering *r, const struct submission *submission, const struct url *form,
                  struct answers_view *out);
/* A line to type in with its words; value and problem may be NULL. */
struct view_field view_field(const struct language *language, enum signing_field field,
                             const char *value, const char *problem);
const char *view_kind(const struct language *language, enum signature_kind kind);
const char *view_registration(const struct language *language, enum registration registration);
/* A list of codes parted by blanks: the next one into code; false at the end. */
bool view_next_code(const char **list, char code[3]);

#endif
