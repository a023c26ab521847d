"""What people said of pages, kept as it was written."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from imgsim.base.database import backups
from imgsim.catalogue.book_pages import INITIAL, Cut
from imgsim.cli import backup, restore
from imgsim.collection import keeping
from imgsim.collection.marks import FILE
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import CollectionError, DamagedError, ImgsimError

SIZE = (200, 280)
PAGE, OTHER = "a" * 64, "b" * 64
ONE = (Cut(0, (10, 10, 90, 90)),)
TWO = (Cut(0, (10, 10, 90, 90), score=0.5), Cut(3, (20, 100, 60, 140), INITIAL))


@pytest.fixture
def said(tmp_path: Path) -> PageCorrections:
    """Four records on two pages."""
    made = PageCorrections(tmp_path)
    for page, cuts, who in ((PAGE, ONE, "Anna"), (OTHER, TWO, " Ben "), (PAGE, None, "Ben"), (PAGE, TWO, "Anna")):
        made.add(page, SIZE, cuts, who)
    return made


def test_nothing_was_said_where_there_is_no_file(tmp_path: Path) -> None:
    made = PageCorrections(tmp_path)
    assert (made.standing(), made.history(PAGE), made.revision, made.by_page()) == ({}, [], 0, {})
    assert not (tmp_path / FILE).exists()


def test_the_last_word_counts_and_every_word_stays(said: PageCorrections) -> None:
    assert {page: one.cuts for page, one in said.standing().items()} == {PAGE: TWO, OTHER: TWO}
    history = said.history(PAGE)
    assert [one.cuts for one in history] == [ONE, None, TWO]
    assert [one.reviewer for one in history] == ["Anna", "Ben", "Anna"] and said.revision == 4
    assert [one.number for one in said.by_page()[OTHER]] == [2] and said.by_page()[PAGE] == history
    said.add(PAGE, SIZE, None, "Anna")
    assert set(said.standing()) == {OTHER} and len(said.history(PAGE)) == 4


def test_somebody_elses_correction_is_not_written_over(said: PageCorrections) -> None:
    for wrong in (0, 1, 3, 99):
        with pytest.raises(ImgsimError, match="Somebody else has changed this"):
            said.add(PAGE, SIZE, ONE, "Cleo", after=wrong)
    assert said.add(PAGE, SIZE, ONE, "Cleo", after=4).number == 5
    assert said.add(OTHER, SIZE, ONE, "Cleo", after=2).number == 6  # what was said of another page is no matter
    assert said.add("c" * 64, SIZE, ONE, "Cleo", after=0).number == 7


@pytest.mark.parametrize(
    ("cuts", "who", "told"),
    [
        ([Cut(0, (10, 10, 201, 90))], "Anna", "reaches out of the page"),
        ([Cut(0, (50, 10, 50, 90))], "Anna", "is empty"),
        ([Cut(0, (1, 1, 9, 9)), Cut(0, (2, 2, 9, 9))], "Anna", "the same number"),
        ([Cut(0, (1, 1, 9, 9), "flower")], "Anna", "none of illustration"),
        ([Cut(-1, (1, 1, 9, 9))], "Anna", "the number -1"),
        ([Cut(0, (1, 1, 9, 9), score=1.5)], "Anna", "the score 1.5"),
        (ONE, "  ", "Say first who you are"),
    ],
)
def test_what_is_no_correction_is_refused_and_nothing_written(
    tmp_path: Path, cuts: list[Cut], who: str, told: str
) -> None:
    made = PageCorrections(tmp_path)
    with pytest.raises(ImgsimError, match=told):
        made.add(PAGE, SIZE, cuts, who)
    assert made.revision == 0


def changed(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in ("DROP TRIGGER append_only_delete", "DROP TRIGGER append_only_update", *statements):
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE marks SET body = '{\"size\": [200, 280], \"cuts\": []}' WHERE number = 2",
        "UPDATE marks SET reviewer = 'Eve' WHERE number = 1",
        "DELETE FROM marks WHERE number = 2",
        "DELETE FROM marks WHERE number = 4",
        "DROP TABLE marks",
    ],
)
def test_a_file_that_is_not_what_was_written_is_noticed(said: PageCorrections, statement: str) -> None:
    changed(said.path, statement)
    with pytest.raises(DamagedError):
        said.standing()
    with pytest.raises(DamagedError):
        said.add(PAGE, SIZE, ONE, "Anna")


def test_nothing_is_changed_or_removed_by_mistake(said: PageCorrections) -> None:
    with contextlib.closing(sqlite3.connect(said.path)) as connection:
        for statement in ("UPDATE marks SET reviewer = 'Eve'", "DELETE FROM marks"):
            with pytest.raises(sqlite3.IntegrityError, match="marks are never"):
                connection.execute(statement)


@pytest.mark.parametrize("content", [b"", b"no database" * 400, None])
def test_a_damaged_file_is_put_back_from_its_copy_and_the_decisions_stay(
    said: PageCorrections, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = said.path.parent
    keeping.keep_copies(folder)
    assert backups.listed(said.path)
    said.path.unlink()
    if content is not None:
        said.path.write_bytes(content)
    with pytest.raises(CollectionError):
        said.revision  # noqa: B018
    assert keeping.damaged(folder) == [FILE] and "Marks" in keeping.problems(folder)[0]
    assert restore.main([str(folder), "--yes"]) == 0
    assert f"{FILE} could not be read; marks." in capsys.readouterr().out
    assert said.revision == 4 and len(said.history(PAGE)) == 3 and keeping.damaged(folder) == []


def test_corrections_travel_in_a_backup(
    said: PageCorrections, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "away" / "kept.zip"
    assert backup.main([str(said.path.parent), "--to", str(target)]) == 0
    assert "4 marks" in capsys.readouterr().out
    with keeping.opened(target) as files:
        assert PageCorrections(files[FILE].parent).history(PAGE) == said.history(PAGE)
