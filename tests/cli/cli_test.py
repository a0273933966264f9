#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every command of undersign against the real programs: with the daemon up and down, through --host, in a terminal
and piped; what is left behind when it is interrupted; that the manual and the completion say the same."""

import csv
import io
import json
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import BUILD, PROGRAM, TOP, Site, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402

# For a build with sanitizers.
os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))

SLUG = "ardenia-oil-strike"
APPEAL_KEYS = ["slug", "state", "version", "languages", "signatures", "members"]
ADDRESSEE_KEYS = ["id", "role", "kind", "name", "language"]
SIGNATURE_KEYS = ["id", "appeal", "state", "organisation", "organisation_latin", "kind", "country", "town",
                  "affiliation", "members", "representative", "capacity", "visibility", "language", "signed_on", "version"]
MAIL_KEYS = ["id", "template", "appeal", "language", "state", "attempts", "next_at", "created_at", "last_error",
             "can_retry"]
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
ACTOR = "unix:" + pwd.getpwuid(os.getuid()).pw_name


def sign_many(site, names, **fields):
    """Signs and confirms; the ids in the order of the names."""
    site.signed = getattr(site, "signed", 0)
    mailboxes = []
    for name in names:
        site.signed += 1
        mailboxes.append(f"office@union{site.signed}.example")
        answer = site.sign(SLUG, organisation=name, email=mailboxes[-1], **fields)
        assert answer.status == 303, (answer.status, answer.text)

    def links():
        """The mails that ask for a confirmation; others, of decisions, may come between."""
        found = {m["To"]: m for m in site.mails() if "/c/" in m.get_body(("plain",)).get_content()}
        return [found[box] for box in mailboxes] if set(mailboxes) <= set(found) else None
    for message in wait_until(links):
        assert site.confirm(message).status == 303
    ids = {s["organisation"]: s["id"] for s in site.json("signature", "list", SLUG)}
    return [ids[name] for name in names]


def refused(site, status, *arguments, **kwargs):
    done = site.run(*arguments, check=False, **kwargs)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    assert done.stdout == "", done.stdout
    return done.stderr


def talked(done, *parts):
    for part in parts:
        assert part in done.stderr, (part, done.stderr)


def audit(site, act):
    """Rows of the audit log with that act, read from the file; the daemon must be down."""
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute("SELECT d.actor, d.subject, d.reason FROM audit a JOIN audit_detail d USING (seq) "
                                  "WHERE a.act = ? ORDER BY a.seq", (act,)).fetchall()
    finally:
        connection.close()


def copy_appeal(site, slug):
    """The sample appeal under another name, to change."""
    folder = os.path.join(site.folder, slug)
    shutil.copytree(os.path.join(TOP, "contrib/appeals", SLUG), folder)
    path = os.path.join(folder, "appeal.ini")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"^slug *=.*$", f"slug = {slug}", text, flags=re.M))
    return folder


# ---- every command; `ids` are four confirmed signatures that nobody has decided on yet ----

def check_appeals(site, mode):
    slug = f"copy-{mode}"
    folder = copy_appeal(site, slug)
    talked(site.run("appeal", "import", folder), "Imported appeal", slug, "appeal publish " + slug)
    talked(site.run("appeal", "import", folder), "unchanged")
    shown = site.json("appeal", "show", slug)
    assert list(shown)[:6] == APPEAL_KEYS and list(shown)[-1] == "addressees", list(shown)
    assert shown["state"] == "draft" and shown["published_version"] is None and shown["languages"][0] == "ru"
    assert all(list(a) == ADDRESSEE_KEYS for a in shown["addressees"]) and len(shown["addressees"]) == 5
    assert {a["kind"] for a in shown["addressees"]} == {"government", "international", "federation"}
    done = site.run("appeal", "publish", slug, "--json")
    assert json.loads(done.stdout) == {"slug": slug, "version": 1, "no_pictures": None, "state": "open", "closes_on": shown["closes_on"]}
    talked(done, "is published")
    with open(os.path.join(folder, "ru.md"), "a", encoding="utf-8") as f:
        f.write("\nЕщё одна строка.\n")
    done = site.run("appeal", "import", folder, "--json")
    assert json.loads(done.stdout) == {"slug": slug, "change": "new-version", "version": 2,
                                       "languages": len(shown["languages"]), "waits": True}
    talked(done, "version 2", "all texts")
    shown = site.json("appeal", "show", slug)
    assert (shown["version"], shown["newest_version"], shown["published_version"]) == (1, 2, 1)
    listed = site.json("appeal", "list")
    assert all(list(a) == [*APPEAL_KEYS, "shielded"] for a in listed) and slug in [a["slug"] for a in listed]
    piped = site.run("appeal", "list").stdout
    assert any(line.split("\t")[:3] == [slug, "open", "1"] for line in piped.splitlines()), piped

    # A fault names the file, the line, and what is allowed.
    path = os.path.join(folder, "appeal.ini")
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("authoritative"))
    lines[number] = "authoritative = xx yy"
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    said = refused(site, 65, "appeal", "import", folder)
    assert said.startswith(f"{folder}/appeal.ini:{number + 1}: "), said
    assert "/nowhere" in refused(site, 66, "appeal", "import", "/nowhere")
    assert "appeal.ini" in refused(site, 66, "appeal", "import", site.folder + "/mail")
    with open(os.path.join(folder, "en.md"), "w") as f:
        f.write("x" * (512 * 1024 + 1))
    assert "512 KiB" in refused(site, 65, "appeal", "import", folder)
    refused(site, 66, "appeal", "show", "nothing")
    refused(site, 66, "appeal", "publish", "nothing")
    shutil.rmtree(folder)


def check_moderation(site, mode, ids):
    one, two, three, four = ids
    waiting = site.json("queue", SLUG)
    assert all(list(s) == [*SIGNATURE_KEYS, "mail_domain"] for s in waiting)
    assert set(ids) <= {s["id"] for s in waiting} and {s["state"] for s in waiting} <= {"confirmed", "held"}
    assert {s["id"] for s in site.json("queue")} >= set(ids)
    shown = site.json("signature", "show", one)
    assert list(shown) == SIGNATURE_KEYS and shown["id"] == one and shown["appeal"] == SLUG
    assert shown["state"] == "confirmed" and shown["members"] == 1200 and re.fullmatch(r"\d{4}-\d\d-\d\d", shown["signed_on"])
    assert [s["id"] for s in site.json("signature", "show", two, one)] == [two, one]
    assert f"id\t{one}\n" in site.run("signature", "show", one).stdout
    assert "zzzz" in refused(site, 66, "signature", "show", "zzzz")

    before = site.json("appeal", "show", SLUG)["signatures"]
    done = site.run("signature", "approve", one, "--json")
    decided = json.loads(done.stdout)
    assert decided.pop("organisation") == shown["organisation"]
    assert decided == {"id": one, "decision": "approve", "state": "listed", "changed": True, "error": None,
                       "reason": None, "unreached": False}
    done = site.run("signature", "approve", one)
    assert done.stdout == ""
    talked(done, f"{one} was listed already")
    assert site.json("appeal", "show", SLUG)["signatures"] == before + 1
    # From standard input: each one by itself, and once.
    done = site.run("signature", "hold", "-", stdin=f"{two}\n{three} {two}\n")
    talked(done, f"{two} is held now", "2 done, 0 as they were, 0 failed")
    assert {s["id"] for s in site.json("signature", "list", SLUG, "--state", "held")} == {two, three}
    done = site.run("signature", "approve", "zzzz", two, "--json", check=False)
    assert done.returncode == 1, done
    answers = json.loads(done.stdout)
    assert [a["error"] for a in answers] == ["not-found", None] and answers[1]["state"] == "listed"
    talked(done, "zzzz: there is no such signature", "1 done, 0 as they were, 1 failed")
    assert json.loads(site.run("signature", "approve", "-", "--json", stdin="").stdout) == []

    # Refusing and striking need a reason; a state that does not allow it says which it is.
    assert "--reason" in refused(site, 64, "signature", "refuse", three)
    site.run("signature", "refuse", three, "--reason", f"not known ({mode})")
    said = refused(site, 1, "signature", "hold", three)
    assert "refused" in said, said
    site.run("signature", "restore", three)
    assert site.json("signature", "show", three)["state"] == "confirmed"
    site.run("--reason", f"found false ({mode})", "signature", "strike", one)
    assert site.json("signature", "show", one)["state"] == "struck"
    assert site.json("appeal", "show", SLUG)["signatures"] == before + 1
    site.run("signature", "restore", one)
    assert site.json("signature", "show", one)["state"] == "listed"
    site.run("signature", "approve", four)
    piped = site.run("signature", "list", SLUG, "--state=listed").stdout.splitlines()
    assert {line.split("\t")[0] for line in piped} >= {one, two, four}
    assert all(line.count("\t") == len(SIGNATURE_KEYS) - 1 for line in piped)
    assert "lost" in refused(site, 64, "signature", "list", SLUG, "--state", "lost")
    refused(site, 66, "signature", "list", "nothing")
    refused(site, 66, "queue", "nothing")


def check_exports(site, mode):
    folder = tempfile.mkdtemp()
    try:
        listed = site.json("signature", "list", SLUG, "--state", "listed")
        done = site.run("export", "csv", SLUG)
        rows = list(csv.reader(io.StringIO(done.stdout, newline="")))
        assert rows[0] == SIGNATURE_KEYS
        public = {s["organisation"] for s in listed if s["visibility"] in ("public", "organisation")}
        assert {r[3] for r in rows[1:]} == public, (rows, public)
        by_name = {s["organisation"]: s for s in listed}
        for row in rows[1:]:
            values = dict(zip(rows[0], row))
            expected = by_name[values["organisation"]]
            assert values["id"] == values["signed_on"] == values["language"] == values["visibility"] == "", values
            assert values["organisation"] == expected["organisation"] and values["members"] == str(expected["members"])
            assert (values["representative"] != "") == (expected["visibility"] == "public")
        talked(done, f"{len(public)} named", f"{len(listed) - len(public)} more")

        path = os.path.join(folder, "out.csv")
        done = site.run("export", "csv", SLUG, "-o", path, "--for", "ilo")
        assert done.stdout == "" and os.listdir(folder) == ["out.csv"]
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        with open(path, newline="", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        assert {r["organisation"] for r in rows} == {s["organisation"] for s in listed if s["visibility"] != "counted"}
        assert all(r["representative"] for r in rows)
        # A government sees fewer of them, and persons only where they chose so.
        rows = list(csv.DictReader(io.StringIO(site.run("export", "csv", SLUG, "--for", "president").stdout, newline="")))
        shown = {r["organisation"]: bool(r["representative"]) for r in rows}
        assert shown == {s["organisation"]: s["visibility"] != "organisation" for s in listed
                         if s["visibility"] in ("public", "organisation", "recipients")}, shown
        done = site.run("export", "csv", SLUG, "--all", "-o", path)
        talked(done, "organiser alone")
        with open(path, newline="", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        everything = site.json("signature", "list", SLUG)
        assert {r["id"] for r in rows} == {s["id"] for s in everything}
        assert {r["state"] for r in rows} == {s["state"] for s in everything}
        refused(site, 64, "export", "csv", SLUG, "--all", "--for", "ilo")
        assert "president" in refused(site, 66, "export", "csv", SLUG, "--for", "nobody")
        refused(site, 66, "export", "csv", "nothing")
        refused(site, 73, "export", "csv", SLUG, "-o", "/nowhere/x.csv")
        assert os.listdir(folder) == ["out.csv"]
        os.unlink(path)

        def text(name):
            with open(os.path.join(folder, name), "rb") as f:
                assert f.read(5) == b"%PDF-"
            # As it was drawn, cell by cell: a name may be broken within its column.
            return " ".join(subprocess.run(["pdftotext", "-raw", os.path.join(folder, name), "-"], check=True,
                                           capture_output=True, text=True).stdout.split())

        done = site.run("export", "letter", SLUG, cwd=folder)
        assert done.stdout == "" and os.listdir(folder) == [f"{SLUG}-ru.pdf"], os.listdir(folder)
        words = text(f"{SLUG}-ru.pdf")
        for s in listed:
            assert (s["organisation"] in words) == (s["visibility"] in ("public", "organisation")), s
        done = site.run("export", "letter", SLUG, "--to", "ilo", "--json", cwd=folder)
        told = json.loads(done.stdout)
        assert told["file"] == f"{SLUG}-en-ilo.pdf" and told["language"] == "en" and told["addressee"] == "ilo"
        assert told["named"] == len([s for s in listed if s["visibility"] != "counted"])
        assert told["named"] + told["counted"] == len(listed) and told["pages"] >= 1
        words = text(f"{SLUG}-en-ilo.pdf")
        for s in listed:
            assert (s["organisation"] in words) == (s["visibility"] != "counted"), s
        assert "International Labour Office" in words
        done = subprocess.run([PROGRAM, "--site", site.folder, *site.extra, "export", "letter", SLUG, "--lang", "en",
                               "-o", "-"], check=True, capture_output=True, env=site.environment)
        assert done.stdout.startswith(b"%PDF-") and done.stdout.rstrip().endswith(b"%%EOF")
        assert "it has: ru, en" in refused(site, 65, "export", "letter", SLUG, "--lang", "fr", cwd=folder)
        assert "ilo" in refused(site, 66, "export", "letter", SLUG, "--to", "nobody", cwd=folder)
        assert "published" in refused(site, 65, "export", "letter", "draft-only", cwd=folder)
        # What is no file is not replaced by one. Never a device here: a test must do no harm where it fails.
        os.mkfifo(f"{folder}/fifo")
        refused(site, 73, "export", "letter", SLUG, "-o", f"{folder}/fifo")
        assert stat.S_ISFIFO(os.lstat(f"{folder}/fifo").st_mode)
        os.unlink(f"{folder}/fifo")
        assert sorted(os.listdir(folder)) == [f"{SLUG}-en-ilo.pdf", f"{SLUG}-ru.pdf"]
    finally:
        shutil.rmtree(folder)


def check_the_rest(site, mode):
    mails = site.json("mail", "list")
    assert all(list(m) == MAIL_KEYS for m in mails)
    for mail in mails[:1]:
        assert isinstance(mail["id"], str) and re.fullmatch(RFC3339, mail["next_at"]) and mail["appeal"] == SLUG
        assert site.json("mail", "show", mail["id"]) == mail
        assert "@" not in json.dumps(mail)
    refused(site, 66, "mail", "show", "1")
    done = site.run("check", "counts", "--json")
    told = json.loads(done.stdout)
    assert told["holds"] is True and told["differences"] == [] and told["rows"] == len(site.json("signature", "list", SLUG))
    talked(site.run("check", "counts"), "everything agrees")
    options = {o["option"]: o for o in site.json("config", "show")}
    assert options["http.listen"]["value"] == f"127.0.0.1:{site.port}"
    assert options["store.readers"]["value"] == options["store.readers"]["default"]
    talked(site.run("config", "check"), "right")


class Remote:
    """A site whose commands go through --host: UNDERSIGN_SSH stands for the machine's sshd, which hands the words it
    gets to a shell of the account, as sshd does."""

    def __init__(self, site):
        self.site, self.folder, self.port = site, site.folder, site.port
        self.script = os.path.join(site.folder, "ssh")
        with open(self.script, "w") as f:
            f.write('#!/bin/sh\n[ "$1" = -T ] && [ "$2" = -- ] && [ "$3" = someone@there ] || exit 99\nshift 3\n'
                    f'PATH={shlex.quote(BUILD)}:$PATH exec sh -c "$*"\n')
        os.chmod(self.script, 0o755)
        self.environment = {**os.environ, "UNDERSIGN_SSH": self.script}
        self.extra = ["--host", "someone@there"]

    def run(self, *arguments, **kwargs):
        return self.site.run(*self.extra, *arguments, env=self.environment, **kwargs)

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json").stdout)


def test_every_command_up_down_and_remote():
    """All commands with the daemon running, then without it, and through --host both ways"""
    site = Site()
    site.extra, site.environment = [], dict(os.environ)
    draft = copy_appeal(site, "draft-only")
    site.run("appeal", "import", draft)
    remote = Remote(site)
    modes = {"up": site, "hup": remote, "down": site, "hdown": remote}
    with site:
        ids = {mode: sign_many(site, [f"Профсоюз {mode} {n}" for n in range(4)]) for mode in modes}
        for visibility in ("organisation", "recipients", "international", "counted"):
            site.run("signature", "approve", *sign_many(site, [f"Союз видимости {visibility}"], visibility=visibility))
        for mode in modes:
            if mode == "down":
                assert site.stop() == 0
            check_appeals(modes[mode], mode)
            check_moderation(modes[mode], mode, ids[mode])
            check_exports(modes[mode], mode)
            check_the_rest(modes[mode], mode)
        rows = audit(site, "signature.refuse")
        assert rows == [(ACTOR, ids[mode][2], f"not known ({mode})") for mode in modes], rows
        rows = audit(site, "signature.strike")
        assert rows == [(ACTOR, ids[mode][0], f"found false ({mode})") for mode in modes], rows
        assert all(row[0] == ACTOR for act in ("appeal.publish", "signature.approve", "signature.hold", "signature.restore")
                   for row in audit(site, act))
        # What was decided without the daemon is there when it starts again, and the mails of it leave.
        site.start()
        assert site.json("signature", "show", ids["down"][1])["state"] == "listed"
        wait_until(lambda: site.json("mail", "list") == [])
        assert site.json("mail", "list") == []


def test_letters_go_by_country():
    """A letter's countries stand in the order of their names in its language; the list has no hidden one in any sum"""
    with Site() as site:
        for number, (country, visibility) in enumerate((("DE", "public"), ("FR", "public"), ("KZ", "public"),
                                                        ("BY", "counted"))):
            site.sign("ardenia-oil-strike", country=country, visibility=visibility, members=str(1000 + number),
                      organisation=f"Union {country}", organisation_latin="", email=f"o{number}@union.example")
        for message in site.mails(4):
            site.confirm(message)
        site.run("signature", "approve", *[row["id"] for row in site.json("queue")])
        for language, order in (("en", ("France", "Germany", "Kazakhstan")), ("ru", ("Германия", "Казахстан", "Франция"))):
            path = os.path.join(site.folder, f"{language}.pdf")
            site.run("export", "letter", "ardenia-oil-strike", "--lang", language, "-o", path)
            text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
            places = [text.index("\n" + name + "\n") for name in order]
            assert places == sorted(places), (language, places)
            assert "Union BY" not in text and not re.search("Belarus|Беларусь", text)
            assert re.search(r"3.?003", text) and not re.search(r"4.?006", text), text


def test_damage_is_found():
    """check counts finds a counter that is wrong and a row that was changed"""
    site = Site()
    with site:
        ids = sign_many(site, ["Первый союз", "Второй союз"])
        site.run("signature", "approve", *ids)
        site.stop()
        database = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
        database.execute("UPDATE counter SET signatures = signatures + 1 WHERE state = 'listed'")
        database.execute("UPDATE signature SET town = 'Elsewhere' WHERE public_id = ?", (ids[0],))
        database.commit()
        database.close()
        done = site.run("check", "counts", "--json", check=False)
        assert done.returncode == 65, done
        told = json.loads(done.stdout)
        assert told["holds"] is False and len(told["differences"]) >= 2, told
        done = site.run("check", "counts", check=False)
        assert done.returncode == 65 and len(done.stdout.splitlines()) == len(told["differences"])
        assert "Первый союз" not in done.stdout


def test_keys():
    """key new makes a private key that only its owner can read, and never writes over one"""
    with tempfile.TemporaryDirectory() as folder:
        def key(*arguments):
            return subprocess.run([PROGRAM, "key", "new", *arguments], capture_output=True, text=True, cwd=folder,
                                  stdin=subprocess.DEVNULL, env={k: v for k, v in os.environ.items() if k != "UNDERSIGN_SITE"})
        done = key("-o", "k", "--json")
        assert done.returncode == 0 and json.loads(done.stdout) == {"private": "k", "public": "k.pub"}
        assert stat.S_IMODE(os.stat(f"{folder}/k").st_mode) == 0o600
        with open(f"{folder}/k", "rb") as f:
            before = f.read()
        done = key("-o", "k")
        assert done.returncode == 73 and done.stdout == "", done
        with open(f"{folder}/k", "rb") as f:
            assert f.read() == before
        assert key().returncode == 64
        assert key("-o", "/nowhere/k").returncode == 73
        assert sorted(os.listdir(folder)) == ["k", "k.pub"]


def test_wrong_lines_and_sites():
    """A wrong line, or a site that is not there, is told with a way on and the right exit status"""
    def run(*arguments, **environment):
        clean = {k: v for k, v in os.environ.items() if k != "UNDERSIGN_SITE"}
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**clean, **environment})
    for arguments, status, said in [
            ([], 64, "undersign help"), (["apeal", "list"], 64, 'did you mean "appeal"'),
            (["appeal", "lst"], 64, 'did you mean "appeal list"'), (["queue", "--jsn"], 64, "did you mean --json"),
            (["appeal"], 64, "undersign help appeal"), (["appeal", "show"], 64, "undersign appeal show SLUG"),
            (["mail", "list", "--all"], 64, "does not take --all"), (["queue", "--site"], 64, "needs a value"),
            (["--site", "/nowhere", "queue"], 78, "/nowhere/undersign.conf"),
            (["--config", "/nowhere/x.conf", "queue"], 78, "--site DIR"),
            (["--host", "-oProxyCommand=true", "queue"], 64, "not a host"),
            (["help", "nothing"], 64, "undersign help")]:
        done = run(*arguments)
        assert done.returncode == status and done.stdout == "", (arguments, done)
        assert done.stderr.startswith("undersign: ") and said in done.stderr, (arguments, done.stderr)
    assert "/elsewhere/undersign.conf" in run("queue", UNDERSIGN_SITE="/elsewhere").stderr
    done = run("--host", "x", "queue", UNDERSIGN_SSH="/bin/false")
    assert done.returncode == 69 and "could not be reached" in done.stderr, done
    done = run("--version")
    assert done.returncode == 0 and re.fullmatch(r"undersign \d+\.\d+\.\d+\n", done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "undersign.conf")
        with open(path, "w") as f:
            f.write("[store]\nreaders = many\n")
        done = run("--config", path, "config", "check")
        assert done.returncode == 78 and done.stderr.startswith(f"{path}:2: "), done
        # The same where only undersignd reads it.
        script = os.path.join(folder, "ssh")
        with open(script, "w") as f:
            f.write(f'#!/bin/sh\nshift 3\nPATH={shlex.quote(BUILD)}:$PATH exec sh -c "$*"\n')
        os.chmod(script, 0o755)
        done = run("--host", "x", "--config", path, "config", "check", UNDERSIGN_SSH=script)
        assert done.returncode == 78 and f"{path}:2: " in done.stderr, done


def test_a_service_that_says_nothing():
    """What listens and never speaks is given up, here and on another machine"""
    with Site(appeals=False) as site:
        site.stop()
        with socket.socket(socket.AF_UNIX) as silent, tempfile.TemporaryDirectory() as folder:
            silent.bind(os.path.join(site.folder, "control.sock"))
            silent.listen(1)
            ssh = os.path.join(folder, "ssh")
            with open(ssh, "w") as f:
                os.fchmod(f.fileno(), 0o755)
                f.write("#!/bin/sh\nexec %s --stdio --config %s\n"
                        % tuple(shlex.quote(word) for word in (site.daemon[0], site.folder + "/undersign.conf")))
            # More than its queue takes: the last of them does not even get in.
            asked = [subprocess.Popen([PROGRAM, *where, "queue"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True, env={**os.environ, "UNDERSIGN_SSH": ssh})
                     for where in [["--site", site.folder], ["--host", "there"], *[["--site", site.folder]] * 3]]
            for one in asked:
                out, told = one.communicate(timeout=60)
                assert "does not answer" in told and out == "", told
                assert one.returncode == 69 or "--host" in one.args, (one.args, one.returncode)


def test_a_long_path():
    """A site deeper than a socket's address is long"""
    site = Site()
    deep = os.path.join(site.folder, "d" * 120)
    os.mkdir(deep)
    with open(os.path.join(site.folder, "undersign.conf"), "a") as f:
        f.write(f"[control]\nsocket = {deep}/control.sock\n")
    with site:
        assert stat.S_ISSOCK(os.stat(f"{deep}/control.sock").st_mode)
        assert site.json("queue") == []
        site.stop()
        assert not os.path.exists(f"{deep}/control.sock")


def test_one_at_a_time_without_the_daemon():
    """Commands at the same time without a daemon wait for each other"""
    site = Site()
    with site:
        ids = sign_many(site, [f"Союз {n}" for n in range(6)])
        site.stop()
        running = [subprocess.Popen([PROGRAM, "--site", site.folder, "signature", "approve", i],
                                    stderr=subprocess.PIPE, text=True) for i in ids]
        said = [r.communicate(timeout=120)[1] for r in running]
        codes = [r.returncode for r in running]
        # Whoever waited too long is told to try again, and can.
        assert set(codes) <= {0, 75}, said
        for i, code in zip(ids, codes):
            if code == 75:
                site.run("signature", "approve", i)
        assert len(site.json("signature", "list", SLUG, "--state", "listed")) == 6
        site.start()


def test_refused_outright():
    """What the service refuses was not done, and is not said to be unknown"""
    with Site() as site:
        ids = sign_many(site, ["Первый союз", "Второй союз"])
        for some in (ids[:1], ids):
            done = site.run("signature", "refuse", *some, "--yes", "--reason", "two\nlines", check=False)
            assert done.returncode == 65 and "one line" in done.stderr and len(done.stderr.splitlines()) == 1, done
        assert {s["state"] for s in site.json("queue")} == {"confirmed"}


# ---- terminals and signals ----

def in_terminal(site, *arguments, columns=100):
    # No colours and no pager: terminal_test.py looks at these.
    return Terminal([PROGRAM, "--site", site.folder, *arguments], columns=columns,
                    environment={**os.environ, "NO_COLOR": "1", "PAGER": "cat"})


def test_terminal():
    """In a terminal: a table cut to its width, a reason and a second thought asked for, no PDF"""
    site = Site()
    with site:
        names = ["Профсоюз «Жаңарту»", "全国总工会", "اتحاد عمال المثال", "Union with a name that is much too long for a table of "
                 "eighty columns, and goes on"]
        ids = sign_many(site, names, organisation_latin=None)
        terminal = in_terminal(site, "queue", columns=80)
        assert terminal.end() == 0
        lines = terminal.text.replace("\r", "").splitlines()
        assert lines[0].split()[:3] == ["ID", "STATE", "ORGANISATION"], lines
        assert {line.split()[0] for line in lines[1:]} == set(ids) and "…" in terminal.text
        # Names that read from right to left stand between isolates, which take no column.
        assert re.search("\u2068اتحاد[^\n]*\u2069", terminal.text)
        assert all(len(re.sub("[\u2066-\u2069]", "", line)) <= 80 for line in lines)
        terminal = in_terminal(site, "appeal", "show", SLUG)
        assert terminal.end() == 0 and re.search(r"^slug +" + SLUG, terminal.text, re.M)
        assert re.search(r"^ID +ROLE +KIND", terminal.text, re.M)
        terminal = in_terminal(site, "mail", "list")
        assert terminal.end() == 0

        terminal = in_terminal(site, "signature", "refuse", ids[0], ids[1])
        terminal.read("Reason")
        terminal.type("no such union\n")
        terminal.read("[yes/no]")
        terminal.type("perhaps\n")
        wait_until(lambda: terminal.read("[yes/no]").count("[yes/no]") >= 1)
        terminal.type("no\n")
        assert terminal.end() == 77 and "Nothing was done" in terminal.text
        assert {s["state"] for s in site.json("queue")} == {"confirmed"}
        terminal = in_terminal(site, "signature", "refuse", ids[0], ids[1])
        terminal.read("Reason")
        terminal.type("no such union\n")
        terminal.read("[yes/no]")
        terminal.type("yes\n")
        assert terminal.end() == 0 and "2 done" in terminal.text
        terminal = in_terminal(site, "--yes", "signature", "refuse", ids[2], ids[3], "--reason", "neither")
        assert terminal.end() == 0 and "[yes/no]" not in terminal.text
        assert f"{ids[2]} is refused now: \u2068اتحاد عمال المثال\u2069" in terminal.text, terminal.text
        terminal = in_terminal(site, "signature", "refuse", ids[0])
        terminal.read("Reason")
        terminal.type("\x03")
        assert terminal.end() == 130 and "nothing was done" in terminal.text, terminal.text
        terminal = in_terminal(site, "signature", "refuse", SLUG, "--where", "kind = union")
        terminal.read("Reason")
        terminal.type("\x03")
        assert terminal.end() == 130 and "nothing was done" in terminal.text, terminal.text
        terminal = in_terminal(site, "signature", "refuse", ids[0])
        terminal.read("Reason")
        terminal.type("\n")
        assert terminal.end() == 64 and "--reason" in terminal.text

        terminal = in_terminal(site, "export", "letter", SLUG, "-o", "-")
        assert terminal.end() == 64 and "%PDF" not in terminal.text and "-o FILE" in terminal.text
        site.stop()
        assert [row[1] for row in audit(site, "signature.refuse")] == ids


def test_interrupted():
    """Ctrl-C and a connection that breaks leave no unfinished file, and the old one as it was"""
    site = Site()
    with site:
        site.run("signature", "approve", *sign_many(site, ["Один союз", "Второй союз"]))
        out = os.path.join(site.folder, "out")
        os.mkdir(out)
        script = os.path.join(site.folder, "ssh")

        def relay(command, *rest):
            """An ssh that reaches this machine, whose answers go through `command`; then comes the rest."""
            with open(script, "w") as f:
                f.write("\n".join(["#!/bin/sh", "shift 3", f"PATH={shlex.quote(BUILD)}:$PATH", "exec 3<&0", f"mkfifo {out}.$$",
                                   f'sh -c "exec $*" <&3 >{out}.$$ & relay=$!', f"{command} <{out}.$$", *rest]) + "\n")
            os.chmod(script, 0o755)

        def export(command, path, said):
            return subprocess.Popen([PROGRAM, "--host", "x", "--site", site.folder, "export", command, SLUG, "-o", path],
                                    stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
                                    env={**os.environ, "UNDERSIGN_SSH": script})
        # How long the whole answers are, to cut them off in the last row.
        sizes = {}
        for command in ("csv", "letter"):
            relay(f"tee {out}.full")
            assert export(command, os.path.join(site.folder, "whole"), subprocess.DEVNULL).wait(60) == 0
            sizes[command] = os.stat(f"{out}.full").st_size - 10
        # The answer stops there: for ever, or because the connection is gone.
        for rest, status in (("sleep 60", 130), ("kill $relay", 74)):
            for command, name in (("csv", "list.csv"), ("letter", "letter.pdf")):
                path = os.path.join(out, name)
                with open(path, "w") as f:
                    f.write("old")
                relay(f"dd bs=1 count={sizes[command]} status=none", rest)
                # What is said goes to a file: the script's own children would keep a pipe open.
                with open(os.path.join(site.folder, "said"), "w+") as said:
                    process = export(command, path, said)
                    if status == 130:
                        time.sleep(1)  # by then the part of the answer that comes is there
                        assert len(os.listdir(out)) == 2, os.listdir(out)
                        os.kill(process.pid, signal.SIGINT)
                    process.wait(60)
                    said.seek(0)
                    said = said.read()
                assert process.returncode == status, (process.returncode, said)
                assert os.listdir(out) == [name], (os.listdir(out), said)
                with open(path) as f:
                    assert f.read() == "old"
                os.unlink(path)
                if status == 130:
                    os.killpg(process.pid, signal.SIGTERM)
        # A reader that has had enough is no error worth words.
        done = subprocess.run(["bash", "-c", f'"{PROGRAM}" --site "{site.folder}" config show | head -n 1'],
                              capture_output=True, text=True)
        assert done.stderr == "" and done.stdout.startswith("site.name\t"), done
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "--site", site.folder, "config", "show"], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 74 and "No space" in done.stderr, done


# ---- what is written about it ----

def page(name):
    path = os.path.join(TOP, "contrib/man", name)
    return subprocess.run(["mandoc", "-T", "utf8", "-O", "width=500", path], check=True, capture_output=True, text=True,
                          env={**os.environ, "MANPAGER": "cat"}).stdout


def plain(text):
    return re.sub(r".\x08", "", text)


def sections(text):
    """What stands under each heading."""
    found = re.split(r"^([A-Z][A-Z ]+)$", text, flags=re.M)
    return dict(zip(found[1::2], found[2::2]))


def test_the_manual_says_all():
    """Each noun has a page with its commands' synopses as help has them, all their options, and keys; the pages lint clean"""
    def ask(*words):
        return subprocess.run([PROGRAM, "help", *words], check=True, capture_output=True, text=True).stdout
    overview, listing = sections(plain(page("undersign.1"))), ask()
    nouns = {}
    for line in listing.splitlines():
        found = re.match(r"  ([a-z]+)(?: ([a-z]+))?  ", line)
        if found:
            nouns.setdefault(found.group(1), []).append(found.group(2))
    assert len(nouns) >= 20
    with open(os.path.join(TOP, "contrib/sources.am"), encoding="utf-8") as f:
        installed = f.read()
    pages = {}
    for noun, verbs in nouns.items():
        helps = [ask(noun, *([verb] if verb else [])) for verb in verbs]
        usages = [text.splitlines()[0].removeprefix("Usage: ") for text in helps]
        if noun == "help":
            assert usages[0] in overview["SYNOPSIS"], usages
            continue
        text = plain(page(f"undersign-{noun}.1"))
        pages[noun] = text
        parts = sections(text)
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
            assert parts.get(heading, "").strip(), (noun, heading)
        synopsis = [" ".join(line.split()) for line in parts["SYNOPSIS"].splitlines() if line.strip()]
        assert synopsis == usages, (noun, set(synopsis) ^ set(usages))
        for verb, one in zip(verbs, helps):
            assert verb is None or re.search(rf"^ +(.*, )?{noun} {verb}\b", parts["DESCRIPTION"], re.M), (noun, verb)
            own = one.split("\nOptions:\n")[1].split("\nOptions of every")[0] if "\nOptions:\n" in one else ""
            for option in re.findall(r"^ {2}(?:-., |    )(--[a-z-]+)", own, re.M):
                assert re.search(rf"{option}(?![a-z-])", parts["DESCRIPTION"]), (noun, verb, option)
        assert f"man/undersign-{noun}.1" in installed, noun
        # The overview names each page and says the same of it.
        about = " ".join(parts["NAME"].split("\u2013")[1].split())
        assert re.search(rf"undersign-{noun}\(1\) +{re.escape(about)}", " ".join(overview["DESCRIPTION"].split())), (noun, about)
    for option in re.findall(r"^ {2}(?:-., |    )(--[a-z-]+)", listing, re.M):
        assert re.search(rf"{option}(?![a-z-])", overview["DESCRIPTION"]), option
    for noun, keys in (("appeal", APPEAL_KEYS), ("signature", SIGNATURE_KEYS), ("mail", MAIL_KEYS)):
        for key in keys:
            assert re.search(rf"\b{key}\b", pages[noun]), (noun, key)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "undersign.conf"), "w") as f:
            f.write("[site]\nname = x\n")
        options = json.loads(subprocess.run([PROGRAM, "--site", folder, "config", "show", "--json"], check=True,
                                            capture_output=True, text=True).stdout)
    settings = plain(page("undersign.conf.5"))
    for option in options:
        section, name = option["option"].split(".")
        part = settings.split(f"[{section}]\n", 1)[1].split("[", 1)[0]
        assert re.search(rf"^ +{name} = ", part, re.M), option
        assert option["help"][1:] in re.sub("[\u2018\u2019]", "`", " ".join(part.split())), option
    for name in os.listdir(os.path.join(TOP, "contrib/man")):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(TOP, "contrib/man", name)],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_completion():
    """bash completes nouns, verbs, options and values as the table has them"""
    script = f""". {TOP}/contrib/completion/undersign
PATH={shlex.quote(BUILD)}:$PATH
compopt() {{ :; }}
try() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _undersign; echo "${{COMPREPLY[*]}}"; }}
try undersign ap
try undersign signature re
try undersign signature list --st
try undersign signature list --state h
try undersign --site x export l
try undersign config ''
try undersign help mail ''
try undersign export letter --paper L
try undersign appeal shield x o
try undersign signature list --col
try undersign --color n
"""
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["appeal", "refuse restore", "--state", "held", "letter", "show check", "list show retry drop test",
                                        "Letter", "on off", "--color", "never"], done


if __name__ == "__main__":
    main([test_every_command_up_down_and_remote, test_letters_go_by_country, test_damage_is_found, test_keys, test_wrong_lines_and_sites,
          test_a_service_that_says_nothing, test_a_long_path, test_one_at_a_time_without_the_daemon, test_refused_outright, test_terminal,
          test_interrupted, test_the_manual_says_all, test_completion])
