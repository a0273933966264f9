# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way through a real SMTP server, and what becomes of mail when the relay misbehaves."""

import email
import email.policy
import os
import re
import socket
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import Site, body, free_port, link, main, wait_until  # noqa: E402
from relay import Relay  # noqa: E402

SLUG = None


def smtp(relay, **more):
    options = {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port,
               "smtp_tls": relay.tls if relay.tls != "none" else "none", "from": "appeals@undersign.example"}
    if relay.tls != "none":
        options["smtp_ca"] = relay.cert
    options.update(more)
    return {"mail": options}


def messages(relay, count):
    wait_until(lambda: len(relay.handler.messages) >= count)
    return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw, _, _ in relay.handler.messages]


def slug(site):
    return site.json("appeal", "list")[0]["slug"]


def whole_way(relay, **more):
    with Site(smtp(relay, **more)) as site:
        name = slug(site)
        assert site.sign(name, email="office@union.example").status == 303
        message = messages(relay, 1)[0]
        assert relay.handler.messages[0][0] == ["office@union.example"]
        assert site.confirm(message).status in (200, 303)
        rows = site.json("queue")
        assert len(rows) == 1 and rows[0]["state"] == "confirmed", rows
        site.run("signature", "approve", rows[0]["id"])
        decided = messages(relay, 2)[1]
        assert rows[0]["id"] in body(decided)
        assert site.json("appeal", "show", name)["signatures"] == 1
        wait_until(lambda: site.json("mail", "list") == [])
        return message


def plain():
    """The whole way through a plain relay."""
    with Relay() as relay:
        whole_way(relay)
        assert not relay.handler.messages[0][2]


def starttls_auth():
    """STARTTLS with AUTH: the mail goes over TLS, and the relay saw the login."""
    with Relay("starttls", login=(b"undersign", b"a secret word")) as relay:
        secret = os.path.join(relay.folder, "password")
        with open(secret, "w") as f:
            f.write("a secret word\n")
        whole_way(relay, smtp_user="undersign", smtp_password_file=secret)
        assert relay.handler.messages[0][2] and relay.handler.messages[0][3] == b"undersign"


def implicit_tls():
    """TLS from the first byte."""
    with Relay("implicit") as relay:
        whole_way(relay)
        assert relay.handler.messages[0][2]


def starttls_stripped():
    """A relay that offers no STARTTLS where it is asked for gets nothing."""
    with Relay("none") as relay:
        with Site(smtp(relay, smtp_tls="starttls")) as site:
            assert site.sign(slug(site)).status == 303
            rows = wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0])
            assert relay.handler.messages == [] and rows[0]["last_error"], rows


def untrusted_certificate():
    """A certificate that nobody vouches for gets nothing."""
    with Relay("implicit") as relay:
        with Site(smtp(relay, smtp_ca=None)) as site:
            assert site.sign(slug(site)).status == 303
            wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0])
            assert relay.handler.messages == []


def relay_away():
    """With the relay away pages and signing go on; when it is back, the mail goes."""
    port = free_port()
    gone = type("Gone", (), {"port": port, "tls": "none"})
    with Site(smtp(gone)) as site:
        name = slug(site)
        assert site.sign(name).status == 303
        row = wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0])[0]
        assert row["state"] == "waiting" and row["next_at"] > row["created_at"], row
        assert "@" not in row["last_error"]
        assert site.request(f"/ru/{name}").status == 200
        site.stop()
        make_due(site)
        with Relay(port=port) as relay:
            site.start()
            assert len(messages(relay, 1)) == 1
            wait_until(lambda: site.json("mail", "list") == [])


def make_due(site):
    """Moves the next try to now: the test does not wait for it."""
    with sqlite3.connect(os.path.join(site.folder, "undersign.db")) as store:
        store.execute("UPDATE outbox SET next_at = 0")
    store.close()


def refused_recipient():
    """A 5xx for the recipient is given up at once, visibly; a 4xx is tried again."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            relay.handler.answers["RCPT"] = ["550 no such mailbox"]
            assert site.sign(slug(site)).status == 303
            row = wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0])[0]
            assert row["state"] == "failed" and "550" in row["last_error"], row
            shown = site.json("mail", "show", row["id"])
            assert shown["state"] == "failed"
            relay.handler.answers["RCPT"] = ["450 later"]
            assert site.sign(slug(site), email="other@union.example").status == 303
            wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0 and r["state"] == "waiting"])
            assert relay.handler.messages == []


def refused_data():
    """A 5xx to the message itself is given up too; one to the sender waits, since it is about us."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            relay.handler.answers["DATA"] = ["554 not this one"]
            assert site.sign(slug(site)).status == 303
            wait_until(lambda: [r for r in site.json("mail", "list") if r["state"] == "failed"])


def silent_relay():
    """A relay that takes the connection and then says nothing does not keep the service from ending."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        gone = type("Silent", (), {"port": listener.getsockname()[1], "tls": "none"})
        with Site(smtp(gone, smtp_host="127.0.0.1")) as site:
            assert site.sign(slug(site)).status == 303
            connection, _ = listener.accept()
            connection.sendall(b"220 relay.example ESMTP\r\n")
            connection.recv(1000)  # EHLO, never answered
            assert site.stop() == 0  # within its minute, or the test fails
            connection.close()


def message_form():
    """Headers, languages, both bodies, neutral subject; nothing typed but the organisation's name, no link in it."""
    with Site() as site:
        name = slug(site)
        tricky = "Union www.evil.example http://evil.example/x"
        site.sign(name, language="en", organisation=tricky, organisation_latin="", town="Sometown",
                  representative="Jo Unusualname", email="a@union.example")
        site.sign(name, language="ru", email="b@union.example")
        english, russian = sorted(site.mails(2), key=lambda m: m["To"])
        for message in (english, russian):
            assert message["Auto-Submitted"] == "auto-generated"
            assert message["Message-ID"] and message["Date"].datetime is not None
            assert message["From"].addresses[0].addr_spec == "appeals@undersign.example"
            assert message.get_body(("html",)) is not None and message.get_body(("plain",)) is not None
            assert "Unusualname" not in message.as_string() and "Sometown" not in body(message)
        assert english["Subject"] == "Your confirmation is needed"
        assert re.search("[а-я]", russian["Subject"]), russian["Subject"]
        assert english["Content-Language"] == "en" and russian["Content-Language"] == "ru"
        for part in ("plain", "html"):
            text = english.get_body((part,)).get_content()
            assert "evil.example" not in text and "http://evil" not in text, text
        assert "Примeр".replace("e", "е") in body(russian)
        html = russian.get_body(("html",)).get_content()
        assert link(russian) in html and 'lang="ru"' in html
        with open([os.path.join(site.folder, "mail", n) for n in os.listdir(os.path.join(site.folder, "mail"))
                   if n.endswith(".eml")][0], "rb") as f:
            raw = f.read()
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert max(len(l) for l in raw.split(b"\r\n")) <= 998


def second_time():
    """A second signature of the same organisation by the same mailbox: the same page, another mail."""
    with Site() as site:
        name = slug(site)
        first = site.sign(name)
        assert site.confirm(site.mails(1)[0]).status in (200, 303)
        number = site.json("queue")[0]["id"]
        again = site.sign(name)
        assert (again.status, again.body, again.headers["Location"]) == (first.status, first.body, first.headers["Location"])
        mail = site.mails(2)[1]
        assert number in body(mail) and "/c/" not in body(mail)
        assert len(site.json("queue")) == 1


if __name__ == "__main__":
    main([plain, starttls_auth, implicit_tls, starttls_stripped, untrusted_certificate, relay_away,
          refused_recipient, refused_data, silent_relay, message_form, second_time])
