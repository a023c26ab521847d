"""Row 34: colour cards, rulers and watermarks that all of a library's scans bear vouch for no pair of plates."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.features.extraction import Features, extract
from imgsim.sources.sample.copperplate import PlateSpec
from imgsim.sources.sample.scanning import scan
from imgsim.verification.verdicts import match
from tests.reliability.tally import Tally

COUNT = 6


def card(columns: int, rows: int, patch: int, gap: int, ground: int, seed: int) -> Image.Image:
    """A grid of patches of many greys, with a line of words."""
    rng = np.random.default_rng(seed)
    step = patch + gap
    drawn = Image.new("L", (columns * step + gap, rows * step + gap + patch // 2), ground)
    draw = ImageDraw.Draw(drawn)
    greys = rng.permutation(np.linspace(15, 250, columns * rows)).astype(int)
    for i, grey in enumerate(greys):
        x, y = gap + i % columns * step, gap + i // columns * step
        draw.rectangle((x, y, x + patch - 1, y + patch - 1), fill=int(grey))
    words = ImageFont.load_default(max(8, patch // 3))
    draw.text((gap, rows * step + 2), "Farbkarte No. 7", fill=255 - ground, font=words)
    return drawn


def ruler(length: int, pitch: int, height: int, dark: bool, every: int) -> Image.Image:
    """Ticks in equal steps, every fifth or tenth a longer one with its number."""
    paper, ink = (30, 235) if dark else (240, 15)
    drawn = Image.new("L", (length, height), paper)
    draw = ImageDraw.Draw(drawn)
    figures = ImageFont.load_default(max(8, height // 3))
    for k, x in enumerate(range(pitch, length - pitch, pitch)):
        long = k % every == 0
        draw.line((x, 0, x, height * (9 if long else 5) // 20), fill=ink, width=max(1, pitch // 3))
        if long:
            draw.text((x - 3, height // 2), str(k // every), fill=ink, font=figures)
    return drawn


def beside(plate: Image.Image, aid: Image.Image, share: float, where: str, board: int) -> Image.Image:
    """The plate on a board with the aid on one side, as long as a share of that side."""
    upright = where in ("left", "right")
    aid = aid.rotate(90, expand=True) if upright else aid
    along = plate.height if upright else plate.width
    factor = share * along / (aid.height if upright else aid.width)
    aid = aid.resize((round(aid.width * factor), round(aid.height * factor)), Image.Resampling.LANCZOS)
    w, h = plate.size
    if upright:
        out = Image.new("L", (w + aid.width + 30, h), board)
        out.paste(plate, (0 if where == "right" else aid.width + 30, 0))
        out.paste(aid, (w + 15 if where == "right" else 15, 20))
    else:
        out = Image.new("L", (w, h + aid.height + 30), board)
        out.paste(plate, (0, 0 if where == "below" else aid.height + 30))
        out.paste(aid, (20, h + 15 if where == "below" else 15))
    return out


def stamped(plate: Image.Image, words: tuple[str, ...], angle: float, share: float) -> Image.Image:
    """The plate with words printed slantwise across it, half transparent."""
    font = ImageFont.load_default(80)
    layer = Image.new("L", (1600, 110 * len(words)))
    for i, word in enumerate(words):
        ImageDraw.Draw(layer).text((10, 110 * i), word, fill=140, font=font)
    box = layer.getbbox()
    layer = layer.crop(box).rotate(angle, expand=True)
    width = round(share * plate.width)
    layer = layer.resize((width, width * layer.height // layer.width))
    out = plate.copy()
    out.paste(50, ((plate.width - width) // 2, max(0, (plate.height - layer.height) // 2)), layer)
    return out


Change = Callable[[Image.Image], Image.Image]
AIDS: dict[str, Change] = {
    "a card of 3 times 4, 50 %, below": lambda p: beside(p, card(4, 3, 60, 12, 25, 1), 0.5, "below", 30),
    "a card of 8 times 5, 40 %, above": lambda p: beside(p, card(8, 5, 40, 6, 60, 2), 0.4, "above", 60),
    "a white card of 5 times 4, 35 %, right": lambda p: beside(p, card(5, 4, 50, 14, 245, 3), 0.35, "right", 20),
    "a card of 7 times 2, 60 %, left": lambda p: beside(p, card(7, 2, 44, 10, 15, 4), 0.6, "left", 110),
    "a paper ruler, below": lambda p: beside(p, ruler(1400, 10, 120, False, 10), 0.9, "below", 25),
    "a broad ruler, above": lambda p: beside(p, ruler(1200, 10, 150, True, 5), 0.95, "above", 200),
    "a broad ruler, below": lambda p: beside(p, ruler(1000, 8, 170, False, 10), 0.97, "below", 40),
    "a paper ruler, right": lambda p: beside(p, ruler(1300, 13, 130, False, 10), 0.8, "right", 30),
    "a dark ruler, left": lambda p: beside(p, ruler(1200, 9, 100, True, 10), 0.9, "left", 90),
    "a watermark rising": lambda p: stamped(p, ("LANDESARCHIV FICTIA", "NUR ZUR ANSICHT", "KEINE WIEDERGABE"), 24, 0.9),
    "a watermark falling": lambda p: stamped(p, ("MUSEUM IMAGINUM FICTUM", "COLLECTIO PICTURARUM"), -36, 0.85),
    "a steep watermark": lambda p: stamped(p, ("Kabinett der erdachten Bilder", "Abzug zur Ansicht"), 58, 0.8),
    "a level watermark": lambda p: stamped(p, ("SAMMLUNG FICTIA", "REFERENCE ONLY"), 0, 0.9),
}  # fmt: skip


@pytest.fixture(scope="module")
def plates() -> list[tuple[Image.Image, Image.Image]]:
    """Plates that share nothing, each in two scans of two impressions."""
    first, again = (
        [scan(PlateSpec(51_000 + 16 * i, i, i, 700 + i + other)).convert("L") for i in range(COUNT)]
        for other in (0, 50)
    )
    return list(zip(first, again, strict=True))


def described(plate: Image.Image) -> Features:
    return extract(plate, plate.size)


@pytest.mark.parametrize("aid", AIDS)
def test_what_all_scans_bear_vouches_for_none(
    aid: str, plates: list[tuple[Image.Image, Image.Image]], tally: Tally
) -> None:
    found = [described(AIDS[aid](first)) for first, _ in plates]
    for i, j in combinations(range(COUNT), 2):
        with tally.attempt(f"{aid}, plates {i} and {j}"):
            assert match(found[i], found[j]).verdict == LOOK_ALIKE


@pytest.mark.parametrize(
    "aid", ["a card of 3 times 4, 50 %, below", "a broad ruler, below", "a watermark rising"]
)
def test_they_would_vouch_if_they_were_let(
    aid: str, plates: list[tuple[Image.Image, Image.Image]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is tried here is such that plates would be taken for copies on account of it."""
    for found in ("laid_beside", "printed_across"):
        monkeypatch.setattr(f"imgsim.features.keypoint_mask.{found}", lambda plate: np.zeros(plate.shape, bool))
    bearing = [described(AIDS[aid](first)) for first, _ in plates]
    assert sum(match(a, b).verdict != LOOK_ALIKE for a, b in combinations(bearing, 2)) >= 3


@pytest.mark.parametrize(("one", "other"), zip(AIDS, [*AIDS][3:] + [*AIDS][:3], strict=True))
def test_true_copies_are_found_with_any_of_them(
    one: str, other: str, plates: list[tuple[Image.Image, Image.Image]], tally: Tally
) -> None:
    for i, (first, again) in enumerate(plates[:3]):
        with tally.attempt(f"plate {i} with {one} and with {other}"):
            assert match(described(AIDS[one](first)), described(AIDS[other](again))).verdict != LOOK_ALIKE
