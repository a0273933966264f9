#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each kind of letter in four languages, against the ones that were looked at and kept.

letter_golden draws them from its own words. What pdftotext reads in them must be the kept text word
for word (runs of blanks count as one); how the pages look at 30 dots an inch must be the kept picture
but for what another build of the same fonts or libraries changes: a mean difference of at most
MEAN_MOST of 255, and at most BLOCK_MOST in any block of 8 by 8 dots, which is about one word of two letters.

    letters_test.py            compares; ends with "N passed, N failed"
    letters_test.py --update   keeps what is drawn now, after somebody has looked at it
    letters_test.py --try      proves that both comparisons can fail, on changed copies
"""

import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE / "letters"
BUILD = pathlib.Path(os.environ.get("UNDERSIGN_BUILD") or HERE.parents[1] / "build")
DOTS = 30
MEAN_MOST = 1.5
BLOCK_MOST = 40.0
BLOCK = 8
LEVELS = 16  # of grey, in what is kept


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def read_text(pdf):
    text = run("pdftotext", "-layout", "-enc", "UTF-8", str(pdf), "-").decode("utf-8")
    lines = (re.sub(r"[ \t\u00a0\u202f]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip("\f")).replace("\f", "\f\n") + "\n"


def read_grey(data):
    """Width, height and rows of a PGM of pdftoppm's."""
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    width, height = int(head.group(1)), int(head.group(2))
    dots = data[head.end():]
    return width, height, [dots[y * width:(y + 1) * width] for y in range(height)]


def draw_pages(pdf, folder):
    """All pages of a letter side by side."""
    run("pdftoppm", "-r", str(DOTS), "-gray", str(pdf), str(folder / "page"))
    pages = [read_grey(path.read_bytes()) for path in sorted(folder.glob("page*.pgm"))]
    for path in folder.glob("page*.pgm"):
        path.unlink()
    return [b"".join(page[2][y] for page in pages) for y in range(pages[0][1])]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, rows):
    """Four bits a dot, no filter: small, and read again in a few lines."""
    lines = []
    for row in rows:
        few = [dot * LEVELS // 256 for dot in row] + [0] * (len(row) % 2)
        lines.append(b"\0" + bytes(few[i] << 4 | few[i + 1] for i in range(0, len(few), 2)))
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 4, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
                     + chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND", b""))


def read_png(path):
    data, at, packed, width, height = path.read_bytes(), 8, b"", 0, 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (4, 0), path
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    dots, stride, rows = zlib.decompress(packed), (width + 1) // 2 + 1, []
    for y in range(height):
        line = dots[y * stride + 1:(y + 1) * stride]
        row = bytearray(half * 17 for both in line for half in (both >> 4, both & 15))
        rows.append(bytes(row[:width]))
    return rows


def compare_rows(kept, drawn):
    """What is wrong with how it looks; None for nothing."""
    if (len(kept), len(kept[0])) != (len(drawn), len(drawn[0])):
        return f"it has another size or number of pages: {len(drawn[0])}x{len(drawn)}"
    total, sums = 0, {}
    for y, (old, new) in enumerate(zip(kept, drawn)):
        for x, (a, b) in enumerate(zip(old, new)):
            if a == b:
                continue
            difference = abs(a - b)
            total += difference
            place = (x // BLOCK, y // BLOCK)
            sums[place] = sums.get(place, 0) + difference
    mean = total / (len(kept) * len(kept[0]))
    if mean > MEAN_MOST:
        return f"the mean difference is {mean:.2f} of 255"
    place = max(sums, key=sums.get, default=None)
    worst = sums[place] / BLOCK ** 2 if place else 0
    if worst > BLOCK_MOST:
        return f"at {place[0] * BLOCK},{place[1] * BLOCK} the difference is {worst:.1f} of 255"
    return None


def coarse(rows):
    """As it would be read again after it was kept."""
    return [bytes(dot * LEVELS // 256 * 17 for dot in row) for row in rows]


def compare_text(kept, drawn):
    if kept == drawn:
        return None
    for number, (old, new) in enumerate(zip(kept.split("\n"), drawn.split("\n")), 1):
        if old != new:
            return f"line {number} was {old!r} and is {new!r}"
    return "it is longer or shorter"


def check_one(pdf, folder):
    name = pdf.stem
    wrong = compare_text((KEPT / f"{name}.txt").read_text("utf-8"), read_text(pdf))
    return wrong or compare_rows(read_png(KEPT / f"{name}.png"), coarse(draw_pages(pdf, folder)))


def keep_one(pdf, folder):
    (KEPT / f"{pdf.stem}.txt").write_text(read_text(pdf), "utf-8")
    write_png(KEPT / f"{pdf.stem}.png", draw_pages(pdf, folder))


def try_one(pdf, folder):
    """Small changes that a reader would see: one letter, one line two dots lower, one page more."""
    text, rows = read_text(pdf), coarse(draw_pages(pdf, folder))
    letter = next(i for i, char in enumerate(text) if char.isalpha())
    assert compare_text(text, text) is None and compare_rows(rows, rows) is None
    assert compare_text(text, text[:letter] + "#" + text[letter + 1:])
    half = len(rows) // 2
    assert compare_rows(rows, rows[:half] + [rows[0]] * 2 + rows[half:-2]), "two dots lower"
    assert compare_rows(rows, [row + row for row in rows]), "a page more"
    dark = max(range(0, len(rows) - BLOCK, BLOCK), key=lambda y: -sum(map(sum, rows[y:y + BLOCK])))
    assert compare_rows(rows, rows[:dark] + [bytes([255]) * len(rows[0])] * BLOCK
                        + rows[dark + BLOCK:]), "a line less"


def main(arguments):
    if arguments not in ([], ["--update"], ["--try"]):
        print(__doc__, file=sys.stderr)
        return 64
    action = {"--update": keep_one, "--try": try_one}.get("".join(arguments), check_one)
    made = subprocess.run(["make", "-C", str(BUILD), "tests/golden/letter_golden", "locale/stamp"],
                          capture_output=True)
    if made.returncode != 0:
        print(made.stderr.decode())
        print("0 passed, 1 failed")
        return 1
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run(str(BUILD / "tests/golden/letter_golden"), str(BUILD / "locale"), str(folder))
        names = {path.stem for path in folder.glob("*.pdf")}
        if action is check_one and names != {path.stem for path in KEPT.glob("*.txt")}:
            print("FAIL  the letters that are drawn are not the ones that are kept")
            failed += 1
        if action is keep_one:
            KEPT.mkdir(exist_ok=True)
            for path in KEPT.iterdir():
                path.unlink()
        for pdf in sorted(folder.glob("*.pdf")):
            try:
                wrong = action(pdf, folder)
            except (AssertionError, OSError, subprocess.CalledProcessError) as error:
                wrong = repr(error)
            print(f"FAIL  {pdf.stem}: {wrong}" if wrong else f"ok    {pdf.stem}")
            passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
