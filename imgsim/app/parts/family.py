"""A family of plates on the screen: in words, as a strip, and in full with its evidence."""

from __future__ import annotations

from collections.abc import Collection as Some
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from imgsim import export
from imgsim.app.components import family_strips, pair_list
from imgsim.app.parts import (
    cards,
    downloads,
    drawn_after,
    family_decision,
    family_judging,
    family_time,
    family_words,
    iiif_offer,
    past_addresses,
    shell,
    tied_pairs,
    tray,
)
from imgsim.app.services import caches, server, state, text
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection
from imgsim.collection.citing import family_citation
from imgsim.collection.other_hands import OtherHands
from imgsim.families import Families, Family, Member
from imgsim.verification.match_row import MatchRow
from imgsim.verification.matches import Matches

VIEWS = {"strip": marked("In order of date"), "time": marked("By year and place")}
_STRIP = "family"
_TIES = 12  # shown before the reader asks for all


# ---- a family in words


def strip(
    collection: Collection,
    family: Family,
    plate: str = "",
    judge: bool = False,
    hands: OtherHands | None = None,
) -> dict[str, Any]:
    """A family for the strips; the plate that the reader came from is marked, and with `judge` each can be judged.

    ``hands``: what other hands drew of it stands below.
    """
    words = []
    if family.mirrored:
        words.append({"text": tr("mirrored among them"), "kind": "mirrored"})
    if family.negative:
        words.append({"text": tr("negatives among them"), "kind": "negative"})
    return {
        "id": family.id,
        "title": called(collection, family),
        "facts": facts_line(collection, family),
        "words": words,
        "members": [_card(collection, member, plate, judge) for member in family.members],
        "after": drawn_after.groups(collection, hands.of(family.id)) if hands is not None else [],
    }


def title(family: Family) -> str:
    """`3 books, 1712–1788`."""
    books = len(family.books)
    if books > 1:
        what = text.count(books, "book", "books")
    elif books:
        what = trn("{n:,} plate in one book", "{n:,} plates in one book", len(family))
    else:
        what = text.count(len(family), "plate", "plates")
    return f"{what}, {family.span_said or tr('no year known')}"


def called(collection: Collection, family: Family) -> str:
    """What people call it, with what it is: `The strawberry, after Fuchs · 3 books, 1712–1788`."""
    return " · ".join(part for part in (family_words.title(collection, family.id), title(family)) if part)


def facts_line(collection: Collection, family: Family) -> str:
    """How many plates, from place to place, and where the image is earliest here."""
    places = family.places
    shown = " → ".join(places[:5]) + (" → …" if len(places) > 5 else "")
    earliest = collection.catalogue.short_title(family.earliest.row, 70)
    if family.earliest.dated:
        earliest = tr("earliest here: {title}", title=earliest)
    plates = text.count(len(family), "plate", "plates") if len(family) > len(family.books) > 1 else ""
    return " · ".join(part for part in (plates, shown, earliest) if part)


def _card(collection: Collection, member: Member, plate: str, judge: bool) -> dict[str, Any]:
    record = collection.catalogue.record(member.row)
    plate_id = str(record["plate_id"])
    where = " · ".join(part for part in (str(record["place"]), str(record["format"]), cards.page_of(record)) if part)
    book = collection.catalogue.short_title(member.row)
    return {
        "id": plate_id,
        "src": server.thumbnail_url(collection, member.row),
        "alt": tr("Plate {plate}, {title}, {year}", plate=plate_id, title=book, year=text.date_of(record)),
        "year": member.when.said if member.dated else "",
        "lines": [book, where],
        "words": [tied_pairs.word(one) for one in member.words],
        "first": member.place == 0,
        "undated": not member.dated,
        "compare": member.place > 0,
        "judge": judge and member.tied_to is not None,
        "except": judge,
        "mark": plate_id == plate,
    }


# ---- one family


def show(collection: Collection, families: Families, family: Family, view: str) -> None:
    """Draw a family in full: its strip or its line of time (of `VIEWS`), what ties it together, and what can be taken
    away."""
    now = state.current()
    shell.lead(tr("Re-use"), tr("One image and where it appears again, in order of date."))
    with st.container(horizontal=True, vertical_alignment="center", key="family_head"):
        st.button(tr("← All families"), on_click=_close)
        st.markdown(f"## {text.plain(called(collection, family))}", width="stretch")
        address = tr("Its permanent id: the address of this family stays.")
        st.caption(tr("Family {family}", family=family.id), help=address)
        _books(collection, family)
        _downloads(collection, families, family)
    past_addresses.led_here(collection, family)
    st.caption(text.plain(facts_line(collection, family)))
    family_words.show(collection, family, beside=partial(_into_the_tray, family))
    family_judging.bar(collection, family)
    family_decision.bar(collection, family)
    hands = drawn_after.hands(collection)
    made = strip(collection, family, now.plate, judge=True, hands=hands)
    excepted = family_decision.excepted(collection, family)
    if excepted is None:
        with st.container(horizontal=True, vertical_alignment="center", key="family_shown"):
            st.segmented_control(
                tr("Shown"), list(VIEWS), format_func=lambda view: tr(VIEWS[view]), label_visibility="collapsed",
                required=True, **state.bind("family_view"),
            )  # fmt: skip
            family_decision.offer(collection, family)
    if view == "time" and excepted is None:
        plates = {member["id"]: member for member in made["members"]}
        follow(family_time.draw(family, plates), None, families)
    else:
        _strip(family, made, families, excepted)
    matches = collection.matches
    if matches is not None:
        family_judging.went_apart(collection, family)
        _evidence(collection, family, matches)
    if hands is not None:
        drawn_after.show(collection, hands.of(family.id))
    past_addresses.family_history(collection, family)
    st.caption(tr("To cite this family:"))
    cited = family_citation(collection, family, family_words.title(collection, family.id))
    st.code(cited, language=None, wrap_lines=True)


def _strip(family: Family, made: dict[str, Any], families: Families, excepted: Some[str] | None) -> None:
    event = family_strips(
        key=_STRIP, families=[made], heads=False, height=300 if len(family) <= 4 else 230, label=tr("Family"),
        tray=state.current().tray, on_gather=partial(tray.gathered, _STRIP),
        excepted=excepted, on_except=partial(family_decision.ticked, _STRIP),
    )  # fmt: skip
    if event.judge:
        family_judging.member(family, event.judge)
    follow(event.clicked, event.compare, families)
    undated = len(family.undated)
    if undated and undated < len(family):
        st.caption(
            trn(
                "{n:,} plate without a year stands apart at the end: any of them may be earlier than the first.",
                "{n:,} plates without a year stand apart at the end: any of them may be earlier than the first.",
                undated,
            )
        )


def follow(clicked: str | None, compare: str | None, families: Families) -> None:
    """Go where a click on a strip leads: to the plate, or to its comparison with the earliest."""
    if clicked:
        shell.go("plate", plate=clicked)
    if compare:
        row = shell.collection().catalogue.row(compare)
        family_id = families.of(row)
        assert family_id is not None  # it was drawn in one
        shell.go("compare", plate=families.family(family_id).earliest.plate_id, other=compare)


def _into_the_tray(family: Family) -> None:
    ids = [member.plate_id for member in family.members]
    if not set(ids).issubset(state.current().tray):
        st.button(
            tr("Put in the tray"), key="family_tray", type="tertiary", on_click=tray.add, args=(ids,),
            help=tr("All of its plates."),
        )  # fmt: skip


def _books(collection: Collection, family: Family) -> None:
    """A way to the page of each of its books."""
    if not family.books:
        return
    with st.popover(tr("Books ({number:,})", number=len(family.books))):
        for book in family.books:
            label = text.plain(collection.catalogue.book_label(book))
            if st.button(label, type="tertiary", key=f"book_{book}"):
                shell.go("book", book_a=book, book_b="")


def _close() -> None:
    family_judging.leave()
    state.update(family="")


def _downloads(collection: Collection, families: Families, family: Family) -> None:
    downloads.csv(
        collection,
        f"family_{text.file_name(family.id)}",
        lambda **of: export.families_csv(
            families, collection.catalogue, ids=[family.id], notes=family_words.notes(collection), **of
        ),
        disabled=caches.withheld(collection),
        help=tr("One row a plate."),
    )
    st.download_button(
        tr("Download dossier"),
        lambda: _dossier(collection, family.id),
        file_name=f"imgsim_family_{text.file_name(family.id)}.html",
        mime="text/html",
        on_click="ignore",
        disabled=caches.withheld(collection),
        help=tr("One page with plates, books, evidence and how to cite; opens in any browser, without imgsim."),
    )
    iiif_offer.offer_family(collection, family.id)
    with st.popover(tr("Link")):
        st.caption(tr("Opens this family again:"))
        st.code(f"{st.context.url or ''}?{urlencode(state.link(), doseq=True)}", language=None)


def _dossier(collection: Collection, family_id: str) -> bytes:
    from imgsim.export.dossier import dossier_html

    return dossier_html(collection, family_id, caches.families(collection))


def ties(family: Family, matches: Matches) -> list[MatchRow]:
    """The verified pairs within a family, seen from the earlier plate: those with the earliest, then the strongest."""
    place = {member.row: number for number, member in enumerate(family.members)}
    found = [
        match
        for row in place
        for match in matches.of(row)
        if match.verified and place.get(match.b, -1) > place[row]
    ]
    return sorted(
        found, key=lambda match: (place[match.a] != 0, -match.inliers, place[match.a], place[match.b])
    )


def _evidence(collection: Collection, family: Family, matches: Matches) -> None:
    found = ties(family, matches)
    st.markdown(tr("## What ties them together"))
    st.caption(
        tr(
            "How many points of the lines of two plates agree once one is laid over the other; the region in which "
            "they do is blue. Lettering and frames do not count. Look for yourself: Compare lays them over each other."
        )
    )
    shown = found
    if len(found) > _TIES and not st.toggle(tr("Show all {number:,} pairs", number=len(found)), key="_all_ties"):
        shown = found[:_TIES]
    ids = collection.catalogue.plate_ids
    event = pair_list(
        key="ties",
        items=[tied_pairs.tie(collection, match, judge=True) for match in shown],
        label=tr("Pairs, those with the earliest first"),
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    for match in shown:
        if event.compare == tied_pairs.pair_id(match):
            shell.go("compare", plate=ids[match.a], other=ids[match.b])
        if event.judge == tied_pairs.pair_id(match):
            family_judging.pair(match.a, match.b)
