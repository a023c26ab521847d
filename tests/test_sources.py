"""Finding images and reading them again: folders, files, zips, and what hostile ones try (RELIABILITY, rows 6, 7)."""

from __future__ import annotations

import multiprocessing
import os
import sys
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgsim.errors import ImageError, ImgsimError
from imgsim.images import archives
from imgsim.images.opening import open_image
from imgsim.images.sources import ImageFile, find_images, read_image
from tests.hostile import TRAVERSALS, damaged_zips, drawing, encode, hostile_zips, write_tree

PNG = encode(drawing(60, 80), "PNG")
OTHER = encode(drawing(60, 80, 9), "PNG")
ZIPS = hostile_zips()
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


def make_zip(path: Path, entries: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_folders_are_searched_through(tmp_path: Path) -> None:
    names = ["b.png", "deep/er/c.TIFF", "deep/a.jpeg", "x.png/inside.bmp", "wow!.webp"]
    ignored = [
        "notes.txt",
        "metadata.csv",
        ".hidden.png",
        "__MACOSX/b.png",
        "deep/._a.jpeg",
        "deep/Thumbs.db",
        "noext",
    ]
    write_tree(tmp_path, dict.fromkeys([*names, *ignored], PNG))
    images, skipped = find_images([tmp_path])
    assert not skipped
    assert [image.file for image in images] == [
        "deep/a.jpeg",
        "b.png",
        "deep/er/c.TIFF",
        "x.png/inside.bmp",
        "wow!.webp",
    ]
    assert [image.plate_id for image in images] == ["a", "b", "c", "inside", "wow!"]
    assert {image.root for image in images} == {os.path.realpath(tmp_path)}
    assert [image.folder for image in images] == ["deep", "", "er", "x.png", ""]
    for image in images:
        status = (tmp_path / image.file).stat()
        assert (image.size, image.mtime_ns) == (status.st_size, status.st_mtime_ns)
        assert image.read() == PNG


def test_images_that_are_not_read_are_counted(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(["a.gif", "b.pdf", "c.svg", "d.rar", "e.heic", "ok.png"], PNG))
    images, skipped = find_images([tmp_path])
    assert [image.file for image in images] == ["ok.png"]
    assert {s.file for s in skipped} == {"a.gif", "b.pdf", "c.svg", "d.rar", "e.heic"}
    assert all("PNG" in s.reason or "zip" in s.reason for s in skipped)


def test_files_and_zips_may_be_named_themselves(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one.png": PNG, "sub/two.png": OTHER})
    archive = make_zip(
        tmp_path / "scans.zip", {"page/three.png": PNG, "four.png": OTHER, "readme.txt": b"", "d.png/": b""}
    )
    images, skipped = find_images([tmp_path / "one.png", archive, tmp_path / "sub"])
    assert not skipped
    assert {image.plate_id: image.file for image in images} == {
        "one": "one.png",
        "two": "two.png",
        "three": "scans.zip!page/three.png",
        "four": "scans.zip!four.png",
    }
    folders = {image.plate_id: image.folder for image in images}
    assert folders == {"one": "", "two": "", "three": "page", "four": "scans"}
    assert all(read_image(image.root, image.file) == image.read() for image in images)


def test_a_place_named_twice_counts_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"sub/a.png": PNG, "sub/b.png": PNG})
    images, skipped = find_images([tmp_path, tmp_path / "sub", tmp_path / "sub" / "a.png"])
    assert [image.plate_id for image in images] == ["a", "b"] and not skipped


@pytest.mark.parametrize("name", ["gone", "gone.png", "notes.txt"])
def test_inputs_that_cannot_be_meant_are_errors(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"notes.txt": b"x"})
    with pytest.raises(ImgsimError, match=name):
        find_images([tmp_path / name])


def test_namesakes_are_told_apart_by_as_little_as_needed(tmp_path: Path) -> None:
    names = ["a/1.png", "b/1.png", "a/2.png", "x/s/3.png", "y/s/3.png", "z/3.png", "4.png", "d/4.png"]
    root = write_tree(tmp_path / "root", dict.fromkeys(names, PNG))
    images, skipped = find_images([root])
    assert not skipped
    found = {image.file: image.plate_id for image in images}
    assert found == {
        "a/1.png": "a/1",
        "b/1.png": "b/1",
        "a/2.png": "2",
        "x/s/3.png": "x/s/3",
        "y/s/3.png": "y/s/3",
        "z/3.png": "z/3",
        "4.png": "4",
        "d/4.png": "d/4",
    }
    assert len({image.plate_id for image in images}) == len(images)
    assert images == sorted(images, key=lambda image: image.plate_id)


def test_two_inputs_with_the_same_names(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(["first/p/1.png", "second/p/1.png"], PNG))
    make_zip(tmp_path / "third.zip", {"p/1.png": PNG})
    images, _ = find_images([tmp_path / "first", tmp_path / "second", tmp_path / "third.zip"])
    assert [image.plate_id for image in images] == ["first/p/1", "second/p/1", "third/p/1"]


def test_names_that_no_system_tells_apart(tmp_path: Path) -> None:
    make_zip(
        tmp_path / "a.zip", dict.fromkeys(["P.png", "p.png", "p.jpg", "caf\u00e9.png", "cafe\u0301.png"], PNG)
    )
    images, skipped = find_images([tmp_path])
    assert [image.plate_id for image in images] == ["P", "café"]
    assert len(skipped) == 3 and all("cannot be told" in s.reason for s in skipped)
    assert all(unicodedata.is_normalized("NFC", image.plate_id) for image in images)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_names_that_cannot_be_written_down_are_skipped(tmp_path: Path) -> None:
    for name in (b"latin\xe9.png", b"line\nbreak.png", b"back\\slash.png"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(PNG)
    images, skipped = find_images([tmp_path])
    assert not images and len(skipped) == 3
    for entry in skipped:
        assert entry.file.isprintable() and entry.file.encode("utf-8")


@links
def test_links_do_not_lead_out(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"secret.png": PNG})
    root = write_tree(tmp_path / "root", {"real.png": PNG, "annex/object.png": OTHER})
    (root / "leads_out.png").symlink_to(outside / "secret.png")
    (root / "stays.png").symlink_to(root / "annex" / "object.png")
    (root / "dangling.png").symlink_to(root / "gone.png")
    (root / "loop.png").symlink_to(root / "loop.png")
    (root / "folder").symlink_to(outside, target_is_directory=True)
    (root / "around").symlink_to(root, target_is_directory=True)
    images, skipped = find_images([root])
    assert [image.file for image in images] == ["annex/object.png", "real.png", "stays.png"]
    assert {s.file for s in skipped} == {"leads_out.png", "dangling.png", "loop.png", "folder", "around"}
    # The user may of course name a link himself.
    (tmp_path / "named").symlink_to(root, target_is_directory=True)
    assert len(find_images([tmp_path / "named"])[0]) == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    images, skipped = find_images([tmp_path])
    assert not images and "ordinary" in skipped[0].reason
    with pytest.raises(ImageError, match="ordinary"):
        read_image(str(tmp_path), "pipe.png")


@pytest.mark.parametrize("kind", ZIPS)
@pytest.mark.parametrize("place", ["named", "in a folder"])
def test_hostile_zips_are_reported_and_nothing_is_unpacked(kind: str, place: str, tmp_path: Path) -> None:
    content, word = ZIPS[kind]
    folder = write_tree(tmp_path / "in" / "put", {"evil.zip": content})
    before = sorted(tmp_path.rglob("*"))
    images, skipped = find_images([folder / "evil.zip" if place == "named" else folder])
    assert any(word in s.reason for s in skipped), skipped
    assert all(s.file.isprintable() for s in skipped)
    # What is good in it is read, unless the archive as a whole is a lie.
    assert [image.file for image in images if image.plate_id == "good"] == (
        [] if kind in {"bomb", "huge"} else ["evil.zip!good.png"]
    )
    for image in images:
        assert open_image(image.read()).size == (60, 80)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp/outside.png").exists()


def test_the_first_of_two_entries_with_one_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(ZIPS["twice"][0])
    (twin,) = [image for image in find_images([path])[0] if image.plate_id == "twin"]
    assert twin.read() == encode(drawing(60, 80, 2), "PNG")


@pytest.mark.parametrize("kind", damaged_zips())
def test_damaged_entries_fail_when_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "scans.zip"
    path.write_bytes(damaged_zips()[kind])
    (image,), _ = find_images([path])
    with pytest.raises(ImageError, match="damaged in the archive"):
        image.read()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip at all", ZIPS["slip"][0][:-30]])
def test_what_is_no_zip_is_skipped(content: bytes, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.zip": content, "b.png": PNG})
    images, skipped = find_images([tmp_path])
    assert [image.file for image in images] == ["b.png"]
    assert [s.file for s in skipped] == ["a.zip"]


def test_archives_with_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    path = make_zip(tmp_path / "many.zip", {f"{i}.png": PNG for i in range(4)})
    assert "4 entries" in find_images([path])[1][0].reason


def test_a_zip_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.png": PNG})
    (image,), _ = find_images([path])
    assert image.read() == PNG
    make_zip(path, {"1.png": OTHER, "2.png": PNG})
    os.utime(path, ns=(1, 1))
    assert read_image(image.root, image.file) == OTHER
    path.unlink()
    with pytest.raises(ImageError):
        image.read()


def _read_all(images: list[ImageFile]) -> list[bytes]:
    return [image.read() for image in images]


def test_zips_are_read_by_many_threads_and_processes(tmp_path: Path) -> None:
    entries = {f"{i:03}.png": encode(drawing(60, 80, i), "PNG") for i in range(60)}
    images, _ = find_images([make_zip(tmp_path / "a.zip", entries)])
    expected = list(entries.values())
    assert _read_all(images) == expected
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ImageFile.read, images)) == expected
    # A forked process would share the file position of an archive that is open already.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with multiprocessing.get_context(method).Pool(2) as processes:
        assert processes.map(_read_all, [images] * 4) == [expected] * 4


@pytest.mark.parametrize("file", TRAVERSALS)
def test_a_catalogue_cannot_name_what_lies_outside(file: str, tmp_path: Path) -> None:
    root = write_tree(tmp_path / "root", {"plate.png": PNG})
    write_tree(tmp_path, {"secret.png": PNG})
    make_zip(root / "plates.zip", {"in.png": PNG})
    if sys.platform != "win32":
        (root / "linked").symlink_to(tmp_path, target_is_directory=True)
    assert read_image(str(root), "plate.png") == read_image(str(root), "plates.zip!in.png") == PNG
    with pytest.raises(ImageError):
        read_image(str(root), file)


@pytest.mark.parametrize("root", ["", "relative", "/no/such/folder", "/\x00"])
def test_a_root_must_be_there(root: str) -> None:
    with pytest.raises(ImageError):
        read_image(root, "plate.png")


def test_a_vanished_plate_says_so(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.png": PNG})
    (image,), _ = find_images([tmp_path])
    (tmp_path / "a.png").unlink()
    with pytest.raises(ImageError, match=r"a\.png is no longer"):
        image.read()
