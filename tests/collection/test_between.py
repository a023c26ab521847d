"""A reference set: which plates can be chosen, and that only what is between the two sides is left."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.collection.between import LAST, parts, telling
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.collection import Collection
from imgsim.collection.id_registry import Present, Registry
from imgsim.errors import ImgsimError
from tests.in_memory import in_memory
from tests.kin import catalogue_of, clique, matches_of, pair

# Books one and two are old; new came in later, and mixed has a plate of either time.
PLATES: dict[str, tuple[str, int | None]] = {
    "a0": ("one", 1700), "a1": ("one", 1700), "b0": ("two", 1710), "b1": ("two", 1710), "m0": ("mixed", 1720),
    "m1": ("mixed", 1720), "n0": ("new", 1730), "n1": ("new", 1730), "n2": ("new", 1730),
}  # fmt: skip
PAIRS = [*clique(["a0", "b0", "n0"]), pair("a1", "b1"), pair("n1", "n2"), pair("m0", "m1")]
FIRST, SECOND = "2026-11-01T08:00:00+00:00", "2026-11-30T09:30:00+00:00"
MANIFEST = {"created": FIRST}
LATER = ("m1", "n0", "n1", "n2")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("grown")
    catalogue = catalogue_of(PLATES, root=["/scans/new" if one[0] == "n" else "/scans/old" for one in sorted(PLATES)])
    registry = Registry(folder)
    for moment, names in ((FIRST, [one for one in PLATES if one not in LATER]), (SECOND, list(PLATES))):
        registry.record([Present(one, "0" * 64, "/scans", f"{one}.png") for one in names], moment)
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(len(PLATES), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return in_memory(catalogue, matches_of(catalogue, PAIRS), manifest=MANIFEST, path=folder, embeddings=vectors)


def plates(collection: Collection, rows: np.ndarray) -> list[str]:
    return [collection.catalogue.plate_ids[row] for row in rows]


def test_what_came_in_last_is_offered_first_and_the_same_plates_once(grown: Collection) -> None:
    found = parts(grown.catalogue, grown.registry.moments())
    assert list(found)[:4] == [f"added:{SECOND}", f"added:{FIRST}", "source:new", "source:old"]
    assert plates(grown, found[f"added:{SECOND}"].rows) == list(LATER)
    offered = [part.name for part in telling(found.values(), len(PLATES))]
    # the book "new" is the source "new"
    assert offered == [f"added:{SECOND}", f"added:{FIRST}", "source:new", "source:old", "book:mixed", "book:one",
                       "book:two"]  # fmt: skip
    assert found["book:new"].rows.tolist() == found["source:new"].rows.tolist()
    alone = parts(catalogue_of({"a": ("one", 1700), "b": ("one", 1700)}), {})
    assert list(alone) == ["source:scans", "book:one"] and telling(alone.values(), 2) == []


def test_sources_of_one_name_are_told_apart_without_the_whole_way_to_them() -> None:
    both = catalogue_of({"a": ("x", None), "b": ("y", None)}, root=["/home/ada/1700/scans", "/home/ada/1800/scans"])
    sources = [name for name in parts(both, {}) if name.startswith("source:")]
    assert sources == ["source:1700/scans", "source:1800/scans"]


def test_only_what_is_on_both_sides_is_left(grown: Collection) -> None:
    new = grown.between("book:new")
    assert plates(grown, np.flatnonzero(new.chosen)) == ["n0", "n1", "n2"] and not new.chosen.flags.writeable
    assert [plates(grown, np.array(one.rows)) for one in new.families] == [["a0", "b0", "n0"]]
    assert list(zip(new.pairs["plate_a"], new.pairs["plate_b"], strict=True)) == [("a0", "n0"), ("b0", "n0")]
    network = new.book_network
    assert network is not None and network.books == ("one", "two", "new")
    assert network.matrix.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]  # nothing of what one and two share
    whole = grown.book_network
    assert whole is not None and whole.matrix.sum() > network.matrix.sum()
    # the other side's view is the same
    others = grown.between("book:one", "book:two", "book:mixed")
    assert [one.id for one in others.families] == [one.id for one in new.families]
    assert others.pairs.equals(new.pairs)


def test_a_book_of_which_a_part_is_new_stands_on_both_sides(grown: Collection) -> None:
    last = grown.between(LAST)
    assert last.names == (f"added:{SECOND}",)
    assert sorted(plates(grown, np.array(one.rows))[0] for one in last.families) == ["a0", "m0"]
    assert ("m0", "m1") in list(zip(last.pairs["plate_a"], last.pairs["plate_b"], strict=True))
    network = last.book_network
    assert network is not None and "mixed" not in network.books  # it shares nothing with another book


def test_two_books_are_tied_by_plates_of_either_side_alone() -> None:
    # Book one has a plate of the image on either side, and its new one agrees better with the new one of book two.
    made = {"a0": ("one", 1700), "a1": ("one", 1700), "b1": ("two", 1710)}
    catalogue = catalogue_of(made)
    pairs = [pair("a0", "a1"), pair("a0", "b1", inliers=90), pair("a1", "b1", inliers=500)]
    collection = in_memory(catalogue, matches_of(catalogue, pairs), manifest=MANIFEST)
    families, matches = collection.families, collection.matches
    assert families is not None and matches is not None
    side = np.array([False, True, True])
    (shared,) = BookNetwork(families, matches, catalogue, side).shared("one", "two")
    assert (shared.row_a, shared.row_b, shared.inliers) == (0, 2, 90)
    (shared,) = BookNetwork(families, matches, catalogue).shared("one", "two")
    assert (shared.row_a, shared.row_b, shared.inliers) == (1, 2, 500)


def test_the_queue_asks_for_pairs_between_the_sides_alone(grown: Collection) -> None:
    queue, new = grown.review_queue("toy"), grown.between("book:new")
    assert queue is not None
    standing = grown.standing
    every, asked = queue.waiting(standing), queue.waiting(standing, "all", new.chosen)
    assert asked == [(a, b) for a, b in every if new.crosses(a, b)] and 0 < len(asked) < len(every)
    assert queue.progress(standing, "all", new.chosen) == (0, len(asked))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "Nothing is chosen"),
        (("book:none",), "No plates of this collection are called 'book:none'. Name 'added:last', or one of: 'added:"),
        (("source:new", "source:old"), "none is left that they could be set against"),
    ],
)
def test_a_set_that_cannot_be_says_what_can(grown: Collection, names: tuple[str, ...], said: str) -> None:
    with pytest.raises(ImgsimError, match=said):
        grown.between(*names)


def test_where_plates_were_never_compared_nothing_is_between_them() -> None:
    new = in_memory(catalogue_of(PLATES), None, manifest=MANIFEST).between("book:new")
    assert new.families == [] and new.pairs.empty and new.book_network is None
