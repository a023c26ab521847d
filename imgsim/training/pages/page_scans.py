"""The scan of a page: its paper, what shows through, stamps, black edges, skew, tone, 1-bit; the boxes go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from imgsim.images.shaping import whiten
from imgsim.sources.pages.page_maps import TURNS
from imgsim.sources.pages.page_pixels import LONG, fitted
from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages import decoration
from imgsim.training.pages.sheets import Sheet
from imgsim.training.pages.typesetting import Box, Face

Boxes = np.ndarray  # float32 (n, 4): x0, y0, x1, y1


@dataclass(frozen=True)
class Scan:
    """A page as the network reads it, and its truth in the same pixels.

    Attributes
    ----------
    pixels : uint8 (h, w), not padded.
    boxes, kinds : float32 (n, 4), and the kind of each.
    lines : float32 (m, 4), boxes of set text; None where they are not known.
    gutter : x of the fold, or None.
    page : whether it is a page; None: not told.
    turn : index in TURNS of what sets it upright; None: not told.
    """

    pixels: np.ndarray
    boxes: Boxes
    kinds: tuple[str, ...]
    lines: Boxes | None
    gutter: float | None
    page: bool | None
    turn: int | None


def scanned(sheet: Sheet, rng: Rng, back: np.ndarray | None, faces: Sequence[Face]) -> Scan:
    """Scan a sheet. `back` is what is printed on its other side; `faces` are those that stamps are cut in."""
    pixels, boxes = sheet.pixels, list(sheet.boxes)
    if not sheet.scan:
        pixels = _inked(pixels, rng)
        pixels = _aged(pixels, rng, back)
    if rng.random() < 0.14 and sheet.page is not False:
        pixels, stamps = _stamped(pixels, rng, faces)
        boxes += stamps
    if rng.random() < (0.3 if sheet.gutter is not None else 0.12):
        pixels = _written(pixels, rng)
    matrix, size = _placing(pixels, rng, sheet.scan, sheet.page is False)
    beyond = _beyond(pixels, rng, sheet.scan)
    placed = cv2.warpAffine(
        pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=beyond
    )
    placed = _photographed(placed, rng, 0.5 if sheet.scan else 1.0)
    reads = fitted(*size)
    scale = np.array([reads[0] / size[0], reads[1] / size[1]], np.float32)
    small = cv2.resize(placed, reads, interpolation=cv2.INTER_AREA)
    mapped = _mapped([box for box, _ in boxes], matrix, scale, reads)
    lines = None if sheet.lines is None else _mapped(sheet.lines, matrix, scale, reads)
    gutter = None
    if sheet.gutter is not None:
        ends = np.array([[sheet.gutter, 0, 1], [sheet.gutter, pixels.shape[0], 1]]) @ matrix.T
        gutter = float(ends[:, 0].mean() * scale[0])
    kept = _visible(mapped)
    scan = Scan(
        whiten(small),
        mapped[kept],
        tuple(kind for (_, kind), keep in zip(boxes, kept, strict=True) if keep),
        lines,
        gutter,
        sheet.page,
        0 if sheet.upright else None,
    )
    if sheet.gutter is None and rng.random() < 0.24:
        scan = turned(scan, int(rng.choice([1, 2, 3], p=[0.25, 0.5, 0.25])))
    return scan


def turned(scan: Scan, quarters: int) -> Scan:
    """The scan turned counter-clockwise by so many quarters; read again at the size that fits."""
    pixels = np.ascontiguousarray(np.rot90(scan.pixels, quarters))
    height, width = scan.pixels.shape
    parts = [scan.boxes, *([] if scan.lines is None else [scan.lines])]
    for _ in range(quarters):
        parts = [
            np.column_stack([p[:, 1], width - p[:, 2], p[:, 3], width - p[:, 0]]).astype(np.float32)
            for p in parts
        ]
        height, width = width, height
    size = fitted(pixels.shape[1], pixels.shape[0])
    if size != (pixels.shape[1], pixels.shape[0]):
        scale = np.tile(np.array(size, np.float32) / (pixels.shape[1], pixels.shape[0]), 2)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        parts = [(p * scale).astype(np.float32) for p in parts]
    # Turned counter-clockwise by a quarter, it must be turned clockwise by one to stand upright.
    turn = None if scan.turn is None else quarters % len(TURNS)
    return Scan(pixels, parts[0], scan.kinds, parts[1] if len(parts) > 1 else None, None, scan.page, turn)


def _mapped(boxes: Sequence[Box], matrix: np.ndarray, scale: np.ndarray, size: tuple[int, int]) -> Boxes:
    """Where boxes come to lie: the boxes of their turned corners, within the page."""
    if not len(boxes):
        return np.zeros((0, 4), np.float32)
    b = np.asarray(boxes, np.float32)
    corners = b[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    seen = (corners @ matrix[:, :2].T + matrix[:, 2]) * scale
    # A skewed cut's corners stick out further than what is printed: half of what they add is enough.
    low, high = (seen.min(1) + np.sort(seen, 1)[:, 1]) / 2, (seen.max(1) + np.sort(seen, 1)[:, 2]) / 2
    low, high = np.clip(low, 0, size), np.clip(high, 0, size)
    return np.concatenate([low, high], axis=1).astype(np.float32)


def _visible(boxes: Boxes) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0] >= 5) & (boxes[:, 3] - boxes[:, 1] >= 5)


def _inked(pixels: np.ndarray, rng: Rng) -> np.ndarray:
    chance = rng.random()
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3) if rng.random() < 0.6 else (2, 2))
    if chance < 0.35:
        return cv2.addWeighted(pixels, 0.4, cv2.erode(pixels, kernel), 0.6, 0)
    if chance < 0.5:
        return cv2.addWeighted(pixels, 0.5, cv2.dilate(pixels, kernel), 0.5, 0)
    return pixels


def _aged(pixels: np.ndarray, rng: Rng, back: np.ndarray | None) -> np.ndarray:
    """Ink on old paper: uneven, toned, foxed, with the other side showing through."""
    height, width = pixels.shape
    ink = 255.0 - pixels.astype(np.float32)
    ink *= rng.uniform(0.6, 1.0)
    if back is not None and rng.random() < 0.45:
        other = cv2.resize(cv2.GaussianBlur(back[:, ::-1], (0, 0), rng.uniform(0.8, 3)), (width, height))
        ink = np.maximum(ink, (255.0 - other) * rng.uniform(0.05, 0.35))
    cells = rng.normal(0, 1, (int(rng.integers(2, 9)), int(rng.integers(2, 7)))).astype(np.float32)
    cloud = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    paper = rng.uniform(170, 255) * (1 - np.clip(cloud, -1, 2) * rng.uniform(0.0, 0.09))
    drawn = paper * (1 - ink / 255.0)
    if rng.random() < 0.3:  # foxing, blots, worm holes
        for _ in range(int(rng.integers(1, 30))):
            at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
            cv2.circle(
                drawn, at, max(1, int(abs(rng.normal(0, 7)))), float(rng.uniform(20, 200)), -1, cv2.LINE_AA
            )
    if rng.random() < 0.4:  # the shadow of the fold
        depth = int(width * rng.uniform(0.02, 0.15))
        shade = np.linspace(rng.uniform(0.1, 0.9), 1, depth, dtype=np.float32)
        if rng.random() < 0.5:
            drawn[:, :depth] *= shade
        else:
            drawn[:, width - depth :] *= shade[::-1]
    return np.clip(drawn, 0, 255).astype(np.uint8)


def _stamped(pixels: np.ndarray, rng: Rng, faces: Sequence[Face]) -> tuple[np.ndarray, list[tuple[Box, str]]]:
    pixels = pixels.copy()
    height, width = pixels.shape
    found: list[tuple[Box, str]] = []
    for _ in range(int(rng.integers(1, 3))):
        across = int(width * rng.uniform(0.07, 0.26))
        mark = decoration.stamp(faces[int(rng.integers(len(faces)))], across, rng)
        y, x = (
            int(rng.integers(0, max(1, height - mark.shape[0]))),
            int(rng.integers(0, max(1, width - mark.shape[1]))),
        )
        window = pixels[y : y + mark.shape[0], x : x + mark.shape[1]]
        mark = mark[: window.shape[0], : window.shape[1]]
        np.copyto(window, (window * (mark / 255.0)).astype(np.uint8))
        rows, columns = np.flatnonzero((mark < 200).any(1)), np.flatnonzero((mark < 200).any(0))
        if len(rows) and len(columns):
            found.append(
                (
                    (x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1),
                    "stamp",
                )
            )
    return pixels, found


def _written(pixels: np.ndarray, rng: Rng) -> np.ndarray:
    """Words by hand, in the margin or across."""
    pixels = pixels.copy()
    height, width = pixels.shape
    for _ in range(int(rng.integers(1, 6))):
        length = int(width * rng.uniform(0.05, 0.4))
        at = (int(rng.integers(0, width - length)), int(rng.integers(20, height - 20)))
        decoration.handwriting(pixels, *at, length, int(rng.integers(10, 40)), rng)
    return pixels


def _placing(pixels: np.ndarray, rng: Rng, scan: bool, bare: bool) -> tuple[np.ndarray, tuple[int, int]]:
    """The affine map from sheet to scan, float64 (2, 3), and the scan's (width, height)."""
    height, width = pixels.shape
    most = 0.02 if bare else 0.06 if scan else 0.12
    if rng.random() < (0.6 if scan else 0.45):
        margins = rng.uniform(-0.012 if bare else -0.04, 0.02, 4)
    else:
        margins = rng.uniform(-0.03 if not bare else 0, most, 4)
    angle = np.deg2rad(np.clip(rng.normal(0, 0.5 if scan else 0.9), -4, 4))
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = linear @ np.array([[np.exp(rng.normal(0, 0.04)), rng.normal(0, 0.004)], [0, 1]])
    size = (
        int(width * linear[0, 0] * (1 + margins[0] + margins[1])),
        int(height * (1 + margins[2] + margins[3])),
    )
    middle = np.array([width, height]) / 2
    target = (
        np.array(size) / 2
        + np.array([margins[0] - margins[1], margins[2] - margins[3]]) * (width, height) / 2
    )
    return np.column_stack([linear, target - linear @ middle]), size


def _beyond(pixels: np.ndarray, rng: Rng, scan: bool) -> float:
    """The grey of what lies beyond the page: black mostly, or white, or as the page's edge."""
    chance = rng.random()
    if (scan and chance < 0.6) or chance > 0.85:
        return float(np.median(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])))
    return float(rng.uniform(0, 60)) if chance < 0.7 else float(rng.uniform(120, 255))


def _photographed(pixels: np.ndarray, rng: Rng, strength: float) -> np.ndarray:
    """Tone, blur, lost resolution, noise, compression, and for one in three a threshold: 1-bit with specks."""
    if rng.random() < 0.3 * strength:
        pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.5, 2.0)))
    if rng.random() < 0.5:
        levels = np.linspace(0, 1, 256) ** float(np.exp(rng.normal(0, 0.4)))
        low, high = rng.uniform(0, 0.3), rng.uniform(0.7, 1.0)
        pixels = cv2.LUT(pixels, np.rint((low + (high - low) * levels) * 255).astype(np.uint8))
    if rng.random() < 0.2 * strength:
        noise = rng.normal(0, rng.uniform(3, 20), (pixels.shape[0] // 2, pixels.shape[1])).astype(np.float32)
        pixels = np.clip(pixels + cv2.resize(noise, pixels.shape[::-1]), 0, 255).astype(np.uint8)
    if rng.random() < 0.36:
        return _one_bit(pixels, rng)
    if rng.random() < 0.2 * strength:
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
    return pixels


def _one_bit(pixels: np.ndarray, rng: Rng) -> np.ndarray:
    ink, paper = np.percentile(pixels[::4, ::4], (2, 80))
    level = ink + (paper - ink) * rng.uniform(0.4, 0.82)
    drawn = np.where(pixels > level, 255, 0).astype(np.uint8)
    if rng.random() < 0.7:
        height, width = drawn.shape
        for size in (1, 2, 3):
            count = int(abs(rng.normal(0, 250)) / size**2)
            ys, xs = rng.integers(0, height - size, count), rng.integers(0, width - size, count)
            for dy in range(size):
                for dx in range(size):
                    drawn[ys + dy, xs + dx] = 0
    if rng.random() < 0.3:  # a ragged black band along one side
        deep = np.clip(rng.uniform(2, 30) + np.cumsum(rng.normal(0, 0.6, drawn.shape[0])), 0, 60)
        band = np.arange(drawn.shape[1])[None] < deep[:, None]
        drawn[band if rng.random() < 0.5 else band[:, ::-1]] = 0
    return drawn


# What is read is never larger than this, so that every scan fits a canvas of it.
assert max(fitted(3, 4)) == LONG
