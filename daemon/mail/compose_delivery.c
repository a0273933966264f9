/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter goes out as a mail that a chancery can register: a subject that names it, a short text,
 * the file as it was drawn. It is sent because a person ordered this very mail, so it does not say
 * that it was generated automatically (RFC 3834 section 5: that is for messages nobody ordered),
 * and the acknowledgement of receipt that some offices send by machine is welcome.
 *
 * The file is read here, a piece at a time, into the message itself: its digest must be that of
 * what was to be sent, or nothing goes.
 */
#include "mail/compose_delivery.h"
#include "appeal/delivery.h"
#include "base/log.h"
#include "base/mem.h"
#include "mail/compose_parts.h"
#include "web/mail/templates.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES ((size_t)COMPOSE_LINE_BYTES * 1024) /* whole lines of base64 */
#define NAME_PIECE 54                                  /* characters of a folded parameter */

static char *make_subject(const struct language *language, const struct outbox_mail *mail)
{
    const struct outbox_delivery *delivery = mail->delivery;
    const char *pattern = message_get(language, "Letter: {title}");
    int64_t count = delivery->totals.named + delivery->totals.counted;
    char number[24];
    if (delivery->kind == EDITION_SUPPLEMENT)
        pattern = message_get(language, "Supplement to a letter: {title}");
    else if (delivery->kind == EDITION_ACCESSION)
        pattern = message_get(language, "More organisations join a letter: {title}");
    else if (count > 0)
        pattern = message_plural(language, "Letter of {count} organisation: {title}",
                                 "Letter of {count} organisations: {title}", (unsigned long)count);
    snprintf(number, sizeof number, "%lld", (long long)count);
    return message_fill(pattern, "count", number, "title", mail->title, NULL);
}

/* RFC 2231 sections 3 and 4: as it is where plain ASCII will do, else percent-encoded UTF-8 in
 * numbered pieces, so that no line grows too long. */
static void append_file_name(struct str *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t len = strlen(name);
    if (strspn(name, plain) == len && len <= NAME_PIECE) {
        str_append_format(out, ";\r\n filename=\"%s\"", name);
        return;
    }
    for (size_t at = 0, piece = 0; at < len; piece++) {
        str_append_format(out, ";\r\n filename*%zu*=%s", piece, piece == 0 ? "UTF-8''" : "");
        for (size_t used = 0; at < len && used + 3 <= NAME_PIECE; at++) {
            bool is_plain = strchr(plain, name[at]) != NULL;
            str_append_format(out, is_plain ? "%c" : "%%%02X", (unsigned char)name[at]);
            used += is_plain ? 1 : 3;
        }
    }
}

/* The bytes of one read, into lines of base64 and into the digest. */
static enum us_err append_pieces(struct str *out, int fd, EVP_MD_CTX *digest, int64_t left)
{
    unsigned char *piece = mem_alloc(READ_BYTES);
    enum us_err err = US_OK;
    while (err == US_OK && left > 0) {
        size_t wanted = (uint64_t)left < READ_BYTES ? (size_t)left : READ_BYTES, have = 0;
        while (have < wanted) {
            ssize_t got = read(fd, piece + have, wanted - have);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            have += (size_t)got;
        }
        left -= (int64_t)have;
        if (have < wanted || EVP_DigestUpdate(digest, piece, have) != 1)
            err = US_IO;
        else
            compose_base64(out, piece, have);
    }
    free(piece);
    return err;
}

static enum us_err append_checked(struct str *out, int fd, const struct outbox_delivery *delivery)
{
    struct stat status;
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 1 ||
        (uint64_t)status.st_size > DELIVERY_FILE_MOST)
        return US_CORRUPT;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    enum us_err err = US_IO;
    if (context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1)
        err = append_pieces(out, fd, context, status.st_size);
    if (err == US_OK && EVP_DigestFinal_ex(context, digest, NULL) != 1)
        err = US_IO;
    if (err == US_OK && memcmp(digest, delivery->digest, DIGEST_SIZE) != 0)
        err = US_CORRUPT;
    EVP_MD_CTX_free(context);
    return err;
}

static enum us_err append_file(struct str *out, const struct outbox_delivery *delivery)
{
    int fd = open(delivery->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? US_NOT_FOUND : US_IO;
    str_append_text(out, "--" COMPOSE_BOUNDARY "\r\nContent-Type: application/pdf\r\n"
                         "Content-Disposition: attachment");
    append_file_name(out, delivery->file_name);
    str_append_text(out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    enum us_err err = append_checked(out, fd, delivery);
    close(fd);
    return err;
}

enum us_err compose_delivery(const struct config *config, const struct outbox_mail *mail,
                             const struct language *language, int64_t now, struct str *out)
{
    const struct outbox_delivery *delivery = mail->delivery;
    struct mail_delivery_view letter = {
        .addressee = delivery->addressee,
        .title = mail->title,
        .salutation = delivery->salutation,
        .cover = (const char *const *)delivery->cover,
        .cover_count = delivery->cover_count,
        .is_supplement = delivery->kind == EDITION_SUPPLEMENT,
        .is_accession = delivery->kind == EDITION_ACCESSION,
        .letters = delivery->form == FORM_INDIVIDUAL ? delivery->totals.named : 0,
        .organisations = delivery->totals.named + delivery->totals.counted,
    };
    struct mail_view view = {
        .site_name = config->site_name,
        .appeal_link = template_url_link(delivery->address),
        .delivery = &letter,
    };
    char *subject = make_subject(language, mail);
    compose_headers(
        out, config, mail,
        &(struct compose_head){.subject = subject, .name = delivery->addressee, .now = now});
    str_append_text(out,
                    "Content-Type: multipart/mixed; boundary=\"" COMPOSE_BOUNDARY "\"\r\n\r\n");
    compose_text(out, template_mail_delivery_txt, language, &view, "text/plain");
    enum us_err err = append_file(out, delivery);
    str_append_text(out, "--" COMPOSE_BOUNDARY "--\r\n");
    free(subject);
    if (err != US_OK)
        log_error("mail: the file of letter %lld cannot be attached: %s",
                  (long long)delivery->number, err_name(err));
    return err;
}
