/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Proves of mail/: a message's form (headers that fold, words that decode, bodies that come back as
 * they were), and that the spool writes whole files, once each, and says so when it cannot. The
 * relay's ways are tests/mail/mail_test.py's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "appeal/update_mail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mail/compose.h"
#include "mail/transport.h"
#include "text/language.h"
#include <dirent.h>
#include <event2/event.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW (INT64_C(1767225600) * 1000000) /* 2026-01-01 */

#define MERGED "The same organisation has signed more than once. Another of its signatures is kept."

struct place {
    char folder[64];
    struct config config;
    struct str message;
};

static char *recipient(void)
{
    return mem_string("office@union.example");
}

static void compose(struct place *place, enum outbox_template template, const char *language,
                    const char *organisation, const char *reason)
{
    struct outbox_mail mail = {.id = 0x1234,
                               .template = template,
                               .recipient = recipient(),
                               .slug = mem_string("oil-strike"),
                               .organisation = mem_string(organisation),
                               .reason = mem_string(reason),
                               .created_at = NOW};
    strcpy(mail.language, language);
    strcpy(mail.token, "abcdefghijklmnopqrstuvwxyz012345");
    strcpy(mail.code, "CHHGGX23G3");
    strcpy(mail.withdraw, "ownownownownownownownownownown12");
    strcpy(mail.public_id, "8p7ym08wa8qed");
    assert_int_equal(compose_message(&place->config, &mail, NOW, &place->message), US_OK);
    outbox_mail_free(&mail);
}

static int set_up(void **state)
{
    struct place *place = MEM_NEW(struct place);
    strcpy(place->folder, "/tmp/undersign-mail-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->config.site_name =
        mem_string("Профсоюзы мира: обращения, подписи и письма правительствам");
    place->config.site_url = mem_string("https://sign.example");
    place->config.mail_from = mem_string("appeals@sign.example");
    place->config.mail_spool = mem_format("%s/mail", place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char *command = mem_format("rm -rf %s", place->folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(place->config.site_name);
    free(place->config.site_url);
    free(place->config.mail_from);
    free(place->config.mail_spool);
    str_free(&place->message);
    free(place);
    return 0;
}

/* The decoded body after the n-th Content-Transfer-Encoding. */
static char *body_of(const char *message, int part)
{
    const char *at = message;
    for (int i = 0; i <= part; i++) {
        at = strstr(at, "Content-Transfer-Encoding: base64\r\n\r\n");
        assert_non_null(at);
        at += strlen("Content-Transfer-Encoding: base64\r\n\r\n");
    }
    const char *end = strstr(at, "--=_");
    char *packed = mem_zero((size_t)(end - at) + 1), *out = packed;
    for (; at < end; at++)
        if (*at != '\r' && *at != '\n')
            *out++ = *at;
    size_t len = strlen(packed);
    unsigned char *decoded = mem_zero(len + 4);
    assert_true(EVP_DecodeBlock(decoded, (unsigned char *)packed, (int)len) > 0);
    free(packed);
    return (char *)decoded;
}

static void test_lines(void **state)
{
    struct place *place = *state;
    compose(place, OUTBOX_CONFIRM, "en", "Union", NULL);
    const char *text = str_text(&place->message), *line = text;
    while (*line) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 78);
        for (const char *c = line; c < end; c++)
            assert_true(*c >= ' ' && (unsigned char)*c < 0x7f);
        line = end + 2;
    }
    assert_non_null(strstr(text, "\r\nAuto-Submitted: auto-generated\r\n"));
    assert_non_null(strstr(text, "\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n"));
    assert_non_null(strstr(text, "\r\nMessage-ID: <0000000000001234@sign.example>\r\n"));
    assert_non_null(strstr(text, "\r\nTo: <office@union.example>\r\n"));
}

/* Every encoded word holds whole characters and is at most 75 long (RFC 2047 sections 2 and 5). */
static void test_encoded_words(void **state)
{
    struct place *place = *state;
    compose(place, OUTBOX_CONFIRM, "en", "Union", NULL);
    struct str name = STR_INIT;
    const char *at = str_text(&place->message), *stop = strstr(at, " <appeals@");
    while ((at = strstr(at, "=?UTF-8?B?")) && at < stop) {
        const char *end = strstr(at, "?=");
        unsigned char word[128];
        assert_true(end + 2 - at <= 75);
        size_t len = (size_t)(end - at - 10);
        int bytes = EVP_DecodeBlock(word, (const unsigned char *)at + 10, (int)len);
        for (const char *pad = end - 1; *pad == '='; pad--)
            bytes--;
        assert_true(utf8_is_valid((char *)word, (size_t)bytes));
        str_append(&name, word, (size_t)bytes);
        at = end;
    }
    assert_string_equal(str_text(&name), place->config.site_name);
    str_free(&name);
}

static void test_bodies(void **state)
{
    struct place *place = *state;
    compose(place, OUTBOX_CONFIRM, "en", "Sailors & <Friends>", NULL);
    char *text = body_of(str_text(&place->message), 0),
         *html = body_of(str_text(&place->message), 1);
    assert_non_null(strstr(text, "Sailors & <Friends>\r\n"));
    assert_non_null(strstr(html, "Sailors &amp; &lt;Friends&gt;"));
    assert_null(strstr(html, "<Friends>"));
    assert_non_null(strstr(text, "https://sign.example/c/abcdefghijklmnopqrstuvwxyz012345\r\n"));
    assert_non_null(strstr(html, "\"https://sign.example/c/abcdefghijklmnopqrstuvwxyz012345\""));
    assert_non_null(strstr(text, "CHHGG-X23G3"));
    assert_non_null(strstr(text, "https://sign.example/en/oil-strike/code"));
    free(text);
    free(html);
}

/* Only the confirmation carries a token; the reason stands in the refusal alone. */
static void test_what_each_holds(void **state)
{
    struct place *place = *state;
    for (int kind = 0; kind < OUTBOX_LINKS; kind++) {
        str_clear(&place->message);
        compose(place, (enum outbox_template)kind, "en", "Union",
                "the register knows no such union");
        for (int part = 0; part < 2; part++) {
            char *body = body_of(str_text(&place->message), part);
            assert_int_equal(strstr(body, "/c/") != NULL, kind == OUTBOX_CONFIRM);
            assert_int_equal(strstr(body, "CHHGG") != NULL, kind == OUTBOX_CONFIRM);
            assert_int_equal(strstr(body, "8p7ym08wa8qed") != NULL, kind != OUTBOX_CONFIRM);
            assert_int_equal(strstr(body, "no such union") != NULL, kind == OUTBOX_REFUSED);
            assert_non_null(strstr(body, "Union"));
            assert_non_null(
                strstr(body, "https://sign.example/w/ownownownownownownownownownown12"));
            free(body);
        }
    }
}

/* A merge speaks in the reader's language; the moderator's own words stand behind it as they are.
 * Without the kept one's number nothing tells that it was a merge. */
static void test_merged(void **state)
{
    struct place *place = *state;
    static const char *const kept[] = {"", "kept0kept0kep"};
    for (size_t i = 0; i < 2 * sizeof kept / sizeof *kept; i++) {
        struct outbox_mail mail = {.template = OUTBOX_REFUSED,
                                   .language = "ru",
                                   .recipient = recipient(),
                                   .slug = mem_string("oil-strike"),
                                   .organisation = mem_string("Union"),
                                   .merged = mem_string(kept[i % 2]),
                                   .reason = mem_string(i < 2 ? "one office" : NULL),
                                   .public_id = "8p7ym08wa8qed"};
        str_clear(&place->message);
        assert_int_equal(compose_message(&place->config, &mail, NOW, &place->message), US_OK);
        outbox_mail_free(&mail);
        for (int part = 0; part < 2; part++) {
            char *body = body_of(str_text(&place->message), part);
            const char *said = strstr(body, message_get(language_find("ru"), MERGED));
            assert_int_equal(said != NULL, i % 2 == 1);
            assert_int_equal(strstr(body, message_get(language_find("ru"), "The reason given:")) !=
                                 NULL,
                             i % 2 == 1 || i < 2);
            assert_int_equal(strstr(body, "kept0kept0kep") != NULL, i % 2 == 1);
            assert_int_equal(strstr(said ? said : body, "one office") != NULL, i < 2);
            free(body);
        }
    }
}

static void compose_links(struct place *place, const char *language,
                          const struct outbox_link *links, size_t count)
{
    struct outbox_mail mail = {.id = 0x1234,
                               .template = OUTBOX_LINKS,
                               .recipient = recipient(),
                               .slug = mem_string("oil-strike"),
                               .link_count = count,
                               .created_at = NOW};
    strcpy(mail.language, language);
    mail.links = count ? mem_copy(links, count * sizeof *links) : NULL;
    for (size_t i = 0; i < count; i++)
        mail.links[i].organisation = mem_string(links[i].organisation);
    str_clear(&place->message);
    assert_int_equal(compose_message(&place->config, &mail, NOW, &place->message), US_OK);
    outbox_mail_free(&mail);
}

static int count_in(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

/* Who was refused or struck is not told that all is well, here or where the links were asked for.
 */
static void test_ended(void **state)
{
    static const char said[] = "The signature has been checked and is not on the list.";
    static char name[] = "Union", slug[] = "oil-strike", recipient[] = "a@mayak.example";
    static char title[] = "Title";
    struct place *place = *state;
    for (int ended = 0; ended < 2; ended++) {
        struct outbox_link link = {.organisation = name, .public_id = "8p7ym08wa8qed"};
        struct outbox_mail mail = {
            .template = OUTBOX_ALREADY,
            .language = "en",
            .recipient = recipient,
            .slug = slug,
            .title = title,
            .organisation = name,
            .public_id = "8p7ym08wa8qed",
            .is_ended = ended,
        };
        link.is_ended = ended;
        for (int kind = 0; kind < 2; kind++) {
            str_clear(&place->message);
            assert_int_equal(compose_message(&place->config, &mail, NOW, &place->message), US_OK);
            for (int part = 0; part < 2; part++) {
                char *body = body_of(str_text(&place->message), part);
                assert_int_equal(count_in(body, said), ended);
                assert_int_equal(count_in(body, "nothing more is needed"), kind == 0 && !ended);
                assert_int_equal(count_in(body, "It has signed"), !ended);
                assert_int_equal(count_in(body, "You have signed already"),
                                 part == 1 && kind == 0 && !ended);
                assert_int_equal(count_in(body, "8p7ym08wa8qed"), 1);
                free(body);
            }
            mail.template = OUTBOX_LINKS;
            mail.links = &link;
            mail.link_count = 1;
        }
    }
}

/* To each that waits its own links and its code, to each that is signed its number; to nobody what
 * is another's. Where there is nothing, the way to sign. */
static void test_links(void **state)
{
    static char names[4][16] = {"Signed & <b>", "Waits", "Killed"};
    const struct outbox_link links[] = {
        {.organisation = names[0], .public_id = "8p7ym08wa8qed", .withdraw = "own-of-signed"},
        {.organisation = names[1],
         .token = "confirm-of-waits",
         .code = "CHHGGX23G3",
         .withdraw = "own-of-waits"},
        {.organisation = names[2], .token = "confirm-of-killed", .withdraw = "own-of-killed"},
    };
    struct place *place = *state;
    for (size_t count = 0; count <= 3; count++) {
        compose_links(place, "en", links, count);
        for (int part = 0; part < 2; part++) {
            char *body = body_of(str_text(&place->message), part);
            assert_int_equal(count_in(body, "/w/"), count);
            assert_int_equal(count_in(body, "/c/"), count > 1 ? count - 1 : 0);
            assert_int_equal(count_in(body, "https://sign.example/w/own-of-signed"), count > 0);
            assert_int_equal(count_in(body, "8p7ym08wa8qed"), count > 0);
            assert_int_equal(count_in(body, part ? "Signed &amp; &lt;b&gt;" : "Signed & <b>"),
                             count > 0);
            assert_int_equal(count_in(body, "/c/confirm-of-waits"), count > 1);
            assert_int_equal(count_in(body, "CHHGG-X23G3"), count > 1);
            assert_int_equal(count_in(body, "/en/oil-strike/code"), count > 1);
            assert_int_equal(count_in(body, "/w/own-of-killed"), count > 2);
            assert_int_equal(count_in(body, "/en/oil-strike/sign"), count == 0);
            free(body);
        }
    }
}

/* A language that the interface does not speak gets English rather than nothing. */
static void test_unknown_language(void **state)
{
    struct place *place = *state;
    compose(place, OUTBOX_CONFIRM, "xx", "Union", NULL);
    char *text = body_of(str_text(&place->message), 0);
    assert_non_null(strstr(text, "Good day"));
    free(text);
}

/* ---- a letter to an addressee ---- */

#define FILE_BYTES 200003 /* more than one piece, and not whole lines */

struct letter_mail {
    struct outbox_mail mail;
    unsigned char bytes[FILE_BYTES];
};

static struct letter_mail *make_letter(struct place *place)
{
    struct letter_mail *letter = MEM_NEW(struct letter_mail);
    struct outbox_delivery *delivery = MEM_NEW(struct outbox_delivery);
    for (size_t i = 0; i < FILE_BYTES; i++)
        letter->bytes[i] = (unsigned char)(i * 2654435761U >> 13);
    *delivery = (struct outbox_delivery){
        .addressee = mem_string("Президенту Республики Ардения"),
        .address = mem_string("https://sign.example/ru/oil-strike"),
        .number = 3,
        .totals = {.named = 38, .counted = 3},
        .path = mem_format("%s/letter.pdf", place->folder),
        .file_name = mem_string("oil-strike-ru-president.pdf"),
    };
    digest_sha256(letter->bytes, FILE_BYTES, delivery->digest);
    FILE *file = fopen(delivery->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(letter->bytes, 1, FILE_BYTES, file), FILE_BYTES);
    assert_int_equal(fclose(file), 0);
    letter->mail = (struct outbox_mail){.id = 0x77,
                                        .template = OUTBOX_DELIVERY,
                                        .recipient = mem_string("president@ardenia.example"),
                                        .slug = mem_string("oil-strike"),
                                        .title = mem_string("On the persecution of oil workers"),
                                        .delivery = delivery};
    strcpy(letter->mail.language, "en");
    return letter;
}

static void letter_free(struct letter_mail *letter)
{
    outbox_mail_free(&letter->mail);
    free(letter);
}

static void test_delivery(void **state)
{
    struct place *place = *state;
    struct letter_mail *letter = make_letter(place);
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message), US_OK);
    const char *text = str_text(&place->message);
    assert_non_null(strstr(text, "multipart/mixed"));
    assert_non_null(strstr(text, "\r\n <president@ardenia.example>\r\n"));
    assert_non_null(strstr(text, "Content-Type: application/pdf\r\nContent-Disposition: attachment;"
                                 "\r\n filename=\"oil-strike-ru-president.pdf\"\r\n"));
    assert_null(strstr(text, "Auto-Submitted"));
    assert_null(strstr(text, "X-Auto-Response-Suppress"));
    char *words = body_of(text, 0), *file = body_of(text, 1);
    assert_non_null(strstr(words, "Dear Sir or Madam,"));
    assert_non_null(strstr(words, "addressed to Президенту Республики Ардения:"));
    assert_non_null(strstr(words, "    On the persecution of oil workers"));
    assert_non_null(strstr(words, "It is signed by 41 organisations."));
    assert_non_null(strstr(words, "https://sign.example/ru/oil-strike"));
    assert_memory_equal(file, letter->bytes, FILE_BYTES);
    free(words);
    free(file);
    letter_free(letter);
}

/* The addressee's own covering text stands alone, and so does the salutation. */
static void test_delivery_cover(void **state)
{
    struct place *place = *state;
    struct letter_mail *letter = make_letter(place);
    struct outbox_delivery *delivery = letter->mail.delivery;
    delivery->salutation = mem_string("Уважаемый господин Президент!");
    delivery->cover = mem_zero(2 * sizeof(char *));
    delivery->cover[0] = mem_string("Направляем письмо.");
    delivery->cover[1] = mem_string("Просим ответить.");
    delivery->cover_count = 2;
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message), US_OK);
    char *words = body_of(str_text(&place->message), 0);
    assert_ptr_equal(strstr(words, "Уважаемый господин Президент!\r\n\r\nНаправляем письмо."
                                   "\r\n\r\nПросим ответить.\r\n\r\n-- \r\n"),
                     words);
    assert_null(strstr(words, "Dear"));
    assert_null(strstr(words, "Enclosed"));
    free(words);
    letter_free(letter);
}

/* Another file than the one that was drawn never leaves, nor half of it. */
static void test_delivery_of_another_file(void **state)
{
    struct place *place = *state;
    struct letter_mail *letter = make_letter(place);
    const char *path = letter->mail.delivery->path;
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fputc(letter->bytes[0] ^ 1, file) == EOF, 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message),
                     US_CORRUPT);
    assert_int_equal(truncate(path, FILE_BYTES / 2), 0);
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message),
                     US_CORRUPT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message),
                     US_NOT_FOUND);
    letter_free(letter);
}

/* RFC 2231: a name beyond ASCII, or a long one, in percent-encoded pieces on short lines. */
static void test_delivery_file_name(void **state)
{
    struct place *place = *state;
    struct letter_mail *letter = make_letter(place);
    free(letter->mail.delivery->file_name);
    letter->mail.delivery->file_name = mem_string("письмо \"президенту\".pdf");
    assert_int_equal(compose_message(&place->config, &letter->mail, NOW, &place->message), US_OK);
    assert_non_null(
        strstr(str_text(&place->message),
               "attachment;\r\n filename*0*=UTF-8''%D0%BF%D0%B8%D1%81%D1%8C%D0%BC%D0%BE%20%22%D0"
               "%BF%D1%80;\r\n filename*1*=%D0%B5"));
    for (const char *line = str_text(&place->message); *line;) {
        const char *end = strstr(line, "\r\n");
        assert_true(end - line <= 78);
        line = end + 2;
    }
    letter_free(letter);
}

struct fate {
    int calls;
    enum transport_fate fate;
};

static void on_fate(const struct transport_message *message, enum transport_fate fate,
                    const char *error, void *arg)
{
    struct fate *told = arg;
    (void)message;
    assert_int_equal(error == NULL, fate == TRANSPORT_ACCEPTED);
    told->calls++;
    told->fate = fate;
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(dir);
    return count;
}

static void test_spool(void **state)
{
    struct place *place = *state;
    struct event_base *base = event_base_new();
    struct transport *transport;
    struct fault fault = {0};
    struct fate told = {0};
    struct stat status;
    const struct transport_message message = {.id = 7,
                                              .queued_at = NOW,
                                              .recipient = "a@b.example",
                                              .bytes = "To: x\r\n\r\nhi\r\n",
                                              .len = 13};
    assert_int_equal(transport_new(&place->config, base, &transport, &fault), US_OK);
    transport_send(transport, &message, on_fate, &told);
    transport_send(transport, &message, on_fate, &told); /* after a crash: replaces itself */
    assert_int_equal(told.calls, 2);
    assert_int_equal(told.fate, TRANSPORT_ACCEPTED);
    assert_int_equal(files_in(place->config.mail_spool), 1);
    char *path = mem_format("%s/20260101T000000Z-0000000000000007.eml", place->config.mail_spool);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 13);
    assert_int_equal(status.st_mode & 0777, 0600);
    free(path);
    transport_free(transport);
    event_base_free(base);
}

/* The folder is taken away under it: the mail waits, and nothing half-written stays. */
static void test_spool_fails(void **state)
{
    struct place *place = *state;
    struct event_base *base = event_base_new();
    struct transport *transport;
    struct fault fault = {0};
    struct fate told = {0};
    const struct transport_message message = {
        .id = 7, .queued_at = NOW, .recipient = "a@b.example", .bytes = "x", .len = 1};
    assert_int_equal(transport_new(&place->config, base, &transport, &fault), US_OK);
    assert_int_equal(rmdir(place->config.mail_spool), 0);
    transport_send(transport, &message, on_fate, &told);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.fate, TRANSPORT_LATER);
    transport_free(transport);

    free(place->config.mail_spool);
    place->config.mail_spool = mem_string("/proc/no-such-folder");
    assert_int_equal(transport_new(&place->config, base, &transport, &fault), US_IO);
    assert_non_null(strstr(fault.text, "mail folder"));
    event_base_free(base);
}

/* The organiser's words, whole; one click ends it, by the headers and by the body; only ASCII. */
static void test_update(void **state)
{
    static const char body[] = "Заседание <*отложено*>:\n\n- до **мая**\n";
    struct place *place = *state;
    struct outbox_update *update = MEM_NEW(struct outbox_update);
    struct fault fault = {.line = 0};
    update->title = mem_string("Суд «отложен»");
    assert_int_equal(markdown_parse_news("A & **B**", 9, &update->body, &fault), US_OK);
    update->plain = mem_string(body);
    strcpy(update->language, "ar");
    struct outbox_mail mail = {.id = 0x1234,
                               .template = OUTBOX_UPDATE,
                               .recipient = recipient(),
                               .slug = mem_string("oil-strike"),
                               .organisation = mem_string("Union <A>"),
                               .update = update,
                               .created_at = NOW};
    strcpy(mail.language, "en");
    strcpy(mail.unsubscribe, "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu");
    strcpy(mail.withdraw, "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww");
    assert_int_equal(compose_message(&place->config, &mail, NOW, &place->message), US_OK);
    outbox_mail_free(&mail);
    const char *text = str_text(&place->message);
    for (const char *c = text; *c; c++)
        assert_true((unsigned char)*c < 0x7f);
    assert_non_null(strstr(text, "\r\nList-Unsubscribe: "
                                 "<https://sign.example/u/uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu>\r\n"
                                 "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert_non_null(strstr(text, "\r\nMessage-ID: <0000000000001234@sign.example>\r\n"));
    char *plain = body_of(text, 0), *html = body_of(text, 1);
    assert_non_null(strstr(plain, "Суд «отложен»\r\n"));
    assert_non_null(strstr(plain, "Заседание <*отложено*>:\r\n"));
    assert_non_null(strstr(plain, "/u/uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"));
    assert_non_null(strstr(plain, "/w/wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"));
    assert_non_null(strstr(html, "<div lang=\"ar\" dir=\"rtl\">"));
    assert_non_null(strstr(html, "<p>A &amp; <strong>B</strong></p>"));
    assert_non_null(strstr(html, "Union &lt;A&gt;"));
    assert_non_null(strstr(html, "href=\"https://sign.example/u/uuuu"));
    free(plain);
    free(html);
}

int main(void)
{
    if (language_open(NULL) != US_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_encoded_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bodies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_each_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_merged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_update, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_language, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delivery, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delivery_cover, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delivery_of_another_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delivery_file_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spool, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spool_fails, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
