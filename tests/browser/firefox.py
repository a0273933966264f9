# SPDX-License-Identifier: AGPL-3.0-or-later
"""Firefox as Tor Browser's safest level leaves it (no scripts, no SVG, no web fonts, no MathML), driven by Marionette: a
TCP connection over which commands of WebDriver go as length-prefixed JSON. Marionette has privileges of its own, so it
works although the pages' scripts are off."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# What the safest level sets (SecurityLevel.sys.mjs of Tor Browser), and what keeps a fresh profile from asking elsewhere.
SAFEST = {
    "javascript.enabled": False, "svg.disabled": True, "mathml.disabled": True, "gfx.downloadable_fonts.enabled": False,
    "gfx.font_rendering.graphite.enabled": False, "gfx.font_rendering.opentype_svg.enabled": False,
    "javascript.options.wasm": False,
}
QUIET = {
    "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.startup.homepage": "about:blank",
    "browser.aboutwelcome.enabled": False, "browser.newtabpage.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False, "app.normandy.enabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False,
    "extensions.update.enabled": False, "extensions.getAddons.cache.enabled": False, "media.gmp-manager.updateEnabled": False,
    "browser.region.network.url": "", "network.dns.disablePrefetch": True, "network.prefetch-next": False,
    "dom.disable_beforeunload": True, "browser.sessionstore.resume_from_crash": False,
}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class WebDriverError(Exception):
    pass


class Firefox:
    """with Firefox(languages="ar") as firefox: firefox.get("http://...")"""

    def __init__(self, languages="en", preferences=None):
        self.profile = tempfile.mkdtemp(prefix="undersign-firefox-")
        values = {**QUIET, **SAFEST, "intl.accept_languages": languages, "marionette.port": 0, **(preferences or {})}
        with open(os.path.join(self.profile, "user.js"), "w", encoding="utf-8") as f:
            f.writelines(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items())
        self.log = open(os.path.join(self.profile, "firefox.log"), "wb")
        self.process = subprocess.Popen(
            ["firefox-esr", "--headless", "--no-remote", "--marionette", "--profile", self.profile, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True,
            env={**os.environ, "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1", "HOME": self.profile})
        self.socket, self.buffer, self.number = None, b"", 0
        try:
            self._connect()
            self.send("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"pageLoadStrategy": "normal"}}})
        except BaseException:
            self.close()
            raise

    # Firefox writes the port it took into its profile.
    def _connect(self):
        port_file, deadline = os.path.join(self.profile, "MarionetteActivePort"), time.monotonic() + 120
        while True:
            try:
                with open(port_file, encoding="ascii") as f:
                    self.socket = socket.create_connection(("127.0.0.1", int(f.read())), 5)
                break
            except (OSError, ValueError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    with open(self.log.name, encoding="utf-8", errors="replace") as f:
                        raise WebDriverError("Firefox does not answer:\n" + f.read()[-2000:]) from None
                time.sleep(0.05)
        self.socket.settimeout(120)
        hello = self._read()
        assert hello["marionetteProtocol"] == 3, hello

    def _read(self):
        while b":" not in self.buffer:
            self.buffer += self._piece()
        size, _, rest = self.buffer.partition(b":")
        while len(rest) < int(size):
            rest += self._piece()
        self.buffer = rest[int(size):]
        return json.loads(rest[:int(size)])

    def _piece(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise WebDriverError("Firefox hung up")
        return piece

    def send(self, command, parameters=None):
        self.number += 1
        message = json.dumps([0, self.number, command, parameters or {}]).encode()
        self.socket.sendall(str(len(message)).encode() + b":" + message)
        _, number, error, result = self._read()
        assert number == self.number
        if error:
            raise WebDriverError(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def close(self):
        try:
            if self.socket:
                self.send("Marionette:Quit", {"flags": ["eForceQuit"]})
                self.process.wait(30)
        except (OSError, WebDriverError, subprocess.TimeoutExpired):
            pass
        finally:
            if self.socket:
                self.socket.close()
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.log.close()
            shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        self.close()

    # What a visitor does.
    def get(self, url):
        self.send("WebDriver:Navigate", {"url": url})

    @property
    def url(self):
        return self.send("WebDriver:GetCurrentURL")

    @property
    def title(self):
        return self.send("WebDriver:GetTitle")

    @property
    def source(self):
        return self.send("WebDriver:GetPageSource")

    def all(self, selector):
        found = self.send("WebDriver:FindElements", {"using": "css selector", "value": selector})
        return [Element(self, one[ELEMENT]) for one in found]

    def one(self, selector):
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} on {self.url}"
        return found[0]


class Element:
    def __init__(self, firefox, name):
        self.firefox, self.name = firefox, name

    def _send(self, command, **parameters):
        return self.firefox.send(f"WebDriver:{command}", {"id": self.name, **parameters})

    @property
    def text(self):
        return self._send("GetElementText")

    def attribute(self, name):
        return self._send("GetElementAttribute", name=name)

    def current(self, name):
        return self._send("GetElementProperty", name=name)

    @property
    def rect(self):
        return self._send("GetElementRect")

    def is_displayed(self):
        return self._send("IsElementDisplayed")

    def click(self):
        self._send("ElementClick")

    def type(self, text):
        self._send("ElementSendKeys", text=text)

    def clear(self):
        self._send("ElementClear")
