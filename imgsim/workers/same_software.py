"""Whether two processes compute the same: the versions of what decides results, and this very code."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from imgsim.errors import ImgsimError

# What opens images and computes with them. Others (the app's, the maps', which one machine draws) may differ.
DECIDING = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "pyvips-binary", "scipy", "torch")
_CODE = "imgsim's code"


@cache
def software() -> dict[str, str]:
    """What computes in this process: a version, or a checksum, by name."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2]), _CODE: _code()}
    for name in DECIDING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def differences(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """Each thing that is not the same, in words; empty where all is."""
    return [
        f"{name} is {found.get(name, 'unknown')} there and {here} here"
        for name, here in expected.items()
        if found.get(name) != here
    ]


def check_same(expected: dict[str, str]) -> None:
    """Raise ImgsimError unless this process computes with what is expected."""
    wrong = differences(expected, software())
    if wrong:
        raise ImgsimError(
            f"A worker on {platform.node()} has other software: {'; '.join(wrong)}. Install there what is here, and "
            "start it again."
        )


def _code() -> str:
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
