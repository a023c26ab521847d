"""A collection that an imgsim of 2026-11-29 prepared, with its ids and decisions: it opens as it was, and is prepared
again from what it holds."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from imgsim.backbones import BACKBONES
from imgsim.backbones.known import Backbone
from imgsim.collection import open_collection
from imgsim.collection.integrity import check
from imgsim.prepare import Options, prepare

ARCHIVE = Path(__file__).parents[1] / "fixtures" / "collection_2026_11_29.tar.xz"
FAMILIES = {"F0001": {"copy_0", "plate_0"}, "F0002": {"copy_1", "plate_1"}, "F0003": {"plate_2", "plate_3"}}
IDS = ("copy_0", "copy_1", "plate_0", "plate_1", "plate_2", "plate_3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def families(path: Path) -> dict[str, set[str]]:
    collection = open_collection(path)
    assert collection.families is not None
    ids = collection.catalogue.plate_ids
    return {family.id: {ids[row] for row in family.rows} for family in collection.families.ordered()}


def test_it_opens_as_it_was(folder: Path) -> None:
    collection = open_collection(folder / "herbal")
    assert collection.catalogue.plate_ids == IDS
    assert families(folder / "herbal") == FAMILIES
    decided = {pair: one.decision for pair, one in collection.decisions.items()}
    assert decided == {("copy_0", "plate_0"): "re-engraved copy", ("plate_2", "plate_3"): "same plate"}
    assert all(collection.thumbnail(row)[:4] == b"RIFF" for row in range(len(IDS)))
    assert collection.neighbours("copy_1", top_k=1)["plate_id"].tolist() == ["plate_1"]
    assert collection.features is not None and collection.feature_index is not None
    assert not check(folder / "herbal").problems


def test_it_is_prepared_again_and_only_its_lines_are_looked_at_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_collection(folder / "herbal")
    kept = {file: facts["sha256"] for file, facts in before.manifest["files"].items()}
    # As if its network were that of today, whose weights have been trained further since.
    key = before.manifest["backbones"]["plates18"]["key"]
    monkeypatch.setattr(Backbone, "key", lambda *_: key)
    summary = prepare(Options(out=folder / "herbal", inputs=[folder / "scans"], projections=("pca",), workers=1))
    # Local features are described in another way since.
    assert summary.redone["plates"] == 0 and summary.redone["described"] == 6, summary.redone
    now = open_collection(folder / "herbal")
    assert now.generation != before.generation
    files = {file: facts["sha256"] for file, facts in now.manifest["files"].items()}
    for file in ("plates18/embeddings.npy", "plates18/neighbours.npz"):  # mirror images are read in another way since
        assert files[file] == kept[file], file
    assert families(folder / "herbal") == FAMILIES


def test_a_network_that_was_trained_further_looks_at_its_plates_anew_and_nothing_else_changes(folder: Path) -> None:
    before = open_collection(folder / "herbal")
    assert before.manifest["backbones"]["plates18"]["key"] != BACKBONES["plates18"].key()
    summary = prepare(Options(out=folder / "herbal", inputs=[folder / "scans"], projections=("pca",), workers=1))
    assert summary.redone["plates"] == 6, summary.redone
    now = open_collection(folder / "herbal")
    assert now.manifest["backbones"]["plates18"]["key"] == BACKBONES["plates18"].key()
    assert now.catalogue.plate_ids == IDS and families(folder / "herbal") == FAMILIES
    assert now.decisions.keys() == before.decisions.keys()
