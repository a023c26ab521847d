"""Plates as cards: what a thumbnail says about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from imgsim.app.components import outline
from imgsim.app.services import server, text
from imgsim.app.services.verdict_labels import badge, reason
from imgsim.base.translation import number, tr
from imgsim.base.verdict_words import DETAIL
from imgsim.collection import Collection
from imgsim.collection.evidence import Evidence
from imgsim.collection.listing import BELOW, PARTED
from imgsim.retrieval.neighbours import share_below

_BY_PARTS = "parts"  # the source of a pair that nothing but a part has proposed


def card(collection: Collection, row: int, **more: Any) -> dict[str, Any]:
    """One card for the thumbnail grid: the plate in `row` with its title, year, page and place."""
    record = collection.catalogue.record(row)
    title = collection.catalogue.short_title(row)
    year = text.date_of(record)
    page = page_of(record)
    line = " · ".join(part for part in (year, page, str(record["place"])) if part)
    return {
        "id": record["plate_id"],
        "src": server.thumbnail_url(collection, row),
        "alt": tr("Plate {plate}, {title}, {year}", plate=record["plate_id"], title=title, year=year),
        "title": title,
        "lines": [line],
        **more,
    }


def page_of(record: Mapping[str, Any]) -> str:
    """Which page a plate is on: by its number, else as its library calls it, else by the scan it was cut out of."""
    if record["page"]:
        return tr("p. {page}", page=record["page"])
    file = str(record.get("page_scan") or "").rpartition("!")[2]
    name = PurePosixPath(file).stem.removeprefix(f"{record['book']}_")
    return str(record.get("canvas") or "") or (tr("scan {name}", name=name) if name else "")


def cards(collection: Collection, rows: Iterable[int]) -> list[dict[str, Any]]:
    """Cards in the order of `rows`."""
    return [card(collection, int(row)) for row in rows]


def meanings(collection: Collection, backbone: str, similarities: np.ndarray) -> list[str]:
    """What each score means in this collection: the percentage of random pairs that score lower."""
    shares = share_below(collection.background(backbone), similarities)
    return [text.percent(float(share)) for share in np.atleast_1d(shares)]


def ranked_cards(
    collection: Collection,
    rows: Sequence[int] | np.ndarray,
    similarities: np.ndarray,
    backbone: str,
    folded: Sequence[tuple[int, int]],
    evidence: Evidence | None = None,
    action: str = "",
    judge: str = "",
    reviews: Mapping[int, Mapping[str, str]] | None = None,
    sections: Sequence[int] = (),
    headings: Mapping[int, tuple[str, str]] | None = None,
    outlined: bool = False,
) -> list[dict[str, Any]]:
    """Cards of neighbours, with rank and score, and with what is verified where that is known.

    Parameters
    ----------
    rows, similarities
        The whole list, int64 (m,) and float32 (m,).
    folded
        For every card, its place in the list and how many plates are folded under it.
    action, judge
        The words of two buttons under each card; "" is none.
    reviews
        By row, the mark of what people decided (see `reviewing.mark`).
    sections, headings
        The section of every plate of the list, and what stands over each section (see `line.headings`).
    outlined
        Whether a shared detail is outlined where it lies.
    """
    words = meanings(collection, backbone, similarities)
    found = []
    last = None
    for place, more in folded:
        item = card(
            collection,
            int(rows[place]),
            rank=place + 1,
            badge=number(similarities[place], ".3f"),
            badge_title=tr("similarity, higher than {share} of random pairs", share=words[place])
            if words[place]
            else tr("similarity"),
            more=more,
            action=action,
            judge=judge,
            **(reviews or {}).get(int(rows[place]), {}),
        )
        if headings and sections[place] != last:
            last = sections[place]
            heading, means = headings[last]
            item["heading"] = {"text": heading, "means": means, "line": last == BELOW}
        match = None if evidence is None else evidence.known.get(int(rows[place]))
        if evidence is not None:
            item["verdict"] = badge(evidence, int(rows[place]))
            if why := reason(match):
                item["lines"] = [*item["lines"], *why.split(", ")]  # a card is narrow
            if match is not None and match.printing:
                item["lines"] = [*item["lines"], tr(match.printing)]
            if outlined and match is not None and match.verdict == DETAIL:
                record = collection.catalogue.record(int(rows[place]))
                item["outline"] = outline(
                    match.region_b, int(record["width"] or 1), int(record["height"] or 1)
                )
        by_part = match is not None and match.sources == _BY_PARTS
        if by_part or (sections and sections[place] == PARTED):
            item["lines"] = [*item["lines"], tr("found by a part of it")]
        if words[place]:
            item["lines"] = [*item["lines"], tr("above {share} of pairs", share=words[place])]
        found.append(item)
    return found
