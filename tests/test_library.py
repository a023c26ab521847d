"""Every line of docs/library.md does what it says, one after the other, on a prepared sample."""

from __future__ import annotations

import re
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


def test_every_line_runs(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    names: dict[str, object] = {}
    for number, block in enumerate(BLOCKS, 1):
        exec(compile(block, f"docs/library.md, block {number}", "exec"), names)
    assert len(BLOCKS) >= 6
    found = names["found"]
    assert list(found["rank"]) == list(range(1, len(found) + 1)) and len(found) == 10  # type: ignore[index, arg-type]
    assert "<img" in found._repr_html_()  # type: ignore[attr-defined]
    assert names["families"] is not None and names["network"] is not None and names["queue"] is not None
    assert "float32" in capsys.readouterr().out


def test_every_argument_is_explained() -> None:
    import inspect

    from imgsim.collection import Collection

    arguments = set(inspect.signature(Collection.neighbours).parameters) - {"self", "plate"}
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == arguments
