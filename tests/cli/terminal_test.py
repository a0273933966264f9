#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""undersign in a real terminal (tmux) and piped: tables of awkward names, the pager, colours, asking; what pipes get
with -0 and --jsonl; what --dry-run refuses; exit statuses."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import PROGRAM, TOP, Site, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cli_test import SLUG, sign_many  # noqa: E402

STATES = ("listed", "held", "refused", "struck", "confirmed")


class Tmux:
    """A shell in tmux: what is typed, and what is seen."""

    count = 0

    def __init__(self, columns=80, rows=24, **environment):
        Tmux.count += 1
        self.name = f"undersign-{os.getpid()}-{Tmux.count}"
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "PS1": "$ ", "TERM": "xterm-256color"}
        for name in ("NO_COLOR", "PAGER", "UNDERSIGN_PAGER", "LESS", "TMUX", "COLUMNS", "LINES"):
            self.environment.pop(name, None)
        self.environment.update(environment)
        self.run("new-session", "-d", "-x", str(columns), "-y", str(rows), "exec sh")

    def run(self, *words):
        return subprocess.run(["tmux", "-u", "-f", "/dev/null", "-L", self.name, *words], check=True, capture_output=True,
                              text=True, env=self.environment, timeout=30).stdout

    def __enter__(self):
        wait_until(lambda: re.search("[$#]", self.seen()))
        return self

    def __exit__(self, *rest):
        self.run("kill-server")

    def type(self, *keys):
        self.run("send-keys", *keys)

    def seen(self, *options):
        return self.run("capture-pane", "-p", *options)

    def wait(self, what):
        """Until a pattern is seen; gives the screen."""
        def look():
            text = self.seen()
            return text if re.search(what, text, re.M) else None
        try:
            return wait_until(look, 20)
        except AssertionError:
            raise AssertionError(f"no {what!r} in\n{self.seen()}")

    def command(self, *words, site=None, before=""):
        """Types a command, which says its status when it is done."""
        words = [PROGRAM, *(["--site", site.folder] if site else []), *words]
        self.type("-R", "clear; " + before + shlex.join(words) + "; printf '\\nstatus=%s\\n' $?", "Enter")

    def end(self, *words, **kwargs):
        """Runs it to its end; its status and what is seen."""
        self.command(*words, **kwargs)
        text = self.wait(r"^status=\d+$")
        return int(re.search(r"^status=(\d+)$", text, re.M).group(1)), text.split("status=")[0].rstrip("\n")


def awkward_names():
    """One or two of each kind. Left out: those of which terminals differ on how wide they are."""
    with open(os.path.join(TOP, "tests/lib/names.json"), encoding="utf-8") as f:
        taken = json.load(f)["taken"]
    kinds = {}
    for entry in taken:
        if "\u200d" not in entry["name"] and "kept" not in entry and "bytes" not in entry and len(entry["name"]) < 120:
            kinds.setdefault(entry["kind"], []).append(entry["name"])
    names = [name for kind in ("latin", "cyrillic", "hebrew", "arabic", "persian", "devanagari", "tamil", "thai", "khmer",
                               "tibetan", "han", "kana", "hangul", "nko", "bidi", "combining", "zalgo", "emoji", "csv")
             for name in kinds.get(kind, [])[:1]]
    assert len(names) >= 14, names
    return names


def signed_site():
    site = Site()
    site.start()
    names = awkward_names()
    site.ids = sign_many(site, names, organisation_latin=None)
    # One in each state that a colour is for.
    site.run("signature", "approve", site.ids[0], site.ids[1])
    site.run("signature", "hold", site.ids[2])
    site.run("signature", "refuse", site.ids[3], "--reason", "none such")
    site.run("signature", "strike", site.ids[1], "--reason", "false")
    return site


SITE = []


def the_site():
    if not SITE:
        SITE.append(signed_site())
    return SITE[0]


# Writes each line's beginning, up to its last column, and asks the terminal where it stands now.
ASK_PLACES = r"""
import os, re, sys, termios, tty
old = termios.tcgetattr(0)
tty.setraw(0)
places = []
for line in open(sys.argv[1], encoding="utf-8", newline="\n").read().splitlines():
    if "  " not in line:
        continue
    os.write(1, b"\r\x1b[2K" + (line[:line.rindex("  ")] + "  ").encode() + b"\x1b[6n")
    answer = b""
    while not re.search(rb"\x1b\[\d+;(\d+)R", answer):
        answer += os.read(0, 100)
    places.append(re.search(rb"\x1b\[\d+;(\d+)R", answer).group(1).decode())
termios.tcsetattr(0, termios.TCSADRAIN, old)
with open(sys.argv[1] + ".places", "w") as f:
    f.write(" ".join(places))
os.rename(sys.argv[1] + ".places", sys.argv[1] + ".done")
"""


def test_tables_are_aligned():
    """Columns stand under each other in a terminal's own reckoning, at 80 and 200 columns, whatever the names"""
    site = the_site()
    for columns in (80, 200):
        terminal = Terminal([PROGRAM, "--site", site.folder, "signature", "list", SLUG], 100, columns,
                            {**os.environ, "NO_COLOR": "1", "PAGER": "cat"})
        assert terminal.end() == 0
        lines = [line for line in terminal.text.replace("\r", "").split("\n") if line]
        assert len(lines) == len(site.ids) + 1, lines
        # The heading may end in an ellipsis: columns were left out.
        lines[0] = re.sub(r" \u2026$", "", lines[0])
        path = os.path.join(site.folder, f"table{columns}")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        with Tmux(columns + 20) as tmux:
            tmux.type(f"{shlex.quote(sys.executable)} -c {shlex.quote(ASK_PLACES)} {shlex.quote(path)}", "Enter")
            wait_until(lambda: os.path.exists(path + ".done"))
        with open(path + ".done", encoding="utf-8") as f:
            places = f.read().split()
        assert len(places) == len(lines) and len(set(places)) == 1, list(zip(places, lines))
        assert all(re.match(r"[0-9a-z]{13}  ", line) for line in lines[1:]), lines
        assert all(int(place) <= columns for place in places)
    with Tmux(40) as tmux:
        status, text = tmux.end("signature", "list", SLUG, site=site, before="PAGER=cat ")
        rows = [line for line in text.splitlines() if re.match(r"[0-9a-z]{13}\b", line)]
        assert status == 0 and {line[:13] for line in rows} <= set(site.ids) and len(rows) >= len(site.ids) - 1, text


def test_nothing_acts_on_the_terminal():
    """Bidi and control characters that a name could hide behind are written out, on a terminal and piped"""
    site = the_site()
    # The form takes no such name; a file that was tampered with would have it.
    site.stop()
    connection = sqlite3.connect(os.path.join(site.folder, "undersign.db"))
    name = connection.execute("SELECT organisation FROM signature ORDER BY id LIMIT 1").fetchone()[0]

    def rename(new):
        connection.execute("UPDATE signature SET organisation = ? WHERE id = (SELECT min(id) FROM signature)", (new,))
        connection.commit()
    rename("Союз\u202eзоюС\u2069 \x1b[2J")
    try:
        with Tmux(200) as tmux:
            status, shown = tmux.end("signature", "list", SLUG, site=site, before="PAGER=cat ")
        piped = site.run("signature", "list", SLUG).stdout
    finally:
        rename(name)
        connection.close()
        site.start()
    assert status == 0
    for text in (shown, piped):
        assert r"\u202eзоюС\u2069 \u001b[2J" in text and "\u202e" not in text and "\x1b" not in text, text


def test_the_pager():
    """What is longer than the screen goes to a pager, which may be quit at once, interrupted, or missing"""
    site = the_site()
    rows = ["signature", "list", SLUG]
    with Tmux(100, 12) as tmux:
        tmux.command(*rows, site=site)
        text = tmux.wait(r"^:$")
        assert text.startswith("ID ") and "status=" not in text, text
        tmux.type("C-c")
        tmux.type("q")
        assert "status=0" in tmux.wait(r"^status=")
        for pager, lines in (("PAGER='head -n 3'", 3), ("UNDERSIGN_PAGER='head -n 1' PAGER='head -n 3'", 1)):
            status, text = tmux.end(*rows, site=site, before=pager + " ")
            assert status == 0 and text.startswith("ID ") and len(text.splitlines()) == lines, text
        # Without one all goes to the terminal, which scrolls.
        for before, words, said in (("", ["--no-pager"], ""), ("PAGER= ", [], ""), ("TERM=dumb ", [], ""),
                                    ("PAGER='no-such-pager -x' ", [], "no-such-pager")):
            tmux.type("clear", "Enter")
            tmux.run("clear-history")
            status = tmux.end(*rows, *words, site=site, before=before)[0]
            text = tmux.seen("-S", "-")
            assert status == 0 and all(one in text for one in site.ids) and said in text, (before, words, text)
        # What fits is printed.
        status, text = tmux.end("appeal", "list", site=site)
        assert status == 0 and SLUG in text, text
        tmux.command("help")
        tmux.wait(r"^:$")
        tmux.type("q")
        tmux.wait(r"^status=0")
    # A pipe has none.
    done = site.run("config", "show", env={**os.environ, "PAGER": "false", "TERM": "xterm"})
    assert len(done.stdout.splitlines()) > 20


def test_colours():
    """States have colours on a terminal that wants them, and nowhere else; without them nothing is missing"""
    site = the_site()
    paints = {"listed": "32", "held": "33", "refused": "31", "struck": "31"}
    with Tmux(200, 60) as tmux:
        def look(*words, before=""):
            status, text = tmux.end("signature", "list", SLUG, *words, site=site, before=before)
            assert status == 0 and all(re.search(rf" {state} ", text) for state in STATES), text
            return tmux.seen("-e")
        painted = look()
        for state, paint in paints.items():
            assert re.search(rf"\x1b\[{paint}m{state}\b", painted), (state, painted)
        assert re.search(r"\x1b\[1mSTATE\b", painted)
        for before, words in (("NO_COLOR=1 ", []), ("TERM=dumb ", []), ("", ["--color", "never"])):
            assert not re.search(r"\x1b\[3[123]m", look(*words, before=before)), (before, words)
        assert re.search(r"\x1b\[32mlisted", look("--color=always", before="NO_COLOR=1 "))
        assert "\x1b[1mslug" in (tmux.end("appeal", "show", SLUG, site=site)[0], tmux.seen("-e"))[1]
    plain = site.run("signature", "list", SLUG, env={**os.environ, "TERM": "xterm"})
    assert "\x1b" not in plain.stdout + plain.stderr
    forced = site.run("signature", "list", SLUG, "--color", "always")
    assert "\x1b[32mlisted\x1b[0m\t" in forced.stdout and re.sub(r"\x1b\[\d*m", "", forced.stdout) == plain.stdout
    refused = site.run("signature", "list", SLUG, "--color", "blue", check=False)
    assert refused.returncode == 64 and "auto, always, never" in refused.stderr


def test_rows_for_programs():
    """--jsonl gives an object on each line, -0 rows and ids that end with NUL"""
    site = the_site()
    listed = site.json("signature", "list", SLUG)
    lines = site.run("signature", "list", SLUG, "--jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == listed and len(listed) == len(site.ids)
    shown = site.run("appeal", "show", SLUG, "--jsonl").stdout.splitlines()
    whole = site.json("appeal", "show", SLUG)
    addressees = whole.pop("addressees")
    assert [json.loads(line) for line in shown] == [whole, *addressees] and len(addressees) > 1
    assert json.loads(site.run("signature", "show", site.ids[0], "--jsonl").stdout) == site.json("signature", "show", site.ids[0])
    # Nothing is an empty list, and no line.
    assert site.run("mail", "list", "--jsonl").stdout == "" and site.json("mail", "list") == []

    tabs = site.run("signature", "list", SLUG).stdout
    assert site.run("signature", "list", SLUG, "-0").stdout == tabs.replace("\n", "\0")
    ids = "\0".join(site.ids) + "\0"
    done = site.run("signature", "show", "-", "--jsonl", stdin=ids)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == site.ids
    with Tmux(200) as tmux:
        text = tmux.end("appeal", "list", "-0", site=site)[1]
        assert "SLUG" not in text and SLUG in text, text


def test_dry_run():
    """What changes something and cannot be tried refuses --dry-run and does nothing; what reads just reads"""
    site = the_site()
    before = site.json("appeal", "list")
    refused = site.run("appeal", "import", os.path.join(TOP, "contrib/appeals", SLUG), "--dry-run", check=False)
    if "cannot be tried" in refused.stderr:
        assert refused.returncode == 64 and refused.stdout == "", refused
    key = os.path.join(site.folder, "dry.key")
    refused = site.run("key", "new", "-o", key, "-n", check=False)
    assert refused.returncode == 64 and "cannot be tried" in refused.stderr and "nothing was done" in refused.stderr, refused
    assert not os.path.exists(key)
    assert site.json("appeal", "list", "--dry-run") == before
    assert site.run("queue", "-n").returncode == 0


def test_what_cannot_be_undone():
    """Archiving asks for the name; another one, or nobody to ask, does nothing, and --yes goes on"""
    site = the_site()
    slug = "ardenia-unions-law"
    state = site.json("appeal", "show", slug)["state"]
    refused = site.run("appeal", "archive", slug, check=False)
    words = shlex.split(refused.stderr.split("if that is meant: ")[1])
    assert refused.returncode == 64 and refused.stdout == "", refused
    assert words == ["undersign", "appeal", "archive", slug, "--site", site.folder, "--yes"], words
    with Tmux(200) as tmux:
        for typed in ("yes", "", slug[:-1]):
            tmux.command("appeal", "archive", slug, site=site)
            tmux.wait(f"type {slug}:")
            tmux.type(typed, "Enter")
            assert re.search(r"^status=77$", tmux.wait(r"^status="), re.M) and "Nothing was done." in tmux.seen(), tmux.seen()
        tmux.command("appeal", "archive", slug, site=site)
        tmux.wait(f"type {slug}:")
        tmux.type("C-c")
        assert "status=130" in tmux.wait(r"^status=")
        assert site.json("appeal", "show", slug)["state"] == state
        tmux.command("appeal", "archive", slug, site=site)
        tmux.wait(f"type {slug}:")
        tmux.type(slug, "Enter")
        assert "status=0" in tmux.wait(r"^status="), tmux.seen()
    assert site.json("appeal", "show", slug)["state"] == "archived"
    # The command that was told does it.
    site.run("appeal", "reopen", slug, "--yes")
    assert subprocess.run([PROGRAM, *words[1:]], capture_output=True).returncode == 0
    assert site.json("appeal", "show", slug)["state"] == "archived"


def test_exit_statuses():
    """Each kind of failure has its status, as the manual lists them"""
    site = the_site()
    unknown = "0" * 13
    cases = [
        (0, ["queue"], ""),
        (1, ["signature", "hold", site.ids[2], unknown], unknown),
        (64, [], "undersign help"),
        (64, ["signatures"], 'did you mean "signature"?'),
        (64, ["signature", "aprove", "x"], 'did you mean "signature approve"?'),
        (64, ["approve", "x"], 'did you mean "signature approve"?'),
        (64, ["signature", "note", "x"], "TEXT is missing"),
        (64, ["signature", "list", SLUG, "--stat", "held"], "did you mean --state?"),
        (64, ["queue", "--state", "held"], "does not take --state"),
        (64, ["queue", "--", "--json", "x"], "too much"),
        (65, ["verify", os.path.join(site.folder, "undersign.conf")], ""),
        (66, ["appeal", "show", "no-such-appeal"], ""),
        (66, ["signature", "show", unknown], ""),
        (73, ["key", "new", "-o", os.path.join(site.folder, "organiser.key")], "organiser.key"),
    ]
    for status, words, said in cases:
        done = site.run(*words, check=False)
        assert done.returncode == status and said in done.stderr, (status, words, done)
    for status, where in ((78, ["--site", "/nonexistent"]), (78, ["--config", "/nonexistent"]),
                          (69, ["--host", "nobody@localhost"])):
        done = subprocess.run([PROGRAM, *where, "appeal", "list"], capture_output=True, text=True,
                              env={**os.environ, "UNDERSIGN_SSH": "false"})
        assert done.returncode == status, (status, where, done)
    # Options may stand before and behind.
    assert site.run("--json", "appeal", "list").stdout == site.run("appeal", "--json", "list").stdout


def test_closing():
    """The site that all these used ends well"""
    SITE.pop().__exit__(None)


if __name__ == "__main__":
    main([test_tables_are_aligned, test_nothing_acts_on_the_terminal, test_the_pager, test_colours, test_rows_for_programs,
          test_dry_run, test_what_cannot_be_undone, test_exit_statuses, test_closing])
