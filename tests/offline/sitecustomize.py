"""Loaded first by every Python that the tests start: it writes down, and refuses, what goes beyond this machine.

Libraries have been seen to install packages or to report to a server when they are imported. The environment
variable IMGSIM_TEST_CALLS names the file to write to.
"""

import os
import re
import sys

LOCAL = re.compile(r"^(|localhost|127\.[\d.]+|::1|0\.0\.0\.0|::)$")
INSTALLER = re.compile(r"(^|[\s/\\'\"])(pip3?|uv|conda)(\.exe)?['\"]?[\s,].*(install|download)|-m['\", ]+pip")


def _refuse(what: str) -> None:
    with open(os.environ["IMGSIM_TEST_CALLS"], "a", encoding="utf-8") as file:
        file.write(f"{what} [{' '.join(sys.argv[:3])}]\n")
    raise OSError(f"refused by the tests: {what}")


def _host(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    return value if isinstance(value, str) else ""


def _watch(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not LOCAL.match(_host(address[0])):
            _refuse(f"{event} {address}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        if not LOCAL.match(_host(arguments[0])):
            _refuse(f"{event} {arguments[0]!r}")
    elif event in ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn"):
        command = str(arguments[0] if event == "os.system" else arguments[:2])
        if INSTALLER.search(command):
            _refuse(f"{event} {command}")


if "IMGSIM_TEST_CALLS" in os.environ:
    sys.addaudithook(_watch)
