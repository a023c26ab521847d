"""Which network finds the verified pairs: the table, and the pairs that only one of two finds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.components import pair_list
from imgsim.app.parts import downloads, models_found, shell, tied_pairs
from imgsim.app.parts.pager import pager
from imgsim.app.services import caches, state, text
from imgsim.app.services.verdict_labels import TITLES
from imgsim.base.markup import rendered
from imgsim.base.terms import HALF
from imgsim.base.translation import number, tr, trn
from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.collection import Collection
from imgsim.collection.verified_pairs import Lookups, VerifiedPairs

FOUND_BY = ("first", "second", "both", "neither")
_TABLE = Path(__file__).with_suffix(".html")
_PER_PAGE = 12


def finding(collection: Collection, names: Sequence[str]) -> str:
    """Which network finds more, as one sentence of Markdown; "" where no pair is verified."""
    pairs = models_found.verified(collection)
    if pairs is None or not len(pairs):
        return ""
    far = models_found.within(collection, names)
    ends = [models_found.looked_up(collection, pairs, name).found(far) for name in names]
    shares = [text.share(int(np.count_nonzero(end)), len(end)) for end in ends]
    many = text.count(len(pairs), "verified pair", "verified pairs")
    first = text.plain(names[0])
    if len(names) == 1:
        return tr(
            "**{network} has {share} of {pairs} among its first {far} neighbours.**",
            network=first, share=shares[0], pairs=many, far=far,
        )  # fmt: skip
    second = text.plain(names[1])
    gap = models_found.gap(collection, pairs, names[0], names[1], far)
    if gap.certain and gap.second > gap.first:
        first, second, shares = second, first, shares[::-1]
    values = {
        "first": first, "second": second, "share": shares[0], "other_share": shares[1], "pairs": many, "far": far,
    }  # fmt: skip
    if math.isnan(gap.low):
        return tr(
            "**{first} has {share} of {pairs} among its first {far} neighbours, {second} {other_share}.** These are "
            "too few images to say which network is better.",
            **values,
        )
    bounds = sorted((abs(gap.low), abs(gap.high))) if gap.certain else [gap.low, gap.high]
    sign = "" if gap.certain else "+"
    low, high = (number(100 * end, f"{sign}.0f").replace("-", "\N{MINUS SIGN}") for end in bounds)
    if not gap.certain:
        return tr(
            "**Neither clearly finds more of the re-used plates.** {first} has {share} of {pairs} among its first "
            "{far} neighbours, {second} {other_share} (a difference of {low} to {high} percentage points, with 95 % "
            "confidence).",
            low=low, high=high, **values,
        )  # fmt: skip
    return tr(
        "**{first} finds more of the re-used plates than {second}:** {share} of {pairs} against {other_share}, each "
        "among its first {far} neighbours (a difference of {low} to {high} percentage points, with 95 % confidence).",
        low=low, high=high, **values,
    )  # fmt: skip


def show(collection: Collection, names: Sequence[str], found_by: str, page: int) -> None:
    """Draw the part: those that are found so, "" for the first kind there is, and that page of them."""
    pairs = models_found.verified(collection)
    assert pairs is not None  # else the part is not offered
    if not len(pairs):
        with st.container(border=True):
            st.markdown(tr("**No two plates of this collection have lines that agree.**"))
            st.markdown(
                tr(
                    "So there is nothing that a network could find or miss. Look at what its scores mean, or add "
                    "plates."
                )
            )
        return
    looks = [models_found.looked_up(collection, pairs, name) for name in names]
    _table(pairs, names, looks)
    st.caption(
        tr(
            "A pair counts as found when at least one of its plates has the other among its first neighbours, those "
            "of the same book included; of an image with many copies only some can come first. A pair that no list "
            "of candidates held was never compared, so it is not counted; pairs that were proposed by their lines, "
            "without any network, are the fairest test. Pairs that people called unrelated are left out."
        )
    )
    _which(collection, pairs, names, looks, found_by, page)


def _table(pairs: VerifiedPairs, names: Sequence[str], looks: Sequence[Lookups]) -> None:
    depth = min(look.depth for look in looks)
    steps = sorted({min(step, depth) for step in (1, models_found.NEAR, models_found.FAR, depth)})
    rows = [(tr("All verified pairs"), np.ones(len(pairs), dtype=bool))]
    rows += [(tr(TITLES[verdict]), pairs.verdicts == verdict) for verdict in (SAME, MIRRORED, NEGATIVE, DETAIL)]
    if not pairs.by_lines.all():
        rows.append((tr("Proposed by their lines"), pairs.by_lines))
    lines: list[dict[str, Any]] = []
    for label, mask in rows:
        if not mask.any():
            continue
        whole, shares = int(mask.sum()), []
        for step in steps:
            counts = [int(np.count_nonzero(look.found(step)[mask])) for look in looks]
            shares += [
                {
                    "best": len(counts) > 1 and count == max(counts) > min(counts),
                    "title": tr("{found:,} of {every:,} pairs", found=count, every=whole),
                    "share": text.share(count, whole),
                }
                for count in counts
            ]
        medians = [number(float(np.median(look.similarities[mask])), ".3f") for look in looks]
        lines.append({"label": label, "pairs": number(whole), "shares": shares, "medians": medians})
    told = [tr("the first") if step == 1 else tr("among the first {step}", step=step) for step in steps]
    st.html(rendered(_TABLE, names=names, steps=told, lines=lines, half=HALF))


def _groups(ends: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """The pairs by who finds them: FOUND_BY -> bool (p,)."""
    if len(ends) == 1:
        return {"first": ends[0], "neither": ~ends[0]}
    first, second = ends
    return {
        "first": first & ~second,
        "second": second & ~first,
        "neither": ~first & ~second,
        "both": first & second,
    }


def _which(
    collection: Collection,
    pairs: VerifiedPairs,
    names: Sequence[str],
    looks: Sequence[Lookups],
    found_by: str,
    wanted: int,
) -> None:
    far = models_found.within(collection, names)
    groups = _groups([look.found(far) for look in looks])
    if len(names) == 1:
        labels = {"first": tr("Found"), "neither": tr("Missed")}
        informative = ["neither", "first"]
    else:
        labels = {
            "first": tr("Only {network}", network=names[0]),
            "second": tr("Only {network}", network=names[1]),
            "neither": tr("Neither"),
            "both": tr("Both"),
        }
        informative = ["first", "second", "neither", "both"]
    chosen = next(kind for kind in informative if groups[kind].any())
    if found_by in groups:
        chosen = found_by
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(tr("## Who finds them among the first {far}?", far=far), width="content")
        _download(collection, pairs, names, looks)
    st.segmented_control(
        tr("Found by"),
        list(groups),
        format_func=lambda kind: f"{text.plain(labels[kind])} ({number(int(groups[kind].sum()))})",
        label_visibility="collapsed",
        required=True,
        **state.bind("found_by", value=chosen),
    )
    places = np.flatnonzero(groups[chosen])
    if not len(places):
        st.caption(tr("There is no such pair."))
        return
    # The strongest evidence first: what is missed in spite of it tells most.
    assert collection.matches is not None
    inliers = collection.matches.column("inliers", pairs.positions[places])
    places = places[np.lexsort((places, -inliers))]
    pages = math.ceil(len(places) / _PER_PAGE)
    page = min(wanted, pages)
    shown = places[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(
            trn(
                "{n:,} pair, those of which most points agree first",
                "{n:,} pairs, those of which most points agree first",
                len(places),
            )
        )
        pager(pages, page, "models_page")
    items = [_item(collection, pairs, int(at), names, looks) for at in shown]
    event = pair_list(key="verified_pairs", items=items, label=tr("Verified pairs"))
    follow(collection, event.clicked, event.compare, names[0])


def follow(collection: Collection, clicked: str | None, compare: str | None, backbone: str) -> None:
    """Open the plate, or the two plates, that were clicked in a list of pairs whose ids are their rows."""
    if clicked:
        shell.go("plate", plate=clicked, backbone=backbone)
    if compare:
        left, right = (str(collection.catalogue.plate_ids[int(row)]) for row in compare.split("-"))
        shell.go("compare", plate=left, other=right, backbone=backbone)


def _item(
    collection: Collection, pairs: VerifiedPairs, at: int, names: Sequence[str], looks: Sequence[Lookups]
) -> dict[str, Any]:
    assert collection.matches is not None
    match = collection.matches.match(int(pairs.positions[at]))
    lines = [
        f"{name}: {place_in_words(int(look.best[at]), look.depth)}, {number(look.similarities[at], '.3f')}"
        for name, look in zip(names, looks, strict=True)
    ]
    card = tied_pairs.tie(collection, match)
    return {**card, "lines": [*lines, *card["lines"]]}


def place_in_words(place: int, depth: int) -> str:
    """`1st neighbour`, `22nd neighbour`, `not among the first 50`."""
    if not place:
        return tr("not among the first {depth}", depth=depth)
    return tr("{place} neighbour", place=ordinal(place))


def ordinal(place: int) -> str:
    """`1st`, `22nd`, `13th`."""
    if place == 1:
        return tr("1st")
    last = 0 if place % 100 in (11, 12, 13) else place % 10
    if last == 1:
        return tr("{place}st", place=place)
    if last == 2:
        return tr("{place}nd", place=place)
    return tr("{place}rd", place=place) if last == 3 else tr("{place}th", place=place)


def _download(
    collection: Collection, pairs: VerifiedPairs, names: Sequence[str], looks: Sequence[Lookups]
) -> None:
    def make(**of: str) -> bytes:
        assert collection.matches is not None
        extra: dict[str, Sequence] = {
            "verdict": pairs.verdicts.tolist(),
            "inliers": collection.matches.column("inliers", pairs.positions).tolist(),
            "proposed_by_lines": ["yes" if by else "no" for by in pairs.by_lines],
        }
        for name, look in zip(names, looks, strict=True):
            extra[f"{name}_similarity"] = look.similarities.astype(float).round(6).tolist()
            for side, column in (("b_of_a", 0), ("a_of_b", 1)):
                extra[f"{name}_rank_{side}"] = [int(place) or None for place in look.places[:, column]]
        return export.pairs_csv(
            collection.catalogue,
            pairs.rows[:, 0],
            pairs.rows[:, 1],
            extra=extra,
            **of,
        )

    downloads.csv(
        collection,
        f"verified_ranks_{collection.name}",
        make,
        help=tr("Every verified pair, with its rank and similarity by each network."),
        key="download_verified_ranks",
        disabled=caches.withheld(collection),
    )
