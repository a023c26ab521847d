"""The languages in which imgsim speaks, at the foot of the sidebar: whoever wants another than the browser's."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from imgsim.app.services.server import prefix
from imgsim.base.translation import LANGUAGES, language, offered


def draw() -> None:
    """Links to this page in every language that there is; nothing where that is English alone.

    Each opens the page anew, for scripts say their texts in the language in which it began.
    """
    if len(offered()) < 2:
        return
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    here = f"{urlsplit(str(st.context.url or '')).path or '/'}?{urlencode(asked, doseq=True)}"
    links = []
    for code in offered():
        if code == language():
            links.append(f'<span lang="{code}" aria-current="true"><b>{LANGUAGES[code]}</b></span>')
        else:
            to = escape(f"{prefix()}/language/{code}?to={quote(here, safe='')}")
            links.append(f'<a href="{to}" lang="{code}" target="_self">{LANGUAGES[code]}</a>')
    with st.container(key="languages"):
        st.html(" · ".join(links))
