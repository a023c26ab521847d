"""Two appearances of one plate: augmentations that imitate how pictures were re-used and scanned.

A view is made in five steps: drawn again by another hand, edits of the printed matter (captions, figure letters,
lines worn thin or inked thick), one affine map (mirrored, turned, squeezed, cropped, or set on larger paper, alone or
with other pictures), the condition of the sheet (stains, stamps, show-through, shadow, specks), and the scan or
photograph (perspective, light, tone, blur, resolution, halftone, 1-bit, negative).
Everything is drawn from one numpy Generator, so a seed gives the same view again.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from imgsim.images import shaping
from imgsim.training.composition import Plate, compose, longest_side, paper_of
from imgsim.training.redrawing import redrawn

# Views are drawn at twice the size asked for, so that lines shrink to grey as they do in a reduced scan.
OVERSAMPLING = 2


def view(
    plate: Plate, size: int, rng: np.random.Generator, others: Sequence[Plate] = (), strength: float = 1.0
) -> np.ndarray:
    """Draw one appearance of a plate, whitened and letterboxed as a network reads it.

    `others` are other plates, as many as there are, for shared sheets; the first also shows through. `strength`,
    0 to 1, makes every change as much rarer, and the changes of place as much smaller. Returns uint8 (size, size).
    """
    drawn = redrawn(plate, rng) if rng.random() < 0.2 * strength else plate
    drawn = reprint(drawn, rng, strength)
    drawn = compose(drawn, size * OVERSAMPLING, rng, others, strength)
    drawn = age(drawn, rng, others[0] if others else None, strength)
    drawn = scan(drawn, rng, strength)
    fitted = shaping.fitted_size(drawn.shape[1], drawn.shape[0], size)
    drawn = cv2.resize(drawn, fitted, interpolation=cv2.INTER_AREA)
    return shaping.pad_square(shaping.whiten(drawn), size)


def plain_view(plate: Plate, size: int) -> np.ndarray:
    """Return the plate as it is, as a network reads it: uint8 (size, size)."""
    fitted = shaping.fitted_size(plate.shape[1], plate.shape[0], size)
    drawn = cv2.resize(plate, fitted, interpolation=cv2.INTER_AREA)
    return shaping.pad_square(shaping.whiten(drawn), size)


# ---------------------------------------------------------------- printed matter


def reprint(plate: Plate, rng: np.random.Generator, strength: float = 1.0) -> Plate:
    """Change what was printed: captions gone or new, figure letters, worn lines or heavy ink. Same shape."""
    drawn = plate.copy()
    height, width = drawn.shape
    paper = paper_of(drawn)
    if rng.random() < 0.15 * strength:  # a caption or a heading burnished out
        strip = max(1, int(height * rng.uniform(0.03, 0.1)))
        if rng.random() < 0.7:
            drawn[height - strip :] = paper
        else:
            drawn[:strip] = paper
    if rng.random() < 0.1 * strength:  # one detail burnished out
        h, w = int(height * rng.uniform(0.08, 0.22)), int(width * rng.uniform(0.08, 0.22))
        y, x = int(rng.integers(0, max(1, height - h))), int(rng.integers(0, max(1, width - w)))
        drawn[y : y + h, x : x + w] = paper
    if rng.random() < 0.3 * strength:
        drawn = _letter(drawn, rng)
    return _ink(drawn, rng) if rng.random() < strength else drawn


def _letter(plate: Plate, rng: np.random.Generator) -> Plate:
    """Engrave words and figure letters: a caption above or below, letters anywhere."""
    height, width = plate.shape
    ink = int(rng.integers(0, 60))
    if rng.random() < 0.6:
        text = _word(rng, int(rng.integers(4, 22)))
        scale = float(rng.uniform(0.25, 0.5)) * width / 200
        (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_COMPLEX_SMALL, scale, 1)
        x = int(np.clip((width - wide) / 2 + rng.normal(0, width * 0.1), 0, max(0, width - wide)))
        y = height - int(height * rng.uniform(0.0, 0.04)) if rng.random() < 0.75 else tall + 1
        cv2.putText(plate, text, (x, y), cv2.FONT_HERSHEY_COMPLEX_SMALL, scale, ink, 1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 6))):
        at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        scale = float(rng.uniform(0.3, 0.6)) * width / 200
        cv2.putText(plate, _word(rng, 1), at, cv2.FONT_HERSHEY_COMPLEX_SMALL, scale, ink, 1, cv2.LINE_AA)
    return plate


def _word(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ABCDEFGHILMNOPRSTVabcdefghiklmnoprstuvxyz. 123456789"), length))


def _ink(plate: Plate, rng: np.random.Generator) -> Plate:
    """Ink thicker or thinner: a part-way blend with the eroded (darker) or dilated (lighter) plate."""
    chance = rng.random()
    if chance > 0.6:
        return plate
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3) if rng.random() < 0.75 else (2, 2))
    if chance < 0.35:
        other, share = cv2.erode(plate, kernel), rng.uniform(0.3, 1.0)
    else:
        other, share = cv2.dilate(plate, kernel), rng.uniform(0.2, 0.75)
    return cv2.addWeighted(plate, 1 - share, other, share, 0)


# ---------------------------------------------------------------- condition of the sheet


def age(sheet: Plate, rng: np.random.Generator, other: Plate | None = None, strength: float = 1.0) -> Plate:
    """Stain, stamp, shade and soil a sheet; let another plate show through. Same shape."""
    height, width = sheet.shape
    if rng.random() < 0.1 * strength:
        sheet = _stamp(sheet.copy(), rng)
    drawn = sheet.astype(np.float32)
    if rng.random() < 0.25 * strength:  # stains and uneven toning
        cells = rng.normal(0, 1, (int(rng.integers(2, 7)), int(rng.integers(2, 7)))).astype(np.float32)
        cloud = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
        drawn *= 1 - np.clip(cloud, 0, 2) * rng.uniform(0.03, 0.15)
    if other is not None and rng.random() < 0.12 * strength:  # show-through of the verso
        back = cv2.resize(cv2.flip(other, 1), (width, height), interpolation=cv2.INTER_AREA)
        drawn *= 1 - (255.0 - back) / 255.0 * rng.uniform(0.05, 0.25)
    if rng.random() < 0.15 * strength:  # foxing, blots
        for _ in range(int(rng.integers(1, 25))):
            at = (int(rng.integers(0, width)), int(rng.integers(0, height)))
            radius = max(1, int(abs(rng.normal(0, 0.012)) * longest_side(sheet)))
            cv2.circle(drawn, at, radius, float(rng.uniform(60, 190)), -1, cv2.LINE_AA)
    if rng.random() < 0.2 * strength:  # the shadow of the gutter or the black beyond the page's edge
        depth = max(2, int(width * rng.uniform(0.02, 0.12)))
        if rng.random() < 0.5:
            shade = np.linspace(rng.uniform(0.1, 0.8), 1, depth, dtype=np.float32)
        else:
            shade = np.full(max(1, depth // 2), rng.uniform(0.0, 0.3), np.float32)
        side = rng.integers(0, 4)
        if side == 0:
            drawn[:, : len(shade)] *= shade
        elif side == 1:
            drawn[:, width - len(shade) :] *= shade[::-1]
        elif side == 2:
            drawn[: len(shade)] *= shade[:height, None]
        else:
            drawn[-len(shade) :] *= shade[::-1][-height:, None]
    return np.clip(drawn, 0, 255).astype(np.uint8)


def _stamp(sheet: Plate, rng: np.random.Generator) -> Plate:
    """Stamp a library's oval or box somewhere on the sheet, in place."""
    height, width = sheet.shape
    longest = longest_side(sheet)
    x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
    across, down = int(longest * rng.uniform(0.05, 0.12)), int(longest * rng.uniform(0.03, 0.08))
    ink, line = int(rng.integers(20, 140)), max(1, longest // 110)
    if rng.random() < 0.7:
        cv2.ellipse(
            sheet, (x, y), (across, down), float(rng.uniform(-30, 30)), 0, 360, ink, line, cv2.LINE_AA
        )
    else:
        cv2.rectangle(sheet, (x, y), (x + 2 * across, y + down), ink, line)
    at, scale = (x - across // 2, y), longest / 200 * 0.35
    cv2.putText(sheet, _word(rng, 8), at, cv2.FONT_HERSHEY_COMPLEX_SMALL, scale, ink, 1, cv2.LINE_AA)
    return sheet


# ---------------------------------------------------------------- the scan


def scan(sheet: Plate, rng: np.random.Generator, strength: float = 1.0) -> Plate:
    """Scan or photograph the sheet: tone, blur, lost resolution, noise, halftone, 1-bit, negative. Same shape."""
    height, width = sheet.shape
    drawn = photographed(sheet, rng) if rng.random() < 0.12 * strength else sheet
    if rng.random() < 0.35 * strength:
        drawn = cv2.GaussianBlur(drawn, (0, 0), float(rng.uniform(0.5, 2.2)))
    if rng.random() < 0.2 * strength:
        factor = rng.uniform(0.3, 0.8)
        small = (max(8, int(width * factor)), max(8, int(height * factor)))
        drawn = cv2.resize(drawn, small, interpolation=cv2.INTER_AREA)
        drawn = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.6 * strength:  # contrast and gamma
        levels = np.linspace(0, 1, 256) ** float(np.exp(rng.normal(0, 0.45)))
        low, high = rng.uniform(0, 0.35), rng.uniform(0.7, 1.0)
        drawn = cv2.LUT(drawn, np.rint((low + (high - low) * levels) * 255).astype(np.uint8))
    if rng.random() < 0.2 * strength:
        noise = rng.normal(0, rng.uniform(3, 18), drawn.shape)
        drawn = np.clip(drawn + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.06 * strength:
        drawn = halftoned(drawn, float(rng.uniform(2.5, 7.0)), float(rng.uniform(0, 90)))
    elif rng.random() < 0.25 * strength:  # 1-bit, somewhere between the ink and the paper
        ink, paper = np.percentile(drawn, (1, 90))
        level = ink + (paper - ink) * rng.uniform(0.45, 0.85)
        drawn = np.where(drawn > level, 255, 0).astype(np.uint8)
        if rng.random() < 0.4:
            specks = rng.random(drawn.shape) < rng.uniform(0.0005, 0.006)
            drawn[specks] = 255 - drawn[specks]
    return 255 - drawn if rng.random() < 0.1 * strength else drawn


def photographed(sheet: Plate, rng: np.random.Generator) -> Plate:
    """Photograph a sheet by hand: seen from the side by up to a tenth, lit unevenly. Same shape."""
    height, width = sheet.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + rng.uniform(-0.1, 0.1, (4, 2)) * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    table = int(rng.integers(0, 256))
    drawn = cv2.warpPerspective(sheet, matrix, (width, height), borderValue=table).astype(np.float32)
    across, down = rng.uniform(-0.5, 0.5, 2)
    light = 1 + across * np.linspace(-0.5, 0.5, width) + down * np.linspace(-0.5, 0.5, height)[:, None]
    return np.clip(drawn * light * rng.uniform(0.7, 1.1), 0, 255).astype(np.uint8)


def halftoned(sheet: Plate, period: float, angle: float) -> Plate:
    """Print a sheet in dots, `period` pixels apart, in rows turned by `angle` degrees: 0 and 255. Same shape."""
    down, across = np.mgrid[: sheet.shape[0], : sheet.shape[1]].astype(np.float32) * (2 * np.pi / period)
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    screen = (np.cos(across * cos + down * sin) + np.cos(down * cos - across * sin)) / 4 + 0.5
    return np.where(sheet / 255.0 > screen, 255, 0).astype(np.uint8)
