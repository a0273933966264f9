#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters as files, from signatures to PDF: one, one for each addressee, a folder of individual ones, the one that
everybody may have; with the daemon up and down; and that whatever fails or is interrupted leaves no file behind."""

import glob
import hashlib
import json
import os
import re
import resource
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from letters import ADDRESSEES, SLUG, edit, marks, pages_of, sign, text_of, withdraw, write_appeal  # noqa: E402
from realsite import BUILD, PROGRAM, Site, main, wait_until  # noqa: E402
from terminal import Terminal  # noqa: E402

# For a build with sanitizers.
os.environ.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions="
                      + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
LETTER_KEYS = ["file", "language", "addressee", "pages", "named", "counted", "edition", "kind", "form", "version",
               "files", "digest", "seal"]
VISIBILITIES = ["public", "organisation", "recipients", "international", "counted"]


def opened(change=lambda text: text, options=None):
    """A site with the appeal of all kinds, published."""
    site = Site(options, appeals=False)
    site.publish(write_appeal(site.folder, change=change))
    site.out = os.path.join(site.folder, "out")
    os.mkdir(site.out)
    return site


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def letter(site, *options, name="letter.pdf", text=True):
    """Writes one; what was said of it for programs, and its text."""
    path = os.path.join(site.out, name)
    done = site.json("export", "letter", SLUG, "-o", path, *options)
    assert done["file"] == path and list(done)[:len(LETTER_KEYS)] == LETTER_KEYS, done
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and done["digest"] == sha256(path)
    assert done["pages"] == pages_of(path), done
    return done, text_of(path) if text else ""


def fails(site, status, *arguments, said="", **kwargs):
    """Refused with one sentence; nothing stands in the folder for output."""
    before = sorted(os.listdir(site.out))
    done = site.run(*arguments, check=False, **kwargs)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    assert said in done.stderr and len(done.stderr.splitlines()) == 1 and done.stdout == "", (said, done.stderr)
    assert sorted(os.listdir(site.out)) == before, os.listdir(site.out)
    return done.stderr


def editions(site):
    return site.json("delivery", "list", SLUG)


def test_a_letter_for_each():
    """Everybody gets the letter that it may have, and it is told how many are only counted, and why"""
    site = opened()
    with site:
        for visibility in VISIBILITIES:
            sign(site, **marks(visibility))
        named = {"ministry": 3, "works": 3, "ilo": 4, "council": 4, "world": 4, "gazette": 2}
        for mode in ("up", "down"):
            if mode == "down":
                site.stop()
            folder = os.path.join(site.folder, "letters-" + mode)
            done = site.run("export", "letter", SLUG, "--all", "-o", folder, "--json")
            rows = json.loads(done.stdout)
            assert [r["addressee"] for r in rows] == list(ADDRESSEES), rows
            assert sorted(os.listdir(folder)) == sorted(f"{SLUG}-en-{a}.pdf" for a in ADDRESSEES)
            assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
            first = 1 if mode == "up" else 7
            for row, number in zip(rows, range(first, first + 6)):
                assert list(row) == LETTER_KEYS, row
                assert row["named"] == named[row["addressee"]] and row["counted"] == 5 - row["named"], row
                assert (row["edition"], row["kind"], row["form"], row["version"]) == (number, "letter", "joint", 1), row
                assert row["digest"] == sha256(row["file"]) and row["pages"] == pages_of(row["file"])
                text = text_of(row["file"])
                assert ("Qorgpb" in text) and ("Qorgct" not in text)
                assert ("Qorgrc" in text) == (row["named"] > 2), row
                line, = [line for line in done.stderr.splitlines() if line.startswith(row["file"])]
                count = row["counted"]
                assert f"edition {number}, {row['pages']} page" in line and f"names {row['named']} organisations" in line and \
                    f"; {count} {'is' if count == 1 else 'are'} only counted: they chose not to be named to this kind of " \
                    "reader" in line, line
            stored = {e["number"]: e for e in editions(site)}
            assert [stored[r["edition"]]["file_digest"] for r in rows] == [r["digest"] for r in rows], stored
            assert {e["state"] for e in stored.values()} == {"made"}


def test_public_and_published():
    """The public's letter; put on the appeal's page it is served as a file, and goes when somebody leaves it"""
    site = opened()
    with site:
        ids = [sign(site, **marks(v)) for v in VISIBILITIES]
        done, text = letter(site)
        assert (done["addressee"], done["edition"], done["named"], done["counted"]) == (None, None, 2, 3)
        assert "Qorgog" in text and "Qrepog" not in text and "Qreppb" in text and "Qorgrc" not in text
        assert editions(site) == []
        # The same data give the same bytes.
        assert letter(site, name="again.pdf")[0]["digest"] == done["digest"]
        assert site.request(f"/en/{SLUG}/letter.pdf").status == 404
        # Without -o it is only put up.
        here = os.path.join(site.folder, "here")
        os.mkdir(here)
        done = site.run("export", "letter", SLUG, "--publish", "--json", cwd=here)
        shown = json.loads(done.stdout)
        assert re.match(r"Letter: \d+ pages?, names 2 organisations; 3 are only counted: .* to the public\.\n"
                        rf"The appeal's page offers it: \S+/en/{SLUG}/letter.pdf\n$", done.stderr), done.stderr
        assert shown["file"] is None and shown["address"].endswith(f"/en/{SLUG}/letter.pdf"), shown
        assert os.listdir(here) == []
        answer = site.request(f"/en/{SLUG}/letter.pdf")
        assert answer.status == 200 and hashlib.sha256(answer.body).hexdigest() == shown["digest"]
        # In another language, kept here too.
        done, text = letter(site, "--publish", "--lang", "ru", name="ru.pdf")
        assert done["language"] == "ru" and done["address"].endswith(f"/ru/{SLUG}/letter.pdf")
        with open(done["file"], "rb") as f:
            assert site.request(f"/ru/{SLUG}/letter.pdf").body == f.read()
        # Who is struck is in no letter that the site gives out.
        withdraw(site, ids[0])
        assert site.request(f"/en/{SLUG}/letter.pdf").status == 404
        site.run("export", "letter", SLUG, "--publish")
        with open(os.path.join(site.out, "again.pdf"), "wb") as f:
            f.write(site.request(f"/en/{SLUG}/letter.pdf").body)
        assert "Qorgpb" not in text_of(f.name) and "Qorgog" in text_of(f.name)


def test_individual():
    """Individual letters: one file with all, or a folder with one each, for those alone who may be named with a person"""
    site = opened()
    with site:
        ids = {v: sign(site, **marks(v)) for v in VISIBILITIES}
        chinese = sign(site, organisation="全国总工会", country="CN", visibility="public", kind="national")
        done, text = letter(site, "--to", "ministry", "--form", "individual")
        assert (done["form"], done["named"], done["counted"], done["files"]) == ("individual", 3, 3, 1), done
        assert "Qrepog" not in text and "Qorgog" not in text and "Qreprc" in text
        for mode in ("up", "down"):
            if mode == "down":
                site.stop()
            folder = os.path.join(site.folder, "separate-" + mode)
            done = site.run("export", "letter", SLUG, "--to", "ministry", "--separate", "-o", folder, "--json")
            shown = json.loads(done.stdout)
            assert (shown["files"], shown["named"], shown["counted"]) == (3, 3, 3), shown
            assert "3 have no letter" in done.stderr and "representative" in done.stderr, done.stderr
            names = sorted(os.listdir(folder))
            assert sorted(names) == sorted([f"br-qlatpb-union-{ids['public']}.pdf",
                                            f"cn-quan-guo-zong-gong-hui-{chinese}.pdf",
                                            f"gh-qlatrc-union-{ids['recipients']}.pdf"]), names
            assert shown["pages"] == sum(pages_of(os.path.join(folder, name)) for name in names)
            for name in names:
                text = text_of(os.path.join(folder, name))
                mine = [word for word, tag in (("Qreppb", "qlatpb"), ("Qreprc", "qlatrc")) if tag in name]
                others = {"Qreppb", "Qreprc"} - set(mine)
                assert all(word in text for word in mine) and not any(word in text for word in others), (name, text)
            # The digest is that of their list, as sha256sum writes it.
            listed = subprocess.run(["sha256sum", *names], cwd=folder, check=True, capture_output=True).stdout
            assert hashlib.sha256(listed).hexdigest() == shown["digest"]
        # What is there is not mixed with what comes.
        site.out = folder
        fails(site, 73, "export", "letter", SLUG, "--to", "ministry", "--separate", "-o", folder, said="no empty folder")
        with open(os.path.join(site.folder, "file"), "w"):
            pass
        fails(site, 73, "export", "letter", SLUG, "--to", "ministry", "--separate", "-o", os.path.join(site.folder, "file"))


def test_options():
    """Paper, language, version; what does not go together is refused before anything is made"""
    site = opened()
    with site:
        sign(site, **marks("public"))
        sizes = {}
        for paper in ("A4", "Letter"):
            done, _ = letter(site, "--to", "works", "--paper", paper)
            info = subprocess.run(["pdfinfo", done["file"]], check=True, capture_output=True, text=True).stdout
            sizes[paper] = re.search(r"Page size: +([\d.]+) x ([\d.]+)", info).groups()
        assert [round(float(n)) for n in sizes["A4"]] == [595, 842], sizes
        assert [round(float(n)) for n in sizes["Letter"]] == [612, 792], sizes
        done, text = letter(site, "--to", "works", "--lang", "ru", "--version", "1")
        assert done["language"] == "ru" and "Освободите" in text
        made = len(editions(site))
        for options, said in (
                (("--to", "works", "--all"), "--to and --all"), (("--paper", "A5"), "A4, Letter"),
                (("--form", "both"), "joint, individual"), (("--supplement",), "--to"),
                (("--supplement", "--accession", "--to", "works"), "exclude"), (("--publish", "--to", "works"), "--publish"),
                (("--separate", "--form", "joint", "--to", "works"), "--separate"), (("--all", "--version", "1"), "--version"),
                (("--all", "-o", "-"), "folder"), (("--separate",), "--to"), (("--form", "individual"), "--to")):
            fails(site, 64, "export", "letter", SLUG, *options, said=said)
        fails(site, 66, "export", "letter", SLUG, "--to", "nobody", said="ministry")
        fails(site, 65, "export", "letter", SLUG, "--lang", "fr", said="en")
        fails(site, 65, "export", "letter", SLUG, "--to", "works", "--supplement", said="deliver")
        fails(site, 73, "export", "letter", SLUG, "--to", "works", "-o", site.out, said="is no file")
        fails(site, 73, "export", "letter", SLUG, "--to", "works", "-o", os.path.join(site.out, "no", "such"), said="No such")
        assert len(editions(site)) == made + 1, editions(site)  # the last was made before its place was found missing
        # Some could not be written: the others are there.
        done = site.run("export", "letter", SLUG, "--all", "--supplement", "-o", site.out, check=False)
        assert done.returncode == 1 and "there is no letter to ministry" in done.stderr and "0 of 6 letters" in done.stderr
        fresh = os.path.join(site.out, "fresh")
        done = site.run("export", "letter", SLUG, "--all", "--supplement", "-o", fresh, check=False)
        assert done.returncode == 1 and not os.path.exists(fresh), done
        site.run("delivery", "record", SLUG, "--edition", "1", "--how", "hand")
        sign(site, organisation="A later one")
        done = site.run("export", "letter", SLUG, "--all", "--supplement", "-o", site.out, check=False)
        assert done.returncode == 1 and "1 of 6 letters" in done.stderr, done.stderr
        assert f"{SLUG}-en-works-supplement.pdf" in os.listdir(site.out)
        # Not offered: an edition is drawn once.
        assert "--edition" not in subprocess.run([PROGRAM, "help", "export", "letter"], capture_output=True, text=True).stdout
        assert "--edition" in site.run("export", "letter", SLUG, "--edition", "1", check=False).stderr


def test_sealed():
    """Where the site has a seal, each letter has it: valid over the whole file, unless --no-seal; never silently without"""
    site = Site(appeals=False)
    key = os.path.join(site.folder, "seal.key")
    site.run("key", "new", "--seal", "--name", "Qsealer of letters", "-o", key)
    edit(os.path.join(site.folder, "undersign.conf"), lambda text: text + "[seal]\nkey = seal.key\ncertificate = seal.crt\n")
    site.publish(write_appeal(site.folder))
    site.out = os.path.join(site.folder, "out")
    os.mkdir(site.out)
    with site:
        sign(site, **marks("public"))
        sign(site, **marks("recipients"))

        def signatures(path):
            return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True).stdout
        for mode in ("up", "down"):
            if mode == "down":
                site.stop()
            done, text = letter(site, "--to", "ministry", name=f"{mode}.pdf")
            assert done["seal"] == "Qsealer of letters" and "Qsealer of letters" in text
            said = signatures(done["file"])
            assert "Signature is Valid" in said and "Total document signed" in said, said
            done, text = letter(site, "--to", "ministry", "--no-seal", name=f"{mode}-bare.pdf")
            assert done["seal"] is None and "Qsealer" not in text and "not contain any" in signatures(done["file"]) + \
                subprocess.run(["pdfsig", done["file"]], capture_output=True, text=True).stderr
            folder = os.path.join(site.folder, f"sealed-{mode}")
            site.run("export", "letter", SLUG, "--to", "ministry", "--separate", "-o", folder)
            for path in glob.glob(folder + "/*.pdf"):
                assert "Signature is Valid" in signatures(path), path
        # The key is gone, or another one's: an error, and no unsealed letter.
        made = len(editions(site))
        os.rename(key, key + ".away")
        other = os.path.join(site.folder, "other.key")
        subprocess.run([PROGRAM, "key", "new", "--seal", "--name", "Other", "-o", other], check=True, capture_output=True)
        shutil.copy(other, key)
        os.chmod(key, 0o600)
        done = site.run("export", "letter", SLUG, "--to", "ministry", "-o", os.path.join(site.out, "x.pdf"), check=False)
        assert done.returncode not in (0, 70) and len(done.stderr.splitlines()) == 1, (done.returncode, done.stderr)
        assert "x.pdf" not in os.listdir(site.out) and "not the certificate of the key" in done.stderr, done.stderr
        os.unlink(key)
        os.rename(key + ".away", key)
        assert len(editions(site)) == made


# ---- what goes wrong ----

def test_an_image_that_cannot_be_drawn():
    """A letterhead that no letter could have is refused when it is imported, by its file's name"""
    site = Site(appeals=False)
    with site:
        folder = write_appeal(site.folder)
        for name, data, said in (("letterhead.png", b"\x89PNG\r\n\x1a\n" + bytes(40), ""),
                                 ("letterhead.svg", b'<svg xmlns="http://www.w3.org/2000/svg"', "the SVG cannot be read"),
                                 ("letterhead.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "says no size")):
            path = os.path.join(folder, name)
            with open(path, "wb") as f:
                f.write(data)
            done = site.run("appeal", "import", folder, check=False)
            assert done.returncode == 65 and f"{path}: " in done.stderr and said in done.stderr, done
            assert site.json("appeal", "list") == []
            os.unlink(path)
        with open(path, "wb") as f:
            f.write(b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="9" height="9"/></svg>')
        site.publish(folder)


def test_disk_full():
    """A disk that fills in the middle: one sentence, the old file as it was, nothing that could be delivered"""
    site = opened()
    with site:
        for name in ("One union", "Two union"):
            sign(site, organisation=name)
        path = os.path.join(site.out, "letter.pdf")
        done, _ = letter(site, "--to", "works")
        size = os.stat(path).st_size
        old = sha256(path)
        made = len(editions(site))

        def limited(most):
            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            return limit
        many = ("--to", "works", "--separate", "-o", os.path.join(site.out, "many"))
        for options, limits in ((("--to", "works", "-o", path), (1000, size // 2, size - 1)), (many, (1000, size // 2))):
            for most in limits:
                fails(site, 74, "export", "letter", SLUG, *options, said="the letter cannot be written", preexec_fn=limited(most))
        assert sha256(path) == old and os.listdir(site.out) == ["letter.pdf"]
        # The next letter would meet it again: one sentence, and nothing of a letter that there is not.
        begun = len(editions(site))
        done = site.run("export", "letter", SLUG, "--all", "-o", os.path.join(site.out, "all"), check=False,
                        preexec_fn=limited(1000))
        first, last = done.stderr.strip().splitlines()
        assert done.returncode == 74 and "the letter cannot be written" in first and last == "0 of 6 letters written.", done
        assert os.listdir(site.out) == ["letter.pdf"] and len(editions(site)) == begun + 1
        # Editions that were begun have no file, so nobody can deliver them.
        begun = editions(site)[made:]
        assert len(begun) == 6 and all(e["file_digest"] is None and e["state"] == "made" for e in begun), begun
        for edition in begun[:2]:
            done = site.run("delivery", "record", SLUG, "--edition", str(edition["number"]), "--how", "post", check=False)
            assert done.returncode == 65, done
        done = subprocess.run([PROGRAM, "--site", site.folder, "export", "letter", SLUG, "-o", "/dev/full"],
                              capture_output=True, text=True)
        assert done.returncode == 73 and "is no file" in done.stderr
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "--site", site.folder, "export", "letter", SLUG, "-o", "-"], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        assert done.returncode == 74 and "No space" in done.stderr, done


def test_no_font_and_no_image():
    """A missing font, a letterhead that cannot be drawn: one sentence, no file"""
    site = opened()
    with site:
        sign(site, organisation="One union")
        empty = os.path.join(site.folder, "fonts.conf")
        for inside in ("<dir>/nonexistent</dir>", ""):
            with open(empty, "w") as f:
                f.write('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>' + inside + "</fontconfig>")
            for to in ([], ["--to", "ministry"]):
                said = fails(site, 72, "export", "letter", SLUG, *to, "-o", os.path.join(site.out, "x.pdf"),
                             env={**os.environ, "FONTCONFIG_FILE": empty})
                assert "there is no font" in said, said
        # A PNG whose head is right and whose inside is not: taken in, but it cannot be drawn.
        folder = os.path.join(site.folder, SLUG)
        with open(os.path.join(folder, "letterhead.png"), "wb") as f:
            f.write(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00" + b"broken" * 40)
        if site.run("appeal", "import", folder, check=False).returncode == 0:
            site.run("appeal", "publish", SLUG, "--yes")
            version = site.json("appeal", "show", SLUG)["published_version"]
            said = fails(site, 65, "export", "letter", SLUG, "--version", str(version), "-o", os.path.join(site.out, "x.pdf"))
            assert "image" in said, said


def test_interrupted():
    """Ctrl-C, and a service that goes away in the middle: no file, the old one as it was, nothing to deliver"""
    site = opened()
    with site:
        for name in ("One union", "Two union"):
            sign(site, organisation=name)
        script = os.path.join(site.folder, "ssh")
        out = os.path.join(site.folder, "relayed")

        def relay(command, *rest):
            """An ssh that reaches this machine, whose answers go through `command`; then comes the rest."""
            with open(script, "w") as f:
                f.write("\n".join(["#!/bin/sh", "shift 3", f"PATH={shlex.quote(BUILD)}:$PATH", "exec 3<&0", f"mkfifo {out}.$$",
                                   f'sh -c "exec $*" <&3 >{out}.$$ & relay=$!', f"{command} <{out}.$$", *rest]) + "\n")
            os.chmod(script, 0o755)

        def export(*options):
            return subprocess.Popen([PROGRAM, "--host", "x", "--site", site.folder, "export", "letter", SLUG, "--to", "works",
                                     *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                    start_new_session=True, env={**os.environ, "UNDERSIGN_SSH": script})
        path, many = os.path.join(site.out, "letter.pdf"), os.path.join(site.out, "many")
        for options in (("-o", path), ("--separate", "-o", many)):
            relay(f"tee {out}.full")
            assert export(*options).wait(60) == 0
            whole = os.stat(f"{out}.full").st_size
            if os.path.isdir(many):
                shutil.rmtree(many)
            with open(path, "w") as f:
                f.write("old")
            made = len(editions(site))
            # Cut off at the last bytes (the answer about the digest), and within the signatories.
            for cut in (5, 60):
                for rest, status in (("sleep 60", 130), ("kill $relay", 74)):
                    relay(f"dd bs=1 count={whole - cut} status=none", rest)
                    with open(os.path.join(site.folder, "said"), "w+") as said:
                        process = subprocess.Popen(
                            [PROGRAM, "--host", "x", "--site", site.folder, "export", "letter", SLUG, "--to", "works", *options],
                            stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
                            env={**os.environ, "UNDERSIGN_SSH": script})
                        if status == 130:
                            wait_until(lambda: len(editions(site)) > made)
                            time.sleep(1)  # by then the part of the answer that comes is there
                            os.kill(process.pid, signal.SIGINT)
                        process.wait(60)
                        said.seek(0)
                        said = said.read()
                    made = len(editions(site))
                    assert process.returncode == status and len(said.splitlines()) == 1, (process.returncode, said)
                    assert os.listdir(site.out) == ["letter.pdf"], (os.listdir(site.out), said)
                    with open(path) as f:
                        assert f.read() == "old"
                    if status == 130:
                        os.killpg(process.pid, signal.SIGTERM)
        assert {e["state"] for e in editions(site)} == {"made"}


def test_progress():
    """A bar on a terminal as wide as that, without colour where NO_COLOR is set, gone at the end; none in a pipe"""
    site = opened()
    with site:
        for name in ("One union", "Two union", "Three union", "Four union", "Five union"):
            sign(site, organisation=name)
        script = os.path.join(site.folder, "ssh")
        # Answers that come slowly: each piece of a long answer waits a moment.
        with open(script, "w") as f:
            f.write(f"#!/bin/sh\nshift 3\nPATH={shlex.quote(BUILD)}:$PATH\nexec 3<&0\nmkfifo {site.folder}/slow.$$\n"
                    f'sh -c "exec $*" <&3 >{site.folder}/slow.$$ &\n'
                    f"exec {sys.executable} -c 'import os,time\nwhile True:\n d = os.read(0, 20)\n if not d: break\n"
                    f" os.write(1, d)\n time.sleep(0.04)' <{site.folder}/slow.$$\n")
        os.chmod(script, 0o755)

        def run(columns, environment):
            usual = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            terminal = Terminal([PROGRAM, "--host", "x", "--site", site.folder, "export", "letter", SLUG, "-o",
                                 os.path.join(site.out, "x.pdf")], columns=columns,
                                environment={**usual, "UNDERSIGN_SSH": script, "TERM": "xterm", **environment})
            assert terminal.end() == 0, terminal.text
            return terminal.text
        for columns, environment in ((80, {}), (40, {"NO_COLOR": "1"}), (12, {})):
            seen = run(columns, environment)
            assert "\r\033[KDrawing" in seen, seen
            bars = re.findall(r"\r\033\[K(Drawing[^\r]*)", seen)
            assert all(len(re.sub(r"\033\[\d*m", "", bar)) < columns for bar in bars), bars
            assert ("of 5" in bars[0]) == (columns >= 40) and ("[" in bars[0].replace("\033[", "")) == (columns >= 40), seen
            assert ("\033[36m" in seen) == (columns == 80), seen
            # The last that is there is the sentence, on a line of its own.
            assert re.search(r"\r\033\[K[^\r]*names 5 organisations", seen), seen


if __name__ == "__main__":
    main([test_a_letter_for_each, test_public_and_published, test_individual, test_options, test_sealed, test_an_image_that_cannot_be_drawn, test_disk_full,
          test_no_font_and_no_image, test_interrupted, test_progress])
