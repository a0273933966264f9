/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages rendered from a real store: what stands on them, in which order, and for whom. */
/* cmocka's header wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "appeal_world.h"
#include "base/clock.h"
#include "page/rendering.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char site_name[] = "Подписи";
static char high_risk[] = "KZ BY";

static void make(struct world *world, const char *settings)
{
    assert_int_equal(language_open(NULL), US_OK);
    world_make(world, settings);
    world->config.site_name = site_name;
    world->config.site_high_risk = high_risk;
}

struct render {
    struct world *world;
    struct page_key key;
    struct page_made made;
    enum us_err err;
};

static void render_work(struct reader *reader, void *arg)
{
    struct render *render = arg;
    struct rendering r;
    rendering_open(&r, render->world->site, reader, render->key.language, clock_now());
    render->err = render_page(&r, &render->key, &render->made);
    rendering_close(&r);
}

static enum us_err try_page(struct world *world, enum page_kind kind, const char *language,
                            int number, struct page_made *made)
{
    struct render render = {.world = world, .key = {.kind = kind, .number = number}};
    render.key.language = language_find(language);
    assert_non_null(render.key.language);
    if (kind != PAGE_HOME && kind != PAGE_PRIVACY)
        strcpy(render.key.slug, "trial");
    world_read(world, render_work, &render);
    *made = render.made;
    return render.err;
}

/* Frees with free(). */
static char *page_of(struct world *world, enum page_kind kind, const char *language)
{
    struct page_made made;
    assert_int_equal(try_page(world, kind, language, 1, &made), US_OK);
    return made.html;
}

/* A part of the list; NULL: there is none. */
static char *list_of(struct world *world, const char *filter, const char *term)
{
    struct render render = {.world = world, .key = {.kind = PAGE_SIGNATORIES}};
    render.key.language = language_find("en");
    strcpy(render.key.slug, "trial");
    strcpy(render.key.filter, filter);
    strcpy(render.key.term, term);
    world_read(world, render_work, &render);
    if (render.err != US_OK)
        assert_int_equal(render.err, US_NOT_FOUND);
    return render.err == US_OK ? render.made.html : NULL;
}

static void assert_has(const char *page, const char *text)
{
    if (strstr(page, text) == NULL)
        fail_msg("\"%s\" is not in:\n%s", text, page);
}

static void assert_has_not(const char *page, const char *text)
{
    if (strstr(page, text) != NULL)
        fail_msg("\"%s\" is in:\n%s", text, page);
}

/* Each text stands behind the one before it. */
static void assert_order(const char *page, const char *const *texts)
{
    for (; *texts != NULL; texts++) {
        const char *found = strstr(page, *texts);
        if (found == NULL)
            fail_msg("\"%s\" is not in, or too early:\n%s", *texts, page);
        page = found + strlen(*texts);
    }
}

static void sign_as(struct world *world, const char *name, const char *mailbox, const char *country,
                    const char *visibility, bool is_listed)
{
    struct submission submission = {0};
    struct outbox_mail mail;
    struct signing_receipt receipt;
    bool changed;
    world_fill(&submission, name, mailbox);
    world_set(&submission, FIELD_COUNTRY, country);
    world_set(&submission, FIELD_VISIBILITY, visibility);
    world_set(&submission, FIELD_REPRESENTATIVE, "Person of the test");
    assert_int_equal(world_submit(world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(world, &mail);
    assert_int_equal(world_confirm(world, mail.token, &receipt), US_OK);
    outbox_mail_free(&mail);
    if (is_listed) {
        assert_int_equal(world_decide(world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                         US_OK);
        world_take_mail(world, &mail);
        outbox_mail_free(&mail);
    }
}

static void appeal_shows_who_signed(void **state)
{
    (void)state;
    struct world world;
    make(&world, "");
    char *page = page_of(&world, PAGE_APPEAL, "en");
    assert_has(page, "No organisation has signed yet.");
    free(page);
    sign_as(&world, "Ämter & <b>Co</b>", "a@union.example", "DE", "public", true);
    sign_as(&world, "Zebra Union", "b@union.example", "DE", "organisation", true);
    sign_as(&world, "Atom Union", "c@union.example", "AT", "public", true);
    sign_as(&world, "Hidden Union", "d@union.example", "BY", "recipients", true);
    sign_as(&world, "Waiting Union", "e@union.example", "DE", "public", false);
    page = page_of(&world, PAGE_APPEAL, "en");
    assert_order(
        page, (const char *const[]){"<h1>", "Statement", "In English: О новом законе", "The text.",
                                    "Addressed to", "Who has signed",
                                    "4 organisations. 3 of them are named here, in 2 countries, ",
                                    "Austria", "Atom Union", "Person of the test", "Germany",
                                    "Ämter &amp; &lt;b&gt;Co&lt;/b&gt;", "Person of the test",
                                    "Zebra Union", "1 more organisation", NULL});
    const char *zebra = strstr(page, "Zebra Union");
    assert_null(strstr(zebra, "Person of the test"));
    assert_has_not(page, "Hidden Union");
    assert_has_not(page, "Belarus");
    assert_has_not(page, "Waiting Union");
    free(page);

    page = page_of(&world, PAGE_SIGNATORIES, "en");
    assert_has(page, "Zebra Union");
    free(page);
    /* A country whose only signatory is not named is none. */
    page = list_of(&world, "country", "DE");
    assert_has(page, "2 organisations are named here.");
    assert_order(page, (const char *const[]){"Ämter &amp;", "Zebra Union", NULL});
    free(page);
    assert_null(list_of(&world, "country", "BY"));
    assert_null(list_of(&world, "kind", "DE"));
    page = page_of(&world, PAGE_NUMBERS, "en");
    assert_order(page, (const char *const[]){"<caption", "scope=\"col\"",
                                             "<td class=\"b100\">3</td>", "<caption",
                                             "Other countries", "<td class=\"b100\">3</td>", NULL});
    assert_has_not(page, "Belarus");
    free(page);
    page = page_of(&world, PAGE_HOME, "en");
    assert_has(page, "4 organisations.");
    free(page);
    world_remove(&world);
}

static void missing_language_shows_the_original(void **state)
{
    (void)state;
    struct world world;
    make(&world, "");
    char *page = page_of(&world, PAGE_APPEAL, "fr");
    assert_has(page, "<html lang=\"fr\"");
    assert_has(page, "class=\"note\"");
    assert_has(page, "<article class=\"letter\" lang=\"ru\"");
    assert_has(page, "Текст обращения.");
    free(page);
    page = page_of(&world, PAGE_APPEAL, "ru");
    assert_has_not(page, "class=\"note\"");
    free(page);
    world_remove(&world);
}

static void form_offers_what_the_appeal_takes(void **state)
{
    (void)state;
    struct world world;
    make(&world, "countries = KZ RU\nkinds = union federation\nvisibility = organisation\n");
    struct page_made made;
    assert_int_equal(try_page(&world, PAGE_SIGN, "en", 0, &made), US_OK);
    assert_true(made.has_slot);
    assert_memory_equal(made.html + made.slot - strlen("value=\""), "value=\"", 7);
    assert_int_equal(made.html[made.slot + PAGE_NONCE_LEN], '"');
    char *page = made.html;
    assert_has(page, "<option value=\"KZ\"");
    assert_has(page, "<option value=\"RU\"");
    assert_has_not(page, "<option value=\"DE\"");
    assert_has(page, "<option value=\"union\"");
    assert_has_not(page, "<option value=\"branch\"");
    assert_order(page, (const char *const[]){"id=\"visibility-organisation\"", "checked",
                                             "id=\"visibility-recipients\"", NULL});
    free(page);
    world_remove(&world);
}

static void careful_choice_for_high_risk(void **state)
{
    (void)state;
    struct world world;
    make(&world, "");
    struct render render = {.world = &world,
                            .key = {.kind = PAGE_SIGN, .slug = "trial", .country = "KZ"}};
    render.key.language = language_find("en");
    world_read(&world, render_work, &render);
    assert_int_equal(render.err, US_OK);
    assert_has(render.made.html, "<option value=\"KZ\" selected>");
    const char *checked = strstr(render.made.html, "checked");
    assert_non_null(checked);
    assert_null(strstr(checked + 1, "checked"));
    const char *safe = strstr(render.made.html, "id=\"visibility-counted\"");
    assert_true(safe != NULL && safe < checked);
    assert_true(checked < strstr(safe, "<label"));
    free(render.made.html);
    world_remove(&world);
}

struct refusal {
    struct world *world;
    struct submission *typed;
    const char *token; /* of a confirmation page */
    char *html;
};

static void refuse_work(struct reader *reader, void *arg)
{
    struct refusal *refusal = arg;
    struct rendering r;
    enum signing_problem problems[FIELD_COUNT];
    size_t len;
    struct form_answers answers = {.nonce = "000102030405060708090a0b0c0d0e0f"};
    memcpy(answers.values, refusal->typed->values, sizeof answers.values);
    assert_true(signing_check(refusal->typed, refusal->world->appeal, clock_day(clock_now()),
                              problems) > 0);
    rendering_open(&r, refusal->world->site, reader, language_find("en"), clock_now());
    render_sign_again(&r, refusal->world->appeal, &answers, problems);
    refusal->html = rendering_take(&r, &len);
    rendering_close(&r);
}

static void refused_form_keeps_what_was_typed(void **state)
{
    (void)state;
    struct world world;
    make(&world, "");
    static const char evil[] = "\"><script>alert('&')</script>";
    static const char safe[] = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";
    struct submission typed = {0};
    for (enum signing_field field = 0; field < FIELD_COUNT; field++)
        world_set(&typed, field, evil);
    struct refusal refusal = {.world = &world, .typed = &typed};
    world_read(&world, refuse_work, &refusal);
    assert_has_not(refusal.html, "<script");
    size_t kept = 0;
    for (const char *at = refusal.html; (at = strstr(at, safe)) != NULL; at++)
        kept++;
    assert_int_equal(kept, 8); /* every field that one types in */
    assert_has(refusal.html, "<title>Error: ");
    assert_has(refusal.html, "href=\"/en/trial/sign#email\"");
    assert_has(refusal.html, "aria-describedby=\"email-hint email-problem\"");
    assert_has(refusal.html, "value=\"000102030405060708090a0b0c0d0e0f\"");
    free(refusal.html);
    submission_clear(&typed);
    world_remove(&world);
}

/* The block for the ILO is there where the appeal asks for it, and nowhere else. */
static void ilo_block_where_it_is_asked_for(void **state)
{
    (void)state;
    struct world world;
    make(&world, "ilo_block = yes\n");
    struct page_made made;
    assert_int_equal(try_page(&world, PAGE_SIGN, "en", 0, &made), US_OK);
    assert_order(made.html,
                 (const char *const[]){
                     "id=\"visibility-counted\"",
                     "For the International Labour Organization (optional)",
                     "Only the letter to the ILO holds", "name=\"legal_name\"", "name=\"address\"",
                     "name=\"coverage\"", "<select id=\"registration\"", "<option value=\"\"",
                     "<option value=\"exile\"", "name=\"mandate\"", "name=\"mandate_date\"",
                     "name=\"members_date\"", "id=\"consent\"", "</form>", NULL});
    const char *block = strstr(made.html, "id=\"ilo-hint\""),
               *end = strstr(block, "id=\"consent\"");
    for (const char *needed = block; (needed = strstr(needed, "required")) != NULL; needed++)
        assert_true(needed > end);
    free(made.html);

    struct submission typed = {0};
    world_fill(&typed, NULL, NULL);
    world_set(&typed, FIELD_LEGAL_NAME, "Kept & whole");
    world_set(&typed, FIELD_REGISTRATION, "dissolved");
    world_set(&typed, FIELD_MANDATE_DATE, "2999-01-01");
    world_set(&typed, FIELD_MEMBERS_DATE, "31.02.2026");
    struct refusal refusal = {.world = &world, .typed = &typed};
    world_read(&world, refuse_work, &refusal);
    assert_has(refusal.html, "value=\"Kept &amp; whole\"");
    assert_has(refusal.html, "<option value=\"dissolved\" selected>");
    assert_has(refusal.html, "value=\"31.02.2026\"");
    assert_has(refusal.html, "href=\"/en/trial/sign#mandate_date\"");
    assert_has(refusal.html, "The day of the decision has not come yet");
    assert_has(refusal.html, "aria-describedby=\"members_date-hint members_date-problem\"");
    free(refusal.html);
    submission_clear(&typed);
    world_remove(&world);

    make(&world, "");
    assert_int_equal(try_page(&world, PAGE_SIGN, "en", 0, &made), US_OK);
    assert_has_not(made.html, "legal_name");
    assert_has_not(made.html, "International Labour Organization (optional)");
    free(made.html);
    world_remove(&world);
}

static void find_work(struct reader *reader, void *arg)
{
    struct refusal *page = arg;
    struct rendering r;
    struct signing_request *request;
    size_t len;
    assert_int_equal(
        signing_find(reader, page->world->site, page->token, page->world->now, &request), US_OK);
    rendering_open(&r, page->world->site, reader, language_find("en"), page->world->now);
    if (request->stage == STAGE_WAITING)
        render_confirm(&r, request, page->token);
    else
        render_receipt_of(&r, request, page->token);
    page->html = rendering_take(&r, &len);
    rendering_close(&r);
    signing_request_free(request);
}

/* The page before the button shows it to who typed it; no page after it does. */
static void ilo_block_before_the_button_alone(void **state)
{
    (void)state;
    struct world world;
    struct submission submission;
    struct outbox_mail mail;
    struct signing_receipt receipt;
    bool changed;
    make(&world, "ilo_block = yes\n");
    world_fill(&submission, "Open Union", NULL);
    world_set(&submission, FIELD_LEGAL_NAME, "Legalname <of> the union");
    world_set(&submission, FIELD_ADDRESS, "Secretquay 12");
    world_set(&submission, FIELD_REGISTRATION, "refused");
    world_set(&submission, FIELD_MANDATE_DATE, "2026-03-14");
    assert_int_equal(world_submit(&world, &submission), US_OK);
    submission_clear(&submission);
    world_take_mail(&world, &mail);
    struct refusal page = {.world = &world, .token = mail.token};
    world_read(&world, find_work, &page);
    assert_order(page.html,
                 (const char *const[]){"For the letter to the ILO alone", "Full legal name",
                                       "Legalname &lt;of&gt; the union", "Secretquay 12",
                                       "Is the organisation registered", "registration was refused",
                                       "Day of that decision", "14 March 2026", "Who may see it?",
                                       "<button", NULL});
    free(page.html);
    assert_int_equal(world_confirm(&world, mail.token, &receipt), US_OK);
    assert_int_equal(world_decide(&world, receipt.public_id, DECISION_APPROVE, NULL, &changed),
                     US_OK);
    world_read(&world, find_work, &page);
    assert_has(page.html, receipt.public_id);
    assert_has_not(page.html, "Legalname");
    assert_has_not(page.html, "Secretquay");
    free(page.html);
    outbox_mail_free(&mail);
    for (enum page_kind kind = PAGE_HOME; kind < PAGE_LETTER; kind++) {
        struct page_made made;
        if (try_page(&world, kind, "en", 1, &made) != US_OK || made.html == NULL) {
            /* what this appeal does not have */
            assert_true(kind != PAGE_HOME && kind != PAGE_APPEAL && kind != PAGE_SIGN);
            continue;
        }
        assert_has_not(made.html, "Legalname");
        assert_has_not(made.html, "Secretquay");
        assert_has_not(made.html, "14 March 2026");
        free(made.html);
    }
    world_remove(&world);
}

static void closed_appeal_has_no_form(void **state)
{
    (void)state;
    struct world world;
    make(&world, "closes = 2020-01-02\n");
    struct page_made made;
    assert_int_equal(try_page(&world, PAGE_SIGN, "en", 0, &made), US_OK);
    assert_false(made.has_slot);
    assert_has_not(made.html, "<form");
    assert_has(made.html, "it closed on 2 January 2020");
    free(made.html);
    world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appeal_shows_who_signed),
        cmocka_unit_test(missing_language_shows_the_original),
        cmocka_unit_test(form_offers_what_the_appeal_takes),
        cmocka_unit_test(careful_choice_for_high_risk),
        cmocka_unit_test(refused_form_keeps_what_was_typed),
        cmocka_unit_test(ilo_block_where_it_is_asked_for),
        cmocka_unit_test(ilo_block_before_the_button_alone),
        cmocka_unit_test(closed_appeal_has_no_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
