"""The verdict on a pair of plates, with its numbers.

How the thresholds were chosen: by looking at what agrees in four generated samples (seeds 18, 1801, 1802 and 101, 240
plates each, against each plate's ten nearest non-copies by cosine) and in the real plates, then left alone;
`tests/benchmarks/evidence.py` measures them on other seeds.

- Unrelated plates reach 4 to 20 inliers when most of a picture's texture is alike (fronds, hatching, leaves of one
  engraver); re-engraved copies start at 13, impressions of one plate at 60. So fewer than 14 prove nothing, and a
  region that is not most of both pictures needs 20.
- Fronds and hatching agree with themselves nearly as well when shifted aside: there chance gives up to half of what
  the transform gives, in true pairs a quarter at most. Where the agreeing features are not each other's clear best in
  the whole plate either (less than 0.4 of them; 0.15 to 0.28 in ferns, above 0.31 in copies) more is asked.
- A small flower drawn in the same way, a number or a stamp that slipped through agrees in 2 to 12 places of the plate;
  true details in 17 and more.
- Most of both: a copy shows the whole picture of the other (1.00 of its outline lies within the other's edges), a
  detail or a motif in another plate 0.09 to 0.90 of it. Where one of two plants is taken over, half of the ink agrees
  (0.51 to 0.57) in a third of the outline (0.24 to 0.37); of impressions and copies 0.65 and more, or where a copyist
  hatched in his own way 0.43 and more in half of the outline and more.
- And neither shows another plant beside it (:mod:`imgsim.verification.residual`): motifs in another composition leave
  0.25 and more of one picture's ink there, without a counterpart; copies and impressions 0.17 at most, or what they
  leave is followed roughly by the other plate (twice as often as chance has it and more, motifs not at all).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, PROBABLY_SAME_PLATE, SAME
from imgsim.features.descriptor_similarity import descriptor_similarity
from imgsim.features.extraction import Features, inverted, mirrored
from imgsim.images.polarity import may_be_negatives
from imgsim.verification import geometry
from imgsim.verification.correspondences import Correspondences, Support, correspondences, support
from imgsim.verification.impressions import across, reason, residuals
from imgsim.verification.match import Match, look_alike
from imgsim.verification.residual import unmatched

MATCHING_VERSION = 12

# Pairs that must agree where most of both pictures agrees, where only a region does, and where that region is tiny.
LEAST_WHOLE = 14
LEAST_DETAIL = 20
LEAST_TINY = 40
# And the places, cells of a 24th of the plate's longer side, in which they must lie.
LEAST_PLACES = 14
# A region is tiny below this share of the plate, on the plate where it is larger.
TINY = 0.02
# Near the transform so many times more pairs must agree than with the transform shifted aside, and so many more.
CHANCE, MARGIN = 2.5, 8
# The more so where the picture repeats itself (fronds, hatching): where fewer of the agreeing pairs than this are each
# other's clear best in the whole plate.
DISTINCT, CHANCE_REPEATED = 0.4, 4.6
# But what is printed from one plate or block lies within so many thousandths of the diagonal, in so many places; and so
# many places are more than one texture gives. There less is asked, however the picture repeats itself. (Fronds that a
# hand drew alike lie 1.9 off at least and in 35 places at most, in three generated samples; other pairs of different
# plates, real and generated, in 17; densely hatched prints of one block 0.9 off, worn ones in 55 places.)
EXACT, EXACT_PLACES, MANY_PLACES, CHANCE_SPREAD = 1.3, 24, 45, 1.5
# "Most" of a picture's ink; and so much of each picture must lie within the other plate's edges.
MOST = 0.6
WHOLE = 0.92
# Less of the ink will do where what agrees spreads over so much of both pictures' outlines: a copyist's own hatching.
SOME, SPREAD = 0.4, 0.45
# Most of both is no whole image where so much of one picture's ink lies beside it and is nowhere in the other.
BESIDE = 0.21


@dataclass(frozen=True)
class Side:
    """A plate as it is compared: as it stands, turned left to right, as its negative, or both."""

    features: Features
    mirrored: bool
    negative: bool


def match(a: Features, b: Features) -> Match:
    """Compare two plates in both orientations, and as negatives where they may be, and return the best."""
    best, side = max(((geometry.fit(side.features, b), side) for side in _sides(a, b)), key=lambda one: len(one[0]))
    # Most pairs of plates end here, or at the question of chance: areas are looked at only where it is worth it.
    if len(best) < min(LEAST_WHOLE, LEAST_DETAIL):
        return look_alike(len(best), side.mirrored, side.negative)
    alike = descriptor_similarity(side.features, b)
    seen = support(side.features, b, alike, best)
    if not stands(seen):
        return look_alike(len(best), side.mirrored, side.negative)
    agreed = correspondences(side.features, b, alike, best, seen)
    if whole(agreed) and _beside(side.features, b, alike, agreed) < BESIDE:
        verdict = NEGATIVE if side.negative else MIRRORED if side.mirrored else SAME
    elif seen.strict >= (LEAST_TINY if max(agreed.on_a.area, agreed.on_b.area) < TINY else LEAST_DETAIL):
        verdict = DETAIL
    else:
        return look_alike(len(best), side.mirrored, side.negative)
    return _match(verdict, a, b, agreed, side)


def _sides(a: Features, b: Features) -> list[Side]:
    """Plate A in every way in which it may agree with plate B."""
    sides = [Side(a, False, False), Side(mirrored(a), True, False)]
    if may_be_negatives(a.tone, b.tone):
        negative = inverted(a)
        sides += [Side(negative, False, True), Side(mirrored(negative), True, True)]
    return sides


def stands(seen: Support) -> bool:
    """Whether more agrees than chance gives, in enough places of a plate."""
    return seen.places >= LEAST_PLACES and seen.agreeing >= _times_chance(seen) * seen.by_chance + MARGIN


def _times_chance(seen: Support) -> float:
    """How many times as many pairs must agree as the transform shifted aside gives."""
    exact = seen.error <= EXACT and seen.places >= EXACT_PLACES
    if exact or seen.places >= MANY_PLACES:
        return CHANCE_SPREAD
    return CHANCE_REPEATED if seen.strict < DISTINCT * seen.agreeing else CHANCE


def whole(seen: Correspondences) -> bool:
    """Whether most of both pictures agrees, and each shows the whole of the other."""
    a, b = seen.on_a, seen.on_b
    ink, extent = min(a.coverage, b.coverage), min(a.extent, b.extent)
    most = ink >= MOST or (ink >= SOME and extent >= SPREAD)
    return most and min(a.visible, b.visible) >= WHOLE


def _beside(a: Features, b: Features, alike: np.ndarray, seen: Correspondences) -> float:
    """The larger share of a picture's ink that lies beside what agrees and is not in the other plate at all."""
    return max(unmatched(a, b, alike, seen.transform, seen.patch_a, seen.patch_b))


def _match(verdict: str, a: Features, b: Features, seen: Correspondences, side: Side) -> Match:
    transform, points_a, region_a = seen.transform, seen.points_a, seen.on_a.region
    measured = residuals(
        points_a,
        seen.points_b,
        geometry.moved(transform, points_a),
        seen.similarity,
        geometry.unit_of(b.size),
    )
    why = reason(
        measured,
        detail=verdict == DETAIL,
        mirrored=side.mirrored,
        across=min(across(region_a, a.size), across(seen.on_b.region, b.size)),
        coverage=min(seen.on_a.coverage, seen.on_b.coverage),
    )
    if side.mirrored:
        flip = geometry.mirroring(a.size[0])
        transform = transform @ flip
        points_a, region_a = (
            geometry.moved(flip, points).astype(np.float32) for points in (points_a, region_a)
        )
    return Match(
        verdict=verdict,
        inliers=len(points_a),
        mirrored=side.mirrored,
        coverage_a=seen.on_a.coverage,
        coverage_b=seen.on_b.coverage,
        transform=transform,
        model=seen.model,
        residual=float(np.median(seen.errors)),
        region_a=region_a,
        region_b=seen.on_b.region,
        printing=PROBABLY_SAME_PLATE if why == "exact" else "",
        points_a=points_a,
        points_b=seen.points_b,
        residuals=measured,
        reason=why,
        negative=side.negative,
        possible=min(int(a.vouch.sum()), int(b.vouch.sum())),
    )

