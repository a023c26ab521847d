"""The transform and the bend from the scans themselves, near where local features have found it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from imgsim.collection.registration.result import NODES, Registration, Size, bent
from imgsim.verification.geometry import corners_of, depths, moved

LEAST_WINDOWS = 16
MOST_WINDOWS = 420
WINDOW = 20  # half a window's side, in pixels of the working scale
LEAST_CORRELATION = 0.45
# Longest side of the working scale, and how far from its place a window is sought there, from coarse to fine.
ROUNDS = ((640, 12), (1100, 8), (1800, 5))
LONGEST = ROUNDS[-1][0]
# Pixels of the working scale by which windows may miss a stiff sheet; the wider ones are for copies that stray.
TOLERANCES = (1.6, 3.2, 6.4, 12.8)
LEAST_BEND = 0.5


def refine(
    found: Registration,
    scan_a: tuple[np.ndarray, Size],
    scan_b: tuple[np.ndarray, Size],
    region: np.ndarray | None = None,
) -> Registration:
    """Find the transform anew from the scans, near where it is, and a bend; the same one if they do not bear it out.

    Parameters
    ----------
    scan_a, scan_b : uint8 (h, w) and the size (width, height) of its original, in whose pixels transforms are.
    region : float (m, 2), the outline in A of what the plates share; None for the whole plate.
    """
    pair = _Pair(scan_a, scan_b, region)
    transform, points = found.transform, (found.points_a, found.points_b)
    sharpened = False
    for longest, reach in ROUNDS:
        windows = pair.windows(transform, None, longest, reach)
        fitted = windows and _fit(*windows, unit=pair.unit(transform, longest))
        if not windows or not fitted or not pair.near(transform, fitted[0], windows[0], longest, reach):
            break
        transform, keep, strays = fitted
        points, sharpened = (windows[0][keep], windows[1][keep]), True
        if strays:  # what lies beyond the reach of a finer round would only be left out of it
            break
    bend = pair.bend(transform) if sharpened else None
    off = np.linalg.norm(moved(transform, points[0]) - points[1], axis=1)
    bent_off = np.linalg.norm(bent(transform, bend, scan_a[1], points[0]) - points[1], axis=1)
    return replace(
        found,
        transform=transform,
        points_a=points[0].astype(np.float32),
        points_b=points[1].astype(np.float32),
        residual=float(np.median(off)) if len(off) else float("nan"),
        bend=bend,
        bent_residual=float(np.median(bent_off)) if bend is not None else float("nan"),
        sharpened=sharpened,
    )


class _Pair:
    """Two scans and what they share, looked at on several scales."""

    def __init__(
        self, scan_a: tuple[np.ndarray, Size], scan_b: tuple[np.ndarray, Size], region: np.ndarray | None
    ) -> None:
        self.a, self.b, self.region = scan_a, scan_b, region

    def share(self, transform: np.ndarray, longest: int) -> float:
        """How much smaller than its original A is looked at; nothing is gained by enlarging either."""
        finest = _scale(transform) * self.b[0].shape[1] / self.b[1][0]
        return min(longest / max(self.a[1]), finest, 1.0)

    def unit(self, transform: np.ndarray, longest: int) -> float:
        """A pixel of the working scale, in pixels of B."""
        return _scale(transform) / self.share(transform, longest)

    def windows(
        self, transform: np.ndarray, bend: np.ndarray | None, longest: int, reach: int
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Places of A and where they are found in B: two float64 (n, 2) in pixels; None if too few."""
        import cv2

        share = self.share(transform, longest)
        a, to_a = _scaled(self.a, share)
        b, to_b = _scaled(self.b, share / _scale(transform))
        height, width = a.shape
        if min(height, width) < 3 * WINDOW:
            return None
        from_a = np.linalg.inv(to_a)
        maps = _everywhere(
            lambda points: moved(to_b, bent(transform, bend, self.a[1], points)), self.a[1], a.shape
        )
        laid = cv2.remap(b, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = (maps[0] > 0) & (maps[0] < b.shape[1] - 1) & (maps[1] > 0) & (maps[1] < b.shape[0] - 1)
        mask = np.where(seen, 255, 0).astype(np.uint8)
        if self.region is not None and len(self.region) >= 3:
            inside = np.zeros_like(mask)
            outline = cv2.convexHull(moved(to_a, np.asarray(self.region, np.float64)).astype(np.int32))
            cv2.fillPoly(inside, [outline], 255)
            mask[cv2.dilate(inside, np.ones((WINDOW, WINDOW), np.uint8)) == 0] = 0
        margin = WINDOW + reach + 1
        mask[:margin], mask[-margin:], mask[:, :margin], mask[:, -margin:] = 0, 0, 0, 0
        a, laid = cv2.GaussianBlur(a, (0, 0), 1.4), cv2.GaussianBlur(laid, (0, 0), 1.4)
        apart = max(6.0, float(np.sqrt(np.count_nonzero(mask) / MOST_WINDOWS)) * 0.7)
        corners = cv2.goodFeaturesToTrack(
            cv2.GaussianBlur(a, (0, 0), 2.0), MOST_WINDOWS, 0.01, apart, mask=mask
        )
        places, shifts = [], []
        for x, y in np.rint(corners.reshape(-1, 2)).astype(int).tolist() if corners is not None else []:
            window = a[y - WINDOW : y + WINDOW + 1, x - WINDOW : x + WINDOW + 1]
            span = WINDOW + reach
            around = laid[y - span : y + span + 1, x - span : x + span + 1]
            shift = _peak(cv2.matchTemplate(around, window, cv2.TM_CCOEFF_NORMED), reach)
            if shift is not None:
                places.append((x, y))
                shifts.append(shift)
        if len(places) < LEAST_WINDOWS:
            return None
        here = np.array(places, np.float64)
        there = moved(from_a, here + np.array(shifts))
        return moved(from_a, here), bent(transform, bend, self.a[1], there)

    def near(
        self, before: np.ndarray, after: np.ndarray, points: np.ndarray, longest: int, reach: int
    ) -> bool:
        """Whether a new transform is a small correction of the old one, and turns nothing over."""
        if np.linalg.det(before[:2, :2]) * np.linalg.det(after[:2, :2]) <= 0:
            return False
        if not (depths(after, corners_of(self.a[1])) > 0.2).all():
            return False
        shifted = np.linalg.norm(moved(after, points) - moved(before, points), axis=1)
        return bool(np.median(shifted) <= 1.5 * reach * self.unit(after, longest))

    def bend(self, transform: np.ndarray) -> np.ndarray | None:
        """The bend that a stiff sheet lacks, None if it lacks none worth having."""
        bend: np.ndarray | None = None
        for longest, reach in ROUNDS:
            windows = self.windows(transform, bend, longest, reach)
            unit = self.unit(transform, longest)
            if windows is None:
                break
            here, off = windows[0], windows[1] - moved(transform, windows[0])
            keep = _with_neighbours(here, off, 3.5 * unit)
            here, off = here[keep], off[keep]
            if len(here) < 3 * LEAST_WINDOWS:
                break
            # Every fifth window is left out, to see whether the others foretell it.
            told = np.arange(len(here)) % 5 != 0
            trial = self._spline(here[told], off[told], unit)
            rest = off[~told]
            missed = [
                float(np.median(np.linalg.norm(rest - known, axis=1)))
                for known in (0.0, self._at(trial, here[~told]))
            ]
            if bend is None and (missed[0] < LEAST_BEND * unit or missed[1] > 0.8 * missed[0]):
                break
            bend = self._spline(here, off, unit)
        return bend

    def _at(self, bend: np.ndarray, here: np.ndarray) -> np.ndarray:
        return bent(np.eye(3), bend, self.a[1], here) - here

    def _spline(self, here: np.ndarray, off: np.ndarray, unit: float) -> np.ndarray:
        from scipy.interpolate import RBFInterpolator

        size = np.array(self.a[1], np.float64)
        spline = RBFInterpolator(here / size.max(), off / unit, kernel="thin_plate_spline", smoothing=0.01)
        nodes = np.stack(np.meshgrid(*(np.linspace(0, side, NODES) for side in size)), -1).reshape(-1, 2)
        bend = spline(nodes / size.max()) * unit
        # Where there are no lines nothing is known, and a spline may run away.
        most = 1.2 * np.abs(off).max(0)
        return np.clip(bend, -most, most).reshape(NODES, NODES, 2).astype(np.float32)


def _scale(transform: np.ndarray) -> float:
    return float(np.sqrt(abs(np.linalg.det(transform[:2, :2]))))


def _everywhere(
    move: Callable[[np.ndarray], np.ndarray], size: Size, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Where `move` takes the middle of every pixel of an array spread over A: x and y, float32 (h, w).

    It is asked at three times the nodes of a bend and interpolated, which is exact but for a strong perspective.
    """
    count = 3 * (NODES - 1) + 1
    nodes = np.stack(np.meshgrid(*(np.linspace(0, side, count) for side in size)), -1).reshape(-1, 2)
    there = move(nodes).reshape(count, count, 2)

    def weights(pixels: int) -> np.ndarray:
        place = (np.arange(pixels) + 0.5) / pixels * (count - 1)
        return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(count)))

    down, across = weights(shape[0]), weights(shape[1])
    x, y = ((down @ there[..., i] @ across.T).astype(np.float32) for i in (0, 1))
    return x, y


def _scaled(scan: tuple[np.ndarray, Size], share: float) -> tuple[np.ndarray, np.ndarray]:
    """The scan at `share` of its original's size (never enlarged), and the map from original pixels to its array."""
    import cv2

    grey, size = scan
    wanted = (max(1, round(size[0] * share)), max(1, round(size[1] * share)))
    if wanted[0] < grey.shape[1]:
        grey = cv2.resize(grey, wanted, interpolation=cv2.INTER_AREA)
    sx, sy = grey.shape[1] / size[0], grey.shape[0] / size[1]
    # OpenCV counts from the middle of the first pixel, we from its corner.
    return grey, np.array([[sx, 0, -0.5], [0, sy, -0.5], [0, 0, 1.0]])


def _peak(scores: np.ndarray, reach: int) -> tuple[float, float] | None:
    """Where a correlation (2 reach + 1 square) has its summit, to a fraction of a pixel; None without a clear one."""
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    best = float(scores[row, column])
    if not best >= LEAST_CORRELATION or not (0 < row < 2 * reach and 0 < column < 2 * reach):
        return None
    away = scores.copy()
    away[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = -1
    if away.max() > best - 0.03:  # hatching looks the same one line further on
        return None

    def summit(before: float, after: float) -> float:
        bend = before - 2 * best + after
        return 0.5 * (before - after) / bend if bend < -1e-6 else 0.0

    across = summit(float(scores[row, column - 1]), float(scores[row, column + 1]))
    upright = summit(float(scores[row - 1, column]), float(scores[row + 1, column]))
    return float(column - reach + across), float(row - reach + upright)


def _fit(a: np.ndarray, b: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray, bool] | None:
    """An affine transform from a to b, or a homography where that holds clearly better.

    Returns it, the rows that agree, and whether a wide tolerance was needed; None if nothing holds most of them.
    """
    import cv2

    for number, tolerance in enumerate(TOLERANCES):
        reach = tolerance * unit
        affine, agree = cv2.estimateAffine2D(
            a, b, method=cv2.RANSAC, ransacReprojThreshold=reach, maxIters=4000
        )
        keep = agree.ravel().astype(bool) if affine is not None else np.zeros(len(a), bool)
        if (
            keep.sum() < LEAST_WINDOWS
            or keep.mean() < 0.5
            or np.ptp(a[keep], 0).min() < 0.6 * np.ptp(a, 0).min()
        ):
            continue
        transform = np.vstack((affine, [0, 0, 1.0]))
        if number == 0 and keep.sum() >= 40:
            wider, agree = cv2.findHomography(a, b, cv2.RANSAC, reach, maxIters=4000)
            if wider is not None:
                more = agree.ravel().astype(bool)
                here, there = (
                    np.linalg.norm(moved(t, a[k]) - b[k], axis=1)
                    for t, k in ((transform, keep), (wider, more))
                )
                if more.sum() >= keep.sum() and np.median(there) < 0.8 * np.median(here):
                    return wider / wider[2, 2], more, False
        return transform, keep, number > 0
    return None


def _with_neighbours(places: np.ndarray, shifts: np.ndarray, tolerance: float) -> np.ndarray:
    """Which of the shifts (n, 2) are about those of their neighbours: bool (n,)."""
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    nearest = np.argsort(apart, axis=1)[:, 1:10]
    usual = np.median(shifts[nearest], axis=1)
    return np.linalg.norm(shifts - usual, axis=1) < tolerance
