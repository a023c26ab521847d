"""Tables and plates whose files were renamed since they got their ids: no row goes to two plates, and it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue import read_metadata
from imgsim.catalogue.joining import join
from tests.kin import catalogue_of

# A forgotten page was scanned and the files renumbered: p2 lies in p3.png now, and p2.png is a new plate.
FILES = {"p1": "p1.png", "p2": "p3.png", "p2-2": "p2.png", "p3": "p4.png"}


@pytest.mark.parametrize(
    ("header", "titles"),
    [
        ("plate_id", {"p1": "one", "p2": "two", "p2-2": "", "p3": "three"}),
        ("file", {"p1": "one", "p2": "three", "p2-2": "two", "p3": ""}),
    ],
)
def test_a_column_of_ids_names_ids_and_one_of_files_names_files(
    tmp_path: Path, header: str, titles: dict[str, str]
) -> None:
    plates = catalogue_of({plate: ("", None) for plate in FILES}).frame.assign(
        file=[FILES[plate] for plate in sorted(FILES)]
    )
    table = tmp_path / "table.csv"
    table.write_text(f"{header},title\np1,one\np2,two\np3,three\n")
    joined = join(plates, read_metadata(table))
    frame = joined.catalogue.frame
    assert dict(zip(frame["plate_id"], frame["title"], strict=True)) == titles
    assert any("another file's name" in note and "'p2'" in note for note in joined.report.notes)
    listed = joined.unjoined[joined.unjoined["what"] == "plate"]
    assert listed["name"].tolist() == [plate for plate, title in titles.items() if not title]
