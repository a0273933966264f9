/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Messages are put together here rather than by libcurl, whose MIME parts can only be sent, not
 * written to a file: a spooled .eml and what the relay gets must be the same bytes. Both bodies are
 * base64, so no line is too long and no content can be taken for structure; the boundary cannot
 * occur in base64.
 */
#include "base/mem.h"
#include "mail/compose_delivery.h"
#include "mail/compose_parts.h"
#include "mail/compose_update.h"
#include "web/mail/templates.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct letterform { /* one kind of mail */
    const char *subject;
    void (*text)(struct template *t, const struct mail_view *v);
    void (*html)(struct template *t, const struct mail_view *v);
};

/* Neutral subjects: they pass through the providers' hands in the clear. */
static const struct letterform letterforms[OUTBOX_TEMPLATE_COUNT] = {
    [OUTBOX_CONFIRM] = {MESSAGE_MARK("Your confirmation is needed"), template_mail_confirm_txt,
                        template_mail_confirm_html},
    [OUTBOX_ALREADY] = {MESSAGE_MARK("You have signed already"), template_mail_already_txt,
                        template_mail_already_html},
    [OUTBOX_LISTED] = {MESSAGE_MARK("Your signature is listed"), template_mail_listed_txt,
                       template_mail_listed_html},
    [OUTBOX_REFUSED] = {MESSAGE_MARK("Your signature was not listed"), template_mail_refused_txt,
                        template_mail_refused_html},
    [OUTBOX_LINKS] = {MESSAGE_MARK("The links you asked for"), template_mail_links_txt,
                      template_mail_links_html},
    [OUTBOX_TEST] = {MESSAGE_MARK("A test of the mail"), template_mail_test_txt,
                     template_mail_test_html},
};

/* The addresses, codes and views of one mail's links: wiped with links_clear(). */
struct links {
    struct mail_link_view *views;
    char **addresses, (*codes)[TOKEN_CODE_SIZE + 1];
    size_t count, address_count;
};

static void wipe_free(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void links_clear(struct links *links)
{
    for (size_t i = 0; i < links->address_count; i++)
        wipe_free(links->addresses[i]);
    if (links->codes)
        explicit_bzero(links->codes, links->count * sizeof *links->codes);
    free(links->addresses);
    free(links->codes);
    free(links->views);
}

static struct url add_address(struct links *links, char *address)
{
    links->addresses[links->address_count++] = address;
    return template_url_link(address);
}

static void print_code(const char *code, char out[TOKEN_CODE_SIZE + 1])
{
    if (strlen(code) == TOKEN_CODE_SIZE - 1)
        snprintf(out, TOKEN_CODE_SIZE + 1, "%.5s-%.5s", code, code + 5);
    else
        out[0] = '\0';
}

static void links_make(const struct config *config, const struct outbox_mail *mail,
                       struct links *links)
{
    links->count = mail->link_count;
    links->views = mem_zero((links->count + 1) * sizeof *links->views);
    links->codes = mem_zero((links->count + 1) * sizeof *links->codes);
    links->addresses = mem_zero((2 * links->count + 1) * sizeof *links->addresses);
    for (size_t i = 0; i < links->count; i++) {
        const struct outbox_link *link = &mail->links[i];
        struct mail_link_view *view = &links->views[i];
        print_code(link->code, links->codes[i]);
        view->organisation = link->organisation;
        view->is_waiting = link->token[0] != '\0';
        view->public_id = link->public_id;
        view->is_ended = link->is_ended;
        view->code = links->codes[i][0] ? links->codes[i] : NULL;
        view->confirm_link =
            add_address(links, mem_format("%s/c/%s", config->site_url, link->token));
        view->own_link =
            add_address(links, mem_format("%s/w/%s", config->site_url, link->withdraw));
    }
}

/* A mail to who signed, or wants to. */
static void compose_signatory(const struct config *config, const struct outbox_mail *mail,
                              const struct language *language, int64_t now, struct str *out)
{
    const struct letterform *form = &letterforms[mail->template];
    const char *subject = mail->is_ended ? letterforms[OUTBOX_REFUSED].subject : form->subject;
    char *confirm = mem_format("%s/c/%s", config->site_url, mail->token);
    char *code_page = mem_format("%s/%s/%s/code", config->site_url, language->code, mail->slug);
    char *appeal = mem_format("%s/%s/%s", config->site_url, language->code, mail->slug);
    char *own = mem_format("%s/w/%s", config->site_url, mail->withdraw);
    char *sign = mem_format("%s/%s/%s/sign", config->site_url, language->code, mail->slug);
    char code[TOKEN_CODE_SIZE + 1];
    struct links links = {.count = 0};
    print_code(mail->code, code);
    links_make(config, mail, &links);
    struct mail_view view = {
        .site_name = config->site_name,
        .organisation = mail->organisation,
        .confirm_link = template_url_link(confirm),
        .code_link = template_url_link(code_page),
        .code = code,
        .appeal_link = template_url_link(appeal),
        .own_link = template_url_link(own),
        .form_link = template_url_link(sign),
        .links = links.views,
        .link_count = links.count,
        .public_id = mail->public_id,
        .is_ended = mail->is_ended,
        .reason = mail->reason,
        .is_merged = mail->merged && *mail->merged, /* without a number nothing is told */
        .merged_id = mail->merged ? mail->merged : "",
    };
    compose_headers(out, config, mail,
                    &(struct compose_head){.subject = message_get(language, subject), .now = now});
    str_append_text(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                         "Content-Type: multipart/alternative; boundary=\"" COMPOSE_BOUNDARY
                         "\"\r\n\r\n");
    compose_text(out, form->text, language, &view, "text/plain");
    compose_text(out, form->html, language, &view, "text/html");
    str_append_text(out, "--" COMPOSE_BOUNDARY "--\r\n");
    explicit_bzero(code, sizeof code);
    links_clear(&links);
    wipe_free(confirm);
    wipe_free(own);
    free(sign);
    free(code_page);
    free(appeal);
}

enum us_err compose_message(const struct config *config, const struct outbox_mail *mail,
                            int64_t now, struct str *out)
{
    const struct language *language = language_find(mail->language);
    if (!language)
        language = language_find("en");
    if (mail->template == OUTBOX_DELIVERY)
        return compose_delivery(config, mail, language, now, out);
    if (mail->template == OUTBOX_UPDATE)
        compose_update(config, mail, language, now, out);
    else
        compose_signatory(config, mail, language, now, out);
    return US_OK;
}
