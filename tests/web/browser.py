# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Chromium without a window, by its debugging protocol over a pipe, and a server
that gives it the page and carries its WebSockets to a SPICE server."""
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "client")]
from harness import PATIENCE, Failed  # noqa: E402
from wsproxy import WebSocketProxy  # noqa: E402

WEB = os.path.join(HERE, "..", "..", "web")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
         ".wasm": "application/wasm"}


def page_folder(rig, wasm):
    """The page as it is installed, for a server that is not ours."""
    folder = rig.file("page")
    os.mkdir(folder)
    for name in ("index.html", "second.html", "style.css"):
        shutil.copy(os.path.join(WEB, name), folder)
    shutil.copytree(os.path.join(WEB, "src"), os.path.join(folder, "src"))
    shutil.copy(wasm, os.path.join(folder, "osvdi.wasm"))
    return folder


class PageServer(WebSocketProxy):
    """As nova's proxy: files of the page, and WebSockets to the SPICE server's port (or Unix
    socket)."""

    def __init__(self, port, wasm, tokens=("",), tls=None, folder=WEB):
        self.wasm = wasm
        self.folder = folder
        self.connections = 0  # to the SPICE server, ever
        self.more = {}  # what a test adds to a file of the page
        super().__init__(port, set(tokens), tls)

    def greet(self, s):
        head = self.read_head(s)  # fails for connections that a browser opens ahead of their use
        if b"upgrade: websocket" in head.lower():
            self.connections += 1
            return self.upgrade(s, head)
        self.give(s, head.split(b" ")[1].decode().split("?")[0])
        s.close()
        return None

    def token_of(self, path, headers):
        cookies = dict(c.strip().partition("=")[::2] for c in headers.get("cookie", "").split(";"))
        return super().token_of(path, headers) or cookies.get("token", "")

    def give(self, s, path):
        path = os.path.normpath("/" + path).lstrip("/") or "index.html"
        name = self.wasm if path == "osvdi.wasm" else os.path.join(self.folder, path)
        kind = TYPES.get(os.path.splitext(name)[1])
        if not kind or not os.path.isfile(name):
            s.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with open(name, "rb") as f:
            data = f.read() + self.more.get(path, "").encode()
        s.sendall((f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
                   "Cache-Control: no-store\r\nConnection: close\r\n\r\n").encode() + data)


class Browser:
    """One Chromium with one tab; with windows on a display only where it is not headless."""

    def __init__(self, rig, *options, language="en-US", env=None, headless=True):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if not program:
            raise SystemExit(77)
        to_read, self.to_write = os.pipe()
        self.to_read, to_write = os.pipe()
        argv = [program, *(["--headless=new"] if headless else []), "--remote-debugging-pipe",
                "--no-first-run",
                "--disable-gpu-sandbox",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync", "--force-color-profile=srgb", "--enable-unsafe-swiftshader",
                "--hide-scrollbars",
                f"--lang={language}", f"--accept-lang={language}",
                f"--user-data-dir={rig.file('chromium')}", *options,
                "about:blank"]
        if os.geteuid() == 0:
            argv.insert(1, "--no-sandbox")
        with rig.log("chromium.log") as log:
            rig.procs.start(["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash", *argv],
                            pass_fds=[to_read, to_write], stdout=log, stderr=log,
                            env={**os.environ, "HOME": rig.dir, "LANGUAGE": language,
                                 **(env or {})})
        os.close(to_read)
        os.close(to_write)
        self.number = 0
        self.buffer = b""
        self.events = []
        self.session = None
        self.lock = threading.Lock()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def message(self, seconds):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.to_read], [], [], max(0, end - time.monotonic()))
            if not ready:
                return None
            data = os.read(self.to_read, 1 << 20)
            if not data:
                raise Failed("Chromium has ended")
            self.buffer += data
        text, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to_write, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message(30 * PATIENCE)
            if message is None:
                raise Failed(f"Chromium does not answer {method}")
            if message.get("id") != self.number:
                self.events.append(message)
            elif "error" in message:
                raise Failed(f"{method}: {message['error']['message']}")
            else:
                return message["result"]

    def other_window(self, page):
        """The session of a window that the page opened, for "session"; None while there is
        none."""
        for target in self.call("Target.getTargets")["targetInfos"]:
            if target["type"] == "page" and target["url"].endswith(page):
                return self.call("Target.attachToTarget", targetId=target["targetId"],
                                 flatten=True)["sessionId"]
        return None

    def run(self, expression):
        """The value of an expression of JavaScript, awaited."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in result:
            raise Failed(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def window(self, width, height, scale=1, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=mobile)
        self.call("Emulation.setTouchEmulationEnabled", enabled=mobile)

    def dark(self, dark):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, url):
        self.call("Page.navigate", url=url)

    def state(self):
        return self.run("document.body?.dataset.state")

    def says(self):
        return self.run("document.getElementById('panel')?.innerText ?? ''")

    def problems(self):
        """The errors that scripts of the page threw, and what its policy blocked."""
        self.run("0")
        return [e for e in self.events if e.get("method") == "Runtime.exceptionThrown" or
                (e.get("method") == "Log.entryAdded" and
                 e["params"]["entry"]["source"] in ("security", "violation"))]

    def png(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def pixels(self):
        """(width, height, BGRA bytes) of what is on the screen."""
        png = self.png()
        width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
        out = subprocess.run(["convert", "png:-", "-depth", "8", "bgra:-"], input=png,
                             capture_output=True, check=True)
        return width, height, out.stdout

    def mouse(self, kind, x, y, button="none", buttons=0, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, buttons=buttons,
                  clickCount=1, **more)

    def click(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, "left", 1)
        self.mouse("mouseReleased", x, y, "left")

    def key(self, code, down, key="", modifiers=0):
        self.call("Input.dispatchKeyEvent", type="rawKeyDown" if down else "keyUp", code=code,
                  key=key or code, modifiers=modifiers)

    def press(self, *codes):
        for code in codes:
            self.key(code, True)
        for code in reversed(codes):
            self.key(code, False)
