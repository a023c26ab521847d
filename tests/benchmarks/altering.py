"""Plates that are changed on purpose, as scanners, copyists and librarians do."""

import numpy as np
from PIL import Image


def _stamp() -> Image.Image:
    """A library's stamp as a mask, mode "L"."""
    from PIL import ImageDraw, ImageFont

    stamp = Image.new("L", (190, 130), 0)
    draw = ImageDraw.Draw(stamp)
    for inset in (2, 9):
        draw.ellipse((inset, inset, 189 - inset, 129 - inset), outline=255, width=3)
    font = ImageFont.load_default(22)
    for y, word in ((26, "MUSEUM"), (52, "FICTUM"), (80, "1753")):
        draw.text((95, y), word, fill=255, font=font, anchor="mt")
    return stamp


def to_one_bit(image: Image.Image) -> Image.Image:
    """As a microfilm scanner makes it: enlarged, a local threshold with noise, specks; black or white."""
    import cv2

    rng = np.random.default_rng(image.width * 10_007 + image.height)
    grey = np.asarray(image.convert("L"))
    scale = max(1.0, 1000 / max(grey.shape))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    paper = cv2.GaussianBlur(grey, (0, 0), 25).astype(float)
    level = np.minimum(paper - 0.22 * (paper - np.percentile(grey, 2)) - 6, np.percentile(grey, 70))
    black = grey + rng.normal(0, 7, grey.shape) < level
    for y, x in zip(rng.integers(0, grey.shape[0], 200), rng.integers(0, grey.shape[1], 200), strict=True):
        reach = rng.integers(1, 4)
        black[y : y + reach, x : x + reach] = True
    return Image.fromarray(~black).convert("L")


def _middle(image: Image.Image, share: float) -> Image.Image:
    width, height = (round(share * side) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))
