"""Motif search: a box drawn on one plate is found in others, turned, resized and mirrored, where it truly is."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imgsim.errors import ImgsimError
from imgsim.features.extraction import Features, extract, mirrored
from imgsim.features.feature_store import FeatureStore
from imgsim.features.inverted_index import FeatureIndex
from imgsim.verification.motif_search import Hit, find_motif, motif_features
from tests.made_up import copied, joined, made_up, store_of

MOTIF = made_up(200, 60, (200, 200))
TURN, SCALE = 0.8, 1.3
PLATES = [made_up(number) for number in range(25)]
# The motif on the plates 0 (where the box is drawn), 4 (turned and larger) and 9 (mirrored); half of it on 14.
PLATES[0] = joined(PLATES[0], copied(MOTIF, shift=(300, 400)))
PLATES[4] = joined(PLATES[4], copied(MOTIF, turn=TURN, scale=SCALE, shift=(250, 150), seed=1))
PLATES[9] = joined(PLATES[9], copied(mirrored(MOTIF), shift=(100, 500), seed=2))
PLATES[14] = joined(
    PLATES[14], copied(MOTIF, shift=(10, 10), keep=np.flatnonzero(MOTIF.points[:, 0] < 100).tolist())
)


@pytest.fixture(scope="module")
def local() -> tuple[FeatureIndex, FeatureStore]:
    store = store_of(PLATES)
    return FeatureIndex.build(store), store


def box() -> Features:
    """What the box holds on plate 0: the motif and the features that lie there by chance."""
    plate = PLATES[0]
    x, y = plate.points[:, 0], plate.points[:, 1]
    inside = (x >= 300) & (x <= 500) & (y >= 400) & (y <= 600)
    return Features(plate.size, plate.points[inside], plate.descriptors[inside], plate.vouch[inside])


def look(local: tuple[FeatureIndex, FeatureStore], **options) -> dict[int, Hit]:
    index, store = local
    return {hit.row: hit for hit in find_motif(box(), store, index, **options)}


def test_it_is_found_where_it_is_and_nowhere_else(local: tuple[FeatureIndex, FeatureStore]) -> None:
    hits = look(local, exclude=0)
    assert set(hits) == {4, 9, 14}
    assert {row: hit.mirrored for row, hit in hits.items()} == {4: False, 9: True, 14: False}
    assert all(hit.inliers >= 15 for hit in hits.values())
    assert list(hits)[-1] == 14
    assert set(look(local)) == {0, 4, 9, 14}


def test_the_transform_takes_the_box_to_the_hit(local: tuple[FeatureIndex, FeatureStore]) -> None:
    hits = look(local, exclude=0)
    corners = np.array([[300, 400, 1], [500, 400, 1], [500, 600, 1], [300, 600, 1]], float)
    on_motif = corners[:, :2] - (300, 400)
    turned = (on_motif @ [1, 1j]) * SCALE * np.exp(1j * TURN) + 250 + 150j
    expected = {
        4: np.column_stack((turned.real, turned.imag)),
        9: np.column_stack((200 - on_motif[:, 0] + 100, on_motif[:, 1] + 500)),
    }
    for row, points in expected.items():
        moved = corners @ hits[row].transform.T
        np.testing.assert_allclose(moved[:, :2] / moved[:, 2:], points, atol=6)
        assert np.sign(np.linalg.det(hits[row].transform[:2, :2])) == (-1 if row == 9 else 1)


def test_the_region_lies_round_the_motif_in_the_hit(local: tuple[FeatureIndex, FeatureStore]) -> None:
    hits = look(local, exclude=0)
    for row, centre in ((9, (200, 600)), (14, (60, 110))):
        region = hits[row].region
        assert region.dtype == np.float32
        assert region.shape[1] == 2
        np.testing.assert_allclose((region.min(0) + region.max(0)) / 2, centre, atol=25)
    for hit in hits.values():
        assert (hit.region >= 0).all()
        assert (hit.region <= np.array(PLATES[hit.row].size)).all()


def test_no_more_than_asked_for_and_the_same_with_any_number_of_workers(
    local: tuple[FeatureIndex, FeatureStore],
) -> None:
    assert len(look(local, exclude=0, k=1)) == 1
    one, three = look(local, workers=1), look(local, workers=3)
    assert [(hit.row, hit.inliers, hit.score) for hit in one.values()] == [
        (hit.row, hit.inliers, hit.score) for hit in three.values()
    ]


def test_what_is_nowhere_else_is_not_found(local: tuple[FeatureIndex, FeatureStore]) -> None:
    index, store = local
    for number in range(300, 306):
        assert find_motif(made_up(number, 60), store, index) == []


def drawing() -> Image.Image:
    image = Image.new("L", (900, 1200), 235)
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(5)
    for _ in range(150):
        x, y = rng.uniform((60, 60), (840, 1140))
        draw.line([(x, y), tuple((x, y) + rng.normal(0, 40, 2))], fill=30, width=int(rng.integers(2, 6)))
        draw.ellipse([x, y, x + rng.uniform(8, 40), y + rng.uniform(8, 40)], outline=40, width=3)
    return image


def test_features_of_a_box_are_those_of_the_plate_there() -> None:
    image = drawing()
    found = motif_features(image, (300, 400, 600, 800))
    assert found.size == (900, 1200)
    assert found.vouch.all()
    assert 30 < len(found) <= 300
    assert (found.points[:, 0] >= 300).all()
    assert (found.points[:, 0] <= 600).all()
    assert (found.points[:, 1] >= 400).all()
    assert (found.points[:, 1] <= 800).all()
    whole = extract(image, image.size)
    near = np.hypot(*(found.points[:, None, :2] - whole.points[None, :, :2]).transpose(2, 0, 1)).min(1)
    assert np.median(near) < 1.5


def test_the_box_may_be_drawn_on_a_reduced_image_and_from_any_corner() -> None:
    image = drawing()
    half = image.resize((450, 600), Image.Resampling.BOX)
    one = motif_features(half, (600, 800, 300, 400), (900, 1200))
    other = motif_features(image, (300, 400, 600, 800))
    assert one.size == (900, 1200)
    near = np.hypot(*(one.points[:, None, :2] - other.points[None, :, :2]).transpose(2, 0, 1)).min(1)
    assert (near < 4).mean() > 0.5


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ((5, 5, 5, 90), "no area"),
        ((-50, 10, -5, 90), "no area"),
        ((2000, 10, 3000, 90), "no area"),
        ((1, 1, 30, 30), "larger box"),
    ],
)
def test_a_box_with_nothing_in_it(corners: tuple[float, float, float, float], message: str) -> None:
    with pytest.raises(ImgsimError, match=message):
        motif_features(Image.new("L", (900, 1200), 235), corners)
