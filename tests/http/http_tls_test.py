#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""http/ under TLS, with certificates that openssl makes for the occasion."""

import itertools
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

from wire import GET, HOST, PATIENCE, POST, Reader, Server, drip, exchange, run, statuses, wait_until


def make_certificate(folder, name, algorithm=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
    path = os.path.join(folder, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", *algorithm, "-nodes", "-days", "2", "-subj",
                    f"/CN={name}", "-addext", "subjectAltName=DNS:test.example", "-keyout",
                    path + ".key", "-out", path + ".pem"], check=True, stderr=subprocess.DEVNULL)
    return path + ".pem", path + ".key"


def tls_context(lowest=None, highest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # a cut shall look like a cut
    if lowest:
        context.minimum_version = lowest
    if highest:
        context.maximum_version = highest
    return context


def tls_connect(server, context=None, session=None):
    return (context or tls_context()).wrap_socket(server.connect(), server_hostname="test.example", session=session)


class TlsServer(Server):
    def __init__(self, *options, **others):
        self.folder = tempfile.mkdtemp()
        self.pem, self.key = make_certificate(self.folder, "first")
        super().__init__("--certificate", self.pem, "--key", self.key, *options, **others)

    def __exit__(self, *arguments):
        try:
            super().__exit__(*arguments)
        finally:
            shutil.rmtree(self.folder)


def test_tls():
    with TlsServer() as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with tls_connect(server, tls_context(version, version)) as s:
                reader = Reader(s)
                for path, size in ((b"/page", 12288), (b"/big", 4 << 20), (b"/thread", None), (b"/page", 12288)):
                    s.sendall(GET % path)
                    status, _, body = reader.response()
                    assert status == 200 and size in (None, len(body))
                s.sendall(GET % b"/echo")
                assert b"tls: 1\n" in reader.response()[2]
                s.sendall(b"".join(GET % b"/page" for _ in range(200)))
                for _ in range(200):
                    assert reader.response()[2] == b"p" * 12288
                s.sendall(POST + b"Content-Length: 60000\r\n\r\n" + b"y" * 60000)
                assert reader.response()[2].endswith(b"body: " + b"y" * 60000 + b"\n")
                # A record that is larger than what the server reads at first: its rest is in no socket.
                for size in (2500, 5000, 10000, 15000):
                    s.sendall(POST + b"Content-Length: %d\r\n\r\n" % size + b"z" * size)
                    status, _, body = reader.response()
                    assert status == 200 and body.endswith(b"body: " + b"z" * size + b"\n")
                # A proper end: our request to close is answered by close_notify, not by a cut.
                s.suppress_ragged_eofs = False
                s.sendall(b"GET /echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
                reader.response()
                assert s.recv(1) == b""


def test_tls_refusals():
    with TlsServer() as server:
        old = tls_context()
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        h2 = tls_context()
        h2.set_alpn_protocols(["h2"])
        weak = tls_context(None, ssl.TLSVersion.TLSv1_2)
        weak.set_ciphers("ECDHE-ECDSA-AES128-SHA")
        for context in (old, h2, weak):
            try:
                tls_connect(server, context).close()
                raise AssertionError("was let in")
            except (ssl.SSLError, ConnectionError):
                pass
        both = tls_context()
        both.set_alpn_protocols(["h2", "http/1.1"])
        with tls_connect(server, both) as s:
            assert s.selected_alpn_protocol() == "http/1.1"
        for nonsense in (GET % b"/", b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"x" * 1000):
            assert statuses(exchange(server, nonsense)) == []
        assert server.process.poll() is None


def test_tls_errors_are_answered():
    with TlsServer() as server, tls_connect(server) as s:
        s.sendall(POST + b"Content-Length: 70000\r\n\r\n" + b"x" * 30000)
        assert Reader(s).response()[0] == 413


def test_tls_renegotiation_is_refused():
    """Over TLS 1.2, "R" makes openssl s_client ask for a new handshake."""
    with TlsServer() as server:
        client = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2"],
                                input=b"R\n" + GET % b"/echo", stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=PATIENCE)
        assert b"RENEGOTIATING" in client.stdout and b"no renegotiation" in client.stdout, client.stdout[-500:]
        assert b"200 OK" not in client.stdout


def test_tls_tickets():
    with TlsServer() as server:
        context = tls_context(None, ssl.TLSVersion.TLSv1_2)
        with tls_connect(server, context) as s:
            s.sendall(GET % b"/echo")
            Reader(s).response()
            session = s.session
        with tls_connect(server, context, session) as s:
            assert s.session_reused
            s.sendall(GET % b"/echo")
            assert Reader(s).response()[0] == 200


def test_tls_handshake_term():
    """A ClientHello that drips, and one that never comes, end both."""
    with TlsServer("--handshake", "800", "--idle", "60000") as server:
        hello = bytes.fromhex("16030102000100") + b"\x01\xfc\x03\x03" + b"x" * 500
        with server.connect() as s, server.connect() as silent:
            dripping = threading.Thread(target=drip, args=(s, hello, 0.1))
            dripping.start()
            Reader(s).until_closed()
            Reader(silent).until_closed()
            dripping.join(PATIENCE)
            assert not dripping.is_alive()


def release(server):
    """Lets what is late go; the server may have no place for us yet."""
    while True:
        try:
            with tls_connect(server) as r:
                r.sendall(GET % b"/release")
                Reader(r).response()
            return
        except (OSError, EOFError):
            time.sleep(0.01)


def test_tls_truncated():
    """A visitor who closes the socket without close_notify; each time the place becomes free."""
    with TlsServer("--per-prefix", "3") as server:
        base = server.open_files()
        for i in range(20):
            s = tls_connect(server)
            s.sendall(GET % (b"/late" if i % 4 == 0 else b"/echo"))
            if i % 4 != 0:
                Reader(s).response()
            raw = s.detach()
            os.close(raw)
            looks = itertools.count()

            def is_free():
                # What is late may come to the server behind our asking for it, so that is done again.
                if i % 4 == 0 and next(looks) % 100 == 0:
                    release(server)
                return server.open_files() <= base
            wait_until(is_free, "a cut connection stays")
        with tls_connect(server) as s:
            s.sendall(GET % b"/echo")
            assert Reader(s).response()[0] == 200
    assert "error" not in server.messages().lower()


def common_name(s):
    return subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-subject"], stdout=subprocess.PIPE,
                          input=s.getpeercert(True), check=True).stdout.decode().strip()[-6:].strip("= ")


def test_certificate_reload():
    with TlsServer() as server:
        with tls_connect(server) as old:
            reader = Reader(old)
            old.sendall(GET % b"/echo")
            assert reader.response()[0] == 200 and common_name(old).endswith("first")

            new_pem, new_key = make_certificate(server.folder, "second")
            os.replace(new_pem, server.pem)
            # Certificate and key do not fit each other yet: the old pair stays.
            server.process.send_signal(signal.SIGHUP)
            assert server.process.stdout.readline() == b"reload invalid\n"
            with tls_connect(server) as s:
                assert common_name(s).endswith("first")
            os.replace(new_key, server.key)
            server.process.send_signal(signal.SIGHUP)
            assert server.process.stdout.readline() == b"reload ok\n"
            with tls_connect(server) as s:
                assert common_name(s).endswith("second")
                s.sendall(GET % b"/echo")
                assert Reader(s).response()[0] == 200
            old.sendall(GET % b"/echo")
            assert reader.response()[0] == 200


def test_reload_under_load():
    with TlsServer() as server:
        stop, failures, done = threading.Event(), [], []

        def work():
            while not stop.is_set():
                try:
                    with tls_connect(server) as s:
                        reader = Reader(s)
                        for _ in range(5):
                            s.sendall(GET % b"/page")
                            assert reader.response()[0] == 200
                    done.append(1)
                except Exception as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(30):
            server.process.send_signal(signal.SIGHUP)
            assert server.process.stdout.readline() == b"reload ok\n"
        wait_until(lambda: len(done) >= 8 or failures, "no connection went through")
        stop.set()
        for thread in threads:
            thread.join()
        assert not failures, failures[:3]


def test_bad_certificates():
    folder = tempfile.mkdtemp()
    try:
        pem, key = make_certificate(folder, "one")
        other_pem, other_key = make_certificate(folder, "two")
        locked = os.path.join(folder, "locked.key")
        subprocess.run(["openssl", "pkey", "-in", key, "-aes128", "-passout", "pass:x", "-out", locked], check=True)
        for wrong_pem, wrong_key in ((pem, other_key), (key, key), (pem, pem), (pem + "x", key), (pem, key + "x"),
                                     (pem, locked)):
            server = Server("--certificate", wrong_pem, "--key", wrong_key)
            server.stop(quiet=True)
            assert server.first.startswith("fault "), server.first
        server = Server("--certificate", pem)
        server.stop(quiet=True)
        assert server.first.startswith("fault "), server.first
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(run("http_tls_test", globals()))
