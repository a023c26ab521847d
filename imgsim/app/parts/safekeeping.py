"""Above every page: decisions cannot be read, nothing can be added, or no copy could be made; and the way out.

Plates can be looked at all the same, but families, matches and lists are then those of the program alone, which must
not be taken for what was decided.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from imgsim.app.services import caches, remedies, text
from imgsim.base.database import Database, backups
from imgsim.base.database.backups import Backup
from imgsim.base.database.connecting import barred
from imgsim.collection import Collection, id_registry, keeping, marks
from imgsim.errors import DamagedError, ImgsimError
from imgsim.reviews import FILE

_DONE = "_imgsim_put_back"
# Beside the decisions.
_OTHERS = {id_registry.FILE: "ids", marks.FILE: "marks on scans and words on families"}


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
    for file, what in _OTHERS.items():
        damaged = _damaged(collection, file)
        if damaged is not None:
            lost = True
            said = f"The {what} of this collection cannot be read: {damaged.why}. The file is left as it is."
            _offer(collection, file, said)
    if lost:
        return
    why = barred(collection.path / FILE)
    if why:
        st.warning(text.plain(f"Nothing can be decided now: {why} What was decided before counts as ever."))
    for said in keeping.failures(collection.path):
        st.warning(text.plain(f"{said} Decisions are kept all the same, but without a copy of the latest."))


def _unread(collection: Collection, error: ImgsimError) -> None:
    not_applied = (
        "What this page shows of families, matches and re-use is what the program found, without any decision; nothing "
        "can be decided, and nothing exported that decisions belong to."
    )
    if not isinstance(error, DamagedError):
        st.error(text.plain(f"The decisions of this collection cannot be read. {remedies.told(error)} {not_applied}"))
        return
    said = f"The decisions of this collection cannot be read: {error.why}. The file is left as it is. {not_applied}"
    _offer(collection, FILE, said)


def _offer(collection: Collection, file: str, said: str) -> None:
    """Say what is wrong with a file, and offer its latest whole copy."""
    database = keeping.databases(collection.path)[file]
    latest = _latest(str(database.path), tuple(map(str, backups.listed(database.path))), database)
    if latest is None:
        st.error(
            text.plain(
                f"{said} There is no whole copy in the collection's folder {backups.FOLDER}: put one in place."
            )
        )
        return
    counted = database.schema.counted
    held = text.count(latest.count, "decision") if file == FILE else f"{latest.count:,} {counted}"
    with st.container(key=f"damaged_{file.partition('.')[0]}"):
        st.error(text.plain(f"{said} The latest whole copy is of {when(latest.made)}, with {held}."))
        if st.button(
            "Use this copy",
            key=f"restore_{file.partition('.')[0]}",
            help="The damaged file stays, under another name. What of it can still be believed is added.",
        ):
            _put_back(collection, file, latest)


def _put_back(collection: Collection, file: str, chosen: Backup) -> None:
    try:
        if file == FILE:
            done = keeping.restore(collection.path, chosen.path, add_readable=True)
            more = f", and {len(done.lacking):,} more of the damaged file" if done.lacking else ""
            said = f"The copy of {when(chosen.made)} is in use: {text.count(chosen.count, 'decision')}{more}."
            aside = done.aside
        else:
            aside = keeping.restore_one(collection.path, file, chosen.path)
            said = f"The copy of the {_OTHERS[file]} of {when(chosen.made)} is in use."
    except (ImgsimError, OSError) as error:
        said = remedies.told(error) if isinstance(error, ImgsimError) else str(error)
        st.error(text.plain(f"Nothing was changed. {said}"))
        return
    st.session_state[_DONE] = (
        f"{said} The damaged file is kept as {aside.name}." if aside is not None else said
    )
    st.rerun()


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
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
