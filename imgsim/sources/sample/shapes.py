"""The words of the drawing: shapes of a picture, the hand that engraves them, the cuts it leaves on the plate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

HATCH_POINTS = 6
Rng = np.random.Generator


@dataclass(frozen=True)
class Patch:
    """A leaf, petal, stem or fruit: a strip round a middle line, in front of what was drawn before.

    ``mid`` is (n, 2); ``left`` and ``right`` are the half-widths (n,) on either side; ``sweep`` (n,) pushes the
    margins along the middle line (cordate bases, notched petals). ``hatch`` names how it is shaded, ``tone`` (0 to
    1) how darkly, ``veins`` counts the side veins on each half.
    """

    mid: np.ndarray
    left: np.ndarray
    right: np.ndarray
    hatch: str = "none"
    tone: float = 0.5
    veins: int = 0
    sweep: np.ndarray | None = None
    outline: float = 1.0
    filled: bool = True


@dataclass(frozen=True)
class Line:
    """One free stroke: ``points`` (n, 2), its widest ``width``, and how it ends (0 = a point, 1 = full width)."""

    points: np.ndarray
    width: float = 1.6
    start: float = 0.3
    end: float = 0.3
    halo: float = 0.0


@dataclass(frozen=True)
class Lettering:
    """Strokes of letters, which the hand must not warp: ``points`` (n, 2) and ``widths`` (n,)."""

    points: np.ndarray
    widths: np.ndarray


Shape = Patch | Line | Lettering
Picture = list[Shape]


@dataclass(frozen=True)
class Hand:
    """How one engraver cuts: what differs between two engravings of one picture."""

    seed: int = 0
    weight: float = 1.0
    spacing: float = 4.6
    slope: float = 0.30
    shadow_right: bool = True
    cross: float = 0.5
    outline: float = 1.0
    petal_lines: float = 1.0
    wander: float = 0.0
    woodcut: bool = False


@dataclass(frozen=True)
class Cut:
    """Ink on the plate: a batch of strokes (m, k, 2) with widths (m, k), or an area wiped clean (1, k, 2)."""

    points: np.ndarray
    widths: np.ndarray | None
    white: bool = False


def random_hand(rng: np.random.Generator, *, woodcut: bool = False, wander: float = 0.0) -> Hand:
    """Draw a hand; ``wander`` is how far a copyist strays from the picture, in plate units."""
    hand = Hand(
        seed=int(rng.integers(2**31)),
        weight=float(rng.uniform(0.85, 1.2)),
        spacing=float(rng.uniform(3.9, 5.6)),
        slope=float(rng.uniform(0.10, 0.5)),
        shadow_right=bool(rng.random() < 0.65),
        cross=float(rng.choice([0.0, 0.4, 0.8])),
        outline=float(rng.uniform(0.9, 1.35)),
        petal_lines=float(rng.uniform(0.7, 1.3)),
        wander=wander,
    )
    if woodcut:
        hand = replace(hand, woodcut=True, weight=hand.weight * 1.65, spacing=hand.spacing * 1.75, cross=0.0,
                       outline=1.35)
    return hand


def along(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit tangents and normals (n, 2) of a polyline (n, 2)."""
    tangent = np.empty_like(points)
    tangent[1:-1] = points[2:] - points[:-2]
    tangent[0] = points[1] - points[0]
    tangent[-1] = points[-1] - points[-2]
    tangent /= (np.sqrt(tangent[:, 0] ** 2 + tangent[:, 1] ** 2) + 1e-9)[:, None]
    normal = np.empty_like(tangent)
    normal[:, 0], normal[:, 1] = -tangent[:, 1], tangent[:, 0]
    return tangent, normal


@lru_cache(maxsize=256)
def unit(n: int) -> np.ndarray:
    """n numbers from 0 to 1, read only."""
    x = np.linspace(0.0, 1.0, n)
    x.flags.writeable = False
    return x


class Surface:
    """A patch prepared for many look-ups of (s, t): s runs along it from 0 to 1, t across it from -1 to 1."""

    def __init__(self, patch: Patch) -> None:
        tangent, normal = along(patch.mid)
        self.channels = np.empty((len(patch.mid), 8))
        self.channels[:, 0:2] = patch.mid
        self.channels[:, 2:4] = normal
        self.channels[:, 4:6] = 0.0 if patch.sweep is None else tangent * patch.sweep[:, None]
        self.channels[:, 6] = patch.left
        self.channels[:, 7] = patch.right

    def at(self, s: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Points (..., 2) at s and t, arrays of one shape."""
        n = len(self.channels)
        position = np.minimum(np.maximum(s, 0), 1) * (n - 1)
        index = np.minimum(position.astype(np.int64), n - 2)
        part = (position - index)[..., None]
        low = self.channels[index]
        c = low + (self.channels[index + 1] - low) * part
        width = np.where(t < 0, c[..., 6], c[..., 7]) * t
        return c[..., 0:2] + c[..., 2:4] * width[..., None] + c[..., 4:6] * (t * t)[..., None]

    def margins(self) -> np.ndarray:
        """The left and the right margin, (2, n, 2)."""
        c = self.channels
        both = np.empty((2, len(c), 2))
        middle = c[:, 0:2] + c[:, 4:6]
        both[0] = middle - c[:, 2:4] * c[:, 6:7]
        both[1] = middle + c[:, 2:4] * c[:, 7:8]
        return both


@lru_cache(maxsize=256)
def taper(k: int, start: float, end: float) -> np.ndarray:
    """A swelling profile (k,): fullest a little after the middle."""
    x = np.linspace(0, 1, k)
    swell = np.maximum(np.sin(np.pi * x), 0) ** 0.7
    profile = np.maximum(swell, np.where(x < 0.5, start, end))
    profile.flags.writeable = False
    return profile
