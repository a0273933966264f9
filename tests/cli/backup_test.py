# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backups end to end: made while people sign, sealed, spoilt, verified, and put back, with the plug pulled at every step."""

import ctypes
import glob
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import DAEMON, PROGRAM, Site, Skip, free_port, main, own_link, wait_until

SLUG = "ardenia-oil-strike"


class Backups(Site):
    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def database(self):
        return self.path("undersign.db")

    def sign_some(self, first, count):
        before = len(self.mails())
        for n in range(first, first + count):
            self.sign(SLUG, organisation=f"Union {n}", organisation_latin=None, email=f"office@union{n}.example")
        for message in self.mails(before + count)[before:]:
            assert self.confirm(message).status in (200, 303)

    def rows(self, path=None):
        db = sqlite3.connect(f"file:{path or self.database}?mode=ro", uri=True)
        try:
            return db.execute("SELECT organisation, state FROM signature ORDER BY organisation").fetchall()
        finally:
            db.close()

    def sql(self, text, path=None):
        db = sqlite3.connect(path or self.database)
        with db:
            db.executescript(text)
        db.close()

    def backup(self, name, *arguments):
        self.run("backup", "create", "-o", self.path(name), *arguments)
        return self.path(name)

    def refuse(self, code, *arguments, say, **more):
        done = self.run(*arguments, check=False, **more)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert say in done.stderr, done.stderr
        return done

    def checks(self, *arguments, code=0):
        done = self.run(*arguments, "--json", check=False)
        assert done.returncode == code, (done.returncode, done.stderr)
        found = json.loads(done.stdout)
        assert found["holds"] == (code == 0), found
        return {check["what"]: check["holds"] for check in found["checks"]}, found

    def leftovers(self):
        return [name for name in glob.glob(self.path("**"), recursive=True)
                if ".copy-" in name or name.endswith(".part") or "restoring" in name]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


def test_made_while_people_sign():
    """A backup is of one moment: its counters, lists and digests agree, whoever signs meanwhile, and it is the owner's alone"""
    with Backups() as site:
        for n in range(40):
            site.sign(SLUG, organisation=f"Union {n}", organisation_latin=None, email=f"office@union{n}.example")
        mails = site.mails(40)

        def confirm():
            for message in mails:
                site.confirm(message)
        signing = threading.Thread(target=confirm)
        signing.start()
        seen, made = [], []
        for n in range(6):
            made.append(site.backup(f"{n}.backup"))
        signing.join()
        made.append(site.backup("last.backup"))
        for path in made:
            checks, found = site.checks("backup", "verify", path)
            assert list(checks) == ["file", "structure", "schema", "rows", "signatures", "audit"], checks
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
            seen.append(found["backup"]["signatures"])
        assert seen == sorted(seen) and seen[-1] == 40, seen
        assert not site.leftovers()
        acts = [(row["act"], row["actor"]) for row in site.json("audit", "list") if row["act"].startswith("backup.")]
        assert len(acts) == 7 and all(act[0] == "backup.send" and act[1].startswith("unix:") for act in acts), acts


def test_folder():
    """Without -o backups go to the folder; the oldest go by [backup] keep, and another site's stay"""
    with Backups(options={"backup": {"keep": 2, "folder": "shelf"}}) as site:
        foreign = site.path("shelf/undersign-20200101T000000Z.backup")
        first = site.run("backup", "create")
        path = first.stdout.strip()
        assert path.startswith(site.path("shelf/undersign-")) and os.path.exists(path), first
        assert "keys are not in it" in first.stderr and path in first.stderr, first.stderr
        data = read(path)
        write(foreign, data.replace(site.url.encode(), b"http://another.example"))
        broken = write(site.path("shelf/undersign-20190101T000000Z.backup"), b"nothing")
        for _ in range(2):
            time.sleep(1.1)  # a name has its second
            site.run("backup", "create")
        listed = site.json("backup", "list")
        assert [row["name"] for row in listed] == sorted((row["name"] for row in listed), reverse=True)
        assert len(listed) == 4 and not os.path.exists(path) and os.path.exists(foreign) and os.path.exists(broken), listed
        assert [row["problem"] is None for row in listed] == [True, True, True, False], listed
        assert listed[0]["site"] == site.url and listed[0]["signatures"] == 0 and not listed[0]["sealed"], listed[0]
        assert stat.S_IMODE(os.stat(site.path("shelf")).st_mode) == 0o700
        tried = site.run("backup", "create", "--dry-run")
        assert "Nothing was written" in tried.stderr and len(site.json("backup", "list")) == 4, tried.stderr
        assert site.json("db", "status")["last_backup_at"] == listed[0]["made_at"]


def test_by_itself():
    """[backup] every_hours makes one when the service starts and the last one is too old, and not again"""
    with Backups(options={"backup": {"every_hours": 24}}) as site:
        wait_until(lambda: len(site.json("backup", "list")) == 1)
        assert [row["actor"] for row in site.json("audit", "list") if row["act"] == "backup.create"] == ["service"]
        site.stop()
        site.start()
        assert len(site.json("backup", "list")) == 1


def test_sealed():
    """A sealed one is opened by its private key alone; without it only whether it is whole can be told"""
    with Backups() as site:
        site.sign_some(0, 3)
        key, other = site.path("organiser.key"), site.path("other.key")
        site.run("key", "new", "-o", other)
        path = site.backup("sealed.backup", "--seal-to", key + ".pub")
        plain = site.backup("plain.backup")
        assert b"CREATE TABLE" not in read(path) and b"SQLite format" not in read(path)
        site.refuse(64, "backup", "verify", path, say="--key FILE")
        site.refuse(77, "backup", "verify", path, "--key", other, say="another key")
        checks, found = site.checks("backup", "verify", path, "--key", key)
        assert all(checks.values()) and found["backup"]["sealed_to"], found
        site.checks("backup", "verify", plain, "--key", key)
        cut = write(site.path("cut.backup"), read(path)[:-100])
        site.refuse(65, "backup", "verify", cut, say="damaged")
        site.refuse(65, "backup", "verify", cut, "--key", key, say="damaged")
        # The configuration's key, without a word on the command line.
        with open(site.path("undersign.conf"), "a") as f:
            f.write(f"[backup]\nseal_to = {key}.pub\n")
        site.stop()
        site.start()
        kept = site.run("backup", "create").stdout.strip()
        site.refuse(64, "backup", "verify", kept, say="--key FILE")
        site.checks("backup", "verify", kept, "--key", key)


def test_spoilt():
    """A changed, cut or lengthened backup is found, wherever it was spoilt, and so is one of a database that was spoilt"""
    with Backups() as site:
        site.sign_some(0, 3)
        path = site.backup("good.backup")
        data = read(path)
        spoilt = site.path("spoilt.backup")
        for n in range(16):
            place = n * (len(data) - 1) // 15
            write(spoilt, data[:place] + bytes([data[place] ^ 1]) + data[place + 1:])
            assert site.run("backup", "verify", spoilt, check=False).returncode == 65, place
        for cut in (0, 1, 100, len(data) // 2, len(data) - 1):
            write(spoilt, data[:cut])
            assert site.run("backup", "verify", spoilt, check=False).returncode == 65, cut
        site.refuse(65, "backup", "verify", write(spoilt, data + b"x"), say="damaged")
        site.refuse(65, "backup", "verify", write(spoilt, b"SQLite format 3\0" * 100), say="no backup")
        site.refuse(66, "backup", "verify", site.path("none"), say="No such file")
        site.refuse(66, "backup", "verify", site.folder, say="is no file")

        # Its digest is right, what is in it is not.
        site.stop()
        changes = (("signatures", "UPDATE signature SET organisation = 'Another' WHERE organisation = 'Union 1'"),
                   ("signatures", "UPDATE counter SET signatures = signatures + 1"),
                   ("audit", "UPDATE audit SET at = at + 1 WHERE seq = 2"),
                   ("audit", "UPDATE audit_detail SET reason = 'x' WHERE seq = 2"),
                   ("schema", "CREATE TRIGGER t AFTER INSERT ON signature BEGIN DELETE FROM signature; END"))
        for number, (what, change) in enumerate(changes):
            shutil.copy(site.database, site.path("kept"))
            site.sql(change)
            bad = site.backup(f"bad-{number}.backup")
            checks, found = site.checks("backup", "verify", bad, code=65)
            assert checks[what] is False and found["damages"], (what, found)
            assert site.checks("db", "check", code=65)[0][what] is False
            before = site.rows()
            site.refuse(65, "backup", "restore", bad, "--yes", say="nothing was changed")
            assert site.rows() == before and not site.leftovers()
            for end in ("-wal", "-shm"):
                if os.path.exists(site.database + end):
                    os.unlink(site.database + end)
            shutil.copy(site.path("kept"), site.database)
        site.checks("db", "check")


def pages(site):
    found = []
    for path in (f"/ru/{SLUG}", f"/ru/{SLUG}/signatories", "/ru/"):
        answer = site.request(path)
        assert answer.status == 200, (path, answer.status)
        found.append(answer.text)
    return found


def go_back(site, kept):
    """What stands in the manual's example, as it stands there."""
    with open(os.path.join(os.path.dirname(__file__), "../../contrib/man/undersign-backup.1"), encoding="utf-8") as f:
        lines = f.read().split("a mistake, in the database's folder", 1)[1].split(".Bd", 1)[1].split(".Ed", 1)[0].splitlines()[1:]
    moves = [line.replace("undersign.db.before-20261122T120000Z", os.path.basename(kept)) for line in lines
             if line.startswith("m")]
    assert len(moves) >= 3, lines
    for line in moves:
        subprocess.run(line, shell=True, cwd=site.folder, stderr=subprocess.DEVNULL)
    assert not os.path.exists(kept)


def test_restore():
    """A backup is put back: pages and counts are those of then, the database from before is kept, a stale log is not played"""
    with Backups() as site:
        site.sign_some(0, 4)
        ids = [row["id"] for row in site.json("queue")]
        site.run("signature", "approve", "--yes", *ids[1:])
        then, rows = pages(site), site.rows()
        path = site.backup("x.backup")
        site.refuse(75, "backup", "restore", path, "--yes", say="stop the service first")
        assert site.rows() == rows
        site.sign_some(10, 2)
        site.run("signature", "approve", ids[0])
        later = site.rows()
        site.stop(signal.SIGKILL)  # its log stays
        site.process = None
        assert os.path.getsize(site.database + "-wal") > 0
        for end in ("-wal", "-shm", ""):
            shutil.copy(site.database + end, site.path("killed" + end))

        done = site.refuse(64, "backup", "restore", path, say="--yes")
        done = site.run("backup", "restore", path, "--dry-run")
        assert "will be gone: 2." in done.stderr and "Approved or restored since" in done.stderr and ids[0] in done.stderr, done.stderr
        assert site.rows() == later
        for end in ("-wal", "-shm", ""):  # as it was killed, with its log
            shutil.copy(site.path("killed" + end), site.database + end)
        done = site.run("backup", "restore", path, "--yes", "--reason", "a lost disk")
        assert site.rows() == rows and stat.S_IMODE(os.stat(site.database).st_mode) == 0o600
        kept = glob.glob(site.database + ".before-*")
        assert len(kept) == 1 and kept[0] in done.stderr, done.stderr
        assert site.rows(kept[0]) == later, "what stood in the log is in the old database"
        assert not site.leftovers()

        site.start()
        assert pages(site) == then
        assert site.run("check", "counts", check=False).returncode == 0
        assert site.checks("db", "check")
        entry = [row for row in site.json("audit", "list") if row["act"] == "backup.restore"]
        assert len(entry) == 1 and entry[0]["actor"].startswith("unix:"), entry
        site.sign_some(20, 1)  # and life goes on
        assert len(site.rows()) == 5
        # And back to the one from before, as the manual says, also where the service left a log.
        for end in ("", "-wal"):
            assert site.database + end in done.stderr, done.stderr
        site.stop(signal.SIGKILL)
        site.process = None
        assert os.path.getsize(site.database + "-wal") > 0
        for end in ("-wal", "-shm"):  # what looking into that one left
            if os.path.exists(kept[0] + end):
                os.unlink(kept[0] + end)
        go_back(site, kept[0])
        site.start()
        assert site.rows() == later
        site.checks("db", "check")
        # One that is kept for long is named, since it holds persons.
        old = write(site.database + ".before-20260101T000000Z", b"")
        assert f"rm {old}" in site.run("status", check=False).stdout


def person(number):
    return f"Representative {number}"


def test_ended_since():
    """Who withdrew, was erased or struck since the backup is so again after a restore, wherever it stood; the reasons too"""
    with Backups() as site:
        for n in range(6):
            site.sign(SLUG, organisation=f"Union {n}", organisation_latin=None, email=f"office@union{n}.example",
                      representative=person(n), visibility="public")
        for message in site.mails(6):
            assert site.confirm(message).status in (200, 303)
        ids = {row["organisation"]: row["id"] for row in site.json("queue")}
        ids = [ids[f"Union {n}"] for n in range(6)]
        site.run("signature", "approve", "--yes", "--reason", "they told us", *ids[:5])
        path = site.backup("x.backup")

        def shown():
            text = site.request(f"/ru/{SLUG}/signatories").text
            return [n for n in range(6) if person(n) in text]
        assert shown() == [0, 1, 2, 3, 4], shown()
        # 0: erased. 1: withdraws. 2: struck. 3: struck, its term is over. 4: erased, then withdraws. 5: waits, erased.
        withdraw = [next(own_link(m) for m in site.mails(6) if f"@union{n}.example" in m["To"]) for n in (1, 4)]
        for n in (0, 4, 5):
            site.run("signature", "erase", ids[n], "--reason", "asked", "--yes", "-o", site.path(f"c{n}.txt"))
        for way in withdraw:
            assert site.request(way, data={"act": "withdraw"}).status == 303
        site.run("signature", "strike", *ids[2:4], "--reason", "x", "--yes")
        site.stop()
        db = sqlite3.connect(site.database)
        states = dict(db.execute("SELECT public_id, state FROM signature").fetchall())
        db.close()  # who has it open stops a restore
        assert [states[i] for i in ids] == ["listed", "withdrawn", "struck", "struck", "withdrawn", "withdrawn"], states
        site.sql(f"UPDATE signature SET representative = NULL WHERE public_id = '{ids[3]}'")

        tried = json.loads(site.run("backup", "restore", path, "--dry-run", "--json").stdout)
        assert tried["loss"]["carried"] == 6 and tried["loss"]["undone"] == 0, tried["loss"]
        told = {(row["id"], row["state"]) for row in tried["back"]}
        assert told == {(ids[0], "erased"), (ids[1], "withdrawn"), (ids[2], "struck"), (ids[3], "erased"),
                        (ids[3], "struck"), (ids[4], "withdrawn"), (ids[5], "withdrawn")}, told
        done = site.run("backup", "restore", path, "--yes")
        assert "off the list again" in done.stderr and ids[0] in done.stderr, done.stderr
        kept = site.rows()
        assert [state for _, state in kept] == ["listed", "withdrawn", "struck", "struck", "withdrawn", "withdrawn"], kept
        # The reasons are erased again with the persons; who decided stays.
        for n, is_erased in ((0, True), (1, True), (2, False), (3, True), (4, True)):
            entry, = (row for row in site.json("audit", "list", ids[n]) if row["act"] == "signature.approve")
            assert entry["actor"].startswith("unix:") and entry["erased"] is is_erased, (n, entry)
            assert entry["reason"] == (None if is_erased else "they told us"), (n, entry)
        site.start()
        assert shown() == [], shown()
        assert site.run("check", "counts", check=False).returncode == 0
        site.checks("db", "check")
        site.stop()
        # A second time there is nothing left to do, and nobody comes back from a backup of now.
        again = site.run("backup", "restore", path, "--yes")
        assert "off the list again" in again.stderr and site.rows() == kept
        # With the present database moved away, nobody knows of them; that is said.
        os.rename(site.database, site.path("away"))
        done = site.run("backup", "restore", path, "--yes")
        assert "Who withdrew, was erased" in done.stderr, done.stderr
        assert [state for _, state in site.rows()].count("listed") == 5


def test_files_that_are_refused():
    """No file is written over, what cannot be made ends with 73, and a pipe is no backup"""
    with Backups() as site:
        path = site.backup("x.backup")
        before = read(path)
        for more in ([], ["--dry-run"]):
            site.refuse(73, "backup", "create", "-o", path, *more, say="is there already")
        assert read(path) == before
        os.symlink(site.path("gone"), site.path("link"))
        site.refuse(73, "backup", "create", "-o", site.path("link"), say="is there already")
        assert os.path.islink(site.path("link")) and not os.path.exists(site.path("gone"))
        site.refuse(73, "backup", "create", "-o", site.path("nowhere/x.backup"), say="cannot write")
        os.mkfifo(site.path("pipe"))
        done = subprocess.run([PROGRAM, "backup", "verify", site.path("pipe")], capture_output=True, text=True, timeout=60)
        assert done.returncode == 66 and "is no file" in done.stderr, done


def test_somebody_has_it_open():
    """Neither a lock that was removed nor another name of the database lets a restore, or a second service, in over a live site"""
    with Backups() as site, tempfile.TemporaryDirectory() as other:
        site.sign_some(0, 2)
        path = site.backup("x.backup")
        site.sign_some(5, 1)
        rows = site.rows()
        # The same database under another name.
        os.symlink(site.database, os.path.join(other, "undersign.db"))
        shutil.copytree(site.path("keys"), os.path.join(other, "keys"))
        text = read(site.path("undersign.conf")).decode()
        write(os.path.join(other, "undersign.conf"), text.replace(str(site.port), str(free_port())).encode())
        linked = [PROGRAM, "--site", other, "backup", "restore", path, "--yes"]

        def refuse_linked():
            done = subprocess.run(linked, capture_output=True, text=True)
            assert done.returncode == 75 and "stop the service first" in done.stderr, done
        refuse_linked()
        lock = site.database + ".lock"
        for again in (lambda: site.refuse(75, "backup", "restore", path, "--yes", say="stop the service first"), refuse_linked):
            os.unlink(lock)  # "stale"
            again()
        second = subprocess.run([DAEMON, "--site", other], capture_output=True, text=True, timeout=60)
        assert second.returncode == 69 and "another process has" in second.stderr, second
        assert site.rows() == rows and not glob.glob(site.database + ".before-*")
        site.sign_some(9, 1)  # it lives
        assert len(site.rows()) == 4
        site.stop()
        # A program that keeps to no lock of ours.
        reading, writing = (sqlite3.connect(site.database, isolation_level=None) for _ in range(2))
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM signature").fetchall()
        writing.execute("UPDATE appeal SET slug = slug")  # in the log, which cannot be emptied
        site.refuse(75, "backup", "restore", path, "--yes", say="close it")
        reading.close()
        writing.close()
        alone = sqlite3.connect(site.database, isolation_level=None)
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        site.refuse(75, "backup", "restore", path, "--yes", say="close it")
        alone.close()
        # One that has looked into it and does nothing, and one that reads what is newest: what they write next would be lost.
        for begin in ("", "BEGIN"):
            idle = sqlite3.connect(site.database, isolation_level=None)
            idle.execute(begin)
            idle.execute("SELECT count(*) FROM signature").fetchall()
            site.refuse(75, "backup", "restore", path, "--yes", say="close it")
            assert not site.leftovers()
            idle.close()
        assert len(site.rows()) == 4 and not glob.glob(site.database + ".before-*")
        assert subprocess.run(linked, capture_output=True).returncode == 0
        assert len(site.rows()) == 2 and os.path.islink(os.path.join(other, "undersign.db"))


def open_trial(site):
    """An appeal of its own that lists whoever confirms; gives how to sign it."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "appeal.ini"), "w") as f:
            f.write("[appeal]\nslug = trial\nauthoritative = ru\npolicy = after\n"
                    "[addressee.ituc]\nrole = to\nkind = federation\nlanguage = ru\nname = The federation\naddress =\n    The house\n")
        with open(os.path.join(folder, "ru.md"), "w") as f:
            f.write("---\nkind: Statement\ntitle: On the new law\n---\n\nThe text.\n")
        site.publish(folder)
        with open(os.path.join(folder, "ru.md"), "w") as f:
            f.write("---\ntitle: It goes on\n---\n\nNews that was not true.\n")
        os.unlink(os.path.join(folder, "appeal.ini"))
        site.run("update", "publish", "trial", folder)


NAMES = ("Stays", "Withdraws", "Erased", "Struck", "Refused", "Held", "Unlisted", "Logo", "No news", "Waits")


def sign_trial(site, confirms=True):
    """One of each name, and the way to each own page."""
    ways = {}
    for name in NAMES:
        before = len(site.mails())
        site.sign("trial", organisation=f"{name} union", organisation_latin=None, representative=f"{name} Person", updates="yes",
                  email=f"a@{name.lower().replace(' ', '')}.example", visibility="public")
        message = site.mails(before + 1)[-1]
        ways[name] = own_link(message)
        if name != "Waits":
            assert site.confirm(message).status in (200, 303)
        else:
            ways["confirm"] = message
    return ways


def change_all(site, ids, ways):
    """Everything that takes off the page, or that somebody wished."""
    assert site.request(ways["Withdraws"], data={"act": "withdraw"}).status == 303
    assert site.request(ways["Waits"], data={"act": "withdraw"}).status == 303
    assert site.request(ways["No news"], data={"act": "no-news"}).status == 303
    site.run("signature", "erase", ids["Erased"], "--reason", "asked", "--yes", "-o", site.path("certificate.txt"))
    site.run("signature", "strike", ids["Struck"], "--reason", "x", "--yes")
    for name in ("Refused", "Held", "Unlisted"):
        site.run("signature", "unlist", ids[name])
    site.run("signature", "refuse", ids["Refused"], "--reason", "x", "--yes")
    site.run("signature", "hold", ids["Held"])
    site.run("logo", "remove", ids["Logo"])
    site.run("update", "remove", "trial", "1", "--reason", "not true")
    site.run("appeal", "close", "trial", "--yes")
    site.run("appeal", "shield", "trial", "on")


AFTER = {"Stays": "listed", "Withdraws": "withdrawn", "Erased": "listed", "Struck": "struck", "Refused": "refused", "Held": "held",
         "Unlisted": "confirmed", "Logo": "listed", "No news": "listed"}


def look_ended(site, ways):
    site.start()
    text = site.request("/ru/trial/signatories").text + site.request("/ru/trial").text
    assert [name for name in NAMES if f"{name} Person" in text] == ["Stays", "Logo", "No news"], text
    assert "not true" not in text and site.json("update", "list", "trial") == []
    assert site.confirm(ways["confirm"]).status in (404, 410)
    states = {row["organisation"].removesuffix(" union"): row["state"] for row in site.json("signature", "list", "trial")}
    assert states == AFTER, states
    assert site.run("check", "counts", check=False).returncode == 0
    site.checks("db", "check")
    site.stop()
    db = sqlite3.connect(site.database)
    assert db.execute("SELECT state, is_shielded FROM appeal WHERE slug = 'trial'").fetchone() == ("closed", 1)
    assert {name for name, in db.execute("SELECT organisation FROM signature WHERE updates = 1")} >= {"Stays union", "Logo union"}
    assert db.execute("SELECT updates FROM signature WHERE organisation = 'No news union'").fetchone() == (0,)
    assert db.execute("SELECT COUNT(*) FROM logo").fetchone() == (0,)
    assert db.execute("SELECT COUNT(*) FROM pending WHERE state = 'pending'").fetchone() == (0,)
    db.close()


def test_nothing_comes_back():
    """Whatever was taken off the page since, and whatever somebody asked for, stays so after a restore; and after two of them,
    the first with a backup that is too old, or with another site's"""
    with Backups() as site, Backups() as other:
        other.sign_some(0, 1)
        foreign = other.backup("foreign.backup")
        site.sign_some(0, 1)
        oldest = site.backup("oldest.backup")
        open_trial(site)
        old = site.backup("old.backup")
        ways = sign_trial(site)
        ids = {row["organisation"].removesuffix(" union"): row["id"] for row in site.json("signature", "list", "trial")}
        site.stop()
        site.sql("INSERT INTO logo (signature, appeal, digest, png) SELECT id, appeal, zeroblob(32), x'00' FROM signature "
                 "WHERE organisation = 'Logo union'")
        site.start()
        path = site.backup("x.backup")
        change_all(site, ids, ways)
        site.stop()
        shutil.copy(site.database, site.path("kept"))
        for first in ((), (old,), (oldest,), (foreign,), (old, path, foreign)):
            for end in ("-wal", "-shm"):
                if os.path.exists(site.database + end):
                    os.unlink(site.database + end)
            shutil.copy(site.path("kept"), site.database)
            for other_backup in first:
                site.run("backup", "restore", other_backup, "--yes")
            tried = json.loads(site.run("backup", "restore", path, "--dry-run", "--json").stdout)
            told = {(row["id"], row["state"]) for row in tried["back"] if row["carried"]}
            names = {"Withdraws": "withdrawn", "Erased": "erased", "Struck": "struck", "Refused": "refused", "Held": "held",
                     "Unlisted": "confirmed", "Logo": "no logo", "No news": "no news"}
            assert {(ids[name], state) for name, state in names.items()} | {("trial", "closed, shielded")} == told, (first, told)
            site.run("backup", "restore", path, "--yes")
            look_ended(site, ways)
        acts = {row["act"] for row in site.json("audit", "list")}
        assert {"signature.strike", "signature.refuse", "signature.hold", "signature.unlist", "signature.withdraw", "signature.erase",
                "logo.remove", "appeal.close", "appeal.shield", "update.remove"} <= acts, acts
        assert site.run("audit", "verify").returncode == 0


def test_what_stays_known():
    """An act on many since the backup keeps its number, and can be undone; the log that is replaced is told by its last mark; mails
    that went with an erasure are not told as stopped"""
    with Backups(options={"mail": {"decision_minutes": 60}}) as site:
        oldest = site.backup("oldest.backup")
        open_trial(site)
        for n in range(3):
            before = len(site.mails())
            site.sign("trial", organisation=f"Union {n}", organisation_latin=None, email=f"a@union{n}.example", visibility="public")
            assert site.confirm(site.mails(before + 1)[-1]).status in (200, 303)
        ids = {row["organisation"]: row["id"] for row in site.json("signature", "list", "trial")}
        site.run("signature", "strike", "trial", "--where", "domain = union1.example", "--reason", "the first", "--yes")
        site.run("signature", "unlist", ids["Union 0"])
        site.run("signature", "refuse", ids["Union 0"], "--reason", "x", "--yes")
        path = site.backup("x.backup")
        site.run("signature", "erase", ids["Union 0"], "--reason", "asked", "--yes", "-o", site.path("certificate.txt"))
        site.run("signature", "strike", "trial", "--where", "domain = union2.example", "--reason", "robots", "--yes")
        mark = site.json("audit", "verify")["mark"]
        site.stop()
        done = site.run("backup", "restore", path, "--yes", "--reason", "a slip", "--json")
        told = json.loads(done.stdout)["restored"]
        assert (told["acts"], told["held_mails"]) == (1, 0), told
        assert "mail list" not in done.stderr and "act undo" in done.stderr, done.stderr
        assert site.json("mail", "list") == []
        entry = [row for row in site.json("audit", "list") if row["act"] == "backup.restore"]
        assert [row["reason"] for row in entry] == [f"a slip; the log before went to {mark}"], entry
        site.refuse(65, "audit", "verify", mark, say="a backup was restored")
        site.run("act", "undo", "2", "--yes")
        states = {row["organisation"]: row["state"] for row in site.json("signature", "list", "trial")}
        assert (states["Union 1"], states["Union 2"]) == ("struck", "listed"), states
        assert [row["number"] for row in site.json("act", "list")] == [3, 2, 1]
        assert site.run("check", "counts", check=False).returncode == 0
        # Of an appeal that the backup does not have, the number is kept.
        site.run("backup", "restore", oldest, "--yes")
        kept = site.json("act", "list")
        assert [(row["number"], row["changed"]) for row in kept] == [(3, 0), (2, 0), (1, 0)], kept
        site.run("act", "show", "2")


def test_form_withdrawn_between():
    """Whose signature a restore lost, and who then withdraws the form that waits again, does not come back with the next restore,
    however late; of a form that never was more nothing is remembered then"""
    with Backups() as site:
        open_trial(site)
        for name in ("first", "second"):
            site.sign("trial", organisation=f"The {name} union", organisation_latin=None, email=f"a@{name}.example")
        messages = {name: next(m for m in site.mails(2) if f"@{name}.example" in m["To"]) for name in ("first", "second")}
        old = site.backup("old.backup")
        assert site.confirm(messages["first"]).status in (200, 303)
        path = site.backup("x.backup")
        assert [state for _, state in site.rows()] == ["listed"]
        site.stop()
        site.run("backup", "restore", old, "--yes")
        site.start()
        for message in messages.values():
            assert site.request(own_link(message), data={"act": "withdraw"}).status == 303
        site.stop()
        site.sql("UPDATE absent SET until = 1 WHERE until IS NOT NULL")
        site.run("retention", "run")
        db = sqlite3.connect(site.database)
        assert db.execute("SELECT state, until, public_id IS NULL FROM absent").fetchall() == [("withdrawn", None, 0)]
        db.close()
        site.run("backup", "restore", path, "--yes")
        assert site.rows() == [("The first union", "withdrawn")], site.rows()


def test_erased_appeal():
    """An appeal that was archived and erased since is erased again, to the last signature, and takes no forms that its destroyed
    key would lose; also where only the folder of keys knows of it"""
    with Backups(options={"retention": {"archive_months": 12}}) as site:
        open_trial(site)
        sign_trial(site)
        site.run("act", "run", "strike", "organisation:Struck", "--appeal", "trial", "--reason", "wordy", "--yes", check=False)
        path = site.backup("x.backup")
        site.run("appeal", "archive", "trial", "--yes", "--reason", "over")
        site.stop()
        site.sql("UPDATE appeal SET archived_on = archived_on - 400 WHERE slug = 'trial'")
        site.run("retention", "run")
        assert glob.glob(site.path("keys/appeal-*.gone"))
        erased = site.rows()
        for away in (False, True):
            if away:
                os.rename(site.database, site.path("away"))
            done = site.run("backup", "restore", path, "--yes")
            assert "appeals 1;" in done.stderr, done.stderr
            assert away == ("folder of keys tells:" in done.stderr) == ("from before" not in done.stderr), done.stderr
            db = sqlite3.connect(site.database)
            state, when, term = db.execute("SELECT state, erased_on, archived_on FROM appeal WHERE slug = 'trial'").fetchone()
            assert state == "archived" and when is not None and term is not None
            assert db.execute("SELECT COUNT(*) FROM signature WHERE representative IS NOT NULL OR contact <> x''").fetchone() == (0,)
            assert db.execute("SELECT COUNT(*) FROM pending WHERE state = 'pending'").fetchone() == (0,)
            assert db.execute("SELECT COUNT(*) FROM act WHERE reason IS NOT NULL OR filter <> ''").fetchone() == (0,)
            db.close()
            assert away or site.rows() == erased
            site.start()
            assert "Person" not in site.request("/ru/trial/signatories").text
            assert site.sign("trial", organisation="Late", organisation_latin=None, email="late@late.example").status != 303
            assert "dropped" not in site.daemon_log(), site.daemon_log()
            assert site.run("check", "counts", check=False).returncode == 0
            site.checks("db", "check")
            site.stop()


def test_restore_without_a_database():
    """A database that is gone, or is no database any more, does not stand in the way, and what is left of it is kept"""
    with Backups() as site:
        site.sign_some(0, 2)
        rows, path = site.rows(), site.backup("x.backup")
        site.stop()
        os.unlink(site.database)
        site.run("backup", "restore", path, "--yes")
        assert site.rows() == rows and not glob.glob(site.database + ".before-*")
        noise = os.urandom(50000)
        write(site.database, noise)
        write(site.database + "-wal", b"noise")
        done = site.run("backup", "restore", path, "--yes")
        assert "no present database that can be read" in done.stderr
        kept = [name for name in glob.glob(site.database + ".before-*") if not name.endswith("-wal")]
        assert site.rows() == rows and read(kept[0]) == noise and read(kept[0] + "-wal") == b"noise"
        site.start()
        assert pages(site)


def test_restore_elsewhere():
    """Elsewhere without the keys it says so before, and no start or command makes new ones; with --adopt-keys it serves"""
    with Backups() as site:
        site.sign_some(0, 2)
        site.sign(SLUG, organisation="Late", organisation_latin=None, email="late@late.example")
        message = site.mails(3)[-1]
        path = site.backup("x.backup")
        with Backups(appeals=False) as other:
            other.stop()
            shutil.rmtree(other.path("keys"))
            os.mkdir(other.path("keys"), 0o700)
            done = other.run("backup", "restore", path, "--dry-run")
            assert "has no site.key" in done.stderr and "will not start" in done.stderr, done.stderr
            done = other.run("backup", "restore", path, "--yes")
            assert "Put the copy of the folder of keys back" in done.stderr and "Start the service now" not in done.stderr, done.stderr
            assert "This site is" in done.stderr, done.stderr
            lost = other.run("queue", check=False)
            assert lost.returncode == 78 and other.path("keys") in lost.stderr and "--adopt-keys" in lost.stderr, lost
            daemon = os.path.join(os.path.dirname(PROGRAM), "undersignd")
            lost = subprocess.run([daemon, "--site", other.folder], capture_output=True, text=True, timeout=60)
            assert lost.returncode == 78 and other.path("keys") in lost.stderr, lost
            assert os.listdir(other.path("keys")) == [], os.listdir(other.path("keys"))
            taken = subprocess.run([daemon, "--site", other.folder, "--adopt-keys"], capture_output=True, text=True,
                                   timeout=60)
            assert taken.returncode == 0, taken
            assert "keys.adopt" in other.run("audit", "list").stdout
            done = other.run("backup", "restore", path, "--dry-run")
            assert "has another site.key" in done.stderr, done.stderr
            other.start()
            os.rename(other.path("keys"), other.path("away"))
            gone = other.run("status", check=False)
            assert gone.returncode == 1 and "the site's key is gone" in gone.stdout, gone.stdout
            os.rename(other.path("away"), other.path("keys"))
            assert "the site's key is gone" not in other.run("status", check=False).stdout
            assert pages(other) and other.rows() == site.rows()
            answer = other.confirm(message)
            assert answer.status in (404, 410), answer.status
            other.sign_some(50, 1)
            assert "error" not in other.daemon_log(), other.daemon_log()
        site.refuse(64, "--host", "nowhere", "backup", "restore", path, "--yes", say="without --host")


def test_lost_appeal_key():
    """An appeal's key that is gone beside the right site.key is never made anew by itself: nobody signs twice, no start and no
    command opens the site; with --adopt-keys it goes on; one destroyed on purpose, and one not made yet, are fine"""
    daemon = os.path.join(os.path.dirname(PROGRAM), "undersignd")
    with Backups() as site:
        assert not glob.glob(site.path("keys/appeal-*.key"))  # a new appeal has none yet
        site.stop()
        site.start()
        site.sign_some(0, 2)
        path = site.backup("x.backup")
        key, = glob.glob(site.path("keys/appeal-*.key"))
        site.stop()
        site.start()
        # Taken away while the service runs: told, and no other is made in its place.
        os.rename(key, site.path("away"))
        site.sign(SLUG, organisation="Union 0", organisation_latin=None, email="office@union0.example")
        gone = site.run("status", check=False)
        assert gone.returncode == 1 and os.path.basename(key) in gone.stdout and SLUG in gone.stdout, gone.stdout
        assert not os.path.exists(key)
        site.stop()
        for arguments in (["queue"], ["backup", "create", "-o", site.path("y.backup")]):
            site.refuse(78, *arguments, say=os.path.basename(key))
        lost = subprocess.run([daemon, "--site", site.folder], capture_output=True, text=True, timeout=60)
        assert lost.returncode == 78 and os.path.basename(key) in lost.stderr and "--adopt-keys" in lost.stderr, lost
        assert not os.path.exists(key)
        done = site.run("backup", "restore", path, "--dry-run", "--json")
        assert json.loads(done.stdout)["keys"] == {"there": True, "fit": True, "lost": 1}, done.stdout
        assert "lacks the keys of appeals: 1" in done.stderr, done.stderr
        # Put back, all is as before.
        shutil.copy(site.path("away"), key)
        site.run("queue")
        # Destroyed on purpose.
        os.unlink(key)
        write(key.replace(".key", ".gone"), b"")
        site.run("queue")
        os.unlink(key.replace(".key", ".gone"))
        site.refuse(78, "queue", say=os.path.basename(key))
        # Lost for good.
        adopted = subprocess.run([daemon, "--site", site.folder, "--adopt-keys"], capture_output=True, text=True, timeout=60)
        assert adopted.returncode == 0 and SLUG in adopted.stderr and os.path.exists(key), adopted
        entry, = [row for row in site.json("audit", "list") if row["act"] == "keys.adopt"]
        assert entry["subject"] == SLUG, entry
        site.start()
        site.sign_some(10, 1)


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <errno.h>
static void count(void)
{
    static int calls;
    const char *most = getenv("KILL_AT");
    if (most && getenv("KILL_IN") && strtol(most, NULL, 10) == ++calls)
        kill(getpid(), SIGKILL);
}
#define WRAP(type, name, args, use) \
    type name args { static type (*real) args; count(); if (!real) real = (type (*) args)dlsym(RTLD_NEXT, #name); return real use; }
WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, link, (const char *a, const char *b), (a, b))
WRAP(int, unlink, (const char *a), (a))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, long size), (fd, size))
"""


def test_plug_pulled():
    """A restore that is killed at any of its steps leaves the old database or the new, whole, and can be run again"""
    with Backups() as site:
        if subprocess.run(["ldd", PROGRAM + "d"], capture_output=True, text=True).stdout.count("asan"):
            raise Skip("the programs are built with sanitizers")
        write(site.path("shim.c"), SHIM.encode())
        subprocess.run(["cc", "-shared", "-fPIC", "-o", site.path("shim.so"), site.path("shim.c"), "-ldl"], check=True)
        site.sign_some(0, 3)
        new, path = site.rows(), site.backup("x.backup")
        site.sign_some(10, 2)
        old = site.rows()
        site.stop(signal.SIGKILL)
        site.process = None
        for end in ("-wal", "-shm", ""):
            shutil.copy(site.database + end, site.path("killed" + end))
        left = {"old": 0, "new": 0}
        for n in range(1, 500):
            for name in glob.glob(site.database + "*"):
                os.unlink(name)
            for end in ("-wal", "-shm", ""):
                shutil.copy(site.path("killed" + end), site.database + end)
            done = site.run("backup", "restore", path, "--yes", check=False,
                            env={**os.environ, "LD_PRELOAD": site.path("shim.so"), "KILL_AT": str(n), "KILL_IN": "undersignd"})
            if done.returncode == 0:
                break
            # The next start: the log is played, what was left is swept.
            found = site.rows()
            assert found in (old, new), (n, found)
            left["old" if found == old else "new"] += 1
            db = sqlite3.connect(site.database)
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], n
            db.close()
            if n % 5 == 0:
                site.run("backup", "restore", path, "--yes")
                assert site.rows() == new
        assert done.returncode == 0 and left["old"] > 5 and left["new"] > 0, (n, left)
        assert site.rows() == new
        site.start()
        assert not site.leftovers()


LAST_RENAME = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
int rename(const char *a, const char *b)
{
    static int (*real)(const char *, const char *);
    size_t len = strlen(a), end = strlen(".restoring");
    if (len > end && strcmp(a + len - end, ".restoring") == 0) {
        errno = EACCES;
        return -1;
    }
    if (!real)
        real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    return real(a, b);
}
"""

KILLED_WRITING = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
ssize_t write(int fd, const void *data, size_t len)
{
    static ssize_t (*real)(int, const void *, size_t);
    ssize_t done;
    if (!real)
        real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    done = real(fd, data, len);
    if (len >= 16384)
        kill(getpid(), SIGKILL);
    return done;
}
"""


def make_shim(site, text):
    if subprocess.run(["ldd", PROGRAM + "d"], capture_output=True, text=True).stdout.count("asan"):
        raise Skip("the programs are built with sanitizers")
    write(site.path("shim.c"), text.encode())
    subprocess.run(["cc", "-shared", "-fPIC", "-o", site.path("shim.so"), site.path("shim.c"), "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": site.path("shim.so")}


def test_last_step_fails():
    """Where the new database cannot take its place, the old one has its log again, and no second name stays"""
    with Backups() as site:
        environment = make_shim(site, LAST_RENAME)
        site.sign_some(0, 2)
        path = site.backup("x.backup")
        site.stop()
        noise = os.urandom(50000)
        write(site.database, noise)  # its log cannot be moved into it
        write(site.database + "-wal", b"noise")
        done = site.run("backup", "restore", path, "--yes", check=False, env=environment)
        assert done.returncode != 0, done.stderr
        assert read(site.database) == noise and read(site.database + "-wal") == b"noise"
        assert "nothing was changed" in done.stderr, done.stderr
        assert not glob.glob(site.database + ".before-*") and not site.leftovers()
        site.run("backup", "restore", path, "--yes")
        assert len(site.rows()) == 2


def test_verify_leaves_nothing():
    """A verify that is killed while it unpacks leaves no file, whole or in part, in the folder for temporary ones"""
    with Backups() as site:
        environment = make_shim(site, KILLED_WRITING)
        site.sign_some(0, 2)
        path = site.backup("x.backup")
        os.mkdir(site.path("tmp"))
        done = site.run("backup", "verify", path, check=False, env={**environment, "TMPDIR": site.path("tmp")})
        assert done.returncode != 0, done.stderr
        assert not os.listdir(site.path("tmp")), os.listdir(site.path("tmp"))
        site.run("backup", "verify", path, env={**os.environ, "TMPDIR": site.path("tmp")})
        assert not os.listdir(site.path("tmp"))


def test_cut_off():
    """What a killed backup left is swept at the next start; who hangs up in the middle gets and leaves nothing"""
    with Backups() as site:
        site.sign_some(0, 2)
        site.run("backup", "create")
        site.stop()
        for name in ("undersign.db.copy-abc", "backups/undersign-20260101T000000Z.backup.part", "undersign.db.restoring"):
            write(site.path(name), b"left")
        write(site.path("undersign.db.other"), b"mine")
        site.start()
        assert not site.leftovers() and os.path.exists(site.path("undersign.db.other"))
        # Nobody takes it.
        done = subprocess.run([PROGRAM, "--site", site.folder, "backup", "create", "-o", "/dev/full"], capture_output=True)
        assert done.returncode == 74, done
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "--site", site.folder, "backup", "create", "-o", "-"], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        assert done.returncode == 74 and "cannot write to standard output" in done.stderr, done
        done = subprocess.run(f"exec '{PROGRAM}' --site '{site.folder}' backup create -o - | head -c 1000 | wc -c", shell=True,
                              capture_output=True, text=True)
        assert done.stdout.strip() == "1000", done
        assert not site.leftovers()
        # To standard output, and with no service: whole.
        for step in (lambda: None, site.stop):
            step()
            with open(site.path("piped.backup"), "wb") as out:
                subprocess.run([PROGRAM, "--site", site.folder, "backup", "create", "-o", "-"], check=True, stdout=out,
                               stderr=subprocess.DEVNULL)
            site.checks("backup", "verify", site.path("piped.backup"))


def test_from_another_machine():
    """--host pulls a backup off the machine, sealed to a key that is only here"""
    with Backups() as site:
        site.sign_some(0, 2)
        script = write(site.path("ssh"), f"#!/bin/sh\nPATH='{os.path.dirname(PROGRAM)}':$PATH\n"
                                         "for last; do :; done\nexec sh -c \"$last\"\n".encode())
        os.chmod(script, 0o755)
        path, key = site.path("far.backup"), site.path("organiser.key")
        done = subprocess.run([PROGRAM, "--host", "far", "--config", site.path("undersign.conf"), "backup", "create", "-o", path,
                               "--seal-to", key + ".pub"], capture_output=True, text=True,
                              env={**os.environ, "UNDERSIGN_SSH": script})
        assert done.returncode == 0, done.stderr
        site.checks("backup", "verify", path, "--key", key)


def in_small_file_system(size, work):
    """Runs work(folder) in a process of its own, where the folder is a file system of so many KiB."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tempfile.mkdtemp(prefix="undersign-small-")
    child = os.fork()
    if child == 0:
        try:
            if libc.unshare(0x20000) != 0 or libc.mount(b"none", b"/", None, 0x44000, None) != 0:
                os._exit(77)
            if libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, f"size={size}k,mode=700".encode()) != 0:
                os._exit(77)
            work(folder)
            os._exit(0)
        except BaseException:
            import traceback
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.rmdir(folder)
    if code == 77:
        raise Skip("no mount namespaces here")
    assert code == 0, code


def test_full_disk():
    """With no room it is refused before anything is written, and a disk that fills meanwhile leaves nothing behind"""
    def work(folder):
        with Backups(options={"backup": {"folder": folder}}) as site:
            done = site.refuse(74, "backup", "create", say="not enough room")
            assert "nothing was written" in done.stderr and not os.listdir(folder)
            done = site.run("backup", "verify", site.backup("x.backup"), check=False,
                            env={**os.environ, "TMPDIR": folder})
            assert done.returncode == 74 and "TMPDIR names another folder" in done.stderr, done
            assert not os.listdir(folder) and not site.leftovers()
            done = site.run("backup", "create", "-o", os.path.join(folder, "x.backup"), check=False)
            assert done.returncode == 74 and not os.listdir(folder), (done, os.listdir(folder))
    in_small_file_system(100, work)


def test_database_as_a_file():
    """db status tells sizes, db vacuum wins back gaps while pages are served, db check finds what a bad disk did"""
    with Backups() as site:
        site.sign_some(0, 2)
        site.stop()
        site.sql("PRAGMA secure_delete = OFF; CREATE TABLE much (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                 "WHERE i < 3000) INSERT INTO much SELECT randomblob(1000) FROM n; DROP TABLE much")
        site.start()
        before = site.json("db", "status")
        assert before["free_bytes"] > 2000000 and before["schema"] >= 1 and before["process"] == site.process.pid, before
        assert "gaps" in site.run("db", "status").stdout
        site.refuse(64, "db", "vacuum", say="--yes")
        tried = json.loads(site.run("db", "vacuum", "--dry-run", "--json").stdout)
        assert tried["done"] is False and site.json("db", "status")["free_bytes"] == before["free_bytes"]
        done = site.run("db", "vacuum", "--yes")
        after = site.json("db", "status")
        assert after["free_bytes"] == 0 and after["bytes"] < before["bytes"] - 2000000 and after["log_bytes"] == 0, after
        assert "it had" in done.stderr
        site.checks("db", "check")
        assert [row["act"] for row in site.json("audit", "list")][-1] == "db.vacuum"
        site.stop()
        site.checks("db", "check")  # with no service too
        size = os.path.getsize(site.database)
        with open(site.database, "r+b") as f:
            f.seek(size - size % 4096 - 3 * 4096)
            f.write(b"\x5a" * 4096)
        site.refuse(65, "db", "check", say="the last good backup")


if __name__ == "__main__":
    main([test_made_while_people_sign, test_folder, test_by_itself, test_sealed, test_spoilt, test_restore,
          test_ended_since, test_nothing_comes_back, test_what_stays_known, test_form_withdrawn_between, test_erased_appeal, test_files_that_are_refused, test_somebody_has_it_open, test_restore_without_a_database, test_restore_elsewhere, test_lost_appeal_key, test_plug_pulled, test_last_step_fails,
          test_verify_leaves_nothing, test_cut_off, test_from_another_machine,
          test_full_disk, test_database_as_a_file])
