"""What people observed of a pair: each at a number that stays with its place, kept, taken back, and taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.collection import open_collection
from imgsim.collection.marks import FILE, Marks
from imgsim.collection.observations import LONGEST, Observation, Observations, numbered
from imgsim.errors import CollectionError, ImgsimError
from imgsim.export import Request, files_of
from imgsim.export.dossier import dossier_html
from tests.herbals import make_herbals
from tests.making import add_matches, match_values

PLACE = (10.0, 20.0, 300.0, 400.0)
SHOWN = {"a": "sha a", "b": "sha b"}


def seen(number: int = 3, text: str = "the broken stem", reviewer: str = "Ada", **more: Any) -> Observation:
    values = {"plate_a": "a", "plate_b": "b", "pictures": ("sha a", "sha b"), "place": PLACE, "when": "", **more}
    return Observation(number=number, text=text, reviewer=reviewer, **values)


def test_a_number_stays_with_its_place_from_either_side(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    assert kept.standing() == [] and not kept.can_undo(("a", "b"), "Ada")
    first = kept.write(seen(text="  the broken\nstem "))
    assert first.text == "the broken stem" and first.when and kept.standing() == [first]
    # from the other side, at the same place, under whatever number: it is number 3
    turned = seen(7, "I see no break", "Bob", plate_a="b", plate_b="a", pictures=("sha b", "sha a"),
                  place=(300.5, 400.0, 10.0, 20.0))  # fmt: skip
    assert kept.write(turned).number == 3
    # another place whose number was given away meanwhile takes a free one
    assert kept.write(seen(3, "new lettering", "Bob", place=(90.0, 90.0, 90.0, 90.0))).number == 1
    assert [(one.number, one.reviewer) for one in kept.standing()] == [(1, "Bob"), (3, "Ada"), (3, "Bob")]
    assert first.seen_from("b").place == (300.0, 400.0, 10.0, 20.0) and first.seen_from("b").seen_from("a") == first
    assert first.of_these(SHOWN) and first.seen_from("b").of_these(SHOWN)
    assert not first.of_these({**SHOWN, "b": "another scan"}) and not first.of_these({"a": "sha a"})


def test_what_one_wrote_is_replaced_removed_and_taken_back_by_oneself(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    kept.write(seen())
    kept.write(seen(text="the stem is whole"))
    assert [one.text for one in kept.standing()] == ["the stem is whole"]
    kept.write(seen(text=""))
    assert kept.standing() == []
    for wanted in ("the stem is whole", "the broken stem", None):
        kept.undo(("b", "a"), "Ada")
        assert [one.text for one in kept.standing()] == ([wanted] if wanted else [])
    for nobody in ("Ada", "Bob"):
        with pytest.raises(ImgsimError, match="could be taken back"):
            kept.undo(("a", "b"), nobody)
    assert kept.revision == 6  # nothing was ever removed


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [({"text": "x" * (LONGEST + 1)}, "at most 600"), ({"text": "a\x07b"}, "at most 600"), ({"plate_b": "a"}, "itself"),
     ({"number": 0}, "from 1 on"), ({"place": (1.0, float("nan"), 2.0, 3.0)}, "from 1 on"),
     ({"reviewer": "  "}, "who you are")],
)  # fmt: skip
def test_what_is_no_observation_is_refused(tmp_path: Path, spoilt: dict[str, Any], why: str) -> None:
    with pytest.raises(ImgsimError, match=why):
        Observations(tmp_path).write(seen(**spoilt))
    assert Observations(tmp_path).standing() == []


@pytest.mark.parametrize("body", [{"text": "no place"}, ["a"], {"pictures": ["x"], "number": 1}])
def test_a_foreign_record_is_an_error(tmp_path: Path, body: Any) -> None:
    Marks(tmp_path, "observation").add("a\nb", body, "Ada")
    with pytest.raises(CollectionError, match="not what was written"):
        Observations(tmp_path).standing()


def test_places_are_numbered_round_those_that_have_a_number() -> None:
    points = np.array([[1, 1, 1, 1], [10, 20, 300, 400], [50, 50, 50, 50]], float)
    assert list(numbered(points, []).values())[1] == PLACE
    found = numbered(points, [seen(2, place=(70.0, 70.0, 70.0, 70.0)), seen(9), seen(9, "too", "Bob")])
    assert found == {1: (1, 1, 1, 1), 2: (70, 70, 70, 70), 3: (50, 50, 50, 50), 9: PLACE}
    assert numbered(np.zeros((0, 4)), []) == {}


def test_observations_stand_in_the_dossier_and_in_the_list_of_matches(tmp_path: Path) -> None:
    data = make_herbals(tmp_path)
    add_matches(data / "herbals", [match_values("p000", "p006", inliers=200)])
    collection = open_collection(data / "herbals")
    shown = collection.catalogue.pictures
    pair: dict[str, Any] = {"plate_a": "p000", "plate_b": "p006"}
    now = (shown["p000"], shown["p006"])
    kept = Observations(collection.path)
    kept.write(seen(3, "<b>the broken stem</b>", **pair, pictures=now))
    kept.write(seen(5, "of an older scan", "Bob", **pair, pictures=(now[0], "0" * 64), place=(1.0, 1.0, 1.0, 1.0)))
    families = collection.families
    assert families is not None
    dossier = dossier_html(collection, families.ids[0]).decode()
    assert "What people observed" in dossier and "&lt;b&gt;the broken stem&lt;/b&gt;" in dossier
    assert "2 observations by Ada, Bob" in dossier and "of an earlier scan" in dossier
    # the number lies on both plates, each at its own place
    assert '<circle cx="10" cy="20"' in dossier and '<circle cx="300" cy="400"' in dossier
    assert dossier.count("<circle") == 2

    request = Request(collection, date="2026-11-22", backbone=collection.backbones[0])
    [file] = files_of(["matches"], request)
    table = read_back(b"".join(chunk.data for chunk in file.parts(request)))
    assert table["observed"].tolist() == [f"3: <b>the broken stem</b> (Ada, {kept.standing()[0].when[:10]})"]
    said = request.described()
    kept.undo(("p000", "p006"), "Ada")
    assert Request(collection, date="2026-11-22", backbone=collection.backbones[0]).described() != said
    assert (collection.path / FILE).is_file() and "<circle" not in dossier_html(collection, families.ids[0]).decode()
