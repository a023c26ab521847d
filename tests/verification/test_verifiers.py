"""What every verifier keeps to, imgsim's own and those that are brought; and how one is brought and used."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.backbones import BACKBONES
from imgsim.base.verdict_words import LOOK_ALIKE, MIRRORED, SAME, VERDICTS
from imgsim.collection import open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.features.extraction import DIMENSIONS, FEATURES_VERSION, WORKING_SIDE, Features, no_features
from imgsim.generation import layout
from imgsim.prepare import Options, prepare
from imgsim.prepare.options import DEFAULT_VERIFIER
from imgsim.prepare.staleness import staleness
from imgsim.sources.sample import draw_plate
from imgsim.verification import comparing, geometry
from imgsim.verification.match import Match
from imgsim.verification.match_row import MODELS
from imgsim.verification.verdicts import MATCHING_VERSION
from imgsim.verification.verifiers import (
    SIFT,
    VERIFIERS,
    Verifier,
    describe_file,
    features_key,
    pairs_key,
    try_out,
)
from imgsim.verification.verifiers.verifier import checked_features
from tests.extensions import bring, shown
from tests.making import ToyEngine, make
from tests.prepare.verifying import FOUND, INDEX, STORE, draw, draw_plates, verified
from tests.tiny import TINY

EVERY = ("sift", "toy", "magsac")
# One that needs no keypoints: a plate is 32 x 32 grey values, and two are the same where these go together.
TOY = """
import numpy as np
from imgsim.base.verdict_words import MIRRORED, SAME
from imgsim.features.extraction import Features, no_features, working_copy
from imgsim.verification.match import Match, look_alike
from imgsim.verification.verifiers import register

class Toy:
    name, version = "toy", 1

    def describe(self, image, size):
        grey = np.asarray(working_copy(image).resize((32, 32)), np.uint8)
        if grey.min() == grey.max():
            return no_features(size)
        points = np.tile(np.float32([size[0] / 2, size[1] / 2, size[0] / 50, 0]), (8, 1))
        return Features(size, points, grey.reshape(8, 128), np.ones(8, bool))

    def compare(self, a, b):
        if not len(a) or not len(b):
            return look_alike()
        p, q = (one.descriptors.reshape(32, 32) for one in (a, b))
        upright, turned = (np.corrcoef(x.ravel(), q.ravel())[0, 1] for x in (p, p[:, ::-1]))
        if max(upright, turned) < 0.9:
            return look_alike(8, bool(turned > upright))
        flip = np.array([[-1.0, 0, a.size[0]], [0, 1, 0], [0, 0, 1]]) if turned > upright else np.eye(3)
        scale = np.diag([b.size[0] / a.size[0], b.size[1] / a.size[1], 1])
        edges = [np.float32([(0, 0), (w, 0), (w, h), (0, h)]) for w, h in (a.size, b.size)]
        verdict = MIRRORED if turned > upright else SAME
        none = np.zeros((0, 2), np.float32)
        return Match(verdict, 8, verdict == MIRRORED, 1.0, 1.0, scale @ flip, "affine", 1.0, *edges, "", none, none)

register(Toy())
"""
PLATE = draw_plate(4_016, width=480)
OTHER = draw_plate(4_032, width=480)
NOISE = Image.fromarray(np.random.default_rng(3).integers(0, 256, (720, 480), np.uint8))
BLANK = Image.new("L", PLATE.size, 255)


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """What a test brings is gone after it."""
    yield
    for name in ("toy", "magsac", "odd"):
        VERIFIERS.forget(name)


@pytest.fixture(params=EVERY)
def verifier(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verifier:
    bring(monkeypatch, tmp_path / "mine", toy=TOY, magsac=shown("verifiers.md"))
    return VERIFIERS.get(request.param)


def described(verifier: Verifier, image: Image.Image) -> Features:
    return checked_features(verifier.describe(image, image.size), verifier, image.size)


def looked_alike(found: Match) -> bool:
    return found.verdict == LOOK_ALIKE and not np.isfinite(found.transform).any() and not len(found.region_a)


# -- the contract


def test_every_one_that_there_is_is_tried(verifier: Verifier) -> None:
    assert tuple(sorted(one.name for one in VERIFIERS.all())) == tuple(sorted(EVERY))
    try_out(verifier)


def test_features_are_of_the_form_that_is_kept_and_the_same_each_time(verifier: Verifier) -> None:
    found, again = described(verifier, PLATE), described(verifier, PLATE)
    assert len(found) and found.points.dtype == np.float32 and found.descriptors.shape == (len(found), DIMENSIONS)
    assert (found.points[:, :2] >= 0).all() and (found.points[:, :2] <= PLATE.size).all()
    for name in ("points", "descriptors", "vouch"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))


def test_features_are_in_pixels_of_the_original(verifier: Verifier) -> None:
    size = (PLATE.width * 3, PLATE.height * 3)
    found = checked_features(verifier.describe(PLATE, size), verifier, size)
    np.testing.assert_allclose(found.points[:, :3], 3 * described(verifier, PLATE).points[:, :3], rtol=1e-3)


def test_colour_and_grey_are_both_taken(verifier: Verifier) -> None:
    found = verifier.compare(described(verifier, PLATE), described(verifier, PLATE.convert("RGB")))
    assert found.verdict == SAME


def test_a_plate_against_itself_is_the_same_image(verifier: Verifier) -> None:
    plate = described(verifier, PLATE)
    found = verifier.compare(plate, plate)
    assert (found.verdict, found.mirrored) == (SAME, False)
    assert found.inliers > 0 and found.model in MODELS[1:] and min(found.coverage_a, found.coverage_b) > 0.3
    corners = np.array([[100.0, 100], [400, 100], [100, 600]])
    np.testing.assert_allclose(geometry.moved(found.transform, corners), corners, atol=1)


@pytest.mark.parametrize("image", [NOISE, OTHER], ids=["noise", "another plate"])
def test_against_noise_and_against_another_plate_it_is_nothing(verifier: Verifier, image: Image.Image) -> None:
    plate, other = described(verifier, PLATE), described(verifier, image)
    assert looked_alike(verifier.compare(plate, other)) and looked_alike(verifier.compare(other, plate))


def test_a_mirrored_plate_is_said_to_be_one(verifier: Verifier) -> None:
    plate, turned = described(verifier, PLATE), described(verifier, ImageOps.mirror(PLATE))
    found = verifier.compare(plate, turned)
    assert (found.verdict, found.mirrored) == (MIRRORED, True)
    middle = geometry.moved(found.transform, np.array([[100.0, 300]]))
    np.testing.assert_allclose(middle, [[PLATE.width - 100, 300]], atol=2)


@pytest.mark.parametrize("image", [PLATE, ImageOps.mirror(PLATE), PLATE.resize((360, 555)), OTHER, NOISE, BLANK])
def test_the_verdict_is_the_same_from_both_sides(verifier: Verifier, image: Image.Image) -> None:
    a, b = described(verifier, PLATE), described(verifier, image)
    one, two = verifier.compare(a, b), verifier.compare(b, a)
    assert one.verdict == two.verdict
    if one.verdict != LOOK_ALIKE:
        assert one.mirrored == two.mirrored
        np.testing.assert_allclose(
            geometry.moved(two.transform @ one.transform, np.array([[200.0, 300]])), [[200, 300]], atol=3
        )


def test_nothing_to_go_by_is_a_look_alike(verifier: Verifier) -> None:
    plate, none = described(verifier, PLATE), no_features(PLATE.size)
    for found in (verifier.compare(plate, none), verifier.compare(none, plate), verifier.compare(none, none)):
        assert looked_alike(found) and found.inliers == 0
    blank = described(verifier, BLANK)
    assert looked_alike(verifier.compare(blank, plate)) and looked_alike(verifier.compare(plate, blank))


def in_a_worker(name: str, first: bytes, second: bytes) -> tuple[Features, Match]:
    """What a worker process does: it knows the verifier by its name only."""
    by = VERIFIERS.get(name)
    a, b = describe_file(first, by), describe_file(second, by)
    return a, comparing.compact(by.compare(a, b), a, b)


def test_a_worker_process_finds_the_same(verifier: Verifier, tmp_path: Path) -> None:
    files = tmp_path / "a.png", tmp_path / "b.png"
    PLATE.save(files[0])
    PLATE.rotate(0.6, fillcolor=255).save(files[1])
    data = [file.read_bytes() for file in files]
    here = in_a_worker(verifier.name, *data)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(partial(in_a_worker, verifier.name), *data).result(timeout=120)
    assert there[1].verdict == here[1].verdict == SAME
    np.testing.assert_array_equal(there[0].descriptors, here[0].descriptors)
    np.testing.assert_allclose(there[1].transform, here[1].transform, atol=1e-6)


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
    engine = ToyEngine()
    made = verified(tmp_path / "c", images, engine, verifier="toy")
    assert len(engine.described) == 5 and len(engine.compared) == made.redone["pairs"] == 10
    assert set(made.redone["files"]) & {*STORE, *INDEX, *FOUND, layout.CATALOGUE} == {*STORE, *INDEX, *FOUND}
    facts = open_collection(tmp_path / "c").manifest["matching"]["verifier"]
    assert (facts["name"], facts["version"], len(facts["file"])) == ("toy", 1, 64)
    again = ToyEngine()
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
    back = ToyEngine()
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
}


@pytest.mark.parametrize("change", WRONG)
def test_what_a_verifier_does_wrong_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    old, new, words = WRONG[change]
    code = (
        "import numpy as np\nfrom imgsim.features.extraction import Features, no_features\n"
        "from imgsim.verification.match import Match, look_alike\n"
        "from imgsim.verification.verifiers import register\n"
        "class Odd:\n    name, version = 'odd', 1\n"
        "    def describe(self, image, size):\n        return no_features(size)\n"
        "    def compare(self, a, b):\n        return look_alike()\nregister(Odd())\n"
    ).replace(old, new)
    bring(monkeypatch, tmp_path / "mine", odd=code)
    engine = ToyEngine()
    with pytest.raises(ImgsimError, match=words) as error:
        verified(tmp_path / "c", draw_plates(tmp_path / "images", 2), engine, verifier="odd")
    assert "'odd'" in str(error.value) and engine.asked == []
    with pytest.raises(CollectionError):
        open_collection(tmp_path / "c")
