"""Books: which books share images with which, and whether they print them in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from imgsim import export
from imgsim.app.components import book_matrix, cell_of, matrix_width
from imgsim.app.parts import books_timeline, downloads, reference_bar, reference_set, shell, two_books
from imgsim.app.parts.not_prepared import unknown_books, unverified
from imgsim.app.services import caches, parameters, state
from imgsim.app.services.parameters import parameter
from imgsim.base.terms import ORDER
from imgsim.base.translation import marked, number, tr, trn
from imgsim.collection import Collection
from imgsim.collection.between import Between
from imgsim.collection.book_network import BookNetwork
from imgsim.export.graphml import graphml

name, title, group = "books", marked("Books"), marked("Re-use")
loads = ("bar_chart", "book_matrix", "ButtonGroup", "Multiselect")
ARRANGEMENTS = {"date": marked("By date"), "clustered": marked("By kinship")}

_MATRIX = "books_matrix"
# Of more books a square would be too small to be seen and hit.
MOST_BOOKS = 150
_LISTED = 200  # pairs of books in the table


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    arranged: str = parameter("date", "arranged", parameters.OneOf(tuple(ARRANGEMENTS)))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(
        tr(title),
        tr("Each square is two books that share images; the darker, the more. Click one to see the images."),
    )
    if caches.book_network(collection) is None:
        unverified(collection)
        return
    with st.sidebar:
        reference_bar.draw(collection)
    between = reference_bar.said(collection)
    borrowing = reference_set.network(collection, between)
    assert borrowing is not None  # as it is there without a choice
    if not len(borrowing):
        if between is not None:
            what = marked("**No image of two books is in both: {chosen} and the other plates.**")
            reference_bar.nothing(collection, between, what)
            return
        _nothing(collection)
        return
    pair = _chosen(borrowing, now)
    _controls(collection, borrowing, pair, now)
    with st.container(horizontal=True, gap="medium", key="books_body"):
        books, counts = caches.answer(
            collection, "matrix of books", partial(_matrix, arranged=now.arranged, between=between), now.arranged,
            between.names if between is not None else (), MOST_BOOKS, keep=12,
        )  # fmt: skip
        dates = [dated(borrowing, book) for book in books]
        with st.container(width=matrix_width(dates), key="books_matrix_box"):
            book_matrix(
                key=_MATRIX,
                counts=counts,
                labels=[borrowing.label(book) for book in books],
                dates=dates,
                selected=_places(books, pair),
                on_click=partial(_clicked, books, counts),
            )
            known = len(caches.overview(collection).dates.books)
            sharing = trn(
                "{n:,} book of {known:,} share images with another.",
                "{n:,} books of {known:,} share images with another.",
                len(borrowing),
                known=known,
            )
            said = (sharing, _drawn(borrowing), tr("Each year stands for one book."))
            st.caption(" ".join(filter(None, said)))
        with st.container(key="books_pair"):
            if pair is None:
                _pairs(borrowing)
            else:
                two_books.show(collection, borrowing, *pair)
    books_timeline.show(borrowing)


def _matrix(
    collection: Collection, *, arranged: str, between: Between | None = None
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The books that are drawn, in order, and what every two of them share."""
    borrowing = reference_set.network(collection, between)
    assert borrowing is not None  # the page has asked
    order = borrowing.clustered() if arranged == "clustered" else borrowing.by_date()
    # Those that share most; of books that share as many the earlier.
    most = np.argsort(-borrowing.counts.totals(), kind="stable")[:MOST_BOOKS]
    order = order[np.isin(order, most)]
    return [borrowing.books[at] for at in order.tolist()], borrowing.counts.among(order)


def _clicked(books: list[str], counts: npt.NDArray[np.int64]) -> None:
    cell = cell_of(st.session_state[_MATRIX], counts)
    if cell is not None:
        state.update(book_a=books[cell[0]], book_b=books[cell[1]])


def _places(books: list[str], pair: tuple[str, str] | None) -> tuple[int, int] | None:
    """Where two books stand in the matrix, if both are drawn."""
    return (books.index(pair[0]), books.index(pair[1])) if pair and set(pair) <= set(books) else None


def dated(borrowing: BookNetwork, book: str) -> str:
    """When a book was printed: `1752`, `1750s` or `?`."""
    date = borrowing.dates.date(book)
    return date.said if date.dated else "?"


def _drawn(borrowing: BookNetwork) -> str:
    if len(borrowing) <= MOST_BOOKS:
        return ""
    return tr(
        "The {n} that share most are drawn; all can be chosen above, and are in the downloads.", n=MOST_BOOKS
    )


def _nothing(collection: Collection) -> None:
    if not caches.overview(collection).dates.books:
        unknown_books(collection)
        return
    with st.container(border=True):
        st.markdown(tr("**No two books of this collection share an image.**"))
        st.markdown(tr("The Re-use page shows images that recur within one book, if there are any."))
        if st.button(tr("Open Re-use"), type="primary"):
            shell.go("reuse")


# ---- choosing two books


def _chosen(borrowing: BookNetwork, now: State) -> tuple[str, str] | None:
    """The two books that the address names, the earlier first; None unless they share anything."""
    if now.book_a == now.book_b or not {now.book_a, now.book_b} <= set(borrowing.books):
        return None
    first, second = sorted((now.book_a, now.book_b), key=borrowing.books.index)
    return (first, second) if borrowing.shared(first, second) else None


def _controls(
    collection: Collection, borrowing: BookNetwork, pair: tuple[str, str] | None, now: State
) -> None:
    known = now.book_a if now.book_a in borrowing.books else ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            tr("Arrange"),
            list(ARRANGEMENTS),
            format_func=lambda arranged: tr(ARRANGEMENTS[arranged]),
            required=True,
            help=tr("By kinship: books that share much stand together."),
            **state.bind("arranged"),
        )
        st.selectbox(
            tr("Book"),
            ["", *borrowing.books],
            format_func=lambda book: borrowing.label(book) if book else tr("Choose a book"),
            **state.bind("book_a", value=known),
        )
        partners = _partners(borrowing, known)
        st.selectbox(
            tr("shares images with"),
            ["", *partners],
            format_func=lambda book: (
                f"{borrowing.label(book)}: {number(partners[book])}" if book else tr("Choose another")
            ),
            disabled=not known,
            **state.bind("book_b", value=now.book_b if now.book_b in partners else ""),
        )
        _download(collection, borrowing)


def _partners(borrowing: BookNetwork, book: str) -> dict[str, int]:
    if not book:
        return {}
    counts = borrowing.counts.of(borrowing.books.index(book)).tolist()
    found = {other: count for other, count in zip(borrowing.books, counts, strict=True) if count}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _download(collection: Collection, borrowing: BookNetwork) -> None:
    with st.popover(tr("Download")):
        st.caption(
            tr("The network of all books that share images:")
            if borrowing.chosen is None
            else tr("The network of what is in both, the chosen books and the others:")
        )
        downloads.csv(
            collection,
            f"books_{collection.name}",
            lambda **of: export.network_csv(borrowing, collection.catalogue, **of),
            label=tr("As CSV"),
            disabled=caches.withheld(collection),
            help=tr("One row for every two books."),
            width="stretch",
        )
        st.download_button(
            tr("As GraphML"),
            lambda: graphml(borrowing),
            file_name=f"imgsim_books_{collection.name}.graphml",
            mime="application/graphml+xml",
            on_click="ignore",
            disabled=caches.withheld(collection),
            help=tr("For Gephi, Cytoscape, networkx or igraph."),
            width="stretch",
        )


def _pairs(borrowing: BookNetwork) -> None:
    """The pairs of books that share most, to choose from."""
    edges = borrowing.edges[:_LISTED]
    st.markdown(tr("## Books that share most"))
    frame = pd.DataFrame(
        {
            "Shared": [len(edge.families) for edge in edges],
            "Years": [f"{dated(borrowing, edge.source)}, {dated(borrowing, edge.target)}" for edge in edges],
            "Book": [_title(borrowing, edge.source) for edge in edges],
            "Shares with": [_title(borrowing, edge.target) for edge in edges],
            "Order": [tr(borrowing.rank_correlation(edge.source, edge.target).words) for edge in edges],
        }
    )
    kept = tr("Whether both print what they share in the same order, as a copyist would who kept it.")
    event = st.dataframe(
        frame,
        key="book_pairs",
        hide_index=True,
        height=min(38 + 35 * len(frame), 520),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Shared": st.column_config.NumberColumn(tr("Shared"), width=60),
            "Years": st.column_config.TextColumn(tr("Years"), width=85),
            "Book": st.column_config.TextColumn(tr("Book"), width=120),
            "Shares with": st.column_config.TextColumn(tr("Shares with"), width=120),
            "Order": st.column_config.TextColumn(tr("Order"), help=f"{kept} {ORDER.hint}"),
        },
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(edges):
        state.update(book_a=edges[chosen[0]].source, book_b=edges[chosen[0]].target)
        st.rerun()
    st.caption(tr("Choose a line here, a square on the left, or two books above."))


def _title(borrowing: BookNetwork, book: str) -> str:
    rows = borrowing.catalogue.book_rows(book)
    return borrowing.catalogue.short_title(int(rows[0])) if len(rows) else book


if __name__ == "__main__":
    shell.draw(name)
