"""Reviews that are written by many at once, and through whatever happens to them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imgsim.base.database import Database
from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import BusyError
from imgsim.families import decisions_of
from imgsim.reviews import FILE, TAKEN_BACK, Reviews
from tests.making import make, write_plate, write_plates
from tests.reviews.people import decide_much, pictures

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext


def loaded() -> SpawnContext | ForkServerContext:
    """How processes are started that need not load each for itself what they write with, where a system can that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([decide_much.__module__])
    return context


def test_twenty_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, each = tmp_path / FILE, 25
    context = loaded()
    start = context.Event()
    people = [context.Process(target=decide_much, args=(path, f"reader {n}", each, start)) for n in range(20)]
    for person in people:
        person.start()
    start.set()
    while any(person.is_alive() for person in people):
        found = Reviews(path, pictures).all()  # reading waits for nobody
        assert len({review.uuid for review in found}) == len(found)
        time.sleep(0.05)
    for person in people:
        person.join()
    assert [person.exitcode for person in people] == [0] * 20
    found = Reviews(path, pictures).all()
    notes = {review.note for review in found if review.decision != TAKEN_BACK}
    assert notes == {f"reader {n} {number}" for n in range(20) for number in range(each)}
    assert len(found) == 20 * (each + each // 5)
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # Every fifth was taken back, by each of them.
    frame = Reviews(path, pictures).standing()
    assert len(frame) == each - each // 5
    assert all(len(names.split("; ")) == 20 for names in frame["reviewers"])


def test_twenty_threads_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, start = tmp_path / FILE, threading.Event()
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            decide_much(path, name, 10, start)
        except BaseException as error:
            failed.append(error)

    people = [threading.Thread(target=write, args=(f"reader {n}",)) for n in range(20)]
    for person in people:
        person.start()
    start.set()
    for person in people:
        person.join()
    assert failed == []
    assert len(Reviews(path, pictures).all()) == 20 * 12


def test_what_was_written_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / FILE
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    start.set()
    person = context.Process(target=decide_much, args=(path, "reader", 100_000, start))
    person.start()
    while len(Reviews(path, pictures).all()) < 20:
        time.sleep(0.01)
    seen = {review.uuid for review in Reviews(path, pictures).all()}
    assert person.pid is not None
    os.kill(person.pid, signal.SIGKILL)
    person.join()
    assert seen <= {review.uuid for review in Reviews(path, pictures).all()}
    Reviews(path, pictures).record("x", "y", "unsure", reviewer="B")
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_stays_busy_gives_a_clear_error_and_can_still_be_read(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    holder = sqlite3.connect(reviews.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    database = Database(reviews.path, reviews.schema, patience=0.2)
    with pytest.raises(BusyError, match="busy"):
        database.write(lambda connection: None)
    assert len(reviews.all()) == 1
    holder.close()


def test_reviews_survive_every_preparation_and_follow_the_plates_by_their_ids(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 4)
    out = tmp_path / "data" / "kept"
    make(out, images)
    reviews = reviews_of(out)
    reviews.record("p001", "p003", "same plate", reviewer="A")
    reviews.record("p002", "p003", "unrelated", reviewer="A")
    before = reviews.all()
    # Plates come and go: the rows of the others are other ones, their ids the same.
    write_plate(images / "a000.png", 99)
    (images / "p002.png").unlink()
    make(out, images)
    collection = open_collection(out)
    assert len(collection.catalogue) == 4 and not collection.catalogue.has("p002")
    assert reviews_of(out).all() == before
    decided = decisions_of(reviews.standing(), collection.catalogue)
    rows = tuple(collection.catalogue.row(plate) for plate in ("p001", "p003"))
    assert (dict(decided.confirmed), decided.rejected) == ({rows: "same plate"}, frozenset())
