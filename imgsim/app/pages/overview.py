"""Overview: the collection in numbers; every number opens the plates behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from imgsim import export
from imgsim.app.components import BarEvent, bar_chart, thumbnail_grid
from imgsim.app.parts import cards, downloads, overview_words, shell
from imgsim.app.parts.not_prepared import unverified
from imgsim.app.parts.reuse_conditions import CONDITIONS
from imgsim.app.services import caches, parameters, state, text
from imgsim.base.terms import HALF
from imgsim.base.translation import marked, tr, trn
from imgsim.charts import overview_bars
from imgsim.charts.bars import Bar
from imgsim.collection import Collection
from imgsim.collection.overview_counts import Overview
from imgsim.collection.overview_groups import Breakdown, Group

name, title, group = "overview", marked("Overview"), marked("Collection")
loads = ("bar_chart", "thumbnail_grid")
State = state.State
_IMAGES = 8  # most re-used images
_BOOKS = 10  # bars of books


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    overview = caches.overview(collection)
    shell.lead(tr(title), tr("The collection in numbers. Click a number or a bar to see the plates behind it."))
    with st.container(key="headline"):
        st.markdown(f"## {text.plain(overview.headline)}")
    with st.container(horizontal=True, vertical_alignment="center", key="overview_numbers"):
        _numbers(collection, overview)
        st.space("stretch")
        _downloads(collection, overview)
    if not overview.verified:
        unverified(collection)
    _decades(collection, overview)
    _breakdowns(collection, overview)
    if overview.shared:
        _images(collection, overview)
        _delays(overview)
        _books(collection, overview)
    _table(overview)


def _where(collection: Collection) -> str:
    return tr("another book") if collection.catalogue.books_known else tr("another plate")


# ---- where a number leads


def _open_plates(*, reused: bool = False, **filters: Any) -> None:
    """Browse, with these filters and no others: so many plates as the number says."""
    plain: dict[str, Any] = {"text": "", "decades": None, "choices": (), "sort": "year"}
    shell.go("browse", **{**plain, "reused": reused, **filters})


def _open_group(breakdown: Breakdown, group: Group, *, reused: bool) -> None:
    if breakdown.column == "decade" and group is not breakdown.unknown:
        decade = int(group.label)
        _open_plates(reused=reused, decades=(decade, decade))
    elif len(group.values) <= parameters.MOST_CHOICES:
        _open_plates(reused=reused, choices=((breakdown.column, group.values),))
    else:
        st.toast(
            tr("{n:,} others are too many for one link. Choose among them in Browse.", n=len(group.values))
        )


def _open_families(**filters: Any) -> None:
    """Re-use, with these filters and no others."""
    shell.go("reuse", **{**CONDITIONS, "family": "", "reuse_books": 2, **filters})


# ---- the parts of the page


def _numbers(collection: Collection, overview: Overview) -> None:
    words = trn(":primary[**{n:,}**] plate", ":primary[**{n:,}**] plates", overview.plates)
    if _number("plates", words, tr("Browse all plates")):
        _open_plates()
    words = trn(":primary[**{n:,}**] book", ":primary[**{n:,}**] books", overview.books)
    if overview.books and _number("books", words, tr("Open the page of a book")):
        shell.go("book", book_a="", book_b="")
    words = overview_words.reused(collection, overview)
    if overview.verified and _number("reused", words, tr("Plates with a verified match there")):
        _open_plates(reused=True)
    words = trn(
        ":primary[**{n:,}**] image in several books", ":primary[**{n:,}**] images in several books",
        len(overview.shared),
    )  # fmt: skip
    if overview.shared and _number("shared", words, tr("Their families, on the page Re-use")):
        _open_families()
    if unknown := overview.decades.unknown:
        words = trn(
            ":primary[**{n:,}**] undated plate", ":primary[**{n:,}**] undated plates", unknown.plates
        )
        if _number("undated", words, tr("Browse them")):
            _open_group(overview.decades, unknown, reused=False)


def _number(key: str, words: str, help_: str) -> bool:
    return st.button(words, type="tertiary", key=f"number_{key}", help=help_)


def _decades(collection: Collection, overview: Overview) -> None:
    breakdown = overview.decades
    st.markdown(tr("## Plates by decade"))
    if not breakdown.groups:
        st.caption(tr("No plate of this collection has a date."))
        return
    if overview.verified:
        st.caption(
            tr("Grey: all plates. Blue: those whose image is also in another book, with their share in per cent.")
            if collection.catalogue.books_known
            else tr("Grey: all plates. Blue: those whose image is also in another plate, with their share in per cent.")
        )
    if any(date.dated and date.decade is None for date in collection.catalogue.dates.distinct()):
        st.caption(tr("A plate whose date spans several decades is counted in each of them."))
    bars = overview_bars.decades_bars(breakdown, verified=overview.verified, where=_where(collection))
    picked = _bars(bars, "decades", tr("Plates by decade"), upright=True)
    _follow(breakdown, picked, verified=overview.verified)


def _bars(bars: Sequence[Bar], key: str, label: str, **how: Any) -> BarEvent:
    return bar_chart(key=key, bars=bars, colours=overview_bars.COLOURS, label=label, **how)


def _follow(breakdown: Breakdown, picked: BarEvent, *, verified: bool) -> None:
    if picked.place is not None:
        # Where nobody knows what was used again, all are one piece.
        reused = picked.kind == overview_bars.PART and verified
        _open_group(breakdown, breakdown.every[picked.place], reused=reused)


def _breakdowns(collection: Collection, overview: Overview) -> None:
    for at in range(0, len(overview.breakdowns), 2):
        pair = overview.breakdowns[at : at + 2]
        for column, breakdown in zip(st.columns(2, gap="large"), pair, strict=False):
            with column:
                st.markdown(f"## {text.plain(tr(breakdown.label))}")
                bars = overview_bars.breakdown_bars(
                    breakdown, verified=overview.verified, where=_where(collection)
                )
                label = tr("Plates by {what}", what=tr(breakdown.label))
                picked = _bars(bars, f"by_{breakdown.column}", label)
                _follow(breakdown, picked, verified=overview.verified)
    if overview.missing:
        *most, last = map(tr, overview.missing)
        words = tr("{first} or {last}", first=", ".join(most), last=last) if most else last
        st.caption(tr("The metadata does not tell plates apart by {words}.", words=words))


def _images(collection: Collection, overview: Overview) -> None:
    st.markdown(tr("## The most re-used images"))
    families = overview.shared[:_IMAGES]
    event = thumbnail_grid(
        key="most_reused",
        items=[
            cards.card(
                collection,
                family.earliest.row,
                title=text.count(len(family.books), "book", "books"),
                lines=[
                    family.span_said or tr("no year known"),
                    collection.catalogue.short_title(family.earliest.row, 50),
                ],
            )
            for family in families
        ],
        height=130,
        min_width=105,
        label=tr("The most re-used images, each by its earliest plate here"),
    )
    st.caption(tr("Each by its earliest plate in this collection. Click one to see where it appears again."))
    if event.clicked:
        chosen = next(family for family in families if family.earliest.plate_id == event.clicked)
        shell.go("reuse", family=chosen.id)


def _delays(overview: Overview) -> None:
    st.markdown(tr("## How soon an image comes again"))
    if overview.median_delay is None or overview.median_lifetime is None:
        st.caption(tr("No image is in two books that both have a year."))
        return
    st.markdown(
        overview_words.coming_again(overview.median_delay, overview.median_lifetime),
        help=HALF.hint,
    )
    bars = overview_bars.delays_bars(overview.delay_groups)
    axis = tr("Years after the appearance before")
    place = _bars(bars, "delays", axis, upright=True, axis=axis).place
    if place is not None:
        _open_families(reuse_years=overview.delay_groups[place][:2])
    st.caption(
        tr(
            "{copies} in {families}: the years from one book to the next that has the image. Only books of which the "
            "year is known count, each once.",
            copies=text.count(len(overview.delays), "copy", "copies"),
            families=text.count(len(overview.lifetimes), "family", "families"),
        )
    )


def _books(collection: Collection, overview: Overview) -> None:
    if not overview.trades:
        return
    left, right = st.columns(2, gap="large")
    for column, borrowed, heading in (
        (left, True, tr("Books with most images also in earlier ones")),
        (right, False, tr("Books with most images also in later ones")),
    ):
        trades = overview.borrowers(_BOOKS) if borrowed else overview.lenders(_BOOKS)
        with column:
            st.markdown(f"## {heading}")
            labels = [_label(collection, overview, trade.book) for trade in trades]
            bars = overview_bars.trades_bars(trades, labels, borrowed=borrowed)
            place = _bars(bars, "borrowers" if borrowed else "lenders", heading).place
            if place is not None:
                shell.go("book", book_a=trades[place].book, book_b="")
    st.caption(
        tr(
            "Blue: plates whose image is also in an earlier (left) or later (right) book of this collection; grey: all "
            "plates of the book. Dates alone are compared: a later book may have copied a third one."
        )
    )


def _label(collection: Collection, overview: Overview, book: str) -> str:
    row = int(collection.catalogue.book_rows(book)[0])
    return f"{overview.dates.said(book)} {collection.catalogue.short_title(row, 60)}"


# ---- the same numbers as a table, and to take away


def _table(overview: Overview) -> None:
    with st.expander(tr("The same numbers as a table"), key="numbers_table", on_change="rerun") as box:
        if not box.open:
            return
        every = (overview.decades, *overview.breakdowns)
        rows = [(breakdown, group) for breakdown in every for group in breakdown.every]
        shown: dict[str, list[Any]] = {
            tr("By"): [tr(breakdown.label) for breakdown, _ in rows],
            tr("Value"): [breakdown.name(group) for breakdown, group in rows],
            tr("Plates"): [group.plates for _, group in rows],
        }
        if overview.verified:
            shown[tr("Used again")] = [group.reused for _, group in rows]
            shown[tr("Share")] = [group.share for _, group in rows]
        st.caption(tr("Choose a line to see its plates."))
        event = st.dataframe(
            shown,
            key="numbers",
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            column_config={tr("Share"): st.column_config.NumberColumn(format="percent")},
        )
        chosen = event["selection"]["rows"]
        if chosen and chosen[0] < len(rows):
            _open_group(*rows[chosen[0]], reused=False)


def _downloads(collection: Collection, overview: Overview) -> None:
    with st.popover(tr("Download")):
        downloads.csv(
            collection,
            f"overview_{collection.name}",
            lambda **of: export.table_csv(overview.groups_table(), numbers=("share_reused",), **of),
            label=tr("Numbers as CSV"),
            help=tr("Plates by decade, place and so on, and how many of them were used again."),
            width="stretch",
        )
        downloads.csv(
            collection,
            f"overview_books_{collection.name}",
            lambda **of: export.table_csv(overview.books_table(), numbers=("date_printed",), **of),
            label=tr("Books as CSV"),
            disabled=not overview.books,
            help=tr("One row a book: its plates, and how many of their images are in earlier and later books."),
            width="stretch",
        )


if __name__ == "__main__":
    shell.draw(name)
