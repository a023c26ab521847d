"""A picture that somebody sends is described as the same file of a collection is, and finds the same plates."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, NEGATIVE, SAME
from imgsim.features.extraction import Features, extract
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.features.working_copy import (
    CLOSER,
    MOST_PIXELS,
    copy_to_cut,
    copy_to_describe,
    open_to_describe,
    working_copy,
    working_size,
)
from imgsim.images.isolated import Isolated
from imgsim.sources.sample import draw_plate
from imgsim.verification.unknown_image import compare_outside
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file
from tests.made_up import store_of
from tests.making import scribbled

WIDTH = 420
Searched = tuple[FeatureStore, FeatureIndex]


@pytest.fixture(scope="module")
def plates() -> list[Image.Image]:
    return [draw_plate(16 * (500 + at), width=WIDTH) for at in range(6)]


@pytest.fixture(scope="module")
def features(plates: list[Image.Image]) -> list[Features]:
    return [extract(plate, plate.size) for plate in plates]


@pytest.fixture(scope="module")
def searched(features: list[Features]) -> Searched:
    store = store_of(features)
    return store, FeatureIndex.build(store)


@pytest.fixture(scope="module")
def opener() -> Iterator[Isolated]:
    child = Isolated()
    yield child
    child.close()


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def fold_out(plate: Image.Image, ratio: int, height: int = 330) -> Image.Image:
    sheet = scribbled((height * ratio, height))
    sheet.paste(plate.resize((plate.width * height // plate.height, height)), (sheet.width * 2 // 3, 0))
    return sheet


def halftone(plate: Image.Image, period: int = 6) -> Image.Image:
    grey = np.asarray(plate.resize((840, plate.height * 2)), float) / 255
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    screen = np.cos(np.pi * (x + y) * 2**0.5 / period) + np.cos(np.pi * (x - y) * 2**0.5 / period)
    return Image.fromarray(np.uint8(255) * (grey > screen / 4 + 0.5).astype(np.uint8))


def small(plate: Image.Image) -> Image.Image:
    return plate.resize((plate.width * 150 // plate.height, 150), Image.Resampling.LANCZOS)


SENT: dict[str, tuple[Callable[[Image.Image], Image.Image], tuple[str, bool, bool]]] = {
    "as it is": (lambda plate: plate, (SAME, False, False)),
    "large": (lambda plate: plate.resize((WIDTH * 5, plate.height * 5)), (SAME, False, False)),
    "negative": (ImageOps.invert, (NEGATIVE, False, True)),
    "negative, mirrored": (lambda plate: ImageOps.invert(ImageOps.mirror(plate)), (NEGATIVE, True, True)),
    "fold-out, mirrored, 25 to 1": (lambda plate: ImageOps.mirror(fold_out(plate, 25)), (DETAIL, True, False)),
    "mirrored": (ImageOps.mirror, (MIRRORED, True, False)),
    "turned by 90": (lambda plate: plate.rotate(90, expand=True), (SAME, False, False)),
    "turned by 7": (lambda plate: plate.rotate(7, expand=True, fillcolor=240), (SAME, False, False)),
    "small": (small, (SAME, False, False)),
    "halftone": (halftone, (SAME, False, False)),
    "fold-out, 8 to 1": (lambda plate: fold_out(plate, 8), (DETAIL, False, False)),
    "fold-out, 12 to 1, upright, negative": (
        lambda plate: ImageOps.invert(fold_out(plate, 12).transpose(Image.Transpose.ROTATE_270)), (DETAIL, False, True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_finds_the_plates_that_it_would_find_in_a_collection(
    name: str, plates: list[Image.Image], features: list[Features], searched: Searched, opener: Isolated
) -> None:
    change, expected = SENT[name]
    at = list(SENT).index(name)
    number = 2 if "fold-out" in name else at % len(plates)
    data = encoded(change(plates[number]), "JPEG" if at % 2 else "PNG")
    product = opener.copied(data, copy_to_describe)
    opened = open_to_describe(data)
    here, there = (np.asarray(working_copy(one, opened.size)) for one in (opened.image, product.image()))
    assert product.size == opened.size
    np.testing.assert_array_equal(here, there)
    found = compare_outside(product.image(), product.size, None, *searched, workers=1)
    said = {one.b: (one.verdict, one.mirrored, one.negative) for one in found if one.verified}
    assert said == {number: expected}
    plate_there = describe_file(data, SIFT)
    prepared = [match(plate_there, plate) for plate in features]
    assert {row: one.verdict for row, one in enumerate(prepared) if one.verdict != LOOK_ALIKE} == {number: expected[0]}


def test_what_is_sent_back_is_bounded(opener: Isolated) -> None:
    for size in ((3000, 2000), (9000, 360), (360, 20_000), (24_000, 60), (90, 120)):
        data = encoded(Image.new("L", size, 200))
        shown, cut = (opener.copied(data, copy).image() for copy in (copy_to_describe, copy_to_cut))
        assert shown.size == working_size(size) and shown.width * shown.height <= 1.02 * MOST_PIXELS
        # As large as a box on it needs, unless the original is smaller.
        assert min(cut.size) >= min(min(size), int(CLOSER * min(working_size(size))))
        assert cut.width * cut.height <= 1.02 * CLOSER**2 * max(MOST_PIXELS, (2 * 640) ** 2)


def test_a_box_on_a_fold_out_is_looked_for(
    plates: list[Image.Image], searched: Searched, opener: Isolated
) -> None:
    sheet = fold_out(plates[1], 20)
    product = opener.copied(encoded(sheet), copy_to_cut)
    width = plates[1].width * sheet.height // plates[1].height
    box = (2 / 3, 0.0, 2 / 3 + width / sheet.width, 1.0)
    found = compare_outside(product.image(), product.size, box, *searched, workers=1)
    assert [one.b for one in found if one.verified] == [1]
