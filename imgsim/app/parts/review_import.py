"""Taking in reviews that were made elsewhere, and the report of what came of it, which stays until it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import pandas as pd
import streamlit as st

from imgsim.app.components import pair_list
from imgsim.app.parts import reviewing, shell
from imgsim.app.services import caches, intake, server, state, text
from imgsim.collection import Collection
from imgsim.errors import ImgsimError
from imgsim.reviews import Conflict, MergeReport, Review

_REPORTS, _UPLOADS = "_imgsim_merged", "_imgsim_uploads"
_MOST_PAIRS, _MOST_LINES = (
    50,
    500,
)  # of conflicts and of lines in a list: a session keeps no more than it shows
_LONGEST_NOTE = 160
_ONE_AT_A_TIME = Lock()  # so that what a file takes while it is read counts once


@dataclass(frozen=True)
class _Told:
    """A report as a session keeps it: the first of each kind, and how many there are."""

    report: MergeReport
    conflicts: int
    refused: int
    unknown: int

    @classmethod
    def of(cls, report: MergeReport) -> _Told:
        counts = len(report.conflicts), len(report.refused), len(report.unknown)
        short = MergeReport(
            added=report.added,
            already=report.already,
            conflicts=report.conflicts[:_MOST_PAIRS],
            refused=report.refused[:_MOST_LINES],
            unknown=report.unknown[:_MOST_LINES],
            unconfirmed=report.unconfirmed,
        )
        return cls(short, *counts)


def offer(collection: Collection) -> None:
    """Draw the field that takes in a file."""
    st.caption(
        "Reviews that were downloaded from another imgsim, or a table with the columns plate_a_id, plate_b_id, "
        "decision and reviewer. Nothing that is here is changed; the same file twice adds nothing."
    )
    number = st.session_state.setdefault(_UPLOADS, 0)
    file = st.file_uploader("Reviews as CSV", type=["csv"], key=f"reviews_upload_{number}")
    if file is None:
        return
    content = intake.read(file.getvalue())
    if content is None:
        st.error("So many files were brought meanwhile that this one was given up. Bring it again.")
        return
    try:
        with _ONE_AT_A_TIME:
            report = caches.reviews(collection).merge_csv(content, collection.catalogue)
    except ImgsimError as error:
        st.error(text.plain(error))
        return
    intake.give_up(file.getvalue())
    st.session_state.setdefault(_REPORTS, {})[collection.name] = _Told.of(report)
    st.session_state[_UPLOADS] = number + 1  # an empty field again
    st.rerun()


def reminder(collection: Collection) -> None:
    """On the other sections: that there is a report, and the way to it."""
    told = _told(collection)
    if told is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="merge_reminder"):
        left = ", ".join(
            part
            for part in (
                text.count(told.conflicts, "conflict") if told.conflicts else "",
                f"{text.count(told.refused, 'row')} refused" if told.refused else "",
            )
            if part
        )
        st.markdown(f"**{_imported(told.report)}**" + (f", {left}" if left else ""), width="stretch")
        st.button("Read the report", key="open_report", type="tertiary", on_click=_open)
        st.button("Close", key="close_reminder", type="tertiary", on_click=_close, args=(collection.name,))


def report(collection: Collection) -> None:
    """Draw the report of the last import into this collection, until it is closed."""
    told = _told(collection)
    if told is None:
        return
    found = told.report
    with st.container(border=True, key="merge_report"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{_imported(found)}**, {found.already:,} were here already.")
            st.button("Close", key="close_report", type="tertiary", on_click=_close, args=(collection.name,))
        if found.unconfirmed:
            st.markdown(
                f"{text.count(found.unconfirmed, 'new record')} {_is(found.unconfirmed)} about another scan than the "
                "plate has here, and counts for nothing until somebody confirms it."
            )
        if found.conflicts:
            _conflicts(collection, found.conflicts, told.conflicts)
        if found.unknown:
            them = "it" if told.unknown == 1 else "them"
            st.markdown(
                f"**{text.count(told.unknown, 'plate')} {_is(told.unknown)} not in this collection. What the file "
                f"says of {them} was refused:**"
            )
            _list("Plate", list(found.unknown), told.unknown)
        if found.refused:
            st.markdown(
                f"**{text.count(told.refused, 'row')} {'was' if told.refused == 1 else 'were'} refused:**"
            )
            lines = [f"Line {line}: {why}" for line, why in found.refused]
            _list("Row", lines, told.refused)


def _conflicts(collection: Collection, conflicts: tuple[Conflict, ...], every: int) -> None:
    more = f" The first {len(conflicts):,} are shown." if every > len(conflicts) else ""
    st.markdown(
        f"**{text.count(every, 'conflict')}:** where people differ the pair is disputed, and changes nothing until "
        f"they agree.{more}"
    )
    event = pair_list(
        key="merge_conflicts",
        items=[_item(collection, number, one) for number, one in enumerate(conflicts)],
        label="Pairs on which the file and this collection differ",
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    if event.compare is not None:
        chosen = conflicts[int(event.compare)]
        if all(collection.catalogue.has(plate) for plate in (chosen.plate_a, chosen.plate_b)):
            reviewing.open_in_compare(chosen.plate_a, chosen.plate_b)


def _item(collection: Collection, number: int, one: Conflict) -> dict[str, Any]:
    disputed = one.kind == "disputed"
    word = "now disputed" if disputed else "kept as it was here"
    how = (
        "Both stand, and neither is what is decided."
        if disputed
        else "One and the same record, with another content: what is here was not changed."
    )
    ours = [f"Here: {_said(review)}" for review in one.ours]
    theirs = [f"In the file: {_said(review)}" for review in one.theirs]
    return {
        "id": str(number),
        "left": _side(collection, one.plate_a),
        "right": _side(collection, one.plate_b),
        "words": [{"text": word, "kind": "detail" if disputed else "", "title": how}],
        "lines": [*ours, *theirs],
    }


def _side(collection: Collection, plate_id: str) -> dict[str, Any]:
    if not collection.catalogue.has(plate_id):
        return {"id": plate_id, "src": "", "alt": f"Plate {plate_id} is not here", "caption": plate_id}
    row = collection.catalogue.row(plate_id)
    year = text.date_of(collection.catalogue.record(row))
    title = collection.catalogue.short_title(row)
    return {
        "id": plate_id,
        "src": server.thumbnail_url(collection, row),
        "alt": f"Plate {plate_id}, {title}, {year}",
        "caption": f"{plate_id} · {year} · {title}",
    }


def _said(review: Review) -> str:
    """`Ada says same plate, 22 Nov 2026: “the crack”`."""
    note = review.note if len(review.note) <= _LONGEST_NOTE else f"{review.note[:_LONGEST_NOTE]}…"
    return f"{review.reviewer} says {review.decision}, {reviewing.day(review.when)}" + (
        f": “{note}”" if note else ""
    )


def _list(name: str, lines: list[str], every: int) -> None:
    more = [f"… and {every - len(lines):,} more"] if every > len(lines) else []
    frame = pd.DataFrame({name: lines + more})
    st.dataframe(frame, hide_index=True, height=min(38 + 35 * len(frame), 300), key=f"merge_{name}")


def _imported(found: MergeReport) -> str:
    return f"Imported: {text.count(found.added, 'new record')}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _told(collection: Collection) -> _Told | None:
    told: _Told | None = st.session_state.get(_REPORTS, {}).get(collection.name)
    return told


def _open() -> None:
    state.update(desk="all")


def _close(name: str) -> None:
    st.session_state.get(_REPORTS, {}).pop(name, None)
