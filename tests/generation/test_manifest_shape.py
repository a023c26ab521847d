"""Manifests that lead elsewhere, or are of something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation import layout
from imgsim.generation.layout import check_name
from tests.making import forge, live, make, write_plates

TRAVERSALS = [
    "..", ".", "", "../../etc", "/etc/passwd", "a/b", "a\\b", "..\\x", "C:", "C:\\x", "a\0b", "a\n", "name ", "~", "é",
]  # fmt: skip


@pytest.mark.parametrize("name", TRAVERSALS)
def test_names_that_lead_elsewhere_are_refused(copied: Path, tmp_path: Path, name: str) -> None:
    assert len(TRAVERSALS) == 15
    with pytest.raises(CollectionError):
        check_name(name)
    with pytest.raises(CollectionError):
        layout.thumbnail_file(name)
    manifest = json.loads((live(copied) / "manifest.json").read_text())

    def backbone(manifest: dict[str, Any]) -> None:
        manifest["backbones"][name] = manifest["backbones"].pop("toy")
        for file in [file for file in manifest["files"] if file.startswith("toy/")]:
            manifest["files"][name + file[3:]] = manifest["files"].pop(file)

    def projection(manifest: dict[str, Any]) -> None:
        manifest["backbones"]["toy"]["projections"] = [name]
        manifest["files"][f"toy/projection_{name}.npy"] = manifest["files"].pop("toy/projection_pca.npy")

    def extra(manifest: dict[str, Any]) -> None:
        manifest["files"][name] = manifest["files"]["skipped.csv"]

    def generation(manifest: dict[str, Any]) -> None:
        manifest["generation"] = name

    for change in (backbone, projection, extra, generation):
        (live(copied) / "manifest.json").write_bytes(layout.sealed(manifest))
        forge(copied, change)
        with pytest.raises(CollectionError):
            open_collection(copied)
    (live(copied) / "manifest.json").write_bytes(layout.sealed(manifest))
    whole = live(copied).name
    (copied / "CURRENT").write_text(name)
    assert open_collection(copied).generation == whole  # the name leads nowhere; the newest whole one is used


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"schema": 1}',
        "{",
        "\0\0",
        '{"schema": 1, "name": "x", "generation": "y", "files": 3}',
        "[" * 100_000,
    ],
)
def test_foreign_manifests_are_refused(copied: Path, text: str) -> None:
    (live(copied) / "manifest.json").write_text(text)
    with pytest.raises(CollectionError, match=r"Prepare the collection plates again"):
        open_collection(copied)


def test_a_newer_schema_asks_for_a_newer_imgsim(copied: Path) -> None:
    forge(copied, lambda manifest: manifest.update(schema=layout.SCHEMA + 1))
    with pytest.raises(CollectionError, match="Update imgsim"):
        open_collection(copied)


def test_a_plate_outside_the_inputs_is_not_read(copied: Path) -> None:
    collection = open_collection(copied)
    forge(copied, lambda manifest: manifest["inputs"].update(roots=["/somewhere/else"]))
    with pytest.raises(CollectionError, match="outside the inputs"):
        open_collection(copied).plate_bytes(0)
    assert collection.plate_bytes(0)


def test_a_scan_that_has_gone_is_said(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "images", 3)
    make(tmp_path / "c", images)
    (images / "p001.png").unlink()
    with pytest.raises(ImgsimError, match="no longer where it was"):
        open_collection(tmp_path / "c").plate_bytes(1)
