/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "config.h"

#include "base/mem.h"
#include "base/str.h"
#include "cli/peer.h"
#include "proto/socket.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEER_FILE 3 /* where undersignd --backup finds it */
#define PEER_PROGRAM "undersignd"
#define PEER_EXEC_FAILED 127
#define PEER_WAIT_MS 3000
#define PEER_LOOK_MS 10

/* The file beside the running program, or where an installation puts it; NULL: left to PATH. */
static char *find_program(void)
{
    static const char *const places[] = {PEER_PROGRAM, "../sbin/" PEER_PROGRAM};
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *path;

    if (len > 0) {
        self[len] = '\0';
        *(strrchr(self, '/') + 1) = '\0';
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
            path = mem_format("%s%s", self, places[i]);
            if (access(path, X_OK) == 0)
                return path;
            free(path);
        }
    }
    return access(UNDERSIGN_SBIN_DIR "/" PEER_PROGRAM, X_OK) == 0
               ? mem_string(UNDERSIGN_SBIN_DIR "/" PEER_PROGRAM)
               : NULL;
}

/* The child's side: `fd` is its input and output, `file` (-1: none) what it is to open. Does not
 * return. */
static void become_child(char *const *argv, int fd, int file, bool is_shielded)
{
    signal(SIGPIPE, SIG_DFL);
    /* Ctrl-C reaches the whole foreground group; a service in the middle of a write is told by its
     * client, not by a signal. ssh may be asking for a password and must hear it. */
    if (is_shielded)
        signal(SIGINT, SIG_IGN);
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(PEER_EXEC_FAILED);
    if (file == PEER_FILE && fcntl(file, F_SETFD, 0) != 0)
        _exit(PEER_EXEC_FAILED);
    if (file >= 0 && file != PEER_FILE && dup2(file, PEER_FILE) < 0)
        _exit(PEER_EXEC_FAILED);
    execvp(argv[0], argv);
    _exit(PEER_EXEC_FAILED);
}

static enum us_err start_child_with(char *const *argv, int file, bool is_remote, struct peer *out,
                                    struct fault *fault)
{
    int pair[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        fault_set(fault, NULL, 0, "cannot make a socket: %s", strerror(errno));
        return US_IO;
    }
    child = fork();
    if (child == 0)
        become_child(argv, pair[1], file, !is_remote);
    close(pair[1]);
    if (child < 0) {
        fault_set(fault, NULL, 0, "cannot start %s: %s", argv[0], strerror(errno));
        close(pair[0]);
        return US_IO;
    }
    *out = (struct peer){.fd = pair[0], .child = child, .is_remote = is_remote};
    return US_OK;
}

static enum us_err start_child(char *const *argv, bool is_remote, struct peer *out,
                               struct fault *fault)
{
    return start_child_with(argv, -1, is_remote, out, fault);
}

enum us_err peer_open_backup(const char *config, int file, struct peer *out, struct fault *fault)
{
    char program[] = PEER_PROGRAM, backup[] = "--backup", option[] = "--config";
    char *found = find_program(), *path = mem_string(config);
    char *name = found != NULL ? found : program;
    enum us_err err =
        start_child_with((char *[]){name, backup, path != NULL ? option : NULL, path, NULL}, file,
                         false, out, fault);

    free(found);
    free(path);
    return err;
}

enum us_err peer_open(const char *config, const char *socket, struct peer *out, struct fault *fault)
{
    char program[] = PEER_PROGRAM, stdio[] = "--stdio", option[] = "--config";
    char *found, *path;
    enum us_err err;

    *out = (struct peer){.fd = -1, .child = -1};
    err = socket_connect(socket, &out->fd, fault);
    if (err != US_NOT_FOUND)
        return err;
    fault_set(fault, NULL, 0, "%s", "");
    found = find_program();
    path = mem_string(config);
    err = start_child((char *[]){found != NULL ? found : program, stdio, option, path, NULL}, false,
                      out, fault);
    free(found);
    free(path);
    return err;
}

/* Appends a word so that any shell there reads it as one. */
static void quote(const char *word, struct str *out)
{
    str_append_char(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            str_append_text(out, "'\\''");
        else
            str_append_char(out, *word);
    }
    str_append_char(out, '\'');
}

enum us_err peer_open_host(const char *host, const char *config, struct peer *out,
                           struct fault *fault)
{
    /* The search path of a session that is not a login lacks the folders of services. */
    static const char start[] =
        "env PATH=\"$PATH:/usr/local/sbin:/usr/sbin\" " PEER_PROGRAM " --stdio";
    const char *told = getenv("UNDERSIGN_SSH");
    char *ssh = mem_string(told != NULL && told[0] != '\0' ? told : "ssh");
    char *name = mem_string(host);
    char option[] = "-T", end[] = "--";
    struct str command = STR_INIT;
    enum us_err err;

    str_append_text(&command, start);
    if (config != NULL) {
        str_append_text(&command, " --config ");
        quote(config, &command);
    }
    if (host[0] == '-' || host[0] == '\0') {
        fault_set(fault, NULL, 0, "\"%s\" is not a host", host);
        err = US_INVALID;
    } else {
        err = start_child((char *[]){ssh, option, end, name, command.data, NULL}, true, out, fault);
    }
    str_free(&command);
    free(name);
    free(ssh);
    return err;
}

/* Whether the child has ended, waiting a little for it. */
static bool has_ended(pid_t child)
{
    for (int waited = 0; waited < PEER_WAIT_MS; waited += PEER_LOOK_MS) {
        pid_t n = waitpid(child, NULL, WNOHANG);
        if (n == child || (n < 0 && errno != EINTR))
            return true;
        poll(NULL, 0, PEER_LOOK_MS);
    }
    return false;
}

void peer_close(struct peer *peer)
{
    close(peer->fd);
    if (peer->child < 0)
        return;
    /* An undersignd that still writes ends by itself when it has; an ssh whose other end does not
     * answer might never. */
    if (!has_ended(peer->child) && peer->is_remote) {
        kill(peer->child, SIGTERM);
        has_ended(peer->child);
    }
    peer->child = -1;
}
