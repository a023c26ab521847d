"""What stands in a dossier, part by part, in the order in which it is read; page.html says how."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.base.markup import rendered
from imgsim.base.terms import AGREEING, APART, LAID, THOUSANDTHS
from imgsim.base.verdict_words import CODE_OF, written
from imgsim.collection.citing import plate_reference
from imgsim.errors import CollectionError
from imgsim.export.dossier.decisions import decisions
from imgsim.export.dossier.fragments import Table, counted, outline
from imgsim.export.dossier.observed import marks, observed
from imgsim.export.dossier.provenance import method
from imgsim.families import Families, Family, Member, decisions_of, related
from imgsim.reviews import standing_frame
from imgsim.reviews.account import account
from imgsim.reviews.pictures import counting

if TYPE_CHECKING:
    from imgsim.collection import Collection
    from imgsim.collection.family_notes import FamilyNote
    from imgsim.collection.observations import Observation
    from imgsim.reviews import Review
    from imgsim.verification.match_row import MatchRow
    from imgsim.verification.matches import Matches

_PAGE = Path(__file__).with_name("page.html")
# Beyond these a dossier would be a database; it says what it leaves out.
MOST_FIGURES, MOST_PAIRS, MOST_RELATED = 60, 500, 60


def page(
    collection: Collection,
    families: Families,
    matches: Matches,
    family: Family,
    reviews: Sequence[Review],
    said: FamilyNote,
    seen: Sequence[Observation],
) -> str:
    """The whole page."""
    catalogue = collection.catalogue
    told = account(reviews, catalogue.pictures, [member.plate_id for member in family.members])
    rejected = decisions_of(standing_frame(counting(reviews, catalogue.pictures)), catalogue).rejected
    pictures = {row: _picture(collection, row) for row in family.rows}
    number = {member.row: at for at, member in enumerate(family.members, 1)}

    def plates(members: Iterable[Member]) -> list[dict[str, Any]]:
        return [_plate(collection, member, number, pictures[member.row]) for member in members]

    return rendered(
        _PAGE,
        head=_head(collection, family, said),
        pictures=[
            {"row": row, "width": size[0], "height": size[1], "data": data}
            for row, data in pictures.items()
            if data
            for size in (_size(collection, row),)
        ],
        dated=plates(family.dated),
        undated=plates(family.undated),
        sources=_sources(collection, family),
        evidence=_evidence(collection, matches, family, number, seen),
        observed=observed(family, seen, catalogue.pictures),
        decided=decisions(collection, matches, family, told),
        related=_related(collection, families, matches, family, rejected, number),
        method=method(collection, family, told, said.title),
        made_with=collection.manifest.get("imgsim", ""),
        today=date.today().isoformat(),
    )


def _head(collection: Collection, family: Family, said: FamilyNote) -> dict[str, Any]:
    span = f", {family.span}" if family.span else ""
    places = f"; printed in {', '.join(family.places)}" if family.places else ""
    books = f" in {counted(len(family.books), 'book')}" if family.books else ""
    first = family.earliest
    return {
        "title": said.title or collection.catalogue.short_title(first.row, 90),
        "note": said.note.splitlines(),
        "tags": ", ".join(said.tags),
        "by": f"{said.reviewer}, {said.when[:10]}" if said.reviewer else "",
        "lead": counted(len(family), "plate") + books + span + places,
        "earliest": (
            f"The earliest in this collection is of {first.date}. It need not be the first: "
            "an earlier printing may not have been scanned."
            if first.dated
            else "None of its plates is dated, so their order is that of their books and names."
        ),
    }


# ---- the plates


def _plate(collection: Collection, member: Member, number: dict[int, int], picture: str) -> dict[str, Any]:
    tied = member.tied_to
    return {
        "number": number[member.row],
        "id": member.plate_id,
        "title": collection.catalogue.short_title(member.row, 80),
        "date": member.date,
        "where": ", ".join(part for part in (member.date, member.town) if part),
        "picture": picture,
        "words": [{"kind": _class(word), "text": word} for word in member.words],
        "by_way_of": number[tied] if not member.direct and tied is not None else 0,
    }


def _class(word: str) -> str:
    return CODE_OF.get(word, "detail" if "detail" in word else "")


def _sources(collection: Collection, family: Family) -> Table:
    catalogue = collection.catalogue
    heads: tuple[str, ...] = ("No.", "Date", "Plate and book", "Pixels", "Format, language, kind")
    rows: list[tuple[str, ...]] = []
    for number, member in enumerate(family.members, 1):
        record = catalogue.record(member.row)
        kind = ", ".join(str(record[name]) for name in ("format", "language", "category") if record[name])
        size = f"{record['width']:,} × {record['height']:,}"
        rows.append((str(number), member.date, plate_reference(catalogue, member.row), size, kind))
    if not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return Table(heads, rows, numbers=(0, 3))


# ---- what ties them together


def _evidence(
    collection: Collection, matches: Matches, family: Family, number: dict[int, int], seen: Sequence[Observation]
) -> dict[str, Any]:
    pairs = [m for row in family.rows for m in matches.of(row) if number.get(m.b, 0) > number[row]]
    verified = sorted((m for m in pairs if m.verified), key=lambda m: (-m.inliers, number[m.a], number[m.b]))
    denied = len(pairs) - len(verified)
    shown = [m for m in family.members[1:] if m.tied_to is not None][:MOST_FIGURES]
    figures = []
    for member in shown:
        match = matches.between(member.tied_to, member.row) if member.tied_to is not None else None
        if match is not None:
            figures.append(_figure(collection, match, number, seen))
    left = f" Of {len(family):,} plates the first {MOST_FIGURES} are drawn." if len(family) > MOST_FIGURES + 1 else ""
    heads: tuple[str, ...] = (
        "Plates", "Verdict", AGREEING.heading, "Of the first", "Of the second", f"{APART.heading}, thousandths",
        "Laid on", "Printing",
    )  # fmt: skip
    apart, laid = f"{APART.note} In thousandths {THOUSANDTHS.meaning}.", " ".join(by.note for by in LAID.values())
    hints = {2: AGREEING.note, 5: apart, 6: laid}
    rows: list[tuple[str, ...]] = [
        (f"{number[m.a]} and {number[m.b]}", _verdict(m), f"{m.inliers:,}", f"{m.coverage_a:.0%}",
         f"{m.coverage_b:.0%}", f"{m.residual:.2f}", LAID[m.model].word if m.model else "", m.printing)
        for m in verified[:MOST_PAIRS]
    ]  # fmt: skip
    if not any(m.printing for m in verified):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    caption = f"{counted(len(verified), 'pair')} of these plates {'agrees' if len(verified) == 1 else 'agree'}"
    if len(verified) > MOST_PAIRS:
        caption += f"; the {MOST_PAIRS} of which most points agree are listed"
    if denied:
        caption += f"; {counted(denied, 'more pair was', 'more pairs were')} compared and found no support"
    table = Table(heads, rows, f"{caption}.", numbers=(2, 3, 4, 5), hints=hints)
    return {"figures": figures, "left": left, "pairs": table}


def _verdict(match: MatchRow) -> str:
    return written(match.verdict, match.mirrored, match.negative)


def _figure(
    collection: Collection, match: MatchRow, number: dict[int, int], seen: Sequence[Observation]
) -> dict[str, Any]:
    ids, pictures = collection.catalogue.plate_ids, collection.catalogue.pictures
    sides = []
    for row, other, region in ((match.a, match.b, match.region_a), (match.b, match.a, match.region_b)):
        size = _size(collection, row)
        points = outline(size, region)
        sides.append({
            "row": row, "number": number[row], "width": size[0], "height": size[1], "points": points,
            "marks": marks(seen, str(ids[row]), str(ids[other]), size, pictures),
        })  # fmt: skip
    said = [
        f"{match.inliers:,} points agree",
        f"{match.coverage_a:.0%} of plate {number[match.a]} agrees, {match.coverage_b:.0%} of plate {number[match.b]}",
        match.printing,
    ]
    return {
        "sides": sides,
        "kind": CODE_OF.get(match.verdict, ""),
        "verdict": _verdict(match),
        "text": "; ".join(part for part in said if part),
    }


def _related(
    collection: Collection,
    families: Families,
    matches: Matches,
    family: Family,
    rejected: frozenset[tuple[int, int]],
    number: dict[int, int],
) -> dict[str, Any] | None:
    others = related(families, family.id, matches, rejected)
    if not others:
        return None
    rows = [
        (str(number[r.row]), r.verdict, f"{r.inliers:,}", plate_reference(collection.catalogue, r.other),
         r.family or "none")
        for r in others[:MOST_RELATED]
    ]  # fmt: skip
    return {
        "more": f" The first {MOST_RELATED} of {len(others):,} are listed." if len(others) > MOST_RELATED else "",
        "table": Table(("Plate", "Verdict", AGREEING.heading, "Agrees with", "Family"), rows, numbers=(0, 2), ids=(4,)),
    }


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
