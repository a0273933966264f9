/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The table of options, and what follows from it without reading a file. Defaults make a service
 * that runs on one machine and mails nobody: it listens on the loopback address and spools mail as
 * files, so nothing reaches the world before somebody decided that it should.
 */
#include "base/config.h"
#include "base/config_check.h"
#include "base/mem.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* All choices are written through one pointer type. */
static_assert(sizeof(enum config_transport) == sizeof(int), "a choice is as large as an int");
static_assert(sizeof(enum config_smtp_tls) == sizeof(int), "a choice is as large as an int");
static_assert(sizeof(enum log_level) == sizeof(int), "a choice is as large as an int");

#define OPTION(in, called)                                                                         \
    .section = #in, .name = #called, .offset = offsetof(struct config, in##_##called)

/* clang-format off */
const struct config_option config_options[] = {
    {OPTION(site, name), .type = CONFIG_TEXT, .fallback = "Undersign",
     .check = config_check_filled, .help = "the site's title"},
    {OPTION(site, url), .type = CONFIG_TEXT, .fallback = "http://127.0.0.1:8080",
     .check = config_check_site,
     .help = "the address people reach the site under; links in mails begin with it"},
    {OPTION(site, default_language), .type = CONFIG_TEXT, .fallback = "en",
     .check = config_check_language,
     .help = "the interface's language for readers whose browser asks for none that there is"},
    {OPTION(site, contact), .type = CONFIG_TEXT, .check = config_check_contact,
     .help = "whom to tell of a hole in the site's security, and whom to write to about privacy; "
             "stands in its security.txt and on its privacy page"},
    {OPTION(site, high_risk), .type = CONFIG_TEXT, .fallback = "",
     .check = config_check_countries,
     .help = "countries whose signatories are not shown publicly unless they choose to be"},

    {OPTION(http, listen), .type = CONFIG_TEXT, .fallback = "127.0.0.1:8080",
     .check = config_check_listen, .help = "addresses and ports to listen on"},
    {OPTION(http, tls_certificate), .type = CONFIG_PATH, .reloadable = true,
     .help = "PEM file of the certificate and its chain; without it plain HTTP is spoken"},
    {OPTION(http, tls_key), .type = CONFIG_PATH, .reloadable = true,
     .help = "PEM file of the certificate's private key"},
    {OPTION(http, trusted_proxies), .type = CONFIG_TEXT,
     .check = config_check_prefixes,
     .help = "addresses and prefixes whose word on a client's address is believed"},
    {OPTION(http, web_threads), .type = CONFIG_NUMBER, .fallback = "0", .least = 0, .most = 256,
     .help = "threads that serve connections; 0 means one per processor core"},
    {OPTION(http, connections), .type = CONFIG_NUMBER, .fallback = "4096", .least = 1,
     .most = 1000000, .help = "connections held open in all"},
    {OPTION(http, connections_per_prefix), .type = CONFIG_NUMBER, .fallback = "256", .least = 1,
     .most = 1000000, .help = "connections held open from one address prefix (IPv4 /32, IPv6 /64)"},

    {OPTION(store, path), .type = CONFIG_PATH, .fallback = "undersign.db",
     .help = "the database file"},
    {OPTION(store, readers), .type = CONFIG_NUMBER, .fallback = "2", .least = 1, .most = 64,
     .help = "threads that read from the database"},
    {OPTION(store, read_queue), .type = CONFIG_NUMBER, .fallback = "256", .least = 1, .most = 65536,
     .help = "reads that may wait for a thread before others are turned away"},

    {OPTION(keys, folder), .type = CONFIG_PATH, .fallback = "keys",
     .help = "folder of the service's own keys, to be kept out of the database's backups"},
    {OPTION(keys, organiser), .type = CONFIG_PATH, .fallback = "organiser.pub",
     .help = "public key file that contact data is sealed to, unless an appeal names its own"},

    {OPTION(seal, key), .type = CONFIG_PATH, .fallback = "keys/seal.key",
     .help = "PEM file of the private key that letters are sealed with, where it is there"},
    {OPTION(seal, certificate), .type = CONFIG_PATH, .fallback = "keys/seal.crt",
     .help = "PEM file of that key's certificate and its chain"},
    {OPTION(seal, timestamp_url), .type = CONFIG_TEXT, .check = config_check_url,
     .help = "address of an authority that stamps seals with the time (RFC 3161)"},

    {OPTION(mail, transport), .type = CONFIG_CHOICE, .fallback = "spool", .choices = "spool smtp",
     .help = "how mail leaves: as files in a folder, or through a relay"},
    {OPTION(mail, spool), .type = CONFIG_PATH, .fallback = "mail",
     .help = "folder that mail is written to when the transport is spool"},
    {OPTION(mail, from), .type = CONFIG_TEXT, .fallback = "undersign@localhost",
     .check = config_check_mailbox, .help = "the address that mail comes from"},
    {OPTION(mail, from_name), .type = CONFIG_TEXT,
     .help = "the name beside that address; without it the site's name"},
    {OPTION(mail, smtp_host), .type = CONFIG_TEXT, .fallback = "localhost",
     .check = config_check_host, .help = "the relay's host"},
    {OPTION(mail, smtp_port), .type = CONFIG_NUMBER, .fallback = "25", .least = 1, .most = 65535,
     .help = "the relay's port: 25, 465 for implicit TLS, or 587 for submission"},
    {OPTION(mail, smtp_tls), .type = CONFIG_CHOICE, .fallback = "starttls",
     .choices = "none starttls implicit",
     .help = "how the way to the relay is encrypted; with starttls no mail leaves unencrypted"},
    {OPTION(mail, smtp_ca), .type = CONFIG_PATH,
     .help = "PEM file of authorities that may vouch for the relay; without it the system's"},
    {OPTION(mail, smtp_user), .type = CONFIG_TEXT, .secret = true,
     .help = "the name to log in to the relay with; without it there is no login"},
    {OPTION(mail, smtp_password_file), .type = CONFIG_PATH,
     .help = "file whose first line is the password of that login"},
    {OPTION(mail, decision_minutes), .type = CONFIG_NUMBER, .fallback = "10", .least = 0,
     .most = 1440,
     .help = "minutes before a mail about a decision leaves; so long a mistake can be undone and "
             "nobody is told"},

    {OPTION(control, socket), .type = CONFIG_PATH, .fallback = "control.sock",
     .help = "the Unix socket that the undersign command speaks to"},

    {OPTION(roles, moderators), .type = CONFIG_TEXT, .check = config_check_group,
     .help = "the Unix group whose members may look at signatures and decide on them"},
    {OPTION(roles, organisers), .type = CONFIG_TEXT, .check = config_check_group,
     .help = "the Unix group whose members may also publish, export and deliver"},
    {OPTION(roles, administrators), .type = CONFIG_TEXT, .check = config_check_group,
     .help = "the Unix group whose members may do everything"},

    {OPTION(backup, folder), .type = CONFIG_PATH, .fallback = "backups",
     .help = "folder that backups are written to"},
    {OPTION(backup, seal_to), .type = CONFIG_PATH,
     .help = "public key file that backups are sealed to, so that only its private key opens them"},
    {OPTION(backup, keep), .type = CONFIG_NUMBER, .fallback = "14", .least = 0, .most = 100000,
     .help = "how many backups stay in that folder when one more is made; 0 means all"},
    {OPTION(backup, every_hours), .type = CONFIG_NUMBER, .fallback = "0", .least = 0, .most = 8760,
     .help = "after how many hours the service makes the next one by itself; 0 means never"},

    {OPTION(limits, submissions_per_hour), .type = CONFIG_NUMBER, .fallback = "30", .least = 0,
     .most = 1000000,
     .help = "signature forms taken from one address prefix; 0 means no limit"},
    {OPTION(limits, shield_submissions_per_hour), .type = CONFIG_NUMBER, .fallback = "3",
     .least = 1, .most = 1000000,
     .help = "of these, to appeals that are shielded (`undersign appeal shield`)"},
    {OPTION(limits, codes_per_hour), .type = CONFIG_NUMBER, .fallback = "30", .least = 0,
     .most = 1000000,
     .help = "tries at a typed code from one address prefix; 0 means no limit"},
    {OPTION(limits, api_per_hour), .type = CONFIG_NUMBER, .fallback = "3600", .least = 0,
     .most = 1000000,
     .help = "answers of the API to addresses with a query, to one address prefix; 0 means no limit"},
    {OPTION(limits, mails_per_appeal), .type = CONFIG_NUMBER, .fallback = "3", .least = 1,
     .most = 1000,
     .help = "mails to one mailbox for one appeal in a day"},
    {OPTION(limits, mails_per_day), .type = CONFIG_NUMBER, .fallback = "10", .least = 1,
     .most = 1000, .help = "mails to one mailbox in a day"},
    {OPTION(limits, organisations_per_mailbox), .type = CONFIG_NUMBER, .fallback = "3", .least = 1,
     .most = 1000,
     .help = "organisations that may sign one appeal from one mailbox"},

    {OPTION(retention, refused_days), .type = CONFIG_NUMBER, .fallback = "30", .least = 0,
     .most = 3650,
     .help = "days after which persons and contact are deleted from signatures refused or struck; "
             "0 means with those of an archived appeal"},
    {OPTION(retention, archive_months), .type = CONFIG_NUMBER, .fallback = "12", .least = 0,
     .most = 1200,
     .help = "months after an appeal was archived when persons and contact are deleted from all its "
             "signatures; 0 means never"},

    {OPTION(moderation, free_domains), .type = CONFIG_PATH,
     .help = "file of domains that give a mailbox to anybody, one a line; without it a list that is "
             "built in"},
    {OPTION(moderation, disposable_domains), .type = CONFIG_PATH,
     .help = "the same of domains whose mailboxes live for minutes"},

    {OPTION(log, level), .type = CONFIG_CHOICE, .fallback = "info",
     .choices = "error warning info debug",
     .help = "the least important event that is logged"},
    {.section = NULL},
};
/* clang-format on */

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        if (option->type == CONFIG_TEXT || option->type == CONFIG_PATH)
            free(*(char **)((char *)config + option->offset));
    }
    free(config->path);
    free(config->folder);
    free(config);
}

/* The word at an index of a table's list of choices. */
static char *copy_choice(const char *choices, int index)
{
    for (; index > 0; index--)
        choices += strcspn(choices, " ") + 1;
    return mem_string_part(choices, strcspn(choices, " "));
}

int config_line(const struct config *config, const struct config_option *option)
{
    return config->lines[option - config_options];
}

char *config_store_folder(const struct config *config)
{
    const char *slash = config->store_path != NULL ? strrchr(config->store_path, '/') : NULL;

    if (slash == NULL)
        return mem_string(".");
    return mem_string_part(config->store_path,
                           slash == config->store_path ? 1 : (size_t)(slash - config->store_path));
}

char *config_show(const struct config *config, const struct config_option *option)
{
    const char *field = (const char *)config + option->offset;
    int64_t number;
    int choice;

    switch (option->type) {
    case CONFIG_TEXT:
    case CONFIG_PATH:
        return mem_string(*(char *const *)field);
    case CONFIG_NUMBER:
        memcpy(&number, field, sizeof(number));
        return mem_format("%" PRId64, number);
    case CONFIG_CHOICE:
        memcpy(&choice, field, sizeof(choice));
        return copy_choice(option->choices, choice);
    }
    return NULL;
}

char *config_mask_user(const char *value)
{
    const char *start = value != NULL ? strstr(value, "://") : NULL, *at;

    if (start == NULL)
        return mem_string(value);
    start += strlen("://");
    at = memrchr(start, '@', strcspn(start, "/?#"));
    return at == NULL ? mem_string(value)
                      : mem_format("%.*s***%s", (int)(start - value), value, at);
}
