"""Runs over scans that were added, renamed, moved, renumbered, scanned again, removed and brought back."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from imgsim.cli.display import summary_text
from imgsim.collection import open_collection
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import FILE, Registry
from imgsim.verification.same_picture import same_picture
from tests.making import make
from tests.prepare.verifying import draw, draw_plates, rescan, verified


def ids_of(out: Path) -> dict[str, str]:
    """File -> plate id."""
    frame = open_collection(out).catalogue.frame
    return dict(zip(frame["file"], frame["plate_id"], strict=True))


def test_a_forgotten_page_and_new_numbers_rename_no_plate(tmp_path: Path) -> None:
    images, out = draw_plates(tmp_path / "images", 5), tmp_path / "c"
    make(out, images)
    reviews_of(out).record("p002", "p003", "same plate", reviewer="Ada")
    for number in (4, 3, 2):
        (images / f"p00{number}.png").rename(images / f"p00{number + 1}.png")
    draw(77).save(images / "p002.png")
    summary = make(out, images)
    assert ids_of(out) == {
        "p000.png": "p000", "p001.png": "p001", "p002.png": "p002-2", "p003.png": "p002", "p004.png": "p003",
        "p005.png": "p004",
    }  # fmt: skip
    assert summary.changes is not None
    assert summary.changes["counts"] == {
        "new": 1, "back": 0, "moved": 3, "replaced": 0, "gone": 0, "other_picture": 0,
    }  # fmt: skip
    assert summary.naming["decisions_gone"] == summary.naming["decisions_replaced"] == 0
    assert len(reviews_of(out).standing()) == 1
    text = summary_text(summary)
    assert "since the last run: 1 new, 3 moved or renamed; every plate keeps its id" in text
    assert "p002: p002.png is now p003.png" in text
    again = make(out, images)
    assert not again.changed and again.changes is None
    assert open_collection(out).manifest["changes"]["counts"]["moved"] == 3


def test_a_second_folder_with_the_same_names_renames_no_plate(tmp_path: Path) -> None:
    images, out = tmp_path / "images", tmp_path / "c"
    draw_plates(images / "herbal", 3)
    make(out, images)
    before = ids_of(out)
    assert before["herbal/p001.png"] == "p001"
    (images / "flora").mkdir()
    for number in range(3):
        draw(50 + number).save(images / "flora" / f"p00{number}.png")
    summary = make(out, images)
    after = ids_of(out)
    assert {file: after[file] for file in before} == before
    assert after["flora/p001.png"] == "flora/p001"
    assert summary.changes is not None and summary.changes["counts"]["new"] == 3


def test_a_better_scan_keeps_the_id_and_its_decisions_wait(tmp_path: Path) -> None:
    images, out = draw_plates(tmp_path / "images", 4), tmp_path / "c"
    make(out, images)
    reviews_of(out).record("p000", "p001", "same plate", reviewer="Ada")
    # A better scan in another format; and another picture under an old name.
    with Image.open(images / "p001.png") as image:
        rescan(image).save(images / "p001.tif")
    (images / "p001.png").unlink()
    draw(99).save(images / "p002.png")
    summary = make(out, images)
    assert ids_of(out) == {
        "p000.png": "p000", "p001.tif": "p001", "p002.png": "p002-2", "p003.png": "p003",
    }  # fmt: skip
    assert summary.changes is not None
    assert summary.changes["replaced"] == [["p001", "p001.tif"]]
    assert summary.changes["gone"] == [["p002", "p002.png"]]
    assert summary.changes["other_picture"] == [["p002", "p002-2"]]
    assert summary.naming["decisions_replaced"] == 1
    text = summary_text(summary)
    assert "p002-2: not the picture that was p002 at the same place" in text
    assert "1 decisions about another scan, to be confirmed" in text
    entry = Registry(out).entry("p002")
    assert entry is not None and entry.gone and entry.successor == "p002-2"
    picture = Registry(out).thumbnail("p002")
    assert picture is not None
    with Image.open(io.BytesIO(picture)) as kept:
        assert kept.format == "WEBP" and max(kept.size) == 200
    # The first picture comes back under another name, and is who it was.
    draw(2).save(images / "found again.png")
    again = make(out, images)
    assert ids_of(out)["found again.png"] == "p002" and ids_of(out)["p002.png"] == "p002-2"
    assert again.changes is not None and again.changes["back"] == ["p002"]


def test_a_collection_from_before_the_registry_keeps_the_ids_of_its_live_generation(tmp_path: Path) -> None:
    images, out = draw_plates(tmp_path / "images", 4), tmp_path / "c"
    make(out, images)
    (out / FILE).unlink()
    shutil.rmtree(out / "backups")
    shutil.move(images / "p001.png", images / "zz.png")
    (images / "p003.png").unlink()
    make(out, images)
    assert ids_of(out) == {"p000.png": "p000", "zz.png": "p001", "p002.png": "p002"}
    assert {plate.plate_id: plate.gone for plate in Registry(out).plates()} == {
        "p000": False, "p001": False, "p002": False, "p003": True,
    }  # fmt: skip


def test_a_run_that_died_after_the_ids_were_written_changes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, out = draw_plates(tmp_path / "images", 3), tmp_path / "c"
    make(out, images)
    with Image.open(images / "p001.png") as image:
        rescan(image).save(images / "p001.png")
    draw(40).save(images / "p000b.png")
    with monkeypatch.context() as context:
        context.setattr("imgsim.prepare.run.GenerationWriter", lambda folder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make(out, images)
    summary = make(out, images)
    assert ids_of(out) == {"p000.png": "p000", "p000b.png": "p000b", "p001.png": "p001", "p002.png": "p002"}
    assert summary.changes is not None and summary.changes["counts"]["replaced"] == 1


def test_families_and_decisions_survive_new_scans_and_new_folders(tmp_path: Path) -> None:
    """Prepared twice, with scans added and the folders renamed in between: all ids, decisions and families stay."""
    images, out = tmp_path / "images", tmp_path / "c"
    for book in range(3):
        (images / f"book{book}").mkdir(parents=True)
        for number in range(4):
            shown = draw(number) if number < 2 else draw(100 * book + number)
            (rescan(shown, 1 + book / 50) if book else shown).save(images / f"book{book}" / f"p{number}.png")
    verified(out, images)
    before = open_collection(out)
    named = dict(zip(before.catalogue.frame["sha256"], before.catalogue.plate_ids, strict=True))
    families = families_of(before)
    assert families is not None and len(families) == 2
    one, two = before.catalogue.plate_ids[:2]
    reviews_of(out).record(one, two, "unrelated", reviewer="Ada")
    shape = {family.id: {m.plate_id for m in family.members} for family in families.ordered()}
    for book in range(3):
        (images / f"book{book}").rename(images / f"{1700 + book} herbal")
    (images / "new").mkdir()
    for number in range(6):
        draw(900 + number).save(images / "new" / f"p{number}.png")
    summary = verified(out, images)
    after = open_collection(out)
    now = dict(zip(after.catalogue.frame["sha256"], after.catalogue.plate_ids, strict=True))
    assert {content: now[content] for content in named} == named and len(now) == 18
    assert summary.changes is not None
    assert (summary.changes["counts"]["moved"], summary.changes["counts"]["new"]) == (12, 6)
    again = families_of(after)
    assert again is not None
    assert {family.id: {m.plate_id for m in family.members} for family in again.ordered()} == shape
    assert len(reviews_of(out).standing()) == 1 and not reviews_of(out).unconfirmed()


def test_a_rescan_is_known_and_another_picture_is_not() -> None:
    def saved(image: Image.Image) -> bytes:
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return stream.getvalue()

    for seed in range(5):
        assert same_picture(saved(draw(seed)), saved(rescan(draw(seed))))
        assert not same_picture(saved(draw(seed)), saved(draw(seed + 100)))
        flipped = draw(seed).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        assert not same_picture(saved(draw(seed)), saved(flipped))
    assert not same_picture(b"no image", saved(draw(1)))
