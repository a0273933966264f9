#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of signatories against the real programs: every format says the same, as readers that are not ours find it;
each audience gets what it may see and nothing else; mailboxes are opened with the right key alone; what fails leaves no
file behind. And the keys themselves."""

import csv
import datetime
import importlib.machinery
import importlib.util
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), HERE]
from letters import ADDRESSEES, SLUG, TABLE, marks, sign, withdraw, write_appeal  # noqa: E402
from realsite import PROGRAM, Site, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions=" + os.path.join(HERE, "lsan.supp"))

COLUMNS = ["id", "appeal", "state", "organisation", "organisation_latin", "kind", "country", "town", "affiliation",
           "members", "representative", "capacity", "visibility", "language", "signed_on", "version"]
ILO = ["legal_name", "address", "coverage", "registration", "mandate", "mandate_on", "members_on"]
FORMATS = ["csv", "xlsx", "json", "jsonl"]
KEPT = {"id", "visibility", "language", "signed_on"}  # for the organiser alone
NUMBERS = {"members", "version"}
DAYS = {"signed_on", "mandate_on", "members_on"}


def opened():
    site = Site(appeals=False)
    site.publish(write_appeal(site.folder))
    return site


def export(site, form, *arguments, **kwargs):
    """Standard output as bytes."""
    return subprocess.run([PROGRAM, "--site", site.folder, "export", form, SLUG, *arguments], capture_output=True,
                          timeout=120, **kwargs)


def refused(done, status, *parts):
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == b"", done.stdout
    for part in parts:
        assert part in done.stderr.decode(), (part, done.stderr)
    lines = done.stderr.decode().strip().splitlines()
    assert len(lines) == 1, lines


def rows_of(form, data):
    """A list as one format, read back: the columns, then each row as texts, numbers and days; nothing is None."""
    if form == "csv":
        table = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    elif form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        table = []
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                assert all(cell.data_type in "snd" for cell in row), [(c.data_type, c.value) for c in row]
                table.append([cell.value.date() if isinstance(cell.value, datetime.datetime) else cell.value
                              for cell in row])
    else:
        objects = json.loads(data) if form == "json" else [json.loads(line) for line in data.decode().splitlines()]
        columns = list(objects[0]) if objects else []
        assert all(list(o) == columns for o in objects)
        table = [columns] + [list(o.values()) for o in objects]
    columns, rows = table[0], []
    for values in table[1:]:
        row = dict(zip(columns, values, strict=True))
        for name, value in row.items():
            if value in ("", None):
                row[name] = None
            elif name in DAYS and isinstance(value, str):
                row[name] = datetime.date.fromisoformat(value)
            elif name in NUMBERS:
                row[name] = int(value)
            elif form == "csv" and value.startswith("'"):
                row[name] = value[1:]
        rows.append(row)
    return columns, rows


def audit(site):
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute("SELECT a.act, d.reason FROM audit a JOIN audit_detail d USING (seq) "
                                  "WHERE a.act LIKE 'export.%' ORDER BY a.seq").fetchall()
    finally:
        connection.close()


class Folder:
    """A folder to export into, and what lies there."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="undersign-lists-")
        return self

    def __exit__(self, *rest):
        shutil.rmtree(self.path)

    def at(self, name):
        return os.path.join(self.path, name)

    def names(self):
        return sorted(os.listdir(self.path))


def test_formats_agree():
    """Four formats of one list say the same of awkward names, and none of them is a formula"""
    names = ["=HYPERLINK(\"https://x.example\",\"y\")", "+7 Union", "-Union", "@Union", "＝Union", "Union, \"Free\"; local",
             "Профсоюз «Жаңарту»", "全国总工会", "اتحاد عمال المثال", "O'Neill's Union", "https://union.example", "TRUE",
             "Union 007", "\\n Union & Co <b>"]
    with opened() as site, Folder() as folder:
        for name in names:
            sign(site, organisation=name, members="1200" if name == "Union 007" else None)
        found = {}
        for form in FORMATS:
            path = folder.at("list." + form)
            done = export(site, form, "-o", path)
            assert done.returncode == 0 and done.stdout == b"", done
            assert f"{len(names)} named" in done.stderr.decode()
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
            with open(path, "rb") as f:
                data = f.read()
            # On standard output it is the same; a spreadsheet says when it was made.
            assert form == "xlsx" or export(site, form).stdout == data == export(site, form, "-o", "-").stdout
            columns, found[form] = rows_of(form, data)
            assert columns == COLUMNS, columns
        assert folder.names() == sorted("list." + form for form in FORMATS)
        for form in FORMATS:
            assert found[form] == found["json"], (form, found[form])
        assert {row["organisation"] for row in found["json"]} == set(names)
        assert [row["members"] for row in found["json"] if row["organisation"] == "Union 007"] == [1200]
        with open(folder.at("list.csv"), encoding="utf-8", newline="") as f:
            table = f.read()
        assert table.endswith("\r\n") and table.count("\r\n") == len(names) + 1
        for row in csv.DictReader(io.StringIO(table, newline="")):
            assert row["organisation"][0] not in "=+-@＝\t\r", row
        # Only those columns, in that order.
        for form in FORMATS:
            columns, rows = rows_of(form, export(site, form, "--fields", "country,organisation").stdout)
            assert columns == ["country", "organisation"] and rows == [
                {"country": r["country"], "organisation": r["organisation"]} for r in found["json"]]
        # A list of nobody has its columns all the same.
        site.run("signature", "strike", *[r["id"] for r in site.json("signature", "list", SLUG)], "--reason", "test", "--yes")
        assert export(site, "csv").stdout.decode() == ",".join(COLUMNS) + "\r\n"
        assert json.loads(export(site, "json").stdout) == [] and export(site, "jsonl").stdout == b""
        assert rows_of("xlsx", export(site, "xlsx").stdout) == (COLUMNS, [])
        assert [act for act, reason in audit(site)].count("export.xlsx") == 3


def sign_all(site):
    return {visibility: sign(site, **marks(visibility)) for visibility in TABLE}


def check_seen(rows, audience, is_ilo):
    """Exactly what the table allows; and nothing that no letter says."""
    seen = {row["organisation"]: row for row in rows}
    assert len(seen) == len(rows)
    assert set(seen) == {marks(v)["organisation"] for v in TABLE if TABLE[v][audience] != "counted"}, (audience, seen)
    assert all(row[name] is None for row in rows for name in KEPT), rows
    for visibility, row in [(v, seen.get(marks(v)["organisation"])) for v in TABLE]:
        if row is None:
            continue
        fields = marks(visibility)
        is_person = TABLE[visibility][audience] == "person"
        assert row["organisation"] == fields["organisation"] and row["town"] == fields["town"]
        assert row["members"] == int(fields["members"]) and row["state"] == "listed"
        assert row["representative"] == (fields["representative"] if is_person else None), row
        assert row["capacity"] == (fields["capacity"] if is_person else None), row
        assert ("legal_name" in row) == is_ilo, row
        if is_ilo:
            for name in ("legal_name", "address", "coverage", "registration", "mandate"):
                assert row[name] == fields[name], (name, row)
            assert str(row["mandate_on"]) == fields["mandate_date"] and str(row["members_on"]) == fields["members_date"]


def test_each_audience():
    """Each addressee gets whom it may see, with the block for the ILO where there is a procedure and nowhere else"""
    with opened() as site:
        ids = sign_all(site)
        for form in FORMATS:
            for addressee, (kind, is_ilo, mailbox) in ADDRESSEES.items():
                done = export(site, form, "--for", addressee)
                columns, rows = rows_of(form, done.stdout)
                assert columns == COLUMNS + (ILO if is_ilo else []), columns
                audience = "public" if kind == "press" else kind
                check_seen(rows, audience, is_ilo)
                assert f"as {addressee}" in done.stderr.decode() and f"{len(rows)} named" in done.stderr.decode()
                assert f"{len(ids) - len(rows)} more" in done.stderr.decode()
            columns, rows = rows_of(form, export(site, form).stdout)
            check_seen(rows, "public", False)
            columns, rows = rows_of(form, export(site, form, "--state", "listed").stdout)
            check_seen(rows, "public", False)
        # Everything, for the organiser.
        site.run("signature", "strike", ids["counted"], "--reason", "test")
        columns, rows = rows_of("csv", export(site, "csv", "--all").stdout)
        assert {row["id"]: row["state"] for row in rows} == {
            i: "struck" if v == "counted" else "listed" for v, i in ids.items()}
        assert all(row["representative"] for row in rows) and columns == COLUMNS
        assert {row["visibility"] for row in rows} == set(TABLE)
        assert {row["language"] for row in rows} == {"en"} and all(row["signed_on"] for row in rows)
        columns, rows = rows_of("csv", export(site, "csv", "--all", "--state", "struck").stdout)
        assert [row["id"] for row in rows] == [ids["counted"]]
        # A column that only another list has.
        refused(export(site, "csv", "--for", "world", "--fields", "id,legal_name"), 64, "legal_name", "it has: id, appeal")
        columns, rows = rows_of("json", export(site, "json", "--for", "ilo", "--fields", "legal_name,id").stdout)
        assert columns == ["legal_name", "id"] and len(rows) == 4


def test_an_edition():
    """The list of an edition names whom its letter names, and says who is gone since"""
    with opened() as site, Folder() as folder:
        ids = sign_all(site)
        for addressee in ("ministry", "ilo"):
            site.run("export", "letter", SLUG, "--to", addressee, "-o", folder.at(addressee + ".pdf"))
        sign(site, organisation="Later Union")
        for number, audience, is_ilo in ((1, "government", False), (2, "international", True)):
            columns, rows = rows_of("csv", export(site, "csv", "--edition", str(number)).stdout)
            assert columns == COLUMNS + (ILO if is_ilo else [])
            check_seen(rows, audience, is_ilo)
        withdraw(site, ids["public"])
        done = export(site, "jsonl", "--edition", "1")
        columns, rows = rows_of("jsonl", done.stdout)
        assert {row["organisation"] for row in rows} == {marks(v)["organisation"] for v in ("organisation", "recipients")}
        assert "1 whom the edition held is not listed any more" in done.stderr.decode(), done.stderr
        # Its addressee may be named too, but no other.
        assert export(site, "jsonl", "--edition", "1", "--for", "ministry").stdout == done.stdout
        refused(export(site, "csv", "--edition", "1", "--for", "ilo"), 65, "goes to ministry")
        refused(export(site, "csv", "--edition", "9"), 66, "no edition 9", "delivery list")
        refused(export(site, "csv", "--edition", "one"), 64, "number")
        assert ("export.jsonl", "audience government, addressee ministry, version 1, 2 named") in audit(site), audit(site)


def test_options_that_exclude_each_other():
    """What does not go together is told in one sentence; nothing is written, and nothing noted"""
    with opened() as site, Folder() as folder:
        sign(site, organisation="Union")
        out = ["-o", folder.at("out")]
        key = os.path.join(site.folder, "organiser.key")
        for status, words, arguments in (
                (64, "exclude", ["--all", "--for", "ilo"]),
                (64, "--edition and --all", ["--edition", "1", "--all"]),
                (64, "--edition and --version", ["--edition", "1", "--version", "1"]),
                (64, "--edition and --state", ["--edition", "1", "--state", "listed"]),
                (64, "--edition and --contacts", ["--edition", "1", "--contacts", "--key", key]),
                (64, "add --all", ["--state", "held"]),
                (64, "add --all", ["--state", "struck", "--for", "ilo"]),
                (64, "none of these", ["--all", "--state", "lost"]),
                *((64, "whole number", [option, value]) for option in ("--version", "-e")
                  for value in ("0", "00", "x", "1x", "-1", "+1", "", "99999999999999999999")),
                (66, "published: 1", ["--version", "7"]),
                (66, "ministry", ["--for", "nobody"]),
                (66, "no edition 7", ["-e", "7"]),
                (64, "--all", ["--contacts", "--key", key]),
                (64, "--key", ["--all", "--contacts"]),
                (64, "--contacts", ["--all", "--key", key]),
                (64, "it has: id, appeal", ["--fields", "id,contact"]),
                (64, "it has: id, appeal", ["--all", "--fields", "email"]),
                (64, "it has: id, appeal", ["--fields", ""]),
                (64, "twice", ["--fields", "id,town,id"]),
                (66, "/nowhere", ["--all", "--contacts", "--key", "/nowhere/key"])):
            refused(export(site, "csv", *arguments, *out), status, words)
            assert folder.names() == [], (arguments, folder.names())
        refused(export(site, "json", "-o", folder.at("no/such/folder")), 73, "no/such/folder")
        assert audit(site) == []
        terminal = Terminal([PROGRAM, "--site", site.folder, "export", "xlsx", SLUG])
        assert terminal.end() == 64 and "-o FILE" in terminal.text, terminal.text


def test_contacts():
    """Mailboxes are opened on the organiser's machine, with the key they were sealed to and no other"""
    with opened() as site, Folder() as folder:
        key, other, out = os.path.join(site.folder, "organiser.key"), folder.at("other"), folder.at("out")
        site.run("key", "new", "-o", other)
        ids = sign_all(site)
        contacts = ["--all", "--contacts", "--key"]
        for form in FORMATS:
            done = export(site, form, *contacts, key, "-o", out)
            assert done.returncode == 0, done.stderr
            with open(out, "rb") as f:
                columns, rows = rows_of(form, f.read())
            assert columns == COLUMNS + ["email"], columns
            assert {row["id"]: row["email"] for row in rows} == {ids[v]: marks(v)["email"] for v in TABLE}
            os.unlink(out)
            # Another key: one sentence, and nothing of the list, also where it goes to a pipe.
            refused(export(site, form, *contacts, other, "-o", out), 65, other, "another key")
            refused(export(site, form, *contacts, other), 65, other, "another key")
            refused(export(site, form, *contacts, key + ".pub", "-o", out), 65, "public key")
            assert folder.names() == ["other", "other.pub"], folder.names()
        columns, rows = rows_of("csv", export(site, "csv", *contacts, key, "--fields", "email,organisation").stdout)
        assert columns == ["email", "organisation"] and len(rows) == 5
        noted = audit(site)
        assert {act for act, reason in noted} == {"export.contacts"}, noted
        assert noted[0][1] == "audience organiser, every version, 5 named", noted
        # Not a word of a mailbox is in the database, nor in the log.
        with open(os.path.join(site.folder, "undersign.db"), "rb") as f:
            data = f.read()
        assert b"qmailpb" not in data and "qmailpb" not in site.daemon_log()


def environment(path):
    return {**os.environ, "UNDERSIGN_PASSPHRASE_FILE": path}


def write(path, text, mode=0o600):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def test_passphrases_in_files():
    """A key under a passphrase, for programs: the file is read, refused when others can read it, and never guessed at"""
    site = Site(appeals=False)
    with Folder() as folder:
        good, key = write(folder.at("good"), "Пароль, long enough\nsecond line\n"), folder.at("locked")
        done = subprocess.run([PROGRAM, "key", "new", "--passphrase", "-o", key], capture_output=True, text=True,
                              env=environment(good), start_new_session=True)
        assert done.returncode == 0 and "under the passphrase" in done.stderr, done
        assert stat.S_IMODE(os.stat(key).st_mode) == 0o600 and os.path.exists(key + ".pub")
        for name in ("organiser.key", "organiser.key.pub"):
            os.unlink(os.path.join(site.folder, name))
        shutil.copy(key + ".pub", os.path.join(site.folder, "organiser.key.pub"))
        site.publish(write_appeal(site.folder))
        with site:
            ids = sign_all(site)
            arguments = ["--all", "--contacts", "--key", key, "-o", folder.at("out")]

            def attempt(path):
                return export(site, "csv", *arguments, env=environment(path), start_new_session=True)
            done = attempt(good)
            assert done.returncode == 0, done.stderr
            with open(folder.at("out"), "rb") as f:
                assert {r["email"] for r in rows_of("csv", f.read())[1]} == {marks(v)["email"] for v in ids}
            os.unlink(folder.at("out"))
            refused(attempt(write(folder.at("bad"), "Пароль, long enougH\n")), 77, "passphrase is wrong", key)
            before = folder.names()
            for path, part in ((write(folder.at("open"), "Пароль, long enough\n", 0o644), "0600"),
                               (write(folder.at("empty"), "\n"), "no passphrase"),
                               (folder.at("nothing"), "No such file")):
                done = attempt(path)
                assert done.returncode == 77 and part in done.stderr.decode() and path in done.stderr.decode(), done
            done = export(site, "csv", *arguments, start_new_session=True)
            assert done.returncode == 77 and "UNDERSIGN_PASSPHRASE_FILE" in done.stderr.decode(), done
            assert set(folder.names()) - set(before) == {"open", "empty"}
            assert [act for act, reason in audit(site)] == ["export.contacts"]
    shutil.rmtree(site.folder, ignore_errors=True)


def test_passphrases_on_a_terminal():
    """A passphrase is typed twice, unseen; asked for three times at most; what goes wrong makes no key"""
    with Folder() as folder:
        key = folder.at("key")

        def begin():
            return Terminal([PROGRAM, "key", "new", "--passphrase", "-o", key])
        terminal = begin()
        terminal.read("New passphrase for")
        terminal.type("correct horse\n")
        terminal.read("Once more")
        terminal.type("correct house\n")
        assert terminal.end() == 65 and "differ" in terminal.text and folder.names() == [], terminal.text
        terminal = begin()
        terminal.read("New passphrase for")
        terminal.type("short\n")
        assert terminal.end() == 65 and "at least 8" in terminal.text and folder.names() == [], terminal.text
        terminal = begin()
        terminal.read("New passphrase for")
        terminal.type("\x03")
        assert terminal.end() != 0 and folder.names() == [], terminal.text
        terminal = begin()
        terminal.read("New passphrase for")
        terminal.type("correct horse\n")
        terminal.read("Once more")
        terminal.type("correct horse\n")
        assert terminal.end() == 0 and folder.names() == ["key", "key.pub"], terminal.text
        assert "horse" not in terminal.text, terminal.text
        with open(key, encoding="ascii") as f:
            assert f.readline().startswith("# Undersign organiser's SECRET key under a passphrase")

        with opened() as site:
            sign(site, organisation="Union")
            command = [PROGRAM, "--site", site.folder, "export", "csv", SLUG, "--all", "--contacts", "--key", key, "-o",
                       folder.at("out")]
            terminal = Terminal(command)
            for word in ("wrong", "wrong again", "still wrong"):
                terminal.read("Passphrase of")
                terminal.text = ""
                terminal.type(word + "\n")
            assert terminal.end() == 77 and "passphrase is wrong" in terminal.text, terminal.text
            assert "wrong again" not in terminal.text and "out" not in folder.names()
            # Right at the second try; that this key does not fit is another matter.
            terminal = Terminal(command)
            terminal.read("Passphrase of")
            terminal.text = ""
            terminal.type("wrong\n")
            terminal.read("Passphrase of")
            terminal.type("correct horse\n")
            assert terminal.end() == 65 and "another key" in terminal.text, terminal.text


def test_new_keys():
    """Keys are made whole or not at all, and it is said what to do with them"""
    with Folder() as folder:
        def make(*arguments):
            return subprocess.run([PROGRAM, "key", "new", *arguments], capture_output=True)
        refused(make(), 64, "-o FILE")
        refused(make("-o", "-"), 64, "-o FILE")
        refused(make("-o", folder.at("x"), "--name", "Federation"), 64, "--seal")
        refused(make("--seal", "-o", folder.at("x")), 64, "--name")
        refused(make("--seal", "--passphrase", "--name", "Federation", "-o", folder.at("x")), 64, "passphrase")
        refused(make("-o", folder.at("no/key")), 73, "no/key")
        assert folder.names() == []
        done = make("--seal", "--name", "Common Federation of Labour", "-o", folder.at("seal"), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"key": folder.at("seal"), "certificate": folder.at("seal.crt")}
        for part in ("[seal]", "certificate", "self-signed"):
            assert part in done.stderr.decode()
        assert stat.S_IMODE(os.stat(folder.at("seal")).st_mode) == 0o600
        subject = subprocess.run(["openssl", "x509", "-in", folder.at("seal.crt"), "-noout", "-subject"], check=True,
                                 capture_output=True, text=True).stdout
        assert "Common Federation of Labour" in subject
        refused(make("--seal", "--name", "Another", "-o", folder.at("seal")), 73, "already")
        assert make("--seal", "--name", "Federation", "-o", folder.at("its.key")).returncode == 0
        assert {"its.key", "its.crt"} < set(folder.names())
        done = make("-o", folder.at("key"))
        assert done.returncode == 0 and done.stdout == b"" and b"keys.organiser" in done.stderr
        refused(make("-o", folder.at("key")), 73, "already")
        assert folder.names() == ["its.crt", "its.key", "key", "key.pub", "seal", "seal.crt"]


def fill(site, rows):
    """Many signatures, put straight into the database."""
    path = os.path.join(HERE, "..", "bench", "list_bench")
    loader = importlib.machinery.SourceFileLoader("list_bench", path)
    bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("list_bench", loader))
    loader.exec_module(bench)
    bench.SLUG = SLUG
    bench.fill(site, rows)


def test_nothing_half_written():
    """A disk that fills, an interruption, a kill: the old file is still there, or none; whole lists of any length"""
    rows = 60000
    site = opened()
    site.start()
    site.stop()
    fill(site, rows)
    with site, Folder() as folder:
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        for form in FORMATS:
            path = folder.at("list." + form)
            done = export(site, form, "-o", path, preexec_fn=limit)
            refused(done, 74, "spreadsheet" if form == "xlsx" else "write")
            assert folder.names() == [], folder.names()
            write(path, "old")
            refused(export(site, form, "-o", path, preexec_fn=limit), 74)
            with open(path) as f:
                assert f.read() == "old"
            os.unlink(path)
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, "--site", site.folder, "export", form, SLUG], stdout=full,
                                      stderr=subprocess.PIPE)
            assert done.returncode == 74 and b"No space left" in done.stderr, done
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process = subprocess.Popen([PROGRAM, "--site", site.folder, "export", "csv", SLUG, "-o", folder.at("list")],
                                       stderr=subprocess.DEVNULL)
            wait_until(folder.names)
            process.send_signal(how)
            process.wait(60)
            assert not os.path.exists(folder.at("list"))
            if how != signal.SIGKILL:
                assert process.returncode == 130 and folder.names() == [], (process.returncode, folder.names())
        for name in folder.names():
            os.unlink(folder.at(name))
        found = {}
        for form in FORMATS:
            done = export(site, form)
            assert done.returncode == 0, done.stderr
            columns, found[form] = rows_of(form, done.stdout)
            assert len(found[form]) == rows
            assert found[form] == found["csv"], form
        columns, everything = rows_of("csv", export(site, "csv", "--all").stdout)
        assert len({row["id"] for row in everything}) == len(everything) >= rows
        # In the order of countries, then names.
        assert [r["country"] for r in found["csv"]] == sorted(r["country"] for r in found["csv"])


if __name__ == "__main__":
    main([test_formats_agree, test_each_audience, test_an_edition, test_options_that_exclude_each_other, test_contacts,
          test_passphrases_in_files, test_passphrases_on_a_terminal, test_new_keys, test_nothing_half_written])
