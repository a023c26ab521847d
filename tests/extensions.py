"""Extensions for tests: the code that a page of docs/ shows, put where a user would put it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imgsim.base.extensions import VARIABLE
from imgsim.cli import environment


def shown(page: str) -> str:
    """The one piece of Python on a page of docs/."""
    text = (environment.REPOSITORY / "docs" / page).read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return code


def bring(monkeypatch: pytest.MonkeyPatch, folder: Path, **files: str) -> Path:
    """Put code into files of a folder of extensions, and name it; returns the folder."""
    folder.mkdir(exist_ok=True)
    for name, code in files.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder
