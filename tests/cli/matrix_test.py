#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every command that `undersign help` names, run three ways on copies of one site: with the daemon running, without
one, and through --host with a real sshd. What they answer is the same, and so is what the site holds afterwards. A
command that nobody wrote a sample for fails."""

import collections
import concurrent.futures
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "http"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "mail"))
import letters
import realsite
from logo_test import LogoSite, png
from realsite import PROGRAM, TOP, main, own_link, wait_until
from relay import Relay
from remote import Remote

SLUG, OTHER = letters.SLUG, "ardenia-oil-strike"
WAYS = ["up", "down", "host"]
# How two ways' outputs are compared: the same JSON; the same names in it, where numbers tell of the moment; not at all.
SAME, SHAPE, NOTHING = "same", "shape", "nothing"

Sample = collections.namedtuple("Sample", "words how status stdin before", defaults=[0, None, None])


def start_relay(way):
    """From now on mail leaves: till then nobody listened there."""
    way.relay = Relay(port=way.relay_port)
    way.relay.__enter__()


# In this order. {words} are what the site is made of, {own} a folder of the way's own. "--json" goes with each that is
# compared.
SAMPLES = [
    # What only asks.
    Sample("help", NOTHING),
    Sample("help export csv", NOTHING),
    Sample("appeal list", SAME),
    Sample("appeal show {slug}", SAME),
    Sample("queue", SAME),
    Sample("queue {slug}", SAME),
    Sample("signature list {slug}", SAME),
    Sample("signature list {slug} --state listed", SAME),
    Sample("signature list {slug} --where country=NO", SAME),
    Sample("signature show {listed0} {confirmed0}", SAME),
    Sample("signature show -", SAME, stdin="{listed0}\n{confirmed0}\n"),
    Sample("signature show nothing-of-that-id", NOTHING, 66),
    Sample("signature duplicates {slug}", SAME),
    Sample("act list", SAME),
    Sample("register list", SAME),
    Sample("delivery list {slug}", SAME),
    Sample("delivery show {slug} --edition 1", SAME),
    Sample("update list {slug}", SAME),
    Sample("update show {slug} 1", SAME),
    Sample("mail list", SHAPE),
    Sample("mail show {mail}", SHAPE),
    Sample("key show", SAME),
    Sample("audit list", SAME),
    Sample("audit list {listed0} --last 1", SAME),
    Sample("audit verify", SAME),
    Sample("status", SHAPE, 1),
    Sample("stats {slug}", SAME),
    Sample("check counts", SAME),
    Sample("config show", SAME),
    Sample("config check", SAME),
    Sample("db status", SHAPE),
    Sample("db check", SAME),
    Sample("backup list", SAME),
    Sample("retention show", SAME),
    Sample("logo show {logo} -o {own}/logo.png", NOTHING),
    # What writes files.
    Sample("export csv {slug} -o -", SAME),
    Sample("export json {slug} --all -o -", SAME),
    Sample("export jsonl {slug} --for ministry -o -", SAME),
    Sample("export xlsx {slug} -o {own}/list.xlsx", NOTHING),
    Sample("export letter {slug} -o {own}/letter.pdf", NOTHING),
    Sample("export bundle {slug} --to ministry -o {own}/bundle.tar.gz", NOTHING),
    Sample("verify {own}/bundle.tar.gz", NOTHING),
    Sample("audit export -o {own}/audit.jsonl", NOTHING),
    Sample("key new -o {own}/key", NOTHING),
    Sample("appeal draft {draft} --lang ru -o {own}/draft", NOTHING),
    Sample("backup create -o {own}/backup", NOTHING),
    Sample("backup verify {own}/backup", NOTHING),
    # What changes something.
    Sample("register import {register}", SAME),
    Sample("register match Zhanartu", SAME),
    Sample("register remove register.csv --yes", SAME),
    Sample("moderate {slug}", NOTHING, stdin="q\n"),
    Sample("delivery record {slug} --edition 1 --how post", SAME),
    Sample("delivery respond {slug} --edition 1 --note thanks", SAME),
    Sample("signature approve {confirmed0}", SAME),
    Sample("signature approve {confirmed0}", SAME),
    Sample("signature hold {confirmed1}", SAME),
    Sample("signature refuse {confirmed2} --reason no", SAME),
    Sample("signature strike {listed0} --reason false", SAME),
    Sample("signature restore {listed0}", SAME),
    Sample("signature unlist {listed1}", SAME),
    Sample("signature note {listed2} seen-before", SAME),
    Sample("signature strike {slug} --where country=GH --reason bots --yes", SAME),
    Sample("act show 1", SAME),
    Sample("act undo 1 --yes", SAME),
    Sample("signature merge {listed3} {listed4} --yes --reason one", SAME),
    Sample("signature erase {listed5} --yes --reason asked -o {own}/certificate", NOTHING),
    Sample("logo remove {logo}", NOTHING),
    Sample("delivery send {slug} --to council --yes", SAME),
    Sample("update publish {slug} {news}", SAME),
    Sample("update send {slug} 1 --key {key} --yes", SAME),
    Sample("update remove {slug} 1", NOTHING),
    Sample("mail retry {mail}", SAME),
    Sample("mail drop {mail} --yes", SAME),
    Sample("appeal import {appeal}", SAME),
    Sample("appeal publish {slug} --yes", SAME),
    Sample("appeal shield {slug} on", SAME),
    Sample("appeal pause {slug}", SAME),
    Sample("appeal resume {slug}", SAME),
    Sample("appeal close {slug}", SAME),
    Sample("appeal reopen {slug}", SAME),
    Sample("appeal archive {slug}", NOTHING, 64),
    Sample("appeal archive {slug} --yes", SAME),
    Sample("retention run", SAME),
    Sample("db vacuum --yes", NOTHING),
    Sample("check counts", SAME),
    Sample("audit verify", SHAPE),
    # Needs the running service.
    Sample("mail test office@test.example", NOTHING, {"up": 0, "host": 0, "down": 75}, before=start_relay),
    # Over a running service nothing is restored, and from another machine neither.
    Sample("backup restore {own}/backup --yes", NOTHING, {"up": {65, 69, 75}, "host": 64, "down": 0}),
]
# What the site holds at the end, before a mail that only a service can send, and a backup that takes all back.
AT_THE_END = ["signature list {slug}", "appeal list", "audit list", "delivery list {slug}", "update list {slug}"]
NEWS = "---\ntitle: {}\n---\n\nThe court meets again in May.\n"
REGISTER = "name,aliases,country,domains,affiliation\nЖанарту,Zhanartu,KZ,zhanartu.example,ITUC\n"


def commands():
    """Those that people type, "noun verb"."""
    text = subprocess.run([PROGRAM, "help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", text, re.M)


def sample_command(sample, known):
    words = sample.words.split()
    return " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]


def change(folder, old, new):
    path = os.path.join(folder, "undersign.conf")
    with open(path) as f:
        text = f.read()
    assert old in text, (old, text)
    with open(path, "w") as f:
        f.write(text.replace(old, new))


class Template:
    """A site with something for each command, stopped; and the words that name it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="undersign-matrix-")
        self.site = realsite.Site(options={"site": {"url": "https://undersign.example"}}, appeals=False)
        site, folder = self.site, self.folder
        appeal = letters.write_appeal(folder, change=lambda text: text.replace("policy = after",
                                                                              "policy = before\nlogos = yes"))
        for path in [appeal, os.path.join(TOP, "contrib/appeals", OTHER)]:
            site.publish(path)
        for name in ["one", "two"]:
            os.mkdir(os.path.join(folder, name))
            with open(os.path.join(folder, name, "en.md"), "w", encoding="utf-8") as f:
                f.write(NEWS.format(name))
        for name, text in [("register.csv", REGISTER), ("draft.txt", "ЗАЯВЛЕНИЕ\n\nСвободу профсоюзам!\n")]:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        site.url = f"http://127.0.0.1:{site.port}"
        site.start()
        # Forms that are posted from another address than the site's say so; nothing here looks like a browser.
        ids = []
        for n in range(10):
            ids.append(letters.sign(site, organisation=f"Union number {n}", visibility="public", kind="union",
                                    country=["NO", "GH", "PE"][n % 3]))
        link = own_link([mail for mail in site.mails() if "/w/" in realsite.body(mail)][0])
        mailbox = [mail for mail in site.mails() if "/w/" in realsite.body(mail)][0]["To"]
        logo = ids[int(re.search(r"\d+", mailbox).group(0)) - 1]
        assert LogoSite.upload(site, link, png(64, 64)).status in (200, 303)
        site.run("signature", "approve", *ids[:6])
        site.run("export", "letter", SLUG, "--to", "ministry", "-o", os.path.join(folder, "edition.pdf"))
        site.run("update", "publish", SLUG, os.path.join(folder, "one"))
        # From here on no mail leaves.
        wait_until(lambda: site.json("mail", "list") == [])
        site.stop()
        self.relay_port = realsite.free_port()
        change(site.folder, "transport = spool",
               f"transport = smtp\nsmtp_host = localhost\nsmtp_tls = none\nsmtp_port = {self.relay_port}")
        site.start()
        assert site.sign(SLUG, "en", organisation="The last one", email="last@last.example").status == 303
        mail = wait_until(lambda: [m for m in site.json("mail", "list") if m["attempts"] > 0])[0]["id"]
        site.stop()
        self.words = {"slug": SLUG, "logo": logo, "mail": mail, "draft": f"{folder}/draft.txt", "news": f"{folder}/two",
                      "register": f"{folder}/register.csv", "appeal": appeal,
                      "key": os.path.join(site.folder, "organiser.key"),
                      **{f"listed{n}": ids[n] for n in range(6)}, **{f"confirmed{n}": ids[6 + n] for n in range(4)}}

    def remove(self):
        shutil.rmtree(self.folder)
        self.site.__exit__(None)


class Way:
    """One way of reaching a copy of the site."""

    def __init__(self, name, template, remote):
        self.name, self.template, self.remote = name, template, remote
        self.parent = tempfile.mkdtemp(prefix="undersign-way-")
        self.folder, self.own = os.path.join(self.parent, "site"), os.path.join(self.parent, "own")
        shutil.copytree(template.site.folder, self.folder)
        os.chmod(self.folder, 0o700)
        os.mkdir(self.own)
        self.words = {**template.words, "own": self.own}
        self.outputs, self.problems = [], []
        self.port, self.relay_port, self.relay = realsite.free_port(), realsite.free_port(), None
        change(self.folder, f"127.0.0.1:{template.site.port}", f"127.0.0.1:{self.port}")
        change(self.folder, f"smtp_port = {template.relay_port}", f"smtp_port = {self.relay_port}")
        # Only what starts and stops it.
        self.site = object.__new__(realsite.Site)
        self.site.folder, self.site.port, self.site.process = self.folder, self.port, None
        self.site.daemon = [realsite.DAEMON]
        if name != "down":
            self.site.start()

    def run(self, words, stdin=None):
        if self.name == "host":
            return self.remote.run(self.folder, *words, check=False, stdin=stdin)
        return subprocess.run([PROGRAM, "--site", self.folder, *words], capture_output=True, text=True, input=stdin,
                              timeout=120)

    def scrub(self, text):
        """Without what is this copy's own: its folders, its port, and the moment."""
        text = text.replace(self.parent, "HERE").replace(str(self.port), "PORT").replace(str(self.relay_port), "PORT")
        text = re.sub(r"\b[0-9a-f]{128}\b", "HASH", text)  # of a bundle, which tells when it was made
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME", text)
        return text

    def perform(self, sample):
        if sample.before:
            sample.before(self)
        words = [word.format(**self.words) for word in sample.words.split()]
        if sample.how != NOTHING and "-o" not in words:
            words.append("--json")
        done = self.run(words, sample.stdin.format(**self.words) if sample.stdin else "")
        expected = sample.status[self.name] if isinstance(sample.status, dict) else sample.status
        if done.returncode not in (expected if isinstance(expected, set) else {expected}):
            self.problems.append(f"{self.name}: {sample.words}: exit {done.returncode}, not {expected}: "
                                 f"{done.stderr.strip()[-400:]}")
            return None
        return self.scrub(done.stdout)

    def perform_all(self):
        for sample in SAMPLES:
            if sample.words.startswith("mail test"):
                self.end = [self.perform(Sample(words, SAME)) for words in AT_THE_END]
            try:
                self.outputs.append(self.perform(sample))
            except Exception as error:
                self.problems.append(f"{self.name}: {sample.words}: {error!r}")
                self.outputs.append(None)
        return self

    def remove(self):
        if self.site.process is not None:
            self.site.stop()
        if self.relay is not None:
            self.relay.__exit__(None, None, None)
        shutil.rmtree(self.parent)


def names_in(value):
    """The names in a JSON value, without what stands there."""
    if isinstance(value, dict):
        return {name: names_in(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [names_in(value[0])] if value else []
    return None


def as_compared(how, text):
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return names_in(value) if how == SHAPE else value


def differences(how, what, texts):
    """texts: by way. Nothing where one of them failed: that has been told."""
    if how == NOTHING or None in texts.values():
        return []
    first = as_compared(how, texts[WAYS[0]])
    return [f"{way}: {what}: not as with the daemon:\n" + "\n".join(list(difflib.unified_diff(
                texts[WAYS[0]].splitlines(), texts[way].splitlines(), "up", way, n=0, lineterm=""))[:40])
            for way in WAYS[1:] if as_compared(how, texts[way]) != first]


def test_every_command_has_a_sample():
    """and every sample is of a command that there is"""
    known = commands()
    assert len(known) > 60, known
    sampled = {sample_command(sample, known) for sample in SAMPLES}
    assert sampled == set(known), (sorted(set(known) - sampled), sorted(sampled - set(known)))


def test_every_command_three_ways():
    """the same answer and the same end with the daemon, without it, and through a real sshd"""
    template, ways = Template(), {}
    try:
        with Remote() as remote:
            try:
                for name in WAYS:
                    ways[name] = Way(name, template, remote)
                with concurrent.futures.ThreadPoolExecutor(len(WAYS)) as pool:
                    list(pool.map(Way.perform_all, ways.values()))
                problems = [problem for way in ways.values() for problem in way.problems]
                for n, sample in enumerate(SAMPLES):
                    problems += differences(sample.how, sample.words, {name: ways[name].outputs[n] for name in WAYS})
                for n, words in enumerate(AT_THE_END):
                    problems += differences(SAME, words + " (at the end)", {name: ways[name].end[n] for name in WAYS})
                assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems)
            finally:
                for way in ways.values():
                    way.remove()
    finally:
        template.remove()


if __name__ == "__main__":
    main([test_every_command_has_a_sample, test_every_command_three_ways])
