"""Two plates compared: transforms against known ones, verdicts against plates made to deserve them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED, SAME, VERDICTS
from imgsim.features.descriptor_similarity import ROWS
from imgsim.features.extraction import Features, extract, mirrored
from imgsim.sources.sample import draw_plate
from imgsim.verification import geometry as g
from imgsim.verification.match import Match
from imgsim.verification.verdicts import match

WIDTH = 480


def features(image: Image.Image) -> Features:
    return extract(image, image.size)


@pytest.fixture(scope="module")
def image() -> Image.Image:
    return draw_plate(4_016, width=WIDTH)


@pytest.fixture(scope="module")
def plate(image: Image.Image) -> Features:
    return features(image)


def assert_maps(found: Match, truth: np.ndarray, size: tuple[int, int], tolerance: float) -> None:
    """The transform agrees with the true one over the middle of plate A."""
    grid = np.array([(x, y) for x in (0.25, 0.5, 0.75) for y in (0.25, 0.5, 0.75)]) * size
    error = np.hypot(*(g.moved(found.transform, grid) - g.moved(truth, grid)).T)
    assert error.max() < tolerance


def test_least_squares_recover_what_they_are_given() -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform(0, 900, (30, 2))
    turn, scale = 0.7, 1.3
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    similarity = np.array([[c, -s, 40], [s, c, -12], [0, 0, 1]])
    affine = np.array([[1.1, 0.2, 5], [-0.1, 0.9, 7], [0, 0, 1]])
    assert np.allclose(g.similarity_of(points, g.moved(similarity, points)), similarity)
    assert np.allclose(g.affine_of(points, g.moved(affine, points)), affine)


def test_soundness() -> None:
    assert g.sound(np.diag([1.0, 1.1, 1.0]))
    assert not g.sound(np.diag([1.0, 2.0, 1.0]))
    assert not g.sound(np.diag([-1.0, 1.0, 1.0]))
    assert not g.sound(np.diag([0.01, 0.01, 1.0]))


def test_soundness_is_told_by_the_singular_values() -> None:
    rng = np.random.default_rng(4)
    for linear in rng.normal(0, 1, (400, 2, 2)) * np.array([0.06, 1, 16])[rng.integers(0, 3, 400)][:, None, None]:
        large, small = np.linalg.svd(linear, compute_uv=False)
        expected = small > 0.05 and large < 20 and large / small < 1.35 and np.linalg.det(linear) > 0
        transform = np.eye(3)
        transform[:2, :2] = linear
        assert g.sound(transform) == expected
    assert not g.sound(np.zeros((3, 3))) and not g.sound(np.full((3, 3), np.nan))


def test_tentative_pairs_are_mutual_and_clear() -> None:
    similarity = np.array([[0.99, 0.2, 0.1], [0.97, 0.6, 0.3], [0.1, 0.70, 0.71]], np.float32)
    before = similarity.copy()
    rows_a, rows_b = g.tentative([similarity])
    # 0-0 is clear; row 1 prefers 0 too, which prefers row 0; row 2 cannot decide.
    assert rows_a.tolist() == [0] and rows_b.tolist() == [0]
    assert np.array_equal(similarity, before)


@pytest.mark.parametrize("count", [1, ROWS, 2 * ROWS + 31])
def test_many_rows_give_what_a_look_at_all_at_once_gives(count: int) -> None:
    # Coarse numbers: there are ties, of which the first counts.
    similarity = np.random.default_rng(count).integers(0, 60, (count, 90)).astype(np.float32) / 60
    before = similarity.copy()
    best, first, second, greatest = g._likest(similarity[start : start + ROWS] for start in range(0, count, ROWS))
    ordered = np.sort(before, 1)
    assert np.array_equal(best, before.argmax(1)) and np.array_equal(greatest, before.max(0))
    assert np.array_equal(first, ordered[:, -1]) and np.array_equal(second, ordered[:, -2])
    assert np.array_equal(similarity, before)


def test_one_to_one_keeps_each_feature_once() -> None:
    near = g.Near(
        np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]), np.array([0j, 1j, 0j, 30j]), np.array([0.9, 0.95, 0.99, 0.9])
    )  # fmt: skip
    rows_a, rows_b, errors = g.one_to_one(near, 0j, 6.0)
    assert len(set(rows_a.tolist())) == len(rows_a) and len(set(rows_b.tolist())) == len(rows_b)
    assert (1, 1) in zip(rows_a.tolist(), rows_b.tolist(), strict=True)
    assert (errors < 6).all()


def test_a_plate_and_itself(plate: Features) -> None:
    found = match(plate, plate)
    assert found.verdict == SAME and not found.mirrored
    assert found.coverage_a > 0.95 and found.coverage_b > 0.95
    assert_maps(found, np.eye(3), plate.size, 1.0)


def test_a_warped_copy_is_registered(image: Image.Image, plate: Features) -> None:
    turn, scale = np.deg2rad(2.5), 0.83
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    truth = np.array([[c, -s * 1.02, 60], [s, c * 1.02, 25], [0, 0, 1]])
    back = np.linalg.inv(truth)
    size = (WIDTH, image.height)
    copy = image.transform(
        size, Image.Transform.AFFINE, tuple(back[:2].ravel()), Image.Resampling.BICUBIC, fillcolor=255
    )
    found = match(plate, features(copy))
    assert found.verdict == SAME and found.model in {"affine", "homography"}
    assert_maps(found, truth, plate.size, 2.0)
    assert found.residual < 2


@pytest.mark.parametrize(
    "quarter", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270]
)
def test_a_turned_copy_is_the_same_image(
    image: Image.Image, plate: Features, quarter: Image.Transpose
) -> None:
    found = match(plate, features(image.transpose(quarter)))
    assert found.verdict == SAME and not found.mirrored and np.linalg.det(found.transform) > 0


def test_a_reversed_copy_is_mirrored_and_registered(image: Image.Image, plate: Features) -> None:
    found = match(plate, features(ImageOps.mirror(image)))
    assert found.verdict == MIRRORED and found.mirrored
    assert np.linalg.det(found.transform) < 0
    assert_maps(found, np.array([[-1.0, 0, WIDTH], [0, 1, 0], [0, 0, 1]]), plate.size, 1.0)
    moved = g.moved(found.transform, found.points_a)
    assert np.median(np.hypot(*(moved - found.points_b).T)) < 2


def test_both_ways_say_the_same(image: Image.Image, plate: Features) -> None:
    other = features(ImageOps.mirror(draw_plate(4_016, hand=5, wander=3.0, width=WIDTH)))
    there, back = match(plate, other), match(other, plate)
    assert there.verdict == back.verdict == MIRRORED
    grid = np.array([(150.0, 200.0), (300.0, 400.0)])
    assert np.hypot(*(g.moved(back.transform, g.moved(there.transform, grid)) - grid).T).max() < 6
    assert there.coverage_a == pytest.approx(back.coverage_b, abs=0.1)


def test_a_re_engraved_copy_is_the_same_image(plate: Features) -> None:
    copy = draw_plate(4_016, hand=77, wander=5.0, width=WIDTH)
    assert match(plate, features(copy)).verdict == SAME


def test_a_detail_is_a_shared_detail_in_its_place(image: Image.Image, plate: Features) -> None:
    box = (100, 120, 340, 380)
    detail = image.crop(box).resize((480, 520), Image.Resampling.BICUBIC)
    found = match(plate, features(detail))
    assert found.verdict == DETAIL
    assert found.coverage_b > 0.8 > found.coverage_a
    assert found.region_a.dtype == np.float32 and found.region_a.shape[1] == 2
    assert (found.region_a >= np.array(box[:2]) - 8).all() and (found.region_a <= np.array(box[2:]) + 8).all()
    truth = np.array([[2.0, 0, -2 * box[0]], [0, 2, -2 * box[1]], [0, 0, 1]])
    corners = np.array([(120.0, 150.0), (320.0, 360.0)])
    assert np.hypot(*(g.moved(found.transform, corners) - g.moved(truth, corners)).T).max() < 4


def test_a_motif_in_another_plate_is_a_shared_detail(image: Image.Image, plate: Features) -> None:
    sheet = Image.new("L", (960, image.height), 255)
    sheet.paste(ImageOps.mirror(image), (0, 0))
    sheet.paste(draw_plate(8_016, width=WIDTH), (480, 0))
    found = match(plate, features(sheet))
    assert found.verdict == DETAIL and found.mirrored


def test_unrelated_plates_are_look_alikes() -> None:
    plates = [features(draw_plate(20_000 + 16 * i, width=360)) for i in range(7)]
    for i, a in enumerate(plates):
        for b in plates[:i]:
            found = match(a, b)
            assert found.verdict == LOOK_ALIKE
            assert np.isnan(found.transform).all() and np.isnan(found.residual) and found.model == ""
            assert found.region_a.shape == found.points_b.shape == (0, 2)
            assert found.coverage_a == found.coverage_b == 0 and found.printing == ""


def test_shared_caption_frame_and_stamp_prove_nothing() -> None:
    def furnished(seed: int) -> Image.Image:
        sheet = Image.new("L", (620, 960), 255)
        sheet.paste(draw_plate(seed, width=520), (50, 60))
        draw = ImageDraw.Draw(sheet)
        for inset in (12, 20):
            draw.rectangle((inset, inset, 619 - inset, 959 - inset), outline=0, width=2)
        draw.text((90, 880), "Hyacinthus stellatus Peruanus", fill=0, font=ImageFont.load_default(28))
        draw.text((480, 30), "Tab. XXIV.", fill=0, font=ImageFont.load_default(22))
        draw.rectangle((35, 760, 200, 870), fill=255)
        for inset in (0, 7):
            draw.ellipse((40 + inset, 765 + inset, 190 - inset, 865 - inset), outline=0, width=3)
        draw.text((72, 792), "MUSEUM", fill=0, font=ImageFont.load_default(20))
        draw.text((72, 820), "FICTUM", fill=0, font=ImageFont.load_default(20))
        return sheet

    a, b = (features(furnished(seed)) for seed in (31_008, 31_024))
    assert match(a, b).verdict == LOOK_ALIKE
    everything = [replace(one, vouch=np.ones(len(one), bool)) for one in (a, b)]
    # Without that care the furniture alone would give more support than chance does.
    assert match(*everything).inliers > 2 * max(match(a, b).inliers, 6)


def test_plates_without_features_are_look_alikes(plate: Features) -> None:
    empty = features(Image.new("L", (200, 300), 255))
    for pair in ((empty, plate), (plate, empty), (empty, empty)):
        found = match(*pair)
        assert found.verdict == LOOK_ALIKE and found.inliers == 0


def test_nothing_that_vouches_is_a_look_alike(plate: Features) -> None:
    mute = replace(plate, vouch=np.zeros(len(plate), bool))
    assert match(mute, plate).verdict == LOOK_ALIKE


def test_matching_changes_nothing_and_repeats_itself(plate: Features) -> None:
    before = [array.copy() for array in (plate.points, plate.descriptors, plate.vouch)]
    other = mirrored(plate)
    for array in (plate.points, plate.descriptors, plate.vouch):
        array.setflags(write=False)
    first, second = match(plate, other), match(plate, other)
    assert first.verdict in VERDICTS and np.array_equal(first.transform, second.transform)
    assert len(first.points_a) == len(first.points_b) == first.inliers
    for array, old in zip((plate.points, plate.descriptors, plate.vouch), before, strict=True):
        assert np.array_equal(array, old)
