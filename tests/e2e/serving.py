"""The real app, started as a user starts it, and the browser to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from imgsim.cli import environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# A container's own root and its small /dev/shm, and no graphics card: WebGL is drawn in software, and nothing else
# pretends to have one, which would cost more.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
]


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome, or None."""
    named = os.environ.get("IMGSIM_BROWSER")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def needed_browser() -> str:
    """The browser that there is; ends the program with a sentence where there is none."""
    found = find_browser()
    if found is None:
        raise SystemExit("no Chromium or Chrome found on the PATH")
    return found


def launch(playwright: Playwright, path: str, *more: str) -> Browser:
    """Start that browser without a window, with more arguments."""
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])


@dataclass(frozen=True)
class Served:
    """A running app: its address, its process, and the file that it writes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Return everything that it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


_ports: list[int] = []  # what apps of this process were served at: what a browser keeps is kept by port


def free_port() -> int:
    """A port that nobody listens at: one where an app was before, if there is one."""
    for port in (*_ports, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the app does
            probe.bind(("127.0.0.1", port))
            found = int(probe.getsockname()[1])
            if found not in _ports:
                _ports.append(found)
            return found
    raise AssertionError("no port is free")


@contextmanager
def serve(data: Path, *, environ: Mapping[str, str] | None = None, timeout: float = 90.0) -> Iterator[Served]:
    """Start the app on the collections in ``data``, with more environment variables, and stop it at the end."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "app.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "imgsim", "--no-browser", "--port", str(port)],
                cwd=environment.REPOSITORY,
                env={**os.environ, **(environ or {}), "IMGSIM_DATA": str(data)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            served = Served(f"http://127.0.0.1:{port}", process, log)
            try:
                wait_until_healthy(served, timeout)
                yield served
            finally:
                stop(process)


def wait_until_healthy(served: Served, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{served.url}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start in {timeout:.0f} s:\n{served.said()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the app with everything it started."""
    if os.name == "posix":
        import signal

        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(10)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
    else:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    process.wait(10)


def settle(page: Page, timeout: float = 30.0) -> None:
    """Wait until the app has answered: its script has run and nothing new is on its way."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]", state="attached", timeout=timeout * 1000
    )
    # a click is sent, answered and drawn in several turns; idle twice in a row means done
    page.wait_for_timeout(250)
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]", state="attached", timeout=timeout * 1000
    )
