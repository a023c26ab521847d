"""The parts of a dossier, in the order in which they are read."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.verdict_words import CODE_OF, turned
from imgsim.collection.citing import plate_reference
from imgsim.errors import CollectionError
from imgsim.export.dossier.decisions import decisions
from imgsim.export.dossier.markup import counted, e, outlined, table
from imgsim.export.dossier.provenance import method
from imgsim.families import Families, Family, Member, decisions_of, related
from imgsim.reviews import standing_frame
from imgsim.reviews.account import account
from imgsim.reviews.pictures import counting

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.reviews import Review
    from imgsim.verification.match_row import MatchRow
    from imgsim.verification.matches import Matches

_STYLE = Path(__file__).with_name("style.css")
# Beyond these a dossier would be a database; it says what it leaves out.
MOST_FIGURES, MOST_PAIRS, MOST_RELATED = 60, 500, 60
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(
    collection: Collection,
    families: Families,
    matches: Matches,
    family: Family,
    reviews: Sequence[Review],
) -> str:
    """The whole page."""
    catalogue = collection.catalogue
    told = account(reviews, catalogue.pictures, [member.plate_id for member in family.members])
    rejected = decisions_of(standing_frame(counting(reviews, catalogue.pictures)), catalogue).rejected
    title = collection.catalogue.short_title(family.earliest.row, 90)
    pictures = {row: _picture(collection, row) for row in family.rows}
    parts = [
        _head(collection, family, title),
        _strip(collection, family, pictures),
        _books(collection, family),
        _evidence(collection, matches, family),
        decisions(collection, matches, family, told),
        _outside(collection, families, matches, family, rejected),
        method(collection, family, told),
    ]
    style = _STYLE.read_text(encoding="utf-8")
    defined = "".join(
        f'<image id="p{row}" width="{size[0]}" height="{size[1]}" href="{data}"/>'
        for row, data in pictures.items()
        if data
        for size in (_size(collection, row),)
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="imgsim">\n'
        f"<title>{e(title)}: the life of an image</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{defined}</defs></svg>\n'
        f"<main>\n{''.join(parts)}</main>\n{_foot(collection)}\n</body>\n</html>\n"
    )


def _head(collection: Collection, family: Family, title: str) -> str:
    span = f", {family.span}" if family.span else ""
    places = f"; printed in {', '.join(family.places)}" if family.places else ""
    books = f" in {counted(len(family.books), 'book')}" if family.books else ""
    first = family.earliest
    earliest = (
        f"The earliest in this collection is of {first.date}. It need not be the first: "
        "an earlier printing may not have been scanned."
        if first.dated
        else "None of its plates is dated, so their order is that of their books and names."
    )
    return (
        '<p class="kicker">The life of an image</p>\n'
        f"<h1>{e(title)}</h1>\n"
        f'<p class="lead">{e(counted(len(family), "plate") + books + span + places)}.</p>\n<p>{e(earliest)}</p>\n'
    )


# ---- the plates


def _strip(collection: Collection, family: Family, pictures: dict[int, str]) -> str:
    number = {member.row: at for at, member in enumerate(family.members, 1)}

    def items(members: Iterable[Member]) -> str:
        return "\n".join(_item(collection, member, number, pictures[member.row]) for member in members)

    parts = [f'<h2>In order of date</h2>\n<ol class="strip">\n{items(family.dated)}\n</ol>\n']
    if not family.dated:
        parts = [f'<h2>Its plates</h2>\n<ol class="strip">\n{items(family.undated)}\n</ol>\n']
    elif family.undated:
        parts.append(f'<h3>Undated</h3>\n<ol class="strip">\n{items(family.undated)}\n</ol>\n')
    return "".join(parts)


def _item(collection: Collection, member: Member, number: dict[int, int], picture: str) -> str:
    catalogue = collection.catalogue
    title = catalogue.short_title(member.row, 80)
    alternative = f"Plate {number[member.row]}: {title}, {member.date}"
    image = (
        f'<img src="{picture}" alt="{e(alternative)}">'
        if picture
        else '<span class="none">The picture is missing.</span>'
    )
    words = ", ".join(f'<span class="word {_class(word)}">{e(word)}</span>' for word in member.words)
    if not member.direct and member.tied_to is not None:
        words += f' <span class="note">(by way of plate {number[member.tied_to]})</span>'
    where = ", ".join(part for part in (member.date, member.town) if part)
    return (
        f'<li>\n<div class="plate">{image}</div>\n'
        f'<p class="date">{number[member.row]}. {e(where)}</p>\n'
        f'<p class="title">{e(title)}</p>\n<p class="words">{words}</p>\n<p class="id">{e(member.plate_id)}</p>\n</li>'
    )


def _class(word: str) -> str:
    return CODE_OF.get(word, "detail" if "detail" in word else "")


def _books(collection: Collection, family: Family) -> str:
    catalogue = collection.catalogue
    heads: tuple[str, ...] = ("No.", "Date", "Plate and book", "Pixels", "Format, language, kind")
    rows: list[tuple[str, ...]] = []
    for number, member in enumerate(family.members, 1):
        record = catalogue.record(member.row)
        kind = ", ".join(str(record[name]) for name in ("format", "language", "category") if record[name])
        size = f"{record['width']:,} × {record['height']:,}"
        rows.append((str(number), e(member.date), e(plate_reference(catalogue, member.row)), size, e(kind)))
    if not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return f"<h2>Sources</h2>\n{table(heads, rows, numbers=(0, 3))}\n"


# ---- what ties them together


def _evidence(collection: Collection, matches: Matches, family: Family) -> str:
    number = {member.row: at for at, member in enumerate(family.members, 1)}
    pairs = [m for row in family.rows for m in matches.of(row) if number.get(m.b, 0) > number[row]]
    verified = sorted((m for m in pairs if m.verified), key=lambda m: (-m.inliers, number[m.a], number[m.b]))
    denied = len(pairs) - len(verified)
    shown = [m for m in family.members[1:] if m.tied_to is not None][:MOST_FIGURES]
    figures = []
    for member in shown:
        match = matches.between(member.tied_to, member.row) if member.tied_to is not None else None
        if match is not None:
            figures.append(_figure(collection, match, number))
    left = (
        f" Of {len(family):,} plates the first {MOST_FIGURES} are drawn."
        if len(family) > MOST_FIGURES + 1
        else ""
    )
    heads: tuple[str, ...] = (
        "Plates",
        "Verdict",
        "Inliers",
        "Of the first",
        "Of the second",
        "Residual, ‰",
        "Transform",
        "Printing",
    )
    rows: list[tuple[str, ...]] = [
        (f"{number[m.a]} and {number[m.b]}", e(_verdict(m)), f"{m.inliers:,}", f"{m.coverage_a:.0%}",
         f"{m.coverage_b:.0%}", f"{m.residual:.2f}", e(m.model), e(m.printing))
        for m in verified[:MOST_PAIRS]
    ]  # fmt: skip
    if not any(m.printing for m in verified):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    caption = (
        f"{counted(len(verified), 'pair')} of these plates {'agrees' if len(verified) == 1 else 'agree'}"
    )
    if len(verified) > MOST_PAIRS:
        caption += f"; the {MOST_PAIRS} with most inliers are listed"
    if denied:
        caption += f"; {counted(denied, 'more pair was', 'more pairs were')} compared and found no support"
    return (
        "<h2>What ties them together</h2>\n<p>Points at which the lines of two plates agree once one is laid over the "
        "other (inliers), and the region in which they do, outlined in blue. Lettering, frames and page edges do not "
        f"count. Each plate stands beside the one that "
        f"ties it to the earliest, as it was printed, even where it is mirrored.{e(left)}</p>\n"
        f'<div class="pairs">\n{"".join(figures)}</div>\n<h3>All pairs</h3>\n'
        + table(heads, rows, caption=f"{caption}.", numbers=(2, 3, 4, 5))
        + "\n"
    )


def _verdict(match: MatchRow) -> str:
    return match.verdict + turned(match.verdict, match.mirrored)


def _figure(collection: Collection, match: MatchRow, number: dict[int, int]) -> str:
    both = "".join(
        outlined(
            f"p{row}", f"Plate {number[row]} with the region that agrees", _size(collection, row), region
        )
        for row, region in ((match.a, match.region_a), (match.b, match.region_b))
    )
    said = [
        f"{match.inliers:,} inliers",
        f"{match.coverage_a:.0%} of plate {number[match.a]} agrees, {match.coverage_b:.0%} of plate {number[match.b]}",
        match.printing,
    ]
    text = "; ".join(part for part in said if part)
    return (
        f'<figure class="pair">\n<div class="both">{both}</div>\n<figcaption><strong>{number[match.a]} and '
        f'{number[match.b]}: <span class="{CODE_OF.get(match.verdict, "")}">{e(_verdict(match))}</span></strong>. '
        f"{e(text)}.</figcaption>\n</figure>\n"
    )


def _outside(
    collection: Collection,
    families: Families,
    matches: Matches,
    family: Family,
    rejected: frozenset[tuple[int, int]],
) -> str:
    others = related(families, family.id, matches, rejected)
    if not others:
        return ""
    number = {member.row: at for at, member in enumerate(family.members, 1)}
    rows = [
        (str(number[r.row]), e(r.verdict), f"{r.inliers:,}", e(plate_reference(collection.catalogue, r.other)),
         f'<span class="id">{e(r.family or "none")}</span>')
        for r in others[:MOST_RELATED]
    ]  # fmt: skip
    more = f" The first {MOST_RELATED} of {len(others):,} are listed." if len(others) > MOST_RELATED else ""
    return (
        "<h2>Related plates</h2>\n<p>These agree with a plate of the family and are not part of it: what they share "
        f"is a detail of another image, or rests on too little.{e(more)}</p>\n"
        + table(("Plate", "Verdict", "Inliers", "Agrees with", "Family"), rows, numbers=(0, 2))
        + "\n"
    )


def _foot(collection: Collection) -> str:
    return (
        f"<footer>Made with imgsim {e(collection.manifest.get('imgsim', ''))} on {date.today().isoformat()}. "
        "This page is complete in itself: it opens without a network and prints on A4.</footer>"
    )


def _size(collection: Collection, row: int) -> tuple[int, int]:
    record = collection.catalogue.record(row)
    return int(record["width"] or 1), int(record["height"] or 1)


def _picture(collection: Collection, row: int) -> str:
    """The thumbnail as a data URI; '' where its file is gone or damaged."""
    try:
        data = collection.thumbnail(row)
    except CollectionError:
        return ""
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"
