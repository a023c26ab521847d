"""Which names the server answers to, and whether an origin is that of its own pages. Standard library only.

A page of anybody can make its own name lead to this computer (DNS rebinding), and its requests then look as if they
stayed at home, but for the name: so only known names are answered. A name has one way of being written here; what
browsers never send (user names, dots at the end, numbers in other bases) is no address at all.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from imgsim.errors import ImgsimError

VARIABLE = "IMGSIM_ALLOW_HOST"  # names, separated by commas
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@\\\s]+)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_ANYWHERE = {"0.0.0.0", "::", ""}  # listened at, yet nobody's name


@dataclass(frozen=True)
class Host:
    """A host as a request names it: the name in lower case, numbers in their usual form; the port, if it has one."""

    name: str
    port: int | None = None

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


def read_host(text: str) -> Host | None:
    """Return what a Host header says; None where it is none (empty, a user name, a list, a dot at the end, ...)."""
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    name = _one_name(found["name"])
    port = int(found["port"]) if found["port"] else None
    return Host(name, port) if name and (port is None or 0 < port < 65536) else None


def is_own(origin: str, host: Host) -> bool:
    """Whether an Origin header is that of the pages of ``host``, the one that the same request names.

    Either scheme will do: behind a proxy that speaks TLS the pages are https, and the request that comes here is not.
    """
    found = _ORIGIN.fullmatch(origin)
    other = read_host(found["host"]) if found else None
    if found is None or other is None:
        return False
    usual = _PORTS[found["scheme"].lower()]
    return (other.name, other.port or usual) == (host.name, host.port or usual)


class Hosts:
    """The names that are answered: this computer's own, the address that is listened at, and those that were allowed.

    Raises ImgsimError for a name that is none.
    """

    def __init__(self, allowed: Iterable[str] = (), listened: str = "") -> None:
        self.names = {check_name(name) for name in allowed}
        own = _one_name(listened)
        if own not in _ANYWHERE:
            self.names.add(own)

    def answers(self, host: Host) -> bool:
        """Whether requests for that host are answered, at whatever port."""
        return host.name == "localhost" or host.name in self.names or is_loopback(host.name)


def allowed_names(text: str | None = None) -> list[str]:
    """Return the names in ``text``, or in the environment variable; ImgsimError for one that is none."""
    listed = (os.environ.get(VARIABLE, "") if text is None else text).split(",")
    return [check_name(name) for name in listed if name.strip()]


def check_name(name: str) -> str:
    """Return a name that may be allowed, in the form in which it is compared; ImgsimError for anything else."""
    found = _one_name(name.strip())
    if not found or found in _ANYWHERE:
        raise ImgsimError(
            f"{name.strip()[:80]!r} cannot be allowed as a host. Give the name or number that stands in the browser's "
            "address line, without http:// and without a port, such as plates.example.org or 192.168.1.5."
        )
    return found


def _one_name(text: str) -> str:
    """The one form of a name or number; "" for what is neither."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        if bare != text or ":" in bare:
            return "" if "%" in bare else str(ipaddress.IPv6Address(bare))
        return str(ipaddress.IPv4Address(bare))
    except ValueError:
        # What looks like a number in another form (127.1, 0x7f.1, 2130706433) would be one to some programs.
        last = bare.rpartition(".")[2].lower()
        odd = bare != text or ":" in bare or last.isdigit() or last.startswith("0x")
        return "" if odd or len(bare) > 253 or not _NAME.fullmatch(bare) else bare.lower()


def is_loopback(name: str) -> bool:
    """Whether a number is one under which a computer reaches itself."""
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(number, "ipv4_mapped", None)  # ::ffff:127.0.0.1, which Pythons judge differently
    return (mapped or number).is_loopback
