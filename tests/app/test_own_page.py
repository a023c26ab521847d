"""A page of one's own: docs/pages.md is followed as it stands, in a copy of the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.cli import environment
from tests.herbals import make_herbals

ROOT = environment.REPOSITORY
TEXT = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
CODE = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is needed, with the page in its place and registered as the text says."""
    here = tmp_path_factory.mktemp("checkout")
    leave = shutil.ignore_patterns("__pycache__", "weights", "e2e", "benchmarks", "offline")
    for name in ("imgsim", "tests"):
        shutil.copytree(ROOT / name, here / name, ignore=leave)
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, here / name)
    pages = here / "imgsim" / "app" / "pages"
    (pages / "places.py").write_text(CODE[0], encoding="utf-8")
    registry = pages / "__init__.py"
    text = registry.read_text(encoding="utf-8")
    for after in ("    overview,\n", "    overview, "):
        text = text.replace(after, after + after.replace("overview", "places").replace("     ", " "))
    assert text.count("places") == 2
    registry.write_text(text, encoding="utf-8")
    return here


def run(checkout: Path, *words: str, data: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "IMGSIM_DATA": str(data or checkout / "data")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_is_short() -> None:
    assert len(CODE) == 1 and len(CODE[0].splitlines()) < 40


def test_it_keeps_the_contract_of_pages(checkout: Path) -> None:
    suite = ("tests/app/test_page_contract.py", "-q", "-k", "places")
    said = run(checkout, "-m", "pytest", *suite, "-p", "no:cacheprovider", f"--basetemp={checkout}-temp")
    assert int(re.search(r"(\d+) passed", said)[1]) >= 11  # type: ignore[index]


def test_it_does_what_it_says_and_is_linked_and_explained(checkout: Path, tmp_path: Path) -> None:
    # Of 24 plates 12 are from each of two places, see tests/herbals.py.
    code = """
import json

from tests import pages

def shown(**query):
    app = pages.visit("places", collection="herbals", **query)
    return [one.label for one in app.button if (one.key or "").startswith("place_")]

print(json.dumps(shown()))
print(shown(least="13"))
print(shown(in_place="London"))
app = pages.visit("places", collection="herbals", least="3")
app = pages.check(next(one for one in app.button if one.key == "place_London").click().run())
print(app.title[0].value, pages.param(app, "in.place"), pages.param(app, "least"))
print("Places" in pages.PAGES.values())
print("From where the plates of this collection come" in str([one.proto for one in pages.visit("help").main]))
"""
    said = run(checkout, "-c", code, data=make_herbals(tmp_path)).splitlines()
    assert set(json.loads(said[0])) == {"London: 12", "Edinburgh: 12"}
    assert said[1:] == ["[]", "['London: 12']", "Browse London 3", "True", "True"]
