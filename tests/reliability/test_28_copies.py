"""Row 28: copies are made as people work, and put back what was damaged."""

from __future__ import annotations

import random
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imgsim.base.database import backups
from imgsim.cli import restore
from imgsim.collection import keeping
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Present, Registry
from imgsim.errors import CollectionError, DamagedError
from imgsim.reviews import FILE, Review, Reviews
from tests.reliability.deciding import (
    PLATES,
    everything,
    filled,
    must_be_found,
    people_at_work,
    pictures,
)
from tests.reliability.tally import Tally


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that copies are called after: set the last of the list."""
    times = [datetime(2026, 1, 1, 9, 0, tzinfo=UTC)]
    monkeypatch.setattr(backups, "now", lambda: times[-1])
    return times


def test_the_last_ten_copies_and_one_a_day_for_thirty_days_stay(
    tmp_path: Path, clock: list[datetime], tally: Tally
) -> None:
    reviews = filled(tmp_path / FILE, 5)
    made = [clock[0]]  # with the first decision
    for hour in range(0, 24 * 45, 4):
        clock.append(datetime(2026, 1, 1, 9, 30, tzinfo=UTC) + timedelta(hours=hour))
        backups.make(reviews.database)
        made.append(clock[-1])
        with tally.attempt(f"{clock[-1]:%d %B %H:%M}"):
            days = {at.date(): at for at in made if (clock[-1].date() - at.date()).days < 30}
            expected = {*made[-10:], *days.values()}
            found = backups.described(reviews.database)
            assert {one.made for one in found} == expected
            assert all(one.whole and one.count == (1 if one.made == made[0] else 5) for one in found)


def test_a_copy_is_made_at_first_with_every_fifty_decisions_and_at_a_start_if_something_changed(
    tmp_path: Path, tally: Tally
) -> None:
    reviews = Reviews(tmp_path / FILE, pictures)
    counts: list[int] = []
    for number in range(1, 121):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
        counts = [one.count for one in backups.described(reviews.database)] if number % 10 == 1 else counts
    with tally.attempt("the first decision, and every fifty"):
        assert [one.count for one in backups.described(reviews.database)] == [101, 51, 1]
    with tally.attempt("a start after something changed"):
        backups.make_if_changed(reviews.database)
        assert [one.count for one in backups.described(reviews.database)] == [120, 101, 51, 1]
    with tally.attempt("a start after nothing changed"):
        backups.make_if_changed(reviews.database)
        assert len(backups.listed(reviews.path)) == 4


def test_a_damaged_file_is_never_copied_over_good_ones(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound
    reviews = Reviews(tmp_path / FILE, pictures)
    reviews.path.write_bytes(data)
    backups.make(reviews.database)
    before = backups.listed(reviews.path)
    for cut in (0, 1, 5000, len(data) - 1):
        with tally.attempt(f"cut after {cut} bytes"):
            reviews.path.write_bytes(data[:cut])
            for _ in range(15):
                backups.make_if_changed(reviews.database)
            assert backups.listed(reviews.path) == before
            assert "reviews.sqlite" in backups.failure(reviews.path)
            latest = backups.latest(reviews.database)
            assert latest is not None and latest.path == before[0]


def test_a_copy_that_cannot_be_made_stops_no_decision_and_is_said(tmp_path: Path, tally: Tally) -> None:
    reviews = Reviews(tmp_path / FILE, pictures)
    (tmp_path / "backups").write_bytes(b"a file where the folder should be")
    for number in range(3):
        with tally.attempt(f"decision {number}"):
            reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
            assert len(reviews.all()) == number + 1
            assert "No copy of reviews.sqlite could be put into backups" in backups.failure(reviews.path)
    (tmp_path / "backups").unlink()
    with tally.attempt("and made as soon as it can be"):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")
        assert len(backups.listed(reviews.path)) == 1 and not backups.failure(reviews.path)


def test_a_file_that_is_gone_is_missed_where_there_are_copies_of_it(tmp_path: Path, tally: Tally) -> None:
    for database in (filled(tmp_path / "a" / FILE, 3).database, registry_in(tmp_path / "b").database):
        with tally.attempt(database.path.name):
            assert backups.listed(database.path)
            database.path.unlink()
            for act in (
                lambda database=database: database.read(lambda connection: 1, 0),
                lambda database=database: database.write(lambda connection: 1),
            ):
                with pytest.raises(DamagedError, match="the file is gone, and backups/"):
                    act()
            assert not database.path.exists()


def registry_in(folder: Path) -> Registry:
    folder.mkdir(exist_ok=True)
    found = Registry(folder)
    found.record(
        [Present(plate, "0" * 64, "r", f"{plate}.png") for plate in PLATES], "2026-01-01T00:00:00+00:00"
    )
    return found


# ---- putting back


def test_every_way_back_from_damage(sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally) -> None:
    """From the latest whole copy, one that is named, and a zip; the damaged file stays as it was."""
    data, expected = sound
    damaged = {"empty": b"", "one byte": b"S", "cut": data[:9000], "zeroed": bytes(len(data)), "gone": None}
    for what, content in damaged.items():
        for way in ("latest", "named", "zip"):
            with tally.attempt(f"{what}, {way}"):
                folder = tmp_path / f"{what} {way}"
                folder.mkdir()
                (folder / FILE).write_bytes(data)
                keeping.keep_copies(folder)
                zipped = tmp_path / f"{what} {way}.zip"
                assert keeping.bundle(folder, zipped) == {FILE: len(expected)}
                (folder / FILE).unlink()
                if content is not None:
                    (folder / FILE).write_bytes(content)
                one = backups.latest(keeping.databases(folder)[FILE])
                assert one is not None
                arguments = {"latest": [], "named": [one.path.name], "zip": [str(zipped)]}[way]
                assert restore.main([str(folder), *arguments]) == 1  # asks first
                must_be_found(reviews_of(folder))
                assert restore.main([str(folder), *arguments, "--yes"]) == 0
                assert everything(reviews_of(folder)) == expected
                aside = [one.read_bytes() for one in folder.glob("reviews.damaged-*.sqlite")]
                assert aside == ([] if content is None else [content])
                reviews_of(folder).record(PLATES[0], PLATES[1], "unsure", reviewer="Ada")


def test_what_can_still_be_believed_is_told_and_can_be_added(tmp_path: Path, tally: Tally) -> None:
    reviews = filled(tmp_path / FILE, 60)
    backups.make(reviews.database)
    for number in range(20):
        reviews.record(PLATES[0], PLATES[1], "unsure", reviewer="Late", note=f"late {number}")
    expected = reviews.all()
    data = bytearray(reviews.path.read_bytes())
    data[data.index(b"late 7")] ^= 1
    reviews.path.write_bytes(data)
    with tally.attempt("those after the last copy, but for the one that was flipped"):
        must_be_found(reviews)
        latest = backups.latest(reviews.database)
        assert latest is not None
        done = keeping.restore(tmp_path, latest.path, add_readable=True)
        assert {one.note for one in done.lacking} == {f"late {n}" for n in range(20) if n != 7}
        found = reviews.all()
        assert {one.uuid for one in expected} - {one.uuid for one in found} == {
            one.uuid for one in expected if one.note == "late 7"
        }
        assert all(one in expected for one in found)


def test_a_damaged_copy_is_never_put_back(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, expected = sound
    (tmp_path / FILE).write_bytes(data)
    chance = random.Random(3)
    bundled = tmp_path / "whole.zip"
    keeping.bundle(tmp_path, bundled)
    for number in range(20):
        with tally.attempt(f"copy {number}"):
            bad = tmp_path / f"bad{number}{'.zip' if number % 2 else '.sqlite'}"
            content = bytearray(bundled.read_bytes() if number % 2 else data)
            bad.write_bytes(content[: chance.randrange(len(content))])
            with pytest.raises(CollectionError):
                keeping.restore(tmp_path, bad)
            assert reviews_of(tmp_path).all() == expected and (tmp_path / FILE).read_bytes() == data


def test_putting_back_while_people_write_loses_nothing_that_was_said_to_be_kept(
    tmp_path: Path, tally: Tally
) -> None:
    """What is said to be kept is in the file in use, or in the one that was set aside: never in neither."""
    path = tmp_path / FILE
    filled(path, 20)
    copy = Path(shutil.copy(path, tmp_path / "given.sqlite"))
    told: set[str] = set()
    with people_at_work(path) as ours:
        for number in range(10):
            with tally.attempt(f"put back {number}"):
                time.sleep(0.03)
                keeping.restore(tmp_path, copy)
                while ours.poll():
                    told.add(ours.recv())
                kept: set[str] = set()
                for one in (path, *tmp_path.glob("reviews.before-*.sqlite")):
                    kept |= {review.uuid for review in Reviews(one, pictures).all()}
                assert told <= kept


def test_the_registry_of_ids_is_kept_and_put_back_too(tmp_path: Path, tally: Tally) -> None:
    registry = registry_in(tmp_path)
    filled(tmp_path / FILE, 3)
    keeping.keep_copies(tmp_path)
    before, data = registry.plates(), registry.path.read_bytes()
    for cut in (0, 1, 5000, len(data) - 1):
        with tally.attempt(f"cut after {cut} bytes"):
            registry.path.write_bytes(data[:cut])
            assert registry.problems()
            with pytest.raises(CollectionError):
                registry.plates()
            assert restore.main([str(tmp_path), "--yes"]) == 0
            assert registry.plates() == before
