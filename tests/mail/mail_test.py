# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way through a real SMTP server, and what becomes of mail when the relay misbehaves."""

import asyncio
import email
import email.policy
import hashlib
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


def slow_relay():
    """A relay that takes long over a message's end does not keep the service from ending; the mail is sent again."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            relay.handler.hold = ("DATA", "@primer.example", asyncio.Event())
            assert site.sign(slug(site)).status == 303
            wait_until(lambda: relay.handler.held == 1)
            assert site.stop() == 0  # within its minute, or the test fails
            relay.handler.hold = None
            site.start()
            messages(relay, 1)
            wait_until(lambda: site.json("mail", "list") == [])


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


def signed_appeal(site):
    """An appeal that two organisations have signed; no mail is left over."""
    name = "ardenia-oil-strike"
    for number, visibility in enumerate(("public", "counted")):
        site.sign(name, organisation=f"Union {number}", visibility=visibility, email=f"a{number}@union.example")
    return name


def sent(relay, site, addressee="president"):
    """Signs, lists, sends the letter to an addressee; the message as the relay got it, and the letter's digest."""
    name = signed_appeal(site)
    for message in messages(relay, 2):
        site.confirm(message)
    for row in site.json("queue"):
        site.run("signature", "approve", row["id"])
    messages(relay, 4)
    site.run("delivery", "send", name, "--to", addressee, "--yes")
    raw = wait_until(lambda: [(to, raw) for to, raw, _, _ in relay.handler.messages if b"multipart/mixed" in raw])
    assert len(raw) == 1
    wait_until(lambda: site.json("delivery", "list", name)[0]["state"] == "delivered")
    return raw[0][0], email.message_from_bytes(raw[0][1], policy=email.policy.default), site.json("delivery", "list", name)[0]


def delivery():
    """A letter goes through the relay with its file whole; it says what it is, and not that a machine wrote it."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            recipients, message, edition = sent(relay, site)
            assert recipients == ["president@ardenia.example"]
            assert message.get_content_type() == "multipart/mixed"
            assert "нефтяников" in message["Subject"] and "2" in message["Subject"], message["Subject"]
            assert message["Content-Language"] == "ru"
            assert message["Auto-Submitted"] is None and message["X-Auto-Response-Suppress"] is None
            assert message["From"].addresses[0].addr_spec == "appeals@undersign.example"
            words = body(message)
            assert words.startswith("Уважаемый господин Президент!"), words
            assert "Президенту Республики Ардения" in words and f"{site.url}/ru/ardenia-oil-strike" in words, words
            parts = list(message.iter_attachments())
            assert len(parts) == 1 and parts[0].get_content_type() == "application/pdf"
            assert parts[0].get_filename().endswith(".pdf") and parts[0].get_content_disposition() == "attachment"
            file = parts[0].get_content()
            assert file.startswith(b"%PDF-")
            assert hashlib.sha256(file).hexdigest() == edition["file_digest"], edition
            wait_until(lambda: site.json("mail", "list") == [])


def held_letter(relay, site):
    """A letter that the relay has and says nothing of, until what is given is called; the appeal's name too."""
    name = signed_appeal(site)
    for message in messages(relay, 2):
        site.confirm(message)
    for row in site.json("queue"):
        site.run("signature", "approve", row["id"])
    messages(relay, 4)
    wait_until(lambda: site.json("mail", "list") == [])
    held = asyncio.Event()
    relay.handler.hold = ("DATA", "@ardenia.example", held)
    site.run("delivery", "send", name, "--to", "president", "--yes")
    wait_until(lambda: relay.handler.held == 1)
    return name, lambda: relay.loop.call_soon_threadsafe(held.set)


def under_way():
    """A letter that the relay has is neither dropped nor tried again; what the relay says of it counts."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            name, answer = held_letter(relay, site)
            (mail,) = [row["id"] for row in site.json("mail", "list")]
            for words in (["drop", mail, "--yes"], ["drop", mail, "--dry-run"], ["retry", mail]):
                done = site.run("mail", *words, check=False)
                assert done.returncode == 75 and "on its way" in done.stderr, (words, done)
            done = site.run("mail", "drop", mail, "1", "--yes", check=False)
            assert done.returncode == 1 and "0 done, 0 skipped, 2 failed" in done.stderr, done
            assert site.json("delivery", "list", name)[0]["state"] == "sending"
            answer()
            wait_until(lambda: site.json("mail", "list") == [])
            assert site.json("delivery", "list", name)[0]["state"] == "delivered"
            assert len(messages(relay, 5)) == 5


def without_row():
    """The addressee has the letter, though its mail went from the outbox meanwhile: delivered, and logged."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            name, answer = held_letter(relay, site)
            with sqlite3.connect(os.path.join(site.folder, "undersign.db")) as database:
                database.execute("DELETE FROM outbox")
                database.execute("UPDATE edition SET state = 'failed'")
            answer()
            wait_until(lambda: site.json("delivery", "list", name)[0]["state"] == "delivered")
            assert "had gone from the outbox" in site.daemon_log()


def waiting_letter(site, port):
    """A letter in the outbox of a site whose relay has gone away; the path of its file."""
    with Relay(port=port) as relay:
        name = signed_appeal(site)
        for message in messages(relay, 2):
            site.confirm(message)
        for row in site.json("queue"):
            site.run("signature", "approve", row["id"])
        messages(relay, 4)
        wait_until(lambda: site.json("mail", "list") == [])
    site.run("delivery", "send", name, "--to", "president", "--yes")
    wait_until(lambda: [r for r in site.json("mail", "list") if r["attempts"] > 0])
    folder = os.path.join(site.folder, "outgoing")
    (file,) = os.listdir(folder)
    return os.path.join(folder, file)


def memory(site, what="VmHWM"):
    """KiB that the daemon has in memory, or had at most."""
    with open(f"/proc/{site.process.pid}/status", encoding="ascii") as f:
        return int(re.search(rf"{what}:\s+(\d+)", f.read()).group(1))


def large_delivery():
    """A file of 32 MiB comes out as it went in, over a memory that holds the message once."""
    port = free_port()
    gone = type("Gone", (), {"port": port, "tls": "none"})
    with Site(smtp(gone)) as site:
        path = waiting_letter(site, port)
        site.stop()
        large = b"%PDF-1.7\n" + os.urandom(32 * 1024 * 1024 - 9)
        with open(path, "wb") as f:
            f.write(large)
        with sqlite3.connect(os.path.join(site.folder, "undersign.db")) as store:
            store.execute("UPDATE edition SET file_digest = ?", (hashlib.sha256(large).digest(),))
        store.close()
        make_due(site)
        with Relay(port=port) as relay:
            site.start()
            wait_until(lambda: relay.handler.messages, 120)
            raw = relay.handler.messages[0][1]
            message = email.message_from_bytes(raw, policy=email.policy.default)
            assert next(message.iter_attachments()).get_content() == large
            assert max(len(line) for line in raw.split(b"\r\n")) <= 998
            wait_until(lambda: site.json("mail", "list") == [])
            # Once as it goes out (45 MB), in a buffer that grew by doubling; never beside a second copy of it.
            assert memory(site) < 110 * 1024, memory(site)


def one_letter_at_a_time():
    """While a letter is on its way others wait, since they are large; the small mails go past."""
    with Relay() as relay:
        with Site(smtp(relay)) as site:
            name = signed_appeal(site)
            for message in messages(relay, 2):
                site.confirm(message)
            for row in site.json("queue"):
                site.run("signature", "approve", row["id"])
            messages(relay, 4)
            relay.handler.hold = ("RCPT", "@ardenia.example", asyncio.Event())
            for addressee in ("president", "government"):
                site.run("delivery", "send", name, "--to", addressee, "--yes")
            wait_until(lambda: relay.handler.held == 1)
            for number in range(3):
                assert site.sign(name, email=f"small{number}@union.example").status == 303
                messages(relay, 5 + number)
            assert relay.handler.held == 1
            relay.loop.call_soon_threadsafe(relay.handler.hold[2].set)
            messages(relay, 9)
            assert [row["state"] for row in wait_until(lambda: (lambda rows: rows if all(
                row["state"] == "delivered" for row in rows) else None)(site.json("delivery", "list", name)))] == ["delivered"] * 2


def another_file():
    """A file that is not the one that was drawn does not leave; it is given up, visibly."""
    port = free_port()
    gone = type("Gone", (), {"port": port, "tls": "none"})
    with Site(smtp(gone)) as site:
        path = waiting_letter(site, port)
        with open(path, "ab") as f:
            f.write(b"\n")
        site.stop()
        make_due(site)
        with Relay(port=port) as relay:
            site.start()
            row = wait_until(lambda: [r for r in site.json("mail", "list") if r["state"] == "failed"])[0]
            assert "not the one" in row["last_error"], row
            assert relay.handler.messages == []
            assert site.json("delivery", "list", "ardenia-oil-strike")[0]["state"] == "failed"


def too_large_for_the_relay():
    """A relay that says beforehand that it takes none so large is believed at once."""
    port = free_port()
    gone = type("Gone", (), {"port": port, "tls": "none"})
    with Site(smtp(gone)) as site:
        waiting_letter(site, port)
        site.stop()
        make_due(site)
        with Relay(port=port, most=20000) as relay:
            site.start()
            row = wait_until(lambda: [r for r in site.json("mail", "list") if r["state"] == "failed"])[0]
            assert "552" in row["last_error"], row
            assert relay.handler.messages == []


if __name__ == "__main__":
    main([plain, starttls_auth, implicit_tls, starttls_stripped, untrusted_certificate, relay_away,
          refused_recipient, refused_data, silent_relay, slow_relay, message_form, second_time, delivery,
          under_way, without_row, large_delivery, one_letter_at_a_time, another_file, too_large_for_the_relay])
