#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an appeal is passed on: its card, QR code and badge, the page with the links, the poster on paper, and what
becomes of all that where nothing can be drawn."""

import html
import html.parser
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import realsite  # noqa: E402
from realsite import BUILD, PROGRAM, TOP, Site, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"
HOSTILE = '"><script>alert(1)</script>&amp; \'Strike\' – Забастовка'


def size_of(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n", png[:20]
    return struct.unpack(">II", png[16:24])


def draw(**picture):
    """What the renderer makes of one picture, in the test's own process."""
    done = subprocess.run([PROGRAM, "draw", "pictures"], input=json.dumps({"pictures": [picture]}).encode(),
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Page(html.parser.HTMLParser):
    """The elements of a page, each a name and its attributes, with the text of those asked for."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "textarea":
            self.open = dict(attrs).get("id")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.texts[self.open] = self.texts.get(self.open, "") + data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def meta(self, name):
        found = [a["content"] for a in self.all("meta") if name in (a.get("property"), a.get("name"))]
        assert len(found) < 2, (name, found)
        return found[0] if found else None


def copy_appeal(site, slug, **titles):
    """The sample under another name, each text with another title."""
    folder = os.path.join(site.folder, slug)
    shutil.copytree(os.path.join(TOP, "contrib/appeals", SLUG), folder)
    path = os.path.join(folder, "appeal.ini")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(f"slug = {SLUG}", f"slug = {slug}"))
    for language, title in titles.items():
        path = os.path.join(folder, f"{language}.md")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"^title: .*\n", "", text, flags=re.M)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("signatory:", f"title: {title}\nsignatory:", 1))
    return folder


def test_card():
    """Cards are drawn when an appeal is published: one a language, for any site to show, with a tag"""
    with Site() as site:
        cards = {}
        for language in ("ru", "en", "kk"):
            answer = site.request(f"/{language}/{SLUG}/card.png")
            assert answer.status == 200 and answer.headers["Content-Type"] == "image/png"
            assert size_of(answer.body) == (1200, 630)
            assert len(answer.body) < 100 * 1024, len(answer.body)
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Content-Encoding" not in answer.headers
            again = site.request(f"/{language}/{SLUG}/card.png",
                                 headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status == 304 and again.body == b""
            cards[language] = answer.body
        assert cards["ru"] != cards["en"]
        assert cards["kk"] == cards["ru"], "a language without a text shows the authoritative one's"
        # Drawn again it is the same, to the byte.
        before = Page(site.request(f"/en/{SLUG}").text).meta("og:image")
        site.run("appeal", "publish", SLUG)
        assert site.request(f"/en/{SLUG}/card.png").body == cards["en"]
        assert Page(site.request(f"/en/{SLUG}").text).meta("og:image") == before
        for path in ("/en/nothing/card.png", "/en/nothing/badge.png", "/en/nothing/share", f"/xx/{SLUG}/card.png"):
            assert site.request(path).status == 404, path
        assert site.request(f"/en/{SLUG}/card.png", data=b"x=1").status == 405


def test_code():
    """A reader of QR codes finds the page's address in each language's code"""
    with Site() as site, tempfile.TemporaryDirectory() as folder:
        for language in ("en", "ru", "kk", "ar"):
            answer = site.request(f"/{language}/{SLUG}/code.png")
            assert answer.status == 200, language
            path = os.path.join(folder, "code.png")
            with open(path, "wb") as f:
                f.write(answer.body)
            done = subprocess.run(["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, timeout=60)
            assert done.stdout.strip() == f"{site.url}/{language}/{SLUG}", done.stdout


def test_preview():
    """The appeal's page, and no other, says what to show beside a link to it; a title cannot break out"""
    with Site() as site:
        site.publish(copy_appeal(site, "hostile", ru=HOSTILE, en=HOSTILE))
        page = Page(site.request("/en/hostile").text)
        assert page.meta("og:title") == page.meta("og:image:alt") == HOSTILE, page.meta("og:title")
        assert page.meta("og:url") == f"{site.url}/en/hostile"
        assert page.meta("og:locale") == "en_GB" and page.meta("og:site_name")
        assert page.meta("twitter:card") == "summary_large_image"
        assert 40 < len(page.meta("og:description")) <= 201
        assert page.meta("description") == page.meta("og:description")
        image = page.meta("og:image")
        assert image.startswith(f"{site.url}/en/hostile/card.png?v="), image
        assert size_of(site.request(image[len(site.url):]).body) == (1200, 630)
        assert (page.meta("og:image:width"), page.meta("og:image:height")) == ("1200", "630")
        assert Page(site.request("/kk/hostile").text).meta("og:locale") == "ru_RU", "of the text that is shown"
        for path in ("/en/", "/en/hostile/sign", "/en/hostile/share", "/en/hostile/signatories", "/en/privacy"):
            assert Page(site.request(path).text).meta("og:title") is None, path


def test_badge():
    """The badge has the number of signatures, and is drawn once a minute at most"""
    with Site() as site:
        def list_one(name):
            site.sign(SLUG, language="en", organisation=name, email=f"{name.split()[-1]}@union.example")
            wait_until(lambda: [m for m in site.mails() if name.split()[-1] in m["To"]])
            site.confirm([m for m in site.mails() if name.split()[-1] in m["To"]][0])
            ids = [row["id"] for row in site.json("queue")]
            site.run("signature", "approve", *ids)
        list_one("Union of Dockers")
        badge = site.request(f"/en/{SLUG}/badge.png")
        assert badge.status == 200 and badge.headers["Cache-Control"] == "public, max-age=300"
        assert badge.headers["Access-Control-Allow-Origin"] == "*"
        assert size_of(badge.body) == (640, 144)
        title = Page(site.request(f"/en/{SLUG}").text).meta("og:title")
        expected = [draw(kind="badge", language="en", sentence=f"{n} signed", title=title, scale=2)
                    for n in ("1 organisation has", "2 organisations have")]
        assert badge.body == expected[0]
        list_one("Union of Miners")
        wait_until(lambda: "2 organisations" in site.request(f"/en/{SLUG}").text)
        assert site.request(f"/en/{SLUG}/badge.png").headers["ETag"] == badge.headers["ETag"]
        # In another language it was not drawn yet.
        assert size_of(site.request(f"/ar/{SLUG}/badge.png").body) == (640, 144)
        site.stop()
        site.start()
        assert site.request(f"/en/{SLUG}/badge.png").body == expected[1]


def test_share_page():
    """Links that hand the address on, nothing of other sites on the page, and a snippet that can be pasted"""
    with Site() as site:
        site.publish(copy_appeal(site, "hostile", ru=HOSTILE, en=HOSTILE))
        answer = site.request("/en/hostile/share")
        page, address = Page(answer.text), f"{site.url}/en/hostile"
        assert answer.status == 200 and len(answer.body) < 14 * 1024
        links = {a["href"].split(":")[0] + urllib.parse.urlsplit(a["href"]).netloc: a for a in page.all("a")
                 if not a["href"].startswith(("/", "#"))}
        assert sorted(links) == ["httpst.me", "httpsvk.com", "httpswa.me", "mailto", "sms"], sorted(links)
        both = f"{HOSTILE} {address}"
        wanted = {"httpst.me": {"url": [address], "text": [HOSTILE]},
                  "httpsvk.com": {"url": [address], "title": [HOSTILE]},
                  "httpswa.me": {"text": [both]},
                  "mailto": {"subject": [HOSTILE], "body": [f"{HOSTILE}\r\n\r\n{address}"]},
                  "sms": {"body": [both]}}
        for key, link in links.items():
            query = link["href"].split("?", 1)[1]
            assert "+" not in query and urllib.parse.parse_qs(query) == wanted[key], link["href"]
            assert {"noopener", "noreferrer"} <= set(link["rel"].split())
        assert not page.all("script")
        for attrs in page.all("img") + page.all("link"):
            assert attrs.get("src", attrs.get("href")).startswith(("/", site.url)), attrs
        inputs = {a.get("id"): a for a in page.all("input")}
        assert inputs["address"]["value"] == address and "readonly" in inputs["address"]
        assert site.request(inputs["count"]["value"][len(site.url):]).status == 200
        snippet = Page(page.texts["snippet"])
        assert [name for name, _ in snippet.elements] == ["a", "img"], page.texts["snippet"]
        assert snippet.all("a")[0]["href"] == address
        image = snippet.all("img")[0]
        assert image["alt"] == HOSTILE and image["src"] == f"{address}/badge.png"
        assert site.request(image["src"][len(site.url):]).status == 200
        assert f'href="/en/hostile/share"' in site.request("/en/hostile").text


def test_poster():
    """The poster is one sheet of A4, also of a title of 200 characters, in four languages"""
    with Site() as site, tempfile.TemporaryDirectory() as folder:
        title = "О преследовании профсоюзных активистов " * 5
        site.publish(copy_appeal(site, "long", ru=title.strip(), en=title.strip()))
        for path in (f"/en/{SLUG}", f"/ru/{SLUG}", f"/ar/{SLUG}", f"/zh/{SLUG}", "/ru/long"):
            out = os.path.join(folder, "poster.pdf")
            subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                            f"--user-data-dir={folder}/chromium", f"--print-to-pdf={out}",
                            f"{site.url}{path}/poster"], check=True, capture_output=True, timeout=120)
            told = subprocess.run(["pdfinfo", out], capture_output=True, text=True, check=True).stdout
            assert re.search(r"^Pages: +1$", told, re.M), (path, told)
            assert re.search(r"^Page size: +59\d\.?\d* x 84\d\.?\d* pts", told, re.M), told
            words = subprocess.run(["pdftotext", out, "-"], capture_output=True, text=True, check=True).stdout
            assert site.url.split("//")[1] + path in re.sub(r"\s", "", words), words
            # The code can be read from the paper.
            subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", out, out[:-4]], check=True)
            read = subprocess.run(["zbarimg", "--quiet", "--raw", out[:-4] + ".png"], capture_output=True, text=True)
            assert read.stdout.strip() == site.url + path, read.stdout
            os.unlink(out)


def test_nothing_to_draw_with():
    """Where drawing fails the appeal is published all the same, with a warning; publishing again draws"""
    real = realsite.DAEMON
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(real, os.path.join(folder, "undersignd"))
        broken = os.path.join(folder, "undersign")
        with open(broken, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho 'no paint is left' >&2\nexit 3\n")
        os.chmod(broken, 0o755)
        realsite.DAEMON = os.path.join(folder, "undersignd")
        try:
            with Site(appeals=False) as site:
                sample = os.path.join(TOP, "contrib/appeals", SLUG)
                site.run("appeal", "import", sample)
                done = site.run("appeal", "publish", SLUG)
                assert "is published" in done.stderr and "no paint is left" in done.stderr, done.stderr
                told = json.loads(site.run("--json", "appeal", "publish", SLUG).stdout)
                assert "no paint is left" in told["no_pictures"], told
                assert "no paint is left" in site.daemon_log()
                page = Page(site.request(f"/en/{SLUG}").text)
                assert page.meta("og:title") and page.meta("og:image") is None and page.meta("twitter:card") is None
                assert site.request(f"/en/{SLUG}/card.png").status == 404
                assert site.request(f"/en/{SLUG}/badge.png").status in (500, 503)
                share = site.request(f"/en/{SLUG}/share")
                assert share.status == 200 and "code.png" not in share.text
                assert site.request(f"/en/{SLUG}/poster").status == 200
                # One that draws something else is no better.
                with open(broken, "w", encoding="utf-8") as f:
                    f.write("#!/bin/sh\nprintf '\\211PNG\\r\\n\\032\\nnonsense'\n")
                told = json.loads(site.run("--json", "appeal", "publish", SLUG).stdout)
                assert told["no_pictures"], told
                assert site.request(f"/en/{SLUG}/card.png").status == 404
                with open(broken, "w", encoding="utf-8") as f:
                    f.write(f"#!/bin/sh\nexec {os.path.abspath(os.path.join(BUILD, 'undersign'))} \"$@\"\n")
                told = json.loads(site.run("--json", "appeal", "publish", SLUG).stdout)
                assert told["no_pictures"] is None, told
                assert size_of(site.request(f"/en/{SLUG}/card.png").body) == (1200, 630)
                assert Page(site.request(f"/en/{SLUG}").text).meta("og:image")
        finally:
            realsite.DAEMON = real


def test_renderer():
    """The renderer takes one small JSON object and nothing else; people do not see it"""
    def refused(data):
        done = subprocess.run([PROGRAM, "draw", "pictures"], input=data, capture_output=True, timeout=60)
        assert done.returncode == 65 and done.stdout == b"" and b"undersign:" in done.stderr, (data[:60], done)
    card = {"kind": "card", "language": "en", "title": "x"}
    for data in (b"", b"[]", b"nonsense", b'{"pictures":[]}', b'{"pictures":[{}]}', b'{"pictures":{"kind":"card"}}',
                 b'{"pictures":[{"kind":"card","title":7,"language":"en"}]}', b'{"pictures":[{"kind":"code"}]}',
                 b'{"pictures":["card"]}', b"[" * 100000, b'{"a":"' + b"x" * 300000 + b'"}',
                 json.dumps({"pictures": [card] * 65}).encode(),
                 json.dumps({"pictures": [card, {"kind": "code", "address": "x" * 9000}]}).encode()):
        refused(data)
    two = draw(**card)
    assert size_of(two) == (1200, 630)
    assert draw(**card) == two, "another process draws the same"
    helped = subprocess.run([PROGRAM, "help"], capture_output=True, text=True).stdout
    assert "draw" not in helped


if __name__ == "__main__":
    main([test_card, test_code, test_preview, test_badge, test_share_page, test_poster, test_nothing_to_draw_with,
          test_renderer])
