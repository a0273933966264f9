# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real SMTP server (aiosmtpd) for tests: plain, STARTTLS or TLS, with AUTH, with answers of one's choice."""

import os
import ssl
import subprocess
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def certificate(folder):
    """A self-signed certificate for localhost; gives the paths of certificate and key."""
    cert, key = os.path.join(folder, "relay.pem"), os.path.join(folder, "relay.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class Handler:
    def __init__(self):
        self.messages = []  # (recipients, bytes, was_tls, login)
        self.answers = {"RCPT": [], "DATA": []}  # taken first to last, before the usual one
        self.held = 0  # so many wait
        self.hold = None  # (command, end of the recipient, asyncio.Event): answered when it is set

    async def holding(self, command, recipient):
        if self.hold is not None and self.hold[0] == command and recipient.endswith(self.hold[1]):
            self.held += 1
            await self.hold[2].wait()

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.holding("RCPT", address)
        if self.answers["RCPT"]:
            answer = self.answers["RCPT"].pop(0)
            if not answer.startswith("250"):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers["DATA"]:
            answer = self.answers["DATA"].pop(0)
            if not answer.startswith("250"):
                return answer
        await self.holding("DATA", envelope.rcpt_tos[0])
        is_tls = server.transport.get_extra_info("ssl_object") is not None
        self.messages.append((list(envelope.rcpt_tos), envelope.original_content, is_tls,
                              getattr(session, "login", None)))
        return "250 taken"


class Relay(Controller):
    """with Relay(tls="starttls") as relay: relay.port, relay.handler.messages"""

    def __init__(self, tls="none", login=None, port=0, most=64 * 1024 * 1024):
        self.folder = tempfile.mkdtemp(prefix="undersign-relay-")
        self.tls, self.login, self.most = tls, login, most  # most: bytes of a message
        self.context = None
        if tls != "none":
            self.cert, key = certificate(self.folder)
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(self.cert, key)
        super().__init__(Handler(), hostname="localhost", port=port,
                         ssl_context=self.context if tls == "implicit" else None)

    def authenticate(self, server, session, envelope, mechanism, data):
        if isinstance(data, LoginPassword) and (data.login, data.password) == self.login:
            session.login = data.login
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)

    def factory(self):
        options = {"hostname": "localhost", "enable_SMTPUTF8": True, "data_size_limit": self.most}
        if self.login:
            options.update(authenticator=self.authenticate, auth_required=True,
                           auth_require_tls=self.tls != "none")
        if self.tls == "starttls":
            options.update(tls_context=self.context, require_starttls=True)
        return SMTP(self.handler, **options)

    def _trigger_server(self):
        # The port that was bound, where 0 was asked for.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *rest):
        self.stop()
