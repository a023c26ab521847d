"""Marks that repeat over plates of a source are learned; what a printer used again is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imgsim.features.document_frequency import shared_keypoints
from imgsim.features.extraction import no_features
from imgsim.verification.repeated_parts import LEAST, Box, repeated_parts
from tests.verification.marked_plates import described, mark, picture, with_mark

SIZES = [(420, 540), (460, 560), (400, 600), (440, 520)]


def marked(count: int, place: tuple[float, float], seed: int = 7) -> list[Image.Image]:
    """Plates of several sizes with one label, a little larger on some."""
    return [
        with_mark(picture(n, SIZES[n % 4]), mark(seed), place, 1 + 0.06 * (n % 3)) for n in range(count)
    ]


def middle(box: Box) -> np.ndarray:
    return np.array([box[0] + box[2], box[1] + box[3]]) / 2


@pytest.mark.parametrize("place", [(0.94, 0.95), (0.5, 0.04), (0.05, 0.5)])
def test_a_label_on_many_plates_is_learned(place: tuple[float, float]) -> None:
    plates = marked(LEAST + 2, place) + [picture(50 + n) for n in range(3)]
    found = repeated_parts([described(plate) for plate in plates])
    assert [set(one) for one in found] == [set(range(LEAST + 2))]
    for row, box in found[0].items():
        width, height = plates[row].size
        scale = 1 + 0.06 * (row % 3)
        there = np.array(place) * (width - 120 * scale, height - 84 * scale) + (60 * scale, 42 * scale)
        assert np.abs(middle(box) * (width, height) - there).max() < 16, row
        assert (box[2] - box[0]) * width < 120 * 1.4 and (box[3] - box[1]) * height < 84 * 1.5, row


def test_two_labels_on_the_same_plates_are_two_marks() -> None:
    plates = [with_mark(plate, mark(8), (0.05, 0.05)) for plate in marked(LEAST + 1, (0.95, 0.95))]
    found = repeated_parts([described(plate) for plate in plates])
    assert sorted(len(one) for one in found) == [LEAST + 1, LEAST + 1]
    assert sorted(bool(middle(one[0])[0] < 0.5) for one in found) == [False, True]


def test_what_fewer_plates_show_is_no_mark() -> None:
    plates = marked(LEAST - 1, (0.95, 0.95)) + [picture(60 + n) for n in range(4)]
    assert repeated_parts([described(plate) for plate in plates]) == []
    assert repeated_parts([]) == repeated_parts([no_features((10, 10))] * 9) == []


def test_a_detail_at_other_places_is_no_mark() -> None:
    places = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9), (0.3, 0.6)]
    plates = [with_mark(picture(n), mark(7), place) for n, place in enumerate(places)]
    assert repeated_parts([described(plate) for plate in plates]) == []


def test_one_cut_printed_many_times_keeps_all_of_its_votes() -> None:
    cut = picture(3, (520, 640))
    crops = [(0, 0, 520, 640), (30, 20, 500, 620), (0, 60, 470, 640), (40, 0, 520, 560), (15, 30, 505, 600)]
    plates = [cut.crop(crop).rotate(turn, fillcolor=238) for crop in crops for turn in (0, 2)]
    assert repeated_parts([described(plate) for plate in plates]) == []


def test_impressions_count_as_one_picture() -> None:
    # Three pictures, each twice: the label is on six plates, but on three pictures only.
    plates = [with_mark(picture(n // 2, (480, 600), 20), mark(7), (0.95, 0.95)) for n in range(6)]
    assert repeated_parts([described(plate) for plate in plates]) == []


@pytest.mark.parametrize("sides", ["whole", "headpiece"])
def test_a_border_and_a_headpiece_that_were_used_again_are_no_marks(sides: str) -> None:
    rng = np.random.default_rng(5)
    border = Image.new("L", (440, 560), 238)
    pen = ImageDraw.Draw(border)
    for _ in range(420):
        x, y = int(rng.integers(12, 424)), int(rng.integers(12, 544))
        inside = 66 < x < 374 and 66 < y < 494
        if inside or (sides == "headpiece" and not 20 < y < 120):
            continue
        r = int(rng.integers(2, 9))
        pen.ellipse([x - r, y - r, x + r, y + r], outline=30, width=2)
        pen.line([(x, y), (x + r, y - r)], fill=20, width=2)
    plates = []
    for n in range(LEAST + 1):
        plate = border.copy()
        plate.paste(picture(n, (280, 340), 4), (80, 140))
        plates.append(plate)
    assert repeated_parts([described(plate) for plate in plates]) == []


def test_keypoints_are_counted_where_they_are_alike_at_like_places() -> None:
    plates = [described(plate) for plate in (*marked(2, (0.9, 0.9)), picture(70))]
    shared = shared_keypoints(plates)
    assert shared.dtype == np.int32 and (shared == shared.T).all() and (np.diag(shared) == 0).all()
    assert shared[0, 1] >= 10 > 4 >= shared[:2, 2].max()
    assert shared_keypoints([]).shape == (0, 0)
