"""The components' scripts, run by node where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from imgsim.app.components import mounting

SCRIPTS = sorted(mounting.FOLDER.glob("*/*.js"))
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: the JavaScript is not run here")


def node(*options: str, source: str) -> str:
    """Run a script, and return what it prints."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=module", *options],
        input=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def script(name: str) -> Path:
    """A script of the components, by its file's name."""
    return next(path for path in SCRIPTS if path.name == name)


def module(name: str) -> str:
    """What another script imports it by."""
    return json.dumps(script(name).as_uri())
