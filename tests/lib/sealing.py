# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of seals and bundles share: a site with signatories, a real timestamp authority, pdfsig."""

import http.server
import os
import shutil
import subprocess
import tempfile
import threading

from realsite import PROGRAM, Site, wait_until

SLUG = "ardenia-oil-strike"
NAME = "Площадка «Пример»"


def run(*command, check=True, **kwargs):
    done = subprocess.run(command, capture_output=True, timeout=120, **kwargs)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


class SealedSite(Site):
    """A site with a few listed signatories of different visibility, and a seal unless told otherwise."""

    def __init__(self, seal=True, **kwargs):
        super().__init__(**kwargs)
        self.work = tempfile.mkdtemp(prefix="undersign-work-")
        self.temporary = tempfile.mkdtemp(prefix="undersign-tmp-")
        if seal:
            self.make_seal()

    def make_seal(self, name=NAME):
        os.makedirs(self.keys(), mode=0o700, exist_ok=True)
        self.run("key", "new", "--seal", "--name", name, "-o", self.keys("seal.key"))

    def keys(self, name=""):
        return os.path.join(self.folder, "keys", name)

    def path(self, name):
        return os.path.join(self.work, name)

    def left(self):
        """What there is in the folder for results, and in the one for what is temporary."""
        return sorted(os.listdir(self.work)), sorted(os.listdir(self.temporary))

    def __exit__(self, kind, *rest):
        try:
            super().__exit__(kind, *rest)
            if kind is None:
                assert os.listdir(self.temporary) == [], os.listdir(self.temporary)
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
            shutil.rmtree(self.temporary, ignore_errors=True)

    def run(self, *arguments, **kwargs):
        kwargs.setdefault("env", {**os.environ, "TMPDIR": getattr(self, "temporary", "/tmp")})
        return super().run(*arguments, **kwargs)

    def gather(self, *visibilities):
        names = [f"Союз видимости {v}-{i}" for i, v in enumerate(visibilities)]
        for i, (name, visibility) in enumerate(zip(names, visibilities)):
            answer = self.sign(SLUG, organisation=name, email=f"office@union{i}.example", visibility=visibility)
            assert answer.status == 303, answer.text

        def links():
            found = {m["To"]: m for m in self.mails() if "/c/" in m.get_body(("plain",)).get_content()}
            return list(found.values()) if len(found) >= len(names) else None
        for message in wait_until(links):
            assert self.confirm(message).status == 303
        self.run("signature", "approve", *[row["id"] for row in self.json("queue")])
        return names

    def letter(self, name="letter.pdf", *options, to="president", **kwargs):
        done = self.run("export", "letter", SLUG, *(["--to", to] if to else []), "-o", self.path(name), *options,
                        **kwargs)
        return self.path(name), done

    def verify(self, path, *options, status=0):
        done = self.run("verify", path, *options, check=False)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stdout if status in (0, 65) and done.stdout else done.stderr


def pdfsig(path):
    """What poppler says. The home is empty, so that no certificate is anybody's to trust here."""
    with tempfile.TemporaryDirectory() as home:
        return run("pdfsig", path, check=False, env={**os.environ, "HOME": home}).stdout.decode()


class Authority:
    """A timestamp authority: `openssl ts -reply` behind a small HTTP server. mode: how it behaves."""

    CONFIG = ("[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\nsigner_cert = tsa.crt\n"
              "signer_key = tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n"
              "accuracy = secs:1\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n")

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="undersign-tsa-")
        self.mode, self.seen = "right", []
        for name, text in (("ts.cnf", self.CONFIG), ("serial", "01\n")):
            with open(os.path.join(self.folder, name), "w") as f:
                f.write(text)
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Clock", "-days", "9",
            "-keyout", "tsa.key", "-out", "tsa.crt", "-addext", "extendedKeyUsage=critical,timeStamping",
            "-addext", "keyUsage=critical,digitalSignature", cwd=self.folder)
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                authority.seen.append((self.path, self.headers["Content-Type"], query))
                status, body = authority.answer(query)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                if status == 302:
                    self.send_header("Location", f"{authority.url}/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def answer(self, query):
        if self.mode == "broken":
            return 500, b""
        if self.mode == "redirect":
            return 302, b""
        if self.mode == "garbage":
            return 200, b"<html>no</html>"
        if self.mode == "long":
            return 200, b"\x30" * 70000
        with open(os.path.join(self.folder, "query"), "wb") as f:
            f.write(query)
        if self.mode != "stale":
            run("openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply", cwd=self.folder)
        with open(os.path.join(self.folder, "reply"), "rb") as f:
            return 200, f.read()

    def down(self):
        self.server.shutdown()
        self.server.server_close()

    def __exit__(self, *rest):
        self.down()
        self.thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)
