"""Openings: two pages side by side, with the fold between them."""

from __future__ import annotations

import cv2
import numpy as np

from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages.sheets import Sheet
from imgsim.training.pages.typesetting import Box


def bound(left: Sheet, right: Sheet, rng: Rng) -> Sheet:
    """Bind two pages, made or scanned, into one opening; the shadow in the fold is deep, slight or not there."""
    height, width = left.pixels.shape
    if left.scan or right.scan:
        right = _as_high(right, height)
    height = max(height, right.pixels.shape[0])
    sides = [
        np.pad(s.pixels, [(0, height - s.pixels.shape[0]), (0, 0)], constant_values=255)
        for s in (left, right)
    ]
    pixels = np.hstack(sides).astype(np.float32)
    depth = int(rng.integers(4, 70))
    slight = rng.random() < 0.4
    for part in (pixels[:, max(0, width - depth) : width][:, ::-1], pixels[:, width : width + depth]):
        shade = np.linspace(
            rng.uniform(0.75, 1.0) if slight else rng.uniform(0.1, 0.95), 1, depth, dtype=np.float32
        )
        part *= shade[: part.shape[1]]
    if rng.random() < 0.3:  # the thread, or the edge of the upper leaf
        pixels[:, width : width + int(rng.integers(1, 4))] *= rng.uniform(0.2, 0.9)
    boxes = left.boxes + [(_shifted(box, width), kind) for box, kind in right.boxes]
    lines = None
    if left.lines is not None and right.lines is not None:
        lines = left.lines + [_shifted(box, width) for box in right.lines]
    upright = left.upright and right.upright if lines is None else left.upright or right.upright
    return Sheet(pixels.astype(np.uint8), boxes, lines, float(width), True, upright, left.scan and right.scan)


def _shifted(box: Box, width: int) -> Box:
    return box[0] + width, box[1], box[2] + width, box[3]


def _as_high(sheet: Sheet, height: int) -> Sheet:
    factor = height / sheet.pixels.shape[0]
    size = (max(1, round(sheet.pixels.shape[1] * factor)), height)
    pixels = cv2.resize(sheet.pixels, size, interpolation=cv2.INTER_AREA)
    boxes = [
        ((round(b[0] * factor), round(b[1] * factor), round(b[2] * factor), round(b[3] * factor)), kind)
        for b, kind in sheet.boxes
    ]
    return Sheet(pixels, boxes, None, None, sheet.page, sheet.upright, sheet.scan)
