"""Set text in whatever faces a machine has: words made up of syllables, lines that run around what is in their way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imgsim.sources.sample.shapes import Rng

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, the last two exclusive

FONT_FILES = {".ttf", ".otf", ".pfb", ".woff", ".ttc"}
# Faces without letters, or of kinds that no old book was set in.
_NO_LETTERS = ("emoji", "symbol", "math", "icon", "mono", "dingbat", "awesome", "lastresort", "braille")
_ONSETS = (
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "l",
    "m",
    "n",
    "p",
    "qu",
    "r",
    "s",
    "t",
    "v",
    "ch",
    "st",
    "th",
    "pr",
    "tr",
    "",
)
_NUCLEI = ("a", "e", "i", "o", "u", "e", "a", "i", "ae", "ou", "ie", "y")
_CODAS = ("", "", "", "n", "r", "s", "t", "m", "nt", "ll", "st", "ct", "nd", "rs")
_VOCABULARY, _WORDS_A_FACE = 600, 40


def font_folders() -> list[Path]:
    """Where the fonts of this machine lie."""
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".fonts",
        home / ".local/share/fonts",
    ]


def find_fonts(folders: Sequence[Path]) -> list[Path]:
    """The fonts below these folders that have letters, in order of their paths."""
    found = (path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in FONT_FILES)
    return sorted(
        path for path in found if not any(word in path.name.lower() for word in _NO_LETTERS) and _sets(path)
    )


def _sets(path: Path) -> bool:
    """Whether a font shows letters, and different ones differently: one of another script shows boxes."""
    try:
        font = ImageFont.truetype(str(path), 24)
        shown = {bytes(font.getmask(letter)) for letter in "aegnoqAR"}
    except (OSError, ValueError):
        return False
    return len(shown) == 8


def made_up_word(rng: Rng, capital: float = 0.1) -> str:
    """A word that no language has, of one to four syllables, now and then with the old long s."""
    syllables = (
        f"{_ONSETS[rng.integers(len(_ONSETS))]}{_NUCLEI[rng.integers(len(_NUCLEI))]}{_CODAS[rng.integers(len(_CODAS))]}"
        for _ in range(int(rng.choice([1, 2, 3, 4], p=[0.4, 0.32, 0.2, 0.08])))
    )
    word = "".join(syllables)
    if rng.random() < 0.5:  # what a long s looks like in most faces
        word = word[:-1].replace("s", "f") + word[-1]
    if rng.random() < capital:
        word = word.capitalize()
    return word + str(rng.choice(["", ",", ".", ";", ":"], p=[0.84, 0.09, 0.04, 0.02, 0.01]))


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """The words that all faces choose from; always the same."""
    rng = np.random.default_rng(1455)
    return tuple(made_up_word(rng) for _ in range(_VOCABULARY))


class Face:
    """A font at one size, with some words that are drawn once, when first wanted, and set many times.

    Attributes
    ----------
    height : of its lines, in pixels.
    """

    def __init__(self, path: Path | None, size: int) -> None:
        self.font = ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
        ascent, descent = self.font.getmetrics()  # type: ignore[union-attr]
        self.height, self.size = min(ascent + descent, 2 * size), size
        self._words: dict[int, np.ndarray] = {}

    def word(self, number: int, capital: bool = False) -> np.ndarray:
        """A word of its own stock, uint8 (height, width), 255 paper and 0 ink."""
        at = number % (8 if capital or self.size > 40 else _WORDS_A_FACE)
        key = at + _VOCABULARY * capital
        if key not in self._words:
            text = vocabulary()[(at + self.size * 37) % _VOCABULARY]
            self._words[key] = self.drawn(text.upper() if capital else text)
        return self._words[key]

    def drawn(self, text: str) -> np.ndarray:
        """A word as pixels, uint8 (height, width)."""
        width = max(1, int(self.font.getlength(text)) + 2)
        image = Image.new("L", (width, self.height), 255)
        ImageDraw.Draw(image).text((1, 0), text, fill=0, font=self.font)
        return np.asarray(image)


@lru_cache(maxsize=4000)
def face(path: Path | None, size: int) -> Face:
    """A font at one size, kept; large ones come in steps."""
    return Face(path, size if size < 28 else size // 4 * 4)


def put(sheet: np.ndarray, picture: np.ndarray, x: int, y: int) -> None:
    """Print a picture on a sheet, both uint8: the darker of the two stays. What lies beyond the sheet is lost."""
    top, left = max(0, y), max(0, x)
    bottom, right = min(sheet.shape[0], y + picture.shape[0]), min(sheet.shape[1], x + picture.shape[1])
    if top < bottom and left < right:
        window = sheet[top:bottom, left:right]
        np.minimum(window, picture[top - y : bottom - y, left - x : right - x], out=window)


def set_text(
    sheet: np.ndarray,
    box: Box,
    face: Face,
    leading: int,
    rng: Rng,
    *,
    around: Sequence[Box] = (),
    ragged: bool = False,
    last: float = 1.0,
) -> list[Box]:
    """Set lines of prose into a box, around the boxes that are in the way, and return the boxes of the lines.

    `ragged` lines end where they like, as verse does; the last line of a paragraph is short; `last` is the share of
    the box that is filled.
    """
    lines: list[Box] = []
    left, top, right, bottom = box
    bottom = top + int((bottom - top) * last)
    indent = 0
    for y in range(top, bottom - face.height, leading):
        ends = rng.random() < 0.12
        for x0, x1 in _free(left, right, y, y + face.height, around, face.size):
            start = x0 + (indent if x0 == left else 0)
            stop = x0 + int((x1 - x0) * rng.uniform(0.25, 0.95)) if ends or ragged else x1
            if stop - start > 2 * face.size:
                lines.append(
                    (start, y, _line(sheet, face, start, stop, y, rng, not (ends or ragged)), y + face.height)
                )
        indent = int(1.5 * face.size) if ends and not ragged else 0
    return lines


def _free(
    left: int, right: int, top: int, bottom: int, around: Sequence[Box], gap: int
) -> Iterator[tuple[int, int]]:
    """The parts of a line that nothing is in the way of, from left to right."""
    at = left
    for x0, y0, x1, y1 in sorted(around):
        if y0 - gap // 3 < bottom and top < y1 + gap // 3 and x1 > at and x0 < right:
            if x0 - gap // 2 - at > 4 * gap:
                yield at, x0 - gap // 2
            at = x1 + gap // 2
    if right - at > 4 * gap:
        yield at, right


def _line(sheet: np.ndarray, face: Face, start: int, stop: int, y: int, rng: Rng, full: bool) -> int:
    """Set one line and return where it ends; a full one is spaced out to the stop."""
    space = max(2, int(face.size * 0.28))
    chosen: list[np.ndarray] = []
    width = 0
    for number in rng.integers(0, _VOCABULARY, 40):
        word = face.word(int(number))
        if chosen and width + word.shape[1] > stop - start:
            break
        chosen.append(word)
        width += word.shape[1] + space
    width -= space
    extra = (stop - start - width) / max(1, len(chosen) - 1) if full and len(chosen) > 1 else 0.0
    x = float(start)
    for word in chosen:
        put(sheet, word, int(x), y)
        x += word.shape[1] + space + min(extra, 3 * space)
    return min(int(x - space), sheet.shape[1])


def set_heading(
    sheet: np.ndarray,
    middle: int,
    y: int,
    width: int,
    face: Face,
    rng: Rng,
    words: int = 2,
    capital: bool = True,
) -> Box:
    """Set a line of some words about the middle, spaced now and then, no wider than `width`; return its box."""
    chosen: list[np.ndarray] = []
    space, wide = max(3, int(face.size * rng.uniform(0.3, 0.8))), 0
    for number in rng.integers(0, _VOCABULARY, words):
        word = face.word(int(number), capital)
        if wide + word.shape[1] > width:
            break
        chosen.append(word)
        wide += word.shape[1] + space
    x = start = middle - max(0, wide - space) // 2
    for word in chosen:
        put(sheet, word, x, y)
        x += word.shape[1] + space
    return (start, y, max(start, x - space), y + face.height)
