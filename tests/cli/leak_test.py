#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing that goes out names who chose not to be named to its reader. Signatories of every visibility, each field with a
word that stands nowhere else; every kind of letter, list, archive, mail and page; and a search in all of it: text in
several orders, metadata, bookmarks, structure, raw and unpacked streams, members of archives, names of files. What may
be seen is the table of the design, written out in tests/lib/letters.py."""

import csv
import datetime
import os
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from email.utils import parseaddr

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from letters import (ADDRESSEES, COUNTRIES, SLUG, TABLE, everything_in, marks, sign, text_of, words_of,  # noqa: E402
                     write_appeal)
from realsite import Site, main, wait_until  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
ORGANISATION = {"organisation", "organisation_latin", "town", "affiliation", "members", "country"}
PERSON = {"representative", "capacity"}
ILO = {"legal_name", "address", "coverage", "mandate"}
WORDS = {v: words_of(marks(v)) for v in TABLE}
KEPT = ("id", "visibility", "language", "signed_on")  # columns that are the organiser's alone
LISTS = ["csv", "xlsx", "json", "jsonl"]


class Looked:
    """What was searched: so that a test that searched nothing is seen."""
    count = 0


def may_show(visibility, audience, is_individual, is_ilo):
    """The fields of a signatory that a reader may see."""
    cell = TABLE[visibility][audience]
    if cell == "counted" or (is_individual and cell != "person"):
        return set()
    return ORGANISATION | (PERSON if cell == "person" else set()) | (ILO if cell == "person" and is_ilo else set())


def look(text, what, audience, ids, is_individual=False, is_ilo=False, must=()):
    """Searches a text; `must` names fields that have to be there where they may be."""
    folded = text.casefold()
    for visibility, words in WORDS.items():
        allowed = may_show(visibility, audience, is_individual, is_ilo)
        for field, spellings in words.items():
            there = [word for word in spellings if word.casefold() in folded]
            if field not in allowed:
                assert not there, f"{what} (for {audience}): {field} of a signatory that chose {visibility}: {there}"
            elif field in must:
                assert there, f"{what} (for {audience}): {field} of a signatory that chose {visibility} is missing"
        if not allowed:
            assert ids[visibility] not in text, f"{what} (for {audience}): the id of a signatory that chose {visibility}"
    Looked.count += 1


def unpack(path):
    """All there is in a file, as one text."""
    with open(path, "rb") as f:
        data = f.read()
    if data.startswith(b"%PDF"):
        return everything_in(path)
    if data.startswith(b"PK"):
        parts = []
        with zipfile.ZipFile(path) as archive:
            parts += [str(archive.infolist()), archive.comment.decode("latin-1")]
            for name in archive.namelist():
                inside = f"{path}.member"
                with open(inside, "wb") as f:
                    f.write(archive.read(name))
                parts += [name, unpack(inside)]
                os.unlink(inside)
        return "\n".join(parts)
    return data.decode("utf-8", errors="replace") + data.decode("latin-1")


class Fixture:
    """A site; a neutral signatory's letters are delivered to everybody; then sign those who are looked for."""

    def __init__(self, site, order=tuple(TABLE)):
        self.site = site
        self.out = os.path.join(site.folder, "out")
        os.mkdir(self.out)
        sign(site, organisation="The first one", country="DE", representative="Jemand", capacity="Vorsitz")
        for addressee in ADDRESSEES:
            made = site.json("export", "letter", SLUG, "--to", addressee, "-o", os.path.join(self.out, "first.pdf"))
            site.run("delivery", "record", SLUG, "--edition", str(made["edition"]), "--how", "post")
        self.ids = {v: sign(site, **marks(v)) for v in order}

    def path(self, name):
        return os.path.join(self.out, name)

    def export(self, *arguments, name):
        self.site.run("export", *arguments[:1], SLUG, *arguments[1:], "-o", self.path(name))
        return self.path(name)


def started(order=tuple(TABLE)):
    site = Site(appeals=False)
    site.publish(write_appeal(site.folder))
    site.start()
    try:
        return site, Fixture(site, order)
    except Exception:
        closed(site)
        raise


def closed(site):
    site.__exit__(None, None, None)


def test_the_search_finds_what_hides():
    """The search itself: a word is found in metadata, bookmarks, structure, packed objects, archives"""
    def wide(word):
        return "<" + ("\ufeff" + word).encode("utf-16-be").hex() + ">"
    hidden = {"Qtitle": "metadata", "Qmark": "a bookmark", "Qactual": "what stands for a piece of text", "Qstream": "a stream",
              "Qpacked": "a packed object"}
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R /StructTreeRoot 7 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << >> >>",
        "<< /Length 12 >>\nstream\n% Qstream  \n\nendstream",
        "<< /Type /Outlines /First 6 0 R /Last 6 0 R /Count 1 >>",
        f"<< /Title {wide('Qmark')} /Parent 5 0 R /Dest [3 0 R /Fit] >>",
        f"<< /Type /StructTreeRoot /K << /Type /StructElem /S /P /P 7 0 R /ActualText {wide('Qactual')} >> >>",
        f"<< /Title {wide('Qtitle')} /Note (Qpacked) >>",
    ]
    with tempfile.TemporaryDirectory() as folder:
        plain, packed = os.path.join(folder, "plain.pdf"), os.path.join(folder, "packed.pdf")
        with open(plain, "w", encoding="latin-1") as f:
            f.write("%PDF-1.5\n" + "".join(f"{n + 1} 0 obj\n{o}\nendobj\n" for n, o in enumerate(objects)))
            f.write(f"trailer\n<< /Root 1 0 R /Info 8 0 R /Size {len(objects) + 1} >>\n")
        done = subprocess.run(["qpdf", "--object-streams=generate", "--compress-streams=y", "--recompress-flate", plain, packed],
                              capture_output=True, text=True)
        assert done.returncode in (0, 3), done.stderr
        with open(packed, "rb") as f:
            data = f.read()
        assert not any(word.encode() in data for word in hidden), "nothing is hidden"
        archive = os.path.join(folder, "all.zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as f:
            f.write(packed, "Qname.pdf")
        for path in (packed, archive):
            found = unpack(path)
            assert all(word in found for word in hidden), [place for word, place in hidden.items() if word not in found]
        assert "Qname" in found


def test_letters():
    """No letter of any kind shows more than the table says, in any part of the file"""
    site, f = started()
    with_names = ("organisation",)
    with_people = ("organisation", "representative", "capacity")
    before = Looked.count
    try:
        path = f.export("letter", name="public.pdf")
        look(unpack(path), path, "public", f.ids, must=with_names)
        for addressee, (audience, is_ilo, _) in ADDRESSEES.items():
            for form in ("joint", "individual"):
                for kind in ("", "--supplement", "--accession"):
                    options = ["--to", addressee, "--form", form] + ([kind] if kind else [])
                    path = f.export("letter", *options, name=f"{addressee}-{form}{kind}.pdf")
                    look(unpack(path), path, audience, f.ids, form == "individual", is_ilo,
                         must=with_people if form == "individual" else with_names)
            folder = f.path(f"separate-{addressee}")
            site.run("export", "letter", SLUG, "--to", addressee, "--separate", "-o", folder)
            names = sorted(os.listdir(folder))
            look("\n".join(names), folder, audience, f.ids, True)
            assert len(names) == 1 + sum(cells[audience] == "person" for cells in TABLE.values()), names
            look("\n".join(unpack(os.path.join(folder, name)) for name in names), folder, audience, f.ids, True, is_ilo,
                 must=with_people)
        # The block for the ILO is there where it belongs, else the search for it proves nothing.
        look(text_of(f.path("ilo-joint.pdf")), "ilo-joint.pdf", "international", f.ids, False, True,
             must=("organisation", "representative", "legal_name", "address", "coverage", "mandate"))
        assert Looked.count - before == 1 + len(ADDRESSEES) * 8 + 1
    finally:
        closed(site)


def test_sealed_letters():
    """Nor do sealed ones, and what is put on the page"""
    site = Site(appeals=False)
    site.run("key", "new", "--seal", "--name", "The operator", "-o", os.path.join(site.folder, "seal.key"))
    with open(os.path.join(site.folder, "undersign.conf"), "a") as conf:
        conf.write("[seal]\nkey = seal.key\ncertificate = seal.crt\n")
    site.publish(write_appeal(site.folder))
    site.start()
    try:
        f = Fixture(site)
        for addressee in ("ministry", "gazette"):
            path = f.export("letter", "--to", addressee, name=f"{addressee}.pdf")
            look(unpack(path), path, ADDRESSEES[addressee][0], f.ids, must=("organisation",))
        site.run("export", "letter", SLUG, "--publish")
        path = f.path("published.pdf")
        with open(path, "wb") as out:
            out.write(site.request(f"/en/{SLUG}/letter.pdf").body)
        look(unpack(path), "letter.pdf on the page", "public", f.ids, must=("organisation",))
        for page in ("", "/signatories"):
            look(site.request(f"/en/{SLUG}{page}").text, f"/en/{SLUG}{page}", "public", f.ids,
                 must=("organisation",) if page == "/signatories" else ())
    finally:
        closed(site)


def spread(site):
    """Gives each signature a day of its own, long ago; the words that would tell it, and the ids."""
    site.stop()
    first = datetime.date(2025, 3, 4)
    words = []
    connection = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    with connection:
        for i, (row, public_id) in enumerate(connection.execute("SELECT id, public_id FROM signature").fetchall()):
            day = first + datetime.timedelta(days=i)
            number = (day - datetime.date(1970, 1, 1)).days
            connection.execute("UPDATE signature SET signed_on = ? WHERE id = ?", (number, row))
            serial = (day - datetime.date(1899, 12, 30)).days  # as a spreadsheet counts
            words += [public_id, day.isoformat(), f">{serial}<", f">{serial}.0<"]
    connection.close()
    site.start()
    assert len(words) == 4 * (len(TABLE) + 1), words
    return words


def check_kept(text, what, words):
    there = [word for word in words if word in text]
    assert not there, f"{what}: {there}"
    Looked.count += 1


def test_ids_and_days():
    """No reader's list tells an id, which would join it to another's, or the day that somebody signed on"""
    site, f = started()
    try:
        words = spread(site)
        for format in LISTS:
            # The search finds them where they are: in the organiser's own.
            text = unpack(f.export(format, "--all", name=f"all.{format}"))
            found = sum(word in text for word in words)
            assert found == 2 * (len(TABLE) + 1), (format, found)
            check_kept(unpack(f.export(format, name=f"public.{format}")), format, words)
            for addressee in ADDRESSEES:
                check_kept(unpack(f.export(format, "--for", addressee, name=f"{addressee}.{format}")),
                           f"{format} for {addressee}", words)
                edition = site.json("export", "letter", SLUG, "--to", addressee, "-o", f.path("of.pdf"))["edition"]
                check_kept(unpack(f.export(format, "--edition", str(edition), name=f"edition.{format}")),
                           f"{format} of the edition to {addressee}", words)
        for addressee in ADDRESSEES:
            for form in ("joint", "individual"):
                path = f.export("bundle", "--to", addressee, "--form", form, name=f"{addressee}-{form}.zip")
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        if name != "letter.pdf":
                            check_kept(archive.read(name).decode(), f"{name} of {path}", words)
                    with archive.open("list.csv") as listed:
                        rows = list(csv.DictReader(listed.read().decode().splitlines()))
                assert rows and all(row[name] == "" for row in rows for name in KEPT), rows
                # An organisation's own letter has its day; nothing else in a bundle does.
                check_kept(unpack(path), path, words if form == "joint" else words[::4])
    finally:
        closed(site)


def test_lists():
    """No list in any format does, for the public and for each addressee; nor does it say what was chosen"""
    site, f = started()
    try:
        for format in LISTS:
            path = f.export(format, name=f"public.{format}")
            look(unpack(path), path, "public", f.ids, must=("organisation",))
            for addressee, (audience, is_ilo, _) in ADDRESSEES.items():
                path = f.export(format, "--for", addressee, name=f"{addressee}.{format}")
                text = unpack(path)
                look(text, path, audience, f.ids, False, is_ilo, must=("organisation",))
                if format == "csv":
                    with open(path, encoding="utf-8-sig", newline="") as f_csv:
                        rows = list(csv.DictReader(f_csv))
                    assert rows and all(row[name] == "" for row in rows for name in KEPT), rows
                # What the letter names, and nothing else.
                edition = site.json("export", "letter", SLUG, "--to", addressee, "-o", f.path("of.pdf"))["edition"]
                path = f.export(format, "--edition", str(edition), name=f"{addressee}-edition.{format}")
                look(unpack(path), path, audience, f.ids, False, is_ilo, must=("organisation",))
    finally:
        closed(site)


def test_bundles():
    """Nor does a bundle: letter, list, manifest, names of members"""
    site, f = started()
    try:
        for addressee, (audience, is_ilo, _) in ADDRESSEES.items():
            for kind in ((), ("--form", "individual"), ("--supplement",)):
                path = f.export("bundle", "--to", addressee, *kind, name=f"{addressee}{'-'.join(kind)}.zip")
                look(unpack(path), path, audience, f.ids, "individual" in kind, is_ilo, must=("organisation",))
    finally:
        closed(site)


def test_mail():
    """Nor does the mail that a letter goes out with, and the page that tells of it"""
    site, f = started()
    try:
        for addressee, (audience, is_ilo, mailbox) in ADDRESSEES.items():
            if mailbox is None:
                continue
            site.run("delivery", "send", SLUG, "--to", addressee, "--yes")

            def find():
                return [m for m in site.mails() if parseaddr(str(m["To"]))[1] == mailbox]
            message = wait_until(find)[0]
            pdf = next(message.iter_attachments())
            with open(f.path("mailed.pdf"), "wb") as out:
                out.write(pdf.get_content())
            look(unpack(out.name), f"the letter mailed to {addressee}", audience, f.ids, False, is_ilo, must=("organisation",))
            # The message itself, as any relay on its way can read it.
            pdf.clear_content()
            look(message.as_string() + message.get_body(("plain",)).get_content(), f"the mail to {addressee}", "public", f.ids)
        look(site.request(f"/en/{SLUG}").text, "the appeal's page", "public", f.ids)
        site.stop()
        with open(os.path.join(site.folder, "undersignd.log"), encoding="utf-8", errors="replace") as log:
            text = log.read()
        for visibility, words in WORDS.items():
            for field, spellings in words.items():
                assert not [w for w in spellings if field not in ("members", "country") and w in text], (visibility, field)
    finally:
        closed(site)


def test_order():
    """The order of names tells nothing: whoever signed first, the letter and the lists are the same"""
    texts = []
    for order in (tuple(TABLE), tuple(reversed(TABLE))):
        site, f = started(order)
        try:
            seen = []
            for options in ((), ("--to", "ministry"), ("--to", "ilo", "--form", "individual")):
                path = f.export("letter", *options, name="letter.pdf")
                seen.append(text_of(path).replace(str(site.port), "PORT"))
            with open(f.export("csv", "--for", "ministry", name="list.csv"), encoding="utf-8-sig", newline="") as rows:
                seen.append([row["organisation"] for row in csv.DictReader(rows)])
            texts.append(seen)
        finally:
            closed(site)
    assert texts[0] == texts[1]


if __name__ == "__main__":
    main([test_the_search_finds_what_hides, test_letters, test_sealed_letters, test_lists, test_ids_and_days, test_bundles, test_mail, test_order])
