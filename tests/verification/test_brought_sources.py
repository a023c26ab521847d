"""Candidate sources that are brought: how, and what a run makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imgsim.collection import open_collection
from imgsim.errors import ImgsimError
from imgsim.verification.candidate_sources import (
    CANDIDATE_SOURCES,
    unordered,
)
from imgsim.verification.candidates import source_versions
from tests.extensions import bring, shown
from tests.making import ToyProcessor
from tests.prepare.verifying import FOUND, draw_plates, verified
from tests.verification.toy_source import Toy

pytestmark = pytest.mark.usefixtures("none_left")


# -- the union


def test_keys_of_before_count_until_a_source_is_brought_or_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source_versions() == {"sources": {"local features": 2}}
    monkeypatch.setattr(type(CANDIDATE_SOURCES.get("cosine")), "version", 2)
    raised = source_versions()
    assert raised == {"sources": {"cosine": 2, "local features": 2}}
    CANDIDATE_SOURCES.register(Toy())
    assert source_versions()["brought"] != raised.get("brought")


# -- a run


def test_the_page_is_short() -> None:
    assert len(shown("candidate-sources.md").splitlines()) < 40


TOY = """
from imgsim.verification.candidate_sources import register, unordered



class Toy:
    name, version = "toy", {version}
    def pairs(self, inputs, k):
        return unordered([0], [{other}])

register(Toy())
"""


def test_a_brought_source_makes_the_matches_stale_and_nothing_else(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = draw_plates(tmp_path / "images", 7)
    verified(tmp_path / "c", images, verify_top=1)

    def again() -> tuple[set[str], int, dict[str, str]]:
        processor = ToyProcessor()
        redone = verified(tmp_path / "c", images, processor, verify_top=1).redone.get("files", ())
        matches = open_collection(tmp_path / "c").matches
        assert matches is not None and processor.described == []
        ids = zip(matches.frame["plate_a"], matches.frame["plate_b"], strict=True)
        said = {f"{a} {b}": words for (a, b), words in zip(ids, matches.frame["sources"], strict=True)}
        return set(redone), len(processor.compared), said

    _, _, before = again()
    (new,) = sorted(f"p000 p{n:03}" for n in range(1, 7) if f"p000 p{n:03}" not in before)[:1]
    folder = bring(monkeypatch, tmp_path / "mine", toy=TOY.format(version=1, other=int(new[-3:])))
    redone, compared, said = again()
    assert (redone, compared) == (FOUND, 1)
    assert said == {**before, new: "toy"} and again()[:2] == (set(), 0)
    (facts,) = open_collection(tmp_path / "c").manifest["matching"]["brought"]
    assert (facts["name"], facts["version"], len(facts["file"])) == ("toy", 1, 64)

    # Raised, and edited without a thought of the version: asked again both times, and nothing is compared again.
    for code in (TOY.format(version=2, other=int(new[-3:])), TOY.format(version=2, other=int(new[-3:])) + "# edited"):
        reload(monkeypatch, folder, code)
        assert again() == (FOUND, 0, said)
    reload(monkeypatch, folder, "")
    CANDIDATE_SOURCES.forget("toy")
    redone, compared, said = again()
    assert (redone, compared, said) == (FOUND, 0, before)


def reload(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """As if a new process were started with another text in the file."""
    monkeypatch.setattr("imgsim.base.extensions._run", set())
    bring(monkeypatch, folder, toy=code)


def test_the_source_of_the_page_proposes_pairs_in_a_run(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = draw_plates(tmp_path / "images", 6)
    table = tmp_path / "meta.csv"
    table.write_text("plate_id,title,page\np001,Flora,7\np004,Flora,7\np005,Flora,8\n")
    bring(monkeypatch, tmp_path / "mine", same_page=shown("candidate-sources.md"))
    verified(tmp_path / "c", images, metadata=table, verify_top=1)
    collection = open_collection(tmp_path / "c")
    assert collection.matches is not None
    row = collection.catalogue.row
    found = collection.matches.between(row("p001"), row("p004"))
    assert found is not None and found.sources.endswith("same page")
    assert sum("same page" in one for one in collection.matches.frame["sources"]) == 1
    # It reads the catalogue, so another table is another list of pairs.
    table.write_text("plate_id,title,page\np001,Flora,7\np004,Flora,8\np005,Flora,8\n")
    verified(tmp_path / "c", None, metadata=table, verify_top=1)
    matches = open_collection(tmp_path / "c").matches
    assert matches is not None
    again = matches.between(row("p004"), row("p005"))
    assert again is not None and again.sources.endswith("same page")


ODD = """
from imgsim.verification.candidate_sources import register



class Odd:
    name, version = {}
    def {}(self, inputs, k):
        return None

register(Odd())
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def", r"mine/odd\.py cannot be run .SyntaxError"), ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("from imgsim.verification.candidate_sources import register\nregister(3)", "needs a name"),
        (ODD.format("'odd', 1", "couples"), "has no method pairs"), (ODD.format("'cosine', 1", "pairs"), "already"),
        (ODD.format("'odd', '1'", "pairs"), "a whole number from 1, not '1'"),
        (ODD.format("'odd, even', 1", "pairs"), "40 small letters, .* not 'odd, even'"),
    ],
)  # fmt: skip
def test_a_file_that_fails_stops_a_run_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    bring(monkeypatch, tmp_path / "mine", odd=code)
    processor = ToyProcessor()
    for _ in range(2):  # it does not go on the second time as if there were no such file
        with pytest.raises(ImgsimError, match=words):
            verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), processor)
    assert processor.asked == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_EXTENSIONS", str(tmp_path / "none"))
    with pytest.raises(ImgsimError, match=r"names .*none, which is no folder"):
        CANDIDATE_SOURCES.all()


def test_no_file_that_lies_with_a_collection_is_run(
    quickly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = f"open({str(tmp_path / 'sung')!r}, 'w')"
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    for folder in (tmp_path, tmp_path / "c", tmp_path / "images", tmp_path / "extensions", tmp_path / "verifiers"):
        folder.mkdir(exist_ok=True)
        (folder / "canary.py").write_text(canary)
    images = draw_plates(tmp_path / "images", 3)
    verified(tmp_path / "c", images)
    assert open_collection(tmp_path / "c").verifier.name == "sift"
    assert not (tmp_path / "sung").exists()


def test_pairs_in_any_order_are_put_in_theirs() -> None:
    rng = np.random.default_rng(5)
    for count in (0, 1, 5, 400):
        left, right = rng.integers(0, 30, (2, count))
        found = unordered(left, right)
        wanted = sorted({(min(a, b), max(a, b)) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a != b})
        assert found.dtype == np.int32 and found.shape == (len(wanted), 2)
        assert [tuple(pair) for pair in found.tolist()] == wanted
