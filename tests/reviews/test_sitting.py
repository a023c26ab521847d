"""What was decided in one sitting, of a history that is written out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from imgsim.reviews.decision_record import Review
from imgsim.reviews.sitting import REST, sitting, written

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def review(pair: str, decision: str, minutes: float, reviewer: str = "Ada", undoes: str = "") -> Review:
    """What was written so many minutes ago."""
    when = (NOW - timedelta(minutes=minutes)).isoformat(timespec="microseconds")
    return Review(f"{pair}{minutes}{reviewer}", pair[0], pair[1], decision, reviewer, "", when, undoes=undoes)


def test_a_sitting_goes_back_to_the_last_long_rest_of_that_reviewer() -> None:
    history = [
        review("ab", "same plate", 200),  # before the rest
        review("ac", "same plate", 110),
        review("ad", "unrelated", 109, "Eve"),
        review("ae", "unsure", 55),
        review("af", "unrelated", 54),
        review("ag", "same plate", 2),
        review("ah", "same plate", -30),  # a clock that was wrong
    ]
    own = written(history, "Ada")
    assert sitting(own, NOW) == {"same plate": 2, "unrelated": 1, "unsure": 1}
    assert list(sitting(own, NOW)) == ["same plate", "unrelated", "unsure"]
    assert sitting(own, NOW + REST - timedelta(minutes=30)) == {"same plate": 3, "unrelated": 1, "unsure": 1}
    assert sitting(written(history, "Eve"), NOW) == {}
    assert sitting(own, NOW + 2 * REST) == {}
    assert sitting(written([], "Ada"), NOW) == {}


def test_what_was_taken_back_or_said_anew_counts_once_or_not() -> None:
    first = review("ab", "same plate", 30)
    history = [
        first,
        review("ab", "taken back", 20, undoes=first.uuid),
        review("ac", "same plate", 15),
        review("ac", "unrelated", 10),
        review("ad", "unrelated", 9),
        review("ad", "shared motif", 8, "Eve"),
    ]
    assert sitting(written(history, "Ada"), NOW) == {"unrelated": 2}
    # A pair of an earlier sitting whose word stands is none of this one's.
    assert sitting(written([review("ab", "same plate", 300), review("ac", "unsure", 1)], "Ada"), NOW) == {"unsure": 1}
