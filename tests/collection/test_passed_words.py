"""Words of families that merged, split, ended and came back: none is lost, and what somebody wrote goes before."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.collection.collection import Collection
from imgsim.collection.family_notes import FamilyNote, FamilyNotes
from imgsim.collection.passed_words import family_words, passed, revision
from imgsim.families.permanent import ENDED, MERGED, SPLIT
from imgsim.reviews import SAME_PLATE, UNRELATED
from tests.in_memory import in_memory
from tests.kin import catalogue_of, clique, matches_of

STRAWBERRY = FamilyNote("The strawberry", "A note", ("Fuchs",), "Ada", "2026-11-01")
ROSE = FamilyNote("The rose", reviewer="Bob", when="2026-11-02")


def told(
    own: dict[str, FamilyNote], live: str, becoming: list[tuple[str, str, str]], written: str = ""
) -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    """What stands in each family (title, of which it was written), and what stands beside it."""
    every = sorted({one for event in becoming for one in (event[0], event[2]) if one} | {*own})
    found = passed(own, frozenset({*own, *written}), {one: one in live for one in every}, becoming)
    return (
        {name: (note.title, note.written_of) for name, note in found.standing.items() if name in live},
        {name: [one.title for one in notes] for name, notes in found.besides.items()},
    )


@pytest.mark.parametrize(
    ("own", "live", "becoming", "stands", "besides"),
    [
        ({"a": STRAWBERRY}, "ab", [], {"a": ("The strawberry", "")}, {}),
        ({"a": STRAWBERRY}, "b", [("a", MERGED, "b")], {"b": ("The strawberry", "a")}, {}),
        ({"a": STRAWBERRY}, "b", [("a", ENDED, "b")], {"b": ("The strawberry", "a")}, {}),
        ({"a": STRAWBERRY, "b": ROSE}, "b", [("a", MERGED, "b")], {"b": ("The rose", "")}, {"b": ["The strawberry"]}),
        ({"a": STRAWBERRY}, "ab", [("b", SPLIT, "a")], {"a": ("The strawberry", ""), "b": ("The strawberry", "a")}, {}),
        # on and on: a became b, which became c, and d split off from that
        ({"a": STRAWBERRY}, "cd", [("a", MERGED, "b"), ("b", MERGED, "c"), ("d", SPLIT, "c")],
         {"c": ("The strawberry", "a"), "d": ("The strawberry", "a")}, {}),
        ({"a": STRAWBERRY, "b": ROSE}, "c", [("a", MERGED, "b"), ("b", MERGED, "c")],
         {"c": ("The rose", "b")}, {"c": ["The strawberry"]}),
        # split off and back again, and nobody wrote: not twice
        ({"a": STRAWBERRY}, "a", [("b", SPLIT, "a"), ("b", MERGED, "a")], {"a": ("The strawberry", "")}, {}),
        # it came back: its words are its own again
        ({"a": STRAWBERRY}, "ab", [("a", MERGED, "b")], {"a": ("The strawberry", "")}, {}),
        # the latest that ended goes first
        ({"a": STRAWBERRY, "b": ROSE}, "c", [("a", MERGED, "c"), ("b", MERGED, "c")],
         {"c": ("The rose", "b")}, {"c": ["The strawberry"]}),
    ],
)  # fmt: skip
def test_words_pass_on_to_what_became_of_a_family(
    own: dict[str, FamilyNote], live: str, becoming: list[tuple[str, str, str]],
    stands: dict[str, tuple[str, str]], besides: dict[str, list[str]],
) -> None:  # fmt: skip
    assert told(own, live, becoming) == (stands, besides)


def test_where_somebody_emptied_the_words_none_come_in() -> None:
    assert told({"a": STRAWBERRY}, "b", [("a", MERGED, "b")], written="b") == ({}, {"b": ["The strawberry"]})


def test_a_decision_that_joins_two_families_and_is_taken_back_leaves_all_words(tmp_path: Path) -> None:
    catalogue = catalogue_of({f"{name}{n}": (f"{name}{n}", 1700 + n) for name in "ab" for n in range(3)})
    pairs = [*clique(["a0", "a1", "a2"]), *clique(["b0", "b1"])]
    manifest = {"created": "2026-11-01T08:00:00+00:00"}
    collection: Collection = in_memory(catalogue, matches_of(catalogue, pairs), manifest=manifest, path=tmp_path)
    assert collection.families is not None
    larger, smaller = collection.families.ids
    notes = FamilyNotes(tmp_path)
    notes.write(smaller, "Ada", title="The strawberry", tags=["Fuchs"])
    before = revision(tmp_path)
    pictures = (catalogue.pictures["a0"], catalogue.pictures["b0"])
    collection.reviews.record("a0", "b0", SAME_PLATE, reviewer="Ada", pictures=pictures)
    assert collection.families.ids == (larger,) and revision(tmp_path) != before
    words = family_words(tmp_path)
    assert words.standing[larger].title == "The strawberry" and words.standing[larger].written_of == smaller
    assert words.former[smaller].title == "The strawberry"
    notes.write(larger, "Bob", title="A strawberry, and more")
    words = family_words(tmp_path)
    assert words.standing[larger].title == "A strawberry, and more" and words.standing[larger].written_of == ""
    assert [one.title for one in words.besides[larger]] == ["The strawberry"]
    collection.reviews.record("a0", "b0", UNRELATED, reviewer="Ada", pictures=pictures)
    assert set(collection.families.ids) == {larger, smaller}
    words = family_words(tmp_path)
    assert words.standing[smaller].title == "The strawberry" and words.standing[smaller].written_of == ""
    assert words.besides == {} and words.former == {}
