"""Families as CSV: one row a plate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from imgsim.base.cells import body, csv_bytes, header, yes
from imgsim.catalogue import STANDARD, Catalogue
from imgsim.collection.family_notes import NOTHING, FamilyNote
from imgsim.collection.passed_words import family_words
from imgsim.export.catalogued import KNOWN, column
from imgsim.export.request import Chunk, Request

if TYPE_CHECKING:
    from imgsim.families import Families, Family

_FAMILIES = 50  # in a chunk


def families_csv(
    families: Families,
    catalogue: Catalogue,
    *,
    collection: str,
    date: str,
    ids: Sequence[str] | None = None,
    notes: Mapping[str, FamilyNote] | None = None,
) -> bytes:
    """Return families as CSV, one row a plate, families in the order given and plates in order of date.

    Parameters
    ----------
    ids : sequence of str
        Which families; all of them, most books first, if left out.
    notes : by family
        What people call each and write of it; None: nothing.
    date : str
        When the list was made, e.g. ``2026-11-22``.

    Returns
    -------
    bytes
        Columns: family_id (permanent), family_title, family_tags, family_note (what people wrote), family_plates,
        family_books, family_words_of (the family that title, tags and note were written of, where it is another that
        became part of this one, or that this one split off from), order (1 for the earliest; undated
        plates come last), plate_id, verdict, mirrored, negative and cropped (against the earliest), printing, by_review
        (what people decided about the pair that ties it in), inliers (of the strongest pair in the family),
        supports (pairs that tie it in), tied_to_id (the plate whose pair says so), then what is known of the
        plate, as in :func:`selection_csv`.
    """
    chosen = [families.family(i) for i in (families.ids if ids is None else ids)]
    return csv_bytes(_columns(catalogue, chosen, notes or {}, collection, date))


def family_ids(request: Request) -> list[str]:
    """Return the families that have at least one of the plates, most books first; of a reference set, those with
    plates on both of its sides."""
    families = request.families
    if families is None:
        return []
    ids = families.ids
    if request.between is not None:
        ids = tuple(family.id for family in request.between.joined(families.ordered()))
    if request.rows is None:
        return list(ids)
    wanted = {families.of(row) for row in request.chosen.tolist()}
    return [family_id for family_id in ids if family_id in wanted]


def family_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the families that have at least one of a request's plates, each of them whole."""
    families = request.families
    if families is None:
        return
    given = (family_words(request.collection.path).standing, request.collection.name, request.date)
    yield Chunk(header(_columns(request.catalogue, [], *given)))
    ids = family_ids(request)
    for start in range(0, len(ids), _FAMILIES):
        chosen = [families.family(family_id) for family_id in ids[start : start + _FAMILIES]]
        yield Chunk(body(_columns(request.catalogue, chosen, *given)), sum(map(len, chosen)))


def _columns(
    catalogue: Catalogue,
    chosen: Sequence[Family],
    notes: Mapping[str, FamilyNote],
    collection: str,
    date: str,
) -> dict[str, Sequence]:
    members = [(family, member) for family in chosen for member in family.members]
    rows = [member.row for _, member in members]
    names = catalogue.plate_ids
    own: dict[str, Sequence] = {
        "family_id": [family.id for family, _ in members],
        "family_title": [notes.get(family.id, NOTHING).title for family, _ in members],
        "family_tags": [" | ".join(notes.get(family.id, NOTHING).tags) for family, _ in members],
        "family_note": [notes.get(family.id, NOTHING).note for family, _ in members],
        "family_words_of": [notes.get(family.id, NOTHING).written_of for family, _ in members],
        "family_plates": [len(family) for family, _ in members],
        "family_books": [len(family.books) for family, _ in members],
        "order": [member.place + 1 for _, member in members],
        "plate_id": [member.plate_id for _, member in members],
        "verdict": [member.verdict for _, member in members],
        "mirrored": [yes(member.mirrored) for _, member in members],
        "negative": [yes(member.negative) for _, member in members],
        "cropped": [member.cropped for _, member in members],
        "printing": [member.printing for _, member in members],
        "by_review": [member.by_review for _, member in members],
        "inliers": [member.inliers for _, member in members],
        "supports": [member.supports for _, member in members],
        "tied_to_id": ["" if member.tied_to is None else names[member.tied_to] for _, member in members],
    }
    known = [str(name) for name in catalogue.frame.columns if name in KNOWN or name not in STANDARD]
    # A column of the metadata's own that bears one of these names stands beside it.
    columns = own | {
        (f"metadata_{name}" if name in own else name): column(catalogue, name, rows)
        for name in known
        if name != "plate_id"
    }
    columns |= {"collection": [collection] * len(rows), "date": [date] * len(rows)}
    return columns
