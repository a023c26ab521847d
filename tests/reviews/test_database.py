"""Files of reviews that are not as they should be."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from imgsim.collection.decided import reviews_of
from imgsim.errors import CollectionError, DamagedError
from imgsim.reviews import FILE, Reviews
from tests.reviews.people import pictures

TRIGGER = """CREATE TRIGGER append_only_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews are never changed'); END"""


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 20, b"PK\x03\x04" * 600]
)
def test_another_kind_of_file_gives_a_clear_error_and_stays_as_it_is(
    reviews: Reviews, content: bytes
) -> None:
    reviews.path.write_bytes(content)
    for act in (
        reviews.all,
        lambda: reviews.revision,
        lambda: reviews.record("a", "b", "unsure", reviewer="A"),
    ):
        with pytest.raises(CollectionError, match="cannot be read"):
            act()
    assert reviews.path.read_bytes() == content


def test_a_damaged_file_gives_a_clear_error(reviews: Reviews) -> None:
    for number in range(60):
        reviews.record("a", f"b{number}", "unsure", reviewer="A", note="x" * 500)
    data = bytearray(reviews.path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    reviews.path.write_bytes(bytes(data))
    with pytest.raises(CollectionError, match="cannot be read"):
        reviews.all()
    reviews.path.write_bytes(bytes(data[:5000]))
    with pytest.raises(CollectionError):
        reviews.all()


def test_the_file_of_another_program_or_a_newer_imgsim_is_left_alone(reviews: Reviews) -> None:
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("CREATE TABLE reviews (x)")
    with pytest.raises(CollectionError, match="another program"):
        reviews.record("a", "b", "unsure", reviewer="A")
    reviews.path.unlink()
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionError, match="newer imgsim"):
        reviews.all()


@pytest.mark.parametrize("content", [b"", b"S"])
def test_an_empty_file_is_damaged(reviews: Reviews, content: bytes) -> None:
    reviews.path.write_bytes(content)
    for act in (reviews.all, lambda: reviews.record("a", "b", "unsure", reviewer="A")):
        with pytest.raises(DamagedError, match="cannot be read"):
            act()
    assert reviews.path.read_bytes() == content


def test_reviews_are_never_changed_or_removed(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        for statement in ("UPDATE reviews SET decision = 'unrelated'", "DELETE FROM reviews"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_a_value_that_no_review_has_is_an_error_and_no_silent_miss(reviews: Reviews) -> None:
    reviews.record("a", "b", "unsure", reviewer="A")
    with sqlite3.connect(reviews.path) as connection:
        connection.execute("DROP TRIGGER append_only_update")
        connection.execute("UPDATE reviews SET decision = 'perhaps'")
        connection.execute(TRIGGER)
    with pytest.raises(DamagedError, match="the record 1 is not what was written"):
        reviews.all()


def _as_nobody(folder: Path, answers: Queue[object]) -> None:
    """Read and write as a person who may not: root may write anywhere. What that imports, root has imported before."""
    (folder / "practice").mkdir()
    practice = reviews_of(folder / "practice")
    practice.record("a", "c", "unsure", reviewer="A")
    locked, none = reviews_of(folder / "locked"), Reviews(folder / "locked" / "none.sqlite", pictures)
    acts: list[Callable[[], object]] = [lambda: len(practice.all()), lambda: len(locked.all()), lambda: none.revision]
    acts += [lambda at=at: at.record("a", "c", "unsure", reviewer="A") for at in (locked, none)]  # type: ignore[misc]
    acts[0]()
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    for act in acts[1:]:
        try:
            answers.put(("done", act()))
        except Exception as error:
            answers.put((type(error).__name__, str(error)))


@pytest.fixture
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that others may look into and not write to, with one review; the way to it is open."""
    folder = tmp_path_factory.mktemp("person") / "locked"
    folder.mkdir()
    reviews_of(folder).record("a", "b", "unsure", reviewer="A")
    for extra in folder.glob("*-*"):
        extra.unlink()
    (folder / FILE).chmod(0o444)
    folder.chmod(0o555)
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    yield folder
    folder.chmod(0o755)


def test_a_read_only_folder_can_be_read_and_says_that_nothing_can_be_written(locked: Path) -> None:
    # A process of its own: one forked from this one, which has threads, may wait for a lock for ever.
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    person = context.Process(target=_as_nobody, args=(locked.parent, answers))
    person.start()
    read, nothing, written, begun = (answers.get(timeout=300) for _ in range(4))
    person.join()
    assert read == ("done", 1) and nothing == ("done", 0)
    for kind, said in (written, begun):
        assert kind == "CollectionError" and "read-only" in said
