#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations' logos: sent by the link in our mails, drawn anew, seen by a moderator first, and then where the
organisation is named."""

import os
import re
import shutil
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import TOP, Site, main, own_link, wait_until  # noqa: E402

SLUG = "ardenia-oil-strike"
MOST = 256 * 1024


def png(width, height, noise=0, secret=b"Secret Name"):
    """Red, with a text that nobody shall see and as many bytes more as asked for."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"tEXt", b"Author\0" + secret) + chunk(b"prIv", b"x" * noise)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def size_of(data):
    return struct.unpack(">II", data[16:24])


class LogoSite(Site):
    def __init__(self, **options):
        super().__init__(options=options, appeals=False)
        folder = os.path.join(self.folder, "appeal")
        shutil.copytree(os.path.join(TOP, "contrib/appeals", SLUG), folder)
        path = os.path.join(folder, "appeal.ini")
        with open(path, encoding="utf-8") as f:
            text = f.read().replace("policy = before\n", "policy = before\nlogos = yes\n")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.publish(folder)

    def confirmed(self, email, **fields):
        """A confirmed signature: its own page's path and its id."""
        count = len(self.mails())
        assert self.sign(SLUG, email=email, **fields).status == 303
        mail = wait_until(lambda: [m for m in self.mails(count + 1) if m["To"] == email])[0]
        assert self.confirm(mail).status == 303
        organisation = self.form(**fields)["organisation"]
        waiting = [s for s in self.json("queue") if s["organisation"] == organisation]
        return own_link(mail), waiting[0]["id"]

    def upload(self, page, data, name="logo", path="/logo", headers=None):
        body = (b"--BoUnDaRy\r\nContent-Disposition: form-data; name=\"" + name.encode()
                + b"\"; filename=\"../../etc/passwd\"\r\nContent-Type: image/png\r\n\r\n" + data + b"\r\n--BoUnDaRy--\r\n")
        return self.request(page + path, data=body, headers={
            "Content-Type": "multipart/form-data; boundary=BoUnDaRy", **(headers or {})})

    def saved(self, public_id):
        path = os.path.join(self.folder, "saved.png")
        done = self.run("logo", "show", public_id, "-o", path, check=False)
        if done.returncode != 0:
            return None
        with open(path, "rb") as f:
            return f.read()

    def wall(self, query=""):
        answer = self.request(f"/en/{SLUG}/logos{query}")
        assert answer.status == 200, answer.status
        return re.findall(r'<img src="(/logo/[0-9a-f]{64}\.png)" width="(\d+)" height="(\d+)" alt=""', answer.text), answer.text


def test_a_logo_from_file_to_page():
    """Sent, looked at by a moderator, listed, shown; gone at once with a strike"""
    with LogoSite() as site:
        page, public_id = site.confirmed("logo@proba.example", organisation="Union of the Test")
        assert 'type="file"' in site.request(page).text
        assert site.saved(public_id) is None
        answer = site.upload(page, png(640, 320))
        assert answer.status == 303 and answer.headers["Location"].startswith(page), answer.status
        picture = site.saved(public_id)
        assert size_of(picture) == (320, 160)
        assert b"Secret" not in picture and b"prIv" not in picture and b"tEXt" not in picture

        # Nobody else sees it before a moderator has.
        assert site.wall()[0] == []
        import hashlib
        path = f"/logo/{hashlib.sha256(picture).hexdigest()}.png"
        assert site.request(path).status == 404

        # Another in its place; then none; then the first again.
        assert site.upload(page, png(100, 100)).status == 303
        assert size_of(site.saved(public_id)) == (100, 100)
        assert site.request(page + "/logo", data=b"", headers={"Content-Type": "application/x-www-form-urlencoded"}).status == 303
        assert site.saved(public_id) is None
        assert site.upload(page, png(640, 320)).status == 303

        site.run("signature", "approve", public_id)
        wait_until(lambda: site.wall()[0])
        logos, text = site.wall()
        assert logos == [(path, "320", "160")] and "Union of the Test" in text
        answer = site.request(path)
        assert answer.status == 200 and answer.body == picture and answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "no-cache" and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert site.request(path, headers={"If-None-Match": answer.headers["ETag"]}).status == 304
        assert site.request(path, method="HEAD").body == b""

        # What a moderator has seen stays as it was.
        assert 'type="file"' not in site.request(page).text
        assert site.upload(page, png(50, 50)).status == 409
        assert site.request(page + "/logo", data=b"", headers={"Content-Type": "application/x-www-form-urlencoded"}).status == 409
        assert site.saved(public_id) == picture

        site.run("signature", "strike", public_id, "--reason", "false")
        assert site.request(path).status == 404
        assert site.wall()[0] == []
        site.run("signature", "restore", public_id)
        assert site.request(path).status == 200
        site.run("logo", "remove", public_id, "--reason", "not theirs")
        assert site.request(path).status == 404 and site.wall()[0] == []
        again = site.run("logo", "remove", public_id, check=False)
        assert again.returncode != 0 and "no logo" in again.stderr
        assert site.json("signature", "show", public_id)["state"] == "listed"


def test_what_is_refused():
    """No picture, too large, hidden organisations, an appeal without logos, foreign forms"""
    with LogoSite() as site:
        page, public_id = site.confirmed("logo@proba.example")
        exact = png(10, 10, noise=MOST - len(png(10, 10)))
        assert len(exact) == MOST
        for data, status in ((b"", 422), (b"hello", 422), (b"GIF89a" + b"x" * 100, 422), (png(5000, 2), 422),
                             (png(10, 10)[:60], 422), (exact + b"x", 422), (b"x" * 300_000, 413)):
            answer = site.upload(page, data)
            assert answer.status == status, (len(data), answer.status)
            if status == 422:
                assert 'id="logo-problem"' in answer.text
        assert site.saved(public_id) is None
        assert site.upload(page, exact).status == 303
        assert site.upload(page, png(10, 10), name="picture").status == 400
        assert site.upload(page, png(10, 10), headers={"Origin": "https://elsewhere.example"}).status == 403
        assert site.upload(page[:-1] + ("A" if page[-1] != "A" else "B"), png(10, 10)).status == 404
        assert site.upload(page, b"x" * 100_000, path="").status == 413
        assert site.upload("/w/short", png(10, 10)).status in (400, 404)
        for wrong in ("/logo/", "/logo/x.png", "/logo/" + "0" * 64 + ".png", "/logo/" + "A" * 64 + ".png",
                      f"/en/{SLUG}/logos?page=0", f"/en/{SLUG}/logos?page=2", f"/en/{SLUG}/logos?page=99999999"):
            assert site.request(wrong).status == 404, wrong

        # A GET of where it is sent shows the page, and changes nothing.
        assert site.request(page + "/logo").status == 200

        # Who is not named to everybody has no logo to show.
        hidden, hidden_id = site.confirmed("hidden@proba.example", organisation="Hidden Union", visibility="recipients")
        assert 'type="file"' not in site.request(hidden).text
        assert site.upload(hidden, png(10, 10)).status == 409
        assert site.saved(hidden_id) is None

        # Withdrawn: the picture goes with it.
        assert site.request(page, data={"act": "withdraw"}).status == 303
        assert site.saved(public_id) is None

    with Site() as site:
        assert site.sign(SLUG, email="other@proba.example").status == 303
        mail = site.mails(1)[0]
        site.confirm(mail)
        assert 'type="file"' not in site.request(own_link(mail)).text
        assert LogoSite.upload(site, own_link(mail), png(10, 10)).status == 409
        assert site.request(f"/en/{SLUG}/logos").status == 404


def test_pages_of_logos():
    """More than one page: each once, in order; equal pictures have one address"""
    with LogoSite() as site:
        names = [f"Union {n:02}" for n in range(62)]
        for n, name in enumerate(names):
            page, public_id = site.confirmed(f"u{n}@proba.example", organisation=name, country="AM")
            assert site.upload(page, png(10 + n // 2, 10)).status == 303
            site.run("signature", "approve", public_id)
        wait_until(lambda: len(site.wall()[0]) == 60)
        first, text = site.wall()
        second, more = site.wall("?page=2")
        assert len(second) == 2 and 'rel="next"' in text and 'rel="prev"' in more and 'rel="next"' not in more
        found = re.findall(r"<bdi>(Union \d\d)</bdi>", text) + re.findall(r"<bdi>(Union \d\d)</bdi>", more)
        assert found == names, found
        assert len({path for path, _, _ in first + second}) == 31


if __name__ == "__main__":
    main([test_a_logo_from_file_to_page, test_what_is_refused, test_pages_of_logos])
