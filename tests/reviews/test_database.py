"""Files of reviews that are not as they should be."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
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


def _as_nobody(act: object, pipe: object) -> None:
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        pipe.send(("done", act()))  # type: ignore[attr-defined, operator]
    except Exception as error:
        pipe.send((type(error).__name__, str(error)))  # type: ignore[attr-defined]


@pytest.fixture
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that others may look into and not write to, with one review; the way to it is open."""
    folder = tmp_path_factory.mktemp("locked")
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
    reviews = reviews_of(locked)
    # Root may write anywhere, so a process that is not root tries.
    context = multiprocessing.get_context("fork")

    def ask(act: object) -> tuple[str, object]:
        ours, theirs = context.Pipe()
        person = context.Process(target=_as_nobody, args=(act, theirs))
        person.start()
        assert ours.poll(30)
        answer = ours.recv()
        person.join()
        return answer

    assert ask(lambda: len(reviews.all())) == ("done", 1)
    kind, said = ask(lambda: reviews.record("a", "c", "unsure", reviewer="A"))
    assert kind == "CollectionError" and "read-only" in str(said)
    none = Reviews(locked / "none.sqlite", pictures)
    assert ask(lambda: none.revision) == ("done", 0)
    kind, said = ask(lambda: none.record("a", "c", "unsure", reviewer="A"))
    assert kind == "CollectionError" and "read-only" in str(said)
