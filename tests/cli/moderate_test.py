#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""undersign moderate: by keys in a real terminal (tmux), by lines through a pipe, by two at once; what it marks, what it
undoes, where it goes on, and what it leaves behind when the connection or the program ends in the middle."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import BUILD, PROGRAM, Site, body, main, wait_until  # noqa: E402

os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
SLUG = "ardenia-oil-strike"
PARTLY, NO_CONNECTION, INTERRUPTED = 1, 74, 130


def sign_all(site, entries):
    """(name, fields) each signed and confirmed, in this order; gives their ids by name."""
    before = len([m for m in site.mails() if "/c/" in body(m)])
    site.signed = getattr(site, "signed", 0)
    for name, fields in entries:
        site.signed += 1
        values = {"organisation_latin": None, "email": f"office@union{site.signed}.example", **fields}
        answer = site.sign(SLUG, organisation=name, **values)
        assert answer.status == 303, (answer.status, answer.text)

    def links():
        found = [m for m in site.mails() if "/c/" in body(m)]
        return found[before:] if len(found) >= before + len(entries) else None
    for message in wait_until(links):
        assert site.confirm(message).status == 303
    return {s["organisation"]: s["id"] for s in site.json("signature", "list", SLUG)}


def plain(words, **fields):
    """Names that are not like each other."""
    return [(word, fields) for word in words.split()]


NAMES = "Bakers Cobblers Drivers Florists Glaziers Hatters Joiners Lockmakers Millers Potters Saddlers Tanners"


def states(site):
    return {s["organisation"]: s["state"] for s in site.json("signature", "list", SLUG)}


def shown(text):
    """The ids that a piped run printed, in order."""
    return re.findall(rf"^{SLUG} (\S+) \((?:confirmed|held)\)", text, re.M)


def audit(site):
    """(act, subject, reason) of decisions, read from the file."""
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute(
            "SELECT a.act, d.subject, d.reason FROM audit a JOIN audit_detail d USING (seq) WHERE a.act IN "
            "('signature.approve', 'signature.refuse', 'signature.hold', 'signature.restore', 'signature.unlist') "
            "ORDER BY a.seq").fetchall()
    finally:
        connection.close()


class Session:
    """A run of moderate --jsonl, asked one line at a time."""

    def __init__(self, site, *arguments):
        self.process = subprocess.Popen([PROGRAM, "--site", site.folder, "moderate", *arguments, "--jsonl"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def read(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        out, err = self.process.communicate(timeout=60)
        return [json.loads(line) for line in out.splitlines()], err, self.process.returncode


class Terminal:
    """The program in a tmux of its own, under a shell, so that what it does to the terminal is seen."""

    def __init__(self, site, columns=80, rows=24, environment=""):
        self.name = f"undersign-test-{os.getpid()}-{id(self)}"
        self.out = os.path.join(site.folder, "terminal")
        self.site = site
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", str(columns), "-y", str(rows),
                  f"env -u TMUX {environment} PS1='% ' HISTFILE= bash --norc --noprofile -i")
        self.wait(lambda screen: "%" in screen)

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-L", self.name, *arguments], check=True, capture_output=True, text=True).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", "-t", "t", text)

    def wait(self, what):
        return wait_until(lambda: (lambda screen: screen if what(screen) else None)(self.screen()))

    def see(self, *words):
        return self.wait(lambda screen: all(word in screen for word in words))

    def run(self, line):
        self.type(line)
        self.keys("Enter")

    def moderate(self, more=""):
        self.run(f"stty -a > {self.out}.before; {PROGRAM} --site {self.site.folder} moderate {more}; "
                 f"echo ended=$?; stty -a > {self.out}.after")

    def ended(self):
        """What stands on the usual screen behind a run, and its exit status; the terminal is as it was."""
        screen = self.wait(lambda screen: re.search(r"^ended=\d", screen, re.M))
        status = int(re.search(r"^ended=(\d+)", screen, re.M).group(1))
        wait_until(lambda: os.path.exists(f"{self.out}.after") and os.path.getsize(f"{self.out}.after"))
        with open(f"{self.out}.before") as before, open(f"{self.out}.after") as after:
            assert before.read() == after.read()
        os.remove(f"{self.out}.after")
        return screen, status

    def press(self, key):
        """A key on a signature: longer after it appeared than nobody can have read it."""
        time.sleep(0.5)
        self.keys(key)

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True)


def test_piped():
    """Lines through a pipe list, refuse, hold, skip, undo and note; what was put off comes last, the next time too."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers Drivers Florists Glaziers Hatters"))
        names = {value: key for key, value in ids.items()}
        done = site.run("moderate", SLUG, stdin="l\nr no such union\nh\ns\nn looked for its site\nq\n")
        order = shown(done.stdout)
        assert len(order) == 5 and len(set(order)) == 5, done.stdout
        assert "1 listed, 1 refused, 1 held, 1 skipped, 1 noted" in done.stderr, done.stderr
        now = states(site)
        assert [now[names[i]] for i in order] == ["listed", "refused", "held", "confirmed", "confirmed"], now
        # What nobody has seen comes first, then what was put off: the held one before the skipped one.
        last = [i for i in ids.values() if i not in order]
        done = site.run("moderate", stdin="l\nl\ns\ns\n")
        again = shown(done.stdout)
        assert set(again[:2]) == {order[4], last[0]} and again[2:] == [order[2], order[3]], (again, order)
        assert "still wait" in done.stderr
        # Undoing goes back step by step, also behind the last one.
        done = site.run("moderate", stdin="l\nr false\nu\nu\nu\nq\n", check=False)
        assert done.returncode == PARTLY and "Nothing has been done since you began" in done.stderr, done.stderr
        assert "0 listed, 0 refused, 0 held, 0 skipped, 2 undone" in done.stderr, done.stderr
        assert sorted(states(site).values()) == ["confirmed", "held", "listed", "listed", "listed", "refused"]


def test_refused_lines():
    """A refusal needs a reason, and what is no command does nothing; each is said."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers"))
        done = site.run("moderate", stdin="r\nlist all\nx\n\nn\n?\n", check=False)
        assert done.returncode == PARTLY and "a reason is needed: r REASON" in done.stderr, done.stderr
        assert done.stderr.count("nothing was done for") == 3, done.stderr
        assert set(states(site).values()) == {"confirmed"} and audit(site) == []
        done = site.run("moderate", "no-such-appeal", check=False, stdin="l\n")
        assert done.returncode == 66 and "no appeal" in done.stderr, (done.returncode, done.stderr)
        assert "What was said to be done" not in done.stderr and "listed" not in done.stderr, done.stderr
        assert site.run("moderate", stdin="").returncode == 0


def test_a_line_for_each():
    """With --jsonl each line that is typed is answered by one, and what was done before is not told again."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers"))
        session = Session(site)
        assert "signature" in session.read()
        for line, key in (("foo", "error"), ("r", "error"), ("n", "error"), ("o", None), ("?", None)):
            session.say(line)
            answer = session.read()
            assert answer["line"] == line and ("error" in answer) == (key == "error"), answer
        session.say("u")
        assert "since you began" in session.read()["reason"] and "signature" in session.read()
        session.say("l")
        assert session.read()["state"] == "listed" and "signature" in session.read()
        session.say("foo")
        assert session.read()["error"] == "not-done"
        session.process.stdin.buffer.write(b"r \xff\n")
        session.process.stdin.flush()
        answer = session.read()
        assert answer["line"] is None and "UTF-8" in answer["reason"], answer
        session.process.stdin.buffer.write(b"l\0x\n")
        session.process.stdin.flush()
        assert session.read()["error"] == "not-done"
        session.say("l")
        assert session.read()["state"] == "listed"
        assert session.read()["over"] == 1
        out, err, status = session.end()
        assert status == PARTLY and out == [{"summary": out[0]["summary"]}] and out[0]["summary"]["listed"] == 2, (out, err)


def test_without_an_end():
    """`yes s | undersign moderate` ends when all were skipped."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers"))
        done = subprocess.run(["bash", "-c", f'yes s | timeout 20 "{PROGRAM}" --site "{site.folder}" moderate'],
                              capture_output=True, text=True)
        assert done.returncode == PARTLY and "2 skipped" in done.stderr, (done.returncode, done.stderr[-300:])
        assert done.stderr.count("nothing is left") == 1, done.stderr[-300:]


def whole(site):
    """All that a look must leave as it is."""
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                for table in ("signature", "review", "moderator_note", "audit", "outbox", "act")]
    finally:
        connection.close()


def test_trial():
    """--dry-run shows all that wait, what others look at and what is put off too, says what each key would do, and
    neither claims nor writes anything."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers Drivers Florists"))
        site.run("signature", "hold", ids["Drivers"])
        site.run("moderate", stdin="s\nq\n")
        other = Session(site)
        claimed = other.read()["signature"]["id"]
        before = whole(site)
        done = site.run("moderate", "--dry-run", stdin="l\nu\nr a fake\nn looked\nh\ns\nu\no\ns\ns\n")
        order = shown(done.stdout)
        assert set(order) == set(ids.values()) and claimed in order and order[-1] == ids["Drivers"], done.stdout
        for words in ("It would be listed; nothing was done", "It would be refused; nothing was done",
                      "The note would be kept; nothing was done", "It would be held; nothing was done",
                      "That was the last one. All of them wait still.",
                      "nothing was done; it would be: 0 listed, 1 refused, 1 held, 2 skipped"):
            assert words in done.stderr, (words, done.stderr)
        assert whole(site) == before
        trial = Session(site, SLUG, "--dry-run")
        first = trial.read()
        trial.say("r a fake")
        assert trial.read() == {"id": first["signature"]["id"], "would_be": "refused", "reason": "a fake", "changed": False}
        assert trial.read()["signature"]["id"] == order[1], order
        rest = trial.end()[0]
        assert rest[-1]["summary"]["is_trial"] and rest[-1]["summary"]["refused"] == 1, rest
        with Terminal(site) as terminal:
            terminal.moderate("--dry-run")
            terminal.see("[trial: nothing is done]", "3 wait, 1 held")
            for _ in range(4):
                terminal.press("l")
                terminal.see("It would be listed")
            terminal.see("That was the last one", "a again from the first")
            terminal.keys("a")
            terminal.see("[trial: nothing is done]", "l list")
            terminal.keys("q")
            screen, status = terminal.ended()
            assert status == 0 and "nothing was done; it would be: 4 listed" in " ".join(screen.split()), screen
        assert whole(site) == before
        other.end()


def test_trial_keeps_its_place():
    """What others do to the one that a trial stands at neither ends it nor begins it anew."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers Drivers Florists Glaziers"))
        site.run("signature", "hold", ids["Bakers"])
        site.run("signature", "hold", ids["Cobblers"])

        def order():
            return shown(site.run("moderate", "--dry-run", stdin="s\n" * 5 + "q\n").stdout)
        waiting = order()[:3]
        trial, seen, held = Session(site, "--dry-run"), [], []
        while True:
            facts = trial.read()
            if "signature" not in facts:
                break
            seen.append((facts["signature"]["id"], facts["signature"]["state"]))
            assert len(seen) < 20, seen
            # The one that is shown, and the one that is fetched already. What is taken back stands where it stood.
            if len(seen) == 1:
                site.run("signature", "hold", *waiting[:2])
                for key in "su":
                    trial.say(key)
                    assert trial.read() and "signature" in trial.read()
            if len(seen) == 4:
                held = order()[1:]
                site.run("signature", "approve", *held[:2])
            trial.say("s")
            assert trial.read()["would_be"] == "skipped"
        assert facts["over"], facts
        assert seen == [(one, "confirmed") for one in waiting] + [(one, "held") for one in held], (seen, waiting, held)
        trial.say("q")
        trial.end()


def test_names_of_one_in_the_register():
    """Who signed by another name of the same organisation is told: it is why a known one waits."""
    with Site() as site:
        register = os.path.join(site.folder, "list.csv")
        with open(register, "w") as f:
            f.write("name,country,domains,aliases\nRacer Zorb,KZ,race.example race2.example,Knobel Quix\n")
        site.run("register", "import", register)
        first = sign_all(site, [("Racer Zorb", {"email": "a@race.example"})])
        site.run("signature", "approve", first["Racer Zorb"])
        sign_all(site, [("Knobel Quix", {"email": "a@race2.example"})])
        text = site.run("moderate", "-n", stdin="o\nq\n").stdout
        assert re.search(r"!! SIGNED ALREADY +listed: \u201cRacer Zorb\u201d \([0-9-]+\), the register has both as one "
                         r"organisation", " ".join(text.split())), text
        assert "one organisation in the register" in " ".join(text.split()), text
        session = Session(site, "-n")
        facts = session.read()
        assert facts["signature"]["marks"] == ["twice", "known-domain"], facts
        other = facts["others"][0]
        assert (other["id"], other["likeness"], other["same_in_register"]) == (first["Racer Zorb"], None, True), other
        session.end()


def test_numbers_are_no_reasons():
    """A number is one of the reasons that were shown for this signature, or nothing; what the service wrote is none."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers Drivers"))
        site.run("signature", "refuse", ids["Bakers"], "--reason", "bots")
        site.run("signature", "refuse", SLUG, "-w", "name = cobblers", "--reason", "spam", "-y")
        site.run("act", "undo", "1", "-y")
        site.run("act", "undo", "2", "-y")
        done = site.run("moderate", stdin="r 1\nr 12\nq\n", check=False)
        assert done.returncode == PARTLY and done.stderr.count("a number alone is no reason") == 2, done.stderr
        assert states(site)["Drivers"] == "confirmed"
        done = site.run("moderate", stdin="r\nr 3\nr 2\nq\n", check=False)
        assert "1  spam" in done.stderr and "2  bots" in done.stderr and "3  " not in done.stderr, done.stderr
        assert "There is no such reason" in done.stderr and "Refused: Drivers" in done.stderr, done.stderr
        drivers = [entry for entry in site.json("audit", "list") if entry["subject"] == ids["Drivers"]]
        assert "bots" in [entry["reason"] for entry in drivers], drivers


def test_marks():
    """Throwaway and free mail, names refused before, the same mailbox, a burst: marked, the loudest first."""
    with Site() as site:
        register = os.path.join(site.folder, "list.csv")
        with open(register, "w") as f:
            f.write("name,country,domains\nOilworkers Independent Trade Union,KZ,oilworkers.example\n")
        site.run("register", "import", register)
        ids = sign_all(site, [("Независимый профсоюз «Жанарту»", {"email": "a@zhanartu.example"})])
        site.run("signature", "refuse", ids["Независимый профсоюз «Жанарту»"], "--reason", "no such union")
        ids = sign_all(site, [
            ("Nezavisimyi profsoyuz Zhanartu", {"email": "b@zhanartu.example"}),
            ("Drivers", {"email": "c@mailinator.com"}), ("Glaziers", {"email": "d@gmail.com"}),
            ("Oilworkers Independant Trade Union", {"email": "f@yahoo.com"}),
            ("Hatters", {"email": "e@one.example"}), ("Joiners", {"email": "e@one.example"}),
            *plain("Bakers Cobblers Florists Millers Potters Tanners Saddlers Lockmakers", country="GB"),
            *[(f"Welders of {town}", {"country": "GB", "email": f"{town}@welders.example"})
              for town in ("Leeds", "York", "Bath", "Hull")],
        ])
        session, seen = Session(site), {}
        while True:
            facts = session.read()
            if "signature" not in facts:
                break
            seen[facts["signature"]["organisation"]] = facts
            session.say("s")
            assert session.read()["decision"] == "skip"
        assert facts["over"] and facts["put_off"] == len(ids) - 1
        session.say("q")
        session.end()
        marks = {name: facts["signature"]["marks"] for name, facts in seen.items()}
        assert marks["Nezavisimyi profsoyuz Zhanartu"][:2] == ["refused-name", "refused-domain"], marks
        assert marks["Drivers"] == ["disposable"] and marks["Glaziers"] == ["free"], marks
        # Much like one that the register knows, from somebody else's mailbox.
        assert marks["Oilworkers Independant Trade Union"] == ["free", "near"], marks
        assert marks["Hatters"] == marks["Joiners"] == ["mailbox"], marks
        assert marks["Bakers"] == ["burst"] and "burst" in marks["Welders of Leeds"], marks
        welders = seen["Welders of Leeds"]["signature"]
        assert (welders["burst"], welders["burst_same_domain"], welders["burst_domains"]) == (11, 3, 9), welders
        assert (welders["mail_domain"], welders["mail_domain_kind"], welders["domain_confirmed"]) == \
            ("welders.example", "own", 3), welders
        other = seen["Nezavisimyi profsoyuz Zhanartu"]["others"][0]
        assert other["state"] == "refused" and other["same_domain"] and other["likeness"] >= 80, other
        # In words, and with a sign for each: colour is never all.
        done = site.run("moderate", stdin="q\n", check=False)
        text = site.run("moderate", "--color", "never", stdin="s\n" * 20 + "q\n", check=False).stdout
        assert "\033" not in text and "!! REFUSED BEFORE" in text and "!! THROWAWAY MAIL" in text, text
        assert " - FREE MAIL" in text and " ! SAME MAILBOX" in text and " ! BURST" in text, text
        near = next(line for line in text.splitlines() if "NEAR KNOWN NAME" in line)
        assert near.startswith(" - NEAR KNOWN NAME  the register") and "Oilworkers Independent Trade Union" in text, near
        assert "\033[" in site.run("moderate", "--color", "always", stdin="s\n" * 20, check=False).stdout
        assert done.returncode == 0


def test_names_of_strangers():
    """What reads from right to left is isolated; a name in another script is transliterated, and that is said."""
    with Site() as site:
        sign_all(site, [("اتحاد عمال النفط", {"country": "EG", "town": "القاهرة"})])
        text = site.run("moderate", stdin="").stdout
        assert "\u2068اتحاد عمال النفط\u2069" in text and "union, Egypt, \u2068القاهرة\u2069" in text, text
        assert "(our transliteration)" in text


def test_somebody_was_first():
    """Who decides on one that another decided on meanwhile is told who did what and why, and changes nothing."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers"))
        session = Session(site)
        first = session.read()["signature"]["id"]
        site.run("signature", "refuse", first, "--reason", "seen elsewhere")
        session.say("l")
        session.process.stdin.close()
        session.process.stdin = None
        out, err, status = session.end()
        assert status == PARTLY and "by unix:" in err and "seen elsewhere" in err and "refused" in err, err
        assert "signature.refuse" not in err, err
        told = [line for line in out if line.get("by")]
        assert len(told) == 1 and told[0]["by"].startswith("unix:") and told[0]["reason"] == "seen elsewhere", out
        assert told[0]["state"] == "refused" and told[0]["changed"] is False, told
        now = {s["id"]: s["state"] for s in site.json("signature", "list", SLUG)}
        assert now[first] == "refused" and sorted(now.values()) == ["confirmed", "refused"]
        assert len(ids) == 2


def test_two_at_once():
    """Two who moderate at once are never shown the same one, and each is decided exactly once."""
    with Site() as site:
        names = [f"{word} {town}" for word in NAMES.split() for town in ("Leeds", "Oslo", "Lima", "Nara", "Baku")]
        assert len(names) == 60
        ids = set(sign_all(site, [(name, {}) for name in names]).values())
        seen, errors, both = [[], []], [], threading.Barrier(2, timeout=60)

        def work(number):
            session = Session(site)
            try:
                while True:
                    facts = session.read()
                    if "signature" not in facts:
                        break
                    seen[number].append(facts["signature"]["id"])
                    if len(seen[number]) == 1:
                        both.wait()  # each looks at one before anything is decided
                    session.say("l" if number == 0 else "r not a union")
                    result = session.read()
                    assert result["changed"] and result["id"] == seen[number][-1], result
                session.say("q")
                summary = session.end()[0][-1]["summary"]
                assert summary["listed"] + summary["refused"] == len(seen[number]), summary
            except Exception as error:  # it is another thread's
                errors.append(error)
                session.process.kill()
        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors, errors
        assert not set(seen[0]) & set(seen[1]) and set(seen[0]) | set(seen[1]) == ids
        assert seen[0] and seen[1]
        subjects = [subject for _, subject, _ in audit(site)]
        assert len(subjects) == 60 and set(subjects) == ids
        assert site.run("check", "counts").returncode == 0


def test_no_mailbox_is_left():
    """Of one that comes back after its mail has left nobody can be mailed: it is said wherever it is decided."""
    with Site(options={"mail": {"decision_minutes": 0}}) as site:
        one = sign_all(site, plain("Bakers Cobblers"))["Bakers"]
        words = "mailbox is not kept any more"

        def told(*command):
            done = site.run("signature", *command, one, "--json")
            return words in done.stderr, json.loads(done.stdout)["unreached"]
        before = len(site.mails())
        assert told("refuse", "--reason", "no mandate") == (False, False)
        site.mails(before + 1)
        wait_until(lambda: gone(site, one))
        assert told("restore", "--dry-run") == (True, True)
        assert told("restore") == (True, True)
        done = site.run("moderate", "--jsonl", stdin="q\n")
        facts = json.loads(done.stdout.splitlines()[0])["signature"]
        assert facts["has_mailbox"] == (facts["id"] != one), facts
        said = site.run("moderate", stdin="l\nl\nq\n")
        assert said.stdout.count("Mail to") == 1 and "nobody: its " + words in said.stdout, said.stdout
        assert said.stderr.count(words) == 1, said.stderr
        assert told("unlist") == (True, True) and told("refuse", "--reason", "no mandate") == (True, True)
        assert len(site.mails()) == before + 2


def gone(site, name):
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute("SELECT mailbox IS NULL FROM signature WHERE public_id = ?", (name,)).fetchone()[0] \
            and not connection.execute("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'").fetchone()[0]
    finally:
        connection.close()


def held(site):
    """How many are claimed, read from the file."""
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute("SELECT COUNT(*) FROM review WHERE until > 0").fetchone()[0]
    finally:
        connection.close()


def test_claims():
    """What one looks at nobody else is shown; it is free when that one quits, and when its claim is over."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers Cobblers Drivers"))
        one, two = Session(site), None
        first = one.read()["signature"]["id"]
        two = Session(site)
        second = two.read()["signature"]["id"]
        # The first has claimed the next one too, so that it is there at once.
        assert second != first
        third = Session(site)
        over = third.read()
        assert over["over"] and over["taken"] == 3, over
        third.say("q")
        third.end()
        one.say("q")
        one.end()
        third = Session(site)
        assert third.read()["signature"]["id"] in set(ids.values()) - {second}
        # One that was killed keeps nothing.
        third.process.kill()
        third.process.wait()
        wait_until(lambda: held(site) == 1)
        fourth = Session(site)
        assert "signature" in fourth.read()
        # Nor one whose service was.
        site.stop(signal.SIGKILL)
        fourth.end()
        assert held(site) == 3
        site.start()
        assert held(site) == 0
        fifth = Session(site)
        assert "signature" in fifth.read()
        fifth.say("q")
        fifth.end()
        two.process.kill()
        two.process.wait()


def test_without_daemon():
    """With no service running it works the same, and what was claimed is kept in between."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers Drivers"))
        site.stop()
        # Whoever is killed leaves nothing claimed here either.
        session = Session(site)
        session.read()
        assert held(site) > 0
        session.process.kill()
        session.process.wait()
        wait_until(lambda: held(site) == 0)
        done = site.run("moderate", stdin="l\nr false\nu\nq\n")
        assert "1 listed, 0 refused, 0 held, 0 skipped, 1 undone" in done.stderr, done.stderr
        site.start()
        assert sorted(states(site).values()) == ["confirmed", "confirmed", "listed"]


def test_connection_breaks():
    """A service that dies in the middle ends it with a clear word; nothing said to be done is lost; it goes on later."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers Drivers"))
        session = Session(site)
        first = session.read()["signature"]["id"]
        session.say("l")
        assert session.read()["state"] == "listed"
        assert session.read()["signature"]["id"] != first
        site.stop(signal.SIGKILL)  # noticed without another word
        assert session.process.wait(10) == NO_CONNECTION
        out, err, status = session.end()
        assert status == NO_CONNECTION and "start `undersign moderate` again" in err, (status, err)
        assert out[-1]["summary"]["listed"] == 1, out
        site.start()
        assert sorted(states(site).values()) == ["confirmed", "confirmed", "listed"]


def test_keys():
    """A terminal: one key each for list, refuse with its reason, hold, skip, undo and note; quit, and go on there."""
    with Site() as site:
        sign_all(site, plain(NAMES))
        with Terminal(site) as terminal:
            terminal.moderate()
            screen = terminal.see("12 wait", "l list", "q quit")
            lines = screen.rstrip("\n").split("\n")
            assert len(lines) == 24 and "l list  r refuse" in lines[23], screen
            terminal.press("l")
            terminal.see("Listed: ", "11 wait")
            terminal.press("r")
            terminal.see("Reason:", "Why?")
            terminal.keys("Enter")
            terminal.see("Not refused")
            terminal.press("r")
            terminal.see("Why?")
            terminal.type("нет такого союзаa")
            terminal.keys("BSpace", "Enter")
            terminal.see("Refused: ", "10 wait")
            terminal.press("r")
            terminal.see("1  нет такого союза")
            terminal.type("1")
            terminal.keys("Enter")
            terminal.see("Refused: ", "9 wait")
            terminal.press("h")
            terminal.see("Held: ", "8 wait, 1 held")
            terminal.press("s")
            terminal.see("Skipped, it comes again")
            terminal.press("u")
            terminal.see("Not skipped any more")
            terminal.press("u")
            terminal.see("Not held any more", "9 wait")
            terminal.press("n")
            terminal.see("Note:")
            terminal.type("asked the federation")
            terminal.keys("Enter")
            terminal.see("The note is kept", "asked the federation")
            terminal.press("o")
            terminal.see("any key: close")
            terminal.keys("x")
            terminal.press("?")
            terminal.see("!! likely false")
            terminal.keys("x")
            terminal.see("l list")
            terminal.press("q")
            screen, status = terminal.ended()
            assert status == 0 and "1 listed, 2 refused, 0 held, 0 skipped, 2 undone, 1 noted" in screen, screen
            acts = audit(site)
            assert [act.split(".")[1] for act, _, _ in acts] == ["approve", "refuse", "refuse", "hold", "restore"], acts
            assert acts[1][2] == acts[2][2] == "нет такого союза", acts
            # A reason of the last time is offered again; the rest waits.
            terminal.run("clear")
            terminal.moderate()
            terminal.see("9 wait", "l list")
            terminal.press("r")
            terminal.see("1  нет такого союза")
            terminal.keys("Escape")
            terminal.see("Nothing was done")
            terminal.press("q")
            terminal.ended()


def test_stray_keys():
    """Keys typed before anybody can have read what is shown decide nothing."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers Drivers Florists Glaziers"))
        with Terminal(site) as terminal:
            terminal.moderate()
            terminal.see("5 wait", "l list")
            time.sleep(0.5)
            terminal.type("llllllll")
            terminal.see("Listed: ", "4 wait")
            terminal.press("q")
            terminal.ended()
        assert sorted(states(site).values()) == ["confirmed"] * 4 + ["listed"]


def test_terminal_left_as_it_was():
    """After Ctrl-C, Ctrl-Z and fg, and a service that dies; and the screen is the terminal's own again."""
    with Site() as site:
        sign_all(site, plain("Bakers Cobblers"))
        with Terminal(site) as terminal:
            terminal.moderate()
            terminal.see("2 wait", "l list")
            terminal.keys("C-c")
            screen, status = terminal.ended()
            assert status == INTERRUPTED and "0 listed" in screen and "l list" not in screen, (status, screen)
            terminal.run("clear")
            terminal.run(f"{PROGRAM} --site {site.folder} moderate")
            terminal.see("2 wait", "l list")
            terminal.run(f"stty -a > {terminal.out}.raw")  # typed, not obeyed
            terminal.keys("C-z")
            terminal.see("Stopped")
            terminal.run(f"stty -a | cmp - {terminal.out}.before && echo the same as before")
            terminal.see("the same as before\n")
            terminal.run("fg")
            terminal.wait(lambda screen: "l list" in screen and "Stopped" not in screen)
            site.stop(signal.SIGKILL)
            terminal.press("l")
            terminal.see("start `undersign moderate` again")
            terminal.run(f"clear; stty -a | cmp - {terminal.out}.before && echo the same as before")
            terminal.see("the same as before\n")
            site.start()
            assert sorted(states(site).values()) == ["confirmed", "confirmed"]


def test_terminal_closed():
    """Whose terminal is closed gives up what it had claimed: the next one is shown it at once."""
    with Site() as site:
        sign_all(site, plain("Bakers"))
        with Terminal(site) as terminal:
            terminal.run(f"exec {PROGRAM} --site {site.folder} moderate")
            terminal.see("1 wait", "l list")
            session = Session(site)
            assert session.read()["taken"] == 1
            session.say("q")
            session.end()
        wait_until(lambda: len(shown(site.run("moderate", stdin="").stdout)) == 1)


def test_service_dies_at_the_keys():
    """A service that dies while nobody presses a key is told of at once; what it says stands behind the screen."""
    with Site() as site:
        sign_all(site, plain("Bakers"))
        with Terminal(site) as terminal:
            terminal.moderate()
            terminal.see("l list", "Bakers")
            site.stop(signal.SIGKILL)
            screen, status = terminal.ended()
            assert status == NO_CONNECTION and "start `undersign moderate` again" in " ".join(screen.split()), screen


def test_words_of_ssh():
    """What ssh says while keys are pressed stands behind the screen, not across it."""
    with Site() as site:
        sign_all(site, plain("Bakers"))
        script, gate = os.path.join(site.folder, "ssh"), os.path.join(site.folder, "gate")
        with open(script, "w") as f:
            f.write(f'#!/bin/sh\nshift 3\necho first words >&2\n'
                    f'(while [ ! -e {gate} ]; do sleep 0.1; done; echo "odd words" >&2; touch {gate}.done) <&- >&- &\n'
                    f'PATH={BUILD}:$PATH exec sh -c "$*"\n')
        os.chmod(script, 0o755)
        with Terminal(site) as terminal:
            terminal.run(f"UNDERSIGN_SSH={script} {PROGRAM} --host there --config {site.folder}/undersign.conf moderate; "
                         "echo ended=$?")
            terminal.see("l list", "Bakers")
            with open(gate, "w"):
                pass
            wait_until(lambda: os.path.exists(gate + ".done"))
            assert "words" not in terminal.screen(), terminal.screen()
            terminal.press("q")
            terminal.see("first words", "odd words", "ended=0")


def test_sizes():
    """Narrow, wide, and another size in the middle: no line is wider, the keys stand in the last line."""
    with Site() as site:
        sign_all(site, [("Союз работников нефтегазовой промышленности и смежных отраслей Западной области",
                         {"email": "a@gmail.com", "affiliation": "Confederation of very long words", "town": "Жанаозен"})])
        for columns, rows in ((40, 20), (120, 40)):
            with Terminal(site, columns, rows) as terminal:
                terminal.moderate()
                screen = terminal.see("1 wait", "q quit")
                lines = screen.rstrip("\n").split("\n")
                assert len(lines) == rows and "quit" in lines[rows - 1], screen
                assert "FREE MAIL" in screen and "Западной" in screen and "gmail.com" in screen, screen
                terminal.tmux("resize-window", "-t", "t", "-x", "60", "-y", "22")
                terminal.wait(lambda screen: "quit" in screen.rstrip("\n").split("\n")[-1])
                terminal.press("q")
                terminal.see("ended=0")
        # However little room there is, the way out can be read.
        with Terminal(site, 20, 8) as terminal:
            terminal.moderate()
            terminal.see("? help q quit")


def test_dumb_terminal():
    """On a terminal that cannot be drawn on it asks for lines."""
    with Site() as site:
        sign_all(site, plain("Bakers"))
        with Terminal(site, environment="TERM=dumb") as terminal:
            terminal.moderate()
            terminal.see("r REASON, h, s", "Bakers")
            terminal.run("l")
            terminal.see("Listed: Bakers", "Nothing waits for a moderator.")
            terminal.run("q")
            assert terminal.ended()[1] == 0
        assert states(site) == {"Bakers": "listed"}


def test_lists_of_domains():
    """A list of domains of one's own that is wrong stops the start, with file and line, and `config check` says so."""
    site = Site({"moderation": {"free_domains": "free.txt"}}, appeals=False)
    try:
        path = os.path.join(site.folder, "free.txt")
        for text, line in (("ours.example\nno domain\n", 2), (None, None)):
            if text is None:
                os.remove(path)
            else:
                with open(path, "w") as f:
                    f.write(text)
            done = site.run("config", "check", check=False)
            assert done.returncode != 0 and "free.txt" in done.stdout + done.stderr, done
            assert line is None or f"line {line}" in done.stdout + done.stderr, done
            try:
                site.start()
            except RuntimeError as error:
                assert "free.txt" in str(error) and (line is None or "a domain must be written as" in str(error)), error
            else:
                raise AssertionError("it started")
    finally:
        shutil.rmtree(site.folder, ignore_errors=True)


def test_note():
    """signature note keeps a line for moderators alone, and takes nothing else."""
    with Site() as site:
        ids = sign_all(site, plain("Bakers"))
        note = site.json("signature", "note", ids["Bakers"], "called them: real")
        assert note == {"id": ids["Bakers"], "note": "called them: real"}, note
        assert "called them: real" in site.run("moderate", stdin="").stdout
        assert site.run("signature", "note", "0000000000000", "x", check=False).returncode == 66
        assert site.run("signature", "note", ids["Bakers"], "", check=False).returncode == 65
        assert site.run("signature", "note", ids["Bakers"], "x" * 1001, check=False).returncode == 65
        assert "called them" not in site.request(f"/ru/{SLUG}").text


if __name__ == "__main__":
    assert shutil.which("tmux"), "tmux is needed"
    main([test_piped, test_refused_lines, test_a_line_for_each, test_without_an_end, test_trial, test_trial_keeps_its_place,
          test_names_of_one_in_the_register, test_numbers_are_no_reasons, test_marks, test_names_of_strangers, test_somebody_was_first, test_two_at_once,
          test_claims, test_no_mailbox_is_left, test_without_daemon, test_connection_breaks, test_keys, test_stray_keys,
          test_terminal_left_as_it_was, test_terminal_closed, test_service_dies_at_the_keys, test_words_of_ssh,
          test_sizes, test_dumb_terminal, test_lists_of_domains, test_note])
