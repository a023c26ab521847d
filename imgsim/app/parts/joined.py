"""How the table was understood: what About says of rows, plates, books and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from imgsim.app.services import text
from imgsim.base.cells import csv_bytes
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection

_HEADINGS = {
    "what": marked("What"), "line": marked("Row"), "name": marked("Name"), "file": marked("File"),
    "reason": marked("Reason"),
}  # fmt: skip


def show(collection: Collection) -> None:
    """Draw the part of About that tells how plates found their rows, their books and their order."""
    join: Mapping[str, Any] = collection.manifest.get("join", {})
    st.markdown(tr("## Books and metadata"))
    st.markdown(text.plain(_books(join)))
    if ways := _order(join):
        st.markdown(text.plain(ways))
    if join.get("key"):
        st.markdown(text.plain(_rows(join)))
    _notes(join)
    _unjoined(collection)


def _books(join: Mapping[str, Any]) -> str:
    facts = join.get("books")
    if not facts:
        return tr("How books were told apart was not noted when this collection was prepared.")
    if not facts["count"]:
        return tr("Books are not told apart. Prepare the collection again and say what names a book.")
    found = tr("{books}, by {way}.", books=text.count(facts["count"], "book", "books"), way=facts["by"])
    if not facts["unnamed"]:
        return found
    unnamed = trn("{n:,} plate of no known book.", "{n:,} plates of no known book.", facts["unnamed"])
    return f"{found} {unnamed}"


def _order(join: Mapping[str, Any]) -> str:
    ways = join.get("order", {}).get("by", {})
    if not ways:
        return ""
    counted = ", ".join(f"{way} ({text.count(count, 'book', 'books')})" for way, count in ways.items())
    return tr("Plates within a book are in order by {ways}.", ways=counted)


def _rows(join: Mapping[str, Any]) -> str:
    found = tr(
        "{joined:,} of {plates} found their row in the table, by the column {column}; {rows} without a plate.",
        joined=join["joined"],
        plates=text.count(join["plates"], "plate", "plates"),
        column=join["key_column"],
        rows=text.count(join.get("unused", 0), "row", "rows"),
    )
    if not join.get("encoding"):
        return found
    return f"{found} {tr('It was read as {encoding}.', encoding=join['encoding'])}"


def _notes(join: Mapping[str, Any]) -> None:
    notes = [
        *join.get("notes", ()),
        *(
            tr("{book}: {why}", book=book or tr("plates of no known book"), why=why)
            for book, why in join.get("order", {}).get("undecided", ())
        ),
    ]
    if notes:
        with st.expander(tr("What was put right, or could not be decided"), key="join_notes"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes))


def _unjoined(collection: Collection) -> None:
    unjoined = collection.unjoined
    if unjoined is None or unjoined.empty:
        return
    title = tr("Without a partner: {number:,} rows and plates", number=len(unjoined))
    with st.expander(title, key="without_partner"):
        shown = headed(unjoined)
        st.dataframe(shown, hide_index=True, height=min(38 + 35 * len(shown), 260), key="unjoined")
        st.download_button(
            tr("Download the list as CSV"),
            data=_csv(unjoined),
            file_name=f"{collection.name}-unjoined.csv",
            mime="text/csv",
            on_click="ignore",
            key="unjoined_csv",
        )


def headed(unjoined: pd.DataFrame) -> pd.DataFrame:
    """The list of what found no partner, with headings for the screen."""
    return unjoined.rename(columns={name: tr(heading) for name, heading in _HEADINGS.items()})


def _csv(frame: pd.DataFrame) -> bytes:
    """The list as it lies in the collection, whose cells were read back as the texts that they stand for."""
    return csv_bytes({str(name): frame[name].tolist() for name in frame.columns})
