#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roles by Unix group, with real accounts: what each may have the service do, from here and through a real sshd; what
the control socket lets in; who stands in the audit log. Accounts are root's to make: elsewhere this is skipped."""

import functools
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import realsite
from realsite import main
from remote import Accounts, Programs, Remote, let_in

SLUG = "ardenia-oil-strike"
ROLES = ["moderator", "organiser", "administrator"]
REFUSED, WRONG = 77, 78


class Town:
    """A site whose daemon runs as an account of its own, with people of each role around it."""

    def __init__(self, roles=True, start=True):
        self.roles, self.starts = roles, start

    def __enter__(self):
        self.accounts = Accounts({"service": [], "moderator": ["moderators"], "organiser": ["organisers"],
                                  "administrator": ["administrators"], "nobody": []},
                                 [role + "s" for role in ROLES]).__enter__()
        self.programs = Programs()
        options = {"roles": {role + "s": self.accounts.group(role + "s") for role in ROLES}} if self.roles else {}
        self.site = realsite.Site(options=options)
        self.folder = tempfile.mkdtemp(prefix="undersign-town-")
        os.chmod(self.folder, 0o1777)
        self.site.daemon = [*self.accounts.as_user("service"), self.programs.daemon]
        self.accounts.own("service", self.site.folder)
        let_in(self.site)
        if self.starts:
            self.site.start()
        return self

    def __exit__(self, *rest):
        try:
            self.site.__exit__(*rest)
        finally:
            self.programs.remove()
            shutil.rmtree(self.folder)
            self.accounts.__exit__(*rest)

    def act(self, who, *arguments, stdin=""):
        """Runs a command as somebody; "root" is whoever runs this."""
        arguments = [word.format(own=os.path.join(self.folder, who + ".pdf")) for word in arguments]
        words = [self.programs.program, "--site", self.site.folder, *arguments]
        if who == "root":
            return subprocess.run(words, capture_output=True, text=True, input=stdin, timeout=120, cwd="/")
        return self.accounts.run(who, *words, stdin=stdin)

    def refusal(self, who, *arguments):
        done = self.act(who, *arguments)
        assert done.returncode == REFUSED and done.stdout == "", (who, arguments, done)
        return done.stderr


def in_town(**how):
    """With a town of the test's own, or, where nothing is said, the one that such tests share."""
    def wrap(test):
        @functools.wraps(test)
        def run():
            if not how:
                if not shared:
                    shared.append(Town().__enter__())
                test(shared[0])
                return
            with Town(**how) as town:
                test(town)
        return run
    return wrap


shared = []


@in_town(roles=False)
def test_the_default_lets_nobody_in(town):
    """without [roles] the socket is the service's account's and root's alone"""
    mode = os.stat(os.path.join(town.site.folder, "control.sock")).st_mode
    assert stat.S_IMODE(mode) == 0o600, oct(mode)
    for who in ["moderator", "administrator", "nobody"]:
        said = town.refusal(who, "appeal", "list")
        assert "only the service's account and root may" in said and "[roles]" in said, said
    for who in ["root", "service"]:
        assert town.act(who, "appeal", "list").returncode == 0


# What each role may do first. An organiser's are real work, not only questions.
COMMANDS = [
    ("moderator", ["appeal", "list"]),
    ("moderator", ["appeal", "show", SLUG]),
    ("moderator", ["queue"]),
    ("moderator", ["signature", "list", SLUG]),
    ("moderator", ["check", "counts"]),
    ("moderator", ["moderate", SLUG]),
    ("moderator", ["stats", SLUG]),
    ("moderator", ["register", "list"]),
    ("moderator", ["act", "list"]),
    ("moderator", ["appeal", "shield", SLUG, "on"]),
    ("moderator", ["audit", "list"]),
    ("moderator", ["audit", "verify"]),
    ("organiser", ["key", "show"]),
    ("organiser", ["export", "csv", SLUG, "-o", "-"]),
    ("organiser", ["export", "json", SLUG, "--all", "-o", "-"]),
    ("organiser", ["export", "letter", SLUG, "-o", "{own}"]),
    ("organiser", ["delivery", "list", SLUG]),
    ("organiser", ["update", "list", SLUG]),
    ("organiser", ["appeal", "publish", SLUG, "--yes"]),
    ("organiser", ["appeal", "import", os.path.join(realsite.TOP, "contrib/appeals", SLUG)]),
    ("organiser", ["retention", "show"]),
    ("organiser", ["appeal", "pause", SLUG]),
    ("organiser", ["appeal", "resume", SLUG]),
    ("administrator", ["mail", "list"]),
    ("administrator", ["db", "status"]),
    ("administrator", ["backup", "list"]),
    ("administrator", ["retention", "run", "--dry-run"]),
    ("administrator", ["config", "show"]),
    ("administrator", ["config", "check"]),
    ("administrator", ["audit", "export"]),
]


@in_town()
def test_each_role_may_what_it_may(town):
    """moderators look and decide, organisers also publish and export, administrators do everything"""
    for least, command in COMMANDS:
        for who in ROLES + ["service", "root"]:
            done = town.act(who, *command)
            if who not in ROLES or ROLES.index(who) >= ROLES.index(least):
                assert done.returncode == 0, (who, command, done)
                continue
            assert done.returncode == REFUSED and done.stdout == "", (who, command, done)
            a = "an" if who == "organiser" else "a"
            for part in [f"needs the role {least}", f"you are {a} {who}", town.accounts.group(least + "s")]:
                assert part in done.stderr, (part, done.stderr)
    # The role is asked before there are files, and merging is moderating.
    erase = ["signature", "erase", "nothere", "--reason", "asked", "--yes", "-o", "/nowhere/at/all"]
    done = town.act("moderator", *erase)
    assert done.returncode == REFUSED and "needs the role organiser" in done.stderr, done
    done = town.act("moderator", "signature", "merge", "nothere", "neither", "--yes")
    assert done.returncode not in (0, REFUSED) and "role" not in done.stderr, done


@in_town()
def test_who_has_no_role(town):
    """is told at the door which groups there are, whatever was asked"""
    mode = os.stat(os.path.join(town.site.folder, "control.sock")).st_mode
    assert stat.S_IMODE(mode) == 0o666, oct(mode)
    for command in [["appeal", "list"], ["config", "show"], ["export", "csv", SLUG, "-o", "-"]]:
        said = town.refusal("nobody", *command)
        for role in ROLES:
            assert town.accounts.group(role + "s") in said, said
        assert "unix:" + town.accounts.user("nobody") in said, said


STRANGER = """
import socket, sys
held = []
for i in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.settimeout(20)
    held.append(s)
for s in held:
    said = b""
    while True:
        try:
            more = s.recv(65536)
        except ConnectionResetError:
            break
        if not more:
            break
        said += more
    assert b"no role" in said or b"connections to the service already" in said, said
print("all were sent away")
"""


@in_town()
def test_strangers_hold_no_place(town):
    """who has no role is refused before a word of theirs, and takes no moderator's place"""
    town.accounts.run("nobody", sys.executable, "-c", STRANGER,
                      os.path.join(town.site.folder, "control.sock"), check=True)
    assert town.act("moderator", "appeal", "list").returncode == 0


HOLDER = """
import socket, sys, time
held, taken = [], 0
for i in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.settimeout(20)
    said = b""
    while b"undersignd" not in said:
        said += s.recv(65536)
    s.settimeout(0.2)  # who is refused is told at once, behind the hello
    try:
        said += s.recv(65536)
    except (TimeoutError, ConnectionResetError):
        pass
    if b"already" not in said:
        taken += 1
        held.append(s)
print(taken, flush=True)
sys.stdin.read()
"""


@in_town()
def test_nobody_locks_the_others_out(town):
    """an account that is no administrator's has four places, and two are kept for root and the service"""
    socket, holders = os.path.join(town.site.folder, "control.sock"), []

    def hold(who, count):
        holders.append(subprocess.Popen([*town.accounts.as_user(who), sys.executable, "-c", HOLDER, socket, str(count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"))
        return int(holders[-1].stdout.readline())

    try:
        assert hold("moderator", 6) == 4
        said = town.act("moderator", "appeal", "list")
        assert said.returncode != 0 and "you have 4 connections to the service already" in said.stderr, said
        assert town.act("organiser", "appeal", "list").returncode == 0
        assert hold("organiser", 4) == 4
        assert hold("administrator", 8) == 6
        said = town.act("administrator", "appeal", "list")
        assert said.returncode != 0 and "14 clients already" in said.stderr, said
        assert town.act("root", "status").returncode == 0
        assert town.act("service", "status").returncode == 0
    finally:
        for holder in holders:
            holder.communicate()


@in_town(start=False)
def test_without_the_service(town):
    """only its account may act, and root, who becomes it; everybody else is told so"""
    before = sorted(os.listdir(town.site.folder))
    for who in ROLES + ["nobody"]:
        for command in [["appeal", "list"], ["mail", "list"], ["config", "show"]]:
            said = town.refusal(who, *command)
            assert "no undersignd is running" in said and town.accounts.user("service") in said, (who, said)
    assert sorted(os.listdir(town.site.folder)) == before
    for who in ["root", "service"]:
        os.remove(os.path.join(town.site.folder, "undersign.db.lock"))  # whoever opens the site makes it anew
        for least, command in COMMANDS:
            done = town.act(who, *command)
            assert done.returncode == 0, (who, command, done)
    owners = {os.lstat(os.path.join(top, name)).st_uid
              for top, folders, files in os.walk(town.site.folder) for name in folders + files}
    assert owners == {town.accounts.uid("service")}, owners
    os.chmod(town.site.folder, 0o700)
    assert town.act("moderator", "appeal", "list").returncode == WRONG


@in_town()
def test_through_a_real_sshd(town):
    """--host gives the rights of whoever logs in there, and no more"""
    with Remote(town.programs) as remote:
        for least, command in COMMANDS[:4] + [c for c in COMMANDS if c[1][0] in ("key", "export", "config")]:
            for who in ROLES:
                words = [word.format(own=os.path.join(town.folder, "remote.pdf")) for word in command]
                done = remote.run(town.site, *words, user=town.accounts.user(who), check=False)
                may = ROLES.index(who) >= ROLES.index(least)
                assert done.returncode == (0 if may else REFUSED), (who, command, done)
                assert may or f"needs the role {least}" in done.stderr, done.stderr
        done = remote.run(town.site, "appeal", "list", user=town.accounts.user("nobody"), check=False)
        assert done.returncode == REFUSED and "no role" in done.stderr, done
        town.site.stop()
        done = remote.run(town.site, "appeal", "list", user=town.accounts.user("moderator"), check=False)
        assert done.returncode == REFUSED and "no undersignd is running" in done.stderr, done
        assert remote.run(town.site, "appeal", "list").stdout != ""
        town.site.start()


@in_town()
def test_the_audit_log_has_the_account(town):
    """the Unix user at the socket's other end stands there, whatever its environment says"""
    command = ["export", "csv", SLUG, "-o", "-"]
    lies = ["/usr/bin/env", "USER=root", "LOGNAME=root", "SUDO_USER=root", "SUDO_UID=0", "UNDERSIGN_ACTOR=root"]
    words = [town.programs.program, "--site", town.site.folder, *command]
    with Remote(town.programs) as remote:
        town.accounts.run("organiser", *lies, *words, check=True)
        remote.run(town.site, *command, user=town.accounts.user("administrator"))
        subprocess.run([*lies[:1], "SUDO_USER=" + town.accounts.user("moderator"), *words], check=True,
                       capture_output=True)
        town.site.stop()
        # Root becomes the service's account then; it is still root who acted.
        assert town.act("root", *command).returncode == 0
        assert town.act("service", *command).returncode == 0
        rows = town.site.json("audit", "list", SLUG, "--last", "5")
        town.site.start()
    assert [row["actor"] for row in rows] == [
        "unix:" + town.accounts.user("organiser"), "unix:" + town.accounts.user("administrator"), "unix:root",
        "unix:root", "unix:" + town.accounts.user("service")], rows


@in_town()
def test_the_log_does_not_tell_the_hour(town):
    """of a signature: to those who are not administrators entries have no number, and a day's signatories come first"""
    town.site.run("appeal", "shield", SLUG, "off")  # under which few may sign from one address
    for n in range(6):
        before = len(town.site.mails())
        town.site.sign(SLUG, organisation=f"Hour {n}", email=f"a@hour{n}.example")
        town.site.confirm(town.site.mails(before + 1)[-1])
        (new,) = [row["id"] for row in town.site.json("queue") if row["state"] == "confirmed"]
        town.site.run("signature", "hold", new)
    town.site.run("signature", "approve", *[row["id"] for row in town.site.json("queue")])
    written = town.site.json("audit", "list")
    for who in ["moderator", "organiser"]:
        def listed(*more):
            done = town.act(who, "audit", "list", *more, "--json")
            assert done.returncode == 0, done
            return json.loads(done.stdout)
        rows = listed()
        assert {row["seq"] for row in rows} == {None} and len(rows) == len(written), rows
        days = [(row["at"][:10], row["actor"] != "signatory") for row in rows]
        assert days == sorted(days), rows
        signed = [(row["at"][:10], row["subject"]) for row in rows if row["actor"] == "signatory"]
        assert len(signed) >= 6 and signed == sorted(signed), signed
        assert sorted(map(str, rows)) == sorted(str({**row, "seq": None}) for row in written)
        for last in [1, 2, len(rows) - 1, len(rows), len(rows) + 3]:
            assert listed("--last", str(last)) == rows[-last:], last
        day, subject = signed[0]
        assert listed("--since", day) == [row for row in rows if row["at"][:10] >= day]
        story = [row for row in rows if row["subject"] == subject]
        assert listed(subject) == story and listed(subject, "--last", "1") == story[-1:], story
    assert None not in {row["seq"] for row in json.loads(town.act("administrator", "audit", "list", "--json").stdout)}


@in_town()
def test_a_group_that_was_left(town):
    """gives no role to who logs in anew"""
    assert town.act("moderator", "queue").returncode == 0
    subprocess.run(["gpasswd", "-d", town.accounts.user("moderator"), town.accounts.group("moderators")], check=True,
                   capture_output=True)
    assert "no role" in town.refusal("moderator", "queue")


def test_groups_that_are_not_there():
    """config check says so, and the service starts and gives the others their roles"""
    with realsite.Site(options={"roles": {"moderators": "no-such-group-here"}}, appeals=False) as site:
        done = site.run("config", "check", check=False)
        assert done.returncode != 0 and "[roles] moderators" in done.stderr and "no-such-group-here" in done.stderr, done
        assert "no-such-group-here" in site.daemon_log()
        assert site.run("appeal", "list").returncode == 0
    for wrong in ["two words", "-x", "a:b"]:
        try:
            realsite.Site(options={"roles": {"moderators": wrong}})
        except AssertionError as error:
            assert "must be the name of one Unix group" in str(error), error
        else:
            raise AssertionError(wrong)


if __name__ == "__main__":
    try:
        main([
            test_each_role_may_what_it_may, test_who_has_no_role, test_strangers_hold_no_place,
            test_nobody_locks_the_others_out,
            test_the_audit_log_has_the_account, test_the_log_does_not_tell_the_hour,
            test_through_a_real_sshd, test_a_group_that_was_left,
            test_the_default_lets_nobody_in, test_without_the_service, test_groups_that_are_not_there,
        ])
    finally:
        for town in shared:
            town.__exit__(None, None, None)
