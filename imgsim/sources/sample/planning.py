"""Which plates, in which books, of which families: the plan of a sample, its metadata and its truth.

A family is a base plate and one derivative; every third family has a second one from the base's own copper (a reprint
or a re-lettered plate). All pairs of a family are true. A pair of two derivatives bears the kind of the one that
differs more, which is exact because the other is the base's own copper. The base is never later than its derivatives.
Look-alikes are different plants of one species: false pairs, listed with the kind ``look-alike``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from imgsim.sources.sample.copperplate import PlateSpec

KINDS = ("reprint", "re-engraved", "mirrored", "cropped", "motif", "re-lettered")
LOOK_ALIKE = "look-alike"
FAMILY_SHARE = 0.45
LOOK_ALIKE_SHARE = 0.10
PLATES_PER_BOOK = 11

COLUMNS = ("ecco_id", "estc_id", "ecco_full_title", "ecco_pages", "language_primary", "gatherings",
           "publication_year", "publication_decade", "work_id", "publication_place", "publication_country",
           "document_type", "sub_category", "authors")


@dataclass(frozen=True)
class Book:
    """One row of metadata.csv; ``year`` stays known here even where its cell is left empty."""

    ecco_id: str
    year: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """A whole sample: plate names with what to draw, the books, and the pairs (plate, plate, kind)."""

    plates: tuple[tuple[str, PlateSpec], ...]
    books: tuple[Book, ...]
    pairs: tuple[tuple[str, str, str], ...]


_PLACES = (("London", "England", "English"), ("London", "England", "English"), ("London", "England", "English"),
           ("Edinburgh", "Scotland", "English"), ("Dublin", "Ireland", "English"), ("Oxford", "England", "Latin"),
           ("Leiden", "Netherlands", "Latin"), ("Amsterdam", "Netherlands", "Latin"), ("Paris", "France", "French"),
           ("Glasgow", "Scotland", "English"), ("Uppsala", "Sweden", "Latin"))
_SURNAMES = ("Ashgrove", "Barleymow", "Brackenbury-Leaf", "Copperdale", "Dewlap", "Elderflower", "Fernyhough-Green",
             "Gatherwell", "Hartstongue", "Inkpen", "Larkspurre", "Meadowsweet", "Nettlefold-Bury", "Orchardson-Lea",
             "Pennywort", "Quillworthy", "Rootham", "Sorrelby", "Thistlethorpe", "Underwood-Moss", "Vetchling",
             "Woodruffe-Hill", "Yarrowdale")
_FORENAMES = ("John", "Thomas", "William", "Elizabeth", "Philip", "Richard", "Mary", "Samuel", "George", "James",
              "Hannah", "Robert", "Joseph", "Charlotte")
_TITLES = {
    "English": ("A new and compleat herbal of imaginary plants; with their descriptions, places and virtues",
                "The generated garden: or, a body of husbandry and physick; adorned with copper plates",
                "Flora inventa Britannica: or, figures of plants that grow in no county of Great Britain",
                "An introduction to the botany of nowhere, in a series of familiar letters; with sculptures",
                "The invented gardener's dictionary; containing the methods of cultivating the kitchen, "
                "fruit and flower garden",
                "A treatise of the roots, barks and fruits of fancied trees; to which is added an index",
                "Medicina fictitia: or, a collection of simples never in use; the figures drawn by rule",
                "The curious florist's companion; being a catalogue of flowers raised from numbers",
                "A voyage to the islands of seed; with the natural history of the herbs and trees of the last of those "
                "islands"),
    "Latin": ("Hortus fictus, sive plantarum nusquam crescentium icones et descriptiones",
              "Phytographia numeralis, exhibens herbas arte computatoria delineatas",
              "Elementa botanica imaginaria; cum figuris aeneis",
              "Historia plantarum inventarum, in classes digesta"),
    "French": ("Histoire des plantes imaginaires, rangées suivant l'ordre de leurs fleurs; avec figures",
               "Le jardin calculé: ou, figures de plantes qui ne croissent nulle part",
               "Traité des arbres et arbustes inventés, dessinés par le nombre"),
}
_CATEGORIES = ("scientificimprovementnaturalhistory", "scientificimprovementmedicineandanatomy",
               "scientificimprovementagriculture", "scientificimprovementpracticaltradesmechanicse", "")


def _books(rng: np.random.Generator, count: int) -> list[Book]:
    """Books in order of their years; about one in five is a later edition of an earlier one."""
    ids = rng.choice(np.arange(10_000, 1_900_000), count, replace=False)
    years = np.sort(rng.integers(1700, 1800, count))
    books: list[Book] = []
    for i in range(count):
        year = int(years[i])
        earlier = [b for b in books if 2 < year - b.year < 40]
        if earlier and rng.random() < 0.22:
            first = earlier[int(rng.integers(len(earlier)))]
            cells = dict(first.cells)
            title = cells["ecco_full_title"].split(" The second edition")[0]
            cells["ecco_full_title"] = f"{title} The second edition, corrected."
        else:
            cells = _new_work(rng, i)
        cells |= {
            "ecco_id": f"{int(ids[i]):08d}{int(rng.integers(0, 12)):02d}",
            "estc_id": f"{rng.choice(['T', 'N'])}{int(rng.integers(900_000, 1_000_000))}",
            "ecco_pages": str(int(rng.integers(90, 720))),
            "gatherings": str(rng.choice(["2fo", "4to", "8vo", "12mo"], p=[0.2, 0.25, 0.42, 0.13])),
            "publication_year": f"{year}.0", "publication_decade": f"{year // 10 * 10}.0",
        }
        for column, chance in (("estc_id", 0.1), ("ecco_pages", 0.2), ("gatherings", 0.15), ("sub_category", 0.15),
                               ("authors", 0.15)):
            if rng.random() < chance:
                cells[column] = ""
        if i and rng.random() < 0.06:
            cells["publication_year"] = cells["publication_decade"] = ""
        books.append(Book(cells["ecco_id"], year, cells))
    return books


def _new_work(rng: np.random.Generator, number: int) -> dict[str, str]:
    place, country, language = _PLACES[int(rng.integers(len(_PLACES)))]
    title = str(rng.choice(_TITLES[language]))
    surname, forename = str(rng.choice(_SURNAMES)), str(rng.choice(_FORENAMES))
    by = {"English": f"By {forename} {surname}, gent.", "Latin": "Auctore ", "French": "Par M. "}[language]
    if language != "English":
        by += f"{surname}."
    slug = " ".join(title.lower().replace(":", "").replace(";", "").replace(",", "").split()[:4])
    return {
        "ecco_full_title": f"{title}. {by} [Generated sample.]", "language_primary": language,
        "work_id": f"S{number}-{slug}", "publication_place": place, "publication_country": country,
        "document_type": "Generated sample", "sub_category": str(rng.choice(_CATEGORIES)),
        "authors": f"{surname}, {forename}.",
    }


def _families(rng: np.random.Generator, count: int) -> tuple[list[list[PlateSpec]], list[list[tuple[int, int, str]]]]:
    """Groups of plates (families, look-alike pairs, single plates) and the pairs inside each."""
    seeds = iter(rng.permutation(np.arange(1_000, 1_000 + 12 * count))[: 8 * count + 64] * 16)

    def seed() -> int:
        return int(next(seeds))

    def base() -> PlateSpec:
        return PlateSpec(composition=seed(), hand=seed(), lettering=seed(), scan=seed())

    groups: list[list[PlateSpec]] = []
    pairs: list[list[tuple[int, int, str]]] = []
    used, number = 0, 0
    while used < round(FAMILY_SHARE * count) - 1:
        first = base()
        kind = KINDS[number % len(KINDS)]
        family, links = [first, _derive(first, kind, seed, rng)], [(0, 1, kind)]
        # One family in three gets a third plate, each kind of family in its turn.
        turn = number // len(KINDS)
        if (turn + number) % 3 == 2 and used + 3 <= count:
            copy = "re-lettered" if kind == "reprint" or (turn % 2 and kind != "re-lettered") else "reprint"
            family.append(_derive(first, copy, seed, rng))
            links += [(0, 2, copy), (1, 2, copy if kind == "reprint" else kind)]
        groups.append(family)
        pairs.append(links)
        used += len(family)
        number += 1
    for _ in range(round(LOOK_ALIKE_SHARE * count / 2)):
        if used + 2 > count:
            break
        first = base()
        groups.append([first, replace(base(), species_of=first.composition)])
        pairs.append([(0, 1, LOOK_ALIKE)])
        used += 2
    while used < count:
        groups.append([base()])
        pairs.append([])
        used += 1
    return groups, pairs


def _derive(first: PlateSpec, kind: str, seed: Callable[[], int], rng: np.random.Generator) -> PlateSpec:
    """A derivative of a base plate; always another scan."""
    plate = replace(first, scan=seed())
    if kind == "re-lettered":
        return replace(plate, lettering=seed())
    if kind == "re-engraved":
        return replace(plate, hand=seed(), lettering=seed(), wander=float(rng.uniform(3, 7)))
    if kind == "mirrored":
        copy = replace(plate, mirrored=True, lettering=seed())
        # A copyist's reversal has other lines; some are offsets of the same lines (counterproofs).
        return copy if rng.random() < 0.35 else replace(copy, hand=seed(), wander=float(rng.uniform(2, 5)))
    if kind == "cropped":
        return replace(plate, cropped=True)
    if kind == "motif":
        return replace(plate, composition=seed(), guest=first.composition, hand=seed(), lettering=seed(),
                       wander=float(rng.uniform(0, 4)))
    return plate


def plan(count: int, seed: int) -> Plan:
    """Lay out a sample of ``count`` plates: deterministic, and quick for any count."""
    rng = np.random.default_rng([seed, count])
    books = _books(rng, max(2, round(count / PLATES_PER_BOOK)))
    groups, links = _families(rng, count)
    order = np.arange(len(books))
    pages: list[list[tuple[int, int]]] = [[] for _ in books]
    for g, group in enumerate(groups):
        if len(group) > len(books):
            chosen = np.sort(rng.integers(0, len(books), len(group)))
        else:
            chosen = np.sort(rng.choice(order, len(group), replace=False))
        for member, book in enumerate(chosen):
            pages[int(book)].append((g, member))
    names: dict[tuple[int, int], str] = {}
    for b, members in enumerate(pages):
        leaves = np.sort(rng.choice(np.arange(5, 700), len(members), replace=False))
        page, running = 0, 0
        for i, position in enumerate(rng.permutation(len(members))):
            # Now and then a page bears a second illustration.
            shared = i > 0 and running == 0 and rng.random() < 0.06
            page, running = (page, 1) if shared else (int(leaves[i]), 0)
            names[members[int(position)]] = f"{books[b].ecco_id}{page:04d}0_{running}"
    plates = sorted((names[g, m], spec) for g, group in enumerate(groups) for m, spec in enumerate(group))
    pairs = sorted((min(names[g, a], names[g, b]), max(names[g, a], names[g, b]), kind)
                   for g, link in enumerate(links) for a, b, kind in link)
    return Plan(tuple(plates), tuple(books), tuple(pairs))
