"""What people observed, as W3C Web Annotations in the manifests that the app serves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from imgsim.collection import Collection, open_collection
from imgsim.collection.marks import FILE
from imgsim.collection.observations import Observation, Observations
from imgsim.export.iiif import Addresses, manifest_bytes, plate_manifest, selection_manifest
from tests.app.asking import APP
from tests.app.iiif_scene import manifest_at, said
from tests.iiif_schema import check_manifest

AT = Addresses(APP, "herbals")


@pytest.fixture
def own(iiif_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "herbals" of one's own, for observations are written to it; and an app that sees it."""
    shutil.copytree(iiif_folder / "herbals", tmp_path / "data" / "herbals")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "herbals")


def observe(
    collection: Collection, plate_a: str, plate_b: str, number: int, place: tuple[float, ...], **more: Any
) -> None:
    pictures = collection.catalogue.pictures
    x_a, y_a, x_b, y_b = place
    values = {
        "pictures": (pictures[plate_a], pictures[plate_b]), "text": "the broken stem", "reviewer": "Ada", **more
    }  # fmt: skip
    seen = Observation(plate_a, plate_b, number=number, place=(x_a, y_a, x_b, y_b), when="", **values)
    Observations(collection.path).write(seen)


def noted(manifest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The annotations of each canvas, by its address."""
    return {
        canvas["id"]: [one for page in canvas.get("annotations", ()) for one in page["items"]]
        for canvas in manifest["items"]
    }


def test_an_observation_is_told_on_both_plates_signed_dated_and_at_its_place(own: Collection) -> None:
    assert not any(noted(manifest_at(AT.family("F0001"))).values())
    width, height = (int(own.catalogue.record(own.catalogue.row("p006"))[name] or 0) for name in ("width", "height"))
    observe(own, "p006", "p000", 3, (width - 1, 2.4, 30, 40))
    [kept] = Observations(own.path).standing()
    manifest = manifest_at(AT.family("F0001"))  # which checks it by the rules of both specifications
    found = noted(manifest)
    assert [len(found[AT.canvas(plate)]) for plate in ("p000", "p006", "p012")] == [1, 1, 0]
    [one], [other] = found[AT.canvas("p006")], found[AT.canvas("p000")]
    assert one["id"] == AT.part("p006", "observation-1")
    assert one["creator"] == {"type": "Person", "name": "Ada"} and one["created"] == f"{kept.when[:19]}Z"
    assert one["body"]["value"] == "3: the broken stem (compared with p000)"
    assert other["body"]["value"] == "3: the broken stem (compared with p006)"
    assert one["target"]["source"] == AT.canvas("p006")
    left, top, wide, high = map(int, one["target"]["selector"]["value"].removeprefix("xywh=").split(","))
    assert left <= width - 1 < left + wide == width and top == 0 and top <= 2 < top + high <= height
    left, top, wide, high = map(int, other["target"]["selector"]["value"].removeprefix("xywh=").split(","))
    assert (left + wide // 2, top + high // 2) == (30, 40) and wide == high
    assert said(manifest)["Observations"] == "2 on these plates, by Ada"
    # So does every other manifest of these plates, and the file.
    assert noted(plate_manifest(own, "p006", APP)) == {AT.canvas("p006"): [one]}
    chosen = selection_manifest(own, [own.catalogue.row("p000")], APP)
    assert noted(chosen) == {AT.canvas("p000"): [other]}
    assert one["id"].encode() in manifest_bytes(own, APP, family="F0001")


def test_all_that_stands_is_told_in_the_order_of_its_numbers(own: Collection) -> None:
    observe(own, "p000", "p006", 2, (5, 5, 5, 5), text="<b>new lettering</b>", reviewer="<i>Bob</i>")
    observe(own, "p000", "p006", 1, (9, 9, 9, 9))
    observe(own, "p000", "p012", 1, (20, 20, 20, 20), text="gone", reviewer="Eve")
    Observations(own.path).undo(("p000", "p012"), "Eve")
    manifest = plate_manifest(own, "p000", APP)
    check_manifest(manifest)
    [told] = noted(manifest).values()
    assert [one["body"]["value"] for one in told] == [
        "1: the broken stem (compared with p006)", "2: <b>new lettering</b> (compared with p006)",
    ]  # fmt: skip
    assert {one["body"]["format"] for one in told} == {"text/plain"}
    assert said(manifest)["Observations"] == "2 on these plates, by <i>Bob</i>, Ada"


def test_what_was_observed_of_another_scan_is_not_told(own: Collection) -> None:
    observe(own, "p000", "p006", 1, (9, 9, 9, 9), pictures=("0" * 64, own.catalogue.pictures["p006"]))
    manifest = plate_manifest(own, "p006", APP)
    assert noted(manifest) == {AT.canvas("p006"): []} and "Observations" not in said(manifest)


def test_observations_that_cannot_be_read_are_not_left_out_in_silence(own: Collection) -> None:
    observe(own, "p000", "p006", 1, (9, 9, 9, 9))
    (own.path / FILE).write_bytes(b"no database")
    manifest = plate_manifest(own, "p006", APP)
    check_manifest(manifest)
    assert said(manifest)["Observations"] == "What people observed cannot be read."
