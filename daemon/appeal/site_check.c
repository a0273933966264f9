/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rights are judged for the service's account, the database's owner: who asks may be root, whom
 * nothing is forbidden. Where another account asks, what it cannot look into stays unjudged.
 */
#include "appeal/site_check.h"
#include "appeal/domain_lists.h"
#include "appeal/site_mark.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/certificate_pair.h"
#include "crypto/organiser.h"
#include "store/side.h"
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MOST 256

struct checking {
    const struct config *config;
    int64_t now;
    site_on_finding *on_finding;
    void *arg;
    uid_t uid; /* the service's account */
    char account[64];
    gid_t groups[GROUPS_MOST];
    int group_count;
};

struct place { /* in the configuration, and the file that it names */
    const char *section, *option, *file;
};

__attribute__((format(printf, 4, 5))) static void find(const struct checking *checking,
                                                       bool is_error, const struct place *place,
                                                       const char *format, ...)
{
    struct fault fault;
    va_list args;
    char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    fault_set(&fault, NULL, 0, "%s", text != NULL ? text : format);
    free(text);
    checking->on_finding(
        &(struct site_finding){
            .is_error = is_error,
            .section = place->section,
            .option = place->option,
            .file = place->file,
            .text = fault.text,
        },
        checking->arg);
}

/* ---- rights ---- */

static void find_account(struct checking *checking)
{
    const char *path = checking->config->store_path, *slash = strrchr(path, '/');
    char *folder =
        mem_string_part(path, slash == NULL || slash == path ? 1 : (size_t)(slash - path));
    char buffer[4096];
    struct passwd entry, *account = NULL;
    struct stat found;

    /* Who cannot see the database is the service's account itself, shut out of its folder. */
    checking->uid = geteuid();
    if (stat(path, &found) == 0 || (errno == ENOENT && stat(folder, &found) == 0))
        checking->uid = found.st_uid;
    free(folder);
    (void)snprintf(checking->account, sizeof(checking->account), "%u", (unsigned)checking->uid);
    if (getpwuid_r(checking->uid, &entry, buffer, sizeof(buffer), &account) != 0 || account == NULL)
        return;
    (void)snprintf(checking->account, sizeof(checking->account), "%s", account->pw_name);
    checking->group_count = GROUPS_MOST;
    if (getgrouplist(account->pw_name, account->pw_gid, checking->groups, &checking->group_count) <
        0)
        checking->group_count = 0;
}

static bool is_in_group(const struct checking *checking, gid_t group)
{
    for (int i = 0; i < checking->group_count; i++) {
        if (checking->groups[i] == group)
            return true;
    }
    return false;
}

/* Whether the service's account has the rights (R_OK, W_OK, X_OK) to what was found. */
static bool may(const struct checking *checking, const struct stat *found, unsigned rights)
{
    unsigned mode = (unsigned)found->st_mode;

    if (checking->uid == 0)
        return true;
    if (found->st_uid == checking->uid)
        mode >>= 6;
    else if (is_in_group(checking, found->st_gid))
        mode >>= 3;
    return (mode & rights) == rights;
}

/* A folder that the service writes to; it makes the last of the path itself where it is missing. */
static void check_folder(const struct checking *checking, const struct place *place)
{
    struct stat found;
    const char *slash;
    char *parent;

    if (stat(place->file, &found) == 0) {
        if (!S_ISDIR(found.st_mode))
            find(checking, true, place, "is no folder");
        else if (!may(checking, &found, W_OK | X_OK))
            find(checking, true, place,
                 "the service's account may not write there: chown %s %s && chmod u+rwx %s",
                 checking->account, place->file, place->file);
        return;
    }
    if (errno != ENOENT) {
        find(checking, errno != EACCES, place, "cannot be looked at: %s", strerror(errno));
        return;
    }
    slash = strrchr(place->file, '/');
    parent = mem_string_part(
        place->file, slash == NULL || slash == place->file ? 1 : (size_t)(slash - place->file));
    if (stat(parent, &found) != 0)
        find(checking, true, place, "the folder that it is to lie in is missing");
    else if (!may(checking, &found, W_OK | X_OK))
        find(checking, true, place,
             "is missing, and the service's account may not make it; make it, and give it to that "
             "account");
    free(parent);
}

/* The folder of a file that the service makes. */
static void check_folder_of(const struct checking *checking, const struct place *place)
{
    const char *slash = strrchr(place->file, '/');
    char *folder = mem_string_part(
        place->file, slash == NULL || slash == place->file ? 1 : (size_t)(slash - place->file));
    const struct place above = {place->section, place->option, folder};

    check_folder(checking, &above);
    free(folder);
}

/* A file that the service reads. False where that was not to be. */
static bool check_file(const struct checking *checking, const struct place *place, bool is_secret)
{
    struct stat found;

    if (stat(place->file, &found) != 0) {
        find(checking, errno != EACCES, place, "cannot be looked at: %s", strerror(errno));
        return false;
    }
    if (!S_ISREG(found.st_mode)) {
        find(checking, true, place, "is no file");
        return false;
    }
    if (!may(checking, &found, R_OK)) {
        find(checking, true, place, "the service's account may not read it");
        return false;
    }
    if (is_secret && (found.st_mode & (S_IROTH | S_IWOTH)) != 0)
        find(checking, false, place, "everybody on this machine can read it: chmod o-rwx it");
    return access(place->file, R_OK) == 0; /* else it is judged by the account that can */
}

/* ---- keys ---- */

static void check_keys(const struct checking *checking)
{
    const struct place place = {"keys", "folder", checking->config->keys_folder};
    struct dirent *entry;
    struct stat found;
    DIR *folder;

    check_folder(checking, &place);
    if (stat(place.file, &found) != 0)
        return;
    if ((found.st_mode & 077) != 0)
        find(checking, true, &place,
             "others than the service's account can look into it: chmod 700 it");
    folder = opendir(place.file);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        size_t len = strlen(entry->d_name);
        char *path = mem_format("%s/%s", place.file, entry->d_name);
        const struct place key = {"keys", "folder", path};
        bool is_key = len > 4 && strcmp(entry->d_name + len - 4, ".key") == 0;
        if (is_key && stat(path, &found) == 0 && (found.st_mode & 077) != 0)
            find(checking, true, &key, "others can read this key: chmod 600 it");
        if (is_key && stat(path, &found) == 0 && !may(checking, &found, R_OK))
            find(checking, true, &key, "the service's account may not read it");
        free(path);
    }
    if (folder != NULL)
        (void)closedir(folder);
}

/* One that is locked, or not there yet, is none that is damaged. */
static bool is_damage(enum us_err err)
{
    return err == US_CORRUPT || err == US_INVALID;
}

/* A database that cannot be read is for `db check` to judge. */
void site_check_mark(const struct config *config, site_on_finding *on_finding, void *arg)
{
    const struct checking checking = {.config = config, .on_finding = on_finding, .arg = arg};
    const struct place keys = {"keys", "folder", config->keys_folder};
    const struct place database = {"store", "path", config->store_path};
    uint8_t wanted[KEYRING_HASH_SIZE], found[KEYRING_HASH_SIZE];
    struct site_mark_lost lost = {.slug = NULL};
    struct fault ignored = {.text = ""};
    bool is_marked = false;
    struct side *side;
    enum us_err err;

    if (access(config->store_path, R_OK) != 0)
        return;
    err = side_open(config->store_path, NULL, &side, &ignored);
    if (err == US_OK) {
        err = site_mark_read(side_begin(side), &is_marked, wanted);
        side_end(side);
        is_marked = is_marked && err == US_OK;
        if (is_marked) {
            err = site_mark_find_lost(side_begin(side), keys.file, &lost);
            side_end(side);
        }
        side_free(side);
    }
    if (is_damage(err))
        find(&checking, true, &database,
             "the database cannot be read, it is damaged: undersign db check says more");
    err = keyring_peek_mark(keys.file, found);
    if (is_marked && err == US_NOT_FOUND)
        find(&checking, true, &keys,
             "there is no site.key here, but the database has had keys: put them back, or see "
             "--adopt-keys in undersignd(8)");
    else if (is_marked && err == US_OK && memcmp(wanted, found, sizeof(wanted)) != 0)
        find(&checking, true, &keys,
             "site.key is not the key that the database goes with: put its keys back, or see "
             "--adopt-keys in undersignd(8)");
    else if (lost.count > 0)
        find(&checking, true, &keys,
             "there is no appeal-%" PRId64 ".key here, the key of the appeal %s, which was "
             "signed: put it back, or see --adopt-keys in undersignd(8)",
             lost.appeal, lost.slug);
    free(lost.slug);
}

static void check_public_key(const struct checking *checking, const struct place *place,
                             const char *missing)
{
    struct organiser_public key;
    struct fault fault = {.text = ""};

    if (access(place->file, F_OK) != 0 && errno == ENOENT)
        find(checking, true, place, "%s", missing);
    else if (check_file(checking, place, false) &&
             organiser_read_public(place->file, &key, &fault) != US_OK)
        find(checking, true, place, "%s", fault.text);
}

/* ---- certificates ---- */

static void check_dates(const struct checking *checking, const struct place *place,
                        const struct seal_facts *facts)
{
    char day[16];
    int64_t left = clock_day(facts->ends_at) - clock_day(checking->now);

    clock_print_day(clock_day(facts->ends_at), day);
    if (facts->ends_at <= checking->now)
        find(checking, true, place, "the certificate ended on %s", day);
    else if (left <= SITE_CHECK_SOON)
        find(checking, false, place, "the certificate ends on %s", day);
    clock_print_day(clock_day(facts->begins_at), day);
    if (facts->begins_at > checking->now)
        find(checking, true, place, "the certificate is not valid before %s", day);
}

static void check_pair(const struct checking *checking, const struct place *certificate,
                       const struct place *key)
{
    struct seal_facts facts;
    struct fault fault = {.text = ""};
    bool can_read = check_file(checking, certificate, false);

    can_read = check_file(checking, key, true) && can_read;
    if (!can_read)
        return;
    if (certificate_pair_read(certificate->file, key->file, &facts, &fault) != US_OK) {
        find(checking, true, strcmp(fault.file, key->file) == 0 ? key : certificate, "%s",
             fault.text);
        return;
    }
    check_dates(checking, certificate, &facts);
    seal_facts_clear(&facts);
}

static void check_seal(const struct checking *checking)
{
    const struct config *config = checking->config;
    const struct place certificate = {"seal", "certificate", config->seal_certificate},
                       key = {"seal", "key", config->seal_key};
    bool has_certificate = certificate.file != NULL && access(certificate.file, F_OK) == 0,
         has_key = key.file != NULL && access(key.file, F_OK) == 0;

    if (has_certificate && has_key)
        check_pair(checking, &certificate, &key);
    else if (has_certificate || has_key)
        find(checking, false, has_key ? &certificate : &key,
             "is missing beside its other half, so letters are not sealed");
}

void site_check_ends(const struct config *config, struct site_ends *out)
{
    struct fault fault = {.text = ""};
    struct seal_facts facts;

    *out = (struct site_ends){.tls = 0};
    if (config->http_tls_certificate != NULL &&
        certificate_pair_read(config->http_tls_certificate, NULL, &facts, &fault) == US_OK) {
        out->tls = facts.ends_at;
        seal_facts_clear(&facts);
    }
    if (config->seal_certificate != NULL && config->seal_key != NULL &&
        access(config->seal_key, F_OK) == 0 &&
        certificate_pair_read(config->seal_certificate, NULL, &facts, &fault) == US_OK) {
        out->seal = facts.ends_at;
        seal_facts_clear(&facts);
    }
}

/* ---- mail and the rest ---- */

/* As the transport reads it: the first line. */
static void check_password(const struct checking *checking, const struct place *place)
{
    FILE *file = fopen(place->file, "re");
    int first = file != NULL ? getc(file) : EOF;

    if (first == EOF || first == '\n' || first == '\r')
        find(checking, true, place, "its first line is to be the relay's password, and is empty");
    if (file != NULL)
        (void)fclose(file);
}

static void check_mail(const struct checking *checking)
{
    const struct config *config = checking->config;
    const struct place transport = {"mail", "transport", NULL}, from = {"mail", "from", NULL},
                       spool = {"mail", "spool", config->mail_spool},
                       ca = {"mail", "smtp_ca", config->mail_smtp_ca},
                       password = {"mail", "smtp_password_file", config->mail_smtp_password_file};

    if (config->mail_transport == CONFIG_TRANSPORT_SPOOL) {
        find(checking, false, &transport,
             "mail is written to a folder and reaches nobody: set it to smtp, with [mail] "
             "smtp_host");
        check_folder(checking, &spool);
        if (access(spool.file, F_OK) != 0 && errno == ENOENT &&
            access(config->store_path, F_OK) == 0)
            find(checking, false, &spool,
                 "is missing; the service makes it when it starts, and till then no mail leaves");
        return;
    }
    if (strstr(config->mail_from, "@localhost") != NULL)
        find(checking, false, &from, "most relays refuse mail from @localhost: set a real address");
    if (ca.file != NULL)
        (void)check_file(checking, &ca, false);
    if (password.file != NULL && check_file(checking, &password, true))
        check_password(checking, &password);
}

static bool is_loopback(const char *url)
{
    static const char *const hosts[] = {"//127.", "//localhost", "//[::1]"};

    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        if (strstr(url, hosts[i]) != NULL)
            return true;
    }
    return false;
}

static void check_web(const struct checking *checking)
{
    const struct config *config = checking->config;
    const struct place url = {"site", "url", NULL},
                       certificate = {"http", "tls_certificate", config->http_tls_certificate},
                       key = {"http", "tls_key", config->http_tls_key};

    if (is_loopback(config->site_url))
        find(checking, false, &url,
             "links in mails lead to %s, which only this machine can open: set the site's address",
             config->site_url);
    else if (strncmp(config->site_url, "http:", 5) == 0 &&
             strstr(config->site_url, ".onion") == NULL)
        find(checking, false, &url, "links in mails are not encrypted: use an https address");
    if (certificate.file != NULL && key.file != NULL)
        check_pair(checking, &certificate, &key);
}

/* A list that cannot be read stops the start. */
static void check_domains(const struct checking *checking)
{
    struct fault fault = {.text = ""};
    struct domain_lists *lists;
    enum us_err err = domain_lists_load(checking->config, &lists, &fault);
    bool is_free = checking->config->moderation_free_domains != NULL &&
                   strcmp(fault.file, checking->config->moderation_free_domains) == 0;
    const struct place place = {"moderation", is_free ? "free_domains" : "disposable_domains",
                                fault.file};

    if (err == US_OK)
        domain_lists_free(lists);
    else if (fault.line > 0)
        find(checking, true, &place, "line %d: %s", fault.line, fault.text);
    else
        find(checking, true, &place, "%s", fault.text);
}

/* ---- what is written to ---- */

/* The service makes what is not there and replaces a dead service's socket. */
static void check_socket(const struct checking *checking, const struct place *place)
{
    struct stat found;

    check_folder_of(checking, place);
    if (lstat(place->file, &found) == 0 && !S_ISSOCK(found.st_mode))
        find(checking, true, place,
             "is there already and is no socket, so the service does not start");
}

static const char *path_of(const struct config *config, const struct config_option *option)
{
    return option->type == CONFIG_PATH ? *(char *const *)((const char *)config + option->offset)
                                       : NULL;
}

/* Two that are read may be one file; one that is written to is nothing else. */
static void check_alone(const struct checking *checking, const struct place *place)
{
    for (const struct config_option *option = config_options; option->section != NULL; option++) {
        const char *path = path_of(checking->config, option);
        bool is_itself = strcmp(option->section, place->section) == 0 &&
                         strcmp(option->name, place->option) == 0;
        if (!is_itself && path != NULL && place->file != NULL && strcmp(path, place->file) == 0)
            find(checking, true, place, "is named by [%s] %s too: each needs its own",
                 option->section, option->name);
    }
}

void site_check(const struct config *config, int64_t now, site_on_finding *on_finding, void *arg)
{
    struct checking checking = {
        .config = config,
        .now = now,
        .on_finding = on_finding,
        .arg = arg,
    };
    const struct place store = {"store", "path", config->store_path},
                       organiser = {"keys", "organiser", config->keys_organiser},
                       backup = {"backup", "folder", config->backup_folder},
                       seal_to = {"backup", "seal_to", config->backup_seal_to},
                       socket = {"control", "socket", config->control_socket};
    const struct place keys = {"keys", "folder", config->keys_folder};
    const struct place *const written[] = {&store, &socket, &backup, &keys};

    find_account(&checking);
    check_web(&checking);
    check_folder_of(&checking, &store);
    check_keys(&checking);
    if (organiser.file != NULL)
        check_public_key(
            &checking, &organiser,
            "the organiser's public key is missing: `undersign key new` makes a pair on "
            "the organiser's machine; put the public file here");
    check_seal(&checking);
    check_mail(&checking);
    check_domains(&checking);
    check_socket(&checking, &socket);
    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
        check_alone(&checking, written[i]);
    check_folder(&checking, &backup);
    if (seal_to.file != NULL)
        check_public_key(&checking, &seal_to,
                         "the public key that backups are sealed to is missing");
}
