# SPDX-License-Identifier: AGPL-3.0-or-later
"""A program on a terminal of its own. The terminal's session belongs to a process that stays until all was read: when a
session's leader ends, the kernel throws away what the terminal has not handed on yet, and a program that leads its own
session may lose its last lines. A shell is such a leader for its user; here it is a child of the test."""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time


def _lead(slave, arguments, environment, told, leave):
    """The leader: starts the program in the foreground, tells how it ended, and waits to be let go."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    usual = [signal.SIGINT, signal.SIGQUIT]
    for number in usual:
        signal.signal(number, signal.SIG_IGN)
    code = subprocess.run(arguments, stdin=slave, stdout=slave, stderr=slave, env=environment,
                          preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in usual]).returncode
    os.write(told, str(code).encode())
    os.read(leave, 1)


class Terminal:
    """Of so many rows and columns; `environment` instead of the test's own."""

    def __init__(self, arguments, rows=24, columns=80, environment=None):
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.told, told = os.pipe()
        leave, self.leave = os.pipe()
        self.leader = os.fork()
        if self.leader == 0:
            try:
                os.close(self.fd)
                os.close(self.told)
                os.close(self.leave)
                _lead(slave, arguments, environment, told, leave)
            finally:
                os._exit(0)
        for fd in (slave, told, leave):
            os.close(fd)
        self.code = None
        self.text = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def _take(self, until, deadline):
        """One more piece; False at the end, which comes when the program is gone and nothing is left of it."""
        ready = select.select([self.fd] if self.code is not None else [self.fd, self.told], [], [],
                              0 if self.code is not None else max(0, deadline - time.monotonic()))[0]
        if self.fd in ready:
            self.text += self.decoder.decode(os.read(self.fd, 65536))
            return True
        if self.told in ready:
            self.code = int(os.read(self.told, 16))
            return True
        if self.code is None:
            raise AssertionError(f"no {until!r} in {self.text!r}")
        return False

    def read(self, until=None, seconds=60):
        """All that was on the screen, once that text is among it or the program has ended."""
        deadline = time.monotonic() + seconds
        while (until is None or until not in self.text) and self._take(until, deadline):
            pass
        return self.text

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """Waits for the program; its exit status."""
        self.read()
        for fd in (self.leave, self.told):
            os.close(fd)
        os.waitpid(self.leader, 0)
        os.close(self.fd)
        return self.code
