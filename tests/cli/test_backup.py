"""``imgsim backup`` and ``imgsim restore``, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.cli import backup, restore
from imgsim.collection.page_corrections import PageCorrections
from imgsim.reviews import Reviews
from imgsim.reviews.decision_words import DECISIONS


def test_what_was_backed_up_is_what_restore_offers_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "herbals"
    folder.mkdir()
    reviews = Reviews(folder / "reviews.sqlite")
    for number in range(3):  # too few for a rolling copy of their own
        reviews.record(f"a{number}", f"b{number}", next(iter(DECISIONS)), reviewer="Ada")
    assert backup.main([str(folder), "--to", str(tmp_path / "away.zip")]) == 0
    assert (tmp_path / "away.zip").is_file()
    (folder / "reviews.sqlite").write_bytes(b"x")
    capsys.readouterr()
    assert restore.main([str(folder), "--yes"]) == 0
    assert "3 decisions" in capsys.readouterr().out
    assert len(Reviews(folder / "reviews.sqlite").all()) == 3


def test_a_backup_without_decisions_gives_back_what_was_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, away = tmp_path / "herbals", tmp_path / "away.zip"
    folder.mkdir()
    PageCorrections(folder).add("a" * 64, (100, 100), [], "Ada")
    assert backup.main([str(folder), "--to", str(away)]) == 0
    (folder / "marks.sqlite").write_bytes(b"")
    assert restore.main([str(folder), str(away), "--yes"]) == 0
    assert "marks.sqlite is in place" in capsys.readouterr().out
    other = tmp_path / "elsewhere"
    (other / "generations").mkdir(parents=True)
    assert restore.main([str(other), str(away), "--yes"]) == 0
    assert [len(PageCorrections(one).standing()) for one in (folder, other)] == [1, 1]
    assert restore.main([str(other), str(away), "--yes"]) == 0
    assert "it stays" in capsys.readouterr().out
