#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the site is, in numbers and in words: what is wrong is brought up for real, and is told with what to type; the
screens stay within the terminal; the configuration tells where each value comes from and everything that is wrong."""

import datetime
import glob
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mail"))
from realsite import PROGRAM, Site, free_port, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402
from relay import Relay, certificate  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))

SLUG = "ardenia-oil-strike"
DAY = 86400000000
NAMES = [("Союз шахтёров", "KZ", "ITUC"), ("Union of Dockers", "DE", "ITUC"), ("نقابة عمال النفط", "IQ", "الاتحاد"),
         ("全国建設労働組合", "JP", "全労連")]


def sign(site, names=NAMES):
    """Signs and confirms; the ids."""
    for i, (name, country, affiliation) in enumerate(names):
        answer = site.sign(SLUG, organisation=name, country=country, affiliation=affiliation, organisation_latin=None,
                           email=f"office@union{i}.example")
        assert answer.status == 303, answer.text
    for message in site.mails(len(names)):
        assert site.confirm(message).status == 303
    return [s["id"] for s in site.json("signature", "list", SLUG)]


def store(site, statement, *values):
    """Changes the database; the daemon must be down."""
    connection = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    with connection:
        connection.execute(statement, values)
    connection.close()


def status(site, code=None):
    done = site.run("status", "--json", check=False)
    told = json.loads(done.stdout)
    wrong = [p for p in told["problems"] if p["level"] == "wrong"]
    assert done.returncode == (1 if wrong else 0), (done.returncode, told["problems"])
    assert code is None or done.returncode == code, told["problems"]
    return told


def problem(told, command):
    """The one whose command that is."""
    found = [p for p in told["problems"] if p["command"] == command]
    assert len(found) == 1, (command, told["problems"])
    return found[0]


def screen(site, *arguments, rows=24, columns=80, locale="C.UTF-8"):
    """What stands on a terminal of that size; the exit status."""
    environment = {**os.environ, "NO_COLOR": "1", "PAGER": "cat", "LC_ALL": locale, "TERM": "xterm"}
    environment.pop("LANG", None)
    terminal = Terminal([PROGRAM, "--site", site.folder, *arguments], rows, columns, environment)
    code = terminal.end()
    return terminal.text.replace("\r\n", "\n"), code


def width(line):
    """The columns that it takes, isolates none."""
    line = re.sub("[\u2066-\u2069]", "", line)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_healthy():
    """A site that is well says so, with the daemon up; numbers are those that there are"""
    with Site() as site:
        ids = sign(site)
        site.run("signature", "approve", *ids[:3])
        assert site.sign(SLUG, organisation="Not confirmed", email="office@late.example").status == 303
        site.run("backup", "create")
        told = status(site, 0)
        assert told["running"] and told["writable"] and told["listed"] == 3 and told["confirmed"] == 1, told
        assert told["confirmed_today"] == 4 and told["confirmed_week"] == 0 and told["waiting_recent"] == 1, told
        assert told["pending"] == 1 and told["waiting_since"] == datetime.date.today().isoformat()
        assert told["backup_at"] and told["disk_free"] > 0 and told["database"] > 100000 and told["url"] == site.url
        appeal = next(a for a in told["appeals"] if a["appeal"] == SLUG)
        assert (appeal["state"], appeal["listed"], appeal["confirmed"], appeal["members"]) == ("open", 3, 1, 3600), appeal
        assert problem(told, "undersign moderate")["level"] == "note"
        wait_until(lambda: status(site)["mail_waiting"] == 0)
        text, code = screen(site, "status")
        assert code == 0 and "Nothing is wrong." in text and "3 listed, 1 waits for a moderator" in text, text
        lines = text.splitlines()
        assert len(lines) < 24 and all(width(line) <= 80 for line in lines), text
        narrow, _ = screen(site, "status", columns=40)
        assert all(width(line) <= 40 for line in narrow.splitlines()), narrow
        piped = site.run("status").stdout
        assert "listed\t3\n" in piped and f"\n{SLUG}\topen\tno\t1\t0\t3\t" in piped, piped


def test_offline():
    """With no daemon the numbers are there all the same, and that it is down is what is wrong"""
    site = Site()
    with site:
        sign(site)
        site.stop()
        told = status(site, 1)
        assert told["running"] is False and told["started_at"] is None and told["confirmed"] == 4, told
        assert problem(told, "systemctl start undersignd")["level"] == "wrong"
        text, code = screen(site, "status")
        assert code == 1 and "is not running" in text and "systemctl start undersignd" in text, text


def test_mail():
    """Mail that was given up, and a relay that is away"""
    with Relay() as relay:
        with Site({"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port, "smtp_tls": "none"}}) as site:
            relay.handler.answers["RCPT"] = ["550 no"] * 2
            for i in range(2):
                assert site.sign(SLUG, organisation=f"Union {i}", email=f"office@union{i}.example").status == 303
            told = wait_until(lambda: next((t for t in [status(site)] if t["mail_failed"] == 2), None))
            found = problem(told, "undersign mail list")
            assert found["level"] == "wrong" and found["problem"].startswith("2 mails were given up: "), found
            assert "550" in found["problem"] and "@" not in json.dumps(told), found
    with Site({"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": free_port(), "smtp_tls": "none"}}) as site:
        assert site.sign(SLUG).status == 303
        told = wait_until(lambda: next((t for t in [status(site)] if t["mail_tried"] == 1), None))
        assert problem(told, "undersign mail test ADDRESS")["level"] == "note", told["problems"]
        site.stop()
        store(site, "UPDATE outbox SET created_at = created_at - 7200000000, next_at = next_at + 3600000000")
        site.start()
        found = problem(status(site, 1), "undersign mail test ADDRESS")
        assert found["level"] == "wrong" and "1 mail waits for the relay, for 2 hours" in found["problem"], found


def test_neglected():
    """An old backup, a queue that nobody looks at, and a key that is gone"""
    site = Site()
    with site:
        sign(site)
        site.run("backup", "create")
        site.stop()
        store(site, "UPDATE signature SET signed_on = signed_on - 5")
        path = os.path.join(site.folder, "undersign.db.backed-up")
        with open(path) as f:
            made_at, rest = f.read().split(" ", 1)
        with open(path, "w") as f:
            f.write(f"{int(made_at) - 4 * DAY} {rest}")
        site.start()
        told = status(site, 1)
        assert problem(told, "undersign backup create") == {
            "level": "wrong", "problem": "the last backup is 4 days old", "command": "undersign backup create"}, told
        day = (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=5)).isoformat()
        found = problem(told, "undersign moderate")
        assert found["level"] == "wrong" and found["problem"] == f"4 signatures wait for a moderator since {day}", found
        assert told["confirmed_today"] == 0 and told["confirmed_week"] == 4, told
        os.rename(os.path.join(site.folder, "organiser.key.pub"), os.path.join(site.folder, "elsewhere"))
        found = problem(status(site, 1), "undersign config check")
        assert "[keys] organiser" in found["problem"] and "missing" in found["problem"], found
        text, _ = screen(site, "status")
        assert all(width(line) <= 80 for line in text.splitlines()), text


def test_stats():
    """Days and countries: all of it for programs, what fits on a terminal of any size"""
    site = Site()
    with site:
        ids = sign(site)
        site.run("signature", "approve", *ids[:3])
        site.stop()
        for i, public_id in enumerate(ids):
            store(site, "UPDATE signature SET signed_on = signed_on - ? WHERE public_id = ?", 40 * i, public_id)
        told = site.json("stats", SLUG)
        assert told["appeal"] == SLUG and told["listed"] == 3 and told["confirmed"] == 1 and told["members"] == 3600, told
        days = told["days"]
        assert [d["day"] for d in days] == sorted(d["day"] for d in days) and len(days) == 4, days
        assert sum(d["confirmed"] for d in days) == 4 and sum(d["listed"] for d in days) == 3
        assert {c["country"] for c in told["countries"]} == {"KZ", "DE", "IQ", "JP"}
        assert sum(c["waiting"] for c in told["countries"]) == 1
        assert sum(a["listed"] for a in told["affiliations"]) == 3, told["affiliations"]
        lines = [json.loads(line) for line in site.run("stats", SLUG, "--jsonl").stdout.splitlines()]
        assert [line["day"] for line in lines if line.get("of") == "days"] == [d["day"] for d in days]
        assert f"\n{days[0]['day']}\t1\t" in site.run("stats", SLUG).stdout
        for rows, columns in ((24, 80), (20, 40), (60, 200), (10, 24)):
            text, code = screen(site, "stats", SLUG, rows=rows, columns=columns)
            assert code == 0 and all(width(line) <= columns for line in text.splitlines()), text
            assert rows < 20 or len(text.splitlines()) < rows, (rows, text)
        text, _ = screen(site, "stats", SLUG)
        assert "WEEK FROM" in text or "MONTH" in text, text
        months = [line for line in text.splitlines() if re.match(r"\d{4}-\d\d", line)]
        assert len(months) >= 4 and "█" in text and "░" in text, text
        assert sum(int(line.split()[1]) for line in months) == 4, text
        plain, _ = screen(site, "stats", SLUG, locale="C")
        assert "#" in plain and "█" not in plain, plain
        assert "\u2068الاتحاد\u2069" in screen(site, "stats", SLUG, rows=60)[0]
        done = site.run("stats", "no-such", check=False)
        assert done.returncode == 66 and "undersign appeal list" in done.stderr, done


def test_config_show():
    """Each value with the line that it stands on; what is secret is not shown"""
    with Site({"mail": {"smtp_user": "a-login", "smtp_password_file": "relay.password", "spool": "mail"}}, appeals=False) as site:
        path = os.path.join(site.folder, "undersign.conf")
        with open(path) as f:
            lines = f.read().splitlines()
        with open(path, "a") as f:
            f.write("[seal]\ntimestamp_url = https://somebody:a-word@tsa.example/at@all\n")
        site.stop()
        site.start()
        options = {o["option"]: o for o in site.json("config", "show")}
        assert options["seal.timestamp_url"]["value"] == "https://***@tsa.example/at@all"
        assert lines[options["http.listen"]["line"] - 1] == f"listen = {options['http.listen']['value']}"
        assert options["http.listen"]["file"] == path
        assert options["store.readers"]["line"] is None and options["store.readers"]["value"] == "2"
        assert options["mail.smtp_user"]["value"] == "***"
        text, code = screen(site, "config", "show", columns=60)
        assert code == 0 and "a-login" not in text and "***" in text and "[http]" in text, text
        assert all(width(line) <= 60 for line in text.splitlines()), text
        assert re.search(rf"^ +{options['http.listen']['line']}  listen +127.0.0.1:{site.port}$", text, re.M), text
        site.stop()
        assert {o["option"]: o for o in site.json("config", "show")} == options


def test_config_check():
    """Everything that is wrong is told at once, by file and line, with what is allowed; warnings are no mistakes"""
    site = Site(appeals=False)
    with site:
        def check(code):
            done = site.run("config", "check", check=False)
            assert done.returncode == code and done.stdout == "", done
            return done.stderr
        told = check(0)
        assert "warning: [mail] transport" in told and "The configuration is right, with" in told, told
        path = os.path.join(site.folder, "undersign.conf")
        with open(path) as f:
            good = f.read()
        with open(path, "a") as f:
            f.write("[store]\nreaders = many\ncolour = red\n[seal]\ntimestamp_url = nowhere\n\x01\nnothing\n")
        told = check(78)
        first = good.count("\n") + 2
        assert [int(n) for n in re.findall(rf"^{re.escape(path)}:(\d+): ", told, re.M)] == \
            [first, first + 1, first + 3, first + 4, first + 5], told
        assert "from 1 to 64" in told and "it knows: path" in told and "5 mistakes" in told, told
        answer = json.loads(site.run("config", "check", "--json", check=False).stdout)
        assert answer["holds"] is False and [f["line"] for f in answer["findings"]][:2] == [first, first + 1], answer

        # What the words alone do not tell.
        cert, key = certificate(site.folder)
        other = os.path.join(site.folder, "other")
        os.mkdir(other)
        _, other_key = certificate(other)
        with open(path, "w") as f:
            f.write(good.replace("[http]\n", f"[http]\ntls_certificate = {cert}\ntls_key = {other_key}\n"))
        assert f"[http] tls_certificate: is not the certificate of the key {other_key}" in check(78)
        with open(path, "w") as f:
            f.write(good.replace("[http]\n", f"[http]\ntls_certificate = {cert}\ntls_key = {key}\n"))
        assert "warning: [http] tls_certificate: the certificate ends on" in check(0)
        with open(path, "w") as f:
            f.write(good.replace("[mail]\n", "[mail]\nspool = /nowhere/at/all\n"))
        assert "/nowhere/at/all: [mail] spool: " in check(78)
        with open(path, "w") as f:
            f.write(good + "[control]\nsocket = undersign.db\n")
        told = check(78)
        assert "is no socket" in told and "is named by [store] path too" in told, told
        for word, code in (("", 78), ("word\n", 0)):
            with open(os.path.join(site.folder, "relay.password"), "w") as f:
                os.fchmod(f.fileno(), 0o600)
                f.write(word)
            with open(path, "w") as f:
                f.write(good.replace("transport = spool", "transport = smtp\nsmtp_user = u\nsmtp_password_file = relay.password"))
            assert ("its first line is to be" in check(code)) == (code != 0)
        with open(path, "w") as f:
            f.write(good)
        os.rename(os.path.join(site.folder, "mail"), os.path.join(site.folder, "away"))
        assert "[mail] spool: is missing" in check(0)
        os.rename(os.path.join(site.folder, "away"), os.path.join(site.folder, "mail"))
        loose = glob.glob(os.path.join(site.folder, "keys", "*.key"))[0]
        os.chmod(loose, 0o644)
        assert f"{loose}: [keys] folder: others can read this key: chmod 600 it" in check(78)
        os.chmod(loose, 0o600)
        site.stop()
        assert "The configuration is right" in check(0)
        # Keys with which the service would not start; and looking at the database leaves nothing beside it.
        keys, beside = os.path.join(site.folder, "keys"), sorted(glob.glob(os.path.join(site.folder, "undersign.db*")))
        os.rename(keys, keys + ".away")
        assert "[keys] folder: there is no site.key here" in check(78)
        os.mkdir(keys, 0o700)
        with open(os.path.join(keys, "site.key"), "wb") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(os.urandom(os.path.getsize(os.path.join(keys + ".away", "site.key"))))
        assert "site.key is not the key that the database goes with" in check(78)
        os.unlink(os.path.join(keys, "site.key"))
        os.rmdir(keys)
        os.rename(keys + ".away", keys)
        assert "The configuration is right" in check(0)
        assert sorted(glob.glob(os.path.join(site.folder, "undersign.db*"))) == beside
        with open(os.path.join(site.folder, "undersign.db"), "r+b") as f:
            f.write(b"x" * 160)
        assert "[store] path: the database cannot be read" in check(78)


def test_the_socket_is_no_file():
    """A file that lies where the socket is to be is not taken away"""
    site = Site(appeals=False)
    with site:
        site.stop()
        path = os.path.join(site.folder, "undersign.conf")
        with open(path, "a") as f:
            f.write("[control]\nsocket = precious\n")
        with open(os.path.join(site.folder, "precious"), "w") as f:
            f.write("x")
        done = subprocess.run([*site.daemon, "--config", path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 78 and "precious" in done.stderr and "no socket" in done.stderr, done
        with open(os.path.join(site.folder, "precious")) as f:
            assert f.read() == "x"


def test_a_renewed_certificate():
    """The certificate that visitors get is told, and not that in the file"""
    site = Site(appeals=False)
    path = os.path.join(site.folder, "undersign.conf")
    cert, key = (os.path.join(site.folder, name) for name in ("tls.crt", "tls.key"))

    def make(days):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=localhost", "-days", str(days), "-keyout", key, "-out", cert], check=True, capture_output=True)
    make(10)
    with open(path) as f:
        good = f.read()
    with open(path, "w") as f:
        f.write(good.replace("[http]\n", "[http]\ntls_certificate = tls.crt\ntls_key = tls.key\n"))
    with site:
        make(300)
        told = status(site, 1)
        found = problem(told, f"kill -HUP {site.process.pid}")
        assert found["level"] == "wrong" and "still get the certificate that ends on" in found["problem"], found
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reloaded the certificate" in site.daemon_log())
        assert not [p for p in status(site)["problems"] if "HUP" in p["command"]]


def test_counts():
    """check counts says in words what it found"""
    site = Site()
    with site:
        sign(site)
        done = site.run("check", "counts")
        assert "Counted 4 signatures again: everything agrees" in done.stderr and done.stdout == "", done
        site.stop()
        store(site, "UPDATE counter SET signatures = signatures + 1 WHERE state = 'confirmed' AND country = 'KZ'")
        done = site.run("check", "counts", check=False)
        assert done.returncode == 65 and len(done.stdout.splitlines()) == 1 and "1 thing differs" in done.stderr, done
        assert "nothing was changed" in done.stderr


if __name__ == "__main__":
    main([test_healthy, test_offline, test_mail, test_neglected, test_stats, test_config_show, test_config_check,
          test_the_socket_is_no_file, test_a_renewed_certificate, test_counts])
