"""``imgsim`` without a command: set up what is missing, start the app, open it in the browser."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from http.client import HTTPException
from pathlib import Path

from imgsim.base.places import HERE, data_mark
from imgsim.cli import environment

DOOR = Path(__file__).resolve().parents[1] / "app" / "door.py"
FIRST_PORT = 8501
START_TIMEOUT = 120.0  # seconds: a first start compiles every package on a slow disk


def main(words: list[str]) -> int:
    """Start the app and wait until it ends. Returns its exit status."""
    command = "python3 -m imgsim" if environment.IS_CHECKOUT else "imgsim"
    first = " The first start sets everything up in the folder .venv." if environment.IS_CHECKOUT else ""
    parser = argparse.ArgumentParser(
        prog=command,
        description=f"Start imgsim in the browser.{first}",
        epilog="Commands, each with --help: prepare FOLDER (a collection of plates), export NAME (its results), "
        "find TEXT (what a citation names), check NAME (every file of a collection), backup NAME and restore NAME "
        "(what people decided), train (a network on plates of your own). --data DIR before a command says where "
        "collections lie. "
        "Other options are passed on to 'streamlit run', for example --server.address 192.168.1.5",
    )
    parser.add_argument("--port", type=int, help=f"the port, or the first free one after it (default: {FIRST_PORT})")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name under which imgsim may be reached, such as plates.example.org; may be given again",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument("--setup-only", action="store_true", help="set everything up and stop")
    options, others = parser.parse_known_args(words)
    try:
        executable = environment.python(environment.APP) if environment.IS_CHECKOUT else sys.executable
    except environment.SetupError as error:
        print(f"imgsim: {error}", file=sys.stderr)
        return 1
    if options.setup_only:
        print(executable)
        return 0
    try:
        allow(options.allow_host)
    except ValueError as error:
        parser.error(f"argument --allow-host: {error}")
    wanted = FIRST_PORT if options.port is None else options.port
    if not 0 <= wanted < 65_536:
        parser.error(f"argument --port: a port is a number up to 65535, not {wanted}")
    alone = options.allow_host or others  # one that runs was told something else than what is asked for now
    port, running = find_port(wanted, "" if alone else data_mark())
    if running:
        address = f"http://127.0.0.1:{port}"
        print(f"imgsim is running already, with these collections: {address}")
        if not options.no_browser:
            webbrowser.open(address)
        return 0
    if options.port is not None and port != wanted:
        print(f"Port {wanted} is in use by another program. imgsim takes {port}.", file=sys.stderr)
    stopped = threading.Event()
    if not options.no_browser:
        threading.Thread(target=open_browser, args=(port, stopped), daemon=True).start()
    # headless: Streamlit neither asks for an e-mail address nor opens a browser (it does not for an st.App)
    file = "app.py" if environment.IS_CHECKOUT else str(DOOR)
    words_of_run = [
        "-m",
        "streamlit",
        "run",
        file,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        *others,
    ]
    try:
        folder = environment.REPOSITORY if environment.IS_CHECKOUT else Path.cwd()
        return environment.run(executable, words_of_run, folder)
    finally:
        stopped.set()


def allow(names: list[str]) -> None:
    """Hand names on to the app, beside those that the environment allows; ValueError for one that is none."""
    from imgsim.app.services import hosts
    from imgsim.errors import ImgsimError

    try:
        allowed = [*hosts.allowed_names(), *map(hosts.check_name, names)]
    except ImgsimError as error:
        raise ValueError(error) from None
    os.environ[hosts.VARIABLE] = ",".join(dict.fromkeys(allowed))


def find_port(first: int = FIRST_PORT, mark: str = "", tries: int = 100) -> tuple[int, bool]:
    """Find the first port from ``first`` on that nobody listens at on this machine, or where imgsim runs already.

    Parameters
    ----------
    mark : the :func:`~imgsim.base.places.data_mark` of the imgsim that would do; "" if none would.

    Returns
    -------
    The port, and whether that imgsim runs there.
    """
    for port in range(first, min(first + tries, 65_536)):
        if _free(port):
            return port, False
        if mark and _says(port) == mark:
            return port, True
    return first, False


def _free(port: int) -> bool:
    with socket.socket() as attempt:
        # elsewhere than on Windows a port that was used a moment ago counts as free, as it does for the server
        if os.name == "posix":
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _says(port: int) -> str:
    """Which collections the imgsim at this port has; "" where no imgsim answers within two seconds."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{HERE}", timeout=2) as answer:
            return str(answer.read(100).decode("ascii", "replace"))
    except (OSError, ValueError, HTTPException):
        return ""


def open_browser(port: int, stopped: threading.Event) -> None:
    """Open the app in the browser as soon as it answers."""
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and not stopped.wait(0.2):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
        except OSError:
            continue
        webbrowser.open(address)
        return
