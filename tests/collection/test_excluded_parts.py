"""Parts that never count: what is kept, whose it is, and what a run makes of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from imgsim.collection import open_collection
from imgsim.collection.excluded_parts import Box, ExcludedParts, by_content, idle, keys_of
from imgsim.errors import CollectionError, ImgsimError
from tests.making import ToyProcessor, make

RIGHT: Box = (0.5, 0.0, 1.0, 1.0)


def test_parts_stand_until_they_are_taken_back(tmp_path: Path) -> None:
    parts = ExcludedParts(tmp_path)
    assert parts.standing() == []
    first = parts.add("book", "b1", (0, 0, 0.5, 0.5), "Anna")
    second = parts.add("collection", "", RIGHT, " Ben ")
    assert [part.number for part in parts.standing()] == [first.number, second.number]
    assert (second.reviewer, second.box) == ("Ben", RIGHT)
    parts.remove(first.number, "Ben")
    assert ExcludedParts(tmp_path).standing() == [second]
    with pytest.raises(ImgsimError, match="taken back"):
        parts.remove(first.number, "Ben")


@pytest.mark.parametrize(
    ("scope", "name", "box", "who"),
    [
        ("page", "x", RIGHT, "Anna"), ("book", "", RIGHT, "Anna"), ("collection", "b", RIGHT, "Anna"),
        ("plate", "a" * 64, (0.5, 0, 0.5, 1), "Anna"), ("plate", "a" * 64, (0, 0, 1.1, 1), "Anna"),
        ("plate", "a" * 64, (0, float("nan"), 1, 1), "Anna"), ("plate", "a" * 64, RIGHT, " "),
    ],
)  # fmt: skip
def test_what_is_no_part_is_refused_and_not_written(
    tmp_path: Path, scope: str, name: str, box: Box, who: str
) -> None:
    with pytest.raises(ImgsimError):
        ExcludedParts(tmp_path).add(scope, name, box, who)
    assert ExcludedParts(tmp_path).standing() == []


def test_whose_a_part_is(tmp_path: Path) -> None:
    parts = ExcludedParts(tmp_path)
    parts.add("plate", "p1", RIGHT, "Anna")
    parts.add("book", "b2", (0, 0, 0.1, 0.1), "Anna")
    pictures, books = ["p1", "p2", "p3", "p4"], ["b1", "b2", "b2", ""]
    found = by_content(parts.standing(), pictures, books)
    assert found == {"p1": (RIGHT,), "p2": ((0, 0, 0.1, 0.1),), "p3": ((0, 0, 0.1, 0.1),)}
    parts.add("collection", "", (0.2, 0.2, 0.3, 0.3), "Anna")
    everywhere = by_content(parts.standing(), pictures, books)
    assert set(everywhere) == set(pictures) and len(everywhere["p1"]) == 2
    assert keys_of(found)["p1"] != keys_of(everywhere)["p1"]


def test_a_run_says_which_parts_are_of_no_use(tmp_path: Path) -> None:
    parts = ExcludedParts(tmp_path)
    parts.add("plate", "p1", RIGHT, "Anna")
    parts.add("collection", "", RIGHT, "Anna")
    assert idle(parts.standing(), ["p1", "p2"], ["b1", ""]) == ""
    parts.add("book", "b2", RIGHT, "Anna")
    assert idle(parts.standing(), ["p1", "p2"], ["b1", ""]).startswith("1 part that never counts is of no use")
    assert idle(parts.standing(), ["p2"], ["b1"]).startswith("2 parts that never count are of no use")


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    ExcludedParts(tmp_path).add("collection", "", RIGHT, "Anna")
    path = tmp_path / "marks.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER append_only_update")
        connection.execute("UPDATE marks SET body = '{\"box\": [0, 0, 1, 1]}'")
    with pytest.raises(CollectionError):
        ExcludedParts(tmp_path).standing()


def _drawing(path: Path, seed: int, shared: bool) -> None:
    """On the left a drawing of its own, on the right, if wanted, one that others have."""
    import random

    sheet = Image.new("L", (400, 300), 245)
    draw = ImageDraw.Draw(sheet)
    for left, own in ((10, seed), *(((210, 999),) if shared else ())):
        chance = random.Random(own)
        for _ in range(45):
            x, y = left + chance.randrange(170), 20 + chance.randrange(250)
            draw.line((x, y, x + chance.randrange(-40, 40), y + chance.randrange(-40, 40)), fill=20, width=2)
            draw.ellipse((x, y, x + chance.randrange(5, 20), y + chance.randrange(5, 20)), outline=30)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def test_a_part_that_never_counts_ties_no_plates(tmp_path: Path) -> None:
    images = tmp_path / "images"
    for number in range(3):
        _drawing(images / f"p{number}.png", number, shared=True)
    out = tmp_path / "out"

    def proven(**options: object) -> set[tuple[str, str]]:
        processor = ToyProcessor()
        make(out, images, processor, matching=True, **options)
        frame = open_collection(out).without_decisions.matches.frame  # type: ignore[union-attr]
        seen = {(a, b) for a, b, v in zip(frame["plate_a"], frame["plate_b"], frame["verdict"], strict=True)
                if v != "look-alike"}  # fmt: skip
        counts.append((len(processor.compared), sum(asked for _, asked, _ in processor.described)))
        return seen

    counts: list[tuple[int, int]] = []
    every = {("p0", "p1"), ("p0", "p2"), ("p1", "p2")}
    assert proven() == every
    picture = open_collection(out).catalogue.pictures["p0"]
    part = ExcludedParts(out).add("plate", picture, RIGHT, "Anna")
    assert proven() == {("p1", "p2")}
    ExcludedParts(out).add("collection", "", RIGHT, "Anna")
    assert proven() == set()
    ExcludedParts(out).remove(2, "Anna")
    assert proven() == {("p1", "p2")}
    ExcludedParts(out).remove(part.number, "Anna")
    assert proven() == every
    # Compared anew is only what has changed, and described only what must get votes back.
    assert counts[0] == (3, 3) and counts[1] == (2, 0)
