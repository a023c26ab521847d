"""Verifiers that are brought: their keys, and what a run makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ImageOps

from imgsim.backbones import BACKBONES
from imgsim.base.verdict_words import LOOK_ALIKE, MIRRORED, VERDICTS
from imgsim.collection import open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.features.extraction import FEATURES_VERSION, Features
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.generation import layout
from imgsim.prepare import Options, prepare
from imgsim.prepare.options import DEFAULT_VERIFIER
from imgsim.prepare.staleness import staleness
from imgsim.verification.match import Match
from imgsim.verification.verdicts import MATCHING_VERSION
from imgsim.verification.verifiers import (
    SIFT,
    VERIFIERS,
    features_key,
    pairs_key,
)
from tests.extensions import bring, shown
from tests.making import ToyProcessor, make
from tests.prepare.verifying import FOUND, INDEX, STORE, draw, draw_plates, verified
from tests.tiny import TINY
from tests.verification.toy_verifier import OTHER, PLATE, TOY

pytestmark = pytest.mark.usefixtures("none_left")


# -- keys


def test_the_keys_of_imgsims_own_are_what_they_were() -> None:
    """Those of collections that were prepared before verifiers had names: these are not described again."""
    from imgsim.base.hashing import key_of

    features = key_of(what="features", version=FEATURES_VERSION, side=WORKING_SIDE)
    assert features_key(SIFT) == features
    assert pairs_key(SIFT) == key_of(what="pair", version=MATCHING_VERSION, features=features)
    assert SIFT.name == DEFAULT_VERIFIER


def test_name_version_and_file_are_in_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {(features_key(SIFT), pairs_key(SIFT))}
    codes = TOY, TOY.replace('"toy", 1', '"toy", 2'), TOY + "# edited", TOY.replace('"toy"', '"odd"')
    for number, code in enumerate(codes, 2):
        monkeypatch.setattr("imgsim.base.extensions._run", set())
        bring(monkeypatch, tmp_path / "mine", toy=code)
        one = VERIFIERS.get("odd" if '"odd"' in code else "toy")
        keys.add((features_key(one), pairs_key(one)))
        assert len(keys) == len({key for key, _ in keys}) == len({key for _, key in keys}) == number


# -- a run


def test_the_page_is_short_and_says_all_of_a_match() -> None:
    from dataclasses import fields

    from imgsim.cli import environment

    assert len(shown("verifiers.md").splitlines()) < 40
    text = (environment.REPOSITORY / "docs" / "verifiers.md").read_text(encoding="utf-8")
    said = {one.name for one in (*fields(Features), *fields(Match)) if f"`{one.name}`" in text}
    assert said == {one.name for one in (*fields(Features), *fields(Match))} - {"residuals", "reason"}
    assert all(f'"{verdict}"' in text for verdict in VERDICTS)


def test_worker_processes_prepare_a_collection_by_a_brought_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
    bring(monkeypatch, tmp_path / "mine", magsac=shown("verifiers.md"))
    images = tmp_path / "images"
    images.mkdir()
    for name, image in {"a": PLATE, "b": OTHER, "c": ImageOps.mirror(PLATE)}.items():
        image.save(images / f"{name}.png")
    options: dict[str, Any] = {"inputs": [images], "backbones": ["tiny"], "projections": ["pca"]}
    prepare(Options(out=tmp_path / "c", workers=2, verifier="magsac", **options))
    collection = open_collection(tmp_path / "c")
    assert collection.manifest["parameters"]["verifier"] == collection.verifier.name == "magsac"
    assert collection.matches is not None
    found = {(m.a, m.b): m for m in map(collection.matches.match, range(len(collection.matches)))}
    assert {pair: one.verdict for pair, one in found.items()} == {
        (0, 1): LOOK_ALIKE, (0, 2): MIRRORED, (1, 2): LOOK_ALIKE
    }  # fmt: skip
    assert found[0, 2].model == "homography", "which imgsim's own does not find here"
    assert collection.register("b", "a").verdict == LOOK_ALIKE


def test_a_collection_remembers_what_it_was_compared_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = draw_plates(tmp_path / "images", 4)
    ImageOps.mirror(draw(2)).save(images / "q2.png")
    verified(tmp_path / "c", images)
    assert "verifier" not in open_collection(tmp_path / "c").manifest["parameters"]
    bring(monkeypatch, tmp_path / "mine", toy=TOY)
    processor = ToyProcessor()
    made = verified(tmp_path / "c", images, processor, verifier="toy")
    assert len(processor.described) == 5 and len(processor.compared) == made.redone["pairs"] == 10
    assert set(made.redone["files"]) & {*STORE, *INDEX, *FOUND, layout.CATALOGUE} == {*STORE, *INDEX, *FOUND}
    facts = open_collection(tmp_path / "c").manifest["matching"]["verifier"]
    assert (facts["name"], facts["version"], len(facts["file"])) == ("toy", 1, 64)
    again = ToyProcessor()
    assert not verified(tmp_path / "c", images, again).changed
    assert not staleness(open_collection(tmp_path / "c"))
    before = open_collection(tmp_path / "c").matches

    # Elsewhere, without the file: it opens, and what was found is there; only what must compare says what is missing.
    monkeypatch.delenv("IMGSIM_EXTENSIONS")
    VERIFIERS.forget("toy")
    there = open_collection(tmp_path / "c")
    assert there.matches is not None and before is not None
    assert there.matches.to_parquet() == before.to_parquet() and not staleness(there)
    with pytest.raises(ImgsimError, match=r"no verifier 'toy'.*Known ones: sift.*IMGSIM_EXTENSIONS.*not set"):
        _ = there.verifier
    with pytest.raises(ImgsimError, match="no verifier 'toy'"):
        verified(tmp_path / "c", images, again)
    make(tmp_path / "c", images, again)
    kept = open_collection(tmp_path / "c")
    assert kept.matches is not None and kept.matches.to_parquet() == before.to_parquet()
    assert kept.manifest["parameters"]["verifier"] == "toy"
    assert (again.asked, again.described, again.compared) == ([], [], [])
    back = ToyProcessor()
    verified(tmp_path / "c", images, back, verifier="sift")
    assert len(back.described) == 5
    now = open_collection(tmp_path / "c")
    assert now.verifier is SIFT and "verifier" not in now.manifest["parameters"]


WRONG = {
    "describe gives no features": ("return no_features(size)", "return None", "Features are wanted, not NoneType"),
    "another size": ("return no_features(size)", "return no_features((1, 1))", "the size is that of the original"),
    "descriptors of floats": (
        "return no_features(size)",
        "return Features(size, np.zeros((2, 4), np.float32), np.zeros((2, 128)), np.ones(2, bool))",
        r"descriptors are uint8 \(2, 128\), not float64",
    ),
    "points without a size": (
        "return no_features(size)",
        "return Features(size, np.zeros((2, 4), np.float32), np.zeros((2, 128), np.uint8), np.ones(2, bool))",
        "diameters above 0",
    ),
    "describe fails": ("return no_features(size)", "return 1 / 0", "fails in describe: ZeroDivisionError"),
    "compare fails": ("return look_alike()", "return 1 / 0", "fails in compare: ZeroDivisionError"),
    "no match": ("return look_alike()", "return True", "a Match is wanted, not bool"),
    "a verdict of its own": (
        "return look_alike()",
        "return Match('twins', 1, False, 1, 1, np.eye(3), '', 1, None, None, '', None, None)",
        "not 'twins'",
    ),
    "a printing of its own": (
        "return look_alike()", "return replace(look_alike(), printing='by Ehret')", "the printing is one of .*by Ehret",
    ),
    "fewer than no inliers": ("return look_alike()", "return look_alike(-1)", "the inliers are a whole number from 0"),
    "too many inliers": ("return look_alike()", "return look_alike(2**40)", "the inliers are a whole number from 0"),
    "an endless residual": (
        "return look_alike()", "return replace(look_alike(), residual=float('inf'))", "the residual is a number",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", WRONG)
def test_what_a_verifier_does_wrong_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    old, new, words = WRONG[change]
    code = (
        "import numpy as np\nfrom dataclasses import replace\n"
        "from imgsim.features.extraction import Features, no_features\n"
        "from imgsim.verification.match import Match, look_alike\n"
        "from imgsim.verification.verifiers import register\n"
        "class Odd:\n    name, version = 'odd', 1\n"
        "    def describe(self, image, size):\n        return no_features(size)\n"
        "    def compare(self, a, b):\n        return look_alike()\nregister(Odd())\n"
    ).replace(old, new)
    bring(monkeypatch, tmp_path / "mine", odd=code)
    processor = ToyProcessor()
    with pytest.raises(ImgsimError, match=words) as error:
        verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), processor, verifier="odd")
    assert "'odd'" in str(error.value) and processor.asked == []
    with pytest.raises(CollectionError):
        open_collection(tmp_path / "c")
