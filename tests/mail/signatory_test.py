# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a signatory does with its own signature, by the links in its mails and nothing else: look, correct,
withdraw, sign again, have the links mailed; and what visitors, moderators and letters see of it."""

import email
import email.policy
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from letters import SLUG as LETTER, sign, text_of, write_appeal  # noqa: E402
from realsite import Site, body, link, main, own_link, wait_until  # noqa: E402
from relay import Relay  # noqa: E402

NAME = "Независимый профсоюз «Пример»"
PERSON = "А. Б. Пример"


def begin(site):
    """The slug of an appeal."""
    return site.json("appeal", "list")[0]["slug"]


def ask(site, sql):
    store = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    with store:
        rows = store.execute(sql).fetchall()
    store.close()
    return rows


def act(site, path, what, **fields):
    return site.request(path, data={"act": what, **fields})


def html(message):
    return message.get_body(("html",)).get_content()


def listed(site, slug, **fields):
    """Signs, confirms, approves: the mails so far, the way to its page, its number."""
    before = len(site.mails())
    assert site.sign(slug, **fields).status == 303
    asked = site.mails(before + 1)[before]
    assert site.confirm(asked).status in (200, 303)
    number = site.json("queue")[0]["id"]
    site.run("signature", "approve", number)
    told = site.mails(before + 2)[before + 1]
    assert number in body(told)
    assert own_link(told) == own_link(asked) and own_link(told) in html(told) and own_link(told) in html(asked)
    return asked, own_link(asked), number


def shown(site, number):
    shown = site.json("signature", "show", number)
    return shown[0] if isinstance(shown, list) else shown


def names_it(site, slug, name=NAME):
    return any(name.encode() in site.request(path).body
               for path in (f"/ru/{slug}", f"/ru/{slug}/signatories", "/ru/"))


def opening_changes_nothing():
    """Whatever a scanner requests of the page, nothing is withdrawn."""
    with Site() as site:
        slug = begin(site)
        _, way, number = listed(site, slug)
        before = site.request(way).body
        for method in ("GET", "HEAD"):
            for path in (way, way + "?act=withdraw", way + "?withdraw=1", way.replace("/w/", "/u/"), way):
                for _ in range(5):
                    site.request(path, method=method)
        assert site.request(way).body == before
        assert shown(site, number)["state"] == "listed"
        for wrong in (way[:-1] + ("A" if way[-1] != "A" else "B"), way.replace("/w/", "/c/"), "/w/" + "A" * 32):
            assert act(site, wrong, "withdraw").status in (400, 404), wrong
        assert act(site, way, "everything").status == 400
        assert site.request(way, data={"act": "withdraw"}, headers={"Origin": "https://evil.example"}).status == 403
        assert shown(site, number)["state"] == "listed"


def withdrawing():
    """Off every page at once, out of every later list; persons are erased, sums hold; the place is free."""
    with Site() as site:
        slug = begin(site)
        _, way, number = listed(site, slug)
        wait_until(lambda: names_it(site, slug))
        assert site.json("appeal", "show", slug)["signatures"] == 1
        assert NAME in site.run("export", "csv", slug).stdout

        answer = act(site, way, "withdraw", reason="мы вышли\nиз федерации")
        assert answer.status == 303, answer.status
        assert site.request(answer.headers["Location"]).status == 200
        assert not names_it(site, slug)
        assert site.json("appeal", "show", slug)["signatures"] == 0
        assert NAME not in site.run("export", "csv", slug).stdout
        assert PERSON not in site.run("export", "csv", slug, "--all").stdout
        rows = site.json("signature", "list", slug, "--state", "withdrawn")
        assert [row["id"] for row in rows] == [number] and rows[0]["organisation"] == NAME
        assert not any(rows[0].get(field) for field in ("representative", "capacity", "town", "affiliation")), rows
        assert ask(site, "SELECT reason FROM audit_detail JOIN audit USING (seq) WHERE act = "
                   "'signature.withdraw' AND at % 86400000000 = 0") == [("мы вышли из федерации",)]
        site.run("check", "counts")
        assert PERSON.encode() not in site.request(way).body
        # Once more, and in another tab: it is done already.
        assert act(site, way, "withdraw").status == 303
        assert act(site, way, "correct", organisation="Other").status in (404, 409, 410)
        assert site.run("signature", "approve", number, check=False).returncode != 0

        # The same organisation signs again, from the same mailbox.
        _, again, other = listed(site, slug)
        assert other != number and again != way
        assert site.json("appeal", "show", slug)["signatures"] == 1
        site.run("check", "counts")
        assert all(number not in body(message) or "/w/" in body(message) for message in site.mails())


def before_it_is_confirmed():
    """By the first mail one may also have everything deleted; then neither link nor code lead anywhere."""
    with Site() as site:
        slug = begin(site)
        assert site.sign(slug).status == 303
        asked = site.mails(1)[0]
        page = site.request(own_link(asked))
        assert page.status == 200 and NAME.encode() in page.body and b"office@primer.example" not in page.body
        assert act(site, own_link(asked), "withdraw").status == 303
        assert site.request(own_link(asked)).status == 404
        assert site.request(link(asked)).status == 404
        assert site.json("queue") == []
        assert site.json("mail", "list") == []
        assert site.json("signature", "list", slug) == []


def while_the_relay_puts_off():
    """What waits for the relay about a signature that was withdrawn is dropped without a word, and never leaves."""
    with Relay() as relay, Site({"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port,
                                          "smtp_tls": "none", "from": "appeals@undersign.example"}}) as site:
        slug = begin(site)
        assert site.sign(slug).status == 303
        wait_until(lambda: relay.handler.messages)
        asked = email.message_from_bytes(relay.handler.messages[0][1], policy=email.policy.default)
        assert site.confirm(asked).status in (200, 303)
        relay.handler.answers["RCPT"] = ["451 later"] * 3
        site.run("signature", "approve", site.json("queue")[0]["id"])
        wait_until(lambda: [row["attempts"] for row in site.json("mail", "list")] == [1])
        assert act(site, own_link(asked), "withdraw").status == 303
        relay.handler.answers["RCPT"] = []
        ask(site, "UPDATE outbox SET next_at = 0")
        site.stop()
        site.start()
        wait_until(lambda: site.json("mail", "list") == [])
        assert len(relay.handler.messages) == 1
        assert "dropped" not in site.daemon_log()


def correcting():
    """A slip is put right until a moderator has listed it; the mail and the list have the right name."""
    with Site() as site:
        slug = begin(site)
        assert site.sign(slug, organisation="Независимый прафсоюз «Пример»",
                         organisation_latin="Primar Union").status == 303
        asked = site.mails(1)[0]
        way = own_link(asked)
        assert act(site, way, "correct", organisation=NAME).status in (404, 409, 410)
        assert site.confirm(asked).status in (200, 303)
        refused = act(site, way, "correct", organisation="", organisation_latin="Пример")
        assert refused.status == 422 and b'id="organisation"' in refused.body
        for far in ({"organisation": "Другая организация"}, {"organisation": NAME, "organisation_latin": "Others"}):
            far = act(site, way, "correct", **far)
            assert far.status == 422 and b"-problem" in far.body, far.status
        assert site.json("queue")[0]["organisation"] != "Другая организация"
        assert act(site, way, "correct", organisation=NAME, organisation_latin="Primer Union").status == 303
        row = site.json("queue")[0]
        assert row["organisation"] == NAME and row["organisation_latin"] == "Primer Union", row
        site.run("check", "counts")
        site.run("signature", "approve", row["id"])
        told = site.mails(2)[1]
        assert NAME in body(told) and "прафсоюз" not in body(told)
        wait_until(lambda: names_it(site, slug))
        assert act(site, way, "correct", organisation="Что-то другое").status in (404, 409, 410)
        assert shown(site, row["id"])["organisation"] == NAME


def deliveries():
    """Who withdraws is in no later letter or supplement; on record is that somebody did, since it was delivered."""
    site = Site(appeals=False)
    site.publish(write_appeal(site.folder))
    with site:
        for tag, who in (("pb", "office@a.example"), ("og", "office@b.example")):
            sign(site, organisation=f"Qorg{tag} Union", country="FI", visibility="public", email=who)
        ways = {message["To"]: own_link(message) for message in site.mails() if "/c/" in body(message)}
        site.run("delivery", "send", LETTER, "--to", "ministry", "--yes")
        wait_until(lambda: site.json("delivery", "list", LETTER)[0]["state"] == "delivered")
        sign(site, organisation="Qlater Union", country="FI", visibility="public", email="office@c.example")
        sign(site, organisation="Qgone Union", country="FI", visibility="public", email="office@d.example")
        ways.update({message["To"]: own_link(message) for message in site.mails() if "/c/" in body(message)})
        for who in ("office@a.example", "office@d.example"):
            assert act(site, ways[who], "withdraw").status == 303
        shown = site.json("delivery", "show", LETTER, "--edition", "1")
        assert (shown["named"], shown["withdrawn_since"], shown["struck_since"]) == (2, 1, 0), shown
        for options, named in (((), ("Qorgog", "Qlater")), (("--supplement",), ("Qlater",))):
            path = os.path.join(site.folder, "letter.pdf")
            done = site.json("export", "letter", LETTER, "--to", "ministry", *options, "-o", path)
            text = text_of(path)
            assert done["named"] == len(named), done
            for word in ("Qorgpb", "Qorgog", "Qlater", "Qgone"):
                assert (word in text) == (word in named), (word, options)
            os.unlink(path)
        site.run("check", "counts")


def links_again():
    """The same answer for each mailbox, byte for byte; the mail says what there is, three times a day."""
    with Site() as site:
        slug = begin(site)
        asked, way, number = listed(site, slug)
        assert site.sign(slug, organisation="Второй профсоюз").status == 303
        waits = site.mails(3)[2]

        known = site.request(f"/ru/{slug}/mail", data={"email": "OFFICE@primer.example"})
        unknown = site.request(f"/ru/{slug}/mail", data={"email": "nobody@primer.example"})
        assert known.status == unknown.status == 303
        assert known.body == unknown.body
        drop = ("date",)
        assert [h for h in known.headers.items() if h[0].lower() not in drop] == \
               [h for h in unknown.headers.items() if h[0].lower() not in drop]
        mails = {message["To"]: message for message in site.mails(5)[3:]}
        mine, other = mails["OFFICE@primer.example"], mails["nobody@primer.example"]
        for text in (body(mine), html(mine)):
            assert set(re.findall(r"/w/[A-Za-z0-9_-]+", text)) == {way, own_link(waits)}
            assert set(re.findall(r"/c/[A-Za-z0-9_-]+", text)) == {link(waits)}
            assert number in text
        for text in (body(other), html(other)):
            assert "/w/" not in text and "/c/" not in text and f"/ru/{slug}/sign" in text
        assert mine["Subject"] == other["Subject"]
        # Submissions and these are counted together: the third of this mailbox was the last.
        for _ in range(3):
            assert site.request(f"/ru/{slug}/mail", data={"email": "office@primer.example"}).status == 303
        assert site.request(f"/ru/{slug}/mail", data={"email": "nobody@primer.example"}).status == 303
        wait_until(lambda: len(site.mails()) >= 6 and site.json("mail", "list") == [])
        assert len(site.mails()) == 6
        # The link in that mail confirms.
        assert site.confirm(mine).status in (200, 303)
        assert [row["organisation"] for row in site.json("queue")] == ["Второй профсоюз"]


if __name__ == "__main__":
    main([opening_changes_nothing, withdrawing, before_it_is_confirmed, while_the_relay_puts_off, correcting,
          deliveries, links_again])
