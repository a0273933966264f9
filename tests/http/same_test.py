#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing tells one visitor about another. Each form is sent for mailboxes that are new, waiting, confirmed, listed,
withdrawn and over their quota: status, every header field but Date, and every byte of the answer are the same. A mail
says nothing of anybody but whom it goes to. And the service's log of all this names nobody."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import Site, body, link, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"
QUOTA = 3  # mails to one mailbox under one appeal in a day
STATES = ["waiting", "confirmed", "listed", "withdrawn", "full"]
OWN = r"/w/[A-Za-z0-9_-]{20,}"


def equal(got, wanted, what=""):
    assert got == wanted, f"{what}: {got!r} is not {wanted!r}"


def mailbox(state):
    return f"{state:x<10}@mail{state:x<10}.example"  # all of one length


def details(state):
    """What somebody types: each word is theirs alone."""
    mark = f"{state:x<10}"
    return {"organisation": f"Org{mark}", "organisation_latin": f"Lat{mark}", "town": f"Town{mark}", "affiliation": f"Aff{mark}",
            "representative": f"Rep{mark}", "capacity": f"Cap{mark}", "email": mailbox(state), "step": "send"}


class World:
    site = None

    @classmethod
    def get(cls):
        if cls.site:
            return cls.site
        site = Site(options={"limits": {"mails_per_appeal": QUOTA, "mails_per_day": QUOTA}}).start()
        for state in STATES:
            equal(site.sign(SLUG, "en", **details(state)).status, 303)
        cls.links = {message["To"]: message for message in site.mails(len(STATES))}
        for state in STATES[1:]:
            equal(site.confirm(cls.links[mailbox(state)]).status, 303)
        ids = {row["organisation"]: row["id"] for row in site.json("queue")}
        site.run("signature", "approve", ids[details("listed")["organisation"]])
        own = re.search(OWN, body(cls.links[mailbox("withdrawn")])).group(0)
        equal(site.request(own, data={"act": "withdraw", "reason": ""}).status, 303)
        for _ in range(2 * QUOTA):
            site.sign(SLUG, "en", **details("full"))
        cls.site = site
        return site

    @classmethod
    def end(cls):
        if cls.site:
            site, cls.site = cls.site, None
            site.__exit__(None, None, None)


def told(answer, state):
    """All that an answer says, without what the visitor has just typed and what is drawn by lot for each form."""
    fields = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
    text = answer.body
    for value in sorted(details(state).values(), key=len, reverse=True):
        text = text.replace(value.encode(), b"*" * len(value))
    return answer.status, fields, re.sub(rb'name="nonce" value="[0-9a-f]{32}"', b"", text)


def compare(path, form, status):
    site = World.get()
    answers = {state: told(site.request(path, data=form(state)), state) for state in [*STATES, "new", "newer"]}
    for state, answer in answers.items():
        equal(answer[0], status, f"{path} for {state}")
        equal(answer, answers["new"], f"{path} for {state}")


def test_the_form():
    """Sending the form"""
    compare(f"/en/{SLUG}/sign", lambda state: World.get().form(**details(state)), 303)


def test_the_answers_checked():
    """The page that shows the answers before they are sent"""
    compare(f"/en/{SLUG}/sign", lambda state: World.get().form(**{**details(state), "step": "check"}), 200)


def test_a_form_with_a_mistake():
    """A form that is refused"""
    compare(f"/en/{SLUG}/sign", lambda state: World.get().form(**{**details(state), "kind": "nonsense"}), 422)


def test_the_code():
    """A wrong code, and one of a wrong form"""
    for code in ("00000-00000", "", "12345-ABCDE"):
        compare(f"/en/{SLUG}/code", lambda state, code=code: {"email": mailbox(state), "code": code}, 422)


def test_the_mail_page():
    """Asking for our mail once more, from an appeal's page"""
    for _ in range(2):
        compare(f"/en/{SLUG}/mail", lambda state: {"email": mailbox(state)}, 303)


def test_the_links():
    """A link that is wrong in one letter and one that never was get one answer"""
    site = World.get()
    for letter, known in (("c", link(World.links[mailbox("waiting")])), ("w", re.search(OWN, body(World.links[mailbox("listed")])).group(0))):
        turned = known[:-6] + ("AAAAAA" if known[-6:] != "AAAAAA" else "BBBBBB")
        never = f"/{letter}/" + "A" * (len(known) - 3)
        answers = [told(site.request(path), "new") for path in (turned, never)]
        equal(answers[0], answers[1])
        equal(answers[0][0], 404)


def words_of(state):
    return [value for name, value in details(state).items() if name != "step"] + [f"mail{state:x<10}"]


def test_mails():
    """A mail holds nothing of anybody but whom it goes to"""
    site = World.get()
    mails = wait_until(lambda: len(site.mails()) >= len(STATES) + 3 and site.mails())
    looked = 0
    for message in mails:
        text = message.as_string() + body(message) + "".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
        for state in [*STATES, "new", "newer"]:
            if message["To"] != mailbox(state):
                looked += 1
                equal([word for word in words_of(state) if word in text], [], message["To"])
    assert looked > 20, looked
    full = [message for message in mails if message["To"] == mailbox("full")]
    assert len(full) <= QUOTA + 1, f"{len(full)} mails to a mailbox over its quota"


def test_the_log():
    """The log names no address, mailbox, name or token; it can be seen that it is looked at"""
    site = World.get()
    secrets = [word for state in [*STATES, "new", "newer"] for word in words_of(state)]
    for message in site.mails():
        secrets += re.findall(r"/[cwu]/([A-Za-z0-9_-]{20,})", body(message)) + re.findall(r"^\s*([0-9A-Z]{5}-[0-9A-Z]{5})\s*$", body(message), re.M)
    secrets += [row["id"] for row in site.json("signature", "list", SLUG)]
    site.request("/c/" + "A" * 32)
    site.request(f"/en/{SLUG}", headers={"User-Agent": "Peculiar/1", "Referer": "http://peculiar.example", "X-Forwarded-For": "198.51.100.7"})
    assert len(secrets) > 60, len(secrets)
    equal(site.stop(), 0)
    log = site.daemon_log()
    assert "listening" in log and "stopped" in log, log
    equal([secret for secret in secrets if secret in log], [], log)
    for word in ("Peculiar", "peculiar", "198.51.100.7", "@", "A" * 32, "/c/", "/w/"):
        assert word not in log, (word, log)
    for line in log.splitlines():  # where it listens is its own
        assert "listening" in line or "127.0.0.1" not in line, line
    site.start()


try:
    main([value for name, value in list(globals().items()) if name.startswith("test_")])
finally:
    World.end()
