/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The configuration: every default passes its own check, every option arrives in its own field, and
 * whatever is wrong is refused with the file, the line and what is allowed.
 */
#include "base/config.h"
#include "base/mem.h"
#include "base/str.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char *folder, *file;
};

static int make_place(void **state)
{
    char template[] = "/tmp/undersign-config-XXXXXX", *real;
    struct place *place = MEM_NEW(struct place);

    if (mkdtemp(template) == NULL)
        return -1;
    real = realpath(template, NULL);
    place->folder = real;
    place->file = mem_format("%s/site.conf", real);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;

    (void)unlink(place->file);
    (void)rmdir(place->folder);
    free(place->folder);
    free(place->file);
    free(place);
    return 0;
}

static enum us_err load(const struct place *place, const char *text, size_t len,
                        struct config **config, struct fault *fault)
{
    FILE *file = fopen(place->file, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    *fault = (struct fault){.line = 0};
    return config_load(place->file, config, fault);
}

static struct config *load_good(const struct place *place, const char *text)
{
    struct config *config = NULL;
    struct fault fault;
    enum us_err err = load(place, text, strlen(text), &config, &fault);

    if (err != US_OK)
        fail_msg("line %d: %s", fault.line, fault.text);
    return config;
}

static void assert_refused(const struct place *place, const char *text, int line, const char *part)
{
    struct config *config = NULL;
    struct fault fault;

    assert_int_equal(load(place, text, strlen(text), &config, &fault), US_INVALID);
    assert_null(config);
    assert_string_equal(fault.file, place->file);
    if (fault.line != line || strstr(fault.text, part) == NULL)
        fail_msg("%s\nexpected line %d: %s\ngot line %d: %s", text, line, part, fault.line,
                 fault.text);
}

static void test_defaults(void **state)
{
    struct place *place = *state;
    struct config *config = load_good(place, "");
    char *spool = mem_format("%s/mail", place->folder);

    assert_string_equal(config->path, place->file);
    assert_string_equal(config->folder, place->folder);
    assert_string_equal(config->site_name, "Undersign");
    assert_string_equal(config->site_high_risk, "");
    assert_string_equal(config->http_listen, "127.0.0.1:8080");
    assert_null(config->http_tls_certificate);
    assert_null(config->mail_smtp_user);
    assert_int_equal(config->http_connections, 4096);
    assert_int_equal(config->mail_transport, CONFIG_TRANSPORT_SPOOL);
    assert_int_equal(config->mail_smtp_tls, CONFIG_SMTP_TLS_STARTTLS);
    assert_int_equal(config->log_level, LOG_LEVEL_INFO);
    assert_int_equal(config->limits_mails_per_appeal, 3);
    assert_string_equal(config->mail_spool, spool);
    free(spool);
    config_free(config);
    config_free(NULL);
}

/* A value for an option that is good and not its default. */
static char *other_value(const struct config_option *option)
{
    static const struct {
        const char *name, *value;
    } special[] = {{"url", "https://sign.example.org"},
                   {"default_language", "zh-Hans"},
                   {"contact", "mailto:security@example.org"},
                   {"high_risk", "KZ BY"},
                   {"listen", "0.0.0.0:80 [::1]:8081"},
                   {"trusted_proxies", "127.0.0.1 10.0.0.0/8 fe80::/10"},
                   {"from", "appeals@example.org"},
                   {"timestamp_url", "http://time.example.org/stamp?kind=rfc3161"},
                   {"smtp_host", "mail.example.org"},
                   {"moderators", "union-moderators"},
                   {"organisers", "union-organisers"},
                   {"administrators", "union-administrators"}};

    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (strcmp(option->name, special[i].name) == 0)
            return mem_string(special[i].value);
    }
    switch (option->type) {
    case CONFIG_NUMBER:
        return mem_format("%d", (int)option->most);
    case CONFIG_CHOICE:
        return mem_string(strrchr(option->choices, ' ') + 1);
    case CONFIG_PATH:
        return mem_format("/srv/%s", option->name);
    default:
        return mem_format("Text of %s", option->name);
    }
}

/* Sets every option of the table; each must come back from its own field, and the others too, so
 * that two options which shared a field would be seen. */
static void test_every_option(void **state)
{
    struct str text = STR_INIT;
    struct config *config;
    const char *section = "";

    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        char *value = other_value(option);

        if (strcmp(section, option->section) != 0)
            str_append_format(&text, "[%s]\n", option->section);
        section = option->section;
        str_append_format(&text, "%s = %s\n", option->name, value);
        assert_non_null(option->help);
        free(value);
    }
    config = load_good(*state, str_text(&text));
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        char *value = other_value(option), *shown = config_show(config, option);

        assert_string_equal(shown, value);
        if (option->fallback != NULL)
            assert_string_not_equal(shown, option->fallback);
        free(value);
        free(shown);
    }
    assert_int_equal(config->mail_smtp_port, 65535);
    assert_int_equal(config->log_level, LOG_LEVEL_DEBUG);
    assert_int_equal(config->mail_smtp_tls, CONFIG_SMTP_TLS_IMPLICIT);
    config_free(config);
    str_free(&text);
}

static void test_forms(void **state)
{
    struct place *place = *state;
    char *store = mem_format("%s/data/x.db", place->folder);
    struct config *config = load_good(
        place, "\xef\xbb\xbf; a comment\n\n# another\n"
               "[store]\r\npath = data/x.db\r\n"
               "[http]\ntrusted_proxies = 10.0.0.0/8 ; inline\n"
               "  192.168.0.0/16\n\t# between\n  fe80::1\n"
               "tls_certificate =\n"
               "[site]\nname = \xd0\x9f\xd1\x80\xd0\xbe\xd1\x84\xd1\x81\xd0\xbe\xd1\x8e\xd0\xb7\n");

    assert_string_equal(config->store_path, store);
    assert_string_equal(config->http_trusted_proxies, "10.0.0.0/8 192.168.0.0/16 fe80::1");
    assert_null(config->http_tls_certificate);
    free(store);
    config_free(config);

    /* Behind a section there is nothing to go on with. */
    config = load_good(place, "[site]\nname = x\n[site]\n  url = https://a.example\n");
    assert_string_equal(config->site_name, "x");
    assert_string_equal(config->site_url, "https://a.example");
    config_free(config);

    /* The last line needs no end, and a comment may be longer than a line. */
    {
        struct str text = STR_INIT;

        str_append_char(&text, '#');
        for (int i = 0; i < 1000; i++)
            str_append_char(&text, 'x');
        str_append_text(&text, "\n[log]\nlevel = error");
        config = load_good(place, str_text(&text));
        assert_int_equal(config->log_level, LOG_LEVEL_ERROR);
        config_free(config);
        str_free(&text);
    }
}

static void test_structure_refused(void **state)
{
    struct place *place = *state;
    struct config *config = NULL;
    struct fault fault;
    struct str text = STR_INIT;

    assert_refused(place, "[site]\nnam = x\n", 2, "it knows: name, url");
    assert_refused(place, "\n[sites]\nname = x\n", 3, "the sections are: [site], [http]");
    assert_refused(place, "name = x\n", 1, "before any section");
    assert_refused(place, "[site]\nname = x\nname = y\n", 3, "on line 2");
    assert_refused(place, "[site]\nname = x\n[log]\n[site]\nname = y\n", 5, "on line 2");
    assert_refused(place, "[site]\nname\n", 2, "name = value");
    assert_refused(place, "[site\nname = x\n", 1, "name = value");
    assert_refused(place, "[site]\nnothing\nnam = x\n", 2, "name = value");
    assert_refused(place, "[site]\nnam = x\nnothing\n", 2, "it knows");
    assert_refused(place, "[http]\nlisten = 127.0.0.1:80\n  connections = 5\n", 3, "at the margin");
    assert_refused(place, "[http]\nconnections = 5\n  7\n", 3, "at the margin");
    assert_refused(place, "[site]\nname = \x80\n", 2, "UTF-8");
    assert_refused(place, "[site]\nname = a\x1b[1m\n", 2, "control");
    assert_refused(place, "[site]\nna\x1bme = a\n", 2, "control");
    assert_refused(place, "[store]\npath = a\x1b\n", 2, "control");
    assert_refused(place, "[site]\nname = a\xe2\x80\xae\n", 2, "direction");
    assert_refused(place, "[site]\nname = a\tb\n", 2, "tabs");
    assert_int_equal(load(place, "[site]\nname = a\0b\n", 18, &config, &fault), US_INVALID);
    assert_int_equal(fault.line, 2);

    str_append_text(&text, "[site]\nname = ");
    for (int i = 0; i < 300; i++)
        str_append_char(&text, 'x');
    assert_refused(place, str_text(&text), 2, "longer than");

    /* A list may go on over many lines, but not for ever. */
    str_clear(&text);
    str_append_text(&text, "[site]\nhigh_risk = KZ\n");
    for (int i = 0; i < 4000; i++)
        str_append_text(&text, " KZ\n");
    assert_refused(place, str_text(&text), 2733, "8192");
    str_free(&text);
}

static void test_values_refused(void **state)
{
    static const struct {
        const char *section, *line, *part;
    } bad[] = {
        {"site", "name =", "empty"},
        {"site", "url = ftp://example.org", "http://"},
        {"site", "url = https://example.org/", "nothing behind"},
        {"site", "url = https://example.org/a", "nothing behind"},
        {"site", "url = https://", "host"},
        {"site", "url = https://exa mple", "host"},
        {"site", "url = https://example.org:99999", "PORT"},
        {"site", "url = https://user@example.org", "host"},
        {"site", "url = http://[::zz]:80", "host"},
        {"seal", "timestamp_url = ftp://example.org/stamp", "http://"},
        {"seal", "timestamp_url = http:///stamp", "http://"},
        {"seal", "timestamp_url = http://example.org/a b", "http://"},
        {"site", "default_language = english", "language code"},
        {"site", "default_language = en-", "language code"},
        {"site", "contact = security@example.org", "mailto:"},
        {"site", "contact = mailto:security", "mailto:"},
        {"site", "contact = mailto:a@example.org b@example.org", "mailto:"},
        {"site", "contact = http://example.org/security", "https://"},
        {"site", "contact =", NULL},
        {"site", "high_risk = KZ, BY", "capital letters"},
        {"site", "high_risk = kz", "capital letters"},
        {"http", "listen =", "ADDRESS:PORT"},
        {"http", "listen = 8080", "ADDRESS:PORT"},
        {"http", "listen = localhost:8080", "ADDRESS:PORT"},
        {"http", "listen = 127.0.0.1:65536", "ADDRESS:PORT"},
        {"http", "listen = ::1:8080", "ADDRESS:PORT"},
        {"http", "listen = 127.0.0.1:80 nonsense", "ADDRESS:PORT"},
        {"http", "listen = nonsense 127.0.0.1:80", "ADDRESS:PORT"},
        {"http", "trusted_proxies = 10.0.0.0/33", "prefixes"},
        {"http", "trusted_proxies = fe80::/129", "prefixes"},
        {"http", "trusted_proxies = proxy.example.org", "prefixes"},
        {"http", "connections = 0", "from 1 to 1000000"},
        {"http", "connections = 1000001", "from 1 to 1000000"},
        {"http", "connections = many", "whole number"},
        {"http", "connections = 1e3", "whole number"},
        {"http", "connections = 0x10", "whole number"},
        {"http", "connections = 5 ", NULL},
        {"http", "connections =", "whole number"},
        {"http", "connections = 99999999999999999999", "whole number"},
        {"store", "path =", "path"},
        {"mail", "transport = pigeon", "spool smtp"},
        {"mail", "transport = spo", "spool smtp"},
        {"mail", "transport =", "spool smtp"},
        {"mail", "from = nobody", "mail address"},
        {"mail", "from = Union <union@example.org>", "mail address"},
        {"mail", "from = @example.org", "mail address"},
        {"mail", "from = a@b@example.org", "mail address"},
        {"mail", "smtp_host = a b", "host"},
        {"log", "level = verbose", "error warning info debug"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *text = mem_format("[%s]\n%s\n", bad[i].section, bad[i].line);

        if (bad[i].part != NULL)
            assert_refused(*state, text, 2, bad[i].part);
        else
            config_free(load_good(*state, text));
        free(text);
    }
    assert_refused(*state, "[http]\ntls_key = a.pem\n", 0, "go together");
    assert_refused(*state, "[mail]\nsmtp_user = a\n", 0, "go together");
    assert_refused(*state, "[mail]\nsmtp_user = a\nsmtp_password_file = p\nsmtp_tls = none\n", 0,
                   "unencrypted");
}

static void test_files(void **state)
{
    struct place *place = *state;
    struct config *config = NULL;
    struct fault fault = {.line = 7};
    char *missing = mem_format("%s/none.conf", place->folder);

    assert_int_equal(config_load(missing, &config, &fault), US_NOT_FOUND);
    assert_string_equal(fault.file, missing);
    assert_int_equal(fault.line, 0);
    assert_int_equal(config_load(place->folder, &config, &fault), US_IO);
    assert_null(config);
    free(missing);

    /* A relative path is made absolute, and paths in the file hang on the file's folder. */
    config_free(load_good(place, ""));
    assert_int_equal(chdir(place->folder), 0);
    assert_int_equal(config_load("site.conf", &config, &fault), US_OK);
    assert_string_equal(config->path, place->file);
    assert_string_equal(config->folder, place->folder);
    config_free(config);
    assert_int_equal(chdir("/"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_every_option, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_forms, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_structure_refused, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_values_refused, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_files, make_place, remove_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
