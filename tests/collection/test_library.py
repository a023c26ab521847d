"""Every line of docs/library.md does what it says, one after the other, on a prepared sample."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.prepare import Options, prepare

TEXT = (environment.REPOSITORY / "docs" / "library.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    prepare(Options(out=folder / "sample", sample=24, projections=("pca",), workers=1))
    return folder


CHECKED = """
assert list(found["rank"]) == list(range(1, 11)) and "<img" in found._repr_html_()
assert families is not None and network is not None and queue is not None and standing.empty
assert len(titles) == len(rows) and overview.plates == 24 and vectors.dtype == "float32"
print("all of it")
"""


def test_every_line_runs(data: Path) -> None:
    assert len(BLOCKS) >= 6
    script = data.parent / "library.py"
    script.write_text("".join(BLOCKS) + CHECKED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=120,
        env={**os.environ, "IMGSIM_DATA": str(data), "PYTHONPATH": str(environment.REPOSITORY)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.endswith("all of it\n"), done.stderr


def test_every_argument_is_explained() -> None:
    import inspect

    from imgsim.collection import Collection

    arguments = set(inspect.signature(Collection.neighbours).parameters) - {"self", "plate"}
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == arguments
