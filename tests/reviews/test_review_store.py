"""Reviews of one person: kept as they were given, undone, and standing."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from imgsim.errors import ImgsimError
from imgsim.reviews import TAKEN_BACK, Reviews
from imgsim.reviews.decision_record import made
from tests.reviews.people import EVIDENCE, decided, pictures


def test_without_a_file_there_are_no_reviews_and_reading_makes_none(reviews: Reviews, tmp_path: Path) -> None:
    assert reviews.all() == [] and reviews.history("a", "b") == [] and reviews.revision == 0
    assert reviews.undo("A") == []
    assert list(reviews.standing().columns) == [
        "plate_a", "plate_b", "decision", "disputed", "said", "reviewers", "when", "note",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_review_is_kept_as_it_was_given_with_its_plates_in_order(reviews: Reviews) -> None:
    made = reviews.record(
        "b", "a", "same plate", reviewer=" Ada  Reader ", note=" worn\nhere ", evidence=EVIDENCE
    )
    assert (made.plate_a, made.plate_b, made.reviewer, made.note) == ("a", "b", "Ada Reader", "worn\nhere")
    assert made.evidence == EVIDENCE | {
        "coverage_a": EVIDENCE["coverage_b"],
        "coverage_b": EVIDENCE["coverage_a"],
    }
    assert made.when.endswith("+00:00") and len(made.when) == 32
    assert Reviews(reviews.path, pictures).all() == [made] == reviews.history("b", "a")
    assert reviews.history("a", "c") == []


@pytest.mark.parametrize(
    ("plates", "decision", "reviewer", "note", "said"),
    [
        ("aa", "same plate", "A", "", "with itself"),
        ("ab", "same", "A", "", "no decision"),
        ("ab", TAKEN_BACK, "A", "", "no decision"),
        ("ab", "same plate", " \n", "", "name"),
        ("ab", "same plate", "A" * 121, "", "121"),
        ("ab", "same plate", "A", "x" * 4001, "4,001"),
        (("", "b"), "same plate", "A", "", "plate id"),
        (("a\x00", "b"), "same plate", "A", "", "plate id"),
    ],
)
def test_what_is_no_review_is_refused_and_writes_nothing(
    reviews: Reviews, plates: tuple[str, str], decision: str, reviewer: str, note: str, said: str
) -> None:
    with pytest.raises(ImgsimError, match=said):
        reviews.record(*plates, decision, reviewer=reviewer, note=note)
    assert not reviews.path.exists()


@pytest.mark.parametrize("evidence", [{"verdikt": "x"}, {"inliers": "many"}, {"similarity": [1]}])
def test_evidence_of_another_kind_is_refused(reviews: Reviews, evidence: dict[str, object]) -> None:
    with pytest.raises(ImgsimError):
        reviews.record("a", "b", "unsure", reviewer="A", evidence=evidence)


def test_evidence_that_is_not_known_is_left_out(reviews: Reviews) -> None:
    made = reviews.record(
        "a", "b", "unsure", reviewer="A", evidence={"verdict": None, "similarity": float("nan")}
    )
    assert made.evidence == {}


def test_undo_takes_back_the_last_decision_and_keeps_the_history(reviews: Reviews) -> None:
    reviews.record("a", "b", "same plate", reviewer="A")
    reviews.record("a", "b", "unrelated", reviewer="A")
    reviews.record("a", "c", "unsure", reviewer="B")
    assert decided(reviews) == {"ab": "unrelated", "ac": "unsure"}
    assert [one.decision for one in reviews.undo("A")] == ["unrelated"]
    assert decided(reviews) == {"ab": "same plate", "ac": "unsure"}
    assert len(reviews.undo("A")) == 1
    assert decided(reviews) == {"ac": "unsure"}
    assert reviews.undo("A") == reviews.undo("C") == []
    assert [r.decision for r in reviews.history("a", "b")] == [
        "same plate",
        "unrelated",
        TAKEN_BACK,
        TAKEN_BACK,
    ]
    # A new decision after an undo is a decision like any other.
    reviews.record("a", "b", "shared motif", reviewer="A")
    assert decided(reviews)["ab"] == "shared motif"
    assert len(reviews.undo("A")) == 1
    assert decided(reviews) == {"ac": "unsure"}


def test_nobody_can_take_back_what_another_decided(reviews: Reviews) -> None:
    made = reviews.record("a", "b", "same plate", reviewer="A")
    forged = replace(made, uuid=str(uuid.uuid4()), decision=TAKEN_BACK, reviewer="B", undoes=made.uuid)
    reviews.add([forged])
    assert decided(reviews) == {"ab": "same plate"}


def test_two_reviewers_who_differ_make_a_pair_disputed_and_the_unsure_do_not(reviews: Reviews) -> None:
    reviews.record("a", "b", "same plate", reviewer="A", note="see the crack")
    reviews.record("a", "b", "unsure", reviewer="B")
    assert decided(reviews) == {"ab": "same plate"}
    reviews.record("a", "b", "re-engraved copy", reviewer="C", note="no crack")
    assert decided(reviews) == {"ab": "disputed?"}  # nobody's word, and not the latest, is that of the pair
    row = reviews.standing().iloc[0]
    assert row["said"] == "re-engraved copy (C); unsure (B); same plate (A)"
    assert row["reviewers"] == "C; B; A"
    assert row["note"] == "C: no crack\nA: see the crack"
    reviews.record("b", "a", "same plate", reviewer="C")
    assert decided(reviews) == {"ab": "same plate"}


def test_a_clock_that_is_set_back_does_not_change_the_order(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.record("a", "b", "same plate", reviewer="A")
    monkeypatch.setattr("imgsim.reviews.decision_record.now", lambda: "2001-01-01T00:00:00.000000+00:00")
    reviews.record("a", "b", "unrelated", reviewer="A")
    assert decided(reviews) == {"ab": "unrelated"}
    assert [one.decision for one in reviews.undo("A")] == ["unrelated"]


def test_the_revision_changes_with_every_review_and_with_another_file(
    reviews: Reviews, tmp_path: Path
) -> None:
    seen = {reviews.revision}
    for number in range(5):
        reviews.record("a", f"b{number}", "unsure", reviewer="A")
        seen.add(reviews.revision)
    reviews.undo("A")
    seen.add(reviews.revision)
    assert len(seen) == 7
    other = Reviews(tmp_path / "other.sqlite", pictures)
    for number in range(6):
        other.record("x", f"y{number}", "unsure", reviewer="A")
    assert other.revision not in seen
    before = reviews.revision
    assert reviews.revision == before


def test_a_name_turns_nothing_round_that_stands_behind_it() -> None:
    one = made("a", "b", "unsure", reviewer="J\u202eörg \u2067Ö\u2069.", note="\u202bn\u202c")
    assert one.reviewer == "Jörg Ö." and one.note == "\u202bn\u202c"
    with pytest.raises(ImgsimError, match="needs the name"):
        made("a", "b", "unsure", reviewer="\u202e")
