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
from imgsim.base.translation import marked, number, tr, trn
from imgsim.catalogue import report_line

_KINDS = {"more": marked("## “{name}” grows"), "again": marked("## “{name}” is being prepared again")}


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
            _open(run, tr("Browse what is there"))


def _earlier(done: list[Run]) -> None:
    """What came of earlier runs: a line each, so that the newest stands out."""
    with st.expander(text.count(len(done), "earlier run", "earlier runs"), key="earlier_runs"):
        st.button(tr("Put all of these away"), key="close_earlier", type="tertiary", on_click=_close_all, args=(done,))
        for run in done:
            summary: Mapping[str, Any] = run.story.summary or {}
            facts = [text.count(int(summary.get("plates", 0)), "plate", "plates")]
            if summary.get("skipped"):
                facts.append(trn("{n:,} file left out", "{n:,} files left out", int(summary["skipped"])))
            with st.container(horizontal=True, vertical_alignment="center", key=f"run_{run.name}"):
                line = tr("**{name}**: {facts}", name=text.plain(run.name), facts=", ".join(facts))
                st.markdown(line, width="stretch")
                _open(run, tr("Browse"), first=False)
                st.button(
                    tr("Put away"), key=f"close_{run.name}", type="tertiary", on_click=runs.close, args=(run.folder,)
                )


def _close_all(done: list[Run]) -> None:
    for run in done:
        runs.close(run.folder)


def _going_on(run: Run, first: bool) -> None:
    st.markdown(tr(_KINDS.get(run.kind, marked("## “{name}” is being prepared")), name=text.plain(run.name)))
    if run.kind == "sample" and first:
        st.caption(
            tr("imgsim draws a small herbal of its own and compares its plates. It opens by itself in about a minute.")
        )
    else:
        st.caption(
            tr(
                "It goes on by itself: leave this page, close the tab, or let the computer sleep. The plates can be "
                "browsed as soon as they are read; then they are compared by their lines."
            )
        )
    preparing.watch(run.folder, "add", until_ready=first)
    if run.story.ready:
        _open(run, tr("Browse the plates meanwhile"))


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
        st.markdown(tr("## “{name}” is up to date: nothing had changed", name=name))
    else:
        st.markdown(tr("## “{name}” is ready", name=name))
    _numbers(summary)
    _skipped(summary)
    _sentences(summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        _open(run, tr("Browse the plates"))
        if summary.get("families") and st.button(tr("See what was used again"), key=f"reuse_{run.name}"):
            shell.go("reuse", collection=run.name)
        st.button(
            tr("Put this away"), key=f"close_{run.name}", type="tertiary", on_click=runs.close, args=(run.folder,)
        )


def _numbers(summary: Mapping[str, Any]) -> None:
    books = summary.get("join", {}).get("books", {})
    with st.container(horizontal=True, key=f"result_numbers_{summary.get('name')}"):
        if summary.get("pages") is not None:
            st.metric(tr("Pages"), number(int(summary["pages"])), width="content")
        st.metric(tr("Plates"), number(int(summary.get("plates", 0))), width="content")
        how_many = number(int(books["count"])) if books.get("count") else tr("not known")
        st.metric(tr("Books"), how_many, width="content")
        years = summary.get("join", {}).get("years", {})
        if years.get("plates"):
            read = tr("{read:,} of {plates:,}", read=years["read"], plates=years["plates"])
            st.metric(tr("Years read"), read, width="content")
        if summary.get("families") is not None:
            st.metric(tr("Families"), number(int(summary["families"])), width="content")
        st.metric(tr("Left out"), number(int(summary.get("skipped", 0))), width="content")


def _sentences(summary: Mapping[str, Any]) -> None:
    """What was understood, and what names what is gone."""
    join = summary.get("join", {})
    said = []
    if join.get("key"):
        said.append(
            tr(
                "{joined:,} of {plates} found their row, by the column {column}; {rows} without a plate.",
                joined=join["joined"],
                plates=text.count(join["plates"], "plate", "plates"),
                column=join["key_column"],
                rows=text.count(join.get("unused", 0), "row", "rows"),
            )
        )
    if years := report_line(join.get("years", {})):
        said.append(f"{years[:1].upper()}{years[1:]}.")
    if summary.get("empty_pages"):
        said.append(
            trn(
                "{n:,} page without an illustration.", "{n:,} pages without an illustration.", summary["empty_pages"]
            )
        )
    facts = join.get("books", {})
    if facts.get("unnamed") and facts.get("count"):
        said.append(trn("{n:,} plate of no known book.", "{n:,} plates of no known book.", facts["unnamed"]))
    counts = (summary.get("changes") or {}).get("counts", {})
    words = {
        "new": marked("{number:,} new"), "moved": marked("{number:,} moved or renamed"),
        "replaced": marked("{number:,} shown by a better scan or another box"), "gone": marked("{number:,} gone"),
    }  # fmt: skip
    found = [tr(word, number=counts[kind]) for kind, word in words.items() if counts.get(kind)]
    if found:
        said.append(tr("Since the last time: {changes}; every plate keeps its id.", changes=", ".join(found)))
    naming = summary.get("naming", {})
    if naming.get("decisions_gone"):
        said.append(
            trn(
                "{n:,} decision names plates that are gone: see Review.",
                "{n:,} decisions name plates that are gone: see Review.",
                naming["decisions_gone"],
            )
        )
    if naming.get("decisions_replaced"):
        said.append(
            trn(
                "{n:,} decision about another scan, to be confirmed: see Review.",
                "{n:,} decisions about another scan, to be confirmed: see Review.",
                naming["decisions_replaced"],
            )
        )
    notes = [*join.get("notes", ()), *summary.get("notes", ())]
    for sentence in said:
        st.markdown(f"- {text.plain(sentence)}")
    if notes:
        with st.expander(text.count(len(notes), "remark", "remarks"), key=f"remarks_{summary.get('name')}"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes[:100]))


def _skipped(summary: Mapping[str, Any]) -> None:
    """What was left out and why: all of it from the collection, where that can be opened."""
    count = int(summary.get("skipped", 0))
    if not count:
        return
    name = Path(str(summary.get("path", ""))).name
    title = trn("{n:,} file left out, and why", "{n:,} files left out, and why", count)
    with st.expander(title, key=f"skipped_{name}", on_change="rerun") as box:
        if not box.open:
            return
        collection = caches.opened(name)
        listed = collection.skipped.head(500)
        files, reasons = listed["file"].tolist(), listed["reason"].tolist()
        with st.spinner(tr("Looking at what was left out …")):
            seen = left_out_pictures.pictures(collection)
        shown = [
            {"id": str(row), "src": server.left_out_url(collection, row), "alt": files[row], "title": files[row],
             "lines": [reasons[row]]}
            for row in seen
        ]  # fmt: skip
        if shown:
            thumbnail_grid(key=f"left_out_{name}", items=shown, height=120, label=tr("Left out"))
        st.dataframe(
            listed.rename(columns={"file": tr("File"), "reason": tr("Why")}), hide_index=True,
            key=f"skipped_table_{name}", height=min(38 + 35 * len(listed), 260),
        )  # fmt: skip
