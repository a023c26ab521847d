"""What a dossier tells of decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import Collection
from imgsim.export.dossier import dossier_html
from imgsim.reviews import Review
from imgsim.reviews.decision_record import made
from tests.export.told import Page, told_herbals
from tests.herbals import HOSTILE


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    return told_herbals(tmp_path)


def judged(
    herbals: Collection, plate_a: str, plate_b: str, decision: str, who: str, day: int, **values: Any
) -> Review:
    """A decision about the pictures that are here, unless `pictures` names others."""
    here = herbals.catalogue.pictures
    pictures = values.pop("pictures", (here.get(plate_a, ""), here.get(plate_b, "")))
    return made(
        plate_a,
        plate_b,
        decision,
        reviewer=who,
        when=f"2026-11-{day:02}T10:00:00",
        pictures=pictures,
        **values,
    )


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """The rows of the table whose caption begins so."""
    return next(rows for title, rows in page.tables if title.startswith(caption))


def test_a_dossier_says_who_decided_what_when_and_on_what_evidence(herbals: Collection) -> None:
    shown = {"verdict": "mirrored", "inliers": 180, "mirrored": True, "coverage_a": 0.9, "coverage_b": 0.85,
             "similarity": 0.91234, "backbone": "plates18", "generation": "20261101-9"}  # fmt: skip
    reviews = [
        judged(herbals, "a", "b", "mirrored copy", "Ada", 3, note="the crack is on the left", evidence=shown),
        judged(herbals, "b", "c", "same plate", "Ada", 4),
        judged(herbals, "b", "c", "re-engraved copy", "Paul", 5, note="another hatching"),
        judged(herbals, "c", "x", "unrelated", "Eve", 6),
        judged(herbals, "a", "d", "same plate", "Zoe", 7, pictures=("1" * 64, "0" * 64)),
        judged(herbals, "a", "gone", "unsure", "Kim", 8),
        judged(herbals, "x", "y", "unrelated", "Nobody of this family", 9),
    ]
    page = Page(dossier_html(herbals, "a", herbals.found_families, reviews))
    text = " ".join(page.text.split())
    rows = rows_of(page, "6 decisions by Ada, Eve, Kim, Paul, Zoe")
    assert rows == [
        ["1 and 2", "mirrored copy", "Ada", "2026-11-03", "the crack is on the left",
         "mirrored, 180 points agree, over 90% and 85%, similarity 0.912 (plates18), generation 20261101-9",
         "mirrored, 180 points agree, over 90% and 90%", "yes"],
        ["2 and 3", "re-engraved copy", "Paul", "2026-11-05", "another hatching", "not recorded",
         "same image, 200 points agree, over 90% and 90%", "no: disputed"],
        ["2 and 3", "same plate", "Ada", "2026-11-04", "", "not recorded",
         "same image, 200 points agree, over 90% and 90%", "no: disputed"],
        ["3 and plate x", "unrelated", "Eve", "2026-11-06", "", "not recorded",
         "same image, 14 points agree, over 90% and 90%", "yes"],
        ["1 and plate gone", "unsure", "Kim", "2026-11-08", "", "not recorded", "not both plates are here",
         "waits for confirmation: gone is not here any more"],
        ["1 and 5", "same plate", "Zoe", "2026-11-07", "", "not recorded", "not compared",
         "waits for confirmation: a shows another scan now"],
    ]  # fmt: skip
    assert "Ada, Eve and Paul decided about 3 pairs between 2026-11-03 and 2026-11-06." in text
    assert "On 1 of them people differ: disputed, it changes nothing." in text
    assert "2 decisions (Kim and Zoe) wait for confirmation and count for nothing" in text
    assert "measured by a program" in text and "not judged" not in text
    assert "Nobody of this family" not in text
    # What was called unrelated is not listed as related.
    assert "Related plates" not in text


def test_a_dossier_of_which_nobody_decided_anything_says_so(herbals: Collection) -> None:
    text = " ".join(Page(dossier_html(herbals, "a", herbals.found_families, [])).text.split())
    assert "nobody has decided about a pair of these plates" in text
    assert "Nobody has decided about a pair of these plates yet: look at them" in text


@pytest.mark.parametrize("payload", HOSTILE)
def test_names_and_notes_of_reviewers_stay_text(herbals: Collection, payload: str) -> None:
    page = Page(
        dossier_html(
            herbals,
            "a",
            herbals.found_families,
            [judged(herbals, "a", "b", "unsure", payload[:100], 3, note=payload)],
        )
    )
    (row,) = rows_of(page, "1 decision by")
    assert row[2] == payload[:100] and row[4] == payload and row[7] == "it leaves the pair open"
    assert not {"script", "b", "a"} & {tag for tag, _ in page.elements}
