"""Laying plate on plate: against transforms that are known because the tests, or the sample, made them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from imgsim.collection import Collection, registration
from imgsim.collection.registration import NODES, Registration, bent, register
from imgsim.errors import CollectionError
from imgsim.sources.sample.copperplate import PlateSpec, draw_plate
from imgsim.sources.sample.planning import plan
from imgsim.sources.sample.scanning import scan
from imgsim.verification.geometry import moved
from tests.in_memory import in_memory
from tests.kin import box, catalogue_of, matches_of, pair
from tests.placing import common_places, placed

WIDTH = 520


def plates_of(*images: Image.Image, between: Mapping[str, Any] | None = None) -> Collection:
    """A collection of images, p0, p1 ...; ``between`` is what was verified of the first two, as kin.pair takes it."""
    scans = []
    for image in images:
        target = io.BytesIO()
        image.save(target, "PNG")
        scans.append(target.getvalue())
    catalogue = catalogue_of({f"p{row}": ("book", 1750) for row in range(max(2, len(images)))})
    matches = matches_of(catalogue, [pair("p0", "p1", **between)]) if between is not None else None
    return in_memory(catalogue, matches, manifest={"parameters": {}}, scans=scans)


def lay(plates: Collection, a: int = 0, b: int = 1) -> Registration:
    return register(plates, a, b)


@pytest.fixture(scope="module")
def plate() -> Image.Image:
    return draw_plate(11, width=WIDTH).convert("L")


def printed(plate: Image.Image, matrix: np.ndarray, size: tuple[int, int], seed: int = 0) -> Image.Image:
    """The plate under a transform of corner-counted pixels, on toned paper with grain, more heavily inked."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    onto = np.linalg.inv(half) @ matrix @ half
    drawn = cv2.warpPerspective(
        np.asarray(plate),
        onto,
        size,
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    ).astype(np.float32)
    rng = np.random.default_rng(seed)
    paper = 200 + 25 * np.linspace(-1, 1, size[0])[None, :]
    image = paper * (0.15 + 0.85 * drawn / 255) ** 1.3 + rng.normal(0, 4, drawn.shape)
    return Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))


def grid(size: tuple[int, int]) -> np.ndarray:
    across, down = (np.linspace(0.05, 0.95, 9) * side for side in size)
    return np.stack(np.meshgrid(across, down), -1).reshape(-1, 2)


def similarity(
    scale: float, degrees: float, middle: tuple[float, float], to: tuple[float, float]
) -> np.ndarray:
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    linear = np.array([[c, -s], [s, c]])
    return np.vstack((np.column_stack((linear, np.array(to) - linear @ np.array(middle))), [0, 0, 1]))


FLIP = np.array([[-1.0, 0, WIDTH], [0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize(
    ("scale", "degrees", "flipped", "lean"),
    [(1.0, 1.2, False, 0.0), (0.7, -2.5, True, 0.0), (1.3, 90.0, False, 0.0), (1.0, 0.5, True, 6e-5)],
    ids=["turned a little", "mirrored and smaller", "turned by 90", "mirrored, seen aslant"],
)
def test_a_known_transform_is_found_to_a_pixel(
    plate: Image.Image, scale: float, degrees: float, flipped: bool, lean: float
) -> None:
    width, height = plate.size
    size = (round(1.15 * scale * width), round(1.1 * scale * height))
    if degrees == 90.0:
        size = size[::-1]
    truth = similarity(scale, degrees, (width / 2, height / 2), (size[0] / 2, size[1] / 2))
    truth = np.array([[1, 0, 0], [0, 1, 0], [lean, 0, 1]]) @ truth @ (FLIP if flipped else np.eye(3))
    found = lay(plates_of(plate, printed(plate, truth, size)))
    assert (found.source, found.mirrored, found.sharpened) == ("computed now", flipped, True)
    off = np.linalg.norm(moved(found.transform, grid(plate.size)) - moved(truth, grid(plate.size)), axis=1)
    assert off.max() < 1.0
    assert found.residual < 1.0 and found.bend is None
    assert len(found.points_a) == len(found.points_b) >= registration.LEAST_WINDOWS
    if not lean:
        assert found.scale == pytest.approx(scale, rel=0.01)
        assert found.turn == pytest.approx(degrees, abs=0.2)


def test_a_bend_is_found_where_a_stiff_sheet_does_not_fit(plate: Image.Image) -> None:
    width, height = plate.size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5

    def wave(px: np.ndarray, py: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 5 * np.sin(py * 2 * np.pi / height), 4 * np.cos(px * 2 * np.pi / width)

    # where each pixel of the bent copy comes from; the wave is slow, so it is nearly its own inverse
    source_x, source_y = x.copy(), y.copy()
    for _ in range(20):
        dx, dy = wave(source_x, source_y)
        source_x, source_y = (x - dx).astype(np.float32), (y - dy).astype(np.float32)
    copy = cv2.remap(
        np.asarray(plate), source_x - 0.5, source_y - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    found = lay(plates_of(plate, Image.fromarray(copy)))
    assert found.bend is not None and found.bend.shape == (NODES, NODES, 2) and found.bend.dtype == np.float32
    inked = np.argwhere(np.asarray(plate) < 90)[::37, ::-1] + 0.5
    truth = inked + np.stack(wave(inked[:, 0], inked[:, 1]), -1)
    stiff = np.linalg.norm(moved(found.transform, inked) - truth, axis=1)
    followed = np.linalg.norm(bent(found.transform, found.bend, plate.size, inked) - truth, axis=1)
    assert np.median(followed) < 0.8 < np.median(stiff)
    assert np.percentile(followed, 90) < 2.5
    assert found.bent_residual < found.residual


def test_a_bend_is_read_between_its_nodes() -> None:
    size = (300, 120)
    places = np.stack(np.meshgrid(np.linspace(0, size[0], NODES), np.linspace(0, size[1], NODES)), -1)
    bend = np.stack((places[..., 0] * 0.1 + places[..., 1], -places[..., 1]), -1).astype(np.float32)
    points = np.random.default_rng(5).uniform(0, 1, (50, 2)) * size
    added = bent(np.eye(3), bend, size, points) - points
    np.testing.assert_allclose(
        added, np.column_stack((points[:, 0] * 0.1 + points[:, 1], -points[:, 1])), atol=1e-3
    )
    beyond = bent(np.eye(3), bend, size, np.array([[-50.0, -50.0]]))
    np.testing.assert_allclose(beyond, [[-50, -50]], atol=1e-4)  # as at the nearest corner


def test_plates_that_share_nothing_are_not_laid_on_each_other(plate: Image.Image) -> None:
    found = lay(plates_of(plate, draw_plate(97, width=WIDTH).convert("L")))
    assert (found.source, found.found, found.verdict) == ("none", False, "look-alike")
    assert np.isnan(found.transform).all() and found.bend is None and len(found.points_a) == 0
    assert not registration.reversed_(found).found


def test_a_and_b_exchanged_are_one_finding(plate: Image.Image) -> None:
    truth = similarity(0.9, 1.0, (260, 380), (250, 360)) @ FLIP
    plates = plates_of(plate, printed(plate, truth, (500, 720)))
    there, back = lay(plates, 0, 1), lay(plates, 1, 0)
    assert there.inliers == back.inliers and there.verdict == back.verdict
    assert there.coverage_a == pytest.approx(back.coverage_b)
    around = moved(back.transform, moved(there.transform, grid(plate.size)))
    assert np.linalg.norm(around - grid(plate.size), axis=1).max() < 1.0


def verified(transform: np.ndarray, verdict: str = "same image") -> dict[str, Any]:
    return {
        "verdict": verdict, "inliers": 77, "coverage_a": 0.8, "coverage_b": 0.7, "transform": transform,
        "printing": "probably re-engraved", "region_a": box(60, 60, 380, 580),
    }  # fmt: skip


@pytest.mark.parametrize("verdict", ["same image", "shared detail"])
def test_a_verified_pair_is_sharpened_from_where_it_was(plate: Image.Image, verdict: str) -> None:
    truth = similarity(1.0, 0.8, (260, 380), (264, 385))
    rough = np.array([[1, 0, 6.0], [0, 1, -5.0], [0, 0, 1]]) @ truth
    found = lay(plates_of(plate, printed(plate, truth, plate.size), between=verified(rough, verdict)))
    assert (found.source, found.sharpened, found.inliers, found.printing) == (
        "precomputed",
        True,
        77,
        "probably re-engraved",
    )
    off = np.linalg.norm(moved(found.transform, grid(plate.size)) - moved(truth, grid(plate.size)), axis=1)
    assert off.max() < 1.0


def test_a_verified_look_alike_is_not_matched_again(plate: Image.Image) -> None:
    found = lay(plates_of(plate, plate, between={"verdict": "look-alike"}))
    assert (found.source, found.verdict, found.found) == ("none", "look-alike", False)


def test_a_verified_pair_whose_scans_are_gone_stays_as_it_was() -> None:
    truth = similarity(1.0, 3.0, (0, 0), (5, 5))
    found = lay(plates_of(between=verified(truth)))
    assert (found.source, found.sharpened) == ("precomputed", False)
    np.testing.assert_array_equal(found.transform, truth)
    with pytest.raises(CollectionError):
        lay(plates_of())


def test_a_transform_that_the_scans_do_not_bear_out_is_left_as_it_is(plate: Image.Image) -> None:
    wrong = similarity(1.0, 0.0, (0, 0), (90, 70))
    found = lay(plates_of(plate, plate, between=verified(wrong)))
    assert not found.sharpened and found.bend is None
    np.testing.assert_array_equal(found.transform, wrong)


def test_tiny_and_blank_plates_do_no_harm() -> None:
    for image in (Image.new("L", (20, 12), 255), Image.new("L", (300, 400), 255), Image.new("1", (1, 900))):
        assert not lay(plates_of(image, image)).found
        stays = lay(plates_of(image, image, between=verified(np.eye(3))))
        assert not stays.sharpened


# ---- the sample, whose geometry is known exactly


def pairs(kind: str, count: int, keep: Any = lambda spec: True) -> list[tuple[PlateSpec, PlateSpec]]:
    sample = plan(240, 5)
    specs = dict(sample.plates)
    found = [
        (specs[a], specs[b]) for a, b, of in sample.pairs if of == kind and keep(specs[a]) and keep(specs[b])
    ]
    assert len(found) >= count
    return found[:count]


@pytest.mark.parametrize(("kind", "most"), [("reprint", 0.5), ("mirrored", 3.0), ("re-engraved", 3.0)])
def test_pairs_of_the_sample_lie_on_each_other(kind: str, most: float) -> None:
    for first, second in pairs(kind, 2 if kind == "mirrored" else 1):
        here, there = common_places(first, second)
        found = lay(plates_of(scan(first), scan(second)))
        assert found.found and found.sharpened
        assert found.mirrored == (kind == "mirrored")
        off = np.linalg.norm(bent(found.transform, found.bend, placed(first)[1], here) - there, axis=1)
        assert np.median(off) < most, (kind, np.median(off))
