"""What the tests of row 16 share: a collection in which every text that a table or a person gives is an attack."""

from __future__ import annotations

import csv
from pathlib import Path

from imgsim.collection.decided import reviews_of
from tests import herbals
from tests.e2e.conftest import HOSTILE
from tests.hostile import drawing
from tests.making import add_matches, make, match_values

TITLES = [*HOSTILE, *herbals.HOSTILE[7:13], "--- rule", "{{ template }} ${value}"]
COUNT = len(TITLES)
NAME = "attacks"


def plate(number: int) -> str:
    return f"plate_{number:02}"


def make_attacks(base: Path) -> Path:
    """Prepare the collection "attacks"; return its data folder. Each two plates are a family."""
    (base / "images").mkdir()
    with (base / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["plate_id", "book", "title", "author", "year", "place", "note"])
        for number, title in enumerate(TITLES):
            drawing(150, 200, number).save(base / "images" / f"{plate(number)}.png")
            writer.writerow([plate(number), title, title, title, 1700 + number, title, title])
    (base / "images" / "=bad <b>.png").write_bytes(b"no image")
    out = base / "data" / NAME
    make(out, base / "images", metadata=base / "metadata.csv", backbones=["toy", "other"])
    add_matches(out, [match_values(plate(n), plate(n + 1)) for n in range(0, COUNT, 2)])
    for number in range(0, COUNT, 2):
        text = TITLES[number]
        reviews_of(out).record(plate(number), plate(number + 1), "same plate", reviewer=text[:80], note=text)
    return base / "data"
