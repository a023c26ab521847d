"""Two plates that something ties, as a list of pairs shows them, and the words for what they are to each other."""

from __future__ import annotations

from typing import Any

from imgsim.app.components import outline
from imgsim.app.parts import reviewing
from imgsim.app.services import server, text
from imgsim.base.verdict_words import (
    CODE_OF,
    COPY,
    DETAIL,
    MIRRORED,
    NEGATIVE,
    PROBABLY_RE_ENGRAVED,
    PROBABLY_SAME_PLATE,
    REVERSED,
    SAME,
)
from imgsim.collection import Collection
from imgsim.verification.match_row import MatchRow

# The colour of each word that the families use; what is not here is said without one.
KINDS = {
    "earliest in this collection": "first",
    "first of the undated": "first",
    **{verdict: CODE_OF[verdict] for verdict in (SAME, MIRRORED, NEGATIVE, DETAIL, COPY)},
    REVERSED: CODE_OF[MIRRORED],
    "detail of the earliest": "detail",
    "the earliest is a detail of it": "detail",
    **dict.fromkeys((PROBABLY_SAME_PLATE, PROBABLY_RE_ENGRAVED), "printing"),
}



def word(said: str) -> dict[str, str]:
    """What the families say of a plate or a pair, as a word with its colour."""
    # What people decided is said as the prepared words are, in their colours.
    kind = "printing" if said.endswith(", by review") else KINDS.get(said, "")
    shown = "earliest here" if said == "earliest in this collection" else said
    how = ""
    if said.endswith(", by review"):
        how = "A person decided this."
    elif kind == "printing":
        how = "Judged by how far lines stray after the two are laid over each other."
    return {"text": shown, "kind": kind, "title": how}


def pair_id(match: MatchRow) -> str:
    """What a pair is called in a list."""
    return f"{match.a}-{match.b}"


def tie(collection: Collection, match: MatchRow, *, judge: bool = False) -> dict[str, Any]:
    """A pair for the list of pairs, with what people decided; with `judge` it can be judged."""
    said = [match.verdict]
    if match.mirrored and match.verdict != MIRRORED:
        said.append(REVERSED if match.verdict == COPY else MIRRORED)
    if match.negative and match.verdict != NEGATIVE:
        said.append(NEGATIVE)
    if match.printing:
        said.append(match.printing)
    ids = collection.catalogue.plate_ids
    mark = reviewing.mark(collection, str(ids[match.a]), str(ids[match.b]))
    decided = [{"text": mark["review"], "kind": "first", "title": mark["review_title"]}] if mark else []
    covered = " and ".join(f"{min(share, 1):.0%}" for share in (match.coverage_a, match.coverage_b))
    return {
        "id": pair_id(match),
        "left": side(collection, match.a, match.region_a),
        "right": side(collection, match.b, match.region_b),
        "words": [word(one) for one in said] + decided,
        "judge": "Decide" if judge else "",
        "lines": [f"{match.inliers:,} points agree, over {covered} of the plates"],
    }


def side(collection: Collection, row: int, region: Any) -> dict[str, Any]:
    """One plate of a pair, with the region (corners in pixels, or none) that agrees."""
    record = collection.catalogue.record(row)
    year = text.date_of(record)
    title = collection.catalogue.short_title(row)
    return {
        "id": str(record["plate_id"]),
        "src": server.thumbnail_url(collection, row),
        "alt": f"Plate {record['plate_id']}, {title}, {year}",
        "caption": " · ".join(part for part in (year, str(record["place"]), title) if part),
        "outline": outline(region, int(record["width"] or 1), int(record["height"] or 1)),
    }
