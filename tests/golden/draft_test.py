#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""undersign appeal draft, with the real program: what lies in the folder, what an import makes of it,
what is refused without a trace, and two statements that unions really made (see statements.py), each
part in its field, as statements.py lays them out by its own means."""

import hashlib
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import realsite  # noqa: E402
import statements  # noqa: E402
import statements_test  # noqa: E402

SAMPLE = """NORTHERN COMMITTEE OF BAKERS

Statement

On the night shifts

Lindholm, 4 May 2026

The bakers of the town have worked every night of this winter, and nobody has asked them whether
they could. This cannnot go on: two of us fell ill, and one of of us left.

In 2025th the owners promised [in writing] that a * would mark free nights.

We demand two free nights a week.

We call on all bakers to join us.

Chair of the Committee
Nora Holm
"""


def draft(path, language, folder, *more, **kwargs):
    return subprocess.run([realsite.PROGRAM, "appeal", "draft", path, "--lang", language, "-o", folder, *more],
                          capture_output=True, text=True, timeout=60, **kwargs)


class Place:
    """A folder with a file in it, and what lies beside."""

    def __init__(self, data=SAMPLE.encode(), name="bakers.en.txt"):
        self.holder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.holder.name)
        self.file = self.root / name
        self.file.write_bytes(data)
        self.folder = self.root / "made"

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        self.holder.cleanup()

    def draft(self, language="en", *more, **kwargs):
        return draft(str(self.file), language, str(self.folder), *more, **kwargs)

    def names(self):
        return sorted(p.name for p in self.root.iterdir())


def head_and_body(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("---\n")
    head, body = text[4:].split("\n---\n", 1)
    pairs = [line.split(":", 1) for line in head.split("\n") if line and not line.startswith("#")]
    return [(key, value.strip()) for key, value in pairs], body


def without_comments(body):
    return re.sub(r"[ \t]*<!--.*?-->\n?", "", body, flags=re.S)


def settle(folder):
    """What an editor does: every comment is looked at and deleted."""
    for path in folder.glob("??.md"):
        text = path.read_text(encoding="utf-8")
        head, body = text[4:].split("\n---\n", 1) if text.startswith("---\n") else ("", text)
        head = "".join(line + "\n" for line in head.split("\n") if not line.startswith("#"))
        path.write_text(f"---\n{head}---\n{without_comments(body)}" if head else without_comments(body), encoding="utf-8")


def comments_of(path):
    """How many comments a text holds, and the first one's line."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    end = lines.index("---", 1)
    starts = [n + 1 for n, line in enumerate(lines[:end]) if line.startswith("#")]
    starts += [text[:m.start()].count("\n") + 1 for m in re.finditer("<!--", text)]
    return len(starts), starts[0]


def plain_blocks(body):
    """Each block's kind and words, with no mark of CommonMark."""
    found = []
    for block in re.split(r"\n\s*\n", without_comments(body).strip()):
        for line in re.split(r"\n(?=\d+\. |- )", block):
            is_demand = re.match(r"(\d+\.|-) ", line)
            words = line[is_demand.end():] if is_demand else line
            words = re.sub(r"\\\n", " ", words)
            words = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", words)
            found.append((bool(is_demand), words.replace("**", "").split()))
    return found


def the_folder_holds_draft_settings_and_original():
    with Place(b"\xef\xbb\xbf" + SAMPLE.replace("\n", "\r\n").encode()) as place:
        done = place.draft()
        assert done.returncode == 0, done.stderr
        assert sorted(p.name for p in place.folder.iterdir()) == ["appeal.ini", "en.md", "original.en.txt"]
        assert place.names() == ["bakers.en.txt", "made"], place.names()
        data = place.file.read_bytes()
        assert (place.folder / "original.en.txt").read_bytes() == data
        digest = hashlib.sha256(data).hexdigest()
        head, body = head_and_body(place.folder / "en.md")
        assert head == [
            ("original", "sha256:" + digest), ("letterhead", "NORTHERN COMMITTEE OF BAKERS"), ("kind", "Statement"),
            ("title", "On the night shifts"), ("date", "2026-05-04"), ("place", "Lindholm"),
            ("signatory", "Chair of the Committee"), ("signatory.name", "Nora Holm")], head
        assert [is_demand for is_demand, _ in plain_blocks(body)] == [False, False, True, True]
        assert "slug = on-the-night-shifts\n" in (place.folder / "appeal.ini").read_text()


def suspects_are_told_with_their_lines():
    with Place() as place:
        done = place.draft("en", "--json")
        assert f"{place.file}:10: suspect: a word stands twice: \"of\"\n" in done.stderr, done.stderr
        assert f"{place.file}:12: suspect: a date glued to letters: \"2025th\"\n" in done.stderr, done.stderr
        answer = json.loads(done.stdout)
        assert [(n["line"], n["suspect"]) for n in answer["notes"]] == [(10, True), (12, True)], answer
        assert answer["original"] == hashlib.sha256(place.file.read_bytes()).hexdigest()


def an_import_takes_it_and_shows_no_comment():
    with Place() as place, realsite.Site(appeals=False) as site:
        assert place.draft().returncode == 0
        done = site.run("appeal", "import", str(place.folder))
        assert "original" not in done.stderr, done.stderr
        # Who gets a bundle gets the file itself, so nothing is published with a comment in it.
        count, line = comments_of(place.folder / "en.md")
        assert count > 2
        done = site.run("appeal", "publish", "on-the-night-shifts", check=False)
        assert done.returncode == 65 and f"en.md still holds {count} comments (line {line} first)" in done.stderr, done
        assert site.request("/en/on-the-night-shifts").status == 404
        drafted = (place.folder / "en.md").read_text()
        settle(place.folder)
        settled = (place.folder / "en.md").read_text()
        assert "#" not in settled and "<!--" not in settled
        (place.folder / "en.md").write_text(settled + "\n<!-- one\nmore --> <!-- other -->\n")
        site.run("appeal", "import", str(place.folder))
        done = site.run("appeal", "publish", "on-the-night-shifts", check=False)
        last = settled.count("\n") + 2
        assert done.returncode == 65 and f"en.md still holds 2 comments (line {last} first)" in done.stderr, (last, done)
        (place.folder / "en.md").write_text(settled.replace("We demand", "We <!-- really? --> demand"))
        site.run("appeal", "import", str(place.folder))
        done = site.run("appeal", "publish", "on-the-night-shifts", check=False)
        assert done.returncode == 65 and "en.md still holds a comment (line " in done.stderr, done
        (place.folder / "en.md").write_text(settled)
        assert drafted != settled
        assert site.publish(str(place.folder)) == "on-the-night-shifts"
        page = site.request("/en/on-the-night-shifts")
        assert page.status == 200
        letter = str(place.root / "letter.pdf")
        site.run("export", "letter", "on-the-night-shifts", "--lang", "en", "-o", letter)
        for text in (page.text, statements_test.letter_text(letter)):
            assert "cannnot go on" in re.sub(r"\s+", " ", text)
            assert "suspect" not in text and "<!--" not in text and "line 10" not in text
        # The original's file may be gone: what it was is in the text.
        (place.folder / "original.en.txt").unlink()
        assert "unchanged" in site.run("appeal", "import", str(place.folder)).stderr


def a_wrong_command_line_is_told():
    with Place() as place:
        for arguments, part in (
                (["--lang", "en"], "-o DIR"), (["--lang", "en", "-o", "-"], "-o DIR"),
                (["-o", str(place.folder)], "--lang LL"),
                (["--lang", "english", "-o", str(place.folder)], "language's tag"),
                (["--lang", "../x", "-o", str(place.folder)], "language's tag")):
            done = subprocess.run([realsite.PROGRAM, "appeal", "draft", str(place.file), *arguments],
                                  capture_output=True, text=True)
            assert done.returncode == 64 and part in done.stderr, done
        assert place.names() == ["bakers.en.txt"]


def what_is_no_text_is_refused_without_a_trace():
    for data, part in (
            (SAMPLE.encode("utf-16"), "iconv -f UTF-16"), ("Все сюда".encode("cp1251"), "iconv -f WINDOWS-1251"),
            ("Été".encode("latin-1"), "latin-1"), (b"a\nb\0c", ":2: the file holds a zero byte"),
            (b"a\n\nb\x07", ":3: "), (b"", "nothing in the file"), (b"ab\n" * 200000, "at most 512 KiB"),
            (b"\xef\xbb\xbf", "nothing in the file")):
        with Place(data) as place:
            done = place.draft("ru")
            assert done.returncode == 65 and part in done.stderr, (part, done)
            assert place.names() == ["bakers.en.txt"], place.names()
    with Place() as place:
        place.file.unlink()
        done = place.draft()
        assert done.returncode == 66 and "cannot read" in done.stderr, done
        assert place.names() == []


def a_folder_with_something_in_it_is_left_alone():
    with Place() as place:
        place.folder.mkdir()
        (place.folder / "mine").write_text("mine")
        done = place.draft()
        assert done.returncode == 73 and "there already, and is not empty" in done.stderr, done
        assert [p.name for p in place.folder.iterdir()] == ["mine"]
        (place.folder / "mine").unlink()
        done = place.draft("en", cwd=place.folder)
        assert done.returncode == 73 and "the one you are in" in done.stderr, done
        assert place.draft().returncode == 0
        assert len(list(place.folder.iterdir())) == 3
        done = draft(str(place.file), "en", str(place.file))
        assert done.returncode == 73 and "is no folder" in done.stderr, done
        done = draft(str(place.file), "en", str(place.root / "not" / "there"))
        assert done.returncode == 73, done
        done = draft(str(place.file), "en", str(place.root / "slashed") + "//")
        assert done.returncode == 0 and (place.root / "slashed" / "en.md").is_file(), done


def a_disk_that_fills_leaves_nothing():
    for most in (0, 200, 700):
        with Place() as place:
            done = place.draft("en", restore_signals=False,  # SIGXFSZ stays ignored: the write fails instead
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
            assert done.returncode == 73 and "cannot make the folder" in done.stderr, (most, done)
            assert place.names() == ["bakers.en.txt"], (most, place.names())


def check_statement(original):
    slug, language, _ = original.name.rsplit(".", 2)
    before = original.read_bytes()
    with tempfile.TemporaryDirectory() as root, realsite.Site(appeals=False) as site:
        folder, laid = pathlib.Path(root) / "made", pathlib.Path(root) / "laid"
        done = draft(str(original), language, str(folder))
        assert done.returncode == 0, done.stderr
        assert original.read_bytes() == before == (folder / f"original.{language}.txt").read_bytes()

        subprocess.run([sys.executable, statements.__file__, "layout", str(laid)], check=True,
                       stdout=subprocess.DEVNULL)
        head, body = head_and_body(folder / f"{language}.md")
        assert head.pop(0) == ("original", "sha256:" + hashlib.sha256(before).hexdigest())
        expected = laid / slug / f"{language}.md"
        is_plea = not expected.read_text(encoding="utf-8").startswith("---\n")
        parts, text = ([], expected.read_text(encoding="utf-8")) if is_plea else head_and_body(expected)
        parts = [(key, re.sub(r"<(\S+)>", r"\1", value)) for key, value in parts]
        order = sorted if not is_plea else list  # the layout has its own order of number, date and kind
        assert order(head) == order(parts), (head, parts)
        for key in ("letterhead", "title", "signatory"):
            assert [p for p in head if p[0].startswith(key)] == [p for p in parts if p[0].startswith(key)]
        assert plain_blocks(body) == plain_blocks(text)

        # The head's words, the body's and the signatory's are all there are, in the original's order.
        shown = [line.split(": ", 1)[1] for line in
                 (folder / f"{language}.md").read_text(encoding="utf-8").split("\n---\n")[0].split("\n")
                 if re.match(r"# line \d+, as it stood: ", line)]
        over = [value for key, value in head if not key.startswith(("signatory", "number", "date", "place"))]
        under = [value for key, value in head if key.startswith("signatory")]
        words = [word for block in plain_blocks(body) for word in block[1]]
        said = " ".join(over[:-3] + shown + over[-3:]).split() + words + " ".join(under).split()
        assert said == statements.words(original), "words differ"

        settle(folder)
        name = site.publish(str(folder))
        page = site.request(f"/{language}/{name}")
        assert page.status == 200
        statements_test.check_follows(before.decode(), statements_test.page_text(page.text), "page")
        assert "<!--" not in page.text and "suspect" not in page.text
        letter = str(pathlib.Path(root) / "letter.pdf")
        site.run("export", "letter", name, "--lang", language, "-o", letter)
        statements_test.check_follows(before.decode(), statements_test.letter_text(letter), "letter")


def the_statements_suspects_are_told():
    """Oddities that the folder's README names are found by their shape, whatever words they stand in."""
    for original in statements_test.originals():
        with tempfile.TemporaryDirectory() as root:
            done = draft(str(original), original.name.rsplit(".", 2)[1], os.path.join(root, "made"))
        text = original.read_bytes().decode("utf-8")
        for shape, told in ((r"[а-яё][a-z]|[a-z][а-яё]", "mixed scripts"), (r"\s–\w", "a space before a dash"),
                            (r"\b\d{4}г", "glued to letters"), (r"\*\*[^*\n]+\n[^*]+\*\*", "bold runs over lines")):
            assert (re.search(shape, text) is not None) == (told in done.stderr), (original.name, told)


def test_of(original):
    def test():
        check_statement(original)
    test.__name__ = original.name.split(".")[0].replace("-", "_")
    test.__doc__ = "each part in its field, every word in order, imported and shown"
    return test


if __name__ == "__main__":
    realsite.main([
        the_folder_holds_draft_settings_and_original, suspects_are_told_with_their_lines,
        a_wrong_command_line_is_told, what_is_no_text_is_refused_without_a_trace,
        a_folder_with_something_in_it_is_left_alone, a_disk_that_fills_leaves_nothing,
        an_import_takes_it_and_shows_no_comment, the_statements_suspects_are_told,
    ] + [test_of(original) for original in statements_test.originals()])
