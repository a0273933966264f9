/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "control/owner.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum us_err find_owner(const struct config *config, struct stat *found, struct fault *fault)
{
    const char *slash = strrchr(config->store_path, '/');
    char *folder;
    int n = 0;

    if (lstat(config->store_path, found) == 0 && S_ISREG(found->st_mode))
        return US_OK;
    folder = mem_string_part(config->store_path, slash == NULL || slash == config->store_path
                                                     ? 1
                                                     : (size_t)(slash - config->store_path));
    if (stat(folder, found) != 0)
        n = errno;
    free(folder);
    if (n == 0)
        return US_OK;
    fault_set(fault, NULL, 0,
              n == EACCES ? "no undersignd is running for this site, and without it only its "
                            "account and root may act; its database %s cannot be reached: %s"
                          : "no undersignd is running for this site, and its database %s cannot be "
                            "reached: %s",
              config->store_path, strerror(n));
    return n == EACCES ? US_DENIED : n == ENOENT ? US_NOT_FOUND : US_IO;
}

static enum us_err become(const struct stat *owner, const char *name)
{
    /* Groups first: an ordinary account may not change them any more. */
    if ((name != NULL ? initgroups(name, owner->st_gid) : setgroups(0, NULL)) != 0 ||
        setgid(owner->st_gid) != 0 || setuid(owner->st_uid) != 0)
        return US_DENIED;
    return getuid() == owner->st_uid && geteuid() == owner->st_uid ? US_OK : US_DENIED;
}

static enum us_err refuse(const struct stat *owner, const struct passwd *account,
                          struct fault *fault)
{
    char number[24];

    snprintf(number, sizeof(number), "uid %lu", (unsigned long)owner->st_uid);
    fault_set(fault, NULL, 0,
              "no undersignd is running for this site, and without it only its account (%s) and "
              "root may act; start undersignd, or run this with sudo",
              account != NULL ? account->pw_name : number);
    return US_DENIED;
}

enum us_err owner_check(const struct config *config, struct fault *fault)
{
    char buffer[4096];
    struct passwd entry, *account = NULL;
    struct stat owner;
    struct fault found = {.text = ""};
    enum us_err err = find_owner(config, &owner, &found);

    if (err == US_DENIED)
        *fault = found;
    if (err != US_OK)
        return err == US_DENIED ? err : US_OK;
    if (geteuid() == owner.st_uid || geteuid() == 0)
        return US_OK;
    if (getpwuid_r(owner.st_uid, &entry, buffer, sizeof(buffer), &account) != 0)
        account = NULL;
    return refuse(&owner, account, fault);
}

enum us_err owner_become(const struct config *config, struct fault *fault)
{
    char buffer[4096];
    struct passwd entry, *account = NULL;
    struct stat owner;
    enum us_err err = find_owner(config, &owner, fault);

    if (err != US_OK)
        return err;
    if (geteuid() == owner.st_uid)
        return US_OK;
    if (getpwuid_r(owner.st_uid, &entry, buffer, sizeof(buffer), &account) != 0)
        account = NULL;
    if (geteuid() == 0) {
        if (become(&owner, account != NULL ? account->pw_name : NULL) == US_OK)
            return US_OK;
        fault_set(fault, NULL, 0, "cannot become the service's account (uid %lu)",
                  (unsigned long)owner.st_uid);
        return US_DENIED;
    }
    return refuse(&owner, account, fault);
}
