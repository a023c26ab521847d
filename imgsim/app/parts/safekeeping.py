"""Above every page: decisions cannot be read, nothing can be added, or no copy could be made; and the way out.

Plates can be looked at all the same, but families, matches and lists are then those of the program alone, which must
not be taken for what was decided.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from imgsim.app.services import caches, moments, remedies, text
from imgsim.base.database import Database, backups
from imgsim.base.database.backups import Backup
from imgsim.base.database.connecting import barred
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection, id_registry, keeping, marks
from imgsim.errors import DamagedError, ImgsimError
from imgsim.reviews import FILE

_DONE = "_imgsim_put_back"
# Beside the decisions: what is said where they cannot be read, what a copy of them holds, and that it is in use.
_OTHERS = {
    id_registry.FILE: (
        marked("The ids of this collection cannot be read: {why}. The file is left as it is."),
        marked("{held:,} ids and events"),
        marked("The copy of the ids of {when} is in use."),
    ),
    marks.FILE: (
        marked(
            "The marks on scans and words on families of this collection cannot be read: {why}. The file is left as "
            "it is."
        ),
        marked("{held:,} marks"),
        marked("The copy of the marks on scans and words on families of {when} is in use."),
    ),
}


def show(collection: Collection) -> None:
    """Draw the notices; nothing where all is well."""
    done = st.session_state.pop(_DONE, "")
    if done:
        st.success(text.plain(done))
    lost = False
    unread = caches.unread(collection)
    if unread is not None:
        lost = True
        _unread(collection, unread)
    for file, (unreadable, _, _) in _OTHERS.items():
        damaged = _damaged(collection, file)
        if damaged is not None:
            lost = True
            _offer(collection, file, tr(unreadable, why=damaged.why))
    if lost:
        return
    why = barred(collection.path / FILE)
    if why:
        barring = tr("Nothing can be decided now: {why} What was decided before counts as ever.", why=why)
        st.warning(text.plain(barring))
    for said in keeping.failures(collection.path):
        kept = tr("Decisions are kept all the same, but without a copy of the latest.")
        st.warning(text.plain(f"{said} {kept}"))


def _unread(collection: Collection, error: ImgsimError) -> None:
    not_applied = tr(
        "What this page shows of families, matches and re-use is what the program found, without any decision; nothing "
        "can be decided, and nothing exported that decisions belong to."
    )
    if not isinstance(error, DamagedError):
        unread = tr("The decisions of this collection cannot be read.")
        st.error(text.plain(f"{unread} {remedies.told(error)} {not_applied}"))
        return
    damaged = tr("The decisions of this collection cannot be read: {why}. The file is left as it is.", why=error.why)
    _offer(collection, FILE, f"{damaged} {not_applied}")


def _offer(collection: Collection, file: str, said: str) -> None:
    """Say what is wrong with a file, and offer its latest whole copy."""
    database = keeping.databases(collection.path)[file]
    latest = _latest(str(database.path), tuple(map(str, backups.listed(database.path))), database)
    if latest is None:
        none = tr(
            "There is no whole copy in the collection's folder {folder}: put one in place.", folder=backups.FOLDER
        )
        st.error(text.plain(f"{said} {none}"))
        return
    if file == FILE:
        held = text.count(latest.count, "decision", "decisions")
    else:
        held = tr(_OTHERS[file][1], held=latest.count)
    with st.container(key=f"damaged_{file.partition('.')[0]}"):
        whole = tr("The latest whole copy is of {when}, with {held}.", when=when(latest.made), held=held)
        st.error(text.plain(f"{said} {whole}"))
        if st.button(
            tr("Use this copy"),
            key=f"restore_{file.partition('.')[0]}",
            help=tr("The damaged file stays, under another name. What of it can still be believed is added."),
        ):
            _put_back(collection, file, latest)


def _put_back(collection: Collection, file: str, chosen: Backup) -> None:
    try:
        if file == FILE:
            done = keeping.restore(collection.path, chosen.path, add_readable=True)
            said = _in_use(chosen, len(done.lacking))
            aside = done.aside
        else:
            aside = keeping.restore_one(collection.path, file, chosen.path)
            said = tr(_OTHERS[file][2], when=when(chosen.made))
    except (ImgsimError, OSError) as error:
        said = remedies.told(error) if isinstance(error, ImgsimError) else str(error)
        st.error(text.plain(f"{tr('Nothing was changed.')} {said}"))
        return
    if aside is not None:
        said += " " + tr("The damaged file is kept as {name}.", name=aside.name)
    st.session_state[_DONE] = said
    st.rerun()


def _in_use(chosen: Backup, lacking: int) -> str:
    decisions = text.count(chosen.count, "decision", "decisions")
    if lacking:
        return tr(
            "The copy of {when} is in use: {decisions}, and {lacking:,} more of the damaged file.",
            when=when(chosen.made), decisions=decisions, lacking=lacking,
        )  # fmt: skip
    return tr("The copy of {when} is in use: {decisions}.", when=when(chosen.made), decisions=decisions)


def _damaged(collection: Collection, file: str) -> DamagedError | None:
    try:
        keeping.databases(collection.path)[file].read(lambda connection: None, None)
    except DamagedError as error:
        return error
    except ImgsimError:  # said where they are asked for
        return None
    return None


# Of the folder of copies, which lies beside the generations.
@st.cache_data(max_entries=8, show_spinner=False)
def _latest(path: str, copies: tuple[str, ...], _database: Database) -> Backup | None:
    # Copies are never changed: their names are the key.
    return backups.latest(_database)


def when(moment: datetime) -> str:
    """A moment as notices say it: "29 November 2026, 06:18 UTC"."""
    return f"{moments.whole(moment)} UTC"
