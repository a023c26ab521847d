"""Row 6: zips that climb out, unpack to gigabytes, or hold names that are one: each reported, nothing unpacked."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImageError
from imgsim.images import archives
from imgsim.images.decoding import open_image
from imgsim.images.files import read_image
from imgsim.sources.folders import find_images
from tests.hostile import drawing, encode, write_tree
from tests.hostile_zips import damaged_zips, hostile_zips
from tests.making import make
from tests.reliability.tally import Tally

PNG = encode(drawing(60, 80), "PNG")
WHOLLY_BAD = {"bomb", "huge"}  # the archive as a whole is a lie: nothing of it is read


def test_hostile_zips_are_reported_and_nothing_is_unpacked(tmp_path: Path, tally: Tally) -> None:
    for kind, (content, word) in hostile_zips().items():
        folder = write_tree(tmp_path / kind / "in" / "put", {"evil.zip": content})
        before = sorted(tmp_path.rglob("*"))
        for given in (folder / "evil.zip", folder):
            with tally.attempt(f"{kind}, {given.name}"):
                images, skipped = find_images([given])
                assert any(word in one.reason for one in skipped), skipped
                assert all(one.file.isprintable() for one in skipped)
                good = [image.file for image in images if image.plate_id == "good"]
                assert good == ([] if kind in WHOLLY_BAD else ["evil.zip!good.png"])
                for image in images:
                    assert open_image(image.read()).size == (60, 80)
                assert sorted(tmp_path.rglob("*")) == before
                assert not Path("/tmp/outside.png").exists()


def test_a_run_over_all_of_them_lists_each(tmp_path: Path, tally: Tally) -> None:
    folder = write_tree(tmp_path / "in", {f"{kind}.zip": content for kind, (content, _) in hostile_zips().items()})
    write_tree(folder, {f"damaged {kind}.zip": content for kind, content in damaged_zips().items()})
    before = sorted(path for path in tmp_path.rglob("*"))
    make(tmp_path / "c", folder)
    collection = open_collection(tmp_path / "c")
    listed = list(zip(collection.skipped["file"], collection.skipped["reason"], strict=True))
    for kind, (_, word) in hostile_zips().items():
        with tally.attempt(f"{kind} is listed"):
            assert any(file.startswith(f"{kind}.zip") and word in reason for file, reason in listed), listed
    for kind in damaged_zips():
        with tally.attempt(f"{kind} is listed"):
            assert "damaged in the archive" in dict(listed)[f"damaged {kind}.zip!plate.png"]
    with tally.attempt("the good plates are there"):
        files = set(collection.catalogue.frame["file"])
        assert {f"{kind}.zip!good.png" for kind in set(hostile_zips()) - WHOLLY_BAD} <= files
    with tally.attempt("nothing was unpacked"):
        assert sorted(path for path in tmp_path.rglob("*") if path.relative_to(tmp_path).parts[0] != "c") == before


def test_the_first_of_two_entries_with_one_name_is_read(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(hostile_zips()["twice"][0])
    with tally.attempt("twice"):
        (twin,) = [image for image in find_images([path])[0] if image.plate_id == "twin"]
        assert twin.read() == encode(drawing(60, 80, 2), "PNG")


def test_what_is_no_zip_is_skipped(tmp_path: Path, tally: Tally) -> None:
    contents = [b"", b"PK\x03\x04", b"not a zip at all", hostile_zips()["slip"][0][:-30]]
    for number, content in enumerate(contents):
        folder = write_tree(tmp_path / str(number), {"a.zip": content, "b.png": PNG})
        with tally.attempt(repr(content[:16])):
            images, skipped = find_images([folder])
            assert [image.file for image in images] == ["b.png"]
            assert [one.file for one in skipped] == ["a.zip"]


def test_names_that_no_system_tells_apart(tmp_path: Path, tally: Tally) -> None:
    names = ["P.png", "p.png", "p.jpg", "caf\u00e9.png", "cafe\u0301.png"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, PNG)
    images, skipped = find_images([tmp_path])
    kept = {image.file.partition("!")[2]: image.plate_id for image in images}
    left = {one.file.partition("!")[2]: one.reason for one in skipped}
    for name in names:
        with tally.attempt(name):
            assert kept.get(name) in {"P", "caf\u00e9"} or "cannot be told" in left[name]
    assert len(kept) == 2 and len(left) == 3


def test_archives_with_too_many_entries_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.png", PNG)
    with tally.attempt("4 entries where 3 are allowed"):
        assert "4 entries" in find_images([tmp_path])[1][0].reason


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_do_not_lead_out_and_pipes_do_not_block(tmp_path: Path, tally: Tally) -> None:
    outside = write_tree(tmp_path / "outside", {"secret.png": PNG})
    root = write_tree(tmp_path / "root", {"real.png": PNG, "annex/object.png": encode(drawing(60, 80, 9), "PNG")})
    links = {
        "leads_out.png": outside / "secret.png", "dangling.png": root / "gone.png", "loop.png": root / "loop.png",
        "folder": outside, "around": root,
    }  # fmt: skip
    for name, target in links.items():
        (root / name).symlink_to(target)
    (root / "stays.png").symlink_to(root / "annex" / "object.png")
    os.mkfifo(root / "pipe.png")
    images, skipped = find_images([root])
    reasons = {one.file: one.reason for one in skipped}
    for name in (*links, "pipe.png"):
        with tally.attempt(name):
            assert reasons[name]
    with tally.attempt("what stays inside is read"):
        assert [image.file for image in images] == ["annex/object.png", "real.png", "stays.png"]
    with tally.attempt("a pipe is not waited for"), pytest.raises(ImageError, match="ordinary"):
        read_image(str(root), "pipe.png")
    # The user may of course name a link himself.
    (tmp_path / "named").symlink_to(root, target_is_directory=True)
    assert len(find_images([tmp_path / "named"])[0]) == 3
