/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mail/compose_parts.h"
#include "base/clock.h"
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>
#include <time.h>

#define WORD_BYTES 42 /* make an encoded word under 75 characters, RFC 2047 section 2 */

void compose_base64(struct str *out, const void *data, size_t len)
{
    for (size_t at = 0; at < len; at += COMPOSE_LINE_BYTES) {
        unsigned char line[4 * COMPOSE_LINE_BYTES / 3 + 8];
        size_t part = len - at < COMPOSE_LINE_BYTES ? len - at : COMPOSE_LINE_BYTES;
        int written = EVP_EncodeBlock(line, (const unsigned char *)data + at, (int)part);
        str_append(out, line, (size_t)written);
        str_append_text(out, "\r\n");
    }
}

void compose_words(struct str *out, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        size_t part = len - at < WORD_BYTES ? len - at : WORD_BYTES;
        while (at + part < len && ((unsigned char)text[at + part] & 0xc0) == 0x80)
            part--;
        unsigned char word[4 * WORD_BYTES / 3 + 8];
        EVP_EncodeBlock(word, (const unsigned char *)text + at, (int)part);
        str_append_format(out, "%s=?UTF-8?B?%s?=", at ? "\r\n " : "", (char *)word);
        at += part;
    }
}

void compose_headers(struct str *out, const struct config *config, const struct outbox_mail *mail,
                     const struct compose_head *head)
{
    char date[64];
    time_t seconds = (time_t)(head->now / CLOCK_SECOND);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    const char *domain = strrchr(config->mail_from, '@');
    str_append_text(out, "From: ");
    compose_words(out, config->mail_from_name ? config->mail_from_name : config->site_name);
    str_append_format(out, " <%s>\r\nTo: ", config->mail_from);
    if (head->name) {
        compose_words(out, head->name);
        str_append_text(out, "\r\n ");
    }
    str_append_format(out, "<%s>\r\nSubject: ", mail->recipient);
    compose_words(out, head->subject);
    str_append_format(out,
                      "\r\nDate: %s\r\nMessage-ID: <%016" PRIx64 "%s>\r\n"
                      "Content-Language: %s\r\nMIME-Version: 1.0\r\n",
                      date, (uint64_t)mail->id, domain ? domain : "@localhost", mail->language);
}

/* Text goes out with CRLF at its line ends (RFC 2046 section 4.1.1), also inside base64. */
static void append_part(struct str *out, const char *type, const struct str *body)
{
    struct str lines = STR_INIT;
    for (size_t i = 0; i < body->len; i++)
        str_append(&lines, body->data[i] == '\n' ? "\r\n" : &body->data[i],
                   body->data[i] == '\n' ? 2 : 1);
    str_append_format(out,
                      "--" COMPOSE_BOUNDARY "\r\nContent-Type: %s; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\n",
                      type);
    compose_base64(out, lines.data, lines.len);
    if (lines.data)
        explicit_bzero(lines.data, lines.len);
    str_free(&lines);
}

void compose_text(struct str *out, void (*draw)(struct template *t, const struct mail_view *v),
                  const struct language *language, const struct mail_view *view, const char *type)
{
    struct template t;
    template_open(&t, language);
    draw(&t, view);
    append_part(out, type, &t.out);
    if (t.out.data)
        explicit_bzero(t.out.data, t.out.len);
    template_free(&t);
}
