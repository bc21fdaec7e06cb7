"""Debian's Chromium, driven through the DevTools protocol on a pipe: no driver program, no socket library."""

from __future__ import annotations

import functools
import http.server
import json
import os
import select
import signal
import threading
import time
from pathlib import Path
from typing import Any

PROGRAM = "/usr/lib/chromium/chromium"

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # we are root
    "--no-zygote",
    "--disable-gpu",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-hang-monitor",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--use-fake-ui-for-media-stream",  # says yes to the permission; the device stays the real one
    "--remote-debugging-pipe",
)


class PageError(Exception):
    """What the page or the protocol answered with."""


class Chromium:
    """One browser with one page.

    Args:
        profile: a folder for it, on a file system that can be written.
        log: where its own output goes.
    """

    def __init__(self, profile: Path, log: Path) -> None:
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        with log.open("wb") as output:
            self._pid = os.posix_spawn(
                PROGRAM,
                [PROGRAM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
                    (os.POSIX_SPAWN_DUP2, output.fileno(), 2),
                    (os.POSIX_SPAWN_DUP2, _far(to_read), 3),
                    (os.POSIX_SPAWN_DUP2, _far(to_write), 4),
                ],
            )
        os.close(to_read)
        os.close(to_write)
        self._number = 0
        self._pending = b""
        self._session: str | None = None
        page = self._first_page()
        self._session = self.command("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]

    def command(self, method: str, timeout: float = 240.0, **parameters: Any) -> Any:
        """Call a method of the protocol and return its result. Raises PageError or TimeoutError."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, url: str) -> None:
        """Load a page and wait for it."""
        self.command("Page.navigate", url=url)
        ready = f"document.readyState === 'complete' && location.href === {json.dumps(url)}"
        deadline = time.monotonic() + 120
        while not self.run(ready):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} did not load")
            time.sleep(0.2)

    def run(self, expression: str) -> Any:
        """Evaluate an expression in the page, wait for its promise, and return its value."""
        answer = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def close(self) -> None:
        """Kill it: profile and all go with the machine."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._read)
        os.close(self._write)

    def _first_page(self) -> str:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            for target in self.command("Target.getTargets")["targetInfos"]:
                if target["type"] == "page":
                    return str(target["targetId"])
            time.sleep(0.3)
        raise TimeoutError("Chromium has opened no page")

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._pending:
            left = max(deadline - time.monotonic(), 0.0)
            if not select.select([self._read], [], [], left)[0]:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self._read, 1 << 20)
            if not data:
                raise PageError("Chromium has ended")
            self._pending += data
        message, self._pending = self._pending.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(message)
        return answer


def serve(folder: Path) -> str:
    """Serve a folder on localhost, where pages may ask for the camera; return its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_port}"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass


def _far(descriptor: int) -> int:
    """Return an inheritable copy above the numbers that the child will use."""
    far = 20
    while True:
        try:
            os.fstat(far)
            far += 1
        except OSError:
            return os.dup2(descriptor, far, inheritable=True)
