# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real site for end-to-end tests: a folder, a configuration, the daemon, its mail and its command line."""

import email
import email.policy
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("UNDERSIGN_BUILD", os.path.join(TOP, "build"))
DAEMON = os.path.join(BUILD, "undersignd")
PROGRAM = os.path.join(BUILD, "undersign")


class Skip(Exception):
    """Raised by a test that cannot be run on this machine; its words say why."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Site:
    """with Site(options={"mail": {"transport": "smtp"}}) as site: ..."""

    def __init__(self, options=None, appeals=True):
        self.folder = tempfile.mkdtemp(prefix="undersign-test-")
        os.chmod(self.folder, 0o700)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.daemon = [DAEMON]  # what starts it, another account's words before it
        values = {
            "site": {"url": self.url, "default_language": "ru", "high_risk": "KZ BY"},
            "http": {"listen": f"127.0.0.1:{self.port}"},
            "keys": {"organiser": "organiser.key.pub"},
            "mail": {"transport": "spool", "from": "appeals@undersign.example", "decision_minutes": 0},
            "limits": {"submissions_per_hour": 0, "codes_per_hour": 0},
        }
        for section, entries in (options or {}).items():
            values.setdefault(section, {}).update(entries)
        with open(os.path.join(self.folder, "undersign.conf"), "w") as f:
            for section, entries in values.items():
                f.write(f"[{section}]\n")
                for name, value in entries.items():
                    if value is not None:
                        f.write(f"{name} = {value}\n")
        os.makedirs(os.path.join(self.folder, "mail"), exist_ok=True)
        self.run("key", "new", "-o", os.path.join(self.folder, "organiser.key"))
        if appeals:
            for folder in sorted(glob.glob(os.path.join(TOP, "contrib/appeals/*/"))):
                self.publish(folder)

    def publish(self, folder):
        self.run("appeal", "import", folder)
        with open(os.path.join(folder, "appeal.ini"), encoding="utf-8") as f:
            slug = re.search(r"^slug *= *(\S+)", f.read(), re.M).group(1)
        self.run("appeal", "publish", slug)
        return slug

    # The daemon
    def start(self, environment=None):
        self.log = open(os.path.join(self.folder, "undersignd.log"), "ab")
        self.process = subprocess.Popen(
            [*self.daemon, "--config", os.path.join(self.folder, "undersign.conf")],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, **(environment or {})})
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise RuntimeError("undersignd ended:\n" + self.daemon_log())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError("undersignd does not answer:\n" + self.daemon_log())
                time.sleep(0.05)

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(60)
        self.process = None
        self.log.close()
        return code

    def daemon_log(self):
        with open(os.path.join(self.folder, "undersignd.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *rest):
        if self.process is not None:
            if self.process.poll() not in (None, 0) and kind is None:
                log = self.daemon_log()
                self.process = None
                raise RuntimeError("undersignd died:\n" + log)
            code = self.stop()
            if kind is None and code != 0:
                raise RuntimeError(f"undersignd ended with {code}:\n" + self.daemon_log())
        if kind is not None:
            print("undersignd's log:\n" + self.daemon_log()[-4000:])
        shutil.rmtree(self.folder, ignore_errors=True)

    # The command line
    def run(self, *arguments, check=True, stdin=None, **kwargs):
        done = subprocess.run([PROGRAM, "--site", self.folder, *arguments], capture_output=True,
                              text=True, input=stdin, timeout=120, **kwargs)
        if check and done.returncode != 0:
            raise AssertionError(f"undersign {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
        return done

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json").stdout)

    # The web
    def request(self, path, data=None, headers=None, method=None):
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers or {}, method=method)
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def form(self, **fields):
        """A form that is accepted at once, as from the page that shows the answers; give fields to change it,
        None to leave one out. With step="check", or without it, that page is the answer."""
        values = {
            "organisation": "Независимый профсоюз «Пример»", "organisation_latin": "Primer Independent Union",
            "kind": "union", "country": "KZ", "town": "Алматы", "affiliation": "ITUC", "members": "1200",
            "representative": "А. Б. Пример", "capacity": "Председатель", "email": "office@primer.example",
            "visibility": "public", "consent": "yes", "step": "send",
        }
        values.update(fields)
        return {name: value for name, value in values.items() if value is not None}

    def sign(self, slug, language="ru", **fields):
        """Sends the form; returns the answer."""
        return self.request(f"/{language}/{slug}/sign", data=self.form(**fields))

    # The mail
    def mails(self, count=None, seconds=30):
        """The spooled messages in the order they were written, waiting until there are `count`."""
        deadline = time.monotonic() + seconds
        while True:
            names = sorted(glob.glob(os.path.join(self.folder, "mail", "*.eml")), key=os.path.getmtime)
            if count is None or len(names) >= count:
                break
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(names)} mails after {seconds} s, not {count}:\n{self.daemon_log()}")
            time.sleep(0.05)
        messages = []
        for name in names:
            with open(name, "rb") as f:
                messages.append(email.message_from_binary_file(f, policy=email.policy.default))
        return messages

    def confirm(self, message):
        """Presses the button that a mail's link leads to."""
        path = link(message)
        return self.request(path, data=b"", headers={"Content-Type": "application/x-www-form-urlencoded"})


def body(message):
    return message.get_body(("plain",)).get_content()


def own_link(message):
    """The way to the signature's own page."""
    return re.search(r"/w/[A-Za-z0-9_-]+", body(message)).group(0)


def link(message):
    return re.search(r"/c/[A-Za-z0-9_-]+", body(message)).group(0)


def wait_until(what, seconds=30):
    """Waits for something that becomes true by itself; gives its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)


def main(tests):
    """Runs each function, prints a line for each and the closing count; exits with 1 when one failed."""
    import sys
    import traceback
    passed = failed = 0
    wanted = sys.argv[1:]
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test()
            passed += 1
            print(f"ok    {test.__name__}: {(test.__doc__ or '').strip().splitlines()[0] if test.__doc__ else ''}", flush=True)
        except Skip as why:
            print(f"skip  {test.__name__}: {why}", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL  {test.__name__}", flush=True)
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
