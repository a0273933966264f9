#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two statements that unions really made, through the whole of it: import, page, letter.

Every word of the original stands on the page and in the letter, in its order, oddities included,
and nobody touches the original. Their words are not in this tree (see statements.py); without them
nothing is tested."""

import hashlib
import html.parser
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import realsite  # noqa: E402
import statements  # noqa: E402

INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "span", "strong", "time"}


class PageText(html.parser.HTMLParser):
    """What a reader of the page finds, without marks and addresses."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("head", "script", "style")
        self.parts.append("" if tag in INLINE else "\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("head", "script", "style")
        self.parts.append("" if tag in INLINE else "\n")

    def handle_data(self, text):
        self.parts.append("" if self.hidden else text)


def page_text(markup):
    parser = PageText()
    parser.feed(markup)
    return "".join(parser.parts)


def letter_text(path):
    return subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], check=True,
                          capture_output=True).stdout.decode("utf-8")


def words(text):
    """The layout drops what marks bold; angle brackets around an address are a mark too."""
    for mark in "*<>":
        text = text.replace(mark, "")
    return text.split()


def check_follows(expected, found, where):
    rest = iter(words(found))
    for number, word in enumerate(words(expected), 1):
        if word not in rest:
            raise AssertionError(f"{where}: word {number} does not follow: {word}")


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def originals():
    try:
        folder = statements.folder()
    except SystemExit:
        return []
    return sorted(folder.glob("*.??.txt"))


def check_statement(original):
    slug, language, _ = original.name.rsplit(".", 2)
    expected, before = original.read_bytes().decode("utf-8"), digest(original)
    with tempfile.TemporaryDirectory() as folder, realsite.Site(appeals=False) as site:
        subprocess.run([sys.executable, statements.__file__, "layout", folder], check=True,
                       stdout=subprocess.DEVNULL)
        assert site.publish(os.path.join(folder, slug)) == slug
        answer = site.request(f"/{language}/{slug}")
        assert answer.status == 200, answer.status
        check_follows(expected, page_text(answer.text), "page")
        letter = os.path.join(folder, "letter.pdf")
        site.run("export", "letter", slug, "--lang", language, "-o", letter)
        check_follows(expected, letter_text(letter), "letter")
    assert digest(original) == before


def a_lost_word_is_noticed():
    """The comparison itself: order and every word count, what stands between does not."""
    check_follows("**раз** <два>, три", "раз и два, и три", "here")
    for wrong in ("раз три", "два, раз три", "раз два, т ри", ""):
        try:
            check_follows("раз два, три", wrong, "here")
        except AssertionError:
            continue
        raise RuntimeError(f"not noticed: {wrong}")
    assert page_text("<head><title>x</title></head><p>a<b>b</b>c<br>d&amp;</p>").split() == ["abc", "d&"]


def test_of(original):
    def test():
        check_statement(original)
    test.__name__ = original.name.split(".")[0].replace("-", "_")
    test.__doc__ = "every word on the page and in the letter, the file as it was"
    return test


if __name__ == "__main__":
    found = originals()
    if not found:
        print("0 passed, 0 failed")
        sys.exit(0)
    realsite.main([a_lost_word_is_noticed] + [test_of(original) for original in found])
