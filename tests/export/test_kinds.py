"""What every kind of export holds, imgsim's own and the one that docs/export-kinds.md makes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsim.base.spreadsheets import read_back
from imgsim.base.verdict_words import COPY
from imgsim.cli import environment
from imgsim.cli.export_command import main as export_command
from imgsim.cli.export_command import parser
from imgsim.errors import ImgsimError
from imgsim.export import KINDS, ExportFile, ExportKind, Request, every_kind, files_of, register, write_files
from imgsim.export.kind import RESERVED
from imgsim.export.kinds import forget
from imgsim.export.request import Chunk
from imgsim.reviews import SAME_PLATE
from tests import pages
from tests.exports import collection_of, content, request_of
from tests.extensions import bring, shown
from tests.herbals import make_herbals
from tests.kin import catalogue_of, clique, pair

CODE = shown("export-kinds.md")


def brought() -> ExportKind:
    """The kind of the page, as it stands there."""
    before = set(every_kind())
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        bring(monkeypatch, Path(folder), page=CODE)
        (made,) = set(every_kind()) - before
    return made


BROUGHT = brought()
forget(BROUGHT.name)
ALL = [*KINDS, BROUGHT]
every = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)

# Ids that lose something when they are taken for numbers: zeros before, and more digits than a float keeps.
BOOKS = {"0904700600": 1752, "0000712345": 1760, "0123456789": None}
IDS = [f"{book}00{page}0_{page}" for book in BOOKS for page in (1, 2, 3)]


@pytest.fixture
def registered() -> Iterator[None]:
    """The kind of the page stands beside the others, as long as a test takes."""
    register(BROUGHT)
    yield
    forget(BROUGHT.name)


@pytest.fixture
def request_anew(tmp_path: Path) -> Callable[..., Request]:
    """The same request again and again, each time of a collection that was built anew."""
    from imgsim.collection.decided import reviews_of

    def make(**values: Any) -> Request:
        plates = {name: (name[:10], BOOKS[name[:10]]) for name in IDS}
        pairs = [*clique([IDS[0], IDS[3], IDS[7]]), pair(IDS[1], IDS[4])]
        copies = [pair(IDS[0], IDS[8], COPY), pair(IDS[2], IDS[5], COPY)]
        collection = collection_of(catalogue_of(plates), pairs, path=tmp_path, paged=True, copies=copies)
        return request_of(collection, **values)

    known = make().catalogue.pictures
    reviews_of(make().collection).record(
        IDS[0], IDS[3], SAME_PLATE, reviewer="A. Reader", note="0904700600", pictures=(known[IDS[0]], known[IDS[3]])
    )
    return make


def whole(kind: ExportKind, request: Request) -> dict[str, bytes]:
    return {file.name: content(file, request) for file in kind.files}


@every
def test_names_are_safe_and_its_own(kind: ExportKind) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", kind.name)
    assert [other.name for other in ALL].count(kind.name) == 1
    files = [file.name.lower() for other in ALL for file in other.files]
    for file in kind.files:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]+\.[A-Za-z0-9]+", file.name) and ".." not in file.name
        assert files.count(file.name.lower()) == 1 and file.name not in RESERVED
        assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", file.media_type)


@every
def test_it_says_what_it_is(kind: ExportKind) -> None:
    for words in (kind.title, kind.help, kind.group, *(file.about for file in kind.files)):
        assert words == " ".join(words.split()) and words[0].isupper() and not re.search("[<>`]", words)
    assert kind.help.endswith(".") and all(file.about.endswith(".") for file in kind.files)
    assert all(one and many and one != many for one, many in (file.unit for file in kind.files))


@every
def test_the_same_request_gives_the_same_bytes(kind: ExportKind, request_anew: Callable[..., Request]) -> None:
    first, again = whole(kind, request_anew()), whole(kind, request_anew())
    assert first == again and all(first.values())
    request = request_anew()
    assert whole(kind, request) == whole(kind, request) == first  # nothing is used up


@every
def test_ids_come_back_as_they_are(kind: ExportKind, request_anew: Callable[..., Request]) -> None:
    known = {*IDS, *BOOKS, ""}
    found: set[str] = set()
    for file in kind.files:
        data = content(file, request_anew())
        text = data.decode("utf-8-sig")
        found |= {name for name in (*IDS, *BOOKS) if name in text}
        for name in (*IDS, *BOOKS):
            bare = name.lstrip("0")
            assert not re.search(rf"(?<![0-9A-Za-z]){bare}(?![0-9A-Za-z])", text), f"{file.name} lost zeros of {name}"
        if file.media_type == "text/csv":
            frame = read_back(data)
            columns = [name for name in frame.columns if re.search(r"(^|_)(plate_id|book|plate_a|plate_b)$", name)]
            assert columns and len(frame)
            for name in columns:
                assert set(frame[name]) <= known, f"{file.name}: {name}"
        elif file.media_type.endswith("json"):
            json.loads(text)
    assert found, "nothing of it names a plate or a book"


@every
def test_it_counts_what_it_holds(kind: ExportKind, request_anew: Callable[..., Request]) -> None:
    request = request_anew()
    for file in kind.files:
        rows = sum(chunk.rows for chunk in file.chunks(request))
        assert rows > 0 and (rows == file.count(request) or kind.name == "neighbours")


@every
def test_no_plates_at_all_is_no_error(kind: ExportKind, request_anew: Callable[..., Request]) -> None:
    request = request_anew(rows=np.array([], dtype=np.int64))
    full = whole(kind, request_anew())
    for file in kind.files:
        chunks = list(file.chunks(request))
        if kind.whole:
            assert b"".join(chunk.data for chunk in chunks) == full[file.name]
            continue
        assert file.count(request) == sum(chunk.rows for chunk in chunks) == 0
        if file.media_type == "text/csv":
            frame = read_back(b"".join(chunk.data for chunk in chunks))
            assert len(frame) == 0 and list(frame.columns) == list(read_back(full[file.name]).columns)


@every
def test_what_there_is_none_of_says_why(kind: ExportKind) -> None:
    """Of plates that belong to no book and were never compared."""
    bare = request_of(collection_of(catalogue_of({"a": ("", None), "b": ("", None)}), None))
    why = kind.missing(bare)
    if why is None:
        assert all(isinstance(data, bytes) for data in whole(kind, bare).values())
        return
    assert isinstance(why, ImgsimError) and why.what.endswith(".") and why.remedy is not None
    with pytest.raises(ImgsimError, match=re.escape(why.what)) as caught:
        files_of([kind.name], bare)
    assert caught.value.remedy == why.remedy


@every
def test_a_zip_explains_it(
    kind: ExportKind, request_anew: Callable[..., Request], tmp_path: Path, registered: None
) -> None:
    request = request_anew()
    write_files(tmp_path / "out", request, files_of([kind.name], request))
    readme = " ".join((tmp_path / "out" / "README.txt").read_text("utf-8").split())
    for file in kind.files:
        assert (tmp_path / "out" / file.name).read_bytes() == content(file, request)
        assert file.about in readme
        assert all(f"{name}: {words}" in readme for name, words in file.columns.items())
    assert f"--what {kind.name} " in readme


def test_screen_and_command_line_offer_the_same(
    registered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(make_herbals(tmp_path)))
    names = {kind.name for kind in ALL}
    (what,) = (action for action in parser()._actions if action.dest == "what")
    assert {*(what.choices or ())} == names
    app = pages.visit("browse")
    app.button(key="open_export").click().run()
    boxes = {str(box.key).removeprefix("export_kind_"): box for box in pages.check(app).checkbox}
    assert {name for name in boxes if name in names} == names
    assert [boxes[kind.name].label for kind in ALL] == [kind.title for kind in ALL]
    groups = [box.value for box in app.caption if box.value in {kind.group for kind in ALL}]
    assert len(groups) == len(set(groups))


def test_the_command_writes_the_kind_of_the_page(
    registered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(CODE.splitlines()) < 40
    monkeypatch.setenv("IMGSIM_DATA", str(make_herbals(tmp_path)))
    out = tmp_path / "out"
    words = ["herbals", "--what", BROUGHT.name, "--format", "files", "--out", str(out), "--quiet"]
    assert export_command(words) == 0
    frame = read_back((out / "first-plates.csv").read_bytes())
    assert len(frame) and frame["book"].is_unique
    assert "how many plates were asked for" in (out / "README.txt").read_text("utf-8")


def test_a_users_own_folder_brings_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, tmp_path / "extensions", first=CODE)
    try:
        assert "first-plates" in [kind.name for kind in every_kind()]
    finally:
        forget("first-plates")
    bring(monkeypatch, tmp_path / "broken", broken="1 / 0")
    with pytest.raises(ImgsimError, match=r"cannot be run \(ZeroDivisionError"):
        every_kind()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "neighbours"}, "already"), ({"name": "A list"}, "cannot be the name"), ({"name": ""}, "cannot be"),
        ({"name": "../up"}, "cannot be the name"), ({"files": ()}, "no file"),
        ({"files": (replace(KINDS[0].files[0]),)}, "already"),
        ({"files": (replace(BROUGHT.files[0], name="Manifest.json"),)}, "already"),
        ({"files": (replace(BROUGHT.files[0], name="../x.csv"),)}, "cannot be the name of a file"),
        ({"files": (replace(BROUGHT.files[0], name="x"),)}, "cannot be the name of a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_said(changes: dict[str, Any], why: str) -> None:
    before = every_kind()
    with pytest.raises(ImgsimError, match=why):
        register(replace(BROUGHT, **changes))
    assert every_kind() == before


def test_a_kind_made_anew_takes_the_place_of_the_former(registered: None) -> None:
    again = replace(BROUGHT, title="The first plates")
    register(again)
    assert again in every_kind() and BROUGHT not in every_kind()

    def other(request: Request) -> Iterator[Any]:
        yield from ()

    file = ExportFile("other.csv", "text/csv", "Another.", ("row", "rows"), lambda request: 0, other)
    with pytest.raises(ImgsimError, match="already"):
        register(replace(BROUGHT, files=(file,)))


ALONE = f"""
import sys
import numpy
{CODE}
from imgsim.export import every_kind, write_files
from tests.exports import hostile, request_of
from pathlib import Path
request = request_of(hostile())
files = [file for kind in every_kind() if kind.missing(request) is None for file in kind.files]
assert len(files) >= 9
write_files(Path(sys.argv[1]), request, files)
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("torch", "streamlit", "umap")))
"""


def test_none_needs_torch_or_the_screen(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "out")], cwd=environment.REPOSITORY, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


_JUNK: list[Any] = [None, "text", b"bytes", 7, ("text", 1), (b"", -1), (b"", None), ("", 1), (bytearray(), 1)]


@pytest.mark.parametrize("junk", [*_JUNK, *(Chunk(*one) for one in _JUNK[4:])])
def test_a_kind_that_gives_no_chunks_is_told_so(junk: Any, tmp_path: Path) -> None:
    file = replace(BROUGHT.files[0], chunks=lambda _: iter([Chunk(b"a", 1), junk]))
    with pytest.raises(ImgsimError, match=f"{re.escape(file.name)}.* is no Chunk of bytes"):
        write_files(tmp_path, request_of(collection_of(catalogue_of({"a": ("x", 1750)}))), [file])
    assert not list(tmp_path.iterdir()), "nothing is left half written"
