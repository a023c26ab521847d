"""What XFeat sees on a plate: places, and what they look like (Potje et al., XFeat, CVPR 2024).

It knows a place again neither in a mirror nor once the plate is turned, so a plate is described in several views: as it
is and reversed, as a copy that was drawn straight from a print is; turned by quarters where somebody asks for one pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from imgsim.features.extraction import Features, no_features, working_copy
from imgsim.features.keypoint_mask import keypoint_mask
from imgsim.images.shaping import whiten
from imgsim.verification.copies.plate_views import STANDING, seen_as, viewed, viewed_size
from imgsim.verification.geometry import moved

if TYPE_CHECKING:
    from imgsim.verification.copies.copy_networks import CopyNetworks

POINTS_VERSION = 2
MOST_POINTS = 700
LENGTH = 64
# A peak is the highest within so many pixels around, and higher than this; as the authors have it.
WINDOW, LEAST_PEAK = 5, 0.05
STRIDE, MULTIPLE = 8, 32
# A point stands for the picture if so dark a pixel lies in so large a square round it; paper is 255.
INK, WINDOW_OF_INK = 190, 9
# A descriptor has unit length; its positive and its negative part are kept as bytes of this scale, so that two that are
# alike have a high cosine, as the descriptors of every verifier have.
SCALE = 512.0


def copy_points(
    image: Image.Image, size: tuple[int, int], networks: CopyNetworks, views: Sequence[int] = STANDING
) -> Features:
    """Describe a plate in each of the views by :data:`MOST_POINTS` places at most, those that vouch first, then the
    surest first.

    Parameters
    ----------
    image, size : as of :class:`~imgsim.verification.verifiers.verifier.Verifier`. Places are given in pixels of the
        plate as it is, whatever the view. Diameters are those of the cells that the network looks at; in the place of
        an angle, of which it knows nothing, stands the number of the view (:mod:`~.plate_views`).
    """
    import cv2

    plate = whiten(np.asarray(working_copy(image), dtype=np.uint8))
    # The network sees stains and the paper's ribs as well: two sheets of one ream are no copies of each other.
    inked = cv2.erode(plate, np.ones((WINDOW_OF_INK, WINDOW_OF_INK), np.uint8)) < INK
    may_vouch = inked & ~keypoint_mask(plate)
    parts = []
    for view in views:
        found = _points(seen_as(plate, view), seen_as(may_vouch, view), viewed_size(size, view), networks)
        back = np.linalg.inv(viewed(size, view))
        points = found.points.copy()
        points[:, :2], points[:, 3] = moved(back, found.points[:, :2]), view
        parts.append(replace(found, size=size, points=points))
    points, descriptors, vouch = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "descriptors", "vouch")
    )
    return Features(size, points, descriptors, vouch)


def _points(
    plate: npt.NDArray[np.uint8], may_vouch: npt.NDArray[np.bool_], size: tuple[int, int], networks: CopyNetworks
) -> Features:
    """The places on one view, in pixels of an original of that size."""
    import cv2

    height, width = plate.shape
    # The network halves what it sees five times.
    seen_w, seen_h = (max(MULTIPLE, side // MULTIPLE * MULTIPLE) for side in (width, height))
    seen = cv2.resize(plate, (seen_w, seen_h), interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255
    descriptors, peaks, reliability = networks.points.run(None, {"image": seen[None, None]})
    peaks = peaks[0, 0]
    y, x = np.nonzero((peaks == cv2.dilate(peaks, np.ones((WINDOW, WINDOW), np.uint8))) & (peaks > LEAST_PEAK))
    at = _cells(x, y, (seen_w, seen_h), descriptors.shape[:1:-1])
    score = peaks[y, x] * _sampled(reliability[0], at, cv2.INTER_LINEAR)[:, 0]
    inside = [np.minimum((places * (full / part)).astype(np.int64), full - 1)
              for places, full, part in ((x, width, seen_w), (y, height, seen_h))]  # fmt: skip
    vouch = may_vouch[inside[1], inside[0]]
    order = np.lexsort((-score, ~vouch))
    order = order[score[order] > 0][:MOST_POINTS]
    if not len(order):
        return no_features(size)
    found = _sampled(descriptors[0], at[order], cv2.INTER_CUBIC)
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    scale_x, scale_y = size[0] / seen_w, size[1] / seen_h
    points = np.zeros((len(order), 4), np.float32)
    points[:, 0], points[:, 1] = (x[order] + 0.5) * scale_x, (y[order] + 0.5) * scale_y
    points[:, 2] = STRIDE * np.sqrt(scale_x * scale_y)
    return Features(size, points, packed(found), vouch[order])


def packed(descriptors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Descriptors float32 (n, 64) of length 1 as uint8 (n, 128)."""
    parts = np.concatenate((descriptors, -descriptors), axis=1)
    return np.clip(np.rint(parts * SCALE), 0, 255).astype(np.uint8)


def unpacked(descriptors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What :func:`packed` was given, as nearly as bytes tell, of length 1 again."""
    found = descriptors[:, :LENGTH].astype(np.float32) - descriptors[:, LENGTH:]
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def _cells(
    x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], seen: tuple[int, int], cells: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """Places in pixels as places among the cells of the network's maps, float32 (n, 2), as the network was trained."""
    return np.column_stack([
        places / (side - 1) * count - 0.5 for places, side, count in zip((x, y), seen, cells, strict=True)
    ]).astype(np.float32)  # fmt: skip


def _sampled(maps: npt.NDArray[np.float32], at: npt.NDArray[np.float32], how: int) -> npt.NDArray[np.float32]:
    """The values of maps (channels, h, w) at places (n, 2): float32 (n, channels); 0 beyond their edges."""
    import cv2

    if not len(at):
        return np.zeros((0, len(maps)), np.float32)
    x, y = (np.ascontiguousarray(at[:, [axis]]) for axis in (0, 1))
    parts = [
        # OpenCV samples four channels at once.
        cv2.remap(np.ascontiguousarray(maps[first : first + 4].transpose(1, 2, 0)), x, y, how,
                  borderMode=cv2.BORDER_CONSTANT).reshape(len(at), -1)
        for first in range(0, len(maps), 4)
    ]  # fmt: skip
    return np.concatenate(parts, axis=1)
