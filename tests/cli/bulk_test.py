#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Acts on many signatures from the command line, against a real site: what is shown before, asked, done, cut off in the
middle, gone on with and undone; and what filters find, against the same told in Python."""

import contextlib
import datetime
import hashlib
import json
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import PROGRAM, Site, link, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"
BATCH = 256
BOTS = ("--where", "country = VA")
EPOCH = datetime.date(1970, 1, 1)
TODAY = (datetime.datetime.now(datetime.timezone.utc).date() - EPOCH).days


# ---- rows as the service would have written them ----

def digest(*fields):
    """As signature_row_digest()."""
    def piece(kind, data):
        return kind + struct.pack(">Q", len(data)) + data
    out = piece(b"D", b"undersign signature 2")
    for field in fields:
        if field is None:
            out += piece(b"Z", b"")
        elif isinstance(field, int):
            out += piece(b"N", struct.pack(">q", field))
        else:
            out += piece(b"T", field.encode()) if isinstance(field, str) else piece(b"B", field)
    return hashlib.sha256(out).digest()


def add_bots(site, count, country="VA"):
    """Listed signatories, with all that stands beside them, while no service runs."""
    choice = random.Random(count)
    db = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    appeal, version = db.execute("SELECT id, published_version FROM appeal WHERE slug = ?", (SLUG,)).fetchone()
    iso = (EPOCH + datetime.timedelta(days=TODAY)).isoformat()
    with db:
        for n in range(count):
            row, public_id, name = choice.getrandbits(62) + 1, f"b{country.lower()}{n:010x}", f"Bot Union {n}"
            text, unique, mailbox, contact = (choice.randbytes(size) for size in (32, 16, 16, 100))
            fields = (public_id, appeal, version, "ru", text, name, None, "union", country, None, None, 7, "B. Bot", "Chair",
                      "public", "1", TODAY, unique, mailbox, contact, None)
            db.execute("INSERT INTO signature (id, public_id, appeal, version, language, text_digest, state, organisation, kind, "
                       "country, members, representative, capacity, visibility, consent, signed_on, unique_hash, mailbox_hash, "
                       "contact, collation, search, digest) VALUES (?, ?, ?, ?, 'ru', ?, 'listed', ?, 'union', ?, 7, 'B. Bot', "
                       "'Chair', 'public', '1', ?, ?, ?, ?, ?, ?, ?)",
                       (row, public_id, appeal, version, text, name, country, TODAY, unique, mailbox, contact, name.encode(),
                        name.lower(), digest(*fields)))
            for kind, term in (("country", country), ("day", iso)):
                db.execute("INSERT INTO listing_place VALUES (?, ?, ?, ?, ?, ?)", (appeal, version, kind, term, name.encode(), row))
            for word in ("bot", "union", str(n)):
                db.execute("INSERT INTO listing_word VALUES (?, ?, ?, ?)", (appeal, version, word, row))
        for kind, term in (("country", country), ("day", iso)):
            db.execute("INSERT INTO listing_count VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                       "signatures = signatures + excluded.signatures, members = members + excluded.members",
                       (appeal, version, kind, term, term, count, 7 * count))
        db.execute("INSERT INTO counter VALUES (?, ?, 'listed', ?, ?, ?)", (appeal, version, country, count, 7 * count))
    db.close()


def look(site, sql, *values):
    db = sqlite3.connect(f"file:{os.path.join(site.folder, 'undersign.db')}?mode=ro", uri=True, timeout=30)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def states(site):
    return dict(look(site, "SELECT state, COUNT(*) FROM signature GROUP BY state"))


def dump(site):
    db = sqlite3.connect(f"file:{os.path.join(site.folder, 'undersign.db')}?mode=ro", uri=True, timeout=30)
    try:
        return "\n".join(db.iterdump())
    finally:
        db.close()


@contextlib.contextmanager
def site_with(bots, **options):
    with Site(**options) as site:
        # Somebody signs, and confirms nothing: an appeal with signatures and without its key starts no service.
        assert site.sign(SLUG, organisation="Somebody", email="office@somebody.example").status == 303
        site.mails(1)
        site.stop()
        add_bots(site, bots)
        yield site.start()


def strike(site, *more, check=True):
    return site.run("signature", "strike", SLUG, *BOTS, "--reason", "bots", *more, check=check)


def assert_counts(site):
    """All holds, but for the order of names, which only ICU could have written here."""
    done = site.run("check", "counts", check=False)
    differences = [line for line in done.stdout.splitlines() if "order or search words are not those of this ICU" not in line]
    assert differences == [] and "counted" in done.stderr, done.stdout + done.stderr


# ---- the tests ----

def test_looking_changes_nothing():
    """A preview tells what is there and changes nothing; what is not meant, or not understood, is refused."""
    with site_with(30) as site:
        before = dump(site)
        done = strike(site, "--dry-run")
        assert done.stdout.startswith("30 signatures found: listed 30\n  from VA 30\n"), done.stdout
        assert "30 to strike" in done.stdout and "Bot Union" in done.stdout and done.stderr == "", done
        preview = site.json("signature", "strike", SLUG, *BOTS, "--dry-run")
        assert (preview["found"], preview["applies"], preview["already"], preview["blocked"]) == (30, 30, 0, 0), preview
        assert len(preview["sample"]) == 10 and preview["countries"] == [{"country": "VA", "signatures": 30, "applies": 30}]
        blocked = site.json("signature", "approve", SLUG, *BOTS, "--dry-run")
        assert (blocked["applies"], blocked["already"]) == (0, 30), blocked
        blocked = site.json("signature", "refuse", SLUG, *BOTS, "--dry-run")
        assert (blocked["applies"], blocked["blocked"]) == (0, 30), blocked

        done = strike(site, check=False)
        assert done.returncode == 64 and done.stdout == "", done
        assert f"undersign signature strike {SLUG}" in done.stderr and "--where 'country = VA'" in done.stderr
        assert done.stderr.rstrip().endswith("--yes"), done.stderr
        done = site.run("signature", "strike", SLUG, *BOTS, "--yes", check=False)
        assert done.returncode == 64 and "--reason" in done.stderr, done
        done = site.run("signature", "strike", SLUG, "--where", "contry = VA", "--reason", "x", "--yes", check=False)
        assert done.returncode == 65, done
        assert done.stderr == "undersign: there is no field contry; did you mean country?\n  contry = VA\n  ^\n", done.stderr
        done = site.run("signature", "strike", SLUG, "other", *BOTS, "--reason", "x", "--yes", check=False)
        assert done.returncode == 64 and "one appeal" in done.stderr, done
        done = site.run("signature", "strike", "nosuch", *BOTS, "--reason", "x", "--yes", check=False)
        assert done.returncode == 66, done
        done = site.run("signature", "hold", SLUG, *BOTS, "--yes")
        assert "Nothing was done" in done.stderr, done
        one = look(site, "SELECT public_id FROM signature")[0][0]
        done = site.run("signature", "strike", one, "--dry-run")
        assert "would be struck" in done.stderr, done
        done = site.run("signature", "refuse", one, "--dry-run", check=False)
        assert done.returncode == 1 and f"one cannot refuse it; first `undersign signature unlist {one}`" in done.stderr, done
        assert dump(site) == before
        assert site.json("act", "list") == []


def test_strike_and_undo():
    """2,000 are struck and undone, counted right at each step, while people sign and read."""
    with site_with(2000) as site:
        assert_counts(site)
        act = subprocess.Popen([PROGRAM, "--site", site.folder, "signature", "strike", SLUG, *BOTS, "--reason", "bots", "--yes", "--json"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        answers = 0
        while act.poll() is None:
            assert site.request(f"/ru/{SLUG}").status == 200
            assert site.sign(SLUG, organisation=f"Meanwhile {answers}", email=f"o{answers}@m{answers}.example", country="VA").status == 303
            answers += 1
        out, err = act.communicate()
        assert act.returncode == 0 and answers > 0, err
        assert '"changed": 2000' in out and '"stopped": false' in out, out
        assert f"undersign --site {site.folder} act undo 1" in err, err
        assert states(site) == {"struck": 2000}
        assert_counts(site)
        assert look(site, "SELECT SUM(signatures) FROM listing_count") == [(None,)]
        shown = site.json("act", "show", "1")
        assert len(shown["signatures"]) == 2000 and shown["state"] == "done" and shown["filter"] == "country = VA", shown["state"]
        assert {(s["was"], s["became"], s["state"], s["can_undo"]) for s in shown["signatures"]} == {("listed", "struck", "struck", True)}
        again = site.run("signature", "strike", SLUG, *BOTS, "--reason", "x", "--yes", "--json")
        assert '"number": null' in again.stdout, again
        done = site.run("act", "undo", "1", check=False)
        assert done.returncode == 64 and "--yes" in done.stderr, done
        assert "2000 would be" in site.run("act", "undo", "1", "--dry-run").stderr
        assert site.json("act", "undo", "1", "--yes")["changed"] == 2000
        assert states(site) == {"listed": 2000}
        assert_counts(site)
        acts = site.json("act", "list", SLUG)
        assert [(a["number"], a["decision"], a["changed"], a["undone"]) for a in acts] == [(2, "undo", 2000, 0), (1, "strike", 2000, 2000)]
        assert site.run("audit", "verify", check=False).returncode == 0
        done = site.run("act", "undo", "9", "--yes", check=False)
        assert done.returncode == 66 and "no act 9" in done.stderr, done


def begin(site):
    """An act that has done a part."""
    act = subprocess.Popen([PROGRAM, "--site", site.folder, "signature", "strike", SLUG, *BOTS, "--reason", "bots", "--yes"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: states(site).get("struck"))
    return act


def go_on_and_undo(site, total):
    done = look(site, "SELECT COUNT(*) FROM act_signature")[0][0]
    assert 0 < done < total and done % BATCH == 0, done
    assert states(site) == {"struck": done, "listed": total - done}
    assert_counts(site)
    assert site.json("act", "list")[0]["state"] == "stopped"
    strike(site, "--yes")
    assert states(site) == {"struck": total}
    assert site.json("act", "undo", "1", "--yes")["changed"] == done
    assert site.json("act", "undo", "2", "--yes")["changed"] == total - done
    assert states(site) == {"listed": total}
    assert_counts(site)


def test_killed_command():
    """The command is killed in the middle: whole batches stand, the same again goes on, and each part is undone."""
    with site_with(4000) as site:
        act = begin(site)
        act.kill()
        act.wait()
        wait_until(lambda: look(site, "SELECT state FROM act") == [("stopped",)])
        go_on_and_undo(site, 4000)


def test_killed_service():
    """The service is killed in the middle, and started again."""
    with site_with(4000) as site:
        act = begin(site)
        site.stop(signal.SIGKILL)
        assert act.wait(60) != 0
        assert look(site, "SELECT state FROM act") == [("running",)]
        site.start()
        assert "was cut off" in site.daemon_log()
        go_on_and_undo(site, 4000)


def test_without_service():
    """The same with no service running, and after a service that was killed."""
    with site_with(4000) as site:
        act = begin(site)
        site.stop(signal.SIGKILL)
        act.wait(60)
        go_on_and_undo(site, 4000)


def unlist(site):
    ids = "\n".join(row[0] for row in look(site, "SELECT public_id FROM signature"))
    with open(os.path.join(site.folder, "ids"), "w", encoding="utf-8") as f:
        f.write(ids)
    # Files, since nobody reads a pipe while it runs.
    with open(f.name, encoding="utf-8") as f, open(f.name + ".out", "w") as out, open(f.name + ".err", "w") as err:
        return subprocess.Popen([PROGRAM, "--site", site.folder, "signature", "unlist", "-", "--json"],
                                stdin=f, stdout=out, stderr=err)


def unlisted(site, process):
    status = process.wait(120)
    with open(f"{site.folder}/ids.out", encoding="utf-8") as out, open(f"{site.folder}/ids.err", encoding="utf-8") as err:
        return json.load(out), err.read(), status


def test_ids_interrupted():
    """Ctrl-C in a batch of ids: what is told to be done is what was done, and the rest is done by the same again."""
    with site_with(1500) as site:
        process = unlist(site)
        wait_until(lambda: states(site).get("confirmed", 0) > 500)
        process.send_signal(signal.SIGINT)
        out, err, status = unlisted(site, process)
        done = states(site)["confirmed"]
        assert status == 130, (status, err[-300:])
        assert 500 < done < 1500, done
        assert sum(row["changed"] for row in out) == done, (len(out), done)
        assert f"{done} done, 0 as they were, 0 failed, {1500 - done} not tried" in err, err[-300:]
        out, err, status = unlisted(site, unlist(site))
        assert status == 0 and f"{1500 - done} done, {done} as they were, 0 failed\n" in err, err[-300:]
        assert_counts(site)


def test_ids_and_a_dead_service():
    """A service that is killed in a batch of ids: no number is made up of what nobody knows."""
    with site_with(1500) as site:
        process = unlist(site)
        wait_until(lambda: states(site).get("confirmed", 0) > 500)
        site.stop(signal.SIGKILL)
        out, err, status = unlisted(site, process)
        known = len(out)
        assert status == 74 and known in (500, 1000), (status, known, err[-300:])
        assert f"{known} are known to be done, 0 as they were, 0 failed; of the 500 asked for last it is not known" in err, err[-300:]
        site.start()
        assert unlisted(site, unlist(site))[2] == 0
        assert states(site) == {"confirmed": 1500}


class Terminal:
    def __init__(self, *words):
        self.folder = tempfile.mkdtemp(prefix="undersign-tmux-")
        self.socket = os.path.join(self.folder, "socket")
        self.status = os.path.join(self.folder, "status")
        line = " ".join("'" + word.replace("'", "'\\''") + "'" for word in (PROGRAM, *words))
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "50", f"{line}; echo $? > {self.status}; sleep 60")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, text=True, check=True).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def wait_for(self, text):
        wait_until(lambda: text in self.screen())

    def code(self):
        wait_until(lambda: os.path.exists(self.status) and os.path.getsize(self.status) > 0)
        with open(self.status, encoding="utf-8") as f:
            return int(f.read())

    def end(self):
        self.tmux("kill-server")


def test_on_a_terminal():
    """The appeal's name has to be typed; Ctrl-C stops after the batch that runs and tells what was done."""
    with site_with(4000) as site:
        words = ("--site", site.folder, "signature", "strike", SLUG, *BOTS)
        terminal = Terminal(*words)
        terminal.wait_for("Reason")
        terminal.type("bots", "Enter")
        terminal.wait_for(f"type {SLUG}")
        assert "4000 signatures found" in terminal.screen() and "4000 to strike" in terminal.screen()
        terminal.type("yes", "Enter")
        assert terminal.code() == 77
        assert states(site) == {"listed": 4000}
        terminal.end()

        terminal = Terminal(*words, "--reason", "bots")
        terminal.wait_for(f"type {SLUG}")
        terminal.type(SLUG, "Enter")
        wait_until(lambda: states(site).get("struck"))
        terminal.type("C-c")
        assert terminal.code() == 130
        terminal.wait_for("act undo 1")
        screen = terminal.screen()
        terminal.end()
        assert "It was stopped" in screen and "Type it again to go on" in screen, screen
        go_on_and_undo(site, 4000)


def test_mails_wait():
    """A mail about a decision waits, and with the undoing it was never there."""
    with Site(options={"mail": {"decision_minutes": 10}}) as site:
        for n in range(3):
            site.sign(SLUG, organisation=f"Union {n}", email=f"office@u{n}.example")
        for message in site.mails(3):
            site.confirm(message)
        # To how many a mail would go is said before.
        ask = (SLUG, "--where", "state = confirmed", "-n")
        told = site.json("signature", "approve", *ask)
        assert (told["mailed"], told["mail_minutes"]) == (3, 10), told
        assert "3 signatories are mailed in 10 minutes" in site.run("signature", "approve", *ask).stdout
        assert site.json("signature", "refuse", *ask)["mailed"] == 0
        assert site.json("signature", "refuse", *ask, "--tell")["mailed"] == 3
        assert site.json("signature", "strike", *ask)["mailed"] == 0
        assert "mailed" not in site.run("signature", "hold", *ask).stdout
        assert site.json("signature", "approve", SLUG, "--where", "state = confirmed", "--yes")["changed"] == 3
        assert len(site.json("mail", "list")) == 3
        assert site.json("act", "undo", "1", "--yes")["changed"] == 3
        assert site.json("mail", "list") == []
        assert look(site, "SELECT COUNT(mailbox) FROM signature") == [(3,)]
        assert site.json("signature", "refuse", SLUG, "--where", "domain like 'u*'", "--reason", "bots", "--yes")["changed"] == 3
        assert site.json("mail", "list") == [] and look(site, "SELECT COUNT(mailbox) FROM signature") == [(3,)]
        assert len(site.mails()) == 3


# ---- what filters find ----

COUNTRIES = ("KZ", "FR", "VA", "GB")
DOMAINS = ("x.example", "mail.x.example", "y.example", "bots.example")
AFFILIATIONS = ("ITUC", "ITUC, IndustriALL", "WFTU", "")
NAMES = ("Oil Workers", "Öl Arbeiter", "Nurses of the North", "Union oil")
VISIBILITIES = ("public", "organisation", "counted")
KINDS = ("union", "branch", "federation")


def plain(text):
    import unicodedata
    text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    return "".join(c if c.isalnum() else " " for c in text).split()


def make_people(site, count, choice):
    """Signs as different people, and moves their confirmation to some hours of the last week."""
    people = {}
    for n in range(count):
        person = {"country": choice.choice(COUNTRIES), "domain": choice.choice(DOMAINS), "affiliation": choice.choice(AFFILIATIONS),
                  "name": f"{choice.choice(NAMES)} {n}", "visibility": choice.choice(VISIBILITIES), "kind": choice.choice(KINDS),
                  "members": choice.choice((None, 5, 100, 2000)), "hour": (TODAY - choice.randrange(2)) * 24 + choice.randrange(3)}
        people[person["name"]] = person
        answer = site.sign(SLUG, organisation=person["name"], organisation_latin="", country=person["country"],
                           affiliation=person["affiliation"], members="" if person["members"] is None else str(person["members"]),
                           email=f"office{n}@{person['domain']}", visibility=person["visibility"], kind=person["kind"])
        assert answer.status == 303, answer.text
    for message in site.mails(count):
        assert site.request(link(message), data=b"", headers={"Content-Type": "application/x-www-form-urlencoded"}).status == 303
    for row in site.json("signature", "list", SLUG):
        people[row["organisation"]]["id"] = row["id"]
    site.stop()
    db = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    with db:
        for person in people.values():
            db.execute("UPDATE signature SET hour = ?, signed_on = ? WHERE public_id = ?",
                       (person["hour"], person["hour"] // 24, person["id"]))
    db.close()
    site.start()
    for verb, share in (("approve", 5), ("hold", 4), ("refuse", 3)):
        ids = [p["id"] for p in choice.sample(list(people.values()), count // share)]
        site.run("signature", verb, "--reason", "x", "--yes", *ids, check=False)
    for person in people.values():
        person["state"], hour = look(site, "SELECT state, hour FROM signature WHERE public_id = ?", person["id"])[0]
        person["day"] = person["hour"] // 24
        person["hour"] = hour
    for person in people.values():
        key = "day" if person["hour"] is None else "hour"
        person["burst"] = sum(p["country"] == person["country"] and p[key] == person[key] for p in people.values())
    return list(people.values())


def hour_text(hour):
    return f"{EPOCH + datetime.timedelta(days=hour // 24)}T{hour % 24:02}"


def day_text(day):
    return str(EPOCH + datetime.timedelta(days=day))


COMPARE = {"=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
           ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def number_term(choice, field, values, show):
    sign, value = choice.choice(list(COMPARE)), choice.choice(values)
    text = f"{field} {sign} {show(value)}"

    def holds(p):
        if p[field] is None:
            return field == "members" and sign == "!="
        return COMPARE[sign](p[field], value)
    return text, holds


def word_term(choice, field, values, show=str):
    some = choice.sample(values, choice.randrange(1, 3))
    how = choice.choice(("=", "!=", "in", "not in"))
    if how in ("=", "!="):
        some = some[:1]
    shown = ", ".join(show(value) for value in some)
    text = f"{field} {how} " + (f"({shown})" if "in" in how else shown)
    return text, lambda p: (p[field] in some) != (how in ("!=", "not in"))


def term(choice):
    field = choice.choice(("state", "country", "day", "hour", "domain", "domain like", "affiliation", "name", "burst", "visibility",
                           "kind", "members"))
    if field in ("state", "country", "visibility", "kind", "domain"):
        values = {"state": ("confirmed", "held", "listed", "refused"), "country": COUNTRIES, "visibility": VISIBILITIES,
                  "kind": KINDS, "domain": DOMAINS}[field]
        return word_term(choice, field, values)
    if field == "day":
        return number_term(choice, field, (TODAY, TODAY - 1), day_text)
    if field == "hour":
        return number_term(choice, field, [(TODAY - d) * 24 + h for d in range(2) for h in range(3)], hour_text)
    if field == "burst":
        return number_term(choice, field, (1, 2, 3, 5), str)
    if field == "members":
        return number_term(choice, field, (5, 99, 100, 2000), str)
    if field == "affiliation":
        value = choice.choice(("ituc", "IndustriALL", "WFTU"))
        return f"affiliation = '{value}'", lambda p: value.lower() in [a.strip().lower() for a in p["affiliation"].split(",")]
    if field == "domain like":
        value = choice.choice(("*.x.example", "*x.example", "mail.*", "*bots*"))
        middle = value.strip("*")
        return f"domain like '{value}'", lambda p: (p["domain"].endswith(middle) if value[-1] != "*" else
                                                    p["domain"].startswith(middle) if value[0] != "*" else middle in p["domain"])
    words = choice.choice(("oil", "Öl", "wor*", "oil wor*", "nurses north", "un*"))

    def named(p):
        there = plain(p["name"])
        return all(any(w.startswith(plain(word)[0]) if word.endswith("*") else w == plain(word)[0] for w in there) for word in words.split())
    return f"name like '{words}'", named


def test_filters():
    """Random filters find what they should, by the database and by Python."""
    choice = random.Random(5)
    with Site() as site:
        people = make_people(site, 60, choice)
        sizes = set()
        for _ in range(150):
            terms = []
            for _ in range(choice.randrange(1, 4)):
                text, holds = term(choice)
                if choice.random() < 0.2 and not text.startswith("members"):
                    # An hour that is not known any more is found neither way.
                    needs = "hour" if text.startswith("hour") else "day"
                    terms.append((f"not {text}", lambda p, h=holds, f=needs: p[f] is not None and not h(p)))
                else:
                    terms.append((text, holds))
            where = " and ".join(text for text, _ in terms)
            wanted = {p["id"] for p in people if all(holds(p) for _, holds in terms)}
            found = {row["id"] for row in site.json("signature", "list", SLUG, "--where", where)}
            assert found == wanted, (where, found ^ wanted, [p for p in people if p["id"] in found ^ wanted])
            sizes.add(len(found))
        assert len(sizes) > 15, sizes
        waiting = {p["id"] for p in people if p["state"] == "confirmed" and p["country"] == "KZ"}
        assert {r["id"] for r in site.json("signature", "list", SLUG, "--state", "confirmed", "--where", "country = KZ")} == waiting


if __name__ == "__main__":
    main([test_ids_interrupted, test_ids_and_a_dead_service, test_looking_changes_nothing, test_strike_and_undo, test_killed_command, test_killed_service, test_without_service,
          test_on_a_terminal, test_mails_wait, test_filters])
