# SPDX-License-Identifier: AGPL-3.0-or-later
"""The organiser's news: from a folder to page, feed and mail, once each whatever crashes."""

import email
import email.policy
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "mail"))
from realsite import PROGRAM, Site, body, main, wait_until  # noqa: E402
from relay import Relay  # noqa: E402

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
INI = """[appeal]
slug = trial
authoritative = ru
policy = after

[addressee.president]
role = to
kind = government
language = ru
name = Президент <&> страны
address =
    Дворец
"""
TEXTS = {"ru": "---\nkind: Заявление\ntitle: О новом законе\n---\n\nТекст обращения.\n",
         "en": "---\nkind: Statement\ntitle: On the new law\n---\n\nThe text.\n"}


def folder_of(files):
    folder = tempfile.mkdtemp(prefix="undersign-news-")
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    return folder


def news(title="Суд отложен", text="Следующее заседание *в мае*.", **more):
    """Files of an update; other languages as en=("title", "text")."""
    texts = {"ru": (title, text), **more}
    return {f"{language}.md": f"---\ntitle: {title}\n---\n\n{text}\n"
            for language, (title, text) in texts.items() if title is not None}


class NewsSite(Site):
    def __init__(self, options=None):
        super().__init__(options, appeals=False)
        folder = folder_of({"appeal.ini": INI, **{f"{name}.md": text for name, text in TEXTS.items()}})
        self.publish(folder)
        shutil.rmtree(folder)

    def say(self, files, *arguments, check=True):
        folder = folder_of(files)
        done = self.run("update", "publish", "trial", folder, *arguments, check=check)
        shutil.rmtree(folder)
        return done

    def key(self):
        return os.path.join(self.folder, "organiser.key")

    def send(self, number=1, *arguments, check=True, key=None):
        return self.run("update", "send", "trial", str(number), "--key", key or self.key(), "--yes",
                        *arguments, check=check)

    def sql(self, statement):
        """With the service stopped."""
        with sqlite3.connect(os.path.join(self.folder, "undersign.db")) as store:
            rows = store.execute(statement).fetchall()
        store.close()
        return rows


def page_of(site, path="/ru/trial"):
    answer = site.request(path)
    assert answer.status == 200, (path, answer.status)
    return answer.text


# ---- the command line ----

def publish_list_show_remove():
    """Published, listed, shown in both forms, taken off; the number is not given again."""
    with NewsSite() as site:
        done = site.say(news(en=("A day in court", "It was *put off*.\n\n- one\n- two")))
        assert "Update 1" in done.stderr, done.stderr
        rows = site.json("update", "list", "trial")
        assert [(r["number"], r["title"], r["languages"]) for r in rows] == [(1, "Суд отложен", ["en", "ru"])], rows
        shown = site.json("update", "show", "trial", "1")
        assert shown["number"] == 1 and shown["wanted"] == 0 and shown["mailed"] == 0, shown
        assert [t["language"] for t in shown["texts"]] == ["en", "ru"]
        assert "put off" in shown["texts"][0]["body"]
        text = site.run("update", "show", "trial", "1").stdout
        assert "\nen: A day in court\n" in text and "\n  - one\n" in text, text
        again = site.say(news(en=("A day in court", "It was *put off*.\n\n- one\n- two")), check=False)
        assert again.returncode == 73 and "update 1 says the same" in again.stderr, again
        site.run("update", "remove", "trial", "1", "--reason", "a mistake")
        assert site.json("update", "list", "trial") == []
        gone = site.run("update", "show", "trial", "1", check=False)
        assert gone.returncode == 66 and "no update 1" in gone.stderr, gone
        assert site.run("update", "remove", "trial", "1", check=False).returncode == 66
        site.say(news())
        assert [r["number"] for r in site.json("update", "list", "trial")] == [2]


def refused_files():
    """What is wrong is told with file and line, and nothing is published."""
    with NewsSite() as site:
        for files, part in [({"ru.md": "Текст.\n"}, r"ru\.md:1: .*title"),
                            ({"ru.md": "---\ntitle: А\n---\n\nТекст <b>.\n"}, r"ru\.md:5: .*HTML"),
                            ({"ru.md": "---\ntitle: А\n---\n\nТекст.\n<!-- ? -->\n"}, r"ru\.md:6: .*comment"),
                            ({"ru.md": "---\ntitle: А\nnumber: 3\n---\n\nТекст.\n"}, r"ru\.md:3: .*only title"),
                            ({"news.md": "---\ntitle: А\n---\n\nТекст.\n"}, r"news\.md: .*language"),
                            ({"ru.txt": "---\ntitle: А\n---\n\nТекст.\n"}, r"holds no update"),
                            ({}, r"holds no update")]:
            done = site.say(files, check=False)
            assert done.returncode == 65 and re.search(part, done.stderr), (files, done.stderr)
        done = site.run("update", "publish", "trial", "/nonexistent", check=False)
        assert done.returncode == 66, done
        for number in ("0", "x", "01", "-1", "99999999999"):
            done = site.run("update", "show", "--", "trial", number, check=False)
            assert done.returncode == 65, (number, done)
        done = site.run("update", "list", "other", check=False)
        assert done.returncode == 66 and "no appeal" in done.stderr, done
        assert site.json("update", "list", "trial") == []


# ---- the pages ----

class Outline(HTMLParser):
    """Headings with their levels, links, and what stands in the head."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.links, self.articles, self.open = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.open = [int(tag[1]), ""]
        if tag in ("a", "link") and "href" in attributes:
            self.links.append((attributes.get("rel"), attributes.get("type"), attributes["href"]))
        if tag == "article":
            self.articles.append(attributes)

    def handle_data(self, data):
        if self.open:
            self.open[1] += data

    def handle_endtag(self, tag):
        if self.open and re.fullmatch("h[1-6]", tag):
            self.headings.append(tuple(self.open))
            self.open = None


def on_the_page():
    """The newest three on the appeal's page, long ones cut; all of them by pages; languages marked."""
    with NewsSite() as site:
        page = page_of(site)
        assert 'id="news"' not in page and "No news" not in page
        feed = ("alternate", "application/atom+xml", "/ru/trial/feed.atom")
        assert feed in Outline(page).links
        for i in range(1, 13):
            site.say(news(title=f"Новость {i}", text="## Раздел\n\nСлово." if i < 12 else "слово " * 600,
                          **({"en": (f"News {i}", "Text.")} if i == 11 else {})))
        wait_until(lambda: "Новость 12" in page_of(site))
        page = page_of(site)
        outline = Outline(page)
        titles = [text for level, text in outline.headings if level == 3 and text.startswith("Новость")]
        assert titles == ["Новость 12", "Новость 11", "Новость 10"], titles
        assert (4, "Раздел") in outline.headings, outline.headings
        assert page.count("слово") < 100 and ("/ru/trial/updates#update-12" in [l[2] for l in outline.links])
        assert (None, None, "/ru/trial/updates") in outline.links, outline.links
        english = Outline(wait_until(lambda: "News 11" in page_of(site, "/en/trial") and page_of(site, "/en/trial")))
        assert [a["lang"] for a in english.articles if a["class"] == "update"] == ["ru", "en", "ru"], english.articles
        first, second = page_of(site, "/ru/trial/updates"), page_of(site, "/ru/trial/updates?page=2")
        numbers = [re.findall(r'id="update-(\d+)"', text) for text in (first, second)]
        assert numbers == [[str(n) for n in range(12, 2, -1)], ["2", "1"]], numbers
        assert first.count("слово") == 600
        assert ("next", None, "/ru/trial/updates?page=2") in Outline(first).links
        assert ("prev", None, "/ru/trial/updates") in Outline(second).links
        levels = [level for level, _ in Outline(first).headings]
        assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels
        for path in ("/ru/trial/updates?page=3", "/ru/trial/updates?page=0", "/ru/trial/updates?page=x",
                     "/ru/nothing/updates", "/ru/nothing/feed.atom", "/xx/trial/updates"):
            assert site.request(path).status == 404, path
        assert site.request("/ru/trial/updates", data=b"", headers=FORM).status == 405
        site.run("update", "remove", "trial", "12")
        assert "Новость 12" not in page_of(site) and "Новость 12" not in page_of(site, "/ru/trial/updates")


def check_feed(text):
    """What RFC 4287 demands of a feed and its entries; gives the feed's element."""
    feed = xml.fromstring(text)
    assert feed.tag == ATOM + "feed" and feed.get(LANG)
    one = lambda e, name: [c for c in e if c.tag == ATOM + name]
    for element in [feed] + one(feed, "entry"):
        for name in ("id", "title", "updated"):
            assert len(one(element, name)) == 1, name
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:\S+", one(element, "id")[0].text)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one(element, "updated")[0].text)
        assert all(urllib.parse.urlparse(l.get("href")).scheme for l in one(element, "link"))
        assert len([l for l in one(element, "link") if l.get("rel") == "alternate"]) == 1
        assert len(one(element, "content")) <= 1
    assert one(one(feed, "author")[0], "name")[0].text
    assert len([l for l in one(feed, "link") if l.get("rel") == "self"]) == 1
    ids = [one(e, "id")[0].text for e in one(feed, "entry")]
    assert len(set(ids)) == len(ids)
    times = [one(e, "updated")[0].text for e in one(feed, "entry")]
    assert times == sorted(times, reverse=True)
    assert one(feed, "updated")[0].text == times[0] if times else True
    return feed


def feed():
    """The feed is well-formed Atom whatever stands in it, in each language, with stable ids."""
    with NewsSite() as site:
        answer = site.request("/ru/trial/feed.atom")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("application/atom+xml"), answer.headers
        assert answer.headers["Cache-Control"] == "no-cache" and answer.headers["ETag"]
        assert check_feed(answer.text).findall(ATOM + "entry") == []
        tricky = "A & B < C > D \"E\" 'F' ]]> &amp; 🚩"
        site.say(news(title=tricky, text="`<b>` & [x](https://x.example/?a=1&b=2) ]]>"))
        site.say(news(title="Второе", en=("The second", "Text.")))
        text = wait_until(lambda: "Второе" in site.request("/ru/trial/feed.atom").text
                          and site.request("/ru/trial/feed.atom").text)
        entries = check_feed(text).findall(ATOM + "entry")
        assert [e.find(ATOM + "title").text for e in entries] == ["Второе", tricky]
        content = entries[1].find(ATOM + "content")
        assert content.get("type") == "html"
        assert content.text == ('<p><code>&lt;b&gt;</code> &amp; '
                                '<a href="https://x.example/?a=1&amp;b=2">x</a> ]]&gt;</p>\n'), content.text
        assert entries[1].find(ATOM + "link").get("href") == site.url + "/ru/trial/updates#update-1"
        english = check_feed(site.request("/en/trial/feed.atom").text)
        assert english.get(LANG) == "en"
        marks = [(e.get(LANG), e.find(ATOM + "title").text) for e in english.findall(ATOM + "entry")]
        assert marks == [("en", "The second"), ("ru", tricky)], marks
        ids = [e.find(ATOM + "id").text for e in entries]
        site.stop()
        site.start()
        again = check_feed(site.request("/ru/trial/feed.atom").text)
        assert [e.find(ATOM + "id").text for e in again.findall(ATOM + "entry")] == ids
        head = site.request("/ru/trial/feed.atom", headers={"If-None-Match": site.request("/ru/trial/feed.atom").headers["ETag"]})
        assert head.status == 304
        deliveries(site)


def deliveries(site):
    """A delivery and its answer stand in the feed, without what is not for everybody."""
    letter = os.path.join(site.folder, "letter.pdf")
    site.run("export", "letter", "trial", "--to", "president", "-o", letter)
    site.run("delivery", "record", "trial", "--file", letter, "--how", "hand", "--note", "secret note",
             "--reference", "secret reference")
    site.run("delivery", "respond", "trial", "--edition", "1", "--note", "secret answer")
    text = wait_until(lambda: "/answer/" in site.request("/ru/trial/feed.atom").text
                      and site.request("/ru/trial/feed.atom").text)
    titles = [e.find(ATOM + "title").text for e in check_feed(text).findall(ATOM + "entry")]
    assert sum("Президент <&> страны" in t for t in titles) == 2, titles
    assert "secret" not in text
    assert re.search(r"/delivery/\d{4}-\d\d-\d\d/1<", text)


# ---- mail ----

def sign_many(site, mailboxes, relay=None, **more):
    """Signatures that are listed at once (policy = after), each of a mailbox; updates="yes" asks for news."""
    for i, mailbox in enumerate(mailboxes):
        fields = {"updates": "yes", "organisation": f"Профсоюз {mailbox.split('@')[0]}", "email": mailbox, **more}
        assert site.sign("trial", **fields).status == 303, mailbox
    def texts():
        if relay is None:
            return site.mails()
        return [email.message_from_bytes(raw, policy=email.policy.default)
                for _, raw, _, _ in relay.handler.messages]
    def confirmations():
        found = [m for m in texts() if m["To"].addresses[0].addr_spec in mailboxes and "/c/" in body(m)]
        return len(found) >= len(mailboxes) and found
    for message in wait_until(confirmations, 120):
        assert site.confirm(message).status in (200, 303)


def updates_in(messages):
    return [m for m in messages if m["List-Unsubscribe"]]


def mailed_once():
    """Each that asked gets it once, with a way to end it; others get nothing; the service keeps no mailbox."""
    with NewsSite() as site:
        sign_many(site, [f"office{i}@news.example" for i in range(3)])
        sign_many(site, ["office4@news.example"], updates=None)
        site.say(news(en=("A day in court", "It was put off.")))
        asked = site.run("update", "send", "trial", "1", "--key", site.key(), check=False)
        assert asked.returncode == 64 and "--yes" in asked.stderr, asked
        assert site.run("update", "send", "trial", "1", "--yes", check=False).returncode == 64
        done = site.send(1, "--json")
        assert '"queued": 3' in done.stdout and "3 queued, 0 failed" in done.stderr, done
        mails = updates_in(site.mails(4 + 3))
        assert sorted(m["To"].addresses[0].addr_spec for m in mails) == [f"office{i}@news.example" for i in range(3)]
        message = mails[0]
        assert str(message["Subject"]) == "Суд отложен" and message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        where = re.fullmatch(r"<(.*)>", str(message["List-Unsubscribe"]).replace(" ", "")).group(1)
        assert where.startswith(site.url + "/u/") and where in body(message), where
        assert "Следующее заседание в мае." in body(message)
        html = message.get_body(("html",)).get_content()
        assert "<em>в мае</em>" in html and where in html and "<img" not in html
        message.as_bytes().decode("ascii")  # needs no 8BITMIME: a signature over it holds
        again = site.send(1)
        assert "Nobody is left" in again.stderr and "0 queued" in again.stderr, again.stderr
        # One click ends it; the others go on.
        answer = site.request(where[len(site.url):], data={"List-Unsubscribe": "One-Click"})
        assert answer.status in (200, 303), answer.status
        gone = message["To"].addresses[0].addr_spec
        site.say(news(title="Второе"))
        assert "2 queued" in site.send(2).stderr
        seconds = [m for m in updates_in(site.mails(9)) if str(m["Subject"]) == "Второе"]
        assert len(seconds) == 2 and gone not in [m["To"].addresses[0].addr_spec for m in seconds]
        assert "news.example" not in site.daemon_log()
        row = site.json("update", "show", "trial", "1")
        assert row["mailed"] == 3 and row["left"] == 0 and row["wanted"] == 2, row
        wait_until(lambda: site.json("mail", "list") == [])
        site.stop()
        for name in ("undersign.db", "undersign.db-wal"):
            path = os.path.join(site.folder, name)
            if os.path.exists(path):
                assert b"@news.example" not in open(path, "rb").read()
        site.start()


def wrong_key():
    """A wrong key sends nothing; where it opens some, these go and the others are told."""
    with NewsSite() as site:
        sign_many(site, [f"office{i}@news.example" for i in range(3)])
        site.say(news())
        other = os.path.join(site.folder, "other.key")
        site.run("key", "new", "-o", other)
        done = site.send(1, key=other, check=False)
        assert done.returncode == 65 and "opens none" in done.stderr and "nothing was sent" in done.stderr, done
        assert site.json("update", "show", "trial", "1")["mailed"] == 0
        site.stop()
        site.sql("UPDATE signature SET contact = zeroblob(length(contact)) WHERE organisation LIKE '%office1%'")
        site.start()
        done = site.send(1, check=False)
        assert "does not open 1" in done.stderr and "2 queued" in done.stderr and done.returncode != 0, done
        assert len(updates_in(site.mails(3 + 2))) == 2


def asked_on_a_terminal():
    """A person is asked, with how many it goes to; no sends nothing."""
    with NewsSite() as site:
        sign_many(site, ["office@news.example"])
        site.say(news())
        command = f"{PROGRAM} --site {site.folder} update send trial 1 --key {site.key()}"
        for typed, part in (("no\n", "Nothing was done"), ("yes\n", "1 queued")):
            done = subprocess.run(["script", "-qec", command, "/dev/null"], input=typed, capture_output=True,
                                  text=True, timeout=60)
            assert "Mail it to 1 signatory?" in done.stdout and part in done.stdout, done.stdout
        assert len(updates_in(site.mails(2))) == 1


def killed():
    """Killed again and again while 200 mails go out, each gets it, under one Message-ID."""
    mailboxes = [f"office{i}@news.example" for i in range(200)]
    with Relay() as relay:
        options = {"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port,
                            "smtp_tls": "none", "from": "appeals@undersign.example"}}
        with NewsSite(options) as site:
            sign_many(site, mailboxes, relay)
            wait_until(lambda: site.json("mail", "list") == [])
            site.say(news())
            relay.handler.messages.clear()
            kills = 0
            sending = None
            for taken in [0] + list(range(5, 200, 9)):
                if sending is None or sending.poll() is not None:
                    sending = subprocess.Popen(
                        [PROGRAM, "--site", site.folder, "update", "send", "trial", "1", "--key", site.key(), "--yes"],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                wait_until(lambda: len(relay.handler.messages) > taken or sending.poll() is not None)
                site.stop(signal.SIGKILL)
                kills += 1
                sending.wait(60)
                make_due(site)
                site.start()
            site.send(1)
            wait_until(lambda: site.json("mail", "list") == [], 120)
            got = {}
            for recipients, raw, _, _ in relay.handler.messages:
                assert len(recipients) == 1
                got.setdefault(recipients[0], []).append(
                    email.message_from_bytes(raw, policy=email.policy.default)["Message-ID"])
            assert sorted(got) == sorted(mailboxes), (len(got), set(mailboxes) - set(got))
            assert all(len(set(ids)) == 1 for ids in got.values())
            assert len({ids[0] for ids in got.values()}) == len(mailboxes)
            print(f"      {kills} kills, {sum(map(len, got.values()))} mails for {len(got)} mailboxes")


def restored():
    """After a restore, news and decisions that waited in the backup are stopped till somebody says so; links go out; who was
    mailed an update since is not mailed it again"""
    mailboxes = [f"office{i}@news.example" for i in range(3)]
    with Relay() as relay:
        options = {"mail": {"transport": "smtp", "smtp_host": "localhost", "smtp_port": relay.port,
                            "smtp_tls": "none", "from": "appeals@undersign.example"}}

        def got(count=None):
            taken = relay.handler.messages
            assert count is None or wait_until(lambda: len(taken) >= count)
            return sorted(recipients[0] for recipients, *_ in taken)
        with NewsSite(options) as site:
            sign_many(site, mailboxes, relay)
            wait_until(lambda: site.json("mail", "list") == [])
            site.say(news())
            early = os.path.join(site.folder, "early.backup")
            site.run("backup", "create", "-o", early)
            # In the other one two news, a decision and a link to confirm wait, all of which leave since.
            relay.handler.messages.clear()
            relay.handler.answers["RCPT"] = ["451 later"]
            assert site.sign("trial", organisation="Late", email="late@news.example").status == 303
            wait_until(lambda: [row["attempts"] for row in site.json("mail", "list")] == [1])
            site.stop()
            site.send(1)
            site.sql("UPDATE outbox SET template = 'listed', is_news = 0 WHERE id = (SELECT MIN(id) FROM outbox WHERE is_news = 1)")
            make_due(site)
            path = os.path.join(site.folder, "x.backup")
            site.run("backup", "create", "-o", path)
            site.start()
            everybody = ["late@news.example"] + mailboxes
            assert got(4) == everybody
            wait_until(lambda: site.json("mail", "list") == [])
            site.stop()

            # What was mailed since the early one is known from the database that it replaces.
            site.run("backup", "restore", early, "--yes")
            again = site.send(1)
            assert "Nobody is left" in again.stderr, again.stderr

            relay.handler.messages.clear()
            done = site.run("backup", "restore", path, "--yes")
            assert "news, that waited then and may have left since: 3." in done.stderr, done.stderr
            rows = site.json("mail", "list")
            assert sorted((row["template"], row["state"], row["can_retry"]) for row in rows) == [
                ("confirm", "waiting", True), ("listed", "failed", True), ("update", "failed", True),
                ("update", "failed", True)], rows
            site.start()
            assert got(1) == ["late@news.example"]
            wait_until(lambda: len(site.json("mail", "list")) == 3)
            status = site.run("status", check=False)
            assert status.returncode == 1 and "3 mails were given up: stopped by the restore" in status.stdout, status.stdout
            ids = [row["id"] for row in site.json("mail", "list")]
            site.run("mail", "retry", ids[0])
            assert len(got(2)) == 2
            wait_until(lambda: len(site.json("mail", "list")) == 2)
            site.run("mail", "drop", "--yes", *ids[1:])
            assert site.json("mail", "list") == [] and len(got()) == 2


def make_due(site):
    """What a cut connection put off is due now: the test does not wait for it."""
    site.sql("UPDATE outbox SET next_at = 0")


if __name__ == "__main__":
    main([publish_list_show_remove, refused_files, on_the_page, feed, mailed_once, wrong_key, asked_on_a_terminal,
          killed, restored])
