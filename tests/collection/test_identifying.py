"""A line from a footnote finds the picture: here, gone, replaced, in another family, or in another collection."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.cli import find as command
from imgsim.cli.environment import REPOSITORY
from imgsim.collection import Collection, open_collection
from imgsim.collection.citing import (
    asked,
    book_citation,
    collection_citation,
    family_citation,
    plate_citation,
)
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.collection.identifying import ANOTHER_SCAN, FORMER, GONE, HERE, find_everywhere, find_in
from tests.hostile import TRAVERSALS
from tests.making import add_matches, make, match_values, write_plate, write_plates

OLD_SCAN = "ab" * 32


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder: "herbals", of which the plate p002 was taken away, and whose p003 had another scan; "other"."""
    base = tmp_path_factory.mktemp("finding")
    out, images = base / "data" / "herbals", write_plates(base / "images", 6)
    make(out, images)
    (images / "p002.png").unlink()
    make(out, images)
    add_matches(out, [match_values("p000", "p001", inliers=200), match_values("p004", "p005", inliers=150)])
    families_of(open_collection(out))
    Registry(out).database.write(
        lambda connection: connection.execute(
            "INSERT INTO scans VALUES ('p003', ?, '2020-01-01T00:00:00Z')", (OLD_SCAN,)
        )
    )
    write_plate(base / "others" / "p000.png", 99)
    shutil.copy(images / "p001.png", base / "others" / "copy.png")
    make(base / "data" / "other", base / "others")
    return base / "data"


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def herbals(data: Path) -> Collection:
    return open_collection(data / "herbals")


def sha(collection: Collection, plate: str) -> str:
    return str(collection.catalogue.record(collection.catalogue.row(plate))["sha256"])


def states(text: str) -> list[tuple[str, str, str]]:
    found, unread = find_everywhere(text)
    assert unread == []
    return [(one.collection, one.id, one.state) for one in found]


def test_every_way_to_name_a_plate_finds_it(herbals: Collection) -> None:
    digest = sha(herbals, "p004")
    citation = plate_citation(herbals, herbals.catalogue.row("p004"))
    for text in (
        digest,
        digest[:8],
        digest[:12].upper(),
        f"sha256:{digest}",
        "P004",
        f"  {citation}\n",
        citation,
    ):
        found, _ = find_everywhere(text)
        assert [(one.id, one.state, one.picture) for one in found] == [("p004", HERE, digest)], text
        assert found[0].file == "p004.png" and found[0].address == "/plate?collection=herbals&plate=p004"
    assert states(digest[:7]) == []  # too short to be a hash


def test_a_plate_of_that_id_in_two_collections_and_one_picture_in_both_are_listed(
    herbals: Collection,
) -> None:
    assert states("p000") == [("herbals", "p000", HERE), ("other", "p000", HERE)]
    assert states(sha(herbals, "p001")[:12]) == [("herbals", "p001", HERE), ("other", "copy", HERE)]
    # A citation names its collection, so the other one is not meant.
    assert states(plate_citation(herbals, herbals.catalogue.row("p000"))) == [("herbals", "p000", HERE)]


def test_a_plate_that_is_gone_is_found_with_what_is_known_of_it(herbals: Collection) -> None:
    entry = Registry(herbals.path).entry("p002")
    assert entry is not None and entry.gone
    for text in (
        "p002",
        entry.sha256[:10],
        f"[imgsim, collection “herbals”, plate “p002”, picture {entry.sha256[:12]}].",
    ):
        (found,), _ = find_everywhere(text)
        assert (found.id, found.state, found.file, found.picture) == ("p002", GONE, "p002.png", entry.sha256)
        assert f"since {entry.gone[:10]}" in found.told


def test_an_id_and_a_picture_that_disagree_say_so(herbals: Collection) -> None:
    line = "x [imgsim, collection “herbals”, generation {g}, plate “{p}”, picture {h}]."
    # An earlier scan of the same plate.
    (found,), _ = find_everywhere(line.format(g=herbals.generation, p="p003", h=OLD_SCAN[:12]))
    assert (found.id, found.state) == ("p003", ANOTHER_SCAN) and "earlier scan abababababab" in found.told
    (found,), _ = find_everywhere(OLD_SCAN[:8])
    assert (found.id, found.state) == ("p003", ANOTHER_SCAN) and "replaced" in found.told
    # The id of one plate and the picture of another: both are told.
    found_both, _ = find_everywhere(line.format(g="older", p="p000", h=sha(herbals, "p005")[:12]))
    assert [(one.id, one.state) for one in found_both] == [("p000", ANOTHER_SCAN), ("p005", HERE)]
    assert "disagree" in found_both[0].told
    assert (
        f"from the generation older; the collection has the generation {herbals.generation} now"
        in found_both[0].told
    )
    # A picture that nobody has ever seen here.
    (found,), _ = find_everywhere(line.format(g=herbals.generation, p="p000", h="123456789012"))
    assert found.state == ANOTHER_SCAN and "disagree" in found.told


def test_a_citation_of_a_collection_that_is_not_here_is_followed_by_its_picture(herbals: Collection) -> None:
    line = f"[imgsim, collection “lost”, generation x, plate “p000”, picture {sha(herbals, 'p004')[:12]}]."
    # Its ids are no business of other collections; its picture is.
    assert states(line) == [("herbals", "p004", HERE)]


def test_families_of_now_and_of_the_past(herbals: Collection, data: Path) -> None:
    families = families_of(herbals)
    assert families is not None and set(families.ids) == {"F0001", "F0002"}
    line = family_citation(herbals, families.family("F0001"))
    for text in ("F0001", "f0001", line):
        (found,), _ = find_everywhere(text)
        assert (found.kind, found.id, found.state, found.plate) == ("family", "F0001", HERE, "p000")
        assert found.address == "/reuse?collection=herbals&family=F0001"
    # Another plate was its earliest when it was cited.
    (found,), _ = find_everywhere(
        line.replace(sha(herbals, "p000")[:12], sha(herbals, "p001")[:12]).replace("p000", "p001")
    )
    assert found.id == "F0001" and "Its earliest plate was p001" in found.told
    # The two become one, by what somebody decides.
    reviews_of(herbals).record("p000", "p004", "same plate", reviewer="Ada")
    assert len(families_of(herbals) or ()) == 1
    (found,), _ = find_everywhere("F0002")
    assert (found.state, found.successors) == (FORMER, ("F0001",)) and "F0002 became part of F0001 on" in found.told
    assert states("F0099") == []


def test_books_and_collections(herbals: Collection) -> None:
    assert states(f"{collection_citation(herbals)}") == [("herbals", "herbals", HERE)]
    frame = herbals.catalogue.frame
    if (frame["book"] != "").any():
        book = str(frame["book"].iloc[0])
        (found,), _ = find_everywhere(book_citation(herbals, book))
        assert (found.kind, found.id) == ("book", book) and found.address.startswith(
            "/book?collection=herbals&book="
        )


def test_a_collection_without_a_registry_is_searched_by_its_catalogue(herbals: Collection) -> None:
    (herbals.path / "registry.sqlite").unlink()
    shutil.rmtree(herbals.path / "backups")
    digest = sha(herbals, "p005")
    for text in ("P005", digest[:9], plate_citation(herbals, herbals.catalogue.row("p005"))):
        assert ("p005", HERE) in [(one.id, one.state) for one in find_in(herbals, asked(text))]
    assert find_in(herbals, asked("p002")) == []


@pytest.mark.parametrize(
    "text",
    [*TRAVERSALS, "%", "_" * 9, "'; DROP TABLE plates; --", "*", "?" * 8, "\x00", "0" * 5000, "plate “" * 40_000,
     "[" * 3000, "collection “", "picture 0123456789ab" * 50, "\ud800", "F" + "9" * 11],
)  # fmt: skip
def test_hostile_texts_find_nothing_and_harm_nothing(herbals: Collection, text: str) -> None:
    before = Registry(herbals.path).plates()
    found, unread = find_everywhere(text)
    assert found == [] and unread == []
    assert Registry(herbals.path).plates() == before


# ---- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = command.main(list(arguments))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_prints_where_it_is(herbals: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    digest = sha(herbals, "p004")
    status, out, err = run(capsys, digest[:12])
    assert status == 0 and err == ""
    assert out.splitlines()[0] == "herbals: plate p004 (here)"
    for part in ("p004.png", digest, "/plate?collection=herbals&plate=p004"):
        assert part in out
    # A citation without quotation marks of the shell comes as many words.
    status, out, _ = run(capsys, *plate_citation(herbals, herbals.catalogue.row("p004")).split())
    assert status == 0 and "plate p004 (here)" in out
    status, out, _ = run(capsys, "p002", "--json")
    assert status == 0 and json.loads(out)["state"] == GONE


def test_the_command_looks_in_one_collection_if_asked(
    herbals: Collection, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "herbals" not in run(capsys, "p000", "--name", "other")[1]
    assert "other" not in run(capsys, "p000", "--out", str(data / "herbals"))[1]
    for arguments in (
        ["p000", "--name", "nobody"],
        ["p000", "--name", "../herbals"],
        ["p000", "--out", str(data)],
    ):
        status, out, err = run(capsys, *arguments)
        assert status == 1 and out == "" and err.startswith("imgsim find: ")


def test_nothing_found_and_bad_usage(
    herbals: Collection, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "\x1b[2Jnobody")
    assert status == 1 and out == "" and "\x1b" not in err and "at least 8 digits" in err
    for arguments in ([], [" "], ["--nonsense"]):
        with pytest.raises(SystemExit) as ended:
            command.main(arguments)
        assert ended.value.code == 2
    assert command.main(["--", "-x"]) == 1
    # A collection that cannot be read is said, and the others are searched.
    catalogue = next((data / "other").glob("generations/*/catalogue.parquet"))
    catalogue.unlink()
    catalogue.write_bytes(b"damaged")
    status, out, err = run(capsys, "p000")
    assert status == 0 and "herbals: plate p000 (here)" in out and "other cannot be searched" in err


@pytest.mark.parametrize("script", [["-m", "imgsim", "find"], ["precompute.py", "find"]])
def test_both_doors_lead_to_it(herbals: Collection, data: Path, script: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *script, "p004"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.startswith("herbals: plate p004 (here)"), done.stderr
