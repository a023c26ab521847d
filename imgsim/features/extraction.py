"""Local features of a plate: where its lines turn, cross and end, and how they look there.

SIFT (Lowe 2004) on a working copy of the plate (:mod:`imgsim.features.working_copy`), its descriptors as RootSIFT
(Arandjelovic and Zisserman 2012), which compares them by the Hellinger kernel, quantised to a byte each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from PIL import Image

from imgsim.features.keypoint_mask import keypoint_mask
from imgsim.features.working_copy import Tile, tiles, working_copy
from imgsim.images.halftone import without_screen
from imgsim.images.polarity import EVEN, tone_of
from imgsim.images.shaping import whiten

FEATURES_VERSION = 8
MAX_FEATURES = 1024
MOST_OF_ALL = 6 * MAX_FEATURES  # of a fold-out
DIMENSIONS = 128

CONTRAST = 0.03
MOST_FOUND = 4096
# Root descriptors have unit length: no element exceeds 1, and few exceed this.
SCALE = 512.0


@dataclass(frozen=True)
class Features:
    """The local features of one plate, in pixels of the upright original: those that vouch first, the strongest first.

    Attributes
    ----------
    size : tuple of int
        Width and height of the upright original.
    points : float32 (n, 4)
        x, y from the top left pixel's corner, diameter, and angle in radians (y pointing down).
    descriptors : uint8 (n, 128)
        RootSIFT times :data:`SCALE`; nearly of one length.
    vouch : bool (n,)
        False for features on lettering, frames, page edges, stamps, colour cards, rulers and watermarks, which may
        not vouch for a pair.
    tone : float
        How much of the plate is paper, 0 to 1 (:func:`imgsim.images.polarity.tone_of`); NaN where it is unknown.
    """

    size: tuple[int, int]
    points: np.ndarray
    descriptors: np.ndarray
    vouch: np.ndarray
    tone: float = float("nan")

    def __len__(self) -> int:
        return len(self.points)

    # What each comparison asks for, and a plate is compared with some dozens: made once.

    @cached_property
    def lengths(self) -> np.ndarray:
        """Of the descriptors, float32 (n,), no less than 1e-6; their squares are whole and below 2**24, so exact."""
        rows = self.descriptors.astype(np.float32)
        return np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), np.float32(1e-6))

    @cached_property
    def columns(self) -> np.ndarray:
        """The descriptors as columns, uint8 (128, n), each beside the next in memory."""
        return np.ascontiguousarray(self.descriptors.T)

    @cached_property
    def flipped(self) -> Features:
        """See :func:`mirrored`."""
        points = self.points.copy()
        points[:, 0] = self.size[0] - points[:, 0]
        points[:, 3] = (np.pi - points[:, 3]) % (2 * np.pi)
        return replace(self, points=points, descriptors=self.descriptors.take(_MIRROR, axis=1))


def no_features(size: tuple[int, int]) -> Features:
    """Those of a plate on which there is nothing."""
    return Features(size, np.zeros((0, 4), np.float32), np.zeros((0, DIMENSIONS), np.uint8), np.zeros(0, bool))


def without_vote(features: Features, boxes: Sequence[tuple[float, float, float, float]]) -> Features:
    """The same, but nothing inside the boxes vouches: x0, y0, x1, y1 in shares of width and height."""
    return replace(features, vouch=features.vouch & ~_inside(features, boxes))


def within(features: Features, box: tuple[float, float, float, float]) -> Features:
    """What lies inside a box, in shares of width and height, alone."""
    keep = _inside(features, [box])
    return replace(
        features, points=features.points[keep], descriptors=features.descriptors[keep], vouch=features.vouch[keep]
    )


def _inside(features: Features, boxes: Sequence[tuple[float, float, float, float]]) -> np.ndarray:
    x, y = (features.points[:, :2] / np.maximum(features.size, 1)).T
    inside = np.zeros(len(features), bool)
    for x0, y0, x1, y1 in boxes:
        inside |= (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    return inside


def extract(image: Image.Image, size: tuple[int, int]) -> Features:
    """Describe a plate.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", upright; may already be reduced, best not below
        :func:`~imgsim.features.working_copy.working_size`.
    size : tuple of int
        Width and height of the original, in whose pixels the features are given.
    """
    grey = without_screen(np.asarray(working_copy(image, size), dtype=np.uint8))
    tone = tone_of(grey)
    if tone < EVEN:
        # Paper is white and ink is dark to all that follows.
        return inverted(_described(np.uint8(255) - grey, size, 1 - tone))
    return _described(grey, size, tone)


def _described(grey: np.ndarray, size: tuple[int, int], tone: float) -> Features:
    """The features of a grey plate, uint8 (h, w), whose lines are darker than its paper."""
    plate = whiten(grey)
    parts = list(tiles((plate.shape[1], plate.shape[0])))
    most = min(MAX_FEATURES, MOST_OF_ALL // len(parts))
    found = [_found(plate, part, most) for part in parts]
    raw, described, vouch = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    # Response alone would choose the finest features, which bad printing, 1-bit scanning and reduction destroy first;
    # and a page of text would leave no room for the picture on it.
    order = _strongest(raw, vouch)
    points = raw[order, :4]
    x, y = size[0] / plate.shape[1], size[1] / plate.shape[0]
    # cv2 counts from the centre of the first pixel, we from its corner.
    points[:, :2] = (points[:, :2] + 0.5) * np.array([x, y], np.float32)
    points[:, 2] *= np.sqrt(x * y)
    return Features(size, points, root_sift(described[order]), vouch[order], tone)


def _strongest(raw: np.ndarray, vouch: np.ndarray) -> np.ndarray:
    return np.lexsort((-raw[:, 4] * raw[:, 2], ~vouch))


def _found(plate: np.ndarray, part: Tile, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The strongest features of a part of a whitened plate: x, y, diameter, angle and response in pixels of the whole,
    float32 (n, 5), SIFT float32 (n, 128), and which may vouch, bool (n,)."""
    import cv2

    left, top, right, bottom = part.seen
    seen = np.ascontiguousarray(plate[top:bottom, left:right])
    sift = cv2.SIFT.create(nfeatures=MOST_FOUND, contrastThreshold=CONTRAST, enable_precise_upscale=True)
    found, described = sift.detectAndCompute(seen, None)
    if not found:
        return np.zeros((0, 5), np.float32), np.zeros((0, DIMENSIONS), np.float32), np.zeros(0, bool)
    raw = np.array([(*k.pt, k.size, np.deg2rad(k.angle), k.response) for k in found], dtype=np.float32)
    column = np.clip(raw[:, 0] + 0.5, 0, seen.shape[1] - 1).astype(int)
    row = np.clip(raw[:, 1] + 0.5, 0, seen.shape[0] - 1).astype(int)
    vouch = ~keypoint_mask(seen)[row, column]
    column, row = column + left, row + top
    own = (part.own[0] <= column) & (column < part.own[2]) & (part.own[1] <= row) & (row < part.own[3])
    raw[:, :2] += np.array([left, top], np.float32)
    raw, described, vouch = raw[own], described[own], vouch[own]
    order = _strongest(raw, vouch)[:most]
    return raw[order], described[order], vouch[order]


def root_sift(sift: np.ndarray) -> np.ndarray:
    """SIFT float32 (n, 128) to quantised RootSIFT uint8 (n, 128)."""
    share = sift / np.maximum(sift.sum(1, keepdims=True), 1e-6)
    return np.clip(np.rint(np.sqrt(share) * SCALE), 0, 255).astype(np.uint8)


def _mirror_order() -> np.ndarray:
    # cv2 lays a descriptor out as 4 rows, 4 columns, 8 directions, in a frame turned to the feature's own angle:
    # flipping the plate swaps the rows (across the angle) and reverses the turning of the directions.
    cells = np.arange(DIMENSIONS).reshape(4, 4, 8)
    return cells[::-1, :, (8 - np.arange(8)) % 8].ravel()


_MIRROR = _mirror_order()
_INVERSE = np.arange(DIMENSIONS).reshape(4, 4, 8)[::-1, ::-1].ravel()


def mirrored(features: Features) -> Features:
    """Return the features of the plate flipped left to right, without touching a pixel."""
    return features.flipped


def inverted(features: Features) -> Features:
    """Return the features of the plate's negative, without touching a pixel.

    What was dark is light: every gradient turns round, and with them each feature's own angle. Seen from that angle
    the directions are what they were, and only the cells have changed places: as a square does that is turned by half.
    """
    points = features.points.copy()
    points[:, 3] = (points[:, 3] + np.pi) % (2 * np.pi)
    descriptors = features.descriptors.take(_INVERSE, axis=1)
    return replace(features, points=points, descriptors=descriptors, tone=1 - features.tone)
