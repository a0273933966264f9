# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real other people for end-to-end tests: a real sshd on the loopback address, and accounts of this machine that are
made for a test and removed after it. Both say plainly why where they cannot be had (realsite.Skip)."""

import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time

from realsite import DAEMON, PROGRAM, Skip, free_port

PRIVILEGE_FOLDER = "/run/sshd"


def need(program):
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise Skip(f"there is no {program} on this machine")
    return found


class Programs:
    """A copy of the built programs where every account can run them."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="undersign-programs-")
        os.chmod(self.folder, 0o755)
        for program in (PROGRAM, DAEMON):
            shutil.copy(program, self.folder)
            os.chmod(os.path.join(self.folder, os.path.basename(program)), 0o755)
        self.program = os.path.join(self.folder, "undersign")
        self.daemon = os.path.join(self.folder, "undersignd")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Accounts:
    """with Accounts(users={"moderator": ["moderators"], "nobody": []}, groups=["moderators"]) as accounts: real Unix
    accounts and groups of random names, for root alone. accounts.user("moderator") and accounts.group("moderators")
    are their names; accounts.run("moderator", PROGRAM...) runs one as that account, with its groups, out of no
    environment but PATH."""

    def __init__(self, users, groups=()):
        if os.geteuid() != 0:
            raise Skip("only root can make other accounts")
        self.useradd, self.groupadd = need("useradd"), need("groupadd")
        self.userdel, self.groupdel = need("userdel"), need("groupdel")
        self.setpriv = need("setpriv")
        self.mark = "ut" + secrets.token_hex(3)
        self.wanted_users, self.wanted_groups = dict(users), list(groups)
        self.users, self.groups = {}, {}
        self.home = tempfile.mkdtemp(prefix="undersign-homes-")
        os.chmod(self.home, 0o755)

    def __enter__(self):
        try:
            for group in self.wanted_groups:
                name = self.mark + group
                subprocess.run([self.groupadd, name], check=True, capture_output=True)
                self.groups[group] = name
            for user, groups in self.wanted_users.items():
                name, home = self.mark + user, os.path.join(self.home, user)
                os.mkdir(home, 0o700)
                # "*": no password fits, but the account is not locked, which sshd would look at.
                subprocess.run([self.useradd, "-M", "-U", "-d", home, "-s", "/bin/sh", "-p", "*",
                                *(["-G", ",".join(self.groups[g] for g in groups)] if groups else []), name],
                               check=True, capture_output=True)
                self.users[user] = name
                entry = pwd.getpwnam(name)
                os.chown(home, entry.pw_uid, entry.pw_gid)
        except subprocess.CalledProcessError as error:
            self.__exit__(None)
            raise Skip("an account could not be made: " + error.stderr.decode(errors="replace").strip())
        return self

    def __exit__(self, *rest):
        for name in self.users.values():
            subprocess.run([self.userdel, name], capture_output=True)
        for name in self.groups.values():
            subprocess.run([self.groupdel, name], capture_output=True)
        self.users, self.groups = {}, {}
        shutil.rmtree(self.home, ignore_errors=True)

    def user(self, user):
        return self.users[user]

    def uid(self, user):
        return pwd.getpwnam(self.users[user]).pw_uid

    def group(self, group):
        return self.groups[group]

    def as_user(self, user):
        """The words before a command that has to run as that account."""
        entry = pwd.getpwnam(self.users[user])
        return [self.setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups", "--reset-env"]

    def run(self, user, *command, check=False, stdin=None):
        done = subprocess.run([*self.as_user(user), *command], capture_output=True, text=True, input=stdin,
                              timeout=120, cwd="/")
        if check and done.returncode != 0:
            raise AssertionError(f"{user}: {' '.join(command)}: exit {done.returncode}\n{done.stderr}")
        return done

    def own(self, user, folder):
        """Gives a folder and all that is in it to an account."""
        entry = pwd.getpwnam(self.users[user])
        for top, folders, files in os.walk(folder):
            for name in [top] + [os.path.join(top, n) for n in folders + files]:
                os.lchown(name, entry.pw_uid, entry.pw_gid)


class Remote:
    """with Remote() as remote: remote.run(site, "appeal", "list") goes through `undersign --host`, a real ssh and a
    real sshd on the loopback address, to the built undersignd. user: whom to log in as; else the one that runs this.
    Root may log in as any account, others only as themselves."""

    def __init__(self, programs=None):
        self.sshd, self.ssh, keygen = need("sshd"), need("ssh"), need("ssh-keygen")
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.own_programs = programs is None
        self.programs = programs or Programs()
        self.folder = tempfile.mkdtemp(prefix="undersign-sshd-")
        os.chmod(self.folder, 0o755)
        self.made_privilege_folder = False
        self.process = None
        for key in ("host", "key"):
            subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path(key)], check=True)
        shutil.copy(self.path("key.pub"), self.path("authorized"))
        os.chmod(self.path("authorized"), 0o644)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w") as f:
            f.write(text)
        os.chmod(self.path(name), mode)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(None)
            raise
        return self

    def start(self):
        if os.geteuid() == 0 and not os.path.isdir(PRIVILEGE_FOLDER):
            os.makedirs(PRIVILEGE_FOLDER, 0o755)
            self.made_privilege_folder = True
        port = free_port()
        variables = [f"PATH={self.programs.folder}:/usr/bin:/bin"]
        variables += [f"{name}={os.environ[name]}" for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")
                      if name in os.environ]
        self.write("sshd_config", "\n".join([
            f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {self.path('host')}", "PidFile none",
            f"AuthorizedKeysFile {self.path('authorized')}", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "PrintMotd no", "PrintLastLog no",
            "MaxStartups 200", "UseDNS no", "SetEnv " + " ".join(f'"{v}"' for v in variables), ""]))
        with open(self.path("host.pub")) as f:
            self.write("known", f"[127.0.0.1]:{port} {f.read()}")
        self.write("config", "\n".join([
            "Host *", f"  Port {port}", f"  IdentityFile {self.path('key')}", "  IdentitiesOnly yes",
            f"  UserKnownHostsFile {self.path('known')}", "  GlobalKnownHostsFile /dev/null",
            "  StrictHostKeyChecking yes", "  BatchMode yes", "  ControlMaster no", "  ControlPath none",
            "  LogLevel ERROR", ""]))
        self.write("ssh", f"#!/bin/sh\nexec {self.ssh} -F {self.path('config')} \"$@\"\n", 0o755)
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen([self.sshd, "-D", "-e", "-f", self.path("sshd_config")],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while True:
            if self.process.poll() is not None:
                raise Skip("sshd does not start here: " + self.log().strip())
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError("sshd does not answer:\n" + self.log())
                time.sleep(0.02)
        tried = subprocess.run([self.path("ssh"), "-T", "--", self.host(), "true"], capture_output=True, text=True,
                               timeout=60)
        if tried.returncode != 0:
            raise Skip(f"nobody can log in through sshd here: {tried.stderr.strip()}\n{self.log()}")

    def log(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def __exit__(self, *rest):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None
        if self.made_privilege_folder:
            try:
                os.rmdir(PRIVILEGE_FOLDER)
            except OSError:
                pass  # somebody else's by now
        if self.own_programs:
            self.programs.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def host(self, user=None):
        """What to say behind --host."""
        return f"{user or self.user}@127.0.0.1"

    def environment(self):
        return {**os.environ, "UNDERSIGN_SSH": self.path("ssh")}

    def arguments(self, site, user=None):
        """The words that name the site, to stand before a command's."""
        return ["--host", self.host(user), "--site", getattr(site, "folder", site)]

    def run(self, site, *arguments, user=None, check=True, stdin=None, **kwargs):
        done = subprocess.run([PROGRAM, *self.arguments(site, user), *arguments], capture_output=True, text=True,
                              input=stdin, timeout=120, env=self.environment(), **kwargs)
        if check and done.returncode != 0:
            raise AssertionError(f"undersign --host {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
        return done

    def json(self, site, *arguments, user=None):
        return json.loads(self.run(site, *arguments, "--json", user=user).stdout)


def let_in(site):
    """Lets every account of this machine reach the site's control socket and read its configuration, and nothing
    else: the folder can be passed, not listed."""
    os.chmod(site.folder, 0o711)
    os.chmod(os.path.join(site.folder, "undersign.conf"), 0o644)
