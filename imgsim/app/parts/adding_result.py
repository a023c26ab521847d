"""The runs of this imgsim: those that go on, with how far they have come; those that ended, with what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import library_address, preparing, shell
from imgsim.app.services import caches, left_out_pictures, runs, server, text
from imgsim.app.services.runs import Run, Status
from imgsim.base.places import data_dir
from imgsim.catalogue import report_line

_KINDS = {"more": "grows", "again": "is being prepared again"}


def runs_of_all(*, first: bool, ended: bool) -> bool:
    """Draw the runs that go on, and those that ended unless that was put away; whether there is one.

    ``first``: there is nothing else on the page; ``ended``: whether the latter are wanted.
    """
    shown = [run for run in runs.every(data_dir()) if run.running or (ended and not run.closed)]
    done = [run for run in shown if run.status is Status.DONE]
    for run in shown:
        if run not in done[1:]:
            with st.container(border=True, key=f"run_{run.name}"):
                _one(run, first)
    if len(done) > 1:
        _earlier(done[1:])
    return bool(shown)


def _one(run: Run, first: bool) -> None:
    if run.running:
        _going_on(run, first)
    elif run.status is Status.DONE:
        _done(run)
    else:
        preparing.ended(run)
        if not library_address.offer(run):
            preparing.ways_on(run)
        if run.story.ready:
            _open(run, "Browse what is there")


def _earlier(done: list[Run]) -> None:
    """What came of earlier runs: a line each, so that the newest stands out."""
    with st.expander(f"{text.count(len(done), 'earlier run')}", key="earlier_runs"):
        st.button("Put all of these away", key="close_earlier", type="tertiary", on_click=_close_all, args=(done,))
        for run in done:
            summary: Mapping[str, Any] = run.story.summary or {}
            plates = text.count(int(summary.get("plates", 0)), "plate")
            left_out = f", {text.count(int(summary.get('skipped', 0)), 'file')} left out" * bool(summary.get("skipped"))
            with st.container(horizontal=True, vertical_alignment="center", key=f"run_{run.name}"):
                st.markdown(f"**{text.plain(run.name)}**: {plates}{left_out}", width="stretch")
                _open(run, "Browse", first=False)
                st.button("Put away", key=f"close_{run.name}", type="tertiary", on_click=runs.close, args=(run.folder,))


def _close_all(done: list[Run]) -> None:
    for run in done:
        runs.close(run.folder)


def _going_on(run: Run, first: bool) -> None:
    st.markdown(f"## “{text.plain(run.name)}” {_KINDS.get(run.kind, 'is being prepared')}")
    if run.kind == "sample" and first:
        st.caption(
            "imgsim draws a small herbal of its own and compares its plates. It opens by itself in about a minute."
        )
    else:
        st.caption(
            "It goes on by itself: leave this page, close the tab, or let the computer sleep. The plates can be "
            "browsed as soon as they are read; then they are compared by their lines."
        )
    preparing.watch(run.folder, "add", until_ready=first)
    if run.story.ready:
        _open(run, "Browse the plates meanwhile")


def _open(run: Run, label: str, *, first: bool = True) -> None:
    """The way to the plates; ``first``: what is likeliest to be wanted.

    The address is written before the page is drawn: it then names that collection.
    """
    if st.button(label, key=f"open_run_{run.name}", type="primary" if first and not run.running else "secondary"):
        shell.go("browse", collection=run.name)


# ---- the end


def _done(run: Run) -> None:
    summary: Mapping[str, Any] = run.story.summary or {}
    name = text.plain(run.name)
    if not summary.get("changed", True):
        st.markdown(f"## “{name}” is up to date: nothing had changed")
    else:
        st.markdown(f"## “{name}” is ready")
    _numbers(summary)
    _skipped(summary)
    _sentences(summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        _open(run, "Browse the plates")
        if summary.get("families") and st.button("See what was used again", key=f"reuse_{run.name}"):
            shell.go("reuse", collection=run.name)
        st.button("Put this away", key=f"close_{run.name}", type="tertiary", on_click=runs.close, args=(run.folder,))


def _numbers(summary: Mapping[str, Any]) -> None:
    books = summary.get("join", {}).get("books", {})
    with st.container(horizontal=True, key=f"result_numbers_{summary.get('name')}"):
        if summary.get("pages") is not None:
            st.metric("Pages", f"{int(summary['pages']):,}", width="content")
        st.metric("Plates", f"{int(summary.get('plates', 0)):,}", width="content")
        st.metric("Books", f"{int(books['count']):,}" if books.get("count") else "not known", width="content")
        years = summary.get("join", {}).get("years", {})
        if years.get("plates"):
            st.metric("Years read", f"{years['read']:,} of {years['plates']:,}", width="content")
        if summary.get("families") is not None:
            st.metric("Families", f"{int(summary['families']):,}", width="content")
        st.metric("Left out", f"{int(summary.get('skipped', 0)):,}", width="content")


def _sentences(summary: Mapping[str, Any]) -> None:
    """What was understood, and what names what is gone."""
    join = summary.get("join", {})
    said = []
    if join.get("key"):
        said.append(
            f"{join['joined']:,} of {text.count(join['plates'], 'plate')} found their row, by the column "
            f"{join['key_column']}; {text.count(join.get('unused', 0), 'row')} without a plate."
        )
    if years := report_line(join.get("years", {})):
        said.append(f"{years[:1].upper()}{years[1:]}.")
    if summary.get("empty_pages"):
        said.append(f"{text.count(summary['empty_pages'], 'page')} without an illustration.")
    facts = join.get("books", {})
    if facts.get("unnamed") and facts.get("count"):
        said.append(f"{text.count(facts['unnamed'], 'plate')} of no known book.")
    counts = (summary.get("changes") or {}).get("counts", {})
    words = {
        "new": "new", "moved": "moved or renamed", "replaced": "shown by a better scan or another box", "gone": "gone",
    }  # fmt: skip
    found = [f"{counts[kind]:,} {word}" for kind, word in words.items() if counts.get(kind)]
    if found:
        said.append(f"Since the last time: {', '.join(found)}; every plate keeps its id.")
    naming = summary.get("naming", {})
    if naming.get("decisions_gone"):
        name = "names" if naming["decisions_gone"] == 1 else "name"
        said.append(f"{text.count(naming['decisions_gone'], 'decision')} {name} plates that are gone: see Review.")
    if naming.get("decisions_replaced"):
        count = text.count(naming["decisions_replaced"], "decision")
        said.append(f"{count} about another scan, to be confirmed: see Review.")
    notes = [*join.get("notes", ()), *summary.get("notes", ())]
    for sentence in said:
        st.markdown(f"- {text.plain(sentence)}")
    if notes:
        with st.expander(f"{text.count(len(notes), 'remark')}", key=f"remarks_{summary.get('name')}"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes[:100]))


def _skipped(summary: Mapping[str, Any]) -> None:
    """What was left out and why: all of it from the collection, where that can be opened."""
    count = int(summary.get("skipped", 0))
    if not count:
        return
    name = Path(str(summary.get("path", ""))).name
    with st.expander(f"{text.count(count, 'file')} left out, and why", key=f"skipped_{name}", on_change="rerun") as box:
        if not box.open:
            return
        collection = caches.opened(name)
        listed = collection.skipped.head(500)
        files, reasons = listed["file"].tolist(), listed["reason"].tolist()
        with st.spinner("Looking at what was left out …"):
            seen = left_out_pictures.pictures(collection)
        shown = [
            {"id": str(row), "src": server.left_out_url(collection, row), "alt": files[row], "title": files[row],
             "lines": [reasons[row]]}
            for row in seen
        ]  # fmt: skip
        if shown:
            thumbnail_grid(key=f"left_out_{name}", items=shown, height=120, label="Left out")
        st.dataframe(
            listed.rename(columns={"file": "File", "reason": "Why"}), hide_index=True, key=f"skipped_table_{name}",
            height=min(38 + 35 * len(listed), 260),
        )  # fmt: skip
