"""Plates that are changed on purpose, as scanners, copyists and librarians do."""

import io
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

LONGEST = 1200


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


def as_file(image: Image.Image, quality: int = 86) -> bytes:
    """A JPEG of it, as libraries hand it out."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def small(image: Image.Image, side: int) -> Image.Image:
    """The image, no side longer than so many pixels."""
    image = image.copy()
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def cropped(image: Image.Image, rng: np.random.Generator, share: float) -> Image.Image:
    """So much of its area, from anywhere on it."""
    width, height = (int(side * share**0.5) for side in image.size)
    x, y = (int(rng.integers(0, whole - part + 1)) for whole, part in zip(image.size, (width, height), strict=True))
    return image.crop((x, y, x + width, y + height))


def photographed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Askew, in uneven light, with noise."""
    width, height = image.size
    light = np.linspace(0.7, 1.1, width) * np.linspace(1.05, 0.95, height)[:, None]
    lit = np.clip(np.asarray(image, float) * light + rng.normal(0, 5, (height, width)), 0, 255)
    off = rng.uniform(0, 0.06, 8) * np.tile([width, height], 4)
    corners = np.array([0, 0, 0, height, width, height, width, 0]) + off * [1, 1, 1, -1, -1, -1, -1, 1]
    askew = Image.fromarray(lit.astype(np.uint8))
    return askew.transform((width, height), Image.Transform.QUAD, corners.tolist(), Image.Resampling.BICUBIC)


def screened(image: Image.Image, period: float) -> Image.Image:
    """A halftone whose dots lie so many pixels apart, at 45 degrees."""
    grey = np.asarray(image, float) / 255
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    angle = 2**0.5 * np.pi / period
    dots = (np.cos(angle * (x + y)) + np.cos(angle * (x - y))) / 4 + 0.5
    return Image.fromarray(np.where(grey > dots, 255, 0).astype(np.uint8))


def fold_out(
    image: Image.Image, rng: np.random.Generator, others: Sequence[Image.Image], ratio: int
) -> Image.Image:
    """A strip of plates side by side, this one among them."""
    height = 640
    strip = Image.new("L", (height * ratio, height), 232)
    beside = [others[i] for i in rng.permutation(len(others))]
    before = int(rng.integers(0, 3))
    x = 0
    for part in (*beside[:before], image, *beside[before:], *(4 * beside)):
        part = part.resize((max(1, part.width * height // part.height), height))
        strip.paste(part, (x, 0))
        x += part.width + 10
        if x >= strip.width:
            break
    return strip


def on_a_page(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Anywhere on an empty page twice as wide and high."""
    page = Image.new("L", (image.width * 2, image.height * 2), 235)
    page.paste(image, (int(rng.integers(0, image.width + 1)), int(rng.integers(0, image.height + 1))))
    return page


def on_a_sheet(image: Image.Image, rng: np.random.Generator, other: Image.Image) -> Image.Image:
    """Beside another plate of the same height, on either side of it."""
    pair = [image, other.resize((max(1, other.width * image.height // other.height), image.height))]
    if rng.integers(0, 2):
        pair.reverse()
    sheet = Image.new("L", (pair[0].width + 20 + pair[1].width, image.height), 235)
    sheet.paste(pair[0], (0, 0))
    sheet.paste(pair[1], (pair[0].width + 20, 0))
    return sheet


Change = Callable[[Image.Image, np.random.Generator, Sequence[Image.Image]], Image.Image]
# What becomes of a real plate, mode "L": called with it, random numbers, and other plates.
COPIES: dict[str, Change] = {
    "grey": lambda p, _, __: ImageOps.autocontrast(p),
    "1 bit": lambda p, _, __: to_one_bit(p),
    "negative": lambda p, _, __: ImageOps.invert(p),
    "negative, mirrored": lambda p, _, __: ImageOps.invert(ImageOps.mirror(p)),
    "mirrored": lambda p, _, __: ImageOps.mirror(p),
    "turned by 90 degrees": lambda p, _, __: p.transpose(Image.Transpose.ROTATE_90),
    "turned by 180 degrees": lambda p, _, __: p.transpose(Image.Transpose.ROTATE_180),
    "turned by 7 degrees": lambda p, _, __: p.rotate(7, expand=True, fillcolor=225),
    "photograph": lambda p, rng, _: photographed(p, rng),
    "photograph of a negative": lambda p, rng, _: photographed(ImageOps.invert(p), rng),
    "halftone, 4 pixels": lambda p, _, __: screened(p, 4),
    "halftone, 6 pixels": lambda p, _, __: screened(p, 6),
    "halftone, 10 pixels": lambda p, _, __: screened(p, 10),
    "halftone, negative": lambda p, _, __: ImageOps.invert(screened(p, 6)),
    "crop of 70 %": lambda p, rng, _: cropped(p, rng, 0.7),
    "crop of 40 %": lambda p, rng, _: cropped(p, rng, 0.4),
    "crop of 50 %, negative": lambda p, rng, _: ImageOps.invert(cropped(p, rng, 0.5)),
    "144 pixels": lambda p, _, __: small(p, 144),
    "144 pixels, negative": lambda p, _, __: ImageOps.invert(small(p, 144)),
    "220 pixels": lambda p, _, __: small(p, 220),
    "JPEG of quality 30": lambda p, _, __: Image.open(io.BytesIO(as_file(p, 30))),
    "faded": lambda p, _, __: ImageEnhance.Contrast(p).enhance(0.35),
    "blurred": lambda p, _, __: p.filter(ImageFilter.GaussianBlur(2.2)),
    "fold-out, 12 to 1": lambda p, rng, others: fold_out(p, rng, others, 12),
    "fold-out, 12 to 1, mirrored": lambda p, rng, others: ImageOps.mirror(fold_out(p, rng, others, 12)),
    "fold-out, 12 to 1, turned by 90 degrees": lambda p, rng, others: fold_out(p, rng, others, 12).transpose(
        Image.Transpose.ROTATE_90
    ),
}
# Where it is a part of what somebody brings.
SHEETS: dict[str, Change] = {
    "on a page twice as large": lambda p, rng, _: on_a_page(p, rng),
    "on a sheet, beside another": lambda p, rng, others: on_a_sheet(p, rng, others[0]),
}
