"""What a colleague sends: the zip of an export, whole, changed, damaged, hostile."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import ImgsimError
from imgsim.export import available, files_of, zip_chunks
from imgsim.reviews import Reviews, package
from imgsim.reviews.package import reviews_table
from tests.exports import ATTACKS, hostile, request_of


@pytest.fixture
def theirs(tmp_path: Path) -> Collection:
    """A colleague's collection, in which somebody decided."""
    (tmp_path / "theirs").mkdir()
    made = hostile(tmp_path / "theirs")
    ids = made.catalogue.plate_ids
    for at, text in enumerate(one for one in ATTACKS if one.strip()):
        reviews_of(made).record(ids[0], ids[at + 1], "unsure", reviewer=text, note=text)
    reviews_of(made).undo(ATTACKS[0])
    return made


def exported(collection: Collection, *kinds: str) -> bytes:
    request = request_of(collection)
    return b"".join(zip_chunks(request, files_of(kinds or available(request), request)))


def zipped(**files: bytes) -> bytes:
    """A zip of files, whose names may hold what no keyword may: __ is a slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_json", ".json"), data)
    return target.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The zip with one of its files changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for entry, data in files.items():
            archive.writestr(entry, change(data) if entry.endswith(f"/{name}") else data)
    return target.getvalue()


def test_the_zip_of_an_export_brings_every_decision(theirs: Collection, tmp_path: Path) -> None:
    ours = Reviews(tmp_path / "ours.sqlite", lambda: theirs.catalogue.pictures)
    content = exported(theirs)
    report = ours.merge_csv(content, theirs.catalogue)
    every = reviews_of(theirs).all()
    assert (report.added, report.already, report.refused, report.renamed) == (len(every), 0, (), ())
    assert ours.all() == every and ours.standing().equals(reviews_of(theirs).standing())
    again = ours.merge_csv(content, theirs.catalogue)
    assert (again.added, again.already, again.conflicts) == (0, len(every), ())
    # A table by itself is what it always was.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith("/reviews.csv"))
        assert reviews_table(content) == archive.read(name) == reviews_table(archive.read(name))


def test_a_table_that_was_changed_on_the_way_is_no_word_of_anybody(theirs: Collection, tmp_path: Path) -> None:
    content = exported(theirs)
    altered = changed(content, "reviews.csv", lambda data: data.replace(b"unsure", b"same plate"))
    ours = Reviews(tmp_path / "ours.sqlite")
    with pytest.raises(ImgsimError, match=r"not the one that its manifest\.json names"):
        ours.merge_csv(altered, theirs.catalogue)
    assert not ours.path.exists()
    # A record that is none, or names no table, says nothing against it.
    for junk in (b"no json", b"[]", b'{"export": []}', b"[" * 100_000, json.dumps({"export": {"files": {}}}).encode()):
        put = partial(_instead, junk)
        assert reviews_table(changed(content, "manifest.json", put)) == reviews_table(content)


def _instead(other: bytes, _: bytes) -> bytes:
    return other


def locked() -> bytes:
    """A zip whose table says that it is encrypted."""
    content = bytearray(zipped(reviews_csv=b"a,b"))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK", "cannot be read"), (b"PK\x03\x04" + bytes(200), "cannot be read"),
        (zipped(reviews_csv=b"a" * 5000)[:-30], "cannot be read"), (zipped(other_csv=b"a,b"), "holds no files"),
        (zipped(a__reviews_csv=b"a", b__reviews_csv=b"a"), "holds 2 files"), (locked(), "encrypted"),
        (zipped(reviews_csv=b"nothing,of,it\n"), "plate_a_id is missing"),
    ],
)  # fmt: skip
def test_what_is_no_package_is_said_and_changes_nothing(content: bytes, why: str, tmp_path: Path) -> None:
    ours = Reviews(tmp_path / "ours.sqlite")
    with pytest.raises(ImgsimError, match=why):
        ours.merge_csv(content)
    assert not list(tmp_path.iterdir())


def test_a_damaged_table_and_a_bomb_are_refused(theirs: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("x/reviews.csv", b"plate_a_id" * 50)
    damaged = target.getvalue().replace(b"plate_a_id" * 3, b"plate_b_id" * 3, 1)
    with pytest.raises(ImgsimError, match=r"cannot be read \(Bad CRC-32"):
        reviews_table(damaged)
    monkeypatch.setattr(package, "MOST_TABLE", 2**20)
    with pytest.raises(ImgsimError, match="larger than 1 MiB"):
        reviews_table(zipped(reviews_csv=bytes(50 * 2**20)))
    assert reviews_table(exported(theirs))


def test_names_in_it_are_never_paths(theirs: Collection, tmp_path: Path) -> None:
    table = reviews_table(exported(theirs))
    before = set(tmp_path.rglob("*"))
    for name in ("..__..__reviews_csv", "__etc__reviews_csv", "C:__reviews_csv"):
        assert reviews_table(zipped(**{name: table})) == table
    assert set(tmp_path.rglob("*")) == before
