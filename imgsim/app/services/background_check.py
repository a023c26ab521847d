"""Every file of an open collection is checked in the background, once, so slowly that nobody is disturbed."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pandas as pd
import streamlit as st

from imgsim.app.services import remedies, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection, integrity
from imgsim.collection.integrity import Checked, check
from imgsim.errors import ImgsimError

DELAY = 10.0  # seconds after opening: whoever opened it is served first
REST = 4.0  # times as long as it has worked it rests, so that it takes a fifth of one core and of the disk
_LONGEST_REST = 1.0


@dataclass
class Check:
    """How far the check of one generation has come; ``checked`` is None until it is done."""

    share: float = 0.0
    checked: Checked | None = None


_checks: dict[tuple[str, str], Check] = {}
_waiting: SimpleQueue[tuple[float, Path, str]] = SimpleQueue()
_lock = threading.Lock()
_threads: list[threading.Thread] = []


def begin(collection: Collection) -> None:
    """Have a collection checked, unless that was begun since the app was started."""
    key = str(collection.path), collection.generation
    with _lock:
        if key in _checks:
            return
        _checks[key] = Check()
        _waiting.put((time.monotonic() + DELAY, collection.path, collection.generation))
        if not _threads:
            _threads.append(threading.Thread(target=_work, daemon=True, name="imgsim-checking"))
            _threads[0].start()


def state_of(collection: Collection) -> Check | None:
    """How far the check of a collection has come; None where none was begun."""
    return _checks.get((str(collection.path), collection.generation))


def _work() -> None:
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):  # on Linux the number of a thread stands for that thread alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    while True:
        due, path, generation = _waiting.get()
        time.sleep(max(0.0, due - time.monotonic()))
        _check(path, generation)


def _check(path: Path, generation: str) -> None:
    found = _checks[str(path), generation]
    since = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal since
        found.share = done / max(1, total)
        time.sleep(min(_LONGEST_REST, REST * (time.monotonic() - since)))
        since = time.monotonic()

    # A collection that was removed meanwhile, or that a run has replaced, is nobody's concern any more.
    with contextlib.suppress(ImgsimError, OSError):
        checked = check(path, progress)
        if checked.generation in (generation, ""):
            found.checked = checked


def notice(collection: Collection) -> None:
    """Say in the sidebar what is damaged; nothing where nothing is."""
    if collection.told:
        st.warning(text.plain(collection.told))
    found = state_of(collection)
    problems = found.checked.problems if found is not None and found.checked is not None else ()
    if problems:
        st.warning(
            trn(
                "{n:,} file of this collection is damaged. About says which, and how to mend them.",
                "{n:,} files of this collection are damaged. About says which, and how to mend them.",
                len(problems),
            )
        )


def show(collection: Collection) -> None:
    """Draw the part of About that tells whether every file is what was written."""
    found = state_of(collection)
    st.markdown(tr("## Its files"))
    if found is None or found.checked is None:
        st.markdown(
            tr(
                "Every file is being compared with its checksum in the background ({share:.0%} done). What a page "
                "needs is checked before it is shown.",
                share=found.share,
            )
            if found is not None and found.share
            else tr(
                "Every file is being compared with its checksum in the background. What a page needs is checked before "
                "it is shown."
            )
        )
        return
    checked = found.checked
    when = f"{checked.when[:10]} {checked.when[11:16]} UTC"
    if not checked.problems:
        st.markdown(
            tr("Every file was checked and is what was written: {n:,} files, {when}.", n=checked.files, when=when)
        )
    else:
        damaged = len(checked.problems)
        st.markdown(
            trn("{n:,} file damaged, found {when}:", "{n:,} files damaged, found {when}:", damaged, when=when)
        )
        rows = [(problem.means, problem.what, problem.file) for problem in checked.problems]
        st.dataframe(
            pd.DataFrame(rows, columns=[tr("What it is"), tr("What is wrong"), tr("File")]),
            hide_index=True,
            height=min(40 + 35 * len(rows), 260),
            key="damaged_files",
        )
        for sentence, remedy in integrity.remedies(checked.problems, collection.path):
            said = remedies.Words("") if remedy is None else remedies.words(remedy)
            st.markdown(text.plain(f"{sentence} {said.sentence}"))
            if said.command:
                st.code(said.command, language=None)
    for line in checked.unsure:
        st.caption(text.plain(line))
