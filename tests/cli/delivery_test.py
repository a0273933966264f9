#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deliveries, from signatures to what is on record: by mail through the spool and a real relay, by hand, answered; what
follows a letter; who left since; that sending asks first, never sends twice, and leaves nothing when it fails."""

import hashlib
import json
import os
import random
import re
import resource
import shlex
import signal
import sqlite3
import subprocess
import sys
from email.utils import parseaddr

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mail"))
from cli_test import in_terminal  # noqa: E402
from letters import SLUG, edit, marks, sign, text_of, withdraw, write_appeal  # noqa: E402
from realsite import BUILD, PROGRAM, TOP, Site, main, wait_until  # noqa: E402
from relay import Relay  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
EDITION_KEYS = ["number", "addressee", "kind", "form", "language", "version", "state", "made_at", "how", "delivered_on",
                "named", "counted", "members", "countries", "supplement_of", "reference", "note", "file_digest",
                "withdrawn_since", "struck_since", "responses"]
ANSWER_KEYS = ["edition", "received_on", "note", "attachment", "attachment_digest"]
VISIBILITIES = ["public", "organisation", "recipients", "international", "counted"]


def opened(options=None):
    site = Site(options, appeals=False)
    site.publish(write_appeal(site.folder))
    site.out = os.path.join(site.folder, "out")
    os.mkdir(site.out)
    return site


def letter(site, *options, name="letter.pdf"):
    path = os.path.join(site.out, name)
    return site.json("export", "letter", SLUG, "-o", path, *options), text_of(path)


def editions(site):
    rows = site.json("delivery", "list", SLUG)
    assert all(list(row) == EDITION_KEYS for row in rows), rows
    return {row["number"]: row for row in rows}


def show(site, number):
    return site.json("delivery", "show", SLUG, "--edition", str(number))


def refused(site, status, *arguments, said="", **kwargs):
    done = site.run(*arguments, check=False, **kwargs)
    assert done.returncode == status and done.stdout == "", (arguments, done.returncode, done.stdout, done.stderr)
    assert said in done.stderr, (said, done.stderr)
    return done.stderr


def letters_mailed(site):
    """The mails with a letter in them, by the mailbox they went to."""
    found = []
    for message in site.mails():
        pdf = [part for part in message.iter_attachments() if part.get_content_type() == "application/pdf"]
        if pdf:
            found.append((parseaddr(str(message["To"]))[1], message, pdf[0].get_content()))
    return found


def is_delivered(site, number):
    return wait_until(lambda: editions(site)[number]["state"] == "delivered")


def today():
    import datetime
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def test_the_whole_way():
    """A letter by mail, one by post, an answer, a supplement, an accession, and who left since"""
    site = opened()
    with site:
        ids = {v: sign(site, **marks(v)) for v in VISIBILITIES}
        done = site.run("delivery", "send", SLUG, "--to", "ministry", "--yes", "--json")
        sent = json.loads(done.stdout)
        assert list(sent) == EDITION_KEYS and sent["number"] == 1 and sent["state"] in ("sending", "delivered"), sent
        for part in ("Ministry of Labour (ministry), ministry@state.example", "Names:    3 organisations",
                     "Counts:   2 more", "nothing went to this addressee", "edition 1, letter of version 1 in en"):
            assert part in done.stderr, (part, done.stderr)
        is_delivered(site, 1)
        (to, message, pdf), = letters_mailed(site)
        assert to == "ministry@state.example" and "please find the letter of the unions attached" in \
            message.get_body(("plain",)).get_content()
        assert hashlib.sha256(pdf).hexdigest() == sent["file_digest"]
        shown = show(site, 1)
        assert list(shown) == EDITION_KEYS + ["answers"] and (shown["how"], shown["delivered_on"]) == ("mail", today()), shown
        assert (shown["named"], shown["counted"], shown["withdrawn_since"], shown["struck_since"]) == (3, 2, 0, 0), shown
        # Not again, and there is nothing yet that could follow it.
        said = refused(site, 65, "delivery", "send", SLUG, "--to", "ministry", "--yes", said="edition 1, letter, delivered")
        assert len(letters_mailed(site)) == 1
        assert {e["state"] for n, e in editions(site).items() if n > 1} <= {"made"}
        refused(site, 65, "delivery", "send", SLUG, "--to", "ministry", "--yes", "--supplement")

        # Another one by post, from its file; once.
        done, text = letter(site, "--to", "ilo", name="ilo.pdf")
        number = done["edition"]
        path = os.path.join(site.out, "ilo.pdf")
        noted = json.loads(site.run("delivery", "record", SLUG, "--file", path, "--how", "registered", "--on", today(),
                                    "--reference", "RR 123", "--note", "by Anna", "--json").stdout)
        assert list(noted) == EDITION_KEYS
        assert (noted["number"], noted["how"], noted["delivered_on"], noted["reference"], noted["note"], noted["state"]) == \
            (number, "registered", today(), "RR 123", "by Anna", "delivered"), noted
        refused(site, 65, "delivery", "record", SLUG, "--edition", str(number), "--how", "post")
        with open(path, "ab") as f:
            f.write(b"\n")
        refused(site, 66, "delivery", "record", SLUG, "--file", path, "--how", "post")
        refused(site, 66, "delivery", "record", SLUG, "--file", path + ".none", "--how", "post", said="No such file")
        for options, status, said in (((), 64, "--how"), (("--how", "post"), 64, "--edition N"),
                                      (("--how", "pigeon", "--edition", "1"), 64, "registered"),
                                      (("--how", "post", "--edition", "1", "--file", path), 64, "--file"),
                                      (("--how", "post", "--edition", "99"), 66, ""),
                                      (("--how", "post", "--edition", "x"), 64, "whole number")):
            refused(site, status, "delivery", "record", SLUG, *options, said=said)
        fresh, _ = letter(site, "--to", "council", name="council.pdf")
        made_on = editions(site)[fresh["edition"]]["made_at"][:10]
        refused(site, 65, "delivery", "record", SLUG, "--edition", str(fresh["edition"]), "--how", "post", "--on", "2020-01-01",
                said=f"before the letter was made, on {made_on}")
        refused(site, 64, "delivery", "record", SLUG, "--edition", str(fresh["edition"]), "--how", "post", "--on", "2026-02-30",
                said="YYYY-MM-DD")

        # An answer, with what came.
        answer = os.path.join(site.folder, "Answer of the ILO.pdf")
        with open(answer, "wb") as f:
            f.write(b"the answer")
        noted = json.loads(site.run("delivery", "respond", SLUG, "--edition", str(number), "--note", "They ask for dates",
                                    "--on", today(), "--file", answer, "--json").stdout)
        assert list(noted) == ANSWER_KEYS and noted == {
            "edition": number, "received_on": today(), "note": "They ask for dates",
            "attachment": "Answer of the ILO.pdf", "attachment_digest": hashlib.sha256(b"the answer").hexdigest()}, noted
        site.run("delivery", "respond", SLUG, "--edition", str(number), "--note", "More")
        shown = show(site, number)
        assert shown["responses"] == 2 and {a["note"] for a in shown["answers"]} == {"They ask for dates", "More"}, shown
        refused(site, 65, "delivery", "respond", SLUG, "--edition", str(fresh["edition"]), "--note", "x")
        refused(site, 64, "delivery", "respond", SLUG, "--edition", "1", said="--note")
        refused(site, 64, "delivery", "show", SLUG, said="--edition")
        refused(site, 66, "delivery", "show", SLUG, "--edition", "99")

        # Who signed since, and nobody else; who was counted before is no newcomer.
        sign(site, organisation="Qlater Union", country="FI", visibility="public")
        done, text = letter(site, "--to", "ministry", "--supplement", name="supplement.pdf")
        assert (done["kind"], done["named"], done["counted"]) == ("supplement", 1, 0), done
        assert "Qlater" in text and "Qorgpb" not in text and "Qorgrc" not in text, text
        site.run("delivery", "send", SLUG, "--to", "ministry", "--supplement", "--yes")
        number = max(editions(site))
        is_delivered(site, number)
        assert editions(site)[number]["supplement_of"] == 1
        assert [to for to, _, _ in letters_mailed(site)] == ["ministry@state.example"] * 2
        refused(site, 65, "export", "letter", SLUG, "--to", "ministry", "--supplement", "-o", os.path.join(site.out, "no.pdf"))
        done, text = letter(site, "--to", "ilo", "--accession", name="accession.pdf")
        assert (done["kind"], done["named"]) == ("accession", 1) and "Qlater" in text and "Qorgpb" not in text, done

        # Somebody leaves: on record, and in nothing that is made later.
        withdraw(site, ids["public"])
        done = site.run("delivery", "show", SLUG, "--edition", "1")
        assert "1 organisation in it has been struck since; it is in no later edition" in done.stderr, done.stderr
        assert show(site, 1)["struck_since"] == 1 and show(site, 1)["named"] == 3
        done, text = letter(site, "--to", "ministry", name="later.pdf")
        assert done["named"] == 3 and "Qorgpb" not in text
        # The same with the daemon down.
        site.stop()
        assert show(site, 1)["struck_since"] == 1 and len(editions(site)) >= 7
        done, _ = letter(site, "--to", "gazette", name="down.pdf")
        site.run("delivery", "record", SLUG, "--file", os.path.join(site.out, "down.pdf"), "--how", "hand")
        site.run("delivery", "respond", SLUG, "--edition", str(done["edition"]), "--note", "printed")
        assert show(site, done["edition"])["responses"] == 1
        done = json.loads(site.run("delivery", "send", SLUG, "--to", "works", "--yes", "--json").stdout)
        assert done["state"] == "sending", done
        refused(site, 65, "delivery", "send", SLUG, "--to", "works", "--yes", said="sending")
        site.start()
        is_delivered(site, done["number"])
        acts = audit(site)
        for act in ("delivery.send", "delivery.record", "delivery.respond", "export.letter"):
            assert act in acts, acts


def audit(site):
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute("SELECT act FROM audit ORDER BY seq")]
    finally:
        connection.close()


def test_it_asks_first():
    """Nothing leaves before the addressee's id is typed; without a terminal --yes is needed, and the command is told"""
    site = opened()
    with site:
        sign(site, **marks("public"))
        said = refused(site, 64, "delivery", "send", SLUG, "--to", "ministry", "--reason", "it's time", said="nothing was done")
        words = shlex.split(said.split("if that is meant: ")[1])
        assert words == ["undersign", "delivery", "send", SLUG, "--site", site.folder, "--reason", "it's time", "--to",
                         "ministry", "--yes"], words
        assert editions(site) == {}
        refused(site, 64, "delivery", "send", SLUG, "--yes", said="--to")
        refused(site, 64, "delivery", "send", SLUG, "--to", "works", "--yes", "--form", "x", said="joint")
        refused(site, 65, "delivery", "send", SLUG, "--to", "world", "--yes", said="no mailbox")
        refused(site, 66, "delivery", "send", SLUG, "--to", "nobody", "--yes", said="ministry")
        temporary = os.path.join(site.folder, "tmp")
        os.mkdir(temporary)
        os.environ["TMPDIR"] = temporary
        try:
            for typed in ("no\n", "\n", "yes\n", "ministr\n"):
                terminal = in_terminal(site, "delivery", "send", SLUG, "--to", "ministry")
                terminal.read("type ministry: ")
                terminal.type(typed)
                assert terminal.end() == 77 and "Nothing was done" in terminal.text, terminal.text
            terminal = in_terminal(site, "delivery", "send", SLUG, "--to", "ministry")
            terminal.read("type ministry: ")
            terminal.type("\x03")
            assert terminal.end() == 130 and "nothing was done" in terminal.text, terminal.text
            assert letters_mailed(site) == [] and site.json("mail", "list") == []
            assert {e["state"] for e in editions(site).values()} == {"made"}
            terminal = in_terminal(site, "delivery", "send", SLUG, "--to", "ministry")
            terminal.read("type ministry: ")
            terminal.type("ministry\n")
            assert terminal.end() == 0 and "outbox" in terminal.text
            assert os.listdir(temporary) == []
        finally:
            del os.environ["TMPDIR"]
        wait_until(lambda: len(letters_mailed(site)) == 1)


def test_through_a_relay():
    """SMTP: delivered when the relay took it; given up when it will not; once each"""
    with Relay() as relay:
        site = opened({"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port, "smtp_tls": "none"}})
        site.mails = lambda *a, **k: mails(relay)
        with site:
            sign(site, **marks("public"))
            sign(site, **marks("recipients"))
            relay.handler.messages.clear()
            relay.handler.answers["RCPT"] = ["550 no such mailbox"]
            done = json.loads(site.run("delivery", "send", SLUG, "--to", "works", "--yes", "--json").stdout)
            wait_until(lambda: editions(site)[done["number"]]["state"] == "failed")
            assert editions(site)[done["number"]]["delivered_on"] is None and relay.handler.messages == []
            # It never arrived, so it may be tried again.
            again = json.loads(site.run("delivery", "send", SLUG, "--to", "works", "--yes", "--json").stdout)
            is_delivered(site, again["number"])
            (to, message, _, _), = relay.handler.messages
            assert to == ["office@works.example"]
            refused(site, 65, "delivery", "send", SLUG, "--to", "works", "--yes")
            assert len(relay.handler.messages) == 1


def test_who_left_while_it_waited():
    """The relay away, somebody struck or gone: the letter does not leave, and `mail list` says why"""
    with Relay() as relay:
        site = opened({"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port, "smtp_tls": "none"}})
        site.mails = lambda *a, **k: mails(relay)
        with site:
            ids = {v: sign(site, **marks(v)) for v in ("public", "recipients", "counted")}
            site.stop()
            relay.handler.messages.clear()
            for to in ("works", "council"):
                site.run("delivery", "send", SLUG, "--to", to, "--yes")
            refused(site, 65, "delivery", "send", SLUG, "--to", "works", "--form", "individual", "--yes", said="not sent twice")
            site.run("delivery", "record", SLUG, "--edition", str(letter(site, "--to", "ilo")[0]["edition"]), "--how", "hand")
            # Whom a letter only counts is in it too.
            site.run("signature", "strike", ids["counted"], "--reason", "no such union", "--yes")
            assert [show(site, n)["struck_since"] for n in (1, 2)] == [1, 1] and show(site, 1)["state"] == "sending"
            site.start()
            wait_until(lambda: {editions(site)[n]["state"] for n in (1, 2)} == {"failed"})
            assert relay.handler.messages == []
            rows = site.json("mail", "list")
            assert [row["state"] for row in rows] == ["failed"] * 2, rows
            assert all("taken off the list: make it again" in row["last_error"] for row in rows), rows
            assert os.listdir(os.path.join(site.folder, "outgoing")) == []
            log = site.daemon_log()
            assert "taken off the list" in log and "Qorg" not in log and "works.example" not in log, log
            # Made again, it goes.
            site.run("delivery", "send", SLUG, "--to", "works", "--yes")
            is_delivered(site, max(editions(site)))
            (to, _, _, _), = relay.handler.messages
            assert to == ["office@works.example"]


def mails(relay):
    import email
    import email.policy
    return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw, _, _ in list(relay.handler.messages)]


def test_failures_send_nothing():
    """A full disk, a service that goes away: one sentence, nothing sent, nothing marked as delivered, no file left"""
    site = opened()
    with site:
        sign(site, organisation="One union")
        temporary = os.path.join(site.folder, "tmp")
        os.mkdir(temporary)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        said = refused(site, 74, "delivery", "send", SLUG, "--to", "works", "--yes", preexec_fn=limit,
                       env={**os.environ, "TMPDIR": temporary})
        assert len(said.splitlines()) == 1 and os.listdir(temporary) == [], said
        # What is sent breaks off within the letter.
        script = os.path.join(site.folder, "ssh")
        with open(script, "w") as f:
            f.write(f"#!/bin/sh\nshift 3\nPATH={shlex.quote(BUILD)}:$PATH\nmkfifo {site.folder}/way.$$\n"
                    f'sh -c "exec $*" <{site.folder}/way.$$ & relay=$!\n'
                    f"dd bs=1 count=6000 status=none >{site.folder}/way.$$\nkill $relay\n")
        os.chmod(script, 0o755)
        # dd takes standard input, which a shell's background job would not have.
        done = subprocess.run([PROGRAM, "--host", "x", "--site", site.folder, "delivery", "send", SLUG, "--to", "works", "--yes"],
                              capture_output=True, text=True, timeout=120,
                              env={**os.environ, "UNDERSIGN_SSH": script, "TMPDIR": temporary})
        # Which end noticed first decides the words.
        assert done.returncode == 74 and any(w in done.stderr for w in ("hung up", "broke off", "did not come whole")), done
        assert os.listdir(temporary) == [] and letters_mailed(site) == [] and site.json("mail", "list") == []
        rows = editions(site)
        assert len(rows) == 2 and {e["state"] for e in rows.values()} == {"made"}, rows
        assert rows[1]["file_digest"] is None and rows[2]["file_digest"] is not None, rows
        # And then it works.
        site.run("delivery", "send", SLUG, "--to", "works", "--yes")
        is_delivered(site, 3)


def test_a_large_letter():
    """A letter of more than a megabyte goes in pieces and arrives whole"""
    site = Site(appeals=False)
    folder = write_appeal(site.folder)
    # Each organisation's own letter has the whole text, and words of random letters hardly compress.
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randrange(2, 12))) for _ in range(20000)]
    edit(os.path.join(folder, "en.md"), lambda text: text + "\n" + "\n\n".join(
        " ".join(words[n:n + 100]) for n in range(0, len(words), 100)) + "\n")
    site.publish(folder)
    with site:
        for n in range(12):
            sign(site, organisation=f"Union number {n}")
        done = json.loads(site.run("delivery", "send", SLUG, "--to", "works", "--form", "individual", "--yes", "--json").stdout)
        is_delivered(site, done["number"])
        (_, _, pdf), = letters_mailed(site)
        assert len(pdf) > 1 << 20, len(pdf)
        assert hashlib.sha256(pdf).hexdigest() == done["file_digest"]


def restore(site, path):
    site.stop()
    done = json.loads(site.run("backup", "restore", path, "--yes", "--json").stdout)
    return done["restored"], [(row["appeal"], row["edition"], row["addressee"]) for row in done.get("held", [])]


def test_restored_while_sending():
    """A backup with a letter on its way: after a restore nothing leaves by itself, what left since stays known, and somebody
    says whether the other did"""
    site = opened()
    with site:
        sign(site, **marks("public"))
        site.stop()
        assert json.loads(site.run("delivery", "send", SLUG, "--to", "ministry", "--yes", "--json").stdout)["state"] == "sending"
        path = os.path.join(site.folder, "x.backup")
        site.run("backup", "create", "-o", path)
        site.start()
        is_delivered(site, 1)
        site.run("delivery", "send", SLUG, "--to", "works", "--yes")  # the backup knows nothing of it
        is_delivered(site, 2)
        assert len(letters_mailed(site)) == 2

        # The database that is replaced tells: both are delivered, and not sent again.
        restored, held = restore(site, path)
        assert (restored["letters"], held) == (2, []), (restored, held)
        site.start()
        assert [(e["state"], e["how"], e["delivered_on"]) for e in editions(site).values()] == [("delivered", "mail", today())] * 2
        for addressee in ("ministry", "works"):
            refused(site, 65, "delivery", "send", SLUG, "--to", addressee, "--yes", said="not sent twice")

        # It is gone: nobody knows of the one, and of the other not even that there was one.
        site.stop()
        for name in os.listdir(site.folder):
            if name.startswith("undersign.db"):
                os.rename(os.path.join(site.folder, name), os.path.join(site.out, name))
        told = site.run("backup", "restore", path, "--yes").stderr
        assert f"undersign delivery record {SLUG} --edition 1 --how mail --on DAY" in told and "--how none" in told, told
        site.start()
        assert site.json("mail", "list") == [] and editions(site)[1]["state"] == "held"
        done = site.run("status", check=False)
        assert done.returncode == 1 and f"edition 1 of {SLUG} was on its way to ministry" in done.stdout, done.stdout
        assert f"undersign delivery record {SLUG} --edition 1" in done.stdout, done.stdout
        for more in ((), ("--form", "individual")):
            refused(site, 65, "delivery", "send", SLUG, "--to", "ministry", "--yes", *more, said="--how none")
        assert len(letters_mailed(site)) == 2
        # Another restore leaves it so.
        assert restore(site, path)[1] == [(SLUG, 1, "ministry")]
        # It arrived.
        site.run("delivery", "record", SLUG, "--edition", "1", "--how", "mail", "--on", today())
        assert editions(site)[1]["state"] == "delivered"
        refused(site, 65, "delivery", "record", SLUG, "--edition", "1", "--how", "none", said="is delivered")
        # It did not: then it is made and sent anew.
        os.rename(os.path.join(site.folder, "undersign.db"), os.path.join(site.out, "second.db"))
        assert restore(site, path)[1] == [(SLUG, 1, "ministry")]
        site.start()
        done = site.run("delivery", "record", SLUG, "--edition", "1", "--how", "none", "--note", "the relay never had it")
        assert f"delivery send {SLUG} --to ministry" in done.stderr, done.stderr
        assert (editions(site)[1]["state"], editions(site)[1]["note"]) == ("failed", "the relay never had it")
        assert f"edition 1 of {SLUG}" not in site.run("status", check=False).stdout
        number = json.loads(site.run("delivery", "send", SLUG, "--to", "ministry", "--yes", "--json").stdout)["number"]
        is_delivered(site, number)
        assert len(letters_mailed(site)) == 3
        acts = audit(site)
        assert "backup.restore" in acts and acts.count("delivery.record") == 1, acts


def test_the_manual_has_the_keys():
    """Every key of what is printed for programs stands in the manual"""
    from letters_test import LETTER_KEYS
    manual = "".join(subprocess.run(["mandoc", "-T", "utf8", os.path.join(TOP, "contrib/man", page)], check=True,
                                    capture_output=True, text=True).stdout
                     for page in ("undersign-delivery.1", "undersign-export.1"))
    manual = re.sub(r".\x08", "", manual)
    for key in LETTER_KEYS + EDITION_KEYS + ANSWER_KEYS:
        assert re.search(rf"\b{key}\b", manual), key


if __name__ == "__main__":
    main([test_the_whole_way, test_it_asks_first, test_through_a_relay, test_who_left_while_it_waited,
          test_failures_send_nothing, test_a_large_letter, test_restored_while_sending,
          test_the_manual_has_the_keys])
