#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way of signing in Firefox with scripts and SVG off, as Tor Browser at its safest level shows it: the page, the
form with a mistake, the answers checked, the mail, the button, the receipt, the list, and back out again."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), HERE]
from firefox import Firefox  # noqa: E402
from realsite import Site, body, link, main, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"


def text_of(firefox):
    return re.sub(r"\s+", " ", firefox.one("main").text)


def press(firefox):
    """The page's own button, with which one goes on."""
    firefox.one("main form .act button:first-of-type, main form > button").click()


def fill(firefox, email):
    for name, value in (("organisation", "Профсоюз «Проба» 12"), ("representative", "Ануш Петросян"), ("capacity", "председатель"),
                        ("members", "1 500"), ("email", email)):
        firefox.one(f"#{name}").clear()
        firefox.one(f"#{name}").type(value)
    firefox.one('#kind option[value="union"]').click()
    firefox.all('#country option[value="AM"]')[0].click()
    firefox.one("#consent").click()


def check_answers(firefox):
    """Goes on from the page that shows the answers once more."""
    if firefox.all('input[name="step"][value="send"], button[name="step"][value="send"]'):
        assert "Профсоюз «Проба» 12" in text_of(firefox)
        firefox.one('button[name="step"][value="send"], form:has(input[name="step"][value="send"]) button').click()


PROBE = ("data:text/html,<!doctype html><title>off</title><p id=a>no</p><script>document.title = 'on'</script>"
         "<svg id=s width=40 height=90><rect width=40 height=90 /></svg>")


def test_scripts_and_pictures_are_off():
    """The browser is what it is meant to be: it runs no script and draws no SVG"""
    found = []
    for preferences in ({}, {"javascript.enabled": True, "svg.disabled": False}):
        with Firefox(preferences=preferences) as firefox:
            firefox.get(PROBE)
            found.append((firefox.title, firefox.one("#s").rect["height"] == 90))
    assert found == [("off", False), ("on", True)], found


def test_the_whole_way():
    """From the appeal to the receipt and the list, and off again, in Firefox at Tor Browser's safest level"""
    with Site() as site, Firefox(languages="ru, en") as firefox:
        firefox.get(site.url + "/")
        assert firefox.url == site.url + "/ru/", firefox.url
        firefox.get(f"{site.url}/ru/{SLUG}")
        assert firefox.all("article h1, article h2") and not firefox.all("script, svg, img[src$='.svg']")
        firefox.all("a.button")[0].click()
        assert firefox.url.endswith(f"/ru/{SLUG}/sign"), firefox.url

        fill(firefox, "office")
        press(firefox)
        assert firefox.title.startswith("Ошибка: "), firefox.title
        assert firefox.one('[role="alert"]').is_displayed()
        firefox.one('[role="alert"] a').click()
        assert firefox.url.endswith("#email"), firefox.url
        assert firefox.one("#organisation").current("value") == "Профсоюз «Проба» 12"
        assert firefox.one("#consent").current("checked") is True

        firefox.one("#email").clear()
        firefox.one("#email").type("office@proba.example")
        press(firefox)
        check_answers(firefox)
        assert firefox.url.endswith("/sent"), firefox.url

        message = site.mails(1)[0]
        firefox.get(site.url + link(message))
        assert "Профсоюз «Проба» 12" in text_of(firefox) and not firefox.all(".number"), "opening the link signs nothing"
        press(firefox)
        number = firefox.one(".number").text.strip()
        assert [row["id"] for row in site.json("queue")] == [number]

        site.run("signature", "approve", number)
        firefox.get(f"{site.url}/ru/{SLUG}/signatories")
        wait_until(lambda: firefox.get(firefox.url) or "Профсоюз «Проба» 12" in text_of(firefox))

        listed = body(site.mails(2)[1])
        firefox.get(site.url + re.search(r"/w/[A-Za-z0-9_-]+", listed).group(0))
        firefox.one('button[name="act"][value="withdraw"], form:has(input[name="act"][value="withdraw"]) button').click()
        firefox.get(f"{site.url}/ru/{SLUG}/signatories")
        assert "Профсоюз «Проба» 12" not in text_of(firefox), "it is off at once"


def test_by_code():
    """Who follows no links types the code, in Arabic, from right to left"""
    with Site() as site, Firefox(languages="ar") as firefox:
        firefox.get(f"{site.url}/ar/{SLUG}/sign")
        assert firefox.one("html").attribute("dir") == "rtl"
        fill(firefox, "office@proba.example")
        press(firefox)
        check_answers(firefox)
        assert firefox.url.endswith("/sent")
        code = re.search(r"^\s*([0-9A-Z]{5}-[0-9A-Z]{5})\s*$", body(site.mails(1)[0]), re.M).group(1)
        firefox.get(f"{site.url}/ar/{SLUG}/code")
        firefox.one("#email").type("office@proba.example")
        firefox.one("#code").type(code)
        press(firefox)
        assert firefox.one(".number").text.strip() == site.json("queue")[0]["id"]


main([value for name, value in list(globals().items()) if name.startswith("test_")])
