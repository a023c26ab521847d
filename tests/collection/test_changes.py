"""What a manifest says of changes is believed only in the form in which it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import CollectionError
from imgsim.generation import layout
from tests.making import make, write_plates

GOOD = {"since": "g", "counts": {"new": 1}, "new": ["p1"], "moved": [["p1", "a.png", "b.png"]]}


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        (None, True), (GOOD, True), ([], False), ("x", False), ({"new": []}, False),
        ({**GOOD, "counts": {"new": "many"}}, False), ({**GOOD, "new": "p1"}, False), ({**GOOD, "new": [1]}, False),
        ({**GOOD, "gone": [["p1", {}]]}, False),
    ],
)  # fmt: skip
def test_changes_of_another_form_are_refused(tmp_path: Path, changes: Any, sound: bool) -> None:
    make(tmp_path / "c", write_plates(tmp_path / "images", 3))
    path = open_collection(tmp_path / "c").folder / layout.MANIFEST
    path.write_bytes(layout.sealed({**json.loads(path.read_text("utf-8")), "changes": changes}))
    if sound:
        assert open_collection(tmp_path / "c").manifest["changes"] == changes
    else:
        with pytest.raises(CollectionError, match="not a manifest"):
            open_collection(tmp_path / "c")
