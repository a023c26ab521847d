"""What the regions of a map are called: against plain counting, in every case of what is known of the plates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection.map_labels import map_labels
from imgsim.collection.map_regions import FEWEST, LEVELS, Region, regions
from imgsim.collection.region_words import BOOKS, CATEGORIES, NOTHING, TITLES, source_of
from tests.kin import catalogue_of

EACH = 60  # plates of a cloud
CLOUDS = ("Strawberry", "Ananas", "Ferns", "Mosses")
COUNT = EACH * len(CLOUDS)
NAMES = [f"p{number:03}" for number in range(COUNT)]


def places(seed: int = 1) -> np.ndarray:
    """Four clouds, the plates of one after those of the other."""
    rng = np.random.default_rng(seed)
    middles = np.array([[0, 0], [10, 0], [0, 10], [10, 10]]).repeat(EACH, axis=0)
    return (middles + rng.normal(size=(COUNT, 2))).astype(np.float32)


def titled(**columns: Any) -> Catalogue:
    """Every second plate of a cloud has its word in the title, in other spellings, among words that all have."""
    spelled = [
        f"The history of {(subject, subject.upper(), subject)[n % 3]} with plates" if n % 2 else "The history of plants"
        for subject in CLOUDS
        for n in range(EACH)
    ]
    books = {name: ("", 1700) for name in NAMES}
    return catalogue_of(books, **({"title": spelled} | columns))


def every(found: tuple[Region, ...]) -> Iterator[Region]:
    for region in found:
        yield region
        yield from every(region.parts)


def test_each_level_of_regions_has_every_plate_once_and_parts_lie_in_their_region() -> None:
    rng = np.random.default_rng(2)
    cloud, rest = rng.normal(size=(3000, 2)), rng.uniform(-9, 9, size=(60, 2))
    xy = np.concatenate([cloud, [[3, 3]] * 40, rest]).astype(np.float32)
    found = regions(xy)
    assert 4 <= len(found) <= 16
    assert sorted(row for region in found for row in region.rows.tolist()) == list(range(len(xy)))
    deepest = 0
    for region in every(found):
        deepest = max(deepest, region.level)
        assert len(region.rows)
        if region.parts:
            assert sorted(row for part in region.parts for row in part.rows.tolist()) == region.rows.tolist()
            assert all(part.level == region.level + 1 for part in region.parts)
        else:  # too few, the last level, or all on one spot
            alike = (xy[region.rows] == xy[region.rows[0]]).all()
            assert len(region.rows) < 4 * FEWEST or region.level == LEVELS - 1 or alike
    assert deepest == LEVELS - 1
    again = [region.rows.tolist() for region in every(regions(xy.copy()))]
    assert again == [region.rows.tolist() for region in every(found)]


def test_a_region_is_called_by_what_is_more_frequent_there_than_around_it() -> None:
    catalogue, xy = titled(), places()
    labels = map_labels(catalogue, xy)
    assert labels == map_labels(catalogue, xy.copy())
    assert {label.words for label in labels if label.level == 0} == {(subject,) for subject in CLOUDS}
    titles = catalogue.frame["title"].tolist()
    for region in regions(xy):
        own = [titles[row].lower() for row in region.rows]
        counted = {
            word: sum(word in title for title in own) / len(own)
            * math.log(max(1e-9, sum(word in title for title in own) / len(own) / (EACH / 2 / COUNT)))
            for word in map(str.lower, CLOUDS)
        }  # fmt: skip
        best = max(counted, key=counted.__getitem__)
        mine = [
            label for label in labels
            if label.level == 0 and any(np.array_equal(xy[row], [label.x, label.y]) for row in region.rows)
        ]  # fmt: skip
        assert [label.words[0].lower() for label in mine] == [best]
        (label,) = mine
        assert label.plates == sum(best in title for title in own)
        left, bottom, right, top = label.box
        assert left <= label.x <= right and bottom <= label.y <= top
        assert any(best in titles[row].lower() and np.array_equal(xy[row], [label.x, label.y]) for row in region.rows)


def test_a_label_makes_way_where_a_part_of_its_region_has_one_of_its_own() -> None:
    # A cloud of pines, in the left half of which all are of one kind: a finer level says so.
    rng = np.random.default_rng(3)
    xy = np.concatenate([rng.normal(size=(200, 2)), 30 + rng.normal(size=(200, 2)), [[60, 0]] * 40]).astype(np.float32)
    left = (xy[:, 0] < 0) & (np.arange(440) < 200)
    titles = ["Pinus Larix" if here else "Pinus" if n < 200 else f"Herbal {n}" for n, here in enumerate(left)]
    plates = {f"p{number:03}": ("", 1700) for number in range(440)}
    labels = map_labels(catalogue_of(plates, title=titles), xy)
    pines = [label for label in labels if "Pinus" in label.words]
    finer = [label for label in labels if label.words == ("Larix",)]
    assert pines and finer and all(label.level == 0 for label in pines)
    assert all(xy[left][:, 0].min() <= label.x <= 0 for label in finer)
    for label in labels:
        assert label.until is None or label.level < label.until < LEVELS


@pytest.mark.parametrize(
    ("columns", "source", "said"),
    [
        ({}, TITLES, set(CLOUDS)),
        # One title for all tells nothing apart, nor do titles of few.
        ({"title": "Herbal", "category": [name for name in CLOUDS for _ in range(EACH)]}, CATEGORIES, set(CLOUDS)),
        ({"title": ["A", "Flora"] + [""] * (COUNT - 2), "kind of plant": ["tree", "herb"] * (COUNT // 2)},
         CATEGORIES, set()),  # known, and mixed everywhere
        ({"title": "", "book": [name for name in CLOUDS for _ in range(EACH)]}, BOOKS, set(CLOUDS)),
        ({"title": "", "book": "one"}, NOTHING, set()),
    ],
)  # fmt: skip
def test_where_titles_tell_nothing_categories_do_and_then_books(
    columns: dict[str, Any], source: str, said: set[str]
) -> None:
    catalogue = titled(**columns)
    assert source_of(catalogue) == source
    labels = map_labels(catalogue, places())
    called = {word.split(",")[0] for label in labels if label.level == 0 for word in label.words}
    assert called == said


def test_few_plates_have_no_regions() -> None:
    for count in (1, 4, 19):
        titles = [f"Flora {number}" for number in range(count)]
        catalogue = catalogue_of({name: ("", 1700) for name in NAMES[:count]}, title=titles)
        assert map_labels(catalogue, places()[:count]) == ()
