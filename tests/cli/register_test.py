# SPDX-License-Identifier: AGPL-3.0-or-later
"""The register of organisations: lists taken in and out, names found in any script, who is listed by it,
and organisations that signed twice."""

import concurrent.futures
import gettext
import io
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import PROGRAM, TOP, Site, body, main, own_link  # noqa: E402
from terminal import Terminal  # noqa: E402

INI = """[appeal]
slug = trial
authoritative = ru
policy = {policy}

[addressee.president]
role = to
kind = government
language = ru
name = Президент страны
address =
    Дворец
"""
TEXT = "---\nkind: Заявление\ntitle: О новом законе\n---\n\nТекст обращения.\n"
LIST = """name,aliases,country,domains,affiliation
Профсоюз «Жанарту»,Zhanartu Trade Union|Жанарту кәсіподағы,KZ,zhanartu.example,ITUC
"Union of Oil Workers, National",OWU,KZ,owu.example mail.owu.example,IndustriALL
Free Mail Union,,KZ,gmail.com,
World Federation of Examples,,,wfe.example,
"""


class RegisterSite(Site):
    def __init__(self, policy="register"):
        super().__init__(appeals=False)
        folder = os.path.join(self.folder, "trial")
        os.makedirs(folder)
        with open(os.path.join(folder, "appeal.ini"), "w", encoding="utf-8") as f:
            f.write(INI.format(policy=policy))
        with open(os.path.join(folder, "ru.md"), "w", encoding="utf-8") as f:
            f.write(TEXT)
        self.publish(folder)

    def file(self, data, name="list.csv"):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return path

    def signed(self, **fields):
        """Signs and confirms; gives the signature's row."""
        before = len(self.mails())
        answer = self.sign("trial", **fields)
        assert answer.status in (200, 303), answer.text
        message = self.mails(before + 1)[-1]
        ids = {row["id"] for row in self.json("signature", "list", "trial")}
        answer = self.confirm(message)
        assert answer.status in (200, 303), answer.text
        return next(row for row in self.json("signature", "list", "trial") if row["id"] not in ids)


MERGED = "The same organisation has signed more than once. Another of its signatures is kept."
KEPT = "Number of the kept signature: {number}"


def said(language, message):
    """A message as the catalogue of that language has it."""
    if language == "en":
        return message
    with open(os.path.join(TOP, "web", "locale", language + ".po"), "rb") as f:
        packed = subprocess.run(["msgfmt", "-o", "-", "-"], stdin=f, stdout=subprocess.PIPE, check=True).stdout
    return gettext.GNUTranslations(io.BytesIO(packed)).gettext(message)


def faults(site, data, name="bad.csv", status=65):
    done = site.run("register", "import", site.file(data, name), check=False)
    assert done.returncode == status, (done.returncode, done.stderr)
    assert done.stdout == "", done.stdout
    return done.stderr.replace(site.folder + "/", "")


def lists_come_and_go():
    """A list is taken in, replaced as a whole, shown, and taken out; offline too."""
    site = RegisterSite()
    try:
        path = site.file(LIST, "ituc.csv")
        told = site.json("register", "import", path, "--dry-run")
        assert (told["added"], told["removed"], told["source"]) == (4, 0, "ituc.csv"), told
        assert site.json("register", "list") == [], "a dry run changed something"
        done = site.run("register", "import", path, "--json")
        assert "1 of its domains belongs to providers" in done.stderr, done.stderr
        lists = site.json("register", "list")
        assert [(row["source"], row["organisations"]) for row in lists] == [("ituc.csv", 4)], lists
        rows = site.json("register", "list", "--source", "ituc.csv")
        first = next(row for row in rows if row["name"] == "Профсоюз «Жанарту»")
        assert first["aliases"] == ["Zhanartu Trade Union", "Жанарту кәсіподағы"], first
        assert first["country"] == "KZ" and first["domains"] == ["zhanartu.example"], first
        assert next(r for r in rows if r["name"].startswith("World"))["country"] is None
        done = site.run("register", "import", path)
        assert "unchanged: 4 organisations" in done.stderr, done.stderr

        with site:
            # A semicolon, a byte order mark, CRLF, other order: what Excel writes in Russia.
            other = ("\ufeffCountry;Name;Domains\r\nkz;Профсоюз «Жанарту»;@ZHANARTU.example; \r\n")
            assert "2 cells" not in faults(site, other, "x.csv")
            other = "\ufeffCountry;Name;Domains\r\nkz;Профсоюз «Жанарту»;@ZHANARTU.example\r\nPL;\"Związek \"\"A\"\"; B\";\r\n;;\r\n"
            told = site.json("register", "import", site.file(other, "new.csv"), "--source", "ituc.csv")
            assert (told["added"], told["changed"], told["removed"], told["unchanged"]) == (1, 1, 3, 0), told
            rows = site.json("register", "list", "--source", "ituc.csv")
            assert [(r["name"], r["country"], r["domains"]) for r in rows] == [
                ("Związek \"A\"; B", "PL", []), ("Профсоюз «Жанарту»", "KZ", ["zhanartu.example"])], rows
            assert site.json("register", "match", "Oil Workers Union") == []
            site.run("register", "import", site.file("name\nOther\n", "other.csv"))
            assert len(site.json("register", "list")) == 2

            done = site.run("register", "remove", "ituc.csv", check=False)
            assert done.returncode == 64 and "--yes" in done.stderr, done.stderr
            site.run("register", "remove", "ituc.csv", "--yes", "--dry-run")
            assert len(site.json("register", "list")) == 2
            site.run("register", "remove", "ituc.csv", "--yes", "--reason", "out of date")
            assert [row["source"] for row in site.json("register", "list")] == ["other.csv"]
            assert site.json("register", "match", "Жанарту") == []
            done = site.run("register", "remove", "ituc.csv", "--yes", check=False)
            assert done.returncode != 0 and "no list" in done.stderr, done.stderr
            done = site.run("register", "list", "--source", "nix", check=False)
            assert done.returncode != 0 and "no list" in done.stderr, done.stderr
            acts = [row["act"] for row in site.json("audit", "list") if row["act"].startswith("register.")]
            assert sorted(acts) == ["register.import"] * 3 + ["register.remove"], acts
    finally:
        shutil.rmtree(site.folder, ignore_errors=True)


def bad_lists_are_told():
    """Every bad line is named, and then nothing of the list is taken in."""
    with RegisterSite() as site:
        told = faults(site, "name,domain\nA,b\n")
        assert 'bad.csv:1: there is no column "domain"; the columns are' in told, told
        assert "name is missing" in faults(site, "country\nKZ\n")
        assert "bad.csv:1: the column name stands there twice" in faults(site, "name,Name\nA,B\n")
        told = faults(site, "name,country,domains\n,KZ,\nA,Kazakhstan,\nB,XX,nonsense\nC,KZ\n"
                            "D,KZ,www.d.example\n\x07E,KZ,\nD2,KZ,d.example\nF,,\nF,,\n" + "x" * 201 + ",,\n")
        for line, what in ((2, "name is empty"), (3, '"KAZAKHSTAN" is no country'), (4, '"XX" is no country'),
                           (4, '"nonsense" is no domain'), (5, "there are 2 cells; the first line has 3"),
                           (6, "www.d.example"), (7, "name has control characters"),
                           (10, "stands in line 9 already"), (11, "longer than 200")):
            assert any(text.startswith(f"bad.csv:{line}: ") and what in text for text in told.splitlines()), (line, what, told)
        assert not any(text.startswith("bad.csv:8:") for text in told.splitlines()), told
        assert "nothing of the list was taken in" in told, told
        told = faults(site, "name\n" + "—\n" * 70)
        assert told.count("no letters") == 50 and "and 20 more" in told, told
        assert "bad.csv:3: the file is not UTF-8" in faults(site, b"name\nA\n" + "Ж".encode("cp1251") + b"\n")
        assert "nothing closes it" in faults(site, 'name\n"A\nB\n')
        assert "written twice" in faults(site, 'name\n"A" B\n')
        assert "is empty" in faults(site, "")
        assert "no organisation" in faults(site, "name\n\n")
        assert "16 MiB" in faults(site, b"name\n" + b"a\n" * (9 << 20), "big.csv")
        done = site.run("register", "import", os.path.join(site.folder, "none.csv"), check=False)
        assert done.returncode == 66, (done.returncode, done.stderr)
        done = site.run("register", "import", site.file("name\nA\n"), "--source", "a/b", check=False)
        assert done.returncode == 65 and "--source" in done.stderr, (done.returncode, done.stderr)
        assert site.json("register", "list") == []


def names_are_found():
    """A name is found in any script and spelling, near ones with how near they are."""
    with RegisterSite() as site:
        site.run("register", "import", site.file(LIST, "ituc.csv"))
        for text in ("Профсоюз Zhanartu", "profsojuz janartu", "ОО «Профсоюз Жанарту»", "Zhanartu trade union"):
            rows = site.json("register", "match", text)
            assert rows and rows[0]["likeness"] == 100 and rows[0]["name"] == "Профсоюз «Жанарту»", (text, rows)
        rows = site.json("register", "match", "trade union ZHANARTU, LLP")
        assert rows[0]["met"] == "Zhanartu Trade Union", rows
        rows = site.json("register", "match", "National Oil Workers' Union")
        assert rows[0]["likeness"] == 100 and rows[0]["domains"] == ["mail.owu.example", "owu.example"], rows
        rows = site.json("register", "match", "National Union of Oil Worker")
        assert 80 <= rows[0]["likeness"] < 100, rows
        assert site.json("register", "match", "Panaderos") == []
        assert site.json("register", "match", "—") == []
        done = site.run("register", "match", "Panaderos")
        assert done.stdout == "" and "Nothing in the register is like it" in done.stderr, done


def syllables_are_found():
    """A Chinese name and its pinyin meet, however it is parted; but only the same key lets anybody in."""
    with RegisterSite() as site:
        site.run("register", "import", site.file("name,country,domains\n全国石油工会,CN,oil.example\n上海海员,CN,sea.example\n"
                                                 "Shi you Gong hui,TW,two.example\nPetrol Union,TR,petrol.example\n"))
        for text in ("quan guo shi you gong hui", "Quanguo shiyou gonghui", "Quánguó Shíyóu Gōnghuì"):
            rows = site.json("register", "match", text)
            assert rows and (rows[0]["name"], rows[0]["likeness"]) == ("全国石油工会", 99), (text, rows)
        rows = site.json("register", "match", "上海 海员")
        assert rows and (rows[0]["name"], rows[0]["likeness"]) == ("上海海员", 100), rows
        rows = site.json("register", "match", "石油工会")
        assert any(row["name"] == "Shi you Gong hui" and row["likeness"] == 99 for row in rows), rows
        assert not any(row["likeness"] == 99 for row in site.json("register", "match", "Petro lunion"))
        row = site.signed(organisation="Quan guo shi you gong hui", organisation_latin=None, country="CN",
                          email="a@oil.example")
        assert row["state"] == "confirmed", row
        row = site.signed(organisation="上海 海员", organisation_latin="Shanghai Seafarers", country="CN",
                          email="a@sea.example")
        assert row["state"] == "listed", row


def the_register_lists():
    """policy = register: whom a list knows by name, country and domain is listed at once, and nobody else."""
    with RegisterSite() as site:
        site.run("register", "import", site.file(LIST, "ituc.csv"))
        known = {"organisation": "Zhanartu Trade Union", "organisation_latin": None, "country": "KZ"}
        assert site.signed(**known, email="a@other.example")["state"] == "confirmed"
        waiting = site.json("signature", "list", "trial")[0]["id"]
        # Somebody used the name before: then a moderator looks.
        assert site.signed(**known, email="b@zhanartu.example")["state"] == "confirmed"
        other = {"organisation": "OIL WORKERS' NATIONAL UNION", "organisation_latin": None}
        assert site.signed(**other, country="PL", email="b@owu.example")["state"] == "confirmed"
        assert site.signed(**other, country="KZ", email="b@sub.owu.example")["state"] == "confirmed"
        # It signed by another of its names before: that is somebody else's mailbox, or one too many.
        by_letters = {"organisation": "OWU", "organisation_latin": None, "country": "KZ"}
        assert site.signed(**by_letters, email="c@mail.owu.example")["state"] == "confirmed"
        site.run("register", "import", site.file("name,aliases,country,domains\n"
                                                 "Pilots of Example,PoE|Pilotenverband,KZ,poe.example\n", "poe.csv"))
        row = site.signed(organisation="PoE", organisation_latin=None, country="KZ", email="c@poe.example")
        assert row["state"] == "listed", row
        assert site.signed(organisation="Pilotenverband", organisation_latin=None, country="KZ",
                           email="d@poe.example")["state"] == "confirmed"
        said = [e for e in site.json("audit", "list") if e["act"] == "signature.confirm" and e["subject"] == row["id"]]
        assert said[0]["reason"] == "listed by the register (poe.csv)", said
        # A provider's domain lets nobody in, whoever wrote it into a list.
        assert site.signed(organisation="Free Mail Union", organisation_latin=None,
                           email="x@gmail.com")["state"] == "confirmed"
        row = site.signed(organisation="World federation: Examples", organisation_latin=None,
                          kind="international", country="", email="x@wfe.example")
        assert row["state"] == "listed", row
        # An appeal under attack lists nobody by itself.
        site.run("signature", "refuse", waiting, "--reason", "no mandate")
        site.run("register", "import", site.file("name,country,domains\nShielded Union,KZ,shielded.example\n"
                                                 "Open Union,KZ,open.example\n", "two.csv"))
        site.run("appeal", "shield", "trial", "on")
        assert site.signed(organisation="Shielded Union", organisation_latin=None,
                           email="x@shielded.example")["state"] == "confirmed"
        site.run("appeal", "shield", "trial", "off")
        assert site.signed(organisation="Open Union", organisation_latin=None,
                           email="x@open.example")["state"] == "listed"
        # The page of the appeal, and the API, know the policy.
        assert '"listed":"register"' in site.request("/api/v1/appeals/trial").text.replace(" ", "")
        assert site.run("check", "counts").returncode == 0


def one_organisation_is_listed_once():
    """Whatever it is called: before its list came, at the same moment, and since it corrected its name."""
    with RegisterSite() as site:
        def fields(name, mailbox, country="KZ"):
            return {"organisation": name, "organisation_latin": None, "country": country, "email": mailbox}

        def waiting(*signing):
            before = len(site.mails())
            for one in signing:
                assert site.sign("trial", **one).status in (200, 303)
            return site.mails(before + len(signing))[before:]

        first = site.signed(**fields("ЖАНАРТУ кәсіподағы", "a@elsewhere.example"))["id"]
        abroad = site.signed(**fields("Zhanartu Trade Union", "a@pl.example", country="PL"))["id"]
        site.run("register", "import", site.file(LIST))
        known = site.signed(**fields("Профсоюз «Жанарту»", "b@zhanartu.example"))
        assert known["state"] == "confirmed", known
        # What shares no word is one group all the same, since the register says so.
        rows = site.json("signature", "duplicates", "trial")
        assert {row["id"] for row in rows} == {first, known["id"]}, rows
        assert abroad not in {row["id"] for row in rows}, rows
        # One that gave itself another name since, in which no list knows it.
        before = len(site.mails())
        oil = site.signed(**fields("OWU", "a@owu.example"))
        assert oil["state"] == "listed", oil
        site.run("signature", "unlist", oil["id"])
        path = next(own_link(m) for m in site.mails()[before:] if "/w/" in body(m))
        answer = site.request(path, data={"act": "correct", "organisation": "OWUU", "organisation_latin": ""})
        assert answer.status == 303, answer.text
        other = site.signed(**fields("Union of Oil Workers, National", "b@owu.example"))
        assert other["state"] == "confirmed", other
        # Of many at the same moment the writer lists one.
        names = [f"Rivermen {letter}" for letter in "abcdefgh"]
        site.run("register", "import", site.file("name,aliases,country,domains\nRivermen," + "|".join(names) +
                                                 ",KZ,rivermen.example\n", "river.csv"))
        mails = waiting(*(fields(name, f"{name[-1]}@rivermen.example") for name in names))
        with concurrent.futures.ThreadPoolExecutor(len(mails)) as pool:
            answers = [answer.status for answer in pool.map(site.confirm, mails)]
        assert all(status in (200, 303) for status in answers), answers
        states = [row["state"] for row in site.json("signature", "list", "trial") if row["organisation"] in names]
        assert sorted(states) == ["confirmed"] * 7 + ["listed"], states
        assert site.run("check", "counts").returncode == 0


def the_shield_holds_back_policy_after():
    """policy = after lists nobody while the appeal is shielded."""
    with RegisterSite("after") as site:
        assert site.signed(organisation="First Union", email="x@first.example")["state"] == "listed"
        site.run("appeal", "shield", "trial", "on")
        assert site.signed(organisation="Second Union", email="x@second.example")["state"] == "confirmed"


def a_merge_does_not_tell_of_the_hidden():
    """Where the kept one asked not to be shown, or waits still, the other is refused as anybody is:
    a stranger who signs by its name does not learn that it signed."""
    def words(site, message, ident):
        """All that the reader gets, without what differs for every signature."""
        parts = [message.get_body((part,)).get_content() for part in ("plain", "html")]
        page = site.request(own_link(message))
        assert page.status == 200 and 'id="state"' in page.text, page.text
        state = page.text.partition('id="state"')[2].partition("</dd>")[0]
        said = "\n".join([message["Subject"], *parts, state]).replace(ident, "ID")
        return re.sub(r"/w/[^\s\"]+", "/w/TOKEN", said)

    def refused(site, other, *command):
        before = len(site.mails())
        site.run("signature", *command)
        message = site.mails(before + 1)[-1]
        assert len(site.mails()) == before + 1
        return words(site, message, other)

    with RegisterSite("before") as site:
        kept = {}
        for shown in ("counted", "international", "recipients", "public"):
            kept[shown] = site.signed(organisation="First Union", visibility=shown, email=f"{shown}@first.example")["id"]
            if shown != "public":
                before = len(site.mails())
                site.run("signature", "approve", kept[shown])
                site.mails(before + 1)
        other = site.signed(organisation="First Union", email="o@first.example")["id"]
        plain = refused(site, other, "refuse", other, "--reason", "Unknown here.")
        assert "Unknown here." in plain and other not in plain, plain
        for shown, keep in kept.items():  # the one that asked to be shown waits still
            other = site.signed(organisation="First Union", email=f"{shown}2@first.example")["id"]
            # Other refusals all have a reason: one without would tell by that.
            told = site.run("signature", "merge", keep, other, "--dry-run", "--json")
            assert f"The signatory of {other} is not told that another is kept" in told.stderr, told.stderr
            assert json.loads(told.stdout)["told_why"] is False, told.stdout
            for reason in ([], ["--reason", " "]):
                done = site.run("signature", "merge", keep, other, "--yes", *reason, check=False)
                assert done.returncode == (65 if reason else 64) and "--reason" in done.stderr, (done.returncode, done.stderr)
            assert site.json("signature", "show", other)["state"] == "confirmed"
            merged = refused(site, other, "merge", keep, other, "--yes", "--reason", "Unknown here.")
            assert merged == plain, (shown, merged, plain)
            assert any(keep in (e["reason"] or "") for e in site.json("audit", "list", other))
        # Of a listed one, struck, nobody is mailed: no reason is asked for.
        before = len(site.mails())
        site.run("signature", "approve", kept["public"])
        site.mails(before + 1)
        done = site.run("signature", "merge", kept["counted"], kept["public"])
        assert "is not told" not in done.stderr and "struck now" in done.stderr, done.stderr


def a_merge_says_that_no_mail_can_go():
    """Whose mailbox is not kept any more is told of by nobody: the moderator hears it, in a trial too."""
    with RegisterSite("before") as site:
        kept = site.signed(organisation="First Union", visibility="counted", email="a@first.example")["id"]
        other = site.signed(organisation="First Union", email="b@first.example")["id"]
        told = site.run("signature", "merge", kept, other, "--dry-run", "--json")
        assert "mailbox" not in told.stderr and json.loads(told.stdout)["unreached"] is False, (told.stdout, told.stderr)
        before = len(site.mails())
        site.run("signature", "refuse", other, "--reason", "Unknown here.")
        site.mails(before + 1)
        site.run("signature", "restore", other)
        for trial in (["--dry-run"], []):
            done = site.run("signature", "merge", kept, other, "--json", *trial)
            assert f"{other}: its mailbox is not kept any more, so no mail tells of it" in done.stderr, done.stderr
            assert json.loads(done.stdout)["unreached"] is True, done.stdout
            assert "is not told" not in done.stderr, done.stderr


def a_merge_is_told_in_the_signatorys_language():
    """What the service says of it is in the language of the form; a moderator's reason is as given."""
    with RegisterSite("before") as site:
        kept = site.signed(organisation="First Union", email="a@first.example")["id"]
        before = len(site.mails())
        site.run("signature", "approve", kept)
        site.mails(before + 1)
        for language in ("ar", "zh", "en"):
            other = site.signed(language=language, organisation="First Union", email=f"{language}@first.example")["id"]
            before = len(site.mails())
            site.run("signature", "merge", kept, other, "--reason", "Kaksi lomaketta.")
            message = site.mails(before + 1)[-1]
            for part in ("plain", "html"):
                text = message.get_body((part,)).get_content()
                assert said(language, MERGED) in text, text
                assert said(language, KEPT).replace("{number}", kept) in text, text
                assert "Kaksi lomaketta." in text, text
                assert language == "en" or "same organisation" not in text, text


def chinese_duplicates_are_found():
    """A name in characters and its romanisation stand side by side, however the latter is parted."""
    with RegisterSite("before") as site:
        def signed(name, mailbox, country="CN"):
            return site.signed(organisation=name, organisation_latin=None, country=country, email=mailbox)["id"]
        han = signed("中国海员工会", "a@one.example")
        near = signed("Zhong Guohai Yuan Gonghuo", "d@two.example")
        for letter in "bcdefghijklm":  # others between, in the order of names
            signed(f"Mariners O{letter}", f"{letter}@many.example")
        for more in ("Alashan Gongsi", "Alashan Huochezhan Diqu"):  # and in that without blanks
            signed(f"Zhongguo Haiyuan Gonghui {more}", f"x@{more.split()[-1].lower()}.example")
        pinyin = signed("Zhōngguó Hǎiyuán Gōnghuì", "b@two.example")
        signed("Zhongguo Jiaoyu Gonghui", "c@three.example")
        far = signed("Zhongguo Haiyuan Gong Hui", "e@four.example", country="KZ")
        rows = site.json("signature", "duplicates", "trial")
        group = {row["group"] for row in rows if row["id"] == han}
        assert {row["id"] for row in rows if row["group"] in group} == {han, pinyin, near}, rows
        assert far not in {row["id"] for row in rows}, rows
        told = site.json("signature", "merge", han, pinyin, "--dry-run")
        assert told["likeness"] == 99, told


def duplicates_are_merged():
    """Organisations that signed twice are shown side by side; merging keeps one and records both."""
    with RegisterSite("before") as site:
        one = site.signed(organisation="Профсоюз «Жанарту»", organisation_latin=None, email="a@zhanartu.example")["id"]
        two = site.signed(organisation="Profsoyuz Zhanartu (NGO)", organisation_latin=None, email="b@zhanartu.example")["id"]
        near = site.signed(organisation="Профсоюз «Жанарту» РК", organisation_latin=None, email="c@z.example")["id"]
        far = site.signed(organisation="Профсоюз «Жанарту» РК", organisation_latin=None, country="PL", email="d@z.example")["id"]
        lone = site.signed(organisation="Panaderos unidos", organisation_latin=None, email="e@p.example")["id"]
        rows = site.json("signature", "duplicates", "trial")
        # The same key meets across countries, near names do not.
        assert {row["id"] for row in rows} == {one, two, near, far}, rows
        assert {row["group"] for row in rows} == {1}, rows
        assert {row["mail_domain"] for row in rows} == {"zhanartu.example", "z.example"}, rows
        site.run("signature", "approve", one)
        rows = site.json("signature", "duplicates", "trial")
        assert rows[0]["id"] == one and rows[0]["likeness"] == 100, rows

        told = site.json("signature", "merge", one, two, "--dry-run")
        assert told["other_state"] == "refused" and told["likeness"] == 100, told
        states = {row["id"]: row["state"] for row in site.json("signature", "list", "trial")}
        assert states[two] == "confirmed"
        before = len(site.mails())
        done = site.run("signature", "merge", one, two, "--reason", "One office.")
        assert f"signature restore {two}" in done.stderr, done.stderr
        mail = body(site.mails(before + 1)[-1])
        assert said("ru", KEPT).replace("{number}", one) in mail and "One office." in mail, mail
        # Both are audited, in one job.
        rows = [(e["act"], e["subject"], e["reason"]) for e in site.json("audit", "list")]
        assert ("signature.merge", one, f"with {two}: One office.") in rows, rows
        assert any(act == "signature.refuse" and subject == two and one in reason for act, subject, reason in rows), rows
        done = site.run("signature", "merge", one, two, check=False)
        assert done.returncode != 0 and "refused already" in done.stderr, done.stderr
        done = site.run("signature", "merge", two, one, check=False)
        assert done.returncode != 0 and "to be kept, is refused" in done.stderr, done.stderr
        site.run("signature", "restore", two)

        # A listed one is struck; where the kept one still waits, it asks.
        done = site.run("signature", "merge", two, one, check=False)
        assert done.returncode == 64 and "--yes" in done.stderr and "still waits" in done.stderr, done.stderr
        site.run("signature", "approve", two)
        site.run("signature", "merge", two, one)
        states = {row["id"]: row["state"] for row in site.json("signature", "list", "trial")}
        assert states[one] == "struck" and states[two] == "listed", states

        # Those that seem to be two are asked about; other appeals' and unknown ones are refused.
        done = site.run("signature", "merge", two, lone, check=False)
        assert done.returncode == 64 and "are they one organisation?" in done.stderr, done.stderr
        states = {row["id"]: row["state"] for row in site.json("signature", "list", "trial")}
        assert states[lone] == "confirmed", states
        done = site.run("signature", "merge", two, far, check=False)
        assert done.returncode == 64 and "their countries differ" in done.stderr, done.stderr
        site.run("signature", "merge", two, far, "--yes")
        done = site.run("signature", "merge", two, two, check=False)
        assert done.returncode == 65 and "the same signature" in done.stderr, (done.returncode, done.stderr)
        done = site.run("signature", "merge", two, "nothere", check=False)
        assert done.returncode != 0 and "nothere" in done.stderr, done.stderr
        rows = site.json("signature", "duplicates", "trial")
        assert {row["id"] for row in rows} == {two, near}, rows
        assert site.run("check", "counts").returncode == 0
        assert site.run("audit", "verify").returncode == 0


def a_list_may_come_through_a_pipe():
    """an empty register says so; "-" and /dev/stdin are read to their end"""
    with Site(appeals=False) as site:
        terminal = Terminal([PROGRAM, "--site", site.folder, "register", "list"],
                            environment={**os.environ, "NO_COLOR": "1", "PAGER": "cat"})
        assert terminal.end() == 0 and "The register is empty" in terminal.text, terminal.text
        done = site.run("register", "import", "-", stdin="name\nBakers\n", check=False)
        assert done.returncode == 64 and "--source" in done.stderr, done.stderr
        long = "name\n" + "".join(f"Bakers of {n}\n" for n in range(9000))
        assert len(long) > 128 * 1024
        site.run("register", "import", "-", "--source", "one", stdin=long)
        site.run("register", "import", "/dev/stdin", "--source", "two", stdin="name\nCobblers\n")
        assert {(r["source"], r["organisations"]) for r in site.json("register", "list")} == {("one", 9000), ("two", 1)}
        done = site.run("register", "import", "/dev/stdin", "--source", "three", stdin="name\n" + "x" * (33 << 20), check=False)
        assert done.returncode == 65 and "too large" in done.stderr, done.stderr


if __name__ == "__main__":
    main([a_list_may_come_through_a_pipe, lists_come_and_go, bad_lists_are_told, names_are_found,
          syllables_are_found, the_register_lists, one_organisation_is_listed_once,
          the_shield_holds_back_policy_after, duplicates_are_merged, chinese_duplicates_are_found,
          a_merge_does_not_tell_of_the_hidden, a_merge_says_that_no_mail_can_go, a_merge_is_told_in_the_signatorys_language])
