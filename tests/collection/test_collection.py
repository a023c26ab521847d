"""What a script gets of a collection: what people decided is applied, and what cannot be known is an error."""

from __future__ import annotations

import ast
import base64
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import imgsim
from imgsim.base.verdict_words import CODES
from imgsim.collection import Collection, open_collection
from imgsim.collection import answers as answers_module
from imgsim.collection.answers import Answers
from imgsim.errors import CollectionError, ImgsimError
from imgsim.reviews.decision_words import SAME_PLATE, UNRELATED
from tests.herbals import make_herbals
from tests.making import add_matches, heavy_modules, match_values

PAIRS = [match_values("p000", "p006", inliers=200), match_values("p001", "p018", "mirrored", inliers=90)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_herbals(tmp_path_factory.mktemp("collection"))
    add_matches(folder / "herbals", PAIRS)
    return folder


@pytest.fixture
def herbals(made: Path, tmp_path: Path) -> Collection:
    shutil.copytree(made, tmp_path / "data")
    return open_collection(tmp_path / "data" / "herbals")


def members(collection: Collection) -> set[frozenset[str]]:
    assert collection.families is not None
    names = collection.catalogue.plate_ids
    return {frozenset(names[row] for row in family.rows) for family in collection.families.ordered()}


def test_a_decision_changes_what_is_answered_at_once_and_taking_it_back_undoes_that(herbals: Collection) -> None:
    prepared = {frozenset({"p000", "p006"}), frozenset({"p001", "p018"})}
    assert members(herbals) == prepared
    reused, rows = herbals.reused, {herbals.catalogue.row(plate) for plate in ("p000", "p006")}
    assert reused is not None and reused[list(rows)].all()
    herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
    assert members(herbals) == {frozenset({"p001", "p018"})}
    assert herbals.constraints.rejected == {tuple(sorted(rows))}
    assert herbals.reused is not None and not herbals.reused[list(rows)].any()
    assert set(herbals.search(reused=True).tolist()).isdisjoint(rows)
    assert herbals.overview.reused == 2
    found = herbals.decision("p006", "p000")
    assert found is not None and found.decision == UNRELATED and found.reviewers == "Ada"
    herbals.reviews.record("p002", "p009", SAME_PLATE, reviewer="Bob")
    assert frozenset({"p002", "p009"}) in members(herbals)
    herbals.reviews.undo("Ada")
    assert members(herbals) == {*prepared, frozenset({"p002", "p009"})}
    # What the run found stays what it was, under a name that says so.
    assert herbals.found_families is not None and len(herbals.found_families) == 2


def test_answers_are_made_once_and_are_read_only(herbals: Collection) -> None:
    assert herbals.families is herbals.families and herbals.book_network is herbals.book_network
    assert herbals.search("plate") is herbals.search("plate")
    assert herbals.calibration("toy") is herbals.calibration("toy")
    for array in (herbals.reused, herbals.search(), herbals.similarities("p003", "toy")):
        assert array is not None and not array.flags.writeable


def test_where_decisions_cannot_be_read_nothing_that_needs_them_is_answered(herbals: Collection) -> None:
    herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
    herbals.reviews.database.path.write_bytes(b"no database")
    for ask in ("families", "reused", "overview", "book_network"):
        with pytest.raises(CollectionError):
            getattr(herbals, ask)
    known = herbals.without_decisions
    assert members(known) == {frozenset({"p000", "p006"}), frozenset({"p001", "p018"})}
    assert known.decisions == {} and known.unconfirmed == [] and len(known.standing) == 0
    assert len(herbals.neighbours("p000"))  # nobody's decisions are asked


def test_neighbours_are_those_of_all_similarities_under_the_conditions(herbals: Collection) -> None:
    embeddings = herbals.embeddings("toy").astype(np.float64)
    row = herbals.catalogue.row("p004")
    scores = embeddings @ embeddings[row]
    scores[row] = -2
    found = herbals.neighbours("p004", top_k=7)
    np.testing.assert_allclose(found["similarity"], np.sort(scores)[::-1][:7], atol=1e-6)
    assert "p004" not in set(found["plate_id"])
    book = herbals.catalogue.record(row)["book"]
    apart = herbals.neighbours("p004", top_k=50, other_books=True)
    assert len(apart) and book not in set(apart["book"])
    first = herbals.neighbours("p000", verified_first=True)
    assert first["plate_id"].iat[0] == "p006" and first["verdict"].iat[0] == "same image"
    only = herbals.neighbours("p000", verdicts=("same",))
    assert only["plate_id"].tolist() == ["p006"]
    assert herbals.neighbours("p000", threshold=-1.0, top_k=3)["above_line"].all()


@pytest.mark.parametrize(
    "asked",
    [{"plate": "nobody"}, {"plate": "p000", "backbone": "none"}, {"plate": "p000", "when": "sometimes"},
     {"plate": "p000", "verdicts": ("sane",)}, {"plate": "p000", "top_k": 0}, {"plate": "p000", "top_k": 2.5},
     {"plate": "p000", "threshold": float("nan")}, {"plate": "p000", "threshold": 5}],
)  # fmt: skip
def test_what_is_not_there_is_an_error_that_names_it(herbals: Collection, asked: dict[str, str]) -> None:
    wrong = next(str(value[0] if isinstance(value, tuple) else value) for value in reversed(asked.values()))
    with pytest.raises(ImgsimError, match=wrong):
        herbals.neighbours(**asked)  # type: ignore[arg-type]
    assert "same" in CODES


def test_an_answer_is_made_once_by_many_and_the_oldest_makes_room() -> None:
    answers, made = Answers(), []
    gate = threading.Barrier(4)

    def make(key: int) -> int:
        made.append(key)
        return 10 * key

    def ask(_: int) -> int:
        gate.wait(5)
        return answers.get("ten times", 1, lambda: make(1), 2)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [10] * 4
    assert made == [1] and answers.known("ten times", 1) and not answers.known("ten times", 2)
    for key in (2, 1, 3):  # 1 was asked for later than 2, which makes room
        answers.get("ten times", key, partial(make, key), 2)
    assert made == [1, 2, 3] and not answers.known("ten times", 2) and answers.known("ten times", 1)


def test_of_large_arrays_fewer_are_kept_but_the_last_one_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_module, "MOST_BYTES", 1000)
    answers = Answers()
    for key in range(6):
        answers.get("rows", key, partial(np.zeros, 40), 256)  # 320 bytes each
        answers.get("words", key, partial(str, key), 256)
    assert [answers.known("rows", key) for key in range(6)] == [False, False, False, True, True, True]
    assert all(answers.known("words", key) for key in range(6))
    answers.get("rows", 6, partial(np.zeros, 1000), 256)
    assert answers.known("rows", 6) and not any(answers.known("rows", key) for key in range(6))


def test_what_fails_is_asked_again() -> None:
    answers = Answers()

    def fail() -> int:
        raise ImgsimError("not now")

    with pytest.raises(ImgsimError):
        answers.get("question", 1, fail, 2)
    assert answers.get("question", 1, lambda: 5, 2) == 5


def test_a_notebook_shows_the_plates_and_nothing_of_a_table_becomes_part_of_its_page(herbals: Collection) -> None:
    table = herbals.neighbours("p000", top_k=5)
    page = table._repr_html_()
    pictures = re.findall(r'<img src="data:image/webp;base64,([^"]+)" height="90" alt="(p\d+)">', page)
    assert [plate for _, plate in pictures] == table["plate_id"].tolist()
    shown = [base64.b64decode(data) for data, _ in pictures]
    assert shown == [herbals.thumbnail(herbals.catalogue.row(plate)) for _, plate in pictures]
    hostile = table.assign(title="<script>alert(1)</script>")
    assert "<script>" not in hostile._repr_html_() and "&lt;script&gt;" in hostile._repr_html_()
    assert type(table.head(2)).__name__ == "PlateTable" and table.head(2)._repr_html_().count("<img") == 2
    assert "<img" not in table[["title"]]._repr_html_()


def test_reading_in_a_script_loads_neither_torch_nor_streamlit(made: Path) -> None:
    code = (
        f"import imgsim; c = imgsim.open({str(made / 'herbals')!r}); t = c.neighbours('p000'); t._repr_html_()\n"
        "c.families, c.overview, c.search('p0'), c.calibration('toy')"
    )
    assert set(ast.literal_eval(heavy_modules(code))) <= {"scipy"}


def test_a_collection_is_opened_by_name_or_by_path(
    made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(made))
    assert imgsim.open("herbals").path == imgsim.open(made / "herbals").path == (made / "herbals").resolve()
    with pytest.raises(CollectionError, match="nothing"):
        imgsim.open("nothing")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"choices": {"autor": ["x"]}}, "no column 'autor'"), ({"choices": {"author": "Ray"}}, "list of values"),
        ({"decades": (1750, 1700)}, "end before they begin"),
    ],
)  # fmt: skip
def test_filters_that_would_find_nothing_or_everything_in_silence_are_refused(
    herbals: Collection, asked: dict[str, object], words: str
) -> None:
    with pytest.raises(ImgsimError, match=words):
        herbals.search(**asked)  # type: ignore[arg-type]
