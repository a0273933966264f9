#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The audit log: what stands in it, that it is found again, and that nothing in it can be changed, moved, taken out or
cut off unseen. The checker below is written from undersign-audit(1) alone and shares no code with the service."""

import contextlib
import hashlib
import json
import os
import sqlite3
import stat
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import realsite
from realsite import main

SLUG = "ardenia-oil-strike"
ERASE = "UPDATE audit_detail SET reason = NULL, reason_salt = NULL WHERE seq = ?"
BROKEN = 65


# The outsider's checker.

def field(kind, data):
    return kind + struct.pack(">Q", len(data)) + data


def text(value):
    return field(b"Z", b"") if value is None else field(b"T", value.encode())


def number(value):
    return field(b"N", struct.pack(">q", value))


def binary(digits):
    return field(b"Z", b"") if digits is None else field(b"B", bytes.fromhex(digits))


def reason_digest(entry):
    return hashlib.sha256(field(b"D", b"undersign audit reason 1") + binary(entry["reason_salt"]) +
                          text(entry["reason"])).hexdigest()


def commitment(entry):
    return hashlib.sha256(field(b"D", b"undersign audit words 1") + binary(entry["salt"]) + text(entry["actor"]) +
                          text(entry["subject"]) + binary(entry["reason_digest"])).hexdigest()


def reason_holds(entry):
    if entry["reason_digest"] is None or entry["reason_salt"] is None:  # none was given, or it was erased
        return entry["reason_salt"] is None and entry["reason"] is None
    return entry["reason"] is not None and reason_digest(entry) == entry["reason_digest"]


def digest(before, entry):
    return hashlib.sha256(field(b"D", b"undersign audit entry 1") + field(b"B", before) + number(entry["seq"]) +
                          number(entry["at"]) + text(entry["act"]) +
                          field(b"B", bytes.fromhex(entry["commitment"]))).hexdigest()


def check(lines):
    """The number of the first entry that does not check out; None when all do."""
    before = bytes(32)
    for n, line in enumerate(lines, 1):
        entry = json.loads(line)
        if entry["seq"] != n:
            return n
        if entry["salt"] is None or not reason_holds(entry) or commitment(entry) != entry["commitment"]:
            return n
        if digest(before, entry) != entry["digest"]:
            return n
        before = bytes.fromhex(entry["digest"])
    return None


def database(site, statement, *values):
    """Changes the file as a thief of the machine could."""
    connection = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    with connection:
        done = connection.execute(statement, values).rowcount
    connection.close()
    return done


@contextlib.contextmanager
def busy_site():
    """A site on which something has been done, by several."""
    with realsite.Site() as site:
        work_on(site)
        yield site


def work_on(site):
    for n in range(3):
        assert site.sign(SLUG, organisation=f"Союз {n}", email=f"office@s{n}.example").status == 303
        site.confirm(site.mails(n + 1)[n])
    rows = site.json("queue")
    site.run("signature", "approve", rows[0]["id"], "--reason", "известны нам с 1998 года")
    site.run("signature", "refuse", rows[1]["id"], "--reason", "no such union")
    site.run("signature", "approve", rows[2]["id"])
    site.ids = [row["id"] for row in rows[:3]]


def test_what_is_listed():
    """who, when, what and why, newest last; by subject, by day, the last few"""
    with busy_site() as site:
        rows = site.json("audit", "list")
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1)), rows
        assert list(rows[0]) == ["seq", "at", "actor", "act", "subject", "reason", "erased"], rows[0]
        me = [row for row in rows if row["act"] == "signature.refuse"]
        assert len(me) == 1 and me[0]["actor"].startswith("unix:"), me
        assert me[0]["subject"] == site.ids[1] and me[0]["reason"] == "no such union" and me[0]["erased"] is False, me
        assert {row["actor"] for row in rows if row["act"] == "signature.confirm"} == {"signatory"}, rows
        # By subject: that signature's whole story, in order, and nothing else's.
        story = site.json("audit", "list", site.ids[0])
        assert [row["act"] for row in story] == ["signature.confirm", "signature.approve"], story
        assert story[1]["reason"] == "известны нам с 1998 года", story
        assert site.json("audit", "list", site.ids[0], "--last", "1") == story[1:], story
        assert [row["act"] for row in site.json("audit", "list", SLUG)][:2] == ["appeal.import", "appeal.publish"]
        assert site.json("audit", "list", "nobody-knows-it") == []
        # The last few, in every number, are the end of the list.
        for last in [1, 2, len(rows) - 1, len(rows), len(rows) + 5, 1000000]:
            assert site.json("audit", "list", "--last", str(last)) == rows[-last:], last
        today = time.strftime("%Y-%m-%d", time.gmtime())
        assert site.json("audit", "list", "--since", today) == [row for row in rows if row["at"][:10] >= today]
        assert site.json("audit", "list", "--since", "2100-01-01") == []
        assert site.json("audit", "list", "--since", "2000-01-01", "--last", "2") == rows[-2:]
        for wrong in [["--since", "yesterday"], ["--since", "2026-02-30"], ["--last", "0"], ["--last", "x"]]:
            assert site.run("audit", "list", *wrong, check=False).returncode == 64, wrong
        # Piped: tabs, one line an entry.
        assert len(site.run("audit", "list").stdout.splitlines()) == len(rows)
        # An erased reason is gone from the list, and said to be; who did it, and on what, stays and is found.
        site.stop()
        assert database(site, ERASE, me[0]["seq"]) == 1
        row = site.json("audit", "list")[me[0]["seq"] - 1]
        assert row == {**me[0], "reason": None, "erased": True}, row
        assert site.json("audit", "list", site.ids[1])[-1] == row
        verdict = site.json("audit", "verify")
        assert verdict["holds"] is True and verdict["erased"] == 1 and verdict["entries"] == len(rows), verdict
        site.start()


def test_long_logs():
    """are read a piece at a time: an entry on each side of each piece's end is there, once"""
    with realsite.Site(appeals=False) as site:
        site.stop()
        add_entries(site, 6101)
        rows = site.json("audit", "list")
        assert [row["seq"] for row in rows] == list(range(1, 6102))
        for last in [1, 1999, 2000, 2001, 4101, 6100, 6101, 9999]:
            assert site.json("audit", "list", "--last", str(last)) == rows[-last:], last
        mine = [row for row in rows if row["subject"] == "s7"]
        assert site.json("audit", "list", "s7") == mine and len(mine) > 50
        for last in [1, 20, len(mine) - 1, len(mine), len(mine) + 1]:
            assert site.json("audit", "list", "s7", "--last", str(last)) == mine[-last:], last
        assert site.json("audit", "verify")["entries"] == 6101
        lines = site.run("audit", "export").stdout.splitlines()
        assert len(lines) == 6102 and check(lines) is None
        site.start()


def add_entries(site, count):
    """Entries with digests of our own making: the service's check of them is a check of ours too."""
    connection = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    seq, before = (connection.execute("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
                   or (0, bytes(32)))
    entries, words = [], []
    for n in range(seq + 1, seq + count + 1):
        entry = {"seq": n, "at": 1700000000000000 + n * 1000000, "act": "signature.hold", "salt": os.urandom(32).hex(),
                 "actor": "unix:maria", "subject": f"s{n % 97}", "reason": None if n % 3 else "сомнение"}
        entry["reason_salt"] = entry["reason"] and os.urandom(32).hex()
        entry["reason_digest"] = entry["reason"] and reason_digest(entry)
        entry["commitment"] = commitment(entry)
        before = bytes.fromhex(digest(before, entry))
        entries.append((n, entry["at"], entry["act"], bytes.fromhex(entry["commitment"]), before))
        words.append((n, bytes.fromhex(entry["salt"]), entry["actor"], entry["subject"], entry["reason"],
                      *(entry[name] and bytes.fromhex(entry[name]) for name in ["reason_salt", "reason_digest"])))
    with connection:
        connection.executemany("INSERT INTO audit (seq, at, act, commitment, digest) VALUES (?, ?, ?, ?, ?)", entries)
        connection.executemany("INSERT INTO audit_detail (seq, salt, actor, subject, reason, reason_salt, "
                               "reason_digest) VALUES (?, ?, ?, ?, ?, ?, ?)", words)
    connection.close()


def test_verify_finds_every_change():
    """a changed field, words put in another's place, an entry taken out or moved: it says where"""
    changes = [
        ("UPDATE audit SET act = 'signature.approve' WHERE seq = 5", 5),
        ("UPDATE audit SET at = at + 1 WHERE seq = 6", 6),
        ("UPDATE audit SET commitment = zeroblob(32) WHERE seq = 7", 7),
        ("UPDATE audit SET commitment = zeroblob(31) WHERE seq = 7", 7),
        ("UPDATE audit SET digest = zeroblob(32) WHERE seq = 8", 8),
        ("UPDATE audit_detail SET actor = 'unix:ivan' WHERE seq = 3", 3),
        ("UPDATE audit_detail SET subject = NULL WHERE seq = 3", 3),
        ("UPDATE audit_detail SET reason = 'another' WHERE seq = 3", 3),
        ("UPDATE audit_detail SET reason = '' WHERE reason IS NULL AND seq = 4", 4),
        ("UPDATE audit_detail SET salt = zeroblob(32) WHERE seq = 9", 9),
        ("DELETE FROM audit_detail WHERE seq = 10", 10),  # without a reason, and with one
        ("DELETE FROM audit_detail WHERE seq = 6", 6),
        ("UPDATE audit_detail SET reason = NULL, reason_salt = NULL, actor = '' WHERE seq = 9", 9),
        ("UPDATE audit_detail SET reason = NULL, reason_salt = NULL, reason_digest = NULL WHERE seq = 9", 9),
        ("UPDATE audit_detail SET reason = NULL WHERE seq = 9", 9),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 11", 11),
        ("UPDATE audit SET seq = 25 WHERE seq = 20", 20),
        ("UPDATE audit SET seq = CASE seq WHEN 12 THEN -13 ELSE -12 END WHERE seq IN (12, 13)", 12),
        ("UPDATE audit_detail SET seq = CASE seq WHEN 14 THEN -15 ELSE -14 END WHERE seq IN (14, 15)", 14),
    ]
    site = realsite.Site(appeals=False)
    try:
        site.run("check", "counts")
        add_entries(site, 20)
        path = os.path.join(site.folder, "undersign.db")
        with open(path, "rb") as f:
            good = f.read()
        assert site.run("audit", "verify").returncode == 0
        for statement, where in changes:
            with open(path, "wb") as f:
                f.write(good)
            assert database(site, statement) >= 1, statement
            if "seq = CASE" in statement:
                database(site, f"UPDATE {statement.split()[1]} SET seq = -seq WHERE seq < 0")
            done = site.run("audit", "verify", "--json", check=False)
            assert done.returncode == BROKEN, (statement, done)
            verdict = json.loads(done.stdout)
            assert verdict["holds"] is False and verdict["broken"] == where and verdict["entries"] == where - 1, (
                statement, verdict)
            assert f"entry {where} " in done.stderr, done.stderr
        with open(path, "wb") as f:
            f.write(good)
        assert site.run("audit", "verify").returncode == 0
    finally:
        site.__exit__(None)


def test_marks_find_a_cut_end():
    """a mark noted elsewhere shows that the end was cut off, or that all was written anew"""
    site = realsite.Site(appeals=False)
    try:
        site.run("check", "counts")
        empty = site.json("audit", "verify")
        assert empty["holds"] is True and empty["entries"] == 0 and empty["last_at"] is None, empty
        assert empty["mark"] == "0:" + "0" * 64, empty
        add_entries(site, 20)
        mark = site.json("audit", "verify")["mark"]
        assert mark.startswith("20:") and len(mark) == 3 + 64, mark
        add_entries(site, 5)
        for noted in [mark, mark.upper(), empty["mark"]]:
            verdict = site.json("audit", "verify", noted)
            assert verdict["holds"] is True and verdict["noted"] == "stands" and verdict["entries"] == 25, verdict
        assert verdict["mark"] != mark
        # Cut off: the chain itself does not show it, the mark does.
        database(site, "DELETE FROM audit WHERE seq > 18")
        database(site, "DELETE FROM audit_detail WHERE seq > 18")
        assert site.run("audit", "verify").returncode == 0
        done = site.run("audit", "verify", mark, "--json", check=False)
        assert done.returncode == BROKEN and json.loads(done.stdout)["noted"] == "missing", done
        assert "cut off" in done.stderr and "backup was restored" in done.stderr, done.stderr
        # Written anew, with digests that fit.
        add_entries(site, 7)
        assert site.run("audit", "verify").returncode == 0
        done = site.run("audit", "verify", mark, "--json", check=False)
        assert done.returncode == BROKEN and json.loads(done.stdout)["noted"] == "other", done
        for wrong in ["20", "20:", ":" + mark[3:], mark[:-1], mark + "0", "x" + mark, "-1:" + mark[3:]]:
            done = site.run("audit", "verify", "--", wrong, check=False)
            assert done.returncode in (64, 65) and "mark" in done.stderr and done.stdout == "", (wrong, done)
    finally:
        site.__exit__(None)


def test_exports_check_out():
    """outsiders check an export with undersign-audit(1) alone; it says itself who took it"""
    with busy_site() as site:
        path = os.path.join(site.folder, "audit.jsonl")
        site.run("audit", "export", "-o", path, "--reason", "for the auditors")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        assert check(lines) is None
        entries = [json.loads(line) for line in lines]
        assert entries[-1]["act"] == "audit.export" and entries[-1]["reason"] == "for the auditors", entries[-1]
        assert entries[-1]["actor"].startswith("unix:"), entries[-1]
        verdict = site.json("audit", "verify")
        assert verdict["mark"] == f"{len(entries)}:{entries[-1]['digest']}", verdict
        for listed, entry in zip(site.json("audit", "list"), entries):
            assert all(listed[name] == entry[name] for name in ["seq", "actor", "act", "subject", "reason"]), entry
            assert listed["at"] == entry["time"], (listed, entry)
        # Each salt is one of its own: with one for all, whoever keeps it could try what an erased reason was.
        salts = [entry[name] for entry in entries for name in ["salt", "reason_salt"] if entry[name] is not None]
        assert len(set(salts)) == len(salts) and sum(entry["reason_salt"] is not None for entry in entries) >= 3, salts
        # To standard output the same, and one entry more.
        again = site.run("audit", "export").stdout.splitlines()
        assert again[:-1] == lines and check(again) is None
        # The checker finds what it has to find.
        for name in ["at", "act", "commitment", "digest", "salt", "actor", "subject", "reason", "reason_salt",
                     "reason_digest"]:
            worse = [dict(entry) for entry in entries]
            n = next(i for i, entry in enumerate(worse) if entry[name])
            worse[n][name] = worse[n][name] + 1 if name == "at" else flip(worse[n][name])
            assert check([json.dumps(entry) for entry in worse]) == n + 1, name
        assert check(lines[:3] + lines[4:]) == 4
        assert check(lines[:3] + [lines[4], lines[3]] + lines[5:]) == 4
        # An erased reason stays erased, and the rest still checks out, who did it with it.
        n = next(i for i, entry in enumerate(entries) if entry["act"] == "signature.refuse")
        site.stop()
        assert database(site, ERASE, n + 1) == 1
        site.start()
        erased = site.run("audit", "export").stdout.splitlines()
        assert check(erased) is None
        assert json.loads(erased[n]) == {**entries[n], "reason": None, "reason_salt": None}, erased[n]
        for name in ["actor", "subject", "salt", "reason_digest"]:
            worse = [json.loads(line) for line in erased]
            worse[n][name] = None
            assert check([json.dumps(entry) for entry in worse]) == n + 1, name
        # A refusal writes nothing over an older file, and a full disk leaves it whole.
        assert site.run("audit", "export", "-o", "/dev/full", check=False).returncode == 74
        assert site.run("audit", "export", "-o", path + "/no/x", check=False).returncode == 73
        assert site.run("audit", "export", "-o", path + ".2", "--reason", "a\tb", check=False).returncode == 65
        # What may be evidence is not written over, and nothing is noted of an export that was none.
        with open(path, encoding="utf-8") as f:
            before, noted = f.read(), len(site.json("audit", "list"))
        done = site.run("audit", "export", "-o", path, check=False)
        assert done.returncode == 73 and "there already" in done.stderr, (done.returncode, done.stderr)
        with open(path, encoding="utf-8") as f:
            assert f.read() == before
        assert len(site.json("audit", "list")) == noted
        with open(path, encoding="utf-8") as f:
            assert f.read().splitlines() == lines


def flip(word):
    return ("b" if word[0] == "a" else "a") + word[1:]


if __name__ == "__main__":
    main([test_what_is_listed, test_long_logs, test_verify_finds_every_change, test_marks_find_a_cut_end,
          test_exports_check_out])
