"""Nothing is said twice: no two places share more than six lines."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from imgsim.cli import environment

PACKAGE = environment.REPOSITORY / "imgsim"
MOST = 6


def lines(path: Path) -> list[tuple[int, str]]:
    """The lines, each with its number, without imports and blank ones."""
    found, importing = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if importing or (text.startswith(("from ", "import ")) and path.suffix in {".py", ".js"}):
            importing = (importing or "(" in text) and ")" not in text and path.suffix == ".py"
            continue
        if text:
            found.append((number, text))
    return found


def shared(paths: list[Path]) -> list[str]:
    """The places that begin with the same lines, more than so many."""
    places = defaultdict(list)
    for path in paths:
        said = lines(path)
        for at in range(len(said) - MOST):
            places[tuple(text for _, text in said[at : at + MOST + 1])].append(f"{path.name}:{said[at][0]}")
    return sorted({" ~ ".join(where) for where in places.values() if len(where) > 1})


@pytest.mark.parametrize("suffix", [".py", ".js", ".css"])
def test_no_two_places_share_more_than_six_lines(suffix: str) -> None:
    paths = sorted(PACKAGE.rglob(f"*{suffix}"))
    assert len(paths) > 5 and shared(paths) == []


def test_what_is_shared_would_be_found(tmp_path: Path) -> None:
    text = "\n\n".join(f"    value_{number} = {number}" for number in range(MOST + 1))
    (tmp_path / "one.py").write_text(f"import os\n{text}\n", encoding="utf-8")
    (tmp_path / "two.py").write_text(f"x = 1\n{text.replace('    ', '')}\n", encoding="utf-8")
    assert shared(sorted(tmp_path.glob("*.py"))) == ["one.py:2 ~ two.py:2"]
    (tmp_path / "two.py").write_text(text.replace("value_3", "other"), encoding="utf-8")
    assert shared(sorted(tmp_path.glob("*.py"))) == []
