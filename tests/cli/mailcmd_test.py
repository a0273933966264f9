#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail by hand against a real relay: what was given up is tried again, dropped, and a test mail says what the relay
answered, word for word but without mailboxes."""

import email
import email.policy
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mail"))
from realsite import Site, free_port, main, wait_until  # noqa: E402
from relay import Relay  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))

SLUG = "ardenia-oil-strike"


def smtp(relay, **more):
    mail = {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port, "smtp_tls": relay.tls}
    if relay.tls != "none":
        mail["smtp_ca"] = relay.cert
    return {"mail": mail, **more}


def sign(site, count, first=0):
    for i in range(first, first + count):
        assert site.sign(SLUG, organisation=f"Union {i}", email=f"office@union{i}.example").status == 303


def listed(site, is_wanted):
    """The mails once all that are wanted are so."""
    def look():
        mails = site.json("mail", "list")
        return mails if mails and is_wanted(mails) else None
    return wait_until(look)


def audit(site, act):
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    rows = connection.execute("SELECT d.actor, d.subject, d.reason FROM audit a JOIN audit_detail d ON d.seq = a.seq"
                              " WHERE a.act = ? ORDER BY a.seq", (act,)).fetchall()
    connection.close()
    return rows


def change(site, status, *arguments, **kwargs):
    done = site.run(*arguments, check=False, **kwargs)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def test_retry_given_up():
    """what the relay would not have goes once somebody says so; it was the relay's fault, not the union's"""
    with Relay() as relay, Site(smtp(relay)) as site:
        relay.handler.answers["RCPT"] = ["550 sender unknown here"] * 2
        sign(site, 2)
        mails = listed(site, lambda mails: [m["state"] for m in mails] == ["failed"] * 2)
        assert all(m["can_retry"] and "550" in m["last_error"] for m in mails), mails
        ids = [m["id"] for m in mails]
        told = change(site, 0, "mail", "show", ids[0]).stderr
        assert f"undersign mail retry {ids[0]}" in told, told
        # Trying it changes nothing, and says so.
        tried = change(site, 0, "mail", "retry", *ids, "--dry-run").stderr
        assert tried.count("would be due") == 2, tried
        assert [m["state"] for m in site.json("mail", "list")] == ["failed"] * 2 and relay.handler.messages == []
        rows = json.loads(change(site, 0, "mail", "retry", "-", "--reason", "mended", "--json", stdin="\n".join(ids)).stdout)
        assert [(r["id"], r["action"], r["changed"], r["error"]) for r in rows] == [(i, "retry", True, None) for i in ids]
        wait_until(lambda: len(relay.handler.messages) == 2)
        wait_until(lambda: site.json("mail", "list") == [])
        message = email.message_from_bytes(relay.handler.messages[0][1], policy=email.policy.default)
        assert site.confirm(message).status == 303 and len(site.json("queue")) == 1
        # Once more: they have left, and that is told.
        done = change(site, 66, "mail", "retry", *ids)
        assert done.stderr.count("no such mail") == 2 and "0 done, 0 skipped, 2 failed" in done.stderr, done.stderr
        site.stop()
        assert [(s, r) for _, s, r in audit(site, "mail.retry")] == [(i, "mended") for i in ids]


def test_retry_waiting():
    """a mail that waits its turn is due at once, with and without a running service"""
    port = free_port()
    gone = type("Gone", (), {"port": port, "tls": "none"})
    with Site(smtp(gone)) as site:
        sign(site, 1)
        mail = listed(site, lambda mails: mails[0]["attempts"] == 1)[0]
        assert mail["state"] == "waiting" and mail["next_at"] > mail["created_at"]
        site.stop()
        done = change(site, 0, "mail", "retry", mail["id"])
        assert "is due now" in done.stderr
        assert "due already" in change(site, 0, "mail", "retry", mail["id"]).stderr
        assert site.json("mail", "show", mail["id"])["attempts"] == 0
        with Relay(port=port) as relay:
            site.start()
            wait_until(lambda: len(relay.handler.messages) == 1)
            wait_until(lambda: site.json("mail", "list") == [])


def test_retry_too_late():
    """five days after it was written its address is gone, and it can be sent no more"""
    with Relay() as relay, Site(smtp(relay)) as site:
        relay.handler.answers["RCPT"] = ["550 no"] * 2
        sign(site, 2)
        mails = listed(site, lambda mails: [m["state"] for m in mails] == ["failed"] * 2)
        site.stop()
        with sqlite3.connect(os.path.join(site.folder, "undersign.db")) as store:
            store.execute("UPDATE outbox SET created_at = created_at - 6 * 86400000000 WHERE id = ?", (int(mails[0]["id"]),))
        store.close()
        site.start()
        late = wait_until(lambda: [m for m in site.json("mail", "list") if not m["can_retry"]])
        assert [m["id"] for m in late] == [mails[0]["id"]]
        with sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True) as store:
            kept = dict(store.execute("SELECT CAST(id AS TEXT), length(payload) + reference FROM outbox"))
        store.close()
        assert kept[mails[0]["id"]] == 0 and kept[mails[1]["id"]] > 0, kept
        done = change(site, 1, "mail", "retry", mails[0]["id"], mails[1]["id"])
        assert "its address is kept no more" in done.stderr and "1 done, 0 skipped, 1 failed" in done.stderr, done.stderr


def test_drop():
    """a mail is dropped only when that is meant; who signed can sign again"""
    with Relay() as relay, Site(smtp(relay)) as site:
        relay.handler.answers["RCPT"] = ["450 later"] * 3
        sign(site, 3)
        ids = [m["id"] for m in listed(site, lambda mails: len(mails) == 3 and all(m["attempts"] for m in mails))]
        done = change(site, 64, "mail", "drop", *ids[:2])
        assert f"undersign mail drop {ids[0]} {ids[1]}" in done.stderr and "--yes" in done.stderr, done.stderr
        assert len(site.json("mail", "list")) == 3
        assert "would be dropped" in change(site, 0, "mail", "drop", ids[0], "--dry-run").stderr
        assert len(site.json("mail", "list")) == 3
        change(site, 0, "mail", "drop", *ids[:2], "--yes", "--reason", "bots")
        assert [m["id"] for m in site.json("mail", "list")] == ids[2:]
        change(site, 66, "mail", "drop", ids[0], "--yes")
        done = change(site, 1, "mail", "drop", ids[0], ids[2], "no-id", "--yes")
        assert "1 done, 0 skipped, 2 failed" in done.stderr, done.stderr
        assert site.json("status")["pending"] == 3 and relay.handler.messages == []
        site.stop()
        assert [(s, r) for _, s, r in audit(site, "mail.drop")] == [(ids[0], "bots"), (ids[1], "bots"), (ids[2], None)]


def test_test_taken():
    """mail test says what the relay answered, and how the way there was encrypted"""
    with Relay() as relay, Site(smtp(relay)) as site:
        done = change(site, 0, "mail", "test", "admin@union.example")
        assert done.stdout == "250 taken\n" and "without encryption" in done.stderr, done
        recipients, raw, _, _ = relay.handler.messages[0]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert recipients == ["admin@union.example"] and message["To"] == "admin@union.example"
        assert message["Auto-Submitted"] == "auto-generated" and "/c/" not in raw.decode()
        assert site.json("mail", "list") == []
        site.stop()
        assert [s for _, s, _ in audit(site, "mail.test")] and "admin@union" not in site.daemon_log()
        with open(os.path.join(site.folder, "undersign.db"), "rb") as f:
            assert b"admin@union" not in f.read()
    with Relay("starttls", login=(b"undersign", b"a secret word")) as relay:
        with open(os.path.join(relay.folder, "password"), "w") as f:
            f.write("a secret word\n")
        more = smtp(relay)
        more["mail"].update(smtp_user="undersign", smtp_password_file=os.path.join(relay.folder, "password"))
        with Site(more) as site:
            told = site.json("mail", "test", "admin@union.example")
            assert told["taken"] is True and told["answer"] == "250 taken", told
            assert told["encryption"].startswith("TLSv1.") and told["relay"] == f"localhost:{relay.port}", told
            assert "secret" not in json.dumps(told)
        relay.handler.answers["RCPT"] = ["550 5.1.1 <admin@union.example>: no such user, ask postmaster@relay.example"]
        with Site(more) as site:
            told = json.loads(change(site, 69, "mail", "test", "admin@union.example", "--json").stdout)
            assert told["taken"] is False and told["encryption"].startswith("TLSv1."), told
            assert told["answer"] == "550 5.1.1 [address] no such user, ask [address]", told
            assert site.json("mail", "list") == []
        with open(os.path.join(relay.folder, "password"), "w") as f:
            f.write("a wrong word\n")
        with Site(more) as site:
            told = json.loads(change(site, 69, "mail", "test", "admin@union.example", "--json").stdout)
            assert told["answer"].startswith("535 ") and "wrong word" not in json.dumps(told), told


def test_test_refused():
    """what hinders a test mail is told in one line, and it is tried once"""
    with Relay() as relay, Site(smtp(relay)) as site:
        relay.handler.answers["DATA"] = ["452 4.3.1 the mailboxes are full"]
        done = change(site, 69, "mail", "test", "admin@union.example")
        assert done.stdout == "452 4.3.1 the mailboxes are full\n" and "did not take it" in done.stderr, done
        assert site.json("mail", "list") == [] and relay.handler.messages == []
        assert "mailboxes are full" not in site.daemon_log()
        for address in ("admin", "admin@union.example\nRCPT TO:<x@y.example>", "a b@c.example", "@union.example"):
            done = change(site, 65, "mail", "test", address)
            assert "not a mail address" in done.stderr, done
    gone = type("Gone", (), {"port": free_port(), "tls": "none"})
    with Site(smtp(gone)) as site:
        done = change(site, 69, "mail", "test", "admin@union.example")
        assert "connect" in done.stdout.lower(), done
        site.stop()
        done = change(site, 75, "mail", "test", "admin@union.example")
        assert "not running" in done.stderr and "systemctl start undersignd" in done.stderr, done
        assert site.json("mail", "list") == []


def test_test_spooled():
    """without a relay the file is named; a mailbox gets no more tests than other mails"""
    with Site({"limits": {"mails_per_day": 2}}) as site:
        done = change(site, 0, "mail", "test", "admin@union.example")
        path = done.stdout.rstrip("\n")
        assert "reaches nobody" in done.stderr or "nobody gets it" in done.stderr, done
        with open(path, "rb") as f:
            message = email.message_from_binary_file(f, policy=email.policy.default)
        assert message["To"] == "admin@union.example" and os.path.dirname(path) == os.path.join(site.folder, "mail")
        change(site, 0, "mail", "test", "admin@union.example")
        done = change(site, 75, "mail", "test", "admin@union.example")
        assert "for today" in done.stderr and len(site.mails()) == 2, done


if __name__ == "__main__":
    main([test_retry_given_up, test_retry_waiting, test_retry_too_late, test_drop, test_test_taken, test_test_refused,
          test_test_spooled])
