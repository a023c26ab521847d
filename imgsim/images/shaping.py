"""From an opened image to the square array that a network reads.

Each backbone names one of these functions, and the same one serves precompute, training and an uploaded image,
so that preprocessing cannot drift. Whatever changes the pixels that one of them returns must raise its version: it is
part of the key under which embeddings are kept.
"""

import numpy as np
from PIL import Image

from imgsim.images.halftone import without_screen
from imgsim.images.polarity import is_dark, tone_of

# By the name of the function.
SHAPING_VERSIONS = {"squeeze": 1, "letterbox": 2}

# Box-reducing by whole factors first, then filtering the last factor of two or more: a third of the time of
# filtering the full scan, and at this gap the pixels differ by a grey level or two at most.
REDUCING_GAP = 2.0

# Fewer grey levels than this between ink and paper are taken for noise on an empty sheet and not stretched further.
LEAST_CONTRAST = 40


def squeeze(image: Image.Image, size: int = 224) -> np.ndarray:
    """Squeeze the whole plate to a square, antialiased, whatever its aspect (as the DHH23 study did).

    Returns uint8 (size, size) for a grey image, uint8 (size, size, 3) for a colour one.
    """
    if image.mode in {"1", "I;16", "LA"}:
        image = image.convert("L")
    elif image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    resized = image.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    return np.array(resized, dtype=np.uint8)


def letterbox(image: Image.Image, size: int = 128) -> np.ndarray:
    """Fit the whole plate into a square, aspect kept, its paper made white and its darkest ink black.

    The dots of a halftone are melted into tones first, and what is dark on the whole is taken for a negative and turned
    into its positive: so a plate, its negative and a halftone of it give nearly the same square.

    Returns uint8 (size, size), grey; the rest of the square is paper.
    """
    grey = image if image.mode == "L" else image.convert("L")
    pixels = np.asarray(grey, dtype=np.uint8)
    melted = without_screen(pixels)
    if melted is not pixels:
        grey = Image.fromarray(melted)
    fitted = fitted_size(*grey.size, size)
    if fitted != grey.size:
        grey = grey.resize(fitted, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    plate = np.asarray(grey, dtype=np.uint8)
    return pad_square(whiten(255 - plate if is_dark(tone_of(plate)) else plate), size)


def fitted_size(width: int, height: int, size: int) -> tuple[int, int]:
    """Return (width, height) scaled so that the longer side is `size` pixels and the shorter at least one."""
    scale = size / max(width, height)
    return min(size, max(1, round(width * scale))), min(size, max(1, round(height * scale)))


def whiten(plate: np.ndarray) -> np.ndarray:
    """Stretch a grey plate, uint8 (h, w), so that its paper is 255 and its darkest ink 0: uint8 (h, w).

    The paper is the 90th percentile of the whole plate, not of its rim: dark page edges and the black frames of
    woodcuts touch the rim.
    """
    ink, paper = np.percentile(plate, (1, 90))
    ink = min(float(ink), float(paper) - LEAST_CONTRAST)
    stretched = (plate.astype(np.float32) - ink) * (255.0 / (float(paper) - ink))
    return np.clip(np.rint(stretched), 0, 255).astype(np.uint8)


def pad_square(plate: np.ndarray, size: int) -> np.ndarray:
    """Centre a whitened plate, uint8 (h, w) with h and w <= size, on a white square: uint8 (size, size)."""
    height, width = plate.shape
    square = np.full((size, size), 255, dtype=np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = plate
    return square
