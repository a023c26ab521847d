"""What a book has in common with others: how much of it, and with which, each a way there."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import shell
from imgsim.app.services import caches, text
from imgsim.base.translation import tr, trn
from imgsim.catalogue import BookDates
from imgsim.collection import Collection
from imgsim.collection.book_exchange import EARLIER, LATER, UNCERTAIN, Exchange, Partner
from imgsim.families import Member

_PARTNERS = 6  # books of a list that are shown before the reader asks for all


def show(collection: Collection, dates: BookDates, found: Exchange) -> None:
    """Draw it."""
    st.markdown(tr("## Shared with other books"))
    st.markdown(_summary(collection, found))
    if not found.partners:
        return
    for when, heading in (
        (EARLIER, tr("### Also in earlier books")),
        (LATER, tr("### Also in later books")),
        (UNCERTAIN, tr("### Also in books whose dates overlap, or undated")),
    ):
        partners = found.of(when)
        if partners:
            _partners(collection, dates, found.book, heading, when, partners)
    st.caption(
        tr(
            "By date alone: a later book may have copied a third one. A title opens that book, the number of images "
            "shows them side by side, in the order of each book."
        )
    )


def _summary(collection: Collection, found: Exchange) -> str:
    plates = len(collection.catalogue.book_rows(found.book))
    if not found.partners:
        return tr("None of its images was found in another book of this collection.")
    said = []
    if earlier := len(found.rows(EARLIER)):
        said.append(
            trn("**{n:,}** is also in an earlier book", "**{n:,}** are also in an earlier book", earlier)
        )
    if later := len(found.rows(LATER)):
        said.append(trn("**{n:,}** is also in a later book", "**{n:,}** are also in a later book", later))
    if apart := len(found.plates) - len(found.rows(EARLIER, LATER)):
        said.append(
            trn(
                "**{n:,}** is in books whose dates overlap, or without one",
                "**{n:,}** are in books whose dates overlap, or without one",
                apart,
            )
        )
    *most, last = said
    what = tr("{first} and {last}", first=", ".join(most), last=last) if most else last
    of_them = trn("Of its {n:,} plate, {what}.", "Of its {n:,} plates, {what}.", plates, what=what)
    return " ".join(part for part in (of_them, _extent(collection, found)) if part)


def _extent(collection: Collection, found: Exchange) -> str:
    """The earliest and the latest plate in this collection that shows an image of this book."""
    if found.earliest is None or found.latest is None:
        return ""
    first, last = (_member(collection, found, member) for member in (found.earliest, found.latest))
    return tr(
        "What it shares is earliest in this collection in {first}, and latest in {last}.", first=first, last=last
    )


def _member(collection: Collection, found: Exchange, member: Member) -> str:
    if member.book == found.book:
        return tr("this book ({date})", date=member.when.said)
    return f"{member.when.said} (*{text.plain(collection.catalogue.short_title(member.row, 45))}*)"


def _partners(
    collection: Collection, dates: BookDates, book: str, heading: str, when: str, partners: tuple[Partner, ...]
) -> None:
    st.markdown(heading)
    shown = partners
    if len(partners) > _PARTNERS + 1 and not st.toggle(
        tr("Show all {n:,} books", n=len(partners)), key=f"all_{when}"
    ):
        shown = partners[:_PARTNERS]
    borrowing = caches.book_network(collection)
    with st.container(gap=None, key=f"partners_{when}"):
        for at, partner in enumerate(shown):
            order = tr(borrowing.rank_correlation(book, partner.book).words) if borrowing is not None else ""
            with st.container(horizontal=True, vertical_alignment="center", key=f"partner_{when}_{at}"):
                row = int(collection.catalogue.book_rows(partner.book)[0])
                name = text.plain(collection.catalogue.short_title(row, 70))
                if st.button(
                    f"**{dates.said(partner.book)}** {name}",
                    type="tertiary",
                    key=f"open_{when}_{at}",
                    help=tr("Open this book"),
                    width="stretch",
                ):
                    shell.go("book", book_a=partner.book, book_b="")
                images = text.count(len(partner.families), "image", "images")
                if st.button(images, key=f"pair_{when}_{at}", help=_order(len(partner.families), order)):
                    shell.go("books", book_a=book, book_b=partner.book)


def _order(images: int, order: str) -> str:
    if images == 1:
        return tr("See it side by side")
    return tr("See them side by side. Printed {order}.", order=order)
