#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Versions from the command line to the page: what is imported waits for publication, whoever signed stays within
reach under the version that was signed, and every export is written down before it is handed out."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import PROGRAM, TOP, Site, body, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402

SLUG = "versions"
LINE = {"en": "{} an earlier version of this text.", "ru": "более раннюю редакцию этого текста.",
        "fr": "une version antérieure de ce texte.", "es": "una versión anterior de este texto."}
# For a build with sanitizers.
os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))


class Appeal:
    """The sample appeal under a name of its own, to change and to import again."""

    def __init__(self, site):
        self.site, self.folder = site, os.path.join(site.folder, SLUG)
        shutil.copytree(os.path.join(TOP, "contrib/appeals/ardenia-oil-strike"), self.folder)
        self.edit("appeal.ini", lambda text: re.sub(r"^slug *=.*$", f"slug = {SLUG}", text, flags=re.M))

    def edit(self, name, change):
        path = os.path.join(self.folder, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(change(text))

    def set(self, name, value):
        """An option of [appeal]."""
        self.edit("appeal.ini", lambda text: re.sub(rf"^{name} *=.*\n", "", text, flags=re.M).replace(
            "[appeal]\n", f"[appeal]\n{name} = {value}\n"))

    def add_line(self):
        self.edit("ru.md", lambda text: text + "\nЕщё одна строка.\n")

    def take(self, *options):
        return self.site.run("appeal", "import", self.folder, *options)


def opened():
    """A site with that appeal, published; the daemon is up."""
    site = Site(appeals=False)
    site.appeal = Appeal(site)
    site.signed = 0
    return site


def publish_first(site):
    site.appeal.take()
    site.run("appeal", "publish", SLUG)


def send(site, name, **fields):
    """Sends the form; gives the mail that asks for a click."""
    site.signed += 1
    mailbox = f"office@union{site.signed}.example"
    answer = site.sign(SLUG, organisation=name, organisation_latin=None, email=mailbox, **fields)
    assert answer.status == 303, (answer.status, answer.text)

    def find():
        return [m for m in site.mails() if m["To"] == mailbox and "/c/" in body(m)]
    return wait_until(find)[0]


def sign(site, name, **fields):
    """Signs, confirms, and is listed; gives the id."""
    assert site.confirm(send(site, name, **fields)).status == 303
    id = {s["organisation"]: s["id"] for s in site.json("signature", "list", SLUG)}[name]
    site.run("signature", "approve", id)
    return id


def names(text):
    return {row["organisation"] for row in csv.DictReader(io.StringIO(text, newline=""))}


def page(site, language):
    """The appeal's page as it comes to be within a second of a change."""
    return site.request(f"/{language}/{SLUG}").text


def refused(site, status, *arguments):
    done = site.run(*arguments, check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stderr


def audit(site, act):
    """Rows of the audit log; read only, which is no second writer."""
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute(
            "SELECT d.reason FROM audit a JOIN audit_detail d USING (seq) WHERE a.act = ? AND d.subject = ? ORDER BY a.seq",
            (act, SLUG))]
    finally:
        connection.close()


def pdf_words(path):
    return " ".join(subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True,
                                   text=True).stdout.split())


def in_terminal(site, answer, *arguments):
    """Runs it at a terminal where somebody answers; gives exit status and what was on the screen."""
    terminal = Terminal([PROGRAM, "--site", site.folder, *arguments])
    if "[yes/no]" in terminal.read("[yes/no]"):
        terminal.type(answer + "\n")
    return terminal.end(), terminal.text


def test_settings_wait():
    """A closing day, a policy and an addressee's name that were imported do nothing before they are published"""
    with opened() as site:
        publish_first(site)
        assert site.sign(SLUG, email="first@union.example").status == 303
        before = site.json("appeal", "show", SLUG)
        site.appeal.set("closes", "2001-01-01")
        site.appeal.set("opens", "2000-01-01")
        done = site.appeal.take("--json")
        told = json.loads(done.stdout)
        assert (told["change"], told["version"], told["waits"]) == ("settings", 1, True), told
        assert f"undersign --site {site.folder} appeal publish {SLUG}" in done.stderr, done.stderr
        assert site.json("appeal", "show", SLUG) == before
        assert site.sign(SLUG, email="second@union.example").status == 303
        # The same once more is unchanged, and still waits.
        done = site.appeal.take()
        assert "unchanged" in done.stderr and "appeal publish" in done.stderr, done.stderr
        site.run("appeal", "publish", SLUG)
        assert site.json("appeal", "show", SLUG)["closes_on"] == "2001-01-01"
        assert site.sign(SLUG, email="third@union.example").status != 303
        assert "appeal publish" not in site.appeal.take().stderr

        site.appeal.edit("appeal.ini", lambda text: re.sub(r"^(closes|opens) .*\n", "", text, flags=re.M))
        site.appeal.set("policy", "after")
        site.appeal.take()
        site.run("appeal", "publish", SLUG)
        assert site.confirm(send(site, "Сразу в списке")).status == 303
        assert site.json("signature", "list", SLUG)[0]["state"] == "listed"


def test_addressees_were_signed_too():
    """Another addressee is another version once somebody signed; each version's letter goes to its own"""
    with opened() as site:
        publish_first(site)
        sign(site, "Первый союз", visibility="recipients")
        site.appeal.edit("appeal.ini", lambda text: text + "\n[addressee.gazette]\nkind = press\nname = Gazette\n")
        told = json.loads(site.appeal.take("--json").stdout)
        assert (told["change"], told["version"]) == ("new-version", 2), told
        assert "gazette" not in {a["id"] for a in site.json("appeal", "show", SLUG)["addressees"]}
        site.run("appeal", "publish", SLUG, "--yes")
        assert "gazette" in {a["id"] for a in site.json("appeal", "show", SLUG)["addressees"]}
        site.run("export", "csv", SLUG, "--for", "gazette")
        assert "gazette" in refused(site, 66, "export", "csv", SLUG, "--for", "gazette", "--version", "1")
        # How one is written to may change in place.
        site.appeal.edit("appeal.ini", lambda text: text.replace("name = Gazette\n", "name = The Gazette\n"))
        told = json.loads(site.appeal.take("--json").stdout)
        assert (told["change"], told["version"]) == ("settings", 2), told


def test_earlier_signatures_stay_within_reach():
    """Publishing a second version asks, and leaves the first one's signatures counted, shown as a number, and exportable"""
    with opened() as site:
        publish_first(site)
        ids = [sign(site, "Первый союз"), sign(site, "Скрытый союз", visibility="counted")]
        late = send(site, "Поздний союз")
        assert "earlier" not in page(site, "en")
        site.appeal.add_line()
        site.appeal.take()

        # Without a terminal it needs --yes, and says how; at one it asks.
        said = refused(site, 64, "appeal", "publish", SLUG)
        assert "2 listed signatures" in said and f"undersign appeal publish {SLUG} --site {site.folder} --yes" in said, said
        assert site.json("appeal", "show", SLUG)["version"] == 1
        status, text = in_terminal(site, "no", "appeal", "publish", SLUG)
        assert status == 77 and "2 listed signatures" in text and "Nothing was done" in text, (status, text)
        assert site.json("appeal", "show", SLUG)["version"] == 1
        status, text = in_terminal(site, "yes", "appeal", "publish", SLUG)
        assert status == 0 and "is published: version 2" in text, (status, text)
        shown = site.json("appeal", "show", SLUG)
        assert (shown["version"], shown["signatures"], shown["earlier_signatures"]) == (2, 0, 2), shown

        # The page tells how many, in each language, and nobody's name.
        for language, line in LINE.items():
            text = wait_until(lambda: (t := page(site, language)) and line.format("").strip() in t and t)
            assert "Первый союз" not in text and "Скрытый союз" not in text
        assert "2 organisations signed an earlier version of this text." in page(site, "en")
        assert "2 организации подписали более раннюю редакцию этого текста." in page(site, "ru")

        # A link mailed before still confirms, and counts where it was signed.
        assert site.confirm(late).status == 303
        ids.append({s["organisation"]: s["id"] for s in site.json("signature", "list", SLUG)}["Поздний союз"])
        site.run("signature", "approve", ids[-1])
        shown = site.json("appeal", "show", SLUG)
        assert (shown["signatures"], shown["earlier_signatures"]) == (0, 3), shown
        wait_until(lambda: "3 organisations signed an earlier version" in page(site, "en"))
        site.run("check", "counts")

        sign(site, "Новый союз")
        assert names(site.run("export", "csv", SLUG).stdout) == {"Новый союз"}
        assert names(site.run("export", "csv", SLUG, "--version", "1").stdout) == {"Первый союз", "Поздний союз"}
        assert names(site.run("export", "csv", "--all", SLUG, "--version=1").stdout) == {"Первый союз", "Поздний союз", "Скрытый союз"}
        assert len(names(site.run("export", "csv", "--all", SLUG).stdout)) == 4
        assert "published: 1, 2" in refused(site, 66, "export", "csv", SLUG, "--version", "3")
        assert "published: 1, 2" in refused(site, 66, "export", "letter", SLUG, "--version", "9", "-o", f"{site.folder}/x.pdf")
        assert "whole number" in refused(site, 64, "export", "letter", SLUG, "--version", "first", "-o", f"{site.folder}/x.pdf")
        letter = os.path.join(site.folder, "letter.pdf")
        site.run("export", "letter", SLUG, "--version", "1", "-o", letter)
        words = pdf_words(letter)
        assert "Первый союз" in words and "Новый союз" not in words and "Ещё одна строка" not in words
        site.run("export", "letter", SLUG, "-o", letter)
        words = pdf_words(letter)
        assert "Новый союз" in words and "Первый союз" not in words and "Ещё одна строка" in words
        # The program's own version is told as ever.
        assert site.run("--version").stdout.startswith("undersign ")
        assert site.run("export", "--version").stdout.startswith("undersign ")

        # With nobody under the published version there is nothing to ask.
        site.run("signature", "strike", "--reason", "test", site.json("signature", "list", SLUG, "--state", "listed")[0]["id"],
                 *[s["id"] for s in site.json("signature", "list", SLUG, "--state", "listed")[1:]])
        site.appeal.add_line()
        site.appeal.take()
        site.run("appeal", "publish", SLUG)
        assert site.json("appeal", "show", SLUG)["version"] == 3


def test_exports_are_written_down():
    """Each export has its audit row, is its owner's alone to read, and tells no addressee what was chosen"""
    with opened() as site:
        publish_first(site)
        sign(site, "Первый союз")
        sign(site, "Второй союз", visibility="recipients")
        path = os.path.join(site.folder, "out")
        with open(path, "w") as f:
            f.write("old")
        os.chmod(path, 0o644)
        site.run("export", "csv", SLUG, "-o", path)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        os.chmod(path, 0o644)
        site.run("export", "letter", SLUG, "--to", "ilo", "-o", path)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert f"{site.url}/en/{SLUG}" in pdf_words(path)
        rows = list(csv.DictReader(io.StringIO(site.run("export", "csv", SLUG, "--for", "president").stdout, newline="")))
        assert len(rows) == 2 and {row["visibility"] for row in rows} == {""}, rows
        rows = list(csv.DictReader(io.StringIO(site.run("export", "csv", SLUG).stdout, newline="")))
        assert {row["visibility"] for row in rows} == {""}, rows
        site.run("export", "csv", SLUG, "--all", "--reason", "yearly copy")
        assert audit(site, "export.csv") == [
            "audience public, version 1, 1 named",
            "audience government, addressee president, version 1, 2 named",
            "audience public, version 1, 1 named",
            "audience organiser, every version, 2 named: yearly copy"], audit(site, "export.csv")
        assert audit(site, "export.letter") == ["edition 1, letter, addressee ilo, version 1, 2 named, 0 counted"]
        refused(site, 66, "export", "csv", SLUG, "--for", "nobody")
        assert len(audit(site, "export.csv")) == 4


def test_nothing_to_decide_on():
    """An id that there is not is told as `signature show` tells it; among others it is a part that failed"""
    with opened() as site:
        publish_first(site)
        id = sign(site, "Первый союз")
        refused(site, 66, "signature", "show", "nope")
        assert "no such signature" in refused(site, 66, "signature", "approve", "nope")
        refused(site, 66, "signature", "approve", "nope", "none")
        refused(site, 1, "signature", "hold", "nope", id)


if __name__ == "__main__":
    main([test_settings_wait, test_addressees_were_signed_too, test_earlier_signatures_stay_within_reach,
          test_exports_are_written_down, test_nothing_to_decide_on])
