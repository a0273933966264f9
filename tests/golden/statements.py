#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lays out real statements as appeals, by mechanical means only, and tells their words in order.

Two statements that unions really made are what this program must be able to carry. Their words
belong to them, so they stand outside the source: in the folder that UNDERSIGN_STATEMENTS names, or
in shared/statements beside the source tree. Nothing here knows what they say, only their shape: a
file STEM.LL.txt of one line is a plea, any other a statement with its parts between blank lines.

    statements.py layout OUTDIR     OUTDIR/STEM/appeal.ini and OUTDIR/STEM/LL.md for each; prints
                                    STEM, a blank and the file's path, one line each
    statements.py words FILE        the words of a text in order, one a line
    statements.py follow FILE TEXT  whether the words of FILE stand in TEXT in their order, whatever
                                    stands between; else the first that does not, and exit code 1

Exit code 77: there is no such folder here, so whatever is tested with it is skipped.
"""
import os
import pathlib
import re
import sys

DEMAND_MOST = 140  # characters: what stands alone on about one printed line
REGISTERED = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})\s+№\s+(\S+)")
SPECIALS = re.compile(r"[\\`*_{}\[\]<>#!|~&]")
AT_START = re.compile(r"^(\s*)(\d{1,9}(?=[.)])|(?=[-+=]))", re.M)


def folder():
    root = pathlib.Path(__file__).resolve().parents[2]
    named = os.environ.get("UNDERSIGN_STATEMENTS")
    found = pathlib.Path(named) if named else root.parent / "shared" / "statements"
    if not found.is_dir():
        print(f"no statements in {found}: skipped", file=sys.stderr)
        sys.exit(77)
    return found


def escape(text):
    """CommonMark that reads as exactly this text."""
    text = SPECIALS.sub(lambda match: "\\" + match.group(), text)
    return AT_START.sub(lambda match: match.group(1) + match.group(2) + "\\", text)


def blocks(text):
    """The parts between blank lines, each its lines and whether it was set in bold."""
    for part in re.split(r"\n[ \t]*\n", text):
        part = part.strip("\n")
        if part.strip():
            yield part.replace("**", "").split("\n"), part.lstrip().startswith("**")


def is_latin(line):
    """No letter of the line is from another alphabet than the Latin."""
    return not re.search(r"[^\W\d_A-Za-z]", line)


def letterhead(lines, language):
    for line in lines:
        key = "letterhead[en]" if is_latin(line) and language != "en" else "letterhead"
        yield f"{key}: {line}"


def statement(text, language):
    """Letterhead, registration, bold kind and title, paragraphs, demands, bold office, name."""
    parts = list(blocks(text))
    registered = next(i for i, (lines, _) in enumerate(parts) if REGISTERED.search(lines[0]))
    headline = registered + 1
    office = max(i for i, (_, bold) in enumerate(parts) if bold)
    assert parts[headline][1] and headline < office == len(parts) - 2

    head = []
    for lines, _ in parts[:registered]:
        head += ["letterhead:"] if head else []
        head += letterhead(lines, language)
    day, month, year, number = REGISTERED.search(parts[registered][0][0]).groups()
    kind, *title = parts[headline][0]
    head += [f"kind: {kind}", f"number: {number}", f"date: {year}-{month}-{day}"]
    head += [f"title: {line}" for line in title]
    head += [f"signatory: {line}" for line in parts[office][0]]
    head += [f"signatory.name: {line}" for line in parts[office + 1][0]]

    body = [lines for lines, _ in parts[headline + 1 : office]]
    first = len(body)
    while first > 0 and len(body[first - 1]) == 1 and len(body[first - 1][0]) <= DEMAND_MOST:
        first -= 1
    paragraphs = ["\\\n".join(escape(line) for line in lines) for lines in body[:first]]
    demands = "\n".join("- " + escape(lines[0]) for lines in body[first:])
    return "---\n" + "\n".join(head) + "\n---\n\n" + "\n\n".join(paragraphs + [demands]) + "\n"


def layout(out):
    for path in sorted(folder().glob("*.??.txt")):
        stem, language, _ = path.name.rsplit(".", 2)
        text = path.read_bytes().decode("utf-8")
        is_plea = len(list(blocks(text))) == 1
        where = pathlib.Path(out) / stem
        where.mkdir(parents=True, exist_ok=True)
        settings = f"[appeal]\nslug = {stem}\nauthoritative = {language}\n"
        (where / "appeal.ini").write_text(settings, encoding="utf-8")
        laid = escape(text) if is_plea else statement(text, language)
        (where / f"{language}.md").write_bytes(laid.encode("utf-8"))
        print(stem, path)


def words(path):
    text = pathlib.Path(path).read_bytes().decode("utf-8")
    return re.sub(r"[*<>]", "", text).split()


def follow(path, other):
    rest = iter(words(other))
    for number, word in enumerate(words(path), 1):
        if word not in rest:  # takes from it up to and with the word
            print(f"word {number} does not follow: {word}", file=sys.stderr)
            return 1
    return 0


def main(args):
    if len(args) == 2 and args[0] == "layout":
        layout(args[1])
    elif len(args) == 2 and args[0] == "words":
        print("\n".join(words(args[1])))
    elif len(args) == 3 and args[0] == "follow":
        return follow(args[1], args[2])
    else:
        print(__doc__, file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
