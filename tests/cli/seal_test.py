# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealed letters end to end: a real site's seal as poppler, qpdf and OpenSSL see it, changed files, seals that cannot
be used, and a real timestamp authority that answers, answers wrongly, or is gone."""

import hashlib
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import main
from sealing import NAME, SLUG, Authority, SealedSite, pdfsig, run


def audit(site, act):
    connection = sqlite3.connect(f"file:{site.folder}/undersign.db?mode=ro", uri=True)
    try:
        return connection.execute("SELECT d.actor, d.subject FROM audit a JOIN audit_detail d USING (seq) "
                                  "WHERE a.act = ? ORDER BY a.seq", (act,)).fetchall()
    finally:
        connection.close()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


def signed_parts(data):
    """The signed bytes and the CMS, by the last ByteRange."""
    first, hole, end, rest = map(int, re.findall(rb"/ByteRange \[ (\d+) (\d+) +(\d+) +(\d+) +\]", data)[-1])
    assert first == 0 and end + rest == len(data)
    return data[:hole] + data[end:], bytes.fromhex(data[hole + 1:end - 1].decode())


def test_a_letter_is_sealed():
    """Every letter is sealed where the site has a seal; poppler, qpdf and OpenSSL agree that it holds"""
    with SealedSite() as site:
        site.gather("public", "recipients", "counted")
        path, done = site.letter()
        assert f"sealed by {NAME}" in done.stderr, done.stderr
        said = pdfsig(path)
        assert "Signature is Valid" in said and "Total document signed" in said, said
        assert "ETSI.CAdES.detached" in said and NAME in said, said
        assert b"No syntax or stream encoding errors" in run("qpdf", "--check", path).stdout
        info = run("pdfinfo", path).stdout.decode()
        assert re.search(r"^Tagged: +yes", info, re.M), info
        assert "Союз видимости public-0" in run("pdftotext", path, "-").stdout.decode()
        assert os.stat(path).st_mode & 0o777 == 0o600

        content, cms = signed_parts(read(path))
        write(site.path("content"), content)
        write(site.path("cms"), cms)
        verify = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", site.path("cms"), "-content",
                  site.path("content"), "-CAfile", site.keys("seal.crt"), "-purpose", "any", "-out", "/dev/null"]
        run(*verify)
        # What the site sealed it can tell: the digest stands in the audit log.
        rows = audit(site, "letter.seal")
        assert [subject for _, subject in rows] == [hashlib.sha256(content).hexdigest()], rows

        said = site.verify(path)
        assert NAME in said and "self-signed" in said and "no timestamp" in said and "The letter holds" in said, said
        shown = site.json("key", "show")
        assert shown["seal"] == NAME and shown["seal_fingerprint"] in said and shown["seal_problem"] is None
        print_out = run("openssl", "x509", "-in", site.keys("seal.crt"), "-noout", "-fingerprint", "-sha256").stdout.decode()
        assert shown["seal_fingerprint"] == print_out.strip().split("=")[1]

        # Also the public's; and without it there is none, and the same data give the same bytes.
        path, _ = site.letter("public.pdf", to=None)
        assert "Total document signed" in pdfsig(path)
        plain = [read(site.letter(f"{i}.pdf", "--no-seal", to=None)[0]) for i in "ab"]
        assert plain[0] == plain[1] and b"/ByteRange" not in plain[0]
        assert "no seal" in site.verify(site.path("a.pdf"), status=65)
        assert len(audit(site, "letter.seal")) == 2


def test_changes_are_found_out():
    """One byte changed, bytes appended, bytes cut off, a second revision: pdfsig and verify both say so"""
    with SealedSite() as site:
        site.gather("public")
        path, _ = site.letter()
        data = read(path)
        hole = data.index(b"/Contents <") + 11
        for at in (7, 1000, hole - 30, len(data) - 200):
            changed = bytearray(data)
            changed[at] ^= 1
            write(site.path("changed.pdf"), bytes(changed))
            site.verify(site.path("changed.pdf"), status=65)
        changed = bytearray(data)
        at = data.rindex(b"/ID [")
        at = data.index(b"<", at) + 1
        changed[at] = ord("1") if changed[at] != ord("1") else ord("2")
        write(site.path("changed.pdf"), bytes(changed))
        assert "Digest Mismatch" in pdfsig(site.path("changed.pdf"))
        assert "digest differs" in site.verify(site.path("changed.pdf"), status=65)

        write(site.path("longer.pdf"), data + b"\n% and more\n")
        assert "Total document signed" not in pdfsig(site.path("longer.pdf"))
        assert "does not cover the whole file" in site.verify(site.path("longer.pdf"), status=65)
        write(site.path("shorter.pdf"), data[:-3])
        site.verify(site.path("shorter.pdf"), status=65)
        # A revision that adds a page's worth of text behind it, as an editor would.
        revised = data + b"\n1 0 obj\n<< >>\nendobj\nstartxref\n" + data.split(b"startxref\n")[-1]
        write(site.path("revised.pdf"), revised)
        assert "does not cover" in site.verify(site.path("revised.pdf"), status=65)
        # Something else than digits in the hole, at its end.
        changed = bytearray(data)
        changed[data.index(b">", hole) - 1] = ord("1")
        write(site.path("hidden.pdf"), bytes(changed))
        site.verify(site.path("hidden.pdf"), status=65)
        changed[data.index(b">", hole) - 1] = ord("x")
        write(site.path("hidden.pdf"), bytes(changed))
        site.verify(site.path("hidden.pdf"), status=65)
        site.verify(path)


def expect_refused(site, word, letter=65):
    """The letter is refused with one sentence that has the word; nothing is left; without the seal it goes."""
    before = site.left()
    path, done = site.letter("refused.pdf", check=False)
    assert done.returncode == letter and done.stdout == "", (done.returncode, done.stderr)
    assert word in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert site.left() == before, site.left()
    shown = site.json("key", "show")
    assert shown["seal"] is None and word in shown["seal_problem"], shown
    path, _ = site.letter("plain.pdf", "--no-seal")
    os.unlink(path)


def certify(site, days, **names):
    """A certificate for the seal's key that is good between two days from today."""
    import datetime
    text = [(datetime.datetime.utcnow() + datetime.timedelta(days=d)).strftime("%Y%m%d%H%M%SZ") for d in days]
    folder = site.path("ca")
    os.makedirs(folder)
    for name, content in (("index", ""), ("serial", "01\n"), ("cnf", f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index\n"
                          f"serial={folder}/serial\nnew_certs_dir={folder}\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
                          "[req]\ndistinguished_name=d\n[d]\n")):
        write(os.path.join(folder, name), content.encode())
    run("openssl", "req", "-new", "-config", f"{folder}/cnf", "-key", site.keys("seal.key"), "-subj", "/CN=Other days", "-out", f"{folder}/csr")
    run("openssl", "ca", "-batch", "-config", f"{folder}/cnf", "-selfsign", "-keyfile", site.keys("seal.key"), "-in",
        f"{folder}/csr", "-startdate", text[0], "-enddate", text[1], "-out", site.keys("seal.crt"), "-notext")
    run("rm", "-r", folder)


def test_a_seal_that_cannot_be_used():
    """Wrong pair, expired, not yet valid, readable by others, half missing: one sentence, no file; none at all: unsealed"""
    with SealedSite() as site:
        site.gather("public")
        certificate, key = read(site.keys("seal.crt")), read(site.keys("seal.key"))
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Another", "-days", "9", "-keyout",
            "/dev/null", "-out", site.keys("seal.crt"))
        expect_refused(site, "not the certificate of the key")
        certify(site, (-30, -2))
        expect_refused(site, "was valid until")
        certify(site, (2, 30))
        expect_refused(site, "not valid before")
        write(site.keys("seal.crt"), b"nothing\n")
        expect_refused(site, "no certificate")
        os.unlink(site.keys("seal.crt"))
        expect_refused(site, "missing beside the key")
        write(site.keys("seal.crt"), certificate)
        os.chmod(site.keys("seal.key"), 0o640)
        expect_refused(site, "read by others", letter=77)
        os.chmod(site.keys("seal.key"), 0o600)
        os.unlink(site.keys("seal.key"))
        expect_refused(site, "missing beside the certificate")

        os.unlink(site.keys("seal.crt"))
        path, done = site.letter()
        assert "sealed" not in done.stderr and b"/ByteRange" not in read(path)
        assert site.json("key", "show")["seal"] is None
        assert site.json("key", "show")["seal_problem"] is None
        # It needs no restart to be there again.
        with os.fdopen(os.open(site.keys("seal.key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
            f.write(key)
        write(site.keys("seal.crt"), certificate)
        assert "Total document signed" in pdfsig(site.letter("again.pdf")[0])


def test_seals_are_stamped():
    """A real authority's timestamp stands in the seal and holds; one that is wrong or away holds no letter up"""
    with Authority() as authority:
        with SealedSite(options={"seal": {"timestamp_url": f"{authority.url}/stamp"}}) as site:
            site.gather("public")
            assert site.json("key", "show")["timestamps"] == f"{authority.url}/stamp"
            path, done = site.letter()
            assert "timestamp" not in done.stderr, done.stderr
            assert [(p, t) for p, t, _ in authority.seen] == [("/stamp", "application/timestamp-query")]
            assert "Total document signed" in pdfsig(path)
            said = site.verify(path)
            assert "A timestamp says" in said and "Clock" in said, said
            # By OpenSSL's own eyes: the token is about the seal's signature, and the authority's.
            _, cms = signed_parts(read(path))
            write(site.path("cms"), cms)
            printed = run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", site.path("cms")).stdout.decode()
            assert "timeStampToken" in printed
            tree = run("openssl", "asn1parse", "-inform", "DER", "-in", site.path("cms")).stdout.decode().splitlines()
            at = next(i for i, line in enumerate(tree) if "timeStampToken" in line)
            # The signature is the last octet string before the unsigned attributes; the token the set's only element.
            signature = [line for line in tree[:at] if "OCTET STRING" in line][-1]
            offset, header, length = map(int, re.match(r" *(\d+):d=\d+ +hl=(\d+) l= *(\d+)", signature).groups())
            write(site.path("signature"), cms[offset + header:offset + header + length])
            offset, header, length = map(int, re.match(r" *(\d+):d=\d+ +hl=(\d+) l= *(\d+)", tree[at + 2]).groups())
            write(site.path("token"), cms[offset:offset + header + length])
            run("openssl", "ts", "-verify", "-data", site.path("signature"), "-in", site.path("token"), "-token_in",
                "-CAfile", os.path.join(authority.folder, "tsa.crt"))

            for mode, word in (("garbage", "no reply"), ("broken", "status 500"), ("redirect", "status 302"), ("long", "too long"),
                               ("stale", "no stamp for this seal"), ("down", "did not answer")):
                authority.mode = mode
                if mode == "down":
                    authority.down()
                path, done = site.letter(f"{mode}.pdf")
                assert "no timestamp" in done.stderr and word in done.stderr, (mode, done.stderr)
                assert "Total document signed" in pdfsig(path)
                assert "no timestamp" in site.verify(path)
            assert "/elsewhere" not in [p for p, _, _ in authority.seen]


def test_a_disk_that_fills():
    """A file that cannot be written to its end: one sentence, and nothing is left"""
    with SealedSite() as site:
        site.gather("public")
        size = os.path.getsize(site.letter()[0])
        os.unlink(site.path("letter.pdf"))
        # Letters of one list differ by some bytes (their number is drawn in), so "nearly all of it" keeps clear of that.
        for limit in (100, size // 2, size - 1024):
            done = run("prlimit", f"--fsize={limit}", sys.executable, "-c",
                       "import os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
                       os.path.join(os.environ.get("UNDERSIGN_BUILD", "build"), "undersign"), "--site", site.folder, "export", "letter",
                       SLUG, "--to", "president", "-o", site.path("letter.pdf"), check=False,
                       env={**os.environ, "TMPDIR": site.temporary})
            assert done.returncode == 74, (done.returncode, done.stderr)
            assert len(done.stderr.decode().strip().splitlines()) == 1, done.stderr
            assert site.left() == ([], []), site.left()


if __name__ == "__main__":
    main([test_a_letter_is_sealed, test_changes_are_found_out, test_a_seal_that_cannot_be_used, test_seals_are_stamped,
          test_a_disk_that_fills])
