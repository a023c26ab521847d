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
from imgsim.base.translation import tr, trn
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
    renamed: int

    @classmethod
    def of(cls, report: MergeReport) -> _Told:
        counts = len(report.conflicts), len(report.refused), len(report.unknown), len(report.renamed)
        short = MergeReport(
            added=report.added,
            already=report.already,
            conflicts=report.conflicts[:_MOST_PAIRS],
            refused=report.refused[:_MOST_LINES],
            unknown=report.unknown[:_MOST_LINES],
            unconfirmed=report.unconfirmed,
            renamed=report.renamed[:_MOST_LINES],
        )
        return cls(short, *counts)


def offer(collection: Collection) -> None:
    """Draw the field that takes in a file."""
    st.caption(
        tr(
            "The zip of an export of another imgsim, the reviews that it holds, or a table with the columns "
            "plate_a_id, plate_b_id, decision and reviewer. Plates that are called otherwise here are known by their "
            "scans. Nothing that is here is changed; the same file twice adds nothing."
        )
    )
    number = st.session_state.setdefault(_UPLOADS, 0)
    file = st.file_uploader(tr("Reviews as CSV, or a zip"), type=["csv", "zip"], key=f"reviews_upload_{number}")
    if file is None:
        return
    content = intake.read(file.getvalue())
    if content is None:
        st.error(tr("So many files were brought meanwhile that this one was given up. Bring it again."))
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
        parts = [f"**{_imported(told.report)}**"]
        if told.conflicts:
            parts.append(text.count(told.conflicts, "conflict", "conflicts"))
        if told.refused:
            parts.append(trn("{n:,} row refused", "{n:,} rows refused", told.refused))
        st.markdown(", ".join(parts), width="stretch")
        st.button(tr("Read the report"), key="open_report", type="tertiary", on_click=_open)
        st.button(tr("Close"), key="close_reminder", type="tertiary", on_click=_close, args=(collection.name,))


def report(collection: Collection) -> None:
    """Draw the report of the last import into this collection, until it is closed."""
    told = _told(collection)
    if told is None:
        return
    found = told.report
    with st.container(border=True, key="merge_report"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            already = trn("{n:,} were here already.", "{n:,} were here already.", found.already)
            st.markdown(f"**{_imported(found)}**, {already}")
            st.button(tr("Close"), key="close_report", type="tertiary", on_click=_close, args=(collection.name,))
        if found.unconfirmed:
            st.markdown(
                trn(
                    "{n:,} new record is about another scan than the plate has here, and counts for nothing until "
                    "somebody confirms it.",
                    "{n:,} new records are about another scan than the plate has here, and counts for nothing until "
                    "somebody confirms it.",
                    found.unconfirmed,
                )
            )
        if found.renamed:
            st.markdown(
                trn(
                    "**{n:,} plate is called otherwise here, and was known by its scan:**",
                    "**{n:,} plates are called otherwise here, and were known by their scans:**",
                    told.renamed,
                )
            )
            _list("Renamed", tr("Plate"), [f"{theirs} → {ours}" for theirs, ours in found.renamed], told.renamed)
        if found.conflicts:
            _conflicts(collection, found.conflicts, told.conflicts)
        if found.unknown:
            st.markdown(
                trn(
                    "**{n:,} plate is not in this collection. What the file says of it was refused:**",
                    "**{n:,} plates are not in this collection. What the file says of them was refused:**",
                    told.unknown,
                )
            )
            _list("Plate", tr("Plate"), list(found.unknown), told.unknown)
        if found.refused:
            st.markdown(trn("**{n:,} row was refused:**", "**{n:,} rows were refused:**", told.refused))
            lines = [tr("Line {line}: {why}", line=line, why=why) for line, why in found.refused]
            _list("Row", tr("Row"), lines, told.refused)


def _conflicts(collection: Collection, conflicts: tuple[Conflict, ...], every: int) -> None:
    said = trn(
        "**{n:,} conflict:** where people differ the pair is disputed, and changes nothing until they agree.",
        "**{n:,} conflicts:** where people differ the pair is disputed, and changes nothing until they agree.",
        every,
    )
    if every > len(conflicts):
        said += " " + trn("The first {n:,} are shown.", "The first {n:,} are shown.", len(conflicts))
    st.markdown(said)
    event = pair_list(
        key="merge_conflicts",
        items=[_item(collection, number, one) for number, one in enumerate(conflicts)],
        label=tr("Pairs on which the file and this collection differ"),
    )
    if event.clicked:
        shell.go("plate", plate=event.clicked)
    if event.compare is not None:
        chosen = conflicts[int(event.compare)]
        if all(collection.catalogue.has(plate) for plate in (chosen.plate_a, chosen.plate_b)):
            reviewing.open_in_compare(chosen.plate_a, chosen.plate_b)


def _item(collection: Collection, number: int, one: Conflict) -> dict[str, Any]:
    disputed = one.kind == "disputed"
    word = tr("now disputed") if disputed else tr("kept as it was here")
    how = (
        tr("Both stand, and neither is what is decided.")
        if disputed
        else tr("One and the same record, with another content: what is here was not changed.")
    )
    ours = [tr("Here: {said}", said=_said(review)) for review in one.ours]
    theirs = [tr("In the file: {said}", said=_said(review)) for review in one.theirs]
    return {
        "id": str(number),
        "left": _side(collection, one.plate_a),
        "right": _side(collection, one.plate_b),
        "words": [{"text": word, "kind": "detail" if disputed else "", "title": how}],
        "lines": [*ours, *theirs],
    }


def _side(collection: Collection, plate_id: str) -> dict[str, Any]:
    if not collection.catalogue.has(plate_id):
        return {"id": plate_id, "src": "", "alt": tr("Plate {plate} is not here", plate=plate_id), "caption": plate_id}
    row = collection.catalogue.row(plate_id)
    year = text.date_of(collection.catalogue.record(row))
    title = collection.catalogue.short_title(row)
    return {
        "id": plate_id,
        "src": server.thumbnail_url(collection, row),
        "alt": tr("Plate {plate}, {title}, {year}", plate=plate_id, title=title, year=year),
        "caption": f"{plate_id} · {year} · {title}",
    }


def _said(review: Review) -> str:
    """`Ada says same plate, 22 Nov 2026: “the crack”`."""
    note = review.note if len(review.note) <= _LONGEST_NOTE else f"{review.note[:_LONGEST_NOTE]}…"
    said = tr(
        "{reviewer} says {decision}, {day}",
        reviewer=review.reviewer, decision=tr(review.decision), day=reviewing.day(review.when),
    )  # fmt: skip
    return said + (f": “{note}”" if note else "")


def _list(name: str, heading: str, lines: list[str], every: int) -> None:
    left = every - len(lines)
    more = [trn("… and {n:,} more", "… and {n:,} more", left)] if left > 0 else []
    frame = pd.DataFrame({heading: lines + more})
    st.dataframe(frame, hide_index=True, height=min(38 + 35 * len(frame), 300), key=f"merge_{name}")


def _imported(found: MergeReport) -> str:
    return trn("Imported: {n:,} new record", "Imported: {n:,} new records", found.added)


def _told(collection: Collection) -> _Told | None:
    told: _Told | None = st.session_state.get(_REPORTS, {}).get(collection.name)
    return told


def _open() -> None:
    state.update(desk="all")


def _close(name: str) -> None:
    st.session_state.get(_REPORTS, {}).pop(name, None)
