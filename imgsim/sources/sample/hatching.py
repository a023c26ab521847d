"""Shading: which lines a hand cuts on a leaf, petal, stem or fruit.

Each rule gives strokes in the patch's own coordinates, s (m, k) along it and t (m, k) across, with widths (m, k).
"""

from __future__ import annotations

import numpy as np

from imgsim.sources.sample.shapes import HATCH_POINTS, Cut, Hand, Patch, Rng, Surface, along, taper, unit

Strokes = tuple[np.ndarray, np.ndarray, np.ndarray]

_X = np.linspace(0.0, 1.0, HATCH_POINTS)
_SWELL = taper(HATCH_POINTS, 0.35, 0.1)
_FADE = np.linspace(1.0, 0.12, HATCH_POINTS)


def _leaf_hatch(patch: Patch, length: float, hand: Hand, rng: Rng) -> Strokes:
    """Strokes from the midrib outwards; one half in shade, each field between two veins darkening upwards."""
    count = max(4, int(length / hand.spacing))
    base = (np.arange(count) + 0.5) / count
    fields = max(patch.veins, 1)
    rows_s, rows_t, rows_w = [], [], []
    for side in (-1.0, 1.0):
        shaded = (side > 0) == hand.shadow_right
        s0 = base * 0.95 + rng.normal(0, 0.25 / count, count)
        phase = (s0 * fields) % 1.0
        if shaded:
            reach = 0.78 + 0.22 * phase + rng.normal(0, 0.04, count)
            weight = (0.75 + 0.7 * phase) * (0.55 + 0.75 * patch.tone)
        else:
            reach = 0.25 + 0.5 * phase * patch.tone + rng.normal(0, 0.06, count)
            weight = (0.5 + 0.5 * phase) * (0.5 + 0.6 * patch.tone)
        reach = np.clip(reach, 0.12, 0.97)
        t = reach[:, None] * _X
        s = s0[:, None] + hand.slope * t * (1.02 - s0[:, None]) * 0.9
        rows_s.append(s)
        rows_t.append(side * np.maximum(t, 0.02))
        rows_w.append(weight[:, None] * (_FADE if not shaded else np.maximum(_FADE, _SWELL * 0.8)))
    if patch.sweep is not None and patch.sweep.min() < 0:
        # Basal lobes: lines that fan out backwards from where the stalk joins.
        lobe = np.repeat(np.linspace(0.012, 0.12, max(4, int(length / hand.spacing / 5))), 2)
        side_of = np.resize([-1.0, 1.0], len(lobe))[:, None]
        dark = np.where((side_of > 0) == hand.shadow_right, 0.85, 0.45)
        rows_s.append(np.repeat(lobe[:, None], HATCH_POINTS, 1))
        rows_t.append(side_of * (0.1 + 0.72 * dark * _X))
        rows_w.append(dark * _FADE)
    return np.concatenate(rows_s), np.concatenate(rows_t), np.concatenate(rows_w)


def _along_hatch(patch: Patch, width: float, hand: Hand, rng: Rng, *, both: bool) -> Strokes:
    """Strokes along a petal, rising from its base and dying away, and short ones back from its tip."""
    count = max(3, int(1.6 * width / hand.spacing * hand.petal_lines))
    t = np.linspace(-0.86, 0.86, count) + rng.normal(0, 0.25 / count, count)
    shade = 0.5 + 0.5 * (t if hand.shadow_right else -t)
    reach = 0.22 + 0.45 * patch.tone * (0.4 + shade) + rng.normal(0, 0.07, count)
    s = 0.03 + np.clip(reach, 0.1, 0.9)[:, None] * _X
    w = (0.55 + 0.6 * shade * patch.tone)[:, None] * _FADE
    tt = np.repeat(t[:, None], HATCH_POINTS, 1)
    if not both:
        return s, tt, w
    back = 0.12 + 0.25 * patch.tone * shade + rng.normal(0, 0.05, count)
    s2 = 0.97 - np.clip(back, 0.05, 0.4)[:, None] * _X
    return np.concatenate((s, s2)), np.concatenate((tt, tt)), np.concatenate((w, 0.8 * w))


def _across_hatch(patch: Patch, length: float, hand: Hand, rng: Rng, *, bulge: float) -> Strokes:
    """Short curved strokes round a stem, fruit or bulb, on its shaded side."""
    count = max(3, int(length / (hand.spacing * 0.95)))
    s0 = (np.arange(count) + 0.5) / count + rng.normal(0, 0.2 / count, count)
    # On a round body the shade is a crescent; on a stem it is as deep everywhere.
    hollow = 2.0 * bulge * np.abs(2 * s0 - 1) ** 2
    inner = np.clip(0.25 - 0.6 * patch.tone + 4 * hollow + rng.normal(0, 0.10 + bulge, count), -0.8, 0.8)
    t = inner[:, None] + (0.96 - inner)[:, None] * _X
    s = s0[:, None] + bulge * (1 - t * t)
    w = (0.55 + 0.6 * patch.tone) * np.repeat(_FADE[None, ::-1], count, 0)
    return s, t if hand.shadow_right else -t, w


def _meridian_hatch(patch: Patch, width: float, hand: Hand, rng: Rng) -> Strokes:
    """Strokes from pole to pole, thick in the shade, broken where the light falls."""
    count = max(3, int(2.4 * width / hand.spacing))
    u = np.linspace(-1.45, 1.45, count)
    t = np.sin(u) * 0.95
    light = t if hand.shadow_right else -t
    shade = np.clip(0.45 + 0.75 * light, 0.08, 1)
    # Every other line starts later, or the lines would clog where they meet.
    first = 0.03 + rng.uniform(0, 0.06, count) + 0.14 * (np.arange(count) % 2)
    last = np.clip(0.25 + 0.9 * shade * (0.5 + 0.6 * patch.tone), 0.2, 0.97) - rng.uniform(0, 0.1, count)
    s = first[:, None] + (last - first)[:, None] * _X
    w = (0.4 + 0.9 * shade * (0.4 + patch.tone))[:, None] * _SWELL
    tt = np.repeat(t[:, None], HATCH_POINTS, 1)
    lit = light < -0.35
    s2 = 0.97 - rng.uniform(0.1, 0.3, count)[:, None] * _X
    return np.concatenate((s, s2[lit])), np.concatenate((tt, tt[lit])), np.concatenate((w, 0.7 * w[lit]))


def _stipple(patch: Patch, length: float, width: float, hand: Hand, rng: Rng) -> Strokes:
    """Dots, close in the shade."""
    count = int(np.clip(length * width / (hand.spacing ** 2) * 0.9, 6, 160))
    t = rng.uniform(-0.92, 0.92, count)
    keep = rng.random(count) < 0.35 + 0.6 * (t if hand.shadow_right else -t)
    s, t = rng.uniform(0.05, 0.95, count)[keep], t[keep]
    step = 2.2 / max(length, 8)
    return s[:, None] + step * _X, np.repeat(t[:, None], HATCH_POINTS, 1), 1.3 * np.repeat(_SWELL[None], len(s), 0)


def _hatches(patch: Patch, length: float, hand: Hand, rng: Rng) -> list[Strokes]:
    width = float(patch.left.max() + patch.right.max())
    if width * length < 60:
        return []
    if patch.hatch == "leaf":
        if width < 3.2 * hand.spacing:
            return [_along_hatch(patch, width * 0.7, hand, rng, both=True)]
        rows = [_leaf_hatch(patch, length, hand, rng)]
        if hand.cross > 0 and patch.tone > 0.55 and width > 40:
            s, t, w = _along_hatch(patch, width * 0.8, hand, rng, both=False)
            keep = (t[:, 0] > 0) == hand.shadow_right
            rows.append((0.1 + s[keep] * 1.1, t[keep], w[keep] * hand.cross))
        return rows
    if patch.hatch == "petal":
        return [_along_hatch(patch, width, hand, rng, both=True)]
    if patch.hatch == "blade":
        return [_along_hatch(patch, width * 1.3, hand, rng, both=True)]
    if patch.hatch == "tube":
        return [_across_hatch(patch, length, hand, rng, bulge=0.0)]
    if patch.hatch == "globe":
        rows = [_across_hatch(patch, length, hand, rng, bulge=0.12)]
        if patch.tone > 0.5 or hand.cross > 0:
            s, t, w = _meridian_hatch(patch, width, hand, rng)
            keep = (t[:, 0] > 0.2) == hand.shadow_right
            rows.append((s[keep], t[keep], w[keep] * 0.8))
        return rows
    if patch.hatch == "meridian":
        return [_meridian_hatch(patch, width, hand, rng)]
    if patch.hatch == "stipple":
        return [_stipple(patch, length, width, hand, rng)]
    return []


def strokes_of(patch: Patch, hand: Hand, rng: Rng) -> list[Cut]:
    """The cuts of one patch in printing order: its ground wiped clean, shading, veins, outline."""
    surface = Surface(patch)
    margins = surface.margins()
    steps = patch.mid[1:] - patch.mid[:-1]
    length = float(np.sqrt(steps[:, 0] ** 2 + steps[:, 1] ** 2).sum())
    cuts: list[Cut] = []
    if patch.filled:
        cuts.append(Cut(np.concatenate((margins[0], margins[1, ::-1]))[None], None, white=True))
    for s, t, w in _hatches(patch, length, hand, rng):
        if len(s):
            cuts.append(Cut(surface.at(s, t), w * (1.15 * hand.weight)))
    if patch.veins:
        cuts += _veins(patch, surface, hand)
    if patch.outline:
        n = len(patch.mid)
        fine = min(1.0, 0.42 + 0.008 * length)
        heavy = 1.35 * hand.weight * hand.outline * fine * patch.outline
        widths = np.empty((2, n))
        shade = int(hand.shadow_right)
        widths[1 - shade] = heavy * 0.95 * taper(n, 0.7, 0.5)
        widths[shade] = heavy * 1.5 * taper(n, 0.55, 0.4)
        cuts.append(Cut(margins, widths))
    return cuts


def _veins(patch: Patch, surface: Surface, hand: Hand) -> list[Cut]:
    x = unit(9)
    s0 = (np.arange(patch.veins) + 0.35) / (patch.veins + 0.4)
    curve = (0.30 + 0.25 * x) * x
    s = s0[:, None] + curve * (1.0 - s0[:, None]) * 0.75
    t = np.broadcast_to(0.9 * x, s.shape)
    s2, t2 = np.concatenate((s, s)), np.concatenate((t, -t))
    veins = surface.at(s2, t2)
    thinning = np.linspace(1.0, 0.35, 9)
    middle = surface.at(0.97 * unit(15), np.zeros(15))[None]
    middle_w = np.linspace(1.0, 0.3, 15)[None]
    wide = hand.weight
    shape = (len(veins), 9)
    cuts = [
        Cut(veins, np.broadcast_to(2.6 * wide * thinning, shape), white=True),
        Cut(middle, 5.0 * wide * middle_w, white=True),
        Cut(veins, np.broadcast_to(1.25 * wide * thinning, shape)),
    ]
    _, normal = along(middle[0])
    offset = normal * (1.6 * wide * middle_w[0])[:, None]
    pair = np.stack((middle[0] - offset, middle[0] + offset))
    cuts.append(Cut(pair, np.stack((0.9 * wide * middle_w[0], 1.6 * wide * middle_w[0]))))
    return cuts
