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
};

/* A mail to who signed, or wants to. */
static void compose_signatory(const struct config *config, const struct outbox_mail *mail,
                              const struct language *language, int64_t now, struct str *out)
{
    const struct letterform *form = &letterforms[mail->template];
    char *confirm = mem_format("%s/c/%s", config->site_url, mail->token);
    char *code_page = mem_format("%s/%s/%s/code", config->site_url, language->code, mail->slug);
    char *appeal = mem_format("%s/%s/%s", config->site_url, language->code, mail->slug);
    char code[TOKEN_CODE_SIZE + 1] = "";
    if (strlen(mail->code) == TOKEN_CODE_SIZE - 1)
        snprintf(code, sizeof code, "%.5s-%.5s", mail->code, mail->code + 5);
    struct mail_view view = {
        .site_name = config->site_name,
        .organisation = mail->organisation,
        .confirm_link = template_url_link(confirm),
        .code_link = template_url_link(code_page),
        .code = code,
        .appeal_link = template_url_link(appeal),
        .public_id = mail->public_id,
        .reason = mail->reason,
    };
    compose_headers(
        out, config, mail,
        &(struct compose_head){.subject = message_get(language, form->subject), .now = now});
    str_append_text(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                         "Content-Type: multipart/alternative; boundary=\"" COMPOSE_BOUNDARY
                         "\"\r\n\r\n");
    compose_text(out, form->text, language, &view, "text/plain");
    compose_text(out, form->html, language, &view, "text/html");
    str_append_text(out, "--" COMPOSE_BOUNDARY "--\r\n");
    explicit_bzero(confirm, strlen(confirm));
    explicit_bzero(code, sizeof code);
    free(confirm);
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
    compose_signatory(config, mail, language, now, out);
    return US_OK;
}
