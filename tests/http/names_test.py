#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of any kind go through unharmed: those of tests/lib/names.json, from the form to the mail, the confirmation page,
the public list, the feed of every format, the letter and the terminal; and what no name may hold is refused beside its
field, with everything typed kept. One site and one batch, so that five hundred names cost seconds."""

import concurrent.futures
import csv
import html
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import urllib.parse
from html.parser import HTMLParser

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "cli")]
from cli_test import in_terminal  # noqa: E402
from letters import SLUG, text_of, write_appeal  # noqa: E402
from realsite import PROGRAM, Site, body, link, main, wait_until  # noqa: E402

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COUNTRIES = ["DE", "FR", "GB", "IN", "JP"]
with open(os.path.join(HERE, "..", "lib", "names.json"), encoding="utf-8") as f:
    NAMES = json.load(f)
TAKEN = [{"kept": unicodedata.normalize("NFC", entry["name"]), **entry} for entry in NAMES["taken"]]
# What pdftotext gives back letter by letter: scripts whose glyphs stand for one letter each, left to right.
PLAIN = re.compile(r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u0370-\u0377\u0384-\u0481\u048a-\u058f\u10d0-\u10ff\u1e00-\u1eff"
                   r"\u2010-\u2027\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+")


def equal(got, wanted, what=""):
    assert got == wanted, f"{what}: {got!r} is not {wanted!r}"


def bare(text):
    """Without blanks, as lines are broken at them."""
    return re.sub(r"\s", "", text)


class Inputs(HTMLParser):
    """The values of a form's fields, as a browser would hold them; and what stands in each <bdi>."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.values, self.isolated, self.open = {}, [], 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "input" and "name" in named and named.get("type") not in ("radio", "checkbox"):
            self.values[named["name"]] = named.get("value", "")
        if tag == "bdi":
            self.open += 1
            self.isolated.append("")

    def handle_endtag(self, tag):
        if tag == "bdi":
            self.open -= 1

    def handle_data(self, data):
        if self.open:
            self.isolated[-1] += data


def fields(number, name):
    return {"organisation": name, "organisation_latin": None, "town": None, "affiliation": None, "members": None,
            "country": COUNTRIES[number % len(COUNTRIES)], "email": f"n{number}@union.example", "step": "send"}


def all_at_once(work, items):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, items))


class Signed:
    """The site on which everybody has signed, made once."""
    site = mails = pages = None

    @classmethod
    def get(cls):
        if cls.site:
            return cls
        site = Site(appeals=False)
        site.publish(write_appeal(site.folder))
        site.start()
        answers = all_at_once(lambda pair: site.sign(SLUG, "en", **fields(pair[0], pair[1]["name"])).status, enumerate(TAKEN))
        refused = [entry["name"] for entry, status in zip(TAKEN, answers) if status != 303]
        equal(refused, [], "refused")
        found = {message["To"]: message for message in site.mails(len(TAKEN), 120)}
        cls.mails = [found[f"n{number}@union.example"] for number in range(len(TAKEN))]
        cls.pages = all_at_once(lambda message: site.request(link(message)).text, cls.mails)
        equal(set(all_at_once(lambda message: site.confirm(message).status, cls.mails)), {303}, "confirmed")
        cls.site = site
        return cls

    @classmethod
    def end(cls):
        if cls.site:
            site, cls.site = cls.site, None
            site.__exit__(None, None, None)


def test_list_is_what_it_says():
    """Five hundred different names and more, composed, of a length that is allowed; the list can fail"""
    assert len(TAKEN) >= 500 and len({entry["kept"] for entry in TAKEN}) == len(TAKEN)
    for entry in TAKEN:
        equal(unicodedata.normalize("NFC", entry["kept"]), entry["kept"])
        assert len(entry["kept"]) <= 200, entry
    assert {len(entry["kept"]) for entry in TAKEN} >= {1, 200}
    assert any(entry["kept"] != entry["name"] for entry in TAKEN)


def test_confirmation_pages():
    """The page behind each mail's link shows the name, isolated, to the letter"""
    for entry, page in zip(TAKEN, Signed.get().pages):
        assert entry["kept"] in Inputs(page).isolated, (entry, Inputs(page).isolated[:4])
        assert "<script" not in page and "onerror=alert(1)>" not in page, entry


def in_a_mail(name):
    """What a mail makes of a name, where that is nothing: neither shortened nor with a link broken in it."""
    return len(name) <= 60 and not re.search(r"[.:@/\\。．｡․＠：﹕﹫]", name)


def test_mails():
    """Each mail holds the name whole, or shortened, or with its links broken, in both parts; no header holds it"""
    whole = 0
    for entry, message in zip(TAKEN, Signed.get().mails):
        text = body(message)
        markup = message.get_body(("html",)).get_content()
        shown = Inputs(markup).isolated
        if in_a_mail(entry["kept"]):
            whole += 1
            assert entry["kept"] in text and entry["kept"] in shown, (entry, text, shown)
        assert bare(entry["kept"])[:20] in bare(text), (entry, text)
        assert "<script" not in markup and not re.search(r"://(?!127\.0\.0\.1)", text), entry
        for name, value in message.items():
            assert len(entry["kept"]) < 5 or entry["kept"] not in str(value), (entry, name)
        assert all(len(line) <= 998 for line in message.as_bytes().splitlines()), entry
    assert whole > 350, whole


def links(page, part):
    """Where a page leads to, of what has that part in its address."""
    return sorted({html.unescape(path) for path in re.findall(r'<a[^>]*href="([^"]+)"', page) if part in path})


def test_public_list():
    """The pages of signatories show every name, isolated, to the letter, under its country"""
    site = Signed.get().site

    def shown():
        names, first = set(), f"/en/{SLUG}/signatories"
        for path in [first] + links(site.request(first).text, "country="):
            while path:
                page = site.request(path).text
                names.update(Inputs(page).isolated)
                path = next(iter(re.findall(r'<a rel="next" href="([^"]+)"', page)), None)
                path = path and html.unescape(path)
        return [entry for entry in TAKEN if entry["kept"] not in names]
    wait_until(lambda: links(site.request(f"/en/{SLUG}/signatories").text, "country="))
    wait_until(lambda: shown() == [])
    equal(shown(), [])


def exported(form):
    done = subprocess.run([PROGRAM, "--site", Signed.get().site.folder, "export", form, SLUG], capture_output=True, timeout=120)
    equal(done.returncode, 0, done.stderr)
    return done.stdout


def missing(names):
    left = list(names)
    wrong = []
    for entry in TAKEN:
        if entry["kept"] in left:
            left.remove(entry["kept"])
        else:
            wrong.append(entry["kept"])
    return wrong, left


def test_csv():
    """CSV: every name; what a spreadsheet would take for a formula has an apostrophe before it"""
    rows = list(csv.DictReader(io.StringIO(exported("csv").decode("utf-8"), newline="")))
    names = []
    for row in rows:
        name = row["organisation"]
        assert not re.match(r"[=+\-@\t\r＝＋－＠]", name), name
        names.append(name[1:] if re.match(r"'+[=+\-@＝＋－＠]", name) else name)
    equal(missing(names), ([], []))


def test_json():
    """JSON and JSON by lines: every name"""
    rows = json.loads(exported("json"))
    equal(missing(row["organisation"] for row in rows), ([], []))
    equal(missing(json.loads(line)["organisation"] for line in exported("jsonl").decode().splitlines()), ([], []))


def test_spreadsheet():
    """XLSX: every name, each a text"""
    names = []
    for row in openpyxl.load_workbook(io.BytesIO(exported("xlsx"))).active.iter_rows(min_row=2):
        cell = row[3]
        assert cell.data_type == "s", cell.value
        names.append(unescaped(cell.value))
    equal(missing(names), ([], []))


def unescaped(text):
    """openpyxl leaves the format's own escapes (_x005F_) as they are."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found.group(1), 16)), text)


def test_letter():
    """PDF: every name in a script that can be read back is in the letter's text"""
    site = Signed.get().site
    path = os.path.join(site.folder, "letter.pdf")
    site.run("export", "letter", SLUG, "--to", "world", "-o", path)
    text = unicodedata.normalize("NFC", bare(text_of(path, "-raw")))
    looked = 0
    for entry in TAKEN:
        if PLAIN.fullmatch(entry["kept"]) and len(entry["kept"]) < 150:
            looked += 1
            assert bare(entry["kept"]) in text, entry
    assert looked > 250, looked


def isolates(line):
    """Whether what turns the reading direction is closed within itself."""
    depth = 0
    for char in line:
        depth += {"\u2066": 1, "\u2067": 1, "\u2068": 1, "\u2069": -1}.get(char, 0)
        assert depth in (0, 1), line
        if depth == 0 and unicodedata.bidirectional(char) in ("R", "AL", "RLE", "RLO"):
            return False
    return depth == 0


def test_terminal():
    """A table in a terminal: names as they are, joiners kept, what acts on it made visible, right-to-left isolated"""
    terminal = in_terminal(Signed.get().site, "signature", "list", SLUG, columns=900)
    equal(terminal.end(), 0)
    lines = terminal.text.replace("\r", "").splitlines()
    equal(len(lines), len(TAKEN) + 1)
    text = "\n".join(lines)
    for entry in TAKEN:
        wanted = "".join(char if char in "\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cn", "Co")
                         else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}" for char in entry["kept"])
        # Characters newer than the library's tables are made visible too.
        assert wanted in text or "\\U0001" in text and any(ord(c) > 0x1faf0 for c in wanted), (entry, wanted)
    for line in lines:
        assert isolates(line), line
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e]", line), line


def test_refused():
    """What no name may hold is refused beside its field, in a sentence; everything typed is kept; nobody is mailed"""
    site = Signed.get().site
    before = len(site.mails())
    sentences = {}
    for number, entry in enumerate(NAMES["refused"]):
        typed = site.form(**{**fields(10000 + number, None), "town": "Typed «town»"})
        raw = urllib.parse.urlencode(typed).encode() + b"&organisation=" + (
            entry["bytes"].encode() if "bytes" in entry else urllib.parse.quote(entry["name"]).encode())
        answer = site.request(f"/en/{SLUG}/sign", data=raw, headers=FORM)
        if "bytes" in entry:  # no browser sends what is not UTF-8
            equal(answer.status, 400, entry)
            continue
        equal(answer.status, 422, entry)
        page = answer.text  # it is UTF-8
        told = re.search(r'id="organisation-problem">(.*?)</p>', page, re.S)
        assert told, entry
        sentences.setdefault(entry["problem"], set()).add(re.sub(r"<[^>]*>", "", told.group(1)))
        values = Inputs(page).values
        equal((values["town"], values["email"]), ("Typed «town»", typed["email"]), entry)
        if not re.search(r"[\x00-\x1f]", entry["name"]):
            equal(values["organisation"], entry["name"], "kept")
    equal(len(site.mails()), before, "nobody is mailed")
    equal({problem: len(told) for problem, told in sentences.items()}, {problem: 1 for problem in sentences}, sentences)
    equal(len({told for many in sentences.values() for told in many}), len(sentences), sentences)


try:
    main([value for name, value in list(globals().items()) if name.startswith("test_")])
finally:
    Signed.end()
