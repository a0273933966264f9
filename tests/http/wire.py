# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of http/ on the wire share: the server under test (echo.c), a reader of responses, a runner.

Runs from the build folder (tests/http/echo) or with the program's path as a test's first argument; further
arguments name the tests to run. The terms in the tests are the server's own, made short by its options.
Nothing is asserted about how fast this machine is, only that what must end does end, and that what must
not end is still there when something later has been seen to happen.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

PATIENCE = float(os.environ.get("WIRE_PATIENCE", "60"))  # after which a thing that must happen is held not to
HOST = b"Host: test.example\r\n"
GET = b"GET %s HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /echo HTTP/1.1\r\n" + HOST

echo = "tests/http/echo"


class Server:
    def __init__(self, *options, files=None):
        def limit():
            if files is not None:
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([echo, "--threads", "2", *options], stdout=subprocess.PIPE,
                                        stderr=self.log, preexec_fn=limit)
        self.first = self.process.stdout.readline().decode()
        self.port = int(self.first.split()[1]) if self.first.startswith("port ") else None

    def __enter__(self):
        assert self.port, self.first + self.messages()
        return self

    def __exit__(self, kind, value, trace):
        self.stop(quiet=kind is not None)

    def messages(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def stop(self, quiet=False):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "killed"
        self.process.stdout.close()
        messages = self.messages()
        # A sanitizer speaks on standard error and through the exit code.
        assert quiet or code == 0, f"the server ended with {code}: {messages[-4000:]}"
        return messages

    def connect(self, source=None):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE, source)

    def get(self, path, fields=b"", method=b"GET"):
        with self.connect() as s:
            s.sendall(method + b" " + path + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n")
            return Reader(s).response(method)

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Reader:
    """Reads responses off a socket."""

    def __init__(self, s):
        self.socket, self.data = s, b""

    def more(self):
        got = self.socket.recv(65536)
        if not got:
            raise EOFError(self.data)
        self.data += got

    def head(self):
        while b"\r\n\r\n" not in self.data:
            self.more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        return head

    def response(self, method=b"GET"):
        lines = self.head().split(b"\r\n")
        status = int(lines[0].split()[1])
        fields = {}
        for line in lines[1:]:
            name, value = line.split(b": ", 1)
            assert name.lower() not in fields, line
            fields[name.lower()] = value
        size = 0 if method == b"HEAD" or status in (100, 204, 304) else int(fields[b"content-length"])
        while len(self.data) < size:
            self.more()
        body, self.data = self.data[:size], self.data[size:]
        return status, fields, body

    def until_closed(self):
        """All that still comes; a reset counts as closed."""
        try:
            while True:
                self.more()
        except (EOFError, ConnectionResetError):
            return self.data


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def exchange(server, request):
    """Sends bytes, then gives every response until the server closes."""
    with server.connect() as s:
        try:
            s.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return Reader(s).until_closed()


def statuses(data):
    return [int(x) for x in re.findall(rb"(?:^|\n|\})HTTP/1\.1 (\d\d\d) ", data)]


def drip(s, data, every):
    try:
        for i in range(len(data)):
            s.sendall(data[i:i + 1])
            time.sleep(every)
    except OSError:
        pass


def run(name, namespace):
    """Runs the functions test_* of a module and says how it went."""
    global echo
    arguments = sys.argv[1:]
    if arguments and os.path.exists(arguments[0]):
        echo = os.path.abspath(arguments.pop(0))
    tests = {key[5:]: f for key, f in namespace.items() if key.startswith("test_")}
    chosen = arguments or list(tests)
    failed = []
    for test in chosen:
        try:
            tests[test]()
            print(f"ok   {test}", flush=True)
        except Exception as error:
            traceback.print_exc()
            print(f"FAIL {test}: {error!r}", flush=True)
            failed.append(test)
    print(f"{name}: {len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
