# SPDX-License-Identifier: AGPL-3.0-or-later
"""Data that has had its time, and one person's request: what goes, what is kept, that nothing of the person is left in
the site's folder, and that minisign(1) holds the certificate good."""

import glob
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import Site, body, main, own_link, wait_until  # noqa: E402

INI = """[appeal]
slug = trial
authoritative = en
policy = {policy}

[addressee.ituc]
role = to
kind = federation
language = en
name = The federation
address =
    The house
"""
TEXT = "---\nkind: Statement\ntitle: On the new law\n---\n\nThe text.\n"
PERSON, CAPACITY, MAILBOX = "Zebediah Quillfeather", "Keeper of the great seal", "quillfeather@feather.example"
REASON = "He told us on the telephone that he never signed"


class TrialSite(Site):
    def __init__(self, policy="after", options=None):
        super().__init__(options={"site": {"default_language": "en", "name": "Test site"}, **(options or {})},
                         appeals=False)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"appeal.ini": INI.format(policy=policy), "en.md": TEXT}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                    f.write(text)
            self.publish(folder)
        self.signed = 0

    def asking(self):
        """The mails that ask for confirmation."""
        return [message for message in self.mails() if "/c/" in body(message)]

    def join(self, name, **fields):
        """Signs by the person and confirms; the id, and the first mail."""
        before = len(self.asking())
        answer = self.sign("trial", "en", organisation=name, representative=PERSON, capacity=CAPACITY,
                           email=MAILBOX, **fields)
        assert answer.status == 303, answer.text
        wait_until(lambda: len(self.asking()) > before)
        message = self.asking()[-1]
        assert self.confirm(message).status == 303
        found = [s for s in self.json("signature", "list", "trial") if s["organisation"] == name]
        return found[-1]["id"], message

    def sql(self, statement):
        with sqlite3.connect(os.path.join(self.folder, "undersign.db")) as database:
            return database.execute(statement).fetchall()

    def sound(self):
        assert self.run("check", "counts").returncode == 0
        assert self.run("audit", "verify").returncode == 0

    def refusal(self, ident):
        """The audit's entry: who turned that signature away is told whatever was erased."""
        found = [row for row in self.json("audit", "list", ident) if row["act"] == "signature.refuse"]
        assert len(found) == 1 and found[0]["actor"].startswith("unix:") and found[0]["subject"] == ident, found
        return found[0]

    def rules(self, *command):
        return {row["rule"]: row for row in self.json("retention", *(command or ("show",)))}

    def seize(self):
        """Every byte of the stopped site but for the spool of mails that were sent; whoever takes the machine."""
        found = []
        for path in glob.glob(os.path.join(self.folder, "**"), recursive=True):
            if os.path.isfile(path) and os.sep + "mail" + os.sep not in path:
                with open(path, "rb") as f:
                    data = f.read()
                for word in (PERSON, CAPACITY, MAILBOX, REASON):
                    if word.encode() in data:
                        found.append((os.path.relpath(path, self.folder), word))
        dump = subprocess.run(["sqlite3", os.path.join(self.folder, "undersign.db"), ".dump"],
                              capture_output=True, check=True).stdout
        return found + [("dump", word) for word in (PERSON, CAPACITY, MAILBOX, REASON) if word.encode() in dump]


def pdf_text(path):
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout


def minisign(site, path):
    key = os.path.join(site.folder, "site.pub")
    with open(key, "wb") as f:
        f.write(site.request("/undersign.pub").body)
    return subprocess.run(["minisign", "-V", "-p", key, "-m", path], capture_output=True, text=True)


def test_erase_with_certificate():
    """what a person asks to have erased is in no file, page, list or letter; the organisation stays, certified"""
    site = TrialSite()
    with site:
        ident, message = site.join("Union of salters", visibility="public")
        assert PERSON in site.request("/en/trial").text
        letter = os.path.join(site.folder, "letter.pdf")
        site.run("export", "letter", "trial", "--to", "ituc", "-o", letter)
        assert PERSON in pdf_text(letter)
        site.run("delivery", "record", "trial", "--file", letter, "--how", "post")
        site.run("export", "letter", "trial", "--publish", "--lang", "en", cwd=site.folder)
        public = site.request("/en/trial/letter.pdf")
        assert public.status == 200, public.status

        refused = site.run("signature", "erase", ident, "--yes", check=False)
        assert refused.returncode == 64 and "--reason" in refused.stderr, refused.stderr
        refused = site.run("signature", "erase", ident, "--reason", "asked", check=False)
        assert refused.returncode == 64 and "--yes" in refused.stderr, refused.stderr
        lost = site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", "/nowhere/at/all", check=False)
        assert lost.returncode == 73 and "Nothing was erased" in lost.stderr, (lost.returncode, lost.stderr)
        tried = site.run("signature", "erase", ident, "--reason", "asked", "--dry-run", "-o",
                         os.path.join(site.folder, "trial.txt"))
        assert "would be" in tried.stderr and not os.path.exists(os.path.join(site.folder, "trial.txt"))
        assert PERSON in site.request("/en/trial").text

        certificate = os.path.join(site.folder, "certificate.txt")
        done = site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", certificate)
        assert "is erased" in done.stderr, done.stderr
        for name in glob.glob(os.path.join(site.folder, "*.db*")):
            with open(name, "rb") as f:
                assert PERSON.encode() not in f.read(), name  # as soon as the command has answered
        with open(certificate, encoding="utf-8") as f:
            text = f.read()
        assert ident in text and "Test site" in text and "unix:" in text and "stays listed" in text, text
        assert "the reasons in the audit log" in text and "- the entries in the audit log about the signature" in text, text
        assert not any(word in text for word in (PERSON, CAPACITY, "feather", "asked")), text
        assert "These letters left with the person's name" in text and "- edition 1 to ituc, delivered on " in text, text
        assert "decisions on many signatures at once" in open(certificate, encoding="utf-8").read()
        assert minisign(site, certificate).returncode == 0
        with open(certificate, "a", encoding="utf-8") as f:
            f.write("And all backups.\n")
        assert minisign(site, certificate).returncode != 0
        os.remove(certificate)
        for path in glob.glob(os.path.join(site.folder, "*.pdf")):
            os.remove(path)  # the organiser's own

        page = site.request("/en/trial").text
        assert PERSON not in page and "Union of salters" in page
        shown = site.json("signature", "show", ident)
        assert (shown["state"], shown["representative"], shown["visibility"]) == ("listed", None, "organisation"), shown
        assert site.request("/en/trial/letter.pdf").status == 404
        assert PERSON not in site.run("export", "csv", "trial", "--all").stdout
        # The link in its first mail still leads to its page, and out.
        own = own_link(message)
        mine = site.request(own)
        assert mine.status == 200 and PERSON not in mine.text
        # A certificate is never written over; where nothing is left, none is made.
        with open(certificate, "w", encoding="utf-8") as f:
            f.write("the first")
        again = site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", certificate, check=False)
        assert again.returncode == 73 and "there already" in again.stderr, (again.returncode, again.stderr)
        with open(certificate, encoding="utf-8") as f:
            assert f.read() == "the first"
        os.remove(certificate)
        again = site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", certificate, check=False)
        assert again.returncode == 73 and ".minisig" in again.stderr, (again.returncode, again.stderr)
        os.remove(certificate + ".minisig")
        again = site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", certificate)
        assert "nothing was changed" in again.stderr and "certificate" not in again.stderr, again.stderr
        assert not os.path.exists(certificate) and not os.path.exists(certificate + ".minisig")
        site.sound()
        site.stop()
        assert site.seize() == []
        site.start()
        assert site.request(own, data={"act": "withdraw"}).status == 303
        assert "Union of salters" not in site.request("/en/trial").text


def test_erase_with_service_down():
    """the same without the service, of one that was refused: it stays refused, and its reason goes"""
    site = TrialSite("before")
    with site:
        ident, _ = site.join("Union of salters")
        site.run("signature", "refuse", ident, "--reason", REASON)
        site.stop()
        assert {word for _, word in site.seize()} >= {PERSON, CAPACITY, REASON}  # it would be found
        with tempfile.TemporaryDirectory() as folder:
            done = site.run("signature", "erase", ident, "--reason", "asked", "--yes", cwd=folder)
            names = sorted(os.listdir(folder))
            assert names == [f"undersign-erased-{ident}.txt", f"undersign-erased-{ident}.txt.minisig"], names
            assert all(os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0 for name in names)
        assert "refused" in done.stderr
        assert site.json("signature", "show", ident)["state"] == "refused"
        site.refusal(ident)
        site.sound()
        assert site.seize() == []
        unknown = site.run("signature", "erase", "AAAA-BBBB", "--reason", "asked", "--yes", check=False,
                           cwd=tempfile.gettempdir())
        assert unknown.returncode == 66, unknown.stderr


def test_retention_run_and_show():
    """each rule says what is due and what comes next; a run deletes just that, and a second one nothing"""
    site = TrialSite("before")
    with site:
        refused, _ = site.join("Refused union")
        site.run("signature", "refuse", refused, "--reason", REASON)
        kept, _ = site.join("Kept union")
        site.run("signature", "approve", kept)
        rules = site.rules()
        assert list(rules) == ["pending", "contact", "refused", "archived", "mail", "editions"], rules
        assert all(rule["due"] == 0 for rule in rules.values()), rules
        assert rules["refused"]["after"] == "30 days after the decision" and rules["refused"]["next_on"], rules
        assert rules["archived"]["after"] == "12 months after its archiving" and rules["archived"]["next_on"] is None
        site.stop()
        site.sql("UPDATE signature SET decided_on = decided_on - 31 WHERE state = 'refused'")
        tried = site.run("retention", "run", "--dry-run")
        assert "1 would be deleted" in tried.stderr and site.rules()["refused"]["due"] == 1, tried.stderr
        done = site.run("retention", "run", "--reason", "spring cleaning")
        assert "1 deleted" in done.stderr and "refused" in done.stdout, done
        assert "past its term" in site.run("retention", "run").stderr
        decision = site.refusal(refused)
        assert decision["reason"] is None and decision["erased"] is True, decision
        assert site.json("signature", "show", refused)["representative"] is None
        assert site.json("signature", "show", kept)["representative"] == PERSON
        site.sound()
        back = site.run("signature", "restore", refused, check=False)
        assert back.returncode != 0 and "deleted" in back.stderr, back.stderr


def test_withdrawing_erases_words():
    """who withdraws takes along what moderators wrote; their own reason stays"""
    site = TrialSite("before")
    with site:
        held, first = site.join("Held union")
        refused, second = site.join("Refused union")
        site.run("signature", "note", held, f"{PERSON} telephoned")
        site.run("signature", "hold", held, "--reason", f"ask {PERSON} first")
        site.run("signature", "note", refused, f"{PERSON}: see the list")
        site.run("signature", "refuse", refused, "--reason", f"{PERSON} is no chair")
        assert site.refusal(refused)["reason"]
        for message in (first, second):
            assert site.request(own_link(message), data={"act": "withdraw", "reason": "we left"}).status == 303
        assert site.sql("SELECT * FROM moderator_note") == []
        reasons = [reason for (reason,) in site.sql("SELECT reason FROM audit_detail WHERE reason IS NOT NULL")]
        assert reasons.count("we left") == 2 and not any(PERSON in reason for reason in reasons), reasons
        assert site.refusal(refused)["erased"] is True
        site.sound()


def test_acts_words_end():
    """what the filter and the reason of an act named is gone when its appeal has had its term, from the audit log too"""
    site = TrialSite()
    with site:
        site.join("Union of salters")
        site.run("signature", "strike", "trial", "--where", 'name like "union of salters"', "--reason",
                 f"{PERSON} is made up", "--yes")
        site.run("appeal", "archive", "trial", "--reason", f"{PERSON} asked", "--yes")
        assert PERSON in site.run("audit", "list", "trial").stdout
        site.stop()
        site.sql("UPDATE appeal SET archived_on = archived_on - 400")
        site.run("retention", "run")
        said = site.run("audit", "list").stdout
        assert PERSON not in said and "salters" not in said and "erase-appeal" in said, said
        acts = {row["act"]: row for row in site.json("audit", "list", "trial")}
        assert acts["act.strike"]["actor"].startswith("unix:") and acts["act.strike"]["erased"], acts
        assert acts["appeal.archive"]["actor"].startswith("unix:") and acts["appeal.archive"]["erased"], acts
        site.sound()
        assert site.seize() == []


def test_damaged_row():
    """one row that cannot be read keeps nobody else's data; the command fails, and status says what is late"""
    site = TrialSite("before")
    with site:
        for name in ("Bad union", "Good union"):
            ident, _ = site.join(name)
            site.run("signature", "refuse", ident, "--reason", "no")
        site.stop()
        site.sql("UPDATE signature SET decided_on = decided_on - 40, signed_on = signed_on - 40")
        site.sql("UPDATE signature SET kind = 'unoin', decided_on = decided_on - 1 WHERE organisation = 'Bad union'")
        done = site.run("retention", "run", check=False)
        assert done.returncode not in (0, 64) and "1 damaged signature could not be read" in done.stderr, done
        left = site.sql("SELECT organisation FROM signature WHERE representative IS NOT NULL")
        assert left == [("Bad union",)], left
        site.start()
        told = site.run("status", check=False)
        assert told.returncode == 1 and "undersign retention run" in told.stdout, told.stdout
        site.stop()
        site.sql("UPDATE signature SET kind = 'union'")
        site.run("retention", "run")
        site.start()
        assert "retention run" not in site.run("status", check=False).stdout


def test_striking_an_erased_one():
    """an organisation whose person was erased is struck and comes back, by itself and by an act undone"""
    site = TrialSite()
    with site:
        idents = [site.join(name)[0] for name in ("Union of salters", "Union of dyers")]
        for ident in idents:
            site.run("signature", "erase", ident, "--reason", "asked", "--yes", "-o", f"{site.folder}/{ident}.txt")
        tried = site.json("signature", "strike", idents[0], "--reason", "no", "--dry-run")
        assert tried["changed"] and tried["state"] == "struck", tried
        site.run("signature", "strike", idents[0], "--reason", "a mistake")
        site.run("signature", "restore", idents[0])
        site.run("signature", "strike", "trial", "--where", 'name like "union of"', "--reason", "a mistake", "--yes")
        undone = site.run("act", "undo", "1", "--reason", "a mistake", "--yes")
        assert "2 are as they were, 0 left out" in undone.stderr, undone.stderr
        assert all(site.json("signature", "show", ident)["state"] == "listed" for ident in idents)
        # One that was withdrawn meanwhile does not come back, and it is said why.
        site.run("signature", "strike", "trial", "--where", 'name like "union of"', "--reason", "a mistake", "--yes")
        site.run("signature", "erase", idents[0], "--reason", "asked", "--yes", "-o", f"{site.folder}/again.txt")
        undone = site.run("act", "undo", "3", "--reason", "a mistake", "--yes")
        assert "1 left out" in undone.stderr and "withdrawn or erased" in undone.stderr, undone.stderr
        site.sound()


def test_daemon_erases_by_itself():
    """an appeal that was archived long ago holds no person when the service has started; its page stays"""
    site = TrialSite(options={"retention": {"archive_months": 2}})
    with site:
        listed, _ = site.join("Union of salters", visibility="public")
        assert "When its persons" in site.run("appeal", "archive", "trial", "--yes").stderr
        assert site.rules()["archived"]["next_on"] is not None
        privacy = site.request("/en/privacy").text
        assert "2 months" in privacy and "30 days" in privacy, privacy
        site.stop()
        site.sql("UPDATE appeal SET archived_on = archived_on - 70")
        site.start()
        wait_until(lambda: site.json("signature", "show", listed)["representative"] is None)
        wait_until(lambda: site.sql("SELECT erased_on FROM appeal")[0][0])
        page = site.request("/en/trial").text
        assert "Union of salters" in page and PERSON not in page and "archived" in page
        refused = site.run("appeal", "reopen", "trial", check=False)
        assert refused.returncode != 0 and "deleted" in refused.stderr, refused.stderr
        assert not glob.glob(os.path.join(site.folder, "keys", "appeal-*.key"))
        site.sound()
        site.stop()
        assert site.seize() == []


if __name__ == "__main__":
    main([test_erase_with_certificate, test_erase_with_service_down, test_retention_run_and_show,
          test_withdrawing_erases_words, test_acts_words_end, test_damaged_row, test_striking_an_erased_one,
          test_daemon_erases_by_itself])
