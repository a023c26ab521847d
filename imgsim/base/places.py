"""Where things lie on this machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

HERE = "/imgsim-here"  # where a running app says which collections are its own, by their data_mark()


def data_dir() -> Path:
    """Where collections live: the folder named by IMGSIM_DATA (or ``--data``), else ``data`` in a checkout.

    Where the package is installed it is the user's data folder, such as ``~/.local/share/imgsim``.
    """
    named = os.environ.get("IMGSIM_DATA")
    if named:
        return Path(named).expanduser()
    above = checkout()
    if above is not None:
        return above / "data"
    from platformdirs import user_data_path

    return user_data_path("imgsim", appauthor=False)


def data_mark() -> str:
    """What tells the folder of collections from others without naming it: the SHA-256 of its path."""
    return hashlib.sha256(os.fsencode(data_dir().resolve())).hexdigest()


def checkout() -> Path | None:
    """The folder of the checkout in which this package lies; None where the package is installed."""
    above = Path(__file__).resolve().parents[2]
    return above if (above / "app.py").is_file() and (above / "requirements.txt").is_file() else None
