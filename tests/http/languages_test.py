# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ten languages: who asks for one gets it, and keeps it from the form to the last mail, whatever the browser says
and whatever language the appeal's text is in."""

import os
import re
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from realsite import Site, body, link, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"  # its texts are Russian and English
ALL = ["en", "fr", "es", "ru", "kk", "ar", "zh", "de", "pt", "tr"]
# Tor Browser says this for everybody.
TOR = {"Accept-Language": "en-US,en;q=0.5"}


def check(value, what=""):
    assert value, what


def equal(got, wanted):
    assert got == wanted, f"{got!r} instead of {wanted!r}"


def html_part(message):
    return message.get_body(("html",)).get_content()


def test_negotiation():
    """ "/" leads to the language asked for; scripts, countries and rubbish do no harm."""
    with Site() as site:
        cases = {
            "kk-Cyrl-KZ, ru;q=0.9": "kk", "zh-CN,zh;q=0.9": "zh", "zh-Hans-SG": "zh", "zh-TW": "zh",
            "pt-BR,pt;q=0.8": "pt", "ar-EG": "ar", "tr": "tr", "de-CH": "de", "sw": "ru", "": "ru",
            "*": "ru", "zh;q=0, tr;q=0.1": "tr", ",;=,;q": "ru", "-,--,;": "ru", "zh" * 2000: "ru",
            "ar;q=99999999999999999999, de;q=0.1": "de", "%00%n, tr": "tr",
        }
        for accept, wanted in cases.items():
            answer = site.request("/", headers={"Accept-Language": accept})
            equal((answer.status, answer.headers["Location"]), (302, f"/{wanted}/"))
        # Bytes that no client library sends.
        with socket.create_connection(("127.0.0.1", site.port), 10) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Language: \xff\xfe\xc0, zh;q=0.5\r\n"
                        b"Connection: close\r\n\r\n" % site.port)
            first = raw.recv(4096)
        check(first.startswith((b"HTTP/1.1 302", b"HTTP/1.1 400")), first)
        check(site.request("/zh/").status == 200, "it goes on")


def test_pages():
    """Each language has its direction, links to the others by their own names, and marks a foreign text."""
    with Site() as site:
        seen = {}
        for language in ALL:
            page = site.request(f"/{language}/{SLUG}").text
            direction = "rtl" if language == "ar" else "ltr"
            check(f'<html lang="{language}" dir="{direction}"' in page, language)
            for other, name in (("kk", "Қазақша"), ("ar", "العربية"), ("zh", "简体中文"), ("de", "Deutsch"),
                                ("pt", "Português"), ("tr", "Türkçe")):
                check(f'hreflang="{other}"' in page and name in page, (language, other))
            is_foreign = language not in ("ru", "en")
            text = "en" if language == "en" else "ru"
            check(re.search(rf'<article class="letter" lang="{text}" dir="ltr"', page), language)
            equal('<p class="note">' in page, is_foreign)
            form = site.request(f"/{language}/{SLUG}/sign").text
            seen[language] = re.search(r"<h1[^>]*>(.*?)</h1>", form, re.S).group(1)
            check("United Kingdom" not in form or language == "en", language)
        equal(len(set(seen.values())), len(ALL))  # no catalogue falls back


def test_whole_way():
    """Form, mails and pages stay in the form's language; the signature remembers the text's."""
    names = {"ar": "نقابة عمال النفط المستقلة", "zh": "独立石油工人工会", "kk": "Тәуелсіз мұнайшылар кәсіподағы"}
    with Site() as site:
        for at, (language, name) in enumerate(names.items()):
            address = f"office@{language}.example"
            site.sign(SLUG, language, organisation=name, email=address)
            asked = [m for m in site.mails(2 * at + 1) if m["To"] == address][0]
            equal(asked["Content-Language"], language)
            check(asked["Subject"].isprintable() and not asked["Subject"].isascii(), asked["Subject"])
            check(b"\nSubject: =?utf-8?" in asked.as_bytes().replace(b"UTF-8", b"utf-8"), "a bare subject")
            check(name in body(asked), "the text part")
            page = html_part(asked)
            check(f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page, page[:200])
            check(re.search(r"<bdi>[0-9A-Z]{5}-[0-9A-Z]{5}</bdi>", page), "a code runs from left to right")
            shown = site.request(link(asked), headers=TOR)
            equal(shown.headers["Content-Language"], language)
            check(name in shown.text, "confirm")
            site.confirm(asked)
            receipt = site.request(link(asked), headers=TOR)
            equal(receipt.headers["Content-Language"], language)
            row = [r for r in site.json("signature", "list", SLUG) if r["organisation"] == name][0]
            equal(row["language"], "ru")  # the text that was read
            site.run("signature", "approve" if language != "zh" else "refuse", row["id"],
                     *(["--reason", "x"] if language == "zh" else []))
            told = wait_until(lambda a=address: [m for m in site.mails() if m["To"] == a][1:])[0]
            equal(told["Content-Language"], language)
            own = re.search(r"/w/[A-Za-z0-9_-]+", body(told)).group(0)
            equal(site.request(own, headers=TOR).headers["Content-Language"], language)


if __name__ == "__main__":
    main([test_negotiation, test_pages, test_whole_way])
