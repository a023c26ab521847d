"""An account of what people decided about some plates: who, when, on what evidence, and what of it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from imgsim.base.verdict_words import MIRRORED, NEGATIVE, turned
from imgsim.reviews.decision_record import Review
from imgsim.reviews.decision_words import UNSURE
from imgsim.reviews.pictures import GONE, NOT_KNOWN, REPLACED, Unconfirmed, counting, unconfirmed
from imgsim.reviews.standing import latest


@dataclass(frozen=True)
class JudgedPair:
    """A pair and each reviewer's latest word on it, the latest first; ``disputed`` where those who are sure differ."""

    plate_a: str
    plate_b: str
    said: tuple[Review, ...]

    @property
    def disputed(self) -> bool:
        return len({review.decision for review in self.said} - {UNSURE}) > 1


@dataclass(frozen=True)
class Account:
    """What people decided about some plates.

    Attributes
    ----------
    pairs : those that anybody has decided on, by the ids of their plates.
    waiting : decisions that count for nothing until somebody confirms them, as their plates are gone or show another
        scan.
    """

    pairs: tuple[JudgedPair, ...]
    waiting: tuple[Unconfirmed, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs or self.waiting)

    @property
    def reviews(self) -> list[Review]:
        """Every word that is told, those that wait among them."""
        return [review for pair in self.pairs for review in pair.said] + [one.review for one in self.waiting]

    @property
    def people(self) -> tuple[str, ...]:
        """Who decided, by name."""
        return _names(self.reviews)

    @property
    def disputed(self) -> int:
        """About how many pairs they differ."""
        return sum(pair.disputed for pair in self.pairs)

    def sentences(self) -> str:
        """All this in words; "" where nobody has decided anything."""
        told = []
        standing = [review for pair in self.pairs for review in pair.said]
        if standing:
            days = sorted(review.when[:10] for review in standing)
            when = f"on {days[0]}" if days[0] == days[-1] else f"between {days[0]} and {days[-1]}"
            told.append(f"{_listed(_names(standing))} decided about {_counted(len(self.pairs), 'pair')} {when}.")
        if self.disputed:
            they = "it changes" if self.disputed == 1 else "they change"
            told.append(
                f"On {_counted(self.disputed, 'of them', 'of them')} people differ: disputed, {they} nothing."
            )
        if self.waiting:
            one = len(self.waiting) == 1
            who = _listed(_names(waiting.review for waiting in self.waiting))
            told.append(
                f"{_counted(len(self.waiting), 'decision')} ({who}) "
                f"{'waits' if one else 'wait'} for confirmation and {'counts' if one else 'count'} for nothing: "
                "a plate is gone, or shows another scan than the one that was judged."
            )
        return " ".join(told)


def account(
    reviews: Iterable[Review], pictures: Mapping[str, str], plates: Collection[str] | None = None
) -> Account:
    """Give an account of every record that stands.

    Parameters
    ----------
    reviews : every record.
    pictures : plate id -> SHA-256 of its image file, of the plates that are here.
    plates : only pairs with at least one of these; None: all.
    """
    wanted = None if plates is None else set(plates)
    given = [review for review in reviews if wanted is None or wanted & set(review.pair)]
    pairs = []
    for (plate_a, plate_b), own in latest(counting(given, pictures)).items():
        said = sorted(own.values(), key=lambda review: review.order, reverse=True)
        pairs.append(JudgedPair(plate_a, plate_b, tuple(said)))
    return Account(tuple(pairs), tuple(unconfirmed(given, pictures)))


def why_waiting(one: Unconfirmed) -> str:
    """Why a decision waits: `b003 shows another scan now`."""
    said = {
        GONE: "is not here any more",
        REPLACED: "shows another scan now",
        NOT_KNOWN: "was judged without a record of its scan",
    }
    plates = ((one.review.plate_a, one.state_a), (one.review.plate_b, one.state_b))
    return "; ".join(f"{plate} {said[state]}" for plate, state in plates if state)


def shown_then(review: Review) -> str:
    """What was on the screen when it was decided, in words; "" where that is not known."""
    seen = review.evidence
    inliers = f"{seen['inliers']:,} points agree" if "inliers" in seen else ""
    covered = [f"{seen[name]:.0%}" for name in ("coverage_a", "coverage_b") if name in seen]
    similarity = f"similarity {seen['similarity']:.3f}" if "similarity" in seen else ""
    if similarity and seen.get("backbone"):
        similarity += f" ({seen['backbone']})"
    parts = [
        str(seen.get("verdict", "")),
        *(
            turned(str(seen.get("verdict", "")), how == MIRRORED, how == NEGATIVE, (MIRRORED, NEGATIVE))
            for how in (MIRRORED, NEGATIVE)
            if seen.get(how)
        ),
        inliers,
        f"over {' and '.join(covered)}" if covered and seen.get("inliers") else "",
        similarity,
        f"generation {seen['generation']}" if seen.get("generation") else "",
    ]
    return ", ".join(part for part in parts if part)


def _names(reviews: Iterable[Review]) -> tuple[str, ...]:
    return tuple(sorted({review.reviewer for review in reviews}))


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
