"""Plate ids: kept through everything that happens to files, and never given to another picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imgsim.collection.id_registry import Present, Registry
from imgsim.collection.plate_ids import KnownPlate, Scan, assign, folded, place
from tests.collection.scans import Version, content, scan


def known(plate_id: str, file: str, version: Version, **more: object) -> KnownPlate:
    return KnownPlate(plate_id, content(version), "/scans", file, **more)  # type: ignore[arg-type]


def never(plate: KnownPlate, scan: Scan) -> bool:
    return False


def always(plate: KnownPlate, scan: Scan) -> bool:
    return True


# ---- single rules


def test_a_forgotten_page_renames_nothing() -> None:
    before = [known(f"p{n}", f"p{n}.png", (n, 0)) for n in (1, 2, 3)]
    files = [scan("p1.png", (1, 0)), scan("p2.png", (9, 0)), scan("p3.png", (2, 0)), scan("p4.png", (3, 0))]
    # Even if the new page looked like the one that stood at its place.
    assert assign(files, before, always) == ["p1", "p2-2", "p2", "p3"]


def test_a_second_folder_with_equal_names_leaves_the_first_alone() -> None:
    before = [known("plate_01", "herbal/plate_01.tif", (1, 0))]
    files = [
        scan("herbal/plate_01.tif", (1, 0), name="herbal/plate_01"),
        scan("flora/plate_01.tif", (2, 0), name="flora/plate_01"),
    ]
    assert assign(files, before, never) == ["plate_01", "flora/plate_01"]


@pytest.mark.parametrize(("answer", "plate_id"), [(always, "p1"), (never, "p1-2")])
def test_new_content_at_a_known_place_is_the_same_plate_only_if_it_shows_the_same_picture(
    answer: Callable[[KnownPlate, Scan], bool], plate_id: str
) -> None:
    before = [known("p1", "p1.tif", (1, 0))]
    assert assign([scan("p1.PNG", (1, 1))], before, answer) == [plate_id]
    # At another place nobody is asked.
    assert assign([scan("x/p1.png", (1, 1), name="p1")], before, always) == ["x/p1"]
    assert assign([scan("p1.png", (1, 1), root="/other")], before, always) == ["p1-2"]


def test_a_plate_that_was_gone_gets_its_id_back_and_nobody_else_does() -> None:
    before = [known("p1", "p1.png", (1, 0), gone=True)]
    assert assign([scan("p1.png", (2, 0))], before, never) == ["p1-2"]
    before.append(known("p1-2", "p1.png", (2, 0)))
    assert assign([scan("p1.png", (2, 0)), scan("q.png", (1, 0))], before, never) == ["p1-2", "p1"]
    assert assign([scan("p1.png", (3, 0))], before, never) == ["p1-3"]


def test_an_earlier_scan_is_known_too_unless_the_better_one_is_here() -> None:
    before = [known("p1", "p1.png", (1, 1), earlier=frozenset({content((1, 0))}))]
    assert assign([scan("old.png", (1, 0))], before, never) == ["p1"]
    assert assign([scan("old.png", (1, 0)), scan("p1.png", (1, 1))], before, never) == ["old", "p1"]


def test_files_of_one_content_keep_their_ids_by_place_then_by_name() -> None:
    blank = (0, 0)
    before = [known(f"b{n}", f"b{n}.png", blank) for n in (1, 2, 10)]
    files = [scan("x/b10.png", blank), scan("b2.png", blank), scan("new.png", blank), scan("zz.png", blank)]
    assert assign(files, before, never) == ["b10", "b2", "b1", "zz"]


def test_names_that_only_case_or_unicode_tell_apart_are_never_both_given() -> None:
    before = [known("Tafel_é", "a.png", (1, 0), gone=True)]
    files = [scan("x/TAFEL_É.png", (2, 0)), scan("y/tafel_é.png", (3, 0), name="tafel_é")]
    ids = assign(files, before, never)
    assert len({folded(one) for one in [*ids, "Tafel_é"]}) == 3


def test_a_free_name_goes_to_the_file_that_has_it() -> None:
    before = [known("p1", "p1.png", (1, 0), gone=True)]
    files = [scan("p1.png", (2, 0)), scan("p1-2.png", (3, 0))]
    assert assign(files, before, never) == ["p1-3", "p1-2"]


def test_a_folder_that_was_renamed_is_the_same_folder_if_known_content_says_so() -> None:
    before = [known("p1", "old/p1.png", (1, 0)), known("p2", "old/p2.png", (2, 0)), known("q", "old/q.png", (3, 0))]
    files = [scan("new/p1.png", (1, 0)), scan("new/p2.tif", (2, 1)), scan("new/q2.png", (3, 1))]
    assert assign(files, before, always) == ["p1", "p2", "q2"]
    assert assign(files, before, never) == ["p1", "new/p2", "q2"]
    # Without any known content it may be another book; and a folder that is still there was not renamed.
    assert assign(files[1:], before, always) == ["new/p2", "q2"]
    assert assign([*files, scan("old/x.png", (9, 0))], before, always) == ["p1", "new/p2", "q2", "x"]


# ---- the file


def test_ids_of_plates_that_are_gone_are_kept_with_their_last_picture(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.record([], "2026-01-01")
    assert not registry.path.exists() and registry.plates() == [] and registry.entry("p1") is None
    one, two = Present("p1", content((1, 0)), "/s", "p1.png"), Present("p2", content((2, 0)), "/s", "p2.png")
    registry.record([one, two], "2026-01-01")
    registry.record([two], "2026-01-02", successors={"p1": "p1-2"}, thumbnails={"p1": b"webp"})
    entry = registry.entry("p1")
    assert entry is not None
    assert (entry.given, entry.gone, entry.successor) == ("2026-01-01", "2026-01-02", "p1-2")
    assert [gone.plate_id for gone in registry.gone()] == ["p1"]
    assert registry.thumbnail("p1") == b"webp" and registry.thumbnail("p2") is None
    assert [found.plate_id for found in registry.showing(content((1, 0))[:10])] == ["p1"]
    registry.record([two], "2026-01-03")
    assert registry.entry("p1") == entry  # since when it is gone does not change
    registry.record([one, two], "2026-01-04")
    assert registry.gone() == [] and registry.thumbnail("p1") is None


def test_the_file_itself_refuses_to_forget_or_change_an_id(tmp_path: Path) -> None:
    import sqlite3

    registry = Registry(tmp_path)
    registry.record([Present("p1", content((1, 0)), "/s", "p1.png")], "2026-01-01")
    with sqlite3.connect(registry.path) as connection:
        for statement in ("DELETE FROM plates", "UPDATE plates SET plate_id = 'x'"):
            with pytest.raises(sqlite3.DatabaseError, match="never"):
                connection.execute(statement)


def test_a_place_is_one_place_whatever_the_format() -> None:
    assert place("/s", "a/P1.TIFF") == place("/s", "a/p1.png") != place("/s", "b/p1.png")
