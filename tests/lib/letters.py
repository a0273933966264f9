# SPDX-License-Identifier: AGPL-3.0-or-later
"""An appeal with an addressee of every kind, and signatories of every visibility, for tests of letters and lists."""

import os
import re
import subprocess

from realsite import body, wait_until

SLUG = "all-kinds"
# Who may see what: design, section 2, written out once more, so that the code is not its own judge.
TABLE = {
    "public": {"public": "person", "press": "person", "government": "person", "company": "person",
               "federation": "person", "international": "person"},
    "organisation": {"public": "organisation", "press": "organisation", "government": "organisation",
                     "company": "organisation", "federation": "organisation", "international": "person"},
    "recipients": {"public": "counted", "press": "counted", "government": "person", "company": "person",
                   "federation": "person", "international": "person"},
    "international": {"public": "counted", "press": "counted", "government": "counted", "company": "counted",
                      "federation": "person", "international": "person"},
    "counted": {"public": "counted", "press": "counted", "government": "counted", "company": "counted",
                "federation": "counted", "international": "counted"},
}
# id: (kind, is it the ILO, mailbox)
ADDRESSEES = {
    "ministry": ("government", False, "ministry@state.example"),
    "works": ("company", False, "office@works.example"),
    "ilo": ("international", True, "normes@ilo.example"),
    "council": ("international", False, "council@nations.example"),
    "world": ("federation", False, None),
    "gazette": ("press", False, "desk@gazette.example"),
}
COUNTRIES = {"public": ("BR", "Brazil"), "organisation": ("NO", "Norway"), "recipients": ("GH", "Ghana"),
             "international": ("PE", "Peru"), "counted": ("NP", "Nepal")}
SETTINGS = """[appeal]
slug = {slug}
authoritative = en
policy = after
form = joint
ilo_block = yes

[addressee.ministry]
kind = government
language = en
name = Ministry of Labour
address =
    1 Assembly Square
    Arenburg
email = ministry@state.example
salutation = Dear Minister,
cover =
    please find the letter of the unions attached.

[addressee.works]
kind = company
language = en
name = Salt Cape Works
email = office@works.example

[addressee.ilo]
kind = international
language = en
name = International Labour Office, Director-General
address =
    4 route des Morillons
    CH-1211 Geneva 22
email = normes@ilo.example
procedure = complaint
government = KZ
conventions = C087 C098

[addressee.council]
role = copy
kind = international
language = en
name = Council of Nations
email = council@nations.example

[addressee.world]
kind = federation
language = en
name = World Union Federation

[addressee.gazette]
role = copy
kind = press
language = en
name = The Gazette
email = desk@gazette.example
"""
TEXTS = {
    "en": ("Statement", "For the unions of Salt Cape", "Release those who were arrested.", "Chair"),
    "ru": ("Заявление", "В защиту профсоюзов Соляного мыса", "Освободите арестованных.", "Председатель"),
}


def write_appeal(folder, slug=SLUG, change=lambda text: text):
    """An appeal's folder; gives its path."""
    path = os.path.join(folder, slug)
    os.makedirs(path)
    with open(os.path.join(path, "appeal.ini"), "w", encoding="utf-8") as f:
        f.write(change(SETTINGS.format(slug=slug)))
    for language, (kind, title, words, office) in TEXTS.items():
        with open(os.path.join(path, language + ".md"), "w", encoding="utf-8") as f:
            f.write(f"---\nletterhead: Common Labour Federation\nkind: {kind}\nnumber: 7\ndate: 2026-10-30\n"
                    f"title: {title}\nsignatory: {office}\nsignatory.name: V. Severina\n---\n\n{words}\n")
    return path


def edit(path, change):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(change(text))


def sign(site, slug=SLUG, **fields):
    """Signs and confirms; the signature's id. The appeal lists what is confirmed."""
    site.signed = getattr(site, "signed", 0) + 1
    mailbox = fields.pop("email", f"office@union{site.signed}.example")
    # Nothing of a sample's: each field is the test's own or empty.
    empty = {"organisation_latin": None, "town": None, "affiliation": None, "members": None}
    answer = site.sign(slug, "en", **{**empty, "email": mailbox, **fields})
    assert answer.status == 303, (answer.status, answer.text)

    def find():
        return [m for m in site.mails() if m["To"] == mailbox and "/c/" in body(m)]
    before = {s["id"] for s in site.json("signature", "list", slug)}
    assert site.confirm(wait_until(find)[0]).status == 303
    new = {s["id"] for s in site.json("signature", "list", slug)} - before
    assert len(new) == 1, new
    return new.pop()


def withdraw(site, signature, slug=SLUG):
    """Not by the link in the signatory's mail, which the web tests press, but by a moderator: both take it off."""
    site.run("signature", "strike", signature, "--reason", "test")


def marks(visibility):
    """A signatory's fields, each with a word of its own that nothing else says."""
    tag = {"public": "pb", "organisation": "og", "recipients": "rc", "international": "it", "counted": "ct"}[visibility]
    number = {"public": 710003, "organisation": 720011, "recipients": 730027, "international": 740041,
              "counted": 750053}[visibility]
    country = COUNTRIES[visibility][0]
    return {
        "organisation": f"Qorg{tag} Union", "organisation_latin": f"Qlat{tag} Union", "town": f"Qtown{tag}",
        "affiliation": f"Qaff{tag}", "members": str(number), "country": country, "representative": f"Qrep{tag} Person",
        "capacity": f"Qcap{tag}", "email": f"qmail{tag}@qbox{tag}.example", "visibility": visibility,
        "legal_name": f"Qlegal{tag} Association", "address": f"Qaddr{tag} Street 1", "coverage": f"Qcov{tag} industry",
        "registration": "registered", "mandate": f"Qmand{tag} congress", "mandate_date": "2026-01-15",
        "members_date": "2026-02-16", "kind": "union",
    }


def words_of(fields):
    """What to look for, by field: words that stand nowhere else."""
    words = {name: [re.search(r"[Qq]\w+", fields[name]).group(0)] for name in fields
             if re.match(r"[Qq][a-z]+", fields[name])}
    number = fields["members"]
    words["members"] = [number] + [number[:3] + gap + number[3:] for gap in (",", ".", " ", "\u00a0", "\u202f", "'")]
    words["email"].append(fields["email"].split("@")[1].split(".")[0])
    words["country"] = [COUNTRIES[fields["visibility"]][1]]
    return words


def text_of(pdf, *options):
    """What pdftotext reads."""
    return subprocess.run(["pdftotext", *options, pdf, "-"], check=True, capture_output=True, text=True).stdout


def pages_of(pdf):
    info = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"^Pages: +(\d+)", info, re.M).group(1))


def everything_in(pdf):
    """Text in several orders, metadata, bookmarks, and all streams and strings, as one text to search in."""
    raw = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", pdf, "-"], capture_output=True)
    assert raw.returncode in (0, 3), raw.stderr
    tree = subprocess.run(["qpdf", "--json=1", "--json-key=objects", "--json-key=outlines", pdf],
                          capture_output=True, text=True)
    assert tree.returncode in (0, 3), tree.stderr
    with open(pdf, "rb") as f:
        bytes_there = f.read() + raw.stdout
    # Strings stand as bytes, as UTF-16, or as either in hexadecimal digits.
    plain = bytes_there.decode("latin-1")
    wide = bytes_there.decode("utf-16-be", errors="replace") + bytes_there[1:].decode("utf-16-be", errors="replace")
    digits = []
    for found in re.findall(rb"<([0-9A-Fa-f\s]{8,})>", bytes_there):
        found = re.sub(rb"\s", b"", found)
        data = bytes.fromhex(found[:len(found) // 2 * 2].decode())
        digits += [data.decode("latin-1"), data.decode("utf-16-be", errors="replace")]
    info = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    struct = subprocess.run(["pdfinfo", "-struct-text", pdf], capture_output=True, text=True).stdout
    meta = subprocess.run(["pdfinfo", "-meta", pdf], capture_output=True, text=True).stdout
    return "\n".join([text_of(pdf), text_of(pdf, "-raw"), text_of(pdf, "-layout"), info, struct, meta, plain, wide,
                      tree.stdout, *digits])
