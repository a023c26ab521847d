"""What pages compute of a collection: made once for all, never older than the latest decision, and bounded."""

from __future__ import annotations

import gc
import re
import shutil
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from imgsim.app.pages import books, reuse
from imgsim.app.parts import models_found, review_worth
from imgsim.app.services import caches, kept_answers, state
from imgsim.collection import Collection, open_collection
from imgsim.collection.answers import Answers
from imgsim.errors import ImgsimError
from imgsim.generation import layout
from imgsim.generation.publishing import GenerationWriter
from imgsim.reviews.decision_words import SAME_PLATE, UNRELATED
from tests.herbals import make_herbals
from tests.making import add_matches, match_values

ROOT = Path(__file__).resolve().parents[2]
PAIRS = [
    match_values("p000", "p006", inliers=200),
    match_values("p001", "p018", "mirrored", inliers=90),
    match_values("p002", "p008", inliers=80),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_herbals(tmp_path_factory.mktemp("answers"))
    add_matches(folder / "herbals", PAIRS)
    return folder / "herbals"


@pytest.fixture
def herbals(made: Path, tmp_path: Path) -> Collection:
    shutil.copytree(made, tmp_path / "herbals")
    return open_collection(tmp_path / "herbals")


# ---- decisions


def shared(collection: Collection) -> list[list[int]]:
    network = collection.book_network
    return [] if network is None else network.matrix.tolist()


def plates_of_families(collection: Collection) -> int:
    return sum(len(one) for one in collection.families.ordered()) if collection.families else 0


# What a page asks, and what of the answer a decision on a verified pair changes.
ASKED: dict[str, Callable[[Collection], Any]] = {
    "what filters of families offer": lambda c: caches.answer(c, "offers", reuse._offers, keep=6),
    "the books that share": lambda c: caches.answer(c, "network", shared, keep=6),
    "the matrix of books": lambda c: caches.answer(
        c, "matrix", lambda shown: books._matrix(shown, arranged="date")[1].tolist(), keep=6
    ),
    "verified pairs": lambda c: len(models_found.verified(c) or ()),
    "ranks of verified pairs": lambda c: len(models_found.looked_up(c, pairs(c), "toy").best),
    "gap of networks": lambda c: (len(pairs(c)), str(models_found.gap(c, pairs(c), "toy", "other", 9))),
    "worth of scores": lambda c: [one.judged for one in review_worth.scores(c)],
    "plates used again, in order": lambda c: caches.ordered_rows(c, state.State(reused=True)).tolist(),
}


def pairs(collection: Collection) -> Any:
    found = models_found.verified(collection)
    assert found is not None
    return found


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_an_answer_is_that_of_a_collection_opened_anew_after_every_decision(
    herbals: Collection, ask: Callable[[Collection], Any]
) -> None:
    before = ask(herbals)
    herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
    after = ask(herbals)
    assert after == ask(open_collection(herbals.path)) and after != before
    herbals.reviews.record("p003", "p007", SAME_PLATE, reviewer="Bob")
    assert ask(herbals) == ask(open_collection(herbals.path))
    herbals.reviews.undo("Ada")
    herbals.reviews.undo("Bob")
    assert ask(herbals) == before


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_a_decision_that_falls_while_an_answer_is_made_is_in_the_next(
    herbals: Collection, ask: Callable[[Collection], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked of the revision first: the decision comes just then, at the worst moment."""
    plain = Collection.revision
    fell: list[bool] = []

    def revision(self: Collection) -> int:
        known: int = plain.fget(self)  # type: ignore[attr-defined]
        if self.path == herbals.path and self.heeding and not fell:
            fell.append(True)
            herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
        return known

    monkeypatch.setattr(Collection, "revision", property(revision))
    ask(herbals)
    assert fell
    monkeypatch.setattr(Collection, "revision", plain)
    assert ask(herbals) == ask(open_collection(herbals.path))


def test_what_the_core_answers_is_not_older_than_its_revision_either(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Families are found, then somebody decides, then the network of books is asked for under the new revision."""
    asked: list[int] = []
    plain = Collection.families

    def families(self: Collection) -> Any:
        found = plain.fget(self)  # type: ignore[attr-defined]
        if not asked:
            asked.append(1)
            herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
        return found

    monkeypatch.setattr(Collection, "families", property(families))
    _ = herbals.book_network
    monkeypatch.setattr(Collection, "families", plain)
    assert shared(herbals) == shared(open_collection(herbals.path))


def test_where_decisions_cannot_be_read_answers_are_kept_apart(herbals: Collection) -> None:
    herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
    decided = caches.answer(herbals, "families", plates_of_families, keep=2)
    path = herbals.reviews.database.path
    kept = path.read_bytes()
    path.write_bytes(b"no database")
    assert kept_answers.unread(herbals) is not None
    assert caches.answer(herbals, "families", plates_of_families, keep=2) == decided + 2
    path.write_bytes(kept)
    assert caches.answer(herbals, "families", plates_of_families, keep=2) == decided


# ---- memory and threads


def test_so_many_are_kept_and_no_decision_makes_a_fact_anew(herbals: Collection) -> None:
    made: list[int] = []

    def ask(number: int) -> int:
        def make() -> int:
            made.append(number)
            return number

        return caches.fact(herbals, "a number", make, number, keep=3)

    for number in (1, 2, 3, 1):
        assert ask(number) == number
    herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
    assert ask(1) == 1 and made == [1, 2, 3]
    ask(4)  # 2 makes room, which was asked for longest ago
    ask(1)
    assert made == [1, 2, 3, 4]
    ask(2)
    assert made == [1, 2, 3, 4, 2]
    for _ in range(50):
        herbals.reviews.record("p000", "p006", UNRELATED, reviewer="Ada")
        caches.answer(herbals, "families", plates_of_families, keep=3)
    assert len(herbals._answers._kept["families"]) <= 6 and len(herbals._answers._kept["a number"]) == 3
    assert herbals._answers._making == {}


def test_who_finds_an_answer_does_not_wait_for_another_that_is_being_made() -> None:
    kept, begun, over = Answers(), threading.Event(), threading.Event()
    kept.get("question", "known", lambda: 1, 8)

    def slow() -> int:
        begun.set()
        assert over.wait(20)
        return 2

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(kept.get, "question", "slow", slow, 8)
        assert begun.wait(20)
        assert pool.submit(kept.get, "question", "known", lambda: 0, 8).result(10) == 1
        assert pool.submit(kept.get, "question", "other", lambda: 3, 8).result(10) == 3
        over.set()
        assert waiting.result(20) == 2


def test_what_fails_for_one_is_made_for_those_who_waited() -> None:
    kept, begun, over = Answers(), threading.Event(), threading.Event()

    def fail() -> int:
        begun.set()
        assert over.wait(20)
        raise ImgsimError("not now")

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(kept.get, "question", 1, fail, 8)
        assert begun.wait(20)
        waiting = pool.submit(kept.get, "question", 1, lambda: 5, 8)
        over.set()
        with pytest.raises(ImgsimError):
            failing.result(20)
        assert waiting.result(20) == 5
    assert kept._making == {}


def test_one_generation_of_a_collection_stays_open(herbals: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(herbals.path.parent))
    held = caches.opened("herbals")
    before = weakref.ref(held)
    assert caches.opened("herbals") is held and held.families is not None
    writer = GenerationWriter(herbals.path)
    for file, facts in herbals.manifest["files"].items():
        if file != layout.THUMBNAIL_SUMS:
            writer.keep(file, herbals.folder / file, facts)
    writer.add_thumbnails([*herbals.thumbnail_dir.glob("*.webp")], lambda _: None)
    writer.publish(herbals.manifest)
    after = caches.opened("herbals")
    assert after.generation == writer.name != held.generation and len(held.catalogue) == len(after.catalogue)
    del held
    gc.collect()
    assert before() is None, "the generation before is kept in memory"
    assert caches.opened("herbals") is after


def test_streamlit_keeps_only_what_is_no_answer_of_a_collection_and_says_what() -> None:
    found = {}
    for path in sorted((ROOT / "imgsim" / "app").rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if re.search(r"cache_(data|resource)", line):
                found[f"{path.stem}.{lines[at + 1].partition('(')[0].removeprefix('def ')}"] = lines[at - 1]
    assert set(found) == {
        "caches._infos", "caches._opened", "caches._former", "iiif_routes._jpeg", "safekeeping._latest",
        "search._embedder", "adding_own._looked_through", "adding_table._previewed", "managing._bytes",
    }  # fmt: skip
    assert all(comment.startswith("# ") for comment in found.values()), found
