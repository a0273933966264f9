# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is acknowledged is kept: kill -9 under load, a held-up transaction, a full disk."""

import errno
import glob
import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from realsite import Site, main, wait_until  # noqa: E402

CONNECTIONS = 64
SIGNATURES = 1000


def nonce(number):
    return f"{number:032x}"


def store(site):
    return sqlite3.connect(os.path.join(site.folder, "undersign.db"))


def kept(site):
    """The submissions that are in the store, told by the mails that go out for them; no row is there twice."""
    connection = store(site)
    try:
        rows = connection.execute("SELECT COUNT(*) FROM pending").fetchone()[0]
    finally:
        connection.close()

    def found():
        names = glob.glob(os.path.join(site.folder, "mail", "*.eml"))
        if len(names) < rows:
            return None
        numbers = set()
        for name in names:
            with open(name, "rb") as f:
                numbers.add(int(re.search(rb"^To: <?office(\d+)@", f.read(), re.M).group(1)))
        return numbers if len(numbers) >= rows else None

    numbers = wait_until(found, 60)
    assert len(numbers) == rows, f"{rows} rows of {len(numbers)} submissions"
    return numbers


def sign_many(site, slug, accepted, stop_after=None):
    """1,000 signatures from 64 connections; every tenth is sent twice (a double click)."""
    todo = list(range(SIGNATURES))
    lock = threading.Lock()

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        while True:
            with lock:
                if not todo:
                    return
                number = todo.pop()
            form = site.form(organisation=f"Union number {number}", email=f"office{number}@union.example",
                             country="GB", town="", organisation_latin="", nonce=nonce(number))
            body = urllib.parse.urlencode(form)
            try:
                for _ in range(2 if number % 10 == 0 else 1):
                    connection.request("POST", f"/ru/{slug}/sign", body,
                                       {"Content-Type": "application/x-www-form-urlencoded"})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 303:
                        with lock:
                            accepted.add(number)
                            if stop_after and len(accepted) == stop_after:
                                os.kill(site.process.pid, signal.SIGKILL)
                    else:
                        raise AssertionError(f"status {answer.status}")
            except (OSError, http.client.HTTPException):
                if stop_after:
                    return  # it was killed
                raise

    failures = []

    def guarded():
        try:
            work()
        except Exception as error:  # told to the main thread, which fails the test
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]


def all_kept():
    """1,000 signatures from 64 connections are all there, none twice."""
    with Site() as site:
        accepted = set()
        sign_many(site, site.json("appeal", "list")[0]["slug"], accepted)
        found = kept(site)
        assert len(accepted) == SIGNATURES
        assert found == accepted, (len(found), len(accepted))


def killed():
    """kill -9 in the middle, at three moments: every accepted signature is there, none twice, the store is whole."""
    for moment in (50, 400, 800):
        with Site() as site:
            accepted = set()
            sign_many(site, site.json("appeal", "list")[0]["slug"], accepted, stop_after=moment)
            site.process.wait(60)
            site.process = None
            site.start()
            found = kept(site)
            assert accepted <= found, f"{len(accepted - found)} accepted signatures are lost"
            connection = store(site)
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            connection.close()
            site.run("check", "counts")


def held_transaction():
    """While another process holds the write lock for two seconds, pages are served; then the signature is taken."""
    with Site() as site:
        slug = site.json("appeal", "list")[0]["slug"]
        assert site.request(f"/ru/{slug}").status == 200
        holder = store(site)
        holder.isolation_level = None
        holder.execute("BEGIN IMMEDIATE")
        result = []
        signer = threading.Thread(target=lambda: result.append(site.sign(slug).status))
        signer.start()
        held = threading.Event()
        timer = threading.Timer(2, held.set)
        timer.start()
        served = 0
        while not held.is_set():
            for path in (f"/ru/{slug}", f"/en/{slug}/sign", f"/ru/{slug}/signatories", "/ru/"):
                assert site.request(path).status == 200
                served += 1
        assert result == [], "acknowledged while nothing could be written"
        holder.execute("ROLLBACK")
        holder.close()
        signer.join()
        assert result == [303] and served > 0, result


def fill(path):
    """Takes all the room there is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
    finally:
        os.close(descriptor)


def full_disk():
    """A full disk: the form says to come back later (503), pages are served, and it recovers by itself."""
    if os.geteuid() != 0:
        raise AssertionError("mounting a small disk needs root")
    with Site() as site:
        slug = site.json("appeal", "list")[0]["slug"]
        site.stop()
        disk = tempfile.mkdtemp(prefix="undersign-disk-")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=True)
        try:
            for name in os.listdir(site.folder):
                if name.startswith("undersign.db"):
                    shutil.move(os.path.join(site.folder, name), disk)
            with open(os.path.join(site.folder, "undersign.conf"), "a") as f:
                f.write(f"[store]\npath = {disk}/undersign.db\n")
            site.start()
            assert site.request(f"/ru/{slug}").status == 200
            ballast = os.path.join(disk, "ballast")
            fill(ballast)
            statuses, number = set(), 0
            while 503 not in statuses and number < 400:
                number += 1
                answer = site.sign(slug, email=f"o{number}@union.example")
                statuses.add(answer.status)
            assert statuses <= {303, 503} and 503 in statuses, statuses
            assert answer.headers["Retry-After"] and "Union" not in site.daemon_log()
            assert site.request(f"/ru/{slug}").status == 200
            os.unlink(ballast)
            wait_until(lambda: site.sign(slug, email="after@union.example").status == 303)
            site.stop()
        finally:
            if site.process is not None:
                site.stop()
            subprocess.run(["umount", disk], check=True)
            os.rmdir(disk)


def signals():
    """SIGHUP keeps serving; SIGTERM ends cleanly."""
    with Site() as site:
        for _ in range(20):
            site.process.send_signal(signal.SIGHUP)
            assert site.request("/ru/").status == 200
        assert site.stop() == 0


if __name__ == "__main__":
    main([all_kept, killed, held_transaction, full_disk, signals])
