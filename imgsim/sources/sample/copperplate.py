"""The copperplate: what a plan of one plate puts on it, picture and lettering."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from imgsim.sources.sample.arranging import fitted
from imgsim.sources.sample.engraving import engrave, pull
from imgsim.sources.sample.lettering import english_name, latin_name, line_of_letters, measure, roman
from imgsim.sources.sample.plants import details, grow, specimens
from imgsim.sources.sample.shapes import Cut, Hand, Line, Picture, Rng, random_hand
from imgsim.sources.sample.species import Species, random_species

LAYOUTS = ("one", "pair", "two", "four", "nine", "wide", "system")
_LAYOUT_CHANCES = (0.64, 0.09, 0.08, 0.05, 0.03, 0.06, 0.05)
PORTRAIT, LANDSCAPE = (800.0, 1160.0), (1160.0, 800.0)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PlateSpec:
    """Everything that decides how one plate looks; the seeds are independent of each other.

    Attributes
    ----------
    composition : seed of the picture; plates with one composition show one picture.
    hand : seed of the engraver; the same composition and hand are the same copperplate.
    lettering : seed of caption, number and figure letters.
    scan : seed of the impression: inking, paper, skew, scanner.
    species_of : draw other plants of the species in this composition (a look-alike).
    guest : put the chief plant of this composition into ours (a shared motif).
    wander : how far the hand strays from the picture, in plate units.
    mirrored, cropped : print the picture reversed; show a detail only.
    """

    composition: int
    hand: int
    lettering: int
    scan: int
    species_of: int | None = None
    guest: int | None = None
    wander: float = 0.0
    mirrored: bool = False
    cropped: bool = False


@dataclass(frozen=True)
class Composition:
    """A picture without lettering, its plate's size, where figure letters and captions go, and its chief plant."""

    picture: Picture
    size: tuple[float, float]
    figures: tuple[tuple[float, float], ...]
    captions: tuple[tuple[float, float], ...]
    chief: slice


def _model(composition: int) -> tuple[str, Species]:
    """The layout and chief species that a composition's look-alikes share with it."""
    rng = np.random.default_rng([composition, 3])
    return str(rng.choice(LAYOUTS, p=_LAYOUT_CHANCES)), random_species(rng)


def compose(spec: PlateSpec) -> Composition:
    """The picture of a plate; depends on composition, species_of and guest only."""
    rng = np.random.default_rng([spec.composition, 4])
    layout, species = _model(spec.composition if spec.species_of is None else spec.species_of)
    if spec.guest is not None:
        return _with_guest(spec.composition, spec.guest, rng)
    width, height = LANDSCAPE if layout == "wide" else PORTRAIT
    box = (width * 0.06, height * 0.06, width * 0.94, height * 0.915)
    if layout == "one":
        return _single(spec.composition, species, rng, box)
    if layout == "pair":
        # Two stems of one plant, crossing: in flower before, in fruit or leaf behind.
        back = fitted(grow(spec.composition + 1, species), (box[0] + 200, box[1] + 60, box[2], box[3] - 40))
        front = fitted(grow(spec.composition, species), (box[0], box[1], box[2] - 200, box[3]))
        return Composition(back + front, (width, height), (), (), slice(len(back), None))
    columns, rows = {"two": (2, 1), "four": (2, 2), "nine": (3, 3), "wide": (2, 1), "system": (4, 4)}[layout]
    if layout == "system":
        columns, rows = int(rng.integers(3, 5)), int(rng.integers(3, 5))
        plants = specimens(rng, columns * rows)
    else:
        plants = [grow(spec.composition + i, species if i == 0 else random_species(rng)) for i in range(columns * rows)]
    w, h = (box[2] - box[0]) / columns, (box[3] - box[1]) / rows
    picture: Picture = []
    corners, feet = [], []
    chief = 0
    for i in range(columns * rows):
        left, top = box[0] + (i % columns) * w, box[1] + (i // columns) * h
        spill = 0.03 if rows > 1 else -0.06
        picture += fitted(plants[i], (left + spill * w, top + 0.02 * h, left + (1 - spill) * w,
                                  top + (0.9 if rows > 1 else 0.98) * h), 1.1 if layout == "system" else 1.6)
        chief = chief or len(picture)
        corners.append((left + 0.1 * w, top + 0.08 * h))
        feet.append((left + 0.5 * w, top + 0.975 * h))
    return Composition(picture, (width, height), tuple(corners), tuple(feet) if rows == 2 else (),
                       slice(0, chief))


def _single(composition: int, species: Species, rng: Rng, box: Box) -> Composition:
    parts = int(rng.integers(2, 5)) if rng.random() < 0.4 else 0
    foot = 165.0 if parts else 0.0
    picture = fitted(grow(composition, species), (box[0], box[1], box[2], box[3] - foot))
    figures = []
    chief = len(picture)
    for i in range(parts):
        x = box[0] + (box[2] - box[0]) * (i + 0.5) / parts
        size = float(rng.uniform(52, 74))
        picture += fitted(details(rng, species, np.zeros(2), 100.0),
                          (x - size, box[3] - 75 - size, x + size, box[3] - 75 + size), 1.0)
        figures.append((x - size - 14, box[3] - 40))
    return Composition(picture, PORTRAIT, tuple(figures), (), slice(0, chief))


def _with_guest(composition: int, guest: int, rng: Rng) -> Composition:
    """A plate of two plants, one of them the chief plant of another plate."""
    width, height = PORTRAIT
    left, top, right, bottom = width * 0.05, height * 0.06, width * 0.95, height * 0.915
    lender = compose(PlateSpec(guest, 0, 0, 0))
    taken = lender.picture[lender.chief]
    own = grow(composition, random_species(rng))
    at_left, high = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    split = left + (right - left) * (0.62 if at_left else 0.38)
    drop = (bottom - top) * float(rng.uniform(0.04, 0.2))
    boxes = [(left, top + (0 if high else drop), split, bottom - (drop if high else 0)),
             (split, top + (drop if high else 0), right, bottom - (0 if high else drop))]
    place, other = boxes if at_left else boxes[::-1]
    picture = fitted(own, other, 1.6) + fitted(taken, place, 1.0)
    corners = tuple((box[0] + 30.0, box[1] + 60.0) for box in (place, other))
    return Composition(picture, PORTRAIT, corners, (), slice(0, 0))


def _inscribe(seed: int, composition: Composition) -> Picture:
    """Number, caption, imprint, figure letters and border of a plate."""
    rng = np.random.default_rng([seed, 21])
    width, height = composition.size
    picture: Picture = []
    slant = float(rng.choice([0.0, 0.28, 0.34]))
    number = int(rng.integers(1, 120))
    sign = str(rng.choice([f"Tab. {roman(number)}.", f"Pl. {number}.", f"N.º {number}.", f"{number}", f"Tab. {number}.",
                           f"Plate {roman(number)}.", f"T. {number}."]))
    size = float(rng.uniform(15, 23))
    places = ((width * 0.95, "end"), (width / 2, "middle"), (width * 0.05, "start"))
    x, anchor = places[int(rng.choice([0, 0, 0, 1, 2]))]
    picture += line_of_letters(sign, x, height * 0.045, size, slant=slant, anchor=anchor)
    border = float(rng.choice([0, 0, 0, 1, 2]))
    if rng.random() < 0.78:
        name = str(rng.choice([latin_name(rng), english_name(rng)], p=[0.7, 0.3]))
        capitals = rng.random() < 0.25
        name = name.upper() if capitals else name
        tall = float(rng.uniform(15, 24))
        tall *= min(1.0, width * 0.8 / measure(name, tall) / (1.25 if capitals else 1))
        picture += line_of_letters(name, width / 2, height * 0.952, tall, slant=0.0 if capitals else 0.3,
                                   spacing=0.12 if capitals else 0.02)
        if rng.random() < 0.3:
            picture += line_of_letters(english_name(rng), width / 2, height * 0.974, tall * 0.68)
    if rng.random() < 0.4:
        picture += line_of_letters("Numerus del.", width * 0.06, height * 0.976, 11, anchor="start")
        picture += line_of_letters("Regula sculp.", width * 0.94, height * 0.976, 11, anchor="end")
    numbered = rng.random() < 0.5
    word = "Fig. " if len(composition.figures) < 6 and rng.random() < 0.4 else ""
    for i, (fx, fy) in enumerate(composition.figures):
        sign = f"{word}{i + 1}" if numbered else "abcdefghiklmnopq"[i]
        picture += line_of_letters(sign, fx, fy, 17, slant=0.3)
    for fx, fy in composition.captions:
        picture += line_of_letters(latin_name(rng), fx, fy, 13, slant=0.3)
    for i in range(int(border)):
        inset = 8.0 + 7 * i
        corner = np.array([[inset, inset], [width - inset, inset], [width - inset, height - inset],
                           [inset, height - inset], [inset, inset]])
        for a, b in pairwise(corner):
            picture.append(Line(a + np.linspace(0, 1, 7)[:, None] * (b - a), 2.6 - i, 1, 1))
    return picture


def _hand(spec: PlateSpec) -> Hand:
    woodcut = bool(np.random.default_rng([spec.composition, 5]).random() < 0.12)
    return random_hand(np.random.default_rng([spec.hand, 11]), woodcut=woodcut, wander=spec.wander)


def copperplate(spec: PlateSpec) -> tuple[list[Cut], list[Cut], tuple[float, float]]:
    """The cuts of the picture, those of the lettering, and the size of the plate."""
    composition = compose(spec)
    return (engrave(composition.picture, _hand(spec)), engrave(_inscribe(spec.lettering, composition), Hand()),
            composition.size)


def draw_plate(seed: int, *, hand: int | None = None, wander: float = 5.0, mirrored: bool = False,
               width: int = 600) -> Image.Image:
    """One clean plate, without paper, lettering or scan: cheap pictures for tests and training.

    Parameters
    ----------
    seed : decides the picture; any non-negative integer.
    hand : another engraver copies the picture, straying by ``wander`` plate units (800 to the plate's width);
        None is the first engraver.
    mirrored : the copy is reversed.
    width : of the image in pixels; the height follows from the plate.

    Returns
    -------
    Grey image, mode "L", 255 paper and 0 ink.
    """
    spec = PlateSpec(composition=seed, hand=seed if hand is None else hand, lettering=seed, scan=seed,
                     wander=0.0 if hand is None else wander)
    composition = compose(spec)
    scale = width / composition.size[0]
    matrix = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
    if mirrored:
        matrix[0] = [-scale, 0.0, width]
    return pull(engrave(composition.picture, _hand(spec)), (width, round(composition.size[1] * scale)), matrix)
