"""Files of decisions for row 28: many decisions, people who write on, and what must hold of a damaged file."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from imgsim.errors import CollectionError
from imgsim.reviews import DECISIONS, Review, Reviews

# People are processes of their own, made by one without threads: what is forked beside threads may wait for ever.
APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload(["imgsim.reviews"])
PLATES = [f"10528002{number:06d}_0" for number in range(60)]
EVIDENCE = {
    "verdict": "same image",
    "inliers": 212,
    "mirrored": False,
    "similarity": 0.9481,
    "backbone": "plates18",
}


def pictures() -> dict[str, str]:
    return {plate: hashlib.sha256(plate.encode()).hexdigest() for plate in PLATES}


def filled(path: Path, count: int, seed: int = 1) -> Reviews:
    """A file with many decisions by three people, some of them taken back."""
    path.parent.mkdir(exist_ok=True)
    reviews, chance = Reviews(path, pictures), random.Random(seed)
    for number in range(count):
        a, b = chance.sample(PLATES, 2)
        note = chance.choice(["", "see the crack", "Œuvres, été 🌿 " * chance.randint(1, 60)])
        reviews.record(
            a, b, chance.choice(list(DECISIONS)), reviewer=f"R{number % 3}", note=note, evidence=EVIDENCE
        )
        if number % 9 == 8:
            reviews.undo(f"R{number % 3}")
    return reviews


def everything(reviews: Reviews) -> list[Review]:
    """All reviews, read in all ways; an error if one of them tells otherwise than the others."""
    found = reviews.all()
    number = reviews.revision
    assert (number >> 32) == len(found)
    for a, b in {review.pair for review in found}:
        expected = sorted((one for one in found if one.pair == (a, b)), key=lambda one: one.order)
        assert reviews.history(a, b) == expected
    return found


def must_be_found(reviews: Reviews) -> None:
    """Nothing can be read or written, and the file stays as it is."""
    before = reviews.path.read_bytes() if reviews.path.exists() else None
    for act in (
        reviews.all,
        lambda: reviews.revision,
        lambda: reviews.history(*PLATES[:2]),
        reviews.standing,
        lambda: reviews.undo("R0"),
        lambda: reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="R0"),
    ):
        with pytest.raises(CollectionError):
            act()
    assert reviews.problems()
    assert (reviews.path.read_bytes() if reviews.path.exists() else None) == before


def found_or_harmless(reviews: Reviews, expected: list[Review]) -> None:
    try:
        assert everything(reviews) == expected
    except CollectionError:
        must_be_found(reviews)


def write_on(path: Path, name: str, said: object) -> None:
    """Decide again and again, and say each time what was kept."""
    reviews, chance = Reviews(path, pictures), random.Random(name)
    while True:
        a, b = chance.sample(PLATES, 2)
        made = reviews.record(a, b, "unsure", reviewer=name, note="x" * 300)
        said.send(made.uuid)  # type: ignore[attr-defined]


def killed(path: Path, name: str, after_s: float) -> set[str]:
    """What a person was told is kept, before the program was killed in mid-work."""
    ours, theirs = APART.Pipe(duplex=False)
    person = APART.Process(target=write_on, args=(path, name, theirs))
    person.start()
    theirs.close()
    acknowledged = {ours.recv()}
    time.sleep(after_s)
    assert person.pid is not None
    os.kill(person.pid, signal.SIGKILL)
    person.join()
    with contextlib.suppress(EOFError):
        while True:
            acknowledged.add(ours.recv())
    return acknowledged


@contextmanager
def people_at_work(path: Path) -> Iterator[Connection]:
    """Three people who decide all the time; what is said to be kept comes out of the connection, uuid by uuid."""
    ours, theirs = APART.Pipe(duplex=False)
    people = [APART.Process(target=write_on, args=(path, f"reader {n}", theirs)) for n in range(3)]
    for person in people:
        person.start()
    try:
        yield ours
    finally:
        for person in people:
            person.kill()
            person.join()
