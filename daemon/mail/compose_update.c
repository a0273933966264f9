/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An update's mail: subject and body are the organiser's, which signed for them by publishing them.
 * It can be ended with one press of a mail program's button (RFC 8058: the relay's DKIM signature
 * has to cover both List-Unsubscribe fields) and by the same link in the body. Nothing in it tells
 * who read it: no picture, no counted link.
 */
#include "mail/compose_update.h"
#include "appeal/update_mail.h"
#include "base/mem.h"
#include "mail/compose_parts.h"
#include "web/mail/templates.h"
#include <stdlib.h>
#include <string.h>

static void wipe_free(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

static struct mail_update_view make_view(const struct outbox_update *update)
{
    return (struct mail_update_view){
        .title = update->title,
        .plain = update->plain,
        .body = markdown_html(update->body),
        .language = update->language,
        .direction = language_is_rtl(update->language) ? "rtl" : "ltr",
    };
}

void compose_update(const struct config *config, const struct outbox_mail *mail,
                    const struct language *language, int64_t now, struct str *out)
{
    const struct mail_update_view update = make_view(mail->update);
    char *unsubscribe = mem_format("%s/u/%s", config->site_url, mail->unsubscribe);
    char *own = mem_format("%s/w/%s", config->site_url, mail->withdraw);
    char *appeal = mem_format("%s/%s/%s", config->site_url, language->code, mail->slug);
    const struct mail_view view = {
        .site_name = config->site_name,
        .organisation = mail->organisation,
        .appeal_link = template_url_link(appeal),
        .own_link = template_url_link(own),
        .unsubscribe_link = template_url_link(unsubscribe),
        .update = &update,
    };

    compose_headers(out, config, mail,
                    &(struct compose_head){.subject = mail->update->title, .now = now});
    str_append_format(out,
                      "List-Unsubscribe: <%s>\r\n"
                      "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                      unsubscribe);
    str_append_text(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                         "Content-Type: multipart/alternative; boundary=\"" COMPOSE_BOUNDARY
                         "\"\r\n\r\n");
    compose_text(out, template_mail_update_txt, language, &view, "text/plain");
    compose_text(out, template_mail_update_html, language, &view, "text/html");
    str_append_text(out, "--" COMPOSE_BOUNDARY "--\r\n");
    wipe_free(unsubscribe);
    wipe_free(own);
    free(appeal);
}
