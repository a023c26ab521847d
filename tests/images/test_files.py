"""Finding images and reading them again: folders, files, zips."""

from __future__ import annotations

import multiprocessing
import os
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgsim.errors import ImageError, ImgsimError
from imgsim.images.decoding import open_image
from imgsim.images.files import ImageFile, read_image
from imgsim.sources.folders import find_images
from tests.hostile import drawing, encode, heic, write_tree

PNG = encode(drawing(60, 80), "PNG")
OTHER = encode(drawing(60, 80, 9), "PNG")
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
    ]
    write_tree(tmp_path, dict.fromkeys([*names, *ignored], PNG))
    notes: list[str] = []
    images, skipped = find_images([tmp_path], notes.append)
    assert not skipped
    hidden = "1 image is left aside as hidden: a name that begins with a dot says so."
    assert notes == [f"2 other files (.csv, .txt) are no images. {hidden}"]
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
    names = ["a.djvu", "b.pdf", "c.svg", "d.rar", "e.NEF", "f.cr2", "g.psd", "h.cbr", "i.eps", "j.fits", "k.cr3"]
    write_tree(tmp_path, {**dict.fromkeys(names, b"\x00" * 99), "ok.png": PNG})
    with zipfile.ZipFile(tmp_path / "z.cbz", "w") as archive:
        for name in names:
            archive.writestr(name, b"\x00" * 99)
    images, skipped = find_images([tmp_path])
    assert [image.file for image in images] == ["ok.png"]
    assert {s.file for s in skipped} == {*names, *(f"z.cbz!{name}" for name in names)}
    remedies = ("PNG", "Unpack", "Develop", "PDF")
    assert all(any(word in s.reason for word in remedies) for s in skipped), skipped


def test_names_that_tell_nothing_are_looked_into(tmp_path: Path) -> None:
    """An image is one whatever it is called; what is none is listed, or counted where it is a text."""
    plate = drawing(60, 80)
    found = {
        "scan": PNG, "scan.001": encode(plate, "JPEG"), "IMG.bak": encode(plate, "TIFF"), "gif": encode(plate, "GIF"),
        "in/heic.x": heic(plate.convert("RGB")), "old.dib": encode(plate, "DIB"), "3d.mpo": encode(plate, "JPEG"),
    }  # fmt: skip
    listed = {
        "raw": b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(99), "djvu": b"AT&TFORM\x00\x00\x00\x20DJVU",
        "noise.bin": bytes(range(256)), "packed": b"Rar!\x1a\x07" + bytes(9), "zip": b"PK\x03\x04" + bytes(99),
    }  # fmt: skip
    texts = {"notes.txt": b"x", "table.csv": b"a,b", "README": b"read me", "mets.xml": b"<mets/>", "empty": b""}
    everything: dict[str, bytes] = {**found, **listed, **texts}
    write_tree(tmp_path, everything)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, content in everything.items():
            archive.writestr(name, content)
    notes: list[str] = []
    images, skipped = find_images([tmp_path], notes.append)
    assert {image.file for image in images} == {*found, *(f"all.zip!{name}" for name in found)}
    assert {one.file for one in skipped} == {*listed, *(f"all.zip!{name}" for name in listed)}
    assert len(notes) == 1 and notes[0].startswith("10 other files (") and ".txt" in notes[0]
    for image in images:
        assert open_image(image.read()).size == (60, 80)
    for name in found:
        assert find_images([tmp_path / name])[0]
    for name in ("README", "notes.txt", "noise.bin"):
        with pytest.raises(ImgsimError, match=name):
            find_images([tmp_path / name])


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


def test_a_name_met_twice_does_not_hide_that_the_file_is_damaged(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "root", {"1.png": PNG, "1.tif": PNG[:-30], "1.webp": PNG})
    images, skipped = find_images([root])
    assert [image.file for image in images] == ["1.png"]
    reasons = {entry.file: entry.reason for entry in skipped}
    assert all("its name cannot be told from 1.png" in reason for reason in reasons.values())
    assert "Nor can it be read: cut short" in reasons["1.tif"] and "Nor" not in reasons["1.webp"]


def test_two_inputs_with_the_same_names(tmp_path: Path) -> None:
    write_tree(tmp_path, dict.fromkeys(["first/p/1.png", "second/p/1.png"], PNG))
    make_zip(tmp_path / "third.zip", {"p/1.png": PNG})
    images, _ = find_images([tmp_path / "first", tmp_path / "second", tmp_path / "third.zip"])
    assert [image.plate_id for image in images] == ["first/p/1", "second/p/1", "third/p/1"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_names_that_cannot_be_written_down_are_skipped(tmp_path: Path) -> None:
    for name in (b"latin\xe9.png", b"line\nbreak.png", b"back\\slash.png"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(PNG)
    images, skipped = find_images([tmp_path])
    assert not images and len(skipped) == 3
    for entry in skipped:
        assert entry.file.isprintable() and entry.file.encode("utf-8")


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
