"""By whose names an export is to be cited, and under which licence its lists are given: asked, never guessed."""

from __future__ import annotations

import streamlit as st

from imgsim.app.services import text
from imgsim.base.translation import tr
from imgsim.errors import ImgsimError
from imgsim.export.crate.licences import LICENCES
from imgsim.export.crate.persons import maker

_BY, _LICENCE = "export_by", "export_licence"


def ask() -> bool:
    """Draw the two fields, folded away: most exports are for oneself. Returns whether what was written will do."""
    with st.expander(tr("Names and licence")):
        st.text_input(
            tr("To be cited by"),
            placeholder="Ada Reader (0000-0002-1825-0097)",
            help=tr(
                "Names with semicolons between them, each with an ORCID iD behind it if there is one. Left empty, "
                "those are named who decided about pairs."
            ),
            key=_BY,
        )
        st.selectbox(
            tr("Licence of these lists"),
            ["", *LICENCES],
            format_func=lambda spdx: LICENCES[spdx].spdx if spdx else tr("none chosen"),
            help=tr(
                "Of the lists alone: what is known of the terms of the scans is told beside. Without a licence the "
                "zip says that none was chosen, and tells Zenodo to keep it closed."
            ),
            key=_LICENCE,
        )
    try:
        _named()
    except ImgsimError as error:
        st.error(text.plain(error))
        return False
    return True


def makers() -> tuple[str, ...]:
    """The names that were written; none while one of them cannot be one."""
    try:
        return _named()
    except ImgsimError:
        return ()


def _named() -> tuple[str, ...]:
    written = str(st.session_state.get(_BY) or "").split(";")
    return tuple(maker(one) for one in written if one.strip())


def licence() -> str:
    """The licence that was chosen, by its SPDX id; "" for none."""
    return str(st.session_state.get(_LICENCE) or "")
