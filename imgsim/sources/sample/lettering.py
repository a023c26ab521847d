"""Letters as a pen or burin makes them: a small alphabet of strokes that are broad or fine by their direction.

No font file is needed, so plates look the same on every machine.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from imgsim.sources.sample.shapes import Lettering, Picture

# Each stroke is a row of points "xy"; the baseline is y = 3, small letters reach 7, capitals 9.
_SMALL = {
    "a": "47 27 05 04 13 24 46|47 44 53", "b": "19 13|15 27 37 46 44 23 13", "c": "46 37 17 05 04 13 23 44",
    "d": "47 27 05 04 13 24 46|49 44 53", "e": "05 35 46 37 17 05 04 13 23 44",
    "f": "58 49 39 27 24 22 10|17 47",
    "g": "47 27 05 04 14 25 46|47 42 30 10 01", "h": "19 13|15 27 37 46 44 53", "i": "17 14 23 34|28 29",
    "j": "27 22 10 00|28 29", "k": "19 13|47 36 15|25 34 43 53", "l": "19 14 23 34",
    "m": "07 03|05 17 27 36 33|35 47 57 66 64 73", "n": "07 03|05 17 27 36 34 43",
    "o": "27 05 04 13 23 45 46 37 27",
    "p": "17 10|15 27 37 46 44 23 14", "q": "47 27 05 04 13 24 46|47 40", "r": "07 03|05 16 27 37",
    "s": "36 27 17 06 25 34 23 13 04", "t": "18 14 23 34|07 37", "u": "07 04 13 23 35|37 34 43",
    "v": "07 13|13 35 37",
    "w": "07 13|13 36|36 43|43 65 67", "x": "07 43|47 03", "y": "07 04 13 23 35|37 32 20 00",
    "z": "07 37|37 03|03 43",
}
_CAPITALS = {
    "A": "03 39|39 53|15 45", "B": "09 03|09 29 48 37 06|06 36 55 43 23 03", "C": "58 49 29 07 05 13 33 54",
    "D": "09 03|09 29 48 56 44 23 03", "E": "09 03|09 49|06 36|03 43", "F": "09 03|09 49|06 36",
    "G": "58 49 29 07 05 13 33 54|56 53", "H": "09 03|59 53|06 56", "I": "19 13", "J": "39 34 23 13 04",
    "K": "09 03|59 06|16 53", "L": "09 03|03 43|43 44", "M": "03 09|09 33|33 69|69 63",
    "N": "03 09|09 53|53 59",
    "O": "29 07 05 13 33 55 57 49 29", "P": "09 03|09 39 48 47 36 06",
    "Q": "29 07 05 13 33 55 57 49 29|34 62",
    "R": "09 03|09 39 48 47 36 06|26 53", "S": "48 39 19 08 17 36 45 44 23 13 04", "T": "29 23|09 59",
    "U": "09 05 13 33 55 59", "V": "09 23|23 59", "W": "09 23|23 49|49 63|63 89", "X": "09 53|59 03",
    "Y": "09 26|59 26|26 23", "Z": "09 59|59 03|03 53",
}
_OTHERS = {
    "0": "29 07 05 13 23 35 37 29", "1": "17 29|29 23", "2": "07 19 29 38 36 14 03|03 43",
    "3": "08 29 38 26|26 35 44 23 04",
    "4": "33 39|39 05|05 45", "5": "39 09|09 06|06 26 45 44 23 04", "6": "38 29 07 05 13 33 45 36 16 05",
    "7": "09 49|49 13", "8": "29 18 36 44 23 04 16 38 29", "9": "38 27 06 08 29 38 35 23 03",
    ".": "13 14", ",": "14 12",
    ":": "13 14|16 17", "-": "15 35", "'": "19 17", "&": "53 08 19 28 05 13 23 45",
    "*": "15 35|26 24", "º": "28 17 26 37 28",
}
_GLYPHS = _SMALL | _CAPITALS | _OTHERS
NIB = np.deg2rad(35.0)


def _smooth(points: np.ndarray) -> np.ndarray:
    """A Catmull-Rom curve through the points of a stroke."""
    if len(points) < 3:
        return points[0] + np.linspace(0, 1, 4)[:, None] * (points[-1] - points[0])
    closed = bool((points[0] == points[-1]).all())
    before = points[-2] if closed else 2 * points[0] - points[1]
    after = points[1] if closed else 2 * points[-1] - points[-2]
    p = np.concatenate((before[None], points, after[None]))
    u = np.linspace(0, 1, 4, endpoint=False)[:, None, None]
    a, b, c, d = p[:-3], p[1:-2], p[2:-1], p[3:]
    curve = 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u ** 2 + (3 * b - a - 3 * c + d) * u ** 3)
    return np.concatenate((curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]))


@lru_cache(maxsize=512)
def _glyph(letter: str, slant: float) -> tuple[tuple[tuple[np.ndarray, np.ndarray], ...], float]:
    """Strokes with widths, on a body where capitals are 6 high, and how far to advance."""
    strokes: list[np.ndarray] = []
    code = _GLYPHS.get(letter, _GLYPHS["-"])
    right = 0.0
    for part in code.split("|"):
        points = np.array([[float(c[0]), float(c[1]) - 3] for c in part.split()])
        right = max(right, float(points[:, 0].max()))
        strokes.append(_smooth(points))
        if letter in _CAPITALS and slant < 0.15 and len(points) == 2 and points[0, 0] == points[1, 0]:
            strokes += [end + np.array([[-0.8, 0], [-0.3, 0.0], [0.3, 0.0], [0.8, 0]]) for end in points]
    out = []
    for points in strokes:
        points = points * [0.86, 1.0]
        points[:, 0] += slant * points[:, 1]
        points[:, 1] *= -1
        step = np.gradient(points, axis=0)
        # A broad pen held at this angle: fine along its edge, full across it.
        widths = 0.24 + 0.56 * np.abs(np.sin(np.arctan2(-step[:, 1], step[:, 0]) - NIB))
        out.append((points, widths * (1.5 if letter in ".:" else 1.0)))
    return tuple(out), (right + (1.5 if letter not in _CAPITALS else 1.9)) * 0.86


def measure(text: str, height: float) -> float:
    """The length of a line of letters whose capitals are ``height`` high."""
    return sum(2.6 if c == " " else _glyph(c, 0.0)[1] for c in text) * height / 6


def line_of_letters(text: str, x: float, baseline: float, height: float, *, slant: float = 0.3, anchor: str = "middle",
                    spacing: float = 0.0, weight: float = 1.0) -> Picture:
    """Set a line of letters.

    Parameters
    ----------
    x, baseline : where the line stands; ``anchor`` is "start", "middle" or "end" of the line at ``x``.
    height : of the capitals, in plate units; spacing : extra between letters, in heights.
    slant : 0 upright, 0.3 italic.
    """
    scale = height / 6
    length = measure(text, height) + spacing * height * len(text)
    x -= {"start": 0.0, "middle": length / 2, "end": length}[anchor]
    picture: Picture = []
    for letter in text:
        if letter == " ":
            x += 2.6 * scale + spacing * height
            continue
        strokes, advance = _glyph(letter, slant)
        for points, widths in strokes:
            picture.append(Lettering(points * scale + np.array([x, baseline]), widths * scale * weight))
        x += advance * scale + spacing * height
    return picture


_BEGIN = ("Amar", "Bell", "Cal", "Cory", "Dor", "Ech", "Fict", "Glyc", "Hed", "Ixor", "Lamp", "Mel", "Nym", "Orch",
          "Pal", "Rhod", "Sal", "Tri", "Umbr", "Ver", "Xanth", "Zel", "Hypn", "Carp", "Spic")
_MIDDLE = ("and", "il", "ophyll", "anth", "ic", "ost", "er", "in", "os", "adel", "ent", "ul", "ospor", "")
_END = ("ia", "a", "um", "us", "is", "ella", "ina", "odes")
_EPITHETS = ("major", "minor", "alba", "ramosa", "repens", "foliis crenatis", "flore pleno", "sylvestris", "palustris",
             "spinosa", "odorata", "humilis", "lutea", "purpurascens", "angustifolia", "latifolia", "hirsuta",
             "montana", "ficta", "vulgaris", "bulbosa", "radice tuberosa", "scandens", "variegata", "perennis")
_ENGLISH = ("Nodding", "Greater", "Creeping", "Double", "Hairy", "Marsh", "Garden", "Painted", "Broad leav'd", "Sweet",
            "Prickly", "Common", "Dwarf", "Climbing", "Invented")
_WORTS = ("Wort", "Bane", "Flower", "Bells", "Thorn", "Cress", "Foil", "Mallow", "Tree", "Weed", "Root", "Berry")


def latin_name(rng: np.random.Generator) -> str:
    """A botanist's name for a plant that does not exist."""
    genus = f"{rng.choice(_BEGIN)}{rng.choice(_MIDDLE)}{rng.choice(_END)}"
    return f"{genus} {rng.choice(_EPITHETS)}."


def english_name(rng: np.random.Generator) -> str:
    """A common name for a plant that does not exist."""
    return f"{rng.choice(_ENGLISH)} {rng.choice(_WORTS)}."


def roman(number: int) -> str:
    """A number in Roman numerals."""
    out = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
                        (1, "I")):
        while number >= value:
            out, number = out + sign, number - value
    return out
