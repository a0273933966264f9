# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bundles end to end: what is in one, that minisign and `undersign verify` hold it good, and everything that must be
found out in one that somebody else made or changed."""

import glob
import hashlib
import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import warnings
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import BUILD, TOP, main
from sealing import NAME, SLUG, SealedSite, pdfsig, run

TOP_FILES = ["manifest.json", "manifest.json.minisig", "undersign.pub"]


def bundle(site, name="bundle.zip", *options, to="president", **kwargs):
    done = site.run("export", "bundle", SLUG, "--to", to, "-o", site.path(name), *options, **kwargs)
    return site.path(name), done


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def pack(path, files, compress=zipfile.ZIP_DEFLATED):
    """An archive of those files, in that order; the same name may come twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", compress) as archive:
            for name, data in files:
                archive.writestr(name, data)
    return path


class Forger:
    """Somebody with a minisign key of their own, who can make a bundle that is signed as a whole."""

    def __init__(self, folder):
        self.folder = folder
        run("minisign", "-G", "-W", "-p", "forger.pub", "-s", "forger.sec", cwd=folder)

    def sign(self, files, manifest=None):
        """files: the parts without the first three. The manifest of those given, with what is told changed in it."""
        told = json.loads(files.pop("manifest.json"))
        for name in TOP_FILES[1:]:
            files.pop(name)
        told["files"] = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in files.items()]
        if manifest is not None:
            manifest(told)
        text = json.dumps(told).encode()
        with open(os.path.join(self.folder, "m"), "wb") as f:
            f.write(text)
        run("minisign", "-S", "-s", "forger.sec", "-m", "m", cwd=self.folder)
        with open(os.path.join(self.folder, "m.minisig"), "rb") as f:
            signature = f.read()
        with open(os.path.join(self.folder, "forger.pub"), "rb") as f:
            key = f.read()
        return [("manifest.json", text), ("manifest.json.minisig", signature), ("undersign.pub", key), *files.items()]


def test_what_a_bundle_holds():
    """Letter, list, texts byte for byte, manifest and signature; minisign verifies it; nobody is in it who may not be"""
    with SealedSite() as site:
        names = site.gather("public", "organisation", "recipients", "international", "counted")
        path, done = bundle(site)
        assert os.stat(path).st_mode & 0o777 == 0o600
        assert site.left() == (["bundle.zip"], []), site.left()
        files = parts(path)
        texts = {os.path.basename(p): open(p, "rb").read() for p in glob.glob(os.path.join(TOP, "contrib/appeals", SLUG, "*.md"))}
        assert list(files) == TOP_FILES + ["letter.pdf", "list.csv"] + sorted(texts), list(files)
        for name, data in texts.items():
            assert files[name] == data, name

        told = json.loads(files["manifest.json"])
        assert (told["format"], told["format_version"], told["appeal"], told["version"]) == ("undersign-bundle", 1, SLUG, 1)
        assert (told["addressee"], told["addressee_kind"], told["language"], told["kind"]) == ("president", "government", "ru", "letter")
        assert (told["named"], told["counted"], told["seal"]) == (3, 2, NAME), told
        assert told["made_by"] == "Undersign" and "unix:" not in str(told) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["made_at"])
        assert [(f["name"], f["size"], f["sha256"]) for f in told["files"]] == \
            [(n, len(files[n]), hashlib.sha256(files[n]).hexdigest()) for n in list(files)[3:]]

        folder = site.path("out")
        os.makedirs(folder)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
            infos = archive.infolist()
        said = run("minisign", "-V", "-p", "undersign.pub", "-m", "manifest.json", cwd=folder).stdout.decode()
        assert "Signature and comment signature verified" in said
        # Order and times come from the bundle, not from when or where its files were written.
        made = tuple(map(int, re.findall(r"\d+", told["made_at"])))
        assert all(abs(i.date_time[5] - made[5]) < 2 and i.date_time[:5] == made[:5] for i in infos), [i.date_time for i in infos]
        assert all(stat.S_IMODE(i.external_attr >> 16) == 0o644 for i in infos)
        assert "Total document signed" in pdfsig(os.path.join(folder, "letter.pdf"))

        # The same organisations in the letter and in the list, and the others in none of it.
        text = run("pdftotext", os.path.join(folder, "letter.pdf"), "-").stdout.decode()
        listed = files["list.csv"].decode()
        for i, name in enumerate(names):
            assert (name in " ".join(text.split())) == (i < 3), name
            assert (name in listed) == (i < 3), name
        assert len(listed.splitlines()) == 4
        for data in files.values():
            for name in names[3:]:
                assert name.encode() not in data

        # The key is the one that the site shows everybody.
        shown = site.json("key", "show")
        served = site.request("/undersign.pub")
        assert served.status == 200 and served.body == files["undersign.pub"] and shown["public_key"] in served.text
        assert served.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert shown["key_id"] in served.text and shown["key_id"] in done.stderr
        assert stat.S_IMODE(os.stat(site.keys("signing.key")).st_mode) == 0o600
        connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
        acts = [row[0] for row in connection.execute("SELECT act FROM audit ORDER BY seq")]
        connection.close()
        assert {"export.letter", "export.csv", "letter.seal", "export.bundle", "bundle.sign"} <= set(acts), acts
        told = site.json("delivery", "list", SLUG)
        assert len(told) == 1, told

        site.stop()
        site.start()
        assert site.json("key", "show") == shown


def test_verify_says_what_holds():
    """A good bundle with and without the site's key, unsealed, in a program's words"""
    with SealedSite() as site:
        site.gather("public", "counted")
        path, _ = bundle(site)
        said = site.verify(path)
        assert "The bundle holds." in said and "came with the bundle" in said, said
        assert site.json("key", "show")["public_key"] in said and NAME in said, said
        assert "edition 1" in said and "1 organisations named, 1 only counted" in said, said
        with open(site.path("site.pub"), "wb") as f:
            f.write(site.request("/undersign.pub").body)
        said = site.verify(path, "--key", site.path("site.pub"))
        assert "the one of --key" in said and "came with the bundle" not in said, said
        told = json.loads(site.verify(path, "--json"))
        assert told["holds"] is True and told["what"] == "bundle", told
        assert {f["finding"] for f in told["findings"]} == {"ok", "note"}
        # Also one that came under another name, and from standard output.
        out = subprocess.run([os.path.join(BUILD, "undersign"), "--site", site.folder, "export", "bundle", SLUG, "--to", "ituc",
                              "-o", "-", "--no-seal"], capture_output=True, timeout=120, env={**os.environ, "TMPDIR": site.temporary})
        assert out.returncode == 0, out.stderr
        with open(site.path("x"), "wb") as f:
            f.write(out.stdout)
        assert "no seal of its own" in site.verify(site.path("x"))

        Forger(site.work)
        assert "not signed with the key of --key" in site.verify(path, "--key", site.path("forger.pub"), status=65)
        site.verify(path, "--key", site.path("nowhere.pub"), status=66)
        with open(site.path("no.pub"), "w") as f:
            f.write("nothing\n")
        assert "no public key" in site.verify(path, "--key", site.path("no.pub"), status=65)
        site.verify(site.path("nowhere.zip"), status=66)


def test_changes_are_found_out():
    """Each file changed, taken away, added, swapped; the manifest changed; the archive cut: exit 65 and the file's name"""
    with SealedSite() as site:
        site.gather("public")
        path, _ = bundle(site)
        files = parts(path)

        def said_of(changed):
            said = site.verify(pack(site.path("x.zip"), changed), status=65)
            assert "does NOT hold" in said or said.startswith("undersign:"), said
            return said
        assert "The bundle holds" in site.verify(pack(site.path("x.zip"), files.items()))
        for name, data in files.items():
            changed = bytearray(data)
            changed[len(data) // 2 if name not in TOP_FILES[1:] else -20] ^= 1  # their comments say nothing that counts
            said = said_of([(n, bytes(changed) if n == name else d) for n, d in files.items()])
            assert (name if name not in TOP_FILES else "signed" if name != "undersign.pub" else "key") in said, said
            said = said_of([(n, d) for n, d in files.items() if n != name])
            assert name in said, said
            said = said_of([(n, d + b" " if n == name else d) for n, d in files.items()])
            if name not in TOP_FILES:
                assert f"{name} is longer" in said, said
        assert "extra.txt is in the bundle, but not" in said_of([*files.items(), ("extra.txt", b"x")])
        assert "twice" in said_of([*files.items(), ("letter.pdf", files["letter.pdf"])])
        assert "twice" in said_of([*files.items(), ("manifest.json", files["manifest.json"])])
        swapped = {**files, "ru.md": files["en.md"], "en.md": files["ru.md"]}
        said = said_of(swapped.items())
        assert "ru.md" in said or "en.md" in said

        whole = open(path, "rb").read()
        for data in (whole[:-1], whole + b"x", whole[:len(whole) // 2], b"", b"PK", whole.replace(b"PK\5\6", b"PK\5\7"), os.urandom(5000)):
            with open(site.path("x.zip"), "wb") as f:
                f.write(data)
            assert "no bundle" in site.verify(site.path("x.zip"), status=65)
        # A flipped byte anywhere in the archive never passes for a whole bundle with other contents.
        step = max(1, len(whole) // 150)
        for at in range(0, len(whole), step):
            changed = bytearray(whole)
            changed[at] ^= 0x10
            with open(site.path("x.zip"), "wb") as f:
                f.write(changed)
            done = site.run("verify", site.path("x.zip"), check=False)
            assert done.returncode in (0, 65), (at, done)
            if done.returncode == 0:
                assert parts_or_none(site.path("x.zip")) in (files, None), at


def parts_or_none(path):
    try:
        return parts(path)
    except Exception:
        return None


def test_others_archives():
    """Paths, links, folders, bombs, numbers beyond bounds, an unsealed or changed letter under a forger's signature"""
    with SealedSite() as site:
        site.gather("public")
        path, _ = bundle(site)
        files = parts(path)
        forger = Forger(site.work)

        def said_of(members, status=65):
            return site.verify(pack(site.path("x.zip"), members), status=status)
        # Signed as a whole by somebody else: it holds together, and only the key tells.
        said = said_of(forger.sign(dict(files)), status=0)
        assert "came with the bundle" in said
        with open(site.path("site.pub"), "wb") as f:
            f.write(files["undersign.pub"])
        assert "not signed with the key of --key" in site.verify(site.path("x.zip"), "--key", site.path("site.pub"), status=65)
        # The site's signature, and another key put beside it.
        with open(site.path("forger.pub"), "rb") as f:
            other = f.read()
        swapped = [(n, other if n == "undersign.pub" else d) for n, d in files.items()]
        assert "not signed with the key that came" in said_of(swapped)
        pack(site.path("x.zip"), swapped)
        assert "another than that of --key" in site.verify(site.path("x.zip"), "--key", site.path("site.pub"), status=65)
        # A manifest that says otherwise than what it came with: whom the list names, whose seal the letter has.
        said = said_of(forger.sign(dict(files), lambda m: m.update(named=2)))
        assert "2 are named, but list.csv has 1 row." in said, said
        header = files["list.csv"].split(b"\r\n")[0] + b"\r\n"
        said = said_of(forger.sign({**files, "list.csv": header}))
        assert "1 are named, but list.csv has 0 rows." in said, said
        assert "not even a header" in said_of(forger.sign({**files, "list.csv": b""}))
        for rows, named in ((b'"a\r\nb"\r\nc\r\n', 2), (b'"a""\nb"\r\nc', 2), (b'"",""""\n' * 3, 3)):
            said = said_of(forger.sign({**files, "list.csv": header + rows}, lambda m: m.update(named=named)), status=0)
            assert "as many rows" in said, (rows, said)
        said = said_of(forger.sign(dict(files), lambda m: m.update(seal=None)))
        assert "says that the letter has no seal" in said and NAME in said, said
        said = said_of(forger.sign(dict(files), lambda m: m.update(seal="Ministry")))
        assert "Ministry" in said and NAME in said and "but it is one of" in said, said
        for name in ("letter.pdf", "list.csv"):
            said = said_of(forger.sign({n: d for n, d in files.items() if n != name}))
            assert f"knows no {name}" in said, said
        # A letter whose seal does not hold, or is gone though the manifest says there is one.
        letter = bytearray(files["letter.pdf"])
        letter[50] ^= 1
        assert "seal does not hold" in said_of(forger.sign({**files, "letter.pdf": bytes(letter)}))
        plain, _ = site.letter("plain.pdf", "--no-seal")
        assert "no seal" in said_of(forger.sign({**files, "letter.pdf": open(plain, "rb").read()}))

        for name in ("../x.md", "/etc/x.md", "a/b.md", ".hidden", "a\\b.md", "x" * 64, "-o", "a b.md"):
            said = said_of([*files.items(), (name, b"x")])
            assert "a name that no bundle has" in said, (name, said)
        assert "name that no bundle has" in said_of([*files.items(), ("folder/", b"")])
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        link.create_system = 3
        assert "no plain file" in said_of([*files.items(), (link, "/etc/passwd")])
        assert "more than" in said_of([*files.items(), *((f"f{i}", b"") for i in range(200))])
        # A directory of a million names is not even read.
        assert "no bundle" in said_of([*files.items(), *((f"f{i}", b"") for i in range(2000))])

        # Bombs: a gigabyte of zeros as a file, as the manifest, and one that the manifest announces.
        zeros = io.BytesIO()
        with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                if name == "list.csv":
                    with archive.open("list.csv", "w") as out:
                        for _ in range(1024):
                            out.write(bytes(1 << 20))
                else:
                    archive.writestr(name, data)
        with open(site.path("x.zip"), "wb") as f:
            f.write(zeros.getvalue())
        assert "list.csv is longer" in site.verify(site.path("x.zip"), status=65)
        assert "too long" in said_of([("manifest.json", bytes(300000)), *list(files.items())[1:]])
        for change in (lambda m: m["files"][1].update(size=1 << 40), lambda m: m["files"][1].update(size=-1),
                       lambda m: m["files"][1].update(size=600 << 20), lambda m: [f.update(size=400 << 20) for f in m["files"]],
                       lambda m: m.update(made_at="2026-11-22T25:01:00Z"),
                       lambda m: m["files"][1].update(name="../x"), lambda m: m["files"].append(m["files"][0]),
                       lambda m: m["files"][1].update(sha256="00"), lambda m: m.update(files=[]),
                       lambda m: m.update(made_at="2026-13-01T00:00:00Z"), lambda m: m.update(named=-1),
                       lambda m: m.update(site=None), lambda m: m.update(files=[{"name": f"f{i}", "size": 0, "sha256": "0" * 64} for i in range(97)])):
            said = said_of(forger.sign(dict(files), change))
            assert "makes no sense" in said, said
        assert "another version" in said_of(forger.sign(dict(files), lambda m: m.update(format_version=2)))
        assert "no manifest of an Undersign bundle" in said_of(forger.sign(dict(files), lambda m: m.update(format="x")))
        # What a stranger wrote commands no terminal.
        said = said_of(forger.sign(dict(files), lambda m: m.update(addressee="\x1b[2Jx\u202e")), status=0)
        assert "\x1b" not in said and "\u202e" not in said and "\\u001b[2Jx" in said, said


def test_what_cannot_be_made():
    """Nobody named, a seal or key that cannot be used, a disk that fills: one sentence, an exit code, nothing left"""
    with SealedSite() as site:
        site.gather("public")

        def refused(status, word, *arguments):
            done = site.run("export", "bundle", *arguments, check=False)
            assert done.returncode == status and word in done.stderr, (done.returncode, done.stderr)
            assert site.left() == ([], []), site.left()
        out = ("-o", site.path("x.zip"))
        refused(64, "--to", SLUG, *out)
        refused(64, "-o FILE.zip", SLUG, "--to", "president")
        refused(66, "nobody", SLUG, "--to", "nobody", *out)
        refused(66, "no appeal", "nothing", "--to", "president", *out)
        refused(73, "cannot write", SLUG, "--to", "president", "-o", site.path("nowhere/x.zip"))
        os.chmod(site.keys("signing.key"), 0o644)
        refused(77, "signing key cannot be used", SLUG, "--to", "president", *out)
        os.chmod(site.keys("signing.key"), 0o600)
        key = open(site.keys("signing.key")).read()
        with open(site.keys("signing.key"), "w") as f:
            f.write(key[:-3] + "\n")
        refused(65, "signing key cannot be used", SLUG, "--to", "president", *out)
        with open(site.keys("signing.key"), "w") as f:
            f.write(key)

        path, _ = bundle(site)
        before = open(path, "rb").read()
        for limit in (1000, 50000, len(parts(path)["letter.pdf"]) - 5000):  # drawing, drawing, sealing
            done = run("prlimit", f"--fsize={limit}", sys.executable, "-c",
                       "import os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
                       os.path.join(BUILD, "undersign"), "--site", site.folder, "export", "bundle", SLUG, "--to", "president", "-o",
                       path, check=False, env={**os.environ, "TMPDIR": site.temporary})
            assert done.returncode == 74, (done.returncode, done.stderr)
            assert "too large" in done.stderr.decode() or "disk full" in done.stderr.decode(), done.stderr
            assert len([line for line in done.stderr.decode().splitlines() if "cannot be written" in line or "cannot write" in line]) == 1, done.stderr
            assert site.left() == (["bundle.zip"], []) and open(path, "rb").read() == before
        assert site.run("export", "bundle", SLUG, "--to", "president", "-o", "/dev/full", check=False).returncode == 74
        assert site.left() == (["bundle.zip"], [])


if __name__ == "__main__":
    main([test_what_a_bundle_holds, test_verify_says_what_holds, test_changes_are_found_out, test_others_archives,
          test_what_cannot_be_made])
