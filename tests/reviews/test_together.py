"""Decisions about many pairs in one action: what they write, what they leave, and that they are taken back as one."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from imgsim.errors import ImgsimError
from imgsim.reviews import TAKEN_BACK, Review, Reviews
from imgsim.reviews.decision_record import made
from imgsim.reviews.standing import latest
from imgsim.reviews.together import sorted_out
from tests.kin import catalogue_of
from tests.reviews.people import decided, pictures

PAIRS = [("a", "b"), ("a", "c"), ("b", "c")]


def all_of(decision: str, reviewer: str = "A", pairs: Iterable[tuple[str, str]] = PAIRS) -> list[Review]:
    here = pictures()
    return [made(a, b, decision, reviewer=reviewer, pictures=(here[a], here[b])) for a, b in pairs]


def as_it_is(reviews: Reviews) -> dict[tuple[str, str], list[str]]:
    """What somebody knows who has just looked."""
    seen: dict[tuple[str, str], list[str]] = {}
    for review in reviews.all():
        seen.setdefault(review.pair, []).append(review.uuid)
    return seen


def test_one_action_is_signed_and_dated_once_and_taken_back_at_once(reviews: Reviews) -> None:
    reviews.record("a", "c", "unrelated", reviewer="A")
    written, left = reviews.record_together(all_of("same plate"), as_it_is(reviews))
    assert left == [] and [one.pair for one in written] == PAIRS
    assert len({one.when for one in written}) == 1 and {one.reviewer for one in written} == {"A"}
    assert reviews.all()[1:] == written
    reviews.record("x", "y", "unsure", reviewer="A")
    assert decided(reviews) == {"ab": "same plate", "ac": "same plate", "bc": "same plate", "xy": "unsure"}

    assert [one.pair for one in reviews.undo("A")] == [("x", "y")]  # the later action alone
    assert reviews.undo("A") == written
    # What stood before stands again, and all of it is in the history.
    assert decided(reviews) == {"ac": "unrelated"}
    assert [one.decision for one in reviews.history("a", "c")] == ["unrelated", "same plate", TAKEN_BACK]
    assert [one.decision for one in reviews.undo("A")] == ["unrelated"]
    assert reviews.undo("A") == []


def test_a_pair_decided_anew_afterwards_is_taken_back_first(reviews: Reviews) -> None:
    reviews.record_together(all_of("same plate"), {})
    reviews.record("a", "b", "re-engraved copy", reviewer="A")
    assert [one.decision for one in reviews.undo("A")] == ["re-engraved copy"]
    assert decided(reviews) == {"ab": "same plate", "ac": "same plate", "bc": "same plate"}
    assert len(reviews.undo("A")) == 3 and decided(reviews) == {}


def test_what_somebody_said_meanwhile_is_left_as_it_is(reviews: Reviews) -> None:
    seen = as_it_is(reviews)
    theirs = reviews.record("a", "c", "unrelated", reviewer="B")
    written, left = reviews.record_together(all_of("same plate"), seen)
    assert [one.pair for one in left] == [theirs.pair] and len(written) == 2
    assert decided(reviews) == {"ab": "same plate", "ac": "unrelated", "bc": "same plate"}
    # Taken back meanwhile is said meanwhile, too.
    seen = as_it_is(reviews)
    reviews.undo("B")
    assert [one.pair for one in reviews.record_together(all_of("mirrored copy"), seen)[1]] == [("a", "c")]


def test_two_who_decide_about_all_at_the_same_moment_do_not_write_over_one_another(reviews: Reviews) -> None:
    reviews.record("x", "y", "unsure", reviewer="C")
    pairs = [("a", f"b{number}") for number in range(20)]
    seen, start = as_it_is(reviews), threading.Barrier(2)
    left: dict[str, int] = {}

    def act(name: str, decision: str) -> None:
        start.wait()
        found = Reviews(reviews.path, pictures).record_together(all_of(decision, name, pairs), seen)
        left[name] = len(found[1])

    people = [threading.Thread(target=act, args=one) for one in (("A", "same plate"), ("B", "unrelated"))]
    for person in people:
        person.start()
    for person in people:
        person.join()
    # One of them came first; the other was told of every pair, and nothing is disputed.
    assert sorted(left.values()) == [0, 20]
    frame = reviews.standing()
    assert len(frame) == 21 and not frame["disputed"].any()


def test_one_action_is_of_one_person_and_says_one_thing_of_a_pair(reviews: Reviews) -> None:
    with pytest.raises(ImgsimError, match="one person"):
        reviews.record_together([*all_of("same plate"), *all_of("unsure", "B", [("x", "y")])], {})
    with pytest.raises(ImgsimError, match="twice"):
        reviews.record_together([*all_of("same plate"), *all_of("unsure")], {})
    assert reviews.record_together([], {}) == ([], []) and not reviews.path.exists()


def test_it_is_one_action_after_an_import_too_and_rows_of_one_day_are_not(reviews: Reviews) -> None:
    catalogue = catalogue_of({plate: ("b1", 1700) for plate in "abc"})
    reviews.record_together(all_of("same plate"), {})
    other = Reviews(reviews.path.with_name("other.sqlite"), pictures)
    other.merge_csv(reviews.to_csv(catalogue, collection="x", date="2026-11-30"))
    assert len(other.undo("A")) == 3
    by_hand = "plate_a_id,plate_b_id,decision,reviewer,when\na,b,unrelated,P,2026-11-01\na,c,unrelated,P,2026-11-01\n"
    other.merge_csv(by_hand.encode())
    assert len(other.undo("P")) == 1


def test_pairs_are_sorted_by_what_was_said_of_them(reviews: Reviews) -> None:
    for pair, reviewer, decision in (
        ("ab", "A", "same plate"), ("ac", "A", "unrelated"), ("ad", "B", "same plate"), ("ae", "B", "unrelated"),
        ("af", "B", "unsure"), ("ag", "A", "unsure"), ("ah", "B", "same plate"), ("ah", "C", "shared motif"),
    ):  # fmt: skip
        reviews.record(pair[0], pair[1], decision, reviewer=reviewer)
    standing = latest(reviews.all())
    pairs = [("a", other) for other in "bcdefghi"]

    def sorted_for(decision: str) -> dict[str, str]:
        found = sorted_out(pairs, standing, "A", decision)
        kinds = ("fresh", "agreeing", "said", "own", "against")
        return {kind: "".join(b for _, b in getattr(found, kind)) for kind in kinds}

    assert sorted_for("same plate") == {"fresh": "fi", "agreeing": "d", "said": "b", "own": "cg", "against": "eh"}
    # Whoever is unsure disputes nothing.
    assert sorted_for("unsure") == {"fresh": "dehi", "agreeing": "f", "said": "g", "own": "bc", "against": ""}
    found = sorted_out(pairs, standing, "A", "same plate")
    assert [b for _, b in found.written(False)] == ["d", "f", "i"]
    assert [b for _, b in found.written(True)] == ["c", "d", "e", "f", "g", "h", "i"]
