"""Re-use: the lives of images. All families of plates that share one image, to be narrowed down; or one in full."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import partial

import streamlit as st

from imgsim import export
from imgsim.app.components import family_strips
from imgsim.app.parts import (
    downloads,
    drawn_after,
    family,
    family_filters,
    family_judging,
    family_words,
    past_addresses,
    reference_bar,
    reuse_ended,
    shell,
    tray,
)
from imgsim.app.parts.not_prepared import unverified
from imgsim.app.parts.pager import pager, part
from imgsim.app.parts.reuse_conditions import CONDITIONS
from imgsim.app.services import caches, parameters, state
from imgsim.app.services.parameters import parameter
from imgsim.base.translation import marked, number, tr, trn
from imgsim.collection import Collection
from imgsim.collection.between import Between
from imgsim.collection.other_hands import OtherHands
from imgsim.families import Families, Family, decade_range, journeys, longest_delay, select

name, title, group = "reuse", marked("Re-use"), marked("Re-use")
loads = ("family_strips", "Checkbox", "DownloadButton", "Multiselect", "Pagination", "Slider", "TextInput")

_STRIPS = "families"
_PER_PAGE = 12
_BOOKS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50)


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    reuse_text: str = parameter("", "find", parameters.short)
    reuse_decades: tuple[int, int] | None = parameter(None, "printed", parameters.span)
    reuse_books: int = parameter(1, "books", parameters.integer(1, _BOOKS[-1]))
    reuse_mirrored: bool = parameter(False, "mirrored", parameters.flag)
    reuse_negative: bool = parameter(False, "negative", parameters.flag)
    reuse_works: bool = parameter(False, "works", parameters.flag)
    reuse_from: str = parameter("", "from", parameters.short)
    reuse_to: str = parameter("", "to", parameters.short)
    # Between two appearances.
    reuse_years: tuple[int, int] | None = parameter(None, "years", parameters.span)
    reuse_tag: str = parameter("", "tag", parameters.short)
    reuse_verdicts: tuple[str, ...] = parameter((), "agree", parameters.verdicts)
    reuse_judged: str = parameter("any", "judged", parameters.OneOf(tuple(family_filters.JUDGED)))
    # How the plates of one family are laid out.
    family_view: str = parameter("strip", "laid", parameters.OneOf(tuple(family.VIEWS)), lasting=True)
    reuse_page: int = parameter(1, "leaf", parameters.integer(1, parameters.MOST_PAGES), after=tuple(CONDITIONS))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    families = caches.families(collection)
    if families is not None and not now.family:
        family_judging.dissolved(collection)
    if families is not None and now.family:
        if families.has(now.family):
            family.show(collection, families, families.family(now.family), now.family_view)
            return
        past_addresses.follow_family(collection, families, now.family)
    shell.lead(
        tr(title),
        tr("Each strip is one image and where it appears again, in order of date. Click a plate to open it."),
    )
    if families is None:
        unverified(collection)
        return
    hands = drawn_after.hands(collection)
    if not len(families):
        reuse_ended.none(collection)
        drawn_after.loose(collection, hands)
        return
    offers = caches.answer(collection, "what filters of families offer", _offers, keep=6)
    _filters(collection, offers, now)
    with st.sidebar:
        family_filters.draw(collection, families, tag=now.reuse_tag, verdicts=now.reuse_verdicts)
    between = reference_bar.said(collection)
    shown = _selected(collection, families, now, between)
    _controls(collection, families, shown)
    if not shown:
        if between is not None and not between.joined(families.ordered()):
            what = marked("**No image is in both: {chosen} and the other plates.**")
            reference_bar.nothing(collection, between, what)
        else:
            reuse_ended.nothing()
        return
    _strips(collection, families, shown, now, hands)
    if len(shown) == len(families):  # no filter leaves any out, and none is of these pairs
        drawn_after.loose(collection, hands)


def _selected(collection: Collection, families: Families, now: State, between: Between | None) -> list[Family]:
    return select(
        family_filters.passing(collection, families, now.reuse_tag, now.reuse_judged, between),
        collection.catalogue,
        text=now.reuse_text,
        named=family_filters.named(collection, now.reuse_text),
        verdicts=family_filters.verdicts_of(now.reuse_verdicts),
        mirrored=now.reuse_mirrored,
        negative=now.reuse_negative,
        books=now.reuse_books,
        decades=now.reuse_decades,
        source=now.reuse_from,
        target=now.reuse_to,
        between_works=now.reuse_works,
        years_between=now.reuse_years,
    )


@dataclass(frozen=True)
class _Offers:
    """What the filters can offer: the decades, the most books of any family, places with how many families, the longest
    time until an image comes again."""

    decades: tuple[int, int] | None
    most_books: int
    sources: dict[str, int]
    targets: dict[str, int]
    longest: int


def _offers(collection: Collection) -> _Offers:
    every = collection.families.ordered() if collection.families else ()
    ways = [journeys(one) for one in every]
    sources, targets = (
        Counter(place for way in ways for place in {pair[end] for pair in way}) for end in (0, 1)
    )
    return _Offers(
        decades=decade_range(every),
        most_books=max((len(one.books) for one in every), default=1),
        sources=dict(sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))),
        targets=dict(sorted(targets.items(), key=lambda pair: (-pair[1], pair[0]))),
        longest=longest_delay(every),
    )


# ---- the list of families


def _filters(collection: Collection, offers: _Offers, now: State) -> None:
    with st.sidebar:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(tr("## Show only"))
            if any(getattr(now, field) != plain for field, plain in CONDITIONS.items()):
                st.button(tr("Clear all"), type="tertiary", on_click=reuse_ended.clear)
        reference_bar.draw(collection)
        _decades(offers.decades, now)
        if offers.most_books > 1:
            steps = [step for step in _BOOKS if step <= offers.most_books]
            st.selectbox(
                tr("Books"),
                steps,
                format_func=lambda least: tr("Any number") if least == 1 else tr("{n} or more", n=least),
                **state.bind("reuse_books", value=max(step for step in steps if step <= now.reuse_books)),
            )
        _place(tr("First printed in"), "reuse_from", offers.sources, now.reuse_from)
        _place(tr("and later in"), "reuse_to", offers.targets, now.reuse_to)
        _years(offers.longest, now)
        st.toggle(tr("Mirrored among them"), **state.bind("reuse_mirrored"))
        st.toggle(tr("Negatives among them"), **state.bind("reuse_negative"))
        st.toggle(
            tr("Different works only"),
            help=tr("Leaves out images that recur only in editions of one work."),
            **state.bind("reuse_works"),
        )


def _decades(span: tuple[int, int] | None, now: State) -> None:
    if span is None or span[0] == span[1]:
        return
    first, last = span
    low, high = now.reuse_decades or span

    def read(value: tuple[int, int]) -> tuple[int, int] | None:
        return None if tuple(value) == span else (int(value[0]), int(value[1]))

    shown = (min(max(low, first), last), min(max(high, first), last))
    bound = state.bind("reuse_decades", value=shown, read=read)
    st.slider(tr("Printed in"), first, last, step=10, format=tr("%ds"), **bound)


def _years(longest: int, now: State) -> None:
    if not longest:
        return
    low, high = now.reuse_years or (0, longest)

    def read(value: tuple[int, int]) -> tuple[int, int] | None:
        return None if tuple(value) == (0, longest) else (int(value[0]), int(value[1]))

    st.slider(
        tr("Years until it comes again"),
        0,
        longest,
        help=tr("From one book to the next that has the image; both have a year."),
        **state.bind("reuse_years", value=(min(low, longest), min(high, longest)), read=read),
    )


def _place(label: str, field: str, counted: dict[str, int], chosen: str) -> None:
    if not counted:
        return
    labels = {"": tr("Anywhere"), **{place: f"{place} ({number(found)})" for place, found in counted.items()}}
    labels.setdefault(chosen, f"{chosen} (0)")  # a link may ask for more than there is
    st.selectbox(
        label, list(labels), format_func=lambda place: labels.get(place, place), **state.bind(field, value=chosen)
    )


def _controls(collection: Collection, families: Families, shown: list[Family]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            tr("Search"),
            placeholder=tr("Words from a title, an author, a place, an id …"),
            max_chars=300,
            **state.bind("reuse_text"),
        )
        ids = [one.id for one in shown]
        downloads.csv(
            collection,
            f"families_{collection.name}",
            lambda **of: export.families_csv(
                families, collection.catalogue, ids=ids, notes=family_words.notes(collection), **of
            ),
            disabled=not ids or caches.withheld(collection),
            help=trn("{n:,} family, one row a plate.", "{n:,} families, one row a plate.", len(ids)),
        )


def _strips(
    collection: Collection, families: Families, shown: list[Family], now: State, hands: OtherHands | None
) -> None:
    pages = math.ceil(len(shown) / _PER_PAGE)
    page = min(now.reuse_page, pages)
    leaf = shown[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_count(len(shown), len(families), page, pages))
        pager(pages, page, "reuse_page", "_top")
    event = family_strips(
        key=_STRIPS,
        families=[family.strip(collection, one, now.plate, hands=hands) for one in leaf],
        label=tr("Families, most books and longest span first"),
        tray=now.tray, on_gather=partial(tray.gathered, _STRIPS),
    )  # fmt: skip
    with st.container(horizontal=True, horizontal_alignment="right"):
        pager(pages, page, "reuse_page", "_bottom")
    if event.open:
        shell.go("reuse", family=event.open)
    family.follow(event.clicked, event.compare, families)


def _count(found: int, every: int, page: int, pages: int) -> str:
    what = (
        trn("{n:,} family", "{n:,} families", found)
        if found == every
        else trn(
            "{n:,} family that pass the filters ({every:,} in all)",
            "{n:,} families that pass the filters ({every:,} in all)",
            found, every=every,
        )
    )  # fmt: skip
    if pages > 1:
        what = part(what, page, _PER_PAGE, found)
    return tr("{families}, most books and longest span first", families=what)


if __name__ == "__main__":
    shell.draw(name)
