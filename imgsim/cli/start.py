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
from pathlib import Path

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
    parser.add_argument("--port", type=int, help=f"the port (default: the first free one from {FIRST_PORT})")
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
    port = options.port if options.port is not None else free_port()
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


def free_port(first: int = FIRST_PORT, tries: int = 100) -> int:
    """Return the first port from ``first`` on that nobody listens at on this machine."""
    for port in range(first, first + tries):
        with socket.socket() as attempt:
            # elsewhere than on Windows a port that was used a moment ago counts as free, as it does for the server
            if os.name == "posix":
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first


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
