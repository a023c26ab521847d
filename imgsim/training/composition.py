"""How a plate stands on a sheet of paper: alone, with margins, cropped, beside another picture or among many."""

from collections.abc import Sequence

import cv2
import numpy as np

# Boxes across and down on a sheet that several pictures share.
SHEETS = ((1, 2), (2, 1), (2, 2), (2, 2), (2, 3), (3, 2), (3, 3))
# As many other plates as the fullest sheet needs.
MOST_OTHERS = 8

Plate = np.ndarray  # uint8 (h, w), grey, dark ink on light paper


def compose(
    plate: Plate, longest: int, rng: np.random.Generator, others: Sequence[Plate] = (), strength: float = 1.0
) -> Plate:
    """Place the plate on a sheet: mirrored, turned, squeezed, cropped, with margins or with other pictures.

    The longer side of the sheet is `longest` pixels.
    """
    if rng.random() < 0.25 * strength:
        plate = cv2.flip(plate, 1)
    turn = rng.random() / max(strength, 1e-6)
    if turn < 0.3:  # by one, two or three right angles, each as often
        plate = np.rot90(plate, 1 + int(turn / 0.1))
    height, width = plate.shape
    squeeze = float(np.exp(rng.normal(0, 0.06) if rng.random() < 0.7 else rng.uniform(-0.25, 0.25)))
    angle = float(rng.normal(0, 2.0) if rng.random() < 0.75 else rng.uniform(-20, 20))
    squeeze, angle = squeeze**strength, angle * strength

    # The window of the plate that the sheet shows, in parts of the plate; below 0 and above 1 lie margins.
    kind = rng.random()
    if kind < 0.3:  # nearly as it is
        left, top, right, bottom = rng.uniform(-0.06, 0.06, 4) + (0, 0, 1, 1)
    elif kind < 0.65:  # larger paper
        most = rng.uniform(0.1, 0.6)
        left, top = -rng.uniform(0, most, 2)
        right, bottom = 1 + rng.uniform(0, most, 2)
    else:  # cropped, and often some margin on the other side
        w, h = np.sqrt(rng.uniform(0.2, 0.95)) * np.exp(rng.normal(0, 0.12, 2))
        w, h = min(w, 1.15), min(h, 1.15)
        left = rng.uniform(min(0, 1 - w), max(0, 1 - w)) + rng.normal(0, 0.03)
        top = rng.uniform(min(0, 1 - h), max(0, 1 - h)) + rng.normal(0, 0.03)
        right, bottom = left + w, top + h

    left, top, right, bottom = np.multiply((left, top, right - 1, bottom - 1), strength) + (0, 0, 1, 1)
    sheet_w, sheet_h = (right - left) * width * squeeze, (bottom - top) * height
    company = rng.random() / max(strength, 1e-6)
    if others and company < 0.12:
        return _beside(plate, others[0], longest, rng)
    if others and company < 0.24:
        return _among(plate, others, longest, rng)
    scale = longest / max(sheet_w, sheet_h)
    out_w, out_h = max(8, round(sheet_w * scale)), max(8, round(sheet_h * scale))
    # plate pixel -> sheet pixel: turn about the plate's middle, then scale, then shift
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    cx, cy = width / 2, height / 2
    shear = float(rng.normal(0, 0.02)) * strength
    linear = np.array([[scale * squeeze, shear * scale], [0, scale]]) @ np.array([[cos, -sin], [sin, cos]])
    middle = np.array([(0.5 - left) * width * squeeze * scale, (0.5 - top) * height * scale])
    shift = middle - linear @ (cx, cy)
    matrix = np.column_stack([linear, shift])
    paper = paper_of(plate)
    plate = _reduce(plate, scale)
    if plate.shape != (height, width):
        matrix = matrix @ np.diag([width / plate.shape[1], height / plate.shape[0], 1.0])
    sheet = cv2.warpAffine(
        plate,
        matrix,
        (out_w, out_h),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    if kind < 0.65 and rng.random() < 0.12 * strength:
        _letterpress(sheet, matrix, plate.shape, rng)
    return sheet


def _reduce(plate: Plate, scale: float) -> Plate:
    """Halve by area averaging while the map that follows would skip pixels."""
    while scale < 0.6 and min(plate.shape) >= 16:
        plate = cv2.resize(plate, (plate.shape[1] // 2, plate.shape[0] // 2), interpolation=cv2.INTER_AREA)
        scale *= 2
    return np.ascontiguousarray(plate)


def _beside(plate: Plate, other: Plate, longest: int, rng: np.random.Generator) -> Plate:
    """Set the plate beside or above another picture on a common sheet."""
    share = float(rng.uniform(0.25, 0.75))
    wide = rng.random() < 0.5
    sides = []
    for picture, part in ((plate, share), (other, 1 - share)):
        box = (int(longest * part), longest) if wide else (longest, int(longest * part))
        sides.append(_in_box(picture, box, rng))
    if rng.random() < 0.5:
        sides.reverse()
    return np.hstack(sides) if wide else np.vstack(sides)


def _among(plate: Plate, others: Sequence[Plate], longest: int, rng: np.random.Generator) -> Plate:
    """Set the plate among others in rows of equal boxes, as plates of leaves, shells or tools do: two to nine."""
    across, down = SHEETS[int(rng.integers(len(SHEETS)))]
    pictures = [others[i % len(others)] for i in range(across * down - 1)]
    pictures.insert(int(rng.integers(across * down)), plate)
    side = longest / max(across, down) * np.exp(rng.uniform(-0.25, 0.25, 2))
    side = np.maximum(8, side * (longest / max(side[0] * across, side[1] * down))).astype(int)
    boxes = [_in_box(picture, (int(side[0]), int(side[1])), rng) for picture in pictures]
    return np.vstack([np.hstack(boxes[row * across : (row + 1) * across]) for row in range(down)])


def _in_box(picture: Plate, box: tuple[int, int], rng: np.random.Generator) -> Plate:
    """Fit a picture into a box of its own paper, (width, height) in pixels, somewhere in it."""
    factor = min(box[0] / picture.shape[1], box[1] / picture.shape[0])
    fitted = (max(1, int(picture.shape[1] * factor)), max(1, int(picture.shape[0] * factor)))
    sheet = np.full((box[1], box[0]), paper_of(picture), np.uint8)
    y = int(rng.integers(0, box[1] - fitted[1] + 1))
    x = int(rng.integers(0, box[0] - fitted[0] + 1))
    sheet[y : y + fitted[1], x : x + fitted[0]] = cv2.resize(picture, fitted, interpolation=cv2.INTER_AREA)
    return sheet


def _letterpress(sheet: Plate, matrix: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> None:
    """Print lines of small type into the sheet above and below the plate (a page scan), in place."""
    corners = np.array([[0, 0, 1], [shape[1], 0, 1], [0, shape[0], 1], [shape[1], shape[0], 1]]) @ matrix.T
    above, below = int(corners[:, 1].min()), int(corners[:, 1].max())
    height, width = sheet.shape
    step = max(4, int(longest_side(sheet) * rng.uniform(0.02, 0.035)))
    ink = int(rng.integers(20, 90))
    for y in [*range(step, above - step, step), *range(below + step, height - 2, step)]:
        x = int(width * 0.08)
        while x < width * 0.9:
            w = int(rng.integers(3, 3 * step))
            sheet[y : y + max(1, step // 3), x : min(x + w, width)] = ink
            x += w + step // 2


def longest_side(plate: Plate) -> int:
    """The longer side of a plate or sheet, in pixels."""
    return max(plate.shape)


def paper_of(plate: Plate) -> int:
    """The grey value of the paper that a plate is printed on."""
    return int(np.percentile(plate[::4, ::4], 90))
