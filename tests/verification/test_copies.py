"""Copies by another hand: the networks, what they say of drawn plates, and what a run makes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.base.verdict_words import COPY, LOOK_ALIKE
from imgsim.collection import open_collection
from imgsim.collection.evidence import evidence_columns, evidence_of
from imgsim.collection.registration import register
from imgsim.collection.registration.result import bent
from imgsim.errors import WeightsError
from imgsim.verification.copies import copy_export, copy_networks
from imgsim.verification.copies.copy_export import make_networks
from imgsim.verification.copies.copy_networks import (
    FOLDER_VARIABLE,
    POINTS,
    RECORD,
    load_networks,
    networks_key,
)
from imgsim.verification.copies.copy_points import MOST_POINTS, packed, unpacked
from imgsim.verification.match import Match
from imgsim.verification.verifiers import COPIES, SIFT, VERIFIERS
from imgsim.verification.verifiers.verifier import checked_features, checked_match
from tests import copying
from tests.copying import COMPOSITIONS, plate
from tests.making import ToyProcessor, make


@pytest.fixture(autouse=True)
def _here(networks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(networks))


@pytest.fixture(scope="module")
def first() -> list[Image.Image]:
    return [plate(one, one) for one in COMPOSITIONS]


@pytest.fixture(scope="module")
def redrawn() -> list[Image.Image]:
    return [copying.redrawn(one) for one in COMPOSITIONS]


def compared(a: Image.Image, b: Image.Image) -> Match:
    features = [checked_features(COPIES.describe(one, one.size), COPIES, one.size) for one in (a, b)]
    found = checked_match(COPIES.compare(*features), COPIES)
    assert found.verdict in (COPY, LOOK_ALIKE)
    return found


def test_what_another_hand_drew_is_a_copy_though_no_line_agrees(
    first: list[Image.Image], redrawn: list[Image.Image]
) -> None:
    for a, b in zip(first, redrawn, strict=True):
        assert SIFT.compare(SIFT.describe(a, a.size), SIFT.describe(b, b.size)).verdict == LOOK_ALIKE
        found, back = compared(a, b), compared(b, a)
        assert found.verdict == back.verdict == COPY and found.printing == ""
        assert found.inliers >= 25 and found.possible <= MOST_POINTS
        middle = np.array([a.width / 2, a.height / 2, 1])
        assert np.abs(found.transform @ middle - middle)[:2].max() < 0.12 * max(a.size)


def test_other_plants_are_no_copies(first: list[Image.Image]) -> None:
    """Neither in like lettering and frames, nor of one species in one arrangement."""
    for number, a in enumerate(first):
        assert compared(a, first[number - 1]).verdict == LOOK_ALIKE
        composition = COMPOSITIONS[number]
        assert compared(a, plate(composition + 9000, composition, species_of=composition)).verdict == LOOK_ALIKE


def test_features_are_of_the_form_that_is_kept(first: list[Image.Image]) -> None:
    a = first[0]
    found, again = (COPIES.describe(a, (3 * a.width, 3 * a.height)) for _ in range(2))
    np.testing.assert_array_equal(found.points, again.points)
    np.testing.assert_allclose(found.points[:, :3], 3 * COPIES.describe(a, a.size).points[:, :3], rtol=1e-5)
    assert len(found) == 2 * MOST_POINTS and found.vouch[0] and found.vouch[MOST_POINTS]  # as it is, and reversed
    assert (found.points[:, :2] > 0).all() and (found.points[:, :2] < found.size).all()
    assert not len(COPIES.describe(Image.new("L", (300, 400), 255), (300, 400)))
    rows = np.random.default_rng(4).normal(size=(50, 64)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert (unpacked(packed(rows)) * rows).sum(1).min() > 0.999


def test_it_is_asked_for_by_its_own_option_alone() -> None:
    assert COPIES.name not in [one.name for one in VERIFIERS.all()]


def test_networks_are_checked_before_they_are_loaded(networks: Path, tmp_path: Path) -> None:
    assert len(networks_key(networks)) == 33
    with pytest.raises(WeightsError, match="not on this machine"):
        load_networks(tmp_path)
    copy = shutil.copytree(networks, tmp_path / "networks")
    data = bytearray((copy / POINTS).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / POINTS).write_bytes(data)
    with pytest.raises(WeightsError, match=r"SHA-256 of points\.onnx"):
        load_networks(copy)
    said = json.loads((networks / RECORD).read_text("utf-8"))
    for record in ("", "[]", "{}", json.dumps({**said, "form": 2}), json.dumps({**said, "sha256": {}})):
        (copy / RECORD).write_text(record, "utf-8")
        with pytest.raises(WeightsError, match="cannot be used"):
            load_networks(copy)


def test_other_packages_and_none_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_export, "SHA256", dict.fromkeys(copy_export.SHA256, "0" * 64))
    with pytest.raises(WeightsError, match="another one than was tried"):
        make_networks(tmp_path)
    monkeypatch.setattr(copy_export, "PACKAGES", ("torch", "no_such_package"))
    with pytest.raises(WeightsError, match="no_such_package"):
        make_networks(tmp_path)
    assert not copy_networks.present(tmp_path)


def test_a_run_asks_about_the_first_neighbours_that_do_not_agree(
    first: list[Image.Image], redrawn: list[Image.Image], tmp_path: Path
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for number, (a, b) in enumerate(zip(first, redrawn, strict=True)):
        a.save(images / f"a{number}.png")
        b.save(images / f"b{number}.png")
    out, processor = tmp_path / "c", ToyProcessor()
    summary = make(out, images, processor, matching=True, copies=5)
    collection = open_collection(out)
    row = collection.catalogue.row
    assert summary.copies == 3 == collection.manifest["counts"]["copies"]
    assert collection.matches is not None and not collection.matches.verified.any()
    for number in range(3):
        at_a, at_b = row(f"a{number}"), row(f"b{number}")
        known = evidence_of(collection, at_a)
        assert known is not None and known.copies == (at_b,) and known.verified == () and known.code(at_b) == "copy"
        assert evidence_columns(known, [at_b])["verdict"] == [COPY]
        laid = register(collection, at_a, at_b)
        assert laid.verdict == COPY and laid.bend is not None and laid.bent_residual < laid.residual
        size = first[number].size
        off = bent(laid.transform, laid.bend, size, laid.points_a.astype(float)) - laid.points_b
        assert float(np.median(np.linalg.norm(off, axis=1))) == pytest.approx(laid.bent_residual, rel=1e-3)
    # What is known is not asked again; a run that compares nothing keeps it; 0 takes it away.
    done = len(processor.compared)
    assert not make(out, None, processor, matching=True).changed
    assert make(out, None, processor, matching=True, copies=4).changed and len(processor.compared) == done
    make(out, None, processor, projections=["pca"], backbones=["other"])
    assert open_collection(out).copies is not None
    assert make(out, None, processor, matching=True, copies=0).copies is None
    assert open_collection(out).copies is None


def test_without_networks_a_collection_keeps_what_was_found(
    first: list[Image.Image], redrawn: list[Image.Image], networks: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    images = tmp_path / "images"
    images.mkdir()
    first[0].save(images / "a.png")
    redrawn[0].save(images / "b.png")
    out = tmp_path / "c"
    assert make(out, images, matching=True, copies=1).copies == 1
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    found = open_collection(out)
    assert register(found, 0, 1).verdict == COPY  # as it was found; its points cannot be shown
    summary = make(out, None, matching=True)
    assert any("looked for, and what was found is kept" in note for note in summary.notes)
    assert summary.copies == 1 and evidence_of(open_collection(out), 0).copies == (1,)  # type: ignore[union-attr]
    redrawn[1].save(images / "c.png")  # other plates, other matches: nothing is known of them
    summary = make(out, images, matching=True)
    assert any("none is known of these plates" in note for note in summary.notes) and summary.copies is None
    monkeypatch.undo()
    monkeypatch.setenv(FOLDER_VARIABLE, str(networks))
    assert make(out, None, matching=True).copies == 1  # as the collection has it


def test_a_collection_remembers_that_none_are_wanted(first: list[Image.Image], tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    first[0].save(images / "a.png")
    first[1].save(images / "b.png")
    out = tmp_path / "c"
    assert make(out, images, matching=True, copies=0).copies is None
    assert make(out, None, matching=True).copies is None  # though the networks are here
