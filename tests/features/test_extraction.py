"""Local features: what they are given in, that flipping them is flipping the plate, and what may not vouch."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from imgsim.base.verdict_words import LOOK_ALIKE, SAME
from imgsim.errors import ImageError
from imgsim.features.descriptor_similarity import descriptor_similarity
from imgsim.features.extraction import MAX_FEATURES, extract, mirrored, within
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.sources.sample import draw_plate
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verdicts import match
from imgsim.verification.verifiers import SIFT, describe_file


@pytest.fixture(scope="module")
def plate() -> Image.Image:
    return draw_plate(4_016, width=500)


def test_features_have_the_types_and_bounds_they_promise(plate: Image.Image) -> None:
    found = extract(plate, plate.size)
    count = len(found)
    assert 200 < count <= MAX_FEATURES
    assert found.points.shape == (count, 4) and found.points.dtype == np.float32
    assert found.descriptors.shape == (count, 128) and found.descriptors.dtype == np.uint8
    assert found.vouch.shape == (count,) and found.vouch.dtype == bool
    assert (found.points[:, :2] >= 0).all() and (found.points[:, :2] <= plate.size).all()
    assert (found.points[:, 2] > 0).all()
    lengths = np.linalg.norm(found.descriptors.astype(float), axis=1)
    assert lengths.std() / lengths.mean() < 0.02


def test_points_are_in_pixels_of_the_original(plate: Image.Image) -> None:
    small = extract(plate.convert("RGB"), plate.size)
    large = extract(plate, (plate.width * 3, plate.height * 3))
    assert large.size == (plate.width * 3, plate.height * 3)
    assert np.allclose(small.points[:, :3] * 3, large.points[:, :3], rtol=1e-5)
    assert np.array_equal(small.points[:, 3], large.points[:, 3])


def test_a_larger_scan_gives_the_same_places(plate: Image.Image) -> None:
    large = plate.resize((plate.width * 2, plate.height * 2), Image.Resampling.BICUBIC)
    assert max(large.size) > WORKING_SIDE
    a, b = extract(plate, plate.size), extract(large, large.size)
    away = np.hypot(*(a.points[:, None, :2] * 2 - b.points[None, :, :2]).transpose(2, 0, 1)).min(1)
    assert np.median(away) < 1.5


def test_mirrored_is_what_the_flipped_plate_gives(plate: Image.Image) -> None:
    ours = mirrored(extract(plate, plate.size))
    theirs = extract(ImageOps.mirror(plate), plate.size)
    away = np.hypot(*(ours.points[:, None, :2] - theirs.points[None, :, :2]).transpose(2, 0, 1))
    turn = np.cos(ours.points[:, None, 3] - theirs.points[None, :, 3])
    alike = descriptor_similarity(ours, theirs)
    agree = ((away < 0.5) & (turn > 0.99) & (alike > 0.99)).any(1)
    assert agree.mean() > 0.95


def test_mirroring_twice_changes_nothing(plate: Image.Image) -> None:
    once = extract(plate, plate.size)
    twice = mirrored(mirrored(once))
    assert np.array_equal(once.descriptors, twice.descriptors)
    assert np.allclose(once.points[:, :3], twice.points[:, :3], atol=1e-3)
    assert np.allclose(np.cos(once.points[:, 3] - twice.points[:, 3]), 1)


def test_what_is_kept_of_a_plate_is_of_its_descriptors(plate: Image.Image) -> None:
    features = extract(plate, plate.size)
    wide = features.descriptors.astype(np.int64)
    assert np.array_equal(features.lengths, np.sqrt((wide**2).sum(1).astype(np.float32)))
    assert np.array_equal(features.columns, features.descriptors.T) and features.columns.flags.c_contiguous
    # Another plate's are its own: what is kept does not go along.
    half = within(features, (0, 0, 0.5, 1))
    assert len(half.lengths) == len(half) == half.columns.shape[1] == len(half.flipped) < len(features)


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_an_empty_sheet_has_no_features(colour: int) -> None:
    found = extract(Image.new("L", (300, 200), colour), (300, 200))
    assert len(found) == 0 and found.points.shape == (0, 4) and found.descriptors.shape == (0, 128)
    assert len(mirrored(found)) == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 3), (20, 20)])
def test_tiny_and_thin_images_do_no_harm(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, size[::-1], dtype=np.uint8)
    found = extract(Image.fromarray(noise), size)
    assert len(found.vouch) == len(found.points) == len(found.descriptors)


def test_reading_bytes_gives_the_same_and_bad_ones_are_refused(plate: Image.Image) -> None:
    file = io.BytesIO()
    plate.save(file, "PNG")
    read = describe_file(file.getvalue(), SIFT)
    assert np.array_equal(read.points, extract(plate, plate.size).points)
    with pytest.raises(ImageError):
        describe_file(file.getvalue()[:-200], SIFT)


def _share_that_vouches(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """Vouching features in a box as a share of the features that plain SIFT finds there."""
    import cv2

    def inside(points: np.ndarray) -> int:
        x, y = points[:, 0], points[:, 1]
        return int(((x > box[0]) & (y > box[1]) & (x < box[2]) & (y < box[3])).sum())

    found = extract(image, image.size)
    small = image.copy()
    small.thumbnail((WORKING_SIDE, WORKING_SIDE))
    scale = image.width / small.width
    all_there = inside(np.array([point.pt for point in cv2.SIFT.create().detect(np.asarray(small))]) * scale)
    assert all_there >= 8
    return inside(found.points[found.vouch]) / all_there


def test_a_caption_does_not_vouch_and_the_picture_does() -> None:
    plate = draw_plate(4_016, width=600)
    sheet = Image.new("L", (700, 1040), 255)
    sheet.paste(plate, (50, 40))
    from PIL import ImageFont

    draw = ImageDraw.Draw(sheet)
    draw.text((150, 970), "Viola tricolor, or Heart's-ease.", fill=0, font=ImageFont.load_default(26))
    assert _share_that_vouches(sheet, (140, 965, 600, 1005)) < 0.1
    assert _share_that_vouches(sheet, (60, 60, 640, 880)) > 0.6
    # And the same on a plate that lies on its side.
    turned = sheet.transpose(Image.Transpose.ROTATE_90)
    assert _share_that_vouches(turned, (965, 100, 1005, 560)) < 0.1


def ornament(seed: int, word: str, side: int) -> Image.Image:
    """A small ornament of one's own, with a word set in the middle of it, from the type that all printers have."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (side, side * 2 // 3), 255)
    draw = ImageDraw.Draw(image)
    middle = np.array(image.size) / 2
    for angle in np.linspace(0, 2 * np.pi, 40, endpoint=False):
        near = middle + middle * 0.72 * np.array([np.cos(angle), np.sin(angle)])
        far = middle + middle * rng.uniform(0.8, 0.95) * np.array([np.cos(angle + 0.08), np.sin(angle + 0.08)])
        draw.line([*near, *far], fill=0, width=max(1, side // 90))
        size = rng.uniform(0.01, 0.025) * side
        draw.ellipse([*(far - size), *(far + size)], outline=0, width=max(1, side // 120))
    font = ImageFont.load_default(round(side * 0.115))
    draw.text(tuple(middle), word, font=font, anchor="mm", fill=0)
    return image


@pytest.fixture
def no_watermarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ink as even as a font's is taken for a watermark, which set type is not: here nothing is."""
    monkeypatch.setattr("imgsim.features.keypoint_mask.printed_across", lambda plate: np.zeros(plate.shape, bool))


@pytest.mark.usefixtures("no_watermarks")
@pytest.mark.parametrize("side", [240, 700])
@pytest.mark.parametrize("turn", [0, 90])
def test_a_word_in_a_small_ornament_does_not_vouch(side: int, turn: int) -> None:
    one, other = (ornament(seed, "FINIS", side).rotate(turn, expand=True) for seed in (1, 2))
    a, b = (extract(image, image.size) for image in (one, other))
    assert match(a, b).verdict == LOOK_ALIKE
    assert match(a, a).verdict == SAME
    wide, high = one.size
    x, y = np.abs(a.points[:, :2] - np.array([wide, high]) / 2).T
    along, across = (x, y) if turn == 0 else (y, x)
    word = (along < 0.2 * side) & (across < 0.045 * side)
    assert word.sum() > 15 and a.vouch[word].mean() < 0.1
    assert a.vouch[~word].mean() > 0.6


@pytest.mark.usefixtures("no_watermarks")
def test_three_of_a_kind_are_no_word() -> None:
    three = extract(image := ornament(3, "FIN", 500), image.size)
    word = (np.abs(three.points[:, :2] - np.array(image.size) / 2) < (60, 25)).all(1)
    assert word.sum() > 5 and three.vouch[word].all()


def test_a_frame_does_not_vouch() -> None:
    sheet = Image.new("L", (700, 1040), 255)
    sheet.paste(draw_plate(4_032, width=560), (70, 100))
    draw = ImageDraw.Draw(sheet)
    for inset in (25, 33):
        draw.rectangle((inset, inset, 699 - inset, 1039 - inset), outline=0, width=3)
    for strip in ((15, 15, 685, 42), (15, 998, 685, 1025), (15, 15, 42, 1025), (658, 15, 685, 1025)):
        assert _share_that_vouches(sheet, strip) < 0.1
    assert _share_that_vouches(sheet, (70, 100, 630, 900)) > 0.6


def test_a_stamp_does_not_vouch() -> None:
    sheet = draw_plate(4_048, width=600).copy()
    draw = ImageDraw.Draw(sheet)
    box = (20, 700, 160, 800)
    draw.rectangle((10, 690, 170, 810), fill=255)
    for inset in (0, 7):
        draw.ellipse((box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset), outline=0, width=3)
    draw.text((50, 735), "MUSEUM", fill=0)
    draw.text((55, 752), "FICTUM", fill=0)
    assert _share_that_vouches(sheet, box) < 0.15


def test_the_black_beyond_the_page_does_not_vouch() -> None:
    plate = draw_plate(4_016, width=600)
    sheet = np.full((plate.height, 700), 255, np.uint8)
    sheet[:, 100:] = np.asarray(plate)
    edge = 30 + np.cumsum(np.random.default_rng(1).normal(0, 1.2, len(sheet))).astype(int)
    sheet[np.arange(700) < np.clip(edge, 5, 60)[:, None]] = 0
    assert _share_that_vouches(Image.fromarray(sheet), (0, 0, 70, len(sheet))) < 0.1


def test_on_a_generated_scan_most_of_the_picture_vouches() -> None:
    image = scan(PlateSpec(composition=3_216, hand=1, lettering=2, scan=3))
    found = extract(image.convert("L"), image.size)
    assert found.vouch.mean() > 0.6
