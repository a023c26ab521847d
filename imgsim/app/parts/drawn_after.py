"""What other hands drew of a family's image: below its strip, beside its evidence, and by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from imgsim.app.components import pair_list
from imgsim.app.parts import cards, shell
from imgsim.app.parts.tied_pairs import pair_id, tie, word
from imgsim.app.services import caches, server, text
from imgsim.base.translation import marked, tr, trn
from imgsim.base.verdict_words import COPY, REVERSED
from imgsim.collection import Collection
from imgsim.collection.other_hands import AFTER, BEFORE, UNKNOWN, OtherHand, OtherHands, other_hands
from imgsim.families import Families
from imgsim.verification.match_row import MatchRow

_MOST = 12  # pairs shown before the reader asks for all
_HEADINGS = {
    AFTER: marked("Drawn after it, by another hand"),
    BEFORE: marked("By another hand, and earlier: it may have been drawn after this"),
    UNKNOWN: marked("By another hand; which of the two came first is not known"),
}


def hands(collection: Collection) -> OtherHands | None:
    """The dashed lines of a collection; None where copies by another hand were not looked for, or nothing compared."""
    if collection.copies is None or collection.matches is None:
        return None

    def make(shown: Collection) -> OtherHands | None:
        families = shown.families
        return None if families is None else other_hands(shown, families, shown.constraints.rejected)

    return caches.answer(collection, "other hands", make, keep=6)


def groups(collection: Collection, found: Sequence[OtherHand]) -> list[dict[str, Any]]:
    """What stands below a strip: a group for each order in time, with its cards."""
    families, made = caches.families(collection), []
    for order, heading in _HEADINGS.items():
        of = [hand for hand in found if hand.order == order]
        if of and families is not None:
            rows = {row: hand for hand in of for row in hand.rows}
            in_time = collection.catalogue.order(list(rows), "year")
            members = [_card(collection, families, rows[row], row) for row in in_time]
            made.append({"heading": tr(heading), "members": members})
    return made


def _card(collection: Collection, families: Families, hand: OtherHand, row: int) -> dict[str, Any]:
    record = collection.catalogue.record(row)
    plate_id, book = str(record["plate_id"]), collection.catalogue.short_title(row)
    where = " · ".join(part for part in (str(record["place"]), cards.page_of(record)) if part)
    best = next(pair for pair in hand.pairs if pair.b == row)
    size = len(families.family(hand.other)) if hand.other is not None else 0
    return {
        "id": plate_id,
        "src": server.thumbnail_url(collection, row),
        "alt": tr("Plate {plate}, {title}, {year}", plate=plate_id, title=book, year=text.date_of(record)),
        "year": text.date_of(record) if collection.catalogue.date(row).dated else "",
        "undated": not collection.catalogue.date(row).dated,
        "lines": [book, where, trn("in a family of {n:,} plate", "in a family of {n:,} plates", size) if size else ""],
        "words": [word(COPY), *([word(REVERSED)] if best.mirrored else [])],
    }


def show(collection: Collection, found: Sequence[OtherHand]) -> None:
    """Draw what ties a family to what other hands drew, if anything does."""
    pairs = [pair for hand in found for pair in hand.pairs]
    if not pairs:
        return
    st.markdown(tr("## By another hand"))
    st.caption(
        tr(
            "No line of these agrees with one of the family, but the same things lie in the same places: one was drawn "
            "after the other, or both after a third. They belong to no common family unless somebody decides so."
        )
    )
    pairs_listed(collection, pairs, "other_hands")


def loose(collection: Collection, found: OtherHands | None) -> None:
    """Draw the copies by another hand of which neither plate is in a family, if there are any."""
    if found is None or not found.loose:
        return
    st.markdown(tr("## Copies by another hand, outside of families"))
    st.caption(
        trn(
            "{n:,} pair of plates that show the same by two hands, and are in no family. The surest come first.",
            "{n:,} pairs of plates that show the same by two hands, and are in no family. The surest come first.",
            len(found.loose),
        )
    )
    pairs_listed(collection, found.loose, "loose_copies")


def pairs_listed(collection: Collection, pairs: Sequence[MatchRow], key: str) -> None:
    """Draw pairs of copies, some of them where there are many; a click opens a plate, or both in Compare."""
    shown = pairs
    if len(pairs) > _MOST and not st.toggle(tr("Show all {number:,} pairs", number=len(pairs)), key=f"_all_{key}"):
        shown = pairs[:_MOST]
    items = [tie(collection, pair) for pair in shown]
    event = pair_list(key=key, items=items, label=tr("Copies, the surest first"))
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    ids = collection.catalogue.plate_ids
    for pair in shown:
        if event.compare == pair_id(pair):
            shell.go("compare", plate=ids[pair.a], other=ids[pair.b])
