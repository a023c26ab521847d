"""A run as pages show it: how far it has come, and the buttons to cancel it or to go on.

The run itself is a process of its own (`imgsim.app.services.runs`); a page only looks at it, once a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from imgsim.app.services import nearby, remedies, runs, text
from imgsim.app.services.run_story import StageSaid
from imgsim.app.services.runs import Run, Status
from imgsim.base.progress import duration
from imgsim.base.terms import MAPS
from imgsim.base.translation import marked, number, tr
from imgsim.collection import shelf
from imgsim.errors import ImgsimError
from imgsim.generation.current import is_collection, live
from imgsim.generation.generation import Generation
from imgsim.generation.locking import is_locked

EVERY = 1.0  # seconds between two looks
_SLOWLY = 3.0  # beside a page that is about something else
_STAGES = {
    "generating plates": marked("Drawing the sample plates"),
    "fetching images": marked("Fetching the images"),
    "looking for images": marked("Looking for images"),
    "comparing files": marked("Comparing files with those of before"),
    "downloading weights": marked("Downloading weights"),
    "cutting out illustrations": marked("Cutting out illustrations"),
    "plates": marked("Reading plates"),
    "catalogue": marked("Joining the table"),
    "writing": marked("Writing"),
    "features": marked("Finding lines and details"),
    "mirror images and parts": marked("Mirror images and parts"),
    "mirrored queries": marked("Looking at plates in the mirror"),
    "repeated parts": marked("Learning what repeats on plates"),
    "index": marked("Indexing details"),
    "candidates": marked("Choosing pairs to compare"),
    "checking thumbnails": marked("Checking thumbnails"),
    "checking files, MB": marked("Checking files"),
    "matches": marked("Comparing pairs by their lines"),
    "copies": marked("Copies"),
    "families": marked("Tying families"),
}


def stage_words(name: str) -> str:
    """What a stage does, for readers: `Comparing pairs by their lines`."""
    first, _, rest = name.partition(" ")
    if name in _STAGES:
        return tr(_STAGES[name])
    if rest and first == "neighbours":
        return tr("Finding plates that look alike ({network})", network=rest)
    if rest and first in MAPS:
        return tr("Drawing a map ({map}, {network})", map=tr(MAPS[first].word), network=rest)
    return name[:1].upper() + name[1:]


def stage_line(stage: StageSaid) -> str:
    """`Reading plates · 1,204 of 5,000 · 41/s · 2 min 10 s left`"""
    parts = [stage_words(stage.name)]
    if stage.total:
        parts.append(tr("{done:,} of {every:,}", done=min(stage.done, stage.total), every=stage.total))
    elif stage.done:
        parts.append(number(stage.done))
    if not stage.finished and stage.rate:
        rate = number(stage.rate, ",.1f" if stage.rate < 10 else ",.0f")
        parts.append(tr("{rate} a second", rate=rate))
    if not stage.finished and stage.left is not None and stage.left >= 1:
        parts.append(tr("{time} left", time=duration(stage.left)))
    return " · ".join(parts)


def bars(run: Run) -> None:
    """Draw what a run does now as a bar, and what it has done above that as a line."""
    stages = list(run.story.stages.values())
    done = [tr("Plates can be browsed")] * run.story.ready + [stage_words(one.name) for one in stages[:-1]]
    if done:
        st.caption(text.plain(f"✓ {' · '.join(done)}"))
    now = run.story.stage
    if now is None:
        st.progress(0.0, tr("Telling it to stop …") if run.stopping else tr("Starting …"))
    else:
        st.progress(now.share, tr("Stopping …") if run.stopping else text.plain(stage_line(now)))


# ---- beginning one

_PROBLEM = "_imgsim_run_problem"


def begin(folder: Path, words: Sequence[str] = (), kind: str = "again") -> None:
    """Start a run from a button; what hinders it is said by the next `say_problem`.

    One click may come twice: the second time nothing is left to do.
    """
    now = runs.of(folder)
    if now is not None and now.running and (now.words, now.kind) == (tuple(words), kind):
        return
    try:
        runs.start(folder, words, kind)
    except ImgsimError as error:
        st.session_state[_PROBLEM] = text.plain(error)


def say_problem() -> None:
    """Say why the last run could not begin, once."""
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        st.error(problem)


# ---- until it is done


def watch(folder: Path, place: str = "", *, until_ready: bool = False) -> bool:
    """Draw a run that goes on, and draw the whole page again when it has come to its end; whether one goes on.

    Parameters
    ----------
    place : where on the page it stands, if it can be cancelled there.
    until_ready : whether the page is drawn again as soon as the plates can be browsed.
    """
    run = runs.of(folder)
    if run is None or not run.running or (until_ready and run.story.ready):
        return False
    _watched(str(folder), run.story.ready, place)
    return True


@st.fragment(run_every=EVERY)
def _watched(folder: str, was_ready: bool, place: str) -> None:
    run = runs.of(Path(folder))
    if run is None or not run.running or (run.story.ready and not was_ready):
        st.rerun()
        return
    bars(run)
    if place and nearby.reads():
        st.button(
            tr("Cancel"), key=f"cancel_{place}_{run.name}", on_click=runs.cancel, args=(run.folder,),
            disabled=run.stopping, help=tr("What is done is kept; it can go on later."),
        )  # fmt: skip


def ended(run: Run) -> None:
    """Say how a run came to its end, where that was not as it should be, with what to do."""
    failure = run.failure()
    name = text.plain(run.name)
    if run.status is Status.FAILED and failure is not None:
        st.error(f"{tr('**“{name}” could not be prepared.**', name=name)} {text.plain(failure.what)}")
        said = remedies.words(failure.remedy) if failure.remedy is not None else None
        if said is not None:
            st.markdown(text.plain(said.sentence))
            if said.command:
                st.code(said.command, language=None)
    elif run.status is Status.BROKEN_OFF:
        st.warning(
            tr(
                "**The preparation of “{name}” was broken off**, by the end of imgsim, of the computer, or by the "
                "system. What was done is kept.",
                name=name,
            )
        )
    elif run.status is Status.CANCELLED:
        st.info(tr("**The preparation of “{name}” was cancelled.** What was done is kept.", name=name))


def ways_on(run: Run) -> None:
    """The buttons to go on with a run that did not come to its end, and to leave it."""
    if not nearby.reads():
        return
    label = tr("Try again") if run.status is Status.FAILED else tr("Go on")
    with st.container(horizontal=True):
        st.button(
            label, key=f"resume_{run.name}", type="primary", help=tr("It goes on where it stopped."), on_click=begin,
            args=(run.folder, run.words, run.kind),
        )  # fmt: skip
        if is_collection(run.folder):
            st.button(tr("Leave it"), key=f"close_{run.name}", on_click=runs.close, args=(run.folder,))
        else:
            st.button(
                tr("Throw it away"), key=f"throw_{run.name}", on_click=throw_away, args=(run.folder,),
                help=tr("To the trash, with what was handed in for it. Scans in folders of yours stay where they lie."),
            )  # fmt: skip


def throw_away(folder: Path) -> None:
    """Throw away what was begun; what hinders it is said by the next `say_problem`."""
    try:
        shelf.throw_away(folder)
    except ImgsimError as error:
        st.session_state[_PROBLEM] = text.plain(error)


# ---- small, on every page

# Of a run that waits for a word.
_LEFT = {
    Status.FAILED: marked("**{name}**: failed. See Add plates."),
    Status.CANCELLED: marked("**{name}**: cancelled. See Add plates."),
    Status.BROKEN_OFF: marked("**{name}**: broken off. See Add plates."),
}


def notice(data: Path, opened: Generation | None = None, *, besides: Path | None = None) -> None:
    """In the sidebar: the runs that go on or wait for a word, with how far they have come.

    ``besides``: the folder of a run that goes on before the reader's eyes, and is not said twice.

    Where one comes to its end the whole page is drawn again; so it is where ``opened`` is made anew from a terminal.
    """
    shown = [run for run in runs.every(data) if run.running or (not run.closed and run.status is not Status.DONE)]
    told = [run for run in shown if not (run.running and run.folder == besides)]
    if told:
        _notice(str(data), tuple((run.name, run.status.value, run.story.ready) for run in told))
    if opened is not None and opened.in_progress and not any(run.folder == opened.path for run in shown):
        st.caption(tr("**{name}** is being prepared in a terminal.", name=text.plain(opened.name)))
        _from_elsewhere(str(opened.path), opened.generation)


@st.fragment(run_every=_SLOWLY)
def _from_elsewhere(folder: str, generation: str) -> None:
    """A run of which nobody here knows how far it is."""
    found = live(Path(folder))
    if not is_locked(Path(folder)) or (found is not None and found.generation != generation):
        st.rerun()


@st.fragment(run_every=_SLOWLY)
def _notice(data: str, then: tuple[tuple[str, str, bool], ...]) -> None:
    now = {run.name: run for run in runs.every(Path(data))}
    for name, status, ready in then:
        run = now.get(name)
        if run is None or run.status.value != status or run.story.ready != ready:
            st.rerun()
            return
        with st.container(key=f"run_notice_{name}", gap=None):
            stage = run.story.stage
            if run.running:
                st.caption(tr("**{name}** is being prepared", name=text.plain(name)))
                said = text.plain(stage_line(stage)) if stage else tr("Starting …")
                st.progress(stage.share if stage else 0.0, said)
            else:
                st.caption(tr(_LEFT[run.status], name=text.plain(name)))
