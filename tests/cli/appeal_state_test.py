# SPDX-License-Identifier: AGPL-3.0-or-later
"""An appeal paused, resumed, closed, reopened, archived, shielded from the command line: what visitors, mailed links,
programs and the audit log then see, with the service up and down."""

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import PROGRAM, Site, main  # noqa: E402

INI = """[appeal]
slug = trial
authoritative = en
policy = after
closes = {closes}

[addressee.president]
role = to
kind = government
language = en
name = The President
address =
    The Palace
"""
TEXT = "---\nkind: Statement\ntitle: On the new law\n---\n\nThe text{n}.\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def day(later=0):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=later)).isoformat()


class TrialSite(Site):
    def __init__(self, options=None, closes=None):
        super().__init__(options={"site": {"default_language": "en"}, **(options or {})}, appeals=False)
        self.put(closes or day(30))

    def put(self, closes, n=""):
        """Imports and publishes; gives what was said."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"appeal.ini": INI.format(closes=closes), "en.md": TEXT.format(n=n)}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                    f.write(text)
            self.run("appeal", "import", folder)
            return self.run("appeal", "publish", "trial", "--yes").stderr

    def turn(self, verb, *more):
        return self.json("appeal", verb, "trial", *more)

    def state(self):
        return self.json("appeal", "show", "trial")["state"]

    def pages(self):
        return {path: self.request(path) for path in ("/en/trial", "/en/trial/sign", "/en/")}

    def offers_form(self):
        """What each place says: the page's button, the form, its POST, the API."""
        pages = self.pages()
        answer = self.sign("trial", "en", organisation=f"Union {os.urandom(3).hex()}", email="x@y.example")
        api = json.loads(self.request("/api/v1/appeals/trial").text)
        assert all(page.status == 200 for page in pages.values()), pages
        return ("/en/trial/sign" in re.sub(r"(?s)<link.*?>", "", pages["/en/trial"].text),
                "<form" in pages["/en/trial/sign"].text, answer.status, api["state"])


def test_states_on_every_page():
    """what is said by hand shows at once on page, form and API; a form that comes all the same is refused kindly"""
    with TrialSite() as site:
        assert site.offers_form() == (True, True, 303, "open")
        done = site.run("appeal", "pause", "trial", "--reason", "under attack")
        assert "paused" in done.stderr and "undersign --site" in done.stderr and "resume trial" in done.stderr, done.stderr
        assert site.offers_form() == (False, False, 403, "paused")
        today = datetime.date.fromisoformat(day())
        said = f"{today.day} {today.strftime('%B')} {today.year}"
        for path, page in site.pages().items():
            assert "paused since" in page.text and said in page.text, (path, page.text)
        # Where the button was, before the whole letter; and who shares it does not promise what the page refuses.
        page = site.request("/en/trial").text
        assert page.index("paused since") < page.index("<article"), page
        assert "paused since" in site.request("/en/trial/share").text
        refusal = site.sign("trial", "en")
        assert refusal.status == 403 and "at the moment" in refusal.text and "Links that were mailed" in refusal.text

        assert site.turn("resume")["state"] == "open"
        assert site.offers_form() == (True, True, 303, "open")
        assert site.turn("close")["closes_on"] == day()
        assert site.offers_form() == (False, False, 410, "closed")
        assert said in site.request("/en/trial").text  # not the day of the file
        assert site.turn("reopen")["state"] == "open"
        assert site.offers_form() == (True, True, 303, "open")
        assert site.turn("archive", "--yes")["state"] == "archived"
        assert site.offers_form() == (False, False, 410, "archived")
        assert "archived" in site.request("/en/trial").text
        assert site.request("/en/trial/signatories").status == 200
        shown = site.json("appeal", "show", "trial")
        assert (shown["closed_on"], shown["archived_on"], shown["paused_on"]) == (day(), day(), None), shown
        audit = [entry for entry in site.json("audit", "list", "trial") if entry["act"].startswith("appeal.")]
        acts = [entry["act"] for entry in sorted(audit, key=lambda entry: entry["seq"])]
        assert acts[-5:] == ["appeal.pause", "appeal.resume", "appeal.close", "appeal.reopen", "appeal.archive"], acts
        assert any(entry["reason"] == "under attack" for entry in audit), audit


def test_mailed_links_stay_good():
    """whoever was mailed a link before confirms while the appeal is paused, closed, archived"""
    with TrialSite() as site:
        for n, verb in enumerate(("pause", "close", "archive")):
            assert site.sign("trial", "en", organisation=f"Union {n}", email=f"u{n}@union.example").status == 303
            message = site.mails(n + 1)[-1]
            site.turn(verb, "--yes")
            assert site.confirm(message).status == 303
            site.turn("resume" if verb == "pause" else "reopen")
        assert site.json("appeal", "show", "trial")["signatures"] == 3
        assert site.json("check", "counts")


def test_days_lost():
    """a pause moves the closing by its days, in the row, on the page and in the API, and publishing does not lose them"""
    site = TrialSite()
    site.turn("pause")
    # The pause began eleven days ago, as the file behind the service's back says.
    subprocess.run(["sqlite3", os.path.join(site.folder, "undersign.db"),
                    "UPDATE appeal SET paused_on = paused_on - 11"], check=True)
    with site:
        turned = site.turn("resume")
        assert (turned["days_lost"], turned["closes_on"]) == (11, day(41)), turned
        for _ in range(2):
            assert json.loads(site.request("/api/v1/appeals/trial").text)["closes_on"] == day(41)
            assert site.json("appeal", "show", "trial")["closes_on"] == day(41)
            last = datetime.date.fromisoformat(day(41))
            assert f"until {last.day} {last.strftime('%B')} {last.year}" in site.request("/en/trial").text
            site.put(day(30), n=" again")
        site.put(day(60))
        assert site.json("appeal", "show", "trial")["closes_on"] == day(60)
        assert site.json("appeal", "show", "trial")["days_lost"] == 0
        # A pause that a closing ends moves the day as well, and that is said.
        site.turn("pause")
        subprocess.run(["sqlite3", os.path.join(site.folder, "undersign.db"),
                        "UPDATE appeal SET paused_on = paused_on - 3"], check=True)
        for trial in (["--dry-run"], []):
            closed = site.run("appeal", "close", "trial", *trial)
            assert "The 3 days of its pause" in closed.stderr, closed.stderr


def test_refusals_and_repetition():
    """what a state does not allow is refused with what to type; what is so already changes nothing; --dry-run neither"""
    site = TrialSite()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"appeal.ini": INI.format(closes=day(9)).replace("trial", "unread"), "en.md": TEXT}.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        site.run("appeal", "import", folder)
    draft = site.run("appeal", "pause", "unread", check=False)
    assert draft.returncode != 0 and "appeal publish unread" in draft.stderr, draft.stderr
    unknown = site.run("appeal", "close", "nowhere", check=False)
    assert unknown.returncode == 66 and "appeal list" in unknown.stderr, (unknown.returncode, unknown.stderr)

    tried = site.run("appeal", "close", "trial", "--dry-run")
    assert "would be closed" in tried.stderr and site.state() == "open", tried.stderr
    tried = json.loads(site.run("appeal", "close", "trial", "--dry-run", "--json").stdout)
    assert tried["changed"] and tried["tried"] and tried["state"] == "closed", tried
    closed = site.turn("close")
    assert closed["changed"] is True and closed["tried"] is False, closed
    again = site.turn("close")
    assert again["changed"] is False and again["state"] == "closed"
    for verb in ("pause", "resume"):
        refused = site.run("appeal", verb, "trial", check=False)
        assert refused.returncode != 0 and "appeal reopen trial" in refused.stderr, refused.stderr
    # Publishing does not open what was closed.
    assert "stays closed" in site.put(day(31)) and site.state() == "closed"
    site.put(day(-1))
    refused = site.run("appeal", "reopen", "trial", check=False)
    assert refused.returncode != 0 and "closes" in refused.stderr, refused.stderr
    site.put(day(31))
    site.turn("reopen")
    assert "takes no signatures" not in site.put(day(0), n=" today")
    told = site.put(day(-1), n=" late")
    assert "takes no signatures" in told and day(-1) in told and "closes" in told, told
    site.put(day(31), n=" later")

    # Without a terminal nothing is ended by mistake; the exact command is said.
    refused = site.run("appeal", "archive", "trial", check=False)
    assert refused.returncode == 64 and re.search("appeal archive trial .*--yes", refused.stderr), refused.stderr
    assert site.state() == "open"
    wrong = site.run("appeal", "shield", "trial", "maybe", check=False)
    assert wrong.returncode != 0 and "on or off" in wrong.stderr, wrong.stderr


def test_shield():
    """a shielded appeal takes few forms from one network, at once and on every thread, and a moderator lists everything"""
    options = {"limits": {"shield_submissions_per_hour": 2}, "http": {"web_threads": 3}}
    with TrialSite(options=options) as site:
        def sign(n):
            return site.sign("trial", "en", organisation=f"Union {n}", email=f"u{n}@union.example").status

        assert [sign(n) for n in range(4)] == [303] * 4
        assert site.turn("shield", "on")["shielded"] is True
        assert site.turn("shield", "on")["changed"] is False
        assert [sign(n) for n in range(4, 8)] == [303, 303, 429, 429]
        assert site.json("appeal", "show", "trial")["shielded"] is True
        assert site.json("appeal", "list")[0]["shielded"] is True
        site.confirm(site.mails(6)[0])
        assert [s["state"] for s in site.json("signature", "list", "trial")] == ["confirmed"]
        assert site.turn("shield", "off")["shielded"] is False
        assert sign(9) == 303
        site.confirm(site.mails(7)[1])
        assert sorted(s["state"] for s in site.json("signature", "list", "trial")) == ["confirmed", "listed"]


def test_service_down():
    """each works without the service, and the service then goes by it"""
    site = TrialSite()
    site.turn("pause")
    site.turn("shield", "on")
    with site:
        assert site.offers_form()[3] == "paused"
        assert site.json("appeal", "show", "trial")["shielded"] is True
        done = subprocess.run([PROGRAM, "--site", site.folder, "appeal", "resume", "trial"],
                              capture_output=True, text=True, check=True)
        assert done.stdout == "" and "open now" in done.stderr, done


if __name__ == "__main__":
    main([test_states_on_every_page, test_mailed_links_stay_good, test_days_lost, test_refusals_and_repetition,
          test_shield, test_service_down])
