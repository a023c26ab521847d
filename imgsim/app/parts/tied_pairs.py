"""Two plates that something ties, as a list of pairs shows them, and the words for what they are to each other."""

from __future__ import annotations

from typing import Any

from imgsim.app.components import outline
from imgsim.app.parts import reviewing
from imgsim.app.services import server, text
from imgsim.base.translation import tr, trn
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
from imgsim.families.family_members import BY_REVIEW, FIRST, FIRST_UNDATED
from imgsim.families.family_table import EARLIEST_OF, OF_EARLIEST
from imgsim.verification.match_row import MatchRow

# The colour of each word that the families use; what is not here is said without one.
KINDS = {
    FIRST: "first",
    FIRST_UNDATED: "first",
    **{verdict: CODE_OF[verdict] for verdict in (SAME, MIRRORED, NEGATIVE, DETAIL, COPY)},
    REVERSED: CODE_OF[MIRRORED],
    OF_EARLIEST: "detail",
    EARLIEST_OF: "detail",
    **dict.fromkeys((PROBABLY_SAME_PLATE, PROBABLY_RE_ENGRAVED), "printing"),
}


def word(said: str) -> dict[str, str]:
    """What the families say of a plate or a pair, as a word with its colour."""
    # What people decided is said as the prepared words are, in their colours.
    if said.endswith(BY_REVIEW):
        decision = tr(said.removesuffix(BY_REVIEW))
        shown, how = tr("{decision}, by review", decision=decision), tr("A person decided this.")
        return {"text": shown, "kind": "printing", "title": how}
    kind = KINDS.get(said, "")
    shown = tr("earliest here") if said == FIRST else tr(said)
    printing = kind == "printing"
    how = tr("Judged by how far lines stray after the two are laid over each other.") if printing else ""
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
    agreeing = trn(
        "{n:,} points agree, over {of_one:.0%} and {of_other:.0%} of the plates",
        "{n:,} points agree, over {of_one:.0%} and {of_other:.0%} of the plates",
        match.inliers, of_one=min(match.coverage_a, 1), of_other=min(match.coverage_b, 1),
    )  # fmt: skip
    return {
        "id": pair_id(match),
        "left": side(collection, match.a, match.region_a),
        "right": side(collection, match.b, match.region_b),
        "words": [word(one) for one in said] + decided,
        "judge": tr("Decide") if judge else "",
        "lines": [agreeing],
    }


def side(collection: Collection, row: int, region: Any) -> dict[str, Any]:
    """One plate of a pair, with the region (corners in pixels, or none) that agrees."""
    record = collection.catalogue.record(row)
    year = text.date_of(record)
    title = collection.catalogue.short_title(row)
    return {
        "id": str(record["plate_id"]),
        "src": server.thumbnail_url(collection, row),
        "alt": tr("Plate {plate}, {title}, {year}", plate=record["plate_id"], title=title, year=year),
        "caption": " · ".join(part for part in (year, str(record["place"]), title) if part),
        "outline": outline(region, int(record["width"] or 1), int(record["height"] or 1)),
    }
