"""What stands over the plates that are compared: of which book each is, cut at a word to what fits its window."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from imgsim.app.services import text
from imgsim.base.translation import tr
from imgsim.catalogue.captions import cut
from imgsim.collection import Collection

# Letters of a title; style.css shows the longest that the window has room for, by the same numbers.
LENGTHS = (26, 36, 64)


def draw(collection: Collection, row: int, letter: str) -> None:
    """Draw the caption of A or B; all of it is told on pointing."""
    record = collection.catalogue.record(row)
    title = " ".join(str(record["title"]).split()) or collection.catalogue.short_title(row)
    page = tr("p. {page}", page=record["page"]) if record["page"] else ""
    plate = tr("plate {plate}", plate=record["plate_id"])
    parts = (text.date_of(record), str(record["author"]), str(record["place"]), page, plate)
    rest = " · ".join(part for part in parts if part)
    span = Markup('<span class="of{}">{}</span>')
    titles = Markup("").join(span.format(length, cut(title, length)) for length in LENGTHS)
    caption = Markup(
        '<div class="compared"><span class="letter {}">{}</span>'
        '<div><b title="{}">{}</b><small title="{}">{}</small></div></div>'
    )
    st.html(caption.format(letter.lower(), letter, title, titles, rest, rest))
